/*
 * hash.h - the hashes Nix knows, and the ways it writes them
 *
 * Text has four forms: base 16, base 64, "SRI" (the algorithm, a dash and base
 * 64) and Nix's own base 32, whose digits are 0-9 and a-z without e, o, u, t.
 * In that one the bytes are a single little-endian number, printed with the
 * highest digit first:
 *
 *     digit n (from the right, 0 first) = bits 5n .. 5n+4 of the bytes
 *
 * Functions that can fail return 0, or -1 with Nix's own message in err (which
 * may be NULL, and is overwritten). A hash is a plain value: nothing is freed.
 */
#ifndef EVAL_HASH_H
#define EVAL_HASH_H

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/buf.h"

enum hash_type {
	HASH_MD5,
	HASH_SHA1,
	HASH_SHA256,
	HASH_SHA512,
	HASH_NONE, /* no type known; never in a struct hash */
};

enum hash_format {
	HASH_BASE16,
	HASH_NIX32,
	HASH_BASE64,
	HASH_SRI,
};

#define HASH_SIZE_MAX 64

/* Digits of a hash of n bytes in base 32: 52 for SHA-256, 32 for 20 bytes. */
#define HASH_NIX32_LEN(n) (((n)*8 - 1) / 5 + 1)

struct hash {
	enum hash_type type;
	uint8_t size; /* smaller than the type's own after hash_compress() */
	uint8_t bytes[HASH_SIZE_MAX];
};

struct hash_ctx {
	enum hash_type type;
	union {
		struct md5_ctx md5;
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	} as;
};

size_t hash_size(enum hash_type type);
const char *hash_type_name(enum hash_type type);

void hash_start(struct hash_ctx *ctx, enum hash_type type);
void hash_update(struct hash_ctx *ctx, const void *bytes, size_t n);
void hash_finish(struct hash_ctx *ctx, struct hash *hash);

void hash_bytes(enum hash_type type, const void *bytes, size_t n,
		struct hash *hash);

/* Fold a hash to size bytes by exclusive or, as store paths do with 20. */
struct hash hash_compress(const struct hash *hash, size_t size);

bool hash_equal(const struct hash *a, const struct hash *b);

/* Add the hash to out, with "sha256:" before it if with_type (SRI always). */
void hash_print(struct buf *out, const struct hash *hash,
		enum hash_format format, bool with_type);

/* Write HASH_NIX32_LEN(n) digits to out, and no NUL. */
void hash_nix32(char *out, const uint8_t *bytes, size_t n);
/* Write 2n digits to out, and no NUL. */
void hash_base16(char *out, const uint8_t *bytes, size_t n);

/* "sha256" and so on; blake3 is refused as an experimental feature. */
int hash_type_parse(const char *text, size_t len, enum hash_type *type,
		    struct buf *err);

/*
 * The same where an unknown name is no error but HASH_NONE: outputHashAlgo.
 * Only blake3 fails.
 */
int hash_type_parse_opt(const char *text, size_t len, enum hash_type *type,
			struct buf *err);

/*
 * "base16", "nix32", "base64", "sri". *deprecated, where given, says that the
 * name was "base32", of which Nix warns.
 */
int hash_format_parse(const char *text, size_t len, enum hash_format *format,
		      bool *deprecated, struct buf *err);

/*
 * A hash in any form. The type is taken from the text ("sha256:...",
 * "sha256-...") or from expected; where both say it they must agree.
 */
int hash_parse(const char *text, size_t len, enum hash_type expected,
	       struct hash *hash, struct buf *err);

/* As hash_parse(), but the empty text is the hash that is all zeros. */
int hash_parse_or_empty(const char *text, size_t len, enum hash_type expected,
			struct hash *hash, struct buf *err);

/* "sha256-..." and nothing else: narHash. */
int hash_parse_sri(const char *text, size_t len, struct hash *hash,
		   struct buf *err);

/* Digits alone, as in a .drv file. */
int hash_parse_plain(const char *text, size_t len, enum hash_type type,
		     struct hash *hash, struct buf *err);

#endif
