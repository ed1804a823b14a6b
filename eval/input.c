#include "eval/input.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "eval/context.h"
#include "eval/eval.h"
#include "eval/fetch.h"
#include "eval/source_git.h"
#include "eval/source_private.h"
#include "eval/storepath.h"
#include "eval/trace.h"

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static const char *keep(struct eval *ev, const char *text)
{
	const char *copy = arena_strndup(ev->arena, text, strlen(text));

	if (!copy)
		eval_fail_memory(ev);
	return copy;
}

struct input_tree *input_new(struct eval *ev, const struct flake_ref *original,
			     const struct flake_ref *locked,
			     struct source *source)
{
	struct source_set *set = source_set_of(ev);
	struct input_tree *tree;

	if (!set)
		return NULL;
	tree = eval_alloc(ev, sizeof(*tree));
	if (!tree)
		return NULL;
	*tree = (struct input_tree){
		.next = set->trees,
		.id = set->ntrees++,
		.original = *original,
		.locked = *locked,
		.source = source,
	};
	set->trees = tree;
	return tree;
}

static struct input_tree *input_by_id(struct eval *ev, uint64_t id)
{
	struct input_tree *tree = ev->sources->trees;

	while (tree && tree->id != id)
		tree = tree->next;
	return tree;
}

/* Messages are to show the tree as «github:...». */
static int set_label(struct eval *ev, struct source *source,
		     const struct flake_ref *ref)
{
	const char *text = flakeref_print(ev, ref, false);
	struct buf label = BUF_INIT;

	if (!text)
		return -1;
	buf_add_format(&label, "«%s»", text);
	source->label = keep(ev, buf_text(&label));
	buf_release(&label);
	return source->label ? 0 : -1;
}

/* --- on disk already, by its hash --- */

static struct input_tree *open_by_hash(struct eval *ev,
				       const struct flake_ref *ref)
{
	const char *name = flakeref_string(ref, "name"), *found = NULL;
	char cached[PATH_MAX];
	struct storepath path;
	struct source *source;
	struct hash hash;

	if (!flakeref_bool(ref, "__final") ||
	    flakeref_nar_hash(ev, ref, &hash) <= 0)
		return NULL;
	name = name ? name : "source";
	if (storepath_fixed(&path, STOREPATH_NAR, &hash, name, strlen(name),
			    NULL, 0, NULL) < 0)
		return NULL;
	if (exists(path.text))
		found = path.text;
	else if (fetch_cache_path(ev, cached, &path) && exists(cached))
		found = cached;
	if (!found)
		return NULL;
	source = source_folder(ev, found);
	if (!source || source_set_store_path(ev, source, path.text) < 0 ||
	    set_label(ev, source, ref) < 0)
		return NULL;
	return input_new(ev, ref, ref, source);
}

/* --- path: --- */

static struct input_tree *open_path(struct eval *ev,
				    const struct flake_ref *ref)
{
	const char *path = flakeref_string(ref, "path");
	const char *hash = flakeref_string(ref, "narHash");
	struct storepath_parts parts;
	struct flake_ref locked = *ref;
	struct input_tree *tree;
	struct source *source;
	bool in_store;

	if (!path || path[0] != '/') {
		eval_fail(ev, ERROR_EVAL, 0,
			  "cannot fetch input '%s' because it uses a relative "
			  "path",
			  flakeref_print(ev, ref, false));
		return NULL;
	}
	if (!exists(path)) {
		eval_fail(ev, ERROR_FETCH, 0, "path '%s' does not exist", path);
		return NULL;
	}
	source = source_folder(ev, path);
	if (!source)
		return NULL;
	in_store = storepath_parse(path, strlen(path), &parts, NULL) == 0 &&
		   parts.name_len == 6 && !memcmp(parts.name, "source", 6);
	if (in_store && source_set_store_path(ev, source, path) < 0)
		return NULL;
	if (hash && !in_store) {
		source->expected_hash = hash;
		source->expected_for = flakeref_print(ev, ref, false);
		if (!source->expected_for)
			return NULL;
	}
	if (in_store && !flakeref_attr(ref, "lastModified") &&
	    flakeref_set_number(ev, &locked, "lastModified", REF_INT, 0) < 0)
		return NULL;
	tree = input_new(ev, ref, &locked, source);
	if (tree && !flakeref_attr(&locked, "lastModified"))
		tree->folder = source->label; /* its path */
	return tree;
}

/* --- git --- */

static unsigned git_flags(const struct flake_ref *ref)
{
	return (flakeref_bool(ref, "exportIgnore") ? GIT_TREE_EXPORT_IGNORE
						   : 0) |
	       (flakeref_bool(ref, "submodules") ? GIT_TREE_SUBMODULES : 0) |
	       (flakeref_bool(ref, "lfs") ? GIT_TREE_LFS : 0);
}

static int set_dirty(struct eval *ev, struct flake_ref *ref, const char *head)
{
	char text[GIT_REV_LEN + sizeof("-dirty")];

	snprintf(text, sizeof(text), "%s-dirty", head);
	if (flakeref_set_string(ev, ref, "dirtyRev", keep(ev, text)) < 0)
		return -1;
	snprintf(text, sizeof(text), "%.7s-dirty", head);
	return flakeref_set_string(ev, ref, "dirtyShortRev", keep(ev, text));
}

static int set_time(struct eval *ev, struct flake_ref *ref,
		    struct git_repo *repo, const char *rev)
{
	int64_t t = *rev ? git_repo_time(ev, repo, rev) : 0;

	return t < 0 ? -1
		     : flakeref_set_number(ev, ref, "lastModified", REF_INT,
					   (uint64_t)t);
}

/* For the trace: the commit and whether anything differs from it. */
static void note_state(struct eval *ev, const char *folder, const char *head,
		       bool dirty)
{
	char state[GIT_REV_LEN + sizeof("-dirty")];

	snprintf(state, sizeof(state), "%s%s", head, dirty ? "-dirty" : "");
	trace_resolved(ev, folder, TRACE_WORK_TREE, state);
}

static struct input_tree *open_workdir(struct eval *ev,
				       const struct flake_ref *ref,
				       struct git_repo *repo,
				       const char *folder)
{
	struct source *source = source_git_workdir(ev, repo, git_flags(ref));
	struct flake_ref locked = *ref;
	char head[GIT_REV_LEN + 1];
	struct input_tree *tree;
	const char *name, *rev = NULL;
	int dirty;

	if (!source || git_repo_head(ev, repo, head) < 0)
		return NULL;
	dirty = git_repo_is_dirty(ev, repo);
	if (dirty == 0 && flakeref_bool(ref, "submodules"))
		dirty = git_repo_submodules_dirty(ev, repo);
	if (dirty < 0)
		return NULL;
	if (!dirty) {
		name = git_repo_head_ref(ev, repo);
		if (name && flakeref_set_string(ev, &locked, "ref", name) < 0)
			return NULL;
		rev = keep(ev, *head ? head : GIT_REV_NONE);
		if (!rev || flakeref_set_string(ev, &locked, "rev", rev) < 0)
			return NULL;
	} else {
		if (ev->settings.messages)
			fprintf(ev->settings.messages,
				"warning: Git tree '%s' is dirty\n", folder);
		if (*head && set_dirty(ev, &locked, head) < 0)
			return NULL;
	}
	if (set_time(ev, &locked, repo, head) < 0)
		return NULL;
	note_state(ev, folder, head, dirty);
	tree = input_new(ev, ref, &locked, source);
	if (tree && rev && !flakeref_bool(ref, "shallow")) {
		tree->repo = repo;
		tree->rev = rev;
	}
	return tree;
}

static struct input_tree *open_revision(struct eval *ev,
					const struct flake_ref *ref,
					struct git_repo *repo,
					const char *folder)
{
	const char *name = flakeref_string(ref, "ref");
	const char *rev = flakeref_string(ref, "rev");
	struct flake_ref locked = *ref;
	char found[GIT_REV_LEN + 1];
	struct input_tree *tree;
	struct source *source;

	if (!name) {
		name = git_repo_head_ref(ev, repo);
		name = name ? name : "master";
		if (flakeref_set_string(ev, &locked, "ref", name) < 0)
			return NULL;
	}
	if (!rev) {
		if (git_repo_resolve(ev, repo, name, found) < 0)
			return NULL;
		rev = keep(ev, found);
		if (!rev || flakeref_set_string(ev, &locked, "rev", rev) < 0)
			return NULL;
	}
	if (git_repo_is_shallow(repo) && !flakeref_bool(ref, "shallow")) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "'%s' is a shallow Git repository, but shallow "
			  "repositories are only allowed when `shallow = "
			  "true;` is specified",
			  folder);
		return NULL;
	}
	source = source_git_revision(ev, repo, rev, git_flags(ref));
	if (!source || set_time(ev, &locked, repo, rev) < 0 ||
	    set_label(ev, source, &locked) < 0)
		return NULL;
	tree = input_new(ev, ref, &locked, source);
	if (tree && !flakeref_bool(ref, "shallow")) {
		tree->repo = repo;
		tree->rev = rev;
	}
	return tree;
}

struct input_tree *input_of_repository(struct eval *ev,
				       const struct flake_ref *ref,
				       const char *folder)
{
	struct git_repo *repo = git_repo_open(ev, folder);

	if (!repo)
		return NULL;
	if (!flakeref_attr(ref, "ref") && !flakeref_attr(ref, "rev") &&
	    !git_repo_is_bare(repo))
		return open_workdir(ev, ref, repo, folder);
	return open_revision(ev, ref, repo, folder);
}

static struct input_tree *open_git(struct eval *ev, const struct flake_ref *ref)
{
	const char *text = flakeref_string(ref, "url"), *folder;
	struct input_tree *tree;
	char cached[PATH_MAX];
	struct url url;

	if (!text || url_parse(ev, text, strlen(text), false, &url) < 0)
		return NULL;
	if (!strcmp(url.scheme, "file")) {
		folder = url_file_path(ev, &url);
		if (!folder)
			return NULL;
		if (!exists(folder)) {
			eval_fail(ev, ERROR_FETCH, 0,
				  "Git repository \"%s\" does not exist.",
				  folder);
			return NULL;
		}
		tree = input_of_repository(ev, ref, folder);
		if (!tree && !git_repo_is_there(folder)) {
			eval_clear_error(ev);
			eval_fail(ev, ERROR_FETCH, 0,
				  "Failed to fetch git repository '%s'", text);
		}
		return tree;
	}
	if (fetch_git(ev, ref, &url, cached) < 0)
		return NULL;
	return input_of_repository(ev, ref, cached);
}

/* --- what was promised, and what came --- */

static bool same_attr(const struct ref_attr *a, const struct ref_attr *b)
{
	return a->kind == b->kind &&
	       (a->kind == REF_STRING ? !strcmp(a->text, b->text)
				      : a->number == b->number);
}

/* A reference from a lock file is final: nothing may differ from it, and
 * nothing is added. */
static int check_final(struct eval *ev, struct input_tree *tree)
{
	for (size_t i = 0; i < tree->original.len; i++) {
		const struct ref_attr *a = &tree->original.attrs[i], *b;

		b = flakeref_attr(&tree->locked, a->name);
		if (!b || !strcmp(a->name, "narHash") || same_attr(a, b))
			continue;
		eval_fail(ev, ERROR_EVAL, 0,
			  "mismatch in field '%s' of input '%s', got '%s'",
			  a->name, flakeref_json(ev, &tree->original),
			  flakeref_json(ev, &tree->locked));
		return -1;
	}
	tree->locked = tree->original;
	tree->repo = NULL;
	tree->folder = NULL;
	return 0;
}

static int check_locked(struct eval *ev, struct input_tree *tree)
{
	const struct ref_attr *want, *got;
	const char *text;

	want = flakeref_attr(&tree->original, "lastModified");
	got = flakeref_attr(&tree->locked, "lastModified");
	if (want && got && !same_attr(want, got)) {
		text = flakeref_print(ev, &tree->locked, false);
		eval_fail(ev, ERROR_EVAL, 0,
			  "'lastModified' attribute mismatch in input '%s', "
			  "expected %llu, got %llu",
			  text, (unsigned long long)want->number,
			  (unsigned long long)got->number);
		return -1;
	}
	want = flakeref_attr(&tree->original, "revCount");
	if (want && tree->repo) {
		int64_t count = git_repo_count(ev, tree->repo, tree->rev);

		if (count < 0)
			return -1;
		if ((uint64_t)count != want->number) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "'revCount' attribute mismatch in input "
				  "'%s', expected %llu",
				  flakeref_print(ev, &tree->locked, false),
				  (unsigned long long)want->number);
			return -1;
		}
	}
	want = flakeref_attr(&tree->original, "rev");
	got = flakeref_attr(&tree->locked, "rev");
	if (want && got && !same_attr(want, got)) {
		text = flakeref_print(ev, &tree->locked, false);
		eval_fail(ev, ERROR_EVAL, 0,
			  "'rev' attribute mismatch in input '%s', expected %s",
			  text, want->text);
		return -1;
	}
	return 0;
}

static int expect_hash(struct eval *ev, struct input_tree *tree,
		       const char *name)
{
	struct source *source = tree->source;

	source->expected_hash = flakeref_string(&tree->original, "narHash");
	source->expected_for = flakeref_print(ev, &tree->original, false);
	if (!source->expected_for)
		return -1;
	return name ? source_set_name(ev, source, name) : 0;
}

/* A git tree's hash is as good as promised by its revision; without one it is
 * compared when it is known. */
static int use_promised_hash(struct eval *ev, struct input_tree *tree)
{
	const char *name = flakeref_string(&tree->locked, "name");
	struct storepath path;
	struct hash hash;
	int rc;

	if (tree->source->real_prefix || tree->source->expected_hash)
		return 0;
	if (flakeref_is(&tree->locked, "git")) {
		rc = flakeref_nar_hash(ev, &tree->locked, &hash);
		if (rc < 0)
			return -1;
		if (rc > 0 && !flakeref_attr(&tree->original, "rev"))
			return expect_hash(ev, tree, name);
		name = name ? name : "source";
		if (rc > 0 && storepath_fixed(&path, STOREPATH_NAR, &hash, name,
					      strlen(name), NULL, 0, NULL) == 0)
			return source_set_store_path(ev, tree->source,
						     path.text);
	}
	return name ? source_set_name(ev, tree->source, name) : 0;
}

struct input_tree *input_open(struct eval *ev, const struct flake_ref *ref)
{
	struct source_set *set = source_set_of(ev);
	struct input_tree *tree;

	if (!set)
		return NULL;
	for (tree = set->trees; tree; tree = tree->next)
		if (flakeref_equal(&tree->original, ref))
			return tree;
	tree = open_by_hash(ev, ref);
	if (tree || eval_error(ev))
		return tree;
	if (flakeref_is(ref, "path"))
		tree = open_path(ev, ref);
	else if (flakeref_is(ref, "git"))
		tree = open_git(ev, ref);
	else if (flakeref_is(ref, "indirect"))
		eval_fail(ev, ERROR_EVAL, 0,
			  "indirect input '%s' cannot be fetched directly",
			  flakeref_print(ev, ref, false));
	else
		tree = fetch_input(ev, ref);
	if (tree &&
	    (flakeref_bool(ref, "__final") ? check_final(ev, tree)
					   : check_locked(ev, tree)) == 0 &&
	    use_promised_hash(ev, tree) == 0)
		return tree;
	eval_frame(ev, 0, "while fetching the input '%s'",
		   flakeref_print(ev, ref, false));
	return NULL;
}

/* --- what evaluation sees of it --- */

value input_out_path(struct eval *ev, const struct input_tree *tree)
{
	const struct source *s = tree->source;
	symbol path = symbol_intern(s->prefix, s->prefix_len);
	const struct context *context;

	if (!path)
		return eval_fail_memory(ev);
	context = context_of(ev, CONTEXT_PATH, path, 0);
	if (!context)
		return eval_fail_memory(ev);
	return value_new_string(ev, s->prefix, s->prefix_len, context);
}

static value run_nar_hash(struct eval *ev, pos_t pos, value *args)
{
	struct input_tree *tree = input_by_id(ev, value_integer(args[0]));
	struct buf text = BUF_INIT;
	value v;

	if (!source_store_path(ev, tree->source))
		return 0;
	if (!tree->source->nar_hash.size &&
	    source_nar_hash(ev, tree->source, "/", NULL,
			    &tree->source->nar_hash, &text) < 0)
		return eval_fail(ev, ERROR_IO, 0, "%s", buf_text(&text));
	hash_print(&text, &tree->source->nar_hash, HASH_SRI, true);
	v = value_new_string(ev, buf_text(&text), text.len, NULL);
	buf_release(&text);
	return v;
}

static value run_rev_count(struct eval *ev, pos_t pos, value *args)
{
	struct input_tree *tree = input_by_id(ev, value_integer(args[0]));
	int64_t n = 0;

	if (strcmp(tree->rev, GIT_REV_NONE))
		n = git_repo_count(ev, tree->repo, tree->rev);
	return n < 0 ? 0 : value_new_int(ev, n);
}

/* The newest time of any file in the folder, as Nix finds it while it copies
 * the folder to the store. */
static int newest(struct eval *ev, struct source *source, const char *folder,
		  const char *path, int64_t *found, unsigned depth)
{
	struct source_entry *entries;
	struct stat st;
	char file[PATH_MAX];
	size_t len;
	int err;

	if (snprintf(file, sizeof(file), "%s%s", folder, path[1] ? path : "") >=
	    sizeof(file))
		return -ENAMETOOLONG;
	if (lstat(file, &st) < 0)
		return -errno;
	if (st.st_mtime > *found)
		*found = st.st_mtime;
	if (!S_ISDIR(st.st_mode))
		return 0;
	if (depth > 64)
		return -ELOOP;
	err = source_list(ev, source, path, &entries, &len);
	for (size_t i = 0; i < len && err == 0; i++) {
		if (snprintf(file, sizeof(file), "%s/%s", path[1] ? path : "",
			     entries[i].name) >= sizeof(file))
			return -ENAMETOOLONG;
		err = newest(ev, source, folder, file, found, depth + 1);
	}
	return err;
}

static int modified(struct eval *ev, struct input_tree *tree, int64_t *t)
{
	const struct ref_attr *a = flakeref_attr(&tree->locked, "lastModified");
	int err;

	*t = a ? (int64_t)a->number : 0;
	if (a || !tree->folder)
		return 0;
	trace_passing(ev); /* the trace has no times */
	err = newest(ev, tree->source, tree->folder, "/", t, 0);
	if (err < 0) {
		source_fail(ev, 0, tree->source, "/", err);
		return -1;
	}
	tree->folder = NULL;
	return flakeref_set_number(ev, &tree->locked, "lastModified", REF_INT,
				   (uint64_t)*t);
}

static value run_modified(struct eval *ev, pos_t pos, value *args)
{
	struct input_tree *tree = input_by_id(ev, value_integer(args[0]));
	int64_t t;

	return modified(ev, tree, &t) < 0 ? 0 : value_new_int(ev, t);
}

static value run_modified_date(struct eval *ev, pos_t pos, value *args)
{
	struct input_tree *tree = input_by_id(ev, value_integer(args[0]));
	char text[64];
	struct tm tm;
	int64_t t;
	time_t seconds;

	if (modified(ev, tree, &t) < 0)
		return 0;
	seconds = (time_t)t;
	if (!gmtime_r(&seconds, &tm))
		return eval_fail(ev, ERROR_EVAL, 0,
				 "lastModified %lld is no time", (long long)t);
	strftime(text, sizeof(text), "%Y%m%d%H%M%S", &tm);
	return value_new_cstring(ev, text);
}

static const struct builtin lazy_nar_hash = {
	.name = "narHash",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = run_nar_hash,
};
static const struct builtin lazy_rev_count = {
	.name = "revCount",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = run_rev_count,
};
static const struct builtin lazy_modified = {
	.name = "lastModified",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = run_modified,
};
static const struct builtin lazy_modified_date = {
	.name = "lastModifiedDate",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = run_modified_date,
};

value input_lazy(struct eval *ev, const struct builtin *builtin, size_t argc,
		 const value *args)
{
	struct function *fn = eval_alloc(ev, sizeof(*fn));

	if (!fn)
		return 0;
	*fn = (struct function){
		.kind = FUNCTION_BUILTIN,
		.as.builtin = builtin,
	};
	return value_new_apply(ev, 0, value_of(fn, TAG_FUNCTION), argc, args);
}

/* A set under way; the first failure remains. */
struct info {
	struct attrs_builder set;
	int failed;
};

static void add(struct info *info, const char *name, value v)
{
	symbol sym = symbol_intern(name, strlen(name));

	if (info->failed)
		return;
	if (!v || !sym || attrs_builder_add(&info->set, sym, 0, v) < 0)
		info->failed = -1;
}

static void add_text(struct info *info, const char *name, const char *text,
		     size_t len)
{
	add(info, name, value_new_string(info->set.ev, text, len, NULL));
}

static void add_lazy(struct info *info, const char *name,
		     const struct builtin *builtin,
		     const struct input_tree *tree)
{
	value id = value_new_int(info->set.ev, tree->id);

	add(info, name, input_lazy(info->set.ev, builtin, 1, &id));
}

static void add_revision(struct info *info, struct input_tree *tree,
			 unsigned flags)
{
	const struct flake_ref *ref = &tree->locked;
	const struct ref_attr *count = flakeref_attr(ref, "revCount");
	struct eval *ev = info->set.ev;
	char digits[2 * HASH_SIZE_MAX];
	struct hash rev;
	int rc = flakeref_rev(ev, ref, &rev);

	if (rc < 0)
		info->failed = -1;
	if (rc > 0) {
		hash_base16(digits, rev.bytes, rev.size);
		add_text(info, "rev", digits, 2 * (size_t)rev.size);
		add_text(info, "shortRev", digits, 7);
	} else if (flags & INPUT_EMPTY_REV) {
		add_text(info, "rev", GIT_REV_NONE, GIT_REV_LEN);
		add_text(info, "shortRev", GIT_REV_NONE, 7);
	}
	if (count)
		add(info, "revCount",
		    value_new_int(ev, (int64_t)count->number));
	else if (tree->repo)
		add_lazy(info, "revCount", &lazy_rev_count, tree);
	else if (flags & INPUT_EMPTY_REV)
		add(info, "revCount", value_new_int(ev, 0));
}

value input_info(struct eval *ev, struct input_tree *tree, unsigned flags)
{
	const struct flake_ref *ref = &tree->locked;
	const char *dirty = flakeref_string(ref, "dirtyRev");
	struct info info = { .failed = 0 };
	struct buf text = BUF_INIT;
	struct hash hash;
	struct attrs *set;
	int rc;

	if (tree->info[flags])
		return tree->info[flags];
	attrs_builder_init(&info.set, ev, 12);
	add(&info, "outPath", input_out_path(ev, tree));
	rc = flakeref_nar_hash(ev, ref, &hash);
	if (rc < 0)
		info.failed = -1;
	/* A promise that is still to be checked is not shown. */
	if (rc > 0 && !tree->source->expected_hash) {
		hash_print(&text, &hash, HASH_SRI, true);
		add_text(&info, "narHash", buf_text(&text), text.len);
		buf_release(&text);
	} else {
		add_lazy(&info, "narHash", &lazy_nar_hash, tree);
	}
	if (flakeref_is(ref, "git"))
		add(&info, "submodules",
		    value_bool(flakeref_bool(ref, "submodules")));
	if (!(flags & INPUT_DIRTY))
		add_revision(&info, tree, flags);
	if (dirty) {
		const char *shorter = flakeref_string(ref, "dirtyShortRev");

		shorter = shorter ? shorter : "";
		add_text(&info, "dirtyRev", dirty, strlen(dirty));
		add_text(&info, "dirtyShortRev", shorter, strlen(shorter));
	}
	if (flakeref_attr(ref, "lastModified") || tree->folder) {
		add_lazy(&info, "lastModified", &lazy_modified, tree);
		add_lazy(&info, "lastModifiedDate", &lazy_modified_date, tree);
	}
	set = info.failed ? NULL : attrs_builder_finish(&info.set, true);
	if (set)
		tree->info[flags] = value_of_attrs(set);
	return tree->info[flags];
}
