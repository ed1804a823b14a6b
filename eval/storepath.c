/* storepath.c - the names of things in the Nix store */
#include "eval/storepath.h"

#include <assert.h>
#include <string.h>

static bool name_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.' ||
	       c == '_' || c == '?' || c == '=';
}

int storepath_check_name(const char *name, size_t len, struct buf *err)
{
	size_t dots = 0;

	if (len == 0)
		return buf_fail(err, "name must not be empty");
	if (len > STOREPATH_NAME_MAX)
		return buf_fail(
			err, "name '%.*s' must be no longer than %d characters",
			buf_clip(len), name, STOREPATH_NAME_MAX);

	while (dots < 2 && dots < len && name[dots] == '.')
		dots++;
	if (dots > 0 && dots == len)
		return buf_fail(err, "name '%.*s' is not valid", buf_clip(len),
				name);
	if (dots > 0 && name[dots] == '-')
		return buf_fail(err,
				"name '%.*s' is not valid: first "
				"dash-separated component must not be '%.*s'",
				buf_clip(len), name, (int)dots, name);

	for (size_t i = 0; i < len; i++)
		if (!name_char(name[i]))
			return buf_fail(
				err,
				"name '%.*s' contains illegal character '%c'",
				buf_clip(len), name, name[i]);
	return 0;
}

static int check_path_name(const char *base, size_t base_len, const char *name,
			   size_t len, struct buf *err)
{
	struct buf why = BUF_INIT;

	if (storepath_check_name(name, len, &why) == 0)
		return 0;
	buf_fail(err, "path '%.*s' is not a valid store path: %s",
		 buf_clip(base_len), base, buf_text(&why));
	buf_release(&why);
	return -1;
}

/*
 * The path for the digest of the identifying text, once its pieces have been
 * added to ctx. The name is checked last, as the message shows the whole path.
 */
static int finish(struct storepath *out, struct hash_ctx *ctx, const char *name,
		  size_t name_len, const char *suffix, size_t suffix_len,
		  struct buf *err)
{
	struct buf base = BUF_INIT;
	char digits[STOREPATH_HASH_LEN];
	struct hash hash;
	size_t len;
	int ret;

	hash_finish(ctx, &hash);
	hash = hash_compress(&hash, 20);
	hash_nix32(digits, hash.bytes, hash.size);

	len = name_len + suffix_len + (suffix_len > 0);
	if (len <= STOREPATH_NAME_MAX) {
		char *at = out->text;

		memcpy(at, STOREPATH_PREFIX, STOREPATH_PREFIX_LEN);
		at += STOREPATH_PREFIX_LEN;
		memcpy(at, digits, sizeof(digits));
		at += sizeof(digits);
		*at++ = '-';
		memcpy(at, name, name_len);
		at += name_len;
		if (suffix_len > 0) {
			*at++ = '-';
			memcpy(at, suffix, suffix_len);
			at += suffix_len;
		}
		*at = '\0';
		out->len = at - out->text;
		if (storepath_check_name(at - len, len, NULL) == 0)
			return 0;
	}

	buf_add(&base, digits, sizeof(digits));
	buf_add_char(&base, '-');
	buf_add(&base, name, name_len);
	if (suffix_len > 0) {
		buf_add_char(&base, '-');
		buf_add(&base, suffix, suffix_len);
	}
	if (base.failed)
		ret = buf_fail(err, "out of memory");
	else
		ret = check_path_name(base.data, base.len,
				      base.data + sizeof(digits) + 1, len, err);
	buf_release(&base);
	return ret;
}

/* ":sha256:<inner>:/nix/store:", which follows the type. */
static void add_inner(struct hash_ctx *ctx, const struct hash *inner)
{
	char hex[2 * HASH_SIZE_MAX];
	const char *type = hash_type_name(inner->type);

	hash_base16(hex, inner->bytes, inner->size);
	hash_update(ctx, ":", 1);
	hash_update(ctx, type, strlen(type));
	hash_update(ctx, ":", 1);
	hash_update(ctx, hex, 2 * (size_t)inner->size);
	hash_update(ctx, ":" STOREPATH_PREFIX, STOREPATH_PREFIX_LEN);
	hash_update(ctx, ":", 1);
}

int storepath_make(struct storepath *out, const char *type, size_t type_len,
		   const struct hash *inner, const char *name, size_t len,
		   struct buf *err)
{
	struct hash_ctx ctx;

	hash_start(&ctx, HASH_SHA256);
	hash_update(&ctx, type, type_len);
	add_inner(&ctx, inner);
	hash_update(&ctx, name, len);
	return finish(out, &ctx, name, len, NULL, 0, err);
}

int storepath_output(struct storepath *out, const char *output,
		     size_t output_len, const struct hash *modulo,
		     const char *name, size_t len, struct buf *err)
{
	bool is_out = output_len == 3 && memcmp(output, "out", 3) == 0;
	struct hash_ctx ctx;

	hash_start(&ctx, HASH_SHA256);
	hash_update(&ctx, "output:", 7);
	hash_update(&ctx, output, output_len);
	add_inner(&ctx, modulo);
	hash_update(&ctx, name, len);
	if (is_out)
		return finish(out, &ctx, name, len, NULL, 0, err);
	hash_update(&ctx, "-", 1);
	hash_update(&ctx, output, output_len);
	return finish(out, &ctx, name, len, output, output_len, err);
}

/* text and source objects, whose references are part of the type. */
static int with_refs(struct storepath *out, const char *type,
		     const struct hash *hash, const char *name, size_t len,
		     const struct storepath_text *refs, size_t nrefs,
		     struct buf *err)
{
	struct hash_ctx ctx;

	hash_start(&ctx, HASH_SHA256);
	hash_update(&ctx, type, strlen(type));
	for (size_t i = 0; i < nrefs; i++) {
		hash_update(&ctx, ":", 1);
		hash_update(&ctx, refs[i].bytes, refs[i].len);
	}
	add_inner(&ctx, hash);
	hash_update(&ctx, name, len);
	return finish(out, &ctx, name, len, NULL, 0, err);
}

int storepath_fixed(struct storepath *out, enum storepath_method method,
		    const struct hash *hash, const char *name, size_t len,
		    const struct storepath_text *refs, size_t nrefs,
		    struct buf *err)
{
	char hex[2 * HASH_SIZE_MAX];
	const char *type = hash_type_name(hash->type);
	struct hash inner;
	struct hash_ctx ctx;

	if (method == STOREPATH_GIT)
		return buf_fail(err, "experimental Nix feature 'git-hashing' "
				     "is disabled; add "
				     "'--extra-experimental-features "
				     "git-hashing' to enable it");
	if (method == STOREPATH_TEXT) {
		assert(hash->type == HASH_SHA256);
		return with_refs(out, "text", hash, name, len, refs, nrefs,
				 err);
	}
	if (method == STOREPATH_NAR && hash->type == HASH_SHA256)
		return with_refs(out, "source", hash, name, len, refs, nrefs,
				 err);

	if (nrefs > 0)
		return buf_fail(err,
				"fixed output derivation '%.*s' is not allowed "
				"to refer to other store paths.\nYou may need "
				"to use the 'unsafeDiscardReferences' "
				"derivation attribute, see the manual for more "
				"details.",
				buf_clip(len), name);
	hash_base16(hex, hash->bytes, hash->size);
	hash_start(&ctx, HASH_SHA256);
	hash_update(&ctx, "fixed:out:", 10);
	if (method == STOREPATH_NAR)
		hash_update(&ctx, "r:", 2);
	hash_update(&ctx, type, strlen(type));
	hash_update(&ctx, ":", 1);
	hash_update(&ctx, hex, 2 * (size_t)hash->size);
	hash_update(&ctx, ":", 1);
	hash_finish(&ctx, &inner);
	return storepath_make(out, "output:out", 10, &inner, name, len, err);
}

void storepath_placeholder(char out[STOREPATH_PLACEHOLDER_LEN],
			   const char *output, size_t len)
{
	struct hash_ctx ctx;
	struct hash hash;

	hash_start(&ctx, HASH_SHA256);
	hash_update(&ctx, "nix-output:", 11);
	hash_update(&ctx, output, len);
	hash_finish(&ctx, &hash);
	out[0] = '/';
	hash_nix32(out + 1, hash.bytes, hash.size);
}

static bool in_store(const char *path, size_t len)
{
	return len > STOREPATH_PREFIX_LEN &&
	       memcmp(path, STOREPATH_PREFIX, STOREPATH_PREFIX_LEN) == 0;
}

/* Take apart what follows STOREPATH_PREFIX, and holds no slash. */
static int parse_base(const char *base, size_t len,
		      struct storepath_parts *parts, struct buf *err)
{
	if (len < STOREPATH_HASH_LEN + 1)
		return buf_fail(err,
				"'%.*s' is too short to be a valid store path",
				buf_clip(len), base);
	for (size_t i = 0; i < STOREPATH_HASH_LEN; i++) {
		char c = base[i];

		if (c == 'e' || c == 'o' || c == 'u' || c == 't' ||
		    !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')))
			return buf_fail(err,
					"store path '%.*s' contains illegal "
					"base-32 character '%c'",
					buf_clip(len), base, c);
	}

	/* Nix takes any character for the dash, and so must this. */
	parts->hash = base;
	parts->name = base + STOREPATH_HASH_LEN + 1;
	parts->name_len = len - STOREPATH_HASH_LEN - 1;
	parts->len = STOREPATH_PREFIX_LEN + len;
	return check_path_name(base, len, parts->name, parts->name_len, err);
}

int storepath_parse(const char *path, size_t len, struct storepath_parts *parts,
		    struct buf *err)
{
	if (!in_store(path, len) || memchr(path + STOREPATH_PREFIX_LEN, '/',
					   len - STOREPATH_PREFIX_LEN))
		return buf_fail(err, "path \"%.*s\" is not in the Nix store",
				buf_clip(len), path);
	return parse_base(path + STOREPATH_PREFIX_LEN,
			  len - STOREPATH_PREFIX_LEN, parts, err);
}

int storepath_split(const char *path, size_t len, struct storepath_parts *parts,
		    struct buf *err)
{
	const char *base = path + STOREPATH_PREFIX_LEN, *slash;
	size_t base_len;

	if (!in_store(path, len))
		return buf_fail(err, "path '%.*s' is not in the Nix store",
				buf_clip(len), path);
	base_len = len - STOREPATH_PREFIX_LEN;
	slash = memchr(base, '/', base_len);
	return parse_base(base, slash ? (size_t)(slash - base) : base_len,
			  parts, err);
}
