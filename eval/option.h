/*
 * option.h - the options of a NixOS configuration, and the values behind them
 *
 * What evalModules makes (nixpkgs, lib/modules.nix) has two trees of the same
 * form: `options`, whose leaves are sets with _type = "option", and `config`,
 * the values. Inside an option the tree goes on with the value itself.
 *
 *     services . nginx . virtualHosts . "example.org" . root
 *     \__ option sets _/ \_ option _/   \____ its value ____/
 */
#ifndef EVAL_OPTION_H
#define EVAL_OPTION_H

#include "eval/eval.h"
#include "eval/wire.h"

/* What can be told of a value by its type, without evaluating it. */
enum option_hint {
	OPTION_HINT_NONE, /* only the value's own shape tells */
	OPTION_HINT_FILE, /* a scalar, or a list of scalars */
	OPTION_HINT_DIR,  /* an attribute set or a derivation */
};

/* A place in the tree; cells belong to the evaluation. */
struct option_place {
	struct attrs *set;    /* an option set; else NULL */
	struct attrs *option; /* the option that the place is at or in */
	value *cell;	      /* the value there, unforced; NULL: option set */
	value type;	      /* the cell's option type, 0 if unknown */
	enum option_hint hint;
	size_t depth;  /* how many components lead to the option */
	bool enclosed; /* in a list or a derivation: no definition's attribute
			  path leads there */
};

/*
 * Follow path (len components) from the option set options; config is the
 * value tree beside it. Returns 0, -ENOENT, or -EIO with the error pending.
 */
int option_find(struct eval *ev, value *options, value *config,
		const struct wire_text *path, size_t len,
		struct option_place *out);

/* One step into a value: *cell becomes the cell of its attribute, or of its
 * list's element (a decimal index). 0, -ENOENT, -EIO with the error pending. */
int option_step(struct eval *ev, value **cell, const struct wire_text *name);

/* What the type at place tells of the elements of its value. */
enum option_hint option_element_hint(struct eval *ev,
				     const struct option_place *place);

/* Is this set an option (_type = "option")? Forces _type alone. */
bool option_is(struct eval *ev, struct attrs *set);

/* What the option's type tells of its value. */
enum option_hint option_hint(struct eval *ev, struct attrs *option);

/* Can the option be written as a toggle: a Boolean or an enum (or null)? */
bool option_is_toggle(struct eval *ev, struct attrs *option);

/* Can it be written at all: may its value be a scalar, or a list of them? Of a
 * type that takes sets and packages too only the value tells. */
bool option_is_writable(struct eval *ev, struct attrs *option);

/* The option's type; NULL if it has none. */
struct attrs *option_type(struct eval *ev, struct attrs *option);

/* The type that values have in the end, of one that coerces others to it. */
struct attrs *option_final_type(struct eval *ev, struct attrs *type);

/* Where values of the type may be lists: the type of their elements; NULL if
 * they may not, or it has none. */
struct attrs *option_list_element(struct eval *ev, struct attrs *type);

/* Is its value a set, or may it be one, whose members have definitions of their
 * own, which the module system merges: can they be written one by one? */
bool option_has_members(struct eval *ev, struct attrs *option);

/* What is known of a member of an option's value. */
struct option_member {
	struct attrs *option; /* a submodule's; NULL if it has none */
	struct attrs *type;   /* NULL: not known */
};

/*
 * The member that path leads to from an option's value, through submodules and
 * their freeform types, sets of a type, and those of several types that may be
 * sets. False if values of the type have no members that definitions could
 * give one by one. No error is pending.
 */
bool option_find_member(struct eval *ev, struct attrs *option,
			const struct wire_text *path, size_t len,
			struct option_member *out);

/* Has it a value or default? 1, 0, or -1 with the error pending. */
int option_is_defined(struct eval *ev, struct attrs *option);

/* The description of a type ("boolean"), or of an option's; NULL if it has
 * none or with an error pending. */
struct string *option_type_description(struct eval *ev, struct attrs *type);
struct string *option_type_text(struct eval *ev, struct attrs *option);

#endif
