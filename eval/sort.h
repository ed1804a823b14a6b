/*
 * sort.h - put values in order
 */
#ifndef EVAL_SORT_H
#define EVAL_SORT_H

#include "eval/value.h"

/* Is a < b? 1, 0, or -1 to give up. */
typedef int sort_less(void *arg, value a, value b);

/*
 * Sort the len values, equal ones in the order they had. spare: room for as
 * many. Returns 0, or -1 as soon as less does; the values are then in some
 * order.
 *
 * An order that contradicts itself gives some order, and the same as in Nix:
 * less is called with the same pairs in the same sequence.
 */
int sort_values(value *values, size_t len, value *spare, sort_less *less,
		void *arg);

#endif
