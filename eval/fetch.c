#include "eval/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "eval/errand.h"
#include "eval/eval.h"
#include "eval/fetch_private.h"
#include "eval/nar.h"
#include "eval/source_private.h"

/* What an unlocked reference led to is believed for so long (seconds), as
 * Nix's tarball-ttl. */
#define LOOKUP_TTL 3600

/* What was fetched, and lies in sources/. */
struct fetched {
	char name[256]; /* "<hash>-source" */
	struct hash nar_hash;
	int64_t modified;
	const char *etag, *immutable;
	time_t when;
};

static const char *keep(struct eval *ev, const char *text)
{
	const char *copy = arena_strndup(ev->arena, text, strlen(text));

	if (!copy)
		eval_fail_memory(ev);
	return copy;
}

/* --- what was found before --- */

static const char *json_text(json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

/* Read job->lookup; false if there is none, or what it names is gone. */
static bool read_lookup(struct fetch_job *job, struct fetched *out)
{
	json_t *json = json_load_file(job->lookup, 0, NULL);
	const char *name = json_text(json, "name");
	const char *hash = json_text(json, "narHash");
	const char *etag = json_text(json, "etag");
	const char *immutable = json_text(json, "immutable");
	char path[PATH_MAX];
	struct stat st;
	bool ok;

	ok = name && hash && !strchr(name, '/') &&
	     strlen(name) < sizeof(out->name) &&
	     hash_parse_sri(hash, strlen(hash), &out->nar_hash, NULL) == 0 &&
	     fetch_cache_file(job->ev, path, "sources", name) == 0 &&
	     lstat(path, &st) == 0;
	if (ok) {
		strcpy(out->name, name);
		out->modified =
			json_integer_value(json_object_get(json, "modified"));
		out->when = json_integer_value(json_object_get(json, "when"));
		out->etag = etag ? keep(job->ev, etag) : NULL;
		out->immutable = immutable ? keep(job->ev, immutable) : NULL;
	}
	json_decref(json);
	return ok;
}

/* Best effort: without, it is fetched again. */
static void write_lookup(struct fetch_job *job, const struct fetched *found)
{
	json_t *json = json_object();
	struct buf hash = BUF_INIT;
	char temp[PATH_MAX + 8];

	hash_print(&hash, &found->nar_hash, HASH_SRI, true);
	json_object_set_new(json, "url", json_string(job->url));
	json_object_set_new(json, "name", json_string(found->name));
	json_object_set_new(json, "narHash", json_string(buf_text(&hash)));
	json_object_set_new(json, "modified", json_integer(found->modified));
	json_object_set_new(json, "when", json_integer(time(NULL)));
	if (found->etag)
		json_object_set_new(json, "etag", json_string(found->etag));
	if (found->immutable)
		json_object_set_new(json, "immutable",
				    json_string(found->immutable));
	snprintf(temp, sizeof(temp), "%s.new", job->lookup);
	if (json_dump_file(json, temp, JSON_COMPACT) == 0)
		rename(temp, job->lookup);
	buf_release(&hash);
	json_decref(json);
}

/* --- into sources/ --- */

/* fsync() of all files would take minutes for a large tree; a tree that a
 * crash of the machine has left broken is found by its hash when it is used
 * in a store path. */
static int move_in(struct fetch_job *job, const char *from,
		   const struct storepath *path, struct fetched *found)
{
	const char *name = path->text + STOREPATH_PREFIX_LEN;
	char to[PATH_MAX];

	snprintf(found->name, sizeof(found->name), "%s", name);
	if (fetch_cache_file(job->ev, to, "sources", name) < 0)
		return -1;
	if (rename(from, to) < 0 && errno != EEXIST && errno != ENOTEMPTY) {
		eval_fail(job->ev, ERROR_FETCH, 0, "renaming '%s' to '%s': %s",
			  from, to, strerror(errno));
		return -1;
	}
	return 0;
}

/* The hash of what lies at path, on disk. */
static int hash_disk(struct eval *ev, const char *path, struct hash *hash)
{
	struct source *source = source_folder(ev, path);
	struct buf err = BUF_INIT;
	int rc;

	if (!source)
		return -1;
	rc = source_nar_hash(ev, source, "/", NULL, hash, &err);
	if (rc < 0)
		eval_fail(ev, ERROR_FETCH, 0, "%s", buf_text(&err));
	buf_release(&err);
	return rc;
}

static int fail_hash(struct eval *ev, const char *input,
		     const struct hash *want, const struct hash *got)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	hash_print(&a, want, HASH_SRI, true);
	hash_print(&b, got, HASH_SRI, true);
	eval_fail(ev, ERROR_EVAL, 0,
		  "NAR hash mismatch in input '%s', expected '%s' but got '%s'",
		  input, buf_text(&a), buf_text(&b));
	buf_release(&a);
	buf_release(&b);
	return -1;
}

/* What is wanted of a URL. */
struct request {
	const char *url;
	const char *const *headers; /* ends with NULL; may be NULL */
	const char *name;	    /* of the store path */
	bool unpack;
	bool executable;
	const struct hash *nar_hash; /* NULL: any */
	const char *input;	     /* for messages */
};

/* Download, unpack, hash, and put it in its place. */
static int get(struct fetch_job *job, const struct request *r,
	       const char *known_etag, struct fetched *found)
{
	struct eval *ev = job->ev;
	struct fetch_answer answer;
	struct storepath path;
	struct buf err = BUF_INIT;
	char from[PATH_MAX];
	int rc = -1;

	if (fetch_download(job, r->url, r->headers, known_etag, &answer) < 0)
		return -1;
	if (answer.unchanged) {
		unlink(job->part);
		return 0;
	}
	found->etag = answer.etag;
	found->immutable = answer.immutable;
	found->modified = 0;
	fetch_remove(job->tree);
	if (r->unpack) {
		if (fetch_unpack(ev, job->part, r->url, job->tree,
				 &found->modified) < 0 ||
		    fetch_single_folder(ev, job->tree, from) < 0)
			goto out;
	} else {
		snprintf(from, sizeof(from), "%s", job->part);
		chmod(from, 0644);
	}
	if (hash_disk(ev, from, &found->nar_hash) < 0)
		goto out;
	if (r->nar_hash && !hash_equal(r->nar_hash, &found->nar_hash)) {
		fail_hash(ev, r->input, r->nar_hash, &found->nar_hash);
		goto out;
	}
	if (storepath_fixed(&path, STOREPATH_NAR, &found->nar_hash, r->name,
			    strlen(r->name), NULL, 0, &err) < 0) {
		eval_fail(ev, ERROR_FETCH, 0, "%s", buf_text(&err));
		goto out;
	}
	rc = move_in(job, from, &path, found);
out:
	fetch_remove(job->tree);
	unlink(job->part);
	buf_release(&err);
	return rc;
}

/* get(), unless it has been got before and is new enough. */
static int get_or_find(struct eval *ev, const struct request *r,
		       struct fetched *found)
{
	struct buf key = BUF_INIT;
	struct fetch_job job;
	const char *what;
	bool known, fresh;
	int rc;

	*found = (struct fetched){ .modified = 0 };
	buf_add_format(&key, "%s %s %s", r->unpack ? "tree" : "file", r->name,
		       r->url);
	what = keep(ev, buf_text(&key));
	buf_release(&key);
	if (!what || fetch_begin(&job, ev, what) < 0)
		return -1;
	job.url = r->url;
	known = read_lookup(&job, found);
	fresh = known && (found->when + LOOKUP_TTL > time(NULL) || r->nar_hash);
	if (known && r->nar_hash && !hash_equal(r->nar_hash, &found->nar_hash))
		known = fresh = false;
	if (fresh) {
		fetch_end(&job);
		return 0;
	}
	rc = get(&job, r, known ? found->etag : NULL, found);
	if (rc == 0) {
		write_lookup(&job, found);
	} else if (known && eval_error(ev)->kind == ERROR_FETCH) {
		/* What there was before is better than nothing, as in Nix. */
		if (ev->settings.messages)
			fprintf(ev->settings.messages,
				"warning: %s; using cached version\n",
				eval_error(ev)->message);
		eval_clear_error(ev);
		rc = read_lookup(&job, found) ? 0 : -1;
	}
	fetch_end(&job);
	return rc;
}

/* --- as an errand: the request, and what was fetched --- */

static void put_headers(struct buf *out, const char *const *headers)
{
	uint32_t count = 0;

	while (headers && headers[count])
		count++;
	wire_put_u32(out, count);
	for (uint32_t i = 0; i < count; i++)
		wire_put_text(out, wire_text(headers[i]));
}

/* A text of an errand as a C string; NULL with the error pending. */
static const char *get_kept(struct eval *ev, struct wire_in *in)
{
	struct wire_text text = wire_get_text(in);

	return arena_strndup(ev->arena, text.bytes, text.len);
}

/* "" stands for none. */
static const char *get_optional(struct eval *ev, struct wire_in *in)
{
	const char *text = get_kept(ev, in);

	return text && *text ? text : NULL;
}

static const char *const *get_headers(struct eval *ev, struct wire_in *in)
{
	size_t count = wire_get_count(in, 4);
	const char **headers =
		arena_alloc(ev->arena, (count + 1) * sizeof(*headers));

	for (size_t i = 0; headers && i < count; i++) {
		headers[i] = get_kept(ev, in);
		if (!headers[i])
			return NULL;
	}
	if (headers)
		headers[count] = NULL;
	return headers;
}

static void put_request(struct buf *out, const struct request *r)
{
	struct buf hash = BUF_INIT;

	if (r->nar_hash)
		hash_print(&hash, r->nar_hash, HASH_SRI, true);
	wire_put_text(out, wire_text(r->url));
	put_headers(out, r->headers);
	wire_put_text(out, wire_text(r->name));
	wire_put_u8(out, r->unpack);
	wire_put_text(out, wire_text(buf_text(&hash)));
	wire_put_text(out, wire_text(r->input));
	buf_release(&hash);
}

static void put_fetched(struct buf *out, const struct fetched *found)
{
	struct buf hash = BUF_INIT;

	hash_print(&hash, &found->nar_hash, HASH_SRI, true);
	wire_put_text(out, wire_text(found->name));
	wire_put_text(out, wire_text(buf_text(&hash)));
	wire_put_u64(out, (uint64_t)found->modified);
	wire_put_text(out, wire_text(found->immutable));
	buf_release(&hash);
}

int fetch_errand_get(struct eval *ev, struct wire_in *in, struct buf *out)
{
	struct request r = { .url = get_kept(ev, in) };
	struct fetched found;
	struct hash hash;
	const char *sri;

	r.headers = get_headers(ev, in);
	r.name = get_kept(ev, in);
	r.unpack = wire_get_u8(in);
	sri = get_kept(ev, in);
	r.input = get_kept(ev, in);
	if (!r.url || !r.headers || !r.name || !sri || !r.input) {
		eval_fail_memory(ev);
		return -1;
	}
	if (hash_parse_sri(sri, strlen(sri), &hash, NULL) == 0)
		r.nar_hash = &hash;
	if (get_or_find(ev, &r, &found) < 0)
		return -1;
	put_fetched(out, &found);
	return 0;
}

static int take_fetched(struct eval *ev, const struct buf *answer,
			struct fetched *found)
{
	struct wire_text name, hash;
	struct wire_in in;

	*found = (struct fetched){ .modified = 0 };
	wire_in_init(&in, answer->data, answer->len);
	name = wire_get_text(&in);
	hash = wire_get_text(&in);
	found->modified = (int64_t)wire_get_u64(&in);
	found->immutable = get_optional(ev, &in);
	if (!wire_end(&in) || name.len >= sizeof(found->name) ||
	    memchr(name.bytes, '/', name.len) ||
	    hash_parse_sri(hash.bytes, hash.len, &found->nar_hash, NULL) < 0) {
		eval_fail(ev, ERROR_FETCH, 0, "malformed answer of an errand");
		return -1;
	}
	memcpy(found->name, name.bytes, name.len);
	return 0;
}

/* Have the request in the cache. */
static int have(struct eval *ev, const struct request *r, struct fetched *found)
{
	struct buf request = BUF_INIT, answer = BUF_INIT;
	int rc;

	if (!r->nar_hash)
		trace_passing(ev);
	put_request(&request, r);
	rc = errand_do(ev, ERRAND_GET, &request, &answer);
	if (rc == 0)
		rc = take_fetched(ev, &answer, found);
	buf_release(&request);
	buf_release(&answer);
	return rc;
}

/* A source of what was fetched. */
static struct source *open_fetched(struct eval *ev, const struct fetched *found)
{
	char path[PATH_MAX], store[STOREPATH_SIZE];
	struct source *source;

	if (fetch_cache_file(ev, path, "sources", found->name) < 0)
		return NULL;
	snprintf(store, sizeof(store), STOREPATH_PREFIX "%.220s", found->name);
	source = source_folder(ev, path);
	if (!source || source_set_store_path(ev, source, store) < 0)
		return NULL;
	source->nar_hash = found->nar_hash;
	return source;
}

/* --- references --- */

int fetch_errand_text(struct eval *ev, struct wire_in *in, struct buf *out)
{
	const char *url = get_kept(ev, in);
	const char *const *headers = get_headers(ev, in);
	struct fetch_answer answer;
	struct fetch_job job;
	char piece[4096];
	int rc = -1;
	size_t n;
	FILE *f;

	if (!url || !headers) {
		eval_fail_memory(ev);
		return -1;
	}
	if (fetch_begin(&job, ev, url) < 0)
		return -1;
	if (fetch_download(&job, url, headers, NULL, &answer) < 0)
		goto out;
	f = fopen(job.part, "re");
	while (f && out->len < 64 << 20 &&
	       (n = fread(piece, 1, sizeof(piece), f)))
		buf_add(out, piece, n);
	if (f)
		fclose(f);
	unlink(job.part);
	rc = 0;
out:
	fetch_end(&job);
	return rc;
}

/* Get a small text. NULL with the error pending. */
static const char *get_text(struct eval *ev, const char *url,
			    const char *const *headers)
{
	struct buf request = BUF_INIT, text = BUF_INIT;
	const char *copy = NULL;

	trace_passing(ev);
	wire_put_text(&request, wire_text(url));
	put_headers(&request, headers);
	if (errand_do(ev, ERRAND_TEXT, &request, &text) == 0)
		copy = keep(ev, buf_text(&text));
	buf_release(&request);
	buf_release(&text);
	return copy;
}

struct forge {
	const char *type, *host;
	/* Where the archive is: of host, owner, repo, rev, and whether there
	 * is a token. */
	void (*archive)(struct buf *out, const char *host, const char *owner,
			const char *repo, const char *rev, bool token);
	/* The revision of a branch or tag. NULL with the error pending. */
	const char *(*find_rev)(struct eval *ev, const struct flake_ref *ref,
				const char *host, const char *name,
				const char *const *headers);
};

static void github_archive(struct buf *out, const char *host, const char *owner,
			   const char *repo, const char *rev, bool token)
{
	const char *format = "https://%s/%s/%s/archive/%s.tar.gz";

	if (strcmp(host, "github.com"))
		format = "https://%s/api/v3/repos/%s/%s/tarball/%s";
	else if (token)
		format = "https://api.%s/repos/%s/%s/tarball/%s";
	buf_add_format(out, format, host, owner, repo, rev);
}

static const char *bad_answer(struct eval *ev, const char *url)
{
	eval_fail(ev, ERROR_FETCH, 0, "unexpected answer from '%s'", url);
	return NULL;
}

static const char *keep_buf(struct eval *ev, struct buf *buf)
{
	const char *copy = keep(ev, buf_text(buf));

	buf_release(buf);
	return copy;
}

static const char *github_rev(struct eval *ev, const struct flake_ref *ref,
			      const char *host, const char *name,
			      const char *const *headers)
{
	const char *owner = flakeref_string(ref, "owner");
	const char *repo = flakeref_string(ref, "repo");
	struct buf out = BUF_INIT;
	const char *url, *text, *rev;
	json_t *json;

	buf_add_format(&out,
		       strcmp(host, "github.com")
			       ? "https://%s/api/v3/repos/%s/%s/commits/%s"
			       : "https://api.%s/repos/%s/%s/commits/%s",
		       host, owner, repo, name);
	url = keep_buf(ev, &out);
	text = url ? get_text(ev, url, headers) : NULL;
	if (!text)
		return NULL;
	json = json_loads(text, 0, NULL);
	rev = json_text(json, "sha");
	rev = rev ? keep(ev, rev) : bad_answer(ev, url);
	json_decref(json);
	return rev;
}

static void gitlab_archive(struct buf *out, const char *host, const char *owner,
			   const char *repo, const char *rev, bool token)
{
	buf_add_format(out,
		       "https://%s/api/v4/projects/%s%%2F%s/repository/"
		       "archive.tar.gz?sha=%s",
		       host, owner, repo, rev);
}

static const char *gitlab_rev(struct eval *ev, const struct flake_ref *ref,
			      const char *host, const char *name,
			      const char *const *headers)
{
	const char *url, *text, *rev;
	struct buf out = BUF_INIT;
	json_t *json;

	buf_add_format(&out,
		       "https://%s/api/v4/projects/%s%%2F%s/repository/"
		       "commits?ref_name=%s",
		       host, flakeref_string(ref, "owner"),
		       flakeref_string(ref, "repo"), name);
	url = keep_buf(ev, &out);
	text = url ? get_text(ev, url, headers) : NULL;
	if (!text)
		return NULL;
	json = json_loads(text, 0, NULL);
	rev = json_text(json_array_get(json, 0), "id");
	if (rev) {
		rev = keep(ev, rev);
	} else if (json_is_array(json) && !json_array_size(json)) {
		eval_fail(ev, ERROR_FETCH, 0,
			  "No commits returned by GitLab API -- does the git "
			  "ref really exist?");
	} else {
		bad_answer(ev, url);
	}
	json_decref(json);
	return rev;
}

static void sourcehut_archive(struct buf *out, const char *host,
			      const char *owner, const char *repo,
			      const char *rev, bool token)
{
	buf_add_format(out, "https://%s/%s/%s/archive/%s.tar.gz", host, owner,
		       repo, rev);
}

/* info/refs has lines "<rev> TAB <ref>"; HEAD has "ref: <ref>". */
static const char *sourcehut_rev(struct eval *ev, const struct flake_ref *ref,
				 const char *host, const char *name,
				 const char *const *headers)
{
	const char *owner = flakeref_string(ref, "owner");
	const char *repo = flakeref_string(ref, "repo"), *url, *text;
	char want[2][300];
	struct buf out = BUF_INIT;

	snprintf(want[0], sizeof(want[0]), "refs/heads/%s", name);
	snprintf(want[1], sizeof(want[1]), "refs/tags/%s", name);
	if (!strcmp(name, "HEAD")) {
		buf_add_format(&out, "https://%s/%s/%s/HEAD", host, owner,
			       repo);
		url = keep_buf(ev, &out);
		text = url ? get_text(ev, url, headers) : NULL;
		if (!text)
			return NULL;
		if (strncmp(text, "ref: ", 5))
			return bad_answer(ev, url);
		snprintf(want[0], sizeof(want[0]), "%.*s",
			 (int)strcspn(text + 5, "\r\n"), text + 5);
	}
	buf_add_format(&out, "https://%s/%s/%s/info/refs", host, owner, repo);
	url = keep_buf(ev, &out);
	text = url ? get_text(ev, url, headers) : NULL;
	while (text && *text) {
		size_t n = strcspn(text, "\n"), tab = strcspn(text, "\t");

		for (int i = 0; i < 2 && tab == 40 && tab < n; i++)
			if (strlen(want[i]) == n - tab - 1 &&
			    !strncmp(want[i], text + tab + 1, n - tab - 1))
				return arena_strndup(ev->arena, text, tab);
		text += n + (text[n] == '\n');
	}
	if (text)
		eval_fail(ev, ERROR_FETCH, 0, "in '%s', couldn't find ref '%s'",
			  flakeref_print(ev, ref, false), name);
	return NULL;
}

static const struct forge forges[] = {
	{ "github", "github.com", github_archive, github_rev },
	{ "gitlab", "gitlab.com", gitlab_archive, gitlab_rev },
	{ "sourcehut", "git.sr.ht", sourcehut_archive, sourcehut_rev },
};

static struct input_tree *fetch_forge(struct eval *ev,
				      const struct flake_ref *ref,
				      const struct forge *forge)
{
	const char *host = flakeref_string(ref, "host");
	const char *rev = flakeref_string(ref, "rev");
	const char *name = flakeref_string(ref, "ref");
	const char *headers[2] = { NULL, NULL };
	struct flake_ref locked = *ref;
	struct request request = {
		.name = "source",
		.unpack = true,
		.headers = headers,
	};
	struct buf url = BUF_INIT;
	struct fetched found;
	struct source *source;
	struct hash hash;

	host = host ? host : forge->host;
	headers[0] = fetch_token_header(ev, ref, host);
	if (!rev)
		rev = forge->find_rev(ev, ref, host, name ? name : "HEAD",
				      headers);
	if (!rev)
		return NULL;
	flakeref_drop(ev, &locked, "ref");
	forge->archive(&url, host, flakeref_string(ref, "owner"),
		       flakeref_string(ref, "repo"), rev, headers[0] != NULL);
	request.url = keep_buf(ev, &url);
	request.input = flakeref_print(ev, ref, false);
	if (flakeref_nar_hash(ev, ref, &hash) > 0)
		request.nar_hash = &hash;
	if (!request.url || !request.input || eval_error(ev) ||
	    have(ev, &request, &found) < 0)
		return NULL;
	source = open_fetched(ev, &found);
	if (!source || flakeref_set_string(ev, &locked, "rev", rev) < 0 ||
	    flakeref_set_number(ev, &locked, "lastModified", REF_INT,
				(uint64_t)found.modified) < 0)
		return NULL;
	return input_new(ev, ref, &locked, source);
}

static struct input_tree *fetch_archive(struct eval *ev,
					const struct flake_ref *ref)
{
	const char *name = flakeref_string(ref, "name");
	struct flake_ref locked = *ref;
	struct request request = {
		.url = flakeref_string(ref, "url"),
		.name = name ? name : "source",
		.unpack = flakeref_is(ref, "tarball"),
		.input = flakeref_print(ev, ref, false),
	};
	struct fetched found;
	struct source *source;
	struct hash hash;
	struct url url;

	if (!request.url || !request.input)
		return NULL;
	if (request.unpack && !strncmp(request.url, "file:", 5) &&
	    request.url[5] != '/') {
		eval_fail(ev, ERROR_FETCH, 0,
			  "tarball '%s' must use an absolute path. The 'file' "
			  "scheme does not support relative paths.",
			  request.url);
		return NULL;
	}
	if (flakeref_nar_hash(ev, ref, &hash) > 0)
		request.nar_hash = &hash;
	if (eval_error(ev) || have(ev, &request, &found) < 0)
		return NULL;
	source = open_fetched(ev, &found);
	if (!source)
		return NULL;
	if (found.immutable && request.unpack) {
		if (url_parse(ev, found.immutable, strlen(found.immutable),
			      false, &url) < 0 ||
		    flakeref_from_url(ev, &url, false, &locked) < 0)
			return NULL;
		if (!flakeref_is(&locked, "tarball")) {
			eval_fail(ev, ERROR_FETCH, 0,
				  "tarball 'Link' headers that redirect to "
				  "non-tarball URLs are not supported");
			return NULL;
		}
	}
	if (found.modified && !flakeref_attr(&locked, "lastModified") &&
	    flakeref_set_number(ev, &locked, "lastModified", REF_INT,
				(uint64_t)found.modified) < 0)
		return NULL;
	return input_new(ev, ref, &locked, source);
}

struct input_tree *fetch_input(struct eval *ev, const struct flake_ref *ref)
{
	const char *type = flakeref_string(ref, "type");

	for (size_t i = 0; i < sizeof(forges) / sizeof(*forges); i++)
		if (!strcmp(forges[i].type, type))
			return fetch_forge(ev, ref, &forges[i]);
	if (!strcmp(type, "tarball") || !strcmp(type, "file"))
		return fetch_archive(ev, ref);
	eval_fail(ev, ERROR_FETCH, 0, "cannot fetch unsupported input '%s'",
		  flakeref_json(ev, ref));
	return NULL;
}

/* --- builtins.fetchurl and fetchTarball --- */

/* The store path that is expected, if it is in the store or our cache. */
static struct source *find_expected(struct eval *ev,
				    const struct storepath *path)
{
	struct source *source;
	char cached[PATH_MAX];
	struct stat st;

	if (lstat(path->text, &st) == 0)
		source = source_folder(ev, path->text);
	else if (fetch_cache_path(ev, cached, path) && lstat(cached, &st) == 0)
		source = source_folder(ev, cached);
	else
		return NULL;
	return source && source_set_store_path(ev, source, path->text) == 0
		       ? source
		       : NULL;
}

/* The hash of a file's bytes. */
static int hash_file(struct eval *ev, const struct fetched *found,
		     struct hash *hash)
{
	struct source *source = open_fetched(ev, found);
	const char *bytes;
	size_t len;
	int err;

	if (!source)
		return -1;
	err = source_read(ev, source, "/", &bytes, &len);
	if (err < 0) {
		source_fail(ev, 0, source, "/", err);
		return -1;
	}
	hash_bytes(HASH_SHA256, bytes, len, hash);
	return 0;
}

static void fail_download_hash(struct eval *ev, const char *url,
			       const struct hash *want, const struct hash *got)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	hash_print(&a, want, HASH_NIX32, true);
	hash_print(&b, got, HASH_NIX32, true);
	eval_fail(ev, ERROR_EVAL, 0,
		  "hash mismatch in file downloaded from '%s':\n"
		  "  specified: %s\n  got:       %s",
		  url, buf_text(&a), buf_text(&b));
	buf_release(&a);
	buf_release(&b);
}

struct source *fetch_url(struct eval *ev, const char *url, bool unpack,
			 const char *name, const struct hash *expected)
{
	struct request request = {
		.url = url,
		.name = name,
		.unpack = unpack,
		.input = url,
	};
	enum storepath_method method = unpack ? STOREPATH_NAR : STOREPATH_FLAT;
	char from[PATH_MAX];
	struct storepath path;
	struct source *source;
	struct fetched found;
	struct hash hash;

	if (expected && storepath_fixed(&path, method, expected, name,
					strlen(name), NULL, 0, NULL) == 0) {
		source = find_expected(ev, &path);
		if (source || eval_error(ev))
			return source;
	}
	if (have(ev, &request, &found) < 0)
		return NULL;
	hash = found.nar_hash;
	if (!unpack && hash_file(ev, &found, &hash) < 0)
		return NULL;
	if (expected && !hash_equal(expected, &hash)) {
		fail_download_hash(ev, url, expected, &hash);
		return NULL;
	}
	if (unpack)
		return open_fetched(ev, &found);
	/* A file's store path says the hash of its bytes, not of its NAR. */
	if (fetch_cache_file(ev, from, "sources", found.name) < 0 ||
	    storepath_fixed(&path, STOREPATH_FLAT, &hash, name, strlen(name),
			    NULL, 0, NULL) < 0)
		return NULL;
	source = source_folder(ev, from);
	if (!source || source_set_store_path(ev, source, path.text) < 0)
		return NULL;
	source->nar_hash = found.nar_hash;
	return source;
}
