/*
 * tool_cache.c - what is kept on disk
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/cache.h"
#include "fs/tool.h"

static int show(const char *folder)
{
	struct cache_stats stats;
	struct cache *cache;
	int err = cache_open(folder, CACHE_SIZE, &cache);

	if (err < 0)
		return err;
	cache_stats(cache, &stats);
	cache_free(cache);
	printf("%s: %" PRIu64 " answers of %" PRIu64 " evaluations, %" PRIu64
	       " bytes\n",
	       folder, stats.records, stats.scopes, stats.bytes);
	return 0;
}

int tool_cache(int argc, char **argv)
{
	bool clear = argc == 2 && strcmp(argv[1], "--clear") == 0;
	char *folder;
	int err;

	if (argc > 2 || (argc == 2 && !clear)) {
		fprintf(stderr, "usage: flakefs cache [--clear]\n");
		return 2;
	}
	folder = cache_folder();
	if (!folder) {
		fprintf(stderr, "flakefs: no cache without HOME or "
				"XDG_CACHE_HOME\n");
		return 1;
	}
	err = clear ? cache_clear(folder) : show(folder);
	if (err < 0)
		fprintf(stderr, "flakefs: %s: %s\n", folder, strerror(-err));
	free(folder);
	return err < 0 ? 1 : 0;
}
