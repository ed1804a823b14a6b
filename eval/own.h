/*
 * own.h - which files of the repository are a host's alone
 *
 * A write goes where this host alone is told something. Which files other hosts
 * read is known only after evaluating them all, which a write must not wait
 * for; so a file is a host's own by what its path and flake.nix say, unless
 * another host is known to read it.
 */
#ifndef EVAL_OWN_H
#define EVAL_OWN_H

#include "eval/edit.h"
#include "eval/host.h"

/* Does this host alone read the file (its path in the repository)? */
bool own_file_is(struct host *host, const char *file);

/*
 * The host's own file, where new definitions go; to be freed. *inside: it is
 * shared, but has a module of the host's written out in it. 0, -ENOENT: none
 * can be told, or -ENOMEM.
 */
int own_file(struct host *host, char **file, bool *inside);

/* The modules of this host that are written out in a file of several hosts. */
struct edit_scope own_scope(const struct host *host);

/*
 * The file in which one of those defines the option at path. The module system
 * can't tell: what it takes for the file of such a module is where the list of
 * modules was put together, which is in nixpkgs as a rule: own_may_be_inside()
 * is what can be told of a definition. False if there is none.
 */
bool own_may_be_inside(struct host *host, value *file);
bool own_find_inside(struct host *host, const struct wire_text *path,
		     size_t len, const char **file, struct edit_binding *out);

#endif
