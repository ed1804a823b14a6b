/*
 * test_drv.c - derivations; the texts are .drv files that Nix 2.34.8 wrote for
 *
 *     let
 *       src = builtins.toFile "src.sh" "echo hi\n";
 *       sri = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
 *       fod = derivation {
 *         name = "fod.tar.gz"; system = "builtin"; outputHash = sri;
 *         builder = "builtin:fetchurl"; url = "https://x/y\"z\\w";
 *       };
 *       fod2 = derivation { ... url = "https://mirror/y"; };
 *       fodr = derivation {
 *         name = "tree"; system = "builtin"; builder = "b";
 *         outputHash = sri; outputHashMode = "recursive";
 *       };
 *       dep = derivation {
 *         name = "dep"; system = "x86_64-linux"; builder = "/bin/sh";
 *         args = [ "-e" src "tab\there" ]; outputs = [ "out" "dev" "doc" ];
 *         inherit fod fod2;
 *       };
 *     in derivation {
 *       name = "top-1.0"; system = "x86_64-linux";
 *       builder = "${dep.dev}/bin/sh"; args = [ ]; A = "line\nline\r";
 *       dep = dep; z = [ dep.doc fodr 1 true ]; aa = "";
 *     }
 */
#include "eval/drv_table.h"

#include <check.h>
#include <stdlib.h>

/* In an order in which each comes after what it is made from. */
static const struct {
	const char *path;
	const char *text;
} files[] = {
	{ "/nix/store/zw26k93s8zn2xra8zc7dm6fiz1m5hqbd-fod.tar.gz.drv",
	  "Derive([(\"out\",\"/nix/store/b26m0i7cgj01n525vskqq58"
	  "0zlk6bm3k-fod.tar.gz\",\"sha256\",\"e3b0c44298fc1c149a"
	  "fbf4c8996fb92427ae41e4649b934ca495991b7852b855\")],"
	  "[],[],\"builtin\",\"builtin:fetchurl\",[],[(\"builder\","
	  "\"builtin:fetchurl\"),(\"name\",\"fod.tar.gz\"),(\"out\",\""
	  "/nix/store/b26m0i7cgj01n525vskqq580zlk6bm3k-fod.ta"
	  "r.gz\"),(\"outputHash\",\"sha256-47DEQpj8HBSa+/TImW+5J"
	  "CeuQeRkm5NMpJWZG3hSuFU=\"),(\"system\",\"builtin\"),(\"u"
	  "rl\",\"https://x/y\\\"z\\\\w\")])" },
	{ "/nix/store/xij8kx49yzbj03dzi59ycvhpwhrkn2il-fod.tar.gz.drv",
	  "Derive([(\"out\",\"/nix/store/b26m0i7cgj01n525vskqq58"
	  "0zlk6bm3k-fod.tar.gz\",\"sha256\",\"e3b0c44298fc1c149a"
	  "fbf4c8996fb92427ae41e4649b934ca495991b7852b855\")],"
	  "[],[],\"builtin\",\"builtin:fetchurl\",[],[(\"builder\","
	  "\"builtin:fetchurl\"),(\"name\",\"fod.tar.gz\"),(\"out\",\""
	  "/nix/store/b26m0i7cgj01n525vskqq580zlk6bm3k-fod.ta"
	  "r.gz\"),(\"outputHash\",\"sha256-47DEQpj8HBSa+/TImW+5J"
	  "CeuQeRkm5NMpJWZG3hSuFU=\"),(\"system\",\"builtin\"),(\"u"
	  "rl\",\"https://mirror/y\")])" },
	{ "/nix/store/wm48mvddnzz9vmpqzk5s1yajm2kqlxny-tree.drv",
	  "Derive([(\"out\",\"/nix/store/1h48vji4kxgspjfvwvsc5hf"
	  "wbf08qn5v-tree\",\"r:sha256\",\"e3b0c44298fc1c149afbf4"
	  "c8996fb92427ae41e4649b934ca495991b7852b855\")],[],["
	  "],\"builtin\",\"b\",[],[(\"builder\",\"b\"),(\"name\",\"tree\""
	  "),(\"out\",\"/nix/store/1h48vji4kxgspjfvwvsc5hfwbf08q"
	  "n5v-tree\"),(\"outputHash\",\"sha256-47DEQpj8HBSa+/TIm"
	  "W+5JCeuQeRkm5NMpJWZG3hSuFU=\"),(\"outputHashMode\",\"r"
	  "ecursive\"),(\"system\",\"builtin\")])" },
	{ "/nix/store/zvlm50757pzd0khdms5kk08faa085sn4-dep.drv",
	  "Derive([(\"dev\",\"/nix/store/3fpcmwxpjxqrypj4bywhxyh"
	  "4bzkhvnfk-dep-dev\",\"\",\"\"),(\"doc\",\"/nix/store/l65lk"
	  "5z1a4j0z72z73zmf5n6d3bq116j-dep-doc\",\"\",\"\"),(\"out\""
	  ",\"/nix/store/w4lzzxsx5aprdrcwn1qqgxsnqnrxyrpa-dep\""
	  ",\"\",\"\")],[(\"/nix/store/xij8kx49yzbj03dzi59ycvhpwhr"
	  "kn2il-fod.tar.gz.drv\",[\"out\"]),(\"/nix/store/zw26k9"
	  "3s8zn2xra8zc7dm6fiz1m5hqbd-fod.tar.gz.drv\",[\"out\"]"
	  ")],[\"/nix/store/ay08z68h3n75v8wlbv72sp78fpj8lr92-s"
	  "rc.sh\"],\"x86_64-linux\",\"/bin/sh\",[\"-e\",\"/nix/store"
	  "/ay08z68h3n75v8wlbv72sp78fpj8lr92-src.sh\",\"tab\\the"
	  "re\"],[(\"builder\",\"/bin/sh\"),(\"dev\",\"/nix/store/3fp"
	  "cmwxpjxqrypj4bywhxyh4bzkhvnfk-dep-dev\"),(\"doc\",\"/n"
	  "ix/store/l65lk5z1a4j0z72z73zmf5n6d3bq116j-dep-doc\""
	  "),(\"fod\",\"/nix/store/b26m0i7cgj01n525vskqq580zlk6b"
	  "m3k-fod.tar.gz\"),(\"fod2\",\"/nix/store/b26m0i7cgj01n"
	  "525vskqq580zlk6bm3k-fod.tar.gz\"),(\"name\",\"dep\"),(\""
	  "out\",\"/nix/store/w4lzzxsx5aprdrcwn1qqgxsnqnrxyrpa-"
	  "dep\"),(\"outputs\",\"out dev doc\"),(\"system\",\"x86_64-"
	  "linux\")])" },
	{ "/nix/store/vhcp844yh3ihrd32aywnfg2rq1vcjnx3-top-1.0.drv",
	  "Derive([(\"out\",\"/nix/store/lrhwf0666rggilnrqdzwras"
	  "w4z3m0v0d-top-1.0\",\"\",\"\")],[(\"/nix/store/wm48mvddn"
	  "zz9vmpqzk5s1yajm2kqlxny-tree.drv\",[\"out\"]),(\"/nix/"
	  "store/zvlm50757pzd0khdms5kk08faa085sn4-dep.drv\",[\""
	  "dev\",\"doc\",\"out\"])],[],\"x86_64-linux\",\"/nix/store/"
	  "3fpcmwxpjxqrypj4bywhxyh4bzkhvnfk-dep-dev/bin/sh\",["
	  "],[(\"A\",\"line\\nline\\r\"),(\"aa\",\"\"),(\"builder\",\"/nix"
	  "/store/3fpcmwxpjxqrypj4bywhxyh4bzkhvnfk-dep-dev/bi"
	  "n/sh\"),(\"dep\",\"/nix/store/w4lzzxsx5aprdrcwn1qqgxsn"
	  "qnrxyrpa-dep\"),(\"name\",\"top-1.0\"),(\"out\",\"/nix/sto"
	  "re/lrhwf0666rggilnrqdzwrasw4z3m0v0d-top-1.0\"),(\"sy"
	  "stem\",\"x86_64-linux\"),(\"z\",\"/nix/store/l65lk5z1a4j"
	  "0z72z73zmf5n6d3bq116j-dep-doc /nix/store/1h48vji4k"
	  "xgspjfvwvsc5hfwbf08qn5v-tree 1 1\")])" },
};

#define FILES (sizeof(files) / sizeof(files[0]))

static struct buf out, err;

static void forget(void)
{
	buf_release(&out);
	buf_release(&err);
}

static int load_file(void *ctx, const char *path, size_t len, struct buf *text,
		     struct buf *message)
{
	if (ctx)
		++*(int *)ctx;
	for (size_t i = 0; i < FILES; i++)
		if (strlen(files[i].path) == len &&
		    memcmp(files[i].path, path, len) == 0) {
			buf_add_text(text, files[i].text);
			return 0;
		}
	return buf_fail(message, "no such file");
}

/* As it was before its paths were known: what an evaluation has gathered. */
static void parse_bare(struct drv *drv, size_t file)
{
	struct storepath_parts parts;
	const char *path = files[file].path, *text = files[file].text;

	ck_assert_int_eq(storepath_parse(path, strlen(path), &parts, &err), 0);
	ck_assert_msg(drv_parse(drv, parts.name, parts.name_len - 4, text,
				strlen(text), &err) == 0,
		      "%s", buf_text(&err));
	for (size_t i = 0; i < drv->noutputs; i++) {
		struct drv_output *output = &drv->outputs[i];

		drv_set_env(drv, output->name,
			    (struct storepath_text){ "?", 1 });
		if (output->kind == DRV_INPUT)
			output->kind = DRV_DEFERRED;
		output->path.len = 0;
	}
}

START_TEST(text_that_is_read_is_printed_the_same)
{
	const char *text = files[_i].text;
	struct drv drv;

	ck_assert_int_eq(drv_parse(&drv, "x", 1, text, strlen(text), &err), 0);
	drv_print(&drv, false, &out, NULL);
	ck_assert_str_eq(buf_text(&out), text);
	drv_release(&drv);
}
END_TEST

START_TEST(paths_follow_from_what_was_added_before)
{
	struct drv_table_ops ops = { 0 };
	struct drv_table *table = drv_table_new(&ops);
	struct storepath path;
	struct drv drv;

	for (size_t i = 0; i < FILES; i++) {
		parse_bare(&drv, i);
		ck_assert_msg(drv_table_add(table, &drv, &path, &err) == 0,
			      "%s", buf_text(&err));
		ck_assert_str_eq(path.text, files[i].path);
		buf_reset(&out);
		drv_print(&drv, false, &out, NULL);
		ck_assert_str_eq(buf_text(&out), files[i].text);
		drv_release(&drv);
	}
	drv_table_free(table);
}
END_TEST

START_TEST(unknown_inputs_are_loaded_once)
{
	int loads = 0;
	struct drv_table_ops ops = { .load = load_file, .ctx = &loads };
	struct drv_table *table = drv_table_new(&ops);
	struct storepath path;
	struct drv drv;

	for (int twice = 0; twice < 2; twice++) {
		parse_bare(&drv, FILES - 1);
		ck_assert_msg(drv_table_add(table, &drv, &path, &err) == 0,
			      "%s", buf_text(&err));
		ck_assert_str_eq(path.text, files[FILES - 1].path);
		ck_assert_int_eq(loads, FILES - 1);
		drv_release(&drv);
	}
	drv_table_free(table);
}
END_TEST

START_TEST(missing_input_fails_and_says_which)
{
	struct drv_table_ops ops = { 0 };
	struct drv_table *table = drv_table_new(&ops);
	struct storepath path;
	struct drv drv;

	parse_bare(&drv, 3);
	ck_assert_int_eq(drv_table_add(table, &drv, &path, &err), -1);
	ck_assert_str_eq(buf_text(&err),
			 "path '/nix/store/xij8kx49yzbj03dzi59ycvhpwhrkn2il-"
			 "fod.tar.gz.drv' is not valid");
	drv_release(&drv);
	drv_table_free(table);
}
END_TEST

START_TEST(output_that_an_input_lacks_is_an_error)
{
	struct drv_table_ops ops = { .load = load_file };
	struct drv_table *table = drv_table_new(&ops);
	struct storepath path;
	struct drv drv;

	parse_bare(&drv, FILES - 1);
	drv_add_input(&drv, files[0].path, strlen(files[0].path), "man", 3);
	ck_assert_int_eq(drv_table_add(table, &drv, &path, &err), -1);
	ck_assert_str_eq(buf_text(&err), "no hash for output 'man' of "
					 "derivation 'top-1.0'");
	drv_release(&drv);
	drv_table_free(table);
}
END_TEST

static int note(void *arg, const struct drv_member *member)
{
	buf_add(arg, member->path.bytes, member->path.len);
	buf_add_format(arg, " %zu\n", member->noutputs);
	return 0;
}

START_TEST(closure_has_each_derivation_and_source_once)
{
	struct drv_table_ops ops = { .load = load_file };
	struct drv_table *table = drv_table_new(&ops);
	const char *top = files[FILES - 1].path;

	ck_assert_int_eq(
		drv_table_closure(table, top, strlen(top), note, &out, &err),
		0);
	for (size_t i = 0; i < FILES; i++) {
		const char *at = strstr(buf_text(&out), files[i].path);

		ck_assert_ptr_nonnull(at);
		ck_assert_ptr_null(strstr(at + 1, files[i].path));
	}
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "-src.sh 0\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "-dep.drv 3\n"));
	drv_table_free(table);
}
END_TEST

static const struct {
	const char *text;
	const char *message;
} damaged[] = {
	{ "", "expected string 'D'" },
	{ "Dx", "derivation does not start with 'Derive' or 'DrvWithVersion'" },
	{ "Derive(", "expected string '['" },
	{ "Derive([(\"out", "unterminated string in derivation" },
	{ "Derive([(\"out\\", "unterminated string in derivation" },
	{ "Derive([(\"out\",\"\",\"r:sha256\",\"\")",
	  "experimental Nix feature 'ca-derivations' is disabled; add "
	  "'--extra-experimental-features ca-derivations' to enable it" },
	{ "Derive([(\"out\",\"x\",\"\",\"\")", "bad path 'x' in derivation" },
	{ "Derive([(\"out\",\"/x\",\"\",\"\")",
	  "path \"/x\" is not in the Nix store" },
	{ "DrvWithVersion(\"xp-dyn-drv\",",
	  "experimental Nix feature 'dynamic-derivations' is disabled "
	  "(derivation 'x', ATerm format version 'xp-dyn-drv'); add "
	  "'--extra-experimental-features dynamic-derivations' to enable it" },
	{ "DrvWithVersion(\"2\",",
	  "Unknown derivation ATerm format version '2'" },
};

START_TEST(damaged_text_is_refused_as_nix_refuses_it)
{
	struct drv drv;

	ck_assert_int_eq(drv_parse(&drv, "x", 1, damaged[_i].text,
				   strlen(damaged[_i].text), &err),
			 -1);
	ck_assert_str_eq(buf_text(&err), damaged[_i].message);
}
END_TEST

/* Every prefix, and every byte replaced: an error or not, never a crash. */
START_TEST(no_damage_crashes)
{
	const char *text = files[3].text;
	size_t len = strlen(text);
	struct drv drv;

	for (size_t i = 0; i < len; i++) {
		char *copy = malloc(len);

		memcpy(copy, text, len);
		ck_assert_int_eq(drv_parse(&drv, "x", 1, copy, i, &err), -1);
		for (const char *with = "\"\\[](),\x01"; *with; with++) {
			copy[i] = *with;
			if (drv_parse(&drv, "x", 1, copy, len, &err) == 0)
				drv_release(&drv);
		}
		free(copy);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("drv");
	TCase *tcase = tcase_create("drv");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, NULL, forget);
	tcase_add_loop_test(tcase, text_that_is_read_is_printed_the_same, 0,
			    FILES);
	tcase_add_test(tcase, paths_follow_from_what_was_added_before);
	tcase_add_test(tcase, unknown_inputs_are_loaded_once);
	tcase_add_test(tcase, missing_input_fails_and_says_which);
	tcase_add_test(tcase, output_that_an_input_lacks_is_an_error);
	tcase_add_test(tcase, closure_has_each_derivation_and_source_once);
	tcase_add_loop_test(tcase, damaged_text_is_refused_as_nix_refuses_it, 0,
			    sizeof(damaged) / sizeof(damaged[0]));
	tcase_add_test(tcase, no_damage_crashes);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
