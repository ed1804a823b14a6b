/* fuzz_float.c - floats: what is printed is read back as the same number */
#include <math.h>
#include <string.h>

#include "eval/float.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct buf out = BUF_INIT;
	double number, again;

	if (len < sizeof(number))
		return 0;
	memcpy(&number, bytes, sizeof(number));
	if (!isfinite(number))
		return 0;
	float_print(&out, number);
	again = strtod(out.data, NULL);
	MUST(memcmp(&number, &again, sizeof(number)) == 0);
	MUST(strpbrk(out.data, ".e"));
	buf_release(&out);
	return 0;
}
