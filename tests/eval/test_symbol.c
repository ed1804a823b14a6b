/*
 * test_symbol.c - names as numbers
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/symbol.h"
#include "eval/value.h"

START_TEST(known_names_are_constants)
{
	ck_assert_uint_eq(symbol_find("outPath", 7), SYM_out_path);
	ck_assert_str_eq(symbol_bytes(SYM_functor), "__functor");
	ck_assert_uint_eq(symbol_intern("type", 4), SYM_type);
}
END_TEST

START_TEST(equal_bytes_give_the_same_symbol_while_the_table_grows)
{
	enum { COUNT = 100000 };
	symbol *symbols = calloc(COUNT, sizeof(*symbols));
	char name[32];
	int i;

	for (i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		ck_assert_uint_eq(symbol_find(name, strlen(name)), 0);
		symbols[i] = symbol_intern(name, strlen(name));
		ck_assert_uint_ne(symbols[i], 0);
	}
	for (i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		ck_assert_uint_eq(symbol_intern(name, strlen(name)),
				  symbols[i]);
		ck_assert_str_eq(symbol_bytes(symbols[i]), name);
	}
	free(symbols);
}
END_TEST

START_TEST(every_length_is_told_apart)
{
	char bytes[100];
	symbol previous = 0;
	size_t len;

	memset(bytes, 'a', sizeof(bytes));
	for (len = 0; len < sizeof(bytes); len++) {
		symbol sym = symbol_intern(bytes, len);

		ck_assert_uint_ne(sym, 0);
		ck_assert_uint_ne(sym, previous);
		ck_assert_uint_eq(symbol_len(sym), len);
		previous = sym;
	}
}
END_TEST

START_TEST(string_of_a_symbol_is_a_value)
{
	symbol sym = symbol_intern("a string", 8);
	value v = symbol_string(sym);

	ck_assert_int_eq(value_tag(v), TAG_STRING);
	ck_assert_str_eq(value_string(v)->bytes, "a string");
	ck_assert_uint_eq(value_string(v)->len, 8);
	ck_assert_uint_eq(value_string(v)->sym, sym);
	ck_assert_ptr_null(value_string(v)->context);
}
END_TEST

START_TEST(order_is_that_of_bytes)
{
	symbol a = symbol_intern("a", 1), ab = symbol_intern("ab", 2);
	symbol b = symbol_intern("b", 1), high = symbol_intern("\xc3", 1);

	ck_assert_int_lt(symbol_compare(a, ab), 0);
	ck_assert_int_lt(symbol_compare(ab, b), 0);
	ck_assert_int_lt(symbol_compare(b, high), 0);
	ck_assert_int_gt(symbol_compare(high, a), 0);
	ck_assert_int_eq(symbol_compare(ab, ab), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("symbol");
	TCase *tc = tcase_create("symbol");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, known_names_are_constants);
	tcase_add_test(tc,
		       equal_bytes_give_the_same_symbol_while_the_table_grows);
	tcase_add_test(tc, every_length_is_told_apart);
	tcase_add_test(tc, string_of_a_symbol_is_a_value);
	tcase_add_test(tc, order_is_that_of_bytes);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
