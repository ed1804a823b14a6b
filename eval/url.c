#include "eval/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"

#define UNRESERVED                                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
#define SUB_DELIMS "!$&'()*+,;="
#define PATH_CHARS UNRESERVED SUB_DELIMS ":@"
#define QUERY_CHARS PATH_CHARS "/?[]"
#define FRAGMENT_CHARS PATH_CHARS "/?#"

static const char *keep(struct eval *ev, const char *bytes, size_t len)
{
	char *copy = arena_strndup(ev->arena, bytes, len);

	if (!copy)
		eval_fail_memory(ev);
	return copy;
}

static const char *keep_buf(struct eval *ev, struct buf *buf)
{
	const char *copy = NULL;

	if (buf->failed)
		eval_fail_memory(ev);
	else
		copy = keep(ev, buf_text(buf), buf->len);
	buf_release(buf);
	return copy;
}

static bool is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

/* How many bytes of text are of the set, "%41" or (lenient) extra. */
static size_t span(const char *text, size_t len, const char *set,
		   const char *extra)
{
	size_t i = 0;

	while (i < len) {
		if (is_in(text[i], set) || is_in(text[i], extra))
			i++;
		else if (text[i] == '%' && len - i > 2 &&
			 isxdigit((unsigned char)text[i + 1]) &&
			 isxdigit((unsigned char)text[i + 2]))
			i += 3;
		else
			break;
	}
	return i;
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

const char *url_decode(struct eval *ev, const char *text, size_t len)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '%') {
			buf_add_char(&out, text[i]);
			continue;
		}
		if (len - i < 3 || !isxdigit((unsigned char)text[i + 1]) ||
		    !isxdigit((unsigned char)text[i + 2])) {
			eval_fail(ev, ERROR_PARSE, 0,
				  "invalid URI parameter '%.*s': %s",
				  buf_clip(len), text,
				  len - i < 3 ? "incomplete pct-encoding"
					      : "bad pct-encoding digit");
			buf_release(&out);
			return NULL;
		}
		if (text[i + 1] == '0' && text[i + 2] == '0') {
			eval_fail(ev, ERROR_PARSE, 0,
				  "URL component '%.*s' contains NUL byte "
				  "which is not allowed",
				  buf_clip(len), text);
			buf_release(&out);
			return NULL;
		}
		buf_add_char(&out, (char)(digit(text[i + 1]) << 4 |
					  digit(text[i + 2])));
		i += 2;
	}
	return keep_buf(ev, &out);
}

static void encode(struct buf *out, const char *text, const char *allowed)
{
	for (; *text; text++) {
		if (is_in(*text, UNRESERVED) || is_in(*text, allowed))
			buf_add_char(out, *text);
		else
			buf_add_format(out, "%%%02X", (unsigned char)*text);
	}
}

/* --- parameters --- */

const char *url_param(const struct url *url, const char *name)
{
	for (size_t i = 0; i < url->query_len; i++)
		if (!strcmp(url->query[i].name, name))
			return url->query[i].value;
	return NULL;
}

int url_set_param(struct eval *ev, struct url *url, const char *name,
		  const char *text)
{
	struct url_param *grown;
	size_t i = 0;

	while (i < url->query_len && strcmp(url->query[i].name, name) < 0)
		i++;
	if (i < url->query_len && !strcmp(url->query[i].name, name)) {
		url->query[i].value = text;
		return 0;
	}
	grown = eval_alloc(ev, (url->query_len + 1) * sizeof(*grown));
	if (!grown)
		return -1;
	if (i)
		memcpy(grown, url->query, i * sizeof(*grown));
	grown[i] = (struct url_param){ name, text };
	if (url->query_len > i)
		memcpy(grown + i + 1, url->query + i,
		       (url->query_len - i) * sizeof(*grown));
	url->query = grown;
	url->query_len++;
	return 0;
}

void url_drop_param(struct url *url, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < url->query_len; i++)
		if (strcmp(url->query[i].name, name))
			url->query[n++] = url->query[i];
	url->query_len = n;
}

int url_parse_query(struct eval *ev, struct url *url, const char *text,
		    size_t len, bool lenient)
{
	const char *end = text + len;

	if (span(text, len, QUERY_CHARS, lenient ? " \"" : "") < len) {
		eval_fail(ev, ERROR_PARSE, 0,
			  "invalid URI query '%.*s': leftover", buf_clip(len),
			  text);
		return -1;
	}
	while (text < end) {
		const char *stop = memchr(text, '&', end - text);
		const char *equals, *name, *found;

		stop = stop ? stop : end;
		equals = memchr(text, '=', stop - text);
		/* Without "=" Nix warns and forgets it. */
		if (equals) {
			name = url_decode(ev, text, equals - text);
			found = url_decode(ev, equals + 1, stop - equals - 1);
			if (!name || !found)
				return -1;
			/* Of two alike the first counts. */
			if (!url_param(url, name) &&
			    url_set_param(ev, url, name, found) < 0)
				return -1;
		}
		text = stop < end ? stop + 1 : end;
	}
	return 0;
}

/* --- paths --- */

static int set_path(struct eval *ev, struct url *url, const char *text,
		    size_t len, bool decode)
{
	const char *end = text + len;
	size_t count = 1;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '/';
	url->path = eval_alloc(ev, count * sizeof(*url->path));
	if (!url->path)
		return -1;
	for (url->path_len = 0; url->path_len < count; url->path_len++) {
		const char *slash = memchr(text, '/', end - text);
		const char *stop = slash ? slash : end;
		const char *part = decode ? url_decode(ev, text, stop - text)
					  : keep(ev, text, stop - text);

		if (!part)
			return -1;
		url->path[url->path_len] = part;
		text = slash ? slash + 1 : end;
	}
	return 0;
}

int url_set_path(struct eval *ev, struct url *url, const char *text)
{
	return set_path(ev, url, text, strlen(text), false);
}

int url_set_file_path(struct eval *ev, struct url *url, const char *path)
{
	struct buf out = BUF_INIT;
	size_t len = strlen(path);
	int rc;

	for (size_t i = 0; i < len; i++)
		if (path[i] != '/' || !out.len || path[i - 1] != '/')
			buf_add_char(&out, path[i]);
	if (out.len > 1 && path[len - 1] == '/')
		buf_add_char(&out, '/');
	rc = url_set_path(ev, url, buf_text(&out));
	buf_release(&out);
	return rc;
}

const char *url_file_path(struct eval *ev, const struct url *url)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < url->path_len; i++) {
		const char *part = url->path[i];

		if (strchr(part, '/')) {
			eval_fail(ev, ERROR_PARSE, 0,
				  "URL path component '%s' contains '/', which "
				  "is not allowed in file names",
				  part);
			buf_release(&out);
			return NULL;
		}
		/* As std::filesystem joins: slashes are never doubled, and an
		 * empty first part is that of an absolute path. */
		if (i && out.data[out.len - 1] != '/')
			buf_add_char(&out, '/');
		buf_add_text(&out, i == 0 && !*part ? "/" : part);
	}
	return keep_buf(ev, &out);
}

/* --- the whole --- */

/* [user[:password]@]host[:port] */
static int parse_authority(struct eval *ev, const char *text, size_t len,
			   struct url *url)
{
	const char *end = text + len, *at = memchr(text, '@', len);
	const char *colon, *host_end;

	if (at) {
		if (span(text, at - text, UNRESERVED SUB_DELIMS ":", "") <
		    (size_t)(at - text))
			return -1;
		colon = memchr(text, ':', at - text);
		url->user = url_decode(ev, text, (colon ? colon : at) - text);
		if (colon)
			url->password =
				url_decode(ev, colon + 1, at - colon - 1);
		text = at + 1;
	}
	if (text < end && *text == '[') {
		host_end = memchr(text, ']', end - text);
		if (!host_end)
			return -1;
		url->host_is_ipv6 = true;
		url->host = url_decode(ev, text + 1, host_end - text - 1);
		host_end++;
	} else {
		host_end = text +
			   span(text, end - text, UNRESERVED SUB_DELIMS, "");
		url->host = url_decode(ev, text, host_end - text);
	}
	if (host_end < end) {
		if (*host_end != ':')
			return -1;
		for (const char *p = host_end + 1; p < end; p++)
			if (!isdigit((unsigned char)*p))
				return -1;
		if (end - host_end > 1) {
			const char *p = host_end + 1;

			while (end - p > 1 && *p == '0')
				p++;
			if (end - p > 5 || atoi(p) > 65535) {
				eval_fail(ev, ERROR_PARSE, 0,
					  "port '%.*s' is invalid",
					  (int)(end - host_end - 1),
					  host_end + 1);
				return -2;
			}
			url->port = keep(ev, p, end - p);
		}
	}
	return url->host ? 0 : -2;
}

static int invalid(struct eval *ev, const char *text, size_t len,
		   const char *why)
{
	eval_fail(ev, ERROR_PARSE, 0, "'%.*s' is not a valid URL: %s",
		  buf_clip(len), text, why);
	return -1;
}

int url_parse(struct eval *ev, const char *text, size_t len, bool lenient,
	      struct url *url)
{
	const char *end = text + len, *p = text, *stop, *colon;
	size_t n;
	int rc;

	*url = (struct url){ .host = "", .fragment = "" };
	if (memchr(text, '\0', len))
		return invalid(ev, text, len, "leftover");

	colon = memchr(text, ':', len);
	n = colon ? (size_t)(colon - text) : 0;
	if (!colon || !isalpha((unsigned char)*text) ||
	    span(text, n, UNRESERVED "+", "_~") < n || memchr(text, '~', n) ||
	    memchr(text, '_', n)) {
		/* A relative reference, if it is one at all. */
		if (span(text, len, PATH_CHARS "/?#", "") < len)
			return invalid(ev, text, len, "leftover");
		eval_fail(ev, ERROR_PARSE, 0, "'%.*s' doesn't have a scheme",
			  buf_clip(len), text);
		return -1;
	}
	url->scheme = keep(ev, text, n);
	if (!url->scheme)
		return -1;
	p = colon + 1;

	if (end - p >= 2 && p[0] == '/' && p[1] == '/') {
		p += 2;
		n = strcspn(p, "/?#");
		n = n < (size_t)(end - p) ? n : (size_t)(end - p);
		url->has_authority = true;
		rc = parse_authority(ev, p, n, url);
		if (rc == -2)
			return -1;
		if (rc < 0)
			return invalid(ev, text, len, "leftover");
		if (*url->host && !strcmp(url_transport(url), "file")) {
			eval_fail(ev, ERROR_PARSE, 0,
				  "file:// URL '%.*s' has unexpected authority "
				  "'%s'",
				  buf_clip(len), text, url->host);
			return -1;
		}
		p += n;
	}

	n = span(p, end - p, PATH_CHARS "/", "");
	stop = p + n;
	if (stop < end && *stop != '?' && *stop != '#')
		return invalid(ev, text, len, "leftover");
	if (!n && !strcmp(url_transport(url), "file"))
		rc = set_path(ev, url, "/", 1, true);
	else
		rc = set_path(ev, url, p, n, true);
	if (rc < 0)
		return -1;

	p = stop;
	if (p < end && *p == '?') {
		stop = memchr(p, '#', end - p);
		stop = stop ? stop : end;
		n = stop - p - 1;
		if (span(p + 1, n, QUERY_CHARS, lenient ? " \"" : "") < n)
			return invalid(ev, text, len, "leftover");
		if (url_parse_query(ev, url, p + 1, n, lenient) < 0)
			return -1;
		p = stop;
	}
	if (p < end) {
		n = end - p - 1;
		if (span(p + 1, n, FRAGMENT_CHARS, lenient ? " \"^" : "") < n)
			return invalid(ev, text, len, "leftover");
		url->fragment = url_decode(ev, p + 1, n);
		if (!url->fragment)
			return -1;
	}
	return 0;
}

static void add_authority(struct buf *out, const struct url *url)
{
	if (url->user) {
		encode(out, url->user, "");
		if (url->password) {
			buf_add_char(out, ':');
			encode(out, url->password, "");
		}
		buf_add_char(out, '@');
	}
	buf_add_text(out, url->host_is_ipv6 ? "[" : "");
	encode(out, url->host, url->host_is_ipv6 ? ":" : "");
	buf_add_text(out, url->host_is_ipv6 ? "]" : "");
	if (url->port) {
		buf_add_char(out, ':');
		buf_add_text(out, url->port);
	}
}

const char *url_authority(struct eval *ev, const struct url *url)
{
	struct buf out = BUF_INIT;

	add_authority(&out, url);
	return keep_buf(ev, &out);
}

const char *url_print(struct eval *ev, const struct url *url)
{
	struct buf out = BUF_INIT;

	buf_add_text(&out, url->scheme);
	buf_add_char(&out, ':');
	if (url->has_authority) {
		buf_add_text(&out, "//");
		add_authority(&out, url);
	}
	for (size_t i = 0; i < url->path_len; i++) {
		if (i)
			buf_add_char(&out, '/');
		encode(&out, url->path[i], ":@");
	}
	for (size_t i = 0; i < url->query_len; i++) {
		buf_add_char(&out, i ? '&' : '?');
		encode(&out, url->query[i].name, ":@/?");
		buf_add_char(&out, '=');
		encode(&out, url->query[i].value, ":@/?");
	}
	if (*url->fragment) {
		buf_add_char(&out, '#');
		encode(&out, url->fragment, "");
	}
	return keep_buf(ev, &out);
}

const char *url_transport(const struct url *url)
{
	const char *plus = strchr(url->scheme, '+');

	return plus ? plus + 1 : url->scheme;
}

const char *url_application(struct eval *ev, const struct url *url)
{
	const char *plus = strchr(url->scheme, '+');

	return plus ? keep(ev, url->scheme, plus - url->scheme) : NULL;
}

/* "user@host:path", as ssh takes it, becomes "ssh://user@host/path". */
static const char *from_scp(struct eval *ev, const char *text)
{
	size_t slash = strcspn(text, "/"), at = slash;
	const char *colon = strrchr(text, ':');
	struct buf out = BUF_INIT;

	/* The last "@" before a slash that has a ":" after it. */
	while (at > 0 && (text[at] != '@' || !colon || colon < text + at))
		at--;
	if (!colon || text[at] != '@' || text[0] == '/')
		return text;
	buf_add_text(&out, "ssh://");
	buf_add(&out, text, colon - text);
	buf_add_char(&out, '/');
	buf_add_text(&out, colon + 1);
	return keep_buf(ev, &out);
}

int url_parse_git(struct eval *ev, const char *text, struct url *url)
{
	text = from_scp(ev, text);
	if (!text)
		return -1;
	if (strncmp(text, "file:", 5) && strncmp(text, "git+file:", 9) &&
	    !strstr(text, "://")) {
		*url = (struct url){
			.scheme = "file",
			.has_authority = text[0] == '/',
			.host = "",
			.fragment = "",
		};
		if (memchr(text, ':', strcspn(text, "/"))) {
			eval_fail(ev, ERROR_PARSE, 0,
				  "SCP-like URL '%s' is not supported; use SSH "
				  "URL syntax instead (ssh://...)",
				  text);
			return -1;
		}
		return url_set_path(ev, url, text);
	}
	if (url_parse(ev, text, strlen(text), false, url) < 0)
		return -1;
	if (!strncmp(url->scheme, "git+", 4))
		url->scheme += 4;
	return 0;
}
