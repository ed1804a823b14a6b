/*
 * tool.h - the tree without a mount
 *
 * Commands of main.c's table; the result is the exit status: 0, 1 if there is
 * no such thing or it can't be evaluated, 2 for a wrong call.
 */
#ifndef FS_TOOL_H
#define FS_TOOL_H

int tool_ls(int argc, char **argv);  /* ls REPOSITORY [PATH] */
int tool_cat(int argc, char **argv); /* cat REPOSITORY PATH */
int tool_set(int argc, char **argv); /* set REPOSITORY PATH VALUE */

int tool_cache(int argc, char **argv); /* cache [--clear] */

/* watch MOUNTPOINT: print what changes, until the mount goes away. */
int tool_watch(int argc, char **argv);

#endif
