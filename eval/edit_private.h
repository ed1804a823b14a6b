/*
 * edit_private.h - what edit.c, edit_insert.c and edit_list.c share
 */
#ifndef EVAL_EDIT_PRIVATE_H
#define EVAL_EDIT_PRIVATE_H

#include "eval/buf.h"
#include "eval/edit.h"
#include "eval/outline.h"

/* Bytes to take out of a text at an offset, and what to put there instead. */
struct splice {
	uint32_t at, remove;
	struct buf bytes;
	size_t mark; /* of bytes: where what was asked for begins */
};

/* Changes of one text; they do not overlap. */
struct splices {
	struct splice *items;
	size_t len, room;
	size_t main; /* the one whose mark is the edit's place */
	bool failed; /* no memory */
};

/* A new splice, to have its bytes added; NULL (and failed) without memory. */
struct splice *splice_add(struct splices *all, uint32_t at, uint32_t remove);

/* Add the bytes that a splice puts in the place of others, with a blank where
 * they would else run into what stands there. */
void edit_add_apart(const struct outline *o, struct splice *splice,
		    const char *bytes, size_t len);

/* A place for a new binding: a set and how many of the names lead there. */
struct edit_place {
	const struct outline_set *set;
	uint32_t consumed;
};

/* How a value is spelled as an argument: (-1). */
void edit_add_argument(struct buf *out, const char *wanted);

/* "lib.", "pkgs.lib." or the like, after which mkForce is found in a module;
 * what is needed for that is added to the changes. */
void edit_reach_lib(const struct outline *o, const struct outline_module *m,
		    struct splices *all, struct buf *out);

/* The binding of names (len of them, without the consumed ones) to wanted,
 * added to the set in the style of what is there. */
void edit_insert(const struct outline *o, const struct edit_place *place,
		 const struct outline_name *names, uint32_t len,
		 const char *wanted, struct splices *all);

/* Make the list literal at start to end be wanted, keeping the elements that
 * are in both as they are. False if it can't: wanted is not a list. */
bool edit_list(struct outline *o, uint32_t start, uint32_t end,
	       const char *wanted, struct splices *all);

/* How many of the first names of b and names are the same. */
uint32_t edit_common(const struct outline_binding *b,
		     const struct outline_name *names, uint32_t len);

/* Bytes of white space from offset on that do not end the line. */
size_t edit_blanks(const struct outline *o, uint32_t offset);
/* Where the line of offset begins. */
uint32_t edit_line_start(const struct outline *o, uint32_t offset);
/* Nothing but blanks stands before offset in its line. */
bool edit_begins_line(const struct outline *o, uint32_t offset);
/* Behind the end of the line, if only blanks and a comment come before that;
 * else 0. *comment: there is one. */
uint32_t edit_rest_of_line(const struct outline *o, uint32_t offset,
			   bool *comment);
/* "\n" or "\r\n", as the text has it. */
const char *edit_newline(const struct outline *o);

#endif
