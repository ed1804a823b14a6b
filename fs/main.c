/*
 * main.c - the program: a table of its commands
 */
#include <stdio.h>
#include <string.h>

#include "eval/cli.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{ "eval", cli_eval,
	  "evaluate an expression, as nix-instantiate --eval" },
};

static int usage(FILE *out)
{
	fprintf(out, "usage: flakefs COMMAND ...\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
	return out == stderr ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage(stderr);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	fprintf(stderr, "flakefs: no such command: %s\n", argv[1]);
	return usage(stderr);
}
