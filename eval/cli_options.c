/*
 * cli_options.c - the flags and settings of flakefs eval
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/build.h"
#include "eval/cli_private.h"

static const char usage[] =
	"usage: flakefs parse (-E EXPR | FILE | -)...\n"
	"       flakefs eval [--strict] [--json | --xml | --raw] [-A ATTR]\n"
	"                    [--arg NAME EXPR] [--argstr NAME STRING] [-I "
	"PATH]\n"
	"                    [--pure] [--show-trace] [--no-location]\n"
	"                    (-E EXPR | FILE | -)...\n"
	"       flakefs eval --flake REF[#ATTR] [--override-input NAME REF]\n"
	"                    [--reference-lock-file FILE] [--impure] "
	"[--realise]\n"
	"                    [--print-lock] ...\n"
	"       flakefs eval --builtins\n";

static int add_search(struct cli *cli, const char *entry, size_t len)
{
	size_t room;
	char **grown;

	if (cli->search_len + 1 >= cli->search_room) {
		room = cli->search_room ? cli->search_room * 2 : 16;
		grown = realloc(cli->search_path, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		cli->search_path = grown;
		cli->search_room = room;
	}
	cli->search_path[cli->search_len] = strndup(entry, len);
	if (!cli->search_path[cli->search_len])
		return -ENOMEM;
	cli->search_path[++cli->search_len] = NULL;
	return 0;
}

/* Entries are separated by colons; one followed by "//" belongs to a URL, and
 * so does that of "flake:" and the like. */
int cli_add_search_list(struct cli *cli, const char *list)
{
	while (*list) {
		const char *end = list;
		int err;

		while (*end && !(*end == ':' && strncmp(end, "://", 3) != 0 &&
				 !(end - list >= 5 &&
				   strncmp(end - 5, "flake", 5) == 0)))
			end++;
		if (end > list) {
			err = add_search(cli, list, end - list);
			if (err < 0)
				return err;
		}
		list = *end ? end + 1 : end;
	}
	return 0;
}

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = strstr(list, word); p; p = strstr(p + 1, word))
		if ((p == list || strchr(" \t=", p[-1])) &&
		    (p[len] == '\0' || strchr(" \t\r\n", p[len])))
			return true;
	return false;
}

static void set_features(struct cli *cli, const char *list)
{
	if (has_word(list, "flakes") || has_word(list, "fetch-tree"))
		cli->settings.flakes = true;
	if (has_word(list, "parse-toml-timestamps"))
		cli->settings.toml_timestamps = true;
	if (has_word(list, "pipe-operators"))
		cli->settings.pipe_operators = true;
}

static bool is_true(const char *text)
{
	return strcmp(text, "true") == 0 || strcmp(text, "yes") == 0 ||
	       strcmp(text, "1") == 0;
}

static enum lint lint_level(const char *text)
{
	return strcmp(text, "fatal") == 0  ? LINT_FATAL
	       : strcmp(text, "warn") == 0 ? LINT_WARN
					   : LINT_IGNORE;
}

/* A setting of nix.conf; those that mean nothing here are passed over. */
void cli_set_option(struct cli *cli, const char *name, const char *text)
{
	if (strcmp(name, "experimental-features") == 0 ||
	    strcmp(name, "extra-experimental-features") == 0)
		set_features(cli, text);
	else if (strcmp(name, "pure-eval") == 0)
		cli->settings.pure = is_true(text);
	else if (strcmp(name, "trace-verbose") == 0)
		cli->settings.trace_verbose = is_true(text);
	else if (strcmp(name, "abort-on-warn") == 0)
		cli->settings.abort_on_warn = is_true(text);
	else if (strcmp(name, "show-trace") == 0)
		cli->settings.show_trace = is_true(text);
	else if (strcmp(name, "lint-url-literals") == 0)
		cli->settings.lint_urls = lint_level(text);
	else if (strcmp(name, "lint-short-path-literals") == 0)
		cli->settings.lint_short_paths = lint_level(text);
	else if (strcmp(name, "lint-absolute-path-literals") == 0)
		cli->settings.lint_absolute_paths = lint_level(text);
	else if (strcmp(name, "max-call-depth") == 0)
		cli->settings.max_call_depth = strtoul(text, NULL, 10);
	else if (strcmp(name, "nix-path") == 0)
		cli->nix_path = text;
	else if (strcmp(name, "eval-system") == 0 && *text)
		cli->settings.system = text;
	else if (strcmp(name, "system") == 0 && *text && !cli->settings.system)
		cli->settings.system = text;
}

/* The variable NIX_CONFIG: lines "name = value". */
void cli_set_config(struct cli *cli, char *config)
{
	char *save = NULL, *line, *text, *end;

	for (line = strtok_r(config, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		text = strchr(line, '=');
		if (!text)
			continue;
		*text++ = '\0';
		line += strspn(line, " \t");
		for (end = line + strlen(line);
		     end > line && strchr(" \t", end[-1]); end--)
			end[-1] = '\0';
		text += strspn(text, " \t");
		cli_set_option(cli, line, text);
	}
}

static int bad_usage(const char *format, const char *word)
	__attribute__((format(printf, 1, 0)));

static int bad_usage(const char *format, const char *word)
{
	fprintf(stderr, "error: ");
	fprintf(stderr, format, word);
	fprintf(stderr, "\n%s", usage);
	return -EINVAL;
}

/* A flag that is alone; false if it is none. */
static bool parse_switch(struct cli *cli, const char *arg)
{
	static const char *const ignored[] = {
		"--eval",
		"--eval-only",
		"--impure",
		"--read-only",
		"--readonly-mode",
		"--dry-run",
		"--read-write-mode",
		"--indirect",
		"--quiet",
		"--verbose",
		"-v",
		"--debug",
		"--no-build-output",
		"-Q",
	};

	if (strcmp(arg, "--strict") == 0)
		cli->strict = true;
	else if (strcmp(arg, "--json") == 0)
		cli->output = OUTPUT_JSON;
	else if (strcmp(arg, "--xml") == 0)
		cli->output = OUTPUT_XML;
	else if (strcmp(arg, "--raw") == 0)
		cli->output = OUTPUT_RAW;
	else if (strcmp(arg, "--no-location") == 0)
		cli->locations = false;
	else if (strcmp(arg, "--pure") == 0 || strcmp(arg, "--pure-eval") == 0)
		cli->settings.pure = true;
	else if (strcmp(arg, "--realise") == 0)
		build_start();
	else if (strcmp(arg, "--print-lock") == 0)
		cli->print_lock = true;
	else if (strcmp(arg, "--show-trace") == 0)
		cli->settings.show_trace = true;
	else if (strcmp(arg, "--no-show-trace") == 0)
		cli->settings.show_trace = false;
	else if (strcmp(arg, "--trace-verbose") == 0)
		cli->settings.trace_verbose = true;
	else if (strcmp(arg, "-E") == 0 || strcmp(arg, "--expr") == 0)
		cli->from_args = true;
	else if (strcmp(arg, "-") == 0)
		cli->from_stdin = true;
	else {
		for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
			if (strcmp(arg, ignored[i]) == 0) {
				if (strcmp(arg, "--impure") == 0) {
					cli->settings.pure = false;
					cli->impure = true;
				}
				return true;
			}
		return false;
	}
	return true;
}

/* Is arg a flag that one word follows? */
static bool takes_word(const char *arg)
{
	static const char *const flags[] = {
		"-A",
		"--attr",
		"--flake",
		"--reference-lock-file",
		"-I",
		"--include",
		/* Settings. */
		"--extra-experimental-features",
		"--experimental-features",
		"--max-call-depth",
		"--lint-url-literals",
		"--lint-short-path-literals",
		"--lint-absolute-path-literals",
		"--system",
		"--eval-system",
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (strcmp(arg, flags[i]) == 0)
			return true;
	return false;
}

/* A flag with words of its own. How many, 0 if it is no flag, or -errno. */
static int parse_option(struct cli *cli, const char *arg, char **words, int len)
{
	bool arg_expr = strcmp(arg, "--arg") == 0;

	if (arg_expr || strcmp(arg, "--argstr") == 0) {
		if (len < 2)
			return bad_usage("flag '%s' requires 2 arguments", arg);
		cli->args[cli->args_len++] =
			(struct auto_arg){ words[0], words[1], arg_expr };
		return 2;
	}
	if (strcmp(arg, "--option") == 0) {
		if (len < 2)
			return bad_usage("flag '%s' requires 2 arguments", arg);
		cli_set_option(cli, words[0], words[1]);
		return 2;
	}
	if (strcmp(arg, "--override-input") == 0) {
		if (len < 2)
			return bad_usage("flag '%s' requires 2 arguments", arg);
		cli->overrides[cli->flake_options.noverrides++] =
			(struct flake_override){ words[0], words[1] };
		return 2;
	}
	if (strncmp(arg, "-I", 2) == 0 && arg[2]) {
		int err = add_search(cli, arg + 2, strlen(arg + 2));

		return err < 0 ? err : 0;
	}
	if (!takes_word(arg))
		return bad_usage("unrecognised flag '%s'", arg);
	if (len < 1)
		return bad_usage("flag '%s' requires 1 argument", arg);
	if (strcmp(arg, "-A") == 0 || strcmp(arg, "--attr") == 0) {
		cli->attr_paths[cli->attr_paths_len++] = words[0];
	} else if (strcmp(arg, "--flake") == 0) {
		cli->flake = words[0];
		cli->settings.flakes = true;
		cli->settings.pure = !cli->impure;
	} else if (strcmp(arg, "--reference-lock-file") == 0) {
		cli->flake_options.reference_lock = words[0];
	} else if (strcmp(arg, "-I") == 0 || strcmp(arg, "--include") == 0) {
		int err = add_search(cli, words[0], strlen(words[0]));

		if (err < 0)
			return err;
	} else {
		cli_set_option(cli, arg + 2, words[0]);
	}
	return 1;
}

int cli_parse_args(struct cli *cli, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int used;

		if (parse_switch(cli, argv[i]))
			continue;
		if (argv[i][0] != '-' || !argv[i][1]) {
			cli->files[cli->files_len++] = argv[i];
			continue;
		}
		used = parse_option(cli, argv[i], argv + i + 1, argc - i - 1);
		if (used < 0)
			return used;
		i += used;
	}
	if (cli->attr_paths_len == 0)
		cli->attr_paths[cli->attr_paths_len++] = "";
	if (cli->files_len == 0 && !cli->from_args && !cli->from_stdin &&
	    !cli->flake)
		cli->files[cli->files_len++] = "./default.nix";
	return 0;
}
