/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A rack: its slots in order, and the plan of them that the audio thread runs.
 *
 * Knows nothing of JACK: it is told a rate, makes plans for it, hands them over
 * by the wire, and takes back what the audio thread is done with.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_RACK_H
#define STAGE_RACK_RACK_H

#include <jansson.h>

#include "rack/learned.h"
#include "rack/own.h"
#include "rack/slot.h"
#include "rack/slots.h"
#include "rack/wire.h"

#define STAGE_RACK_OWN_SLOT "rack" // means the rack itself, unless a slot does

struct stage_rack_places {
	const char *directory; // what the user writes
	const char *pages;     // made when it is not there
	const char *memories;  // likewise
};

struct stage_rack {
	struct stage_rack_shop shop;
	struct stage_rack_config config;
	struct stage_rack_own own;
	struct stage_rack_learned learned;
	void (*heard)(void *user, const struct stage_rack_told *told);
	void *heard_user;             // told of controllers, while it learns
	struct stage_rack_wire *wire; // borrowed
	struct stage_rack_slot *slots[STAGE_RACK_SLOTS_MAX];
	size_t count;
	struct stage_rack_plan *handed; // the last one; the wire has it
	struct stage_rack_plan
		*running;       // what the audio thread is known to run
	uint32_t plan_count;    // that were made so far
	uint32_t refused_sides; // that were told
	char complaint[STAGE_ERR_TEXT_MAX]; // told of saving; "": it works
	bool is_ending;
};

/** Reads the rack and makes its slots, which do not play yet. config is what
 * its file says. Ownership: *out is the caller's; wire is borrowed. Errors:
 * STAGE_NO_MEMORY; as stage_io_make_dirs. */
STAGE_NODISCARD enum stage_status stage_rack_create(
	const struct stage_rack_places *places,
	const struct stage_rack_config *config, struct stage_rack_wire *wire,
	struct stage_rack **out, struct stage_err *err);

/** Ends it. The audio thread runs no more. True when nothing is left: else some
 * plug-in hangs, and the process is to end without asking anybody. NULL is
 * fine. */
bool stage_rack_destroy(struct stage_rack *self);

/** The end is near: no plug-in is waited for as long as before, and what is
 * saved is saved for the last time. */
void stage_rack_hurry(struct stage_rack *self);

/** Makes all slots play at this rate, and hands over a plan of them. */
void stage_rack_set_rate(
	struct stage_rack *self, uint32_t rate_hz, uint32_t period_frames);

/** Reads the directory again: what has not changed is not touched. */
void stage_rack_reload(struct stage_rack *self);

/** Hands over a plan of what plays now, or of the rack's own values. */
void stage_rack_publish(struct stage_rack *self);
void stage_rack_apply_own(struct stage_rack *self);

/** Takes back what the audio thread is done with, and sees to plug-ins that are
 * sick (health.h). True when something that is shown has changed, or there is
 * something new to remember. */
bool stage_rack_tidy(struct stage_rack *self);

/** Sees what controllers have turned, which is to be remembered and shown. True
 * when there is something. */
bool stage_rack_note_turned(struct stage_rack *self);

/** Writes what is to be remembered. True when all is. */
bool stage_rack_save(struct stage_rack *self);
bool stage_rack_is_dirty(const struct stage_rack *self);

/** Likewise, for somebody who asks. Errors: STAGE_IO, and what went wrong;
 * STAGE_BUSY while a plug-in works, behind which it is saved. */
STAGE_NODISCARD enum stage_status stage_rack_save_now(
	struct stage_rack *self, struct stage_err *err);

/** All the slots; one slot, with its values. Ownership: the caller's; NULL when
 * out of memory. */
json_t *stage_rack_describe(const struct stage_rack *self);
json_t *stage_rack_describe_slot(const struct stage_rack_slot *slot);
json_t *stage_rack_describe_own(const struct stage_rack *self);

/** Where a file of the rack's directory is. Errors: STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_rack_file(const struct stage_rack *self,
	const char *file, char out[STAGE_PATH_MAX], struct stage_err *err);

/** The slot of that identity or label. Errors: STAGE_NOT_FOUND. */
STAGE_NODISCARD enum stage_status stage_rack_find(const struct stage_rack *self,
	const char *name, struct stage_rack_slot **out, struct stage_err *err);

/** Likewise; *out is NULL for the rack itself, which is called
 * STAGE_RACK_OWN_SLOT unless a slot is. */
STAGE_NODISCARD enum stage_status stage_rack_find_any(
	const struct stage_rack *self, const char *name,
	struct stage_rack_slot **out, struct stage_err *err);

/** The latency of all that is heard, frames. Thread: any. */
uint32_t stage_rack_latency(const struct stage_rack *self);

#endif
