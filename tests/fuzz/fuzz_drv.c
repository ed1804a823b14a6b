/* fuzz_drv.c - .drv files: what is read and printed is read the same again */
#include <string.h>

#include "eval/drv_table.h"
#include "tests/fuzz/target.h"

static int no_file(void *ctx, const char *path, size_t len, struct buf *text,
		   struct buf *err)
{
	return buf_fail(err, "not there");
}

static bool plain(struct storepath_text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr("\"\\\n\r\t", text.bytes[i]) && text.bytes[i])
			return false;
	return true;
}

/* Nix escapes nothing in these, and so what it prints may not be readable. */
static bool readable(const struct drv *drv)
{
	bool ok = plain(drv->system);

	for (size_t i = 0; i < drv->noutputs; i++) {
		const struct drv_output *output = &drv->outputs[i];
		struct storepath_text path = { output->path.text,
					       output->path.len };

		ok &= plain(output->name) && plain(path);
	}
	for (size_t i = 0; i < drv->ninputs; i++)
		ok &= plain(drv->inputs[i].output) &&
		      plain(drv->inputs[i].path);
	for (size_t i = 0; i < drv->nsources; i++)
		ok &= plain(drv->sources[i]);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct drv_table_ops ops = { .load = no_file };
	struct buf first = BUF_INIT, second = BUF_INIT, err = BUF_INIT;
	struct drv_table *table = drv_table_new(&ops);
	struct storepath path;
	struct drv drv, again;

	if (drv_parse(&drv, "x", 1, (const char *)bytes, len, &err) < 0) {
		MUST(err.len > 0);
	} else if (!readable(&drv)) {
		drv_release(&drv);
	} else {
		drv_print(&drv, false, &first, NULL);
		MUST(drv_parse(&again, "x", 1, first.data, first.len, &err) ==
		     0);
		drv_print(&again, false, &second, NULL);
		MUST(first.len == second.len &&
		     memcmp(first.data, second.data, first.len) == 0);
		drv_table_add(table, &again, &path, &err);
		drv_release(&again);
		drv_release(&drv);
	}
	drv_table_free(table);
	buf_release(&first);
	buf_release(&second);
	buf_release(&err);
	return 0;
}
