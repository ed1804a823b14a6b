/*
 * fake.h - a worker without an evaluator, to test the mount's half
 *
 * Its hosts are the folders of REPOSITORY/hosts, and what is in them is what
 * the mount shows: a file's bytes are its value. A file that begins with '!'
 * does something instead:
 *
 *     !sleep MS     answers "slept" after that time
 *     !crash        kills the worker by a signal
 *     !memory       ends it as its memory limit does
 *     !throw TEXT   fails with the message TEXT
 *     !nodata       fails as an option without value does
 *     !pid          is the worker's process id
 *     !write PATH   is the errno of making that file
 *     !run          is the errno of running a program
 *     !unknown      lists as an entry whose kind only evaluation tells
 *
 * Files that its owner may write are writable, with Booleans only; the value
 * of a file goes into the file. `toggles` is another way to `options`.
 */
#ifndef TESTS_FS_FAKE_H
#define TESTS_FS_FAKE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/wire.h"
#include "fs/name.h"
#include "fs/nursery.h"

struct fake {
	int fd;
	const struct wire_start *start;
	char root[4096]; /* REPOSITORY/hosts/HOST or REPOSITORY/hosts */
	struct buf reads;
	uint32_t reads_len;
};

static inline void fake_note(struct fake *fake, const char *path, int kind)
{
	const char *repository = fake->start->repository.bytes;
	struct wire_read read = { (uint8_t)kind, wire_text(path), { "", 0 } };

	(void)repository;
	read.path.bytes += fake->start->repository.len + 1;
	read.path.len -= fake->start->repository.len + 1;
	wire_put_read(&fake->reads, &read);
	fake->reads_len++;
}

static inline void fake_path(struct fake *fake, const struct wire_path *path,
			     char *out, size_t size)
{
	size_t len = (size_t)snprintf(out, size, "%s", fake->root);

	for (size_t i = 0; i < path->len && len < size; i++) {
		struct wire_text name = path->names[i];
		char file[NAME_SIZE];

		if (i == 0 && name.len == 7 &&
		    !memcmp(name.bytes, "toggles", 7))
			name = wire_text("options");
		name_encode(name.bytes, name.len, file);
		len += (size_t)snprintf(out + len, size - len, "/%s", file);
	}
}

static inline int fake_read_file(struct fake *fake, const char *path,
				 struct buf *out)
{
	const char *relative = path + fake->start->repository.len + 1;
	char bytes[4096];
	ssize_t n;
	int fd;

	for (size_t i = 0; i < fake->start->overlay_len; i++) {
		const struct wire_file *file = &fake->start->overlay[i];

		if (file->path.len == strlen(relative) &&
		    !memcmp(file->path.bytes, relative, file->path.len)) {
			buf_add(out, file->bytes.bytes, file->bytes.len);
			return 0;
		}
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	fake_note(fake, path, WIRE_READ_FILE);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		buf_add(out, bytes, (size_t)n);
	close(fd);
	return n < 0 ? -errno : 0;
}

static inline int fake_fail(struct fake *fake, struct wire_frame *frame,
			    int status, const char *message)
{
	return wire_send_error(fake->fd, frame->number, frame->op,
			       (uint32_t)status, message, strlen(message));
}

static inline int fake_answer(struct fake *fake, struct wire_frame *frame,
			      struct buf *body)
{
	return wire_send(fake->fd, frame->number, frame->op, true, 0,
			 body->data, body->len);
}

static inline int fake_stat(struct fake *fake, struct wire_frame *frame,
			    const char *path)
{
	struct wire_stat answer = { .kind = WIRE_FILE };
	struct buf body = BUF_INIT;
	char target[4096];
	struct stat st;
	ssize_t n;

	if (lstat(path, &st) < 0)
		return fake_fail(fake, frame, errno, "error: no such thing\n");
	if (S_ISDIR(st.st_mode))
		answer.kind = WIRE_DIRECTORY;
	if (S_ISLNK(st.st_mode)) {
		n = readlink(path, target, sizeof(target));
		answer.kind = WIRE_LINK;
		answer.target = (struct wire_text){ target, (size_t)n };
	}
	if (S_ISREG(st.st_mode) && st.st_mode & 0200)
		answer.flags = WIRE_WRITABLE;
	wire_put_stat(&body, &answer);
	fake_answer(fake, frame, &body);
	buf_release(&body);
	return 0;
}

static inline int fake_list(struct fake *fake, struct wire_frame *frame,
			    const char *path)
{
	struct buf body = BUF_INIT, bytes = BUF_INIT, raw = BUF_INIT;
	DIR *dir = opendir(path);
	struct dirent *entry;
	uint32_t count = 0;

	if (!dir)
		return fake_fail(fake, frame, errno, "error: no such thing\n");
	fake_note(fake, path, WIRE_READ_FOLDER);
	wire_put_u32(&body, 0);
	while ((entry = readdir(dir))) {
		struct wire_entry e = { .kind = WIRE_FILE };
		char file[8192];
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		lstat(file, &st);
		if (S_ISDIR(st.st_mode))
			e.kind = WIRE_DIRECTORY;
		else if (S_ISLNK(st.st_mode))
			e.kind = WIRE_LINK;
		else if (st.st_mode & 0200)
			e.flags = WIRE_WRITABLE;
		buf_reset(&bytes);
		if (e.kind == WIRE_FILE &&
		    fake_read_file(fake, file, &bytes) == 0 &&
		    !strncmp(buf_text(&bytes), "!unknown", 8))
			e.kind = WIRE_UNKNOWN;
		name_decode(entry->d_name, strlen(entry->d_name), &raw);
		e.name = (struct wire_text){ buf_text(&raw), raw.len };
		wire_put_entry(&body, &e);
		count++;
	}
	closedir(dir);
	memcpy(body.data, &count, 4);
	fake_answer(fake, frame, &body);
	buf_release(&body);
	buf_release(&bytes);
	buf_release(&raw);
	return 0;
}

static inline int fake_read(struct fake *fake, struct wire_frame *frame,
			    const char *path, int format)
{
	struct buf bytes = BUF_INIT, body = BUF_INIT;
	const char *text;
	int err;

	err = fake_read_file(fake, path, &bytes);
	text = buf_text(&bytes);
	if (err < 0) {
		fake_fail(fake, frame, -err, "error: no such thing\n");
		goto out;
	}
	if (format == WIRE_ERROR) {
		if (strncmp(text, "!throw", 6)) {
			fake_fail(fake, frame, ENOENT, "");
			goto out;
		}
		wire_put_text(&body, wire_text(text + 7));
		fake_answer(fake, frame, &body);
		goto out;
	}
	if (!strncmp(text, "!crash", 6)) {
		signal(SIGSEGV, SIG_DFL); /* not a sanitizer's */
		raise(SIGSEGV);
	}
	if (!strncmp(text, "!memory", 7))
		_exit(WIRE_EXIT_MEMORY);
	if (!strncmp(text, "!throw", 6)) {
		fake_fail(fake, frame, EIO, text + 7);
		goto out;
	}
	if (!strncmp(text, "!nodata", 7)) {
		fake_fail(fake, frame, ENODATA, "error: no value\n");
		goto out;
	}
	if (!strncmp(text, "!sleep", 6)) {
		usleep((unsigned)atoi(text + 7) * 1000);
		buf_reset(&bytes);
		buf_add_text(&bytes, "slept\n");
	} else if (!strncmp(text, "!write ", 7)) {
		char *end = strchrnul(text + 7, '\n');
		int fd;

		*end = '\0';
		fd = open(text + 7, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		err = fd < 0 ? errno : 0;
		if (fd >= 0)
			close(fd);
		buf_reset(&bytes);
		buf_add_format(&bytes, "%s\n", strerror(err));
	} else if (!strncmp(text, "!run", 4)) {
		execl("/bin/true", "true", NULL);
		buf_reset(&bytes);
		buf_add_format(&bytes, "%s\n", strerror(errno));
	} else if (!strncmp(text, "!pid", 4)) {
		buf_reset(&bytes);
		buf_add_format(&bytes, "%d\n", getpid());
	}
	if (format == WIRE_TEXT)
		wire_put_text(&body, (struct wire_text){ buf_text(&bytes),
							 bytes.len });
	else
		wire_put_text(&body, wire_text(name_format(format)));
	fake_answer(fake, frame, &body);
out:
	buf_release(&bytes);
	buf_release(&body);
	return 0;
}

static inline int fake_set(struct fake *fake, struct wire_frame *frame,
			   const char *path, struct wire_text text)
{
	struct buf before = BUF_INIT, after = BUF_INIT, body = BUF_INIT;
	struct wire_change change = { .line = 1 };
	struct wire_edit edit = { .attrpath = wire_text("fake.option"),
				  .changes = &change,
				  .changes_len = 1 };
	struct stat st;

	if (lstat(path, &st) < 0 || !(st.st_mode & 0200)) {
		fake_fail(fake, frame, EACCES,
			  "error: hosts/x:1: is computed\n");
		goto out;
	}
	buf_add(&after, text.bytes, text.len);
	if (strcmp(buf_text(&after), "true") &&
	    strcmp(buf_text(&after), "false") &&
	    strcmp(buf_text(&after), "trap")) {
		fake_fail(fake, frame, EINVAL, "error: not a Boolean\n");
		goto out;
	}
	fake_read_file(fake, path, &before);
	edit.value = (struct wire_text){ text.bytes, text.len };
	edit.old = (struct wire_text){ buf_text(&before),
				       before.len ? before.len - 1 : 0 };
	buf_add_char(&after, '\n');
	change.path = wire_text(path + fake->start->repository.len + 1);
	change.before = (struct wire_text){ buf_text(&before), before.len };
	change.after = (struct wire_text){ buf_text(&after), after.len };
	if (!strcmp(buf_text(&before), buf_text(&after)))
		edit.changes_len = 0;
	wire_put_edit(&body, &edit);
	fake_answer(fake, frame, &body);
out:
	buf_release(&before);
	buf_release(&after);
	buf_release(&body);
	return 0;
}

/* "trap" is a value that only the check finds out to be wrong. */
static inline int fake_check(struct fake *fake, struct wire_frame *frame,
			     const char *path, struct wire_text value)
{
	struct buf bytes = BUF_INIT;

	fake_read_file(fake, path, &bytes);
	if (bytes.len && bytes.data[bytes.len - 1] == '\n')
		bytes.len--;
	if (value.len != bytes.len ||
	    memcmp(value.bytes, bytes.data, value.len) ||
	    !memcmp(value.bytes, "trap", 4))
		fake_fail(fake, frame, EINVAL, "error: it has another value\n");
	else
		wire_send(fake->fd, frame->number, frame->op, true, 0, NULL, 0);
	buf_release(&bytes);
	return 0;
}

static inline int fake_hosts(struct fake *fake, struct wire_frame *frame)
{
	struct buf body = BUF_INIT;
	struct dirent *entry;
	uint32_t count = 0;
	DIR *dir;

	dir = opendir(fake->root);
	if (!dir)
		return fake_fail(fake, frame, EIO, "error: no hosts\n");
	fake_note(fake, fake->root, WIRE_READ_FOLDER);
	wire_put_u32(&body, 0);
	while ((entry = readdir(dir))) {
		struct wire_host host = { .class = WIRE_HOST };

		if (entry->d_name[0] == '.')
			continue;
		host.name = wire_text(entry->d_name);
		host.file = wire_text("hosts");
		host.error = wire_text("");
		wire_put_host(&body, &host);
		count++;
	}
	closedir(dir);
	memcpy(body.data, &count, 4);
	fake_answer(fake, frame, &body);
	buf_release(&body);
	return 0;
}

static inline int fake_serve(struct fake *fake, struct wire_frame *frame)
{
	struct wire_path path = { 0 }, shared;
	struct wire_text text, value = { "", 0 };
	char file[4096];
	struct wire_in in;
	int format = WIRE_TEXT;
	struct buf body = BUF_INIT;

	wire_in_init(&in, frame->body.data, frame->body.len);
	if (frame->op == WIRE_READ)
		format = wire_get_u8(&in);
	if (frame->op != WIRE_HOSTS && frame->op != WIRE_READS)
		wire_get_path(&in, &path);
	if (frame->op == WIRE_SET || frame->op == WIRE_CHECK)
		value = wire_get_text(&in);
	if (frame->op == WIRE_SET) {
		wire_get_u8(&in);
		wire_get_path(&in, &shared);
	}
	if (frame->op == WIRE_CHECK) {
		text = wire_get_text(&in);
		text = wire_get_text(&in);
	}
	(void)text;
	if (!wire_end(&in)) {
		fake_fail(fake, frame, EPROTO, "error: a bad request\n");
		goto out;
	}
	fake_path(fake, &path, file, sizeof(file));
	switch (frame->op) {
	case WIRE_HOSTS:
		fake_hosts(fake, frame);
		break;
	case WIRE_STAT:
		fake_stat(fake, frame, file);
		break;
	case WIRE_LIST:
		fake_list(fake, frame, file);
		break;
	case WIRE_READ:
		fake_read(fake, frame, file, format);
		break;
	case WIRE_SET:
		fake_set(fake, frame, file, value);
		break;
	case WIRE_CHECK:
		fake_check(fake, frame, file, value);
		break;
	case WIRE_READS:
		wire_put_u32(&body, fake->reads_len);
		buf_add(&body, fake->reads.data, fake->reads.len);
		fake_answer(fake, frame, &body);
		break;
	default:
		fake_fail(fake, frame, EPROTO, "error: a bad request\n");
	}
out:
	wire_in_release(&in);
	buf_release(&body);
	return 0;
}

static inline int fake_run(int fd, const struct wire_start *start)
{
	static struct fake fake;
	struct wire_frame frame = { 0 };
	char host[NAME_SIZE] = "";

	fake.fd = fd;
	fake.start = start;
	if (start->class != WIRE_REPOSITORY)
		name_encode(start->name.bytes, start->name.len, host);
	snprintf(fake.root, sizeof(fake.root), "%.*s/hosts%s%s",
		 (int)start->repository.len, start->repository.bytes,
		 *host ? "/" : "", host);
	while (wire_receive(fd, &frame) == 0)
		fake_serve(&fake, &frame);
	buf_release(&frame.body);
	buf_release(&fake.reads);
	return 0;
}

/* For main(): `PROGRAM --nursery FD`. */
static inline int fake_nursery(int argc, char **argv)
{
	static const struct nursery_hooks hooks = { .run = fake_run };

	return argc == 3 ? nursery_run(atoi(argv[2]), &hooks) : 1;
}

#endif
