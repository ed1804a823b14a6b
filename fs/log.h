/*
 * log.h - where the daemon says what it does
 *
 * In the foreground on standard error, with the priority in front when it goes
 * to the journal (sd-daemon(3)); else to syslog(3).
 */
#ifndef FS_LOG_H
#define FS_LOG_H

#include <stdarg.h>
#include <syslog.h>

/* Say nothing that is less than this (LOG_WARNING at first). */
void log_level(int priority);
/* From now on to syslog. */
void log_to_syslog(void);

/* One line: control characters, which may come from a repository, are shown
 * as '?', line ends as " | ". */
void log_line(int priority, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void log_vline(int priority, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

#endif
