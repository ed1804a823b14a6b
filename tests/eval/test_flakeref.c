/*
 * test_flakeref.c - references to flakes, as text and as attributes
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/eval.h"
#include "eval/flakeref.h"
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

/* nix-instantiate --eval --json -E 'builtins.parseFlakeRef "..."': the
 * attributes, or the message. */
static const struct {
	const char *text, *want;
} parsed[] = {
	{ "nixpkgs", "{\"id\":\"nixpkgs\",\"type\":\"indirect\"}" },
	{ "nixpkgs/23.05",
	  "{\"id\":\"nixpkgs\",\"ref\":\"23.05\",\"type\":\"indirect\"}" },
	{ "nixpkgs/release-20.09/0123456789012345678901234567890123456789",
	  "{\"id\":\"nixpkgs\",\"ref\":\"release-20.09\",\"rev\":"
	  "\"0123456789012345678901234567890123456789\",\"type\":"
	  "\"indirect\"}" },
	{ "nixpkgs/0123456789012345678901234567890123456789",
	  "{\"id\":\"nixpkgs\",\"rev\":"
	  "\"0123456789012345678901234567890123456789\",\"type\":"
	  "\"indirect\"}" },
	{ "nixpkgs/a/b",
	  "in flake URL 'flake:nixpkgs/a/b', 'b' is not a commit hash" },
	{ "a/b/c/d", "GitHub URL 'flake:a/b/c/d' is invalid" },
	{ "github:NixOS/nixpkgs",
	  "{\"owner\":\"NixOS\",\"repo\":\"nixpkgs\",\"type\":\"github\"}" },
	{ "github:NixOS/nixpkgs/23.05?dir=lib",
	  "{\"dir\":\"lib\",\"owner\":\"NixOS\",\"ref\":\"23.05\",\"repo\":"
	  "\"nixpkgs\",\"type\":\"github\"}" },
	{ "github:NixOS/nixpkgs/feature/x",
	  "{\"owner\":\"NixOS\",\"ref\":\"feature/"
	  "x\",\"repo\":\"nixpkgs\",\"type\":\"github\"}" },
	{ "github:NixOS/nixpkgs/0123456789012345678901234567890123456789",
	  "{\"owner\":\"NixOS\",\"repo\":\"nixpkgs\",\"rev\":"
	  "\"0123456789012345678901234567890123456789\",\"type\":\"github\"}" },
	{ "github:NixOS/nixpkgs?ref=a&host=git.example.org",
	  "{\"host\":\"git.example.org\",\"owner\":\"NixOS\",\"ref\":\"a\","
	  "\"repo\":\"nixpkgs\",\"type\":\"github\"}" },
	{ "github:NixOS/nixpkgs/a?ref=b",
	  "flake reference 'github:NixOS/nixpkgs/a?ref=b' is not an absolute "
	  "path" },
	{ "github:NixOS",
	  "flake reference 'github:NixOS' is not an absolute path" },
	{ "github:NixOS/nixpkgs?rev=zz",
	  "hash 'zz' has wrong length for hash algorithm 'sha1'" },
	{ "github:NixOS/"
	  "nixpkgs?narHash=sha256-rA9RqKP9OlBrgGCPvfd5HVAXDOy8k2SmPtB%"
	  "2FijShNXc%3D",
	  "{\"narHash\":\"sha256-rA9RqKP9OlBrgGCPvfd5HVAXDOy8k2SmPtB/"
	  "ijShNXc=\",\"owner\":\"NixOS\",\"repo\":\"nixpkgs\",\"type\":"
	  "\"github\"}" },
	{ "gitlab:group%2Fsub/repo/main",
	  "{\"owner\":\"group/"
	  "sub\",\"ref\":\"main\",\"repo\":\"repo\",\"type\":\"gitlab\"}" },
	{ "sourcehut:~user/repo",
	  "{\"owner\":\"~user\",\"repo\":\"repo\",\"type\":\"sourcehut\"}" },
	{ "path:/tmp/x", "{\"path\":\"/tmp/x\",\"type\":\"path\"}" },
	{ "path:./x", "{\"path\":\"./x\",\"type\":\"path\"}" },
	{ "path:.//a//b//", "{\"path\":\"./a/b/\",\"type\":\"path\"}" },
	{ "path:////a", "{\"path\":\"/a\",\"type\":\"path\"}" },
	{ "//a//", "{\"path\":\"/a/\",\"type\":\"path\"}" },
	{ "/a/?x=y",
	  "path URL 'path:///a//?x=y' has unsupported parameter 'x'" },
	{ "//a//b?x=y",
	  "path URL 'path:///a/b?x=y' has unsupported parameter 'x'" },
	{ "path://a%2Fb:1/x",
	  "path URL 'path://a%2Fb:1/x' should not have an authority "
	  "('a%2Fb:1')" },
	{ "/a?lastModified=+1",
	  "{\"lastModified\":1,\"path\":\"/a\",\"type\":\"path\"}" },
	{ "/a?lastModified=18446744073709551616",
	  "path URL 'path:///a?lastModified=18446744073709551616' has invalid "
	  "parameter 'lastModified'" },
	{ "hg+file:///a?ref=~x",
	  "flake reference 'hg+file:///a?ref=~x' is not an absolute path" },
	{ "hg+file:///a?ref=@x",
	  "{\"ref\":\"@x\",\"type\":\"hg\",\"url\":\"file:///a\"}" },
	{ "path:/tmp/"
	  "x?lastModified=12&rev=0123456789012345678901234567890123456789",
	  "{\"lastModified\":12,\"path\":\"/tmp/"
	  "x\",\"rev\":\"0123456789012345678901234567890123456789\",\"type\":"
	  "\"path\"}" },
	{ "path:/tmp/x?lastModified=zz",
	  "path URL 'path:/tmp/x?lastModified=zz' has invalid parameter "
	  "'lastModified'" },
	{ "path:/tmp/x?foo=1",
	  "path URL 'path:/tmp/x?foo=1' has unsupported parameter 'foo'" },
	{ "path:/tmp/x y",
	  "flake reference 'path:/tmp/x y' is not an absolute path" },
	{ "/tmp/x", "{\"path\":\"/tmp/x\",\"type\":\"path\"}" },
	{ "./x", "flake reference './x' is not an absolute path" },
	{ "/tmp/x?dir=sub",
	  "{\"dir\":\"sub\",\"path\":\"/tmp/x\",\"type\":\"path\"}" },
	{ "git+file:///tmp/x", "{\"type\":\"git\",\"url\":\"file:///tmp/x\"}" },
	{ "git+file:/tmp/x", "{\"type\":\"git\",\"url\":\"file:/tmp/x\"}" },
	{ "git+file:///tmp/"
	  "x?ref=main&rev=0123456789012345678901234567890123456789",
	  "{\"ref\":\"main\",\"rev\":"
	  "\"0123456789012345678901234567890123456789\",\"type\":\"git\","
	  "\"url\":\"file:///tmp/x\"}" },
	{ "git+https://example.org/a/b.git?submodules=1&shallow=1&foo=bar",
	  "{\"shallow\":true,\"submodules\":true,\"type\":\"git\",\"url\":"
	  "\"https://example.org/a/b.git?foo=bar\"}" },
	{ "git+ssh://git@github.com/a/b?ref=refs/heads/main",
	  "{\"ref\":\"refs/heads/main\",\"type\":\"git\",\"url\":\"ssh://"
	  "git@github.com/a/b\"}" },
	{ "git://example.org/x",
	  "{\"type\":\"git\",\"url\":\"git://example.org/x\"}" },
	{ "git+ssh://git@github.com:a/b",
	  "flake reference 'git+ssh://git@github.com:a/b' is not an absolute "
	  "path" },
	{ "file+git:///tmp/x", "input 'file+git:///tmp/x' is unsupported; did "
			       "you mean 'git+file' instead of 'file+git'?" },
	{ "https://example.org/a.tar.gz",
	  "{\"type\":\"tarball\",\"url\":\"https://example.org/a.tar.gz\"}" },
	{ "https://example.org/"
	  "a.tar.gz?narHash=sha256-rA9RqKP9OlBrgGCPvfd5HVAXDOy8k2SmPtB%"
	  "2FijShNXc%3D&x=y",
	  "{\"narHash\":\"sha256-rA9RqKP9OlBrgGCPvfd5HVAXDOy8k2SmPtB/"
	  "ijShNXc=\",\"type\":\"tarball\",\"url\":\"https://example.org/"
	  "a.tar.gz?x=y\"}" },
	{ "https://example.org/a",
	  "{\"type\":\"tarball\",\"url\":\"https://example.org/a\"}" },
	{ "tarball+https://example.org/a",
	  "{\"type\":\"tarball\",\"url\":\"https://example.org/a\"}" },
	{ "file+https://example.org/a",
	  "{\"type\":\"file\",\"url\":\"https://example.org/a\"}" },
	{ "file+https://example.org/a.tar.gz",
	  "{\"type\":\"file\",\"url\":\"https://example.org/a.tar.gz\"}" },
	{ "file:///tmp/a.tar.gz",
	  "{\"type\":\"tarball\",\"url\":\"file:///tmp/a.tar.gz\"}" },
	{ "file:///tmp/a", "{\"type\":\"tarball\",\"url\":\"file:///tmp/a\"}" },
	{ "ftp://example.org/a", "input 'ftp://example.org/a' is unsupported" },
	{ "https://user:pa%20ss@example.org:8080/a.zip",
	  "{\"type\":\"tarball\",\"url\":\"https://"
	  "user:pa%20ss@example.org:8080/a.zip\"}" },
	{ "https://[::1]:80/a.zip",
	  "{\"type\":\"tarball\",\"url\":\"https://[::1]:80/a.zip\"}" },
	{ "https://example.org:99999/a.zip",
	  "flake reference 'https://example.org:99999/a.zip' is not an "
	  "absolute path" },
	{ "hg+https://example.org/r?rev=abc",
	  "{\"rev\":\"abc\",\"type\":\"hg\",\"url\":\"https://example.org/"
	  "r\"}" },
	{ "nixpkgs#hello",
	  "unexpected fragment 'hello' in flake reference 'nixpkgs#hello'" },
	{ "nixpkgs?dir=x",
	  "flake reference 'nixpkgs?dir=x' is not an absolute path" },
	{ "flake:nixpkgs", "{\"id\":\"nixpkgs\",\"type\":\"indirect\"}" },
	{ "flake:nixpkgs/23.05",
	  "{\"id\":\"nixpkgs\",\"ref\":\"23.05\",\"type\":\"indirect\"}" },
	{ "flake:nixpkgs?ref=x", "{\"id\":\"nixpkgs\",\"type\":\"indirect\"}" },
	{ "file://host/a",
	  "flake reference 'file://host/a' is not an absolute path" },
	{ "github:a/b?dir=x y",
	  "{\"dir\":\"x "
	  "y\",\"owner\":\"a\",\"repo\":\"b\",\"type\":\"github\"}" },
	{ "git+file:///tmp/x?ref=a b",
	  "flake reference 'git+file:///tmp/x?ref=a b' is not an absolute "
	  "path" },
	{ "github:a/b/ref..x",
	  "flake reference 'github:a/b/ref..x' is not an absolute path" },
	{ "github:a b/c",
	  "flake reference 'github:a b/c' is not an absolute path" },
	{ ".", "flake reference '.' is not an absolute path" },
	{ "..", "flake reference '..' is not an absolute path" },
	{ "?", "flake reference '?' is not an absolute path" },
	{ "#", "flake reference '#' is not an absolute path" },
	{ ":", "flake reference ':' is not an absolute path" },
	{ "a:b", "input 'a:b' is unsupported" },
	{ "A:b/c", "input 'A:b/c' is unsupported" },
	{ "1a", "flake reference '1a' is not an absolute path" },
	{ "path:", "{\"path\":\"/\",\"type\":\"path\"}" },
	{ "git+file:", "{\"type\":\"git\",\"url\":\"file:/\"}" },
	{ "https://", "{\"type\":\"tarball\",\"url\":\"https://\"}" },
	{ "github:%zz/a",
	  "flake reference 'github:%zz/a' is not an absolute path" },
	{ "git+https://example.org/x?allRefs=1&lfs=1&exportIgnore=1",
	  "{\"allRefs\":true,\"exportIgnore\":true,\"lfs\":true,\"type\":"
	  "\"git\",\"url\":\"https://example.org/x\"}" },
};

START_TEST(text_becomes_what_nix_makes_of_it)
{
	struct flakeref_options options = { .allow_missing = true };
	struct flake_ref ref;
	const char *got;

	if (flakeref_parse(ev, parsed[_i].text, &options, &ref, NULL) < 0) {
		got = eval_error(ev)->message;
	} else {
		if (*ref.dir)
			flakeref_set_string(ev, &ref, "dir", ref.dir);
		got = flakeref_json(ev, &ref);
	}
	ck_assert_msg(!strcmp(got, parsed[_i].want), "%s: %s, not %s",
		      parsed[_i].text, got, parsed[_i].want);
}
END_TEST

/* nix-instantiate -E 'with builtins; flakeRefToString (parseFlakeRef ..)' */
static const struct {
	const char *text, *want;
} printed[] = {
	{ "nixpkgs", "flake:nixpkgs" },
	{ "nixpkgs/23.05", "flake:nixpkgs/23.05" },
	{ "nixpkgs/release-20.09/0123456789012345678901234567890123456789",
	  "flake:nixpkgs/release-20.09/"
	  "0123456789012345678901234567890123456789" },
	{ "nixpkgs/0123456789012345678901234567890123456789",
	  "flake:nixpkgs/0123456789012345678901234567890123456789" },
	{ "github:NixOS/nixpkgs", "github:NixOS/nixpkgs" },
	{ "github:NixOS/nixpkgs/23.05?dir=lib",
	  "github:NixOS/nixpkgs/23.05?dir=lib" },
	{ "github:NixOS/nixpkgs/feature/x",
	  "github:NixOS/nixpkgs/feature%2Fx" },
	{ "github:NixOS/nixpkgs/0123456789012345678901234567890123456789",
	  "github:NixOS/nixpkgs/0123456789012345678901234567890123456789" },
	{ "github:NixOS/nixpkgs?ref=a&host=git.example.org",
	  "github:NixOS/nixpkgs/a?host=git.example.org" },
	{ "github:NixOS/"
	  "nixpkgs?narHash=sha256-rA9RqKP9OlBrgGCPvfd5HVAXDOy8k2SmPtB%"
	  "2FijShNXc%3D",
	  "github:NixOS/"
	  "nixpkgs?narHash=sha256-rA9RqKP9OlBrgGCPvfd5HVAXDOy8k2SmPtB/"
	  "ijShNXc%3D" },
	{ "gitlab:group%2Fsub/repo/main", "gitlab:group%2Fsub/repo/main" },
	{ "sourcehut:~user/repo", "sourcehut:~user/repo" },
	{ "path:/tmp/x", "path:/tmp/x" },
	{ "path:./x", "path:./x" },
	{ "path:/tmp/"
	  "x?lastModified=12&rev=0123456789012345678901234567890123456789",
	  "path:/tmp/"
	  "x?lastModified=12&rev=0123456789012345678901234567890123456789" },
	{ "/tmp/x", "path:/tmp/x" },
	{ "/tmp/x?dir=sub", "path:/tmp/x?dir=sub" },
	{ "git+file:///tmp/x", "git+file:///tmp/x" },
	{ "git+file:/tmp/x", "git+file:/tmp/x" },
	{ "git+file:///tmp/"
	  "x?ref=main&rev=0123456789012345678901234567890123456789",
	  "git+file:///tmp/"
	  "x?ref=main&rev=0123456789012345678901234567890123456789" },
	{ "git+https://example.org/a/b.git?submodules=1&shallow=1&foo=bar",
	  "git+https://example.org/a/b.git?foo=bar&shallow=1&submodules=1" },
	{ "git+ssh://git@github.com/a/b?ref=refs/heads/main",
	  "git+ssh://git@github.com/a/b?ref=refs/heads/main" },
	{ "git://example.org/x", "git://example.org/x" },
	{ "https://example.org/a.tar.gz", "https://example.org/a.tar.gz" },
	{ "https://example.org/"
	  "a.tar.gz?narHash=sha256-rA9RqKP9OlBrgGCPvfd5HVAXDOy8k2SmPtB%"
	  "2FijShNXc%3D&x=y",
	  "https://example.org/"
	  "a.tar.gz?narHash=sha256-rA9RqKP9OlBrgGCPvfd5HVAXDOy8k2SmPtB/"
	  "ijShNXc%3D&x=y" },
	{ "https://example.org/a", "https://example.org/a" },
	{ "tarball+https://example.org/a", "https://example.org/a" },
	{ "file+https://example.org/a", "https://example.org/a" },
	{ "file+https://example.org/a.tar.gz", "https://example.org/a.tar.gz" },
	{ "file:///tmp/a.tar.gz", "file:///tmp/a.tar.gz" },
	{ "file:///tmp/a", "file:///tmp/a" },
	{ "https://user:pa%20ss@example.org:8080/a.zip",
	  "https://user:pa%20ss@example.org:8080/a.zip" },
	{ "https://[::1]:80/a.zip", "https://[::1]:80/a.zip" },
	{ "flake:nixpkgs", "flake:nixpkgs" },
	{ "flake:nixpkgs/23.05", "flake:nixpkgs/23.05" },
	{ "flake:nixpkgs?ref=x", "flake:nixpkgs" },
	{ "github:a/b?dir=x y", "github:a/b?dir=x%20y" },
	{ "path:", "path:/" },
	{ "git+file:", "git+file:/" },
	{ "https://", "https://" },
	{ "git+https://example.org/x?allRefs=1&lfs=1&exportIgnore=1",
	  "git+https://example.org/x?exportIgnore=1&lfs=1" },
};

START_TEST(a_reference_is_printed_as_nix_prints_it)
{
	struct flakeref_options options = { .allow_missing = true };
	struct flake_ref ref;
	const char *got;

	ck_assert_int_eq(
		flakeref_parse(ev, printed[_i].text, &options, &ref, NULL), 0);
	got = flakeref_print(ev, &ref, true);
	ck_assert_msg(got && !strcmp(got, printed[_i].want), "%s: %s, not %s",
		      printed[_i].text, got, printed[_i].want);
}
END_TEST

START_TEST(a_folder_is_found_in_its_repository)
{
	char dir[] = "/tmp/test_flakeref.XXXXXX", path[256], want[256];
	struct flakeref_options options = { .base = dir };
	const char *fragment;
	struct flake_ref ref;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path),
		 "cd %s && mkdir -p r/.git r/a/b p && touch r/a/flake.nix "
		 "p/flake.nix",
		 dir);
	ck_assert_int_eq(system(path), 0);
	ck_assert_int_eq(
		flakeref_parse(ev, "./r/a#x", &options, &ref, &fragment), 0);
	snprintf(want, sizeof(want), "git+file://%s/r?dir=a", dir);
	ck_assert_str_eq(flakeref_print(ev, &ref, true), want);
	ck_assert_str_eq(fragment, "x");
	ck_assert_int_eq(flakeref_parse(ev, "r/a/b", &options, &ref, NULL), -1);
	eval_clear_error(ev);
	ck_assert_int_eq(flakeref_parse(ev, "./r/a/b", &options, &ref, NULL),
			 0);
	ck_assert_str_eq(flakeref_print(ev, &ref, true), want);
	ck_assert_int_eq(flakeref_parse(ev, "path:p", &options, &ref, NULL), 0);
	snprintf(want, sizeof(want), "path:%s/p", dir);
	ck_assert_str_eq(flakeref_print(ev, &ref, true), want);
	ck_assert_int_eq(flakeref_parse(ev, "./p", &options, &ref, NULL), 0);
	ck_assert_str_eq(flakeref_print(ev, &ref, true), want);
	ck_assert_int_eq(flakeref_parse(ev, "./r", &options, &ref, NULL), -1);
	ck_assert_ptr_nonnull(
		strstr(eval_error(ev)->message, "is not part of a flake"));
	snprintf(path, sizeof(path), "rm -r %s", dir);
	ck_assert_int_eq(system(path), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("flakeref");
	TCase *tc = tcase_create("flakeref");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, text_becomes_what_nix_makes_of_it, 0,
			    sizeof(parsed) / sizeof(*parsed));
	tcase_add_loop_test(tc, a_reference_is_printed_as_nix_prints_it, 0,
			    sizeof(printed) / sizeof(*printed));
	tcase_add_test(tc, a_folder_is_found_in_its_repository);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
