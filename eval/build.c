#include "eval/build.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eval/context.h"
#include "eval/drv.h"
#include "eval/errand.h"
#include "eval/eval.h"
#include "eval/nar.h"
#include "eval/source_private.h"
#include "eval/store_private.h"
#include "eval/wire.h"

#define EXPORT_MAGIC 0x4558494e
#define PATH_ROOM (STOREPATH_SIZE + sizeof("\n"))
#define MESSAGE_MAX 65536

static int builder = -1; /* the socket to it */

/* --- the builder --- */

/* Run nix-store; in is its standard input, out where it writes. Gives whether
 * it succeeded. */
static bool run(const char *flag, const char *path, int in, int out)
{
	int status, null;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		null = open("/dev/null", O_RDWR);
		dup2(in < 0 ? null : in, 0);
		dup2(null, 1); /* paths, one a line */
		dup2(out, 2);
		close_range(3, ~0u, 0);
		execlp("nix-store", "nix-store", flag, path, NULL);
		dprintf(2, "nix-store: %s\n", strerror(errno));
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool is_derivation(const char *path)
{
	struct storepath_parts parts;
	size_t len = strlen(path);

	return len > 4 && !strcmp(path + len - 4, ".drv") &&
	       storepath_parse(path, len, &parts, NULL) == 0;
}

static void serve(int fd)
{
	char path[PATH_ROOM];
	size_t len = 0;
	bool built;

	/* A byte at a time: what follows is for nix-store. */
	while (len < sizeof(path) - 1 && read(fd, &path[len], 1) == 1 &&
	       path[len] != '\n')
		len++;
	path[len] = '\0';
	built = is_derivation(path) && run("--import", NULL, fd, fd) &&
		run("--realise", path, -1, fd);
	send(fd, built ? "0" : "1", 1, MSG_NOSIGNAL);
}

static void run_builder(int from)
{
	struct wire_frame frame = { 0 };
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGCHLD, SIG_DFL);
	/* What else is open is the worker's; it must end when that does. */
	dup2(from, 3);
	close_range(4, ~0u, 0);
	while (wire_receive_fd(3, &frame, &fd) == 0 && fd >= 0) {
		serve(fd);
		close(fd);
	}
	_exit(0);
}

int build_start(void)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		run_builder(pair[1]);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return -EAGAIN;
	}
	builder = pair[0];
	return 0;
}

bool build_possible(void)
{
	return builder >= 0;
}

/* --- what the store lacks --- */

struct export
{
	struct eval *ev;
	int fd;
	void *seen; /* tree of paths that need nothing more */
	struct buf out;
	struct buf *err;
	bool ended; /* nobody reads any more: what was said tells why */
	unsigned depth;
};

static int flush(struct export *e)
{
	for (size_t at = 0; at < e->out.len;) {
		ssize_t n = send(e->fd, e->out.data + at, e->out.len - at,
				 MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			e->ended = true;
			return -1;
		}
		at += (size_t)n;
	}
	buf_reset(&e->out);
	return 0;
}

static int write_bytes(void *arg, const void *bytes, size_t n)
{
	struct export *e = arg;

	buf_add(&e->out, bytes, n);
	return e->out.len < 65536 ? 0 : flush(e);
}

static void put_number(struct export *e, uint64_t n)
{
	unsigned char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(n >> (8 * i));
	buf_add(&e->out, (char *)bytes, 8);
}

static void put_string(struct export *e, const char *bytes, size_t len)
{
	put_number(e, len);
	buf_add(&e->out, bytes, len);
	buf_add(&e->out, "\0\0\0\0\0\0\0", (8 - len % 8) % 8);
}

static void put_text(struct export *e, const char *text)
{
	put_string(e, text, strlen(text));
}

/* The NAR of one file. */
static void put_file(struct export *e, const char *bytes, size_t len)
{
	static const char *const before[] = { "nix-archive-1", "(", "type",
					      "regular", "contents" };

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++)
		put_text(e, before[i]);
	put_string(e, bytes, len);
	put_text(e, ")");
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int add_path(struct export *e, const char *path, size_t len);

/* What comes after an object's NAR. */
static int put_trailer(struct export *e, const char *path,
		       const char *const *references, size_t len)
{
	put_number(e, EXPORT_MAGIC);
	put_text(e, path);
	put_number(e, len);
	for (size_t i = 0; i < len; i++)
		put_text(e, references[i]);
	put_text(e, ""); /* deriver */
	put_number(e, 0);
	return flush(e);
}

static int add_derivation(struct export *e, const char *path)
{
	const char *name = path + STOREPATH_PREFIX_LEN + STOREPATH_HASH_LEN + 1;
	const char **references = NULL;
	struct buf text = BUF_INIT;
	size_t len = 0;
	struct drv drv;
	int rc;

	if (store_read_derivation(e->ev, path, &text, e->err) < 0 ||
	    drv_parse(&drv, name, strlen(name) - 4, buf_text(&text), text.len,
		      e->err) < 0) {
		buf_release(&text);
		return -1;
	}
	references =
		calloc(drv.ninputs + drv.nsources + 1, sizeof(*references));
	rc = references ? 0 : -1;
	for (size_t i = 0; rc == 0 && i < drv.ninputs; i++) {
		const struct storepath_text *p = &drv.inputs[i].path;

		/* One for each output. */
		if (i && drv_compare(drv.inputs[i - 1].path, *p) == 0)
			continue;
		references[len++] = strndup(p->bytes, p->len);
		rc = add_path(e, p->bytes, p->len);
	}
	for (size_t i = 0; rc == 0 && i < drv.nsources; i++) {
		const struct storepath_text *p = &drv.sources[i];

		references[len++] = strndup(p->bytes, p->len);
		rc = add_path(e, p->bytes, p->len);
	}
	if (rc == 0) {
		put_number(e, 1);
		put_file(e, buf_text(&text), text.len);
		rc = put_trailer(e, path, references, len);
	}
	for (size_t i = 0; i < len; i++)
		free((char *)references[i]);
	free(references);
	drv_release(&drv);
	buf_release(&text);
	return rc;
}

/* A file or a tree that was "copied". */
static int add_tree(struct export *e, const char *path, size_t len)
{
	const struct context *context = NULL;
	struct source *source = store_source(e->ev, path, len, &context);
	const char **references;
	size_t count = context ? context->len : 0;
	int rc = 0;

	if (!source) {
		buf_fail(e->err, "path '%s' is not valid", path);
		return -1;
	}
	references = calloc(count + 1, sizeof(*references));
	if (!references)
		return -1;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		references[i] = symbol_bytes(context->elements[i]->path);
		rc = add_path(e, references[i], strlen(references[i]));
	}
	if (rc == 0) {
		put_number(e, 1);
		rc = source_nar_write(e->ev, source, "/", write_bytes, e,
				      e->err);
	}
	if (rc == 0)
		rc = put_trailer(e, path, references, count);
	free(references);
	return rc;
}

static int add_path(struct export *e, const char *bytes, size_t len)
{
	char *path = strndup(bytes, len);
	struct stat st;
	int rc = 0;

	if (!path)
		return -1;
	if (tfind(path, &e->seen, compare_texts)) {
		free(path);
		return 0;
	}
	if (!tsearch(path, &e->seen, compare_texts)) {
		free(path);
		return -1;
	}
	if (lstat(path, &st) == 0)
		return 0;
	if (++e->depth > 10000) {
		buf_fail(e->err, "derivations are nested too deeply");
		return -1;
	}
	if (len > 4 && !strcmp(path + len - 4, ".drv"))
		rc = add_derivation(e, path);
	else
		rc = add_tree(e, path, len);
	e->depth--;
	return rc;
}

/* --- a request --- */

/* What the builder says, up to its end; true if all is built. */
static bool read_answer(int fd, struct buf *said)
{
	char piece[4096];
	bool built = false;
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		built = piece[n - 1] == '0';
		if (said->len < MESSAGE_MAX)
			buf_add(said, piece, (size_t)n);
	}
	if (said->len)
		said->data[--said->len] = '\0';
	return built;
}

int build_derivation(struct eval *ev, pos_t pos, const char *path)
{
	struct buf err = BUF_INIT, said = BUF_INIT;
	struct export e = { .ev = ev, .err = &err };
	int rc = -1;

	if (errand_unasked(ev))
		return -1;
	e.fd = wire_connect(builder);
	if (e.fd < 0) {
		eval_fail(ev, ERROR_IO, pos, "cannot ask for a build: %s",
			  strerror(-e.fd));
		return -1;
	}
	buf_add_format(&e.out, "%s\n", path);
	if (add_path(&e, path, strlen(path)) < 0 && !err.len && !e.ended)
		buf_fail(&err, "out of memory");
	put_number(&e, 0);
	if (!err.len && !e.ended)
		flush(&e);
	shutdown(e.fd, SHUT_WR);
	if (read_answer(e.fd, &said) && !err.len)
		rc = 0;
	else
		eval_fail(ev, ERROR_BUILD_NEEDED, pos,
			  "building '%s', which evaluation needs, failed: %s",
			  path, err.len ? buf_text(&err) : buf_text(&said));
	close(e.fd);
	tdestroy(e.seen, free);
	buf_release(&e.out);
	buf_release(&err);
	buf_release(&said);
	return rc;
}
