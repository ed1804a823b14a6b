/*
 * builtin_doc.c - the manual of the builtins, printed from their tables
 */
#include <stdlib.h>
#include <string.h>

#include "eval/builtin.h"

static int by_name(const void *a, const void *b)
{
	const struct builtin *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void print_row(const struct builtin *row, FILE *out)
{
	fprintf(out, "%s\n", row->doc ? row->doc : row->name);
	if (row->flags & BUILTIN_GLOBAL)
		fputs("    Also without `builtins.`.\n", out);
	if (row->flags & BUILTIN_IMPURE)
		fputs("    Not in pure evaluation.\n", out);
	if (row->flags & BUILTIN_FLAKES)
		fputs("    Only with the experimental feature `flakes`.\n",
		      out);
}

int builtin_doc(FILE *out)
{
	const struct builtin **rows;
	size_t len = 0, n = 0;

	for (size_t i = 0; builtin_tables[i]; i++)
		for (const struct builtin *row = builtin_tables[i]; row->name;
		     row++)
			len += !(row->flags & BUILTIN_HIDDEN);
	rows = malloc((len + 1) * sizeof(*rows));
	if (!rows)
		return -1;
	for (size_t i = 0; builtin_tables[i]; i++)
		for (const struct builtin *row = builtin_tables[i]; row->name;
		     row++)
			if (!(row->flags & BUILTIN_HIDDEN))
				rows[n++] = row;
	qsort(rows, len, sizeof(*rows), by_name);
	for (size_t i = 0; i < len; i++)
		print_row(rows[i], out);
	free(rows);
	return ferror(out) ? -1 : 0;
}
