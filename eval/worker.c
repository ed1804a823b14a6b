/*
 * worker.c - the process that evaluates one host
 *
 * Nothing is evaluated yet: every request is answered with ENOSYS.
 */
#include "eval/worker.h"

#include <errno.h>

void worker_prepare(const struct wire_start *start)
{
}

int worker_run(int fd, const struct wire_start *start)
{
	static const char message[] = "error: evaluation is not there yet\n";
	struct wire_frame frame = { 0 };

	while (wire_receive(fd, &frame) == 0)
		wire_send_error(fd, frame.number, frame.op, ENOSYS, message,
				sizeof(message) - 1);
	buf_release(&frame.body);
	return 0;
}
