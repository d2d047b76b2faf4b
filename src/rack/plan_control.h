/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes the controls of a plan: what is mapped in slot files, in the file
 * `rack`, and what was learned. Thread: the loop's. */

#ifndef STAGE_RACK_PLAN_CONTROL_H
#define STAGE_RACK_PLAN_CONTROL_H

#include "rack/rack.h"

/** Fills plan->controls. False when out of memory. A map of what a slot does
 * not have is left out, and noted in the slot. */
bool stage_rack_plan_control(
	const struct stage_rack *rack, struct stage_rack_plan *plan);

/** Finds out whether a slot has what a map is for. Errors: STAGE_NOT_FOUND;
 * STAGE_BAD_INPUT for a value that needs a range in its map. */
STAGE_NODISCARD enum stage_status stage_rack_plan_check_map(
	const struct stage_rack_slot *slot, const struct stage_rack_map *map,
	struct stage_err *err);

#endif
