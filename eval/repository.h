/*
 * repository.h - the repository that a worker evaluates
 *
 * A folder or a git repository: its working tree, a revision of it, or a bare
 * one. With a flake.nix at its top it is a flake and evaluated purely, else
 * files are where they are and <nixpkgs> comes from the options, the
 * repository's own nixpkgs/, or NIX_PATH.
 */
#ifndef EVAL_REPOSITORY_H
#define EVAL_REPOSITORY_H

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

/* The evaluation's settings that follow from how a worker is started. */
struct eval *repository_eval(const struct wire_start *start);

/* Open start->repository. 0, or -errno with the error pending where it is
 * -EIO. start must outlive the repository. */
int repository_open(struct eval *ev, const struct wire_start *start,
		    struct repository *out);

/* Does file, as the module system names files (a string or a path), lie in the
 * repository? An input of its own, such as nixpkgs/, does not count. */
bool repository_has(struct repository *repository, value *file);

/* Open the flake: its files and inputs, not its outputs. 0 or -errno, the
 * error pending where it is -EIO. */
int repository_load(struct repository *repository);
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

/* A text of the wire as a C string, to be freed; NULL when out of memory. */
char *repository_text(const struct wire_text *text);

#endif
