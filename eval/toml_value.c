/* toml_value.c - TOML documents as values */
#include "eval/toml_value.h"

#include "eval/builtin.h"
#include "eval/eval.h"
#include "eval/toml.h"

/* The conversions recurse: toml_parse() has bounded how deep. */
static value convert(struct eval *ev, const struct toml_value *from);

/* Nix strings end at a NUL; the message shows it as its picture. */
static value fail_nul(struct eval *ev, const char *bytes, size_t len)
{
	struct buf shown = BUF_INIT;

	for (size_t i = 0; i < len; i++) {
		if (bytes[i])
			buf_add_char(&shown, bytes[i]);
		else
			buf_add_text(&shown, "\xe2\x90\x80");
	}
	eval_fail(ev, ERROR_EVAL, 0,
		  "while parsing TOML: error: input string '%s' cannot be "
		  "represented as Nix string because it contains null bytes",
		  buf_text(&shown));
	buf_release(&shown);
	return 0;
}

static value convert_table(struct eval *ev, const struct toml_table *table)
{
	struct attrs_builder builder;

	attrs_builder_init(&builder, ev, table->len);
	for (size_t i = 0; i < table->len; i++) {
		const struct toml_entry *entry = &table->entries[i];
		value v = 0;

		if (memchr(entry->name, '\0', entry->len))
			fail_nul(ev, entry->name, entry->len);
		else
			v = convert(ev, &entry->value);
		if (!v) {
			attrs_builder_release(&builder);
			return 0;
		}
		if (attrs_builder_add(&builder,
				      symbol_intern(entry->name, entry->len), 0,
				      v) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&builder, false));
}

static value convert_array(struct eval *ev, const struct toml_array *array)
{
	value list = value_new_list(ev, array->len);

	for (size_t i = 0; list && i < array->len; i++) {
		value v = convert(ev, &array->elements[i]);

		if (!v)
			return 0;
		value_list(list)->items[i] = v;
	}
	return list;
}

static value convert_time(struct eval *ev, const struct toml_value *from)
{
	symbol kind = symbol_of("_type");
	value type = value_new_cstring(ev, "timestamp");
	value text = value_new_string(ev, from->as.text.bytes,
				      from->as.text.len, NULL);

	if (!kind)
		return eval_fail_memory(ev);
	return type && text ? builtin_pair(ev, kind, type, SYM_value, text) : 0;
}

static value convert(struct eval *ev, const struct toml_value *from)
{
	switch (from->kind) {
	case TOML_BOOL:
		return from->as.boolean ? VALUE_TRUE : VALUE_FALSE;
	case TOML_INT:
		return value_new_int(ev, from->as.integer);
	case TOML_FLOAT:
		return value_new_float(ev, from->as.number);
	case TOML_STRING:
		if (memchr(from->as.text.bytes, '\0', from->as.text.len))
			return fail_nul(ev, from->as.text.bytes,
					from->as.text.len);
		return value_new_string(ev, from->as.text.bytes,
					from->as.text.len, NULL);
	case TOML_TIME:
		if (ev->settings.toml_timestamps)
			return convert_time(ev, from);
		return eval_fail(ev, ERROR_EVAL, 0,
				 "while parsing TOML: Dates and times are not "
				 "supported");
	case TOML_ARRAY:
		return convert_array(ev, from->as.array);
	case TOML_TABLE:
		return convert_table(ev, from->as.table);
	}
	return 0;
}

value toml_value(struct eval *ev, pos_t pos, const char *text, size_t len)
{
	struct buf err = BUF_INIT;
	struct toml *toml = toml_parse(text, len, &err);
	value v;

	if (toml)
		v = convert_table(ev, toml_root(toml));
	else
		/* Nix colours the text, whose last line is empty: with the
		 * colour's end it is not quite. */
		v = eval_fail(ev, ERROR_EVAL, 0,
			      "while parsing TOML: %s\033[0m", buf_text(&err));
	toml_free(toml);
	buf_release(&err);
	return v;
}
