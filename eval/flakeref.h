/*
 * flakeref.h - references to flakes and other trees of files
 *
 * A reference is a set of attributes, as `builtins.fetchTree` takes them
 *
 *     { type = "github"; owner = "NixOS"; repo = "nixpkgs"; ref = "23.05"; }
 *
 * and the folder in the tree where flake.nix is; or a URL that says the same:
 * "github:NixOS/nixpkgs/23.05?dir=lib". The Nix manual, "nix flake", section
 * "Flake references", has the grammar. Types: path, git, github, gitlab,
 * sourcehut, tarball, file, hg, indirect.
 *
 * Texts belong to ev's arena; a struct flake_ref is copied freely.
 */
#ifndef EVAL_FLAKEREF_H
#define EVAL_FLAKEREF_H

#include "eval/hash.h"
#include "eval/url.h"

enum ref_kind { REF_STRING, REF_INT, REF_BOOL };

struct ref_attr {
	const char *name;
	enum ref_kind kind;
	const char *text;
	uint64_t number; /* REF_INT; REF_BOOL: 0 or 1 */
};

struct flake_ref {
	size_t len;
	struct ref_attr *attrs; /* by name; never changed in place */
	const char *dir;	/* "" for the root */
};

struct flakeref_options {
	/* Relative paths start here, and parents are searched for flake.nix
	 * and .git; NULL: relative paths are refused. */
	const char *base;
	bool allow_missing;	/* flake.nix need not exist */
	bool is_file;		/* flake = false: a plain file will do */
	bool preserve_relative; /* keep "path:./x" as it is */
};

/* fragment: NULL if there may be none; else what follows "#", "" if nothing.
 * 0, or -1 with the error pending. */
int flakeref_parse(struct eval *ev, const char *text,
		   const struct flakeref_options *options,
		   struct flake_ref *ref, const char **fragment);
/* builtins.fetchTree's string. */
int flakeref_from_url(struct eval *ev, const struct url *url, bool is_file,
		      struct flake_ref *ref);
/* Check the attributes that ref has and put them into their usual form. An
 * unknown type is no error yet. */
int flakeref_check(struct eval *ev, struct flake_ref *ref);
/* Signed commits are an experimental feature, which is off: -1. */
int flakeref_fail_verified(struct eval *ev);
/* As a URL; NULL with the error pending. with_dir: "?dir=" too. */
const char *flakeref_print(struct eval *ev, const struct flake_ref *ref,
			   bool with_dir);
/* The attributes as JSON, as messages show them. */
const char *flakeref_json(struct eval *ev, const struct flake_ref *ref);

const struct ref_attr *flakeref_attr(const struct flake_ref *ref,
				     const char *name);
/* NULL if absent or no string. */
const char *flakeref_string(const struct flake_ref *ref, const char *name);
bool flakeref_bool(const struct flake_ref *ref, const char *name);
/* Is the type this one? */
bool flakeref_is(const struct flake_ref *ref, const char *type);
/* Add or replace. */
int flakeref_set(struct eval *ev, struct flake_ref *ref, struct ref_attr attr);
int flakeref_set_string(struct eval *ev, struct flake_ref *ref,
			const char *name, const char *text);
int flakeref_set_number(struct eval *ev, struct flake_ref *ref,
			const char *name, enum ref_kind kind, uint64_t number);
void flakeref_drop(struct eval *ev, struct flake_ref *ref, const char *name);

bool flakeref_equal(const struct flake_ref *a, const struct flake_ref *b);
/* Equal, but for "?dir=" in the URL of one (old lock files). */
bool flakeref_same_original(struct eval *ev, const struct flake_ref *a,
			    const struct flake_ref *b);

/* Does it name one tree for ever (a revision, a hash)? */
bool flakeref_is_locked(const struct flake_ref *ref);
/* path: with a relative path. Gives the path, else NULL. */
const char *flakeref_relative(const struct flake_ref *ref);
/* The rev in base 16: 1, 0 if there is none, -1 with the error pending. */
int flakeref_rev(struct eval *ev, const struct flake_ref *ref,
		 struct hash *rev);
/* The same for narHash. */
int flakeref_nar_hash(struct eval *ev, const struct flake_ref *ref,
		      struct hash *hash);

/* May text be the name of a flake or of an input? */
bool flakeref_is_id(const char *text, size_t len);
/* May text be a branch or tag? */
bool flakeref_is_ref_name(const char *text);

#endif
