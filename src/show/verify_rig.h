/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** All songs of a setlist looked at (show/verify.h), and the plug-ins of the
 * racks: what there is on this computer, in $PATH and in the patchbay.
 *
 * Thread: any but the real-time one and the loop's; it waits for the disk and
 * for other daemons.
 */

#ifndef STAGE_SHOW_VERIFY_RIG_H
#define STAGE_SHOW_VERIFY_RIG_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "show/store.h"

/** What is to be looked at. Borrowed. */
struct stage_show_verify_rig {
	const struct stage_show_store *store;
	const char *services; // RIG/services
	const char *run_dir;  // where the sockets are
	const char *set;      // NULL: all songs
};

/** Makes the report: {"set": name or null, "songs": [{"number", "name", "skip",
 * "faults": [sentence]}], "rig": [sentence], "faults": count}.
 *
 * Ownership: *report is the caller's. Errors: those of reading the setlist or
 * songs/; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_verify_rig(
	const struct stage_show_verify_rig *what, json_t **report,
	struct stage_err *err);

#endif
