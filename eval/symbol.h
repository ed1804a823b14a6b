/*
 * symbol.h - names as numbers
 *
 * A symbol stands for a name, the same number for the same bytes. There is one
 * table in a process; symbols are never taken back. 0 is no symbol.
 */
#ifndef EVAL_SYMBOL_H
#define EVAL_SYMBOL_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t symbol;

/* The symbol of these bytes (no NUL among them); aborts never, 0 when memory
 * ran out or the table is full. */
symbol symbol_intern(const char *bytes, size_t len);

/* The symbol of these bytes if there is one, else 0: no set has such a name. */
symbol symbol_find(const char *bytes, size_t len);

/* Its bytes, NUL-terminated, and their number; valid for ever. */
const char *symbol_bytes(symbol sym);
size_t symbol_len(symbol sym);

/* The symbol as a string value, always the same one (value.h: a word). */
uint64_t symbol_string(symbol sym);

/* strcmp's order of the two names, as memcmp orders their bytes. */
int symbol_compare(symbol a, symbol b);

/*
 * The names that the evaluator itself knows, in no particular order:
 * SYM(identifier, text) becomes SYM_identifier. Interned first, so that they
 * are constants.
 */
#define SYMBOL_LIST(SYM)                                                       \
	/* Keywords first, in the order of enum token_kind (lexer.h). */       \
	SYM(if_, "if")                                                         \
	SYM(then_, "then")                                                     \
	SYM(else_, "else")                                                     \
	SYM(assert_, "assert")                                                 \
	SYM(with_, "with")                                                     \
	SYM(let_, "let")                                                       \
	SYM(in_, "in")                                                         \
	SYM(rec_, "rec")                                                       \
	SYM(inherit_, "inherit")                                               \
	SYM(or_, "or")                                                         \
	SYM(args, "args")                                                      \
	SYM(body, "body")                                                      \
	SYM(builder, "builder")                                                \
	SYM(builtins, "builtins")                                              \
	SYM(column, "column")                                                  \
	SYM(config, "config")                                                  \
	SYM(content_addressed, "__contentAddressed")                           \
	SYM(default_, "default")                                               \
	SYM(derivation, "derivation")                                          \
	SYM(drv_path, "drvPath")                                               \
	SYM(file, "file")                                                      \
	SYM(functor, "__functor")                                              \
	SYM(ignore_nulls, "__ignoreNulls")                                     \
	SYM(impure, "__impure")                                                \
	SYM(json, "__json")                                                    \
	SYM(key, "key")                                                        \
	SYM(line, "line")                                                      \
	SYM(name, "name")                                                      \
	SYM(operator_, "operator")                                             \
	SYM(options, "options")                                                \
	SYM(out, "out")                                                        \
	SYM(out_path, "outPath")                                               \
	SYM(output_hash, "outputHash")                                         \
	SYM(output_hash_algo, "outputHashAlgo")                                \
	SYM(output_hash_mode, "outputHashMode")                                \
	SYM(output_name, "outputName")                                         \
	SYM(outputs, "outputs")                                                \
	SYM(overrides, "__overrides")                                          \
	SYM(path, "path")                                                      \
	SYM(prefix, "prefix")                                                  \
	SYM(right, "right")                                                    \
	SYM(start_set, "startSet")                                             \
	SYM(structured_attrs, "__structuredAttrs")                             \
	SYM(success, "success")                                                \
	SYM(system, "system")                                                  \
	SYM(to_string, "__toString")                                           \
	SYM(type, "type")                                                      \
	SYM(value, "value")                                                    \
	SYM(version, "version")                                                \
	SYM(wrong, "wrong")                                                    \
	SYM(underscore_type, "_type")                                          \
	SYM(sub, "__sub")                                                      \
	SYM(mul, "__mul")                                                      \
	SYM(div, "__div")                                                      \
	SYM(less_than, "__lessThan")                                           \
	SYM(find_file, "__findFile")                                           \
	SYM(nix_path, "__nixPath")                                             \
	SYM(cur_pos, "__curPos")

enum {
	SYM_none,
#define SYM(identifier, text) SYM_##identifier,
	SYMBOL_LIST(SYM)
#undef SYM
		SYM_first_free,
};

#endif
