/* test_float.c - floats as JSON; the answers are those of toJSON, Nix 2.34.8 */
#include "eval/float.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	double number;
	const char *text;
} numbers[] = {
	{ 1.0, "1.0" },
	{ 0.1, "0.1" },
	{ -123.456, "-123.456" },
	{ 0.0, "0.0" },
	{ -0.0, "-0.0" },
	{ 1e20, "1e+20" },
	{ 1e-7, "1e-07" },
	{ 1e-5, "1e-05" },
	{ 0.0001, "0.0001" },
	{ 1e14, "100000000000000.0" },
	{ 1e15, "1e+15" },
	{ 123456789.125, "123456789.125" },
	{ 1.5e300, "1.5e+300" },
	{ 12345678901234567890.0, "1.2345678901234567e+19" },
	{ 1.0 / 3, "0.3333333333333333" },
	{ 2.2250738585072014e-308, "2.2250738585072014e-308" },
	{ 1.7976931348623157e308, "1.7976931348623157e+308" },
	{ 5e-324, "5e-324" },
	/* One of the few for which the algorithm misses the shortest. */
	{ 0.001597726249149456, "0.0015977262491494561" },
};

START_TEST(float_prints_as_nix_prints_it)
{
	struct buf out = BUF_INIT;

	float_print(&out, numbers[_i].number);
	ck_assert_str_eq(buf_text(&out), numbers[_i].text);
	buf_release(&out);
}
END_TEST

/* Each power of two, and its neighbours, where intervals are lopsided. */
START_TEST(what_is_printed_is_read_back_as_the_same)
{
	struct buf out = BUF_INIT;
	double number = 5e-324;

	for (; number < 8e307; number *= 2) {
		const double near[] = { number, number * (1 - 0x1p-53),
					number * (1 + 0x1p-52), -number };

		for (int i = 0; i < 4; i++) {
			buf_reset(&out);
			float_print(&out, near[i]);
			ck_assert(strtod(out.data, NULL) == near[i]);
		}
	}
	buf_release(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("float");
	TCase *tcase = tcase_create("float");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, float_prints_as_nix_prints_it, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_test(tcase, what_is_printed_is_read_back_as_the_same);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
