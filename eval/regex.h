/*
 * regex.h - regular expressions as builtins.match and builtins.split have them
 *
 * Nix hands its patterns to libstdc++'s std::regex with the flag "extended".
 * What that does is the language, oddities included: which patterns are errors
 * (`\d` is, `a**` is not), which of several matches is taken and what a group
 * holds that matched more than once. So this engine builds the same automaton
 * and walks it in the same order; but it remembers where it has failed, so that
 * a pattern like (a*)*b takes time in proportion to the text, and it needs no
 * stack.
 *
 * Text and pattern are bytes in the C locale. Bytes over 127 are negative, as
 * char is on x86: they sort before all others in a range like [a-z].
 *
 * A struct regex belongs to who compiled it, for one thread at a time: it holds
 * the memory that matching needs and the groups of the last match.
 */
#ifndef EVAL_REGEX_H
#define EVAL_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum regex_status {
	REGEX_NO = 0,
	REGEX_YES = 1,
	REGEX_INVALID = -1, /* "invalid regular expression '%s'" */
	REGEX_LIMIT = -2,   /* "memory limit exceeded by regular expression" */
};

struct regex;

struct regex_span {
	int64_t begin, end; /* byte offsets; -1 in a group that is not there */
};

/* NULL with REGEX_INVALID or REGEX_LIMIT in why. */
struct regex *regex_compile(const char *pattern, size_t len,
			    enum regex_status *why);
void regex_free(struct regex *re);

/* How many groups the pattern has. */
size_t regex_groups(const struct regex *re);

/* After REGEX_YES: what group i matched, from 1 on; 0 is the whole match. */
struct regex_span regex_group(const struct regex *re, size_t i);

/* Does the pattern match all of the text? REGEX_YES, _NO or _LIMIT. */
enum regex_status regex_match(struct regex *re, const char *text, size_t len);

/*
 * All matches in a text, from left to right, as builtins.split wants them:
 *
 *     regex_scan_start(&scan, re, text, len);
 *     while ((status = regex_scan_next(&scan)) == REGEX_YES)
 *             ... text[scan.before .. regex_group(re, 0).begin] is no match ...
 */
struct regex_scan {
	struct regex *re;
	const char *text;
	size_t len;
	size_t before;	       /* where the last match but one ended */
	struct regex_span all; /* the last match */
	bool started;
	bool inside; /* text before a search's start is there to be seen */
};

void regex_scan_start(struct regex_scan *scan, struct regex *re,
		      const char *text, size_t len);
enum regex_status regex_scan_next(struct regex_scan *scan);

#endif
