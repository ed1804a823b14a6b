#include "eval/trace.h"

#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/source_private.h"

int trace_each(struct eval *ev, const struct source *source,
	       int (*visit)(void *arg, const struct trace_item *item),
	       void *arg)
{
	struct source_set *set = ev->sources;
	XXH128_canonical_t content;
	int rc = 0;

	for (struct source_node *n = set ? set->first : NULL; n && rc == 0;
	     n = n->next) {
		struct trace_item item = {
			.source = n->source,
			.path = n->path,
			.kinds = n->reads,
			.st = n->st,
		};

		if (!(n->known & NODE_STAT) || (source && n->source != source))
			continue;
		if (n->reads & TRACE_CONTENT && n->source->ops->blob)
			item.has_blob = n->source->ops->blob(
				ev, n->source, n->path, item.blob);
		XXH128_canonicalFromHash(&content, n->content);
		memcpy(item.content, content.digest, sizeof(item.content));
		rc = visit(arg, &item);
	}
	return rc;
}

const char *trace_getenv(struct eval *ev, const char *name)
{
	struct source_set *set = source_set_of(ev);
	const char *found = getenv(name);
	struct trace_variable *v;

	if (!set)
		return found;
	for (v = set->variables; v; v = v->next)
		if (!strcmp(v->name, name))
			return v->value;
	v = arena_alloc(ev->arena, sizeof(*v));
	if (!v)
		return found;
	v->name = arena_strndup(ev->arena, name, strlen(name));
	v->value =
		found ? arena_strndup(ev->arena, found, strlen(found)) : NULL;
	v->next = set->variables;
	if (v->name)
		set->variables = v;
	return found;
}

const struct trace_variable *trace_variables(struct eval *ev)
{
	return ev->sources ? ev->sources->variables : NULL;
}

size_t trace_len(struct eval *ev)
{
	return ev->sources ? ev->sources->used : 0;
}
