/*
 * history.c - the commits at which a value changed
 */
#include "fs/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "fs/repo.h"

/* Commits that are remembered, of all options. */
#define FACTS 8192
/* How long a text that is not whole will do, seconds: who reads a file asks
 * for its size first. */
#define LATE_FOR 10

static const char no_value[] = "-", failed_value[] = "error";

/* --- what is known ------------------------------------------------------ */

/*
 * An option has this value at a commit, and back to the commit `last`, whose
 * parent must be evaluated again. Or: this is the whole text as of a commit,
 * for which there was not enough time.
 */
struct fact {
	XXH128_hash_t key; /* of the option, the commit, and which of both */
	git_oid last;
	struct bytes *value; /* NULL: unused */
	int64_t until;	     /* CLOCK_MONOTONIC, seconds; 0: for ever */
};

struct history {
	pthread_mutex_t lock;
	size_t next; /* a ring */
	struct fact facts[FACTS];
};

struct history *history_new(void)
{
	struct history *history = calloc(1, sizeof(*history));

	if (history)
		pthread_mutex_init(&history->lock, NULL);
	return history;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	for (size_t i = 0; i < FACTS; i++)
		bytes_put(history->facts[i].value);
	pthread_mutex_destroy(&history->lock);
	free(history);
}

static int64_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* The value, a reference, with *last; NULL if it isn't known. */
static struct bytes *recall(struct history *history, XXH128_hash_t key,
			    git_oid *last)
{
	struct bytes *value = NULL;

	pthread_mutex_lock(&history->lock);
	for (size_t i = 0; i < FACTS && !value; i++) {
		const struct fact *fact = &history->facts[i];

		if (!fact->value || !XXH128_isEqual(fact->key, key) ||
		    (fact->until && fact->until < seconds_now()))
			continue;
		value = bytes_get(fact->value);
		*last = fact->last;
	}
	pthread_mutex_unlock(&history->lock);
	return value;
}

static void remember(struct history *history, XXH128_hash_t key,
		     struct bytes *value, const git_oid *last, int64_t until)
{
	struct fact *fact;

	pthread_mutex_lock(&history->lock);
	fact = &history->facts[history->next++ % FACTS];
	bytes_put(fact->value);
	*fact = (struct fact){ key, *last, bytes_get(value), until };
	pthread_mutex_unlock(&history->lock);
}

/* --- what was read ------------------------------------------------------ */

/* Paths that an evaluation looked at, from the repository's top on. */
struct reads {
	struct wire_text *paths; /* sorted */
	size_t len;
	bool all; /* not known, or the commit itself was looked at */
};

static int compare_texts(const void *a, const void *b)
{
	const struct wire_text *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->bytes, y->bytes, len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Paths are borrowed from body. */
static int take_reads(const struct wire_text *body, struct reads *reads)
{
	struct wire_in in;
	size_t count;

	wire_in_init(&in, body->bytes, body->len);
	count = wire_get_count(&in, 9);
	reads->paths = calloc(count ? count : 1, sizeof(*reads->paths));
	if (!reads->paths)
		return -ENOMEM;
	for (size_t i = 0; i < count && !in.bad; i++) {
		struct wire_read read;

		wire_get_read(&in, &read);
		if (read.kind == WIRE_READ_HEAD || read.kind == WIRE_READ_INDEX)
			reads->all = true;
		/* What is absolute is of no commit. */
		else if (!in.bad && (!read.path.len || *read.path.bytes != '/'))
			reads->paths[reads->len++] = read.path;
	}
	reads->all |= in.bad;
	wire_in_release(&in);
	qsort(reads->paths, reads->len, sizeof(*reads->paths), compare_texts);
	return 0;
}

static bool has_read(const struct reads *reads, const char *path, size_t len)
{
	struct wire_text text = { path, len };

	return reads->len && bsearch(&text, reads->paths, reads->len,
				     sizeof(*reads->paths), compare_texts);
}

/* What git itself looks at when it gives a file. */
static bool is_gits(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return strcmp(name, ".gitattributes") == 0 ||
	       strcmp(name, ".gitmodules") == 0;
}

/* Does it matter that this differs? If it is only the bytes of a file, only
 * its own path can tell; else the folders above have other names in them. */
static bool matters(const struct reads *reads, const git_diff_delta *delta)
{
	const char *path = delta->new_file.path;
	size_t len = strlen(path);

	if (is_gits(path) || delta->old_file.mode == GIT_FILEMODE_COMMIT ||
	    delta->new_file.mode == GIT_FILEMODE_COMMIT)
		return true;
	if (has_read(reads, path, len))
		return true;
	if (delta->status == GIT_DELTA_MODIFIED)
		return false;
	while (len) {
		while (len && path[--len] != '/')
			;
		if (has_read(reads, path, len))
			return true;
	}
	return false;
}

/* --- commits ------------------------------------------------------------ */

struct walk {
	struct history *history;
	const struct history_request *request;
	struct cancel *cancel;
	struct timespec until;
	git_repository *repo;
	struct buf *out;
	git_commit *commit;  /* to be looked at next */
	git_commit *last;    /* of the run of equal values, its oldest so far */
	struct bytes *value; /* of that run; NULL: there is none yet */
};

/* Milliseconds that are left. */
static int64_t time_left(const struct walk *walk)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (walk->until.tv_sec - now.tv_sec) * INT64_C(1000) +
	       (walk->until.tv_nsec - now.tv_nsec) / 1000000;
}

/* The first parent; NULL at the root, and where a shallow clone ends. */
static git_commit *parent_of(git_commit *commit)
{
	git_commit *parent = NULL;

	if (!git_commit_parentcount(commit) ||
	    git_commit_parent(&parent, commit, 0) < 0)
		return NULL;
	return parent;
}

/* 1 if the evaluation of a commit with these trees may differ, 0 or -errno. */
static int may_differ(struct walk *walk, const struct reads *reads,
		      const git_commit *newer, const git_commit *older)
{
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	git_tree *from = NULL, *to = NULL;
	git_diff *diff = NULL;
	int differs = -EIO;

	if (git_oid_equal(git_commit_tree_id(newer), git_commit_tree_id(older)))
		return 0;
	if (reads->all)
		return 1;
	options.flags =
		GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_SKIP_BINARY_CHECK;
	if (git_commit_tree(&from, older) < 0 ||
	    git_commit_tree(&to, newer) < 0 ||
	    git_diff_tree_to_tree(&diff, walk->repo, from, to, &options) < 0)
		goto out;
	differs = 0;
	for (size_t i = 0; i < git_diff_num_deltas(diff) && !differs; i++)
		differs = matters(reads, git_diff_get_delta(diff, i));
out:
	git_diff_free(diff);
	git_tree_free(from);
	git_tree_free(to);
	return differs;
}

/* Go on to the oldest commit that must have the same value. Takes *commit, and
 * gives another in its place. */
static int skip_equal(struct walk *walk, const struct reads *reads,
		      git_commit **commit)
{
	git_commit *parent;
	int differs = 0;

	while ((parent = parent_of(*commit))) {
		differs = cancelled(walk->cancel)
				  ? -EINTR
				  : may_differ(walk, reads, *commit, parent);
		if (differs || time_left(walk) <= 0) {
			git_commit_free(parent);
			break;
		}
		git_commit_free(*commit);
		*commit = parent;
	}
	return differs < 0 ? differs : 0;
}

/* --- values ------------------------------------------------------------- */

struct bytes *history_value(int err, const struct answer *answer)
{
	struct wire_text text;
	struct bytes *value;
	struct wire_in in;

	if (err == -ENOENT || err == -ENODATA || err == -ENOTDIR)
		return bytes_new(no_value, sizeof(no_value) - 1);
	if (err < 0)
		return bytes_new(failed_value, sizeof(failed_value) - 1);
	wire_in_init(&in, answer->body.bytes, answer->body.len);
	text = wire_get_text(&in);
	while (text.len && text.bytes[text.len - 1] == '\n')
		text.len--;
	if (!wire_end(&in) || memchr(text.bytes, '\n', text.len))
		value = bytes_new(failed_value, sizeof(failed_value) - 1);
	else
		value = bytes_new(text.bytes, text.len);
	wire_in_release(&in);
	return value;
}

/*
 * Evaluate the option at a commit: its value, a reference, and the oldest
 * commit that must have the same, in place of *commit.
 */
static int evaluate(struct walk *walk, git_commit **commit, XXH128_hash_t key,
		    struct bytes **value)
{
	const struct history_request *request = walk->request;
	char id[GIT_OID_HEXSZ + 1];
	struct reads reads = { NULL };
	struct answer answer = { { "", 0 } }, read = { { "", 0 } };
	struct buf body = BUF_INIT;
	struct worker *worker;
	int64_t left = time_left(walk);
	int err = -ENOMEM, known;
	bool passing;

	if (left <= 0)
		return -ETIMEDOUT;
	git_oid_tostr(id, sizeof(id), git_commit_id(*commit));
	worker = worker_new_at(request->workers, request->like, id,
			       (unsigned)((left + 999) / 1000));
	wire_put_u8(&body, WIRE_JSON);
	buf_add(&body, request->path, request->path_len);
	if (!worker || body.failed)
		goto out;
	err = worker_ask(worker, WIRE_READ, body.data, body.len, walk->cancel,
			 &answer);
	if (err == -EINTR || err == -ETIMEDOUT)
		goto out;
	*value = history_value(err, &answer);
	passing = answer.passing;
	known = worker_reads(worker, 1000, &read);
	err = *value ? 0 : -ENOMEM;
	if (err == 0 && known == 0)
		err = take_reads(&read.body, &reads);
	reads.all |= known < 0;
	if (err == 0)
		err = skip_equal(walk, &reads, commit);
	if (err == 0 && !passing)
		remember(walk->history, key, *value, git_commit_id(*commit), 0);
out:
	free(reads.paths);
	answer_release(&read);
	answer_release(&answer);
	worker_free_single(worker);
	buf_release(&body);
	if (err < 0) {
		bytes_put(*value);
		*value = NULL;
	}
	return err;
}

enum about { ABOUT_VALUE, ABOUT_TEXT };

static XXH128_hash_t key_of(const struct walk *walk, enum about about,
			    const git_commit *commit, struct buf *text)
{
	const struct history_request *request = walk->request;
	size_t len;
	const char *name = worker_name(request->like, &len);

	buf_reset(text);
	wire_put_u8(text, (uint8_t)about);
	wire_put_u8(text, worker_class(request->like));
	wire_put_text(text, (struct wire_text){ name, len });
	buf_add(text, request->path, request->path_len);
	buf_add(text, git_commit_id(commit), sizeof(git_oid));
	return XXH3_128bits(text->data, text->len);
}

/* The same from what is known. */
static int find_value(struct walk *walk, git_commit **commit,
		      struct bytes **value)
{
	struct buf text = BUF_INIT;
	XXH128_hash_t key = key_of(walk, ABOUT_VALUE, *commit, &text);
	git_commit *last = NULL;
	git_oid id;
	int err = text.failed ? -ENOMEM : 0;

	buf_release(&text);
	*value = err < 0 ? NULL : recall(walk->history, key, &id);
	if (*value && git_commit_lookup(&last, walk->repo, &id) == 0) {
		git_commit_free(*commit);
		*commit = last;
		return 0;
	}
	bytes_put(*value);
	*value = NULL;
	return err < 0 ? err : evaluate(walk, commit, key, value);
}

/* --- the text ----------------------------------------------------------- */

static void put_date(const git_signature *author, struct buf *out)
{
	int offset = author->when.offset, minutes = abs(offset);
	time_t t = (time_t)(author->when.time + offset * INT64_C(60));
	char date[32];
	struct tm tm;

	if (!gmtime_r(&t, &tm) ||
	    !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm))
		return;
	buf_add_format(out, "%s%c%02d:%02d", date, offset < 0 ? '-' : '+',
		       minutes / 60, minutes % 60);
}

static void put_line(git_commit *commit, const struct bytes *value,
		     struct buf *out)
{
	const git_signature *author = git_commit_author(commit);
	char id[GIT_OID_HEXSZ + 1];

	git_oid_tostr(id, sizeof(id), git_commit_id(commit));
	buf_add_format(out, "%s\t", id);
	if (author)
		put_date(author, out);
	buf_add_char(out, '\t');
	for (const char *c = author ? author->name : ""; *c; c++)
		buf_add_char(out, (unsigned char)*c < 0x20 ? ' ' : *c);
	buf_add_char(out, '\t');
	buf_add(out, value->data, value->len);
	buf_add_char(out, '\n');
}

/* The time is over before walk->commit was evaluated: say so. */
static void put_rest(struct walk *walk)
{
	char id[GIT_OID_HEXSZ + 1];

	git_oid_tostr(id, sizeof(id), git_commit_id(walk->commit));
	buf_add_format(walk->out,
		       "# not evaluated in eval_timeout=%u seconds: %s and "
		       "before",
		       walk->request->timeout, id);
	if (walk->value) {
		buf_add_text(walk->out, "; the value after it: ");
		buf_add(walk->out, walk->value->data, walk->value->len);
	}
	buf_add_char(walk->out, '\n');
}

static bool same_value(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* The run up to walk->last ends: there the value came. */
static void end_run(struct walk *walk, bool at_root)
{
	/* Before there was an option nothing happened to it. */
	if (!at_root || walk->value->len != sizeof(no_value) - 1 ||
	    memcmp(walk->value->data, no_value, walk->value->len) != 0)
		put_line(walk->last, walk->value, walk->out);
	bytes_put(walk->value);
	walk->value = NULL;
}

static int walk_all(struct walk *walk)
{
	struct bytes *value;
	git_commit *last;
	int err;

	while (walk->commit) {
		if (git_commit_dup(&last, walk->commit) < 0)
			return -ENOMEM;
		err = find_value(walk, &last, &value);
		if (err < 0) {
			git_commit_free(last);
			if (err != -ETIMEDOUT)
				return err;
			put_rest(walk);
			return 0;
		}
		if (walk->value && !same_value(walk->value, value))
			end_run(walk, false);
		bytes_put(walk->value);
		walk->value = value;
		git_commit_free(walk->last);
		walk->last = last;
		git_commit_free(walk->commit);
		walk->commit = parent_of(last);
	}
	if (walk->value)
		end_run(walk, true);
	return 0;
}

static int open_start(struct walk *walk)
{
	git_object *object = NULL;
	int err = repo_open(walk->request->repository, &walk->repo, NULL);
	const char *start = walk->request->start;

	if (err < 0)
		return err == -ENOENT ? 0 : err; /* no commits, no history */
	/* Before the first commit there is no HEAD. */
	if (git_revparse_single(&object, walk->repo, start ? start : "HEAD") ==
	    0)
		git_object_peel((git_object **)&walk->commit, object,
				GIT_OBJECT_COMMIT);
	git_object_free(object);
	return 0;
}

int history_text(struct history *history, const struct history_request *request,
		 struct cancel *cancel, struct buf *out)
{
	struct walk walk = {
		.history = history,
		.request = request,
		.cancel = cancel,
		.out = out,
	};
	struct buf text = BUF_INIT;
	struct bytes *late = NULL;
	XXH128_hash_t key = { 0 };
	git_oid first = { { 0 } };
	int err;

	clock_gettime(CLOCK_MONOTONIC, &walk.until);
	walk.until.tv_sec += request->timeout;
	err = open_start(&walk);
	if (err < 0 || !walk.commit)
		goto out;
	key = key_of(&walk, ABOUT_TEXT, walk.commit, &text);
	err = text.failed ? -ENOMEM : 0;
	late = err < 0 ? NULL : recall(history, key, &first);
	if (late) {
		buf_add(out, late->data, late->len);
		goto out;
	}
	err = err < 0 ? err : walk_all(&walk);
	if (err == 0 && walk.commit) {
		late = bytes_new(out->data, out->len);
		if (late)
			remember(history, key, late, &first,
				 seconds_now() + LATE_FOR);
	}
out:
	buf_release(&text);
	bytes_put(late);
	bytes_put(walk.value);
	git_commit_free(walk.commit);
	git_commit_free(walk.last);
	git_repository_free(walk.repo);
	if (err == 0 && out->failed)
		err = -ENOMEM;
	return err;
}
