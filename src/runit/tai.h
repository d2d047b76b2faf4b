/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** TAI64N labels, as runit and svlogd write time, to and from unix time.
 *
 * Unix nanoseconds count from 1970-01-01 UTC and fit 1678 to 2262. runit adds
 * a fixed 10 s and knows no leap seconds; so does this file, and the two cancel
 * out. Thread: any. Nothing here allocates.
 */

#ifndef STAGE_RUNIT_TAI_H
#define STAGE_RUNIT_TAI_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/status.h"

#define STAGE_RUNIT_TAI_BYTES 12 // 8 of seconds, 4 of nanoseconds, big-endian

/** Writes the label of a moment into label[STAGE_RUNIT_TAI_BYTES]. */
void stage_runit_tai_pack(int64_t wall_ns, unsigned char *label);

/** Reads label[STAGE_RUNIT_TAI_BYTES].
 *
 * Errors: STAGE_BAD_INPUT for a billion nanoseconds or more, and for a moment
 * outside of the range; out_wall_ns is then untouched.
 */
STAGE_NODISCARD enum stage_status stage_runit_tai_unpack(
	const unsigned char *label, int64_t *out_wall_ns);

/** Reads the time stamp that svlogd put before a line of text[len].
 *
 * Known are `-t` ("@" and 24 hexadecimal digits), `-tt`
 * ("2026-11-24_03:56:49.12345") and `-ttt` (the same with a T), all UTC.
 * The stamp must be followed by a blank, a newline or the end of the text;
 * out_len counts the stamp and one blank: text + out_len is the message.
 *
 * Errors: STAGE_NOT_FOUND when the line begins with something else, a damaged
 * stamp included; both results are then untouched.
 */
STAGE_NODISCARD enum stage_status stage_runit_tai_parse_stamp(
	const char *text, size_t len, int64_t *out_wall_ns, size_t *out_len);

#endif
