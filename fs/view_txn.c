/*
 * view_txn.c - txn/: batches of changes
 *
 * mkdir begins one and rmdir drops it. Below txn/<name> are the lists of hosts
 * as at the top, with the changes, and:
 *
 *     diff     all changes, as git shows them
 *     impact   the options whose values they change
 *     ctl      takes `commit` and `abort`
 */
#include <errno.h>
#include <string.h>

#include "fs/batch.h"

enum { ROW_CTL, ROW_DIFF, ROW_IMPACT, ROWS };

static const struct {
	const char *name;
	unsigned flags;
} rows[ROWS] = {
	[ROW_CTL] = { "ctl", NODE_WRITABLE },
	[ROW_DIFF] = { "diff", NODE_DYNAMIC },
	[ROW_IMPACT] = { "impact", NODE_DYNAMIC },
};

/* --- txn/ --------------------------------------------------------------- */

static int txn_lookup(struct tree *tree, struct node *dir, const char *name,
		      size_t len, struct cancel *cancel, struct found *found)
{
	struct batch *batch = batch_find(tree, name, len);

	if (!batch)
		return -ENOENT;
	found->init.kind = NODE_DIRECTORY;
	found->init.view = &view_batch;
	found->init.site = batch->site;
	return 0;
}

static int txn_list(struct tree *tree, struct node *dir, struct cancel *cancel,
		    struct listing_builder *out, uint64_t *epoch)
{
	tree_lock(tree);
	for (struct batch *batch = tree->batches; batch; batch = batch->next)
		if (!batch->ended)
			listing_add_own(out, batch->name, NODE_DIRECTORY, 0);
	tree_unlock(tree);
	return 0;
}

static int txn_make(struct tree *tree, struct node *dir, const char *name,
		    size_t len)
{
	static const char why[] = "error: a batch needs a git repository with "
				  "a commit to begin at\n";
	int err = batch_new(tree, name, len);
	struct bytes *message;

	if (err == -EACCES) {
		message = bytes_new(why, sizeof(why) - 1);
		tree_error(tree, dir, err, message);
		bytes_put(message);
	}
	return err;
}

static int txn_remove(struct tree *tree, struct node *dir, const char *name,
		      size_t len)
{
	struct batch *batch;
	struct node *node;
	int err = -ENOENT;

	pthread_mutex_lock(&tree->write_lock);
	batch = batch_find(tree, name, len);
	tree_lock(tree);
	node = batch ? node_find(&tree->nodes, dir, name, len) : NULL;
	if (node)
		node_get(&tree->nodes, node);
	tree_unlock(tree);
	if (node) {
		/* The kernel holds this name's lock: no wait for it. */
		batch_end(batch, node, false);
		tree_put(tree, node);
		err = 0;
	}
	pthread_mutex_unlock(&tree->write_lock);
	return err;
}

const struct view view_txn = { .lookup = txn_lookup,
			       .list = txn_list,
			       .make = txn_make,
			       .remove = txn_remove };

/* --- txn/<name>/ -------------------------------------------------------- */

static int batch_lookup(struct tree *tree, struct node *dir, const char *name,
			size_t len, struct cancel *cancel, struct found *found)
{
	if (dir->site->batch->ended)
		return -ENOENT;
	for (unsigned i = 0; i < ROWS; i++) {
		if (strlen(rows[i].name) != len ||
		    memcmp(rows[i].name, name, len) != 0)
			continue;
		found->init.kind = NODE_FILE;
		found->init.flags = (uint8_t)rows[i].flags;
		found->init.view = &view_batch;
		found->init.site = dir->site;
		found->init.row = (uint16_t)i;
		return 0;
	}
	return view_root.lookup(tree, dir, name, len, cancel, found);
}

static int batch_list(struct tree *tree, struct node *dir,
		      struct cancel *cancel, struct listing_builder *out,
		      uint64_t *epoch)
{
	if (dir->site->batch->ended)
		return -ENOENT;
	for (unsigned i = 0; i < ROWS; i++)
		listing_add_own(out, rows[i].name, NODE_FILE, rows[i].flags);
	return view_root.list(tree, dir, cancel, out, epoch);
}

static int batch_load(struct tree *tree, struct node *node,
		      struct cancel *cancel, struct loaded *loaded)
{
	struct batch *batch = node->site->batch;
	struct buf out = BUF_INIT;
	int err = 0;

	if (node->row == ROW_CTL)
		buf_add_text(&out, "commit\nabort\n");
	else if (node->row == ROW_DIFF)
		err = batch_diff(batch, &out);
	else
		err = batch_impact(batch, cancel, &out);
	if (err == 0 && !out.failed)
		loaded->bytes = bytes_new(out.data, out.len);
	if (err == 0 && !loaded->bytes)
		err = -ENOMEM;
	buf_release(&out);
	return err;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(text, word, len) == 0;
}

static int batch_ctl(struct tree *tree, struct node *node, const char *text,
		     size_t len, const struct writer *writer,
		     struct cancel *cancel)
{
	struct batch *batch = node->site->batch;
	struct buf message = BUF_INIT;
	struct bytes *words;
	bool commit;
	int err = 0;

	while (len && text[len - 1] == '\n')
		len--;
	commit = is_word(text, len, "commit");
	if (!commit && !is_word(text, len, "abort"))
		return -EINVAL;
	pthread_mutex_lock(&tree->write_lock);
	if (batch->ended)
		err = -ESTALE;
	else if (commit)
		err = batch_commit(batch, writer, cancel, &message);
	if (err == 0)
		batch_end(batch, node->parent, true);
	pthread_mutex_unlock(&tree->write_lock);

	if (err < 0 && err != -EINTR) {
		words = bytes_new(message.data, message.len);
		tree_error(tree, node, err, words);
		bytes_put(words);
	}
	tree_lock(tree);
	tree->writes += err == 0;
	tree->refused += err < 0;
	tree_unlock(tree);
	buf_release(&message);
	return err;
}

const struct view view_batch = { .lookup = batch_lookup,
				 .list = batch_list,
				 .load = batch_load,
				 .write = batch_ctl };
