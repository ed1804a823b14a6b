/* The folders of the cache, its locks, and settings of nix.conf. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/errand.h"
#include "eval/eval.h"
#include "eval/fetch_private.h"
#include "eval/hash.h"
#include "eval/trace.h"

static bool cache_path(struct eval *ev, char out[PATH_MAX], const char *folder,
		       const char *name)
{
	const char *cache = trace_getenv(ev, "XDG_CACHE_HOME");
	const char *home = trace_getenv(ev, "HOME");
	int n;

	if (cache && *cache)
		n = snprintf(out, PATH_MAX, "%s/flakefs/%s%s%s", cache, folder,
			     *name ? "/" : "", name);
	else
		n = snprintf(out, PATH_MAX, "%s/.cache/flakefs/%s%s%s",
			     home ? home : "", folder, *name ? "/" : "", name);
	return n < PATH_MAX;
}

bool fetch_cache_path(struct eval *ev, char out[PATH_MAX],
		      const struct storepath *path)
{
	return cache_path(ev, out, "sources",
			  path->text + STOREPATH_PREFIX_LEN);
}

void fetch_cache_root(struct eval *ev, char out[PATH_MAX])
{
	if (!cache_path(ev, out, "sources", ""))
		*out = '\0';
}

/* mkdir -p, for ourselves alone. */
static int make_folders(char *path)
{
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			*p = c;
			return -errno;
		}
		*p = c;
		if (!c)
			return 0;
	}
}

int fetch_cache_file(struct eval *ev, char out[PATH_MAX], const char *folder,
		     const char *name)
{
	int err = -ENAMETOOLONG;

	if (cache_path(ev, out, folder, ""))
		err = make_folders(out);
	if (err == 0 && !cache_path(ev, out, folder, name))
		err = -ENAMETOOLONG;
	if (err < 0)
		eval_fail(ev, ERROR_FETCH, 0,
			  "cannot make the cache folder '%s': %s", out,
			  strerror(-err));
	return err < 0 ? -1 : 0;
}

bool fetch_known_hash(struct eval *ev, const char *identity, struct hash *hash)
{
	char path[PATH_MAX], text[128];
	FILE *file;
	bool ok;

	if (!cache_path(ev, path, "hashes", identity))
		return false;
	file = fopen(path, "re");
	if (!file)
		return false;
	ok = fgets(text, sizeof(text), file) &&
	     hash_parse_sri(text, strcspn(text, "\n"), hash, NULL) == 0;
	fclose(file);
	return ok;
}

int fetch_errand_hash(struct eval *ev, struct wire_in *in, struct buf *out)
{
	struct wire_text identity = wire_get_text(in), hash = wire_get_text(in);
	char path[PATH_MAX], temp[PATH_MAX + 16], name[NAME_MAX + 1];
	struct hash parsed;
	bool ok;
	int fd;

	snprintf(name, sizeof(name), "%.*s", buf_clip(identity.len),
		 identity.bytes);
	if (strchr(name, '/') ||
	    hash_parse_sri(hash.bytes, hash.len, &parsed, NULL) < 0) {
		eval_fail(ev, ERROR_FETCH, 0, "malformed errand");
		return -1;
	}
	if (fetch_cache_file(ev, path, "hashes", name) < 0)
		return -1;
	snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return 0;
	/* A torn file would parse as no hash, and be written again. */
	ok = write(fd, hash.bytes, hash.len) == (ssize_t)hash.len;
	close(fd);
	if (!ok || rename(temp, path) < 0)
		unlink(temp);
	return 0;
}

void fetch_keep_hash(struct eval *ev, const char *identity,
		     const struct hash *hash)
{
	struct buf request = BUF_INIT, text = BUF_INIT, answer = BUF_INIT;

	hash_print(&text, hash, HASH_SRI, true);
	wire_put_text(&request, wire_text(identity));
	wire_put_text(&request, wire_text(buf_text(&text)));
	if (errand_do(ev, ERRAND_HASH, &request, &answer) < 0)
		eval_clear_error(ev);
	buf_release(&request);
	buf_release(&text);
	buf_release(&answer);
}

int fetch_begin(struct fetch_job *job, struct eval *ev, const char *what)
{
	char key[2 * 32 + 1] = "", name[80], lock[PATH_MAX];
	struct hash hash;

	*job = (struct fetch_job){ .ev = ev, .lock = -1, .url = what };
	hash_bytes(HASH_SHA256, what, strlen(what), &hash);
	hash_nix32(key, hash.bytes, hash.size);
	key[HASH_NIX32_LEN(32)] = '\0';
	snprintf(name, sizeof(name), "%s.lock", key);
	if (fetch_cache_file(ev, lock, "downloads", name) < 0)
		return -1;
	snprintf(name, sizeof(name), "%s.part", key);
	if (fetch_cache_file(ev, job->part, "downloads", name) < 0)
		return -1;
	snprintf(name, sizeof(name), "%s.info", key);
	if (fetch_cache_file(ev, job->info, "downloads", name) < 0)
		return -1;
	snprintf(name, sizeof(name), "%s.tree", key);
	if (fetch_cache_file(ev, job->tree, "downloads", name) < 0)
		return -1;
	snprintf(name, sizeof(name), "%s.json", key);
	if (fetch_cache_file(ev, job->lookup, "lookups", name) < 0)
		return -1;
	job->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	while (job->lock >= 0 && flock(job->lock, LOCK_EX) < 0) {
		if (errno == EINTR)
			continue;
		close(job->lock);
		job->lock = -1;
	}
	if (job->lock >= 0)
		return 0;
	eval_fail(ev, ERROR_FETCH, 0, "cannot lock '%s': %s", lock,
		  strerror(errno));
	return -1;
}

void fetch_end(struct fetch_job *job)
{
	if (job->lock >= 0)
		close(job->lock);
	job->lock = -1;
}

/* Folders are made writable first: archives may forbid it. */
static void remove_in(int parent, const char *name, unsigned depth)
{
	struct dirent *e;
	DIR *dir;
	int fd;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT || depth > 1000)
		return;
	fchmodat(parent, name, 0700, 0);
	fd = openat(parent, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			remove_in(fd, e->d_name, depth + 1);
	closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

void fetch_remove(const char *path)
{
	remove_in(AT_FDCWD, path, 0);
}

/* --- nix.conf --- */

/* The value of the last line "name = value" or "extra-name = value". */
static void scan(struct buf *out, const char *text, const char *name)
{
	size_t len = strlen(name);

	while (*text) {
		size_t n = strcspn(text, "\n");
		const char *p = text + strspn(text, " \t"), *end = text + n;
		bool extra = !strncmp(p, "extra-", 6);

		p += extra ? 6 : 0;
		if (!strncmp(p, name, len)) {
			p += len;
			p += strspn(p, " \t");
			if (*p == '=') {
				p++;
				p += strspn(p, " \t");
				while (end > p && strchr(" \t\r", end[-1]))
					end--;
				if (!extra)
					buf_reset(out);
				if (out->len)
					buf_add_char(out, ' ');
				if (end > p)
					buf_add(out, p, end - p);
			}
		}
		text += n + (text[n] == '\n');
	}
}

static void scan_file(struct buf *out, const char *path, const char *name)
{
	FILE *f = fopen(path, "re");
	struct buf text = BUF_INIT;
	char piece[4096];
	size_t n;

	if (!f)
		return;
	while (text.len < 1 << 20 && (n = fread(piece, 1, sizeof(piece), f)))
		buf_add(&text, piece, n);
	fclose(f);
	if (!text.failed)
		scan(out, buf_text(&text), name);
	buf_release(&text);
}

const char *fetch_setting(struct eval *ev, const char *name)
{
	const char *conf = trace_getenv(ev, "NIX_CONF_DIR");
	const char *user = trace_getenv(ev, "XDG_CONFIG_HOME");
	const char *home = trace_getenv(ev, "HOME");
	const char *text = trace_getenv(ev, "NIX_CONFIG");
	struct buf out = BUF_INIT;
	char path[PATH_MAX];
	const char *copy = NULL;

	snprintf(path, sizeof(path), "%s/nix.conf",
		 conf && *conf ? conf : "/etc/nix");
	scan_file(&out, path, name);
	if (user && *user)
		snprintf(path, sizeof(path), "%s/nix/nix.conf", user);
	else
		snprintf(path, sizeof(path), "%s/.config/nix/nix.conf",
			 home ? home : "");
	scan_file(&out, path, name);
	if (text)
		scan(&out, text, name);
	if (out.len)
		copy = arena_strndup(ev->arena, out.data, out.len);
	buf_release(&out);
	return copy;
}

/* The token of the longest name that host/owner/repo begins with. */
static const char *find_token(struct eval *ev, const char *where,
			      const char *host)
{
	const char *list = fetch_setting(ev, "access-tokens");
	const char *found = NULL;
	size_t best = 0, found_len = 0;

	while (list && *list) {
		size_t n = strcspn(list, " \t"), name = strcspn(list, "=");

		if (name < n && name >= best && !strncmp(where, list, name) &&
		    (!where[name] || where[name] == '/')) {
			best = name;
			found = list + name + 1;
			found_len = n - name - 1;
		}
		list += n;
		list += strspn(list, " \t");
	}
	return found ? arena_strndup(ev->arena, found, found_len) : NULL;
}

const char *fetch_token_header(struct eval *ev, const struct flake_ref *ref,
			       const char *host)
{
	struct buf text = BUF_INIT;
	const char *token, *colon, *copy;

	buf_add_format(&text, "%s/%s/%s", host, flakeref_string(ref, "owner"),
		       flakeref_string(ref, "repo"));
	token = find_token(ev, buf_text(&text), host);
	buf_release(&text);
	if (!token)
		return NULL;
	colon = strchr(token, ':');
	if (flakeref_is(ref, "github"))
		buf_add_format(&text, "Authorization: token %s", token);
	else if (flakeref_is(ref, "sourcehut"))
		buf_add_format(&text, "Authorization: Bearer %s", token);
	else if (!strncmp(token, "OAuth2:", 7))
		buf_add_format(&text, "Authorization: Bearer %s", token + 7);
	else if (!strncmp(token, "PAT:", 4))
		buf_add_format(&text, "Private-token: %s", token + 4);
	else if (colon)
		buf_add_format(&text, "%.*s: %s", (int)(colon - token), token,
			       colon + 1);
	copy = text.len ? arena_strndup(ev->arena, text.data, text.len) : NULL;
	buf_release(&text);
	return copy;
}
