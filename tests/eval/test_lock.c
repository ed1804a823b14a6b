/*
 * test_lock.c - lock files of flakes
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/lock.h"
#include "eval/source.h"

static struct eval eval;
static struct eval *ev = &eval;

static void setup(void)
{
	memset(&eval, 0, sizeof(eval));
	ev->settings.flakes = true;
	ev->arena = arena_new(0);
	ck_assert_ptr_nonnull(source_root(ev));
}

static struct lock_node *parse(const char *text)
{
	return lock_parse(ev, text, strlen(text), "flake.lock");
}

#define REF                                                                    \
	"\"locked\": {\"type\":\"github\",\"owner\":\"a\",\"repo\":\"b\","     \
	"\"rev\":\"0123456789012345678901234567890123456789\","                \
	"\"lastModified\":1,\"narHash\":\"sha256-"                             \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"},"                     \
	"\"original\": {\"type\":\"github\",\"owner\":\"a\",\"repo\":\"b\"}"

/* What nix prints of `nix flake metadata --json`.locks. */
static const char *const whole = "{\n"
				 "  \"nodes\": {\n"
				 "    \"dep\": {\n"
				 "      \"flake\": false,\n"
				 "      \"inputs\": {\n"
				 "        \"x\": [\n"
				 "          \"dep_2\"\n"
				 "        ]\n"
				 "      },\n"
				 "      \"locked\": {\n"
				 "        \"path\": \"./x\",\n"
				 "        \"type\": \"path\"\n"
				 "      },\n"
				 "      \"original\": {\n"
				 "        \"path\": \"./x\",\n"
				 "        \"type\": \"path\"\n"
				 "      },\n"
				 "      \"parent\": []\n"
				 "    },\n"
				 "    \"root\": {\n"
				 "      \"inputs\": {\n"
				 "        \"dep\": \"dep\",\n"
				 "        \"dep_2\": [\n"
				 "          \"dep\"\n"
				 "        ]\n"
				 "      }\n"
				 "    }\n"
				 "  },\n"
				 "  \"root\": \"root\",\n"
				 "  \"version\": 7\n"
				 "}";

START_TEST(what_is_read_is_printed_as_it_was)
{
	struct lock_node *root = parse(whole);

	ck_assert_ptr_nonnull(root);
	ck_assert_str_eq(lock_print(ev, root), whole);
	ck_assert_str_eq(lock_print(ev, root), whole);
}
END_TEST

START_TEST(equal_names_get_numbers)
{
	struct lock_node *root =
		parse("{\"version\":7,\"root\":\"r\",\"nodes\":{"
		      "\"r\":{\"inputs\":{\"a\":\"p\",\"b\":\"q\"}},"
		      "\"p\":{\"inputs\":{\"n\":\"x\"}," REF "},"
		      "\"q\":{\"inputs\":{\"n\":\"y\"}," REF "},"
		      "\"x\":{" REF "},\"y\":{" REF "}}}");
	struct lock_path path;
	const char *text;

	ck_assert_ptr_nonnull(root);
	text = lock_print(ev, root);
	ck_assert_ptr_nonnull(strstr(text, "\"n\": {"));
	ck_assert_ptr_nonnull(strstr(text, "\"n_2\": {"));
	ck_assert_int_eq(lock_path_parse(ev, "a/n", &path), 0);
	ck_assert_str_eq(lock_find(ev, root, &path)->key, "n");
	ck_assert_int_eq(lock_path_parse(ev, "b/n", &path), 0);
	ck_assert_str_eq(lock_find(ev, root, &path)->key, "n_2");
	ck_assert_int_eq(lock_path_parse(ev, "b/none", &path), 0);
	ck_assert_ptr_null(lock_find(ev, root, &path));
}
END_TEST

START_TEST(version_5_has_a_part_of_locked_in_info)
{
	struct lock_node *root = parse(
		"{\"version\":5,\"root\":\"r\",\"nodes\":{"
		"\"r\":{\"inputs\":{\"a\":\"a\"}},\"a\":{"
		"\"info\":{\"lastModified\":7,\"narHash\":\"sha256-"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"},"
		"\"locked\":{\"type\":\"tarball\",\"url\":\"https://x/y.tar\"},"
		"\"original\":{\"type\":\"tarball\",\"url\":"
		"\"https://x/y.tar\"}}}}");

	ck_assert_ptr_nonnull(root);
	ck_assert_uint_eq(
		flakeref_attr(&root->inputs[0].node->locked, "lastModified")
			->number,
		7);
}
END_TEST

static const struct {
	const char *text, *message;
} bad[] = {
	{ "", "Could not parse 'flake.lock'" },
	{ "[]", "unsupported version 0" },
	{ "{}", "unsupported version 0" },
	{ "{\"version\":4}", "unsupported version 4" },
	{ "{\"version\":8}", "unsupported version 8" },
	{ "{\"version\":7}", "Could not parse" },
	{ "{\"version\":7,\"root\":1,\"nodes\":{}}", "Could not parse" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":1}}}",
	  "Could not parse" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":1}}}}",
	  "Could not parse" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":[1]}}}}",
	  "Could not parse" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":\"b\"}}}}",
	  "lock file references missing node 'b'" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":\"r\"}}}}",
	  "lock file contains cycle to root node" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":\"a\"}},\"a\":{}}}",
	  "attribute 'locked' missing in lock file" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":\"a\"}},\"a\":{\"locked\":{\"type\":\"path\","
	  "\"path\":\"/x\",\"y\":[]},\"original\":{}}}}",
	  "unsupported input attribute type in lock file" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":\"a\"}},\"a\":{\"locked\":{\"type\":\"github\","
	  "\"owner\":\"x\",\"repo\":\"y\"},\"original\":{\"type\":"
	  "\"indirect\",\"id\":\"y\"}}}}",
	  "Lock file contains unlocked input" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":\"a\"}},\"a\":{\"flake\":3," REF "}}}",
	  "'flake' is no Boolean" },
	{ "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":"
	  "{\"a\":\"a\"}},\"a\":{\"parent\":\"x\"," REF "}}}",
	  "a path of inputs is not a list" },
};

START_TEST(a_lock_file_that_is_none_is_refused)
{
	ck_assert_ptr_null(parse(bad[_i].text));
	ck_assert_msg(strstr(eval_error(ev)->message, bad[_i].message),
		      "%s: %s", bad[_i].text, eval_error(ev)->message);
}
END_TEST

START_TEST(follows_in_circles_are_named)
{
	struct lock_node *root = parse(
		"{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":{"
		"\"a\":[\"b\"],\"b\":[\"c\"],\"c\":[\"b\"],\"d\":[]}}}}");
	struct lock_path path;

	ck_assert_ptr_nonnull(root);
	ck_assert_int_eq(lock_check(ev, root), -1);
	ck_assert_str_eq(eval_error(ev)->message,
			 "follow cycle detected: [b -> c -> b]");
	eval_clear_error(ev);
	ck_assert_int_eq(lock_path_parse(ev, "d", &path), 0);
	ck_assert_ptr_eq(lock_find(ev, root, &path), root);
}
END_TEST

START_TEST(follows_to_nowhere_are_named)
{
	struct lock_node *root = parse(
		"{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{\"inputs\":{"
		"\"a\":[\"b\",\"c\"],\"b\":\"b\"}},\"b\":{" REF "}}}");

	ck_assert_int_eq(lock_check(ev, root), -1);
	ck_assert_str_eq(eval_error(ev)->message,
			 "input 'a' follows a non-existent input 'b/c'");
}
END_TEST

START_TEST(nodes_in_circles_and_deep_nodes_end)
{
	struct lock_node *root;
	struct buf text = BUF_INIT;

	/* Old lock files have such. */
	root = parse("{\"version\":6,\"root\":\"r\",\"nodes\":{\"r\":{"
		     "\"inputs\":{\"a\":\"a\"}},\"a\":{\"inputs\":{\"b\":"
		     "\"b\"}," REF "},\"b\":{\"inputs\":{\"a\":\"a\"}," REF
		     "}}}");
	ck_assert_ptr_nonnull(root);
	ck_assert_int_eq(lock_check(ev, root), 0);
	ck_assert_ptr_nonnull(lock_print(ev, root));

	buf_add_text(&text, "{\"version\":7,\"root\":\"r\",\"nodes\":{\"r\":{"
			    "\"inputs\":{\"a\":\"0\"}}");
	for (int i = 0; i < 5000; i++)
		buf_add_format(&text,
			       ",\"%d\":{\"inputs\":{\"a\":\"%d\"}," REF "}", i,
			       i + 1);
	buf_add_text(&text, ",\"5000\":{" REF "}}}");
	ck_assert_ptr_null(parse(buf_text(&text)));
	ck_assert_ptr_nonnull(
		strstr(eval_error(ev)->message, "nested too deeply"));
	buf_release(&text);
}
END_TEST

START_TEST(no_cut_of_a_lock_file_crashes)
{
	for (size_t n = 0; n < strlen(whole); n++) {
		ck_assert_ptr_null(lock_parse(ev, whole, n, "cut"));
		eval_clear_error(ev);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lock");
	TCase *tc = tcase_create("lock");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, what_is_read_is_printed_as_it_was);
	tcase_add_test(tc, equal_names_get_numbers);
	tcase_add_test(tc, version_5_has_a_part_of_locked_in_info);
	tcase_add_loop_test(tc, a_lock_file_that_is_none_is_refused, 0,
			    sizeof(bad) / sizeof(*bad));
	tcase_add_test(tc, follows_in_circles_are_named);
	tcase_add_test(tc, follows_to_nowhere_are_named);
	tcase_add_test(tc, nodes_in_circles_and_deep_nodes_end);
	tcase_add_test(tc, no_cut_of_a_lock_file_crashes);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
