/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tells how loud a rack is, behind each slot and at its outputs, ten times a
 * second and only while somebody looks: who does so says it again and again.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_METERS_H
#define STAGE_RACK_METERS_H

#include <jansson.h>
#include <uv.h>

#include "base/attr.h"
#include "rack/rack.h"

#define STAGE_RACK_METERS_FOR_MS 6000     // after somebody has asked
#define STAGE_RACK_METERS_FLOOR_DB (-100) // silence, and all that is below

struct stage_rack_meters;

/** Makes one that tells nothing yet. tell: gets {"slots": {SLOT: [dB of each
 * channel]}, "out": [likewise]}, whole decibels below full, and owns it.
 * Ownership: the caller's; rack, wire and user are borrowed until destroy.
 * NULL: out of memory. */
struct stage_rack_meters *stage_rack_meters_create(uv_loop_t *loop,
	struct stage_rack *rack, void (*tell)(void *user, json_t *levels),
	void *user);

/** Ends it; the loop frees it later. NULL is fine. */
void stage_rack_meters_destroy(struct stage_rack_meters *self);

/** Tells for STAGE_RACK_METERS_FOR_MS from now on. */
void stage_rack_meters_ask(struct stage_rack_meters *self);

#endif
