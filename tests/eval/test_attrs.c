/*
 * test_attrs.c - attribute sets: shapes, lookup, merges, layers
 *
 * Merges are checked against a plain array of what each name should hold.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/attrs.h"
#include "eval/eval.h"

#define NAMES 600

static struct eval eval;
static struct eval *ev = &eval;
static symbol names[NAMES];

static void setup(void)
{
	char text[32];

	memset(&eval, 0, sizeof(eval));
	ev->arena = arena_new(0);
	ev->shapes = shape_table_new();
	for (int i = 0; i < NAMES; i++) {
		snprintf(text, sizeof(text), "name%d", i);
		names[i] = symbol_intern(text, strlen(text));
	}
}

static void teardown(void)
{
	shape_table_free(ev->shapes);
	arena_free(ev->arena);
}

/* Names from to to - 1 in steps, each with the value base + its number. */
static struct attrs *make(int from, int to, int step, int base)
{
	struct attrs_builder b;

	attrs_builder_init(&b, ev, 0);
	for (int i = from; i < to; i += step)
		ck_assert_int_eq(attrs_builder_add(&b, names[i], i + 1,
						   value_new_int(ev, base + i)),
				 0);
	return attrs_builder_finish(&b, true);
}

START_TEST(equal_names_are_one_shape)
{
	symbol two[] = { names[1], names[0] };
	pos_t at[] = { 7, 8 };
	uint32_t order[2];
	const struct shape *shape = shape_new(ev, 2, two, at, order);

	ck_assert_int_eq(order[0], 1);
	ck_assert_int_eq(order[1], 0);
	ck_assert_int_eq(shape_pos(shape, 0), 8);
	shape = shape_new(ev, 2, two, NULL, NULL);
	ck_assert_ptr_eq(shape, shape_new(ev, 2, two, NULL, NULL));
}
END_TEST

/* Of all sizes, as searching differs with the size. */
START_TEST(every_name_is_found_and_no_other)
{
	struct attrs *set = make(0, _i * 2, 2, 0);

	ck_assert_int_eq(attrs_len(set), _i);
	for (int i = 0; i < _i * 2; i++) {
		value *cell = attrs_find(set, names[i]);

		ck_assert(i % 2 ? !cell : *cell == value_new_int(ev, i));
		ck_assert_int_eq(attrs_pos(set, names[i]), i % 2 ? 0 : i + 1);
	}
}
END_TEST

START_TEST(of_equal_names_the_first_or_the_last_counts)
{
	for (int first = 0; first < 2; first++) {
		struct attrs_builder b;
		struct attrs *set;

		attrs_builder_init(&b, ev, 0);
		for (int i = 0; i < 40; i++)
			attrs_builder_add(&b, names[i % 10], 0,
					  value_new_int(ev, i));
		set = attrs_builder_finish(&b, first);
		ck_assert_int_eq(attrs_len(set), 10);
		ck_assert(*attrs_find(set, names[3]) ==
			  value_new_int(ev, first ? 3 : 33));
	}
}
END_TEST

/* What the merges below should have made: a value for each name, -1 none. */
static int expected[NAMES];

static void check_against_expected(struct attrs *set)
{
	struct attrs *flat;
	size_t len = 0;
	symbol last = 0;

	for (int i = 0; i < NAMES; i++) {
		value *cell = attrs_find(set, names[i]);

		len += expected[i] >= 0;
		ck_assert_msg(
			expected[i] < 0
				? !cell
				: cell && *cell == value_new_int(ev,
								 expected[i]),
			"name %d", i);
	}
	ck_assert_int_eq(attrs_len(set), len);
	flat = attrs_flat(ev, set);
	ck_assert_int_eq(shape_len(flat->shape), len);
	for (size_t i = 0; i < len; i++) {
		value *cell;
		symbol name = attrs_sorted(ev, flat, i, &cell);

		ck_assert(!last || symbol_compare(last, name) < 0);
		ck_assert_ptr_eq(cell, attrs_find(flat, name));
		last = name;
	}
}

/* A long random chain of merges, large and small on either side, so that
 * layers are put on, joined and flattened. */
START_TEST(merges_hold_what_was_merged_last)
{
	struct attrs *set = attrs_empty();

	srand(_i);
	memset(expected, -1, sizeof(expected));
	for (int round = 1; round <= 300; round++) {
		int size = rand() % 10 ? rand() % 4 : rand() % NAMES;
		int from = rand() % NAMES, step = 1 + rand() % 7;
		int to = from + size * step;
		struct attrs *other;

		to = to < NAMES ? to : NAMES;
		other = make(from, to, step, round * 1000);
		if (rand() % 20 == 0) {
			/* The other way around: what is there wins. */
			for (int i = from; i < to; i += step)
				if (expected[i] < 0)
					expected[i] = round * 1000 + i;
			set = attrs_update(ev, other, set);
		} else {
			for (int i = from; i < to; i += step)
				expected[i] = round * 1000 + i;
			set = attrs_update(ev, set, other);
		}
		ck_assert_ptr_nonnull(set);
		if (round % 50 == 0)
			check_against_expected(set);
	}
	check_against_expected(set);
}
END_TEST

START_TEST(removing_and_intersecting_keep_the_rest)
{
	struct attrs *set = make(0, 500, 1, 0), *few, *both;
	symbol gone[] = { names[7], names[3], names[3], names[599] };

	few = attrs_without(ev, set, 4, gone);
	ck_assert_int_eq(attrs_len(few), 498);
	ck_assert_ptr_null(attrs_find(few, names[3]));
	ck_assert(*attrs_find(few, names[4]) == value_new_int(ev, 4));

	/* Without nothing it is a set of its own still. */
	few = attrs_without(ev, set, 1, &names[599]);
	ck_assert_ptr_ne(few, set);
	ck_assert_ptr_eq(few->shape, set->shape);
	ck_assert(*attrs_find(few, names[4]) == value_new_int(ev, 4));

	for (int step = 1; step < 200; step += 66) {
		both = attrs_intersect(ev, make(100, 600, step, 1000), set);
		ck_assert_int_eq(attrs_len(both), (400 + step - 1) / step);
		ck_assert(*attrs_find(both, names[100]) ==
			  value_new_int(ev, 100));
		ck_assert_int_eq(attrs_pos(both, names[100]), 101);
	}
}
END_TEST

START_TEST(an_empty_side_gives_the_other_itself)
{
	struct attrs *set = make(0, 5, 1, 0), *none = make(0, 0, 1, 0);

	ck_assert_ptr_eq(none, attrs_empty());
	ck_assert_ptr_eq(attrs_update(ev, set, none), set);
	ck_assert_ptr_eq(attrs_update(ev, none, set), set);
	ck_assert_int_eq(attrs_len(attrs_intersect(ev, set, none)), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("attrs");
	TCase *tcase = tcase_create("attrs");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, equal_names_are_one_shape);
	tcase_add_loop_test(tcase, every_name_is_found_and_no_other, 0, 70);
	tcase_add_test(tcase, of_equal_names_the_first_or_the_last_counts);
	tcase_add_loop_test(tcase, merges_hold_what_was_merged_last, 0, 8);
	tcase_add_test(tcase, removing_and_intersecting_keep_the_rest);
	tcase_add_test(tcase, an_empty_side_gives_the_other_itself);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
