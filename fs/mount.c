/*
 * mount.c - the mount command
 *
 * The order matters: the child is forked before there are threads, the nursery
 * is started before the mount is there, and the parent is told only when a
 * request has been answered.
 */
#include "fs/mount.h"

#include <errno.h>
#include <fuse_lowlevel.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/daemon.h"
#include "fs/events.h"
#include "fs/log.h"
#include "fs/notify.h"
#include "fs/ops.h"
#include "fs/options.h"
#include "fs/tree.h"
#include "fs/version.h"
#include "fs/watch.h"

/* mount(8)'s exit statuses */
enum {
	EXIT_OK = 0,
	EXIT_USAGE = 1,
	EXIT_SYSTEM = 2,
	EXIT_MOUNT = 32,
};

/* --- before ------------------------------------------------------------- */

static int run_command(char *const argv[])
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/*
 * A daemon that was killed leaves its mount behind, on which nothing can be
 * done but to take it away.
 */
static void clear_dead_mount(const char *mountpoint)
{
	char *helper[] = { "fusermount3", "-uzq", (char *)mountpoint, NULL };
	struct statvfs st;

	/* Not stat(): that the kernel may still have cached. */
	if (statvfs(mountpoint, &st) == 0 || errno != ENOTCONN)
		return;
	log_line(LOG_NOTICE, "%s: taking away the mount of a dead process",
		 mountpoint);
	if (umount2(mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		run_command(helper);
}

/* mount -o remount, which can only change ro and rw. */
static int remount(const struct options *options)
{
	char *argv[] = { "mount",
			 "-i",
			 "-o",
			 options->tree.read_only ? "remount,ro" : "remount,rw",
			 options->mountpoint,
			 NULL };

	return run_command(argv) == 0 ? EXIT_OK : EXIT_MOUNT;
}

static int add_mount_options(struct options *options)
{
	char text[4200];

	/* With allow_other the kernel must check permissions. Alone it need
	 * not, and then an option without a value can be opened for writing
	 * though its attributes are an error (ops_getattr). */
	snprintf(text, sizeof(text), "-osubtype=flakefs%s,nosuid,nodev,noexec",
		 options->allow_other ? ",default_permissions" : "");
	if (fuse_opt_add_arg(&options->args, text) < 0)
		return -1;
	/* A comma in the name would end the option. */
	snprintf(text, sizeof(text), "-ofsname=%s",
		 strchr(options->repository, ',') ? "flakefs"
						  : options->repository);
	if (fuse_opt_add_arg(&options->args, text) < 0)
		return -1;
	if (options->tree.workers.start.revision.len && options->tree.read_only)
		return fuse_opt_add_arg(&options->args, "-oro");
	return 0;
}

static void log_fuse(enum fuse_log_level level, const char *format,
		     va_list args)
{
	/* The levels are syslog's. */
	log_vline((int)level, format, args);
}

/* --- the end ------------------------------------------------------------ */

struct ending {
	struct fuse_session *session;
	struct tree *tree;
	pthread_t main; /* to be woken */
	sigset_t signals;
};

static void wake(int signal)
{
}

/*
 * Wait for a signal to end. The loop waits for requests that are being
 * answered, and they for workers: those are told to give up.
 */
static void *wait_for_end(void *arg)
{
	struct ending *ending = arg;
	int signal;

	if (sigwait(&ending->signals, &signal) != 0 || signal == SIGUSR2)
		return NULL;
	daemon_notify("STOPPING=1");
	fuse_session_exit(ending->session);
	tree_stop(ending->tree);
	pthread_kill(ending->main, SIGUSR1);
	return NULL;
}

/* --- the mount ---------------------------------------------------------- */

struct readiness {
	const char *mountpoint;
	pthread_t thread;
};

/* The mount is ready when a request through the kernel has been answered. */
static void *ask_first(void *arg)
{
	struct readiness *readiness = arg;
	char path[4200];
	struct stat st;

	snprintf(path, sizeof(path), "%s/README", readiness->mountpoint);
	daemon_ready(stat(path, &st) == 0 ? 0 : EXIT_MOUNT);
	return NULL;
}

static void on_changed(void *arg, struct site *site, bool wait)
{
	struct fs *fs = arg;

	notifier_site(fs->notifier, site, wait && !fs->single);
	events_reader_site(fs->events, site);
}

static void on_sync(void *arg)
{
	struct fs *fs = arg;

	if (fs->watch)
		watch_sync(fs->watch);
	if (!fs->single)
		notifier_drain(fs->notifier);
}

static int loop(struct fuse_session *session, const struct options *options)
{
	struct fuse_loop_config *config;
	int err;

	if (options->single)
		return fuse_session_loop(session);
	config = fuse_loop_cfg_create();
	if (!config)
		return -ENOMEM;
	/* A thread waits with each request that evaluates. */
	fuse_loop_cfg_set_max_threads(config, options->max_threads);
	fuse_loop_cfg_set_idle_threads(config, 16);
	err = fuse_session_loop_mt(session, config);
	fuse_loop_cfg_destroy(config);
	return err;
}

static int serve(struct options *options, struct fs *fs)
{
	struct tree_watcher watcher = { .arg = fs,
					.changed = on_changed,
					.sync = on_sync };
	struct readiness readiness = { .mountpoint = options->mountpoint };
	struct sigaction action = { .sa_handler = wake };
	struct ending ending = { .tree = fs->tree, .main = pthread_self() };
	struct fuse_session *session;
	pthread_t end;
	int err = -1, status = EXIT_MOUNT;

	session = fuse_session_new(&options->args, &ops, sizeof(ops), fs);
	if (!session)
		return EXIT_USAGE;
	if (fuse_session_mount(session, options->mountpoint) < 0)
		goto out;

	ending.session = session;
	sigemptyset(&ending.signals);
	sigaddset(&ending.signals, SIGINT);
	sigaddset(&ending.signals, SIGTERM);
	sigaddset(&ending.signals, SIGHUP);
	sigaddset(&ending.signals, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &ending.signals, NULL);
	sigaction(SIGUSR1, &action, NULL);
	signal(SIGPIPE, SIG_IGN);

	fs->notifier = notifier_new(session, fs->tree);
	fs->events = events_reader_new(fs->tree);
	if (!fs->notifier || !fs->events)
		goto unmount;
	tree_watch(fs->tree, &watcher);
	/* A revision never changes. */
	if (!options->tree.workers.start.revision.len) {
		fs->watch = watch_new(fs->tree);
		if (!fs->watch)
			goto unmount;
	}
	if (pthread_create(&end, NULL, wait_for_end, &ending) != 0)
		goto unmount;
	if (pthread_create(&readiness.thread, NULL, ask_first, &readiness) ==
	    0) {
		err = loop(session, options);
		status = err == 0 || err == SIGUSR1 ? EXIT_OK : EXIT_SYSTEM;
	}
	/* Who waits for an answer that will not come now. */
	tree_stop(fs->tree);
	fuse_session_unmount(session);
	pthread_kill(end, SIGUSR2);
	pthread_join(end, NULL);
	if (err >= 0)
		pthread_join(readiness.thread, NULL);
	goto out;
unmount:
	fuse_session_unmount(session);
out:
	watch_free(fs->watch);
	events_reader_free(fs->events);
	notifier_free(fs->notifier);
	fuse_session_destroy(session);
	return status;
}

int mount_main(int argc, char **argv)
{
	struct options options;
	struct fs fs = { .uid = getuid(), .gid = getgid() };
	int status = EXIT_USAGE, err;

	switch (options_parse(&options, argc, argv, true)) {
	case OPTIONS_HELP:
		options_help();
		status = EXIT_OK;
		goto out;
	case OPTIONS_VERSION:
		printf("flakefs %s\nlibfuse %s\n", FLAKEFS_VERSION,
		       fuse_pkgversion());
		status = EXIT_OK;
		goto out;
	case OPTIONS_WRONG:
		goto out;
	case OPTIONS_MOUNT:
		break;
	}
	if (options.remount) {
		status = remount(&options);
		goto out;
	}
	/* An arena for each of the many threads would be mostly holes. */
	mallopt(M_ARENA_MAX, 2);
	if (options.debug)
		log_level(LOG_DEBUG);
	fuse_set_log_func(log_fuse);
	clear_dead_mount(options.mountpoint);
	if (options_check_mountpoint(&options) < 0)
		goto out;
	status = EXIT_SYSTEM;
	if (add_mount_options(&options) < 0)
		goto out;
	if (!options.foreground) {
		err = daemon_start();
		if (err < 0) {
			log_line(LOG_ERR, "fork: %s", strerror(-err));
			goto out;
		}
	}
	fs.checked = options.allow_other;
	fs.single = options.single;
	fs.tree = tree_new(&options.tree);
	if (!fs.tree) {
		log_line(LOG_ERR, "%s", strerror(ENOMEM));
		goto out;
	}
	status = serve(&options, &fs);
	tree_free(fs.tree);
out:
	daemon_ready(status);
	options_release(&options);
	return status;
}
