/*
 * view.h - what is inside a host's directory
 *
 * hosts/<host>/ has one view for each of its entries: options, meta, toggles,
 * and so on. A view is a row of view_table (view.c): it finds the node that a
 * path means; listing and reading nodes is the same for all.
 */
#ifndef EVAL_VIEW_H
#define EVAL_VIEW_H

#include <stdio.h>

#include "eval/buf.h"
#include "eval/host.h"
#include "eval/option.h"
#include "eval/wire.h"

/* Entries of a directory, as wire.h's LIST wants them. */
struct view_entries {
	struct buf body;
	uint32_t count;
};

struct definition;
struct view_node;

/*
 * What a path of a view means. Of cell, text and list one at least is set:
 * a node with a cell is a value, rendered and listed as values are, unless
 * text or list say otherwise.
 */
struct view_node {
	uint8_t kind;  /* enum wire_kind; WIRE_UNKNOWN: as the value is */
	uint8_t flags; /* enum wire_flags */
	value *cell;
	struct option_place place; /* of options, toggles, meta */
	/* The file's bytes. 0 or -errno. */
	int (*text)(struct host *host, const struct view_node *node,
		    struct buf *out);
	/* The directory's entries. 0 or -errno. */
	int (*list)(struct host *host, const struct view_node *node,
		    struct view_entries *out);
	const char *target; /* of a link: relative, as readlink gives it */
	const void *detail; /* the view's own */
	size_t number;	    /* the view's own */
};

struct view {
	const char *name;
	uint8_t kind; /* WIRE_DIRECTORY or WIRE_FILE */
	/* The node that path (len names below the view) means. 0 or -errno:
	 * -ENOENT; others with the error pending. */
	int (*find)(struct host *host, const struct wire_text *path, size_t len,
		    struct view_node *out);
	/* Is it there for this host? NULL: always. */
	bool (*present)(struct host *host);
};

/* The three questions of wire.h, path and answers as there. 0 or -errno; the
 * message is pending in host->ev where evaluation failed. */
int view_stat(struct host *host, const struct wire_text *path, size_t len,
	      struct wire_stat *out);
int view_list(struct host *host, const struct wire_text *path, size_t len,
	      struct view_entries *out);
int view_read(struct host *host, const struct wire_text *path, size_t len,
	      enum wire_format format, struct buf *out);

/* The same for a host that can't be evaluated: its views are there, what is in
 * them is not, and says why. -ENOENT beyond the views' own names. */
int view_stat_broken(const struct wire_text *path, size_t len,
		     struct wire_stat *out);
int view_list_broken(size_t len, struct view_entries *out);
/* The same of a flake. */
int view_stat_broken_flake(const struct wire_text *path, size_t len,
			   struct wire_stat *out);
int view_list_broken_flake(size_t len, struct view_entries *out);

/* The errno of the pending error, -EIO if its kind says nothing better. */
int view_errno(struct eval *ev);
/* The pending error with its trace, as the mount's readers see it. */
void view_print_error(struct eval *ev, FILE *out);

void view_add_entry(struct view_entries *out, uint8_t kind, uint8_t flags,
		    const char *name, size_t len);
/* Is the wire name this C string? */
bool view_name_is(const struct wire_text *name, const char *text);

/* A node for the value in cell, further names of path followed into it. */
int view_value(struct host *host, value *cell, const struct wire_text *path,
	       size_t len, struct view_node *out);

/* The attribute path of the first len names, in Nix's notation. */
void view_attrpath(struct buf *out, const struct wire_text *path, size_t len);

/* view_options.c */
int view_find_option(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out);
int view_find_toggle(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out);
int view_find_set(struct host *host, const struct wire_text *path, size_t len,
		  struct view_node *out);
/* view_meta.c */
int view_find_meta(struct host *host, const struct wire_text *path, size_t len,
		   struct view_node *out);
/* All definitions of the option at path (of len names): those that do not count
 * too, where the module system's merging was seen. In the evaluator's memory. 0
 * or -errno, the error pending where it is -EIO. */
int view_all_definitions(struct host *host, struct attrs *option,
			 const struct wire_text *path, size_t len,
			 struct definition **out, size_t *count);
/* file:line:column of the definitions that count, one a line. */
int view_where(struct host *host, const struct option_place *place,
	       const struct wire_text *path, size_t len, struct buf *out);
/* view_hardware.c */
int view_find_hardware(struct host *host, const struct wire_text *path,
		       size_t len, struct view_node *out);
/* view_host.c */
int view_find_system(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out);
int view_find_warnings(struct host *host, const struct wire_text *path,
		       size_t len, struct view_node *out);
int view_find_assertions(struct host *host, const struct wire_text *path,
			 size_t len, struct view_node *out);
int view_find_sources(struct host *host, const struct wire_text *path,
		      size_t len, struct view_node *out);

/* view_flake.c: all of a WIRE_FLAKE worker's tree */
int view_find_flake(struct host *host, const struct wire_text *path, size_t len,
		    struct view_node *out);
int view_find_inputs(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out);
bool view_has_inputs(struct host *host);
/* view_packages.c */
int view_find_packages(struct host *host, const struct wire_text *path,
		       size_t len, struct view_node *out);
/* view_secrets.c */
int view_find_secrets(struct host *host, const struct wire_text *path,
		      size_t len, struct view_node *out);
bool view_has_secrets(struct host *host);
int view_find_home(struct host *host, const struct wire_text *path, size_t len,
		   struct view_node *out);
bool view_has_home(struct host *host);

/* Is it a folder, without following a link? */
bool view_is_folder(struct eval *ev, const struct path *path);

/* config.<a>.<b>... forced, the path ending with NULL; 0 if any is absent (no
 * error pending) or failed. */
value view_config(struct host *host, const char *const *path);

/* A text node for a view that is one file. */
int view_single_file(const struct wire_text *path, size_t len,
		     int (*text)(struct host *, const struct view_node *,
				 struct buf *),
		     struct view_node *out);

#endif
