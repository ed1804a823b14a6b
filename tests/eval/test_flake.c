/*
 * test_flake.c - opening flakes: working trees, revisions, changes not yet
 * written; tests/flake/ compares what they evaluate to with Nix
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/flake.h"
#include "eval/json.h"
#include "eval/source.h"

static char dir[] = "/tmp/test_flake.XXXXXX";

static void run(const char *command)
{
	char *whole;

	ck_assert_int_gt(asprintf(&whole,
				  "cd %s && export HOME=%s "
				  "GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a "
				  "GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a "
				  "GIT_COMMITTER_EMAIL=a@b "
				  "GIT_AUTHOR_DATE='1600000000 +0000' "
				  "GIT_COMMITTER_DATE='1600000000 +0000'; "
				  "{ %s; } >/dev/null 2>&1",
				  dir, dir, command),
			 0);
	ck_assert_msg(system(whole) == 0, "%s", command);
	free(whole);
}

static const char *at(const char *name)
{
	static char text[4][4096];
	static int n;

	n = (n + 1) % 4;
	snprintf(text[n], sizeof(text[n]), "%s/%s", dir, name);
	return text[n];
}

static void setup(void)
{
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	run("git -c init.defaultBranch=main init repo; cd repo; mkdir sub dep; "
	    "echo '{ outputs = { self }: { v = import ./v.nix; "
	    "s = self.shortRev or self.dirtyShortRev or null; "
	    "files = builtins.attrNames (builtins.readDir ./.); }; }' "
	    ">flake.nix; echo 1 >v.nix; "
	    "echo '{ inputs.dep.url = \"path:../dep\"; "
	    "inputs.none.url = \"path:/none\"; "
	    "outputs = { self, dep, none }: { v = dep.v; n = none.v; }; }' "
	    ">sub/flake.nix; "
	    "echo '{ outputs = { self }: { v = \"dep\"; }; }' >dep/flake.nix; "
	    "git add .; git commit -m one; git tag v1; echo 2 >v.nix; "
	    "git commit -am two; git clone --bare . ../bare; "
	    "mkdir ../plain; cp flake.nix v.nix ../plain");
}

static void teardown(void)
{
	run("rm -rf ./*");
	rmdir(dir);
}

struct job {
	struct flake_options options;
	const char *attr;
	struct buf out; /* JSON, or "error: " and the message */
};

static int evaluate(void *arg)
{
	static const char *const no_paths[] = { NULL };
	struct eval_settings settings = {
		.pure = true,
		.flakes = true,
		.max_call_depth = 10000,
		.system = "x86_64-linux",
		.search_path = no_paths,
	};
	struct eval *ev = eval_new(&settings);
	const struct context *context = NULL;
	struct job *job = arg;
	struct flake *flake;
	value v, *cell = NULL;

	if (!ev)
		return -1;
	flake = flake_load(ev, &job->options);
	v = flake ? flake_outputs(ev, flake) : 0;
	if (v)
		cell = attrs_find(value_attrs(v),
				  symbol_intern(job->attr, strlen(job->attr)));
	if (!cell ||
	    json_write(ev, cell, 0, JSON_STRICT, &job->out, &context) < 0) {
		buf_reset(&job->out);
		buf_add_format(&job->out, "error: %s",
			       eval_error(ev) ? eval_error(ev)->message
					      : "missing");
	}
	source_release(ev);
	return 0;
}

static const char *value_of_attr(struct flake_options options, const char *attr)
{
	static struct job job;

	job.options = options;
	job.attr = attr;
	buf_reset(&job.out);
	ck_assert_int_eq(eval_run_on_stack(evaluate, &job), 0);
	return buf_text(&job.out);
}

#define FLAKE(...) ((struct flake_options){ __VA_ARGS__ })

START_TEST(a_working_tree_is_opened)
{
	ck_assert_str_eq(value_of_attr(FLAKE(.path = at("repo")), "v"), "2");
	ck_assert_str_eq(value_of_attr(FLAKE(.path = at("plain")), "v"), "2");
	ck_assert_str_eq(value_of_attr(FLAKE(.path = at("plain")), "s"),
			 "null");
	run("echo 3 >repo/v.nix");
	ck_assert_str_eq(value_of_attr(FLAKE(.path = at("repo")), "v"), "3");
	ck_assert_ptr_nonnull(strstr(
		value_of_attr(FLAKE(.path = at("repo")), "s"), "-dirty\""));
}
END_TEST

START_TEST(a_revision_is_opened)
{
	ck_assert_str_eq(
		value_of_attr(FLAKE(.path = at("repo"), .rev = "v1"), "v"),
		"1");
	ck_assert_str_eq(value_of_attr(FLAKE(.path = at("bare")), "v"), "2");
	ck_assert_str_eq(
		value_of_attr(FLAKE(.path = at("bare"), .rev = "refs/tags/v1"),
			      "v"),
		"1");
	ck_assert_ptr_nonnull(strstr(
		value_of_attr(FLAKE(.path = at("bare"), .rev = "none"), "v"),
		"error: resolving Git reference 'none'"));
}
END_TEST

START_TEST(a_repository_may_be_taken_for_a_folder)
{
	run("echo 3 >repo/untracked");
	ck_assert_ptr_null(
		strstr(value_of_attr(FLAKE(.path = at("repo")), "files"),
		       "untracked"));
	ck_assert_ptr_nonnull(
		strstr(value_of_attr(FLAKE(.path = at("repo"), .as_path = true),
				     "files"),
		       "untracked"));
}
END_TEST

START_TEST(changes_are_seen_before_they_are_written)
{
	struct flake_change changes[] = {
		{ "/v.nix", "4", 1, false },
		{ "/new.nix", "5", 1, false },
		{ "/dep/flake.nix", NULL, 0, false },
	};
	struct flake_options options = {
		.path = at("repo"),
		.changes = changes,
		.nchanges = 3,
	};
	const char *s;

	ck_assert_str_eq(value_of_attr(options, "v"), "4");
	ck_assert_ptr_nonnull(
		strstr(value_of_attr(options, "files"), "new.nix"));
	s = value_of_attr(options, "s");
	ck_assert_msg(strstr(s, "-dirty\"") && strlen(s) == 15, "%s", s);
	options.rev = "v1";
	ck_assert_str_eq(value_of_attr(options, "v"), "4");
	ck_assert_str_eq(value_of_attr(FLAKE(.path = at("repo")), "v"), "2");
}
END_TEST

START_TEST(a_flake_in_a_folder_has_its_inputs)
{
	struct flake_options options = { .path = at("repo"), .dir = "sub" };
	struct flake_override override = { "none", at("plain") };
	const char *message;

	ck_assert_str_eq(value_of_attr(options, "v"), "\"dep\"");
	message = value_of_attr(options, "n");
	ck_assert_msg(strstr(message, "input 'none' (path:/none) is needed") &&
			      strstr(message, "-o override-input=none=PATH"),
		      "%s", message);
	options.overrides = &override;
	options.noverrides = 1;
	ck_assert_str_eq(value_of_attr(options, "n"), "2");
	options.dir = "nowhere";
	ck_assert_ptr_nonnull(strstr(value_of_attr(options, "v"),
				     "Path 'nowhere/flake.nix' does not "
				     "exist in Git repository"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("flake");
	TCase *tc = tcase_create("flake");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_working_tree_is_opened);
	tcase_add_test(tc, a_revision_is_opened);
	tcase_add_test(tc, a_repository_may_be_taken_for_a_folder);
	tcase_add_test(tc, changes_are_seen_before_they_are_written);
	tcase_add_test(tc, a_flake_in_a_folder_has_its_inputs);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
