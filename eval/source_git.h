/*
 * source_git.h - trees of files in git repositories, as Nix sees them
 *
 * A working tree's source has the files that the index lists and the working
 * tree has, with the working tree's bytes. A revision's source is read from
 * the object database, without a check-out; bare repositories will do.
 */
#ifndef EVAL_SOURCE_GIT_H
#define EVAL_SOURCE_GIT_H

#include "eval/source.h"

#define GIT_REV_LEN 40
#define GIT_REV_NONE "0000000000000000000000000000000000000000"

struct git_index;
struct git_repository;

/* An open repository; there is one for each path, and it stays open. */
struct git_repo;

/* path: its folder (of the working tree or the bare repository). NULL with the
 * error pending. */
struct git_repo *git_repo_open(struct eval *ev, const char *path);
/* Is there any repository? Only after git_repo_open(). */
bool git_repo_is_there(const char *path);
bool git_repo_is_bare(const struct git_repo *repo);
bool git_repo_is_shallow(const struct git_repo *repo);

/* HEAD's commit in hex; "" if there is none yet. -1 with the error pending. */
int git_repo_head(struct eval *ev, struct git_repo *repo,
		  char rev[GIT_REV_LEN + 1]);
/* The full name of the branch that HEAD names, NULL if none. */
const char *git_repo_head_ref(struct eval *ev, struct git_repo *repo);
/* The commit that a branch, tag, or revision names. */
int git_repo_resolve(struct eval *ev, struct git_repo *repo, const char *name,
		     char rev[GIT_REV_LEN + 1]);
/* Does the index or a tracked file differ from HEAD? 1, 0 or -1. */
int git_repo_is_dirty(struct eval *ev, struct git_repo *repo);
/* The same without an evaluation, and without a message. */
int git_tree_is_dirty(struct git_repository *git, struct git_index *index);
/* Seconds since 1970 of a commit, -1 with the error pending. */
int64_t git_repo_time(struct eval *ev, struct git_repo *repo, const char *rev);
/* How many commits rev and its ancestors are; -1 with the error pending. */
int64_t git_repo_count(struct eval *ev, struct git_repo *repo, const char *rev);

enum git_tree_flags {
	GIT_TREE_EXPORT_IGNORE = 1, /* without files so marked */
	GIT_TREE_SUBMODULES = 2,    /* with the files of submodules */
	GIT_TREE_LFS = 4,	    /* large files rather than their pointers */
};

/* The working tree. NULL with the error pending. */
struct source *source_git_workdir(struct eval *ev, struct git_repo *repo,
				  unsigned flags);
bool source_is_workdir(const struct source *source);
/* The tree of a commit. */
struct source *source_git_revision(struct eval *ev, struct git_repo *repo,
				   const char *rev, unsigned flags);
/* 1 if a submodule (of a submodule, ...) in the working tree is dirty, 0 or
 * -1. */
int git_repo_submodules_dirty(struct eval *ev, struct git_repo *repo);

#endif
