/*
 * analyse.c - what calling a lambda may do without being noticed
 *
 * Two questions are answered once for each lambda, when it is first called:
 *
 * - Can its environment live on the C stack? Yes if evaluating the body makes
 *   no thunk, function or environment that refers to it.
 * - Which parameters are forced before anything else happens? Their arguments
 *   can be evaluated by the caller, in that order, without a thunk: nobody can
 *   tell, as nothing happens in between that fails, traces or takes time.
 */
#include "eval/interp.h"

/* How deep the analysis looks into an expression. */
#define DEPTH_MAX 64

/* Does delaying expr give a word that is there already? */
static bool is_trivial(const struct expr *expr)
{
	switch (expr->op) {
	case EXPR_CONST:
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
		return true;
	case EXPR_LIST:
		return ((const struct expr_list *)expr)->len == 0;
	default:
		return false;
	}
}

/* The builtin that a call runs, if that can be told from its text. */
static const struct builtin *called_builtin(const struct expr_call *e)
{
	const struct expr_const *fn = (const struct expr_const *)e->fn;
	const struct function *f;

	if (fn->e.op != EXPR_CONST || value_tag(fn->v) != TAG_FUNCTION)
		return NULL;
	f = value_function(fn->v);
	if (f->kind != FUNCTION_BUILTIN || f->as.builtin->arity != e->len)
		return NULL;
	return f->as.builtin;
}

static bool escapes(const struct expr *expr, int depth);

static bool call_escapes(const struct expr_call *e, int depth)
{
	const struct builtin *builtin = called_builtin(e);
	bool first = true;

	if (escapes(e->fn, depth))
		return true;
	for (uint32_t i = 0; i < e->len; i++) {
		/* The first strict argument is never delayed. */
		if (builtin && builtin->strict >> i & 1 && first) {
			first = false;
			if (!is_trivial(e->args[i]) &&
			    escapes(e->args[i], depth))
				return true;
		} else if (!is_trivial(e->args[i])) {
			return true;
		}
	}
	return false;
}

static bool attrs_escape(const struct expr_attrs *e)
{
	if (e->dynamic_len)
		return true;
	for (uint32_t i = 0; i < e->from_len; i++)
		if (!is_trivial(e->from[i]))
			return true;
	for (uint32_t i = 0; i < e->shape->len; i++)
		if (e->values[i]->op != EXPR_INHERIT_FROM &&
		    !is_trivial(e->values[i]))
			return true;
	return false;
}

/* Can evaluating expr leave something behind that refers to its environment? */
static bool escapes(const struct expr *expr, int depth)
{
	const struct expr_binary *binary = (const struct expr_binary *)expr;

	if (--depth < 0)
		return true;
	switch ((enum expr_op)expr->op) {
	case EXPR_CONST:
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
	case EXPR_WITH_VAR:
	case EXPR_POS:
		return false;
	case EXPR_SELECT:
	case EXPR_HAS_ATTR: {
		const struct expr_select *e = (const struct expr_select *)expr;

		for (uint32_t i = 0; i < e->len; i++)
			if (!e->path[i].sym && escapes(e->path[i].expr, depth))
				return true;
		return escapes(e->set, depth) ||
		       (e->fallback && escapes(e->fallback, depth));
	}
	case EXPR_IF: {
		const struct expr_if *e = (const struct expr_if *)expr;

		return escapes(e->cond, depth) || escapes(e->then, depth) ||
		       escapes(e->other, depth);
	}
	case EXPR_NOT:
		return escapes(((const struct expr_unary *)expr)->arg, depth);
	case EXPR_ASSERT:
	case EXPR_EQ:
	case EXPR_NEQ:
	case EXPR_AND:
	case EXPR_OR:
	case EXPR_IMPL:
	case EXPR_UPDATE:
	case EXPR_CONCAT:
	case EXPR_SUB:
	case EXPR_MUL:
	case EXPR_DIV:
	case EXPR_LESS:
		return escapes(binary->lhs, depth) ||
		       escapes(binary->rhs, depth);
	case EXPR_STRINGS: {
		const struct expr_strings *e =
			(const struct expr_strings *)expr;

		for (uint32_t i = 0; i < e->len; i++)
			if (escapes(e->parts[i], depth))
				return true;
		return false;
	}
	case EXPR_LIST: {
		const struct expr_list *e = (const struct expr_list *)expr;

		for (uint32_t i = 0; i < e->len; i++)
			if (!is_trivial(e->items[i]))
				return true;
		return false;
	}
	case EXPR_ATTRS:
		return attrs_escape((const struct expr_attrs *)expr);
	case EXPR_CALL:
		return call_escapes((const struct expr_call *)expr, depth);
	default:
		return true;
	}
}

/* The slots that are forced first, in order. */
struct order {
	uint8_t slots[2]; /* + 1; 0: none */
	int len;
};

/*
 * Note what evaluating expr forces first. level: how far up the lambda's
 * environment is. Returns whether expr is forced and nothing more, so that
 * what is evaluated next is next for us, too.
 */
static bool forced_first(struct order *order, const struct expr *expr,
			 uint32_t level, int depth)
{
	const struct expr_binary *binary = (const struct expr_binary *)expr;
	const struct expr_var *var = (const struct expr_var *)expr;

	if (--depth < 0 || order->len == 2)
		return false;
	switch ((enum expr_op)expr->op) {
	case EXPR_CONST:
		return !value_is_thunk(((const struct expr_const *)expr)->v);
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
		if (var->level != level || var->slot >= UINT8_MAX)
			return false;
		order->slots[order->len++] = var->slot + 1;
		return true;
	case EXPR_SELECT:
	case EXPR_HAS_ATTR:
		forced_first(order, ((const struct expr_select *)expr)->set,
			     level, depth);
		return false;
	case EXPR_IF:
		forced_first(order, ((const struct expr_if *)expr)->cond, level,
			     depth);
		return false;
	case EXPR_NOT:
		forced_first(order, ((const struct expr_unary *)expr)->arg,
			     level, depth);
		return false;
	case EXPR_ASSERT:
	case EXPR_AND:
	case EXPR_OR:
	case EXPR_IMPL:
		forced_first(order, binary->lhs, level, depth);
		return false;
	case EXPR_UPDATE:
		forced_first(order, binary->rhs, level, depth);
		return false;
	case EXPR_EQ:
	case EXPR_NEQ:
	case EXPR_CONCAT:
	case EXPR_SUB:
	case EXPR_MUL:
	case EXPR_DIV:
	case EXPR_LESS:
		if (forced_first(order, binary->lhs, level, depth))
			forced_first(order, binary->rhs, level, depth);
		return false;
	case EXPR_STRINGS:
		/* The first part is coerced before the second is evaluated. */
		forced_first(order,
			     ((const struct expr_strings *)expr)->parts[0],
			     level, depth);
		return false;
	case EXPR_LET:
		return forced_first(order,
				    ((const struct expr_let *)expr)->body,
				    level + 1, depth);
	case EXPR_WITH:
		return forced_first(order, binary->rhs, level + 1, depth);
	case EXPR_CALL: {
		const struct expr_call *e = (const struct expr_call *)expr;
		const struct builtin *builtin = called_builtin(e);

		if (!builtin)
			forced_first(order, e->fn, level, depth);
		else if (builtin->strict & 1)
			forced_first(order, e->args[0], level, depth);
		return false;
	}
	default:
		return false;
	}
}

uint16_t lambda_analyse(const struct expr_lambda *lambda)
{
	struct expr_lambda *known = (struct expr_lambda *)lambda;
	struct order order = { { 0, 0 }, 0 };
	uint16_t answer = LAMBDA_KNOWN;
	bool stays = !escapes(lambda->body, DEPTH_MAX);

	if (lambda->formals) {
		for (uint32_t i = 0; i < lambda->formals->len; i++) {
			const struct expr *fallback =
				lambda->formals->items[i].fallback;

			/* Of another formal, a thunk: it may not have its
			 * value yet. */
			if (fallback && (!is_trivial(fallback) ||
					 fallback->op == EXPR_VAR0))
				stays = false;
		}
	} else {
		forced_first(&order, lambda->body, 0, DEPTH_MAX);
		/* Forced twice is forced once. */
		if (order.slots[1] == order.slots[0])
			order.slots[1] = 0;
		if (order.slots[0] > LAMBDA_SLOT_MASK)
			order.slots[0] = order.slots[1] = 0;
		if (order.slots[1] > LAMBDA_SLOT_MASK)
			order.slots[1] = 0;
	}
	if (stays && lambda->env_len <= STACK_ENV)
		answer |= LAMBDA_STAYS;
	answer |= order.slots[0] << LAMBDA_FIRST;
	answer |= order.slots[1] << LAMBDA_SECOND;
	known->e.reserved = answer;
	return answer;
}
