/* buf.c - bytes that grow */
#include "eval/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf)BUF_INIT;
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

bool buf_grow(struct buf *buf, size_t n)
{
	size_t cap;
	char *data;

	if (buf->failed)
		return false;
	if (buf->cap - buf->len > n)
		return true;
	if (n >= SIZE_MAX / 2 - buf->len) {
		buf->failed = true;
		return false;
	}

	/* Half as much again: additions cost constant time on average. */
	cap = buf->cap + buf->cap / 2;
	if (cap < buf->len + n + 1)
		cap = buf->len + n + 1;
	if (cap < 64)
		cap = 64;
	data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	buf->data[buf->len] = '\0';
	return true;
}

void buf_add_vformat(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	if (n < 0) {
		buf->failed = true;
	} else if (buf_grow(buf, n)) {
		vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again);
		buf->len += n;
	}
	va_end(again);
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_add_vformat(buf, format, args);
	va_end(args);
}

void buf_set_format(struct buf *buf, const char *format, ...)
{
	va_list args;

	if (!buf)
		return;
	buf_reset(buf);
	va_start(args, format);
	buf_add_vformat(buf, format, args);
	va_end(args);
}
