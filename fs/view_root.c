/*
 * view_root.c - the top of the tree, and the lists of hosts
 */
#include "fs/view.h"

#include <errno.h>
#include <string.h>

#include "fs/name.h"

static const char readme[] =
	"This is the evaluated configuration of a NixOS repository, as files.\n"
	"\n"
	"hosts/<host>/options/...   the final value of every option\n"
	"hosts/<host>/meta/...      type, default, description, definitions\n"
	"hosts/<host>/toggles/...   Booleans and enums, to be written\n"
	"hosts/<host>/hardware/...  the host's hardware profile\n"
	"hosts/<host>/{system,warnings,assertions,sources}\n"
	"hosts/<host>/history/...   when an option's value changed (not "
	"listed)\n"
	"metrics                    the hosts and their hardware for "
	"Prometheus\n"
	"commits/<rev>/...          the same at any revision\n"
	"txn/<name>/...             a batch of changes: mkdir txn/<name>, "
	"write "
	"below\n"
	"                           its hosts/, read its diff and impact, "
	"write "
	"commit\n"
	"                           or abort to its ctl\n"
	"homes/<name>/ darwin/<host>/ hardware/<profile>/ flakes/<dir>/\n"
	"\n"
	"Read a value:\n"
	"    cat hosts/<host>/options/networking/hostName\n"
	"Its origin, as JSON, its type, why it fails (not listed, beside it):\n"
	"    cat hosts/<host>/options/networking/.hostName.where\n"
	"    .hostName.json .hostName.nix .hostName.type .hostName.attrpath\n"
	"    .hostName.error\n"
	"Change a value; this makes one commit in the repository:\n"
	"    echo true > hosts/<host>/toggles/services/openssh/enable\n"
	"\n"
	"What can't be in a file's name is written %XX: the attribute "
	"\"/boot\"\n"
	"is the file %2Fboot.\n"
	"\n"
	".flakefs/status and .flakefs/errors tell how the mount itself is;\n"
	"reading .flakefs/sync waits until all changes so far are visible.\n";

static const struct {
	const char *name;
	enum node_kind kind;
	unsigned flags;
	const struct view *view;
	enum wire_class class; /* of what view_class lists */
} rows[] = {
	{ "README", NODE_FILE, 0, &view_root, 0 },
	{ "hosts", NODE_DIRECTORY, 0, &view_class, WIRE_HOST },
	{ "homes", NODE_DIRECTORY, 0, &view_class, WIRE_HOME },
	{ "darwin", NODE_DIRECTORY, 0, &view_class, WIRE_DARWIN },
	{ "hardware", NODE_DIRECTORY, 0, &view_class, WIRE_HARDWARE },
	{ "flakes", NODE_DIRECTORY, 0, &view_class, WIRE_FLAKE },
	{ "metrics", NODE_FILE, NODE_DYNAMIC | NODE_SLOW, &view_root, 0 },
	{ "commits", NODE_DIRECTORY, NODE_DYNAMIC, &view_commits, 0 },
	{ "txn", NODE_DIRECTORY, NODE_DYNAMIC, &view_txn, 0 },
	{ ".flakefs", NODE_DIRECTORY, NODE_HIDDEN, &view_control, 0 },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int root_lookup(struct tree *tree, struct node *dir, const char *name,
		       size_t len, struct cancel *cancel, struct found *found)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (strlen(rows[i].name) != len ||
		    memcmp(rows[i].name, name, len) != 0)
			continue;
		found->init.kind = rows[i].kind;
		found->init.flags = (uint8_t)rows[i].flags;
		found->init.view = rows[i].view;
		found->init.row = (uint16_t)i;
		/* At the top of a commit there is what that commit has. */
		if (rows[i].view != &view_class && dir->site)
			return -ENOENT;
		if (rows[i].view == &view_class)
			found->init.site =
				dir->site ? dir->site : tree->repository;
		return 0;
	}
	return -ENOENT;
}

static int root_list(struct tree *tree, struct node *dir, struct cancel *cancel,
		     struct listing_builder *out, uint64_t *epoch)
{
	for (size_t i = 0; i < ROWS; i++)
		if (!(rows[i].flags & NODE_HIDDEN) &&
		    (!dir->site || rows[i].view == &view_class))
			listing_add_own(out, rows[i].name, rows[i].kind,
					rows[i].flags);
	return 0;
}

static int root_load(struct tree *tree, struct node *node,
		     struct cancel *cancel, struct loaded *loaded)
{
	struct buf metrics = BUF_INIT;
	int err = 0;

	if (rows[node->row].flags & NODE_DYNAMIC) {
		err = metrics_text(tree, cancel, &metrics);
		if (err == 0 && !metrics.failed)
			loaded->bytes = bytes_new(metrics.data, metrics.len);
		buf_release(&metrics);
	} else {
		loaded->bytes = bytes_new(readme, sizeof(readme) - 1);
	}
	return err < 0 ? err : loaded->bytes ? 0 : -ENOMEM;
}

const struct view view_root = { root_lookup, root_list, root_load };

/* --- hosts/, homes/, darwin/, hardware/ --------------------------------- */

/* An answer of hosts: those of one class. */
static int take_hosts(const struct answer *answer, enum wire_class class,
		      struct listing_builder *out)
{
	struct wire_host host;
	struct wire_in in;
	size_t count;
	int err;

	wire_in_init(&in, answer->body.bytes, answer->body.len);
	count = wire_get_count(&in, 13);
	for (size_t i = 0; i < count && !in.bad; i++) {
		wire_get_host(&in, &host);
		if (!in.bad && host.class == class)
			listing_add(out, host.name.bytes, host.name.len,
				    NODE_DIRECTORY, 0);
	}
	err = wire_end(&in) ? 0 : -EIO;
	wire_in_release(&in);
	return err;
}

/* An answer of folders. */
static int take_folders(const struct answer *answer,
			struct listing_builder *out)
{
	struct wire_entry entry;
	struct wire_in in;
	size_t count;
	int err;

	wire_in_init(&in, answer->body.bytes, answer->body.len);
	count = wire_get_count(&in, 6);
	for (size_t i = 0; i < count && !in.bad; i++) {
		wire_get_entry(&in, &entry);
		if (!in.bad)
			listing_add(out, entry.name.bytes, entry.name.len,
				    NODE_DIRECTORY, 0);
	}
	err = wire_end(&in) ? 0 : -EIO;
	wire_in_release(&in);
	return err;
}

static int class_list(struct tree *tree, struct node *dir,
		      struct cancel *cancel, struct listing_builder *out,
		      uint64_t *epoch)
{
	enum wire_class class = rows[dir->row].class;
	struct buf flakes = BUF_INIT;
	struct answer answer;
	int err;

	/* Flakes are found without evaluating any. */
	wire_put_u32(&flakes, 1);
	wire_put_text(&flakes, wire_text("flakes"));
	err = class == WIRE_FLAKE
		      ? worker_ask(dir->site->worker, WIRE_LIST, flakes.data,
				   flakes.len, cancel, &answer)
		      : worker_ask(dir->site->worker, WIRE_HOSTS, NULL, 0,
				   cancel, &answer);
	*epoch = answer.epoch;
	if (err < 0) {
		struct bytes *message =
			bytes_new(answer.body.bytes, answer.body.len);

		if (err != -EINTR)
			tree_error(tree, dir, err, message);
		bytes_put(message);
		goto out;
	}
	err = class == WIRE_FLAKE ? take_folders(&answer, out)
				  : take_hosts(&answer, class, out);
out:
	buf_release(&flakes);
	answer_release(&answer);
	return err;
}

static int class_lookup(struct tree *tree, struct node *dir, const char *name,
			size_t len, struct cancel *cancel, struct found *found)
{
	const struct listing_entry *entry;
	struct listing *listing;
	struct site *site = NULL;
	int err;

	err = tree_list(tree, dir, cancel, &listing);
	if (err < 0)
		return err;
	entry = listing_find(listing, name, len);
	if (!entry) {
		err = -ENOENT;
		goto out;
	}
	if (entry->raw)
		buf_add(&found->raw, entry->raw, entry->raw_len);
	else if (name_decode(name, len, &found->raw) != NAME_PLAIN)
		err = -ENOENT;
	if (found->raw.failed)
		err = -ENOMEM;
	if (err == 0)
		site = tree_site_beside(tree, dir->site, rows[dir->row].class,
					buf_text(&found->raw), found->raw.len);
	if (err == 0 && !site)
		err = -ENOMEM;
	found->init.kind = NODE_DIRECTORY;
	found->init.view = &view_site;
	found->init.site = site;
	if (entry->raw) {
		found->init.raw = found->raw.data;
		found->init.raw_len = found->raw.len;
	}
out:
	listing_put(listing);
	return err;
}

const struct view view_class = { class_lookup, class_list, NULL };
