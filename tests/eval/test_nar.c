/*
 * test_nar.c - archives of trees in memory; the hashes are those that nix-hash
 * 2.34.8 gave for the same trees on disk
 */
#include "eval/nar.h"

#include <check.h>
#include <stdlib.h>

static const struct file {
	const char *path;
	struct nar_node node;
	const char *text; /* or the link's target */
} tree[] = {
	{ "", { NAR_DIRECTORY }, NULL },
	{ "run", { NAR_REGULAR, true }, "#!/bin/sh\n" },
	{ "a", { NAR_DIRECTORY }, NULL },
	{ "a/f", { NAR_REGULAR }, "hello\n" },
	{ "link", { NAR_SYMLINK }, "../nowhere" },
	{ "b.nix", { NAR_REGULAR }, "" },
	{ "a/empty", { NAR_DIRECTORY }, NULL },
	{ "B", { NAR_REGULAR }, "12345678" },
};

static const struct file *find(const char *path)
{
	for (size_t i = 0; i < sizeof(tree) / sizeof(tree[0]); i++)
		if (strcmp(tree[i].path, path) == 0)
			return &tree[i];
	return NULL;
}

static int tree_stat(void *ctx, const char *path, struct nar_node *node,
		     struct buf *err)
{
	*node = find(path)->node;
	return 0;
}

static int tree_read(void *ctx, const char *path, struct nar_writer *out,
		     struct buf *err)
{
	const char *text = find(path)->text;

	nar_file_begin(out, strlen(text));
	for (; *text; text++)
		if (nar_file_add(out, text, 1) < 0)
			return -1;
	return 0;
}

static int tree_list(void *ctx, const char *path, struct nar_dir *out,
		     struct buf *err)
{
	size_t len = strlen(path);

	for (size_t i = 1; i < sizeof(tree) / sizeof(tree[0]); i++) {
		const char *name = tree[i].path;

		if (len > 0) {
			if (strncmp(name, path, len) != 0 || name[len] != '/')
				continue;
			name += len + 1;
		}
		if (strchr(name, '/'))
			continue;
		/* Some kinds are known from the listing, some are not. */
		nar_dir_add(out, name, strlen(name),
			    i % 2 ? &tree[i].node : NULL);
	}
	return 0;
}

static int tree_readlink(void *ctx, const char *path, struct buf *target,
			 struct buf *err)
{
	buf_add_text(target, find(path)->text);
	return 0;
}

static int no_directories(void *ctx, const char *path,
			  const struct nar_node *node, struct buf *err)
{
	return node->kind != NAR_DIRECTORY;
}

static struct nar_source source;
static struct buf err;

static void start(void)
{
	source = (struct nar_source){
		.stat = tree_stat,
		.read = tree_read,
		.list = tree_list,
		.readlink = tree_readlink,
	};
}

static void stop(void)
{
	buf_release(&err);
}

static void assert_hash(const struct hash *hash, const char *expected)
{
	struct buf out = BUF_INIT;

	hash_print(&out, hash, HASH_NIX32, false);
	ck_assert_str_eq(buf_text(&out), expected);
	buf_release(&out);
}

START_TEST(tree_hashes_as_nix_hashes_it)
{
	struct hash hash;
	uint64_t size;

	ck_assert_int_eq(nar_hash(&source, HASH_SHA256, &hash, &size, &err), 0);
	ck_assert_uint_eq(size, 1432);
	assert_hash(&hash, "1v7mrkcphnrijkkrfjjx2vfnnrh3364ppfy1zm4cgm3bmp5myhh"
			   "z");
}
END_TEST

START_TEST(filter_leaves_out_what_it_refuses_and_all_below)
{
	struct hash hash;

	source.filter = no_directories;
	ck_assert_int_eq(nar_hash(&source, HASH_SHA256, &hash, NULL, &err), 0);
	assert_hash(&hash,
		    "0i1gvpyfzsjmsp0jwbfwm0bv7fk5nzfvh0p1psyli7ndw6cswy02");
}
END_TEST

START_TEST(single_file_is_an_archive_too)
{
	struct hash hash;

	nar_hash_file(HASH_SHA256, "#!/bin/sh\n", 10, true, &hash);
	assert_hash(&hash, "0m35wabrvlzjvv71f2xvca3vd91gh9mwvh4mm38h7yb0h9kc30v"
			   "2");
}
END_TEST

static int one_folder_in_another(void *ctx, const char *path,
				 struct nar_dir *out, struct buf *message)
{
	int *levels = ctx;
	struct nar_node node = { NAR_DIRECTORY };

	if ((*levels)-- > 0)
		nar_dir_add(out, "d", 1, &node);
	return 0;
}

START_TEST(folders_deeper_than_nix_allows_are_refused)
{
	struct hash hash;
	int levels = 63;

	source.list = one_folder_in_another;
	source.ctx = &levels;
	ck_assert_int_eq(nar_hash(&source, HASH_SHA256, &hash, NULL, &err), 0);

	levels = 64;
	ck_assert_int_eq(nar_hash(&source, HASH_SHA256, &hash, NULL, &err), -1);
	ck_assert_ptr_nonnull(strstr(
		buf_text(&err), "d/d' exceeds maximum NAR directory depth of "
				"64"));
}
END_TEST

static int a_device(void *ctx, const char *path, struct nar_node *node,
		    struct buf *message)
{
	node->kind = NAR_UNKNOWN;
	return 0;
}

START_TEST(devices_are_refused_by_name)
{
	struct hash hash;

	source.stat = a_device;
	ck_assert_int_eq(nar_hash(&source, HASH_SHA256, &hash, NULL, &err), -1);
	ck_assert_str_eq(buf_text(&err), "file '/' has an unsupported type");
}
END_TEST

static int grows(void *ctx, const char *path, struct nar_writer *out,
		 struct buf *message)
{
	nar_file_begin(out, 3);
	return nar_file_add(out, "1234", 4);
}

static int shrinks(void *ctx, const char *path, struct nar_writer *out,
		   struct buf *message)
{
	nar_file_begin(out, 3);
	return nar_file_add(out, "12", 2);
}

START_TEST(file_that_changes_while_it_is_read_fails)
{
	struct hash hash;

	source.read = grows;
	ck_assert_int_eq(nar_hash(&source, HASH_SHA256, &hash, NULL, &err), -1);
	ck_assert_str_eq(buf_text(&err), "file '/B' grew while it was read");
	source.read = shrinks;
	ck_assert_int_eq(nar_hash(&source, HASH_SHA256, &hash, NULL, &err), -1);
	ck_assert_str_eq(buf_text(&err), "file '/B' shrank while it was read");
}
END_TEST

static int stop_at_once(void *arg, const void *bytes, size_t n)
{
	++*(int *)arg;
	return -1;
}

START_TEST(writer_that_stops_is_not_called_again)
{
	int calls = 0;

	ck_assert_int_eq(nar_write(&source, stop_at_once, &calls, &err), -1);
	ck_assert_int_eq(calls, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nar");
	TCase *tcase = tcase_create("nar");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_test(tcase, tree_hashes_as_nix_hashes_it);
	tcase_add_test(tcase, filter_leaves_out_what_it_refuses_and_all_below);
	tcase_add_test(tcase, single_file_is_an_archive_too);
	tcase_add_test(tcase, folders_deeper_than_nix_allows_are_refused);
	tcase_add_test(tcase, devices_are_refused_by_name);
	tcase_add_test(tcase, file_that_changes_while_it_is_read_fails);
	tcase_add_test(tcase, writer_that_stops_is_not_called_again);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
