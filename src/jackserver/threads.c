/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/threads.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"

#define FILE_MAX_BYTES 65536
#define WAITED "\nvoluntary_ctxt_switches:"

static uint64_t
read_waited(const char *dir, const char *tid)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	const char *at = NULL;
	uint64_t waited = 0;

	if (stage_format(path, sizeof(path), "%s/%s/status", dir, tid) ==
			STAGE_OK &&
		stage_io_read_file(path, FILE_MAX_BYTES, &text, NULL) ==
			STAGE_OK) {
		at = strstr(stage_str_text(&text), WAITED);
	}
	if (at != NULL) {
		waited = strtoull(at + strlen(WAITED), NULL, 10);
	}
	stage_str_finish(&text);
	return waited;
}

static bool
is_realtime(const char *tid)
{
	int policy = sched_getscheduler((pid_t)strtol(tid, NULL, 10));

	return policy == SCHED_FIFO || policy == SCHED_RR;
}

void
stage_threads_look(const char *proc, pid_t pid, struct stage_threads *out)
{
	struct stage_threads realtime = {0};
	struct stage_strv tids = {0};
	char dir[STAGE_PATH_MAX];

	*out = (struct stage_threads){0};
	if (stage_format(dir, sizeof(dir), "%s/%ld/task", proc, (long)pid) !=
			STAGE_OK ||
		stage_io_list_dir(dir, &tids, NULL) != STAGE_OK) {
		return;
	}
	for (size_t i = 0; i < tids.count; i++) {
		uint64_t waited = read_waited(dir, tids.items[i]);
		out->count++;
		out->waited += waited;
		if (is_realtime(tids.items[i])) {
			realtime.count++;
			realtime.waited += waited;
		}
	}
	if (realtime.count > 0) {
		*out = realtime;
	}
	stage_strv_finish(&tids);
}

bool
stage_threads_stood(
	const struct stage_threads *before, const struct stage_threads *after)
{
	return before->count > 0 && before->count == after->count &&
	       before->waited == after->waited;
}
