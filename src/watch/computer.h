/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Looks after the computer: whether disk, memory or temperature have become
 * what spoils a show, so that it is told before somebody asks the doctor.
 *
 * Thread: the loop's; reads some small files.
 */

#ifndef STAGE_WATCH_COMPUTER_H
#define STAGE_WATCH_COMPUTER_H

#include <stdbool.h>

#include <jansson.h>

#include "doctor/doctor.h"
#include "rig/paths.h"

struct stage_computer {
	const struct stage_rig *rig; // borrowed
	const char *system;          // as stage_doctor_look; borrowed
	struct stage_doctor now;
};

/** Looks for the first time. */
void stage_computer_init(struct stage_computer *self,
	const struct stage_rig *rig, const char *system);

/** Looks again; true when something has become better or worse. */
bool stage_computer_look(struct stage_computer *self);

/** What ails now: [{"name", "level": "warn" or "bad", "text"}]. Ownership: the
 * caller's. NULL: out of memory. */
json_t *stage_computer_view(const struct stage_computer *self);

#endif
