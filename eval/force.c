/*
 * force.c - running thunks, and checking what they gave
 */
#include <stdlib.h>
#include <string.h>

#include "eval/context.h"
#include "eval/file.h"
#include "eval/interp.h"
#include "eval/print.h"

value eval_fail_depth(struct eval *ev, pos_t pos)
{
	return eval_fail(ev, ERROR_DEPTH, pos,
			 "stack overflow; max-call-depth exceeded");
}

/* Failures that a second attempt may not meet are not kept. */
static bool error_is_final(const struct error *error)
{
	switch (error->kind) {
	case ERROR_MEMORY:
	case ERROR_INTERRUPTED:
	case ERROR_BUILD_NEEDED:
		return false;
	default:
		return true;
	}
}

/* A kept error again. It gets frames of its own from here on. */
static value fail_again(struct eval *ev, const struct error *error)
{
	struct error *copy = arena_alloc(ev->arena, sizeof(*copy));

	if (!copy)
		return eval_fail_memory(ev);
	*copy = *error;
	ev->error = copy;
	return 0;
}

value thunk_force(struct eval *ev, struct thunk *thunk, pos_t pos)
{
	uint64_t code = thunk->code;
	uint64_t data = thunk->data;
	const struct expr *expr = NULL;
	value v;

	switch (code & 7) {
	case THUNK_DONE:
		return data;
	case THUNK_CODE:
		thunk->code = code | THUNK_BUSY;
		expr = (const struct expr *)(uintptr_t)code;
		v = eval_expr(ev, expr, (struct env *)(uintptr_t)data);
		break;
	case THUNK_APPLY: {
		struct apply *apply = (struct apply *)thunk;

		/* Nix does not mark these as being forced: what needs itself
		 * runs into the call depth. */
		v = eval_call(ev, pos ? pos : (pos_t)(code >> 32), data,
			      code >> 8 & UINT8_MAX, apply->args);
		break;
	}
	case THUNK_SELECT:
		thunk->code = code | THUNK_BUSY;
		v = select_inherited(
			ev,
			(const struct attr_name *)(uintptr_t)(code &
							      ~(uint64_t)7),
			&data);
		break;
	case THUNK_FAILED:
		return fail_again(ev, (const struct error *)(uintptr_t)data);
	default:
		return eval_fail(ev, ERROR_RECURSION, pos,
				 "infinite recursion encountered");
	}
	if (LIKELY(v)) {
		thunk->data = v;
		thunk->code = value_moves(v, expr) ? THUNK_DONE : THUNK_KEPT;
	} else if (error_is_final(ev->error)) {
		thunk->data = (uintptr_t)ev->error;
		thunk->code = THUNK_FAILED;
	} else {
		thunk->code = code;
	}
	return v;
}

value value_force_slow_at(struct eval *ev, value *slot, pos_t pos)
{
	struct thunk *thunk = value_pointer(*slot);
	value v = thunk_force(ev, thunk, pos);

	if (v && thunk->code == THUNK_DONE)
		*slot = v;
	return v;
}

value value_force_slow(struct eval *ev, value *slot)
{
	return value_force_slow_at(ev, slot, 0);
}

value value_new_kept(struct eval *ev, value v)
{
	struct thunk *thunk = eval_alloc(ev, sizeof(*thunk));

	if (!thunk)
		return 0;
	thunk->code = THUNK_KEPT;
	thunk->data = v;
	return value_of(thunk, TAG_THUNK);
}

value value_new_failed(struct eval *ev)
{
	struct thunk *thunk = eval_alloc(ev, sizeof(*thunk));

	if (!thunk || ev->error->kind == ERROR_MEMORY)
		return 0;
	thunk->code = THUNK_FAILED;
	thunk->data = (uintptr_t)ev->error;
	ev->error = NULL;
	return value_of(thunk, TAG_THUNK);
}

/*
 * Forcing all the way down.
 */

/* Cells with sets and lists that were met; room is a power of 2. */
struct seen {
	const void **items;
	size_t len, room;
};

static bool seen_grow(struct seen *seen)
{
	size_t room = seen->room ? seen->room * 2 : 256;
	const void **items = calloc(room, sizeof(*items));

	if (!items)
		return false;
	for (size_t i = 0; i < seen->room; i++) {
		size_t slot = ((uintptr_t)seen->items[i] >> 3) & (room - 1);

		if (!seen->items[i])
			continue;
		while (items[slot])
			slot = (slot + 1) & (room - 1);
		items[slot] = seen->items[i];
	}
	free(seen->items);
	seen->items = items;
	seen->room = room;
	return true;
}

/* 1: new, 0: met before, -1: no memory. */
static int seen_add(struct eval *ev, struct seen *seen, const void *item)
{
	size_t slot;

	if (seen->len >= seen->room / 2 && !seen_grow(seen)) {
		eval_fail_memory(ev);
		return -1;
	}
	slot = ((uintptr_t)item >> 3) & (seen->room - 1);
	for (; seen->items[slot]; slot = (slot + 1) & (seen->room - 1))
		if (seen->items[slot] == item)
			return 0;
	seen->items[slot] = item;
	seen->len++;
	return 1;
}

static value force_deep(struct eval *ev, struct seen *seen, value *slot)
{
	value v = *slot;
	const void *cell;
	int is_new;

	if (!call_enter(ev, 0)) {
		ev->error->pos = value_pos(*slot);
		return 0;
	}
	if (value_is_thunk(v))
		v = value_force_slow_at(ev, slot, value_pos(v));
	/* By cell, as Nix does: which way an error is reached shows it. */
	cell = value_pointer(*slot);
	if (v && value_tag(v) == TAG_ATTRS) {
		struct attrs *set = value_attrs(v);

		is_new = attrs_len(set) ? seen_add(ev, seen, cell) : 0;
		set = attrs_flat(ev, set);
		if (is_new < 0 || !set)
			goto fail;
		for (uint32_t i = 0; is_new && i < set->shape->len; i++) {
			if (force_deep(ev, seen, &set->values[i]))
				continue;
			eval_frame(ev, shape_pos(set->shape, i),
				   "while evaluating the attribute '%s'",
				   print_symbol(ev, set->shape->names[i]));
			goto fail;
		}
	} else if (v && value_tag(v) == TAG_LIST) {
		struct list *list = value_list(v);

		is_new = list->len ? seen_add(ev, seen, cell) : 0;
		if (is_new < 0)
			goto fail;
		for (uint32_t i = 0; is_new && i < list->len; i++) {
			if (force_deep(ev, seen, &list->items[i]))
				continue;
			eval_frame(ev, 0,
				   "while evaluating list element at index %u",
				   i);
			goto fail;
		}
	}
	ev->call_depth--;
	return v;
fail:
	ev->call_depth--;
	return 0;
}

value value_force_deep(struct eval *ev, value *slot)
{
	struct seen seen = { 0 };
	value v = force_deep(ev, &seen, slot);

	free(seen.items);
	return v;
}

bool eval_pos_is_internal(struct eval *ev, pos_t pos)
{
	static const char prefix[] = "«nix-internal»";
	struct position position;

	return file_position(ev, pos, &position) &&
	       strncmp(position.file->name, prefix, sizeof(prefix) - 1) == 0;
}

pos_t value_pos(value v)
{
	const struct thunk *thunk = value_pointer(v);
	const struct function *fn;

	if (value_is_thunk(v)) {
		if ((thunk->code & 7) != THUNK_APPLY)
			return 0;
		v = value_peek(thunk->data);
	}
	fn = value_function(v);
	if (value_tag(v) != TAG_FUNCTION || fn->kind != FUNCTION_LAMBDA)
		return 0;
	return fn->as.lambda->e.pos;
}

/*
 * Forcing with an expectation.
 */

value eval_fail_type(struct eval *ev, pos_t pos, const char *expected, value v)
{
	return eval_fail(ev, ERROR_EVAL, pos, "expected %s but found %s: %s",
			 expected, value_type_name(ev, v), print_short(ev, v));
}

/* The same of what a cell holds. */
static value fail_type(struct eval *ev, pos_t pos, const char *expected,
		       value cell)
{
	return eval_fail(ev, ERROR_EVAL, pos, "expected %s but found %s: %s",
			 expected, value_type_name(ev, value_peek(cell)),
			 print_cell(ev, cell));
}

value eval_get(struct eval *ev, value *v, symbol sym)
{
	value set = value_force(ev, v), *cell;

	if (!set || value_tag(set) != TAG_ATTRS)
		return 0;
	cell = attrs_find(value_attrs(set), sym);
	return cell ? value_force(ev, cell) : 0;
}

/* For sets and lists Nix adds the context only if the kind is wrong, for all
 * else also if forcing fails; and only there the message has a position. */
struct list *eval_list(struct eval *ev, value *slot, pos_t pos,
		       const char *context)
{
	value v = value_force_at(ev, slot, pos);

	if (LIKELY(v && value_tag(v) == TAG_LIST))
		return value_list(v);
	if (v) {
		fail_type(ev, 0, "a list", *slot);
		eval_frame(ev, pos, "%s", context);
	}
	return NULL;
}

struct attrs *eval_attrs(struct eval *ev, value *slot, pos_t pos,
			 const char *context)
{
	value v = value_force_at(ev, slot, pos);

	if (LIKELY(v && value_tag(v) == TAG_ATTRS))
		return value_attrs(v);
	if (v) {
		fail_type(ev, 0, "a set", *slot);
		eval_frame(ev, pos, "%s", context);
	}
	return NULL;
}

struct string *eval_string_value(struct eval *ev, value *slot, pos_t pos,
				 const char *context)
{
	value v = value_force_at(ev, slot, pos);

	if (LIKELY(v && value_tag(v) == TAG_STRING))
		return value_string(v);
	if (v)
		fail_type(ev, pos, "a string", *slot);
	eval_frame(ev, pos, "%s", context);
	return NULL;
}

/* A context element as messages show it: the store path, "path!out". */
static const char *show_element(struct eval *ev,
				const struct context_element *e)
{
	struct buf text = BUF_INIT;
	const char *shown;

	if (e->kind == CONTEXT_DEEP)
		buf_add_char(&text, '=');
	buf_add_text(&text, symbol_bytes(e->path));
	if (e->kind == CONTEXT_BUILT) {
		buf_add_char(&text, '^');
		buf_add_text(&text, symbol_bytes(e->output));
	}
	shown = arena_strndup(ev->arena, buf_text(&text), text.len);
	buf_release(&text);
	return shown ? shown : "";
}

struct string *eval_string_plain(struct eval *ev, value *slot, pos_t pos,
				 const char *context)
{
	struct string *s = eval_string_value(ev, slot, pos, context);

	if (!s || LIKELY(!s->context))
		return s;
	eval_fail(ev, ERROR_EVAL, 0,
		  "the string '%s' is not allowed to refer to a store path "
		  "(such as '%s')",
		  s->bytes, show_element(ev, s->context->elements[0]));
	eval_frame(ev, pos, "%s", context);
	return NULL;
}

int eval_int(struct eval *ev, value *slot, pos_t pos, const char *context,
	     int64_t *out)
{
	value v = value_force_at(ev, slot, pos);

	if (LIKELY(v && value_is_int(v))) {
		*out = value_integer(v);
		return 0;
	}
	if (v)
		fail_type(ev, pos, "an integer", *slot);
	eval_frame(ev, pos, "%s", context);
	return -1;
}

int eval_float(struct eval *ev, value *slot, pos_t pos, const char *context,
	       double *out)
{
	value v = value_force_at(ev, slot, pos);

	if (v && value_is_float(v)) {
		*out = value_number(v);
		return 0;
	}
	if (v && value_is_int(v)) {
		*out = (double)value_integer(v);
		return 0;
	}
	if (v)
		fail_type(ev, pos, "a float", *slot);
	eval_frame(ev, pos, "%s", context);
	return -1;
}

int eval_bool(struct eval *ev, value *slot, pos_t pos, const char *context,
	      bool *out)
{
	value v = value_force_at(ev, slot, pos);

	if (LIKELY(v && value_is_bool(v))) {
		*out = v == VALUE_TRUE;
		return 0;
	}
	if (v)
		fail_type(ev, pos, "a Boolean", *slot);
	eval_frame(ev, pos, "%s", context);
	return -1;
}

value eval_function(struct eval *ev, value *slot, pos_t pos,
		    const char *context)
{
	value v = value_force_at(ev, slot, pos);

	if (LIKELY(v && value_tag(v) == TAG_FUNCTION))
		return v;
	if (v && value_tag(v) == TAG_ATTRS &&
	    attrs_find(value_attrs(v), SYM_functor))
		return v;
	if (v)
		fail_type(ev, pos, "a function", *slot);
	eval_frame(ev, pos, "%s", context);
	return 0;
}

/*
 * Names of types.
 */

static const struct builtin *builtin_of(const struct function *fn)
{
	if (fn->kind == FUNCTION_PARTIAL)
		fn = fn->as.whole;
	return fn->kind == FUNCTION_BUILTIN ? fn->as.builtin : NULL;
}

const char *value_type_name(struct eval *ev, value v)
{
	const struct builtin *builtin;
	struct buf text = BUF_INIT;
	const char *name;

	switch (value_tag(v)) {
	case TAG_THUNK:
		return "a thunk";
	case TAG_INT:
		return "an integer";
	case TAG_STRING:
		return value_string(v)->context ? "a string with context"
						: "a string";
	case TAG_ATTRS:
		return "a set";
	case TAG_LIST:
		return "a list";
	case TAG_BOX:
		return value_is_float(v)  ? "a float"
		       : value_is_path(v) ? "a path"
					  : "an integer";
	case TAG_CONST:
		return v == VALUE_NULL ? "null" : "a Boolean";
	case TAG_FUNCTION:
		break;
	}
	builtin = builtin_of(value_function(v));
	if (!builtin)
		return "a function";
	buf_add_format(&text, "the %sbuilt-in function '%s'",
		       value_function(v)->kind == FUNCTION_PARTIAL
			       ? "partially applied "
			       : "",
		       builtin->name);
	name = arena_strndup(ev->arena, buf_text(&text), text.len);
	buf_release(&text);
	return name ? name : "a function";
}

const char *value_type_of(value v)
{
	switch (value_tag(v)) {
	case TAG_THUNK:
		return "thunk";
	case TAG_INT:
		return "int";
	case TAG_STRING:
		return "string";
	case TAG_ATTRS:
		return "set";
	case TAG_LIST:
		return "list";
	case TAG_FUNCTION:
		return "lambda";
	case TAG_BOX:
		return value_is_float(v)  ? "float"
		       : value_is_path(v) ? "path"
					  : "int";
	case TAG_CONST:
		break;
	}
	return v == VALUE_NULL ? "null" : "bool";
}
