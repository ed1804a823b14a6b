/*
 * secrets/<name>/: what is said of the secrets that sops-nix and agenix put in
 * place: never what is in them. home/<user>: a link to home-manager's part.
 */
#include <errno.h>
#include <string.h>

#include "eval/view.h"

/* Where each module keeps its secrets, and what its attributes are called. */
static const char *const sops[] = { "sops", "secrets", NULL };
static const char *const age[] = { "age", "secrets", NULL };
static const char *const *const modules[] = { sops, age };
#define MODULES (sizeof(modules) / sizeof(*modules))

static const struct {
	const char *name;
	const char *attrs[2]; /* sops-nix's, agenix's; NULL: has none */
} facts[] = {
	{ "path", { "path", "path" } },	   { "owner", { "owner", "owner" } },
	{ "group", { "group", "group" } }, { "mode", { "mode", "mode" } },
	{ "format", { "format", NULL } },  { "file", { "sopsFile", "file" } },
};
#define FACTS (sizeof(facts) / sizeof(*facts))

/* The module's set of secrets; NULL if the host has none, errors pending only
 * where evaluating it failed. */
static struct attrs *secrets(struct host *host, size_t module)
{
	value v = view_config(host, modules[module]);

	return v && value_tag(v) == TAG_ATTRS
		       ? attrs_flat(host->ev, value_attrs(v))
		       : NULL;
}

/* Is the option declared at all? Does not evaluate the configuration. */
bool view_has_secrets(struct host *host)
{
	struct wire_text path[2] = { { 0 } };
	struct option_place place;

	for (size_t i = 0; i < MODULES; i++) {
		path[0] = wire_text(modules[i][0]);
		path[1] = wire_text(modules[i][1]);
		if (option_find(host->ev, &host->options, &host->config, path,
				2, &place) == 0)
			return true;
		eval_clear_error(host->ev);
	}
	return false;
}

static int list_secrets(struct host *host, const struct view_node *node,
			struct view_entries *out)
{
	for (size_t i = 0; i < MODULES; i++) {
		struct attrs *set = secrets(host, i);
		value *cell;

		if (!set && eval_error(host->ev))
			return view_errno(host->ev);
		for (size_t j = 0; set && j < attrs_len(set); j++) {
			symbol name = attrs_sorted(host->ev, set, j, &cell);

			view_add_entry(out, WIRE_DIRECTORY, 0,
				       symbol_bytes(name), symbol_len(name));
		}
	}
	return 0;
}

static int list_facts(struct host *host, const struct view_node *node,
		      struct view_entries *out)
{
	for (size_t i = 0; i < FACTS; i++)
		if (facts[i].attrs[node->number])
			view_add_entry(out, WIRE_FILE, 0, facts[i].name,
				       strlen(facts[i].name));
	return 0;
}

int view_find_secrets(struct host *host, const struct wire_text *path,
		      size_t len, struct view_node *out)
{
	value *secret = NULL, *cell;
	symbol sym;
	value v;

	out->kind = WIRE_DIRECTORY;
	if (len == 0) {
		out->list = list_secrets;
		return 0;
	}
	sym = symbol_find(path[0].bytes, path[0].len);
	for (size_t i = 0; i < MODULES && !secret && sym; i++) {
		struct attrs *set = secrets(host, i);

		if (!set && eval_error(host->ev))
			return view_errno(host->ev);
		secret = set ? attrs_find(set, sym) : NULL;
		out->number = i;
	}
	if (!secret || len > 2)
		return -ENOENT;
	if (len == 1) {
		out->list = list_facts;
		return 0;
	}
	for (size_t i = 0; i < FACTS; i++) {
		const char *attr = facts[i].attrs[out->number];

		if (!attr || !view_name_is(&path[1], facts[i].name))
			continue;
		v = value_force(host->ev, secret);
		if (!v)
			return view_errno(host->ev);
		cell = value_tag(v) == TAG_ATTRS
			       ? attrs_find(value_attrs(v),
					    symbol_intern(attr, strlen(attr)))
			       : NULL;
		if (!cell)
			return -ENOENT;
		out->cell = cell;
		out->kind = WIRE_FILE;
		return 0;
	}
	return -ENOENT;
}

static const char *const home_users[] = { "home-manager", "users", NULL };

bool view_has_home(struct host *host)
{
	struct wire_text path[2] = { wire_text(home_users[0]),
				     wire_text(home_users[1]) };
	struct option_place place;
	int err = option_find(host->ev, &host->options, &host->config, path, 2,
			      &place);

	eval_clear_error(host->ev);
	return err == 0;
}

static struct attrs *users(struct host *host)
{
	value v = view_config(host, home_users);

	return v && value_tag(v) == TAG_ATTRS
		       ? attrs_flat(host->ev, value_attrs(v))
		       : NULL;
}

static int list_users(struct host *host, const struct view_node *node,
		      struct view_entries *out)
{
	struct attrs *set = users(host);
	value *cell;

	if (!set)
		return eval_error(host->ev) ? view_errno(host->ev) : 0;
	for (size_t i = 0; i < attrs_len(set); i++) {
		symbol name = attrs_sorted(host->ev, set, i, &cell);

		view_add_entry(out, WIRE_LINK, 0, symbol_bytes(name),
			       symbol_len(name));
	}
	return 0;
}

int view_find_home(struct host *host, const struct wire_text *path, size_t len,
		   struct view_node *out)
{
	struct buf target = BUF_INIT;
	struct attrs *set;
	symbol sym;

	if (len == 0) {
		out->kind = WIRE_DIRECTORY;
		out->list = list_users;
		return 0;
	}
	set = users(host);
	if (!set)
		return eval_error(host->ev) ? view_errno(host->ev) : -ENOENT;
	sym = symbol_find(path[0].bytes, path[0].len);
	if (!sym || !attrs_find(set, sym) || len > 1)
		return -ENOENT;
	buf_add_text(&target, "../options/home-manager/users/");
	buf_add(&target, path[0].bytes, path[0].len);
	out->kind = WIRE_LINK;
	out->target =
		arena_strndup(host->ev->arena, buf_text(&target), target.len);
	buf_release(&target);
	return out->target ? 0 : -ENOMEM;
}
