/*
 * error.c - errors: making them, adding frames, printing them as Nix does
 */
#include "eval/error.h"

#include <stdlib.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/file.h"
#include "eval/source.h"
#include "eval/terminal.h"

/* Frames that are shown unless all are asked for; one with a position counts
 * twice. */
#define FRAMES_SHOWN 3
/* Repeated frames are printed after all if they are as few as these. */
#define REPEATED_MAX 5
/* Names that are more different than this are not suggested, */
#define SUGGEST_DISTANCE 2
/* nor more than these. */
#define SUGGEST_MAX 5

/* What there is always room for. */
static struct error memory_error = {
	.kind = ERROR_MEMORY,
	.message = "out of memory",
};

value eval_fail_memory(struct eval *ev)
{
	memory_error.frames = NULL;
	memory_error.pos = 0;
	ev->error = &memory_error;
	return 0;
}

static char *format_text(struct eval *ev, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return NULL;
	text = arena_alloc(ev->arena, (size_t)len + 1);
	if (text)
		vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

value eval_fail(struct eval *ev, enum error_kind kind, pos_t pos,
		const char *format, ...)
{
	struct error *error = arena_alloc(ev->arena, sizeof(*error));
	va_list args;

	if (!error)
		return eval_fail_memory(ev);
	memset(error, 0, sizeof(*error));
	/* eval_interrupt() makes the stack look used up. */
	error->kind = kind == ERROR_DEPTH && ev->stack_limit_saved
			      ? ERROR_INTERRUPTED
			      : kind;
	error->pos = pos;
	va_start(args, format);
	error->message = format_text(ev, format, args);
	va_end(args);
	if (!error->message)
		return eval_fail_memory(ev);
	ev->error = error;
	return 0;
}

/* Frames are a list that only grows at its head, so errors that were kept for
 * failed thunks may share their tails. */
static value add_frame(struct eval *ev, pos_t pos, char *text, bool always)
{
	struct error_frame *frame;

	if (!ev->error || !text || ev->error->kind == ERROR_MEMORY)
		return 0;
	frame = arena_alloc(ev->arena, sizeof(*frame));
	if (!frame)
		return eval_fail_memory(ev);
	frame->next = ev->error->frames;
	frame->text = text;
	frame->pos = pos;
	frame->always = always;
	ev->error->frames = frame;
	return 0;
}

value eval_frame(struct eval *ev, pos_t pos, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(ev, format, args);
	va_end(args);
	return add_frame(ev, pos, text, false);
}

value eval_frame_always(struct eval *ev, pos_t pos, const char *text)
{
	return add_frame(ev, pos, arena_strndup(ev->arena, text, strlen(text)),
			 true);
}

struct error *eval_error(struct eval *ev)
{
	return ev->error;
}

void eval_clear_error(struct eval *ev)
{
	ev->error = NULL;
}

/*
 * Suggestions.
 */

struct candidate {
	symbol name;
	int distance;
};

static int by_distance(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->distance != y->distance)
		return x->distance - y->distance;
	return symbol_compare(x->name, y->name);
}

static int min3(int a, int b, int c)
{
	int least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's distance by two rows of the matrix; row has room for both. */
static int distance(symbol from, symbol to, int *row)
{
	const char *a = symbol_bytes(from), *b = symbol_bytes(to);
	size_t a_len = symbol_len(from), b_len = symbol_len(to);
	int *last = row, *next = row + b_len + 1, *swap;

	for (size_t j = 0; j <= b_len; j++)
		last[j] = (int)j;
	for (size_t i = 0; i < a_len; i++) {
		next[0] = (int)i + 1;
		for (size_t j = 0; j < b_len; j++)
			next[j + 1] = min3(last[j + 1] + 1, next[j] + 1,
					   last[j] + (a[i] != b[j]));
		swap = last;
		last = next;
		next = swap;
	}
	return last[b_len];
}

value eval_suggest(struct eval *ev, symbol name, size_t len,
		   const symbol *candidates)
{
	size_t name_len = symbol_len(name), longest = 0, found = 0;
	struct buf text = BUF_INIT;
	struct candidate *near;
	int *row;

	/* Who is longer or shorter by more than the distance is too far. */
	for (size_t i = 0; i < len; i++)
		if (symbol_len(candidates[i]) > longest)
			longest = symbol_len(candidates[i]);
	near = malloc((len + 1) * sizeof(*near));
	row = malloc(2 * (longest + 1) * sizeof(*row));
	if (!near || !row || name_len > 4096 || !ev->error)
		goto out;
	for (size_t i = 0; i < len; i++) {
		size_t other = symbol_len(candidates[i]);
		int d;

		if (other > name_len + SUGGEST_DISTANCE ||
		    name_len > other + SUGGEST_DISTANCE)
			continue;
		d = distance(name, candidates[i], row);
		if (d <= SUGGEST_DISTANCE)
			near[found++] = (struct candidate){ candidates[i], d };
	}
	if (found == 0)
		goto out;
	qsort(near, found, sizeof(*near), by_distance);
	if (found > SUGGEST_MAX)
		found = SUGGEST_MAX;
	buf_add_text(&text,
		     found > 1 ? "Did you mean one of " : "Did you mean ");
	for (size_t i = 0; i < found; i++) {
		if (i > 0)
			buf_add_text(&text, i + 1 == found ? " or " : ", ");
		buf_add(&text, symbol_bytes(near[i].name),
			symbol_len(near[i].name));
	}
	buf_add_char(&text, '?');
	ev->error->hint = arena_strndup(ev->arena, buf_text(&text), text.len);
out:
	buf_release(&text);
	free(near);
	free(row);
	return 0;
}

/*
 * Printing.
 */

struct line {
	const char *bytes;
	size_t len;
};

/* The line that begins at *at; moves *at behind it. False past the last one,
 * which is empty in a text that ends with a line end. Lines end with \n, \r\n
 * or \r. */
static bool next_line(const char **at, const char *end, struct line *line)
{
	const char *p = *at;

	if (!p)
		return false;
	line->bytes = p;
	while (p < end && *p != '\n' && *p != '\r')
		p++;
	line->len = p - line->bytes;
	*at = NULL;
	if (p < end)
		*at = p + (*p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1);
	return true;
}

static void add_code_line(struct buf *out, uint32_t number,
			  const struct line *line)
{
	buf_add_format(out, "\n %5u| ", number);
	buf_add(out, line->bytes, line->len);
}

static void add_code(struct buf *out, const struct position *position)
{
	const char *at = position->file->text;
	const char *end = at + position->file->len;
	uint32_t number = 1;
	struct line line;

	/* A text of no bytes has no lines. */
	if (at == end)
		at = NULL;
	for (; number + 1 < position->line; number++)
		if (!next_line(&at, end, &line))
			return;
	for (; number <= position->line + 1; number++) {
		if (!next_line(&at, end, &line))
			break;
		add_code_line(out, number, &line);
		if (number == position->line && position->column)
			buf_add_format(out, "\n      |%*s^",
				       (int)position->column, "");
	}
	buf_add_char(out, '\n');
}

static bool add_position(struct eval *ev, struct buf *out, const char *indent,
			 pos_t pos)
{
	struct position position;

	if (!pos || !file_position(ev, pos, &position))
		return false;
	buf_add_format(out, "%sat %s:%u:%u:", indent, position.file->name,
		       position.line, position.column);
	add_code(out, &position);
	return true;
}

static void add_trace(struct eval *ev, struct buf *out,
		      const struct error_frame *frame, size_t *count)
{
	buf_add_format(out, "\n… %s\n", frame->text);
	if (add_position(ev, out, "  ", frame->pos))
		(*count)++;
}

/* Frames that were printed, and those that repeat them and wait. */
struct trace {
	const struct error_frame **seen, **skipped;
	size_t seen_len, skipped_len, count;
};

static void flush_skipped(struct eval *ev, struct buf *out, struct trace *t)
{
	if (t->skipped_len > REPEATED_MAX) {
		buf_add_format(out, "\n(%zu duplicate frames omitted)\n",
			       t->skipped_len);
	} else {
		for (size_t i = 0; i < t->skipped_len; i++)
			add_trace(ev, out, t->skipped[i], &t->count);
	}
	t->skipped_len = 0;
}

static bool was_seen(const struct trace *t, const struct error_frame *frame)
{
	for (size_t i = t->seen_len; i-- > 0;)
		if (t->seen[i]->pos == frame->pos &&
		    strcmp(t->seen[i]->text, frame->text) == 0)
			return true;
	return false;
}

static void add_traces(struct eval *ev, struct buf *out,
		       const struct error *error, bool show_trace)
{
	const struct error_frame *frame;
	struct trace t = { 0 };
	bool cut = false;
	size_t len = 0;

	for (frame = error->frames; frame; frame = frame->next)
		len++;
	t.seen = malloc((len + 1) * sizeof(*t.seen));
	t.skipped = malloc((len + 1) * sizeof(*t.skipped));
	if (!t.seen || !t.skipped)
		goto out;
	for (frame = error->frames; frame; frame = frame->next) {
		if (!*frame->text)
			continue;
		if (!show_trace && t.count > FRAMES_SHOWN)
			cut = true;
		if (cut && !frame->always)
			continue;
		if (was_seen(&t, frame)) {
			t.skipped[t.skipped_len++] = frame;
			continue;
		}
		t.seen[t.seen_len++] = frame;
		flush_skipped(ev, out, &t);
		t.count++;
		add_trace(ev, out, frame, &t.count);
	}
	flush_skipped(ev, out, &t);
	if (cut)
		buf_add_text(out, "\n(stack trace truncated; use '--show-trace'"
				  " to show the full, detailed trace)\n");
out:
	free(t.seen);
	free(t.skipped);
}

static size_t chomped(const char *bytes, size_t len)
{
	while (len && memchr(" \n\r\t", bytes[len - 1], 4))
		len--;
	return len;
}

/* The text with real store paths, as far as they can be found out. */
static const char *reveal(struct eval *ev, const char *text, size_t len)
{
	struct error *pending = ev->error;
	const char *shown = source_reveal(ev, text, len);

	ev->error = pending;
	return shown ? shown : text;
}

/* Every line but the first is indented by the length of prefix. */
static void print_as(struct eval *ev, const char *prefix,
		     const struct error *error, bool show_trace, FILE *out)
{
	struct buf text = BUF_INIT, shown = BUF_INIT, plain = BUF_INIT;
	const char *at, *end, *stop;
	size_t line;

	if (error->frames) {
		add_traces(ev, &text, error, show_trace);
		buf_add_format(&text, "\n%s", prefix);
	}
	buf_add_format(&text, "%s\n", error->message);
	add_position(ev, &text, "", error->pos);
	if (error->hint)
		buf_add_format(&text, "%s\n", error->hint);

	at = buf_text(&text);
	end = at + chomped(at, text.len);
	do {
		stop = memchr(at, '\n', end - at);
		if (!stop)
			stop = end;
		line = shown.len;
		if (at == text.data)
			buf_add_text(&shown, prefix);
		else
			buf_add_format(&shown, "%*s", (int)strlen(prefix), "");
		buf_add(&shown, at, stop - at);
		if (!shown.failed)
			shown.len = line + chomped(shown.data + line,
						   shown.len - line);
		buf_add_char(&shown, '\n');
		at = stop + 1;
	} while (stop < end);
	terminal_plain(&plain, buf_text(&shown), shown.len);
	fwrite(reveal(ev, buf_text(&plain), plain.len), 1, plain.len, out);
	buf_release(&text);
	buf_release(&shown);
	buf_release(&plain);
}

void error_print(struct eval *ev, const struct error *error, bool show_trace,
		 FILE *out)
{
	print_as(ev, "error: ", error, show_trace, out);
}

void error_print_warning(struct eval *ev, const struct error *error, FILE *out)
{
	print_as(ev, "warning: ", error, false, out);
}
