/* What is being fetched now, by any process of this user. */
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/fetch.h"

static bool downloads_folder(char out[PATH_MAX])
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	int n;

	if (cache && *cache)
		n = snprintf(out, PATH_MAX, "%s/flakefs/downloads", cache);
	else
		n = snprintf(out, PATH_MAX, "%s/.cache/flakefs/downloads",
			     home ? home : "");
	return n < PATH_MAX;
}

/* Does somebody hold the lock? */
static bool is_held(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;

	if (fd >= 0)
		close(fd);
	return held;
}

void fetch_each_download(void (*visit)(void *arg,
				       const struct fetch_progress *progress),
			 void *arg)
{
	char path[PATH_MAX], name[NAME_MAX + 8], file[2 * PATH_MAX];
	struct dirent *e;
	struct stat st;
	size_t len;
	DIR *dir;

	if (!downloads_folder(path))
		return;
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		struct fetch_progress progress = { 0 };
		json_t *info;

		len = strlen(e->d_name);
		if (len < 6 || strcmp(e->d_name + len - 5, ".part"))
			continue;
		snprintf(name, sizeof(name), "%.*s.lock", (int)len - 5,
			 e->d_name);
		if (!is_held(dirfd(dir), name) ||
		    fstatat(dirfd(dir), e->d_name, &st, 0) < 0)
			continue;
		snprintf(file, sizeof(file), "%s/%.*s.info", path, (int)len - 5,
			 e->d_name);
		info = json_load_file(file, 0, NULL);
		progress.url = json_string_value(json_object_get(info, "url"));
		progress.done = (uint64_t)st.st_size;
		progress.total = (uint64_t)json_integer_value(
			json_object_get(info, "total"));
		if (progress.url)
			visit(arg, &progress);
		json_decref(info);
	}
	if (dir)
		closedir(dir);
}
