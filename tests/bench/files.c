/*
 * files.c - one system call after the other, timed
 *
 *     files stat|read|absent ROUNDS < PATHS
 *
 * Prints nanoseconds for one path, of the best of ROUNDS rounds through all
 * PATHS (one a line). read: open, read to the end, close.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int do_stat(const char *path)
{
	struct stat st;

	return stat(path, &st);
}

static int do_absent(const char *path)
{
	return do_stat(path) < 0 && errno == ENOENT ? 0 : -1;
}

static int do_read(const char *path)
{
	static char bytes[1 << 17];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, bytes, sizeof(bytes));
	close(fd);
	return n < 0 ? -1 : 0;
}

static const struct {
	const char *name;
	int (*run)(const char *path);
} works[] = {
	{ "stat", do_stat },
	{ "absent", do_absent },
	{ "read", do_read },
};

int main(int argc, char **argv)
{
	int (*run)(const char *path) = NULL;
	char **paths = NULL, *line = NULL;
	size_t len = 0, room = 0, size = 0;
	int64_t best = INT64_MAX;
	ssize_t n;

	for (size_t i = 0; argc == 3 && i < sizeof(works) / sizeof(*works); i++)
		if (strcmp(works[i].name, argv[1]) == 0)
			run = works[i].run;
	if (!run)
		return 1;
	while ((n = getline(&line, &size, stdin)) > 0) {
		if (len == room) {
			room = room ? 2 * room : 1024;
			paths = reallocarray(paths, room, sizeof(*paths));
			if (!paths)
				return 1;
		}
		line[n - 1] = '\0';
		paths[len++] = strdup(line);
	}
	for (int round = atoi(argv[2]); round > 0 && len; round--) {
		int64_t from = now_ns(), took;

		for (size_t i = 0; i < len; i++)
			if (run(paths[i]) < 0) {
				perror(paths[i]);
				return 1;
			}
		took = now_ns() - from;
		best = took < best ? took : best;
	}
	printf("%.0f\n", len ? (double)best / (double)len : 0.0);
	return 0;
}
