/*
 * scratch.c - words put aside for the time of one builtin's run
 */
#include "eval/scratch.h"

#include <assert.h>
#include <stdlib.h>

#include "eval/error.h"

static struct {
	uint64_t *words;
	size_t len, room;
} scratch;

size_t scratch_open(void)
{
	return scratch.len;
}

void scratch_close(size_t mark)
{
	assert(mark <= scratch.len);
	scratch.len = mark;
}

static int grow(struct eval *ev)
{
	size_t room = scratch.room ? scratch.room * 2 : 1024;
	uint64_t *words;

	words = reallocarray(scratch.words, room, sizeof(*words));
	if (!words) {
		eval_fail_memory(ev);
		return -1;
	}
	scratch.words = words;
	scratch.room = room;
	return 0;
}

int scratch_add(struct eval *ev, uint64_t word)
{
	if (scratch.len == scratch.room && grow(ev) < 0)
		return -1;
	scratch.words[scratch.len++] = word;
	return 0;
}

uint64_t *scratch_words(size_t mark)
{
	return scratch.words + mark;
}

size_t scratch_len(size_t mark)
{
	return scratch.len - mark;
}
