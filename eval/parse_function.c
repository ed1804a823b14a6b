/*
 * parse_function.c - a: b, { a, b ? c, ... }@d: e
 */
#include <stdlib.h>
#include <string.h>

#include "eval/parser.h"

/* Lambdas in a row that become one node. */
#define ARITY_MAX 60

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
	return parser_node(&e->e, EXPR_LAMBDA, params[0].pos);
}

struct expr *parse_lambda(struct parser *p, const struct token *first)
{
	struct lambda_param params[ARITY_MAX];
	uint32_t ends[ARITY_MAX];
	struct token tok = *first;
	struct expr *body = NULL;
	uint32_t len = 0;

	for (;;) {
		ends[len] = tok.end;
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
	for (uint32_t i = len; body && i-- > 0;) {
		tok.as.sym = params[i].name;
		tok.start = params[i].pos - p->in->base;
		tok.end = ends[i];
		params[i].name = parser_symbol(p, &tok);
		if (!params[i].name)
			return NULL;
	}
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

struct formals *parse_formals(struct parser *p, const struct token *first)
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
				       struct formals *formals,
				       const struct token *name, pos_t pos)
{
	struct expr_lambda *e;
	symbol arg = 0;
	struct expr *body;

	if (parser_next(p) < 0)
		return NULL;
	body = parse_expr(p);
	if (body && name) {
		arg = parser_symbol(p, name);
		if (!arg)
			return NULL;
	}
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
	return parser_node(&e->e, EXPR_LAMBDA, pos);
}

struct expr *parse_formals_rest(struct parser *p, struct formals *formals,
				pos_t pos)
{
	struct token name;
	bool named = p->lex.tok.kind == TOK_AT;

	if (!formals)
		return NULL;
	if (named) {
		if (parser_next(p) < 0)
			return NULL;
		name = p->lex.tok;
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
	return parse_formals_body(p, formals, named ? &name : NULL, pos);
}

struct expr *parse_named_formals(struct parser *p, const struct token *name)
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
	return parse_formals_body(p, formals, name, parser_pos(p, name->start));
}
