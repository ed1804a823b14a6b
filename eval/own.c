#include "eval/own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/outline.h"
#include "eval/source.h"
#include "eval/trace.h"

#define FLAKE_NIX "flake.nix"

static bool is_known_shared(const struct host *host, const char *file)
{
	for (size_t i = 0; i < host->shared_len; i++)
		if (host->shared[i].len == strlen(file) &&
		    memcmp(host->shared[i].bytes, file, strlen(file)) == 0)
			return true;
	return false;
}

/* Folders of what hosts choose from: modules/desktop.nix is not the file of the
 * host desktop. */
static bool holds_shared(const char *folder, size_t len)
{
	static const char *const names[] = {
		"modules",  "module",	 "profiles",  "profile",  "roles",
		"role",	    "common",	 "shared",    "features", "mixins",
		"suites",   "templates", "presets",   "aspects",  "services",
		"programs", "lib",	 "overlays",  "packages", "pkgs",
		"hardware", "bundles",	 "templates",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len &&
		    memcmp(names[i], folder, len) == 0)
			return true;
	return false;
}

/* Is the host's name a step of the path: hosts/ares/disks.nix, ares.nix? */
static bool has_name(const struct wire_text *name, const char *file)
{
	const char *folder = file;
	size_t folder_len = 0;

	for (const char *p = file; *p;) {
		size_t n = strcspn(p, "/");
		size_t stem =
			n > 4 && strncmp(p + n - 4, ".nix", 4) == 0 ? n - 4 : n;

		if (stem == name->len && memcmp(p, name->bytes, stem) == 0 &&
		    !holds_shared(folder, folder_len))
			return true;
		folder = p;
		folder_len = n;
		p += n;
		p += *p == '/';
	}
	return false;
}

/* The text of a file of the repository; NULL if it can't be had. */
static const char *file_text(struct host *host, const char *file, size_t *len)
{
	struct path *at = repository_path(host->repository, file);
	const char *text = NULL;

	if (!at || source_read(host->ev, at->source, at->bytes, &text, len) < 0)
		text = NULL;
	eval_clear_error(host->ev);
	return text;
}

bool own_file_is(struct host *host, const char *file)
{
	struct edit_scope scope = own_scope(host);
	const char *text;
	size_t len;

	if (!host->repository->is_flake && host->file &&
	    strcmp(host->file, file) == 0)
		return true;
	/* What is in it is told by where it stands. */
	if (host->repository->is_flake && strcmp(file, FLAKE_NIX) == 0)
		return false;
	if (scope.all)
		return true;
	if (is_known_shared(host, file))
		return false;
	if (has_name(&host->repository->start->name, file))
		return true;
	text = host->repository->is_flake ? file_text(host, FLAKE_NIX, &len)
					  : NULL;
	return text && outline_is_alone(text, len, &scope, file);
}

/* Better places for a new definition come first. */
static int file_rank(const struct wire_text *name, const char *file)
{
	const char *base = strrchr(file, '/');

	base = base ? base + 1 : file;
	if (strcmp(base, "configuration.nix") == 0)
		return 0;
	if (strcmp(base, "default.nix") == 0)
		return 1;
	if (strncmp(base, name->bytes, name->len) == 0 &&
	    strcmp(base + name->len, ".nix") == 0)
		return 2;
	if (strncmp(base, "hardware", 8) == 0)
		return 9;
	return 5;
}

struct own_file {
	struct host *host;
	char *best; /* in the repository */
};

static int consider(void *arg, const struct trace_item *item)
{
	struct own_file *search = arg;
	struct host *host = search->host;
	const struct wire_text *name = &host->repository->start->name;
	const char *file;

	if (!item->imported)
		return 0;
	file = repository_relative(host->repository, item->source, item->path);
	if (!file || strlen(file) < 4 ||
	    strcmp(file + strlen(file) - 4, ".nix") != 0 ||
	    !own_file_is(host, file))
		return 0;
	if (search->best &&
	    file_rank(name, search->best) <= file_rank(name, file))
		return 0;
	free(search->best);
	search->best = strdup(file);
	return search->best ? 0 : -ENOMEM;
}

int own_file(struct host *host, char **file, bool *inside)
{
	struct edit_scope scope = own_scope(host);
	struct own_file search = { host, NULL };
	const char *text;
	size_t len;
	int rc = 0;

	*inside = false;
	*file = NULL;
	if (!host->repository->is_flake && host->file) {
		*file = strdup(host->file);
		return *file ? 0 : -ENOMEM;
	}
	rc = trace_each(host->ev, NULL, consider, &search);
	if (rc < 0) {
		free(search.best);
		return rc;
	}
	*file = search.best;
	if (*file)
		return 0;
	text = host->repository->is_flake ? file_text(host, FLAKE_NIX, &len)
					  : NULL;
	if (!text || !edit_has_module(text, len, &scope))
		return -ENOENT;
	*inside = true;
	*file = strdup(FLAKE_NIX);
	return *file ? 0 : -ENOMEM;
}

struct edit_scope own_scope(const struct host *host)
{
	static const char *const classes[WIRE_CLASSES] = {
		[WIRE_HOST] = "nixosConfigurations",
		[WIRE_HOME] = "homeConfigurations",
		[WIRE_DARWIN] = "darwinConfigurations",
	};
	const struct wire_start *start = host->repository->start;

	return (struct edit_scope){
		.class = classes[start->class],
		.host = start->name,
		.all = repository_host_count(host->repository) == 1,
	};
}

/* Files of the repository that were read: Nix expressions. */
struct files {
	struct host *host;
	const char **items;
	size_t len, room;
};

static int add_file(void *arg, const struct trace_item *item)
{
	struct files *files = arg;
	const char *file = repository_relative(files->host->repository,
					       item->source, item->path);

	if (!item->imported || !file || strlen(file) < 4 ||
	    strcmp(file + strlen(file) - 4, ".nix") != 0)
		return 0;
	if (files->len == files->room) {
		size_t room = files->room ? 2 * files->room : 64;
		const char **items =
			reallocarray(files->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		files->items = items;
		files->room = room;
	}
	files->items[files->len++] = file;
	return 0;
}

bool own_may_be_inside(struct host *host, value *file)
{
	value v = value_force(host->ev, file);
	const char *text;

	if (!v)
		eval_clear_error(host->ev);
	if (!v || value_tag(v) != TAG_STRING)
		return v && !value_is_path(v);
	text = value_string(v)->bytes;
	return *text != '/' || !strstr(text, "/modules/");
}

bool own_find_inside(struct host *host, const struct wire_text *path,
		     size_t len, const char **file, struct edit_binding *out)
{
	struct edit_scope scope = own_scope(host);
	struct files files = { .host = host };
	const char *text;
	size_t text_len;
	bool found = false;

	if (host->repository->is_flake)
		trace_each(host->ev, NULL, add_file, &files);
	for (size_t i = 0; i < files.len && !found; i++) {
		text = file_text(host, files.items[i], &text_len);
		/* Most files do not even have the name in them. */
		if (!text ||
		    (!scope.all &&
		     !memmem(text, text_len, scope.host.bytes, scope.host.len)))
			continue;
		*file = files.items[i];
		found = edit_find(text, text_len, &scope, path, len, out);
	}
	free(files.items);
	return found;
}
