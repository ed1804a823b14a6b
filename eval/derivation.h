/*
 * derivation.h - derivations: from attributes to store paths
 */
#ifndef EVAL_DERIVATION_H
#define EVAL_DERIVATION_H

#include "eval/value.h"

/* What derivationStrict gives for the attributes: { drvPath, and the path of
 * each output }. */
value derivation_make(struct eval *ev, struct attrs *set);

#endif
