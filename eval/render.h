/*
 * render.h - values as the mount's files show them
 *
 * The rules are the tree's contract ("Values as files"): a string is its bytes
 * with one newline at the end, a list of scalars is one element a line, and so
 * on. Store paths of source trees are shown as they really are.
 */
#ifndef EVAL_RENDER_H
#define EVAL_RENDER_H

#include "eval/buf.h"
#include "eval/eval.h"

/* Does the value show as a directory? 1, 0 (a file), or -1 with the error
 * pending. Forces its outermost shape, and that of a list's elements. */
int render_is_directory(struct eval *ev, value *cell);

/* Is it a derivation (type = "derivation")? Forces the set and its type. */
bool render_is_derivation(struct eval *ev, value *cell);

/* The file's bytes. Sets and lists of sets, which show as directories, are
 * coerced as paths are where they can be. -1 with the error pending. */
int render_text(struct eval *ev, value *cell, struct buf *out);

/* A Nix expression that evaluates to the value; a derivation is its outPath. A
 * function has none: -1 with the error pending. */
int render_nix(struct eval *ev, value *cell, struct buf *out);

/* bool, int, float, string, path, null, list, set, lambda, derivation. NULL
 * with the error pending. */
const char *render_type(struct eval *ev, value *cell);

/* One name of an attribute path, quoted where Nix wants it. */
void render_name(struct buf *out, const char *bytes, size_t len);
/* A Nix string literal, quotes and all. */
void render_string(struct buf *out, const char *bytes, size_t len);

#endif
