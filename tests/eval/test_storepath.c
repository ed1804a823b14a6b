/* test_storepath.c - store paths; the answers are those of Nix 2.34.8 */
#include "eval/storepath.h"

#include <check.h>
#include <stdlib.h>

#define BASE "00000000000000000000000000000000"
#define TEXT_PATH "/nix/store/q790zdjk75hm2cn42nh77pqw4gbv1b88-hello.txt"

static struct storepath path;
static struct buf err;

static struct hash sha256(const char *text)
{
	struct hash hash;

	hash_bytes(HASH_SHA256, text, strlen(text), &hash);
	return hash;
}

/* builtins.toFile "hello.txt" "hello" */
START_TEST(text_path_is_that_of_to_file)
{
	struct hash hash = sha256("hello");

	ck_assert_int_eq(storepath_fixed(&path, STOREPATH_TEXT, &hash,
					 "hello.txt", 9, NULL, 0, &err),
			 0);
	ck_assert_str_eq(path.text, TEXT_PATH);
}
END_TEST

/* builtins.toFile "b" "see ${builtins.toFile "hello.txt" "hello"}" */
START_TEST(references_are_part_of_a_text_path)
{
	struct hash hash = sha256("see " TEXT_PATH);
	struct storepath_text ref = { TEXT_PATH, strlen(TEXT_PATH) };

	ck_assert_int_eq(storepath_fixed(&path, STOREPATH_TEXT, &hash, "b", 1,
					 &ref, 1, &err),
			 0);
	ck_assert_str_eq(path.text,
			 "/nix/store/awhzjlsh4gr53pimp8sl8876xfznq3ws-b");
}
END_TEST

static const struct {
	enum storepath_method method;
	const char *hash;
	const char *path;
} fixed[] = {
	{ STOREPATH_FLAT,
	  "sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73",
	  "/nix/store/9zicq1m4wy4bv50xa4l1jk4kpyy41kih-x" },
	{ STOREPATH_NAR,
	  "sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73",
	  "/nix/store/d6q30mlzfljh7ha1b1m6fnifi34qr99p-x" },
	{ STOREPATH_NAR, "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
	  "/nix/store/mxm5h60qjq2b5z19bkj9phyyc3zkaxgs-x" },
	{ STOREPATH_FLAT, "md5:d41d8cd98f00b204e9800998ecf8427e",
	  "/nix/store/v4hm49i7f7fmjvrmdcda7qrcizb2ckkn-x" },
};

/* derivation { name = "x"; builder = "b"; system = "s"; outputHash... } */
START_TEST(fixed_output_path_depends_on_method_and_hash_type)
{
	struct hash hash;

	ck_assert_int_eq(hash_parse(fixed[_i].hash, strlen(fixed[_i].hash),
				    HASH_NONE, &hash, &err),
			 0);
	ck_assert_int_eq(storepath_fixed(&path, fixed[_i].method, &hash, "x", 1,
					 NULL, 0, &err),
			 0);
	ck_assert_str_eq(path.text, fixed[_i].path);
}
END_TEST

START_TEST(references_of_other_fixed_paths_are_refused)
{
	struct hash hash = sha256("");
	struct storepath_text ref = { TEXT_PATH, strlen(TEXT_PATH) };

	ck_assert_int_eq(storepath_fixed(&path, STOREPATH_FLAT, &hash, "x", 1,
					 &ref, 1, &err),
			 -1);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&err), "is not allowed to refer"));
}
END_TEST

START_TEST(placeholder_is_that_of_nix)
{
	char out[STOREPATH_PLACEHOLDER_LEN + 1] = "";

	storepath_placeholder(out, "out", 3);
	ck_assert_str_eq(
		out, "/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9");
}
END_TEST

static const struct {
	const char *name;
	const char *message; /* NULL: valid */
} names[] = {
	{ "hello-2.12", NULL },
	{ "...", NULL },
	{ ".a", NULL },
	{ "..a-b", NULL },
	{ "a+b-c.d_e?f=G", NULL },
	{ "", "name must not be empty" },
	{ ".", "name '.' is not valid" },
	{ "..", "name '..' is not valid" },
	{ ".-a", "name '.-a' is not valid: first dash-separated component "
		 "must not be '.'" },
	{ "..-", "name '..-' is not valid: first dash-separated component "
		 "must not be '..'" },
	{ "a b", "name 'a b' contains illegal character ' '" },
	{ "a/b", "name 'a/b' contains illegal character '/'" },
};

START_TEST(names_are_valid_where_nix_says_so)
{
	int ret = storepath_check_name(names[_i].name, strlen(names[_i].name),
				       &err);

	ck_assert_int_eq(ret, names[_i].message ? -1 : 0);
	if (names[_i].message)
		ck_assert_str_eq(buf_text(&err), names[_i].message);
}
END_TEST

START_TEST(name_of_211_bytes_fits_and_of_212_does_not)
{
	struct hash hash = sha256("");
	char name[STOREPATH_NAME_MAX + 1];

	memset(name, 'a', sizeof(name));
	ck_assert_int_eq(storepath_make(&path, "text", 4, &hash, name,
					STOREPATH_NAME_MAX, &err),
			 0);
	ck_assert_uint_eq(path.len, STOREPATH_SIZE - 1);
	ck_assert_uint_eq(strlen(path.text), STOREPATH_SIZE - 1);
	ck_assert_int_eq(storepath_make(&path, "text", 4, &hash, name,
					STOREPATH_NAME_MAX + 1, &err),
			 -1);
	ck_assert_ptr_nonnull(strstr(buf_text(&err), "no longer than 211"));

	/* "-out2" is part of the name. */
	ck_assert_int_eq(
		storepath_output(&path, "out2", 4, &hash, name, 206, &err), 0);
	ck_assert_int_eq(
		storepath_output(&path, "out2", 4, &hash, name, 207, &err), -1);
}
END_TEST

static const struct {
	const char *path;
	const char *exact, *within; /* messages, NULL: a store path */
} paths[] = {
	{ "/nix/store/" BASE "-a", NULL, NULL },
	{ "/nix/store/" BASE "xa", NULL, NULL },
	{ "/nix/store/" BASE "-a/b/c",
	  "path \"/nix/store/" BASE "-a/b/c\" is not in the Nix store", NULL },
	{ "/nix/store", "path \"/nix/store\" is not in the Nix store",
	  "path '/nix/store' is not in the Nix store" },
	{ "/tmp", "path \"/tmp\" is not in the Nix store",
	  "path '/tmp' is not in the Nix store" },
	{ "/nix/store/abc", "'abc' is too short to be a valid store path",
	  "'abc' is too short to be a valid store path" },
	{ "/nix/store/" BASE "-a b",
	  "path '" BASE "-a b' is not a valid store path: name 'a b' contains "
	  "illegal character ' '",
	  "path '" BASE "-a b' is not a valid store path: name 'a b' contains "
	  "illegal character ' '" },
	{ "/nix/store/0000000000000000000000000000000u-a",
	  "store path '0000000000000000000000000000000u-a' contains illegal "
	  "base-32 character 'u'",
	  "store path '0000000000000000000000000000000u-a' contains illegal "
	  "base-32 character 'u'" },
};

START_TEST(store_paths_are_taken_apart)
{
	const char *text = paths[_i].path;
	struct storepath_parts parts;
	int ret;

	ret = storepath_parse(text, strlen(text), &parts, &err);
	ck_assert_int_eq(ret, paths[_i].exact ? -1 : 0);
	if (paths[_i].exact)
		ck_assert_str_eq(buf_text(&err), paths[_i].exact);

	ret = storepath_split(text, strlen(text), &parts, &err);
	ck_assert_int_eq(ret, paths[_i].within ? -1 : 0);
	if (paths[_i].within) {
		ck_assert_str_eq(buf_text(&err), paths[_i].within);
		return;
	}
	ck_assert_uint_eq(parts.len, strlen("/nix/store/" BASE "-a"));
	ck_assert_uint_eq(parts.name_len, 1);
	ck_assert_int_eq(parts.name[0], 'a');
}
END_TEST

static void forget_message(void)
{
	buf_release(&err);
}

int main(void)
{
	Suite *suite = suite_create("storepath");
	TCase *tcase = tcase_create("storepath");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, NULL, forget_message);
	tcase_add_test(tcase, text_path_is_that_of_to_file);
	tcase_add_test(tcase, references_are_part_of_a_text_path);
	tcase_add_loop_test(tcase,
			    fixed_output_path_depends_on_method_and_hash_type,
			    0, sizeof(fixed) / sizeof(fixed[0]));
	tcase_add_test(tcase, references_of_other_fixed_paths_are_refused);
	tcase_add_test(tcase, placeholder_is_that_of_nix);
	tcase_add_loop_test(tcase, names_are_valid_where_nix_says_so, 0,
			    sizeof(names) / sizeof(names[0]));
	tcase_add_test(tcase, name_of_211_bytes_fits_and_of_212_does_not);
	tcase_add_loop_test(tcase, store_paths_are_taken_apart, 0,
			    sizeof(paths) / sizeof(paths[0]));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
