#include "eval/registry.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/fetch_private.h"
#include "eval/source_private.h"
#include "eval/trace.h"

/* Where it leads round in circles. */
#define STEPS_MAX 100

/* Nix's default of the setting flake-registry. */
#define GLOBAL_URL "https://channels.nixos.org/flake-registry.json"

struct entry {
	struct flake_ref from, to;
	bool exact;
};

enum { USER, SYSTEM, GLOBAL, KINDS };

struct registry {
	size_t len;
	struct entry *entries;
};

struct registry_set {
	struct registry of[KINDS];
	bool asked; /* the network for the global one */
};

static int read_ref(struct eval *ev, json_t *from, struct flake_ref *ref)
{
	const char *name, *dir;
	json_t *v;

	*ref = (struct flake_ref){ .dir = "" };
	json_object_foreach(from, name, v)
	{
		struct ref_attr a = {
			.name = arena_strndup(ev->arena, name, strlen(name)),
		};

		if (json_is_string(v)) {
			const char *s = json_string_value(v);

			a.text = arena_strndup(ev->arena, s, strlen(s));
		} else if (json_is_integer(v)) {
			a.kind = REF_INT;
			a.number = (uint64_t)json_integer_value(v);
		} else if (json_is_boolean(v)) {
			a.kind = REF_BOOL;
			a.number = json_is_true(v);
		} else {
			return -1;
		}
		if (!a.name || flakeref_set(ev, ref, a) < 0)
			return -1;
	}
	dir = flakeref_string(ref, "dir");
	flakeref_drop(ev, ref, "dir");
	ref->dir = dir ? dir : "";
	return flakeref_check(ev, ref);
}

static void warn(struct eval *ev, const char *path, const char *why)
{
	if (ev->settings.messages)
		fprintf(ev->settings.messages,
			"warning: cannot read flake registry '%s': %s\n", path,
			why);
}

/* A registry that cannot be read is empty, as in Nix. */
static void parse_registry(struct eval *ev, const char *name, const char *bytes,
			   size_t len, struct registry *out)
{
	json_t *json, *flakes, *v;
	json_error_t error;
	size_t i;

	json = json_loadb(bytes, len, 0, &error);
	if (!json) {
		warn(ev, name, error.text);
		return;
	}
	if (json_integer_value(json_object_get(json, "version")) != 2) {
		warn(ev, name, "unsupported version");
		goto out;
	}
	flakes = json_object_get(json, "flakes");
	out->entries = eval_alloc(ev, (json_array_size(flakes) + 1) *
					      sizeof(*out->entries));
	if (!out->entries)
		goto out;
	json_array_foreach(flakes, i, v)
	{
		struct entry *e = &out->entries[out->len];

		e->exact = json_is_true(json_object_get(v, "exact"));
		if (read_ref(ev, json_object_get(v, "from"), &e->from) < 0 ||
		    read_ref(ev, json_object_get(v, "to"), &e->to) < 0) {
			warn(ev, name,
			     eval_error(ev) ? eval_error(ev)->message
					    : "unsupported attribute");
			eval_clear_error(ev);
			break;
		}
		out->len++;
	}
out:
	json_decref(json);
}

static void read_registry(struct eval *ev, const char *path,
			  struct registry *out)
{
	struct source *machine = source_machine(ev);
	char real[PATH_MAX];
	struct source_stat st;
	const char *bytes;
	size_t len;

	if (machine && !realpath(path, real)) {
		/* That there is none is part of what was read. */
		source_stat(ev, machine, path, &st);
	} else if (machine &&
		   source_read(ev, machine, real, &bytes, &len) == 0) {
		trace_placed(ev, path, real);
		parse_registry(ev, path, bytes, len, out);
	}
	eval_clear_error(ev);
}

/* The global registry, from where nix.conf says; once. -1 with the error
 * pending if it can't be had. */
static int download_global(struct eval *ev, struct registry_set *set)
{
	const char *url = fetch_setting(ev, "flake-registry");
	struct source *source;
	const char *bytes;
	size_t len;

	if (set->asked)
		return 0;
	set->asked = true;
	url = url ? url : GLOBAL_URL;
	if (set->of[GLOBAL].len || !*url || *url == '/')
		return 0;
	source = fetch_url(ev, url, false, "flake-registry.json", NULL);
	if (!source)
		return -1;
	if (source_read(ev, source, "/", &bytes, &len) == 0)
		parse_registry(ev, url, bytes, len, &set->of[GLOBAL]);
	return 0;
}

/* $variable/rest, or $HOME/fallback/rest. */
static bool home_path(struct eval *ev, char out[PATH_MAX], const char *variable,
		      const char *fallback, const char *rest)
{
	const char *folder = trace_getenv(ev, variable);
	const char *home = trace_getenv(ev, "HOME");
	int n;

	if (folder && *folder)
		n = snprintf(out, PATH_MAX, "%s/%s", folder, rest);
	else
		n = snprintf(out, PATH_MAX, "%s/%s/%s", home ? home : "/",
			     fallback, rest);
	return n < PATH_MAX;
}

static struct registry_set *read_all(struct eval *ev)
{
	const char *conf = trace_getenv(ev, "NIX_CONF_DIR");
	struct source_set *sources = source_set_of(ev);
	struct registry_set *set;
	const char *global;
	char path[PATH_MAX];

	if (!sources || sources->registries)
		return sources ? sources->registries : NULL;
	set = eval_alloc(ev, sizeof(*set));
	if (!set)
		return NULL;
	sources->registries = set;
	memset(set, 0, sizeof(*set));
	if (home_path(ev, path, "XDG_CONFIG_HOME", ".config",
		      "nix/registry.json"))
		read_registry(ev, path, &set->of[USER]);
	if (snprintf(path, sizeof(path), "%s/registry.json",
		     conf && *conf ? conf : "/etc/nix") < sizeof(path))
		read_registry(ev, path, &set->of[SYSTEM]);
	global = fetch_setting(ev, "flake-registry");
	if (global && *global == '/')
		read_registry(ev, global, &set->of[GLOBAL]);
	else if (home_path(ev, path, "XDG_CACHE_HOME", ".cache",
			   "flakefs/flake-registry.json"))
		read_registry(ev, path, &set->of[GLOBAL]);
	if (!set->of[GLOBAL].len && !global &&
	    home_path(ev, path, "XDG_CACHE_HOME", ".cache",
		      "nix/flake-registry.json"))
		read_registry(ev, path, &set->of[GLOBAL]);
	return set;
}

/* Does the entry speak of ref? Its own ref and rev need not be ref's. */
static bool is_about(struct eval *ev, const struct entry *e,
		     const struct flake_ref *ref)
{
	struct flake_ref from = e->from, plain = *ref;

	from.dir = plain.dir = "";
	if (flakeref_equal(&from, &plain))
		return true;
	if (e->exact)
		return false;
	flakeref_drop(ev, &plain, "ref");
	flakeref_drop(ev, &plain, "rev");
	return flakeref_equal(&from, &plain);
}

/* Hand ref's branch and revision on to what the entry leads to. */
static int apply(struct eval *ev, const struct entry *e, struct flake_ref *ref)
{
	const char *name = flakeref_string(&e->from, "ref")
				   ? NULL
				   : flakeref_string(ref, "ref");
	const char *rev = flakeref_string(&e->from, "rev")
				  ? NULL
				  : flakeref_string(ref, "rev");
	struct flake_ref to = e->to;
	bool forge = flakeref_is(&to, "github") || flakeref_is(&to, "gitlab") ||
		     flakeref_is(&to, "sourcehut");

	to.dir = "";
	if (!flakeref_print(ev, &to, false))
		return -1;
	if (!e->exact && (name || rev)) {
		if (forge && name && rev) {
			eval_fail(ev, ERROR_PARSE, 0,
				  "cannot apply both a commit hash (%s) and a "
				  "branch/tag name ('%s') to input '%s'",
				  rev, name, flakeref_print(ev, &to, false));
			return -1;
		}
		if (!forge && !flakeref_is(&to, "git") &&
		    !flakeref_is(&to, "indirect") && !flakeref_is(&to, "hg")) {
			eval_fail(ev, ERROR_EVAL, 0,
				  name ? "don't know how to set branch/tag "
					 "name of input '%s' to '%s'"
				       : "don't know how to set revision of "
					 "input '%s' to '%s'",
				  flakeref_print(ev, &to, false),
				  name ? name : rev);
			return -1;
		}
		if (forge)
			flakeref_drop(ev, &to, name ? "rev" : "ref");
		if ((name && flakeref_set_string(ev, &to, "ref", name) < 0) ||
		    (rev && flakeref_set_string(ev, &to, "rev", rev) < 0))
			return -1;
	}
	if (!e->exact && flakeref_is(&to, "git") && flakeref_attr(&to, "rev") &&
	    !flakeref_attr(&to, "ref")) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "Git input '%s' has a commit hash but no branch/tag "
			  "name",
			  flakeref_print(ev, &to, false));
		return -1;
	}
	*ref = to;
	return 0;
}

int registry_resolve(struct eval *ev, enum registry_use use,
		     struct flake_ref *ref, const char **dir)
{
	/*
	 * Nix asks the global registry alone for inputs. We may not have it:
	 * then the others are better than nothing.
	 */
	static const int all[] = { USER, SYSTEM, GLOBAL };
	static const int limited[] = { GLOBAL, USER, SYSTEM };
	const int *order = use == REGISTRY_ALL ? all : limited;
	struct flake_ref first = *ref;
	struct registry_set *set;
	int steps = 0;

	if (!flakeref_is(ref, "indirect"))
		return 0;
	if (use == REGISTRY_NONE) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "'%s' is an indirect flake reference, but registry "
			  "lookups are not allowed",
			  flakeref_print(ev, ref, false));
		return -1;
	}
	set = read_all(ev);
	if (!set)
		return -1;
restart:
	if (++steps > STEPS_MAX) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "cycle detected in flake registry for '%s'",
			  flakeref_print(ev, ref, false));
		return -1;
	}
	for (int k = 0; k < KINDS; k++) {
		const struct registry *r = &set->of[order[k]];

		/* What an entry led to and is direct, only the registries
		 * that Nix asks may lead further. */
		if (k > 0 && use == REGISTRY_LIMITED &&
		    !flakeref_is(ref, "indirect"))
			break;
		for (size_t i = 0; i < r->len; i++) {
			if (!is_about(ev, &r->entries[i], ref))
				continue;
			if (apply(ev, &r->entries[i], ref) < 0)
				return -1;
			if (*r->entries[i].to.dir)
				*dir = r->entries[i].to.dir;
			goto restart;
		}
	}
	if (flakeref_is(ref, "indirect")) {
		if (!set->asked) {
			if (download_global(ev, set) < 0)
				return -1;
			goto restart;
		}
		eval_fail(ev, ERROR_FETCH, 0,
			  "cannot find flake '%s' in the flake registries",
			  flakeref_print(ev, &first, false));
		return -1;
	}
	return 0;
}
