/* fuzz_ref.c - flake references: what is printed and read is printed the same
 */
#include <string.h>

#include "eval/eval.h"
#include "eval/flakeref.h"
#include "eval/source.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct flakeref_options options = {
		.allow_missing = true,
		.preserve_relative = true,
	};
	struct eval eval = { .settings.flakes = true };
	struct flake_ref ref, again;
	const char *text, *first, *second, *fragment;

	eval.arena = arena_new((size_t)64 << 20);
	if (!eval.arena)
		return 0;
	if (len > 65536 || memchr(bytes, '\0', len) || !source_root(&eval))
		goto out;
	text = arena_strndup(eval.arena, (const char *)bytes, len);
	if (!text)
		goto out;
	if (flakeref_parse(&eval, text, &options, &ref, &fragment) < 0) {
		MUST(eval_error(&eval) && *eval_error(&eval)->message);
		goto out;
	}
	MUST(!eval_error(&eval));
	MUST(flakeref_json(&eval, &ref));
	flakeref_is_locked(&ref);
	first = flakeref_print(&eval, &ref, true);
	if (!first) {
		/* A revision or a hash that is none is seen only here. */
		MUST(eval_error(&eval));
		goto out;
	}
	/* Not all can be read again: in "path://x", x is a host. */
	if (!strncmp(first, "path://", 7) ||
	    flakeref_parse(&eval, first, &options, &again, &fragment) < 0)
		goto out;
	second = flakeref_print(&eval, &again, true);
	MUST(second && !strcmp(first, second));
out:
	source_release(&eval);
	arena_free(eval.arena);
	return 0;
}
