/*
 * storepath.h - the names of things in the Nix store
 *
 *     /nix/store/9krlzvny65gdc8s7kpb6lkx8cd02c25b-hello-2.12
 *                \___ 32 digits of base 32 ____/ \_ name _/
 *
 * The digits are the first SHA-256, folded to 20 bytes, of a text that says all
 * that identifies the object:
 *
 *     <type>:sha256:<inner hash, base 16>:/nix/store:<name>
 *
 *     type                inner hash
 *     text[:<ref>...]     of the contents (.drv files, builtins.toFile)
 *     source[:<ref>...]   of the NAR, if that is a SHA-256
 *     output:out          of "fixed:out:[r:]<type>:<hash>:", any other fixed
 * one output:<output>     of the derivation modulo its outputs (drv.h)
 *
 * A ref is a whole store path; they are sorted. Nix's manual, "Store path
 * specification", is the source.
 *
 * Functions that can fail return 0, or -1 with Nix's message in err (which may
 * be NULL).
 */
#ifndef EVAL_STOREPATH_H
#define EVAL_STOREPATH_H

#include "eval/hash.h"

#define STOREPATH_PREFIX "/nix/store/"
#define STOREPATH_PREFIX_LEN 11
#define STOREPATH_HASH_LEN 32
#define STOREPATH_NAME_MAX 211
#define STOREPATH_SIZE                                                         \
	(STOREPATH_PREFIX_LEN + STOREPATH_HASH_LEN + 1 + STOREPATH_NAME_MAX + 1)

/* "/" and the 52 digits of a SHA-256. */
#define STOREPATH_PLACEHOLDER_LEN 53

struct storepath {
	size_t len;
	char text[STOREPATH_SIZE]; /* the whole path, NUL after it */
};

/* Bytes that belong to somebody else. */
struct storepath_text {
	const char *bytes;
	size_t len;
};

/* How a content-addressed object is hashed; "outputHashMode". */
enum storepath_method {
	STOREPATH_FLAT,
	STOREPATH_NAR, /* "recursive" or "nar" */
	STOREPATH_TEXT,
	STOREPATH_GIT,
};

/* Fail unless the name may follow the digits of a store path. */
int storepath_check_name(const char *name, size_t len, struct buf *err);

/* The path of type and inner hash, as above. */
int storepath_make(struct storepath *out, const char *type, size_t type_len,
		   const struct hash *inner, const char *name, size_t len,
		   struct buf *err);

/* One output of a derivation, whose name gets "-<output>" unless it is out. */
int storepath_output(struct storepath *out, const char *output,
		     size_t output_len, const struct hash *modulo,
		     const char *name, size_t len, struct buf *err);

/*
 * What has the given contents' hash. Only sources (a SHA-256 of a NAR) and
 * texts may have references.
 */
int storepath_fixed(struct storepath *out, enum storepath_method method,
		    const struct hash *hash, const char *name, size_t len,
		    const struct storepath_text *refs, size_t nrefs,
		    struct buf *err);

/* Write the placeholder of an output, and no NUL. */
void storepath_placeholder(char out[STOREPATH_PLACEHOLDER_LEN],
			   const char *output, size_t len);

struct storepath_parts {
	const char *hash; /* STOREPATH_HASH_LEN digits */
	const char *name;
	size_t name_len;
	size_t len; /* of the store path; what follows is a path in it */
};

/* Take apart a path that is a store path and no more. */
int storepath_parse(const char *path, size_t len, struct storepath_parts *parts,
		    struct buf *err);

/* The same for a path that may go on below the store path. */
int storepath_split(const char *path, size_t len, struct storepath_parts *parts,
		    struct buf *err);

#endif
