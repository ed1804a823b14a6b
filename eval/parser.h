/*
 * parser.h - what parse.c, parse_attrs.c, parse_string.c and scope.c share
 *
 * Nobody else includes this: parse.h is the interface.
 */
#ifndef EVAL_PARSER_H
#define EVAL_PARSER_H

#include "eval/arena.h"
#include "eval/error.h"
#include "eval/eval.h"
#include "eval/lexer.h"
#include "eval/parse.h"

/* A set that can still grow; scope.c makes it an expr_attrs. */
#define EXPR_OPEN_ATTRS 255

/* expr.flags */
#define EXPR_INTERPOLATION 1 /* of EXPR_STRINGS */
#define EXPR_GLOBAL 1	     /* of EXPR_CONST */
#define EXPR_INHERITED 2     /* of variables and globals: inherit a; */

/* What can be bound in a set that is not finished. */
struct open_attrs {
	struct expr e;
	bool rec;
	uint32_t len, room;
	symbol *names; /* in the order of writing */
	pos_t *positions;
	struct expr **values;
	uint32_t *index; /* hash table of indexes + 1, for many names */
	uint32_t index_mask;
	uint32_t from_len, from_room;
	struct expr **from;
	uint32_t dynamic_len, dynamic_room;
	struct dynamic_attr *dynamic;
};

/* A piece of a string: an expression, or bytes. */
struct part {
	struct expr *expr; /* NULL: bytes */
	const char *bytes;
	uint32_t len;
	pos_t pos;
	bool indentation; /* bytes that may begin with indentation */
};

struct parser {
	struct lexer lex; /* lex.tok: the token to be looked at */
	struct eval *ev;
	const struct parse_input *in;
	struct arena *arena;		/* what stays */
	struct parser_scratch *scratch; /* what goes when parsing is over */
	char *stack_limit;
	/* The last `f or` that was made a call, and where it ends. */
	struct expr *or_call;
	uint32_t or_end;
	/* Stacks of things that are being collected. */
	struct expr **exprs;
	uint32_t exprs_len, exprs_room;
	struct part *parts;
	uint32_t parts_len, parts_room;
	struct attr_name *path;
	uint32_t path_len, path_room;
};

/* Memory that lasts until the end of the parse; NULL with an error. */
void *parser_scratch(struct parser *p, size_t size);

/* Memory that stays; NULL with an error. */
static inline void *parser_alloc(struct parser *p, size_t size)
{
	void *memory = arena_alloc(p->arena, size);

	if (!memory)
		eval_fail_memory(p->ev);
	return memory;
}

/* Room for one more; 0 or -1. */
int parser_grow(struct parser *p, void **items, uint32_t *room, size_t size);

static inline int parser_push(struct parser *p, struct expr *e)
{
	if (p->exprs_len == p->exprs_room &&
	    parser_grow(p, (void **)&p->exprs, &p->exprs_room,
			sizeof(*p->exprs)) < 0)
		return -1;
	p->exprs[p->exprs_len++] = e;
	return 0;
}

/* The stack is nearly used up: fail, and say true. */
bool parser_too_deep(struct parser *p);

static inline pos_t parser_pos(const struct parser *p, uint32_t offset)
{
	return p->lex.base + offset;
}

static inline int parser_next(struct parser *p)
{
	return lexer_next(&p->lex);
}

/*
 * "syntax error, unexpected ..." at the current token. Up to 4 kinds that
 * were expected, ended by -1; none: more than Nix lists. Returns -1.
 */
int parser_unexpected(struct parser *p, ...);

/* If the token is of this kind go past it, else fail as if only this had been
 * expected. */
int parser_expect(struct parser *p, enum token_kind kind);
/* The symbol of a name, which is interned now if the lexer has not done so; 0
 * with the error pending. */
symbol parser_symbol(struct parser *p, const struct token *tok);

static inline struct expr *parser_node(struct expr *e, enum expr_op op,
				       pos_t pos)
{
	*e = (struct expr){ .op = op, .pos = pos };
	return e;
}

/* parse_node.c: all give NULL with the error pending. */
struct expr *parser_var(struct parser *p, symbol name, pos_t pos);
/* v may be 0: what made it has failed. */
struct expr *parser_const(struct parser *p, value v);
struct expr *parser_int(struct parser *p, int64_t n);
struct expr *parser_float(struct parser *p, double number);
struct expr *parser_unary(struct parser *p, enum expr_op op, pos_t pos,
			  struct expr *arg);
struct expr *parser_binary(struct parser *p, enum expr_op op, pos_t pos,
			   struct expr *lhs, struct expr *rhs);
/* lhs + rhs, with the positions where they begin. */
struct expr *parser_plus(struct parser *p, pos_t pos, struct expr *lhs,
			 pos_t lhs_pos, struct expr *rhs, pos_t rhs_pos);
/* fn applied to args: a call that is called gets more arguments. */
struct expr *parser_call(struct parser *p, pos_t pos, struct expr *fn,
			 size_t len, struct expr *const *args);
/* The same, but a call of its own. */
struct expr *parser_plain_call(struct parser *p, pos_t pos, struct expr *fn,
			       size_t len, struct expr *const *args);
/* Of p->exprs from start on, and of p->path from start on: they are taken. */
struct expr *parser_list(struct parser *p, uint32_t start);
struct expr *parser_select(struct parser *p, enum expr_op op, pos_t pos,
			   struct expr *set, uint32_t start,
			   struct expr *fallback);

/* parse.c */
struct expr *parse_expr(struct parser *p);

/* parse_operand.c. simple: an operand that was read already, from pos on. */
struct expr *parse_operators(struct parser *p, struct expr *simple, pos_t pos);
/* The bindings and the brace of a set whose opening brace is behind; first as
 * for parse_bindings(). */
int parse_set(struct parser *p, struct open_attrs *set,
	      const struct token *first);

/* parse_function.c */
/* a: b: body, at the first colon; first is the a. */
struct expr *parse_lambda(struct parser *p, const struct token *first);
/* a@{ b }: body, at the @. */
struct expr *parse_named_formals(struct parser *p, const struct token *name);
/*
 * { a, b ? 1, ... }, up to behind the brace. first: a name that was read
 * already; NULL: the token is what follows the opening brace.
 */
struct formals *parse_formals(struct parser *p, const struct token *first);
/* What follows formals: @a, and the body. pos: where they begin; formals may be
 * NULL: they have failed. */
struct expr *parse_formals_rest(struct parser *p, struct formals *formals,
				pos_t pos);

/* parse_string.c: the token is the one that begins the literal. */
struct expr *parser_string_const(struct parser *p, const char *bytes,
				 size_t len);
struct expr *parse_string(struct parser *p);
struct expr *parse_indented(struct parser *p);
struct expr *parse_path(struct parser *p);
struct expr *parse_search_path(struct parser *p);
/* The symbol of a string constant; 0: it is none (or no memory, *failed). */
symbol parser_const_symbol(const struct expr *e, bool *failed);

/* parse_attrs.c */
struct open_attrs *open_attrs_new(struct parser *p, pos_t pos);
/* The bindings up to what cannot begin one. first: a name that was read
 * already, with the token after it the current one; or NULL. */
int parse_bindings(struct parser *p, struct open_attrs *set,
		   const struct token *first);
/* One step of an attribute path. */
int parse_attr_name(struct parser *p, struct attr_name *out);
/* a.b.${c}, put on p->path; *start is where the first was put. */
int parse_attr_path(struct parser *p, const struct token *first,
		    uint32_t *start);

/* scope.c */
int scope_resolve(struct parser *p, struct expr **expr);

/* lint.c: warn about a literal, or fail, as the settings ask. 0 or -1. */
int lint_url(struct parser *p, const struct token *tok);
int lint_path(struct parser *p, const struct token *tok);

#endif
