/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Songs and their clients as JSON, for the state. Pure. Thread: the loop's.
 */

#ifndef STAGE_SHOW_VIEW_H
#define STAGE_SHOW_VIEW_H

#include <jansson.h>

#include "show/roster.h"

/** NULL: null. Ownership: the caller's. NULL is returned without memory. */
json_t *stage_show_view_song(const struct stage_show_song *song);

#endif
