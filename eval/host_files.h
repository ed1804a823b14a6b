/*
 * host_files.h - the host files of a repository without flakes
 *
 * Those that the globs of -o hosts= match, or, without, the usual places, as
 * far as they are NixOS modules.
 */
#ifndef EVAL_HOST_FILES_H
#define EVAL_HOST_FILES_H

#include "eval/repository.h"

/* A host file that was found. */
struct host_file {
	char *name; /* the host's */
	char *path; /* in the repository */
};

struct host_files {
	struct host_file *items;
	size_t len, room;
};

/* All that there are, modules or not; the first of a name counts. 0 or
 * -errno; release in any case. */
int host_files_find(struct repository *repository, struct host_files *all);
void host_files_release(struct host_files *all);

/* They as a list for the wire (wire.h, HOSTS), without what is no module. */
int host_files_list(struct repository *repository, struct buf *out);

#endif
