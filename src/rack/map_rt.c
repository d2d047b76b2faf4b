/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>

#include "rack/map.h"

STAGE_RT bool
stage_rack_map_is_press(enum stage_rack_map_kind kind)
{
	return kind == STAGE_RACK_MAP_NOTE || kind == STAGE_RACK_MAP_PROGRAM;
}

STAGE_RT static bool
can_be_log(float min, float max, bool is_log)
{
	return is_log && min * max > 0;
}

STAGE_RT float
stage_rack_map_scale(float min, float max, bool is_log, float part)
{
	if (part >= 1) {
		return max; // exactly
	}
	if (can_be_log(min, max, is_log)) {
		return min * powf(max / min, part);
	}
	return min + (max - min) * part;
}

STAGE_RT float
stage_rack_map_part(float min, float max, bool is_log, float value)
{
	if (min == max) {
		return 0;
	}
	if (can_be_log(min, max, is_log) && value * min > 0) {
		return logf(value / min) / logf(max / min);
	}
	return (value - min) / (max - min);
}
