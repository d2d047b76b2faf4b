/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Where a rack lives: what it is called, and where its files are.
 *
 * A rack is a service of the rig, and remembers in RIG/state; or it is of one
 * song, and has all that it remembers in the song's directory, so that who
 * copies or moves that has the rack with it.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_HOME_H
#define STAGE_RACK_HOME_H

#include "base/attr.h"
#include "base/err.h"
#include "jack/names.h"
#include "rig/paths.h"

struct stage_rack_home {
	char name[STAGE_SERVICE_NAME_MAX + 1]; // by which it is asked
	char client[STAGE_JACK_OWN_NAME_MAX];  // in JACK; "": as its file says
	char directory[STAGE_PATH_MAX];        // what the user writes
	char memories[STAGE_PATH_MAX];         // checkpoints
	char pages[STAGE_PATH_MAX];            // live pages, in the run
					       // directory
	char socket[STAGE_PATH_MAX];
	bool is_of_song; // its pages are of no use after a good end
};

/** The home of the service in a directory. Errors: STAGE_NOT_FOUND;
 * STAGE_BAD_INPUT for a name that no service has; STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_rack_home_of_service(
	const struct stage_rig *rig, const char *directory,
	struct stage_rack_home *out, struct stage_err *err);

/** The home of a song's rack in a directory, which is made, with a file `rack`
 * in it, where it is not there; id: what it is called, in JACK, too. Errors:
 * STAGE_BAD_INPUT for a name that cannot be; as stage_io_make_dirs. */
STAGE_NODISCARD enum stage_status stage_rack_home_of_song(
	const struct stage_rig *rig, const char *directory, const char *id,
	struct stage_rack_home *out, struct stage_err *err);

#endif
