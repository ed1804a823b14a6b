/*
 * interp.h - what the files of the interpreter share among themselves
 *
 * eval.c walks expressions, with delay.c for what goes into cells, select.c,
 * sets.c and join.c; force.c runs thunks, call.c applies functions, analyse.c
 * looks at lambdas.
 * Builtins and the rest of the program use eval.h only.
 *
 * Calls are counted as Nix counts them, tail calls too, so that the same
 * programs run into max-call-depth; the C stack is limited separately.
 */
#ifndef EVAL_INTERP_H
#define EVAL_INTERP_H

#include "eval/ast.h"
#include "eval/eval.h"

struct stack_env;

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Most arguments of a builtin, and of a call that needs no memory of its own
 * for them. */
#define CALL_ARGS_MAX 8

/* Expressions to weak head normal form. */
value eval_expr(struct eval *ev, const struct expr *expr, struct env *env);

/* force.c */

/* thunk's result; pos: who asks, for messages. Does not touch the slot. */
value thunk_force(struct eval *ev, struct thunk *thunk, pos_t pos);

/* May a cell that refers to a thunk of expr (NULL: of a call put off) with
 * this result hold the result itself? Not where the cell is its identity
 * (value.h): only literals make sets and lists that no other cell has. */
static inline bool value_moves(value v, const struct expr *expr)
{
	switch (value_tag(v)) {
	case TAG_FUNCTION:
		return false;
	case TAG_BOX:
		return !value_is_float(v);
	case TAG_ATTRS:
	case TAG_LIST:
		return expr &&
		       (expr->op == EXPR_ATTRS || expr->op == EXPR_REC_ATTRS ||
			expr->op == EXPR_LIST);
	default:
		return true;
	}
}

/* A cell of its own for v, which is another cell's. */
value value_new_kept(struct eval *ev, value v);

/* A thunk that has failed already with the pending error, which it takes. */
value value_new_failed(struct eval *ev);

value eval_fail_depth(struct eval *ev, pos_t pos);

static inline bool stack_is_low(const struct eval *ev)
{
	return (char *)__builtin_frame_address(0) < ev->stack_limit;
}

/* One call more; false with the error pending if that is one too many. */
static inline bool call_enter(struct eval *ev, pos_t pos)
{
	if (UNLIKELY(ev->call_depth > ev->settings.max_call_depth ||
		     stack_is_low(ev))) {
		eval_fail_depth(ev, pos);
		return false;
	}
	ev->call_depth++;
	return true;
}

/* The environment for the body of a lambda with formals; NULL with the error
 * pending. arg: a cell, forced by this. on_stack: used if the environment may
 * live there. */
struct env *call_bind_formals(struct eval *ev, pos_t pos,
			      const struct expr_lambda *lambda, struct env *up,
			      value arg, struct stack_env *on_stack);

/* A function that is not yet saturated with argc more arguments. */
value call_partial(struct eval *ev, struct function *fn, size_t argc,
		   const value *args);

/*
 * What analyse.c finds out about a lambda, kept in its e.reserved: bit 0:
 * known; bit 1: its environment may live on the C stack; then twice 5 bits, a
 * parameter that is forced first of all and the one after it, each its slot +
 * 1, 0 for none.
 */
#define LAMBDA_KNOWN 1u
#define LAMBDA_STAYS 2u
#define LAMBDA_FIRST 2
#define LAMBDA_SECOND 7
#define LAMBDA_SLOT_MASK 31u

/* Slots of an environment on the C stack. */
#define STACK_ENV 4

struct stack_env {
	struct env *up;
	value slots[STACK_ENV];
};

uint16_t lambda_analyse(const struct expr_lambda *lambda);

static inline uint16_t lambda_facts(const struct expr_lambda *lambda)
{
	return LIKELY(lambda->e.reserved) ? lambda->e.reserved
					  : lambda_analyse(lambda);
}

/* Frames of a failed lambda call: "while calling ...", "from call site". */
value call_frames(struct eval *ev, pos_t pos, const struct expr_lambda *lambda);

value call_builtin(struct eval *ev, pos_t pos, const struct builtin *builtin,
		   value *args);

/* Fills ev->globals and ev->builtins; 0 or -1. */
int eval_globals_init(struct eval *ev);

/* Is pos within what the evaluator itself brings (derivation.nix)? Nix does
 * not show frames there. */
bool eval_pos_is_internal(struct eval *ev, pos_t pos);

/* The symbol of a string's bytes; 0 with the error pending. */
static inline symbol string_symbol(struct eval *ev, struct string *s)
{
	if (!s->sym) {
		s->sym = symbol_intern(s->bytes, s->len);
		if (!s->sym)
			eval_fail_memory(ev);
	}
	return s->sym;
}

static inline struct env *env_up(struct env *env, uint32_t level)
{
	while (level--)
		env = env->up;
	return env;
}

/* Slots not filled. */
static inline struct env *env_new(struct eval *ev, size_t len, struct env *up)
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
	const struct thunk *thunk;
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
	if (v && !value_is_thunk(v))
		return v;
	thunk = value_pointer(v);
	return v && thunk->code == THUNK_KEPT ? thunk->data
					      : eval_expr(ev, expr, env);
}

/* delay.c */

/* The word for expr in a cell: a thunk, or a value if that is at hand. */
value expr_delay(struct eval *ev, const struct expr *expr, struct env *env);
value closure_new(struct eval *ev, const struct expr *expr, struct env *env);
/* The argument cells of a call; NULL with the error pending. stack has room
 * for CALL_ARGS_MAX. */
value *args_delay(struct eval *ev, const struct expr_call *call,
		  struct env *env, value *stack);
/* An argument that is going to be forced first of all. */
value arg_eager(struct eval *ev, const struct expr *expr, struct env *env);
/* The arguments into slots; facts: lambda_facts() of who is called. */
bool args_bind(struct eval *ev, const struct expr_call *call, struct env *env,
	       uint16_t facts, value *slots);
/* A call with as many arguments as the builtin takes. */
value call_builtin_expr(struct eval *ev, const struct expr_call *call,
			const struct builtin *builtin, struct env *env);

/* select.c */

/* e.a.b. If that is missing and there is a fallback, 0 without an error,
 * *missing set, and in *found_pos where the last attribute that was found is
 * written. */
value select_attr(struct eval *ev, const struct expr_select *e, struct env *env,
		  pos_t *found_pos, bool *missing);
/* The frame of a failure behind the attribute that is written at pos. */
value select_frame(struct eval *ev, const struct expr_select *e,
		   struct env *env, pos_t pos);
/* The attribute of an inherit (e). */
value select_inherited(struct eval *ev, const struct attr_name *name,
		       value *from);
/* e ? a.b: 1, 0 or -1. */
int select_has(struct eval *ev, const struct expr_select *e, struct env *env);
/* A name of one of the with sets around it. */
value select_with(struct eval *ev, const struct expr_with_var *e,
		  struct env *env);

/* sets.c */

value set_plain(struct eval *ev, const struct expr_attrs *e, struct env *env);
value set_rec(struct eval *ev, const struct expr_attrs *e, struct env *env);
value set_list(struct eval *ev, const struct expr_list *e, struct env *env);
struct env *set_let_env(struct eval *ev, const struct expr_attrs *e,
			struct env *up);
struct env *set_with_env(struct eval *ev, const struct expr_binary *e,
			 struct env *up);

/* join.c: "a${b}", ./a/${b}, a + b. */
value join_parts(struct eval *ev, const struct expr_strings *e,
		 struct env *env);

/*
 * The cell of name in set, through name's cache; NULL if it is absent. Sets
 * that are layered or empty have a shape without names; they do not enter the
 * cache.
 */
static inline value *select_cached(struct attrs *set,
				   const struct attr_name *name)
{
	struct attr_name *cache = (struct attr_name *)name;
	value *cell;

	if (LIKELY(set->shape == cache->shape))
		return cache->index == UINT32_MAX ? NULL
						  : &set->values[cache->index];
	cell = attrs_find(set, name->sym);
	if (shape_len(set->shape) == 0)
		return cell;
	cache->shape = set->shape;
	cache->index = cell ? cell - set->values : UINT32_MAX;
	return cell;
}

#endif
