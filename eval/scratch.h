/*
 * scratch.h - words put aside for the time of one builtin's run
 *
 * A stack of words, one in a process: a builtin opens a part on its top, adds
 * words, and closes it before it returns, failed or not. What it calls in
 * between may do the same. Memory is kept for the next, so that nothing is
 * allocated in the long run.
 */
#ifndef EVAL_SCRATCH_H
#define EVAL_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

struct eval;

/* The beginning of a new part: for the functions below. */
size_t scratch_open(void);
/* Forget what was added since. */
void scratch_close(size_t mark);

/* Put a word on top. 0, or -1 with the error pending. */
int scratch_add(struct eval *ev, uint64_t word);

/* The words of the part that begins at mark and is the topmost one. They move
 * when any part grows. */
uint64_t *scratch_words(size_t mark);
size_t scratch_len(size_t mark);

#endif
