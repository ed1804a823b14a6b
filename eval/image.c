#include "eval/image.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eval/file.h"
#include "eval/import.h"
#include "eval/source_disk.h"
#include "eval/source_private.h"

/* What is kept is kept for good, in each worker's address space. */
#define BYTES_MAX ((size_t)256 << 20) /* of the arena */
#define FILES_MAX 65536
#define FILE_MAX ((uint64_t)16 << 20)
#define FOLDERS_MAX 1024

/* A file may be written twice within the granularity of its times: what has
 * changed this short a time ago, in ns, may change without a trace. */
#define SETTLED INT64_C(2000000000)

struct image_file {
	uint64_t hash; /* of path */
	struct path *path;
	struct source_mark mark;
	const char *text;
	size_t len;
	XXH128_hash_t content;
	struct file *file;
	const char *label; /* the source's when file->name was made */
};

struct image_folder {
	struct source *source;
	const char *folder;
	bool taken; /* by the worker */
};

struct image {
	struct image_file **slots; /* open addressing; mask + 1 of them */
	size_t mask, len;
	struct image_folder folders[FOLDERS_MAX];
	size_t nfolders;
	size_t texts; /* in ev->files when the worker began */
	bool in_use;
	struct image_file *last; /* that image_read() found */
};

static uint64_t hash_path(const struct source *source, const char *path,
			  size_t len)
{
	return XXH3_64bits_withSeed(path, len, source->id);
}

static bool is_file(const struct image_file *f, const struct source *source,
		    const char *path, size_t len)
{
	return f->path->source == source && f->path->len == len &&
	       !memcmp(f->path->bytes, path, len);
}

/* The slot of the file, or the free one where it belongs. */
static struct image_file **find_slot(struct image_file **slots, size_t mask,
				     uint64_t hash, const struct source *source,
				     const char *path, size_t len)
{
	size_t i = hash & mask;

	for (; slots[i]; i = (i + 1) & mask)
		if (slots[i]->hash == hash &&
		    is_file(slots[i], source, path, len))
			break;
	return &slots[i];
}

static struct image_file *find(struct image *image, const struct source *source,
			       const char *path, size_t len)
{
	uint64_t hash = hash_path(source, path, len);

	return *find_slot(image->slots, image->mask, hash, source, path, len);
}

static bool grow(struct image *image)
{
	size_t mask = image->mask * 2 + 1;
	struct image_file **slots = calloc(mask + 1, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i <= image->mask; i++) {
		struct image_file *f = image->slots[i];

		if (f)
			*find_slot(slots, mask, f->hash, f->path->source,
				   f->path->bytes, f->path->len) = f;
	}
	free(image->slots);
	image->slots = slots;
	image->mask = mask;
	return true;
}

int image_new(struct eval *ev)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		return -1;
	image->mask = 4095;
	image->slots = calloc(image->mask + 1, sizeof(*image->slots));
	if (!image->slots) {
		free(image);
		return -1;
	}
	ev->image = image;
	ev->ahead = true;
	return 0;
}

/* --- in the nursery --- */

static struct source *folder_source(struct eval *ev,
				    const struct image_name *name)
{
	struct image *image = ev->image;
	struct source *source;
	const char *label;

	if (!name->folder[0])
		return source_root(ev);
	for (size_t i = 0; i < image->nfolders; i++)
		if (!strcmp(image->folders[i].folder, name->folder))
			return image->folders[i].source;
	if (image->nfolders == FOLDERS_MAX)
		return NULL;
	source = source_folder(ev, name->folder);
	label = arena_strndup(ev->arena, name->label, strlen(name->label));
	/* A link may have taken the folder's place. */
	if (!source || !label || strcmp(source->folder, name->folder))
		return NULL;
	source->label = label;
	image->folders[image->nfolders++] =
		(struct image_folder){ source, source->folder, false };
	return source;
}

static struct path *new_path(struct eval *ev, struct source *source,
			     const char *bytes, size_t len)
{
	struct path *path = eval_alloc(ev, sizeof(*path) + len + 1);

	if (!path)
		return NULL;
	path->source = source;
	path->len = len;
	memcpy(path->bytes, bytes, len);
	path->bytes[len] = '\0';
	return path;
}

static bool same_mark(const struct source_mark *a, const struct source_mark *b)
{
	return a->inode && a->inode == b->inode && a->device == b->device &&
	       a->changed == b->changed && a->modified == b->modified;
}

static bool is_settled(const struct source_mark *mark)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec - mark->changed >
	       SETTLED;
}

struct text {
	struct arena *arena;
	char *bytes;
};

static void *text_room(void *arg, size_t size)
{
	struct text *text = arg;

	return text->bytes = arena_alloc(text->arena, size + 1);
}

/* Read the file, whole and not changed meanwhile. */
static bool read_text(struct eval *ev, const char *name, struct image_file *f)
{
	struct text text = { .arena = ev->arena };
	struct source_stat before, after;

	if (disk_stat(name, &before) < 0 || before.type != SOURCE_REGULAR ||
	    before.size > FILE_MAX || !is_settled(&before.mark) ||
	    (f->text && same_mark(&before.mark, &f->mark)))
		return false;
	if (disk_read(name, before.size, text_room, &text, &f->len) < 0 ||
	    disk_stat(name, &after) < 0 || f->len != before.size ||
	    after.size != before.size || !same_mark(&before.mark, &after.mark))
		return false;
	text.bytes[f->len] = '\0';
	f->text = text.bytes;
	f->mark = before.mark;
	f->content = XXH3_128bits(f->text, f->len);
	return true;
}

int image_add(struct eval *ev, const struct image_name *name)
{
	struct image *image = ev->image;
	struct source *source;
	struct image_file *f, **slot, *old;
	size_t len = strlen(name->path);
	char file[PATH_MAX];
	uint64_t hash;

	if (image->len >= FILES_MAX || arena_used(ev->arena) > BYTES_MAX)
		return -1;
	source = folder_source(ev, name);
	eval_clear_error(ev);
	if (!source || disk_path(file, name->folder, name->path) < 0)
		return 0;
	if (image->len >= image->mask / 2 && !grow(image))
		return -1;

	hash = hash_path(source, name->path, len);
	slot = find_slot(image->slots, image->mask, hash, source, name->path,
			 len);
	f = arena_alloc(ev->arena, sizeof(*f));
	if (!f)
		return -1;
	old = *slot;
	*f = old ? *old : (struct image_file){ .hash = hash };
	if (!read_text(ev, file, f))
		return 0;
	f->path = new_path(ev, source, name->path, len);
	f->label = source->label;
	f->file = f->path ? import_text(ev, f->path, f->text, f->len, NULL)
			  : NULL;
	eval_clear_error(ev);
	if (!f->file)
		return 0;
	image->len += !old;
	*slot = f;
	return 0;
}

/* --- in a worker --- */

void image_use(struct eval *ev)
{
	struct source_set *set = ev->sources;

	/* What the nursery has looked up on its own is not read yet. */
	if (set) {
		set->places = NULL;
		set->passing = false;
	}
	ev->ahead = false;
	ev->image->in_use = true;
	ev->image->texts = file_count(ev);
}

struct source *image_source(struct eval *ev, const char *folder)
{
	struct image *image = ev->image;

	for (size_t i = 0; image && image->in_use && i < image->nfolders; i++) {
		struct image_folder *f = &image->folders[i];

		if (f->taken || strcmp(f->folder, folder))
			continue;
		f->taken = true;
		return f->source;
	}
	return NULL;
}

bool image_read(struct eval *ev, struct source_node *node)
{
	struct image_file *f;

	if (!ev->image)
		return false;
	f = find(ev->image, node->source, node->path, node->len);
	if (!f || f->len != node->st.size ||
	    !same_mark(&f->mark, &node->st.mark))
		return false;
	node->bytes = f->text;
	node->size = f->len;
	node->content = f->content;
	ev->image->last = f;
	return true;
}

struct file *image_file(struct eval *ev, const struct path *path,
			const char *text)
{
	struct image_file *f;
	const char *name;

	if (!ev->image)
		return NULL;
	/* Mostly the one that has just been read. */
	f = ev->image->last;
	if (!f || !is_file(f, path->source, path->bytes, path->len))
		f = find(ev->image, path->source, path->bytes, path->len);
	if (!f || f->text != text)
		return NULL;
	/* The same tree may have come from elsewhere. */
	if (f->label != path->source->label &&
	    strcmp(f->label, path->source->label)) {
		name = source_show(ev, path);
		if (!name)
			return NULL;
		f->file->name = name;
	}
	return f->file;
}

size_t image_files(const struct eval *ev)
{
	return ev->image ? ev->image->texts : 0;
}
