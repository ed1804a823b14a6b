/*
 * test_scope.c - what names are resolved to
 *
 * An expression is written as what matters of its nodes: `2.1` is slot 1 two
 * environments up, `w(0 2)x` is x in the sets 0 and 2 environments up, `true`
 * is a global, \2 a function of 2 arguments, {} a set, rec{}, let{}.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "eval/attrs.h"
#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/file.h"

static void write_expr(struct buf *out, const struct expr *e);

static void write_items(struct buf *out, struct expr *const *items, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		buf_add_char(out, ' ');
		write_expr(out, items[i]);
	}
}

/* Bindings in the order of their names' bytes, as symbols' order depends on
 * what was parsed before. */
static void write_bindings(struct buf *out, const struct expr_attrs *e)
{
	size_t len = shape_len(e->shape);
	symbol previous = 0;

	buf_add_char(out, '{');
	write_items(out, e->from, e->from_len);
	for (size_t n = 0; n < len; n++) {
		size_t next = len;

		for (size_t i = 0; i < len; i++) {
			symbol name = shape_name(e->shape, i);

			if (previous && symbol_compare(name, previous) <= 0)
				continue;
			if (next == len ||
			    symbol_compare(name, shape_name(e->shape, next)) <
				    0)
				next = i;
		}
		previous = shape_name(e->shape, next);
		buf_add_format(out, " %s=", symbol_bytes(previous));
		write_expr(out, e->values[next]);
	}
	for (uint32_t i = 0; i < e->dynamic_len; i++) {
		buf_add_text(out, " $");
		write_expr(out, e->dynamic[i].name);
		buf_add_char(out, '=');
		write_expr(out, e->dynamic[i].value);
	}
	buf_add_text(out, " }");
}

static void write_var(struct buf *out, const struct expr *e)
{
	const struct expr_var *var = (const struct expr_var *)e;

	ck_assert_int_eq(e->op, var->level == 0	  ? EXPR_VAR0
				: var->level == 1 ? EXPR_VAR1
						  : EXPR_VAR);
	buf_add_format(out, "%u.%u", var->level, var->slot);
}

static void write_with_var(struct buf *out, const struct expr_with_var *e)
{
	buf_add_text(out, "w(");
	for (uint32_t i = 0; i < e->len; i++)
		buf_add_format(out, i ? " %u" : "%u", e->levels[i]);
	buf_add_format(out, ")%s", symbol_bytes(e->name));
}

static void write_const(struct buf *out, const struct expr_const *e)
{
	if (e->name)
		buf_add_text(out, symbol_bytes(e->name));
	else if (value_is_int(e->v))
		buf_add_format(out, "%lld", (long long)value_integer(e->v));
	else
		buf_add_text(out, "const");
}

static void write_lambda(struct buf *out, const struct expr_lambda *e)
{
	buf_add_format(out, "\\%u", e->env_len);
	for (uint32_t i = 0; e->formals && i < e->formals->len; i++) {
		const struct formal *formal = &e->formals->items[i];

		if (!formal->fallback)
			continue;
		buf_add_format(out, " %s?", symbol_bytes(formal->name));
		write_expr(out, formal->fallback);
	}
	buf_add_char(out, ' ');
	write_expr(out, e->body);
}

static void write_pair(struct buf *out, const char *name, const struct expr *e)
{
	const struct expr_binary *binary = (const struct expr_binary *)e;

	buf_add_format(out, "(%s ", name);
	write_expr(out, binary->lhs);
	buf_add_char(out, ' ');
	write_expr(out, binary->rhs);
	buf_add_char(out, ')');
}

static void write_expr(struct buf *out, const struct expr *e)
{
	switch ((enum expr_op)e->op) {
	case EXPR_CONST:
		write_const(out, (const struct expr_const *)e);
		break;
	case EXPR_VAR0:
	case EXPR_VAR1:
	case EXPR_VAR:
		write_var(out, e);
		break;
	case EXPR_WITH_VAR:
		write_with_var(out, (const struct expr_with_var *)e);
		break;
	case EXPR_REC_ATTRS:
		buf_add_text(out, "rec");
		/* fall through */
	case EXPR_ATTRS:
		write_bindings(out, (const struct expr_attrs *)e);
		break;
	case EXPR_LET:
		buf_add_text(out, "let");
		write_bindings(out, ((const struct expr_let *)e)->bindings);
		buf_add_char(out, ' ');
		write_expr(out, ((const struct expr_let *)e)->body);
		break;
	case EXPR_LIST: {
		const struct expr_list *list = (const struct expr_list *)e;

		buf_add_char(out, '[');
		write_items(out, list->items, list->len);
		buf_add_text(out, " ]");
		break;
	}
	case EXPR_LAMBDA:
		write_lambda(out, (const struct expr_lambda *)e);
		break;
	case EXPR_CALL: {
		const struct expr_call *call = (const struct expr_call *)e;

		buf_add_char(out, '(');
		write_expr(out, call->fn);
		write_items(out, call->args, call->len);
		buf_add_char(out, ')');
		break;
	}
	case EXPR_INHERIT:
		buf_add_char(out, '^');
		write_expr(out, ((const struct expr_unary *)e)->arg);
		break;
	case EXPR_INHERIT_FROM:
		buf_add_format(out, "from%u",
			       ((const struct expr_inherit_from *)e)->from);
		break;
	case EXPR_WITH:
		write_pair(out, "with", e);
		break;
	case EXPR_SUB:
		write_pair(out, "-", e);
		break;
	case EXPR_LESS:
		write_pair(out, "<", e);
		break;
	default:
		ck_abort_msg("node %d is not written by this test", e->op);
	}
}

struct row {
	const char *text, *nodes;
};

static const struct row rows[] = {
	/* Functions in a row share an environment. */
	{ "a: b: [ a b ]", "\\2 [ 0.0 0.1 ]" },
	{ "a: (b: [ a b ])", "\\2 [ 0.0 0.1 ]" },
	{ "a: [ (b: [ a b ]) ]", "\\1 [ \\1 [ 1.0 0.0 ] ]" },
	{ "a: [ (b: [ (c: [ a b c ]) ]) ]",
	  "\\1 [ \\1 [ \\1 [ 2.0 1.0 0.0 ] ] ]" },
	{ "a: a: a", "\\2 0.1" },
	{ "a: { b }: c: [ a b c ]", "\\1 \\1 \\1 [ 2.0 1.0 0.0 ]" },
	/* Formals: the whole first, then by symbol; these are known names,
	 * whose order is that of symbol.h. */
	{ "{ args, body }: [ args body ]", "\\2 [ 0.0 0.1 ]" },
	{ "{ body, args }: [ args body ]", "\\2 [ 0.0 0.1 ]" },
	{ "{ args, body }@all: [ all args body ]", "\\3 [ 0.0 0.1 0.2 ]" },
	{ "all@{ args ? body, body ? all }: 1", "\\3 args?0.2 body?0.0 1" },
	{ "{ }@all: all", "\\1 0.0" },
	/* Sets without rec make no environment. */
	{ "a: { b = a; c = { d = a; }; }", "\\1 { b=0.0 c={ d=0.0 } }" },
	{ "a: { inherit a; }", "\\1 { a=0.0 }" },
	{ "a: { inherit (a) b; }", "\\1 { 0.0 b=from0 }" },
	/* rec sets keep slot 0 for the shape, let does not. */
	{ "rec { args = 1; body = args; }", "rec{ args=1 body=0.1 }" },
	{ "let args = 1; body = args; in body", "let{ args=1 body=0.0 } 0.1" },
	{ "a: rec { inherit a; b = a; }", "\\1 rec{ a=^0.0 b=0.1 }" },
	{ "a: let inherit a; in a", "\\1 let{ a=^0.0 } 0.0" },
	{ "a: let inherit (a) a; in a", "\\1 let{ 0.0 a=from0 } 0.0" },
	{ "let inherit (body) args; body = 1; in args",
	  "let{ 0.1 args=from0 body=1 } 0.0" },
	{ "rec { inherit true; }", "rec{ true=^true }" },
	{ "a: rec { ${a} = b; b = 1; }", "\\1 rec{ b=1 $1.0=0.1 }" },
	/* A set merged into a rec set sees it. */
	{ "{ a = rec { args = 1; }; a.body = args; }",
	  "{ a=rec{ args=1 body=0.1 } }" },
	{ "{ a.body = args; a = rec { args = 1; }; }", NULL },
	{ "args: { a.body = args; a = rec { type = 1; }; }",
	  "\\1 { a={ body=0.0 type=1 } }" },
	/* Globals, until something in scope has the name. */
	{ "[ true map ]", "[ true map ]" },
	{ "true: true", "\\1 0.0" },
	{ "with { }; true", "(with { } true)" },
	{ "map: with { }; map", "\\1 (with { } 1.0)" },
	{ "[ (__sub: __sub) __sub ]", "[ \\1 0.0 __sub ]" },
	/* with */
	{ "with { }; a", "(with { } w(0)a)" },
	{ "with { }; x: a", "(with { } \\1 w(1)a)" },
	{ "with { }; with { }; a", "(with { } (with { } w(0 1)a))" },
	{ "with { }; x: with { }; with { }; a",
	  "(with { } \\1 (with { } (with { } w(0 1 3)a)))" },
	{ "with (with { }; a); b", "(with (with { } w(0)a) w(0)b)" },
	{ "a: with a; a", "\\1 (with 0.0 1.0)" },
	{ "with { }; let a = 1; in [ a b ]",
	  "(with { } let{ a=1 } [ 0.0 w(1)b ])" },
	/* Operators are functions with names. */
	{ "1 - 2", "(- 1 2)" },
	{ "__sub: 1 - 2", "\\1 (0.0 1 2)" },
	{ "__sub: [ (x: -x) ]", "\\1 [ \\1 (1.0 0 0.0) ]" },
	{ "__lessThan: 2 > 1", "\\1 (0.0 1 2)" },
	{ "with { __sub = 1; }; 1 - 2", "(with { __sub=1 } (- 1 2))" },
	{ "[ ((__sub: 1) 2) (1 - 2) ]", "[ (\\1 1 2) (- 1 2) ]" },
};

static int parse_row(void *arg)
{
	struct eval_settings settings = { .system = "x86_64-linux" };
	const struct row *row = arg;
	struct eval *ev = eval_new(&settings);
	struct buf out = BUF_INIT;
	struct file *file;

	ck_assert_ptr_nonnull(ev);
	file = file_parse(ev, row->text, strlen(row->text), NULL, NULL, "-",
			  NULL);
	if (!row->nodes) {
		/* Names that are not in scope there. */
		ck_assert_ptr_null(file);
		return 0;
	}
	ck_assert_ptr_nonnull(file);
	write_expr(&out, file->expr);
	ck_assert_msg(strcmp(buf_text(&out), row->nodes) == 0,
		      "%s\n  gives    %s\n  not      %s", row->text,
		      buf_text(&out), row->nodes);
	buf_release(&out);
	return 0;
}

START_TEST(names_are_resolved)
{
	eval_run_on_stack(parse_row, (void *)&rows[_i]);
}
END_TEST

/* A file can have names around it: those of scopedImport. */
static int parse_in_scope(void *arg)
{
	struct eval_settings settings = { .system = "x86_64-linux" };
	static const char text[] = "[ map x (y: x) ]";
	struct eval *ev = eval_new(&settings);
	const symbol names[] = { symbol_intern("map", 3),
				 symbol_intern("x", 1) };
	uint32_t order[2];
	const struct shape *scope = shape_new(ev, 2, names, NULL, order);
	struct buf out = BUF_INIT, expected = BUF_INIT;
	struct file *file;

	file = file_parse(ev, text, strlen(text), NULL, NULL, "-", scope);
	ck_assert_ptr_nonnull(file);
	write_expr(&out, file->expr);
	buf_add_format(&expected, "[ 0.%u 0.%u \\1 1.%u ]", order[0], order[1],
		       order[1]);
	ck_assert_str_eq(buf_text(&out), buf_text(&expected));
	buf_release(&out);
	buf_release(&expected);
	return 0;
}

START_TEST(names_around_a_file_come_before_globals)
{
	eval_run_on_stack(parse_in_scope, NULL);
}
END_TEST

/* What an error leaves behind must not be seen by the next parse. */
static int parse_after_error(void *arg)
{
	struct eval_settings settings = { .system = "x86_64-linux" };
	static const char bad[] = "a: b: with a; [ (c: let d = 1; in e f) ]: x";
	static const char undefined[] = "a: let b = a; in { c = d; }";
	struct eval *ev = eval_new(&settings);

	ck_assert_ptr_null(
		file_parse(ev, bad, strlen(bad), NULL, NULL, "-", NULL));
	ck_assert_ptr_null(file_parse(ev, undefined, strlen(undefined), NULL,
				      NULL, "-", NULL));
	for (const char *name = "abcd"; *name; name++) {
		ck_assert_ptr_null(
			file_parse(ev, name, 1, NULL, NULL, "-", NULL));
		ck_assert_str_eq(eval_error(ev)->message,
				 *name == 'a'	? "undefined variable 'a'"
				 : *name == 'b' ? "undefined variable 'b'"
				 : *name == 'c' ? "undefined variable 'c'"
						: "undefined variable 'd'");
	}
	return 0;
}

START_TEST(errors_leave_no_names_behind)
{
	eval_run_on_stack(parse_after_error, NULL);
}
END_TEST

/* Some brackets, many times. */
static int parse_deep(void *arg)
{
	static const char *const pieces[] = {
		"[",	"(",	   "{a=",	"a: ",	  "!",
		"-",	"1+(",	   "{a?",	"\"${",	  "with ",
		"if ",	"a.b or ", "rec{a.b=",	"let a=", "''${",
		"a: [", "1 // ",   "assert 1;", "./a/${", "{inherit(",
	};
	enum { TIMES = 1000000 };
	const char *piece = pieces[*(int *)arg];
	struct eval_settings settings = { .system = "x86_64-linux" };
	struct eval *ev = eval_new(&settings);
	struct buf text = BUF_INIT;

	if (!piece)
		return 0;
	for (int i = 0; i < TIMES; i++)
		buf_add_text(&text, piece);
	ck_assert_ptr_null(
		file_parse(ev, text.data, text.len, NULL, NULL, "-", NULL));
	ck_assert_ptr_nonnull(eval_error(ev));
	buf_release(&text);
	return 0;
}

START_TEST(depth_is_an_error_and_not_a_crash)
{
	int which = _i;

	eval_run_on_stack(parse_deep, &which);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scope");
	TCase *tcase = tcase_create("scope"), *deep = tcase_create("deep");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, names_are_resolved, 0,
			    sizeof(rows) / sizeof(*rows));
	tcase_add_test(tcase, names_around_a_file_come_before_globals);
	tcase_add_test(tcase, errors_leave_no_names_behind);
	suite_add_tcase(suite, tcase);
	tcase_add_loop_test(deep, depth_is_an_error_and_not_a_crash, 0, 20);
	tcase_set_timeout(deep, 60);
	suite_add_tcase(suite, deep);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
