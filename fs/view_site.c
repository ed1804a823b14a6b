/*
 * view_site.c - what is below hosts/<host>, as the host's worker tells it
 */
#include "fs/view.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fs/name.h"

/* More is refused: sizes must be exact, so a value is held whole. */
#define VALUE_MAX (64u << 20)

static const enum node_kind kinds[] = {
	[WIRE_UNKNOWN] = NODE_NONE,
	[WIRE_DIRECTORY] = NODE_DIRECTORY,
	[WIRE_FILE] = NODE_FILE,
	[WIRE_LINK] = NODE_LINK,
};

static unsigned node_flags(unsigned flags)
{
	return (flags & WIRE_WRITABLE ? NODE_WRITABLE : 0) |
	       (flags & WIRE_HIDDEN ? NODE_HIDDEN : 0);
}

/* The raw name behind name. Returns -ENOENT if it is nobody's. */
static int raw_name(struct tree *tree, struct node *dir, const char *name,
		    size_t len, struct cancel *cancel, struct buf *raw,
		    bool *is_long)
{
	const struct listing_entry *entry;
	struct listing *listing;
	int err = 0;

	*is_long = false;
	switch (name_decode(name, len, raw)) {
	case NAME_PLAIN:
		return 0;
	case NAME_NONE:
		return raw->failed ? -ENOMEM : -ENOENT;
	case NAME_LONG:
		break;
	}
	*is_long = true;
	err = tree_list(tree, dir, cancel, &listing);
	if (err < 0)
		return err;
	entry = listing_find(listing, name, len);
	buf_reset(raw);
	if (!entry || !entry->raw)
		err = -ENOENT;
	else
		buf_add(raw, entry->raw, entry->raw_len);
	listing_put(listing);
	return raw->failed ? -ENOMEM : err;
}

/* Keep the worker's words; a failure without words is none of a value. */
static void take_message(struct loaded *loaded, const struct answer *answer)
{
	if (answer->body.len)
		loaded->message =
			bytes_new(answer->body.bytes, answer->body.len);
}

static int ask_stat(struct node *dir, const char *raw, size_t len,
		    struct cancel *cancel, struct found *found)
{
	struct buf path = BUF_INIT, body = BUF_INIT;
	struct answer answer = { { "", 0 } };
	struct wire_stat stat;
	struct wire_in in;
	uint32_t count;
	int err;

	err = node_wire_path(dir, &path);
	if (err < 0)
		goto out;
	memcpy(&count, path.data, 4);
	wire_in_init(&in, path.data, 4);
	count = wire_get_u32(&in);
	wire_put_u32(&body, count + 1);
	buf_add(&body, path.data + 4, path.len - 4);
	wire_put_text(&body, (struct wire_text){ raw, len });
	if (count >= WIRE_PATH_MAX || body.failed) {
		err = body.failed ? -ENOMEM : -ENAMETOOLONG;
		goto out;
	}
	err = worker_ask(dir->site->worker, WIRE_STAT, body.data, body.len,
			 cancel, &answer);
	found->epoch = answer.epoch;
	if (err < 0)
		goto out;
	wire_in_init(&in, answer.body.bytes, answer.body.len);
	wire_get_stat(&in, &stat);
	if (!wire_end(&in)) {
		err = -EIO;
		goto out;
	}
	found->init.kind = kinds[stat.kind];
	found->init.flags = (uint8_t)node_flags(stat.flags);
	if (stat.kind == WIRE_LINK) {
		found->target = bytes_new(stat.target.bytes, stat.target.len);
		if (!found->target)
			err = -ENOMEM;
	}
out:
	buf_release(&path);
	buf_release(&body);
	answer_release(&answer);
	return err;
}

/* Does the node fail to give a value, so that it has an .error? */
static int check_fails(struct tree *tree, struct node *node,
		       struct cancel *cancel)
{
	int err;

	if (node->kind != NODE_FILE)
		return 0; /* asked when it is read */
	err = tree_load(tree, node, cancel);
	if (err == -EINTR)
		return err;
	return err < 0 ? 0 : -ENOENT;
}

static int lookup_companion(struct tree *tree, struct node *dir,
			    const char *base, size_t len,
			    enum wire_format format, struct cancel *cancel,
			    struct found *found)
{
	struct node *node = NULL;
	bool is_long;
	int err;

	found->init.kind = NODE_FILE;
	found->init.format = format;
	if (!len)
		return 0;
	err = tree_lookup(tree, dir, base, len, cancel, &node);
	/* Why even its kind can't be told is what .error says. */
	if (format == WIRE_ERROR && err < 0 && err != -ENOENT &&
	    err != -EINTR) {
		err = raw_name(tree, dir, base, len, cancel, &found->raw,
			       &is_long);
		found->init.raw = buf_text(&found->raw);
		found->init.raw_len = found->raw.len;
		goto out;
	}
	if (err < 0)
		goto out;
	if (node->format != WIRE_TEXT) {
		err = -ENOENT; /* no companions of companions */
		goto out;
	}
	if (format == WIRE_ERROR) {
		err = check_fails(tree, node, cancel);
		if (err < 0)
			goto out;
	}
	err = raw_name(tree, dir, base, len, cancel, &found->raw, &is_long);
	found->init.raw = buf_text(&found->raw);
	found->init.raw_len = found->raw.len;
out:
	if (node)
		tree_put(tree, node);
	return err;
}

/* Is it a host's own folder? */
static bool has_history(const struct node *dir)
{
	if (dir->parent && dir->parent->site == dir->site)
		return false;
	switch (worker_class(dir->site->worker)) {
	case WIRE_HOST:
	case WIRE_HOME:
	case WIRE_DARWIN:
		return true;
	default:
		return false;
	}
}

static int site_lookup(struct tree *tree, struct node *dir, const char *name,
		       size_t len, struct cancel *cancel, struct found *found)
{
	const struct listing_entry *entry;
	struct listing *listing;
	enum wire_format format;
	const char *base;
	size_t base_len;
	bool is_long, known = false;
	int err;

	found->init.view = &view_site;
	found->init.site = dir->site;
	if (has_history(dir) && len == 7 && memcmp(name, "history", len) == 0) {
		found->init.kind = NODE_DIRECTORY;
		found->init.view = &view_history;
		found->init.raw = "options"; /* what the worker is asked for */
		found->init.raw_len = 7;
		return 0;
	}
	if (name_companion(name, len, &base, &base_len, &format))
		return lookup_companion(tree, dir, base, base_len, format,
					cancel, found);

	err = raw_name(tree, dir, name, len, cancel, &found->raw, &is_long);
	if (err < 0)
		return err;
	if (is_long) {
		found->init.raw = found->raw.data;
		found->init.raw_len = found->raw.len;
	}
	/* What was listed need not be asked again. */
	listing = tree_listing_known(tree, dir);
	entry = listing ? listing_find(listing, name, len) : NULL;
	if (entry &&
	    (entry->kind == NODE_DIRECTORY || entry->kind == NODE_FILE)) {
		found->init.kind = entry->kind;
		found->init.flags = entry->flags;
		known = true;
	}
	listing_put(listing);
	return known ? 0
		     : ask_stat(dir, buf_text(&found->raw), found->raw.len,
				cancel, found);
}

static int site_list(struct tree *tree, struct node *dir, struct cancel *cancel,
		     struct listing_builder *out, uint64_t *epoch)
{
	struct buf body = BUF_INIT;
	struct answer answer = { { "", 0 } };
	struct wire_in in;
	size_t count;
	int err;

	err = node_wire_path(dir, &body);
	if (err < 0)
		goto out;
	err = worker_ask(dir->site->worker, WIRE_LIST, body.data, body.len,
			 cancel, &answer);
	*epoch = answer.epoch;
	if (err < 0) {
		struct bytes *message =
			bytes_new(answer.body.bytes, answer.body.len);

		if (err != -EINTR)
			tree_error(tree, dir, err, message);
		bytes_put(message);
		goto out;
	}
	wire_in_init(&in, answer.body.bytes, answer.body.len);
	count = wire_get_count(&in, 6);
	for (size_t i = 0; i < count && !in.bad; i++) {
		struct wire_entry entry;

		wire_get_entry(&in, &entry);
		if (in.bad || entry.flags & WIRE_HIDDEN)
			continue;
		listing_add(out, entry.name.bytes, entry.name.len,
			    kinds[entry.kind], node_flags(entry.flags));
	}
	if (!wire_end(&in))
		err = -EIO;
	wire_in_release(&in);
out:
	buf_release(&body);
	answer_release(&answer);
	return err;
}

/*
 * The message that a failed file left behind: the daemon's own, of a worker
 * that died or took too long, is known to no worker.
 */
static struct bytes *message_beside(struct tree *tree, struct node *node)
{
	struct bytes *message = NULL;
	enum wire_format format;
	struct node *other;
	const char *base;
	size_t len;

	if (node->format != WIRE_ERROR ||
	    !name_companion(node->name, node->name_len, &base, &len, &format) ||
	    !len)
		return NULL;
	tree_lock(tree);
	other = node_find(&tree->nodes, node->parent, base, len);
	if (other && other->err && other->message &&
	    (other->load_epoch == site_epoch(node->site) ||
	     node_is_loaded(other)))
		message = bytes_get(other->message);
	tree_unlock(tree);
	return message;
}

static int site_load(struct tree *tree, struct node *node,
		     struct cancel *cancel, struct loaded *loaded)
{
	struct buf body = BUF_INIT;
	struct answer answer = { { "", 0 } };
	struct wire_text text;
	struct wire_in in;
	int err;

	loaded->bytes = message_beside(tree, node);
	if (loaded->bytes)
		return 0;
	wire_put_u8(&body, node->format);
	err = node_wire_path(node, &body);
	if (err < 0)
		goto out;
	err = worker_ask(node->site->worker, WIRE_READ, body.data, body.len,
			 cancel, &answer);
	loaded->epoch = answer.epoch;
	if (err < 0) {
		loaded->passing = answer.passing;
		take_message(loaded, &answer);
		/* Why the worker did not even get to tell why. */
		if (node->format == WIRE_ERROR && answer.passing &&
		    loaded->message) {
			loaded->bytes = loaded->message;
			loaded->message = NULL;
			err = 0;
		}
		goto out;
	}
	wire_in_init(&in, answer.body.bytes, answer.body.len);
	text = wire_get_text(&in);
	if (!wire_end(&in)) {
		err = -EIO;
	} else if (text.len > VALUE_MAX) {
		err = -EFBIG;
	} else {
		loaded->bytes = bytes_new(text.bytes, text.len);
		err = loaded->bytes ? 0 : -ENOMEM;
	}
	wire_in_release(&in);
out:
	buf_release(&body);
	answer_release(&answer);
	return err;
}

const struct view view_site = { site_lookup, site_list, site_load, true };
