/*
 * build.h - outputs that an evaluation reads, built by nix-store
 *
 * Import from derivation needs a program, and a worker's sandbox lets it run
 * none. So a builder is forked before the sandbox is entered: a process that
 * waits on a socket, runs "nix-store --import" and "nix-store --realise" for
 * each request, and does nothing else.
 *
 * A request is a socket of its own, passed to the builder. On it go the
 * derivation's store path and a newline, then what the store lacks of its
 * closure in nix-store's export format; back come what nix-store says and, as
 * the last byte, '0' if the derivation is built now.
 */
#ifndef EVAL_BUILD_H
#define EVAL_BUILD_H

#include "eval/value.h"

/* Fork the builder. 0 or -errno. */
int build_start(void);

/* Is there one? */
bool build_possible(void);

/* Build all outputs of the derivation. 0, or -1 with the error pending. */
int build_derivation(struct eval *ev, pos_t pos, const char *path);

#endif
