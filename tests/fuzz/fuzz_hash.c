/* fuzz_hash.c - hashes and store paths as text */
#include <string.h>

#include "eval/storepath.h"
#include "tests/fuzz/target.h"

static void check_hash(const char *text, size_t len, enum hash_type expected)
{
	struct buf out = BUF_INIT, err = BUF_INIT;
	struct hash hash, again;

	if (hash_parse(text, len, expected, &hash, &err) == 0) {
		for (enum hash_format format = HASH_BASE16; format <= HASH_SRI;
		     format++) {
			buf_reset(&out);
			hash_print(&out, &hash, format, true);
			MUST(hash_parse(out.data, out.len, HASH_NONE, &again,
					&err) == 0);
			MUST(hash_equal(&hash, &again));
		}
	} else {
		MUST(err.len > 0);
	}
	buf_release(&out);
	buf_release(&err);
}

static void check_path(const char *text, size_t len)
{
	struct storepath_parts exact, within;
	struct buf err = BUF_INIT;
	bool split = storepath_split(text, len, &within, &err) == 0;

	if (storepath_parse(text, len, &exact, &err) == 0) {
		MUST(split && exact.len == len && within.len == len);
		MUST(exact.name + exact.name_len == text + len);
		MUST(storepath_check_name(exact.name, exact.name_len, &err) ==
		     0);
	} else if (split) {
		MUST(within.len < len && text[within.len] == '/');
	}
	buf_release(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	struct buf path = BUF_INIT;
	struct hash hash;

	for (enum hash_type type = HASH_MD5; type <= HASH_NONE; type++)
		check_hash(text, len, type);
	hash_parse_sri(text, len, &hash, NULL);
	check_path(text, len);
	buf_add_text(&path, STOREPATH_PREFIX);
	buf_add(&path, text, len);
	check_path(path.data, path.len);
	buf_release(&path);
	return 0;
}
