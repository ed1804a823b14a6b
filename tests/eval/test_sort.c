/*
 * test_sort.c - sorting: order, stability, and bad orders
 */
#include "eval/sort.h"

#include <check.h>
#include <stdlib.h>

enum { MAX = 400 };

/* Values are 1000 * key + number, so that equal keys can be told apart. */
static int less_key(void *arg, value a, value b)
{
	(*(int *)arg)++;
	return a / 1000 < b / 1000;
}

static int less_random(void *arg, value a, value b)
{
	return rand() & 1;
}

static int give_up(void *arg, value a, value b)
{
	int *left = arg;

	return (*left)-- > 0 ? a < b : -1;
}

static void check_permutation(const value *values, size_t len)
{
	bool seen[MAX] = { false };

	for (size_t i = 0; i < len; i++) {
		ck_assert_uint_lt(values[i] % 1000, len);
		ck_assert(!seen[values[i] % 1000]);
		seen[values[i] % 1000] = true;
	}
}

START_TEST(every_length_is_sorted_stably)
{
	value values[MAX], spare[MAX];
	size_t len = _i;
	int calls = 0;

	srand(_i);
	for (size_t i = 0; i < len; i++)
		values[i] = 1000 * (value)(rand() % 50) + i;
	ck_assert_int_eq(sort_values(values, len, spare, less_key, &calls), 0);
	check_permutation(values, len);
	for (size_t i = 1; i < len; i++)
		ck_assert_uint_lt(values[i - 1], values[i]);
}
END_TEST

START_TEST(what_is_in_order_is_looked_at_once)
{
	value values[MAX], spare[MAX];
	int calls = 0;

	for (size_t i = 0; i < MAX; i++)
		values[i] = 1000 * i + i;
	sort_values(values, MAX, spare, less_key, &calls);
	ck_assert_int_le(calls, MAX + 1);
	for (size_t i = 0; i < MAX; i++)
		values[i] = 1000 * (MAX - i) + i;
	calls = 0;
	sort_values(values, MAX, spare, less_key, &calls);
	ck_assert_int_le(calls, MAX + 1);
}
END_TEST

START_TEST(no_order_loses_a_value)
{
	value values[MAX], spare[MAX];

	srand(_i);
	for (size_t i = 0; i < (size_t)_i; i++)
		values[i] = i;
	ck_assert_int_eq(sort_values(values, _i, spare, less_random, NULL), 0);
	check_permutation(values, _i);
}
END_TEST

START_TEST(sorting_stops_when_comparing_fails)
{
	value values[60], spare[60];
	int left = _i;

	for (size_t i = 0; i < 60; i++)
		values[i] = i * 37 % 61;
	ck_assert_int_eq(sort_values(values, 60, spare, give_up, &left), -1);
	ck_assert_int_eq(left, -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sort");
	TCase *tcase = tcase_create("sort");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, every_length_is_sorted_stably, 0, 120);
	tcase_add_test(tcase, what_is_in_order_is_looked_at_once);
	tcase_add_loop_test(tcase, no_order_loses_a_value, 0, 120);
	tcase_add_loop_test(tcase, sorting_stops_when_comparing_fails, 0, 100);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
