/*
 * wire.c - frames, and the bodies in them
 */
#include "eval/wire.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* --- frames ------------------------------------------------------------- */

static void store_header(char *header, uint32_t len, uint32_t number,
			 uint16_t op, bool answer, uint32_t status)
{
	uint32_t words[2] = { htole32(len), htole32(number) };
	uint16_t halves[2] = { htole16(op), htole16(answer) };

	status = htole32(status);
	memcpy(header, words, 8);
	memcpy(header + 8, halves, 4);
	memcpy(header + 12, &status, 4);
}

/* Send all bytes of both parts; the descriptor goes with the first of them. */
static int send_all(int fd, struct iovec *parts, int passed)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n;

	if (passed >= 0) {
		struct cmsghdr *cmsg;

		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &passed, sizeof(int));
	}
	while (parts[0].iov_len || parts[1].iov_len) {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ECONNRESET ? -EPIPE : -errno;
		msg.msg_control = NULL;
		msg.msg_controllen = 0;
		for (int i = 0; i < 2; i++) {
			size_t part = (size_t)n < parts[i].iov_len
					      ? (size_t)n
					      : parts[i].iov_len;

			parts[i].iov_base = (char *)parts[i].iov_base + part;
			parts[i].iov_len -= part;
			n -= (ssize_t)part;
		}
	}
	return 0;
}

int wire_send(int fd, uint32_t number, uint16_t op, bool answer,
	      uint32_t status, const void *body, size_t len)
{
	char header[WIRE_HEADER_SIZE];
	struct iovec parts[2] = { { header, sizeof(header) },
				  { (void *)body, len } };

	if (len > WIRE_BODY_MAX)
		return -EMSGSIZE;
	store_header(header, (uint32_t)len, number, op, answer, status);
	return send_all(fd, parts, -1);
}

int wire_send_fd(int fd, uint32_t number, uint16_t op, const void *body,
		 size_t len, int passed)
{
	char header[WIRE_HEADER_SIZE];
	struct iovec parts[2] = { { header, sizeof(header) },
				  { (void *)body, len } };

	if (len > WIRE_BODY_MAX)
		return -EMSGSIZE;
	store_header(header, (uint32_t)len, number, op, false, 0);
	return send_all(fd, parts, passed);
}

int wire_connect(int gate)
{
	int pair[2], err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	err = wire_send_fd(gate, 0, WIRE_ERRAND, NULL, 0, pair[1]);
	close(pair[1]);
	if (err < 0)
		close(pair[0]);
	return err < 0 ? err : pair[0];
}

int wire_send_error(int fd, uint32_t number, uint16_t op, uint32_t status,
		    const char *message, size_t len)
{
	struct buf body = BUF_INIT;
	int err;

	assert(status);
	wire_put_text(&body, (struct wire_text){ message, len });
	if (body.failed || body.len > WIRE_BODY_MAX) {
		/* The status matters more than its words. */
		buf_reset(&body);
		wire_put_u32(&body, 0);
	}
	err = body.failed ? -ENOMEM
			  : wire_send(fd, number, op, true, status, body.data,
				      body.len);
	buf_release(&body);
	return err;
}

/* Keep the first descriptor that came, close any others. */
static void take_descriptors(struct msghdr *msg, int *passed)
{
	struct cmsghdr *cmsg;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int),
			       sizeof(int));
			if (*passed < 0)
				*passed = fd;
			else
				close(fd);
		}
	}
}

static int receive_all(int fd, char *bytes, size_t len, int *passed)
{
	union {
		char bytes[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part;
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	while (len) {
		part = (struct iovec){ bytes, len };
		msg.msg_control = passed ? control.bytes : NULL;
		msg.msg_controllen = passed ? sizeof(control.bytes) : 0;
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ECONNRESET ? -EPIPE : -errno;
		if (n == 0)
			return -EPIPE;
		if (passed)
			take_descriptors(&msg, passed);
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int wire_receive_fd(int fd, struct wire_frame *frame, int *passed)
{
	char header[WIRE_HEADER_SIZE];
	uint32_t words[2], status;
	uint16_t halves[2];
	size_t len;
	int err;

	if (passed)
		*passed = -1;
	err = receive_all(fd, header, sizeof(header), passed);
	if (err < 0)
		goto out;

	memcpy(words, header, 8);
	memcpy(halves, header + 8, 4);
	memcpy(&status, header + 12, 4);
	len = le32toh(words[0]);
	frame->number = le32toh(words[1]);
	frame->op = le16toh(halves[0]);
	frame->answer = le16toh(halves[1]) == 1;
	frame->status = le32toh(status);
	if (len > WIRE_BODY_MAX || le16toh(halves[1]) > 1 ||
	    frame->op < WIRE_START || frame->op > WIRE_ERRAND) {
		err = -EPROTO;
		goto out;
	}

	buf_reset(&frame->body);
	if (!buf_grow(&frame->body, len)) {
		err = -ENOMEM;
		goto out;
	}
	err = receive_all(fd, frame->body.data, len, passed);
	if (err < 0)
		goto out;
	frame->body.len = len;
	frame->body.data[len] = '\0';
out:
	if (err < 0 && passed && *passed >= 0) {
		close(*passed);
		*passed = -1;
	}
	return err;
}

int wire_receive(int fd, struct wire_frame *frame)
{
	return wire_receive_fd(fd, frame, NULL);
}

/* --- writing bodies ----------------------------------------------------- */

void wire_put_u8(struct buf *out, uint8_t n)
{
	buf_add(out, &n, 1);
}

void wire_put_u32(struct buf *out, uint32_t n)
{
	n = htole32(n);
	buf_add(out, &n, 4);
}

void wire_put_u64(struct buf *out, uint64_t n)
{
	n = htole64(n);
	buf_add(out, &n, 8);
}

void wire_put_text(struct buf *out, struct wire_text text)
{
	if (text.len > WIRE_BODY_MAX) {
		out->failed = true;
		return;
	}
	wire_put_u32(out, (uint32_t)text.len);
	buf_add(out, text.bytes, text.len);
}

void wire_put_path(struct buf *out, const struct wire_path *path)
{
	wire_put_u32(out, (uint32_t)path->len);
	for (size_t i = 0; i < path->len; i++)
		wire_put_text(out, path->names[i]);
}

void wire_put_start(struct buf *out, const struct wire_start *start)
{
	wire_put_u8(out, start->class);
	wire_put_u8(out, start->purity);
	wire_put_u8(out, start->realise);
	wire_put_u64(out, start->eval_memory);
	wire_put_u64(out, start->generation);
	wire_put_text(out, start->name);
	wire_put_text(out, start->repository);
	wire_put_text(out, start->revision);
	wire_put_text(out, start->nixpkgs);
	wire_put_text(out, start->reference_lock);
	wire_put_text(out, start->system);
	wire_put_u32(out, (uint32_t)start->hosts_len);
	for (size_t i = 0; i < start->hosts_len; i++)
		wire_put_text(out, start->hosts[i]);
	wire_put_u32(out, (uint32_t)start->overrides_len);
	for (size_t i = 0; i < start->overrides_len; i++) {
		wire_put_text(out, start->overrides[i].input);
		wire_put_text(out, start->overrides[i].reference);
	}
	wire_put_u32(out, (uint32_t)start->overlay_len);
	for (size_t i = 0; i < start->overlay_len; i++) {
		wire_put_text(out, start->overlay[i].path);
		wire_put_text(out, start->overlay[i].bytes);
	}
}

void wire_put_stat(struct buf *out, const struct wire_stat *stat)
{
	wire_put_u8(out, stat->kind);
	wire_put_u8(out, stat->flags);
	wire_put_text(out, stat->target);
}

void wire_put_edit(struct buf *out, const struct wire_edit *edit)
{
	wire_put_text(out, edit->attrpath);
	wire_put_text(out, edit->old);
	wire_put_text(out, edit->value);
	wire_put_u32(out, (uint32_t)edit->changes_len);
	for (size_t i = 0; i < edit->changes_len; i++) {
		const struct wire_change *change = &edit->changes[i];

		wire_put_text(out, change->path);
		wire_put_text(out, change->before);
		wire_put_text(out, change->after);
		wire_put_u32(out, change->line);
		wire_put_u8(out, change->created);
	}
	wire_put_u8(out, edit->additive);
}

void wire_put_host(struct buf *out, const struct wire_host *host)
{
	wire_put_u8(out, host->class);
	wire_put_text(out, host->name);
	wire_put_text(out, host->file);
	wire_put_text(out, host->error);
}

void wire_put_entry(struct buf *out, const struct wire_entry *entry)
{
	wire_put_u8(out, entry->kind);
	wire_put_u8(out, entry->flags);
	wire_put_text(out, entry->name);
}

void wire_put_read(struct buf *out, const struct wire_read *read)
{
	wire_put_u8(out, read->kind);
	wire_put_text(out, read->path);
	wire_put_text(out, read->content);
}

/* --- reading bodies ----------------------------------------------------- */

struct wire_block {
	struct wire_block *next;
	char bytes[] __attribute__((aligned(16)));
};

void wire_put_ahead(struct buf *out, const struct wire_ahead *ahead)
{
	wire_put_u8(out, ahead->op);
	wire_put_u32(out, ahead->status);
	wire_put_text(out, ahead->request);
	wire_put_text(out, ahead->answer);
}

void wire_in_init(struct wire_in *in, const void *body, size_t len)
{
	in->next = body;
	in->end = in->next + len;
	in->bad = false;
	in->blocks = NULL;
}

void wire_in_release(struct wire_in *in)
{
	while (in->blocks) {
		struct wire_block *block = in->blocks;

		in->blocks = block->next;
		free(block);
	}
}

/* NULL marks the cursor bad. A zero-sized array is NULL and no failure. */
static void *new_array(struct wire_in *in, size_t count, size_t size)
{
	struct wire_block *block;
	size_t bytes;

	if (!count || in->bad)
		return NULL;
	if (__builtin_mul_overflow(count, size, &bytes) ||
	    __builtin_add_overflow(bytes, sizeof(*block), &bytes)) {
		in->bad = true;
		return NULL;
	}
	block = calloc(1, bytes);
	if (!block) {
		in->bad = true;
		return NULL;
	}
	block->next = in->blocks;
	in->blocks = block;
	return block->bytes;
}

static const char *take(struct wire_in *in, size_t len)
{
	const char *bytes = in->next;

	if (in->bad || (size_t)(in->end - in->next) < len) {
		in->bad = true;
		return NULL;
	}
	in->next += len;
	return bytes;
}

uint8_t wire_get_u8(struct wire_in *in)
{
	const char *bytes = take(in, 1);

	return bytes ? (uint8_t)*bytes : 0;
}

uint32_t wire_get_u32(struct wire_in *in)
{
	const char *bytes = take(in, 4);
	uint32_t n = 0;

	if (bytes)
		memcpy(&n, bytes, 4);
	return le32toh(n);
}

uint64_t wire_get_u64(struct wire_in *in)
{
	const char *bytes = take(in, 8);
	uint64_t n = 0;

	if (bytes)
		memcpy(&n, bytes, 8);
	return le64toh(n);
}

struct wire_text wire_get_text(struct wire_in *in)
{
	size_t len = wire_get_u32(in);
	const char *bytes = take(in, len);

	return bytes ? (struct wire_text){ bytes, len }
		     : (struct wire_text){ "", 0 };
}

size_t wire_get_count(struct wire_in *in, size_t min)
{
	size_t count = wire_get_u32(in);

	assert(min);
	/* So that a hostile count never makes a large array. */
	if (count > (size_t)(in->end - in->next) / min) {
		in->bad = true;
		return 0;
	}
	return count;
}

void wire_get_path(struct wire_in *in, struct wire_path *path)
{
	path->len = wire_get_count(in, 4);
	if (path->len > WIRE_PATH_MAX) {
		in->bad = true;
		path->len = 0;
	}
	path->names = new_array(in, path->len, sizeof(*path->names));
	if (in->bad)
		path->len = 0;
	for (size_t i = 0; i < path->len; i++)
		path->names[i] = wire_get_text(in);
}

void wire_get_start(struct wire_in *in, struct wire_start *start)
{
	start->class = wire_get_u8(in);
	start->purity = wire_get_u8(in);
	start->realise = wire_get_u8(in);
	start->eval_memory = wire_get_u64(in);
	start->generation = wire_get_u64(in);
	start->name = wire_get_text(in);
	start->repository = wire_get_text(in);
	start->revision = wire_get_text(in);
	start->nixpkgs = wire_get_text(in);
	start->reference_lock = wire_get_text(in);
	start->system = wire_get_text(in);
	if (start->class >= WIRE_CLASSES || start->purity > WIRE_IMPURE)
		in->bad = true;

	start->hosts_len = wire_get_count(in, 4);
	start->hosts = new_array(in, start->hosts_len, sizeof(*start->hosts));
	if (in->bad)
		start->hosts_len = 0;
	for (size_t i = 0; i < start->hosts_len; i++)
		start->hosts[i] = wire_get_text(in);

	start->overrides_len = wire_get_count(in, 8);
	start->overrides =
		new_array(in, start->overrides_len, sizeof(*start->overrides));
	if (in->bad)
		start->overrides_len = 0;
	for (size_t i = 0; i < start->overrides_len; i++) {
		start->overrides[i].input = wire_get_text(in);
		start->overrides[i].reference = wire_get_text(in);
	}

	start->overlay_len = wire_get_count(in, 8);
	start->overlay =
		new_array(in, start->overlay_len, sizeof(*start->overlay));
	if (in->bad)
		start->overlay_len = 0;
	for (size_t i = 0; i < start->overlay_len; i++) {
		start->overlay[i].path = wire_get_text(in);
		start->overlay[i].bytes = wire_get_text(in);
	}
}

void wire_get_stat(struct wire_in *in, struct wire_stat *stat)
{
	stat->kind = wire_get_u8(in);
	stat->flags = wire_get_u8(in);
	stat->target = wire_get_text(in);
	if (stat->kind < WIRE_DIRECTORY || stat->kind > WIRE_LINK)
		in->bad = true;
}

void wire_get_edit(struct wire_in *in, struct wire_edit *edit)
{
	edit->attrpath = wire_get_text(in);
	edit->old = wire_get_text(in);
	edit->value = wire_get_text(in);
	edit->changes_len = wire_get_count(in, 17);
	edit->changes =
		new_array(in, edit->changes_len, sizeof(*edit->changes));
	if (in->bad)
		edit->changes_len = 0;
	for (size_t i = 0; i < edit->changes_len; i++) {
		struct wire_change *change = &edit->changes[i];

		change->path = wire_get_text(in);
		change->before = wire_get_text(in);
		change->after = wire_get_text(in);
		change->line = wire_get_u32(in);
		change->created = wire_get_u8(in) != 0;
	}
	edit->additive = wire_get_u8(in) != 0;
}

void wire_get_host(struct wire_in *in, struct wire_host *host)
{
	host->class = wire_get_u8(in);
	host->name = wire_get_text(in);
	host->file = wire_get_text(in);
	host->error = wire_get_text(in);
	if (host->class == WIRE_REPOSITORY || host->class >= WIRE_CLASSES)
		in->bad = true;
}

void wire_get_entry(struct wire_in *in, struct wire_entry *entry)
{
	entry->kind = wire_get_u8(in);
	entry->flags = wire_get_u8(in);
	entry->name = wire_get_text(in);
	if (entry->kind > WIRE_LINK)
		in->bad = true;
}

void wire_get_read(struct wire_in *in, struct wire_read *read)
{
	read->kind = wire_get_u8(in);
	read->path = wire_get_text(in);
	read->content = wire_get_text(in);
	if (read->kind > WIRE_READ_IMPORT ||
	    (read->content.len && read->content.len != WIRE_CONTENT_SIZE))
		in->bad = true;
}

bool wire_end(const struct wire_in *in)
{
	return !in->bad && in->next == in->end;
}

void wire_get_ahead(struct wire_in *in, struct wire_ahead *ahead)
{
	ahead->op = wire_get_u8(in);
	ahead->status = wire_get_u32(in);
	ahead->request = wire_get_text(in);
	ahead->answer = wire_get_text(in);
}
