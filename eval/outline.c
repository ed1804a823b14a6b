/*
 * outline.c - finding the sets and bindings of a module in its tokens
 *
 * An expression is skipped by counting brackets, and the semicolons that belong
 * to let, with and assert: in a text that parses nothing more is needed.
 */
#include "eval/outline.h"

#include <string.h>

#include "eval/error.h"
#include "eval/lexer.h"
#include "eval/parse.h"

#define DEPTH_MAX 2000
#define FILE_MAX_SIZE ((size_t)256 << 20)

/* Where reading is. */
struct reader {
	struct outline *o;
	struct lexer lex;
	uint32_t last_end; /* of the token before */
	int depth;
};

static int next(struct reader *r)
{
	r->last_end = r->lex.tok.end;
	return lexer_next(&r->lex);
}

static int reader_init(struct reader *r, struct outline *o, uint32_t start,
		       uint32_t end)
{
	memset(r, 0, sizeof(*r));
	r->o = o;
	lexer_init(&r->lex, &o->ev, o->text, end, 1);
	r->lex.p = o->text + start;
	return lexer_next(&r->lex);
}

static void *allocate(struct outline *o, size_t size)
{
	void *memory = arena_alloc(o->ev.arena, size);

	if (!memory)
		eval_fail_memory(&o->ev);
	else
		memset(memory, 0, size);
	return memory;
}

/* Room for one more item at the end of an array that only grows; its lengths
 * of a power of 2 tell when it is full. */
static void *append(struct outline *o, void **items, uint32_t *len, size_t size)
{
	char *array = *items;

	if (!(*len & (*len - 1))) {
		array = allocate(o, (*len ? *len * 2 : 1) * size);
		if (!array)
			return NULL;
		if (*len)
			memcpy(array, *items, *len * size);
		*items = array;
	}
	return array + (*len)++ * size;
}

static int unexpected(struct reader *r)
{
	eval_fail(&r->o->ev, ERROR_PARSE, 1 + r->lex.tok.start,
		  "the text is not understood here");
	return -1;
}

static int skip_until(struct reader *r, enum token_kind close);

/* Pieces of a string or path up to its end; `next` is what cuts them. */
static int skip_pieces(struct reader *r, int (*piece)(struct lexer *),
		       enum token_kind close)
{
	for (;;) {
		if (piece(&r->lex) < 0)
			return -1;
		if (r->lex.tok.kind == close)
			return 0;
		if (r->lex.tok.kind == TOK_EOF)
			return unexpected(r);
		if (r->lex.tok.kind != TOK_DOLLAR_CURLY)
			continue;
		if (next(r) < 0 || skip_until(r, TOK_RBRACE) < 0)
			return -1;
		if (close == TOK_PATH_END)
			lexer_path_resume(&r->lex);
	}
}

/* Go past a token, or all that it opens. */
static int skip_one(struct reader *r)
{
	uint32_t end;

	switch (r->lex.tok.kind) {
	case TOK_LPAREN:
		if (next(r) < 0 || skip_until(r, TOK_RPAREN) < 0)
			return -1;
		return next(r);
	case TOK_LBRACKET:
		if (next(r) < 0 || skip_until(r, TOK_RBRACKET) < 0)
			return -1;
		return next(r);
	case TOK_LBRACE:
	case TOK_DOLLAR_CURLY:
		if (next(r) < 0 || skip_until(r, TOK_RBRACE) < 0)
			return -1;
		return next(r);
	case TOK_QUOTE:
		if (skip_pieces(r, lexer_string, TOK_QUOTE) < 0)
			return -1;
		return next(r);
	case TOK_IND_OPEN:
		if (skip_pieces(r, lexer_indented, TOK_IND_CLOSE) < 0)
			return -1;
		return next(r);
	case TOK_PATH:
	case TOK_HPATH:
		if (skip_pieces(r, lexer_path, TOK_PATH_END) < 0)
			return -1;
		/* The end of a path is no byte of it. */
		end = r->lex.p - r->lex.text;
		if (lexer_next(&r->lex) < 0)
			return -1;
		r->last_end = end;
		return 0;
	default:
		return next(r);
	}
}

/* Up to the token that closes what was opened; it is the current one then. */
static int skip_until(struct reader *r, enum token_kind close)
{
	if (++r->depth > DEPTH_MAX)
		return unexpected(r);
	while (r->lex.tok.kind != close) {
		if (r->lex.tok.kind == TOK_EOF)
			return unexpected(r);
		if (skip_one(r) < 0)
			return -1;
	}
	r->depth--;
	return 0;
}

static bool ends_expr(enum token_kind kind)
{
	return kind == TOK_EOF || kind == TOK_RPAREN || kind == TOK_RBRACE ||
	       kind == TOK_RBRACKET;
}

/* An expression that a semicolon ends, or a bracket that it did not open. */
static int skip_expr(struct reader *r)
{
	uint32_t lets = 0, semicolons = 0;

	while (!ends_expr(r->lex.tok.kind)) {
		switch (r->lex.tok.kind) {
		case TOK_LET:
			if (next(r) < 0)
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
		if (skip_one(r) < 0)
			return -1;
	}
	return 0;
}

/* An argument or list element: a simple expression and its selections. */
static int skip_simple(struct reader *r)
{
	if (r->lex.tok.kind == TOK_REC || r->lex.tok.kind == TOK_LET) {
		if (next(r) < 0)
			return -1;
	}
	if (ends_expr(r->lex.tok.kind))
		return unexpected(r);
	if (skip_one(r) < 0)
		return -1;
	while (r->lex.tok.kind == TOK_DOT || r->lex.tok.kind == TOK_OR_KW) {
		bool is_or = r->lex.tok.kind == TOK_OR_KW;

		if (next(r) < 0)
			return -1;
		/* `f or` ends with it. */
		if (is_or && ends_expr(r->lex.tok.kind))
			return 0;
		if (skip_one(r) < 0)
			return -1;
	}
	return 0;
}

/* The bytes of a string token, unescaped. */
static int string_bytes(struct reader *r, struct outline_name *out)
{
	const struct token *tok = &r->lex.tok;
	const char *raw = r->lex.text + tok->start;
	char *bytes = allocate(r->o, tok->end - tok->start + 1);

	if (!bytes)
		return -1;
	out->bytes = bytes;
	out->len = lexer_unescape(raw, tok->end - tok->start, bytes);
	return 0;
}

/* "a" or "a${b}", at the quote; goes past it. */
static int read_string_name(struct reader *r, struct outline_name *out)
{
	if (lexer_string(&r->lex) < 0)
		return -1;
	out->bytes = "";
	if (r->lex.tok.kind == TOK_STR) {
		if (string_bytes(r, out) < 0 || lexer_string(&r->lex) < 0)
			return -1;
	}
	if (r->lex.tok.kind == TOK_DOLLAR_CURLY) {
		out->computed = true;
		if (next(r) < 0 || skip_until(r, TOK_RBRACE) < 0 ||
		    skip_pieces(r, lexer_string, TOK_QUOTE) < 0)
			return -1;
	}
	return r->lex.tok.kind == TOK_QUOTE ? next(r) : unexpected(r);
}

/* ${"a"} or ${b}, at the ${; goes past the brace. */
static int read_dollar_name(struct reader *r, struct outline_name *out)
{
	struct reader inside;

	if (next(r) < 0)
		return -1;
	inside = *r;
	if (skip_until(r, TOK_RBRACE) < 0)
		return -1;
	out->computed = true;
	if (inside.lex.tok.kind == TOK_QUOTE) {
		out->computed = false;
		if (read_string_name(&inside, out) < 0)
			return -1;
		if (inside.lex.tok.start != r->lex.tok.start)
			out->computed = true;
	}
	return next(r);
}

/* One name of an attribute path. */
static int read_name(struct reader *r, struct outline_name *out)
{
	memset(out, 0, sizeof(*out));
	switch (r->lex.tok.kind) {
	case TOK_ID:
	case TOK_OR_KW:
		out->bytes = r->lex.text + r->lex.tok.start;
		out->len = r->lex.tok.end - r->lex.tok.start;
		return next(r);
	case TOK_QUOTE:
		return read_string_name(r, out);
	case TOK_DOLLAR_CURLY:
		return read_dollar_name(r, out);
	default:
		return unexpected(r);
	}
}

static bool name_is(const struct outline_name *name, const char *text)
{
	return !name->computed && name->len == strlen(text) &&
	       memcmp(name->bytes, text, name->len) == 0;
}

static int read_path(struct reader *r, struct outline_binding *b)
{
	struct outline_name *name;

	for (;;) {
		name = append(r->o, (void **)&b->names, &b->len,
			      sizeof(*b->names));
		if (!name || read_name(r, name) < 0)
			return -1;
		if (r->lex.tok.kind != TOK_DOT)
			return 0;
		if (next(r) < 0)
			return -1;
	}
}

static struct outline_set *read_set(struct reader *r);
static int read_value(struct reader *outer, struct outline_binding *b,
		      uint32_t start, uint32_t end, unsigned wraps);

/* Do formals begin at this brace, and not a set? */
static int begins_formals(const struct reader *at, bool *formals)
{
	struct reader r = *at;

	*formals = false;
	if (next(&r) < 0)
		return -1;
	if (r.lex.tok.kind == TOK_ELLIPSIS) {
		*formals = true;
	} else if (r.lex.tok.kind == TOK_RBRACE) {
		if (next(&r) < 0)
			return -1;
		*formals =
			r.lex.tok.kind == TOK_COLON || r.lex.tok.kind == TOK_AT;
	} else if (r.lex.tok.kind == TOK_ID) {
		if (next(&r) < 0)
			return -1;
		*formals = r.lex.tok.kind == TOK_COMMA ||
			   r.lex.tok.kind == TOK_QUESTION ||
			   r.lex.tok.kind == TOK_RBRACE;
	}
	return 0;
}

/* Functions that a module's values stand behind. */
static const struct wrapper {
	const char *name;
	unsigned wrap;
	bool has_argument; /* one before the value */
} wrappers[] = {
	{ "mkForce", OUTLINE_PRIORITY, false },
	{ "mkDefault", OUTLINE_PRIORITY, false },
	{ "mkVMOverride", OUTLINE_PRIORITY, false },
	{ "mkOverride", OUTLINE_PRIORITY, true },
	{ "mkIf", OUTLINE_CONDITION, true },
	{ "optionalAttrs", OUTLINE_CONDITION, true },
	{ "mkMerge", OUTLINE_MERGE, false },
	{ "mkBefore", OUTLINE_ORDER, false },
	{ "mkAfter", OUTLINE_ORDER, false },
	{ "mkOrder", OUTLINE_ORDER, true },
};

static int add_branch(struct outline *o, struct outline_binding *b,
		      uint32_t start, uint32_t end, unsigned wraps,
		      struct outline_set *set)
{
	struct outline_branch *branch =
		append(o, (void **)&b->branches, &b->branches_len,
		       sizeof(*b->branches));

	if (!branch)
		return -1;
	*branch = (struct outline_branch){
		.start = start,
		.end = end,
		.wraps = wraps,
		.set = set,
	};
	return 0;
}

/* The elements of mkMerge's list, at its bracket: a value each. */
static int read_merge(struct reader *r, struct outline_binding *b,
		      unsigned wraps)
{
	uint32_t start;

	if (next(r) < 0)
		return -1;
	while (r->lex.tok.kind != TOK_RBRACKET) {
		start = r->lex.tok.start;
		if (skip_simple(r) < 0 ||
		    read_value(r, b, start, r->last_end, wraps) < 0)
			return -1;
	}
	return next(r);
}

/*
 * A call of one of the wrappers, at its first name. *found: it is one, and its
 * values are in b.
 */
static int read_wrapped(struct reader *r, struct outline_binding *b,
			uint32_t end, unsigned wraps, bool *found)
{
	const struct wrapper *w = NULL;
	struct outline_name name;

	*found = false;
	while (r->lex.tok.kind == TOK_ID) {
		if (read_name(r, &name) < 0)
			return -1;
		if (r->lex.tok.kind != TOK_DOT)
			break;
		if (next(r) < 0)
			return -1;
	}
	for (size_t i = 0; i < sizeof(wrappers) / sizeof(*wrappers); i++)
		if (name_is(&name, wrappers[i].name))
			w = &wrappers[i];
	if (!w || ends_expr(r->lex.tok.kind))
		return 0;
	if (w->has_argument && skip_simple(r) < 0)
		return -1;
	if (ends_expr(r->lex.tok.kind))
		return 0;
	wraps |= w->wrap;
	*found = true;
	if (w->wrap == OUTLINE_MERGE && r->lex.tok.kind == TOK_LBRACKET) {
		struct reader after = *r;

		/* Nothing may follow the list: not `mkMerge [ ] // a`. */
		if (skip_one(&after) < 0)
			return -1;
		if (after.lex.tok.kind == TOK_EOF)
			return read_merge(r, b, wraps);
	}
	return read_value(r, b, r->lex.tok.start, end, wraps);
}

/* Put what the bytes are, behind which wraps, into b's branches. */
static int read_value(struct reader *outer, struct outline_binding *b,
		      uint32_t start, uint32_t end, unsigned wraps)
{
	struct outline *o = outer->o;
	struct outline_set *set = NULL;
	struct reader r, after;
	bool formals = false, found = false;

	if (outer->depth >= DEPTH_MAX)
		return unexpected(outer);
	if (reader_init(&r, o, start, end) < 0)
		return -1;
	r.depth = outer->depth + 1;
	after = r;
	switch (r.lex.tok.kind) {
	case TOK_LPAREN:
		/* Only if the parenthesis closes at the end. */
		if (next(&r) < 0 || skip_one(&after) < 0)
			return -1;
		if (after.lex.tok.kind == TOK_EOF)
			return read_value(&r, b, r.lex.tok.start,
					  after.last_end - 1, wraps);
		break;
	case TOK_REC:
	case TOK_LBRACE:
		if (r.lex.tok.kind == TOK_REC && next(&after) < 0)
			return -1;
		if (after.lex.tok.kind != TOK_LBRACE ||
		    begins_formals(&after, &formals) < 0)
			return -1;
		if (formals)
			break;
		r = after;
		if (skip_one(&after) < 0)
			return -1;
		if (after.lex.tok.kind != TOK_EOF)
			break;
		set = read_set(&r);
		if (!set)
			return -1;
		break;
	case TOK_ID:
		if (read_wrapped(&r, b, end, wraps, &found) < 0)
			return -1;
		if (found)
			return 0;
		break;
	default:
		break;
	}
	return add_branch(o, b, start, end, wraps, set);
}

/* inherit a b; or inherit (e) a b; at the keyword. */
static int read_inherit(struct reader *r, struct outline_set *set)
{
	uint32_t first = set->len, start;
	struct outline_binding *b;

	if (next(r) < 0)
		return -1;
	if (r->lex.tok.kind == TOK_LPAREN && skip_one(r) < 0)
		return -1;
	while (r->lex.tok.kind != TOK_SEMICOLON) {
		start = r->lex.tok.start;
		b = append(r->o, (void **)&set->items, &set->len,
			   sizeof(*set->items));
		if (!b)
			return -1;
		memset(b, 0, sizeof(*b));
		b->inherited = true;
		b->start = b->value = start;
		b->names = allocate(r->o, sizeof(*b->names));
		b->len = 1;
		if (!b->names || read_name(r, b->names) < 0)
			return -1;
		b->value_end = r->last_end;
	}
	for (uint32_t i = first; i < set->len; i++)
		set->items[i].end = r->lex.tok.end;
	return next(r);
}

static int read_binding(struct reader *r, struct outline_set *set)
{
	struct outline_binding *b = append(r->o, (void **)&set->items,
					   &set->len, sizeof(*set->items));

	if (!b)
		return -1;
	memset(b, 0, sizeof(*b));
	b->start = r->lex.tok.start;
	if (read_path(r, b) < 0)
		return -1;
	if (r->lex.tok.kind != TOK_ASSIGN)
		return unexpected(r);
	if (next(r) < 0)
		return -1;
	b->value = r->lex.tok.start;
	if (skip_expr(r) < 0)
		return -1;
	if (r->lex.tok.kind != TOK_SEMICOLON)
		return unexpected(r);
	b->value_end = r->last_end;
	b->end = r->lex.tok.end;
	if (next(r) < 0)
		return -1;
	return read_value(r, b, b->value, b->value_end, 0);
}

/* Bindings up to the token that ends them. */
static int read_bindings(struct reader *r, struct outline_set *set,
			 enum token_kind close)
{
	while (r->lex.tok.kind != close) {
		if (r->lex.tok.kind == TOK_INHERIT) {
			if (read_inherit(r, set) < 0)
				return -1;
		} else if (read_binding(r, set) < 0) {
			return -1;
		}
	}
	return 0;
}

/* At the brace; goes past the one that closes it. */
static struct outline_set *read_set(struct reader *r)
{
	struct outline_set *set = allocate(r->o, sizeof(*set));

	if (!set)
		return NULL;
	set->open = r->lex.tok.start;
	if (next(r) < 0 || read_bindings(r, set, TOK_RBRACE) < 0)
		return NULL;
	set->close = r->lex.tok.start;
	return next(r) < 0 ? NULL : set;
}

static void see_name(struct outline *o, const struct outline_name *name)
{
	if (name_is(name, "lib"))
		o->has_lib = true;
}

/* { a, b ? 1, ... } at the brace; goes past it. */
static int read_formals(struct reader *r)
{
	struct outline *o = r->o;
	struct outline_name name;

	o->has_formals = true;
	o->formals_open = r->lex.tok.start;
	o->formals_len = 0;
	o->ellipsis = 0;
	if (next(r) < 0)
		return -1;
	while (r->lex.tok.kind != TOK_RBRACE) {
		if (r->lex.tok.kind == TOK_ELLIPSIS) {
			o->ellipsis = r->lex.tok.start;
			if (next(r) < 0)
				return -1;
			continue;
		}
		o->last_formal = r->lex.tok.start;
		if (read_name(r, &name) < 0)
			return -1;
		see_name(o, &name);
		o->formals_len++;
		while (r->lex.tok.kind != TOK_COMMA &&
		       r->lex.tok.kind != TOK_RBRACE) {
			if (r->lex.tok.kind == TOK_EOF)
				return unexpected(r);
			if (skip_one(r) < 0)
				return -1;
		}
		o->last_formal_end = r->last_end;
		if (r->lex.tok.kind == TOK_COMMA && next(r) < 0)
			return -1;
	}
	o->formals_close = r->lex.tok.start;
	return next(r);
}

/* A function's parameter, at its first token, up to behind the colon. */
static int read_parameter(struct reader *r)
{
	struct outline *o = r->o;

	o->is_function = true;
	o->has_formals = false;
	o->arg.bytes = NULL;
	for (;;) {
		if (r->lex.tok.kind == TOK_LBRACE) {
			if (read_formals(r) < 0)
				return -1;
		} else if (r->lex.tok.kind == TOK_ID) {
			if (read_name(r, &o->arg) < 0)
				return -1;
			see_name(o, &o->arg);
		}
		if (r->lex.tok.kind == TOK_COLON)
			return next(r);
		if (r->lex.tok.kind != TOK_AT || next(r) < 0)
			return unexpected(r);
	}
}

/* let, up to behind its in. */
static int read_let(struct reader *r)
{
	struct outline_set names = { 0 };

	if (read_bindings(r, &names, TOK_IN) < 0)
		return -1;
	for (uint32_t i = 0; i < names.len; i++)
		see_name(r->o, &names.items[i].names[0]);
	return next(r);
}

/* A name, at which a function may begin. *is: it does. */
static int begins_function(const struct reader *at, bool *is)
{
	struct reader r = *at;

	if (next(&r) < 0)
		return -1;
	*is = r.lex.tok.kind == TOK_COLON || r.lex.tok.kind == TOK_AT;
	return 0;
}

/* What stands before the module's set. *set: it is at its brace. */
static int read_head(struct reader *r, uint32_t *parens, bool *set)
{
	bool is = false;

	*set = false;
	for (;;) {
		r->o->at = r->lex.tok.start;
		switch (r->lex.tok.kind) {
		case TOK_ID:
			if (begins_function(r, &is) < 0)
				return -1;
			if (!is)
				return 0;
			if (read_parameter(r) < 0)
				return -1;
			break;
		case TOK_LBRACE:
			if (begins_formals(r, &is) < 0)
				return -1;
			if (!is) {
				*set = true;
				return 0;
			}
			if (read_parameter(r) < 0)
				return -1;
			break;
		case TOK_REC:
			if (next(r) < 0)
				return -1;
			*set = true;
			return 0;
		case TOK_LET:
			if (next(r) < 0)
				return -1;
			if (r->lex.tok.kind == TOK_LBRACE)
				return 0;
			if (read_let(r) < 0)
				return -1;
			break;
		case TOK_WITH:
		case TOK_ASSERT:
			if (next(r) < 0 || skip_expr(r) < 0)
				return -1;
			if (r->lex.tok.kind != TOK_SEMICOLON)
				return unexpected(r);
			if (next(r) < 0)
				return -1;
			break;
		case TOK_LPAREN:
			++*parens;
			if (next(r) < 0)
				return -1;
			break;
		default:
			return 0;
		}
	}
}

static int read_module(struct outline *o)
{
	struct outline_set *set;
	struct reader r;
	uint32_t parens = 0;
	bool is_set;

	if (reader_init(&r, o, 0, o->len) < 0)
		return -1;
	o->start = r.lex.tok.start;
	if (read_head(&r, &parens, &is_set) < 0)
		return -1;
	if (!is_set)
		return 0;
	set = read_set(&r);
	if (!set)
		return -1;
	for (; parens && r.lex.tok.kind == TOK_RPAREN; parens--)
		if (next(&r) < 0)
			return -1;
	o->at = r.lex.tok.start;
	if (r.lex.tok.kind == TOK_EOF)
		o->module = set;
	return 0;
}

int outline_init(struct outline *o, const char *text, size_t len)
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
	return read_module(o);
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
	if (++r->depth > DEPTH_MAX)
		return unexpected(r);
	switch (r->lex.tok.kind) {
	case TOK_INT:
	case TOK_FLOAT:
	case TOK_URI:
		if (next(r) < 0)
			return -1;
		break;
	case TOK_ID:
		if (read_name(r, &name) < 0)
			return -1;
		*is = name_is(&name, "true") || name_is(&name, "false") ||
		      name_is(&name, "null");
		break;
	case TOK_MINUS:
		if (next(r) < 0)
			return -1;
		*is = !in_list && (r->lex.tok.kind == TOK_INT ||
				   r->lex.tok.kind == TOK_FLOAT);
		if (next(r) < 0)
			return -1;
		break;
	case TOK_QUOTE:
		memset(&name, 0, sizeof(name));
		if (read_string_name(r, &name) < 0)
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
		if (next(r) < 0)
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
		if (next(r) < 0 || skip_literal(r, false, is) < 0)
			return -1;
		if (!*is)
			break;
		*is = r->lex.tok.kind == TOK_RPAREN;
		if (*is && next(r) < 0)
			return -1;
		break;
	case TOK_LBRACKET:
		if (next(r) < 0)
			return -1;
		while (*is && r->lex.tok.kind != TOK_RBRACKET)
			if (skip_literal(r, true, is) < 0)
				return -1;
		if (*is && next(r) < 0)
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
	    r.lex.tok.kind != TOK_LBRACKET || next(&r) < 0)
		return -1;
	while (r.lex.tok.kind != TOK_RBRACKET) {
		item = append(o, (void **)items, &len, sizeof(**items));
		if (!item || r.lex.tok.kind == TOK_EOF)
			return -1;
		item->start = r.lex.tok.start;
		if (skip_simple(&r) < 0)
			return -1;
		item->end = r.last_end;
	}
	if (next(&r) < 0 || r.lex.tok.kind != TOK_EOF)
		return -1;
	return len;
}
