/* test_name.c - file names hold every attribute name, and give it back */
#include "fs/name.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	const char *raw;
	size_t len;
	const char *name;
} cases[] = {
#define ROW(raw, name)                                                         \
	{                                                                      \
		raw, sizeof(raw) - 1, name                                     \
	}
	ROW("enable", "enable"),
	ROW("/boot", "%2Fboot"),
	ROW("nginx/nginx.conf", "nginx%2Fnginx.conf"),
	ROW("a-b/c", "a-b%2Fc"),
	ROW(".", "%2E"),
	ROW("..", "%2E."),
	ROW("...", "..."),
	ROW("", "%"),
	ROW("%", "%25"),
	ROW("%2F", "%252F"),
	ROW("a\nb", "a%0Ab"),
	ROW("a\0b", "a%00b"),
	ROW("\x7f", "%7F"),
	ROW("\xff\xfe", "\xff\xfe"),
	ROW("gr\xc3\xbc\xc3\x9f dich", "gr\xc3\xbc\xc3\x9f dich"),
	ROW("-rf", "-rf"),
	ROW(".bashrc", ".bashrc"),
	ROW(".json", "%2Ejson"),
	ROW(".a.json", "%2Ea.json"),
	ROW("..json", "..json"),
	ROW("..bashrc.nix", "%2E.bashrc.nix"),
	ROW("a.json", "a.json"),
	ROW(".a.jsonx", ".a.jsonx"),
	ROW(".error", "%2Eerror"),
#undef ROW
};

START_TEST(a_name_has_the_file_name_of_the_contract)
{
	struct buf raw = BUF_INIT;
	char name[NAME_SIZE];
	size_t len;

	len = name_encode(cases[_i].raw, cases[_i].len, name);
	ck_assert_str_eq(name, cases[_i].name);
	ck_assert_uint_eq(len, strlen(name));
	ck_assert_int_eq(name_decode(name, len, &raw), NAME_PLAIN);
	ck_assert_uint_eq(raw.len, cases[_i].len);
	ck_assert_mem_eq(buf_text(&raw), cases[_i].raw, raw.len);
	buf_release(&raw);
}
END_TEST

static const char *const others[] = { "%",    "%2",	"%2f",	   "%41",
				      "a%",   "%2E%2E", ".a.json", ".json",
				      "%00%", "%2Ea",	"%GG" };

START_TEST(another_spelling_is_no_name)
{
	struct buf raw = BUF_INIT;
	enum name_form form;

	form = name_decode(others[_i], strlen(others[_i]), &raw);
	ck_assert_int_eq(form, _i == 0 ? NAME_PLAIN : NAME_NONE);
	buf_release(&raw);
}
END_TEST

START_TEST(random_bytes_come_back)
{
	struct buf raw = BUF_INIT;
	char name[NAME_SIZE], bytes[120];

	srandom(1);
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)random() % sizeof(bytes);
		enum name_form form;

		/* Half of the rounds use few bytes, so that the awkward ones
		 * meet. */
		for (size_t i = 0; i < len; i++)
			bytes[i] = round & 1 ? (char)random()
					     : "./%j.son~A2"[random() % 11];
		len = name_encode(bytes, len, name) ? len : 0;
		ck_assert_uint_lt(strlen(name), NAME_SIZE);
		ck_assert_ptr_null(strchr(name, '/'));
		form = name_decode(name, strlen(name), &raw);
		if (form == NAME_LONG)
			continue;
		ck_assert_int_eq(form, NAME_PLAIN);
		ck_assert_uint_eq(raw.len, len);
		ck_assert_mem_eq(buf_text(&raw), bytes, len);
	}
	buf_release(&raw);
}
END_TEST

START_TEST(long_names_are_shortened_and_stay_apart)
{
	struct buf raw = BUF_INIT;
	char bytes[4000], a[NAME_SIZE], b[NAME_SIZE];

	memset(bytes, 'x', sizeof(bytes));
	ck_assert_uint_eq(name_encode(bytes, 255, a), 255);
	ck_assert_int_eq(name_decode(a, 255, &raw), NAME_PLAIN);
	ck_assert_uint_eq(name_encode(bytes, 256, a), 255);
	ck_assert_int_eq(name_decode(a, 255, &raw), NAME_LONG);
	ck_assert_mem_eq(a + 221, "%~", 2);
	bytes[3999] = 'y';
	name_encode(bytes, 4000, a);
	bytes[3999] = 'z';
	name_encode(bytes, 4000, b);
	ck_assert_str_ne(a, b);
	memset(bytes, '/', sizeof(bytes));
	ck_assert_uint_eq(name_encode(bytes, 86, a), 255);
	ck_assert_int_eq(name_decode(a, 255, &raw), NAME_LONG);
	buf_release(&raw);
}
END_TEST

START_TEST(companions_name_their_node_and_format)
{
	enum wire_format format;
	const char *base;
	size_t len;

	ck_assert(name_companion(".max-jobs.json", 14, &base, &len, &format));
	ck_assert_int_eq(format, WIRE_JSON);
	ck_assert_uint_eq(len, 8);
	ck_assert_mem_eq(base, "max-jobs", 8);
	ck_assert(name_companion(".where", 6, &base, &len, &format));
	ck_assert_int_eq(format, WIRE_WHERE);
	ck_assert_uint_eq(len, 0);
	ck_assert(name_companion("..bashrc.type", 13, &base, &len, &format));
	ck_assert_uint_eq(len, 7);
	ck_assert(!name_companion("a.json", 6, &base, &len, &format));
	ck_assert(!name_companion(".a.txt", 6, &base, &len, &format));
	ck_assert(!name_companion("..json", 6, &base, &len, &format));
	ck_assert(!name_companion(".", 1, &base, &len, &format));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("name");
	TCase *tcase = tcase_create("names");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tcase);
	tcase_add_loop_test(tcase, a_name_has_the_file_name_of_the_contract, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(tcase, another_spelling_is_no_name, 0,
			    sizeof(others) / sizeof(others[0]));
	tcase_add_test(tcase, random_bytes_come_back);
	tcase_add_test(tcase, long_names_are_shortened_and_stay_apart);
	tcase_add_test(tcase, companions_name_their_node_and_format);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
