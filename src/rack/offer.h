/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The features of LV2 that a rack offers to each of its plug-ins.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_OFFER_H
#define STAGE_RACK_OFFER_H

#include <lv2/core/lv2.h>
#include <lv2/log/log.h>
#include <lv2/state/state.h>
#include <lv2/worker/worker.h>
#include <stdbool.h>

#include "rack/host.h"
#include "rack/worker.h"

#define STAGE_RACK_OFFER_MAX 16

/** What one instance is offered. */
struct stage_rack_offer {
	LV2_Worker_Schedule schedule;
	LV2_State_Map_Path map_path;
	LV2_State_Make_Path make_path;
	LV2_State_Free_Path free_path;
	LV2_Log_Log log;
	struct stage_rack_host *host; // borrowed
	char slot[STAGE_RACK_ID_MAX];
	LV2_Feature all[STAGE_RACK_OFFER_MAX];
	const LV2_Feature *list[STAGE_RACK_OFFER_MAX + 1]; // ends with NULL
	char files[STAGE_PATH_MAX]; // a directory of the instance's own
};

/** Whether a plug-in that needs this one can run. */
bool stage_rack_offer_has(const char *uri);

/** Fills it; host and work are borrowed as long as it is used. */
void stage_rack_offer_init(struct stage_rack_offer *self,
	struct stage_rack_host *host, struct stage_rack_work *work,
	const char *slot);

#endif
