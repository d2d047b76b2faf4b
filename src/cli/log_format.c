/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/log_format.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/width.h"

#define MS_PER_S 1000
#define TIME_COLUMNS 23 // of "2026-11-24 05:01:02.123"

void
stage_log_format_time(int64_t wall_ns, char *text)
{
	int64_t wall_ms =
		wall_ns / STAGE_NS_PER_MS - (wall_ns % STAGE_NS_PER_MS < 0);
	int ms = (int)((wall_ms % MS_PER_S + MS_PER_S) % MS_PER_S);
	time_t s = (time_t)((wall_ms - ms) / MS_PER_S);
	struct tm local;
	size_t len;

	text[0] = '\0';
	if (localtime_r(&s, &local) == NULL) {
		return;
	}
	len = strftime(
		text, STAGE_LOG_TIME_MAX - 4, "%Y-%m-%d %H:%M:%S", &local);
	snprintf(text + len, STAGE_LOG_TIME_MAX - len, ".%03d", ms);
}

enum stage_status
stage_log_format_line(
	const struct stage_log_line *line, bool is_clean, struct stage_str *out)
{
	char when[STAGE_LOG_TIME_MAX] = "";
	enum stage_status status;

	if (line->has_time) {
		stage_log_format_time(line->wall_ns, when);
	}
	status = stage_str_addf(out, "%-*s ", TIME_COLUMNS, when);
	if (status == STAGE_OK) {
		status = is_clean ? stage_width_clean(
					    out, line->name, strlen(line->name))
				  : stage_str_add(out, line->name);
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, ": ");
	}
	if (status == STAGE_OK) {
		status = is_clean
				 ? stage_width_clean(out, line->text, line->len)
				 : stage_str_append(out, line->text, line->len);
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}
