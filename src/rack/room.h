/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Memory: arrays that grow by one item, and what the audio thread fills.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_ROOM_H
#define STAGE_RACK_ROOM_H

#include <stddef.h>

/** Makes room for one more behind items[count], each of `size` bytes. All that
 * was ever added to the array came by this.
 *
 * Ownership: the array that is given takes the place of `items`, which may be
 * NULL. NULL when out of memory: `items` is as it was.
 */
void *stage_rack_room(void *items, size_t count, size_t size);

/** So many bytes, zeroed, aligned for whatever a plug-in does with them.
 * Ownership: the caller's, for free(). NULL when out of memory. */
void *stage_rack_buffer(size_t bytes);

#endif
