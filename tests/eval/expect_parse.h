/*
 * expect_parse.h - tables of texts and what the parser makes of them
 *
 * What is expected is what `nix-instantiate --parse` of Nix 2.34.8 prints, or
 * "error at LINE:COLUMN: " and its message.
 */
#ifndef TESTS_EVAL_EXPECT_PARSE_H
#define TESTS_EVAL_EXPECT_PARSE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "eval/ast_print.h"
#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/file.h"

struct parse_row {
	const char *text, *printed;
	size_t len; /* of the text, if it holds NULs; else 0 */
};

static const struct parse_row *parse_rows;

struct parse_run {
	const struct parse_row *row;
	struct buf out;
};

static int parse_one(void *arg)
{
	struct eval_settings settings = { .system = "x86_64-linux" };
	struct parse_run *run = arg;
	struct eval *ev = eval_new(&settings);
	struct position at;
	struct file *file;
	size_t len = run->row->len ? run->row->len : strlen(run->row->text);
	char *text;

	if (!ev)
		return -1;
	/* Without a NUL behind it, so that reading on is noticed. */
	text = malloc(len + !len);
	if (!text)
		return -1;
	memcpy(text, run->row->text, len);
	file = file_parse(ev, text, len, NULL, NULL, "«string»", NULL);
	if (file) {
		ast_print(ev, &run->out, file->expr);
	} else if (file_position(ev, eval_error(ev)->pos, &at)) {
		buf_add_format(&run->out, "error at %u:%u: %s", at.line,
			       at.column, eval_error(ev)->message);
	} else {
		buf_add_format(&run->out, "error: %s", eval_error(ev)->message);
	}
	free(text);
	return 0;
}

START_TEST(text_is_parsed_as_nix_parses_it)
{
	const struct parse_row *row = &parse_rows[_i];
	struct parse_run run = { row, BUF_INIT };

	setenv("HOME", "/homeless", 1);
	ck_assert_int_eq(eval_run_on_stack(parse_one, &run), 0);
	ck_assert_msg(strcmp(buf_text(&run.out), row->printed) == 0,
		      "%s\n  gives    %s\n  not      %s", row->text,
		      buf_text(&run.out), row->printed);
	buf_release(&run.out);
}
END_TEST

/* main()'s work: 0 if every row is printed as it should. */
static int expect_parsed(const char *name, const struct parse_row *rows,
			 size_t len)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	parse_rows = rows;
	tcase_add_loop_test(tcase, text_is_parsed_as_nix_parses_it, 0, len);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
