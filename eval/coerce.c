/*
 * coerce.c - values as strings and as paths
 */
#include <stdio.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/context.h"
#include "eval/interp.h"
#include "eval/print.h"
#include "eval/source.h"
#include "eval/store.h"

/* A coercion under way: lists and sets add to the same text. */
struct coerce_state {
	struct buf text;
	const struct context *context;
};

static value fail_coerce(struct eval *ev, pos_t pos, const char *context,
			 value v)
{
	eval_fail(ev, ERROR_EVAL, 0, "cannot coerce %s to a string: %s",
		  value_type_name(ev, v), print_short(ev, v));
	return eval_frame(ev, pos, "%s", context);
}

static value coerce_path(struct eval *ev, pos_t pos, value v, unsigned flags)
{
	struct path *path = value_path(v);
	const char *text;

	if (flags & COERCE_COPY_PATHS) {
		if (path->len > 4 &&
		    memcmp(path->bytes + path->len - 4, ".drv", 4) == 0)
			return eval_fail(ev, ERROR_EVAL, 0,
					 "file names are not allowed to end in "
					 "'.drv'");
		return store_add_path(ev, pos, path, NULL, true, 0);
	}
	text = source_text(ev, path);
	return text ? value_new_cstring(ev, text) : 0;
}

static value coerce(struct eval *ev, value *slot, pos_t pos,
		    const char *context, unsigned flags);

static value coerce_attrs(struct eval *ev, value set, pos_t pos,
			  const char *context, unsigned flags)
{
	value *cell = attrs_find(value_attrs(set), SYM_to_string), v;

	if (cell) {
		v = eval_call(ev, pos, *cell, 1, &set);
		/* Nix forgets canonicalisation here, to the same effect. */
		return v ? coerce(ev, &v, pos,
				  "while evaluating the result of the "
				  "`__toString` attribute",
				  flags)
			 : 0;
	}
	cell = attrs_find(value_attrs(set), SYM_out_path);
	if (!cell)
		return fail_coerce(ev, pos, context, set);
	return coerce(ev, cell, pos, context, flags);
}

static value coerce_list(struct eval *ev, value v, pos_t pos,
			 const char *context, unsigned flags)
{
	const struct list *list = value_list(v);
	const struct context *all = NULL;
	struct buf text = BUF_INIT;

	for (uint32_t i = 0; i < list->len; i++) {
		value item = coerce(ev, &list->items[i], pos,
				    "while evaluating one element of the list",
				    flags);
		const struct string *s = value_string(item);
		value element;

		if (!item) {
			eval_frame(ev, pos, "%s", context);
			v = 0;
			goto out;
		}
		buf_add(&text, s->bytes, s->len);
		if (s->context)
			all = context_union(ev, all, s->context);

		/* An empty list in the list leaves no space behind it. */
		element = value_force(ev, &list->items[i]);
		if (i + 1 < list->len && (value_tag(element) != TAG_LIST ||
					  value_list(element)->len != 0))
			buf_add_char(&text, ' ');
	}
	v = text.failed ? eval_fail_memory(ev)
			: value_new_string(ev, buf_text(&text), text.len, all);
out:
	buf_release(&text);
	return v;
}

/* printf() takes ten times as long, and toString of integers is common. */
static value integer_text(struct eval *ev, int64_t n)
{
	char digits[24], *p = digits + sizeof(digits);
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;

	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (n < 0)
		*--p = '-';
	return value_new_string(ev, p, digits + sizeof(digits) - p, NULL);
}

static value coerce_more(struct eval *ev, value v, pos_t pos,
			 const char *context, unsigned flags)
{
	/* The largest double has 309 digits before the point. */
	char digits[400];

	if (v == VALUE_TRUE)
		return value_new_cstring(ev, "1");
	if (v == VALUE_FALSE || v == VALUE_NULL)
		return value_new_cstring(ev, "");
	if (value_is_int(v)) {
		return integer_text(ev, value_integer(v));
	}
	if (value_is_float(v)) {
		snprintf(digits, sizeof(digits), "%f", value_number(v));
		return value_new_cstring(ev, digits);
	}
	if (value_tag(v) == TAG_LIST)
		return coerce_list(ev, v, pos, context, flags);
	return fail_coerce(ev, pos, context, v);
}

static value coerce(struct eval *ev, value *slot, pos_t pos,
		    const char *context, unsigned flags)
{
	value v;

	if (!call_enter(ev, pos))
		return 0;
	v = value_force_at(ev, slot, pos);
	if (!v || value_tag(v) == TAG_STRING)
		;
	else if (value_is_path(v))
		v = coerce_path(ev, pos, v, flags);
	else if (value_tag(v) == TAG_ATTRS)
		v = coerce_attrs(ev, v, pos, context, flags);
	else if (flags & COERCE_MORE)
		v = coerce_more(ev, v, pos, context, flags);
	else
		v = fail_coerce(ev, pos, context, v);
	ev->call_depth--;
	return v;
}

value eval_coerce(struct eval *ev, value *slot, pos_t pos, const char *context,
		  unsigned flags)
{
	return coerce(ev, slot, pos, context, flags);
}

struct path *eval_path(struct eval *ev, value *slot, pos_t pos,
		       const char *context)
{
	value v = value_force_at(ev, slot, pos), *cell;
	const struct string *s;

	if (!v) {
		eval_frame(ev, pos, "%s", context);
		return NULL;
	}
	if (value_is_path(v))
		return value_path(v);
	if (value_tag(v) == TAG_ATTRS) {
		cell = attrs_find(value_attrs(v), SYM_to_string);
		if (cell) {
			struct path *path = NULL;

			if (!call_enter(ev, pos))
				return NULL;
			v = eval_call(ev, pos, *cell, 1, &v);
			if (v)
				path = eval_path(ev, &v, pos, context);
			ev->call_depth--;
			return path;
		}
	}
	v = coerce(ev, &v, pos, context, COERCE_CANON_PATH);
	if (!v)
		return NULL;
	s = value_string(v);
	if (s->len == 0 || s->bytes[0] != '/') {
		eval_fail(ev, ERROR_EVAL, 0,
			  "string '%s' doesn't represent an absolute path",
			  s->bytes);
		eval_frame(ev, pos, "%s", context);
		return NULL;
	}
	if (s->context && store_realise(ev, pos, s->context) < 0) {
		eval_frame(ev, 0, "while realising the context of path '%s'",
			   s->bytes);
		return NULL;
	}
	return source_path(ev, s->bytes, s->len);
}
