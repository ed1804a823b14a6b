#include "eval/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eval/edit.h"
#include "eval/own.h"
#include "eval/plan_place.h"
#include "eval/plan_value.h"
#include "eval/render.h"
#include "eval/source.h"
#include "eval/trace.h"
#include "eval/view.h"

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
		       size_t len, struct option_place *out,
		       struct option_member *member, struct buf *err)
{
	int rc = option_find(host->ev, &host->options, &host->config, path, len,
			     out);

	if (rc < 0 && rc != -ENODATA)
		return rc == -EIO ? view_errno(host->ev) : rc;
	if (!out->option)
		return refuse(err, -EACCES, "this is a set of options");
	if (out->enclosed ||
	    !option_find_member(host->ev, out->option, path + out->depth,
				len - out->depth, member))
		return refuse(err, -EACCES,
			      out->depth == len
				      ? "this option is read-only"
				      : "a part of this option's value can't "
					"be written by itself");
	return 0;
}

/* A link is not edited, but the file that it leads to, if that is the host's
 * alone too. *file changes. */
static int follow_link(struct host *host, struct path *at, const char **file,
		       struct buf *err)
{
	struct path *real = source_resolve(host->ev, at, true);
	const char *target;

	if (!real)
		return view_errno(host->ev);
	target = repository_relative(host->repository, real->source,
				     real->bytes);
	if (!target)
		return refuse(err, -EACCES,
			      "%s is a link that leads out of the repository",
			      *file);
	if (strcmp(target, *file) != 0 && !own_file_is(host, target))
		return refuse(err, -EACCES,
			      "%s is a link to %s, which other hosts may read "
			      "too",
			      *file, target);
	*file = target;
	return 0;
}

/* Make the change of file, which is in the repository. */
static int change_file(struct host *host, const struct plan_place *place,
		       const struct wire_text *path, size_t len,
		       struct plan *plan, struct buf *err)
{
	const char *file = place->file;
	const char *wanted = place->list.len ? buf_text(&place->list)
					     : buf_text(&plan->value);
	struct path *at = repository_path(host->repository, file);
	struct edit_scope scope;
	struct buf why = BUF_INIT;
	const char *text;
	size_t text_len;
	int rc;

	rc = at ? follow_link(host, at, &file, err) : -ENOMEM;
	if (rc < 0)
		return rc;
	at = repository_path(host->repository, file);
	rc = at ? source_read(host->ev, at->source, at->bytes, &text, &text_len)
		: -ENOMEM;
	if (rc < 0)
		return refuse(err, rc, "%s can't be read: %s", file,
			      strerror(-rc));
	if (place->inside)
		scope = own_scope(host);
	if (edit_set(text, text_len, place->inside ? &scope : NULL, path, len,
		     wanted, place->flags, &plan->after, &plan->line,
		     &why) < 0) {
		refuse(err, 0, "%s:%s", file, buf_text(&why));
		buf_release(&why);
		return -EACCES;
	}
	buf_add_text(&plan->file, file);
	buf_add(&plan->before, text, text_len);
	plan->changes = true;
	return plan->after.failed || plan->before.failed ? -ENOMEM : 0;
}

/* Find the place and make the change. */
static int plan_change(struct host *host, const struct option_place *at,
		       const struct wire_text *path, size_t len, value wanted,
		       bool force, struct plan *plan, struct buf *err)
{
	struct plan_place place = { .force = force };
	int rc = plan_place_find(host, at, path, len, wanted, &place);

	if (rc == -ENOENT)
		rc = refuse(err, -EACCES,
			    "no file of the repository is this host's alone "
			    "(one with the host's name in its path), so "
			    "there is nowhere to put the definition");
	if (rc == 0)
		rc = change_file(host, &place, path, len, plan, err);
	plan->additive = place.additive;
	plan_place_release(&place);
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

/* Is the text what reading the value gives? */
static bool reads_as(struct host *host, value *cell,
		     const struct wire_text *text)
{
	struct buf now = BUF_INIT;
	bool same;

	if (render_text(host->ev, cell, &now) < 0)
		eval_clear_error(host->ev);
	if (now.len && now.data[now.len - 1] == '\n')
		now.len--;
	same = !now.failed && now.len == text->len &&
	       memcmp(buf_text(&now), text->bytes, text->len) == 0;
	buf_release(&now);
	return same;
}

int plan_set(struct host *host, const struct wire_text *path, size_t len,
	     const struct wire_text *text, bool force, struct plan *out,
	     struct buf *err)
{
	struct option_place place;
	struct option_member member;
	value wanted;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = find_option(host, path, len, &place, &member, err);
	if (rc < 0)
		return rc;
	rc = plan_value(host->ev, member.type, place.cell, text, &out->value,
			err);
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
	/* A path reads as its text, which the value written is. */
	if (rc == 0 && place.cell && reads_as(host, place.cell, text))
		rc = 1;
	if (rc == 1)
		return 0;
	return plan_change(host, &place, path, len, wanted, force, out, err);
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

/* Is the pending error what could not be evaluated before either? Only its
 * message is compared: where it comes from may have moved with the edit. */
static bool is_known(struct host *host, const struct wire_text *before)
{
	const struct error *error = eval_error(host->ev);
	size_t len = error ? strcspn(error->message, "\n") : 0;

	return len && memmem(before->bytes, before->len, error->message, len);
}

static int check_assertions(struct host *host, const struct wire_text *before,
			    const struct wire_text *unknown, struct buf *err)
{
	static const struct wire_text name = { "assertions", 10 };
	struct buf after = BUF_INIT;
	int rc = view_read(host, &name, 1, WIRE_TEXT, &after);
	const char *p = buf_text(&after);

	if (rc == -EIO && is_known(host, unknown)) {
		eval_clear_error(host->ev);
		rc = 0;
	}
	/* Not known before: none of them can be told to be new. */
	for (size_t n; rc == 0 && *p && !unknown->len; p += n + 1) {
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
	       const struct wire_text texts[3], struct buf *err)
{
	struct option_place place;
	struct option_member member;
	struct buf shown = BUF_INIT;
	value wanted;
	int rc = find_option(host, path, len, &place, &member, err);

	if (rc < 0)
		return rc;
	wanted = eval_string(host->ev, texts[0].bytes, texts[0].len, NULL,
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
	return check_assertions(host, &texts[1], &texts[2], err);
}
