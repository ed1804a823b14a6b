/*
 * test_builtin_json.c - what toJSON, fromJSON and toXML give
 *
 * The answers are those of Nix 2.34.8.
 */
#include "tests/eval/expect.h"

static const struct expectation rows[] = {
	{ "builtins.toJSON [ 1 (-1) 9223372036854775807 true false null \"\" [ "
	  "] { } ]",
	  "\"[1,-1,9223372036854775807,true,false,null,\\\"\\\",[],{}]\"" },
	{ "builtins.toJSON { b = 1; a = 2; \"é\" = 3; Z = 4; \"\" = 5; \"a b\" "
	  "= 6; }",
	  "\"{\\\"\\\":5,\\\"Z\\\":4,\\\"a\\\":2,\\\"a "
	  "b\\\":6,\\\"b\\\":1,\\\"é\\\":3}\"" },
	{ "builtins.toJSON \"\\\" \\\\ / \\t \\n \\r é 漢 🙂\"",
	  "\"\\\"\\\\\\\" \\\\\\\\ / \\\\t \\\\n \\\\r é 漢 🙂\\\"\"" },
	{ "builtins.toJSON [ 0.0 (-0.0) 0.1 100.0 1.0e15 1.0e-5 1.0e23 "
	  "123456789.123 (1.0 / 3) ]",
	  "\"[0.0,0.0,0.1,100.0,1e+15,1e-05,9.999999999999999e+22,123456789."
	  "123,0.3333333333333333]\"" },
	{ "builtins.toJSON { outPath = \"x\"; y = throw \"not asked for\"; }",
	  "\"\\\"x\\\"\"" },
	{ "builtins.toJSON { __toString = self: self.x; x = \"text\"; outPath "
	  "= throw \"no\"; }",
	  "\"\\\"text\\\"\"" },
	{ "builtins.toJSON { __toString = self: 1; }",
	  "error: cannot coerce an integer to a string: 1" },
	{ "builtins.toJSON { __toString = self: { outPath = \"o\"; }; }",
	  "\"\\\"o\\\"\"" },
	{ "builtins.toJSON { a = x: x; }",
	  "error: cannot convert a function to JSON" },
	{ "builtins.toJSON [ builtins.map ]",
	  "error: cannot convert the built-in function 'map' to JSON" },
	{ "builtins.toJSON [ (builtins.map 1) ]",
	  "error: cannot convert the partially applied built-in function 'map' "
	  "to JSON" },
	{ "builtins.toJSON (throw \"thrown\")", "error: thrown" },
	{ "builtins.toJSON { a = 1; b = throw \"in b\"; c = throw \"in c\"; }",
	  "error: in b" },
	{ "builtins.toJSON (builtins.substring 0 1 \"é\")",
	  "error: JSON serialization error: [json.exception.type_error.316] "
	  "incomplete UTF-8 string; last byte: 0xC3" },
	{ "builtins.toJSON (builtins.substring 1 1 \"é\")",
	  "error: JSON serialization error: [json.exception.type_error.316] "
	  "invalid UTF-8 byte at index 0: 0xA9" },
	{ "builtins.toJSON (\"x\" + builtins.substring 0 2 \"漢\" + \"y\")",
	  "error: JSON serialization error: [json.exception.type_error.316] "
	  "invalid UTF-8 byte at index 3: 0x79" },
	{ "builtins.toJSON [ (builtins.substring 0 1 \"é\") (throw \"first\") "
	  "]",
	  "error: first" },
	{ "builtins.toJSON { \"${builtins.substring 0 1 \"é\"}\" = 1; }",
	  "error: JSON serialization error: [json.exception.type_error.316] "
	  "incomplete UTF-8 string; last byte: 0xC3" },
	{ "(builtins.tryEval (builtins.toJSON (throw \"x\"))).success",
	  "false" },
	{ "let x = { a = x; }; in builtins.toJSON x",
	  "error: stack overflow; max-call-depth exceeded" },
	{ "builtins.fromJSON \"1\"", "1" },
	{ "builtins.fromJSON \" [ 1 , 2.5 , \\\"x\\\" , null , true , { } ] \"",
	  "[ 1 2.5 \"x\" null true { } ]" },
	{ "builtins.fromJSON \"{\\\"b\\\":1,\\\"a\\\":{\\\"c\\\":[]}}\"",
	  "{ a = { c = [ ]; }; b = 1; }" },
	{ "builtins.fromJSON \"{\\\"a\\\":1,\\\"a\\\":2}\"", "{ a = 2; }" },
	{ "builtins.fromJSON \"-0\"", "0" },
	{ "builtins.fromJSON \"-0.0\"", "-0" },
	{ "builtins.fromJSON \"9223372036854775807\"", "9223372036854775807" },
	{ "builtins.fromJSON \"-9223372036854775808\"",
	  "-9223372036854775808" },
	{ "builtins.fromJSON \"9223372036854775808\"",
	  "error: unsigned json number 9223372036854775808 outside of Nix "
	  "integer range" },
	{ "builtins.fromJSON \"18446744073709551616\"", "1.84467e+19" },
	{ "builtins.fromJSON \"-9223372036854775809\"", "-9.22337e+18" },
	{ "builtins.fromJSON \"1e400\"",
	  "error: [json.exception.out_of_range.406] number overflow parsing "
	  "'1e400'" },
	{ "builtins.fromJSON \"1e-400\"", "0" },
	{ "builtins.fromJSON "
	  "\"\\\"\\\\u00e9\\\\u6f22\\\\ud83d\\\\ude42\\\\b\\\\f\\\\n\\\\r\\\\t"
	  "\\\\\\\"\\\\\\\\\\\\/\\\"\"",
	  "\"é漢🙂\\n\\r\\t\\\"\\\\/\"" },
	{ "builtins.fromJSON \"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 1: attempting to parse an empty input; check that your input "
	  "string or stream contains the expected JSON" },
	{ "builtins.fromJSON \" \"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing value - unexpected end of "
	  "input; expected '[', '{', or a literal" },
	{ "builtins.fromJSON \"\\n\\n\"",
	  "error: [json.exception.parse_error.101] parse error at line 3, "
	  "column 1: syntax error while parsing value - unexpected end of "
	  "input; expected '[', '{', or a literal" },
	{ "builtins.fromJSON \"[\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing value - unexpected end of "
	  "input; expected '[', '{', or a literal" },
	{ "builtins.fromJSON \"[1\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing array - unexpected end of "
	  "input; expected ']'" },
	{ "builtins.fromJSON \"[1,\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - unexpected end of "
	  "input; expected '[', '{', or a literal" },
	{ "builtins.fromJSON \"[1,]\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - unexpected ']'; "
	  "expected '[', '{', or a literal" },
	{ "builtins.fromJSON \"[,1]\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing value - unexpected ','; "
	  "expected '[', '{', or a literal" },
	{ "builtins.fromJSON \"[1 2]\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing array - unexpected number "
	  "literal; expected ']'" },
	{ "builtins.fromJSON \"[1}\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing array - unexpected '}'; "
	  "expected ']'" },
	{ "builtins.fromJSON \"{\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing object key - unexpected end of "
	  "input; expected string literal" },
	{ "builtins.fromJSON \"{1:2}\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing object key - unexpected number "
	  "literal; expected string literal" },
	{ "builtins.fromJSON \"{\\\"a\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 5: syntax error while parsing object separator - unexpected "
	  "end of input; expected ':'" },
	{ "builtins.fromJSON \"{\\\"a\\\":\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 6: syntax error while parsing value - unexpected end of "
	  "input; expected '[', '{', or a literal" },
	{ "builtins.fromJSON \"{\\\"a\\\" 1}\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 6: syntax error while parsing object separator - unexpected "
	  "number literal; expected ':'" },
	{ "builtins.fromJSON \"{\\\"a\\\":1\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 7: syntax error while parsing object - unexpected end of "
	  "input; expected '}'" },
	{ "builtins.fromJSON \"{\\\"a\\\":1,\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 8: syntax error while parsing object key - unexpected end of "
	  "input; expected string literal" },
	{ "builtins.fromJSON \"{\\\"a\\\":1,}\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 8: syntax error while parsing object key - unexpected '}'; "
	  "expected string literal" },
	{ "builtins.fromJSON \"{\\\"a\\\":1]\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 7: syntax error while parsing object - unexpected ']'; "
	  "expected '}'" },
	{ "builtins.fromJSON \"1 2\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - unexpected number "
	  "literal; expected end of input" },
	{ "builtins.fromJSON \"[] x\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid literal; last "
	  "read: '[] x'; expected end of input" },
	{ "builtins.fromJSON \"tru\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid literal; last "
	  "read: 'tru'" },
	{ "builtins.fromJSON \"truE\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid literal; last "
	  "read: 'truE'" },
	{ "builtins.fromJSON \"nul\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid literal; last "
	  "read: 'nul'" },
	{ "builtins.fromJSON \"falsy\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 5: syntax error while parsing value - invalid literal; last "
	  "read: 'falsy'" },
	{ "builtins.fromJSON \"nan\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing value - invalid literal; last "
	  "read: 'na'" },
	{ "builtins.fromJSON \"-\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing value - invalid number; "
	  "expected digit after '-'; last read: '-'" },
	{ "builtins.fromJSON \"-x\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing value - invalid number; "
	  "expected digit after '-'; last read: '-x'" },
	{ "builtins.fromJSON \"01\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing value - unexpected number "
	  "literal; expected end of input" },
	{ "builtins.fromJSON \"1.\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - invalid number; "
	  "expected digit after '.'; last read: '1.'" },
	{ "builtins.fromJSON \"1.x\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - invalid number; "
	  "expected digit after '.'; last read: '1.x'" },
	{ "builtins.fromJSON \".5\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 1: syntax error while parsing value - invalid literal; last "
	  "read: '.'" },
	{ "builtins.fromJSON \"1e\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - invalid number; "
	  "expected '+', '-', or digit after exponent; last read: '1e'" },
	{ "builtins.fromJSON \"1e+\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid number; "
	  "expected digit after exponent sign; last read: '1e+'" },
	{ "builtins.fromJSON \"1e+x\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid number; "
	  "expected digit after exponent sign; last read: '1e+x'" },
	{ "builtins.fromJSON \"+1\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 1: syntax error while parsing value - invalid literal; last "
	  "read: '+'" },
	{ "builtins.fromJSON \"0x10\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 2: syntax error while parsing value - invalid literal; last "
	  "read: '0x'; expected end of input" },
	{ "builtins.fromJSON \"'a'\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 1: syntax error while parsing value - invalid literal; last "
	  "read: '''" },
	{ "builtins.fromJSON \"\\\"a\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - invalid string: "
	  "missing closing quote; last read: '\"a'" },
	{ "builtins.fromJSON \"\\\"a\\\\\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid string: "
	  "forbidden character after backslash; last read: '\"a\\'" },
	{ "builtins.fromJSON \"\\\"a\\\\x\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid string: "
	  "forbidden character after backslash; last read: '\"a\\x'" },
	{ "builtins.fromJSON \"\\\"\\\\u12\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 6: syntax error while parsing value - invalid string: '\\u' "
	  "must be followed by 4 hex digits; last read: '\"\\u12\"'" },
	{ "builtins.fromJSON \"\\\"\\\\u12\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 6: syntax error while parsing value - invalid string: '\\u' "
	  "must be followed by 4 hex digits; last read: '\"\\u12'" },
	{ "builtins.fromJSON \"\\\"\\\\ud83d\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 8: syntax error while parsing value - invalid string: "
	  "surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF; last "
	  "read: '\"\\ud83d\"'" },
	{ "builtins.fromJSON \"\\\"\\\\ud83dx\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 8: syntax error while parsing value - invalid string: "
	  "surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF; last "
	  "read: '\"\\ud83dx'" },
	{ "builtins.fromJSON \"\\\"\\\\ud83d\\\\n\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 9: syntax error while parsing value - invalid string: "
	  "surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF; last "
	  "read: '\"\\ud83d\\n'" },
	{ "builtins.fromJSON \"\\\"\\\\ud83d\\\\u0041\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 13: syntax error while parsing value - invalid string: "
	  "surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF; last "
	  "read: '\"\\ud83d\\u0041'" },
	{ "builtins.fromJSON \"\\\"\\\\ude42\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 7: syntax error while parsing value - invalid string: "
	  "surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF; last read: "
	  "'\"\\ude42'" },
	{ "builtins.fromJSON \"\\\"a\\nb\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 2, "
	  "column 0: syntax error while parsing value - invalid string: "
	  "control character U+000A (LF) must be escaped to \\u000A or \\n; "
	  "last read: '\"a<U+000A>'" },
	{ "builtins.fromJSON \"\\\"a\\tb\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - invalid string: "
	  "control character U+0009 (HT) must be escaped to \\u0009 or \\t; "
	  "last read: '\"a<U+0009>'" },
	{ "builtins.fromJSON \"\\\"a\\rb\\\"\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - invalid string: "
	  "control character U+000D (CR) must be escaped to \\u000D or \\r; "
	  "last read: '\"a<U+000D>'" },
	{ "builtins.fromJSON (\"\\\"\" + builtins.substring 0 1 \"é\" + "
	  "\"\\\"\")",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - invalid string: "
	  "ill-formed UTF-8 byte; last read: '\"\303\"'" },
	{ "builtins.fromJSON (\"\\\"\" + builtins.substring 0 2 \"漢\")",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 4: syntax error while parsing value - invalid string: "
	  "ill-formed UTF-8 byte; last read: '\"\346\274'" },
	{ "builtins.fromJSON (\"\\\"x\" + builtins.substring 1 1 \"é\" + "
	  "\"\\\"\")",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 3: syntax error while parsing value - invalid string: "
	  "ill-formed UTF-8 byte; last read: '\"x\251'" },
	{ "builtins.fromJSON (\"[ 1, \\\"\" + builtins.substring 0 1 \"é\" + "
	  "\"y\\\"]\")",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 8: syntax error while parsing value - invalid string: "
	  "ill-formed UTF-8 byte; last read: '\"\303y'" },
	{ "builtins.fromJSON \"\\\"\\\\u0000\\\"\"",
	  "error: input string '␀' cannot be represented as Nix string because "
	  "it contains null bytes" },
	{ "builtins.fromJSON \"{\\\"\\\\u0000\\\":1}\"",
	  "error: input string '␀' cannot be represented as Nix string because "
	  "it contains null bytes" },
	{ "builtins.fromJSON \"[1,\\n2,\\n\\\"x\\n\"",
	  "error: [json.exception.parse_error.101] parse error at line 4, "
	  "column 0: syntax error while parsing value - invalid string: "
	  "control character U+000A (LF) must be escaped to \\u000A or \\n; "
	  "last read: '\"x<U+000A>'" },
	{ "builtins.fromJSON \"// comment\\n1\"",
	  "error: [json.exception.parse_error.101] parse error at line 1, "
	  "column 1: syntax error while parsing value - invalid literal; last "
	  "read: '/'" },
	{ "builtins.fromJSON 1",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.fromJSON \"\\\"${builtins.toFile \"a\" \"b\"}\\\"\"",
	  "error: the string "
	  "'\"/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a\"' is not allowed "
	  "to refer to a store path (such as "
	  "'/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a')" },
	{ "builtins.fromJSON (builtins.toJSON [ 0.1 0.2 0.30000000000000004 ]) "
	  "== [ 0.1 0.2 (0.1 + 0.2) ]",
	  "true" },
	{ "builtins.toXML [ 1 (-1) 1.5 1.0e20 true null \"<&\\\">'\\n\" [ ] { "
	  "} ]",
	  "\"<?xml version='1.0' encoding='utf-8'?>\\n<expr>\\n  <list>\\n    "
	  "<int value=\\\"1\\\" />\\n    <int value=\\\"-1\\\" />\\n    <float "
	  "value=\\\"1.5\\\" />\\n    <float value=\\\"1e+20\\\" />\\n    "
	  "<bool value=\\\"true\\\" />\\n    <null />\\n    <string "
	  "value=\\\"&lt;&amp;&quot;&gt;'&#xA;\\\" />\\n    <list>\\n    "
	  "</list>\\n    <attrs>\\n    </attrs>\\n  </list>\\n</expr>\\n\"" },
	{ "builtins.toXML { \"a<b\" = 1; b = x: x; }",
	  "\"<?xml version='1.0' encoding='utf-8'?>\\n<expr>\\n  <attrs>\\n    "
	  "<attr name=\\\"a&lt;b\\\">\\n      <int value=\\\"1\\\" />\\n    "
	  "</attr>\\n    <attr name=\\\"b\\\">\\n      <function>\\n        "
	  "<varpat name=\\\"x\\\" />\\n      </function>\\n    </attr>\\n  "
	  "</attrs>\\n</expr>\\n\"" },
	{ "builtins.toXML ({ b, a ? 1, ... }@args: 1)",
	  "\"<?xml version='1.0' encoding='utf-8'?>\\n<expr>\\n  <function>\\n "
	  "   <attrspat ellipsis=\\\"1\\\" name=\\\"args\\\">\\n      <attr "
	  "name=\\\"a\\\" />\\n      <attr name=\\\"b\\\" />\\n    "
	  "</attrspat>\\n  </function>\\n</expr>\\n\"" },
	{ "builtins.toXML (a: b: 1)",
	  "\"<?xml version='1.0' encoding='utf-8'?>\\n<expr>\\n  <function>\\n "
	  "   <varpat name=\\\"a\\\" />\\n  </function>\\n</expr>\\n\"" },
	{ "builtins.toXML ((a: b: 1) 1)",
	  "\"<?xml version='1.0' encoding='utf-8'?>\\n<expr>\\n  <function>\\n "
	  "   <varpat name=\\\"b\\\" />\\n  </function>\\n</expr>\\n\"" },
	{ "builtins.toXML builtins.map",
	  "\"<?xml version='1.0' encoding='utf-8'?>\\n<expr>\\n  <unevaluated "
	  "/>\\n</expr>\\n\"" },
	{ "builtins.toXML /a/b",
	  "\"<?xml version='1.0' encoding='utf-8'?>\\n<expr>\\n  <path "
	  "value=\\\"/a/b\\\" />\\n</expr>\\n\"" },
	{ "builtins.toXML { type = \"derivation\"; drvPath = \"/x\"; outPath = "
	  "\"/y\"; }",
	  "\"<?xml version='1.0' encoding='utf-8'?>\\n<expr>\\n  <derivation "
	  "drvPath=\\\"/x\\\" outPath=\\\"/y\\\">\\n    <attr "
	  "name=\\\"drvPath\\\">\\n      <string value=\\\"/x\\\" />\\n    "
	  "</attr>\\n    <attr name=\\\"outPath\\\">\\n      <string "
	  "value=\\\"/y\\\" />\\n    </attr>\\n    <attr name=\\\"type\\\">\\n "
	  "     <string value=\\\"derivation\\\" />\\n    </attr>\\n  "
	  "</derivation>\\n</expr>\\n\"" },
	{ "builtins.toXML (throw \"x\")", "error: x" },
	{ "builtins.toXML { type = throw \"type\"; }", "error: type" },
};

int main(void)
{
	return expect_all("builtin_json", rows, sizeof(rows) / sizeof(*rows));
}
