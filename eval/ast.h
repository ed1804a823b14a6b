/*
 * ast.h - Nix expressions as the parser leaves them for the evaluator
 *
 * Nodes begin with struct expr; its op says which of the structs below it is.
 * Variables are resolved: a name is a constant (a global that nothing
 * shadows), a slot of an environment, or an attribute of one of the `with`
 * sets around it. Nodes live in the image arena and are never changed after
 * parsing, but for the inline caches.
 *
 * Environments, as parser and evaluator agree on them (value.h, struct env):
 *
 *   lambda, n simple parameters   a: b: body        slots 0..n-1: a, b
 *                                 (n lambdas in a row are one node)
 *   lambda with formals           { f, g ? d }@a:   slot 0: a, if there is
 *                                 one; then the formals, sorted by symbol.
 *                                 Defaults are evaluated in this environment.
 *   let                           slots 0..n-1: the bindings, in the order of
 *                                 attrs->shape
 *   rec { }                       slot 0: the shape, slots 1..n the values:
 *                                 &slots[0] is the struct attrs itself
 *   with                          slot 0: the set (a thunk at first)
 *
 * A non-recursive set makes no environment.
 *
 * Positions are those that Nix gives its nodes, 0 where it has none (literals,
 * let, ==): messages then have none either.
 */
#ifndef EVAL_AST_H
#define EVAL_AST_H

#include "eval/value.h"

enum expr_op {
	EXPR_CONST,	/* expr_const: a literal, or a global */
	EXPR_VAR0,	/* expr_var, level 0 */
	EXPR_VAR1,	/* expr_var, level 1 */
	EXPR_VAR,	/* expr_var, any level */
	EXPR_WITH_VAR,	/* expr_with_var */
	EXPR_SELECT,	/* expr_select: e.a.b or d */
	EXPR_HAS_ATTR,	/* expr_select without fallback: e ? a.b */
	EXPR_ATTRS,	/* expr_attrs */
	EXPR_REC_ATTRS, /* expr_attrs */
	EXPR_LET,	/* expr_let */
	EXPR_LIST,	/* expr_list */
	EXPR_LAMBDA,	/* expr_lambda */
	EXPR_CALL,	/* expr_call */
	EXPR_WITH,	/* expr_binary: lhs the set, rhs the body */
	EXPR_IF,	/* expr_if */
	EXPR_ASSERT,	/* expr_binary: lhs the condition, rhs the body */
	EXPR_NOT,	/* expr_unary */
	EXPR_EQ,	/* expr_binary, and so on to EXPR_LESS */
	EXPR_NEQ,
	EXPR_AND,
	EXPR_OR,
	EXPR_IMPL,
	EXPR_UPDATE, /* lhs // rhs */
	EXPR_CONCAT, /* lhs ++ rhs */
	EXPR_SUB,    /* only where __sub is the global; else EXPR_CALL */
	EXPR_MUL,
	EXPR_DIV,
	EXPR_LESS,	   /* lhs < rhs; a > b is LESS(b, a), a <= b is
			      NOT(LESS(b, a)), a >= b is NOT(LESS(a, b)) */
	EXPR_STRINGS,	   /* expr_strings: "a${b}c", a + b, ./a/${b} */
	EXPR_POS,	   /* __curPos: the node's own position */
	EXPR_INHERIT_FROM, /* expr_inherit_from: in expr_attrs->values only */
	EXPR_INHERIT,	   /* expr_unary: a binding's value that is resolved in
			      the scope around a rec set or let (inherit a;) */
};

/* pos is what Expr::getPos() of the same node is in Nix, 0 where it is noPos
 * (literals, let, non-empty lists: the first element's), as it shows in
 * messages. */
#define EXPR_DEFINITIONS 4 /* in flags */

struct expr {
	uint8_t op;    /* enum expr_op */
	uint8_t flags; /* EXPR_STRINGS: 1 = interpolation (coerce to string);
			  EXPR_CONST: 1 = a global, print by its name;
			  variables and globals: 2 = of inherit a;;
			  EXPR_REC_ATTRS: 4 = the body of mergeDefinitions,
			  see definitions.h */
	uint16_t reserved;
	pos_t pos;
};

struct expr_const {
	struct expr e;
	value v;
	symbol name; /* a global: its name, for printing */
};

struct expr_var {
	struct expr e;
	uint32_t level, slot;
	symbol name;
};

/*
 * levels[0..len-1]: how many environments up each enclosing `with` is,
 * innermost first.
 */
struct expr_with_var {
	struct expr e;
	symbol name;
	uint32_t len;
	uint32_t levels[];
};

/* One step of an attribute path: a name, or an expression that gives one. */
struct attr_name {
	symbol sym; /* 0: dynamic */
	pos_t pos;
	struct expr *expr;	   /* dynamic */
	const struct shape *shape; /* inline cache: the shape last seen ... */
	uint32_t index;		   /* ... and where the name is in it */
};

struct expr_select {
	struct expr e;
	struct expr *set;
	struct expr *fallback; /* NULL: none */
	uint32_t len;
	struct attr_name path[];
};

struct expr_list {
	struct expr e;
	uint32_t len;
	struct expr *items[];
};

struct dynamic_attr {
	pos_t pos;
	struct expr *name, *value;
};

/*
 * The bindings of a set or let. values[i] belongs to the shape's name i. In a
 * rec set or let, values see the new environment, but those wrapped in
 * EXPR_INHERIT; from[] (the e of inherit (e) a b;) see it too.
 */
struct expr_attrs {
	struct expr e;
	const struct shape *shape;
	uint32_t from_len;
	uint32_t dynamic_len;
	struct expr **from;
	struct dynamic_attr *dynamic; /* evaluated last, in the inner scope */
	struct expr *values[];
};

/* Attribute name of the value of expr_attrs->from[from]. */
struct expr_inherit_from {
	struct expr e;
	uint32_t from;
	struct attr_name name;
};

struct expr_let {
	struct expr e;
	struct expr_attrs *bindings;
	struct expr *body;
};

struct formal {
	symbol name;
	pos_t pos;
	struct expr *fallback; /* NULL: required */
};

struct formals {
	uint32_t len;
	bool ellipsis;
	struct formal items[]; /* sorted by symbol */
};

struct lambda_param {
	symbol name;
	pos_t pos; /* of the lambda that it begins */
};

struct expr_lambda {
	struct expr e;
	symbol name;		 /* what it is bound to, for messages; 0 none */
	symbol arg;		 /* formals: the name after or before @, or 0 */
	struct formals *formals; /* NULL: simple parameters */
	struct expr *body;
	uint32_t env_len; /* slots of the environment of a call */
	uint32_t arity;	  /* 1 with formals, else the number of params */
	struct lambda_param params[]; /* arity of them, where no formals */
};

/* f a b is one node with two arguments. */
struct expr_call {
	struct expr e;
	struct expr *fn;
	uint32_t len;
	struct expr *args[];
};

struct expr_unary {
	struct expr e;
	struct expr *arg;
};

struct expr_binary {
	struct expr e;
	struct expr *lhs, *rhs;
};

struct expr_if {
	struct expr e;
	struct expr *cond, *then, *other;
};

/* a + b has two parts, and a + b + c is a + whose first part is a +. */
struct expr_strings {
	struct expr e;
	uint32_t len;
	struct expr *parts[]; /* then the position of each, for messages */
};

static inline pos_t expr_strings_pos(const struct expr_strings *e, size_t i)
{
	return ((const pos_t *)(e->parts + e->len))[i];
}

#endif
