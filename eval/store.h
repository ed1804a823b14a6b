/*
 * store.h - store paths of what evaluation copies to the store
 *
 * Nothing is written: the path's NAR is hashed and the store path computed, as
 * Nix does in read-only mode. A path is hashed once. What was "copied" can
 * still be read under its store path, as it could if it were there.
 */
#ifndef EVAL_STORE_H
#define EVAL_STORE_H

#include "eval/value.h"

#define STORE_DIR "/nix/store"

struct buf;
struct drv_table;

/*
 * The store path ("/nix/store/<hash>-<name>", with its context) that the file
 * or folder at path has when it is copied: what "${./x}" gives. name NULL: the
 * path's last component. A source's root is copied too, under the name of its
 * own store path: "/nix/store/<hash>-<hash>-source". filter: 0, or the
 * function of filterSource and builtins.path. recursive: NAR hash (else flat).
 * Symbolic links are followed, but for path's last step.
 */
value store_add_path(struct eval *ev, pos_t pos, struct path *path,
		     const char *name, bool recursive, value filter);

/* The name that a copy of path has if it is given none. NULL with the error
 * pending. */
const char *store_name(struct eval *ev, const struct path *path);

/* The store path of a text file (builtins.toFile); references is the context
 * (CONTEXT_PATH elements only). */
value store_add_text(struct eval *ev, const char *name, const char *bytes,
		     size_t len, const struct context *references);

/*
 * What a string's context needs before its text may be read as a file: paths
 * must exist in the store, derivation outputs must be built. 0, or -1 with
 * ERROR_BUILD_NEEDED pending, naming the derivation. Call it before the text
 * is made a path (source_path).
 */
int store_realise(struct eval *ev, pos_t pos, const struct context *context);

/* What a text file in the store refers to, if path is one that was added with
 * references; else NULL. */
const struct context *store_references(struct eval *ev,
				       const struct path *path);

/* The derivations made so far. NULL with the error pending. */
struct drv_table *store_derivations(struct eval *ev);

/* The derivation at path was made from the attributes in set, and depends on
 * what references says. */
int store_add_derivation(struct eval *ev, symbol path, struct attrs *set,
			 const struct context *references);

/* The .drv text of a derivation made here or found in the store, added to
 * text; -1 with a message in err. */
int store_read_derivation(struct eval *ev, const char *path, struct buf *text,
			  struct buf *err);

#endif
