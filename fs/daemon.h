/*
 * daemon.h - going to the background, and coming to an end
 */
#ifndef FS_DAEMON_H
#define FS_DAEMON_H

#include <stdbool.h>

/*
 * Go on in a child, while the parent waits for daemon_ready(). Must be called
 * before there are threads. Returns 0 in the child; the parent exits with the
 * status that daemon_ready() gives, or with 32 if the child ends before.
 */
int daemon_start(void);

/*
 * Tell who waits (the parent, systemd) that all is well (0), or how it failed.
 * Only the first call counts. After a 0 the terminal is let go.
 */
void daemon_ready(int status);

/* To systemd, if it is there: "STOPPING=1", "STATUS=...". */
void daemon_notify(const char *text);

#endif
