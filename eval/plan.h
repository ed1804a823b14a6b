/*
 * plan.h - which edit of the repository gives an option a value
 *
 * The tree's contract ("Writing"): the definition in a file that this host
 * alone reads is edited; else one is added in the host's own file, with
 * lib.mkForce only where a shared file defines the option otherwise. A plan
 * changes nothing. It is checked by evaluating the repository with the changed
 * file in place of the real one (plan_check(), in a worker of its own).
 */
#ifndef EVAL_PLAN_H
#define EVAL_PLAN_H

#include "eval/host.h"

/* A planned edit; its texts are owned by the buffers. */
struct plan {
	struct buf attrpath, old, value;
	bool changes;  /* false: the option has that value already */
	bool additive; /* it adds to what other definitions say: should it not
			  turn out to give the value, forcing it will */
	struct buf file, before, after;
	uint32_t line;
};

void plan_release(struct plan *plan);

/*
 * Plan that the option at path (below options/ or toggles/) gets the value
 * that text says, in the form that reading it has; force: whatever other
 * definitions say. 0, or -errno with the message in err: -EINVAL the type
 * refuses it; -EACCES it can't be written, and where and why; -ENOENT; -EIO
 * with the evaluator's error pending.
 */
int plan_set(struct host *host, const struct wire_text *path, size_t len,
	     const struct wire_text *text, bool force, struct plan *out,
	     struct buf *err);

/*
 * Has the option at path exactly the value texts[0] (a Nix expression), and are
 * all failed assertions among the lines of texts[1]? Where they could not be
 * told before, and texts[2] says why, they still may not be for that reason. 0,
 * or -EINVAL with the message in err, or -EIO with the error pending.
 */
int plan_check(struct host *host, const struct wire_text *path, size_t len,
	       const struct wire_text texts[3], struct buf *err);

#endif
