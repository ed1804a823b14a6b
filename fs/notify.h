/*
 * notify.h - tell the kernel what is no longer true
 *
 * From a thread of its own that holds no lock: a notification waits for pages
 * and directories that requests in flight have locked, so a thread that must
 * answer one of those may not send it.
 */
#ifndef FS_NOTIFY_H
#define FS_NOTIFY_H

#include <fuse_lowlevel.h>

#include "fs/tree.h"

struct notifier;

struct notifier *notifier_new(struct fuse_session *session, struct tree *tree);
void notifier_free(struct notifier *notifier);

/*
 * Everything the kernel knows of the site must be asked for anew. Returns when
 * it has been told all, but of the node `but` (which a request in flight keeps
 * locked: see notifier_later()).
 */
void notifier_site(struct notifier *notifier, struct site *site,
		   const struct node *but);
/* Let go of the bytes and attributes of one inode, some time soon. */
void notifier_later(struct notifier *notifier, uint64_t ino);

#endif
