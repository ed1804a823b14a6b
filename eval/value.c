/*
 * value.c - making values
 */
#include "eval/value.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#include "eval/attrs.h"
#include "eval/eval.h"

/* Values without contents are the same objects everywhere. */
static alignas(8) struct list empty_list;
static alignas(8) struct {
	struct string header;
	char nul;
} empty_string;

void *eval_alloc(struct eval *ev, size_t size)
{
	void *p = arena_alloc(ev->arena, size);

	if (__builtin_expect(!p, 0))
		eval_fail_memory(ev);
	return p;
}

value value_new_box_int(struct eval *ev, int64_t n)
{
	struct box *box = eval_alloc(ev, sizeof(*box));

	if (!box)
		return 0;
	box->kind = BOX_INT;
	box->as.integer = n;
	return value_of(box, TAG_BOX);
}

value value_new_float(struct eval *ev, double d)
{
	struct box *box = eval_alloc(ev, sizeof(*box));

	if (!box)
		return 0;
	box->kind = BOX_FLOAT;
	box->as.number = d;
	return value_of(box, TAG_BOX);
}

value value_new_buffer(struct eval *ev, size_t len,
		       const struct context *context)
{
	struct string *s;

	if (len == 0 && !context)
		return value_of(&empty_string, TAG_STRING);
	if (len >= UINT32_MAX - sizeof(*s))
		return eval_fail_memory(ev);
	s = eval_alloc(ev, sizeof(*s) + len + 1);
	if (!s)
		return 0;
	s->len = len;
	s->sym = 0;
	s->context = context;
	s->bytes[len] = '\0';
	return value_of(s, TAG_STRING);
}

value value_new_string(struct eval *ev, const char *bytes, size_t len,
		       const struct context *context)
{
	value v = value_new_buffer(ev, len, context);

	if (v && len)
		memcpy(value_string(v)->bytes, bytes, len);
	return v;
}

value value_new_cstring(struct eval *ev, const char *text)
{
	return value_new_string(ev, text, strlen(text), NULL);
}

value value_new_path(struct eval *ev, struct source *source, const char *bytes,
		     size_t len)
{
	struct path *path;

	if (len >= UINT32_MAX - sizeof(*path))
		return eval_fail_memory(ev);
	path = eval_alloc(ev, sizeof(*path) + len + 1);
	if (!path)
		return 0;
	path->source = source;
	path->len = len;
	memcpy(path->bytes, bytes, len);
	path->bytes[len] = '\0';
	return value_of_path(ev, path);
}

value value_of_path(struct eval *ev, struct path *path)
{
	struct box *box;

	if (!path)
		return 0;
	box = eval_alloc(ev, sizeof(*box));
	if (!box)
		return 0;
	box->kind = BOX_PATH;
	box->as.path = path;
	return value_of(box, TAG_BOX);
}

value value_new_list(struct eval *ev, size_t len)
{
	struct list *list;

	if (len == 0)
		return value_of(&empty_list, TAG_LIST);
	if (len >= UINT32_MAX)
		return eval_fail_memory(ev);
	list = eval_alloc(ev, sizeof(*list) + len * sizeof(value));
	if (!list)
		return 0;
	list->len = len;
	list->flags = 0;
	list->items = (value *)(list + 1);
	return value_of(list, TAG_LIST);
}

value value_new_slice(struct eval *ev, const struct list *list, size_t start,
		      size_t len)
{
	struct list *slice;

	assert(start <= list->len && len <= list->len - start);
	if (len == 0)
		return value_of(&empty_list, TAG_LIST);
	slice = eval_alloc(ev, sizeof(*slice));
	if (!slice)
		return 0;
	slice->len = len;
	slice->flags = 0;
	slice->items = list->items + start;
	return value_of(slice, TAG_LIST);
}

value value_new_apply(struct eval *ev, pos_t pos, value fn, size_t argc,
		      const value *args)
{
	struct apply *apply;

	assert(argc <= UINT8_MAX);
	apply = eval_alloc(ev, sizeof(*apply) + argc * sizeof(value));
	if (!apply)
		return 0;
	apply->code = THUNK_APPLY | argc << 8 | (uint64_t)pos << 32;
	apply->fn = fn;
	for (size_t i = 0; i < argc; i++)
		apply->args[i] = args[i];
	return value_of(apply, TAG_THUNK);
}

value value_new_thunk(struct eval *ev, const struct expr *expr, struct env *env)
{
	struct thunk *thunk = eval_alloc(ev, sizeof(*thunk));

	if (!thunk)
		return 0;
	thunk->code = (uintptr_t)expr | THUNK_CODE;
	thunk->data = (uintptr_t)env;
	return value_of(thunk, TAG_THUNK);
}
