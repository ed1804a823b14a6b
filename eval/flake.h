/*
 * flake.h - evaluating a flake
 *
 * Opening a flake reads its flake.nix, which must be a plain set, and its lock
 * file, and brings the two together as `nix eval` does, in memory: inputs that
 * are new, changed or overridden are resolved, nothing is written. Inputs that
 * the lock file has are not fetched until a value of theirs is asked for.
 *
 * An input that cannot be had is an error only for the values that need it: it
 * names the input and the option that gives it (override-input).
 */
#ifndef EVAL_FLAKE_H
#define EVAL_FLAKE_H

#include "eval/input.h"
#include "eval/lock.h"

struct flake_override {
	const char *input; /* "nixpkgs", "a/nixpkgs" */
	const char *ref;   /* a reference; paths start in the current folder */
};

/* A file of the flake's tree as it shall be: see source_overlay_put(). */
struct flake_change {
	const char *path; /* "/hosts/a.nix" */
	const char *bytes;
	size_t len;
	bool executable;
};

struct flake_options {
	const char *path; /* of the repository or folder */
	const char *rev;  /* NULL: the working tree; else a commit or branch */
	bool as_path;	  /* a plain folder, even if it is a repository */
	const char *dir;  /* where flake.nix is in it; NULL: "" */
	const struct flake_override *overrides;
	size_t noverrides;
	/* Used instead of flake.lock; "/..." on disk, else in the tree. */
	const char *reference_lock;
	/* A folder in the tree ("hosts/a") whose flake.lock is used instead of
	 * the flake's own, if it has one and is no flake itself. */
	const char *lock_folder;
	const struct flake_change *changes;
	size_t nchanges;
};

struct flake;

/* NULL with the error pending. */
struct flake *flake_load(struct eval *ev, const struct flake_options *options);
/* The flake that a reference means. options: overrides and lock file of the
 * command line; NULL: builtins.getFlake, whose rules are stricter. */
struct flake *flake_load_ref(struct eval *ev, const struct flake_ref *ref,
			     const struct flake_options *options);

/* What call-flake gives: outputs // sourceInfo // { inputs, outputs, ... }. */
value flake_result(struct eval *ev, struct flake *flake);
/* The attribute outputs of it alone. */
value flake_outputs(struct eval *ev, struct flake *flake);

/* flake_load() and flake_result(). */
value flake_open(struct eval *ev, const struct flake_options *options);

struct source *flake_source(const struct flake *flake);
const char *flake_description(const struct flake *flake); /* may be NULL */
/* All inputs; node->tree is set where one is open. */
struct lock_node *flake_locks(const struct flake *flake);

/* A position as messages of flakes show it: "file:line:column". */
const char *flake_show_pos(struct eval *ev, pos_t pos);

#endif
