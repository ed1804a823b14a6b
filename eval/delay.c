/*
 * delay.c - what is put into cells: thunks, or values that are at hand
 */
#include "eval/interp.h"

/* A set's attribute that is evaluated already, or 0. What needs a cell of its
 * own is left alone. */
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
	return value_moves(v, NULL) ? v : 0;
}

static value delay_var(struct eval *ev, const struct expr *expr,
		       struct env *env, value v)
{
	/* A slot of a let that is being filled may be empty yet. */
	if (!v)
		return value_new_thunk(ev, expr, env);
	if (value_is_thunk(v)) {
		const struct thunk *t = value_pointer(v);

		if (t->code == THUNK_DONE)
			return t->data;
	}
	return v;
}

value closure_new(struct eval *ev, const struct expr *expr, struct env *env)
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
		return closure_new(ev, expr, env);
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

/* The argument cells of a call; NULL with the error pending. stack has room
 * for CALL_ARGS_MAX. */
value *args_delay(struct eval *ev, const struct expr_call *call,
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
value arg_eager(struct eval *ev, const struct expr *expr, struct env *env)
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
		break;
	}
	v = eval_expr(ev, expr, env);
	if (UNLIKELY(!v))
		return value_new_failed(ev);
	return LIKELY(value_moves(v, expr)) ? v : value_new_kept(ev, v);
}

/* The arguments into slots; facts: those of the lambda that is called. */
bool args_bind(struct eval *ev, const struct expr_call *call, struct env *env,
	       uint16_t facts, value *slots)
{
	uint32_t first = facts >> LAMBDA_FIRST & LAMBDA_SLOT_MASK;
	uint32_t second = facts >> LAMBDA_SECOND & LAMBDA_SLOT_MASK;

	if (first) {
		slots[first - 1] = arg_eager(ev, call->args[first - 1], env);
		if (!slots[first - 1])
			return false;
	}
	if (second) {
		slots[second - 1] = arg_eager(ev, call->args[second - 1], env);
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

value call_builtin_expr(struct eval *ev, const struct expr_call *call,
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
