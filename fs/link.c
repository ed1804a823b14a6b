/*
 * link.c - the daemon's end of the nursery
 *
 * A thread of its own receives what the nursery says, so that a death is
 * known whoever waits for what.
 */
#include "fs/link.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "eval/thread.h"
#include "eval/wire.h"

/* A START on its way. */
struct starting {
	struct starting *next;
	uint32_t number;
	bool done;
	int err;
	struct process *process;
};

struct link {
	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t changed;
	pid_t pid; /* of the nursery; 0: none */
	int fd;
	bool broken;  /* the socket is of no more use */
	bool stopped; /* for good */
	pthread_t reader;
	uint32_t number;
	struct starting *starting;
	struct process *processes;
};

extern char **environ;

struct link *link_new(void)
{
	struct link *link = calloc(1, sizeof(*link));
	pthread_condattr_t attr;

	if (!link)
		return NULL;
	link->fd = -1;
	pthread_mutex_init(&link->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&link->changed, &attr);
	pthread_condattr_destroy(&attr);
	return link;
}

static struct timespec after(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

/* --- the reader's thread ------------------------------------------------ */

static void take_started(struct link *link, const struct wire_frame *frame,
			 struct wire_in *in)
{
	struct starting *s;

	for (s = link->starting; s && s->number != frame->number; s = s->next)
		;
	if (!s)
		return; /* nobody waits any more: it sees its socket closed */
	s->done = true;
	s->err = -(int)frame->status;
	if (frame->status)
		return;
	s->process->pid = (pid_t)wire_get_u32(in);
	s->process->next = link->processes;
	link->processes = s->process;
}

static void take_death(struct link *link, struct wire_in *in)
{
	pid_t pid = (pid_t)wire_get_u32(in);
	int wstatus = (int)wire_get_u32(in);

	for (struct process *p = link->processes; p; p = p->next)
		if (p->pid == pid && !p->dead) {
			p->dead = 1;
			p->wstatus = wstatus;
		}
}

static void *read_nursery(void *arg)
{
	struct link *link = arg;
	struct wire_frame frame = { 0 };
	struct wire_in in;
	int fd;

	/* It is closed when this thread has ended. */
	pthread_mutex_lock(&link->lock);
	fd = link->fd;
	pthread_mutex_unlock(&link->lock);
	while (wire_receive(fd, &frame) == 0) {
		wire_in_init(&in, frame.body.data, frame.body.len);
		pthread_mutex_lock(&link->lock);
		if (frame.op == WIRE_START)
			take_started(link, &frame, &in);
		else if (frame.op == WIRE_DIED)
			take_death(link, &in);
		pthread_cond_broadcast(&link->changed);
		pthread_mutex_unlock(&link->lock);
		wire_in_release(&in);
	}
	pthread_mutex_lock(&link->lock);
	/* There may be another by now. */
	if (link->fd == fd)
		link->broken = true;
	pthread_cond_broadcast(&link->changed);
	pthread_mutex_unlock(&link->lock);
	buf_release(&frame.body);
	return NULL;
}

/* --- the nursery's life ------------------------------------------------- */

/* With the lock held; gives it up while waiting for thread and process. */
static void stop_nursery(struct link *link)
{
	pid_t pid = link->pid;
	int fd = link->fd;
	pthread_t reader = link->reader;

	if (!pid)
		return;
	link->pid = 0;
	link->fd = -1;
	pthread_mutex_unlock(&link->lock);
	shutdown(fd, SHUT_RDWR);
	pthread_join(reader, NULL);
	close(fd);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	pthread_mutex_lock(&link->lock);
}

/* With the lock held. */
static int start_nursery(struct link *link)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	char number[16];
	char *argv[] = { "flakefs", "--nursery", number, NULL };
	int ends[2] = { -1, -1 }, err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	/* A number that is surely not the other end's own: dup2 onto itself
	 * would leave close-on-exec set. */
	snprintf(number, sizeof(number), "%d", ends[1] == 3 ? 4 : 3);
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], atoi(number));
	err = -posix_spawn(&pid, "/proc/self/exe", &actions, &attr, argv,
			   environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	close(ends[1]);
	if (err < 0)
		goto out;

	link->fd = ends[0];
	link->broken = false;
	err = thread_start(&link->reader, 0, read_nursery, link);
	if (err < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		link->fd = -1;
		goto out;
	}
	link->pid = pid;
out:
	if (err < 0)
		close(ends[0]);
	return err;
}

void link_rest(struct link *link)
{
	pthread_mutex_lock(&link->lock);
	if (!link->processes && !link->starting)
		stop_nursery(link);
	pthread_mutex_unlock(&link->lock);
}

void link_stop(struct link *link)
{
	pthread_mutex_lock(&link->lock);
	link->stopped = true;
	stop_nursery(link);
	pthread_mutex_unlock(&link->lock);
}

void link_free(struct link *link)
{
	link_stop(link);
	pthread_cond_destroy(&link->changed);
	pthread_mutex_destroy(&link->lock);
	free(link);
}

/* --- processes ---------------------------------------------------------- */

static void forget_starting(struct link *link, struct starting *starting)
{
	struct starting **at = &link->starting;

	while (*at && *at != starting)
		at = &(*at)->next;
	if (*at)
		*at = starting->next;
}

int link_start(struct link *link, const void *start, size_t len,
	       unsigned timeout_ms, struct process *process)
{
	struct starting starting = { .process = process };
	struct timespec until = after(timeout_ms);
	int ends[2], err;

	*process = (struct process){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;

	pthread_mutex_lock(&link->lock);
	if (link->pid && link->broken)
		stop_nursery(link);
	err = link->stopped ? -ESHUTDOWN : link->pid ? 0 : start_nursery(link);
	if (err < 0)
		goto out;
	starting.number = ++link->number;
	starting.next = link->starting;
	/* cppcheck-suppress autoVariables ; taken out before this returns */
	link->starting = &starting;
	/* Under the lock, so that frames are not mixed. The nursery reads
	 * whenever it is not preparing, and this is small beside the socket's
	 * buffer; if it hangs, all that want it wait here together. */
	err = wire_send_fd(link->fd, starting.number, WIRE_START, start, len,
			   ends[1]);
	while (err == 0 && !starting.done && !link->broken)
		err = -pthread_cond_timedwait(&link->changed, &link->lock,
					      &until);
	forget_starting(link, &starting);
	if (starting.done)
		err = starting.err;
	else if (err == 0)
		err = -EIO;
	if (err == -ETIMEDOUT)
		link->broken = true; /* the next start makes another */
	if (err == 0)
		process->fd = ends[0];
out:
	pthread_mutex_unlock(&link->lock);
	close(ends[1]);
	if (err < 0)
		close(ends[0]);
	return err;
}

int link_wstatus(struct link *link, struct process *process,
		 unsigned timeout_ms)
{
	struct timespec until = after(timeout_ms);
	int err = 0, wstatus;

	pthread_mutex_lock(&link->lock);
	while (!process->dead && !link->broken && err == 0)
		err = pthread_cond_timedwait(&link->changed, &link->lock,
					     &until);
	wstatus = process->dead ? process->wstatus : -1;
	pthread_mutex_unlock(&link->lock);
	return wstatus;
}

void link_move(struct link *link, struct process *from, struct process *to)
{
	struct process **at;

	pthread_mutex_lock(&link->lock);
	for (at = &link->processes; *at && *at != from; at = &(*at)->next)
		;
	*to = *from;
	if (*at)
		*at = to;
	*from = (struct process){ .fd = -1 };
	pthread_mutex_unlock(&link->lock);
}

void link_end(struct link *link, struct process *process, int kill)
{
	struct process **at;
	struct buf body = BUF_INIT;

	close(process->fd);
	process->fd = -1;
	pthread_mutex_lock(&link->lock);
	for (at = &link->processes; *at; at = &(*at)->next)
		if (*at == process) {
			*at = process->next;
			break;
		}
	if (kill && !process->dead && link->pid && !link->broken) {
		wire_put_u32(&body, (uint32_t)process->pid);
		if (!body.failed)
			wire_send(link->fd, ++link->number, WIRE_KILL, false, 0,
				  body.data, body.len);
	}
	pthread_mutex_unlock(&link->lock);
	buf_release(&body);
}
