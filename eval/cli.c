/*
 * cli.c - flakefs eval and parse: nix-instantiate --eval and --parse, with
 * their flags and output
 */
#include "eval/cli_private.h"

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
		/* An empty name at the end is none. */
		if (!*p && !name.len)
			break;
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
	if (!v)
		goto out;
	err = format_value(cli, v, &out);
	/* What Nix has written when it fails: XML, and the JSON before a string
	 * that is not UTF-8. */
	if (err < 0 && cli->output != OUTPUT_JSON && cli->output != OUTPUT_XML)
		goto out;
	if (out.failed)
		eval_fail_memory(cli->ev);
	else
		text = buf_text(&out);
	if (text && source_has_stand_in(text, out.len))
		text = source_reveal(cli->ev, text, out.len);
	if (!text) {
		err = -1;
		goto out;
	}
	fwrite(text, 1, out.len, stdout);
	if (fflush(stdout) != 0)
		err = -1;
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
	if (flake && cli->print_lock) {
		path = lock_print(ev, flake_locks(flake));
		if (path)
			puts(path);
		return path && fflush(stdout) == 0 ? 0 : -1;
	}
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
		cli_set_option(&cli, "abort-on-warn", abort_on_warn);
	if (copy)
		cli_set_config(&cli, copy);
	if (cli_parse_args(&cli, argc, argv) < 0)
		goto out;
	if (!path)
		path = cli.nix_path;
	if (path && cli_add_search_list(&cli, path) < 0)
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
