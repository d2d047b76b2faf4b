/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is done about a plug-in that is sick: one that crashed or hung is tried
 * once more, and left out when it does so again within a minute. One that puts
 * out what is no sound, three times within ten seconds or all the time, starts
 * afresh, and the next time within a minute it is left out.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_HEALTH_H
#define STAGE_RACK_HEALTH_H

#include "rack/slot.h"

/** Looks at what the slot's plug-in did to the rack before this one. */
void stage_rack_health_recall(struct stage_rack_slot *slot);

/** Looks at what the audio thread says of the slot's link. True when its
 * plug-in was started afresh, or left out. */
bool stage_rack_health_mend(struct stage_rack_slot *slot);

#endif
