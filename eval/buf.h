/*
 * buf.h - bytes that grow
 *
 * A buffer remembers that memory ran out instead of saying so at each
 * addition: what is added after that is dropped, and the writer checks
 * buf->failed once, at the end.
 *
 * The bytes may hold NULs and are always followed by one that is not counted,
 * so buf_text() is a C string if they hold none.
 */
#ifndef EVAL_BUF_H
#define EVAL_BUF_H

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct buf {
	char *data; /* NULL until something is added */
	size_t len;
	size_t cap;  /* bytes allocated, the NUL among them */
	bool failed; /* memory ran out: what is here is not whole */
};

#define BUF_INIT                                                               \
	{                                                                      \
		0                                                              \
	}

void buf_release(struct buf *buf);

/* Forget the contents and any failure, keep the memory. */
void buf_reset(struct buf *buf);

/* The contents as a C string: "" of an empty buffer. */
const char *buf_text(const struct buf *buf);

/* Make room for n more bytes; false if there is none. */
bool buf_grow(struct buf *buf, size_t n);

static inline void buf_add(struct buf *buf, const void *bytes, size_t n)
{
	/* Not len + n + 1 > cap: that sum may wrap. */
	if (buf->cap - buf->len <= n && !buf_grow(buf, n))
		return;
	/* Where there is room there is memory; linters do not see it. */
	if (!buf->data)
		__builtin_unreachable();
	if (n)
		memcpy(buf->data + buf->len, bytes, n);
	buf->len += n;
	buf->data[buf->len] = '\0';
}

static inline void buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

static inline void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_format(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buf_add_vformat(struct buf *buf, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Replace the contents by the text; nothing if buf is NULL. */
void buf_set_format(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * int buf_fail(struct buf *err, const char *format, ...): set err to the
 * message, unless err is NULL, and return -1, so that a function that keeps
 * its message in a buffer fails in one line. It is a macro so that compilers
 * and checkers see the -1.
 */
#define buf_fail(err, ...) (buf_set_format(err, __VA_ARGS__), buf_failed())

static inline int buf_failed(void)
{
	return -1;
}

/* A length for "%.*s", which takes an int. */
static inline int buf_clip(size_t len)
{
	return len < INT_MAX ? (int)len : INT_MAX;
}

#endif
