#include "eval/worker_trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "eval/eval.h"
#include "eval/fetch.h"
#include "eval/source_git.h"
#include "eval/source_private.h"
#include "eval/store.h"
#include "eval/trace.h"

/* --- does it ask for the commit? ---------------------------------------- */

static bool is_name_byte(char c)
{
	return c == '_' || c == '-' || c == '\'' || (c >= '0' && c <= '9') ||
	       (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/*
 * Could the file ask what commit its flake is at? Then a new commit may give
 * other values. Told by its text alone: whether one of these names is in it.
 */
bool worker_names_commit(const char *bytes, size_t len)
{
	static const char *const names[] = {
		"rev",	    "shortRev",	    "dirtyRev",		"dirtyShortRev",
		"revCount", "lastModified", "lastModifiedDate", "sourceInfo",
	};
	const char *end = bytes + len;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t n = strlen(names[i]);
		const char *p = bytes;

		while ((p = memmem(p, (size_t)(end - p), names[i], n))) {
			if ((p == bytes || !is_name_byte(p[-1])) &&
			    (p + n == end || !is_name_byte(p[n])))
				return true;
			p += n;
		}
	}
	return false;
}

/* The text from which on it is a name of its own, NULL if it is in none. */
static const char *find_word(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);
	const char *from = p;

	while ((p = memmem(p, (size_t)(end - p), word, n))) {
		if ((p == from || !is_name_byte(p[-1])) &&
		    (p + n == end || !is_name_byte(p[n])))
			return p;
		p += n;
	}
	return NULL;
}

/*
 * The same of a file of an input, which may be handed our `self`: is one of
 * the names behind "self." or "self ?"? An input's own flake.nix means itself.
 */
static bool names_commit_of_self(const char *bytes, size_t len)
{
	const char *end = bytes + len, *p = bytes;

	while ((p = find_word(p, end, "self"))) {
		const char *stop;

		for (p += 4; p < end && strchr(" \t\r\n", *p); p++)
			;
		if (p == end || (*p != '.' && *p != '?'))
			continue;
		for (p++; p < end && strchr(" \t\r\n", *p); p++)
			;
		for (stop = p; stop < end && is_name_byte(*stop); stop++)
			;
		if (worker_names_commit(p, (size_t)(stop - p)))
			return true;
	}
	return false;
}

static bool ends_in(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return slash && strcmp(slash + 1, name) == 0;
}

/* --- paths -------------------------------------------------------------- */

struct collect {
	struct repository *repository;
	struct eval *ev;
	struct buf items, path;
	uint32_t count;
	bool *commit;
	char fetched[PATH_MAX]; /* the folder of our own source cache */
};

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return len && strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* What a hash names is the same for ever, once it is there. */
static bool is_fixed(struct collect *c, const struct trace_item *item)
{
	const char *path;
	bool above;

	if (!item->source->folder)
		return true;
	buf_reset(&c->path);
	buf_add_text(&c->path, item->source->folder);
	buf_add_text(&c->path, item->path);
	path = buf_text(&c->path);
	if (is_below(path, STORE_DIR) || is_below(path, c->fetched))
		return item->st.type != SOURCE_MISSING;
	/* What pure evaluation sees of "/" are the ways to what it may read. */
	return c->ev->settings.pure && item->source == source_root(c->ev) &&
	       !source_allowed(c->ev, item->path, &above);
}

static void look_for_commit(struct collect *c, const struct trace_item *item)
{
	const char *bytes;
	size_t len;

	if (*c->commit || !(item->kinds & TRACE_CONTENT) ||
	    !c->repository->is_flake ||
	    source_read(c->ev, item->source, item->path, &bytes, &len) < 0)
		return;
	if (item->source == c->repository->source)
		*c->commit = worker_names_commit(bytes, len);
	else if (!ends_in(item->path, "flake.nix") &&
		 !ends_in(item->path, "flake-version-info.nix"))
		*c->commit = names_commit_of_self(bytes, len);
}

static int add_item(void *arg, const struct trace_item *item)
{
	struct collect *c = arg;
	unsigned seen = item->kinds;
	uint8_t type = (uint8_t)item->st.type;
	struct wire_text content = { NULL, 0 };

	look_for_commit(c, item);
	if (is_fixed(c, item))
		return 0;
	if (item->st.executable)
		type |= WIRE_TYPE_EXECUTABLE;
	if (seen & (TRACE_CONTENT | TRACE_LISTING | TRACE_LINK))
		content = (struct wire_text){ (const char *)item->content,
					      sizeof(item->content) };
	wire_put_u32(&c->items, item->source->id);
	wire_put_u8(&c->items, (uint8_t)seen);
	wire_put_u8(&c->items, type);
	wire_put_text(&c->items, wire_text(item->path));
	wire_put_text(&c->items, content);
	c->count++;
	return 0;
}

/* What is looked for on disk before there is an evaluation: whether it is a
 * flake, a bare repository, where its git repository is, its own nixpkgs. */
static void add_place(struct collect *c, const char *path)
{
	struct stat st;
	uint8_t type = WIRE_TYPE_MISSING;

	if (lstat(path, &st) == 0)
		type = S_ISREG(st.st_mode)   ? WIRE_TYPE_REGULAR
		       : S_ISDIR(st.st_mode) ? WIRE_TYPE_DIRECTORY
		       : S_ISLNK(st.st_mode) ? WIRE_TYPE_LINK
					     : WIRE_TYPE_OTHER;
	if (type == WIRE_TYPE_REGULAR && st.st_mode & S_IXUSR)
		type |= WIRE_TYPE_EXECUTABLE;
	wire_put_u32(&c->items, 0);
	wire_put_u8(&c->items, WIRE_SEEN_TYPE);
	wire_put_u8(&c->items, type);
	wire_put_text(&c->items, wire_text(path));
	wire_put_text(&c->items, (struct wire_text){ NULL, 0 });
	c->count++;
}

static void add_places(struct collect *c, const struct wire_start *start)
{
	static const char *const names[] = { "/flake.nix", "/nixpkgs", "/HEAD",
					     "/objects", "/refs" };
	size_t len = start->repository.len;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		buf_reset(&c->path);
		buf_add(&c->path, start->repository.bytes, len);
		buf_add_text(&c->path, names[i]);
		add_place(c, buf_text(&c->path));
	}
	/* Up to the folder that has it. */
	while (len > 1) {
		struct stat st;

		buf_reset(&c->path);
		buf_add(&c->path, start->repository.bytes, len);
		buf_add_text(&c->path, "/.git");
		add_place(c, buf_text(&c->path));
		if (lstat(buf_text(&c->path), &st) == 0)
			break;
		while (len > 1 && start->repository.bytes[--len] != '/')
			;
	}
}

/* --- the answer --------------------------------------------------------- */

/* By id: every source has its place, of those that can't change as "". */
static void put_roots(struct eval *ev, struct buf *out)
{
	struct source_set *set = ev->sources;

	wire_put_u32(out, set->count);
	for (uint32_t i = 0; i < set->count; i++) {
		const struct source *source = set->sources[i];

		wire_put_u8(out, source_is_workdir(source));
		wire_put_text(out,
			      wire_text(source->folder ? source->folder : ""));
	}
}

static void put_variables(struct eval *ev, struct buf *out)
{
	uint32_t count = 0;

	for (const struct trace_variable *v = trace_variables(ev); v;
	     v = v->next)
		count++;
	wire_put_u32(out, count);
	for (const struct trace_variable *v = trace_variables(ev); v;
	     v = v->next) {
		wire_put_text(out, wire_text(v->name));
		wire_put_u8(out, v->value != NULL);
		wire_put_text(out, wire_text(v->value ? v->value : ""));
	}
}

/* The state of the repository itself only matters if it was asked for. */
static void put_commits(struct collect *c, struct buf *out)
{
	const struct source *own = c->repository->source;
	struct buf list = BUF_INIT;
	uint32_t count = 0;

	for (const struct trace_commit *k = trace_commits(c->ev); k;
	     k = k->next) {
		if (!*c->commit && own && own->folder &&
		    strcmp(k->name, TRACE_WORK_TREE) == 0 &&
		    strcmp(k->folder, own->folder) == 0)
			continue;
		wire_put_text(&list, wire_text(k->folder));
		wire_put_text(&list, wire_text(k->name));
		wire_put_text(&list, wire_text(k->id));
		count++;
	}
	wire_put_u32(out, count);
	buf_add(out, list.data, list.len);
	out->failed |= list.failed;
	buf_release(&list);
}

static void put_links(struct eval *ev, struct buf *out)
{
	uint32_t count = 0;

	for (const struct trace_place *p = trace_places(ev); p; p = p->next)
		count++;
	wire_put_u32(out, count);
	for (const struct trace_place *p = trace_places(ev); p; p = p->next) {
		wire_put_text(out, wire_text(p->name));
		wire_put_text(out, wire_text(p->real));
	}
}

int worker_trace(struct repository *repository, const struct wire_start *start,
		 bool *commit, struct buf *out)
{
	struct eval *ev = repository->ev;
	struct collect c = { .repository = repository,
			     .ev = ev,
			     .commit = commit };

	if (!ev || !source_root(ev))
		return -ENOMEM;
	fetch_cache_root(ev, c.fetched);
	trace_news(ev, add_item, &c);
	add_places(&c, start);
	wire_put_u8(out, trace_is_passing(ev));
	put_roots(ev, out);
	wire_put_u32(out, c.count);
	buf_add(out, c.items.data, c.items.len);
	put_variables(ev, out);
	put_commits(&c, out);
	put_links(ev, out);
	if (c.items.failed || c.path.failed)
		out->failed = true;
	buf_release(&c.items);
	buf_release(&c.path);
	return out->failed ? -ENOMEM : 0;
}
