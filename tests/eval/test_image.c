/*
 * test_image.c - a worker that is forked warm sees what a cold one sees
 *
 * The nursery and its workers are one process here: each test has a folder of
 * its own, lets a first evaluator tell what it parsed, and goes on with the one
 * that was prepared.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/file.h"
#include "eval/image.h"
#include "eval/prepare.h"
#include "eval/source.h"
#include "eval/trace.h"

/* Made before the tests run: files that have just changed are not prepared. */
enum { FOLDERS = 12 };
static char folders[FOLDERS][64];
static int used;

static const struct eval_settings settings = {
	.flakes = true,
	.max_call_depth = 10000,
	.system = "x86_64-linux",
	.search_path = (const char *const[]){ "nixpkgs=/nowhere", NULL },
};

static const char *at(const char *name)
{
	static char text[4][4096];
	static int n;

	n = (n + 1) % 4;
	snprintf(text[n], sizeof(text[n]), "%s/%s", folders[used], name);
	return text[n];
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

/* Outside of any test: no ck_assert(). */
static int make_folder(int i)
{
	char command[1024];

	snprintf(folders[i], sizeof(folders[i]), "/tmp/test_image.XXXXXX");
	if (!mkdtemp(folders[i]))
		return -1;
	snprintf(command, sizeof(command),
		 "cd %s && mkdir lib && echo 'let lib = import ./lib; in "
		 "lib.add 1 (import ./n.nix)' > main.nix && "
		 "echo '{ add = a: b: a + b; here = ./.; }' > lib/default.nix "
		 "&& printf 41 > n.nix",
		 folders[i]);
	return system(command);
}

static value import_value(struct eval *ev, const char *name)
{
	const char *file = at(name);
	struct path *path = source_path(ev, file, strlen(file));

	ck_assert_ptr_nonnull(path);
	return eval_file(ev, path);
}

static int64_t import_int(struct eval *ev, const char *name)
{
	value v = import_value(ev, name);

	ck_assert_msg(v, "%s", ev->error ? ev->error->message : "no value");
	return value_integer(v);
}

static int add_item(void *arg, const struct trace_item *item)
{
	buf_add_format(arg, "%s %u %d %llu ", item->path, item->kinds,
		       item->st.type, (unsigned long long)item->st.size);
	for (size_t i = 0; i < sizeof(item->content); i++)
		buf_add_format(arg, "%02x", item->content[i]);
	buf_add_char(arg, '\n');
	return 0;
}

static struct buf trace_text(struct eval *ev)
{
	struct buf text = BUF_INIT;

	trace_each(ev, NULL, add_item, &text);
	return text;
}

static void prepare(struct eval *ev)
{
	prepare_tell(ev);
	prepare_take();
	ck_assert_ptr_nonnull(eval_error(ev) ? NULL : ev);
}

/* An evaluator lasts as long as its process: what it has is not lost. */
static struct eval *keep(struct eval *ev)
{
	static struct eval *kept[4];
	static int n;

	ck_assert_ptr_nonnull(ev);
	ck_assert_int_lt(n, 4);
	return kept[n++] = ev;
}

static struct eval *cold(void)
{
	ck_assert_int_ge(prepare_open(), 0);
	return keep(eval_new(&settings));
}

static struct eval *warm(void)
{
	return keep(prepare_eval(&settings));
}

static size_t parsed(struct eval *ev)
{
	return file_count(ev) - image_files(ev);
}

START_TEST(parses_nothing_again_and_traces_all)
{
	struct eval *first = cold(), *second;
	struct buf want, got;

	used = 0;
	ck_assert_int_eq(import_int(first, "main.nix"), 42);
	prepare(first);
	second = warm();
	ck_assert_int_eq(import_int(second, "main.nix"), 42);
	ck_assert_uint_eq(parsed(first), 3);
	ck_assert_uint_eq(parsed(second), 0);
	want = trace_text(first);
	got = trace_text(second);
	ck_assert_str_eq(buf_text(&got), buf_text(&want));
	buf_release(&want);
	buf_release(&got);
}
END_TEST

START_TEST(traces_only_what_it_read)
{
	struct eval *first = cold(), *second;
	struct buf got;

	used = 1;
	import_int(first, "main.nix");
	prepare(first);
	second = warm();
	got = trace_text(second);
	ck_assert_str_eq(buf_text(&got), "");
	import_int(second, "n.nix");
	buf_release(&got);
	got = trace_text(second);
	ck_assert_ptr_null(strstr(buf_text(&got), "main.nix"));
	ck_assert_ptr_nonnull(strstr(buf_text(&got), "n.nix"));
	buf_release(&got);
}
END_TEST

/* How a file may change between two workers. */
static void edit(void)
{
	put("n.nix", "42");
}
static void edit_and_hide(void)
{
	struct timespec times[2] = { 0 };
	struct stat st;

	ck_assert_int_eq(stat(at("n.nix"), &st), 0);
	put("n.nix", "42");
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	ck_assert_int_eq(utimensat(0, at("n.nix"), times, 0), 0);
}
static void replace(void)
{
	put("new", "42");
	ck_assert_int_eq(rename(at("new"), at("n.nix")), 0);
}
static void make_folder_of_it(void)
{
	ck_assert_int_eq(unlink(at("n.nix")), 0);
	ck_assert_int_eq(mkdir(at("n.nix"), 0700), 0);
	put("n.nix/default.nix", "42");
}
static void make_link_of_it(void)
{
	ck_assert_int_eq(unlink(at("n.nix")), 0);
	put("elsewhere.nix", "42");
	ck_assert_int_eq(symlink("elsewhere.nix", at("n.nix")), 0);
}
static void (*const changes[])(void) = { edit, edit_and_hide, replace,
					 make_folder_of_it, make_link_of_it };

START_TEST(sees_a_changed_file)
{
	struct eval *first = cold(), *second, *third;
	struct buf want, got;

	used = 2 + _i;
	ck_assert_int_eq(import_int(first, "main.nix"), 42);
	prepare(first);
	changes[_i]();
	second = warm();
	ck_assert_int_eq(import_int(second, "main.nix"), 43);
	ck_assert_uint_eq(parsed(second), 1);
	third = keep(eval_new(&settings));
	ck_assert_int_eq(import_int(third, "main.nix"), 43);
	want = trace_text(third);
	got = trace_text(second);
	ck_assert_str_eq(buf_text(&got), buf_text(&want));
	buf_release(&want);
	buf_release(&got);
}
END_TEST

START_TEST(a_missing_file_is_missing)
{
	struct eval *first = cold(), *second;

	used = 7;
	import_int(first, "main.nix");
	prepare(first);
	ck_assert_int_eq(unlink(at("n.nix")), 0);
	second = warm();
	ck_assert_uint_eq(import_value(second, "main.nix"), 0);
	ck_assert_ptr_nonnull(strstr(eval_error(second)->message, "n.nix"));
}
END_TEST

START_TEST(replaced_bytes_come_before_prepared_ones)
{
	struct eval *first = cold(), *second;

	used = 8;
	import_int(first, "main.nix");
	prepare(first);
	second = warm();
	ck_assert_int_eq(source_replace(second, source_root(second),
					at("n.nix"), "1", 1),
			 0);
	ck_assert_int_eq(import_int(second, "main.nix"), 2);
}
END_TEST

START_TEST(what_has_just_changed_is_not_prepared)
{
	struct eval *first = cold(), *second;

	used = 9;
	put("n.nix", "42");
	ck_assert_int_eq(import_int(first, "main.nix"), 43);
	prepare(first);
	second = warm();
	ck_assert_int_eq(import_int(second, "main.nix"), 43);
	ck_assert_uint_eq(parsed(second), 1);
}
END_TEST

START_TEST(other_settings_do_without)
{
	struct eval_settings other = settings;
	struct eval *first = cold();

	used = 10;
	import_int(first, "main.nix");
	prepare(first);
	other.pure = true;
	ck_assert_ptr_null(prepare_eval(&other));
	other = settings;
	other.system = "aarch64-linux";
	ck_assert_ptr_null(prepare_eval(&other));
	other = settings;
	other.search_path = NULL;
	ck_assert_ptr_null(prepare_eval(&other));
	warm();
	ck_assert_ptr_null(prepare_eval(&settings));
}
END_TEST

/* A tree of its own, as flakes have them: the same label or another. */
START_TEST(a_folder_is_known_again)
{
	struct eval *first = cold(), *second;
	struct source *source;
	struct path *path;
	const char *shown;

	used = 11;
	source = source_folder(first, folders[used]);
	source->label = "«one»";
	path = value_path(value_new_path(first, source, "/main.nix", 9));
	ck_assert_int_eq(value_integer(eval_file(first, path)), 42);
	prepare(first);

	second = warm();
	source = source_folder(second, folders[used]);
	ck_assert_ptr_nonnull(source);
	ck_assert_ptr_ne(source_folder(second, folders[used]), source);
	source->label = "«two»";
	path = value_path(value_new_path(second, source, "/main.nix", 9));
	ck_assert_int_eq(value_integer(eval_file(second, path)), 42);
	ck_assert_uint_eq(parsed(second), 0);
	for (size_t i = 0; i < file_count(second); i++) {
		shown = file_at(second, i)->name;
		ck_assert_msg(!strncmp(shown, "«two»/", 8), "%s", shown);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image");
	TCase *tests = tcase_create("image");
	SRunner *runner;
	char command[1024];
	int failed;

	for (int i = 0; i < FOLDERS; i++)
		if (make_folder(i) != 0)
			return 1;
	usleep(2200000);
	tcase_add_test(tests, parses_nothing_again_and_traces_all);
	tcase_add_test(tests, traces_only_what_it_read);
	tcase_add_loop_test(tests, sees_a_changed_file, 0,
			    sizeof(changes) / sizeof(*changes));
	tcase_add_test(tests, a_missing_file_is_missing);
	tcase_add_test(tests, replaced_bytes_come_before_prepared_ones);
	tcase_add_test(tests, what_has_just_changed_is_not_prepared);
	tcase_add_test(tests, other_settings_do_without);
	tcase_add_test(tests, a_folder_is_known_again);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	for (int i = 0; i < FOLDERS; i++) {
		snprintf(command, sizeof(command), "rm -r %s", folders[i]);
		failed += system(command) != 0;
	}
	return failed != 0;
}
