/*
 * select.c - finding names in sets: e.a.b or d, e ? a, inherit (e) a, with
 */
#include "eval/ast_print.h"
#include "eval/buf.h"
#include "eval/interp.h"
#include "eval/print.h"

/* The symbol that a dynamic name evaluates to; 0 with the error pending. */
static symbol eval_name(struct eval *ev, const struct attr_name *name,
			struct env *env)
{
	struct string *s;
	value v;

	if (name->sym)
		return name->sym;
	v = eval_operand(ev, name->expr, env);
	if (!v)
		return 0;
	s = eval_string_plain(ev, &v, name->expr->pos,
			      "while evaluating an attribute name");
	return s ? string_symbol(ev, s) : 0;
}

static void add_path(struct eval *ev, struct buf *out,
		     const struct expr_select *e, struct env *env)
{
	struct error *error = ev->error;

	for (uint32_t i = 0; i < e->len; i++) {
		symbol sym;

		if (i > 0)
			buf_add_char(out, '.');
		sym = eval_name(ev, &e->path[i], env);
		if (sym) {
			buf_add_text(out, print_symbol(ev, sym));
		} else {
			buf_add_text(out, "\"${");
			ast_print(ev, out, e->path[i].expr);
			buf_add_text(out, "}\"");
		}
	}
	ev->error = error;
}

/* The frame of a failure behind the attribute that is written at pos. */
value select_frame(struct eval *ev, const struct expr_select *e,
		   struct env *env, pos_t pos)
{
	struct buf path = BUF_INIT;

	if (pos && !eval_pos_is_internal(ev, pos)) {
		add_path(ev, &path, e, env);
		eval_frame(ev, pos, "while evaluating the attribute '%s'",
			   buf_text(&path));
		buf_release(&path);
	}
	return 0;
}

static value fail_missing(struct eval *ev, struct attrs *set, symbol sym,
			  pos_t pos)
{
	eval_fail(ev, ERROR_EVAL, pos, "attribute '%s' missing",
		  print_symbol(ev, sym));
	set = attrs_flat(ev, set);
	return set ? eval_suggest(ev, sym, shape_len(set->shape),
				  set->shape->names)
		   : 0;
}

/* The last step of a selection: force what was found. Its position is looked
 * up only where a message may need it. */
static inline value force_selected(struct eval *ev, const struct expr_select *e,
				   struct env *env, const struct attrs *set,
				   symbol sym, value *cell)
{
	struct thunk *thunk;
	pos_t pos = 0;
	value v;

	if (LIKELY(!value_is_thunk(*cell)))
		return *cell;
	thunk = value_pointer(*cell);
	if (LIKELY(thunk->code == THUNK_KEPT))
		return thunk->data;
	if ((thunk->code & 7) != THUNK_CODE &&
	    (thunk->code & 7) != THUNK_DONE) {
		pos = attrs_pos(set, sym);
		if (!pos)
			pos = e->e.pos;
	}
	v = value_force_slow_at(ev, cell, pos);
	return LIKELY(v) ? v : select_frame(ev, e, env, attrs_pos(set, sym));
}

/* e.a.b, without a fallback or with it found; *missing: with it not found. */
value select_attr(struct eval *ev, const struct expr_select *e, struct env *env,
		  pos_t *found_pos, bool *missing)
{
	value v = eval_operand(ev, e->set, env), *cell = &v;
	struct attrs *set = NULL;
	pos_t pos = 0;
	symbol sym = 0;

	*missing = false;
	if (!v)
		return 0;
	for (uint32_t i = 0; i < e->len; i++) {
		if (i > 0)
			pos = attrs_pos(set, sym);
		sym = e->path[i].sym;
		if (UNLIKELY(!sym)) {
			sym = eval_name(ev, &e->path[i], env);
			if (!sym)
				return select_frame(ev, e, env, pos);
		}
		v = value_force_at(ev, cell, e->e.pos);
		if (UNLIKELY(!v))
			return select_frame(ev, e, env, pos);
		if (UNLIKELY(value_tag(v) != TAG_ATTRS)) {
			if (e->fallback)
				goto absent;
			eval_fail_type(ev, 0, "a set", v);
			eval_frame(ev, e->e.pos,
				   "while selecting an attribute");
			return select_frame(ev, e, env, pos);
		}
		set = value_attrs(v);
		cell = e->path[i].sym ? select_cached(set, &e->path[i])
				      : attrs_find(set, sym);
		if (UNLIKELY(!cell)) {
			if (e->fallback)
				goto absent;
			fail_missing(ev, set, sym, e->e.pos);
			return select_frame(ev, e, env, pos);
		}
	}
	return force_selected(ev, e, env, set, sym, cell);

absent:
	*missing = true;
	*found_pos = pos;
	return 0;
}

value select_inherited(struct eval *ev, const struct attr_name *name,
		       value *from)
{
	struct attrs *set;
	value v, *cell;
	pos_t pos;

	v = value_force_at(ev, from, name->pos);
	if (!v)
		return 0;
	if (value_tag(v) != TAG_ATTRS) {
		eval_fail_type(ev, 0, "a set", v);
		return eval_frame(ev, name->pos,
				  "while selecting an attribute");
	}
	set = value_attrs(v);
	cell = select_cached(set, name);
	if (!cell)
		return fail_missing(ev, set, name->sym, name->pos);
	if (!value_is_thunk(*cell))
		return *cell;
	pos = attrs_pos(set, name->sym);
	v = value_force_slow_at(ev, cell, pos ? pos : name->pos);
	if (!v && pos && !eval_pos_is_internal(ev, pos))
		eval_frame(ev, pos, "while evaluating the attribute '%s'",
			   print_symbol(ev, name->sym));
	return v;
}

/* 1, 0 or -1. */
int select_has(struct eval *ev, const struct expr_select *e, struct env *env)
{
	value v = eval_operand(ev, e->set, env), *cell = &v;

	if (!v)
		return -1;
	for (uint32_t i = 0; i < e->len; i++) {
		const struct attr_name *name = &e->path[i];
		symbol sym;

		v = value_force_at(ev, cell, e->e.pos);
		if (!v)
			return -1;
		sym = eval_name(ev, name, env);
		if (!sym)
			return -1;
		if (value_tag(v) != TAG_ATTRS)
			return 0;
		cell = name->sym ? select_cached(value_attrs(v), name)
				 : attrs_find(value_attrs(v), sym);
		if (!cell)
			return 0;
	}
	return 1;
}

value select_with(struct eval *ev, const struct expr_with_var *e,
		  struct env *env)
{
	for (uint32_t i = 0; i < e->len; i++) {
		struct env *at = env_up(env, e->levels[i]);
		/* Slot 1 is where the with is written, see EXPR_WITH. */
		pos_t pos = value_integer(at->slots[1]);
		struct attrs *set;
		value *cell;

		set = eval_attrs(ev, &at->slots[0], pos,
				 "while evaluating the first subexpression of "
				 "a with expression");
		if (!set)
			return 0;
		cell = attrs_find(set, e->name);
		if (cell)
			return value_force_at(ev, cell, e->e.pos);
	}
	return eval_fail(ev, ERROR_EVAL, e->e.pos, "undefined variable '%s'",
			 print_symbol(ev, e->name));
}
