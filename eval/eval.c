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
#include <string.h>

#include "eval/ast_print.h"
#include "eval/buf.h"
#include "eval/builtin.h"
#include "eval/interp.h"

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
		v = value_force_at(ev, (value *)&((struct expr_const *)expr)->v,
				   0);
		break;
	case EXPR_VAR0: {
		const struct expr_var *e = (const struct expr_var *)expr;

		v = value_force_at(ev, &env->slots[e->slot], expr->pos);
		break;
	}
	case EXPR_VAR1: {
		const struct expr_var *e = (const struct expr_var *)expr;

		v = value_force_at(ev, &env->up->slots[e->slot], expr->pos);
		break;
	}
	case EXPR_VAR: {
		const struct expr_var *e = (const struct expr_var *)expr;
		struct env *at = env_up(env, e->level);

		v = value_force_at(ev, &at->slots[e->slot], expr->pos);
		break;
	}
	case EXPR_WITH_VAR:
		v = select_with(ev, (const struct expr_with_var *)expr, env);
		break;
	case EXPR_SELECT: {
		const struct expr_select *e = (const struct expr_select *)expr;
		bool missing;
		pos_t pos;

		v = select_attr(ev, e, env, &pos, &missing);
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
		truth = select_has(ev, (const struct expr_select *)expr, env);
		v = truth < 0 ? 0 : value_bool(truth);
		break;
	case EXPR_ATTRS:
		v = set_plain(ev, (const struct expr_attrs *)expr, env);
		break;
	case EXPR_REC_ATTRS:
		v = set_rec(ev, (const struct expr_attrs *)expr, env);
		break;
	case EXPR_LET: {
		const struct expr_let *e = (const struct expr_let *)expr;

		env = set_let_env(ev, e->bindings, env);
		if (!env)
			break;
		expr = e->body;
		goto again;
	}
	case EXPR_LIST:
		v = set_list(ev, (const struct expr_list *)expr, env);
		break;
	case EXPR_LAMBDA:
		v = closure_new(ev, expr, env);
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
			v = arg_eager(ev, e->args[0], env);
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
		if (!args_bind(ev, e, env, facts, inner->slots))
			break;
		env = inner;
		expr = lambda->body;
		goto again;
	call:
		args = args_delay(ev, e, env, stack);
		v = args ? eval_call(ev, expr->pos, fn, e->len, args) : 0;
		break;
	}
	case EXPR_WITH:
		env = set_with_env(ev, (const struct expr_binary *)expr, env);
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
		v = join_parts(ev, (const struct expr_strings *)expr, env);
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
