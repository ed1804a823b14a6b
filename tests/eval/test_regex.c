/*
 * test_regex.c - regular expressions; the answers are those of builtins.match
 * and builtins.split of Nix 2.34.8, as JSON
 */
#include "eval/regex.h"

#include <check.h>
#include <stdlib.h>

#include "eval/buf.h"

static const struct {
	const char *pattern, *text, *answer;
} matches[] = {
	{ "ab", "abc", "null" },
	{ "abc", "abc", "[]" },
	{ "a(b)(c)", "abc", "[\"b\",\"c\"]" },
	{ "", "", "[]" },
	{ "", "a", "null" },
	{ "()", "", "[\"\"]" },
	{ "(a*)*b", "b", "[\"\"]" },
	{ "(a*)*b", "aab", "[\"\"]" },
	{ "((a)|(b))*", "ab", "[\"b\",\"a\",\"b\"]" },
	{ "(a|ab)(c|bcd)(d*)", "abcd", "[\"a\",\"bcd\",\"\"]" },
	{ "(a*)+", "aa", "[\"\"]" },
	{ "(a*){2}", "aa", "[\"\"]" },
	{ "(a?){3}", "a", "[\"\"]" },
	{ "(a|b)*c|(a|ab)*c", "abc", "[\"b\",null]" },
	{ "x{0}", "", "[]" },
	{ "(a)?b", "b", "[null]" },
	{ "^a$", "a", "[]" },
	{ "a|^b", "b", "[]" },
	{ "^*", "a", "invalid" },
	{ "(|a)+", "aa", "[\"\"]" },
	{ "(a||b)*", "ab", "[\"\"]" },
	{ "[[:alpha:]_][[:alnum:]_]*", "foo_1", "[]" },
	{ "[[:ALPHA:]]", "a", "[]" },
	{ "[[:w:]]+", "a_1", "[]" },
	{ "[]a]+", "]a", "[]" },
	{ "[^]a]", "b", "[]" },
	{ "[a-]", "-", "[]" },
	{ "[--/]", ".", "[]" },
	{ "[a\\\\]", "x", "null" },
	{ "[[=a=]]", "A", "[]" },
	{ "[[.hyphen.]]", "-", "[]" },
	{ "[[.-.]]", "-", "invalid" },
	{ "[a-c-e]", "b", "invalid" },
	{ "[[:digit:]-z]", "1", "invalid" },
	{ "[z-a]", "b", "invalid" },
	{ "[a-", "a", "invalid" },
	{ "[[:foo:]]", "a", "invalid" },
	{ "a{2}", "aa", "[]" },
	{ "a{2,3}", "aaaa", "null" },
	{ "a{,3}", "a", "invalid" },
	{ "a{3,2}", "a", "invalid" },
	{ "a{", "a", "invalid" },
	{ "a{1", "a", "invalid" },
	{ "a{1}{2}", "aa", "[]" },
	{ "a**", "aa", "[]" },
	{ "a+?", "a", "[]" },
	{ "*a", "a", "invalid" },
	{ "a|*b", "a", "invalid" },
	{ "(", "a", "invalid" },
	{ ")", "a", "invalid" },
	{ "a)", "a", "invalid" },
	{ "{1}", "a", "invalid" },
	{ "a\\.b", "a.b", "[]" },
	{ "\\d", "1", "invalid" },
	{ "a\\", "a", "invalid" },
	{ "]", "]", "[]" },
	{ "}", "}", "[]" },
	{ ".", "\n", "[]" },
	{ "a{100000}", "a", "limit" },
	{ "(a{300}){400}", "a", "limit" },
	{ "a{99999999999}", "a", "invalid" },
	{ "(.*)-([0-9]+)", "foo-bar-12", "[\"foo-bar\",\"12\"]" },
	{ "([^.]*)\\.(.*)", "a.b.c", "[\"a\",\"b.c\"]" },
	{ "((c?a?|.c?b?)+a*|[a-c]*|b*[a-c]+)+", "abcacb", "[\"\",\"\"]" },
	{ "(aa|aab)?(b*)c?", "aabbc", "[\"aa\",\"bb\"]" },
	{ "((x)|y)*", "xy", "[\"y\",\"x\"]" },
}, splits[] = {
	{ "(a)b", "abc", "[\"\",[\"a\"],\"c\"]" },
	{ "([ac])", "abc", "[\"\",[\"a\"],\"b\",[\"c\"],\"\"]" },
	{ "(a)|(c)", "abc", "[\"\",[\"a\",null],\"b\",[null,\"c\"],\"\"]" },
	{ "([[:upper:]]+)", " FOO ", "[\" \",[\"FOO\"],\" \"]" },
	{ "", "abc", "[\"\",[],\"a\",[],\"b\",[],\"c\",[],\"\"]" },
	{ "x*", "abc", "[\"\",[],\"a\",[],\"b\",[],\"c\",[],\"\"]" },
	{ "x*", "axxb", "[\"\",[],\"a\",[],\"\",[],\"b\",[],\"\"]" },
	{ "(x*)", "xa", "[\"\",[\"x\"],\"\",[\"\"],\"a\",[\"\"],\"\"]" },
	{ "^", "aa", "[\"\",[],\"aa\"]" },
	{ "^a", "aaa", "[\"\",[],\"aa\"]" },
	{ "a$", "aa", "[\"a\",[],\"\"]" },
	{ "$", "ab", "[\"ab\",[],\"\"]" },
	{ "(a|ab)(c|bcd)?", "abcabcd", "[\"\",[\"ab\",\"c\"],\"\",[\"a\",\"bcd\"],\"\"]" },
	{ ",", "a,b,,c,", "[\"a\",[],\"b\",[],\"\",[],\"c\",[],\"\"]" },
	{ "a", "bbb", "[\"bbb\"]" },
	{ "(b|^)", "ab", "[\"\",[\"\"],\"a\",[\"b\"],\"\"]" },
	{ "(^|b)", "abb", "[\"\",[\"\"],\"a\",[\"b\"],\"\",[\"b\"],\"\"]" },
	{ "a*?", "baac", "[\"\",[],\"b\",[],\"\",[],\"c\",[],\"\"]" },
	{ "[^a]", "bab", "[\"\",[],\"a\",[],\"\"]" },
	{ "", "", "[\"\",[],\"\"]" },
};

static struct buf out;

static void forget(void)
{
	buf_release(&out);
}

static void print(const char *text, size_t begin, size_t end)
{
	buf_add_char(&out, '"');
	buf_add(&out, text + begin, end - begin);
	buf_add_char(&out, '"');
}

static void print_groups(const struct regex *re, const char *text)
{
	buf_add_char(&out, '[');
	for (size_t i = 1; i <= regex_groups(re); i++) {
		struct regex_span group = regex_group(re, i);

		if (i > 1)
			buf_add_char(&out, ',');
		if (group.begin < 0)
			buf_add_text(&out, "null");
		else
			print(text, group.begin, group.end);
	}
	buf_add_char(&out, ']');
}

static const char *failure(enum regex_status why)
{
	return why == REGEX_LIMIT ? "limit" : "invalid";
}

static void print_match(const char *pattern, const char *text)
{
	enum regex_status status;
	struct regex *re = regex_compile(pattern, strlen(pattern), &status);

	if (re)
		status = regex_match(re, text, strlen(text));
	if (status == REGEX_YES)
		print_groups(re, text);
	else
		buf_add_text(&out,
			     status == REGEX_NO ? "null" : failure(status));
	regex_free(re);
}

START_TEST(match_gives_what_nix_gives)
{
	print_match(matches[_i].pattern, matches[_i].text);
	ck_assert_msg(strcmp(buf_text(&out), matches[_i].answer) == 0,
		      "match \"%s\" \"%s\": %s instead of %s",
		      matches[_i].pattern, matches[_i].text, buf_text(&out),
		      matches[_i].answer);
}
END_TEST

START_TEST(split_gives_what_nix_gives)
{
	const char *pattern = splits[_i].pattern, *text = splits[_i].text;
	enum regex_status status;
	struct regex *re = regex_compile(pattern, strlen(pattern), &status);
	struct regex_scan scan;
	size_t end = 0;

	buf_add_char(&out, '[');
	regex_scan_start(&scan, re, text, strlen(text));
	while ((status = regex_scan_next(&scan)) == REGEX_YES) {
		print(text, scan.before, regex_group(re, 0).begin);
		buf_add_char(&out, ',');
		print_groups(re, text);
		buf_add_char(&out, ',');
		end = regex_group(re, 0).end;
	}
	ck_assert_int_eq(status, REGEX_NO);
	print(text, end, strlen(text));
	buf_add_char(&out, ']');
	ck_assert_msg(strcmp(buf_text(&out), splits[_i].answer) == 0,
		      "split \"%s\" \"%s\": %s instead of %s", pattern, text,
		      buf_text(&out), splits[_i].answer);
	regex_free(re);
}
END_TEST

static const struct {
	const char *pattern, *unit;
	size_t times;
	enum regex_status status;
} hard[] = {
	{ "(a*)*b", "a", 10000, REGEX_NO },
	{ "(a|a)*c", "a", 10000, REGEX_NO },
	{ "(x+x+)+y", "x", 5000, REGEX_NO },
	{ "(.*)*x", "abc", 5000, REGEX_NO },
	{ ".*.*.*.*=.*", "ab", 20000, REGEX_NO },
	{ "((c?a?|.c?b?)+a*|[a-c]*|b*[a-c]+)+", "abcacb", 2000, REGEX_YES },
	{ "(a?){100}a{100}", "a", 100, REGEX_YES },
	{ "(a|b)*", "ab", 200000, REGEX_YES },
	{ "(.*)b", "ab", 200000, REGEX_YES },
	/* Exponential in the pattern itself: given up, as Nix would not. */
	{ "((|b)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)"
	  "(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|))*c",
	  "b", 1, REGEX_LIMIT },
};

START_TEST(hard_patterns_end_in_bounded_time)
{
	size_t unit = strlen(hard[_i].unit), len = unit * hard[_i].times;
	enum regex_status status;
	struct regex *re = regex_compile(hard[_i].pattern,
					 strlen(hard[_i].pattern), &status);
	char *text = malloc(len);

	for (size_t i = 0; i < len; i++)
		text[i] = hard[_i].unit[i % unit];
	ck_assert_int_eq(regex_match(re, text, len), hard[_i].status);
	free(text);
	regex_free(re);
}
END_TEST

START_TEST(deep_patterns_are_no_danger)
{
	const size_t n = 30000, many = 200000;
	char *pattern = malloc(2 * many + 1);
	enum regex_status status;

	memset(pattern, '(', n);
	memset(pattern + n, ')', n);
	pattern[2 * n] = '\0';
	print_match(pattern, "");
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "[\"\",\"\","));

	memset(pattern, '(', many);
	ck_assert_ptr_null(regex_compile(pattern, many, &status));
	ck_assert_int_eq(status, REGEX_LIMIT);
	memset(pattern, '*', many);
	ck_assert_ptr_null(regex_compile(pattern, many, &status));
	ck_assert_int_eq(status, REGEX_INVALID);
	memset(pattern, '[', many);
	ck_assert_ptr_null(regex_compile(pattern, many, &status));
	ck_assert_int_eq(status, REGEX_INVALID);
	free(pattern);
}
END_TEST

START_TEST(bytes_over_127_sort_below_the_others)
{
	print_match("[\xc3-a]+", "\xc3\xa9z");
	ck_assert_str_eq(buf_text(&out), "null");
	buf_reset(&out);
	print_match("[\xc3-a]+", "\xc3\xe9Z");
	ck_assert_str_eq(buf_text(&out), "[]");
	buf_reset(&out);
	print_match("[a-\xc3]", "b");
	ck_assert_str_eq(buf_text(&out), "invalid");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("regex");
	TCase *tcase = tcase_create("regex");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, NULL, forget);
	tcase_add_loop_test(tcase, match_gives_what_nix_gives, 0,
			    sizeof(matches) / sizeof(matches[0]));
	tcase_add_loop_test(tcase, split_gives_what_nix_gives, 0,
			    sizeof(splits) / sizeof(splits[0]));
	tcase_add_loop_test(tcase, hard_patterns_end_in_bounded_time, 0,
			    sizeof(hard) / sizeof(hard[0]));
	tcase_add_test(tcase, deep_patterns_are_no_danger);
	tcase_add_test(tcase, bytes_over_127_sort_below_the_others);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
