/*
 * registry.h - what "nixpkgs" alone means: flake registries
 *
 *     { "version": 2, "flakes": [
 *         { "from": { "type": "indirect", "id": "nixpkgs" },
 *           "to":   { "type": "github", "owner": ..., "dir": ... },
 *           "exact": false } ] }
 *
 * They are read from disk: the user's ($XDG_CONFIG_HOME/nix/registry.json),
 * the system's (/etc/nix/registry.json, or in $NIX_CONF_DIR), and the global
 * one: the file that the setting flake-registry of nix.conf names, or a copy in
 * our cache folder or Nix's. Only what is in none of them is looked for in the
 * global one over the network.
 */
#ifndef EVAL_REGISTRY_H
#define EVAL_REGISTRY_H

#include "eval/flakeref.h"

enum registry_use {
	REGISTRY_NONE,
	REGISTRY_LIMITED, /* as for inputs: the global one first */
	REGISTRY_ALL,
};

/*
 * Replace ref by what the registries say it means, until they say no more;
 * *dir becomes the folder they give, where they do. -1 with the error pending
 * if an indirect reference is in none.
 */
int registry_resolve(struct eval *ev, enum registry_use use,
		     struct flake_ref *ref, const char **dir);

#endif
