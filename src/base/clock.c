/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

static int64_t
read_clock(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0) {
		return 0;
	}
	return (int64_t)now.tv_sec * STAGE_NS_PER_S + now.tv_nsec;
}

int64_t
stage_clock_now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t
stage_clock_wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

int
stage_clock_until_ms(int64_t deadline_ns)
{
	int64_t now_ns = stage_clock_now_ns();
	int64_t left_ns;
	int64_t left_ms;

	if (deadline_ns <= now_ns) {
		return 0;
	}
	left_ns = deadline_ns - now_ns;
	left_ms = left_ns / STAGE_NS_PER_MS +
		  (left_ns % STAGE_NS_PER_MS != 0 ? 1 : 0);
	return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

int64_t
stage_clock_between_ns(int64_t from_ns, int64_t to_ns)
{
	if (from_ns < 0 && to_ns > INT64_MAX + from_ns) {
		return INT64_MAX;
	}
	if (from_ns > 0 && to_ns < INT64_MIN + from_ns) {
		return INT64_MIN;
	}
	return to_ns - from_ns;
}

void
stage_clock_words(int64_t duration_ns, char *buffer, size_t size)
{
	long long s = duration_ns / STAGE_NS_PER_S;

	if (duration_ns < 0) {
		snprintf(buffer, size, "0 s");
	} else if (s < 1) {
		snprintf(buffer, size, "%lld ms",
			(long long)(duration_ns / STAGE_NS_PER_MS));
	} else if (s < 60) {
		snprintf(buffer, size, "%lld s", s);
	} else if (s < 3600) {
		snprintf(buffer, size, "%lld min %lld s", s / 60, s % 60);
	} else if (s < 86400) {
		snprintf(buffer, size, "%lld h %lld min", s / 3600,
			s % 3600 / 60);
	} else {
		snprintf(buffer, size, "%lld d %lld h", s / 86400,
			s % 86400 / 3600);
	}
}
