#include "cache/look.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

/* The coarsest tick of a file system that has nanoseconds (HZ=100), and some;
 * and of those that count in seconds, the worst of which has two. */
#define TICK INT64_C(50000000)
#define COARSE_TICK INT64_C(2100000000)

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

static uint8_t type_of_mode(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return mode & S_IXUSR ? WIRE_TYPE_REGULAR | WIRE_TYPE_EXECUTABLE
				      : WIRE_TYPE_REGULAR;
	case S_IFDIR:
		return WIRE_TYPE_DIRECTORY;
	case S_IFLNK:
		return WIRE_TYPE_LINK;
	default:
		return WIRE_TYPE_OTHER;
	}
}

/* now: before the file was looked at. */
static void take_status(const struct stat *st, int64_t now,
			struct look_status *out)
{
	int64_t tick = st->st_ctim.tv_nsec ? TICK : COARSE_TICK;

	*out = (struct look_status){
		.size = (uint64_t)st->st_size,
		.ino = st->st_ino,
		.dev = st->st_dev,
		.mtime = to_ns(st->st_mtim),
		.ctime = to_ns(st->st_ctim),
	};
	/* In the future, too: the clock was set back. */
	if (out->ctime > now - tick)
		out->ctime = 0;
}

uint8_t look_type(const char *path, struct look_status *status)
{
	struct stat st;

	*status = (struct look_status){ 0 };
	if (lstat(path, &st) < 0)
		return WIRE_TYPE_MISSING;
	*status = (struct look_status){
		.size = (uint64_t)st.st_size,
		.ino = st.st_ino,
		.dev = st.st_dev,
		.mtime = to_ns(st.st_mtim),
		.ctime = to_ns(st.st_ctim),
	};
	return type_of_mode(st.st_mode);
}

bool look_same(const struct look_status *a, const struct look_status *b)
{
	return a->ctime && a->ctime == b->ctime && a->mtime == b->mtime &&
	       a->size == b->size && a->ino == b->ino && a->dev == b->dev;
}

/* --- files -------------------------------------------------------------- */

/*
 * Hosts read the same files: what was hashed is remembered by status. Two
 * numbers of the status decide the place, all of it whether it is the one.
 */
#define MEMO_SIZE 16384

static struct memo {
	struct look_status status;
	struct look_content content;
} * memos;
static pthread_mutex_t memo_lock = PTHREAD_MUTEX_INITIALIZER;

static struct memo *memo_of(const struct look_status *status)
{
	if (!memos)
		memos = calloc(MEMO_SIZE, sizeof(*memos));
	return memos ? &memos[XXH3_64bits(status, sizeof(*status)) % MEMO_SIZE]
		     : NULL;
}

static bool recall(const struct look_status *status, struct look_content *out)
{
	struct memo *memo;
	bool found;

	if (!status->ctime)
		return false;
	pthread_mutex_lock(&memo_lock);
	memo = memo_of(status);
	found = memo && look_same(&memo->status, status);
	if (found)
		*out = memo->content;
	pthread_mutex_unlock(&memo_lock);
	return found;
}

static void remember(const struct look_status *status,
		     const struct look_content *content)
{
	struct memo *memo;

	if (!status->ctime)
		return;
	pthread_mutex_lock(&memo_lock);
	memo = memo_of(status);
	if (memo)
		*memo = (struct memo){ *status, *content };
	pthread_mutex_unlock(&memo_lock);
}

static void take_hash(XXH128_hash_t hash, struct look_content *out)
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, hash);
	memcpy(out->bytes, canonical.digest, sizeof(out->bytes));
}

static int hash_file(int fd, XXH3_state_t *state)
{
	char bytes[65536];
	ssize_t n;

	do {
		n = read(fd, bytes, sizeof(bytes));
		if (n > 0)
			XXH3_128bits_update(state, bytes, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -errno : 0;
}

int look_file(const char *path, struct look_content *content,
	      struct look_status *status)
{
	XXH3_state_t *state = NULL;
	struct look_status after;
	struct stat st;
	int64_t now = now_ns();
	int err = 0, fd;

	*status = (struct look_status){ 0 };
	fd = open(path,
		  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		err = -EINVAL;
		goto out;
	}
	take_status(&st, now, status);
	if (recall(status, content))
		goto out;
	state = XXH3_createState();
	if (!state) {
		err = -ENOMEM;
		goto out;
	}
	XXH3_128bits_reset(state);
	err = hash_file(fd, state);
	if (err < 0)
		goto out;
	take_hash(XXH3_128bits_digest(state), content);
	if (fstat(fd, &st) < 0) {
		err = -errno;
		goto out;
	}
	take_status(&st, now, &after);
	if (!look_same(status, &after))
		status->ctime = 0;
	remember(status, content);
out:
	XXH3_freeState(state);
	close(fd);
	return err;
}

int look_target(const char *path, struct look_content *content)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n < 0)
		return -errno;
	if (n == sizeof(target))
		return -ENAMETOOLONG;
	take_hash(XXH3_128bits(target, (size_t)n), content);
	return 0;
}

/* --- folders ------------------------------------------------------------ */

struct entry {
	char *name;
	uint8_t type;
};

struct entries {
	struct entry *list;
	size_t len, room;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int add_entry(struct entries *entries, const char *name, uint8_t type)
{
	struct entry *list;

	if (entries->len == entries->room) {
		size_t room = entries->room ? 2 * entries->room : 64;

		list = reallocarray(entries->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		entries->list = list;
		entries->room = room;
	}
	entries->list[entries->len].name = strdup(name);
	if (!entries->list[entries->len].name)
		return -ENOMEM;
	entries->list[entries->len++].type = type;
	return 0;
}

static uint8_t type_of_entry(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	switch (entry->d_type) {
	case DT_REG:
		return WIRE_TYPE_REGULAR;
	case DT_DIR:
		return WIRE_TYPE_DIRECTORY;
	case DT_LNK:
		return WIRE_TYPE_LINK;
	case DT_UNKNOWN:
		if (fstatat(dirfd(dir), entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) == 0)
			return type_of_mode(st.st_mode);
		return WIRE_TYPE_OTHER;
	default:
		return WIRE_TYPE_OTHER;
	}
}

static int hash_entries(struct entries *entries, struct look_content *out)
{
	XXH3_state_t *state = XXH3_createState();

	if (!state)
		return -ENOMEM;
	if (entries->len)
		qsort(entries->list, entries->len, sizeof(*entries->list),
		      compare_entries);
	XXH3_128bits_reset(state);
	for (size_t i = 0; i < entries->len; i++) {
		uint8_t type =
			entries->list[i].type & (uint8_t)~WIRE_TYPE_EXECUTABLE;

		XXH3_128bits_update(state, entries->list[i].name,
				    strlen(entries->list[i].name) + 1);
		XXH3_128bits_update(state, &type, 1);
	}
	take_hash(XXH3_128bits_digest(state), out);
	XXH3_freeState(state);
	return 0;
}

static int read_entries(DIR *dir, uint8_t (*type)(void *arg, const char *name),
			void *arg, struct entries *out)
{
	struct dirent *entry;
	int err = 0;

	while (err == 0 && (errno = 0, entry = readdir(dir))) {
		uint8_t what;

		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		what = type ? type(arg, entry->d_name)
			    : type_of_entry(dir, entry);
		if (!type || what != WIRE_TYPE_MISSING)
			err = add_entry(out, entry->d_name, what);
	}
	return err == 0 ? -errno : err;
}

int look_entries(const char *path, uint8_t (*type)(void *arg, const char *name),
		 void *arg, struct look_content *content,
		 struct look_status *status)
{
	struct entries entries = { NULL, 0, 0 };
	struct look_status after;
	int64_t now = now_ns();
	struct stat st;
	DIR *dir = NULL;
	int err = 0, fd;

	*status = (struct look_status){ 0 };
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0)
		take_status(&st, now, status);
	dir = fdopendir(fd);
	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	err = read_entries(dir, type, arg, &entries);
	if (err == 0)
		err = hash_entries(&entries, content);
	if (fstat(fd, &st) == 0)
		take_status(&st, now, &after);
	else
		after.ctime = 0;
	if (!look_same(status, &after))
		status->ctime = 0;
	closedir(dir);
	for (size_t i = 0; i < entries.len; i++)
		free(entries.list[i].name);
	free(entries.list);
	return err;
}
