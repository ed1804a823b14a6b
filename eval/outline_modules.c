/*
 * outline_modules.c - modules that are written out in other texts
 *
 *     imports = [ ./a.nix { b = 1; } ({ lib, ... }: { c = 2; }) ];
 *
 * in a module, and in a flake.nix, or what helps it to make hosts,
 *
 *     nixosConfigurations.ares = lib.nixosSystem {
 *       modules = [ ./a.nix { b = 1; } ];
 *     };
 */
#include <string.h>

#include "eval/edit.h"
#include "eval/outline_private.h"

struct walk {
	struct outline *o;
	const struct edit_scope *scope;
	int depth;
	const char *file;	 /* look where it is named; NULL: for modules */
	uint32_t named, foreign; /* how often, and outside what is the host's */
};

/* The elements of the lists in these bytes, if they are modules. Lists that are
 * put together are all gone through: [ ./a.nix ] ++ [ { b = 1; } ]. */
static int add_elements(struct outline *o, uint32_t start, uint32_t end,
			bool has_lib)
{
	struct reader r;

	if (reader_init(&r, o, start, end) < 0)
		return -1;
	while (r.lex.tok.kind != TOK_EOF) {
		if (r.lex.tok.kind != TOK_LBRACKET) {
			if (reader_skip_one(&r) < 0)
				return -1;
			continue;
		}
		if (reader_next(&r) < 0)
			return -1;
		while (r.lex.tok.kind != TOK_RBRACKET) {
			uint32_t first = r.lex.tok.start, index;
			bool may_be = r.lex.tok.kind == TOK_LBRACE ||
				      r.lex.tok.kind == TOK_REC ||
				      r.lex.tok.kind == TOK_LPAREN;

			if (reader_skip_simple(&r) < 0)
				return -1;
			index = o->modules_len;
			if (may_be && outline_add_module(o, first, r.last_end,
							 has_lib, true) < 0)
				return -1;
			if (o->modules_len > index &&
			    outline_add_imports(o, index) < 0)
				return -1;
		}
		if (reader_next(&r) < 0)
			return -1;
	}
	return 0;
}

int outline_add_imports(struct outline *o, uint32_t index)
{
	const struct outline_set *set = o->modules[index].set;
	bool has_lib = o->modules[index].has_lib;

	for (uint32_t i = 0; set && i < set->len; i++) {
		const struct outline_binding *b = &set->items[i];

		if (b->len == 1 && !b->inherited &&
		    outline_name_is(&b->names[0], "imports") &&
		    add_elements(o, b->value, b->value_end, has_lib) < 0)
			return -1;
	}
	return 0;
}

static int walk(struct walk *w, uint32_t start, uint32_t end, bool inside,
		bool has_lib);

static bool is_host(const struct walk *w, const struct outline_name *name)
{
	return !name->computed && name->len == w->scope->host.len &&
	       memcmp(name->bytes, w->scope->host.bytes, name->len) == 0;
}

/* Is it where another kind of configuration is, of the same name perhaps? */
static bool is_elsewhere(const struct walk *w, const struct outline_name *name)
{
	static const char *const classes[] = { "nixosConfigurations",
					       "homeConfigurations",
					       "darwinConfigurations" };

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (outline_name_is(name, classes[i]))
			return !w->scope->class ||
			       strcmp(classes[i], w->scope->class) != 0;
	return false;
}

/* modules, extraModules, ... */
static bool holds_modules(const struct outline_name *name)
{
	return !name->computed && name->len >= 7 &&
	       memcmp(name->bytes + name->len - 6, "odules", 6) == 0;
}

/* What let calls by the host's name is a variable, and no host. */
static int walk_binding(struct walk *w, const struct outline_binding *b,
			bool is_let, bool inside, bool has_lib)
{
	if (b->inherited)
		return 0;
	for (uint32_t i = 0; i < b->len; i++) {
		if (is_elsewhere(w, &b->names[i]))
			return 0;
		inside |= is_host(w, &b->names[i]) && !(is_let && !i);
	}
	if (inside && !w->file && holds_modules(&b->names[b->len - 1]))
		return add_elements(w->o, b->value, b->value_end, has_lib);
	return walk(w, b->value, b->value_end, inside, has_lib);
}

/* Bindings whose names are in scope in them, and after them. */
static int walk_bindings(struct walk *w, const struct outline_set *set,
			 bool inside, bool *has_lib, bool scoped, bool is_let)
{
	bool has = *has_lib;

	for (uint32_t i = 0; scoped && i < set->len; i++)
		has |= outline_name_is(&set->items[i].names[0], "lib");
	for (uint32_t i = 0; i < set->len; i++)
		if (walk_binding(w, &set->items[i], is_let, inside, has) < 0)
			return -1;
	*has_lib = has;
	return 0;
}

/* Formals, or a set that is gone into, at the brace; goes past it. */
static int walk_brace(struct walk *w, struct reader *r, bool inside,
		      bool recursive, bool *has_lib)
{
	struct outline_module formals = { 0 };
	struct outline_set *set;
	bool is_formals, here = *has_lib;

	if (reader_begins_formals(r, &is_formals) < 0)
		return -1;
	if (is_formals) {
		if (reader_formals(r, &formals) < 0)
			return -1;
		*has_lib |= formals.has_lib;
		return 0;
	}
	set = reader_set(r);
	return set ? walk_bindings(w, set, inside, &here, recursive, false)
		   : -1;
}

/*
 * A path, at its first token. It names the file if it is the file or a folder
 * around it; ./ares/configuration.nix stands for its folder.
 */
static void see_path(struct walk *w, const struct reader *r, bool inside)
{
	static const char *const leaders[] = { "/configuration.nix",
					       "/default.nix" };
	const char *path = r->lex.text + r->lex.tok.start;
	size_t len = r->lex.tok.end - r->lex.tok.start;

	if (len < 3 || memcmp(path, "./", 2) != 0)
		return;
	path += 2;
	len -= 2;
	for (size_t i = 0; i < sizeof(leaders) / sizeof(*leaders); i++) {
		size_t n = strlen(leaders[i]);

		if (len > n && memcmp(path + len - n, leaders[i], n) == 0)
			len -= n;
	}
	if (strncmp(w->file, path, len) != 0 ||
	    (w->file[len] && w->file[len] != '/'))
		return;
	w->named++;
	w->foreign += !inside;
}

/*
 * Any expression. inside: it is a part of the host's. What a name means is
 * taken to hold up to the expression's end, which is a little too far.
 */
static int walk(struct walk *w, uint32_t start, uint32_t end, bool inside,
		bool has_lib)
{
	struct outline_set names;
	struct reader r;
	bool recursive = false;

	if (++w->depth > OUTLINE_DEPTH_MAX ||
	    reader_init(&r, w->o, start, end) < 0)
		return -1;
	while (r.lex.tok.kind != TOK_EOF) {
		switch (r.lex.tok.kind) {
		case TOK_LBRACE:
			if (walk_brace(w, &r, inside, recursive, &has_lib) < 0)
				return -1;
			break;
		case TOK_LET:
			if (reader_next(&r) < 0)
				return -1;
			if (r.lex.tok.kind == TOK_LBRACE)
				break;
			memset(&names, 0, sizeof(names));
			if (reader_bindings(&r, &names, TOK_IN) < 0 ||
			    walk_bindings(w, &names, inside, &has_lib, true,
					  true) < 0 ||
			    reader_next(&r) < 0)
				return -1;
			break;
		case TOK_QUOTE:
		case TOK_IND_OPEN:
		case TOK_PATH:
		case TOK_HPATH:
			if (w->file && r.lex.tok.kind == TOK_PATH)
				see_path(w, &r, inside);
			if (reader_skip_one(&r) < 0)
				return -1;
			break;
		default:
			recursive = r.lex.tok.kind == TOK_REC;
			if (reader_next(&r) < 0)
				return -1;
			continue;
		}
		recursive = false;
	}
	w->depth--;
	return 0;
}

int outline_add_scope(struct outline *o, const struct edit_scope *scope)
{
	struct walk w = { .o = o, .scope = scope };

	return walk(&w, 0, (uint32_t)o->len, scope->all, false);
}

bool outline_is_alone(const char *text, size_t len,
		      const struct edit_scope *scope, const char *file)
{
	struct walk w = { .scope = scope, .file = file };
	struct outline o;
	bool alone = outline_init(&o, text, len, scope) == 0;

	w.o = &o;
	alone = alone && walk(&w, 0, (uint32_t)len, scope->all, false) == 0;
	outline_release(&o);
	return alone && w.named && !w.foreign;
}
