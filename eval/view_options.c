/*
 * options/: the final value of every option. toggles/: those that are Booleans
 * or enums, to be written. set/: those that the repository itself defines.
 */
#include <errno.h>
#include <string.h>

#include "eval/view.h"

/* The module system's own arguments: config holds itself there, and pkgs. */
static bool is_internal(struct view_node const *node, symbol name)
{
	static const char internal[] = "_module";

	return node->number == 0 && symbol_len(name) == sizeof(internal) - 1 &&
	       memcmp(symbol_bytes(name), internal, sizeof(internal) - 1) == 0;
}

static uint8_t hint_kind(enum option_hint hint)
{
	return hint == OPTION_HINT_DIR	  ? WIRE_DIRECTORY
	       : hint == OPTION_HINT_FILE ? WIRE_FILE
					  : WIRE_UNKNOWN;
}

/*
 * The kind of an option's entry. An option without a default may have no value
 * at all, and is a file then whatever its type: only asking tells.
 */
static uint8_t entry_kind(struct host *host, struct attrs *option)
{
	enum option_hint hint = option_hint(host->ev, option);

	if (hint == OPTION_HINT_DIR &&
	    !attrs_find(option, symbol_of("default")))
		return WIRE_UNKNOWN;
	return hint_kind(hint);
}

/* A member of an option set: an option, a set of them, or neither (NULL):
 * then it failed, or is a note of the module system's own. */
static struct attrs *member(struct host *host, value *cell, bool *is_option,
			    bool *failed)
{
	value v = value_force(host->ev, cell);

	*failed = !v;
	if (!v || value_tag(v) != TAG_ATTRS) {
		eval_clear_error(host->ev);
		return NULL;
	}
	*is_option = option_is(host->ev, value_attrs(v));
	return value_attrs(v);
}

static int list_options(struct host *host, const struct view_node *node,
			struct view_entries *out)
{
	struct attrs *set = attrs_flat(host->ev, node->place.set);
	struct attrs *found;
	bool is_option, failed;
	value *cell;
	symbol name;

	if (!set)
		return view_errno(host->ev);
	for (size_t i = 0; i < attrs_len(set); i++) {
		name = attrs_sorted(host->ev, set, i, &cell);
		if (is_internal(node, name))
			continue;
		found = member(host, cell, &is_option, &failed);
		/* What fails here is listed too, and fails when read. */
		if (!found && !failed)
			continue;
		if (!found)
			view_add_entry(out, WIRE_FILE, 0, symbol_bytes(name),
				       symbol_len(name));
		else if (!is_option)
			view_add_entry(out, WIRE_DIRECTORY, 0,
				       symbol_bytes(name), symbol_len(name));
		else
			view_add_entry(out, entry_kind(host, found),
				       option_is_writable(host->ev, found)
					       ? WIRE_WRITABLE
					       : 0,
				       symbol_bytes(name), symbol_len(name));
	}
	return 0;
}

/* The option's own text: one that has no value at all is ENODATA. */
static int option_text(struct host *host, const struct view_node *node,
		       struct buf *out)
{
	return -ENODATA;
}

int view_find_option(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out)
{
	int err = option_find(host->ev, &host->options, &host->config, path,
			      len, &out->place);
	int defined;

	if (err < 0)
		return err == -EIO ? view_errno(host->ev) : err;
	out->number = len;
	if (!out->place.cell) {
		out->kind = WIRE_DIRECTORY;
		out->list = list_options;
		return 0;
	}
	out->cell = out->place.cell;
	out->kind = hint_kind(out->place.hint);
	if (!out->place.enclosed &&
	    option_has_members(host->ev, out->place.option))
		out->flags |= WIRE_WRITABLE; /* members that are files */
	if (len != out->place.depth)
		return 0;

	defined = option_is_defined(host->ev, out->place.option);
	if (defined < 0)
		eval_clear_error(host->ev); /* reading says it better */
	if (defined == 0) {
		out->kind = WIRE_FILE;
		out->cell = NULL;
		out->text = option_text;
	}
	if (option_is_writable(host->ev, out->place.option))
		out->flags |= WIRE_WRITABLE;
	return 0;
}

/*
 * toggles/ and set/ show those options alone that a filter keeps, and the
 * folders on the way to them.
 */
struct filter {
	bool (*keep)(struct host *host, struct attrs *option);
	uint8_t flags; /* of what is kept */
};

/* Is there an option that is kept anywhere in this option set? */
static bool has_kept(struct host *host, struct attrs *set,
		     const struct filter *filter)
{
	struct attrs *found;
	bool is_option, failed;
	value *cell;

	set = attrs_flat(host->ev, set);
	for (size_t i = 0; set && i < attrs_len(set); i++) {
		attrs_sorted(host->ev, set, i, &cell);
		found = member(host, cell, &is_option, &failed);
		if (found && (is_option ? filter->keep(host, found)
					: has_kept(host, found, filter)))
			return true;
	}
	return false;
}

static int list_kept(struct host *host, const struct view_node *node,
		     struct view_entries *out)
{
	const struct filter *filter = node->detail;
	struct attrs *set = attrs_flat(host->ev, node->place.set);
	struct attrs *found;
	bool is_option, failed;
	value *cell;
	symbol name;

	if (!set)
		return view_errno(host->ev);
	for (size_t i = 0; i < attrs_len(set); i++) {
		name = attrs_sorted(host->ev, set, i, &cell);
		if (is_internal(node, name))
			continue;
		found = member(host, cell, &is_option, &failed);
		if (!found)
			continue;
		if (is_option && filter->keep(host, found))
			view_add_entry(out,
				       filter->flags & WIRE_WRITABLE
					       ? WIRE_FILE
					       : hint_kind(option_hint(host->ev,
								       found)),
				       filter->flags, symbol_bytes(name),
				       symbol_len(name));
		else if (!is_option && has_kept(host, found, filter))
			view_add_entry(out, WIRE_DIRECTORY, 0,
				       symbol_bytes(name), symbol_len(name));
	}
	return 0;
}

/* The node in options/, if the filter keeps it or something in it. */
static int find_kept(struct host *host, const struct wire_text *path,
		     size_t len, const struct filter *filter,
		     struct view_node *out)
{
	int err = view_find_option(host, path, len, out);

	if (err < 0)
		return err;
	if (out->place.set) {
		if (len > 0 && !has_kept(host, out->place.set, filter))
			return -ENOENT;
		out->list = list_kept;
		out->detail = filter;
		return 0;
	}
	return filter->keep(host, out->place.option) ? 0 : -ENOENT;
}

static bool keep_toggle(struct host *host, struct attrs *option)
{
	return option_is_toggle(host->ev, option);
}

int view_find_toggle(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out)
{
	static const struct filter toggles = { keep_toggle, WIRE_WRITABLE };
	int err = find_kept(host, path, len, &toggles, out);

	if (err < 0 || out->place.set)
		return err;
	if (len != out->place.depth)
		return -ENOENT;
	out->kind = WIRE_FILE;
	out->flags = WIRE_WRITABLE;
	return 0;
}

/* Of a value that is the option's own default (lib.mkOptionDefault). */
#define PRIORITY_DEFAULT 1500

/* Does a file of the repository define the option? To declare it, with a
 * default, is not enough. */
static bool keep_set(struct host *host, struct attrs *option)
{
	value *cell = attrs_find(option, symbol_intern("highestPrio", 11));
	value priority = cell ? value_force(host->ev, cell) : 0;
	value files;

	if (priority && value_is_int(priority) &&
	    value_integer(priority) >= PRIORITY_DEFAULT)
		return false;
	cell = attrs_find(option, symbol_intern("files", 5));
	files = cell ? value_force(host->ev, cell) : 0;
	if (files && value_tag(files) == TAG_LIST)
		for (size_t i = 0; i < value_list(files)->len; i++)
			if (repository_has(host->repository,
					   &value_list(files)->items[i]))
				return true;
	eval_clear_error(host->ev);
	return false;
}

int view_find_set(struct host *host, const struct wire_text *path, size_t len,
		  struct view_node *out)
{
	static const struct filter set = { keep_set, 0 };

	return find_kept(host, path, len, &set, out);
}
