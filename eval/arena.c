/*
 * arena.c - memory that is released all at once
 *
 * A piece is a large range of address space. It is given to the program step
 * by step: each step is faulted in by one system call, which costs a fraction
 * of what its page faults would cost one by one, and keeps the peak within a
 * step of what is used.
 */
#include "eval/arena.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PIECE_SIZE ((size_t)256 << 20)
#define STEP_SIZE ((size_t)1 << 20)
#define FIRST_STEP ((size_t)128 << 10)
#define HUGE_PAGE ((size_t)2 << 20)
/* Huge pages are asked for only if this much more memory than a piece is free
 * in such blocks: else the kernel may stop to compact memory, which costs far
 * more than it saves. */
#define HUGE_RESERVE ((size_t)256 << 20)

/* At the front of each piece. */
struct arena_piece {
	struct arena_piece *next;
	size_t size; /* of the whole mapping */
	char *end;   /* of the mapping */
};

struct arena *arena_new(size_t limit)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena)
		arena->limit = limit;
	return arena;
}

void arena_free(struct arena *arena)
{
	struct arena_piece *piece, *next;

	if (!arena)
		return;
	for (piece = arena->pieces; piece; piece = next) {
		next = piece->next;
		munmap(piece, piece->size);
	}
	free(arena);
}

static char *piece_start(const struct arena_piece *piece)
{
	return (char *)piece + sizeof(*piece);
}

size_t arena_used(const struct arena *arena)
{
	if (!arena->pieces)
		return arena->used;
	return arena->used + (arena->next - piece_start(arena->pieces));
}

/* Fault in [from, to); where the kernel cannot, use will. */
static void populate(char *from, char *to)
{
#ifdef MADV_POPULATE_WRITE
	uintptr_t first = (uintptr_t)from & ~(uintptr_t)4095;

	madvise((void *)first, (uintptr_t)to - first, MADV_POPULATE_WRITE);
#endif
}

/* Bytes of memory that are free in blocks of a huge page or more. */
static size_t huge_free(void)
{
	FILE *file = fopen("/proc/buddyinfo", "re");
	char line[512], *p;
	size_t free = 0;

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		/* "Node 0, zone   Normal" and then, from 4 KB on, how many
		 * blocks of each size there are, each twice the last. */
		p = strstr(line, "zone");
		p = p ? p + strcspn(p, " ") : NULL;
		if (!p)
			continue;
		p += strspn(p, " ");
		p += strcspn(p, " ");
		for (size_t size = 4096; *p && size < SIZE_MAX / 2; size *= 2) {
			char *end;
			unsigned long count = strtoul(p, &end, 10);

			if (end == p)
				break;
			if (size >= HUGE_PAGE)
				free += count * size;
			p = end;
		}
	}
	fclose(file);
	return free;
}

static bool piece_add(struct arena *arena, size_t need)
{
	size_t size = PIECE_SIZE;
	struct arena_piece *piece;
	size_t used = arena_used(arena);

	if (need > size - sizeof(*piece)) {
		if (need > SIZE_MAX / 2)
			return false;
		size = (need + sizeof(*piece) + STEP_SIZE) & ~(STEP_SIZE - 1);
	}
	piece = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (piece == MAP_FAILED)
		return false;
	if (size == PIECE_SIZE && huge_free() >= size + HUGE_RESERVE)
		madvise(piece, size, MADV_HUGEPAGE);
	piece->next = arena->pieces;
	piece->size = size;
	piece->end = (char *)piece + size;
	arena->pieces = piece;
	arena->used = used;
	arena->next = arena->end = piece_start(piece);
	return true;
}

void *arena_alloc_slow(struct arena *arena, size_t size)
{
	size_t used = arena_used(arena), step;
	char *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + 7) & ~(size_t)7;
	if (arena->limit && (used > arena->limit || size > arena->limit - used))
		return NULL;
	if (!arena->pieces ||
	    size > (size_t)(arena->pieces->end - arena->next)) {
		if (!piece_add(arena, size))
			return NULL;
	}

	p = arena->next;
	if (size > (size_t)(arena->end - p)) {
		step = used < STEP_SIZE ? FIRST_STEP : STEP_SIZE;
		if (step < size)
			step = size;
		if (step > (size_t)(arena->pieces->end - arena->end))
			step = arena->pieces->end - arena->end;
		/* What is very large may never be touched in full. */
		if (step <= 4 * STEP_SIZE)
			populate(arena->end, arena->end + step);
		arena->end += step;
	}
	arena->next = p + size;
	return p;
}

void arena_trim(struct arena *arena)
{
	uintptr_t next = ((uintptr_t)arena->next + 4095) & ~(uintptr_t)4095;
	uintptr_t end = (uintptr_t)arena->end;

	if (!arena->pieces || next >= end)
		return;
	madvise((void *)next, end - next, MADV_DONTNEED);
	arena->end = (char *)next;
}

char *arena_strndup(struct arena *arena, const char *bytes, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		return NULL;
	copy = arena_alloc(arena, len + 1);
	if (!copy)
		return NULL;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}
