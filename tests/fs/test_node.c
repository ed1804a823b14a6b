/* test_node.c - nodes are found, counted and forgotten */
#include "fs/node.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct nodes nodes;
static const struct node_init folder = { .kind = NODE_DIRECTORY };
static const struct node_init file = { .kind = NODE_FILE };

static void setup(void)
{
	ck_assert_int_eq(nodes_init(&nodes, &folder), 0);
}

static void teardown(void)
{
	nodes_release(&nodes);
}

static struct node *add(struct node *parent, const char *name,
			const struct node_init *init)
{
	struct node *node = node_add(&nodes, parent, name, strlen(name), init);

	ck_assert_ptr_nonnull(node);
	return node;
}

START_TEST(a_node_is_found_by_name_and_number)
{
	struct node *a = add(nodes.root, "a", &folder);
	struct node *b = add(a, "b", &file);

	ck_assert_uint_eq(nodes.root->ino, NODE_ROOT);
	ck_assert_ptr_eq(node_find(&nodes, nodes.root, "a", 1), a);
	ck_assert_ptr_eq(node_find(&nodes, a, "b", 1), b);
	ck_assert_ptr_null(node_find(&nodes, nodes.root, "b", 1));
	ck_assert_ptr_null(node_find(&nodes, a, "bb", 2));
	ck_assert_ptr_eq(node_by_ino(&nodes, b->ino), b);
	ck_assert_ptr_null(node_by_ino(&nodes, 12345));
	node_put(&nodes, a);
	ck_assert_ptr_eq(node_by_ino(&nodes, b->parent->ino), a);
	node_put(&nodes, b);
	ck_assert_uint_eq(nodes.len, 1);
}
END_TEST

START_TEST(the_same_name_gets_the_same_number_again)
{
	struct node *a = add(nodes.root, "a", &file);
	uint64_t ino = a->ino;

	node_put(&nodes, a);
	ck_assert_ptr_null(node_by_ino(&nodes, ino));
	a = add(nodes.root, "a", &file);
	ck_assert_uint_eq(a->ino, ino);
	node_put(&nodes, a);
	/* Another kind of thing is another thing. */
	a = add(nodes.root, "a", &folder);
	ck_assert_uint_ne(a->ino, ino);
	node_put(&nodes, a);
}
END_TEST

START_TEST(a_detached_node_keeps_its_number_and_frees_its_name)
{
	struct node *old = add(nodes.root, "a", &file), *new;

	node_detach(&nodes, old);
	ck_assert_ptr_null(node_find(&nodes, nodes.root, "a", 1));
	new = add(nodes.root, "a", &file);
	ck_assert_uint_ne(new->ino, old->ino);
	ck_assert_ptr_eq(node_by_ino(&nodes, old->ino), old);
	ck_assert_ptr_eq(node_find(&nodes, nodes.root, "a", 1), new);
	node_put(&nodes, old);
	ck_assert_ptr_eq(node_find(&nodes, nodes.root, "a", 1), new);
	node_put(&nodes, new);
	ck_assert_uint_eq(nodes.len, 1);
}
END_TEST

START_TEST(the_kernels_look_ups_hold_a_node)
{
	struct node *a = add(nodes.root, "a", &file);
	uint64_t ino = a->ino;

	node_count_lookup(&nodes, a);
	node_count_lookup(&nodes, a);
	node_count_lookup(&nodes, a);
	node_put(&nodes, a);
	node_forget(&nodes, a, 2);
	ck_assert_ptr_eq(node_by_ino(&nodes, ino), a);
	node_forget(&nodes, a, 1);
	ck_assert_ptr_null(node_by_ino(&nodes, ino));

	/* More than there were: a broken kernel does no harm. */
	a = add(nodes.root, "a", &file);
	node_forget(&nodes, a, 7);
	node_count_lookup(&nodes, a);
	node_forget(&nodes, a, 7);
	ck_assert_ptr_eq(node_by_ino(&nodes, ino), a);
	node_put(&nodes, a);
	ck_assert_uint_eq(nodes.len, 1);
}
END_TEST

START_TEST(what_knows_something_is_kept_while_there_is_room)
{
	struct node *a = add(nodes.root, "a", &folder);
	struct node *b = add(a, "b", &file);

	b->bytes = bytes_new("value", 5);
	node_put(&nodes, a);
	node_put(&nodes, b);
	ck_assert_uint_eq(nodes.kept, 1);
	ck_assert_ptr_eq(node_find(&nodes, a, "b", 1), b);
	node_get(&nodes, b);
	ck_assert_uint_eq(nodes.kept, 0);
	ck_assert_uint_eq(nodes.kept_bytes, 0);
	node_put(&nodes, b);
	ck_assert_uint_eq(nodes.len, 3);

	/* With room for one, the one that was used last. */
	nodes.keep_bytes = nodes.kept_bytes;
	a = add(nodes.root, "c", &file);
	a->bytes = bytes_new("other", 5);
	node_put(&nodes, a);
	ck_assert_uint_eq(nodes.kept, 1);
	ck_assert_uint_eq(nodes.len, 2);
	ck_assert_ptr_eq(node_find(&nodes, nodes.root, "c", 1), a);
	nodes.keep_bytes = 0;
	node_get(&nodes, a);
	node_put(&nodes, a);
	ck_assert_uint_eq(nodes.len, 1);
}
END_TEST

START_TEST(many_nodes_stay_apart)
{
	enum { COUNT = 20000 };
	struct node **all = calloc(COUNT, sizeof(*all));
	char name[32];

	for (int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		all[i] = add(i % 7 ? all[i / 7] : nodes.root, name, &folder);
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ck_assert_ptr_eq(node_by_ino(&nodes, all[i]->ino), all[i]);
		ck_assert_ptr_eq(
			node_find(&nodes, all[i]->parent, name, strlen(name)),
			all[i]);
	}
	for (int i = 0; i < COUNT; i += 2)
		node_put(&nodes, all[i]);
	for (int i = 1; i < COUNT; i += 2)
		ck_assert_ptr_eq(node_by_ino(&nodes, all[i]->ino), all[i]);
	for (int i = 1; i < COUNT; i += 2)
		node_put(&nodes, all[i]);
	ck_assert_uint_eq(nodes.len, 1);
	free(all);
}
END_TEST

START_TEST(a_listing_is_sorted_and_has_each_name_once)
{
	struct listing_builder builder = { { 0 }, { 0 } };
	struct listing *listing;
	char longest[300];

	memset(longest, 'x', sizeof(longest));
	listing_add(&builder, "b/c", 3, NODE_FILE, 0);
	listing_add(&builder, "a", 1, NODE_DIRECTORY, 0);
	listing_add(&builder, "", 0, NODE_FILE, 0);
	listing_add(&builder, "a", 1, NODE_FILE, 0);
	listing_add(&builder, longest, sizeof(longest), NODE_NONE, 0);
	listing = listing_finish(&builder);
	ck_assert_uint_eq(listing->len, 4);
	ck_assert_str_eq(listing->entries[0].name, "%");
	ck_assert_str_eq(listing->entries[1].name, "a");
	ck_assert_str_eq(listing->entries[2].name, "b%2Fc");
	ck_assert_uint_eq(strlen(listing->entries[3].name), 255);
	ck_assert_uint_eq(listing->entries[3].raw_len, 300);
	ck_assert_ptr_eq(listing_find(listing, "a", 1), &listing->entries[1]);
	ck_assert_ptr_eq(listing_find(listing, "%", 1), &listing->entries[0]);
	ck_assert_ptr_null(listing_find(listing, "b", 1));
	ck_assert_ptr_null(listing_find(listing, "aa", 2));
	listing_put(listing);

	builder = (struct listing_builder){ { 0 }, { 0 } };
	listing = listing_finish(&builder);
	ck_assert_uint_eq(listing->len, 0);
	ck_assert_ptr_null(listing_find(listing, "a", 1));
	listing_put(listing);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("node");
	TCase *tcase = tcase_create("node");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_node_is_found_by_name_and_number);
	tcase_add_test(tcase, the_same_name_gets_the_same_number_again);
	tcase_add_test(tcase,
		       a_detached_node_keeps_its_number_and_frees_its_name);
	tcase_add_test(tcase, the_kernels_look_ups_hold_a_node);
	tcase_add_test(tcase, what_knows_something_is_kept_while_there_is_room);
	tcase_add_test(tcase, many_nodes_stay_apart);
	tcase_add_test(tcase, a_listing_is_sorted_and_has_each_name_once);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
