/*
 * utf8.h - are these bytes UTF-8?
 */
#ifndef EVAL_UTF8_H
#define EVAL_UTF8_H

#include <stddef.h>

/*
 * The index of the first byte that cannot be where it is, or len if there is
 * none. *missing is how many bytes the last character lacks at the end, 0 if
 * the bytes are whole. Overlong forms, surrogates and what is above U+10FFFF
 * are no UTF-8.
 */
size_t utf8_check(const char *bytes, size_t len, unsigned *missing);

/* Write code, which is below 0x110000, in up to 4 bytes; gives their number. */
size_t utf8_encode(char out[4], unsigned code);

#endif
