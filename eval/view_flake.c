/*
 * flakes/<dir>/: a flake.nix of the repository, its inputs as the lock file
 * has them, and its outputs.
 *
 * Inputs are shown from the lock; none is fetched for being looked at.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/flake.h"
#include "eval/view.h"

/* Files of an input: attributes of its reference; locked ones before those of
 * flake.nix. */
static const char *const input_facts[] = {
	"url", "type", "rev", "ref", "narHash", "lastModified", "follows",
};
#define INPUT_FACTS (sizeof(input_facts) / sizeof(*input_facts))

/* An input on the way from the root: how it is called, and what it is. */
struct input {
	const struct lock_edge *edge;
	struct lock_node *node; /* through follows; NULL: leads nowhere */
};

static struct flake *flake_of(struct host *host)
{
	return repository_flake(host->repository);
}

static int description_text(struct host *host, const struct view_node *node,
			    struct buf *out)
{
	buf_add_text(out, flake_description(flake_of(host)));
	if (!out->len || out->data[out->len - 1] != '\n')
		buf_add_char(out, '\n');
	return 0;
}

/* An attribute of the input's reference as text; false if it has none. */
static bool input_fact(struct eval *ev, const struct input *input,
		       const char *fact, struct buf *out)
{
	const struct ref_attr *attr = NULL;
	const char *text;

	if (strcmp(fact, "follows") == 0) {
		if (input->edge->node)
			return false;
		text = lock_path_print(ev, &input->edge->follows);
		buf_add_text(out, text ? text : "");
		return text != NULL;
	}
	if (!input->node)
		return false;
	if (strcmp(fact, "url") == 0) {
		text = input->node->original.len
			       ? flakeref_print(ev, &input->node->original,
						true)
			       : NULL;
		buf_add_text(out, text ? text : "");
		return text != NULL;
	}
	attr = flakeref_attr(&input->node->locked, fact);
	if (!attr)
		attr = flakeref_attr(&input->node->original, fact);
	if (!attr)
		return false;
	if (attr->kind == REF_STRING)
		buf_add_text(out, attr->text);
	else if (attr->kind == REF_BOOL)
		buf_add_text(out, attr->number ? "true" : "false");
	else
		buf_add_format(out, "%llu", (unsigned long long)attr->number);
	return true;
}

static int input_text(struct host *host, const struct view_node *node,
		      struct buf *out)
{
	if (!input_fact(host->ev, node->detail, input_facts[node->number], out))
		return eval_error(host->ev) ? view_errno(host->ev) : -ENODATA;
	buf_add_char(out, '\n');
	return 0;
}

/* The folder of the flake itself. */
static void add_own_folder(struct host *host, struct buf *out)
{
	const struct wire_start *start = host->repository->start;

	buf_add(out, start->repository.bytes, start->repository.len);
	if (!view_name_is(&start->name, "root")) {
		buf_add_char(out, '/');
		buf_add(out, start->name.bytes, start->name.len);
	}
}

/* The folder on disk that a node's files are in, as far as it is known without
 * fetching; nothing is added if not. */
static void add_folder(struct host *host, struct lock_node *node,
		       struct buf *out)
{
	struct lock_node *root = flake_locks(flake_of(host));
	const char *relative = node ? flakeref_relative(&node->locked) : NULL;
	const char *path;

	if (!node)
		return;
	if (node == root) {
		add_own_folder(host, out);
	} else if (relative) {
		/* Below the input that says so, whose own path may be
		 * relative: a lock file has no circles of those. */
		add_folder(host,
			   node->has_parent
				   ? lock_find(host->ev, root, &node->parent)
				   : root,
			   out);
		eval_clear_error(host->ev);
		if (out->len)
			buf_add_format(out, "/%s", relative);
	} else if (node->tree && node->tree->source->folder) {
		buf_add_text(out, node->tree->source->folder);
	} else {
		path = flakeref_string(&node->locked, "path");
		if (path && path[0] == '/')
			buf_add_text(out, path);
	}
}

static const char *input_folder(struct host *host, const struct input *input)
{
	struct buf text = BUF_INIT;
	const char *kept = NULL;
	char *real = NULL;

	add_folder(host, input->node, &text);
	if (text.len && !text.failed)
		real = realpath(text.data, NULL);
	if (real)
		kept = arena_strndup(host->ev->arena, real, strlen(real));
	free(real);
	buf_release(&text);
	return kept;
}

static int list_edges(struct host *host, const struct lock_node *node,
		      struct view_entries *out)
{
	for (size_t i = 0; node && i < node->len; i++)
		view_add_entry(out, WIRE_DIRECTORY, 0, node->inputs[i].name,
			       strlen(node->inputs[i].name));
	return 0;
}

static int list_inputs(struct host *host, const struct view_node *node,
		       struct view_entries *out)
{
	return list_edges(host, node->detail, out);
}

static int list_input(struct host *host, const struct view_node *node,
		      struct view_entries *out)
{
	const struct input *input = node->detail;
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < INPUT_FACTS; i++) {
		buf_reset(&text);
		if (input_fact(host->ev, input, input_facts[i], &text))
			view_add_entry(out, WIRE_FILE, 0, input_facts[i],
				       strlen(input_facts[i]));
		eval_clear_error(host->ev);
	}
	buf_release(&text);
	if (input_folder(host, input))
		view_add_entry(out, WIRE_LINK, 0, "source", 6);
	if (input->node && input->node->len)
		view_add_entry(out, WIRE_DIRECTORY, 0, "inputs", 6);
	return 0;
}

/* A fact of an input, or its source. */
static int find_fact(struct host *host, struct input *input,
		     const struct wire_text *name, struct view_node *out)
{
	struct buf text = BUF_INIT;
	bool found = false;

	out->kind = WIRE_FILE;
	if (view_name_is(name, "source")) {
		out->kind = WIRE_LINK;
		out->target = input_folder(host, input);
		return out->target ? 0 : -ENOENT;
	}
	for (size_t i = 0; i < INPUT_FACTS && !found; i++) {
		if (!view_name_is(name, input_facts[i]))
			continue;
		found = input_fact(host->ev, input, input_facts[i], &text);
		out->number = i;
	}
	buf_release(&text);
	eval_clear_error(host->ev);
	out->text = input_text;
	out->detail = input;
	return found ? 0 : -ENOENT;
}

/* inputs/a/inputs/b/...: path begins after the first `inputs`. */
static int find_input(struct host *host, const struct wire_text *path,
		      size_t len, struct view_node *out)
{
	struct lock_node *root = flake_locks(flake_of(host));
	struct lock_node *node = root;
	struct input *input = NULL;

	out->kind = WIRE_DIRECTORY;
	for (size_t i = 0; i < len; i++) {
		char *name = arena_strndup(host->ev->arena, path[i].bytes,
					   path[i].len);

		if (!name)
			return -ENOMEM;
		input = arena_alloc(host->ev->arena, sizeof(*input));
		if (!input)
			return -ENOMEM;
		input->edge = node ? lock_edge(node, name) : NULL;
		if (!input->edge)
			return -ENOENT;
		input->node = input->edge->node
				      ? input->edge->node
				      : lock_find(host->ev, root,
						  &input->edge->follows);
		eval_clear_error(host->ev);
		node = input->node;
		if (i + 1 == len) {
			out->list = list_input;
			out->detail = input;
			return 0;
		}
		i++;
		if (!view_name_is(&path[i], "inputs"))
			return i + 1 == len
				       ? find_fact(host, input, &path[i], out)
				       : -ENOENT;
		if (i + 1 == len && !(node && node->len))
			return -ENOENT;
	}
	out->list = list_inputs;
	out->detail = node;
	return 0;
}

static int list_flake(struct host *host, const struct view_node *node,
		      struct view_entries *out)
{
	if (flake_description(flake_of(host)))
		view_add_entry(out, WIRE_FILE, 0, "description", 11);
	view_add_entry(out, WIRE_DIRECTORY, 0, "inputs", 6);
	view_add_entry(out, WIRE_DIRECTORY, 0, "outputs", 7);
	return 0;
}

int view_find_flake(struct host *host, const struct wire_text *path, size_t len,
		    struct view_node *out)
{
	value *outputs;

	out->kind = WIRE_DIRECTORY;
	if (len == 0) {
		out->list = list_flake;
		return 0;
	}
	if (view_name_is(&path[0], "inputs"))
		return find_input(host, path + 1, len - 1, out);
	if (view_name_is(&path[0], "description") && len == 1) {
		if (!flake_description(flake_of(host)))
			return -ENOENT;
		return view_single_file(path + 1, 0, description_text, out);
	}
	if (!view_name_is(&path[0], "outputs"))
		return -ENOENT;
	outputs = repository_outputs(host->repository);
	if (!outputs)
		return view_errno(host->ev);
	if (len > 1)
		out->kind = WIRE_UNKNOWN;
	return view_value(host, outputs, path + 1, len - 1, out);
}

static const struct {
	const char *name;
	enum wire_kind kind;
} flake_parts[] = {
	{ "description", WIRE_FILE },
	{ "inputs", WIRE_DIRECTORY },
	{ "outputs", WIRE_DIRECTORY },
};
#define FLAKE_PARTS (sizeof(flake_parts) / sizeof(*flake_parts))

int view_stat_broken_flake(const struct wire_text *path, size_t len,
			   struct wire_stat *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = WIRE_DIRECTORY;
	for (size_t i = 0; i < FLAKE_PARTS && len == 1; i++)
		if (view_name_is(&path[0], flake_parts[i].name)) {
			out->kind = flake_parts[i].kind;
			return 0;
		}
	return len == 0 ? 0 : -ENOENT;
}

int view_list_broken_flake(size_t len, struct view_entries *out)
{
	if (len > 0)
		return -ENOENT;
	for (size_t i = 0; i < FLAKE_PARTS; i++)
		view_add_entry(out, flake_parts[i].kind, 0, flake_parts[i].name,
			       strlen(flake_parts[i].name));
	return 0;
}

/* Of a host: the lock it is evaluated with. */
bool view_has_inputs(struct host *host)
{
	return host->repository->is_flake;
}

int view_find_inputs(struct host *host, const struct wire_text *path,
		     size_t len, struct view_node *out)
{
	if (len > 0)
		return -ENOENT;
	out->kind = WIRE_LINK;
	out->target = "../../flakes/root/inputs";
	return 0;
}
