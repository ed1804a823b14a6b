/*
 * toml.h - documents in TOML 1.0, as Nix reads them
 *
 * What is accepted, and what the message says where something is not, follows
 * toml11 4.4, the library that Nix 2.34 uses. Only the first error is reported.
 */
#ifndef EVAL_TOML_H
#define EVAL_TOML_H

#include <stdint.h>

#include "eval/buf.h"

/* Values and tables are nested no deeper than this. */
#define TOML_DEPTH_MAX 2000

enum toml_kind {
	TOML_BOOL,
	TOML_INT,
	TOML_FLOAT,
	TOML_STRING,
	TOML_TIME, /* a date, a time or both: as text in RFC 3339's form */
	TOML_ARRAY,
	TOML_TABLE,
};

struct toml_value {
	enum toml_kind kind;
	union {
		bool boolean;
		int64_t integer;
		double number;
		struct {
			const char *bytes; /* may hold NULs; one behind it */
			size_t len;
		} text; /* TOML_STRING, TOML_TIME */
		struct toml_array *array;
		struct toml_table *table;
	} as;
};

struct toml_array {
	struct toml_value *elements;
	size_t len, room;
	bool of_tables; /* was written as [[name]] */
};

struct toml_entry {
	const char *name; /* may hold NULs; one behind it */
	size_t len;
	struct toml_value value;
};

/* What decides whether a table may be added to later on. */
enum toml_origin {
	TOML_HEADER, /* [name] */
	TOML_PARENT, /* a of [a.b] */
	TOML_DOTTED, /* a of a.b = 1 */
	TOML_INLINE, /* { } */
};

struct toml_table {
	struct toml_entry *entries; /* in the order of the document */
	size_t len, room;
	uint32_t *slots; /* entry + 1 by hash of its name; NULL while small */
	size_t nslots;
	enum toml_origin origin;
};

/* A document; all that belongs to it goes with it. */
struct toml;

/* NULL with the message in err. */
struct toml *toml_parse(const char *text, size_t len, struct buf *err);
void toml_free(struct toml *toml);

const struct toml_table *toml_root(const struct toml *toml);

#endif
