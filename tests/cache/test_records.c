/*
 * test_records.c - answers on disk, and all that can happen to a disk
 */
#include "cache/records.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/cache/folder.h"

#define LIMIT (UINT64_C(64) << 20)

static const struct records_key site = { "a site" };

static struct records *open_records(void)
{
	struct records *records;

	ck_assert_int_eq(records_open(in_folder("c"), LIMIT, &records), 0);
	return records;
}

static struct records_key key_of(unsigned n)
{
	struct records_key key = { { 0 } };

	memcpy(key.bytes, &n, sizeof(n));
	return key;
}

/* One answer of a length and with bytes that follow from n. */
static int put_in(struct records *records, const struct records_key *where,
		  uint64_t *scope, unsigned n)
{
	char body[3000];
	struct records_answer answer = { key_of(n), -(int)(n % 3), body,
					 n * 7 % sizeof(body) };
	uint64_t chain;

	memset(body, (int)('a' + n % 26), sizeof(body));
	return records_add(records, where, scope, *scope == 0, "part", n % 2,
			   &answer, 1, &chain);
}

static int put(struct records *records, uint64_t *scope, unsigned n)
{
	return put_in(records, &site, scope, n);
}

/* Is it there? Then it must be right. */
static bool has(struct records *records, uint64_t scope, unsigned n)
{
	struct records_key key = key_of(n);
	struct records_found found;

	if (!records_find(records, scope, &key, &found))
		return false;
	ck_assert_int_eq(found.err, -(int)(n % 3));
	ck_assert_uint_eq(found.body.len, n * 7 % 3000);
	for (size_t i = 0; i < found.body.len; i++)
		ck_assert_int_eq(found.body.data[i], 'a' + n % 26);
	buf_release(&found.body);
	return true;
}

static unsigned count(struct records *records, uint64_t scope, unsigned to)
{
	unsigned found = 0;

	for (unsigned n = 0; n < to; n++)
		found += has(records, scope, n);
	return found;
}

static uint64_t first_scope(struct records *records)
{
	uint64_t scope = 0;

	records_scopes(records, &site, &scope, 1);
	return scope;
}

static void fill(unsigned to)
{
	struct records *records = open_records();
	uint64_t scope = 0;

	for (unsigned n = 0; n < to; n++)
		ck_assert_int_eq(put(records, &scope, n), 0);
	records_close(records);
}

START_TEST(what_was_put_is_found_by_the_next_process)
{
	struct records *records;
	struct records_stats stats;
	uint64_t scope;

	fill(100);
	records = open_records();
	scope = first_scope(records);
	ck_assert_uint_ne(scope, 0);
	ck_assert_uint_eq(count(records, scope, 100), 100);
	ck_assert(!has(records, scope, 100));
	ck_assert(!has(records, scope + 1, 1));
	records_stats(records, &stats);
	ck_assert_uint_eq(stats.records, 100);
	ck_assert_int_eq(records_clear(records), 0);
	ck_assert_uint_eq(count(records, scope, 100), 0);
	records_close(records);
}
END_TEST

static unsigned count_parts(struct records *records, uint64_t scope)
{
	struct records_place place = { scope, scope, 0 };
	unsigned parts = 0;
	struct buf part;
	int got;

	while ((got = records_next(records, &place, &part)) > 0) {
		parts++;
		ck_assert_mem_eq(part.data, "part", part.len);
		buf_release(&part);
	}
	ck_assert_int_eq(got, 0);
	return parts;
}

START_TEST(parts_come_in_order_and_whole)
{
	struct records *records;

	fill(10);
	records = open_records();
	ck_assert_uint_eq(count_parts(records, first_scope(records)), 5);
	ck_assert_uint_eq(count_parts(records, 12345), 0);
	records_close(records);
}
END_TEST

START_TEST(a_scope_that_is_gone_takes_no_more)
{
	struct records *records = open_records();
	uint64_t scope = 0, chain;

	ck_assert_int_eq(put(records, &scope, 1), 0);
	ck_assert_int_eq(records_clear(records), 0);
	ck_assert_int_eq(put(records, &scope, 2), -ESTALE);
	ck_assert_int_eq(records_add(records, &site, &scope, false, NULL, 0,
				     NULL, 0, &chain),
			 -ESTALE);
	records_close(records);
}
END_TEST

static off_t file_size(void)
{
	struct stat st;

	ck_assert_int_eq(stat(in_folder("c/" RECORDS_FILE), &st), 0);
	return st.st_size;
}

/* Three bytes anywhere: what is still found is right. */
START_TEST(damage_never_gives_a_wrong_answer)
{
	struct records *records;
	int fd;

	srandom((unsigned)_i);
	fill(60);
	fd = open(in_folder("c/" RECORDS_FILE), O_RDWR);
	for (int i = 0; i < 3; i++) {
		unsigned char byte = (unsigned char)random();
		off_t at = random() % (_i % 2 ? file_size() : 200);

		ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	}
	close(fd);
	if (records_open(in_folder("c"), LIMIT, &records) == 0) {
		uint64_t scope = first_scope(records);

		count(records, scope, 60);
		/* Each may be the first to meet the damage. */
		put(records, &scope, 7);
		records_tidy(records);
		scope = 0;
		put(records, &scope, 8);
		records_tidy(records);
		scope = 0;
		ck_assert_int_eq(put(records, &scope, 8), 0);
		ck_assert(has(records, scope, 8));
		records_close(records);
	}
}
END_TEST

START_TEST(a_file_cut_short_is_replaced)
{
	struct records *records;
	uint64_t scope = 0;

	fill(200);
	ck_assert_int_eq(truncate(in_folder("c/" RECORDS_FILE),
				  file_size() * _i / 8 + _i),
			 0);
	records = open_records();
	count(records, first_scope(records), 200);
	records_tidy(records);
	ck_assert_int_eq(put(records, &scope, 1), 0);
	ck_assert(has(records, scope, 1));
	records_close(records);
}
END_TEST

START_TEST(a_file_cut_short_while_it_is_open_is_replaced)
{
	struct records *records;
	uint64_t scope;

	fill(200);
	records = open_records();
	scope = first_scope(records);
	ck_assert_int_eq(truncate(in_folder("c/" RECORDS_FILE), 5000), 0);
	count(records, scope, 200);
	put(records, &scope, 201);
	records_tidy(records);
	scope = 0;
	ck_assert_int_eq(put(records, &scope, 1), 0);
	ck_assert(has(records, scope, 1));
	records_close(records);
}
END_TEST

START_TEST(another_version_is_replaced)
{
	struct records *records;
	uint64_t scope = 0;

	fill(10);
	/* The user version is at byte 60 of the file. */
	run_in("printf '\\0\\0\\0\\143' |"
	       " dd of=c/" RECORDS_FILE " bs=1 seek=60 conv=notrunc");
	records = open_records();
	ck_assert_uint_eq(first_scope(records), 0);
	ck_assert_int_eq(put(records, &scope, 1), 0);
	ck_assert(has(records, scope, 1));
	records_close(records);
	file_write("c/" RECORDS_FILE, "something else altogether\n");
	records = open_records();
	ck_assert_uint_eq(first_scope(records), 0);
	records_close(records);
}
END_TEST

/* A file may not grow beyond a limit, as on a full disk. */
START_TEST(a_full_disk_loses_no_old_answer)
{
	struct rlimit limit = { 100000, RLIM_INFINITY };
	struct records *records;
	uint64_t scope;
	int err = 0;

	fill(20);
	records = open_records();
	scope = first_scope(records);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (unsigned n = 20; n < 2000 && err == 0; n++)
		err = put(records, &scope, n);
	ck_assert_int_lt(err, 0);
	ck_assert_uint_ge(count(records, scope, 20), 20);
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	ck_assert_int_eq(put(records, &scope, 3000), 0);
	ck_assert(has(records, scope, 3000));
	records_close(records);
}
END_TEST

START_TEST(a_killed_writer_leaves_whole_answers)
{
	struct records *records;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		uint64_t scope = 0;

		records = open_records();
		for (unsigned n = 0;; n++)
			put(records, &scope, n);
	}
	usleep(20000 + (unsigned)_i * 7000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	records = open_records();
	if (first_scope(records)) {
		unsigned found = count(records, first_scope(records), 100000);

		/* None in between is missing. */
		ck_assert_uint_eq(count(records, first_scope(records), found),
				  found);
	}
	records_close(records);
}
END_TEST

START_TEST(two_processes_write_to_one_scope)
{
	struct records *records;
	uint64_t scope = 0;
	pid_t pids[2];
	int status;

	fill(1);
	for (unsigned p = 0; p < 2; p++) {
		pids[p] = fork();
		if (pids[p])
			continue;
		records = open_records();
		scope = first_scope(records);
		for (unsigned n = 0; n < 100; n++)
			if (put(records, &scope, 1 + 2 * n + p) < 0)
				_exit(1);
		records_close(records);
		_exit(0);
	}
	for (unsigned p = 0; p < 2; p++) {
		waitpid(pids[p], &status, 0);
		ck_assert_int_eq(status, 0);
	}
	records = open_records();
	scope = first_scope(records);
	ck_assert_uint_eq(count(records, scope, 201), 201);
	ck_assert_uint_eq(count_parts(records, scope), 100);
	records_close(records);
}
END_TEST

START_TEST(what_was_not_used_for_longest_goes_first)
{
	struct records_stats stats;
	struct records *records;
	uint64_t scopes[40] = { 0 };

	ck_assert_int_eq(records_open(in_folder("c"), 400000, &records), 0);
	for (unsigned s = 0; s < 40; s++) {
		struct records_key own = key_of(1000 + s);

		for (unsigned n = 0; n < 20; n++)
			ck_assert_int_eq(
				put_in(records, &own, &scopes[s], 400 + n), 0);
		records_used(records, scopes[0]);
		records_tidy(records);
	}
	records_stats(records, &stats);
	ck_assert_uint_le(stats.bytes, 400000);
	ck_assert_uint_gt(stats.scopes, 2);
	ck_assert(has(records, scopes[0], 400));
	ck_assert(!has(records, scopes[1], 400));
	ck_assert(has(records, scopes[39], 419));
	records_close(records);
}
END_TEST

START_TEST(a_folder_of_others_is_not_used)
{
	struct records *records;
	struct stat st;

	ck_assert_int_eq(mkdir(in_folder("other"), 0777), 0);
	ck_assert_int_eq(symlink(in_folder("other"), in_folder("c")), 0);
	ck_assert_int_eq(records_open(in_folder("c"), LIMIT, &records), -EPERM);
	ck_assert_int_eq(unlink(in_folder("c")), 0);
	fill(1);
	ck_assert_int_eq(stat(in_folder("c"), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(rename(in_folder("c/" RECORDS_FILE), in_folder("x")),
			 0);
	run_in("rm -f c/*");
	ck_assert_int_eq(symlink(in_folder("x"), in_folder("c/" RECORDS_FILE)),
			 0);
	ck_assert_int_eq(records_open(in_folder("c"), LIMIT, &records), -EPERM);
	if (geteuid() == 0) {
		run_in("rm c/*; chown 1 c");
		ck_assert_int_eq(records_open(in_folder("c"), LIMIT, &records),
				 -EPERM);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("records");
	TCase *tc = tcase_create("records");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, folder_setup, folder_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, what_was_put_is_found_by_the_next_process);
	tcase_add_test(tc, parts_come_in_order_and_whole);
	tcase_add_test(tc, a_scope_that_is_gone_takes_no_more);
	tcase_add_loop_test(tc, damage_never_gives_a_wrong_answer, 0, 60);
	tcase_add_loop_test(tc, a_file_cut_short_is_replaced, 0, 9);
	tcase_add_test(tc, a_file_cut_short_while_it_is_open_is_replaced);
	tcase_add_test(tc, another_version_is_replaced);
	tcase_add_test(tc, a_full_disk_loses_no_old_answer);
	tcase_add_loop_test(tc, a_killed_writer_leaves_whole_answers, 0, 8);
	tcase_add_test(tc, two_processes_write_to_one_scope);
	tcase_add_test(tc, what_was_not_used_for_longest_goes_first);
	tcase_add_test(tc, a_folder_of_others_is_not_used);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
