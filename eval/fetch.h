/*
 * fetch.h - trees from the network, into our own cache
 *
 * The cache is $XDG_CACHE_HOME/flakefs/sources: a folder for each tree, named
 * as its store path is ("<hash>-source"). A tree is made beside its name and
 * renamed when it is whole and its hash is right; two processes that want the
 * same tree wait for each other.
 */
#ifndef EVAL_FETCH_H
#define EVAL_FETCH_H

#include <limits.h>

#include "eval/input.h"
#include "eval/storepath.h"

/*
 * The NAR hashes of trees that can't change under their name, in the cache's
 * folder "hashes": hashing a nixpkgs takes a second, and every evaluation that
 * shows its store path needs it. Keeping one is best effort.
 */
bool fetch_known_hash(struct eval *ev, const char *identity, struct hash *hash);
void fetch_keep_hash(struct eval *ev, const char *identity,
		     const struct hash *hash);

/* Where the tree with this store path is cached, if it is; false if the path
 * gets too long. */
bool fetch_cache_path(struct eval *ev, char out[PATH_MAX],
		      const struct storepath *path);

/* The folder that holds them; "" if there can be none. */
void fetch_cache_root(struct eval *ev, char out[PATH_MAX]);

/* The tree of a reference to an archive, a file or a forge. NULL with
 * ERROR_FETCH pending if it can't be had. */
struct input_tree *fetch_input(struct eval *ev, const struct flake_ref *ref);

/*
 * The file at a URL, or (unpack) the tree in the archive there, as a source
 * whose store path has the name. expected: of the file or of the tree's NAR;
 * NULL: none. NULL with the error pending.
 */
struct source *fetch_url(struct eval *ev, const char *url, bool unpack,
			 const char *name, const struct hash *expected);

/* A download under way; total is 0 if the server did not say. */
struct fetch_progress {
	const char *url;
	uint64_t done, total; /* bytes */
};

/* Visit all of them, whichever process they are of. Needs no evaluation, and
 * may be called by any thread. */
void fetch_each_download(void (*visit)(void *arg,
				       const struct fetch_progress *progress),
			 void *arg);

/* A bare repository that has what ref asks of url; its folder goes to out. */
int fetch_git(struct eval *ev, const struct flake_ref *ref,
	      const struct url *url, char out[PATH_MAX]);

#endif
