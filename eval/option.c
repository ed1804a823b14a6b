#include "eval/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/render.h"

/* Types nest as deep as their author wrote them; a cyclic one must not hang. */
#define TYPE_DEPTH_MAX 16

/* An attribute of a set, forced; 0 if absent or failed. Failing is as good as
 * absent where only a hint is wanted, so the error is dropped. */
static value peek(struct eval *ev, struct attrs *set, const char *name)
{
	symbol sym = symbol_find(name, strlen(name));
	value *cell = sym ? attrs_find(set, sym) : NULL;
	value v;

	if (!cell)
		return 0;
	v = value_force(ev, cell);
	if (!v)
		eval_clear_error(ev);
	return v;
}

static struct attrs *peek_attrs(struct eval *ev, struct attrs *set,
				const char *name)
{
	value v = peek(ev, set, name);

	return v && value_tag(v) == TAG_ATTRS ? value_attrs(v) : NULL;
}

static const char *peek_text(struct eval *ev, struct attrs *set,
			     const char *name)
{
	value v = peek(ev, set, name);

	return v && value_tag(v) == TAG_STRING ? value_string(v)->bytes : NULL;
}

bool option_is(struct eval *ev, struct attrs *set)
{
	const char *type = peek_text(ev, set, "_type");

	return type && strcmp(type, "option") == 0;
}

/*
 * Names of types (nixpkgs, lib/types.nix) whose values are files, as prefixes:
 * "int" stands for intBetween too.
 */
static const char *const scalar_types[] = {
	"bool",	       "int",		"unsignedInt", "signedInt",
	"positiveInt", "float",		"number",      "str",
	"string",      "nonEmptyStr",	"path",	       "enum",
	"lines",       "commas",	"envVar",      "separated",
	"passwdEntry", "singleLineStr", "pathInStore", "externalPath",
	"functionTo",  "optionType",	NULL,
};

static const char *const set_types[] = {
	"attrsOf", "lazyAttrsOf",  "attrs",	     "submodule",
	"package", "shellPackage", "deferredModule", NULL,
};

static bool listed(const char *const *table, const char *name, bool prefix)
{
	for (; *table; table++)
		if (prefix ? strncmp(name, *table, strlen(*table)) == 0
			   : strcmp(name, *table) == 0)
			return true;
	return false;
}

/* The type inside a type: nestedTypes.<which>, or functor.wrapped of older
 * nixpkgs. */
static struct attrs *nested_type(struct eval *ev, struct attrs *type,
				 const char *which)
{
	struct attrs *set = peek_attrs(ev, type, "nestedTypes");
	struct attrs *inner = set ? peek_attrs(ev, set, which) : NULL;

	if (inner || strcmp(which, "elemType") != 0)
		return inner;
	set = peek_attrs(ev, type, "functor");
	return set ? peek_attrs(ev, set, "wrapped") : NULL;
}

/* May a value of this type be a list? In a list it is a folder then. */
static bool type_holds_list(struct eval *ev, struct attrs *type, int depth)
{
	static const char *const inner[] = { "left", "right", "finalType",
					     "elemType" };
	const char *name = type ? peek_text(ev, type, "name") : NULL;

	if (!name || depth > TYPE_DEPTH_MAX)
		return false;
	if (strcmp(name, "listOf") == 0)
		return true;
	for (size_t i = 0; i < sizeof(inner) / sizeof(*inner); i++)
		if (type_holds_list(ev, nested_type(ev, type, inner[i]),
				    depth + 1))
			return true;
	return false;
}

static enum option_hint type_hint(struct eval *ev, struct attrs *type,
				  int depth)
{
	const char *name = peek_text(ev, type, "name");
	enum option_hint left, right;
	struct attrs *a, *b;

	if (!name || depth > TYPE_DEPTH_MAX)
		return OPTION_HINT_NONE;
	if (listed(set_types, name, false))
		return OPTION_HINT_DIR;
	if (listed(scalar_types, name, true))
		return OPTION_HINT_FILE;

	if (strcmp(name, "either") == 0) {
		a = nested_type(ev, type, "left");
		b = nested_type(ev, type, "right");
		left = a ? type_hint(ev, a, depth + 1) : OPTION_HINT_NONE;
		right = b ? type_hint(ev, b, depth + 1) : OPTION_HINT_NONE;
		return left == right ? left : OPTION_HINT_NONE;
	}
	if (strcmp(name, "coercedTo") == 0) {
		a = nested_type(ev, type, "finalType");
		return a ? type_hint(ev, a, depth + 1) : OPTION_HINT_NONE;
	}
	if (strcmp(name, "uniq") == 0 || strcmp(name, "unique") == 0) {
		a = nested_type(ev, type, "elemType");
		return a ? type_hint(ev, a, depth + 1) : OPTION_HINT_NONE;
	}
	/* null and [ ] are files whatever the type says of what else may come:
	 * then only the value tells. */
	if (strcmp(name, "nullOr") == 0 || strcmp(name, "listOf") == 0) {
		a = nested_type(ev, type, "elemType");
		left = a ? type_hint(ev, a, depth + 1) : OPTION_HINT_NONE;
		if (strcmp(name, "listOf") == 0 && type_holds_list(ev, a, 0))
			return OPTION_HINT_NONE;
		return left == OPTION_HINT_FILE ? left : OPTION_HINT_NONE;
	}
	return OPTION_HINT_NONE;
}

static bool has_apply(struct attrs *option)
{
	return attrs_find(option, symbol_intern("apply", 5)) != NULL;
}

enum option_hint option_hint(struct eval *ev, struct attrs *option)
{
	struct attrs *type = peek_attrs(ev, option, "type");

	if (!type || has_apply(option))
		return OPTION_HINT_NONE;
	return type_hint(ev, type, 0);
}

static bool type_is_toggle(struct eval *ev, struct attrs *type, int depth)
{
	const char *name = peek_text(ev, type, "name");
	struct attrs *inner;

	if (!name || depth > TYPE_DEPTH_MAX)
		return false;
	if (strcmp(name, "bool") == 0 || strcmp(name, "boolByOr") == 0 ||
	    strcmp(name, "enum") == 0)
		return true;
	if (strcmp(name, "nullOr") != 0)
		return false;
	inner = nested_type(ev, type, "elemType");
	return inner && type_is_toggle(ev, inner, depth + 1);
}

static bool option_flag(struct eval *ev, struct attrs *option, const char *name)
{
	return peek(ev, option, name) == VALUE_TRUE;
}

bool option_is_toggle(struct eval *ev, struct attrs *option)
{
	struct attrs *type = peek_attrs(ev, option, "type");

	return type && !option_flag(ev, option, "readOnly") &&
	       type_is_toggle(ev, type, 0);
}

/* Types that take anything, and say no more of it. */
static const char *const open_types[] = { "anything", "unspecified", "raw",
					  NULL };

/* Types that stand for one that they hold: what its name is there. */
static const char *wrapped_name(const char *type)
{
	static const char *const names[][2] = {
		{ "nullOr", "elemType" },
		{ "uniq", "elemType" },
		{ "unique", "elemType" },
		{ "coercedTo", "finalType" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(type, names[i][0]) == 0)
			return names[i][1];
	return NULL;
}

static bool type_is_writable(struct eval *ev, struct attrs *type, int depth)
{
	const char *name = type ? peek_text(ev, type, "name") : NULL;
	const char *inner = name ? wrapped_name(name) : NULL;

	if (!name || depth > TYPE_DEPTH_MAX)
		return false;
	if (type_hint(ev, type, 0) == OPTION_HINT_FILE)
		return true;
	if (inner)
		return type_is_writable(ev, nested_type(ev, type, inner),
					depth + 1);
	if (strcmp(name, "either") == 0)
		return type_is_writable(ev, nested_type(ev, type, "left"),
					depth + 1) ||
		       type_is_writable(ev, nested_type(ev, type, "right"),
					depth + 1);
	return listed(open_types, name, false);
}

bool option_is_writable(struct eval *ev, struct attrs *option)
{
	return !option_flag(ev, option, "readOnly") &&
	       type_is_writable(ev, peek_attrs(ev, option, "type"), 0);
}

/* Types whose values have no members that definitions could give. */
static const char *const closed_types[] = { "listOf",	    "package",
					    "shellPackage", "pkgs",
					    "functionTo",   NULL };

static bool type_is_closed(struct eval *ev, struct attrs *type, int depth)
{
	const char *name = type ? peek_text(ev, type, "name") : NULL;
	const char *inner = name ? wrapped_name(name) : NULL;

	if (!name || depth > TYPE_DEPTH_MAX)
		return false;
	if (inner)
		return type_is_closed(ev, nested_type(ev, type, inner),
				      depth + 1);
	if (strcmp(name, "either") == 0)
		return type_is_closed(ev, nested_type(ev, type, "left"),
				      depth + 1) &&
		       type_is_closed(ev, nested_type(ev, type, "right"),
				      depth + 1);
	return listed(scalar_types, name, true) ||
	       listed(closed_types, name, false);
}

bool option_has_members(struct eval *ev, struct attrs *option)
{
	struct attrs *type = peek_attrs(ev, option, "type");

	return type && !option_flag(ev, option, "readOnly") &&
	       !type_is_closed(ev, type, 0);
}

struct attrs *option_type(struct eval *ev, struct attrs *option)
{
	return peek_attrs(ev, option, "type");
}

struct attrs *option_final_type(struct eval *ev, struct attrs *type)
{
	struct attrs *inner = type;

	for (int depth = 0; inner && depth < TYPE_DEPTH_MAX; depth++) {
		const char *name = peek_text(ev, inner, "name");

		type = inner;
		if (!name || strcmp(name, "nullOr") == 0)
			break;
		inner = wrapped_name(name)
				? nested_type(ev, type, wrapped_name(name))
				: NULL;
	}
	return type;
}

static struct attrs *list_element(struct eval *ev, struct attrs *type,
				  int depth)
{
	const char *name = type ? peek_text(ev, type, "name") : NULL;
	const char *inner = name ? wrapped_name(name) : NULL;
	struct attrs *elem;

	if (!name || depth > TYPE_DEPTH_MAX)
		return NULL;
	if (strcmp(name, "listOf") == 0)
		return nested_type(ev, type, "elemType");
	if (inner)
		return list_element(ev, nested_type(ev, type, inner),
				    depth + 1);
	if (strcmp(name, "either") != 0)
		return NULL;
	elem = list_element(ev, nested_type(ev, type, "left"), depth + 1);
	return elem ? elem
		    : list_element(ev, nested_type(ev, type, "right"),
				   depth + 1);
}

struct attrs *option_list_element(struct eval *ev, struct attrs *type)
{
	return list_element(ev, type, 0);
}

/* A list or set without a definition is empty: its type says so. */
static bool has_empty_value(struct eval *ev, struct attrs *option)
{
	struct attrs *type = peek_attrs(ev, option, "type");

	type = type ? peek_attrs(ev, type, "emptyValue") : NULL;
	return type && attrs_find(type, SYM_value);
}

int option_is_defined(struct eval *ev, struct attrs *option)
{
	value *cell = attrs_find(option, symbol_intern("isDefined", 9));
	value v;

	if (!cell)
		return 1;
	v = value_force(ev, cell);
	if (!v)
		return -1;
	if (v != VALUE_FALSE || has_empty_value(ev, option))
		return 1;
	/* An alias has no definitions; its apply finds the value elsewhere. An
	 * option that was removed has an apply that throws. */
	cell = has_apply(option) ? attrs_find(option, SYM_value) : NULL;
	if (cell && value_force(ev, cell))
		return 1;
	eval_clear_error(ev);
	return 0;
}

struct string *option_type_description(struct eval *ev, struct attrs *type)
{
	value v = peek(ev, type, "description");

	return v && value_tag(v) == TAG_STRING ? value_string(v) : NULL;
}

struct string *option_type_text(struct eval *ev, struct attrs *option)
{
	struct attrs *type = peek_attrs(ev, option, "type");

	return type ? option_type_description(ev, type) : NULL;
}

/* A list's element by its decimal index, written as printf writes it. */
static int list_index(const struct list *list, const struct wire_text *name,
		      size_t *out)
{
	size_t n = 0;

	if (name->len == 0 || name->len > 9 ||
	    (name->len > 1 && name->bytes[0] == '0'))
		return -ENOENT;
	for (size_t i = 0; i < name->len; i++) {
		if (name->bytes[i] < '0' || name->bytes[i] > '9')
			return -ENOENT;
		n = n * 10 + (size_t)(name->bytes[i] - '0');
	}
	if (n >= list->len)
		return -ENOENT;
	*out = n;
	return 0;
}

/* The type of the elements of a list or set of this type, 0 if unknown. */
static value element_type(struct eval *ev, value type)
{
	struct attrs *set = type ? value_attrs(type) : NULL;
	const char *name = set ? peek_text(ev, set, "name") : NULL;
	struct attrs *inner = NULL;

	if (!name)
		return 0;
	if (strcmp(name, "nullOr") == 0 || strcmp(name, "uniq") == 0 ||
	    strcmp(name, "unique") == 0) {
		inner = nested_type(ev, set, "elemType");
		return inner ? element_type(ev, value_of_attrs(inner)) : 0;
	}
	if (strcmp(name, "attrsOf") == 0 || strcmp(name, "lazyAttrsOf") == 0 ||
	    strcmp(name, "listOf") == 0)
		inner = nested_type(ev, set, "elemType");
	return inner ? value_of_attrs(inner) : 0;
}

int option_step(struct eval *ev, value **cell, const struct wire_text *name)
{
	value v = value_force(ev, *cell);
	size_t index;
	symbol sym;
	int err;

	if (!v)
		return -EIO;
	if (value_tag(v) == TAG_LIST) {
		err = list_index(value_list(v), name, &index);
		if (err < 0)
			return err;
		*cell = &value_list(v)->items[index];
		return 0;
	}
	if (value_tag(v) != TAG_ATTRS)
		return -ENOENT;
	sym = symbol_find(name->bytes, name->len);
	*cell = sym ? attrs_find(value_attrs(v), sym) : NULL;
	return *cell ? 0 : -ENOENT;
}

enum option_hint option_element_hint(struct eval *ev,
				     const struct option_place *place)
{
	value type = element_type(ev, place->type);

	return type ? type_hint(ev, value_attrs(type), 0) : OPTION_HINT_NONE;
}

/* Arriving at an option: from here on the value counts. */
static void enter_option(struct eval *ev, struct option_place *at,
			 struct attrs *option, value *cell, size_t depth)
{
	struct attrs *type = peek_attrs(ev, option, "type");

	at->set = NULL;
	at->option = option;
	at->depth = depth;
	at->cell = cell ? cell : attrs_find(option, symbol_intern("value", 5));
	/* apply may turn the value into anything. */
	at->type = type && !has_apply(option) ? value_of_attrs(type) : 0;
	at->hint = option_hint(ev, option);
}

int option_find(struct eval *ev, value *options, value *config,
		const struct wire_text *path, size_t len,
		struct option_place *out)
{
	struct attrs *values = NULL;
	value *cell;
	symbol sym;
	value v;
	int err;

	memset(out, 0, sizeof(*out));
	out->set = eval_attrs(ev, options, 0,
			      "while evaluating the options of the host");
	if (!out->set)
		return -EIO;
	v = config ? value_force(ev, config) : 0;
	if (config && !v)
		return -EIO;
	if (v && value_tag(v) == TAG_ATTRS)
		values = value_attrs(v);

	for (size_t i = 0; i < len; i++) {
		if (out->cell) {
			value *outer = out->cell;

			err = option_step(ev, &out->cell, &path[i]);
			if (err < 0)
				return err;
			out->enclosed |= value_tag(*outer) == TAG_LIST ||
					 render_is_derivation(ev, outer);
			out->hint = option_element_hint(ev, out);
			out->type = element_type(ev, out->type);
			continue;
		}
		sym = symbol_find(path[i].bytes, path[i].len);
		cell = sym ? attrs_find(out->set, sym) : NULL;
		if (!cell)
			return -ENOENT;
		v = value_force(ev, cell);
		if (!v)
			return -EIO;
		if (value_tag(v) != TAG_ATTRS)
			return -ENOENT;
		cell = values ? attrs_find(values, sym) : NULL;
		if (option_is(ev, value_attrs(v))) {
			enter_option(ev, out, value_attrs(v), cell, i + 1);
			if (!out->cell)
				return -ENODATA;
			continue;
		}
		out->set = value_attrs(v);
		v = cell ? value_force(ev, cell) : 0;
		if (!v)
			eval_clear_error(ev);
		values = v && value_tag(v) == TAG_ATTRS ? value_attrs(v) : NULL;
	}
	return 0;
}

/* The options of a submodule type, as the manual shows them; 0 if none. */
static value sub_options(struct eval *ev, struct attrs *type)
{
	value *fn = attrs_find(type, symbol_intern("getSubOptions", 13));
	value args[1] = { value_new_list(ev, 0) };
	value v = fn && args[0] ? value_force(ev, fn) : 0;

	v = v ? eval_call(ev, 0, v, 1, args) : 0;
	eval_clear_error(ev);
	return v && value_tag(v) == TAG_ATTRS ? v : 0;
}

static bool type_find_member(struct eval *ev, struct attrs *type,
			     const struct wire_text *path, size_t len,
			     int depth, struct option_member *out);

/* The same in a submodule; what is no option of it is of its freeform type. */
static bool submodule_member(struct eval *ev, struct attrs *type,
			     const struct wire_text *path, size_t len,
			     int depth, struct option_member *out)
{
	value options = sub_options(ev, type);
	struct option_place place = { 0 };
	struct attrs *freeform;

	if (options)
		option_find(ev, &options, NULL, path, len, &place);
	eval_clear_error(ev);
	if (place.option) {
		out->option = place.depth == len ? place.option : NULL;
		return type_find_member(ev, option_type(ev, place.option),
					path + place.depth, len - place.depth,
					depth, out);
	}
	freeform = nested_type(ev, type, "freeformType");
	return freeform &&
	       type_find_member(ev, freeform, path, len, depth, out);
}

static bool type_find_member(struct eval *ev, struct attrs *type,
			     const struct wire_text *path, size_t len,
			     int depth, struct option_member *out)
{
	const char *name = type ? peek_text(ev, type, "name") : NULL;
	const char *inner = name ? wrapped_name(name) : NULL;

	if (depth > TYPE_DEPTH_MAX)
		return false;
	if (!name || listed(open_types, name, false)) {
		out->type = NULL;
		return true;
	}
	if (!len) {
		out->type = type;
		return true;
	}
	if (inner)
		return type_find_member(ev, nested_type(ev, type, inner), path,
					len, depth + 1, out);
	if (strcmp(name, "either") == 0)
		return type_find_member(ev, nested_type(ev, type, "left"), path,
					len, depth + 1, out) ||
		       type_find_member(ev, nested_type(ev, type, "right"),
					path, len, depth + 1, out);
	if (strcmp(name, "attrsOf") == 0 || strcmp(name, "lazyAttrsOf") == 0)
		return type_find_member(ev, nested_type(ev, type, "elemType"),
					path + 1, len - 1, depth + 1, out);
	if (strcmp(name, "submodule") == 0)
		return submodule_member(ev, type, path, len, depth + 1, out);
	out->type = NULL;
	return !listed(scalar_types, name, true) &&
	       !listed(closed_types, name, false);
}

bool option_find_member(struct eval *ev, struct attrs *option,
			const struct wire_text *path, size_t len,
			struct option_member *out)
{
	memset(out, 0, sizeof(*out));
	return !option_flag(ev, option, "readOnly") &&
	       type_find_member(ev, option_type(ev, option), path, len, 0,
				out) &&
	       !(out->option && option_flag(ev, out->option, "readOnly"));
}
