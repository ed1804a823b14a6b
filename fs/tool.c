/*
 * tool.c - the tree without a mount
 */
#include "fs/tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/options.h"
#include "fs/tree.h"

static int list(struct tree *tree, struct node *node,
		const struct options *options)
{
	struct listing *listing;
	int err;

	if (node->kind != NODE_DIRECTORY) {
		printf("%s\n", options->mountpoint);
		return 0;
	}
	err = tree_list(tree, node, NULL, &listing);
	if (err < 0)
		return err;
	for (size_t i = 0; i < listing->len; i++)
		printf("%s\n", listing->entries[i].name);
	listing_put(listing);
	return 0;
}

static int print(struct tree *tree, struct node *node,
		 const struct options *options)
{
	struct bytes *bytes;
	int err = tree_read(tree, node, NULL, &bytes);

	if (err < 0)
		return err;
	fwrite(bytes->data, 1, bytes->len, stdout);
	bytes_put(bytes);
	return 0;
}

static int set(struct tree *tree, struct node *node,
	       const struct options *options)
{
	struct writer writer = { getuid(), getpid() };

	return tree_write(tree, node, options->value, strlen(options->value), 0,
			  &writer, NULL);
}

/* The latest message, of whatever node it is: ours is the only request. */
static void print_failure(struct tree *tree, const char *path, int err)
{
	struct bytes *message = tree_last_message(tree);

	fprintf(stderr, "flakefs: %s: %s\n", path, strerror(-err));
	if (message)
		fwrite(message->data, 1, message->len, stderr);
	bytes_put(message);
}

static int run(int argc, char **argv, bool needs_path, bool needs_value,
	       int (*action)(struct tree *tree, struct node *node,
			     const struct options *options))
{
	struct options options;
	struct node *node = NULL;
	struct tree *tree = NULL;
	const char *path;
	int status = 2, err;

	if (options_parse(&options, argc, argv, false) != OPTIONS_MOUNT)
		goto out;
	if ((needs_path && !options.mountpoint) ||
	    needs_value != (options.value != NULL)) {
		fprintf(stderr, "flakefs %s: wrong number of arguments\n",
			argv[0]);
		goto out;
	}
	path = options.mountpoint ? options.mountpoint : "";
	tree = tree_new(&options.tree);
	err = tree ? tree_walk(tree, path, NULL, &node) : -ENOMEM;
	if (err == 0)
		err = action(tree, node, &options);
	if (err < 0 && tree)
		print_failure(tree, path, err);
	if (fflush(stdout) != 0)
		err = -errno;
	status = err < 0 ? 1 : 0;
out:
	if (node)
		tree_put(tree, node);
	tree_free(tree);
	options_release(&options);
	return status;
}

int tool_ls(int argc, char **argv)
{
	return run(argc, argv, false, false, list);
}

int tool_cat(int argc, char **argv)
{
	return run(argc, argv, true, false, print);
}

int tool_set(int argc, char **argv)
{
	return run(argc, argv, true, true, set);
}
