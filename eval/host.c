#include "eval/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/host_files.h"
#include "eval/source.h"
#include "eval/view.h"

/* The outputs of a flake that are hosts of some class. */
static const struct {
	enum wire_class class;
	const char *output;
} flake_classes[] = {
	{ WIRE_HOST, "nixosConfigurations" },
	{ WIRE_HOME, "homeConfigurations" },
	{ WIRE_DARWIN, "darwinConfigurations" },
	{ WIRE_HARDWARE, "hardwareProfiles" },
};
#define FLAKE_CLASSES (sizeof(flake_classes) / sizeof(*flake_classes))

static int open_outputs(struct repository *repository)
{
	return repository_outputs(repository) ? 0 : view_errno(repository->ev);
}

/* The attribute name of the flake's outputs; NULL if it has none. */
static value *output(struct repository *repository, const char *name)
{
	symbol sym = symbol_intern(name, strlen(name));
	value v = value_force(repository->ev, &repository->outputs);

	return v && value_tag(v) == TAG_ATTRS ? attrs_find(value_attrs(v), sym)
					      : NULL;
}

static int list_output(struct repository *repository, enum wire_class class,
		       value *cell, struct buf *out, uint32_t *count)
{
	struct eval *ev = repository->ev;
	struct wire_host host = { .class = class };
	struct attrs *set;
	value *member;
	symbol name;

	set = eval_attrs(ev, cell, 0,
			 "while evaluating the flake's configurations");
	set = set ? attrs_flat(ev, set) : NULL;
	if (!set)
		return view_errno(ev);
	for (size_t i = 0; i < attrs_len(set); i++) {
		name = attrs_sorted(ev, set, i, &member);
		host.name.bytes = symbol_bytes(name);
		host.name.len = symbol_len(name);
		host.file = wire_text("flake.nix");
		wire_put_host(out, &host);
		++*count;
	}
	return 0;
}

static int list_class(struct repository *repository, size_t i, struct buf *out,
		      uint32_t *count)
{
	value *cell = output(repository, flake_classes[i].output);

	if (cell)
		return list_output(repository, flake_classes[i].class, cell,
				   out, count);
	return eval_error(repository->ev) ? view_errno(repository->ev) : 0;
}

/*
 * A class whose hosts can't be listed hides no other: it is told in the log,
 * and is the answer only if there is no host at all.
 */
static int list_flake_hosts(struct repository *repository, struct buf *out)
{
	struct eval *ev = repository->ev;
	struct buf hosts = BUF_INIT;
	size_t failed = FLAKE_CLASSES;
	uint32_t count = 0;
	int err = 0;

	for (size_t i = 0; i < FLAKE_CLASSES; i++) {
		if (list_class(repository, i, &hosts, &count) == 0)
			continue;
		failed = i;
		if (ev->settings.messages && eval_error(ev))
			fprintf(ev->settings.messages, "warning: %s: %s\n",
				flake_classes[i].output,
				eval_error(ev)->message);
		eval_clear_error(ev);
	}
	if (!count && failed < FLAKE_CLASSES)
		err = list_class(repository, failed, &hosts, &count);
	if (err == 0) {
		wire_put_u32(out, count);
		buf_add(out, hosts.data, hosts.len);
	}
	buf_release(&hosts);
	return err;
}

int repository_hosts(struct repository *repository, struct buf *out)
{
	int err;

	if (!repository->is_flake)
		return host_files_list(repository, out);
	err = open_outputs(repository);
	return err < 0 ? err : list_flake_hosts(repository, out);
}

size_t repository_host_count(struct repository *repository)
{
	struct host_files all = { 0 };
	size_t count = 0;
	value v = 0;

	if (!repository->is_flake) {
		if (host_files_find(repository, &all) == 0)
			count = all.len;
		host_files_release(&all);
		return count;
	}
	for (size_t i = 0; i < FLAKE_CLASSES; i++) {
		value *cell =
			flake_classes[i].class == repository->start->class
				? output(repository, flake_classes[i].output)
				: NULL;

		v = cell ? value_force(repository->ev, cell) : v;
	}
	return v && value_tag(v) == TAG_ATTRS ? attrs_len(value_attrs(v)) : 0;
}

static int open_flake_host(struct repository *repository, struct host *out)
{
	const struct wire_start *start = repository->start;
	value *cell = NULL;
	int err = open_outputs(repository);

	if (err < 0)
		return err;
	for (size_t i = 0; i < FLAKE_CLASSES; i++)
		if (flake_classes[i].class == start->class)
			cell = output(repository, flake_classes[i].output);
	if (!cell)
		return eval_error(repository->ev) ? view_errno(repository->ev)
						  : -ENOENT;
	err = option_step(repository->ev, &cell, &start->name);
	if (err < 0)
		return err == -EIO ? view_errno(repository->ev) : err;
	out->root = *cell;
	out->file = "flake.nix";
	return 0;
}

/* import <nixpkgs/nixos> { configuration = file; }, nixpkgs and file being
 * paths: each in its own source. */
static int open_file_host(struct repository *repository, struct host *out)
{
	static const char nixos[] =
		"nixpkgs: file:\n"
		"import (nixpkgs + \"/nixos\") { configuration = file; }\n";
	static const char search[] =
		"file:\n"
		"import <nixpkgs/nixos> { configuration = file; }\n";
	struct eval *ev = repository->ev;
	struct host_files all = { 0 };
	char *name = repository_text(&repository->start->name);
	const char *file = NULL;
	value args[2], fn;
	struct path *path;
	int err = name ? host_files_find(repository, &all) : -ENOMEM;

	for (size_t i = 0; i < all.len && err == 0; i++)
		if (strcmp(all.items[i].name, name) == 0)
			file = arena_strndup(ev->arena, all.items[i].path,
					     strlen(all.items[i].path));
	if (err == 0 && !file)
		err = -ENOENT;
	if (err < 0)
		goto out;

	out->file = file;
	path = repository_path(repository, file);
	args[1] =
		path ? value_new_path(ev, path->source, path->bytes, path->len)
		     : 0;
	if (repository->nixpkgs) {
		path = source_path(ev, repository->nixpkgs,
				   strlen(repository->nixpkgs));
		args[0] = path ? value_new_path(ev, path->source, path->bytes,
						path->len)
			       : 0;
		fn = eval_string(ev, nixos, sizeof(nixos) - 1, NULL,
				 "«flakefs»");
	} else {
		args[0] = args[1];
		fn = eval_string(ev, search, sizeof(search) - 1, NULL,
				 "«flakefs»");
	}
	out->root = fn && args[0] && args[1]
			    ? eval_call(ev, 0, fn, repository->nixpkgs ? 2 : 1,
					args)
			    : 0;
	if (!out->root)
		err = view_errno(ev);
out:
	host_files_release(&all);
	free(name);
	return err;
}

int host_open(struct repository *repository, struct host *out)
{
	struct eval *ev = repository->ev;
	struct attrs *set;
	value *cell;
	int err;

	memset(out, 0, sizeof(*out));
	out->repository = repository;
	out->ev = ev;
	if (repository->start->class == WIRE_FLAKE)
		return repository_load(repository);
	err = repository->is_flake ? open_flake_host(repository, out)
				   : open_file_host(repository, out);
	if (err < 0 || repository->start->class == WIRE_HARDWARE)
		return err;

	set = eval_attrs(ev, &out->root, 0,
			 "while evaluating the host's configuration");
	if (!set)
		return view_errno(ev);
	cell = attrs_find(set, symbol_of("options"));
	out->options = cell ? *cell : 0;
	cell = attrs_find(set, symbol_of("config"));
	out->config = cell ? *cell : 0;
	if (!out->options || !out->config) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "the host's configuration has no '%s': it is not "
			  "made by nixosSystem or evalModules",
			  out->options ? "config" : "options");
		return -EIO;
	}
	return 0;
}
