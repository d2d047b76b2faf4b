/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Numbers for URIs, as LV2's urid extension has them.
 *
 * Thread: any; a plug-in may ask in run(), though it should not: then the audio
 * thread waits for whoever asks at the same moment.
 */

#ifndef STAGE_RACK_URIDS_H
#define STAGE_RACK_URIDS_H

#include <lv2/urid/urid.h>

struct stage_urids;

/** Ownership: the caller calls stage_urids_destroy. NULL when out of memory. */
struct stage_urids *stage_urids_create(void);

/** Frees it. NULL is fine. */
void stage_urids_destroy(struct stage_urids *self);

/** The number of a URI; 0 when out of memory. */
LV2_URID stage_urids_map(struct stage_urids *self, const char *uri);

/** The URI of a number, or NULL. Ownership: borrowed, as long as self is. */
const char *stage_urids_unmap(struct stage_urids *self, LV2_URID urid);

/** The same, as features of LV2. Ownership: borrowed. */
LV2_URID_Map *stage_urids_map_feature(struct stage_urids *self);
LV2_URID_Unmap *stage_urids_unmap_feature(struct stage_urids *self);

#endif
