/*
 * float.h - floats as JSON has them
 */
#ifndef EVAL_FLOAT_H
#define EVAL_FLOAT_H

#include "eval/buf.h"

/*
 * Add a finite number as builtins.toJSON prints it: as few digits as are read
 * back as the same number (in all but one case in a thousand), always with a
 * point or an exponent: 1.0, 0.0001, 1e-05, 1e+15.
 */
void float_print(struct buf *out, double number);

#endif
