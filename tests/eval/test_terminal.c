/*
 * test_terminal.c - text that is fit to be shown
 */
#include "eval/terminal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "eval/buf.h"

static const struct {
	const char *text, *plain;
} texts[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "\033[31;1mred\033[0m", "red" },
	{ "\033]8;;http://x\033\\link\033]8;;\a.", "link." },
	{ "\033]never ends", "" },
	{ "\033", "" },
	{ "\033[", "" },
	{ "\033[12", "" },
	{ "\033Mup", "up" },
	{ "a\r\nb\a", "a\nb" },
	{ "\tx", "        x" },
	{ "1234567\tx", "1234567 x" },
	{ "12345678\tx", "12345678        x" },
	/* A column is a character; it counts on after a line's end. */
	{ "\303\244\tx", "\303\244       x" },
	{ "abc\n\tx", "abc\n     x" },
	/* Not UTF-8, or cut off: a column for each byte. */
	{ "\377\tx", "\377       x" },
	{ "\342\202", "\342\202" },
	{ "\342\202\tx", "\342\202      x" },
	/* Two columns wide. */
	{ "\346\227\245\tx", "\346\227\245      x" },
};

START_TEST(text_is_plain)
{
	struct buf out = BUF_INIT;

	terminal_plain(&out, texts[_i].text, strlen(texts[_i].text));
	ck_assert_str_eq(buf_text(&out), texts[_i].plain);
	buf_release(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("terminal");
	TCase *tcase = tcase_create("plain");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, text_is_plain, 0,
			    sizeof(texts) / sizeof(*texts));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
