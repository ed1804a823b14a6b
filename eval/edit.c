/*
 * edit.c - finding and changing bindings in a module's text
 */
#include "eval/edit.h"

#include <stdlib.h>
#include <string.h>

#include "eval/edit_private.h"
#include "eval/error.h"

/* Nix's option paths are short. */
#define NAMES_MAX 256

/* One place where the value of the path is given. */
struct match {
	const struct outline_binding *binding;
	const struct outline_branch *branch; /* NULL: inherited */
	unsigned wraps; /* enum outline_wrap, of all sets around too */
};

struct search {
	const struct outline_module *module;
	const struct outline_name *names;
	uint32_t len;
	struct match first;	  /* unless under a condition */
	struct match conditional; /* the first under one */
	uint32_t count;		  /* matches that are not */
	struct edit_place place;  /* the best for a new one */
	uint32_t score;
	const struct outline_binding *blocker; /* why a set takes no new one */
	const struct outline_binding *inside; /* the path is a set, with this */
};

/*
 * Offsets, lines.
 */

static void line_and_column(const char *text, size_t len, size_t offset,
			    uint32_t *line, uint32_t *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < offset && i < len; i++) {
		bool crlf =
			text[i] == '\r' && i + 1 < len && text[i + 1] == '\n';

		++*column;
		if ((text[i] == '\n' || text[i] == '\r') && !crlf) {
			++*line;
			*column = 1;
		}
	}
}

static int refuse(struct buf *err, const struct outline *o, uint32_t offset,
		  const char *reason)
{
	uint32_t line, column;

	line_and_column(o->text, o->len, offset, &line, &column);
	return buf_fail(err, "%u:%u: %s", line, column, reason);
}

/* What the outline has to say about a text that it could not read. */
static int refuse_text(struct buf *err, const struct outline *o)
{
	const struct error *error = o->ev.error;

	return refuse(err, o, error && error->pos ? error->pos - 1 : 0,
		      error ? error->message : "out of memory");
}

struct splice *splice_add(struct splices *all, uint32_t at, uint32_t remove)
{
	if (all->len == all->room) {
		size_t room = all->room ? all->room * 2 : 8;
		struct splice *items =
			realloc(all->items, room * sizeof(*items));

		if (!items) {
			all->failed = true;
			return NULL;
		}
		all->items = items;
		all->room = room;
	}
	all->items[all->len] = (struct splice){ .at = at, .remove = remove };
	return &all->items[all->len++];
}

void edit_add_apart(const struct outline *o, struct splice *splice,
		    const char *bytes, size_t len)
{
	uint32_t at = splice->at, end = at + splice->remove;

	if (at && !strchr(" \t\r\n([{=;", o->text[at - 1]))
		buf_add_char(&splice->bytes, ' ');
	splice->mark = splice->bytes.len;
	buf_add(&splice->bytes, bytes, len);
	if (end < o->len && !strchr(" \t\r\n)]};", o->text[end]))
		buf_add_char(&splice->bytes, ' ');
}

static void splices_release(struct splices *all)
{
	for (size_t i = 0; i < all->len; i++)
		buf_release(&all->items[i].bytes);
	free(all->items);
}

static int by_place(const void *a, const void *b)
{
	const struct splice *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* The text with all changes; *offset: where the main one's mark is in it.
 * Leaves the changes in the order of their places. */
static int apply(const struct outline *o, struct splices *all, struct buf *out,
		 size_t *offset)
{
	uint32_t done = 0, place;

	if (all->failed || all->main >= all->len)
		return -1;
	place = all->items[all->main].at;
	qsort(all->items, all->len, sizeof(*all->items), by_place);
	for (size_t i = 0; i < all->len; i++) {
		const struct splice *splice = &all->items[i];

		buf_add(out, o->text + done, splice->at - done);
		if (splice->at == place)
			*offset = out->len + splice->mark;
		buf_add(out, splice->bytes.data, splice->bytes.len);
		if (splice->bytes.failed)
			out->failed = true;
		done = splice->at + splice->remove;
	}
	buf_add(out, o->text + done, o->len - done);
	return out->failed ? -1 : 0;
}

/*
 * Search.
 */

uint32_t edit_common(const struct outline_binding *b,
		     const struct outline_name *names, uint32_t len)
{
	uint32_t n = 0;

	while (n < b->len && n < len && !b->names[n].computed &&
	       b->names[n].len == names[n].len &&
	       memcmp(b->names[n].bytes, names[n].bytes, names[n].len) == 0)
		n++;
	return n;
}

static void add_match(struct search *s, const struct outline_binding *b,
		      const struct outline_branch *branch, unsigned wraps)
{
	struct match match = { b, branch, wraps };

	if (branch)
		match.wraps |= branch->wraps;
	if (match.wraps & OUTLINE_CONDITION) {
		if (!s->conditional.binding)
			s->conditional = match;
		return;
	}
	if (!s->count++)
		s->first = match;
}

/* Can `b.c = 1;` be written beside `b = ...;`? */
static bool is_open(const struct outline_binding *b)
{
	return b->branches_len == 1 && b->branches[0].set &&
	       !b->branches[0].wraps;
}

/* Look through set, to which the consumed names lead. */
static void search_set(struct search *s, const struct outline_set *set,
		       uint32_t consumed, unsigned wraps)
{
	const struct outline_name *names = s->names + consumed;
	uint32_t len = s->len - consumed, related = 0;
	bool blocked = wraps & OUTLINE_CONDITION;

	for (uint32_t i = 0; i < set->len; i++) {
		const struct outline_binding *b = &set->items[i];
		uint32_t common = edit_common(b, names, len);

		if (common == len && common == b->len) {
			for (uint32_t j = 0; j < b->branches_len; j++)
				add_match(s, b, &b->branches[j], wraps);
			if (b->inherited)
				add_match(s, b, NULL, wraps);
			blocked = true;
		} else if (common == len) {
			s->inside = b;
		} else if (common == b->len) {
			for (uint32_t j = 0; j < b->branches_len; j++) {
				const struct outline_branch *branch =
					&b->branches[j];

				if (branch->set)
					search_set(s, branch->set,
						   consumed + common,
						   wraps | branch->wraps);
			}
			if (!is_open(b)) {
				blocked = true;
				s->blocker = b;
			}
		} else if (common > related) {
			related = common;
		}
	}
	/* The nearest relatives win, then the innermost set. */
	related = (consumed + related) * NAMES_MAX + consumed + 1;
	if (!blocked && related > s->score) {
		s->score = related;
		s->place = (struct edit_place){ set, consumed };
	}
}

static bool has_name(const struct outline_set *set, const char *text)
{
	const struct outline_name name = { text, strlen(text), false };

	for (uint32_t i = 0; i < set->len; i++)
		if (edit_common(&set->items[i], &name, 1))
			return true;
	return false;
}

/* Search a module for the path; names has room for one more than len. */
static void search_module(struct search *s, const struct outline_module *m,
			  const struct wire_text *path, size_t len,
			  struct outline_name *names)
{
	size_t n = 0;

	memset(s, 0, sizeof(*s));
	s->module = m;
	/* As the module system does it: with one of these in it, a module's
	 * definitions are in its config. */
	if (has_name(m->set, "config") || has_name(m->set, "options"))
		names[n++] = (struct outline_name){ "config", 6, false };
	for (size_t i = 0; i < len; i++)
		names[n++] = (struct outline_name){
			path[i].bytes,
			(uint32_t)path[i].len,
			false,
		};
	s->names = names;
	s->len = n;
	search_set(s, m->set, 0, 0);
}

static bool path_is_usable(const struct wire_text *path, size_t len)
{
	if (!len || len >= NAMES_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (path[i].len > UINT16_MAX ||
		    (path[i].len && memchr(path[i].bytes, '\0', path[i].len)))
			return false;
	return true;
}

/*
 * Search all modules: the one that has the path, else the one that has it under
 * a condition, else the one with the best place for it. *count: how often it is
 * given in all of them.
 */
static bool search_all(struct search *out, const struct outline *o,
		       const struct wire_text *path, size_t len,
		       struct outline_name *names, uint32_t *count)
{
	const struct outline_module *best = NULL;
	int most = -1;
	uint32_t score = 0;

	*count = 0;
	for (uint32_t i = 0; i < o->modules_len; i++) {
		const struct outline_module *m = &o->modules[i];
		struct search s;
		int rank;

		if (!m->set)
			continue;
		search_module(&s, m, path, len, names);
		*count += s.count;
		rank = s.count ? 3 : s.conditional.binding ? 2 : s.inside != 0;
		if (rank > most || (!rank && !most && s.score > score)) {
			most = rank;
			score = s.score;
			best = m;
		}
	}
	if (best)
		search_module(out, best, path, len, names);
	return best;
}

bool edit_has_module(const char *text, size_t text_len,
		     const struct edit_scope *scope)
{
	struct outline o;
	bool has = false;

	if (outline_init(&o, text, text_len, scope) == 0)
		for (uint32_t i = 0; i < o.modules_len; i++)
			has |= o.modules[i].set != NULL;
	outline_release(&o);
	return has;
}

bool edit_find(const char *text, size_t text_len,
	       const struct edit_scope *scope, const struct wire_text *path,
	       size_t len, struct edit_binding *out)
{
	struct outline_name names[NAMES_MAX];
	struct search s;
	struct outline o;
	const struct match *match = NULL;
	uint32_t count;
	bool found = false;

	if (!path_is_usable(path, len))
		return false;
	if (outline_init(&o, text, text_len, scope) == 0 &&
	    search_all(&s, &o, path, len, names, &count)) {
		match = s.count ? &s.first : &s.conditional;
		found = match->binding;
	}
	if (found) {
		const struct outline_binding *b = match->binding;
		const struct outline_branch *branch = match->branch;

		memset(out, 0, sizeof(*out));
		line_and_column(text, text_len, b->start, &out->line,
				&out->column);
		out->start = branch ? branch->start : b->value;
		out->end = branch ? branch->end : b->value_end;
		out->literal = branch && !branch->set && b->branches_len == 1 &&
			       outline_is_literal(&o, out->start, out->end);
		out->conditional =
			match->wraps & (OUTLINE_CONDITION | OUTLINE_MERGE);
	}
	outline_release(&o);
	return found;
}

/*
 * Changing a binding.
 */

static bool is_simple(const char *wanted)
{
	return *wanted != '-';
}

void edit_add_argument(struct buf *out, const char *wanted)
{
	if (is_simple(wanted))
		buf_add_text(out, wanted);
	else
		buf_add_format(out, "(%s)", wanted);
}

/* Is the branch an argument, of mkForce say, without parentheses? */
static bool is_argument(const struct outline *o,
			const struct outline_binding *b,
			const struct outline_branch *branch)
{
	uint32_t i = branch->start;

	if (i == b->value)
		return false;
	while (i > b->value &&
	       (o->text[i - 1] == ' ' || o->text[i - 1] == '\t' ||
		o->text[i - 1] == '\n'))
		i--;
	return i == b->value || o->text[i - 1] != '(';
}

/* The function that gives the value its priority, a space after it. */
static void add_force(struct buf *out, unsigned flags)
{
	if (flags >> 8)
		buf_add_format(out, "mkOverride %u ", flags >> 8);
	else
		buf_add_text(out, "mkForce ");
}

static bool is_forced(const struct outline *o, const struct outline_binding *b,
		      const struct outline_branch *branch, unsigned flags)
{
	if (flags >> 8)
		return false;
	return memmem(o->text + b->value, branch->start - b->value, "mkForce",
		      7) != NULL;
}

static void replace(struct outline *o, const struct search *s,
		    const char *wanted, unsigned flags, struct splices *all)
{
	const struct match *match = &s->first;
	const struct outline_binding *b = match->binding;
	const struct outline_branch *branch = match->branch;
	uint32_t start = branch->start, end = branch->end;
	struct splice *splice;
	struct buf text = BUF_INIT;

	if (flags & EDIT_FORCE && !is_forced(o, b, branch, flags)) {
		edit_reach_lib(o, s->module, all, &text);
		add_force(&text, flags);
		edit_add_argument(&text, wanted);
		start = b->value;
		end = b->value_end;
	} else if (edit_list(o, start, end, wanted, all)) {
		return;
	} else if (is_argument(o, b, branch)) {
		edit_add_argument(&text, wanted);
	} else {
		buf_add_text(&text, wanted);
	}
	all->main = all->len;
	splice = splice_add(all, start, end - start);
	if (splice)
		edit_add_apart(o, splice, buf_text(&text), text.len);
	if (text.failed)
		all->failed = true;
	buf_release(&text);
}

static int change(struct outline *o, const struct search *s, uint32_t count,
		  const char *wanted, unsigned flags, struct splices *all,
		  struct buf *err)
{
	const struct match *match = &s->first;
	const struct outline_branch *branch = match->branch;
	uint32_t at = match->binding->start;

	if (count > 1)
		return refuse(err, o, at,
			      "the value is put together from several parts");
	if (!branch)
		return refuse(err, o, at, "the value is inherited");
	if (branch->set)
		return refuse(err, o, at, "the value is a set");
	if (!outline_is_literal(o, branch->start, branch->end))
		return refuse(err, o, at,
			      "the value is computed, not a plain literal");
	replace(o, s, wanted, flags, all);
	return 0;
}

static int add(struct outline *o, const struct search *s, const char *wanted,
	       unsigned flags, struct splices *all, struct buf *err)
{
	const struct outline_binding *b = s->blocker;
	struct buf text = BUF_INIT;

	if (s->conditional.binding)
		return refuse(err, o, s->conditional.binding->start,
			      "the value is set under a condition");
	if (s->inside)
		return refuse(err, o, s->inside->start,
			      "it is a set, of which this is a part");
	if (!s->place.set) {
		if (!b)
			return refuse(err, o, s->module->set->open,
				      "there is no set that could take it");
		for (uint32_t i = 0; i < b->branches_len; i++)
			if (b->branches[i].wraps & OUTLINE_CONDITION)
				return refuse(err, o, b->start,
					      "the set that it belongs to "
					      "stands under a condition");
		return refuse(err, o, b->start,
			      b->inherited ? "the set that it belongs to is "
					     "inherited"
					   : "the set that it belongs to is "
					     "computed");
	}
	if (flags & EDIT_FORCE) {
		edit_reach_lib(o, s->module, all, &text);
		add_force(&text, flags);
		edit_add_argument(&text, wanted);
		wanted = buf_text(&text);
	}
	all->main = all->len;
	edit_insert(o, &s->place, s->names + s->place.consumed,
		    s->len - s->place.consumed, wanted, all);
	if (text.failed)
		all->failed = true;
	buf_release(&text);
	return 0;
}

/* Are the bytes the value that was wanted, but for layout and comments? */
static bool is_wanted(struct outline *o, uint32_t start, uint32_t end,
		      const char *wanted)
{
	struct outline_range *have, *want;
	struct outline other;
	int64_t len, other_len = -1;
	bool same;

	if (end - start == strlen(wanted) &&
	    memcmp(o->text + start, wanted, end - start) == 0)
		return true;
	len = outline_list(o, start, end, &have);
	if (outline_init(&other, wanted, strlen(wanted), NULL) == 0)
		other_len = outline_list(&other, 0, strlen(wanted), &want);
	same = len >= 0 && len == other_len;
	for (int64_t i = 0; same && i < len; i++)
		same = have[i].end - have[i].start ==
			       want[i].end - want[i].start &&
		       memcmp(o->text + have[i].start, wanted + want[i].start,
			      have[i].end - have[i].start) == 0;
	outline_release(&other);
	return same;
}

/* The new text must parse, and the path must have the value in it: our own
 * mistakes end here. */
static int check(const struct buf *text, const struct edit_scope *scope,
		 const struct wire_text *path, size_t len, const char *wanted,
		 struct buf *err)
{
	struct edit_binding binding;
	struct outline o;
	int rc = 0;

	if (outline_init(&o, buf_text(text), text->len, scope) < 0) {
		rc = refuse_text(err, &o);
		buf_add_text(err, " (after the change)");
	} else if (!edit_find(buf_text(text), text->len, scope, path, len,
			      &binding) ||
		   !binding.literal ||
		   !is_wanted(&o, binding.start, binding.end, wanted)) {
		rc = buf_fail(err, "1:1: the change would have no effect");
	}
	outline_release(&o);
	return rc;
}

int edit_set(const char *text, size_t text_len, const struct edit_scope *scope,
	     const struct wire_text *path, size_t len, const char *wanted,
	     unsigned flags, struct buf *out, uint32_t *line, struct buf *err)
{
	struct outline_name names[NAMES_MAX];
	struct splices all = { 0 };
	struct outline o;
	struct search s;
	uint32_t column, count;
	size_t offset = 0;
	int rc;

	if (!path_is_usable(path, len))
		return buf_fail(err, "1:1: the path can't be written in Nix");
	if (outline_init(&o, text, text_len, scope) < 0) {
		rc = refuse_text(err, &o);
		goto out;
	}
	if (!search_all(&s, &o, path, len, names, &count)) {
		rc = refuse(err, &o, o.modules_len ? o.modules[0].at : 0,
			    scope ? "no module of the host's is written out"
				  : "the module is computed, no plain set");
		goto out;
	}
	rc = s.count ? change(&o, &s, count, wanted, flags, &all, err)
		     : add(&o, &s, wanted, flags, &all, err);
	if (rc < 0)
		goto out;

	buf_reset(out);
	if (apply(&o, &all, out, &offset) < 0) {
		rc = buf_fail(err, "1:1: out of memory");
		goto out;
	}
	line_and_column(buf_text(out), out->len, offset, line, &column);
	rc = check(out, scope, path, len, wanted, err);
out:
	if (rc < 0)
		buf_reset(out);
	splices_release(&all);
	outline_release(&o);
	return rc;
}
