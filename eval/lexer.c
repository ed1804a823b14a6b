/*
 * lexer.c - cutting a text into tokens
 *
 * The longest token wins, as in Nix: `a/b` is a path, `a:b` a URI, `x-1` one
 * name. A name, number or operator is found first; only the byte after it
 * tells whether a path or a URI could be longer.
 */
#include "eval/lexer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/arena.h"
#include "eval/error.h"
#include "eval/eval.h"

enum class {
	CLASS_ID_START = 1, /* a-z A-Z _ */
	CLASS_ID = 2,	    /* the same, digits, ' and - */
	CLASS_PATH = 4,	    /* letters, digits, . _ - + */
	CLASS_SCHEME = 8,   /* letters, digits, + - . */
	CLASS_URI = 16,
	CLASS_SPACE = 32,
	CLASS_DIGIT = 64,
	CLASS_ALPHA = 128,
};

#define LETTER                                                                 \
	(CLASS_ID_START | CLASS_ID | CLASS_PATH | CLASS_SCHEME | CLASS_URI |   \
	 CLASS_ALPHA)
#define DIGIT (CLASS_ID | CLASS_PATH | CLASS_SCHEME | CLASS_URI | CLASS_DIGIT)

static const uint8_t classes[256] = {
	['a' ... 'z'] = LETTER,
	['A' ... 'Z'] = LETTER,
	['0' ... '9'] = DIGIT,
	['_'] = CLASS_ID_START | CLASS_ID | CLASS_PATH | CLASS_URI,
	['\''] = CLASS_ID | CLASS_URI,
	['-'] = CLASS_ID | CLASS_PATH | CLASS_SCHEME | CLASS_URI,
	['+'] = CLASS_PATH | CLASS_SCHEME | CLASS_URI,
	['.'] = CLASS_PATH | CLASS_SCHEME | CLASS_URI,
	['%'] = CLASS_URI,
	['/'] = CLASS_URI,
	['?'] = CLASS_URI,
	[':'] = CLASS_URI,
	['@'] = CLASS_URI,
	['&'] = CLASS_URI,
	['='] = CLASS_URI,
	['$'] = CLASS_URI,
	[','] = CLASS_URI,
	['!'] = CLASS_URI,
	['~'] = CLASS_URI,
	['*'] = CLASS_URI,
	[' '] = CLASS_SPACE,
	['\t'] = CLASS_SPACE,
	['\r'] = CLASS_SPACE,
	['\n'] = CLASS_SPACE,
};

/* Tokens of one byte. */
static const uint8_t singles[256] = {
	['<'] = TOK_LESS,   ['>'] = TOK_GREATER,   ['!'] = TOK_NOT,
	['+'] = TOK_PLUS,   ['-'] = TOK_MINUS,	   ['*'] = TOK_TIMES,
	['/'] = TOK_DIVIDE, ['?'] = TOK_QUESTION,  [':'] = TOK_COLON,
	['@'] = TOK_AT,	    [';'] = TOK_SEMICOLON, ['='] = TOK_ASSIGN,
	[','] = TOK_COMMA,  ['.'] = TOK_DOT,	   ['"'] = TOK_QUOTE,
	['('] = TOK_LPAREN, [')'] = TOK_RPAREN,	   ['{'] = TOK_LBRACE,
	['}'] = TOK_RBRACE, ['['] = TOK_LBRACKET,  [']'] = TOK_RBRACKET,
};

static const char *const names[TOK_COUNT] = {
	[TOK_EOF] = "end of file",
	[TOK_INVALID] = "invalid token",
	[TOK_ID] = "identifier",
	[TOK_STR] = "string",
	[TOK_IND_STR] = "indented string",
	[TOK_INT] = "integer",
	[TOK_FLOAT] = "floating-point literal",
	[TOK_PATH] = "path",
	[TOK_HPATH] = "'~/…' path",
	[TOK_SPATH] = "'<…>' path",
	[TOK_PATH_END] = "end of path",
	[TOK_URI] = "URI",
	[TOK_IF] = "'if'",
	[TOK_THEN] = "'then'",
	[TOK_ELSE] = "'else'",
	[TOK_ASSERT] = "'assert'",
	[TOK_WITH] = "'with'",
	[TOK_LET] = "'let'",
	[TOK_IN] = "'in'",
	[TOK_REC] = "'rec'",
	[TOK_INHERIT] = "'inherit'",
	[TOK_OR_KW] = "'or'",
	[TOK_EQ] = "'=='",
	[TOK_NEQ] = "'!='",
	[TOK_LEQ] = "'<='",
	[TOK_GEQ] = "'>='",
	[TOK_UPDATE] = "'//'",
	[TOK_CONCAT] = "'++'",
	[TOK_AND] = "'&&'",
	[TOK_OR] = "'||'",
	[TOK_IMPL] = "'->'",
	[TOK_PIPE_FROM] = "'<|'",
	[TOK_PIPE_INTO] = "'|>'",
	[TOK_DOLLAR_CURLY] = "'${'",
	[TOK_IND_OPEN] = "start of an indented string",
	[TOK_IND_CLOSE] = "end of an indented string",
	[TOK_ELLIPSIS] = "'...'",
	[TOK_LESS] = "'<'",
	[TOK_GREATER] = "'>'",
	[TOK_NOT] = "'!'",
	[TOK_PLUS] = "'+'",
	[TOK_MINUS] = "'-'",
	[TOK_TIMES] = "'*'",
	[TOK_DIVIDE] = "'/'",
	[TOK_QUESTION] = "'?'",
	[TOK_COLON] = "':'",
	[TOK_AT] = "'@'",
	[TOK_SEMICOLON] = "';'",
	[TOK_ASSIGN] = "'='",
	[TOK_COMMA] = "','",
	[TOK_DOT] = "'.'",
	[TOK_QUOTE] = "'\"'",
	[TOK_LPAREN] = "'('",
	[TOK_RPAREN] = "')'",
	[TOK_LBRACE] = "'{'",
	[TOK_RBRACE] = "'}'",
	[TOK_LBRACKET] = "'['",
	[TOK_RBRACKET] = "']'",
};

const char *token_name(enum token_kind kind)
{
	return names[kind];
}

void lexer_init(struct lexer *lex, struct eval *ev, const char *text,
		size_t len, pos_t base)
{
	*lex = (struct lexer){
		.ev = ev,
		.text = text,
		.p = text,
		.end = text + len,
		.base = base,
		.pipes = ev->settings.pipe_operators,
		.eof = len,
	};
}

static inline bool is(char c, unsigned which)
{
	return classes[(unsigned char)c] & which;
}

/* The byte at p, 0 past the end. */
static inline char at(const struct lexer *lex, const char *p)
{
	return p < lex->end ? *p : '\0';
}

static inline const char *skip(const struct lexer *lex, const char *p,
			       unsigned which)
{
	while (p < lex->end && is(*p, which))
		p++;
	return p;
}

static inline int give(struct lexer *lex, enum token_kind kind,
		       const char *start, const char *end)
{
	lex->tok.kind = kind;
	lex->tok.start = start - lex->text;
	lex->tok.end = end - lex->text;
	lex->p = end;
	return 0;
}

static int give_eof(struct lexer *lex)
{
	lex->tok.kind = TOK_EOF;
	lex->tok.start = lex->tok.end = lex->eof;
	return 0;
}

/* The text ends here, in the midst of something. */
static int give_eof_at(struct lexer *lex, const char *p)
{
	lex->eof = p - lex->text;
	lex->p = lex->end;
	return give_eof(lex);
}

/* The byte after the block comment at p, or p if it does not end. */
static const char *skip_comment(const struct lexer *lex, const char *p)
{
	const char *q = p + 2;

	while ((q = memchr(q, '*', lex->end - q))) {
		q++;
		if (at(lex, q) == '/')
			return q + 1;
		if (q == lex->end)
			break;
	}
	return p;
}

/* The end of the bytes of paths at p, which is at or after lex->p. */
static inline const char *path_run(struct lexer *lex, const char *p)
{
	if (p >= lex->path_run)
		lex->path_run = skip(lex, p, CLASS_PATH);
	return lex->path_run;
}

/*
 * The end of the path that begins at p, NULL if none does. *partial: it is the
 * part before ${ of a path, "a/" of a/${b}; that has one slash only.
 */
static const char *match_path(struct lexer *lex, const char *p, bool *partial)
{
	const char *q = path_run(lex, p);

	*partial = false;
	if (at(lex, q) != '/')
		return NULL;
	if (at(lex, q + 1) == '$' && at(lex, q + 2) == '{') {
		*partial = true;
		return q + 1;
	}
	if (!is(at(lex, q + 1), CLASS_PATH))
		return NULL;
	do
		q = skip(lex, q + 1, CLASS_PATH);
	while (at(lex, q) == '/' && is(at(lex, q + 1), CLASS_PATH));
	return at(lex, q) == '/' ? q + 1 : q;
}

static const char *match_uri(const struct lexer *lex, const char *p)
{
	const char *q = skip(lex, p, CLASS_SCHEME);

	if (at(lex, q) != ':' || !is(at(lex, q + 1), CLASS_URI))
		return NULL;
	return skip(lex, q + 1, CLASS_URI);
}

static int give_path(struct lexer *lex, enum token_kind kind, const char *start,
		     const char *end)
{
	lex->piece_before = lex->piece = start - lex->text;
	lex->slash = end[-1] == '/';
	return give(lex, kind, start, end);
}

static int lex_name(struct lexer *lex, const char *start)
{
	const char *p = skip(lex, start + 1, CLASS_ID), *end;
	bool partial, late;
	symbol sym;

	switch (at(lex, p)) {
	case '/':
	case '.':
	case '+':
	case ':':
		end = path_run(lex, p);
		if (at(lex, end) == '/')
			/* A name with ' does not begin a path. */
			end = memchr(start, '\'', p - start)
				      ? NULL
				      : match_path(lex, start, &partial);
		else if (at(lex, end) == ':' && is(at(lex, end + 1), CLASS_URI))
			end = match_uri(lex, start);
		else
			break;
		if (!end || end <= p)
			break;
		if (memchr(start, ':', end - start))
			return give(lex, TOK_URI, start, end);
		return give_path(lex, TOK_PATH, start, end);
	}

	late = at(lex, p) == ':' || at(lex, p) == '@';
	sym = late ? symbol_find(start, p - start)
		   : symbol_intern(start, p - start);
	if (!sym && !late) {
		eval_fail_memory(lex->ev);
		return -1;
	}
	lex->tok.as.sym = sym;
	if (sym && sym <= SYM_or_)
		return give(lex, TOK_IF + (sym - SYM_if_), start, p);
	return give(lex, TOK_ID, start, p);
}

static int lex_integer(struct lexer *lex, const char *start, const char *end)
{
	int64_t n = 0;

	for (const char *p = start; p < end; p++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, *p - '0', &n)) {
			eval_fail(lex->ev, ERROR_PARSE,
				  lex->base + (start - lex->text),
				  "invalid integer '%.*s'", (int)(end - start),
				  start);
			return -1;
		}
	}
	lex->tok.as.integer = n;
	return give(lex, TOK_INT, start, end);
}

static int lex_float(struct lexer *lex, const char *start, const char *end)
{
	char small[64], *copy = small;

	if (end - start >= (ptrdiff_t)sizeof(small))
		copy = malloc(end - start + 1);
	if (!copy) {
		eval_fail_memory(lex->ev);
		return -1;
	}
	memcpy(copy, start, end - start);
	copy[end - start] = '\0';
	errno = 0;
	lex->tok.as.number = strtod(copy, NULL);
	if (copy != small)
		free(copy);
	if (errno) {
		eval_fail(lex->ev, ERROR_PARSE, lex->base + (start - lex->text),
			  "invalid float '%.*s'", (int)(end - start), start);
		return -1;
	}
	return give(lex, TOK_FLOAT, start, end);
}

/* The end of the digits and exponent after the point of a float. */
static const char *float_end(const struct lexer *lex, const char *p)
{
	const char *q;

	p = skip(lex, p, CLASS_DIGIT);
	if (at(lex, p) != 'e' && at(lex, p) != 'E')
		return p;
	q = p + 1;
	if (at(lex, q) == '+' || at(lex, q) == '-')
		q++;
	return is(at(lex, q), CLASS_DIGIT) ? skip(lex, q, CLASS_DIGIT) : p;
}

static int lex_number(struct lexer *lex, const char *start)
{
	const char *p = skip(lex, start, CLASS_DIGIT), *end, *path = NULL;
	bool partial, is_float = false;

	end = p;
	if (at(lex, p) == '.') {
		/* 1. is a float, 0.5 is, 0. and 00.5 are not. */
		if (*start != '0' ||
		    (p == start + 1 && is(at(lex, p + 1), CLASS_DIGIT))) {
			end = float_end(lex, p + 1);
			is_float = true;
		}
	}
	if (is(at(lex, p), CLASS_PATH) || at(lex, p) == '/')
		path = match_path(lex, start, &partial);
	if (path && path > end)
		return give_path(lex, TOK_PATH, start, path);
	return is_float ? lex_float(lex, start, end)
			: lex_integer(lex, start, end);
}

/* Something that begins with . + - or a slash. */
static int lex_path_or(struct lexer *lex, const char *start)
{
	bool partial;
	const char *path = match_path(lex, start, &partial);
	char next = at(lex, start + 1);

	if (path)
		return give_path(lex, TOK_PATH, start, path);
	switch (*start) {
	case '.':
		if (next == '.' && at(lex, start + 2) == '.')
			return give(lex, TOK_ELLIPSIS, start, start + 3);
		if (is(next, CLASS_DIGIT))
			return lex_float(lex, start, float_end(lex, start + 1));
		break;
	case '+':
		if (next == '+')
			return give(lex, TOK_CONCAT, start, start + 2);
		break;
	case '-':
		if (next == '>')
			return give(lex, TOK_IMPL, start, start + 2);
		break;
	case '/':
		if (next == '/')
			return give(lex, TOK_UPDATE, start, start + 2);
		break;
	}
	return give(lex, singles[(unsigned char)*start], start, start + 1);
}

static int lex_home_path(struct lexer *lex, const char *start)
{
	bool partial;
	const char *end = NULL;

	if (at(lex, start + 1) == '/')
		end = match_path(lex, start + 1, &partial);
	if (!end)
		return give(lex, TOK_INVALID, start, start + 1);
	return give_path(lex, TOK_HPATH, start, end);
}

static int lex_pipe(struct lexer *lex, enum token_kind kind, const char *start)
{
	if (lex->pipes)
		return give(lex, kind, start, start + 2);
	eval_fail(lex->ev, ERROR_PARSE, lex->base + (start - lex->text),
		  "experimental Nix feature 'pipe-operators' is disabled; add "
		  "'--extra-experimental-features pipe-operators' to enable "
		  "it");
	return -1;
}

static int lex_less(struct lexer *lex, const char *start)
{
	const char *p = start + 1;

	/* <a/b> */
	while (is(at(lex, p), CLASS_PATH)) {
		p = skip(lex, p, CLASS_PATH);
		if (at(lex, p) == '>')
			return give(lex, TOK_SPATH, start, p + 1);
		if (at(lex, p) != '/')
			break;
		p++;
	}
	if (at(lex, start + 1) == '=')
		return give(lex, TOK_LEQ, start, start + 2);
	if (at(lex, start + 1) == '|')
		return lex_pipe(lex, TOK_PIPE_FROM, start);
	return give(lex, TOK_LESS, start, start + 1);
}

/* '', with the rest of its line if that is blank. */
static int lex_quotes(struct lexer *lex, const char *start)
{
	const char *p;

	if (at(lex, start + 1) != '\'')
		return give(lex, TOK_INVALID, start, start + 1);
	p = start + 2;
	while (at(lex, p) == ' ')
		p++;
	return give(lex, TOK_IND_OPEN, start,
		    at(lex, p) == '\n' ? p + 1 : start + 2);
}

int lexer_next(struct lexer *lex)
{
	const char *p = lex->p;
	char next;

again:
	while (p < lex->end && is(*p, CLASS_SPACE))
		p++;
	if (p == lex->end) {
		lex->p = p;
		return give_eof(lex);
	}
	if (is(*p, CLASS_ID_START))
		return lex_name(lex, p);

	next = at(lex, p + 1);
	switch (*p) {
	case '#':
		while (p < lex->end && *p != '\n' && *p != '\r')
			p++;
		goto again;
	case '0' ... '9':
		return lex_number(lex, p);
	case '/':
		if (next == '*') {
			const char *after = skip_comment(lex, p);

			if (after != p) {
				p = after;
				goto again;
			}
		}
		return lex_path_or(lex, p);
	case '.':
	case '+':
	case '-':
		return lex_path_or(lex, p);
	case '~':
		return lex_home_path(lex, p);
	case '<':
		return lex_less(lex, p);
	case '\'':
		return lex_quotes(lex, p);
	case '=':
		if (next == '=')
			return give(lex, TOK_EQ, p, p + 2);
		break;
	case '!':
		if (next == '=')
			return give(lex, TOK_NEQ, p, p + 2);
		break;
	case '>':
		if (next == '=')
			return give(lex, TOK_GEQ, p, p + 2);
		break;
	case '&':
		if (next == '&')
			return give(lex, TOK_AND, p, p + 2);
		break;
	case '|':
		if (next == '|')
			return give(lex, TOK_OR, p, p + 2);
		if (next == '>')
			return lex_pipe(lex, TOK_PIPE_INTO, p);
		break;
	case '$':
		if (next == '{')
			return give(lex, TOK_DOLLAR_CURLY, p, p + 2);
		break;
	case '\0':
		return give_eof_at(lex, p + 1);
	}
	if (singles[(unsigned char)*p])
		return give(lex, singles[(unsigned char)*p], p, p + 1);
	return give(lex, TOK_INVALID, p, p + 1);
}

/* A string that cannot be: Nix's strings hold no NUL. */
static int fail_nul(struct lexer *lex, const char *start, const char *end)
{
	size_t len = end - start;
	/* A NUL is shown as a symbol of three bytes. */
	char *shown = arena_alloc(lex->ev->arena, len * 3 + 1), *out = shown;

	if (!shown) {
		eval_fail_memory(lex->ev);
		return -1;
	}
	for (; start < end; start++) {
		if (*start) {
			*out++ = *start;
		} else {
			memcpy(out, "\xe2\x90\x80", 3);
			out += 3;
		}
	}
	*out = '\0';
	eval_fail(lex->ev, ERROR_EVAL, lex->base + lex->tok.start,
		  "input string '%s' cannot be represented as Nix string "
		  "because it contains null bytes",
		  shown);
	return -1;
}

static int fail_nul_unescaped(struct lexer *lex, const char *start,
			      const char *end)
{
	char *bytes = arena_alloc(lex->ev->arena, end - start);
	size_t len;

	if (!bytes) {
		eval_fail_memory(lex->ev);
		return -1;
	}
	len = lexer_unescape(start, end - start, bytes);
	return fail_nul(lex, bytes, bytes + len);
}

int lexer_string(struct lexer *lex)
{
	const char *start = lex->p, *p = start;
	bool plain = true;

	if (at(lex, p) == '"')
		return give(lex, TOK_QUOTE, p, p + 1);
	if (at(lex, p) == '$' && at(lex, p + 1) == '{')
		return give(lex, TOK_DOLLAR_CURLY, p, p + 2);
	for (;;) {
		if (p == lex->end)
			break;
		if (*p == '"') {
			break;
		} else if (*p == '\\') {
			plain = false;
			if (lex->end - p < 2)
				break;
			p += 2;
		} else if (*p == '$') {
			/* $$ is two characters, and so $${ is three. */
			if (at(lex, p + 1) == '{')
				break;
			p++;
			if (p < lex->end && *p != '"' && *p != '\\') {
				plain &= *p != '\r' && *p != '\0';
				p++;
			}
		} else {
			plain &= *p != '\r' && *p != '\0';
			p++;
		}
	}
	if (p == start || (p < lex->end && *p == '\\') ||
	    (p == lex->end && p[-1] == '$'))
		return give_eof_at(lex, lex->end);
	lex->tok.as.plain = plain;
	give(lex, TOK_STR, start, p);
	if (!plain && memchr(start, '\0', p - start))
		return fail_nul_unescaped(lex, start, p);
	return 0;
}

int lexer_indented(struct lexer *lex)
{
	const char *start = lex->p, *p = start;
	char next;

	while (p < lex->end) {
		next = at(lex, p + 1);
		if (*p == '$') {
			if (p + 1 == lex->end || next == '{' || next == '\'')
				break;
			p += 2;
		} else if (*p == '\'') {
			if (p + 1 == lex->end || next == '\'' || next == '$')
				break;
			p += 2;
		} else {
			p++;
		}
	}
	lex->tok.as.indentation = p > start;
	if (p > start) {
		give(lex, TOK_IND_STR, start, p);
		if (memchr(start, '\0', p - start))
			return fail_nul(lex, start, p);
		return 0;
	}
	if (p == lex->end)
		return give_eof_at(lex, p);

	next = at(lex, p + 1);
	if (*p == '$')
		return next == '{' ? give(lex, TOK_DOLLAR_CURLY, p, p + 2)
				   : give(lex, TOK_IND_STR, p, p + 1);
	if (next != '\'')
		return give(lex, TOK_IND_STR, p, p + 1);
	if (lex->end - p < 3)
		return give(lex, TOK_IND_CLOSE, p, p + 2);
	switch (p[2]) {
	case '$':
	case '\'':
		return give(lex, TOK_IND_STR, p, p + 3);
	case '\\':
		if (lex->end - p < 4)
			break;
		give(lex, TOK_IND_STR, p, p + 4);
		return p[3] ? 0 : fail_nul(lex, p + 3, p + 4);
	}
	return give(lex, TOK_IND_CLOSE, p, p + 2);
}

void lexer_path_resume(struct lexer *lex)
{
	lex->slash = false;
	lex->piece_before = lex->piece;
	lex->piece = lex->tok.start;
}

int lexer_path(struct lexer *lex)
{
	const char *p = lex->p, *end;
	bool partial;

	if (at(lex, p) == '$' && at(lex, p + 1) == '{')
		return give(lex, TOK_DOLLAR_CURLY, p, p + 2);
	end = match_path(lex, p, &partial);
	if (!end) {
		end = skip(lex, p, CLASS_PATH);
		if (at(lex, end) == '/')
			end++;
	}
	if (end > p) {
		lex->piece_before = lex->piece;
		lex->piece = p - lex->text;
		lex->slash = end[-1] == '/';
		return give(lex, TOK_STR, p, end);
	}
	if (lex->slash) {
		uint32_t where = p < lex->end ? p - lex->text : lex->piece;

		eval_fail(lex->ev, ERROR_PARSE, lex->base + where,
			  "path has a trailing slash");
		return -1;
	}
	give(lex, TOK_PATH_END, p, p);
	lex->tok.start = lex->piece;
	if (p == lex->end) {
		/* Nix goes back one step too many here. */
		lex->tok.start = lex->piece_before;
		lex->eof = lex->piece;
	}
	return 0;
}

size_t lexer_unescape(const char *raw, size_t len, char *out)
{
	const char *p = raw, *end = raw + len;
	char *q = out;

	while (p < end) {
		char c = *p++;

		if (c == '\\' && p < end) {
			c = *p++;
			*q++ = c == 'n'	  ? '\n'
			       : c == 'r' ? '\r'
			       : c == 't' ? '\t'
					  : c;
		} else if (c == '\r') {
			*q++ = '\n';
			if (p < end && *p == '\n')
				p++;
		} else {
			*q++ = c;
		}
	}
	return q - out;
}
