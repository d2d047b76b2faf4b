/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Where a sign of a JACK server appears in the file system.
 *
 * Pure but for the environment. Thread: any.
 */

#ifndef STAGE_JACK_WATCH_H
#define STAGE_JACK_WATCH_H

#include <stddef.h>
#include <sys/types.h>

#include "base/io.h"

#define STAGE_JACK_WATCH_MAX 2

struct stage_jack_watch {
	char dir[STAGE_PATH_MAX]; // to watch
	char name[512];           // of the socket in it
};

/** Lists the sockets whose creation may mean that the server is there: JACK2's
 * in shm_dir (promiscuous when $JACK_PROMISCUOUS_SERVER is set) and PipeWire's
 * in $PIPEWIRE_RUNTIME_DIR or else $XDG_RUNTIME_DIR, by
 * the name in $PIPEWIRE_REMOTE or "pipewire-0".
 *
 * Returns how many were written. What is too long is left out.
 */
size_t stage_jack_watch_list(const char *shm_dir, const char *server, uid_t uid,
	struct stage_jack_watch out[STAGE_JACK_WATCH_MAX]);

#endif
