/* toml.c - documents in TOML 1.0: their memory, tables and messages */
#include "eval/toml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/toml_private.h"

#define PIECE 16384

struct toml_piece {
	struct toml_piece *next;
	max_align_t bytes[];
};

void *toml_alloc(struct toml *doc, size_t size)
{
	struct toml_piece *piece;
	size_t room = PIECE;
	char *at;

	if (size > SIZE_MAX / 4)
		return NULL;
	size = (size + 15) & ~(size_t)15;
	if (size > (size_t)(doc->end - doc->next)) {
		if (room < size)
			room = size;
		piece = malloc(sizeof(*piece) + room);
		if (!piece)
			return NULL;
		piece->next = doc->pieces;
		doc->pieces = piece;
		doc->next = (char *)piece->bytes;
		doc->end = doc->next + room;
	}
	at = doc->next;
	doc->next += size;
	return at;
}

void *toml_grow(struct toml *doc, void *array, size_t len, size_t *room,
		size_t size)
{
	size_t more = *room ? 2 * *room : 4;
	void *larger;

	if (len < *room)
		return array;
	larger = toml_alloc(doc, more * size);
	if (!larger)
		return NULL;
	if (len)
		memcpy(larger, array, len * size);
	*room = more;
	return larger;
}

struct toml_table *toml_table_new(struct toml *doc, enum toml_origin origin)
{
	struct toml_table *table = toml_alloc(doc, sizeof(*table));

	if (table)
		*table = (struct toml_table){ .origin = origin };
	return table;
}

static uint32_t hash_name(struct toml_text name)
{
	uint32_t hash = 2166136261; /* FNV-1a */

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.bytes[i]) * 16777619;
	return hash;
}

static bool is_name(const struct toml_entry *entry, struct toml_text name)
{
	return entry->len == name.len &&
	       memcmp(entry->name, name.bytes, name.len) == 0;
}

/* The slot of name, or the empty one where it belongs. */
static uint32_t *slot_of(const struct toml_table *table, struct toml_text name)
{
	for (uint32_t i = hash_name(name);; i++) {
		uint32_t *slot = &table->slots[i & (table->nslots - 1)];

		if (!*slot || is_name(&table->entries[*slot - 1], name))
			return slot;
	}
}

struct toml_entry *toml_find(const struct toml_table *table,
			     struct toml_text name)
{
	uint32_t *slot;

	if (table->slots) {
		slot = slot_of(table, name);
		return *slot ? &table->entries[*slot - 1] : NULL;
	}
	for (size_t i = 0; i < table->len; i++)
		if (is_name(&table->entries[i], name))
			return &table->entries[i];
	return NULL;
}

/* Make slots for twice the entries, once there are too many to search. */
static bool index_entries(struct toml *doc, struct toml_table *table)
{
	size_t nslots = table->nslots ? 2 * table->nslots : 32;

	table->slots = toml_alloc(doc, nslots * sizeof(*table->slots));
	if (!table->slots)
		return false;
	memset(table->slots, 0, nslots * sizeof(*table->slots));
	table->nslots = nslots;
	for (size_t i = 0; i < table->len; i++) {
		struct toml_text name = { table->entries[i].name,
					  table->entries[i].len };

		*slot_of(table, name) = i + 1;
	}
	return true;
}

struct toml_value *toml_insert(struct toml *doc, struct toml_table *table,
			       struct toml_text name)
{
	struct toml_entry *entries, *entry;

	if (table->len >= UINT32_MAX / 4)
		return NULL;
	entries = toml_grow(doc, table->entries, table->len, &table->room,
			    sizeof(*entries));
	if (!entries)
		return NULL;
	table->entries = entries;
	if (table->len >= 8 && 2 * table->len >= table->nslots &&
	    !index_entries(doc, table))
		return NULL;
	if (table->slots)
		*slot_of(table, name) = table->len + 1;
	entry = &entries[table->len++];
	entry->name = name.bytes;
	entry->len = name.len;
	return &entry->value;
}

struct toml_value *toml_append(struct toml *doc, struct toml_array *array)
{
	struct toml_value *elements =
		toml_grow(doc, array->elements, array->len, &array->room,
			  sizeof(*elements));

	if (!elements)
		return NULL;
	array->elements = elements;
	return &elements[array->len++];
}

int toml_no_memory(struct toml_parser *p)
{
	return buf_fail(p->err, "out of memory");
}

int toml_fail(struct toml_parser *p, const char *at, const char *title,
	      const char *what, const char *hints)
{
	const char *line = at, *end;
	char number[24];
	size_t n = 1;
	int width;

	if (!p->err)
		return -1;
	while (line > p->text && line[-1] != '\n')
		line--;
	end = memchr(line, '\n', p->end - line);
	if (!end)
		end = p->end;
	for (const char *c = p->text; c < line; c++)
		n += *c == '\n';
	width = snprintf(number, sizeof(number), "%zu", n);

	buf_fail(p->err, "[error] %s\n", title);
	buf_add_format(p->err, "%*s--> fromTOML\n", width, "");
	buf_add_format(p->err, "%*s |\n", width + 1, "");
	buf_add_format(p->err, " %s | %.*s\n", number, buf_clip(end - line),
		       line);
	buf_add_format(p->err, "%*s | %*s^-- %s\n", width + 1, "",
		       buf_clip(at - line), "", what);
	if (hints)
		buf_add_text(p->err, hints);
	return -1;
}

const struct toml_table *toml_root(const struct toml *toml)
{
	return toml->root;
}

void toml_free(struct toml *toml)
{
	if (!toml)
		return;
	while (toml->pieces) {
		struct toml_piece *piece = toml->pieces;

		toml->pieces = piece->next;
		free(piece);
	}
	free(toml);
}
