/* log.c - where the daemon says what it does */
#include "fs/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "eval/buf.h"

static int level = LOG_WARNING;
static bool to_syslog;

void log_level(int priority)
{
	level = priority;
}

void log_to_syslog(void)
{
	openlog("flakefs", LOG_PID, LOG_DAEMON);
	to_syslog = true;
}

void log_vline(int priority, const char *format, va_list args)
{
	struct buf text = BUF_INIT, line = BUF_INIT;
	size_t len;

	if (priority > level)
		return;
	buf_add_vformat(&text, format, args);
	len = text.len;
	while (len && text.data[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c == '\n')
			buf_add_text(&line, " | ");
		else
			buf_add_char(&line,
				     c < 0x20 || c == 0x7f ? '?' : (char)c);
	}
	if (to_syslog)
		syslog(priority, "%s", buf_text(&line));
	else if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s\n", priority, buf_text(&line));
	else
		fprintf(stderr, "flakefs: %s\n", buf_text(&line));
	buf_release(&text);
	buf_release(&line);
}

void log_line(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_vline(priority, format, args);
	va_end(args);
}
