/* fuzz_toml.c - TOML documents */
#include <string.h>

#include "eval/toml.h"
#include "tests/fuzz/target.h"

static void check_table(const struct toml_table *table, int depth);

static void check(const struct toml_value *value, int depth)
{
	MUST(depth <= 2 * TOML_DEPTH_MAX);
	switch (value->kind) {
	case TOML_STRING:
	case TOML_TIME:
		MUST(value->as.text.bytes[value->as.text.len] == '\0');
		break;
	case TOML_ARRAY:
		for (size_t i = 0; i < value->as.array->len; i++)
			check(&value->as.array->elements[i], depth + 1);
		break;
	case TOML_TABLE:
		check_table(value->as.table, depth + 1);
		break;
	default:
		break;
	}
}

static void check_table(const struct toml_table *table, int depth)
{
	for (size_t i = 0; i < table->len; i++) {
		const struct toml_entry *entry = &table->entries[i];

		MUST(entry->name[entry->len] == '\0');
		check(&entry->value, depth);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct buf err = BUF_INIT;
	struct toml *toml = toml_parse((const char *)bytes, len, &err);

	if (toml)
		check_table(toml_root(toml), 0);
	else
		MUST(err.len > 0);
	toml_free(toml);
	buf_release(&err);
	return 0;
}
