/*
 * start.c - making an evaluator, and the stack it runs on
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>

#include "eval/context.h"
#include "eval/file.h"
#include "eval/interp.h"

/* Address space; what is not touched costs nothing. */
#define STACK_SIZE ((size_t)1 << 30)
/* Left below the limit for functions that do not check. */
#define STACK_RESERVE ((size_t)256 << 10)
/* How much of an ordinary stack is used if its size is unknown. */
#define STACK_DEFAULT ((size_t)8 << 20)

/* The lowest address of the stack that eval_run_on_stack() made; NULL when not
 * on it. */
static char *stack_base;

/* makecontext() passes integers only. */
static struct {
	int (*fn)(void *arg);
	void *arg;
	int result;
	ucontext_t caller, callee;
} stack_call;

static void stack_entry(void)
{
	stack_call.result = stack_call.fn(stack_call.arg);
}

int eval_run_on_stack(int (*fn)(void *arg), void *arg)
{
	size_t guard = 4096;
	char *stack;

	if (stack_base)
		return fn(arg);
	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (stack == MAP_FAILED)
		return fn(arg); /* the ordinary stack is the limit then */
	mprotect(stack, guard, PROT_NONE);
	stack_call.fn = fn;
	stack_call.arg = arg;
	getcontext(&stack_call.callee);
	stack_call.callee.uc_stack.ss_sp = stack;
	stack_call.callee.uc_stack.ss_size = STACK_SIZE;
	stack_call.callee.uc_link = &stack_call.caller;
	makecontext(&stack_call.callee, stack_entry, 0);
	stack_base = stack + guard;
	swapcontext(&stack_call.caller, &stack_call.callee);
	stack_base = NULL;
	munmap(stack, STACK_SIZE);
	return stack_call.result;
}

static char *stack_limit(void)
{
	char *here = __builtin_frame_address(0);
	struct rlimit limit;
	size_t size = STACK_DEFAULT;

	if (stack_base)
		return stack_base + STACK_RESERVE;
	if (getrlimit(RLIMIT_STACK, &limit) == 0 &&
	    limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < size)
		size = limit.rlim_cur;
	return here -
	       (size > 2 * STACK_RESERVE ? size - 2 * STACK_RESERVE : size / 2);
}

/* Every call looks whether the stack is used up: let it be. */
void eval_interrupt(struct eval *ev)
{
	if (ev->stack_limit_saved)
		return;
	ev->stack_limit_saved = ev->stack_limit;
	ev->stack_limit = (char *)UINTPTR_MAX;
}

bool eval_interrupted(const struct eval *ev)
{
	return ev->stack_limit_saved != NULL;
}

void eval_interrupt_clear(struct eval *ev)
{
	if (ev->stack_limit_saved)
		ev->stack_limit = ev->stack_limit_saved;
	ev->stack_limit_saved = NULL;
}

void eval_use_stack(struct eval *ev)
{
	ev->stack_limit = stack_limit();
}

struct eval *eval_new(const struct eval_settings *settings)
{
	struct eval *ev = calloc(1, sizeof(*ev));

	if (!ev)
		return NULL;
	ev->settings = *settings;
	if (ev->settings.max_call_depth == 0)
		ev->settings.max_call_depth = UINT32_MAX - 1;
	ev->stack_limit = stack_limit();
	ev->arena = arena_new(settings->memory_limit);
	ev->shapes = shape_table_new();
	ev->contexts = context_table_new();
	if (!ev->arena || !ev->shapes || !ev->contexts ||
	    eval_globals_init(ev) < 0) {
		arena_free(ev->arena);
		shape_table_free(ev->shapes);
		context_table_free(ev->contexts);
		free(ev);
		return NULL;
	}
	return ev;
}

value eval_string(struct eval *ev, const char *text, size_t len,
		  struct path *base, const char *name)
{
	struct file *file = file_parse(ev, text, len, NULL, base, name, NULL);

	return file && file->expr ? eval_expr(ev, file->expr, NULL) : 0;
}
