/*
 * test_source.c - trees of files: folders, git, overlays, links, stand-ins
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
#include "eval/source.h"
#include "eval/source_git.h"
#include "eval/trace.h"

static struct eval eval;
static struct eval *ev = &eval;
static char dir[] = "/tmp/test_source.XXXXXX";

static void run(const char *command)
{
	char *whole;

	ck_assert_int_gt(asprintf(&whole,
				  "cd %s && export HOME=%s "
				  "GIT_CONFIG_NOSYSTEM=1 "
				  "GIT_AUTHOR_DATE='1600000000 +0000' "
				  "GIT_COMMITTER_DATE='1600000000 +0000' && "
				  "git() { command git -c user.name=a "
				  "-c user.email=a@b -c init.defaultBranch="
				  "main -c protocol.file.allow=always \"$@\"; }"
				  "; { %s; } >/dev/null 2>&1",
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
	memset(&eval, 0, sizeof(eval));
	ev->arena = arena_new(0);
	ck_assert_ptr_nonnull(source_root(ev));
}

static void teardown(void)
{
	source_release(ev);
	arena_free(ev->arena);
	run("rm -rf ./* ./.[a-z]*");
	rmdir(dir);
}

static void assert_reads(struct source *s, const char *path, const char *text)
{
	const char *bytes;
	size_t len;
	int err = source_read(ev, s, path, &bytes, &len);

	ck_assert_msg(err == 0, "%s: %s", path, strerror(-err));
	ck_assert_str_eq(bytes, text);
	ck_assert_uint_eq(len, strlen(text));
}

static enum source_type type_of(struct source *s, const char *path)
{
	struct source_stat st;
	int err = source_stat(ev, s, path, &st);

	ck_assert_msg(err == 0, "%s: %s", path, strerror(-err));
	return st.type;
}

/* Names with a "/" after folders and an "@" after links, with blanks between
 * them. */
static const char *listing(struct source *s, const char *path)
{
	static char text[4096];
	struct source_entry *entries;
	size_t len;
	int err = source_list(ev, s, path, &entries, &len);

	ck_assert_msg(err == 0, "%s: %s", path, strerror(-err));
	text[0] = '\0';
	for (size_t i = 0; i < len; i++) {
		strcat(text, i ? " " : "");
		strcat(text, entries[i].name);
		strcat(text, entries[i].type == SOURCE_DIRECTORY ? "/"
			     : entries[i].type == SOURCE_SYMLINK ? "@"
								 : "");
	}
	return text;
}

static struct source *workdir(unsigned flags)
{
	struct git_repo *repo = git_repo_open(ev, at("repo"));
	struct source *s;

	ck_assert_ptr_nonnull(repo);
	s = source_git_workdir(ev, repo, flags);
	ck_assert_ptr_nonnull(s);
	return s;
}

START_TEST(a_folder_is_read_and_listed)
{
	struct source *s;

	run("mkdir -p t/d; printf hello >t/a; ln -s a t/l; chmod +x t/a");
	s = source_folder(ev, at("t"));
	ck_assert_ptr_nonnull(s);
	assert_reads(s, "/a", "hello");
	ck_assert_str_eq(listing(s, "/"), "a d/ l@");
	ck_assert_str_eq(listing(s, "/d"), "");
	ck_assert_int_eq(type_of(s, "/none"), SOURCE_MISSING);
	ck_assert_int_eq(type_of(s, "/a/none"), SOURCE_MISSING);
	ck_assert_int_eq(type_of(s, "/none/none"), SOURCE_MISSING);
}
END_TEST

START_TEST(no_bytes_come_from_devices_fifos_folders_and_links)
{
	const char *bytes;
	struct source *s;
	size_t len;

	run("mkdir t; mkfifo t/fifo; ln -s fifo t/l; mkdir t/d");
	s = source_folder(ev, at("t"));
	ck_assert_int_eq(source_read(ev, s, "/fifo", &bytes, &len), -EINVAL);
	ck_assert_int_eq(source_read(ev, s, "/l", &bytes, &len), -ELOOP);
	ck_assert_int_eq(source_read(ev, s, "/d", &bytes, &len), -EISDIR);
	ck_assert_int_eq(source_read(ev, s, "/none", &bytes, &len), -ENOENT);
	ck_assert_int_eq(
		source_read(ev, source_root(ev), "/dev/zero", &bytes, &len),
		-EINVAL);
}
END_TEST

START_TEST(a_file_without_a_size_is_read_whole)
{
	const char *bytes;
	size_t len;

	ck_assert_int_eq(
		source_read(ev, source_root(ev), "/proc/cpuinfo", &bytes, &len),
		0);
	ck_assert_uint_gt(len, 0);
}
END_TEST

static const struct {
	const char *path, *resolved;
} links[] = {
	{ "/a", "/a" },	     { "/l", "/a" },
	{ "/ld/x", "/d/x" }, { "/ld/up", "/a" },
	{ "/chain", "/a" },  { "/d/none/none", "/d/none/none" },
};

START_TEST(links_are_followed)
{
	struct path *p, *r;
	struct source *s;

	run("mkdir -p t/d; touch t/a t/d/x; ln -s a t/l; ln -s d t/ld; "
	    "ln -s ../l t/d/up; ln -s ./ld//../chain2 t/chain; "
	    "ln -s ld/up t/chain2");
	s = source_folder(ev, at("t"));
	p = source_join(ev, source_path(ev, s->prefix, s->prefix_len),
			links[_i].path, strlen(links[_i].path));
	ck_assert_ptr_eq(p->source, s);
	r = source_resolve(ev, p, true);
	ck_assert_ptr_nonnull(r);
	ck_assert_str_eq(r->bytes, links[_i].resolved);
	ck_assert_ptr_eq(r->source, s);
}
END_TEST

START_TEST(a_link_that_leaves_its_tree_leads_to_the_machine)
{
	struct path *root, *p;
	struct source *s;

	run("mkdir t; ln -s /etc/x t/abs; ln -s ../other/y t/rel; "
	    "ln -s loop t/loop");
	s = source_folder(ev, at("t"));
	root = source_path(ev, s->prefix, s->prefix_len);
	p = source_resolve(ev, source_join(ev, root, "abs", 3), true);
	ck_assert_ptr_eq(p->source, source_root(ev));
	ck_assert_str_eq(p->bytes, "/etc/x");
	p = source_resolve(ev, source_join(ev, root, "rel", 3), true);
	ck_assert_str_eq(source_text(ev, p), "/nix/store/other/y");
	p = source_resolve(ev, source_join(ev, root, "loop", 4), true);
	ck_assert_ptr_null(p);
	ck_assert_ptr_nonnull(
		strstr(eval_error(ev)->message, "infinite symlink recursion"));
	p = source_resolve(ev, source_join(ev, root, "loop", 4), false);
	ck_assert_str_eq(p->bytes, "/loop");
}
END_TEST

START_TEST(text_becomes_a_path_in_its_tree_and_back)
{
	char text[4096];
	struct source *s;
	struct path *p;

	run("mkdir t");
	s = source_folder(ev, at("t"));
	snprintf(text, sizeof(text), "//nix/./store/../store/%s/a//b/../c/",
		 s->prefix + strlen("/nix/store/"));
	p = source_path(ev, text, strlen(text));
	ck_assert_ptr_eq(p->source, s);
	ck_assert_str_eq(p->bytes, "/a/c");
	snprintf(text, sizeof(text), "%s/a/c", s->prefix);
	ck_assert_str_eq(source_text(ev, p), text);
	p = source_join(ev, p, "../../..", 8);
	ck_assert_str_eq(source_text(ev, p), "/nix/store");
	ck_assert_str_eq(source_path(ev, "/../..", 6)->bytes, "/");
}
END_TEST

START_TEST(a_stand_in_is_revealed)
{
	struct source *s;
	const char *text, *shown;

	run("mkdir t; printf hello >t/a");
	s = source_folder(ev, at("t"));
	text = source_text(
		ev, source_join(ev, source_path(ev, s->prefix, s->prefix_len),
				"a", 1));
	ck_assert(source_has_stand_in(text, strlen(text)));
	ck_assert(source_cuts_stand_in(text, strlen(text), 11, 20));
	ck_assert(source_cuts_stand_in(text, strlen(text), 15, 200));
	ck_assert(!source_cuts_stand_in(text, strlen(text), 11, 43));
	shown = source_reveal(ev, text, strlen(text));
	ck_assert_ptr_nonnull(shown);
	/* nix eval --raw --expr 'builtins.path { name = "source"; path = ./t;
	 * }' */
	ck_assert_str_eq(shown, "/nix/store/"
				"g03pyjqcxk6faw1rkma6c9mzwia2znr7-source/a");
	ck_assert_ptr_eq(source_reveal(ev, "plain", 5), "plain");
	ck_assert_ptr_eq(source_path(ev, shown, strlen(shown))->source, s);
}
END_TEST

START_TEST(a_working_tree_has_what_git_tracks)
{
	struct source *s;

	run("git init repo; cd repo; mkdir -p a/b c gone; "
	    "printf one >a/b/f; printf x >c/g; printf x >gone/f; "
	    "printf x >top; ln -s top l; git add .; git commit -m x; "
	    "rm gone/f; printf two >a/b/f; printf n >untracked; "
	    "printf n >a/new; printf n >a/intent; git add -N a/intent");
	s = workdir(0);
	assert_reads(s, "/a/b/f", "two");
	ck_assert_str_eq(listing(s, "/"), "a/ c/ l@ top");
	ck_assert_str_eq(listing(s, "/a"), "b/ intent");
	ck_assert_int_eq(type_of(s, "/gone"), SOURCE_MISSING);
	ck_assert_int_eq(type_of(s, "/untracked"), SOURCE_MISSING);
	ck_assert_int_eq(type_of(s, "/.git"), SOURCE_MISSING);
	ck_assert_int_eq(git_repo_is_dirty(ev, git_repo_open(ev, at("repo"))),
			 1);
}
END_TEST

START_TEST(an_untracked_file_is_named_with_the_git_add_to_run)
{
	char want[4096];
	struct source *s;

	run("git init repo; cd repo; touch top new; git add top");
	s = workdir(0);
	source_fail(ev, 0, s, "/new", -ENOENT);
	snprintf(want, sizeof(want),
		 "Path 'new' in the repository \"%s/repo\" is not tracked by "
		 "Git.\n\nTo make it visible to Nix, run:\n\n"
		 "git -C \"%s/repo\" add \"new\"",
		 dir, dir);
	ck_assert_str_eq(eval_error(ev)->message, want);
	source_fail(ev, 0, s, "/none", -ENOENT);
	snprintf(want, sizeof(want),
		 "Path 'none' does not exist in Git repository \"%s/repo\".",
		 dir);
	ck_assert_str_eq(eval_error(ev)->message, want);
}
END_TEST

START_TEST(a_revision_is_read_without_a_check_out)
{
	struct git_repo *repo;
	struct source *s;
	char rev[GIT_REV_LEN + 1];

	run("git init w; cd w; mkdir -p a/b; printf one >a/b/f; ln -s a l; "
	    "printf '#!' >x; chmod +x x; git add .; git commit -m x; "
	    "git clone --bare . ../repo");
	repo = git_repo_open(ev, at("repo"));
	ck_assert(git_repo_is_bare(repo));
	ck_assert_int_eq(git_repo_head(ev, repo, rev), 0);
	s = source_git_revision(ev, repo, rev, 0);
	assert_reads(s, "/a/b/f", "one");
	ck_assert_str_eq(listing(s, "/"), "a/ l@ x");
	ck_assert_str_eq(listing(s, "/a/b"), "f");
	ck_assert_int_eq(type_of(s, "/a/none"), SOURCE_MISSING);
	ck_assert_str_eq(source_resolve(ev,
					source_join(ev,
						    source_path(ev, s->prefix,
								s->prefix_len),
						    "l/b/f", 5),
					true)
				 ->bytes,
			 "/a/b/f");
	ck_assert_int_eq(git_repo_time(ev, repo, rev), 1600000000);
	ck_assert_int_eq(git_repo_count(ev, repo, rev), 1);
	ck_assert_str_eq(git_repo_head_ref(ev, repo), "refs/heads/main");
}
END_TEST

START_TEST(a_clean_tree_is_clean_and_its_hash_is_the_revisions)
{
	struct git_repo *repo;
	char rev[GIT_REV_LEN + 1];
	struct source *s;

	run("git init repo; cd repo; mkdir a; printf one >a/f; ln -s a l; "
	    "printf x >x; chmod +x x; git add .; git commit -m x; touch new");
	repo = git_repo_open(ev, at("repo"));
	ck_assert_int_eq(git_repo_is_dirty(ev, repo), 0);
	ck_assert_int_eq(git_repo_head(ev, repo, rev), 0);
	s = source_git_revision(ev, repo, rev, 0);
	ck_assert_str_eq(source_store_path(ev, s),
			 source_store_path(ev, workdir(0)));
}
END_TEST

/* What is kept is believed: a wrong hash shows that it was not made again. */
START_TEST(the_hash_of_a_revision_is_kept)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	char *old = cache ? strdup(cache) : NULL;
	struct git_repo *repo;
	char rev[GIT_REV_LEN + 1];
	struct source *first, *second, *third;

	setenv("XDG_CACHE_HOME", at("cache"), 1);
	run("git init repo; cd repo; printf one >f; git add .; "
	    "git commit -m x");
	repo = git_repo_open(ev, at("repo"));
	ck_assert_int_eq(git_repo_head(ev, repo, rev), 0);
	first = source_git_revision(ev, repo, rev, 0);
	second = source_git_revision(ev, repo, rev, 0);
	third = source_git_revision(ev, repo, rev, GIT_TREE_EXPORT_IGNORE);
	ck_assert_ptr_nonnull(source_store_path(ev, first));
	run("echo sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= "
	    "> $(ls cache/flakefs/hashes/*)");
	ck_assert_str_ne(source_store_path(ev, second),
			 source_store_path(ev, first));
	ck_assert_str_eq(source_store_path(ev, third),
			 source_store_path(ev, first));
	if (old)
		setenv("XDG_CACHE_HOME", old, 1);
	else
		unsetenv("XDG_CACHE_HOME");
	free(old);
}
END_TEST

START_TEST(submodules_are_there_when_asked_for)
{
	run("git init sub; cd sub; printf s >f; git add .; git commit -m x; "
	    "cd ..; git init repo; cd repo; printf t >t; "
	    "git submodule add ../sub m/sub; git add .; git commit -m x");
	ck_assert_str_eq(listing(workdir(0), "/"), ".gitmodules t");
	ck_assert_str_eq(listing(workdir(GIT_TREE_SUBMODULES), "/"),
			 ".gitmodules m/ t");
	assert_reads(workdir(GIT_TREE_SUBMODULES), "/m/sub/f", "s");
}
END_TEST

START_TEST(export_ignored_files_are_missing_when_asked_for)
{
	struct git_repo *repo;
	char rev[GIT_REV_LEN + 1];

	run("git init repo; cd repo; mkdir d; touch a b d/c; "
	    "printf 'b export-ignore\\nd export-ignore\\n' >.gitattributes; "
	    "git add .; git commit -m x");
	repo = git_repo_open(ev, at("repo"));
	ck_assert_int_eq(git_repo_head(ev, repo, rev), 0);
	ck_assert_str_eq(listing(source_git_revision(ev, repo, rev,
						     GIT_TREE_EXPORT_IGNORE),
				 "/"),
			 ".gitattributes a");
	ck_assert_str_eq(listing(workdir(GIT_TREE_EXPORT_IGNORE), "/"),
			 ".gitattributes a");
}
END_TEST

START_TEST(an_overlay_replaces_adds_and_removes)
{
	struct source *s;

	run("mkdir -p t/d; printf old >t/d/a; printf b >t/d/b; printf c >t/c");
	s = source_overlay(ev, source_folder(ev, at("t")));
	source_overlay_put(ev, s, "/d/a", "new", 3, false);
	source_overlay_put(ev, s, "/c", NULL, 0, false);
	source_overlay_put(ev, s, "/n/m/x", "x", 1, false);
	source_overlay_put(ev, s, "/n/m/y", "y", 1, false);
	assert_reads(s, "/d/a", "new");
	assert_reads(s, "/d/b", "b");
	assert_reads(s, "/n/m/y", "y");
	ck_assert_int_eq(type_of(s, "/c"), SOURCE_MISSING);
	ck_assert_str_eq(listing(s, "/"), "d/ n/");
	ck_assert_str_eq(listing(s, "/n"), "m/");
	ck_assert_str_eq(listing(s, "/n/m"), "x y");
	ck_assert_str_eq(listing(s, "/d"), "a b");
}
END_TEST

START_TEST(pure_evaluation_sees_no_files_of_the_machine)
{
	const char *bytes;
	struct source_stat st;
	size_t len;

	run("mkdir t; printf a >t/a");
	ev->settings.pure = true;
	ck_assert_int_eq(
		source_read(ev, source_root(ev), "/etc/passwd", &bytes, &len),
		-EACCES);
	source_fail(ev, 0, source_root(ev), "/etc/passwd", -EACCES);
	ck_assert_str_eq(
		eval_error(ev)->message,
		"access to absolute path '/etc/passwd' is forbidden "
		"in pure evaluation mode (use '--impure' to override)");
	ck_assert_int_eq(source_allow(ev, at("t")), 0);
	assert_reads(source_root(ev), at("t/a"), "a");
	ck_assert_int_eq(source_stat(ev, source_root(ev), "/tmp", &st), 0);
}
END_TEST

static int count(void *arg, const struct trace_item *item)
{
	const char *want = arg;

	if (!strcmp(item->path, want))
		return (int)item->kinds;
	return 0;
}

START_TEST(what_was_read_is_in_the_trace)
{
	struct source *s;
	struct source_stat st;

	run("mkdir -p t/d; printf a >t/d/a; ln -s a t/d/l");
	s = source_folder(ev, at("t"));
	assert_reads(s, "/d/a", "a");
	listing(s, "/d");
	ck_assert_int_eq(source_stat(ev, s, "/none", &st), 0);
	source_resolve(ev,
		       source_join(ev,
				   source_path(ev, s->prefix, s->prefix_len),
				   "d/l", 3),
		       true);
	ck_assert_int_eq(trace_each(ev, s, count, "/d/a"),
			 TRACE_STAT | TRACE_CONTENT);
	ck_assert_int_eq(trace_each(ev, s, count, "/d"),
			 TRACE_STAT | TRACE_LISTING);
	ck_assert_int_eq(trace_each(ev, s, count, "/none"), TRACE_STAT);
	ck_assert_int_eq(trace_each(ev, s, count, "/d/l"),
			 TRACE_STAT | TRACE_LINK);
	ck_assert_int_eq(trace_each(ev, NULL, count, "/never"), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("source");
	TCase *tc = tcase_create("source");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_folder_is_read_and_listed);
	tcase_add_test(tc, no_bytes_come_from_devices_fifos_folders_and_links);
	tcase_add_test(tc, a_file_without_a_size_is_read_whole);
	tcase_add_loop_test(tc, links_are_followed, 0,
			    sizeof(links) / sizeof(*links));
	tcase_add_test(tc, a_link_that_leaves_its_tree_leads_to_the_machine);
	tcase_add_test(tc, text_becomes_a_path_in_its_tree_and_back);
	tcase_add_test(tc, a_stand_in_is_revealed);
	tcase_add_test(tc, a_working_tree_has_what_git_tracks);
	tcase_add_test(tc, an_untracked_file_is_named_with_the_git_add_to_run);
	tcase_add_test(tc, a_revision_is_read_without_a_check_out);
	tcase_add_test(tc, a_clean_tree_is_clean_and_its_hash_is_the_revisions);
	tcase_add_test(tc, the_hash_of_a_revision_is_kept);
	tcase_add_test(tc, submodules_are_there_when_asked_for);
	tcase_add_test(tc, export_ignored_files_are_missing_when_asked_for);
	tcase_add_test(tc, an_overlay_replaces_adds_and_removes);
	tcase_add_test(tc, pure_evaluation_sees_no_files_of_the_machine);
	tcase_add_test(tc, what_was_read_is_in_the_trace);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
