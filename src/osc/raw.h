/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What stands behind a message, and how long the parts of one are. For this
 * directory. Thread: any. */

#ifndef STAGE_OSC_RAW_H
#define STAGE_OSC_RAW_H

#include <lo/lo.h>
#include <stddef.h>
#include <stdint.h>

#define STAGE_OSC_NO_SIZE SIZE_MAX // larger than what is there, in any case

struct stage_osc_raw {
	lo_message message;
	const unsigned char *args; // as they came
	size_t args_len;
};

/** Bytes that a text takes with its zeros, when it begins at `at` and has
 * `left` bytes at most. STAGE_OSC_NO_SIZE: it does not end there. */
size_t stage_osc_text_size(const unsigned char *at, size_t left);

/** The same for an argument of that type. The result may be more than `left`;
 * STAGE_OSC_NO_SIZE also for types that nobody knows. */
size_t stage_osc_arg_size(char type, const unsigned char *at, size_t left);

#endif
