/* builtin_hash.c - builtins that compute and convert hashes */
#include <string.h>

#include "eval/eval.h"
#include "eval/hash.h"
#include "eval/read.h"
#include "eval/source.h"

/* The pending error is the message in err, which is released. */
static value fail_with(struct eval *ev, struct buf *err)
{
	eval_fail(ev, ERROR_EVAL, 0, "%s", buf_text(err));
	buf_release(err);
	return 0;
}

static int type_argument(struct eval *ev, value *slot, const char *context,
			 enum hash_type *type)
{
	struct buf err = BUF_INIT;
	struct string *name = eval_string_plain(ev, slot, 0, context);

	if (!name)
		return -1;
	if (hash_type_parse(name->bytes, name->len, type, &err) < 0) {
		fail_with(ev, &err);
		return -1;
	}
	return 0;
}

static value digest(struct eval *ev, enum hash_type type, const char *bytes,
		    size_t len)
{
	char text[2 * HASH_SIZE_MAX];
	struct hash hash;

	hash_bytes(type, bytes, len, &hash);
	hash_base16(text, hash.bytes, hash.size);
	return value_new_string(ev, text, 2 * (size_t)hash.size, NULL);
}

static value hash_string(struct eval *ev, pos_t pos, value *args)
{
	enum hash_type type;
	struct string *s;
	const char *bytes;

	if (type_argument(ev, &args[0],
			  "while evaluating the first argument passed to "
			  "builtins.hashString",
			  &type) < 0)
		return 0;
	s = eval_string_value(ev, &args[1], 0,
			      "while evaluating the second argument passed to "
			      "builtins.hashString");
	if (!s)
		return 0;
	bytes = source_reveal(ev, s->bytes, s->len);
	return bytes ? digest(ev, type, bytes, s->len) : 0;
}

static value hash_file(struct eval *ev, pos_t pos, value *args)
{
	enum hash_type type;
	struct path *path;
	const char *bytes;
	size_t len;

	if (type_argument(ev, &args[0],
			  "while evaluating the first argument passed to "
			  "builtins.hashFile",
			  &type) < 0)
		return 0;
	path = read_path(ev, &args[1], READ_LINKS_ALL);
	if (!path || read_file(ev, path, &bytes, &len) < 0)
		return 0;
	return digest(ev, type, bytes, len);
}

/* An attribute of convertHash's argument that must be there. */
static struct string *required(struct eval *ev, struct attrs *set,
			       const char *name, const char *locating,
			       const char *evaluating)
{
	value *cell = attrs_find(set, symbol_intern(name, strlen(name)));

	if (!cell) {
		eval_fail(ev, ERROR_EVAL, 0, "attribute '%s' missing", name);
		eval_frame(ev, 0, "%s", locating);
		return NULL;
	}
	return eval_string_plain(ev, cell, 0, evaluating);
}

static value convert_hash(struct eval *ev, pos_t pos, value *args)
{
	struct buf text = BUF_INIT, err = BUF_INIT;
	enum hash_type type = HASH_NONE;
	enum hash_format format;
	struct string *digits, *to;
	bool deprecated = false;
	struct attrs *set;
	struct hash hash;
	value *cell, v = 0;

	set = eval_attrs(ev, &args[0], 0,
			 "while evaluating the first argument passed to "
			 "builtins.convertHash");
	if (!set)
		return 0;
	digits =
		required(ev, set, "hash", "while locating the attribute 'hash'",
			 "while evaluating the attribute 'hash'");
	if (!digits)
		return 0;
	cell = attrs_find(set, symbol_intern("hashAlgo", 8));
	if (cell &&
	    type_argument(ev, cell, "while evaluating the attribute 'hashAlgo'",
			  &type) < 0)
		return 0;
	to = required(ev, set, "toHashFormat",
		      "while locating the attribute 'toHashFormat'",
		      "while evaluating the attribute 'toHashFormat'");
	if (!to)
		return 0;
	if (hash_format_parse(to->bytes, to->len, &format, &deprecated, &err) <
	    0)
		return fail_with(ev, &err);
	if (deprecated && ev->settings.messages)
		fprintf(ev->settings.messages,
			"warning: \"base32\" is a deprecated alias for hash "
			"format \"nix32\".\n");
	if (hash_parse(digits->bytes, digits->len, type, &hash, &err) < 0)
		return fail_with(ev, &err);
	hash_print(&text, &hash, format, format == HASH_SRI);
	v = value_new_string(ev, buf_text(&text), text.len, NULL);
	buf_release(&text);
	return v;
}

const struct builtin builtin_hash_table[] = {
	{
		.name = "hashString",
		.arity = 2,
		.doc = "hashString type s: the hash of s in base 16. type: "
		       "\"md5\", \"sha1\", \"sha256\" or \"sha512\".",
		.run = hash_string,
		.strict = 1,
	},
	{
		.name = "hashFile",
		.arity = 2,
		.doc = "hashFile type p: the hash in base 16 of the file at p.",
		.run = hash_file,
		.strict = 1,
	},
	{
		.name = "convertHash",
		.arity = 1,
		.doc = "convertHash { hash, toHashFormat, hashAlgo ? }: the "
		       "hash as \"base16\", \"nix32\", \"base64\" or \"sri\".",
		.run = convert_hash,
		.strict = 1,
	},
	{ .name = NULL },
};
