/*
 * outline_skip.c - going past expressions that nobody wants to know
 *
 * An expression is skipped by counting brackets, and the semicolons that belong
 * to let, with and assert: in a text that parses nothing more is needed.
 */
#include <string.h>

#include "eval/outline_private.h"

int reader_next(struct reader *r)
{
	r->last_end = r->lex.tok.end;
	return lexer_next(&r->lex);
}

int reader_init(struct reader *r, struct outline *o, uint32_t start,
		uint32_t end)
{
	memset(r, 0, sizeof(*r));
	r->o = o;
	lexer_init(&r->lex, &o->ev, o->text, end, 1);
	r->lex.p = o->text + start;
	return lexer_next(&r->lex);
}

void *outline_alloc(struct outline *o, size_t size)
{
	void *memory = arena_alloc(o->ev.arena, size);

	if (!memory)
		eval_fail_memory(&o->ev);
	else
		memset(memory, 0, size);
	return memory;
}

void *outline_append(struct outline *o, void **items, uint32_t *len,
		     size_t size)
{
	char *array = *items;

	if (!(*len & (*len - 1))) {
		array = outline_alloc(o, (*len ? *len * 2 : 1) * size);
		if (!array)
			return NULL;
		if (*len)
			memcpy(array, *items, *len * size);
		*items = array;
	}
	return array + (*len)++ * size;
}

int reader_unexpected(struct reader *r)
{
	eval_fail(&r->o->ev, ERROR_PARSE, 1 + r->lex.tok.start,
		  "the text is not understood here");
	return -1;
}

int reader_skip_pieces(struct reader *r, int (*piece)(struct lexer *),
		       enum token_kind close)
{
	for (;;) {
		if (piece(&r->lex) < 0)
			return -1;
		if (r->lex.tok.kind == close)
			return 0;
		if (r->lex.tok.kind == TOK_EOF)
			return reader_unexpected(r);
		if (r->lex.tok.kind != TOK_DOLLAR_CURLY)
			continue;
		if (reader_next(r) < 0 || reader_skip_until(r, TOK_RBRACE) < 0)
			return -1;
		if (close == TOK_PATH_END)
			lexer_path_resume(&r->lex);
	}
}

int reader_skip_one(struct reader *r)
{
	uint32_t end;

	switch (r->lex.tok.kind) {
	case TOK_LPAREN:
		if (reader_next(r) < 0 || reader_skip_until(r, TOK_RPAREN) < 0)
			return -1;
		return reader_next(r);
	case TOK_LBRACKET:
		if (reader_next(r) < 0 ||
		    reader_skip_until(r, TOK_RBRACKET) < 0)
			return -1;
		return reader_next(r);
	case TOK_LBRACE:
	case TOK_DOLLAR_CURLY:
		if (reader_next(r) < 0 || reader_skip_until(r, TOK_RBRACE) < 0)
			return -1;
		return reader_next(r);
	case TOK_QUOTE:
		if (reader_skip_pieces(r, lexer_string, TOK_QUOTE) < 0)
			return -1;
		return reader_next(r);
	case TOK_IND_OPEN:
		if (reader_skip_pieces(r, lexer_indented, TOK_IND_CLOSE) < 0)
			return -1;
		return reader_next(r);
	case TOK_PATH:
	case TOK_HPATH:
		if (reader_skip_pieces(r, lexer_path, TOK_PATH_END) < 0)
			return -1;
		/* The end of a path is no byte of it. */
		end = r->lex.p - r->lex.text;
		if (lexer_next(&r->lex) < 0)
			return -1;
		r->last_end = end;
		return 0;
	default:
		return reader_next(r);
	}
}

int reader_skip_until(struct reader *r, enum token_kind close)
{
	if (++r->depth > OUTLINE_DEPTH_MAX)
		return reader_unexpected(r);
	while (r->lex.tok.kind != close) {
		if (r->lex.tok.kind == TOK_EOF)
			return reader_unexpected(r);
		if (reader_skip_one(r) < 0)
			return -1;
	}
	r->depth--;
	return 0;
}

bool reader_ends_expr(enum token_kind kind)
{
	return kind == TOK_EOF || kind == TOK_RPAREN || kind == TOK_RBRACE ||
	       kind == TOK_RBRACKET;
}

int reader_skip_expr(struct reader *r)
{
	uint32_t lets = 0, semicolons = 0;

	while (!reader_ends_expr(r->lex.tok.kind)) {
		switch (r->lex.tok.kind) {
		case TOK_LET:
			if (reader_next(r) < 0)
				return -1;
			if (r->lex.tok.kind != TOK_LBRACE)
				lets++;
			continue;
		case TOK_IN:
			if (!lets)
				return 0;
			lets--;
			break;
		case TOK_WITH:
		case TOK_ASSERT:
			semicolons += !lets;
			break;
		case TOK_SEMICOLON:
			if (!lets && !semicolons)
				return 0;
			semicolons -= !lets;
			break;
		default:
			break;
		}
		if (reader_skip_one(r) < 0)
			return -1;
	}
	return 0;
}

int reader_skip_simple(struct reader *r)
{
	if (r->lex.tok.kind == TOK_REC || r->lex.tok.kind == TOK_LET) {
		if (reader_next(r) < 0)
			return -1;
	}
	if (reader_ends_expr(r->lex.tok.kind))
		return reader_unexpected(r);
	if (reader_skip_one(r) < 0)
		return -1;
	while (r->lex.tok.kind == TOK_DOT || r->lex.tok.kind == TOK_OR_KW) {
		bool is_or = r->lex.tok.kind == TOK_OR_KW;

		if (reader_next(r) < 0)
			return -1;
		/* `f or` ends with it. */
		if (is_or && reader_ends_expr(r->lex.tok.kind))
			return 0;
		if (reader_skip_one(r) < 0)
			return -1;
	}
	return 0;
}
