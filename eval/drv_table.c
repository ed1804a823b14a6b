/* drv_table.c - the derivations that are known, and the paths that follow */
#include "eval/drv_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * Derivations that are read from the store are read through their inputs, as
 * deep as that goes. Real chains are a few hundred long.
 */
#define DEPTH_MAX 4096

#define HEX_LEN 64 /* of a SHA-256 in base 16 */

/* A store path that was met: a derivation, or one of its sources. */
struct record {
	bool known;	   /* what follows is set; else only the path is */
	bool is_drv;	   /* by its name */
	unsigned int mark; /* the last walk that met it */
	char modulo[HEX_LEN];
	char *outputs; /* names, sorted, each with its NUL */
	size_t noutputs;
	struct record **inputs; /* derivations and sources */
	size_t ninputs;
	size_t len;
	char path[];
};

/* Open addressing by the path's own hash digits; never over half full. */
struct drv_table {
	struct drv_table_ops ops;
	struct record **slots;
	size_t nslots; /* a power of two */
	size_t used;
	unsigned int walks;
	struct buf text;   /* of the derivation being hashed */
	struct buf inputs; /* its input list by modulo hash */
};

struct drv_table *drv_table_new(const struct drv_table_ops *ops)
{
	struct drv_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->ops = *ops;
	table->nslots = 1024;
	table->slots = calloc(table->nslots, sizeof(*table->slots));
	if (!table->slots) {
		free(table);
		return NULL;
	}
	return table;
}

static void record_free(struct record *record)
{
	if (!record)
		return;
	free(record->outputs);
	free(record->inputs);
	free(record);
}

void drv_table_free(struct drv_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->nslots; i++)
		record_free(table->slots[i]);
	free(table->slots);
	buf_release(&table->text);
	buf_release(&table->inputs);
	free(table);
}

/* The slot of path, or the empty one where it would go. */
static struct record **slot_of(struct record **slots, size_t nslots,
			       const char *path, size_t len)
{
	uint64_t digits;
	size_t at;

	/* Eight of its digits: they are a good hash already, but for the
	 * upper bits of each, which multiplying mixes in. */
	assert(len >= STOREPATH_PREFIX_LEN + STOREPATH_HASH_LEN);
	memcpy(&digits, path + STOREPATH_PREFIX_LEN + 8, sizeof(digits));
	at = digits * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	for (;; at++) {
		struct record **slot = &slots[at & (nslots - 1)];

		if (!*slot || ((*slot)->len == len &&
			       memcmp((*slot)->path, path, len) == 0))
			return slot;
	}
}

static int grow(struct drv_table *table)
{
	size_t nslots = 2 * table->nslots;
	struct record **slots = calloc(nslots, sizeof(*slots));

	if (!slots)
		return -1;
	for (size_t i = 0; i < table->nslots; i++) {
		struct record *record = table->slots[i];

		if (record)
			*slot_of(slots, nslots, record->path, record->len) =
				record;
	}
	free(table->slots);
	table->slots = slots;
	table->nslots = nslots;
	return 0;
}

/* The record of a store path, made if there is none; NULL without memory. */
static struct record *record_of(struct drv_table *table,
				struct storepath_text path)
{
	struct record **slot, *record;

	assert(path.len > 4);
	if (2 * table->used >= table->nslots && grow(table) < 0)
		return NULL;
	slot = slot_of(table->slots, table->nslots, path.bytes, path.len);
	record = *slot;
	if (record)
		return record;

	record = calloc(1, sizeof(*record) + path.len + 1);
	if (!record)
		return NULL;
	memcpy(record->path, path.bytes, path.len);
	record->len = path.len;
	record->is_drv = memcmp(path.bytes + path.len - 4, ".drv", 4) == 0;
	record->known = !record->is_drv;
	table->used++;
	*slot = record;
	return record;
}

static int no_memory(struct buf *err)
{
	return buf_fail(err, "out of memory");
}

static bool has_output(const struct record *record, struct storepath_text name)
{
	const char *at = record->outputs;

	for (size_t i = 0; i < record->noutputs; i++) {
		size_t len = strlen(at);

		if (len == name.len && memcmp(at, name.bytes, len) == 0)
			return true;
		at += len + 1;
	}
	return false;
}

/* What kinds of outputs may stand together. */
static int check_outputs(const struct drv *drv, struct buf *err)
{
	const struct drv_output *outputs = drv->outputs;

	if (drv->noutputs == 0)
		return buf_fail(err, "must have at least one output");
	for (size_t i = 0; i < drv->noutputs; i++) {
		struct storepath_text name = outputs[i].name;

		if (outputs[i].kind != outputs[0].kind)
			return buf_fail(err,
					"can't mix derivation output types");
		if (outputs[i].kind != DRV_FIXED)
			continue;
		if (i > 0)
			return buf_fail(err, "only one fixed output is allowed "
					     "for now");
		if (name.len != 3 || memcmp(name.bytes, "out", 3) != 0)
			return buf_fail(err, "single fixed output must be "
					     "named \"out\"");
	}
	return 0;
}

/* The hash that stands for a derivation with a fixed output. */
static int fixed_modulo(const struct drv *drv, struct hash *modulo,
			struct buf *err)
{
	const struct drv_output *output = &drv->outputs[0];
	const char *type = hash_type_name(output->hash.type);
	struct storepath path;
	struct hash_ctx ctx;
	char hex[2 * HASH_SIZE_MAX];

	if (storepath_fixed(&path, output->method, &output->hash,
			    drv->name.bytes, drv->name.len, NULL, 0, err) < 0)
		return -1;
	hash_base16(hex, output->hash.bytes, output->hash.size);
	hash_start(&ctx, HASH_SHA256);
	hash_update(&ctx, "fixed:out:", 10);
	if (output->method == STOREPATH_NAR)
		hash_update(&ctx, "r:", 2);
	hash_update(&ctx, type, strlen(type));
	hash_update(&ctx, ":", 1);
	hash_update(&ctx, hex, 2 * (size_t)output->hash.size);
	hash_update(&ctx, ":", 1);
	hash_update(&ctx, path.text, path.len);
	hash_finish(&ctx, modulo);
	return 0;
}

static int load(struct drv_table *table, struct record *record, int depth,
		struct buf *err);

static int by_modulo(const void *a, const void *b)
{
	const struct drv_input *x = a, *y = b;
	int order = memcmp(x->path.bytes, y->path.bytes, HEX_LEN);

	return order ? order : drv_compare(x->output, y->output);
}

/*
 * Print the input list of a sorted derivation, with modulo hashes in place of
 * paths, to table->inputs. Inputs with equal hashes become one.
 */
static int print_modulo_inputs(struct drv_table *table, const struct drv *drv,
			       int depth, struct buf *err)
{
	struct drv_input *inputs;
	struct record *record = NULL;
	size_t n = 0, kept = 0;

	inputs = reallocarray(NULL, drv->ninputs + 1, sizeof(*inputs));
	if (!inputs)
		return no_memory(err);
	for (size_t i = 0; i < drv->ninputs; i++) {
		const struct drv_input *input = &drv->inputs[i];

		if (!record || drv_compare(input[-1].path, input->path) != 0) {
			record = record_of(table, input->path);
			if (!record) {
				no_memory(err);
				goto fail;
			}
			if (load(table, record, depth + 1, err) < 0)
				goto fail;
		}
		if (!input->output.bytes)
			continue;
		if (!has_output(record, input->output)) {
			buf_fail(err,
				 "no hash for output '%.*s' of derivation "
				 "'%.*s'",
				 buf_clip(input->output.len),
				 input->output.bytes, buf_clip(drv->name.len),
				 drv->name.bytes);
			goto fail;
		}
		inputs[n].path =
			(struct storepath_text){ record->modulo, HEX_LEN };
		inputs[n].output = input->output;
		n++;
	}

	if (n > 1)
		qsort(inputs, n, sizeof(*inputs), by_modulo);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_modulo(&inputs[kept - 1], &inputs[i]) != 0)
			inputs[kept++] = inputs[i];
	buf_reset(&table->inputs);
	drv_print_inputs(inputs, kept, &table->inputs);
	free(inputs);
	return 0;
fail:
	free(inputs);
	return -1;
}

/* Hash table->text with table->inputs in the place of its own inputs. */
static int hash_modulo(struct drv_table *table, struct drv_span span,
		       struct hash *modulo, struct buf *err)
{
	struct hash_ctx ctx;

	if (table->text.failed || table->inputs.failed)
		return no_memory(err);
	hash_start(&ctx, HASH_SHA256);
	hash_update(&ctx, table->text.data, span.begin);
	hash_update(&ctx, buf_text(&table->inputs), table->inputs.len);
	hash_update(&ctx, table->text.data + span.end,
		    table->text.len - span.end);
	hash_finish(&ctx, modulo);
	return 0;
}

/* Remember what drv is made from, and its outputs' names. */
static int record_parts(struct drv_table *table, struct record *record,
			const struct drv *drv)
{
	struct buf names = BUF_INIT;
	struct record **inputs, *input;
	size_t n = 0;

	inputs = reallocarray(NULL, drv->ninputs + drv->nsources + 1,
			      sizeof(*inputs));
	if (!inputs)
		return -1;
	for (size_t i = 0; i < drv->ninputs; i++) {
		if (i > 0 && drv_compare(drv->inputs[i - 1].path,
					 drv->inputs[i].path) == 0)
			continue;
		input = record_of(table, drv->inputs[i].path);
		if (!input)
			goto fail;
		inputs[n++] = input;
	}
	for (size_t i = 0; i < drv->nsources; i++) {
		input = record_of(table, drv->sources[i]);
		if (!input)
			goto fail;
		inputs[n++] = input;
	}
	for (size_t i = 0; i < drv->noutputs; i++) {
		buf_add(&names, drv->outputs[i].name.bytes,
			drv->outputs[i].name.len);
		buf_add_char(&names, '\0');
	}
	if (names.failed)
		goto fail;

	record->inputs = inputs;
	record->ninputs = n;
	record->outputs = names.data;
	record->noutputs = drv->noutputs;
	record->known = true;
	return 0;
fail:
	free(inputs);
	buf_release(&names);
	return -1;
}

/* Remember drv under path; its modulo hash is that of its final text. */
static int remember(struct drv_table *table, const struct storepath_text path,
		    const struct drv *drv, const struct hash *modulo,
		    struct buf *err)
{
	struct record *record = record_of(table, path);

	if (!record)
		return no_memory(err);
	if (record->known)
		return 0;
	hash_base16(record->modulo, modulo->bytes, modulo->size);
	return record_parts(table, record, drv) < 0 ? no_memory(err) : 0;
}

/* The derivation's name in a .drv path, without the suffix. */
static struct storepath_text drv_name(const struct record *record)
{
	size_t skip = STOREPATH_PREFIX_LEN + STOREPATH_HASH_LEN + 1;
	struct storepath_text name = { "", 0 };

	if (record->len > skip + 4)
		name = (struct storepath_text){ record->path + skip,
						record->len - skip - 4 };
	return name;
}

/* Read the derivation of a record that is not known yet. */
static int load(struct drv_table *table, struct record *record, int depth,
		struct buf *err)
{
	struct storepath_text name, path = { record->path, record->len };
	struct buf text = BUF_INIT;
	struct drv_span span;
	struct hash modulo;
	struct drv drv;
	int ret;

	if (record->known)
		return 0;
	if (depth > DEPTH_MAX)
		return buf_fail(err, "derivation '%s' is too deep",
				record->path);
	if (!table->ops.load)
		return buf_fail(err, "path '%s' is not valid", record->path);

	ret = table->ops.load(table->ops.ctx, record->path, record->len, &text,
			      err);
	if (ret == 0 && text.failed)
		ret = no_memory(err);
	if (ret < 0)
		goto out;
	name = drv_name(record);
	ret = drv_parse(&drv, name.bytes, name.len, buf_text(&text), text.len,
			err);
	if (ret < 0)
		goto out;

	ret = check_outputs(&drv, err);
	if (ret == 0 && drv.outputs[0].kind == DRV_FIXED) {
		ret = fixed_modulo(&drv, &modulo, err);
	} else if (ret == 0) {
		ret = print_modulo_inputs(table, &drv, depth, err);
		if (ret == 0) {
			buf_reset(&table->text);
			drv_print(&drv, false, &table->text, &span);
			ret = hash_modulo(table, span, &modulo, err);
		}
	}
	if (ret == 0)
		ret = remember(table, path, &drv, &modulo, err);
	drv_release(&drv);
out:
	buf_release(&text);
	return ret;
}

/* Compute the outputs' paths and put them into the environment. */
static int fill_outputs(struct drv_table *table, struct drv *drv,
			struct buf *err)
{
	struct storepath_text name = drv->name;
	struct drv_output *outputs = drv->outputs;
	struct drv_span span;
	struct hash masked;

	for (size_t i = 0; i < drv->noutputs; i++)
		drv_set_env(drv, outputs[i].name,
			    (struct storepath_text){ "", 0 });
	if (drv->failed)
		return no_memory(err);

	if (outputs[0].kind != DRV_FIXED) {
		if (print_modulo_inputs(table, drv, 0, err) < 0)
			return -1;
		buf_reset(&table->text);
		drv_print(drv, true, &table->text, &span);
		if (hash_modulo(table, span, &masked, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < drv->noutputs; i++) {
		struct drv_output *output = &outputs[i];
		int ret;

		if (output->kind == DRV_FIXED)
			ret = storepath_fixed(&output->path, output->method,
					      &output->hash, name.bytes,
					      name.len, NULL, 0, err);
		else
			ret = storepath_output(&output->path,
					       output->name.bytes,
					       output->name.len, &masked,
					       name.bytes, name.len, err);
		if (ret < 0)
			return -1;
		if (output->kind == DRV_DEFERRED)
			output->kind = DRV_INPUT;
		drv_set_env(drv, output->name,
			    (struct storepath_text){ output->path.text,
						     output->path.len });
	}
	return 0;
}

static int by_text(const void *a, const void *b)
{
	const struct storepath_text *x = a, *y = b;

	return drv_compare(*x, *y);
}

/* The path of the .drv file whose text is table->text. */
static int own_path(struct drv_table *table, const struct drv *drv,
		    struct storepath *path, struct buf *err)
{
	struct storepath_text *refs;
	struct buf name = BUF_INIT;
	struct hash hash;
	size_t n = 0;
	int ret;

	refs = reallocarray(NULL, drv->ninputs + drv->nsources + 1,
			    sizeof(*refs));
	buf_add(&name, drv->name.bytes, drv->name.len);
	buf_add_text(&name, ".drv");
	if (!refs || name.failed) {
		ret = no_memory(err);
		goto out;
	}

	for (size_t i = 0; i < drv->ninputs; i++)
		if (i == 0 || drv_compare(drv->inputs[i - 1].path,
					  drv->inputs[i].path) != 0)
			refs[n++] = drv->inputs[i].path;
	for (size_t i = 0; i < drv->nsources; i++)
		refs[n++] = drv->sources[i];
	qsort(refs, n, sizeof(*refs), by_text);
	/* A derivation may be a source as well: it is one reference. */
	for (size_t i = 1; i < n; i++)
		if (drv_compare(refs[i - 1], refs[i]) == 0)
			memmove(&refs[i], &refs[i + 1],
				(--n - i) * sizeof(*refs));

	hash_bytes(HASH_SHA256, table->text.data, table->text.len, &hash);
	ret = storepath_fixed(path, STOREPATH_TEXT, &hash, name.data, name.len,
			      refs, n, err);
out:
	free(refs);
	buf_release(&name);
	return ret;
}

int drv_table_add(struct drv_table *table, struct drv *drv,
		  struct storepath *path, struct buf *err)
{
	struct drv_span span;
	struct hash modulo;
	int ret;

	if (drv->failed)
		return no_memory(err);
	drv_sort(drv);
	if (check_outputs(drv, err) < 0 || fill_outputs(table, drv, err) < 0)
		return -1;

	buf_reset(&table->text);
	drv_print(drv, false, &table->text, &span);
	if (table->text.failed)
		return no_memory(err);
	if (own_path(table, drv, path, err) < 0)
		return -1;
	if (table->ops.made)
		table->ops.made(table->ops.ctx, path, &table->text);

	/* table->inputs still holds the input list that was masked. */
	if (drv->outputs[0].kind == DRV_FIXED)
		ret = fixed_modulo(drv, &modulo, err);
	else
		ret = hash_modulo(table, span, &modulo, err);
	if (ret < 0)
		return -1;
	return remember(table, (struct storepath_text){ path->text, path->len },
			drv, &modulo, err);
}

int drv_table_closure(struct drv_table *table, const char *path, size_t len,
		      int (*visit)(void *arg, const struct drv_member *member),
		      void *arg, struct buf *err)
{
	struct buf todo = BUF_INIT; /* records still to be visited */
	struct record *record;
	int ret = 0;

	record = record_of(table, (struct storepath_text){ path, len });
	if (!record)
		return no_memory(err);
	table->walks++;
	record->mark = table->walks;
	buf_add(&todo, &record, sizeof(record));

	while (ret == 0 && todo.len > 0) {
		struct drv_member member;

		todo.len -= sizeof(record);
		memcpy(&record, todo.data + todo.len, sizeof(record));
		ret = load(table, record, 0, err);
		if (ret < 0)
			break;
		member.path.bytes = record->path;
		member.path.len = record->len;
		member.is_drv = record->is_drv;
		member.outputs = record->outputs;
		member.noutputs = record->noutputs;
		ret = visit(arg, &member);
		for (size_t i = 0; i < record->ninputs; i++) {
			struct record *input = record->inputs[i];

			if (input->mark == table->walks)
				continue;
			input->mark = table->walks;
			buf_add(&todo, &input, sizeof(input));
		}
		if (todo.failed)
			ret = no_memory(err);
	}
	buf_release(&todo);
	return ret;
}
