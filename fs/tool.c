/*
 * tool.c - the tree without a mount
 */
#include "fs/tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
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

/* --- watch -------------------------------------------------------------- */

#define WATCH_NS 200000000L

static int read_events(const char *path, struct buf *out)
{
	char bytes[16384];
	FILE *file = fopen(path, "re");
	size_t n;
	int err;

	buf_reset(out);
	if (!file)
		return -errno;
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(out, bytes, n);
	err = ferror(file) ? -errno : 0;
	fclose(file);
	return out->failed ? -ENOMEM : err;
}

/* Where in now the lines begin that were not in then: its older ones may have
 * been forgotten. */
static const char *new_lines(const struct buf *then, const struct buf *now)
{
	const char *old = buf_text(then), *text = buf_text(now);
	size_t len = then->len;

	while (len && (now->len < len || memcmp(text, old, len) != 0)) {
		const char *line = memchr(old, '\n', len);

		if (!line)
			return text;
		len -= (size_t)(line + 1 - old);
		old = line + 1;
	}
	return text + len;
}

int tool_watch(int argc, char **argv)
{
	struct timespec nap = { 0, WATCH_NS };
	struct buf then = BUF_INIT, now = BUF_INIT, path = BUF_INIT, swap;
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: flakefs watch MOUNTPOINT\n");
		return 2;
	}
	buf_add_format(&path, "%s/.flakefs/events", argv[1]);
	err = read_events(buf_text(&path), &then);
	while (err == 0) {
		nanosleep(&nap, NULL);
		err = read_events(buf_text(&path), &now);
		if (err < 0)
			break;
		fputs(new_lines(&then, &now), stdout);
		if (fflush(stdout) != 0)
			break;
		swap = then;
		then = now;
		now = swap;
	}
	/* An unmounted folder is the end; it never having been a mount isn't.
	 */
	if (err < 0 && !then.data && err != -ENOTCONN)
		fprintf(stderr, "flakefs: %s: %s\n", argv[1], strerror(-err));
	err = err < 0 && !then.data;
	buf_release(&then);
	buf_release(&now);
	buf_release(&path);
	return err;
}
