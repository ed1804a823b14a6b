/*
 * value.h - what a Nix expression evaluates to
 *
 * A value is one word of 8 bytes, its kind in the low 3 bits:
 *
 *     ...pointer... 000   thunk: not evaluated yet, see below
 *     ...61 bits... 001   integer that fits 61 bits
 *     ...pointer... 010   struct string
 *     ...pointer... 011   struct attrs
 *     ...pointer... 100   struct list
 *     ...pointer... 101   struct function: lambda, builtin, or either with
 *                         some of its arguments
 *     ...pointer... 110   struct box: float, integer over 61 bits, path
 *     ...       ... 111   null, false, true
 *
 * The word 0 is no value: functions that return a value return 0 when they
 * failed, with the message in struct eval (error.h).
 *
 * Environments, list elements and attribute sets hold words; a word that is a
 * thunk is overwritten by its result where it lies when it is forced, unless
 * that is known by the cell it lies in: Nix takes a cell for equal to itself
 * whatever it holds, and marks a list as repeated by its cell, but evaluating
 * `x.f` or `f x` makes a cell of its own (`[ f ] == [ f ]`, but not
 * `[ x.f ] == [ x.f ]`). Of functions and floats all cells matter, of sets and
 * lists those that may hold what another cell holds too: there the thunk stays
 * and is the cell's identity.
 *
 * A thunk has two words and is overwritten in place, once, by its result:
 *
 *     CODE/APPLY/SELECT --force--> + BUSY --ok--> DONE
 *       ^                            |
 *       +-- asked again anew --------+--error--> FAILED (keeps its error)
 *
 * Meeting a BUSY thunk while forcing is how infinite recursion is detected.
 *
 * Everything here lives in the arena of the evaluation (arena.h) and goes
 * with it, all at once; nobody frees a single value.
 */
#ifndef EVAL_VALUE_H
#define EVAL_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/symbol.h"

struct eval;
struct expr;
struct source;

typedef uint64_t value;

enum tag {
	TAG_THUNK = 0,
	TAG_INT = 1,
	TAG_STRING = 2,
	TAG_ATTRS = 3,
	TAG_LIST = 4,
	TAG_FUNCTION = 5,
	TAG_BOX = 6,
	TAG_CONST = 7,
};
#define TAG_MASK 7u

#define VALUE_NULL ((value)(0u << 3 | TAG_CONST))
#define VALUE_FALSE ((value)(1u << 3 | TAG_CONST))
#define VALUE_TRUE ((value)(2u << 3 | TAG_CONST))

/* A position: the file's base plus the byte's offset; 0 is none (file.h). */
typedef uint32_t pos_t;

/* Low 2 bits of thunk->code: what data is; bit 2: being forced. */
enum thunk_state {
	THUNK_CODE = 0,	  /* code: struct expr *, data: struct env * */
	THUNK_APPLY = 1,  /* a struct apply */
	THUNK_SELECT = 2, /* code: const struct attr_name *, data: value that
			     the attribute is selected from (inherit (e) a) */
	THUNK_DONE = 3,	  /* data: the result */
	THUNK_BUSY = 4,	  /* bit: being forced further up the stack */
	THUNK_FAILED = 7, /* data: struct error * */
	/* The result is known by this cell, see above. */
	THUNK_KEPT = THUNK_DONE | 8,
};

struct thunk {
	uint64_t code;
	uint64_t data;
};

/*
 * A call put off: what map, genList, mapAttrs, ... put into their results. It
 * begins as a thunk does; code is the state, the number of arguments and a
 * position.
 */
struct apply {
	uint64_t code; /* THUNK_APPLY | argc << 8 | pos << 32 */
	value fn;
	value args[];
};

/* Values of variables; level 0 is the innermost. */
struct env {
	struct env *up;
	value slots[];
};

/* len bytes, then a NUL that is not counted; any byte but NUL may occur. */
struct string {
	uint32_t len;
	symbol sym; /* these bytes as a symbol; 0: not looked up yet */
	const struct context *context; /* context.h; NULL: none */
	char bytes[];
};

/*
 * An attribute set's names and positions: sorted by symbol, shared by all sets
 * that were made alike. attrs.h has the only code that knows more of it.
 */
struct shape;

struct attrs {
	const struct shape *shape;
	value values[]; /* parallel to the shape's names */
};

/* items may lie in another list: `tail` and the like share storage. */
struct list {
	uint32_t len;
	uint32_t flags;
	value *items;
};

enum function_kind { FUNCTION_LAMBDA, FUNCTION_BUILTIN, FUNCTION_PARTIAL };

struct function {
	uint32_t kind; /* enum function_kind */
	uint32_t argc; /* FUNCTION_PARTIAL: arguments that are there */
	union {
		const struct expr_lambda *lambda;
		const struct builtin *builtin;
		struct function *whole; /* FUNCTION_PARTIAL: of what */
	} as;
	struct env *env; /* FUNCTION_LAMBDA */
	value args[];	 /* FUNCTION_PARTIAL */
};

enum box_kind { BOX_INT, BOX_FLOAT, BOX_PATH };

struct path {
	struct source *source; /* the tree of files it is in, source.h */
	uint32_t len;
	char bytes[]; /* canonical: "/" or "/a/b", then a NUL */
};

struct box {
	uint32_t kind; /* enum box_kind */
	uint32_t reserved;
	union {
		int64_t integer;
		double number;
		struct path *path;
	} as;
};

static inline enum tag value_tag(value v)
{
	return (enum tag)(v & TAG_MASK);
}

static inline bool value_is_thunk(value v)
{
	return (v & TAG_MASK) == TAG_THUNK;
}

static inline void *value_pointer(value v)
{
	return (void *)(uintptr_t)(v & ~(value)TAG_MASK);
}

static inline struct string *value_string(value v)
{
	return value_pointer(v);
}

static inline struct attrs *value_attrs(value v)
{
	return value_pointer(v);
}

static inline struct list *value_list(value v)
{
	return value_pointer(v);
}

static inline struct function *value_function(value v)
{
	return value_pointer(v);
}

static inline struct box *value_box(value v)
{
	return value_pointer(v);
}

/* The word behind thunks that are done; a thunk only if it is not. Forces
 * nothing. */
static inline value value_peek(value v)
{
	while (value_is_thunk(v)) {
		const struct thunk *thunk = value_pointer(v);

		if ((thunk->code & 7) != THUNK_DONE)
			break;
		v = thunk->data;
	}
	return v;
}

/* Is cell a lambda that no thunk stands for? In sets and lists it was put there
 * unforced, where Nix has a thunk. */
static inline bool value_is_bare_lambda(value cell)
{
	return value_tag(cell) == TAG_FUNCTION &&
	       value_function(cell)->kind == FUNCTION_LAMBDA;
}

static inline value value_of(const void *pointer, enum tag tag)
{
	return (value)(uintptr_t)pointer | tag;
}

static inline value value_bool(bool b)
{
	return b ? VALUE_TRUE : VALUE_FALSE;
}

/* Evaluated values only: what is it? Each is one comparison or two. */
static inline bool value_is_float(value v)
{
	return value_tag(v) == TAG_BOX && value_box(v)->kind == BOX_FLOAT;
}

static inline bool value_is_path(value v)
{
	return value_tag(v) == TAG_BOX && value_box(v)->kind == BOX_PATH;
}

static inline bool value_is_int(value v)
{
	return value_tag(v) == TAG_INT ||
	       (value_tag(v) == TAG_BOX && value_box(v)->kind == BOX_INT);
}

static inline bool value_is_bool(value v)
{
	return v == VALUE_TRUE || v == VALUE_FALSE;
}

/* The integer of a value for which value_is_int() holds. */
static inline int64_t value_integer(value v)
{
	return value_tag(v) == TAG_INT ? (int64_t)v >> 3
				       : value_box(v)->as.integer;
}

static inline double value_number(value v)
{
	return value_box(v)->as.number;
}

static inline struct path *value_path(value v)
{
	return value_box(v)->as.path;
}

/* Memory of the evaluation, not zeroed; NULL with ERROR_MEMORY pending. */
void *eval_alloc(struct eval *ev, size_t size);

/* Making values. All return 0 only when memory ran out, with the error set. */
value value_new_box_int(struct eval *ev, int64_t n);
value value_new_float(struct eval *ev, double d);

static inline value value_new_int(struct eval *ev, int64_t n)
{
	value v = (uint64_t)n << 3;

	return (int64_t)v >> 3 == n ? v | TAG_INT : value_new_box_int(ev, n);
}

value value_new_string(struct eval *ev, const char *bytes, size_t len,
		       const struct context *context);
/* A NUL-terminated C string without context. */
value value_new_cstring(struct eval *ev, const char *text);
/* A string whose len bytes the caller fills in (value_string(v)->bytes). */
value value_new_buffer(struct eval *ev, size_t len,
		       const struct context *context);
value value_new_path(struct eval *ev, struct source *source, const char *bytes,
		     size_t len);
value value_of_path(struct eval *ev, struct path *path); /* 0 of NULL */
/* A list of len elements, to be filled in (value_list(v)->items). */
value value_new_list(struct eval *ev, size_t len);
/* The len elements of list from start on, sharing its storage. */
value value_new_slice(struct eval *ev, const struct list *list, size_t start,
		      size_t len);
/* A thunk that will call fn with argc args; pos: where, for messages. */
value value_new_apply(struct eval *ev, pos_t pos, value fn, size_t argc,
		      const value *args);
value value_new_thunk(struct eval *ev, const struct expr *expr,
		      struct env *env);

#endif
