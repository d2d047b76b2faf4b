/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes plans and hands them to the audio thread. Thread: the loop's. */

#ifndef STAGE_RACK_PLAN_H
#define STAGE_RACK_PLAN_H

#include "rack/rack.h"

/** Makes a plan of the slots that play, and hands it over; what is not in it
 * any more, or comes in another order, is faded out first. Errors:
 * STAGE_NO_MEMORY; nothing has changed. */
STAGE_NODISCARD enum stage_status stage_rack_plan_publish(
	struct stage_rack *rack);

/** Sees whether the audio thread has taken the plan that was handed over, and
 * frees the one that it gave back. */
void stage_rack_plan_collect(struct stage_rack *rack);

/** Frees a plan that the audio thread does not run. NULL is fine. */
void stage_rack_plan_destroy(struct stage_rack_plan *self);

#endif
