/*
 * drv_table.h - the derivations that are known, and the paths that follow
 *
 * An output's path is a hash of the derivation "modulo" what does not change
 * the result: its own output paths are left empty, and each input derivation
 * is replaced by that one's own modulo hash (for a fixed output: a hash of the
 * output's hash and path, so that how it is fetched does not count). The table
 * remembers the modulo hash by .drv path, so a closure costs one hash or two
 * for each derivation in it.
 *
 * Nothing is written to the store. A derivation that was not made here is read
 * by the load function the table was made with.
 *
 * Functions that can fail return 0, or -1 with Nix's message in err.
 */
#ifndef EVAL_DRV_TABLE_H
#define EVAL_DRV_TABLE_H

#include "eval/drv.h"

struct drv_table;

struct drv_table_ops {
	/* Add the text of the .drv file at path to text. NULL: none is. */
	int (*load)(void *ctx, const char *path, size_t len, struct buf *text,
		    struct buf *err);
	/* Told of each derivation as it is made. May be NULL. */
	void (*made)(void *ctx, const struct storepath *path,
		     const struct buf *text);
	void *ctx;
};

/* NULL when memory ran out. ops is copied. */
struct drv_table *drv_table_new(const struct drv_table_ops *ops);
void drv_table_free(struct drv_table *table);

/*
 * Complete a derivation that has outputs, inputs, sources, arguments and
 * environment: sort it, compute its outputs' paths, put them into its
 * environment, compute its own path and remember it. The environment then
 * points into drv->outputs.
 */
int drv_table_add(struct drv_table *table, struct drv *drv,
		  struct storepath *path, struct buf *err);

/* One path of a closure; outputs is for derivations. */
struct drv_member {
	struct storepath_text path;
	bool is_drv;
	const char *outputs; /* their names, sorted, each with a NUL behind */
	size_t noutputs;
};

/*
 * Visit the derivation at path and all that it is made from: derivations and
 * their sources, each once, in no order. visit() returns 0, or -1 to stop.
 */
int drv_table_closure(struct drv_table *table, const char *path, size_t len,
		      int (*visit)(void *arg, const struct drv_member *member),
		      void *arg, struct buf *err);

#endif
