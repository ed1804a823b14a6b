/*
 * write.c - a value written becomes a commit
 *
 * One write at a time:
 *
 *     SET     the host's worker plans the edit
 *     CHECK   a worker of its own, that sees the edited files, finds the
 *             option to have the value, and no new failed assertion
 *     commit  a helper process makes it, if HEAD and the files are still what
 *             the plan was made for; else the whole is done again
 *     renew   every host that read one of the files, and the kernel is told;
 *             this host goes on with the process that checked
 *
 * No lock that a reader wants is held meanwhile.
 */
#include "fs/write.h"

#include <assert.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/batch.h"
#include "fs/log.h"
#include "fs/repo.h"
#include "fs/view.h"

/* How often to start anew when somebody else commits meanwhile. */
#define TRIES 8
#define TEXT_MAX (16u << 20)

static void take_message(struct write *write, const struct answer *answer)
{
	buf_reset(&write->message);
	buf_add(&write->message, answer->body.bytes, answer->body.len);
}

static int plan(struct write *write, bool force)
{
	struct buf body = BUF_INIT;
	int err;

	buf_add(&body, write->path.data, write->path.len);
	wire_put_text(&body, (struct wire_text){ buf_text(&write->text),
						 write->text.len });
	wire_put_u8(&body, force);
	wire_put_path(&body,
		      &(struct wire_path){ write->shared, write->shared_len });
	if (body.failed)
		err = -ENOMEM;
	else
		err = worker_ask(write->node->site->worker, WIRE_SET, body.data,
				 body.len, write->cancel, &write->plan);
	buf_release(&body);
	if (err < 0) {
		take_message(write, &write->plan);
		return err;
	}
	wire_in_init(&write->in, write->plan.body.bytes, write->plan.body.len);
	wire_get_edit(&write->in, &write->edit);
	return wire_end(&write->in) ? 0 : -EIO;
}

void write_drop(struct write *write)
{
	worker_free_single(write->checker);
	write->checker = NULL;
	wire_in_release(&write->in);
	answer_release(&write->plan);
	write->plan = (struct answer){ { "", 0 } };
	write->in = (struct wire_in){ 0 };
}

/* A file of the host as it is by now, whatever those who have it open see. The
 * path is in wire form. The message of a failure goes into why, unless NULL. */
static int read_now(struct write *write, const char *path, size_t len,
		    struct buf *out, struct buf *why)
{
	struct buf body = BUF_INIT;
	struct answer answer = { { "", 0 } };
	struct wire_text text;
	struct wire_in in;
	int err = -ENOMEM;

	wire_put_u8(&body, WIRE_TEXT);
	buf_add(&body, path, len);
	if (!body.failed)
		err = worker_ask(write->node->site->worker, WIRE_READ,
				 body.data, body.len, write->cancel, &answer);
	if (err == 0) {
		wire_in_init(&in, answer.body.bytes, answer.body.len);
		text = wire_get_text(&in);
		buf_add(out, text.bytes, text.len);
		wire_in_release(&in);
	} else if (why) {
		buf_add(why, answer.body.bytes, answer.body.len);
	}
	answer_release(&answer);
	buf_release(&body);
	return err == 0 && out->failed ? -ENOMEM : err;
}

/* The failed assertions; that they can't be told is no reason to refuse. */
static int read_assertions(struct write *write)
{
	struct wire_text name = wire_text("assertions");
	struct wire_path path = { &name, 1 };
	struct buf body = BUF_INIT;
	int err;

	buf_reset(&write->failed);
	buf_reset(&write->unknown);
	wire_put_path(&body, &path);
	err = body.failed ? -ENOMEM
			  : read_now(write, body.data, body.len, &write->failed,
				     &write->unknown);
	buf_release(&body);
	return err == -EINTR || err == -ENOMEM ? err : 0;
}

static bool changes_file(const struct wire_edit *edit,
			 const struct wire_text *path)
{
	for (size_t i = 0; i < edit->changes_len; i++)
		if (edit->changes[i].path.len == path->len &&
		    memcmp(edit->changes[i].path.bytes, path->bytes,
			   path->len) == 0)
			return true;
	return false;
}

static int check(struct write *write, const struct wire_file *more,
		 size_t more_len)
{
	struct wire_edit *edit = &write->edit;
	struct wire_file *overlay;
	struct buf body = BUF_INIT;
	struct answer answer = { { "", 0 } };
	size_t len = 0;
	int err = -ENOMEM;

	overlay = calloc(edit->changes_len + more_len, sizeof(*overlay));
	if (!overlay)
		return -ENOMEM;
	for (size_t i = 0; i < edit->changes_len; i++)
		overlay[len++] = (struct wire_file){ edit->changes[i].path,
						     edit->changes[i].after };
	for (size_t i = 0; i < more_len; i++)
		if (!changes_file(edit, &more[i].path))
			overlay[len++] = more[i];
	write->checker = worker_new_single(
		write->tree->workers, write->node->site->worker, overlay, len);
	buf_add(&body, write->path.data, write->path.len);
	wire_put_text(&body, edit->value);
	wire_put_text(&body, (struct wire_text){ buf_text(&write->failed),
						 write->failed.len });
	wire_put_text(&body, (struct wire_text){ buf_text(&write->unknown),
						 write->unknown.len });
	if (write->checker && !body.failed)
		err = worker_ask(write->checker, WIRE_CHECK, body.data,
				 body.len, write->cancel, &answer);
	if (err < 0) {
		take_message(write, &answer);
		/* Whatever is wrong with the new text, it is the value's
		 * fault, but for what the evaluation met on the way. */
		if ((err == -EIO || err == -ENODATA || err == -ENOENT) &&
		    !answer.passing)
			err = -EINVAL;
	}
	answer_release(&answer);
	free(overlay);
	buf_release(&body);
	return err;
}

/* Looking for a host other than the writer's that has read a file. */
struct readers {
	const struct write *write;
	const struct wire_text *file;
	bool found;
};

static bool is_same_name(const struct worker *a, const struct worker *b)
{
	size_t a_len, b_len;
	const char *a_name = worker_name(a, &a_len),
		   *b_name = worker_name(b, &b_len);

	return a_len == b_len && memcmp(a_name, b_name, a_len) == 0;
}

static void ask_reader(struct worker *worker, void *arg)
{
	struct readers *readers = arg;
	const struct worker *own = readers->write->node->site->worker;
	struct wire_in in;
	struct answer answer;
	size_t count;

	if (readers->found || worker_revision(worker) ||
	    worker_class(worker) != worker_class(own) ||
	    is_same_name(worker, own))
		return;
	if (worker_reads(worker, 100, &answer) == 0) {
		wire_in_init(&in, answer.body.bytes, answer.body.len);
		count = wire_get_count(&in, 9);
		for (size_t i = 0; i < count && !in.bad; i++) {
			struct wire_read read;

			wire_get_read(&in, &read);
			readers->found |=
				read.kind == WIRE_READ_IMPORT &&
				read.path.len == readers->file->len &&
				memcmp(read.path.bytes, readers->file->bytes,
				       read.path.len) == 0;
		}
		wire_in_release(&in);
	}
	answer_release(&answer);
}

/*
 * The host's worker can't know who else reads a file; of the hosts that are
 * being evaluated we do. 1: one of them reads a planned one, which the next
 * plan is told; else 0 or -errno.
 */
static int find_readers(struct write *write)
{
	const struct wire_edit *edit = &write->edit;

	for (size_t i = 0; i < edit->changes_len; i++) {
		const struct wire_text *file = &edit->changes[i].path;
		struct readers readers = { write, file, false };
		bool known = false;

		for (size_t j = 0; j < write->shared_len; j++)
			known |= write->shared[j].len == file->len &&
				 memcmp(write->shared[j].bytes, file->bytes,
					file->len) == 0;
		if (known || write->shared_len == 4)
			continue;
		workers_each(write->tree->workers, ask_reader, &readers);
		if (readers.found) {
			char *copy = strndup(file->bytes, file->len);

			if (!copy)
				return -ENOMEM;
			write->shared[write->shared_len++] = wire_text(copy);
			return 1;
		}
	}
	return 0;
}

/* A plan that changes nothing that other hosts are known to read. */
static int plan_alone(struct write *write, bool force)
{
	int err = plan(write, force);

	while (err == 0 && (err = find_readers(write)) == 1) {
		write_drop(write);
		err = plan(write, force);
	}
	return err;
}

static int try_edit(struct write *write, const struct wire_file *more,
		    size_t more_len)
{
	int err = plan_alone(write, false);

	if (err < 0 || !write->edit.changes_len)
		return err;
	err = read_assertions(write);
	if (err == 0)
		err = check(write, more, more_len);
	if (err != -EINVAL || !write->edit.additive)
		return err;
	write_drop(write);
	buf_reset(&write->message);
	err = plan_alone(write, true);
	return err == 0 ? check(write, more, more_len) : err;
}

int write_try(struct write *write, const struct wire_file *more,
	      size_t more_len)
{
	int err = try_edit(write, more, more_len);

	while (write->shared_len)
		free((char *)write->shared[--write->shared_len].bytes);
	return err;
}

/* --- the commit's message ----------------------------------------------- */

void message_add_line(struct buf *out, const char *text, size_t len, size_t max)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (i == max) {
			buf_add_text(out, "...");
			return;
		}
		buf_add_char(out, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
}

static void add_program(struct buf *out, pid_t pid)
{
	char path[64], name[64];
	size_t n;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = pid > 0 ? fopen(path, "re") : NULL;
	if (!file)
		return;
	n = fread(name, 1, sizeof(name), file);
	fclose(file);
	while (n && name[n - 1] == '\n')
		n--;
	buf_add_text(out, ", ");
	message_add_line(out, name, n, 32);
}

static void add_user(struct buf *out, uid_t uid)
{
	struct passwd user, *found = NULL;
	char bytes[4096];

	buf_add_format(out, "uid %u", (unsigned)uid);
	if (getpwuid_r(uid, &user, bytes, sizeof(bytes), &found) == 0 && found)
		buf_add_format(out, " (%s)", found->pw_name);
}

void message_add_change(struct buf *out, const struct worker *worker,
			const struct wire_text *attrpath,
			const struct wire_text *value)
{
	size_t len;
	const char *host = worker_name(worker, &len);

	message_add_line(out, host, len, 60);
	buf_add_text(out, ": ");
	message_add_line(out, attrpath->bytes, attrpath->len, 120);
	buf_add_text(out, " = ");
	message_add_line(out, value->bytes, value->len, 120);
	buf_add_char(out, '\n');
}

void message_add_path(struct buf *out, const char *path, size_t len)
{
	buf_add_text(out, "Flakefs-Path: ");
	message_add_line(out, path, len, 1000);
	buf_add_char(out, '\n');
}

void message_add_writer(struct buf *out, const struct writer *writer)
{
	buf_add_text(out, "Flakefs-Writer: ");
	add_user(out, writer->uid);
	add_program(out, writer->pid);
	buf_add_char(out, '\n');
}

static void compose(const struct write *write, struct buf *out)
{
	const struct wire_edit *edit = &write->edit;
	struct buf path = BUF_INIT;

	message_add_change(out, write->node->site->worker, &edit->attrpath,
			   &edit->value);
	buf_add_char(out, '\n');
	node_path(write->node, &path);
	message_add_path(out, buf_text(&path), path.len);
	message_add_writer(out, write->writer);
	buf_release(&path);
}

/* --- afterwards --------------------------------------------------------- */

/* A commit that was made, and who must hear of it. */
struct news {
	struct tree *tree;
	const struct wire_change *changes;
	size_t len;
	struct site *own; /* has a checker; or NULL */
	struct site **sites;
	size_t sites_len, room;
};

/* Did its evaluation look at the commit or, unless only that is asked, read one
 * of the files? */
static bool has_read(const struct news *news, const struct answer *answer,
		     bool only_commit)
{
	const struct wire_change *changes = news->changes;
	size_t len = only_commit ? 0 : news->len, count;
	struct wire_in in;
	bool found = false;

	wire_in_init(&in, answer->body.bytes, answer->body.len);
	count = wire_get_count(&in, 9);
	for (size_t i = 0; i < count && !found && !in.bad; i++) {
		struct wire_read read;

		wire_get_read(&in, &read);
		found = read.kind == WIRE_READ_HEAD;
		for (size_t j = 0; j < len && !found; j++)
			found = read.path.len == changes[j].path.len &&
				memcmp(read.path.bytes, changes[j].path.bytes,
				       read.path.len) == 0;
		/* A new file is read by nobody yet, but a folder's listing or
		 * a test for it may have been. */
		for (size_t j = 0; j < len && !found; j++)
			found = changes[j].created &&
				read.kind != WIRE_READ_FILE &&
				read.kind != WIRE_READ_IMPORT;
	}
	found |= in.bad;
	wire_in_release(&in);
	return found;
}

static void count_worker(struct worker *worker, void *arg)
{
	++*(size_t *)arg;
}

static void renew(struct worker *worker, void *arg)
{
	struct news *news = arg;
	struct site *site;
	struct answer answer;
	size_t len;
	const char *name;
	int err;

	if ((news->own && worker == news->own->worker) ||
	    worker_revision(worker) || news->sites_len == news->room)
		return;
	err = worker_reads(worker, 100, &answer);
	if (err != -ESRCH && (err < 0 || has_read(news, &answer, false))) {
		name = worker_name(worker, &len);
		site = tree_site(news->tree, worker_class(worker), name, len,
				 NULL);
		if (site) {
			tree_renew(news->tree, site, false);
			news->sites[news->sites_len++] = site;
		}
	}
	answer_release(&answer);
}

/*
 * The process that checked has evaluated the host as it is now, unless that
 * depends on the commit, which is new.
 */
static void renew_own(struct news *news, struct worker **checker)
{
	struct answer answer;
	bool fit;

	fit = worker_reads(*checker, 1000, &answer) == 0 &&
	      !has_read(news, &answer, true);
	answer_release(&answer); /* before its worker goes */
	if (fit) {
		tree_adopt(news->tree, news->own, *checker);
		*checker = NULL;
	} else {
		tree_renew(news->tree, news->own, false);
	}
}

/* Every host that the change matters to; the kernel is told later. */
static void renew_all(struct news *news, struct worker **checker)
{
	struct workers *workers = news->tree->workers;
	size_t room = 1;

	/* One that is made from here on starts with the new files. */
	workers_each(workers, count_worker, &room);
	news->sites = calloc(room, sizeof(struct site *));
	news->room = news->sites ? room - 1 : 0;
	workers_each(workers, renew, news);
	if (news->own)
		renew_own(news, checker);
}

static void tell_all(struct news *news)
{
	for (size_t i = 0; i < news->sites_len; i++)
		tree_tell(news->tree, news->sites[i], true);
	if (news->own)
		tree_tell(news->tree, news->own, true);
}

int write_commit(struct tree *tree, const struct commit_request *request,
		 struct site *own, struct worker **checker, struct buf *message)
{
	struct news news = { .tree = tree,
			     .changes = request->changes,
			     .len = request->len,
			     .own = own };
	struct buf id = BUF_INIT, words = BUF_INIT;
	int err;

	/* The watcher need not find out by itself. */
	pthread_mutex_lock(&tree->commit_lock);
	err = commit_run(request, &id, &words);
	if (err == 0)
		renew_all(&news, checker);
	pthread_mutex_unlock(&tree->commit_lock);
	if (err < 0) {
		buf_reset(message);
		buf_add(message, words.data, words.len);
		goto out;
	}
	tell_all(&news);
	log_line(LOG_NOTICE, "commit %s: %.*s", buf_text(&id),
		 (int)strcspn(request->message, "\n"), request->message);
	if (words.len)
		log_line(LOG_WARNING, "%s", buf_text(&words));
out:
	free(news.sites);
	buf_release(&id);
	buf_release(&words);
	return err;
}

static int commit(struct write *write, const struct repo_head *head)
{
	struct tree *tree = write->tree;
	struct buf text = BUF_INIT;
	struct commit_request request = {
		.repository = tree->config.workers.start.repository.bytes,
		.head = head->id,
		.author = tree->config.author,
		.program = tree->config.git_program,
		.changes = write->edit.changes,
		.len = write->edit.changes_len,
	};
	int err = -ENOMEM;

	compose(write, &text);
	request.message = buf_text(&text);
	if (!text.failed) {
		tree_rewrite(tree, write->node);
		err = write_commit(tree, &request, write->node->site,
				   &write->checker, &write->message);
	}
	buf_release(&text);
	return err;
}

static int try_once(struct write *write)
{
	const char *repository =
		write->tree->config.workers.start.repository.bytes;
	struct repo_head head;
	int err;

	if (write->node->site->batch)
		return batch_write(write->node->site->batch, write);
	/* First of all, so that nothing that comes between goes unnoticed. */
	err = repo_head(repository, &head);
	if (err < 0) {
		buf_add_format(&write->message,
			       "error: %s is no git repository that can be "
			       "written\n",
			       repository);
		return err == -ENOMEM ? err : -EACCES;
	}
	err = write_try(write, NULL, 0);
	if (err == 0 && write->edit.changes_len)
		err = commit(write, &head);
	write_drop(write);
	return err;
}

/* Take the value as it is, and what is to be added to it. */
static int compose_text(struct write *write, const char *text, size_t len,
			uint64_t offset)
{
	int err;

	buf_reset(&write->text);
	if (offset) {
		err = read_now(write, write->path.data, write->path.len,
			       &write->text, NULL);
		if (err < 0)
			return err;
		if (offset != write->text.len)
			return -EINVAL;
	}
	buf_add(&write->text, text, len);
	if (write->text.len && write->text.data[write->text.len - 1] == '\n')
		write->text.data[--write->text.len] = '\0';
	return write->text.failed ? -ENOMEM : 0;
}

static int check_request(const struct tree *tree, const struct node *node,
			 size_t len, uint64_t offset)
{
	if (node->kind == NODE_DIRECTORY)
		return -EISDIR;
	if (tree->config.read_only || site_is_fixed(node->site))
		return -EROFS;
	if (!(node->flags & NODE_WRITABLE) || !node->site ||
	    node->format != WIRE_TEXT)
		return -EACCES;
	return len > TEXT_MAX || offset > TEXT_MAX ? -EFBIG : 0;
}

/* As with >> in sysfs, what follows a scalar replaces it. */
static int write_at_end(struct write *write, const char *text, size_t len)
{
	int err = compose_text(write, text, len, 0);

	buf_reset(&write->message);
	return err < 0 ? err : try_once(write);
}

int tree_write(struct tree *tree, struct node *node, const char *text,
	       size_t len, uint64_t offset, const struct writer *writer,
	       struct cancel *cancel)
{
	struct write write = {
		.tree = tree, .node = node, .writer = writer, .cancel = cancel
	};
	struct bytes *message;
	int err;

	err = check_request(tree, node, len, offset);
	if (err < 0 || !len)
		return err;
	if (node->view->write)
		return node->view->write(tree, node, text, len, writer, cancel);
	err = node_wire_path(node, &write.path);
	if (err < 0)
		goto out;

	pthread_mutex_lock(&tree->write_lock);
	for (int tries = 0; tries < TRIES; tries++) {
		buf_reset(&write.message);
		err = compose_text(&write, text, len, offset);
		if (err == 0)
			err = try_once(&write);
		if (err == -EINVAL && offset)
			err = write_at_end(&write, text, len);
		if (err != -EAGAIN || node->site->batch)
			break;
		/* What the plan was made from is not what is there. */
		tree_renew(tree, node->site, false);
		tree_tell(tree, node->site, true);
	}
	pthread_mutex_unlock(&tree->write_lock);

	if (err < 0 && err != -EINTR) {
		message = bytes_new(write.message.data, write.message.len);
		tree_error(tree, node, err, message);
		bytes_put(message);
	}
	pthread_mutex_lock(&tree->nodes.lock);
	tree->writes += err == 0;
	tree->refused += err < 0;
	pthread_mutex_unlock(&tree->nodes.lock);
out:
	buf_release(&write.text);
	buf_release(&write.path);
	buf_release(&write.failed);
	buf_release(&write.unknown);
	buf_release(&write.message);
	return err;
}
