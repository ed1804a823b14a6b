/* fuzz_drv.c - .drv files: what is read and printed is read the same again */
#include <string.h>

#include "eval/drv_table.h"
#include "tests/fuzz/target.h"

static int no_file(void *ctx, const char *path, size_t len, struct buf *text,
		   struct buf *err)
{
	return buf_fail(err, "not there");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct drv_table_ops ops = { .load = no_file };
	struct buf first = BUF_INIT, second = BUF_INIT, err = BUF_INIT;
	struct drv_table *table = drv_table_new(&ops);
	struct storepath path;
	struct drv drv, again;

	if (drv_parse(&drv, "x", 1, (const char *)bytes, len, &err) == 0) {
		drv_print(&drv, false, &first, NULL);
		MUST(drv_parse(&again, "x", 1, first.data, first.len, &err) ==
		     0);
		drv_print(&again, false, &second, NULL);
		MUST(first.len == second.len &&
		     memcmp(first.data, second.data, first.len) == 0);
		drv_table_add(table, &again, &path, &err);
		drv_release(&again);
		drv_release(&drv);
	} else {
		MUST(err.len > 0);
	}
	drv_table_free(table);
	buf_release(&first);
	buf_release(&second);
	buf_release(&err);
	return 0;
}
