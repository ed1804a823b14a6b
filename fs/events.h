/*
 * events.h - what changed, for who watches
 *
 * .flakefs/events has a line for each host that was evaluated anew and for each
 * value that somebody had read and that is another now:
 *
 *     2026-11-20T15:16:57Z 7 hosts/ares/options/networking/hostName
 *
 * the time, the generation, the path. A value is compared when it is read
 * again; while somebody watches (has read the events lately), all values that
 * were read are, by a thread of its own, soon after each change.
 */
#ifndef FS_EVENTS_H
#define FS_EVENTS_H

#include "fs/view.h"

/* These want the tree's lock held. */
void events_add_site(struct tree *tree, const struct site *site);
void events_add_node(struct tree *tree, const struct node *node);

/* The lines, oldest first; the older half goes when there are many. Whoever
 * asks for them watches from now on, for a while. 0 or -errno. */
int events_text(struct tree *tree, struct buf *out);

struct events_reader;

/* NULL when out of memory. The thread starts with the first change that is
 * watched. */
struct events_reader *events_reader_new(struct tree *tree);
/* Call after tree_stop(), which lets go a read that is under way. */
void events_reader_free(struct events_reader *reader);
/* The site's values may be others: read again those that were read. */
void events_reader_site(struct events_reader *reader, struct site *site);

#endif
