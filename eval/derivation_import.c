/* derivation_import.c - import of .drv files */
#include <string.h>

#include "eval/buf.h"
#include "eval/context.h"
#include "eval/derivation.h"
#include "eval/drv.h"
#include "eval/eval.h"
#include "eval/nixfile.h"
#include "eval/read.h"
#include "eval/source.h"

bool derivation_is_file(struct eval *ev, const struct path *path)
{
	struct storepath_parts parts;
	struct source_stat st;
	const char *text;
	size_t len;

	/* Both texts end alike, and few paths end so. */
	len = path->len > 1 ? path->len : path->source->prefix_len;
	text = path->len > 1 ? path->bytes : path->source->prefix;
	if (len < 4 || strcmp(text + len - 4, ".drv") != 0)
		return false;
	text = source_text(ev, path);
	return text && storepath_parse(text, strlen(text), &parts, NULL) == 0 &&
	       source_stat(ev, path->source, path->bytes, &st) == 0 &&
	       st.type != SOURCE_MISSING;
}

static value text_value(struct eval *ev, struct storepath_text text,
			const struct context *context)
{
	return value_new_string(ev, text.bytes, text.len, context);
}

/* One output: its name in the list, its path in the set. */
static int add_output(struct eval *ev, struct attrs_builder *builder,
		      symbol drv_path, const struct drv_output *output,
		      value *item)
{
	const struct context *context;
	symbol name = symbol_intern(output->name.bytes, output->name.len);
	value path;

	*item = text_value(ev, output->name, NULL);
	context = name ? context_of(ev, CONTEXT_BUILT, drv_path, name) : NULL;
	path = context ? value_new_string(ev, output->path.text,
					  output->path.len, context)
		       : 0;
	if (!*item || !path)
		return -1;
	return attrs_builder_add(builder, name, 0, path);
}

/* { drvPath, name, outputs, and the path of each output }. */
static value describe(struct eval *ev, const char *path, const struct drv *drv)
{
	struct storepath_text name = { "", 0 };
	const struct context *context;
	struct attrs_builder builder;
	symbol drv_path = symbol_intern(path, strlen(path));
	value outputs, v;

	for (size_t i = 0; i < drv->nenv; i++)
		if (drv->env[i].name.len == 4 &&
		    !memcmp(drv->env[i].name.bytes, "name", 4))
			name = drv->env[i].value;
	context = drv_path ? context_of(ev, CONTEXT_DEEP, drv_path, 0) : NULL;
	v = context ? value_new_string(ev, path, strlen(path), context) : 0;
	outputs = value_new_list(ev, drv->noutputs);
	attrs_builder_init(&builder, ev, drv->noutputs + 3);
	if (!v || !outputs ||
	    attrs_builder_add(&builder, SYM_drv_path, 0, v) < 0 ||
	    attrs_builder_add(&builder, SYM_outputs, 0, outputs) < 0)
		return 0;
	v = text_value(ev, name, NULL);
	if (!v || attrs_builder_add(&builder, SYM_name, 0, v) < 0)
		return 0;
	for (size_t i = 0; i < drv->noutputs; i++)
		if (add_output(ev, &builder, drv_path, &drv->outputs[i],
			       &value_list(outputs)->items[i]) < 0)
			return 0;
	return value_of_attrs(attrs_builder_finish(&builder, true));
}

value derivation_import(struct eval *ev, const struct path *path)
{
	const char *text = source_text(ev, path), *bytes;
	struct storepath_parts parts;
	struct buf err = BUF_INIT;
	value set, function;
	struct drv drv;
	size_t len;

	if (!text || read_file(ev, path, &bytes, &len) < 0)
		return 0;
	if (storepath_parse(text, strlen(text), &parts, &err) < 0 ||
	    drv_parse(&drv, parts.name, parts.name_len - 4, bytes, len, &err) <
		    0) {
		eval_fail(ev, ERROR_EVAL, 0, "%s", buf_text(&err));
		buf_release(&err);
		return 0;
	}
	set = describe(ev, text, &drv);
	drv_release(&drv);
	function = set ? nixfile_imported(ev) : 0;
	return function ? eval_call(ev, 0, function, 1, &set) : 0;
}
