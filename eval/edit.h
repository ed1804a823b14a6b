/*
 * edit.h - changing one binding in the text of a Nix module
 *
 * A module is a set, or a function that gives one (through let, with, assert
 * and parentheses). Its options are set at the top of that set, or in its
 * `config` if it has one of `config` and `options`. Only the bytes of one value
 * change, or one binding is added; comments and layout elsewhere stay byte for
 * byte. (For mkForce, `lib` may have to be added to the arguments.)
 *
 * Text in, text out: nothing here evaluates or touches a file.
 */
#ifndef EVAL_EDIT_H
#define EVAL_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/buf.h"
#include "eval/wire.h"

struct eval;

/* A binding found in a module's text. */
struct edit_binding {
	uint32_t line, column; /* of the binding's name, from 1; bytes */
	size_t start, end;     /* the value's bytes in the text */
	bool literal; /* a plain literal (or list of those), maybe in mkForce,
			 mkDefault or mkOverride */
	bool conditional; /* inside mkIf, mkMerge, or an if: not plain */
};

/*
 * Whose modules are meant in a text that is no module, or that of several
 * hosts: those written out in the lists of modules that stand below a binding
 * of the host's name. Everywhere below, the scope NULL means that the text is a
 * module; and those written out in its imports are parts of it.
 */
struct edit_scope {
	const char *class; /* "nixosConfigurations": not what stands below
			      another of these */
	struct wire_text host;
	bool all; /* there is no other: any list of modules is the host's */
};

/*
 * Find the binding of exactly path (len names) in the module; also when it is
 * written nested or merged from several sets. False if there is none, or the
 * text does not parse.
 */
bool edit_find(const char *text, size_t text_len,
	       const struct edit_scope *scope, const struct wire_text *path,
	       size_t len, struct edit_binding *out);

/* Is there a module that a definition could be added to? */
bool edit_has_module(const char *text, size_t text_len,
		     const struct edit_scope *scope);

enum edit_flags {
	EDIT_FORCE = 1, /* as lib.mkForce VALUE (a value that is edited and has
			   mkForce keeps it) */
};

/* With EDIT_FORCE: as lib.mkOverride PRIORITY VALUE instead, where mkForce is
 * not strong enough. */
#define EDIT_PRIORITY(priority) ((unsigned)(priority) << 8)

/*
 * Give path the value (a Nix expression without a newline at its end): replace
 * the literal that is there, or add a binding beside its relatives, in the
 * file's style. On success the whole new text is in out and the edit's line (in
 * the new text, from 1) in *line. -1 if it can't be done safely: err then says
 * why, with line:column in front ("12:5: the value is computed").
 */
int edit_set(const char *text, size_t text_len, const struct edit_scope *scope,
	     const struct wire_text *path, size_t len, const char *value,
	     unsigned flags, struct buf *out, uint32_t *line, struct buf *err);

#endif
