/*
 * prepare.h - what makes new workers start warm
 *
 * A worker tells the nursery which files it has parsed; the nursery parses them
 * too, while nothing is asked of it, and workers that it forks from then on
 * have them in memory (image.h). The nursery reads and parses files, and does
 * no more: neither a fetch nor an evaluation can keep it or end it.
 *
 * A message is a packet, its numbers and texts as in wire.h:
 *
 *     u8   is evaluation pure?
 *     text the system
 *     list of texts: the search path
 *     list of files: text folder, text label, text path (struct image_name)
 *
 * The first three are what expressions depend on: the image is for workers
 * whose settings are the same, others do without.
 */
#ifndef EVAL_PREPARE_H
#define EVAL_PREPARE_H

#include "eval/eval.h"

/* In the nursery: the descriptor that becomes readable when there is something
 * to prepare; -1 if there is none. */
int prepare_open(void);
/* Take one message: a few milliseconds. */
void prepare_take(void);

/* In a worker, first of all. */
void prepare_forked(void);
/* The evaluator that the nursery has prepared for these settings, to one that
 * asks; else NULL. */
struct eval *prepare_eval(const struct eval_settings *settings);
/* Tell what has been parsed since the last time. */
void prepare_tell(struct eval *ev);

#endif
