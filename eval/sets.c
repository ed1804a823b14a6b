/*
 * sets.c - what sets, lists, let and with make: cells and environments
 */
#include <stdlib.h>
#include <string.h>

#include "eval/definitions.h"
#include "eval/file.h"
#include "eval/interp.h"
#include "eval/print.h"

/* Sources of inherit (e) that need no memory of their own. */
#define SOURCES_MAX 16

/* What inherit (e) a is bound to; from: the words of the e's. */
static value delay_inherited(struct eval *ev, const struct expr *expr,
			     const value *from)
{
	const struct expr_inherit_from *e =
		(const struct expr_inherit_from *)expr;
	struct thunk *thunk = eval_alloc(ev, sizeof(*thunk));

	if (!thunk)
		return 0;
	thunk->code = (uintptr_t)&e->name | THUNK_SELECT;
	thunk->data = from[e->from];
	return value_of(thunk, TAG_THUNK);
}

/* Like expr_delay(), but what is selected from a set is left alone even if it
 * is at hand: that it was not evaluated here can be printed. */
static value cell_delay(struct eval *ev, const struct expr *expr,
			struct env *env)
{
	return expr->op == EXPR_SELECT ? value_new_thunk(ev, expr, env)
				       : expr_delay(ev, expr, env);
}

/*
 * The bindings' words into cells[]. env: what values see; up: what inherited
 * ones see. no_share: every value that is not inherited gets a thunk.
 */
static int bind(struct eval *ev, const struct expr_attrs *e, struct env *env,
		struct env *up, value *cells, bool no_share)
{
	uint32_t len = e->shape->len;
	value *from = NULL, stack[SOURCES_MAX];
	int err = -1;

	if (e->from_len) {
		from = stack;
		if (e->from_len > SOURCES_MAX)
			from = malloc(e->from_len * sizeof(*from));
		if (!from) {
			eval_fail_memory(ev);
			return -1;
		}
		for (uint32_t i = 0; i < e->from_len; i++) {
			from[i] = expr_delay(ev, e->from[i], env);
			if (!from[i])
				goto out;
		}
	}
	for (uint32_t i = 0; i < len; i++) {
		const struct expr *value_expr = e->values[i];

		if (value_expr->op == EXPR_INHERIT_FROM)
			cells[i] = delay_inherited(ev, value_expr, from);
		else if (value_expr->op == EXPR_INHERIT)
			cells[i] = expr_delay(
				ev,
				((const struct expr_unary *)value_expr)->arg,
				up);
		else if (UNLIKELY(no_share))
			cells[i] = value_new_thunk(ev, value_expr, env);
		else
			cells[i] = cell_delay(ev, value_expr, env);
		if (!cells[i])
			goto out;
	}
	err = 0;
out:
	if (from != stack)
		free(from);
	return err;
}

static void fail_defined(struct eval *ev, pos_t pos, symbol sym, pos_t old)
{
	struct position position;

	if (old && file_position(ev, old, &position))
		eval_fail(ev, ERROR_EVAL, pos,
			  "dynamic attribute '%s' already defined at %s:%u:%u",
			  print_symbol(ev, sym), position.file->name,
			  position.line, position.column);
	else
		eval_fail(ev, ERROR_EVAL, pos,
			  "dynamic attribute '%s' already defined at «none»:0",
			  print_symbol(ev, sym));
}

/* A lambda, and those that it returns at once, are known by the name that they
 * are bound to. */
static void set_name(struct expr *expr, symbol name)
{
	while (expr->op == EXPR_LAMBDA) {
		struct expr_lambda *lambda = (struct expr_lambda *)expr;

		lambda->name = name;
		expr = lambda->body;
	}
}

/* Add the dynamic attributes to set; env: the inner scope. */
static value add_dynamic(struct eval *ev, const struct expr_attrs *e,
			 struct env *env, struct attrs *set)
{
	struct attrs_builder b;
	uint32_t len = shape_len(set->shape);

	attrs_builder_init(&b, ev, len + e->dynamic_len);
	for (uint32_t i = 0; i < len; i++)
		if (attrs_builder_add(&b, set->shape->names[i],
				      shape_pos(set->shape, i),
				      set->values[i]) < 0)
			return 0;
	for (uint32_t i = 0; i < e->dynamic_len; i++) {
		const struct dynamic_attr *attr = &e->dynamic[i];
		struct string *s;
		symbol sym;
		value v;

		v = eval_operand(ev, attr->name, env);
		if (!v)
			goto fail;
		if (v == VALUE_NULL)
			continue;
		s = eval_string_plain(
			ev, &v, attr->pos,
			"while evaluating the name of a dynamic attribute");
		if (!s)
			goto fail;
		sym = string_symbol(ev, s);
		if (!sym)
			goto fail;
		for (size_t j = 0; j < b.len; j++) {
			if (b.names[j] != sym)
				continue;
			fail_defined(ev, attr->pos, sym, b.positions[j]);
			goto fail;
		}
		set_name(attr->value, sym);
		v = expr_delay(ev, attr->value, env);
		if (!v || attrs_builder_add(&b, sym, attr->pos, v) < 0)
			goto fail;
	}
	return value_of_attrs(attrs_builder_finish(&b, true));
fail:
	attrs_builder_release(&b);
	return 0;
}

value set_plain(struct eval *ev, const struct expr_attrs *e, struct env *env)
{
	struct attrs *set = attrs_new(ev, e->shape);

	if (!set || bind(ev, e, env, env, set->values, false) < 0)
		return 0;
	return e->dynamic_len ? add_dynamic(ev, e, env, set)
			      : value_of_attrs(set);
}

/* __overrides: its attributes replace those of the set, in the set's own scope
 * too, or join it. */
static value override(struct eval *ev, struct attrs *set, struct attrs **out)
{
	value *cell = attrs_find(set, SYM_overrides);
	struct attrs *with, *joined;

	with = eval_attrs(ev, cell, 0,
			  "while evaluating the `__overrides` attribute");
	with = with ? attrs_flat(ev, with) : NULL;
	if (!with)
		return 0;
	joined = attrs_update(ev, set, with);
	if (!joined)
		return 0;
	for (uint32_t i = 0; i < shape_len(with->shape); i++) {
		value *own = attrs_find(set, with->shape->names[i]);

		if (own)
			*own = with->values[i];
	}
	*out = attrs_flat(ev, joined);
	return *out ? VALUE_TRUE : 0;
}

value set_rec(struct eval *ev, const struct expr_attrs *e, struct env *env)
{
	uint32_t len = e->shape->len;
	struct env *inner = env_new(ev, (size_t)len + 1, env);
	bool overrides;
	struct attrs *set;

	if (!inner)
		return 0;
	if (UNLIKELY(e->e.flags & EXPR_DEFINITIONS))
		definitions_note(ev, env);
	/* The environment's slots are the set: ast.h. */
	set = (struct attrs *)inner->slots;
	set->shape = e->shape;
	memset(set->values, 0, len * sizeof(value));
	overrides = shape_find(e->shape, SYM_overrides) >= 0;
	if (bind(ev, e, inner, env, set->values, overrides) < 0)
		return 0;
	if (UNLIKELY(overrides) && !override(ev, set, &set))
		return 0;
	return e->dynamic_len ? add_dynamic(ev, e, inner, set)
			      : value_of_attrs(set);
}

struct env *set_let_env(struct eval *ev, const struct expr_attrs *e,
			struct env *up)
{
	uint32_t len = e->shape->len;
	struct env *env = env_new(ev, len, up);

	if (!env)
		return NULL;
	memset(env->slots, 0, len * sizeof(value));
	return bind(ev, e, env, up, env->slots, false) < 0 ? NULL : env;
}

value set_list(struct eval *ev, const struct expr_list *e, struct env *env)
{
	value v = value_new_list(ev, e->len), *items;

	if (!v)
		return 0;
	items = value_list(v)->items;
	for (uint32_t i = 0; i < e->len; i++) {
		items[i] = cell_delay(ev, e->items[i], env);
		if (!items[i])
			return 0;
	}
	return v;
}

struct env *set_with_env(struct eval *ev, const struct expr_binary *e,
			 struct env *up)
{
	struct env *env = env_new(ev, 2, up);

	if (!env)
		return NULL;
	env->slots[1] = value_new_int(ev, e->e.pos);
	env->slots[0] = expr_delay(ev, e->lhs, up);
	return env->slots[0] ? env : NULL;
}
