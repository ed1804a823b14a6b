/*
 * import.h - files as Nix imports them
 */
#ifndef EVAL_IMPORT_H
#define EVAL_IMPORT_H

#include "eval/value.h"

struct file;
struct shape;

/* The file that importing path reads: links in the last step followed, a
 * folder's default.nix. NULL with the error pending. */
struct path *import_resolve(struct eval *ev, struct path *path);

/* Parse text as the file at path; scope as for file_parse(). NULL with the
 * error pending. */
struct file *import_text(struct eval *ev, struct path *path, const char *text,
			 size_t len, const struct shape *scope);

/* Parse the file at a resolved path; scope as for file_parse(). NULL with the
 * error pending. */
struct file *import_parse(struct eval *ev, struct path *path,
			  const struct shape *scope);

#endif
