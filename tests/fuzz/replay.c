/*
 * replay.c - runs a fuzz target on files, where there is no libFuzzer
 *
 *     fuzz_NAME FILE-OR-FOLDER...
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/target.h"

#define FILE_MAX (1 << 20)

static int replay_file(const char *path)
{
	/* Of the very size, so that a sanitizer sees a byte too far. */
	uint8_t *bytes = malloc(FILE_MAX), *exact;
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file || !bytes) {
		perror(path);
		free(bytes);
		if (file)
			fclose(file);
		return -1;
	}
	len = fread(bytes, 1, FILE_MAX, file);
	fclose(file);
	exact = malloc(len ? len : 1);
	if (exact) {
		memcpy(exact, bytes, len);
		LLVMFuzzerTestOneInput(exact, len);
	}
	free(exact);
	free(bytes);
	return 0;
}

static int replay(const char *path)
{
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int ret = 0;

	if (stat(path, &st) < 0) {
		perror(path);
		return -1;
	}
	if (!S_ISDIR(st.st_mode))
		return replay_file(path);
	dir = opendir(path);
	if (!dir) {
		perror(path);
		return -1;
	}
	while (ret == 0 && (entry = readdir(dir))) {
		char name[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		ret = replay_file(name);
	}
	closedir(dir);
	return ret;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) < 0)
			return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
