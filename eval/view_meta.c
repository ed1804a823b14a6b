/*
 * meta/: what is known of an option beside its value. Each option is a folder
 * of the facts in fact_table, and of definitions/<n>/.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "eval/definitions.h"
#include "eval/edit.h"
#include "eval/own.h"
#include "eval/render.h"
#include "eval/source.h"
#include "eval/view.h"

/* A fact: a file of meta/<option>/. */
struct fact {
	const char *name;
	int (*text)(struct host *host, const struct view_node *node,
		    struct buf *out);
	const char *attr; /* the option's attribute it comes from; listed only
			     if that is there. NULL: always */
};

/* The option's attribute name, forced; 0 if absent (no error) or failed. */
static value option_attr(struct host *host, struct attrs *option,
			 const char *name)
{
	symbol sym = symbol_find(name, strlen(name));
	value *cell = sym ? attrs_find(option, sym) : NULL;

	return cell ? value_force(host->ev, cell) : 0;
}

static int missing(struct host *host)
{
	return eval_error(host->ev) ? view_errno(host->ev) : -ENODATA;
}

static int text_of(struct host *host, value v, struct buf *out)
{
	if (!v)
		return missing(host);
	return render_text(host->ev, &v, out) < 0 ? view_errno(host->ev) : 0;
}

/*
 * Documentation is a string, or a set that says in which form its text is
 * (lib.mdDoc, lib.literalExpression). Gives the text, 0 if it is no such set.
 */
static value marked_text(struct host *host, value v)
{
	value type;

	if (value_tag(v) != TAG_ATTRS)
		return 0;
	type = eval_get(host->ev, &v, symbol_of("_type"));
	if (!type || value_tag(type) != TAG_STRING)
		return 0;
	return eval_get(host->ev, &v, symbol_intern("text", 4));
}

static int fact_type(struct host *host, const struct view_node *node,
		     struct buf *out)
{
	struct string *text = option_type_text(host->ev, node->place.option);

	if (!text)
		return missing(host);
	buf_add(out, text->bytes, text->len);
	buf_add_char(out, '\n');
	return 0;
}

/* Documentation and examples: their text if they are marked up; scalars as
 * files show them; anything else as a Nix expression. */
static int documented(struct host *host, value v, struct buf *out)
{
	value text;
	int is_directory;

	if (!v)
		return missing(host);
	text = marked_text(host, v);
	if (text)
		return text_of(host, text, out);
	if (eval_error(host->ev))
		return view_errno(host->ev);
	is_directory = render_is_directory(host->ev, &v);
	if (is_directory < 0)
		return view_errno(host->ev);
	if (!is_directory)
		return text_of(host, v, out);
	return render_nix(host->ev, &v, out) < 0 ? view_errno(host->ev) : 0;
}

static int fact_documented(struct host *host, const struct view_node *node,
			   struct buf *out)
{
	const struct fact *fact = node->detail;

	return documented(
		host, option_attr(host, node->place.option, fact->attr), out);
}

static int fact_default(struct host *host, const struct view_node *node,
			struct buf *out)
{
	value v = option_attr(host, node->place.option, "defaultText");

	if (!v && eval_error(host->ev))
		return view_errno(host->ev);
	if (!v)
		v = option_attr(host, node->place.option, "default");
	return documented(host, v, out);
}

static int fact_attr(struct host *host, const struct view_node *node,
		     struct buf *out)
{
	const struct fact *fact = node->detail;

	return text_of(host, option_attr(host, node->place.option, fact->attr),
		       out);
}

/* Flags that an option need not have. */
static int fact_flag(struct host *host, const struct view_node *node,
		     struct buf *out)
{
	const struct fact *fact = node->detail;
	value v = option_attr(host, node->place.option, fact->name);

	if (!v && eval_error(host->ev))
		return view_errno(host->ev);
	if (!v)
		v = value_bool(strcmp(fact->name, "visible") == 0);
	return text_of(host, v, out);
}

static const struct fact fact_table[] = {
	{ "type", fact_type, "type" },
	{ "description", fact_documented, "description" },
	{ "default", fact_default, "default" },
	{ "example", fact_documented, "example" },
	{ "declarations", fact_attr, "declarations" },
	{ "priority", fact_attr, "highestPrio" },
	{ "isDefined", fact_attr, "isDefined" },
	{ "readOnly", fact_flag, NULL },
	{ "visible", fact_flag, NULL },
	{ "internal", fact_flag, NULL },
};
#define FACTS (sizeof(fact_table) / sizeof(*fact_table))

static bool has_fact(const struct fact *fact, struct attrs *option)
{
	symbol sym;

	if (!fact->attr)
		return true;
	if (strcmp(fact->name, "default") == 0 &&
	    attrs_find(option, symbol_intern("defaultText", 11)))
		return true;
	sym = symbol_find(fact->attr, strlen(fact->attr));
	return sym && attrs_find(option, sym);
}

static int list_facts(struct host *host, const struct view_node *node,
		      struct view_entries *out)
{
	for (size_t i = 0; i < FACTS; i++)
		if (has_fact(&fact_table[i], node->place.option))
			view_add_entry(out, WIRE_FILE, 0, fact_table[i].name,
				       strlen(fact_table[i].name));
	view_add_entry(out, WIRE_DIRECTORY, 0, "definitions", 11);
	return 0;
}

/* An attribute of the option that is a list, forced; NULL if it has none, or
 * with the error pending. */
static struct list *list_attr(struct host *host, struct attrs *option,
			      const char *name)
{
	value v = option_attr(host, option, name);

	return v && value_tag(v) == TAG_LIST ? value_list(v) : NULL;
}

/* Before nixpkgs 22.05 files and values are two lists: put them together. */
static struct list *paired_definitions(struct host *host, struct attrs *option)
{
	struct list *files = list_attr(host, option, "files");
	struct list *values =
		files ? list_attr(host, option, "definitions") : NULL;
	struct attrs_builder b;
	value list;

	if (!values || files->len != values->len)
		return NULL;
	list = value_new_list(host->ev, files->len);
	for (size_t i = 0; list && i < files->len; i++) {
		attrs_builder_init(&b, host->ev, 2);
		if (attrs_builder_add(&b, SYM_file, 0, files->items[i]) < 0 ||
		    attrs_builder_add(&b, SYM_value, 0, values->items[i]) < 0)
			return NULL;
		value_list(list)->items[i] =
			value_of_attrs(attrs_builder_finish(&b, true));
	}
	return list ? value_list(list) : NULL;
}

/* The option's definitions that count: a list of { file, value }; NULL if that
 * is not known, or with the error pending. */
static struct list *counted_definitions(struct host *host, struct attrs *option)
{
	struct list *list = list_attr(host, option, "definitionsWithLocations");

	if (list || eval_error(host->ev))
		return list;
	return paired_definitions(host, option);
}

/* The same as struct definition, where only those that count are known. */
static int counting_definitions(struct host *host, struct attrs *option,
				struct definition **out, size_t *count)
{
	struct list *list = counted_definitions(host, option);
	value priority = list ? option_attr(host, option, "highestPrio") : 0;
	size_t len = list ? list->len : 0;

	if (!list && eval_error(host->ev))
		return view_errno(host->ev);
	eval_clear_error(host->ev);
	*out = arena_alloc(host->ev->arena, (len + 1) * sizeof(**out));
	if (!*out)
		return -ENOMEM;
	*count = 0;
	for (size_t i = 0; i < len; i++) {
		value v = value_force(host->ev, &list->items[i]);

		if (!v)
			return view_errno(host->ev);
		(*out)[*count] = (struct definition){
			.file = attrs_find(value_attrs(v), SYM_file),
			.value = attrs_find(value_attrs(v), SYM_value),
			.priority = priority && value_is_int(priority)
					    ? value_integer(priority)
					    : 100,
			.state = len > 1 ? DEFINITION_MERGED : DEFINITION_WON,
		};
		*count += (*out)[*count].file && (*out)[*count].value;
	}
	return 0;
}

int view_all_definitions(struct host *host, struct attrs *option,
			 const struct wire_text *path, size_t len,
			 struct definition **out, size_t *count)
{
	int err;

	/* Asking this makes the module system merge them. */
	if (!option_attr(host, option, "isDefined"))
		eval_clear_error(host->ev);
	err = definitions_of(host->ev, path, len, out, count);
	if (err == -ENOENT)
		return counting_definitions(host, option, out, count);
	return err == -EIO ? view_errno(host->ev) : err;
}

static const char *const definition_facts[] = {
	"file", "line", "column", "value", "priority", "state",
};
#define DEFINITION_FACTS (sizeof(definition_facts) / sizeof(*definition_facts))

static int list_definition(struct host *host, const struct view_node *node,
			   struct view_entries *out)
{
	for (size_t i = 0; i < DEFINITION_FACTS; i++)
		view_add_entry(
			out,
			strcmp(definition_facts[i], "value") == 0 ? WIRE_UNKNOWN
								  : WIRE_FILE,
			0, definition_facts[i], strlen(definition_facts[i]));
	return 0;
}

/* What a node of meta/<option>/definitions/ is about. */
struct defined {
	struct definition *all;
	size_t count;
	size_t index;		      /* of a single one */
	const char *fact;	      /* of it */
	const struct wire_text *path; /* of the option */
	size_t len;
};

static int list_definitions(struct host *host, const struct view_node *node,
			    struct view_entries *out)
{
	const struct defined *d = node->detail;
	char name[24];

	for (size_t i = 0; i < d->count; i++)
		view_add_entry(out, WIRE_DIRECTORY, 0, name,
			       (size_t)snprintf(name, sizeof(name), "%zu", i));
	return 0;
}

/* Where a definition of an option stands. */
struct place {
	const char *file;      /* as the module system names it */
	uint32_t line, column; /* 0: not found in the file's text */
};

static const char *on_disk(struct eval *ev, const struct path *path)
{
	struct buf text = BUF_INIT;
	const char *kept = NULL;

	buf_add_text(&text, path->source->folder);
	buf_add(&text, path->bytes, path->len);
	if (!text.failed)
		kept = arena_strndup(ev->arena, text.data, text.len);
	buf_release(&text);
	return kept;
}

/*
 * The module system knows a definition's file only. The line is found in the
 * file's text: the binding of the longest part of the attribute path there is.
 */
static int definition_place(struct host *host, value *file_cell,
			    const struct wire_text *path, size_t len,
			    struct place *out)
{
	value file = value_force(host->ev, file_cell);
	struct path *at;
	const char *text;
	size_t text_len;
	struct edit_binding binding;
	struct edit_scope scope;
	const char *inside;

	memset(out, 0, sizeof(*out));
	if (!file)
		return view_errno(host->ev);
	if (value_is_path(file)) {
		at = value_path(file);
		out->file = source_text(host->ev, at);
	} else if (value_tag(file) == TAG_STRING) {
		out->file = value_string(file)->bytes;
		if (out->file[0] != '/')
			return 0;
		at = source_path(host->ev, out->file, strlen(out->file));
	} else {
		out->file = "<unknown-file>";
		return 0;
	}
	if (!at || !out->file)
		return -ENOMEM;
	at = source_resolve(host->ev, at, true);
	if (at && view_is_folder(host->ev, at))
		at = source_join(host->ev, at, "default.nix", 11);
	if (at &&
	    !repository_relative(host->repository, at->source, at->bytes) &&
	    own_may_be_inside(host, file_cell) &&
	    own_find_inside(host, path, len, &inside, &binding))
		at = repository_path(host->repository, inside);
	if (!at || source_read(host->ev, at->source, at->bytes, &text,
			       &text_len) < 0) {
		eval_clear_error(host->ev);
		return 0;
	}
	/* A file that can be opened, rather than one in a store that need not
	 * have it. */
	if (at->source->folder) {
		out->file = on_disk(host->ev, at);
		if (!out->file)
			return -ENOMEM;
	}
	scope = own_scope(host);
	for (; len > 0; len--)
		if (edit_find(text, text_len, NULL, path, len, &binding) ||
		    edit_find(text, text_len, &scope, path, len, &binding)) {
			out->line = binding.line;
			out->column = binding.column;
			return 0;
		}
	return 0;
}

/* file:line:column, with the real store path where there is one. */
static int add_place(struct host *host, const struct place *place,
		     struct buf *out)
{
	const char *file =
		source_reveal(host->ev, place->file, strlen(place->file));

	if (!file)
		return view_errno(host->ev);
	buf_add_text(out, file);
	if (place->line)
		buf_add_format(out, ":%u:%u", place->line, place->column);
	buf_add_char(out, '\n');
	return 0;
}

int view_where(struct host *host, const struct option_place *place,
	       const struct wire_text *path, size_t len, struct buf *out)
{
	struct definition *all;
	struct place found;
	size_t count;
	int err = view_all_definitions(host, place->option, path, place->depth,
				       &all, &count);

	for (size_t i = 0; i < count && err == 0; i++) {
		if (all[i].state == DEFINITION_LOST ||
		    all[i].state == DEFINITION_INACTIVE)
			continue;
		err = definition_place(host, all[i].file, path, len, &found);
		if (err == 0)
			err = add_place(host, &found, out);
	}
	return err;
}

static int definition_text(struct host *host, const struct view_node *node,
			   struct buf *out)
{
	static const char *const states[] = { "won", "merged", "lost",
					      "inactive" };
	const struct defined *d = node->detail;
	const struct definition *definition = &d->all[d->index];
	struct place found;
	int err;

	if (strcmp(d->fact, "state") == 0) {
		buf_add_format(out, "%s\n", states[definition->state]);
		return 0;
	}
	if (strcmp(d->fact, "priority") == 0) {
		buf_add_format(out, "%" PRId64 "\n", definition->priority);
		return 0;
	}
	err = definition_place(host, definition->file, d->path, d->len, &found);
	if (err < 0)
		return err;
	if (strcmp(d->fact, "file") == 0) {
		found.line = 0;
		return add_place(host, &found, out);
	}
	if (!found.line)
		return -ENODATA;
	buf_add_format(out, "%u\n",
		       strcmp(d->fact, "line") == 0 ? found.line
						    : found.column);
	return 0;
}

/* The index of a definition's folder; -1 if there is none of that name. */
static int64_t definition_index(const struct wire_text *name, size_t count)
{
	char text[24];

	for (size_t i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%zu", i);
		if (view_name_is(name, text))
			return (int64_t)i;
	}
	return -1;
}

/* meta/<option>/definitions/<n>/..., rest being what follows `definitions`. */
static int find_definition(struct host *host, const struct wire_text *path,
			   size_t option_len, const struct wire_text *rest,
			   size_t len, struct view_node *out)
{
	struct defined *d = arena_alloc(host->ev->arena, sizeof(*d));
	int64_t index;
	int err;

	if (!d)
		return -ENOMEM;
	*d = (struct defined){ .path = path, .len = option_len };
	err = view_all_definitions(host, out->place.option, path, option_len,
				   &d->all, &d->count);
	if (err < 0)
		return err;
	out->kind = WIRE_DIRECTORY;
	out->detail = d;
	if (len == 0) {
		out->list = list_definitions;
		return 0;
	}
	index = definition_index(&rest[0], d->count);
	if (index < 0)
		return -ENOENT;
	d->index = (size_t)index;
	if (len == 1) {
		out->list = list_definition;
		return 0;
	}
	if (view_name_is(&rest[1], "value")) {
		out->kind = WIRE_UNKNOWN;
		/* The type speaks of what definitions are merged to. */
		out->place.type = 0;
		return view_value(host, d->all[d->index].value, rest + 2,
				  len - 2, out);
	}
	for (size_t i = 0; i < DEFINITION_FACTS && len == 2; i++) {
		if (!view_name_is(&rest[1], definition_facts[i]))
			continue;
		d->fact = definition_facts[i];
		out->kind = WIRE_FILE;
		out->text = definition_text;
		return 0;
	}
	return -ENOENT;
}

static int list_option_sets(struct host *host, const struct view_node *node,
			    struct view_entries *out)
{
	struct attrs *set = attrs_flat(host->ev, node->place.set);
	value *cell;
	symbol name;

	if (!set)
		return view_errno(host->ev);
	for (size_t i = 0; i < attrs_len(set); i++) {
		name = attrs_sorted(host->ev, set, i, &cell);
		if (node->number == 0 &&
		    strcmp(symbol_bytes(name), "_module") == 0)
			continue;
		view_add_entry(out, WIRE_DIRECTORY, 0, symbol_bytes(name),
			       symbol_len(name));
	}
	return 0;
}

int view_find_meta(struct host *host, const struct wire_text *path, size_t len,
		   struct view_node *out)
{
	struct option_place place;
	size_t depth = 0;
	int err = 0;

	/* How far the option tree goes; what follows is this view's own. */
	for (; depth <= len; depth++) {
		err = option_find(host->ev, &host->options, &host->config, path,
				  depth, &place);
		if (err == -ENODATA)
			err = 0;
		if (err < 0)
			return err == -EIO ? view_errno(host->ev) : err;
		out->place = place;
		if (place.option)
			break;
	}
	out->number = len;
	out->kind = WIRE_DIRECTORY;
	if (!place.option) {
		out->list = list_option_sets;
		return 0;
	}
	if (depth == len) {
		out->list = list_facts;
		return 0;
	}
	if (view_name_is(&path[depth], "definitions"))
		return find_definition(host, path, depth, path + depth + 1,
				       len - depth - 1, out);
	if (len > depth + 1)
		return -ENOENT;
	for (size_t i = 0; i < FACTS; i++) {
		if (!view_name_is(&path[depth], fact_table[i].name) ||
		    !has_fact(&fact_table[i], place.option))
			continue;
		out->kind = WIRE_FILE;
		out->text = fact_table[i].text;
		out->detail = &fact_table[i];
		return 0;
	}
	return -ENOENT;
}
