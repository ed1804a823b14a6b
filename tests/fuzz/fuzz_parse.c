/* fuzz_parse.c - any bytes are parsed or refused, and print the same again */
#include <stdlib.h>
#include <string.h>

#include "eval/ast_print.h"
#include "eval/attrs.h"
#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/parse.h"
#include "eval/source.h"
#include "tests/fuzz/target.h"

/* What one input may take, bytes. */
#define ARENA_MAX ((size_t)256 << 20)

/* What the evaluator keeps is found through its arena, where the leak checker
 * does not look. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:eval_globals_init\nleak:shape_search\n";
}

static struct eval *the_eval(void)
{
	static const struct eval_settings settings = {
		.system = "x86_64-linux",
		.pipe_operators = true,
	};
	static struct eval *ev;

	if (ev)
		return ev;
	ev = eval_new(&settings);
	/* What is made when first asked for must outlast an input. */
	if (!ev || !source_root(ev))
		abort();
	return ev;
}

/* Parse and print, with an arena and shapes of its own, given back at the end:
 * the evaluator keeps what it was made with. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eval *ev = the_eval();
	struct arena *arena = ev->arena;
	struct shape_table *shapes = ev->shapes;
	struct parse_input in = { .len = size, .base = 1 };
	struct buf out = BUF_INIT;
	struct expr *e;
	char *text;

	/* Without a byte behind it: reading on is noticed. */
	text = malloc(size + !size);
	ev->arena = in.arena = arena_new(ARENA_MAX);
	ev->shapes = shape_table_new();
	if (!text || !in.arena || !ev->shapes)
		abort();
	memcpy(text, data, size);
	in.text = text;
	eval_clear_error(ev);
	e = parse_text(ev, &in);
	if (!e != !!eval_error(ev))
		abort();
	if (e && ast_print(ev, &out, e) < 0 && !eval_error(ev))
		abort();

	eval_clear_error(ev);
	buf_release(&out);
	free(text);
	arena_free(ev->arena);
	shape_table_free(ev->shapes);
	ev->arena = arena;
	ev->shapes = shapes;
	return 0;
}
