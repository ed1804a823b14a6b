#include "cache/tracked.h"

#include <errno.h>
#include <git2.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/index.h"
#include "eval/source_git.h"

struct tracked {
	unsigned refs; /* atomic */
	char *folder;
	char **names; /* sorted by bytes; into text */
	size_t len;
	char *text;
};

/* The latest of one repository. */
struct place {
	struct place *next;
	struct tracked *tracked;
	struct look_status status; /* of the index file */
	char *index;		   /* its path */
	char folder[];
};

struct tracked_cache {
	pthread_mutex_t lock;
	struct place *places;
};

struct tracked_cache *tracked_cache_new(void)
{
	struct tracked_cache *cache = calloc(1, sizeof(*cache));

	if (cache) {
		git_libgit2_init();
		pthread_mutex_init(&cache->lock, NULL);
	}
	return cache;
}

void tracked_cache_free(struct tracked_cache *cache)
{
	if (!cache)
		return;
	while (cache->places) {
		struct place *place = cache->places;

		cache->places = place->next;
		tracked_put(place->tracked);
		free(place->index);
		free(place);
	}
	pthread_mutex_destroy(&cache->lock);
	free(cache);
	git_libgit2_shutdown();
}

void tracked_put(struct tracked *tracked)
{
	if (!tracked || __atomic_sub_fetch(&tracked->refs, 1, __ATOMIC_ACQ_REL))
		return;
	free(tracked->folder);
	free(tracked->names);
	free(tracked->text);
	free(tracked);
}

/* --- the index ---------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The same from libgit2: of an index in parts, for instance. */
static void ask_names(git_repository *repo, struct buf *out, size_t *count)
{
	git_index *index = NULL;

	if (git_repository_index(&index, repo))
		out->failed = true;
	for (size_t i = 0; index && i < git_index_entrycount(index); i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);

		/* A submodule is a folder that has no files of ours. */
		if (entry->mode == GIT_FILEMODE_COMMIT)
			continue;
		buf_add(out, entry->path, strlen(entry->path) + 1);
		++*count;
	}
	git_index_free(index);
}

static struct tracked *read_names(struct place *place, git_repository *repo)
{
	struct tracked *tracked = calloc(1, sizeof(*tracked));
	struct buf names = BUF_INIT;
	bool sorted = true;
	size_t count = 0;
	char *at;
	int err;

	if (!tracked)
		return NULL;
	tracked->refs = 1;
	err = index_names(place->index, &names, &count);
	if (err < 0 && err != -ENOENT) {
		buf_release(&names);
		count = 0;
		ask_names(repo, &names, &count);
	}
	tracked->folder = strdup(place->folder);
	tracked->names = calloc(count + 1, sizeof(*tracked->names));
	tracked->text = names.data;
	if (names.failed || !tracked->folder || !tracked->names) {
		tracked_put(tracked);
		return NULL;
	}
	at = tracked->text;
	for (size_t i = 0; i < count; i++, at += strlen(at) + 1) {
		tracked->names[i] = at;
		sorted &= !i || strcmp(tracked->names[i - 1], at) <= 0;
	}
	tracked->len = count;
	/* libgit2 may have sorted without regard to case. */
	if (!sorted)
		qsort(tracked->names, tracked->len, sizeof(*tracked->names),
		      compare_names);
	return tracked;
}

static void read_index(struct place *place)
{
	git_buf path = GIT_BUF_INIT;
	git_repository *repo = NULL;
	struct look_content content;

	tracked_put(place->tracked);
	place->tracked = NULL;
	free(place->index);
	place->index = NULL;
	if (git_repository_open_ext(&repo, place->folder,
				    GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) ||
	    git_repository_item_path(&path, repo, GIT_REPOSITORY_ITEM_INDEX))
		goto out;
	place->index = strdup(path.ptr);
	/* Before the names are read: if it changes from now on, its status is
	 * another. */
	if (!place->index ||
	    look_file(place->index, &content, &place->status) < 0)
		place->status = (struct look_status){ 0 };
	if (place->index)
		place->tracked = read_names(place, repo);
out:
	git_buf_dispose(&path);
	git_repository_free(repo);
}

struct tracked *tracked_get(struct tracked_cache *cache, const char *folder)
{
	struct tracked *tracked = NULL;
	struct look_status status;
	struct place *place;

	pthread_mutex_lock(&cache->lock);
	for (place = cache->places; place && strcmp(place->folder, folder) != 0;
	     place = place->next)
		;
	if (!place) {
		place = calloc(1, sizeof(*place) + strlen(folder) + 1);
		if (!place)
			goto out;
		strcpy(place->folder, folder);
		place->next = cache->places;
		cache->places = place;
	}
	if (place->index)
		look_type(place->index, &status);
	if (!place->index || !place->tracked ||
	    !look_same(&place->status, &status))
		read_index(place);
	tracked = place->tracked;
	if (tracked)
		__atomic_add_fetch(&tracked->refs, 1, __ATOMIC_RELAXED);
out:
	pthread_mutex_unlock(&cache->lock);
	return tracked;
}

/* --- seen through git --------------------------------------------------- */

/* The first name that is not before the text. */
static size_t find(const struct tracked *tracked, const char *text)
{
	size_t from = 0, to = tracked->len;

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (strcmp(tracked->names[middle], text) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static uint8_t disk_type(const struct tracked *tracked, const char *name,
			 struct look_status *status)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", tracked->folder, name) >=
	    sizeof(path))
		return WIRE_TYPE_MISSING;
	return look_type(path, status);
}

uint8_t tracked_type(const struct tracked *tracked, const char *path,
		     struct look_status *status)
{
	const char *name = path + 1;
	size_t len = strlen(name), at = find(tracked, name);
	char prefix[PATH_MAX];
	uint8_t type;

	if (!len) {
		*status = (struct look_status){ 0 };
		return WIRE_TYPE_DIRECTORY;
	}
	if (at < tracked->len && strcmp(tracked->names[at], name) == 0) {
		type = disk_type(tracked, name, status);
		/* Holds untracked files only. */
		return type == WIRE_TYPE_DIRECTORY ? WIRE_TYPE_MISSING : type;
	}
	if (snprintf(prefix, sizeof(prefix), "%s/", name) >= sizeof(prefix))
		return WIRE_TYPE_MISSING;
	for (at = find(tracked, prefix);
	     at < tracked->len &&
	     strncmp(tracked->names[at], prefix, len + 1) == 0;
	     at++) {
		type = disk_type(tracked, tracked->names[at], status);
		if (type == WIRE_TYPE_MISSING || type == WIRE_TYPE_DIRECTORY)
			continue;
		type = disk_type(tracked, name, status);
		return type == WIRE_TYPE_DIRECTORY ? type : WIRE_TYPE_MISSING;
	}
	*status = (struct look_status){ 0 };
	return WIRE_TYPE_MISSING;
}

struct folder {
	const struct tracked *tracked;
	const char *path;
};

static uint8_t entry_type(void *arg, const char *name)
{
	const struct folder *folder = arg;
	struct look_status status;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s",
		     folder->path[1] ? folder->path : "", name) >= sizeof(path))
		return WIRE_TYPE_MISSING;
	return tracked_type(folder->tracked, path, &status);
}

int tracked_entries(const struct tracked *tracked, const char *path,
		    struct look_content *content)
{
	struct folder folder = { tracked, path };
	struct look_status status;
	char file[PATH_MAX];

	if (snprintf(file, sizeof(file), "%s%s", tracked->folder,
		     path[1] ? path : "") >= sizeof(file))
		return -ENAMETOOLONG;
	return look_entries(file, entry_type, &folder, content, &status);
}

/* --- commits ------------------------------------------------------------ */

static int work_tree(git_repository *repo, char id[TRACKED_ID_SIZE])
{
	git_index *index = NULL;
	git_oid oid;
	int rc;

	id[0] = '\0';
	rc = git_reference_name_to_id(&oid, repo, "HEAD");
	if (rc == 0)
		git_oid_tostr(id, GIT_OID_HEXSZ + 1, &oid);
	else if (rc != GIT_ENOTFOUND && rc != GIT_EUNBORNBRANCH)
		return -EIO;
	/* By the evaluator's own rules: they must never differ. */
	rc = git_repository_index(&index, repo);
	if (rc == 0)
		rc = git_tree_is_dirty(repo, index);
	git_index_free(index);
	if (rc < 0)
		return -EIO;
	if (rc > 0)
		strcat(id, "-dirty");
	return 0;
}

int tracked_commit(const char *folder, const char *name,
		   char id[TRACKED_ID_SIZE])
{
	git_object *object = NULL, *commit = NULL;
	git_repository *repo = NULL;
	int err = -ENOENT;

	if (git_repository_open_ext(&repo, folder, 0, NULL))
		goto out;
	if (strcmp(name, "*") == 0) {
		err = work_tree(repo, id);
	} else if (git_revparse_single(&object, repo, name) == 0 &&
		   git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0) {
		git_oid_tostr(id, GIT_OID_HEXSZ + 1, git_object_id(commit));
		err = 0;
	}
out:
	git_object_free(commit);
	git_object_free(object);
	git_repository_free(repo);
	return err;
}
