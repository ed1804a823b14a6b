#include "fs/ahead.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* More than a walk can be ahead by; then the walk was not what it seemed. */
#define AHEAD_BYTES_MAX (32u << 20)

struct ahead_item {
	struct ahead_item *next;
	XXH128_hash_t key;
	int err;
	size_t len;
	char bytes[];
};

static XXH128_hash_t key_of(uint16_t op, const void *request, size_t len)
{
	return XXH3_128bits_withSeed(request, len, op);
}

void ahead_clear(struct ahead *ahead)
{
	for (size_t i = 0; ahead->buckets && i <= ahead->mask; i++)
		for (struct ahead_item *item = ahead->buckets[i], *next; item;
		     item = next) {
			next = item->next;
			free(item);
		}
	free(ahead->buckets);
	memset(ahead, 0, sizeof(*ahead));
}

static bool grow(struct ahead *ahead)
{
	size_t room = ahead->buckets ? 2 * (ahead->mask + 1) : 1024;
	struct ahead_item **buckets = calloc(room, sizeof(*buckets));

	if (!buckets)
		return false;
	for (size_t i = 0; ahead->buckets && i <= ahead->mask; i++)
		for (struct ahead_item *item = ahead->buckets[i], *next; item;
		     item = next) {
			struct ahead_item **bucket =
				&buckets[item->key.low64 & (room - 1)];

			next = item->next;
			item->next = *bucket;
			*bucket = item;
		}
	free(ahead->buckets);
	ahead->buckets = buckets;
	ahead->mask = room - 1;
	return true;
}

static void add(struct ahead *ahead, const struct wire_ahead *told)
{
	struct ahead_item *item, **bucket;

	if (told->status > INT_MAX ||
	    ahead->bytes + told->answer.len > AHEAD_BYTES_MAX)
		ahead_clear(ahead);
	if (told->status > INT_MAX || told->answer.len > AHEAD_BYTES_MAX ||
	    (ahead->len >= ahead->mask && !grow(ahead)))
		return;
	item = malloc(sizeof(*item) + told->answer.len);
	if (!item)
		return;
	item->key = key_of(told->op, told->request.bytes, told->request.len);
	item->err = -(int)told->status;
	item->len = told->answer.len;
	if (item->len)
		memcpy(item->bytes, told->answer.bytes, item->len);
	bucket = &ahead->buckets[item->key.low64 & ahead->mask];
	item->next = *bucket;
	*bucket = item;
	ahead->len++;
	ahead->bytes += item->len;
}

void ahead_take_frame(struct ahead *ahead, const struct buf *body)
{
	struct wire_ahead told;
	struct wire_in in;
	size_t count;

	wire_in_init(&in, body->data, body->len);
	count = wire_get_count(&in, 13);
	for (size_t i = 0; i < count; i++) {
		wire_get_ahead(&in, &told);
		if (in.bad)
			break;
		add(ahead, &told);
	}
	wire_in_release(&in);
}

bool ahead_find(struct ahead *ahead, uint16_t op, const void *request,
		size_t len, struct ahead_answer *out)
{
	XXH128_hash_t key = key_of(op, request, len);
	struct ahead_item **link, *item;

	if (!ahead->len)
		return false;
	link = &ahead->buckets[key.low64 & ahead->mask];
	while (*link && !XXH128_isEqual((*link)->key, key))
		link = &(*link)->next;
	item = *link;
	if (!item)
		return false;
	*link = item->next;
	ahead->len--;
	ahead->bytes -= item->len;
	out->err = item->err;
	out->body = (struct buf)BUF_INIT;
	buf_add(&out->body, item->bytes, item->len);
	free(item);
	if (out->body.failed) {
		buf_release(&out->body);
		return false;
	}
	return true;
}
