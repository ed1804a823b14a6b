/*
 * call.c - applying functions to arguments
 */
#include <assert.h>
#include <string.h>

#include "eval/interp.h"
#include "eval/print.h"

value call_builtin(struct eval *ev, pos_t pos, const struct builtin *builtin,
		   value *args)
{
	value v = builtin->run(ev, 0, args);

	if (UNLIKELY(!v) && !(builtin->flags & BUILTIN_NO_FRAME))
		eval_frame(ev, pos, "while calling the '%s' builtin",
			   builtin->name);
	return v;
}

value call_frames(struct eval *ev, pos_t pos, const struct expr_lambda *lambda)
{
	pos_t at = lambda->formals ? lambda->e.pos
				   : lambda->params[lambda->arity - 1].pos;

	if (lambda->name)
		eval_frame(ev, at, "while calling '%s'",
			   symbol_bytes(lambda->name));
	else
		eval_frame(ev, at, "while calling anonymous lambda");
	if (pos)
		eval_frame(ev, pos, "from call site");
	return 0;
}

static const char *lambda_name(const struct expr_lambda *lambda)
{
	return lambda->name ? symbol_bytes(lambda->name) : "anonymous lambda";
}

static void fail_unexpected(struct eval *ev, pos_t pos,
			    const struct expr_lambda *lambda,
			    struct attrs *given)
{
	const struct formals *formals = lambda->formals;
	const struct shape *shape;
	symbol *names;

	given = attrs_flat(ev, given);
	names = eval_alloc(ev, (formals->len + 1) * sizeof(*names));
	if (!given || !names)
		return;
	for (uint32_t i = 0; i < formals->len; i++)
		names[i] = formals->items[i].name;
	shape = given->shape;
	for (uint32_t i = 0; i < shape->len; i++) {
		uint32_t j = 0;

		while (j < formals->len && names[j] != shape->names[i])
			j++;
		if (j < formals->len)
			continue;
		eval_fail(ev, ERROR_EVAL, lambda->e.pos,
			  "function '%s' called with unexpected argument '%s'",
			  lambda_name(lambda),
			  print_symbol(ev, shape->names[i]));
		eval_frame(ev, pos, "from call site");
		eval_suggest(ev, shape->names[i], formals->len, names);
		return;
	}
}

/* Fill the slots of the formals with the cells of set, 0 where it lacks one.
 * Returns how many it had. */
static size_t bind_given(const struct formals *formals, struct attrs *set,
			 value *slots)
{
	const struct shape *shape = set->shape;
	size_t used = 0;
	uint32_t j = 0;

	/* Both are sorted by symbol; but where the set is much larger, looking
	 * up is faster than walking it. A layered set looks like an empty one.
	 */
	if (shape_len(shape) == 0 ||
	    shape_len(shape) > 8 * (formals->len + 1)) {
		for (uint32_t i = 0; i < formals->len; i++) {
			value *cell = attrs_find(set, formals->items[i].name);

			slots[i] = cell ? *cell : 0;
			used += cell != NULL;
		}
		return used;
	}
	for (uint32_t i = 0; i < formals->len; i++) {
		symbol name = formals->items[i].name;

		while (j < shape->len && shape->names[j] < name)
			j++;
		slots[i] = 0;
		if (j < shape->len && shape->names[j] == name) {
			slots[i] = set->values[j++];
			used++;
		}
	}
	return used;
}

static struct env *call_env(struct eval *ev, const struct expr_lambda *lambda,
			    struct env *up, struct stack_env *on_stack)
{
	struct env *env = (struct env *)on_stack;

	if (!(lambda_facts(lambda) & LAMBDA_STAYS))
		env = eval_alloc(ev, sizeof(*env) +
					     lambda->env_len * sizeof(value));
	if (env)
		env->up = up;
	return env;
}

struct env *call_bind_formals(struct eval *ev, pos_t pos,
			      const struct expr_lambda *lambda, struct env *up,
			      value arg, struct stack_env *on_stack)
{
	const struct formals *formals = lambda->formals;
	struct attrs *set;
	struct env *env;
	value *slots;
	size_t used;

	set = eval_attrs(
		ev, &arg, lambda->e.pos,
		"while evaluating the value passed for the lambda argument");
	if (!set) {
		if (pos)
			eval_frame(ev, pos, "from call site");
		return NULL;
	}
	env = call_env(ev, lambda, up, on_stack);
	if (!env)
		return NULL;
	slots = env->slots;
	if (lambda->arg)
		*slots++ = arg;
	used = bind_given(formals, set, slots);
	if (used < formals->len) {
		for (uint32_t i = 0; i < formals->len; i++) {
			const struct formal *formal = &formals->items[i];

			if (slots[i])
				continue;
			if (!formal->fallback) {
				eval_fail(ev, ERROR_EVAL, lambda->e.pos,
					  "function '%s' called without "
					  "required argument '%s'",
					  lambda_name(lambda),
					  print_symbol(ev, formal->name));
				eval_frame(ev, pos, "from call site");
				return NULL;
			}
			slots[i] = expr_delay(ev, formal->fallback, env);
			if (!slots[i])
				return NULL;
		}
	}
	if (!formals->ellipsis && used != attrs_len(set)) {
		fail_unexpected(ev, pos, lambda, set);
		return NULL;
	}
	return env;
}

static uint32_t arity(const struct function *fn)
{
	switch (fn->kind) {
	case FUNCTION_LAMBDA:
		return fn->as.lambda->arity;
	case FUNCTION_BUILTIN:
		return fn->as.builtin->arity;
	default:
		return arity(fn->as.whole) - fn->argc;
	}
}

value call_partial(struct eval *ev, struct function *fn, size_t argc,
		   const value *args)
{
	struct function *whole =
		fn->kind == FUNCTION_PARTIAL ? fn->as.whole : fn;
	size_t before = fn->kind == FUNCTION_PARTIAL ? fn->argc : 0;
	struct function *partial;

	assert(argc > 0 && argc < arity(fn));
	partial = eval_alloc(ev, sizeof(*partial) +
					 (before + argc) * sizeof(value));
	if (!partial)
		return 0;
	partial->kind = FUNCTION_PARTIAL;
	partial->argc = before + argc;
	partial->as.whole = whole;
	partial->env = NULL;
	if (before)
		memcpy(partial->args, fn->args, before * sizeof(value));
	memcpy(partial->args + before, args, argc * sizeof(value));
	return value_of(partial, TAG_FUNCTION);
}

/* A lambda with as many arguments as it takes; before[0..done-1], then args. */
static value call_lambda(struct eval *ev, pos_t pos, const struct function *fn,
			 size_t done, const value *before, const value *args)
{
	const struct expr_lambda *lambda = fn->as.lambda;
	struct stack_env on_stack;
	struct env *env;
	value v;

	if (lambda->formals) {
		env = call_bind_formals(ev, pos, lambda, fn->env, args[0],
					&on_stack);
		if (!env)
			return 0;
	} else {
		env = call_env(ev, lambda, fn->env, &on_stack);
		if (!env)
			return 0;
		for (size_t i = 0; i < done; i++)
			env->slots[i] = before[i];
		for (size_t i = done; i < lambda->arity; i++)
			env->slots[i] = args[i - done]; /* NOLINT: all set */
	}
	v = eval_expr(ev, lambda->body, env);
	if (UNLIKELY(!v) && ev->settings.show_trace)
		call_frames(ev, pos, lambda);
	return v;
}

/* fn with exactly the arguments that it lacks. */
static value call_saturated(struct eval *ev, pos_t pos, struct function *fn,
			    value *args)
{
	value all[CALL_ARGS_MAX];
	struct function *whole;

	switch (fn->kind) {
	case FUNCTION_LAMBDA:
		return call_lambda(ev, pos, fn, 0, NULL, args);
	case FUNCTION_BUILTIN:
		return call_builtin(ev, pos, fn->as.builtin, args);
	}
	whole = fn->as.whole;
	if (whole->kind == FUNCTION_LAMBDA)
		return call_lambda(ev, pos, whole, fn->argc, fn->args, args);
	memcpy(all, fn->args, fn->argc * sizeof(value));
	memcpy(all + fn->argc, args,
	       (whole->as.builtin->arity - fn->argc) * sizeof(value));
	return call_builtin(ev, pos, whole->as.builtin, all);
}

/* A set with __functor, called with one argument. */
static value call_functor(struct eval *ev, pos_t pos, value set, value arg)
{
	value *functor = attrs_find(value_attrs(set), SYM_functor);
	value args[2] = { set, arg }, v;

	if (!functor)
		return eval_fail(ev, ERROR_EVAL, pos,
				 "attempt to call something which is not a "
				 "function but %s: %s",
				 value_type_name(ev, set),
				 print_short(ev, set));
	v = eval_call(ev, attrs_pos(value_attrs(set), SYM_functor), *functor, 2,
		      args);
	if (!v)
		eval_frame(ev, pos,
			   "while calling a functor (an attribute set with a "
			   "'__functor' attribute)");
	return v;
}

value eval_call(struct eval *ev, pos_t pos, value fn, size_t argc, value *args)
{
	value v;

	if (!call_enter(ev, pos))
		return 0;
	v = value_force_at(ev, &fn, pos);
	while (v && argc > 0) {
		struct function *f = value_function(v);
		size_t n;

		if (value_tag(v) == TAG_ATTRS) {
			v = call_functor(ev, pos, v, args[0]);
			args++;
			argc--;
			continue;
		}
		if (value_tag(v) != TAG_FUNCTION) {
			v = eval_fail(ev, ERROR_EVAL, pos,
				      "attempt to call something which is not "
				      "a function but %s: %s",
				      value_type_name(ev, v),
				      print_short(ev, v));
			break;
		}
		n = arity(f);
		if (n > argc) {
			v = call_partial(ev, f, argc, args);
			break;
		}
		v = call_saturated(ev, pos, f, args);
		args += n;
		argc -= n;
	}
	ev->call_depth--;
	return v;
}
