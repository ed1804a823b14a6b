/*
 * compare.c - is a equal to b, is a less than b
 *
 * Nix compares cells: a cell is equal to itself whatever it holds, a function
 * too. The word in a cell tells which cell it is as far as that matters, as
 * value.h says. Results that are in no cell are compared by
 * value_equal_results().
 */
#include <inttypes.h>
#include <string.h>

#include "eval/interp.h"
#include "eval/print.h"
#include "eval/source.h"

/* 1, 0 or -1 */
static int text_less(struct eval *ev, const char *a, size_t a_len,
		     const char *b, size_t b_len)
{
	int order;

	if (source_compare(ev, a, a_len, b, b_len, &order) < 0)
		return -1;
	return order < 0;
}

/* 1, 0 or -1 */
static int text_equal(struct eval *ev, const struct string *a,
		      const struct string *b)
{
	return a->len == b->len ? source_equal(ev, a->bytes, b->bytes, a->len)
				: 0;
}

static int path_less(struct eval *ev, const struct path *a,
		     const struct path *b)
{
	const char *x, *y;

	if (a->source == b->source)
		return strcmp(a->bytes, b->bytes) < 0;
	x = source_text(ev, a);
	y = x ? source_text(ev, b) : NULL;
	return y ? text_less(ev, x, strlen(x), y, strlen(y)) : -1;
}

static bool path_equal(const struct path *a, const struct path *b)
{
	return a->source == b->source && a->len == b->len &&
	       memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* Has set type = "derivation"? 1, 0 or -1. */
static int is_derivation(struct eval *ev, struct attrs *set)
{
	static const char name[] = "derivation";
	value *cell = attrs_find(set, SYM_type), v;

	if (!cell)
		return 0;
	v = value_force_at(ev, cell, 0);
	if (!v)
		return -1;
	return value_tag(v) == TAG_STRING &&
	       value_string(v)->len == sizeof(name) - 1 &&
	       memcmp(value_string(v)->bytes, name, sizeof(name) - 1) == 0;
}

/* Both sets are derivations with an outPath: 1 and the cells, else 0; -1. */
static int derivations(struct eval *ev, struct attrs *a, struct attrs *b,
		       value **a_path, value **b_path)
{
	int answer = is_derivation(ev, a);

	if (answer > 0)
		answer = is_derivation(ev, b);
	if (answer <= 0)
		return answer;
	*a_path = attrs_find(a, SYM_out_path);
	*b_path = attrs_find(b, SYM_out_path);
	return *a_path && *b_path;
}

static int attrs_equal(struct eval *ev, struct attrs *a, struct attrs *b,
		       pos_t pos, const char *context)
{
	value *a_path, *b_path;
	int answer = derivations(ev, a, b, &a_path, &b_path);

	if (answer < 0)
		return -1;
	if (answer)
		return value_equal(ev, a_path, b_path, pos, context);
	if (attrs_len(a) != attrs_len(b))
		return 0;
	a = attrs_flat(ev, a);
	b = attrs_flat(ev, b);
	if (!a || !b)
		return -1;
	for (uint32_t i = 0; i < a->shape->len; i++) {
		if (a->shape->names[i] != b->shape->names[i])
			return 0;
		answer = value_equal(ev, &a->values[i], &b->values[i], pos,
				     context);
		if (answer <= 0)
			return answer;
	}
	return 1;
}

static int list_equal(struct eval *ev, const struct list *a,
		      const struct list *b, pos_t pos, const char *context)
{
	if (a->len != b->len)
		return 0;
	for (uint32_t i = 0; i < a->len; i++) {
		int answer = value_equal(ev, &a->items[i], &b->items[i], pos,
					 context);

		if (answer <= 0)
			return answer;
	}
	return 1;
}

static bool is_number(value v)
{
	return value_is_int(v) || value_is_float(v);
}

static bool number_equal(value a, value b)
{
	if (value_is_int(a) && value_is_int(b))
		return value_integer(a) == value_integer(b);
	return (value_is_float(a) ? value_number(a)
				  : (double)value_integer(a)) ==
	       (value_is_float(b) ? value_number(b) : (double)value_integer(b));
}

static int equal(struct eval *ev, value a, value b, pos_t pos,
		 const char *context)
{
	if (value_tag(a) != value_tag(b))
		return is_number(a) && is_number(b) ? number_equal(a, b) : 0;
	switch (value_tag(a)) {
	case TAG_STRING:
		return a == b ? 1
			      : text_equal(ev, value_string(a),
					   value_string(b));
	case TAG_ATTRS:
		return attrs_equal(ev, value_attrs(a), value_attrs(b), pos,
				   context);
	case TAG_LIST:
		return list_equal(ev, value_list(a), value_list(b), pos,
				  context);
	case TAG_BOX:
		if (value_is_path(a) || value_is_path(b))
			return value_is_path(a) && value_is_path(b) &&
			       path_equal(value_path(a), value_path(b));
		return number_equal(a, b);
	case TAG_FUNCTION:
		return 0;
	default:
		return a == b;
	}
}

int value_equal_results(struct eval *ev, value a, value b, pos_t pos,
			const char *context)
{
	int answer;

	if (!call_enter(ev, pos))
		return -1;
	answer = equal(ev, a, b, pos, context);
	ev->call_depth--;
	return answer;
}

int value_equal(struct eval *ev, value *a, value *b, pos_t pos,
		const char *context)
{
	bool same = *a == *b;
	value x, y;
	int answer;

	if (!call_enter(ev, pos))
		return -1;
	answer = -1;
	x = value_force_at(ev, a, pos);
	if (!x)
		goto out;
	y = value_force_at(ev, b, pos);
	if (!y)
		goto out;
	answer = same || *a == *b ? 1 : equal(ev, x, y, pos, context);
out:
	ev->call_depth--;
	return answer;
}

/*
 * Why two values differ. Follows equal() step by step; it runs after that has
 * found a difference, so everything on the way there is forced already.
 */

static int fail_differ(struct eval *ev, const char *format, value a, value b)
	__attribute__((format(printf, 2, 0)));

static int fail_differ(struct eval *ev, const char *format, value a, value b)
{
	eval_fail(ev, ERROR_ASSERT, 0, format, print_short(ev, a),
		  print_short(ev, b));
	return -1;
}

static int assert_cells(struct eval *ev, value *a, value *b, pos_t pos)
{
	bool same = *a == *b;
	value x, y;
	int err;

	if (!call_enter(ev, pos))
		return -1;
	x = value_force_at(ev, a, pos);
	y = x ? value_force_at(ev, b, pos) : 0;
	err = !y		 ? -1
	      : same || *a == *b ? 0
				 : value_assert_equal(ev, x, y, pos);
	ev->call_depth--;
	return err;
}

static int assert_lists(struct eval *ev, value a, value b, pos_t pos)
{
	const struct list *x = value_list(a), *y = value_list(b);

	if (x->len != y->len) {
		eval_fail(ev, ERROR_ASSERT, 0,
			  "list of size '%u' is not equal to list of size "
			  "'%u', left hand side is '%s', right hand side is "
			  "'%s'",
			  x->len, y->len, print_short(ev, a),
			  print_short(ev, b));
		return -1;
	}
	for (uint32_t i = 0; i < x->len; i++) {
		if (assert_cells(ev, &x->items[i], &y->items[i], pos) == 0)
			continue;
		eval_frame(ev, pos, "while comparing list element %u", i);
		return -1;
	}
	return 0;
}

static int assert_attrs(struct eval *ev, value a, value b, pos_t pos)
{
	struct attrs *x = value_attrs(a), *y = value_attrs(b);
	value *x_path, *y_path;
	int answer = derivations(ev, x, y, &x_path, &y_path);

	if (answer < 0)
		return -1;
	if (answer) {
		if (assert_cells(ev, x_path, y_path, pos) == 0)
			return 0;
		eval_frame(ev, pos,
			   "while comparing a derivation by its 'outPath' "
			   "attribute");
		return -1;
	}
	if (attrs_len(x) != attrs_len(y))
		return fail_differ(ev,
				   "attribute names of attribute set '%s' "
				   "differs from attribute set '%s'",
				   a, b);
	x = attrs_flat(ev, x);
	y = attrs_flat(ev, y);
	if (!x || !y)
		return -1;
	for (uint32_t i = 0; i < x->shape->len; i++) {
		symbol name = x->shape->names[i], other = y->shape->names[i];

		if (name != other) {
			bool lacks = shape_find(y->shape, name) < 0;

			eval_fail(ev, ERROR_ASSERT, 0,
				  lacks ? "attribute name '%s' is contained in "
					  "'%s', but not in '%s'"
					: "attribute name '%s' is missing in "
					  "'%s', but is contained in '%s'",
				  print_symbol(ev, lacks ? name : other),
				  print_short(ev, a), print_short(ev, b));
			return -1;
		}
		if (assert_cells(ev, &x->values[i], &y->values[i], pos) == 0)
			continue;
		if (shape_pos(y->shape, i))
			eval_frame(ev, shape_pos(y->shape, i),
				   "where right hand side is");
		if (shape_pos(x->shape, i))
			eval_frame(ev, shape_pos(x->shape, i),
				   "where left hand side is");
		eval_frame(ev, pos, "while comparing attribute '%s'",
			   print_symbol(ev, name));
		return -1;
	}
	return 0;
}

/* Nix's order of kinds does not matter here; integers and floats compare. */
static bool same_kind(value a, value b)
{
	if (value_tag(a) == TAG_CONST && value_tag(b) == TAG_CONST)
		return value_is_bool(a) == value_is_bool(b);
	if (value_is_path(a) || value_is_path(b))
		return value_is_path(a) && value_is_path(b);
	return value_tag(a) == value_tag(b);
}

int value_assert_equal(struct eval *ev, value a, value b, pos_t pos)
{
	if (is_number(a) && is_number(b)) {
		if (number_equal(a, b))
			return 0;
		eval_fail(ev, ERROR_ASSERT, 0,
			  "%s with value '%s' is not equal to %s with value "
			  "'%s'",
			  value_type_name(ev, a), print_short(ev, a),
			  value_type_name(ev, b), print_short(ev, b));
		return -1;
	}
	if (!same_kind(a, b)) {
		eval_fail(ev, ERROR_ASSERT, 0,
			  "%s of value '%s' is not equal to %s of value '%s'",
			  value_type_name(ev, a), print_short(ev, a),
			  value_type_name(ev, b), print_short(ev, b));
		return -1;
	}
	switch (value_tag(a)) {
	case TAG_LIST:
		return assert_lists(ev, a, b, pos);
	case TAG_ATTRS:
		return assert_attrs(ev, a, b, pos);
	case TAG_FUNCTION:
		eval_fail(ev, ERROR_ASSERT, 0,
			  "distinct functions and immediate comparisons of "
			  "identical functions compare as unequal");
		return -1;
	default:
		break;
	}
	if (equal(ev, a, b, pos, "") > 0)
		return 0;
	if (value_tag(a) == TAG_STRING)
		return fail_differ(
			ev, "string '%s' is not equal to string '%s'", a, b);
	if (value_is_bool(a))
		return fail_differ(
			ev, "boolean '%s' is not equal to boolean '%s'", a, b);
	if (value_path(a)->source != value_path(b)->source)
		return fail_differ(ev,
				   "path '%s' is not equal to path '%s' "
				   "because their accessors are different",
				   a, b);
	return fail_differ(ev, "path '%s' is not equal to path '%s'", a, b);
}

/*
 * Order.
 */

static int less(struct eval *ev, value *a, value *b, pos_t pos,
		const char *context);

static int list_less(struct eval *ev, const struct list *a,
		     const struct list *b, pos_t pos, const char *context)
{
	for (uint32_t i = 0;; i++) {
		int answer;

		if (i == b->len)
			return 0;
		if (i == a->len)
			return 1;
		answer = value_equal(ev, &a->items[i], &b->items[i], pos,
				     context);
		if (answer < 0)
			return -1;
		if (answer == 0)
			return less(ev, &a->items[i], &b->items[i], pos,
				    "while comparing two list elements");
	}
}

static int values_less(struct eval *ev, value a, value b, pos_t pos,
		       const char *context)
{
	if (is_number(a) && is_number(b)) {
		if (value_is_int(a) && value_is_int(b))
			return value_integer(a) < value_integer(b);
		return (value_is_float(a) ? value_number(a)
					  : (double)value_integer(a)) <
		       (value_is_float(b) ? value_number(b)
					  : (double)value_integer(b));
	}
	if (!same_kind(a, b)) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "cannot compare %s with %s; values are %s and %s",
			  value_type_name(ev, a), value_type_name(ev, b),
			  print_cell(ev, a), print_cell(ev, b));
		return -1;
	}
	if (value_tag(a) == TAG_STRING)
		return text_less(ev, value_string(a)->bytes,
				 value_string(a)->len, value_string(b)->bytes,
				 value_string(b)->len);
	if (value_is_path(a))
		return path_less(ev, value_path(a), value_path(b));
	if (value_tag(a) == TAG_LIST)
		return list_less(ev, value_list(a), value_list(b), pos,
				 context);
	eval_fail(ev, ERROR_EVAL, 0,
		  "cannot compare %s with %s; values of that type are "
		  "incomparable (values are %s and %s)",
		  value_type_name(ev, a), value_type_name(ev, b),
		  print_cell(ev, a), print_cell(ev, b));
	return -1;
}

static int less(struct eval *ev, value *a, value *b, pos_t pos,
		const char *context)
{
	value x, y;
	int answer = -1;

	if (!call_enter(ev, pos))
		return -1;
	x = value_force_at(ev, a, pos);
	y = x ? value_force_at(ev, b, pos) : 0;
	if (y)
		answer = values_less(ev, x, y, pos, context);
	if (answer < 0 && *context)
		eval_frame(ev, 0, "%s", context);
	ev->call_depth--;
	return answer;
}

int value_less(struct eval *ev, value *a, value *b, pos_t pos,
	       const char *context)
{
	return less(ev, a, b, pos, context);
}
