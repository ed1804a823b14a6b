/*
 * derivation.h - derivations: from attributes to store paths
 */
#ifndef EVAL_DERIVATION_H
#define EVAL_DERIVATION_H

#include "eval/value.h"

/* What derivationStrict gives for the attributes: { drvPath, and the path of
 * each output }. */
value derivation_make(struct eval *ev, struct attrs *set);

/* Is it a .drv file that lies in the store's folder itself? */
bool derivation_is_file(struct eval *ev, const struct path *path);

/* What import gives for such a file. */
value derivation_import(struct eval *ev, const struct path *path);

#endif
