/* Sources that are folders of the machine's file system, "/" among them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/eval.h"
#include "eval/image.h"
#include "eval/source_disk.h"
#include "eval/source_private.h"

static enum source_type type_of_mode(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return SOURCE_REGULAR;
	case S_IFDIR:
		return SOURCE_DIRECTORY;
	case S_IFLNK:
		return SOURCE_SYMLINK;
	default:
		return SOURCE_UNKNOWN;
	}
}

static int64_t to_ns(struct timespec t)
{
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int disk_stat(const char *file, struct source_stat *out)
{
	struct stat st;

	if (lstat(file, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return -errno;
		*out = (struct source_stat){ .type = SOURCE_MISSING };
		return 0;
	}
	out->type = type_of_mode(st.st_mode);
	out->executable = S_ISREG(st.st_mode) && (st.st_mode & S_IXUSR);
	out->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	out->mark = (struct source_mark){
		.device = st.st_dev,
		.inode = st.st_ino,
		.changed = to_ns(st.st_ctim),
		.modified = to_ns(st.st_mtim),
	};
	return 0;
}

/*
 * A file may change between stat and read, and those in /proc have no size:
 * read until the end, whatever its size was.
 */
int disk_read(const char *file, uint64_t size,
	      void *(*room)(void *arg, size_t size), void *arg, size_t *len)
{
	size_t have = 0, cap = size + 1;
	char *bytes, *grown;
	int fd, err = 0;

	/* Not to hang on a FIFO that has just taken the file's place. */
	fd = open(file,
		  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	bytes = room(arg, cap);
	if (!bytes) {
		err = -ENOMEM;
		goto out;
	}
	for (;;) {
		ssize_t n = read(fd, bytes + have, cap - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = -errno;
			goto out;
		}
		have += (size_t)n;
		if (n == 0 || (have == size && size > 0))
			break;
		if (have < cap)
			continue;
		if (cap > SOURCE_FILE_MAX) {
			err = -EFBIG;
			goto out;
		}
		cap = cap < 4096 ? 8192 : cap * 2;
		grown = malloc(have);
		if (!grown) {
			err = -ENOMEM;
			goto out;
		}
		memcpy(grown, bytes, have);
		bytes = room(arg, cap);
		if (bytes)
			memcpy(bytes, grown, have);
		free(grown);
		if (!bytes) {
			err = -ENOMEM;
			goto out;
		}
	}
	*len = have;
out:
	close(fd);
	return err;
}

static enum source_type type_of_entry(DIR *dir, const struct dirent *e)
{
	struct stat st;

	switch (e->d_type) {
	case DT_REG:
		return SOURCE_REGULAR;
	case DT_DIR:
		return SOURCE_DIRECTORY;
	case DT_LNK:
		return SOURCE_SYMLINK;
	case DT_UNKNOWN:
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) <
		    0)
			return SOURCE_UNKNOWN;
		return type_of_mode(st.st_mode);
	default:
		return SOURCE_UNKNOWN;
	}
}

int disk_list(const char *folder,
	      int (*add)(void *arg, const char *name, size_t len,
			 enum source_type type),
	      void *arg)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct dirent *e;
	DIR *dir;
	int err = 0;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while (err == 0 && (errno = 0, e = readdir(dir)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			err = add(arg, e->d_name, strlen(e->d_name),
				  type_of_entry(dir, e));
	if (err == 0 && errno)
		err = -errno;
	closedir(dir);
	return err;
}

int disk_readlink(const char *file, char *buffer, size_t room)
{
	ssize_t n = readlink(file, buffer, room);

	if (n < 0)
		return -errno;
	if ((size_t)n >= room)
		return -ENAMETOOLONG;
	buffer[n] = '\0';
	return 0;
}

/* --- "/" --- */

/* 0 if path may be read, 1 if it is a folder on the way to one, -EACCES. */
static int permitted(struct eval *ev, const char *path)
{
	bool above;

	if (!ev->settings.pure || source_allowed(ev, path, &above))
		return 0;
	return above ? 1 : -EACCES;
}

static int root_stat(struct eval *ev, struct source *source, const char *path,
		     struct source_stat *out)
{
	int err = permitted(ev, path);

	if (err < 0)
		return err;
	if (err > 0) {
		*out = (struct source_stat){ .type = SOURCE_DIRECTORY };
		return 0;
	}
	return disk_stat(path, out);
}

static int root_read(struct eval *ev, struct source *source, const char *path,
		     const struct source_stat *st,
		     void *(*room)(void *arg, size_t size), void *arg,
		     size_t *len)
{
	if (permitted(ev, path) != 0)
		return -EACCES;
	return disk_read(path, st->size, room, arg, len);
}

static int root_list(struct eval *ev, struct source *source, const char *path,
		     int (*add)(void *arg, const char *name, size_t len,
				enum source_type type),
		     void *arg)
{
	if (permitted(ev, path) != 0)
		return -EACCES;
	return disk_list(path, add, arg);
}

static int root_readlink(struct eval *ev, struct source *source,
			 const char *path, char *buffer, size_t room)
{
	if (permitted(ev, path) != 0)
		return -EACCES;
	return disk_readlink(path, buffer, room);
}

const struct source_ops source_root_ops = {
	.stat = root_stat,
	.read = root_read,
	.list = root_list,
	.readlink = root_readlink,
};

/* --- a folder; private: its path --- */

/* -ENAMETOOLONG if there is no room for it. */
int disk_path(char file[PATH_MAX], const char *folder, const char *path)
{
	int n = snprintf(file, PATH_MAX, "%s%s", folder, path[1] ? path : "");

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int folder_stat(struct eval *ev, struct source *source, const char *path,
		       struct source_stat *out)
{
	char file[PATH_MAX];
	int err = disk_path(file, source->private, path);

	return err < 0 ? err : disk_stat(file, out);
}

static int folder_read(struct eval *ev, struct source *source, const char *path,
		       const struct source_stat *st,
		       void *(*room)(void *arg, size_t size), void *arg,
		       size_t *len)
{
	char file[PATH_MAX];
	int err = disk_path(file, source->private, path);

	return err < 0 ? err : disk_read(file, st->size, room, arg, len);
}

static int folder_list(struct eval *ev, struct source *source, const char *path,
		       int (*add)(void *arg, const char *name, size_t len,
				  enum source_type type),
		       void *arg)
{
	char file[PATH_MAX];
	int err = disk_path(file, source->private, path);

	return err < 0 ? err : disk_list(file, add, arg);
}

static int folder_readlink(struct eval *ev, struct source *source,
			   const char *path, char *buffer, size_t room)
{
	char file[PATH_MAX];
	int err = disk_path(file, source->private, path);

	return err < 0 ? err : disk_readlink(file, buffer, room);
}

static const struct source_ops folder_ops = {
	.stat = folder_stat,
	.read = folder_read,
	.list = folder_list,
	.readlink = folder_readlink,
};

struct source *source_folder(struct eval *ev, const char *folder)
{
	char *real = realpath(folder, NULL);
	struct source *source = NULL;
	char *copy;

	/* Or a file, which a tree may be too. */
	if (!real) {
		eval_fail(ev, ERROR_IO, 0, "path '%s' does not exist", folder);
		return NULL;
	}
	copy = arena_strndup(ev->arena, real, strlen(real));
	if (copy)
		source = image_source(ev, copy);
	else
		eval_fail_memory(ev);
	if (copy && !source)
		source = source_new(ev, &folder_ops, copy, copy);
	if (source) {
		source->label = copy;
		source->folder = copy;
		trace_placed(ev, folder, real);
	}
	free(real);
	return source;
}

bool source_is_plain(const struct source *source)
{
	return source->ops == &source_root_ops || source->ops == &folder_ops;
}

struct source *source_machine(struct eval *ev)
{
	struct source_set *set = source_set_of(ev);

	if (set && !set->machine)
		set->machine = source_folder(ev, "/");
	return set ? set->machine : NULL;
}
