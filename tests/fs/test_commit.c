/* test_commit.c - a commit is whole and tidy, or there is none */
#include "fs/commit.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/repo.h"

static char top[] = "/tmp/flakefs-test-XXXXXX";
static struct buf id, message;

/* Run a command of the shell in the repository. */
static void sh(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void sh(const char *format, ...)
{
	struct buf command = BUF_INIT;
	va_list args;

	buf_add_format(&command, "cd %s && exec >%s/.git/out 2>&1; ", top, top);
	va_start(args, format);
	buf_add_vformat(&command, format, args);
	va_end(args);
	ck_assert_msg(system(command.data) == 0, "%s", command.data);
	buf_release(&command);
}

static void assert_prints(const char *command, const char *expected)
{
	struct buf line = BUF_INIT;
	char bytes[4096];
	FILE *pipe;
	size_t n;

	buf_add_format(&line, "cd %s; %s", top, command);
	pipe = popen(line.data, "r");
	n = fread(bytes, 1, sizeof(bytes) - 1, pipe);
	bytes[n] = '\0';
	pclose(pipe);
	ck_assert_msg(strcmp(bytes, expected) == 0, "%s: %s", command, bytes);
	buf_release(&line);
}

static void setup(void)
{
	strcpy(top, "/tmp/flakefs-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	ck_assert_int_eq(chdir(top), 0);
	ck_assert_int_eq(system("git init -q -b main . && mkdir hosts && "
				"git config user.name T && "
				"git config user.email t@example.org && "
				"echo one > hosts/a.nix && "
				"echo two > hosts/b.nix && "
				"chmod +x hosts/b.nix && git add -A && "
				"git commit -qm first"),
			 0);
}

static void teardown(void)
{
	struct buf command = BUF_INIT;

	ck_assert_int_eq(chdir("/"), 0);
	buf_add_format(&command, "rm -rf %s", top);
	ck_assert_int_eq(system(command.data), 0);
	buf_release(&command);
	buf_release(&id);
	buf_release(&message);
}

static int make_in(const char *folder, const char *path, const char *before,
		   const char *after, bool created)
{
	struct wire_change change = { wire_text(path), wire_text(before),
				      wire_text(after), 1, created };
	struct commit_request request = { .repository = folder,
					  .message = "a: x = 1\n\nKey: v\n",
					  .changes = &change,
					  .len = 1 };

	return commit_make(&request, &id, &message);
}

static int make(const char *path, const char *before, const char *after)
{
	return make_in(top, path, before, after, false);
}

static void assert_tidy(const char *status)
{
	assert_prints("git status --porcelain", status);
	assert_prints("git fsck --no-dangling --no-progress 2>&1", "");
	assert_prints("find . -name '*.lock' -o -name '.flakefs-*' "
		      "-o -name '*.flakefs'",
		      "");
}

START_TEST(a_clean_file_is_committed)
{
	ck_assert_int_eq(make("hosts/a.nix", "one\n", "1\n"), 0);
	ck_assert_uint_eq(id.len, 40);
	assert_tidy("");
	assert_prints("cat hosts/a.nix", "1\n");
	assert_prints("git log --format=%s%n%b%an", "a: x = 1\nKey: v\nT\n"
						    "first\nT\n");
	assert_prints("git reflog -1 --format=%gs", "flakefs: a: x = 1\n");
}
END_TEST

START_TEST(permissions_stay)
{
	ck_assert_int_eq(make("hosts/b.nix", "two\n", "2\n"), 0);
	assert_tidy("");
	assert_prints("stat -c %a hosts/b.nix", "755\n");
	assert_prints("git show --format= --raw | cut -d' ' -f1-2",
		      ":100755 100755\n");
}
END_TEST

START_TEST(a_new_file_is_tracked)
{
	ck_assert_int_eq(make_in(top, "hosts/c.nix", "", "new\n", true), 0);
	assert_tidy("");
	assert_prints("git show HEAD:hosts/c.nix", "new\n");
	ck_assert_int_eq(make_in(top, "hosts/c.nix", "", "new\n", true),
			 -EAGAIN);
}
END_TEST

START_TEST(uncommitted_work_is_left_alone)
{
	sh("echo mine > hosts/a.nix");
	ck_assert_int_eq(make("hosts/a.nix", "mine\n", "1\n"), -EBUSY);
	assert_prints("cat hosts/a.nix", "mine\n");
	assert_tidy(" M hosts/a.nix\n");
	sh("git add hosts/a.nix");
	ck_assert_int_eq(make("hosts/a.nix", "mine\n", "1\n"), -EBUSY);
	assert_tidy("M  hosts/a.nix\n");
	sh("echo x > hosts/c.nix");
	ck_assert_int_eq(make("hosts/c.nix", "x\n", "1\n"), -EBUSY);
	/* Other files may be as dirty as they like. */
	ck_assert_int_eq(make("hosts/b.nix", "two\n", "2\n"), 0);
	assert_tidy("M  hosts/a.nix\n?? hosts/c.nix\n");
}
END_TEST

/* git(1) compares sizes and the seconds of times, and looks closer only if the
 * file is not older than the index. */
START_TEST(work_of_the_second_of_the_index_is_still_seen_by_git)
{
	sh("echo two > hosts/b.nix; git add -A; echo tow > hosts/b.nix");
	sleep(1);
	ck_assert_int_eq(make("hosts/a.nix", "one\n", "1\n"), 0);
	assert_tidy(" M hosts/b.nix\n");
}
END_TEST

START_TEST(a_plan_for_other_bytes_or_another_head_is_made_again)
{
	struct wire_change change = { wire_text("hosts/a.nix"),
				      wire_text("one\n"), wire_text("1\n"), 1,
				      false };
	struct commit_request request = {
		.repository = top,
		.head = "0123456789012345678901234567890123456789",
		.message = "x\n",
		.changes = &change,
		.len = 1,
	};

	ck_assert_int_eq(make("hosts/a.nix", "other\n", "1\n"), -EAGAIN);
	ck_assert_int_eq(commit_make(&request, &id, &message), -EAGAIN);
	assert_prints("cat hosts/a.nix", "one\n");
	assert_tidy("");
}
END_TEST

START_TEST(a_bare_repository_works_too)
{
	struct buf bare = BUF_INIT;

	buf_add_format(&bare, "%s/bare.git", top);
	sh("git clone -q --bare . bare.git");
	ck_assert_int_eq(
		make_in(bare.data, "hosts/a.nix", "one\n", "1\n", false), 0);
	assert_prints("git -C bare.git show HEAD:hosts/a.nix", "1\n");
	assert_prints("git -C bare.git fsck 2>&1", "");
	ck_assert_int_eq(
		make_in(bare.data, "hosts/a.nix", "one\n", "2\n", false),
		-EAGAIN);
	buf_release(&bare);
}
END_TEST

START_TEST(a_folder_of_a_repository_a_linked_tree_and_no_branch_work_too)
{
	struct buf folder = BUF_INIT;

	buf_add_format(&folder, "%s/hosts", top);
	ck_assert_int_eq(make_in(folder.data, "a.nix", "one\n", "1\n", false),
			 0);
	assert_tidy("");
	sh("git checkout -q --detach");
	ck_assert_int_eq(make("hosts/a.nix", "1\n", "2\n"), 0);
	assert_tidy("");
	assert_prints("git rev-list --count main", "2\n");
	sh("git worktree add -q linked main; echo linked >> .git/info/exclude");
	buf_reset(&folder);
	buf_add_format(&folder, "%s/linked", top);
	ck_assert_int_eq(
		make_in(folder.data, "hosts/a.nix", "1\n", "3\n", false), 0);
	assert_prints("git -C linked status --porcelain", "");
	assert_prints("git show main:hosts/a.nix", "3\n");
	buf_release(&folder);
}
END_TEST

START_TEST(line_ends_are_stored_as_git_would)
{
	sh("git config core.autocrlf true; rm hosts/a.nix; "
	   "git checkout -q hosts/a.nix");
	ck_assert_int_eq(make("hosts/a.nix", "one\r\n", "1\r\n2\r\n"), 0);
	assert_tidy("");
	assert_prints("git show HEAD:hosts/a.nix", "1\n2\n");
}
END_TEST

START_TEST(what_cannot_be_committed_is_refused_with_a_reason)
{
	sh("ln -s a.nix hosts/link; git add -A; git commit -qm link");
	ck_assert_int_eq(make("hosts/link", "one\n", "1\n"), -EACCES);
	ck_assert_uint_gt(message.len, 10);
	ck_assert_int_lt(make("../x", "", "1\n"), 0);
	ck_assert_int_lt(make("hosts/../../x", "", "1\n"), 0);
	ck_assert_int_eq(make_in("/proc", "x", "", "1\n", false), -EACCES);
	sh("git checkout -q -b side HEAD~1; echo s > hosts/a.nix; "
	   "git commit -qam s; git checkout -q main; echo m > hosts/a.nix; "
	   "git commit -qam m; git merge side; true");
	ck_assert_int_eq(make("hosts/b.nix", "two\n", "2\n"), -EBUSY);
	ck_assert_ptr_nonnull(strstr(buf_text(&message), "merge"));
}
END_TEST

START_TEST(a_held_lock_is_waited_for_and_then_reported)
{
	sh("touch .git/index.lock; (sleep 1; rm .git/index.lock) &");
	ck_assert_int_eq(make("hosts/a.nix", "one\n", "1\n"), 0);
	sh("touch .git/index.lock");
	ck_assert_int_eq(make("hosts/a.nix", "1\n", "2\n"), -EBUSY);
	ck_assert_ptr_nonnull(strstr(buf_text(&message), "index.lock"));
	sh("rm .git/index.lock");
	assert_tidy("");
	assert_prints("cat hosts/a.nix", "1\n");
}
END_TEST

static int make_by_git(const char *path, const char *before, const char *after,
		       bool created)
{
	struct wire_change change = { wire_text(path), wire_text(before),
				      wire_text(after), 1, created };
	struct commit_request request = {
		.repository = top,
		.author = "Ada L <ada@example.org>",
		.message = "a: x = 1\n\nKey: v\n",
		.program = true,
		.changes = &change,
		.len = 1,
	};

	return commit_make(&request, &id, &message);
}

START_TEST(git_itself_runs_hooks_and_may_refuse)
{
	sh("echo 'touch .git/ran' > .git/hooks/post-commit; "
	   "chmod +x .git/hooks/post-commit; echo s > hosts/s; git add -A");
	ck_assert_int_eq(make_by_git("hosts/a.nix", "one\n", "1\n", false), 0);
	ck_assert_uint_eq(id.len, 40);
	assert_prints("ls .git/ran", ".git/ran\n");
	assert_prints("git log -1 --format='%s %an %ce'",
		      "a: x = 1 Ada L ada@example.org\n");
	assert_prints("git show --format= --name-only", "hosts/a.nix\n");
	assert_tidy("A  hosts/s\n");
	ck_assert_int_eq(make_by_git("hosts/c.nix", "", "new\n", true), 0);
	assert_tidy("A  hosts/s\n");

	sh("echo 'echo no such values; exit 1' > .git/hooks/pre-commit; "
	   "chmod +x .git/hooks/pre-commit");
	ck_assert_int_eq(make_by_git("hosts/a.nix", "1\n", "2\n", false),
			 -EACCES);
	ck_assert_ptr_nonnull(strstr(buf_text(&message), "no such values"));
	ck_assert_int_eq(make_by_git("hosts/d.nix", "", "new\n", true),
			 -EACCES);
	assert_prints("cat hosts/a.nix; ls hosts/d.nix 2>&1 | wc -l", "1\n1\n");
	assert_tidy("A  hosts/s\n");
}
END_TEST

#define WRITERS 4
#define ROUNDS 8

/* Each adds lines to a file of its own, while git commits too. */
static void write_lines(int writer)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	char path[32];
	int err = 0;

	snprintf(path, sizeof(path), "hosts/w%d", writer);
	for (int i = 0; i < ROUNDS && err == 0; i++) {
		buf_reset(&after);
		buf_add(&after, before.data, before.len);
		buf_add_format(&after, "%d\n", i);
		do {
			err = make_in(top, path, buf_text(&before),
				      buf_text(&after), i == 0);
		} while (err == -EAGAIN);
		buf_reset(&before);
		buf_add(&before, after.data, after.len);
	}
	if (err < 0)
		fprintf(stderr, "%s", buf_text(&message));
	_exit(err < 0);
}

START_TEST(writers_at_once_lose_nothing)
{
	int failed = 0, wstatus;

	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_lines(i);
	for (int i = 0; i < 5; i++)
		sh("until git commit -q --allow-empty -m beside; do sleep "
		   "0.05; done");
	while (wait(&wstatus) > 0)
		failed += !WIFEXITED(wstatus) || WEXITSTATUS(wstatus);
	ck_assert_int_eq(failed, 0);
	assert_prints("git rev-list --count HEAD", "38\n");
	assert_prints("cat hosts/w0 hosts/w1 hosts/w2 hosts/w3 | wc -l",
		      "32\n");
	assert_tidy("");
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("commit");
	TCase *tcase = tcase_create("commit");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tcase);
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_clean_file_is_committed);
	tcase_add_test(tcase, permissions_stay);
	tcase_add_test(tcase, a_new_file_is_tracked);
	tcase_add_test(tcase, uncommitted_work_is_left_alone);
	tcase_add_test(tcase,
		       work_of_the_second_of_the_index_is_still_seen_by_git);
	tcase_add_test(tcase,
		       a_plan_for_other_bytes_or_another_head_is_made_again);
	tcase_add_test(tcase, a_bare_repository_works_too);
	tcase_add_test(
		tcase,
		a_folder_of_a_repository_a_linked_tree_and_no_branch_work_too);
	tcase_add_test(tcase, line_ends_are_stored_as_git_would);
	tcase_add_test(tcase,
		       what_cannot_be_committed_is_refused_with_a_reason);
	tcase_add_test(tcase, a_held_lock_is_waited_for_and_then_reported);
	tcase_add_test(tcase, git_itself_runs_hooks_and_may_refuse);
	tcase_add_test(tcase, writers_at_once_lose_nothing);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
