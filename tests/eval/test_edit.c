/*
 * test_edit.c - bindings are changed and added, and nothing else is
 *
 * The cases are in edit.cases, texts before and after:
 *
 *     == what it shows
 *     [@HOST] [mkForce] a/b = VALUE    @: in the modules of a host in a text
 *                                      that is no module
 *     --
 *     the text before
 *     -- line LINE            where the edit is in the text after, or
 *     the text after          -- refused LINE:COLUMN: REASON
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/edit.h"

enum { NAMES_MAX = 16, CASES_MAX = 500 };

struct edit_case {
	char *lines[2]; /* memory of what points into lines below */
	char *title;
	char *path; /* names separated by slashes */
	char *value;
	unsigned flags;
	struct edit_scope scope; /* of no host: NULL */
	char *before, *after;	 /* NULL: refused */
	char *refusal;
	uint32_t line;
};

static struct edit_case cases[CASES_MAX];
static int cases_len;

/* The text from *at up to the line that begins with mark, which is left. */
static char *take_text(char **at, const char *mark)
{
	char *text = *at, *end = text, *copy;

	while (*end && strncmp(end, mark, strlen(mark)) != 0) {
		end = strchrnul(end, '\n');
		end += *end == '\n';
	}
	copy = strndup(text, end - text);
	*at = end;
	return copy;
}

static char *take_line(char **at)
{
	char *line = *at, *end = strchrnul(line, '\n');

	*at = *end ? end + 1 : end;
	return strndup(line, end - line);
}

/* Check's own assertions are for tests that run. */
static void bad_case(const struct edit_case *c, const char *why)
{
	fprintf(stderr, "edit.cases: %s: %s\n", c->title, why);
	exit(EXIT_FAILURE);
}

static void read_case(char **at)
{
	struct edit_case *c = &cases[cases_len++];
	char *line, *equals, *end;

	if (cases_len == CASES_MAX)
		bad_case(c, "there are too many");
	c->title = take_line(at);
	line = c->lines[0] = take_line(at);
	if (*line == '@') {
		c->scope.class = "nixosConfigurations";
		c->scope.host.bytes = line + 1;
		c->scope.host.len = strcspn(line + 1, " ");
		line += c->scope.host.len + 2;
	}
	if (strncmp(line, "mkForce ", 8) == 0) {
		c->flags = EDIT_FORCE;
		line += 8;
	}
	equals = strstr(line, " = ");
	if (!equals)
		bad_case(c, "no value");
	*equals = '\0';
	c->path = line;
	c->value = equals + 3;
	free(take_line(at)); /* -- */
	c->before = take_text(at, "-- ");
	line = c->lines[1] = take_line(at);
	if (strncmp(line, "-- refused ", 11) == 0) {
		c->refusal = line + 11;
		free(take_text(at, "== "));
		return;
	}
	if (sscanf(line, "-- line %u", &c->line) != 1)
		bad_case(c, "no line");
	free(line);
	c->after = take_text(at, "== ");
	/* Without the blank line before the next one. */
	end = c->after + strlen(c->after);
	if (**at && end > c->after)
		end[-1] = '\0';
}

static void read_cases(void)
{
	static char text[1 << 18];
	FILE *in = fopen("tests/eval/edit.cases", "rb");
	char *at = text;
	size_t len = in ? fread(text, 1, sizeof(text) - 1, in) : 0;

	if (!len) {
		perror("tests/eval/edit.cases");
		exit(EXIT_FAILURE);
	}
	fclose(in);
	while (*at)
		read_case(&at);
}

static size_t split(const char *path, struct wire_text *names)
{
	/* Not freed: the names are in it. A test is a process. */
	static char *copy;
	size_t len = 0;
	char *rest, *name;

	free(copy);
	rest = copy = strdup(path);
	while ((name = strsep(&rest, "/")))
		names[len++] = wire_text(name);
	return len;
}

static void expect(const char *text, const struct edit_scope *scope,
		   const char *path, const char *value, unsigned flags,
		   const char *after, uint32_t line)
{
	struct wire_text names[NAMES_MAX];
	size_t len = split(path, names);
	struct buf out = BUF_INIT, err = BUF_INIT;
	struct edit_binding binding;
	uint32_t found = 0;
	int rc = edit_set(text, strlen(text), scope, names, len, value, flags,
			  &out, &found, &err);

	ck_assert_msg(rc == 0, "%s\nrefused: %s", text, buf_text(&err));
	ck_assert_str_eq(buf_text(&out), after);
	if (line)
		ck_assert_uint_eq(found, line);
	ck_assert(edit_find(after, strlen(after), scope, names, len, &binding));
	ck_assert(binding.literal);
	buf_release(&out);
	buf_release(&err);
}

START_TEST(only_what_was_asked_for_changes)
{
	const struct edit_case *c = &cases[_i];
	struct wire_text names[NAMES_MAX];
	size_t len = split(c->path, names);
	struct buf out = BUF_INIT, err = BUF_INIT;
	const struct edit_scope *scope = c->scope.host.len ? &c->scope : NULL;
	uint32_t line;

	if (c->after) {
		expect(c->before, scope, c->path, c->value, c->flags, c->after,
		       c->line);
		/* Again, it finds its own literal and changes nothing. */
		expect(c->after, scope, c->path, c->value, c->flags, c->after,
		       0);
		return;
	}
	ck_assert_msg(edit_set(c->before, strlen(c->before), scope, names, len,
			       c->value, c->flags, &out, &line, &err) < 0,
		      "%s\ngives\n%s", c->before, buf_text(&out));
	ck_assert_str_eq(buf_text(&err), c->refusal);
	ck_assert_uint_eq(out.len, 0);
	buf_release(&out);
	buf_release(&err);
}
END_TEST

START_TEST(line_ends_stay_as_they_are)
{
	expect("{\r\n  a = 1;\r\n}\r\n", NULL, "b", "2", 0,
	       "{\r\n  a = 1;\r\n  b = 2;\r\n}\r\n", 3);
	expect("{\r\n  a = { };\r\n}\r\n", NULL, "a/b", "2", 0,
	       "{\r\n  a = {\r\n    b = 2;\r\n  };\r\n}\r\n", 3);
	expect("{ a = 1; }", NULL, "a", "2", 0, "{ a = 2; }", 1);
	expect("{ }", NULL, "a", "2", 0, "{\n  a = 2;\n}", 2);
}
END_TEST

/* Any path and text give a text or a reason. */
START_TEST(nothing_is_too_odd_to_be_refused)
{
	static const char *const texts[] = {
		"",
		"{",
		"1",
		"{ }: 1",
		"{",
		"\"",
		"''",
		"a: a",
		"[ ]",
		"# x",
		"{ a = { b = { c = 1; }; }; } // { }",
		"((({ a = 1; })))",
		"let { body = { a = 1; }; }",
		"rec { }",
		"{ \"\" = 1; }",
		"{ a.b = 1; a.b.c = 2; }",
		"\xff",
		"{ a = \"\xff\"; }",
	};
	static const char *const paths[] = { "",   "a",	   "a/b",  "a/b/c",
					     "//", "\xff", "${x}", "or" };
	struct wire_text names[NAMES_MAX];
	uint32_t line;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t j = 0; j < sizeof(paths) / sizeof(*paths); j++) {
			struct buf out = BUF_INIT, err = BUF_INIT;
			size_t len = split(paths[j], names);
			int rc = edit_set(texts[i], strlen(texts[i]), NULL,
					  names, len, "[ 1 ]", EDIT_FORCE, &out,
					  &line, &err);

			ck_assert_msg(rc == 0 ? out.len : err.len,
				      "%s in %s gives nothing", paths[j],
				      texts[i]);
			buf_release(&out);
			buf_release(&err);
		}
}
END_TEST

static const char module[] = "{ lib, ... }:\n"
			     "{\n"
			     "  a.b = lib.mkForce 12; c = x;\n"
			     "  d = lib.mkIf false { e = true; };\n"
			     "  inherit (f) g;\n"
			     "  h.i = { };\n"
			     "}\n";

static const struct {
	const char *path;
	bool found;
	struct edit_binding binding;
	const char *text; /* of the value */
} finds[] = {
	{ "a/b", true, { .line = 3, .column = 3, .literal = true }, "12" },
	{ "c", true, { .line = 3, .column = 25 }, "x" },
	{ "d/e",
	  true,
	  { .line = 4, .column = 24, .literal = true, .conditional = true },
	  "true" },
	{ "g", true, { .line = 5, .column = 15 }, "g" },
	{ "h/i", true, { .line = 6, .column = 3 }, "{ }" },
	{ "a", false },
	{ "h", false },
	{ "a/b/c", false },
	{ "e", false },
	{ "f", false },
};

START_TEST(a_binding_is_found_where_it_is)
{
	struct wire_text names[NAMES_MAX];
	const struct edit_binding *expected = &finds[_i].binding;
	struct edit_binding binding;
	size_t len = split(finds[_i].path, names);

	ck_assert_int_eq(
		edit_find(module, strlen(module), NULL, names, len, &binding),
		finds[_i].found);
	if (finds[_i].found) {
		ck_assert_uint_eq(binding.line, expected->line);
		ck_assert_uint_eq(binding.column, expected->column);
		ck_assert_int_eq(binding.literal, expected->literal);
		ck_assert_int_eq(binding.conditional, expected->conditional);
		ck_assert_uint_eq(binding.end - binding.start,
				  strlen(finds[_i].text));
		ck_assert_int_eq(strncmp(module + binding.start, finds[_i].text,
					 strlen(finds[_i].text)),
				 0);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edit");
	TCase *tcase = tcase_create("edit");
	SRunner *runner = srunner_create(suite);
	int failed;

	read_cases();
	tcase_add_loop_test(tcase, only_what_was_asked_for_changes, 0,
			    cases_len);
	tcase_add_test(tcase, line_ends_stay_as_they_are);
	tcase_add_test(tcase, nothing_is_too_odd_to_be_refused);
	tcase_add_loop_test(tcase, a_binding_is_found_where_it_is, 0,
			    sizeof(finds) / sizeof(*finds));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
