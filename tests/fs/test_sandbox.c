/*
 * test_sandbox.c - what sandboxed processes may not do, tried in one
 */
#include "fs/sandbox.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[64];

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void set_up(void)
{
	strcpy(folder, "/tmp/flakefs-sandbox.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("XDG_CACHE_HOME", folder, 1);
}

/* 0 or the errno of making this file in the folder. */
static int try_write(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	unlink(path);
	return 0;
}

static int try_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int try_program(void)
{
	char *const argv[] = { "/nonexistent", NULL };

	execv(argv[0], argv);
	return errno;
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		       LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

START_TEST(a_worker_neither_writes_nor_connects_nor_runs_programs)
{
	int pair[2];

	ck_assert_int_eq(try_write("before"), 0);
	sandbox_worker();
	if (has_landlock())
		ck_assert_int_eq(try_write("after"), EACCES);
	ck_assert_int_eq(try_socket(), EPERM);
	ck_assert_int_eq(try_program(), EPERM);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
}
END_TEST

START_TEST(an_errand_writes_into_the_cache_alone)
{
	sandbox_errand();
	ck_assert_int_eq(try_write("flakefs/in"), 0);
	if (has_landlock())
		ck_assert_int_eq(try_write("beside"), EACCES);
	ck_assert_int_eq(try_socket(), 0);
	ck_assert_int_eq(try_program(), ENOENT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tcase = tcase_create("sandbox");
	SRunner *runner;
	int failed;

	tcase_add_unchecked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase,
		       a_worker_neither_writes_nor_connects_nor_runs_programs);
	tcase_add_test(tcase, an_errand_writes_into_the_cache_alone);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
