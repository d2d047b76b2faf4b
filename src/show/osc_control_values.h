/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is told of the show by OSC, one value a message, so that a label of a
 * controller can show it as it is:
 *
 *     /stagecraft/song/name s, song/number i       what plays
 *     /stagecraft/selected/name s, selected/number i   what GO plays
 *     /stagecraft/next/name s, next/number i       what NEXT plays
 *     /stagecraft/loading/name s, progress f       what is being loaded
 *     /stagecraft/set/name s, set/songs i
 *     /stagecraft/mode s, tempo f, playing i, bar i, beat i, state s
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_SHOW_OSC_CONTROL_VALUES_H
#define STAGE_SHOW_OSC_CONTROL_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "show/names.h"

struct stage_show_sight;

#define STAGE_SHOW_VALUE_COUNT 16
#define STAGE_SHOW_VALUE_TEXT_MAX (STAGE_SHOW_NAME_MAX + 1)

/** All of them at one moment, in the order in which they are told. */
struct stage_show_values {
	struct stage_show_value {
		char type; // s, i or f; 0: never set
		char text[STAGE_SHOW_VALUE_TEXT_MAX];
		int32_t number;
		float part;
	} items[STAGE_SHOW_VALUE_COUNT];
};

/** The address of a value. Ownership: static. */
const char *stage_show_value_address(size_t at);

/** Takes them from what there is to be seen. */
void stage_show_values_take(
	struct stage_show_values *out, const struct stage_show_sight *sight);

/** True when a value is not what it was; before may be NULL, then it is. */
bool stage_show_value_differs(const struct stage_show_values *now,
	const struct stage_show_values *before, size_t at);

/** Appends the message that tells a value. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_value_write(
	const struct stage_show_values *self, size_t at, struct stage_str *out);

#endif
