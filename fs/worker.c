/*
 * worker.c - the daemon's side of the evaluation workers
 *
 * Each worker has a thread, which takes jobs from the queue, sends them to the
 * process and hands out the answers. Jobs are counted: one reference for the
 * queue or thread that has it, one for each thread that waits or still holds
 * the answer.
 */
#include "fs/worker.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "fs/ahead.h"
#include "fs/link.h"

struct job {
	struct job *next; /* in the queue */
	struct worker *worker;
	unsigned refs; /* under the worker's lock */
	bool done;     /* under the worker's lock; the answer is final then */
	uint16_t op;
	struct buf request;
	int err;
	struct buf reply;      /* whole body */
	struct wire_text text; /* what the asker sees of it */
	bool passing;
	uint64_t epoch;
};

struct worker {
	struct workers *workers;
	struct worker *next;
	enum wire_class class;
	char *name;
	size_t name_len;
	char *revision;	    /* NULL: what the mount shows */
	struct buf overlay; /* struct wire_start, encoded, of a single worker */

	/* The thread's own: */
	pthread_t thread;
	struct process process; /* fd -1: none is running */
	uint64_t process_epoch;
	bool keep; /* the process, when the thread ends */
	uint32_t number;
	struct wire_frame frame;

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work;  /* something to do for the thread */
	pthread_cond_t done;  /* a job is done */
	bool has_thread, stop, running;
	struct process adopted; /* fd -1: none; to be the process */
	uint64_t adopted_epoch;
	struct job *queue, **tail, *current;
	uint64_t epoch, served;
	int64_t started;  /* of the process of this epoch */
	bool reads_known; /* reads is what this epoch's ended process
			     had read */
	bool reads_lost;  /* a process of this epoch died untold */
	struct buf reads; /* entries, without their count */
	uint32_t reads_count;
	struct ahead ahead; /* of process_epoch */
};

struct workers {
	struct workers_config config;
	struct link *link;
	pthread_mutex_t lock; /* of the list */
	struct worker *list;
	atomic_bool stopping;
	void (*on_served)(void *arg); /* under served_lock */
	void *on_served_arg;
	pthread_mutex_t served_lock;
	atomic_ullong generation, started, died, timed_out, asked, merged;
};

/* --- giving up ---------------------------------------------------------- */

void cancel_init(struct cancel *cancel)
{
	*cancel = (struct cancel){ .requested = false };
	pthread_mutex_init(&cancel->lock, NULL);
}

void cancel_release(struct cancel *cancel)
{
	pthread_mutex_destroy(&cancel->lock);
}

/* Lock order: the cancel's, then the worker's. */
void cancel(struct cancel *cancel)
{
	pthread_mutex_lock(&cancel->lock);
	if (cancel->mutex)
		pthread_mutex_lock(cancel->mutex);
	__atomic_store_n(&cancel->requested, true, __ATOMIC_SEQ_CST);
	if (cancel->mutex) {
		pthread_cond_broadcast(cancel->cond);
		pthread_mutex_unlock(cancel->mutex);
	}
	pthread_mutex_unlock(&cancel->lock);
}

static void cancel_attach(struct cancel *cancel, pthread_mutex_t *mutex,
			  pthread_cond_t *cond)
{
	if (!cancel)
		return;
	pthread_mutex_lock(&cancel->lock);
	cancel->mutex = mutex;
	cancel->cond = cond;
	pthread_mutex_unlock(&cancel->lock);
}

static bool cancelled(struct cancel *cancel)
{
	return cancel && __atomic_load_n(&cancel->requested, __ATOMIC_SEQ_CST);
}

/* --- jobs --------------------------------------------------------------- */

static struct job *job_new(struct worker *worker, uint16_t op,
			   const void *request, size_t len)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->worker = worker;
	job->op = op;
	job->refs = 1;
	buf_add(&job->request, request, len);
	if (job->request.failed) {
		buf_release(&job->request);
		free(job);
		return NULL;
	}
	return job;
}

/* With the worker's lock held. */
static void job_put(struct job *job)
{
	if (--job->refs)
		return;
	buf_release(&job->request);
	buf_release(&job->reply);
	free(job);
}

static bool job_is(const struct job *job, uint16_t op, const void *request,
		   size_t len)
{
	return job->op == op && job->request.len == len &&
	       (!len || memcmp(job->request.data, request, len) == 0);
}

/*
 * A job whose answer will do for this request. The one being worked on may
 * have begun before a change that the asker knows of.
 */
static struct job *job_find(struct worker *worker, uint16_t op,
			    const void *request, size_t len)
{
	struct job *job = worker->current;

	if (job && job->epoch == worker->epoch && job_is(job, op, request, len))
		return job;
	for (job = worker->queue; job; job = job->next)
		if (job_is(job, op, request, len))
			return job;
	return NULL;
}

/* The message of a failure that is the daemon's to tell. */
static void job_fail(struct job *job, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void job_fail(struct job *job, int err, const char *format, ...)
{
	va_list args;

	buf_reset(&job->reply);
	va_start(args, format);
	buf_add_vformat(&job->reply, format, args);
	va_end(args);
	job->err = err;
	job->passing = true;
	job->text = (struct wire_text){ buf_text(&job->reply), job->reply.len };
}

/* What was told ahead is the answer; of a failure it is the message. */
static void job_answer(struct job *job, struct ahead_answer *found)
{
	buf_release(&job->reply);
	job->reply = found->body;
	job->err = found->err;
	job->text = (struct wire_text){ buf_text(&job->reply), job->reply.len };
}

/* --- the process -------------------------------------------------------- */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void process_end(struct worker *worker, bool kill)
{
	if (worker->process.fd < 0)
		return;
	link_end(worker->workers->link, &worker->process, kill);
	pthread_mutex_lock(&worker->lock);
	worker->running = false;
	ahead_clear(&worker->ahead);
	pthread_mutex_unlock(&worker->lock);
}

/* The process died before it told what it had read. */
static void process_lost(struct worker *worker)
{
	process_end(worker, true);
	pthread_mutex_lock(&worker->lock);
	if (worker->epoch == worker->process_epoch)
		worker->reads_lost = true;
	pthread_mutex_unlock(&worker->lock);
}

static void describe(const struct worker *worker, char *out, size_t size)
{
	static const char *const what[WIRE_CLASSES] = {
		"the repository",   "host",  "home", "darwin host",
		"hardware profile", "flake",
	};

	if (worker->class == WIRE_REPOSITORY)
		snprintf(out, size, "%s", what[worker->class]);
	else
		snprintf(out, size, "%s '%.*s'", what[worker->class],
			 buf_clip(worker->name_len), worker->name);
}

static int process_start(struct worker *worker, struct job *job)
{
	struct workers *workers = worker->workers;
	struct timeval limit = { .tv_sec = 10 };
	struct wire_start start = workers->config.start;
	struct buf body = BUF_INIT;
	int64_t started = now_ns();
	char who[300];
	int err;

	if (worker->overlay.len) {
		buf_add(&body, worker->overlay.data, worker->overlay.len);
	} else {
		start.class = worker->class;
		start.name =
			(struct wire_text){ worker->name, worker->name_len };
		if (worker->revision)
			start.revision = wire_text(worker->revision);
		start.generation = workers->generation;
		wire_put_start(&body, &start);
	}
	err = body.failed ? -ENOMEM
			  : link_start(workers->link, body.data, body.len,
				       workers->config.eval_timeout * 1000,
				       &worker->process);
	buf_release(&body);
	if (err < 0) {
		describe(worker, who, sizeof(who));
		job_fail(job, err,
			 "error: no process could be started to evaluate %s: "
			 "%s\n",
			 who, strerror(-err));
		return err;
	}
	/* Between poll() and a broken peer that sends half a frame. */
	setsockopt(worker->process.fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
		   sizeof(limit));
	setsockopt(worker->process.fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
		   sizeof(limit));
	atomic_fetch_add(&workers->started, 1);
	worker->process_epoch = job->epoch;
	pthread_mutex_lock(&worker->lock);
	worker->running = true;
	/* The first one's: what it read may be older than what a later
	 * process of the same epoch read. */
	if (worker->epoch == job->epoch && !worker->started)
		worker->started = started;
	pthread_mutex_unlock(&worker->lock);
	return 0;
}

/* Say why the process is gone. */
static void job_died(struct worker *worker, struct job *job)
{
	int wstatus;
	char who[300];

	atomic_fetch_add(&worker->workers->died, 1);
	wstatus = link_wstatus(worker->workers->link, &worker->process, 1000);
	describe(worker, who, sizeof(who));
	if (wstatus >= 0 &&
	    ((WIFEXITED(wstatus) && WEXITSTATUS(wstatus) == WIRE_EXIT_MEMORY) ||
	     (WIFSIGNALED(wstatus) && WTERMSIG(wstatus) == SIGKILL)))
		job_fail(job, -ENOMEM,
			 "error: the evaluation of %s used more memory than "
			 "there is or eval_memory allows\n",
			 who);
	else if (wstatus >= 0 && WIFSIGNALED(wstatus))
		job_fail(job, -EIO,
			 "error: the evaluation of %s ended by signal %d "
			 "(%s)\n",
			 who, WTERMSIG(wstatus), strsignal(WTERMSIG(wstatus)));
	else if (wstatus >= 0)
		job_fail(job, -EIO,
			 "error: the evaluation of %s ended with status %d\n",
			 who, WEXITSTATUS(wstatus));
	else
		job_fail(job, -EIO, "error: the evaluation of %s ended\n", who);
	process_lost(worker);
}

static void job_timed_out(struct worker *worker, struct job *job)
{
	char who[300];

	atomic_fetch_add(&worker->workers->timed_out, 1);
	describe(worker, who, sizeof(who));
	job_fail(job, -ETIMEDOUT,
		 "error: the evaluation of %s took longer than "
		 "eval_timeout=%u seconds\n",
		 who, worker->workers->config.eval_timeout);
	process_lost(worker);
}

static void take_reply(struct worker *worker, struct job *job)
{
	struct wire_frame *frame = &worker->frame;
	struct wire_in in;

	job->reply = frame->body;
	frame->body = (struct buf)BUF_INIT;
	job->text = (struct wire_text){ buf_text(&job->reply), job->reply.len };
	job->err = 0;
	if (!frame->status)
		return;
	job->err = frame->status <= INT_MAX ? -(int)frame->status : -EIO;
	wire_in_init(&in, job->reply.data, job->reply.len);
	job->text = wire_get_text(&in);
	if (!wire_end(&in))
		job->text = (struct wire_text){ "", 0 };
	wire_in_release(&in);
}

/* Take in what the worker has told unasked; true if the job is among it. */
static bool take_ahead(struct worker *worker, struct job *job)
{
	struct pollfd ready = { .fd = worker->process.fd, .events = POLLIN };
	struct ahead_answer found;
	bool hit = false;

	while (ready.fd >= 0 && poll(&ready, 1, 0) > 0) {
		/* At the end of the stream: serve() tells why. */
		if (wire_receive(worker->process.fd, &worker->frame) < 0 ||
		    worker->frame.op != WIRE_AHEAD)
			break;
		pthread_mutex_lock(&worker->lock);
		ahead_take_frame(&worker->ahead, &worker->frame.body);
		pthread_mutex_unlock(&worker->lock);
	}
	if (!job)
		return false;
	pthread_mutex_lock(&worker->lock);
	hit = ahead_find(&worker->ahead, job->op, job->request.data,
			 job->request.len, &found);
	pthread_mutex_unlock(&worker->lock);
	if (hit)
		job_answer(job, &found);
	return hit;
}

static void serve(struct worker *worker, struct job *job)
{
	unsigned timeout = worker->workers->config.eval_timeout;
	struct pollfd ready = { .events = POLLIN };
	struct timespec from, now;
	int err, n;

	if (worker->process.fd < 0 && process_start(worker, job) < 0)
		return;
	if (take_ahead(worker, job))
		return;
	err = wire_send(worker->process.fd, ++worker->number, job->op, false, 0,
			job->request.data, job->request.len);
	ready.fd = worker->process.fd;
	clock_gettime(CLOCK_MONOTONIC, &from);
	while (err == 0) {
		int64_t left;

		clock_gettime(CLOCK_MONOTONIC, &now);
		left = (int64_t)timeout * 1000 -
		       ((now.tv_sec - from.tv_sec) * INT64_C(1000) +
			(now.tv_nsec - from.tv_nsec) / 1000000);
		n = left > 0 ? poll(&ready, 1,
				    left < INT_MAX ? (int)left : INT_MAX)
			     : 0;
		if (n > 0) {
			err = wire_receive(worker->process.fd, &worker->frame);
			if (err < 0 || worker->frame.op != WIRE_AHEAD)
				break;
			pthread_mutex_lock(&worker->lock);
			ahead_take_frame(&worker->ahead, &worker->frame.body);
			pthread_mutex_unlock(&worker->lock);
			continue;
		}
		if (n == 0)
			err = -ETIMEDOUT;
		else if (errno != EINTR)
			err = -errno;
	}
	if (err == 0 &&
	    (!worker->frame.answer || worker->frame.number != worker->number ||
	     worker->frame.op != job->op))
		err = -EPROTO;

	if (err == 0) {
		take_reply(worker, job);
		take_ahead(worker, NULL);
	} else if (err == -ETIMEDOUT || err == -EAGAIN) {
		job_timed_out(worker, job);
	} else {
		job_died(worker, job);
	}
}

/* With the lock held: add a READS answer to those of earlier processes. What
 * two of them read is in the list twice. */
static void add_reads(struct worker *worker, const struct buf *body)
{
	struct wire_in in;

	wire_in_init(&in, body->data, body->len);
	worker->reads_count += wire_get_u32(&in);
	buf_add(&worker->reads, in.next, (size_t)(in.end - in.next));
	if (in.bad || worker->reads.failed)
		worker->reads_lost = true;
	worker->reads_known = true;
}

/* Before the process goes: what it read decides how long its values last. */
static void save_reads(struct worker *worker)
{
	struct job *job;

	if (worker->process.fd < 0)
		return;
	job = job_new(worker, WIRE_READS, NULL, 0);
	if (!job) {
		process_lost(worker);
		return;
	}
	job->epoch = worker->process_epoch;
	serve(worker, job);
	pthread_mutex_lock(&worker->lock);
	if (worker->epoch == job->epoch) {
		if (job->err == 0)
			add_reads(worker, &job->reply);
		else
			worker->reads_lost = true;
	}
	job_put(job);
	pthread_mutex_unlock(&worker->lock);
	process_end(worker, false);
}

static void tell_served(struct workers *workers)
{
	pthread_mutex_lock(&workers->served_lock);
	if (workers->on_served)
		workers->on_served(workers->on_served_arg);
	pthread_mutex_unlock(&workers->served_lock);
}

void workers_on_served(struct workers *workers, void (*fn)(void *arg),
		       void *arg)
{
	pthread_mutex_lock(&workers->served_lock);
	workers->on_served = fn;
	workers->on_served_arg = arg;
	pthread_mutex_unlock(&workers->served_lock);
}

/* --- the thread --------------------------------------------------------- */

/* With the lock held. Returns false after idle seconds without work. */
static bool wait_for_work(struct worker *worker)
{
	unsigned idle = worker->workers->config.idle;
	struct timespec until;
	int err = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += idle;
	while (!worker->queue && !worker->stop && err == 0 &&
	       worker->adopted.fd < 0) {
		if (!worker->running)
			pthread_cond_wait(&worker->work, &worker->lock);
		else if (worker->process_epoch != worker->epoch)
			return false;
		else if (idle)
			err = pthread_cond_timedwait(&worker->work,
						     &worker->lock, &until);
		else
			pthread_cond_wait(&worker->work, &worker->lock);
	}
	return err == 0;
}

/* Go on with another worker's process. With the lock held, given up. */
static void install_adopted(struct worker *worker)
{
	struct link *link = worker->workers->link;
	struct process adopted;
	uint64_t epoch = worker->adopted_epoch;

	link_move(link, &worker->adopted, &adopted);
	if (epoch != worker->epoch) {
		pthread_mutex_unlock(&worker->lock);
		link_end(link, &adopted, true);
		pthread_mutex_lock(&worker->lock);
		return;
	}
	pthread_mutex_unlock(&worker->lock);
	process_end(worker, true);
	pthread_mutex_lock(&worker->lock);
	link_move(link, &adopted, &worker->process);
	worker->process_epoch = epoch;
	worker->running = true;
}

static void *run_worker(void *arg)
{
	struct worker *worker = arg;
	struct job *job;

	pthread_mutex_lock(&worker->lock);
	for (;;) {
		bool old;

		if (worker->adopted.fd >= 0 && !worker->stop)
			install_adopted(worker);
		if (!wait_for_work(worker)) {
			old = worker->process_epoch != worker->epoch;
			pthread_mutex_unlock(&worker->lock);
			if (old)
				process_end(worker, true);
			else
				save_reads(worker);
			pthread_mutex_lock(&worker->lock);
			continue;
		}
		if (worker->stop)
			break;
		if (!worker->queue)
			continue;

		job = worker->queue;
		worker->queue = job->next;
		if (!worker->queue)
			worker->tail = &worker->queue;
		job->next = NULL;
		job->epoch = worker->epoch;
		worker->current = job;
		old = worker->running && worker->process_epoch != job->epoch;
		pthread_mutex_unlock(&worker->lock);

		if (old)
			process_end(worker, true);
		serve(worker, job);
		if (job->op != WIRE_READS)
			tell_served(worker->workers);

		pthread_mutex_lock(&worker->lock);
		worker->current = NULL;
		worker->served += job->op != WIRE_READS;
		job->done = true;
		pthread_cond_broadcast(&worker->done);
		job_put(job);
	}
	while (worker->queue) {
		job = worker->queue;
		worker->queue = job->next;
		job_put(job);
	}
	if (worker->adopted.fd >= 0)
		link_end(worker->workers->link, &worker->adopted, true);
	pthread_mutex_unlock(&worker->lock);
	if (!worker->keep)
		process_end(worker, true);
	return NULL;
}

/* With the lock held. */
static int ensure_thread(struct worker *worker)
{
	sigset_t all, saved;
	pthread_attr_t attr;
	int err;

	if (worker->has_thread)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &saved);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 256 << 10);
	err = -pthread_create(&worker->thread, &attr, run_worker, worker);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	worker->has_thread = err == 0;
	return err;
}

static void stop_thread(struct worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	worker->stop = true;
	pthread_cond_signal(&worker->work);
	pthread_mutex_unlock(&worker->lock);
	if (worker->has_thread)
		pthread_join(worker->thread, NULL);
	worker->has_thread = false;
}

/* --- asking ------------------------------------------------------------- */

static struct job *enqueue(struct worker *worker, enum wire_op op,
			   const void *body, size_t len)
{
	struct job *job = job_find(worker, op, body, len);

	atomic_fetch_add(&worker->workers->asked, 1);
	if (job) {
		atomic_fetch_add(&worker->workers->merged, 1);
		job->refs++;
		return job;
	}
	if (ensure_thread(worker) < 0)
		return NULL;
	job = job_new(worker, op, body, len);
	if (!job)
		return NULL;
	job->refs++;
	*worker->tail = job;
	worker->tail = &job->next;
	pthread_cond_signal(&worker->work);
	return job;
}

/* Answer at once what was told ahead. With the lock held. */
static int answer_ahead(struct worker *worker, enum wire_op op,
			const void *body, size_t len,
			struct ahead_answer *found, struct answer *answer)
{
	struct job *job = job_new(worker, op, body, len);

	if (!job) {
		buf_release(&found->body);
		return -ENOMEM;
	}
	job_answer(job, found);
	job->done = true;
	job->epoch = worker->epoch;
	answer->body = job->text;
	answer->job = job;
	return job->err;
}

int worker_ask(struct worker *worker, enum wire_op op, const void *body,
	       size_t len, struct cancel *cancel, struct answer *answer)
{
	struct ahead_answer found;
	struct job *job;
	bool served = false;
	int err = 0;

	*answer = (struct answer){ .body = { "", 0 } };
	cancel_attach(cancel, &worker->lock, &worker->done);
	pthread_mutex_lock(&worker->lock);
	answer->epoch = worker->epoch;
	if (worker->running && worker->process_epoch == worker->epoch &&
	    ahead_find(&worker->ahead, op, body, len, &found)) {
		err = answer_ahead(worker, op, body, len, &found, answer);
		worker->served++;
		served = true;
		goto out;
	}
	job = enqueue(worker, op, body, len);
	if (!job) {
		err = -ENOMEM;
		goto out;
	}
	while (!job->done && !cancelled(cancel) && !worker->workers->stopping)
		pthread_cond_wait(&worker->done, &worker->lock);
	if (!job->done) {
		job_put(job);
		err = cancelled(cancel) ? -EINTR : -EIO;
		goto out;
	}
	err = job->err;
	answer->body = job->text;
	answer->epoch = job->epoch;
	answer->passing = job->passing;
	answer->job = job;
out:
	pthread_mutex_unlock(&worker->lock);
	cancel_attach(cancel, NULL, NULL);
	if (served)
		tell_served(worker->workers);
	return err;
}

void answer_release(struct answer *answer)
{
	struct job *job = answer->job;
	pthread_mutex_t *lock;

	if (!job)
		return;
	lock = &job->worker->lock;
	pthread_mutex_lock(lock);
	job_put(job);
	pthread_mutex_unlock(lock);
	answer->job = NULL;
}

int worker_reads(struct worker *worker, unsigned wait_ms, struct answer *answer)
{
	struct wire_in in = { 0 };
	struct timespec until;
	struct job *job = NULL, *all;
	uint32_t count = 0;
	int err = 0;

	*answer = (struct answer){ .body = { "", 0 } };
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}

	pthread_mutex_lock(&worker->lock);
	answer->epoch = worker->epoch;
	if (worker->reads_lost) {
		err = -ENODATA;
		goto out;
	}
	if (worker->running || worker->current || worker->queue) {
		job = enqueue(worker, WIRE_READS, NULL, 0);
		if (!job) {
			err = -ENOMEM;
			goto out;
		}
		while (!job->done && err == 0 && !worker->workers->stopping)
			err = -pthread_cond_timedwait(&worker->done,
						      &worker->lock, &until);
		if (!job->done || job->err < 0 || job->epoch != worker->epoch) {
			job_put(job);
			err = -EBUSY;
			goto out;
		}
		err = 0;
		wire_in_init(&in, job->reply.data, job->reply.len);
		count = wire_get_u32(&in);
	} else if (!worker->reads_known) {
		err = worker->started ? -ENODATA : -ESRCH;
		goto out;
	}

	/* With what ended processes of this epoch had read. */
	all = job_new(worker, WIRE_READS, NULL, 0);
	if (all) {
		wire_put_u32(&all->reply, count + worker->reads_count);
		buf_add(&all->reply, worker->reads.data, worker->reads.len);
		buf_add(&all->reply, in.next, (size_t)(in.end - in.next));
	}
	if (job)
		job_put(job);
	if (!all || all->reply.failed) {
		if (all)
			job_put(all);
		err = -ENOMEM;
		goto out;
	}
	answer->body =
		(struct wire_text){ buf_text(&all->reply), all->reply.len };
	answer->epoch = worker->epoch;
	answer->job = all;
out:
	pthread_mutex_unlock(&worker->lock);
	return err;
}

/* With the lock held. */
static void renew(struct worker *worker)
{
	__atomic_add_fetch(&worker->epoch, 1, __ATOMIC_SEQ_CST);
	worker->started = 0;
	worker->reads_known = false;
	worker->reads_lost = false;
	worker->reads_count = 0;
	buf_release(&worker->reads);
	pthread_cond_signal(&worker->work);
}

void worker_renew(struct worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	renew(worker);
	pthread_mutex_unlock(&worker->lock);
	atomic_fetch_add(&worker->workers->generation, 1);
}

void worker_adopt(struct worker *worker, struct worker *single)
{
	struct link *link = worker->workers->link;

	single->keep = true; /* its thread has no work and does not look */
	stop_thread(single);
	pthread_mutex_lock(&worker->lock);
	renew(worker);
	if (ensure_thread(worker) == 0 && worker->adopted.fd < 0 &&
	    single->process.fd >= 0) {
		link_move(link, &single->process, &worker->adopted);
		worker->adopted_epoch = worker->epoch;
		worker->started = single->started;
	}
	pthread_mutex_unlock(&worker->lock);
	atomic_fetch_add(&worker->workers->generation, 1);
	single->keep = false;
	process_end(single, true);
	worker_free_single(single);
}

uint64_t worker_epoch(const struct worker *worker)
{
	return __atomic_load_n(&worker->epoch, __ATOMIC_SEQ_CST);
}

int64_t worker_started(struct worker *worker)
{
	int64_t started;

	pthread_mutex_lock(&worker->lock);
	started = worker->started;
	pthread_mutex_unlock(&worker->lock);
	return started;
}

enum wire_class worker_class(const struct worker *worker)
{
	return worker->class;
}

const char *worker_name(const struct worker *worker, size_t *len)
{
	*len = worker->name_len;
	return worker->name;
}

/* --- all of them -------------------------------------------------------- */

static struct worker *worker_new(struct workers *workers, enum wire_class class,
				 const char *name, size_t len,
				 const char *revision)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	pthread_condattr_t attr;

	if (!worker)
		return NULL;
	worker->name = malloc(len + 1);
	worker->revision = revision ? strdup(revision) : NULL;
	if (!worker->name || (revision && !worker->revision)) {
		free(worker->revision);
		free(worker->name);
		free(worker);
		return NULL;
	}
	memcpy(worker->name, name, len);
	worker->name[len] = '\0';
	worker->name_len = len;
	worker->workers = workers;
	worker->class = class;
	worker->epoch = 1;
	worker->process.fd = -1;
	worker->adopted.fd = -1;
	worker->tail = &worker->queue;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->work, &attr);
	pthread_cond_init(&worker->done, &attr);
	pthread_condattr_destroy(&attr);
	return worker;
}

void worker_free_single(struct worker *worker)
{
	if (!worker)
		return;
	stop_thread(worker);
	pthread_cond_destroy(&worker->work);
	pthread_cond_destroy(&worker->done);
	pthread_mutex_destroy(&worker->lock);
	buf_release(&worker->reads);
	ahead_clear(&worker->ahead);
	buf_release(&worker->overlay);
	buf_release(&worker->frame.body);
	free(worker->revision);
	free(worker->name);
	free(worker);
}

struct worker *worker_new_single(struct workers *workers,
				 const struct worker *like,
				 const struct wire_file *overlay, size_t len)
{
	struct wire_start start = workers->config.start;
	struct worker *worker = worker_new(workers, like->class, like->name,
					   like->name_len, like->revision);

	if (!worker)
		return NULL;
	start.class = like->class;
	start.name = (struct wire_text){ like->name, like->name_len };
	start.generation = workers->generation;
	start.overlay = (struct wire_file *)overlay;
	start.overlay_len = len;
	wire_put_start(&worker->overlay, &start);
	if (worker->overlay.failed) {
		worker_free_single(worker);
		return NULL;
	}
	return worker;
}

struct workers *workers_new(const struct workers_config *config)
{
	struct workers *workers = calloc(1, sizeof(*workers));

	if (!workers)
		return NULL;
	workers->config = *config;
	workers->link = link_new();
	if (!workers->link) {
		free(workers);
		return NULL;
	}
	pthread_mutex_init(&workers->lock, NULL);
	pthread_mutex_init(&workers->served_lock, NULL);
	return workers;
}

static void wake_all(struct worker *worker, void *arg)
{
	pthread_mutex_lock(&worker->lock);
	pthread_cond_broadcast(&worker->done);
	pthread_mutex_unlock(&worker->lock);
}

void workers_stop(struct workers *workers)
{
	workers->stopping = true;
	workers_each(workers, wake_all, NULL);
	link_stop(workers->link);
}

void workers_free(struct workers *workers)
{
	if (!workers)
		return;
	while (workers->list) {
		struct worker *worker = workers->list;

		workers->list = worker->next;
		worker_free_single(worker);
	}
	link_free(workers->link);
	pthread_mutex_destroy(&workers->lock);
	pthread_mutex_destroy(&workers->served_lock);
	free(workers);
}

static bool same_revision(const struct worker *worker, const char *revision)
{
	return worker->revision && revision
		       ? strcmp(worker->revision, revision) == 0
		       : !worker->revision && !revision;
}

const char *worker_revision(const struct worker *worker)
{
	return worker->revision;
}

struct worker *workers_get(struct workers *workers, enum wire_class class,
			   const char *name, size_t len, const char *revision)
{
	struct worker *worker;

	pthread_mutex_lock(&workers->lock);
	for (worker = workers->list; worker; worker = worker->next)
		if (worker->class == class && worker->name_len == len &&
		    memcmp(worker->name, name, len) == 0 &&
		    same_revision(worker, revision))
			break;
	if (!worker) {
		worker = worker_new(workers, class, name, len, revision);
		if (worker) {
			worker->next = workers->list;
			workers->list = worker;
		}
	}
	pthread_mutex_unlock(&workers->lock);
	return worker;
}

void workers_each(struct workers *workers,
		  void (*fn)(struct worker *worker, void *arg), void *arg)
{
	struct worker *worker;

	/* Workers are only ever added, at the front: the list from here on
	 * does not change. */
	pthread_mutex_lock(&workers->lock);
	worker = workers->list;
	pthread_mutex_unlock(&workers->lock);
	for (; worker; worker = worker->next)
		fn(worker, arg);
}

void worker_state(struct worker *worker, struct worker_state *state)
{
	pthread_mutex_lock(&worker->lock);
	*state = (struct worker_state){
		.running = worker->running,
		.busy = worker->current != NULL,
		.epoch = worker->has_thread ? worker->epoch : 0,
		.served = worker->served,
	};
	for (struct job *job = worker->queue; job; job = job->next)
		state->waiting++;
	pthread_mutex_unlock(&worker->lock);
}

void workers_stats(struct workers *workers, struct workers_stats *stats)
{
	struct worker *worker;

	*stats = (struct workers_stats){
		.started = workers->started,
		.died = workers->died,
		.timed_out = workers->timed_out,
		.asked = workers->asked,
		.merged = workers->merged,
	};
	pthread_mutex_lock(&workers->lock);
	for (worker = workers->list; worker; worker = worker->next) {
		pthread_mutex_lock(&worker->lock);
		stats->running += worker->running;
		stats->busy += worker->current != NULL;
		pthread_mutex_unlock(&worker->lock);
	}
	pthread_mutex_unlock(&workers->lock);
}
