/*
 * cli_private.h - what cli.c and cli_options.c share
 */
#ifndef EVAL_CLI_PRIVATE_H
#define EVAL_CLI_PRIVATE_H

#include "eval/cli.h"
#include "eval/eval.h"
#include "eval/flake.h"

enum output { OUTPUT_PLAIN, OUTPUT_RAW, OUTPUT_JSON, OUTPUT_XML };

/* --arg and --argstr. */
struct auto_arg {
	const char *name, *text;
	bool is_expr;
};

struct cli {
	struct eval_settings settings;
	struct eval *ev;
	struct path *cwd;
	enum output output;
	bool strict, locations, from_args, from_stdin, parse_only, impure;
	/* Each has room for argc entries. */
	const char **files, **attr_paths;
	struct auto_arg *args;
	size_t files_len, attr_paths_len, args_len;
	char **search_path; /* ends with NULL; its strings are malloc'd */
	size_t search_len, search_room;
	const char *nix_path; /* the setting: if the variable is not set */
	struct attrs *auto_args;
	bool print_lock;   /* of the flake, in place of a value */
	const char *flake; /* --flake; its overrides have room for argc */
	struct flake_options flake_options;
	struct flake_override *overrides;
};

/* Read the command line. 0 or -errno, with a message printed. */
int cli_parse_args(struct cli *cli, int argc, char **argv);
/* Entries of NIX_PATH. 0 or -errno. */
int cli_add_search_list(struct cli *cli, const char *list);
/* One setting of nix.conf; text must stay. */
void cli_set_option(struct cli *cli, const char *name, const char *text);
/* The lines of the variable NIX_CONFIG, which is cut up. */
void cli_set_config(struct cli *cli, char *config);

#endif
