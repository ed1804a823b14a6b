/*
 * sandbox.h - what the processes that touch others' code and data may not do
 *
 * Workers evaluate code that nobody vetted. The evaluator gives such code no
 * way to write, to run anything or to reach the network; this holds if the
 * evaluator has a fault. What workers need of these is done for them by errands
 * (eval/errand.h), which evaluate nothing but unpack what the network sends.
 * What the kernel can't do is left out.
 */
#ifndef FS_SANDBOX_H
#define FS_SANDBOX_H

/* For good, in this process and those it forks: no new privileges, no core
 * dumps, no other program run, no other process looked into, nothing written
 * and no socket but pairs. */
void sandbox_worker(void);

/* The same for who does errands, which may use the network, run programs and
 * write below $XDG_CACHE_HOME/flakefs or ~/.cache/flakefs, made if need be. */
void sandbox_errand(void);

#endif
