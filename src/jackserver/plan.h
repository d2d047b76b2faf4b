/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Turns settings into what the chooser begins with.
 *
 * Thread: any. Pure.
 */

#ifndef STAGE_JACKSERVER_PLAN_H
#define STAGE_JACKSERVER_PLAN_H

#include "jackserver/chooser.h"
#include "jackserver/config.h"

struct stage_plan {
	struct stage_chooser_config chooser;
	char why_realtime[256]; // "" when it is real-time
};

/** Makes the plan. realtime: what stage_realtime_probe says (its sentence in
 * `denied` when it is not STAGE_OK). */
void stage_plan_make(const struct stage_jackserver_config *config,
	enum stage_status realtime, const struct stage_err *denied,
	bool can_probe, struct stage_plan *out);

/** True when the wishes decide, not a driver that the settings name. */
bool stage_plan_is_free(const struct stage_jackserver_config *config);

#endif
