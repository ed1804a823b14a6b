/*
 * plan_value.h - what is written into an option's file, as a Nix expression
 */
#ifndef EVAL_PLAN_VALUE_H
#define EVAL_PLAN_VALUE_H

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/wire.h"

/*
 * The expression for text (without the newline at its end): Booleans in
 * sysfs's spellings, enums by their members, lists one element a line. The type
 * (type.check) says which expressions will do; where several do, the value is
 * of the kind that the current one has (NULL: there is none), and else what it
 * looks like. Without a type (NULL) it has to be of that kind.
 *
 * 0, or -EINVAL (the type refuses it) or -EACCES (such a value can't be
 * written) with a message in err, or another -errno with the error pending.
 */
int plan_value(struct eval *ev, struct attrs *type, value *current,
	       const struct wire_text *text, struct buf *out, struct buf *err);

#endif
