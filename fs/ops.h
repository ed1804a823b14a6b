/*
 * ops.h - the kernel's requests
 *
 * What ops hand the kernel it may keep for ever: whoever changes the tree tells
 * the notifier (notify.h).
 */
#ifndef FS_OPS_H
#define FS_OPS_H

#include <fuse_lowlevel.h>

#include "fs/tree.h"

struct events_reader;
struct notifier;
struct watch;

/* The user data of every request. */
struct fs {
	struct tree *tree;
	struct notifier *notifier;    /* set before the first request */
	struct events_reader *events; /* the same */
	struct watch *watch;	      /* the same; NULL: nothing can change */
	bool single; /* one thread answers: it may not wait for the kernel,
			which may wait for it */
	uid_t uid;   /* who everything belongs to */
	gid_t gid;
	bool checked; /* the kernel checks permissions by GETATTR */
};

extern const struct fuse_lowlevel_ops ops;

#endif
