/* search.c - <name>: looking files up in the search path */
#include "eval/search.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/fetch.h"
#include "eval/nixfile.h"
#include "eval/source.h"

/* What a folder of an entry turned out to be. */
struct search_folder {
	struct search_folder *next;
	const char *text;
	struct path *path; /* NULL: nothing that can be searched */
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool is_url(const char *text)
{
	static const char *const schemes[] = { "http",	  "https", "file",
					       "channel", "git",   "s3",
					       "ssh" };
	const char *colon = strstr(text, "://");

	if (begins(text, "channel:"))
		return true;
	for (size_t i = 0; colon && i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strlen(schemes[i]) == (size_t)(colon - text) &&
		    begins(text, schemes[i]))
			return true;
	return false;
}

static bool exists(struct eval *ev, const struct path *path)
{
	struct source_stat st;

	return source_stat(ev, path->source, path->bytes, &st) == 0 &&
	       st.type != SOURCE_MISSING;
}

static void warn(struct eval *ev, const char *text, const char *what)
{
	if (ev->settings.messages)
		fprintf(ev->settings.messages,
			"warning: Nix search path entry '%s' %s, ignoring\n",
			text, what);
}

/* The path of text, which may be relative to where the program runs. */
static struct path *absolute(struct eval *ev, const char *text)
{
	struct buf joined = BUF_INIT;
	struct path *path = NULL;
	char *here = NULL;

	if (*text != '/') {
		here = getcwd(NULL, 0);
		if (here)
			buf_add_text(&joined, here);
		buf_add_char(&joined, '/');
	}
	buf_add_text(&joined, text);
	if (joined.failed)
		eval_fail_memory(ev);
	else
		path = source_path(ev, joined.data, joined.len);
	buf_release(&joined);
	free(here);
	return path;
}

static struct path *root_of(struct eval *ev, struct source *source)
{
	value v = source ? value_new_path(ev, source, "/", 1) : 0;

	return v ? value_path(v) : NULL;
}

/* The tree in the archive at a URL; NULL with the error pending. */
static struct path *download(struct eval *ev, const char *text)
{
	struct buf url = BUF_INIT;
	struct path *path = NULL;
	const char *kept;

	if (begins(text, "channel:"))
		buf_add_format(&url,
			       "https://channels.nixos.org/%s/nixexprs.tar.xz",
			       text + strlen("channel:"));
	else
		buf_add_text(&url, text);
	kept = arena_strndup(ev->arena, buf_text(&url), url.len);
	if (kept && !url.failed)
		path = root_of(ev, fetch_url(ev, kept, true, "source", NULL));
	else
		eval_fail_memory(ev);
	buf_release(&url);
	return path;
}

/* The tree of a flake reference; NULL with the error pending. */
static struct path *open_flake(struct eval *ev, const char *text)
{
	struct flakeref_options options = {
		.allow_missing = true,
		.is_file = true,
	};
	const char *dir = "";
	struct input_tree *tree;
	struct flake_ref ref;

	if (!ev->settings.flakes) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "experimental Nix feature 'flakes' is disabled; add "
			  "'--extra-experimental-features flakes' to enable "
			  "it");
		return NULL;
	}
	if (flakeref_parse(ev, text, &options, &ref, NULL) < 0 ||
	    registry_resolve(ev, REGISTRY_ALL, &ref, &dir) < 0)
		return NULL;
	ref.dir = "";
	tree = input_open(ev, &ref);
	return tree ? root_of(ev, tree->source) : NULL;
}

/* NULL only with an error pending. */
static struct search_folder *resolve(struct eval *ev, const char *text)
{
	struct search_folder *folder;
	struct path *path, *target;

	for (folder = ev->search; folder; folder = folder->next)
		if (!strcmp(folder->text, text))
			return folder;

	folder = arena_alloc(ev->arena, sizeof(*folder));
	if (!folder) {
		eval_fail_memory(ev);
		return NULL;
	}
	folder->path = NULL;
	folder->text = arena_strndup(ev->arena, text, strlen(text));
	if (!folder->text)
		return NULL;
	if (is_url(text)) {
		folder->path = download(ev, text);
		if (!folder->path) {
			eval_clear_error(ev);
			warn(ev, text, "cannot be downloaded");
		}
	} else if (begins(text, "flake:")) {
		folder->path = open_flake(ev, text + strlen("flake:"));
		if (!folder->path)
			return NULL;
	}
	if (!folder->path) {
		path = absolute(ev, text);
		target = path ? source_resolve(ev, path, true) : NULL;
		if (!target)
			return NULL;
		if (exists(ev, target))
			folder->path = path;
		else
			warn(ev, text, "does not exist");
	}
	folder->next = ev->search;
	ev->search = folder;
	return folder;
}

/* What is left of name after prefix and the slash; NULL if it has another. */
static const char *suffix(const char *prefix, const char *name)
{
	size_t n = strlen(prefix);

	if (strncmp(prefix, name, n) != 0)
		return NULL;
	if (n == 0 || !name[n])
		return name + n;
	return name[n] == '/' ? name + n + 1 : NULL;
}

value search_find(struct eval *ev, const struct search_entry *entries,
		  size_t len, const char *name)
{
	for (size_t i = 0; i < len; i++) {
		const char *rest = suffix(entries[i].prefix, name);
		struct search_folder *folder;
		struct path *path;

		if (!rest)
			continue;
		folder = resolve(ev, entries[i].folder);
		if (!folder)
			return 0;
		if (!folder->path)
			continue;
		path = source_join(ev, folder->path, rest, strlen(rest));
		path = path ? source_resolve(ev, path, true) : NULL;
		if (!path)
			return 0;
		if (exists(ev, path))
			return value_new_path(ev, path->source, path->bytes,
					      path->len);
	}
	if (begins(name, "nix/"))
		return nixfile_path(ev, name + 4, strlen(name + 4));
	if (ev->settings.pure)
		return eval_fail(
			ev, ERROR_MISSING_PATH, 0,
			"cannot look up '<%s>' in pure evaluation mode "
			"(use '--impure' to override)",
			name);
	return eval_fail(ev, ERROR_MISSING_PATH, 0,
			 "file '%s' was not found in the Nix search path (add "
			 "it using $NIX_PATH or -I)",
			 name);
}

static value entry_value(struct eval *ev, const char *text)
{
	const char *equals = strchr(text, '=');
	struct attrs_builder builder;
	value prefix, path;

	prefix = value_new_string(ev, text, equals ? equals - text : 0, NULL);
	path = value_new_cstring(ev, equals ? equals + 1 : text);
	attrs_builder_init(&builder, ev, 2);
	if (!prefix || !path ||
	    attrs_builder_add(&builder, SYM_prefix, 0, prefix) < 0 ||
	    attrs_builder_add(&builder, SYM_path, 0, path) < 0)
		return 0;
	return value_of_attrs(attrs_builder_finish(&builder, false));
}

value search_path_value(struct eval *ev)
{
	const char *const *entries = ev->settings.search_path;
	size_t len = 0;
	value list;

	while (!ev->settings.pure && entries && entries[len])
		len++;
	list = value_new_list(ev, len);
	for (size_t i = 0; list && i < len; i++) {
		value v = entry_value(ev, entries[i]);

		if (!v)
			return 0;
		value_list(list)->items[i] = v;
	}
	return list;
}
