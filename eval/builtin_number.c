/*
 * builtin_number.c - builtins on numbers
 */
#include <inttypes.h>
#include <math.h>

#include "eval/builtin.h"

/* Both arguments as numbers; what an operation does with either kind. */
struct operation {
	const char *first, *second; /* frames for an argument of another type */
	const char *first_float;    /* the same, where the second is a float */
	const char *name;	    /* "adding": when integers overflow */
	char sign;
	bool (*integers)(int64_t a, int64_t b, int64_t *result);
	double (*floats)(double a, double b);
};

static value calculate(struct eval *ev, const struct operation *op, value *args)
{
	int64_t a, b, result;
	double x, y;
	value v, w;

	v = value_force(ev, &args[0]);
	if (!v)
		return 0;
	w = value_force(ev, &args[1]);
	if (!w)
		return 0;

	if (value_is_float(v) || value_is_float(w)) {
		if (eval_float(ev, &args[0], NO_POS, op->first_float, &x) < 0 ||
		    eval_float(ev, &args[1], NO_POS, op->second, &y) < 0)
			return 0;
		return value_new_float(ev, op->floats(x, y));
	}

	if (eval_int(ev, &args[0], NO_POS, op->first, &a) < 0 ||
	    eval_int(ev, &args[1], NO_POS, op->second, &b) < 0)
		return 0;
	if (op->integers(a, b, &result))
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "integer overflow in %s %" PRId64
				 " %c %" PRId64,
				 op->name, a, op->sign, b);
	return value_new_int(ev, result);
}

static bool add_integers(int64_t a, int64_t b, int64_t *result)
{
	return __builtin_add_overflow(a, b, result);
}

static double add_floats(double a, double b)
{
	return a + b;
}

static value add(struct eval *ev, pos_t pos, value *args)
{
	static const struct operation op = {
		.first = "while evaluating the first argument of the addition",
		.first_float =
			"while evaluating the first argument of the addition",
		.second =
			"while evaluating the second argument of the addition",
		.name = "adding",
		.sign = '+',
		.integers = add_integers,
		.floats = add_floats,
	};

	return calculate(ev, &op, args);
}

static bool sub_integers(int64_t a, int64_t b, int64_t *result)
{
	return __builtin_sub_overflow(a, b, result);
}

static double sub_floats(double a, double b)
{
	return a - b;
}

static value sub(struct eval *ev, pos_t pos, value *args)
{
	static const struct operation op = {
		.first = "while evaluating the first argument of the "
			 "subtraction",
		.first_float = "while evaluating the first argument of the "
			       "subtraction",
		.second = "while evaluating the second argument of the "
			  "subtraction",
		.name = "subtracting",
		.sign = '-',
		.integers = sub_integers,
		.floats = sub_floats,
	};

	return calculate(ev, &op, args);
}

static bool mul_integers(int64_t a, int64_t b, int64_t *result)
{
	return __builtin_mul_overflow(a, b, result);
}

static double mul_floats(double a, double b)
{
	return a * b;
}

static value mul(struct eval *ev, pos_t pos, value *args)
{
	static const struct operation op = {
		.first = "while evaluating the first argument of the "
			 "multiplication",
		.first_float =
			"while evaluating the first of the multiplication",
		.second = "while evaluating the second argument of the "
			  "multiplication",
		.name = "multiplying",
		.sign = '*',
		.integers = mul_integers,
		.floats = mul_floats,
	};

	return calculate(ev, &op, args);
}

static bool div_integers(int64_t a, int64_t b, int64_t *result)
{
	/* The one quotient out of range traps in hardware. */
	if (a == INT64_MIN && b == -1)
		return true;
	*result = a / b;
	return false;
}

static double div_floats(double a, double b)
{
	return a / b;
}

static value divide(struct eval *ev, pos_t pos, value *args)
{
	static const struct operation op = {
		.first = "while evaluating the first operand of the division",
		.first_float =
			"while evaluating the first operand of the division",
		.second = "while evaluating the second operand of the division",
		.name = "dividing",
		.sign = '/',
		.integers = div_integers,
		.floats = div_floats,
	};
	double divisor;

	if (!value_force(ev, &args[0]) || !value_force(ev, &args[1]))
		return 0;
	/* The divisor is looked at first, as a float whatever it is. */
	if (eval_float(ev, &args[1], NO_POS, op.second, &divisor) < 0)
		return 0;
	if (divisor == 0)
		return eval_fail(ev, ERROR_EVAL, NO_POS, "division by zero");
	return calculate(ev, &op, args);
}

static int two_integers(struct eval *ev, value *args, const char *first,
			const char *second, int64_t *a, int64_t *b)
{
	if (eval_int(ev, &args[0], NO_POS, first, a) < 0)
		return -1;
	return eval_int(ev, &args[1], NO_POS, second, b);
}

static value bit_and(struct eval *ev, pos_t pos, value *args)
{
	int64_t a, b;

	if (two_integers(ev, args,
			 "while evaluating the first argument passed to "
			 "builtins.bitAnd",
			 "while evaluating the second argument passed to "
			 "builtins.bitAnd",
			 &a, &b) < 0)
		return 0;
	return value_new_int(ev, a & b);
}

static value bit_or(struct eval *ev, pos_t pos, value *args)
{
	int64_t a, b;

	if (two_integers(ev, args,
			 "while evaluating the first argument passed to "
			 "builtins.bitOr",
			 "while evaluating the second argument passed to "
			 "builtins.bitOr",
			 &a, &b) < 0)
		return 0;
	return value_new_int(ev, a | b);
}

static value bit_xor(struct eval *ev, pos_t pos, value *args)
{
	int64_t a, b;

	if (two_integers(ev, args,
			 "while evaluating the first argument passed to "
			 "builtins.bitXor",
			 "while evaluating the second argument passed to "
			 "builtins.bitXor",
			 &a, &b) < 0)
		return 0;
	return value_new_int(ev, a ^ b);
}

static value less_than(struct eval *ev, pos_t pos, value *args)
{
	int less;

	if (!value_force(ev, &args[0]) || !value_force(ev, &args[1]))
		return 0;
	if (value_tag(args[0]) == TAG_INT && value_tag(args[1]) == TAG_INT)
		return value_bool((int64_t)args[0] < (int64_t)args[1]);

	less = value_less(ev, &args[0], &args[1], NO_POS, "");
	return less < 0 ? 0 : value_bool(less);
}

bool builtin_is_less_than(value fn)
{
	const struct function *function = value_function(fn);

	return value_tag(fn) == TAG_FUNCTION &&
	       function->kind == FUNCTION_BUILTIN &&
	       function->as.builtin->run == less_than;
}

/*
 * An integer is rounded as a float, too, and refused if that changed it:
 * earlier versions of Nix gave the changed one.
 */
static value round_with(struct eval *ev, value *arg, const char *context,
			double (*towards)(double))
{
	double number, rounded;
	int64_t before, after;
	bool was_int;
	value v;

	if (eval_float(ev, arg, NO_POS, context, &number) < 0)
		return 0;
	/* Not *arg: a float's thunk stays where it lies. */
	v = value_force(ev, arg);
	was_int = value_is_int(v);
	before = was_int ? value_integer(v) : 0;
	rounded = towards(number);

	/* -2^63 is exact as a double; 2^63 - 1 is not. */
	/* cppcheck-suppress incorrectLogicOperator ; no hexadecimal floats */
	if (!(rounded >= -0x1p63 && rounded < 0x1p63)) {
		if (!was_int)
			return eval_fail(ev, ERROR_EVAL, NO_POS,
					 "NixFloat argument %g is not in the "
					 "range of NixInt",
					 number);
		return eval_fail(
			ev, ERROR_EVAL, NO_POS,
			"Due to a bug (see https://github.com/NixOS/nix/"
			"issues/12899) the NixInt argument %" PRId64
			" caused undefined behavior in previous Nix "
			"versions.\n\tFuture Nix versions might implement "
			"the correct behavior.",
			before);
	}

	after = (int64_t)rounded;
	if (was_int && after != before)
		return eval_fail(
			ev, ERROR_EVAL, NO_POS,
			"Due to a bug (see https://github.com/NixOS/nix/"
			"issues/12899) a loss of precision occurred in "
			"previous Nix versions because the NixInt argument "
			"%" PRId64 " was rounded to %" PRId64
			".\n\tFuture Nix versions might implement the "
			"correct behavior.",
			before, after);
	return value_new_int(ev, after);
}

static value ceiling(struct eval *ev, pos_t pos, value *args)
{
	return round_with(ev, &args[0],
			  "while evaluating the first argument passed to "
			  "builtins.ceil",
			  ceil);
}

static value flooring(struct eval *ev, pos_t pos, value *args)
{
	return round_with(ev, &args[0],
			  "while evaluating the first argument passed to "
			  "builtins.floor",
			  floor);
}

const struct builtin builtin_number_table[] = {
	{
		.name = "add",
		.arity = 2,
		.doc = "add a b: the sum of two numbers.",
		.run = add,
		.strict = 3,
	},
	{
		.name = "bitAnd",
		.arity = 2,
		.doc = "bitAnd a b: the bits that are set in both integers.",
		.run = bit_and,
		.strict = 3,
	},
	{
		.name = "bitOr",
		.arity = 2,
		.doc = "bitOr a b: the bits that are set in either integer.",
		.run = bit_or,
		.strict = 3,
	},
	{
		.name = "bitXor",
		.arity = 2,
		.doc = "bitXor a b: the bits in which two integers differ.",
		.run = bit_xor,
		.strict = 3,
	},
	{
		.name = "ceil",
		.arity = 1,
		.doc = "ceil x: the least integer that is not below x.",
		.run = ceiling,
		.strict = 1,
	},
	{
		.name = "div",
		.arity = 2,
		.doc = "div a b: a / b; of integers, without the remainder.",
		.run = divide,
		.strict = 3,
	},
	{
		.name = "floor",
		.arity = 1,
		.doc = "floor x: the greatest integer that is not above x.",
		.run = flooring,
		.strict = 1,
	},
	{
		.name = "lessThan",
		.arity = 2,
		.doc = "lessThan a b: is a < b? Numbers, strings, paths, or "
		       "lists of them.",
		.run = less_than,
		.strict = 3,
	},
	{
		.name = "mul",
		.arity = 2,
		.doc = "mul a b: the product of two numbers.",
		.run = mul,
		.strict = 3,
	},
	{
		.name = "sub",
		.arity = 2,
		.doc = "sub a b: the difference of two numbers.",
		.run = sub,
		.strict = 3,
	},
	{ .name = NULL },
};
