/* utf8.c - are these bytes UTF-8? */
#include "eval/utf8.h"

size_t utf8_check(const char *bytes, size_t len, unsigned *missing)
{
	const unsigned char *s = (const unsigned char *)bytes;
	unsigned char low, high;
	unsigned more;
	size_t i = 0;

	*missing = 0;
	while (i < len) {
		if (s[i] < 0x80) {
			i++;
			continue;
		}
		/* What the second byte may be depends on the first. */
		low = 0x80;
		high = 0xbf;
		if (s[i] >= 0xc2 && s[i] <= 0xdf) {
			more = 1;
		} else if (s[i] >= 0xe0 && s[i] <= 0xef) {
			more = 2;
			if (s[i] == 0xe0)
				low = 0xa0;
			if (s[i] == 0xed)
				high = 0x9f;
		} else if (s[i] >= 0xf0 && s[i] <= 0xf4) {
			more = 3;
			if (s[i] == 0xf0)
				low = 0x90;
			if (s[i] == 0xf4)
				high = 0x8f;
		} else {
			return i;
		}
		for (i++; more > 0; i++, more--) {
			if (i == len) {
				*missing = more;
				return len;
			}
			if (s[i] < low || s[i] > high)
				return i;
			low = 0x80;
			high = 0xbf;
		}
	}
	return len;
}

size_t utf8_encode(char out[4], unsigned code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}
