/* Downloads by libcurl: whole, resumed, tried again. */
#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "eval/eval.h"
#include "eval/fetch_private.h"

/* As Nix's settings of these names. */
#define ATTEMPTS 5
#define CONNECT_TIMEOUT 15L
#define STALLED_TIMEOUT 300L
#define REDIRECTS 10L
/* Between attempts: 250 ms, doubled each time. */
#define PAUSE_MS 250L

/*
 * The library and the thirty that it brings take longer to load than many an
 * evaluation, so it is loaded when something is fetched.
 */
static struct {
	CURLcode (*global_init)(long flags);
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *c, CURLoption option, ...);
	CURLcode (*easy_perform)(CURL *c);
	CURLcode (*easy_getinfo)(CURL *c, CURLINFO info, ...);
	const char *(*easy_strerror)(CURLcode code);
	void (*easy_cleanup)(CURL *c);
	struct curl_slist *(*slist_append)(struct curl_slist *list,
					   const char *text);
	void (*slist_free_all)(struct curl_slist *list);
} curl;

static bool load(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

/* 0, or -1 with the error pending. */
static int load_curl(struct eval *ev)
{
	static bool loaded;
	void *library;

	if (loaded)
		return 0;
	library = dlopen("libcurl.so.4", RTLD_NOW);
	if (!library)
		library = dlopen("libcurl-gnutls.so.4", RTLD_NOW);
	if (!library || !load(library, "curl_global_init", &curl.global_init) ||
	    !load(library, "curl_easy_init", &curl.easy_init) ||
	    !load(library, "curl_easy_setopt", &curl.easy_setopt) ||
	    !load(library, "curl_easy_perform", &curl.easy_perform) ||
	    !load(library, "curl_easy_getinfo", &curl.easy_getinfo) ||
	    !load(library, "curl_easy_strerror", &curl.easy_strerror) ||
	    !load(library, "curl_easy_cleanup", &curl.easy_cleanup) ||
	    !load(library, "curl_slist_append", &curl.slist_append) ||
	    !load(library, "curl_slist_free_all", &curl.slist_free_all) ||
	    curl.global_init(CURL_GLOBAL_DEFAULT) != 0) {
		eval_fail(ev, ERROR_FETCH, 0, "cannot load libcurl: %s",
			  library ? "it lacks a function" : dlerror());
		return -1;
	}
	loaded = true;
	return 0;
}

struct transfer {
	struct fetch_job *job;
	const char *url;
	int fd;
	CURL *curl;
	int write_errno;
	bool rewound;	  /* a resumed part turned out to be of no use */
	curl_off_t start; /* where it was resumed */
	char etag[256], immutable[2048];
	time_t shown;
	char error[CURL_ERROR_SIZE];
};

/* What job->part is a part of. */
static void write_info(struct transfer *t, curl_off_t total)
{
	json_t *info = json_object();

	json_object_set_new(info, "url", json_string(t->url));
	if (t->etag[0])
		json_object_set_new(info, "etag", json_string(t->etag));
	if (total > 0)
		json_object_set_new(info, "total", json_integer(total));
	json_dump_file(info, t->job->info, JSON_COMPACT);
	json_decref(info);
}

/* How much of url is there already, with the same etag; 0: nothing to use. */
static curl_off_t resumable(struct transfer *t, char etag[256])
{
	json_t *info = json_load_file(t->job->info, 0, NULL);
	const char *url = json_string_value(json_object_get(info, "url"));
	const char *tag = json_string_value(json_object_get(info, "etag"));
	curl_off_t size = 0;
	struct stat st;

	/* A weak etag does not promise the same bytes. */
	if (url && tag && !strcmp(url, t->url) && strncmp(tag, "W/", 2) &&
	    strlen(tag) < 256 && fstat(t->fd, &st) == 0) {
		size = st.st_size;
		strcpy(etag, tag);
	}
	json_decref(info);
	return size;
}

static size_t on_data(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * count, done = 0;
	long status = 0;

	curl.easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->start && status != 206 && !t->rewound) {
		/* The whole comes anew. */
		t->rewound = true;
		if (ftruncate(t->fd, 0) < 0 || lseek(t->fd, 0, SEEK_SET) < 0) {
			t->write_errno = errno;
			return 0;
		}
	}
	while (done < len) {
		ssize_t n = write(t->fd, bytes + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			t->write_errno = errno;
			return 0;
		}
		done += (size_t)n;
	}
	return len;
}

/* The value of a header line if it has this name; into out, without blanks. */
static bool header_value(const char *line, size_t len, const char *name,
			 char *out, size_t room)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) || line[n] != ':')
		return false;
	for (n++; n < len && strchr(" \t", line[n]); n++)
		;
	while (len > n && strchr(" \t\r\n", line[len - 1]))
		len--;
	if (len - n >= room)
		return false;
	memcpy(out, line + n, len - n);
	out[len - n] = '\0';
	return true;
}

static size_t on_header(char *line, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * count;
	char text[2048], *end;

	if (len > 5 && !strncmp(line, "HTTP/", 5)) {
		/* A new answer, after a redirection. */
		t->etag[0] = '\0';
	} else if (header_value(line, len, "etag", text, sizeof(t->etag))) {
		strcpy(t->etag, text);
	} else if (header_value(line, len, "link", text, sizeof(text)) &&
		   text[0] == '<' && strstr(text, "rel=\"immutable\"")) {
		end = strchr(text, '>');
		if (end)
			snprintf(t->immutable, sizeof(t->immutable), "%.*s",
				 (int)(end - text - 1), text + 1);
	}
	return len;
}

/* Once a second: say how far it is, and let others know (status). */
static int on_progress(void *arg, curl_off_t total, curl_off_t now,
		       curl_off_t up_total, curl_off_t up)
{
	struct transfer *t = arg;
	FILE *out = t->job->ev->settings.messages;
	time_t second = time(NULL);

	if (second == t->shown || now == 0)
		return 0;
	if (t->shown == 0)
		write_info(t, total ? total + t->start : 0);
	t->shown = second;
	if (!out || !isatty(fileno(out)))
		return 0;
	if (total)
		fprintf(out, "\r%s: %.1f of %.1f MB", t->url,
			(double)(now + t->start) / 1e6,
			(double)(total + t->start) / 1e6);
	else
		fprintf(out, "\r%s: %.1f MB", t->url, (double)now / 1e6);
	fflush(out);
	return 0;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *text)
{
	struct curl_slist *grown = curl.slist_append(list, text);

	return grown ? grown : list;
}

static void set_options(struct transfer *t)
{
	struct eval *ev = t->job->ev;
	const char *netrc = fetch_setting(ev, "netrc-file");
	const char *ca = getenv("NIX_SSL_CERT_FILE");
	CURL *c = t->curl;

	ca = ca && *ca ? ca : getenv("SSL_CERT_FILE");
	curl.easy_setopt(c, CURLOPT_URL, t->url);
	curl.easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https,file");
	curl.easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl.easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl.easy_setopt(c, CURLOPT_MAXREDIRS, REDIRECTS);
	curl.easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(c, CURLOPT_FAILONERROR, 1L);
	curl.easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT);
	curl.easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl.easy_setopt(c, CURLOPT_LOW_SPEED_TIME, STALLED_TIMEOUT);
	curl.easy_setopt(c, CURLOPT_USERAGENT, "flakefs");
	curl.easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
	if (netrc)
		curl.easy_setopt(c, CURLOPT_NETRC_FILE, netrc);
	else if (access("/etc/nix/netrc", R_OK) == 0)
		curl.easy_setopt(c, CURLOPT_NETRC_FILE, "/etc/nix/netrc");
	if (ca && *ca)
		curl.easy_setopt(c, CURLOPT_CAINFO, ca);
	curl.easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
	curl.easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl.easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl.easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl.easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl.easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl.easy_setopt(c, CURLOPT_XFERINFODATA, t);
	curl.easy_setopt(c, CURLOPT_ERRORBUFFER, t->error);
}

/* Is another attempt worth it? */
static bool is_transient(CURLcode code, long status)
{
	switch (code) {
	case CURLE_OK:
	case CURLE_WRITE_ERROR:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_FILE_COULDNT_READ_FILE:
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_COULDNT_RESOLVE_HOST: /* waiting rarely brings a network */
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OUT_OF_MEMORY:
		return false;
	case CURLE_HTTP_RETURNED_ERROR:
		return status == 429 || status == 408 ||
		       (status >= 500 && status != 501 && status != 505 &&
			status != 511);
	default:
		return true;
	}
}

static int fail_transfer(struct transfer *t, CURLcode code, long status)
{
	struct eval *ev = t->job->ev;

	if (t->write_errno)
		eval_fail(ev, ERROR_FETCH, 0,
			  "unable to download '%s': writing '%s': %s", t->url,
			  t->job->part, strerror(t->write_errno));
	else if (code == CURLE_HTTP_RETURNED_ERROR)
		eval_fail(ev, ERROR_FETCH, 0,
			  "unable to download '%s': HTTP error %ld", t->url,
			  status);
	else
		eval_fail(ev, ERROR_FETCH, 0,
			  "unable to download '%s': %s (%d) %s", t->url,
			  curl.easy_strerror(code), (int)code, t->error);
	return -1;
}

/* One attempt. */
static CURLcode attempt(struct transfer *t, const char *const *headers,
			const char *known_etag, long *status)
{
	struct curl_slist *list = NULL;
	char text[600], etag[256];
	CURLcode code;

	t->start = resumable(t, etag);
	t->rewound = false;
	t->error[0] = '\0';
	t->shown = 0;
	for (; headers && *headers; headers++)
		list = add_header(list, *headers);
	if (t->start) {
		snprintf(text, sizeof(text), "If-Range: %s", etag);
		list = add_header(list, text);
		snprintf(text, sizeof(text), "%" CURL_FORMAT_CURL_OFF_T "-",
			 t->start);
		curl.easy_setopt(t->curl, CURLOPT_RANGE, text);
		lseek(t->fd, 0, SEEK_END);
	} else {
		curl.easy_setopt(t->curl, CURLOPT_RANGE, NULL);
		if (ftruncate(t->fd, 0) < 0 || lseek(t->fd, 0, SEEK_SET) < 0)
			t->write_errno = errno;
		if (known_etag) {
			snprintf(text, sizeof(text), "If-None-Match: %s",
				 known_etag);
			list = add_header(list, text);
		}
	}
	curl.easy_setopt(t->curl, CURLOPT_HTTPHEADER, list);
	code = curl.easy_perform(t->curl);
	curl.easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, status);
	curl.easy_setopt(t->curl, CURLOPT_HTTPHEADER, NULL);
	curl.slist_free_all(list);

	/* The part is useless: as long as the whole, or longer; or the server
	 * does not do ranges at all. */
	if (t->start && (*status == 416 || code == CURLE_RANGE_ERROR)) {
		if (ftruncate(t->fd, 0) < 0)
			t->write_errno = errno;
		unlink(t->job->info);
		return CURLE_PARTIAL_FILE;
	}
	if (code != CURLE_OK && !t->write_errno)
		write_info(t, 0);
	return code;
}

int fetch_download(struct fetch_job *job, const char *url,
		   const char *const *headers, const char *known_etag,
		   struct fetch_answer *answer)
{
	struct transfer t = { .job = job, .url = url, .fd = -1 };
	struct eval *ev = job->ev;
	CURLcode code = CURLE_OK;
	long status = 0;
	int rc = -1;

	*answer = (struct fetch_answer){ 0 };
	if (load_curl(ev) < 0)
		return -1;
	t.fd = open(job->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (t.fd < 0) {
		eval_fail(ev, ERROR_FETCH, 0, "opening '%s': %s", job->part,
			  strerror(errno));
		return -1;
	}
	t.curl = curl.easy_init();
	if (!t.curl) {
		eval_fail_memory(ev);
		goto out;
	}
	set_options(&t);
	for (int i = 0; i < ATTEMPTS; i++) {
		struct timespec pause = {
			.tv_sec = (PAUSE_MS << i) / 1000,
			.tv_nsec = (PAUSE_MS << i) % 1000 * 1000000L,
		};

		code = attempt(&t, headers, known_etag, &status);
		if (!is_transient(code, status) || t.write_errno)
			break;
		if (i + 1 < ATTEMPTS)
			nanosleep(&pause, NULL);
	}
	if (code != CURLE_OK || t.write_errno) {
		rc = fail_transfer(&t, code, status);
		goto out;
	}
	if (ev->settings.messages && t.shown &&
	    isatty(fileno(ev->settings.messages)))
		fprintf(ev->settings.messages, "\n");
	answer->unchanged = status == 304;
	if (t.etag[0])
		answer->etag = arena_strndup(ev->arena, t.etag, strlen(t.etag));
	if (t.immutable[0])
		answer->immutable = arena_strndup(ev->arena, t.immutable,
						  strlen(t.immutable));
	unlink(job->info);
	rc = 0;
out:
	if (t.curl)
		curl.easy_cleanup(t.curl);
	close(t.fd);
	return rc;
}
