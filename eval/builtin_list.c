/*
 * builtin_list.c - builtins on lists
 *
 * Elements are handed on as words, forced or not: where Nix hands on a pointer
 * to a value, the word is its stand-in.
 */
#include <inttypes.h>
#include <string.h>

#include "eval/builtin.h"
#include "eval/scratch.h"

/* Call fn with one list element. */
static inline value call_1(struct eval *ev, value fn, value argument)
{
	return eval_call(ev, NO_POS, fn, 1, &argument);
}

/* Call fn with one list element for a Boolean: 0 or -1. */
static int call_test(struct eval *ev, value fn, value argument,
		     const char *context, bool *yes)
{
	value result = call_1(ev, fn, argument);

	if (!result)
		return -1;
	if (value_is_bool(result)) {
		*yes = result == VALUE_TRUE;
		return 0;
	}
	return eval_bool(ev, &result, NO_POS, context, yes);
}

static value element(struct eval *ev, struct list *list, size_t index)
{
	return value_force(ev, &list->items[index]);
}

static value elem_at(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;
	int64_t n;

	if (eval_int(ev, &args[1], NO_POS,
		     "while evaluating the second argument passed to "
		     "'builtins.elemAt'",
		     &n) < 0)
		return 0;
	list = eval_list(ev, &args[0], NO_POS,
			 "while evaluating the first argument passed to "
			 "'builtins.elemAt'");
	if (!list)
		return 0;

	/* As unsigned, a negative index is a huge one: one test for both. */
	if ((uint64_t)n >= list->len)
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "'builtins.elemAt' called with index %" PRId64
				 " on a list of size %" PRIu32,
				 n, list->len);
	return element(ev, list, n);
}

static value head(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;

	list = eval_list(ev, &args[0], NO_POS,
			 "while evaluating the first argument passed to "
			 "'builtins.head'");
	if (!list)
		return 0;
	if (list->len == 0)
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "'builtins.head' called on an empty list");
	return element(ev, list, 0);
}

static value tail(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;

	list = eval_list(ev, &args[0], NO_POS,
			 "while evaluating the first argument passed to "
			 "'builtins.tail'");
	if (!list)
		return 0;
	if (list->len == 0)
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "'builtins.tail' called on an empty list");
	return value_new_slice(ev, list, 1, list->len - 1);
}

static value length(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;

	list = eval_list(ev, &args[0], NO_POS,
			 "while evaluating the first argument passed to "
			 "builtins.length");
	return list ? value_new_int(ev, list->len) : 0;
}

static value map(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;
	value fn, result, *items;

	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.map");
	if (!list)
		return 0;
	if (list->len == 0)
		return value_of(list, TAG_LIST);
	fn = eval_function(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.map");
	if (!fn)
		return 0;

	result = value_new_list(ev, list->len);
	if (!result)
		return 0;
	items = value_list(result)->items;
	for (uint32_t i = 0; i < list->len; i++) {
		items[i] = value_new_apply(ev, NO_POS, fn, 1, &list->items[i]);
		if (!items[i])
			return 0;
	}
	return result;
}

static value gen_list(struct eval *ev, pos_t pos, value *args)
{
	value fn, result, *items;
	int64_t len;

	if (eval_int(ev, &args[1], NO_POS,
		     "while evaluating the second argument passed to "
		     "builtins.genList",
		     &len) < 0)
		return 0;
	if (len < 0)
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "cannot create list of size %" PRId64, len);
	fn = eval_function(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.genList");
	if (!fn)
		return 0;

	result = value_new_list(ev, len);
	if (!result)
		return 0;
	items = value_list(result)->items;
	for (int64_t i = 0; i < len; i++) {
		value n = value_new_int(ev, i);

		items[i] = value_new_apply(ev, NO_POS, fn, 1, &n);
		if (!items[i])
			return 0;
	}
	return result;
}

/*
 * One bit for each element of a list: did it pass the test? Few are kept on
 * the stack of the caller, where nested calls each have their own.
 */
struct verdicts {
	uint64_t *bits;
	uint64_t few[4];
};

static int verdicts_init(struct verdicts *v, struct eval *ev, size_t len)
{
	size_t words = (len + 63) / 64;

	v->bits = v->few;
	if (words > sizeof(v->few) / sizeof(*v->few))
		v->bits = eval_alloc(ev, words * sizeof(*v->bits));
	if (!v->bits)
		return -1;
	memset(v->bits, 0, words * sizeof(*v->bits));
	return 0;
}

static void verdicts_pass(struct verdicts *v, size_t i)
{
	v->bits[i / 64] |= (uint64_t)1 << i % 64;
}

static bool verdicts_get(const struct verdicts *v, size_t i)
{
	return v->bits[i / 64] >> i % 64 & 1;
}

/* The elements that passed, or those that did not; count is how many. */
static value verdicts_list(struct eval *ev, const struct verdicts *v,
			   const struct list *list, bool passed, size_t count)
{
	value result = value_new_list(ev, count), *items;

	if (!result)
		return 0;
	items = value_list(result)->items;
	for (uint32_t i = 0; i < list->len; i++)
		if (verdicts_get(v, i) == passed)
			*items++ = list->items[i];
	return result;
}

static value filter(struct eval *ev, pos_t pos, value *args)
{
	struct verdicts verdicts;
	struct list *list;
	size_t count = 0;
	value fn;

	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.filter");
	if (!list)
		return 0;
	if (list->len == 0)
		return value_of(list, TAG_LIST);
	fn = eval_function(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.filter");
	if (!fn || verdicts_init(&verdicts, ev, list->len) < 0)
		return 0;

	for (uint32_t i = 0; i < list->len; i++) {
		bool yes;

		if (call_test(ev, fn, list->items[i],
			      "while evaluating the return value of the "
			      "filtering function passed to builtins.filter",
			      &yes) < 0)
			return 0;
		if (!yes)
			continue;
		verdicts_pass(&verdicts, i);
		count++;
	}
	if (count == list->len)
		return value_of(list, TAG_LIST);
	return verdicts_list(ev, &verdicts, list, true, count);
}

static value partition(struct eval *ev, pos_t pos, value *args)
{
	struct verdicts verdicts;
	struct list *list;
	value fn, right, wrong;
	size_t count = 0;

	fn = eval_function(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.partition");
	if (!fn)
		return 0;
	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.partition");
	if (!list || verdicts_init(&verdicts, ev, list->len) < 0)
		return 0;

	for (uint32_t i = 0; i < list->len; i++) {
		bool yes;

		/* Unlike filter, this forces the elements. */
		if (!value_force(ev, &list->items[i]))
			return 0;
		if (call_test(ev, fn, list->items[i],
			      "while evaluating the return value of the "
			      "partition function passed to "
			      "builtins.partition",
			      &yes) < 0)
			return 0;
		if (!yes)
			continue;
		verdicts_pass(&verdicts, i);
		count++;
	}

	right = verdicts_list(ev, &verdicts, list, true, count);
	wrong = verdicts_list(ev, &verdicts, list, false, list->len - count);
	if (!right || !wrong)
		return 0;
	return builtin_pair(ev, SYM_right, right, SYM_wrong, wrong);
}

static value elem(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;

	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.elem");
	if (!list)
		return 0;
	for (uint32_t i = 0; i < list->len; i++) {
		int equal = value_equal(ev, &args[0], &list->items[i], NO_POS,
					"while searching for the presence of "
					"the given element in the list");

		if (equal < 0)
			return 0;
		if (equal)
			return VALUE_TRUE;
	}
	return VALUE_FALSE;
}

/* Join the lists that the len words are, all forced. */
static value join(struct eval *ev, size_t len, const value *lists)
{
	size_t total = 0;
	value last = 0, result, *items;

	for (size_t i = 0; i < len; i++) {
		const struct list *list = value_list(value_peek(lists[i]));

		if (list->len == 0)
			continue;
		total += list->len;
		last = value_of(list, TAG_LIST);
	}
	if (last && value_list(last)->len == total)
		return last;

	result = value_new_list(ev, total);
	if (!result)
		return 0;
	items = value_list(result)->items;
	for (size_t i = 0; i < len; i++) {
		const struct list *list = value_list(value_peek(lists[i]));

		/* The empty list may have no items at all. */
		if (list->len == 0)
			continue;
		memcpy(items, list->items, list->len * sizeof(*items));
		items += list->len;
	}
	return result;
}

static value concat_lists(struct eval *ev, pos_t pos, value *args)
{
	struct list *lists;

	lists = eval_list(ev, &args[0], NO_POS,
			  "while evaluating the first argument passed to "
			  "builtins.concatLists");
	if (!lists)
		return 0;
	for (uint32_t i = 0; i < lists->len; i++)
		if (!eval_list(ev, &lists->items[i], NO_POS,
			       "while evaluating a value of the list passed "
			       "to builtins.concatLists"))
			return 0;
	return join(ev, lists->len, lists->items);
}

/* Where a function is written, for messages about what it returned. */
static pos_t function_pos(value fn)
{
	const struct function *function = value_function(fn);
	uint32_t done = 0;

	if (value_tag(fn) != TAG_FUNCTION)
		return NO_POS;
	if (function->kind == FUNCTION_PARTIAL) {
		done = function->argc;
		function = function->as.whole;
	}
	if (function->kind != FUNCTION_LAMBDA)
		return NO_POS;
	return done ? function->as.lambda->params[done].pos
		    : function->as.lambda->e.pos;
}

/* The same for what it returned: Nix blames that if it is a function. */
static pos_t result_pos(value result, value fn)
{
	return value_tag(result) == TAG_FUNCTION ? function_pos(result)
						 : function_pos(fn);
}

static value concat_map(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;
	value fn, result = 0;
	size_t mark;

	fn = eval_function(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.concatMap");
	if (!fn)
		return 0;
	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.concatMap");
	if (!list)
		return 0;

	mark = scratch_open();
	for (uint32_t i = 0; i < list->len; i++) {
		value part = call_1(ev, fn, list->items[i]);

		if (!part)
			goto out;
		if (!eval_list(ev, &part, result_pos(part, fn),
			       "while evaluating the return value of the "
			       "function passed to builtins.concatMap"))
			goto out;
		if (scratch_add(ev, part) < 0)
			goto out;
	}
	result = join(ev, list->len, scratch_words(mark));
out:
	scratch_close(mark);
	return result;
}

static value foldl(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;
	value fn, so_far = args[1];

	fn = eval_function(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.foldlStrict");
	if (!fn)
		return 0;
	list = eval_list(ev, &args[2], NO_POS,
			 "while evaluating the third argument passed to "
			 "builtins.foldlStrict");
	if (!list)
		return 0;
	if (list->len == 0)
		return value_force(ev, &args[1]);

	for (uint32_t i = 0; i < list->len; i++) {
		value arguments[] = { so_far, list->items[i] };

		so_far = eval_call(ev, NO_POS, fn, 2, arguments);
		if (!so_far)
			return 0;
	}
	return so_far;
}

/* Does the function say `wanted` of an element? Asks no further when it has;
 * what: the messages, which name the builtin. */
struct quantifier {
	const char *function, *list, *result;
	bool wanted;
};

static int find_element(struct eval *ev, value *args,
			const struct quantifier *what, bool *found)
{
	struct list *list;
	value fn;

	*found = false;
	fn = eval_function(ev, &args[0], NO_POS, what->function);
	if (!fn)
		return -1;
	list = eval_list(ev, &args[1], NO_POS, what->list);
	if (!list)
		return -1;
	for (uint32_t i = 0; i < list->len && !*found; i++) {
		bool yes;

		if (call_test(ev, fn, list->items[i], what->result, &yes) < 0)
			return -1;
		*found = yes == what->wanted;
	}
	return 0;
}

static value any(struct eval *ev, pos_t pos, value *args)
{
	static const struct quantifier what = {
		.function = "while evaluating the first argument passed to "
			    "builtins.any",
		.list = "while evaluating the second argument passed to "
			"builtins.any",
		.result = "while evaluating the return value of the function "
			  "passed to builtins.any",
		.wanted = true,
	};
	bool found;

	if (find_element(ev, args, &what, &found) < 0)
		return 0;
	return found ? VALUE_TRUE : VALUE_FALSE;
}

static value all(struct eval *ev, pos_t pos, value *args)
{
	static const struct quantifier what = {
		.function = "while evaluating the first argument passed to "
			    "builtins.all",
		.list = "while evaluating the second argument passed to "
			"builtins.all",
		.result = "while evaluating the return value of the function "
			  "passed to builtins.all",
		.wanted = false,
	};
	bool found;

	if (find_element(ev, args, &what, &found) < 0)
		return 0;
	return found ? VALUE_FALSE : VALUE_TRUE;
}

const struct builtin builtin_list_table[] = {
	{
		.name = "all",
		.arity = 2,
		.doc = "all test xs: does test give true for every element?",
		.run = all,
		.strict = 3,
	},
	{
		.name = "any",
		.arity = 2,
		.doc = "any test xs: does test give true for some element?",
		.run = any,
		.strict = 3,
	},
	{
		.name = "concatLists",
		.arity = 1,
		.doc = "concatLists xss: the lists in xss, one after another.",
		.run = concat_lists,
		.strict = 1,
	},
	{
		.name = "concatMap",
		.arity = 2,
		.doc = "concatMap f xs: the lists that f makes of the "
		       "elements, one after another.",
		.run = concat_map,
		.strict = 3,
	},
	{
		.name = "elem",
		.arity = 2,
		.doc = "elem x xs: does some element equal x?",
		.run = elem,
		.strict = 2,
	},
	{
		.name = "elemAt",
		.arity = 2,
		.doc = "elemAt xs n: element n of the list xs, from 0.",
		.run = elem_at,
		.strict = 2,
	},
	{
		.name = "filter",
		.arity = 2,
		.doc = "filter test xs: the elements for which test gives "
		       "true.",
		.run = filter,
		.strict = 2,
	},
	{
		.name = "foldl'",
		.arity = 3,
		.doc = "foldl' f init xs: f (f (f init x0) x1) x2 and so on, "
		       "each step evaluated at once.",
		.run = foldl,
		.strict = 5,
	},
	{
		.name = "genList",
		.arity = 2,
		.doc = "genList f n: the list f 0, f 1, ... of n elements.",
		.run = gen_list,
		.strict = 2,
	},
	{
		.name = "genericClosure",
		.arity = 1,
		.doc = "genericClosure { startSet, operator }: the sets in "
		       "startSet, and those in the lists that operator makes "
		       "of each, and so on; of equal `key`s the first.",
		.run = builtin_generic_closure,
		.strict = 1,
	},
	{
		.name = "groupBy",
		.arity = 2,
		.doc = "groupBy f xs: a set; attribute n has the elements for "
		       "which f gives the string n.",
		.run = builtin_group_by,
		.strict = 3,
	},
	{
		.name = "head",
		.arity = 1,
		.doc = "head xs: the first element.",
		.run = head,
		.strict = 1,
	},
	{
		.name = "length",
		.arity = 1,
		.doc = "length xs: how many elements there are.",
		.run = length,
		.strict = 1,
	},
	{
		.name = "map",
		.arity = 2,
		.flags = BUILTIN_GLOBAL,
		.doc = "map f xs: f of each element, computed when needed.",
		.run = map,
		.strict = 2,
	},
	{
		.name = "partition",
		.arity = 2,
		.doc = "partition test xs: { right, wrong }, the elements for "
		       "which test gives true, and the others.",
		.run = partition,
		.strict = 3,
	},
	{
		.name = "sort",
		.arity = 2,
		.doc = "sort less xs: the elements in order, where less a b "
		       "says that a comes before b; equal ones stay in the "
		       "order they had.",
		.run = builtin_sort,
		.strict = 2,
	},
	{
		.name = "tail",
		.arity = 1,
		.doc = "tail xs: the list without its first element.",
		.run = tail,
		.strict = 1,
	},
	{ .name = NULL },
};
