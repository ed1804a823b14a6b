/* regex_parse.c - from the text of a regular expression to its automaton */
#include <stdlib.h>
#include <string.h>

#include "eval/regex_nfa.h"

enum token {
	TOKEN_END,
	TOKEN_CHAR, /* value */
	TOKEN_ANY,
	TOKEN_LINE_BEGIN,
	TOKEN_LINE_END,
	TOKEN_GROUP_BEGIN,
	TOKEN_GROUP_END,
	TOKEN_OR,
	TOKEN_STAR,
	TOKEN_PLUS,
	TOKEN_OPTION,
	TOKEN_SET_BEGIN,
	TOKEN_SET_BEGIN_NOT,
	/* in [] */
	TOKEN_SET_END,
	TOKEN_DASH,
	TOKEN_CLASS,   /* [:name:] */
	TOKEN_COLLATE, /* [.name.] */
	TOKEN_EQUAL,   /* [=name=] */
	TOKEN_BRACE_BEGIN,
	/* in {} */
	TOKEN_NUMBER,
	TOKEN_COMMA,
	TOKEN_BRACE_END,
};

enum mode { MODE_NORMAL, MODE_SET, MODE_BRACE };

/* States in a row; only the last one's next is still open. */
struct sequence {
	uint32_t first, last;
};

/* A group whose ")" is still to come; the whole pattern is the outermost. */
struct group {
	struct sequence begin;
	uint32_t number;
	bool has_left;	      /* there were branches before this one */
	struct sequence left; /* all of them */
	bool has_branch;
	struct sequence branch; /* the branch that is being read */
};

struct parser {
	struct regex_nfa *nfa;
	size_t room_states, room_sets;
	const char *at, *end;
	enum mode mode;
	bool set_begins; /* a "]" now is an ordinary character */
	/* The token to be looked at: always one ahead of what is compiled,
	 * so that an error in it comes before those in what was read. */
	enum token token;
	unsigned char value; /* TOKEN_CHAR */
	const char *name;    /* TOKEN_CLASS and so on, TOKEN_NUMBER */
	size_t name_len;
	struct group *groups;
	size_t depth, room_groups;
	/* For copy(), each with room for all states. */
	uint32_t *copies; /* by state: its copy; 0, the first state, is none */
	uint32_t *olds;	  /* by copy: the state it is of */
	uint32_t *todo;
	enum regex_status why;
};

static bool fail(struct parser *p, enum regex_status why)
{
	if (p->why == REGEX_YES)
		p->why = why;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The characters that mean something: only they may follow a backslash. */
static bool is_special(char c)
{
	return c != '\0' && strchr(".[\\()*+?{|^$", c) != NULL;
}

static bool scan_normal(struct parser *p)
{
	char c = *p->at++;

	p->token = TOKEN_CHAR;
	p->value = c;
	switch (c) {
	case '\\':
		if (p->at == p->end || !is_special(*p->at))
			return fail(p, REGEX_INVALID);
		p->value = *p->at++;
		break;
	case '(':
		p->token = TOKEN_GROUP_BEGIN;
		break;
	case ')':
		p->token = TOKEN_GROUP_END;
		break;
	case '[':
		p->mode = MODE_SET;
		p->set_begins = true;
		p->token = TOKEN_SET_BEGIN;
		if (p->at < p->end && *p->at == '^') {
			p->token = TOKEN_SET_BEGIN_NOT;
			p->at++;
		}
		break;
	case '{':
		p->mode = MODE_BRACE;
		p->token = TOKEN_BRACE_BEGIN;
		break;
	case '^':
		p->token = TOKEN_LINE_BEGIN;
		break;
	case '$':
		p->token = TOKEN_LINE_END;
		break;
	case '.':
		p->token = TOKEN_ANY;
		break;
	case '*':
		p->token = TOKEN_STAR;
		break;
	case '+':
		p->token = TOKEN_PLUS;
		break;
	case '?':
		p->token = TOKEN_OPTION;
		break;
	case '|':
		p->token = TOKEN_OR;
		break;
	case '\0':
		return fail(p, REGEX_INVALID);
	}
	return true;
}

/* "[:name:]" and the like, once the first two characters were read. */
static bool scan_name(struct parser *p, char mark, enum token token)
{
	p->token = token;
	p->name = p->at;
	while (p->at < p->end && *p->at != mark)
		p->at++;
	p->name_len = p->at - p->name;
	if (p->end - p->at < 2 || p->at[1] != ']')
		return fail(p, REGEX_INVALID);
	p->at += 2;
	return true;
}

static bool scan_set(struct parser *p)
{
	bool begins = p->set_begins;
	char c = *p->at++;

	p->set_begins = false;
	p->token = TOKEN_CHAR;
	p->value = c;
	if (c == '-') {
		p->token = TOKEN_DASH;
	} else if (c == '[') {
		if (p->at == p->end)
			return fail(p, REGEX_INVALID);
		switch (*p->at) {
		case '.':
			p->at++;
			return scan_name(p, '.', TOKEN_COLLATE);
		case ':':
			p->at++;
			return scan_name(p, ':', TOKEN_CLASS);
		case '=':
			p->at++;
			return scan_name(p, '=', TOKEN_EQUAL);
		}
	} else if (c == ']' && !begins) {
		p->token = TOKEN_SET_END;
		p->mode = MODE_NORMAL;
	}
	return true;
}

static bool scan_brace(struct parser *p)
{
	char c = *p->at++;

	if (is_digit(c)) {
		p->token = TOKEN_NUMBER;
		p->name = p->at - 1;
		while (p->at < p->end && is_digit(*p->at))
			p->at++;
		p->name_len = p->at - p->name;
		return true;
	}
	if (c == ',') {
		p->token = TOKEN_COMMA;
		return true;
	}
	if (c == '}') {
		p->token = TOKEN_BRACE_END;
		p->mode = MODE_NORMAL;
		return true;
	}
	return fail(p, REGEX_INVALID);
}

static bool advance(struct parser *p)
{
	if (p->at == p->end) {
		/* The end within [] or {} is noticed by what reads those. */
		p->token = TOKEN_END;
		return true;
	}
	switch (p->mode) {
	case MODE_NORMAL:
		return scan_normal(p);
	case MODE_SET:
		return scan_set(p);
	case MODE_BRACE:
		return scan_brace(p);
	}
	return false;
}

/* A new state, or REGEX_NOWHERE after a failure. */
static uint32_t add_state(struct parser *p, enum regex_op op, uint32_t next,
			  uint32_t arg)
{
	struct regex_nfa *nfa = p->nfa;

	if (nfa->nstates >= REGEX_STATES_MAX) {
		fail(p, REGEX_LIMIT);
		return REGEX_NOWHERE;
	}
	if (nfa->nstates == p->room_states) {
		size_t room = p->room_states ? 2 * p->room_states : 32;
		struct regex_state *states =
			reallocarray(nfa->states, room, sizeof(*states));

		if (!states) {
			fail(p, REGEX_LIMIT);
			return REGEX_NOWHERE;
		}
		nfa->states = states;
		p->room_states = room;
	}
	nfa->states[nfa->nstates] = (struct regex_state){
		.op = op,
		.next = next,
		.arg = arg,
	};
	return nfa->nstates++;
}

static bool add_single(struct parser *p, enum regex_op op, uint32_t arg,
		       struct sequence *out)
{
	out->first = out->last = add_state(p, op, REGEX_NOWHERE, arg);
	return out->first != REGEX_NOWHERE;
}

static bool branches(const struct regex_state *state)
{
	return state->op == REGEX_EITHER || state->op == REGEX_REPEAT;
}

static void append(struct parser *p, struct sequence *to, struct sequence what)
{
	p->nfa->states[to->last].next = what.first;
	to->last = what.last;
}

/*
 * Copy a sequence: the states reachable from its first, but not beyond its
 * last.
 */
static bool copy(struct parser *p, struct sequence from, struct sequence *out)
{
	struct regex_nfa *nfa = p->nfa;
	size_t base = nfa->nstates, ntodo = 0;
	uint32_t *todo;
	bool ok = true;

	if (!p->copies) {
		/* Untouched memory costs nothing: no need to be exact. */
		p->copies = calloc(REGEX_STATES_MAX, sizeof(*p->copies));
		p->olds = malloc(REGEX_STATES_MAX * sizeof(*p->olds));
		p->todo = malloc(2 * REGEX_STATES_MAX * sizeof(*p->todo));
		if (!p->copies || !p->olds || !p->todo)
			return fail(p, REGEX_LIMIT);
	}

	todo = p->todo; /* a state leads to two others: never too short */
	todo[ntodo++] = from.first;
	while (ntodo > 0 && ok) {
		uint32_t old = todo[--ntodo], new;
		struct regex_state state = nfa->states[old];

		if (p->copies[old])
			continue;
		new = add_state(p, state.op, state.next, state.arg);
		ok = new != REGEX_NOWHERE;
		if (!ok)
			break;
		p->copies[old] = new;
		p->olds[new] = old;
		if (branches(&state) && state.arg != REGEX_NOWHERE)
			todo[ntodo++] = state.arg;
		if (old != from.last && state.next != REGEX_NOWHERE)
			todo[ntodo++] = state.next;
	}
	for (size_t i = base; ok && i < nfa->nstates; i++) {
		struct regex_state *state = &nfa->states[i];

		if (state->next != REGEX_NOWHERE)
			state->next = p->copies[state->next];
		if (branches(state) && state->arg != REGEX_NOWHERE)
			state->arg = p->copies[state->arg];
	}
	out->first = p->copies[from.first];
	out->last = p->copies[from.last];
	for (size_t i = base; i < nfa->nstates; i++)
		p->copies[p->olds[i]] = 0;
	return ok;
}

/* What is being gathered between "[" and "]". */
struct bracket {
	struct regex_set set;
	enum { LAST_NONE, LAST_CHAR, LAST_CLASS } last;
	unsigned char last_char; /* not in the set yet: a range may begin */
};

static void push_char(struct bracket *b, unsigned char c)
{
	if (b->last == LAST_CHAR)
		regex_set_add(&b->set, b->last_char);
	b->last = LAST_CHAR;
	b->last_char = c;
}

static void push_class(struct bracket *b)
{
	if (b->last == LAST_CHAR)
		regex_set_add(&b->set, b->last_char);
	b->last = LAST_CLASS;
}

static bool make_range(struct parser *p, struct bracket *b, unsigned char to)
{
	signed char first = (signed char)b->last_char, last = (signed char)to;

	if (first > last)
		return fail(p, REGEX_INVALID);
	for (int c = first; c <= last; c++)
		regex_set_add(&b->set, (unsigned char)c);
	b->last = LAST_NONE;
	return true;
}

static bool in_class(unsigned char c, int class)
{
	bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
	bool digit = is_digit(c), alnum = lower || upper || digit;
	bool graph = c > ' ' && c < 0x7f;

	switch (class) {
	case 0: /* d */
	case 7: /* digit */
		return digit;
	case 1: /* w */
		return alnum || c == '_';
	case 2:	 /* s */
	case 12: /* space */
		return c == ' ' || (c >= '\t' && c <= '\r');
	case 3: /* alnum */
		return alnum;
	case 4: /* alpha */
		return lower || upper;
	case 5: /* blank */
		return c == ' ' || c == '\t';
	case 6: /* cntrl */
		return c < ' ' || c == 0x7f;
	case 8: /* graph */
		return graph;
	case 9: /* lower */
		return lower;
	case 10: /* print */
		return graph || c == ' ';
	case 11: /* punct */
		return graph && !alnum;
	case 13: /* upper */
		return upper;
	case 14: /* xdigit */
		return digit || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
	}
	return false;
}

static unsigned char to_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool add_class(struct parser *p, struct bracket *b)
{
	static const char *const names[] = {
		"d",	 "w",	  "s",	   "alnum", "alpha",
		"blank", "cntrl", "digit", "graph", "lower",
		"print", "punct", "space", "upper", "xdigit",
	};

	for (size_t class = 0; class < sizeof(names) / sizeof(names[0]);
	     class ++) {
		size_t i = 0;

		while (i < p->name_len && names[class][i] &&
		       (char)to_lower(p->name[i]) == names[class][i])
			i++;
		if (i < p->name_len || names[class][i])
			continue;
		for (int c = 0; c < 256; c++)
			if (in_class(c, class))
				regex_set_add(&b->set, c);
		return true;
	}
	return fail(p, REGEX_INVALID);
}

/* The character that p->name names in [. .] or [= =]; false if there is none.
 * The names are POSIX's, by character code; letters stand for themselves. */
static bool collating_char(struct parser *p, unsigned char *out)
{
	static const char *const names[128] = {
		"NUL",
		"SOH",
		"STX",
		"ETX",
		"EOT",
		"ENQ",
		"ACK",
		"alert",
		"backspace",
		"tab",
		"newline",
		"vertical-tab",
		"form-feed",
		"carriage-return",
		"SO",
		"SI",
		"DLE",
		"DC1",
		"DC2",
		"DC3",
		"DC4",
		"NAK",
		"SYN",
		"ETB",
		"CAN",
		"EM",
		"SUB",
		"ESC",
		"IS4",
		"IS3",
		"IS2",
		"IS1",
		"space",
		"exclamation-mark",
		"quotation-mark",
		"number-sign",
		"dollar-sign",
		"percent-sign",
		"ampersand",
		"apostrophe",
		"left-parenthesis",
		"right-parenthesis",
		"asterisk",
		"plus-sign",
		"comma",
		"hyphen",
		"period",
		"slash",
		"zero",
		"one",
		"two",
		"three",
		"four",
		"five",
		"six",
		"seven",
		"eight",
		"nine",
		"colon",
		"semicolon",
		"less-than-sign",
		"equals-sign",
		"greater-than-sign",
		"question-mark",
		"commercial-at",
		[0x5b] = "left-square-bracket",
		[0x5c] = "backslash",
		[0x5d] = "right-square-bracket",
		[0x5e] = "circumflex",
		[0x5f] = "underscore",
		[0x60] = "grave-accent",
		[0x7b] = "left-curly-bracket",
		[0x7c] = "vertical-line",
		[0x7d] = "right-curly-bracket",
		[0x7e] = "tilde",
		[0x7f] = "DEL",
	};

	for (int c = 0; c < 128; c++) {
		char letter[2] = { c, '\0' };
		const char *name = names[c] ? names[c] : letter;

		if (strlen(name) == p->name_len &&
		    memcmp(name, p->name, p->name_len) == 0) {
			*out = c;
			return true;
		}
	}
	return fail(p, REGEX_INVALID);
}

/* A "-" that is not first in []. False ends the bracket or is a failure. */
static bool parse_dash(struct parser *p, struct bracket *b)
{
	if (p->token == TOKEN_SET_END) {
		push_char(b, '-');
		advance(p);
		return false;
	}
	if (b->last != LAST_CHAR)
		return fail(p, REGEX_INVALID);
	if (p->token == TOKEN_CHAR) {
		unsigned char to = p->value;

		return advance(p) && make_range(p, b, to);
	}
	if (p->token == TOKEN_DASH)
		return advance(p) && make_range(p, b, '-');
	return fail(p, REGEX_INVALID);
}

/* One thing within []. False ends the bracket or is a failure. */
static bool parse_bracket_term(struct parser *p, struct bracket *b)
{
	unsigned char c;

	switch (p->token) {
	case TOKEN_SET_END:
		advance(p);
		return false;
	case TOKEN_COLLATE:
		if (!collating_char(p, &c))
			return false;
		regex_set_add(&b->set, c);
		push_char(b, c);
		return advance(p);
	case TOKEN_EQUAL:
		push_class(b);
		if (!collating_char(p, &c))
			return false;
		/* Characters that differ in case alone are equal. */
		for (int other = 0; other < 256; other++)
			if (to_lower(other) == to_lower(c))
				regex_set_add(&b->set, other);
		return advance(p);
	case TOKEN_CLASS:
		push_class(b);
		return add_class(p, b) && advance(p);
	case TOKEN_CHAR:
		push_char(b, p->value);
		return advance(p);
	case TOKEN_DASH:
		return advance(p) && parse_dash(p, b);
	default:
		return fail(p, REGEX_INVALID);
	}
}

static bool add_set(struct parser *p, const struct regex_set *set,
		    struct sequence *out)
{
	struct regex_nfa *nfa = p->nfa;

	if (nfa->nsets == p->room_sets) {
		size_t room = p->room_sets ? 2 * p->room_sets : 4;
		struct regex_set *sets =
			reallocarray(nfa->sets, room, sizeof(*sets));

		if (!sets)
			return fail(p, REGEX_LIMIT);
		nfa->sets = sets;
		p->room_sets = room;
	}
	nfa->sets[nfa->nsets] = *set;
	return add_single(p, REGEX_SET, nfa->nsets++, out);
}

static bool parse_bracket(struct parser *p, struct sequence *out)
{
	bool negate = p->token == TOKEN_SET_BEGIN_NOT;
	struct bracket b = { 0 };

	if (!advance(p))
		return false;
	if (p->token == TOKEN_CHAR || p->token == TOKEN_DASH) {
		push_char(&b, p->token == TOKEN_DASH ? '-' : p->value);
		if (!advance(p))
			return false;
	}
	while (parse_bracket_term(p, &b))
		;
	if (p->why != REGEX_YES)
		return false;
	if (b.last == LAST_CHAR)
		regex_set_add(&b.set, b.last_char);
	for (int i = 0; negate && i < 4; i++)
		b.set.bits[i] = ~b.set.bits[i];
	return add_set(p, &b.set, out);
}

static bool parse_number(struct parser *p, int *out)
{
	int n = 0;

	if (p->token != TOKEN_NUMBER)
		return fail(p, REGEX_INVALID);
	for (size_t i = 0; i < p->name_len; i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, p->name[i] - '0', &n))
			return fail(p, REGEX_INVALID);
	*out = n;
	return advance(p);
}

/* Add a state that repeats what body is, or goes on to next. */
static bool add_repeat(struct parser *p, struct sequence body, uint32_t next,
		       struct sequence *out)
{
	out->first = out->last = add_state(p, REGEX_REPEAT, next, body.first);
	return out->first != REGEX_NOWHERE;
}

/* Up to n times more, each of which may be the last. */
static bool append_optional(struct parser *p, struct sequence *out,
			    struct sequence body, int n)
{
	struct sequence end = { 0 }, repeat = { 0 }, again = { 0 };

	if (!add_single(p, REGEX_DUMMY, 0, &end))
		return false;
	for (int i = 0; i < n; i++) {
		if (!copy(p, body, &again) ||
		    !add_repeat(p, again, end.first, &repeat))
			return false;
		/* The body leads to the next repeat, not back to its own. */
		p->nfa->states[out->last].next = repeat.first;
		out->last = again.last;
	}
	append(p, out, end);
	return true;
}

/* "{n}", "{n,}" or "{n,m}" after body. */
static bool parse_interval(struct parser *p, struct sequence *body)
{
	struct sequence out = { 0 }, again = { 0 }, repeat = { 0 };
	int min = 0, max = 0, more = 0;
	bool for_ever = false;

	if (!advance(p) || !parse_number(p, &min) ||
	    !add_single(p, REGEX_DUMMY, 0, &out))
		return false;
	if (p->token == TOKEN_COMMA) {
		if (!advance(p))
			return false;
		for_ever = p->token != TOKEN_NUMBER;
		if (!for_ever) {
			if (!parse_number(p, &max))
				return false;
			more = max - min;
		}
	}
	if (p->token != TOKEN_BRACE_END)
		return fail(p, REGEX_INVALID);
	if (!advance(p))
		return false;

	for (int i = 0; i < min; i++) {
		if (!copy(p, *body, &again))
			return false;
		append(p, &out, again);
	}
	if (for_ever) {
		if (!copy(p, *body, &again) ||
		    !add_repeat(p, again, REGEX_NOWHERE, &repeat))
			return false;
		append(p, &again, repeat);
		append(p, &out, repeat);
	} else {
		if (more < 0)
			return fail(p, REGEX_INVALID);
		if (!append_optional(p, &out, *body, more))
			return false;
	}
	*body = out;
	return true;
}

/* All quantifiers after an atom. */
static bool parse_quantifiers(struct parser *p, struct sequence *atom)
{
	struct sequence repeat = { 0 }, end = { 0 };

	for (;;) {
		switch (p->token) {
		case TOKEN_STAR:
			if (!advance(p) ||
			    !add_repeat(p, *atom, REGEX_NOWHERE, &repeat))
				return false;
			append(p, atom, repeat);
			*atom = repeat;
			break;
		case TOKEN_PLUS:
			if (!advance(p) ||
			    !add_repeat(p, *atom, REGEX_NOWHERE, &repeat))
				return false;
			append(p, atom, repeat);
			break;
		case TOKEN_OPTION:
			if (!advance(p) ||
			    !add_single(p, REGEX_DUMMY, 0, &end) ||
			    !add_repeat(p, *atom, REGEX_NOWHERE, &repeat))
				return false;
			append(p, atom, end);
			append(p, &repeat, end);
			*atom = repeat;
			break;
		case TOKEN_BRACE_BEGIN:
			if (!parse_interval(p, atom))
				return false;
			break;
		default:
			return true;
		}
	}
}

static void add_term(struct parser *p, struct sequence term)
{
	struct group *group = &p->groups[p->depth - 1];

	if (group->has_branch)
		append(p, &group->branch, term);
	else
		group->branch = term;
	group->has_branch = true;
}

static bool open_group(struct parser *p)
{
	struct group *group;

	if (p->depth == p->room_groups) {
		size_t room = p->room_groups ? 2 * p->room_groups : 8;
		struct group *groups =
			reallocarray(p->groups, room, sizeof(*groups));

		if (!groups)
			return fail(p, REGEX_LIMIT);
		p->groups = groups;
		p->room_groups = room;
	}
	group = &p->groups[p->depth++];
	*group = (struct group){ .number = p->nfa->ngroups++ };
	return add_single(p, REGEX_BEGIN, group->number, &group->begin);
}

/* At "|" or the group's end: join this branch to those before it. */
static bool end_branch(struct parser *p)
{
	struct group *group = &p->groups[p->depth - 1];
	struct sequence end, joined;

	if (!add_single(p, REGEX_DUMMY, 0, &end))
		return false;
	add_term(p, end);
	group->has_branch = false;
	if (!group->has_left) {
		group->has_left = true;
		group->left = group->branch;
		return true;
	}
	if (!add_single(p, REGEX_DUMMY, 0, &end))
		return false;
	append(p, &group->left, end);
	append(p, &group->branch, end);
	joined.first = add_state(p, REGEX_EITHER, group->branch.first,
				 group->left.first);
	joined.last = end.last;
	group->left = joined;
	return joined.first != REGEX_NOWHERE;
}

static bool close_group(struct parser *p, struct sequence *out)
{
	struct group *group = &p->groups[p->depth - 1];
	struct sequence end;

	*out = group->begin;
	append(p, out, group->left);
	if (!add_single(p, REGEX_END, group->number, &end))
		return false;
	append(p, out, end);
	p->depth--;
	return true;
}

/* One token, and what belongs to it, where a term may stand. */
static bool parse_term(struct parser *p)
{
	struct sequence term = { 0 };
	bool ok = false;

	switch (p->token) {
	case TOKEN_LINE_BEGIN:
	case TOKEN_LINE_END:
		/* No quantifier may follow these. */
		if (!add_single(p,
				p->token == TOKEN_LINE_BEGIN ? REGEX_LINE_BEGIN
							     : REGEX_LINE_END,
				0, &term))
			return false;
		add_term(p, term);
		return advance(p);
	case TOKEN_GROUP_BEGIN:
		return advance(p) && open_group(p);
	case TOKEN_OR:
		return end_branch(p) && advance(p);
	case TOKEN_GROUP_END:
		if (p->depth == 1)
			return fail(p, REGEX_INVALID);
		ok = end_branch(p) && advance(p) && close_group(p, &term);
		break;
	case TOKEN_ANY:
		ok = advance(p) && add_single(p, REGEX_ANY, 0, &term);
		break;
	case TOKEN_CHAR: {
		unsigned char c = p->value;

		ok = advance(p) && add_single(p, REGEX_BYTE, c, &term);
		break;
	}
	case TOKEN_SET_BEGIN:
	case TOKEN_SET_BEGIN_NOT:
		ok = parse_bracket(p, &term);
		break;
	default:
		return fail(p, REGEX_INVALID);
	}
	if (!ok || !parse_quantifiers(p, &term))
		return false;
	add_term(p, term);
	return true;
}

/* Let every state lead past the dummies, and number the repeats. */
static void finish(struct regex_nfa *nfa)
{
	struct regex_state *states = nfa->states;

	for (size_t i = 0; i < nfa->nstates; i++) {
		struct regex_state *state = &states[i];

		while (state->next != REGEX_NOWHERE &&
		       states[state->next].op == REGEX_DUMMY)
			state->next = states[state->next].next;
		while (branches(state) && state->arg != REGEX_NOWHERE &&
		       states[state->arg].op == REGEX_DUMMY)
			state->arg = states[state->arg].next;
		if (state->op == REGEX_REPEAT)
			state->repeat = nfa->nrepeats++;
	}

	for (size_t i = 0; i < nfa->nstates; i++) {
		struct regex_state *state = &states[i];
		const struct regex_state *body;

		if (state->op != REGEX_REPEAT)
			continue;
		body = &states[state->arg];
		if ((body->op == REGEX_BYTE || body->op == REGEX_ANY ||
		     body->op == REGEX_SET) &&
		    body->next == i)
			state->op = REGEX_RUN;
	}
}

enum regex_status regex_parse(struct regex_nfa *nfa, const char *pattern,
			      size_t len)
{
	struct parser p = {
		.nfa = nfa,
		.at = pattern,
		.end = pattern + len,
		.why = REGEX_YES,
	};
	struct sequence all, accept;

	*nfa = (struct regex_nfa){ 0 };
	if (!advance(&p) || !open_group(&p))
		goto out;
	while (p.token != TOKEN_END)
		if (!parse_term(&p))
			goto out;
	if (p.mode != MODE_NORMAL || p.depth != 1) {
		fail(&p, REGEX_INVALID);
		goto out;
	}
	if (end_branch(&p) && close_group(&p, &all) &&
	    add_single(&p, REGEX_ACCEPT, 0, &accept)) {
		append(&p, &all, accept);
		nfa->start = all.first;
		finish(nfa);
	}
out:
	free(p.groups);
	free(p.copies);
	free(p.olds);
	free(p.todo);
	if (p.why != REGEX_YES)
		regex_nfa_release(nfa);
	return p.why;
}

void regex_nfa_release(struct regex_nfa *nfa)
{
	free(nfa->states);
	free(nfa->sets);
	*nfa = (struct regex_nfa){ 0 };
}
