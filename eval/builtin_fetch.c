/* builtin_fetch.c - fetchers and flakes */
#include <string.h>

#include "eval/builtin.h"
#include "eval/context.h"
#include "eval/eval.h"
#include "eval/fetch.h"
#include "eval/flake.h"
#include "eval/hash.h"
#include "eval/storepath.h"

/* --- references --- */

static const char *text_of(struct eval *ev, const struct string *s)
{
	const char *copy = arena_strndup(ev->arena, s->bytes, s->len);

	if (!copy)
		eval_fail_memory(ev);
	return copy;
}

static value fail_negative(struct eval *ev, const char *who, const char *name,
			   int64_t n)
{
	return eval_fail(
		ev, ERROR_EVAL, 0, "negative value given for %s%s%s%s%s: %lld",
		who ? "'" : "flake ref attr ", who ? who : "",
		who ? "' argument '" : "", name, who ? "'" : "", (long long)n);
}

/* A string, Boolean or number as an attribute. 1, 0 if it is none, -1. */
static int read_simple(struct eval *ev, const char *who, const char *name,
		       value v, struct flake_ref *ref)
{
	struct ref_attr a = { .name = name };

	if (value_tag(v) == TAG_STRING) {
		a.text = text_of(ev, value_string(v));
		if (!a.text)
			return -1;
	} else if (value_is_bool(v)) {
		a.kind = REF_BOOL;
		a.number = v == VALUE_TRUE;
	} else if (value_is_int(v)) {
		a.kind = REF_INT;
		a.number = (uint64_t)value_integer(v);
		if (value_integer(v) < 0) {
			fail_negative(ev, who, name, value_integer(v));
			return -1;
		}
	} else {
		return 0;
	}
	return flakeref_set(ev, ref, a) < 0 ? -1 : 1;
}

static value ref_to_value(struct eval *ev, const struct flake_ref *ref)
{
	struct attrs_builder b;

	attrs_builder_init(&b, ev, ref->len + 1);
	for (size_t i = 0; i < ref->len; i++) {
		const struct ref_attr *a = &ref->attrs[i];
		symbol sym = symbol_intern(a->name, strlen(a->name));
		value v = a->kind == REF_STRING ? value_new_cstring(ev, a->text)
			  : a->kind == REF_INT
				  ? value_new_int(ev, (int64_t)a->number)
				  : value_bool(a->number);

		if (!v || !sym || attrs_builder_add(&b, sym, 0, v) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&b, true));
}

static value parse_flake_ref(struct eval *ev, pos_t pos, value *args)
{
	struct flakeref_options options = { .allow_missing = true };
	struct string *s =
		eval_string_plain(ev, &args[0], pos,
				  "while evaluating the argument passed to "
				  "builtins.parseFlakeRef");
	struct flake_ref ref;

	if (!s || flakeref_parse(ev, s->bytes, &options, &ref, NULL) < 0)
		return 0;
	if (*ref.dir && flakeref_set_string(ev, &ref, "dir", ref.dir) < 0)
		return 0;
	return ref_to_value(ev, &ref);
}

static value flake_ref_to_string(struct eval *ev, pos_t pos, value *args)
{
	struct attrs *set =
		eval_attrs(ev, &args[0], NO_POS,
			   "while evaluating the argument passed to "
			   "builtins.flakeRefToString");
	struct flake_ref ref = { .dir = "" };
	const char *text, *dir;

	set = set ? attrs_flat(ev, set) : NULL;
	for (size_t i = 0; set && i < attrs_len(set); i++) {
		symbol sym = shape_name(set->shape, i);
		value v = value_force(ev, &set->values[i]);
		int rc;

		rc = v ? read_simple(ev, NULL, symbol_bytes(sym), v, &ref) : -1;
		if (rc == 0)
			eval_fail(ev, ERROR_EVAL, 0,
				  "flake reference attribute sets may only "
				  "contain integers, Booleans, and strings, "
				  "but attribute '%s' is %s",
				  symbol_bytes(sym), value_type_name(ev, v));
		if (rc <= 0)
			return 0;
	}
	if (!set)
		return 0;
	dir = flakeref_string(&ref, "dir");
	flakeref_drop(ev, &ref, "dir");
	ref.dir = dir ? dir : "";
	if (flakeref_check(ev, &ref) < 0)
		return 0;
	text = flakeref_print(ev, &ref, true);
	return text ? value_new_cstring(ev, text) : 0;
}

static value get_flake(struct eval *ev, pos_t pos, value *args)
{
	struct flakeref_options options = { .allow_missing = true };
	struct string *s = eval_string_plain(
		ev, &args[0], pos,
		"while evaluating the argument passed to builtins.getFlake");
	struct flake *flake;
	struct flake_ref ref;

	if (!s || flakeref_parse(ev, s->bytes, &options, &ref, NULL) < 0)
		return 0;
	if (ev->settings.pure && !flakeref_is_locked(&ref))
		return eval_fail(ev, ERROR_PURITY, 0,
				 "cannot call 'getFlake' on unlocked flake "
				 "reference '%s', at %s (use --impure to "
				 "override)",
				 s->bytes, flake_show_pos(ev, pos));
	flake = flake_load_ref(ev, &ref, NULL);
	return flake ? flake_result(ev, flake) : 0;
}

/* --- fetchTree, fetchGit --- */

struct fetcher {
	const char *name;
	bool is_git;
};

static int set_bool(struct eval *ev, struct flake_ref *ref, const char *name)
{
	struct ref_attr a = { .name = name, .kind = REF_BOOL, .number = 1 };

	return flakeref_set(ev, ref, a);
}

/* fetchGit { ... } leaves out what .gitattributes says, unless submodules are
 * asked for. */
static int set_export_ignore(struct eval *ev, struct flake_ref *ref)
{
	if (flakeref_attr(ref, "exportIgnore") ||
	    flakeref_bool(ref, "submodules"))
		return 0;
	return set_bool(ev, ref, "exportIgnore");
}

static int read_fetch_attr(struct eval *ev, const struct fetcher *f, symbol sym,
			   pos_t pos, value *cell, struct flake_ref *ref)
{
	const char *name = symbol_bytes(sym), *text;
	value v = value_force(ev, cell);
	struct url url;
	int rc;

	if (!v)
		return -1;
	if (value_is_path(v)) {
		v = eval_coerce(ev, cell, pos, "", 0);
		if (!v)
			return -1;
	}
	if (!strcmp(name, "publicKeys"))
		return flakeref_fail_verified(ev);
	rc = read_simple(ev, f->name, name, v, ref);
	if (rc == 0)
		eval_fail(ev, ERROR_EVAL, 0,
			  "argument '%s' to '%s' is %s while a string, Boolean "
			  "or integer is expected",
			  name, f->name, value_type_name(ev, v));
	text = flakeref_string(ref, "url");
	if (rc > 0 && f->is_git && text && !strcmp(name, "url")) {
		if (url_parse_git(ev, text, &url) < 0)
			return -1;
		text = url_print(ev, &url);
		if (!text || flakeref_set_string(ev, ref, "url", text) < 0)
			return -1;
	}
	return rc > 0 ? 0 : -1;
}

static int read_fetch_type(struct eval *ev, const struct fetcher *f,
			   struct attrs *set, pos_t pos, struct flake_ref *ref)
{
	value *cell = attrs_find(set, SYM_type);
	struct string *s;
	char context[80];

	if (cell && f->is_git) {
		eval_fail(ev, ERROR_EVAL, pos, "unexpected argument 'type'");
		return -1;
	}
	if (!cell && !f->is_git) {
		eval_fail(ev, ERROR_EVAL, pos,
			  "argument 'type' is missing in call to '%s'",
			  f->name);
		return -1;
	}
	if (!cell)
		return flakeref_set_string(ev, ref, "type", "git");
	snprintf(context, sizeof(context),
		 "while evaluating the `type` argument passed to '%s'",
		 f->name);
	s = eval_string_plain(ev, cell, attrs_pos(set, SYM_type), context);
	return s ? flakeref_set_string(ev, ref, "type", text_of(ev, s)) : -1;
}

static int read_fetch_set(struct eval *ev, const struct fetcher *f,
			  struct attrs *set, pos_t pos, struct flake_ref *ref)
{
	set = attrs_flat(ev, set);
	if (!set || read_fetch_type(ev, f, set, pos, ref) < 0)
		return -1;
	for (size_t i = 0; i < attrs_len(set); i++) {
		symbol sym = shape_name(set->shape, i);

		if (sym != SYM_type &&
		    read_fetch_attr(ev, f, sym, shape_pos(set->shape, i),
				    &set->values[i], ref) < 0)
			return -1;
	}
	if (f->is_git && set_export_ignore(ev, ref) < 0)
		return -1;
	if (!f->is_git && flakeref_is(ref, "git") &&
	    !flakeref_attr(ref, "shallow") && set_bool(ev, ref, "shallow") < 0)
		return -1;
	if (!f->is_git && flakeref_attr(ref, "name")) {
		eval_fail(ev, ERROR_EVAL, pos,
			  "argument 'name' isn’t supported in call to '%s'",
			  f->name);
		return -1;
	}
	return flakeref_check(ev, ref);
}

static int read_fetch_string(struct eval *ev, const struct fetcher *f,
			     value *slot, pos_t pos, struct flake_ref *ref)
{
	char context[80];
	const char *text;
	struct url url;
	value v;

	snprintf(context, sizeof(context),
		 "while evaluating the first argument passed to '%s'", f->name);
	v = eval_coerce(ev, slot, pos, context, 0);
	text = v ? text_of(ev, value_string(v)) : NULL;
	if (!text)
		return -1;
	if (f->is_git) {
		if (url_parse_git(ev, text, &url) < 0)
			return -1;
		text = url_print(ev, &url);
		if (!text || flakeref_set_string(ev, ref, "type", "git") < 0 ||
		    flakeref_set_string(ev, ref, "url", text) < 0 ||
		    set_export_ignore(ev, ref) < 0)
			return -1;
		return flakeref_check(ev, ref);
	}
	if (!ev->settings.flakes) {
		eval_fail(ev, ERROR_EVAL, pos,
			  "passing a string argument to '%s' requires the "
			  "'flakes' experimental feature",
			  f->name);
		return -1;
	}
	if (url_parse(ev, text, strlen(text), false, &url) < 0)
		return -1;
	return flakeref_from_url(ev, &url, false, ref);
}

static value fetch_tree_of(struct eval *ev, pos_t pos, value *args,
			   const struct fetcher *f)
{
	struct flake_ref ref = { .dir = "" };
	value v = value_force(ev, &args[0]);
	struct input_tree *tree;
	const char *dir = "";
	int rc;

	if (!v)
		return 0;
	rc = value_tag(v) == TAG_ATTRS
		     ? read_fetch_set(ev, f, value_attrs(v), pos, &ref)
		     : read_fetch_string(ev, f, &args[0], pos, &ref);
	if (rc < 0)
		return 0;
	if (!ev->settings.pure && flakeref_is(&ref, "indirect") &&
	    registry_resolve(ev, REGISTRY_LIMITED, &ref, &dir) < 0)
		return 0;
	if (ev->settings.pure && !flakeref_is_locked(&ref) &&
	    !flakeref_attr(&ref, "narHash")) {
		const char *text = flakeref_print(ev, &ref, false);

		return text ? eval_fail(ev, ERROR_PURITY, pos,
					"in pure evaluation mode, '%s' doesn't "
					"fetch unlocked input '%s'",
					f->name, text)
			    : 0;
	}
	if (flakeref_bool(&ref, "__final"))
		return eval_fail(ev, ERROR_EVAL, 0,
				 "input '%s' is not allowed to use the "
				 "'__final' attribute",
				 flakeref_print(ev, &ref, false));
	if (!flakeref_print(ev, &ref, false))
		return 0;
	tree = input_open(ev, &ref);
	return tree ? input_info(ev, tree, f->is_git ? INPUT_EMPTY_REV : 0) : 0;
}

static value fetch_tree(struct eval *ev, pos_t pos, value *args)
{
	static const struct fetcher fetcher = { "fetchTree", false };

	return fetch_tree_of(ev, pos, args, &fetcher);
}

static value fetch_git_tree(struct eval *ev, pos_t pos, value *args)
{
	static const struct fetcher fetcher = { "fetchGit", true };

	return fetch_tree_of(ev, pos, args, &fetcher);
}

/* Its arguments are checked as Nix checks them; nothing is fetched, for that
 * takes the program hg, which no worker may run. */
static value fetch_mercurial(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]), url = 0;
	bool has_rev = false;
	struct attrs *set;

	if (!v)
		return 0;
	set = value_tag(v) == TAG_ATTRS ? attrs_flat(ev, value_attrs(v)) : NULL;
	if (value_tag(v) != TAG_ATTRS)
		url = eval_coerce(ev, &args[0], pos,
				  "while evaluating the first argument passed "
				  "to builtins.fetchMercurial",
				  0);
	for (size_t i = 0; set && i < attrs_len(set); i++) {
		value *cell;
		symbol sym = attrs_sorted(ev, set, i, &cell);
		pos_t at = attrs_pos(set, sym);
		const char *name = symbol_bytes(sym);

		if (!strcmp(name, "url")) {
			url = eval_coerce(ev, cell, at,
					  "while evaluating the `url` "
					  "attribute passed to "
					  "builtins.fetchMercurial",
					  0);
			if (!url)
				return 0;
		} else if (!strcmp(name, "rev")) {
			struct string *s = eval_string_plain(
				ev, cell, at,
				"while evaluating the `rev` attribute passed "
				"to builtins.fetchMercurial");

			if (!s)
				return 0;
			has_rev = s->len == 40 &&
				  strspn(s->bytes, "0123456789abcdefABCDEF") ==
					  40;
		} else if (!strcmp(name, "name")) {
			if (!eval_string_plain(ev, cell, at,
					       "while evaluating the `name` "
					       "attribute passed to "
					       "builtins.fetchMercurial"))
				return 0;
		} else {
			return eval_fail(ev, ERROR_EVAL, at,
					 "unsupported argument '%s' to "
					 "'fetchMercurial'",
					 name);
		}
	}
	if (eval_error(ev))
		return 0;
	if (set && (!url || !value_string(url)->len))
		return eval_fail(ev, ERROR_EVAL, pos,
				 "'url' argument required");
	if (ev->settings.pure && !has_rev)
		return eval_fail(ev, ERROR_PURITY, 0,
				 "in pure evaluation mode, 'fetchMercurial' "
				 "requires a Mercurial revision");
	return eval_fail(ev, ERROR_FETCH, 0,
			 "flakefs does not fetch Mercurial repositories "
			 "('%s')",
			 value_string(url)->bytes);
}

/* --- fetchurl, fetchTarball --- */

struct download {
	const char *who;
	bool unpack;
	const char *url, *name;
	bool has_hash, has_name, is_set;
	struct hash hash;
};

static int read_download_attr(struct eval *ev, symbol sym, pos_t pos,
			      value *cell, struct download *d)
{
	const char *name = symbol_bytes(sym);
	struct buf err = BUF_INIT;
	struct string *s;
	int rc = 0;

	if (!strcmp(name, "url")) {
		s = eval_string_plain(ev, cell, pos,
				      "while evaluating the url we should "
				      "fetch");
		d->url = s ? text_of(ev, s) : NULL;
		return d->url ? 0 : -1;
	}
	if (!strcmp(name, "name")) {
		s = eval_string_plain(ev, cell, pos,
				      "while evaluating the name of the "
				      "content we should fetch");
		d->name = s ? text_of(ev, s) : NULL;
		d->has_name = true;
		return d->name ? 0 : -1;
	}
	if (strcmp(name, "sha256") != 0) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "unsupported argument '%s' to '%s'", name, d->who);
		return -1;
	}
	s = eval_string_plain(ev, cell, pos,
			      "while evaluating the sha256 of the content we "
			      "should fetch");
	if (!s)
		return -1;
	rc = hash_parse_or_empty(s->bytes, s->len, HASH_SHA256, &d->hash, &err);
	if (rc < 0)
		eval_fail(ev, ERROR_EVAL, 0, "%s", buf_text(&err));
	buf_release(&err);
	d->has_hash = true;
	return rc;
}

static int read_download(struct eval *ev, value *slot, struct download *d)
{
	value v = value_force(ev, slot);
	struct attrs *set;
	struct string *s;

	if (!v)
		return -1;
	if (value_tag(v) != TAG_ATTRS) {
		s = eval_string_plain(ev, slot, NO_POS,
				      "while evaluating the url we should "
				      "fetch");
		d->url = s ? text_of(ev, s) : NULL;
		return d->url ? 0 : -1;
	}
	d->is_set = true;
	set = attrs_flat(ev, value_attrs(v));
	for (size_t i = 0; set && i < attrs_len(set); i++) {
		if (read_download_attr(ev, shape_name(set->shape, i),
				       shape_pos(set->shape, i),
				       &set->values[i], d) < 0)
			return -1;
	}
	if (set && !d->url)
		eval_fail(ev, ERROR_EVAL, 0, "'url' argument required");
	return d->url ? 0 : -1;
}

/* The last part of a URL or path, as Nix's baseNameOf(). */
static const char *base_name(struct eval *ev, const char *text)
{
	size_t len = strlen(text), start;

	while (len && text[len - 1] == '/')
		len--;
	for (start = len; start && text[start - 1] != '/'; start--)
		;
	return arena_strndup(ev->arena, text + start, len - start);
}

static int check_name(struct eval *ev, const struct download *d)
{
	struct buf err = BUF_INIT;
	int rc = storepath_check_name(d->name, strlen(d->name), &err);
	const char *end = "so that it can create a valid store path.";

	if (rc == 0)
		return 0;
	if (d->has_name)
		eval_fail(ev, ERROR_EVAL, 0,
			  "invalid store path name when fetching URL '%s': "
			  "%s. Please change the value for the 'name' "
			  "attribute passed to '%s', %s",
			  d->url, buf_text(&err), d->who, end);
	else if (d->is_set)
		eval_fail(ev, ERROR_EVAL, 0,
			  "invalid store path name when fetching URL '%s': "
			  "%s. Please add a valid 'name' attribute to the "
			  "argument for '%s', %s",
			  d->url, buf_text(&err), d->who, end);
	else
		eval_fail(ev, ERROR_EVAL, 0,
			  "invalid store path name when fetching URL '%s': "
			  "%s. Please pass an attribute set with 'url' and "
			  "'name' attributes to '%s',  %s",
			  d->url, buf_text(&err), d->who, end);
	buf_release(&err);
	return -1;
}

/* An archive's URL must be one; a file's goes to libcurl as it is. */
static int check_url(struct eval *ev, const struct download *d)
{
	struct url url;

	if (d->unpack)
		return url_parse(ev, d->url, strlen(d->url), false, &url);
	if (strchr(d->url, ':'))
		return 0;
	eval_fail(ev, ERROR_EVAL, 0, "URL '%s' doesn't have a scheme", d->url);
	return -1;
}

static value download(struct eval *ev, value *args, struct download *d)
{
	const struct context *context;
	struct source *source;
	struct buf url = BUF_INIT;
	symbol path;

	if (read_download(ev, &args[0], d) < 0)
		return 0;
	if (d->unpack && !strncmp(d->url, "channel:", 8)) {
		buf_add_format(&url,
			       "https://channels.nixos.org/%s/nixexprs.tar.xz",
			       d->url + 8);
		d->url = arena_strndup(ev->arena, buf_text(&url), url.len);
		buf_release(&url);
	}
	if (!d->name || !*d->name)
		d->name = base_name(ev, d->url);
	if (!d->name)
		return eval_fail_memory(ev);
	if (check_name(ev, d) < 0)
		return 0;
	if (ev->settings.pure && !d->has_hash)
		return eval_fail(ev, ERROR_PURITY, 0,
				 "in pure evaluation mode, '%s' requires a "
				 "'sha256' argument",
				 d->who);
	if (check_url(ev, d) < 0)
		return 0;
	source = fetch_url(ev, d->url, d->unpack, d->name,
			   d->has_hash ? &d->hash : NULL);
	path = source ? symbol_intern(source->prefix, source->prefix_len) : 0;
	context = path ? context_of(ev, CONTEXT_PATH, path, 0) : NULL;
	if (!context)
		return eval_error(ev) ? 0 : eval_fail_memory(ev);
	return value_new_string(ev, source->prefix, source->prefix_len,
				context);
}

static value fetchurl(struct eval *ev, pos_t pos, value *args)
{
	struct download d = { .who = "fetchurl" };

	return download(ev, args, &d);
}

static value fetch_tarball(struct eval *ev, pos_t pos, value *args)
{
	struct download d = {
		.who = "fetchTarball",
		.unpack = true,
		.name = "source",
	};

	return download(ev, args, &d);
}

const struct builtin builtin_fetch_table[] = {
	{
		.name = "fetchGit",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "fetchGit args: the files of a git repository: a set "
		       "with outPath, rev, lastModified, ...",
		.run = fetch_git_tree,
	},
	{
		.name = "fetchMercurial",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "fetchMercurial args: always an error here.",
		.run = fetch_mercurial,
	},
	{
		.name = "fetchTarball",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "fetchTarball args: the store path of an archive's "
		       "files; args is a URL or { url, sha256, name }.",
		.run = fetch_tarball,
	},
	{
		.name = "fetchTree",
		.arity = 1,
		.flags = BUILTIN_GLOBAL | BUILTIN_FLAKES,
		.doc = "fetchTree input: the files that a reference means, "
		       "given as a set or a URL.",
		.run = fetch_tree,
	},
	{
		.name = "fetchurl",
		.arity = 1,
		.doc = "fetchurl args: the store path of a file; args is a URL "
		       "or { url, sha256, name }.",
		.run = fetchurl,
	},
	{
		.name = "flakeRefToString",
		.arity = 1,
		.flags = BUILTIN_FLAKES,
		.doc = "flakeRefToString attrs: a flake reference as a URL.",
		.run = flake_ref_to_string,
	},
	{
		.name = "getFlake",
		.arity = 1,
		.flags = BUILTIN_FLAKES,
		.doc = "getFlake ref: the outputs and metadata of a flake.",
		.run = get_flake,
	},
	{
		.name = "parseFlakeRef",
		.arity = 1,
		.flags = BUILTIN_FLAKES,
		.doc = "parseFlakeRef text: the attributes of a flake "
		       "reference.",
		.run = parse_flake_ref,
	},
	{ .name = NULL },
};
