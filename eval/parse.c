/*
 * parse.c - the grammar of expressions, by recursive descent
 *
 * Levels, from loose to tight: functions, let, with, assert, if; pipes; binary
 * operators by precedence climbing; application; selection; the simple ones.
 * Where Nix's LALR automaton gives up, and what it then says it expected, is
 * part of the behaviour: parser_unexpected() is given the same lists.
 */
#include "eval/parse.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/parser.h"

/* Lambdas in a row that become one node. */
#define ARITY_MAX 60
/* Stack that is kept for what the deepest level calls, bytes. */
#define STACK_RESERVE (64 << 10)
/* Stack that may be used where the evaluator does not say. */
#define STACK_DEFAULT (4 << 20)

#define SCRATCH_PIECE ((size_t)1 << 18)

struct parser_piece {
	struct parser_piece *next;
	size_t size;
	char bytes[];
};

/* Kept from one parse to the next: the first piece is enough for most. */
struct parser_scratch {
	struct parser_piece *pieces;
	char *next, *end;
};

static struct parser_scratch the_scratch;

void *parser_scratch(struct parser *p, size_t size)
{
	struct parser_scratch *scratch = p->scratch;
	void *memory;

	size = (size + 7) & ~(size_t)7;
	if (size > (size_t)(scratch->end - scratch->next)) {
		size_t room = size > SCRATCH_PIECE ? size : SCRATCH_PIECE;
		struct parser_piece *piece = malloc(sizeof(*piece) + room);

		if (!piece) {
			eval_fail_memory(p->ev);
			return NULL;
		}
		piece->next = scratch->pieces;
		piece->size = room;
		scratch->pieces = piece;
		scratch->next = piece->bytes;
		scratch->end = piece->bytes + room;
	}
	memory = scratch->next;
	scratch->next += size;
	return memory;
}

/* Forget everything, keep the piece that was made first. */
static void parser_scratch_reset(struct parser_scratch *scratch)
{
	while (scratch->pieces && scratch->pieces->next) {
		struct parser_piece *piece = scratch->pieces;

		scratch->pieces = piece->next;
		free(piece);
	}
	if (scratch->pieces) {
		scratch->next = scratch->pieces->bytes;
		scratch->end = scratch->next + scratch->pieces->size;
	}
}

int parser_grow(struct parser *p, void **items, uint32_t *room, size_t size)
{
	uint32_t more = *room ? *room * 2 : 64;
	void *memory = NULL;

	if (more > *room)
		memory = realloc(*items, more * size);
	if (!memory) {
		eval_fail_memory(p->ev);
		return -1;
	}
	*items = memory;
	*room = more;
	return 0;
}

bool parser_too_deep(struct parser *p)
{
	if ((char *)__builtin_frame_address(0) > p->stack_limit)
		return false;
	eval_fail(p->ev, ERROR_DEPTH, parser_pos(p, p->lex.tok.start),
		  "stack overflow: the expression is nested too deeply");
	return true;
}

int parser_unexpected(struct parser *p, ...)
{
	struct buf text = BUF_INIT;
	const char *before = ", expecting ";
	va_list args;
	int kind;

	buf_add_text(&text, "syntax error, unexpected ");
	buf_add_text(&text, token_name(p->lex.tok.kind));
	va_start(args, p);
	while ((kind = va_arg(args, int)) >= 0) {
		buf_add_text(&text, before);
		buf_add_text(&text, token_name(kind));
		before = " or ";
	}
	va_end(args);
	eval_fail(p->ev, ERROR_PARSE, parser_pos(p, p->lex.tok.start), "%s",
		  buf_text(&text));
	buf_release(&text);
	return -1;
}

int parser_expect(struct parser *p, enum token_kind kind)
{
	if (p->lex.tok.kind != kind)
		return parser_unexpected(p, kind, -1);
	return parser_next(p);
}

static struct expr *init(struct expr *e, enum expr_op op, pos_t pos)
{
	*e = (struct expr){ .op = op, .pos = pos };
	return e;
}

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
	return init(&var->e, EXPR_VAR, pos);
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
	return init(&e->e, EXPR_CONST, 0);
}

static struct expr *new_unary(struct parser *p, enum expr_op op, pos_t pos,
			      struct expr *arg)
{
	struct expr_unary *e = parser_alloc(p, sizeof(*e));

	if (!e)
		return NULL;
	e->arg = arg;
	return init(&e->e, op, pos);
}

struct expr *parser_binary(struct parser *p, enum expr_op op, pos_t pos,
			   struct expr *lhs, struct expr *rhs)
{
	struct expr_binary *e = parser_alloc(p, sizeof(*e));

	if (!e)
		return NULL;
	e->lhs = lhs;
	e->rhs = rhs;
	return init(&e->e, op, pos);
}

static struct expr *new_call(struct parser *p, pos_t pos, struct expr *fn,
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
	return init(&e->e, EXPR_CALL, pos);
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

/* fn applied to args. A call that is called gets more arguments, and so does
 * a difference: to Nix it is a call of __sub. */
struct expr *parser_call(struct parser *p, pos_t pos, struct expr *fn,
			 size_t len, struct expr *const *args)
{
	symbol name = operator_name(fn->op);

	if (fn->op == EXPR_CALL) {
		struct expr_call *call = (struct expr_call *)fn;

		return new_call(p, fn->pos, call->fn, call->len, call->args,
				len, args);
	}
	if (name) {
		struct expr_binary *binary = (struct expr_binary *)fn;
		struct expr *var = parser_var(p, name, 0);

		if (!var)
			return NULL;
		return new_call(p, fn->pos, var, 2, &binary->lhs, len, args);
	}
	return new_call(p, pos, fn, 0, NULL, len, args);
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

static struct expr *new_list(struct parser *p, uint32_t start)
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
	return init(&e->e, EXPR_LIST, len ? e->items[0]->pos : 0);
}

static struct expr *new_select(struct parser *p, enum expr_op op, pos_t pos,
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
	return init(&e->e, op, pos);
}

static struct expr *parse_int(struct parser *p, int64_t n)
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

static struct expr *parse_float(struct parser *p, double number)
{
	struct box *box = parser_alloc(p, sizeof(*box));

	if (!box)
		return NULL;
	*box = (struct box){ .kind = BOX_FLOAT, .as.number = number };
	return parser_const(p, value_of(box, TAG_BOX));
}

static struct expr *parse_select(struct parser *p, struct expr *simple,
				 pos_t pos);

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
		e = parse_select(p, NULL, parser_pos(p, p->lex.tok.start));
		if (!e || parser_push(p, e) < 0)
			return NULL;
	}
	if (p->lex.tok.kind != TOK_RBRACKET) {
		parser_unexpected(p, -1);
		return NULL;
	}
	if (parser_next(p) < 0)
		return NULL;
	return new_list(p, start);
}

/* The bindings and the brace of a set whose opening brace is behind. */
static int parse_set(struct parser *p, struct open_attrs *set,
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
	return new_select(p, EXPR_SELECT, 0, &set->e, p->path_len - 1, NULL);
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
			    ? new_unary(p, EXPR_POS, pos, NULL)
			    : parser_var(p, tok.as.sym, pos);
		break;
	case TOK_INT:
		e = parse_int(p, tok.as.integer);
		break;
	case TOK_FLOAT:
		e = parse_float(p, tok.as.number);
		break;
	case TOK_URI:
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
			fallback = parse_select(
				p, NULL, parser_pos(p, p->lex.tok.start));
			if (!fallback)
				return NULL;
		}
		return new_select(p, EXPR_SELECT, pos, e, start, fallback);
	}
	if (p->lex.tok.kind == TOK_OR_KW) {
		/* Old code has a function named or: `f or` is a call. */
		struct expr *var = parser_var(p, SYM_or_, pos);

		if (!var || parser_next(p) < 0)
			return NULL;
		return new_call(p, pos, e, 0, NULL, 1, &var);
	}
	return e;
}

static struct expr *parse_application(struct parser *p, struct expr *simple,
				      pos_t pos)
{
	uint32_t start = p->exprs_len;
	struct expr *fn = parse_select(p, simple, pos), *arg;

	if (!fn || !begins_simple(p->lex.tok.kind))
		return fn;
	do {
		arg = parse_select(p, NULL, parser_pos(p, p->lex.tok.start));
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
		return e ? new_unary(p, EXPR_NOT, e->pos, e) : NULL;
	}
	e = parse_unary(p, NULL, start);
	zero = e ? parse_int(p, 0) : NULL;
	return zero ? parser_binary(p, EXPR_SUB, pos, zero, e) : NULL;
}

static struct expr *new_plus(struct parser *p, pos_t pos, struct expr *lhs,
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
	return init(&e->e, EXPR_STRINGS, pos);
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
			lhs = new_select(p, EXPR_HAS_ATTR, lhs->pos, lhs, start,
					 NULL);
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
			lhs = new_plus(p, op_pos, lhs, pos, rhs, rhs_pos);
		else if (op->swapped)
			lhs = parser_binary(p, op->op, op_pos, rhs, lhs);
		else
			lhs = parser_binary(p, op->op, op->no_pos ? 0 : op_pos,
					    lhs, rhs);
		if (lhs && op->negated)
			lhs = new_unary(p, EXPR_NOT, op_pos, lhs);
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
		mark = new_unary(p, EXPR_POS, parser_pos(p, p->lex.tok.start),
				 e);
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

static struct expr *parse_operators(struct parser *p, struct expr *simple,
				    pos_t pos)
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

/* A lambda of simple parameters; a body that is one too is merged into it. */
static struct expr *new_lambda(struct parser *p, uint32_t len,
			       const struct lambda_param *params,
			       struct expr *body)
{
	const struct expr_lambda *inner = NULL;
	struct expr_lambda *e;
	uint32_t arity = len;

	if (body->op == EXPR_LAMBDA) {
		inner = (const struct expr_lambda *)body;
		if (!inner->formals && inner->arity + len <= ARITY_MAX)
			arity += inner->arity;
		else
			inner = NULL;
	}
	e = parser_alloc(p, sizeof(*e) + arity * sizeof(*params));
	if (!e)
		return NULL;
	e->name = e->arg = 0;
	e->formals = NULL;
	e->body = inner ? inner->body : body;
	e->env_len = e->arity = arity;
	memcpy(e->params, params, len * sizeof(*params));
	if (inner)
		memcpy(e->params + len, inner->params,
		       inner->arity * sizeof(*params));
	return init(&e->e, EXPR_LAMBDA, params[0].pos);
}

/* a: b: c: body, at the first colon. */
static struct expr *parse_lambda(struct parser *p, const struct token *first)
{
	struct lambda_param params[ARITY_MAX];
	struct token tok = *first;
	struct expr *body = NULL;
	uint32_t len = 0;

	for (;;) {
		params[len++] = (struct lambda_param){
			.name = tok.as.sym,
			.pos = parser_pos(p, tok.start),
		};
		if (parser_next(p) < 0)
			return NULL;
		tok = p->lex.tok;
		if (tok.kind != TOK_ID || len == ARITY_MAX)
			break;
		/* Only a colon makes it a parameter, so look at one byte;
		 * what may stand between is left to parse_expr(). */
		if (p->lex.p == p->lex.end || *p->lex.p != ':')
			break;
		if (parser_next(p) < 0)
			return NULL;
	}
	body = parse_expr(p);
	return body ? new_lambda(p, len, params, body) : NULL;
}

static int compare_formals(const void *a, const void *b)
{
	const struct formal *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->pos > y->pos) - (x->pos < y->pos);
}

static int fail_formal(struct parser *p, symbol name, pos_t pos)
{
	eval_fail(p->ev, ERROR_PARSE, pos,
		  "duplicate formal function argument '%s'",
		  symbol_bytes(name));
	return -1;
}

static int sort_formals(struct parser *p, struct formals *formals, symbol arg,
			pos_t pos)
{
	const struct formal *items = formals->items;

	qsort(formals->items, formals->len, sizeof(*items), compare_formals);
	for (uint32_t i = 1; i < formals->len; i++)
		if (items[i].name == items[i - 1].name)
			return fail_formal(p, items[i].name, items[i].pos);
	for (uint32_t i = 0; arg && i < formals->len; i++)
		if (items[i].name == arg)
			return fail_formal(p, arg, pos);
	return 0;
}

/*
 * { a, b ? 1, ... }, up to what follows the brace. first: a name that was read
 * already; NULL: the token is what follows the opening brace.
 */
static struct formals *parse_formals(struct parser *p,
				     const struct token *first)
{
	struct formals *formals = NULL;
	struct formal *items = NULL;
	uint32_t len = 0, room = 0;
	bool ellipsis = false, done;
	struct token name;

	done = !first && p->lex.tok.kind == TOK_RBRACE;
	while (!done) {
		if (first) {
			name = *first;
			first = NULL;
		} else if (p->lex.tok.kind == TOK_ELLIPSIS) {
			ellipsis = true;
			if (parser_next(p) < 0)
				goto out;
			if (p->lex.tok.kind != TOK_RBRACE) {
				parser_unexpected(p, TOK_RBRACE, -1);
				goto out;
			}
			break;
		} else if (p->lex.tok.kind == TOK_RBRACE) {
			break;
		} else if (p->lex.tok.kind == TOK_ID) {
			name = p->lex.tok;
			if (parser_next(p) < 0)
				goto out;
		} else {
			parser_unexpected(p, TOK_ID, TOK_ELLIPSIS, TOK_RBRACE,
					  -1);
			goto out;
		}
		if (len == room &&
		    parser_grow(p, (void **)&items, &room, sizeof(*items)) < 0)
			goto out;
		items[len] = (struct formal){
			.name = name.as.sym,
			.pos = parser_pos(p, name.start),
		};
		if (p->lex.tok.kind == TOK_QUESTION) {
			if (parser_next(p) < 0)
				goto out;
			items[len].fallback = parse_expr(p);
			if (!items[len].fallback)
				goto out;
		}
		len++;
		if (p->lex.tok.kind == TOK_COMMA) {
			if (parser_next(p) < 0)
				goto out;
		} else if (p->lex.tok.kind == TOK_RBRACE) {
			done = true;
		} else {
			parser_unexpected(p, TOK_RBRACE, TOK_COMMA, -1);
			goto out;
		}
	}
	if (parser_next(p) < 0)
		goto out;
	formals = parser_alloc(p, sizeof(*formals) + len * sizeof(*items));
	if (!formals)
		goto out;
	formals->len = len;
	formals->ellipsis = ellipsis;
	if (len)
		memcpy(formals->items, items, len * sizeof(*items));
out:
	free(items);
	return formals;
}

/* What follows formals, and their @: the colon and the body. */
static struct expr *parse_formals_body(struct parser *p,
				       struct formals *formals, symbol arg,
				       pos_t pos)
{
	struct expr_lambda *e;
	struct expr *body;

	if (parser_next(p) < 0)
		return NULL;
	body = parse_expr(p);
	if (!body || sort_formals(p, formals, arg, pos) < 0)
		return NULL;
	e = parser_alloc(p, sizeof(*e));
	if (!e)
		return NULL;
	e->name = 0;
	e->arg = arg;
	e->formals = formals;
	e->body = body;
	e->env_len = formals->len + (arg != 0);
	e->arity = 1;
	return init(&e->e, EXPR_LAMBDA, pos);
}

/* After a complete { a, b }. */
static struct expr *parse_formals_rest(struct parser *p,
				       struct formals *formals, pos_t pos)
{
	symbol arg = 0;

	if (!formals)
		return NULL;
	if (p->lex.tok.kind == TOK_AT) {
		if (parser_next(p) < 0)
			return NULL;
		arg = p->lex.tok.as.sym;
		if (parser_expect(p, TOK_ID) < 0)
			return NULL;
		if (p->lex.tok.kind != TOK_COLON) {
			parser_unexpected(p, TOK_COLON, -1);
			return NULL;
		}
	} else if (p->lex.tok.kind != TOK_COLON) {
		parser_unexpected(p, TOK_COLON, TOK_AT, -1);
		return NULL;
	}
	return parse_formals_body(p, formals, arg, pos);
}

/* a@{ b }: body, at the @. */
static struct expr *parse_named_formals(struct parser *p,
					const struct token *name)
{
	struct formals *formals;

	if (parser_next(p) < 0 || parser_expect(p, TOK_LBRACE) < 0)
		return NULL;
	formals = parse_formals(p, NULL);
	if (!formals)
		return NULL;
	if (p->lex.tok.kind != TOK_COLON) {
		parser_unexpected(p, TOK_COLON, -1);
		return NULL;
	}
	return parse_formals_body(p, formals, name->as.sym,
				  parser_pos(p, name->start));
}

/* At a brace that can begin a set or formals: up to three tokens tell. */
static struct expr *parse_brace(struct parser *p)
{
	pos_t pos = parser_pos(p, p->lex.tok.start);
	struct token name;
	struct open_attrs *set;
	bool named = false;

	if (parser_next(p) < 0)
		return NULL;
	if (p->lex.tok.kind == TOK_ELLIPSIS)
		return parse_formals_rest(p, parse_formals(p, NULL), pos);
	if (p->lex.tok.kind == TOK_ID) {
		name = p->lex.tok;
		named = true;
		if (parser_next(p) < 0)
			return NULL;
		if (p->lex.tok.kind == TOK_COMMA ||
		    p->lex.tok.kind == TOK_QUESTION ||
		    p->lex.tok.kind == TOK_RBRACE)
			return parse_formals_rest(p, parse_formals(p, &name),
						  pos);
	}
	set = open_attrs_new(p, pos);
	if (!set)
		return NULL;
	if (!named && p->lex.tok.kind == TOK_RBRACE) {
		if (parser_next(p) < 0)
			return NULL;
		if (p->lex.tok.kind == TOK_COLON || p->lex.tok.kind == TOK_AT) {
			struct formals *none = parser_alloc(p, sizeof(*none));

			if (none)
				*none = (struct formals){ 0 };
			return parse_formals_rest(p, none, pos);
		}
	} else if (parse_set(p, set, named ? &name : NULL) < 0) {
		return NULL;
	}
	return parse_operators(p, &set->e, pos);
}

/* let a = 1; in body, or let { body = 1; }, which is a simple expression. */
static struct expr *parse_let(struct parser *p)
{
	struct token let = p->lex.tok;
	struct open_attrs *set;
	struct expr_let *e;
	struct expr *body;
	struct lexer before = p->lex;

	if (parser_next(p) < 0)
		return NULL;
	if (p->lex.tok.kind == TOK_LBRACE) {
		p->lex = before;
		return parse_operators(p, NULL, parser_pos(p, let.start));
	}
	set = open_attrs_new(p, 0);
	if (!set || parse_bindings(p, set, NULL) < 0)
		return NULL;
	if (p->lex.tok.kind != TOK_IN) {
		parser_unexpected(p, TOK_IN, TOK_INHERIT, -1);
		return NULL;
	}
	if (parser_next(p) < 0)
		return NULL;
	body = parse_expr(p);
	if (!body)
		return NULL;
	if (set->dynamic_len) {
		eval_fail(p->ev, ERROR_PARSE, parser_pos(p, let.start),
			  "dynamic attributes not allowed in let");
		return NULL;
	}
	e = parser_alloc(p, sizeof(*e));
	if (!e)
		return NULL;
	e->bindings = (struct expr_attrs *)set; /* until scope.c has passed */
	e->body = body;
	return init(&e->e, EXPR_LET, 0);
}

/* with a; b and assert a; b. */
static struct expr *parse_prefix(struct parser *p, enum expr_op op)
{
	pos_t pos = parser_pos(p, p->lex.tok.start);
	struct expr *head, *body;

	if (parser_next(p) < 0)
		return NULL;
	head = parse_expr(p);
	if (!head || parser_expect(p, TOK_SEMICOLON) < 0)
		return NULL;
	body = parse_expr(p);
	return body ? parser_binary(p, op, pos, head, body) : NULL;
}

static struct expr *parse_if(struct parser *p)
{
	pos_t pos = parser_pos(p, p->lex.tok.start);
	struct expr *cond, *then, *other;
	struct expr_if *e;

	if (parser_next(p) < 0)
		return NULL;
	cond = parse_expr(p);
	if (!cond || parser_expect(p, TOK_THEN) < 0)
		return NULL;
	then = parse_expr(p);
	if (!then || parser_expect(p, TOK_ELSE) < 0)
		return NULL;
	other = parse_expr(p);
	if (!other)
		return NULL;
	e = parser_alloc(p, sizeof(*e));
	if (!e)
		return NULL;
	e->cond = cond;
	e->then = then;
	e->other = other;
	return init(&e->e, EXPR_IF, pos);
}

struct expr *parse_expr(struct parser *p)
{
	struct token tok = p->lex.tok;
	struct expr *simple;
	pos_t pos = parser_pos(p, tok.start);

	if (parser_too_deep(p))
		return NULL;
	switch (tok.kind) {
	case TOK_ID:
		if (parser_next(p) < 0)
			return NULL;
		if (p->lex.tok.kind == TOK_COLON)
			return parse_lambda(p, &tok);
		if (p->lex.tok.kind == TOK_AT)
			return parse_named_formals(p, &tok);
		simple = tok.as.sym == SYM_cur_pos
				 ? new_unary(p, EXPR_POS, pos, NULL)
				 : parser_var(p, tok.as.sym, pos);
		return simple ? parse_operators(p, simple, pos) : NULL;
	case TOK_LBRACE:
		return parse_brace(p);
	case TOK_LET:
		return parse_let(p);
	case TOK_ASSERT:
		return parse_prefix(p, EXPR_ASSERT);
	case TOK_WITH:
		return parse_prefix(p, EXPR_WITH);
	case TOK_IF:
		return parse_if(p);
	default:
		return parse_operators(p, NULL, pos);
	}
}

struct expr *parse_text(struct eval *ev, const struct parse_input *in)
{
	struct parser p = {
		.ev = ev,
		.in = in,
		.arena = in->arena,
		.scratch = &the_scratch,
	};
	struct expr *e = NULL;

	p.stack_limit = ev->stack_limit ? ev->stack_limit + STACK_RESERVE
					: (char *)__builtin_frame_address(0) -
						  STACK_DEFAULT;
	if (in->len >= UINT32_MAX - in->base) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "the text is too large: all files together must be "
			  "smaller than 4 GB");
		return NULL;
	}
	lexer_init(&p.lex, ev, in->text, in->len, in->base);
	if (parser_next(&p) < 0)
		goto out;
	e = parse_expr(&p);
	if (e && p.lex.tok.kind != TOK_EOF) {
		parser_unexpected(&p, TOK_EOF, -1);
		e = NULL;
	}
	if (e && !in->syntax_only && scope_resolve(&p, &e) < 0)
		e = NULL;
out:
	free(p.exprs);
	free(p.parts);
	free(p.path);
	parser_scratch_reset(p.scratch);
	return e;
}
