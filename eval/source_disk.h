/*
 * source_disk.h - reading the machine's file system, for the kinds of sources
 *
 * The functions of struct source_ops (source_private.h) on a file's own path.
 */
#ifndef EVAL_SOURCE_DISK_H
#define EVAL_SOURCE_DISK_H

#include <limits.h>

#include "eval/source.h"

int disk_stat(const char *file, struct source_stat *out);
int disk_read(const char *file, uint64_t size,
	      void *(*room)(void *arg, size_t size), void *arg, size_t *len);
int disk_list(const char *folder,
	      int (*add)(void *arg, const char *name, size_t len,
			 enum source_type type),
	      void *arg);
int disk_readlink(const char *file, char *buffer, size_t room);

/* folder + path; -ENAMETOOLONG if that is too long. */
int disk_path(char file[PATH_MAX], const char *folder, const char *path);

#endif
