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

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "fs/log.h"
#include "fs/repo.h"
#include "fs/view.h"

#define POLL_MS 2000  /* between looks without a cause */
#define ACTIVE_MS 200 /* while evaluations read new files */
#define SERVED_MS 20  /* after the first answer, to learn what it read */
#define COALESCE_MS 5 /* an editor's several steps are one change */
#define BUSY_MS 100   /* patience with a worker that evaluates */
#define SLACK INT64_C(5000000) /* ns: the file system's clock ticks */
#define FILE_LIMIT (64 << 20)
#define WONDERS 3
#define SYNC_TRIES 20
#define SYNC_MS 60000
#define COMMIT_TEMP ".flakefs-" /* what commit.c's files begin with */

#define EVENTS                                                                 \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |            \
	 IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* A path, and what it was when it was looked at last. */
struct seen {
	struct seen *next;   /* of the same hash */
	uint64_t look;	     /* number of the last look at it */
	int64_t since;	     /* it is of that type since then, or longer */
	int64_t names_since; /* the same of the names in it */
	struct timespec ctime;
	ino_t ino;
	off_t size;
	mode_t type;	     /* S_IFMT; 0: missing */
	unsigned wondered;   /* how often its content differed without cause */
	bool watched;	     /* its folder is */
	bool hashed, listed; /* content, names are known */
	XXH128_canonical_t content;
	uint64_t names;
	char path[]; /* absolute */
};

/* What a worker has read: kept until it serves more. */
struct reader {
	struct reader *next;
	struct worker *worker;
	uint64_t epoch, served;
	struct buf body; /* of READS */
	bool all;	 /* what a dead process read is not known: anything */
};

struct watch {
	struct tree *tree;
	char *repository;
	pthread_t thread;
	int inotify, wake; /* wake: an eventfd */
	struct seen **seen;
	size_t mask, len;
	uint64_t look;
	struct reader *readers;
	struct repo_head head;
	char *index_path; /* NULL without repository */
	ino_t index_ino;
	int64_t index_ctime;
	uint64_t index;	     /* hash of the names in it */
	struct worker *busy; /* one that could not be asked by the last look */
	char **folders;	     /* by watch descriptor; NULL: none */
	size_t folders_len;
	bool active; /* something was served since the last look */
	bool served; /* atomic: wake was already written for that */

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t looked;
	uint64_t wanted, done; /* looks */
	struct worker *waited; /* busy, as of the last look */
	bool stop;
};

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

/* --- looking at a path -------------------------------------------------- */

static struct seen **chain(struct watch *watch, const char *path)
{
	return &watch->seen[XXH3_64bits(path, strlen(path)) & watch->mask];
}

static void grow(struct watch *watch)
{
	size_t old = watch->mask + 1, size = 2 * old;
	struct seen **table = calloc(size, sizeof(*table)),
		    **from = watch->seen;

	if (!table)
		return; /* longer chains */
	watch->seen = table;
	watch->mask = size - 1;
	for (size_t i = 0; i < old; i++)
		while (from[i]) {
			struct seen *seen = from[i], **to;

			from[i] = seen->next;
			to = chain(watch, seen->path);
			seen->next = *to;
			*to = seen;
		}
	free(from);
}

static bool hash_content(const char *path, XXH128_canonical_t *out)
{
	XXH3_state_t *state = XXH3_createState();
	char bytes[65536];
	size_t total = 0;
	ssize_t n = -1;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || !state)
		goto out;
	XXH3_128bits_reset(state);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0 && total < FILE_LIMIT) {
		XXH3_128bits_update(state, bytes, (size_t)n);
		total += (size_t)n;
	}
	XXH128_canonicalFromHash(out, XXH3_128bits_digest(state));
out:
	if (fd >= 0)
		close(fd);
	XXH3_freeState(state);
	return n == 0;
}

/* Names and types, in no order. */
static bool hash_names(const char *path, uint64_t *out)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return false;
	*out = 0;
	/* A commit of our own is no change of what is there. */
	while ((entry = readdir(dir)))
		if (strncmp(entry->d_name, COMMIT_TEMP,
			    sizeof(COMMIT_TEMP) - 1) != 0)
			*out += XXH3_64bits_withSeed(entry->d_name,
						     strlen(entry->d_name),
						     entry->d_type);
	closedir(dir);
	return true;
}

/* When the nearest folder above that exists changed last. */
static int64_t parent_change(const char *path)
{
	char *copy = strdup(path), *slash;
	struct stat st;
	int64_t when = 0;

	while (copy && (slash = strrchr(copy, '/')) && slash != copy) {
		*slash = '\0';
		if (stat(copy, &st) == 0) {
			when = to_ns(st.st_mtim);
			break;
		}
	}
	free(copy);
	return when;
}

/* Since when there is something at the path; what is in a folder may change
 * its other times all day. */
static int64_t birth(const char *path, const struct stat *st)
{
	struct statx stx;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &stx) < 0 ||
	    !(stx.stx_mask & STATX_BTIME))
		return to_ns(st->st_ctim);
	return stx.stx_btime.tv_sec * INT64_C(1000000000) +
	       stx.stx_btime.tv_nsec;
}

/* Have events of the folder; false if it isn't there. */
static bool add_folder(struct watch *watch, const char *path, bool git)
{
	int wd = inotify_add_watch(watch->inotify, path, EVENTS);
	char **folders, *copy;
	size_t len;

	if (wd < 0)
		return errno != ENOENT;
	if ((size_t)wd >= watch->folders_len) {
		len = (size_t)wd * 2 + 16;
		folders = reallocarray(watch->folders, len, sizeof(*folders));
		if (!folders)
			return true;
		memset(folders + watch->folders_len, 0,
		       (len - watch->folders_len) * sizeof(*folders));
		watch->folders = folders;
		watch->folders_len = len;
	}
	/* Git's are marked by a first byte that no path has. */
	if (watch->folders[wd] && (!git || watch->folders[wd][0] == 'g'))
		return true;
	if (asprintf(&copy, "%s%s", git ? "g" : "", path) < 0)
		return true;
	free(watch->folders[wd]);
	watch->folders[wd] = copy;
	return true;
}

static struct seen *find_seen(struct watch *watch, const char *path)
{
	struct seen *seen = *chain(watch, path);

	while (seen && strcmp(seen->path, path) != 0)
		seen = seen->next;
	return seen;
}

static struct seen *add_seen(struct watch *watch, const char *path)
{
	size_t len = strlen(path);
	struct seen *seen = calloc(1, sizeof(*seen) + len + 1), **to;

	if (!seen)
		return NULL;
	memcpy(seen->path, path, len);
	if (watch->len++ > watch->mask)
		grow(watch);
	to = chain(watch, path);
	seen->next = *to;
	*to = seen;
	return seen;
}

/*
 * Does the event say something about a path that was read? Folders such as
 * /tmp see many events, and a look is not for nothing.
 */
static bool concerns(struct watch *watch, const struct inotify_event *event)
{
	const char *folder =
		event->wd >= 0 && (size_t)event->wd < watch->folders_len
			? watch->folders[event->wd]
			: NULL;
	struct seen *seen;
	char path[8192];

	if (!folder || !event->len || event->mask & IN_Q_OVERFLOW)
		return true;
	if (folder[0] == 'g') {
		size_t len = strlen(event->name);

		return len < 5 || strcmp(event->name + len - 5, ".lock") != 0;
	}
	if (strncmp(event->name, COMMIT_TEMP, sizeof(COMMIT_TEMP) - 1) == 0)
		return false;
	seen = find_seen(watch, folder);
	if (seen && seen->listed)
		return true;
	snprintf(path, sizeof(path), "%s/%s", folder, event->name);
	return find_seen(watch, path) != NULL;
}

static void watch_folder(struct watch *watch, struct seen *seen)
{
	char *copy, *slash;

	if (seen->watched)
		return;
	seen->watched = true; /* or it can't be: then polling does it */
	copy = strdup(seen->path);
	if (!copy)
		return;
	if (S_ISDIR(seen->type))
		add_folder(watch, copy, false);
	/* The nearest one that exists; those on the way there may appear. */
	while ((slash = strrchr(copy, '/')) && slash != copy) {
		*slash = '\0';
		if (add_folder(watch, copy, false))
			break;
		if (!find_seen(watch, copy))
			add_seen(watch, copy);
	}
	free(copy);
}

static void update(struct seen *seen, bool is_new)
{
	struct stat st;
	bool there = lstat(seen->path, &st) == 0;
	mode_t type = there ? st.st_mode & S_IFMT : 0;

	if (!is_new && type == seen->type &&
	    (!there || (to_ns(st.st_ctim) == to_ns(seen->ctime) &&
			st.st_ino == seen->ino && st.st_size == seen->size)))
		return;
	/* What is known of its inside is so no longer; "since" follows when
	 * the inside is looked at, and turns out to differ. */
	if (is_new || type != seen->type)
		seen->since = !is_new ? now_ns()
			      : there ? birth(seen->path, &st)
				      : parent_change(seen->path);
	seen->type = type;
	seen->watched &= type != 0 && !is_new;
	if (there) {
		seen->ctime = st.st_ctim;
		seen->ino = st.st_ino;
		seen->size = st.st_size;
	}
	seen->hashed = false;
	if (seen->listed) {
		uint64_t names = 0;

		if (!S_ISDIR(type) || !hash_names(seen->path, &names) ||
		    names != seen->names)
			seen->names_since = now_ns();
		seen->names = names;
	}
}

/* The path as it is now; NULL when out of memory. */
static struct seen *look_at(struct watch *watch, const char *path)
{
	struct seen *seen = find_seen(watch, path);
	bool is_new = !seen || !seen->look;

	if (!seen)
		seen = add_seen(watch, path);
	if (!seen)
		return NULL;
	/* First the watch, then the look: nothing falls between. */
	if (is_new)
		watch_folder(watch, seen);
	if (seen->look != watch->look) {
		update(seen, is_new);
		seen->look = watch->look;
		watch_folder(watch, seen);
	}
	return seen;
}

/* --- is a host out of date? --------------------------------------------- */

static bool content_differs(struct seen *seen, const char *content,
			    int64_t started)
{
	if (!seen->hashed)
		seen->hashed = hash_content(seen->path, &seen->content);
	if (seen->hashed &&
	    memcmp(&seen->content, content, sizeof(seen->content)) == 0)
		return false;
	/* What was not touched since then can't differ, unless the clock was
	 * set, or the worker's text is not the file's: do not renew for ever.
	 */
	if (seen->type && to_ns(seen->ctime) <= started - SLACK &&
	    seen->wondered++ >= WONDERS)
		return false;
	return true;
}

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
	seen = path.failed ? NULL : look_at(watch, buf_text(&path));
	buf_release(&path);
	if (!seen)
		return true; /* out of memory: to be sure */

	if (read->kind == WIRE_READ_FILE && read->content.len)
		return content_differs(seen, read->content.bytes, started);
	differs = seen->since > started - SLACK;
	if (read->kind == WIRE_READ_FOLDER && !seen->listed) {
		if (S_ISDIR(seen->type))
			hash_names(seen->path, &seen->names);
		seen->listed = true;
		seen->names_since = to_ns(seen->ctime);
	}
	if (read->kind == WIRE_READ_FOLDER)
		differs |= seen->names_since > started - SLACK;
	/* Of an entry that is only tested, neither content nor names matter;
	 * of a link or a file without hash its status does. */
	if (read->kind == WIRE_READ_FILE)
		differs |= seen->type && to_ns(seen->ctime) > started - SLACK;
	return differs;
}

static bool any_differs(struct watch *watch, const struct reader *reader,
			int64_t started, bool head, bool index)
{
	struct wire_in in;
	bool differs = false;
	size_t count;

	/* A repository without work tree is its HEAD. */
	if (watch->head.bare)
		return head;
	wire_in_init(&in, reader->body.data, reader->body.len);
	count = wire_get_count(&in, 9);
	for (size_t i = 0; i < count && !differs && !in.bad; i++) {
		struct wire_read read;

		wire_get_read(&in, &read);
		if (in.bad)
			break;
		if (read.kind == WIRE_READ_HEAD)
			differs = head;
		else if (read.kind == WIRE_READ_INDEX)
			differs = index;
		else
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
	err = worker_reads(reader->worker, BUSY_MS, &answer);
	if (err == 0 && answer.epoch == state.epoch) {
		buf_reset(&reader->body);
		buf_add(&reader->body, answer.body.bytes, answer.body.len);
		reader->all = reader->body.failed;
		reader->epoch = state.epoch;
		reader->served = state.served;
	} else {
		if (reader->epoch != state.epoch) {
			buf_reset(&reader->body);
			wire_put_u32(&reader->body, 0);
			reader->all = false;
		}
		/* One that evaluates is asked again when it has done: what it
		 * read and has changed since will differ then. */
		if (err == -EBUSY)
			watch->busy = reader->worker;
		else if (err != -ESRCH)
			reader->all = true;
		reader->epoch = state.epoch;
		reader->served = UINT64_MAX;
	}
	answer_release(&answer);
	return err != -ESRCH;
}

struct check {
	struct watch *watch;
	bool head, index, changed;
};

static void check_worker(struct worker *worker, void *arg)
{
	struct check *check = arg;
	struct watch *watch = check->watch;
	struct reader *reader = find_reader(watch, worker);
	struct site *site;
	size_t len;
	const char *name;

	if (!reader || !refresh(watch, reader))
		return;
	/* One that can't tell what it read may have read what has changed. */
	if (!(reader->all && check->changed) &&
	    !any_differs(watch, reader, worker_started(worker), check->head,
			 check->index))
		return;
	name = worker_name(worker, &len);
	log_line(LOG_INFO, "%.*s: files it depends on have changed",
		 buf_clip(len), name);
	site = tree_site(watch->tree, worker_class(worker), name, len, NULL);
	if (site) {
		tree_renew(watch->tree, site);
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
	    to_ns(st.st_ctim) == watch->index_ctime)
		return watch->index;
	watch->index_ino = st.st_ino;
	watch->index_ctime = to_ns(st.st_ctim);
	return repo_index_hash(watch->repository);
}

static void look(struct watch *watch, bool woken)
{
	struct check check = { .watch = watch, .changed = woken };
	struct repo_head head;
	uint64_t index;

	watch->look++;
	watch->active = false;
	watch->busy = NULL;
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
	char bytes[16384] __attribute__((aligned(8)));
	bool changed = false;
	ssize_t n;

	while ((n = read(watch->inotify, bytes, sizeof(bytes))) > 0) {
		const char *at = bytes;

		while (!changed && at < bytes + n) {
			const struct inotify_event *event = (const void *)at;

			changed = concerns(watch, event);
			at += sizeof(*event) + event->len;
		}
	}
	while (read(watch->wake, bytes, 8) == 8)
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

/*
 * Sleep until there is a reason to look. Who waits for a look wants it now; a
 * change on the disk may have a second half; what workers have newly read can
 * wait a little, and then comes seldom.
 */
static bool wait_for_reason(struct watch *watch)
{
	struct pollfd polls[] = { { .fd = watch->inotify, .events = POLLIN },
				  { .fd = watch->wake, .events = POLLIN } };
	bool was_active = watch->active, changed;

	poll(polls, 2, was_active ? ACTIVE_MS : POLL_MS);
	changed = drain(watch);
	if (is_wanted(watch))
		return changed;
	/* From here on only inotify and who waits cut the nap short. */
	if (changed)
		poll(&polls[1], 1, COALESCE_MS);
	else if (__atomic_load_n(&watch->served, __ATOMIC_SEQ_CST))
		poll(polls, 2, was_active ? ACTIVE_MS : SERVED_MS);
	__atomic_store_n(&watch->served, false, __ATOMIC_SEQ_CST);
	return drain(watch) || changed;
}

static void *run(void *arg)
{
	struct watch *watch = arg;
	uint64_t wanted;
	bool stop = false, changed;

	while (!stop) {
		changed = wait_for_reason(watch);
		pthread_mutex_lock(&watch->lock);
		wanted = watch->wanted;
		stop = watch->stop;
		pthread_mutex_unlock(&watch->lock);
		pthread_mutex_lock(&watch->tree->commit_lock);
		if (!stop)
			look(watch, changed);
		pthread_mutex_unlock(&watch->tree->commit_lock);
		pthread_mutex_lock(&watch->lock);
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
		add_folder(watch, buf_text(&gitdir), true);
		add_folder(watch, buf_text(&commondir), true);
		buf_add_text(&gitdir, "index");
		watch->index_path =
			gitdir.failed ? NULL : strdup(buf_text(&gitdir));
		buf_add_text(&commondir, "refs/heads");
		add_folder(watch, buf_text(&commondir), true);
	}
	buf_release(&gitdir);
	buf_release(&commondir);
}

struct watch *watch_new(struct tree *tree)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	sigset_t all, saved;
	int err = -1;

	if (!watch)
		return NULL;
	watch->tree = tree;
	watch->mask = 1023;
	watch->seen = calloc(watch->mask + 1, sizeof(*watch->seen));
	watch->repository = strndup(tree->config.workers.start.repository.bytes,
				    tree->config.workers.start.repository.len);
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	pthread_mutex_init(&watch->lock, NULL);
	pthread_cond_init(&watch->looked, NULL);
	if (!watch->seen || !watch->repository || watch->wake < 0)
		goto out;

	/* Without inotify (its limit of instances is reached) it polls. */
	watch_git(watch);
	if (repo_head(watch->repository, &watch->head) == 0 && watch->head.time)
		tree_set_time(tree, watch->head.time);
	watch->index = look_at_index(watch);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &saved);
	err = pthread_create(&watch->thread, NULL, run, watch);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
out:
	if (err == 0) {
		workers_on_served(tree->workers, on_served, watch);
		return watch;
	}
	if (watch->inotify >= 0)
		close(watch->inotify);
	if (watch->wake >= 0)
		close(watch->wake);
	free(watch->seen);
	free(watch->index_path);
	free(watch->repository);
	free(watch);
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
	for (size_t i = 0; i <= watch->mask; i++)
		while (watch->seen[i]) {
			struct seen *seen = watch->seen[i];

			watch->seen[i] = seen->next;
			free(seen);
		}
	while (watch->readers) {
		struct reader *reader = watch->readers;

		watch->readers = reader->next;
		buf_release(&reader->body);
		free(reader);
	}
	if (watch->inotify >= 0)
		close(watch->inotify);
	close(watch->wake);
	pthread_cond_destroy(&watch->looked);
	pthread_mutex_destroy(&watch->lock);
	for (size_t i = 0; i < watch->folders_len; i++)
		free(watch->folders[i]);
	free(watch->folders);
	free(watch->seen);
	free(watch->index_path);
	free(watch->repository);
	free(watch);
}
