/*
 * error.h - how an evaluation fails
 *
 * The function that finds something wrong calls one of eval_fail*() and
 * returns what it returns: 0, which is no value (NULL, -1 in functions that
 * return a pointer or int). Callers hand the failure on and may add a frame to
 * its trace. There is one pending error at most, in struct eval.
 *
 * Messages and frames are worded as Nix 2.34 words them.
 */
#ifndef EVAL_ERROR_H
#define EVAL_ERROR_H

#include <stdarg.h>
#include <stdio.h>

#include "eval/value.h"

/* What kind of failure; only the first three are caught by tryEval. */
enum error_kind {
	ERROR_THROW,
	ERROR_ASSERT,
	ERROR_MISSING_PATH, /* <nixpkgs> that is nowhere */
	ERROR_ABORT,
	ERROR_EVAL,	 /* type errors, missing attributes, ... */
	ERROR_RECURSION, /* infinite recursion */
	ERROR_DEPTH,	 /* stack overflow; max-call-depth exceeded */
	ERROR_MEMORY,	 /* the arena's limit */
	ERROR_PARSE,
	ERROR_IO,	    /* files */
	ERROR_PURITY,	    /* forbidden in pure evaluation mode */
	ERROR_BUILD_NEEDED, /* import from derivation; names the derivation */
	ERROR_FETCH,	    /* an input that could not be fetched */
	ERROR_INTERRUPTED,
};

struct error_frame {
	struct error_frame *next; /* the frame added before: further in */
	char *text;		  /* "while calling the 'map' builtin" */
	pos_t pos;
	bool always; /* shown even where the trace is cut (addErrorContext) */
};

struct error {
	enum error_kind kind;
	pos_t pos;
	char *message; /* without "error: " */
	char *hint;    /* "Did you mean a or b?", NULL if nothing is like it */
	struct error_frame *frames; /* last added first */
};

/*
 * Fail with a message of printf's form. pos: where, 0 if unknown. Always
 * returns 0. An error that is pending already is replaced.
 */
value eval_fail(struct eval *ev, enum error_kind kind, pos_t pos,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Add a frame to the pending error. Returns 0, to be handed on. */
value eval_frame(struct eval *ev, pos_t pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same frame, shown even where the trace is cut: addErrorContext. */
value eval_frame_always(struct eval *ev, pos_t pos, const char *text);

/* Fail because the arena's limit is reached or the system has no more. */
value eval_fail_memory(struct eval *ev);

/*
 * Give the pending error Nix's "Did you mean ...?": the candidates most like
 * name, if any is. Returns 0, to be handed on.
 */
value eval_suggest(struct eval *ev, symbol name, size_t len,
		   const symbol *candidates);

/* The pending error, NULL if none; eval_clear_error() forgets it. */
struct error *eval_error(struct eval *ev);
void eval_clear_error(struct eval *ev);

/*
 * The error as Nix prints it, "error: ..." with position, source line and the
 * trace (the whole of it if show_trace). Without colours; ends with a newline.
 */
void error_print(struct eval *ev, const struct error *error, bool show_trace,
		 FILE *out);

/* The same as a warning, "warning: ...", without trace. */
void error_print_warning(struct eval *ev, const struct error *error, FILE *out);

#endif
