/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a slot file says of ports of the rack that are the slot's own:
 *
 *     sidechain           # comp-sidechain_1 ...: what its sidechain hears
 *     sidechain kick      # kick_1 ...
 *     outs                # drums-out_3 ...: those that the bus has not
 *     send, return        # another name for those of builtin:send and :return
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_RACK_SIDELINE_H
#define STAGE_RACK_SIDELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_conf_line;

#define STAGE_RACK_SIDE_NAME_MAX 64 // bytes

enum stage_rack_side_kind {
	STAGE_RACK_SIDECHAIN,
	STAGE_RACK_SIDE_OUTS,
	STAGE_RACK_SIDE_SEND,
	STAGE_RACK_SIDE_RETURN,
	STAGE_RACK_SIDE_KIND_COUNT,
};

struct stage_rack_side_line {
	bool is_there;
	char name[STAGE_RACK_SIDE_NAME_MAX]; // "": by that of the slot
	unsigned line, column;
};

/** Takes one of these lines; out[STAGE_RACK_SIDE_KIND_COUNT]. Errors:
 * STAGE_BAD_INPUT with the place. */
STAGE_NODISCARD enum stage_status stage_rack_side_line_take(
	struct stage_rack_side_line *out, const struct stage_conf_line *line,
	struct stage_err *err);

/** The key of such a line; what its ports are called behind the slot. */
const char *stage_rack_side_key(enum stage_rack_side_kind kind);
const char *stage_rack_side_word(enum stage_rack_side_kind kind);

#endif
