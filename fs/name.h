/*
 * name.h - attribute names as file names, and back
 *
 * What a file name can't hold is written %XX (upper-case hexadecimal), and so
 * is % itself:
 *
 *     bytes 0x00 to 0x1f, 0x7f, '/', '%'   %XX each
 *     .                                    %2E
 *     ..                                   %2E.
 *     the empty name                       %
 *     .x.json and its like (see below)     %2Ex.json
 *     longer than 255 bytes by then        its first 221 bytes, %~ and the
 *                                          first 32 hexadecimal digits of its
 *                                          SHA-256
 *
 * No two names have the same file name, and each has only one.
 *
 * Beside a node with the file name N are its companions .N.json, .N.nix,
 * .N.type, .N.attrpath, .N.where and .N.error; .json, .nix, ... belong to the
 * directory that they are looked up in.
 */
#ifndef FS_NAME_H
#define FS_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "eval/buf.h"
#include "eval/wire.h"

#define NAME_SIZE 256 /* of the longest file name, with its NUL */

/* Write the file name of a raw name to out. Returns its length. */
size_t name_encode(const char *raw, size_t len, char out[NAME_SIZE]);

enum name_form {
	NAME_NONE,  /* no name is written so */
	NAME_PLAIN, /* raw has the name */
	NAME_LONG,  /* shortened: only comparing with a listing tells */
};

/* What name the file name stands for; it is put into raw if NAME_PLAIN. */
enum name_form name_decode(const char *name, size_t len, struct buf *raw);

/*
 * Is this the file name of a companion? Then *base is the part N of it, of
 * length 0 for the directory's own, and *format what it shows.
 */
bool name_companion(const char *name, size_t len, const char **base,
		    size_t *base_len, enum wire_format *format);

/* "json" for WIRE_JSON, ...; NULL for WIRE_TEXT. */
const char *name_format(enum wire_format format);

#endif
