/* builtin_context.c - builtins that look at what strings depend on */
#include <stdlib.h>
#include <string.h>

#include "eval/context.h"
#include "eval/eval.h"
#include "eval/print.h"
#include "eval/source.h"
#include "eval/storepath.h"

static value with_context(struct eval *ev, const struct string *s,
			  const struct context *context)
{
	return value_new_string(ev, s->bytes, s->len, context);
}

/* The argument as an interpolation would have it: paths are copied. */
static struct string *coerced(struct eval *ev, value *slot, pos_t pos,
			      const char *context)
{
	value v = eval_coerce(ev, slot, pos, context,
			      COERCE_COPY_PATHS | COERCE_CANON_PATH);

	return v ? value_string(v) : NULL;
}

/* The store path of an element as people may see it. */
static const char *shown(struct eval *ev, symbol path)
{
	return source_reveal(ev, symbol_bytes(path), symbol_len(path));
}

static value discard_context(struct eval *ev, pos_t pos, value *args)
{
	struct string *s;

	s = coerced(ev, &args[0], pos,
		    "while evaluating the argument passed to "
		    "builtins.unsafeDiscardStringContext");
	return s ? with_context(ev, s, NULL) : 0;
}

static value has_context(struct eval *ev, pos_t pos, value *args)
{
	struct string *s;

	s = eval_string_value(ev, &args[0], pos,
			      "while evaluating the argument passed to "
			      "builtins.hasContext");
	return s ? value_bool(s->context && s->context->len) : 0;
}

static value discard_output_dependency(struct eval *ev, pos_t pos, value *args)
{
	const struct context *context = NULL, *one;
	struct string *s;

	s = coerced(ev, &args[0], pos,
		    "while evaluating the argument passed to "
		    "builtins.unsafeDiscardOutputDependency");
	if (!s)
		return 0;
	for (uint32_t i = 0; s->context && i < s->context->len; i++) {
		const struct context_element *e = s->context->elements[i];
		enum context_kind kind = e->kind;

		if (kind == CONTEXT_DEEP)
			kind = CONTEXT_PATH;
		one = context_of(ev, kind, e->path, e->output);
		context = one ? context_union(ev, context, one) : NULL;
		if (!context)
			return 0;
	}
	return with_context(ev, s, context);
}

static value add_output_dependencies(struct eval *ev, pos_t pos, value *args)
{
	const struct context_element *e;
	const struct context *context;
	struct string *s;
	const char *path;
	uint32_t len;

	s = coerced(ev, &args[0], pos,
		    "while evaluating the argument passed to "
		    "builtins.addDrvOutputDependencies");
	if (!s)
		return 0;
	len = s->context ? s->context->len : 0;
	if (len != 1)
		return eval_fail(ev, ERROR_EVAL, pos,
				 "context of string '%s' must have exactly one "
				 "element, but has %u",
				 s->bytes, len);
	e = s->context->elements[0];
	path = symbol_bytes(e->path);
	switch (e->kind) {
	case CONTEXT_BUILT:
		return eval_fail(ev, ERROR_EVAL, pos,
				 "`addDrvOutputDependencies` can only act on "
				 "derivations, not on a derivation output such "
				 "as '%s'",
				 symbol_bytes(e->output));
	case CONTEXT_DEEP:
		return with_context(ev, s, s->context);
	case CONTEXT_PATH:
		break;
	}
	if (symbol_len(e->path) < 4 ||
	    strcmp(path + symbol_len(e->path) - 4, ".drv") != 0)
		return eval_fail(ev, ERROR_EVAL, pos,
				 "path '%s' is not a derivation",
				 shown(ev, e->path));
	context = context_of(ev, CONTEXT_DEEP, e->path, 0);
	return context ? with_context(ev, s, context) : 0;
}

/* By path, and for one path by output: what is shown is in this order. */
static int compare_elements(const void *a, const void *b)
{
	const struct context_element *x =
		*(const struct context_element *const *)a;
	const struct context_element *y =
		*(const struct context_element *const *)b;
	int order = x->path == y->path ? 0 : symbol_compare(x->path, y->path);

	if (order == 0 && x->output != y->output) {
		if (!x->output || !y->output)
			return x->output ? 1 : -1;
		order = symbol_compare(x->output, y->output);
	}
	return order;
}

/* What getContext tells of the len elements, which are of one path. */
static value describe(struct eval *ev,
		      const struct context_element *const *elements, size_t len)
{
	struct attrs_builder builder;
	size_t outputs = 0;
	value list;

	attrs_builder_init(&builder, ev, 3);
	for (size_t i = 0; i < len; i++) {
		int err = 0;

		if (elements[i]->kind == CONTEXT_BUILT)
			outputs++;
		else if (elements[i]->kind == CONTEXT_DEEP)
			err = attrs_builder_add(&builder,
						symbol_intern("allOutputs", 10),
						0, VALUE_TRUE);
		else
			err = attrs_builder_add(&builder, SYM_path, 0,
						VALUE_TRUE);
		if (err < 0)
			return 0;
	}
	if (outputs) {
		value *item;

		list = value_new_list(ev, outputs);
		if (!list)
			return 0;
		item = value_list(list)->items;
		for (size_t i = 0; i < len; i++)
			if (elements[i]->kind == CONTEXT_BUILT)
				*item++ = symbol_string(elements[i]->output);
		if (attrs_builder_add(&builder, SYM_outputs, 0, list) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&builder, false));
}

static value get_context(struct eval *ev, pos_t pos, value *args)
{
	const struct context_element **elements;
	struct attrs_builder builder;
	const char *path;
	struct string *s;
	uint32_t len, i, end;
	symbol name;
	value info;

	s = eval_string_value(ev, &args[0], pos,
			      "while evaluating the argument passed to "
			      "builtins.getContext");
	if (!s)
		return 0;
	len = s->context ? s->context->len : 0;
	elements = arena_alloc(ev->arena, (len + 1) * sizeof(*elements));
	if (!elements)
		return eval_fail_memory(ev);
	for (i = 0; i < len; i++)
		elements[i] = s->context->elements[i];
	qsort(elements, len, sizeof(*elements), compare_elements);

	attrs_builder_init(&builder, ev, len);
	for (i = 0; i < len; i = end) {
		end = i + 1;
		while (end < len && elements[end]->path == elements[i]->path)
			end++;
		info = describe(ev, elements + i, end - i);
		path = shown(ev, elements[i]->path);
		if (!info || !path)
			return 0;
		name = symbol_intern(path, strlen(path));
		if (attrs_builder_add(&builder, name, 0, info) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&builder, false));
}

struct appending {
	struct eval *ev;
	const struct context *context;
	symbol path; /* the key, and where it is */
	pos_t pos;
};

static int append(struct appending *a, enum context_kind kind, symbol output)
{
	const struct context *one = context_of(a->ev, kind, a->path, output);

	a->context = one ? context_union(a->ev, a->context, one) : NULL;
	return a->context ? 0 : -1;
}

static bool is_derivation(symbol path)
{
	size_t len = symbol_len(path);

	return len >= 4 && strcmp(symbol_bytes(path) + len - 4, ".drv") == 0;
}

/* "path" and "allOutputs": 1 if it is there and true, 0, or -1. */
static int flag(struct appending *a, struct attrs *info, symbol name,
		const char *context)
{
	value *cell = attrs_find(info, name);
	bool set = false;

	if (cell &&
	    eval_bool(a->ev, cell, attrs_pos(info, name), context, &set) < 0)
		return -1;
	return set;
}

static int append_outputs(struct appending *a, struct attrs *info)
{
	value *cell = attrs_find(info, SYM_outputs);
	pos_t pos = attrs_pos(info, SYM_outputs);
	struct list *outputs;

	if (!cell)
		return 0;
	outputs = eval_list(a->ev, cell, pos,
			    "while evaluating the `outputs` attribute of a "
			    "string context");
	if (!outputs)
		return -1;
	if (outputs->len && !is_derivation(a->path)) {
		eval_fail(a->ev, ERROR_EVAL, a->pos,
			  "tried to add derivation output context of %s, which "
			  "is not a derivation, to a string",
			  print_symbol(a->ev, a->path));
		return -1;
	}
	for (uint32_t i = 0; i < outputs->len; i++) {
		struct string *name;

		name = eval_string_plain(a->ev, &outputs->items[i], pos,
					 "while evaluating an output name "
					 "within a string context");
		if (!name || append(a, CONTEXT_BUILT,
				    symbol_intern(name->bytes, name->len)) < 0)
			return -1;
	}
	return 0;
}

/* One key of appendContext's argument and what it says. */
static int append_key(struct appending *a, value *slot)
{
	struct storepath_parts parts;
	struct attrs *info;
	int set;

	if (storepath_parse(symbol_bytes(a->path), symbol_len(a->path), &parts,
			    NULL) < 0 &&
	    !source_has_stand_in(symbol_bytes(a->path), symbol_len(a->path))) {
		eval_fail(a->ev, ERROR_EVAL, a->pos,
			  "context key '%s' is not a store path",
			  print_symbol(a->ev, a->path));
		return -1;
	}
	info = eval_attrs(a->ev, slot, a->pos,
			  "while evaluating the value of a string context");
	if (!info)
		return -1;

	set = flag(a, info, SYM_path,
		   "while evaluating the `path` attribute of a string context");
	if (set < 0 || (set && append(a, CONTEXT_PATH, 0) < 0))
		return -1;

	set = flag(a, info, symbol_intern("allOutputs", 10),
		   "while evaluating the `allOutputs` attribute of a string "
		   "context");
	if (set < 0)
		return -1;
	if (set && !is_derivation(a->path)) {
		eval_fail(a->ev, ERROR_EVAL, a->pos,
			  "tried to add all-outputs context of %s, which is "
			  "not a derivation, to a string",
			  print_symbol(a->ev, a->path));
		return -1;
	}
	if (set && append(a, CONTEXT_DEEP, 0) < 0)
		return -1;
	return append_outputs(a, info);
}

static value append_context(struct eval *ev, pos_t pos, value *args)
{
	struct appending a = { .ev = ev };
	struct string *s;
	struct attrs *keys;

	s = eval_string_value(ev, &args[0], 0,
			      "while evaluating the first argument passed to "
			      "builtins.appendContext");
	if (!s)
		return 0;
	keys = eval_attrs(ev, &args[1], pos,
			  "while evaluating the second argument passed to "
			  "builtins.appendContext");
	keys = keys ? attrs_flat(ev, keys) : NULL;
	if (!keys)
		return 0;
	a.context = s->context;
	for (size_t i = 0; i < attrs_len(keys); i++) {
		a.path = shape_name(keys->shape, i);
		a.pos = shape_pos(keys->shape, i);
		if (append_key(&a, &keys->values[i]) < 0)
			return 0;
	}
	return with_context(ev, s, a.context);
}

const struct builtin builtin_context_table[] = {
	{
		.name = "unsafeDiscardStringContext",
		.arity = 1,
		.doc = "unsafeDiscardStringContext s: s without the store "
		       "paths it depends on.",
		.run = discard_context,
		.strict = 1,
	},
	{
		.name = "hasContext",
		.arity = 1,
		.doc = "hasContext s: does s depend on store paths?",
		.run = has_context,
		.strict = 1,
	},
	{
		.name = "unsafeDiscardOutputDependency",
		.arity = 1,
		.doc = "unsafeDiscardOutputDependency s: s, depending on .drv "
		       "files but no longer on all they need and make.",
		.run = discard_output_dependency,
		.strict = 1,
	},
	{
		.name = "addDrvOutputDependencies",
		.arity = 1,
		.doc = "addDrvOutputDependencies s: s, depending also on all "
		       "that the .drv file it names needs and makes.",
		.run = add_output_dependencies,
		.strict = 1,
	},
	{
		.name = "getContext",
		.arity = 1,
		.doc = "getContext s: what s depends on, by store path.",
		.run = get_context,
		.strict = 1,
	},
	{
		.name = "appendContext",
		.arity = 2,
		.doc = "appendContext s context: s, also depending on what "
		       "context (as getContext shows it) says.",
		.run = append_context,
		.strict = 3,
	},
	{ .name = NULL },
};
