#include "eval/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/image.h"
#include "eval/source_private.h"
#include "eval/storepath.h"

/* No path of a real file is nearly as long. */
#define PATH_LEN_MAX ((size_t)1 << 20)

/* --- the set of sources and what is known of their files --- */

struct source_set *source_set_of(struct eval *ev)
{
	struct source_set *set = ev->sources;

	if (set)
		return set;
	set = calloc(1, sizeof(*set));
	if (!set)
		goto fail;
	set->mask = 4095;
	set->slots = calloc(set->mask + 1, sizeof(*set->slots));
	if (!set->slots)
		goto fail;
	set->last = &set->first;
	ev->sources = set;
	return set;
fail:
	free(set);
	eval_fail_memory(ev);
	return NULL;
}

void source_release(struct eval *ev)
{
	struct source_set *set = ev->sources;

	if (!set)
		return;
	for (uint32_t i = 0; i < set->count; i++)
		if (set->sources[i]->ops->release)
			set->sources[i]->ops->release(set->sources[i]);
	git_repos_release(set);
	free(set->sources);
	free(set->slots);
	free(set->allowed);
	free(set);
	ev->sources = NULL;
}

static bool grow_slots(struct source_set *set)
{
	size_t mask = set->mask * 2 + 1;
	struct source_node **slots = calloc(mask + 1, sizeof(*slots));

	if (!slots)
		return false;
	for (struct source_node *n = set->first; n; n = n->next) {
		size_t i = n->hash & mask;

		while (slots[i])
			i = (i + 1) & mask;
		slots[i] = n;
	}
	free(set->slots);
	set->slots = slots;
	set->mask = mask;
	return true;
}

struct source_node *source_node(struct eval *ev, struct source *source,
				const char *path, size_t len)
{
	struct source_set *set = ev->sources;
	uint64_t hash = XXH3_64bits_withSeed(path, len, source->id);
	struct source_node *node;
	size_t i;

	for (i = hash & set->mask; (node = set->slots[i]);
	     i = (i + 1) & set->mask)
		if (node->hash == hash && node->source == source &&
		    node->len == len && !memcmp(node->path, path, len))
			return node;

	if (len > PATH_LEN_MAX)
		return NULL;
	if (set->used >= set->mask / 4 * 3) {
		if (!grow_slots(set))
			return NULL;
		for (i = hash & set->mask; set->slots[i];
		     i = (i + 1) & set->mask)
			;
	}
	node = arena_alloc(ev->arena, sizeof(*node) + len + 1);
	if (!node)
		return NULL;
	memset(node, 0, sizeof(*node));
	node->source = source;
	node->hash = hash;
	node->len = len;
	memcpy(node->path, path, len);
	node->path[len] = '\0';
	set->slots[i] = node;
	set->used++;
	*set->last = node;
	set->last = &node->next;
	return node;
}

int source_set_name(struct eval *ev, struct source *source, const char *name)
{
	size_t size =
		STOREPATH_PREFIX_LEN + SOURCE_STAND_IN_LEN + strlen(name) + 2;
	char *prefix = eval_alloc(ev, size);

	if (!prefix)
		return -1;
	snprintf(prefix, size, STOREPATH_PREFIX SOURCE_STAND_IN "%08x-%s",
		 source->id, name);
	source->prefix = prefix;
	source->prefix_len = size - 1;
	return 0;
}

struct source *source_new(struct eval *ev, const struct source_ops *ops,
			  const char *label, void *private)
{
	struct source_set *set = source_set_of(ev);
	struct source *source;

	/* The root is the first of all: source_root() counts on it. */
	if (!set || (ops != &source_root_ops && !source_root(ev)))
		return NULL;
	if (set->count == set->room) {
		uint32_t room = set->room ? set->room * 2 : 16;
		struct source **grown =
			reallocarray(set->sources, room, sizeof(*grown));

		if (!grown) {
			eval_fail_memory(ev);
			return NULL;
		}
		set->sources = grown;
		set->room = room;
	}
	source = eval_alloc(ev, sizeof(*source));
	if (!source)
		return NULL;
	*source = (struct source){
		.ops = ops,
		.id = set->count,
		.private = private,
		.label = arena_strndup(ev->arena, label, strlen(label)),
	};
	if (!source->label) {
		eval_fail_memory(ev);
		return NULL;
	}
	if (source_set_name(ev, source, "source") < 0)
		return NULL;
	set->sources[set->count++] = source;
	return source;
}

struct source *source_root(struct eval *ev)
{
	struct source_set *set = source_set_of(ev);
	struct source *root;

	if (!set)
		return NULL;
	if (set->count)
		return set->sources[0];
	root = source_new(ev, &source_root_ops, "/", NULL);
	if (root) {
		root->prefix = "";
		root->prefix_len = 0;
		root->folder = "";
	}
	return root;
}

struct source *source_of_store_path(struct eval *ev, const char *text,
				    size_t len)
{
	struct source_set *set = ev->sources;

	for (uint32_t i = 1; set && i < set->count; i++) {
		struct source *s = set->sources[i];

		if (s->prefix_len == len && !memcmp(s->prefix, text, len))
			return s;
		if (s->real_prefix && !strncmp(s->real_prefix, text, len) &&
		    !s->real_prefix[len])
			return s;
	}
	return NULL;
}

int source_set_store_path(struct eval *ev, struct source *source,
			  const char *store_path)
{
	char *copy = arena_strndup(ev->arena, store_path, strlen(store_path));

	if (!copy) {
		eval_fail_memory(ev);
		return -1;
	}
	source->prefix = source->real_prefix = copy;
	source->prefix_len = strlen(copy);
	return 0;
}

int source_allow(struct eval *ev, const char *path)
{
	struct source_set *set = source_set_of(ev);
	char **grown, *copy;

	if (!set)
		return -1;
	for (size_t i = 0; i < set->nallowed; i++)
		if (!strcmp(set->allowed[i], path))
			return 0;
	copy = arena_strndup(ev->arena, path, strlen(path));
	grown = reallocarray(set->allowed, set->nallowed + 1, sizeof(*grown));
	if (grown)
		set->allowed = grown;
	if (!grown || !copy) {
		eval_fail_memory(ev);
		return -1;
	}
	set->allowed[set->nallowed++] = copy;
	return 0;
}

/* Is path a or below a? */
static bool is_within(const char *path, const char *a)
{
	size_t len = strlen(a);

	if (len == 1)
		return true;
	return !strncmp(path, a, len) && (!path[len] || path[len] == '/');
}

bool source_allowed(struct eval *ev, const char *path, bool *above)
{
	struct source_set *set = ev->sources;

	*above = false;
	for (size_t i = 0; i < set->nallowed; i++) {
		if (is_within(path, set->allowed[i]))
			return true;
		*above = *above || is_within(set->allowed[i], path);
	}
	for (uint32_t i = 1; i < set->count && !*above; i++)
		*above = is_within(set->sources[i]->prefix, path);
	return false;
}

const char *source_type_name(enum source_type type)
{
	switch (type) {
	case SOURCE_REGULAR:
		return "regular";
	case SOURCE_DIRECTORY:
		return "directory";
	case SOURCE_SYMLINK:
		return "symlink";
	default:
		return "unknown";
	}
}

/* --- reading --- */

static int plain(struct eval *ev, struct source *source, const char *path,
		 size_t len);

/* The cause of a failed read is not in the trace, unless it is our own no. */
static int failed(struct eval *ev, struct source *source, int err)
{
	if (err != -ENAMETOOLONG && !(err == -EACCES && ev->settings.pure &&
				      source->ops == &source_root_ops))
		trace_passing(ev);
	return err;
}

/* What path is, once it is known that no folder above it is a link. */
static int node_stat(struct eval *ev, struct source *source, const char *path,
		     size_t len, struct source_node **out)
{
	struct source_node *node = source_node(ev, source, path, len);
	const char *slash;
	int err;

	if (!node)
		return len > PATH_LEN_MAX ? -ENAMETOOLONG : -ENOMEM;
	*out = node;
	node->reads |= TRACE_STAT;
	if (node->known & NODE_STAT)
		return 0;

	slash = memrchr(path, '/', len);
	if (slash && slash > path) {
		err = plain(ev, source, path, (size_t)(slash - path));
		if (err == -ENOENT || err == -ENOTDIR) {
			/* What is in no folder is missing. */
			node->st.type = SOURCE_MISSING;
			node->known |= NODE_STAT | NODE_PLAIN;
			return 0;
		}
		if (err < 0)
			return err;
	}
	err = source->ops->stat(ev, source, node->path, &node->st);
	if (err < 0)
		return failed(ev, source, err);
	node->known |= NODE_STAT;
	if (node->st.type != SOURCE_SYMLINK)
		node->known |= NODE_PLAIN;
	return 0;
}

/* Is path a folder, and neither it nor one above it a link? */
static int plain(struct eval *ev, struct source *source, const char *path,
		 size_t len)
{
	struct source_node *node;
	int err = node_stat(ev, source, path, len, &node);

	if (err < 0)
		return err;
	switch (node->st.type) {
	case SOURCE_DIRECTORY:
		return 0;
	case SOURCE_MISSING:
		return -ENOENT;
	case SOURCE_SYMLINK:
		return -ELOOP;
	default:
		return -ENOTDIR;
	}
}

void source_forget(struct eval *ev, struct source *source, const char *path)
{
	struct source_node *node = source_node(ev, source, path, strlen(path));

	if (node)
		node->known = 0;
}

int source_stat(struct eval *ev, struct source *source, const char *path,
		struct source_stat *out)
{
	struct source_node *node;
	int err = node_stat(ev, source, path, strlen(path), &node);

	if (err == 0)
		*out = node->st;
	return err;
}

struct room {
	struct arena *arena; /* NULL: on the heap */
	char *bytes;
	size_t size;
};

static void *make_room(void *arg, size_t size)
{
	struct room *room = arg;
	char *grown;

	if (room->arena)
		return room->bytes = arena_alloc(room->arena, size);
	if (size <= room->size)
		return room->bytes;
	grown = realloc(room->bytes, size);
	if (!grown)
		return NULL;
	room->bytes = grown;
	room->size = size;
	return grown;
}

static int read_node(struct eval *ev, struct source_node *node,
		     struct room *room, size_t *len)
{
	XXH128_hash_t content;
	int err;

	switch (node->st.type) {
	case SOURCE_MISSING:
		return -ENOENT;
	case SOURCE_DIRECTORY:
		return -EISDIR;
	case SOURCE_SYMLINK:
		return -ELOOP;
	case SOURCE_UNKNOWN:
		return -EINVAL;
	case SOURCE_REGULAR:
		break;
	}
	if (node->st.size > SOURCE_FILE_MAX)
		return -EFBIG;
	err = node->source->ops->read(ev, node->source, node->path, &node->st,
				      make_room, room, len);
	if (err < 0)
		return failed(ev, node->source, err);
	room->bytes[*len] = '\0';
	content = XXH3_128bits(room->bytes, *len);
	/* What was read first is in some value, and no longer in the trace. */
	if (node->reads & TRACE_CONTENT &&
	    !XXH128_isEqual(content, node->content))
		trace_passing(ev);
	node->content = content;
	node->reads |= TRACE_CONTENT;
	return 0;
}

/* Are the node's bytes in memory? Those of the image are taken over. */
static bool has_bytes(struct eval *ev, struct source_node *node)
{
	/* Also those that were put in place of the file's are read here. */
	if (node->known & NODE_BYTES) {
		node->reads |= TRACE_CONTENT;
		return true;
	}
	if (!image_read(ev, node))
		return false;
	node->reads |= TRACE_CONTENT;
	node->known |= NODE_BYTES;
	return true;
}

int source_read(struct eval *ev, struct source *source, const char *path,
		const char **bytes, size_t *len)
{
	struct room room = { .arena = ev->arena };
	struct source_node *node;
	int err = node_stat(ev, source, path, strlen(path), &node);

	if (err < 0)
		return err;
	if (!has_bytes(ev, node)) {
		err = read_node(ev, node, &room, &node->size);
		if (err < 0)
			return err;
		node->bytes = room.bytes;
		node->known |= NODE_BYTES;
	}
	*bytes = node->bytes;
	*len = node->size;
	return 0;
}

int source_replace(struct eval *ev, struct source *source, const char *path,
		   const char *bytes, size_t len)
{
	struct source_node *node = source_node(ev, source, path, strlen(path));

	if (!node) {
		eval_fail_memory(ev);
		return -1;
	}
	node->st = (struct source_stat){ SOURCE_REGULAR, false, len };
	node->bytes = bytes;
	node->size = len;
	node->content = XXH3_128bits(bytes, len);
	node->known |= NODE_STAT | NODE_PLAIN | NODE_BYTES;
	return 0;
}

int source_read_once(struct eval *ev, struct source *source, const char *path,
		     char **heap, size_t *room_size, const char **bytes,
		     size_t *len)
{
	struct room room = { .bytes = *heap, .size = *room_size };
	struct source_node *node;
	int err = node_stat(ev, source, path, strlen(path), &node);

	if (err < 0)
		return err;
	if (has_bytes(ev, node)) {
		*bytes = node->bytes;
		*len = node->size;
		return 0;
	}
	err = read_node(ev, node, &room, len);
	*heap = room.bytes;
	*room_size = room.size;
	*bytes = room.bytes;
	return err;
}

struct listing {
	struct eval *ev;
	struct source_entry *entries;
	size_t len, room;
};

static int add_entry(void *arg, const char *name, size_t len,
		     enum source_type type)
{
	struct listing *l = arg;
	struct source_entry *e;

	if (l->len == l->room) {
		size_t room = l->room ? l->room * 2 : 64;

		e = reallocarray(l->entries, room, sizeof(*e));
		if (!e)
			return -ENOMEM;
		l->entries = e;
		l->room = room;
	}
	e = &l->entries[l->len];
	e->name = arena_strndup(l->ev->arena, name, len);
	e->type = type;
	if (!e->name)
		return -ENOMEM;
	l->len++;
	return 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct source_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Sorted, so that the same folder has the same listing on any file system. */
static int keep_listing(struct source_node *node, struct listing *l)
{
	size_t size = l->len * sizeof(*l->entries);
	XXH3_state_t *state = XXH3_createState();

	if (!state)
		return -ENOMEM;
	if (l->len)
		qsort(l->entries, l->len, sizeof(*l->entries), compare_entries);
	XXH3_128bits_reset(state);
	for (size_t i = 0; i < l->len; i++) {
		char type = (char)l->entries[i].type;

		XXH3_128bits_update(state, l->entries[i].name,
				    strlen(l->entries[i].name) + 1);
		XXH3_128bits_update(state, &type, 1);
	}
	node->content = XXH3_128bits_digest(state);
	XXH3_freeState(state);

	node->entries = arena_alloc(l->ev->arena, size ? size : 1);
	if (!node->entries)
		return -ENOMEM;
	if (size)
		memcpy(node->entries, l->entries, size);
	node->count = l->len;
	node->known |= NODE_ENTRIES;
	return 0;
}

int source_list(struct eval *ev, struct source *source, const char *path,
		struct source_entry **entries, size_t *len)
{
	struct listing l = { .ev = ev };
	struct source_node *node;
	int err = node_stat(ev, source, path, strlen(path), &node);

	if (err < 0)
		return err;
	if (!(node->known & NODE_ENTRIES)) {
		if (node->st.type == SOURCE_MISSING)
			return -ENOENT;
		if (node->st.type == SOURCE_SYMLINK)
			return -ELOOP;
		if (node->st.type != SOURCE_DIRECTORY)
			return -ENOTDIR;
		err = source->ops->list(ev, source, path, add_entry, &l);
		if (err == 0)
			err = keep_listing(node, &l);
		free(l.entries);
		if (err < 0)
			return failed(ev, source, err);
	}
	node->reads |= TRACE_LISTING;
	*entries = node->entries;
	*len = node->count;
	return 0;
}

static int node_target(struct eval *ev, struct source_node *node)
{
	char target[4097];
	int err;

	if (node->known & NODE_TARGET)
		goto out;
	if (node->st.type == SOURCE_MISSING)
		return -ENOENT;
	if (node->st.type != SOURCE_SYMLINK)
		return -EINVAL;
	err = node->source->ops->readlink(ev, node->source, node->path, target,
					  sizeof(target));
	if (err < 0)
		return failed(ev, node->source, err);
	node->target = arena_strndup(ev->arena, target, strlen(target));
	if (!node->target)
		return -ENOMEM;
	node->content = XXH3_128bits(target, strlen(target));
	node->known |= NODE_TARGET;
out:
	node->reads |= TRACE_LINK;
	return 0;
}

int source_readlink(struct eval *ev, struct source *source, const char *path,
		    char *buffer, size_t room)
{
	struct source_node *node;
	size_t len;
	int err = node_stat(ev, source, path, strlen(path), &node);

	if (err == 0)
		err = node_target(ev, node);
	if (err < 0)
		return err;
	len = strlen(node->target);
	if (len >= room)
		return -ENAMETOOLONG;
	memcpy(buffer, node->target, len + 1);
	return 0;
}

value source_fail(struct eval *ev, pos_t pos, struct source *source,
		  const char *path, int err)
{
	const char *prefix = source->prefix_len ? source->label : "";
	struct stat st;

	/* The text of a root has no "/" at its end. */
	if (source->prefix_len && !path[1])
		path = "";
	switch (err) {
	case -ENOENT:
		if (source->ops->missing)
			return source->ops->missing(ev, pos, source, path);
		return eval_fail(ev, ERROR_IO, pos,
				 "path '%s%s' does not exist", prefix, path);
	case -EACCES:
		if (source == source_root(ev) && ev->settings.pure)
			return eval_fail(ev, ERROR_PURITY, pos,
					 "access to absolute path '%s' is "
					 "forbidden in pure evaluation mode "
					 "(use '--impure' to override)",
					 path);
		break;
	case -ENOTDIR:
		return eval_fail(
			ev, ERROR_IO, pos,
			"cannot read directory \"%s%s\": Not a directory",
			prefix, path);
	case -EISDIR:
		/* Nix tries to read as much as stat() says. */
		if (source == source_root(ev) && stat(path, &st) == 0)
			return eval_fail(ev, ERROR_IO, pos,
					 "read of %lld bytes: Is a directory",
					 (long long)st.st_size);
		break;
	case -ELOOP:
		return eval_fail(ev, ERROR_IO, pos, "path '%s%s' is a symlink",
				 prefix, path);
	case -EINVAL:
		return eval_fail(ev, ERROR_IO, pos,
				 "path '%s%s' has an unsupported type", prefix,
				 path);
	case -ENOMEM:
		return eval_fail(ev, ERROR_MEMORY, pos, "out of memory");
	}
	return eval_fail(ev, ERROR_IO, pos, "reading '%s%s': %s", prefix, path,
			 strerror(-err));
}
