/*
 * name.c - attribute names as file names, and back
 */
#include "fs/name.h"

#include <stdint.h>
#include <string.h>

#include "eval/hash.h"

#define NAME_MAX_LEN (NAME_SIZE - 1)
#define HASH_DIGITS 32
#define SHORT_LEN (NAME_MAX_LEN - HASH_DIGITS - 2) /* 221 */

static const char *const format_names[WIRE_FORMATS] = {
	[WIRE_JSON] = "json",	[WIRE_NIX] = "nix",
	[WIRE_TYPE] = "type",	[WIRE_ATTRPATH] = "attrpath",
	[WIRE_WHERE] = "where", [WIRE_ERROR] = "error",
};

const char *name_format(enum wire_format format)
{
	return format < WIRE_FORMATS ? format_names[format] : NULL;
}

bool name_companion(const char *name, size_t len, const char **base,
		    size_t *base_len, enum wire_format *format)
{
	if (len < 2 || name[0] != '.')
		return false;
	for (int i = 0; i < WIRE_FORMATS; i++) {
		size_t n = format_names[i] ? strlen(format_names[i]) : 0;

		if (!n || len < n + 1 || name[len - n - 1] != '.' ||
		    memcmp(name + len - n, format_names[i], n) != 0)
			continue;
		/* ".json", or ".N.json" with an N of one byte or more. */
		if (len == n + 2)
			return false;
		*base = name + 1;
		*base_len = len == n + 1 ? 0 : len - n - 2;
		*format = i;
		return true;
	}
	return false;
}

static bool must_escape(unsigned char c)
{
	return c < 0x20 || c == 0x7f || c == '/' || c == '%';
}

/* A first dot that would make the name one of ours. */
static bool must_escape_dot(const char *raw, size_t len)
{
	enum wire_format format;
	const char *base;
	size_t base_len;

	return (len == 1 && raw[0] == '.') ||
	       (len == 2 && raw[0] == '.' && raw[1] == '.') ||
	       name_companion(raw, len, &base, &base_len, &format);
}

/*
 * An encoding may be a megabyte long, of which only 255 bytes are kept: it
 * goes out in pieces, to the hash and, as far as it fits, to out.
 */
struct encoder {
	char *out;
	size_t len; /* of the whole encoding so far */
	struct hash_ctx *hash;
};

static void emit(struct encoder *to, const char *bytes, size_t n)
{
	if (to->hash)
		hash_update(to->hash, bytes, n);
	if (to->len < NAME_MAX_LEN) {
		size_t room = NAME_MAX_LEN - to->len;

		memcpy(to->out + to->len, bytes, n < room ? n : room);
	}
	to->len += n;
}

static void encode(struct encoder *to, const char *raw, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t start = 0, i = 0;

	if (!len)
		emit(to, "%", 1);
	if (must_escape_dot(raw, len)) {
		emit(to, "%2E", 3);
		start = i = 1;
	}
	for (; i < len; i++) {
		unsigned char c = (unsigned char)raw[i];
		char escape[3] = { '%', digits[c >> 4], digits[c & 15] };

		if (!must_escape(c))
			continue;
		if (i > start)
			emit(to, raw + start, i - start);
		emit(to, escape, 3);
		start = i + 1;
	}
	if (len > start)
		emit(to, raw + start, len - start);
}

size_t name_encode(const char *raw, size_t len, char out[NAME_SIZE])
{
	struct encoder to = { out, 0, NULL };
	struct hash_ctx ctx;
	struct hash hash;

	encode(&to, raw, len);
	if (to.len > NAME_MAX_LEN) {
		to.len = 0;
		to.hash = &ctx;
		hash_start(&ctx, HASH_SHA256);
		encode(&to, raw, len);
		hash_finish(&ctx, &hash);
		memcpy(out + SHORT_LEN, "%~", 2);
		hash_base16(out + SHORT_LEN + 2, hash.bytes, HASH_DIGITS / 2);
		to.len = NAME_MAX_LEN;
	}
	out[to.len] = '\0';
	return to.len;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum name_form name_decode(const char *name, size_t len, struct buf *raw)
{
	char again[NAME_SIZE];

	buf_reset(raw);
	if (!len || len > NAME_MAX_LEN)
		return NAME_NONE;
	if (len == NAME_MAX_LEN && memcmp(name + SHORT_LEN, "%~", 2) == 0)
		return NAME_LONG;

	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (name[i] != '%') {
			buf_add_char(raw, name[i]);
			continue;
		}
		if (len == 1)
			break; /* the empty name */
		if (len - i < 3)
			return NAME_NONE;
		high = hex_digit(name[i + 1]);
		low = hex_digit(name[i + 2]);
		if (high < 0 || low < 0)
			return NAME_NONE;
		buf_add_char(raw, (char)(high << 4 | low));
		i += 2;
	}
	if (raw->failed)
		return NAME_NONE;

	/* Only the one spelling that encoding gives: else a node would have
	 * two names, and the kernel two of it. */
	if (name_encode(buf_text(raw), raw->len, again) != len ||
	    memcmp(again, name, len) != 0)
		return NAME_NONE;
	return NAME_PLAIN;
}
