/*
 * watch.h - notice that the repository changed
 *
 * A thread that is woken by inotify, by whoever asks for it (watch_sync) and
 * every few seconds, since there are file systems without inotify. Whatever
 * woke it, it looks at everything that evaluations have read, and renews the
 * hosts for which any of that is no longer what they read.
 */
#ifndef FS_WATCH_H
#define FS_WATCH_H

#include "fs/tree.h"

struct watch;

struct watch *watch_new(struct tree *tree);
void watch_free(struct watch *watch);

/* Return when every change made before the call has been noticed, and those
 * told who want to know. */
void watch_sync(struct watch *watch);

#endif
