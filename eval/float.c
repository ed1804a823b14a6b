/*
 * float.c - floats as JSON has them
 *
 * Nix prints JSON with the library of Niels Lohmann, and that one prints with
 * the algorithm Grisu2 (Florian Loitsch, "Printing floating-point numbers
 * quickly and accurately with integers", 2010). It is not always shortest, so
 * the same digits take the same algorithm.
 *
 * It works on numbers f * 2^e with 64 bits of f. The number and the ends of the
 * interval that is read back as it are scaled by a power of ten, so that the
 * exponent is in [-60, -32]: then the integer part has 32 bits, and digits can
 * be taken off it, and then off the fraction, until what is left lies within
 * the interval.
 */
#include "eval/float.h"

#include <math.h>
#include <stdint.h>

struct scaled {
	uint64_t f;
	int e;
};

/* 10^-300, 10^-292, ... 10^324, each rounded to 64 bits. */
#define POWERS_FIRST (-300)
#define POWERS_STEP 8
static const struct scaled powers[] = {
	{ UINT64_C(0xab70fe17c79ac6ca), -1060 },
	{ UINT64_C(0xff77b1fcbebcdc4f), -1034 },
	{ UINT64_C(0xbe5691ef416bd60c), -1007 },
	{ UINT64_C(0x8dd01fad907ffc3c), -980 },
	{ UINT64_C(0xd3515c2831559a83), -954 },
	{ UINT64_C(0x9d71ac8fada6c9b5), -927 },
	{ UINT64_C(0xea9c227723ee8bcb), -901 },
	{ UINT64_C(0xaecc49914078536d), -874 },
	{ UINT64_C(0x823c12795db6ce57), -847 },
	{ UINT64_C(0xc21094364dfb5637), -821 },
	{ UINT64_C(0x9096ea6f3848984f), -794 },
	{ UINT64_C(0xd77485cb25823ac7), -768 },
	{ UINT64_C(0xa086cfcd97bf97f4), -741 },
	{ UINT64_C(0xef340a98172aace5), -715 },
	{ UINT64_C(0xb23867fb2a35b28e), -688 },
	{ UINT64_C(0x84c8d4dfd2c63f3b), -661 },
	{ UINT64_C(0xc5dd44271ad3cdba), -635 },
	{ UINT64_C(0x936b9fcebb25c996), -608 },
	{ UINT64_C(0xdbac6c247d62a584), -582 },
	{ UINT64_C(0xa3ab66580d5fdaf6), -555 },
	{ UINT64_C(0xf3e2f893dec3f126), -529 },
	{ UINT64_C(0xb5b5ada8aaff80b8), -502 },
	{ UINT64_C(0x87625f056c7c4a8b), -475 },
	{ UINT64_C(0xc9bcff6034c13053), -449 },
	{ UINT64_C(0x964e858c91ba2655), -422 },
	{ UINT64_C(0xdff9772470297ebd), -396 },
	{ UINT64_C(0xa6dfbd9fb8e5b88f), -369 },
	{ UINT64_C(0xf8a95fcf88747d94), -343 },
	{ UINT64_C(0xb94470938fa89bcf), -316 },
	{ UINT64_C(0x8a08f0f8bf0f156b), -289 },
	{ UINT64_C(0xcdb02555653131b6), -263 },
	{ UINT64_C(0x993fe2c6d07b7fac), -236 },
	{ UINT64_C(0xe45c10c42a2b3b06), -210 },
	{ UINT64_C(0xaa242499697392d3), -183 },
	{ UINT64_C(0xfd87b5f28300ca0e), -157 },
	{ UINT64_C(0xbce5086492111aeb), -130 },
	{ UINT64_C(0x8cbccc096f5088cc), -103 },
	{ UINT64_C(0xd1b71758e219652c), -77 },
	{ UINT64_C(0x9c40000000000000), -50 },
	{ UINT64_C(0xe8d4a51000000000), -24 },
	{ UINT64_C(0xad78ebc5ac620000), 3 },
	{ UINT64_C(0x813f3978f8940984), 30 },
	{ UINT64_C(0xc097ce7bc90715b3), 56 },
	{ UINT64_C(0x8f7e32ce7bea5c70), 83 },
	{ UINT64_C(0xd5d238a4abe98068), 109 },
	{ UINT64_C(0x9f4f2726179a2245), 136 },
	{ UINT64_C(0xed63a231d4c4fb27), 162 },
	{ UINT64_C(0xb0de65388cc8ada8), 189 },
	{ UINT64_C(0x83c7088e1aab65db), 216 },
	{ UINT64_C(0xc45d1df942711d9a), 242 },
	{ UINT64_C(0x924d692ca61be758), 269 },
	{ UINT64_C(0xda01ee641a708dea), 295 },
	{ UINT64_C(0xa26da3999aef774a), 322 },
	{ UINT64_C(0xf209787bb47d6b85), 348 },
	{ UINT64_C(0xb454e4a179dd1877), 375 },
	{ UINT64_C(0x865b86925b9bc5c2), 402 },
	{ UINT64_C(0xc83553c5c8965d3d), 428 },
	{ UINT64_C(0x952ab45cfa97a0b3), 455 },
	{ UINT64_C(0xde469fbd99a05fe3), 481 },
	{ UINT64_C(0xa59bc234db398c25), 508 },
	{ UINT64_C(0xf6c69a72a3989f5c), 534 },
	{ UINT64_C(0xb7dcbf5354e9bece), 561 },
	{ UINT64_C(0x88fcf317f22241e2), 588 },
	{ UINT64_C(0xcc20ce9bd35c78a5), 614 },
	{ UINT64_C(0x98165af37b2153df), 641 },
	{ UINT64_C(0xe2a0b5dc971f303a), 667 },
	{ UINT64_C(0xa8d9d1535ce3b396), 694 },
	{ UINT64_C(0xfb9b7cd9a4a7443c), 720 },
	{ UINT64_C(0xbb764c4ca7a44410), 747 },
	{ UINT64_C(0x8bab8eefb6409c1a), 774 },
	{ UINT64_C(0xd01fef10a657842c), 800 },
	{ UINT64_C(0x9b10a4e5e9913129), 827 },
	{ UINT64_C(0xe7109bfba19c0c9d), 853 },
	{ UINT64_C(0xac2820d9623bf429), 880 },
	{ UINT64_C(0x80444b5e7aa7cf85), 907 },
	{ UINT64_C(0xbf21e44003acdd2d), 933 },
	{ UINT64_C(0x8e679c2f5e44ff8f), 960 },
	{ UINT64_C(0xd433179d9c8cb841), 986 },
	{ UINT64_C(0x9e19db92b4e31ba9), 1013 },
};

static struct scaled normalize(struct scaled x)
{
	int shift = __builtin_clzll(x.f);

	return (struct scaled){ x.f << shift, x.e - shift };
}

static struct scaled multiply(struct scaled x, struct scaled y)
{
	unsigned __int128 product = (unsigned __int128)x.f * y.f;

	product += UINT64_C(1) << 63; /* to nearest */
	return (struct scaled){ product >> 64, x.e + y.e + 64 };
}

/* The number and the ends of its interval, all with one exponent. */
struct interval {
	struct scaled low, number, high;
};

static struct interval interval_of(double number)
{
	struct interval in;
	uint64_t bits, fraction;
	int exponent;

	memcpy(&bits, &number, sizeof(bits));
	fraction = bits & (UINT64_MAX >> 12);
	exponent = bits >> 52 & 0x7ff;

	in.number.f = fraction | (exponent ? UINT64_C(1) << 52 : 0);
	in.number.e = (exponent ? exponent : 1) - 1075;
	in.high.f = 2 * in.number.f + 1;
	in.high.e = in.number.e - 1;
	/* Below a power of two the neighbours are twice as close. */
	if (fraction == 0 && exponent > 1) {
		in.low.f = 4 * in.number.f - 1;
		in.low.e = in.number.e - 2;
	} else {
		in.low.f = 2 * in.number.f - 1;
		in.low.e = in.number.e - 1;
	}
	in.number = normalize(in.number);
	in.high = normalize(in.high);
	in.low.f <<= in.low.e - in.high.e;
	in.low.e = in.high.e;
	return in;
}

/*
 * Lower the last digit while that comes closer to the number and stays in the
 * interval. All but the digits is in units of the current scale: the number is
 * distance below the interval's end, the digits are rest below it.
 */
static void round_digit(char *last, uint64_t distance, uint64_t width,
			uint64_t rest, uint64_t unit)
{
	while (rest < distance && width - rest >= unit &&
	       (rest + unit < distance ||
		distance - rest > rest + unit - distance)) {
		--*last;
		rest += unit;
	}
}

/*
 * Write the digits of in, at most 17; *exponent is of the last digit, given
 * that of the scale it came with.
 */
static int digits_of(struct interval in, char *digits, int *exponent)
{
	int shift = -in.high.e, len = 0, left = 1;
	uint64_t width = in.high.f - in.low.f;
	uint64_t distance = in.high.f - in.number.f;
	uint64_t one = UINT64_C(1) << shift;
	uint64_t fraction = in.high.f & (one - 1);
	uint32_t whole = in.high.f >> shift, power = 1;

	while (whole / power >= 10) {
		power *= 10;
		left++;
	}
	for (; left > 0; power /= 10) {
		uint64_t rest;

		digits[len++] = '0' + whole / power;
		whole %= power;
		left--;
		rest = ((uint64_t)whole << shift) + fraction;
		if (rest <= width) {
			*exponent += left;
			round_digit(&digits[len - 1], distance, width, rest,
				    (uint64_t)power << shift);
			return len;
		}
	}
	do {
		fraction *= 10;
		digits[len++] = '0' + (fraction >> shift);
		fraction &= one - 1;
		width *= 10;
		distance *= 10;
		--*exponent;
	} while (fraction > width);
	round_digit(&digits[len - 1], distance, width, fraction, one);
	return len;
}

static int grisu(double number, char *digits, int *exponent)
{
	struct interval in = interval_of(number);
	struct scaled power;
	int bits, tens, index;

	/* The least power that brings the exponent to -60 or more; 78913 /
	 * 2^18 is log10(2). */
	bits = -60 - in.high.e - 1;
	tens = bits * 78913 / (1 << 18) + (bits > 0);
	index = (tens - POWERS_FIRST + POWERS_STEP - 1) / POWERS_STEP;
	power = powers[index];
	*exponent = -(POWERS_FIRST + index * POWERS_STEP);

	in.number = multiply(in.number, power);
	in.low = multiply(in.low, power);
	in.high = multiply(in.high, power);
	/* Each product is off by up to one: stay on the safe side. */
	in.low.f++;
	in.high.f--;
	return digits_of(in, digits, exponent);
}

void float_print(struct buf *out, double number)
{
	char digits[20];
	int len, exponent, point;

	if (signbit(number)) {
		buf_add_char(out, '-');
		number = -number;
	}
	if (number == 0) {
		buf_add_text(out, "0.0");
		return;
	}

	len = grisu(number, digits, &exponent);
	point = len + exponent; /* digits before the point */
	if (point > 15 || point <= -4) {
		buf_add_char(out, digits[0]);
		if (len > 1)
			buf_add_char(out, '.');
		buf_add(out, digits + 1, len - 1);
		buf_add_format(out, "e%+03d", point - 1);
	} else if (point <= 0) {
		buf_add_text(out, "0.");
		buf_add(out, "000", -point);
		buf_add(out, digits, len);
	} else if (point < len) {
		buf_add(out, digits, point);
		buf_add_char(out, '.');
		buf_add(out, digits + point, len - point);
	} else {
		buf_add(out, digits, len);
		buf_add(out, "00000000000000", point - len);
		buf_add_text(out, ".0");
	}
}
