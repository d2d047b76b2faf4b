/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The way past a plug-in: what went in, as late as the plug-in makes it, so
 * that both can be mixed, and so that a bypass does not shift the sound.
 *
 * Thread: [rt], but for what is marked.
 */

#ifndef STAGE_RACK_DRY_H
#define STAGE_RACK_DRY_H

#include <stdbool.h>
#include <stdint.h>

#include "rack/config.h"
#include "rt/rt.h"

#define STAGE_RACK_DRY_FRAMES 65536  // a power of two
#define STAGE_RACK_DRY_START 8192    // likewise; used of these at first
#define STAGE_RACK_DRY_PASS_MAX 4096 // frames at once
#define STAGE_RACK_DRY_MAX                                                     \
	(STAGE_RACK_DRY_FRAMES - STAGE_RACK_DRY_PASS_MAX) // the latest

// A line is a ring of some of its frames, as many as the latency needs: what
// goes through a long one goes through the processor's cache.
struct stage_rack_dry {
	float *lines[STAGE_RACK_CHANNELS_MAX]; // [DRY_FRAMES]
	uint32_t width;                        // 0: there are no lines
	uint32_t size;                         // of the ring, a power of two
	uint32_t at;                           // where the next frame goes
	uint32_t held;  // frames in the lines, no more than they have
	uint32_t late;  // frames, what is heard now
	uint32_t later; // what is to be heard
	float way;      // from the one to the other, 0 to 1
};

/** Makes room for so many channels. False when out of memory; finish it all the
 * same. Thread: any, before [rt] has it. */
bool stage_rack_dry_init(struct stage_rack_dry *self, uint32_t width);

/** Frees it. Zeroed memory is fine. Thread: any, when [rt] has it no more. */
void stage_rack_dry_finish(struct stage_rack_dry *self);

/** Says how late it should be; STAGE_RACK_DRY_MAX at most. It begins to be so
 * when that much has passed: there is nothing to be heard before. */
STAGE_RT void stage_rack_dry_aim(struct stage_rack_dry *self, uint32_t late);

/** Whether that much has passed. */
STAGE_RT bool stage_rack_dry_has(
	const struct stage_rack_dry *self, uint32_t late);

/** Whether what passes is late, or on its way to be so. */
STAGE_RT bool stage_rack_dry_is_late(const struct stage_rack_dry *self);

/** Lets what nobody hears pass: what dry_pass() would make of it is not made,
 * and may be later. */
STAGE_RT void stage_rack_dry_keep(struct stage_rack_dry *self,
	float *const *bus, uint32_t frames, float step);

/** Delays bus[width][frames], no more than PASS_MAX, in its place; from one
 * delay to another it fades by `step` a frame. */
STAGE_RT void stage_rack_dry_pass(struct stage_rack_dry *self,
	float *const *bus, uint32_t frames, float step);

#endif
