/*
 * json.h - JSON as Nix writes and reads it
 *
 * Written without white space, names in the order of their bytes, floats as
 * short as they can be and still be read back ("1.0", "1e+20").
 */
#ifndef EVAL_JSON_H
#define EVAL_JSON_H

#include "eval/buf.h"
#include "eval/value.h"

enum json_flags {
	JSON_STRICT = 1,     /* force thunks; else they are an error */
	JSON_COPY_PATHS = 2, /* a path becomes its store path */
	JSON_PLAIN_SETS = 4, /* sets are objects, even those with outPath */
};

/*
 * Add the value in slot to out. What its strings depend on is united with
 * *context, unless context is NULL. Returns 0, or -1 with the error pending;
 * if that is a string that is not UTF-8, what comes before it is in out.
 */
int json_write(struct eval *ev, value *slot, pos_t pos, unsigned flags,
	       struct buf *out, const struct context **context);

/* Add bytes as a JSON string, quotes and all. -1 with the error pending if
 * they are not UTF-8. */
int json_write_string(struct eval *ev, pos_t pos, const char *bytes, size_t len,
		      struct buf *out);

/* Add a number as Nix writes floats in JSON. */
void json_write_float(struct buf *out, double number);

/* The value of a JSON text; 0 with the error pending. */
value json_parse(struct eval *ev, pos_t pos, const char *bytes, size_t len);

#endif
