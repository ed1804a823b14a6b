/*
 * eval.c - evaluating expressions
 *
 * eval_expr() is a loop over the expression in tail position: a branch, a let
 * or with body and the body of a called lambda replace expr and env and go
 * around, so they take no C stack. With show_trace a call is a C call instead,
 * because its frames are added after it failed.
 */
#include "eval/eval.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eval/ast_print.h"
#include "eval/buf.h"
#include "eval/builtin.h"
#include "eval/context.h"
#include "eval/definitions.h"
#include "eval/file.h"
#include "eval/interp.h"
#include "eval/nixfile.h"
#include "eval/print.h"
#include "eval/source.h"

/* Parts of a string or sum that need no memory of their own. */
#define PARTS_MAX 16

static struct env *env_up(struct env *env, uint32_t level)
{
	while (level--)
		env = env->up;
	return env;
}

static struct env *env_new(struct eval *ev, size_t len, struct env *up)
{
	struct env *env = eval_alloc(ev, sizeof(*env) + len * sizeof(value));

	if (env)
		env->up = up;
	return env;
}

/* Operands that are at hand need no call. */
static inline value eval_operand(struct eval *ev, const struct expr *expr,
				 struct env *env)
{
	value v;

	switch (expr->op) {
	case EXPR_CONST:
		v = ((const struct expr_const *)expr)->v;
		break;
	case EXPR_VAR0:
		v = env->slots[((const struct expr_var *)expr)->slot];
		break;
	case EXPR_VAR1:
		v = env->up->slots[((const struct expr_var *)expr)->slot];
		break;
	default:
		v = 0;
	}
	return v && !value_is_thunk(v) ? v : eval_expr(ev, expr, env);
}

/*
 * Delayed evaluation.
 */

/* A set's attribute that is evaluated already, or 0. Functions and floats are
 * left alone for their identity, lists for what printing makes of theirs. */
static value select_at_hand(const struct expr_select *e, struct env *env)
{
	const struct expr_var *var = (const struct expr_var *)e->set;
	value v, *cell;

	if (e->fallback)
		return 0;
	switch (var->e.op) {
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
		v = env_up(env, var->level)->slots[var->slot];
		break;
	default:
		return 0;
	}
	for (uint32_t i = 0; i < e->len; i++) {
		if (v && value_is_thunk(v)) {
			const struct thunk *t = value_pointer(v);

			if ((t->code & 7) != THUNK_DONE)
				return 0;
			v = t->data;
		}
		if (value_tag(v) != TAG_ATTRS || !e->path[i].sym)
			return 0;
		cell = select_cached(value_attrs(v), &e->path[i]);
		if (!cell)
			return 0;
		v = *cell;
	}
	if (value_is_thunk(v)) {
		const struct thunk *t = value_pointer(v);

		if ((t->code & 7) != THUNK_DONE)
			return 0;
		v = t->data;
	}
	return value_moves(v) && value_tag(v) != TAG_LIST ? v : 0;
}

static value delay_var(struct eval *ev, const struct expr *expr,
		       struct env *env, value v)
{
	/* A slot of a let that is being filled may be empty yet. */
	if (!v)
		return value_new_thunk(ev, expr, env);
	if (value_is_thunk(v)) {
		const struct thunk *t = value_pointer(v);

		if ((t->code & 7) == THUNK_DONE && value_moves(t->data))
			return t->data;
	}
	return v;
}

static value new_closure(struct eval *ev, const struct expr *expr,
			 struct env *env)
{
	struct function *fn = eval_alloc(ev, sizeof(*fn));

	if (!fn)
		return 0;
	fn->kind = FUNCTION_LAMBDA;
	fn->argc = 0;
	fn->as.lambda = (const struct expr_lambda *)expr;
	fn->env = env;
	return value_of(fn, TAG_FUNCTION);
}

value expr_delay(struct eval *ev, const struct expr *expr, struct env *env)
{
	const struct expr_var *var = (const struct expr_var *)expr;
	value v;

	switch (expr->op) {
	case EXPR_CONST:
		return ((const struct expr_const *)expr)->v;
	case EXPR_VAR0:
		return delay_var(ev, expr, env, env->slots[var->slot]);
	case EXPR_VAR1:
		return delay_var(ev, expr, env, env->up->slots[var->slot]);
	case EXPR_VAR:
		return delay_var(ev, expr, env,
				 env_up(env, var->level)->slots[var->slot]);
	case EXPR_LAMBDA:
		return new_closure(ev, expr, env);
	case EXPR_SELECT:
		v = select_at_hand((const struct expr_select *)expr, env);
		if (v)
			return v;
		break;
	case EXPR_LIST:
		if (((const struct expr_list *)expr)->len == 0)
			return value_new_list(ev, 0);
		break;
	default:
		break;
	}
	return value_new_thunk(ev, expr, env);
}

/*
 * Checked operands.
 */

/* A boolean: 1, 0, or -1. */
static int eval_condition(struct eval *ev, const struct expr *expr,
			  struct env *env, pos_t pos, const char *context)
{
	value v = eval_operand(ev, expr, env);

	if (LIKELY(v == VALUE_TRUE))
		return 1;
	if (LIKELY(v == VALUE_FALSE))
		return 0;
	if (v)
		eval_fail_type(ev, pos, "a Boolean", v);
	eval_frame(ev, pos, "%s", context);
	return -1;
}

static struct attrs *update(struct eval *ev, const struct expr_binary *e,
			    struct env *env);

static struct attrs *eval_update_operand(struct eval *ev,
					 const struct expr *expr,
					 struct env *env, const char *context)
{
	value v;

	if (expr->op == EXPR_UPDATE)
		return update(ev, (const struct expr_binary *)expr, env);
	v = eval_operand(ev, expr, env);
	if (LIKELY(v && value_tag(v) == TAG_ATTRS))
		return value_attrs(v);
	if (v)
		eval_fail_type(ev, 0, "a set", v);
	eval_frame(ev, expr->pos, "%s", context);
	return NULL;
}

/* Nix evaluates the last operand of a // b // c first. */
static struct attrs *update(struct eval *ev, const struct expr_binary *e,
			    struct env *env)
{
	struct attrs *left, *right;

	if (UNLIKELY(stack_is_low(ev))) {
		eval_fail_depth(ev, 0);
		return NULL;
	}
	right = eval_update_operand(
		ev, e->rhs, env,
		"in the right operand of the update (//) operator");
	if (!right)
		return NULL;
	left = eval_update_operand(
		ev, e->lhs, env,
		"in the left operand of the update (//) operator");
	return left ? attrs_update(ev, left, right) : NULL;
}

/* 1, 0 or -1. Operands are results of their own: no two are the same cell. */
static int equal(struct eval *ev, const struct expr_binary *e, struct env *env,
		 const char *context)
{
	value a, b;

	a = eval_operand(ev, e->lhs, env);
	if (!a)
		return -1;
	b = eval_operand(ev, e->rhs, env);
	if (!b)
		return -1;
	return value_equal_results(ev, a, b, e->e.pos, context);
}

static value concat(struct eval *ev, const struct expr_binary *e,
		    struct env *env)
{
	static const char context[] =
		"while evaluating one of the elements to concatenate";
	struct list *left, *right;
	value a, b, v;

	a = eval_operand(ev, e->lhs, env);
	if (!a)
		return 0;
	b = eval_operand(ev, e->rhs, env);
	if (!b)
		return 0;
	left = eval_list(ev, &a, e->e.pos, context);
	if (!left)
		return 0;
	right = eval_list(ev, &b, e->e.pos, context);
	if (!right)
		return 0;
	if (left->len == 0)
		return b;
	if (right->len == 0)
		return a;
	v = value_new_list(ev, (size_t)left->len + right->len);
	if (!v)
		return 0;
	memcpy(value_list(v)->items, left->items, left->len * sizeof(value));
	memcpy(value_list(v)->items + left->len, right->items,
	       right->len * sizeof(value));
	return v;
}

/*
 * Operators that are calls of builtins: small integers are reckoned here, all
 * else, failed operands too, goes to the builtin, which knows the messages.
 */
static value arithmetic(struct eval *ev, const struct expr_binary *e,
			struct env *env)
{
	value args[2], v;
	int64_t a, b, n;

	if (!call_enter(ev, e->e.pos))
		return 0;
	args[0] = eval_operand(ev, e->lhs, env);
	if (UNLIKELY(!args[0])) {
		args[0] = value_new_failed(ev);
		args[1] = expr_delay(ev, e->rhs, env);
		goto slow;
	}
	args[1] = eval_operand(ev, e->rhs, env);
	if (UNLIKELY(!args[1])) {
		args[1] = value_new_failed(ev);
		goto slow;
	}
	if (LIKELY(value_tag(args[0]) == TAG_INT &&
		   value_tag(args[1]) == TAG_INT)) {
		a = (int64_t)args[0] >> 3;
		b = (int64_t)args[1] >> 3;
		switch (e->e.op) {
		case EXPR_LESS:
			ev->call_depth--;
			return value_bool(a < b);
		case EXPR_SUB:
			ev->call_depth--;
			return value_new_int(ev, a - b);
		case EXPR_MUL:
			if (__builtin_mul_overflow(a, b, &n))
				break;
			ev->call_depth--;
			return value_new_int(ev, n);
		default:
			if (b == 0)
				break;
			ev->call_depth--;
			return value_new_int(ev, a / b);
		}
	}
slow:
	v = args[0] && args[1]
		    ? call_builtin(ev, e->e.pos,
				   ev->operators[e->e.op - EXPR_SUB], args)
		    : 0;
	ev->call_depth--;
	return v;
}

/*
 * Strings and sums.
 */

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

static value strings(struct eval *ev, const struct expr_strings *e,
		     struct env *env)
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

/*
 * Selection.
 */

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
static value select_frame(struct eval *ev, const struct expr_select *e,
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
	if ((thunk->code & 7) != THUNK_CODE &&
	    (thunk->code & 7) != THUNK_DONE) {
		pos = attrs_pos(set, sym);
		if (!pos)
			pos = e->e.pos;
	}
	v = force_slow_at(ev, cell, pos);
	return LIKELY(v) ? v : select_frame(ev, e, env, attrs_pos(set, sym));
}

/* e.a.b, without a fallback or with it found; *missing: with it not found. */
static value eval_select(struct eval *ev, const struct expr_select *e,
			 struct env *env, pos_t *found_pos, bool *missing)
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
		v = force_at(ev, cell, e->e.pos);
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

	v = force_at(ev, from, name->pos);
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
	v = force_slow_at(ev, cell, pos ? pos : name->pos);
	if (!v && pos && !eval_pos_is_internal(ev, pos))
		eval_frame(ev, pos, "while evaluating the attribute '%s'",
			   print_symbol(ev, name->sym));
	return v;
}

/* 1, 0 or -1. */
static int has_attr(struct eval *ev, const struct expr_select *e,
		    struct env *env)
{
	value v = eval_operand(ev, e->set, env), *cell = &v;

	if (!v)
		return -1;
	for (uint32_t i = 0; i < e->len; i++) {
		const struct attr_name *name = &e->path[i];
		symbol sym;

		v = force_at(ev, cell, e->e.pos);
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

static value with_var(struct eval *ev, const struct expr_with_var *e,
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
			return force_at(ev, cell, e->e.pos);
	}
	return eval_fail(ev, ERROR_EVAL, e->e.pos, "undefined variable '%s'",
			 print_symbol(ev, e->name));
}

/*
 * Sets and lets.
 */

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

/*
 * The bindings' words into cells[]. env: what values see; up: what inherited
 * ones see. no_share: every value that is not inherited gets a thunk.
 */
static int bind(struct eval *ev, const struct expr_attrs *e, struct env *env,
		struct env *up, value *cells, bool no_share)
{
	uint32_t len = e->shape->len;
	value *from = NULL, stack[PARTS_MAX];
	int err = -1;

	if (e->from_len) {
		from = stack;
		if (e->from_len > PARTS_MAX)
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
			cells[i] = expr_delay(ev, value_expr, env);
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

static value plain_attrs(struct eval *ev, const struct expr_attrs *e,
			 struct env *env)
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

static value rec_attrs(struct eval *ev, const struct expr_attrs *e,
		       struct env *env)
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

static struct env *let_env(struct eval *ev, const struct expr_attrs *e,
			   struct env *up)
{
	uint32_t len = e->shape->len;
	struct env *env = env_new(ev, len, up);

	if (!env)
		return NULL;
	memset(env->slots, 0, len * sizeof(value));
	return bind(ev, e, env, up, env->slots, false) < 0 ? NULL : env;
}

static value list(struct eval *ev, const struct expr_list *e, struct env *env)
{
	value v = value_new_list(ev, e->len), *items;

	if (!v)
		return 0;
	items = value_list(v)->items;
	for (uint32_t i = 0; i < e->len; i++) {
		items[i] = expr_delay(ev, e->items[i], env);
		if (!items[i])
			return 0;
	}
	return v;
}

static struct env *with_env(struct eval *ev, const struct expr_binary *e,
			    struct env *up)
{
	struct env *env = env_new(ev, 2, up);

	if (!env)
		return NULL;
	env->slots[1] = value_new_int(ev, e->e.pos);
	env->slots[0] = expr_delay(ev, e->lhs, up);
	return env->slots[0] ? env : NULL;
}

/*
 * Assertions.
 */

static value fail_assertion(struct eval *ev, const struct expr_binary *e,
			    struct env *env)
{
	struct buf text = BUF_INIT;
	const struct expr_binary *eq = (const struct expr_binary *)e->lhs;
	value a, b;

	ast_print(ev, &text, e->lhs);
	if (eq->e.op == EXPR_EQ) {
		a = eval_operand(ev, eq->lhs, env);
		b = a ? eval_operand(ev, eq->rhs, env) : 0;
		if (!b)
			goto out;
		if (value_assert_equal(ev, a, b, eq->e.pos) < 0) {
			if (ev->error->kind == ERROR_ASSERT)
				eval_frame(ev, e->e.pos,
					   "while evaluating the condition of "
					   "the assertion '%s'",
					   buf_text(&text));
			goto out;
		}
	}
	eval_fail(ev, ERROR_ASSERT, e->e.pos, "assertion '%s' failed",
		  buf_text(&text));
out:
	buf_release(&text);
	return 0;
}

/*
 * Calls.
 */

/* The argument cells of a call; NULL with the error pending. stack has room
 * for CALL_ARGS_MAX. */
static value *delay_args(struct eval *ev, const struct expr_call *call,
			 struct env *env, value *stack)
{
	value *args = stack;

	if (call->len > CALL_ARGS_MAX) {
		args = eval_alloc(ev, call->len * sizeof(*args));
		if (!args)
			return NULL;
	}
	for (uint32_t i = 0; i < call->len; i++) {
		args[i] = expr_delay(ev, call->args[i], env);
		if (!args[i])
			return NULL;
	}
	return args;
}

/* Is v at hand, and a number? */
static bool is_ready(value v)
{
	if (v && value_is_thunk(v)) {
		const struct thunk *t = value_pointer(v);

		if ((t->code & 7) != THUNK_DONE)
			return false;
		v = t->data;
	}
	return value_tag(v) == TAG_INT;
}

/* Can evaluating expr neither be seen from outside nor take long? Sums and
 * the like of numbers that are at hand. */
static bool is_cheap(const struct expr *expr, struct env *env, int depth)
{
	const struct expr_binary *e = (const struct expr_binary *)expr;
	const struct expr_strings *sum = (const struct expr_strings *)expr;
	const struct expr_var *var = (const struct expr_var *)expr;

	switch (expr->op) {
	case EXPR_CONST:
		return is_ready(((const struct expr_const *)expr)->v);
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
		return is_ready(env_up(env, var->level)->slots[var->slot]);
	case EXPR_SUB:
	case EXPR_MUL:
	case EXPR_DIV:
	case EXPR_LESS:
		return depth > 0 && is_cheap(e->lhs, env, depth - 1) &&
		       is_cheap(e->rhs, env, depth - 1);
	case EXPR_STRINGS:
		return depth > 0 && sum->len == 2 && !(expr->flags & 1) &&
		       is_cheap(sum->parts[0], env, depth - 1) &&
		       is_cheap(sum->parts[1], env, depth - 1);
	default:
		return false;
	}
}

/*
 * A builtin that forces an argument before anything else gets its value
 * without a thunk, unless that fails: then it finds a failed thunk and says so
 * in its words. Arguments after the first are forced after the first was
 * checked, so only what is cheap is evaluated ahead.
 */
static value strict_arg(struct eval *ev, const struct expr *expr,
			struct env *env, bool first)
{
	value v;

	switch (expr->op) {
	case EXPR_CONST:
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
	case EXPR_LAMBDA:
		return expr_delay(ev, expr, env);
	default:
		if (!first && !is_cheap(expr, env, 2))
			return expr_delay(ev, expr, env);
		v = eval_expr(ev, expr, env);
		return LIKELY(v) ? v : value_new_failed(ev);
	}
}

/* An argument that is going to be forced first of all: the value itself, in a
 * thunk only where the cell is its identity. */
static value eager_arg(struct eval *ev, const struct expr *expr,
		       struct env *env)
{
	struct thunk *thunk;
	value v;

	switch (expr->op) {
	case EXPR_CONST:
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
	case EXPR_LAMBDA:
		return expr_delay(ev, expr, env);
	default:
		break;
	}
	v = eval_expr(ev, expr, env);
	if (UNLIKELY(!v))
		return value_new_failed(ev);
	if (LIKELY(value_moves(v)))
		return v;
	thunk = eval_alloc(ev, sizeof(*thunk));
	if (!thunk)
		return 0;
	thunk->code = THUNK_DONE;
	thunk->data = v;
	return value_of(thunk, TAG_THUNK);
}

/* The arguments into slots; facts: those of the lambda that is called. */
static bool bind_args(struct eval *ev, const struct expr_call *call,
		      struct env *env, uint16_t facts, value *slots)
{
	uint32_t first = facts >> LAMBDA_FIRST & LAMBDA_SLOT_MASK;
	uint32_t second = facts >> LAMBDA_SECOND & LAMBDA_SLOT_MASK;

	if (first) {
		slots[first - 1] = eager_arg(ev, call->args[first - 1], env);
		if (!slots[first - 1])
			return false;
	}
	if (second) {
		slots[second - 1] = eager_arg(ev, call->args[second - 1], env);
		if (!slots[second - 1])
			return false;
	}
	for (uint32_t i = 0; i < call->len; i++) {
		if (i + 1 == first || i + 1 == second)
			continue;
		slots[i] = expr_delay(ev, call->args[i], env);
		if (!slots[i])
			return false;
	}
	return true;
}

static value call_builtin_expr(struct eval *ev, const struct expr_call *call,
			       const struct builtin *builtin, struct env *env)
{
	value args[CALL_ARGS_MAX], v;
	uint64_t strict = builtin->strict;
	bool first = true;

	if (!call_enter(ev, call->e.pos))
		return 0;
	for (uint32_t i = 0; i < call->len; i++) {
		if (strict >> i & 1) {
			args[i] = strict_arg(ev, call->args[i], env, first);
			first = false;
		} else {
			args[i] = expr_delay(ev, call->args[i], env);
		}
		if (!args[i])
			goto fail;
	}
	v = call_builtin(ev, call->e.pos, builtin, args);
	ev->call_depth--;
	return v;
fail:
	ev->call_depth--;
	return 0;
}

value eval_expr(struct eval *ev, const struct expr *expr, struct env *env)
{
	uint32_t depth = ev->call_depth;
	value v = 0, fn, stack[CALL_ARGS_MAX], *args;
	struct stack_env envs[2];
	bool other_env = false;
	int truth;

	if (UNLIKELY(stack_is_low(ev)))
		return eval_fail_depth(ev, 0);
again:
	switch ((enum expr_op)expr->op) {
	case EXPR_CONST:
		/* `derivation` is a thunk at first. */
		v = force_at(ev, (value *)&((struct expr_const *)expr)->v, 0);
		break;
	case EXPR_VAR0: {
		const struct expr_var *e = (const struct expr_var *)expr;

		v = force_at(ev, &env->slots[e->slot], expr->pos);
		break;
	}
	case EXPR_VAR1: {
		const struct expr_var *e = (const struct expr_var *)expr;

		v = force_at(ev, &env->up->slots[e->slot], expr->pos);
		break;
	}
	case EXPR_VAR: {
		const struct expr_var *e = (const struct expr_var *)expr;
		struct env *at = env_up(env, e->level);

		v = force_at(ev, &at->slots[e->slot], expr->pos);
		break;
	}
	case EXPR_WITH_VAR:
		v = with_var(ev, (const struct expr_with_var *)expr, env);
		break;
	case EXPR_SELECT: {
		const struct expr_select *e = (const struct expr_select *)expr;
		bool missing;
		pos_t pos;

		v = eval_select(ev, e, env, &pos, &missing);
		if (!missing)
			break;
		if (pos == 0) {
			expr = e->fallback;
			goto again;
		}
		v = eval_expr(ev, e->fallback, env);
		if (!v)
			select_frame(ev, e, env, pos);
		break;
	}
	case EXPR_HAS_ATTR:
		truth = has_attr(ev, (const struct expr_select *)expr, env);
		v = truth < 0 ? 0 : value_bool(truth);
		break;
	case EXPR_ATTRS:
		v = plain_attrs(ev, (const struct expr_attrs *)expr, env);
		break;
	case EXPR_REC_ATTRS:
		v = rec_attrs(ev, (const struct expr_attrs *)expr, env);
		break;
	case EXPR_LET: {
		const struct expr_let *e = (const struct expr_let *)expr;

		env = let_env(ev, e->bindings, env);
		if (!env)
			break;
		expr = e->body;
		goto again;
	}
	case EXPR_LIST:
		v = list(ev, (const struct expr_list *)expr, env);
		break;
	case EXPR_LAMBDA:
		v = new_closure(ev, expr, env);
		break;
	case EXPR_CALL: {
		const struct expr_call *e = (const struct expr_call *)expr;
		const struct expr_lambda *lambda;
		const struct function *f;
		struct env *inner;
		uint16_t facts;

		fn = eval_operand(ev, e->fn, env);
		if (!fn)
			break;
		f = value_function(fn);
		if (value_tag(fn) != TAG_FUNCTION)
			goto call;
		if (f->kind == FUNCTION_BUILTIN &&
		    f->as.builtin->arity == e->len) {
			v = call_builtin_expr(ev, e, f->as.builtin, env);
			break;
		}
		if (f->kind != FUNCTION_LAMBDA ||
		    f->as.lambda->arity != e->len ||
		    UNLIKELY(ev->settings.show_trace))
			goto call;

		/* An environment on the stack may be the current one: its
		 * words are needed until the next one is made. */
		lambda = f->as.lambda;
		facts = lambda_facts(lambda);
		other_env = !other_env;
		if (lambda->formals) {
			if (!call_enter(ev, expr->pos))
				break;
			v = eager_arg(ev, e->args[0], env);
			if (!v)
				break;
			env = call_bind_formals(ev, expr->pos, lambda, f->env,
						v, &envs[other_env]);
			v = 0;
			if (!env)
				break;
			expr = lambda->body;
			goto again;
		}
		inner = (struct env *)&envs[other_env];
		if (!(facts & LAMBDA_STAYS)) {
			inner = env_new(ev, lambda->env_len, f->env);
			if (!inner)
				break;
		}
		inner->up = f->env;
		if (!call_enter(ev, expr->pos))
			break;
		if (!bind_args(ev, e, env, facts, inner->slots))
			break;
		env = inner;
		expr = lambda->body;
		goto again;
	call:
		args = delay_args(ev, e, env, stack);
		v = args ? eval_call(ev, expr->pos, fn, e->len, args) : 0;
		break;
	}
	case EXPR_WITH:
		env = with_env(ev, (const struct expr_binary *)expr, env);
		if (!env)
			break;
		expr = ((const struct expr_binary *)expr)->rhs;
		goto again;
	case EXPR_IF: {
		const struct expr_if *e = (const struct expr_if *)expr;

		truth = eval_condition(ev, e->cond, env, expr->pos,
				       "while evaluating a branch condition");
		if (truth < 0)
			break;
		expr = truth ? e->then : e->other;
		goto again;
	}
	case EXPR_ASSERT: {
		const struct expr_binary *e = (const struct expr_binary *)expr;

		truth = eval_condition(
			ev, e->lhs, env, expr->pos,
			"in the condition of the assert statement");
		if (truth == 0)
			fail_assertion(ev, e, env);
		if (truth <= 0)
			break;
		expr = e->rhs;
		goto again;
	}
	case EXPR_NOT: {
		const struct expr_unary *e = (const struct expr_unary *)expr;

		truth = eval_condition(ev, e->arg, env, expr->pos,
				       "in the argument of the not operator");
		v = truth < 0 ? 0 : value_bool(!truth);
		break;
	}
	case EXPR_EQ:
		truth = equal(ev, (const struct expr_binary *)expr, env,
			      "while testing two values for equality");
		v = truth < 0 ? 0 : value_bool(truth);
		break;
	case EXPR_NEQ:
		truth = equal(ev, (const struct expr_binary *)expr, env,
			      "while testing two values for inequality");
		v = truth < 0 ? 0 : value_bool(!truth);
		break;
	case EXPR_AND: {
		const struct expr_binary *e = (const struct expr_binary *)expr;

		truth = eval_condition(
			ev, e->lhs, env, expr->pos,
			"in the left operand of the AND (&&) operator");
		if (truth > 0)
			truth = eval_condition(
				ev, e->rhs, env, expr->pos,
				"in the right operand of the AND (&&) "
				"operator");
		v = truth < 0 ? 0 : value_bool(truth);
		break;
	}
	case EXPR_OR: {
		const struct expr_binary *e = (const struct expr_binary *)expr;

		truth = eval_condition(
			ev, e->lhs, env, expr->pos,
			"in the left operand of the OR (||) operator");
		if (truth == 0)
			truth = eval_condition(
				ev, e->rhs, env, expr->pos,
				"in the right operand of the OR (||) operator");
		v = truth < 0 ? 0 : value_bool(truth);
		break;
	}
	case EXPR_IMPL: {
		const struct expr_binary *e = (const struct expr_binary *)expr;

		truth = eval_condition(
			ev, e->lhs, env, expr->pos,
			"in the left operand of the IMPL (->) operator");
		if (truth == 0)
			truth = 1;
		else if (truth > 0)
			truth = eval_condition(
				ev, e->rhs, env, expr->pos,
				"in the right operand of the IMPL (->) "
				"operator");
		v = truth < 0 ? 0 : value_bool(truth);
		break;
	}
	case EXPR_UPDATE:
		v = value_of_attrs(
			update(ev, (const struct expr_binary *)expr, env));
		break;
	case EXPR_CONCAT:
		v = concat(ev, (const struct expr_binary *)expr, env);
		break;
	case EXPR_SUB:
	case EXPR_MUL:
	case EXPR_DIV:
	case EXPR_LESS:
		v = arithmetic(ev, (const struct expr_binary *)expr, env);
		break;
	case EXPR_STRINGS:
		v = strings(ev, (const struct expr_strings *)expr, env);
		break;
	case EXPR_POS:
		v = builtin_position(ev, expr->pos);
		break;
	case EXPR_INHERIT:
	case EXPR_INHERIT_FROM:
		assert(!"only in bindings");
		break;
	}
	ev->call_depth = depth;
	return v;
}
