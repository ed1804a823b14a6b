/*
 * builtin_regex.c - builtins that match regular expressions
 *
 * Compiled expressions are kept for as long as the process lives: code has few
 * of them and asks for the same ones again and again.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "eval/builtin.h"
#include "eval/regex.h"
#include "eval/scratch.h"
#include "eval/source.h"

/* Past this many, expressions are likely computed: the cache begins anew. */
#define CACHE_MAX 4096
#define CACHE_ROOM (2 * CACHE_MAX)

struct cached {
	uint64_t hash;
	size_t len;
	char *pattern; /* NULL: the slot is free */
	struct regex *regex;
};

static struct {
	struct cached *slots; /* open addressing; CACHE_ROOM of them */
	size_t len;
} cache;

static void cache_clear(void)
{
	for (size_t i = 0; i < CACHE_ROOM; i++) {
		if (!cache.slots[i].pattern)
			continue;
		free(cache.slots[i].pattern);
		regex_free(cache.slots[i].regex);
	}
	memset(cache.slots, 0, CACHE_ROOM * sizeof(*cache.slots));
	cache.len = 0;
}

/* The slot that has the pattern or is free for it. */
static struct cached *cache_slot(const struct string *pattern, uint64_t hash)
{
	size_t i = hash % CACHE_ROOM;

	for (; cache.slots[i].pattern; i = (i + 1) % CACHE_ROOM) {
		struct cached *slot = &cache.slots[i];

		if (slot->hash == hash && slot->len == pattern->len &&
		    memcmp(slot->pattern, pattern->bytes, slot->len) == 0)
			break;
	}
	return &cache.slots[i];
}

static value fail(struct eval *ev, const struct string *pattern,
		  enum regex_status why)
{
	if (why == REGEX_LIMIT)
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "memory limit exceeded by regular expression "
				 "'%s'",
				 pattern->bytes);
	return eval_fail(ev, ERROR_EVAL, NO_POS,
			 "invalid regular expression '%s'", pattern->bytes);
}

/* The compiled pattern; NULL with the error pending. */
static struct regex *compile(struct eval *ev, const struct string *pattern)
{
	uint64_t hash = XXH3_64bits(pattern->bytes, pattern->len);
	enum regex_status why = REGEX_INVALID;
	struct cached *slot;

	if (!cache.slots)
		cache.slots = calloc(CACHE_ROOM, sizeof(*cache.slots));
	if (!cache.slots)
		goto no_memory;
	slot = cache_slot(pattern, hash);
	if (slot->pattern)
		return slot->regex;
	if (cache.len == CACHE_MAX) {
		cache_clear();
		slot = cache_slot(pattern, hash);
	}

	slot->regex = regex_compile(pattern->bytes, pattern->len, &why);
	if (!slot->regex) {
		fail(ev, pattern, why);
		return NULL;
	}
	slot->pattern = malloc(pattern->len + 1);
	if (!slot->pattern) {
		regex_free(slot->regex);
		goto no_memory;
	}
	memcpy(slot->pattern, pattern->bytes, pattern->len + 1);
	slot->len = pattern->len;
	slot->hash = hash;
	cache.len++;
	return slot->regex;
no_memory:
	eval_fail_memory(ev);
	return NULL;
}

/* What the groups of the last match hold, as a list. */
static value groups(struct eval *ev, const struct regex *regex,
		    const char *text)
{
	size_t len = regex_groups(regex);
	value result = value_new_list(ev, len), *items;

	if (!result)
		return 0;
	items = value_list(result)->items;
	for (size_t i = 0; i < len; i++) {
		struct regex_span span = regex_group(regex, i + 1);

		items[i] = VALUE_NULL;
		if (span.begin >= 0)
			items[i] =
				value_new_string(ev, text + span.begin,
						 span.end - span.begin, NULL);
		if (!items[i])
			return 0;
	}
	return result;
}

/*
 * The string to search. Letters that a pattern may tell apart ("[0-9a-df-np]")
 * must be those of real store paths.
 */
static const struct string *subject(struct eval *ev,
				    const struct string *pattern, value *slot,
				    const char *context)
{
	const struct string *text =
		eval_string_value(ev, slot, NO_POS, context);
	const char *bytes;
	value v;

	if (!text || !memchr(pattern->bytes, '[', pattern->len) ||
	    !source_has_stand_in(text->bytes, text->len))
		return text;
	bytes = source_reveal(ev, text->bytes, text->len);
	v = bytes ? value_new_string(ev, bytes, text->len, text->context) : 0;
	return v ? value_string(v) : NULL;
}

static value match(struct eval *ev, pos_t pos, value *args)
{
	const struct string *pattern, *text;
	enum regex_status status;
	struct regex *regex;

	pattern = eval_string_plain(ev, &args[0], NO_POS,
				    "while evaluating the first argument "
				    "passed to builtins.match");
	if (!pattern)
		return 0;
	if (!compile(ev, pattern))
		return 0;
	text = subject(ev, pattern, &args[1],
		       "while evaluating the second argument passed to "
		       "builtins.match");
	/* Evaluating the text may have cleared the cache. */
	regex = text ? compile(ev, pattern) : NULL;
	if (!regex)
		return 0;

	status = regex_match(regex, text->bytes, text->len);
	if (status == REGEX_NO)
		return VALUE_NULL;
	if (status != REGEX_YES)
		return fail(ev, pattern, status);
	return groups(ev, regex, text->bytes);
}

/* Text between matches and the groups of matches, in turn, into scratch. */
static int split_into_scratch(struct eval *ev, const struct string *pattern,
			      struct regex *regex, const struct string *text)
{
	enum regex_status status;
	struct regex_scan scan;
	size_t end = 0;
	value part;

	regex_scan_start(&scan, regex, text->bytes, text->len);
	while ((status = regex_scan_next(&scan)) == REGEX_YES) {
		struct regex_span whole = regex_group(regex, 0);

		part = value_new_string(ev, text->bytes + scan.before,
					whole.begin - scan.before, NULL);
		if (!part || scratch_add(ev, part) < 0)
			return -1;
		part = groups(ev, regex, text->bytes);
		if (!part || scratch_add(ev, part) < 0)
			return -1;
		end = whole.end;
	}
	if (status != REGEX_NO) {
		fail(ev, pattern, status);
		return -1;
	}
	part = value_new_string(ev, text->bytes + end, text->len - end, NULL);
	return part ? scratch_add(ev, part) : -1;
}

static value split(struct eval *ev, pos_t pos, value *args)
{
	const struct string *pattern, *text;
	struct regex *regex;
	value result = 0;
	size_t mark;

	pattern = eval_string_plain(ev, &args[0], NO_POS,
				    "while evaluating the first argument "
				    "passed to builtins.split");
	if (!pattern)
		return 0;
	if (!compile(ev, pattern))
		return 0;
	text = subject(ev, pattern, &args[1],
		       "while evaluating the second argument passed to "
		       "builtins.split");
	regex = text ? compile(ev, pattern) : NULL;
	if (!regex)
		return 0;

	mark = scratch_open();
	if (split_into_scratch(ev, pattern, regex, text) < 0)
		goto out;
	/* The text itself keeps its context, its pieces have none. */
	if (scratch_len(mark) == 1)
		result = builtin_list_of(ev, 1, &args[1]);
	else
		result = builtin_list_of(ev, scratch_len(mark),
					 scratch_words(mark));
out:
	scratch_close(mark);
	return result;
}

const struct builtin builtin_regex_table[] = {
	{
		.name = "match",
		.arity = 2,
		.doc = "match regex s: what the groups of the extended regular "
		       "expression hold if it matches all of s, else null.",
		.run = match,
		.strict = 3,
	},
	{
		.name = "split",
		.arity = 2,
		.doc = "split regex s: the text between matches of the "
		       "expression, and in between lists of what its groups "
		       "hold.",
		.run = split,
		.strict = 3,
	},
	{ .name = NULL },
};
