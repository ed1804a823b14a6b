/*
 * scope.c - what each name stands for
 *
 * The second pass over an expression. It keeps, for each symbol, the innermost
 * variable of that name: looking one up is one array access, whatever the
 * nesting. A binding knows how many environments were around when it was made;
 * the difference to now is its level.
 *
 * On the way it gives sets their final form, for now nothing is added to them.
 */
#include <stdlib.h>
#include <string.h>

#include "eval/ast_print.h"
#include "eval/attrs.h"
#include "eval/interp.h"
#include "eval/parser.h"

struct variable {
	symbol name;
	uint32_t depth, slot;
	uint32_t shadowed; /* the entry of the same name outside; 0: none */
};

/*
 * Kept from one parse to the next, as it is as large as the symbol table:
 * by symbol, the variable's index + 1. All zero between parses.
 */
static struct {
	uint32_t *innermost;
	uint32_t room;
} names;

struct scope {
	struct parser *p;
	uint32_t depth; /* environments around */
	struct variable *variables;
	uint32_t len, room;
	uint32_t *withs; /* the depth of each `with` around */
	uint32_t withs_len, withs_room;
};

static int resolve(struct scope *s, struct expr **slot);

static uint32_t innermost(symbol name)
{
	return name < names.room ? names.innermost[name] : 0;
}

static int bind(struct scope *s, symbol name, uint32_t slot)
{
	if (name >= names.room) {
		uint32_t room = name < 1u << 14 ? 1u << 14 : name;
		uint32_t *table;

		room += room / 2;
		table = realloc(names.innermost, room * sizeof(*table));
		if (!table) {
			eval_fail_memory(s->p->ev);
			return -1;
		}
		memset(table + names.room, 0,
		       (room - names.room) * sizeof(*table));
		names.innermost = table;
		names.room = room;
	}
	if (s->len == s->room &&
	    parser_grow(s->p, (void **)&s->variables, &s->room,
			sizeof(*s->variables)) < 0)
		return -1;
	s->variables[s->len++] = (struct variable){
		.name = name,
		.depth = s->depth,
		.slot = slot,
		.shadowed = names.innermost[name],
	};
	names.innermost[name] = s->len;
	return 0;
}

/* Forget the variables from number len on. */
static void unbind(struct scope *s, uint32_t len)
{
	while (s->len > len) {
		const struct variable *v = &s->variables[--s->len];

		names.innermost[v->name] = v->shadowed;
	}
}

static int fail_undefined(struct scope *s, const struct expr_var *var)
{
	struct attr_name name = { .sym = var->name };
	struct buf text = BUF_INIT;

	if (ast_print_path(s->p->ev, &text, &name, 1) == 0)
		eval_fail(s->p->ev, ERROR_EVAL, var->e.pos,
			  "undefined variable '%s'", buf_text(&text));
	buf_release(&text);
	return -1;
}

static int resolve_with(struct scope *s, struct expr **slot,
			const struct expr_var *var)
{
	struct expr_with_var *e;
	symbol name = var->name;

	if (!s->withs_len)
		return fail_undefined(s, var);
	if (s->withs_len <= 2) {
		e = (struct expr_with_var *)*slot;
	} else {
		e = parser_alloc(s->p, sizeof(*e) + s->withs_len *
							    sizeof(*e->levels));
		if (!e)
			return -1;
		e->e = var->e;
		*slot = &e->e;
	}
	e->e.op = EXPR_WITH_VAR;
	e->name = name;
	e->len = s->withs_len;
	for (uint32_t i = 0; i < e->len; i++)
		e->levels[i] = s->depth - s->withs[s->withs_len - 1 - i];
	return 0;
}

/* The node is overwritten where it lies, if what it becomes fits. */
static int resolve_var(struct scope *s, struct expr **slot)
{
	struct expr_var *var = (struct expr_var *)*slot;
	uint32_t found = innermost(var->name);
	value global = 0;

	if (found) {
		const struct variable *v = &s->variables[found - 1];

		var->slot = v->slot;
		var->level = s->depth - v->depth;
		var->e.op = var->level == 0   ? EXPR_VAR0
			    : var->level == 1 ? EXPR_VAR1
					      : EXPR_VAR;
		return 0;
	}
	if (eval_global(s->p->ev, var->name, &global)) {
		struct expr_const *c = (struct expr_const *)var;
		symbol name = var->name;

		c->e.op = EXPR_CONST;
		c->e.flags |= EXPR_GLOBAL;
		c->v = global;
		c->name = name;
		return 0;
	}
	return resolve_with(s, slot, var);
}

/* a - b and the like, where __sub is not the global. */
static int resolve_operator(struct scope *s, struct expr **slot, symbol name)
{
	struct expr_binary *binary = (struct expr_binary *)*slot;
	struct expr *fn;

	if (innermost(name)) {
		fn = parser_var(s->p, name, 0);
		if (!fn)
			return -1;
		*slot = parser_call(s->p, binary->e.pos, fn, 2, &binary->lhs);
		return *slot ? resolve(s, slot) : -1;
	}
	if (resolve(s, &binary->lhs) < 0)
		return -1;
	return resolve(s, &binary->rhs);
}

static int resolve_path(struct scope *s, struct attr_name *path, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (!path[i].sym && resolve(s, &path[i].expr) < 0)
			return -1;
	return 0;
}

/* The final form of a set, nothing in it resolved yet. */
static struct expr_attrs *close_attrs(struct scope *s, struct open_attrs *open)
{
	struct parser *p = s->p;
	uint32_t small[32], *order = small;
	struct expr_attrs *e;

	e = parser_alloc(p, sizeof(*e) + open->len * sizeof(*e->values));
	if (!e)
		return NULL;
	e->e = (struct expr){
		.op = open->rec ? EXPR_REC_ATTRS : EXPR_ATTRS,
		.pos = open->e.pos,
	};
	if (open->len > sizeof(small) / sizeof(*small))
		order = parser_scratch(p, open->len * sizeof(*order));
	if (!order)
		return NULL;
	e->shape = shape_new(p->ev, open->len, open->names, open->positions,
			     order);
	if (!e->shape)
		return NULL;
	for (uint32_t i = 0; i < open->len; i++)
		e->values[order[i]] = open->values[i];

	e->from_len = open->from_len;
	e->dynamic_len = open->dynamic_len;
	e->from = NULL;
	e->dynamic = NULL;
	if (e->from_len) {
		e->from = parser_alloc(p, e->from_len * sizeof(*e->from));
		if (!e->from)
			return NULL;
		memcpy(e->from, open->from, e->from_len * sizeof(*e->from));
	}
	if (e->dynamic_len) {
		e->dynamic =
			parser_alloc(p, e->dynamic_len * sizeof(*e->dynamic));
		if (!e->dynamic)
			return NULL;
		memcpy(e->dynamic, open->dynamic,
		       e->dynamic_len * sizeof(*e->dynamic));
	}
	return e;
}

/* `inherit a;` in a set that makes an environment: a is outside of it. */
static int resolve_inherited(struct scope *s, struct expr_attrs *e, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct expr *bound = e->values[i];
		struct expr_unary *outer;

		if (bound->op != EXPR_VAR || !(bound->flags & EXPR_INHERITED))
			continue;
		outer = parser_alloc(s->p, sizeof(*outer));
		if (!outer)
			return -1;
		outer->e = (struct expr){
			.op = EXPR_INHERIT,
			.pos = bound->pos,
		};
		outer->arg = bound;
		if (resolve(s, &outer->arg) < 0)
			return -1;
		e->values[i] = &outer->e;
	}
	return 0;
}

static int resolve_values(struct scope *s, struct expr_attrs *e, size_t len)
{
	for (uint32_t i = 0; i < e->from_len; i++)
		if (resolve(s, &e->from[i]) < 0)
			return -1;
	for (size_t i = 0; i < len; i++) {
		if (e->values[i]->op == EXPR_INHERIT)
			continue;
		if (resolve(s, &e->values[i]) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < e->dynamic_len; i++)
		if (resolve(s, &e->dynamic[i].name) < 0 ||
		    resolve(s, &e->dynamic[i].value) < 0)
			return -1;
	return 0;
}

/*
 * Enter the environment that the bindings make, and resolve them in it. Slots
 * begin at first_slot. The caller leaves it: leave().
 */
static int enter_bindings(struct scope *s, struct expr_attrs *e,
			  uint32_t first_slot)
{
	size_t len = shape_len(e->shape);

	if (resolve_inherited(s, e, len) < 0)
		return -1;
	s->depth++;
	for (size_t i = 0; i < len; i++)
		if (bind(s, shape_name(e->shape, i), first_slot + i) < 0)
			return -1;
	return resolve_values(s, e, len);
}

static void leave(struct scope *s, uint32_t variables)
{
	s->depth--;
	unbind(s, variables);
}

static int resolve_attrs(struct scope *s, struct expr **slot)
{
	struct expr_attrs *e = close_attrs(s, (struct open_attrs *)*slot);
	uint32_t variables = s->len;

	if (!e)
		return -1;
	*slot = &e->e;
	if (e->e.op == EXPR_ATTRS)
		return resolve_values(s, e, shape_len(e->shape));
	if (enter_bindings(s, e, 1) < 0)
		return -1;
	leave(s, variables);
	return 0;
}

static int resolve_let(struct scope *s, struct expr_let *let)
{
	uint32_t variables = s->len;

	let->bindings = close_attrs(s, (struct open_attrs *)let->bindings);
	if (!let->bindings || enter_bindings(s, let->bindings, 0) < 0 ||
	    resolve(s, &let->body) < 0)
		return -1;
	leave(s, variables);
	return 0;
}

/* loc: type: defs: rec { ... } by the name that definitions.h waits for. */
static bool merges_definitions(const struct expr_lambda *e)
{
	static const char *const slots[] = { "loc", "type", "defs" };

	if (e->formals || e->arity != 3 || e->body->op != EXPR_REC_ATTRS ||
	    !e->name || strcmp(symbol_bytes(e->name), "mergeDefinitions") != 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (strcmp(symbol_bytes(e->params[i].name), slots[i]) != 0)
			return false;
	return true;
}

static int resolve_lambda(struct scope *s, struct expr_lambda *e)
{
	uint32_t variables = s->len, slot = 0;

	s->depth++;
	if (e->formals) {
		struct formals *formals = e->formals;

		if (e->arg && bind(s, e->arg, slot++) < 0)
			return -1;
		for (uint32_t i = 0; i < formals->len; i++)
			if (bind(s, formals->items[i].name, slot++) < 0)
				return -1;
		for (uint32_t i = 0; i < formals->len; i++)
			if (formals->items[i].fallback &&
			    resolve(s, &formals->items[i].fallback) < 0)
				return -1;
	} else {
		for (uint32_t i = 0; i < e->arity; i++)
			if (bind(s, e->params[i].name, i) < 0)
				return -1;
	}
	if (resolve(s, &e->body) < 0)
		return -1;
	if (merges_definitions(e))
		e->body->flags |= EXPR_DEFINITIONS;
	if (s->p->ev->ahead)
		lambda_analyse(e);
	leave(s, variables);
	return 0;
}

static int resolve_with_body(struct scope *s, struct expr_binary *e)
{
	if (resolve(s, &e->lhs) < 0)
		return -1;
	if (s->withs_len == s->withs_room &&
	    parser_grow(s->p, (void **)&s->withs, &s->withs_room,
			sizeof(*s->withs)) < 0)
		return -1;
	s->depth++;
	s->withs[s->withs_len++] = s->depth;
	if (resolve(s, &e->rhs) < 0)
		return -1;
	s->withs_len--;
	s->depth--;
	return 0;
}

static int resolve_all(struct scope *s, struct expr **items, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (resolve(s, &items[i]) < 0)
			return -1;
	return 0;
}

/* On failure the scope is left as it is: nobody goes on. */
static int resolve(struct scope *s, struct expr **slot)
{
	struct expr *e = *slot;

	if (parser_too_deep(s->p))
		return -1;
	switch (e->op) {
	case EXPR_CONST:
	case EXPR_POS:
	case EXPR_INHERIT_FROM:
		return 0;
	case EXPR_VAR:
		return resolve_var(s, slot);
	case EXPR_SELECT:
	case EXPR_HAS_ATTR: {
		struct expr_select *select = (struct expr_select *)e;

		if (resolve(s, &select->set) < 0)
			return -1;
		if (select->fallback && resolve(s, &select->fallback) < 0)
			return -1;
		return resolve_path(s, select->path, select->len);
	}
	case EXPR_OPEN_ATTRS:
		return resolve_attrs(s, slot);
	case EXPR_LET:
		return resolve_let(s, (struct expr_let *)e);
	case EXPR_LIST: {
		struct expr_list *list = (struct expr_list *)e;

		return resolve_all(s, list->items, list->len);
	}
	case EXPR_LAMBDA:
		return resolve_lambda(s, (struct expr_lambda *)e);
	case EXPR_CALL: {
		struct expr_call *call = (struct expr_call *)e;

		if (resolve(s, &call->fn) < 0)
			return -1;
		return resolve_all(s, call->args, call->len);
	}
	case EXPR_WITH:
		return resolve_with_body(s, (struct expr_binary *)e);
	case EXPR_IF: {
		struct expr_if *branch = (struct expr_if *)e;

		if (resolve(s, &branch->cond) < 0 ||
		    resolve(s, &branch->then) < 0)
			return -1;
		return resolve(s, &branch->other);
	}
	case EXPR_NOT:
		return resolve(s, &((struct expr_unary *)e)->arg);
	case EXPR_SUB:
		return resolve_operator(s, slot, SYM_sub);
	case EXPR_MUL:
		return resolve_operator(s, slot, SYM_mul);
	case EXPR_DIV:
		return resolve_operator(s, slot, SYM_div);
	case EXPR_LESS:
		return resolve_operator(s, slot, SYM_less_than);
	case EXPR_STRINGS: {
		struct expr_strings *strings = (struct expr_strings *)e;

		return resolve_all(s, strings->parts, strings->len);
	}
	default: { /* all that is left is binary */
		struct expr_binary *binary = (struct expr_binary *)e;

		if (resolve(s, &binary->lhs) < 0)
			return -1;
		return resolve(s, &binary->rhs);
	}
	}
}

int scope_resolve(struct parser *p, struct expr **expr)
{
	struct scope s = { .p = p };
	const struct shape *around = p->in->scope;
	int err = 0;

	s.depth = around != NULL;
	for (size_t i = 0; around && i < shape_len(around) && err == 0; i++)
		err = bind(&s, shape_name(around, i), i);
	if (err == 0)
		err = resolve(&s, expr);
	unbind(&s, 0);
	free(s.variables);
	free(s.withs);
	return err;
}
