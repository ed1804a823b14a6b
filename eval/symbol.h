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
symbol symbol_of(const char *text); /* of a C string */

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
 * The names that the evaluator itself knows: SYM(identifier, text) becomes
 * SYM_identifier. Interned first, so that they are constants: the keywords,
 * then those that Nix interns first, in its order. The other names that Nix
 * knows before it parses anything follow in symbol.c. The order shows in
 * messages: sets are forced and compared in the order of symbols.
 */
#define SYMBOL_LIST(SYM)                                                       \
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
	SYM(cur_pos, "__curPos")                                               \
	SYM(out_path, "outPath")                                               \
	SYM(drv_path, "drvPath")                                               \
	SYM(type, "type")                                                      \
	SYM(meta, "meta")                                                      \
	SYM(name, "name")                                                      \
	SYM(value, "value")                                                    \
	SYM(system, "system")                                                  \
	SYM(overrides, "__overrides")                                          \
	SYM(outputs, "outputs")                                                \
	SYM(output_name, "outputName")                                         \
	SYM(ignore_nulls, "__ignoreNulls")                                     \
	SYM(file, "file")                                                      \
	SYM(line, "line")                                                      \
	SYM(column, "column")                                                  \
	SYM(functor, "__functor")                                              \
	SYM(to_string, "__toString")                                           \
	SYM(right, "right")                                                    \
	SYM(wrong, "wrong")                                                    \
	SYM(structured_attrs, "__structuredAttrs")                             \
	SYM(json, "__json")                                                    \
	SYM(allowed_references, "allowedReferences")                           \
	SYM(allowed_requisites, "allowedRequisites")                           \
	SYM(disallowed_references, "disallowedReferences")                     \
	SYM(disallowed_requisites, "disallowedRequisites")                     \
	SYM(max_size, "maxSize")                                               \
	SYM(max_closure_size, "maxClosureSize")                                \
	SYM(builder, "builder")                                                \
	SYM(args, "args")                                                      \
	SYM(content_addressed, "__contentAddressed")                           \
	SYM(impure, "__impure")                                                \
	SYM(output_hash, "outputHash")                                         \
	SYM(output_hash_algo, "outputHashAlgo")                                \
	SYM(output_hash_mode, "outputHashMode")                                \
	SYM(recurse_for_derivations, "recurseForDerivations")                  \
	SYM(description, "description")                                        \
	SYM(self, "self")                                                      \
	SYM(empty, "")                                                         \
	SYM(start_set, "startSet")                                             \
	SYM(operator_, "operator")                                             \
	SYM(key, "key")                                                        \
	SYM(path, "path")                                                      \
	SYM(prefix, "prefix")                                                  \
	SYM(output_specified, "outputSpecified")                               \
	SYM(sub, "__sub")                                                      \
	SYM(less_than, "__lessThan")                                           \
	SYM(mul, "__mul")                                                      \
	SYM(div, "__div")                                                      \
	SYM(find_file, "__findFile")                                           \
	SYM(nix_path, "__nixPath")                                             \
	SYM(body, "body")                                                      \
	SYM(builtins, "builtins")

enum {
	SYM_none,
#define SYM(identifier, text) SYM_##identifier,
	SYMBOL_LIST(SYM)
#undef SYM
		SYM_first_free,
};

#endif
