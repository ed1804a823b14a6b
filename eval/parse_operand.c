/*
 * parse_operand.c - simple expressions, selections, calls, operators
 */
#include <stdio.h>

#include "eval/buf.h"
#include "eval/file.h"
#include "eval/parser.h"

static struct expr *parse_argument(struct parser *p);

static bool begins_simple(enum token_kind kind)
{
	switch (kind) {
	case TOK_ID:
	case TOK_INT:
	case TOK_FLOAT:
	case TOK_QUOTE:
	case TOK_IND_OPEN:
	case TOK_PATH:
	case TOK_HPATH:
	case TOK_SPATH:
	case TOK_URI:
	case TOK_LPAREN:
	case TOK_LET:
	case TOK_REC:
	case TOK_LBRACE:
	case TOK_LBRACKET:
		return true;
	default:
		return false;
	}
}

static struct expr *parse_list(struct parser *p)
{
	uint32_t start = p->exprs_len;
	struct expr *e;

	if (parser_next(p) < 0)
		return NULL;
	while (begins_simple(p->lex.tok.kind)) {
		e = parse_argument(p);
		if (!e || parser_push(p, e) < 0)
			return NULL;
	}
	if (p->lex.tok.kind != TOK_RBRACKET) {
		parser_unexpected(p, -1);
		return NULL;
	}
	if (parser_next(p) < 0)
		return NULL;
	return parser_list(p, start);
}

int parse_set(struct parser *p, struct open_attrs *set,
	      const struct token *first)
{
	if (parse_bindings(p, set, first) < 0)
		return -1;
	if (p->lex.tok.kind != TOK_RBRACE)
		return set->rec ? parser_unexpected(p, TOK_INHERIT, TOK_RBRACE,
						    -1)
				: parser_unexpected(p, TOK_INHERIT, -1);
	return parser_next(p);
}

/* rec { } and let { }, at the keyword. */
static struct expr *parse_rec(struct parser *p)
{
	struct token tok = p->lex.tok;
	struct open_attrs *set;
	struct attr_name body = { .sym = SYM_body };

	if (parser_next(p) < 0 || parser_expect(p, TOK_LBRACE) < 0)
		return NULL;
	set = open_attrs_new(p, parser_pos(p, tok.start));
	if (!set)
		return NULL;
	set->rec = true;
	if (parse_set(p, set, NULL) < 0)
		return NULL;
	if (tok.kind == TOK_REC)
		return &set->e;
	if (p->path_len == p->path_room &&
	    parser_grow(p, (void **)&p->path, &p->path_room, sizeof(*p->path)) <
		    0)
		return NULL;
	p->path[p->path_len++] = body;
	return parser_select(p, EXPR_SELECT, 0, &set->e, p->path_len - 1, NULL);
}

static struct expr *parse_simple(struct parser *p)
{
	struct token tok = p->lex.tok;
	pos_t pos = parser_pos(p, tok.start);
	struct open_attrs *set;
	struct expr *e;

	if (parser_too_deep(p))
		return NULL;
	switch (tok.kind) {
	case TOK_ID:
		e = tok.as.sym == SYM_cur_pos
			    ? parser_unary(p, EXPR_POS, pos, NULL)
			    : parser_var(p, tok.as.sym, pos);
		break;
	case TOK_INT:
		e = parser_int(p, tok.as.integer);
		break;
	case TOK_FLOAT:
		e = parser_float(p, tok.as.number);
		break;
	case TOK_URI:
		if (lint_url(p, &tok) < 0)
			return NULL;
		e = parser_string_const(p, p->lex.text + tok.start,
					tok.end - tok.start);
		break;
	case TOK_SPATH:
		e = parse_search_path(p);
		break;
	case TOK_QUOTE:
		return parse_string(p);
	case TOK_IND_OPEN:
		return parse_indented(p);
	case TOK_PATH:
	case TOK_HPATH:
		return parse_path(p);
	case TOK_LPAREN:
		if (parser_next(p) < 0)
			return NULL;
		e = parse_expr(p);
		if (!e || parser_expect(p, TOK_RPAREN) < 0)
			return NULL;
		return e;
	case TOK_LET:
	case TOK_REC:
		return parse_rec(p);
	case TOK_LBRACE:
		set = open_attrs_new(p, pos);
		if (!set || parser_next(p) < 0 || parse_set(p, set, NULL) < 0)
			return NULL;
		return &set->e;
	case TOK_LBRACKET:
		return parse_list(p);
	default:
		parser_unexpected(p, -1);
		return NULL;
	}
	if (!e || parser_next(p) < 0)
		return NULL;
	return e;
}

/* simple: what was read already, from pos on; or NULL. */
static struct expr *parse_select(struct parser *p, struct expr *simple,
				 pos_t pos)
{
	struct expr *e = simple ? simple : parse_simple(p), *fallback = NULL;
	uint32_t start;

	if (!e)
		return NULL;
	if (p->lex.tok.kind == TOK_DOT) {
		if (parser_next(p) < 0 || parse_attr_path(p, NULL, &start) < 0)
			return NULL;
		if (p->lex.tok.kind == TOK_OR_KW) {
			if (parser_next(p) < 0)
				return NULL;
			fallback = parse_argument(p);
			if (!fallback)
				return NULL;
		}
		return parser_select(p, EXPR_SELECT, pos, e, start, fallback);
	}
	if (p->lex.tok.kind == TOK_OR_KW) {
		/* Old code has a function named or: `f or` is a call. */
		struct expr *var = parser_var(p, SYM_or_, pos);

		p->or_end = p->lex.tok.end;
		if (!var || parser_next(p) < 0)
			return NULL;
		return p->or_call = parser_plain_call(p, pos, e, 1, &var);
	}
	return e;
}

/* Nix warns where `f or` would mean something else if or were a mere name. */
static void warn_of_or(struct parser *p, const struct expr *e)
{
	FILE *out = p->ev->settings.messages;
	struct position at;
	uint32_t start = e->pos - p->lex.base;

	if (out && !p->in->syntax_only && file_position(p->ev, e->pos, &at))
		fprintf(out,
			"warning: at %s:%u:%u: This expression uses `or` as "
			"an identifier in a way that will change in a future "
			"Nix release.\n"
			"Wrap this entire expression in parentheses to "
			"preserve its current meaning:\n"
			"    (%.*s)\n"
			"Give feedback at "
			"https://github.com/NixOS/nix/pull/11121\n",
			at.file->name, at.line, at.column,
			buf_clip(p->or_end - start), p->lex.text + start);
}

/* An argument, an element of a list, or what follows `or`. */
static struct expr *parse_argument(struct parser *p)
{
	struct expr *e = parse_select(p, NULL, parser_pos(p, p->lex.tok.start));

	if (e && e == p->or_call)
		warn_of_or(p, e);
	return e;
}

/* A call of what is on the stack from start on; takes it off. */
static struct expr *call_stacked(struct parser *p, pos_t pos, struct expr *fn,
				 uint32_t start)
{
	struct expr *e =
		parser_call(p, pos, fn, p->exprs_len - start, p->exprs + start);

	p->exprs_len = start;
	return e;
}

static struct expr *parse_application(struct parser *p, struct expr *simple,
				      pos_t pos)
{
	uint32_t start = p->exprs_len;
	struct expr *fn = parse_select(p, simple, pos), *arg;

	/* It means the same in future: no warning, in parentheses say. */
	if (fn == p->or_call)
		p->or_call = NULL;
	if (!fn || !begins_simple(p->lex.tok.kind))
		return fn;
	do {
		arg = parse_argument(p);
		if (!arg || parser_push(p, arg) < 0)
			return NULL;
	} while (begins_simple(p->lex.tok.kind));
	return call_stacked(p, pos, fn, start);
}

enum precedence {
	PREC_NONE,
	PREC_IMPL,
	PREC_OR,
	PREC_AND,
	PREC_EQUAL,
	PREC_COMPARE,
	PREC_UPDATE,
	PREC_NOT,
	PREC_ADD,
	PREC_MULTIPLY,
	PREC_CONCAT,
	PREC_HAS_ATTR,
};

enum associativity { LEFT, RIGHT, NOT_ASSOCIATIVE };

struct operator
{
	uint8_t precedence, associativity, op;
	bool swapped, negated; /* a <= b is !(b < a) */
	bool no_pos;	       /* Nix gives it no position */
};

static const struct operator operators[TOK_COUNT] = {
	[TOK_IMPL] = { PREC_IMPL, RIGHT, EXPR_IMPL },
	[TOK_OR] = { PREC_OR, LEFT, EXPR_OR },
	[TOK_AND] = { PREC_AND, LEFT, EXPR_AND },
	[TOK_EQ] = { PREC_EQUAL, NOT_ASSOCIATIVE, EXPR_EQ, .no_pos = true },
	[TOK_NEQ] = { PREC_EQUAL, NOT_ASSOCIATIVE, EXPR_NEQ, .no_pos = true },
	[TOK_LESS] = { PREC_COMPARE, NOT_ASSOCIATIVE, EXPR_LESS },
	[TOK_GREATER] = { PREC_COMPARE, NOT_ASSOCIATIVE, EXPR_LESS,
			  .swapped = true },
	[TOK_LEQ] = { PREC_COMPARE, NOT_ASSOCIATIVE, EXPR_LESS, .swapped = true,
		      .negated = true },
	[TOK_GEQ] = { PREC_COMPARE, NOT_ASSOCIATIVE, EXPR_LESS,
		      .negated = true },
	[TOK_UPDATE] = { PREC_UPDATE, RIGHT, EXPR_UPDATE },
	[TOK_PLUS] = { PREC_ADD, LEFT, EXPR_STRINGS },
	[TOK_MINUS] = { PREC_ADD, LEFT, EXPR_SUB },
	[TOK_TIMES] = { PREC_MULTIPLY, LEFT, EXPR_MUL },
	[TOK_DIVIDE] = { PREC_MULTIPLY, LEFT, EXPR_DIV },
	[TOK_CONCAT] = { PREC_CONCAT, RIGHT, EXPR_CONCAT },
	[TOK_QUESTION] = { PREC_HAS_ATTR, LEFT, EXPR_HAS_ATTR },
};

static struct expr *parse_binary(struct parser *p, enum precedence min,
				 struct expr *simple, pos_t pos);

static struct expr *parse_unary(struct parser *p, struct expr *simple,
				pos_t pos)
{
	enum token_kind kind = p->lex.tok.kind;
	struct expr *e, *zero;
	pos_t start;

	if (simple || (kind != TOK_NOT && kind != TOK_MINUS))
		return parse_application(p, simple, pos);
	if (parser_too_deep(p) || parser_next(p) < 0)
		return NULL;
	start = parser_pos(p, p->lex.tok.start);
	if (kind == TOK_NOT) {
		e = parse_binary(p, PREC_NOT + 1, NULL, start);
		return e ? parser_unary(p, EXPR_NOT, e->pos, e) : NULL;
	}
	e = parse_unary(p, NULL, start);
	zero = e ? parser_int(p, 0) : NULL;
	return zero ? parser_binary(p, EXPR_SUB, pos, zero, e) : NULL;
}

/* Operators that bind at least as tightly as min. */
static struct expr *parse_binary(struct parser *p, enum precedence min,
				 struct expr *simple, pos_t pos)
{
	struct expr *lhs, *rhs;

	if (parser_too_deep(p))
		return NULL;
	lhs = parse_unary(p, simple, pos);
	while (lhs) {
		const struct operator* op = & operators[p->lex.tok.kind];
		pos_t op_pos = parser_pos(p, p->lex.tok.start), rhs_pos;

		if (op->precedence < min || op->precedence == PREC_NONE)
			break;
		if (parser_next(p) < 0)
			return NULL;
		if (op->op == EXPR_HAS_ATTR) {
			uint32_t start;

			if (parse_attr_path(p, NULL, &start) < 0)
				return NULL;
			lhs = parser_select(p, EXPR_HAS_ATTR, lhs->pos, lhs,
					    start, NULL);
			continue;
		}
		rhs_pos = parser_pos(p, p->lex.tok.start);
		rhs = parse_binary(
			p, op->precedence + (op->associativity != RIGHT), NULL,
			rhs_pos);
		if (!rhs)
			return NULL;
		if (op->associativity == NOT_ASSOCIATIVE &&
		    operators[p->lex.tok.kind].precedence == op->precedence) {
			parser_unexpected(p, -1);
			return NULL;
		}
		if (op->op == EXPR_STRINGS)
			lhs = parser_plus(p, op_pos, lhs, pos, rhs, rhs_pos);
		else if (op->swapped)
			lhs = parser_binary(p, op->op, op_pos, rhs, lhs);
		else
			lhs = parser_binary(p, op->op, op->no_pos ? 0 : op_pos,
					    lhs, rhs);
		if (lhs && op->negated)
			lhs = parser_unary(p, EXPR_NOT, op_pos, lhs);
	}
	return lhs;
}

/* f <| g <| x: fold what was collected from the right. */
static struct expr *parse_pipe_from(struct parser *p, struct expr *e)
{
	uint32_t first = p->exprs_len;
	pos_t pos;

	while (p->lex.tok.kind == TOK_PIPE_FROM) {
		struct expr *mark;

		/* The pipe's position is kept in a node of its own. */
		mark = parser_unary(p, EXPR_POS,
				    parser_pos(p, p->lex.tok.start), e);
		if (!mark || parser_push(p, mark) < 0 || parser_next(p) < 0)
			return NULL;
		e = parse_binary(p, PREC_IMPL, NULL,
				 parser_pos(p, p->lex.tok.start));
		if (!e)
			return NULL;
	}
	while (e && p->exprs_len > first) {
		struct expr_unary *mark =
			(struct expr_unary *)p->exprs[--p->exprs_len];

		pos = mark->e.pos;
		e = parser_call(p, pos, mark->arg, 1, &e);
	}
	return e;
}

struct expr *parse_operators(struct parser *p, struct expr *simple, pos_t pos)
{
	struct expr *e = parse_binary(p, PREC_IMPL, simple, pos), *fn;

	if (!e)
		return NULL;
	if (p->lex.tok.kind == TOK_PIPE_FROM)
		return parse_pipe_from(p, e);
	while (e && p->lex.tok.kind == TOK_PIPE_INTO) {
		pos_t pipe = parser_pos(p, p->lex.tok.start);

		if (parser_next(p) < 0)
			return NULL;
		fn = parse_binary(p, PREC_IMPL, NULL,
				  parser_pos(p, p->lex.tok.start));
		e = fn ? parser_call(p, pipe, fn, 1, &e) : NULL;
	}
	return e;
}
