/*
 * test_builtin_derivation.c - what derivations, contexts, hashes and store
 * paths give
 *
 * The answers are those of Nix 2.34.8.
 */
#include "tests/eval/expect.h"

static const struct expectation rows[] = {
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "}).drvPath",
	  "\"/nix/store/wr1i7p014rsirg48bgmkclzgi393aj0p-n.drv\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "}).outPath",
	  "\"/nix/store/8qwygm88qsiwpdycf5hhk51zjbh3kgaa-n\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; a = "
	  "\"\\\" \\\\ \\n \\r \\t é\"; }).drvPath",
	  "\"/nix/store/16avw4ba7alg834lq8ghh00b4q1mj6x3-n.drv\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; a = [ "
	  "1 [ 2 [ ] ] \"x\" null true 1.5 ]; }).drvPath",
	  "\"/nix/store/nf2rm1pj2krafbzpx4fsvv54lw89598z-n.drv\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; out = "
	  "\"mine\"; }).drvPath",
	  "\"/nix/store/wr1i7p014rsirg48bgmkclzgi393aj0p-n.drv\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputs = [ \"a\" ]; }).outPath",
	  "\"/nix/store/wjs7k01qvb69bij1fxfxpkl43355jxg0-n-a\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputs = [ \"out\" \"dev\" ]; }).dev.outPath",
	  "\"/nix/store/nz900vd3mvm7bj9grhfnhnlhpdq928mf-n-dev\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputs = [ ]; }).drvPath",
	  "error: 'builtins.head' called on an empty list" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputs = [ \"drvPath\" ]; }).drvPath",
	  "error: invalid derivation output name 'drvPath'" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputs = [ 1 ]; }).drvPath",
	  "error: expected a string but found an integer: 1" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputs = [ \"a b\" ]; }).drvPath",
	  "\"/nix/store/68h3abf289yz900d7l6v5k4mbnz7h5ws-n.drv\"" },
	{ "builtins.attrNames (builtins.derivationStrict { name = \"n\"; "
	  "builder = \"b\"; system = \"s\"; outputs = \"x  y\"; })",
	  "[ \"drvPath\" \"x\" \"y\" ]" },
	{ "builtins.derivationStrict { name = \"n\"; builder = \"b\"; system = "
	  "\"s\"; outputs = \"\"; }",
	  "error: derivation cannot have an empty set of outputs" },
	{ "builtins.derivationStrict { name = \"n\"; builder = \"b\"; system = "
	  "\"s\"; outputs = \"a a\"; }",
	  "error: duplicate derivation output 'a'" },
	{ "builtins.derivationStrict { }", "error: attribute 'name' missing" },
	{ "builtins.derivationStrict 1",
	  "error: expected a set but found an integer: 1" },
	{ "builtins.derivationStrict { name = 1; }",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.derivationStrict { name = builtins.toFile \"a\" \"b\"; }",
	  "error: the string '/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a' "
	  "is not allowed to refer to a store path (such as "
	  "'/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a')" },
	{ "builtins.derivationStrict { name = \"\"; }",
	  "error: invalid derivation name: name must not be empty. Please pass "
	  "a different 'name'." },
	{ "builtins.derivationStrict { name = \".\"; }",
	  "error: invalid derivation name: name '.' is not valid. Please pass "
	  "a different 'name'." },
	{ "builtins.derivationStrict { name = \"a\"; }",
	  "error: required attribute 'builder' missing" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; }",
	  "error: required attribute 'system' missing" },
	{ "builtins.derivationStrict { name = \"a\"; system = \"s\"; }",
	  "error: required attribute 'builder' missing" },
	{ "builtins.derivationStrict { name = \"a.drv\"; builder = \"b\"; "
	  "system = \"s\"; }",
	  "error: derivation names are allowed to end in '.drv' only if they "
	  "produce a single derivation file" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; args = \"x\"; }",
	  "error: expected a list but found a string: \"x\"" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; args = [ (x: x) ]; }",
	  "error: cannot coerce a function to a string: «lambda @ "
	  "«string»:1:80»" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; x = { }; }",
	  "error: cannot coerce a set to a string: { }" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; x = throw \"x\"; y = throw \"y\"; }",
	  "error: x" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; __structuredAttrs = 1; }",
	  "error: expected a Boolean but found an integer: 1" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; __ignoreNulls = null; }",
	  "error: expected a Boolean but found null: null" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; __contentAddressed = true; }",
	  "error: experimental Nix feature 'ca-derivations' is disabled; add "
	  "'--extra-experimental-features ca-derivations' to enable it" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; __impure = true; }",
	  "error: experimental Nix feature 'impure-derivations' is disabled; "
	  "add '--extra-experimental-features impure-derivations' to enable "
	  "it" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; __contentAddressed = \"x\"; }",
	  "error: expected a Boolean but found a string: \"x\"" },
	{ "builtins.derivationStrict { name = \"a\"; builder = null; system = "
	  "\"s\"; }",
	  "error: required attribute 'builder' missing" },
	{ "builtins.derivationStrict { name = \"a\"; builder = null; system = "
	  "\"s\"; __ignoreNulls = true; }",
	  "error: required attribute 'builder' missing" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHash = \"x\"; }",
	  "error: hash 'x' does not include a type, nor is the type otherwise "
	  "known from context" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHash = \"\"; }",
	  "error: empty hash requires explicit hash algorithm" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHash = \"x\"; outputHashAlgo = \"sha256\"; }",
	  "error: hash 'x' has wrong length for hash algorithm 'sha256'" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHash = \"x\"; outputHashAlgo = \"md4\"; }",
	  "error: hash 'x' does not include a type, nor is the type otherwise "
	  "known from context" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHash = "
	  "\"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"; "
	  "outputHashAlgo = \"sha1\"; }",
	  "error: hash 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
	  "should have type 'sha1'" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHashMode = \"odd\"; }",
	  "error: invalid value 'odd' for 'outputHashMode' attribute" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHashMode = \"git\"; }",
	  "error: experimental Nix feature 'git-hashing' is disabled; add "
	  "'--extra-experimental-features git-hashing' to enable it" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHashMode = \"text\"; }",
	  "error: experimental Nix feature 'dynamic-derivations' is disabled "
	  "(text-hashed derivation 'a', outputHashMode = \"text\"); add "
	  "'--extra-experimental-features dynamic-derivations' to enable it" },
	{ "builtins.derivationStrict { name = \"a\"; builder = \"b\"; system = "
	  "\"s\"; outputHashMode = \"flat\"; }",
	  "{ drvPath = \"/nix/store/l341ncxp73acgjqw6aav7ak4g18cqlds-a.drv\"; "
	  "out = \"/nix/store/bqwwmp9wk7al35d136bcvasc2vi30x3b-a\"; }" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputHash = \"1f74d74729abdc08f4f84e8f7f8c808c8ed92ee5\"; "
	  "outputHashAlgo = \"sha1\"; }).outPath",
	  "\"/nix/store/f13588sfl32ha77ivw0w7pqv2rzwv607-n\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputHash = "
	  "\"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/"
	  "SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==\"; "
	  "outputHashMode = \"recursive\"; }).drvPath",
	  "\"/nix/store/5mlznxvxc44cf74jxq5lgk4gqgk8qcqx-n.drv\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "outputHash = "
	  "\"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"; outputs = "
	  "[ \"x\" ]; }).drvPath",
	  "error: multiple outputs are not supported in fixed-output "
	  "derivations" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "__structuredAttrs = true; }).drvPath",
	  "\"/nix/store/fy82cgvcrs75j616ma6yzrgp8jfqjg3x-n.drv\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "__structuredAttrs = true; x = { \"é\" = [ 1.0 null \"\\n\" ]; }; "
	  "args = [ \"a\" ]; }).drvPath",
	  "\"/nix/store/i2pxsx07fx3lp6pzspva9ws3v4yw2r3y-n.drv\"" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; "
	  "__structuredAttrs = true; outputs = [ \"x\" \"y\" ]; __ignoreNulls "
	  "= true; a = null; b.c = null; }).drvPath",
	  "\"/nix/store/iyk35jxzk51zy3iqsnjb49lvns81zqf3-n.drv\"" },
	{ "builtins.derivationStrict { name = \"n\"; builder = \"b\"; system = "
	  "\"s\"; __structuredAttrs = true; outputs = \"out\"; }",
	  "error: expected a list but found a string: \"out\"" },
	{ "builtins.derivationStrict { name = \"n\"; builder = 1; system = "
	  "\"s\"; __structuredAttrs = true; }",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.derivationStrict { name = \"n\"; builder = \"b\"; system = "
	  "\"s\"; __structuredAttrs = true; x = y: y; }",
	  "error: cannot convert a function to JSON" },
	{ "(derivation { name = \"n\"; builder = \"b\"; system = \"s\"; __json "
	  "= \"{\\\"b\\\": 1, \\\"a\\\": [1.0, null]}\"; }).drvPath",
	  "\"/nix/store/j1hhjfp3d3k3bxq3igy3ap7mj24qq315-n.drv\"" },
	{ "let d = derivation { name = \"d\"; builder = \"b\"; system = \"s\"; "
	  "outputs = [ \"out\" \"dev\" ]; }; in (derivation { name = \"n\"; "
	  "builder = d; system = \"s\"; x = [ d.dev d ]; }).drvPath",
	  "\"/nix/store/fmnm5n7vkkawrf0caafd2abnclr07lai-n.drv\"" },
	{ "let d = derivation { name = \"d\"; builder = \"b\"; system = \"s\"; "
	  "}; in derivation { name = \"n\"; builder = \"b\"; system = \"s\"; x "
	  "= d; } == d",
	  "false" },
	{ "(derivation { name = throw \"x\"; builder = \"b\"; system = \"s\"; "
	  "}).type",
	  "\"derivation\"" },
	{ "(derivation { name = \"n\"; outputs = throw \"x\"; }).outputs",
	  "error: x" },
	{ "derivation 1", "error: expected a set but found an integer: 1" },
	{ "derivation { } ? outPath", "true" },
	{ "builtins.getContext (derivation { name = \"n\"; builder = \"b\"; "
	  "system = \"s\"; }).drvPath",
	  "{ \"/nix/store/wr1i7p014rsirg48bgmkclzgi393aj0p-n.drv\" = { "
	  "allOutputs = true; }; }" },
	{ "builtins.getContext (derivation { name = \"n\"; builder = \"b\"; "
	  "system = \"s\"; }).outPath",
	  "{ \"/nix/store/wr1i7p014rsirg48bgmkclzgi393aj0p-n.drv\" = { outputs "
	  "= [ \"out\" ]; }; }" },
	{ "builtins.functionArgs derivation", "{ outputs = true; }" },
	{ "derivation", "<LAMBDA>" },
	{ "placeholder \"out\"",
	  "\"/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9\"" },
	{ "placeholder \"dev\"",
	  "\"/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz\"" },
	{ "placeholder 1", "error: expected a string but found an integer: 1" },
	{ "builtins.addDrvOutputDependencies \"a\"",
	  "error: context of string 'a' must have exactly one element, but has "
	  "0" },
	{ "builtins.addDrvOutputDependencies (builtins.toFile \"a\" \"b\")",
	  "error: path '/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a' is not "
	  "a derivation" },
	{ "builtins.addDrvOutputDependencies (derivation { name = \"n\"; "
	  "builder = \"b\"; system = \"s\"; }).outPath",
	  "error: `addDrvOutputDependencies` can only act on derivations, not "
	  "on a derivation output such as 'out'" },
	{ "builtins.appendContext \"a\" { \"/x\" = { }; }",
	  "error: context key '\"/x\"' is not a store path" },
	{ "builtins.appendContext \"a\" { x = 1; }",
	  "error: context key 'x' is not a store path" },
	{ "let f = builtins.toFile \"a\" \"b\"; in builtins.appendContext "
	  "\"a\" { ${builtins.unsafeDiscardStringContext f} = { allOutputs = "
	  "true; }; }",
	  "error: tried to add all-outputs context of "
	  "\"/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a\", which is not a "
	  "derivation, to a string" },
	{ "let f = builtins.toFile \"a\" \"b\"; in builtins.appendContext "
	  "\"a\" { ${builtins.unsafeDiscardStringContext f} = { outputs = [ "
	  "\"out\" ]; }; }",
	  "error: tried to add derivation output context of "
	  "\"/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a\", which is not a "
	  "derivation, to a string" },
	{ "let f = builtins.toFile \"a\" \"b\"; in builtins.getContext "
	  "(builtins.appendContext \"a\" { "
	  "${builtins.unsafeDiscardStringContext f} = { path = true; outputs = "
	  "[ ]; }; })",
	  "{ \"/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a\" = { path = "
	  "true; }; }" },
	{ "builtins.appendContext \"a\" { "
	  "\"/nix/store/00000000000000000000000000000000-x.drv\" = { path = 1; "
	  "}; }",
	  "error: expected a Boolean but found an integer: 1" },
	{ "builtins.appendContext \"a\" { "
	  "\"/nix/store/00000000000000000000000000000000-x.drv\" = { outputs = "
	  "[ 1 ]; }; }",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.getContext (builtins.appendContext \"a\" { "
	  "\"/nix/store/00000000000000000000000000000000-x.drv\" = { path = "
	  "true; allOutputs = true; outputs = [ \"b\" \"a\" ]; }; })",
	  "{ \"/nix/store/00000000000000000000000000000000-x.drv\" = { "
	  "allOutputs = true; outputs = [ \"a\" \"b\" ]; path = true; }; }" },
	{ "builtins.toFile \"a\" \"b\"",
	  "\"/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a\"" },
	{ "builtins.toFile \"a\" \"see ${builtins.toFile \"b\" \"c\"}\"",
	  "\"/nix/store/6qfxdx7n64fhr7fncaaqfk4yc7mmp28w-a\"" },
	{ "builtins.toFile \"a b\" \"\"",
	  "error: path 'sk64w0fn0hk63yrgvwpzkh853xfndyn1-a b' is not a valid "
	  "store path: name 'a b' contains illegal character ' '" },
	{ "builtins.toFile \"\" \"\"",
	  "error: path '9ip48nkc9rfy0a4yaw98lp6gipqlib1a-' is not a valid "
	  "store path: name must not be empty" },
	{ "builtins.toFile \"a\" (derivation { name = \"n\"; builder = \"b\"; "
	  "system = \"s\"; }).outPath",
	  "error: files created by builtins.toFile may not reference "
	  "derivations, but a references "
	  "!out!wr1i7p014rsirg48bgmkclzgi393aj0p-n.drv" },
	{ "builtins.toFile \"a\" (derivation { name = \"n\"; builder = \"b\"; "
	  "system = \"s\"; }).drvPath",
	  "error: files created by builtins.toFile may not reference "
	  "derivations, but a references "
	  "=wr1i7p014rsirg48bgmkclzgi393aj0p-n.drv" },
	{ "builtins.hashString \"sha256\" \"abc\"",
	  "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	  "\"" },
	{ "builtins.hashString \"sha3\" \"abc\"",
	  "error: unknown hash algorithm 'sha3', expect 'blake3', 'md5', "
	  "'sha1', 'sha256', or 'sha512'" },
	{ "builtins.hashString \"md5\" 1",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.convertHash { hash = "
	  "\"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"; "
	  "toHashFormat = \"nix32\"; }",
	  "\"0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73\"" },
	{ "builtins.convertHash { hash = \"e3b0\"; hashAlgo = \"sha256\"; "
	  "toHashFormat = \"nix32\"; }",
	  "error: hash 'e3b0' has wrong length for hash algorithm 'sha256'" },
	{ "builtins.convertHash { hash = \"e3b0\"; toHashFormat = \"nix32\"; }",
	  "error: hash 'e3b0' does not include a type, nor is the type "
	  "otherwise known from context" },
	{ "builtins.convertHash { hash = "
	  "\"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"; "
	  "toHashFormat = \"base7\"; }",
	  "error: unknown hash format 'base7', expect 'base16', 'base32', "
	  "'base64', or 'sri'" },
	{ "builtins.convertHash { toHashFormat = \"nix32\"; }",
	  "error: attribute 'hash' missing" },
	{ "builtins.convertHash { hash = 1; toHashFormat = \"nix32\"; }",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.pathExists \"/\"", "true" },
	{ "builtins.pathExists \"/nonexistent/\"", "false" },
	{ "builtins.pathExists \"relative\"",
	  "error: string 'relative' doesn't represent an absolute path" },
	{ "builtins.pathExists 1",
	  "error: cannot coerce an integer to a string: 1" },
	{ "builtins.readFile \"/nonexistent\"",
	  "error: path '/nonexistent' does not exist" },
	{ "builtins.readDir \"/nonexistent\"",
	  "error: path '/nonexistent' does not exist" },
	{ "builtins.readFileType \"/nonexistent\"",
	  "error: path '/nonexistent' does not exist" },
	{ "builtins.readFileType \"/\"", "\"directory\"" },
	{ "builtins.toPath \"/a/./b/../c\"", "\"/a/c\"" },
	{ "builtins.toPath \"a\"",
	  "error: string 'a' doesn't represent an absolute path" },
	{ "builtins.storePath \"/a\"",
	  "error: path '/a' is not in the Nix store" },
	{ "builtins.storePath \"/nix/store/short\"",
	  "error: 'short' is too short to be a valid store path" },
	{ "builtins.getContext (builtins.storePath "
	  "\"/nix/store/00000000000000000000000000000000-x/y\")",
	  "{ \"/nix/store/00000000000000000000000000000000-x\" = { path = "
	  "true; }; }" },
	{ "builtins.path { }", "error: missing required 'path' attribute in "
			       "the first argument to 'builtins.path'" },
	{ "builtins.path { path = \"/nonexistent\"; }",
	  "error: path '/nonexistent' does not exist" },
	{ "builtins.path { path = \"/\"; odd = 1; }",
	  "error: unsupported argument 'odd' to 'builtins.path'" },
	{ "builtins.path { path = \"x\"; }",
	  "error: string 'x' doesn't represent an absolute path" },
	{ "builtins.filterSource 1 /.",
	  "error: expected a function but found an integer: 1" },
	{ "builtins.findFile [ ] \"x\"",
	  "error: file 'x' was not found in the Nix search path (add it using "
	  "$NIX_PATH or -I)" },
	{ "builtins.findFile [ { } ] \"x\"",
	  "error: attribute 'path' missing" },
	{ "builtins.findFile [ { path = \"/\"; prefix = \"r\"; } ] \"r\"",
	  "/" },
	{ "builtins.findFile [ { path = \"/nonexistent\"; } ] \"r\"",
	  "error: file 'r' was not found in the Nix search path (add it using "
	  "$NIX_PATH or -I)" },
	{ "builtins.findFile [ ] \"nix/fetchurl.nix\"", "<nix/fetchurl.nix>" },
	{ "builtins.getEnv 1",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.nixVersion", "\"2.34.8\"" },
	{ "builtins.langVersion", "6" },
	{ "builtins.storeDir", "\"/nix/store\"" },
	{ "builtins.nixPath", "[ ]" },
};

int main(void)
{
	return expect_all("builtin_derivation", rows,
			  sizeof(rows) / sizeof(*rows));
}
