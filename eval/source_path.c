/* Paths in sources as text: canonical, joined, resolved, revealed. */
#include <errno.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/nar.h"
#include "eval/source_private.h"
#include "eval/store.h"
#include "eval/storepath.h"

#define LINKS_MAX 1024 /* followed in one path, as Nix */

/*
 * A path under way. at: "" for the root of source, else "/a/b". Under "/" a
 * step that makes it the store path of a source leads into that source, and a
 * step up from a source's root leads to "/nix/store".
 */
struct walk {
	struct eval *ev;
	struct source *source;
	struct buf at;
};

static void walk_up(struct walk *w)
{
	struct source *root = source_root(w->ev);

	if (w->at.len) {
		while (w->at.data[w->at.len - 1] != '/')
			w->at.len--;
		w->at.data[--w->at.len] = '\0';
	} else if (w->source != root) {
		w->source = root;
		buf_add_text(&w->at, "/nix/store");
	}
}

static void walk_step(struct walk *w, const char *name, size_t len)
{
	struct source *inner;

	if (len == 0 || (len == 1 && name[0] == '.'))
		return;
	if (len == 2 && name[0] == '.' && name[1] == '.') {
		walk_up(w);
		return;
	}
	buf_add_char(&w->at, '/');
	buf_add(&w->at, name, len);
	if (w->source->prefix_len || w->at.failed ||
	    w->at.len <= STOREPATH_PREFIX_LEN ||
	    memcmp(w->at.data, STOREPATH_PREFIX, STOREPATH_PREFIX_LEN) ||
	    w->at.len - len != STOREPATH_PREFIX_LEN)
		return;
	inner = source_of_store_path(w->ev, w->at.data, w->at.len);
	if (inner) {
		w->source = inner;
		buf_reset(&w->at);
	}
}

static void walk_text(struct walk *w, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *slash = memchr(text, '/', end - text);
		const char *stop = slash ? slash : end;

		walk_step(w, text, stop - text);
		text = slash ? slash + 1 : end;
	}
}

/* Also releases the walk. */
static struct path *walk_finish(struct walk *w)
{
	size_t len = w->at.len ? w->at.len : 1;
	struct path *path = NULL;

	if (!w->at.failed)
		path = arena_alloc(w->ev->arena, sizeof(*path) + len + 1);
	if (path) {
		path->source = w->source;
		path->len = len;
		memcpy(path->bytes, w->at.len ? w->at.data : "/", len);
		path->bytes[len] = '\0';
	} else {
		eval_fail_memory(w->ev);
	}
	buf_release(&w->at);
	return path;
}

struct path *source_path(struct eval *ev, const char *text, size_t len)
{
	struct walk w = { .ev = ev, .source = source_root(ev) };

	if (!w.source)
		return NULL;
	walk_text(&w, text, len);
	return walk_finish(&w);
}

struct path *source_join(struct eval *ev, const struct path *base,
			 const char *text, size_t len)
{
	struct walk w = { .ev = ev, .source = base->source };

	if (base->len > 1)
		buf_add(&w.at, base->bytes, base->len);
	walk_text(&w, text, len);
	return walk_finish(&w);
}

static const char *with_prefix(struct eval *ev, const char *prefix, size_t len,
			       const struct path *path)
{
	char *text;

	if (path->len == 1)
		return prefix;
	text = eval_alloc(ev, len + path->len + 1);
	if (!text)
		return NULL;
	memcpy(text, prefix, len);
	memcpy(text + len, path->bytes, path->len + 1);
	return text;
}

const char *source_text(struct eval *ev, const struct path *path)
{
	const struct source *source = path->source;

	if (!source->prefix_len)
		return path->bytes;
	return with_prefix(ev, source->prefix, source->prefix_len, path);
}

const char *source_show(struct eval *ev, const struct path *path)
{
	const struct source *source = path->source;

	if (!source->prefix_len)
		return path->bytes;
	return with_prefix(ev, source->label, strlen(source->label), path);
}

/* --- links --- */

/* The link at w, or NULL if there is none. */
static const char *link_at(struct walk *w, char *target, size_t room)
{
	struct source_stat st;

	if (source_stat(w->ev, w->source, w->at.data, &st) < 0 ||
	    st.type != SOURCE_SYMLINK ||
	    source_readlink(w->ev, w->source, w->at.data, target, room) < 0)
		return NULL;
	return target;
}

static struct path *resolve_slowly(struct eval *ev, struct path *path,
				   bool follow_last)
{
	struct walk w = { .ev = ev, .source = path->source };
	struct buf todo = BUF_INIT, rest = BUF_INIT;
	char target[4097];
	size_t next = 0;
	int links = LINKS_MAX;

	buf_add(&todo, path->bytes, path->len);
	while (next < todo.len && !todo.failed && !w.at.failed) {
		const char *step = todo.data + next;
		const char *slash = memchr(step, '/', todo.len - next);
		size_t len = slash ? (size_t)(slash - step) : todo.len - next;
		bool last;

		next += len + (slash != NULL);
		walk_step(&w, step, len);
		last = strspn(todo.data + next, "/") == todo.len - next;
		if (!len || !w.at.len || (last && !follow_last) ||
		    !link_at(&w, target, sizeof(target)))
			continue;
		if (!links--) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "infinite symlink recursion in path '%s'",
				  source_show(ev, path));
			goto fail;
		}
		if (target[0] == '/') {
			w.source = source_root(ev);
			buf_reset(&w.at);
		} else {
			walk_up(&w);
		}
		buf_reset(&rest);
		buf_add_text(&rest, target);
		buf_add_char(&rest, '/');
		buf_add(&rest, todo.data + next, todo.len - next);
		buf_reset(&todo);
		buf_add(&todo, rest.data, rest.len);
		todo.failed |= rest.failed;
		next = 0;
	}
	w.at.failed |= todo.failed;
	buf_release(&todo);
	buf_release(&rest);
	return walk_finish(&w);
fail:
	buf_release(&todo);
	buf_release(&rest);
	buf_release(&w.at);
	return NULL;
}

struct path *source_resolve(struct eval *ev, struct path *path,
			    bool follow_last)
{
	struct source_stat st;
	int err;

	/* Mostly no step is a link, and source_stat() has looked at all. */
	err = source_stat(ev, path->source, path->bytes, &st);
	if (err == 0 && (st.type != SOURCE_SYMLINK || !follow_last))
		return path;
	return resolve_slowly(ev, path, follow_last);
}

/* --- store paths of whole sources --- */

bool source_has_stand_in(const char *bytes, size_t len)
{
	return memmem(bytes, len, SOURCE_STAND_IN, SOURCE_STAND_IN_MARK);
}

bool source_cuts_stand_in(const char *bytes, size_t len, size_t start,
			  size_t end)
{
	const size_t cuts[2] = { start, end };

	for (int i = 0; i < 2; i++) {
		size_t cut = cuts[i] < len ? cuts[i] : len;
		size_t from = cut > SOURCE_STAND_IN_LEN
				      ? cut - SOURCE_STAND_IN_LEN + 1
				      : 0;
		size_t to = len - cut > SOURCE_STAND_IN_LEN
				    ? cut + SOURCE_STAND_IN_LEN - 1
				    : len;
		const char *found;

		/* Few texts have even one of these letters near both sides of
		 * the cut. */
		if (cut == 0 || cut == len)
			continue;
		found = memmem(bytes + from, to - from, SOURCE_STAND_IN,
			       SOURCE_STAND_IN_MARK);
		if (found && (size_t)(found - bytes) < cut &&
		    (size_t)(found - bytes) + SOURCE_STAND_IN_LEN > cut)
			return true;
	}
	return false;
}

/* The hash is known: is it the one that was promised? */
static int check_hash(struct eval *ev, const struct source *source,
		      const struct hash *hash)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (!source->expected_hash)
		return 0;
	hash_print(&text, hash, HASH_SRI, true);
	/* Nix too has what was promised behind "got". */
	if (strcmp(buf_text(&text), source->expected_hash)) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "NAR hash mismatch in input '%s', expected '%s' but "
			  "got '%s'",
			  source->expected_for, buf_text(&text),
			  source->expected_hash);
		rc = -1;
	}
	buf_release(&text);
	return rc;
}

const char *source_store_path(struct eval *ev, struct source *source)
{
	const char *name;
	struct storepath made;
	struct buf err = BUF_INIT;
	struct hash hash;

	if (source->real_prefix)
		return source->real_prefix;
	name = source->prefix + STOREPATH_PREFIX_LEN + STOREPATH_HASH_LEN + 1;
	if (source_nar_hash(ev, source, "/", NULL, &hash, &err) < 0 ||
	    storepath_fixed(&made, STOREPATH_NAR, &hash, name, strlen(name),
			    NULL, 0, &err) < 0) {
		eval_fail(ev, ERROR_IO, 0, "%s", buf_text(&err));
		goto out;
	}
	if (check_hash(ev, source, &hash) < 0)
		goto out;
	source->real_prefix = arena_strndup(ev->arena, made.text, made.len);
	source->nar_hash = hash;
	if (!source->real_prefix)
		eval_fail_memory(ev);
out:
	buf_release(&err);
	return source->real_prefix;
}

/* The source whose stand-in begins at text, which has room for one. */
static struct source *stand_in_source(struct eval *ev, const char *text)
{
	struct source_set *set = source_set_of(ev);
	uint32_t id = 0;

	for (size_t i = SOURCE_STAND_IN_MARK; i < SOURCE_STAND_IN_LEN; i++) {
		const char *digits = "0123456789abcdef";
		const char *d = text[i] ? strchr(digits, text[i]) : NULL;

		if (!d)
			return NULL;
		id = id << 4 | (uint32_t)(d - digits);
	}
	return set && id && id < set->count ? set->sources[id] : NULL;
}

const char *source_reveal(struct eval *ev, const char *bytes, size_t len)
{
	const char *end = bytes + len, *at = bytes, *real;
	char *copy;

	at = memmem(bytes, len, SOURCE_STAND_IN, SOURCE_STAND_IN_MARK);
	if (!at)
		return bytes;
	copy = arena_alloc(ev->arena, len + 1);
	if (!copy) {
		eval_fail_memory(ev);
		return NULL;
	}
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	while (at && end - at >= SOURCE_STAND_IN_LEN) {
		struct source *source = stand_in_source(ev, at);

		if (source) {
			real = source_store_path(ev, source);
			if (!real)
				return NULL;
			memcpy(copy + (at - bytes), real + STOREPATH_PREFIX_LEN,
			       SOURCE_STAND_IN_LEN);
		}
		at += SOURCE_STAND_IN_MARK;
		at = memmem(at, end - at, SOURCE_STAND_IN,
			    SOURCE_STAND_IN_MARK);
	}
	return copy;
}

/* Is byte i one of a stand-in? Texts are compared often: no memmem(), which
 * costs more to begin than there is to search. */
static bool is_in_stand_in(const char *bytes, size_t len, size_t i)
{
	size_t from = i < SOURCE_STAND_IN_LEN ? 0 : i - SOURCE_STAND_IN_LEN + 1;

	for (size_t at = from; at <= i && len - at >= SOURCE_STAND_IN_LEN; at++)
		if (bytes[at] == SOURCE_STAND_IN[0] &&
		    !memcmp(bytes + at, SOURCE_STAND_IN, SOURCE_STAND_IN_MARK))
			return true;
	return false;
}

/* How many bytes are the same at the beginning. */
static size_t same_bytes(const char *a, const char *b, size_t len)
{
	uint64_t x, y;
	size_t i = 0;

	for (; len - i >= sizeof(x); i += sizeof(x)) {
		memcpy(&x, a + i, sizeof(x));
		memcpy(&y, b + i, sizeof(y));
		if (x != y)
			break;
	}
	while (i < len && a[i] == b[i])
		i++;
	return i;
}

int source_compare(struct eval *ev, const char *a, size_t a_len, const char *b,
		   size_t b_len, int *order)
{
	size_t len = a_len < b_len ? a_len : b_len;
	size_t i = same_bytes(a, b, len);

	/* Most texts are too short to hold one. */
	if (i < len &&
	    ((a_len >= SOURCE_STAND_IN_LEN && is_in_stand_in(a, a_len, i)) ||
	     (b_len >= SOURCE_STAND_IN_LEN && is_in_stand_in(b, b_len, i)))) {
		a = source_reveal(ev, a, a_len);
		b = a ? source_reveal(ev, b, b_len) : NULL;
		if (!b)
			return -1;
	}
	*order = memcmp(a, b, len);
	if (!*order)
		*order = (a_len > b_len) - (a_len < b_len);
	return 0;
}

int source_equal(struct eval *ev, const char *a, const char *b, size_t len)
{
	size_t i = same_bytes(a, b, len);
	int order;

	for (; i < len; i++)
		if (a[i] != b[i] &&
		    (len < SOURCE_STAND_IN_LEN || (!is_in_stand_in(a, len, i) &&
						   !is_in_stand_in(b, len, i))))
			return 0;
	if (source_compare(ev, a, len, b, len, &order) < 0)
		return -1;
	return order == 0;
}

int source_order(struct eval *ev, const char *a, size_t a_len, const char *b,
		 size_t b_len, int *order)
{
	const size_t hash = STOREPATH_PREFIX_LEN,
		     rest = hash + STOREPATH_HASH_LEN;
	bool a_stored = a_len >= rest && !memcmp(a, STORE_DIR "/", hash),
	     b_stored = b_len >= rest && !memcmp(b, STORE_DIR "/", hash);

	if (!a_stored || !b_stored) {
		*order = a_stored - b_stored;
		return *order ? 0
			      : source_compare(ev, a, a_len, b, b_len, order);
	}
	if (source_compare(ev, a + rest, a_len - rest, b + rest, b_len - rest,
			   order) < 0)
		return -1;
	return *order ? 0
		      : source_compare(ev, a + hash, STOREPATH_HASH_LEN,
				       b + hash, STOREPATH_HASH_LEN, order);
}
