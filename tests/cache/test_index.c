#include "cache/index.h"

#include "tests/cache/folder.h"

/* Names of all lengths around what entries are padded to, and some that share
 * their beginning with others. */
static void make_index(void)
{
	run_in("git init -q . && git config user.name a &&"
	       "git config user.email a@b && mkdir -p d/e 'd e' &&"
	       "for n in 1 12 123 1234 12345 123456 1234567 12345678 123456789;"
	       "do echo $n > $n; echo $n > d/$n; echo $n > d/e/x$n; done;"
	       "touch -- 'd e/f' \"n\nl\" '\xc3\xa4' '\xff' && git add . &&"
	       "echo later > z && git add -N z");
}

/* As git itself lists them. */
static void assert_as_git(const char *what)
{
	static char expected[1 << 16];
	struct buf names = BUF_INIT;
	size_t count = 0, lines = 0, len;
	FILE *f;

	run_in("git ls-files -z --stage | tr '\\n\\0' '\\1\\n' |"
	       "LC_ALL=C grep -av ^160000 | LC_ALL=C cut -f 2- | tr '\\n\\1' "
	       "'\\0\\n' > names");
	f = fopen(in_folder("names"), "r");
	ck_assert_ptr_nonnull(f);
	len = fread(expected, 1, sizeof(expected), f);
	fclose(f);
	for (size_t i = 0; i < len; i++)
		lines += !expected[i];
	ck_assert_msg(index_names(in_folder(".git/index"), &names, &count) == 0,
		      "%s", what);
	ck_assert_msg(count == lines && names.len == len &&
			      memcmp(names.data, expected, len) == 0,
		      "%s: %zu names, not %zu", what, count, lines);
	ck_assert_uint_gt(count, 25);
	buf_release(&names);
}

START_TEST(every_version_gives_the_names_that_git_gives)
{
	make_index();
	assert_as_git("as it is");
	run_in("git rm -q --cached z && git update-index --index-version 2");
	assert_as_git("version 2");
	run_in("git update-index --index-version 4 && git add -N z");
	assert_as_git("version 4");
	run_in("git commit -qm 1 && git update-index --index-version 3 &&"
	       "git -c core.untrackedCache=true status");
	assert_as_git("with extensions");
	run_in("git init -q sub && git -C sub -c user.name=a -c user.email=a@b "
	       "commit -q --allow-empty -m 1 && git add sub");
	assert_as_git("with a submodule");
	run_in("git checkout -qb other && echo 2 > 1 && git commit -qam 2 &&"
	       "git checkout -q - && echo 3 > 1 && git commit -qam 3 &&"
	       "! git merge -q other");
	assert_as_git("with a conflict");
}
END_TEST

START_TEST(an_index_in_parts_is_left_to_others)
{
	struct buf names = BUF_INIT;
	size_t count = 0;

	make_index();
	run_in("git update-index --split-index");
	ck_assert_int_eq(index_names(in_folder(".git/index"), &names, &count),
			 -ENOTSUP);
	buf_release(&names);
}
END_TEST

/* Cut short anywhere, or with any byte another: an error, or some names. */
START_TEST(no_bytes_do_harm)
{
	static char whole[1 << 16], other[1 << 16];
	struct buf names = BUF_INIT;
	size_t len, count;
	FILE *f;

	make_index();
	run_in("git update-index --index-version %d", _i);
	f = fopen(in_folder(".git/index"), "r");
	ck_assert_ptr_nonnull(f);
	len = fread(whole, 1, sizeof(whole), f);
	fclose(f);
	for (size_t i = 0; i < 2 * len; i++) {
		memcpy(other, whole, len);
		if (i >= len)
			other[i - len] ^= (char)(1 + i % 255);
		f = fopen(in_folder("harmed"), "w");
		ck_assert_ptr_nonnull(f);
		fwrite(other, 1, i < len ? i : len, f);
		fclose(f);
		count = 0;
		if (index_names(in_folder("harmed"), &names, &count) == 0)
			for (size_t n = 0, at = 0; n < count; n++) {
				ck_assert_uint_lt(at, names.len);
				at += strlen(names.data + at) + 1;
			}
		buf_release(&names);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("index");
	TCase *tc = tcase_create("index");
	SRunner *runner;
	int failed;

	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	tcase_add_checked_fixture(tc, folder_setup, folder_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_version_gives_the_names_that_git_gives);
	tcase_add_test(tc, an_index_in_parts_is_left_to_others);
	tcase_add_loop_test(tc, no_bytes_do_harm, 2, 5);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
