/*
 * view_history.c - hosts/<host>/history: the same folders as options/
 *
 * Names are asked for as those of options/ (its node's raw name is that). It is
 * found by name and not listed: whoever walks a host's folder would evaluate
 * every option at every commit.
 */
#include "fs/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/history.h"
#include "fs/name.h"

static int history_lookup(struct tree *tree, struct node *dir, const char *name,
			  size_t len, struct cancel *cancel,
			  struct found *found)
{
	enum wire_format format;
	const char *base;
	size_t base_len;
	int err;

	if (name_companion(name, len, &base, &base_len, &format))
		return -ENOENT;
	err = view_site.lookup(tree, dir, name, len, cancel, found);
	found->init.view = &view_history;
	found->init.flags = found->init.kind == NODE_FILE ? NODE_DYNAMIC : 0;
	return err;
}

static int history_list(struct tree *tree, struct node *dir,
			struct cancel *cancel, struct listing_builder *out,
			uint64_t *epoch)
{
	return view_site.list(tree, dir, cancel, out, epoch);
}

static int history_load(struct tree *tree, struct node *node,
			struct cancel *cancel, struct loaded *loaded)
{
	const struct wire_text *folder = &tree->config.workers.start.repository;
	struct buf path = BUF_INIT, out = BUF_INIT;
	struct history_request request = {
		.workers = tree->workers,
		.like = node->site->worker,
		.repository = strndup(folder->bytes, folder->len),
		.start = site_revision(node->site),
		.timeout = tree->config.workers.eval_timeout,
	};
	int err = request.repository ? node_wire_path(node, &path) : -ENOMEM;

	if (err == 0) {
		request.path = path.data;
		request.path_len = path.len;
		err = history_text(tree->history, &request, cancel, &out);
	}
	if (err == 0 && !out.failed)
		loaded->bytes = bytes_new(out.data, out.len);
	if (err == 0 && !loaded->bytes)
		err = -ENOMEM;
	free((char *)request.repository);
	buf_release(&path);
	buf_release(&out);
	return err;
}

const struct view view_history = { history_lookup, history_list, history_load,
				   true };
