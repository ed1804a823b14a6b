/*
 * options.h - the command line of the mount
 */
#ifndef FS_OPTIONS_H
#define FS_OPTIONS_H

#include <fuse_opt.h>
#include <stdbool.h>

#include "fs/tree.h"

enum options_action {
	OPTIONS_MOUNT,
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_WRONG, /* a message was printed */
};

struct options {
	char *repository; /* absolute */
	char *mountpoint; /* or the path of a command that needs no mount */
	char *value;	  /* what such a command writes; NULL: not given */
	bool mount;	  /* a mount point is wanted, and nothing after it */
	bool foreground, debug, single, remount, allow_other;
	struct tree_config tree;
	struct fuse_args args; /* what is libfuse's */

	/* Behind tree.workers.start: */
	char *revision, *nixpkgs, *reference_lock, *system, *author, *git;
	struct wire_text *hosts;
	struct wire_override *overrides;
	char *eval_memory, *cache_size; /* as given: "4G" */
	char *cache_folder;
	int no_cache;
	unsigned eval_timeout, idle, max_threads;
	int pure, impure, realise;
};

/* mount: false for `flakefs COMMAND REPOSITORY PATH [VALUE]`. */
enum options_action options_parse(struct options *options, int argc,
				  char **argv, bool mount);
void options_release(struct options *options);
/* After a dead mount was cleared away: make the mount point absolute, and see
 * that it makes sense. 0, or -1 and a message was printed. */
int options_check_mountpoint(struct options *options);
void options_help(void);

#endif
