/* json.c - values as JSON (the other direction is json_parse.c) */
#include "eval/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/context.h"
#include "eval/depth.h"
#include "eval/eval.h"
#include "eval/float.h"
#include "eval/print.h"
#include "eval/source.h"
#include "eval/store.h"
#include "eval/utf8.h"

/* Why a string is not UTF-8. */
struct bad_text {
	bool incomplete;
	unsigned char byte;
	size_t index;
};

struct json_writer {
	struct eval *ev;
	struct buf *out;
	const struct context *context;
	const value *top; /* the slot of it all */
	unsigned flags;
	/*
	 * The first string that is not UTF-8. Nix makes a whole document first
	 * and writes it afterwards, so that an error in a later value comes
	 * before this one.
	 */
	struct bad_text bad;
	size_t bad_at; /* length of what Nix writes before that error */
	bool is_bad;
};

static int write_value(struct json_writer *w, value *slot, pos_t pos);

/* How a byte is written: 0 as it is, 'u' as \u00xx, else as \ and this. */
static const char escapes[256] = {
	[0 ... 7] = 'u', [0xb] = 'u',	[0xe ... 0x1f] = 'u', ['\b'] = 'b',
	['\t'] = 't',	 ['\n'] = 'n',	['\f'] = 'f',	      ['\r'] = 'r',
	['"'] = '"',	 ['\\'] = '\\',
};

static void write_escape(struct buf *out, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	char text[6] = { '\\', escapes[c], '0', '0' };

	if (text[1] != 'u') {
		buf_add(out, text, 2);
		return;
	}
	text[4] = digits[c >> 4];
	text[5] = digits[c & 15];
	buf_add(out, text, 6);
}

static bool check_text(const char *bytes, size_t len, struct bad_text *bad)
{
	unsigned missing;

	bad->index = utf8_check(bytes, len, &missing);
	if (bad->index == len && !missing)
		return true;
	bad->incomplete = bad->index == len;
	bad->byte = bytes[bad->incomplete ? len - 1 : bad->index];
	return false;
}

/* The bytes between quotes. Returns false if they are not UTF-8, and then has
 * written what comes before. */
static bool write_text(struct buf *out, const char *bytes, size_t len,
		       struct bad_text *bad)
{
	size_t done = 0, i = 0;
	bool ascii = true;

	buf_add_char(out, '"');
	for (; i < len; i++) {
		unsigned char c = bytes[i];

		if (escapes[c]) {
			buf_add(out, bytes + done, i - done);
			write_escape(out, c);
			done = i + 1;
		}
		ascii &= c < 0x80;
	}
	if (!ascii && !check_text(bytes, len, bad))
		return false;
	buf_add(out, bytes + done, len - done);
	buf_add_char(out, '"');
	return true;
}

static int fail_utf8(struct eval *ev, const struct bad_text *bad)
{
	if (bad->incomplete)
		eval_fail(ev, ERROR_EVAL, 0,
			  "JSON serialization error: "
			  "[json.exception.type_error.316] incomplete UTF-8 "
			  "string; last byte: 0x%02X",
			  bad->byte);
	else
		eval_fail(ev, ERROR_EVAL, 0,
			  "JSON serialization error: "
			  "[json.exception.type_error.316] invalid UTF-8 byte "
			  "at index %zu: 0x%02X",
			  bad->index, bad->byte);
	return -1;
}

static void write_string(struct json_writer *w, const char *bytes, size_t len)
{
	size_t start = w->out->len;
	struct bad_text bad;

	if (!write_text(w->out, bytes, len, &bad) && !w->is_bad) {
		w->is_bad = true;
		w->bad = bad;
		w->bad_at = start + 1;
	}
}

static int unite(struct json_writer *w, const struct context *context)
{
	if (!context || context == w->context)
		return 0;
	w->context = context_union(w->ev, w->context, context);
	return w->context ? 0 : -1;
}

static int write_string_value(struct json_writer *w, const struct string *s)
{
	write_string(w, s->bytes, s->len);
	return unite(w, s->context);
}

static int write_path(struct json_writer *w, pos_t pos, struct path *path)
{
	const char *text;
	value v;

	if (!(w->flags & JSON_COPY_PATHS)) {
		text = source_text(w->ev, path);
		if (!text)
			return -1;
		write_string(w, text, strlen(text));
		return 0;
	}
	v = store_add_path(w->ev, pos, path, NULL, true, 0);
	return v ? write_string_value(w, value_string(v)) : -1;
}

static int write_list(struct json_writer *w, struct list *list, pos_t pos)
{
	buf_add_char(w->out, '[');
	for (uint32_t i = 0; i < list->len; i++) {
		if (i)
			buf_add_char(w->out, ',');
		if (write_value(w, &list->items[i], pos) < 0) {
			eval_frame(w->ev, pos,
				   "while evaluating list element at index %u",
				   i);
			return -1;
		}
	}
	buf_add_char(w->out, ']');
	return 0;
}

static int write_members(struct json_writer *w, struct attrs *set)
{
	size_t len;

	set = attrs_flat(w->ev, set);
	if (!set)
		return -1;
	len = attrs_len(set);
	buf_add_char(w->out, '{');
	for (size_t i = 0; i < len; i++) {
		value *cell;
		symbol name = attrs_sorted(w->ev, set, i, &cell);
		pos_t pos = attrs_pos(set, name);

		if (i)
			buf_add_char(w->out, ',');
		write_string(w, symbol_bytes(name), symbol_len(name));
		buf_add_char(w->out, ':');
		if (write_value(w, cell, pos) < 0) {
			eval_frame(w->ev, pos,
				   "while evaluating attribute '%s'",
				   print_symbol(w->ev, name));
			return -1;
		}
	}
	buf_add_char(w->out, '}');
	return 0;
}

static int write_set(struct json_writer *w, value v, pos_t pos)
{
	struct attrs *set = value_attrs(v);
	value *cell, text;

	if (w->flags & JSON_PLAIN_SETS)
		return write_members(w, set);
	cell = attrs_find(set, SYM_to_string);
	if (cell) {
		text = eval_call(w->ev, pos, *cell, 1, &v);
		if (text)
			text = eval_coerce(w->ev, &text, pos,
					   "while evaluating the result of the "
					   "`__toString` attribute",
					   0);
		return text ? write_string_value(w, value_string(text)) : -1;
	}
	cell = attrs_find(set, SYM_out_path);
	if (cell)
		return write_value(w, cell, attrs_pos(set, SYM_out_path));
	return write_members(w, set);
}

/* Where a function is written, for those that are. */
static pos_t function_pos(value v, pos_t pos)
{
	struct function *f = value_function(v);
	uint32_t argc = 0;

	if (f->kind == FUNCTION_PARTIAL) {
		argc = f->argc;
		f = f->as.whole;
	}
	if (f->kind != FUNCTION_LAMBDA)
		return pos;
	return argc ? f->as.lambda->params[argc].pos : f->as.lambda->e.pos;
}

static int fail_kind(struct json_writer *w, const char *kind, pos_t pos)
{
	eval_fail(w->ev, ERROR_EVAL, pos, "cannot convert %s to JSON", kind);
	return -1;
}

static int write_known(struct json_writer *w, value v, pos_t pos)
{
	switch (value_tag(v)) {
	case TAG_INT:
		buf_add_format(w->out, "%" PRId64, value_integer(v));
		return 0;
	case TAG_STRING:
		return write_string_value(w, value_string(v));
	case TAG_ATTRS:
		return write_set(w, v, pos);
	case TAG_LIST:
		return write_list(w, value_list(v), pos);
	case TAG_CONST:
		buf_add_text(w->out, v == VALUE_TRUE	? "true"
				     : v == VALUE_FALSE ? "false"
							: "null");
		return 0;
	case TAG_BOX:
		if (value_is_path(v))
			return write_path(w, pos, value_path(v));
		if (value_is_float(v))
			json_write_float(w->out, value_number(v));
		else
			buf_add_format(w->out, "%" PRId64, value_integer(v));
		return 0;
	case TAG_FUNCTION:
		pos = function_pos(v, pos);
		break;
	case TAG_THUNK:
		break;
	}
	return fail_kind(
		w, value_is_thunk(v) ? "a thunk" : value_type_name(w->ev, v),
		pos);
}

static int write_value(struct json_writer *w, value *slot, pos_t pos)
{
	value v = value_peek(*slot);
	int err = -1;

	if (depth_enter(w->ev, pos) < 0)
		return -1;
	if (w->flags & JSON_STRICT)
		v = value_force_at(w->ev, slot, pos);
	if (!(w->flags & JSON_STRICT) && slot != w->top &&
	    value_is_bare_lambda(*slot))
		err = fail_kind(w, "a thunk", pos);
	else if (v)
		err = write_known(w, v, pos);
	depth_leave(w->ev);
	return err;
}

int json_write(struct eval *ev, value *slot, pos_t pos, unsigned flags,
	       struct buf *out, const struct context **context)
{
	struct json_writer w = {
		.ev = ev,
		.out = out,
		.context = context ? *context : NULL,
		.top = slot,
		.flags = flags,
	};

	size_t start = out->len;

	if (write_value(&w, slot, pos) < 0) {
		out->len = start;
		return -1;
	}
	if (w.is_bad) {
		out->len = w.bad_at;
		return fail_utf8(ev, &w.bad);
	}
	if (out->failed) {
		eval_fail(ev, ERROR_MEMORY, pos, "out of memory");
		return -1;
	}
	if (context)
		*context = w.context;
	return 0;
}

int json_write_string(struct eval *ev, pos_t pos, const char *bytes, size_t len,
		      struct buf *out)
{
	struct bad_text bad;

	if (!write_text(out, bytes, len, &bad))
		return fail_utf8(ev, &bad);
	return 0;
}

void json_write_float(struct buf *out, double number)
{
	if (isfinite(number))
		float_print(out, number);
	else
		buf_add_text(out, "null");
}
