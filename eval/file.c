#include "eval/file.h"

#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/parse.h"

struct entry {
	struct file *file;
	uint32_t *lines; /* offsets where lines begin; NULL: not counted yet */
	uint32_t lines_len;
};

/* Entries ascend by base. */
struct file_table {
	struct entry *entries;
	size_t len, room;
	pos_t next_base;
};

static struct entry *new_entry(struct eval *ev)
{
	struct file_table *table = ev->files;

	if (!table) {
		table = calloc(1, sizeof(*table));
		if (!table)
			return NULL;
		table->next_base = 1;
		ev->files = table;
	}
	if (table->len == table->room) {
		size_t room = table->room ? table->room * 2 : 64;
		struct entry *entries =
			realloc(table->entries, room * sizeof(*entries));

		if (!entries)
			return NULL;
		table->entries = entries;
		table->room = room;
	}
	table->entries[table->len] = (struct entry){ 0 };
	return &table->entries[table->len];
}

struct file *file_parse(struct eval *ev, const char *text, size_t len,
			struct path *path, struct path *base, const char *name,
			const struct shape *scope)
{
	struct entry *entry = new_entry(ev);
	struct file *file = arena_alloc(ev->arena, sizeof(*file));
	struct parse_input in;

	if (!entry || !file) {
		eval_fail_memory(ev);
		return NULL;
	}
	*file = (struct file){
		.base = ev->files->next_base,
		.len = len,
		.text = text,
		.path = path,
		.name = name,
		.scoped = scope != NULL,
	};
	/* The byte after the last has a position too: the end of the file. */
	if (len >= UINT32_MAX - file->base) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "file '%s' is too large: all texts together must be "
			  "smaller than 4 GB",
			  name);
		return NULL;
	}
	entry->file = file;
	ev->files->len++;
	ev->files->next_base += len + 1;

	in = (struct parse_input){
		.text = text,
		.len = len,
		.base = file->base,
		.base_path = base,
		.arena = ev->arena,
		.scope = scope,
	};
	file->expr = parse_text(ev, &in);
	return file->expr ? file : NULL;
}

size_t file_count(const struct eval *ev)
{
	return ev->files ? ev->files->len : 0;
}

const struct file *file_at(const struct eval *ev, size_t i)
{
	return ev->files->entries[i].file;
}

/* As in Nix, a line ends with LF, CR LF or CR. */
static int count_lines(struct entry *entry)
{
	const char *text = entry->file->text;
	size_t len = entry->file->len, room = 64;
	uint32_t *lines = malloc(room * sizeof(*lines)), count = 0;

	if (!lines)
		return -1;
	lines[count++] = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n' && text[i] != '\r')
			continue;
		if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
			i++;
		if (count == room) {
			uint32_t *more =
				realloc(lines, room * 2 * sizeof(*lines));

			if (!more) {
				free(lines);
				return -1;
			}
			lines = more;
			room *= 2;
		}
		lines[count++] = i + 1;
	}
	entry->lines = lines;
	entry->lines_len = count;
	return 0;
}

/* The last of the entries whose base is not after pos; NULL if none is. */
static struct entry *find_entry(struct file_table *table, pos_t pos)
{
	size_t low = 0, high = table->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->entries[middle].file->base <= pos)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &table->entries[low - 1] : NULL;
}

bool file_position(struct eval *ev, pos_t pos, struct position *out)
{
	struct entry *entry;
	uint32_t offset, low = 0, high;

	entry = pos && ev->files ? find_entry(ev->files, pos) : NULL;
	if (!entry || pos - entry->file->base > entry->file->len)
		return false;
	if (!entry->lines && count_lines(entry) < 0)
		return false;

	offset = pos - entry->file->base;
	high = entry->lines_len;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (entry->lines[middle] <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	*out = (struct position){
		.file = entry->file,
		.line = low,
		.column = offset - entry->lines[low - 1] + 1,
	};
	return true;
}
