/*
 * mount.h - the mount command, and the commands that use the tree without one
 *
 * Each is an entry of main.c's table: argv[0] is the command's name, the result
 * the exit status.
 */
#ifndef FS_MOUNT_H
#define FS_MOUNT_H

/* `flakefs REPOSITORY MOUNTPOINT [options]`; exits as mount(8) does. */
int mount_main(int argc, char **argv);

#endif
