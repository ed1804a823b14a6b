#include "eval/plan_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/option.h"
#include "eval/render.h"
#include "eval/view.h"

#define TYPE_DEPTH_MAX 16

/* How a scalar may be spelled; tried in this order where a type takes several.
 */
enum form { FORM_NULL, FORM_BOOL, FORM_INT, FORM_FLOAT, FORM_STRING, FORMS };

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
		word = boolean(text);
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

	if (!v)
		return view_errno(ev);
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

/* A list: one element a line; nothing at all is the empty list. */
static int spell_list(struct eval *ev, struct attrs *elem,
		      const struct wire_text *text, struct buf *out);

/* The first form of a scalar that the type accepts. */
static int spell_scalar(struct eval *ev, struct attrs *type,
			const struct wire_text *text, struct buf *out)
{
	size_t start = out->len;
	struct buf one = BUF_INIT;
	int rc = 0;

	for (int form = 0; form < FORMS && rc == 0; form++) {
		buf_reset(&one);
		if (spell(text, form, &one))
			rc = accepts(ev, type, &one);
	}
	if (rc == 1)
		buf_add(out, one.data, one.len);
	else
		out->len = start;
	buf_release(&one);
	return rc < 0 ? rc : rc == 1 ? 0 : -EINVAL;
}

static int spell_list(struct eval *ev, struct attrs *elem,
		      const struct wire_text *text, struct buf *out)
{
	const char *p = text->bytes, *end = p + text->len;
	int rc = 0;

	buf_add_text(out, "[ ");
	while (p < end && rc == 0) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct wire_text line = { p,
					  (size_t)((stop ? stop : end) - p) };
		bool negative = line.len && line.bytes[0] == '-' &&
				(is_integer(&line) || is_decimal(&line));

		if (negative)
			buf_add_char(out, '(');
		rc = spell_scalar(ev, elem, &line, out);
		buf_add_text(out, negative ? ") " : " ");
		p += line.len + 1;
	}
	buf_add_char(out, ']');
	return rc;
}

int plan_value(struct eval *ev, struct attrs *option,
	       const struct wire_text *text, struct buf *out, struct buf *err)
{
	struct attrs *type = option_type(ev, option);
	struct attrs *elem = type ? option_list_element(ev, type) : NULL;
	struct string *name = option_type_text(ev, option);
	int rc;

	if (!option_is_scalar(ev, option) && !option_is_toggle(ev, option)) {
		buf_add_format(err,
			       "error: an option of the type '%s' can't be "
			       "written as a file\n",
			       name ? name->bytes : "unknown");
		return -EACCES;
	}
	rc = elem ? spell_list(ev, elem, text, out)
		  : spell_scalar(ev, type, text, out);
	if (rc == -EINVAL)
		buf_add_format(err,
			       "error: the option's type, '%s', does not take "
			       "'%.*s'\n",
			       name ? name->bytes : "unknown",
			       buf_clip(text->len), text->bytes);
	return rc;
}

/* The first of the forms that values like this one have. */
static int spell_like(value like, const struct wire_text *text, struct buf *out)
{
	static const enum form of_null[] = { FORM_NULL, FORM_BOOL, FORM_INT,
					     FORM_FLOAT, FORM_STRING };
	static const enum form of_bool[] = { FORM_BOOL };
	static const enum form of_number[] = { FORM_INT, FORM_FLOAT };
	static const enum form of_string[] = { FORM_STRING };
	const enum form *forms = of_string;
	size_t len = 1;

	if (like == VALUE_NULL) {
		forms = of_null;
		len = FORMS;
	} else if (value_is_bool(like)) {
		forms = of_bool;
	} else if (value_is_int(like) || value_is_float(like)) {
		forms = of_number;
		len = 2;
	}
	for (size_t i = 0; i < len; i++)
		if (spell(text, forms[i], out))
			return 0;
	return -EINVAL;
}

/* A list's elements are like its first one, or texts. */
static int spell_list_like(struct eval *ev, struct list *list,
			   const struct wire_text *text, struct buf *out)
{
	const char *p = text->bytes, *end = p + text->len;
	value like = VALUE_NULL;
	bool negative;
	int rc = 0;

	if (list->len) {
		like = value_force(ev, &list->items[0]);
		if (!like)
			return view_errno(ev);
	}
	buf_add_text(out, "[ ");
	while (p < end && rc == 0) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct wire_text line = { p,
					  (size_t)((stop ? stop : end) - p) };

		negative = line.len && line.bytes[0] == '-' &&
			   (value_is_int(like) || value_is_float(like));
		if (negative)
			buf_add_char(out, '(');
		rc = spell_like(like, &line, out);
		buf_add_text(out, negative ? ") " : " ");
		p += line.len + 1;
	}
	buf_add_char(out, ']');
	return rc;
}

int plan_value_like(struct eval *ev, value *current,
		    const struct wire_text *text, struct buf *out,
		    struct buf *err)
{
	value v = value_force(ev, current);
	int rc;

	if (!v)
		return view_errno(ev);
	rc = value_tag(v) == TAG_LIST
		     ? spell_list_like(ev, value_list(v), text, out)
	     : value_tag(v) == TAG_ATTRS || value_tag(v) == TAG_FUNCTION
		     ? -EACCES
		     : spell_like(v, text, out);
	if (rc == -EACCES)
		buf_add_text(err, "error: this value can't be written as a "
				  "file\n");
	if (rc == -EINVAL)
		buf_add_format(err,
			       "error: '%.*s' is not %s, which the value is\n",
			       buf_clip(text->len), text->bytes,
			       value_type_name(ev, v));
	return rc;
}
