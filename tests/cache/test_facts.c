/*
 * test_facts.c - whether what was read would be read again
 */
#include "cache/facts.h"

#include <xxhash.h>

#include "eval/wire.h"
#include "tests/cache/folder.h"

static struct tracked_cache *tracked;
static struct facts_known known;

/* What a worker would tell: paths of one root, and the rest. */
static struct told {
	bool git, passing;
	struct buf items, variables, commits, links;
	uint32_t items_len, variables_len, commits_len, links_len;
} told;

static void setup(void)
{
	folder_setup();
	tracked = tracked_cache_new();
	memset(&told, 0, sizeof(told));
	memset(&known, 0, sizeof(known));
}

static void teardown(void)
{
	facts_known_release(&known);
	tracked_cache_free(tracked);
	buf_release(&told.items);
	buf_release(&told.variables);
	buf_release(&told.commits);
	buf_release(&told.links);
	folder_teardown();
}

static void tell(uint8_t seen, uint8_t type, const char *path, const void *text,
		 size_t len)
{
	XXH128_canonical_t content;

	XXH128_canonicalFromHash(&content, XXH3_128bits(text, len));
	wire_put_u32(&told.items, 0);
	wire_put_u8(&told.items, seen);
	wire_put_u8(&told.items, type);
	wire_put_text(&told.items, wire_text(path));
	wire_put_text(&told.items,
		      (struct wire_text){
			      (char *)content.digest,
			      seen == WIRE_SEEN_TYPE ? 0 : sizeof(content) });
	told.items_len++;
}

static void tell_type(const char *path, uint8_t type)
{
	tell(WIRE_SEEN_TYPE, type, path, "", 0);
}

static void tell_file(const char *path, const char *text)
{
	tell(WIRE_SEEN_TYPE | WIRE_SEEN_CONTENT, WIRE_TYPE_REGULAR, path, text,
	     strlen(text));
}

static int take(struct buf *part)
{
	struct buf body = BUF_INIT;
	int err;

	wire_put_u8(&body, told.passing);
	wire_put_u32(&body, 1);
	wire_put_u8(&body, told.git);
	wire_put_text(&body, wire_text(folder));
	wire_put_u32(&body, told.items_len);
	buf_add(&body, told.items.data, told.items.len);
	wire_put_u32(&body, told.variables_len);
	buf_add(&body, told.variables.data, told.variables.len);
	wire_put_u32(&body, told.commits_len);
	buf_add(&body, told.commits.data, told.commits.len);
	wire_put_u32(&body, told.links_len);
	buf_add(&body, told.links.data, told.links.len);
	err = facts_add_told(&known, tracked, body.data, body.len, part);
	buf_release(&body);
	return err;
}

static struct buf part_of_told(void)
{
	struct buf part = BUF_INIT;

	ck_assert_int_eq(take(&part), 0);
	ck_assert_uint_gt(part.len, 0);
	return part;
}

static enum facts_reason check(const struct buf *part)
{
	return facts_check(tracked, part->data, part->len);
}

START_TEST(a_file_holds_until_its_bytes_change)
{
	struct buf part;

	file_write("f", "one\n");
	if (_i)
		file_settle(); /* else its status is not trusted */
	tell_file("/f", "one\n");
	part = part_of_told();
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("touch f");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	file_write("f", "two\n");
	ck_assert_int_eq(check(&part), FACTS_CONTENT);
	file_write("f", "one\n");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("touch -r f t; echo two > g; touch -r t g; mv g f");
	ck_assert_int_eq(check(&part), FACTS_CONTENT);
	file_write("f", "one\n");
	run_in("touch -r f t; printf X 1<>f; touch -r t f");
	ck_assert_int_eq(check(&part), FACTS_CONTENT);
	run_in("rm f");
	ck_assert_int_eq(check(&part), FACTS_TYPE);
	run_in("mkdir f");
	ck_assert_int_eq(check(&part), FACTS_TYPE);
	buf_release(&part);
}
END_TEST

/* The worker has read what was there before the file was looked at. */
START_TEST(a_file_that_changed_meanwhile_does_not_hold)
{
	struct buf part;

	file_write("f", "new\n");
	file_settle();
	tell_file("/f", "old\n");
	part = part_of_told();
	ck_assert_int_eq(check(&part), FACTS_CONTENT);
	file_write("f", "old\n");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	buf_release(&part);
}
END_TEST

/* Written twice within a tick of the clock: the second time must be seen. */
START_TEST(a_status_is_not_trusted_too_early)
{
	struct buf part;

	tell_file("/f", "1");
	for (int i = 0; i < 50; i++) {
		int fd = open(in_folder("f"), O_RDWR | O_CREAT, 0644);

		ck_assert_int_eq(pwrite(fd, "1", 1, 0), 1);
		part = (struct buf)BUF_INIT;
		facts_known_release(&known);
		ck_assert_int_eq(take(&part), 0);
		ck_assert_int_eq(pwrite(fd, "2", 1, 0), 1);
		close(fd);
		ck_assert_int_eq(check(&part), FACTS_CONTENT);
		buf_release(&part);
	}
}
END_TEST

START_TEST(what_is_missing_may_appear)
{
	struct buf part;

	tell_type("/a", WIRE_TYPE_MISSING);
	tell_type("/d/a", WIRE_TYPE_MISSING);
	part = part_of_told();
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	file_write("a", "");
	ck_assert_int_eq(check(&part), FACTS_TYPE);
	run_in("rm a; mkdir d");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("ln -s nowhere d/a");
	ck_assert_int_eq(check(&part), FACTS_TYPE);
	buf_release(&part);
}
END_TEST

START_TEST(a_listing_holds_until_a_name_or_type_changes)
{
	static const char entries[] = "a\0\1b\0\2";
	struct buf part;

	run_in("mkdir d; touch d/a; mkdir d/b");
	file_settle();
	tell(WIRE_SEEN_TYPE | WIRE_SEEN_ENTRIES, WIRE_TYPE_DIRECTORY, "/d",
	     entries, sizeof(entries) - 1);
	part = part_of_told();
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("echo more > d/a; touch d");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("touch d/c");
	ck_assert_int_eq(check(&part), FACTS_ENTRIES);
	run_in("rm d/c");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("rmdir d/b; touch d/b");
	ck_assert_int_eq(check(&part), FACTS_ENTRIES);
	buf_release(&part);
}
END_TEST

START_TEST(a_link_holds_while_it_points_there)
{
	struct buf part;

	run_in("ln -s a l; mkdir real; ln -s real way");
	tell(WIRE_SEEN_TYPE | WIRE_SEEN_TARGET, WIRE_TYPE_LINK, "/l", "a", 1);
	wire_put_text(&told.links, wire_text(in_folder("way")));
	wire_put_text(&told.links, wire_text(in_folder("real")));
	told.links_len = 1;
	part = part_of_told();
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("ln -sfn b l");
	ck_assert_int_eq(check(&part), FACTS_CONTENT);
	run_in("ln -sfn a l; mkdir other; ln -sfn other way");
	ck_assert_int_eq(check(&part), FACTS_CONTENT);
	buf_release(&part);
}
END_TEST

START_TEST(a_variable_holds_while_it_is_the_same)
{
	struct buf part;

	unsetenv("FLAKEFS_UNSET");
	setenv("FLAKEFS_SET", "x", 1);
	wire_put_text(&told.variables, wire_text("FLAKEFS_SET"));
	wire_put_u8(&told.variables, 1);
	wire_put_text(&told.variables, wire_text("x"));
	wire_put_text(&told.variables, wire_text("FLAKEFS_UNSET"));
	wire_put_u8(&told.variables, 0);
	wire_put_text(&told.variables, wire_text(""));
	told.variables_len = 2;
	part = part_of_told();
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	setenv("FLAKEFS_UNSET", "", 1);
	ck_assert_int_eq(check(&part), FACTS_ENVIRONMENT);
	unsetenv("FLAKEFS_UNSET");
	setenv("FLAKEFS_SET", "y", 1);
	ck_assert_int_eq(check(&part), FACTS_ENVIRONMENT);
	buf_release(&part);
}
END_TEST

static void make_repository(void)
{
	run_in("git init -q -b main; git config user.name a;"
	       "git config user.email a@b; mkdir d e; echo x > f;"
	       "echo y > d/g; git add f d; git commit -qm 1; echo z > u");
}

START_TEST(only_what_git_tracks_is_seen)
{
	static const char entries[] = "d\0\2f\0\1";
	struct buf part;

	make_repository();
	told.git = true;
	tell(WIRE_SEEN_TYPE | WIRE_SEEN_ENTRIES, WIRE_TYPE_DIRECTORY, "/",
	     entries, sizeof(entries) - 1);
	tell_file("/f", "x\n");
	tell_type("/d", WIRE_TYPE_DIRECTORY);
	tell_type("/u", WIRE_TYPE_MISSING);
	tell_type("/e", WIRE_TYPE_MISSING);
	part = part_of_told();
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("touch more; rm u");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("echo z > u; git add u");
	ck_assert_int_ne(check(&part), FACTS_HOLD);
	run_in("git rm -q --cached u");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	/* A folder is not there without a tracked file. */
	run_in("mv d/g d/h");
	ck_assert_int_ne(check(&part), FACTS_HOLD);
	run_in("mv d/h d/g; git gc -q; git commit -q --allow-empty -m 2");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("git rm -q --cached f");
	ck_assert_int_ne(check(&part), FACTS_HOLD);
	buf_release(&part);
}
END_TEST

START_TEST(a_commit_holds_while_the_name_means_it)
{
	char id[TRACKED_ID_SIZE];
	struct buf part;

	make_repository();
	ck_assert_int_eq(tracked_commit(folder, "*", id), 0);
	ck_assert_uint_eq(strlen(id), 40);
	for (int i = 0; i < 2; i++) {
		wire_put_text(&told.commits, wire_text(folder));
		wire_put_text(&told.commits, wire_text(i ? "main" : "*"));
		wire_put_text(&told.commits, wire_text(id));
	}
	told.commits_len = 2;
	part = part_of_told();
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("touch untracked");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("echo dirty > f");
	ck_assert_int_eq(check(&part), FACTS_COMMIT);
	run_in("echo x > f");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	run_in("git commit -q --allow-empty -m 2");
	ck_assert_int_eq(check(&part), FACTS_COMMIT);
	run_in("git reset -q --hard HEAD~");
	ck_assert_int_eq(check(&part), FACTS_HOLD);
	buf_release(&part);
}
END_TEST

START_TEST(only_what_is_new_is_written)
{
	struct buf part, more = BUF_INIT;

	file_write("f", "one\n");
	tell_file("/f", "one\n");
	part = part_of_told();
	ck_assert_int_eq(take(&more), 0);
	ck_assert_uint_eq(more.len, 0);
	tell_type("/g", WIRE_TYPE_MISSING);
	ck_assert_int_eq(take(&more), 0);
	ck_assert_uint_gt(more.len, 0);
	ck_assert_uint_lt(more.len, part.len);
	/* Known from its parts, it is not new either. */
	facts_known_release(&known);
	ck_assert_int_eq(facts_add_part(&known, part.data, part.len), 0);
	ck_assert_int_eq(facts_add_part(&known, more.data, more.len), 0);
	buf_reset(&more);
	ck_assert_int_eq(take(&more), 0);
	ck_assert_uint_eq(more.len, 0);
	tell_file("/f", "two\n");
	ck_assert_int_eq(take(&more), -ESTALE);
	told.passing = true;
	ck_assert_int_eq(take(&more), -EPERM);
	buf_release(&part);
	buf_release(&more);
}
END_TEST

START_TEST(no_bytes_do_harm)
{
	struct buf part, copy = BUF_INIT, reads = BUF_INIT;
	uint32_t count = 0;

	file_write("f", "one\n");
	tell_file("/f", "one\n");
	tell_type("/g", WIRE_TYPE_MISSING);
	part = part_of_told();
	srandom(1);
	for (size_t i = 0; i < 3000; i++) {
		struct facts_known other = { NULL, 0, 0 };

		buf_reset(&copy);
		buf_add(&copy, part.data, part.len);
		if (i < part.len)
			copy.len = i;
		else
			copy.data[(size_t)random() % copy.len] = (char)random();
		facts_check(tracked, copy.data, copy.len);
		facts_add_part(&other, copy.data, copy.len);
		facts_reads(copy.data, copy.len, "/r", &reads, &count);
		facts_known_release(&other);
	}
	buf_release(&reads);
	buf_release(&copy);
	buf_release(&part);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("facts");
	TCase *tc = tcase_create("facts");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_file_holds_until_its_bytes_change, 0, 2);
	tcase_add_test(tc, a_file_that_changed_meanwhile_does_not_hold);
	tcase_add_test(tc, a_status_is_not_trusted_too_early);
	tcase_add_test(tc, what_is_missing_may_appear);
	tcase_add_test(tc, a_listing_holds_until_a_name_or_type_changes);
	tcase_add_test(tc, a_link_holds_while_it_points_there);
	tcase_add_test(tc, a_variable_holds_while_it_is_the_same);
	tcase_add_test(tc, only_what_git_tracks_is_seen);
	tcase_add_test(tc, a_commit_holds_while_the_name_means_it);
	tcase_add_test(tc, only_what_is_new_is_written);
	tcase_add_test(tc, no_bytes_do_harm);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
