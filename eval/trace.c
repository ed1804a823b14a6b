#include "eval/trace.h"

#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/source_private.h"

static void fill_item(struct eval *ev, const struct source_node *n,
		      struct trace_item *item)
{
	XXH128_canonical_t content;

	*item = (struct trace_item){
		.source = n->source,
		.path = n->path,
		.kinds = n->reads,
		.imported = n->imported,
		.st = n->st,
	};
	if (n->reads & TRACE_CONTENT && n->source->ops->blob)
		item->has_blob = n->source->ops->blob(ev, n->source, n->path,
						      item->blob);
	XXH128_canonicalFromHash(&content, n->content);
	memcpy(item->content, content.digest, sizeof(item->content));
}

void trace_imported(struct eval *ev, struct path *path)
{
	struct source_node *node =
		source_node(ev, path->source, path->bytes, path->len);

	if (node)
		node->imported = true;
}

int trace_each(struct eval *ev, const struct source *source,
	       int (*visit)(void *arg, const struct trace_item *item),
	       void *arg)
{
	struct source_set *set = ev->sources;
	struct trace_item item;
	int rc = 0;

	for (struct source_node *n = set ? set->first : NULL; n && rc == 0;
	     n = n->next) {
		if (!(n->known & NODE_STAT) || (source && n->source != source))
			continue;
		fill_item(ev, n, &item);
		rc = visit(arg, &item);
	}
	return rc;
}

int trace_news(struct eval *ev,
	       int (*visit)(void *arg, const struct trace_item *item),
	       void *arg)
{
	struct source_set *set = ev->sources;
	struct trace_item item;
	int rc = 0;

	for (struct source_node *n = set ? set->first : NULL; n && rc == 0;
	     n = n->next) {
		if (!(n->known & NODE_STAT) || n->told == n->reads)
			continue;
		fill_item(ev, n, &item);
		rc = visit(arg, &item);
		n->told = n->reads;
	}
	return rc;
}

void trace_passing(struct eval *ev)
{
	struct source_set *set = source_set_of(ev);

	if (set)
		set->passing = true;
}

bool trace_is_passing(const struct eval *ev)
{
	return ev->sources && ev->sources->passing;
}

static const char *keep(struct eval *ev, const char *text)
{
	return arena_strndup(ev->arena, text, strlen(text));
}

/* Without memory for the note, the note is that there should be one. */
void trace_resolved(struct eval *ev, const char *folder, const char *name,
		    const char *id)
{
	struct source_set *set = source_set_of(ev);
	struct trace_commit *c;

	if (!set || !strcmp(name, id))
		return;
	for (c = set->commits; c; c = c->next)
		if (!strcmp(c->folder, folder) && !strcmp(c->name, name) &&
		    !strcmp(c->id, id))
			return;
	c = arena_alloc(ev->arena, sizeof(*c));
	if (c)
		*c = (struct trace_commit){ set->commits, keep(ev, folder),
					    keep(ev, name), keep(ev, id) };
	if (c && c->folder && c->name && c->id)
		set->commits = c;
	else
		set->passing = true;
}

const struct trace_commit *trace_commits(const struct eval *ev)
{
	return ev->sources ? ev->sources->commits : NULL;
}

void trace_placed(struct eval *ev, const char *name, const char *real)
{
	struct source_set *set = source_set_of(ev);
	struct trace_place *p;

	if (!set || !strcmp(name, real))
		return;
	p = arena_alloc(ev->arena, sizeof(*p));
	if (p)
		*p = (struct trace_place){ set->places, keep(ev, name),
					   keep(ev, real) };
	if (p && p->name && p->real)
		set->places = p;
	else
		set->passing = true;
}

const struct trace_place *trace_places(const struct eval *ev)
{
	return ev->sources ? ev->sources->places : NULL;
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
	if (!v) {
		set->passing = true;
		return found;
	}
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
