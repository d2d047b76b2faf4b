/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/health.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "rack/link.h"

#define STRIKES_WITHIN_NS (10 * STAGE_NS_PER_S) // all of them: a fresh start
#define RESETS_WITHIN_NS (60 * STAGE_NS_PER_S)  // two: it is left out
#define FORGOTTEN_NS (86400 * STAGE_NS_PER_S)
#define BLAMED_WITHIN_NS (60 * STAGE_NS_PER_S) // two: it is left out

static void
leave_out(struct stage_rack_slot *slot, const char *why)
{
	slot->is_quarantined = true;
	snprintf(slot->fault, sizeof(slot->fault), "%s", why);
	stage_log_err(
		"slot %s passes through: %s", slot->config.id, slot->fault);
	stage_rack_link_unref(slot->link);
	slot->link = NULL;
}

// True when it is left out.
static bool
judge(struct stage_rack_slot *slot)
{
	struct stage_rack_page_bytes *page = slot->page.bytes;
	int64_t last_ns = atomic_load(&page->crashed_ns[0]);
	int64_t before_ns = atomic_load(&page->crashed_ns[1]);

	if (before_ns == 0 || last_ns - before_ns > BLAMED_WITHIN_NS) {
		return false;
	}
	leave_out(slot, "its plug-in crashed or hung twice within a minute; "
			"stagecraft rack revive tries it again");
	return true;
}

void
stage_rack_health_recall(struct stage_rack_slot *slot)
{
	int64_t last_ns = atomic_load(&slot->page.bytes->crashed_ns[0]);

	if (last_ns != 0 && stage_clock_now_ns() - last_ns <= FORGOTTEN_NS &&
		!judge(slot)) {
		stage_log_warn("the plug-in of slot %s crashed or hung; it is "
			       "tried once more",
			slot->config.id);
	}
}

// The link that hangs goes with the plan that it is in.
static void
mend_hung(struct stage_rack_slot *slot)
{
	if (!judge(slot)) {
		stage_log_warn("the plug-in of slot %s hung; another instance "
			       "of it takes its place",
			slot->config.id);
		stage_rack_slot_play(slot, true);
	}
}

static void
mend_bad(struct stage_rack_slot *slot)
{
	int64_t now_ns = stage_clock_now_ns();

	if (slot->resets > 0 &&
		now_ns - slot->reset_at_ns <= RESETS_WITHIN_NS) {
		leave_out(slot, "its plug-in makes nothing that is a sound; "
				"stagecraft rack revive tries it again");
		return;
	}
	stage_log_warn(
		"slot %s makes what is no sound; its plug-in starts afresh",
		slot->config.id);
	slot->resets++;
	slot->reset_at_ns = now_ns;
	memset(slot->strikes_ns, 0, sizeof(slot->strikes_ns));
	stage_rack_slot_play(slot, true);
}

// True when the last strikes came one soon after the other.
static bool
strikes_often(struct stage_rack_slot *slot)
{
	uint32_t strikes = atomic_load(&slot->link->strikes);
	int64_t *times = slot->strikes_ns;
	int64_t now_ns = stage_clock_now_ns();

	for (; slot->strikes != strikes; slot->strikes++) {
		memmove(&times[1], &times[0],
			(STAGE_RACK_STRIKES_MAX - 1) * sizeof(times[0]));
		times[0] = now_ns;
	}
	return times[STAGE_RACK_STRIKES_MAX - 1] != 0 &&
	       times[0] - times[STAGE_RACK_STRIKES_MAX - 1] <=
		       STRIKES_WITHIN_NS;
}

bool
stage_rack_health_mend(struct stage_rack_slot *slot)
{
	if (slot->link == NULL) {
		return false;
	}
	if (atomic_load(&slot->link->is_hung)) {
		mend_hung(slot);
		return true;
	}
	if (strikes_often(slot) ||
		atomic_exchange(&slot->link->wants_reset, false)) {
		mend_bad(slot);
		return true;
	}
	return false;
}
