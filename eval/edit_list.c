/*
 * edit_list.c - making one list literal another, element by element
 *
 * The elements that both begin with stay as they are, and so do those that both
 * end with. What is between is replaced one by one as long as there are old
 * ones, then added or taken away: comments and layout of the rest stay.
 */
#include <string.h>

#include "eval/edit_private.h"

struct sides {
	struct outline *o;
	const struct outline_range *old;
	const char *wanted;
	const struct outline_range *new;
	struct splices *all;
	uint32_t start; /* of the old list: its bracket */
};

static bool same(const struct sides *s, const struct outline_range *old,
		 const struct outline_range *new)
{
	return old->end - old->start == new->end - new->start &&
	       !memcmp(s->o->text + old->start, s->wanted + new->start,
		       old->end - old->start);
}

static void replace_item(struct sides *s, const struct outline_range *old,
			 const struct outline_range *new)
{
	struct splice *splice =
		splice_add(s->all, old->start, old->end - old->start);

	if (splice)
		edit_add_apart(s->o, splice, s->wanted + new->start,
			       new->end - new->start);
}

/* Take the element away, with its line if it is alone there. */
static void remove_item(struct sides *s, const struct outline_range *old)
{
	const struct outline *o = s->o;
	uint32_t start = old->start, end = old->end, below;
	struct splice *splice;
	bool comment;

	below = edit_rest_of_line(o, end, &comment);
	if (below && !comment && edit_begins_line(o, start)) {
		start = edit_line_start(o, start);
		end = below;
	} else if (below && !comment) {
		while (o->text[start - 1] == ' ' || o->text[start - 1] == '\t')
			start--;
	} else {
		end += edit_blanks(o, end);
	}
	splice = splice_add(s->all, start, end - start);
	/* Nor may its neighbours become one. */
	if (splice && !strchr(" \t\r\n[", o->text[start - 1]))
		edit_add_apart(o, splice, "", 0);
}

/* Add the elements from first to last after the old one before (NULL: at the
 * begin). */
static void add_items(struct sides *s, const struct outline_range *before,
		      const struct outline_range *first,
		      const struct outline_range *last)
{
	const struct outline *o = s->o;
	const char *newline = edit_newline(o);
	/* Whose line shows how elements stand. */
	const struct outline_range *like = before ? before : s->old;
	uint32_t at = before ? before->end : s->start + 1, line;
	bool comment, lines = edit_begins_line(o, like->start);
	struct splice *splice;

	line = edit_line_start(o, like->start);
	if (lines) {
		uint32_t below = edit_rest_of_line(o, at, &comment);

		/* Behind a comment that follows the element. */
		if (below && comment)
			for (at = below; o->text[at - 1] == '\n' ||
					 o->text[at - 1] == '\r';)
				at--;
	}
	splice = splice_add(s->all, at, 0);
	if (!splice)
		return;
	for (; first < last; first++) {
		if (lines) {
			buf_add_text(&splice->bytes, newline);
			buf_add(&splice->bytes, o->text + line,
				like->start - line);
		} else {
			buf_add_char(&splice->bytes, ' ');
		}
		buf_add(&splice->bytes, s->wanted + first->start,
			first->end - first->start);
	}
	if (!strchr(" \t\r\n]", o->text[at]))
		buf_add_char(&splice->bytes, ' ');
}

static bool is_comment(const struct outline *o, uint32_t from, uint32_t to)
{
	return memchr(o->text + from, '#', to - from) ||
	       memmem(o->text + from, to - from, "/*", 2);
}

/* Is there a comment beside the elements of the list? */
static bool has_comment(const struct outline *o,
			const struct outline_range *items, int64_t len,
			uint32_t start, uint32_t end)
{
	for (int64_t i = 0; i < len; i++) {
		if (is_comment(o, start, items[i].start))
			return true;
		start = items[i].end;
	}
	return is_comment(o, start, end);
}

bool edit_list(struct outline *o, uint32_t start, uint32_t end,
	       const char *wanted, struct splices *all)
{
	struct sides s = {
		.o = o, .wanted = wanted, .all = all, .start = start
	};
	struct outline_range *old, *new;
	struct outline other;
	int64_t old_len, new_len, head = 0, tail = 0, middle;
	bool done = false;

	old_len = outline_list(o, start, end, &old);
	if (outline_init(&other, wanted, strlen(wanted), NULL) < 0)
		goto out;
	new_len = outline_list(&other, 0, strlen(wanted), &new);
	/* An empty list has no layout, and one that becomes empty keeps it for
	 * the comments only. */
	if (old_len < 0 || new_len < 0 || (!old_len && new_len) ||
	    (!new_len && !has_comment(o, old, old_len, start, end)))
		goto out;
	s.old = old;
	s.new = new;
	while (head < old_len && head < new_len &&
	       same(&s, &old[head], &new[head]))
		head++;
	while (tail < old_len - head && tail < new_len - head &&
	       same(&s, &old[old_len - 1 - tail], &new[new_len - 1 - tail]))
		tail++;
	middle = (old_len < new_len ? old_len : new_len) - head - tail;
	for (int64_t i = head; i < head + middle; i++)
		replace_item(&s, &old[i], &new[i]);
	for (int64_t i = head + middle; i < old_len - tail; i++)
		remove_item(&s, &old[i]);
	if (head + middle < new_len - tail)
		add_items(&s, head + middle ? &old[head + middle - 1] : NULL,
			  &new[head + middle], &new[new_len - tail]);
	/* Nothing to do is done too, but a splice marks the place. */
	if (!all->len)
		splice_add(all, start, 0);
	done = true;
out:
	outline_release(&other);
	return done;
}
