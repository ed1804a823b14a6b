/* flakeref_private.h - for flakeref*.c alone */
#ifndef EVAL_FLAKEREF_PRIVATE_H
#define EVAL_FLAKEREF_PRIVATE_H

#include <limits.h>

#include "eval/flakeref.h"
#include "eval/source.h"

#endif
