/*
 * print.c - values as text for people
 */
#include "eval/print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eval/file.h"
#include "eval/interp.h"
#include "eval/nixfile.h"
#include "eval/source.h"

/* How much is shown of a value. */
struct limits {
	size_t depth, attrs, items, string;
};
static const struct limits in_messages = { 10, 10, 10, 1024 };
static const struct limits unlimited = { SIZE_MAX, SIZE_MAX, SIZE_MAX,
					 SIZE_MAX };

/* What was printed, to print it as «repeated» the second time. */
struct seen {
	uint64_t *items;
	size_t len, room;
};

struct printer {
	struct eval *ev;
	struct buf *out;
	const struct limits *limits;
	struct seen seen;
	bool forced;
	bool failed;
	size_t attrs, items; /* printed so far: limits are for the whole */
	bool own; /* what is printed is no cell that could come again */
};

static bool seen_grow(struct seen *seen)
{
	size_t room = seen->room ? seen->room * 2 : 64;
	uint64_t *items = calloc(room, sizeof(*items));

	if (!items)
		return false;
	for (size_t i = 0; i < seen->room; i++) {
		size_t slot = (seen->items[i] >> 3) & (room - 1);

		if (!seen->items[i])
			continue;
		while (items[slot])
			slot = (slot + 1) & (room - 1);
		items[slot] = seen->items[i];
	}
	free(seen->items);
	seen->items = items;
	seen->room = room;
	return true;
}

/* Was item seen before? Notes it. */
static bool seen_before(struct printer *p, uint64_t item)
{
	struct seen *seen = &p->seen;
	size_t slot;

	if (seen->len >= seen->room / 2 && !seen_grow(seen)) {
		p->failed = true;
		eval_fail_memory(p->ev);
		return true;
	}
	slot = (item >> 3) & (seen->room - 1);
	for (; seen->items[slot]; slot = (slot + 1) & (seen->room - 1))
		if (seen->items[slot] == item)
			return true;
	seen->items[slot] = item;
	seen->len++;
	return false;
}

static void print_escaped(struct buf *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (c == '"' || c == '\\' ||
		    (c == '$' && i + 1 < len && bytes[i + 1] == '{'))
			buf_add_char(out, '\\');
		if (c == '\n')
			buf_add_text(out, "\\n");
		else if (c == '\r')
			buf_add_text(out, "\\r");
		else if (c == '\t')
			buf_add_text(out, "\\t");
		else
			buf_add_char(out, c);
	}
}

void print_string(struct buf *out, const char *bytes, size_t len)
{
	buf_add_char(out, '"');
	print_escaped(out, bytes, len);
	buf_add_char(out, '"');
}

static bool is_keyword(const char *bytes, size_t len)
{
	static const char *const keywords[] = {
		"if",  "then", "else", "assert",  "with",
		"let", "in",   "rec",  "inherit",
	};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (strlen(keywords[i]) == len &&
		    memcmp(keywords[i], bytes, len) == 0)
			return true;
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(const char *bytes, size_t len)
{
	if (len == 0 || is_keyword(bytes, len) || !is_letter(bytes[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_letter(bytes[i]) &&
		    !(bytes[i] >= '0' && bytes[i] <= '9') && bytes[i] != '-' &&
		    bytes[i] != '\'')
			return false;
	return true;
}

void print_name(struct buf *out, const char *bytes, size_t len)
{
	if (is_name(bytes, len))
		buf_add(out, bytes, len);
	else
		print_string(out, bytes, len);
}

const char *print_symbol(struct eval *ev, symbol sym)
{
	const char *bytes = symbol_bytes(sym);
	struct buf text = BUF_INIT;

	if (is_name(bytes, symbol_len(sym)))
		return bytes;
	print_string(&text, bytes, symbol_len(sym));
	bytes = arena_strndup(ev->arena, buf_text(&text), text.len);
	buf_release(&text);
	return bytes ? bytes : "";
}

static void print_number(struct buf *out, double d)
{
	buf_add_format(out, "%g", d);
}

static void print_path(struct printer *p, const struct path *path)
{
	const char *text = source_text(p->ev, path);

	if (!text)
		p->failed = true;
	else if (nixfile_is_source(path->source))
		buf_add_format(p->out, "<nix%s>", text);
	else
		buf_add_text(p->out, text);
}

/* What is printed alike everywhere; false if v is something else. */
static bool print_scalar(struct printer *p, value v)
{
	switch (value_tag(v)) {
	case TAG_INT:
		buf_add_format(p->out, "%" PRId64, value_integer(v));
		return true;
	case TAG_CONST:
		buf_add_text(p->out, v == VALUE_NULL   ? "null"
				     : v == VALUE_TRUE ? "true"
						       : "false");
		return true;
	case TAG_BOX:
		if (value_is_float(v))
			print_number(p->out, value_number(v));
		else if (value_is_path(v))
			print_path(p, value_path(v));
		else
			buf_add_format(p->out, "%" PRId64, value_integer(v));
		return true;
	default:
		return false;
	}
}

/*
 * What a cell holds, as far as it is evaluated: the value, or 0 for a thunk.
 * *busy: it is being forced right now.
 */
static value look(const struct printer *p, value cell, bool nested, bool *busy)
{
	const struct thunk *thunk;

	*busy = false;
	if (!value_is_thunk(cell)) {
		bool unforced = nested && !p->forced;

		return unforced && value_is_bare_lambda(cell) ? 0 : cell;
	}
	thunk = value_pointer(cell);
	if ((thunk->code & 7) == THUNK_DONE)
		return thunk->data;
	/* Nix has it evaluated from the start. */
	if (thunk->data == p->ev->derivation_loader)
		return value_force(p->ev, &cell);
	*busy = (thunk->code & 7) != THUNK_FAILED && (thunk->code & THUNK_BUSY);
	return 0;
}

/* Was this list, which is not empty, printed before? Nix knows a list by its
 * cell: by the thunk if that stays (value.h), else by the list. */
static bool list_before(struct printer *p, value cell, value v, uint32_t depth)
{
	const struct thunk *thunk = value_pointer(cell);

	if (depth == 0 && p->own)
		return false;
	return seen_before(p, value_is_thunk(cell) && thunk->code == THUNK_KEPT
				      ? cell
				      : v);
}

static void ambiguous(struct printer *p, value cell, uint32_t depth);

static void ambiguous_attrs(struct printer *p, value v, uint32_t depth)
{
	struct attrs *set = value_attrs(v);

	if (attrs_len(set) && seen_before(p, v)) {
		buf_add_text(p->out, "«repeated»");
		return;
	}
	buf_add_text(p->out, "{ ");
	set = attrs_flat(p->ev, set);
	if (!set)
		p->failed = true;
	for (uint32_t i = 0; !p->failed && i < set->shape->len; i++) {
		value *cell;
		symbol name = attrs_sorted(p->ev, set, i, &cell);

		if (!name) {
			p->failed = true;
			return;
		}
		print_name(p->out, symbol_bytes(name), symbol_len(name));
		buf_add_text(p->out, " = ");
		ambiguous(p, *cell, depth + 1);
		buf_add_text(p->out, "; ");
	}
	buf_add_char(p->out, '}');
}

static void ambiguous_list(struct printer *p, value cell, value v,
			   uint32_t depth)
{
	const struct list *list = value_list(v);

	if (list->len && list_before(p, cell, v, depth)) {
		buf_add_text(p->out, "«repeated»");
		return;
	}
	buf_add_text(p->out, "[ ");
	for (uint32_t i = 0; !p->failed && i < list->len; i++) {
		ambiguous(p, list->items[i], depth + 1);
		buf_add_char(p->out, ' ');
	}
	buf_add_char(p->out, ']');
}

static void ambiguous(struct printer *p, value cell, uint32_t depth)
{
	bool busy;
	value v = look(p, cell, depth > 0, &busy);

	if (depth > p->ev->settings.max_call_depth || stack_is_low(p->ev)) {
		eval_fail_depth(p->ev, 0);
		p->failed = true;
		return;
	}
	if (!v) {
		buf_add_text(p->out, busy ? "«potential infinite recursion»"
					  : "<CODE>");
		return;
	}
	if (print_scalar(p, v))
		return;
	switch (value_tag(v)) {
	case TAG_STRING:
		print_string(p->out, value_string(v)->bytes,
			     value_string(v)->len);
		break;
	case TAG_ATTRS:
		ambiguous_attrs(p, v, depth);
		break;
	case TAG_LIST:
		ambiguous_list(p, cell, v, depth);
		break;
	default: {
		const struct function *fn = value_function(v);
		bool partial = fn->kind == FUNCTION_PARTIAL;

		if (partial)
			fn = fn->as.whole;
		buf_add_text(p->out, fn->kind == FUNCTION_LAMBDA ? "<LAMBDA>"
				     : partial ? "<PRIMOP-APP>"
					       : "<PRIMOP>");
		break;
	}
	}
}

int print_ambiguous(struct eval *ev, value v, bool forced, struct buf *out)
{
	struct printer p = {
		.ev = ev, .out = out, .forced = forced, .own = true
	};

	ambiguous(&p, v, 0);
	free(p.seen.items);
	if (out->failed && !p.failed) {
		eval_fail_memory(ev);
		return -1;
	}
	return p.failed ? -1 : 0;
}

/*
 * As messages show values.
 */

static void elided(struct printer *p, size_t n, const char *one,
		   const char *many)
{
	buf_add_format(p->out, "«%zu %s elided»", n, n == 1 ? one : many);
}

static void shorten(struct printer *p, value cell, uint32_t depth);

static void short_string(struct printer *p, const struct string *s)
{
	size_t most = p->limits->string;

	if (s->len <= most) {
		print_string(p->out, s->bytes, s->len);
		return;
	}
	buf_add_char(p->out, '"');
	/* One byte more to look at, for the escape of "${". */
	for (uint32_t i = 0; i < most; i++) {
		if (s->bytes[i] == '$' && s->bytes[i + 1] == '{')
			buf_add_text(p->out, "\\$");
		else
			print_escaped(p->out, s->bytes + i, 1);
	}
	buf_add_text(p->out, "\" ");
	elided(p, s->len - most, "byte", "bytes");
}

struct shown_attr {
	symbol name;
	value *cell;
	bool important;
};

/* These come first where a set is cut: they tell what it is. */
static bool is_important(symbol name)
{
	return name == SYM_type || strcmp(symbol_bytes(name), "_type") == 0;
}

static int by_importance(const void *a, const void *b)
{
	const struct shown_attr *x = a, *y = b;

	if (x->important != y->important)
		return x->important ? -1 : 1;
	return symbol_compare(x->name, y->name);
}

static void short_attrs(struct printer *p, value v, uint32_t depth)
{
	struct attrs *set = attrs_flat(p->ev, value_attrs(v));
	bool cut = p->limits->attrs != SIZE_MAX;
	struct shown_attr *shown;
	uint32_t len;

	if (!set || seen_before(p, v)) {
		buf_add_text(p->out, "«repeated»");
		return;
	}
	if (depth >= p->limits->depth) {
		buf_add_text(p->out, "{ ... }");
		return;
	}
	len = set->shape->len;
	shown = malloc((len + 1) * sizeof(*shown));
	if (!shown)
		return;
	for (uint32_t i = 0; i < len; i++)
		shown[i] = (struct shown_attr){
			.name = set->shape->names[i],
			.cell = &set->values[i],
			.important = cut && is_important(set->shape->names[i]),
		};
	qsort(shown, len, sizeof(*shown), by_importance);
	buf_add_char(p->out, '{');
	for (uint32_t i = 0; i < len; i++) {
		buf_add_char(p->out, ' ');
		if (p->attrs >= p->limits->attrs) {
			elided(p, len - i, "attribute", "attributes");
			break;
		}
		print_name(p->out, symbol_bytes(shown[i].name),
			   symbol_len(shown[i].name));
		buf_add_text(p->out, " = ");
		shorten(p, *shown[i].cell, depth + 1);
		buf_add_char(p->out, ';');
		p->attrs++;
	}
	buf_add_text(p->out, " }");
	free(shown);
}

static void short_list(struct printer *p, value cell, value v, uint32_t depth)
{
	const struct list *list = value_list(v);

	if (list->len && list_before(p, cell, v, depth)) {
		buf_add_text(p->out, "«repeated»");
		return;
	}
	if (depth >= p->limits->depth) {
		buf_add_text(p->out, "[ ... ]");
		return;
	}
	buf_add_char(p->out, '[');
	for (uint32_t i = 0; i < list->len; i++) {
		buf_add_char(p->out, ' ');
		if (p->items >= p->limits->items) {
			elided(p, list->len - i, "item", "items");
			break;
		}
		shorten(p, list->items[i], depth + 1);
		p->items++;
	}
	buf_add_text(p->out, " ]");
}

static void short_function(struct printer *p, const struct function *fn)
{
	const struct expr_lambda *lambda;
	struct position position;
	uint32_t done = 0;
	pos_t pos;

	if (fn->kind == FUNCTION_PARTIAL) {
		done = fn->argc;
		fn = fn->as.whole;
	}
	if (fn->kind == FUNCTION_BUILTIN) {
		buf_add_format(p->out, "«%sprimop %s»",
			       done ? "partially applied " : "",
			       fn->as.builtin->name);
		return;
	}
	lambda = fn->as.lambda;
	buf_add_text(p->out, "«lambda");
	if (lambda->name)
		buf_add_format(p->out, " %s",
			       print_symbol(p->ev, lambda->name));
	pos = lambda->formals ? lambda->e.pos : lambda->params[done].pos;
	if (file_position(p->ev, pos, &position))
		buf_add_format(p->out, " @ %s:%u:%u", position.file->name,
			       position.line, position.column);
	buf_add_text(p->out, "»");
}

static void shorten(struct printer *p, value cell, uint32_t depth)
{
	bool busy;
	value v = look(p, cell, depth > 0, &busy);

	if (stack_is_low(p->ev)) {
		eval_fail_depth(p->ev, 0);
		p->failed = true;
		return;
	}
	if (!v) {
		buf_add_text(p->out, busy ? "«potential infinite recursion»"
					  : "«thunk»");
		return;
	}
	if (print_scalar(p, v))
		return;
	switch (value_tag(v)) {
	case TAG_STRING:
		short_string(p, value_string(v));
		break;
	case TAG_ATTRS:
		short_attrs(p, v, depth);
		break;
	case TAG_LIST:
		short_list(p, cell, v, depth);
		break;
	default:
		short_function(p, value_function(v));
		break;
	}
}

static const char *in_message(struct eval *ev, value v, bool own)
{
	struct buf text = BUF_INIT;
	struct printer p = {
		.ev = ev, .out = &text, .limits = &in_messages, .own = own
	};
	const char *shown;

	shorten(&p, v, 0);
	free(p.seen.items);
	shown = arena_strndup(ev->arena, buf_text(&text), text.len);
	buf_release(&text);
	return shown ? shown : "";
}

const char *print_short(struct eval *ev, value v)
{
	return in_message(ev, v, true);
}

const char *print_cell(struct eval *ev, value cell)
{
	return in_message(ev, cell, false);
}

int print_whole(struct eval *ev, value cell, struct buf *out)
{
	struct printer p = { .ev = ev, .out = out, .limits = &unlimited };

	shorten(&p, cell, 0);
	free(p.seen.items);
	return p.failed ? -1 : 0;
}
