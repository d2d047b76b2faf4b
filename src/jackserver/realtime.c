/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/realtime.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/io.h"
#include "base/num.h"
#include "base/str.h"

#define STATUS_MAX_BYTES 65536
#define BYTES_PER_KB 1024
#define LOCKED "\nVmLck:"

struct probe {
	int priority;
	int errnum;
};

static void *
try_fifo(void *arg)
{
	struct probe *probe = arg;
	struct sched_param param = {.sched_priority = probe->priority};

	probe->errnum =
		pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
	return NULL;
}

enum stage_status
stage_realtime_probe(int priority, struct stage_err *err)
{
	struct probe probe = {.priority = priority};
	pthread_t thread;
	int errnum = pthread_create(&thread, NULL, try_fifo, &probe);

	if (errnum != 0) {
		return stage_err_set_errno(
			err, errnum, "unable to start a thread");
	}
	pthread_join(thread, NULL);
	if (probe.errnum != 0) {
		return stage_err_set(err, STAGE_DENIED,
			"real-time priority %d is not permitted (%s): raise "
			"RLIMIT_RTPRIO or give CAP_SYS_NICE",
			priority, strerror(probe.errnum));
	}
	return STAGE_OK;
}

static bool
is_realtime(const char *tid_text, int *priority)
{
	struct sched_param param = {0};
	int64_t tid = 0;
	int policy;

	if (stage_num_parse(tid_text, 1, INT32_MAX, &tid, NULL) != STAGE_OK) {
		return false;
	}
	policy = sched_getscheduler((pid_t)tid);
	if (policy < 0 || sched_getparam((pid_t)tid, &param) != 0) {
		return false;
	}
	*priority = param.sched_priority;
	return param.sched_priority > 0;
}

size_t
stage_realtime_count_threads(int *highest)
{
	struct stage_strv tids = {0};
	size_t count = 0;
	int best = 0;

	if (stage_io_list_dir("/proc/self/task", &tids, NULL) == STAGE_OK) {
		for (size_t i = 0; i < tids.count; i++) {
			int priority = 0;
			if (is_realtime(tids.items[i], &priority)) {
				count++;
				best = priority > best ? priority : best;
			}
		}
	}
	stage_strv_finish(&tids);
	if (highest != NULL) {
		*highest = best;
	}
	return count;
}

int64_t
stage_realtime_locked_kb(const char *status)
{
	const char *field = strstr(status, LOCKED);
	char number[24];
	int64_t kb = 0;

	if (field == NULL) {
		return 0;
	}
	field += strlen(LOCKED);
	field += strspn(field, " \t");
	if (stage_format(number, sizeof(number), "%.*s",
		    (int)strspn(field, "0123456789"), field) != STAGE_OK ||
		stage_num_parse(number, 0, INT64_MAX, &kb, NULL) != STAGE_OK) {
		return 0;
	}
	return kb;
}

void
stage_realtime_read_memory(struct stage_realtime_memory *out)
{
	struct stage_str text = {0};
	struct rlimit limit = {0};

	*out = (struct stage_realtime_memory){.limit_kb = -1};
	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
		limit.rlim_cur != RLIM_INFINITY) {
		out->limit_kb = (int64_t)(limit.rlim_cur / BYTES_PER_KB);
	}
	if (stage_io_read_file("/proc/self/status", STATUS_MAX_BYTES, &text,
		    NULL) == STAGE_OK) {
		out->locked_kb =
			stage_realtime_locked_kb(stage_str_text(&text));
	}
	stage_str_finish(&text);
}
