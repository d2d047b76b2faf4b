/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which side ports (side.h) a slot has: what its file asks for of what its
 * plug-in has. They depend on nothing else, so they are the same ones with each
 * server and after each start.
 *
 * Thread: any.
 */

#ifndef STAGE_RACK_SIDELIST_H
#define STAGE_RACK_SIDELIST_H

#include "rack/host.h"
#include "rack/side.h"
#include "rack/sideline.h"

#define STAGE_RACK_SIDE_UNITS_ALL UINT32_MAX

struct stage_rack_side_item {
	struct stage_rack_side_wish wish;
	enum stage_rack_side_kind kind;
	uint32_t unit; // which one it is for
	uint32_t at;   // of its inputs, or of its outputs
};

struct stage_rack_side_list {
	struct stage_rack_side_item *items; // [count], owned
	size_t count;
	bool lacks[STAGE_RACK_SIDE_KIND_COUNT]; // a line asks for what the
						// plug-in has not
};

/** How many instances of a plug-in a slot has in a rack of that width: a mono
 * one plays once for each channel. */
uint32_t stage_rack_side_units(
	const struct stage_rack_plugin *plugin, uint32_t width);

/** Lists them, in their order. Ownership: the caller calls
 * stage_rack_side_list_finish; out is zeroed first. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_side_list_make(
	const struct stage_rack_slot_config *config,
	const struct stage_rack_plugin *plugin, uint32_t width,
	struct stage_rack_side_list *out);

/** Frees what is in it. Zeroed memory is fine. */
void stage_rack_side_list_finish(struct stage_rack_side_list *self);

/** Why a line of that kind says nothing of this plug-in; a whole sentence.
 * Never NULL. */
const char *stage_rack_side_lack(enum stage_rack_side_kind kind);

#endif
