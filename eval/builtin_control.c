/*
 * builtin_control.c - builtins that steer evaluation or ask what a value is
 */
#include <string.h>

#include "eval/buf.h"
#include "eval/builtin.h"
#include "eval/print.h"
#include "eval/source.h"
#include "eval/terminal.h"

static value abort_(struct eval *ev, pos_t pos, value *args)
{
	value text = eval_coerce(ev, &args[0], NO_POS,
				 "while evaluating the error message passed to "
				 "builtins.abort",
				 COERCE_COPY_PATHS);

	if (!text)
		return 0;
	return eval_fail(ev, ERROR_ABORT, NO_POS,
			 "evaluation aborted with the following error "
			 "message: '%s'",
			 value_string(text)->bytes);
}

static value throw_(struct eval *ev, pos_t pos, value *args)
{
	value text = eval_coerce(ev, &args[0], NO_POS,
				 "while evaluating the error message passed to "
				 "builtin.throw",
				 COERCE_COPY_PATHS);

	if (!text)
		return 0;
	return eval_fail(ev, ERROR_THROW, NO_POS, "%s",
			 value_string(text)->bytes);
}

/*
 * The message is evaluated only when there is something to add it to. That
 * may fail or catch errors itself, so the error is put aside meanwhile.
 */
static value add_error_context(struct eval *ev, pos_t pos, value *args)
{
	struct error *error;
	value result, text;

	result = value_force(ev, &args[1]);
	if (result)
		return result;

	error = eval_error(ev);
	eval_clear_error(ev);
	text = eval_coerce(ev, &args[0], NO_POS,
			   "while evaluating the error message passed to "
			   "builtins.addErrorContext",
			   0);
	if (!text)
		return 0;
	ev->error = error;
	return eval_frame_always(ev, NO_POS, value_string(text)->bytes);
}

static value try_eval(struct eval *ev, pos_t pos, value *args)
{
	uint32_t depth = ev->call_depth;
	value v = value_force(ev, &args[0]);
	symbol success;

	if (!v) {
		if (eval_error(ev)->kind > ERROR_MISSING_PATH)
			return 0;
		eval_clear_error(ev);
		ev->call_depth = depth;
		args[0] = VALUE_FALSE;
	}
	success = symbol_of("success");
	if (!success)
		return eval_fail_memory(ev);
	return builtin_pair(ev, success, value_bool(v), SYM_value, args[0]);
}

/* There is no debugger to break into. Nix hands on the argument unforced, so
 * that its errors have no frame of this call. */
static value break_(struct eval *ev, pos_t pos, value *args)
{
	return value_force(ev, &args[0]);
}

static value seq(struct eval *ev, pos_t pos, value *args)
{
	if (!value_force(ev, &args[0]))
		return 0;
	return value_force(ev, &args[1]);
}

static value deep_seq(struct eval *ev, pos_t pos, value *args)
{
	if (!value_force_deep(ev, &args[0]))
		return 0;
	return value_force(ev, &args[1]);
}

/* Write a message of several parts, and forget it. */
static int say(struct eval *ev, struct buf *message)
{
	struct buf plain = BUF_INIT;
	const char *text;

	terminal_plain(&plain, buf_text(message), message->len);
	buf_add_char(&plain, '\n');
	if (message->failed || plain.failed) {
		buf_release(message);
		buf_release(&plain);
		eval_fail_memory(ev);
		return -1;
	}
	text = plain.data;
	if (ev->settings.messages)
		text = source_reveal(ev, plain.data, plain.len);
	if (text && ev->settings.messages)
		fwrite(text, 1, plain.len, ev->settings.messages);
	buf_release(message);
	buf_release(&plain);
	return text ? 0 : -1;
}

static value trace(struct eval *ev, pos_t pos, value *args)
{
	struct buf message = BUF_INIT;
	value v = value_force(ev, &args[0]);

	if (!v)
		return 0;
	buf_add_text(&message, "trace: ");
	if (value_tag(v) == TAG_STRING)
		buf_add(&message, value_string(v)->bytes, value_string(v)->len);
	else if (print_whole(ev, args[0], &message) < 0) {
		buf_release(&message);
		return 0;
	}
	if (say(ev, &message) < 0)
		return 0;
	return value_force(ev, &args[1]);
}

static value trace_verbose(struct eval *ev, pos_t pos, value *args)
{
	if (ev->settings.trace_verbose)
		return trace(ev, pos, args);
	return value_force(ev, &args[1]);
}

/* Drop white space at the end of what was added to buf after start. */
static void chomp(struct buf *buf, size_t start)
{
	while (buf->len > start && strchr(" \n\r\t", buf->data[buf->len - 1]))
		buf->len--;
}

/* Further lines of a warning are indented by the width of its prefix. */
static value warn(struct eval *ev, pos_t pos, value *args)
{
	static const char prefix[] = "evaluation warning: ";
	struct buf message = BUF_INIT;
	const char *line, *end;
	struct string *text;
	size_t len;

	text = eval_string_value(ev, &args[0], NO_POS,
				 "while evaluating the first argument; the "
				 "message passed to builtins.warn");
	if (!text)
		return 0;

	len = text->len;
	while (len && strchr(" \n\r\t", text->bytes[len - 1]))
		len--;
	end = text->bytes + len;
	for (line = text->bytes; len && line <= end;) {
		const char *stop = memchr(line, '\n', end - line);
		size_t start = message.len;

		if (!stop)
			stop = end;
		if (line == text->bytes)
			buf_add_text(&message, prefix);
		else
			buf_add_format(&message, "\n%*s",
				       (int)sizeof(prefix) - 1, "");
		buf_add(&message, line, stop - line);
		if (!message.failed)
			chomp(&message, start + (start > 0));
		line = stop + 1;
	}
	if (say(ev, &message) < 0)
		return 0;
	if (ev->settings.abort_on_warn)
		return eval_fail(ev, ERROR_ABORT, NO_POS,
				 "aborting to reveal stack trace of warning, "
				 "as abort-on-warn is set");
	return value_force(ev, &args[1]);
}

static value type_of(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]), name;
	const char *text;

	if (!v)
		return 0;
	text = value_type_of(v);
	name = symbol_string(symbol_of(text));
	return name ? name : eval_fail_memory(ev);
}

static value is_null(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(v == VALUE_NULL) : 0;
}

static value is_attrs(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(value_tag(v) == TAG_ATTRS) : 0;
}

static value is_list(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(value_tag(v) == TAG_LIST) : 0;
}

static value is_function(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(value_tag(v) == TAG_FUNCTION) : 0;
}

static value is_string(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(value_tag(v) == TAG_STRING) : 0;
}

static value is_int(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(value_is_int(v)) : 0;
}

static value is_float(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(value_is_float(v)) : 0;
}

static value is_bool(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(value_is_bool(v)) : 0;
}

static value is_path(struct eval *ev, pos_t pos, value *args)
{
	value v = value_force(ev, &args[0]);

	return v ? value_bool(value_is_path(v)) : 0;
}

static value function_args(struct eval *ev, pos_t pos, value *args)
{
	const struct function *function;
	const struct formals *formals;
	struct attrs_builder builder;
	value v = value_force(ev, &args[0]);

	if (!v)
		return 0;
	if (value_tag(v) != TAG_FUNCTION)
		return eval_fail(ev, ERROR_EVAL, NO_POS,
				 "'functionArgs' requires a function");
	function = value_function(v);
	if (function->kind != FUNCTION_LAMBDA || !function->as.lambda->formals)
		return value_of_attrs(attrs_empty());

	formals = function->as.lambda->formals;
	attrs_builder_init(&builder, ev, formals->len);
	for (uint32_t i = 0; i < formals->len; i++) {
		const struct formal *formal = &formals->items[i];

		if (attrs_builder_add(&builder, formal->name, formal->pos,
				      value_bool(formal->fallback)) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&builder, true));
}

const struct builtin builtin_control_table[] = {
	{
		.name = "abort",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "abort message: stop; tryEval does not catch it.",
		.run = abort_,
		.strict = 1,
	},
	{
		.name = "addErrorContext",
		.arity = 2,
		.flags = BUILTIN_NO_FRAME,
		.doc = "addErrorContext message x: x; if it fails, message "
		       "is in the trace.",
		.run = add_error_context,
	},
	{
		.name = "break",
		.arity = 1,
		.flags = BUILTIN_GLOBAL | BUILTIN_NO_FRAME,
		.doc = "break x: x. (A debugger would stop here.)",
		.run = break_,
		.strict = 1,
	},
	{
		.name = "deepSeq",
		.arity = 2,
		.doc = "deepSeq x y: y, after evaluating x and all that is "
		       "in it.",
		.run = deep_seq,
	},
	{
		.name = "functionArgs",
		.arity = 1,
		.doc = "functionArgs f: the names that f takes from its "
		       "argument set, each true if it has a default.",
		.run = function_args,
		.strict = 1,
	},
	{
		.name = "isAttrs",
		.arity = 1,
		.doc = "isAttrs x: is x a set?",
		.run = is_attrs,
		.strict = 1,
	},
	{
		.name = "isBool",
		.arity = 1,
		.doc = "isBool x: is x true or false?",
		.run = is_bool,
		.strict = 1,
	},
	{
		.name = "isFloat",
		.arity = 1,
		.doc = "isFloat x: is x a float?",
		.run = is_float,
		.strict = 1,
	},
	{
		.name = "isFunction",
		.arity = 1,
		.doc = "isFunction x: is x a function?",
		.run = is_function,
		.strict = 1,
	},
	{
		.name = "isInt",
		.arity = 1,
		.doc = "isInt x: is x an integer?",
		.run = is_int,
		.strict = 1,
	},
	{
		.name = "isList",
		.arity = 1,
		.doc = "isList x: is x a list?",
		.run = is_list,
		.strict = 1,
	},
	{
		.name = "isNull",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "isNull x: is x null?",
		.run = is_null,
		.strict = 1,
	},
	{
		.name = "isPath",
		.arity = 1,
		.doc = "isPath x: is x a path?",
		.run = is_path,
		.strict = 1,
	},
	{
		.name = "isString",
		.arity = 1,
		.doc = "isString x: is x a string?",
		.run = is_string,
		.strict = 1,
	},
	{
		.name = "seq",
		.arity = 2,
		.doc = "seq x y: y, after evaluating x.",
		.run = seq,
		.strict = 3,
	},
	{
		.name = "throw",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "throw message: fail; tryEval catches it.",
		.run = throw_,
		.strict = 1,
	},
	{
		.name = "trace",
		.arity = 2,
		.doc = "trace x y: y, after writing x as a message.",
		.run = trace,
		.strict = 1,
	},
	{
		.name = "traceVerbose",
		.arity = 2,
		.doc = "traceVerbose x y: trace x y if asked for by "
		       "--trace-verbose, else y.",
		.run = trace_verbose,
	},
	{
		.name = "tryEval",
		.arity = 1,
		.doc = "tryEval x: { success = true; value = x; }, or both "
		       "false if evaluating x throws or an assertion "
		       "fails.",
		.run = try_eval,
	},
	{
		.name = "typeOf",
		.arity = 1,
		.doc = "typeOf x: \"int\", \"bool\", \"string\", \"path\", "
		       "\"null\", \"set\", \"list\", \"lambda\" or "
		       "\"float\".",
		.run = type_of,
		.strict = 1,
	},
	{
		.name = "warn",
		.arity = 2,
		.doc = "warn message x: x, after writing the message as a "
		       "warning.",
		.run = warn,
		.strict = 1,
	},
	{ .name = NULL },
};
