/*
 * toml_value.h - TOML documents as values
 */
#ifndef EVAL_TOML_VALUE_H
#define EVAL_TOML_VALUE_H

#include "eval/value.h"

/*
 * The value that a TOML text stands for; 0 with the error pending, worded as
 * Nix words it. Dates and times are refused, as Nix does unless told otherwise.
 */
value toml_value(struct eval *ev, pos_t pos, const char *text, size_t len);

#endif
