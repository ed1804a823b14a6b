#include "eval/ahead.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <xxhash.h>

/* Questions answered in one go; then the walk must show that it goes on. */
#define RUN_ITEMS 512
/* Microseconds that answers ahead may take while nobody asks. */
#define RUN_TIME 50000
/* So many answers, or microseconds, come before looking whether something is
 * asked: else who asks fast is never overtaken. */
#define RUN_ITEMS_MIN 24
#define RUN_TIME_MIN 2000
/* A frame is sent when it has so many answers or bytes. */
#define FRAME_ITEMS 64
#define FRAME_BYTES (256u << 10)
/* A walk's depth; deeper folders are left to be asked for. */
#define DEPTH_MAX 24
/* After a value was read, values are read ahead for so many questions. */
#define READING 200

/* A folder of the walk. */
struct level {
	struct buf path; /* as on the wire: count, then names */
	struct buf list; /* an answer to LIST */
	struct wire_in in;
	size_t left; /* entries that `in` still has */
};

/*
 * Walks are of two kinds: through everything below a folder (levels), or along
 * one name in all folders beside each other, as a shell goes through
 * services/?/enable (comb: the name; the first level has the folders).
 */
struct ahead {
	const struct ahead_worker *worker;
	struct level levels[DEPTH_MAX];
	size_t depth;	 /* 0: no walk is on */
	struct buf comb; /* empty: the first kind of walk */
	/* The folder's parent and the name of the last question; and whether
	 * the walk along them was begun, and then with values. */
	struct buf last_comb;
	unsigned comb_streak;
	bool comb_begun, comb_read;
	struct buf last; /* the folder of the last question, as on the wire */
	unsigned streak;
	unsigned reading;
	struct buf frame; /* answers not yet sent */
	uint32_t items;
	/* What has been answered, as hashes: open addressing, 0 is free. */
	uint64_t *seen;
	size_t seen_len, seen_mask;
};

/* Set by the alarm: give up what is being evaluated. */
static struct eval *running;

static void give_up(int signal)
{
	if (running)
		eval_interrupt(running);
}

struct ahead *ahead_new(const struct ahead_worker *worker)
{
	struct ahead *ahead = calloc(1, sizeof(*ahead));
	struct sigaction action = { .sa_handler = give_up };

	if (!ahead)
		return NULL;
	ahead->worker = worker;
	sigaction(SIGALRM, &action, NULL);
	return ahead;
}

static void pop(struct ahead *ahead)
{
	struct level *level = &ahead->levels[--ahead->depth];

	wire_in_release(&level->in);
	buf_release(&level->path);
	buf_release(&level->list);
}

static void stop_walk(struct ahead *ahead)
{
	while (ahead->depth)
		pop(ahead);
	buf_reset(&ahead->comb);
}

void ahead_free(struct ahead *ahead)
{
	if (!ahead)
		return;
	stop_walk(ahead);
	buf_release(&ahead->comb);
	buf_release(&ahead->last_comb);
	buf_release(&ahead->last);
	buf_release(&ahead->frame);
	free(ahead->seen);
	free(ahead);
}

/* Note a question; false if it was noted before. */
static bool note(struct ahead *ahead, uint16_t op, const struct buf *body)
{
	uint64_t hash = XXH3_64bits_withSeed(body->data, body->len, op) | 1;
	size_t slot;

	if (ahead->seen_len * 2 >= ahead->seen_mask) {
		/* Forgotten, a question may be answered twice: no harm. */
		size_t room = ahead->seen_mask < (1u << 20)
				      ? 4 * (ahead->seen_mask + 1)
				      : ahead->seen_mask + 1;

		free(ahead->seen);
		if (room < 4096)
			room = 4096;
		ahead->seen = calloc(room, sizeof(*ahead->seen));
		ahead->seen_len = 0;
		ahead->seen_mask = ahead->seen ? room - 1 : 0;
		if (!ahead->seen)
			return true;
	}
	for (slot = hash & ahead->seen_mask; ahead->seen[slot];
	     slot = (slot + 1) & ahead->seen_mask)
		if (ahead->seen[slot] == hash)
			return false;
	ahead->seen[slot] = hash;
	ahead->seen_len++;
	return true;
}

static uint32_t path_count(const struct buf *path)
{
	struct wire_in in;

	wire_in_init(&in, path->data, path->len);
	return wire_get_u32(&in);
}

/* path + name */
static void path_below(struct buf *out, const struct buf *path,
		       const struct wire_text *name)
{
	wire_put_u32(out, path_count(path) + 1);
	buf_add(out, path->data + 4, path->len - 4);
	wire_put_text(out, *name);
}

/* Is folder the same as path, or above it? */
static bool is_above(const struct buf *folder, const struct buf *path)
{
	return folder->len >= 4 && path->len >= folder->len &&
	       memcmp(folder->data + 4, path->data + 4, folder->len - 4) == 0;
}

static int flush(struct ahead *ahead)
{
	struct buf body = BUF_INIT;
	int err = 0;

	if (ahead->items) {
		wire_put_u32(&body, ahead->items);
		buf_add(&body, ahead->frame.data, ahead->frame.len);
		if (!body.failed && !ahead->frame.failed)
			err = wire_send(ahead->worker->fd, 0, WIRE_AHEAD, false,
					0, body.data, body.len);
	}
	buf_release(&body);
	buf_reset(&ahead->frame);
	ahead->items = 0;
	return err;
}

/*
 * Answer one question, into out (its body), and tell it unless that was done
 * before. Returns the answer's error, -EINTR if it took too long.
 */
static int answer(struct ahead *ahead, uint16_t op, const struct buf *request,
		  struct buf *out)
{
	struct wire_frame frame = { .op = op, .body = *request };
	struct buf message = BUF_INIT;
	struct wire_ahead told = { .op = (uint8_t)op };
	int err;

	err = ahead->worker->answer(ahead->worker->arg, &frame, out);
	/* Some failures are swallowed on the way: what was given up is no
	 * answer, whatever it looks like. */
	if (running && eval_interrupted(running))
		err = -EINTR;
	if (err < 0)
		ahead->worker->message(ahead->worker->arg, err, &message);
	if (err != -EINTR && err != -ENOMEM && note(ahead, op, request)) {
		told.status = (uint32_t)-err;
		told.request =
			(struct wire_text){ request->data, request->len };
		told.answer =
			err < 0 ? (struct wire_text){ message.data,
						      message.len }
				: (struct wire_text){ out->data, out->len };
		wire_put_ahead(&ahead->frame, &told);
		ahead->items++;
	}
	buf_release(&message);
	return err;
}

/* The walk goes into a folder, after the name after (NULL: from its front). */
static int push(struct ahead *ahead, const struct buf *path,
		const struct wire_text *after)
{
	struct level *level = &ahead->levels[ahead->depth];
	struct wire_entry entry;
	struct wire_in rest;
	int err;

	if (ahead->depth == DEPTH_MAX)
		return 0;
	memset(level, 0, sizeof(*level));
	err = answer(ahead, WIRE_LIST, path, &level->list);
	if (err < 0) {
		buf_release(&level->list);
		return err == -EINTR ? err : 0;
	}
	buf_add(&level->path, path->data, path->len);
	wire_in_init(&level->in, level->list.data, level->list.len);
	level->left = wire_get_count(&level->in, 6);
	ahead->depth++;
	rest = level->in;
	for (size_t left = level->left; after && left > 0; left--) {
		wire_get_entry(&rest, &entry);
		if (entry.name.len == after->len &&
		    memcmp(entry.name.bytes, after->bytes, after->len) == 0) {
			level->in = rest;
			level->left = left - 1;
			break;
		}
	}
	return 0;
}

/* A file on the walk: its value, if values are being read. */
static int read_file(struct ahead *ahead, const struct buf *path)
{
	struct buf request = BUF_INIT, body = BUF_INIT;
	int err;

	if (!ahead->reading)
		return 0;
	wire_put_u8(&request, WIRE_TEXT);
	buf_add(&request, path->data, path->len);
	err = answer(ahead, WIRE_READ, &request, &body);
	buf_release(&request);
	buf_release(&body);
	return err;
}

/* One folder of a walk along one name. Returns 0 or -EINTR. */
static int comb_step(struct ahead *ahead)
{
	struct level *level = &ahead->levels[0];
	struct buf folder = BUF_INIT, path = BUF_INIT, body = BUF_INIT;
	struct wire_text name = { ahead->comb.data, ahead->comb.len };
	struct wire_entry entry;
	struct wire_stat st;
	struct wire_in in;
	int err = 0;

	if (!level->left) {
		stop_walk(ahead);
		return 0;
	}
	wire_get_entry(&level->in, &entry);
	level->left--;
	if (entry.kind != WIRE_DIRECTORY)
		return 0;
	path_below(&folder, &level->path, &entry.name);
	path_below(&path, &folder, &name);
	err = answer(ahead, WIRE_STAT, &path, &body);
	if (err == 0) {
		wire_in_init(&in, body.data, body.len);
		wire_get_stat(&in, &st);
		if (st.kind == WIRE_FILE)
			err = read_file(ahead, &path);
	}
	buf_release(&folder);
	buf_release(&path);
	buf_release(&body);
	return err == -EINTR ? err : 0;
}

/* One entry of the walk. Returns 0 or -EINTR. */
static int step(struct ahead *ahead)
{
	struct level *level = &ahead->levels[ahead->depth - 1];
	struct buf path = BUF_INIT, body = BUF_INIT;
	struct wire_entry entry;
	struct wire_stat st;
	struct wire_in in;
	int err = 0;

	if (!level->left) {
		pop(ahead);
		return 0;
	}
	wire_get_entry(&level->in, &entry);
	level->left--;
	path_below(&path, &level->path, &entry.name);
	if (entry.kind == WIRE_UNKNOWN) {
		err = answer(ahead, WIRE_STAT, &path, &body);
		if (err < 0)
			goto out;
		wire_in_init(&in, body.data, body.len);
		wire_get_stat(&in, &st);
		entry.kind = st.kind;
	}
	if (entry.kind == WIRE_DIRECTORY) {
		err = push(ahead, &path, NULL);
	} else if (entry.kind == WIRE_FILE) {
		err = read_file(ahead, &path);
	}
out:
	buf_release(&path);
	buf_release(&body);
	return err == -EINTR ? err : 0;
}

/* What a question is about: the folder, and the name in it of STAT and READ. */
static bool parse(const struct wire_frame *frame, struct buf *folder,
		  struct wire_text *name)
{
	struct wire_path path;
	struct wire_in in;
	bool ok = true;

	wire_in_init(&in, frame->body.data, frame->body.len);
	if (frame->op == WIRE_READ)
		ok = wire_get_u8(&in) == WIRE_TEXT;
	wire_get_path(&in, &path);
	ok = ok && !in.bad;
	*name = (struct wire_text){ NULL, 0 };
	if (ok && frame->op != WIRE_LIST) {
		ok = path.len > 0;
		if (ok)
			*name = path.names[--path.len];
	}
	if (ok)
		wire_put_path(folder, &path);
	wire_in_release(&in);
	return ok && !folder->failed;
}

/* The folder's parent, as on the wire, and its name in it. */
static bool split(const struct buf *folder, struct buf *parent,
		  struct wire_text *child)
{
	struct wire_path path;
	struct wire_in in;
	bool ok;

	wire_in_init(&in, folder->data, folder->len);
	wire_get_path(&in, &path);
	ok = !in.bad && path.len > 0;
	if (ok) {
		*child = path.names[--path.len];
		wire_put_path(parent, &path);
	}
	wire_in_release(&in);
	return ok;
}

/*
 * Is the question the same name as the last one's, in a folder beside that
 * one's? Twice in a row begins a walk along that name.
 */
static bool saw_comb(struct ahead *ahead, const struct buf *folder,
		     const struct wire_text *name)
{
	struct buf parent = BUF_INIT, comb = BUF_INIT;
	struct wire_text child;
	bool on = false;

	if (!name->bytes || !split(folder, &parent, &child))
		goto out;
	buf_add(&comb, parent.data, parent.len);
	wire_put_text(&comb, *name);
	if (comb.len == ahead->last_comb.len &&
	    memcmp(comb.data, ahead->last_comb.data, comb.len) == 0)
		ahead->comb_streak++;
	else
		ahead->comb_streak = 1;
	if (ahead->comb_streak == 1)
		ahead->comb_begun = ahead->comb_read = false;
	buf_reset(&ahead->last_comb);
	buf_add(&ahead->last_comb, comb.data, comb.len);
	if (ahead->comb_streak < 3)
		goto out;
	on = true;
	if (ahead->comb_begun && (ahead->comb_read || !ahead->reading))
		goto out;
	/* From the front: shells go through folders in either direction. */
	stop_walk(ahead);
	push(ahead, &parent, NULL);
	buf_add(&ahead->comb, name->bytes, name->len);
	ahead->comb_begun = true;
	ahead->comb_read = ahead->reading > 0;
out:
	buf_release(&parent);
	buf_release(&comb);
	return on;
}

void ahead_saw(struct ahead *ahead, const struct wire_frame *frame)
{
	struct buf folder = BUF_INIT;
	struct wire_text name;

	if (frame->op != WIRE_STAT && frame->op != WIRE_LIST &&
	    frame->op != WIRE_READ)
		return;
	note(ahead, frame->op, &frame->body);
	if (!parse(frame, &folder, &name))
		goto out;
	if (frame->op == WIRE_READ)
		ahead->reading = READING;
	else if (ahead->reading)
		ahead->reading--;

	if (saw_comb(ahead, &folder, &name))
		goto out;
	/* The walk that is on has not come so far yet, or has been overtaken:
	 * it goes on all the same as long as it is the same folder. */
	if (ahead->depth && !ahead->comb.len &&
	    is_above(&ahead->levels[0].path, &folder))
		goto out;
	stop_walk(ahead);
	if (is_above(&ahead->last, &folder))
		ahead->streak++;
	else
		ahead->streak = 1;
	buf_reset(&ahead->last);
	buf_add(&ahead->last, folder.data, folder.len);
	if (ahead->streak >= 2)
		push(ahead, &folder, name.bytes ? &name : NULL);
out:
	buf_release(&folder);
}

static bool is_asked(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, 0) != 0;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

int ahead_run(struct ahead *ahead, struct eval *ev)
{
	struct itimerval alarm = { .it_value.tv_usec = RUN_TIME };
	struct itimerval off = { { 0 } };
	int64_t start = now_us();
	FILE *messages;
	int err = 0;

	if (!ahead->depth || !ev)
		return 0;
	/* What nobody has asked for has nothing to say to anybody. */
	messages = ev->settings.messages;
	ev->settings.messages = NULL;
	ev->unasked = true;
	running = ev;
	setitimer(ITIMER_REAL, &alarm, NULL);
	for (int i = 0; i < RUN_ITEMS && ahead->depth && err == 0; i++) {
		if ((i >= RUN_ITEMS_MIN || now_us() - start > RUN_TIME_MIN) &&
		    is_asked(ahead->worker->fd))
			break;
		if ((ahead->comb.len ? comb_step(ahead) : step(ahead)) < 0)
			break;
		if (ahead->items >= FRAME_ITEMS ||
		    ahead->frame.len >= FRAME_BYTES)
			err = flush(ahead);
	}
	setitimer(ITIMER_REAL, &off, NULL);
	running = NULL;
	ev->unasked = false;
	ev->settings.messages = messages;
	eval_interrupt_clear(ev);
	return err < 0 ? err : flush(ahead);
}
