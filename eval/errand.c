/*
 * errand.c - what a worker has done for it outside its sandbox
 *
 * A worker makes a socket pair and sends one end to the process that waits on
 * `gate`, which forks a child to serve it: one frame (wire.h, ERRAND) with a u8
 * enum errand and the request, one frame back with a u8 that tells whether it
 * failed. What follows is the answer, or a u8 enum error_kind and a text.
 */
#include "eval/errand.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "eval/error.h"

#define LOOK_MS 200 /* how soon a worker that was told to give up does */

static errand_fn *const errands[ERRANDS] = {
	[ERRAND_GET] = fetch_errand_get,
	[ERRAND_TEXT] = fetch_errand_text,
	[ERRAND_GIT] = fetch_errand_git,
	[ERRAND_HASH] = fetch_errand_hash,
};

/* Where to ask; -1: errands are done in place. */
static int gate = -1;

/* --- doing it ----------------------------------------------------------- */

static int run(struct eval *ev, enum errand errand, const char *request,
	       size_t len, struct buf *answer)
{
	struct wire_in in;
	int rc;

	wire_in_init(&in, request, len);
	rc = errands[errand](ev, &in, answer);
	if (rc == 0 && !wire_end(&in)) {
		eval_fail(ev, ERROR_FETCH, 0, "malformed errand");
		rc = -1;
	}
	wire_in_release(&in);
	if (rc == 0 && answer->failed) {
		eval_fail_memory(ev);
		rc = -1;
	}
	return rc;
}

static void put_error(struct buf *out, const struct error *error)
{
	buf_reset(out);
	wire_put_u8(out, 1);
	wire_put_u8(out, (uint8_t)error->kind);
	wire_put_text(out, wire_text(error->message));
}

/* In a process of its own. Returns its exit status. */
static int serve(void *arg)
{
	const struct eval_settings settings = { .flakes = true,
						.messages = stderr };
	struct wire_frame frame = { 0 };
	struct buf answer = BUF_INIT;
	int fd = *(int *)arg, err;
	struct eval *ev;

	ev = eval_new(&settings);
	if (!ev || wire_receive(fd, &frame) < 0 || frame.op != WIRE_ERRAND ||
	    !frame.body.len || (uint8_t)frame.body.data[0] >= ERRANDS)
		return 1;
	wire_put_u8(&answer, 0);
	if (run(ev, (enum errand)frame.body.data[0], frame.body.data + 1,
		frame.body.len - 1, &answer) < 0)
		put_error(&answer, eval_error(ev));
	err = wire_send(fd, frame.number, WIRE_ERRAND, true, 0, answer.data,
			answer.len);
	return err < 0;
}

static void serve_gate(int fd)
{
	struct wire_frame frame = { 0 };
	int passed;

	signal(SIGCHLD, SIG_IGN); /* nobody waits for them */
	while (wire_receive_fd(fd, &frame, &passed) == 0) {
		if (passed < 0)
			continue;
		if (fork() == 0) {
			close(fd);
			signal(SIGCHLD, SIG_DFL); /* who runs programs waits */
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			_exit(eval_run_on_stack(serve, &passed));
		}
		/* Without a process for it the worker sees its socket close. */
		close(passed);
	}
}

pid_t errand_start(void (*prepare)(void))
{
	pid_t pid, parent = getpid();
	int pair[2];

	/* A frame without body is one packet, whoever else sends. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	pid = fork();
	if (pid < 0) {
		pid = -errno;
		close(pair[0]);
		close(pair[1]);
		return pid;
	}
	if (pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1); /* it died before the line above */
		close_range(3, (unsigned)pair[1] - 1, 0);
		close_range((unsigned)pair[1] + 1, ~0u, 0);
		prepare();
		serve_gate(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	if (gate >= 0)
		close(gate);
	gate = pair[0];
	return pid;
}

/* --- asking for it ------------------------------------------------------ */

/* Wait for the answer; -EINTR if the evaluation is given up. */
static int await(struct eval *ev, int fd, struct wire_frame *frame)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	while (poll(&ready, 1, LOOK_MS) <= 0)
		if (eval_interrupted(ev))
			return -EINTR;
	return wire_receive(fd, frame);
}

static int take(struct eval *ev, const struct wire_frame *frame,
		struct buf *answer)
{
	struct wire_text message;
	struct wire_in in;
	uint8_t failed, kind;

	wire_in_init(&in, frame->body.data, frame->body.len);
	failed = wire_get_u8(&in);
	if (!failed && !in.bad) {
		buf_add(answer, in.next, (size_t)(in.end - in.next));
		return answer->failed ? (eval_fail_memory(ev), -1) : 0;
	}
	kind = wire_get_u8(&in);
	message = wire_get_text(&in);
	eval_fail(ev, in.bad || kind > ERROR_INTERRUPTED ? ERROR_FETCH : kind,
		  0, "%.*s", buf_clip(message.len), message.bytes);
	return -1;
}

static int send_away(struct eval *ev, enum errand errand,
		     const struct buf *request, struct buf *answer)
{
	struct wire_frame frame = { 0 };
	struct buf body = BUF_INIT;
	int fd = wire_connect(gate), err = fd, rc = -1;

	wire_put_u8(&body, (uint8_t)errand);
	buf_add(&body, request->data, request->len);
	if (err >= 0 && (body.failed || request->failed))
		err = -ENOMEM;
	if (err >= 0)
		err = wire_send(fd, 0, WIRE_ERRAND, false, 0, body.data,
				body.len);
	if (err >= 0)
		err = await(ev, fd, &frame);
	if (err == 0)
		rc = take(ev, &frame, answer);
	else if (err == -EINTR)
		eval_fail(ev, ERROR_INTERRUPTED, 0, "interrupted");
	else
		eval_fail(ev, ERROR_FETCH, 0,
			  "the process that fetches has ended: %s",
			  strerror(-err));
	if (fd >= 0)
		close(fd);
	buf_release(&body);
	buf_release(&frame.body);
	return rc;
}

bool errand_unasked(struct eval *ev)
{
	if (!ev->unasked)
		return false;
	eval_interrupt(ev);
	eval_fail(ev, ERROR_INTERRUPTED, 0, "not asked for");
	return true;
}

int errand_do(struct eval *ev, enum errand errand, const struct buf *request,
	      struct buf *answer)
{
	if (errand_unasked(ev))
		return -1;
	if (gate >= 0)
		return send_away(ev, errand, request, answer);
	if (request->failed) {
		eval_fail_memory(ev);
		return -1;
	}
	return run(ev, errand, request->data, request->len, answer);
}
