/*
 * ast_print.c - expressions as text
 *
 * What Nix desugars while parsing is printed desugared: a - b is (__sub a b).
 * What only our parser joins is taken apart: (a: (b: c)).
 */
#include "eval/ast_print.h"

#include <stdlib.h>

#include "eval/attrs.h"
#include "eval/eval.h"
#include "eval/parser.h"
#include "eval/source.h"

/* Stack that is kept for what the deepest level calls, bytes. */
#define STACK_RESERVE (32 << 10)
#define STACK_DEFAULT (4 << 20)

struct printer {
	struct eval *ev;
	struct buf *out;
	char *stack_limit;
	bool failed;
};

static void print(struct printer *p, const struct expr *e);

static void text(struct printer *p, const char *s)
{
	buf_add_text(p->out, s);
}

static void print_string(struct printer *p, const char *bytes, size_t len)
{
	buf_add_char(p->out, '"');
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (c == '"' || c == '\\')
			buf_add_char(p->out, '\\');
		else if (c == '$' && i + 1 < len && bytes[i + 1] == '{')
			buf_add_char(p->out, '\\');
		if (c == '\n')
			text(p, "\\n");
		else if (c == '\r')
			text(p, "\\r");
		else if (c == '\t')
			text(p, "\\t");
		else
			buf_add_char(p->out, c);
	}
	buf_add_char(p->out, '"');
}

static bool is_identifier(symbol sym)
{
	const char *s = symbol_bytes(sym);
	size_t len = symbol_len(sym);

	if (sym <= SYM_inherit_ || !len || (*s >= '0' && *s <= '9') ||
	    *s == '-' || *s == '\'')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		      c == '\''))
			return false;
	}
	return true;
}

static void print_name(struct printer *p, symbol sym)
{
	if (is_identifier(sym))
		buf_add(p->out, symbol_bytes(sym), symbol_len(sym));
	else
		print_string(p, symbol_bytes(sym), symbol_len(sym));
}

static void print_const(struct printer *p, const struct expr_const *e)
{
	value v = e->v;

	if (e->e.flags & EXPR_GLOBAL) {
		print_name(p, e->name);
	} else if (value_is_int(v)) {
		buf_add_format(p->out, "%lld", (long long)value_integer(v));
	} else if (value_is_float(v)) {
		buf_add_format(p->out, "%g", value_number(v));
	} else if (value_is_path(v)) {
		text(p, value_path(v)->source->prefix);
		buf_add(p->out, value_path(v)->bytes, value_path(v)->len);
	} else if (value_tag(v) == TAG_STRING) {
		print_string(p, value_string(v)->bytes, value_string(v)->len);
	}
}

static void print_dynamic(struct printer *p, const struct expr *e)
{
	text(p, "\"${");
	print(p, e);
	text(p, "}\"");
}

static void print_path(struct printer *p, const struct attr_name *path,
		       size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (i)
			text(p, ".");
		if (path[i].sym)
			print_name(p, path[i].sym);
		else
			print_dynamic(p, path[i].expr);
	}
}

/* The bindings of a set, finished or not, in the order of their names. */
struct bindings {
	size_t len;
	struct binding {
		symbol name;
		const struct expr *bound;
	} * items;
	struct expr *const *from;
	uint32_t from_len, dynamic_len;
	const struct dynamic_attr *dynamic;
};

static int compare_bindings(const void *a, const void *b)
{
	const struct binding *x = a, *y = b;

	return symbol_compare(x->name, y->name);
}

static int get_bindings(struct printer *p, const struct expr *e,
			struct bindings *out)
{
	const struct open_attrs *open = (const struct open_attrs *)e;
	const struct expr_attrs *attrs = (const struct expr_attrs *)e;
	bool is_open = e->op == EXPR_OPEN_ATTRS;

	*out = (struct bindings){
		.len = is_open ? open->len : shape_len(attrs->shape),
		.from = is_open ? open->from : attrs->from,
		.from_len = is_open ? open->from_len : attrs->from_len,
		.dynamic = is_open ? open->dynamic : attrs->dynamic,
		.dynamic_len = is_open ? open->dynamic_len : attrs->dynamic_len,
	};
	out->items = calloc(out->len + 1, sizeof(*out->items));
	if (!out->items) {
		eval_fail_memory(p->ev);
		p->failed = true;
		return -1;
	}
	for (size_t i = 0; i < out->len; i++) {
		out->items[i].name =
			is_open ? open->names[i] : shape_name(attrs->shape, i);
		out->items[i].bound =
			is_open ? open->values[i] : attrs->values[i];
	}
	qsort(out->items, out->len, sizeof(*out->items), compare_bindings);
	return 0;
}

static bool is_inherited(const struct expr *bound)
{
	return bound->op == EXPR_INHERIT || bound->flags & EXPR_INHERITED;
}

static bool is_from(const struct expr *bound, uint32_t from)
{
	return bound->op == EXPR_INHERIT_FROM &&
	       ((const struct expr_inherit_from *)bound)->from == from;
}

static void print_inherited(struct printer *p, const struct bindings *b)
{
	bool any = false;

	for (size_t i = 0; i < b->len; i++) {
		if (!is_inherited(b->items[i].bound))
			continue;
		text(p, any ? " " : "inherit ");
		print_name(p, b->items[i].name);
		any = true;
	}
	if (any)
		text(p, "; ");
	for (uint32_t from = 0; from < b->from_len; from++) {
		any = false;
		for (size_t i = 0; i < b->len; i++) {
			if (!is_from(b->items[i].bound, from))
				continue;
			if (!any) {
				text(p, "inherit (");
				print(p, b->from[from]);
				text(p, ")");
			}
			any = true;
			text(p, " ");
			print_name(p, b->items[i].name);
		}
		if (any)
			text(p, "; ");
	}
}

static void print_bindings(struct printer *p, const struct expr *e)
{
	struct bindings b;

	if (get_bindings(p, e, &b) < 0)
		return;
	print_inherited(p, &b);
	for (size_t i = 0; i < b.len; i++) {
		const struct expr *bound = b.items[i].bound;

		if (is_inherited(bound) || bound->op == EXPR_INHERIT_FROM)
			continue;
		print_name(p, b.items[i].name);
		text(p, " = ");
		print(p, bound);
		text(p, "; ");
	}
	for (uint32_t i = 0; i < b.dynamic_len; i++) {
		print_dynamic(p, b.dynamic[i].name);
		text(p, " = ");
		print(p, b.dynamic[i].value);
		text(p, "; ");
	}
	free(b.items);
}

static void print_attrs(struct printer *p, const struct expr *e)
{
	if (e->op == EXPR_REC_ATTRS ||
	    (e->op == EXPR_OPEN_ATTRS && ((const struct open_attrs *)e)->rec))
		text(p, "rec ");
	text(p, "{ ");
	print_bindings(p, e);
	text(p, "}");
}

static int compare_formals(const void *a, const void *b)
{
	const struct formal *const *x = a, *const *y = b;

	return symbol_compare((*x)->name, (*y)->name);
}

static void print_formals(struct printer *p, const struct formals *formals)
{
	const struct formal **sorted =
		calloc(formals->len + 1, sizeof(*sorted));

	if (!sorted) {
		eval_fail_memory(p->ev);
		p->failed = true;
		return;
	}
	for (uint32_t i = 0; i < formals->len; i++)
		sorted[i] = &formals->items[i];
	qsort(sorted, formals->len, sizeof(*sorted), compare_formals);

	text(p, "{ ");
	for (uint32_t i = 0; i < formals->len; i++) {
		if (i)
			text(p, ", ");
		print_name(p, sorted[i]->name);
		if (sorted[i]->fallback) {
			text(p, " ? ");
			print(p, sorted[i]->fallback);
		}
	}
	if (formals->ellipsis)
		text(p, formals->len ? ", ..." : "...");
	text(p, " }");
	free(sorted);
}

static void print_lambda(struct printer *p, const struct expr_lambda *e)
{
	if (e->formals) {
		text(p, "(");
		print_formals(p, e->formals);
		if (e->arg) {
			text(p, " @ ");
			print_name(p, e->arg);
		}
		text(p, ": ");
		print(p, e->body);
		text(p, ")");
		return;
	}
	for (uint32_t i = 0; i < e->arity; i++) {
		text(p, "(");
		print_name(p, e->params[i].name);
		text(p, ": ");
	}
	print(p, e->body);
	for (uint32_t i = 0; i < e->arity; i++)
		text(p, ")");
}

static void print_select(struct printer *p, const struct expr_select *e)
{
	bool has = e->e.op == EXPR_HAS_ATTR;

	text(p, has ? "((" : "(");
	print(p, e->set);
	text(p, has ? ") ? " : ").");
	print_path(p, e->path, e->len);
	if (has)
		text(p, ")");
	if (e->fallback) {
		text(p, " or (");
		print(p, e->fallback);
		text(p, ")");
	}
}

static void print_strings(struct printer *p, const struct expr_strings *e)
{
	text(p, "(");
	for (uint32_t i = 0; i < e->len; i++) {
		if (i)
			text(p, " + ");
		print(p, e->parts[i]);
	}
	text(p, ")");
}

static void print_pair(struct printer *p, const struct expr *e,
		       const char *before, const char *between,
		       const char *after)
{
	const struct expr_binary *binary = (const struct expr_binary *)e;

	text(p, before);
	print(p, binary->lhs);
	text(p, between);
	print(p, binary->rhs);
	text(p, after);
}

static void print_list(struct printer *p, const struct expr_list *e)
{
	text(p, "[ ");
	for (uint32_t i = 0; i < e->len; i++) {
		text(p, "(");
		print(p, e->items[i]);
		text(p, ") ");
	}
	text(p, "]");
}

static void print_call(struct printer *p, const struct expr_call *e)
{
	text(p, "(");
	print(p, e->fn);
	for (uint32_t i = 0; i < e->len; i++) {
		text(p, " ");
		print(p, e->args[i]);
	}
	text(p, ")");
}

static void print_if(struct printer *p, const struct expr_if *e)
{
	text(p, "(if ");
	print(p, e->cond);
	text(p, " then ");
	print(p, e->then);
	text(p, " else ");
	print(p, e->other);
	text(p, ")");
}

static void print_let(struct printer *p, const struct expr_let *e)
{
	text(p, "(let ");
	print_bindings(p, &e->bindings->e);
	text(p, "in ");
	print(p, e->body);
	text(p, ")");
}

static void print(struct printer *p, const struct expr *e)
{
	if (p->failed)
		return;
	if ((char *)__builtin_frame_address(0) < p->stack_limit) {
		eval_fail(p->ev, ERROR_DEPTH, e->pos,
			  "stack overflow: the expression is nested too "
			  "deeply");
		p->failed = true;
		return;
	}
	switch ((unsigned)e->op) {
	case EXPR_CONST:
		print_const(p, (const struct expr_const *)e);
		break;
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
		print_name(p, ((const struct expr_var *)e)->name);
		break;
	case EXPR_WITH_VAR:
		print_name(p, ((const struct expr_with_var *)e)->name);
		break;
	case EXPR_SELECT:
	case EXPR_HAS_ATTR:
		print_select(p, (const struct expr_select *)e);
		break;
	case EXPR_ATTRS:
	case EXPR_REC_ATTRS:
	case EXPR_OPEN_ATTRS:
		print_attrs(p, e);
		break;
	case EXPR_LET:
		print_let(p, (const struct expr_let *)e);
		break;
	case EXPR_LIST:
		print_list(p, (const struct expr_list *)e);
		break;
	case EXPR_LAMBDA:
		print_lambda(p, (const struct expr_lambda *)e);
		break;
	case EXPR_CALL:
		print_call(p, (const struct expr_call *)e);
		break;
	case EXPR_WITH:
		print_pair(p, e, "(with ", "; ", ")");
		break;
	case EXPR_IF:
		print_if(p, (const struct expr_if *)e);
		break;
	case EXPR_ASSERT:
		print_pair(p, e, "assert ", "; ", "");
		break;
	case EXPR_NOT:
		text(p, "(! ");
		print(p, ((const struct expr_unary *)e)->arg);
		text(p, ")");
		break;
	case EXPR_EQ:
		print_pair(p, e, "(", " == ", ")");
		break;
	case EXPR_NEQ:
		print_pair(p, e, "(", " != ", ")");
		break;
	case EXPR_AND:
		print_pair(p, e, "(", " && ", ")");
		break;
	case EXPR_OR:
		print_pair(p, e, "(", " || ", ")");
		break;
	case EXPR_IMPL:
		print_pair(p, e, "(", " -> ", ")");
		break;
	case EXPR_UPDATE:
		print_pair(p, e, "(", " // ", ")");
		break;
	case EXPR_CONCAT:
		print_pair(p, e, "(", " ++ ", ")");
		break;
	case EXPR_SUB:
		print_pair(p, e, "(__sub ", " ", ")");
		break;
	case EXPR_MUL:
		print_pair(p, e, "(__mul ", " ", ")");
		break;
	case EXPR_DIV:
		print_pair(p, e, "(__div ", " ", ")");
		break;
	case EXPR_LESS:
		print_pair(p, e, "(__lessThan ", " ", ")");
		break;
	case EXPR_STRINGS:
		print_strings(p, (const struct expr_strings *)e);
		break;
	case EXPR_POS:
		text(p, "__curPos");
		break;
	case EXPR_INHERIT:
		print(p, ((const struct expr_unary *)e)->arg);
		break;
	}
}

static void printer_init(struct printer *p, struct eval *ev, struct buf *out)
{
	*p = (struct printer){ .ev = ev, .out = out };
	p->stack_limit = ev->stack_limit ? ev->stack_limit + STACK_RESERVE
					 : (char *)__builtin_frame_address(0) -
						   STACK_DEFAULT;
}

static int printer_finish(struct printer *p)
{
	if (!p->failed && p->out->failed) {
		eval_fail_memory(p->ev);
		p->failed = true;
	}
	return p->failed ? -1 : 0;
}

int ast_print(struct eval *ev, struct buf *out, const struct expr *e)
{
	struct printer p;

	printer_init(&p, ev, out);
	print(&p, e);
	return printer_finish(&p);
}

int ast_print_path(struct eval *ev, struct buf *out,
		   const struct attr_name *path, size_t len)
{
	struct printer p;

	printer_init(&p, ev, out);
	print_path(&p, path, len);
	return printer_finish(&p);
}
