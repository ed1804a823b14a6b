/*
 * flake_dirs.h - the folders of a repository that have a flake.nix
 */
#ifndef EVAL_FLAKE_DIRS_H
#define EVAL_FLAKE_DIRS_H

#include "eval/buf.h"

/*
 * Call add for each folder below dir ("" or "a/b") of the git repository top
 * that has a flake.nix which git tracks; folders relative to dir, "" for dir
 * itself. rev: in that revision; NULL: by the index. Returns 0, what add
 * returned if not 0, or -EIO.
 */
int flake_dirs_git(const char *top, const char *rev, const char *dir,
		   int (*add)(void *arg, const char *dir, size_t len),
		   void *arg);

/* The same of a plain folder, a few levels deep; hidden folders and links are
 * left out. */
int flake_dirs_folder(const char *folder,
		      int (*add)(void *arg, const char *dir, size_t len),
		      void *arg);

#endif
