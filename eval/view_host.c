/*
 * The views that are one file: system, warnings, assertions, sources.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/render.h"
#include "eval/source.h"
#include "eval/trace.h"
#include "eval/view.h"

/*
 * The platform the configuration is for: home-manager and nix-darwin have no
 * nixpkgs.hostPlatform, NixOS before 22.11 neither.
 */
static int system_text(struct host *host, const struct view_node *node,
		       struct buf *out)
{
	static const char *const path[] = { "nixpkgs", "hostPlatform", "system",
					    NULL };
	static const char *const older[] = { "nixpkgs", "system", NULL };
	value v = view_config(host, path);
	value pkgs;

	if (!v) {
		eval_clear_error(host->ev);
		v = view_config(host, older);
	}
	if (!v || value_tag(v) != TAG_STRING) {
		eval_clear_error(host->ev);
		pkgs = eval_get(host->ev, &host->root,
				symbol_intern("pkgs", 4));
		v = pkgs ? eval_get(host->ev, &pkgs, SYM_system) : 0;
	}
	if (!v)
		return eval_error(host->ev) ? view_errno(host->ev) : -ENODATA;
	return render_text(host->ev, &v, out) < 0 ? view_errno(host->ev) : 0;
}

int view_find_system(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out)
{
	return view_single_file(path, len, system_text, out);
}

/* A message on one line of its own: newlines inside become spaces. */
static void add_message(struct buf *out, const struct string *text)
{
	size_t len = text->len;

	while (len && text->bytes[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++)
		buf_add_char(out,
			     text->bytes[i] == '\n' ? ' ' : text->bytes[i]);
	buf_add_char(out, '\n');
}

static int warnings_text(struct host *host, const struct view_node *node,
			 struct buf *out)
{
	static const char *const path[] = { "warnings", NULL };
	value v = view_config(host, path);
	struct string *text;

	if (!v)
		return eval_error(host->ev) ? view_errno(host->ev) : 0;
	if (value_tag(v) != TAG_LIST)
		return 0;
	for (size_t i = 0; i < value_list(v)->len; i++) {
		text = eval_string_value(host->ev, &value_list(v)->items[i], 0,
					 "while evaluating a warning");
		if (!text)
			return view_errno(host->ev);
		add_message(out, text);
	}
	return 0;
}

int view_find_warnings(struct host *host, const struct wire_text *path,
		       size_t len, struct view_node *out)
{
	return view_single_file(path, len, warnings_text, out);
}

static int assertions_text(struct host *host, const struct view_node *node,
			   struct buf *out)
{
	static const char *const path[] = { "assertions", NULL };
	value v = view_config(host, path);
	struct string *text;
	value holds, message;

	if (!v)
		return eval_error(host->ev) ? view_errno(host->ev) : 0;
	if (value_tag(v) != TAG_LIST)
		return 0;
	for (size_t i = 0; i < value_list(v)->len; i++) {
		value *item = &value_list(v)->items[i];

		holds = eval_get(host->ev, item, symbol_intern("assertion", 9));
		if (!holds)
			return view_errno(host->ev);
		if (holds == VALUE_TRUE)
			continue;
		message = eval_get(host->ev, item, symbol_intern("message", 7));
		if (!message)
			return view_errno(host->ev);
		text = eval_string_value(host->ev, &message, 0,
					 "while evaluating an assertion's "
					 "message");
		if (!text)
			return view_errno(host->ev);
		add_message(out, text);
	}
	return 0;
}

int view_find_assertions(struct host *host, const struct wire_text *path,
			 size_t len, struct view_node *out)
{
	return view_single_file(path, len, assertions_text, out);
}

struct lines {
	const char **items;
	size_t len, room;
};

static int add_source(void *arg, const struct trace_item *item)
{
	struct lines *lines = arg;

	if (!(item->kinds & TRACE_CONTENT))
		return 0;
	if (lines->len == lines->room) {
		size_t room = lines->room ? lines->room * 2 : 64;
		const char **items =
			realloc(lines->items, room * sizeof(*items));

		if (!items)
			return -ENOMEM;
		lines->items = items;
		lines->room = room;
	}
	lines->items[lines->len++] = item->path;
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int sources_text(struct host *host, const struct view_node *node,
			struct buf *out)
{
	struct repository *repository = host->repository;
	struct lines lines = { 0 };
	const char *path;
	int err = trace_each(host->ev, repository->source, add_source, &lines);

	if (err < 0)
		goto out;
	qsort(lines.items, lines.len, sizeof(*lines.items), compare_lines);
	for (size_t i = 0; i < lines.len; i++) {
		path = repository_relative(repository, repository->source,
					   lines.items[i]);
		if (!path)
			continue;
		buf_add_text(out, path);
		buf_add_char(out, '\n');
	}
out:
	free(lines.items);
	return err;
}

int view_find_sources(struct host *host, const struct wire_text *path,
		      size_t len, struct view_node *out)
{
	return view_single_file(path, len, sources_text, out);
}
