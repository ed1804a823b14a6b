/*
 * parse.c - the parser: recursive descent, one token ahead
 *
 * Levels, from loose to tight: functions (parse_function.c), let, with, assert,
 * if (here); pipes, binary operators by precedence climbing, application,
 * selection, the simple ones (parse_operand.c). Where Nix's LALR automaton
 * gives up, and what it then says it expected, is part of the behaviour:
 * parser_unexpected() is given the same lists.
 */
#include "eval/parse.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/parser.h"

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
	return parser_node(&e->e, EXPR_LET, 0);
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
	return parser_node(&e->e, EXPR_IF, pos);
}

symbol parser_symbol(struct parser *p, const struct token *tok)
{
	symbol sym = tok->as.sym;

	if (!sym)
		sym = symbol_intern(p->in->text + tok->start,
				    tok->end - tok->start);
	if (!sym)
		eval_fail_memory(p->ev);
	return sym;
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
				 ? parser_unary(p, EXPR_POS, pos, NULL)
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
