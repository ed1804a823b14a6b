/*
 * outline_set.c - sets, their bindings, and what stands before values
 */
#include <string.h>

#include "eval/outline_private.h"

/* The bytes of a string token, unescaped. */
static int string_bytes(struct reader *r, struct outline_name *out)
{
	const struct token *tok = &r->lex.tok;
	const char *raw = r->lex.text + tok->start;
	char *bytes = outline_alloc(r->o, tok->end - tok->start + 1);

	if (!bytes)
		return -1;
	out->bytes = bytes;
	out->len = lexer_unescape(raw, tok->end - tok->start, bytes);
	return 0;
}

int reader_string_name(struct reader *r, struct outline_name *out)
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
		if (reader_next(r) < 0 ||
		    reader_skip_until(r, TOK_RBRACE) < 0 ||
		    reader_skip_pieces(r, lexer_string, TOK_QUOTE) < 0)
			return -1;
	}
	return r->lex.tok.kind == TOK_QUOTE ? reader_next(r)
					    : reader_unexpected(r);
}

/* ${"a"} or ${b}, at the ${; goes past the brace. */
static int read_dollar_name(struct reader *r, struct outline_name *out)
{
	struct reader inside;

	if (reader_next(r) < 0)
		return -1;
	inside = *r;
	if (reader_skip_until(r, TOK_RBRACE) < 0)
		return -1;
	out->computed = true;
	if (inside.lex.tok.kind == TOK_QUOTE) {
		out->computed = false;
		if (reader_string_name(&inside, out) < 0)
			return -1;
		if (inside.lex.tok.start != r->lex.tok.start)
			out->computed = true;
	}
	return reader_next(r);
}

int reader_name(struct reader *r, struct outline_name *out)
{
	memset(out, 0, sizeof(*out));
	switch (r->lex.tok.kind) {
	case TOK_ID:
	case TOK_OR_KW:
		out->bytes = r->lex.text + r->lex.tok.start;
		out->len = r->lex.tok.end - r->lex.tok.start;
		return reader_next(r);
	case TOK_QUOTE:
		return reader_string_name(r, out);
	case TOK_DOLLAR_CURLY:
		return read_dollar_name(r, out);
	default:
		return reader_unexpected(r);
	}
}

bool outline_name_is(const struct outline_name *name, const char *text)
{
	return !name->computed && name->len == strlen(text) &&
	       memcmp(name->bytes, text, name->len) == 0;
}

static int read_path(struct reader *r, struct outline_binding *b)
{
	struct outline_name *name;

	for (;;) {
		name = outline_append(r->o, (void **)&b->names, &b->len,
				      sizeof(*b->names));
		if (!name || reader_name(r, name) < 0)
			return -1;
		if (r->lex.tok.kind != TOK_DOT)
			return 0;
		if (reader_next(r) < 0)
			return -1;
	}
}

static int read_value(struct reader *outer, struct outline_binding *b,
		      uint32_t start, uint32_t end, unsigned wraps);

int reader_begins_formals(const struct reader *at, bool *formals)
{
	struct reader r = *at;

	*formals = false;
	if (reader_next(&r) < 0)
		return -1;
	if (r.lex.tok.kind == TOK_ELLIPSIS) {
		*formals = true;
	} else if (r.lex.tok.kind == TOK_RBRACE) {
		if (reader_next(&r) < 0)
			return -1;
		*formals =
			r.lex.tok.kind == TOK_COLON || r.lex.tok.kind == TOK_AT;
	} else if (r.lex.tok.kind == TOK_ID) {
		if (reader_next(&r) < 0)
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
		outline_append(o, (void **)&b->branches, &b->branches_len,
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

	if (reader_next(r) < 0)
		return -1;
	while (r->lex.tok.kind != TOK_RBRACKET) {
		start = r->lex.tok.start;
		if (reader_skip_simple(r) < 0 ||
		    read_value(r, b, start, r->last_end, wraps) < 0)
			return -1;
	}
	return reader_next(r);
}

/*
 * A call of one of the wrappers, at its first name. *found: it is one, and its
 * values are in b.
 */
static int read_wrapped(struct reader *r, struct outline_binding *b,
			uint32_t end, unsigned wraps, bool *found)
{
	const struct wrapper *w = NULL;
	struct outline_name name = { 0 };

	*found = false;
	while (r->lex.tok.kind == TOK_ID) {
		if (reader_name(r, &name) < 0)
			return -1;
		if (r->lex.tok.kind != TOK_DOT)
			break;
		if (reader_next(r) < 0)
			return -1;
	}
	for (size_t i = 0; i < sizeof(wrappers) / sizeof(*wrappers); i++)
		if (outline_name_is(&name, wrappers[i].name))
			w = &wrappers[i];
	if (!w || reader_ends_expr(r->lex.tok.kind))
		return 0;
	if (w->has_argument && reader_skip_simple(r) < 0)
		return -1;
	if (reader_ends_expr(r->lex.tok.kind))
		return 0;
	wraps |= w->wrap;
	*found = true;
	if (w->wrap == OUTLINE_MERGE && r->lex.tok.kind == TOK_LBRACKET) {
		struct reader after = *r;

		/* Nothing may follow the list: not `mkMerge [ ] // a`. */
		if (reader_skip_one(&after) < 0)
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

	if (outer->depth >= OUTLINE_DEPTH_MAX)
		return reader_unexpected(outer);
	if (reader_init(&r, o, start, end) < 0)
		return -1;
	r.depth = outer->depth + 1;
	after = r;
	switch (r.lex.tok.kind) {
	case TOK_LPAREN:
		/* Only if the parenthesis closes at the end. */
		if (reader_next(&r) < 0 || reader_skip_one(&after) < 0)
			return -1;
		if (after.lex.tok.kind == TOK_EOF)
			return read_value(&r, b, r.lex.tok.start,
					  after.last_end - 1, wraps);
		break;
	case TOK_REC:
	case TOK_LBRACE:
		if (r.lex.tok.kind == TOK_REC && reader_next(&after) < 0)
			return -1;
		if (after.lex.tok.kind != TOK_LBRACE ||
		    reader_begins_formals(&after, &formals) < 0)
			return -1;
		if (formals)
			break;
		r = after;
		if (reader_skip_one(&after) < 0)
			return -1;
		if (after.lex.tok.kind != TOK_EOF)
			break;
		set = reader_set(&r);
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

	if (reader_next(r) < 0)
		return -1;
	if (r->lex.tok.kind == TOK_LPAREN && reader_skip_one(r) < 0)
		return -1;
	while (r->lex.tok.kind != TOK_SEMICOLON) {
		start = r->lex.tok.start;
		b = outline_append(r->o, (void **)&set->items, &set->len,
				   sizeof(*set->items));
		if (!b)
			return -1;
		memset(b, 0, sizeof(*b));
		b->inherited = true;
		b->start = b->value = start;
		b->names = outline_alloc(r->o, sizeof(*b->names));
		b->len = 1;
		if (!b->names || reader_name(r, b->names) < 0)
			return -1;
		b->value_end = r->last_end;
	}
	for (uint32_t i = first; i < set->len; i++)
		set->items[i].end = r->lex.tok.end;
	return reader_next(r);
}

static int read_binding(struct reader *r, struct outline_set *set)
{
	struct outline_binding *b = outline_append(
		r->o, (void **)&set->items, &set->len, sizeof(*set->items));

	if (!b)
		return -1;
	memset(b, 0, sizeof(*b));
	b->start = r->lex.tok.start;
	if (read_path(r, b) < 0)
		return -1;
	if (r->lex.tok.kind != TOK_ASSIGN)
		return reader_unexpected(r);
	if (reader_next(r) < 0)
		return -1;
	b->value = r->lex.tok.start;
	if (reader_skip_expr(r) < 0)
		return -1;
	if (r->lex.tok.kind != TOK_SEMICOLON)
		return reader_unexpected(r);
	b->value_end = r->last_end;
	b->end = r->lex.tok.end;
	if (reader_next(r) < 0)
		return -1;
	return read_value(r, b, b->value, b->value_end, 0);
}

int reader_bindings(struct reader *r, struct outline_set *set,
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

struct outline_set *reader_set(struct reader *r)
{
	struct outline_set *set = outline_alloc(r->o, sizeof(*set));

	if (!set)
		return NULL;
	set->open = r->lex.tok.start;
	if (reader_next(r) < 0 || reader_bindings(r, set, TOK_RBRACE) < 0)
		return NULL;
	set->close = r->lex.tok.start;
	return reader_next(r) < 0 ? NULL : set;
}
