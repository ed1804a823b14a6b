/*
 * outline.c - the module in a text, and which values are literals
 */
#include "eval/outline.h"

#include <string.h>

#include "eval/outline_private.h"
#include "eval/parse.h"

#define FILE_MAX_SIZE ((size_t)256 << 20)

static void see_name(struct outline_module *m, const struct outline_name *name)
{
	if (outline_name_is(name, "lib"))
		m->has_lib = true;
}

int reader_formals(struct reader *r, struct outline_module *m)
{
	struct outline_name name;

	m->has_formals = true;
	m->formals_open = r->lex.tok.start;
	m->formals_len = 0;
	m->ellipsis = 0;
	if (reader_next(r) < 0)
		return -1;
	while (r->lex.tok.kind != TOK_RBRACE) {
		if (r->lex.tok.kind == TOK_ELLIPSIS) {
			m->ellipsis = r->lex.tok.start;
			if (reader_next(r) < 0)
				return -1;
			continue;
		}
		m->last_formal = r->lex.tok.start;
		if (reader_name(r, &name) < 0)
			return -1;
		see_name(m, &name);
		m->formals_len++;
		while (r->lex.tok.kind != TOK_COMMA &&
		       r->lex.tok.kind != TOK_RBRACE) {
			if (r->lex.tok.kind == TOK_EOF)
				return reader_unexpected(r);
			if (reader_skip_one(r) < 0)
				return -1;
		}
		m->last_formal_end = r->last_end;
		if (r->lex.tok.kind == TOK_COMMA && reader_next(r) < 0)
			return -1;
	}
	m->formals_close = r->lex.tok.start;
	return reader_next(r);
}

/* A function's parameter, at its first token, up to behind the colon. */
static int read_parameter(struct reader *r, struct outline_module *m)
{
	m->is_function = true;
	m->has_formals = false;
	m->arg.bytes = NULL;
	for (;;) {
		if (r->lex.tok.kind == TOK_LBRACE) {
			if (reader_formals(r, m) < 0)
				return -1;
		} else if (r->lex.tok.kind == TOK_ID) {
			if (reader_name(r, &m->arg) < 0)
				return -1;
			see_name(m, &m->arg);
		}
		if (r->lex.tok.kind == TOK_COLON)
			return reader_next(r);
		if (r->lex.tok.kind != TOK_AT || reader_next(r) < 0)
			return reader_unexpected(r);
	}
}

/* let, up to behind its in. */
static int read_let(struct reader *r, struct outline_module *m)
{
	struct outline_set names = { 0 };

	if (reader_bindings(r, &names, TOK_IN) < 0)
		return -1;
	for (uint32_t i = 0; i < names.len; i++)
		see_name(m, &names.items[i].names[0]);
	return reader_next(r);
}

/* A name, at which a function may begin. *is: it does. */
static int begins_function(const struct reader *at, bool *is)
{
	struct reader r = *at;

	if (reader_next(&r) < 0)
		return -1;
	*is = r.lex.tok.kind == TOK_COLON || r.lex.tok.kind == TOK_AT;
	return 0;
}

/* What stands before the module's set. *set: it is at its brace. */
static int read_head(struct reader *r, struct outline_module *m,
		     uint32_t *parens, bool *set)
{
	bool is = false;

	*set = false;
	for (;;) {
		m->at = r->lex.tok.start;
		switch (r->lex.tok.kind) {
		case TOK_ID:
			if (begins_function(r, &is) < 0)
				return -1;
			if (!is)
				return 0;
			if (read_parameter(r, m) < 0)
				return -1;
			break;
		case TOK_LBRACE:
			if (reader_begins_formals(r, &is) < 0)
				return -1;
			if (!is) {
				*set = true;
				return 0;
			}
			if (read_parameter(r, m) < 0)
				return -1;
			break;
		case TOK_REC:
			if (reader_next(r) < 0)
				return -1;
			*set = true;
			return 0;
		case TOK_LET:
			if (reader_next(r) < 0)
				return -1;
			if (r->lex.tok.kind == TOK_LBRACE)
				return 0;
			if (read_let(r, m) < 0)
				return -1;
			break;
		case TOK_WITH:
		case TOK_ASSERT:
			if (reader_next(r) < 0 || reader_skip_expr(r) < 0)
				return -1;
			if (r->lex.tok.kind != TOK_SEMICOLON)
				return reader_unexpected(r);
			if (reader_next(r) < 0)
				return -1;
			break;
		case TOK_LPAREN:
			++*parens;
			if (reader_next(r) < 0)
				return -1;
			break;
		default:
			return 0;
		}
	}
}

static int read_module(struct outline *o, struct outline_module *m)
{
	struct outline_set *set;
	struct reader r;
	uint32_t parens = 0;
	bool is_set;

	if (reader_init(&r, o, m->start, m->end) < 0)
		return -1;
	m->start = r.lex.tok.start;
	m->in_parens = r.lex.tok.kind == TOK_LPAREN;
	if (read_head(&r, m, &parens, &is_set) < 0)
		return -1;
	if (!is_set)
		return 0;
	set = reader_set(&r);
	if (!set)
		return -1;
	for (; parens && r.lex.tok.kind == TOK_RPAREN; parens--)
		if (reader_next(&r) < 0)
			return -1;
	m->at = r.lex.tok.start;
	m->end = r.last_end;
	if (r.lex.tok.kind == TOK_EOF)
		m->set = set;
	return 0;
}

int outline_add_module(struct outline *o, uint32_t start, uint32_t end,
		       bool has_lib, bool in_list)
{
	struct outline_module m = {
		.start = start,
		.end = end,
		.has_lib = has_lib,
		.in_list = in_list,
	};
	struct outline_module *kept;

	if (read_module(o, &m) < 0)
		return -1;
	if (in_list && !m.set)
		return 0;
	kept = outline_append(o, (void **)&o->modules, &o->modules_len,
			      sizeof(*o->modules));
	if (!kept)
		return -1;
	*kept = m;
	return 0;
}

int outline_init(struct outline *o, const char *text, size_t len,
		 const struct edit_scope *scope)
{
	struct parse_input in = {
		.text = text,
		.len = len,
		.base = 1,
		.syntax_only = true,
	};

	memset(o, 0, sizeof(*o));
	o->text = text;
	o->len = len;
	o->ev.settings.pipe_operators = true;
	o->ev.arena = in.arena = arena_new(0);
	if (!in.arena) {
		eval_fail_memory(&o->ev);
		return -1;
	}
	if (len > FILE_MAX_SIZE) {
		eval_fail(&o->ev, ERROR_PARSE, 0, "the file is too large");
		return -1;
	}
	if (!parse_text(&o->ev, &in))
		return -1;
	if (scope)
		return outline_add_scope(o, scope);
	if (outline_add_module(o, 0, (uint32_t)len, false, false) < 0)
		return -1;
	return outline_add_imports(o, 0);
}

void outline_release(struct outline *o)
{
	if (o->ev.arena)
		arena_free(o->ev.arena);
	o->ev.arena = NULL;
}

/* A literal at the current token; goes past it. *is: it was one. */
static int skip_literal(struct reader *r, bool in_list, bool *is)
{
	struct outline_name name;

	*is = true;
	if (++r->depth > OUTLINE_DEPTH_MAX)
		return reader_unexpected(r);
	switch (r->lex.tok.kind) {
	case TOK_INT:
	case TOK_FLOAT:
	case TOK_URI:
		if (reader_next(r) < 0)
			return -1;
		break;
	case TOK_ID:
		if (reader_name(r, &name) < 0)
			return -1;
		*is = outline_name_is(&name, "true") ||
		      outline_name_is(&name, "false") ||
		      outline_name_is(&name, "null");
		break;
	case TOK_MINUS:
		if (reader_next(r) < 0)
			return -1;
		*is = !in_list && (r->lex.tok.kind == TOK_INT ||
				   r->lex.tok.kind == TOK_FLOAT);
		if (reader_next(r) < 0)
			return -1;
		break;
	case TOK_QUOTE:
		memset(&name, 0, sizeof(name));
		if (reader_string_name(r, &name) < 0)
			return -1;
		*is = !name.computed;
		break;
	case TOK_IND_OPEN:
		for (;;) {
			if (lexer_indented(&r->lex) < 0)
				return -1;
			if (r->lex.tok.kind == TOK_IND_CLOSE)
				break;
			if (r->lex.tok.kind != TOK_IND_STR) {
				*is = false;
				return 0;
			}
		}
		if (reader_next(r) < 0)
			return -1;
		break;
	case TOK_PATH:
	case TOK_HPATH:
		if (lexer_path(&r->lex) < 0)
			return -1;
		*is = r->lex.tok.kind == TOK_PATH_END;
		if (*is && lexer_next(&r->lex) < 0)
			return -1;
		break;
	case TOK_LPAREN:
		if (reader_next(r) < 0 || skip_literal(r, false, is) < 0)
			return -1;
		if (!*is)
			break;
		*is = r->lex.tok.kind == TOK_RPAREN;
		if (*is && reader_next(r) < 0)
			return -1;
		break;
	case TOK_LBRACKET:
		if (reader_next(r) < 0)
			return -1;
		while (*is && r->lex.tok.kind != TOK_RBRACKET)
			if (skip_literal(r, true, is) < 0)
				return -1;
		if (*is && reader_next(r) < 0)
			return -1;
		break;
	default:
		*is = false;
	}
	r->depth--;
	return 0;
}

bool outline_is_literal(struct outline *o, uint32_t start, uint32_t end)
{
	struct reader r;
	bool is = false;

	if (reader_init(&r, o, start, end) < 0 ||
	    skip_literal(&r, false, &is) < 0) {
		o->ev.error = NULL;
		return false;
	}
	return is && r.lex.tok.kind == TOK_EOF;
}

int64_t outline_list(struct outline *o, uint32_t start, uint32_t end,
		     struct outline_range **items)
{
	struct outline_range *item;
	struct reader r;
	uint32_t len = 0;

	*items = NULL;
	if (reader_init(&r, o, start, end) < 0 ||
	    r.lex.tok.kind != TOK_LBRACKET || reader_next(&r) < 0)
		return -1;
	while (r.lex.tok.kind != TOK_RBRACKET) {
		item = outline_append(o, (void **)items, &len, sizeof(**items));
		if (!item || r.lex.tok.kind == TOK_EOF)
			return -1;
		item->start = r.lex.tok.start;
		if (reader_skip_simple(&r) < 0)
			return -1;
		item->end = r.last_end;
	}
	if (reader_next(&r) < 0 || r.lex.tok.kind != TOK_EOF)
		return -1;
	return len;
}
