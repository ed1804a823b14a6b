/*
 * depth.h - recursion that cannot overflow the stack
 *
 * Every function that recurses as deep as a value or a file says calls
 * depth_enter() first and, if that returned 0, depth_leave() last.
 */
#ifndef EVAL_DEPTH_H
#define EVAL_DEPTH_H

#include "eval/eval.h"

static inline int depth_enter(struct eval *ev, pos_t pos)
{
	if ((char *)__builtin_frame_address(0) < ev->stack_limit ||
	    (ev->settings.max_call_depth &&
	     ev->call_depth > ev->settings.max_call_depth)) {
		eval_fail(ev, ERROR_DEPTH, pos,
			  "stack overflow; max-call-depth exceeded");
		return -1;
	}
	ev->call_depth++;
	return 0;
}

static inline void depth_leave(struct eval *ev)
{
	ev->call_depth--;
}

#endif
