/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

#define LINE_MAX_BYTES 2048 // under PIPE_BUF, so that a line stays whole

static const char *log_prog = "stagecraft";
static enum stage_log_level log_level = STAGE_LOG_INFO;

static const char *const level_words[] = {
	[STAGE_LOG_ERROR] = "error: ",
	[STAGE_LOG_WARNING] = "warning: ",
	[STAGE_LOG_INFO] = "",
	[STAGE_LOG_DEBUG] = "debug: ",
};

static_assert(STAGE_COUNT_OF(level_words) == STAGE_LOG_LEVEL_COUNT,
	"every level has a word");

void
stage_log_init(const char *prog, enum stage_log_level level)
{
	log_prog = prog;
	log_level = level;
}

const char *
stage_log_prog(void)
{
	return log_prog;
}

// Where a line grows. There is always room for the newline behind `len`.
struct line {
	char text[LINE_MAX_BYTES];
	size_t len;
};

STAGE_PRINTF(2, 0)
static void
add_args(struct line *line, const char *format, va_list args)
{
	size_t room = sizeof(line->text) - line->len;
	int len = vsnprintf(line->text + line->len, room, format, args);

	if (len < 0) {
		return;
	}
	line->len += (size_t)len;
	if ((size_t)len >= room) {
		line->len =
			stage_utf8_whole(line->text, sizeof(line->text) - 1);
	}
}

STAGE_PRINTF(2, 3)
static void
add(struct line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_args(line, format, args);
	va_end(args);
}

// One line stays one line, and says nothing to the terminal behind our back.
static void
clean(struct line *line)
{
	for (size_t at = 0; at < line->len;) {
		char *text = line->text + at;
		size_t left = line->len - at;
		size_t bytes = stage_utf8_control_bytes(text, left);
		if (text[0] != '\t') {
			memset(text, ' ', bytes);
		}
		if (bytes == 0) {
			bytes = stage_utf8_char_bytes(text, left);
		}
		at += bytes > 0 ? bytes : 1;
	}
}

STAGE_PRINTF(3, 0)
static void
write_line(enum stage_log_level level, int errnum, const char *format,
	va_list args)
{
	struct line line = {.len = 0};
	int saved_errno = errno;
	ssize_t put;

	if (level > log_level) {
		return;
	}
	add(&line, "%s: %s", log_prog, level_words[level]);
	add_args(&line, format, args);
	if (errnum != 0) {
		add(&line, ": %s", strerror(errnum));
	}
	clean(&line);
	line.text[line.len] = '\n';
	do { // nobody is left to be told when this fails
		put = write(STDERR_FILENO, line.text, line.len + 1);
	} while (put < 0 && errno == EINTR);
	errno = saved_errno;
}

#define DEFINE_LOG(name, level, errnum)                                        \
	void name(const char *format, ...)                                     \
	{                                                                      \
		va_list args;                                                  \
		va_start(args, format);                                        \
		write_line(level, errnum, format, args);                       \
		va_end(args);                                                  \
	}

DEFINE_LOG(stage_log_err, STAGE_LOG_ERROR, 0)
DEFINE_LOG(stage_log_warn, STAGE_LOG_WARNING, 0)
DEFINE_LOG(stage_log_info, STAGE_LOG_INFO, 0)
DEFINE_LOG(stage_log_debug, STAGE_LOG_DEBUG, 0)
DEFINE_LOG(stage_log_err_errno, STAGE_LOG_ERROR, errno)
DEFINE_LOG(stage_log_warn_errno, STAGE_LOG_WARNING, errno)
