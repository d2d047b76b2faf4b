/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A slot of a rack: what the user wrote, what it remembers, its plug-in, and
 * the link that plays it.
 *
 * A slot lives as long as somebody refers to it: the rack, and each link made
 * of it, which may be in a plan of the audio thread for a while yet.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_SLOT_H
#define STAGE_RACK_SLOT_H

#include "rack/chain.h"
#include "rack/config.h"
#include "rack/errand.h"
#include "rack/host.h"
#include "rack/instance.h"
#include "rack/page.h"
#include "rack/recall.h"
#include "rack/sidelist.h"

#define STAGE_RACK_STRIKES_MAX 3 // within ten seconds: a fresh start
#define STAGE_RACK_GENERATIONS 5 // older checkpoints of each slot

/** What all slots of a rack share. */
struct stage_rack_shop {
	struct stage_rack_host host;
	struct stage_rack_errands *errands;
	int64_t patience_ns;           // with a plug-in that does not come back
	struct stage_rack_link *left;  // those that hang and stay as they are
	unsigned left_count;           // of them, and of calls that never end
	char pages[STAGE_PATH_MAX];    // the directory of the live pages
	char memories[STAGE_PATH_MAX]; // of the checkpoints
	char directory[STAGE_PATH_MAX]; // of what the user writes
	uint32_t width;                 // channels of the bus
	uint32_t rate_hz;               // 0: not known yet
	uint32_t period_frames;
};

struct stage_rack_slot {
	struct stage_rack_shop *shop; // borrowed
	struct stage_rack_slot_config config;
	struct stage_rack_plugin *plugin; // NULL: it passes through
	struct stage_rack_page page;
	struct stage_rack_memory kept; // of the last checkpoint
	const LilvState *preset; // what the next link begins with; or NULL
	uint32_t *ports;         // [count]: of each value, in the plug-in
	uint32_t count;
	struct stage_rack_link *link;       // NULL: it does not play
	char fault[STAGE_ERR_TEXT_MAX];     // why it does not; "" all is well
	char note[STAGE_ERR_TEXT_MAX];      // what the user should know, or ""
	struct stage_rack_side_list sides;  // ports of its own (ways.h)
	char side_note[STAGE_ERR_TEXT_MAX]; // of these, or ""
	bool is_quarantined; // it is left out until it is revived
	bool is_speechless;  // it cannot save its state
	uint64_t absent;     // files of its own that are not there, a bit each
	bool is_dirty;       // there is something to remember
	unsigned resets;     // fresh starts, by the guard
	int64_t reset_at_ns; // the last one
	uint32_t strikes;    // of the link, those that were seen
	int64_t strikes_ns[STAGE_RACK_STRIKES_MAX]; // the last ones
	unsigned refs;
};

/** Makes a slot of what the user wrote: config's content becomes the slot's,
 * and is empty afterwards. A fault of it, or of its plug-in, is the slot's.
 * Ownership: one reference. NULL when out of memory. */
struct stage_rack_slot *stage_rack_slot_create(
	struct stage_rack_shop *shop, struct stage_rack_slot_config *config);

/** Takes over what the user has changed, when it is the same plug-in; false
 * when that needs another slot. */
bool stage_rack_slot_change(
	struct stage_rack_slot *self, struct stage_rack_slot_config *config);

/** Gives a reference back. NULL is fine. */
void stage_rack_slot_unref(struct stage_rack_slot *self);

/** Errors: STAGE_UNSUPPORTED, and why, where the slot has no plug-in. */
STAGE_NODISCARD enum stage_status stage_rack_slot_need_plugin(
	const struct stage_rack_slot *self, struct stage_err *err);

/** Makes the link that plays the slot at the shop's rate, unless it has it. It
 * may take a while. With is_fresh another one is made, of what was remembered
 * last. Whoever made plans of the old one has it until they end. */
void stage_rack_slot_play(struct stage_rack_slot *self, bool is_fresh);

/** Switches its plug-in off until it is revived, also over restarts: the sound
 * passes through. The slot has a plug-in; the caller publishes. */
void stage_rack_slot_smite(struct stage_rack_slot *self);
bool stage_rack_slot_is_smitten(const struct stage_rack_slot *self);

/** Tries a plug-in again that crashed, or was smitten. The caller plays it. */
void stage_rack_slot_revive(struct stage_rack_slot *self);

/** Writes the checkpoint, when there is something to remember. Where nobody
 * will ask again (is_last) a plug-in at work is not waited for: it is what it
 * said last. Errors: as stage_atomic_save; STAGE_BUSY while the plug-in works,
 * unless is_last. */
STAGE_NODISCARD enum stage_status stage_rack_slot_save(
	struct stage_rack_slot *self, bool is_last, struct stage_err *err);

/** Removes the page: the next rack then starts with the checkpoint. */
void stage_rack_slot_forget_page(const struct stage_rack_slot *self);

#endif
