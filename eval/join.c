/*
 * join.c - strings with ${}, paths with ${}, and sums
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eval/context.h"
#include "eval/interp.h"
#include "eval/source.h"

/* Parts of a string or sum that need no memory of their own. */
#define PARTS_MAX 16

static value sum(struct eval *ev, const struct expr_strings *e, struct env *env,
		 value first)
{
	int64_t n = 0, next;
	double d = 0;
	bool is_float = value_is_float(first);
	value v = first;

	if (is_float)
		d = value_number(first);
	else
		n = value_integer(first);
	for (uint32_t i = 1; i < e->len; i++) {
		v = eval_operand(ev, e->parts[i], env);
		if (!v)
			return 0;
		if (value_is_int(v)) {
			next = value_integer(v);
			if (is_float)
				d += (double)next;
			else if (__builtin_add_overflow(n, next, &n))
				return eval_fail(
					ev, ERROR_EVAL, expr_strings_pos(e, i),
					"integer overflow in adding %" PRId64
					" + %" PRId64,
					(int64_t)((uint64_t)n - (uint64_t)next),
					next);
		} else if (value_is_float(v)) {
			if (!is_float)
				d = (double)n;
			d += value_number(v);
			is_float = true;
		} else {
			return eval_fail(ev, ERROR_EVAL, expr_strings_pos(e, i),
					 "cannot add %s to %s",
					 value_type_name(ev, v),
					 is_float ? "a float" : "an integer");
		}
	}
	return is_float ? value_new_float(ev, d) : value_new_int(ev, n);
}

static value join_path(struct eval *ev, const struct expr_strings *e,
		       value first, const value *parts, size_t size,
		       const struct context *context)
{
	/* An empty path is the root of its source. */
	struct path root = { .source = value_path(first)->source }, *path;
	char *text, *p;

	if (context)
		return eval_fail(ev, ERROR_EVAL, e->e.pos,
				 "a string that refers to a store path cannot "
				 "be appended to a path");
	text = malloc(size + 1);
	if (!text)
		return eval_fail_memory(ev);
	p = text;
	for (uint32_t i = 0; i < e->len; i++) {
		const struct string *s = value_string(parts[i]);

		memcpy(p, s->bytes, s->len);
		p += s->len;
	}
	*p = '\0';
	path = source_join(ev, &root, text, p - text);
	free(text);
	return value_of_path(ev, path);
}

/* The text of a path within its source, as the first part of a path. */
static value path_inside(struct eval *ev, value v)
{
	const struct path *path = value_path(v);

	return value_new_string(ev, path->bytes, path->len, NULL);
}

static value join_strings(struct eval *ev, const struct expr_strings *e,
			  struct env *env, value first, value *parts)
{
	static const char context_text[] = "while evaluating a path segment";
	bool to_path = !(e->e.flags & 1) && value_is_path(first);
	/* What follows a set in a sum is not copied to the store. */
	bool copy = (e->e.flags & 1) || value_tag(first) == TAG_STRING;
	const struct context *context = NULL;
	size_t size = 0;
	value v = 0;
	char *p;

	for (uint32_t i = 0; i < e->len; i++) {
		const struct string *s;

		v = i == 0 ? first : eval_operand(ev, e->parts[i], env);
		if (!v)
			return 0;
		if (i == 0 && to_path)
			v = path_inside(ev, v);
		else if (value_tag(v) != TAG_STRING ||
			 UNLIKELY(ev->call_depth > ev->settings.max_call_depth))
			v = eval_coerce(ev, &v, expr_strings_pos(e, i),
					context_text,
					to_path || (!copy && i < 2)
						? COERCE_CANON_PATH
						: COERCE_COPY_PATHS);
		if (!v)
			return 0;
		s = value_string(v);
		parts[i] = v;
		size += s->len;
		if (s->context != context && s->context) {
			context = context_union(ev, context, s->context);
			if (!context)
				return 0;
		}
	}
	if (to_path)
		return join_path(ev, e, first, parts, size, context);

	v = value_new_buffer(ev, size, context);
	if (!v || size == 0)
		return v;
	p = value_string(v)->bytes;
	for (uint32_t i = 0; i < e->len; i++) {
		const struct string *s = value_string(parts[i]);

		memcpy(p, s->bytes, s->len);
		p += s->len;
	}
	return v;
}

value join_parts(struct eval *ev, const struct expr_strings *e, struct env *env)
{
	value first, v, stack[PARTS_MAX], *parts = stack;

	first = eval_operand(ev, e->parts[0], env);
	if (!first)
		return 0;
	if (!(e->e.flags & 1) && (value_is_int(first) || value_is_float(first)))
		return sum(ev, e, env, first);
	if (e->len > PARTS_MAX) {
		parts = malloc(e->len * sizeof(*parts));
		if (!parts)
			return eval_fail_memory(ev);
	}
	v = join_strings(ev, e, env, first, parts);
	if (parts != stack)
		free(parts);
	return v;
}
