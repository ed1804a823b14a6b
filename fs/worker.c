/*
 * worker.c - the daemon's side of the evaluation workers: asking them
 */
#include "fs/worker_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What unmounting waits for answers to be kept. */
#define FLUSH_AT_END_MS 5000

/* --- jobs --------------------------------------------------------------- */

struct job *job_new(struct worker *worker, uint16_t op, const void *request,
		    size_t len)
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
void job_put(struct job *job)
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
	if (worker_start_thread(worker) < 0)
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

/* The same from the cache, if it has it. Without the lock. */
static bool ask_cache(struct worker *worker, uint64_t epoch, enum wire_op op,
		      const void *body, size_t len, struct ahead_answer *found)
{
	struct timespec now;
	bool hit, more;

	clock_gettime(CLOCK_REALTIME, &now);
	hit = cache_find(worker->site, epoch, op, body, len, &found->err,
			 &found->body, &more);
	if (more) {
		pthread_mutex_lock(&worker->lock);
		if (worker->kept_epoch != epoch)
			worker->kept_since =
				now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
		worker->kept_epoch = epoch;
		worker->served++;
		pthread_mutex_unlock(&worker->lock);
		worker_tell_served(worker->workers);
	}
	return hit;
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
	if (worker->closed) {
		err = -ENOENT;
		goto out;
	}
	if (worker->running && worker->process_epoch == worker->epoch &&
	    ahead_find(&worker->ahead, op, body, len, &found)) {
		err = answer_ahead(worker, op, body, len, &found, answer);
		if (answer->job)
			worker_keep(worker, answer->job);
		worker->served++;
		worker->answered = true;
		served = true;
		goto out;
	}
	if (keep_asks(worker->site, worker->class, op)) {
		bool hit;

		pthread_mutex_unlock(&worker->lock);
		hit = ask_cache(worker, answer->epoch, op, body, len, &found);
		pthread_mutex_lock(&worker->lock);
		if (hit && worker->epoch == answer->epoch) {
			err = answer_ahead(worker, op, body, len, &found,
					   answer);
			goto out;
		}
		if (hit)
			buf_release(&found.body);
		answer->epoch = worker->epoch;
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
		worker_tell_served(worker->workers);
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

/* What answers from the cache depend on in this epoch: -ESRCH if none was used.
 * With the lock held, given up. */
static int kept_reads(struct worker *worker, struct buf *out, uint32_t *count)
{
	const struct wire_text *top = &worker->workers->config.start.repository;
	uint64_t epoch = worker->epoch;
	char *repository;
	int err;

	if (worker->kept_epoch != epoch)
		return -ESRCH;
	pthread_mutex_unlock(&worker->lock);
	repository = strndup(top->bytes, top->len);
	err = repository
		      ? cache_reads(worker->site, epoch, repository, out, count)
		      : -ENOMEM;
	free(repository);
	/* There were some when the answers were given. */
	if (err == -ESRCH)
		err = -ESTALE;
	pthread_mutex_lock(&worker->lock);
	return epoch == worker->epoch ? err : -EBUSY;
}

int worker_reads(struct worker *worker, unsigned wait_ms, struct answer *answer)
{
	struct wire_in in = { 0 };
	struct timespec until;
	struct job *job = NULL, *all;
	struct buf kept = BUF_INIT;
	uint32_t count = 0, kept_count = 0;
	int err = 0, kept_err;

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
	kept_err = kept_reads(worker, &kept, &kept_count);
	if (kept_err < 0 && kept_err != -ESRCH) {
		err = -ESTALE;
		goto out;
	}
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
	} else if (worker->adopted.fd >= 0) {
		err = -EBUSY;
		goto out;
	} else if (!worker->reads_known && kept_err < 0) {
		err = -ESRCH;
		goto out;
	}

	/* With what ended processes of this epoch had read. */
	all = job_new(worker, WIRE_READS, NULL, 0);
	if (all) {
		wire_put_u32(&all->reply,
			     count + worker->reads_count + kept_count);
		buf_add(&all->reply, kept.data, kept.len);
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
	buf_release(&kept);
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

void worker_renew(struct worker *worker, bool lost)
{
	pthread_mutex_lock(&worker->lock);
	if (lost)
		__atomic_store_n(&worker->lost_epoch, worker->epoch + 1,
				 __ATOMIC_SEQ_CST);
	renew(worker);
	pthread_mutex_unlock(&worker->lock);
	atomic_fetch_add(&worker->workers->generation, 1);
}

void worker_adopt(struct worker *worker, struct worker *single)
{
	struct link *link = worker->workers->link;

	single->keep = true; /* its thread has no work and does not look */
	worker_stop_thread(single);
	pthread_mutex_lock(&worker->lock);
	renew(worker);
	if (worker_start_thread(worker) == 0 && worker->adopted.fd < 0 &&
	    single->process.fd >= 0) {
		link_move(link, &single->process, &worker->adopted);
		worker->adopted_epoch = worker->epoch;
		worker->started = single->started;
	}
	pthread_mutex_unlock(&worker->lock);
	atomic_fetch_add(&worker->workers->generation, 1);
	single->keep = false;
	worker_end_process(single, true);
	worker_free_single(single);
}

bool worker_was_lost(const struct worker *worker)
{
	return __atomic_load_n(&worker->lost_epoch, __ATOMIC_SEQ_CST) ==
	       worker_epoch(worker);
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
	if (worker->kept_epoch == worker->epoch &&
	    (!started || worker->kept_since < started))
		started = worker->kept_since;
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
	worker->timeout = workers->config.eval_timeout;
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
	worker_stop_thread(worker);
	pthread_cond_destroy(&worker->work);
	pthread_cond_destroy(&worker->done);
	pthread_mutex_destroy(&worker->lock);
	buf_release(&worker->reads);
	ahead_clear(&worker->ahead);
	cache_batch_release(&worker->batch);
	buf_release(&worker->overlay);
	buf_release(&worker->frame.body);
	free(worker->revision);
	free(worker->name);
	free(worker);
}

/* What a process is told that sees other bytes in some files. */
static void put_overlay(const struct worker *worker,
			const struct wire_file *overlay, size_t len,
			struct buf *out)
{
	struct wire_start start = worker->workers->config.start;

	start.class = worker->class;
	start.name = (struct wire_text){ worker->name, worker->name_len };
	if (worker->revision)
		start.revision = wire_text(worker->revision);
	start.generation = worker->workers->generation;
	start.overlay = (struct wire_file *)overlay;
	start.overlay_len = len;
	wire_put_start(out, &start);
}

int worker_set_overlay(struct worker *worker, const struct wire_file *overlay,
		       size_t len)
{
	struct buf start = BUF_INIT;
	int err = 0;

	put_overlay(worker, overlay, len, &start);
	pthread_mutex_lock(&worker->lock);
	if (start.failed) {
		err = -ENOMEM;
		buf_release(&start);
	} else {
		buf_release(&worker->overlay);
		worker->overlay = start;
	}
	pthread_mutex_unlock(&worker->lock);
	return err;
}

void worker_close(struct worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	worker->closed = true;
	renew(worker);
	pthread_mutex_unlock(&worker->lock);
}

struct worker *worker_new_single(struct workers *workers,
				 const struct worker *like,
				 const struct wire_file *overlay, size_t len)
{
	struct worker *worker = worker_new(workers, like->class, like->name,
					   like->name_len, like->revision);

	if (!worker)
		return NULL;
	put_overlay(worker, overlay, len, &worker->overlay);
	if (worker->overlay.failed) {
		worker_free_single(worker);
		return NULL;
	}
	return worker;
}

struct worker *worker_new_at(struct workers *workers, const struct worker *like,
			     const char *revision, unsigned timeout)
{
	struct worker *worker = worker_new(workers, like->class, like->name,
					   like->name_len, revision);

	if (worker)
		worker->timeout = timeout;
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

void workers_on_served(struct workers *workers, void (*fn)(void *arg),
		       void *arg)
{
	pthread_mutex_lock(&workers->served_lock);
	workers->on_served = fn;
	workers->on_served_arg = arg;
	pthread_mutex_unlock(&workers->served_lock);
}

static void ask_to_flush(struct worker *worker, void *arg)
{
	pthread_mutex_lock(&worker->lock);
	worker->flush |= worker->batch.count != 0;
	if (worker->flush)
		pthread_cond_signal(&worker->work);
	pthread_mutex_unlock(&worker->lock);
}

/* Not for an evaluation, which may take long. */
static bool will_flush(const struct worker *worker)
{
	return worker->flush && worker->running &&
	       (!worker->current || worker->current->op == WIRE_READS);
}

static void wait_for_flush(struct worker *worker, void *arg)
{
	const struct timespec *until = arg;
	int err = 0;

	pthread_mutex_lock(&worker->lock);
	while (will_flush(worker) && err == 0)
		err = pthread_cond_timedwait(&worker->done, &worker->lock,
					     until);
	pthread_mutex_unlock(&worker->lock);
}

/* Before the processes go. */
static void flush_all(struct workers *workers)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += FLUSH_AT_END_MS / 1000;
	until.tv_nsec += FLUSH_AT_END_MS % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	workers_each(workers, ask_to_flush, NULL);
	workers_each(workers, wait_for_flush, &until);
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
	flush_all(workers);
	link_stop(workers->link);
}

void workers_free(struct workers *workers)
{
	if (!workers)
		return;
	if (!workers->stopping)
		flush_all(workers);
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

/* By what its process will be told. */
static struct cache_site *site_of(const struct worker *worker)
{
	const struct workers_config *config = &worker->workers->config;
	struct wire_start start = config->start;

	start.class = worker->class;
	start.name = (struct wire_text){ worker->name, worker->name_len };
	if (worker->revision)
		start.revision = wire_text(worker->revision);
	return keep_site(config->cache, &start);
}

struct worker *workers_get_batch(struct workers *workers, uint64_t batch,
				 enum wire_class class, const char *name,
				 size_t len, const char *revision)
{
	struct worker *worker;

	pthread_mutex_lock(&workers->lock);
	for (worker = workers->list; worker; worker = worker->next)
		if (worker->class == class && worker->variant == batch &&
		    worker->name_len == len &&
		    memcmp(worker->name, name, len) == 0 &&
		    same_revision(worker, revision))
			break;
	if (!worker) {
		worker = worker_new(workers, class, name, len, revision);
		if (worker) {
			worker->variant = batch;
			worker->site = batch ? NULL : site_of(worker);
			worker->next = workers->list;
			workers->list = worker;
		}
	}
	pthread_mutex_unlock(&workers->lock);
	return worker;
}

struct worker *workers_get(struct workers *workers, enum wire_class class,
			   const char *name, size_t len, const char *revision)
{
	return workers_get_batch(workers, 0, class, name, len, revision);
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
		.epoch = worker->has_thread || worker->kept_epoch
				 ? worker->epoch
				 : 0,
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
