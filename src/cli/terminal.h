/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the terminal can do, if there is one. Thread: main. */

#ifndef STAGE_CLI_TERMINAL_H
#define STAGE_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"

struct stage_terminal {
	size_t columns;  // 0: not a terminal, no limit
	size_t rows;     // 0: not a terminal
	bool has_colour; // a terminal, not dumb, and no $NO_COLOR
	bool has_cursor; // it can be drawn over
};

/** Looks at a descriptor, $COLUMNS, $LINES, $TERM and $NO_COLOR. */
void stage_terminal_look(struct stage_terminal *self, int fd);

/** Writes all bytes to standard output.
 *
 * Errors: STAGE_GONE when nobody reads any more; as write(2).
 */
STAGE_NODISCARD enum stage_status stage_terminal_write(
	const void *bytes, size_t len);

#endif
