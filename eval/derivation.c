/*
 * derivation.c - derivations: from attributes to store paths
 *
 * The attributes become a struct drv (drv.h), whose strings lie in the arena;
 * drv_table.h turns that into hashes. Attributes are looked at in the order of
 * their names' bytes, and errors come in that order, as in Nix.
 */
#include "eval/derivation.h"

#include <string.h>

#include "eval/buf.h"
#include "eval/context.h"
#include "eval/drv_table.h"
#include "eval/eval.h"
#include "eval/file.h"
#include "eval/json.h"
#include "eval/print.h"
#include "eval/source.h"
#include "eval/store.h"

/* What is known of the derivation while its attributes are read. */
struct strict {
	struct eval *ev;
	struct string *name;
	struct drv drv;
	const struct context *context;
	/* __structuredAttrs: the members so far; else unused. */
	bool structured;
	struct buf json;
	bool ignore_nulls;
	struct list *outputs; /* strings; NULL: just "out" */
	struct string *hash;
	enum hash_type hash_type;
	enum storepath_method method;
	bool has_method;
};

static const char *revealed(struct strict *s, const struct string *text)
{
	return source_reveal(s->ev, text->bytes, text->len);
}

static int unite(struct strict *s, const struct context *context)
{
	if (!context || context == s->context)
		return 0;
	s->context = context_union(s->ev, s->context, context);
	return s->context ? 0 : -1;
}

static int fail(struct strict *s, struct buf *err)
{
	if (!eval_error(s->ev))
		eval_fail(s->ev, ERROR_EVAL, 0, "%s", buf_text(err));
	buf_release(err);
	return -1;
}

static bool is_text(const struct string *s, const char *text)
{
	return strlen(text) == s->len && !memcmp(s->bytes, text, s->len);
}

static int need_feature(struct strict *s, const char *feature)
{
	eval_fail(s->ev, ERROR_EVAL, 0,
		  "experimental Nix feature '%s' is disabled; add "
		  "'--extra-experimental-features %s' to enable it",
		  feature, feature);
	return -1;
}

static void warn(struct strict *s, const char *format)
	__attribute__((format(printf, 2, 0)));

/* format: with one %s, for the derivation's name. */
static void warn(struct strict *s, const char *format)
{
	FILE *out = s->ev->settings.messages;

	if (!out)
		return;
	fputs("warning: ", out);
	fprintf(out, format, s->name->bytes);
	fputc('\n', out);
}

/* --- the attributes that mean something --- */

static int set_method(struct strict *s, const struct string *mode)
{
	s->has_method = true;
	if (is_text(mode, "recursive") || is_text(mode, "nar")) {
		s->method = STOREPATH_NAR;
	} else if (is_text(mode, "flat")) {
		s->method = STOREPATH_FLAT;
	} else if (is_text(mode, "text")) {
		s->method = STOREPATH_TEXT;
		eval_fail(s->ev, ERROR_EVAL, 0,
			  "experimental Nix feature 'dynamic-derivations' is "
			  "disabled (text-hashed derivation '%s', "
			  "outputHashMode = \"text\"); add "
			  "'--extra-experimental-features "
			  "dynamic-derivations' to enable it",
			  s->name->bytes);
		return -1;
	} else if (is_text(mode, "git")) {
		s->method = STOREPATH_GIT;
		return need_feature(s, "git-hashing");
	} else {
		eval_fail(s->ev, ERROR_EVAL, 0,
			  "invalid value '%s' for 'outputHashMode' attribute",
			  mode->bytes);
		return -1;
	}
	return 0;
}

/* Take the names in outputs, which are forced. */
static int set_outputs(struct strict *s, struct list *outputs)
{
	for (uint32_t i = 0; i < outputs->len; i++) {
		struct string *name = value_string(outputs->items[i]);

		for (uint32_t j = 0; j < i; j++) {
			struct string *other = value_string(outputs->items[j]);

			if (name->len != other->len ||
			    memcmp(name->bytes, other->bytes, name->len) != 0)
				continue;
			eval_fail(s->ev, ERROR_EVAL, 0,
				  "duplicate derivation output '%s'",
				  name->bytes);
			return -1;
		}
		if (is_text(name, "drvPath")) {
			eval_fail(s->ev, ERROR_EVAL, 0,
				  "invalid derivation output name 'drvPath'");
			return -1;
		}
	}
	if (!outputs->len) {
		eval_fail(s->ev, ERROR_EVAL, 0,
			  "derivation cannot have an empty set of outputs");
		return -1;
	}
	s->outputs = outputs;
	return 0;
}

/* "outputs" as a string: words. */
static int split_outputs(struct strict *s, const struct string *text)
{
	static const char blanks[] = " \t\n\r";
	const char *at = text->bytes, *end = at + text->len, *start;
	uint32_t n = 0;
	value list;

	list = value_new_list(s->ev, text->len / 2 + 1);
	if (!list)
		return -1;
	for (;;) {
		while (at < end && strchr(blanks, *at))
			at++;
		if (at == end)
			break;
		start = at;
		while (at < end && !strchr(blanks, *at))
			at++;
		value_list(list)->items[n] =
			value_new_string(s->ev, start, at - start, NULL);
		if (!value_list(list)->items[n++])
			return -1;
	}
	value_list(list)->len = n;
	return set_outputs(s, value_list(list));
}

/* An attribute that has a meaning besides being in the environment. */
static int set_known(struct strict *s, symbol name, struct string *text)
{
	struct buf err = BUF_INIT;
	const char *bytes;

	switch (name) {
	case SYM_builder:
	case SYM_system:
		bytes = revealed(s, text);
		if (!bytes)
			return -1;
		if (name == SYM_builder)
			s->drv.builder =
				(struct storepath_text){ bytes, text->len };
		else
			s->drv.system =
				(struct storepath_text){ bytes, text->len };
		return 0;
	case SYM_output_hash:
		s->hash = text;
		return 0;
	case SYM_output_hash_algo:
		if (hash_type_parse_opt(text->bytes, text->len, &s->hash_type,
					&err) < 0)
			return fail(s, &err);
		return 0;
	case SYM_output_hash_mode:
		return set_method(s, text);
	case SYM_outputs:
		return split_outputs(s, text);
	}
	return 0;
}

static int read_args(struct strict *s, value *slot)
{
	struct list *args = eval_list(s->ev, slot, 0, "");

	if (!args)
		return -1;
	for (uint32_t i = 0; i < args->len; i++) {
		struct string *text;
		const char *bytes;
		value v;

		v = eval_coerce(s->ev, &args->items[i], 0,
				"while evaluating an element of the argument "
				"list",
				COERCE_MORE | COERCE_COPY_PATHS |
					COERCE_CANON_PATH);
		if (!v)
			return -1;
		text = value_string(v);
		bytes = revealed(s, text);
		if (!bytes || unite(s, text->context) < 0)
			return -1;
		drv_add_arg(&s->drv, bytes, text->len);
	}
	return 0;
}

/* __json outside of structured derivations: Nix reads it and writes it anew. */
static const char *normal_json(struct strict *s, const char *bytes, size_t *len)
{
	struct buf json = BUF_INIT;
	const char *copy = NULL;
	value v;

	warn(s,
	     "In derivation '%s': setting structured attributes via '__json' "
	     "is deprecated, and may be disallowed in future versions of Nix. "
	     "Set '__structuredAttrs = true' instead.");
	v = json_parse(s->ev, 0, bytes, *len);
	if (v && value_tag(v) != TAG_ATTRS)
		v = eval_fail(s->ev, ERROR_EVAL, 0,
			      "cannot process __json attribute: it is no "
			      "object");
	if (v && json_write(s->ev, &v, 0, JSON_STRICT | JSON_PLAIN_SETS, &json,
			    NULL) == 0) {
		copy = arena_strndup(s->ev->arena, json.data, json.len);
		*len = json.len;
		if (!copy)
			eval_fail_memory(s->ev);
	}
	buf_release(&json);
	return copy;
}

/* An attribute for the environment. */
static int read_variable(struct strict *s, symbol name, value *slot)
{
	struct string *text;
	const char *bytes;
	size_t len;
	value v;

	v = eval_coerce(s->ev, slot, 0, "",
			COERCE_MORE | COERCE_COPY_PATHS | COERCE_CANON_PATH);
	if (!v)
		return -1;
	text = value_string(v);
	bytes = revealed(s, text);
	if (!bytes || unite(s, text->context) < 0)
		return -1;
	len = text->len;
	if (name == SYM_json)
		bytes = normal_json(s, bytes, &len);
	if (!bytes)
		return -1;
	drv_add_env(&s->drv, symbol_bytes(name), symbol_len(name), bytes, len);
	return set_known(s, name, text);
}

/* Some of Nix's checks of outputs do nothing in structured derivations. */
static void warn_disabled(struct strict *s, symbol name)
{
	static const char *const disabled[] = {
		"allowedReferences",
		"allowedRequisites",
		"disallowedReferences",
		"disallowedRequisites",
		"maxSize",
		"maxClosureSize",
	};
	FILE *out = s->ev->settings.messages;
	const char *text = symbol_bytes(name);

	for (size_t i = 0; out && i < sizeof(disabled) / sizeof(*disabled); i++)
		if (!strcmp(text, disabled[i]))
			fprintf(out,
				"warning: In a derivation named '%s', "
				"'structuredAttrs' disables the effect of the "
				"derivation attribute '%s'; use "
				"'outputChecks.<output>.%s' instead\n",
				s->name->bytes, text, text);
}

/* With __structuredAttrs: an attribute for the JSON text. */
static int read_member(struct strict *s, symbol name, value *slot)
{
	struct string *text;
	struct list *outputs;

	if (s->json.len > 1)
		buf_add_char(&s->json, ',');
	if (json_write_string(s->ev, 0, symbol_bytes(name), symbol_len(name),
			      &s->json) < 0)
		return -1;
	buf_add_char(&s->json, ':');
	if (json_write(s->ev, slot, 0, JSON_STRICT | JSON_COPY_PATHS, &s->json,
		       &s->context) < 0)
		return -1;

	switch (name) {
	case SYM_builder:
		text = eval_string_value(s->ev, slot, 0, "");
		break;
	case SYM_system:
	case SYM_output_hash:
	case SYM_output_hash_algo:
	case SYM_output_hash_mode:
		text = eval_string_plain(s->ev, slot, 0, "");
		break;
	case SYM_outputs:
		outputs = eval_list(s->ev, slot, 0, "");
		if (!outputs)
			return -1;
		for (uint32_t i = 0; i < outputs->len; i++) {
			text = eval_string_plain(s->ev, &outputs->items[i], 0,
						 "");
			if (!text)
				return -1;
		}
		return set_outputs(s, outputs);
	default:
		warn_disabled(s, name);
		return 0;
	}
	if (!text || unite(s, text->context) < 0)
		return -1;
	return set_known(s, name, text);
}

static int read_attribute(struct strict *s, symbol name, value *slot)
{
	bool on;

	if (s->ignore_nulls) {
		value v = value_force(s->ev, slot);

		if (!v)
			return -1;
		if (v == VALUE_NULL)
			return 0;
	}
	switch (name) {
	case SYM_content_addressed:
	case SYM_impure:
		if (eval_bool(s->ev, slot, 0, "", &on) < 0)
			return -1;
		if (!on)
			return 0;
		return need_feature(s, name == SYM_impure ? "impure-derivations"
							  : "ca-derivations");
	case SYM_args:
		return read_args(s, slot);
	case SYM_structured_attrs:
		if (s->structured)
			return 0;
		break;
	}
	return s->structured ? read_member(s, name, slot)
			     : read_variable(s, name, slot);
}

static int read_attributes(struct strict *s, struct attrs *set)
{
	size_t len = attrs_len(set);

	for (size_t i = 0; i < len; i++) {
		value *slot;
		symbol name = attrs_sorted(s->ev, set, i, &slot);

		if (name == SYM_ignore_nulls)
			continue;
		if (read_attribute(s, name, slot) < 0) {
			eval_frame(s->ev, attrs_pos(set, name),
				   "while evaluating attribute '%s' of "
				   "derivation '%s'",
				   print_symbol(s->ev, name), s->name->bytes);
			return -1;
		}
	}
	return 0;
}

/* A flag that is looked at before all other attributes. */
static int read_flag(struct strict *s, struct attrs *set, symbol name,
		     const char *context, bool *out)
{
	value *slot = attrs_find(set, name);

	*out = false;
	return slot ? eval_bool(s->ev, slot, 0, context, out) : 0;
}

/* --- what the strings depend on --- */

/* A path of a closure that is used whole (drv_table_closure). */
static int add_member(void *arg, const struct drv_member *member)
{
	struct drv *drv = arg;
	const char *output = member->outputs;

	drv_add_source(drv, member->path.bytes, member->path.len);
	for (size_t i = 0; member->is_drv && i < member->noutputs; i++) {
		size_t len = strlen(output);

		drv_add_input(drv, member->path.bytes, member->path.len, output,
			      len);
		output += len + 1;
	}
	return 0;
}

static int add_inputs(struct strict *s, struct drv_table *table)
{
	struct buf err = BUF_INIT;

	for (uint32_t i = 0; s->context && i < s->context->len; i++) {
		const struct context_element *e = s->context->elements[i];
		size_t len = symbol_len(e->path);
		const char *path = symbol_bytes(e->path);

		switch (e->kind) {
		case CONTEXT_PATH:
			path = source_reveal(s->ev, path, len);
			if (!path)
				return -1;
			drv_add_source(&s->drv, path, len);
			break;
		case CONTEXT_BUILT:
			drv_add_input(&s->drv, path, len,
				      symbol_bytes(e->output),
				      symbol_len(e->output));
			break;
		case CONTEXT_DEEP:
			if (drv_table_closure(table, path, len, add_member,
					      &s->drv, &err) < 0)
				return fail(s, &err);
			break;
		}
	}
	return 0;
}

/* --- outputs and result --- */

static int add_fixed_output(struct strict *s)
{
	struct buf err = BUF_INIT, shown = BUF_INIT;
	struct hash hash;

	if (s->outputs &&
	    (s->outputs->len != 1 ||
	     !is_text(value_string(s->outputs->items[0]), "out"))) {
		eval_fail(s->ev, ERROR_EVAL, 0,
			  "multiple outputs are not supported in "
			  "fixed-output derivations");
		return -1;
	}
	if (hash_parse_or_empty(s->hash->bytes, s->hash->len, s->hash_type,
				&hash, &err) < 0)
		return fail(s, &err);
	if (!s->hash->len && s->ev->settings.messages) {
		hash_print(&shown, &hash, HASH_SRI, true);
		fprintf(s->ev->settings.messages,
			"warning: found empty hash, assuming '%s'\n",
			buf_text(&shown));
		buf_release(&shown);
	}
	drv_add_fixed_output(&s->drv,
			     s->has_method ? s->method : STOREPATH_FLAT, &hash);
	return 0;
}

static int add_outputs(struct strict *s)
{
	if (s->hash)
		return add_fixed_output(s);
	for (uint32_t i = 0; s->outputs && i < s->outputs->len; i++) {
		struct string *name = value_string(s->outputs->items[i]);

		drv_add_output(&s->drv, name->bytes, name->len);
	}
	if (!s->outputs)
		drv_add_output(&s->drv, "out", 3);
	return 0;
}

static int check_complete(struct strict *s)
{
	const struct string *name = s->name;

	if (!s->drv.builder.len) {
		eval_fail(s->ev, ERROR_EVAL, 0,
			  "required attribute 'builder' missing");
		return -1;
	}
	if (!s->drv.system.len) {
		eval_fail(s->ev, ERROR_EVAL, 0,
			  "required attribute 'system' missing");
		return -1;
	}
	if (name->len >= 4 && !strcmp(name->bytes + name->len - 4, ".drv")) {
		eval_fail(s->ev, ERROR_EVAL, 0,
			  "derivation names are allowed to end in '.drv' only "
			  "if they produce a single derivation file");
		return -1;
	}
	return 0;
}

/* { drvPath, and the path of each output }, with their contexts. */
static value result(struct strict *s, symbol drv)
{
	const struct context *context;
	struct attrs_builder builder;
	value v;

	context = context_of(s->ev, CONTEXT_DEEP, drv, 0);
	v = context ? value_new_string(s->ev, symbol_bytes(drv),
				       symbol_len(drv), context)
		    : 0;
	if (!v)
		return 0;
	attrs_builder_init(&builder, s->ev, s->drv.noutputs + 1);
	if (attrs_builder_add(&builder, SYM_drv_path, 0, v) < 0)
		return 0;
	for (size_t i = 0; i < s->drv.noutputs; i++) {
		const struct drv_output *output = &s->drv.outputs[i];
		symbol name =
			symbol_intern(output->name.bytes, output->name.len);

		context = name ? context_of(s->ev, CONTEXT_BUILT, drv, name)
			       : NULL;
		v = context ? value_new_string(s->ev, output->path.text,
					       output->path.len, context)
			    : 0;
		if (!v || attrs_builder_add(&builder, name, 0, v) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&builder, false));
}

static int check_name(struct strict *s)
{
	struct buf err = BUF_INIT;

	if (storepath_check_name(s->name->bytes, s->name->len, &err) == 0)
		return 0;
	eval_fail(s->ev, ERROR_EVAL, 0,
		  "invalid derivation name: %s. Please pass a different "
		  "'name'.",
		  buf_text(&err));
	buf_release(&err);
	return -1;
}

static value make(struct strict *s, struct attrs *set)
{
	struct drv_table *table = store_derivations(s->ev);
	struct buf err = BUF_INIT;
	struct storepath path;
	symbol drv_path;

	if (!table || check_name(s) < 0 ||
	    read_flag(s, set, SYM_structured_attrs,
		      "while evaluating the `__structuredAttrs` attribute "
		      "passed to builtins.derivationStrict",
		      &s->structured) < 0 ||
	    read_flag(s, set, SYM_ignore_nulls,
		      "while evaluating the `__ignoreNulls` attribute passed "
		      "to builtins.derivationStrict",
		      &s->ignore_nulls) < 0)
		return 0;

	buf_add_char(&s->json, '{');
	if (read_attributes(s, set) < 0)
		return 0;
	if (s->structured) {
		buf_add_char(&s->json, '}');
		if (s->json.failed)
			return eval_fail_memory(s->ev);
		drv_add_env(&s->drv, "__json", 6,
			    source_reveal(s->ev, s->json.data, s->json.len),
			    s->json.len);
	}
	if (add_inputs(s, table) < 0 || check_complete(s) < 0 ||
	    add_outputs(s) < 0)
		return 0;
	if (drv_table_add(table, &s->drv, &path, &err) < 0) {
		fail(s, &err);
		return 0;
	}
	drv_path = symbol_intern(path.text, path.len);
	if (!drv_path ||
	    store_add_derivation(s->ev, drv_path, set, s->context) < 0)
		return 0;
	return result(s, drv_path);
}

/* "file:line:column", for a message; "«none»" if it is nowhere. */
static const char *position_text(struct eval *ev, pos_t pos)
{
	struct buf text = BUF_INIT;
	struct position position;
	const char *copy;

	if (!file_position(ev, pos, &position))
		return "\u00abnone\u00bb";
	buf_add_format(&text, "%s:%u:%u", position.file->name, position.line,
		       position.column);
	copy = arena_strndup(ev->arena, buf_text(&text), text.len);
	buf_release(&text);
	return copy ? copy : "";
}

value derivation_make(struct eval *ev, struct attrs *set)
{
	struct strict s = { .ev = ev, .hash_type = HASH_NONE };
	pos_t name_pos = attrs_pos(set, SYM_name);
	const char *bytes;
	value *slot, v;

	set = attrs_flat(ev, set);
	if (!set)
		return 0;
	slot = attrs_find(set, SYM_name);
	if (!slot) {
		eval_fail(ev, ERROR_EVAL, 0, "attribute 'name' missing");
		return eval_frame(ev, 0,
				  "in the attrset passed as argument to "
				  "builtins.derivationStrict");
	}
	s.name = eval_string_plain(ev, slot, 0,
				   "while evaluating the `name` attribute "
				   "passed to builtins.derivationStrict");
	if (!s.name)
		return eval_frame(ev, name_pos,
				  "while evaluating the derivation attribute "
				  "'name'");

	bytes = revealed(&s, s.name);
	if (!bytes)
		return 0;
	drv_init(&s.drv, bytes, s.name->len);
	v = make(&s, set);
	if (!v)
		eval_frame(ev, 0,
			   "while evaluating derivation '%s'\n"
			   "  whose name attribute is located at %s",
			   s.name->bytes, position_text(ev, name_pos));
	drv_release(&s.drv);
	buf_release(&s.json);
	return v;
}
