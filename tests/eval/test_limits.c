/*
 * test_limits.c - what runs out is an error, and evaluation can go on
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"

struct limited {
	const char *expression;
	size_t memory;	/* bytes; 0: no limit */
	uint32_t depth; /* of calls; 0: no limit */
	enum error_kind kind;
};

static const struct limited rows[] = {
	{ "builtins.length (builtins.genList (x: x) 100000000)", 16 << 20, 0,
	  ERROR_MEMORY },
	{ "let f = s: f (s + s); in f \"ab\"", 64 << 20, 0, ERROR_MEMORY },
	{ "let f = l: f (l ++ l); in f [ 1 ]", 64 << 20, 0, ERROR_MEMORY },
	{ "let f = s: n: f (s // { ${toString n} = n; }) (n + 1); in f { } 0",
	  32 << 20, 0, ERROR_MEMORY },
	{ "builtins.foldl' (a: b: a + b) \"\" (builtins.genList toString "
	  "1000000)",
	  64 << 20, 0, ERROR_MEMORY },
	{ "builtins.deepSeq (builtins.genList (x: { a = [ x ]; }) 10000000) 1",
	  64 << 20, 0, ERROR_MEMORY },
	{ "let f = n: f (n + 1) + 1; in f 0", 0, 0, ERROR_DEPTH },
	{ "let f = n: [ (f (n + 1)) ]; g = l: g (builtins.head l); in g (f 0)",
	  64 << 20, 0, ERROR_MEMORY },
	{ "let f = n: { a = f (n + 1); }; in builtins.deepSeq (f 0) 1", 0, 0,
	  ERROR_DEPTH },
	{ "let f = n: [ (f n) ]; in f 0 == f 0", 0, 0, ERROR_DEPTH },
	{ "let f = n: { __toString = _: f n; }; in toString (f 0)", 0, 0,
	  ERROR_DEPTH },
	{ "let f = { __functor = _: f; }; in f 1 2 3 (f 4)", 0, 10,
	  ERROR_DEPTH },
	{ "builtins.foldl' (a: b: x: a (b x)) (x: x) (builtins.genList (_: x: "
	  "x) "
	  "1000000) 1",
	  0, 10000, ERROR_DEPTH },
	{ "let x = x + 1; in x", 0, 0, ERROR_RECURSION },
};

static int evaluate(void *arg)
{
	static const char *const no_paths[] = { NULL };
	const struct limited *row = arg;
	struct eval_settings settings = {
		.max_call_depth = row->depth,
		.memory_limit = row->memory,
		.system = "x86_64-linux",
		.search_path = no_paths,
	};
	/* It lasts as long as the process: a leak checker is to see that. */
	static struct eval *ev;
	const char *sound = "builtins.length [ 1 2 ]";
	value v;

	ev = eval_new(&settings);
	ck_assert_ptr_nonnull(ev);
	v = eval_string(ev, row->expression, strlen(row->expression), NULL,
			"«string»");
	if (v)
		v = value_force_deep(ev, &v);
	ck_assert_msg(!v && eval_error(ev), "%s", row->expression);
	ck_assert_msg(eval_error(ev)->kind == row->kind, "%s: %s",
		      row->expression, eval_error(ev)->message);
	ck_assert_int_eq(ev->call_depth, 0);
	eval_clear_error(ev);
	if (row->kind == ERROR_MEMORY)
		return 0;
	v = eval_string(ev, sound, strlen(sound), NULL, "«string»");
	ck_assert(v == value_new_int(ev, 2));
	return 0;
}

START_TEST(what_runs_out_is_an_error)
{
	ck_assert_int_eq(eval_run_on_stack(evaluate, (void *)&rows[_i]), 0);
}
END_TEST

START_TEST(an_ordinary_stack_is_a_limit_too)
{
	if (rows[_i].kind == ERROR_DEPTH)
		evaluate((void *)&rows[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("limits");
	TCase *tcase = tcase_create("limits");
	SRunner *runner = srunner_create(suite);
	size_t len = sizeof(rows) / sizeof(*rows);
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, what_runs_out_is_an_error, 0, len);
	tcase_add_loop_test(tcase, an_ordinary_stack_is_a_limit_too, 0, len);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
