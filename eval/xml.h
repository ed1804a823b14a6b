/*
 * xml.h - values as XML, as builtins.toXML and --xml write them
 */
#ifndef EVAL_XML_H
#define EVAL_XML_H

#include "eval/buf.h"
#include "eval/value.h"

enum xml_flags {
	XML_STRICT = 1,	   /* force thunks; else they are <unevaluated /> */
	XML_LOCATIONS = 2, /* say where attributes and functions are written */
};

/*
 * Add the whole document for the value in slot to out. What its strings depend
 * on is united with *context, unless context is NULL. Returns 0, or -1 with
 * the error pending and a document of what comes before it in out.
 */
int xml_write(struct eval *ev, value *slot, pos_t pos, unsigned flags,
	      struct buf *out, const struct context **context);

#endif
