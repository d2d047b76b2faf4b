/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The states of a line; for lines.c and lines_rt.c only. */

#ifndef STAGE_RACK_LINES_PRIVATE_H
#define STAGE_RACK_LINES_PRIVATE_H

enum {
	LINE_FREE,
	LINE_TAKEN,
	LINE_FULL
};

#endif
