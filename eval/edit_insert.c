/*
 * edit_insert.c - adding a binding to a set as its author would have
 */
#include <string.h>

#include "eval/edit_private.h"

/* Lists that make a line longer than this are written over several. */
#define WIDTH 80

/*
 * Lines.
 */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_newline(char c)
{
	return c == '\n' || c == '\r';
}

size_t edit_blanks(const struct outline *o, uint32_t offset)
{
	size_t n = 0;

	while (offset + n < o->len && is_blank(o->text[offset + n]))
		n++;
	return n;
}

uint32_t edit_line_start(const struct outline *o, uint32_t offset)
{
	while (offset && !is_newline(o->text[offset - 1]))
		offset--;
	return offset;
}

bool edit_begins_line(const struct outline *o, uint32_t offset)
{
	uint32_t start = edit_line_start(o, offset);

	return start + edit_blanks(o, start) == offset;
}

const char *edit_newline(const struct outline *o)
{
	const char *end = memchr(o->text, '\n', o->len);

	return end && end > o->text && end[-1] == '\r' ? "\r\n" : "\n";
}

uint32_t edit_rest_of_line(const struct outline *o, uint32_t offset,
			   bool *comment)
{
	size_t i = offset + edit_blanks(o, offset);

	*comment = false;
	while (i + 1 < o->len && o->text[i] == '/' && o->text[i + 1] == '*') {
		const char *end =
			memmem(o->text + i + 2, o->len - i - 2, "*/", 2);

		if (!end || memchr(o->text + i, '\n', end - (o->text + i)))
			return 0;
		*comment = true;
		i = end + 2 - o->text;
		i += edit_blanks(o, i);
	}
	if (i < o->len && o->text[i] == '#') {
		*comment = true;
		while (i < o->len && !is_newline(o->text[i]))
			i++;
	}
	if (i >= o->len || !is_newline(o->text[i]))
		return 0;
	if (o->text[i] == '\r' && i + 1 < o->len && o->text[i + 1] == '\n')
		i++;
	return i + 1;
}

/* How much one level is indented: as the first line that is, but for comments
 * in the style of " * ". */
static void add_unit(const struct outline *o, struct buf *out)
{
	for (uint32_t i = 0; i < o->len;) {
		size_t n = edit_blanks(o, i);

		if (n && n <= 8 && i + n < o->len &&
		    !is_newline(o->text[i + n]) && o->text[i + n] != '*') {
			buf_add(out, o->text + i, n);
			return;
		}
		while (i < o->len && o->text[i] != '\n')
			i++;
		i++;
	}
	buf_add_text(out, "  ");
}

/* The blanks that begin the line of offset. */
static void add_indent(const struct outline *o, uint32_t offset,
		       struct buf *out)
{
	uint32_t start = edit_line_start(o, offset);

	buf_add(out, o->text + start, edit_blanks(o, start));
}

/*
 * lib.
 */

/* The function that gives the module gets the argument lib. */
static void add_formal(const struct outline *o, const struct outline_module *m,
		       struct splices *all)
{
	uint32_t at = m->formals_len ? m->last_formal_end
		      : m->ellipsis  ? m->ellipsis
				     : m->formals_open + 1;
	struct splice *splice = splice_add(all, at, 0);
	uint32_t gap;

	if (!splice)
		return;
	if (!m->formals_len) {
		buf_add_text(&splice->bytes,
			     m->ellipsis ? "lib, " : " lib, ...");
		return;
	}
	/* What is between the last one and the dots separates this one too. */
	gap = m->ellipsis ? m->ellipsis - at : 0;
	if (gap && !memchr(o->text + at, '#', gap) &&
	    !memmem(o->text + at, gap, "/*", 2))
		buf_add(&splice->bytes, o->text + at, gap);
	else
		buf_add_text(&splice->bytes, ", ");
	buf_add_text(&splice->bytes, "lib");
}

void edit_reach_lib(const struct outline *o, const struct outline_module *m,
		    struct splices *all, struct buf *out)
{
	struct splice *splice;

	if (m->is_function && !m->has_lib && !m->has_formals) {
		buf_add(out, m->arg.bytes, m->arg.len);
		buf_add_text(out, ".lib.");
		return;
	}
	buf_add_text(out, "lib.");
	if (m->has_lib)
		return;
	if (m->is_function) {
		add_formal(o, m, all);
		return;
	}
	splice = splice_add(all, m->start, 0);
	if (splice && m->in_list)
		buf_add_text(&splice->bytes, m->in_parens ? "{ lib, ... }: "
							  : "({ lib, ... }: ");
	else if (splice)
		buf_add_format(&splice->bytes, "{ lib, ... }:%s%s",
			       edit_newline(o), edit_newline(o));
	if (m->in_list && !m->in_parens) {
		splice = splice_add(all, m->end, 0);
		if (splice)
			buf_add_char(&splice->bytes, ')');
	}
}

/*
 * The binding.
 */

static bool is_identifier(const struct outline_name *name)
{
	static const char *const keywords[] = {
		"if",  "then", "else", "assert",  "with",
		"let", "in",   "rec",  "inherit",
	};

	if (!name->len || (name->bytes[0] >= '0' && name->bytes[0] <= '9') ||
	    name->bytes[0] == '-' || name->bytes[0] == '\'')
		return false;
	for (uint32_t i = 0; i < name->len; i++) {
		char c = name->bytes[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		      c == '\''))
			return false;
	}
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (strlen(keywords[i]) == name->len &&
		    !memcmp(keywords[i], name->bytes, name->len))
			return false;
	return true;
}

static void add_name(struct buf *out, const struct outline_name *name)
{
	if (is_identifier(name)) {
		buf_add(out, name->bytes, name->len);
		return;
	}
	buf_add_char(out, '"');
	for (uint32_t i = 0; i < name->len; i++) {
		char c = name->bytes[i];

		if (c == '"' || c == '\\' ||
		    (c == '$' && i + 1 < name->len &&
		     name->bytes[i + 1] == '{'))
			buf_add_char(out, '\\');
		if (c == '\n')
			buf_add_text(out, "\\n");
		else if (c == '\r')
			buf_add_text(out, "\\r");
		else if (c == '\t')
			buf_add_text(out, "\\t");
		else
			buf_add_char(out, c);
	}
	buf_add_char(out, '"');
}

/* A list with one element a line; false if value is none. */
static bool add_tall_list(struct buf *out, const char *wanted,
			  const char *indent, const char *unit,
			  const char *newline)
{
	struct outline_range *items;
	struct outline o;
	int64_t len = -1;

	if (outline_init(&o, wanted, strlen(wanted), NULL) == 0)
		len = outline_list(&o, 0, strlen(wanted), &items);
	if (len > 0) {
		buf_add_char(out, '[');
		for (int64_t i = 0; i < len; i++) {
			buf_add_format(out, "%s%s%s", newline, indent, unit);
			buf_add(out, wanted + items[i].start,
				items[i].end - items[i].start);
		}
		buf_add_format(out, "%s%s]", newline, indent);
	}
	outline_release(&o);
	return len > 0;
}

/* a.b = value; */
static void add_binding(const struct outline *o, struct buf *out,
			const struct outline_name *names, uint32_t len,
			const char *wanted, const char *indent)
{
	struct buf unit = BUF_INIT;
	size_t start = out->len;

	for (uint32_t i = 0; i < len; i++) {
		if (i)
			buf_add_char(out, '.');
		add_name(out, &names[i]);
	}
	buf_add_text(out, " = ");
	add_unit(o, &unit);
	if (strlen(indent) + (out->len - start) + strlen(wanted) + 1 <= WIDTH ||
	    *wanted != '[' ||
	    !add_tall_list(out, wanted, indent, buf_text(&unit),
			   edit_newline(o)))
		buf_add_text(out, wanted);
	buf_add_char(out, ';');
	buf_release(&unit);
}

/* The first binding of an empty set. */
static void insert_first(const struct outline *o, const struct outline_set *set,
			 const struct outline_name *names, uint32_t len,
			 const char *wanted, struct splices *all)
{
	const char *newline = edit_newline(o);
	struct buf indent = BUF_INIT, outer = BUF_INIT;
	struct splice *splice;
	bool own_line = edit_begins_line(o, set->close);

	add_indent(o, set->close, &outer);
	buf_add(&indent, outer.data, outer.len);
	add_unit(o, &indent);
	if (own_line) {
		/* Above the line of the closing brace. */
		splice = splice_add(all, edit_line_start(o, set->close), 0);
		if (splice) {
			buf_add(&splice->bytes, indent.data, indent.len);
			splice->mark = splice->bytes.len;
			add_binding(o, &splice->bytes, names, len, wanted,
				    buf_text(&indent));
			buf_add_text(&splice->bytes, newline);
		}
	} else {
		/* { } becomes three lines; what comments are in it stay. */
		uint32_t at = set->close;

		while (at > set->open + 1 && is_blank(o->text[at - 1]))
			at--;
		splice = splice_add(all, at, set->close - at);
		if (splice) {
			buf_add_text(&splice->bytes, newline);
			buf_add(&splice->bytes, indent.data, indent.len);
			splice->mark = splice->bytes.len;
			add_binding(o, &splice->bytes, names, len, wanted,
				    buf_text(&indent));
			buf_add_text(&splice->bytes, newline);
			buf_add(&splice->bytes, outer.data, outer.len);
		}
	}
	buf_release(&indent);
	buf_release(&outer);
}

/* Does a blank line part the two bindings? */
static bool are_parted(const struct outline *o, const struct outline_binding *a,
		       const struct outline_binding *b)
{
	uint32_t newlines = 0;

	for (uint32_t i = a->end; i < b->start; i++) {
		if (o->text[i] == '\n')
			newlines++;
		else if (!is_blank(o->text[i]) && o->text[i] != '\r')
			newlines = 0;
		if (newlines == 2)
			return true;
	}
	return false;
}

/* The binding after which the new one goes: the last of its nearest relatives,
 * or the last of all. *related: it is one of them. */
static const struct outline_binding *
find_neighbour(const struct outline_set *set, const struct outline_name *names,
	       uint32_t len, bool *related)
{
	const struct outline_binding *best = &set->items[set->len - 1];
	uint32_t most = 0;

	for (uint32_t i = 0; i < set->len; i++) {
		uint32_t common = edit_common(&set->items[i], names, len);

		if (common && common >= most && !set->items[i].inherited) {
			most = common;
			best = &set->items[i];
		}
	}
	*related = most > 0;
	return best;
}

void edit_insert(const struct outline *o, const struct edit_place *place,
		 const struct outline_name *names, uint32_t len,
		 const char *wanted, struct splices *all)
{
	const struct outline_set *set = place->set;
	const struct outline_binding *beside;
	const char *newline = edit_newline(o);
	struct buf indent = BUF_INIT;
	struct splice *splice;
	uint32_t below;
	bool related, comment;

	if (!set->len) {
		insert_first(o, set, names, len, wanted, all);
		return;
	}
	beside = find_neighbour(set, names, len, &related);
	below = edit_rest_of_line(o, beside->end, &comment);
	if (edit_begins_line(o, beside->start)) {
		add_indent(o, beside->start, &indent);
	} else if (below) {
		/* `inherit a` or `a = 1; b = 2;` lines: as the line is. */
		add_indent(o, beside->end, &indent);
		if (edit_line_start(o, beside->end) <= set->open)
			below = 0;
	}
	if (below && below <= set->close) {
		splice = splice_add(all, below, 0);
		if (!splice)
			goto out;
		if (!related && set->len > 1 &&
		    are_parted(o, beside - 1, beside))
			buf_add_text(&splice->bytes, newline);
		buf_add(&splice->bytes, indent.data, indent.len);
		splice->mark = splice->bytes.len;
		add_binding(o, &splice->bytes, names, len, wanted,
			    buf_text(&indent));
		buf_add_text(&splice->bytes, newline);
	} else {
		splice = splice_add(all, beside->end, 0);
		if (!splice)
			goto out;
		/* { a = 1; } stays in its line, but not
		 * { a = 1;
		 *   b = 2; } */
		if (edit_begins_line(o, beside->start)) {
			buf_add_text(&splice->bytes, newline);
			buf_add(&splice->bytes, indent.data, indent.len);
		} else {
			buf_add_char(&splice->bytes, ' ');
		}
		splice->mark = splice->bytes.len;
		add_binding(o, &splice->bytes, names, len, wanted,
			    buf_text(&indent));
	}
out:
	buf_release(&indent);
}
