/*
 * host.h - the hosts of a repository, and one host's evaluation
 *
 * A repository with a flake.nix at its top has the hosts that the flake says:
 * nixosConfigurations, homeConfigurations, darwinConfigurations, and the
 * hardware profiles in hardwareProfiles. Any other repository has one host for
 * each host file: those that the globs of -o hosts= match, or, without, the
 * usual places (host.c has the list), as far as they are NixOS modules.
 */
#ifndef EVAL_HOST_H
#define EVAL_HOST_H

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/wire.h"

/* A repository as one evaluation sees it. */
struct repository {
	struct eval *ev;
	const struct wire_start *start; /* borrowed: how it is evaluated */
	struct source *source;		/* its files, with the overlay; of a
					   flake NULL until it is open */
	const char *dir; /* where it is in the source's tree: "" or "a/b" */
	bool is_flake;
	struct flake *flake; /* NULL until asked for */
	value outputs;	     /* of the flake; 0 until asked for */
	const char *nixpkgs; /* no flake: what <nixpkgs> is; NULL: unknown */
};

/* One configuration. The cells are forced as they are needed. */
struct host {
	struct repository *repository;
	struct eval *ev;
	value root;	  /* what nixosSystem or evalModules gave */
	value options;	  /* its option tree */
	value config;	  /* its values */
	const char *file; /* the host's own file in the repository, or NULL */
};

/* The evaluation's settings that follow from how a worker is started. */
struct eval *repository_eval(const struct wire_start *start);

/* Open start->repository. 0, or -errno with the error pending where it is
 * -EIO. start must outlive the repository. */
int repository_open(struct eval *ev, const struct wire_start *start,
		    struct repository *out);

/* The hosts, as a list for the wire (count, then struct wire_host each).
 * Evaluates no host. 0 or -errno, the error pending where it is -EIO. */
int repository_hosts(struct repository *repository, struct buf *out);

/* Does file, as the module system names files (a string or a path), lie in the
 * repository? An input of its own, such as nixpkgs/, does not count. */
bool repository_has(struct repository *repository, value *file);

/* The flake at the repository's top, or that a WIRE_FLAKE worker is for; once
 * host_open() was fine. */
struct flake *repository_flake(struct repository *repository);
/* Its outputs' cell; NULL with the error pending. */
value *repository_outputs(struct repository *repository);

/* The folders that have a flake.nix, as entries for the wire (count, then
 * struct wire_entry each): "root" for the repository's own. */
int repository_flakes(struct repository *repository, struct buf *out);

/* The path below the repository (without a slash in front) of a file in a
 * source; NULL if it is not the repository's own. Borrowed from path. */
const char *repository_relative(struct repository *repository,
				const struct source *source, const char *path);

/* The other way: the path value of a file in the repository. NULL when memory
 * ran out. */
struct path *repository_path(struct repository *repository, const char *file);

/* How many configurations of the worker's class there are. */
size_t repository_host_count(struct repository *repository);

/* The configuration start->class and start->name: found and evaluated so far
 * that options and config are there as thunks. 0 or -errno as above; -ENOENT
 * without an error if there is none. */
int host_open(struct repository *repository, struct host *out);

#endif
