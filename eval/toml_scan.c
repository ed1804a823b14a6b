/* toml_scan.c - the values of TOML that are one word, and its strings */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/toml_private.h"

#define HINT_DATE                                                              \
	"Hint: valid  : 1979-05-27T07:32:00, 1979-05-27 "                      \
	"07:32:00.999999\nHint: invalid: 1979-05-27T7:32:00, "                 \
	"1979-05-27 17:32\n"
#define HINT_ZONED                                                             \
	"Hint: valid  : 1979-05-27T07:32:00-07:00, 1979-05-27 "                \
	"07:32:00.999999Z\nHint: invalid: 1979-05-27T7:32:00-7:00, "           \
	"1979-05-27 7:32-00:30"
#define HINT_OFFSET                                                            \
	"Hint: valid  : +09:00, -05:30\nHint: invalid: +9:00,  -5:30\n"
#define HINT_FLOAT                                                             \
	"Hint: valid  : +1.0, -2e-2, 3.141_592_653_589, inf, nan\n"            \
	"Hint: invalid: .0, 1., _1.0, 1.0_, 1_.0, 1.0__0\n"
#define HINT_INT                                                               \
	"Hint: valid  : -42, 1_000, 1_2_3_4_5, 0xC0FFEE, 0b0010, "             \
	"0o755\nHint: invalid: _42, 1__000, 0123\n"

/*
 * The scan_...() functions take where something may begin and return where it
 * ends, or NULL if it is not there. The text ends with a NUL, which belongs to
 * nothing, so they need not look for the end.
 */

static bool in_base(char c, int base)
{
	if (base == 16 && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return true;
	return toml_digit(c) && c - '0' < base;
}

/* Digits, with single "_" between them. */
static const char *scan_digits(const char *at, int base)
{
	if (!in_base(*at, base))
		return NULL;
	for (at++;;) {
		if (in_base(*at, base))
			at++;
		else if (*at == '_' && in_base(at[1], base))
			at += 2;
		else
			return at;
	}
}

static const char *scan_sign(const char *at)
{
	return *at == '+' || *at == '-' ? at + 1 : at;
}

/* A decimal integer; "0123" is one that ends behind its zero. */
static const char *scan_decimal(const char *at)
{
	at = scan_sign(at);
	if (*at == '0')
		return at + 1;
	return scan_digits(at, 10);
}

static const char *scan_prefixed(const char *at, char letter, int base)
{
	if (at[0] != '0' || at[1] != letter)
		return NULL;
	return scan_digits(at + 2, base);
}

static const char *scan_integer(const char *at)
{
	const char *end = scan_prefixed(at, 'x', 16);

	if (!end)
		end = scan_prefixed(at, 'o', 8);
	if (!end)
		end = scan_prefixed(at, 'b', 2);
	if (!end)
		end = scan_decimal(at);
	return end;
}

static const char *scan_exponent(const char *at)
{
	if ((*at | 0x20) != 'e')
		return NULL;
	return scan_digits(scan_sign(at + 1), 10);
}

static const char *scan_float(const char *at)
{
	const char *end = scan_decimal(at), *more;

	if (end) {
		more = scan_exponent(end);
		if (more)
			return more;
		if (*end == '.')
			more = scan_digits(end + 1, 10);
		if (more) {
			end = scan_exponent(more);
			return end ? end : more;
		}
	}
	at = scan_sign(at);
	if (strncmp(at, "inf", 3) == 0 || strncmp(at, "nan", 3) == 0)
		return at + 3;
	return NULL;
}

/* A pattern of digits, "0" standing for any. */
static const char *scan_pattern(const char *at, const char *pattern)
{
	for (; *pattern; pattern++, at++)
		if (*pattern == '0' ? !toml_digit(*at) : *at != *pattern)
			return NULL;
	return at;
}

static const char *scan_date(const char *at)
{
	return scan_pattern(at, "0000-00-00");
}

static const char *scan_time(const char *at)
{
	at = scan_pattern(at, "00:00:00");
	if (at && at[0] == '.' && toml_digit(at[1]))
		for (at++; toml_digit(*at);)
			at++;
	return at;
}

static const char *scan_date_time(const char *at)
{
	at = scan_date(at);
	if (!at || (*at != 'T' && *at != 't' && *at != ' '))
		return NULL;
	return scan_time(at + 1);
}

static const char *scan_offset(const char *at)
{
	if (*at == 'z' || *at == 'Z')
		return at + 1;
	if (*at != '+' && *at != '-')
		return NULL;
	return scan_pattern(at + 1, "00:00");
}

/* A date, a time or both; 1 with its end, 0 if there is none, -1. */
static int scan_when(struct toml_parser *p, const char **end)
{
	const char *at = scan_date_time(p->at);

	if (at) {
		*end = scan_offset(at);
		if (*end)
			return 1;
		if (*at == '+' || *at == '-')
			return toml_fail(p, at,
					 "bad offset: must be [+-]HH:MM or Z",
					 "here", HINT_OFFSET);
		*end = at;
		return 1;
	}
	at = scan_date(p->at);
	if (at) {
		*end = at;
		if (*at == 'T' || *at == 't' ||
		    (*at == ' ' && toml_digit(at[1])))
			return toml_fail(p, at + 1,
					 "bad time: must be HH:MM:SS.subsec",
					 "here", HINT_DATE);
		if (toml_digit(*at))
			return toml_fail(p, at,
					 "bad datetime: missing T or space",
					 "here", HINT_DATE);
		return 1;
	}
	*end = scan_time(p->at);
	return *end != NULL;
}

/* What must not come right behind an integer. */
static int check_integer_end(struct toml_parser *p, const char *end)
{
	bool zero = scan_sign(p->at) + 1 == end && end[-1] == '0';

	if (*end == '_' && zero)
		return toml_fail(p, end,
				 "bad integer: leading zero is not allowed in "
				 "decimal int",
				 "leading zero", HINT_INT);
	if (*end == '_')
		return toml_fail(
			p, end, "bad integer: `_` must be surrounded by digits",
			"invalid underscore", HINT_INT);
	if (*end == '0')
		return toml_fail(p, end - 1, "bad integer: leading zero",
				 "leading zero is not allowed", HINT_INT);
	if (toml_digit(*end))
		return toml_fail(p, end,
				 "bad integer: invalid digit after an integer",
				 "this digit is not allowed", HINT_INT);
	if (*end == ':' || *end == '-')
		return toml_fail(p, end, "bad datetime: invalid format", "here",
				 HINT_ZONED);
	if (*end == '.' || *end == 'e' || *end == 'E')
		return toml_fail(p, end, "bad float: invalid format", "here",
				 HINT_FLOAT);
	return 0;
}

static int scan_number(struct toml_parser *p, enum toml_kind *kind,
		       const char **end)
{
	int is_time = scan_when(p, end);

	if (is_time != 0) {
		*kind = TOML_TIME;
		return is_time < 0 ? -1 : 0;
	}
	*end = scan_float(p->at);
	if (*end) {
		*kind = TOML_FLOAT;
		if (**end == '_')
			return toml_fail(p, *end,
					 "bad float: `_` must be surrounded by "
					 "digits",
					 "invalid underscore", HINT_FLOAT);
		return 0;
	}
	*end = scan_integer(p->at);
	if (*end) {
		*kind = TOML_INT;
		return check_integer_end(p, *end);
	}
	if (*p->at == '.')
		return toml_fail(p, p->at,
				 "bad float: integer part is required before "
				 "decimal point",
				 "missing integer part", HINT_FLOAT);
	if (*p->at == '_')
		return toml_fail(p, p->at,
				 "bad number: `_` must be surrounded by digits",
				 "digits required before `_`", HINT_INT);
	return toml_fail(p, p->at, "bad format: unknown value appeared", "here",
			 NULL);
}

int toml_scan_value(struct toml_parser *p, enum toml_kind *kind,
		    const char **end)
{
	const char *word = NULL;

	switch (*p->at) {
	case 't':
	case 'f':
		*kind = TOML_BOOL;
		*end = p->at + (*p->at == 't' ? 4 : 5);
		if (strncmp(p->at, "true", 4) == 0 ||
		    strncmp(p->at, "false", 5) == 0)
			return 0;
		return toml_fail(p, p->at,
				 "toml::parse_boolean: invalid boolean: "
				 "boolean must be `true` or `false`, in "
				 "lowercase. string must be surrounded by "
				 "`\"`",
				 "here", NULL);
	case 'T':
		word = "`true`";
		break;
	case 'F':
		word = "`false`";
		break;
	case 'i':
	case 'I':
		word = "`inf`";
		break;
	case 'n':
	case 'N':
		word = "`nan`";
		break;
	}
	if (word && strncmp(p->at, "inf", 3) != 0 &&
	    strncmp(p->at, "nan", 3) != 0) {
		char title[128];

		snprintf(title, sizeof(title),
			 "toml::parse_value: %s must be in lowercase. A string "
			 "must be surrounded by quotes.",
			 word);
		return toml_fail(p, p->at, title, "here", NULL);
	}
	return scan_number(p, kind, end);
}

static int read_int(struct toml_parser *p, const char *end, int64_t *out)
{
	static const struct {
		char letter;
		int base;
		const char *name, *like, *limit;
	} forms[] = {
		{ 'b', 2, "bin", "0b0101, 0b1111_0000", "value" },
		{ 'o', 8, "oct", "0o775, 0o04_44", "value" },
		{ 'x', 16, "hex", "0xC0FFEE, 0xdead_beef", "value" },
		{ '\0', 10, "dec", "", "digits" },
	};
	const char *at = scan_sign(p->at);
	bool negative = *p->at == '-', too_large = false;
	uint64_t n = 0, most = (uint64_t)INT64_MAX + negative;
	char title[128];
	size_t form = 0;

	while (forms[form].letter &&
	       !(at[0] == '0' && at[1] == forms[form].letter))
		form++;
	if (forms[form].letter && (at > p->at || end < at + 2)) {
		/* With a sign, or with no digits. */
		snprintf(title, sizeof(title),
			 "toml::parse_%s_integer: invalid integer: %s_int must "
			 "be like: %s",
			 forms[form].name, forms[form].name, forms[form].like);
		return toml_fail(p, p->at, title, "here", NULL);
	}
	if (forms[form].letter)
		at += 2;
	for (; at < end && !too_large; at++) {
		unsigned int digit;

		if (*at == '_')
			continue;
		digit = toml_digit(*at) ? *at - '0' : (*at | 0x20) - 'a' + 10;
		too_large = n > (most - digit) / forms[form].base;
		n = n * forms[form].base + digit;
	}
	if (too_large) {
		snprintf(title, sizeof(title),
			 "toml::parse_%s_integer: too large integer: current "
			 "max %s = 2^63",
			 forms[form].name, forms[form].limit);
		return toml_fail(p, end, title, "must be < 2^63", NULL);
	}
	*out = negative ? (int64_t)(0 - n) : (int64_t)n;
	return 0;
}

static int read_float(struct toml_parser *p, const char *end, double *out)
{
	buf_reset(&p->scratch);
	for (const char *at = p->at; at < end; at++)
		if (*at != '_')
			buf_add_char(&p->scratch, *at);
	if (p->scratch.failed)
		return toml_no_memory(p);
	*out = strtod(buf_text(&p->scratch), NULL);
	/* "inf" is no number that is too large. */
	if (isinf(*out) && toml_digit(end[-1]))
		return toml_fail(
			p, end,
			"toml::parse_floating: failed to read floating "
			"point value from stream",
			"here", NULL);
	return 0;
}

static int two_digits(const char *at)
{
	return (at[0] - '0') * 10 + at[1] - '0';
}

static int check_date(struct toml_parser *p)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	int year = two_digits(p->at) * 100 + two_digits(p->at + 2);
	int month = two_digits(p->at + 5), day = two_digits(p->at + 8);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month < 1 || month > 12 || day < 1 ||
	    day > days[month - 1] + (month == 2 && leap))
		return toml_fail(p, p->at,
				 "toml::parse_local_date: invalid date.",
				 "month must be 01-12, day must be any of "
				 "01-28,29,30,31 depending on the month/year.",
				 NULL);
	return 0;
}

static int check_time(struct toml_parser *p, const char *at)
{
	if (two_digits(at) > 23 || two_digits(at + 3) > 59)
		return toml_fail(p, at, "toml::parse_local_time: invalid time.",
				 "hour must be 00-23, minute must be 00-59.",
				 NULL);
	if (two_digits(at + 6) > 60)
		return toml_fail(p, at, "toml::parse_local_time: invalid time.",
				 "second must be 00-60.", NULL);
	return 0;
}

/*
 * Dates and times are kept as Nix prints them: with a "T" in the middle, and a
 * fraction of three, six or nine digits, whichever shows all that is not zero.
 */
static int read_time(struct toml_parser *p, const char *end,
		     struct toml_value *out)
{
	const char *at = p->at;
	struct buf *text = &p->scratch;
	char *copy;

	buf_reset(text);
	if (scan_date(at)) {
		if (check_date(p) < 0)
			return -1;
		buf_add(text, at, 10);
		at += 10;
		if (at < end) {
			buf_add_char(text, 'T');
			at++;
		}
	}
	if (at < end) {
		if (check_time(p, at) < 0)
			return -1;
		buf_add(text, at, 8);
		at += 8;
	}
	if (at < end && *at == '.') {
		char digits[10] = "000000000";
		int n = 0;

		for (at++; toml_digit(*at); at++)
			if (n < 9)
				digits[n++] = *at;
		for (n = 9; n > 0 && strncmp(digits + n - 3, "000", 3) == 0;)
			n -= 3;
		if (n > 0) {
			buf_add_char(text, '.');
			buf_add(text, digits, n);
		}
	}
	if (at < end) {
		bool zero =
			(*at | 0x20) == 'z' || strncmp(at + 1, "00:00", 5) == 0;

		if (!zero &&
		    (two_digits(at + 1) > 24 || two_digits(at + 4) > 60))
			return toml_fail(p, p->at,
					 "toml::parse_offset_datetime: too "
					 "large offset: |hour| <= 24, |minute| "
					 "<= 60",
					 "here", NULL);
		if (zero)
			buf_add_char(text, 'Z');
		else
			buf_add(text, at, 6);
	}

	copy = text->failed ? NULL : toml_alloc(p->doc, text->len + 1);
	if (!copy)
		return toml_no_memory(p);
	memcpy(copy, text->data, text->len + 1);
	out->as.text.bytes = copy;
	out->as.text.len = text->len;
	return 0;
}

int toml_read_value(struct toml_parser *p, enum toml_kind kind, const char *end,
		    struct toml_value *out)
{
	int ret = 0;

	out->kind = kind;
	switch (kind) {
	case TOML_BOOL:
		out->as.boolean = *p->at == 't';
		break;
	case TOML_INT:
		ret = read_int(p, end, &out->as.integer);
		break;
	case TOML_FLOAT:
		ret = read_float(p, end, &out->as.number);
		break;
	default:
		ret = read_time(p, end, out);
	}
	if (ret == 0)
		p->at = end;
	return ret;
}

int toml_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	int len = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;

	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	/* Not too long a form, no surrogates, nothing past U+10FFFF. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) ||
	    (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	for (int i = 1; i < len; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	return len;
}

static void add_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_add_char(out, c);
		return;
	}
	if (c < 0x800) {
		buf_add_char(out, 0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			buf_add_char(out, 0xe0 | c >> 12);
		} else {
			buf_add_char(out, 0xf0 | c >> 18);
			buf_add_char(out, 0x80 | (c >> 12 & 0x3f));
		}
		buf_add_char(out, 0x80 | (c >> 6 & 0x3f));
	}
	buf_add_char(out, 0x80 | (c & 0x3f));
}

/* A string that is being read. */
struct quoted {
	char quote;	/* '"' or '\'' */
	bool multiline; /* three of them */
	const char *begin;
	const char *wrong; /* the first character that is in no string */
};

/*
 * "\n", "\u00e9" and so on, and a backslash at a line's end. Returns how long
 * it is, 0 if it is none of them, -1.
 */
static int read_escape(struct toml_parser *p, const struct quoted *q,
		       const char *at)
{
	static const char letters[] = "\"\\bfnrt", meant[] = "\"\\\b\f\n\r\t";
	const char *letter = at[1] ? strchr(letters, at[1]) : NULL, *end;
	uint32_t c = 0;
	int digits = at[1] == 'u' ? 4 : at[1] == 'U' ? 8 : 0;

	if (letter) {
		buf_add_char(&p->scratch, meant[letter - letters]);
		return 2;
	}
	for (int i = 0; i < digits; i++) {
		char digit = at[2 + i];

		if (!in_base(digit, 16))
			return 0;
		c = c << 4 | (toml_digit(digit) ? digit - '0'
						: (digit | 0x20) - 'a' + 10);
	}
	if (digits && c >= 0xd800 && c <= 0xdfff)
		return toml_fail(p, at,
				 "toml::parse_utf8_codepoint: [0xD800, 0xDFFF] "
				 "is not a valid UTF-8",
				 "here", NULL);
	if (digits && c > 0x10ffff)
		return toml_fail(p, at,
				 "toml::parse_utf8_codepoint: input codepoint "
				 "is too large.",
				 "must be in range [0x00, 0x10FFFF]", NULL);
	if (digits) {
		add_utf8(&p->scratch, c);
		return 2 + digits;
	}
	if (!q->multiline)
		return 0;

	/* Nothing up to the next line's first character counts. */
	for (end = at + 1; *end == ' ' || *end == '\t';)
		end++;
	if (!toml_newline(end))
		return 0;
	while (*end == ' ' || *end == '\t' || toml_newline(end))
		end += toml_newline(end) ? toml_newline(end) : 1;
	return end - at;
}

/* One character of a string; as read_escape(). */
static int read_char(struct toml_parser *p, const struct quoted *q,
		     const char *at)
{
	unsigned char c = *at;
	int len = 1;

	if (c == (unsigned char)q->quote)
		return 0;
	if (c == '\\' && q->quote == '"')
		return read_escape(p, q, at);
	if (c >= 0x80)
		len = toml_utf8(at);
	else if (c == 0x7f || (c < 0x20 && c != '\t'))
		len = q->multiline ? toml_newline(at) : 0;
	buf_add(&p->scratch, at, len);
	return len;
}

static int fail_string(struct toml_parser *p, const struct quoted *q)
{
	char title[64];

	snprintf(title, sizeof(title),
		 "toml::parse_%s%s_string: invalid string"
		 " format",
		 q->multiline ? "ml_" : "",
		 q->quote == '"' ? "basic" : "literal");
	return toml_fail(p, q->wrong, title, "here", NULL);
}

/*
 * At a quote within """ or ''': up to two are part of the string; three end it,
 * and up to two more before them belong to it. Returns how many quotes there
 * are to take, with *ends saying that the last three close the string.
 */
static int count_quotes(const char *at, char quote, bool *ends)
{
	int n = 0;

	while (n < 5 && at[n] == quote)
		n++;
	*ends = n >= 3;
	return n;
}

int toml_read_string(struct toml_parser *p, bool multiline,
		     struct toml_text *out)
{
	struct quoted q = { .quote = *p->at };
	const char *at = p->at + 1;
	char *copy;
	int len;

	q.multiline = multiline && at[0] == q.quote && at[1] == q.quote;
	if (q.multiline) {
		at += 2;
		at += toml_newline(at);
	}
	buf_reset(&p->scratch);
	for (;;) {
		bool ends = true;
		int quotes;

		len = read_char(p, &q, at);
		if (len < 0)
			return -1;
		at += len;
		if (len > 0)
			continue;
		q.wrong = at;
		if (*at != q.quote)
			return fail_string(p, &q);
		quotes = q.multiline ? count_quotes(at, q.quote, &ends) : 1;
		at += quotes;
		for (int i = ends ? (q.multiline ? 3 : 1) : 0; i < quotes; i++)
			buf_add_char(&p->scratch, q.quote);
		if (ends)
			break;
	}

	copy = p->scratch.failed ? NULL
				 : toml_alloc(p->doc, p->scratch.len + 1);
	if (!copy)
		return toml_no_memory(p);
	memcpy(copy, buf_text(&p->scratch), p->scratch.len + 1);
	out->bytes = copy;
	out->len = p->scratch.len;
	p->at = at;
	return 0;
}
