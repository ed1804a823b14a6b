/*
 * test_builtin_doc.c - what the tables of builtins say of themselves
 */
#include "eval/builtin.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* "map f xs: ...": the manual is sorted and searched by that first word. */
START_TEST(every_row_has_documentation_that_begins_with_its_name)
{
	for (size_t i = 0; builtin_tables[i]; i++)
		for (const struct builtin *row = builtin_tables[i]; row->name;
		     row++) {
			size_t len = strlen(row->name);

			if (row->flags & BUILTIN_HIDDEN)
				continue;
			ck_assert_msg(row->doc != NULL, "%s", row->name);
			ck_assert_msg(strncmp(row->doc, row->name, len) == 0,
				      "%s: %s", row->name, row->doc);
			ck_assert_msg(row->doc[len] == ' ' ||
					      row->doc[len] == ':',
				      "%s: %s", row->name, row->doc);
		}
}
END_TEST

START_TEST(no_row_is_strict_in_an_argument_it_does_not_have)
{
	for (size_t i = 0; builtin_tables[i]; i++)
		for (const struct builtin *row = builtin_tables[i]; row->name;
		     row++)
			ck_assert_msg(row->strict >> row->arity == 0, "%s",
				      row->name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("builtin_doc");
	TCase *tcase = tcase_create("tables");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase,
		       every_row_has_documentation_that_begins_with_its_name);
	tcase_add_test(tcase, no_row_is_strict_in_an_argument_it_does_not_have);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
