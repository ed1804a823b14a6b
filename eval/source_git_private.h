/*
 * source_git_private.h - what source_git.c and source_workdir.c share
 */
#ifndef EVAL_SOURCE_GIT_PRIVATE_H
#define EVAL_SOURCE_GIT_PRIVATE_H

#include <git2.h>

#include "eval/source_git.h"

struct git_repo {
	struct git_repo *next;
	git_repository *git;
	git_index *index; /* opened when a working tree is asked for */
	const char *path;
	bool dirty, dirty_known;
};

/* The trees without their submodules' files. */
struct source *git_workdir_plain(struct eval *ev, struct git_repo *repo,
				 unsigned flags);
struct source *git_revision_plain(struct eval *ev, struct git_repo *repo,
				  const char *rev, unsigned flags);

/* The value of .gitattributes' export-ignore for path ("/a/b"); commit NULL:
 * as the index has it. */
bool git_is_export_ignored(git_repository *git, const git_oid *commit,
			   const char *path);

/* Fail with "<what> '<name>': <libgit2's message>". */
value git_fail(struct eval *ev, const char *what, const char *name);

#endif
