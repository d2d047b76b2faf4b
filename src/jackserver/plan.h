/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Turns settings into what the server is started with, and says why in words.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_JACKSERVER_PLAN_H
#define STAGE_JACKSERVER_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "jackserver/cards.h"
#include "jackserver/config.h"
#include "jackserver/control.h"

#define STAGE_PLAN_FALLBACKS_MAX STAGE_CARDS_MAX // other cards, the dummy

struct stage_plan {
	struct stage_control_want want;
	/** What to try in order when that does not open; the last one is the
	 * dummy driver. */
	struct stage_control_want fallbacks[STAGE_PLAN_FALLBACKS_MAX];
	size_t fallback_count;
	bool lacks_card;        // hence the dummy driver
	char why_driver[256];   // "hw:USB is the first usable card"
	char why_realtime[256]; // "" when it is real-time
};

/** Makes the plan. cards_dir: STAGE_CARDS_DIR. realtime: what
 * stage_realtime_probe says (its sentence in `denied` when it is not STAGE_OK).
 * Pure but for the cards. */
void stage_plan_make(const struct stage_jackserver_config *config,
	const char *cards_dir, enum stage_status realtime,
	const struct stage_err *denied, struct stage_plan *out);

#endif
