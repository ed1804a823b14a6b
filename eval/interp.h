/*
 * interp.h - what the files of the interpreter share among themselves
 *
 * eval.c walks expressions, force.c runs thunks, call.c applies functions.
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

/* The word for expr in a cell: a thunk, or a value if that is at hand. */
value expr_delay(struct eval *ev, const struct expr *expr, struct env *env);

/* thunk's result; pos: who asks, for messages. Does not touch the slot. */
value thunk_force(struct eval *ev, struct thunk *thunk, pos_t pos);

/* value_force() with the position of who asks. */
value force_slow_at(struct eval *ev, value *slot, pos_t pos);

static inline value force_at(struct eval *ev, value *slot, pos_t pos)
{
	return LIKELY(!value_is_thunk(*slot)) ? *slot
					      : force_slow_at(ev, slot, pos);
}

/* May a cell that refers to a thunk with this result hold the result itself?
 * Not functions and floats: there the cell is the identity (value.h). */
static inline bool value_moves(value v)
{
	return value_tag(v) != TAG_FUNCTION && !value_is_float(v);
}

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

/* The attribute of an inherit (e): code and data of a SELECT thunk. */
value select_inherited(struct eval *ev, const struct attr_name *name,
		       value *from);

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
