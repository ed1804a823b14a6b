/*
 * index.h - the names in git's index
 *
 * libgit2 makes an object of each entry and hashes the whole file: 40 ms for
 * 50,000 files, which the first value after mounting waits for. Here nothing
 * but the names is read.
 */
#ifndef CACHE_INDEX_H
#define CACHE_INDEX_H

#include <stddef.h>

#include "eval/buf.h"

/*
 * Add the names of files, each with a NUL, to out and their number to count;
 * submodules are left out. Returns 0 or -errno: -ENOTSUP for an index that is
 * in parts, or of a kind not known here.
 */
int index_names(const char *path, struct buf *out, size_t *count);

#endif
