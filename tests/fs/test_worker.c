/* test_worker.c - whatever a worker does, the daemon gets an answer */
#include "fs/worker.h"

#include <check.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/fs/fake.h"

static char repository[] = "/tmp/flakefs-test-XXXXXX";
static struct workers *workers;
static struct worker *ares;

static void put(const char *name, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/hosts/ares/%s", repository, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void setup(void)
{
	struct workers_config config = { .eval_timeout = 2, .idle = 1 };
	char command[200];

	strcpy(repository, "/tmp/flakefs-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(repository));
	snprintf(command, sizeof(command), "mkdir -p %s/hosts/ares",
		 repository);
	ck_assert_int_eq(system(command), 0);
	put("value", "42\n");
	put("crash", "!crash");
	put("memory", "!memory");
	put("throw", "!throw error: oh no\n");
	put("slow", "!sleep 400");
	put("hang", "!sleep 60000");
	put("pid", "!pid");
	config.start.repository = wire_text(repository);
	workers = workers_new(&config);
	ares = workers_get(workers, WIRE_HOST, "ares", 4, NULL);
	ck_assert_ptr_eq(ares,
			 workers_get(workers, WIRE_HOST, "ares", 4, NULL));
}

static void teardown(void)
{
	char command[200];

	workers_free(workers);
	snprintf(command, sizeof(command), "rm -rf %s", repository);
	ck_assert_int_eq(system(command), 0);
}

static int ask(const char *name, struct cancel *cancel, struct answer *answer)
{
	struct wire_text names[] = { wire_text(name) };
	struct wire_path path = { names, 1 };
	struct buf body = BUF_INIT;
	int err;

	wire_put_u8(&body, WIRE_TEXT);
	wire_put_path(&body, &path);
	err = worker_ask(ares, WIRE_READ, body.data, body.len, cancel, answer);
	buf_release(&body);
	return err;
}

static void assert_reads(const char *name, const char *expected)
{
	struct answer answer;
	struct wire_in in;
	struct wire_text text;

	ck_assert_int_eq(ask(name, NULL, &answer), 0);
	wire_in_init(&in, answer.body.bytes, answer.body.len);
	text = wire_get_text(&in);
	ck_assert(wire_end(&in));
	ck_assert_uint_eq(text.len, strlen(expected));
	ck_assert_mem_eq(text.bytes, expected, text.len);
	answer_release(&answer);
}

static int pid_of_worker(void)
{
	struct answer answer;
	int pid;

	ck_assert_int_eq(ask("pid", NULL, &answer), 0);
	pid = atoi(answer.body.bytes + 4);
	answer_release(&answer);
	return pid;
}

static void assert_fails(const char *name, int expected, const char *part)
{
	struct answer answer;

	ck_assert_int_eq(ask(name, NULL, &answer), expected);
	ck_assert_msg(memmem(answer.body.bytes, answer.body.len, part,
			     strlen(part)) != NULL,
		      "%.*s", (int)answer.body.len, answer.body.bytes);
	answer_release(&answer);
}

START_TEST(a_failure_comes_with_its_message)
{
	assert_reads("value", "42\n");
	assert_fails("throw", -EIO, "error: oh no\n");
	assert_fails("absent", -ENOENT, "no such thing");
	assert_reads("value", "42\n");
}
END_TEST

START_TEST(after_a_death_the_next_request_is_answered)
{
	assert_fails("crash", -EIO, "signal 11");
	assert_reads("value", "42\n");
	assert_fails("memory", -ENOMEM, "memory");
	assert_reads("value", "42\n");
	/* One that ended while nothing was asked is nobody's failure. */
	kill(pid_of_worker(), SIGKILL);
	usleep(50000);
	assert_reads("value", "42\n");
}
END_TEST

/* The nursery is the parent of all workers; its death takes them along. */
START_TEST(without_its_nursery_the_next_request_starts_another)
{
	char command[64];

	snprintf(command, sizeof(command), "kill -9 $(ps -o ppid= -p %d)",
		 pid_of_worker());
	ck_assert_int_eq(system(command), 0);
	usleep(100000);
	assert_reads("value", "42\n");
}
END_TEST

START_TEST(what_takes_too_long_is_ended)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_fails("hang", -ETIMEDOUT, "eval_timeout=2");
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 5);
	assert_reads("value", "42\n");
}
END_TEST

static void *cancel_soon(void *arg)
{
	usleep(100000);
	cancel(arg);
	return NULL;
}

START_TEST(who_gives_up_returns_at_once)
{
	struct answer answer;
	struct cancel giving_up;
	struct timespec from, to;
	pthread_t thread;

	cancel_init(&giving_up);
	assert_reads("value", "42\n");
	pthread_create(&thread, NULL, cancel_soon, &giving_up);
	clock_gettime(CLOCK_MONOTONIC, &from);
	ck_assert_int_eq(ask("slow", &giving_up, &answer), -EINTR);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_int_lt((to.tv_sec - from.tv_sec) * 1000 +
				 (to.tv_nsec - from.tv_nsec) / 1000000,
			 300);
	answer_release(&answer);
	pthread_join(thread, NULL);
	ck_assert_int_eq(ask("slow", &giving_up, &answer), -EINTR);
	answer_release(&answer);
	cancel_release(&giving_up);
	assert_reads("slow", "slept\n");
}
END_TEST

static void *ask_slow(void *arg)
{
	struct answer answer;

	if (ask("slow", NULL, &answer) == 0)
		__atomic_add_fetch((int *)arg, 1, __ATOMIC_SEQ_CST);
	answer_release(&answer);
	return NULL;
}

START_TEST(many_who_ask_the_same_wait_for_one_answer)
{
	struct workers_stats stats;
	pthread_t threads[20];
	int answered = 0;

	for (int i = 0; i < 20; i++)
		pthread_create(&threads[i], NULL, ask_slow, &answered);
	for (int i = 0; i < 20; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(answered, 20);
	workers_stats(workers, &stats);
	ck_assert_uint_ge(stats.merged, 17);
	ck_assert_uint_eq(stats.started, 1);
}
END_TEST

START_TEST(a_renewed_worker_is_another_process)
{
	int pid = pid_of_worker();
	struct answer answer;
	uint64_t epoch = worker_epoch(ares);

	ck_assert_int_eq(pid_of_worker(), pid);
	worker_renew(ares, false);
	ck_assert_int_ne(pid_of_worker(), pid);
	ck_assert_int_eq(ask("value", NULL, &answer), 0);
	ck_assert_uint_eq(answer.epoch, epoch + 1);
	answer_release(&answer);
}
END_TEST

START_TEST(an_idle_worker_ends_and_leaves_what_it_read)
{
	int pid = pid_of_worker();
	struct workers_stats stats;
	struct answer answer;

	usleep(1500000);
	workers_stats(workers, &stats);
	ck_assert_uint_eq(stats.running, 0);
	/* Nor is there a nursery without workers. */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(worker_reads(ares, 100, &answer), 0);
	ck_assert_ptr_nonnull(memmem(answer.body.bytes, answer.body.len,
				     "hosts/ares/pid", 14));
	answer_release(&answer);
	ck_assert_int_ne(pid_of_worker(), pid);
}
END_TEST

START_TEST(what_a_busy_worker_read_is_not_waited_for)
{
	struct answer answer;
	pthread_t thread;
	int answered = 0;

	ck_assert_int_eq(worker_reads(ares, 100, &answer), -ESRCH);
	answer_release(&answer);
	pthread_create(&thread, NULL, ask_slow, &answered);
	usleep(100000);
	ck_assert_int_eq(worker_reads(ares, 50, &answer), -EBUSY);
	answer_release(&answer);
	pthread_join(thread, NULL);
	ck_assert_int_eq(worker_reads(ares, 500, &answer), 0);
	answer_release(&answer);
}
END_TEST

START_TEST(a_single_worker_sees_its_overlay_alone)
{
	struct wire_file file = { wire_text("hosts/ares/value"),
				  wire_text("43\n") };
	struct worker *single = worker_new_single(workers, ares, &file, 1);
	struct worker *saved = ares;

	ares = single;
	assert_reads("value", "43\n");
	ares = saved;
	assert_reads("value", "42\n");
	worker_free_single(single);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;
	SRunner *runner;
	int failed;

	if (argc > 1)
		return fake_nursery(argc, argv);
	suite = suite_create("worker");
	tcase = tcase_create("worker");
	runner = srunner_create(suite);
	suite_add_tcase(suite, tcase);
	tcase_set_timeout(tcase, 20);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_failure_comes_with_its_message);
	tcase_add_test(tcase, after_a_death_the_next_request_is_answered);
	tcase_add_test(tcase,
		       without_its_nursery_the_next_request_starts_another);
	tcase_add_test(tcase, what_takes_too_long_is_ended);
	tcase_add_test(tcase, who_gives_up_returns_at_once);
	tcase_add_test(tcase, many_who_ask_the_same_wait_for_one_answer);
	tcase_add_test(tcase, a_renewed_worker_is_another_process);
	tcase_add_test(tcase, an_idle_worker_ends_and_leaves_what_it_read);
	tcase_add_test(tcase, what_a_busy_worker_read_is_not_waited_for);
	tcase_add_test(tcase, a_single_worker_sees_its_overlay_alone);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
