/*
 * commit_program.c - commits by git(1), for who has hooks or signs
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/commit_private.h"

#define WORDS_MAX 4096

/* Start git in the work tree; *to is its standard input, *from its output and
 * errors. We are the process that makes commits, with one thread. */
static pid_t start(const struct commit *commit, char *const argv[], int *to,
		   int *from)
{
	const char *workdir = git_repository_workdir(commit->repo);
	int in[2], out[2];
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) < 0)
		return -1;
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return -1;
	}
	pid = fork();
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(out[1], 2);
		signal(SIGPIPE, SIG_DFL);
		if (chdir(workdir) == 0)
			execvp(argv[0], argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	if (pid < 0) {
		close(in[1]);
		close(out[0]);
		return -1;
	}
	*to = in[1];
	*from = out[0];
	return pid;
}

/* What git said goes into words. 0, or -errno. */
static int run(const struct commit *commit, char *const argv[],
	       const char *input, struct buf *words)
{
	char bytes[1024];
	int to, from, status;
	pid_t pid = start(commit, argv, &to, &from);
	size_t len = strlen(input);
	ssize_t n;

	if (pid < 0)
		return -errno;
	while (len && (n = write(to, input, len)) > 0) {
		input += n;
		len -= (size_t)n;
	}
	close(to);
	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		if (words->len < WORDS_MAX)
			buf_add(words, bytes, (size_t)n);
	close(from);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EACCES;
}

static void set_identity(const char *author)
{
	const char *open = strrchr(author, '<'), *close = strrchr(author, '>');
	char *name = NULL, *mail = NULL;

	if (!open || !close || close < open)
		return;
	while (open > author && open[-1] == ' ')
		open--;
	name = strndup(author, (size_t)(open - author));
	open = strrchr(author, '<');
	mail = strndup(open + 1, (size_t)(close - open - 1));
	if (name && mail) {
		setenv("GIT_AUTHOR_NAME", name, 1);
		setenv("GIT_COMMITTER_NAME", name, 1);
		setenv("GIT_AUTHOR_EMAIL", mail, 1);
		setenv("GIT_COMMITTER_EMAIL", mail, 1);
	}
	free(name);
	free(mail);
}

/* git's first words and the paths of all files. NULL when out of memory. */
static char **command(const struct commit *commit, const char *const *words)
{
	size_t count = 0;
	char **argv;

	while (words[count])
		count++;
	argv = calloc(count + commit->request->len + 1, sizeof(*argv));
	if (!argv)
		return NULL;
	for (size_t i = 0; i < count; i++)
		argv[i] = (char *)words[i];
	for (size_t i = 0; i < commit->request->len; i++)
		argv[count + i] = commit->edits[i].path;
	return argv;
}

int commit_by_program(struct commit *commit)
{
	/* Only these files, whatever is staged beside them. */
	static const char *const commits[] = { "git",	 "commit", "--quiet",
					       "--only", "-F",	   "-",
					       "--",	 NULL };
	static const char *const adds[] = { "git", "add", "-N", "--", NULL };
	static const char *const resets[] = { "git", "reset", "--quiet", "--",
					      NULL };
	char **commit_argv = command(commit, commits),
	     **add_argv = command(commit, adds),
	     **reset_argv = command(commit, resets);
	struct buf words = BUF_INIT;
	int err = -ENOMEM;

	if (!commit_argv || !add_argv || !reset_argv)
		goto out;
	if (commit->request->author)
		set_identity(commit->request->author);
	setenv("GIT_LITERAL_PATHSPECS", "1", 1);
	/* A file that git doesn't know can't be named to commit. */
	err = run(commit, add_argv, "", &words);
	if (err == 0)
		err = run(commit, commit_argv, commit->request->message,
			  &words);
	if (err < 0) {
		commit_fail(commit, err, "git commit failed:\n%s",
			    buf_text(&words));
		run(commit, reset_argv, "", &words);
	} else if (git_reference_name_to_id(&commit->id, commit->repo, "HEAD") <
		   0) {
		/* It is committed; only which one it is can't be told. */
		commit->id = commit->head;
	}
out:
	free(commit_argv);
	free(add_argv);
	free(reset_argv);
	buf_release(&words);
	return err;
}
