#include "eval/plan_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/option.h"
#include "eval/render.h"
#include "eval/view.h"

/* How a scalar may be spelled. */
enum form {
	FORM_NULL,
	FORM_BOOL, /* as it is read: true, false */
	FORM_INT,
	FORM_FLOAT,
	FORM_SWITCH, /* a Boolean in other words */
	FORM_STRING,
	FORMS,
};

static bool is_one_of(const struct wire_text *text, const char *const *words)
{
	for (; *words; words++)
		if (view_name_is(text, *words))
			return true;
	return false;
}

/* The Boolean that a word means, NULL if it means none. */
static const char *boolean(const struct wire_text *text)
{
	static const char *const yes[] = { "true", "1",	     "on",
					   "yes",  "enable", NULL };
	static const char *const no[] = { "false", "0",	      "off",
					  "no",	   "disable", NULL };

	return is_one_of(text, yes)  ? "true"
	       : is_one_of(text, no) ? "false"
				     : NULL;
}

static bool is_integer(const struct wire_text *text)
{
	size_t i = text->len && text->bytes[0] == '-';

	if (i == text->len || text->len > 20)
		return false;
	for (; i < text->len; i++)
		if (text->bytes[i] < '0' || text->bytes[i] > '9')
			return false;
	return true;
}

static bool is_decimal(const struct wire_text *text)
{
	size_t i = text->len && text->bytes[0] == '-', digits = 0, dots = 0;

	for (; i < text->len; i++) {
		digits += text->bytes[i] >= '0' && text->bytes[i] <= '9';
		dots += text->bytes[i] == '.';
		if (text->bytes[i] != '.' &&
		    (text->bytes[i] < '0' || text->bytes[i] > '9'))
			return false;
	}
	return digits && dots == 1 && text->bytes[0] != '.';
}

/* Write text in one form; false if it can't be that. */
static bool spell(const struct wire_text *text, enum form form, struct buf *out)
{
	const char *word;

	switch (form) {
	case FORM_NULL:
		if (!view_name_is(text, "null"))
			return false;
		buf_add_text(out, "null");
		return true;
	case FORM_BOOL:
	case FORM_SWITCH:
		word = boolean(text);
		if (form == FORM_BOOL && word && !view_name_is(text, word))
			word = NULL;
		if (!word)
			return false;
		buf_add_text(out, word);
		return true;
	case FORM_INT:
	case FORM_FLOAT:
		if (form == FORM_INT ? !is_integer(text) : !is_decimal(text))
			return false;
		buf_add(out, text->bytes, text->len);
		return true;
	default:
		if (memchr(text->bytes, '\0', text->len))
			return false;
		render_string(out, text->bytes, text->len);
		return true;
	}
}

/* Does the type accept this expression? 1, 0, or -errno with the error
 * pending. */
static int accepts(struct eval *ev, struct attrs *type, const struct buf *nix)
{
	value *check = attrs_find(type, symbol_intern("check", 5));
	value v = eval_string(ev, buf_text(nix), nix->len, NULL, "«written»");
	value args[1] = { v };
	int rc;

	if (!v) {
		/* A number that is too large is none. */
		rc = view_errno(ev);
		if (rc == -EIO)
			eval_clear_error(ev);
		return rc == -EIO ? 0 : rc;
	}
	if (!check)
		return 1;
	v = value_force(ev, check);
	v = v ? eval_call(ev, 0, v, 1, args) : 0;
	if (!v) {
		/* A check that throws has not accepted it. */
		eval_clear_error(ev);
		return 0;
	}
	return v == VALUE_TRUE;
}

/*
 * The forms to try, the best first, and how many. A value like the current one
 * comes first, so that a text stays a text, whatever it looks like, where the
 * type would take other values too; without a type nothing else will do.
 */
static size_t choose_forms(value like, bool has_type, enum form *out)
{
	size_t len = 0, own;

	if (has_type || !like || like == VALUE_NULL)
		out[len++] = FORM_NULL;
	if (like && value_is_bool(like)) {
		out[len++] = FORM_BOOL;
		out[len++] = FORM_SWITCH;
	} else if (like && (value_is_int(like) || value_is_float(like))) {
		out[len++] = FORM_INT;
		out[len++] = FORM_FLOAT;
	} else if (like && like != VALUE_NULL) {
		out[len++] = FORM_STRING;
	}
	if (!has_type && like && like != VALUE_NULL)
		return len;
	own = len;
	for (int form = FORM_BOOL; form < FORMS; form++) {
		bool known = false;

		for (size_t i = 0; i < own; i++)
			known |= out[i] == form;
		if (!known)
			out[len++] = form;
	}
	return len;
}

/* The first form of a scalar that the type accepts. */
static int spell_scalar(struct eval *ev, struct attrs *type, value like,
			const struct wire_text *text, struct buf *out)
{
	enum form forms[FORMS];
	size_t start = out->len, len = choose_forms(like, type, forms);
	struct buf one = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < len && rc == 0; i++) {
		buf_reset(&one);
		if (spell(text, forms[i], &one))
			rc = type ? accepts(ev, type, &one) : 1;
	}
	if (rc == 1)
		buf_add(out, one.data, one.len);
	else
		out->len = start;
	buf_release(&one);
	return rc < 0 ? rc : rc == 1 ? 0 : -EINVAL;
}

/* A list: one element a line; nothing at all is the empty list. */
static int spell_list(struct eval *ev, struct attrs *elem, value like,
		      const struct wire_text *text, struct buf *out)
{
	const char *p = text->bytes, *end = p + text->len;
	size_t start = out->len;
	int rc = 0;

	buf_add_text(out, "[ ");
	while (p < end && rc == 0) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct wire_text line = { p,
					  (size_t)((stop ? stop : end) - p) };
		size_t at = out->len;

		rc = spell_scalar(ev, elem, like, &line, out);
		/* A number, that is: [ -1 ] would be a subtraction. */
		if (rc == 0 && out->data[at] == '-') {
			struct buf number = BUF_INIT;

			buf_add(&number, out->data + at, out->len - at);
			out->len = at;
			buf_add_format(out, "(%s)", buf_text(&number));
			buf_release(&number);
		}
		buf_add_char(out, ' ');
		p += line.len + 1;
	}
	buf_add_char(out, ']');
	if (rc < 0)
		out->len = start;
	return rc;
}

/* What the elements of the current list are like: its first one, 0 if it has
 * none. */
static value first_element(struct eval *ev, value v)
{
	value first = value_list(v)->len
			      ? value_force(ev, &value_list(v)->items[0])
			      : 0;

	eval_clear_error(ev);
	return first;
}

int plan_value(struct eval *ev, struct attrs *type, value *current,
	       const struct wire_text *text, struct buf *out, struct buf *err)
{
	struct attrs *elem;
	value like = current ? value_force(ev, current) : 0;
	bool is_list = like && value_tag(like) == TAG_LIST;
	struct string *name;
	int rc = -EINVAL;

	eval_clear_error(ev);
	type = type ? option_final_type(ev, type) : NULL;
	elem = type ? option_list_element(ev, type) : NULL;
	elem = elem ? option_final_type(ev, elem) : NULL;
	if (like &&
	    (value_tag(like) == TAG_ATTRS || value_tag(like) == TAG_FUNCTION)) {
		if (!type) {
			buf_add_text(err, "error: this value can't be written "
					  "as a file\n");
			return -EACCES;
		}
		like = 0;
	}
	/* Either may do; what it is now is tried first. */
	if (is_list && (elem || !type))
		rc = spell_list(ev, elem, first_element(ev, like), text, out);
	if (rc == -EINVAL && (type || !is_list))
		rc = spell_scalar(ev, type, is_list ? 0 : like, text, out);
	if (rc == -EINVAL && elem && !is_list)
		rc = spell_list(ev, elem, 0, text, out);
	if (rc != -EINVAL)
		return rc;

	name = type ? option_type_description(ev, type) : NULL;
	if (name)
		buf_add_format(err,
			       "error: the option's type, '%s', does not take "
			       "'%.*s'\n",
			       name->bytes, buf_clip(text->len), text->bytes);
	else
		buf_add_format(err,
			       "error: '%.*s' is not %s, which the value is\n",
			       buf_clip(text->len), text->bytes,
			       like ? value_type_name(ev, like) : "a value");
	return rc;
}
