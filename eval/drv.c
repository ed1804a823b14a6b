/* drv.c - a derivation, and its .drv text */
#include "eval/drv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void drv_init(struct drv *drv, const char *name, size_t len)
{
	*drv = (struct drv){ .name = { name, len } };
}

void drv_release(struct drv *drv)
{
	free(drv->outputs);
	free(drv->inputs);
	free(drv->sources);
	free(drv->args);
	free(drv->env);
	free(drv->owned);
	*drv = (struct drv){ 0 };
}

/*
 * Make room for one more element behind n; NULL if there is none. There is
 * room up to the next power of two, so only those counts need more.
 */
static void *add(struct drv *drv, void **array, size_t *n, size_t size)
{
	size_t room = *n ? 2 * *n : 1;

	if (drv->failed)
		return NULL;
	if ((*n & (*n - 1)) == 0) {
		void *grown = reallocarray(*array, room, size);

		if (!grown) {
			drv->failed = true;
			return NULL;
		}
		*array = grown;
	}
	return (char *)*array + (*n)++ * size;
}

void drv_add_output(struct drv *drv, const char *name, size_t len)
{
	struct drv_output *output = add(drv, (void **)&drv->outputs,
					&drv->noutputs, sizeof(*output));

	if (!output)
		return;
	output->name = (struct storepath_text){ name, len };
	output->kind = DRV_DEFERRED;
	output->path.len = 0;
	output->path.text[0] = '\0';
}

void drv_add_fixed_output(struct drv *drv, enum storepath_method method,
			  const struct hash *hash)
{
	struct drv_output *output;

	drv_add_output(drv, "out", 3);
	if (drv->failed)
		return;
	output = &drv->outputs[drv->noutputs - 1];
	output->kind = DRV_FIXED;
	output->method = method;
	output->hash = *hash;
}

void drv_add_input(struct drv *drv, const char *path, size_t len,
		   const char *output, size_t output_len)
{
	struct drv_input *input =
		add(drv, (void **)&drv->inputs, &drv->ninputs, sizeof(*input));

	if (!input)
		return;
	input->path = (struct storepath_text){ path, len };
	input->output = (struct storepath_text){ output, output_len };
}

void drv_add_source(struct drv *drv, const char *path, size_t len)
{
	struct storepath_text *source = add(drv, (void **)&drv->sources,
					    &drv->nsources, sizeof(*source));

	if (source)
		*source = (struct storepath_text){ path, len };
}

void drv_add_arg(struct drv *drv, const char *arg, size_t len)
{
	struct storepath_text *text =
		add(drv, (void **)&drv->args, &drv->nargs, sizeof(*text));

	if (text)
		*text = (struct storepath_text){ arg, len };
}

void drv_add_env(struct drv *drv, const char *name, size_t name_len,
		 const char *value, size_t len)
{
	struct drv_env *env =
		add(drv, (void **)&drv->env, &drv->nenv, sizeof(*env));

	if (!env)
		return;
	env->name = (struct storepath_text){ name, name_len };
	env->value = (struct storepath_text){ value, len };
}

int drv_compare(struct storepath_text a, struct storepath_text b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.bytes, b.bytes, len) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static int by_output(const void *a, const void *b)
{
	const struct drv_output *x = a, *y = b;

	return drv_compare(x->name, y->name);
}

static int by_input(const void *a, const void *b)
{
	const struct drv_input *x = a, *y = b;
	int order = drv_compare(x->path, y->path);

	return order ? order : drv_compare(x->output, y->output);
}

static int by_text(const void *a, const void *b)
{
	const struct storepath_text *x = a, *y = b;

	return drv_compare(*x, *y);
}

static int by_env(const void *a, const void *b)
{
	const struct drv_env *x = a, *y = b;

	return drv_compare(x->name, y->name);
}

/* Sort an array, keep one of equal elements; returns how many are left. */
static size_t sort(void *array, size_t n, size_t size,
		   int (*compare)(const void *, const void *))
{
	char *at = array;
	size_t kept = 1;
	bool sorted = true;

	for (size_t i = 1; i < n && sorted; i++)
		sorted = compare(at + (i - 1) * size, at + i * size) < 0;
	if (sorted)
		return n;

	qsort(array, n, size, compare);
	for (size_t i = 1; i < n; i++) {
		char *next = at + i * size, *end = at + kept * size;

		if (compare(end - size, next) == 0)
			continue;
		if (end != next)
			memcpy(end, next, size);
		kept++;
	}
	return kept;
}

void drv_sort(struct drv *drv)
{
	drv->noutputs = sort(drv->outputs, drv->noutputs, sizeof(*drv->outputs),
			     by_output);
	drv->ninputs =
		sort(drv->inputs, drv->ninputs, sizeof(*drv->inputs), by_input);
	drv->nsources = sort(drv->sources, drv->nsources, sizeof(*drv->sources),
			     by_text);
	drv->nenv = sort(drv->env, drv->nenv, sizeof(*drv->env), by_env);
}

/* Where name is in the sorted environment, or would have to be. */
static size_t env_place(const struct drv *drv, struct storepath_text name)
{
	size_t low = 0, high = drv->nenv;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (drv_compare(drv->env[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void drv_set_env(struct drv *drv, struct storepath_text name,
		 struct storepath_text value)
{
	size_t place = env_place(drv, name);

	if (place == drv->nenv ||
	    drv_compare(drv->env[place].name, name) != 0) {
		drv_add_env(drv, NULL, 0, NULL, 0);
		if (drv->failed)
			return;
		memmove(&drv->env[place + 1], &drv->env[place],
			(drv->nenv - 1 - place) * sizeof(*drv->env));
		drv->env[place].name = name;
	}
	drv->env[place].value = value;
}

bool drv_has_output(const struct drv *drv, struct storepath_text name)
{
	/* One output is the rule and ten are many: no search pays. */
	for (size_t i = 0; i < drv->noutputs; i++)
		if (drv_compare(drv->outputs[i].name, name) == 0)
			return true;
	return false;
}

typedef uint8_t block __attribute__((vector_size(16)));

/* Does one of 16 bytes need an escape? */
static inline bool block_needs_escape(const char *bytes)
{
	union {
		block bytes;
		uint64_t words[2];
	} x;

	memcpy(&x, bytes, sizeof(x));
	x.bytes = (block)((x.bytes == '"') | (x.bytes == '\\') |
			  (x.bytes == '\n') | (x.bytes == '\r') |
			  (x.bytes == '\t'));
	return x.words[0] | x.words[1];
}

static inline char escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	}
	return '\0';
}

/* A string in quotes, with escapes. */
static void print_string(struct buf *out, struct storepath_text text)
{
	const char *at = text.bytes, *end = at + text.len, *done = at;
	size_t i;

	/* Room for all, were nothing escaped: fewer steps of growth. */
	buf_grow(out, text.len + 2);
	buf_add_char(out, '"');
	while (at < end) {
		char escaped[2] = { '\\', '\0' };

		if (end - at >= 16 && !block_needs_escape(at)) {
			at += 16;
			continue;
		}
		for (i = 0; i < 16 && at < end; i++, at++) {
			escaped[1] = escape(*at);
			if (!escaped[1])
				continue;
			buf_add(out, done, at - done);
			buf_add(out, escaped, 2);
			done = at + 1;
		}
	}
	buf_add(out, done, end - done);
	buf_add_char(out, '"');
}

/* A string in quotes that has nothing to escape: names and store paths. */
static void print_plain(struct buf *out, struct storepath_text text)
{
	buf_add_char(out, '"');
	buf_add(out, text.bytes, text.len);
	buf_add_char(out, '"');
}

static void print_output(const struct drv_output *output, bool mask,
			 struct buf *out)
{
	buf_add_char(out, '(');
	print_plain(out, output->name);
	buf_add_text(out, ",\"");
	if (!mask && output->kind != DRV_DEFERRED)
		buf_add(out, output->path.text, output->path.len);
	if (output->kind != DRV_FIXED) {
		buf_add_text(out, "\",\"\",\"\")");
		return;
	}
	buf_add_text(out, "\",\"");
	if (output->method == STOREPATH_NAR)
		buf_add_text(out, "r:");
	buf_add_text(out, hash_type_name(output->hash.type));
	buf_add_text(out, "\",\"");
	hash_print(out, &output->hash, HASH_BASE16, false);
	buf_add_text(out, "\")");
}

void drv_print_inputs(const struct drv_input *inputs, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct drv_input *input = &inputs[i];
		bool first =
			i == 0 || drv_compare(input[-1].path, input->path) != 0;
		bool last = i + 1 == n ||
			    drv_compare(input[1].path, input->path) != 0;

		if (first) {
			buf_add_text(out, i ? ",(" : "(");
			print_plain(out, input->path);
			buf_add_text(out, ",[");
		}
		if (input->output.bytes) {
			/* "None" sorts first, so it is no comma's left. */
			if (!first && input[-1].output.bytes)
				buf_add_char(out, ',');
			print_plain(out, input->output);
		}
		if (last)
			buf_add_text(out, "])");
	}
}

void drv_print(const struct drv *drv, bool mask, struct buf *out,
	       struct drv_span *inputs)
{
	static const struct storepath_text empty = { "", 0 };

	buf_add_text(out, "Derive([");
	for (size_t i = 0; i < drv->noutputs; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		print_output(&drv->outputs[i], mask, out);
	}

	buf_add_text(out, "],[");
	if (inputs)
		inputs->begin = out->len;
	drv_print_inputs(drv->inputs, drv->ninputs, out);
	if (inputs)
		inputs->end = out->len;

	buf_add_text(out, "],[");
	for (size_t i = 0; i < drv->nsources; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		print_plain(out, drv->sources[i]);
	}
	buf_add_text(out, "],");
	print_plain(out, drv->system);
	buf_add_char(out, ',');
	print_string(out, drv->builder);

	buf_add_text(out, ",[");
	for (size_t i = 0; i < drv->nargs; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		print_string(out, drv->args[i]);
	}
	buf_add_text(out, "],[");
	for (size_t i = 0; i < drv->nenv; i++) {
		const struct drv_env *env = &drv->env[i];

		buf_add_text(out, i ? ",(" : "(");
		print_string(out, env->name);
		buf_add_char(out, ',');
		if (mask && drv_has_output(drv, env->name))
			print_string(out, empty);
		else
			print_string(out, env->value);
		buf_add_char(out, ')');
	}
	buf_add_text(out, "])");
}
