/*
 * fuzz_edit.c - any text is edited so that it still parses, or refused
 *
 * The first line of an input is the path, names separated by slashes, then a
 * space and the value; the rest is the module's text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/edit.h"
#include "tests/fuzz/target.h"

enum { NAMES_MAX = 16, LINE_MAX_LEN = 256 };

static void edit(const char *text, size_t text_len, const char *path,
		 const char *value, unsigned flags)
{
	struct wire_text names[NAMES_MAX];
	struct buf out = BUF_INIT, again = BUF_INIT, err = BUF_INIT;
	char *copy = strdup(path), *rest = copy, *name;
	size_t len = 0;
	uint32_t line;

	while (copy && len < NAMES_MAX && (name = strsep(&rest, "/")))
		names[len++] = wire_text(name);
	if (edit_set(text, text_len, NULL, names, len, value, flags, &out,
		     &line, &err) < 0) {
		if (!err.len || out.len)
			abort();
	} else {
		/* What an edit wrote can be edited. */
		buf_reset(&err);
		if (edit_set(buf_text(&out), out.len, NULL, names, len, value,
			     flags, &again, &line, &err) < 0) {
			fprintf(stderr, "%s\n%s\n", buf_text(&out),
				buf_text(&err));
			abort();
		}
	}
	buf_release(&out);
	buf_release(&again);
	buf_release(&err);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	char line[LINE_MAX_LEN], *space, *text;
	size_t len = end ? (size_t)(end - data) : 0;
	unsigned flags;

	if (!len || len >= sizeof(line))
		return 0;
	memcpy(line, data, len);
	line[len] = '\0';
	space = strchr(line, ' ');
	if (!space || memchr(line, '\0', len))
		return 0;
	*space = '\0';
	/* Without a byte behind it: reading on is noticed. */
	size -= len + 1;
	text = malloc(size + !size);
	if (!text)
		abort();
	memcpy(text, end + 1, size);
	for (flags = 0; flags <= EDIT_FORCE; flags++) {
		edit(text, size, line, "true", flags);
		edit(text, size, line, "-1", flags);
		edit(text, size, line, "[ 1 \"x\" ]", flags);
		edit(text, size, line, "[ ]", flags);
	}
	free(text);
	return 0;
}
