/*
 * builtin.c - what the files of builtins have in common
 */
#include "eval/builtin.h"

#include <string.h>

#include "eval/file.h"
#include "eval/print.h"
#include "eval/source.h"

symbol builtin_symbol(struct eval *ev, struct string *string)
{
	if (string->sym == 0) {
		string->sym = symbol_intern(string->bytes, string->len);
		if (string->sym == 0)
			eval_fail_memory(ev);
	}
	return string->sym;
}

value *builtin_attr(struct eval *ev, const struct attrs *set, symbol name,
		    const char *context)
{
	value *cell = attrs_find(set, name);

	if (!cell) {
		eval_fail(ev, ERROR_EVAL, NO_POS, "attribute '%s' missing",
			  print_symbol(ev, name));
		eval_frame(ev, NO_POS, "%s", context);
	}
	return cell;
}

value builtin_pair(struct eval *ev, symbol a, value av, symbol b, value bv)
{
	symbol names[2] = { a, b };
	bool swapped = a > b;
	struct attrs *set;

	if (swapped) {
		names[0] = b;
		names[1] = a;
	}
	set = attrs_new(ev, shape_new(ev, 2, names, NULL, NULL));
	if (!set)
		return 0;
	set->values[swapped] = av;
	set->values[!swapped] = bv;
	return value_of_attrs(set);
}

value builtin_unforced(struct eval *ev, value v)
{
	const struct function *fn = value_function(v);

	if (value_tag(v) != TAG_FUNCTION || fn->kind != FUNCTION_LAMBDA)
		return v;
	return value_new_thunk(ev, &fn->as.lambda->e, fn->env);
}

value builtin_list_of(struct eval *ev, size_t len, const value *values)
{
	value list = value_new_list(ev, len);

	if (list && len)
		memcpy(value_list(list)->items, values, len * sizeof(*values));
	return list;
}

value builtin_position(struct eval *ev, pos_t pos)
{
	static const symbol names[] = { SYM_file, SYM_line, SYM_column };
	struct position position;
	struct attrs *set;
	const char *file;

	/* What was typed at a prompt is in no file. */
	if (!file_position(ev, pos, &position) || !position.file->path)
		return VALUE_NULL;
	file = source_text(ev, position.file->path);
	set = attrs_new(ev, shape_new(ev, 3, names, NULL, NULL));
	if (!file || !set)
		return 0;
	set->values[2] = value_new_int(ev, position.column);
	set->values[0] = value_new_cstring(ev, file);
	set->values[1] = value_new_int(ev, position.line);
	return set->values[0] ? value_of_attrs(set) : 0;
}
