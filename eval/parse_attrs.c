/*
 * parse_attrs.c - bindings: `a.b.c = e;`, `inherit a;`, `inherit (e) a;`
 *
 * A set stays open while bindings can still be added to it: `a.b = 1;` and
 * `a = { c = 2; };` make one set. It is closed by scope.c.
 */
#include <string.h>

#include "eval/ast_print.h"
#include "eval/buf.h"
#include "eval/file.h"
#include "eval/parser.h"

/* Names up to this number are searched one by one. */
#define LINEAR_MAX 12

struct open_attrs *open_attrs_new(struct parser *p, pos_t pos)
{
	struct open_attrs *set = parser_scratch(p, sizeof(*set));

	if (!set)
		return NULL;
	memset(set, 0, sizeof(*set));
	set->e = (struct expr){ .op = EXPR_OPEN_ATTRS, .pos = pos };
	return set;
}

static struct open_attrs *as_open(struct expr *e)
{
	return e->op == EXPR_OPEN_ATTRS ? (struct open_attrs *)e : NULL;
}

static inline uint32_t hash_symbol(symbol name)
{
	return name * 0x9e3779b1u >> 7;
}

static void index_name(struct open_attrs *set, uint32_t i)
{
	uint32_t h = hash_symbol(set->names[i]) & set->index_mask;

	while (set->index[h])
		h = (h + 1) & set->index_mask;
	set->index[h] = i + 1;
}

/* Where name is bound, or -1. */
static int64_t find_name(const struct open_attrs *set, symbol name)
{
	uint32_t h;

	if (!set->index) {
		for (uint32_t i = 0; i < set->len; i++)
			if (set->names[i] == name)
				return i;
		return -1;
	}
	for (h = hash_symbol(name) & set->index_mask; set->index[h];
	     h = (h + 1) & set->index_mask)
		if (set->names[set->index[h] - 1] == name)
			return set->index[h] - 1;
	return -1;
}

/* Make room for twice as many names. */
static int grow_set(struct parser *p, struct open_attrs *set)
{
	uint32_t room = set->room ? set->room * 2 : 6;
	uint32_t slots = 16;
	struct expr **values;
	pos_t *positions;
	symbol *names;

	if (room < set->room)
		return -1;
	values = parser_scratch(p, room * (sizeof(*values) + sizeof(*names) +
					   sizeof(*positions)));
	if (!values)
		return -1;
	names = (symbol *)(values + room);
	positions = names + room;
	if (set->len) {
		memcpy(values, set->values, set->len * sizeof(*values));
		memcpy(names, set->names, set->len * sizeof(*names));
		memcpy(positions, set->positions,
		       set->len * sizeof(*positions));
	}
	set->values = values;
	set->names = names;
	set->positions = positions;
	set->room = room;
	if (room <= LINEAR_MAX)
		return 0;

	while (slots < room * 2)
		slots *= 2;
	set->index = parser_scratch(p, slots * sizeof(*set->index));
	if (!set->index)
		return -1;
	memset(set->index, 0, slots * sizeof(*set->index));
	set->index_mask = slots - 1;
	for (uint32_t i = 0; i < set->len; i++)
		index_name(set, i);
	return 0;
}

static int add_name(struct parser *p, struct open_attrs *set, symbol name,
		    pos_t pos, struct expr *bound)
{
	if (set->len == set->room && grow_set(p, set) < 0)
		return -1;
	set->names[set->len] = name;
	set->positions[set->len] = pos;
	set->values[set->len] = bound;
	set->len++;
	if (set->index)
		index_name(set, set->len - 1);
	return 0;
}

static int grow_array(struct parser *p, void **items, uint32_t *room,
		      uint32_t len, size_t size)
{
	uint32_t more = *room ? *room * 2 : 4;
	void *memory;

	if (len < *room)
		return 0;
	memory = parser_scratch(p, more * size);
	if (!memory)
		return -1;
	if (len)
		memcpy(memory, *items, len * size);
	*items = memory;
	*room = more;
	return 0;
}

static int add_dynamic(struct parser *p, struct open_attrs *set, pos_t pos,
		       struct expr *name, struct expr *bound)
{
	if (grow_array(p, (void **)&set->dynamic, &set->dynamic_room,
		       set->dynamic_len, sizeof(*set->dynamic)) < 0)
		return -1;
	set->dynamic[set->dynamic_len++] = (struct dynamic_attr){
		.pos = pos,
		.name = name,
		.value = bound,
	};
	return 0;
}

static int add_from(struct parser *p, struct open_attrs *set, struct expr *e)
{
	if (grow_array(p, (void **)&set->from, &set->from_room, set->from_len,
		       sizeof(*set->from)) < 0)
		return -1;
	set->from[set->from_len++] = e;
	return 0;
}

/* "attribute 'a.b' already defined at x.nix:1:2", of the len names from start
 * on p->path. */
static int fail_duplicate(struct parser *p, uint32_t start, uint32_t len,
			  pos_t pos, pos_t previous)
{
	struct buf text = BUF_INIT;
	struct position at;

	buf_add_text(&text, "attribute '");
	if (ast_print_path(p->ev, &text, p->path + start, len) < 0)
		goto out;
	buf_add_text(&text, "' already defined at ");
	if (file_position(p->ev, previous, &at))
		buf_add_format(&text, "%s:%u:%u", at.file->name, at.line,
			       at.column);
	else
		buf_add_text(&text, "«none»:0");
	eval_fail(p->ev, ERROR_PARSE, pos, "%s", buf_text(&text));
out:
	buf_release(&text);
	return -1;
}

static int push_name(struct parser *p, const struct attr_name *name)
{
	if (p->path_len == p->path_room &&
	    parser_grow(p, (void **)&p->path, &p->path_room, sizeof(*p->path)) <
		    0)
		return -1;
	p->path[p->path_len++] = *name;
	return 0;
}

/* A function is called, in messages, by the name it is bound to first. */
static void set_name(struct expr *e, symbol name)
{
	while (e->op == EXPR_LAMBDA) {
		struct expr_lambda *lambda = (struct expr_lambda *)e;

		lambda->name = name;
		e = lambda->body;
	}
}

static int add_attr(struct parser *p, struct open_attrs *set, uint32_t start,
		    symbol name, pos_t pos, struct expr *bound);

/* Add the bindings of more to set; p->path from start on is where set is. */
static int merge_attrs(struct parser *p, struct open_attrs *set,
		       struct open_attrs *more, uint32_t start)
{
	uint32_t base = set->from_len;

	/* As Nix does it: nobody asks which of the two is rec. */
	if (parser_too_deep(p))
		return -1;
	for (uint32_t i = 0; i < more->len; i++) {
		struct attr_name step = { .sym = more->names[i] };
		struct expr *bound = more->values[i];

		if (bound->op == EXPR_INHERIT_FROM)
			((struct expr_inherit_from *)bound)->from += base;
		if (push_name(p, &step) < 0 ||
		    add_attr(p, set, start, more->names[i], more->positions[i],
			     bound) < 0)
			return -1;
		p->path_len--;
	}
	for (uint32_t i = 0; i < more->dynamic_len; i++) {
		const struct dynamic_attr *attr = &more->dynamic[i];

		if (add_dynamic(p, set, attr->pos, attr->name, attr->value) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < more->from_len; i++)
		if (add_from(p, set, more->from[i]) < 0)
			return -1;
	return 0;
}

/* Bind name, the last on p->path; two sets become one. */
static int add_attr(struct parser *p, struct open_attrs *set, uint32_t start,
		    symbol name, pos_t pos, struct expr *bound)
{
	int64_t i = find_name(set, name);
	struct open_attrs *old, *more;

	if (i < 0) {
		set_name(bound, name);
		return add_name(p, set, name, pos, bound);
	}
	old = as_open(set->values[i]);
	more = as_open(bound);
	if (!old || !more)
		return fail_duplicate(p, start, p->path_len - start, pos,
				      set->positions[i]);
	return merge_attrs(p, old, more, start);
}

/* Bind the path on p->path from start on; takes it off. */
static int add_path(struct parser *p, struct open_attrs *set, uint32_t start,
		    pos_t pos, struct expr *bound)
{
	uint32_t last = p->path_len - 1;
	int err;

	for (uint32_t i = start; i < last; i++) {
		struct attr_name *step = &p->path[i];
		struct open_attrs *nested = NULL;
		int64_t found = -1;

		if (step->sym)
			found = find_name(set, step->sym);
		if (found >= 0) {
			nested = as_open(set->values[found]);
			if (!nested)
				return fail_duplicate(p, start, i + 1 - start,
						      pos,
						      set->positions[found]);
			set = nested;
			continue;
		}
		nested = open_attrs_new(p, 0);
		if (!nested)
			return -1;
		err = step->sym ? add_name(p, set, step->sym, pos, &nested->e)
				: add_dynamic(p, set, pos, step->expr,
					      &nested->e);
		if (err < 0)
			return -1;
		set = nested;
	}
	if (p->path[last].sym)
		err = add_attr(p, set, start, p->path[last].sym, pos, bound);
	else
		err = add_dynamic(p, set, pos, p->path[last].expr, bound);
	p->path_len = start;
	return err;
}

/* Names to inherit, up to the semicolon, put on p->path. */
static int parse_inherited(struct parser *p, uint32_t *start)
{
	*start = p->path_len;
	while (p->lex.tok.kind == TOK_ID || p->lex.tok.kind == TOK_OR_KW ||
	       p->lex.tok.kind == TOK_QUOTE ||
	       p->lex.tok.kind == TOK_DOLLAR_CURLY) {
		struct attr_name name;

		if (parse_attr_name(p, &name) < 0 || push_name(p, &name) < 0)
			return -1;
		if (!name.sym) {
			eval_fail(p->ev, ERROR_PARSE, name.pos,
				  "dynamic attributes not allowed in inherit");
			return -1;
		}
	}
	if (p->lex.tok.kind != TOK_SEMICOLON)
		return parser_unexpected(p, -1);
	return parser_next(p);
}

static struct expr *new_inherit_from(struct parser *p, uint32_t from,
				     const struct attr_name *name)
{
	struct expr_inherit_from *e = parser_alloc(p, sizeof(*e));

	if (!e)
		return NULL;
	e->e = (struct expr){ .op = EXPR_INHERIT_FROM, .pos = name->pos };
	e->from = from;
	e->name = *name;
	return &e->e;
}

/* At the keyword. */
static int parse_inherit(struct parser *p, struct open_attrs *set)
{
	struct expr *from = NULL;
	uint32_t start;

	if (parser_next(p) < 0)
		return -1;
	if (p->lex.tok.kind == TOK_LPAREN) {
		if (parser_next(p) < 0)
			return -1;
		from = parse_expr(p);
		if (!from || parser_expect(p, TOK_RPAREN) < 0)
			return -1;
	}
	if (parse_inherited(p, &start) < 0)
		return -1;
	if (from && add_from(p, set, from) < 0)
		return -1;
	for (uint32_t i = start; i < p->path_len; i++) {
		struct attr_name *name = &p->path[i];
		int64_t found = find_name(set, name->sym);
		struct expr *e;

		if (found >= 0)
			return fail_duplicate(p, i, 1, name->pos,
					      set->positions[found]);
		if (from) {
			e = new_inherit_from(p, set->from_len - 1, name);
		} else {
			e = parser_var(p, name->sym, name->pos);
			if (e)
				e->flags = EXPR_INHERITED;
		}
		if (!e || add_name(p, set, name->sym, name->pos, e) < 0)
			return -1;
	}
	p->path_len = start;
	return 0;
}

/* The symbol of a name that is a string or ${}: 0 if it is computed. */
static int static_name(struct attr_name *out)
{
	bool failed = false;

	out->sym = parser_const_symbol(out->expr, &failed);
	if (out->sym)
		out->expr = NULL;
	return failed ? -1 : 0;
}

int parse_attr_name(struct parser *p, struct attr_name *out)
{
	struct token tok = p->lex.tok;

	*out = (struct attr_name){ .pos = parser_pos(p, tok.start) };
	switch (tok.kind) {
	case TOK_ID:
		out->sym = parser_symbol(p, &tok);
		return out->sym ? parser_next(p) : -1;
	case TOK_OR_KW:
		out->sym = SYM_or_;
		return parser_next(p);
	case TOK_QUOTE:
		out->expr = parse_string(p);
		break;
	case TOK_DOLLAR_CURLY:
		if (parser_next(p) < 0)
			return -1;
		out->expr = parse_expr(p);
		if (out->expr && parser_expect(p, TOK_RBRACE) < 0)
			return -1;
		break;
	default:
		return parser_unexpected(p, TOK_ID, TOK_OR_KW, TOK_DOLLAR_CURLY,
					 TOK_QUOTE, -1);
	}
	if (!out->expr)
		return -1;
	if (static_name(out) < 0) {
		eval_fail_memory(p->ev);
		return -1;
	}
	return 0;
}

int parse_attr_path(struct parser *p, const struct token *first,
		    uint32_t *start)
{
	struct attr_name name;

	*start = p->path_len;
	if (first) {
		name = (struct attr_name){
			.sym = parser_symbol(p, first),
			.pos = parser_pos(p, first->start),
		};
		if (!name.sym)
			return -1;
	} else if (parse_attr_name(p, &name) < 0) {
		return -1;
	}
	if (push_name(p, &name) < 0)
		return -1;
	while (p->lex.tok.kind == TOK_DOT) {
		if (parser_next(p) < 0 || parse_attr_name(p, &name) < 0 ||
		    push_name(p, &name) < 0)
			return -1;
	}
	return 0;
}

int parse_bindings(struct parser *p, struct open_attrs *set,
		   const struct token *first)
{
	uint32_t start;
	struct expr *e;
	pos_t pos;

	for (;; first = NULL) {
		enum token_kind kind = first ? TOK_ID : p->lex.tok.kind;

		if (kind == TOK_INHERIT) {
			if (parse_inherit(p, set) < 0)
				return -1;
			continue;
		}
		if (kind != TOK_ID && kind != TOK_OR_KW && kind != TOK_QUOTE &&
		    kind != TOK_DOLLAR_CURLY)
			return 0;
		pos = parser_pos(p, first ? first->start : p->lex.tok.start);
		if (parse_attr_path(p, first, &start) < 0)
			return -1;
		if (p->lex.tok.kind != TOK_ASSIGN)
			return parser_unexpected(p, TOK_DOT, TOK_ASSIGN, -1);
		if (parser_next(p) < 0)
			return -1;
		e = parse_expr(p);
		if (!e || parser_expect(p, TOK_SEMICOLON) < 0 ||
		    add_path(p, set, start, pos, e) < 0)
			return -1;
	}
}
