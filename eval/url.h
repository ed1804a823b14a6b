/*
 * url.h - URLs as Nix takes and writes them
 *
 *     scheme ":" ["//" [user [":" password] "@"] host [":" port]] path
 *            ["?" name "=" value *("&" ...)] ["#" fragment]
 *
 * RFC 3986, but when lenient also blanks and '"' in the query and the
 * fragment and '^' in the fragment, as old versions of Nix let them pass. All
 * parts are kept decoded. Texts belong to ev's arena.
 */
#ifndef EVAL_URL_H
#define EVAL_URL_H

#include "eval/buf.h"
#include "eval/value.h"

struct url_param {
	const char *name, *value;
};

struct url {
	const char *scheme;
	bool has_authority;
	bool host_is_ipv6;	     /* or another form in brackets */
	const char *host;	     /* "" if there is none */
	const char *user, *password; /* NULL: none */
	const char *port;	     /* NULL: none */
	size_t path_len; /* parts between slashes; "/a" has two: "", "a" */
	const char **path;
	size_t query_len; /* sorted by name, each once */
	struct url_param *query;
	const char *fragment;
};

/* 0, or -1 with ERROR_PARSE pending: "'...' is not a valid URL: ...". */
int url_parse(struct eval *ev, const char *text, size_t len, bool lenient,
	      struct url *url);
/* In ev's arena; NULL with the error pending. */
const char *url_print(struct eval *ev, const struct url *url);

/* "user:password@host:port", as far as it is there. */
const char *url_authority(struct eval *ev, const struct url *url);

/* The part of the scheme after "+", or all of it; and the part before, NULL if
 * there is none. */
const char *url_transport(const struct url *url);
const char *url_application(struct eval *ev, const struct url *url);

const char *url_param(const struct url *url, const char *name);
/* Add or replace. */
int url_set_param(struct eval *ev, struct url *url, const char *name,
		  const char *value);
void url_drop_param(struct url *url, const char *name);

/* Split text at slashes, without decoding. */
int url_set_path(struct eval *ev, struct url *url, const char *text);
/* The same for a path on disk, as Nix takes it apart: doubled slashes are one,
 * and one at the end is two. */
int url_set_file_path(struct eval *ev, struct url *url, const char *path);
/* The parts joined by slashes, decoded; NULL with the error pending if a part
 * holds a slash or a NUL. */
const char *url_file_path(struct eval *ev, const struct url *url);

/* "a%20b" becomes "a b"; NULL with the error pending. */
const char *url_decode(struct eval *ev, const char *text, size_t len);
/* Parse "a=b&c=d" into url->query. */
int url_parse_query(struct eval *ev, struct url *url, const char *text,
		    size_t len, bool lenient);

/* A URL as git takes it: also "user@host:path", and paths. */
int url_parse_git(struct eval *ev, const char *text, struct url *url);

#endif
