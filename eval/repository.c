#include "eval/repository.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <git2.h>

#include "eval/definitions.h"
#include "eval/flake.h"
#include "eval/flake_dirs.h"
#include "eval/prepare.h"
#include "eval/source.h"
#include "eval/source_git.h"
#include "eval/view.h"

char *repository_text(const struct wire_text *text)
{
	return strndup(text->bytes ? text->bytes : "", text->len);
}

/* Are paths in the repository's source those of the machine? */
static bool is_rooted(const struct repository *repository)
{
	return repository->source && repository->source->prefix_len == 0;
}

/* The path in the repository's source of a file in the repository. */
struct path *repository_path(struct repository *repository, const char *file)
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
	return start->nixpkgs.len ? repository_text(&start->nixpkgs)
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
	char *folder = repository_text(&start->repository);
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
	char *folder = repository_text(&start->repository);

	memset(out, 0, sizeof(*out));
	if (!folder)
		return -ENOMEM;
	out->rev =
		start->revision.len ? repository_text(&start->revision) : NULL;
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
			/* Who uses them in a repository has turned them on
			 * in nix.conf, which is not ours to read. */
			.pipe_operators = true,
			.max_call_depth = 10000,
			.memory_limit = start->eval_memory,
			.system = start->system.len
					  ? repository_text(&start->system)
					  : "x86_64-linux",
			.search_path = search_path(
				place.flake ? NULL : find_nixpkgs(start)),
			.messages = stderr,
		};

		ev = prepare_eval(&settings);
		if (!ev)
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
		char *name = repository_text(&file->path);
		struct path *path =
			name ? repository_path(repository, name) : NULL;

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
		char *name = repository_text(&start->overlay[i].path);
		struct path *path =
			name ? repository_path(repository, name) : NULL;

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

int repository_load(struct repository *repository)
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
	int err = repository_load(repository);

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
