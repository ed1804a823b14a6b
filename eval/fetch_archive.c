/*
 * Archives by libarchive: tar and zip, in any compression it knows
 *
 * Only what a NAR knows is kept: files with or without the execute bit,
 * folders, symbolic links. Nothing is written outside of the folder, whatever
 * names and links the archive has: each step of a name is opened by itself,
 * and no link is followed.
 */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/eval.h"
#include "eval/fetch_private.h"

/* More is taken for an attack. */
#define BYTES_MAX ((uint64_t)64 << 30)
#define ENTRIES_MAX 20000000u

struct unpacker {
	struct eval *ev;
	const char *url;
	struct archive *archive;
	int root; /* the folder */
	uint64_t bytes;
	uint64_t entries;
	int64_t newest;
};

static int fail_archive(struct unpacker *u, const char *what)
{
	const char *why = archive_error_string(u->archive);

	eval_fail(u->ev, ERROR_FETCH, 0, "%s (%s)", what,
		  why ? why : "unknown error");
	eval_frame(u->ev, 0, "while unpacking '%s'", u->url);
	return -1;
}

static int fail_entry(struct unpacker *u, const char *name, int err)
{
	eval_fail(u->ev, ERROR_FETCH, 0, "unpacking '%s' of '%s': %s", name,
		  u->url, strerror(err));
	return -1;
}

/*
 * Open the folder that name's last step is in, making what is missing; the
 * step goes to *last, "" for the root itself. ".." is taken as text, and does
 * not lead above the root. The fd is the caller's.
 */
static int open_parent(struct unpacker *u, const char *name, char *copy,
		       const char **last)
{
	char *steps[512];
	size_t count = 0;
	char *save = NULL;
	int fd, next;

	for (char *p = strtok_r(copy, "/", &save); p;
	     p = strtok_r(NULL, "/", &save)) {
		if (!strcmp(p, "."))
			continue;
		if (!strcmp(p, "..")) {
			count -= count > 0;
			continue;
		}
		if (count == sizeof(steps) / sizeof(*steps)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		steps[count++] = p;
	}
	*last = count ? steps[count - 1] : "";
	fd = fcntl(u->root, F_DUPFD_CLOEXEC, 0);
	for (size_t i = 0; i + 1 < count && fd >= 0; i++) {
		if (mkdirat(fd, steps[i], 0700) < 0 && errno != EEXIST) {
			close(fd);
			return -1;
		}
		next = openat(fd, steps[i],
			      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(fd);
		fd = next;
	}
	return fd;
}

static int write_file(struct unpacker *u, int parent, const char *name,
		      bool executable)
{
	const void *bytes;
	size_t len;
	la_int64_t offset;
	int fd, rc, err = 0;

	unlinkat(parent, name, 0);
	fd = openat(parent, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    executable ? 0755 : 0644);
	if (fd < 0)
		return errno;
	while ((rc = archive_read_data_block(u->archive, &bytes, &len,
					     &offset)) == ARCHIVE_OK) {
		u->bytes += len;
		if (u->bytes > BYTES_MAX || (uint64_t)offset > BYTES_MAX)
			err = EFBIG;
		/* Between blocks there may be holes. */
		while (!err && len) {
			ssize_t n = pwrite(fd, bytes, len, offset);

			if (n < 0 && errno != EINTR)
				err = errno;
			if (n > 0) {
				bytes = (const char *)bytes + n;
				offset += n;
				len -= (size_t)n;
			}
		}
		if (err)
			break;
	}
	if (!err && rc != ARCHIVE_EOF) {
		fail_archive(u, "cannot read file from tarball");
		err = -1;
	}
	if (close(fd) < 0 && !err)
		err = errno;
	return err;
}

/* A hard link: the same file again. */
static int link_file(struct unpacker *u, int parent, const char *name,
		     const char *target)
{
	char *copy = strdup(target);
	const char *last;
	int from, err = 0;

	if (!copy)
		return ENOMEM;
	from = open_parent(u, target, copy, &last);
	if (from < 0) {
		err = errno;
	} else {
		unlinkat(parent, name, 0);
		if (linkat(from, last, parent, name, 0) < 0)
			err = errno;
		close(from);
	}
	free(copy);
	return err;
}

static int unpack_entry(struct unpacker *u, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry), *last, *target;
	char *copy;
	int parent, err = 0;

	if (!name)
		return fail_archive(u, "cannot get archive member name");
	if (++u->entries > ENTRIES_MAX)
		return fail_entry(u, name, EFBIG);
	if (archive_entry_mtime(entry) > u->newest)
		u->newest = archive_entry_mtime(entry);
	copy = strdup(name);
	if (!copy)
		return fail_entry(u, name, ENOMEM);
	parent = open_parent(u, name, copy, &last);
	if (parent < 0) {
		err = errno;
		goto out;
	}
	target = archive_entry_hardlink(entry);
	if (!*last) {
		; /* the root, which is there */
	} else if (target) {
		err = link_file(u, parent, last, target);
	} else if (archive_entry_filetype(entry) == AE_IFDIR) {
		if (mkdirat(parent, last, 0700) < 0 && errno != EEXIST)
			err = errno;
	} else if (archive_entry_filetype(entry) == AE_IFREG) {
		err = write_file(u, parent, last,
				 archive_entry_mode(entry) & S_IXUSR);
	} else if (archive_entry_filetype(entry) == AE_IFLNK) {
		target = archive_entry_symlink(entry);
		unlinkat(parent, last, 0);
		if (symlinkat(target ? target : "", parent, last) < 0)
			err = errno;
	} else {
		eval_fail(u->ev, ERROR_FETCH, 0,
			  "file '%s' in tarball has unsupported file type %u",
			  name, (unsigned)archive_entry_filetype(entry));
		err = -1;
	}
	close(parent);
out:
	free(copy);
	if (err > 0)
		fail_entry(u, name, err);
	return err ? -1 : 0;
}

int fetch_unpack(struct eval *ev, const char *file, const char *url,
		 const char *folder, int64_t *newest)
{
	struct unpacker u = { .ev = ev, .url = url, .root = -1 };
	struct archive_entry *entry;
	int rc = -1, status;

	u.archive = archive_read_new();
	if (!u.archive) {
		eval_fail_memory(ev);
		return -1;
	}
	archive_read_support_filter_all(u.archive);
	archive_read_support_format_tar(u.archive);
	archive_read_support_format_zip(u.archive);
	archive_read_support_format_empty(u.archive);
	if (archive_read_open_filename(u.archive, file, 65536) != ARCHIVE_OK) {
		fail_archive(&u, "Failed to open archive");
		goto out;
	}
	if (mkdir(folder, 0700) < 0 ||
	    (u.root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		eval_fail(ev, ERROR_FETCH, 0, "cannot make '%s': %s", folder,
			  strerror(errno));
		goto out;
	}
	for (;;) {
		status = archive_read_next_header(u.archive, &entry);
		if (status == ARCHIVE_EOF)
			break;
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
			fail_archive(&u, "Failed to read archive");
			goto out;
		}
		if (unpack_entry(&u, entry) < 0)
			goto out;
	}
	*newest = u.newest;
	rc = 0;
out:
	if (u.root >= 0)
		close(u.root);
	archive_read_free(u.archive);
	return rc;
}

int fetch_single_folder(struct eval *ev, const char *folder, char out[PATH_MAX])
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	struct stat st;
	char only[256] = "";
	int count = 0;

	if (!dir) {
		eval_fail(ev, ERROR_FETCH, 0, "reading '%s': %s", folder,
			  strerror(errno));
		return -1;
	}
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		count++;
		snprintf(only, sizeof(only), "%s", e->d_name);
	}
	closedir(dir);
	if (count == 1 &&
	    snprintf(out, PATH_MAX, "%s/%s", folder, only) < PATH_MAX &&
	    lstat(out, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	snprintf(out, PATH_MAX, "%s", folder);
	return 0;
}
