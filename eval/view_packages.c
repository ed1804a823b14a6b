/*
 * packages/<name>/: what the host installs, environment.systemPackages or
 * home.packages; each a folder of the facts below.
 */
#include <errno.h>
#include <string.h>

#include "eval/render.h"
#include "eval/view.h"

/* A package's fact: which attribute, of the derivation or of its meta. */
static const struct {
	const char *name;
	const char *attr;
	bool in_meta;
} facts[] = {
	{ "name", "name", false },	 { "pname", "pname", false },
	{ "version", "version", false }, { "outPath", "outPath", false },
	{ "drvPath", "drvPath", false }, { "description", "description", true },
	{ "license", "license", true },
};
#define FACTS (sizeof(facts) / sizeof(*facts))

static struct list *packages(struct host *host)
{
	static const char *const nixos[] = { "environment", "systemPackages",
					     NULL };
	static const char *const home[] = { "home", "packages", NULL };
	value v = view_config(host, nixos);

	if (!v && !eval_error(host->ev))
		v = view_config(host, home);
	return v && value_tag(v) == TAG_LIST ? value_list(v) : NULL;
}

static struct string *text_attr(struct eval *ev, value *package, symbol name)
{
	value v = eval_get(ev, package, name);

	return v && value_tag(v) == TAG_STRING ? value_string(v) : NULL;
}

/* How many bytes of "bash-5.2p15" are the name: up to a dash and a digit. */
static size_t name_part(const struct string *name)
{
	for (size_t i = 0; i + 1 < name->len; i++)
		if (name->bytes[i] == '-' && name->bytes[i + 1] >= '0' &&
		    name->bytes[i + 1] <= '9')
			return i;
	return name->len;
}

/*
 * The folder's name: pname, or name without the version. Two packages that
 * share it are told apart by their whole names.
 */
static struct wire_text package_name(struct eval *ev, value *package,
				     bool whole)
{
	symbol pname = symbol_intern("pname", 5);
	struct string *text = whole ? NULL : text_attr(ev, package, pname);
	struct wire_text result = { 0 };

	if (text)
		return (struct wire_text){ text->bytes, text->len };
	if (eval_error(ev))
		return result;
	text = text_attr(ev, package, SYM_name);
	if (text)
		result = (struct wire_text){ text->bytes,
					     whole ? text->len
						   : name_part(text) };
	return result;
}

static bool same(const struct wire_text *a, const struct wire_text *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* Has one of the packages before i the name that i has? */
static bool taken(const struct wire_text *names, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (same(&names[i], &names[j]))
			return true;
	return false;
}

/*
 * The names of all packages, in ev's arena, one for each element of list; an
 * empty one where the package can't be evaluated or is the same as another.
 */
static struct wire_text *package_names(struct eval *ev, struct list *list)
{
	struct wire_text *names =
		arena_alloc(ev->arena, (list->len + 1) * sizeof(*names));

	if (!names)
		return NULL;
	for (size_t i = 0; i < list->len; i++) {
		names[i] = package_name(ev, &list->items[i], false);
		eval_clear_error(ev);
		if (taken(names, i)) {
			names[i] = package_name(ev, &list->items[i], true);
			eval_clear_error(ev);
		}
		if (taken(names, i))
			names[i].len = 0;
	}
	return names;
}

static int list_packages(struct host *host, const struct view_node *node,
			 struct view_entries *out)
{
	struct list *list = packages(host);
	struct wire_text *names;

	if (!list)
		return eval_error(host->ev) ? view_errno(host->ev) : 0;
	names = package_names(host->ev, list);
	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < list->len; i++)
		if (names[i].len)
			view_add_entry(out, WIRE_DIRECTORY, 0, names[i].bytes,
				       names[i].len);
	return 0;
}

/* The value of a fact; 0 without an error if the package has none. */
static value fact_value(struct eval *ev, value *package, size_t fact)
{
	value set = *package;

	if (facts[fact].in_meta) {
		set = eval_get(ev, package, symbol_intern("meta", 4));
		if (!set)
			return 0;
	}
	return eval_get(
		ev, &set,
		symbol_intern(facts[fact].attr, strlen(facts[fact].attr)));
}

static int list_facts(struct host *host, const struct view_node *node,
		      struct view_entries *out)
{
	value set = *node->cell;

	for (size_t i = 0; i < FACTS; i++) {
		value *cell = NULL;

		set = *node->cell;
		if (facts[i].in_meta)
			set = eval_get(host->ev, &set,
				       symbol_intern("meta", 4));
		if (set &&
		    value_tag(set = value_force(host->ev, &set)) == TAG_ATTRS)
			cell = attrs_find(value_attrs(set),
					  symbol_intern(facts[i].attr,
							strlen(facts[i].attr)));
		eval_clear_error(host->ev);
		if (cell)
			view_add_entry(out, WIRE_FILE, 0, facts[i].name,
				       strlen(facts[i].name));
	}
	return 0;
}

/* A licence is a string, a set with spdxId or fullName, or a list of those. */
static int add_license(struct eval *ev, value *cell, struct buf *out)
{
	value v = value_force(ev, cell);
	struct string *text;

	if (!v)
		return -1;
	if (value_tag(v) == TAG_LIST) {
		for (size_t i = 0; i < value_list(v)->len; i++)
			if (add_license(ev, &value_list(v)->items[i], out) < 0)
				return -1;
		return 0;
	}
	if (value_tag(v) != TAG_ATTRS)
		return render_text(ev, cell, out);
	text = text_attr(ev, cell, symbol_intern("spdxId", 6));
	if (!text && !ev->error)
		text = text_attr(ev, cell, symbol_intern("fullName", 8));
	if (!text)
		return ev->error ? -1 : 0;
	buf_add(out, text->bytes, text->len);
	buf_add_char(out, '\n');
	return 0;
}

static int fact_text(struct host *host, const struct view_node *node,
		     struct buf *out)
{
	value *package = (value *)(uintptr_t)node->detail;
	value v = fact_value(host->ev, package, node->number);
	int err;

	if (!v)
		return eval_error(host->ev) ? view_errno(host->ev) : -ENODATA;
	err = strcmp(facts[node->number].name, "license") == 0
		      ? add_license(host->ev, &v, out)
		      : render_text(host->ev, &v, out);
	return err < 0 ? view_errno(host->ev) : 0;
}

int view_find_packages(struct host *host, const struct wire_text *path,
		       size_t len, struct view_node *out)
{
	struct wire_text *names;
	struct list *list;
	size_t i = 0;

	out->kind = WIRE_DIRECTORY;
	if (len == 0) {
		out->list = list_packages;
		return 0;
	}
	list = packages(host);
	if (!list)
		return eval_error(host->ev) ? view_errno(host->ev) : -ENOENT;
	names = package_names(host->ev, list);
	if (!names)
		return -ENOMEM;
	while (i < list->len && !same(&names[i], &path[0]))
		i++;
	if (i == list->len || len > 2)
		return -ENOENT;
	if (len == 1) {
		out->cell = &list->items[i];
		out->list = list_facts;
		return 0;
	}
	for (size_t fact = 0; fact < FACTS; fact++) {
		if (!view_name_is(&path[1], facts[fact].name))
			continue;
		out->kind = WIRE_FILE;
		out->text = fact_text;
		out->detail = &list->items[i];
		out->number = fact;
		return 0;
	}
	return -ENOENT;
}
