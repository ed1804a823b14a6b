/*
 * builtin_closure.c - genericClosure
 *
 * Keys that were met are in a red-black tree: they need only be ordered, not
 * hashed, and of keys that are partly incomparable it depends on the tree's
 * shape which comparison fails.
 */
#include <string.h>

#include "eval/builtin.h"
#include "eval/print.h"
#include "eval/scratch.h"
#include "eval/source.h"

struct node {
	struct node *child[2]; /* lesser, greater keys */
	struct node *parent;
	bool red;
	value *key;
	value element;
};

struct closure {
	struct eval *ev;
	struct node *root;
	value operator_;
	size_t queue; /* scratch: the results so far, then what is to be done */
};

static void rotate(struct closure *c, struct node *node, int side)
{
	struct node *up = node->child[!side], *parent = node->parent;

	node->child[!side] = up->child[side];
	if (up->child[side])
		up->child[side]->parent = node;
	up->child[side] = node;
	node->parent = up;
	up->parent = parent;
	if (!parent)
		c->root = up;
	else
		parent->child[parent->child[1] == node] = up;
}

/* Restore: no red node has a red child; all ways down have as many blacks. */
static void balance(struct closure *c, struct node *node)
{
	while (node->parent && node->parent->red) {
		struct node *parent = node->parent, *grand = parent->parent;
		int side = grand->child[1] == parent;
		struct node *uncle = grand->child[!side];

		if (uncle && uncle->red) {
			parent->red = uncle->red = false;
			grand->red = true;
			node = grand;
			continue;
		}
		if (parent->child[!side] == node) {
			rotate(c, parent, side);
			parent = node;
		}
		parent->red = false;
		grand->red = true;
		rotate(c, grand, !side);
		break;
	}
	c->root->red = false;
}

/* The next lesser (side 0) or greater (side 1) node, NULL if none. */
static struct node *neighbour(struct node *node, int side)
{
	if (node->child[side]) {
		node = node->child[side];
		while (node->child[!side])
			node = node->child[!side];
		return node;
	}
	while (node->parent && node->parent->child[side] == node)
		node = node->parent;
	return node->parent;
}

/* The text of a string or path, forced; NULL of anything else or with the error
 * pending. */
static const char *key_text(struct eval *ev, value *key, size_t *len)
{
	value v = value_force(ev, key);
	const char *text = NULL;

	if (v && value_tag(v) == TAG_STRING) {
		text = value_string(v)->bytes;
		*len = value_string(v)->len;
	} else if (v && value_is_path(v)) {
		text = source_text(ev, value_path(v));
		*len = text ? strlen(text) : 0;
	}
	return text;
}

/* Keys need an order to be found by, and nobody sees which. 1, 0 or -1. */
static int key_less(struct closure *c, value *a, value *b)
{
	size_t a_len, b_len;
	const char *a_text = key_text(c->ev, a, &a_len), *b_text = NULL;
	int order;

	if (a_text)
		b_text = key_text(c->ev, b, &b_len);
	if (!b_text && eval_error(c->ev))
		return -1;
	/* A string and a path can't be compared. */
	if (!b_text || value_is_path(*a) != value_is_path(*b))
		return value_less(c->ev, a, b, NO_POS, "");
	if (source_order(c->ev, a_text, a_len, b_text, b_len, &order) < 0)
		return -1;
	return order < 0;
}

/* Add a key: 1 if it is new, 0 if it is there, -1 if it cannot be compared. */
static int insert(struct closure *c, value *key, value element)
{
	struct node *parent = NULL, *before, *node = c->root;
	int less = 0;

	while (node) {
		parent = node;
		less = key_less(c, key, node->key);
		if (less < 0)
			return -1;
		node = node->child[!less];
	}

	/* Only the next lesser key may still be equal. */
	before = parent && less ? neighbour(parent, 0) : parent;
	if (before) {
		int greater = key_less(c, before->key, key);

		if (greater <= 0)
			return greater;
	}

	node = eval_alloc(c->ev, sizeof(*node));
	if (!node)
		return -1;
	*node = (struct node){
		.parent = parent, .red = true, .key = key, .element = element
	};
	if (parent)
		parent->child[!less] = node;
	else
		c->root = node;
	balance(c, node);
	return 1;
}

/* Name the two elements whose keys cannot be compared in the trace. */
static void blame(struct closure *c, value *key, value element)
{
	struct error *error = eval_error(c->ev);
	struct node *node = c->root;

	while (node && node->child[0])
		node = node->child[0];
	while (node) {
		eval_clear_error(c->ev);
		if (key_less(c, key, node->key) < 0)
			break;
		node = neighbour(node, 1);
	}
	c->ev->error = error;

	if (node) {
		eval_frame(c->ev, NO_POS, "with element %s",
			   print_cell(c->ev, node->element));
		eval_frame(c->ev, NO_POS, "while comparing element %s",
			   print_cell(c->ev, element));
	} else {
		eval_frame(c->ev, NO_POS, "while checking key of element %s",
			   print_cell(c->ev, element));
	}
}

/* Put what the operator makes of element into the queue. */
static int expand(struct closure *c, value element)
{
	value argument = element, result;
	struct list *more;

	result = eval_call(c->ev, NO_POS, c->operator_, 1, &argument);
	if (!result)
		return -1;
	more = eval_list(c->ev, &result, NO_POS,
			 "while evaluating the return value of the `operator` "
			 "passed to builtins.genericClosure");
	if (!more)
		return -1;
	for (uint32_t i = 0; i < more->len; i++) {
		if (!value_force(c->ev, &more->items[i]) ||
		    scratch_add(c->ev, more->items[i]) < 0)
			return -1;
	}
	return 0;
}

/* 1 if element belongs to the result, 0 if its key was there before. */
static int visit(struct closure *c, value *element)
{
	struct attrs *set = eval_attrs(c->ev, element, NO_POS, "");
	value *key = NULL;
	int added;

	if (set)
		key = builtin_attr(c->ev, set, SYM_key, "");
	if (!key) {
		eval_frame(c->ev, NO_POS, "in genericClosure element %s",
			   print_cell(c->ev, *element));
		return -1;
	}
	if (!value_force(c->ev, key))
		return -1;

	added = insert(c, key, *element);
	if (added < 0)
		blame(c, key, *element);
	if (added <= 0)
		return added;

	if (expand(c, *element) < 0) {
		eval_frame(c->ev, NO_POS,
			   "while calling operator on genericClosure element "
			   "%s",
			   print_cell(c->ev, *element));
		return -1;
	}
	return 1;
}

static value run(struct closure *c, const struct list *start)
{
	size_t len = 0;

	for (uint32_t i = 0; i < start->len; i++)
		if (scratch_add(c->ev, start->items[i]) < 0)
			return 0;

	for (size_t next = 0; next < scratch_len(c->queue); next++) {
		value element = scratch_words(c->queue)[next];
		int added = visit(c, &element);

		if (added < 0)
			return 0;
		if (added)
			scratch_words(c->queue)[len++] = element;
	}
	return builtin_list_of(c->ev, len, scratch_words(c->queue));
}

value builtin_generic_closure(struct eval *ev, pos_t pos, value *args)
{
	static const char context[] = "in the attrset passed as argument to "
				      "builtins.genericClosure";
	struct closure c = { .ev = ev };
	struct attrs *set;
	struct list *start;
	value *cell, result;

	set = eval_attrs(ev, &args[0], NO_POS,
			 "while evaluating the first argument passed to "
			 "builtins.genericClosure");
	if (!set)
		return 0;
	cell = builtin_attr(ev, set, SYM_start_set, context);
	if (!cell)
		return 0;
	start = eval_list(ev, cell, NO_POS,
			  "while evaluating the 'startSet' attribute passed "
			  "as argument to builtins.genericClosure");
	if (!start)
		return 0;
	if (start->len == 0)
		return *cell;

	cell = builtin_attr(ev, set, SYM_operator_, context);
	if (!cell)
		return 0;
	c.operator_ = eval_function(ev, cell, NO_POS,
				    "while evaluating the 'operator' attribute "
				    "passed as argument to "
				    "builtins.genericClosure");
	if (!c.operator_)
		return 0;

	c.queue = scratch_open();
	result = run(&c, start);
	scratch_close(c.queue);
	return result;
}
