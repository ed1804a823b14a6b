/*
 * test_toml.c - TOML documents; what is accepted and the messages are those of
 * builtins.fromTOML, Nix 2.34.8
 */
#include "eval/toml.h"

#include <check.h>
#include <stdlib.h>

static struct buf out, err;

static void forget(void)
{
	buf_release(&out);
	buf_release(&err);
}

static void print_table(const struct toml_table *table);

static void print(const struct toml_value *value)
{
	switch (value->kind) {
	case TOML_BOOL:
		buf_add_text(&out, value->as.boolean ? "true" : "false");
		break;
	case TOML_INT:
		buf_add_format(&out, "%lld", (long long)value->as.integer);
		break;
	case TOML_FLOAT:
		buf_add_format(&out, "%g", value->as.number);
		break;
	case TOML_TIME:
		buf_add_format(&out, "@%s", value->as.text.bytes);
		break;
	case TOML_STRING:
		buf_add_format(&out, "\"%s\"", value->as.text.bytes);
		break;
	case TOML_ARRAY:
		buf_add_char(&out, '[');
		for (size_t i = 0; i < value->as.array->len; i++) {
			buf_add_text(&out, i ? " " : "");
			print(&value->as.array->elements[i]);
		}
		buf_add_char(&out, ']');
		break;
	case TOML_TABLE:
		print_table(value->as.table);
	}
}

static void print_table(const struct toml_table *table)
{
	buf_add_char(&out, '{');
	for (size_t i = 0; i < table->len; i++) {
		buf_add_format(&out, "%s%s=", i ? " " : "",
			       table->entries[i].name);
		print(&table->entries[i].value);
	}
	buf_add_char(&out, '}');
}

static const struct {
	const char *text;
	const char *answer; /* or the message's first line, with a '!' */
} documents[] = {
	{ "", "{}" },
	{ "\xef\xbb\xbf# only this", "{}" },
	{ "a = 1\nb.c = 2\nb.d = 3", "{a=1 b={c=2 d=3}}" },
	{ "[a.b]\nc = 1\n[a]\nd = 2\n", "{a={b={c=1} d=2}}" },
	{ "[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\n", "{a=[{b=1 c={d=2}} {}]}" },
	{ "a = [ 1, # one\n [2.5], {b = true}, ]", "{a=[1 [2.5] {b=true}]}" },
	{ "\"a b\" . 'c' = 0", "{a b={c=0}}" },
	{ "1234 = 0xDEAD_beef\n-_ = -0b1", "!toml::parse_bin_integer: invalid "
					   "integer: bin_int must be like: "
					   "0b0101, 0b1111_0000" },
	{ "a = +1_000\nb = 0o17\nc = -0", "{a=1000 b=15 c=0}" },
	{ "a = 9223372036854775807\nb = -9223372036854775808",
	  "{a=9223372036854775807 b=-9223372036854775808}" },
	{ "a = 9223372036854775808",
	  "!toml::parse_dec_integer: too large integer: current max digits = "
	  "2^63" },
	{ "a = 0x8000000000000000",
	  "!toml::parse_hex_integer: too large integer: current max value = "
	  "2^63" },
	{ "a = 5e+22\nb = -inf\nc = 1_0.5_0E-1", "{a=5e+22 b=-inf c=1.05}" },
	{ "a = 1e400", "!toml::parse_floating: failed to read floating point "
		       "value from stream" },
	{ "a = 1.", "!bad float: invalid format" },
	{ "a = .5", "!bad float: integer part is required before decimal "
		    "point" },
	{ "a = 1__0", "!bad integer: `_` must be surrounded by digits" },
	{ "a = 012", "!bad integer: invalid digit after an integer" },
	{ "a = \"\\u00e9\\t\\\"\"", "{a=\"\xc3\xa9\t\"\"}" },
	{ "a = \"\\ud800\"", "!toml::parse_utf8_codepoint: [0xD800, 0xDFFF] is "
			     "not a valid UTF-8" },
	{ "a = \"\\q\"", "!toml::parse_basic_string: invalid string format" },
	{ "a = \"\xff\"", "!toml::parse_basic_string: invalid string format" },
	{ "a = '''\n'q''\\'''''", "{a=\"'q''\\''\"}" },
	{ "a = \"\"\"x\\\n  y\"\"\"\"", "{a=\"xy\"\"}" },
	{ "a = 1979-05-27t00:32:00.9999-07:00",
	  "{a=@1979-05-27T00:32:00.999900-07:00}" },
	{ "a = 1979-05-27 07:32:00.500\nb = 07:32:00\nc = 2000-02-29",
	  "{a=@1979-05-27T07:32:00.500 b=@07:32:00 c=@2000-02-29}" },
	{ "a = 1979-02-29", "!toml::parse_local_date: invalid date." },
	{ "a = 1979-05-27T7:32:00", "!bad time: must be HH:MM:SS.subsec" },
	{ "a = True", "!toml::parse_value: `true` must be in lowercase. A "
		      "string must be surrounded by quotes." },
	{ "a = nope", "!toml::parse_value: `nan` must be in lowercase. A "
		      "string must be surrounded by quotes." },
	{ "a = x", "!bad format: unknown value appeared" },
	{ "a = 1 b = 2", "!toml::parse_table: newline (LF / CRLF) or EOF is "
			 "expected" },
	{ "a 1", "!toml::parse_key_value_pair: invalid key value separator "
		 "`=`" },
	{ "= 1", "!toml::parse_simple_key: invalid key: key must be "
		 "\"quoted\", 'quoted-literal', or bare key." },
	{ "[a", "!toml::parse_file: invalid table key" },
	{ "[[a]", "!toml::parse_file: invalid array-table key" },
	{ "[a] b", "!toml::parse_file: newline (or EOF) expected" },
	{ "a = 1\na = 2", "!toml::insert_value: failed to insert a value, "
			  "value already exists" },
	{ "[a]\n[a]", "!toml::insert_value: failed to insert a table, table "
		      "already defined" },
	{ "a = {b = 1}\na.c = 2", "!toml::insert_value: failed to insert a "
				  "value: inline table is immutable" },
	{ "[a.b]\nc = 1\n[a]\nb.d = 1",
	  "!toml::insert_value: reopening a table using dotted keys" },
	{ "a = [{b = 1}]\n[[a]]", "!toml::insert_value: failed to insert a "
				  "table, inline array of tables is "
				  "immutable" },
	{ "a = {b = 1,}", "!toml::parse_inline_table: trailing comma is not "
			  "allowed in TOML-v1.0.0)" },
	{ "a = [1 2]", "!toml::parse_array: expected value-separator `,` or "
		       "closing `]`" },
	{ "a = [1", "!toml::parse_array: missing closing bracket `]`" },
	{ "# \x01", "!toml::parse_comment_line: newline (LF / CRLF) or EOF is "
		    "expected" },
};

START_TEST(document_is_read_or_refused_as_nix_does)
{
	const char *text = documents[_i].text;
	struct toml *toml = toml_parse(text, strlen(text), &err);

	if (toml)
		print_table(toml_root(toml));
	else
		buf_add_format(&out, "!%.*s",
			       (int)strcspn(buf_text(&err) + 8, "\n"),
			       buf_text(&err) + 8); /* "[error] " */
	ck_assert_msg(strcmp(buf_text(&out), documents[_i].answer) == 0,
		      "%s: %s instead of %s", text, buf_text(&out),
		      documents[_i].answer);
	toml_free(toml);
}
END_TEST

START_TEST(message_shows_the_line_and_the_place)
{
	ck_assert_ptr_null(
		toml_parse("a = 1\nattr = 9223372036854775808", 32, &err));
	ck_assert_str_eq(buf_text(&err),
			 "[error] toml::parse_dec_integer: too large integer: "
			 "current max digits = 2^63\n"
			 " --> fromTOML\n"
			 "   |\n"
			 " 2 | attr = 9223372036854775808\n"
			 "   |                           ^-- must be < 2^63\n");
}
END_TEST

/* Thousands of names, and the last of them twice. */
START_TEST(large_tables_are_searched_not_walked)
{
	struct buf text = BUF_INIT;
	struct toml *toml;

	for (int i = 0; i < 20000; i++)
		buf_add_format(&text, "k%d = %d\n", i, i);
	toml = toml_parse(text.data, text.len, &err);
	ck_assert_ptr_nonnull(toml);
	ck_assert_uint_eq(toml_root(toml)->len, 20000);
	ck_assert_str_eq(toml_root(toml)->entries[19999].name, "k19999");
	toml_free(toml);

	buf_add_text(&text, "k19999 = 0\n");
	ck_assert_ptr_null(toml_parse(text.data, text.len, &err));
	buf_release(&text);
}
END_TEST

START_TEST(deep_nesting_is_an_error)
{
	static const char *const units[] = { "[", "{a=", "a." };
	struct buf text = BUF_INIT;

	for (int i = 0; i < 3; i++) {
		buf_reset(&text);
		buf_add_text(&text, i < 2 ? "a = " : "[");
		for (int n = 0; n < 200000; n++)
			buf_add_text(&text, units[i]);
		ck_assert_ptr_null(toml_parse(text.data, text.len, &err));
	}
	buf_release(&text);
}
END_TEST

/* Every prefix, and every byte replaced: an error or not, never a crash. */
START_TEST(no_damage_crashes)
{
	static const char text[] =
		"a.\"b\" = [1, 0x1F, -1.5e3, inf] # c\n[t]\nd = "
		"1979-05-27T07:32:00.1Z\ns = \"\"\"x\\\n \\u00e9\"\"\"\n"
		"[[t.l]]\nm = {n = 'o', p = true}\r\n";

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char *copy = malloc(sizeof(text) - 1);

		memcpy(copy, text, sizeof(text) - 1);
		toml_free(toml_parse(copy, i, &err));
		for (const char *with = "\"'\\[]{}.=#\n_-+:0eT\xc3\x01 ,";
		     *with; with++) {
			copy[i] = *with;
			toml_free(toml_parse(copy, sizeof(text) - 1, &err));
		}
		free(copy);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("toml");
	TCase *tcase = tcase_create("toml");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, NULL, forget);
	tcase_add_loop_test(tcase, document_is_read_or_refused_as_nix_does, 0,
			    sizeof(documents) / sizeof(documents[0]));
	tcase_add_test(tcase, message_shows_the_line_and_the_place);
	tcase_add_test(tcase, large_tables_are_searched_not_walked);
	tcase_add_test(tcase, deep_nesting_is_an_error);
	tcase_add_test(tcase, no_damage_crashes);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
