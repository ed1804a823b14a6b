/*
 * nursery.c - the process that forks workers
 */
#include "fs/nursery.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eval/build.h"
#include "eval/errand.h"
#include "eval/prepare.h"
#include "eval/worker.h"
#include "fs/sandbox.h"

struct nursery {
	int fd;	     /* to the daemon */
	int signals; /* signalfd: SIGCHLD */
	const struct nursery_hooks *hooks;
	pid_t *children; /* not yet waited for */
	size_t len, cap;
	pid_t errands; /* who does the workers' errands; 0: nobody */
};

static void child_forget(struct nursery *nursery, pid_t pid)
{
	for (size_t i = 0; i < nursery->len; i++)
		if (nursery->children[i] == pid) {
			nursery->children[i] =
				nursery->children[--nursery->len];
			return;
		}
}

static bool child_room(struct nursery *nursery)
{
	size_t cap = nursery->cap ? 2 * nursery->cap : 16;
	pid_t *children;

	if (nursery->len < nursery->cap)
		return true;
	children = reallocarray(nursery->children, cap, sizeof(*children));
	if (!children)
		return false;
	nursery->children = children;
	nursery->cap = cap;
	return true;
}

/* When memory runs out, an evaluation is to go rather than somebody's work. */
static void volunteer(void)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "w");

	if (file) {
		fputs("500", file);
		fclose(file);
	}
}

/* In the new process. Never returns. */
static void run_worker(struct nursery *nursery, int fd,
		       const struct wire_start *start, pid_t parent)
{
	sigset_t none;

	close(nursery->fd);
	close(nursery->signals);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	volunteer();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1); /* it died before the line above */
	if (start->realise)
		build_start(); /* else what needs a build fails */
	sandbox_worker();
	exit(nursery->hooks->run(fd, start));
}

/* Workers forked from now on have somebody to do their errands. */
static void start_errands(struct nursery *nursery)
{
	pid_t pid;

	if (nursery->errands || !nursery->hooks->errands)
		return;
	pid = nursery->hooks->errands();
	if (pid > 0)
		nursery->errands = pid;
	else
		fprintf(stderr, "flakefs: nothing can be fetched: %s\n",
			strerror((int)-pid));
}

static int start_worker(struct nursery *nursery, struct wire_frame *frame,
			int fd)
{
	struct wire_start start;
	struct wire_in in;
	uint32_t status = 0;
	pid_t self = getpid(), pid = -1;
	struct buf body = BUF_INIT;
	int err;

	wire_in_init(&in, frame->body.data, frame->body.len);
	wire_get_start(&in, &start);
	if (!wire_end(&in) || fd < 0) {
		status = EPROTO;
	} else if (!child_room(nursery)) {
		status = ENOMEM;
	} else {
		start_errands(nursery);
		pid = fork();
		if (pid == 0)
			run_worker(nursery, fd, &start, self);
		if (pid < 0)
			status = (uint32_t)errno;
		else
			nursery->children[nursery->len++] = pid;
	}
	wire_in_release(&in);
	if (fd >= 0)
		close(fd);

	if (status)
		return wire_send_error(nursery->fd, frame->number, WIRE_START,
				       status, NULL, 0);
	wire_put_u32(&body, (uint32_t)pid);
	err = body.failed ? -ENOMEM
			  : wire_send(nursery->fd, frame->number, WIRE_START,
				      true, 0, body.data, body.len);
	buf_release(&body);
	return err;
}

static int kill_worker(struct nursery *nursery, struct wire_frame *frame)
{
	struct wire_in in;
	pid_t pid;

	wire_in_init(&in, frame->body.data, frame->body.len);
	pid = (pid_t)wire_get_u32(&in);
	/* Only what is ours and not yet waited for: the number is its. */
	for (size_t i = 0; i < nursery->len; i++)
		if (nursery->children[i] == pid)
			kill(pid, SIGKILL);
	wire_in_release(&in);
	return wire_send(nursery->fd, frame->number, WIRE_KILL, true, 0, NULL,
			 0);
}

static int tell_deaths(struct nursery *nursery)
{
	struct signalfd_siginfo info;
	struct buf body = BUF_INIT;
	int wstatus, err = 0;
	pid_t pid;

	while (read(nursery->signals, &info, sizeof(info)) == sizeof(info))
		;
	while (err == 0 && (pid = waitpid(-1, &wstatus, WNOHANG)) > 0) {
		if (pid == nursery->errands) {
			nursery->errands = 0;
			continue;
		}
		child_forget(nursery, pid);
		buf_reset(&body);
		wire_put_u32(&body, (uint32_t)pid);
		wire_put_u32(&body, (uint32_t)wstatus);
		err = body.failed ? -ENOMEM
				  : wire_send(nursery->fd, 0, WIRE_DIED, false,
					      0, body.data, body.len);
	}
	buf_release(&body);
	return err;
}

static int serve_frame(struct nursery *nursery, struct wire_frame *frame)
{
	int passed, err;

	err = wire_receive_fd(nursery->fd, frame, &passed);
	if (err < 0)
		return err;
	if (frame->op == WIRE_START)
		return start_worker(nursery, frame, passed);
	if (passed >= 0)
		close(passed);
	if (frame->op == WIRE_KILL)
		return kill_worker(nursery, frame);
	return wire_send_error(nursery->fd, frame->number, frame->op, EPROTO,
			       NULL, 0);
}

int nursery_run(int fd, const struct nursery_hooks *hooks)
{
	struct nursery nursery = { .fd = fd, .hooks = hooks };
	struct wire_frame frame = { 0 };
	struct pollfd polls[3];
	sigset_t mask;
	int err = 0;

	/* A Ctrl-C for the daemon in the foreground is not for us. */
	setsid();
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	nursery.signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (nursery.signals < 0) {
		perror("flakefs: signalfd");
		return 1;
	}

	polls[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = nursery.signals, .events = POLLIN };
	polls[2] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (hooks->prepare_open)
		polls[2].fd = hooks->prepare_open();
	while (err == 0) {
		if (poll(polls, 3, -1) < 0) {
			err = errno == EINTR ? 0 : -errno;
			continue;
		}
		if (polls[1].revents)
			err = tell_deaths(&nursery);
		if (err == 0 && polls[0].revents)
			err = serve_frame(&nursery, &frame);
		else if (err == 0 && polls[2].revents)
			hooks->prepare();
	}

	for (size_t i = 0; i < nursery.len; i++)
		kill(nursery.children[i], SIGKILL);
	if (nursery.errands)
		kill(nursery.errands, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	free(nursery.children);
	buf_release(&frame.body);
	close(nursery.signals);
	return err == -EPIPE ? 0 : 1;
}

static pid_t errands(void)
{
	return errand_start(sandbox_errand);
}

int nursery_main(int argc, char **argv)
{
	static const struct nursery_hooks hooks = {
		.run = worker_run,
		.prepare_open = prepare_open,
		.prepare = prepare_take,
		.errands = errands,
	};

	int fd;

	if (argc != 2)
		return 1;
	fd = atoi(argv[1]);
	/* Workers must not hold what the daemon has open: /dev/fuse of all. */
	close_range((unsigned)fd + 1, ~0u, 0);
	for (int other = 3; other < fd; other++)
		close(other);
	return nursery_run(fd, &hooks);
}
