/* drv_parse.c - reading the text of a .drv file */
#include "eval/drv.h"

#include <stdlib.h>
#include <string.h>

/*
 * Strings without escapes are pointers into the text; the others are unescaped
 * into drv->owned, which is as long as the text and so always has room.
 */
struct parser {
	struct drv *drv;
	const char *at, *end;
	char *spare; /* the unused part of drv->owned */
	struct buf *err;
};

static int expect(struct parser *p, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(p->end - p->at) < len || memcmp(p->at, text, len) != 0)
		return buf_fail(p->err, "expected string '%s'", text);
	p->at += len;
	return 0;
}

static char unescape(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	}
	return c;
}

static int parse_string(struct parser *p, struct storepath_text *out)
{
	const char *begin;
	bool escaped = false;

	if (expect(p, "\"") < 0)
		return -1;
	begin = p->at;
	while (p->at < p->end && *p->at != '"') {
		if (*p->at == '\\') {
			escaped = true;
			p->at++;
		}
		p->at++;
	}
	if (p->at >= p->end)
		return buf_fail(p->err, "unterminated string in derivation");

	out->bytes = begin;
	out->len = p->at - begin;
	p->at++;
	if (!escaped)
		return 0;

	out->bytes = p->spare;
	for (const char *from = begin; from < p->at - 1; from++)
		*p->spare++ = *from == '\\' ? unescape(*++from) : *from;
	out->len = p->spare - out->bytes;
	return 0;
}

static int check_path(struct parser *p, struct storepath_text path)
{
	if (path.len == 0 || path.bytes[0] != '/')
		return buf_fail(p->err, "bad path '%.*s' in derivation",
				buf_clip(path.len), path.bytes);
	return 0;
}

static int parse_store_path(struct parser *p, struct storepath_text *out)
{
	struct storepath_parts parts;

	if (parse_string(p, out) < 0 || check_path(p, *out) < 0)
		return -1;
	return storepath_parse(out->bytes, out->len, &parts, p->err);
}

/*
 * Is the list at its end? Steps over what ends or separates. Nix takes a list
 * whose separators are missing, and so does this.
 */
static bool list_ends(struct parser *p)
{
	if (p->at < p->end && *p->at == ',') {
		p->at++;
		return false;
	}
	if (p->at < p->end && *p->at == ']') {
		p->at++;
		return true;
	}
	return false;
}

static int needs_feature(struct parser *p, const char *feature,
			 const char *reason)
{
	return buf_fail(p->err,
			"experimental Nix feature '%s' is disabled%s; add "
			"'--extra-experimental-features %s' to enable it",
			feature, reason, feature);
}

/* The second field: "r:sha256" and the like. */
static int parse_method(struct parser *p, struct storepath_text text,
			enum storepath_method *method, enum hash_type *type)
{
	*method = STOREPATH_FLAT;
	if (text.len >= 2 && memcmp(text.bytes, "r:", 2) == 0) {
		*method = STOREPATH_NAR;
		text.bytes += 2;
		text.len -= 2;
	} else if (text.len >= 4 && memcmp(text.bytes, "git:", 4) == 0) {
		return needs_feature(p, "git-hashing", "");
	} else if (text.len >= 5 && memcmp(text.bytes, "text:", 5) == 0) {
		return needs_feature(p, "dynamic-derivations",
				     " (text-hashed derivation output)");
	}
	return hash_type_parse(text.bytes, text.len, type, p->err);
}

static int parse_output(struct parser *p)
{
	struct storepath_text name, path, method, hash;
	struct storepath_parts parts;
	struct drv_output output = { .kind = DRV_INPUT };
	enum hash_type type;

	if (expect(p, "(") < 0 || parse_string(p, &name) < 0 ||
	    expect(p, ",") < 0 || parse_string(p, &path) < 0 ||
	    expect(p, ",") < 0 || parse_string(p, &method) < 0 ||
	    expect(p, ",") < 0 || parse_string(p, &hash) < 0 ||
	    expect(p, ")") < 0)
		return -1;

	if (method.len > 0) {
		if (parse_method(p, method, &output.method, &type) < 0)
			return -1;
		if (hash.len == 6 && memcmp(hash.bytes, "impure", 6) == 0)
			return needs_feature(p, "impure-derivations", "");
		if (hash.len == 0)
			return needs_feature(p, "ca-derivations", "");
		if (check_path(p, path) < 0 ||
		    hash_parse_plain(hash.bytes, hash.len, type, &output.hash,
				     p->err) < 0)
			return -1;
		output.kind = DRV_FIXED;
	} else if (path.len == 0) {
		output.kind = DRV_DEFERRED;
	} else if (check_path(p, path) < 0) {
		return -1;
	}
	if (output.kind != DRV_DEFERRED) {
		if (storepath_parse(path.bytes, path.len, &parts, p->err) < 0)
			return -1;
		output.path.len = path.len;
		memcpy(output.path.text, path.bytes, path.len);
		output.path.text[path.len] = '\0';
	}

	drv_add_output(p->drv, name.bytes, name.len);
	if (!p->drv->failed) {
		output.name = name;
		p->drv->outputs[p->drv->noutputs - 1] = output;
	}
	return 0;
}

static int parse_input(struct parser *p)
{
	struct storepath_text path, output;
	bool any = false;

	if (expect(p, "(") < 0 || parse_store_path(p, &path) < 0 ||
	    expect(p, ",") < 0 || expect(p, "[") < 0)
		return -1;
	while (!list_ends(p)) {
		if (parse_string(p, &output) < 0)
			return -1;
		drv_add_input(p->drv, path.bytes, path.len, output.bytes,
			      output.len);
		any = true;
	}
	if (!any)
		drv_add_input(p->drv, path.bytes, path.len, NULL, 0);
	return expect(p, ")");
}

static int parse_env(struct parser *p)
{
	struct storepath_text name, value;

	if (expect(p, "(") < 0 || parse_string(p, &name) < 0 ||
	    expect(p, ",") < 0 || parse_string(p, &value) < 0 ||
	    expect(p, ")") < 0)
		return -1;
	drv_add_env(p->drv, name.bytes, name.len, value.bytes, value.len);
	return 0;
}

static int parse_start(struct parser *p)
{
	struct storepath_text version;
	struct buf reason = BUF_INIT;

	if (expect(p, "D") < 0)
		return -1;
	if (p->at < p->end && *p->at == 'e')
		return expect(p, "erive(");
	if (p->at == p->end || *p->at != 'r')
		return buf_fail(p->err, "derivation does not start with "
					"'Derive' or 'DrvWithVersion'");
	if (expect(p, "rvWithVersion(") < 0 || parse_string(p, &version) < 0)
		return -1;
	if (version.len != 10 || memcmp(version.bytes, "xp-dyn-drv", 10) != 0)
		return buf_fail(
			p->err,
			"Unknown derivation ATerm format version '%.*s'",
			buf_clip(version.len), version.bytes);
	buf_add_format(
		&reason,
		" (derivation '%.*s', ATerm format version 'xp-dyn-drv')",
		buf_clip(p->drv->name.len), p->drv->name.bytes);
	needs_feature(p, "dynamic-derivations", buf_text(&reason));
	buf_release(&reason);
	return -1;
}

static int parse(struct parser *p)
{
	struct storepath_text text;

	if (parse_start(p) < 0 || expect(p, "[") < 0)
		return -1;
	while (!list_ends(p))
		if (parse_output(p) < 0)
			return -1;

	if (expect(p, ",[") < 0)
		return -1;
	while (!list_ends(p))
		if (parse_input(p) < 0)
			return -1;

	if (expect(p, ",") < 0 || expect(p, "[") < 0)
		return -1;
	while (!list_ends(p)) {
		if (parse_store_path(p, &text) < 0)
			return -1;
		drv_add_source(p->drv, text.bytes, text.len);
	}

	if (expect(p, ",") < 0 || parse_string(p, &p->drv->system) < 0 ||
	    expect(p, ",") < 0 || parse_string(p, &p->drv->builder) < 0 ||
	    expect(p, ",[") < 0)
		return -1;
	while (!list_ends(p)) {
		if (parse_string(p, &text) < 0)
			return -1;
		drv_add_arg(p->drv, text.bytes, text.len);
	}

	if (expect(p, ",[") < 0)
		return -1;
	while (!list_ends(p))
		if (parse_env(p) < 0)
			return -1;
	return expect(p, ")");
}

int drv_parse(struct drv *drv, const char *name, size_t name_len,
	      const char *text, size_t len, struct buf *err)
{
	struct parser p = {
		.drv = drv, .at = text, .end = text + len, .err = err
	};
	int ret;

	drv_init(drv, name, name_len);
	drv->owned = p.spare = malloc(len + 1);
	if (!drv->owned)
		return buf_fail(err, "out of memory");

	ret = parse(&p);
	if (ret == 0 && drv->failed)
		ret = buf_fail(err, "out of memory");
	if (ret == 0)
		drv_sort(drv);
	else
		drv_release(drv);
	return ret;
}
