/*
 * noop.c - a file system that does nothing: the limit for others
 *
 *     noop FOLDER MOUNTPOINT [option...]
 *
 * Shows what is in FOLDER, held in memory, with everything that makes FUSE fast
 * and nothing else: libfuse's low-level API, numbers that index a table, ENOSYS
 * to OPEN and OPENDIR, time-outs that never end, READDIRPLUS.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOREVER 1e7

/* In a table: number i is entry i - 1. A folder's entries stand together,
 * sorted by name. */
struct entry {
	char *name;
	struct stat st;
	size_t parent, first, len; /* indices */
	char *bytes;		   /* of a file */
};

static struct entry *table;
static size_t table_len, table_room;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static size_t add(size_t parent, const char *name)
{
	if (table_len == table_room) {
		table_room = table_room ? 2 * table_room : 1024;
		table = reallocarray(table, table_room, sizeof(*table));
		if (!table)
			die("noop");
	}
	table[table_len] =
		(struct entry){ .name = strdup(name), .parent = parent };
	return table_len++;
}

static void load_file(int dir, struct entry *entry)
{
	size_t size = (size_t)entry->st.st_size;
	int fd = openat(dir, entry->name, O_RDONLY);

	entry->bytes = malloc(size + 1);
	if (fd < 0 || !entry->bytes ||
	    read(fd, entry->bytes, size) != (ssize_t)size)
		die(entry->name);
	close(fd);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_folder(int parent, size_t at)
{
	int fd = openat(parent, table[at].name, O_RDONLY | O_DIRECTORY);
	struct dirent **names;
	int len = fd < 0 ? -1 : scandirat(fd, ".", &names, NULL, by_name);

	if (len < 0)
		die(table[at].name);
	table[at].first = table_len;
	for (int i = 0; i < len; i++) {
		if (strcmp(names[i]->d_name, ".") != 0 &&
		    strcmp(names[i]->d_name, "..") != 0)
			add(at, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	table[at].len = table_len - table[at].first;
	for (size_t i = 0; i < table[at].len; i++) {
		size_t child = table[at].first + i;

		if (fstatat(fd, table[child].name, &table[child].st,
			    AT_SYMLINK_NOFOLLOW) < 0)
			die(table[child].name);
		table[child].st.st_ino = child + 1;
		if (S_ISDIR(table[child].st.st_mode))
			load_folder(fd, child);
		else
			load_file(fd, &table[child]);
	}
	close(fd);
}

static void fill_entry(size_t at, struct fuse_entry_param *out)
{
	*out = (struct fuse_entry_param){ .ino = at + 1,
					  .generation = 1,
					  .attr = table[at].st,
					  .attr_timeout = FOREVER,
					  .entry_timeout = FOREVER };
}

static void noop_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	const struct entry *dir = &table[parent - 1];
	size_t low = 0, high = dir->len;
	struct fuse_entry_param entry = { .entry_timeout = FOREVER };

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(name, table[dir->first + mid].name);

		if (!order) {
			fill_entry(dir->first + mid, &entry);
			break;
		}
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	fuse_reply_entry(req, &entry);
}

static void noop_getattr(fuse_req_t req, fuse_ino_t ino,
			 struct fuse_file_info *fi)
{
	fuse_reply_attr(req, &table[ino - 1].st, FOREVER);
}

static void noop_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
		      struct fuse_file_info *fi)
{
	const struct entry *entry = &table[ino - 1];
	size_t len = (size_t)entry->st.st_size, from = (size_t)offset;

	if (from > len)
		from = len;
	fuse_reply_buf(req, entry->bytes + from,
		       size < len - from ? size : len - from);
}

static void noop_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	fuse_reply_err(req, ENOSYS);
}

static void fill(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
		 bool plus)
{
	const struct entry *dir = &table[ino - 1];
	char *out = malloc(size);
	size_t used = 0;

	for (size_t i = (size_t)offset; out && i < dir->len + 2; i++) {
		struct fuse_entry_param entry = { .attr = dir->st };
		const char *name = i == 0 ? "." : "..";
		size_t n;

		if (i >= 2) {
			fill_entry(dir->first + i - 2, &entry);
			name = table[dir->first + i - 2].name;
		}
		n = plus ? fuse_add_direntry_plus(req, out + used, size - used,
						  name, &entry, (off_t)i + 1)
			 : fuse_add_direntry(req, out + used, size - used, name,
					     &entry.attr, (off_t)i + 1);
		if (n > size - used)
			break;
		used += n;
	}
	fuse_reply_buf(req, out, used);
	free(out);
}

static void noop_readdir(fuse_req_t req, fuse_ino_t ino, size_t size,
			 off_t offset, struct fuse_file_info *fi)
{
	fill(req, ino, size, offset, false);
}

static void noop_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size,
			     off_t offset, struct fuse_file_info *fi)
{
	fill(req, ino, size, offset, true);
}

static void noop_forget(fuse_req_t req, fuse_ino_t ino, uint64_t count)
{
	fuse_reply_none(req);
}

static const struct fuse_lowlevel_ops noop_ops = {
	.lookup = noop_lookup,
	.forget = noop_forget,
	.getattr = noop_getattr,
	.open = noop_open,
	.read = noop_read,
	.opendir = noop_open,
	.readdir = noop_readdir,
	.readdirplus = noop_readdirplus,
};

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(argc - 2, argv + 2);
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	struct fuse_session *session;
	int status = 1;

	if (argc < 3 || !config)
		return 1;
	add(0, argv[1]);
	if (stat(argv[1], &table[0].st) < 0)
		die(argv[1]);
	load_folder(AT_FDCWD, 0);
	/* The mount point stands where the program's name does. */
	session = fuse_session_new(&args, &noop_ops, sizeof(noop_ops), NULL);
	if (session && fuse_session_mount(session, argv[2]) == 0) {
		status = fuse_session_loop_mt(session, config) != 0;
		fuse_session_unmount(session);
	}
	fuse_session_destroy(session);
	fuse_loop_cfg_destroy(config);
	return status;
}
