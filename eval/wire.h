/*
 * wire.h - what the mount's daemon and its evaluation workers say to each other
 *
 * Over a stream socket pair: the daemon sends a request, the worker answers
 * it, one after the other and in order. A frame is a header and a body; all
 * numbers are little-endian:
 *
 *     0   u32  length of the body
 *     4   u32  number of the request; the answer repeats it
 *     8   u16  operation (enum wire_op)
 *     10  u16  0 in a request, 1 in an answer
 *     12  u32  status: 0, or a positive errno; 0 in a request
 *     16  the body
 *
 * In a body a text is a u32 length and its bytes (any bytes, no NUL after
 * them), a list is a u32 count and its elements. An answer whose status is not
 * 0 has one text for its body: the whole message, with the trace, as the user
 * is to see it ("error: ...\n").
 *
 *     op      request                       answer
 *     START   struct wire_start             (the nursery's) u32 process id
 *     KILL    u32 process id                (the nursery's) nothing
 *     DIED    -                             (the nursery's, number 0, unasked)
 *                                           u32 process id, u32 wait status
 *     HOSTS   nothing                       list of struct wire_host
 *     STAT    path                          struct wire_stat
 *     LIST    path                          list of struct wire_entry
 *     READ    u8 enum wire_format, path     text
 *     SET     path, text, u8 force, path    struct wire_edit
 *     CHECK   path, text, text, text        nothing
 *     READS   nothing                       list of struct wire_read
 *     TRACE   nothing                       what evaluation read, see below
 *     AHEAD   -                             (number 0, unasked) list of struct
 *                                           wire_ahead
 *     ERRAND  a worker's, see errand.h      as asked
 *
 * START goes to the nursery, together with the worker's end of a new socket
 * pair (SCM_RIGHTS): the nursery forks a worker that is told struct wire_start
 * and answers everything else. A worker ends when its socket is closed; it
 * exits with WIRE_EXIT_MEMORY when it had to because of its memory limit.
 *
 * A path is the list of names below /hosts/<host>/, /homes/<name>/, ..., each
 * name raw (not percent-encoded): { "options", "nix", "settings" }. The empty
 * list is the host's own directory, whose entries (options, meta, toggles,
 * system, ...) are thus the worker's. Companions (.N.json) are not among the
 * names: READ with another format asks for them.
 *
 * STAT   tells what a name is, by its option's type or the value's outermost
 *        shape, and never evaluates more; ENOENT if there is none. WIRE_UNKNOWN
 *        is not an answer here, only in LIST.
 *        The repository's worker knows one path, { "flakes" }: the folders
 *        that have a flake.nix.
 * LIST   evaluates no values: what only a value's shape would tell is
 *        WIRE_UNKNOWN. Names in no order, none twice.
 * READ   evaluates the value and gives the file's bytes, newline at the end
 *        included. WIRE_ERROR: the message why WIRE_TEXT (of a directory: its
 *        own evaluation) fails, ENOENT if it does not.
 * SET    plans the edit that gives the option the value written. text is what
 *        was written, one newline at its end taken away. With force it does
 *        not add to what other definitions say. The second path is no
 *        path, but files that other hosts read. Nothing is changed.
 *        EINVAL: the type refuses the value; EACCES: can't be written, the
 *        message has the file:line and why.
 * CHECK  for a worker that was started with overlay files: has the option
 *        exactly the value `value` of struct wire_edit (first text), and are
 *        all failed assertions among those of the second text (one a line, the
 *        file `assertions` before the edit)? EINVAL and a message if not. The
 *        third text is why that file could not be read, and may go on to be.
 * READS  what evaluation has read so far. Of a worker for a revision: what of
 *        it another revision may have otherwise, the paths from the top of the
 *        git repository on.
 * TRACE  the same as the cache keeps it: exact, and only what was not told by
 *        an earlier TRACE (of paths; all of the rest). Every answer given so
 *        far depends on the start frame and on this alone:
 *
 *            u8    1: and on what may change at any time (nothing may be kept)
 *            list  of roots: u8 1 if only what git tracks is seen of it, text
 *                  folder ("" is "/")
 *            list  of paths: u32 root, u8 what was seen (enum wire_seen), u8
 *                  type (enum wire_type), text path in it ("/a"), text content
 *            list  of environment variables: text, u8 is set, text
 *            list  of commits: text folder, text name ("*": the work tree),
 *                  text id ("<hex>-dirty")
 *            list  of links followed: text path, text where it is
 *
 *        content is the XXH3-128 of a file's bytes, a link's target or a
 *        folder's entries, sorted, each a name, NUL, and u8 type; else empty.
 * AHEAD  answers to questions that are likely to come, told while nothing is
 *        asked: who walks a tree is spared most of the round trips. None follow
 *        READS or TRACE before another question.
 *
 * Errors are the errno values of the tree's contract: ENODATA an option
 * without value and default; EIO evaluation failed; ENOMEM memory or depth;
 * EHOSTUNREACH an input that can't be fetched; ENOTDIR, EISDIR as expected.
 *
 * Receiving trusts nothing: lengths and counts are checked against what is
 * there. Both sides use this file's code for both directions.
 */
#ifndef EVAL_WIRE_H
#define EVAL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/buf.h"

#define WIRE_HEADER_SIZE 16
#define WIRE_BODY_MAX (256u << 20) /* bytes; more is a broken peer */
#define WIRE_PATH_MAX 1024	   /* names in a path */
#define WIRE_CONTENT_SIZE 16	   /* bytes of an XXH3-128 */
#define WIRE_EXIT_MEMORY 12	   /* a worker's exit status */

enum wire_op {
	WIRE_START = 1,
	WIRE_KILL,
	WIRE_DIED,
	WIRE_HOSTS,
	WIRE_STAT,
	WIRE_LIST,
	WIRE_READ,
	WIRE_SET,
	WIRE_CHECK,
	WIRE_READS,
	WIRE_AHEAD,
	WIRE_TRACE,
	WIRE_ERRAND,
};

/* What a worker answers for; all but the first need a name. */
enum wire_class {
	WIRE_REPOSITORY, /* HOSTS and READS only */
	WIRE_HOST,	 /* hosts/<name> */
	WIRE_HOME,	 /* homes/<name> */
	WIRE_DARWIN,	 /* darwin/<name> */
	WIRE_HARDWARE,	 /* hardware/<name> */
	WIRE_FLAKE,	 /* flakes/<name>: root, or the flake's folder */
	WIRE_CLASSES,
};

enum wire_kind {
	WIRE_UNKNOWN, /* only evaluation tells (LIST only) */
	WIRE_DIRECTORY,
	WIRE_FILE,
	WIRE_LINK,
};

enum wire_flags {
	WIRE_WRITABLE = 1, /* a write can succeed */
	WIRE_HIDDEN = 2,   /* found by name, not to be listed */
};

enum wire_format {
	WIRE_TEXT, /* the file itself */
	WIRE_JSON,
	WIRE_NIX,
	WIRE_TYPE,
	WIRE_ATTRPATH,
	WIRE_WHERE,
	WIRE_ERROR,
	WIRE_FORMATS,
};

enum wire_purity {
	WIRE_AUTO, /* flakes pure, others impure */
	WIRE_PURE,
	WIRE_IMPURE,
};

enum wire_read_kind {
	WIRE_READ_FILE,	  /* bytes of a file, or a link's target */
	WIRE_READ_FOLDER, /* the names in a folder */
	WIRE_READ_EXISTS, /* what is at a path: missing, file, folder */
	WIRE_READ_HEAD,	  /* the commit: self.rev, lastModified; no path */
	WIRE_READ_INDEX,  /* which files are tracked; no path */
	WIRE_READ_IMPORT, /* told beside FILE: the file is a part of the
			     evaluated program, not only a value's bytes */
};

enum wire_type {
	WIRE_TYPE_MISSING,
	WIRE_TYPE_REGULAR,
	WIRE_TYPE_DIRECTORY,
	WIRE_TYPE_LINK,
	WIRE_TYPE_OTHER,
	WIRE_TYPE_EXECUTABLE = 0x80, /* or'ed to REGULAR, not in listings */
};

enum wire_seen {
	WIRE_SEEN_TYPE = 1,
	WIRE_SEEN_CONTENT = 2,
	WIRE_SEEN_ENTRIES = 4,
	WIRE_SEEN_TARGET = 8,
};

/*
 * Texts, borrowed: by the writer from whoever made them, in what was decoded
 * from the frame's body (which must stay as long). Not NUL-terminated.
 */
struct wire_text {
	const char *bytes;
	size_t len;
};

struct wire_path {
	struct wire_text *names;
	size_t len;
};

/* One file with the bytes that evaluation must see instead of the real ones. */
struct wire_file {
	struct wire_text path; /* in the repository, "hosts/ares.nix" */
	struct wire_text bytes;
};

struct wire_override {
	struct wire_text input, reference; /* -o override-input=INPUT=REF */
};

/* How a worker is to evaluate. Empty texts: not given. */
struct wire_start {
	uint8_t class; /* enum wire_class */
	uint8_t purity;
	uint8_t realise;      /* may nix-store build what evaluation reads? */
	uint64_t eval_memory; /* bytes; 0: no limit */
	uint64_t generation;  /* differs when anything in the repository may */
	struct wire_text name;
	struct wire_text repository; /* absolute path */
	struct wire_text revision;   /* empty: the working tree; HEAD if bare */
	struct wire_text nixpkgs;
	struct wire_text reference_lock; /* instead of flake.lock: flake.h */
	struct wire_text system;	 /* empty: this machine's */
	struct wire_text *hosts;	 /* globs of -o hosts= */
	size_t hosts_len;
	struct wire_override *overrides;
	size_t overrides_len;
	struct wire_file *overlay;
	size_t overlay_len;
};

struct wire_host {
	uint8_t class;		/* enum wire_class, not WIRE_REPOSITORY */
	struct wire_text name;	/* raw */
	struct wire_text file;	/* in the repository, where it is defined */
	struct wire_text error; /* why it can't be evaluated; may be empty */
};

struct wire_stat {
	uint8_t kind;		 /* enum wire_kind */
	uint8_t flags;		 /* enum wire_flags */
	struct wire_text target; /* of a link: relative, as readlink gives it */
};

struct wire_entry {
	uint8_t kind;
	uint8_t flags;
	struct wire_text name;
};

/* One changed file of an edit. */
struct wire_change {
	struct wire_text path;	 /* in the repository */
	struct wire_text before; /* whole file; what the plan was made for */
	struct wire_text after;
	uint32_t line; /* of the edit, from 1, in after */
	bool created;  /* the file is not there yet */
};

struct wire_edit {
	struct wire_text attrpath;   /* in Nix's notation: nix.settings.cores */
	struct wire_text old;	     /* value before, a Nix expression; may be
					empty: no value */
	struct wire_text value;	     /* value written, a Nix expression */
	struct wire_change *changes; /* none: it has that value already */
	size_t changes_len;
	bool additive; /* if CHECK refuses it, SET with force may do */
};

struct wire_read {
	uint8_t kind; /* enum wire_read_kind */
	/* In the repository; absolute (begins with '/') for what lies outside
	 * and can change (a store path cannot). */
	struct wire_text path;
	/* Of what was read from a file: XXH3-128, canonical. Of HEAD, of
	 * "<hex>" or, if a tracked file differs, "<hex>-dirty". Else empty. */
	struct wire_text content;
};

struct wire_ahead {
	uint8_t op;		  /* WIRE_STAT, WIRE_LIST, WIRE_READ */
	uint32_t status;	  /* of the answer */
	struct wire_text request; /* the whole body */
	struct wire_text answer;  /* the whole body; of a failure the message */
};

struct wire_frame {
	uint32_t number;
	uint16_t op;
	bool answer;
	uint32_t status;
	struct buf body; /* kept from frame to frame; buf_release() at last */
};

/*
 * Send a whole frame, or the frame with a descriptor. fd is blocking. Returns
 * 0 or -errno: -EPIPE when the peer is gone (no SIGPIPE is raised), -EMSGSIZE
 * for a body over WIRE_BODY_MAX.
 */
int wire_send(int fd, uint32_t number, uint16_t op, bool answer,
	      uint32_t status, const void *body, size_t len);
int wire_send_fd(int fd, uint32_t number, uint16_t op, const void *body,
		 size_t len, int passed);

/*
 * A stream of our own to the process that waits on gate, a SOCK_SEQPACKET
 * socket which others write to as well: it gets the other end with an empty
 * ERRAND frame, in one packet (wire_receive_fd). Returns the descriptor or
 * -errno.
 */
int wire_connect(int gate);

/* An answer that fails: status and message. */
int wire_send_error(int fd, uint32_t number, uint16_t op, uint32_t status,
		    const char *message, size_t len);

/*
 * Receive the next frame. Returns 0 or -errno: -EPIPE at the end of the
 * stream, -EPROTO for a header that makes no sense. passed, where given, gets
 * the descriptor that came with it, or -1.
 */
int wire_receive(int fd, struct wire_frame *frame);
int wire_receive_fd(int fd, struct wire_frame *frame, int *passed);

/* Writing a body; out->failed says at the end whether memory was enough. */
void wire_put_u8(struct buf *out, uint8_t n);
void wire_put_u32(struct buf *out, uint32_t n);
void wire_put_u64(struct buf *out, uint64_t n);
void wire_put_text(struct buf *out, struct wire_text text);
void wire_put_path(struct buf *out, const struct wire_path *path);
void wire_put_start(struct buf *out, const struct wire_start *start);
void wire_put_stat(struct buf *out, const struct wire_stat *stat);
void wire_put_edit(struct buf *out, const struct wire_edit *edit);
/* Lists: wire_put_u32(out, count), then each of the elements. */
void wire_put_host(struct buf *out, const struct wire_host *host);
void wire_put_entry(struct buf *out, const struct wire_entry *entry);
void wire_put_read(struct buf *out, const struct wire_read *read);
void wire_put_ahead(struct buf *out, const struct wire_ahead *ahead);

/*
 * Reading a body. A cursor remembers that something was wrong (bad): reading
 * past the end gives zeros and empty texts, and the reader checks once, with
 * wire_end(). Memory for arrays comes from the cursor and goes with it.
 */
struct wire_in {
	const char *next, *end;
	bool bad;
	struct wire_block *blocks; /* arrays handed out */
};

void wire_in_init(struct wire_in *in, const void *body, size_t len);
void wire_in_release(struct wire_in *in);

uint8_t wire_get_u8(struct wire_in *in);
uint32_t wire_get_u32(struct wire_in *in);
uint64_t wire_get_u64(struct wire_in *in);
struct wire_text wire_get_text(struct wire_in *in);
/* The count of a list whose elements take min bytes each or more. */
size_t wire_get_count(struct wire_in *in, size_t min);
void wire_get_path(struct wire_in *in, struct wire_path *path);
void wire_get_start(struct wire_in *in, struct wire_start *start);
void wire_get_stat(struct wire_in *in, struct wire_stat *stat);
void wire_get_edit(struct wire_in *in, struct wire_edit *edit);
void wire_get_host(struct wire_in *in, struct wire_host *host);
void wire_get_entry(struct wire_in *in, struct wire_entry *entry);
void wire_get_read(struct wire_in *in, struct wire_read *read);
void wire_get_ahead(struct wire_in *in, struct wire_ahead *ahead);

/* True if all was well and nothing is left over. */
bool wire_end(const struct wire_in *in);

static inline struct wire_text wire_text(const char *text)
{
	return (struct wire_text){ text, text ? strlen(text) : 0 };
}

#endif
