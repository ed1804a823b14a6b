/*
 * terminal.h - text that is fit to be shown
 */
#ifndef EVAL_TERMINAL_H
#define EVAL_TERMINAL_H

#include <stddef.h>

struct buf;

/*
 * Add the bytes to out as Nix writes messages where there is no terminal:
 * escape sequences, carriage returns and bells left out, tabs made spaces
 * (columns count on over line ends, as they do in Nix).
 */
void terminal_plain(struct buf *out, const char *bytes, size_t len);

#endif
