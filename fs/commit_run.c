/*
 * commit_run.c - commits in a process of its own
 *
 * The request on its standard input, in the wire's texts and numbers:
 *
 *     text repository, text head, text author, text message,
 *     u8 by git(1), struct wire_edit (its changes)
 *
 * and the answer on its standard output: u32 errno, text id, text message.
 */
#include "fs/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define PATIENCE_MS 60000
#define REQUEST_MAX (256u << 20)

static int read_all(int fd, struct buf *out)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (out->len > REQUEST_MAX)
			return -EMSGSIZE;
		buf_add(out, bytes, (size_t)n);
	}
	return out->failed ? -ENOMEM : 0;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* --- the helper --------------------------------------------------------- */

static char *copy_text(struct wire_text text)
{
	return strndup(text.bytes, text.len);
}

int commit_main(int argc, char **argv)
{
	struct buf in_bytes = BUF_INIT, out = BUF_INIT, id = BUF_INIT,
		   message = BUF_INIT;
	struct commit_request request = { 0 };
	char *texts[4] = { NULL };
	struct wire_edit edit;
	struct wire_in in;
	int err;

	setsid();
	signal(SIGPIPE, SIG_IGN);
	if (read_all(0, &in_bytes) < 0)
		return 1;
	wire_in_init(&in, in_bytes.data, in_bytes.len);
	for (int i = 0; i < 4; i++)
		texts[i] = copy_text(wire_get_text(&in));
	request.program = wire_get_u8(&in) != 0;
	wire_get_edit(&in, &edit);
	if (!wire_end(&in) || !texts[0] || !texts[1] || !texts[2] || !texts[3])
		return 1;
	request.repository = texts[0];
	request.head = *texts[1] ? texts[1] : NULL;
	request.author = *texts[2] ? texts[2] : NULL;
	request.message = texts[3];
	request.changes = edit.changes;
	request.len = edit.changes_len;
	err = commit_make(&request, &id, &message);

	wire_put_u32(&out, (uint32_t)-err);
	wire_put_text(&out, (struct wire_text){ buf_text(&id), id.len });
	wire_put_text(&out,
		      (struct wire_text){ buf_text(&message), message.len });
	err = out.failed ? -ENOMEM : write_all(1, out.data, out.len);
	wire_in_release(&in);
	for (int i = 0; i < 4; i++)
		free(texts[i]);
	buf_release(&in_bytes);
	buf_release(&out);
	buf_release(&id);
	buf_release(&message);
	return err < 0;
}

/* --- the daemon's side -------------------------------------------------- */

static int spawn(pid_t *pid, int *to, int *from)
{
	char *argv[] = { "flakefs", "--commit", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	int in[2], out[2], err;

	if (pipe2(in, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(out, O_CLOEXEC) < 0) {
		err = -errno;
		close(in[0]);
		close(in[1]);
		return err;
	}
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	err = -posix_spawn(pid, "/proc/self/exe", &actions, &attr, argv,
			   environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	close(in[0]);
	close(out[1]);
	if (err < 0) {
		close(in[1]);
		close(out[0]);
		return err;
	}
	*to = in[1];
	*from = out[0];
	return 0;
}

static int take_answer(const struct buf *bytes, struct buf *id,
		       struct buf *message)
{
	struct wire_text text;
	struct wire_in in;
	uint32_t status;
	int err;

	wire_in_init(&in, bytes->data, bytes->len);
	status = wire_get_u32(&in);
	text = wire_get_text(&in);
	buf_add(id, text.bytes, text.len);
	text = wire_get_text(&in);
	buf_add(message, text.bytes, text.len);
	err = wire_end(&in) && status < 4096 ? -(int)status : -EIO;
	wire_in_release(&in);
	return err;
}

int commit_run(const struct commit_request *request, struct buf *id,
	       struct buf *message)
{
	struct wire_edit edit = {
		.changes = (struct wire_change *)request->changes,
		.changes_len = request->len,
	};
	struct buf bytes = BUF_INIT, answer = BUF_INIT;
	struct pollfd ready = { .events = POLLIN };
	int to = -1, from = -1, err, wstatus = 0;
	pid_t pid;

	buf_reset(id);
	buf_reset(message);
	wire_put_text(&bytes, wire_text(request->repository));
	wire_put_text(&bytes, wire_text(request->head));
	wire_put_text(&bytes, wire_text(request->author));
	wire_put_text(&bytes, wire_text(request->message));
	wire_put_u8(&bytes, request->program);
	wire_put_edit(&bytes, &edit);
	if (bytes.failed) {
		err = -ENOMEM;
		goto out;
	}
	err = spawn(&pid, &to, &from);
	if (err < 0)
		goto out;
	err = write_all(to, bytes.data, bytes.len);
	close(to);
	ready.fd = from;
	/* It answers in one piece, at its end. */
	if (err == 0 && poll(&ready, 1, PATIENCE_MS) == 0)
		err = -ETIMEDOUT;
	if (err < 0)
		kill(pid, SIGKILL);
	else
		err = read_all(from, &answer);
	close(from);
	while (waitpid(pid, &wstatus, 0) < 0 && errno == EINTR)
		;
	if (err == 0 && WIFEXITED(wstatus) && WEXITSTATUS(wstatus) == 0) {
		err = take_answer(&answer, id, message);
	} else {
		err = err == -ETIMEDOUT ? err : -EIO;
		buf_add_format(message,
			       "error: the process that commits ended with "
			       "wait status %d\n",
			       wstatus);
	}
out:
	buf_release(&bytes);
	buf_release(&answer);
	return err;
}
