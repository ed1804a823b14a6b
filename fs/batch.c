/*
 * batch.c - changes that are tried together, and become one commit
 */
#include "fs/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/write.h"

static void set_text(struct buf *buf, const struct wire_text *text)
{
	buf_reset(buf);
	buf_add(buf, text->bytes, text->len);
}

static struct wire_text text_of(const struct buf *buf)
{
	return (struct wire_text){ buf_text(buf), buf->len };
}

static bool same_text(const struct buf *buf, const struct wire_text *text)
{
	return buf->len == text->len &&
	       memcmp(buf_text(buf), text->bytes, text->len) == 0;
}

/* --- life --------------------------------------------------------------- */

static void release_file(struct batch_file *file)
{
	buf_release(&file->path);
	buf_release(&file->before);
	buf_release(&file->after);
}

static void release_change(struct batch_change *change)
{
	buf_release(&change->path);
	buf_release(&change->name);
	buf_release(&change->attrpath);
	buf_release(&change->old);
	buf_release(&change->value);
	buf_release(&change->failed);
	buf_release(&change->unknown);
}

/* With the lock held, if others may know the batch. */
static void clear(struct batch *batch)
{
	for (size_t i = 0; i < batch->files_len; i++)
		release_file(&batch->files[i]);
	for (size_t i = 0; i < batch->changes_len; i++)
		release_change(&batch->changes[i]);
	free(batch->files);
	free(batch->changes);
	bytes_put(batch->impact);
	batch->files = NULL;
	batch->changes = NULL;
	batch->impact = NULL;
	batch->files_len = batch->changes_len = 0;
}

static void batch_free(struct batch *batch)
{
	clear(batch);
	pthread_mutex_destroy(&batch->lock);
	free(batch->name);
	free(batch);
}

void batches_free(struct batch *batches)
{
	while (batches) {
		struct batch *batch = batches;

		batches = batch->next;
		batch_free(batch);
	}
}

/* With the tree's lock held. */
static struct batch *find(struct tree *tree, const char *name, size_t len)
{
	struct batch *batch;

	for (batch = tree->batches; batch; batch = batch->next)
		if (!batch->ended && strlen(batch->name) == len &&
		    memcmp(batch->name, name, len) == 0)
			break;
	return batch;
}

struct batch *batch_find(struct tree *tree, const char *name, size_t len)
{
	struct batch *batch;

	tree_lock(tree);
	batch = find(tree, name, len);
	tree_unlock(tree);
	return batch;
}

static int add(struct tree *tree, struct batch *batch)
{
	int err = 0;

	tree_lock(tree);
	if (find(tree, batch->name, strlen(batch->name))) {
		err = -EEXIST;
	} else {
		batch->next = tree->batches;
		tree->batches = batch;
	}
	tree_unlock(tree);
	return err;
}

int batch_new(struct tree *tree, const char *name, size_t len)
{
	const struct wire_text *folder = &tree->config.workers.start.repository;
	struct batch *batch = calloc(1, sizeof(*batch));
	static uint64_t numbers;
	struct repo_head head;
	char *text = strndup(folder->bytes, folder->len);
	int err = -ENOMEM;

	if (!batch || !text)
		goto out;
	pthread_mutex_init(&batch->lock, NULL);
	batch->tree = tree;
	batch->number = __atomic_add_fetch(&numbers, 1, __ATOMIC_SEQ_CST);
	batch->name = strndup(name, len);
	if (!batch->name)
		goto out;
	err = repo_head(text, &head);
	if (err < 0 || !*head.id) {
		err = err == -ENOMEM ? err : -EACCES;
		goto out;
	}
	memcpy(batch->head, head.id, sizeof(batch->head));
	batch->site = tree_site_beside(tree, &(struct site){ .batch = batch },
				       WIRE_REPOSITORY, "", 0);
	err = batch->site ? add(tree, batch) : -ENOMEM;
out:
	/* One whose site is known stays, ended: see batch.h. */
	if (err < 0 && batch && batch->site) {
		batch->ended = true;
		tree_lock(tree);
		batch->next = tree->batches;
		tree->batches = batch;
		tree_unlock(tree);
	} else if (err < 0 && batch) {
		batch_free(batch);
	}
	free(text);
	return err;
}

/* --- workers ------------------------------------------------------------ */

/* The files as workers are told; NULL when out of memory. With the lock held.
 * To be freed. */
static struct wire_file *overlay_of(const struct batch *batch)
{
	struct wire_file *overlay =
		calloc(batch->files_len + 1, sizeof(*overlay));

	for (size_t i = 0; overlay && i < batch->files_len; i++)
		overlay[i] = (struct wire_file){
			text_of(&batch->files[i].path),
			text_of(&batch->files[i].after),
		};
	return overlay;
}

/* With the lock held. */
static int tell_worker(const struct batch *batch, struct worker *worker)
{
	struct wire_file *overlay = overlay_of(batch);
	int err =
		overlay ? worker_set_overlay(worker, overlay, batch->files_len)
			: -ENOMEM;

	free(overlay);
	return err;
}

struct worker *batch_worker(struct batch *batch, enum wire_class class,
			    const char *name, size_t len)
{
	struct worker *worker;

	pthread_mutex_lock(&batch->lock);
	worker = workers_get_batch(batch->tree->workers, batch->number, class,
				   name, len, batch->head);
	if (worker && batch->ended)
		worker_close(worker);
	else if (worker && tell_worker(batch, worker) < 0)
		worker = NULL;
	pthread_mutex_unlock(&batch->lock);
	return worker;
}

/* The batch's sites from here on do not change but at the front. */
static struct site *first_site(struct tree *tree)
{
	struct site *site;

	tree_lock(tree);
	site = tree->sites;
	tree_unlock(tree);
	return site;
}

/* All hosts are to be evaluated with the files as they are now; own goes on
 * with the process that has checked them. */
static void renew_all(struct batch *batch, struct site *own,
		      struct worker **checker)
{
	struct site *first = first_site(batch->tree), *site;

	for (site = first; site; site = site->next) {
		if (site->batch != batch)
			continue;
		pthread_mutex_lock(&batch->lock);
		/* Without memory it goes on as it was: no more can be done. */
		tell_worker(batch, site->worker);
		pthread_mutex_unlock(&batch->lock);
		if (site == own) {
			tree_adopt(batch->tree, site, *checker);
			*checker = NULL;
		} else {
			tree_renew(batch->tree, site, false);
		}
	}
	for (site = first; site; site = site->next)
		if (site->batch == batch)
			tree_tell(batch->tree, site, true);
}

void batch_end(struct batch *batch, struct node *folder, bool wait)
{
	struct tree *tree = batch->tree;
	struct site *first, *site;

	pthread_mutex_lock(&batch->lock);
	tree_lock(tree);
	batch->ended = true;
	if (!folder->detached)
		node_detach(&tree->nodes, folder);
	tree_unlock(tree);
	clear(batch);
	pthread_mutex_unlock(&batch->lock);

	first = first_site(tree);
	for (site = first; site; site = site->next)
		if (site->batch == batch)
			worker_close(site->worker);
	for (site = first; site; site = site->next)
		if (site->batch == batch)
			tree_tell(tree, site, wait);
}

/* --- writing ------------------------------------------------------------ */

static struct batch_file *file_at(struct batch *batch,
				  const struct wire_text *path)
{
	for (size_t i = 0; i < batch->files_len; i++)
		if (same_text(&batch->files[i].path, path))
			return &batch->files[i];
	return NULL;
}

/* Room for more; what is there stays. */
static int make_room(struct batch *batch, size_t files)
{
	struct batch_file *more_files;
	struct batch_change *more_changes;

	more_files = reallocarray(batch->files, batch->files_len + files,
				  sizeof(*more_files));
	if (more_files)
		batch->files = more_files;
	more_changes = reallocarray(batch->changes, batch->changes_len + 1,
				    sizeof(*more_changes));
	if (more_changes)
		batch->changes = more_changes;
	return more_files && more_changes ? 0 : -ENOMEM;
}

static int put_file(struct batch *batch, const struct wire_change *change)
{
	struct batch_file *file = file_at(batch, &change->path);
	struct batch_file fresh = { .created = change->created };
	struct buf after = BUF_INIT;

	buf_add(&after, change->after.bytes, change->after.len);
	if (!file) {
		set_text(&fresh.path, &change->path);
		set_text(&fresh.before, &change->before);
		if (fresh.path.failed || fresh.before.failed || after.failed) {
			release_file(&fresh);
			buf_release(&after);
			return -ENOMEM;
		}
		file = &batch->files[batch->files_len++];
		*file = fresh;
	}
	if (after.failed) {
		buf_release(&after);
		return -ENOMEM;
	}
	buf_release(&file->after);
	file->after = after;
	/* As it was: nothing to commit. */
	if (!file->created && same_text(&file->before, &change->after)) {
		release_file(file);
		*file = batch->files[--batch->files_len];
	}
	return 0;
}

static struct batch_change *change_of(struct batch *batch,
				      const struct worker *worker,
				      const struct wire_text *attrpath)
{
	for (size_t i = 0; i < batch->changes_len; i++)
		if (batch->changes[i].worker == worker &&
		    same_text(&batch->changes[i].attrpath, attrpath))
			return &batch->changes[i];
	return NULL;
}

/* "txn/NAME/hosts/ares/a" without what the batch adds to it. */
static void put_name(const struct write *write, struct buf *out)
{
	struct buf path = BUF_INIT;
	const char *rest;

	node_path(write->node, &path);
	rest = strchr(buf_text(&path), '/');
	rest = rest ? strchr(rest + 1, '/') : NULL;
	buf_add_text(out, rest ? rest + 1 : buf_text(&path));
	out->failed |= path.failed;
	buf_release(&path);
}

/* reverted: the edited file is as it was again. */
static int put_change(struct batch *batch, const struct write *write,
		      bool reverted)
{
	const struct wire_edit *edit = &write->edit;
	struct worker *worker = write->node->site->worker;
	struct batch_change *change = change_of(batch, worker, &edit->attrpath);
	struct batch_change fresh = { .worker = worker };

	if (!change) {
		buf_add(&fresh.path, write->path.data, write->path.len);
		put_name(write, &fresh.name);
		set_text(&fresh.attrpath, &edit->attrpath);
		set_text(&fresh.old, &edit->old);
		set_text(&fresh.value, &edit->value);
		buf_add(&fresh.failed, write->failed.data, write->failed.len);
		buf_add(&fresh.unknown, write->unknown.data,
			write->unknown.len);
		if (fresh.path.failed || fresh.name.failed ||
		    fresh.attrpath.failed || fresh.old.failed ||
		    fresh.value.failed || fresh.failed.failed ||
		    fresh.unknown.failed) {
			release_change(&fresh);
			return -ENOMEM;
		}
		batch->changes[batch->changes_len++] = fresh;
		return 0;
	}
	set_text(&change->value, &edit->value);
	if (change->value.failed)
		return -ENOMEM;
	if (reverted && same_text(&change->old, &edit->value)) {
		release_change(change);
		*change = batch->changes[--batch->changes_len];
	}
	return 0;
}

static int take_edit(struct batch *batch, const struct write *write)
{
	const struct wire_edit *edit = &write->edit;
	size_t len;
	int err;

	pthread_mutex_lock(&batch->lock);
	len = batch->files_len;
	err = make_room(batch, edit->changes_len);
	for (size_t i = 0; err == 0 && i < edit->changes_len; i++)
		err = put_file(batch, &edit->changes[i]);
	if (err == 0)
		err = put_change(batch, write, batch->files_len < len);
	batch->version++;
	pthread_mutex_unlock(&batch->lock);
	return err;
}

int batch_write(struct batch *batch, struct write *write)
{
	struct wire_file *overlay = overlay_of(batch);
	int err = overlay ? 0 : -ENOMEM;

	if (batch->ended)
		err = -ESTALE;
	if (err < 0)
		goto out;
	err = write_try(write, overlay, batch->files_len);
	if (err == 0 && write->edit.changes_len) {
		err = take_edit(batch, write);
		tree_rewrite(write->tree, write->node);
		renew_all(batch, write->node->site, &write->checker);
	}
	write_drop(write);
out:
	free(overlay);
	return err;
}

/* --- the commit --------------------------------------------------------- */

/* A later change may have undone an earlier one's, or broken its host. */
static int check_again(const struct batch_change *change, struct cancel *cancel,
		       struct buf *message)
{
	struct buf body = BUF_INIT;
	struct answer answer = { { "", 0 } };
	int err = -ENOMEM;

	buf_add(&body, change->path.data, change->path.len);
	wire_put_text(&body, text_of(&change->value));
	wire_put_text(&body, text_of(&change->failed));
	wire_put_text(&body, text_of(&change->unknown));
	if (!body.failed)
		err = worker_ask(change->worker, WIRE_CHECK, body.data,
				 body.len, cancel, &answer);
	if (err < 0) {
		buf_reset(message);
		buf_add(message, answer.body.bytes, answer.body.len);
		if ((err == -EIO || err == -ENODATA || err == -ENOENT) &&
		    !answer.passing)
			err = -EINVAL;
	}
	answer_release(&answer);
	buf_release(&body);
	return err;
}

/*
 *     txn NAME: ares: a.b = true        or: txn NAME: 2 changes
 *
 *     ares: a.b = true                  one for each
 *
 *     Flakefs-Path: ...
 *     Flakefs-Writer: ...
 */
static void compose(const struct batch *batch, const struct writer *writer,
		    struct buf *out)
{
	struct wire_text attrpath, value;

	buf_add_text(out, "txn ");
	message_add_line(out, batch->name, strlen(batch->name), 60);
	buf_add_text(out, ": ");
	if (batch->changes_len != 1)
		buf_add_format(out, "%zu changes\n\n", batch->changes_len);
	for (size_t i = 0; i < batch->changes_len; i++) {
		attrpath = text_of(&batch->changes[i].attrpath);
		value = text_of(&batch->changes[i].value);
		message_add_change(out, batch->changes[i].worker, &attrpath,
				   &value);
	}
	buf_add_char(out, '\n');
	for (size_t i = 0; i < batch->changes_len; i++)
		message_add_path(out, buf_text(&batch->changes[i].name),
				 batch->changes[i].name.len);
	message_add_writer(out, writer);
}

int batch_commit(struct batch *batch, const struct writer *writer,
		 struct cancel *cancel, struct buf *message)
{
	struct tree *tree = batch->tree;
	struct wire_change *changes =
		calloc(batch->files_len + 1, sizeof(*changes));
	struct buf text = BUF_INIT;
	struct repo_head head;
	struct commit_request request = {
		.repository = tree->config.workers.start.repository.bytes,
		.head = batch->head,
		.author = tree->config.author,
		.changes = changes,
		.len = batch->files_len,
	};
	int err = changes ? 0 : -ENOMEM;

	if (batch->ended)
		err = -ESTALE;
	if (err < 0 || !batch->files_len)
		goto out;
	for (size_t i = 0; i < batch->changes_len && err == 0; i++)
		err = check_again(&batch->changes[i], cancel, message);
	if (err < 0)
		goto out;
	for (size_t i = 0; i < batch->files_len; i++)
		changes[i] = (struct wire_change){
			.path = text_of(&batch->files[i].path),
			.before = text_of(&batch->files[i].before),
			.after = text_of(&batch->files[i].after),
			.created = batch->files[i].created,
		};
	compose(batch, writer, &text);
	request.message = buf_text(&text);
	err = text.failed ? -ENOMEM
			  : write_commit(tree, &request, NULL, NULL, message);
	/* The batch is of a commit: a file that is not as it is there has
	 * changes that aren't committed. */
	if (err == -EAGAIN && repo_head(request.repository, &head) == 0 &&
	    strcmp(head.id, batch->head) == 0)
		err = -EBUSY;
out:
	free(changes);
	buf_release(&text);
	return err;
}

/* --- what it changes ---------------------------------------------------- */

static int diff_file(const struct batch_file *file, const char *prefix,
		     struct buf *out)
{
	struct buf path = BUF_INIT;
	git_buf text = GIT_BUF_INIT_CONST("", 0);
	git_patch *patch = NULL;
	int err = -EIO;

	buf_add_text(&path, prefix);
	buf_add(&path, file->path.data, file->path.len);
	if (path.failed)
		err = -ENOMEM;
	else if (git_patch_from_buffers(
			 &patch, file->created ? NULL : buf_text(&file->before),
			 file->before.len,
			 file->created ? NULL : buf_text(&path),
			 buf_text(&file->after), file->after.len,
			 buf_text(&path), NULL) == 0 &&
		 git_patch_to_buf(&text, patch) == 0)
		err = 0;
	if (err == 0)
		buf_add(out, text.ptr, text.size);
	git_buf_dispose(&text);
	git_patch_free(patch);
	buf_release(&path);
	return err;
}

int batch_diff(struct batch *batch, struct buf *out)
{
	const char *folder = batch->tree->config.workers.start.repository.bytes;
	struct buf prefix = BUF_INIT;
	git_repository *repo = NULL;
	int err = repo_open(folder, &repo, NULL);

	if (err == 0)
		err = repo_prefix(repo, folder, &prefix);
	pthread_mutex_lock(&batch->lock);
	for (size_t i = 0; i < batch->files_len && err == 0; i++)
		err = diff_file(&batch->files[i], buf_text(&prefix), out);
	pthread_mutex_unlock(&batch->lock);
	git_repository_free(repo);
	buf_release(&prefix);
	return err;
}
