#include "eval/flakeref.h"

#include <ctype.h>
#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "eval/eval.h"
#include "eval/flakeref_private.h"

/* --- attributes --- */

const struct ref_attr *flakeref_attr(const struct flake_ref *ref,
				     const char *name)
{
	for (size_t i = 0; i < ref->len; i++)
		if (!strcmp(ref->attrs[i].name, name))
			return &ref->attrs[i];
	return NULL;
}

const char *flakeref_string(const struct flake_ref *ref, const char *name)
{
	const struct ref_attr *a = flakeref_attr(ref, name);

	return a && a->kind == REF_STRING ? a->text : NULL;
}

bool flakeref_bool(const struct flake_ref *ref, const char *name)
{
	const struct ref_attr *a = flakeref_attr(ref, name);

	return a && a->kind == REF_BOOL && a->number;
}

bool flakeref_is(const struct flake_ref *ref, const char *type)
{
	const char *is = flakeref_string(ref, "type");

	return is && !strcmp(is, type);
}

int flakeref_set(struct eval *ev, struct flake_ref *ref, struct ref_attr attr)
{
	struct ref_attr *grown =
		eval_alloc(ev, (ref->len + 1) * sizeof(*grown));
	size_t i = 0, n = 0;

	if (!grown)
		return -1;
	for (; i < ref->len && strcmp(ref->attrs[i].name, attr.name) < 0; i++)
		grown[n++] = ref->attrs[i];
	grown[n++] = attr;
	for (; i < ref->len; i++)
		if (strcmp(ref->attrs[i].name, attr.name))
			grown[n++] = ref->attrs[i];
	ref->attrs = grown;
	ref->len = n;
	return 0;
}

int flakeref_set_string(struct eval *ev, struct flake_ref *ref,
			const char *name, const char *text)
{
	return flakeref_set(ev, ref,
			    (struct ref_attr){ .name = name, .text = text });
}

int flakeref_set_number(struct eval *ev, struct flake_ref *ref,
			const char *name, enum ref_kind kind, uint64_t number)
{
	return flakeref_set(ev, ref,
			    (struct ref_attr){ .name = name,
					       .kind = kind,
					       .number = number });
}

void flakeref_drop(struct eval *ev, struct flake_ref *ref, const char *name)
{
	struct ref_attr *copy;
	size_t n = 0;

	if (!flakeref_attr(ref, name))
		return;
	copy = arena_alloc(ev->arena, ref->len * sizeof(*copy));
	if (!copy)
		return;
	for (size_t i = 0; i < ref->len; i++)
		if (strcmp(ref->attrs[i].name, name))
			copy[n++] = ref->attrs[i];
	ref->attrs = copy;
	ref->len = n;
}

bool flakeref_equal(const struct flake_ref *a, const struct flake_ref *b)
{
	if (a->len != b->len || strcmp(a->dir, b->dir))
		return false;
	for (size_t i = 0; i < a->len; i++) {
		const struct ref_attr *x = &a->attrs[i], *y = &b->attrs[i];

		if (strcmp(x->name, y->name) || x->kind != y->kind)
			return false;
		if (x->kind == REF_STRING ? strcmp(x->text, y->text) != 0
					  : x->number != y->number)
			return false;
	}
	return true;
}

/* Without a "dir" parameter in the URL that says what ref->dir says. */
static int canonicalize(struct eval *ev, struct flake_ref *ref)
{
	const char *text = flakeref_string(ref, "url"), *dir;
	struct url url;

	if (!text)
		return 0;
	if (url_parse(ev, text, strlen(text), true, &url) < 0) {
		eval_clear_error(ev);
		return 0;
	}
	dir = url_param(&url, "dir");
	if (dir && *ref->dir && !strcmp(dir, ref->dir))
		url_drop_param(&url, "dir");
	text = url_print(ev, &url);
	return text ? flakeref_set_string(ev, ref, "url", text) : -1;
}

bool flakeref_same_original(struct eval *ev, const struct flake_ref *a,
			    const struct flake_ref *b)
{
	struct flake_ref x = *a, y = *b;

	if (flakeref_equal(a, b))
		return true;
	return canonicalize(ev, &x) == 0 && canonicalize(ev, &y) == 0 &&
	       flakeref_equal(&x, &y);
}

const char *flakeref_json(struct eval *ev, const struct flake_ref *ref)
{
	struct buf out = BUF_INIT;
	const char *copy;

	buf_add_char(&out, '{');
	for (size_t i = 0; i < ref->len; i++) {
		const struct ref_attr *a = &ref->attrs[i];

		buf_add_format(&out, "%s\"%s\":", i ? "," : "", a->name);
		if (a->kind == REF_INT)
			buf_add_format(&out, "%llu",
				       (unsigned long long)a->number);
		else if (a->kind == REF_BOOL)
			buf_add_text(&out, a->number ? "true" : "false");
		else {
			buf_add_char(&out, '"');
			for (const char *p = a->text; *p; p++) {
				if (*p == '"' || *p == '\\')
					buf_add_char(&out, '\\');
				if ((unsigned char)*p < 0x20)
					buf_add_format(&out, "\\u%04x", *p);
				else
					buf_add_char(&out, *p);
			}
			buf_add_char(&out, '"');
		}
	}
	buf_add_char(&out, '}');
	copy = arena_strndup(ev->arena, buf_text(&out), out.len);
	if (!copy || out.failed)
		eval_fail_memory(ev);
	buf_release(&out);
	return copy;
}

/* --- what the attributes say --- */

int flakeref_rev(struct eval *ev, const struct flake_ref *ref, struct hash *rev)
{
	const char *text = flakeref_string(ref, "rev");
	struct buf err = BUF_INIT;
	int rc;

	if (!text)
		return 0;
	rc = hash_parse(text, strlen(text), HASH_NONE, rev, NULL);
	if (rc < 0)
		rc = hash_parse(text, strlen(text), HASH_SHA1, rev, &err);
	if (rc < 0)
		eval_fail(ev, ERROR_EVAL, 0, "%s", buf_text(&err));
	buf_release(&err);
	return rc < 0 ? -1 : 1;
}

int flakeref_nar_hash(struct eval *ev, const struct flake_ref *ref,
		      struct hash *hash)
{
	const char *text = flakeref_string(ref, "narHash");
	struct buf err = BUF_INIT;
	int rc = 0;

	if (!text)
		return 0;
	if (!*text)
		*hash = (struct hash){ HASH_SHA256, 32, { 0 } };
	else
		rc = hash_parse_sri(text, strlen(text), hash, &err);
	if (rc < 0)
		eval_fail(ev, ERROR_EVAL, 0, "%s", buf_text(&err));
	else if (hash->type != HASH_SHA256) {
		eval_fail(ev, ERROR_EVAL, 0, "narHash must use SHA-256");
		rc = -1;
	}
	buf_release(&err);
	return rc < 0 ? -1 : 1;
}

const char *flakeref_relative(const struct flake_ref *ref)
{
	const char *path = flakeref_string(ref, "path");

	return flakeref_is(ref, "path") && path && path[0] != '/' ? path : NULL;
}

bool flakeref_is_locked(const struct flake_ref *ref)
{
	const char *rev = flakeref_string(ref, "rev");
	const char *hash = flakeref_string(ref, "narHash");

	if (flakeref_is(ref, "git") || flakeref_is(ref, "hg"))
		return rev && strspn(rev, "0") < strlen(rev);
	if (flakeref_is(ref, "path") || flakeref_is(ref, "tarball") ||
	    flakeref_is(ref, "file"))
		return hash != NULL;
	if (flakeref_is(ref, "github") || flakeref_is(ref, "gitlab") ||
	    flakeref_is(ref, "sourcehut"))
		return rev != NULL; /* trust-tarballs-from-git-forges */
	return false;
}

bool flakeref_is_id(const char *text, size_t len)
{
	if (!len || !isalpha((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_' &&
		    text[i] != '-')
			return false;
	return true;
}

bool flakeref_is_ref_name(const char *text)
{
	int valid = 0;

	/* libgit2 lets these two pass. */
	if (!strcmp(text, "@") || strchr(text, '\177'))
		return false;
	git_libgit2_init();
	if (git_reference_name_is_valid(&valid, text) == 0 && valid)
		return true;
	if (git_branch_name_is_valid(&valid, text) == 0 && valid)
		return true;
	return git_tag_name_is_valid(&valid, text) == 0 && valid;
}

/* --- text to reference --- */

static bool exists(const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	return snprintf(path, sizeof(path), "%s/%s",
			strcmp(folder, "/") ? folder : "",
			name) < sizeof(path) &&
	       lstat(path, &st) == 0;
}

static int from_url(struct eval *ev, struct url *url, bool is_file,
		    struct flake_ref *ref, const char **fragment)
{
	const char *dir = url_param(url, "dir");

	url_drop_param(url, "dir");
	*fragment = url->fragment;
	url->fragment = "";
	if (flakeref_from_url(ev, url, is_file, ref) < 0)
		return -1;
	ref->dir = dir ? dir : "";
	return 0;
}

/* Take "." and ".." out of an absolute path, as text. */
static const char *clean_path(struct eval *ev, const char *base,
			      const char *path)
{
	struct path *p;
	struct path root = { .source = source_root(ev), .len = 1 };

	p = source_join(ev, &root, path[0] == '/' ? "" : base,
			path[0] == '/' ? 0 : strlen(base));
	if (p)
		p = source_join(ev, p, path, strlen(path));
	return p ? source_text(ev, p) : NULL;
}

/* Up from path to the flake, and further to the repository: path becomes the
 * repository's folder and *dir what is below. 1 if there is a repository. */
static int find_repository(struct eval *ev, char *path, bool allow_missing,
			   const char **dir)
{
	char *cut, *slash;
	struct stat st, start;

	if (lstat(path, &start) < 0) {
		eval_fail(ev, ERROR_IO, 0, "getting status of \"%s\": %s", path,
			  strerror(errno));
		return -1;
	}
	if (S_ISLNK(start.st_mode) && stat(path, &start) < 0)
		start.st_mode = 0;
	if (!S_ISDIR(start.st_mode)) {
		slash = strrchr(path, '/');
		if (strcmp(slash, "/flake.nix")) {
			eval_fail(ev, ERROR_PARSE, 0,
				  "path \"%s\" is not a flake (because it's "
				  "not a directory)",
				  path);
			return -1;
		}
		*slash = '\0';
	}
	while (!allow_missing && !exists(path, "flake.nix")) {
		if (exists(path, ".git")) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "path \"%s\" is not part of a flake (neither "
				  "it nor its parent directories contain a "
				  "'flake.nix' file)",
				  path);
			return -1;
		}
		if (lstat(path, &st) == 0 && st.st_dev != start.st_dev) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "unable to find a flake before encountering "
				  "filesystem boundary at \"%s\"",
				  path);
			return -1;
		}
		slash = strrchr(path, '/');
		if (!slash || slash == path) {
			eval_fail(ev, ERROR_PARSE, 0,
				  "could not find a flake.nix file");
			return -1;
		}
		*slash = '\0';
	}
	cut = path + strlen(path);
	for (char *end = cut; end > path;) {
		if (exists(path, ".git")) {
			*dir = end < cut ? end + 1 : "";
			return 1;
		}
		if (end < cut)
			*end = '/';
		while (end > path && *--end != '/')
			;
		if (end > path)
			*end = '\0';
	}
	/* Nothing: put the path together again. */
	*dir = "";
	return 0;
}

static int parse_path(struct eval *ev, const char *text,
		      const struct flakeref_options *options,
		      struct flake_ref *ref, const char **fragment)
{
	size_t n = strcspn(text, "?#"), m;
	const char *rest = text + n, *path, *dir = "";
	struct url url = { .scheme = "path", .host = "", .fragment = "" };
	char copy[PATH_MAX];
	int rc;

	path = arena_strndup(ev->arena, text, n);
	if (!path) {
		eval_fail_memory(ev);
		return -1;
	}
	if (*rest == '?') {
		m = strcspn(rest + 1, "#");
		if (url_parse_query(ev, &url, rest + 1, m, true) < 0)
			return -1;
		rest += m + 1;
	}
	if (*rest == '#') {
		url.fragment = url_decode(ev, rest + 1, strlen(rest + 1));
		if (!url.fragment)
			return -1;
	}

	if (!options->base) {
		if (!options->preserve_relative && path[0] != '/') {
			eval_fail(ev, ERROR_PARSE, 0,
				  "flake reference '%s' is not an absolute "
				  "path",
				  text);
			return -1;
		}
	} else {
		path = clean_path(ev, options->base, path);
		if (!path)
			return -1;
		if (strlen(path) >= sizeof(copy)) {
			eval_fail(ev, ERROR_PARSE, 0, "path '%s' is too long",
				  path);
			return -1;
		}
		/* Links are followed, as Nix does. */
		if (!realpath(path, copy))
			strcpy(copy, path);
		rc = options->is_file
			     ? 0
			     : find_repository(ev, copy, options->allow_missing,
					       &dir);
		if (rc < 0)
			return -1;
		if (rc) {
			url.scheme = "git+file";
			if (*dir && url_param(&url, "dir")) {
				eval_fail(ev, ERROR_EVAL, 0,
					  "flake URL '%s' has an inconsistent "
					  "'dir' parameter",
					  text);
				return -1;
			}
			dir = arena_strndup(ev->arena, dir, strlen(dir));
			if (*dir && url_set_param(ev, &url, "dir", dir) < 0)
				return -1;
			if (exists(copy, ".git/shallow") &&
			    url_set_param(ev, &url, "shallow", "1") < 0)
				return -1;
		}
		path = arena_strndup(ev->arena, copy, strlen(copy));
	}
	url.has_authority = path[0] == '/';
	if (url_set_file_path(ev, &url, path) < 0)
		return -1;
	return from_url(ev, &url, options->is_file, ref, fragment);
}

/* "nixpkgs", "nixpkgs/23.05", "nixpkgs/23.05/<rev>"; 0 if it is none. */
static size_t id_length(const char *text)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM"
				   "NOPQRSTUVWXYZ0123456789";
	size_t n = strcspn(text, "/#");

	if (!flakeref_is_id(text, n))
		return 0;
	if (text[n] == '/') {
		if (!text[n + 1] ||
		    (!strchr(word, text[n + 1]) && text[n + 1] != '@'))
			return 0;
		n++;
		while (text[n] &&
		       (strchr(word, text[n]) || strchr("_./@+-", text[n])))
			n++;
	}
	if (text[n] == '#') {
		for (const char *p = text + n + 1; *p; p++) {
			if (*p == '%') {
				if (!isxdigit((unsigned char)p[1]) ||
				    !isxdigit((unsigned char)p[2]))
					return 0;
				continue;
			}
			if (!strchr(word, *p) &&
			    !strchr("-._~!$&'\"()*+,;=:@/? ^", *p))
				return 0;
		}
		return n;
	}
	return text[n] ? 0 : n;
}

int flakeref_parse(struct eval *ev, const char *text,
		   const struct flakeref_options *options,
		   struct flake_ref *ref, const char **fragment)
{
	size_t n = id_length(text);
	const char *found = "", *path;
	struct url url = { .scheme = "flake", .host = "", .fragment = "" };
	int rc = -1;

	if (n) {
		path = arena_strndup(ev->arena, text, n);
		found = text[n] ? url_decode(ev, text + n + 1,
					     strlen(text + n + 1))
				: "";
		if (!path || !found || url_set_path(ev, &url, path) < 0)
			return -1;
		rc = flakeref_from_url(ev, &url, options->is_file, ref);
		ref->dir = "";
		if (rc < 0)
			return -1;
	} else {
		rc = url_parse(ev, text, strlen(text), true, &url);
		if (rc == 0 && options->base &&
		    (!strcmp(url.scheme, "path") ||
		     !strcmp(url.scheme, "git+file"))) {
			path = url_file_path(ev, &url);
			if (path && path[0] != '/')
				path = clean_path(ev, options->base, path);
			rc = path ? url_set_path(ev, &url, path) : -1;
		}
		if (rc == 0)
			rc = from_url(ev, &url, options->is_file, ref, &found);
		if (rc < 0 && eval_error(ev)->kind == ERROR_PARSE) {
			/* No URL: perhaps a path. */
			eval_clear_error(ev);
			rc = parse_path(ev, text, options, ref, &found);
		}
		if (rc < 0)
			return -1;
	}
	if (fragment) {
		*fragment = found;
	} else if (*found) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "unexpected fragment '%s' in flake reference '%s'",
			  found, text);
		return -1;
	}
	return 0;
}
