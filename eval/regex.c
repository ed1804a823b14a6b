/*
 * regex.c - walking the automaton of a regular expression
 *
 * The walk is libstdc++'s (bits/regex_executor.tcc, depth first): at a repeat
 * the body comes first and what follows only if that led nowhere; at "|" both
 * sides are walked; of all ways through, the one that ends furthest to the
 * right is taken, and of those the first. A repeat is entered at most twice at
 * one place in the text, so that (a*)* ends.
 *
 * Where libstdc++ recurses, this keeps frames: what is still to be done when
 * the way in hand has ended. And where libstdc++ walks the same way over and
 * over, this remembers, once a walk takes long: what happens from a state on,
 * just after a byte was taken, depends on that state and place alone (there are
 * no back-references; the repeats' counts begin anew with each byte), so how
 * far it leads is noted and never walked again unless it is the answer.
 */
#include "eval/regex.h"

#include <stdlib.h>
#include <string.h>

#include "eval/regex_nfa.h"

/* Positions are 32 bits, and some are needed as marks. */
#define TEXT_MAX (INT32_MAX - 8)

/* Most bytes for notes, and for frames. */
#define NOTES_MAX (UINT64_C(1) << 29)
#define FRAMES_MAX (UINT64_C(1) << 29)

/* Most frames that stay with a pattern between matches. */
#define FRAMES_KEPT 4096

/*
 * Steps after which a walk is given up: it is exponential in the pattern, with
 * notes or without. For each byte of the text, and each byte and state.
 */
#define STEPS_BASE 10000000
#define STEPS_BYTE 100
#define STEPS_NOTE 4

#define NOTE_UNKNOWN 0
#define NOTE_FAILED 1
#define NOTE_END 2 /* plus the place where it ended */

enum frame_kind {
	FRAME_GROUP_BEGIN, /* id: group, a: its begin before */
	FRAME_GROUP_END,   /* id: group, a, b: its span before */
	FRAME_REPEAT,	   /* id: state, a: place, b: last entry, count */
	FRAME_RUN,	   /* id: state, a: first place, b: place to go on */
	FRAME_LEFT,	   /* id: state, a: place */
	FRAME_RIGHT,	   /* a: where the left side ended */
	FRAME_NOTE,	   /* id: note */
};

struct frame {
	uint8_t kind;
	uint8_t count;
	uint32_t id;
	int32_t a, b;
};

/* Where a repeat was last entered, and how often there. */
struct entry {
	int32_t place;
	int32_t count;
};

struct group {
	int32_t begin;	  /* of the part being matched now */
	int32_t from, to; /* of the last that was matched; -1: none */
};

struct regex {
	struct regex_nfa nfa;
	struct regex_set first;	 /* bytes a match can begin with */
	bool may_be_empty;	 /* or with none */
	struct regex_set *after; /* by repeat: what may come behind a run */
	bool *after_any;	 /* that may be nothing: after says nothing */

	struct frame *frames;
	size_t nframes, room_frames;
	struct entry *entries;	 /* by repeat */
	struct group *groups;	 /* of the way in hand */
	struct regex_span *best; /* groups of the best way so far */

	/* The text that is being searched, and what is known of it. */
	const char *text;
	int32_t len;
	int32_t begin; /* where this walk began */
	bool inside;   /* "^" does not match there */
	bool not_empty;
	bool whole;	  /* a way must end at the text's end */
	int32_t best_end; /* -1: no way yet */

	int64_t steps; /* until notes are taken, or the walk is given up */
	bool noting;
	uint32_t *notes; /* by (place - notes_from) * nstates + state */
	int32_t notes_from;
};

/*
 * Collect the bytes that can be taken first from a state on; false if the end
 * can be reached without any. Assertions are taken to hold.
 */
static bool first_bytes(const struct regex_nfa *nfa, uint32_t from,
			struct regex_set *set, uint32_t *todo, bool *seen)
{
	size_t n = 0;
	bool needs_byte = true;

	memset(set, 0, sizeof(*set));
	memset(seen, 0, nfa->nstates);
	todo[n++] = from;
	seen[from] = true;
	while (n > 0) {
		const struct regex_state *state = &nfa->states[todo[--n]];
		uint32_t next[2] = { REGEX_NOWHERE, REGEX_NOWHERE };

		switch (state->op) {
		case REGEX_BYTE:
			regex_set_add(set, state->arg);
			break;
		case REGEX_ANY:
			for (int i = 0; i < 4; i++)
				set->bits[i] = UINT64_MAX;
			break;
		case REGEX_SET:
			for (int i = 0; i < 4; i++)
				set->bits[i] |= nfa->sets[state->arg].bits[i];
			break;
		case REGEX_ACCEPT:
			needs_byte = false;
			break;
		case REGEX_EITHER:
		case REGEX_REPEAT:
		case REGEX_RUN:
			next[1] = state->arg;
			/* fall through */
		default:
			next[0] = state->next;
		}
		for (int i = 0; i < 2; i++) {
			if (next[i] == REGEX_NOWHERE || seen[next[i]])
				continue;
			seen[next[i]] = true;
			todo[n++] = next[i];
		}
	}
	return needs_byte;
}

/* What the states say about first bytes, found once. */
static bool prepare(struct regex *re)
{
	const struct regex_nfa *nfa = &re->nfa;
	uint32_t *todo = reallocarray(NULL, nfa->nstates, sizeof(*todo));
	bool *seen = malloc(nfa->nstates);
	bool ok = todo && seen;

	if (!ok)
		goto out;
	re->may_be_empty =
		!first_bytes(nfa, nfa->start, &re->first, todo, seen);

	/* In a long pattern this would take the square of its length. */
	if (nfa->nrepeats == 0 || nfa->nstates > 2000)
		goto out;
	re->after = reallocarray(NULL, nfa->nrepeats, sizeof(*re->after));
	re->after_any = calloc(nfa->nrepeats, sizeof(*re->after_any));
	ok = re->after && re->after_any;
	for (size_t i = 0; ok && i < nfa->nstates; i++) {
		const struct regex_state *state = &nfa->states[i];

		/* What was only there to be copied leads nowhere. */
		if (state->op == REGEX_RUN && state->next != REGEX_NOWHERE)
			re->after_any[state->repeat] = !first_bytes(
				nfa, state->next, &re->after[state->repeat],
				todo, seen);
	}
out:
	free(todo);
	free(seen);
	return ok;
}

struct regex *regex_compile(const char *pattern, size_t len,
			    enum regex_status *why)
{
	struct regex *re = calloc(1, sizeof(*re));
	struct regex_nfa *nfa;

	if (!re) {
		*why = REGEX_LIMIT;
		return NULL;
	}
	nfa = &re->nfa;
	*why = regex_parse(nfa, pattern, len);
	if (*why != REGEX_YES) {
		free(re);
		return NULL;
	}
	re->groups = reallocarray(NULL, nfa->ngroups, sizeof(*re->groups));
	re->best = reallocarray(NULL, nfa->ngroups, sizeof(*re->best));
	re->entries =
		reallocarray(NULL, nfa->nrepeats + 1, sizeof(*re->entries));
	if (!re->groups || !re->best || !re->entries || !prepare(re)) {
		regex_free(re);
		*why = REGEX_LIMIT;
		return NULL;
	}
	return re;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	regex_nfa_release(&re->nfa);
	free(re->after);
	free(re->after_any);
	free(re->frames);
	free(re->entries);
	free(re->groups);
	free(re->best);
	free(re->notes);
	free(re);
}

size_t regex_groups(const struct regex *re)
{
	return re->nfa.ngroups - 1;
}

struct regex_span regex_group(const struct regex *re, size_t i)
{
	return re->best[i];
}

static bool grow_frames(struct regex *re)
{
	size_t room = re->room_frames ? 2 * re->room_frames : 64;
	struct frame *frames;

	if (room * sizeof(*frames) > FRAMES_MAX)
		return false;
	frames = reallocarray(re->frames, room, sizeof(*frames));
	if (!frames)
		return false;
	re->frames = frames;
	re->room_frames = room;
	return true;
}

static inline bool push(struct regex *re, struct frame frame)
{
	if (re->nframes == re->room_frames && !grow_frames(re))
		return false;
	re->frames[re->nframes++] = frame;
	return true;
}

static inline bool takes(const struct regex_nfa *nfa,
			 const struct regex_state *state, unsigned char c)
{
	switch (state->op) {
	case REGEX_BYTE:
		return c == state->arg;
	case REGEX_ANY:
		return c != '\0';
	default:
		return regex_set_has(&nfa->sets[state->arg], c);
	}
}

/* How far a run of the byte that state takes goes from place on. */
static int32_t run_end(const struct regex *re, const struct regex_state *state,
		       int32_t place)
{
	const unsigned char *text = (const unsigned char *)re->text;
	const struct regex_set *set;
	const unsigned char *nul;

	switch (state->op) {
	case REGEX_ANY:
		nul = memchr(text + place, '\0', re->len - place);
		return nul ? nul - text : re->len;
	case REGEX_BYTE:
		while (place < re->len && text[place] == state->arg)
			place++;
		return place;
	default:
		set = &re->nfa.sets[state->arg];
		while (place < re->len && regex_set_has(set, text[place]))
			place++;
		return place;
	}
}

/* Keep the way in hand, which ends at place. */
static void keep(struct regex *re, int32_t place)
{
	re->best_end = place;
	for (size_t i = 0; i < re->nfa.ngroups; i++) {
		re->best[i].begin = re->groups[i].from;
		re->best[i].end = re->groups[i].to;
	}
}

/* Give back what only a hard text needs. */
static void rest(struct regex *re)
{
	free(re->notes);
	re->notes = NULL;
	re->noting = false;
	if (re->room_frames > FRAMES_KEPT) {
		free(re->frames);
		re->frames = NULL;
		re->room_frames = 0;
	}
}

/* Begin to take notes, for places from re->begin on. */
static bool start_notes(struct regex *re)
{
	uint64_t n = (uint64_t)(re->len - re->begin + 1) * re->nfa.nstates;

	if (n * sizeof(*re->notes) > NOTES_MAX)
		return false;
	re->notes = calloc(n, sizeof(*re->notes));
	if (!re->notes)
		return false;
	re->notes_from = re->begin;
	re->noting = true;
	re->steps = STEPS_BASE + STEPS_BYTE * (int64_t)re->len +
		    STEPS_NOTE * (int64_t)n;
	return true;
}

/*
 * Walk from re->begin on. REGEX_YES with re->best, REGEX_NO, or REGEX_LIMIT
 * when memory or steps have run out.
 */
static enum regex_status walk(struct regex *re)
{
	const struct regex_nfa *nfa = &re->nfa;
	const unsigned char *text = (const unsigned char *)re->text;
	const struct regex_state *states = nfa->states, *state;
	const int32_t len = re->len;
	uint32_t at = nfa->start;
	int32_t place = re->begin;
	int32_t ended; /* where the best way from here ended; -1: nowhere */
	struct frame *frame;
	struct entry *entry;
	struct group *group;
	size_t note;

	re->nframes = 0;
	re->best_end = -1;
	for (size_t i = 0; i < nfa->ngroups; i++)
		re->groups[i] = (struct group){ -1, -1, -1 };
	for (size_t i = 0; i < nfa->nrepeats; i++)
		re->entries[i].count = 0;

forward:
	state = &states[at];
	switch (state->op) {
	case REGEX_BYTE:
	case REGEX_ANY:
	case REGEX_SET:
		if (place == len || !takes(nfa, state, text[place]))
			goto failed;
		place++;
		at = state->next;
		if (!re->noting)
			goto forward;
		note = (size_t)(place - re->notes_from) * nfa->nstates + at;
		if (re->notes[note] == NOTE_FAILED)
			goto failed;
		if (re->notes[note] != NOTE_UNKNOWN) {
			ended = re->notes[note] - NOTE_END;
			if (ended <= re->best_end)
				goto back;
		}
		if (!push(re, (struct frame){ .kind = FRAME_NOTE,
					      .id = at,
					      .a = place }))
			return REGEX_LIMIT;
		goto forward;
	case REGEX_BEGIN:
		group = &re->groups[state->arg];
		if (!push(re, (struct frame){ .kind = FRAME_GROUP_BEGIN,
					      .id = state->arg,
					      .a = group->begin }))
			return REGEX_LIMIT;
		group->begin = place;
		at = state->next;
		goto forward;
	case REGEX_END:
		group = &re->groups[state->arg];
		if (!push(re, (struct frame){ .kind = FRAME_GROUP_END,
					      .id = state->arg,
					      .a = group->from,
					      .b = group->to }))
			return REGEX_LIMIT;
		group->from = group->begin;
		group->to = place;
		at = state->next;
		goto forward;
	case REGEX_LINE_BEGIN:
		if (place != re->begin || re->inside)
			goto failed;
		at = state->next;
		goto forward;
	case REGEX_LINE_END:
		if (place != len)
			goto failed;
		at = state->next;
		goto forward;
	case REGEX_EITHER:
		if (re->steps-- <= 0)
			goto tired;
		if (!push(re, (struct frame){ .kind = FRAME_LEFT,
					      .id = at,
					      .a = place }))
			return REGEX_LIMIT;
		at = state->arg;
		goto forward;
	case REGEX_RUN:
		if (!re->noting && re->after) {
			int32_t end;

			entry = &re->entries[state->repeat];
			end = entry->count == 2 && entry->place == place
				      ? place
				      : run_end(re, &states[state->arg], place);
			/* Bytes are quicker than steps. */
			re->steps -= 1 + (end - place) / 8;
			if (re->steps < 0)
				goto tired;
			if (!push(re, (struct frame){ .kind = FRAME_RUN,
						      .id = at,
						      .a = place,
						      .b = end + 1 }))
				return REGEX_LIMIT;
			goto failed; /* that is: look at the frame */
		}
		/* fall through */
	case REGEX_REPEAT:
		if (re->steps-- <= 0)
			goto tired;
		entry = &re->entries[state->repeat];
		if (entry->count == 0 || entry->place != place) {
			if (!push(re, (struct frame){ .kind = FRAME_REPEAT,
						      .count = entry->count,
						      .id = at,
						      .a = place,
						      .b = entry->place }))
				return REGEX_LIMIT;
			entry->place = place;
			entry->count = 1;
			at = state->arg;
		} else if (entry->count == 1) {
			if (!push(re, (struct frame){ .kind = FRAME_REPEAT,
						      .count = 1,
						      .id = at,
						      .a = place,
						      .b = place }))
				return REGEX_LIMIT;
			entry->count = 2;
			at = state->arg;
		} else {
			at = state->next;
		}
		goto forward;
	case REGEX_ACCEPT:
		if ((re->whole && place != len) ||
		    (re->not_empty && place == re->begin))
			goto failed;
		if (place > re->best_end)
			keep(re, place);
		/* Nothing that is still to be walked can end further on. */
		if (place == len)
			return REGEX_YES;
		ended = place;
		goto back;
	case REGEX_DUMMY:
		break;
	}
failed:
	ended = -1;
back:
	while (re->nframes > 0) {
		frame = &re->frames[--re->nframes];
		switch (frame->kind) {
		case FRAME_GROUP_BEGIN:
			re->groups[frame->id].begin = frame->a;
			break;
		case FRAME_GROUP_END:
			re->groups[frame->id].from = frame->a;
			re->groups[frame->id].to = frame->b;
			break;
		case FRAME_REPEAT:
			state = &states[frame->id];
			entry = &re->entries[state->repeat];
			entry->place = frame->b;
			entry->count = frame->count;
			if (ended >= 0)
				break;
			place = frame->a;
			at = state->next;
			goto forward;
		case FRAME_RUN: {
			int32_t first = frame->a, to = frame->b;
			uint32_t repeat;

			if (ended >= 0)
				break;
			state = &states[frame->id];
			repeat = state->repeat;
			/* One less; and none that cannot lead on. */
			for (to--; to >= first && !re->after_any[repeat]; to--)
				if (to < len &&
				    regex_set_has(&re->after[repeat], text[to]))
					break;
			re->steps -= 1 + (frame->b - to) / 8;
			if (to < first)
				break;
			if (re->steps < 0)
				goto tired;
			if (to > first) {
				frame->b = to;
				re->nframes++;
			}
			place = to;
			at = state->next;
			goto forward;
		}
		case FRAME_LEFT:
			place = frame->a;
			at = states[frame->id].next;
			frame->kind = FRAME_RIGHT;
			frame->a = ended;
			re->nframes++;
			goto forward;
		case FRAME_RIGHT:
			if (frame->a > ended)
				ended = frame->a;
			break;
		case FRAME_NOTE:
			note = (size_t)(frame->a - re->notes_from) *
				       nfa->nstates +
			       frame->id;
			re->notes[note] =
				ended < 0 ? NOTE_FAILED : NOTE_END + ended;
			break;
		}
	}
	return re->best_end < 0 ? REGEX_NO : REGEX_YES;

tired:
	if (re->noting || !start_notes(re))
		return REGEX_LIMIT;
	return walk(re);
}

/*
 * Walk from each place on, the first that leads to an end being the answer.
 * Or from the first alone, if only_here.
 */
static enum regex_status search(struct regex *re, const char *text, size_t len,
				size_t from, bool inside, bool not_empty,
				bool only_here)
{
	const unsigned char *bytes = (const unsigned char *)text;
	enum regex_status status;

	if (len > TEXT_MAX)
		return REGEX_LIMIT;
	if (re->text != text || (size_t)re->len != len)
		rest(re);
	re->text = text;
	re->len = len;
	re->inside = inside;
	re->not_empty = not_empty;
	re->whole = false;
	if (!re->noting)
		re->steps = 4096 + 16 * (int64_t)(len - from);

	for (;; from++) {
		while (!re->may_be_empty && from < len &&
		       !regex_set_has(&re->first, bytes[from])) {
			if (only_here)
				return REGEX_NO;
			from++;
			re->inside = true;
		}
		re->begin = from;
		status = walk(re);
		if (status != REGEX_NO || only_here || from == len)
			return status;
		re->inside = true;
	}
}

enum regex_status regex_match(struct regex *re, const char *text, size_t len)
{
	enum regex_status status;

	if (len > TEXT_MAX)
		return REGEX_LIMIT;
	if (!re->may_be_empty &&
	    (len == 0 || !regex_set_has(&re->first, (unsigned char)text[0])))
		return REGEX_NO;
	rest(re);
	re->text = text;
	re->len = len;
	re->begin = 0;
	re->inside = false;
	re->not_empty = false;
	re->whole = true;
	re->steps = 4096 + 16 * (int64_t)len;
	status = walk(re);
	rest(re);
	return status;
}

void regex_scan_start(struct regex_scan *scan, struct regex *re,
		      const char *text, size_t len)
{
	*scan = (struct regex_scan){ .re = re, .text = text, .len = len };
	rest(re);
	re->text = NULL;
}

/* The steps are those of std::regex_iterator (bits/regex.tcc, operator++). */
enum regex_status regex_scan_next(struct regex_scan *scan)
{
	struct regex *re = scan->re;
	enum regex_status status = REGEX_NO;
	size_t from = 0;

	if (scan->started) {
		from = scan->before = scan->all.end;
		if (scan->all.begin == scan->all.end) {
			if (from == scan->len)
				return REGEX_NO;
			/* After an empty match: one that is not, here. */
			status = search(re, scan->text, scan->len, from,
					scan->inside, true, true);
			if (status == REGEX_NO)
				from++;
		}
		if (status == REGEX_NO)
			scan->inside = true;
	}
	if (status == REGEX_NO)
		status = search(re, scan->text, scan->len, from, scan->inside,
				false, false);
	scan->started = true;
	if (status == REGEX_YES)
		scan->all = re->best[0];
	else
		rest(re);
	return status;
}
