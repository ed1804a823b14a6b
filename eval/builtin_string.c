/*
 * builtin_string.c - builtins on strings, versions and file names
 *
 * A result is measured first and then written once. What comes out as it went
 * in is not copied.
 */
#include <string.h>

#include "eval/builtin.h"
#include "eval/context.h"
#include "eval/scratch.h"
#include "eval/source.h"

/* Coerce as Nix does by default; strings are most of what comes. */
static inline value coerce(struct eval *ev, value *slot, const char *context,
			   unsigned flags)
{
	value v = value_force(ev, slot);

	if (v && value_tag(v) == TAG_STRING)
		return v;
	return v ? eval_coerce(ev, slot, NO_POS, context, flags) : 0;
}

static value to_string(struct eval *ev, pos_t pos, value *args)
{
	return eval_coerce(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.toString",
			   COERCE_MORE | COERCE_CANON_PATH);
}

static value string_length(struct eval *ev, pos_t pos, value *args)
{
	value v = coerce(ev, &args[0],
			 "while evaluating the argument passed to "
			 "builtins.stringLength",
			 COERCE_COPY_PATHS);

	return v ? value_new_int(ev, value_string(v)->len) : 0;
}

static value substring(struct eval *ev, pos_t pos, value *args)
{
	const struct string *s;
	const char *bytes;
	int64_t start, len;
	value v;

	if (eval_int(ev, &args[0], NO_POS,
		     "while evaluating the first argument (the start offset) "
		     "passed to builtins.substring",
		     &start) < 0)
		return 0;
	if (start < 0)
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "negative start position in 'substring'");
	if (eval_int(ev, &args[1], NO_POS,
		     "while evaluating the second argument (the substring "
		     "length) passed to builtins.substring",
		     &len) < 0)
		return 0;
	v = coerce(ev, &args[2],
		   "while evaluating the third argument (the string) passed "
		   "to builtins.substring",
		   COERCE_COPY_PATHS);
	if (!v)
		return 0;

	s = value_string(v);
	if (start > s->len)
		start = s->len;
	/* A negative length, and as unsigned it is a huge one: the rest. */
	if ((uint64_t)len > (uint64_t)(s->len - start))
		len = s->len - start;
	if (len == s->len)
		return v;
	bytes = s->bytes;
	if (source_cuts_stand_in(bytes, s->len, start, start + len))
		bytes = source_reveal(ev, bytes, s->len);
	return bytes ? value_new_string(ev, bytes + start, len, s->context) : 0;
}

static value concat_strings_sep(struct eval *ev, pos_t pos, value *args)
{
	const struct context *context;
	const struct string *sep;
	struct list *list;
	value result = 0;
	size_t mark, len = 0;
	char *out;

	sep = eval_string_value(ev, &args[0], NO_POS,
				"while evaluating the first argument (the "
				"separator string) passed to "
				"builtins.concatStringsSep");
	if (!sep)
		return 0;
	list = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument (the list of "
			 "strings to concat) passed to "
			 "builtins.concatStringsSep");
	if (!list)
		return 0;

	mark = scratch_open();
	context = sep->context;
	for (uint32_t i = 0; i < list->len; i++) {
		value part = coerce(ev, &list->items[i],
				    "while evaluating one element of the list "
				    "of strings to concat passed to "
				    "builtins.concatStringsSep",
				    COERCE_COPY_PATHS);

		if (!part || scratch_add(ev, part) < 0)
			goto out;
		len += value_string(part)->len + (i ? sep->len : 0);
		if (value_string(part)->context != context) {
			context = context_union(ev, context,
						value_string(part)->context);
			if (!context)
				goto out;
		}
	}
	if (list->len == 1 &&
	    value_string(scratch_words(mark)[0])->context == context) {
		result = scratch_words(mark)[0];
		goto out;
	}

	result = value_new_buffer(ev, len, context);
	if (!result)
		goto out;
	out = value_string(result)->bytes;
	for (uint32_t i = 0; i < list->len; i++) {
		const struct string *part =
			value_string(scratch_words(mark)[i]);

		if (i)
			out = mempcpy(out, sep->bytes, sep->len);
		out = mempcpy(out, part->bytes, part->len);
	}
out:
	scratch_close(mark);
	return result;
}

/*
 * replaceStrings. Each pair of words in scratch is a place in the text where
 * one of the `from` strings was found, and which one.
 */
struct replacement {
	struct eval *ev;
	const struct string *text;
	const struct list *from, *to;
	const struct context *context;
	size_t len;	   /* of the result */
	bool empty;	   /* an empty string is in from: it is everywhere */
	uint64_t first[4]; /* bit set: bytes that some from begins with */
};

static bool may_begin(const struct replacement *r, unsigned char byte)
{
	return r->first[byte / 64] >> byte % 64 & 1;
}

/* The first of the strings that is at offset p; r->from->len if none is. */
static uint32_t match_at(const struct replacement *r, size_t p)
{
	size_t left = r->text->len - p;
	uint32_t i;

	for (i = 0; i < r->from->len; i++) {
		const struct string *from = value_string(r->from->items[i]);

		if (from->len <= left &&
		    memcmp(from->bytes, r->text->bytes + p, from->len) == 0)
			break;
	}
	return i;
}

/* A replacement is evaluated at its first use. */
static int use(struct replacement *r, uint32_t i)
{
	const struct string *from = value_string(r->from->items[i]);
	const struct context *context;
	struct string *to;

	to = eval_string_value(r->ev, &r->to->items[i], NO_POS,
			       "while evaluating one of the replacement "
			       "strings passed to builtins.replaceStrings");
	if (!to)
		return -1;
	r->len += to->len;
	r->len -= from->len;
	if (to->context == r->context || !to->context)
		return 0;
	context = context_union(r->ev, r->context, to->context);
	if (!context)
		return -1;
	r->context = context;
	return 0;
}

static int find_places(struct replacement *r)
{
	const char *bytes = r->text->bytes;
	size_t p = 0, len = r->text->len;

	/* One step past the end: the empty string is there, too. */
	while (p < len || (p == len && r->empty)) {
		uint32_t i;

		if (!r->empty && !may_begin(r, bytes[p])) {
			p++;
			continue;
		}
		i = match_at(r, p);
		if (i == r->from->len) {
			p++;
			continue;
		}
		if (use(r, i) < 0 || scratch_add(r->ev, p) < 0 ||
		    scratch_add(r->ev, i) < 0)
			return -1;
		/* An empty match is followed by the byte it was found at. */
		if (value_string(r->from->items[i])->len)
			p += value_string(r->from->items[i])->len;
		else
			p++;
	}
	return 0;
}

static value write_replaced(const struct replacement *r, size_t mark)
{
	const char *bytes = r->text->bytes;
	size_t done = 0, places = scratch_len(mark);
	const uint64_t *place = scratch_words(mark);
	value result;
	char *out;

	result = value_new_buffer(r->ev, r->len, r->context);
	if (!result)
		return 0;
	out = value_string(result)->bytes;
	for (size_t i = 0; i < places; i += 2) {
		const struct string *from =
			value_string(r->from->items[place[i + 1]]);
		const struct string *to =
			value_string(r->to->items[place[i + 1]]);

		out = mempcpy(out, bytes + done, place[i] - done);
		out = mempcpy(out, to->bytes, to->len);
		done = place[i] + from->len;
	}
	memcpy(out, bytes + done, r->text->len - done);
	return result;
}

static value replace_strings(struct eval *ev, pos_t pos, value *args)
{
	struct replacement r = { .ev = ev };
	value result = 0;
	size_t mark;

	r.from = eval_list(ev, &args[0], NO_POS,
			   "while evaluating the first argument passed to "
			   "builtins.replaceStrings");
	if (!r.from)
		return 0;
	r.to = eval_list(ev, &args[1], NO_POS,
			 "while evaluating the second argument passed to "
			 "builtins.replaceStrings");
	if (!r.to)
		return 0;
	if (r.from->len != r.to->len)
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "'from' and 'to' arguments passed to "
				 "builtins.replaceStrings have different "
				 "lengths");
	for (uint32_t i = 0; i < r.from->len; i++) {
		const struct string *from;
		unsigned char first;

		from = eval_string_value(ev, &r.from->items[i], NO_POS,
					 "while evaluating one of the strings "
					 "to replace passed to "
					 "builtins.replaceStrings");
		if (!from)
			return 0;
		if (from->len == 0)
			r.empty = true;
		first = (unsigned char)from->bytes[0];
		r.first[first / 64] |= (uint64_t)1 << first % 64;
	}
	r.text = eval_string_value(ev, &args[2], NO_POS,
				   "while evaluating the third argument passed "
				   "to builtins.replaceStrings");
	if (!r.text)
		return 0;

	r.context = r.text->context;
	r.len = r.text->len;
	mark = scratch_open();
	if (find_places(&r) == 0)
		result = scratch_len(mark) == 0 ? args[2]
						: write_replaced(&r, mark);
	scratch_close(mark);
	return result;
}

/* What of a name is its last step: one slash at the end does not count. */
static value base_name_of(struct eval *ev, pos_t pos, value *args)
{
	const struct string *s;
	size_t begin, end;
	value v;

	v = coerce(ev, &args[0],
		   "while evaluating the first argument passed to "
		   "builtins.baseNameOf",
		   COERCE_CANON_PATH);
	if (!v)
		return 0;
	s = value_string(v);
	end = s->len;
	if (end > 1 && s->bytes[end - 1] == '/')
		end--;
	for (begin = end; begin > 0; begin--)
		if (s->bytes[begin - 1] == '/')
			break;
	/* Of "/" alone nothing is left; "//" is a slash that ends in one. */
	if (begin == 0 && end == s->len)
		return v;
	return value_new_string(ev, s->bytes + begin, end - begin, s->context);
}

static value dir_of(struct eval *ev, pos_t pos, value *args)
{
	const struct string *s;
	const char *slash;
	value v = value_force(ev, &args[0]);

	if (!v)
		return 0;
	if (value_is_path(v)) {
		const struct path *path = value_path(v);

		/* Above a tree's root is the store. */
		if (path->len <= 1) {
			path = source_join(ev, path, "..", 2);
			return path ? value_new_path(ev, path->source,
						     path->bytes, path->len)
				    : 0;
		}
		slash = strrchr(path->bytes, '/');
		return value_new_path(
			ev, path->source, path->bytes,
			slash == path->bytes ? 1 : slash - path->bytes);
	}

	v = coerce(ev, &args[0],
		   "while evaluating the first argument passed to "
		   "'builtins.dirOf'",
		   COERCE_CANON_PATH);
	if (!v)
		return 0;
	s = value_string(v);
	slash = memrchr(s->bytes, '/', s->len);
	if (!slash)
		return value_new_string(ev, ".", 1, s->context);
	return value_new_string(ev, s->bytes,
				slash == s->bytes ? 1 : slash - s->bytes,
				s->context);
}

/*
 * Versions. A part is a run of digits or a run of other characters; dots and
 * dashes separate parts and are none.
 */

struct part {
	const char *bytes;
	size_t len; /* 0: there are no more */
};

static bool separates(char c)
{
	return c == '.' || c == '-';
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct part next_part(const char **p, const char *end)
{
	struct part part;

	while (*p < end && separates(**p))
		(*p)++;
	part.bytes = *p;
	if (*p < end && digit(**p))
		while (*p < end && digit(**p))
			(*p)++;
	else
		while (*p < end && !digit(**p) && !separates(**p))
			(*p)++;
	part.len = *p - part.bytes;
	return part;
}

/* Is the part a number? Those that do not fit an int are words to Nix. */
static bool part_number(struct part part, int *number)
{
	int n = 0;

	if (part.len == 0)
		return false;
	for (size_t i = 0; i < part.len; i++) {
		if (!digit(part.bytes[i]) ||
		    __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, part.bytes[i] - '0', &n))
			return false;
	}
	*number = n;
	return true;
}

static bool part_is_pre(struct part part)
{
	return part.len == 3 && memcmp(part.bytes, "pre", 3) == 0;
}

/* "pre" is before everything, nothing before numbers, words before numbers:
 * 2.3pre1 < 2.3a < 2.3 < 2.3.1. */
static bool part_less(struct part a, struct part b)
{
	bool a_is_number, b_is_number;
	int x = 0, y = 0, sign;

	a_is_number = part_number(a, &x);
	b_is_number = part_number(b, &y);
	if (a_is_number && b_is_number)
		return x < y;
	if (a.len == 0 && b_is_number)
		return true;
	if (part_is_pre(a) && !part_is_pre(b))
		return true;
	if (part_is_pre(b))
		return false;
	if (a_is_number || b_is_number)
		return b_is_number;
	sign = memcmp(a.bytes, b.bytes, a.len < b.len ? a.len : b.len);
	return sign ? sign < 0 : a.len < b.len;
}

static int compare(const struct string *a, const struct string *b)
{
	const char *p = a->bytes, *p_end = p + a->len;
	const char *q = b->bytes, *q_end = q + b->len;

	while (p < p_end || q < q_end) {
		struct part x = next_part(&p, p_end);
		struct part y = next_part(&q, q_end);

		if (part_less(x, y))
			return -1;
		if (part_less(y, x))
			return 1;
	}
	return 0;
}

static value compare_versions(struct eval *ev, pos_t pos, value *args)
{
	struct string *a, *b;

	a = eval_string_plain(ev, &args[0], NO_POS,
			      "while evaluating the first argument passed to "
			      "builtins.compareVersions");
	if (!a)
		return 0;
	b = eval_string_plain(ev, &args[1], NO_POS,
			      "while evaluating the second argument passed to "
			      "builtins.compareVersions");
	return b ? value_new_int(ev, compare(a, b)) : 0;
}

static value split_version(struct eval *ev, pos_t pos, value *args)
{
	const char *p, *end;
	struct string *s;
	value result = 0;
	size_t mark;

	s = eval_string_plain(ev, &args[0], NO_POS,
			      "while evaluating the first argument passed to "
			      "builtins.splitVersion");
	if (!s)
		return 0;

	mark = scratch_open();
	p = s->bytes;
	end = p + s->len;
	for (;;) {
		struct part part = next_part(&p, end);
		value text;

		if (part.len == 0)
			break;
		text = value_new_string(ev, part.bytes, part.len, NULL);
		if (!text || scratch_add(ev, text) < 0)
			goto out;
	}
	result = builtin_list_of(ev, scratch_len(mark), scratch_words(mark));
out:
	scratch_close(mark);
	return result;
}

/* The version begins after the first dash that no letter follows. */
static value parse_drv_name(struct eval *ev, pos_t pos, value *args)
{
	symbol version_name = symbol_of("version");
	value name, version;
	struct string *s;
	size_t dash;

	s = eval_string_plain(ev, &args[0], NO_POS,
			      "while evaluating the first argument passed to "
			      "builtins.parseDrvName");
	if (!s)
		return 0;
	for (dash = 0; dash + 1 < s->len; dash++) {
		unsigned char next = s->bytes[dash + 1] | 0x20;

		if (s->bytes[dash] == '-' && !(next >= 'a' && next <= 'z'))
			break;
	}
	if (dash + 1 < s->len) {
		name = value_new_string(ev, s->bytes, dash, NULL);
		version = value_new_string(ev, s->bytes + dash + 1,
					   s->len - dash - 1, NULL);
	} else {
		name = args[0];
		version = value_new_cstring(ev, "");
	}
	if (!name || !version)
		return 0;
	if (!version_name)
		return eval_fail_memory(ev);
	return builtin_pair(ev, SYM_name, name, version_name, version);
}

const struct builtin builtin_string_table[] = {
	{
		.name = "baseNameOf",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "baseNameOf x: what follows the last slash of a path or "
		       "string; one slash at the end of a string does not "
		       "count.",
		.run = base_name_of,
		.strict = 1,
	},
	{
		.name = "compareVersions",
		.arity = 2,
		.doc = "compareVersions a b: -1 if version a is older than b, "
		       "0 if they are the same, 1 if it is newer.",
		.run = compare_versions,
		.strict = 3,
	},
	{
		.name = "concatStringsSep",
		.arity = 2,
		.doc = "concatStringsSep sep xs: the strings in xs with sep "
		       "between any two.",
		.run = concat_strings_sep,
		.strict = 3,
	},
	{
		.name = "dirOf",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "dirOf x: what is before the last slash of a path or "
		       "string: a path or string as well.",
		.run = dir_of,
		.strict = 1,
	},
	{
		.name = "parseDrvName",
		.arity = 1,
		.doc = "parseDrvName s: { name, version }; the version follows "
		       "the first dash that is not before a letter.",
		.run = parse_drv_name,
		.strict = 1,
	},
	{
		.name = "replaceStrings",
		.arity = 3,
		.doc = "replaceStrings from to s: s with each string that is "
		       "in from replaced by the one at its place in to.",
		.run = replace_strings,
		.strict = 1,
	},
	{
		.name = "splitVersion",
		.arity = 1,
		.doc = "splitVersion s: the parts that compareVersions "
		       "compares.",
		.run = split_version,
		.strict = 1,
	},
	{
		.name = "stringLength",
		.arity = 1,
		.doc = "stringLength s: how many bytes there are in s.",
		.run = string_length,
		.strict = 1,
	},
	{
		.name = "substring",
		.arity = 3,
		.doc = "substring start len s: len bytes of s from byte start "
		       "on, or as many as there are; all if len is negative.",
		.run = substring,
		.strict = 1,
	},
	{
		.name = "toString",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "toString x: x as text; lists with spaces between, "
		       "false and null as nothing, true as 1.",
		.run = to_string,
		.strict = 1,
	},
	{ .name = NULL },
};
