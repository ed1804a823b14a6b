/*
 * globals.c - the set `builtins` and the names that are always in scope
 *
 * Nix knows a builtin under its own name if that is global, else as __name;
 * `builtins` has all of them under their own names.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "eval/interp.h"
#include "eval/nixfile.h"
#include "eval/search.h"
#include "eval/store.h"
#include "eval/trace.h"

#define NIX_VERSION "2.34.8"
#define NIX_LANGUAGE 6

struct globals {
	struct eval *ev;
	struct attrs_builder names, builtins;
};

const struct builtin *const builtin_tables[] = {
	builtin_control_table,	  builtin_attrs_table,
	builtin_list_table,	  builtin_string_table,
	builtin_number_table,	  builtin_regex_table,
	builtin_json_table,	  builtin_path_table,
	builtin_hash_table,	  builtin_context_table,
	builtin_derivation_table, builtin_fetch_table,
	builtin_import_table,	  NULL,
};

static symbol intern(const char *text)
{
	return symbol_intern(text, strlen(text));
}

/* name: "map"; as a global it is called so, too, or "__map". */
static int add(struct globals *g, const char *name, bool global, value v)
{
	char hidden[64];

	if (!v)
		return -1;
	snprintf(hidden, sizeof(hidden), "%s%s", global ? "" : "__", name);
	if (attrs_builder_add(&g->names, intern(hidden), 0, v) < 0)
		return -1;
	return attrs_builder_add(&g->builtins, intern(name), 0, v);
}

static int add_builtin(struct globals *g, const struct builtin *builtin)
{
	const struct eval_settings *settings = &g->ev->settings;
	struct function *fn;

	if ((builtin->flags & BUILTIN_IMPURE && settings->pure) ||
	    (builtin->flags & BUILTIN_FLAKES && !settings->flakes))
		return 0;
	fn = eval_alloc(g->ev, sizeof(*fn));
	if (!fn)
		return -1;
	fn->kind = FUNCTION_BUILTIN;
	fn->argc = 0;
	fn->as.builtin = builtin;
	fn->env = NULL;
	if (builtin->flags & BUILTIN_HIDDEN)
		return 0;
	return add(g, builtin->name, builtin->flags & BUILTIN_GLOBAL,
		   value_of(fn, TAG_FUNCTION));
}

/* The time when it is first asked for, as good as any other of this
 * evaluation; nothing lasts that has seen it. */
static value load_time(struct eval *ev, pos_t pos, value *args)
{
	trace_passing(ev);
	return value_new_int(ev, time(NULL));
}

static const struct builtin time_loader = {
	.name = "currentTime",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = load_time,
};

static int add_time(struct globals *g)
{
	struct function *fn = eval_alloc(g->ev, sizeof(*fn));
	value unused = VALUE_NULL;

	if (!fn)
		return -1;
	*fn = (struct function){ .kind = FUNCTION_BUILTIN };
	fn->as.builtin = &time_loader;
	return add(g, "currentTime", false,
		   value_new_apply(g->ev, 0, value_of(fn, TAG_FUNCTION), 1,
				   &unused));
}

static int add_constants(struct globals *g)
{
	struct eval *ev = g->ev;
	const struct eval_settings *settings = &ev->settings;

	if (add(g, "true", true, VALUE_TRUE) < 0 ||
	    add(g, "false", true, VALUE_FALSE) < 0 ||
	    add(g, "null", true, VALUE_NULL) < 0 ||
	    add(g, "nixVersion", false, value_new_cstring(ev, NIX_VERSION)) <
		    0 ||
	    add(g, "langVersion", false, value_new_int(ev, NIX_LANGUAGE)) < 0 ||
	    add(g, "storeDir", false, value_new_cstring(ev, STORE_DIR)) < 0 ||
	    add(g, "nixPath", false, search_path_value(ev)) < 0)
		return -1;
	if (settings->pure)
		return 0;
	if (add_time(g) < 0)
		return -1;
	return add(g, "currentSystem", false,
		   value_new_cstring(ev, settings->system ? settings->system
							  : "x86_64-linux"));
}

/* derivation is written in Nix; it is parsed when it is first called for. */
static int add_derivation(struct globals *g)
{
	value unused = VALUE_NULL;

	return add(g, "derivation", true,
		   value_new_apply(g->ev, 0, g->ev->derivation_loader, 1,
				   &unused));
}

static value load_derivation(struct eval *ev, pos_t pos, value *args)
{
	return nixfile_derivation(ev);
}

static const struct builtin derivation_loader = {
	.name = "derivation",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = load_derivation,
};

/* `builtins` has itself as an attribute. */
static int finish(struct globals *g)
{
	struct eval *ev = g->ev;
	struct attrs *set;
	value *own;

	if (attrs_builder_add(&g->builtins, SYM_builtins, 0, VALUE_NULL) < 0)
		return -1;
	set = attrs_builder_finish(&g->builtins, true);
	if (!set)
		return -1;
	own = attrs_find(set, SYM_builtins);
	*own = ev->builtins = value_of_attrs(set);
	if (attrs_builder_add(&g->names, SYM_builtins, 0, ev->builtins) < 0)
		return -1;
	ev->globals = attrs_builder_finish(&g->names, true);
	return ev->globals ? 0 : -1;
}

/* In the order of enum expr_op from EXPR_SUB on. */
static const symbol operators[OPERATORS] = { SYM_sub, SYM_mul, SYM_div,
					     SYM_less_than };

int eval_globals_init(struct eval *ev)
{
	struct globals g = { .ev = ev };
	struct function *fn = eval_alloc(ev, sizeof(*fn));

	if (!fn)
		return -1;
	*fn = (struct function){
		.kind = FUNCTION_BUILTIN,
		.as.builtin = &derivation_loader,
	};
	ev->derivation_loader = value_of(fn, TAG_FUNCTION);
	attrs_builder_init(&g.names, ev, 256);
	attrs_builder_init(&g.builtins, ev, 256);
	for (size_t i = 0; builtin_tables[i]; i++)
		for (const struct builtin *b = builtin_tables[i]; b->name; b++)
			if (add_builtin(&g, b) < 0)
				return -1;
	if (add_constants(&g) < 0 || add_derivation(&g) < 0 || finish(&g) < 0)
		return -1;
	for (size_t i = 0; i < OPERATORS; i++) {
		value v;

		if (!eval_global(ev, operators[i], &v))
			return -1;
		ev->operators[i] = value_function(v)->as.builtin;
	}
	return 0;
}

bool eval_global(struct eval *ev, symbol name, value *out)
{
	value *cell = attrs_find(ev->globals, name);

	if (cell)
		*out = *cell;
	return cell != NULL;
}
