/*
 * main.c - the program: a table of its commands
 */
#include <stdio.h>
#include <string.h>

#include "eval/cli.h"
#include "fs/commit.h"
#include "fs/mount.h"
#include "fs/nursery.h"
#include "fs/tool.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{ "eval", cli_eval,
	  "evaluate an expression, as nix-instantiate --eval" },
	{ "parse", cli_parse,
	  "print a syntax tree, as nix-instantiate --parse" },
	{ "ls", tool_ls, "list a folder of the tree, without a mount" },
	{ "cat", tool_cat, "print a file of the tree, without a mount" },
	{ "cache", tool_cache,
	  "show what is kept on disk; --clear: forget it" },
	{ "set", tool_set, "write a file of the tree, without a mount" },
	{ "watch", tool_watch, "print what changes in a mount" },
	/* How the daemon starts its helpers. */
	{ "--nursery", nursery_main, NULL },
	{ "--commit", commit_main, NULL },
};

static void print_help(void)
{
	printf("usage: flakefs REPOSITORY MOUNTPOINT [options]\n"
	       "       flakefs COMMAND ...\n"
	       "\n"
	       "commands:\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (commands[i].help)
			printf("    %-8s %s\n", commands[i].name,
			       commands[i].help);
	printf("\n");
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands);
	     i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (argc == 2 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		print_help();
	return mount_main(argc, argv);
}
