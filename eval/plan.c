#include "eval/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eval/edit.h"
#include "eval/plan_value.h"
#include "eval/render.h"
#include "eval/source.h"
#include "eval/trace.h"
#include "eval/view.h"

/* Priorities of lib/modules.nix: mkForce's, and that of a plain definition. */
#define PRIORITY_FORCE 50
#define PRIORITY_PLAIN 100

void plan_release(struct plan *plan)
{
	buf_release(&plan->attrpath);
	buf_release(&plan->old);
	buf_release(&plan->value);
	buf_release(&plan->file);
	buf_release(&plan->before);
	buf_release(&plan->after);
}

/* Refuse with a message: always returns err_number. */
static int refuse(struct buf *err, int err_number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int refuse(struct buf *err, int err_number, const char *format, ...)
{
	va_list args;

	buf_add_text(err, "error: ");
	va_start(args, format);
	buf_add_vformat(err, format, args);
	va_end(args);
	buf_add_char(err, '\n');
	return err_number;
}

/* The option at path, or the member of an option's value. */
static int find_option(struct host *host, const struct wire_text *path,
		       size_t len, struct option_place *out, struct buf *err)
{
	int rc = option_find(host->ev, &host->options, &host->config, path, len,
			     out);

	if (rc < 0 && rc != -ENODATA)
		return rc == -EIO ? view_errno(host->ev) : rc;
	if (!out->option)
		return refuse(err, -EACCES, "this is a set of options");
	if (out->depth != len && !option_has_members(host->ev, out->option))
		return refuse(err, -EACCES,
			      "a part of this option's value can't be written "
			      "by itself");
	return 0;
}

/*
 * Does this host alone read the file? A file that has the host's name in its
 * path is the host's; any file is, where there is no other host.
 */
static bool is_own_file(struct host *host, const char *file)
{
	const struct wire_text *name = &host->repository->start->name;
	const char *p = file;

	if (host->file && strcmp(host->file, file) == 0 &&
	    !host->repository->is_flake)
		return true;
	while (*p) {
		size_t n = strcspn(p, "/");
		size_t stem =
			n > 4 && strncmp(p + n - 4, ".nix", 4) == 0 ? n - 4 : n;

		if (stem == name->len && memcmp(p, name->bytes, stem) == 0)
			return true;
		p += n;
		p += *p == '/';
	}
	return repository_host_count(host->repository) == 1;
}

/* Better places for a new definition come first. */
static int file_rank(const struct wire_text *name, const char *file)
{
	const char *base = strrchr(file, '/');

	base = base ? base + 1 : file;
	if (strcmp(base, "configuration.nix") == 0)
		return 0;
	if (strcmp(base, "default.nix") == 0)
		return 1;
	if (strncmp(base, name->bytes, name->len) == 0 &&
	    strcmp(base + name->len, ".nix") == 0)
		return 2;
	if (strncmp(base, "hardware", 8) == 0)
		return 9;
	return 5;
}

struct own_file {
	struct host *host;
	char *best; /* in the repository */
};

static int consider(void *arg, const struct trace_item *item)
{
	struct own_file *search = arg;
	struct host *host = search->host;
	const struct wire_text *name = &host->repository->start->name;
	const char *file;

	if (!(item->kinds & TRACE_CONTENT))
		return 0;
	file = repository_relative(host->repository, item->source, item->path);
	if (!file || strlen(file) < 4 ||
	    strcmp(file + strlen(file) - 4, ".nix") != 0 ||
	    strcmp(file, "flake.nix") == 0 || !is_own_file(host, file))
		return 0;
	if (search->best &&
	    file_rank(name, search->best) <= file_rank(name, file))
		return 0;
	free(search->best);
	search->best = strdup(file);
	return search->best ? 0 : -ENOMEM;
}

/* The host's own file, where new definitions go; NULL if none can be told. To
 * be freed. */
static char *own_file(struct host *host)
{
	struct own_file search = { host, NULL };

	if (!host->repository->is_flake && host->file)
		return strdup(host->file);
	if (trace_each(host->ev, NULL, consider, &search) < 0) {
		free(search.best);
		return NULL;
	}
	return search.best;
}

/* The file of a definition in the repository, NULL if it is elsewhere. */
static const char *definition_file(struct host *host, value *definition)
{
	value file = eval_get(host->ev, definition, SYM_file);
	struct path *path = NULL;

	if (!file) {
		eval_clear_error(host->ev);
		return NULL;
	}
	if (value_is_path(file))
		path = value_path(file);
	else if (value_tag(file) == TAG_STRING &&
		 value_string(file)->bytes[0] == '/')
		path = source_path(host->ev, value_string(file)->bytes,
				   value_string(file)->len);
	/* A module that is a folder is its default.nix. */
	if (path && view_is_folder(host->ev, path))
		path = source_join(host->ev, path, "default.nix", 11);
	return path ? repository_relative(host->repository, path->source,
					  path->bytes)
		    : NULL;
}

static int64_t priority_of(struct host *host, struct attrs *option)
{
	value *cell = attrs_find(option, symbol_intern("highestPrio", 11));
	value v = cell ? value_force(host->ev, cell) : 0;

	if (!v)
		eval_clear_error(host->ev);
	return v && value_is_int(v) ? value_integer(v) : PRIORITY_PLAIN;
}

/* What is known of the definitions that count. */
struct definitions {
	const char *own;    /* a file of the host's that has one */
	const char *shared; /* another file that has one */
};

/* Does a definition, a set, have the member that rest leads to? */
static bool defines(struct host *host, value *definition,
		    const struct wire_text *rest, size_t len)
{
	value v = eval_get(host->ev, definition, SYM_value);
	value *cell = &v;

	for (size_t i = 0; v && i < len; i++)
		if (option_step(host->ev, &cell, &rest[i]) < 0)
			v = 0;
	eval_clear_error(host->ev);
	return v != 0;
}

static int look_at_definitions(struct host *host, struct attrs *option,
			       const struct wire_text *rest, size_t rest_len,
			       struct definitions *out)
{
	struct list *list = view_definitions(host, option);
	const char *file;

	memset(out, 0, sizeof(*out));
	if (!list)
		return eval_error(host->ev) ? view_errno(host->ev) : 0;
	for (size_t i = 0; i < list->len; i++) {
		if (!defines(host, &list->items[i], rest, rest_len))
			continue;
		file = definition_file(host, &list->items[i]);
		if (file && is_own_file(host, file))
			out->own = file;
		else
			out->shared = file ? file : "an input";
	}
	/* The option's own default is a definition too, of the weakest kind. */
	if (priority_of(host, option) > PRIORITY_PLAIN)
		out->shared = NULL;
	return 0;
}

/* Make the change of file, which is in the repository. */
static int change_file(struct host *host, const char *file,
		       const struct wire_text *path, size_t len, unsigned flags,
		       struct plan *plan, struct buf *err)
{
	struct path *at = repository_path(host->repository, file);
	struct buf why = BUF_INIT;
	const char *text;
	size_t text_len;
	int rc;

	rc = at ? source_read(host->ev, at->source, at->bytes, &text, &text_len)
		: -ENOMEM;
	if (rc < 0)
		return refuse(err, rc, "%s can't be read: %s", file,
			      strerror(-rc));
	if (edit_set(text, text_len, path, len, buf_text(&plan->value), flags,
		     &plan->after, &plan->line, &why) < 0) {
		refuse(err, 0, "%s:%s", file, buf_text(&why));
		buf_release(&why);
		return -EACCES;
	}
	buf_add_text(&plan->file, file);
	buf_add(&plan->before, text, text_len);
	plan->changes = true;
	return plan->after.failed || plan->before.failed ? -ENOMEM : 0;
}

/* How a definition beats those of shared files: by mkForce, or if one of them
 * has that too, by one step more. */
static unsigned force(struct host *host, struct attrs *option)
{
	int64_t priority = priority_of(host, option);

	return priority > PRIORITY_FORCE || priority <= 1
		       ? EDIT_FORCE
		       : EDIT_FORCE | EDIT_PRIORITY(priority - 1);
}

/* Find the place and make the change. */
static int plan_change(struct host *host, const struct option_place *place,
		       const struct wire_text *path, size_t len,
		       struct plan *plan, struct buf *err)
{
	struct definitions found;
	char *own;
	int rc = look_at_definitions(host, place->option, path + place->depth,
				     len - place->depth, &found);

	if (rc < 0)
		return rc;
	if (found.own)
		return change_file(host, found.own, path, len, 0, plan, err);
	own = own_file(host);
	if (!own)
		return refuse(err, -EACCES,
			      "no file of the repository is this host's alone "
			      "(one with the host's name in its path), so "
			      "there is nowhere to put the definition");
	rc = change_file(host, own, path, len,
			 found.shared ? force(host, place->option) : 0, plan,
			 err);
	free(own);
	return rc;
}

/* The value before, for the record; none if it fails. */
static void remember_old(struct host *host, const struct option_place *place,
			 struct buf *out)
{
	if (place->cell && render_nix(host->ev, place->cell, out) == 0) {
		out->data[--out->len] = '\0'; /* without the newline */
		return;
	}
	buf_reset(out);
	eval_clear_error(host->ev);
}

/* The value by the type of the option, or of the member if that has one. */
static int member_value(struct host *host, const struct option_place *place,
			const struct wire_text *path, size_t len,
			const struct wire_text *text, struct buf *out,
			struct buf *err)
{
	struct attrs *option = place->option;

	if (place->depth < len)
		option = option_of_member(host->ev, option, path + place->depth,
					  len - place->depth);
	if (option && option_is_scalar(host->ev, option))
		return plan_value(host->ev, option, text, out, err);
	return place->depth == len
		       ? plan_value(host->ev, place->option, text, out, err)
		       : plan_value_like(host->ev, place->cell, text, out, err);
}

int plan_set(struct host *host, const struct wire_text *path, size_t len,
	     const struct wire_text *text, struct plan *out, struct buf *err)
{
	struct option_place place;
	value wanted;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = find_option(host, path, len, &place, err);
	if (rc < 0)
		return rc;
	rc = member_value(host, &place, path, len, text, &out->value, err);
	if (rc < 0)
		return rc;
	view_attrpath(&out->attrpath, path, len);
	remember_old(host, &place, &out->old);

	wanted = eval_string(host->ev, buf_text(&out->value), out->value.len,
			     NULL, "«written»");
	if (!wanted)
		return view_errno(host->ev);
	rc = place.cell ? value_equal(host->ev, place.cell, &wanted, 0,
				      "while comparing with the value written")
			: 0;
	if (rc < 0)
		eval_clear_error(host->ev); /* a broken value may be mended */
	if (rc == 1)
		return 0;
	return plan_change(host, &place, path, len, out, err);
}

/* Is line (len bytes) one of the lines of text? */
static bool has_line(const struct wire_text *text, const char *line, size_t len)
{
	const char *p = text->bytes, *end = p + text->len;

	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((stop ? stop : end) - p);

		if (n == len && memcmp(p, line, len) == 0)
			return true;
		p += n + 1;
	}
	return false;
}

static int check_assertions(struct host *host, const struct wire_text *before,
			    struct buf *err)
{
	static const struct wire_text name = { "assertions", 10 };
	struct buf after = BUF_INIT;
	int rc = view_read(host, &name, 1, WIRE_TEXT, &after);
	const char *p = buf_text(&after);

	for (size_t n; rc == 0 && *p; p += n + 1) {
		n = strcspn(p, "\n");
		if (!has_line(before, p, n))
			rc = refuse(err, -EINVAL,
				    "the change makes an assertion fail: %.*s",
				    buf_clip(n), p);
		if (!p[n])
			break;
	}
	buf_release(&after);
	return rc;
}

int plan_check(struct host *host, const struct wire_text *path, size_t len,
	       const struct wire_text *value_text,
	       const struct wire_text *before, struct buf *err)
{
	struct option_place place;
	struct buf shown = BUF_INIT;
	value wanted;
	int rc = find_option(host, path, len, &place, err);

	if (rc < 0)
		return rc;
	wanted = eval_string(host->ev, value_text->bytes, value_text->len, NULL,
			     "«written»");
	if (!wanted)
		return view_errno(host->ev);
	rc = value_equal(host->ev, place.cell, &wanted, 0,
			 "while comparing with the value written");
	if (rc < 0)
		return view_errno(host->ev);
	if (rc == 0) {
		if (render_nix(host->ev, place.cell, &shown) < 0)
			eval_clear_error(host->ev);
		rc = refuse(err, -EINVAL,
			    "the option would not have the value written but "
			    "%s: another definition counts too",
			    buf_text(&shown));
		buf_release(&shown);
		return rc;
	}
	return check_assertions(host, before, err);
}
