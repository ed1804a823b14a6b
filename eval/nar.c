/* nar.c - the Nix archive of a tree of files, as a stream of bytes */
#include "eval/nar.h"

#include <stdlib.h>
#include <string.h>

#define ROOM (64 * 1024)

struct nar_writer {
	const struct nar_source *source;
	int (*write)(void *arg, const void *bytes, size_t n);
	void *arg;
	struct buf *err;
	struct buf path; /* of the node being written */
	bool began;	 /* nar_file_begin() was called for the open file */
	uint64_t size;	 /* what it said */
	uint64_t left;	 /* and how much of that is still to come */
	bool failed;	 /* write() stopped, or memory ran out */
	size_t used;	 /* of room */
	char room[ROOM];
};

struct entry {
	size_t name; /* where it begins in nar_dir.names */
	struct nar_node node;
	bool known; /* node is set */
};

/* Names lie one after the other, each with a NUL behind it. */
struct nar_dir {
	struct buf names;
	struct buf entries; /* struct entry */
};

static void flush(struct nar_writer *out)
{
	if (out->used > 0 && !out->failed &&
	    out->write(out->arg, out->room, out->used) < 0)
		out->failed = true;
	out->used = 0;
}

static void add(struct nar_writer *out, const void *bytes, size_t n)
{
	if (n > ROOM - out->used)
		flush(out);
	if (n > ROOM) {
		if (!out->failed && out->write(out->arg, bytes, n) < 0)
			out->failed = true;
		return;
	}
	if (n > 0)
		memcpy(out->room + out->used, bytes, n);
	out->used += n;
}

static void add_size(struct nar_writer *out, uint64_t n)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = n >> (8 * i);
	add(out, bytes, sizeof(bytes));
}

static void add_padding(struct nar_writer *out, uint64_t n)
{
	add(out, "\0\0\0\0\0\0\0", -n & 7);
}

static void add_bytes(struct nar_writer *out, const void *bytes, size_t n)
{
	add_size(out, n);
	add(out, bytes, n);
	add_padding(out, n);
}

static void add_text(struct nar_writer *out, const char *text)
{
	add_bytes(out, text, strlen(text));
}

/* Fail with "<before> '<path>' <after>". */
static int fail(struct nar_writer *out, const char *before, const char *after)
{
	const struct nar_source *source = out->source;
	const char *path = buf_text(&out->path);

	if (source->show)
		return buf_fail(out->err, "%s '%s' %s", before,
				source->show(source->ctx, path), after);
	return buf_fail(out->err, "%s '/%s' %s", before, path, after);
}

void nar_file_begin(struct nar_writer *out, uint64_t size)
{
	out->began = true;
	out->size = out->left = size;
	add_size(out, size);
}

int nar_file_add(struct nar_writer *out, const void *bytes, size_t n)
{
	if (!out->began || n > out->left)
		return fail(out, "file", "grew while it was read");
	out->left -= n;
	add(out, bytes, n);
	return out->failed ? -1 : 0;
}

static int write_regular(struct nar_writer *out, bool executable)
{
	const struct nar_source *source = out->source;

	add_text(out, "regular");
	if (executable) {
		add_text(out, "executable");
		add_text(out, "");
	}
	add_text(out, "contents");
	out->began = false;
	if (source->read(source->ctx, buf_text(&out->path), out, out->err) < 0)
		return -1;
	if (!out->began || out->left > 0)
		return fail(out, "file", "shrank while it was read");
	add_padding(out, out->size);
	return 0;
}

static int write_symlink(struct nar_writer *out)
{
	const struct nar_source *source = out->source;
	struct buf target = BUF_INIT;
	int ret;

	ret = source->readlink(source->ctx, buf_text(&out->path), &target,
			       out->err);
	if (ret == 0) {
		add_text(out, "symlink");
		add_text(out, "target");
		add_bytes(out, target.data, target.len);
		if (target.failed)
			out->failed = true;
	}
	buf_release(&target);
	return ret;
}

void nar_dir_add(struct nar_dir *dir, const char *name, size_t len,
		 const struct nar_node *node)
{
	struct entry entry = { .name = dir->names.len, .known = node != NULL };

	if (node)
		entry.node = *node;
	buf_add(&dir->names, name, len);
	buf_add_char(&dir->names, '\0');
	buf_add(&dir->entries, &entry, sizeof(entry));
}

static int by_name(const void *a, const void *b, void *names)
{
	const struct entry *x = a, *y = b;

	return strcmp((char *)names + x->name, (char *)names + y->name);
}

static int write_node(struct nar_writer *out, const struct nar_node *known,
		      int depth);

/* Write one entry, whose path is set; nothing if the filter refuses it. */
static int write_entry(struct nar_writer *out, struct entry *entry,
		       const char *name, int depth)
{
	const struct nar_source *source = out->source;
	const char *path = buf_text(&out->path);
	int keep = 1;

	if (!entry->known) {
		if (source->stat(source->ctx, path, &entry->node, out->err) < 0)
			return -1;
		entry->known = true;
	}
	if (source->filter)
		keep = source->filter(source->ctx, path, &entry->node,
				      out->err);
	if (keep <= 0)
		return keep;

	add_text(out, "entry");
	add_text(out, "(");
	add_text(out, "name");
	add_text(out, name);
	add_text(out, "node");
	if (write_node(out, &entry->node, depth + 1) < 0)
		return -1;
	add_text(out, ")");
	return 0;
}

static int write_directory(struct nar_writer *out, int depth)
{
	const struct nar_source *source = out->source;
	struct nar_dir dir = { 0 };
	struct entry *entries;
	size_t n, path_len = out->path.len;
	int ret;

	ret = source->list(source->ctx, buf_text(&out->path), &dir, out->err);
	if (ret < 0)
		goto out;
	if (dir.names.failed || dir.entries.failed) {
		ret = buf_fail(out->err, "out of memory");
		goto out;
	}

	add_text(out, "directory");
	entries = (struct entry *)dir.entries.data;
	n = dir.entries.len / sizeof(*entries);
	if (n > 1)
		qsort_r(entries, n, sizeof(*entries), by_name, dir.names.data);
	for (size_t i = 0; i < n && ret == 0; i++) {
		const char *name = dir.names.data + entries[i].name;

		if (path_len > 0)
			buf_add_char(&out->path, '/');
		buf_add_text(&out->path, name);
		ret = write_entry(out, &entries[i], name, depth);
		out->path.len = path_len;
		out->path.data[path_len] = '\0';
	}
out:
	buf_release(&dir.names);
	buf_release(&dir.entries);
	return ret;
}

static int write_node(struct nar_writer *out, const struct nar_node *known,
		      int depth)
{
	const struct nar_source *source = out->source;
	struct nar_node node;
	int ret = -1;

	if (out->failed || out->path.failed)
		return buf_fail(out->err, "out of memory");
	if (depth >= NAR_DEPTH_MAX)
		return fail(out, "path",
			    "exceeds maximum NAR directory depth of 64");
	if (known)
		node = *known;
	else if (source->stat(source->ctx, buf_text(&out->path), &node,
			      out->err) < 0)
		return -1;

	add_text(out, "(");
	add_text(out, "type");
	switch (node.kind) {
	case NAR_REGULAR:
		ret = write_regular(out, node.executable);
		break;
	case NAR_DIRECTORY:
		ret = write_directory(out, depth);
		break;
	case NAR_SYMLINK:
		ret = write_symlink(out);
		break;
	case NAR_UNKNOWN:
		ret = fail(out, "file", "has an unsupported type");
		break;
	}
	add_text(out, ")");
	return ret;
}

int nar_write(const struct nar_source *source,
	      int (*write)(void *arg, const void *bytes, size_t n), void *arg,
	      struct buf *err)
{
	struct nar_writer *out;
	int ret;

	/* On the heap: evaluation runs on a stack that may be nearly full. */
	out = malloc(sizeof(*out));
	if (!out)
		return buf_fail(err, "out of memory");
	memset(out, 0, offsetof(struct nar_writer, room));
	out->source = source;
	out->write = write;
	out->arg = arg;
	out->err = err;

	add_text(out, "nix-archive-1");
	ret = write_node(out, NULL, 0);
	if (ret == 0) {
		flush(out);
		if (out->failed)
			ret = -1;
	}
	buf_release(&out->path);
	free(out);
	return ret;
}

struct counter {
	struct hash_ctx hash;
	uint64_t size;
};

static int count(void *arg, const void *bytes, size_t n)
{
	struct counter *counter = arg;

	hash_update(&counter->hash, bytes, n);
	counter->size += n;
	return 0;
}

int nar_hash(const struct nar_source *source, enum hash_type type,
	     struct hash *hash, uint64_t *size, struct buf *err)
{
	struct counter counter = { .size = 0 };

	hash_start(&counter.hash, type);
	if (nar_write(source, count, &counter, err) < 0)
		return -1;
	hash_finish(&counter.hash, hash);
	if (size)
		*size = counter.size;
	return 0;
}

static void hash_text(struct hash_ctx *ctx, const void *bytes, size_t n)
{
	uint8_t size[8];

	for (int i = 0; i < 8; i++)
		size[i] = (uint64_t)n >> (8 * i);
	hash_update(ctx, size, sizeof(size));
	hash_update(ctx, bytes, n);
	hash_update(ctx, "\0\0\0\0\0\0\0", -n & 7);
}

void nar_hash_file(enum hash_type type, const void *bytes, size_t n,
		   bool executable, struct hash *hash)
{
	static const char *const before[] = { "nix-archive-1", "(", "type",
					      "regular" };
	struct hash_ctx ctx;

	hash_start(&ctx, type);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		hash_text(&ctx, before[i], strlen(before[i]));
	if (executable) {
		hash_text(&ctx, "executable", 10);
		hash_text(&ctx, "", 0);
	}
	hash_text(&ctx, "contents", 8);
	hash_text(&ctx, bytes, n);
	hash_text(&ctx, ")", 1);
	hash_finish(&ctx, hash);
}
