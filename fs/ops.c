/*
 * ops.c - the kernel's requests
 *
 * Each is translated to a question to the tree and replied to exactly once.
 * OPEN and OPENDIR are answered with ENOSYS, after which the kernel never asks
 * again, keeps pages and listings until it is told, and reads what it has
 * without any request. So there is no notion of an open file: whether a value
 * can be read is told by GETATTR, which the kernel sends before it reads a file
 * whose attributes it may not keep.
 */
#include "fs/ops.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "fs/notify.h"

/* Seconds that the kernel may keep what it was told: until it is told. */
#define FOREVER 1e7
/* How often an answer that was overtaken by a change is computed again. */
#define TRIES 5
/* Of a value; the kernel asks before it lets a file grow. */
#define SIZE_LIMIT (64u << 20)

/* --- interruption ------------------------------------------------------- */

static void on_interrupt(fuse_req_t req, void *data)
{
	cancel(data);
}

static void begin(fuse_req_t req, struct cancel *giving_up)
{
	cancel_init(giving_up);
	fuse_req_interrupt_func(req, on_interrupt, giving_up);
}

/* Before the reply, which frees req. */
static void end(fuse_req_t req, struct cancel *giving_up)
{
	fuse_req_interrupt_func(req, NULL, NULL);
	cancel_release(giving_up);
}

/* --- attributes --------------------------------------------------------- */

static void fill_stat(const struct fs *fs, const struct node_attr *attr,
		      struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_ino = attr->ino;
	st->st_mode = attr->mode;
	/* 1 for a directory means that its subdirectories are not counted. */
	st->st_nlink = 1;
	st->st_uid = fs->uid;
	st->st_gid = fs->gid;
	st->st_size = (off_t)attr->size;
	st->st_blocks = (blkcnt_t)((attr->size + 511) / 512);
	st->st_blksize = 4096;
	st->st_mtim = st->st_ctim = st->st_atim = attr->mtime;
}

static void fill_entry(const struct fs *fs, const struct node_attr *attr,
		       bool current, struct fuse_entry_param *entry)
{
	memset(entry, 0, sizeof(*entry));
	entry->ino = attr->ino;
	entry->generation = 1;
	fill_stat(fs, attr, &entry->attr);
	entry->attr_timeout = current && attr->stable ? FOREVER : 0;
	/* A link that is not stable leads elsewhere the next time. */
	entry->entry_timeout =
		current && (attr->stable || !S_ISLNK(attr->mode)) ? FOREVER : 0;
}

/* tree_attr(), unless that is dear and nobody is about to read. */
static int get_attr(struct fs *fs, struct node *node, bool reading,
		    struct cancel *giving_up, struct node_attr *attr, int *why)
{
	if (reading || !(node->flags & NODE_SLOW))
		return tree_attr(fs->tree, node, giving_up, attr, why);
	tree_attr_known(fs->tree, node, attr);
	return 0;
}

/* Reply to LOOKUP with the node; it was counted. */
static void reply_entry(fuse_req_t req, struct fs *fs, struct node *node,
			const struct fuse_entry_param *entry)
{
	/* The kernel counts this node only if it receives the reply. */
	if (fuse_reply_entry(req, entry) < 0 && entry->ino)
		tree_forget(fs->tree, node->ino, 1);
	tree_put(fs->tree, node);
}

static int lookup(struct fs *fs, struct node *dir, const char *name,
		  struct cancel *giving_up, struct node **node,
		  struct fuse_entry_param *entry)
{
	struct node_attr attr;
	int err, tries = 0;
	bool counted = false;

	while (!counted) {
		bool last = ++tries == TRIES;

		err = tree_lookup(fs->tree, dir, name, strlen(name), giving_up,
				  node);
		if (err == -ENOENT && *node) {
			counted =
				tree_count_lookup(fs->tree, *node, NULL, false);
			memset(entry, 0, sizeof(*entry));
			entry->entry_timeout = FOREVER;
			if (counted)
				return 0;
		} else if (err == 0) {
			err = get_attr(fs, *node, false, giving_up, &attr,
				       NULL);
			if (err == 0)
				counted = tree_count_lookup(fs->tree, *node,
							    &attr, last);
			fill_entry(fs, &attr, !last, entry);
		}
		if (counted)
			return 0;
		if (*node)
			tree_put(fs->tree, *node);
		*node = NULL;
		if (err < 0 && (err != -ESTALE || last))
			return err;
		if (last)
			return err < 0 ? err : -ENOENT;
	}
	return 0;
}

static void ops_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *dir = tree_by_ino(fs->tree, parent), *node = NULL;
	struct fuse_entry_param entry;
	struct cancel giving_up;
	int err = -ESTALE;

	if (dir) {
		begin(req, &giving_up);
		err = lookup(fs, dir, name, &giving_up, &node, &entry);
		end(req, &giving_up);
		tree_put(fs->tree, dir);
	}
	if (err < 0)
		fuse_reply_err(req, -err);
	else
		reply_entry(req, fs, node, &entry);
}

static void ops_forget(fuse_req_t req, fuse_ino_t ino, uint64_t count)
{
	struct fs *fs = fuse_req_userdata(req);

	tree_forget(fs->tree, ino, count);
	fuse_reply_none(req);
}

static void ops_forget_multi(fuse_req_t req, size_t count,
			     struct fuse_forget_data *forgets)
{
	struct fs *fs = fuse_req_userdata(req);

	for (size_t i = 0; i < count; i++)
		tree_forget(fs->tree, forgets[i].ino, forgets[i].nlookup);
	fuse_reply_none(req);
}

/*
 * file is given when the kernel asks in order to read, and not for stat(): then
 * a value that fails must say so, for its size of 0 would end the read.
 */
static void ops_getattr(fuse_req_t req, fuse_ino_t ino,
			struct fuse_file_info *file)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *node = tree_by_ino(fs->tree, ino);
	struct node_attr attr;
	struct cancel giving_up;
	struct stat st;
	int err = -ESTALE, why = 0;
	bool opened = false;

	if (node) {
		begin(req, &giving_up);
		err = get_attr(fs, node, file != NULL, &giving_up, &attr, &why);
		end(req, &giving_up);
		opened = fs->checked && attr.mode & S_IWUSR;
		tree_put(fs->tree, node);
	}
	/* An option without a value fails here, before it is opened: diff -r
	 * goes on then, and gives up when a file can't be read. Unless that
	 * would keep it from being opened for writing. */
	if (err == 0 && (file || (why == -ENODATA && !opened)))
		err = why;
	if (err < 0) {
		fuse_reply_err(req, -err);
		return;
	}
	fill_stat(fs, &attr, &st);
	fuse_reply_attr(req, &st, attr.stable ? FOREVER : 0);
}

/* Asked only where the kernel doesn't check permissions itself. */
static void ops_access(fuse_req_t req, fuse_ino_t ino, int mask)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *node = tree_by_ino(fs->tree, ino);
	struct node_attr attr;

	if (!node) {
		fuse_reply_err(req, ESTALE);
		return;
	}
	tree_attr_known(fs->tree, node, &attr);
	tree_put(fs->tree, node);
	if (mask & W_OK && !(attr.mode & S_IWUSR))
		fuse_reply_err(req, EACCES);
	else if (mask & X_OK && !S_ISDIR(attr.mode))
		fuse_reply_err(req, EACCES);
	else
		fuse_reply_err(req, 0);
}

/* --- reading ------------------------------------------------------------ */

static void ops_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
		     struct fuse_file_info *file)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *node = tree_by_ino(fs->tree, ino);
	struct bytes *bytes = NULL;
	struct cancel giving_up;
	int err = -ESTALE;

	if (node) {
		begin(req, &giving_up);
		err = tree_read(fs->tree, node, &giving_up, &bytes);
		end(req, &giving_up);
		tree_put(fs->tree, node);
	}
	if (err < 0) {
		fuse_reply_err(req, -err);
		return;
	}
	if (offset < 0 || (uint64_t)offset >= bytes->len)
		fuse_reply_buf(req, NULL, 0);
	else
		fuse_reply_buf(req, bytes->data + offset,
			       size < bytes->len - (size_t)offset
				       ? size
				       : bytes->len - (size_t)offset);
	bytes_put(bytes);
}

static void ops_readlink(fuse_req_t req, fuse_ino_t ino)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *node = tree_by_ino(fs->tree, ino);
	struct bytes *target = NULL;
	struct cancel giving_up;
	int err = -ESTALE;

	if (node) {
		begin(req, &giving_up);
		err = tree_readlink(fs->tree, node, &giving_up, &target);
		end(req, &giving_up);
		tree_put(fs->tree, node);
	}
	if (err < 0)
		fuse_reply_err(req, -err);
	else
		fuse_reply_readlink(req, target->data);
	bytes_put(target);
}

static void ops_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	fuse_reply_err(req, ENOSYS);
}

/* --- directories -------------------------------------------------------- */

/* The number of an entry that has no node yet; 0 would hide it. */
#define UNKNOWN_INO 0xffffffff

struct reply {
	fuse_req_t req;
	char *data;
	size_t size, len;
	bool plus;
	uint64_t *counted; /* inode numbers, to be forgotten if it fails */
	size_t counted_len;
};

/*
 * Add an entry; false if there is no room. entry->ino is 0 if the kernel shall
 * look it up itself.
 */
static bool add_entry(struct reply *reply, const char *name,
		      const struct fuse_entry_param *entry, off_t next)
{
	char *at = reply->data + reply->len;
	size_t room = reply->size - reply->len, n;

	n = reply->plus ? fuse_add_direntry_plus(reply->req, at, room, name,
						 entry, next)
			: fuse_add_direntry(reply->req, at, room, name,
					    &entry->attr, next);
	if (n > room)
		return false;
	reply->len += n;
	return true;
}

static mode_t entry_mode(const struct listing_entry *entry)
{
	static const mode_t modes[] = {
		[NODE_NONE] = 0, /* DT_UNKNOWN */
		[NODE_DIRECTORY] = S_IFDIR,
		[NODE_FILE] = S_IFREG,
		[NODE_LINK] = S_IFLNK,
	};

	return modes[entry->kind];
}

static bool add_listed(struct fs *fs, struct reply *reply, struct node *dir,
		       struct listing *listing,
		       const struct listing_entry *listed, off_t next)
{
	struct node *node = tree_entry(fs->tree, dir, listing, listed);
	struct fuse_entry_param entry = {
		.attr = { .st_ino = UNKNOWN_INO, .st_mode = entry_mode(listed) }
	};
	struct node_attr attr;
	bool counted = false, added;

	if (node) {
		tree_attr_known(fs->tree, node, &attr);
		/* An answer that was overtaken goes without attributes. */
		counted = reply->plus &&
			  tree_count_lookup(fs->tree, node, &attr, false);
		if (counted)
			fill_entry(fs, &attr, true, &entry);
		entry.attr.st_ino = attr.ino;
		entry.attr.st_mode = attr.mode;
	}
	added = add_entry(reply, listed->name, &entry, next);
	if (counted && added)
		reply->counted[reply->counted_len++] = node->ino;
	else if (counted)
		tree_forget(fs->tree, node->ino, 1);
	if (node)
		tree_put(fs->tree, node);
	return added;
}

static void fill_directory(struct fs *fs, struct reply *reply, struct node *dir,
			   struct listing *listing, uint64_t from)
{
	static const char *const dots[] = { ".", ".." };

	for (; from < 2; from++) {
		const struct node *node =
			from && dir->parent ? dir->parent : dir;
		struct fuse_entry_param entry = {
			.attr = { .st_ino = node->ino, .st_mode = S_IFDIR }
		};

		if (!add_entry(reply, dots[from], &entry, (off_t)from + 1))
			return;
	}
	for (; from - 2 < listing->len; from++)
		if (!add_listed(fs, reply, dir, listing,
				&listing->entries[from - 2], (off_t)from + 1))
			return;
}

static void do_readdir(fuse_req_t req, fuse_ino_t ino, size_t size,
		       off_t offset, bool plus)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *dir = tree_by_ino(fs->tree, ino);
	struct reply reply = { .req = req, .size = size, .plus = plus };
	struct listing *listing = NULL;
	struct cancel giving_up;
	int err = -ESTALE;

	if (dir) {
		begin(req, &giving_up);
		err = tree_list(fs->tree, dir, &giving_up, &listing);
		end(req, &giving_up);
	}
	if (err < 0)
		goto out;
	reply.data = malloc(size ? size : 1);
	/* An entry takes more than 24 bytes. */
	reply.counted = calloc(size / 24 + 1, sizeof(*reply.counted));
	if (!reply.data || !reply.counted) {
		err = -ENOMEM;
		goto out;
	}
	fill_directory(fs, &reply, dir, listing, (uint64_t)offset);
	if (fuse_reply_buf(req, reply.data, reply.len) < 0)
		for (size_t i = 0; i < reply.counted_len; i++)
			tree_forget(fs->tree, reply.counted[i], 1);
out:
	if (err < 0)
		fuse_reply_err(req, -err);
	free(reply.data);
	free(reply.counted);
	listing_put(listing);
	if (dir)
		tree_put(fs->tree, dir);
}

static void ops_readdir(fuse_req_t req, fuse_ino_t ino, size_t size,
			off_t offset, struct fuse_file_info *fi)
{
	do_readdir(req, ino, size, offset, false);
}

static void ops_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size,
			    off_t offset, struct fuse_file_info *fi)
{
	do_readdir(req, ino, size, offset, true);
}

/* --- writing ------------------------------------------------------------ */

/* Why a write to this file fails, 0 if it may succeed. */
static int check_writable(const struct node *node, const struct node_attr *attr)
{
	if (node->kind == NODE_DIRECTORY)
		return -EISDIR;
	return attr->mode & 0200 ? 0 : -EACCES;
}

static void ops_write(fuse_req_t req, fuse_ino_t ino, const char *text,
		      size_t size, off_t offset, struct fuse_file_info *fi)
{
	struct fs *fs = fuse_req_userdata(req);
	const struct fuse_ctx *ctx = fuse_req_ctx(req);
	struct writer writer = { ctx->uid, ctx->pid };
	struct node *node = tree_by_ino(fs->tree, ino);
	struct cancel giving_up;
	int err = -ESTALE;

	if (node) {
		begin(req, &giving_up);
		err = tree_write(fs->tree, node, text, size, (uint64_t)offset,
				 &writer, &giving_up);
		end(req, &giving_up);
		tree_put(fs->tree, node);
	}
	if (err < 0)
		fuse_reply_err(req, -err);
	else
		fuse_reply_write(req, size);
	/* The page that the write went through, refused or not: what the file
	 * holds is for the tree to say. */
	notifier_later(fs->notifier, ino);
}

/*
 * A shell that opens with > cuts the file before it writes: that is no value
 * yet, and the size seen until then is nobody's business but the writer's.
 */
static int set_size(const struct node *node, const struct stat *wanted,
		    struct node_attr *attr)
{
	int err = check_writable(node, attr);

	if (err < 0)
		return err;
	if (wanted->st_size < 0 || (uint64_t)wanted->st_size > SIZE_LIMIT)
		return -EFBIG;
	if (wanted->st_size != 0 && (uint64_t)wanted->st_size != attr->size)
		return -EINVAL;
	attr->size = (uint64_t)wanted->st_size;
	attr->stable = false;
	return 0;
}

static void ops_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *wanted,
			int to_set, struct fuse_file_info *file)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *node = tree_by_ino(fs->tree, ino);
	struct node_attr attr;
	struct cancel giving_up;
	struct stat st;
	int err = -ESTALE;

	if (node) {
		begin(req, &giving_up);
		err = tree_attr(fs->tree, node, &giving_up, &attr, NULL);
		end(req, &giving_up);
	}
	/* Owner and permissions are the tree's. Times are too, but cp -p and
	 * touch on what may be written succeed, and change nothing. */
	if (err == 0 && to_set & (FUSE_SET_ATTR_MODE | FUSE_SET_ATTR_UID |
				  FUSE_SET_ATTR_GID))
		err = -EROFS;
	else if (err == 0 && to_set & FUSE_SET_ATTR_SIZE)
		err = set_size(node, wanted, &attr);
	else if (err == 0)
		err = check_writable(node, &attr);
	if (node)
		tree_put(fs->tree, node);
	if (err < 0) {
		fuse_reply_err(req, -err);
		return;
	}
	fill_stat(fs, &attr, &st);
	fuse_reply_attr(req, &st, attr.stable ? FOREVER : 0);
}

/* A commit is on the disk when write() returns. */
static void ops_fsync(fuse_req_t req, fuse_ino_t ino, int datasync,
		      struct fuse_file_info *fi)
{
	fuse_reply_err(req, 0);
}

/* --- what the tree's structure does not allow --------------------------- */

static void ops_mknod(fuse_req_t req, fuse_ino_t parent, const char *name,
		      mode_t mode, dev_t device)
{
	fuse_reply_err(req, EROFS);
}

/* Only batches are made and removed, see tree_mkdir(). */
static void ops_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name,
		      mode_t mode)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *dir = tree_by_ino(fs->tree, parent), *node = NULL;
	struct fuse_entry_param entry;
	struct cancel giving_up;
	int err = -ESTALE;

	if (dir) {
		begin(req, &giving_up);
		err = tree_mkdir(fs->tree, dir, name);
		if (err == 0)
			err = lookup(fs, dir, name, &giving_up, &node, &entry);
		end(req, &giving_up);
		tree_put(fs->tree, dir);
	}
	if (err < 0)
		fuse_reply_err(req, -err);
	else
		reply_entry(req, fs, node, &entry);
}

static void ops_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fs *fs = fuse_req_userdata(req);
	struct node *dir = tree_by_ino(fs->tree, parent);
	int err = -ESTALE;

	if (dir) {
		err = tree_rmdir(fs->tree, dir, name);
		tree_put(fs->tree, dir);
	}
	fuse_reply_err(req, -err);
}

static void ops_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	fuse_reply_err(req, EROFS);
}

static void ops_symlink(fuse_req_t req, const char *target, fuse_ino_t parent,
			const char *name)
{
	fuse_reply_err(req, EROFS);
}

static void ops_rename(fuse_req_t req, fuse_ino_t parent, const char *name,
		       fuse_ino_t to, const char *to_name, unsigned flags)
{
	fuse_reply_err(req, EROFS);
}

static void ops_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent,
		     const char *name)
{
	fuse_reply_err(req, EROFS);
}

static void ops_create(fuse_req_t req, fuse_ino_t parent, const char *name,
		       mode_t mode, struct fuse_file_info *fi)
{
	fuse_reply_err(req, EROFS);
}

static void ops_fallocate(fuse_req_t req, fuse_ino_t ino, int mode,
			  off_t offset, off_t length, struct fuse_file_info *fi)
{
	fuse_reply_err(req, EOPNOTSUPP);
}

/* --- the mount ---------------------------------------------------------- */

static void ops_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs st = {
		.f_bsize = 4096,
		.f_frsize = 4096,
		.f_namemax = 255,
	};

	fuse_reply_statfs(req, &st);
}

static void ops_init(void *userdata, struct fuse_conn_info *conn)
{
	/* Readers of slow values wait in the kernel's queue of background
	 * requests; others must get past them. */
	conn->max_background = 256;
	conn->congestion_threshold = 256;
	if (conn->capable & FUSE_CAP_PARALLEL_DIROPS)
		conn->want |= FUSE_CAP_PARALLEL_DIROPS;
}

const struct fuse_lowlevel_ops ops = {
	.init = ops_init,
	.lookup = ops_lookup,
	.forget = ops_forget,
	.forget_multi = ops_forget_multi,
	.getattr = ops_getattr,
	.access = ops_access,
	.setattr = ops_setattr,
	.readlink = ops_readlink,
	.mknod = ops_mknod,
	.mkdir = ops_mkdir,
	.unlink = ops_unlink,
	.rmdir = ops_rmdir,
	.symlink = ops_symlink,
	.rename = ops_rename,
	.link = ops_link,
	.open = ops_open,
	.read = ops_read,
	.write = ops_write,
	.fsync = ops_fsync,
	.opendir = ops_open,
	.readdir = ops_readdir,
	.readdirplus = ops_readdirplus,
	.statfs = ops_statfs,
	.create = ops_create,
	.fallocate = ops_fallocate,
};
