/*
 * outline.h - where in a module's text things are
 *
 * The syntax tree knows neither where a value ends nor how sets were written
 * before they were merged. An outline does, and knows nothing else: sets, their
 * bindings, and the bytes that these take. Values are not looked into, but for
 * the sets in them that belong to the module: also behind mkIf, mkMerge and the
 * like.
 *
 * The text must have been parsed without an error; all offsets are in bytes.
 */
#ifndef EVAL_OUTLINE_H
#define EVAL_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/arena.h"
#include "eval/eval.h"

/* What stands between a value and its binding. */
enum outline_wrap {
	OUTLINE_PRIORITY = 1,  /* mkForce, mkDefault, mkOverride 50 */
	OUTLINE_CONDITION = 2, /* mkIf, optionalAttrs */
	OUTLINE_MERGE = 4,     /* an element of mkMerge */
	OUTLINE_ORDER = 8,     /* mkBefore, mkAfter, mkOrder */
};

struct outline_name {
	const char *bytes; /* as it is meant, not as it is spelled */
	uint32_t len;
	bool computed; /* "${a}": nobody knows */
};

/* A value behind its wraps: a binding has more than one only by mkMerge. */
struct outline_branch {
	uint32_t start, end;
	unsigned wraps;		 /* enum outline_wrap */
	struct outline_set *set; /* NULL: not a set's literal */
};

struct outline_binding {
	struct outline_name *names;
	uint32_t len;
	uint32_t start;		   /* of the first name */
	uint32_t value, value_end; /* its bytes, wraps and all */
	uint32_t end;		   /* behind the semicolon */
	bool inherited;
	struct outline_branch *branches;
	uint32_t branches_len;
};

struct outline_set {
	uint32_t open, close; /* the braces */
	struct outline_binding *items;
	uint32_t len;
};

/* A module in a text. */
struct outline_module {
	/* NULL if it is no set, then at says where it turns out not to be. */
	struct outline_set *set;
	uint32_t start, end; /* its bytes */
	uint32_t at;
	bool in_list;	/* an element of a list, ... */
	bool in_parens; /* in parentheses of its own */
	/* The function that gives the module: its parameter's name, and its
	 * formals; the innermost, if there are several. */
	bool is_function;
	struct outline_name arg;
	bool has_formals;
	uint32_t formals_open, formals_close; /* the braces */
	uint32_t formals_len;
	uint32_t last_formal, last_formal_end; /* if there is one */
	uint32_t ellipsis; /* 0: none, as the brace comes before */
	bool has_lib;	   /* the name lib is in scope */
};

struct outline {
	const char *text;
	size_t len;
	struct eval ev; /* as much of one as the lexer needs */
	/* The text's own first, then those that are written out in the lists
	 * of their imports. Or those of a scope, see edit.h; of them alone all
	 * are sets. */
	struct outline_module *modules;
	uint32_t modules_len;
};

struct edit_scope;

/* scope: NULL, or whose modules in a text of several hosts'. Returns 0, or -1
 * with a message in ev.error. The outline must be released in either case. */
int outline_init(struct outline *o, const char *text, size_t len,
		 const struct edit_scope *scope);
void outline_release(struct outline *o);

/*
 * Is the file, or a folder that it is in, named by a path in the text, and only
 * in what belongs to the host of the scope? Paths are relative to the text's
 * folder, which is the repository's top.
 */
bool outline_is_alone(const char *text, size_t len,
		      const struct edit_scope *scope, const char *file);

/* Are these bytes of the text a plain literal, or a list of literals? */
bool outline_is_literal(struct outline *o, uint32_t start, uint32_t end);

struct outline_range {
	uint32_t start, end;
};

/*
 * The elements of the list literal that these bytes are; -1 if they are none.
 * The array is the outline's.
 */
int64_t outline_list(struct outline *o, uint32_t start, uint32_t end,
		     struct outline_range **items);

#endif
