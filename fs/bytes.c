/* bytes.c - bytes that several threads hold */
#include "fs/bytes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bytes *bytes_new(const void *data, size_t len)
{
	struct bytes *bytes;

	if (len > SIZE_MAX - sizeof(*bytes) - 1)
		return NULL;
	bytes = malloc(sizeof(*bytes) + len + 1);
	if (!bytes)
		return NULL;
	bytes->refs = 1;
	bytes->len = len;
	if (len)
		memcpy(bytes->data, data, len);
	bytes->data[len] = '\0';
	return bytes;
}

struct bytes *bytes_get(struct bytes *bytes)
{
	if (bytes)
		__atomic_add_fetch(&bytes->refs, 1, __ATOMIC_RELAXED);
	return bytes;
}

void bytes_put(struct bytes *bytes)
{
	if (bytes && !__atomic_sub_fetch(&bytes->refs, 1, __ATOMIC_ACQ_REL))
		free(bytes);
}
