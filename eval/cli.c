/*
 * cli.c - flakefs eval and parse: nix-instantiate --eval and --parse, with
 * their flags and output
 */
#include "eval/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eval/ast_print.h"
#include "eval/buf.h"
#include "eval/builtin.h"
#include "eval/file.h"
#include "eval/flake.h"
#include "eval/import.h"
#include "eval/interp.h"
#include "eval/json.h"
#include "eval/print.h"
#include "eval/source.h"
#include "eval/xml.h"

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
	struct attrs *auto_args;
	const char *flake; /* --flake; its overrides have room for argc */
	struct flake_options flake_options;
	struct flake_override *overrides;
};

static const char usage[] =
	"usage: flakefs parse (-E EXPR | FILE | -)...\n"
	"       flakefs eval [--strict] [--json | --xml | --raw] [-A ATTR]\n"
	"                    [--arg NAME EXPR] [--argstr NAME STRING] [-I "
	"PATH]\n"
	"                    [--pure] [--show-trace] [--no-location]\n"
	"                    (-E EXPR | FILE | -)...\n"
	"       flakefs eval --flake REF[#ATTR] [--override-input NAME REF]\n"
	"                    [--reference-lock-file FILE] [--impure] ...\n"
	"       flakefs eval --builtins\n";

/*
 * Settings.
 */

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
static int add_search_list(struct cli *cli, const char *list)
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
static void set_option(struct cli *cli, const char *name, const char *text)
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
	else if (strcmp(name, "eval-system") == 0 && *text)
		cli->settings.system = text;
	else if (strcmp(name, "system") == 0 && *text && !cli->settings.system)
		cli->settings.system = text;
}

/* The variable NIX_CONFIG: lines "name = value". */
static void set_config(struct cli *cli, char *config)
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
		set_option(cli, line, text);
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
		set_option(cli, words[0], words[1]);
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
	} else if (strcmp(arg, "--extra-experimental-features") == 0 ||
		   strcmp(arg, "--experimental-features") == 0 ||
		   strcmp(arg, "--max-call-depth") == 0 ||
		   strncmp(arg, "--lint-", 7) == 0 ||
		   strcmp(arg, "--system") == 0 ||
		   strcmp(arg, "--eval-system") == 0) {
		set_option(cli, arg + 2, words[0]);
	} else {
		return bad_usage("unrecognised flag '%s'", arg);
	}
	return 1;
}

static int parse_args(struct cli *cli, int argc, char **argv)
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

/*
 * Automatic arguments and attribute paths.
 */

static int make_auto_args(struct cli *cli)
{
	struct eval *ev = cli->ev;
	struct attrs_builder b;

	attrs_builder_init(&b, ev, cli->args_len);
	for (size_t i = 0; i < cli->args_len; i++) {
		const struct auto_arg *arg = &cli->args[i];
		struct file *file;
		value v;

		if (arg->is_expr) {
			file = file_parse(ev, arg->text, strlen(arg->text),
					  NULL, cli->cwd, "«string»", NULL);
			v = file && file->expr
				    ? value_new_thunk(ev, file->expr, NULL)
				    : 0;
		} else {
			v = value_new_cstring(ev, arg->text);
		}
		if (!v) {
			attrs_builder_release(&b);
			return -1;
		}
		if (attrs_builder_add(
			    &b, symbol_intern(arg->name, strlen(arg->name)), 0,
			    v) < 0)
			return -1;
	}
	cli->auto_args = attrs_flat(ev, attrs_builder_finish(&b, false));
	return cli->auto_args ? 0 : -1;
}

static value auto_arguments(struct cli *cli, const struct formals *formals)
{
	struct eval *ev = cli->ev;
	struct attrs_builder b;

	if (formals->ellipsis)
		return value_of_attrs(cli->auto_args);
	attrs_builder_init(&b, ev, formals->len);
	for (uint32_t i = 0; i < formals->len; i++) {
		const struct formal *formal = &formals->items[i];
		value *cell = attrs_find(cli->auto_args, formal->name);

		if (cell) {
			if (attrs_builder_add(&b, formal->name, 0, *cell) < 0)
				return 0;
		} else if (!formal->fallback) {
			attrs_builder_release(&b);
			return eval_fail(
				ev, ERROR_EVAL, formal->pos,
				"cannot evaluate a function that has an "
				"argument without a value ('%s')\n"
				"Nix attempted to evaluate a function as a top "
				"level expression; in\n"
				"this case it must have its arguments supplied "
				"either by default\n"
				"values, or passed explicitly with '--arg' or "
				"'--argstr'. See\n"
				"https://nix.dev/manual/nix/stable/language/"
				"syntax.html#functions.",
				print_symbol(ev, formal->name));
		}
	}
	return value_of_attrs(attrs_builder_finish(&b, true));
}

/* A function with formals is called with the automatic arguments. */
static value auto_call(struct cli *cli, value v)
{
	struct eval *ev = cli->ev;
	const struct function *fn;
	value *functor, arg;

	v = value_force(ev, &v);
	while (v && value_tag(v) == TAG_ATTRS) {
		functor = attrs_find(value_attrs(v), SYM_functor);
		if (!functor)
			return v;
		v = eval_call(ev, 0, *functor, 1, &v);
	}
	if (!v || value_tag(v) != TAG_FUNCTION)
		return v;
	fn = value_function(v);
	if (fn->kind != FUNCTION_LAMBDA || !fn->as.lambda->formals)
		return v;
	arg = auto_arguments(cli, fn->as.lambda->formals);
	return arg ? eval_call(ev, fn->as.lambda->e.pos, v, 1, &arg) : 0;
}

static value step_into(struct cli *cli, value v, const char *name, size_t len,
		       const char *path)
{
	struct eval *ev = cli->ev;
	char *end, number[32];
	struct attrs *set;
	value *cell;
	symbol sym;
	unsigned long index = 0;

	/* A number is an index of a list. */
	snprintf(number, sizeof(number), "%.*s", (int)len, name);
	if (len > 0 && len < sizeof(number) && number[0] >= '0' &&
	    number[0] <= '9' &&
	    (index = strtoul(number, &end, 10), *end == '\0')) {
		if (value_tag(v) != TAG_LIST)
			return eval_fail(ev, ERROR_EVAL, 0,
					 "the expression selected by the "
					 "selection path '%s' should be a list "
					 "but is %s",
					 path, value_type_name(ev, v));
		if (index >= value_list(v)->len)
			return eval_fail(ev, ERROR_EVAL, 0,
					 "list index %lu in selection path "
					 "'%s' is out of range",
					 index, path);
		return value_list(v)->items[index];
	}
	if (value_tag(v) != TAG_ATTRS)
		return eval_fail(ev, ERROR_EVAL, 0,
				 "the expression selected by the selection "
				 "path '%s' should be a set but is %s",
				 path, value_type_name(ev, v));
	if (len == 0)
		return eval_fail(ev, ERROR_EVAL, 0,
				 "empty attribute name in selection path '%s'",
				 path);
	sym = symbol_intern(name, len);
	cell = attrs_find(value_attrs(v), sym);
	if (cell)
		return *cell;
	eval_fail(ev, ERROR_EVAL, 0,
		  "attribute '%.*s' in selection path '%s' not found",
		  buf_clip(len), name, path);
	set = attrs_flat(ev, value_attrs(v));
	return set ? eval_suggest(ev, sym, shape_len(set->shape),
				  set->shape->names)
		   : 0;
}

/* The value at path in v: names separated by dots, in quotes if they have
 * some themselves. */
static value find_along(struct cli *cli, value v, const char *path)
{
	const char *p = path;
	struct buf name = BUF_INIT;

	while (v && *p) {
		buf_reset(&name);
		while (*p && *p != '.') {
			const char *close;

			if (*p != '"') {
				buf_add_char(&name, *p++);
				continue;
			}
			close = strchr(p + 1, '"');
			if (!close) {
				v = eval_fail(cli->ev, ERROR_EVAL, 0,
					      "missing closing quote in "
					      "selection path '%s'",
					      path);
				goto out;
			}
			buf_add(&name, p + 1, close - p - 1);
			p = close + 1;
		}
		v = auto_call(cli, v);
		if (v)
			v = step_into(cli, v, buf_text(&name), name.len, path);
		if (*p == '.')
			p++;
	}
out:
	buf_release(&name);
	return v;
}

/*
 * Output.
 */

static int format_value(struct cli *cli, value v, struct buf *out)
{
	struct eval *ev = cli->ev;
	const struct context *context = NULL;
	struct string *s;

	switch (cli->output) {
	case OUTPUT_RAW:
		v = eval_coerce(ev, &v, 0,
				"while generating the nix-instantiate output",
				COERCE_COPY_PATHS);
		if (!v)
			return -1;
		s = value_string(v);
		buf_add(out, s->bytes, s->len);
		return 0;
	case OUTPUT_JSON:
		if (json_write(ev, &v, 0,
			       /* As nix-instantiate, not nix eval. */
			       (cli->flake ? 0 : JSON_COPY_PATHS) |
				       (cli->strict ? JSON_STRICT : 0),
			       out, &context) < 0)
			return -1;
		buf_add_char(out, '\n');
		return 0;
	case OUTPUT_XML:
		return xml_write(ev, &v, 0,
				 (cli->strict ? XML_STRICT : 0) |
					 (cli->locations ? XML_LOCATIONS : 0),
				 out, &context);
	case OUTPUT_PLAIN:
		break;
	}
	if (cli->strict && !value_force_deep(ev, &v))
		return -1;
	if (print_ambiguous(ev, v, cli->strict, out) < 0)
		return -1;
	buf_add_char(out, '\n');
	return 0;
}

static int print_value(struct cli *cli, value v)
{
	struct buf out = BUF_INIT;
	const char *text = NULL;
	int err = -1;

	if (cli->args_len)
		v = auto_call(cli, v);
	if (!v || format_value(cli, v, &out) < 0)
		goto out;
	if (out.failed) {
		eval_fail_memory(cli->ev);
		goto out;
	}
	text = buf_text(&out);
	if (source_has_stand_in(text, out.len))
		text = source_reveal(cli->ev, text, out.len);
	if (!text)
		goto out;
	fwrite(text, 1, out.len, stdout);
	err = fflush(stdout) == 0 ? 0 : -1;
out:
	buf_release(&out);
	return err;
}

static int print_syntax(struct cli *cli, const struct file *file)
{
	struct buf out = BUF_INIT;
	int err = ast_print(cli->ev, &out, file->expr);

	if (err == 0) {
		buf_add_char(&out, '\n');
		fwrite(buf_text(&out), 1, out.len, stdout);
		err = fflush(stdout) == 0 ? 0 : -1;
	}
	buf_release(&out);
	return err;
}

static int process(struct cli *cli, struct file *file)
{
	struct eval *ev = cli->ev;
	value root, v;

	if (!file || !file->expr)
		return -1;
	if (cli->parse_only)
		return print_syntax(cli, file);
	root = eval_expr(ev, file->expr, NULL);
	if (!root)
		return -1;
	for (size_t i = 0; i < cli->attr_paths_len; i++) {
		v = find_along(cli, root, cli->attr_paths[i]);
		if (v)
			v = value_force(ev, &v);
		if (!v || print_value(cli, v) < 0)
			return -1;
	}
	return 0;
}

/* --flake REF#ATTR: in packages and legacyPackages of the system first, as
 * `nix eval` looks; ".ATTR" only in the outputs themselves. */
static int process_flake(struct cli *cli)
{
	struct flakeref_options options = { 0 };
	struct eval *ev = cli->ev;
	const char *fragment, *path;
	struct flake_ref ref;
	struct flake *flake;
	struct buf attr = BUF_INIT;
	value root, v = 0;
	int err = -1;

	options.base = source_text(ev, cli->cwd);
	cli->flake_options.overrides = cli->overrides;
	if (flakeref_parse(ev, cli->flake, &options, &ref, &fragment) < 0)
		return -1;
	flake = flake_load_ref(ev, &ref, &cli->flake_options);
	root = flake ? flake_outputs(ev, flake) : 0;
	if (!root)
		return -1;
	for (int i = 0; i < 3 && !v; i++) {
		static const char *const prefixes[] = { "packages",
							"legacyPackages" };
		const struct error *error;

		buf_reset(&attr);
		if (fragment[0] == '.' || i == 2)
			buf_add_text(&attr, fragment + (fragment[0] == '.'));
		else
			buf_add_format(&attr, "%s.%s.%s", prefixes[i],
				       ev->settings.system,
				       *fragment ? fragment : "default");
		path = arena_strndup(ev->arena, buf_text(&attr), attr.len);
		eval_clear_error(ev);
		v = path ? find_along(cli, root, path) : 0;
		error = eval_error(ev);
		if (!v && !strstr(error->message, "not found"))
			break;
	}
	v = v ? value_force(ev, &v) : 0;
	if (v && print_value(cli, v) == 0)
		err = 0;
	buf_release(&attr);
	return err;
}

/*
 * Input.
 */

static struct file *parse_stdin(struct cli *cli)
{
	struct buf text = BUF_INIT;
	char piece[65536];
	size_t n;
	char *copy;

	while ((n = fread(piece, 1, sizeof(piece), stdin)) > 0)
		buf_add(&text, piece, n);
	copy = text.failed ? NULL
			   : arena_strndup(cli->ev->arena, buf_text(&text),
					   text.len);
	n = text.len;
	buf_release(&text);
	if (!copy) {
		eval_fail_memory(cli->ev);
		return NULL;
	}
	return file_parse(cli->ev, copy, n, NULL, cli->cwd, "«stdin»", NULL);
}

/* FILE, or <name> of the search path. */
static struct file *parse_file(struct cli *cli, const char *name)
{
	struct eval *ev = cli->ev;
	size_t len = strlen(name);
	struct path *path;
	value v;

	if (len > 2 && name[0] == '<' && name[len - 1] == '>') {
		v = eval_string(ev, name, len, cli->cwd, "«string»");
		path = v ? eval_path(ev, &v, 0, "") : NULL;
	} else if (name[0] == '/') {
		path = source_path(ev, name, len);
	} else {
		path = source_join(ev, cli->cwd, name, len);
	}
	path = path ? import_resolve(ev, path) : NULL;
	return path ? import_parse(ev, path, NULL) : NULL;
}

static int run(void *arg)
{
	struct cli *cli = arg;
	struct eval *ev;
	char *cwd = getcwd(NULL, 0);
	int err = -1;

	ev = cli->ev = eval_new(&cli->settings);
	if (!ev || !cwd) {
		fprintf(stderr, "error: out of memory\n");
		goto out;
	}
	cli->cwd = source_path(ev, cwd, strlen(cwd));
	if (!cli->cwd || make_auto_args(cli) < 0)
		goto out;
	if (cli->flake && process_flake(cli) < 0)
		goto out;
	if (cli->from_stdin && process(cli, parse_stdin(cli)) < 0)
		goto out;
	for (size_t i = 0; i < cli->files_len; i++) {
		const char *text = cli->files[i];
		struct file *file;

		file = cli->from_args ? file_parse(ev, text, strlen(text), NULL,
						   cli->cwd, "«string»", NULL)
				      : parse_file(cli, text);
		if (process(cli, file) < 0)
			goto out;
	}
	err = 0;
out:
	if (err && ev && ev->error)
		error_print(ev, ev->error, ev->settings.show_trace, stderr);
	free(cwd);
	return err ? 1 : 0;
}

static int run_command(int argc, char **argv, bool parse_only)
{
	struct cli cli = {
		.settings = { .max_call_depth = 10000, .messages = stderr },
		.locations = true,
		.parse_only = parse_only,
	};
	const char *path = getenv("NIX_PATH"), *config = getenv("NIX_CONFIG");
	const char *abort_on_warn = getenv("NIX_ABORT_ON_WARN");
	char *copy = config ? strdup(config) : NULL;
	int status = 1;

	cli.files = calloc(argc + 1, sizeof(*cli.files));
	cli.attr_paths = calloc(argc + 1, sizeof(*cli.attr_paths));
	cli.args = calloc(argc + 1, sizeof(*cli.args));
	cli.overrides = calloc(argc + 1, sizeof(*cli.overrides));
	if (!cli.files || !cli.attr_paths || !cli.args || !cli.overrides ||
	    (config && !copy)) {
		fprintf(stderr, "error: out of memory\n");
		goto out;
	}
	if (abort_on_warn)
		set_option(&cli, "abort-on-warn", abort_on_warn);
	if (copy)
		set_config(&cli, copy);
	if (parse_args(&cli, argc, argv) < 0)
		goto out;
	if (path && add_search_list(&cli, path) < 0)
		goto out;
	cli.settings.search_path = (const char *const *)cli.search_path;
	status = eval_run_on_stack(run, &cli);
out:
	for (size_t i = 0; i < cli.search_len; i++)
		free(cli.search_path[i]);
	free(cli.search_path);
	free(cli.files);
	free(cli.attr_paths);
	free(cli.args);
	free(cli.overrides);
	free(copy);
	return status;
}

int cli_eval(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--builtins") == 0)
		return builtin_doc(stdout) < 0;
	return run_command(argc, argv, false);
}

int cli_parse(int argc, char **argv)
{
	return run_command(argc, argv, true);
}
