/*
 * input.h - the trees of files that references mean
 *
 * A reference (flakeref.h) is looked up, in this order: among the trees that
 * are open; by its narHash in /nix/store; by its narHash in our own cache
 * ($XDG_CACHE_HOME/flakefs/sources/<hash>-source); where it says, on disk or
 * over the network (fetch.h). A tree is opened once; nothing is copied, and
 * it is hashed only if its hash is asked for.
 */
#ifndef EVAL_INPUT_H
#define EVAL_INPUT_H

#include "eval/flakeref.h"
#include "eval/registry.h"
#include "eval/source.h"

struct git_repo;

struct input_tree {
	struct input_tree *next;
	uint32_t id;
	struct flake_ref original; /* what was asked for */
	struct flake_ref locked;   /* what it turned out to be */
	struct source *source;
	/* Dear to find out, so not in locked before they are asked for. */
	struct git_repo *repo; /* revCount of rev */
	const char *rev;
	const char *folder; /* lastModified: the newest file's time */
	value info[4];	    /* input_info() */
};

/* Open the tree of a direct reference. NULL with the error pending:
 * ERROR_FETCH if it can be had from nowhere. */
struct input_tree *input_open(struct eval *ev, const struct flake_ref *ref);

/* A tree that the caller has opened himself. locked may lack what is dear. */
struct input_tree *input_new(struct eval *ev, const struct flake_ref *original,
			     const struct flake_ref *locked,
			     struct source *source);

/* The working tree, or the revision (rev in hex or a branch), of the
 * repository at folder, with ref for a reference. */
struct input_tree *input_of_repository(struct eval *ev,
				       const struct flake_ref *ref,
				       const char *folder);

enum input_info_flags {
	INPUT_DIRTY = 1,     /* say nothing of revisions */
	INPUT_EMPTY_REV = 2, /* a dirty tree has the rev 000... (fetchGit) */
};

/* outPath, narHash, rev, lastModified, ...: a set. */
value input_info(struct eval *ev, struct input_tree *tree, unsigned flags);

/* The context and the text of the tree's outPath. */
value input_out_path(struct eval *ev, const struct input_tree *tree);

struct builtin;

/* A thunk that calls a builtin of ours. 0 when memory ran out. */
value input_lazy(struct eval *ev, const struct builtin *builtin, size_t argc,
		 const value *args);

#endif
