#include "eval/host_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/source.h"

/*
 * Where host files are in repositories without flakes, best first. A pattern
 * has one `*` at most, for one step; the host's name is what it stands for,
 * without .nix, or else the name of the repository's folder.
 */
static const char *const usual_places[] = {
	"hosts/*/configuration.nix",
	"hosts/*/default.nix",
	"hosts/*.nix",
	"machines/*/configuration.nix",
	"machines/*/default.nix",
	"machines/*.nix",
	"systems/*/configuration.nix",
	"systems/*/default.nix",
	"systems/*.nix",
	"sys/*/configuration.nix",
	"sys/*/default.nix",
	"sys/*.nix",
	"nixos/*/configuration.nix",
	"nixos/hosts/*/configuration.nix",
	"nixos/hosts/*/default.nix",
	"nixos/configuration.nix",
	"configuration.nix",
};

static enum source_type file_type(struct repository *repository,
				  const char *file)
{
	struct path *path = repository_path(repository, file);
	struct source_stat st;

	path = path ? source_resolve(repository->ev, path, true) : NULL;
	if (!path ||
	    source_stat(repository->ev, path->source, path->bytes, &st) < 0) {
		eval_clear_error(repository->ev);
		return SOURCE_MISSING;
	}
	return st.type;
}

void host_files_release(struct host_files *all)
{
	for (size_t i = 0; i < all->len; i++) {
		free(all->items[i].name);
		free(all->items[i].path);
	}
	free(all->items);
}

/* The first file of a name is the host. name and path become all's. */
static int add_file(struct host_files *all, char *name, char *path)
{
	struct host_file *items;

	if (!name || !path)
		goto fail;
	for (size_t i = 0; i < all->len; i++)
		if (strcmp(all->items[i].name, name) == 0) {
			free(name);
			free(path);
			return 0;
		}
	if (all->len == all->room) {
		size_t room = all->room ? all->room * 2 : 16;

		items = realloc(all->items, room * sizeof(*items));
		if (!items)
			goto fail;
		all->items = items;
		all->room = room;
	}
	all->items[all->len++] = (struct host_file){ name, path };
	return 0;
fail:
	free(name);
	free(path);
	return -ENOMEM;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/*
 * Add the files that pattern matches: head * tail, where head ends at a slash
 * or is empty, tail begins with a slash or is the name's end.
 */
static int match_star(struct repository *repository, const char *pattern,
		      struct host_files *all)
{
	const char *star = strchr(pattern, '*');
	const char *slash = star;
	const char *rest = star + 1;
	struct source_entry *entries;
	struct path *folder;
	struct buf text = BUF_INIT;
	size_t count, head;
	int err = 0;

	while (slash > pattern && slash[-1] != '/')
		slash--;
	head = (size_t)(star - slash);
	buf_add(&text, pattern, (size_t)(slash - pattern));
	if (text.len)
		text.data[--text.len] = '\0';
	folder = repository_path(repository, buf_text(&text));
	buf_release(&text);
	folder = folder ? source_resolve(repository->ev, folder, true) : NULL;
	if (!folder || source_list(repository->ev, folder->source,
				   folder->bytes, &entries, &count) < 0) {
		eval_clear_error(repository->ev);
		return 0;
	}

	for (size_t i = 0; i < count && err == 0; i++) {
		const char *name = entries[i].name;
		size_t end = rest[0] == '/' ? 0 : strcspn(rest, "/");
		char *file, *tail, *host;

		tail = strndup(rest, end);
		if (!tail)
			return -ENOMEM;
		if (name[0] == '.' || strlen(name) < head + end ||
		    strncmp(name, slash, head) != 0 || !ends_with(name, tail) ||
		    (strcmp(tail, ".nix") == 0 &&
		     strcmp(name, "default.nix") == 0)) {
			free(tail);
			continue;
		}
		free(tail);
		if (asprintf(&file, "%.*s%s%s", (int)(slash - pattern), pattern,
			     name, rest + end) < 0)
			return -ENOMEM;
		host = strndup(name + head, strlen(name) - head - end);
		if (file_type(repository, file) == SOURCE_REGULAR) {
			err = add_file(all, host, file);
		} else {
			free(file);
			free(host);
		}
	}
	return err;
}

static int match(struct repository *repository, const char *pattern,
		 struct host_files *all)
{
	const struct wire_text *top = &repository->start->repository;
	const char *name;

	if (strchr(pattern, '*'))
		return match_star(repository, pattern, all);
	if (file_type(repository, pattern) != SOURCE_REGULAR)
		return 0;
	name = memrchr(top->bytes, '/', top->len);
	name = name ? name + 1 : top->bytes;
	return add_file(all,
			strndup(name, (size_t)(top->bytes + top->len - name)),
			strdup(pattern));
}

/* Can the file be a NixOS module: a function or a set? What does not parse
 * can't be told from one: it is a host with an error, not a missing host. */
static bool is_module(struct repository *repository, const char *file)
{
	struct path *path = repository_path(repository, file);
	value v = path ? eval_file(repository->ev, path) : 0;

	if (!v) {
		eval_clear_error(repository->ev);
		return true;
	}
	return value_tag(v) == TAG_FUNCTION || value_tag(v) == TAG_ATTRS;
}

int host_files_find(struct repository *repository, struct host_files *all)
{
	const struct wire_start *start = repository->start;
	int err = 0;

	for (size_t i = 0; i < start->hosts_len && err == 0; i++) {
		char *pattern = repository_text(&start->hosts[i]);

		err = pattern ? match(repository, pattern, all) : -ENOMEM;
		free(pattern);
	}
	if (start->hosts_len)
		return err;
	for (size_t i = 0;
	     i < sizeof(usual_places) / sizeof(*usual_places) && err == 0; i++)
		err = match(repository, usual_places[i], all);
	return err;
}

int host_files_list(struct repository *repository, struct buf *out)
{
	struct host_files all = { 0 };
	struct buf hosts = BUF_INIT;
	struct wire_host host = { .class = WIRE_HOST };
	uint32_t count = 0;
	int err = host_files_find(repository, &all);

	for (size_t i = 0; i < all.len && err == 0; i++) {
		if (!repository->start->hosts_len &&
		    !is_module(repository, all.items[i].path))
			continue;
		host.name = wire_text(all.items[i].name);
		host.file = wire_text(all.items[i].path);
		wire_put_host(&hosts, &host);
		count++;
	}
	wire_put_u32(out, count);
	buf_add(out, hosts.data, hosts.len);
	buf_release(&hosts);
	host_files_release(&all);
	return err;
}
