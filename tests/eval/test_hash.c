/*
 * test_hash.c - hashes and their text forms; the answers are those of Nix
 * 2.34.8 to builtins.hashString and builtins.convertHash
 */
#include "eval/hash.h"

#include <check.h>
#include <stdlib.h>

static const char all[] = "The quick brown fox jumps over the lazy dog";

static const struct {
	enum hash_type type;
	const char *text;
	const char *base16;
} digests[] = {
	{ HASH_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ HASH_MD5, all, "9e107d9d372bb6826bd81d3542a419d6" },
	{ HASH_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ HASH_SHA256, "",
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ HASH_SHA256, "\xc3\xa9",
	  "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c" },
	{ HASH_SHA512, "",
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
};

START_TEST(digest_is_the_same_in_one_piece_and_in_many)
{
	const char *text = digests[_i].text;
	struct buf out = BUF_INIT;
	struct hash_ctx ctx;
	struct hash once, piecewise;

	hash_bytes(digests[_i].type, text, strlen(text), &once);
	hash_print(&out, &once, HASH_BASE16, false);
	ck_assert_str_eq(buf_text(&out), digests[_i].base16);

	hash_start(&ctx, digests[_i].type);
	for (const char *at = text; *at; at++)
		hash_update(&ctx, at, 1);
	hash_finish(&ctx, &piecewise);
	ck_assert(hash_equal(&once, &piecewise));
	buf_release(&out);
}
END_TEST

static const struct {
	enum hash_type expected;
	const char *text;
	enum hash_format format;
	const char *printed; /* or the message, if it starts with '!' */
} conversions[] = {
	{ HASH_SHA256,
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  HASH_BASE64, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
	{ HASH_NONE,
	  "sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73",
	  HASH_SRI, "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
	{ HASH_SHA256, "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
	  HASH_NIX32, "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73" },
	{ HASH_MD5, "d41d8cd98f00b204e9800998ecf8427e", HASH_NIX32,
	  "3y8bwfr609h3lh9ch0izcqq7fl" },
	{ HASH_SHA512,
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
	  HASH_NIX32,
	  "0zdl9zrg8r3i9c1g90lgg9ip5ijzv3yhz91i0zzn3r8ap9ws784gkp9dk9j3aglhg"
	  "f1amqb0pj21mh7h1nxcl18akqvvf7ggqsy30yg" },
	/* Padding may be missing after a prefix, and capitals are digits. */
	{ HASH_NONE, "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
	  HASH_BASE64, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
	{ HASH_SHA1, "A9993E364706816ABA3E25717850C26C9CD0D89D", HASH_NIX32,
	  "kpcd173cq987hw957sx6m0868wv3x6d9" },
	{ HASH_SHA1,
	  "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", HASH_NIX32,
	  "!hash 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' should "
	  "have type 'sha1'" },
	{ HASH_NONE,
	  "sha256-47DE!!!!HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", HASH_BASE16,
	  "!invalid SRI hash '47DE!!!!HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', "
	  "length 0 != expected length 32" },
	{ HASH_SHA256, "", HASH_SRI,
	  "!hash '' has wrong length for hash algorithm 'sha256'" },
	{ HASH_NONE, "abc", HASH_SRI,
	  "!hash 'abc' does not include a type, nor is the type otherwise "
	  "known from context" },
	{ HASH_NONE, "sha9:abc", HASH_SRI,
	  "!unknown hash algorithm 'sha9', expect 'blake3', 'md5', 'sha1', "
	  "'sha256', or 'sha512'" },
	{ HASH_NONE, "blake3-abc", HASH_SRI,
	  "!experimental Nix feature 'blake3-hashes' is disabled; add "
	  "'--extra-experimental-features blake3-hashes' to enable it" },
	/* Its highest digit has bits that belong to no byte. */
	{ HASH_SHA256, "zmdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73",
	  HASH_SRI,
	  "!invalid nix32 hash 'zmdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk"
	  "11c9c73', length 33 != expected length 32" },
	{ HASH_NONE,
	  "sha1-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", HASH_SRI,
	  "!invalid SRI hash '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', "
	  "length 32 != expected length 20" },
};

START_TEST(convert_hash_says_what_nix_says)
{
	const char *text = conversions[_i].text;
	struct buf out = BUF_INIT, err = BUF_INIT;
	struct hash hash;

	if (hash_parse(text, strlen(text), conversions[_i].expected, &hash,
		       &err) < 0)
		buf_add_format(&out, "!%s", buf_text(&err));
	else
		hash_print(&out, &hash, conversions[_i].format, false);
	ck_assert_str_eq(buf_text(&out), conversions[_i].printed);
	buf_release(&out);
	buf_release(&err);
}
END_TEST

START_TEST(empty_output_hash_is_zeros_of_the_known_type)
{
	struct buf out = BUF_INIT;
	struct hash hash;

	ck_assert_int_eq(hash_parse_or_empty("", 0, HASH_SHA1, &hash, NULL), 0);
	hash_print(&out, &hash, HASH_NIX32, true);
	ck_assert_str_eq(buf_text(&out),
			 "sha1:00000000000000000000000000000000");
	ck_assert_int_eq(hash_parse_or_empty("", 0, HASH_NONE, &hash, NULL),
			 -1);
	buf_release(&out);
}
END_TEST

START_TEST(format_names_are_known_and_base32_is_deprecated)
{
	enum hash_format format;
	bool deprecated;

	ck_assert_int_eq(
		hash_format_parse("base32", 6, &format, &deprecated, NULL), 0);
	ck_assert(format == HASH_NIX32 && deprecated);
	ck_assert_int_eq(
		hash_format_parse("sri", 3, &format, &deprecated, NULL), 0);
	ck_assert(format == HASH_SRI && !deprecated);
	ck_assert_int_eq(hash_format_parse("sr", 2, &format, &deprecated, NULL),
			 -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tcase = tcase_create("hash");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, digest_is_the_same_in_one_piece_and_in_many,
			    0, sizeof(digests) / sizeof(digests[0]));
	tcase_add_loop_test(tcase, convert_hash_says_what_nix_says, 0,
			    sizeof(conversions) / sizeof(conversions[0]));
	tcase_add_test(tcase, empty_output_hash_is_zeros_of_the_known_type);
	tcase_add_test(tcase, format_names_are_known_and_base32_is_deprecated);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
