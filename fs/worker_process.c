/*
 * worker_process.c - a worker's thread, and the process that it talks to
 */
#include "fs/worker_private.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "eval/thread.h"

/* How long answers wait to be kept: while there is nothing else to do, and at
 * most; ns. And how many of them do. */
#define FLUSH_AFTER INT64_C(100000000)
#define FLUSH_ANYWAY INT64_C(1000000000)
#define FLUSH_BYTES ((size_t)8 << 20)

/* --- answers ------------------------------------------------------------ */

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

void job_answer(struct job *job, struct ahead_answer *found)
{
	buf_release(&job->reply);
	job->reply = found->body;
	job->err = found->err;
	job->text = (struct wire_text){ buf_text(&job->reply), job->reply.len };
}

/* --- the process -------------------------------------------------------- */

static int64_t to_ns(struct timespec t)
{
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return to_ns(t);
}

void worker_keep(struct worker *worker, const struct job *job)
{
	struct timespec t;

	if (worker->keepless || !keep_takes(worker->site, worker->class,
					    job->op, job->err, job->passing))
		return;
	if (!worker->batch.count) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		worker->batch_since = to_ns(t);
	}
	cache_batch_add(&worker->batch, job->op, job->request.data,
			job->request.len, job->err, job->text.bytes,
			job->text.len);
}

void worker_end_process(struct worker *worker, bool kill)
{
	if (worker->process.fd < 0)
		return;
	link_end(worker->workers->link, &worker->process, kill);
	pthread_mutex_lock(&worker->lock);
	worker->running = false;
	ahead_clear(&worker->ahead);
	/* What it has not told the reads of is lost. */
	cache_batch_release(&worker->batch);
	pthread_mutex_unlock(&worker->lock);
}

/* The process died before it told what it had read. */
static void process_lost(struct worker *worker)
{
	worker_end_process(worker, true);
	pthread_mutex_lock(&worker->lock);
	if (worker->epoch == worker->process_epoch)
		worker->reads_lost |= worker->answered;
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

	pthread_mutex_lock(&worker->lock);
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
	pthread_mutex_unlock(&worker->lock);
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
	worker->process_count++;
	worker->answered = false;
	worker->keepless = false;
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
		 who, worker->timeout);
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

/* Did the process end by itself while nothing was asked? */
static bool has_ended(const struct worker *worker)
{
	char byte;

	return recv(worker->process.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Send the request and wait for the frame that answers it. 0 or -errno. */
static int exchange(struct worker *worker, struct job *job)
{
	unsigned timeout = worker->timeout;
	struct pollfd ready = { .fd = worker->process.fd, .events = POLLIN };
	struct timespec from, now;
	int err, n;

	err = wire_send(worker->process.fd, ++worker->number, job->op, false, 0,
			job->request.data, job->request.len);
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
	return err;
}

/* Ask the process, and start it if there is none; *fresh says whether this one
 * was. 0 if the job has its answer or failure; else the process died (-EPIPE),
 * took too long (-ETIMEDOUT, -EAGAIN), or makes no sense. */
static int ask(struct worker *worker, struct job *job, bool *fresh)
{
	int err;

	if (worker->process.fd >= 0 && take_ahead(worker, job)) {
		*fresh = false;
		return 0;
	}
	if (worker->process.fd >= 0 && has_ended(worker))
		process_lost(worker);
	*fresh = worker->process.fd < 0;
	if (*fresh && process_start(worker, job) < 0)
		return 0;
	err = exchange(worker, job);
	if (err == 0) {
		take_reply(worker, job);
		take_ahead(worker, NULL);
	}
	return err;
}

/*
 * A process that has answered before may have failed for something else than
 * this request: for the memory that all its answers together need, or for what
 * it looked into ahead. So a fresh one has a try.
 */
static bool try_again(const struct job *job, int err)
{
	return job->op != WIRE_READS && err != -ETIMEDOUT && err != -EAGAIN &&
	       (err != 0 || job->err == -ENOMEM);
}

static void serve(struct worker *worker, struct job *job)
{
	bool fresh;
	int err = ask(worker, job, &fresh);

	if (!fresh && try_again(job, err)) {
		process_lost(worker);
		buf_release(&job->reply);
		job->err = 0;
		err = ask(worker, job, &fresh);
	}
	if (err == -ETIMEDOUT || err == -EAGAIN)
		job_timed_out(worker, job);
	else if (err != 0)
		job_died(worker, job);
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
			worker->reads_lost |= worker->answered;
	}
	job_put(job);
	pthread_mutex_unlock(&worker->lock);
	worker_end_process(worker, false);
	link_rest(worker->workers->link);
}

/* Hand the answers so far to the cache, with what they depend on. */
static void flush_answers(struct worker *worker)
{
	struct cache_batch batch;
	struct job *job = NULL;

	pthread_mutex_lock(&worker->lock);
	batch = worker->batch;
	worker->batch = (struct cache_batch){ .count = 0 };
	worker->flush = true;
	pthread_mutex_unlock(&worker->lock);
	if (batch.count && worker->process.fd >= 0)
		job = job_new(worker, WIRE_TRACE, NULL, 0);
	if (job) {
		job->epoch = worker->process_epoch;
		serve(worker, job);
	}
	if (job && job->err == 0)
		cache_put(worker->site, worker->process_epoch,
			  worker->process_count, &batch, &job->reply);
	pthread_mutex_lock(&worker->lock);
	/* What it told now, or could not, is missing later. */
	worker->keepless |= job ? job->err != 0 : batch.count != 0;
	worker->flush = false;
	if (job)
		job_put(job);
	pthread_cond_broadcast(&worker->done);
	pthread_mutex_unlock(&worker->lock);
	cache_batch_release(&batch);
}

/* With the lock held: when the batch is to be handed over, ns; 0: there is
 * none. */
static int64_t flush_time(const struct worker *worker)
{
	if (!worker->batch.count)
		return 0;
	return worker->flush ? 1 : worker->batch_since + FLUSH_AFTER;
}

/* The same while it has work: seldom, for a request waits meanwhile. */
static bool is_overdue(const struct worker *worker)
{
	struct timespec now;

	if (!worker->batch.count)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return worker->flush || worker->batch.bytes.len > FLUSH_BYTES ||
	       to_ns(now) > worker->batch_since + FLUSH_ANYWAY;
}

void worker_tell_served(struct workers *workers)
{
	pthread_mutex_lock(&workers->served_lock);
	if (workers->on_served)
		workers->on_served(workers->on_served_arg);
	pthread_mutex_unlock(&workers->served_lock);
}

/* --- the thread --------------------------------------------------------- */

/* With the lock held. Returns false if there is something to do without being
 * asked: the process is of an old epoch, was idle for long, or has answers that
 * are to be kept. */
static bool wait_for_work(struct worker *worker)
{
	int64_t idle = worker->workers->config.idle * INT64_C(1000000000);
	struct timespec until;
	int64_t from, end;

	clock_gettime(CLOCK_MONOTONIC, &until);
	from = to_ns(until);
	while (!worker->queue && !worker->stop && worker->adopted.fd < 0) {
		if (worker->closed)
			return false;
		if (worker->running && worker->process_epoch != worker->epoch)
			return false;
		end = flush_time(worker);
		if (!end && worker->running && idle)
			end = from + idle;
		if (!end) {
			pthread_cond_wait(&worker->work, &worker->lock);
			continue;
		}
		until.tv_sec = end / 1000000000;
		until.tv_nsec = end % 1000000000;
		if (pthread_cond_timedwait(&worker->work, &worker->lock,
					   &until) == ETIMEDOUT)
			return false;
	}
	return true;
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
	worker_end_process(worker, true);
	pthread_mutex_lock(&worker->lock);
	link_move(link, &adopted, &worker->process);
	worker->process_epoch = epoch;
	worker->running = true;
	/* It was told other bytes than there were on disk then. */
	worker->process_count++;
	worker->answered = true;
	worker->keepless = true;
}

static void *run_worker(void *arg)
{
	struct worker *worker = arg;
	struct job *job;

	pthread_mutex_lock(&worker->lock);
	for (;;) {
		bool old, kept;

		if (worker->adopted.fd >= 0 && !worker->stop)
			install_adopted(worker);
		/* Nobody will ask again: the thread need not wait for it. */
		if (worker->closed && !worker->queue && !worker->running)
			break;
		if (!wait_for_work(worker)) {
			old = worker->process_epoch != worker->epoch;
			kept = worker->batch.count != 0;
			pthread_mutex_unlock(&worker->lock);
			if (kept)
				flush_answers(worker);
			else if (old)
				worker_end_process(worker, true);
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
		kept = old || is_overdue(worker);
		pthread_mutex_unlock(&worker->lock);

		if (kept)
			flush_answers(worker);
		if (old)
			worker_end_process(worker, true);
		serve(worker, job);
		if (job->op != WIRE_READS)
			worker_tell_served(worker->workers);

		pthread_mutex_lock(&worker->lock);
		worker->current = NULL;
		worker->served += job->op != WIRE_READS;
		worker->answered |= job->op != WIRE_READS && !job->passing;
		worker_keep(worker, job);
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
		worker_end_process(worker, true);
	return NULL;
}

/* With the lock held. */
int worker_start_thread(struct worker *worker)
{
	int err;

	if (worker->has_thread)
		return 0;
	err = thread_start(&worker->thread, 256 << 10, run_worker, worker);
	worker->has_thread = err == 0;
	return err;
}

void worker_stop_thread(struct worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	worker->stop = true;
	pthread_cond_signal(&worker->work);
	pthread_mutex_unlock(&worker->lock);
	if (worker->has_thread)
		pthread_join(worker->thread, NULL);
	worker->has_thread = false;
}
