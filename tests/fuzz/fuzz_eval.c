/* fuzz_eval.c - any expression has a value, fails, or meets a limit */
#include <signal.h>
#include <string.h>
#include <time.h>

#include "eval/buf.h"
#include "eval/context.h"
#include "eval/eval.h"
#include "eval/print.h"
#include "tests/fuzz/target.h"

/* What one input may take. */
#define ARENA_MAX ((size_t)256 << 20)
#define MILLISECONDS 500
#define DEPTH_MAX 2000

/* What hangs on the arena is found nowhere else, and goes with the process. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static struct eval *evaluating;

static void on_time_out(int signal)
{
	(void)signal;
	if (evaluating)
		eval_interrupt(evaluating);
}

/* Not SIGALRM, which is libFuzzer's. */
static timer_t the_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR2 };
	static timer_t timer;
	static bool made;

	if (!made) {
		signal(SIGUSR2, on_time_out);
		MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
		made = true;
	}
	return timer;
}

static void set_timer(long milliseconds)
{
	struct itimerspec time = { .it_value.tv_nsec = milliseconds * 1000000 };

	timer_settime(the_timer(), 0, &time, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const no_paths[] = { NULL };
	struct eval_settings settings = {
		.pure = true,
		.pipe_operators = true,
		.max_call_depth = DEPTH_MAX,
		.memory_limit = ARENA_MAX,
		.system = "x86_64-linux",
		.search_path = no_paths,
	};
	struct buf out = BUF_INIT;
	struct eval *ev;
	value v;

	/* No network, though it takes a hash to get there. */
	if (memmem(data, size, "fetch", 5))
		return 0;
	settings.messages = fopen("/dev/null", "we");
	ev = eval_new(&settings);
	MUST(ev && settings.messages);
	evaluating = ev;
	set_timer(MILLISECONDS);
	v = eval_string(ev, (const char *)data, size, NULL, "«string»");
	if (v)
		v = value_force_deep(ev, &v);
	if (v && print_ambiguous(ev, v, true, &out) == 0)
		MUST(out.len > 0);
	else
		MUST(eval_error(ev)->message);
	set_timer(0);
	evaluating = NULL;
	buf_release(&out);
	fclose(settings.messages);
	arena_free(ev->arena);
	shape_table_free(ev->shapes);
	context_table_free(ev->contexts);
	/* The next evaluator's shapes may lie where these were. */
	memset(shape_lately, 0, sizeof(shape_lately));
	free(ev);
	return 0;
}
