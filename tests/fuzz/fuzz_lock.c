/* fuzz_lock.c - lock files: what is printed is read and printed the same */
#include <string.h>

#include "eval/eval.h"
#include "eval/lock.h"
#include "eval/source.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct eval eval = { .settings.flakes = true };
	struct lock_node *root, *again;
	const char *first, *second;

	eval.arena = arena_new((size_t)64 << 20);
	if (!eval.arena || !source_root(&eval))
		goto out;
	root = lock_parse(&eval, (const char *)bytes, len, "flake.lock");
	if (!root) {
		MUST(eval_error(&eval) && *eval_error(&eval)->message);
		goto out;
	}
	if (lock_check(&eval, root) < 0) {
		MUST(eval_error(&eval));
		eval_clear_error(&eval);
	}
	first = lock_print(&eval, root);
	MUST(first);
	again = lock_parse(&eval, first, strlen(first), "again");
	MUST(again);
	second = lock_print(&eval, again);
	MUST(second && !strcmp(first, second));
out:
	source_release(&eval);
	if (eval.arena)
		arena_free(eval.arena);
	return 0;
}
