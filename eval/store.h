/*
 * store.h - store paths of what evaluation copies to the store
 *
 * Nothing is written: the path's NAR is hashed and the store path computed, as
 * Nix does in read-only mode. A path is hashed once.
 */
#ifndef EVAL_STORE_H
#define EVAL_STORE_H

#include "eval/value.h"

#define STORE_DIR "/nix/store"

/*
 * The store path ("/nix/store/<hash>-<name>", with its context) that the file
 * or folder at path has when it is copied: what "${./x}" gives. name NULL: the
 * path's last component. The root of a source is its own store path, nothing
 * is copied. filter: 0, or the function of filterSource and builtins.path.
 * recursive: NAR hash (else flat).
 */
value store_add_path(struct eval *ev, pos_t pos, struct path *path,
		     const char *name, bool recursive, value filter);

/* The store path of a text file (builtins.toFile, .drv); references is the
 * context (CONTEXT_PATH elements only). */
value store_add_text(struct eval *ev, const char *name, const char *bytes,
		     size_t len, const struct context *references);

/*
 * What a string's context needs before its text may be read as a file: paths
 * must exist in the store, derivation outputs must be built. 0, or -1 with
 * ERROR_BUILD_NEEDED pending, naming the derivation.
 */
int store_realise(struct eval *ev, pos_t pos, const struct context *context);

#endif
