/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which service of a rig is the JACK server, and whether it may crackle.
 *
 * Thread: any.
 */

#ifndef STAGE_RIG_SOUND_SERVER_H
#define STAGE_RIG_SOUND_SERVER_H

#include <stdbool.h>

#include "rig/snapshot.h"

/** The service that is ready and provides jack, or NULL. Ownership: borrowed
 * from services. */
const struct stage_service *stage_sound_server_find(
	const struct stage_rig *rig, const struct stage_services *services);

/** True when it plays without a real-time thread, though nobody asked for that
 * by `jack.realtime no` in rig.conf. server may be NULL; its use must have been
 * read. */
bool stage_sound_server_is_slow(
	const struct stage_rig *rig, const struct stage_service *server);

#endif
