/*
 * regex_nfa.h - the automaton that a regular expression is compiled to
 *
 * Private to regex.c and regex_parse.c. States and their order are those of
 * libstdc++ (bits/regex_automaton.h), as both the answers and the limit on the
 * size of a pattern follow from them.
 */
#ifndef EVAL_REGEX_NFA_H
#define EVAL_REGEX_NFA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/regex.h"

/* libstdc++'s _GLIBCXX_REGEX_STATE_LIMIT. */
#define REGEX_STATES_MAX 100000

#define REGEX_NOWHERE UINT32_MAX

enum regex_op {
	REGEX_DUMMY, /* joins ends while parsing; nothing leads to one later */
	REGEX_BYTE,  /* the byte arg */
	REGEX_ANY,   /* any byte but NUL */
	REGEX_SET,   /* a byte in sets[arg] */
	REGEX_BEGIN, /* of group arg */
	REGEX_END,   /* of group arg */
	REGEX_LINE_BEGIN,
	REGEX_LINE_END,
	REGEX_EITHER, /* try arg, and next as well */
	REGEX_REPEAT, /* try arg, else next */
	REGEX_RUN,    /* a REPEAT of the one byte that state arg takes */
	REGEX_ACCEPT,
};

struct regex_state {
	enum regex_op op;
	uint32_t next;
	uint32_t arg;
	uint32_t repeat; /* REPEAT, RUN: its number among those */
};

struct regex_set {
	uint64_t bits[4];
};

static inline bool regex_set_has(const struct regex_set *set, unsigned char c)
{
	return set->bits[c >> 6] >> (c & 63) & 1;
}

static inline void regex_set_add(struct regex_set *set, unsigned char c)
{
	set->bits[c >> 6] |= UINT64_C(1) << (c & 63);
}

struct regex_nfa {
	struct regex_state *states;
	struct regex_set *sets;
	size_t nstates, nsets;
	size_t nrepeats;
	size_t ngroups; /* the whole match is one */
	uint32_t start;
};

/*
 * Compile a pattern. Returns REGEX_YES, or why not; then nfa needs no release.
 */
enum regex_status regex_parse(struct regex_nfa *nfa, const char *pattern,
			      size_t len);
void regex_nfa_release(struct regex_nfa *nfa);

#endif
