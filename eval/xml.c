/* xml.c - values as XML */
#include "eval/xml.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eval/context.h"
#include "eval/depth.h"
#include "eval/eval.h"
#include "eval/file.h"
#include "eval/source.h"

struct xml_writer {
	struct eval *ev;
	struct buf *out;
	const struct context *context;
	unsigned flags;
	unsigned level; /* elements that are open */
	/* The .drv paths of the derivations written so far: a hash set with
	 * open addressing, at most half full. */
	symbol *seen;
	size_t seen_len, seen_room;
};

static int write_value(struct xml_writer *w, value *slot, pos_t pos);

static void indent(struct xml_writer *w)
{
	for (unsigned i = 0; i < w->level; i++)
		buf_add(w->out, "  ", 2);
}

static void open_tag(struct xml_writer *w, const char *name)
{
	indent(w);
	buf_add_char(w->out, '<');
	buf_add_text(w->out, name);
}

static void end_tag(struct xml_writer *w)
{
	buf_add(w->out, ">\n", 2);
	w->level++;
}

static void end_empty_tag(struct xml_writer *w)
{
	buf_add(w->out, " />\n", 4);
}

static void close_tag(struct xml_writer *w, const char *name)
{
	w->level--;
	indent(w);
	buf_add(w->out, "</", 2);
	buf_add_text(w->out, name);
	buf_add(w->out, ">\n", 2);
}

static const char *entity(char c)
{
	switch (c) {
	case '"':
		return "&quot;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '\n':
		return "&#xA;"; /* readers turn a bare one into a space */
	}
	return NULL;
}

static void write_attribute(struct xml_writer *w, const char *name,
			    const char *bytes, size_t len)
{
	size_t done = 0;

	buf_add_char(w->out, ' ');
	buf_add_text(w->out, name);
	buf_add(w->out, "=\"", 2);
	for (size_t i = 0; i < len; i++) {
		const char *text = entity(bytes[i]);

		if (!text)
			continue;
		buf_add(w->out, bytes + done, i - done);
		buf_add_text(w->out, text);
		done = i + 1;
	}
	buf_add(w->out, bytes + done, len - done);
	buf_add_char(w->out, '"');
}

/* An element that has nothing but a value. */
static void write_leaf(struct xml_writer *w, const char *element,
		       const char *bytes, size_t len)
{
	open_tag(w, element);
	write_attribute(w, "value", bytes, len);
	end_empty_tag(w);
}

static void write_name_leaf(struct xml_writer *w, const char *element,
			    symbol name)
{
	open_tag(w, element);
	write_attribute(w, "name", symbol_bytes(name), symbol_len(name));
	end_empty_tag(w);
}

/* Attributes are in the order of their names: column, line, name, path. */
static int write_position(struct xml_writer *w, pos_t pos, symbol name)
{
	struct position position;
	char number[16];
	const char *path;
	bool known = (w->flags & XML_LOCATIONS) &&
		     file_position(w->ev, pos, &position);

	if (known) {
		snprintf(number, sizeof(number), "%" PRIu32, position.column);
		write_attribute(w, "column", number, strlen(number));
		snprintf(number, sizeof(number), "%" PRIu32, position.line);
		write_attribute(w, "line", number, strlen(number));
	}
	if (name)
		write_attribute(w, "name", symbol_bytes(name),
				symbol_len(name));
	if (known && position.file->path) {
		path = source_text(w->ev, position.file->path);
		if (!path)
			return -1;
		write_attribute(w, "path", path, strlen(path));
	}
	return 0;
}

static int unite(struct xml_writer *w, const struct context *context)
{
	if (!context || context == w->context)
		return 0;
	w->context = context_union(w->ev, w->context, context);
	return w->context ? 0 : -1;
}

/* Remember that this derivation was written. 1: it was before. */
static int seen_before(struct xml_writer *w, symbol drv)
{
	size_t i;

	if (2 * w->seen_len >= w->seen_room) {
		size_t room = w->seen_room ? 2 * w->seen_room : 256;
		symbol *old = w->seen, *grown = calloc(room, sizeof(*grown));

		if (!grown) {
			eval_fail(w->ev, ERROR_MEMORY, 0, "out of memory");
			return -1;
		}
		for (size_t j = 0; j < w->seen_room; j++) {
			if (!old[j])
				continue;
			for (i = old[j] * 0x9e3779b1u & (room - 1); grown[i];)
				i = (i + 1) & (room - 1);
			grown[i] = old[j];
		}
		free(old);
		w->seen = grown;
		w->seen_room = room;
	}
	for (i = drv * 0x9e3779b1u & (w->seen_room - 1); w->seen[i];
	     i = (i + 1) & (w->seen_room - 1))
		if (w->seen[i] == drv)
			return 1;
	w->seen[i] = drv;
	w->seen_len++;
	return 0;
}

static int write_members(struct xml_writer *w, struct attrs *set)
{
	size_t len;
	int err = 0;

	set = attrs_flat(w->ev, set);
	if (!set)
		return -1;
	len = attrs_len(set);
	for (size_t i = 0; err == 0 && i < len; i++) {
		value *cell;
		symbol name = attrs_sorted(w->ev, set, i, &cell);
		pos_t pos = attrs_pos(set, name);

		open_tag(w, "attr");
		if (write_position(w, pos, name) < 0)
			return -1;
		end_tag(w);
		err = write_value(w, cell, pos);
		close_tag(w, "attr");
	}
	return err;
}

/* A member as it is, forced only if all is. NULL: it is no string; -1 in *err
 * if forcing it failed. */
static struct string *member_string(struct xml_writer *w, struct attrs *set,
				    symbol name, int *err)
{
	value *cell = attrs_find(set, name);
	value v = cell ? value_peek(*cell) : VALUE_NULL;

	if (cell && (w->flags & XML_STRICT)) {
		v = value_force(w->ev, cell);
		if (!v)
			*err = -1;
	}
	return v && value_tag(v) == TAG_STRING ? value_string(v) : NULL;
}

static int write_derivation(struct xml_writer *w, struct attrs *set)
{
	struct string *drv, *out;
	symbol path;
	int err = 0, seen = 1;

	drv = member_string(w, set, SYM_drv_path, &err);
	if (err < 0)
		return -1;
	out = member_string(w, set, SYM_out_path, &err);
	if (err < 0)
		return -1;

	open_tag(w, "derivation");
	if (drv)
		write_attribute(w, "drvPath", drv->bytes, drv->len);
	if (out)
		write_attribute(w, "outPath", out->bytes, out->len);
	end_tag(w);
	if (drv && drv->len) {
		path = symbol_intern(drv->bytes, drv->len);
		seen = path ? seen_before(w, path) : -1;
		if (seen < 0)
			return -1;
	}
	if (seen) {
		open_tag(w, "repeated");
		end_empty_tag(w);
	} else {
		err = write_members(w, set);
	}
	close_tag(w, "derivation");
	return err;
}

/* 1, 0, or -1. Nix forces the type even where nothing else is forced. */
static int is_derivation(struct xml_writer *w, struct attrs *set)
{
	value *cell = attrs_find(set, SYM_type), v;

	if (!cell)
		return 0;
	v = value_force(w->ev, cell);
	if (!v)
		return -1;
	return value_tag(v) == TAG_STRING &&
	       strcmp(value_string(v)->bytes, "derivation") == 0;
}

static int write_set(struct xml_writer *w, struct attrs *set)
{
	int derivation = is_derivation(w, set), err;

	if (derivation < 0)
		return -1;
	if (derivation)
		return write_derivation(w, set);
	open_tag(w, "attrs");
	end_tag(w);
	err = write_members(w, set);
	close_tag(w, "attrs");
	return err;
}

static int compare_formals(const void *a, const void *b)
{
	return symbol_compare(*(const symbol *)a, *(const symbol *)b);
}

static int write_formals(struct xml_writer *w, const struct expr_lambda *lambda)
{
	const struct formals *formals = lambda->formals;
	symbol *names;

	names = arena_alloc(w->ev->arena, (formals->len + 1) * sizeof(*names));
	if (!names) {
		eval_fail(w->ev, ERROR_MEMORY, 0, "out of memory");
		return -1;
	}
	for (uint32_t i = 0; i < formals->len; i++)
		names[i] = formals->items[i].name;
	qsort(names, formals->len, sizeof(*names), compare_formals);

	open_tag(w, "attrspat");
	if (formals->ellipsis)
		write_attribute(w, "ellipsis", "1", 1);
	if (lambda->arg)
		write_attribute(w, "name", symbol_bytes(lambda->arg),
				symbol_len(lambda->arg));
	end_tag(w);
	for (uint32_t i = 0; i < formals->len; i++)
		write_name_leaf(w, "attr", names[i]);
	close_tag(w, "attrspat");
	return 0;
}

static int write_unevaluated(struct xml_writer *w)
{
	open_tag(w, "unevaluated");
	end_empty_tag(w);
	return 0;
}

static int write_function(struct xml_writer *w, const struct function *f)
{
	const struct expr_lambda *lambda;
	uint32_t argc = 0;

	if (f->kind == FUNCTION_PARTIAL) {
		argc = f->argc;
		f = f->as.whole;
	}
	if (f->kind != FUNCTION_LAMBDA)
		return write_unevaluated(w);
	lambda = f->as.lambda;
	open_tag(w, "function");
	if (write_position(w, argc ? lambda->params[argc].pos : lambda->e.pos,
			   0) < 0)
		return -1;
	end_tag(w);
	if (!lambda->formals)
		write_name_leaf(w, "varpat", lambda->params[argc].name);
	else if (write_formals(w, lambda) < 0)
		return -1;
	close_tag(w, "function");
	return 0;
}

static int write_list(struct xml_writer *w, struct list *list, pos_t pos)
{
	int err = 0;

	open_tag(w, "list");
	end_tag(w);
	for (uint32_t i = 0; err == 0 && i < list->len; i++)
		err = write_value(w, &list->items[i], pos);
	close_tag(w, "list");
	return err;
}

static int write_box(struct xml_writer *w, value v)
{
	char number[64];
	const char *path;

	if (value_is_path(v)) {
		path = source_text(w->ev, value_path(v));
		if (!path)
			return -1;
		write_leaf(w, "path", path, strlen(path));
	} else if (value_is_float(v)) {
		snprintf(number, sizeof(number), "%g", value_number(v));
		write_leaf(w, "float", number, strlen(number));
	} else {
		snprintf(number, sizeof(number), "%" PRId64, value_integer(v));
		write_leaf(w, "int", number, strlen(number));
	}
	return 0;
}

static int write_known(struct xml_writer *w, value v, pos_t pos)
{
	char number[32];
	struct string *s;

	switch (value_tag(v)) {
	case TAG_INT:
		snprintf(number, sizeof(number), "%" PRId64, value_integer(v));
		write_leaf(w, "int", number, strlen(number));
		return 0;
	case TAG_STRING:
		s = value_string(v);
		write_leaf(w, "string", s->bytes, s->len);
		return unite(w, s->context);
	case TAG_ATTRS:
		return write_set(w, value_attrs(v));
	case TAG_LIST:
		return write_list(w, value_list(v), pos);
	case TAG_FUNCTION:
		return write_function(w, value_function(v));
	case TAG_BOX:
		return write_box(w, v);
	case TAG_CONST:
		if (v == VALUE_TRUE) {
			write_leaf(w, "bool", "true", 4);
		} else if (v == VALUE_FALSE) {
			write_leaf(w, "bool", "false", 5);
		} else {
			open_tag(w, "null");
			end_empty_tag(w);
		}
		return 0;
	case TAG_THUNK:
		break;
	}
	return write_unevaluated(w);
}

static int write_value(struct xml_writer *w, value *slot, pos_t pos)
{
	value v = value_peek(*slot);
	int err = -1;

	if (depth_enter(w->ev, pos) < 0)
		return -1;
	if (w->flags & XML_STRICT)
		v = value_force_at(w->ev, slot, pos);
	if (!(w->flags & XML_STRICT) && w->level > 1 &&
	    value_is_bare_lambda(*slot))
		err = write_unevaluated(w);
	else if (v)
		err = write_known(w, v, pos);
	depth_leave(w->ev);
	return err;
}

int xml_write(struct eval *ev, value *slot, pos_t pos, unsigned flags,
	      struct buf *out, const struct context **context)
{
	struct xml_writer w = {
		.ev = ev,
		.out = out,
		.context = context ? *context : NULL,
		.flags = flags,
	};
	int err;

	buf_add_text(out, "<?xml version='1.0' encoding='utf-8'?>\n");
	open_tag(&w, "expr");
	end_tag(&w);
	err = write_value(&w, slot, pos);
	close_tag(&w, "expr");
	free(w.seen);
	if (err == 0 && out->failed) {
		eval_fail(ev, ERROR_MEMORY, pos, "out of memory");
		err = -1;
	}
	if (err == 0 && context)
		*context = w.context;
	return err;
}
