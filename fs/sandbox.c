/*
 * sandbox.c - what the processes that touch others' code and data may not do
 *
 * Writing is Landlock's part, whose rules are about folders; programs,
 * processes and the network are seccomp's, whose rules are about system calls.
 * Reading is not restricted: impure evaluation reads what its user may read.
 */
#include "fs/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than bookworm's header; the kernel's numbers never change. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define WRITES                                                                 \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |       \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |       \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |           \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |         \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* Where what is fetched is kept, in a static buffer; NULL if there is no home.
 */
static const char *cache_folder(void)
{
	static char path[4096];
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int n;

	if (base && base[0] == '/')
		n = snprintf(path, sizeof(path), "%s/flakefs", base);
	else if (home && home[0] == '/')
		n = snprintf(path, sizeof(path), "%s/.cache/flakefs", home);
	else
		return NULL;
	return n > 0 && (size_t)n < sizeof(path) ? path : NULL;
}

/* mkdir -p, private as far as it is new. */
static void make_folders(const char *path)
{
	char copy[4096];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *p = copy + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			mkdir(copy, 0700);
			*p = '/';
		}
	mkdir(copy, 0700);
}

static void allow_writes(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0);
	close(rule.parent_fd);
}

static void restrict_writes(const char *writable)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = WRITES };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);
	int ruleset;

	if (abi < 1)
		return;
	if (abi >= 2)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr),
			       0);
	if (ruleset < 0)
		return;
	allow_writes(ruleset, "/dev/null",
		     attr.handled_access_fs & (LANDLOCK_ACCESS_FS_WRITE_FILE |
					       LANDLOCK_ACCESS_FS_TRUNCATE));
	if (writable)
		allow_writes(ruleset, writable, attr.handled_access_fs);
#ifdef __SANITIZE_ADDRESS__ /* whose reports tests/each collects there */
	if (getenv("FLAKEFS_TEST_REPORTS"))
		allow_writes(ruleset, getenv("FLAKEFS_TEST_REPORTS"),
			     attr.handled_access_fs);
#endif
	syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
}

static void refuse(scmp_filter_ctx filter, const int *calls, size_t len)
{
	for (size_t i = 0; i < len; i++)
		seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
}

static void restrict_calls(bool worker)
{
	/* What neither has any business with. */
	static const int refused[] = {
#ifndef __SANITIZE_ADDRESS__ /* which looks for leaks by these */
		SCMP_SYS(ptrace),
		SCMP_SYS(process_vm_readv),
		SCMP_SYS(process_vm_writev),
#endif
		SCMP_SYS(mount),
		SCMP_SYS(umount2),
		SCMP_SYS(pivot_root),
		SCMP_SYS(chroot),
		SCMP_SYS(setns),
		SCMP_SYS(unshare),
		SCMP_SYS(bpf),
		SCMP_SYS(perf_event_open),
		SCMP_SYS(keyctl),
		SCMP_SYS(add_key),
		SCMP_SYS(request_key),
		SCMP_SYS(init_module),
		SCMP_SYS(finit_module),
		SCMP_SYS(delete_module),
		SCMP_SYS(kexec_load),
		SCMP_SYS(kexec_file_load),
		SCMP_SYS(reboot),
		SCMP_SYS(swapon),
		SCMP_SYS(swapoff),
		SCMP_SYS(settimeofday),
		SCMP_SYS(clock_settime),
	};
	static const int errands[] = {
		SCMP_SYS(execve),  SCMP_SYS(execveat), SCMP_SYS(socket),
		SCMP_SYS(connect), SCMP_SYS(bind),     SCMP_SYS(listen),
		SCMP_SYS(accept),  SCMP_SYS(accept4),
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (!filter)
		return;
	refuse(filter, refused, sizeof(refused) / sizeof(*refused));
	if (worker)
		refuse(filter, errands, sizeof(errands) / sizeof(*errands));
	seccomp_load(filter);
	seccomp_release(filter);
}

static void enter(const char *writable, bool worker)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0);
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return; /* neither of the two works without */
	restrict_writes(writable);
	restrict_calls(worker);
}

void sandbox_worker(void)
{
	enter(NULL, true);
}

void sandbox_errand(void)
{
	const char *folder = cache_folder();

	if (folder)
		make_folders(folder);
	enter(folder, false);
}
