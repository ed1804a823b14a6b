/*
 * impact.c - what a batch changes besides what was written
 *
 * For each host, of the commit that the batch began at and with its changes,
 * these options are compared: those that were written, those that the
 * repository itself defines (set/), those of the host that somebody has read in
 * the mount, and what the host is built from.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fs/batch.h"
#include "fs/history.h"
#include "fs/name.h"

#define PATHS_MAX 100000 /* options of a host */
#define DEPTH_MAX 64
#define LIST_MAX 400 /* bytes of two lists that are shown whole */

struct impact {
	struct batch *batch;
	struct cancel *cancel;
	struct worker *before, *after; /* of the host at hand */
	enum wire_class class;
	struct wire_text host;
	struct buf *paths; /* wire paths that begin with "options" */
	size_t len, room;
	struct buf *out;
};

/* --- paths -------------------------------------------------------------- */

/* The wire path of names, the first in place of its own. */
static void put_path(struct buf *out, const struct wire_path *path,
		     const char *first)
{
	wire_put_u32(out, (uint32_t)path->len);
	wire_put_text(out, wire_text(first));
	for (size_t i = 1; i < path->len; i++)
		wire_put_text(out, path->names[i]);
}

static int add_path(struct impact *impact, const struct wire_path *path)
{
	struct buf *more, body = BUF_INIT;

	if (path->len < 2 || impact->len == PATHS_MAX)
		return 0;
	if (impact->len == impact->room) {
		size_t room = impact->room ? impact->room * 2 : 256;

		more = reallocarray(impact->paths, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		impact->paths = more;
		impact->room = room;
	}
	put_path(&body, path, "options");
	if (body.failed) {
		buf_release(&body);
		return -ENOMEM;
	}
	impact->paths[impact->len++] = body;
	return 0;
}

static int add_encoded(struct impact *impact, const struct buf *body)
{
	struct wire_path path;
	struct wire_in in;
	int err = 0;

	wire_in_init(&in, body->data, body->len);
	wire_get_path(&in, &path);
	if (wire_end(&in))
		err = add_path(impact, &path);
	wire_in_release(&in);
	return err;
}

static int compare_paths(const void *a, const void *b)
{
	const struct buf *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->data, y->data, len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

static int add_written(struct impact *impact)
{
	struct batch *batch = impact->batch;
	int err = 0;

	pthread_mutex_lock(&batch->lock);
	for (size_t i = 0; i < batch->changes_len && err == 0; i++)
		if (batch->changes[i].worker == impact->after)
			err = add_encoded(impact, &batch->changes[i].path);
	pthread_mutex_unlock(&batch->lock);
	return err;
}

/* Options of the host that were read where the mount shows it, unchanged. */
static int add_read(struct impact *impact)
{
	struct tree *tree = impact->batch->tree;
	struct site *site = tree_site(tree, impact->class, impact->host.bytes,
				      impact->host.len, NULL);
	struct buf body = BUF_INIT;
	struct wire_path path;
	struct wire_in in;
	int err = site ? 0 : -ENOMEM;

	tree_lock(tree);
	for (size_t i = 0; err == 0 && i <= tree->nodes.mask; i++) {
		struct node *node = tree->nodes.by_ino[i];

		for (; node && err == 0; node = node->next_by_ino) {
			if (node->site != site || node->kind != NODE_FILE ||
			    node->format != WIRE_TEXT ||
			    node->view != &view_site || !node->load_epoch)
				continue;
			buf_reset(&body);
			err = node_wire_path(node, &body);
			wire_in_init(&in, body.data, body.len);
			wire_get_path(&in, &path);
			if (err == 0 && wire_end(&in) && path.len > 1 &&
			    path.names[0].len == 7 &&
			    (memcmp(path.names[0].bytes, "options", 7) == 0 ||
			     memcmp(path.names[0].bytes, "toggles", 7) == 0))
				err = add_path(impact, &path);
			wire_in_release(&in);
		}
	}
	tree_unlock(tree);
	buf_release(&body);
	return err;
}

static int add_built(struct impact *impact)
{
	struct wire_text host[] = { wire_text("options"), wire_text("system"),
				    wire_text("build"), wire_text("toplevel"),
				    wire_text("drvPath") };
	struct wire_text home[] = { wire_text("options"), wire_text("home"),
				    wire_text("activationPackage"),
				    wire_text("drvPath") };
	struct wire_path path = { host, 5 };

	if (impact->class == WIRE_HOME)
		path = (struct wire_path){ home, 4 };
	return add_path(impact, &path);
}

/* --- set/ --------------------------------------------------------------- */

static bool starts_with(const struct wire_text *text, const char *start)
{
	return text->len >= strlen(start) &&
	       memcmp(text->bytes, start, strlen(start)) == 0;
}

static int ask(struct impact *impact, struct worker *worker, enum wire_op op,
	       const struct wire_path *path, struct answer *answer)
{
	struct buf body = BUF_INIT;
	int err;

	wire_put_path(&body, path);
	err = body.failed ? -ENOMEM
			  : worker_ask(worker, op, body.data, body.len,
				       impact->cancel, answer);
	buf_release(&body);
	return err;
}

/* What fails has no options: it is seen in those that are compared. */
static int pass(int err)
{
	return err == -EINTR || err == -ENOMEM ? err : 0;
}

static int walk_set(struct impact *impact, struct worker *worker,
		    struct wire_path *path);

/* A folder that is one value: what its members are matters to nobody. */
static bool is_value(struct impact *impact, struct worker *worker,
		     const struct wire_path *path)
{
	struct answer answer = { { "", 0 } };
	struct buf body = BUF_INIT;
	struct wire_text type = { "", 0 };
	struct wire_in in;
	bool is = false;

	wire_put_u8(&body, WIRE_TYPE);
	wire_put_path(&body, path);
	if (!body.failed && worker_ask(worker, WIRE_READ, body.data, body.len,
				       impact->cancel, &answer) == 0) {
		wire_in_init(&in, answer.body.bytes, answer.body.len);
		type = wire_get_text(&in);
		is = wire_end(&in) && (starts_with(&type, "list\n") ||
				       starts_with(&type, "derivation\n"));
		wire_in_release(&in);
	}
	answer_release(&answer);
	buf_release(&body);
	return is;
}

static int walk_entry(struct impact *impact, struct worker *worker,
		      struct wire_path *path, unsigned kind)
{
	struct answer answer = { { "", 0 } };
	struct wire_stat stat;
	struct wire_in in;
	int err = 0;

	if (kind == WIRE_UNKNOWN) {
		err = ask(impact, worker, WIRE_STAT, path, &answer);
		if (err == 0) {
			wire_in_init(&in, answer.body.bytes, answer.body.len);
			wire_get_stat(&in, &stat);
			kind = wire_end(&in) ? stat.kind : WIRE_UNKNOWN;
			wire_in_release(&in);
		}
		answer_release(&answer);
	}
	if (err == 0 && kind == WIRE_DIRECTORY &&
	    !is_value(impact, worker, path))
		err = walk_set(impact, worker, path);
	else if (err == 0 && kind != WIRE_LINK)
		err = add_path(impact, path);
	return pass(err);
}

/* path has room for DEPTH_MAX names. */
static int walk_set(struct impact *impact, struct worker *worker,
		    struct wire_path *path)
{
	struct answer answer = { { "", 0 } };
	struct wire_entry entry;
	struct wire_in in;
	size_t count;
	int err;

	if (path->len == DEPTH_MAX)
		return 0;
	err = ask(impact, worker, WIRE_LIST, path, &answer);
	if (err < 0)
		goto out;
	wire_in_init(&in, answer.body.bytes, answer.body.len);
	count = wire_get_count(&in, 6);
	for (size_t i = 0; i < count && err == 0 && !in.bad; i++) {
		wire_get_entry(&in, &entry);
		if (in.bad || entry.flags & WIRE_HIDDEN)
			continue;
		path->names[path->len++] = entry.name;
		err = walk_entry(impact, worker, path, entry.kind);
		path->len--;
	}
	wire_in_release(&in);
out:
	answer_release(&answer);
	return pass(err);
}

static int add_set(struct impact *impact, struct worker *worker)
{
	struct wire_text names[DEPTH_MAX] = { wire_text("set") };
	struct wire_path path = { names, 1 };

	return walk_set(impact, worker, &path);
}

/* --- comparing ---------------------------------------------------------- */

/* A reference to the value as in history/; NULL with *err. */
static struct bytes *read_value(struct impact *impact, struct worker *worker,
				const struct buf *path, enum wire_format format,
				int *err)
{
	struct answer answer = { { "", 0 } };
	struct bytes *value = NULL;
	struct buf body = BUF_INIT;

	wire_put_u8(&body, (uint8_t)format);
	buf_add(&body, path->data, path->len);
	*err = body.failed ? -ENOMEM
			   : worker_ask(worker, WIRE_READ, body.data, body.len,
					impact->cancel, &answer);
	if (*err != -EINTR) {
		value = history_value(*err, &answer);
		*err = value ? 0 : -ENOMEM;
	}
	answer_release(&answer);
	buf_release(&body);
	return value;
}

/* "a.b", from whichever of both has the option. */
static int put_attrpath(struct impact *impact, const struct buf *path)
{
	struct bytes *name;
	int err;

	name = read_value(impact, impact->after, path, WIRE_ATTRPATH, &err);
	if (name && (strcmp(name->data, "-") == 0 ||
		     strcmp(name->data, "error") == 0)) {
		bytes_put(name);
		name = read_value(impact, impact->before, path, WIRE_ATTRPATH,
				  &err);
	}
	if (name)
		buf_add(impact->out, name->data, name->len);
	bytes_put(name);
	return err;
}

/* Take out of both lists what they have in common. */
static void drop_common(json_t *a, json_t *b)
{
	size_t i = 0, j;

	while (i < json_array_size(a)) {
		for (j = 0; j < json_array_size(b); j++)
			if (json_equal(json_array_get(a, i),
				       json_array_get(b, j)))
				break;
		if (j < json_array_size(b)) {
			json_array_remove(a, i);
			json_array_remove(b, j);
		} else {
			i++;
		}
	}
}

/* The values, of long lists only what differs. */
static void put_values(struct impact *impact, const struct bytes *before,
		       const struct bytes *after)
{
	json_t *a = NULL, *b = NULL;
	char *old = NULL, *new = NULL;

	if (before->len + after->len > LIST_MAX && *before->data == '[' &&
	    *after->data == '[') {
		a = json_loadb(before->data, before->len, 0, NULL);
		b = json_loadb(after->data, after->len, 0, NULL);
	}
	if (json_is_array(a) && json_is_array(b)) {
		drop_common(a, b);
		/* The same in another order is not. */
		if (json_array_size(a) || json_array_size(b)) {
			old = json_dumps(a, JSON_COMPACT);
			new = json_dumps(b, JSON_COMPACT);
		}
	}
	if (old && new) {
		buf_add_format(impact->out, " ...%s -> ...%s\n", old, new);
	} else {
		buf_add_char(impact->out, ' ');
		buf_add(impact->out, before->data, before->len);
		buf_add_text(impact->out, " -> ");
		buf_add(impact->out, after->data, after->len);
		buf_add_char(impact->out, '\n');
	}
	free(old);
	free(new);
	json_decref(a);
	json_decref(b);
}

static int compare(struct impact *impact, const struct buf *path)
{
	struct bytes *before, *after = NULL;
	char host[NAME_SIZE];
	int err;

	before = read_value(impact, impact->before, path, WIRE_JSON, &err);
	if (before)
		after = read_value(impact, impact->after, path, WIRE_JSON,
				   &err);
	if (!after || (before->len == after->len &&
		       memcmp(before->data, after->data, after->len) == 0))
		goto out;
	name_encode(impact->host.bytes, impact->host.len, host);
	buf_add_format(impact->out, "%s%s ",
		       impact->class == WIRE_HOME     ? "homes/"
		       : impact->class == WIRE_DARWIN ? "darwin/"
						      : "",
		       host);
	err = put_attrpath(impact, path);
	put_values(impact, before, after);
out:
	bytes_put(before);
	bytes_put(after);
	return err;
}

static int compare_host(struct impact *impact, const struct wire_host *host)
{
	struct batch *batch = impact->batch;
	int err = -ENOMEM;

	impact->class = host->class;
	impact->host = host->name;
	impact->before =
		workers_get(batch->tree->workers, host->class, host->name.bytes,
			    host->name.len, batch->head);
	impact->after = batch_worker(batch, host->class, host->name.bytes,
				     host->name.len);
	if (impact->before && impact->after)
		err = add_written(impact);
	if (err == 0)
		err = add_set(impact, impact->before);
	if (err == 0)
		err = add_set(impact, impact->after);
	if (err == 0)
		err = add_read(impact);
	if (err == 0)
		err = add_built(impact);
	if (err == 0 && impact->len)
		qsort(impact->paths, impact->len, sizeof(*impact->paths),
		      compare_paths);
	for (size_t i = 0; i < impact->len && err == 0; i++)
		if (!i || compare_paths(&impact->paths[i - 1],
					&impact->paths[i]) != 0)
			err = compare(impact, &impact->paths[i]);
	while (impact->len)
		buf_release(&impact->paths[--impact->len]);
	return err;
}

static int compare_all(struct impact *impact)
{
	struct answer answer;
	struct wire_host host;
	struct wire_in in;
	size_t count;
	int err = worker_ask(impact->batch->site->worker, WIRE_HOSTS, NULL, 0,
			     impact->cancel, &answer);

	if (err < 0)
		goto out;
	wire_in_init(&in, answer.body.bytes, answer.body.len);
	count = wire_get_count(&in, 13);
	for (size_t i = 0; i < count && err == 0 && !in.bad; i++) {
		wire_get_host(&in, &host);
		if (!in.bad && host.class != WIRE_HARDWARE)
			err = compare_host(impact, &host);
	}
	wire_in_release(&in);
out:
	answer_release(&answer);
	return err;
}

int batch_impact(struct batch *batch, struct cancel *cancel, struct buf *out)
{
	struct impact impact = { .batch = batch, .cancel = cancel, .out = out };
	struct bytes *known = NULL;
	uint64_t version;
	bool changed;
	int err = 0;

	pthread_mutex_lock(&batch->lock);
	version = batch->version;
	changed = batch->files_len != 0;
	if (batch->impact && batch->impact_version == version)
		known = bytes_get(batch->impact);
	pthread_mutex_unlock(&batch->lock);
	if (known)
		buf_add(out, known->data, known->len);
	else if (changed)
		err = compare_all(&impact);
	free(impact.paths);
	if (!known && err == 0 && !out->failed)
		known = bytes_new(out->data, out->len);

	/* Asking takes long, and is done several times for one reading. */
	pthread_mutex_lock(&batch->lock);
	if (known && !batch->ended && batch->version == version &&
	    known != batch->impact) {
		bytes_put(batch->impact);
		batch->impact = bytes_get(known);
		batch->impact_version = version;
	}
	pthread_mutex_unlock(&batch->lock);
	bytes_put(known);
	return err;
}
