#include "eval/prepare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "eval/file.h"
#include "eval/image.h"
#include "eval/source.h"
#include "eval/wire.h"

/* Of a message: some hundred files, which are parsed in a few ms. */
#define MESSAGE_SIZE (12u << 10)
#define MESSAGE_MAX (64u << 10)
#define SEARCH_PATH_MAX 256

static int receiving = -1, sending = -1;
static struct eval *prepared;

int prepare_open(void)
{
	int fds[2];

	if (receiving >= 0)
		return receiving;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, fds) < 0)
		return -1;
	receiving = fds[0];
	sending = fds[1];
	return receiving;
}

void prepare_forked(void)
{
	if (receiving >= 0)
		close(receiving);
	receiving = -1;
}

/* --- settings --- */

static size_t path_count(const struct eval_settings *settings)
{
	size_t n = 0;

	while (settings->search_path && settings->search_path[n])
		n++;
	return n;
}

static bool same_settings(const struct eval_settings *a,
			  const struct eval_settings *b)
{
	size_t n = path_count(a);

	if (a->pure != b->pure || strcmp(a->system, b->system) ||
	    n != path_count(b))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(a->search_path[i], b->search_path[i]))
			return false;
	return true;
}

static void put_settings(struct buf *out, const struct eval_settings *settings)
{
	size_t n = path_count(settings);

	wire_put_u8(out, settings->pure);
	wire_put_text(out, wire_text(settings->system));
	wire_put_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		wire_put_text(out, wire_text(settings->search_path[i]));
}

/* A C string; NULL if it is none, or memory ran out. */
static char *get_string(struct wire_in *in)
{
	struct wire_text text = wire_get_text(in);

	if (in->bad || memchr(text.bytes, '\0', text.len))
		return NULL;
	return strndup(text.bytes, text.len);
}

static void release_settings(struct eval_settings *settings)
{
	for (size_t i = 0; i < path_count(settings); i++)
		free((char *)settings->search_path[i]);
	free((void *)settings->search_path);
	free((char *)settings->system);
}

static bool get_settings(struct wire_in *in, struct eval_settings *out)
{
	const char **paths;
	size_t n;

	*out = (struct eval_settings){ .pure = wire_get_u8(in) };
	out->system = get_string(in);
	n = wire_get_count(in, 4);
	if (!out->system || in->bad || n > SEARCH_PATH_MAX)
		return false;
	paths = calloc(n + 1, sizeof(*paths));
	out->search_path = paths;
	for (size_t i = 0; paths && i < n; i++) {
		paths[i] = get_string(in);
		if (!paths[i])
			return false;
	}
	return paths != NULL;
}

/* --- in the nursery --- */

static struct eval *new_eval(const struct eval_settings *from)
{
	struct eval_settings settings = *from;
	struct eval *ev;

	settings.flakes = true;
	settings.max_call_depth = 1; /* nothing is called here */
	settings.messages = NULL;
	ev = eval_new(&settings);
	if (ev && image_new(ev) < 0)
		ev = NULL; /* what is lost is little, and lost once */
	return ev;
}

static void take_files(struct wire_in *in)
{
	size_t n = wire_get_count(in, 12);
	int err = 0;

	for (size_t i = 0; i < n && !in->bad && err == 0; i++) {
		char *folder = get_string(in), *label = get_string(in);
		char *path = get_string(in);
		struct image_name name = { folder, label, path };

		if (folder && label && path && path[0] == '/' &&
		    (folder[0] == '/' || !folder[0]))
			err = image_add(prepared, &name);
		free(folder);
		free(label);
		free(path);
	}
}

void prepare_take(void)
{
	static char message[MESSAGE_MAX];
	ssize_t len = recv(receiving, message, sizeof(message), MSG_TRUNC);
	struct eval_settings settings = { 0 };
	struct wire_in in;

	if (len <= 0 || (size_t)len > sizeof(message))
		return;
	wire_in_init(&in, message, (size_t)len);
	if (!get_settings(&in, &settings)) {
		release_settings(&settings);
	} else if (!prepared) {
		prepared = new_eval(&settings); /* which keeps them */
		if (prepared)
			take_files(&in);
	} else {
		if (same_settings(&settings, &prepared->settings))
			take_files(&in);
		release_settings(&settings);
	}
	wire_in_release(&in);
}

/* --- in a worker --- */

struct eval *prepare_eval(const struct eval_settings *settings)
{
	struct eval *ev = prepared;
	size_t limit = settings->memory_limit, used;

	if (!ev || !same_settings(settings, &ev->settings))
		return NULL;
	prepared = NULL;
	release_settings(&ev->settings);
	ev->settings = *settings;
	used = arena_used(ev->arena);
	/* What is shared is not the worker's. */
	ev->arena->limit = limit && limit < SIZE_MAX - used ? limit + used : 0;
	arena_trim(ev->arena);
	eval_use_stack(ev);
	image_use(ev);
	return ev;
}

/* Can the nursery read it, and is its path without links? */
static bool is_told(struct eval *ev, const struct file *file)
{
	struct path *real;
	bool told;

	if (!file->path || !file->expr || file->scoped ||
	    !source_is_plain(file->path->source))
		return false;
	real = source_resolve(ev, file->path, true);
	told = real && real->source == file->path->source &&
	       real->len == file->path->len &&
	       !memcmp(real->bytes, file->path->bytes, real->len);
	if (!real)
		eval_clear_error(ev);
	return told;
}

void prepare_tell(struct eval *ev)
{
	static size_t next;
	struct buf head = BUF_INIT, files = BUF_INIT;
	size_t end = file_count(ev), i;

	if (sending < 0)
		return;
	if (next < image_files(ev))
		next = image_files(ev);
	if (next >= end)
		return;
	put_settings(&head, &ev->settings);
	while (next < end && !head.failed && !files.failed) {
		size_t at = head.len;
		uint32_t count = 0;

		buf_reset(&files);
		for (i = next; i < end && files.len < MESSAGE_SIZE; i++) {
			const struct file *file = file_at(ev, i);
			const struct source *source;

			if (!is_told(ev, file))
				continue;
			source = file->path->source;
			wire_put_text(&files, wire_text(source->folder));
			wire_put_text(&files, wire_text(source->label));
			wire_put_text(&files, wire_text(file->path->bytes));
			count++;
		}
		wire_put_u32(&head, count);
		buf_add(&head, files.data, files.len);
		if (count && (head.failed || files.failed ||
			      send(sending, head.data, head.len,
				   MSG_DONTWAIT | MSG_NOSIGNAL) < 0))
			break; /* it is busy: next time */
		head.len = at;
		next = i;
	}
	buf_release(&head);
	buf_release(&files);
}
