/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The names of slot files, whose order is that of the sound: NN-NAME.slot.
 * Finds names for a slot that is to stand between two others. Pure.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_ORDER_H
#define STAGE_RACK_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "rack/config.h"

/** Moves the file at `from` to `to` in an order of names, and gives all files
 * the names they need for it: only the one that moves, where there is a number
 * left between its neighbours; else all of them.
 *
 * names[count] come sorted; out[count] is by the new order, old[count] says
 * which of names each one was. from == count: a file "fresh" is new, and out
 * and old have count + 1.
 */
void stage_rack_order_move(const char *const *names, size_t count, size_t from,
	size_t to, const char *fresh, char (*out)[STAGE_RACK_FILE_MAX],
	size_t *old);

/** Makes an identity of a plug-in's name: "Calf Reverb" is calf-reverb. Never
 * empty. */
void stage_rack_order_id(const char *name, char id[STAGE_RACK_ID_MAX]);

#endif
