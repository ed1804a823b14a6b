/*
 * builtin_attrs.c - builtins on attribute sets
 */
#include <stdlib.h>
#include <string.h>

#include "eval/builtin.h"
#include "eval/scratch.h"

/* A list with room for one element of each attribute; *order: the places of
 * the names in byte order. 0: failed. */
static value sorted_list(struct eval *ev, value *arg, const char *what,
			 struct attrs **set, const uint32_t **order)
{
	*set = eval_attrs(ev, arg, NO_POS, what);
	if (*set)
		*set = attrs_flat(ev, *set);
	*order = *set ? shape_sorted(ev, (*set)->shape) : NULL;
	return *order ? value_new_list(ev, shape_len((*set)->shape)) : 0;
}

static value attr_names(struct eval *ev, pos_t pos, value *args)
{
	const uint32_t *order;
	struct attrs *set;
	struct list *list;
	value result = sorted_list(ev, &args[0],
				   "while evaluating the argument passed to "
				   "builtins.attrNames",
				   &set, &order);

	if (!result)
		return 0;
	list = value_list(result);
	for (uint32_t i = 0; i < list->len; i++) {
		list->items[i] =
			symbol_string(shape_name(set->shape, order[i]));
		if (!list->items[i])
			return eval_fail_memory(ev);
	}
	return result;
}

static value attr_values(struct eval *ev, pos_t pos, value *args)
{
	const uint32_t *order;
	struct attrs *set;
	struct list *list;
	value result = sorted_list(ev, &args[0],
				   "while evaluating the argument passed to "
				   "builtins.attrValues",
				   &set, &order);

	if (!result)
		return 0;
	list = value_list(result);
	for (uint32_t i = 0; i < list->len; i++)
		list->items[i] = set->values[order[i]];
	return result;
}

static value get_attr(struct eval *ev, pos_t pos, value *args)
{
	struct string *name;
	struct attrs *set;
	symbol sym;
	value *cell;

	name = eval_string_plain(ev, &args[0], NO_POS,
				 "while evaluating the first argument passed "
				 "to builtins.getAttr");
	if (!name)
		return 0;
	set = eval_attrs(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.getAttr");
	if (!set)
		return 0;
	sym = builtin_symbol(ev, name);
	if (!sym)
		return 0;
	cell = builtin_attr(ev, set, sym,
			    "in the attribute set under consideration");
	return cell ? value_force(ev, cell) : 0;
}

static value has_attr(struct eval *ev, pos_t pos, value *args)
{
	struct string *name;
	struct attrs *set;
	symbol sym;

	name = eval_string_plain(ev, &args[0], NO_POS,
				 "while evaluating the first argument passed "
				 "to builtins.hasAttr");
	if (!name)
		return 0;
	set = eval_attrs(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.hasAttr");
	if (!set)
		return 0;
	sym = builtin_symbol(ev, name);
	return sym ? value_bool(attrs_find(set, sym)) : 0;
}

static value unsafe_get_attr_pos(struct eval *ev, pos_t pos, value *args)
{
	struct string *name;
	struct attrs *set;
	symbol sym;

	name = eval_string_plain(ev, &args[0], NO_POS,
				 "while evaluating the first argument passed "
				 "to builtins.unsafeGetAttrPos");
	if (!name)
		return 0;
	set = eval_attrs(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.unsafeGetAttrPos");
	if (!set)
		return 0;
	sym = builtin_symbol(ev, name);
	return sym ? builtin_position(ev, attrs_pos(set, sym)) : 0;
}

static value remove_attrs(struct eval *ev, pos_t pos, value *args)
{
	symbol few[16], *names = few;
	struct attrs *set, *result = NULL;
	struct list *list;

	set = eval_attrs(ev, &args[0], NO_POS,
			 "while evaluating the first argument passed to "
			 "builtins.removeAttrs");
	if (!set)
		return 0;
	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.removeAttrs");
	if (!list)
		return 0;

	if (list->len > sizeof(few) / sizeof(*few))
		names = malloc(list->len * sizeof(*names));
	if (!names)
		return eval_fail_memory(ev);
	for (uint32_t i = 0; i < list->len; i++) {
		struct string *name;

		name = eval_string_plain(ev, &list->items[i], NO_POS,
					 "while evaluating the values of the "
					 "second argument passed to "
					 "builtins.removeAttrs");
		if (!name)
			goto out;
		names[i] = builtin_symbol(ev, name);
		if (!names[i])
			goto out;
	}
	result = attrs_without(ev, set, list->len, names);
out:
	if (names != few)
		free(names);
	return value_of_attrs(result);
}

static value intersect_attrs(struct eval *ev, pos_t pos, value *args)
{
	struct attrs *names, *set;

	names = eval_attrs(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.intersectAttrs");
	if (!names)
		return 0;
	set = eval_attrs(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.intersectAttrs");
	if (!set)
		return 0;
	return value_of_attrs(attrs_intersect(ev, names, set));
}

/*
 * Put the attribute that one { name, value } is into the builder, with the
 * value 0 if it has none: that is an error only if no earlier pair has its
 * name.
 */
static int add_pair(struct attrs_builder *builder, value *pair)
{
	struct eval *ev = builder->ev;
	struct string *name;
	struct attrs *set;
	value *cell;
	symbol sym;

	set = eval_attrs(ev, pair, NO_POS,
			 "while evaluating an element of the list passed to "
			 "builtins.listToAttrs");
	if (!set)
		goto fail;
	cell = builtin_attr(ev, set, SYM_name,
			    "in a {name=...; value=...;} pair");
	if (!cell)
		goto fail;
	name = eval_string_plain(ev, cell, attrs_pos(set, SYM_name),
				 "while evaluating the `name` attribute of an "
				 "element of the list passed to "
				 "builtins.listToAttrs");
	if (!name)
		goto fail;
	sym = builtin_symbol(ev, name);
	if (!sym)
		goto fail;
	cell = attrs_find(set, SYM_value);
	return attrs_builder_add(builder, sym, attrs_pos(set, SYM_value),
				 cell ? *cell : 0);
fail:
	attrs_builder_release(builder);
	return -1;
}

static value list_to_attrs(struct eval *ev, pos_t pos, value *args)
{
	struct attrs_builder builder;
	struct attrs *result;
	struct list *list;

	list = eval_list(ev, &args[0], NO_POS,
			 "while evaluating the argument passed to "
			 "builtins.listToAttrs");
	if (!list)
		return 0;
	attrs_builder_init(&builder, ev, list->len);
	for (uint32_t i = 0; i < list->len; i++)
		if (add_pair(&builder, &list->items[i]) < 0)
			return 0;
	result = attrs_builder_finish(&builder, true);
	if (!result)
		return 0;

	for (size_t i = 0; i < shape_len(result->shape); i++)
		if (!result->values[i]) {
			builtin_attr(ev, attrs_empty(), SYM_value,
				     "in a {name=...; value=...;} pair");
			return 0;
		}
	return value_of_attrs(result);
}

static value map_attrs(struct eval *ev, pos_t pos, value *args)
{
	struct attrs *set, *result;

	set = eval_attrs(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.mapAttrs");
	if (!set)
		return 0;
	set = attrs_flat(ev, set);
	result = set ? attrs_like(ev, set) : NULL;
	if (!result)
		return 0;

	/* The function is not looked at before a value is asked for, and until
	 * then messages do not say where it is. */
	args[0] = builtin_unforced(ev, args[0]);
	if (!args[0])
		return 0;
	for (size_t i = 0; i < shape_len(set->shape); i++) {
		value arguments[] = {
			symbol_string(shape_name(set->shape, i)),
			set->values[i],
		};

		if (!arguments[0])
			return eval_fail_memory(ev);
		result->values[i] =
			value_new_apply(ev, NO_POS, args[0], 2, arguments);
		if (!result->values[i])
			return 0;
	}
	return value_of_attrs(result);
}

static value cat_attrs(struct eval *ev, pos_t pos, value *args)
{
	struct string *name;
	struct list *list;
	value result = 0;
	size_t mark;
	symbol sym;

	name = eval_string_plain(ev, &args[0], NO_POS,
				 "while evaluating the first argument passed "
				 "to builtins.catAttrs");
	if (!name)
		return 0;
	sym = builtin_symbol(ev, name);
	if (!sym)
		return 0;
	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.catAttrs");
	if (!list)
		return 0;

	mark = scratch_open();
	for (uint32_t i = 0; i < list->len; i++) {
		struct attrs *set;
		value *cell;

		set = eval_attrs(ev, &list->items[i], NO_POS,
				 "while evaluating an element in the list "
				 "passed as second argument to "
				 "builtins.catAttrs");
		if (!set)
			goto out;
		cell = attrs_find(set, sym);
		if (cell && scratch_add(ev, *cell) < 0)
			goto out;
	}
	result = builtin_list_of(ev, scratch_len(mark), scratch_words(mark));
out:
	scratch_close(mark);
	return result;
}

/* One attribute of one set of zipAttrsWith's list. */
struct zipped {
	uint64_t key; /* symbol, then the number of the attribute: sorts so
			 that equal names are together, in the list's order */
	value v;
};

static int by_key(const void *a, const void *b)
{
	const struct zipped *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

/* The attributes of all sets of the list (all forced) into all. */
static int collect(struct eval *ev, const struct list *list, struct zipped *all)
{
	size_t n = 0;

	for (uint32_t i = 0; i < list->len; i++) {
		struct attrs *set = value_attrs(value_peek(list->items[i]));

		set = attrs_flat(ev, set);
		if (!set)
			return -1;
		for (size_t j = 0; j < shape_len(set->shape); j++, n++) {
			symbol name = shape_name(set->shape, j);

			all[n].key = (uint64_t)name << 32 | n;
			all[n].v = set->values[j];
		}
	}
	return 0;
}

/* The set of fn name [ values ] for the names in all, which is sorted. */
static value apply_zipped(struct eval *ev, value fn, size_t len,
			  const struct zipped *all)
{
	struct attrs_builder builder;
	value items = value_new_list(ev, len);
	struct list *whole = value_list(items);

	if (!items)
		return 0;
	for (size_t i = 0; i < len; i++)
		whole->items[i] = all[i].v;

	attrs_builder_init(&builder, ev, 16);
	for (size_t begin = 0, end; begin < len; begin = end) {
		symbol name = all[begin].key >> 32;
		value arguments[2], call = 0;

		for (end = begin + 1; end < len; end++)
			if (all[end].key >> 32 != name)
				break;
		arguments[0] = symbol_string(name);
		arguments[1] = value_new_slice(ev, whole, begin, end - begin);
		if (arguments[0] && arguments[1])
			call = value_new_apply(ev, NO_POS, fn, 2, arguments);
		if (!call) {
			attrs_builder_release(&builder);
			return eval_fail_memory(ev);
		}
		if (attrs_builder_add(&builder, name, NO_POS, call) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&builder, true));
}

static value zip_attrs_with(struct eval *ev, pos_t pos, value *args)
{
	struct zipped *all;
	struct list *list;
	value fn, result = 0;
	size_t len = 0;

	fn = eval_function(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.zipAttrsWith");
	if (!fn)
		return 0;
	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.zipAttrsWith");
	if (!list)
		return 0;
	for (uint32_t i = 0; i < list->len; i++) {
		struct attrs *set;

		set = eval_attrs(ev, &list->items[i], NO_POS,
				 "while evaluating a value of the list passed "
				 "as second argument to "
				 "builtins.zipAttrsWith");
		if (!set)
			return 0;
		len += attrs_len(set);
	}
	if (len == 0)
		return value_of_attrs(attrs_empty());
	if (len > UINT32_MAX)
		return eval_fail_memory(ev);

	all = malloc(len * sizeof(*all));
	if (!all)
		return eval_fail_memory(ev);
	if (collect(ev, list, all) < 0)
		goto out;
	qsort(all, len, sizeof(*all), by_key);
	result = apply_zipped(ev, fn, len, all);
out:
	free(all);
	return result;
}

const struct builtin builtin_attrs_table[] = {
	{
		.name = "attrNames",
		.arity = 1,
		.doc = "attrNames set: the names of the attributes, sorted.",
		.run = attr_names,
		.strict = 1,
	},
	{
		.name = "attrValues",
		.arity = 1,
		.doc = "attrValues set: the attributes' values, in the order "
		       "of attrNames.",
		.run = attr_values,
		.strict = 1,
	},
	{
		.name = "catAttrs",
		.arity = 2,
		.doc = "catAttrs name sets: the values of that attribute in "
		       "those sets that have it.",
		.run = cat_attrs,
		.strict = 3,
	},
	{
		.name = "getAttr",
		.arity = 2,
		.doc = "getAttr name set: the attribute's value, which must "
		       "be there.",
		.run = get_attr,
		.strict = 3,
	},
	{
		.name = "hasAttr",
		.arity = 2,
		.doc = "hasAttr name set: is there such an attribute?",
		.run = has_attr,
		.strict = 3,
	},
	{
		.name = "intersectAttrs",
		.arity = 2,
		.doc = "intersectAttrs names set: the attributes of set whose "
		       "names are in names, too.",
		.run = intersect_attrs,
		.strict = 3,
	},
	{
		.name = "listToAttrs",
		.arity = 1,
		.doc = "listToAttrs pairs: the set of { name, value } pairs; "
		       "of equal names the first.",
		.run = list_to_attrs,
		.strict = 1,
	},
	{
		.name = "mapAttrs",
		.arity = 2,
		.doc = "mapAttrs f set: the same names, each with f name "
		       "value, computed when needed.",
		.run = map_attrs,
		.strict = 2,
	},
	{
		.name = "removeAttrs",
		.arity = 2,
		.flags = BUILTIN_GLOBAL,
		.doc = "removeAttrs set names: the set without those "
		       "attributes, whether they were there or not.",
		.run = remove_attrs,
		.strict = 3,
	},
	{
		.name = "unsafeGetAttrPos",
		.arity = 2,
		.doc = "unsafeGetAttrPos name set: where the attribute is "
		       "written, { file, line, column }, or null.",
		.run = unsafe_get_attr_pos,
		.strict = 3,
	},
	{
		.name = "zipAttrsWith",
		.arity = 2,
		.doc = "zipAttrsWith f sets: all names of all sets, each with "
		       "f name values.",
		.run = zip_attrs_with,
		.strict = 3,
	},
	{ .name = NULL },
};
