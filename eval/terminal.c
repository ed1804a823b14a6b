/*
 * terminal.c - text that is fit to be shown
 */
#include "eval/terminal.h"

#include <stdint.h>

#include "eval/buf.h"

/* Skip bytes from first to last; returns where it stopped. */
static const char *skip(const char *p, const char *end, int first, int last)
{
	while (p < end && (unsigned char)*p >= first &&
	       (unsigned char)*p <= last)
		p++;
	return p;
}

/* The end of the escape sequence that begins at p (ECMA-48). */
static const char *escape_end(const char *p, const char *end)
{
	p++;
	if (p == end)
		return p;
	if (*p == '[') {
		/* Parameters, intermediates, one final byte. */
		p = skip(p + 1, end, 0x30, 0x3f);
		p = skip(p, end, 0x20, 0x2f);
		return p < end && *p >= 0x40 && *p <= 0x7e ? p + 1 : p;
	}
	if (*p == ']') {
		/* A command, up to a bell or ESC backslash. */
		while (p < end && *p != '\033' && *p != '\a')
			p++;
		if (p == end)
			return p;
		p++;
		return p[-1] == '\033' && p < end && *p == '\\' ? p + 1 : p;
	}
	return *p >= 0x40 && *p <= 0x5f ? p + 1 : p;
}

/* Bytes of the UTF-8 sequence at p, and the columns that it takes; what is
 * not UTF-8 takes a column for each byte. */
static size_t character(const char *p, const char *end, size_t *columns)
{
	unsigned char c = (unsigned char)*p;
	size_t len = c < 0x80		  ? 1
		     : (c & 0xe0) == 0xc0 ? 2
		     : (c & 0xf0) == 0xe0 ? 3
		     : (c & 0xf8) == 0xf0 ? 4
					  : 0;
	uint32_t code = len > 1 ? c & (0x7f >> len) : c;

	/* Control characters, line ends among them, take none. */
	*columns = c >= 0x20 && c != 0x7f;
	if (len <= 1)
		return 1;
	for (size_t i = 1; i < len; i++) {
		if (p + i == end || (p[i] & 0xc0) != 0x80) {
			*columns = i;
			return i;
		}
		code = code << 6 | (p[i] & 0x3f);
	}
	/* Wide ones, as most of East Asia and emoji are, take two. */
	if ((code >= 0x1100 && code <= 0x115f) ||
	    (code >= 0x2e80 && code <= 0xa4cf) ||
	    (code >= 0xac00 && code <= 0xd7a3) ||
	    (code >= 0xf900 && code <= 0xfaff) ||
	    (code >= 0xfe30 && code <= 0xfe6f) ||
	    (code >= 0xff00 && code <= 0xff60) ||
	    (code >= 0x1f300 && code <= 0x1f64f) ||
	    (code >= 0x20000 && code <= 0x3fffd))
		*columns = 2;
	return len;
}

void terminal_plain(struct buf *out, const char *bytes, size_t len)
{
	const char *p = bytes, *end = bytes + len;
	size_t column = 0;

	while (p < end) {
		size_t columns, n;

		switch (*p) {
		case '\033':
			p = escape_end(p, end);
			break;
		case '\t':
			do {
				buf_add_char(out, ' ');
			} while (++column % 8);
			p++;
			break;
		case '\r':
		case '\a':
			p++;
			break;
		default:
			n = character(p, end, &columns);
			buf_add(out, p, n);
			column += columns;
			p += n;
		}
	}
}
