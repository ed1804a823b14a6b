/*
 * nixfile.h - the Nix code that belongs to the evaluator
 */
#ifndef EVAL_NIXFILE_H
#define EVAL_NIXFILE_H

#include "eval/value.h"

/* builtins.derivation: the function that puts off derivationStrict until a
 * store path is asked for. */
value nixfile_derivation(struct eval *ev);

/* The function from what a .drv file says ({ drvPath, name, outputs and the
 * path of each output }) to what import gives for it. */
value nixfile_imported(struct eval *ev);

/* What <nix/NAME> means: a path, which need not exist. */
value nixfile_path(struct eval *ev, const char *name, size_t len);

/* Is source the one of <nix/...>, whose paths are printed so? */
bool nixfile_is_source(const struct source *source);

#endif
