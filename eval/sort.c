/*
 * sort.c - put values in order
 *
 * A merge sort that looks for what is in order already: Munro and Wild,
 * "Nearly-Optimal Mergesorts" (2018), there called peeksort. It takes the run
 * around the middle, sorts what is left and right of it, and merges. Runs that
 * were met on the way are handed down, so that nothing is looked at twice.
 *
 * Nix sorts so, with insertion sort up to 16 values; what an inconsistent
 * order leads to depends on every comparison, so the steps are the same here.
 */
#include "eval/sort.h"

#include <string.h>
#include <sys/types.h>

enum { INSERTION_MAX = 16 };

struct sort {
	value *at; /* the values; ranges below are indexes */
	value *spare;
	sort_less *less;
	void *arg;
};

/* Is the value at index a less than that at index b? */
static int less_at(struct sort *s, ssize_t a, ssize_t b)
{
	return s->less(s->arg, s->at[a], s->at[b]);
}

static void swap(struct sort *s, ssize_t a, ssize_t b)
{
	value v = s->at[a];

	s->at[a] = s->at[b];
	s->at[b] = v;
}

static int sort_by_insertion(struct sort *s, ssize_t begin, ssize_t end)
{
	for (ssize_t i = begin + 1; i < end; i++) {
		for (ssize_t j = i; j > begin; j--) {
			int less = less_at(s, j, j - 1);

			if (less < 0)
				return -1;
			if (!less)
				break;
			swap(s, j, j - 1);
		}
	}
	return 0;
}

/* The runs [begin, middle) and [middle, end) become one. */
static int merge(struct sort *s, ssize_t begin, ssize_t middle, ssize_t end)
{
	value *left = s->spare, *left_end = left + (middle - begin);
	value *right = left_end, *right_end = left + (end - begin);
	value *out = s->at + begin;

	memcpy(left, s->at + begin, (size_t)(end - begin) * sizeof(value));
	while (left < left_end && right < right_end) {
		int less = s->less(s->arg, *right, *left);

		if (less < 0)
			return -1;
		*out++ = less ? *right++ : *left++;
	}
	memcpy(out, left, (size_t)(left_end - left) * sizeof(value));
	out += left_end - left;
	memcpy(out, right, (size_t)(right_end - right) * sizeof(value));
	return 0;
}

/* Where the run that ends with last begins, not before begin. */
static ssize_t run_begin(struct sort *s, ssize_t begin, ssize_t last,
			 bool falling)
{
	while (last > begin) {
		int less = less_at(s, last, last - 1);

		if (less < 0)
			return -1;
		if (less != falling)
			break;
		last--;
	}
	return last;
}

/* Where the run that begins with first ends, not after end. */
static ssize_t run_end(struct sort *s, ssize_t first, ssize_t end, bool falling)
{
	while (first + 1 < end) {
		int less = less_at(s, first + 1, first);

		if (less < 0)
			return -1;
		if (less != falling)
			break;
		first++;
	}
	return first + 1;
}

static void reverse(struct sort *s, ssize_t begin, ssize_t end)
{
	for (end--; begin < end; begin++, end--)
		swap(s, begin, end);
}

/* Sort [begin, end), of which [begin, left) and [right, end) are runs. */
static int sort_range(struct sort *s, ssize_t begin, ssize_t end, ssize_t left,
		      ssize_t right)
{
	ssize_t middle = begin + (end - begin) / 2;
	ssize_t from, to;
	int falling;

	if (left == end || right == begin)
		return 0;
	if (end - begin <= INSERTION_MAX)
		return sort_by_insertion(s, begin, end);

	if (middle <= left) {
		if (sort_range(s, left, end, left + 1, right) < 0)
			return -1;
		return merge(s, begin, left, end);
	}
	if (middle >= right) {
		if (sort_range(s, begin, right, left, right - 1) < 0)
			return -1;
		return merge(s, begin, right, end);
	}

	falling = less_at(s, middle, middle - 1);
	if (falling < 0)
		return -1;
	from = run_begin(s, left, middle - 1, falling);
	if (from < 0)
		return -1;
	to = run_end(s, middle - 1, right, falling);
	if (to < 0)
		return -1;
	if (falling)
		reverse(s, from, to);
	if (from == begin && to == end)
		return 0;

	if (middle - from < to - middle) {
		if (sort_range(s, begin, from, left, from - 1) < 0 ||
		    sort_range(s, from, end, to, right) < 0)
			return -1;
		return merge(s, begin, from, end);
	}
	if (sort_range(s, begin, to, left, from) < 0 ||
	    sort_range(s, to, end, to + 1, right) < 0)
		return -1;
	return merge(s, begin, to, end);
}

int sort_values(value *values, size_t len, value *spare, sort_less *less,
		void *arg)
{
	struct sort s = {
		.at = values, .spare = spare, .less = less, .arg = arg
	};
	ssize_t end = (ssize_t)len;

	/* Two get one comparison; as a range they might get two. */
	if (len == 2)
		return sort_by_insertion(&s, 0, 2);
	return len < 2 ? 0 : sort_range(&s, 0, end, 0, end);
}
