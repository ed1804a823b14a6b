/*
 * sandbox.h - what a worker may not do
 *
 * Workers evaluate code that nobody vetted. The evaluator gives such code no
 * way to write or to run anything; this holds if the evaluator has a fault.
 */
#ifndef FS_SANDBOX_H
#define FS_SANDBOX_H

/*
 * For good, in this process and those it forks: no new privileges, no core
 * dumps, no other program run, no other process looked into, and nothing
 * written but below the folder writable (made if need be; NULL: nothing at
 * all). What the kernel can't do is left out.
 */
void sandbox_enter(const char *writable);

/* Where fetched sources are kept: $XDG_CACHE_HOME/flakefs or
 * ~/.cache/flakefs. In a static buffer; NULL if there is no home. */
const char *sandbox_cache(void);

#endif
