/*
 * builtin_order.c - builtins that put the elements of a list in order
 */
#include <stdlib.h>
#include <string.h>

#include "eval/builtin.h"
#include "eval/scratch.h"
#include "eval/sort.h"

struct order {
	struct eval *ev;
	value fn;
};

/* Strings without the way through value_less(): most of what is sorted. */
static int less_builtin(void *arg, value a, value b)
{
	struct order *order = arg;

	if (value_tag(a) == TAG_STRING && value_tag(b) == TAG_STRING) {
		const struct string *x = value_string(a), *y = value_string(b);
		size_t len = x->len < y->len ? x->len : y->len;
		int sign = memcmp(x->bytes, y->bytes, len);

		return sign ? sign < 0 : x->len < y->len;
	}
	if (value_tag(a) == TAG_INT && value_tag(b) == TAG_INT)
		return (int64_t)a < (int64_t)b;
	return value_less(order->ev, &a, &b, NO_POS,
			  "while evaluating the ordering function passed to "
			  "builtins.sort");
}

static int less_called(void *arg, value a, value b)
{
	struct order *order = arg;
	value arguments[] = { a, b }, result;
	bool yes;

	result = eval_call(order->ev, NO_POS, order->fn, 2, arguments);
	if (!result)
		return -1;
	if (value_is_bool(result))
		return result == VALUE_TRUE;
	if (eval_bool(order->ev, &result, NO_POS,
		      "while evaluating the return value of the sorting "
		      "function passed to builtins.sort",
		      &yes) < 0)
		return -1;
	return yes;
}

value builtin_sort(struct eval *ev, pos_t pos, value *args)
{
	struct order order = { .ev = ev };
	struct list *list;
	value result, *spare;
	int err;

	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.sort");
	if (!list)
		return 0;
	if (list->len == 0)
		return value_of(list, TAG_LIST);
	order.fn = eval_function(ev, &args[0], NO_POS,
				 "while evaluating the first argument passed "
				 "to builtins.sort");
	if (!order.fn)
		return 0;
	for (uint32_t i = 0; i < list->len; i++)
		if (!value_force(ev, &list->items[i]))
			return 0;

	result = builtin_list_of(ev, list->len, list->items);
	if (!result)
		return 0;
	/* Comparing may sort other lists, so the spare room is this list's
	 * own; a few words are not worth a call of malloc. */
	spare = malloc(list->len * sizeof(*spare));
	if (!spare)
		return eval_fail_memory(ev);
	err = sort_values(value_list(result)->items, list->len, spare,
			  builtin_is_less_than(order.fn) ? less_builtin
							 : less_called,
			  &order);
	free(spare);
	return err < 0 ? 0 : result;
}

static int by_word(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* keys: a symbol in the high half and the element's index in the low half of
 * each word, sorted. */
static value groups(struct eval *ev, const struct list *list,
		    const uint64_t *keys)
{
	struct attrs_builder builder;
	value all_items;
	struct list *whole;

	all_items = value_new_list(ev, list->len);
	if (!all_items)
		return 0;
	whole = value_list(all_items);
	for (uint32_t i = 0; i < list->len; i++)
		whole->items[i] = list->items[(uint32_t)keys[i]];

	attrs_builder_init(&builder, ev, 16);
	for (uint32_t begin = 0, end; begin < list->len; begin = end) {
		symbol name = keys[begin] >> 32;
		value group;

		for (end = begin + 1; end < list->len; end++)
			if (keys[end] >> 32 != name)
				break;
		group = value_new_slice(ev, whole, begin, end - begin);
		if (!group) {
			attrs_builder_release(&builder);
			return 0;
		}
		if (attrs_builder_add(&builder, name, NO_POS, group) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&builder, true));
}

value builtin_group_by(struct eval *ev, pos_t pos, value *args)
{
	struct list *list;
	value fn, result = 0;
	size_t mark;

	fn = eval_function(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.groupBy");
	if (!fn)
		return 0;
	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.groupBy");
	if (!list)
		return 0;

	mark = scratch_open();
	for (uint32_t i = 0; i < list->len; i++) {
		value item = list->items[i];
		value name = eval_call(ev, NO_POS, fn, 1, &item);
		struct string *text;
		symbol sym;

		if (!name)
			goto out;
		text = eval_string_plain(ev, &name, NO_POS,
					 "while evaluating the return value of "
					 "the grouping function passed to "
					 "builtins.groupBy");
		if (!text)
			goto out;
		sym = builtin_symbol(ev, text);
		if (!sym || scratch_add(ev, (uint64_t)sym << 32 | i) < 0)
			goto out;
	}
	if (list->len > 1) /* an empty list may have no words at all */
		qsort(scratch_words(mark), list->len, sizeof(uint64_t),
		      by_word);
	result = groups(ev, list, scratch_words(mark));
out:
	scratch_close(mark);
	return result;
}
