#include "eval/plan_place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/definitions.h"
#include "eval/edit.h"
#include "eval/own.h"
#include "eval/render.h"
#include "eval/source.h"
#include "eval/trace.h"
#include "eval/view.h"

/* Priorities of lib/modules.nix: mkForce's, and that of a plain definition. */
#define PRIORITY_FORCE 50
#define PRIORITY_PLAIN 100

void plan_place_release(struct plan_place *place)
{
	free(place->file);
	buf_release(&place->list);
}

/* The file of a definition in the repository, NULL if it is elsewhere. */
static const char *definition_file(struct host *host, value *cell)
{
	value file = value_force(host->ev, cell);
	struct path *path = NULL;

	if (!file) {
		eval_clear_error(host->ev);
		return NULL;
	}
	if (value_is_path(file))
		path = value_path(file);
	else if (value_tag(file) == TAG_STRING &&
		 value_string(file)->bytes[0] == '/')
		path = source_path(host->ev, value_string(file)->bytes,
				   value_string(file)->len);
	/* A module that is a folder is its default.nix. */
	if (path && view_is_folder(host->ev, path))
		path = source_join(host->ev, path, "default.nix", 11);
	return path ? repository_relative(host->repository, path->source,
					  path->bytes)
		    : NULL;
}

/*
 * Is the definition one that a module of the host's has, written out in a file
 * that is not the host's own? Such a definition is said to be in a file of an
 * input, or in none.
 */
static bool is_inside(struct host *host, const struct definition *d,
		      const char *file, const struct edit_binding *binding)
{
	struct path *at = repository_path(host->repository, file);
	const char *text;
	size_t text_len;
	value literal;
	int same = -1;

	if (!at || source_read(host->ev, at->source, at->bytes, &text,
			       &text_len) < 0) {
		eval_clear_error(host->ev);
		return false;
	}
	if (!binding->literal)
		return true;
	/* Then it can be told by its value. */
	literal = eval_string(host->ev, text + binding->start,
			      binding->end - binding->start, NULL, file);
	if (literal)
		same = value_equal(host->ev, d->value, &literal, 0,
				   "while comparing with a definition");
	eval_clear_error(host->ev);
	return same != 0;
}

/* Does the value of a definition have the member that rest leads to? */
static bool has_member(struct host *host, value *cell,
		       const struct wire_text *rest, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (option_step(host->ev, &cell, &rest[i]) < 0) {
			eval_clear_error(host->ev);
			return false;
		}
	return true;
}

/* What is known of the definitions. */
struct found {
	struct definition *all;
	size_t count;
	struct definition *own; /* the one to be changed, or NULL */
	const char *file;	/* its file */
	bool inside;
	size_t others;	   /* that count beside it */
	int64_t strongest; /* of those */
};

static bool counts(const struct definition *d)
{
	return d->state == DEFINITION_WON || d->state == DEFINITION_MERGED;
}

/* Which of two definitions of the host's own is to be changed? */
static bool is_better(const struct definition *a, const struct definition *b)
{
	return !b || (counts(a) && !counts(b)) ||
	       (a->state == DEFINITION_LOST && b->state == DEFINITION_INACTIVE);
}

/*
 * The definitions of the option at path, or of a member of its value. The
 * module system merges the members of most types one by one, and notes are
 * there of each; where it does not, the option's own definitions are looked
 * into.
 */
static int definitions(struct host *host, const struct option_place *option,
		       const struct wire_text *path, size_t len,
		       struct found *out)
{
	size_t depth = option->depth, kept = 0;
	int rc;

	if (depth < len && option->cell &&
	    definitions_of(host->ev, path, len, &out->all, &out->count) == 0 &&
	    out->count)
		return 0;
	eval_clear_error(host->ev);
	rc = view_all_definitions(host, option->option, path, depth, &out->all,
				  &out->count);
	for (size_t i = 0; rc == 0 && i < out->count; i++)
		if (has_member(host, out->all[i].value, path + depth,
			       len - depth))
			out->all[kept++] = out->all[i];
	out->count = kept;
	return rc;
}

static int look(struct host *host, const struct option_place *option,
		const struct wire_text *path, size_t len, struct found *out)
{
	struct edit_binding binding;
	const char *inside_file;
	bool has_inside;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = definitions(host, option, path, len, out);
	if (rc < 0)
		return rc;
	has_inside = own_find_inside(host, path, len, &inside_file, &binding);
	for (size_t i = 0; i < out->count; i++) {
		struct definition *d = &out->all[i];
		const char *file = definition_file(host, d->file);
		bool own = file && own_file_is(host, file);
		bool inside = has_inside && !own &&
			      (file ? strcmp(file, inside_file) == 0
				    : own_may_be_inside(host, d->file)) &&
			      is_inside(host, d, inside_file, &binding);

		if (inside)
			file = inside_file;
		if ((own || inside) && is_better(d, out->own)) {
			out->own = d;
			out->file = file;
			out->inside = inside;
		}
	}
	out->strongest = INT64_MAX;
	for (size_t i = 0; i < out->count; i++) {
		struct definition *d = &out->all[i];

		if (d == out->own || !counts(d))
			continue;
		out->others++;
		if (d->priority < out->strongest)
			out->strongest = d->priority;
	}
	return 0;
}

/* How a definition beats those of other files: by mkForce, or if one of them
 * has that too, by one step more. */
static unsigned force(int64_t priority)
{
	return priority > PRIORITY_FORCE || priority <= 1
		       ? EDIT_FORCE
		       : EDIT_FORCE | EDIT_PRIORITY(priority - 1);
}

/*
 * Lists.
 */

static struct list *as_list(struct eval *ev, value *cell)
{
	value v = value_force(ev, cell);

	if (!v)
		eval_clear_error(ev);
	return v && value_tag(v) == TAG_LIST ? value_list(v) : NULL;
}

/* Are the elements of part those of whole from index at on? */
static bool is_part(struct eval *ev, struct list *whole, size_t at,
		    struct list *part)
{
	if (at > whole->len || part->len > whole->len - at)
		return false;
	for (size_t i = 0; i < part->len; i++) {
		int rc = value_equal(ev, &whole->items[at + i], &part->items[i],
				     0, "while comparing lists");

		if (rc < 0)
			eval_clear_error(ev);
		if (rc != 1)
			return false;
	}
	return true;
}

/* The elements from one to another as a list in Nix. */
static bool spell_part(struct eval *ev, struct list *list, size_t from,
		       size_t to, struct buf *out)
{
	buf_add_text(out, "[ ");
	for (size_t i = from; i < to; i++) {
		value v = value_force(ev, &list->items[i]);
		struct buf one = BUF_INIT;
		bool negative, good = v && render_nix(ev, &v, &one) == 0;

		negative = good && *buf_text(&one) == '-';
		buf_add_text(out, negative ? "(" : "");
		if (good)
			buf_add(out, one.data, one.len - 1); /* no newline */
		buf_add_text(out, negative ? ") " : " ");
		buf_release(&one);
		if (!good) {
			eval_clear_error(ev);
			return false;
		}
	}
	buf_add_char(out, ']');
	return true;
}

/*
 * Definitions of a list are put one behind the other. If those that are not to
 * be changed have the wanted list's begin and end, what is between is for the
 * own one to say. Where there is none yet, it may come to stand first or last.
 */
static bool complete_list(struct eval *ev, const struct found *found,
			  struct list *wanted, struct buf *out)
{
	size_t before = 0, after = 0;
	bool seen = false, head = true, tail = true;
	struct list *list;

	for (size_t i = 0; i < found->count; i++) {
		struct definition *d = &found->all[i];

		if (!counts(d))
			continue;
		list = as_list(ev, d->value);
		if (!list || d->priority != PRIORITY_PLAIN)
			return false;
		if (d == found->own) {
			seen = true;
		} else if (seen) {
			after += list->len;
		} else {
			head = head && is_part(ev, wanted, before, list);
			before += list->len;
		}
	}
	if (before + after > wanted->len)
		return false;
	if (found->own) {
		size_t at = wanted->len - after;

		for (size_t i = found->count; i-- > 0 && tail;) {
			struct definition *d = &found->all[i];

			if (d == found->own)
				break;
			if (!counts(d))
				continue;
			list = as_list(ev, d->value);
			after -= list->len;
			tail = is_part(ev, wanted,
				       wanted->len - after - list->len, list);
		}
		return head && tail && spell_part(ev, wanted, before, at, out);
	}
	if (before == wanted->len)
		return false;
	if (head)
		return spell_part(ev, wanted, before, wanted->len, out);
	for (size_t i = 0, at = wanted->len - before; i < found->count; i++) {
		if (!counts(&found->all[i]))
			continue;
		list = as_list(ev, found->all[i].value);
		if (!is_part(ev, wanted, at, list))
			return false;
		at += list->len;
	}
	return spell_part(ev, wanted, 0, wanted->len - before, out);
}

int plan_place_find(struct host *host, const struct option_place *option,
		    const struct wire_text *path, size_t len, value wanted,
		    struct plan_place *place)
{
	struct found found;
	struct list *list;
	int rc = look(host, option, path, len, &found);

	if (rc < 0)
		return rc;
	place->inside = found.inside;
	if (found.own) {
		place->file = strdup(found.file);
		if (!place->file)
			return -ENOMEM;
	} else {
		rc = own_file(host, &place->file, &place->inside);
		if (rc < 0)
			return rc;
	}
	/* The option's own default is a definition too, of the weakest kind. */
	if (!found.others || found.strongest > PRIORITY_PLAIN)
		return 0;
	list = as_list(host->ev, &wanted);
	if (!place->force && list && (!found.own || counts(found.own)) &&
	    complete_list(host->ev, &found, list, &place->list)) {
		place->additive = true;
		return place->list.failed ? -ENOMEM : 0;
	}
	buf_reset(&place->list);
	place->flags = force(found.strongest);
	return 0;
}
