/*
 * parse_node.c - making the nodes of the syntax tree
 */
#include <string.h>

#include "eval/parser.h"

/* A variable has room for what scope.c may make of it. */
struct expr *parser_var(struct parser *p, symbol name, pos_t pos)
{
	struct expr_var *var = parser_alloc(p, sizeof(struct expr_const));

	_Static_assert(sizeof(struct expr_var) <= sizeof(struct expr_const) &&
			       sizeof(struct expr_with_var) +
					       2 * sizeof(uint32_t) <=
				       sizeof(struct expr_const),
		       "a variable can become a constant where it is");
	if (!var)
		return NULL;
	var->name = name;
	return parser_node(&var->e, EXPR_VAR, pos);
}

struct expr *parser_const(struct parser *p, value v)
{
	struct expr_const *e;

	if (!v)
		return NULL;
	e = parser_alloc(p, sizeof(*e));
	if (!e)
		return NULL;
	e->v = v;
	e->name = 0;
	return parser_node(&e->e, EXPR_CONST, 0);
}

struct expr *parser_unary(struct parser *p, enum expr_op op, pos_t pos,
			  struct expr *arg)
{
	struct expr_unary *e = parser_alloc(p, sizeof(*e));

	if (!e)
		return NULL;
	e->arg = arg;
	return parser_node(&e->e, op, pos);
}

struct expr *parser_binary(struct parser *p, enum expr_op op, pos_t pos,
			   struct expr *lhs, struct expr *rhs)
{
	struct expr_binary *e = parser_alloc(p, sizeof(*e));

	if (!e)
		return NULL;
	e->lhs = lhs;
	e->rhs = rhs;
	return parser_node(&e->e, op, pos);
}

static struct expr *join_call(struct parser *p, pos_t pos, struct expr *fn,
			      size_t first_len, struct expr *const *first,
			      size_t len, struct expr *const *args)
{
	struct expr_call *e =
		parser_alloc(p, sizeof(*e) + (first_len + len) * sizeof(*args));

	if (!e)
		return NULL;
	e->fn = fn;
	e->len = first_len + len;
	if (first_len)
		memcpy(e->args, first, first_len * sizeof(*args));
	if (len)
		memcpy(e->args + first_len, args, len * sizeof(*args));
	return parser_node(&e->e, EXPR_CALL, pos);
}

struct expr *parser_plain_call(struct parser *p, pos_t pos, struct expr *fn,
			       size_t len, struct expr *const *args)
{
	return join_call(p, pos, fn, 0, NULL, len, args);
}

static symbol operator_name(enum expr_op op)
{
	switch (op) {
	case EXPR_SUB:
		return SYM_sub;
	case EXPR_MUL:
		return SYM_mul;
	case EXPR_DIV:
		return SYM_div;
	case EXPR_LESS:
		return SYM_less_than;
	default:
		return 0;
	}
}

/* To Nix, a difference is a call of __sub, and can get more arguments. */
struct expr *parser_call(struct parser *p, pos_t pos, struct expr *fn,
			 size_t len, struct expr *const *args)
{
	symbol name = operator_name(fn->op);

	if (fn->op == EXPR_CALL) {
		struct expr_call *call = (struct expr_call *)fn;

		return join_call(p, fn->pos, call->fn, call->len, call->args,
				 len, args);
	}
	if (name) {
		struct expr_binary *binary = (struct expr_binary *)fn;
		struct expr *var = parser_var(p, name, 0);

		if (!var)
			return NULL;
		return join_call(p, fn->pos, var, 2, &binary->lhs, len, args);
	}
	return join_call(p, pos, fn, 0, NULL, len, args);
}

struct expr *parser_list(struct parser *p, uint32_t start)
{
	uint32_t len = p->exprs_len - start;
	struct expr_list *e =
		parser_alloc(p, sizeof(*e) + len * sizeof(*e->items));

	if (!e)
		return NULL;
	e->len = len;
	if (len)
		memcpy(e->items, p->exprs + start, len * sizeof(*e->items));
	p->exprs_len = start;
	return parser_node(&e->e, EXPR_LIST, len ? e->items[0]->pos : 0);
}

struct expr *parser_select(struct parser *p, enum expr_op op, pos_t pos,
			   struct expr *set, uint32_t start,
			   struct expr *fallback)
{
	uint32_t len = p->path_len - start;
	struct expr_select *e =
		parser_alloc(p, sizeof(*e) + len * sizeof(*e->path));

	if (!e)
		return NULL;
	e->set = set;
	e->fallback = fallback;
	e->len = len;
	memcpy(e->path, p->path + start, len * sizeof(*e->path));
	p->path_len = start;
	return parser_node(&e->e, op, pos);
}

struct expr *parser_int(struct parser *p, int64_t n)
{
	struct box *box;

	if (n == (int64_t)((uint64_t)n << 3) >> 3)
		return parser_const(p, (value)((uint64_t)n << 3 | TAG_INT));
	box = parser_alloc(p, sizeof(*box));
	if (!box)
		return NULL;
	*box = (struct box){ .kind = BOX_INT, .as.integer = n };
	return parser_const(p, value_of(box, TAG_BOX));
}

struct expr *parser_float(struct parser *p, double number)
{
	struct box *box = parser_alloc(p, sizeof(*box));

	if (!box)
		return NULL;
	*box = (struct box){ .kind = BOX_FLOAT, .as.number = number };
	return parser_const(p, value_of(box, TAG_BOX));
}

struct expr *parser_plus(struct parser *p, pos_t pos, struct expr *lhs,
			 pos_t lhs_pos, struct expr *rhs, pos_t rhs_pos)
{
	struct expr_strings *e = parser_alloc(
		p, sizeof(*e) + 2 * sizeof(*e->parts) + 2 * sizeof(pos_t));
	pos_t *positions;

	if (!e)
		return NULL;
	e->len = 2;
	e->parts[0] = lhs;
	e->parts[1] = rhs;
	positions = (pos_t *)(e->parts + 2);
	positions[0] = lhs_pos;
	positions[1] = rhs_pos;
	return parser_node(&e->e, EXPR_STRINGS, pos);
}
