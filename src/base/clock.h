/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The two clocks: one that never jumps, and the one on the wall.
 *
 * Deadlines and durations use the monotonic clock only; wall time is for
 * showing and for files. Thread: any, the real-time one included.
 */

#ifndef STAGE_BASE_CLOCK_H
#define STAGE_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define STAGE_NS_PER_S 1000000000LL
#define STAGE_NS_PER_MS 1000000LL

/** Nanoseconds since an unspecified start; never goes back. */
int64_t stage_clock_now_ns(void);

/** Nanoseconds since 1970-01-01 UTC; may jump. */
int64_t stage_clock_wall_ns(void);

/** Milliseconds from now until deadline_ns of the monotonic clock, rounded up,
 * 0 when it has passed, INT_MAX at most: the time-out argument of poll(2). */
int stage_clock_until_ms(int64_t deadline_ns);

/** The time from one moment to another of the same clock. Moments out of files
 * may be any: what does not fit is INT64_MAX or INT64_MIN. */
int64_t stage_clock_between_ns(int64_t from_ns, int64_t to_ns);

/** Writes a duration in words fit for a table ("850 ms", "12 s", "3 min 4 s",
 * "2 h 5 min", "3 d 4 h"). buffer[size], 16 bytes are enough. */
void stage_clock_words(int64_t duration_ns, char *buffer, size_t size);

#endif
