/*
 * flake_private.h - what flake*.c share
 */
#ifndef EVAL_FLAKE_PRIVATE_H
#define EVAL_FLAKE_PRIVATE_H

#include "eval/flake.h"

/* An input as flake.nix writes it. */
struct flake_input {
	const char *name;
	bool has_ref, has_follows;
	bool is_flake;
	struct flake_ref ref;
	struct lock_path follows;
	size_t len; /* inputs.a.inputs: what it says about the input's own */
	struct flake_input *overrides;
};

/* A flake.nix that has been read. */
struct flake_file {
	struct flake_ref original, resolved, locked;
	struct input_tree *tree; /* NULL: a relative path in another's tree */
	struct path *dir;	 /* the folder of flake.nix */
	const char *description;
	size_t len; /* sorted by name */
	struct flake_input *inputs;
	/* inputs.self */
	bool submodules, lfs, has_self;
};

struct flake {
	struct flake_file file;
	struct lock_node *root;
	bool dirty;	/* the lock file in memory is not the one on disk */
	uint32_t first; /* flake.c: the root's number among all nodes */
	bool has_nodes;
};

/* Read the flake.nix in dir. prefix: the input's place, which follows start
 * from. */
int flake_file_read(struct eval *ev, struct path *dir,
		    const struct lock_path *prefix, struct flake_file *file);
/* Open ref's tree and read its flake.nix. */
int flake_file_fetch(struct eval *ev, const struct flake_ref *ref,
		     enum registry_use registries,
		     const struct lock_path *prefix, struct flake_file *file);
/* The same in a tree that is open. */
int flake_file_of_tree(struct eval *ev, struct input_tree *tree,
		       const struct lock_path *prefix, struct flake_file *file);

/* The lock file at path; without inputs if there is none. */
int flake_lock_read(struct eval *ev, struct path *path,
		    struct lock_node **root);
/* Bring flake->file and its lock file together: flake->root. locked_only:
 * inputs that are not in the lock file must name one certain tree. */
int flake_lock(struct eval *ev, struct flake *flake,
	       const struct flake_options *options,
	       enum registry_use registries, bool locked_only);

#endif
