/*
 * expect.h - tables of expressions and what they evaluate to
 *
 * A result is what `nix-instantiate --eval --strict` prints, or "error: " and
 * the first line of the message. Each row is evaluated in a process of its own
 * (Check's fork mode), as an evaluator is for one process.
 */
#ifndef TESTS_EVAL_EXPECT_H
#define TESTS_EVAL_EXPECT_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/print.h"

struct expectation {
	const char *expression, *result;
};

static const struct expectation *expect_rows;

/* Evaluate row and write what it gives into out, an arg of the form below. */
struct expect_run {
	const char *expression;
	struct buf out;
};

static int expect_evaluate(void *arg)
{
	static const char *const no_paths[] = { NULL };
	struct eval_settings settings = {
		.max_call_depth = 10000,
		.system = "x86_64-linux",
		.search_path = no_paths,
	};
	struct expect_run *run = arg;
	struct eval *ev = eval_new(&settings);
	value v;

	if (!ev)
		return -1;
	v = eval_string(ev, run->expression, strlen(run->expression), NULL,
			"«string»");
	if (v)
		v = value_force_deep(ev, &v);
	if (v)
		return print_ambiguous(ev, v, true, &run->out);
	buf_add_format(&run->out, "error: %s", eval_error(ev)->message);
	if (strchr(run->out.data, '\n'))
		*strchr(run->out.data, '\n') = '\0';
	return 0;
}

START_TEST(expression_gives_what_nix_gives)
{
	const struct expectation *row = &expect_rows[_i];
	struct expect_run run = { row->expression, BUF_INIT };

	ck_assert_int_eq(eval_run_on_stack(expect_evaluate, &run), 0);
	ck_assert_msg(strcmp(buf_text(&run.out), row->result) == 0,
		      "%s\n  gives    %s\n  not      %s", row->expression,
		      buf_text(&run.out), row->result);
	buf_release(&run.out);
}
END_TEST

/* main()'s work: 0 if every row gives its result. */
static int expect_all(const char *name, const struct expectation *rows,
		      size_t len)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	expect_rows = rows;
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, expression_gives_what_nix_gives, 0, len);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
