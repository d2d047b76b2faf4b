/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Songs and their clients as JSON, for the state. Pure. Thread: the loop's.
 */

#ifndef STAGE_SHOW_VIEW_H
#define STAGE_SHOW_VIEW_H

#include <jansson.h>

#include "show/engine.h"

/** NULL: null. Ownership: the caller's. NULL is returned without memory. */
json_t *stage_show_view_song(const struct stage_show_song *song);

/** The songs that are wanted ahead, each with what there is of it, and why not.
 * Ownership: as above. */
json_t *stage_show_view_ahead(const struct stage_show_engine *engine);

/** The names of the songs that ring. Ownership: as above. */
json_t *stage_show_view_ringing(const struct stage_show_engine *engine);

/** What song.conf says, but for what is in other files. Ownership: as above. */
json_t *stage_show_view_conf(const struct stage_show_song_conf *conf);

#endif
