#include "eval/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/json.h"
#include "eval/render.h"
#include "eval/source.h"

static const struct view view_table[] = {
	{ "options", WIRE_DIRECTORY, view_find_option, NULL },
	{ "meta", WIRE_DIRECTORY, view_find_meta, NULL },
	{ "set", WIRE_DIRECTORY, view_find_set, NULL },
	{ "toggles", WIRE_DIRECTORY, view_find_toggle, NULL },
	{ "hardware", WIRE_DIRECTORY, view_find_hardware, NULL },
	{ "home", WIRE_DIRECTORY, view_find_home, view_has_home },
	{ "inputs", WIRE_LINK, view_find_inputs, view_has_inputs },
	{ "packages", WIRE_DIRECTORY, view_find_packages, NULL },
	{ "secrets", WIRE_DIRECTORY, view_find_secrets, view_has_secrets },
	{ "system", WIRE_FILE, view_find_system, NULL },
	{ "warnings", WIRE_FILE, view_find_warnings, NULL },
	{ "assertions", WIRE_FILE, view_find_assertions, NULL },
	{ "sources", WIRE_FILE, view_find_sources, NULL },
};
#define VIEWS (sizeof(view_table) / sizeof(*view_table))

/*
 * The module system's words for an option, at any depth, that has neither a
 * definition nor a default (since nixpkgs 24.11 the last), or was removed.
 */
static bool says_undefined(const struct error *error)
{
	return error->kind == ERROR_THROW &&
	       strncmp(error->message, "The option `", 12) == 0 &&
	       (strstr(error->message, "' is used but not defined") ||
		strstr(error->message, "' can no longer be used since it's "
				       "been removed") ||
		strstr(error->message,
		       "' was accessed but has no value defined"));
}

int view_errno(struct eval *ev)
{
	struct error *error = eval_error(ev);

	if (!error)
		return -EIO;
	switch (error->kind) {
	case ERROR_DEPTH:
	case ERROR_MEMORY:
		return -ENOMEM;
	case ERROR_INTERRUPTED:
		return -EINTR;
	case ERROR_FETCH:
		return -EHOSTUNREACH;
	default:
		return says_undefined(error) ? -ENODATA : -EIO;
	}
}

void view_print_error(struct eval *ev, FILE *out)
{
	const struct error *error = eval_error(ev);

	error_print(ev, error, true, out);
	/* Nix says what is wrong here, but not what to do instead. */
	if (strstr(error->message, "is forbidden in pure evaluation mode"))
		fputs("\nhint: a flake sees its own files and its inputs', "
		      "nothing else, and links don't change that. Make\n"
		      "what is outside an input of the flake (inputs.NAME.url "
		      "= \"path:../folder\";) and hand what it\n"
		      "exports to the modules by specialArgs.\n",
		      out);
}

void view_add_entry(struct view_entries *out, uint8_t kind, uint8_t flags,
		    const char *name, size_t len)
{
	struct wire_entry entry = { kind, flags, { name, len } };

	wire_put_entry(&out->body, &entry);
	out->count++;
}

bool view_name_is(const struct wire_text *name, const char *text)
{
	return name->len == strlen(text) &&
	       memcmp(name->bytes, text, name->len) == 0;
}

void view_attrpath(struct buf *out, const struct wire_text *path, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (i)
			buf_add_char(out, '.');
		render_name(out, path[i].bytes, path[i].len);
	}
}

bool view_is_folder(struct eval *ev, const struct path *path)
{
	struct source_stat st;

	return source_stat(ev, path->source, path->bytes, &st) == 0 &&
	       st.type == SOURCE_DIRECTORY;
}

value view_config(struct host *host, const char *const *path)
{
	value v = value_force(host->ev, &host->config);
	symbol sym;

	for (; v && *path; path++) {
		sym = symbol_find(*path, strlen(*path));
		v = sym ? eval_get(host->ev, &v, sym) : 0;
	}
	return v;
}

int view_single_file(const struct wire_text *path, size_t len,
		     int (*text)(struct host *, const struct view_node *,
				 struct buf *),
		     struct view_node *out)
{
	if (len > 0)
		return -ENOENT;
	out->kind = WIRE_FILE;
	out->text = text;
	return 0;
}

int view_value(struct host *host, value *cell, const struct wire_text *path,
	       size_t len, struct view_node *out)
{
	for (size_t i = 0; i < len; i++) {
		int err = option_step(host->ev, &cell, &path[i]);

		if (err < 0)
			return err == -EIO ? view_errno(host->ev) : err;
	}
	out->cell = cell;
	return 0;
}

/*
 * A package set (pkgs, pkgs.haskellPackages, ...) holds itself and tens of
 * thousands of derivations: its members are found by name, but listing it is
 * left out, or `find` and `grep -r` would walk all of nixpkgs, for ever.
 */
static bool is_package_set(struct attrs *set)
{
	static const char *const signs[] = {
		"callPackage", "newScope",	"__splicedPackages",
		"makeScope",   "extendModules",
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		symbol sym = symbol_find(signs[i], strlen(signs[i]));

		if (sym && attrs_find(set, sym))
			return true;
	}
	return false;
}

/* What of a derivation is listed; the rest is found by name. */
static const char *const derivation_names[] = {
	"name",	   "pname",   "version", "system", "outputs",
	"outPath", "drvPath", "meta",	 NULL,
};

static uint8_t known_kind(enum option_hint hint)
{
	return hint == OPTION_HINT_DIR	  ? WIRE_DIRECTORY
	       : hint == OPTION_HINT_FILE ? WIRE_FILE
					  : WIRE_UNKNOWN;
}

/* The kind of a cell without evaluating it. */
static uint8_t entry_kind(value v, enum option_hint hint)
{
	if (hint != OPTION_HINT_NONE)
		return known_kind(hint);
	switch (value_tag(v)) {
	case TAG_THUNK:
	case TAG_LIST:
		return WIRE_UNKNOWN;
	case TAG_ATTRS:
		return WIRE_DIRECTORY;
	default:
		return WIRE_FILE;
	}
}

static int list_derivation(struct attrs *set, struct view_entries *out)
{
	for (const char *const *name = derivation_names; *name; name++) {
		symbol sym = symbol_find(*name, strlen(*name));

		if (sym && attrs_find(set, sym))
			view_add_entry(out,
				       strcmp(*name, "meta") == 0
					       ? WIRE_DIRECTORY
					       : WIRE_FILE,
				       0, *name, strlen(*name));
	}
	return 0;
}

/*
 * Who cares for a package, and how scanners call it: three quarters of all the
 * files of a host were these, again for each place that a package is in. They
 * are found by name.
 */
static bool is_left_out_of_meta(symbol name)
{
	static const char *const names[] = {
		"identifiers",	      "maintainers",   "maintainersPosition",
		"nonTeamMaintainers", "teamsPosition", "teams",
		"problems",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (name == symbol_find(names[i], strlen(names[i])))
			return true;
	return false;
}

static bool has_all(struct attrs *set, const char *const *names)
{
	for (; *names; names++) {
		symbol sym = symbol_find(*names, strlen(*names));

		if (!sym || !attrs_find(set, sym))
			return false;
	}
	return true;
}

/* What nixpkgs makes of a derivation's meta (stdenv's commonMeta). */
static bool is_package_meta(struct attrs *set)
{
	static const char *const signs[] = { "outputsToInstall", "available",
					     NULL };

	return has_all(set, signs);
}

/*
 * The configuration of a whole system as a value of another's option:
 * virtualisation.vmVariant is the host once more, with a vmVariant again.
 */
static bool is_system(struct attrs *set)
{
	static const char *const signs[] = { "assertions", "environment",
					     "system", NULL };

	return has_all(set, signs);
}

static int list_value(struct host *host, const struct view_node *node,
		      struct view_entries *out)
{
	struct eval *ev = host->ev;
	enum option_hint hint = option_element_hint(ev, &node->place);
	value v = value_force(ev, node->cell);
	struct attrs *set;
	bool meta;
	char index[24];

	if (!v)
		return view_errno(ev);
	if (value_tag(v) == TAG_LIST) {
		for (size_t i = 0; i < value_list(v)->len; i++) {
			int len = snprintf(index, sizeof(index), "%zu", i);

			view_add_entry(
				out, entry_kind(value_list(v)->items[i], hint),
				0, index, (size_t)len);
		}
		return 0;
	}
	if (value_tag(v) != TAG_ATTRS)
		return -ENOTDIR;
	set = value_attrs(v);
	if (render_is_derivation(ev, node->cell))
		return list_derivation(set, out);
	if (is_package_set(set) || is_system(set))
		return 0;
	set = attrs_flat(ev, set);
	if (!set)
		return view_errno(ev);
	meta = is_package_meta(set);
	for (size_t i = 0; i < attrs_len(set); i++) {
		value *cell;
		symbol name = attrs_sorted(ev, set, i, &cell);

		if (meta && is_left_out_of_meta(name))
			continue;
		view_add_entry(out, entry_kind(*cell, hint), node->flags,
			       symbol_bytes(name), symbol_len(name));
	}
	return 0;
}

/*
 * A node whose kind only its value tells. A value that fails is a file, which
 * fails when it is read: its neighbours must not suffer.
 */
static uint8_t node_kind(struct host *host, const struct view_node *node)
{
	int is_directory;

	if (node->kind != WIRE_UNKNOWN)
		return node->kind;
	is_directory = render_is_directory(host->ev, node->cell);
	if (is_directory < 0)
		eval_clear_error(host->ev);
	return is_directory > 0 ? WIRE_DIRECTORY : WIRE_FILE;
}

/* hardware/<profile> and flakes/<dir> are not hosts with views. */
static bool has_views(struct host *host)
{
	return host->repository->start->class != WIRE_HARDWARE &&
	       host->repository->start->class != WIRE_FLAKE;
}

static int find_node(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out)
{
	memset(out, 0, sizeof(*out));
	if (host->repository->start->class == WIRE_FLAKE)
		return view_find_flake(host, path, len, out);
	if (host->repository->start->class == WIRE_HARDWARE)
		return view_value(host, &host->root, path, len, out);
	for (size_t i = 0; i < VIEWS; i++)
		if (view_name_is(&path[0], view_table[i].name)) {
			if (view_table[i].present &&
			    !view_table[i].present(host))
				return -ENOENT;
			return view_table[i].find(host, path + 1, len - 1, out);
		}
	return -ENOENT;
}

int view_stat(struct host *host, const struct wire_text *path, size_t len,
	      struct wire_stat *out)
{
	struct view_node node;
	int err;

	memset(out, 0, sizeof(*out));
	if (len == 0) {
		out->kind = WIRE_DIRECTORY;
		return 0;
	}
	err = find_node(host, path, len, &node);
	if (err < 0)
		return err;
	out->kind = node_kind(host, &node);
	out->flags = node.flags;
	if (node.target)
		out->target = wire_text(node.target);
	return 0;
}

static int list_views(struct host *host, struct view_entries *out)
{
	for (size_t i = 0; i < VIEWS; i++)
		if (!view_table[i].present || view_table[i].present(host))
			view_add_entry(out, view_table[i].kind, 0,
				       view_table[i].name,
				       strlen(view_table[i].name));
	return 0;
}

int view_stat_broken(const struct wire_text *path, size_t len,
		     struct wire_stat *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = WIRE_DIRECTORY;
	if (len == 0)
		return 0;
	for (size_t i = 0; i < VIEWS && len == 1; i++)
		if (!view_table[i].present &&
		    view_name_is(&path[0], view_table[i].name)) {
			out->kind = view_table[i].kind;
			return 0;
		}
	return -ENOENT;
}

int view_list_broken(size_t len, struct view_entries *out)
{
	if (len > 0)
		return -ENOENT;
	for (size_t i = 0; i < VIEWS; i++)
		if (!view_table[i].present)
			view_add_entry(out, view_table[i].kind, 0,
				       view_table[i].name,
				       strlen(view_table[i].name));
	return 0;
}

/* The set that the path means, if it is one; NULL also if that fails. */
static struct attrs *set_at(struct host *host, const struct wire_text *path,
			    size_t len)
{
	struct view_node node;
	value v = 0;

	if (find_node(host, path, len, &node) == 0 && node.cell)
		v = value_force(host->ev, node.cell);
	if (!v)
		eval_clear_error(host->ev);
	return v && value_tag(v) == TAG_ATTRS ? value_attrs(v) : NULL;
}

/*
 * Is the set one of those above it? Submodules may be given the set that they
 * are in (disko's _parent): to list that again would have no end.
 */
static bool is_in_itself(struct host *host, const struct view_node *node,
			 const struct wire_text *path, size_t len)
{
	value v = value_force(host->ev, node->cell);

	if (!v || value_tag(v) != TAG_ATTRS)
		return false;
	while (--len > 0)
		if (set_at(host, path, len) == value_attrs(v))
			return true;
	return false;
}

int view_list(struct host *host, const struct wire_text *path, size_t len,
	      struct view_entries *out)
{
	struct view_node node;
	int err;

	if (len == 0 && has_views(host))
		return list_views(host, out);
	err = find_node(host, path, len, &node);
	if (err < 0)
		return err;
	if (node.list)
		return node.list(host, &node, out);
	if (!node.cell || node.kind == WIRE_FILE)
		return -ENOTDIR;
	if (is_in_itself(host, &node, path, len))
		return 0;
	return list_value(host, &node, out);
}

static int read_text(struct host *host, const struct view_node *node,
		     struct buf *out)
{
	if (node->text)
		return node->text(host, node, out);
	if (!node->cell || node_kind(host, node) == WIRE_DIRECTORY)
		return -EISDIR;
	return render_text(host->ev, node->cell, out) < 0 ? view_errno(host->ev)
							  : 0;
}

/* A file that no value stands behind, in the other formats: it is a string. */
static int convert_text(struct host *host, const struct view_node *node,
			enum wire_format format, struct buf *out)
{
	struct buf text = BUF_INIT;
	int err = read_text(host, node, &text);

	if (err < 0)
		goto out;
	if (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	if (format == WIRE_JSON) {
		if (json_write_string(host->ev, 0, text.data ? text.data : "",
				      text.len, out) < 0)
			err = view_errno(host->ev);
	} else {
		render_string(out, text.data ? text.data : "", text.len);
	}
	buf_add_char(out, '\n');
out:
	buf_release(&text);
	return err;
}

/* All of an option set's values as one value: what `.json` of the directory
 * options/services shows. */
static value *whole_cell(struct host *host, const struct view_node *node,
			 const struct wire_text *path, size_t len, value *spare)
{
	if (node->cell)
		return node->cell;
	if (!node->place.set)
		return NULL;
	/* The config tree has the same form: follow the path there. */
	*spare = host->config;
	for (size_t i = 0; i < len; i++) {
		symbol sym = symbol_find(path[i].bytes, path[i].len);

		*spare = sym ? eval_get(host->ev, spare, sym) : 0;
		if (!*spare)
			return NULL;
	}
	return spare;
}

static int read_json(struct host *host, value *cell, struct buf *out)
{
	if (json_write(host->ev, cell, 0, JSON_STRICT, out, NULL) < 0)
		return view_errno(host->ev);
	buf_add_char(out, '\n');
	return 0;
}

static int read_type(struct host *host, const struct view_node *node,
		     value *cell, bool is_option, struct buf *out)
{
	const char *type = render_type(host->ev, cell);
	struct string *text;

	if (!type)
		return view_errno(host->ev);
	buf_add_format(out, "%s\n", type);
	text = is_option ? option_type_text(host->ev, node->place.option)
			 : NULL;
	if (text) {
		buf_add(out, text->bytes, text->len);
		buf_add_char(out, '\n');
	}
	return 0;
}

/* The pending error, which is forgotten, as the text of an .error file. */
static int error_text(struct host *host, struct buf *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);

	if (!stream)
		return -ENOMEM;
	view_print_error(host->ev, stream);
	fclose(stream);
	eval_clear_error(host->ev);
	buf_add(out, text, len);
	free(text);
	return 0;
}

/* The message why the node's own evaluation fails; -ENOENT if it does not. */
static int read_error(struct host *host, const struct view_node *node,
		      struct buf *out)
{
	struct buf ignored = BUF_INIT;
	struct view_entries entries = { BUF_INIT, 0 };
	int err;

	if (node_kind(host, node) == WIRE_DIRECTORY)
		err = node->list ? node->list(host, node, &entries)
				 : list_value(host, node, &entries);
	else
		err = read_text(host, node, &ignored);
	buf_release(&ignored);
	buf_release(&entries.body);
	if (err == 0 || !eval_error(host->ev))
		return -ENOENT;
	return error_text(host, out);
}

static int read_node(struct host *host, const struct view_node *node,
		     const struct wire_text *path, size_t len,
		     enum wire_format format, struct buf *out)
{
	bool is_option = node->place.option && node->place.depth == len;
	value spare;
	value *cell;

	if (format == WIRE_TEXT)
		return read_text(host, node, out);
	if (format == WIRE_ERROR)
		return read_error(host, node, out);
	if (format == WIRE_ATTRPATH) {
		view_attrpath(out, path, len);
		buf_add_char(out, '\n');
		return 0;
	}
	if (format == WIRE_WHERE)
		return node->place.option
			       ? view_where(host, &node->place, path, len, out)
			       : -ENOENT;

	cell = whole_cell(host, node, path, len, &spare);
	if (!cell) {
		if (eval_error(host->ev))
			return view_errno(host->ev);
		if (!node->text)
			return -ENOENT;
		if (format == WIRE_TYPE) {
			buf_add_text(out, "string\n");
			return 0;
		}
		return convert_text(host, node, format, out);
	}
	switch (format) {
	case WIRE_JSON:
		return read_json(host, cell, out);
	case WIRE_NIX:
		return render_nix(host->ev, cell, out) < 0
			       ? view_errno(host->ev)
			       : 0;
	case WIRE_TYPE:
		return read_type(host, node, cell, is_option, out);
	default:
		return -ENOENT;
	}
}

int view_read(struct host *host, const struct wire_text *path, size_t len,
	      enum wire_format format, struct buf *out)
{
	struct view_node node;
	int err;

	if (len == 0 && has_views(host))
		return format == WIRE_TEXT ? -EISDIR : -ENOENT;
	err = find_node(host, path, len, &node);
	if (err < 0)
		return format == WIRE_ERROR && eval_error(host->ev)
			       ? error_text(host, out)
			       : err;
	/* The attribute path begins below the view's own name. */
	if (has_views(host)) {
		path++;
		len--;
	}
	err = read_node(host, &node, path, len, format, out);
	return err == 0 && out->failed ? -ENOMEM : err;
}
