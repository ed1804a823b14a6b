/* builtin_json.c - toJSON, fromJSON, fromTOML and toXML */
#include <string.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/json.h"
#include "eval/toml_value.h"
#include "eval/xml.h"

/* The buffer's text as a string value; the buffer is released. err: what the
 * writer returned. */
static value take(struct eval *ev, int err, struct buf *out,
		  const struct context *context)
{
	value v = 0;

	if (err == 0)
		v = value_new_string(ev, buf_text(out), out->len, context);
	buf_release(out);
	return v;
}

static value to_json(struct eval *ev, pos_t pos, value *args)
{
	const struct context *context = NULL;
	struct buf out = BUF_INIT;
	int err;

	err = json_write(ev, &args[0], 0, JSON_STRICT | JSON_COPY_PATHS, &out,
			 &context);
	return take(ev, err, &out, context);
}

static value to_xml(struct eval *ev, pos_t pos, value *args)
{
	const struct context *context = NULL;
	struct buf out = BUF_INIT;
	int err;

	err = xml_write(ev, &args[0], 0, XML_STRICT, &out, &context);
	return take(ev, err, &out, context);
}

static value from_json(struct eval *ev, pos_t pos, value *args)
{
	struct string *text;

	text = eval_string_plain(ev, &args[0], 0,
				 "while evaluating the first argument passed "
				 "to builtins.fromJSON");
	return text ? json_parse(ev, 0, text->bytes, text->len) : 0;
}

static value from_toml(struct eval *ev, pos_t pos, value *args)
{
	struct string *text;

	text = eval_string_plain(ev, &args[0], 0,
				 "while evaluating the argument passed to "
				 "builtins.fromTOML");
	return text ? toml_value(ev, 0, text->bytes, text->len) : 0;
}

const struct builtin builtin_json_table[] = {
	{
		.name = "toJSON",
		.arity = 1,
		.doc = "toJSON e: e as JSON. A derivation becomes its output "
		       "path, a path its store path.",
		.run = to_json,
	},
	{
		.name = "fromJSON",
		.arity = 1,
		.doc = "fromJSON s: the value that the JSON text s stands for.",
		.run = from_json,
		.strict = 1,
	},
	{
		.name = "fromTOML",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "fromTOML s: the value that the TOML text s stands for.",
		.run = from_toml,
	},
	{
		.name = "toXML",
		.arity = 1,
		.doc = "toXML e: e as XML, evaluated all the way down.",
		.run = to_xml,
	},
	{ .name = NULL },
};
