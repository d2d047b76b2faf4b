/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the daemon tells of the server, as the JSON of its `state`, `list` and
 * events.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_JACKSERVER_REPORT_H
#define STAGE_JACKSERVER_REPORT_H

#include <jansson.h>

#include "jackserver/chooser.h"
#include "jackserver/config.h"
#include "jackserver/control.h"
#include "jackserver/plan.h"
#include "jackserver/realtime.h"

/** The last switch: how long nothing was played, at most. */
struct stage_report_gap {
	char from[STAGE_WISH_NAME_MAX]; // the device, or the driver
	int64_t ns;
	uint64_t frames; // of the rate before
	uint64_t xruns;
};

struct stage_report {
	const char *state; // "starting", "running", "stopping"
	struct stage_control_want wanted;
	struct stage_control_want used;
	struct stage_control_have have;
	const struct stage_control *control; // NULL while none runs
	char reason[256];                    // why this driver and device
	char note[STAGE_ERR_TEXT_MAX];       // why not on better; "": all well
	char why_realtime[256];              // why not, "" when it is
	bool is_realtime; // a thread of this process really is
	int priority;     // the highest of them
	struct stage_realtime_memory memory;
	int64_t since_ns;  // wall clock, of the start of the server
	unsigned switches; // since then
	struct stage_report_gap gap;
};

/** Fills it in for a server that is starting. */
void stage_report_init(
	struct stage_report *self, const struct stage_plan *plan);

/** Looks at the running threads and the locked memory of this process. */
void stage_report_look(struct stage_report *self);

/** True when JACK's segment can be all in locked memory. */
bool stage_report_is_memory_locked(const struct stage_report *self);

/** Takes note of a switch away from `before`, which ran at that rate: so long
 * no cycle ran, and so many xruns were told meanwhile. */
void stage_report_switched(struct stage_report *self,
	const struct stage_control_want *before, uint32_t rate_before_hz,
	int64_t gap_ns, uint64_t xruns);

/** Says in half a sentence that JACK's memory is not locked and what to do, ""
 * when it is. */
void stage_report_memory_words(
	const struct stage_report *self, char *out, size_t size);

/** Makes the state. Ownership: the caller's. NULL when out of memory. */
json_t *stage_report_json(const struct stage_report *self);

/** Makes the list of cards: an array of objects. As above. */
json_t *stage_report_cards(const struct stage_chooser *chooser);

/** Makes the list of what is wished for, as texts. As above. */
json_t *stage_report_wishes(const struct stage_jackserver_config *config);

#endif
