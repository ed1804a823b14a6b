/*
 * commit_files.c - the work tree's part of a commit
 */
#include "fs/commit_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT (64u << 20)

int commit_read_file(int folder, const char *name, struct buf *out)
{
	char bytes[16384];
	struct stat st;
	ssize_t n;
	int fd, err = 0;

	buf_reset(out);
	fd = openat(folder, name,
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else if (st.st_size > FILE_LIMIT)
		err = -EFBIG;
	while (err == 0 && (n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno != EINTR)
			err = -errno;
		else if (n > 0)
			buf_add(out, bytes, (size_t)n);
	}
	close(fd);
	return err == 0 && out->failed ? -ENOMEM : err;
}

bool commit_is_text(const struct buf *bytes, struct wire_text text)
{
	return bytes->len == text.len &&
	       (!text.len || memcmp(bytes->data, text.bytes, text.len) == 0);
}

static int write_temp(struct commit *commit, struct edit *edit)
{
	struct wire_text after = edit->change->after;
	struct stat old;
	size_t done = 0;
	int fd = -1, err = 0;

	for (int tries = 0; fd < 0 && tries < 100; tries++) {
		snprintf(edit->temp, sizeof(edit->temp), ".flakefs-%08lx",
			 (unsigned long)random());
		fd = openat(edit->folder, edit->temp,
			    O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		edit->temp[0] = '\0';
		return commit_fail(commit, -errno, "%s: %s", edit->path,
				   strerror(errno));
	}
	while (err == 0 && done < after.len) {
		ssize_t n = write(fd, after.bytes + done, after.len - done);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EINTR)
			err = -errno;
	}
	/* Permissions as they were; the owner too if we may. */
	if (err == 0 && !edit->change->created &&
	    fstatat(edit->folder, edit->leaf, &old, AT_SYMLINK_NOFOLLOW) == 0) {
		if (fchown(fd, old.st_uid, old.st_gid) < 0 && errno != EPERM)
			err = -errno;
		if (err == 0 && fchmod(fd, old.st_mode & 07777) < 0)
			err = -errno;
	}
	if (err == 0 && (fsync(fd) < 0 || fstat(fd, &edit->st) < 0))
		err = -errno;
	close(fd);
	return err < 0 ? commit_fail(commit, err, "%s: %s", edit->path,
				     strerror(-err))
		       : 0;
}

/*
 * Bring the new bytes in, and look at what they replace: an editor may have
 * saved the file after it was compared.
 */
static int exchange(struct commit *commit, struct edit *edit)
{
	struct buf bytes = BUF_INIT;
	unsigned flag =
		edit->change->created ? RENAME_NOREPLACE : RENAME_EXCHANGE;
	int err = 0;

	if (renameat2(edit->folder, edit->temp, edit->folder, edit->leaf,
		      flag) < 0) {
		if (errno == EINVAL) /* a file system that can't: NFS */
			err = renameat(edit->folder, edit->temp, edit->folder,
				       edit->leaf) < 0
				      ? -errno
				      : 0;
		else
			err = errno == EEXIST ? -EAGAIN : -errno;
		if (err < 0)
			return commit_fail(commit, err, "%s: %s", edit->path,
					   strerror(-err));
		edit->temp[0] = '\0';
		edit->exchanged = true;
		return 0;
	}
	edit->exchanged = true;
	if (edit->change->created) {
		edit->temp[0] = '\0';
	} else if (commit_read_file(edit->folder, edit->temp, &bytes) < 0 ||
		   !commit_is_text(&bytes, edit->change->before)) {
		err = commit_fail(commit, -EAGAIN, "%s changed meanwhile",
				  edit->path);
	}
	buf_release(&bytes);
	return err;
}

void commit_restore_file(struct edit *edit)
{
	if (!edit->exchanged)
		return;
	edit->exchanged = false;
	if (edit->temp[0])
		renameat2(edit->folder, edit->temp, edit->folder, edit->leaf,
			  RENAME_EXCHANGE);
	else if (edit->change->created)
		unlinkat(edit->folder, edit->leaf, 0);
}

int commit_write_files(struct commit *commit)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < commit->request->len; i++) {
		struct edit *edit = &commit->edits[i];

		if (edit->folder < 0)
			continue;
		err = write_temp(commit, edit);
		if (err == 0)
			err = exchange(commit, edit);
	}
	return err;
}
