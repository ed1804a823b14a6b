/*
 * seen.c - what paths are, and since when
 */
#include "fs/seen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define FILE_LIMIT (64 << 20)
#define WONDERS 3
#define COMMIT_TEMP ".flakefs-" /* what commit.c's files begin with */

#define EVENTS                                                                 \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |            \
	 IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return seen_ns(t);
}

static struct seen **chain(struct seen_set *set, const char *path)
{
	return &set->table[XXH3_64bits(path, strlen(path)) & set->mask];
}

static void grow(struct seen_set *set)
{
	size_t old = set->mask + 1, size = 2 * old;
	struct seen **table = calloc(size, sizeof(*table)), **from = set->table;

	if (!table)
		return; /* longer chains */
	set->table = table;
	set->mask = size - 1;
	for (size_t i = 0; i < old; i++)
		while (from[i]) {
			struct seen *seen = from[i], **to;

			from[i] = seen->next;
			to = chain(set, seen->path);
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
			when = seen_ns(st.st_mtim);
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
		return seen_ns(st->st_ctim);
	return stx.stx_btime.tv_sec * INT64_C(1000000000) +
	       stx.stx_btime.tv_nsec;
}

/* Have events of the folder; false if it isn't there. */
static bool add_folder(struct seen_set *set, const char *path, bool git)
{
	int wd = inotify_add_watch(set->inotify, path, EVENTS);
	char **folders, *copy;
	size_t len;

	if (wd < 0)
		return errno != ENOENT;
	if ((size_t)wd >= set->folders_len) {
		len = (size_t)wd * 2 + 16;
		folders = reallocarray(set->folders, len, sizeof(*folders));
		if (!folders)
			return true;
		memset(folders + set->folders_len, 0,
		       (len - set->folders_len) * sizeof(*folders));
		set->folders = folders;
		set->folders_len = len;
	}
	/* Git's are marked by a first byte that no path has. */
	if (set->folders[wd] && (!git || set->folders[wd][0] == 'g'))
		return true;
	if (asprintf(&copy, "%s%s", git ? "g" : "", path) < 0)
		return true;
	free(set->folders[wd]);
	set->folders[wd] = copy;
	return true;
}

static struct seen *find_seen(struct seen_set *set, const char *path)
{
	struct seen *seen = *chain(set, path);

	while (seen && strcmp(seen->path, path) != 0)
		seen = seen->next;
	return seen;
}

static struct seen *add_seen(struct seen_set *set, const char *path)
{
	size_t len = strlen(path);
	struct seen *seen = calloc(1, sizeof(*seen) + len + 1), **to;

	if (!seen)
		return NULL;
	memcpy(seen->path, path, len);
	if (set->len++ > set->mask)
		grow(set);
	to = chain(set, path);
	seen->next = *to;
	*to = seen;
	return seen;
}

/*
 * Does the event say something about a path that was read? Folders such as
 * /tmp see many events, and a look is not for nothing.
 */
static bool concerns(struct seen_set *set, const struct inotify_event *event)
{
	const char *folder =
		event->wd >= 0 && (size_t)event->wd < set->folders_len
			? set->folders[event->wd]
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
	seen = find_seen(set, folder);
	if (seen && seen->listed)
		return true;
	snprintf(path, sizeof(path), "%s/%s", folder, event->name);
	return find_seen(set, path) != NULL;
}

static void watch_folder(struct seen_set *set, struct seen *seen)
{
	char *copy, *slash;

	if (seen->watched)
		return;
	seen->watched = true; /* or it can't be: then polling does it */
	copy = strdup(seen->path);
	if (!copy)
		return;
	if (S_ISDIR(seen->type))
		add_folder(set, copy, false);
	/* The nearest one that exists; those on the way there may appear. */
	while ((slash = strrchr(copy, '/')) && slash != copy) {
		*slash = '\0';
		if (add_folder(set, copy, false))
			break;
		if (!find_seen(set, copy))
			add_seen(set, copy);
	}
	free(copy);
}

static void update(struct seen *seen, bool is_new)
{
	struct stat st;
	bool there = lstat(seen->path, &st) == 0;
	mode_t type = there ? st.st_mode & S_IFMT : 0;

	if (!is_new && type == seen->type &&
	    (!there || (seen_ns(st.st_ctim) == seen_ns(seen->ctime) &&
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

struct seen *seen_look(struct seen_set *set, const char *path)
{
	struct seen *seen = find_seen(set, path);
	bool is_new = !seen || !seen->look;

	if (!seen)
		seen = add_seen(set, path);
	if (!seen)
		return NULL;
	/* First the watch, then the look: nothing falls between. */
	if (is_new)
		watch_folder(set, seen);
	if (seen->look != set->look) {
		update(seen, is_new);
		seen->look = set->look;
		watch_folder(set, seen);
	}
	return seen;
}

bool seen_content_differs(struct seen *seen, const char *content,
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
	if (seen->type && seen_ns(seen->ctime) <= started - SLACK &&
	    seen->wondered++ >= WONDERS)
		return false;
	return true;
}

bool seen_names_differ(struct seen *seen, int64_t started)
{
	if (!seen->listed) {
		if (S_ISDIR(seen->type))
			hash_names(seen->path, &seen->names);
		seen->listed = true;
		seen->names_since = seen_ns(seen->ctime);
	}
	return seen->names_since > started - SLACK;
}

void seen_watch_git(struct seen_set *set, const char *path)
{
	add_folder(set, path, true);
}

void seen_begin_look(struct seen_set *set)
{
	set->look++;
}

bool seen_drain(struct seen_set *set)
{
	char bytes[16384] __attribute__((aligned(8)));
	bool changed = false;
	ssize_t n;

	while ((n = read(set->inotify, bytes, sizeof(bytes))) > 0) {
		const char *at = bytes;

		while (!changed && at < bytes + n) {
			const struct inotify_event *event = (const void *)at;

			changed = concerns(set, event);
			at += sizeof(*event) + event->len;
		}
	}
	return changed;
}

int seen_init(struct seen_set *set)
{
	*set = (struct seen_set){ .mask = 1023 };
	set->table = calloc(set->mask + 1, sizeof(*set->table));
	if (!set->table)
		return -ENOMEM;
	/* Its limit of instances may be reached. */
	set->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return 0;
}

void seen_release(struct seen_set *set)
{
	for (size_t i = 0; set->table && i <= set->mask; i++)
		while (set->table[i]) {
			struct seen *seen = set->table[i];

			set->table[i] = seen->next;
			free(seen);
		}
	for (size_t i = 0; i < set->folders_len; i++)
		free(set->folders[i]);
	free(set->folders);
	free(set->table);
	if (set->inotify >= 0)
		close(set->inotify);
}
