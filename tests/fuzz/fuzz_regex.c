/*
 * fuzz_regex.c - regular expressions: the pattern up to the first newline, the
 * text behind it
 */
#include <string.h>

#include "eval/regex.h"
#include "tests/fuzz/target.h"

static void check_groups(const struct regex *re, size_t len)
{
	struct regex_span all = regex_group(re, 0);

	MUST(all.begin >= 0 && all.begin <= all.end && all.end <= len);
	for (size_t i = 1; i <= regex_groups(re); i++) {
		struct regex_span group = regex_group(re, i);

		MUST(group.begin <= group.end);
		MUST(group.begin == -1 ? group.end == -1
				       : group.begin >= all.begin &&
						 group.end <= all.end);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *pattern = (const char *)bytes, *text;
	const char *newline = memchr(pattern, '\n', len);
	size_t pattern_len = newline ? newline - pattern : len;
	size_t text_len = newline ? len - pattern_len - 1 : 0, matches = 0;
	enum regex_status status;
	struct regex *re = regex_compile(pattern, pattern_len, &status);
	struct regex_scan scan;
	size_t end = 0;

	if (!re) {
		MUST(status == REGEX_INVALID || status == REGEX_LIMIT);
		return 0;
	}
	text = newline ? newline + 1 : pattern + len;
	if (regex_match(re, text, text_len) == REGEX_YES) {
		MUST(regex_group(re, 0).begin == 0);
		MUST(regex_group(re, 0).end == text_len);
		check_groups(re, text_len);
	}
	regex_scan_start(&scan, re, text, text_len);
	while (regex_scan_next(&scan) == REGEX_YES) {
		check_groups(re, text_len);
		MUST(scan.before == end);
		MUST(regex_group(re, 0).begin >= (int64_t)end);
		end = regex_group(re, 0).end;
		MUST(++matches <= 2 * text_len + 1);
	}
	regex_free(re);
	return 0;
}
