/* read.c - the files that builtins name and read */
#include "eval/read.h"

#include <string.h>

#include "eval/context.h"
#include "eval/depth.h"
#include "eval/eval.h"
#include "eval/source.h"
#include "eval/store.h"

struct path *read_path(struct eval *ev, value *slot, enum read_links links)
{
	struct path *path;

	path = eval_path(ev, slot, 0, "while realising the context of a path");
	if (!path || links == READ_LINKS_NOT)
		return path;
	return source_resolve(ev, path, links == READ_LINKS_ALL);
}

static struct path *coerce_text(struct eval *ev, value *slot, pos_t pos,
				const char *message, bool realise,
				const struct context **context)
{
	value v = eval_coerce(ev, slot, pos, message, COERCE_CANON_PATH);
	struct string *s;

	if (!v)
		return NULL;
	s = value_string(v);
	if (s->bytes[0] != '/') {
		eval_fail(ev, ERROR_EVAL, 0,
			  "string '%s' doesn't represent an absolute path",
			  s->bytes);
		eval_frame(ev, pos, "%s", message);
		return NULL;
	}
	if (s->context) {
		*context = context_union(ev, *context, s->context);
		if (!*context)
			return NULL;
	}
	if (realise && *context && !strncmp(s->bytes, STORE_DIR "/", 11) &&
	    store_realise(ev, 0, *context) < 0)
		return NULL;
	return source_path(ev, s->bytes, s->len);
}

struct path *read_coerce(struct eval *ev, value *slot, pos_t pos,
			 const char *message, bool realise,
			 const struct context **context)
{
	struct path *path;
	value v = value_force(ev, slot), *cell;

	if (!v) {
		eval_frame(ev, pos, "%s", message);
		return NULL;
	}
	if (value_is_path(v))
		return value_path(v);
	cell = value_tag(v) == TAG_ATTRS
		       ? attrs_find(value_attrs(v), SYM_to_string)
		       : NULL;
	if (!cell)
		return coerce_text(ev, slot, pos, message, realise, context);

	/* __toString may give a path. */
	if (depth_enter(ev, pos) < 0)
		return NULL;
	v = eval_call(ev, pos, *cell, 1, &v);
	path = v ? read_coerce(ev, &v, pos, message, realise, context) : NULL;
	depth_leave(ev);
	return path;
}

int read_file(struct eval *ev, const struct path *path, const char **bytes,
	      size_t *len)
{
	int err = source_read(ev, path->source, path->bytes, bytes, len);

	if (err == 0)
		return 0;
	source_fail(ev, 0, path->source, path->bytes, err);
	return -1;
}
