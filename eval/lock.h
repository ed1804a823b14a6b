/*
 * lock.h - lock files of flakes, versions 5 to 7
 *
 *     { "version": 7, "root": "root", "nodes": {
 *         "root":    { "inputs": { "a": "a", "n": ["a", "nixpkgs"] } },
 *         "a":       { "inputs": { "nixpkgs": "nixpkgs" },
 *                      "locked": { ... }, "original": { ... },
 *                      "flake": false, "parent": [] },
 *         "nixpkgs": { ... } } }
 *
 * An input is a node's name, or (follows) a path of inputs from the root.
 * locked and original are references in the form of attributes (flakeref.h);
 * version 5 has a part of locked in "info". flake is true where it is missing.
 * parent is the input whose tree a relative path starts in.
 *
 * Everything belongs to ev's arena.
 */
#ifndef EVAL_LOCK_H
#define EVAL_LOCK_H

#include "eval/flakeref.h"

/* Names of inputs, from the root on; none for the root itself. */
struct lock_path {
	size_t len;
	const char **names;
};

struct lock_node;

struct lock_edge {
	const char *name;
	struct lock_node *node; /* NULL: follows */
	struct lock_path follows;
};

struct lock_node {
	struct flake_ref locked, original; /* no attributes: the root */
	bool is_flake;
	bool has_parent;
	struct lock_path parent;
	size_t len, room;
	struct lock_edge *inputs; /* by name */
	/* flake_lock.c: fetched already, and the folder of its flake.nix; of
	 * a relative path only dir is known. */
	struct input_tree *tree;
	struct path *dir;
	const char *failure; /* flake_lock.c: why it cannot be fetched */
	enum { LOCK_UNSEEN, LOCK_SEEN } mark;
	const char *key; /* the name that lock_print() gave it */
	uint32_t id;	 /* flake.c: its number, if has_id */
	bool has_id;
};

/* name: for messages. NULL with the error pending. */
struct lock_node *lock_parse(struct eval *ev, const char *bytes, size_t len,
			     const char *name);
/* A root without inputs. */
struct lock_node *lock_new(struct eval *ev);

struct lock_edge *lock_edge(const struct lock_node *node, const char *name);
/* Add an input; one of the same name is replaced. -1 if memory ran out. */
int lock_add(struct eval *ev, struct lock_node *node, struct lock_edge edge);

/* The node at path, through follows; NULL if there is none, or with the error
 * pending if they go round in circles. */
struct lock_node *lock_find(struct eval *ev, struct lock_node *root,
			    const struct lock_path *path);
/* Every follows must lead somewhere. */
int lock_check(struct eval *ev, struct lock_node *root);

/* The text of a lock file of version 7, as Nix writes it. NULL with the error
 * pending. */
const char *lock_print(struct eval *ev, struct lock_node *root);

/* "a/b"; and back. NULL with the error pending. */
const char *lock_path_print(struct eval *ev, const struct lock_path *path);
int lock_path_parse(struct eval *ev, const char *text, struct lock_path *path);
/* a with name after it, or with the names of b. */
int lock_path_join(struct eval *ev, const struct lock_path *a,
		   const struct lock_path *b, struct lock_path *out);
int lock_path_push(struct eval *ev, const struct lock_path *a, const char *name,
		   struct lock_path *out);
bool lock_path_equal(const struct lock_path *a, const struct lock_path *b);

#endif
