/*
 * index.c - the names in git's index
 *
 * The format is described in git's Documentation/gitformat-index.txt. Numbers
 * are big-endian:
 *
 *     "DIRC", u32 version (2 to 4), u32 number of entries
 *     entries: 24 bytes of times, u32 mode, 32 bytes, u16 flags; from version 3
 *           on u16 more if flags has EXTENDED; the name and a NUL. Up to
 * version 3 there are more NULs until the entry's length divides by 8. In
 *           version 4 a number says how many bytes of the last name to drop
 *           before the name is added.
 *     extensions: 4 letters, u32 length, so many bytes. Who does not know one
 *           that begins in lower case must not use the index.
 *     20 bytes of hash
 */
#include "cache/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE_AT 24
#define FLAGS_AT 60
#define ENTRY_SIZE 62 /* without what follows the flags */
#define EXTENDED 0x4000
#define HASH_SIZE 20
#define MODE_TYPE 0170000
#define MODE_SUBMODULE 0160000
#define SIZE_MAX_INDEX ((off_t)1 << 30)

struct reader {
	const unsigned char *at, *end; /* end: of all but the hash */
	uint32_t version;
};

static uint32_t get_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/* A number of version 4: as offsets in packs. */
static int get_number(struct reader *in, size_t *out)
{
	unsigned char byte;

	if (in->at == in->end)
		return -EBADMSG;
	byte = *in->at++;
	*out = byte & 127;
	while (byte & 128) {
		if (in->at == in->end || *out > SIZE_MAX >> 8)
			return -EBADMSG;
		byte = *in->at++;
		*out = ((*out + 1) << 7) | (byte & 127);
	}
	return 0;
}

/* One entry; last: the name before it, in version 4. */
static int get_entry(struct reader *in, struct buf *last, struct buf *out,
		     size_t *count)
{
	const unsigned char *entry = in->at, *nul;
	size_t drop, size, len;
	uint32_t mode;

	if (in->end - in->at < ENTRY_SIZE)
		return -EBADMSG;
	mode = get_u32(entry + MODE_AT);
	in->at += ENTRY_SIZE;
	if ((entry[FLAGS_AT] << 8 | entry[FLAGS_AT + 1]) & EXTENDED) {
		if (in->version < 3 || in->end - in->at < 2)
			return -EBADMSG;
		in->at += 2;
	}
	if (in->version == 4) {
		if (get_number(in, &drop) < 0 || drop > last->len)
			return -EBADMSG;
		last->len -= drop;
	}
	nul = memchr(in->at, '\0', (size_t)(in->end - in->at));
	if (!nul)
		return -EBADMSG;
	len = (size_t)(nul - in->at);
	if (in->version == 4)
		buf_add(last, in->at, len);
	if ((mode & MODE_TYPE) != MODE_SUBMODULE) {
		if (in->version == 4)
			buf_add(out, last->data, last->len);
		else
			buf_add(out, in->at, len);
		buf_add_char(out, '\0');
		++*count;
	}
	in->at = nul + 1;
	if (in->version < 4) {
		size = ((size_t)(nul - entry) + 8) & ~(size_t)7;
		if ((size_t)(in->end - entry) < size)
			return -EBADMSG;
		in->at = entry + size;
	}
	return last->failed || out->failed ? -ENOMEM : 0;
}

/* Is there an extension without which the entries are not all? */
static int check_extensions(struct reader *in)
{
	while (in->end - in->at >= 8) {
		uint32_t size = get_u32(in->at + 4);

		if (in->at[0] >= 'a')
			return -ENOTSUP;
		if ((size_t)(in->end - in->at) - 8 < size)
			return -EBADMSG;
		in->at += 8 + size;
	}
	return in->at == in->end ? 0 : -EBADMSG;
}

static int get_all(struct reader *in, struct buf *out, size_t *count)
{
	struct buf last = BUF_INIT;
	uint32_t entries;
	int err = 0;

	if (in->end - in->at < 12 || memcmp(in->at, "DIRC", 4) != 0)
		return -EBADMSG;
	in->version = get_u32(in->at + 4);
	entries = get_u32(in->at + 8);
	in->at += 12;
	if (in->version < 2 || in->version > 4)
		return -ENOTSUP;
	for (; entries && err == 0; entries--)
		err = get_entry(in, &last, out, count);
	buf_release(&last);
	return err == 0 ? check_extensions(in) : err;
}

static int read_whole(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err = 0;
	char bytes[1 << 16];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size > SIZE_MAX_INDEX)
		err = -ENOTSUP;
	while (err == 0 && (n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n > 0)
			buf_add(out, bytes, (size_t)n);
		else if (errno != EINTR)
			err = -errno;
	}
	close(fd);
	return out->failed ? -ENOMEM : err;
}

int index_names(const char *path, struct buf *out, size_t *count)
{
	struct buf file = BUF_INIT;
	struct reader in;
	int err = read_whole(path, &file);

	if (err == 0 && file.len < HASH_SIZE)
		err = -EBADMSG;
	if (err == 0) {
		in.at = (const unsigned char *)file.data;
		in.end = in.at + file.len - HASH_SIZE;
		err = get_all(&in, out, count);
	}
	buf_release(&file);
	return err;
}
