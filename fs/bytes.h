/*
 * bytes.h - bytes that several threads hold
 *
 * Written by who makes them, never changed afterwards; they go with the last
 * reference.
 */
#ifndef FS_BYTES_H
#define FS_BYTES_H

#include <stddef.h>

struct bytes {
	unsigned refs; /* atomic */
	size_t len;
	char data[]; /* a NUL after them, not counted */
};

/* A copy of what is at data, with one reference; NULL when out of memory. */
struct bytes *bytes_new(const void *data, size_t len);
struct bytes *bytes_get(struct bytes *bytes);
void bytes_put(struct bytes *bytes); /* NULL is nothing */

#endif
