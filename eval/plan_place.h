/*
 * plan_place.h - where the edit that gives an option a value goes
 *
 * The tree's contract ("Writing"): to the definition in a file that this host
 * alone reads; else beside its relatives in the host's own file, with
 * lib.mkForce only where another file defines it otherwise. A list that other
 * definitions have a part of gets the rest alone, if that gives the whole.
 */
#ifndef EVAL_PLAN_PLACE_H
#define EVAL_PLAN_PLACE_H

#include "eval/host.h"
#include "eval/option.h"

struct plan_place {
	bool force;	 /* in: say it alone, do not add to a list */
	char *file;	 /* in the repository; owned */
	bool inside;	 /* in a module written out in it, of this host's */
	unsigned flags;	 /* for edit_set() */
	struct buf list; /* what is to be written instead; empty: the value */
	bool additive;	 /* the list is a part of the value */
};

/* Find it for the option at path, which is to be wanted. 0; -ENOENT: there is
 * no file that a definition could go to; or another -errno, the error pending
 * where it is -EIO. Release the place in any case. */
int plan_place_find(struct host *host, const struct option_place *option,
		    const struct wire_text *path, size_t len, value wanted,
		    struct plan_place *place);
void plan_place_release(struct plan_place *place);

#endif
