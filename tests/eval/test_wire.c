/* test_wire.c - frames arrive whole, and broken ones do no harm */
#include "eval/wire.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];

static void open_pair(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
}

static void close_pair(void)
{
	close(pair[0]);
	close(pair[1]);
}

static void *send_big(void *bytes)
{
	struct buf *body = bytes;

	ck_assert_int_eq(wire_send(pair[0], 7, WIRE_READ, true, 0, body->data,
				   body->len),
			 0);
	return NULL;
}

/* Larger than the socket's buffer: many short reads and writes. */
START_TEST(a_frame_of_megabytes_arrives_whole)
{
	struct wire_frame frame = { 0 };
	struct buf body = BUF_INIT;
	pthread_t thread;

	for (int i = 0; i < 1000000; i++)
		wire_put_u32(&body, (uint32_t)i);
	pthread_create(&thread, NULL, send_big, &body);
	ck_assert_int_eq(wire_receive(pair[1], &frame), 0);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(frame.number, 7);
	ck_assert_uint_eq(frame.op, WIRE_READ);
	ck_assert(frame.answer);
	ck_assert_uint_eq(frame.body.len, body.len);
	ck_assert_mem_eq(frame.body.data, body.data, body.len);
	buf_release(&frame.body);
	buf_release(&body);
}
END_TEST

START_TEST(a_descriptor_goes_along)
{
	struct wire_frame frame = { 0 };
	int passed, ends[2];
	char c = 0;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(
		wire_send_fd(pair[0], 1, WIRE_START, "abc", 3, ends[1]), 0);
	ck_assert_int_eq(wire_receive_fd(pair[1], &frame, &passed), 0);
	ck_assert_int_ge(passed, 0);
	ck_assert_int_eq(write(passed, "x", 1), 1);
	ck_assert_int_eq(read(ends[0], &c, 1), 1);
	ck_assert_int_eq(c, 'x');
	ck_assert_uint_eq(frame.body.len, 3);
	buf_release(&frame.body);
	close(passed);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(the_end_of_the_stream_is_epipe)
{
	struct wire_frame frame = { 0 };

	shutdown(pair[0], SHUT_WR);
	ck_assert_int_eq(wire_receive(pair[1], &frame), -EPIPE);
	close(pair[1]);
	ck_assert_int_eq(wire_send(pair[0], 1, WIRE_STAT, false, 0, "", 0),
			 -EPIPE);
	buf_release(&frame.body);
}
END_TEST

START_TEST(a_header_without_sense_is_refused)
{
	static const unsigned char headers[][16] = {
		{ 255, 255, 255, 255, 0, 0, 0, 0, 5 },	/* 4 GiB */
		{ 0, 0, 0, 0, 0, 0, 0, 0, 99 },		/* operation 99 */
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },		/* operation 0 */
		{ 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 2, 0 }, /* neither */
	};
	struct wire_frame frame = { 0 };

	ck_assert_int_eq(write(pair[0], headers[_i], 16), 16);
	ck_assert_int_eq(wire_receive(pair[1], &frame), -EPROTO);
	buf_release(&frame.body);
}
END_TEST

static void put_example(struct buf *out)
{
	struct wire_text names[] = { wire_text("options"), { "a\0b", 3 } };
	struct wire_path path = { names, 2 };
	struct wire_file file = { wire_text("a.nix"), wire_text("{ }") };
	struct wire_override override = { wire_text("nixpkgs"),
					  wire_text("/n") };
	struct wire_text glob = wire_text("hosts/*.nix");
	struct wire_start start = {
		.class = WIRE_HOST,
		.purity = WIRE_PURE,
		.eval_memory = 1ull << 40,
		.name = wire_text("ares"),
		.repository = wire_text("/r"),
		.reference_lock = wire_text("l"),
		.hosts = &glob,
		.hosts_len = 1,
		.overrides = &override,
		.overrides_len = 1,
		.overlay = &file,
		.overlay_len = 1,
	};
	struct wire_change change = { wire_text("a.nix"), wire_text("old"),
				      wire_text("new"), 3, true };
	struct wire_edit edit = { wire_text("a.b"), wire_text("false"),
				  wire_text("true"), &change, 1 };

	wire_put_path(out, &path);
	wire_put_start(out, &start);
	wire_put_edit(out, &edit);
}

static bool get_example(struct wire_in *in, struct wire_path *path,
			struct wire_start *start, struct wire_edit *edit)
{
	wire_get_path(in, path);
	wire_get_start(in, start);
	wire_get_edit(in, edit);
	return wire_end(in);
}

START_TEST(bodies_come_back_as_they_were)
{
	struct buf body = BUF_INIT;
	struct wire_path path;
	struct wire_start start;
	struct wire_edit edit;
	struct wire_in in;

	put_example(&body);
	wire_in_init(&in, body.data, body.len);
	ck_assert(get_example(&in, &path, &start, &edit));
	ck_assert_uint_eq(path.len, 2);
	ck_assert_uint_eq(path.names[1].len, 3);
	ck_assert_uint_eq(start.eval_memory, 1ull << 40);
	ck_assert_uint_eq(start.reference_lock.len, 1);
	ck_assert_mem_eq(start.overrides[0].reference.bytes, "/n", 2);
	ck_assert_mem_eq(start.overlay[0].bytes.bytes, "{ }", 3);
	ck_assert_uint_eq(edit.changes_len, 1);
	ck_assert_uint_eq(edit.changes[0].line, 3);
	ck_assert(edit.changes[0].created);
	wire_in_release(&in);
	buf_release(&body);
}
END_TEST

/* Every cut, and many changed bytes: an error or another message, no crash. */
START_TEST(damaged_bodies_are_noticed_or_harmless)
{
	struct buf body = BUF_INIT;
	struct wire_path path;
	struct wire_start start;
	struct wire_edit edit;
	struct wire_in in;

	put_example(&body);
	for (size_t len = 0; len < body.len; len++) {
		char *cut = malloc(len ? len : 1);

		memcpy(cut, body.data, len);
		wire_in_init(&in, cut, len);
		ck_assert(!get_example(&in, &path, &start, &edit));
		wire_in_release(&in);
		free(cut);
	}
	srandom(1);
	for (int round = 0; round < 20000; round++) {
		char *copy = malloc(body.len);

		memcpy(copy, body.data, body.len);
		for (int n = random() % 4; n >= 0; n--)
			copy[random() % body.len] = (char)random();
		wire_in_init(&in, copy, body.len);
		get_example(&in, &path, &start, &edit);
		wire_in_release(&in);
		free(copy);
	}
	buf_release(&body);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wire");
	TCase *tcase = tcase_create("wire");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, open_pair, close_pair);
	tcase_add_test(tcase, a_frame_of_megabytes_arrives_whole);
	tcase_add_test(tcase, a_descriptor_goes_along);
	tcase_add_test(tcase, the_end_of_the_stream_is_epipe);
	tcase_add_loop_test(tcase, a_header_without_sense_is_refused, 0, 4);
	tcase_add_test(tcase, bodies_come_back_as_they_were);
	tcase_add_test(tcase, damaged_bodies_are_noticed_or_harmless);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
