/*
 * watch.c - notice that the repository changed
 *
 * For each path that any evaluation read there is a struct seen: what it is
 * now, and since when (at the latest) it is so. A host is out of date if
 *
 *     a file's content is not what its worker read: workers tell the hash;
 *     for what has no hash (listings, existence): it became what it is only
 *     after the worker's process was started.
 *
 * A content is only hashed again when the file's status changed. All times are
 * CLOCK_REALTIME, as the file system's.
 */
#include "fs/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "cache/tracked.h"
#include "eval/thread.h"
#include "fs/log.h"
#include "fs/repo.h"
#include "fs/seen.h"
#include "fs/view.h"

#define POLL_MS 2000  /* between looks without a cause */
#define ACTIVE_MS 200 /* while evaluations read new files */
#define SERVED_MS 20  /* after the first answer, to learn what it read */
/* Of what the last look took: looks nobody waits for are that seldom. */
#define ACTIVE_SHARE 10
#define POLL_SHARE 50
#define COALESCE_MS 5 /* an editor's several steps are one change */
#define BUSY_MS 100   /* patience with a worker that evaluates */
#define SYNC_TRIES 20
#define SYNC_MS 60000

/* What a worker has read: kept until it serves more. */
struct reader {
	struct reader *next;
	struct worker *worker;
	uint64_t epoch, served;
	struct buf body; /* of READS */
	bool lost;	 /* what answers depend on can't be told any more */
	char state[TRACKED_ID_SIZE]; /* of the work tree, for which it was
					renewed last */
};

struct watch {
	struct tree *tree;
	char *repository;
	pthread_t thread;
	int wake; /* an eventfd */
	struct seen_set seen;
	struct reader *readers;
	struct repo_head head;
	char state[TRACKED_ID_SIZE]; /* of the work tree; "" until this look
					wants it */
	char *index_path;	     /* NULL without repository */
	ino_t index_ino;
	int64_t index_ctime;
	uint64_t index;	     /* hash of the names in it */
	struct worker *busy; /* one that could not be asked by the last look */
	bool active;	     /* something was served since the last look */
	int cost;	     /* what the last look took, ms */
	int64_t clock;	     /* CLOCK_REALTIME less CLOCK_BOOTTIME, ns */
	bool served;	     /* atomic: wake was already written for that */

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t looked;
	uint64_t wanted, done; /* looks */
	struct worker *waited; /* busy, as of the last look */
	bool stop;
};

/* --- is a host out of date? --------------------------------------------- */

/* A look: what of git changed since the last, and whether anything did. */
struct check {
	struct watch *watch;
	bool head, index, changed;
	bool jumped; /* the clock was set: times mean nothing */
};

static bool read_differs(struct watch *watch, const struct wire_read *read,
			 int64_t started)
{
	struct buf path = BUF_INIT;
	struct seen *seen;
	bool differs;

	if (memchr(read->path.bytes, '\0', read->path.len))
		return false;
	if (!read->path.len || read->path.bytes[0] != '/')
		buf_add_format(&path, "%s%s", watch->repository,
			       read->path.len ? "/" : "");
	buf_add(&path, read->path.bytes, read->path.len);
	seen = path.failed ? NULL : seen_look(&watch->seen, buf_text(&path));
	buf_release(&path);
	if (!seen)
		return true; /* out of memory: to be sure */

	if (read->kind == WIRE_READ_FILE && read->content.len)
		return seen_content_differs(seen, read->content.bytes, started);
	differs = seen->since > started - SLACK;
	if (read->kind == WIRE_READ_FOLDER)
		differs |= seen_names_differ(seen, started);
	/* Of an entry that is only tested, neither content nor names matter;
	 * of a link or a file without hash its status does. */
	if (read->kind == WIRE_READ_FILE)
		differs |= seen->type && seen_ns(seen->ctime) > started - SLACK;
	return differs;
}

/* What the worker says of the work tree may be what a submodule is like, which
 * we do not look at. */
static bool may_disagree(const struct watch *watch)
{
	struct buf path = BUF_INIT;
	bool may = watch->state[0] == '?';

	buf_add_format(&path, "%s/.gitmodules", watch->repository);
	may |= path.failed || access(buf_text(&path), F_OK) == 0;
	buf_release(&path);
	return may;
}

/*
 * Is the work tree at another commit, or no longer clean, or clean again? All
 * its files must be looked at to tell, so that is done only for who asked. If
 * the worker may tell it otherwise it is not renewed for the same twice without
 * any other change.
 */
static bool head_differs(struct watch *watch, struct reader *reader,
			 const struct wire_read *read,
			 const struct check *check)
{
	XXH128_canonical_t state;

	if (!read->content.len)
		return check->head;
	if (!watch->state[0] &&
	    tracked_commit(watch->repository, "*", watch->state) < 0)
		strcpy(watch->state, "?");
	XXH128_canonicalFromHash(
		&state, XXH3_128bits(watch->state, strlen(watch->state)));
	if (memcmp(state.digest, read->content.bytes, sizeof(state.digest)) ==
	    0)
		return false;
	if (strcmp(watch->state, reader->state) == 0 && may_disagree(watch))
		return check->head || check->changed;
	strcpy(reader->state, watch->state);
	return true;
}

static bool any_differs(struct watch *watch, struct reader *reader,
			int64_t started, const struct check *check)
{
	struct wire_in in;
	bool differs = false;
	size_t count;

	/* A repository without work tree is its HEAD. */
	if (watch->head.bare)
		return check->head;
	wire_in_init(&in, reader->body.data, reader->body.len);
	count = wire_get_count(&in, 9);
	for (size_t i = 0; i < count && !differs && !in.bad; i++) {
		struct wire_read read;

		wire_get_read(&in, &read);
		if (in.bad)
			break;
		if (read.kind == WIRE_READ_HEAD)
			differs = head_differs(watch, reader, &read, check);
		else if (read.kind == WIRE_READ_INDEX)
			differs = check->index;
		else if (read.kind != WIRE_READ_IMPORT) /* a FILE too */
			differs = read_differs(watch, &read, started);
		if (differs)
			log_line(LOG_DEBUG, "'%.*s' changed (%u)",
				 buf_clip(read.path.len), read.path.bytes,
				 read.kind);
	}
	differs |= in.bad;
	wire_in_release(&in);
	return differs;
}

static struct reader *find_reader(struct watch *watch, struct worker *worker)
{
	struct reader *reader;

	for (reader = watch->readers; reader; reader = reader->next)
		if (reader->worker == worker)
			return reader;
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return NULL;
	reader->worker = worker;
	reader->next = watch->readers;
	watch->readers = reader;
	return reader;
}

/*
 * Learn what the worker has read. False if nothing of it can be out of date,
 * since nothing was evaluated yet.
 */
static bool refresh(struct watch *watch, struct reader *reader)
{
	struct worker_state state;
	struct answer answer;
	int err;

	worker_state(reader->worker, &state);
	if (!state.epoch)
		return false;
	if (reader->epoch == state.epoch && reader->served == state.served)
		return true;
	watch->active = true;
	reader->lost = false;
	err = worker_reads(reader->worker, BUSY_MS, &answer);
	if (err == 0 && answer.epoch == state.epoch) {
		buf_reset(&reader->body);
		buf_add(&reader->body, answer.body.bytes, answer.body.len);
		reader->lost = reader->body.failed;
		reader->epoch = state.epoch;
		reader->served = state.served;
	} else {
		if (reader->epoch != state.epoch) {
			buf_reset(&reader->body);
			wire_put_u32(&reader->body, 0);
		}
		/* One that evaluates is asked again when it has done: what it
		 * read and has changed since will differ then. */
		if (err == -EBUSY)
			watch->busy = reader->worker;
		else if (err != -ESRCH)
			reader->lost = true;
		reader->epoch = state.epoch;
		reader->served = UINT64_MAX;
	}
	answer_release(&answer);
	return err != -ESRCH;
}

static void check_worker(struct worker *worker, void *arg)
{
	struct check *check = arg;
	struct watch *watch = check->watch;
	struct reader *reader = find_reader(watch, worker);
	struct site *site;
	size_t len;
	const char *name;

	/* A revision never changes. */
	if (!reader || worker_revision(worker) || !refresh(watch, reader))
		return;
	/* One that can't tell what it read may have read what has changed. */
	if (!reader->lost && !check->jumped &&
	    !any_differs(watch, reader, worker_started(worker), check))
		return;
	name = worker_name(worker, &len);
	log_line(LOG_INFO, "%.*s: files it depends on have changed",
		 buf_clip(len), name);
	site = tree_site(watch->tree, worker_class(worker), name, len, NULL);
	if (site) {
		tree_renew(watch->tree, site, reader->lost);
		tree_tell(watch->tree, site, false);
	}
}

/* Which files are tracked; the index is only read when it was written. */
static uint64_t look_at_index(struct watch *watch)
{
	struct stat st;

	if (watch->head.bare || !watch->index_path)
		return 0;
	if (stat(watch->index_path, &st) < 0)
		return 0;
	if (st.st_ino == watch->index_ino &&
	    seen_ns(st.st_ctim) == watch->index_ctime)
		return watch->index;
	watch->index_ino = st.st_ino;
	watch->index_ctime = seen_ns(st.st_ctim);
	return repo_index_hash(watch->repository);
}

static int64_t clock_offset(void)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return seen_ns(real) - seen_ns(boot);
}

static void look(struct watch *watch, bool woken)
{
	struct check check = { .watch = watch, .changed = woken };
	int64_t clock = clock_offset();
	struct repo_head head;
	uint64_t index;

	/* Half of what is allowed for: between the two there is some time. */
	check.jumped = llabs(clock - watch->clock) > SLACK / 2;
	if (check.jumped)
		watch->clock = clock;
	seen_begin_look(&watch->seen);
	watch->active = false;
	watch->busy = NULL;
	watch->state[0] = '\0';
	if (repo_head(watch->repository, &head) == 0) {
		check.head = strcmp(head.id, watch->head.id) != 0;
		watch->head = head;
		if (check.head)
			tree_set_time(watch->tree, head.time);
	}
	index = look_at_index(watch);
	check.index = index != watch->index;
	watch->index = index;
	workers_each(watch->tree->workers, check_worker, &check);
}

/* --- the thread --------------------------------------------------------- */

/* Empty what woke us: has anything that matters changed on the disk? */
static bool drain(struct watch *watch)
{
	uint64_t count;
	bool changed = seen_drain(&watch->seen);

	while (read(watch->wake, &count, sizeof(count)) == sizeof(count))
		;
	return changed;
}

static bool is_wanted(struct watch *watch)
{
	bool wanted;

	pthread_mutex_lock(&watch->lock);
	wanted = watch->wanted != watch->done || watch->stop;
	pthread_mutex_unlock(&watch->lock);
	return wanted;
}

/* Of this thread's work: waiting for workers costs nobody anything. */
static int64_t used_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static int nap(const struct watch *watch, int ms, int share)
{
	return share * watch->cost > ms ? share * watch->cost : ms;
}

/*
 * Sleep until there is a reason to look. Who waits for a look wants it now; a
 * change on the disk may have a second half; what workers have newly read can
 * wait a little, and then comes seldom.
 */
static bool wait_for_reason(struct watch *watch)
{
	struct pollfd polls[] = { { .fd = watch->seen.inotify,
				    .events = POLLIN },
				  { .fd = watch->wake, .events = POLLIN } };
	int active = nap(watch, ACTIVE_MS, ACTIVE_SHARE);
	bool was_active = watch->active, changed;

	poll(polls, 2, was_active ? active : nap(watch, POLL_MS, POLL_SHARE));
	changed = drain(watch);
	if (is_wanted(watch))
		return changed;
	/* From here on only inotify and who waits cut the nap short. */
	if (changed)
		poll(&polls[1], 1, COALESCE_MS);
	else if (__atomic_load_n(&watch->served, __ATOMIC_SEQ_CST))
		poll(polls, 2, was_active ? active : SERVED_MS);
	__atomic_store_n(&watch->served, false, __ATOMIC_SEQ_CST);
	return drain(watch) || changed;
}

static void *run(void *arg)
{
	struct watch *watch = arg;
	uint64_t wanted;
	int64_t from;
	bool stop = false, changed;

	while (!stop) {
		changed = wait_for_reason(watch);
		from = used_ms();
		pthread_mutex_lock(&watch->lock);
		wanted = watch->wanted;
		stop = watch->stop;
		pthread_mutex_unlock(&watch->lock);
		pthread_mutex_lock(&watch->tree->commit_lock);
		if (!stop)
			look(watch, changed);
		pthread_mutex_unlock(&watch->tree->commit_lock);
		pthread_mutex_lock(&watch->lock);
		watch->cost = (int)(used_ms() - from);
		watch->waited = watch->busy;
		watch->done = wanted;
		pthread_cond_broadcast(&watch->looked);
		pthread_mutex_unlock(&watch->lock);
	}
	return NULL;
}

static void wake(struct watch *watch)
{
	uint64_t one = 1;

	while (write(watch->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

/* In a worker's thread: only the first answer since the last look wakes. */
static void on_served(void *arg)
{
	struct watch *watch = arg;

	if (!__atomic_exchange_n(&watch->served, true, __ATOMIC_SEQ_CST))
		wake(watch);
}

void watch_sync(struct watch *watch)
{
	struct worker *busy = NULL;
	struct answer answer;
	uint64_t mine;

	/* One that evaluates just now can't say what it has read: wait here,
	 * where nobody else does, and have another look. */
	for (int tries = 0; tries < SYNC_TRIES; tries++) {
		pthread_mutex_lock(&watch->lock);
		mine = ++watch->wanted;
		wake(watch);
		while (watch->done < mine && !watch->stop)
			pthread_cond_wait(&watch->looked, &watch->lock);
		busy = watch->stop ? NULL : watch->waited;
		pthread_mutex_unlock(&watch->lock);
		if (!busy)
			return;
		worker_reads(busy, SYNC_MS, &answer);
		answer_release(&answer);
	}
}

static void watch_git(struct watch *watch)
{
	struct buf gitdir = BUF_INIT, commondir = BUF_INIT;

	if (repo_folders(watch->repository, &gitdir, &commondir) == 0) {
		seen_watch_git(&watch->seen, buf_text(&gitdir));
		seen_watch_git(&watch->seen, buf_text(&commondir));
		buf_add_text(&gitdir, "index");
		watch->index_path =
			gitdir.failed ? NULL : strdup(buf_text(&gitdir));
		buf_add_text(&commondir, "refs/heads");
		seen_watch_git(&watch->seen, buf_text(&commondir));
	}
	buf_release(&gitdir);
	buf_release(&commondir);
}

static void release(struct watch *watch)
{
	while (watch->readers) {
		struct reader *reader = watch->readers;

		watch->readers = reader->next;
		buf_release(&reader->body);
		free(reader);
	}
	seen_release(&watch->seen);
	if (watch->wake >= 0)
		close(watch->wake);
	pthread_cond_destroy(&watch->looked);
	pthread_mutex_destroy(&watch->lock);
	free(watch->index_path);
	free(watch->repository);
	free(watch);
}

struct watch *watch_new(struct tree *tree)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int err;

	if (!watch)
		return NULL;
	watch->tree = tree;
	watch->repository = strndup(tree->config.workers.start.repository.bytes,
				    tree->config.workers.start.repository.len);
	watch->clock = clock_offset();
	watch->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	pthread_mutex_init(&watch->lock, NULL);
	pthread_cond_init(&watch->looked, NULL);
	err = seen_init(&watch->seen);
	if (err < 0 || !watch->repository || watch->wake < 0)
		goto out;

	watch_git(watch);
	if (repo_head(watch->repository, &watch->head) == 0 && watch->head.time)
		tree_set_time(tree, watch->head.time);
	watch->index = look_at_index(watch);
	err = thread_start(&watch->thread, 0, run, watch);
	if (err == 0) {
		workers_on_served(tree->workers, on_served, watch);
		return watch;
	}
out:
	release(watch);
	return NULL;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	workers_on_served(watch->tree->workers, NULL, NULL);
	pthread_mutex_lock(&watch->lock);
	watch->stop = true;
	wake(watch);
	pthread_cond_broadcast(&watch->looked);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	release(watch);
}
