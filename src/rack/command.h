/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a rack can be told about its values: by the command line, by OSC, by
 * whoever else. None of it touches what the user has written.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_COMMAND_H
#define STAGE_RACK_COMMAND_H

#include "rack/rack.h"

/** Sets a value of a slot; "wet", "gain", "pan" and "width" are some that each
 * slot has, unless its plug-in has one of that name (":gain" is always the
 * slot's). Errors: STAGE_NOT_FOUND; STAGE_BAD_INPUT out of its range;
 * STAGE_UNSUPPORTED of a slot that passes through. */
STAGE_NODISCARD enum stage_status stage_rack_set(struct stage_rack_slot *slot,
	const char *symbol, double value, struct stage_err *err);

/** Sets a value of the rack itself: gain, mute. Errors: as stage_rack_set. */
STAGE_NODISCARD enum stage_status stage_rack_set_own(struct stage_rack *self,
	const char *symbol, double value, struct stage_err *err);

/** Bypasses a slot, or not. Errors: as stage_rack_set. */
STAGE_NODISCARD enum stage_status stage_rack_bypass(
	struct stage_rack_slot *slot, bool is_bypassed, struct stage_err *err);

/** Switches a plug-in off until it is revived. Errors: as stage_rack_set. */
STAGE_NODISCARD enum stage_status stage_rack_smite(struct stage_rack *self,
	struct stage_rack_slot *slot, struct stage_err *err);

/** Tries a plug-in again that crashed, or that was given up or switched off.
 * Errors: as stage_rack_set. */
STAGE_NODISCARD enum stage_status stage_rack_revive(struct stage_rack *self,
	struct stage_rack_slot *slot, struct stage_err *err);

/** Goes back to what the slot file says; or, with a generation from 1, to what
 * was remembered that many checkpoints ago. slot: NULL for all of them, and
 * the rack itself. Errors: STAGE_NOT_FOUND when there is no such generation;
 * as stage_rack_set. */
STAGE_NODISCARD enum stage_status stage_rack_revert(struct stage_rack *self,
	struct stage_rack_slot *slot, unsigned generation,
	struct stage_err *err);

/** Ends all that sounds: by note-offs, and as stage_rack_held_panic has it. */
void stage_rack_panic(struct stage_rack *self);

#endif
