/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/graph.h"

#include <assert.h>

#define K(name) [STAGE_JACK_GRAPH_##name]
#define O(name) [STAGE_JACK_OUTCOME_##name]

const char *
stage_jack_graph_kind_name(enum stage_jack_graph_kind kind)
{
	static const char *const names[] = {
		K(PORT_APPEARED) = "port-appeared",
		K(PORT_GONE) = "port-gone",
		K(PORT_RENAMED) = "port-renamed",
		K(CONNECTED) = "connected",
		K(DISCONNECTED) = "disconnected",
		K(CLIENT_APPEARED) = "client-appeared",
		K(CLIENT_GONE) = "client-gone",
		K(SCAN_BEGIN) = "scan-begin",
		K(SCAN_END) = "scan-end",
		K(EDIT_DONE) = "edit-done",
		K(BATCH_END) = "batch-end",
	};
	static_assert(STAGE_COUNT_OF(names) == STAGE_JACK_GRAPH_KIND_COUNT,
		"every kind has a name");

	return kind < STAGE_COUNT_OF(names) ? names[kind] : "?";
}

const char *
stage_jack_outcome_name(enum stage_jack_outcome outcome)
{
	static const char *const names[] = {
		O(DONE) = "done",
		O(EXISTS) = "exists",
		O(REFUSED) = "refused",
		O(GONE) = "gone",
	};
	static_assert(STAGE_COUNT_OF(names) == STAGE_JACK_OUTCOME_COUNT,
		"every outcome has a name");

	return outcome < STAGE_COUNT_OF(names) ? names[outcome] : "?";
}
