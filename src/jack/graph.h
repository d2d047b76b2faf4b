/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The JACK graph as a client follows and changes it: what it is told, what it
 * may ask for.
 *
 * An owner whose ops have `graph` gets every event on the loop, in the order in
 * which libjack told of it, many at a wakeup and then one BATCH_END, so that it
 * can act once. What it must know:
 *
 * - After `opened` comes a scan: SCAN_BEGIN, PORT_APPEARED for every port,
 *   CONNECTED for every connection, SCAN_END. It is told whole within a batch.
 *   A port or connection that is not told between the two is there no more; of
 *   a port that was known and is not in the scan, PORT_GONE comes just before
 *   SCAN_END. A scan comes again when it is asked for, when the loop fell so
 *   far behind that events were thrown away, and when what libjack said did not
 *   fit what was known. So DISCONNECTED is not told of connections that ended
 *   while events were thrown away.
 * - Things are told twice at times, a port whose client's registration was in a
 *   scan and then became active, for one: each event says how it is now.
 * - JACK names ports by numbers that are used again at once. Names come from a
 *   table that follows the events, so that PORT_GONE names the port that was
 *   announced and not the one that took its number. A port that was never
 *   announced, because it had gone before libjack could be asked for its name,
 *   is not told of at all, or for a moment by the name of its successor.
 * - A port in a scan may belong to a client that is not active; then it cannot
 *   be connected, and PORT_APPEARED comes again when it can.
 * - When the server goes there is `lost`, and no event of the ports and
 *   connections that went with it.
 *
 * Edits are done one after the other, in the order in which they were given,
 * urgent ones before the others, on the client's worker. Each comes back as
 * EDIT_DONE, also those that nobody could do any more, and before or after the
 * CONNECTED that it brings about. Heartbeats go in between; a call that hangs
 * is told as `hung`.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_JACK_GRAPH_H
#define STAGE_JACK_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_jack_client;

/** A port's flags, as JACK has them. */
enum stage_jack_port_flag {
	STAGE_JACK_PORT_INPUT = 0x1,
	STAGE_JACK_PORT_OUTPUT = 0x2,
	STAGE_JACK_PORT_PHYSICAL = 0x4,
	STAGE_JACK_PORT_CAN_MONITOR = 0x8,
	STAGE_JACK_PORT_TERMINAL = 0x10,
};

#define STAGE_JACK_ALIASES_MAX 2

enum stage_jack_graph_kind {
	STAGE_JACK_GRAPH_PORT_APPEARED,   // name, type, flags, aliases
	STAGE_JACK_GRAPH_PORT_GONE,       // name, type, flags
	STAGE_JACK_GRAPH_PORT_RENAMED,    // name (old), new_name, type, flags
	STAGE_JACK_GRAPH_CONNECTED,       // from, to
	STAGE_JACK_GRAPH_DISCONNECTED,    // from, to
	STAGE_JACK_GRAPH_CLIENT_APPEARED, // name; never our own; scans have
					  // only config.watched_clients
	STAGE_JACK_GRAPH_CLIENT_GONE,     // name
	STAGE_JACK_GRAPH_SCAN_BEGIN,
	STAGE_JACK_GRAPH_SCAN_END,
	STAGE_JACK_GRAPH_EDIT_DONE, // from, to, tag, outcome
	STAGE_JACK_GRAPH_BATCH_END, // all that there was has been told
	STAGE_JACK_GRAPH_KIND_COUNT,
};

/** What became of an edit. */
enum stage_jack_outcome {
	STAGE_JACK_OUTCOME_DONE,
	STAGE_JACK_OUTCOME_EXISTS,  // connect: it was there already
	STAGE_JACK_OUTCOME_REFUSED, // no such port, not active, wrong types;
				    // disconnect: it was not there
	STAGE_JACK_OUTCOME_GONE,    // the server went before it was done
	STAGE_JACK_OUTCOME_COUNT,
};

struct stage_jack_graph_event {
	enum stage_jack_graph_kind kind;
	int64_t at_ns;        // monotonic: when libjack told, or the scan saw
	const char *name;     // full name of the port, name of the client
	const char *new_name; // with PORT_RENAMED
	const char *from;     // the output
	const char *to;       // the input
	const char *type;     // "32 bit float mono audio"
	const char *aliases[STAGE_JACK_ALIASES_MAX]; // NULL: none
	unsigned flags; // enum stage_jack_port_flag
	uint64_t tag;   // the edit's
	enum stage_jack_outcome outcome;
};

struct stage_jack_edit {
	bool is_disconnect;
	bool is_urgent;   // goes before all that are not
	const char *from; // the output's full name (or an alias of it)
	const char *to;   // the input's
	uint64_t tag;     // comes back with EDIT_DONE
};

/** Queues edits behind those that are queued already; all of them or none.
 *
 * Ownership: the names are copied. Errors: STAGE_GONE when the client is not
 * open; STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_jack_client_edit(
	struct stage_jack_client *self, const struct stage_jack_edit *edits,
	size_t count);

/** Asks for a scan, after the edits that are queued now. Those that are asked
 * for before it begins are one. Does nothing when the client is not open. */
void stage_jack_client_scan(struct stage_jack_client *self);

/** [loop] True while something of the graph has not been told: it waits for the
 * loop, or for the end of a scan, or was lost and a scan will find it. The end
 * of a batch is told when it has been. */
bool stage_jack_client_is_behind(const struct stage_jack_client *self);

/** Says a kind / an outcome in lower-case words. Never NULL. */
const char *stage_jack_graph_kind_name(enum stage_jack_graph_kind kind);
const char *stage_jack_outcome_name(enum stage_jack_outcome outcome);

#endif
