/*
 * test_value.c - words, and the memory behind them
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "eval/context.h"
#include "eval/eval.h"

static struct eval eval;
static struct eval *ev = &eval;

static void setup(void)
{
	memset(&eval, 0, sizeof(eval));
	ev->arena = arena_new((size_t)64 << 20);
	ev->contexts = context_table_new();
}

static void teardown(void)
{
	context_table_free(ev->contexts);
	arena_free(ev->arena);
}

static const int64_t integers[] = {
	0,
	1,
	-1,
	((int64_t)1 << 60) - 1,
	(int64_t)1 << 60,
	-((int64_t)1 << 60),
	-((int64_t)1 << 60) - 1,
	INT64_MAX,
	INT64_MIN,
};

START_TEST(integers_of_all_sizes_come_back)
{
	value v = value_new_int(ev, integers[_i]);

	ck_assert(value_is_int(v));
	ck_assert(!value_is_float(v) && !value_is_path(v));
	ck_assert(value_integer(v) == integers[_i]);
}
END_TEST

START_TEST(a_slice_shares_its_list)
{
	value list = value_new_list(ev, 3), slice;

	for (int i = 0; i < 3; i++)
		value_list(list)->items[i] = value_new_int(ev, i);
	slice = value_new_slice(ev, value_list(list), 1, 2);
	ck_assert_int_eq(value_list(slice)->len, 2);
	ck_assert_ptr_eq(value_list(slice)->items, value_list(list)->items + 1);
	ck_assert(value_new_slice(ev, value_list(list), 3, 0) ==
		  value_new_list(ev, 0));
}
END_TEST

START_TEST(strings_end_with_a_nul_that_does_not_count)
{
	value v = value_new_string(ev, "abc", 2, NULL);

	ck_assert_str_eq(value_string(v)->bytes, "ab");
	ck_assert_int_eq(value_string(v)->len, 2);
	ck_assert_str_eq(value_string(value_new_cstring(ev, ""))->bytes, "");
}
END_TEST

START_TEST(the_limit_is_an_error_and_not_the_end)
{
	value v;
	size_t n = 0;

	while ((v = value_new_buffer(ev, 1 << 20, NULL)))
		n++;
	ck_assert_int_ge(n, 60);
	ck_assert_int_le(n, 64);
	ck_assert_int_eq(eval_error(ev)->kind, ERROR_MEMORY);
	eval_clear_error(ev);
	ck_assert(value_new_buffer(ev, (size_t)1 << 40, NULL) == 0);
	ck_assert_int_eq(eval_error(ev)->kind, ERROR_MEMORY);
}
END_TEST

static const struct context *element(enum context_kind kind, const char *path)
{
	symbol out = kind == CONTEXT_BUILT ? symbol_intern("out", 3) : 0;

	return context_of(ev, kind, symbol_intern(path, strlen(path)), out);
}

START_TEST(equal_contexts_are_the_same)
{
	const struct context *a = element(CONTEXT_PATH, "/nix/store/a");
	const struct context *b = element(CONTEXT_BUILT, "/nix/store/b.drv");
	const struct context *c = element(CONTEXT_DEEP, "/nix/store/c.drv");
	const struct context *ab = context_union(ev, a, b);

	ck_assert_ptr_eq(a, element(CONTEXT_PATH, "/nix/store/a"));
	ck_assert_ptr_eq(ab, context_union(ev, b, a));
	ck_assert_ptr_eq(ab, context_union(ev, ab, a));
	ck_assert_ptr_eq(context_union(ev, a, NULL), a);
	ck_assert_ptr_eq(context_union(ev, c, ab),
			 context_union(ev, context_union(ev, a, c), b));
	ck_assert_int_eq(context_union(ev, c, ab)->len, 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("value");
	TCase *tcase = tcase_create("value");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, integers_of_all_sizes_come_back, 0,
			    sizeof(integers) / sizeof(*integers));
	tcase_add_test(tcase, a_slice_shares_its_list);
	tcase_add_test(tcase, strings_end_with_a_nul_that_does_not_count);
	tcase_add_test(tcase, the_limit_is_an_error_and_not_the_end);
	tcase_add_test(tcase, equal_contexts_are_the_same);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
