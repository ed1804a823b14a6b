/* toml_private.h - what toml.c, toml_scan.c and toml_parse.c share */
#ifndef EVAL_TOML_PRIVATE_H
#define EVAL_TOML_PRIVATE_H

#include "eval/toml.h"

struct toml {
	struct toml_table *root;
	struct toml_piece *pieces; /* all memory, newest piece first */
	char *next, *end;	   /* the unused part of the newest */
};

struct toml_text {
	const char *bytes;
	size_t len;
};

/* A key a.b.c: its parts, in the order they are written. */
struct toml_key {
	struct toml_text *parts;
	size_t len, room;
	const char *at; /* where it begins in the document */
};

struct toml_parser {
	struct toml *doc;
	/* A copy, with NULs behind: no scanner needs to look for the end. */
	const char *text, *at, *end;
	unsigned int depth; /* of the table or value being read */
	struct buf scratch; /* the string being read */
	struct buf *err;
};

/*
 * Memory of the document; NULL when there is no more. toml_grow() returns
 * array, or a larger copy, with room for one element more.
 */
void *toml_alloc(struct toml *doc, size_t size);
void *toml_grow(struct toml *doc, void *array, size_t len, size_t *room,
		size_t size);
struct toml_table *toml_table_new(struct toml *doc, enum toml_origin origin);
struct toml_entry *toml_find(const struct toml_table *table,
			     struct toml_text name);
/* The new entry's value; NULL without memory. name must not be there yet. */
struct toml_value *toml_insert(struct toml *doc, struct toml_table *table,
			       struct toml_text name);
struct toml_value *toml_append(struct toml *doc, struct toml_array *array);

/*
 * Fail with a message of toml11's form, which shows the line of the place at
 * and below it says what, and below that hints, each with its newline (or
 * NULL). Return -1, as toml_no_memory() does.
 */
int toml_fail(struct toml_parser *p, const char *at, const char *title,
	      const char *what, const char *hints);
int toml_no_memory(struct toml_parser *p);

/*
 * What a value that begins at at is, by its looks, where it is no string, array
 * or table: its kind and its end. -1 if it is none, with the message.
 */
int toml_scan_value(struct toml_parser *p, enum toml_kind *kind,
		    const char **end);

/* Read what toml_scan_value() found. */
int toml_read_value(struct toml_parser *p, enum toml_kind kind, const char *end,
		    struct toml_value *out);

/* A string in any of the four forms; a key may only be of the first two. */
int toml_read_string(struct toml_parser *p, bool multiline,
		     struct toml_text *out);

/* The length of a well-formed character of several bytes, 0 if it is none. */
int toml_utf8(const char *text);

/* The length of the newline at at, 0 if there is none. */
static inline int toml_newline(const char *at)
{
	if (at[0] == '\n')
		return 1;
	return at[0] == '\r' && at[1] == '\n' ? 2 : 0;
}

static inline bool toml_digit(char c)
{
	return c >= '0' && c <= '9';
}

#endif
