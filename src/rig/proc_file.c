/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/proc_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "rig/run_file.h"

void
stage_proc_id_format(const struct stage_proc_id *id, char *text)
{
	snprintf(text, STAGE_PROC_TEXT_MAX, "%ld %llu", (long)id->pid,
		id->start);
}

// Reads digits up to `max`; NULL when there is none, or more than that.
static const char *
read_digits(
	const char *text, unsigned long long max, unsigned long long *number)
{
	unsigned long long sum = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		unsigned digit = (unsigned)(*at - '0');
		if (sum > (max - digit) / 10) {
			return NULL;
		}
		sum = sum * 10 + digit;
	}
	*number = sum;
	return at != text ? at : NULL;
}

bool
stage_proc_id_parse(
	const char *text, struct stage_proc_id *id, const char **rest)
{
	unsigned long long pid;
	unsigned long long start;
	const char *at = read_digits(text, INT_MAX, &pid);

	if (at == NULL || pid == 0 || *at != ' ') {
		return false;
	}
	at = read_digits(at + 1, ULLONG_MAX, &start);
	if (at == NULL || (*at != ' ' && *at != '\n' && *at != '\0')) {
		return false;
	}
	id->pid = (pid_t)pid;
	id->start = start;
	*rest = at;
	return true;
}

enum stage_status
stage_proc_file_write(
	const char *path, const struct stage_proc_id *id, struct stage_err *err)
{
	char text[STAGE_PROC_TEXT_MAX + 1];
	enum stage_status status;

	stage_proc_id_format(id, text);
	memcpy(text + strlen(text), "\n", 2);
	status = stage_run_file_replace(path, text, strlen(text), 0644);
	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, status, "unable to write %s: %s",
				 path, stage_strerror(status));
}

bool
stage_proc_file_find(const char *path, struct stage_proc_id *id)
{
	struct stage_str text = {0};
	struct stage_proc_id got;
	const char *rest;
	bool found;

	found = stage_io_read_file(path, STAGE_PROC_TEXT_MAX, &text, NULL) ==
			STAGE_OK &&
		stage_proc_id_parse(stage_str_text(&text), &got, &rest) &&
		strcmp(rest, "\n") == 0 && stage_proc_alive(&got);
	if (found) {
		*id = got;
	}
	stage_str_finish(&text);
	return found;
}
