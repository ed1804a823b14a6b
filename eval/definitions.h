/*
 * definitions.h - all definitions of an option, those that do not count too
 *
 * The module system (nixpkgs, lib/modules.nix) hands all definitions of an
 * option to mergeDefinitions, which drops those that mkIf switches off and
 * those that a stronger priority beats; the option keeps the rest. What was
 * dropped is seen nowhere afterwards. So the evaluator notes the arguments of
 * each call of a function of that name and those parameters (loc: type: defs:),
 * when the worker asks for it.
 */
#ifndef EVAL_DEFINITIONS_H
#define EVAL_DEFINITIONS_H

#include "eval/eval.h"
#include "eval/wire.h"

struct definition_notes;

/* Start noting: before anything is evaluated. -1 when memory ran out. */
int definitions_watch(struct eval *ev);

/* The evaluator's part: a call of mergeDefinitions, its slots loc, type and
 * defs. Does nothing unless watched. */
void definitions_note(struct eval *ev, struct env *call);

enum definition_state {
	DEFINITION_WON,	     /* the only one that counts */
	DEFINITION_MERGED,   /* one of several that count */
	DEFINITION_LOST,     /* another has a stronger priority */
	DEFINITION_INACTIVE, /* switched off by mkIf */
};

struct definition {
	value *file;  /* a string or a path, unforced */
	value *value; /* without mkIf, mkOverride, mkOrder around it */
	int64_t priority;
	enum definition_state state;
};

/*
 * The definitions of the option at path, in the module system's order; its own
 * default is not among them. *out is in ev's arena. 0; -ENOENT if none were
 * noted (the option was not evaluated so far); -EIO with the error pending.
 */
int definitions_of(struct eval *ev, const struct wire_text *path, size_t len,
		   struct definition **out, size_t *count);

#endif
