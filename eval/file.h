/*
 * file.h - the texts that were parsed, and positions in them
 *
 * Every parsed text has a range of position numbers (value.h, pos_t) to itself:
 * base + the byte's offset. Lines and columns are counted only when asked for.
 */
#ifndef EVAL_FILE_H
#define EVAL_FILE_H

#include "eval/value.h"

struct file_table;

struct file {
	pos_t base;
	size_t len;
	const char *text;  /* kept as long as the process lives */
	struct path *path; /* NULL for -E and stdin */
	const char *name;  /* for messages: the path's text, "«string»" */
	struct expr *expr; /* parsed, NULL if it does not parse */
	bool scoped;	   /* there was a scope */
};

struct position {
	const struct file *file;
	uint32_t line, column; /* from 1; a column is a byte */
};

/*
 * Parse text (which must stay) as a whole file. base: folder of relative
 * paths. scope: names that are the slots, in this order, of an environment
 * around the file, and come before globals (scopedImport); NULL: none. NULL
 * with the error pending.
 */
struct file *file_parse(struct eval *ev, const char *text, size_t len,
			struct path *path, struct path *base, const char *name,
			const struct shape *scope);
/* The texts that were parsed, in order. */
size_t file_count(const struct eval *ev);
const struct file *file_at(const struct eval *ev, size_t i);

/* What pos means. Returns false for 0 or an unknown number. */
bool file_position(struct eval *ev, pos_t pos, struct position *out);

#endif
