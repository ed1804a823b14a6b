/*
 * parse_string.c - string and path literals
 */
#include <stdlib.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/parser.h"
#include "eval/source.h"

/* Constants up to this length may be names that are known already. Others do
 * not become symbols here: the order of symbols shows (symbol.h), and Nix has
 * none for a constant. */
#define SYMBOL_MAX 24
/* What Nix takes for the indentation of a text without lines. */
#define INDENT_MAX 1000000

static value string_value(struct parser *p, const char *bytes, size_t len)
{
	struct string *s;
	value known = 0;
	symbol sym;

	if (len <= SYMBOL_MAX) {
		sym = symbol_find(bytes, len);
		known = sym ? symbol_string(sym) : 0;
	}
	if (known)
		return known;
	s = parser_alloc(p, sizeof(*s) + len + 1);
	if (!s)
		return 0;
	s->len = len;
	s->sym = 0;
	s->context = NULL;
	memcpy(s->bytes, bytes, len);
	s->bytes[len] = '\0';
	return value_of(s, TAG_STRING);
}

struct expr *parser_string_const(struct parser *p, const char *bytes,
				 size_t len)
{
	return parser_const(p, string_value(p, bytes, len));
}

symbol parser_const_symbol(const struct expr *e, bool *failed)
{
	const struct expr_const *c = (const struct expr_const *)e;
	const struct string *s;
	symbol sym;

	if (e->op != EXPR_CONST || value_tag(c->v) != TAG_STRING)
		return 0;
	s = value_string(c->v);
	sym = s->sym ? s->sym : symbol_intern(s->bytes, s->len);
	if (!sym)
		*failed = true;
	return sym;
}

static int push_part(struct parser *p, const struct part *part)
{
	if (p->parts_len == p->parts_room &&
	    parser_grow(p, (void **)&p->parts, &p->parts_room,
			sizeof(*p->parts)) < 0)
		return -1;
	p->parts[p->parts_len++] = *part;
	return 0;
}

/* The expression of ${ }, at the token ${; the brace is the token after. */
static int push_interpolation(struct parser *p)
{
	struct part part = { .pos = parser_pos(p, p->lex.tok.start) };

	if (parser_next(p) < 0)
		return -1;
	part.expr = parse_expr(p);
	if (!part.expr)
		return -1;
	if (p->lex.tok.kind != TOK_RBRACE)
		return parser_unexpected(p, TOK_RBRACE, -1);
	return push_part(p, &part);
}

/* A node of the parts from start on, all of them expressions; takes them. */
static struct expr *new_strings(struct parser *p, pos_t pos, uint8_t flags,
				uint32_t start)
{
	uint32_t len = p->parts_len - start;
	struct expr_strings *e = parser_alloc(
		p, sizeof(*e) + len * (sizeof(*e->parts) + sizeof(pos_t)));
	pos_t *positions;

	if (!e)
		return NULL;
	e->e = (struct expr){ .op = EXPR_STRINGS, .flags = flags, .pos = pos };
	e->len = len;
	positions = (pos_t *)(e->parts + len);
	for (uint32_t i = 0; i < len; i++) {
		e->parts[i] = p->parts[start + i].expr;
		positions[i] = p->parts[start + i].pos;
	}
	p->parts_len = start;
	return &e->e;
}

/* The bytes of the TOK_STR that was just read, as a constant. */
static struct expr *string_token(struct parser *p)
{
	const struct token *tok = &p->lex.tok;
	const char *raw = p->lex.text + tok->start;
	size_t len = tok->end - tok->start;
	char *bytes;

	if (tok->as.plain)
		return parser_string_const(p, raw, len);
	bytes = parser_scratch(p, len);
	if (!bytes)
		return NULL;
	len = lexer_unescape(raw, len, bytes);
	return parser_string_const(p, bytes, len);
}

/* "..." */
struct expr *parse_string(struct parser *p)
{
	uint32_t start = p->parts_len;
	pos_t pos = parser_pos(p, p->lex.tok.end);
	struct expr *only = NULL;
	bool interpolated = false;

	for (;;) {
		struct part part = { 0 };

		if (lexer_string(&p->lex) < 0)
			return NULL;
		if (p->lex.tok.kind == TOK_QUOTE)
			break;
		part.pos = parser_pos(p, p->lex.tok.start);
		if (p->lex.tok.kind == TOK_STR) {
			part.expr = only = string_token(p);
			if (!only || push_part(p, &part) < 0)
				return NULL;
		} else if (p->lex.tok.kind == TOK_DOLLAR_CURLY) {
			interpolated = true;
			if (push_interpolation(p) < 0)
				return NULL;
		} else {
			parser_unexpected(p, TOK_QUOTE, -1);
			return NULL;
		}
	}
	if (parser_next(p) < 0)
		return NULL;
	if (interpolated)
		return new_strings(p, pos, EXPR_INTERPOLATION, start);
	p->parts_len = start;
	return only ? only : parser_string_const(p, "", 0);
}

/*
 * Nix's stripIndentation. The least indentation of all lines goes from each;
 * a line of spaces does not count, nor does the last if it is one. Only spaces
 * indent. An escape or ${} ends the indentation where it stands.
 */
static size_t least_indent(const struct part *parts, size_t len)
{
	size_t least = INDENT_MAX, indent = 0;
	bool at_start = true;

	for (size_t i = 0; i < len; i++) {
		const struct part *part = &parts[i];

		if (part->expr || !part->indentation) {
			if (at_start && indent < least)
				least = indent;
			at_start = false;
			continue;
		}
		for (size_t j = 0; j < part->len; j++) {
			char c = part->bytes[j];

			if (c == '\n') {
				at_start = true;
				indent = 0;
			} else if (at_start && c == ' ') {
				indent++;
			} else if (at_start) {
				at_start = false;
				if (indent < least)
					least = indent;
			}
		}
	}
	return least;
}

struct strip {
	size_t indent;
	size_t dropped; /* spaces of this line that went */
	bool at_start;	/* of a line */
};

/* Copy part without its indentation to out; gives the length. */
static size_t strip_part(struct strip *s, const struct part *part, char *out)
{
	const char *in = part->bytes, *end = in + part->len;
	char *q = out;

	while (in < end) {
		char c = *in++;

		if (!s->at_start) {
			s->at_start = c == '\n';
		} else if (c == ' ') {
			if (s->dropped++ < s->indent)
				continue;
		} else {
			s->dropped = 0;
			s->at_start = c == '\n';
		}
		*q++ = c;
	}
	return q - out;
}

/* Without the spaces behind the last newline, if that is all there is. */
static size_t strip_last_line(const char *bytes, size_t len)
{
	size_t n = len;

	while (n && bytes[n - 1] == ' ')
		n--;
	return n && bytes[n - 1] == '\n' ? n : len;
}

/* Make constants of the parts from start on; empty ones go. */
static int strip_indentation(struct parser *p, uint32_t start)
{
	uint32_t len = p->parts_len - start, kept = start;
	struct strip strip = { .at_start = true };

	if (!len)
		return 0;
	strip.indent = least_indent(p->parts + start, len);
	for (uint32_t i = start; i < start + len; i++) {
		struct part part = p->parts[i];
		char *bytes;
		size_t size;

		if (part.expr) {
			strip.at_start = false;
			strip.dropped = 0;
			p->parts[kept++] = part;
			continue;
		}
		bytes = parser_scratch(p, part.len);
		if (!bytes)
			return -1;
		size = strip_part(&strip, &part, bytes);
		if (i == start + len - 1)
			size = strip_last_line(bytes, size);
		if (!size)
			continue;
		part.expr = parser_string_const(p, bytes, size);
		if (!part.expr)
			return -1;
		p->parts[kept++] = part;
	}
	p->parts_len = kept;
	return 0;
}

/* What the token of an indented string stands for. */
static int push_indented(struct parser *p)
{
	const struct token *tok = &p->lex.tok;
	const char *raw = p->lex.text + tok->start;
	struct part part = {
		.bytes = raw,
		.len = tok->end - tok->start,
		.pos = parser_pos(p, tok->start),
		.indentation = tok->as.indentation,
	};

	if (!part.indentation && part.len > 2) {
		if (raw[2] == '\\') {
			char *c = parser_scratch(p, 2);

			if (!c)
				return -1;
			part.len = lexer_unescape(raw + 2, 2, c);
			part.bytes = c;
		} else if (raw[2] == '$') {
			part.bytes = "$";
			part.len = 1;
		} else {
			part.bytes = "''";
			part.len = 2;
		}
	}
	return push_part(p, &part);
}

/* ''...'' */
struct expr *parse_indented(struct parser *p)
{
	uint32_t start = p->parts_len;
	pos_t pos = parser_pos(p, p->lex.tok.start);
	struct expr *e;

	for (;;) {
		if (lexer_indented(&p->lex) < 0)
			return NULL;
		if (p->lex.tok.kind == TOK_IND_CLOSE)
			break;
		if (p->lex.tok.kind == TOK_IND_STR) {
			if (push_indented(p) < 0)
				return NULL;
		} else if (p->lex.tok.kind == TOK_DOLLAR_CURLY) {
			if (push_interpolation(p) < 0)
				return NULL;
		} else {
			parser_unexpected(p, TOK_IND_STR, TOK_DOLLAR_CURLY,
					  TOK_IND_CLOSE, -1);
			return NULL;
		}
	}
	if (parser_next(p) < 0 || strip_indentation(p, start) < 0)
		return NULL;
	if (p->parts_len == start)
		return parser_string_const(p, "", 0);
	e = p->parts[start].expr;
	if (p->parts_len == start + 1 && e->op == EXPR_CONST &&
	    value_tag(((struct expr_const *)e)->v) == TAG_STRING) {
		p->parts_len = start;
		return e;
	}
	return new_strings(p, pos, EXPR_INTERPOLATION, start);
}

/*
 * Add text to the canonical path in out (no slash at its end, "" for the
 * root). Returns how many steps it would have gone above the root.
 */
static size_t add_path(struct buf *out, const char *text, size_t len)
{
	size_t above = 0;

	for (size_t i = 0; i < len;) {
		size_t n = 0;

		while (i + n < len && text[i + n] != '/')
			n++;
		if (n == 2 && !memcmp(text + i, "..", 2)) {
			if (!out->len)
				above++;
			while (out->len && out->data[--out->len] != '/')
				;
		} else if (n && !(n == 1 && text[i] == '.')) {
			buf_add_char(out, '/');
			buf_add(out, text + i, n);
		}
		i += n + 1;
	}
	return above;
}

static struct expr *path_const(struct parser *p, struct source *source,
			       const char *bytes, size_t len)
{
	struct path *path;
	struct box *box;

	path = parser_alloc(p, sizeof(*path) + len + 1);
	box = path ? parser_alloc(p, sizeof(*box)) : NULL;
	if (!box)
		return NULL;
	path->source = source;
	path->len = len;
	memcpy(path->bytes, bytes, len);
	path->bytes[len] = '\0';
	*box = (struct box){ .kind = BOX_PATH, .as.path = path };
	return parser_const(p, value_of(box, TAG_BOX));
}

/*
 * The constant for the path text. The first part of a path that goes on with
 * ${} keeps the slash at its end: what comes next is added to it as it is.
 */
static struct expr *resolve_path(struct parser *p, const char *text, size_t len)
{
	const struct path *base = p->in->base_path;
	struct source *source;
	struct buf out = BUF_INIT;
	struct expr *e = NULL;
	size_t above;

	/* Sources are not for those who only look. */
	if (p->in->syntax_only)
		return path_const(p, NULL, text, len);
	source = source_root(p->ev);
	if (*text != '/' && base) {
		source = base->source;
		if (base->len > 1)
			buf_add(&out, base->bytes, base->len);
	}
	above = add_path(&out, text, len);
	if (above && base && source->prefix_len && *text != '/') {
		/* Out of a tree in the store: into the store around it. */
		struct path *path;

		buf_reset(&out);
		add_path(&out, source->prefix, source->prefix_len);
		if (base->len > 1)
			add_path(&out, base->bytes, base->len);
		add_path(&out, text, len);
		path = source_path(p->ev, buf_text(&out), out.len);
		if (!path)
			goto out;
		source = path->source;
		buf_reset(&out);
		add_path(&out, path->bytes, path->len);
	}
	if (!out.len)
		buf_add_char(&out, '/');
	if (len > 1 && text[len - 1] == '/')
		buf_add_char(&out, '/');
	if (out.failed || out.len > UINT32_MAX / 2) {
		eval_fail_memory(p->ev);
		goto out;
	}
	e = path_const(p, source, out.data, out.len);
out:
	buf_release(&out);
	return e;
}

static struct expr *home_path(struct parser *p, const char *text, size_t len)
{
	const char *home = getenv("HOME");
	struct buf out = BUF_INIT;
	struct expr *e = NULL;

	if (p->in->syntax_only)
		return path_const(p, NULL, text, len);
	if (p->ev->settings.pure) {
		eval_fail(p->ev, ERROR_PURITY, 0,
			  "the path '%.*s' can not be resolved in pure mode",
			  (int)len, text);
		return NULL;
	}
	buf_add_text(&out, home ? home : "/");
	buf_add(&out, text + 1, len - 1);
	if (out.failed)
		eval_fail_memory(p->ev);
	else
		e = path_const(p, source_root(p->ev), out.data, out.len);
	buf_release(&out);
	return e;
}

/* ./a, /a, ~/a, a/b, with ${} anywhere behind a slash. */
struct expr *parse_path(struct parser *p)
{
	uint32_t start = p->parts_len;
	struct token tok = p->lex.tok;
	struct part part = { .pos = parser_pos(p, tok.start) };
	const char *text = p->lex.text + tok.start;
	bool interpolated = false, text_before = false;

	if (lint_path(p, &tok) < 0)
		return NULL;
	part.expr = tok.kind == TOK_HPATH
			    ? home_path(p, text, tok.end - tok.start)
			    : resolve_path(p, text, tok.end - tok.start);
	if (!part.expr || push_part(p, &part) < 0)
		return NULL;
	for (;;) {
		if (lexer_path(&p->lex) < 0)
			return NULL;
		/* Nix wants a ${ after the first text. */
		if (text_before && !interpolated &&
		    p->lex.tok.kind != TOK_DOLLAR_CURLY) {
			parser_unexpected(p, TOK_DOLLAR_CURLY, -1);
			return NULL;
		}
		if (p->lex.tok.kind == TOK_PATH_END)
			break;
		if (p->lex.tok.kind == TOK_DOLLAR_CURLY) {
			interpolated = true;
			if (push_interpolation(p) < 0)
				return NULL;
			lexer_path_resume(&p->lex);
			continue;
		}
		text_before = true;
		part.pos = parser_pos(p, p->lex.tok.start);
		part.expr =
			parser_string_const(p, p->lex.text + p->lex.tok.start,
					    p->lex.tok.end - p->lex.tok.start);
		if (!part.expr || push_part(p, &part) < 0)
			return NULL;
	}
	if (parser_next(p) < 0)
		return NULL;
	if (interpolated)
		return new_strings(p, parser_pos(p, tok.start), 0, start);
	p->parts_len = start;
	return p->parts[start].expr;
}

/* <a/b> is __findFile __nixPath "a/b". */
struct expr *parse_search_path(struct parser *p)
{
	const struct token *tok = &p->lex.tok;
	pos_t pos = parser_pos(p, tok->start);
	struct expr *fn = parser_var(p, SYM_find_file, 0), *args[2];

	args[0] = parser_var(p, SYM_nix_path, 0);
	args[1] = parser_string_const(p, p->lex.text + tok->start + 1,
				      tok->end - tok->start - 2);
	if (!fn || !args[0] || !args[1])
		return NULL;
	return parser_call(p, pos, fn, 2, args);
}
