/*
 * json_parse.c - JSON texts as values
 *
 * Accepts what nlohmann::json accepts, which is what Nix uses, and words its
 * errors the same way: they name the line, the column and the text since the
 * last string or number began ("last read").
 *
 * Nesting costs no stack: what is open lies in a list of frames.
 */
#include "eval/json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/utf8.h"

enum token {
	TOKEN_BAD,
	TOKEN_END,
	TOKEN_TRUE,
	TOKEN_FALSE,
	TOKEN_NULL,
	TOKEN_STRING,
	TOKEN_NUMBER,
	TOKEN_LIST,	 /* [ */
	TOKEN_LIST_END,	 /* ] */
	TOKEN_SET,	 /* { */
	TOKEN_SET_END,	 /* } */
	TOKEN_COLON,	 /* : */
	TOKEN_COMMA,	 /* , */
	TOKEN_ANY_VALUE, /* only as what was expected */
	TOKEN_NONE,	 /* nothing in particular was expected */
};

static const char *const token_names[] = {
	[TOKEN_END] = "end of input",
	[TOKEN_TRUE] = "true literal",
	[TOKEN_FALSE] = "false literal",
	[TOKEN_NULL] = "null literal",
	[TOKEN_STRING] = "string literal",
	[TOKEN_NUMBER] = "number literal",
	[TOKEN_LIST] = "'['",
	[TOKEN_LIST_END] = "']'",
	[TOKEN_SET] = "'{'",
	[TOKEN_SET_END] = "'}'",
	[TOKEN_COLON] = "':'",
	[TOKEN_COMMA] = "','",
	[TOKEN_ANY_VALUE] = "'[', '{', or a literal",
};

/* A list or set that is open. */
struct frame {
	bool is_set;
	size_t start; /* of its values in json_parser->values */
};

struct json_parser {
	struct eval *ev;
	pos_t pos;
	const char *text, *next, *end;
	const char *recent; /* where "last read" begins */
	bool past_end;	    /* the end was read as if it were a byte */
	const char *wrong;  /* TOKEN_BAD: why */
	bool failed;	    /* TOKEN_BAD: the error is pending already */

	/* TOKEN_STRING: the bytes, in the text or in unescaped. */
	const char *bytes;
	size_t len;
	struct buf unescaped;
	/* TOKEN_NUMBER */
	value number;

	struct frame *frames;
	size_t depth, frames_room;
	value *values; /* of all that is open; in sets each after its name */
	size_t values_len, values_room;
};

/* Fail as nlohmann::json words it; the frame is Nix's. */
static void fail(struct json_parser *p, const char *what)
{
	const char *line = p->text;
	int lines = 1;

	for (const char *s = p->text; s < p->next; s++) {
		if (*s == '\n') {
			lines++;
			line = s + 1;
		}
	}
	eval_fail(p->ev, ERROR_EVAL, 0,
		  "[json.exception.parse_error.101] parse error at line %d, "
		  "column %zu: %s",
		  lines, (size_t)(p->next - line) + p->past_end, what);
	eval_frame(p->ev, p->pos, "while decoding a JSON string");
}

static void fail_token(struct json_parser *p, enum token token,
		       enum token expected, const char *context)
{
	struct buf what = BUF_INIT;

	if (p->failed)
		return;
	buf_add_format(&what, "syntax error while parsing %s - ", context);
	if (token == TOKEN_BAD) {
		buf_add_format(&what, "%s; last read: '", p->wrong);
		for (const char *s = p->recent; s < p->next; s++) {
			if ((unsigned char)*s < 0x20)
				buf_add_format(&what, "<U+%04X>", *s);
			else
				buf_add_char(&what, *s);
		}
		buf_add_char(&what, '\'');
	} else {
		buf_add_format(&what, "unexpected %s", token_names[token]);
	}
	if (expected != TOKEN_NONE)
		buf_add_format(&what, "; expected %s", token_names[expected]);
	fail(p, buf_text(&what));
	buf_release(&what);
}

static enum token bad(struct json_parser *p, const char *wrong)
{
	p->wrong = wrong;
	return TOKEN_BAD;
}

/* Read a byte; -1 at the end, which counts as a column too. */
static int get(struct json_parser *p)
{
	if (p->next == p->end) {
		p->past_end = true;
		return -1;
	}
	return (unsigned char)*p->next++;
}

static enum token scan_literal(struct json_parser *p, const char *rest,
			       enum token token)
{
	for (; *rest; rest++)
		if (get(p) != *rest)
			return bad(p, "invalid literal");
	return token;
}

static bool is_digit(const char *s, const char *end)
{
	return s < end && *s >= '0' && *s <= '9';
}

/* Take the number's digits from p->next on; at least one, else wrong. */
static bool scan_digits(struct json_parser *p, const char *wrong)
{
	if (!is_digit(p->next, p->end)) {
		get(p);
		p->wrong = wrong;
		return false;
	}
	while (is_digit(p->next, p->end))
		p->next++;
	return true;
}

static enum token number_value(struct json_parser *p, const char *start,
			       bool is_float)
{
	size_t len = p->next - start;
	char small[64], *digits = small, *end;
	bool negative = *start == '-';
	double d;

	if (len >= sizeof(small))
		digits = arena_alloc(p->ev->arena, len + 1);
	if (!digits)
		goto out;
	memcpy(digits, start, len);
	digits[len] = '\0';

	if (!is_float) {
		unsigned long long n;

		errno = 0;
		n = strtoull(digits + negative, &end, 10);
		if (!errno && negative && n <= (uint64_t)INT64_MAX + 1) {
			p->number = value_new_int(p->ev, (int64_t)(0 - n));
			goto out;
		}
		if (!errno && !negative) {
			if (n <= INT64_MAX)
				p->number = value_new_int(p->ev, (int64_t)n);
			else
				eval_fail(p->ev, ERROR_EVAL, 0,
					  "unsigned json number %llu outside "
					  "of Nix integer range",
					  n);
			goto out;
		}
	}
	d = strtod(digits, &end);
	if (isfinite(d)) {
		p->number = value_new_float(p->ev, d);
	} else {
		eval_fail(p->ev, ERROR_EVAL, 0,
			  "[json.exception.out_of_range.406] number overflow "
			  "parsing '%s'",
			  digits);
		eval_frame(p->ev, p->pos, "while decoding a JSON string");
	}
out:
	p->failed = !p->number;
	return p->number ? TOKEN_NUMBER : TOKEN_BAD;
}

static enum token scan_number(struct json_parser *p)
{
	const char *start = p->next - 1;
	bool is_float = false;

	p->number = 0;
	p->recent = start;
	if (*start == '-') {
		if (!is_digit(p->next, p->end)) {
			get(p);
			return bad(p,
				   "invalid number; expected digit after '-'");
		}
		p->next++;
	}
	/* Nothing follows a zero at the front but a fraction or exponent. */
	if (p->next[-1] != '0')
		while (is_digit(p->next, p->end))
			p->next++;
	if (p->next < p->end && *p->next == '.') {
		p->next++;
		is_float = true;
		if (!scan_digits(p, "invalid number; expected digit after '.'"))
			return TOKEN_BAD;
	}
	if (p->next < p->end && (*p->next | 0x20) == 'e') {
		const char *wrong = "invalid number; expected '+', '-', or "
				    "digit after exponent";

		p->next++;
		is_float = true;
		if (p->next < p->end && (*p->next == '+' || *p->next == '-')) {
			p->next++;
			wrong = "invalid number; expected digit after "
				"exponent sign";
		}
		if (!scan_digits(p, wrong))
			return TOKEN_BAD;
	}
	return number_value(p, start, is_float);
}

static int scan_hex(struct json_parser *p)
{
	int code = 0, c;

	for (int i = 0; i < 4; i++) {
		c = get(p);
		if (c >= '0' && c <= '9')
			c -= '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f' && c > 0)
			c = (c | 0x20) - 'a' + 10;
		else
			return -1;
		code = code << 4 | c;
	}
	return code;
}

/* After \u: the character, of which a second \u may give the other half. */
static bool scan_unicode(struct json_parser *p)
{
	static const char no_hex[] =
		"invalid string: '\\u' must be followed by 4 hex digits";
	static const char lonely[] =
		"invalid string: surrogate U+D800..U+DBFF must be followed by "
		"U+DC00..U+DFFF";
	char utf8[4];
	int code = scan_hex(p), low;

	if (code < 0) {
		p->wrong = no_hex;
		return false;
	}
	if (code >= 0xdc00 && code <= 0xdfff) {
		p->wrong = "invalid string: surrogate U+DC00..U+DFFF must "
			   "follow U+D800..U+DBFF";
		return false;
	}
	if (code >= 0xd800 && code <= 0xdbff) {
		bool escaped = get(p) == '\\';

		if (escaped)
			escaped = get(p) == 'u';
		if (!escaped) {
			p->wrong = lonely;
			return false;
		}
		low = scan_hex(p);
		if (low < 0) {
			p->wrong = no_hex;
			return false;
		}
		if (low < 0xdc00 || low > 0xdfff) {
			p->wrong = lonely;
			return false;
		}
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	buf_add(&p->unescaped, utf8, utf8_encode(utf8, (unsigned)code));
	return true;
}

static bool scan_escape(struct json_parser *p)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = get(p);
	const char *found;

	if (c == 'u')
		return scan_unicode(p);
	found = c > 0 ? strchr(from, c) : NULL;
	if (!found) {
		p->wrong = "invalid string: forbidden character after "
			   "backslash";
		return false;
	}
	buf_add_char(&p->unescaped, to[found - from]);
	return true;
}

static const char *control_error(struct json_parser *p, unsigned char c)
{
	static const char *const names[] = {
		"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL",
		"BS",  "HT",  "LF",  "VT",  "FF",  "CR",  "SO",	 "SI",
		"DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB",
		"CAN", "EM",  "SUB", "ESC", "FS",  "GS",  "RS",	 "US",
	};
	static const char shorts[] = "btn-fr";
	char *text = arena_alloc(p->ev->arena, 100);

	if (!text) {
		p->failed = true;
		return "";
	}
	if (c >= '\b' && c <= '\r' && c != '\v')
		snprintf(text, 100,
			 "invalid string: control character U+%04X (%s) must "
			 "be escaped to \\u%04X or \\%c",
			 c, names[c], c, shorts[c - '\b']);
	else
		snprintf(text, 100,
			 "invalid string: control character U+%04X (%s) must "
			 "be escaped to \\u%04X",
			 c, names[c], c);
	return text;
}

/* Put the NUL where people can see it, as Nix does. */
static enum token fail_nul(struct json_parser *p)
{
	struct buf shown = BUF_INIT;

	for (size_t i = 0; i < p->len; i++) {
		if (p->bytes[i])
			buf_add_char(&shown, p->bytes[i]);
		else
			buf_add_text(&shown, "\u2400");
	}
	eval_fail(p->ev, ERROR_EVAL, 0,
		  "input string '%s' cannot be represented as Nix string "
		  "because it contains null bytes",
		  buf_text(&shown));
	buf_release(&shown);
	p->failed = true;
	return TOKEN_BAD;
}

/* Is what lies between start and p->next UTF-8? If not, p->next is put behind
 * the wrong byte. */
static bool check_utf8(struct json_parser *p, const char *start)
{
	unsigned missing;
	/* With the byte that ended the string, so that a character that is
	 * cut off ends at a byte that cannot be there. */
	size_t len = p->next - start, at = utf8_check(start, len, &missing);

	if (at == len && !missing)
		return true;
	if (at < len)
		p->next = start + at + 1;
	p->wrong = "invalid string: ill-formed UTF-8 byte";
	return false;
}

static enum token scan_string(struct json_parser *p)
{
	const char *start = p->next, *whole = start;
	bool ascii = true, escaped = false;

	p->recent = start - 1;
	for (;;) {
		int c = get(p);

		if (c >= 0x80) {
			ascii = false;
			continue;
		}
		if (c != '"' && c != '\\' && c >= 0x20)
			continue;

		if (!ascii && !check_utf8(p, start))
			return TOKEN_BAD;
		if (c < 0)
			return bad(p, "invalid string: missing closing quote");
		if (c < 0x20)
			return bad(p, control_error(p, (unsigned char)c));
		if (c == '"')
			break;
		if (!escaped) {
			escaped = true;
			buf_reset(&p->unescaped);
		}
		buf_add(&p->unescaped, start, p->next - 1 - start);
		if (!scan_escape(p))
			return TOKEN_BAD;
		start = p->next;
		ascii = true;
	}
	if (!escaped) {
		p->bytes = whole;
		p->len = p->next - 1 - whole;
		return TOKEN_STRING;
	}
	buf_add(&p->unescaped, start, p->next - 1 - start);
	p->bytes = buf_text(&p->unescaped);
	p->len = p->unescaped.len;
	if (memchr(p->bytes, '\0', p->len))
		return fail_nul(p);
	return TOKEN_STRING;
}

static enum token scan(struct json_parser *p)
{
	int c;

	do {
		c = get(p);
	} while (c == ' ' || c == '\t' || c == '\n' || c == '\r');

	switch (c) {
	case '[':
		return TOKEN_LIST;
	case ']':
		return TOKEN_LIST_END;
	case '{':
		return TOKEN_SET;
	case '}':
		return TOKEN_SET_END;
	case ':':
		return TOKEN_COLON;
	case ',':
		return TOKEN_COMMA;
	case 't':
		return scan_literal(p, "rue", TOKEN_TRUE);
	case 'f':
		return scan_literal(p, "alse", TOKEN_FALSE);
	case 'n':
		return scan_literal(p, "ull", TOKEN_NULL);
	case '"':
		return scan_string(p);
	case -1:
	case '\0':
		return TOKEN_END;
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(p);
	return bad(p, "invalid literal");
}

static int out_of_memory(struct json_parser *p)
{
	eval_fail(p->ev, ERROR_MEMORY, p->pos, "out of memory");
	return -1;
}

static int push(struct json_parser *p, value v)
{
	value *grown;

	if (!v)
		return -1;
	if (p->values_len == p->values_room) {
		size_t room = p->values_room ? p->values_room * 2 : 256;

		grown = reallocarray(p->values, room, sizeof(*grown));
		if (!grown)
			return out_of_memory(p);
		p->values = grown;
		p->values_room = room;
	}
	p->values[p->values_len++] = v;
	return 0;
}

static int open_frame(struct json_parser *p, bool is_set)
{
	struct frame *grown;

	if (p->depth == p->frames_room) {
		size_t room = p->frames_room ? p->frames_room * 2 : 32;

		grown = reallocarray(p->frames, room, sizeof(*grown));
		if (!grown)
			return out_of_memory(p);
		p->frames = grown;
		p->frames_room = room;
	}
	p->frames[p->depth++] =
		(struct frame){ .is_set = is_set, .start = p->values_len };
	return 0;
}

/* The list or set that ends here takes the place of its values. */
static int close_frame(struct json_parser *p)
{
	struct frame *frame = &p->frames[--p->depth];
	size_t len = p->values_len - frame->start;
	value *values = p->values + frame->start;
	struct attrs_builder builder;
	value v;

	if (frame->is_set) {
		attrs_builder_init(&builder, p->ev, len / 2);
		for (size_t i = 0; i < len; i += 2)
			if (attrs_builder_add(&builder, (symbol)values[i], 0,
					      values[i + 1]) < 0)
				return -1;
		v = value_of_attrs(attrs_builder_finish(&builder, false));
	} else {
		v = value_new_list(p->ev, len);
		if (v && len)
			memcpy(value_list(v)->items, values,
			       len * sizeof(value));
	}
	p->values_len = frame->start;
	return push(p, v);
}

/* The name before a member's value, and the colon. */
static int parse_name(struct json_parser *p, enum token token)
{
	if (token != TOKEN_STRING) {
		fail_token(p, token, TOKEN_STRING, "object key");
		return -1;
	}
	if (push(p, symbol_intern(p->bytes, p->len)) < 0)
		return out_of_memory(p);
	token = scan(p);
	if (token != TOKEN_COLON) {
		fail_token(p, token, TOKEN_COLON, "object separator");
		return -1;
	}
	return 0;
}

/* A value or the beginning of one. 1: a list or set was opened that has a
 * value to come, 0: a value is complete, -1. */
static int parse_value(struct json_parser *p, enum token token)
{
	switch (token) {
	case TOKEN_TRUE:
		return push(p, VALUE_TRUE);
	case TOKEN_FALSE:
		return push(p, VALUE_FALSE);
	case TOKEN_NULL:
		return push(p, VALUE_NULL);
	case TOKEN_NUMBER:
		return push(p, p->number);
	case TOKEN_STRING:
		return push(p, value_new_string(p->ev, p->bytes, p->len, NULL));
	case TOKEN_LIST:
		return open_frame(p, false) < 0 ? -1 : 1;
	case TOKEN_SET:
		return open_frame(p, true) < 0 ? -1 : 1;
	case TOKEN_BAD:
		fail_token(p, token, TOKEN_NONE, "value");
		return -1;
	case TOKEN_END:
		if (p->next - p->text + p->past_end == 1) {
			fail(p, "attempting to parse an empty input; check "
				"that your input string or stream contains the "
				"expected JSON");
			return -1;
		}
		break;
	default:
		break;
	}
	fail_token(p, token, TOKEN_ANY_VALUE, "value");
	return -1;
}

/* What follows a complete value in what is open: 1 if another value begins at
 * *token, 0 if the frame was closed, -1. */
static int parse_next(struct json_parser *p, enum token *token)
{
	bool is_set = p->frames[p->depth - 1].is_set;
	enum token end = is_set ? TOKEN_SET_END : TOKEN_LIST_END;

	*token = scan(p);
	if (*token == end)
		return close_frame(p);
	if (*token != TOKEN_COMMA) {
		fail_token(p, *token, end, is_set ? "object" : "array");
		return -1;
	}
	*token = scan(p);
	if (is_set) {
		if (parse_name(p, *token) < 0)
			return -1;
		*token = scan(p);
	}
	return 1;
}

static int parse_document(struct json_parser *p)
{
	enum token token = scan(p);
	int more;

	for (;;) {
		more = parse_value(p, token);
		if (more < 0)
			return -1;
		if (more) {
			bool is_set = p->frames[p->depth - 1].is_set;

			token = scan(p);
			if (token ==
			    (is_set ? TOKEN_SET_END : TOKEN_LIST_END)) {
				if (close_frame(p) < 0)
					return -1;
			} else if (is_set) {
				if (parse_name(p, token) < 0)
					return -1;
				token = scan(p);
				continue;
			} else {
				continue;
			}
		}
		do {
			if (!p->depth)
				return 0;
			more = parse_next(p, &token);
			if (more < 0)
				return -1;
		} while (!more);
	}
}

value json_parse(struct eval *ev, pos_t pos, const char *bytes, size_t len)
{
	struct json_parser p = {
		.ev = ev,
		.pos = pos,
		.text = bytes,
		.next = bytes,
		.end = bytes + len,
		.recent = bytes,
	};
	enum token token;
	value v = 0;

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		p.next += 3;
	if (parse_document(&p) < 0)
		goto out;
	token = scan(&p);
	if (token == TOKEN_END)
		v = p.values[0];
	else
		fail_token(&p, token, TOKEN_END, "value");
out:
	buf_release(&p.unescaped);
	free(p.frames);
	free(p.values);
	return v;
}
