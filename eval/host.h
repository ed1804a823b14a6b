/*
 * host.h - the hosts of a repository, and one host's evaluation
 *
 * A repository with a flake.nix at its top has the hosts that the flake says:
 * nixosConfigurations, homeConfigurations, darwinConfigurations, and the
 * hardware profiles in hardwareProfiles. Any other repository has one host for
 * each host file (host_files.h).
 */
#ifndef EVAL_HOST_H
#define EVAL_HOST_H

#include "eval/repository.h"

/* One configuration. The cells are forced as they are needed. */
struct host {
	struct repository *repository;
	struct eval *ev;
	value root;	  /* what nixosSystem or evalModules gave */
	value options;	  /* its option tree */
	value config;	  /* its values */
	const char *file; /* the host's own file in the repository, or NULL */
	/* Files of the repository that other hosts are known to read, while a
	 * write is planned. */
	const struct wire_text *shared;
	size_t shared_len;
};

/* The hosts, as a list for the wire (count, then struct wire_host each).
 * Evaluates no host. 0 or -errno, the error pending where it is -EIO. */
int repository_hosts(struct repository *repository, struct buf *out);

/* How many configurations of the worker's class there are. */
size_t repository_host_count(struct repository *repository);

/* The configuration start->class and start->name: found and evaluated so far
 * that options and config are there as thunks. 0 or -errno as above; -ENOENT
 * without an error if there is none. */
int host_open(struct repository *repository, struct host *out);

#endif
