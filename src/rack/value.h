/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The values of a slot, by their place in its page: first those of its
 * plug-in, `count` of them, then STAGE_RACK_EXTRA_COUNT that each slot has.
 *
 * All but the first two are for slots that have a plug-in. Thread: the loop's.
 */

#ifndef STAGE_RACK_VALUE_H
#define STAGE_RACK_VALUE_H

#include "rack/extra.h"
#include "rack/slot.h"

/** How many there are. */
uint32_t stage_rack_slot_value_count(const struct stage_rack_slot *self);

/** The place of one that each slot has. */
uint32_t stage_rack_slot_extra(
	const struct stage_rack_slot *self, enum stage_rack_extra extra);

/** True for the value that says whether the slot was switched off by hand,
 * which is nothing that sounds: neither a snapshot nor a revert is about it. */
bool stage_rack_slot_is_switch(
	const struct stage_rack_slot *self, uint32_t index);

/** The place of a value, by the symbol of the plug-in or else the key of what
 * each slot has; false when there is none. */
bool stage_rack_slot_find(const struct stage_rack_slot *self,
	const char *symbol, uint32_t *index);

/** What it is called in the page. Ownership: borrowed. */
const char *stage_rack_slot_symbol(
	const struct stage_rack_slot *self, uint32_t index);

/** The port of a value. The index is below count. Ownership: borrowed. */
const struct stage_rack_port *stage_rack_slot_port(
	const struct stage_rack_slot *self, uint32_t index);

/** The lowest and highest, at the rate of now. */
void stage_rack_slot_range(const struct stage_rack_slot *self, uint32_t index,
	float *min, float *max);

/** `value` in that range. */
float stage_rack_slot_clamp(
	const struct stage_rack_slot *self, uint32_t index, float value);

/** What the plug-in has by itself; and what a slot file makes of that. */
float stage_rack_slot_default(
	const struct stage_rack_slot *self, uint32_t index);
float stage_rack_slot_configured(
	const struct stage_rack_slot *self, uint32_t index);

#endif
