/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Messages become bytes, and patterns find addresses. No sockets.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_OSC_WRITE_H
#define STAGE_OSC_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "osc/message.h"

#define STAGE_OSC_MATCH_MAX 512 // bytes of a pattern, and of what it finds

/** Appends one message, a packet of its own when out was empty.
 *
 * types: one letter an argument, which are i int32_t, h int64_t, f and d
 * double, s const char *, never NULL; for T, F, N and I there is none.
 * Errors, and nothing is appended: STAGE_NO_MEMORY; STAGE_BUG for other
 * letters and for an address that does not begin with '/'.
 */
STAGE_NODISCARD enum stage_status stage_osc_write(
	struct stage_str *out, const char *address, const char *types, ...);

/** An argument; which member counts is its letter's: i and h whole, f and d
 * number, s text, never NULL; of all else none. */
struct stage_osc_value {
	int64_t whole;
	double number;
	const char *text;
};

/** The same of a list, a value for each letter. */
STAGE_NODISCARD enum stage_status stage_osc_write_values(struct stage_str *out,
	const char *address, const char *types,
	const struct stage_osc_value *values);

/** Appends one message that has the arguments of another from the place `from`
 * on, of whatever types, byte for byte; none when it has no more. Errors: as
 * stage_osc_write. */
STAGE_NODISCARD enum stage_status stage_osc_write_rest(struct stage_str *out,
	const char *address, const struct stage_osc_message *message,
	size_t from);

/** True when an OSC 1.0 address pattern means that address: '?' is one byte,
 * '*' any, "[a-c]" one of a set, "[!a-c]" one of all others, "{on,off}" one of
 * those words; none of them reaches over a '/'. What is no pattern ("[a",
 * "{a/b}") finds nothing, but each text finds itself.
 *
 * For any two texts it takes a time that goes with the product of their
 * lengths: where one is longer than STAGE_OSC_MATCH_MAX, only itself is found.
 */
bool stage_osc_matches(const char *pattern, const char *address);

#endif
