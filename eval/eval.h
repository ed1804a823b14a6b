/*
 * eval.h - the evaluator: forcing, calling, and what builtins are made of
 *
 * There is one struct eval in a process, used by one thread. Functions return
 * a value word, or 0 with the error pending (error.h); those that return int
 * give 0 or -1, those that return a pointer NULL.
 *
 * Values handed to a function by pointer (value *slot) are forced where they
 * lie: the slot is overwritten by the result, as value.h says.
 */
#ifndef EVAL_EVAL_H
#define EVAL_EVAL_H

#include "eval/arena.h"
#include "eval/ast.h"
#include "eval/attrs.h"
#include "eval/error.h"
#include "eval/value.h"

/* What to do about a literal that a lint finds. */
enum lint { LINT_IGNORE, LINT_WARN, LINT_FATAL };

struct eval_settings {
	bool pure;	      /* pure evaluation: Nix's pure-eval */
	bool flakes;	      /* experimental feature flakes: fetchTree & co */
	bool pipe_operators;  /* experimental feature: |> and <| */
	bool toml_timestamps; /* experimental feature: dates in fromTOML */
	bool trace_verbose;
	bool abort_on_warn;	 /* builtins.warn fails after it has warned */
	uint32_t max_call_depth; /* 10000 as in Nix; 0: only the stack's size */
	size_t memory_limit;	 /* bytes of arena; 0: none */
	/* Nix's lint-url-literals, -short-path- and -absolute-path-literals. */
	enum lint lint_urls, lint_short_paths, lint_absolute_paths;
	bool show_trace;    /* collect the frames of function calls */
	const char *system; /* builtins.currentSystem */
	const char *const *search_path; /* -I and NIX_PATH, "name=path" or
					   "path"; ends with NULL */
	FILE *messages;			/* where trace and warn write */
};

enum { OPERATORS = EXPR_LESS - EXPR_SUB + 1 };

struct eval {
	struct arena
		*arena; /* everything that lives as long as the evaluation */
	struct error *error; /* pending, see error.h */
	uint32_t call_depth;
	char *stack_limit;	 /* lowest address that calls may reach */
	char *stack_limit_saved; /* while interrupted; else NULL */
	struct eval_settings settings;
	value builtins;	       /* the set */
	struct attrs *globals; /* what is always in scope */
	/* __sub, __mul, __div, __lessThan, for operators. */
	const struct builtin *operators[OPERATORS];
	value derivation_loader;	/* globals.c */
	struct shape_table *shapes;	/* attrs.c */
	struct context_table *contexts; /* context.c */
	struct import_table *imports;	/* import.c */
	struct image *image;		/* image.h; NULL: none */
	/* What is put off until it is needed is done at once: for many, and
	 * each of them would have to copy the page that it is written to. */
	bool ahead;
	bool unasked; /* nobody waits for what is evaluated: ahead.h */
	/* What the other parts keep for the time of the evaluation. */
	struct file_table *files;	/* file.h */
	struct source_set *sources;	/* source.h */
	struct store *store;		/* store.h */
	struct flake_state *flakes;	/* flake.h */
	struct search_folder *search;	/* search.h */
	struct definition_notes *notes; /* definitions.h */
};

/*
 * Make the process's evaluator. It must run on a stack of eval_stack_size
 * bytes or more below the caller: see eval_run_on_stack().
 */
struct eval *eval_new(const struct eval_settings *settings);

/* Call fn(arg) on a stack of its own, large enough for deep recursion
 * (address space only, touched when used). Returns what fn returns. */
int eval_run_on_stack(int (*fn)(void *arg), void *arg);

/* It goes on on the caller's stack, which is not the one that it was made on.
 */
void eval_use_stack(struct eval *ev);

/*
 * Give up what is being evaluated, from a signal handler: it fails with
 * ERROR_INTERRUPTED, which no thunk keeps. Nothing can be evaluated until
 * eval_interrupt_clear(), which also takes back what came too late.
 */
void eval_interrupt(struct eval *ev);
bool eval_interrupted(const struct eval *ev);
void eval_interrupt_clear(struct eval *ev);

/* For the parser: is name a global that nothing shadows, and its value? */
bool eval_global(struct eval *ev, symbol name, value *out);

/* Parse and evaluate text to weak head normal form. base: the folder that
 * relative paths start from; name: what messages call it ("«string»"). */
value eval_string(struct eval *ev, const char *text, size_t len,
		  struct path *base, const char *name);

/* builtins.import of a path value's file (a folder's default.nix), cached. */
value eval_file(struct eval *ev, struct path *path);

/* Evaluate until the outermost constructor is known. Gives the value. */
value value_force_slow(struct eval *ev, value *slot);

static inline value value_force(struct eval *ev, value *slot)
{
	const struct thunk *thunk = value_pointer(*slot);

	if (!value_is_thunk(*slot))
		return *slot;
	return thunk->code == THUNK_KEPT ? thunk->data
					 : value_force_slow(ev, slot);
}

/* The same with the position of who asks, for messages. */
value value_force_slow_at(struct eval *ev, value *slot, pos_t pos);

static inline value value_force_at(struct eval *ev, value *slot, pos_t pos)
{
	const struct thunk *thunk = value_pointer(*slot);

	if (!value_is_thunk(*slot))
		return *slot;
	return thunk->code == THUNK_KEPT ? thunk->data
					 : value_force_slow_at(ev, slot, pos);
}

/* The same all the way down; cycles are an error as in Nix. */
value value_force_deep(struct eval *ev, value *slot);

/* fn applied to argc arguments (thunks or not); forces the result. Handles
 * __functor, lambdas, builtins, partial applications. */
value eval_call(struct eval *ev, pos_t pos, value fn, size_t argc, value *args);

/* The attribute sym of the value v, forced; 0 without error if it is no set or
 * has no such attribute. */
value eval_get(struct eval *ev, value *v, symbol sym);

/* Fail with "expected <expected> but found a set: { ... }". */
value eval_fail_type(struct eval *ev, pos_t pos, const char *expected, value v);

/*
 * Force and check the kind. context: what Nix adds to the trace if it fails,
 * "while evaluating the first argument passed to builtins.elemAt".
 */
struct list *eval_list(struct eval *ev, value *slot, pos_t pos,
		       const char *context);
struct attrs *eval_attrs(struct eval *ev, value *slot, pos_t pos,
			 const char *context);
/* A string, any context. */
struct string *eval_string_value(struct eval *ev, value *slot, pos_t pos,
				 const char *context);
/* A string that may not have a context (names, hashes, ...). */
struct string *eval_string_plain(struct eval *ev, value *slot, pos_t pos,
				 const char *context);
/* These three return 0 or -1 and leave the answer in *out. */
int eval_int(struct eval *ev, value *slot, pos_t pos, const char *context,
	     int64_t *out);
int eval_float(struct eval *ev, value *slot, pos_t pos, const char *context,
	       double *out); /* integers too */
int eval_bool(struct eval *ev, value *slot, pos_t pos, const char *context,
	      bool *out);
/* A function or a set with __functor; gives the forced word. */
value eval_function(struct eval *ev, value *slot, pos_t pos,
		    const char *context);

/* Flags of eval_coerce(). */
enum coerce {
	COERCE_MORE = 1,       /* toString: integers, null, lists, ... */
	COERCE_COPY_PATHS = 2, /* a path becomes its store path */
	COERCE_CANON_PATH = 4, /* toString ./. is canonical */
};
/* Coerce to a string value (with context), as Nix's coerceToString. */
value eval_coerce(struct eval *ev, value *slot, pos_t pos, const char *context,
		  unsigned flags);
/* Coerce to a path: paths, and strings that begin with "/" (their context is
 * realised: a build that is needed is an error). */
struct path *eval_path(struct eval *ev, value *slot, pos_t pos,
		       const char *context);

/* Is a == b? 1, 0, or -1 with an error. */
int value_equal(struct eval *ev, value *a, value *b, pos_t pos,
		const char *context);
/* Is a < b? 1, 0 or -1. */
int value_less(struct eval *ev, value *a, value *b, pos_t pos,
	       const char *context);

/* Like value_equal() of two results of their own, which are no cells: a
 * function is not even equal to itself. */
int value_equal_results(struct eval *ev, value a, value b, pos_t pos,
			const char *context);
/* Fail with what makes the two unequal, in Nix's words; 0 if nothing does. */
int value_assert_equal(struct eval *ev, value a, value b, pos_t pos);

/* "a set", "an integer", "the built-in function 'map'", ...: Nix's showType,
 * for messages. */
const char *value_type_name(struct eval *ev, value v);
/* Where v comes from, as far as that can be told without forcing it: of a
 * lambda, and of a call put off; else 0. Nix's determinePos. */
pos_t value_pos(value v);
/* "set", "int", ...: builtins.typeOf. */
const char *value_type_of(value v);

/*
 * A builtin function: a row of one of the tables (builtin_*.c). run gets arity
 * arguments, unforced unless it forces them, in slots that it may overwrite,
 * and the position of the call.
 */
struct builtin {
	const char *name; /* "map"; in the sets also "__map" if not global */
	uint8_t arity;	  /* 0: a constant. run, without arguments, gives it; it
			     is called once, when all other rows are known */
	uint8_t flags;	  /* enum builtin_flags */
	const char *doc;  /* "elemAt xs n: element n of the list xs, from 0." */
	value (*run)(struct eval *ev, pos_t pos, value *args);
	uint64_t strict; /* bit i: argument i is forced first of all by run, in
			    order: the caller may evaluate it at once */
};

enum builtin_flags {
	BUILTIN_GLOBAL = 1,    /* a global name too: map, toString, ... */
	BUILTIN_IMPURE = 2,    /* absent in pure evaluation */
	BUILTIN_FLAKES = 4,    /* only with the experimental feature */
	BUILTIN_HIDDEN = 8,    /* not in `builtins`: helpers */
	BUILTIN_NO_FRAME = 16, /* errors get no "while calling the ..." */
};

/* The tables; each ends with a row whose name is NULL. */
extern const struct builtin builtin_control_table[]; /* builtin_control.c */
extern const struct builtin builtin_attrs_table[];
extern const struct builtin builtin_list_table[];
extern const struct builtin builtin_string_table[];
extern const struct builtin builtin_number_table[];
extern const struct builtin builtin_regex_table[];
extern const struct builtin builtin_json_table[]; /* JSON, TOML, XML */
extern const struct builtin builtin_path_table[];
extern const struct builtin builtin_hash_table[];
extern const struct builtin builtin_context_table[];
extern const struct builtin builtin_derivation_table[];
extern const struct builtin builtin_fetch_table[];  /* fetchers and flakes */
extern const struct builtin builtin_import_table[]; /* import.c */
/* All of them; ends with NULL. globals.c */
extern const struct builtin *const builtin_tables[];

#endif
