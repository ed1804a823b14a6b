/*
 * notify.h - tell the kernel what is no longer true
 *
 * From threads of its own that hold no lock: a notification waits for pages and
 * directories that requests in flight have locked, so a thread that must answer
 * one of those may not send it. There are several threads, because a directory
 * may be locked for as long as an evaluation takes.
 */
#ifndef FS_NOTIFY_H
#define FS_NOTIFY_H

#include <fuse_lowlevel.h>

#include "fs/tree.h"

struct notifier;

struct notifier *notifier_new(struct fuse_session *session, struct tree *tree);
void notifier_free(struct notifier *notifier);

/*
 * Everything the kernel knows of the site must be asked for anew. With wait,
 * returns when the kernel has been told.
 */
void notifier_site(struct notifier *notifier, struct site *site, bool wait);
/* Wait until all that was asked for so far has been told. */
void notifier_drain(struct notifier *notifier);
/* Let go of the bytes and attributes of one inode, some time soon. */
void notifier_later(struct notifier *notifier, uint64_t ino);

#endif
