/*
 * arena.h - memory that is released all at once
 *
 * Memory is taken from the system in large pieces and handed out from front to
 * back; nothing is given back one by one. The whole goes with the process, or
 * with arena_free().
 */
#ifndef EVAL_ARENA_H
#define EVAL_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena {
	char *next, *end; /* the piece in use */
	size_t used;	  /* bytes of all pieces before this one */
	size_t limit;	  /* most bytes in all; 0: none */
	struct arena_piece *pieces;
};

struct arena *arena_new(size_t limit);
void arena_free(struct arena *arena);
size_t arena_used(const struct arena *arena);

/* The slow half of arena_alloc(). */
void *arena_alloc_slow(struct arena *arena, size_t size);

/* size bytes, aligned to 8, not zeroed; NULL past the limit or when the system
 * has no more. */
static inline void *arena_alloc(struct arena *arena, size_t size)
{
	char *p = arena->next;

	if (size > (size_t)(arena->end - p) ||
	    ((size + 7) & ~(size_t)7) > (size_t)(arena->end - p))
		return arena_alloc_slow(arena, size);
	arena->next = p + ((size + 7) & ~(size_t)7);
	return p;
}

/* Give back what is faulted in and not handed out. A child's first pages would
 * be copies of pages with nothing on them. */
void arena_trim(struct arena *arena);

char *arena_strndup(struct arena *arena, const char *bytes, size_t len);

#endif
