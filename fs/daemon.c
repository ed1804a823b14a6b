/*
 * daemon.c - going to the background, and coming to an end
 */
#include "fs/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/log.h"

#define MOUNT_FAILED 32 /* mount(8)'s */

static int ready_fd = -1; /* the parent reads the status from its other end */
static bool told;

int daemon_start(void)
{
	unsigned char status;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		close(ends[0]);
		ready_fd = ends[1];
		setsid();
		return 0;
	}
	close(ends[1]);
	while (read(ends[0], &status, 1) != 1) {
		if (errno == EINTR)
			continue;
		status = MOUNT_FAILED;
		break;
	}
	_exit(status);
}

void daemon_ready(int status)
{
	unsigned char byte = (unsigned char)status;
	int null;

	if (told)
		return;
	told = true;
	if (status == 0)
		daemon_notify("READY=1");
	if (ready_fd < 0)
		return;
	if (status == 0) {
		log_to_syslog();
		/* A mount point must not keep a directory busy. */
		if (chdir("/") < 0)
			log_line(LOG_WARNING, "/: %s", strerror(errno));
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (null >= 0) {
			dup2(null, 0);
			dup2(null, 1);
			dup2(null, 2);
			close(null);
		}
	}
	while (write(ready_fd, &byte, 1) < 0 && errno == EINTR)
		;
	close(ready_fd);
	ready_fd = -1;
}

void daemon_notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (!len || len >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, len);
	if (address.sun_path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* Best effort: who asked for it has a time-out. */
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		   (struct sockaddr *)&address,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) <
	    0)
		log_line(LOG_WARNING, "%s: %s", path, strerror(errno));
	close(fd);
}
