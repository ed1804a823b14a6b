/* Remote git repositories: bare copies in the cache. */
#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <utime.h>

#include "eval/errand.h"
#include "eval/eval.h"
#include "eval/fetch_private.h"
#include "eval/source_git.h"
#include "eval/trace.h"

#define REFRESH_SECONDS 3600 /* as Nix's tarball-ttl */

static int fail_git(struct eval *ev, const char *url)
{
	const git_error *e = git_error_last();

	eval_fail(ev, ERROR_FETCH, 0, "Failed to fetch git repository '%s': %s",
		  url, e && e->message ? e->message : "unknown git error");
	return -1;
}

/* ssh by its agent, else by the usual key; https by nothing. Each is tried
 * once, or libgit2 asks for ever. */
static int credentials(git_credential **out, const char *url, const char *user,
		       unsigned allowed, void *arg)
{
	int *tried = arg;
	const char *home = getenv("HOME");
	char key[PATH_MAX], public[PATH_MAX + 8];
	struct stat st;

	user = user ? user : "git";
	if (allowed & GIT_CREDENTIAL_USERNAME)
		return git_credential_username_new(out, user);
	if (!(allowed & GIT_CREDENTIAL_SSH_KEY))
		return GIT_EAUTH;
	switch ((*tried)++) {
	case 0:
		if (getenv("SSH_AUTH_SOCK"))
			return git_credential_ssh_key_from_agent(out, user);
		++*tried;
		/* fall through */
	case 1:
		snprintf(key, sizeof(key), "%s/.ssh/id_ed25519",
			 home ? home : "");
		if (lstat(key, &st) < 0)
			snprintf(key, sizeof(key), "%s/.ssh/id_rsa",
				 home ? home : "");
		snprintf(public, sizeof(public), "%s.pub", key);
		return git_credential_ssh_key_new(out, user, public, key, "");
	default:
		return GIT_EAUTH;
	}
}

static git_repository *open_or_make(struct eval *ev, const char *folder)
{
	git_repository *git = NULL;

	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	if (git_repository_open_bare(&git, folder) == 0)
		return git;
	fetch_remove(folder);
	if (git_repository_init(&git, folder, true) < 0)
		fail_git(ev, folder);
	return git;
}

static bool has_commit(git_repository *git, const char *rev)
{
	git_object *object = NULL;
	bool found = git_revparse_single(&object, git, rev) == 0;

	git_object_free(object);
	return found;
}

/* Fetch all branches and tags: libgit2 can't ask for one revision. */
static int fetch_all(struct eval *ev, git_repository *git, const char *url)
{
	static const char *const specs[] = { "+refs/heads/*:refs/heads/*",
					     "+refs/tags/*:refs/tags/*" };
	git_strarray array = { (char **)specs, 2 };
	git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
	git_buf branch = { 0 };
	git_remote *remote = NULL;
	int tried = 0, rc = -1;

	options.callbacks.credentials = credentials;
	options.callbacks.payload = &tried;
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	if (git_remote_create_anonymous(&remote, git, url) < 0 ||
	    git_remote_fetch(remote, &array, &options, NULL) < 0) {
		fail_git(ev, url);
		goto out;
	}
	tried = 0;
	if (git_remote_connect(remote, GIT_DIRECTION_FETCH, &options.callbacks,
			       NULL, NULL) == 0 &&
	    git_remote_default_branch(&branch, remote) == 0)
		git_repository_set_head(git, branch.ptr);
	/* What relative URLs of submodules are relative to. */
	git_remote_set_url(git, "origin", url);
	rc = 0;
out:
	git_buf_dispose(&branch);
	git_remote_free(remote);
	return rc;
}

/* The repository at text (a URL), with rev (NULL: any) in it; name: of the ref,
 * for messages. */
static int have_repository(struct eval *ev, const char *text, const char *rev,
			   const char *name, char out[PATH_MAX])
{
	const char *key;
	git_repository *git;
	struct fetch_job job;
	char mark[PATH_MAX + 16];
	struct stat st;
	int rc = -1;

	if (fetch_begin(&job, ev, text) < 0)
		return -1;
	key = strrchr(job.part, '/') + 1;
	key = arena_strndup(ev->arena, key, strcspn(key, "."));
	if (!key || fetch_cache_file(ev, out, "git", key) < 0)
		goto out;
	git = open_or_make(ev, out);
	if (!git)
		goto out;
	snprintf(mark, sizeof(mark), "%s/flakefs-fetched", out);
	if (rev ? has_commit(git, rev)
		: stat(mark, &st) == 0 &&
			    st.st_mtime + REFRESH_SECONDS > time(NULL)) {
		rc = 0;
	} else if (fetch_all(ev, git, text) == 0) {
		FILE *f = fopen(mark, "we");

		if (f)
			fclose(f);
		rc = 0;
	} else if (!rev && stat(mark, &st) == 0) {
		/* The last state is better than nothing, as in Nix. */
		if (ev->settings.messages)
			fprintf(ev->settings.messages,
				"warning: could not update local clone of Git "
				"repository '%s'; continuing with the most "
				"recent version\n",
				text);
		eval_clear_error(ev);
		rc = 0;
	}
	if (rc == 0 && rev && !has_commit(git, rev)) {
		eval_fail(ev, ERROR_FETCH, 0,
			  "Cannot find Git revision '%s' in ref '%s' of "
			  "repository '%s'! Please make sure that the rev "
			  "exists on the ref you've specified or add allRefs = "
			  "true; to fetchGit.",
			  rev, name ? name : "HEAD", text);
		rc = -1;
	}
	git_repository_free(git);
out:
	fetch_end(&job);
	return rc;
}

int fetch_errand_git(struct eval *ev, struct wire_in *in, struct buf *out)
{
	struct wire_text texts[3];
	const char *kept[3];
	char path[PATH_MAX];

	for (int i = 0; i < 3; i++) {
		texts[i] = wire_get_text(in);
		kept[i] =
			arena_strndup(ev->arena, texts[i].bytes, texts[i].len);
		if (!kept[i]) {
			eval_fail_memory(ev);
			return -1;
		}
	}
	if (have_repository(ev, kept[0], *kept[1] ? kept[1] : NULL,
			    *kept[2] ? kept[2] : NULL, path) < 0)
		return -1;
	buf_add_text(out, path);
	return 0;
}

int fetch_git(struct eval *ev, const struct flake_ref *ref,
	      const struct url *url, char out[PATH_MAX])
{
	const char *rev = flakeref_string(ref, "rev"), *text;
	struct buf request = BUF_INIT, answer = BUF_INIT;
	struct url plain = *url;
	int rc;

	url_drop_param(&plain, "dir");
	text = url_print(ev, &plain);
	if (!text)
		return -1;
	if (!rev)
		trace_passing(ev);
	wire_put_text(&request, wire_text(text));
	wire_put_text(&request, wire_text(rev));
	wire_put_text(&request, wire_text(flakeref_string(ref, "ref")));
	rc = errand_do(ev, ERRAND_GIT, &request, &answer);
	if (rc == 0)
		snprintf(out, PATH_MAX, "%s", buf_text(&answer));
	buf_release(&request);
	buf_release(&answer);
	return rc;
}
