/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the engine remembers of the connection of two ports, by their names, so
 * that it outlives them. One that has nothing to say is forgotten.
 *
 *      connected by hand             removed, perhaps by hand
 *   IDLE --> LEARNING --QUIET--> ...   HELD --> DOUBTED --GRACE--> learned
 *                                             |        \--mass--> WITHHELD
 *   IDLE --edit--> CONNECTING --> HELD        \--rival--> RETRY
 *   HELD --edit--> DISCONNECTING --> IDLE
 */

#ifndef STAGE_PATCHBAY_ENGINE_LINK_H
#define STAGE_PATCHBAY_ENGINE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "patchbay/statement.h"

enum stage_link_state {
	STAGE_LINK_IDLE,
	STAGE_LINK_HELD,          // connected, and so desired
	STAGE_LINK_CONNECTING,    // an edit is under way
	STAGE_LINK_DISCONNECTING, // likewise
	STAGE_LINK_LEARNING,      // connected by hand, until `at_ns`
	STAGE_LINK_DOUBTED,       // disconnected: whose hand? until `at_ns`
	STAGE_LINK_RETRY,         // to be made again at `at_ns`
	STAGE_LINK_WITHHELD,      // disconnected with many others
	STAGE_LINK_STATE_COUNT,
};

struct stage_link {
	enum stage_link_state state;
	enum stage_patch_system system;
	char *from;                 // owned
	char *to;                   // owned
	struct stage_patch_how how; // LEARNING: how they were connected
	int64_t at_ns;
	int64_t made_ns;   // by us; 0: not
	unsigned refusals; // of the server, in a row
	unsigned fights;   // lost in a row
	bool is_put_back;  // CONNECTING: and then nobody's
	bool is_waking;    // is in the engine's list of those that wait
	size_t waking_at;  // where
};

#endif
