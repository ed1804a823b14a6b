#include "cache/facts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "eval/wire.h"

#define FORMAT 1
/* A path that was looked at for more than what it is. */
#define SEEN_INSIDE (WIRE_SEEN_CONTENT | WIRE_SEEN_ENTRIES | WIRE_SEEN_TARGET)

struct root {
	bool tracked;
	struct wire_text folder;
	char *path;	       /* the folder's text */
	struct tracked *names; /* when it was needed */
};

struct item {
	uint32_t root;
	uint8_t seen, type;
	struct wire_text path;
	struct wire_text content;
	struct look_status status; /* ctime 0: none */
};

/* --- reading ------------------------------------------------------------ */

struct roots {
	struct root *list;
	size_t len;
};

static void roots_release(struct roots *roots)
{
	for (size_t i = 0; i < roots->len; i++) {
		tracked_put(roots->list[i].names);
		free(roots->list[i].path);
	}
	free(roots->list);
}

static int get_roots(struct wire_in *in, struct roots *roots)
{
	size_t len = wire_get_count(in, 5);

	*roots = (struct roots){ calloc(len + 1, sizeof(struct root)), 0 };
	if (!roots->list)
		return -ENOMEM;
	for (; roots->len < len; roots->len++) {
		struct root *root = &roots->list[roots->len];

		root->tracked = wire_get_u8(in) != 0;
		root->folder = wire_get_text(in);
		if (in->bad ||
		    (root->folder.len &&
		     memchr(root->folder.bytes, '\0', root->folder.len)))
			return -EPROTO;
		root->path =
			strndup(root->folder.bytes ? root->folder.bytes : "",
				root->folder.len);
		if (!root->path) {
			roots->len++;
			return -ENOMEM;
		}
	}
	return 0;
}

static void get_item(struct wire_in *in, bool with_status, struct item *item)
{
	*item = (struct item){ .root = wire_get_u32(in) };
	item->seen = wire_get_u8(in);
	item->type = wire_get_u8(in);
	item->path = wire_get_text(in);
	item->content = wire_get_text(in);
	if (with_status && wire_get_u8(in)) {
		item->status.size = wire_get_u64(in);
		item->status.ino = wire_get_u64(in);
		item->status.dev = wire_get_u64(in);
		item->status.mtime = (int64_t)wire_get_u64(in);
		item->status.ctime = (int64_t)wire_get_u64(in);
	}
	if (item->content.len !=
		    (item->seen & SEEN_INSIDE ? WIRE_CONTENT_SIZE : 0) ||
	    !item->path.len || item->path.bytes[0] != '/' ||
	    memchr(item->path.bytes, '\0', item->path.len))
		in->bad = true;
}

static void put_item(struct buf *out, const struct item *item)
{
	wire_put_u32(out, item->root);
	wire_put_u8(out, item->seen);
	wire_put_u8(out, item->type);
	wire_put_text(out, item->path);
	wire_put_text(out, item->content);
	wire_put_u8(out, item->status.ctime != 0);
	if (!item->status.ctime)
		return;
	wire_put_u64(out, item->status.size);
	wire_put_u64(out, item->status.ino);
	wire_put_u64(out, item->status.dev);
	wire_put_u64(out, (uint64_t)item->status.mtime);
	wire_put_u64(out, (uint64_t)item->status.ctime);
}

/* --- does it hold? ------------------------------------------------------ */

/* The path on disk; false if there can be none. */
static bool full_path(const struct root *root, const struct item *item,
		      char out[PATH_MAX])
{
	size_t a = root->folder.len, b = item->path.len;

	if (a && b == 1)
		b = 0; /* the folder itself */
	if (a + b >= PATH_MAX)
		return false;
	memcpy(out, root->path, a);
	memcpy(out + a, item->path.bytes, b);
	out[a + b] = '\0';
	return true;
}

static const struct tracked *names_of(struct tracked_cache *cache,
				      struct root *root)
{
	if (!root->names)
		root->names = tracked_get(cache, root->path);
	return root->names;
}

/*
 * Look at the path as the worker did. status becomes what was seen to belong to
 * the content; ctime 0 if that may change unseen.
 */
static enum facts_reason look(struct tracked_cache *cache, struct root *root,
			      const struct item *item,
			      struct look_status *status)
{
	const struct tracked *names =
		root->tracked ? names_of(cache, root) : NULL;
	struct look_content content;
	enum facts_reason reason;
	char path[PATH_MAX], in_tree[PATH_MAX];
	uint8_t type;
	int err = 0;

	*status = (struct look_status){ 0 };
	if (root->tracked && !names)
		return FACTS_COMMIT;
	if (!full_path(root, item, path))
		return FACTS_TYPE;
	snprintf(in_tree, sizeof(in_tree), "%.*s", buf_clip(item->path.len),
		 item->path.bytes);
	type = names ? tracked_type(names, in_tree, status)
		     : look_type(path, status);
	if (type != item->type)
		return FACTS_TYPE;
	if (!(item->seen & SEEN_INSIDE))
		return FACTS_HOLD;
	if (!(names && item->seen & WIRE_SEEN_ENTRIES) &&
	    look_same(&item->status, status))
		return FACTS_HOLD;
	reason = FACTS_CONTENT;
	if (item->seen & WIRE_SEEN_CONTENT) {
		err = look_file(path, &content, status);
	} else if (item->seen & WIRE_SEEN_TARGET) {
		err = look_target(path, &content);
		status->ctime = 0;
	} else if (names) {
		reason = FACTS_ENTRIES;
		err = tracked_entries(names, in_tree, &content);
		status->ctime = 0;
	} else {
		reason = FACTS_ENTRIES;
		err = look_entries(path, NULL, NULL, &content, status);
	}
	if (err < 0 || memcmp(content.bytes, item->content.bytes,
			      sizeof(content.bytes)) != 0)
		return reason;
	return FACTS_HOLD;
}

static bool same_text(struct wire_text a, const char *b)
{
	return b && a.len == strlen(b) && memcmp(a.bytes, b, a.len) == 0;
}

static enum facts_reason check_variables(struct wire_in *in)
{
	size_t count = wire_get_count(in, 9);
	enum facts_reason reason = FACTS_HOLD;

	for (size_t i = 0; i < count && !in->bad; i++) {
		struct wire_text name = wire_get_text(in), value;
		bool set = wire_get_u8(in) != 0;
		const char *now;
		char *copy;

		value = wire_get_text(in);
		if (in->bad)
			break;
		copy = strndup(name.bytes, name.len);
		now = copy ? getenv(copy) : NULL;
		free(copy);
		if (!copy || set != (now != NULL) ||
		    (set && !same_text(value, now)))
			reason = FACTS_ENVIRONMENT;
	}
	return reason;
}

static enum facts_reason check_commits(struct wire_in *in)
{
	size_t count = wire_get_count(in, 12);
	enum facts_reason reason = FACTS_HOLD;

	for (size_t i = 0; i < count && !in->bad && reason == FACTS_HOLD; i++) {
		struct wire_text folder = wire_get_text(in);
		struct wire_text name = wire_get_text(in);
		struct wire_text id = wire_get_text(in);
		char now[TRACKED_ID_SIZE], *a, *b;

		if (in->bad)
			break;
		a = strndup(folder.bytes, folder.len);
		b = strndup(name.bytes, name.len);
		if (!a || !b || tracked_commit(a, b, now) < 0 ||
		    !same_text(id, now))
			reason = FACTS_COMMIT;
		free(a);
		free(b);
	}
	return reason;
}

static enum facts_reason check_links(struct wire_in *in)
{
	size_t count = wire_get_count(in, 8);
	enum facts_reason reason = FACTS_HOLD;

	for (size_t i = 0; i < count && !in->bad && reason == FACTS_HOLD; i++) {
		struct wire_text path = wire_get_text(in);
		struct wire_text real = wire_get_text(in);
		char *copy, *now;

		if (in->bad)
			break;
		copy = strndup(path.bytes, path.len);
		now = copy ? realpath(copy, NULL) : NULL;
		if (!same_text(real, now))
			reason = FACTS_CONTENT;
		free(copy);
		free(now);
	}
	return reason;
}

enum facts_reason facts_check(struct tracked_cache *tracked, const void *part,
			      size_t len)
{
	enum facts_reason reason = FACTS_MALFORMED;
	struct look_status status;
	struct roots roots = { NULL, 0 };
	struct wire_in in;
	struct item item;
	size_t count;

	wire_in_init(&in, part, len);
	if (wire_get_u8(&in) != FORMAT || get_roots(&in, &roots) < 0)
		goto out;
	count = wire_get_count(&in, 15);
	for (size_t i = 0; i < count; i++) {
		get_item(&in, true, &item);
		if (in.bad || item.root >= roots.len)
			goto out;
		reason = look(tracked, &roots.list[item.root], &item, &status);
		if (reason != FACTS_HOLD)
			goto out;
	}
	reason = check_variables(&in);
	if (reason == FACTS_HOLD)
		reason = check_commits(&in);
	if (reason == FACTS_HOLD)
		reason = check_links(&in);
	if (reason == FACTS_HOLD && !wire_end(&in))
		reason = FACTS_MALFORMED;
out:
	roots_release(&roots);
	wire_in_release(&in);
	return reason;
}

/* --- what is known ------------------------------------------------------ */

/* What a key stands for is told by its first byte, see key_of(). */
struct fact {
	struct fact *next;
	XXH128_hash_t key;
	uint8_t seen, type;
	struct look_content content;
};

void facts_known_release(struct facts_known *known)
{
	for (size_t i = 0; known->buckets && i <= known->mask; i++)
		while (known->buckets[i]) {
			struct fact *fact = known->buckets[i];

			known->buckets[i] = fact->next;
			free(fact);
		}
	free(known->buckets);
	memset(known, 0, sizeof(*known));
}

static bool grow(struct facts_known *known)
{
	size_t room = known->buckets ? 2 * (known->mask + 1) : 1024;
	struct fact **buckets = calloc(room, sizeof(struct fact *));

	if (!buckets)
		return false;
	for (size_t i = 0; known->buckets && i <= known->mask; i++)
		while (known->buckets[i]) {
			struct fact *fact = known->buckets[i], **to;

			known->buckets[i] = fact->next;
			to = &buckets[fact->key.low64 & (room - 1)];
			fact->next = *to;
			*to = fact;
		}
	free(known->buckets);
	known->buckets = buckets;
	known->mask = room - 1;
	return true;
}

static XXH128_hash_t key_of(char kind, struct wire_text a, struct wire_text b)
{
	XXH128_hash_t first =
		XXH3_128bits_withSeed(a.bytes, a.len, (unsigned char)kind);

	return XXH3_128bits_withSeed(b.bytes, b.len,
				     first.low64 ^ first.high64);
}

/*
 * Note a fact. Returns 1 if it is new, 0 if it was known, -ESTALE if another
 * was.
 */
static int note(struct facts_known *known, XXH128_hash_t key, uint8_t seen,
		uint8_t type, const void *content)
{
	struct fact *fact = NULL;
	uint8_t both;

	if (known->len >= known->mask && !grow(known))
		return -ENOMEM;
	for (fact = known->buckets[key.low64 & known->mask];
	     fact && !XXH128_isEqual(fact->key, key); fact = fact->next)
		;
	if (!fact) {
		fact = calloc(1, sizeof(*fact));
		if (!fact)
			return -ENOMEM;
		fact->key = key;
		fact->seen = seen;
		fact->type = type;
		if (content)
			memcpy(fact->content.bytes, content,
			       sizeof(fact->content.bytes));
		fact->next = known->buckets[key.low64 & known->mask];
		known->buckets[key.low64 & known->mask] = fact;
		known->len++;
		return 1;
	}
	both = fact->seen & seen & SEEN_INSIDE;
	if (fact->type != type ||
	    (both && memcmp(fact->content.bytes, content,
			    sizeof(fact->content.bytes)) != 0))
		return -ESTALE;
	if ((seen & ~fact->seen) == 0)
		return 0;
	fact->seen |= seen;
	if (seen & SEEN_INSIDE)
		memcpy(fact->content.bytes, content,
		       sizeof(fact->content.bytes));
	return 1;
}

static int note_item(struct facts_known *known, const struct root *root,
		     const struct item *item)
{
	return note(known,
		    key_of(root->tracked ? 'T' : 'D', root->folder, item->path),
		    item->seen, item->type,
		    item->content.len ? item->content.bytes : NULL);
}

/* Three texts, of which the third is what the fact says. */
static int note_texts(struct facts_known *known, char kind, struct wire_text a,
		      struct wire_text b, uint8_t set, struct wire_text value)
{
	XXH128_canonical_t content;

	XXH128_canonicalFromHash(&content,
				 XXH3_128bits(value.bytes, value.len));
	return note(known, key_of(kind, a, b), WIRE_SEEN_CONTENT, set,
		    content.digest);
}

/* The new ones of the lists that follow the paths, written to part. Returns
 * how many, or as note() does. */
static int take_texts(struct facts_known *known, struct wire_in *in, char kind,
		      struct buf *part)
{
	size_t count = wire_get_count(in, kind == 'C' ? 12 : 8);
	struct buf list = BUF_INIT;
	uint32_t added = 0;
	int rc = 0;

	for (size_t i = 0; i < count && rc >= 0; i++) {
		struct wire_text a = wire_get_text(in), b = { "", 0 }, value;
		uint8_t set = 0;

		if (kind == 'C')
			b = wire_get_text(in);
		if (kind == 'V')
			set = wire_get_u8(in);
		value = wire_get_text(in);
		if (in->bad)
			break;
		rc = note_texts(known, kind, a, b, set, value);
		if (rc <= 0)
			continue;
		added++;
		wire_put_text(&list, a);
		if (kind == 'C')
			wire_put_text(&list, b);
		if (kind == 'V')
			wire_put_u8(&list, set);
		wire_put_text(&list, value);
	}
	wire_put_u32(part, added);
	buf_add(part, list.data, list.len);
	part->failed |= list.failed;
	buf_release(&list);
	return rc < 0 ? rc : (int)added;
}

static const char texts[] = { 'V', 'C', 'L' };

int facts_add_part(struct facts_known *known, const void *part, size_t len)
{
	struct roots roots = { NULL, 0 };
	struct buf unused = BUF_INIT;
	struct wire_in in;
	struct item item;
	size_t count;
	int err = -EPROTO;

	wire_in_init(&in, part, len);
	if (wire_get_u8(&in) != FORMAT)
		goto out;
	err = get_roots(&in, &roots);
	count = err < 0 ? 0 : wire_get_count(&in, 15);
	for (size_t i = 0; i < count && err >= 0; i++) {
		get_item(&in, true, &item);
		if (in.bad || item.root >= roots.len)
			err = -EPROTO;
		else
			err = note_item(known, &roots.list[item.root], &item);
	}
	for (size_t i = 0; i < sizeof(texts) && err >= 0; i++)
		err = take_texts(known, &in, texts[i], &unused);
	if (err >= 0)
		err = wire_end(&in) ? 0 : -EPROTO;
out:
	buf_release(&unused);
	roots_release(&roots);
	wire_in_release(&in);
	return err;
}

int facts_add_told(struct facts_known *known, struct tracked_cache *tracked,
		   const void *told, size_t len, struct buf *part)
{
	struct roots roots = { NULL, 0 };
	struct buf items = BUF_INIT;
	struct look_status status;
	struct wire_in in;
	struct item item;
	uint32_t added = 0;
	size_t count, begin = part->len;
	int err = -EPERM, total = 0;

	wire_in_init(&in, told, len);
	if (wire_get_u8(&in))
		goto out;
	err = get_roots(&in, &roots);
	count = err < 0 ? 0 : wire_get_count(&in, 14);
	for (size_t i = 0; i < count && err >= 0; i++) {
		get_item(&in, false, &item);
		if (in.bad || item.root >= roots.len) {
			err = -EPROTO;
			break;
		}
		err = note_item(known, &roots.list[item.root], &item);
		if (err <= 0)
			continue;
		if (look(tracked, &roots.list[item.root], &item, &status) ==
		    FACTS_HOLD)
			item.status = status;
		put_item(&items, &item);
		added++;
	}
	if (err < 0)
		goto out;
	wire_put_u8(part, FORMAT);
	wire_put_u32(part, (uint32_t)roots.len);
	for (size_t i = 0; i < roots.len; i++) {
		wire_put_u8(part, roots.list[i].tracked);
		wire_put_text(part, roots.list[i].folder);
	}
	wire_put_u32(part, added);
	buf_add(part, items.data, items.len);
	for (size_t i = 0; i < sizeof(texts) && err >= 0; i++) {
		err = take_texts(known, &in, texts[i], part);
		total += err > 0 ? err : 0;
	}
	if (err >= 0)
		err = !wire_end(&in)		     ? -EPROTO
		      : items.failed || part->failed ? -ENOMEM
						     : 0;
	if (err < 0 || added + total == 0)
		part->len = begin;
out:
	buf_release(&items);
	roots_release(&roots);
	wire_in_release(&in);
	return err;
}

/* --- for the watcher ---------------------------------------------------- */

static void put_read(struct buf *out, uint32_t *count, uint8_t kind,
		     const char *path, const char *repository,
		     struct wire_text content)
{
	struct wire_read read = { .kind = kind, .content = content };
	size_t len = strlen(repository);

	if (strncmp(path, repository, len) == 0 && path[len] == '/')
		path += len + 1;
	read.path = wire_text(path);
	wire_put_read(out, &read);
	++*count;
}

int facts_reads(const void *part, size_t len, const char *repository,
		struct buf *out, uint32_t *count)
{
	static const struct wire_text none = { "", 0 };
	struct roots roots = { NULL, 0 };
	bool git = false;
	char path[PATH_MAX];
	struct wire_in in;
	struct item item;
	size_t n;
	int err;

	wire_in_init(&in, part, len);
	if (wire_get_u8(&in) != FORMAT)
		in.bad = true;
	err = get_roots(&in, &roots);
	n = err < 0 ? 0 : wire_get_count(&in, 15);
	for (size_t i = 0; i < n; i++) {
		struct root *root;

		get_item(&in, true, &item);
		if (in.bad || item.root >= roots.len) {
			in.bad = true;
			break;
		}
		root = &roots.list[item.root];
		git |= root->tracked;
		if (!full_path(root, &item, path))
			continue;
		if (item.seen & (WIRE_SEEN_CONTENT | WIRE_SEEN_TARGET))
			put_read(out, count, WIRE_READ_FILE, path, repository,
				 item.seen & WIRE_SEEN_CONTENT ? item.content
							       : none);
		else if (item.seen & WIRE_SEEN_ENTRIES)
			put_read(out, count, WIRE_READ_FOLDER, path, repository,
				 none);
		else
			put_read(out, count, WIRE_READ_EXISTS, path, repository,
				 none);
	}
	n = wire_get_count(&in, 9);
	for (size_t i = 0; i < n && !in.bad; i++) {
		wire_get_text(&in);
		wire_get_u8(&in);
		wire_get_text(&in);
	}
	if (git)
		put_read(out, count, WIRE_READ_INDEX, "", repository, none);
	n = wire_get_count(&in, 12);
	for (size_t i = 0; i < n && !in.bad; i++) {
		struct wire_text folder = wire_get_text(&in);
		struct wire_text name = wire_get_text(&in);
		struct wire_text id = wire_get_text(&in);
		XXH128_canonical_t state;
		bool own;

		if (in.bad)
			break;
		own = same_text(name, "*") &&
		      strncmp(repository, folder.bytes, folder.len) == 0;
		XXH128_canonicalFromHash(&state,
					 XXH3_128bits(id.bytes, id.len));
		put_read(out, count, WIRE_READ_HEAD, "", repository,
			 own ? (struct wire_text){ (char *)state.digest,
						   sizeof(state.digest) }
			     : none);
	}
	if (err == 0 && in.bad)
		err = -EPROTO;
	roots_release(&roots);
	wire_in_release(&in);
	return out->failed ? -ENOMEM : err;
}
