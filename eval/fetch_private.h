/*
 * fetch_private.h - what fetch*.c share
 *
 *     $XDG_CACHE_HOME/flakefs/
 *         sources/<hash>-<name>     trees and files, whole
 *         downloads/<key>.lock      held by who fetches
 *         downloads/<key>.part      what has come so far
 *         downloads/<key>.info      "url", "etag", "total": of the part
 *         downloads/<key>.tree/     an archive that is being unpacked
 *         lookups/<key>.json        what an unlocked reference led to
 *         git/<key>/                bare repositories
 *
 * A key is the SHA-256 of what is fetched. Whatever has a key's name in
 * downloads/ belongs to the holder of its lock, who may be a later process
 * than the one that made it.
 */
#ifndef EVAL_FETCH_PRIVATE_H
#define EVAL_FETCH_PRIVATE_H

#include "eval/fetch.h"

/* A thing that is being fetched: its lock is ours. */
struct fetch_job {
	struct eval *ev;
	int lock;
	const char *url;
	char part[PATH_MAX], info[PATH_MAX], tree[PATH_MAX], lookup[PATH_MAX];
};

/* The path of name in folder of the cache, the folder made if need be. -1 with
 * the error pending. */
int fetch_cache_file(struct eval *ev, char out[PATH_MAX], const char *folder,
		     const char *name);

/* Wait for the lock of what. */
int fetch_begin(struct fetch_job *job, struct eval *ev, const char *what);
void fetch_end(struct fetch_job *job);

/* How servers answered. Texts are in ev's arena. */
struct fetch_answer {
	const char *etag;      /* NULL: none */
	const char *immutable; /* Link: <...>; rel="immutable" */
	bool unchanged;	       /* 304: the file of known_etag is still right */
};

/*
 * Get url into job->part, whole. headers: ends with NULL, or is NULL. Resumes
 * what an earlier process has begun. known_etag: NULL, or what the cached copy
 * has. -1 with ERROR_FETCH pending.
 */
int fetch_download(struct fetch_job *job, const char *url,
		   const char *const *headers, const char *known_etag,
		   struct fetch_answer *answer);

/* Unpack the archive file, which came from url, into folder, which must not
 * exist. *newest: the newest time of its entries. -1 with the error pending. */
int fetch_unpack(struct eval *ev, const char *file, const char *url,
		 const char *folder, int64_t *newest);
/* The folder in it that is its only entry, else itself. */
int fetch_single_folder(struct eval *ev, const char *folder,
			char out[PATH_MAX]);

/* Remove a file or a folder and all that is in it; best effort. */
void fetch_remove(const char *path);

/* Values of settings in nix.conf files and $NIX_CONFIG; NULL if not set. In
 * ev's arena. */
const char *fetch_setting(struct eval *ev, const char *name);

/* The header that shows the token for host/owner/repo, NULL if there is none:
 * access-tokens. */
const char *fetch_token_header(struct eval *ev, const struct flake_ref *ref,
			       const char *host);

#endif
