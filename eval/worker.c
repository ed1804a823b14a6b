/*
 * worker.c - the process that evaluates one host
 *
 * One request after the other, on a stack of its own that is large enough for
 * deep recursion. What evaluation leaves in memory is the point: the next
 * value of the same host costs only its own thunks.
 */
#include "eval/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "eval/ahead.h"
#include "eval/host.h"
#include "eval/plan.h"
#include "eval/prepare.h"
#include "eval/source.h"
#include "eval/store.h"
#include "eval/trace.h"
#include "eval/view.h"
#include "eval/worker_trace.h"

struct worker {
	int fd;
	const struct wire_start *start;
	struct eval *ev;
	struct repository repository;
	struct host host;
	bool repository_opened, host_opened;
	struct ahead_worker ahead_worker;
	struct ahead *ahead; /* NULL: never */
	struct buf message;  /* why a request failed, where no evaluation did */
	bool names_commit;   /* for worker_trace() */
};

/* The repository, and the host unless the worker is the repository's own. A
 * failure is not kept: its cause may be gone at the next request. */
static int worker_open(struct worker *w)
{
	int err;

	if (!w->ev) {
		w->ev = repository_eval(w->start);
		if (!w->ev)
			return -ENOMEM;
	}
	if (!w->repository_opened) {
		err = repository_open(w->ev, w->start, &w->repository);
		if (err < 0)
			return err;
		w->repository_opened = true;
	}
	if (w->host_opened || w->start->class == WIRE_REPOSITORY)
		return 0;
	err = host_open(&w->repository, &w->host);
	if (err == 0)
		w->host_opened = true;
	return err;
}

static struct wire_text text_of(const struct buf *buf)
{
	return (struct wire_text){ buf->data, buf->len };
}

static int answer_stat(struct worker *w, const struct wire_path *path,
		       struct buf *out)
{
	struct wire_stat st;
	int err = view_stat(&w->host, path->names, path->len, &st);

	if (err == 0)
		wire_put_stat(out, &st);
	return err;
}

static int answer_list(struct worker *w, const struct wire_path *path,
		       struct buf *out)
{
	struct view_entries entries = { BUF_INIT, 0 };
	int err = view_list(&w->host, path->names, path->len, &entries);

	if (err == 0) {
		wire_put_u32(out, entries.count);
		buf_add(out, entries.body.data, entries.body.len);
		out->failed |= entries.body.failed;
	}
	buf_release(&entries.body);
	return err;
}

static int answer_read(struct worker *w, const struct wire_path *path,
		       uint8_t format, struct buf *out)
{
	struct buf text = BUF_INIT;
	int err = view_read(&w->host, path->names, path->len, format, &text);

	if (err == 0)
		wire_put_text(out, (struct wire_text){ text.data, text.len });
	buf_release(&text);
	return err;
}

/* The view's name is no part of the option's path. */
static int answer_set(struct worker *w, const struct wire_path *path,
		      const struct wire_text *text, struct wire_in *in,
		      struct buf *out)
{
	struct wire_change change = { { 0 } };
	struct wire_edit edit = { { 0 } };
	struct wire_path shared;
	struct plan plan;
	bool force;
	int err;

	force = wire_get_u8(in) != 0;
	wire_get_path(in, &shared);
	if (in->bad)
		return -EPROTO;
	if (path->len < 2)
		return -EACCES;
	w->host.shared = shared.names;
	w->host.shared_len = shared.len;
	err = plan_set(&w->host, path->names + 1, path->len - 1, text, force,
		       &plan, &w->message);
	if (err == 0) {
		edit.attrpath = text_of(&plan.attrpath);
		edit.old = text_of(&plan.old);
		edit.value = text_of(&plan.value);
		edit.changes = &change;
		edit.changes_len = plan.changes;
		edit.additive = plan.additive;
		change.path = text_of(&plan.file);
		change.before = text_of(&plan.before);
		change.after = text_of(&plan.after);
		change.line = plan.line;
		wire_put_edit(out, &edit);
	}
	plan_release(&plan);
	w->host.shared = NULL;
	w->host.shared_len = 0;
	return err;
}

struct reads {
	struct worker *worker;
	struct buf body;
	uint32_t count;
	struct buf path; /* of the item at hand */
	bool commit;	 /* values may tell what the commit is */
};

/* reads->path was read. */
static void add_read(struct reads *reads, enum wire_read_kind kind,
		     const struct trace_item *item)
{
	struct wire_read read = { kind, text_of(&reads->path), { NULL, 0 } };

	if (kind == WIRE_READ_FILE && item->kinds & TRACE_CONTENT)
		read.content = (struct wire_text){ (const char *)item->content,
						   sizeof(item->content) };
	wire_put_read(&reads->body, &read);
	reads->count++;
}

/*
 * The path of something that was read and can change: in the repository, or
 * absolute; in buf. False for what can't change: store paths, revisions. Of a
 * revision that the worker is of, another may differ: it counts as well.
 */
static bool changeable(struct worker *w, const struct trace_item *item,
		       struct buf *path)
{
	const struct wire_text *top = &w->start->repository;
	const char *rest;

	if (w->start->revision.len && item->source == w->repository.source) {
		buf_reset(path);
		buf_add_text(path, item->path + 1);
		return !path->failed;
	}
	/* A path: input's hash is locked, but what lies there may change. */
	if (!item->source->folder)
		return false;
	buf_reset(path);
	buf_add_text(path, item->source->folder);
	buf_add_text(path, item->path);
	rest = buf_text(path);
	if (strncmp(rest, STORE_DIR "/", sizeof(STORE_DIR)) == 0)
		return false;
	if (strncmp(rest, top->bytes, top->len) == 0 && rest[top->len] == '/') {
		memmove(path->data, rest + top->len + 1, path->len - top->len);
		path->len -= top->len + 1;
	}
	return !path->failed;
}

static int add_trace_item(void *arg, const struct trace_item *item)
{
	struct reads *reads = arg;
	struct worker *w = reads->worker;
	const char *bytes;
	size_t len;

	if (!changeable(w, item, &reads->path))
		return 0;
	if (item->kinds & (TRACE_CONTENT | TRACE_LINK))
		add_read(reads, WIRE_READ_FILE, item);
	if (item->imported)
		add_read(reads, WIRE_READ_IMPORT, item);
	if (item->kinds & TRACE_LISTING)
		add_read(reads, WIRE_READ_FOLDER, item);
	if (item->kinds == TRACE_STAT)
		add_read(reads, WIRE_READ_EXISTS, item);
	if (!reads->commit && item->kinds & TRACE_CONTENT &&
	    item->source == w->repository.source && w->repository.is_flake &&
	    source_read(w->ev, item->source, item->path, &bytes, &len) == 0)
		reads->commit = worker_names_commit(bytes, len);
	return 0;
}

/* The commit, and whether anything differs from it: as evaluation saw it. */
static void add_head(struct reads *reads, const struct source *source)
{
	struct wire_read read = { .kind = WIRE_READ_HEAD };
	const struct trace_commit *c = trace_commits(reads->worker->ev);
	XXH128_canonical_t state;

	while (c && (strcmp(c->name, TRACE_WORK_TREE) != 0 ||
		     strcmp(c->folder, source->folder) != 0))
		c = c->next;
	if (c) {
		XXH128_canonicalFromHash(&state,
					 XXH3_128bits(c->id, strlen(c->id)));
		read.content = (struct wire_text){ (const char *)state.digest,
						   sizeof(state.digest) };
	}
	wire_put_read(&reads->body, &read);
	reads->count++;
}

/* The commit and the index, for a flake in a git repository. */
static void add_git(struct reads *reads)
{
	static const struct trace_item none = { 0 };
	struct source *source = reads->worker->repository.source;

	if (!reads->worker->repository.is_flake || !source)
		return;
	buf_reset(&reads->path);
	if (source->folder)
		add_read(reads, WIRE_READ_INDEX, &none);
	else if (!reads->worker->start->revision.len)
		return;
	if (reads->commit)
		add_head(reads, source);
}

static int answer_reads(struct worker *w, struct buf *out)
{
	struct reads reads = { .worker = w };
	int err = trace_each(w->ev, NULL, add_trace_item, &reads);

	if (err == 0) {
		add_git(&reads);
		wire_put_u32(out, reads.count);
		buf_add(out, reads.body.data, reads.body.len);
		out->failed |= reads.body.failed;
	}
	buf_release(&reads.body);
	buf_release(&reads.path);
	return err;
}

/* Why a request failed, as the user is to see it: what the evaluation says, or
 * a plan; and if neither does, what the errno says. */
static void failure_text(struct worker *w, int err, struct buf *out)
{
	struct error *error = w->ev ? eval_error(w->ev) : NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *stream;

	if (w->message.len) {
		buf_add(out, w->message.data, w->message.len);
		return;
	}
	stream = error ? open_memstream(&text, &len) : NULL;
	if (!stream) {
		buf_add_format(out, "error: %s\n", strerror(-err));
		return;
	}
	view_print_error(w->ev, stream);
	fclose(stream);
	buf_add(out, text, len);
	free(text);
}

/* A failure's message as what a file reads. */
static int answer_failure(struct worker *w, int err, struct buf *out)
{
	struct buf text = BUF_INIT;

	failure_text(w, err, &text);
	wire_put_text(out, text_of(&text));
	buf_release(&text);
	return 0;
}

/*
 * The host or the flake can't be evaluated: its folder and its views are there
 * all the same, and why nothing in them can be read is what .error files say.
 */
static int answer_broken(struct worker *w, uint16_t op, uint8_t format,
			 const struct wire_path *path, int err, struct buf *out)
{
	struct view_entries entries = { BUF_INIT, 0 };
	struct wire_stat st;

	bool is_flake = w->start->class == WIRE_FLAKE;

	if (w->start->class == WIRE_HARDWARE || !eval_error(w->ev))
		return err;
	if (op == WIRE_READ && format == WIRE_ERROR)
		return answer_failure(w, err, out);
	if (op == WIRE_STAT &&
	    (is_flake ? view_stat_broken_flake
		      : view_stat_broken)(path->names, path->len, &st) == 0) {
		wire_put_stat(out, &st);
		return 0;
	}
	if (op == WIRE_LIST &&
	    (is_flake ? view_list_broken_flake
		      : view_list_broken)(path->len, &entries) == 0) {
		wire_put_u32(out, entries.count);
		buf_add(out, entries.body.data, entries.body.len);
		err = 0;
	}
	buf_release(&entries.body);
	return err;
}

/* For tests: FLAKEFS_TEST_CRASH is a name at which the worker dies. */
static void crash_if_asked(const struct wire_path *path)
{
	const char *name = getenv("FLAKEFS_TEST_CRASH");

	if (!name || !path->len ||
	    !view_name_is(&path->names[path->len - 1], name))
		return;
	signal(SIGSEGV, SIG_DFL); /* no sanitizer's */
	raise(SIGSEGV);
}

static int answer(struct worker *w, const struct wire_frame *frame,
		  struct buf *out)
{
	struct wire_text texts[3] = { { 0 } };
	struct wire_path path = { 0 };
	struct wire_in in;
	uint8_t format = WIRE_TEXT;
	int err;

	wire_in_init(&in, frame->body.data, frame->body.len);
	if (frame->op == WIRE_READ)
		format = wire_get_u8(&in);
	if (frame->op != WIRE_HOSTS && frame->op != WIRE_READS &&
	    frame->op != WIRE_TRACE)
		wire_get_path(&in, &path);
	if (frame->op == WIRE_SET || frame->op == WIRE_CHECK)
		texts[0] = wire_get_text(&in);
	if (frame->op == WIRE_CHECK) {
		texts[1] = wire_get_text(&in);
		texts[2] = wire_get_text(&in);
	}
	if (in.bad) {
		err = -EPROTO;
		goto out;
	}
	crash_if_asked(&path);
	err = worker_open(w);
	if (frame->op == WIRE_TRACE) {
		err = w->ev ? worker_trace(&w->repository, w->start,
					   &w->names_commit, out)
			    : err;
		goto out;
	}
	if (err < 0) {
		err = answer_broken(w, frame->op, format, &path, err, out);
		goto out;
	}
	if (w->start->class == WIRE_REPOSITORY && frame->op == WIRE_LIST) {
		err = path.len == 1 && view_name_is(&path.names[0], "flakes")
			      ? repository_flakes(&w->repository, out)
			      : -ENOENT;
		goto out;
	}
	switch (frame->op) {
	case WIRE_HOSTS:
		err = repository_hosts(&w->repository, out);
		break;
	case WIRE_STAT:
		err = answer_stat(w, &path, out);
		break;
	case WIRE_LIST:
		err = answer_list(w, &path, out);
		break;
	case WIRE_READ:
		err = answer_read(w, &path, format, out);
		break;
	case WIRE_READS:
		err = answer_reads(w, out);
		break;
	case WIRE_SET:
		err = answer_set(w, &path, &texts[0], &in, out);
		break;
	case WIRE_CHECK:
		err = path.len < 2
			      ? -EACCES
			      : plan_check(&w->host, path.names + 1,
					   path.len - 1, texts, &w->message);
		break;
	default:
		err = -ENOSYS;
	}
	if (err == 0 && out->failed)
		err = -ENOMEM;
out:
	wire_in_release(&in);
	return err;
}

/* ahead.h: the question and its failure, as for a frame that was received. */
static int answer_ahead(void *arg, const struct wire_frame *frame,
			struct buf *out)
{
	struct worker *w = arg;

	buf_reset(&w->message);
	eval_clear_error(w->ev);
	return answer(w, frame, out);
}

static void message_ahead(void *arg, int err, struct buf *out)
{
	struct worker *w = arg;

	failure_text(w, err, out);
	buf_reset(&w->message);
	eval_clear_error(w->ev);
}

static int send_failure(struct worker *w, const struct wire_frame *frame,
			int err)
{
	struct buf text = BUF_INIT;
	int sent;

	failure_text(w, err, &text);
	sent = wire_send_error(w->fd, frame->number, frame->op, (uint32_t)-err,
			       buf_text(&text), text.len);
	buf_release(&text);
	return sent;
}

static int run_ahead(struct worker *w, const struct wire_frame *frame)
{
	bool alive = !w->ev->error || w->ev->error->kind != ERROR_MEMORY;

	if (!w->ahead || !w->host_opened || !alive)
		return 0;
	/* Who asks what was read wants to know all of it: until the next
	 * question nothing more is. */
	if (frame->op == WIRE_READS || frame->op == WIRE_TRACE)
		return 0;
	eval_clear_error(w->ev);
	ahead_saw(w->ahead, frame);
	return ahead_run(w->ahead, w->ev);
}

static int worker_serve(void *arg)
{
	struct worker *w = arg;
	struct wire_frame frame = { 0 };
	struct buf body = BUF_INIT;
	int err;

	while (wire_receive(w->fd, &frame) == 0) {
		buf_reset(&body);
		buf_reset(&w->message);
		if (w->ev)
			eval_clear_error(w->ev);
		err = answer(w, &frame, &body);
		if (err == 0)
			err = wire_send(w->fd, frame.number, frame.op, true, 0,
					body.data, body.len);
		else
			err = send_failure(w, &frame, err);
		if (err == 0)
			err = run_ahead(w, &frame);
		if (err < 0)
			break;
		/* What an arena holds is given back by ending only. */
		if (w->ev && w->ev->error &&
		    w->ev->error->kind == ERROR_MEMORY) {
			buf_release(&body);
			buf_release(&frame.body);
			return WIRE_EXIT_MEMORY;
		}
		if (w->ev) {
			eval_clear_error(w->ev);
			prepare_tell(w->ev);
		}
	}
	buf_release(&body);
	buf_release(&frame.body);
	return 0;
}

int worker_run(int fd, const struct wire_start *start)
{
	struct worker worker = {
		.fd = fd,
		.start = start,
		.ahead_worker = { answer_ahead, message_ahead, &worker, fd },
	};
	int status;

	prepare_forked();
	worker.ahead = ahead_new(&worker.ahead_worker);
	status = eval_run_on_stack(worker_serve, &worker);
	ahead_free(worker.ahead);
	return status;
}
