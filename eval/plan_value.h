/*
 * plan_value.h - what is written into an option's file, as a Nix expression
 */
#ifndef EVAL_PLAN_VALUE_H
#define EVAL_PLAN_VALUE_H

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/wire.h"

/*
 * The expression for text (without the newline at its end) by the option's
 * type: Booleans in sysfs's spellings, enums by their members, lists one
 * element a line. The type itself has the last word (type.check). 0, or
 * -EINVAL (the type refuses it) or -EACCES (such a type can't be written) with
 * a message in err, or another -errno with the error pending.
 */
int plan_value(struct eval *ev, struct attrs *option,
	       const struct wire_text *text, struct buf *out, struct buf *err);

/*
 * The same for a member of an option's value, whose type is not told: it takes
 * what is like the value it has.
 */
int plan_value_like(struct eval *ev, value *current,
		    const struct wire_text *text, struct buf *out,
		    struct buf *err);

#endif
