/* hash.c - the hashes Nix knows, and the ways it writes them */
#include "eval/hash.h"

#include <assert.h>
#include <string.h>

static const char nix32_digits[] = "0123456789abcdfghijklmnpqrsvwxyz";
static const char base16_digits[] = "0123456789abcdef";
static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const struct {
	const char *name;
	size_t size;
} types[] = {
	[HASH_MD5] = { "md5", 16 },
	[HASH_SHA1] = { "sha1", 20 },
	[HASH_SHA256] = { "sha256", 32 },
	[HASH_SHA512] = { "sha512", 64 },
};

size_t hash_size(enum hash_type type)
{
	assert(type < HASH_NONE);
	return types[type].size;
}

const char *hash_type_name(enum hash_type type)
{
	assert(type < HASH_NONE);
	return types[type].name;
}

void hash_start(struct hash_ctx *ctx, enum hash_type type)
{
	ctx->type = type;
	switch (type) {
	case HASH_MD5:
		md5_init(&ctx->as.md5);
		break;
	case HASH_SHA1:
		sha1_init(&ctx->as.sha1);
		break;
	case HASH_SHA256:
		sha256_init(&ctx->as.sha256);
		break;
	case HASH_SHA512:
		sha512_init(&ctx->as.sha512);
		break;
	case HASH_NONE:
		assert(false);
	}
}

void hash_update(struct hash_ctx *ctx, const void *bytes, size_t n)
{
	switch (ctx->type) {
	case HASH_MD5:
		md5_update(&ctx->as.md5, n, bytes);
		break;
	case HASH_SHA1:
		sha1_update(&ctx->as.sha1, n, bytes);
		break;
	case HASH_SHA256:
		sha256_update(&ctx->as.sha256, n, bytes);
		break;
	case HASH_SHA512:
		sha512_update(&ctx->as.sha512, n, bytes);
		break;
	case HASH_NONE:
		assert(false);
	}
}

void hash_finish(struct hash_ctx *ctx, struct hash *hash)
{
	memset(hash, 0, sizeof(*hash));
	hash->type = ctx->type;
	hash->size = hash_size(ctx->type);
	switch (ctx->type) {
	case HASH_MD5:
		md5_digest(&ctx->as.md5, hash->size, hash->bytes);
		break;
	case HASH_SHA1:
		sha1_digest(&ctx->as.sha1, hash->size, hash->bytes);
		break;
	case HASH_SHA256:
		sha256_digest(&ctx->as.sha256, hash->size, hash->bytes);
		break;
	case HASH_SHA512:
		sha512_digest(&ctx->as.sha512, hash->size, hash->bytes);
		break;
	case HASH_NONE:
		assert(false);
	}
}

void hash_bytes(enum hash_type type, const void *bytes, size_t n,
		struct hash *hash)
{
	struct hash_ctx ctx;

	hash_start(&ctx, type);
	hash_update(&ctx, bytes, n);
	hash_finish(&ctx, hash);
}

struct hash hash_compress(const struct hash *hash, size_t size)
{
	struct hash out = { .type = hash->type, .size = size };

	assert(size > 0 && size <= HASH_SIZE_MAX);
	for (size_t i = 0; i < hash->size; i++)
		out.bytes[i % size] ^= hash->bytes[i];
	return out;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return a->type == b->type && a->size == b->size &&
	       memcmp(a->bytes, b->bytes, a->size) == 0;
}

void hash_nix32(char *out, const uint8_t *bytes, size_t n)
{
	for (size_t digit = HASH_NIX32_LEN(n); digit-- > 0;) {
		size_t byte = digit * 5 / 8, shift = digit * 5 % 8;
		unsigned int bits = bytes[byte] >> shift;

		if (byte + 1 < n)
			bits |= bytes[byte + 1] << (8 - shift);
		*out++ = nix32_digits[bits & 0x1f];
	}
}

void hash_base16(char *out, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		*out++ = base16_digits[bytes[i] >> 4];
		*out++ = base16_digits[bytes[i] & 0x0f];
	}
}

/* Write the digits, padded with '='; returns how many. */
static size_t base64(char *out, const uint8_t *bytes, size_t n)
{
	unsigned int bits = 0, nbits = 0;
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | bytes[i];
		for (nbits += 8; nbits >= 6;) {
			nbits -= 6;
			out[len++] = base64_digits[bits >> nbits & 0x3f];
		}
	}
	if (nbits)
		out[len++] = base64_digits[bits << (6 - nbits) & 0x3f];
	while (len % 4)
		out[len++] = '=';
	return len;
}

void hash_print(struct buf *out, const struct hash *hash,
		enum hash_format format, bool with_type)
{
	char digits[2 * HASH_SIZE_MAX];
	size_t len = 0;

	if (with_type || format == HASH_SRI) {
		buf_add_text(out, hash_type_name(hash->type));
		buf_add_char(out, format == HASH_SRI ? '-' : ':');
	}
	switch (format) {
	case HASH_BASE16:
		hash_base16(digits, hash->bytes, hash->size);
		len = 2 * (size_t)hash->size;
		break;
	case HASH_NIX32:
		hash_nix32(digits, hash->bytes, hash->size);
		len = HASH_NIX32_LEN((size_t)hash->size);
		break;
	case HASH_BASE64:
	case HASH_SRI:
		len = base64(digits, hash->bytes, hash->size);
		break;
	}
	buf_add(out, digits, len);
}

static bool is(const char *text, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(text, name, len) == 0;
}

int hash_type_parse_opt(const char *text, size_t len, enum hash_type *type,
			struct buf *err)
{
	if (is(text, len, "blake3"))
		return buf_fail(err,
				"experimental Nix feature 'blake3-hashes' is "
				"disabled; add '--extra-experimental-features "
				"blake3-hashes' to enable it");

	*type = HASH_NONE;
	for (enum hash_type t = HASH_MD5; t < HASH_NONE; t++)
		if (is(text, len, types[t].name))
			*type = t;
	return 0;
}

int hash_type_parse(const char *text, size_t len, enum hash_type *type,
		    struct buf *err)
{
	if (hash_type_parse_opt(text, len, type, err) < 0)
		return -1;
	if (*type == HASH_NONE)
		return buf_fail(err,
				"unknown hash algorithm '%.*s', expect "
				"'blake3', 'md5', 'sha1', 'sha256', or "
				"'sha512'",
				buf_clip(len), text);
	return 0;
}

int hash_format_parse(const char *text, size_t len, enum hash_format *format,
		      bool *deprecated, struct buf *err)
{
	bool base32 = is(text, len, "base32");

	if (deprecated)
		*deprecated = base32;
	if (is(text, len, "base16"))
		*format = HASH_BASE16;
	else if (is(text, len, "nix32") || base32)
		*format = HASH_NIX32;
	else if (is(text, len, "base64"))
		*format = HASH_BASE64;
	else if (is(text, len, "sri"))
		*format = HASH_SRI;
	else
		return buf_fail(err,
				"unknown hash format '%.*s', expect 'base16', "
				"'base32', 'base64', or 'sri'",
				buf_clip(len), text);
	return 0;
}

/*
 * The decoders return how many bytes the digits stand for, and store those
 * that fit; or 0 if there is a character that is no digit. (Nix reports such a
 * hash as one of length 0, too.)
 */
static size_t decode_base16(const char *text, size_t len, uint8_t *bytes)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		unsigned int digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if (c >= 'a' && c <= 'f')
			digit = c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			digit = c - 'A' + 10;
		else
			return 0;
		if (i / 2 < HASH_SIZE_MAX)
			bytes[i / 2] = bytes[i / 2] << 4 | digit;
	}
	return len / 2;
}

static size_t decode_nix32(const char *text, size_t len, uint8_t *bytes)
{
	size_t size = 0;

	for (size_t n = 0; n < len; n++) {
		const char *at = memchr(nix32_digits, text[len - n - 1], 32);
		size_t byte = n * 5 / 8, shift = n * 5 % 8;
		unsigned int digit, carry;

		if (!at)
			return 0;
		digit = at - nix32_digits;
		carry = digit >> (8 - shift);
		if (byte < HASH_SIZE_MAX)
			bytes[byte] |= digit << shift;
		if (carry && byte + 1 < HASH_SIZE_MAX)
			bytes[byte + 1] |= carry;
		size = byte + 1 + (carry != 0);
	}
	return size;
}

static size_t decode_base64(const char *text, size_t len, uint8_t *bytes)
{
	unsigned int bits = 0, nbits = 0;
	size_t size = 0;

	for (size_t i = 0; i < len && text[i] != '='; i++) {
		const char *at;

		if (text[i] == '\n')
			continue;
		at = memchr(base64_digits, text[i], 64);
		if (!at)
			return 0;
		bits = bits << 6 | (at - base64_digits);
		nbits += 6;
		if (nbits < 8)
			continue;
		nbits -= 8;
		if (size < HASH_SIZE_MAX)
			bytes[size] = bits >> nbits;
		size++;
	}
	return size;
}

static int decode(const char *text, size_t len, enum hash_format format,
		  enum hash_type type, struct hash *hash, struct buf *err)
{
	static const struct {
		size_t (*run)(const char *text, size_t len, uint8_t *bytes);
		const char *name; /* as Nix spells it in the message */
	} decoders[] = {
		[HASH_BASE16] = { decode_base16, "base16" },
		[HASH_NIX32] = { decode_nix32, "nix32" },
		[HASH_BASE64] = { decode_base64, "Base64" },
		[HASH_SRI] = { decode_base64, "SRI" },
	};
	size_t size;

	memset(hash, 0, sizeof(*hash));
	hash->type = type;
	hash->size = hash_size(type);
	size = decoders[format].run(text, len, hash->bytes);
	if (size != hash->size)
		return buf_fail(err,
				"invalid %s hash '%.*s', length %zu != "
				"expected length %d",
				decoders[format].name, buf_clip(len), text,
				size, hash->size);
	return 0;
}

int hash_parse_plain(const char *text, size_t len, enum hash_type type,
		     struct hash *hash, struct buf *err)
{
	size_t size = hash_size(type);
	enum hash_format format;

	if (len == 2 * size)
		format = HASH_BASE16;
	else if (len == HASH_NIX32_LEN(size))
		format = HASH_NIX32;
	else if (len == (size + 2) / 3 * 4)
		format = HASH_BASE64;
	else
		return buf_fail(err,
				"hash '%.*s' has wrong length for hash "
				"algorithm '%s'",
				buf_clip(len), text, hash_type_name(type));
	return decode(text, len, format, type, hash, err);
}

int hash_parse(const char *text, size_t len, enum hash_type expected,
	       struct hash *hash, struct buf *err)
{
	enum hash_type type = expected, said;
	const char *mark;
	size_t used = 0;
	bool sri = false;

	mark = memchr(text, ':', len);
	if (!mark) {
		mark = memchr(text, '-', len);
		sri = mark != NULL;
	}
	if (mark) {
		if (hash_type_parse(text, mark - text, &said, err) < 0)
			return -1;
		if (expected != HASH_NONE && said != expected)
			return buf_fail(
				err, "hash '%.*s' should have type '%s'",
				buf_clip(len), text, hash_type_name(expected));
		type = said;
		used = mark + 1 - text;
	}
	if (type == HASH_NONE)
		return buf_fail(err,
				"hash '%.*s' does not include a type, nor is "
				"the type otherwise known from context",
				buf_clip(len), text);

	if (sri)
		return decode(text + used, len - used, HASH_SRI, type, hash,
			      err);
	return hash_parse_plain(text + used, len - used, type, hash, err);
}

int hash_parse_or_empty(const char *text, size_t len, enum hash_type expected,
			struct hash *hash, struct buf *err)
{
	if (len > 0)
		return hash_parse(text, len, expected, hash, err);
	if (expected == HASH_NONE)
		return buf_fail(err,
				"empty hash requires explicit hash algorithm");
	memset(hash, 0, sizeof(*hash));
	hash->type = expected;
	hash->size = hash_size(expected);
	return 0;
}

int hash_parse_sri(const char *text, size_t len, struct hash *hash,
		   struct buf *err)
{
	const char *mark = memchr(text, '-', len);
	enum hash_type type;
	size_t used;

	if (!mark)
		return buf_fail(err, "hash '%.*s' is not SRI", buf_clip(len),
				text);
	if (hash_type_parse(text, mark - text, &type, err) < 0)
		return -1;
	used = mark + 1 - text;
	return decode(text + used, len - used, HASH_SRI, type, hash, err);
}
