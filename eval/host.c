#include "eval/host.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <git2.h>

#include "eval/definitions.h"
#include "eval/flake.h"
#include "eval/flake_dirs.h"
#include "eval/source.h"
#include "eval/source_git.h"
#include "eval/view.h"

/*
 * Where host files are in repositories without flakes, best first. A pattern
 * has one `*` at most, for one step; the host's name is what it stands for,
 * without .nix, or else the name of the repository's folder.
 */
static const char *const usual_places[] = {
	"hosts/*/configuration.nix",
	"hosts/*/default.nix",
	"hosts/*.nix",
	"machines/*/configuration.nix",
	"machines/*/default.nix",
	"machines/*.nix",
	"systems/*/configuration.nix",
	"systems/*/default.nix",
	"systems/*.nix",
	"sys/*/configuration.nix",
	"sys/*/default.nix",
	"sys/*.nix",
	"nixos/*/configuration.nix",
	"nixos/hosts/*/configuration.nix",
	"nixos/hosts/*/default.nix",
	"nixos/configuration.nix",
	"configuration.nix",
};

/* The outputs of a flake that are hosts of some class. */
static const struct {
	enum wire_class class;
	const char *output;
} flake_classes[] = {
	{ WIRE_HOST, "nixosConfigurations" },
	{ WIRE_HOME, "homeConfigurations" },
	{ WIRE_DARWIN, "darwinConfigurations" },
	{ WIRE_HARDWARE, "hardwareProfiles" },
};
#define FLAKE_CLASSES (sizeof(flake_classes) / sizeof(*flake_classes))

/* A host file that was found. */
struct candidate {
	char *name;
	char *path; /* in the repository */
};

struct candidates {
	struct candidate *items;
	size_t len, room;
};

static char *text_dup(const struct wire_text *text)
{
	return strndup(text->bytes ? text->bytes : "", text->len);
}

/* Are paths in the repository's source those of the machine? */
static bool is_rooted(const struct repository *repository)
{
	return repository->source && repository->source->prefix_len == 0;
}

/* The path in the repository's source of a file in the repository. */
static struct path *file_path(struct repository *repository, const char *file)
{
	struct buf text = BUF_INIT;
	struct path *path;
	value v;

	if (is_rooted(repository)) {
		buf_add(&text, repository->start->repository.bytes,
			repository->start->repository.len);
	} else if (repository->dir[0]) {
		buf_add_char(&text, '/');
		buf_add_text(&text, repository->dir);
	}
	if (file[0]) {
		buf_add_char(&text, '/');
		buf_add_text(&text, file);
	}
	if (!text.len)
		buf_add_char(&text, '/');
	v = value_new_path(repository->ev, repository->source, buf_text(&text),
			   text.len);
	buf_release(&text);
	path = v ? value_path(v) : NULL;
	return path;
}

static enum source_type file_type(struct repository *repository,
				  const char *file)
{
	struct path *path = file_path(repository, file);
	struct source_stat st;

	path = path ? source_resolve(repository->ev, path, true) : NULL;
	if (!path ||
	    source_stat(repository->ev, path->source, path->bytes, &st) < 0) {
		eval_clear_error(repository->ev);
		return SOURCE_MISSING;
	}
	return st.type;
}

static void candidates_release(struct candidates *all)
{
	for (size_t i = 0; i < all->len; i++) {
		free(all->items[i].name);
		free(all->items[i].path);
	}
	free(all->items);
}

/* The first file of a name is the host. name and path become all's. */
static int candidates_add(struct candidates *all, char *name, char *path)
{
	struct candidate *items;

	if (!name || !path)
		goto fail;
	for (size_t i = 0; i < all->len; i++)
		if (strcmp(all->items[i].name, name) == 0) {
			free(name);
			free(path);
			return 0;
		}
	if (all->len == all->room) {
		size_t room = all->room ? all->room * 2 : 16;

		items = realloc(all->items, room * sizeof(*items));
		if (!items)
			goto fail;
		all->items = items;
		all->room = room;
	}
	all->items[all->len++] = (struct candidate){ name, path };
	return 0;
fail:
	free(name);
	free(path);
	return -ENOMEM;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/*
 * Add the files that pattern matches: head * tail, where head ends at a slash
 * or is empty, tail begins with a slash or is the name's end.
 */
static int match_star(struct repository *repository, const char *pattern,
		      struct candidates *all)
{
	const char *star = strchr(pattern, '*');
	const char *slash = star;
	const char *rest = star + 1;
	struct source_entry *entries;
	struct path *folder;
	struct buf text = BUF_INIT;
	size_t count, head;
	int err = 0;

	while (slash > pattern && slash[-1] != '/')
		slash--;
	head = (size_t)(star - slash);
	buf_add(&text, pattern, (size_t)(slash - pattern));
	if (text.len)
		text.data[--text.len] = '\0';
	folder = file_path(repository, buf_text(&text));
	buf_release(&text);
	folder = folder ? source_resolve(repository->ev, folder, true) : NULL;
	if (!folder || source_list(repository->ev, folder->source,
				   folder->bytes, &entries, &count) < 0) {
		eval_clear_error(repository->ev);
		return 0;
	}

	for (size_t i = 0; i < count && err == 0; i++) {
		const char *name = entries[i].name;
		size_t end = rest[0] == '/' ? 0 : strcspn(rest, "/");
		char *file, *tail, *host;

		tail = strndup(rest, end);
		if (!tail)
			return -ENOMEM;
		if (name[0] == '.' || strlen(name) < head + end ||
		    strncmp(name, slash, head) != 0 || !ends_with(name, tail) ||
		    (strcmp(tail, ".nix") == 0 &&
		     strcmp(name, "default.nix") == 0)) {
			free(tail);
			continue;
		}
		free(tail);
		if (asprintf(&file, "%.*s%s%s", (int)(slash - pattern), pattern,
			     name, rest + end) < 0)
			return -ENOMEM;
		host = strndup(name + head, strlen(name) - head - end);
		if (file_type(repository, file) == SOURCE_REGULAR) {
			err = candidates_add(all, host, file);
		} else {
			free(file);
			free(host);
		}
	}
	return err;
}

static int match(struct repository *repository, const char *pattern,
		 struct candidates *all)
{
	const struct wire_text *top = &repository->start->repository;
	const char *name;

	if (strchr(pattern, '*'))
		return match_star(repository, pattern, all);
	if (file_type(repository, pattern) != SOURCE_REGULAR)
		return 0;
	name = memrchr(top->bytes, '/', top->len);
	name = name ? name + 1 : top->bytes;
	return candidates_add(
		all, strndup(name, (size_t)(top->bytes + top->len - name)),
		strdup(pattern));
}

/* Can the file be a NixOS module: a function or a set? What does not parse
 * can't be told from one: it is a host with an error, not a missing host. */
static bool is_module(struct repository *repository, const char *file)
{
	struct path *path = file_path(repository, file);
	value v = path ? eval_file(repository->ev, path) : 0;

	if (!v) {
		eval_clear_error(repository->ev);
		return true;
	}
	return value_tag(v) == TAG_FUNCTION || value_tag(v) == TAG_ATTRS;
}

static int find_host_files(struct repository *repository,
			   struct candidates *all)
{
	const struct wire_start *start = repository->start;
	int err = 0;

	for (size_t i = 0; i < start->hosts_len && err == 0; i++) {
		char *pattern = text_dup(&start->hosts[i]);

		err = pattern ? match(repository, pattern, all) : -ENOMEM;
		free(pattern);
	}
	if (start->hosts_len)
		return err;
	for (size_t i = 0;
	     i < sizeof(usual_places) / sizeof(*usual_places) && err == 0; i++)
		err = match(repository, usual_places[i], all);
	return err;
}

static int list_host_files(struct repository *repository, struct buf *out)
{
	struct candidates all = { 0 };
	struct buf hosts = BUF_INIT;
	struct wire_host host = { .class = WIRE_HOST };
	uint32_t count = 0;
	int err = find_host_files(repository, &all);

	for (size_t i = 0; i < all.len && err == 0; i++) {
		if (!repository->start->hosts_len &&
		    !is_module(repository, all.items[i].path))
			continue;
		host.name = wire_text(all.items[i].name);
		host.file = wire_text(all.items[i].path);
		wire_put_host(&hosts, &host);
		count++;
	}
	wire_put_u32(out, count);
	buf_add(out, hosts.data, hosts.len);
	buf_release(&hosts);
	candidates_release(&all);
	return err;
}

/* The attribute name of the flake's outputs; NULL if it has none. */
static value *output(struct repository *repository, const char *name)
{
	symbol sym = symbol_intern(name, strlen(name));
	value v = value_force(repository->ev, &repository->outputs);

	return v && value_tag(v) == TAG_ATTRS ? attrs_find(value_attrs(v), sym)
					      : NULL;
}

static int list_output(struct repository *repository, enum wire_class class,
		       value *cell, struct buf *out, uint32_t *count)
{
	struct eval *ev = repository->ev;
	struct wire_host host = { .class = class };
	struct attrs *set;
	value *member;
	symbol name;

	set = eval_attrs(ev, cell, 0,
			 "while evaluating the flake's configurations");
	set = set ? attrs_flat(ev, set) : NULL;
	if (!set)
		return view_errno(ev);
	for (size_t i = 0; i < attrs_len(set); i++) {
		name = attrs_sorted(ev, set, i, &member);
		host.name.bytes = symbol_bytes(name);
		host.name.len = symbol_len(name);
		host.file = wire_text("flake.nix");
		wire_put_host(out, &host);
		++*count;
	}
	return 0;
}

static int list_flake_hosts(struct repository *repository, struct buf *out)
{
	struct buf hosts = BUF_INIT;
	uint32_t count = 0;
	value *cell;
	int err = 0;

	for (size_t i = 0; i < FLAKE_CLASSES && err == 0; i++) {
		cell = output(repository, flake_classes[i].output);
		if (cell)
			err = list_output(repository, flake_classes[i].class,
					  cell, &hosts, &count);
		else if (eval_error(repository->ev))
			err = view_errno(repository->ev);
	}
	if (err == 0) {
		wire_put_u32(out, count);
		buf_add(out, hosts.data, hosts.len);
	}
	buf_release(&hosts);
	return err;
}

const char *repository_relative(struct repository *repository,
				const struct source *source, const char *path)
{
	const struct wire_text *top = &repository->start->repository;
	size_t dir = strlen(repository->dir);

	if (source != repository->source)
		return NULL;
	if (!is_rooted(repository)) {
		if (dir == 0)
			return path + 1;
		return strncmp(path + 1, repository->dir, dir) == 0 &&
				       path[dir + 1] == '/'
			       ? path + dir + 2
			       : NULL;
	}
	if (strncmp(path, top->bytes, top->len) != 0 || path[top->len] != '/' ||
	    strncmp(path + top->len, "/nixpkgs/", 9) == 0)
		return NULL;
	return path + top->len + 1;
}

struct path *repository_path(struct repository *repository, const char *file)
{
	return file_path(repository, file);
}

bool repository_has(struct repository *repository, value *file)
{
	struct eval *ev = repository->ev;
	value v = value_force(ev, file);
	struct path *path = NULL;

	if (!v)
		eval_clear_error(ev);
	else if (value_is_path(v))
		path = value_path(v);
	else if (value_tag(v) == TAG_STRING && value_string(v)->bytes[0] == '/')
		path = source_path(ev, value_string(v)->bytes,
				   value_string(v)->len);
	return path &&
	       repository_relative(repository, path->source, path->bytes);
}

static int load_flake(struct repository *repository);
static int open_flake(struct repository *repository);

int repository_hosts(struct repository *repository, struct buf *out)
{
	int err;

	if (!repository->is_flake)
		return list_host_files(repository, out);
	err = open_flake(repository);
	return err < 0 ? err : list_flake_hosts(repository, out);
}

size_t repository_host_count(struct repository *repository)
{
	struct candidates all = { 0 };
	size_t count = 0;
	value v = 0;

	if (!repository->is_flake) {
		if (find_host_files(repository, &all) == 0)
			count = all.len;
		candidates_release(&all);
		return count;
	}
	for (size_t i = 0; i < FLAKE_CLASSES; i++) {
		value *cell =
			flake_classes[i].class == repository->start->class
				? output(repository, flake_classes[i].output)
				: NULL;

		v = cell ? value_force(repository->ev, cell) : v;
	}
	return v && value_tag(v) == TAG_ATTRS ? attrs_len(value_attrs(v)) : 0;
}

static int open_flake_host(struct repository *repository, struct host *out)
{
	const struct wire_start *start = repository->start;
	value *cell = NULL;
	int err = open_flake(repository);

	if (err < 0)
		return err;
	for (size_t i = 0; i < FLAKE_CLASSES; i++)
		if (flake_classes[i].class == start->class)
			cell = output(repository, flake_classes[i].output);
	if (!cell)
		return eval_error(repository->ev) ? view_errno(repository->ev)
						  : -ENOENT;
	err = option_step(repository->ev, &cell, &start->name);
	if (err < 0)
		return err == -EIO ? view_errno(repository->ev) : err;
	out->root = *cell;
	out->file = "flake.nix";
	return 0;
}

/* import <nixpkgs/nixos> { configuration = file; }, nixpkgs and file being
 * paths: each in its own source. */
static int open_file_host(struct repository *repository, struct host *out)
{
	static const char nixos[] =
		"nixpkgs: file:\n"
		"import (nixpkgs + \"/nixos\") { configuration = file; }\n";
	static const char search[] =
		"file:\n"
		"import <nixpkgs/nixos> { configuration = file; }\n";
	struct eval *ev = repository->ev;
	struct candidates all = { 0 };
	char *name = text_dup(&repository->start->name);
	const char *file = NULL;
	value args[2], fn;
	struct path *path;
	int err = name ? find_host_files(repository, &all) : -ENOMEM;

	for (size_t i = 0; i < all.len && err == 0; i++)
		if (strcmp(all.items[i].name, name) == 0)
			file = arena_strndup(ev->arena, all.items[i].path,
					     strlen(all.items[i].path));
	if (err == 0 && !file)
		err = -ENOENT;
	if (err < 0)
		goto out;

	out->file = file;
	path = file_path(repository, file);
	args[1] =
		path ? value_new_path(ev, path->source, path->bytes, path->len)
		     : 0;
	if (repository->nixpkgs) {
		path = source_path(ev, repository->nixpkgs,
				   strlen(repository->nixpkgs));
		args[0] = path ? value_new_path(ev, path->source, path->bytes,
						path->len)
			       : 0;
		fn = eval_string(ev, nixos, sizeof(nixos) - 1, NULL,
				 "«flakefs»");
	} else {
		args[0] = args[1];
		fn = eval_string(ev, search, sizeof(search) - 1, NULL,
				 "«flakefs»");
	}
	out->root = fn && args[0] && args[1]
			    ? eval_call(ev, 0, fn, repository->nixpkgs ? 2 : 1,
					args)
			    : 0;
	if (!out->root)
		err = view_errno(ev);
out:
	candidates_release(&all);
	free(name);
	return err;
}

int host_open(struct repository *repository, struct host *out)
{
	struct eval *ev = repository->ev;
	struct attrs *set;
	value *cell;
	int err;

	memset(out, 0, sizeof(*out));
	out->repository = repository;
	out->ev = ev;
	if (repository->start->class == WIRE_FLAKE)
		return load_flake(repository);
	err = repository->is_flake ? open_flake_host(repository, out)
				   : open_file_host(repository, out);
	if (err < 0 || repository->start->class == WIRE_HARDWARE)
		return err;

	set = eval_attrs(ev, &out->root, 0,
			 "while evaluating the host's configuration");
	if (!set)
		return view_errno(ev);
	cell = attrs_find(set, SYM_options);
	out->options = cell ? *cell : 0;
	cell = attrs_find(set, SYM_config);
	out->config = cell ? *cell : 0;
	if (!out->options || !out->config) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "the host's configuration has no '%s': it is not "
			  "made by nixosSystem or evalModules",
			  out->options ? "config" : "options");
		return -EIO;
	}
	return 0;
}

/* Is there a folder nixpkgs/ with NixOS in it in the repository? */
static const char *own_nixpkgs(const struct wire_start *start)
{
	char *text;

	if (asprintf(&text, "%.*s/nixpkgs", (int)start->repository.len,
		     start->repository.bytes) < 0)
		return NULL;
	/* Kept: it belongs to the settings of an evaluation that lasts as
	 * long as the process. */
	if (access(text, F_OK) == 0)
		return text;
	free(text);
	return NULL;
}

/* What <nixpkgs> is in a repository without flakes; NULL: NIX_PATH decides. */
static const char *find_nixpkgs(const struct wire_start *start)
{
	return start->nixpkgs.len ? text_dup(&start->nixpkgs)
				  : own_nixpkgs(start);
}

/* Where the repository's files are, found out before anything is evaluated. */
struct place {
	char *top; /* of the git repository, or the folder itself */
	char *dir; /* of the repository in it: "" or "a/b" */
	char *rev; /* NULL: the working tree */
	bool git, flake;
};

static bool exists(const char *folder, const char *name)
{
	char *text;
	bool found;

	if (asprintf(&text, "%s/%s", folder, name) < 0)
		return false;
	found = access(text, F_OK) == 0;
	free(text);
	return found;
}

/* On disk, in the repository's folder? */
static bool file_is_there(const struct wire_start *start, const char *name)
{
	char *folder = text_dup(&start->repository);
	bool found = folder && exists(folder, name);

	free(folder);
	return found;
}

/* The git repository that folder is in: its top, "" if there is none. */
static char *git_top(const char *folder)
{
	char *top = strdup(folder);

	while (top && *top && !exists(top, ".git")) {
		char *slash = strrchr(top, '/');

		if (!slash)
			slash = top;
		*slash = '\0';
	}
	return top;
}

static bool is_bare(const char *folder)
{
	return exists(folder, "HEAD") && exists(folder, "objects") &&
	       exists(folder, "refs");
}

/* Is there such a file in a revision? */
static bool revision_has(const char *top, const char *rev, const char *dir,
			 const char *file)
{
	git_repository *repo = NULL;
	git_object *object = NULL;
	char *spec = NULL;
	bool found = false;

	git_libgit2_init();
	if (git_repository_open(&repo, top) == 0 &&
	    asprintf(&spec, "%s:%s%s%s", rev, dir, *dir ? "/" : "", file) > 0)
		found = git_revparse_single(&object, repo, spec) == 0;
	git_object_free(object);
	git_repository_free(repo);
	git_libgit2_shutdown();
	free(spec);
	return found;
}

static void place_release(struct place *place)
{
	free(place->top);
	free(place->dir);
	free(place->rev);
}

static int find_place(const struct wire_start *start, struct place *out)
{
	char *folder = text_dup(&start->repository);

	memset(out, 0, sizeof(*out));
	if (!folder)
		return -ENOMEM;
	out->rev = start->revision.len ? text_dup(&start->revision) : NULL;
	if (is_bare(folder)) {
		out->git = true;
		out->top = folder;
		out->dir = strdup("");
		if (!out->rev)
			out->rev = strdup("HEAD");
	} else {
		out->top = git_top(folder);
		out->git = out->top && *out->top;
		if (out->git)
			out->dir = strdup(folder + strlen(out->top) +
					  (strlen(folder) > strlen(out->top)));
		else
			out->dir = strdup("");
		if (!out->git) {
			free(out->top);
			out->top = folder;
		} else {
			free(folder);
		}
	}
	if (!out->top || !out->dir)
		return -ENOMEM;
	out->flake = out->rev ? revision_has(out->top, out->rev, out->dir,
					     "flake.nix")
			      : file_is_there(start, "flake.nix");
	return 0;
}

/* NIX_PATH as an array, nixpkgs first; it lasts as long as the process. */
static const char *const *search_path(const char *nixpkgs)
{
	const char *env = getenv("NIX_PATH");
	size_t len = 0, room = 3;
	const char **path;
	char *entry;

	for (const char *p = env ? env : ""; *p; p++)
		room += *p == ':';
	path = calloc(room, sizeof(*path));
	if (!path)
		return NULL;
	if (nixpkgs && asprintf(&entry, "nixpkgs=%s", nixpkgs) > 0)
		path[len++] = entry;
	while (env && *env) {
		size_t n = strcspn(env, ":");

		/* https://... is one entry, though it has a colon. */
		if (strncmp(env + n, "://", 3) == 0)
			n += 1 + strcspn(env + n + 1, ":");
		if (n)
			path[len++] = strndup(env, n);
		env += n;
		env += *env == ':';
	}
	return path;
}

struct eval *repository_eval(const struct wire_start *start)
{
	struct place place;
	struct eval *ev = NULL;

	if (find_place(start, &place) == 0) {
		struct eval_settings settings = {
			.pure = start->purity == WIRE_PURE ||
				(start->purity == WIRE_AUTO &&
				 (place.flake || start->class == WIRE_FLAKE)),
			.flakes = true,
			.max_call_depth = 10000,
			.memory_limit = start->eval_memory,
			.system = start->system.len ? text_dup(&start->system)
						    : "x86_64-linux",
			.search_path = search_path(
				place.flake ? NULL : find_nixpkgs(start)),
			.messages = stderr,
		};

		ev = eval_new(&settings);
	}
	place_release(&place);
	if (ev && definitions_watch(ev) < 0)
		return NULL;
	return ev;
}

/* The files as the worker was told: "/" for a working tree without a flake,
 * else a tree of their own; the overlay over them. */
static struct source *open_files(struct repository *repository,
				 const struct place *place)
{
	struct eval *ev = repository->ev;
	struct git_repo *repo;
	char rev[GIT_REV_LEN + 1];
	struct source *source;

	if (!place->rev) {
		source = source_root(ev);
	} else {
		repo = git_repo_open(ev, place->top);
		if (!repo || git_repo_resolve(ev, repo, place->rev, rev) < 0)
			return NULL;
		source = source_git_revision(ev, repo, rev, 0);
	}
	if (!source || !repository->start->overlay_len)
		return source;

	repository->source = source;
	for (size_t i = 0; i < repository->start->overlay_len; i++) {
		const struct wire_file *file = &repository->start->overlay[i];
		char *name = text_dup(&file->path);
		struct path *path = name ? file_path(repository, name) : NULL;

		free(name);
		if (!path ||
		    source_replace(ev, source, path->bytes, file->bytes.bytes,
				   file->bytes.len) < 0)
			return NULL;
	}
	return source;
}

/* Text that stays as long as the evaluation; NULL for an empty one. */
static const char *keep(struct eval *ev, const struct wire_text *text)
{
	return text->len ? arena_strndup(ev->arena, text->bytes, text->len)
			 : NULL;
}

/* hosts/<host>, where the host's own lock file would be; NULL: nowhere. */
static const char *lock_folder(struct repository *repository,
			       const struct place *place)
{
	const struct wire_start *start = repository->start;
	const struct wire_text *name = &start->name;
	const char *kept;
	char *folder;

	if (start->class != WIRE_HOST || !name->len || name->bytes[0] == '.' ||
	    memchr(name->bytes, '/', name->len) ||
	    asprintf(&folder, "%s%shosts/%.*s", place->dir,
		     *place->dir ? "/" : "", (int)name->len, name->bytes) < 0)
		return NULL;
	kept = arena_strndup(repository->ev->arena, folder, strlen(folder));
	free(folder);
	return kept;
}

/* The folder of the flake in the git repository or folder. */
static const char *flake_dir(struct repository *repository,
			     const struct place *place)
{
	const struct wire_text *name = &repository->start->name;
	struct buf dir = BUF_INIT;
	const char *kept;

	buf_add_text(&dir, place->dir);
	if (repository->start->class == WIRE_FLAKE &&
	    !view_name_is(name, "root")) {
		if (dir.len)
			buf_add_char(&dir, '/');
		buf_add(&dir, name->bytes, name->len);
	}
	kept = dir.failed ? NULL
			  : arena_strndup(repository->ev->arena, buf_text(&dir),
					  dir.len);
	buf_release(&dir);
	return kept;
}

static struct flake_options *flake_options_of(struct repository *repository,
					      const struct place *place)
{
	struct eval *ev = repository->ev;
	const struct wire_start *start = repository->start;
	struct flake_options *options =
		arena_alloc(ev->arena, sizeof(*options));
	struct flake_override *overrides = arena_alloc(
		ev->arena, (start->overrides_len + 1) * sizeof(*overrides));
	struct flake_change *changes = arena_alloc(
		ev->arena, (start->overlay_len + 1) * sizeof(*changes));

	if (!options || !overrides || !changes)
		return NULL;
	for (size_t i = 0; i < start->overrides_len; i++)
		overrides[i] = (struct flake_override){
			keep(ev, &start->overrides[i].input),
			keep(ev, &start->overrides[i].reference),
		};
	for (size_t i = 0; i < start->overlay_len; i++) {
		char *name = text_dup(&start->overlay[i].path);
		struct path *path = name ? file_path(repository, name) : NULL;

		free(name);
		if (!path)
			return NULL;
		changes[i] = (struct flake_change){
			.path = path->bytes,
			.bytes = start->overlay[i].bytes.bytes,
			.len = start->overlay[i].bytes.len,
		};
	}
	*options = (struct flake_options){
		.path = arena_strndup(ev->arena, place->top,
				      strlen(place->top)),
		.rev = place->rev ? arena_strndup(ev->arena, place->rev,
						  strlen(place->rev))
				  : NULL,
		.dir = flake_dir(repository, place),
		.as_path = !place->git,
		.lock_folder = lock_folder(repository, place),
		.reference_lock = keep(ev, &start->reference_lock),
		.overrides = overrides,
		.noverrides = start->overrides_len,
		.changes = changes,
		.nchanges = start->overlay_len,
	};
	return options;
}

static int load_flake(struct repository *repository)
{
	struct flake_options *options;
	struct place place;
	int err = 0;

	if (repository->flake)
		return 0;
	if (find_place(repository->start, &place) < 0)
		return -ENOMEM;
	options = flake_options_of(repository, &place);
	repository->flake =
		options ? flake_load(repository->ev, options) : NULL;
	if (!repository->flake)
		err = view_errno(repository->ev);
	else
		repository->source = flake_source(repository->flake);
	place_release(&place);
	return err;
}

static int open_flake(struct repository *repository)
{
	int err = load_flake(repository);

	if (err < 0 || repository->outputs)
		return err;
	repository->outputs = flake_outputs(repository->ev, repository->flake);
	return repository->outputs ? 0 : view_errno(repository->ev);
}

struct flake *repository_flake(struct repository *repository)
{
	return repository->flake;
}

value *repository_outputs(struct repository *repository)
{
	return open_flake(repository) < 0 ? NULL : &repository->outputs;
}

struct flakes {
	struct buf entries;
	uint32_t count;
};

static int add_flake_dir(void *arg, const char *dir, size_t len)
{
	struct flakes *flakes = arg;
	struct wire_entry entry = { WIRE_DIRECTORY, 0,
				    len ? (struct wire_text){ dir, len }
					: wire_text("root") };

	wire_put_entry(&flakes->entries, &entry);
	flakes->count++;
	return flakes->entries.failed ? -ENOMEM : 0;
}

int repository_flakes(struct repository *repository, struct buf *out)
{
	struct flakes flakes = { BUF_INIT, 0 };
	struct place place;
	int err = find_place(repository->start, &place);

	if (err == 0)
		err = place.git
			      ? flake_dirs_git(place.top, place.rev, place.dir,
					       add_flake_dir, &flakes)
			      : flake_dirs_folder(place.top, add_flake_dir,
						  &flakes);
	if (err == 0) {
		wire_put_u32(out, flakes.count);
		buf_add(out, flakes.entries.data, flakes.entries.len);
	}
	buf_release(&flakes.entries);
	place_release(&place);
	return err;
}

int repository_open(struct eval *ev, const struct wire_start *start,
		    struct repository *out)
{
	struct place place;
	int err = find_place(start, &place);

	memset(out, 0, sizeof(*out));
	out->ev = ev;
	out->start = start;
	if (err < 0)
		goto out;
	out->is_flake = place.flake || start->class == WIRE_FLAKE;
	out->dir = arena_strndup(ev->arena, place.dir, strlen(place.dir));
	if (out->is_flake)
		goto out; /* its files are opened with the flake */
	out->source = open_files(out, &place);
	if (!out->source)
		err = view_errno(ev);
	out->nixpkgs = find_nixpkgs(start);
out:
	place_release(&place);
	return err;
}
