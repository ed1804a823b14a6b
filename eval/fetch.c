#include "eval/fetch.h"

#include <stdio.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/trace.h"

bool fetch_cache_path(struct eval *ev, char out[PATH_MAX],
		      const struct storepath *path)
{
	const char *cache = trace_getenv(ev, "XDG_CACHE_HOME");
	const char *home = trace_getenv(ev, "HOME");
	const char *name = path->text + STOREPATH_PREFIX_LEN;
	int n;

	if (cache && *cache)
		n = snprintf(out, PATH_MAX, "%s/flakefs/sources/%s", cache,
			     name);
	else
		n = snprintf(out, PATH_MAX, "%s/.cache/flakefs/sources/%s",
			     home ? home : "", name);
	return n < PATH_MAX;
}

struct input_tree *fetch_input(struct eval *ev, const struct flake_ref *ref)
{
	eval_fail(ev, ERROR_FETCH, 0, "cannot fetch '%s'",
		  flakeref_print(ev, ref, true));
	return NULL;
}

int fetch_git(struct eval *ev, const struct flake_ref *ref,
	      const struct url *url, char out[PATH_MAX])
{
	eval_fail(ev, ERROR_FETCH, 0, "cannot fetch '%s'",
		  flakeref_print(ev, ref, true));
	return -1;
}

struct source *fetch_url(struct eval *ev, const char *url, bool unpack,
			 const char *name, const struct hash *expected)
{
	eval_fail(ev, ERROR_FETCH, 0, "cannot fetch '%s'", url);
	return NULL;
}
