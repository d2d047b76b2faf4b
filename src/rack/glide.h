/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A value that moves towards another one by small steps.
 *
 * Thread: any, the real-time one too.
 */

#ifndef STAGE_RACK_GLIDE_H
#define STAGE_RACK_GLIDE_H

#include "rt/rt.h"

/** Where `from` is after it has moved by `way` at most. */
STAGE_RT static inline float
stage_rack_glide(float from, float to, float way)
{
	if (from < to) {
		return from + way < to ? from + way : to;
	}
	return from - way > to ? from - way : to;
}

#endif
