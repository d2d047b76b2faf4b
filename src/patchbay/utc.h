/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Moments as text that a person can read and that sorts: ISO 8601, in UTC, to
 * the second ("2026-11-28T07:33:22Z").
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_UTC_H
#define STAGE_PATCHBAY_UTC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGE_UTC_BYTES 20 // of the text, without the terminating zero
#define STAGE_UTC_LAST_S 253402300799 // the last second of the year 9999

/** Reads a moment at the start of text[len] into seconds since 1970. False when
 * there is none: out_s is then untouched. */
bool stage_utc_read(const char *text, size_t len, int64_t *out_s);

/** Writes a moment from 1970 to 9999 into out[STAGE_UTC_BYTES + 1]. False, and
 * "" in out, for any other. */
bool stage_utc_write(int64_t time_s, char *out);

#endif
