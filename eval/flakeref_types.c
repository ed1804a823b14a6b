/* The types of references: their attributes and their URLs. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/flakeref_private.h"

struct type {
	const char *name;
	/* The attributes it may have, besides "type"; blanks around each. */
	const char *attrs;
	bool needs_flakes; /* the experimental feature */
	/* 1 if url is of this type, 0 if not, -1 with the error pending. */
	int (*from_url)(struct eval *ev, const struct type *type,
			const struct url *url, bool is_file,
			struct flake_ref *ref);
	int (*check)(struct eval *ev, struct flake_ref *ref);
	int (*to_url)(struct eval *ev, const struct flake_ref *ref,
		      struct url *url);
};

static const char *need(struct eval *ev, const struct flake_ref *ref,
			const char *name)
{
	const struct ref_attr *a = flakeref_attr(ref, name);

	if (!a)
		eval_fail(ev, ERROR_EVAL, 0, "input attribute '%s' is missing",
			  name);
	else if (a->kind != REF_STRING)
		eval_fail(ev, ERROR_EVAL, 0,
			  "input attribute '%s' is not a string %s", name,
			  flakeref_json(ev, ref));
	return a && a->kind == REF_STRING ? a->text : NULL;
}

/* The attribute is absent or of this kind. */
static int expect(struct eval *ev, const struct flake_ref *ref,
		  const char *name, enum ref_kind kind)
{
	const struct ref_attr *a = flakeref_attr(ref, name);

	if (!a || a->kind == kind)
		return 0;
	if (kind == REF_STRING)
		eval_fail(ev, ERROR_EVAL, 0,
			  "input attribute '%s' is not a string %s", name,
			  flakeref_json(ev, ref));
	else
		eval_fail(ev, ERROR_EVAL, 0, "input attribute '%s' is not %s",
			  name, kind == REF_INT ? "an integer" : "a Boolean");
	return -1;
}

static bool is_rev(const char *text)
{
	return strlen(text) == 40 &&
	       strspn(text, "0123456789abcdefABCDEF") == 40;
}

static bool parse_number(const char *text, uint64_t *n)
{
	char *end;

	text += *text == '+';
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*n = strtoull(text, &end, 10);
	return !*end && !errno;
}

/* The parts of the path that are not empty. */
static size_t segments(const struct url *url, const char **out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < url->path_len; i++) {
		if (*url->path[i] && n < room)
			out[n] = url->path[i];
		n += *url->path[i] != '\0';
	}
	return n;
}

/* --- path --- */

static int path_from_url(struct eval *ev, const struct type *type,
			 const struct url *url, bool is_file,
			 struct flake_ref *ref)
{
	const char *path;

	if (strcmp(url->scheme, "path"))
		return 0;
	if (url->has_authority && *url->host) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "path URL '%s' should not have an authority ('%s')",
			  url_print(ev, url), url_authority(ev, url));
		return -1;
	}
	path = url_file_path(ev, url);
	if (!path || flakeref_set_string(ev, ref, "path", path) < 0)
		return -1;
	for (size_t i = 0; i < url->query_len; i++) {
		const char *name = url->query[i].name;
		const char *text = url->query[i].value;
		uint64_t n;

		if (!strcmp(name, "rev") || !strcmp(name, "narHash")) {
			if (flakeref_set_string(ev, ref, name, text) < 0)
				return -1;
		} else if (strcmp(name, "revCount") &&
			   strcmp(name, "lastModified")) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "path URL '%s' has unsupported parameter "
				  "'%s'",
				  url_print(ev, url), name);
			return -1;
		} else if (!parse_number(text, &n)) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "path URL '%s' has invalid parameter '%s'",
				  url_print(ev, url), name);
			return -1;
		} else if (flakeref_set_number(ev, ref, name, REF_INT, n) < 0) {
			return -1;
		}
	}
	return 1;
}

static int path_check(struct eval *ev, struct flake_ref *ref)
{
	return need(ev, ref, "path") ? 0 : -1;
}

static int path_to_url(struct eval *ev, const struct flake_ref *ref,
		       struct url *url)
{
	char number[32];

	url->scheme = "path";
	if (url_set_path(ev, url, need(ev, ref, "path")) < 0)
		return -1;
	for (size_t i = 0; i < ref->len; i++) {
		const struct ref_attr *a = &ref->attrs[i];
		const char *text = a->text;

		if (!strcmp(a->name, "path") || !strcmp(a->name, "type") ||
		    !strcmp(a->name, "__final"))
			continue;
		if (a->kind != REF_STRING) {
			snprintf(number, sizeof(number), "%llu",
				 (unsigned long long)a->number);
			text = arena_strndup(ev->arena, number, strlen(number));
		}
		if (!text || url_set_param(ev, url, a->name, text) < 0)
			return -1;
	}
	return 0;
}

/* --- indirect --- */

static int bad_id(struct eval *ev, const char *id)
{
	eval_fail(ev, ERROR_PARSE, 0, "'%s' is not a valid flake ID", id);
	return -1;
}

static int indirect_from_url(struct eval *ev, const struct type *type,
			     const struct url *url, bool is_file,
			     struct flake_ref *ref)
{
	const char *part[3];
	const char *text;
	size_t n;

	if (strcmp(url->scheme, "flake"))
		return 0;
	n = segments(url, part, 3);
	text = url_print(ev, url);
	if (!text)
		return -1;
	if (n < 1 || n > 3) {
		eval_fail(ev, ERROR_PARSE, 0, "GitHub URL '%s' is invalid",
			  text);
		return -1;
	}
	if (n == 2 && !is_rev(part[1]) && !flakeref_is_ref_name(part[1])) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "in flake URL '%s', '%s' is not a commit hash or "
			  "branch/tag name",
			  text, part[1]);
		return -1;
	}
	if (n == 3 && !flakeref_is_ref_name(part[1])) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "in flake URL '%s', '%s' is not a branch/tag name",
			  text, part[1]);
		return -1;
	}
	if (n == 3 && !is_rev(part[2])) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "in flake URL '%s', '%s' is not a commit hash", text,
			  part[2]);
		return -1;
	}
	if (!flakeref_is_id(part[0], strlen(part[0])))
		return bad_id(ev, part[0]);
	if (flakeref_set_string(ev, ref, "id", part[0]) < 0)
		return -1;
	if (n == 3 || (n == 2 && is_rev(part[1])))
		if (flakeref_set_string(ev, ref, "rev", part[n - 1]) < 0)
			return -1;
	if (n == 3 || (n == 2 && !is_rev(part[1])))
		if (flakeref_set_string(ev, ref, "ref", part[1]) < 0)
			return -1;
	return 1;
}

static int indirect_check(struct eval *ev, struct flake_ref *ref)
{
	const char *id = need(ev, ref, "id");

	if (!id)
		return -1;
	return flakeref_is_id(id, strlen(id)) ? 0 : bad_id(ev, id);
}

/* Add a part to the path. */
static int push_part(struct eval *ev, struct url *url, const char *part)
{
	const char **grown =
		eval_alloc(ev, (url->path_len + 1) * sizeof(*grown));

	if (!grown)
		return -1;
	if (url->path_len)
		memcpy(grown, url->path, url->path_len * sizeof(*grown));
	grown[url->path_len++] = part;
	url->path = grown;
	return 0;
}

/* The rev in base 16; "" if there is none, NULL with the error pending. */
static const char *rev_text(struct eval *ev, const struct flake_ref *ref)
{
	char digits[2 * HASH_SIZE_MAX];
	struct hash rev;
	int rc = flakeref_rev(ev, ref, &rev);
	char *copy;

	if (rc <= 0)
		return rc < 0 ? NULL : "";
	hash_base16(digits, rev.bytes, rev.size);
	copy = arena_strndup(ev->arena, digits, 2 * (size_t)rev.size);
	if (!copy)
		eval_fail_memory(ev);
	return copy;
}

static int push_ref_and_rev(struct eval *ev, const struct flake_ref *ref,
			    struct url *url)
{
	const char *name = flakeref_string(ref, "ref");
	const char *rev = rev_text(ev, ref);

	if (!rev || (name && push_part(ev, url, name) < 0) ||
	    (*rev && push_part(ev, url, rev) < 0))
		return -1;
	return 0;
}

static int indirect_to_url(struct eval *ev, const struct flake_ref *ref,
			   struct url *url)
{
	url->scheme = "flake";
	if (push_part(ev, url, flakeref_string(ref, "id")) < 0)
		return -1;
	return push_ref_and_rev(ev, ref, url);
}

/* --- github, gitlab, sourcehut --- */

static int forge_check(struct eval *ev, struct flake_ref *ref)
{
	const char *name, *rev, *host;
	struct hash hash;

	if (!need(ev, ref, "owner") || !need(ev, ref, "repo") ||
	    expect(ev, ref, "ref", REF_STRING) < 0 ||
	    expect(ev, ref, "rev", REF_STRING) < 0 ||
	    expect(ev, ref, "host", REF_STRING) < 0)
		return -1;
	name = flakeref_string(ref, "ref");
	rev = flakeref_string(ref, "rev");
	host = flakeref_string(ref, "host");
	if (name && rev) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "input %s contains both a commit hash ('%s') and a "
			  "branch/tag name ('%s')",
			  flakeref_json(ev, ref), rev, name);
		return -1;
	}
	if (rev && flakeref_rev(ev, ref, &hash) < 0)
		return -1;
	if (name && !flakeref_is_ref_name(name)) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "input %s contains an invalid branch/tag name",
			  flakeref_json(ev, ref));
		return -1;
	}
	for (; host && *host; host++) {
		if (!isalnum((unsigned char)*host) && *host != '.' &&
		    *host != '-') {
			eval_fail(ev, ERROR_PARSE, 0,
				  "input %s contains an invalid instance host",
				  flakeref_json(ev, ref));
			return -1;
		}
	}
	return 0;
}

static int forge_from_url(struct eval *ev, const struct type *type,
			  const struct url *url, bool is_file,
			  struct flake_ref *ref)
{
	const char *part[2], *name = NULL, *rev = NULL, *host, *hash, *q;
	struct buf rest = BUF_INIT;
	size_t n, seen = 0;

	if (strcmp(url->scheme, type->name))
		return 0;
	n = segments(url, part, 2);
	if (n < 2) {
		eval_fail(ev, ERROR_PARSE, 0, "URL '%s' is invalid",
			  url_print(ev, url));
		return -1;
	}
	for (size_t i = 0; i < url->path_len; i++) {
		if (!*url->path[i] || seen++ < 2)
			continue;
		buf_add_text(&rest, seen > 3 ? "/" : "");
		buf_add_text(&rest, url->path[i]);
	}
	if (n > 2) {
		name = arena_strndup(ev->arena, buf_text(&rest), rest.len);
		if (n == 3 && name && is_rev(name)) {
			rev = name;
			name = NULL;
		}
	}
	buf_release(&rest);
	q = url_param(url, "ref");
	if (q && name) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "URL '%s' contains multiple branch/tag names",
			  url_print(ev, url));
		return -1;
	}
	name = q ? q : name;
	q = url_param(url, "rev");
	if (q && rev) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "URL '%s' contains multiple commit hashes",
			  url_print(ev, url));
		return -1;
	}
	rev = q ? q : rev;
	host = url_param(url, "host");
	hash = url_param(url, "narHash");
	if (flakeref_set_string(ev, ref, "owner", part[0]) < 0 ||
	    flakeref_set_string(ev, ref, "repo", part[1]) < 0 ||
	    (rev && flakeref_set_string(ev, ref, "rev", rev) < 0) ||
	    (name && flakeref_set_string(ev, ref, "ref", name) < 0) ||
	    (host && flakeref_set_string(ev, ref, "host", host) < 0) ||
	    (hash && flakeref_set_string(ev, ref, "narHash", hash) < 0))
		return -1;
	return forge_check(ev, ref) < 0 ? -1 : 1;
}

/* Set the parameter narHash, if there is one. */
static int put_nar_hash(struct eval *ev, const struct flake_ref *ref,
			struct url *url)
{
	struct buf text = BUF_INIT;
	struct hash hash;
	int rc = flakeref_nar_hash(ev, ref, &hash);
	char *copy;

	if (rc <= 0)
		return rc;
	hash_print(&text, &hash, HASH_SRI, true);
	copy = arena_strndup(ev->arena, buf_text(&text), text.len);
	buf_release(&text);
	return copy ? url_set_param(ev, url, "narHash", copy) : -1;
}

static int forge_to_url(struct eval *ev, const struct flake_ref *ref,
			struct url *url)
{
	const char *host = flakeref_string(ref, "host");

	url->scheme = flakeref_string(ref, "type");
	if (push_part(ev, url, flakeref_string(ref, "owner")) < 0 ||
	    push_part(ev, url, flakeref_string(ref, "repo")) < 0 ||
	    push_ref_and_rev(ev, ref, url) < 0 ||
	    put_nar_hash(ev, ref, url) < 0)
		return -1;
	return host ? url_set_param(ev, url, "host", host) : 0;
}

/* --- git, hg --- */

static bool is_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	if (!len || strchr(word, ' '))
		return false;
	for (const char *p = words; (p = strstr(p, word)); p += len)
		if (p[-1] == ' ' && p[len] == ' ')
			return true;
	return false;
}

int flakeref_fail_verified(struct eval *ev)
{
	eval_fail(
		ev, ERROR_EVAL, 0,
		"experimental Nix feature 'verified-fetches' is disabled; add "
		"'--extra-experimental-features verified-fetches' to enable "
		"it");
	return -1;
}

static int git_check(struct eval *ev, struct flake_ref *ref)
{
	static const char *const secret[] = { "verifyCommit", "keytype",
					      "publicKey", "publicKeys" };
	const char *name, *text;
	struct url url;

	for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); i++)
		if (flakeref_attr(ref, secret[i]))
			return flakeref_fail_verified(ev);
	if (expect(ev, ref, "ref", REF_STRING) < 0)
		return -1;
	name = flakeref_string(ref, "ref");
	if (name && !flakeref_is_ref_name(name)) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "invalid Git branch/tag name '%s'", name);
		return -1;
	}
	text = need(ev, ref, "url");
	if (!text || url_parse_git(ev, text, &url) < 0)
		return -1;
	text = url_print(ev, &url);
	if (!text || flakeref_set_string(ev, ref, "url", text) < 0)
		return -1;
	if (expect(ev, ref, "shallow", REF_BOOL) < 0 ||
	    expect(ev, ref, "submodules", REF_BOOL) < 0)
		return -1;
	return expect(ev, ref, "allRefs", REF_BOOL);
}

static int git_from_url(struct eval *ev, const struct type *type,
			const struct url *url, bool is_file,
			struct flake_ref *ref)
{
	static const char strings[] = " rev ref keytype publicKey publicKeys ";
	static const char bools[] = " shallow submodules lfs exportIgnore "
				    "allRefs verifyCommit ";
	struct url rest = *url;
	const char *text;

	if (strcmp(url->scheme, "git") && strncmp(url->scheme, "git+", 4))
		return 0;
	rest.query_len = 0;
	rest.query = NULL;
	for (size_t i = 0; i < url->query_len; i++) {
		const char *name = url->query[i].name;
		int rc;

		text = url->query[i].value;
		if (is_word(strings, name))
			rc = flakeref_set_string(ev, ref, name, text);
		else if (is_word(bools, name))
			rc = flakeref_set_number(ev, ref, name, REF_BOOL,
						 !strcmp(text, "1"));
		else
			rc = url_set_param(ev, &rest, name, text);
		if (rc < 0)
			return -1;
	}
	text = url_print(ev, &rest);
	if (!text || flakeref_set_string(ev, ref, "url", text) < 0)
		return -1;
	return git_check(ev, ref) < 0 ? -1 : 1;
}

static int git_to_url(struct eval *ev, const struct flake_ref *ref,
		      struct url *url)
{
	static const char *const bools[] = { "shallow", "lfs", "submodules",
					     "exportIgnore" };
	const char *text = flakeref_string(ref, "url"), *rev;
	const char *name = flakeref_string(ref, "ref");
	struct buf scheme = BUF_INIT;

	if (url_parse(ev, text, strlen(text), false, url) < 0)
		return -1;
	if (strcmp(url->scheme, "git")) {
		buf_add_text(&scheme, "git+");
		buf_add_text(&scheme, url->scheme);
		url->scheme =
			arena_strndup(ev->arena, buf_text(&scheme), scheme.len);
		buf_release(&scheme);
	}
	rev = rev_text(ev, ref);
	if (!rev || (*rev && url_set_param(ev, url, "rev", rev) < 0) ||
	    (name && url_set_param(ev, url, "ref", name) < 0))
		return -1;
	for (size_t i = 0; i < sizeof(bools) / sizeof(*bools); i++)
		if (expect(ev, ref, bools[i], REF_BOOL) < 0 ||
		    (flakeref_bool(ref, bools[i]) &&
		     url_set_param(ev, url, bools[i], "1") < 0))
			return -1;
	return 0;
}

/* More than Mercurial takes for a name, and less: as Nix has it. */
static bool is_hg_ref(const char *name)
{
	if (!isalnum((unsigned char)*name) && *name != '@')
		return false;
	while (isalnum((unsigned char)*name) ||
	       (*name && strchr("_./@+-", *name)))
		name++;
	return !*name;
}

static int hg_check(struct eval *ev, struct flake_ref *ref)
{
	const char *text = need(ev, ref, "url");
	const char *name = flakeref_string(ref, "ref");
	struct url url;

	if (!text || url_parse(ev, text, strlen(text), false, &url) < 0 ||
	    expect(ev, ref, "ref", REF_STRING) < 0)
		return -1;
	if (!name || is_hg_ref(name))
		return 0;
	eval_fail(ev, ERROR_PARSE, 0, "invalid Mercurial branch/tag name '%s'",
		  name);
	return -1;
}

static int hg_from_url(struct eval *ev, const struct type *type,
		       const struct url *url, bool is_file,
		       struct flake_ref *ref)
{
	struct url rest = *url;
	const char *text;

	if (!is_word(" hg+http hg+https hg+ssh hg+file ", url->scheme))
		return 0;
	rest.scheme += 3;
	rest.query_len = 0;
	rest.query = NULL;
	for (size_t i = 0; i < url->query_len; i++) {
		const char *name = url->query[i].name;

		if (is_word(" rev ref ", name)
			    ? flakeref_set_string(ev, ref, name,
						  url->query[i].value) < 0
			    : url_set_param(ev, &rest, name,
					    url->query[i].value) < 0)
			return -1;
	}
	text = url_print(ev, &rest);
	if (!text || flakeref_set_string(ev, ref, "url", text) < 0)
		return -1;
	return hg_check(ev, ref) < 0 ? -1 : 1;
}

static int hg_to_url(struct eval *ev, const struct flake_ref *ref,
		     struct url *url)
{
	const char *text = flakeref_string(ref, "url"), *rev;
	const char *name = flakeref_string(ref, "ref");
	struct buf scheme = BUF_INIT;

	if (url_parse(ev, text, strlen(text), false, url) < 0)
		return -1;
	buf_add_format(&scheme, "hg+%s", url->scheme);
	url->scheme = arena_strndup(ev->arena, buf_text(&scheme), scheme.len);
	buf_release(&scheme);
	rev = rev_text(ev, ref);
	if (!rev || (*rev && url_set_param(ev, url, "rev", rev) < 0))
		return -1;
	return name ? url_set_param(ev, url, "ref", name) : 0;
}

/* --- tarball, file --- */

static bool has_archive_name(const struct url *url)
{
	static const char *const ends[] = { ".zip",    ".tar",	  ".tgz",
					    ".tar.gz", ".tar.xz", ".tar.bz2",
					    ".tar.zst" };
	const char *last = url->path_len ? url->path[url->path_len - 1] : "";

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t len = strlen(ends[i]), n = strlen(last);

		if (n >= len && !strcmp(last + n - len, ends[i]))
			return true;
	}
	return false;
}

static int curl_from_url(struct eval *ev, const struct type *type,
			 const struct url *url, bool is_file,
			 struct flake_ref *ref)
{
	static const char *const numbers[] = { "revCount", "lastModified" };
	static const char *const own[] = { "url",   "narHash",	"name",
					   "rev",   "revCount", "lastModified",
					   "unpack" };
	bool is_tarball = !strcmp(type->name, "tarball");
	const char *application = url_application(ev, url);
	const char *text;
	struct url rest = *url;
	uint64_t n;

	if (!is_word(" file http https ", url_transport(url)))
		return 0;
	if (application ? strcmp(application, type->name) != 0
			: (!is_file || has_archive_name(url)) != is_tarball)
		return 0;
	rest.scheme = url_transport(url);
	text = url_param(url, "narHash");
	if (text && flakeref_set_string(ev, ref, "narHash", text) < 0)
		return -1;
	text = url_param(url, "rev");
	if (text && flakeref_set_string(ev, ref, "rev", text) < 0)
		return -1;
	for (size_t i = 0; i < 2; i++) {
		text = url_param(url, numbers[i]);
		if (text && parse_number(text, &n) &&
		    flakeref_set_number(ev, ref, numbers[i], REF_INT, n) < 0)
			return -1;
	}
	if (rest.query_len) {
		rest.query =
			eval_alloc(ev, rest.query_len * sizeof(*rest.query));
		if (!rest.query)
			return -1;
		memcpy(rest.query, url->query,
		       rest.query_len * sizeof(*rest.query));
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		url_drop_param(&rest, own[i]);
	text = url_print(ev, &rest);
	if (!text || flakeref_set_string(ev, ref, "url", text) < 0)
		return -1;
	return 1;
}

static int curl_check(struct eval *ev, struct flake_ref *ref)
{
	return 0;
}

static int curl_to_url(struct eval *ev, const struct flake_ref *ref,
		       struct url *url)
{
	const char *text = need(ev, ref, "url");

	if (!text || url_parse(ev, text, strlen(text), false, url) < 0)
		return -1;
	return put_nar_hash(ev, ref, url);
}

/* --- all of them --- */

/* In the order in which Nix asks whose a URL is. */
static const struct type types[] = {
	{
		.name = "file",
		.attrs = " url narHash name unpack rev revCount lastModified ",
		.from_url = curl_from_url,
		.check = curl_check,
		.to_url = curl_to_url,
	},
	{
		.name = "git",
		.attrs = " url ref rev shallow submodules lfs exportIgnore "
			 "lastModified revCount narHash allRefs name dirtyRev "
			 "dirtyShortRev verifyCommit keytype publicKey "
			 "publicKeys ",
		.from_url = git_from_url,
		.check = git_check,
		.to_url = git_to_url,
	},
	{
		.name = "github",
		.attrs = " owner repo ref rev narHash lastModified host "
			 "treeHash ",
		.needs_flakes = true,
		.from_url = forge_from_url,
		.check = forge_check,
		.to_url = forge_to_url,
	},
	{
		.name = "gitlab",
		.attrs = " owner repo ref rev narHash lastModified host "
			 "treeHash ",
		.needs_flakes = true,
		.from_url = forge_from_url,
		.check = forge_check,
		.to_url = forge_to_url,
	},
	{
		.name = "hg",
		.attrs = " url ref rev revCount narHash name ",
		.from_url = hg_from_url,
		.check = hg_check,
		.to_url = hg_to_url,
	},
	{
		.name = "indirect",
		.attrs = " id ref rev narHash ",
		.needs_flakes = true,
		.from_url = indirect_from_url,
		.check = indirect_check,
		.to_url = indirect_to_url,
	},
	{
		.name = "path",
		.attrs = " path rev revCount lastModified narHash ",
		.needs_flakes = true,
		.from_url = path_from_url,
		.check = path_check,
		.to_url = path_to_url,
	},
	{
		.name = "sourcehut",
		.attrs = " owner repo ref rev narHash lastModified host "
			 "treeHash ",
		.needs_flakes = true,
		.from_url = forge_from_url,
		.check = forge_check,
		.to_url = forge_to_url,
	},
	{
		.name = "tarball",
		.attrs = " url narHash name unpack rev revCount lastModified ",
		.from_url = curl_from_url,
		.check = curl_check,
		.to_url = curl_to_url,
	},
};

static const struct type *find_type(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}

static int need_feature(struct eval *ev, const struct type *type)
{
	if (!type->needs_flakes || ev->settings.flakes)
		return 0;
	eval_fail(ev, ERROR_EVAL, 0,
		  "experimental Nix feature 'flakes' is disabled; add "
		  "'--extra-experimental-features flakes' to enable it");
	return -1;
}

/* The attributes that all types have. */
static int check_common(struct eval *ev, const struct flake_ref *ref)
{
	if (expect(ev, ref, "rev", REF_STRING) < 0 ||
	    expect(ev, ref, "ref", REF_STRING) < 0 ||
	    expect(ev, ref, "revCount", REF_INT) < 0)
		return -1;
	return expect(ev, ref, "lastModified", REF_INT);
}

int flakeref_from_url(struct eval *ev, const struct url *url, bool is_file,
		      struct flake_ref *ref)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		int rc;

		*ref = (struct flake_ref){ .dir = "" };
		if (flakeref_set_string(ev, ref, "type", types[i].name) < 0)
			return -1;
		rc = types[i].from_url(ev, &types[i], url, is_file, ref);
		if (rc < 0)
			return -1;
		if (rc > 0)
			return need_feature(ev, &types[i]) < 0
				       ? -1
				       : check_common(ev, ref);
	}
	if (!strcmp(url->scheme, "file+git"))
		eval_fail(ev, ERROR_EVAL, 0,
			  "input '%s' is unsupported; did you mean 'git+file' "
			  "instead of 'file+git'?",
			  url_print(ev, url));
	else
		eval_fail(ev, ERROR_EVAL, 0, "input '%s' is unsupported",
			  url_print(ev, url));
	return -1;
}

int flakeref_check(struct eval *ev, struct flake_ref *ref)
{
	const struct type *type;
	const char *name;

	if (!flakeref_attr(ref, "type")) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "'type' attribute to specify input scheme is "
			  "required but not provided");
		return -1;
	}
	name = need(ev, ref, "type");
	if (!name)
		return -1;
	type = find_type(name);
	if (!type)
		return check_common(ev, ref);
	if (need_feature(ev, type) < 0)
		return -1;
	for (size_t i = 0; i < ref->len; i++) {
		const char *attr = ref->attrs[i].name;

		if (strcmp(attr, "type") && strcmp(attr, "__final") &&
		    !is_word(type->attrs, attr)) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "input attribute '%s' not supported by "
				  "scheme '%s'",
				  attr, name);
			return -1;
		}
	}
	return type->check(ev, ref) < 0 ? -1 : check_common(ev, ref);
}

const char *flakeref_print(struct eval *ev, const struct flake_ref *ref,
			   bool with_dir)
{
	const char *name = flakeref_string(ref, "type");
	const struct type *type = name ? find_type(name) : NULL;
	struct url url = { .host = "", .fragment = "" };

	if (!type) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "cannot show unsupported input '%s'",
			  flakeref_json(ev, ref));
		return NULL;
	}
	if (type->to_url(ev, ref, &url) < 0)
		return NULL;
	if (with_dir && *ref->dir && !url_param(&url, "dir") &&
	    url_set_param(ev, &url, "dir", ref->dir) < 0)
		return NULL;
	return url_print(ev, &url);
}
