#include "eval/render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "eval/source.h"

/* Deeper values are cyclic or as good as that. */
#define RENDER_DEPTH_MAX 512

bool render_is_derivation(struct eval *ev, value *cell)
{
	value v = value_force(ev, cell);
	value type;

	if (!v || value_tag(v) != TAG_ATTRS)
		return false;
	type = eval_get(ev, cell, SYM_type);
	if (!type)
		eval_clear_error(ev);
	return type && value_tag(type) == TAG_STRING &&
	       strcmp(value_string(type)->bytes, "derivation") == 0;
}

int render_is_directory(struct eval *ev, value *cell)
{
	value v = value_force(ev, cell);
	struct list *list;

	if (!v)
		return -1;
	if (value_tag(v) == TAG_ATTRS)
		return 1;
	if (value_tag(v) != TAG_LIST)
		return 0;

	list = value_list(v);
	for (size_t i = 0; i < list->len; i++) {
		value elem = value_force(ev, &list->items[i]);

		if (!elem)
			return -1;
		if (value_tag(elem) == TAG_ATTRS || value_tag(elem) == TAG_LIST)
			return 1;
	}
	return 0;
}

/* Bytes that may hold stand-ins for store paths. */
static int add_revealed(struct eval *ev, const char *bytes, size_t len,
			struct buf *out)
{
	const char *shown = bytes;

	if (source_has_stand_in(bytes, len)) {
		shown = source_reveal(ev, bytes, len);
		if (!shown)
			return -1;
	}
	buf_add(out, shown, len);
	return 0;
}

static void add_line_end(struct buf *out, size_t start)
{
	if (out->len == start || out->data[out->len - 1] != '\n')
		buf_add_char(out, '\n');
}

static int add_path(struct eval *ev, value v, struct buf *out)
{
	const char *text = source_text(ev, value_path(v));

	if (!text)
		return -1;
	return add_revealed(ev, text, strlen(text), out);
}

/* Nix prints floats with six significant digits. */
static void add_number(value v, struct buf *out)
{
	if (value_is_int(v))
		buf_add_format(out, "%" PRId64, value_integer(v));
	else
		buf_add_format(out, "%g", value_number(v));
}

static int text_scalar(struct eval *ev, value *cell, struct buf *out)
{
	value v = value_force(ev, cell);

	if (!v)
		return -1;
	switch (value_tag(v)) {
	case TAG_STRING:
		return add_revealed(ev, value_string(v)->bytes,
				    value_string(v)->len, out);
	case TAG_CONST:
		buf_add_text(out, v == VALUE_NULL   ? "null"
				  : v == VALUE_TRUE ? "true"
						    : "false");
		return 0;
	case TAG_FUNCTION:
		buf_add_text(out, "<function>");
		return 0;
	case TAG_ATTRS:
	case TAG_LIST:
		v = eval_coerce(ev, cell, 0,
				"while showing a set where the option's type "
				"wants a scalar",
				0);
		if (!v)
			return -1;
		return add_revealed(ev, value_string(v)->bytes,
				    value_string(v)->len, out);
	default:
		if (value_is_path(v))
			return add_path(ev, v, out);
		add_number(v, out);
		return 0;
	}
}

int render_text(struct eval *ev, value *cell, struct buf *out)
{
	value v = value_force(ev, cell);
	size_t start = out->len;
	struct list *list;

	if (!v)
		return -1;
	if (value_tag(v) != TAG_LIST) {
		if (text_scalar(ev, cell, out) < 0)
			return -1;
		add_line_end(out, start);
		return 0;
	}

	list = value_list(v);
	for (size_t i = 0; i < list->len; i++) {
		start = out->len;
		if (text_scalar(ev, &list->items[i], out) < 0)
			return -1;
		add_line_end(out, start);
	}
	return 0;
}

static bool is_identifier(const char *bytes, size_t len)
{
	static const char *const keywords[] = {
		"if",  "then", "else", "assert",  "with",
		"let", "in",   "rec",  "inherit", "or",
	};

	if (len == 0 ||
	    !(bytes[0] == '_' || (bytes[0] >= 'a' && bytes[0] <= 'z') ||
	      (bytes[0] >= 'A' && bytes[0] <= 'Z')))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!(bytes[i] == '_' || bytes[i] == '\'' || bytes[i] == '-' ||
		      (bytes[i] >= '0' && bytes[i] <= '9') ||
		      (bytes[i] >= 'a' && bytes[i] <= 'z') ||
		      (bytes[i] >= 'A' && bytes[i] <= 'Z')))
			return false;
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (strlen(keywords[i]) == len &&
		    memcmp(keywords[i], bytes, len) == 0)
			return false;
	return true;
}

void render_string(struct buf *out, const char *bytes, size_t len)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (c == '"' || c == '\\')
			buf_add_format(out, "\\%c", c);
		else if (c == '\n')
			buf_add_text(out, "\\n");
		else if (c == '\r')
			buf_add_text(out, "\\r");
		else if (c == '\t')
			buf_add_text(out, "\\t");
		else if (c == '$' && i + 1 < len && bytes[i + 1] == '{')
			buf_add_text(out, "\\$");
		else
			buf_add_char(out, c);
	}
	buf_add_char(out, '"');
}

void render_name(struct buf *out, const char *bytes, size_t len)
{
	if (is_identifier(bytes, len))
		buf_add(out, bytes, len);
	else
		render_string(out, bytes, len);
}

static void indent(struct buf *out, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_add_text(out, "  ");
}

static int nix_value(struct eval *ev, value *cell, struct buf *out, int depth);

static int nix_text(struct eval *ev, const char *bytes, size_t len,
		    struct buf *out)
{
	const char *shown = source_has_stand_in(bytes, len)
				    ? source_reveal(ev, bytes, len)
				    : bytes;

	if (!shown)
		return -1;
	render_string(out, shown, len);
	return 0;
}

static int nix_list(struct eval *ev, struct list *list, struct buf *out,
		    int depth)
{
	if (list->len == 0) {
		buf_add_text(out, "[ ]");
		return 0;
	}
	buf_add_text(out, "[\n");
	for (size_t i = 0; i < list->len; i++) {
		value v = value_force(ev, &list->items[i]);
		bool negative = v && value_is_int(v) && value_integer(v) < 0;

		indent(out, depth + 1);
		if (negative)
			buf_add_char(out, '(');
		if (nix_value(ev, &list->items[i], out, depth + 1) < 0)
			return -1;
		buf_add_text(out, negative ? ")\n" : "\n");
	}
	indent(out, depth);
	buf_add_char(out, ']');
	return 0;
}

static int nix_attrs(struct eval *ev, value *cell, struct buf *out, int depth)
{
	struct attrs *set = value_attrs(value_peek(*cell));
	value v;

	if (render_is_derivation(ev, cell)) {
		v = eval_get(ev, cell, SYM_out_path);
		if (!v || value_tag(v) != TAG_STRING) {
			if (!v && ev->error)
				return -1;
			eval_fail(ev, ERROR_EVAL, 0,
				  "a derivation without outPath");
			return -1;
		}
		return nix_text(ev, value_string(v)->bytes,
				value_string(v)->len, out);
	}
	set = attrs_flat(ev, set);
	if (!set)
		return -1;
	if (attrs_len(set) == 0) {
		buf_add_text(out, "{ }");
		return 0;
	}
	buf_add_text(out, "{\n");
	for (size_t i = 0; i < attrs_len(set); i++) {
		value *member;
		symbol name = attrs_sorted(ev, set, i, &member);

		indent(out, depth + 1);
		render_name(out, symbol_bytes(name), symbol_len(name));
		buf_add_text(out, " = ");
		if (nix_value(ev, member, out, depth + 1) < 0)
			return -1;
		buf_add_text(out, ";\n");
	}
	indent(out, depth);
	buf_add_char(out, '}');
	return 0;
}

static int nix_value(struct eval *ev, value *cell, struct buf *out, int depth)
{
	value v = value_force(ev, cell);
	const char *text;

	if (!v)
		return -1;
	if (depth > RENDER_DEPTH_MAX) {
		eval_fail(ev, ERROR_DEPTH, 0,
			  "a value nested deeper than %d levels can't be "
			  "written as a Nix expression",
			  RENDER_DEPTH_MAX);
		return -1;
	}
	switch (value_tag(v)) {
	case TAG_STRING:
		return nix_text(ev, value_string(v)->bytes,
				value_string(v)->len, out);
	case TAG_ATTRS: {
		/* A copy: the cell may keep its thunk. */
		value copy = v;

		return nix_attrs(ev, &copy, out, depth);
	}
	case TAG_LIST:
		return nix_list(ev, value_list(v), out, depth);
	case TAG_FUNCTION:
		eval_fail(ev, ERROR_EVAL, 0,
			  "a function can't be written as a Nix expression");
		return -1;
	case TAG_CONST:
		return text_scalar(ev, cell, out);
	default:
		if (value_is_path(v)) {
			text = source_text(ev, value_path(v));
			return text ? add_revealed(ev, text, strlen(text), out)
				    : -1;
		}
		if (value_is_float(v)) {
			/* As a float again when it is read: not 1 but 1.0. */
			char number[64];

			snprintf(number, sizeof(number), "%.17g",
				 value_number(v));
			buf_add_text(out, number);
			if (!strpbrk(number, ".eni"))
				buf_add_text(out, ".0");
			return 0;
		}
		add_number(v, out);
		return 0;
	}
}

int render_nix(struct eval *ev, value *cell, struct buf *out)
{
	if (nix_value(ev, cell, out, 0) < 0)
		return -1;
	buf_add_char(out, '\n');
	return 0;
}

const char *render_type(struct eval *ev, value *cell)
{
	value v = value_force(ev, cell);

	if (!v)
		return NULL;
	return render_is_derivation(ev, cell) ? "derivation" : value_type_of(v);
}
