/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which ports of one JACK client are connected, by what the graph tells.
 *
 * To ask libjack instead takes a cycle of the server for each port that is
 * asked for, and when that cycle is late the answer is the one of before.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_MIDI_LINKS_H
#define STAGE_MIDI_LINKS_H

#include <stdbool.h>

#include "base/attr.h"
#include "jack/graph.h"

struct stage_midi_links;

/** For the ports of a client by that name, which is copied. Ownership: the
 * caller calls stage_midi_links_destroy. NULL when out of memory. */
struct stage_midi_links *stage_midi_links_create(const char *client);

/** NULL is fine. */
void stage_midi_links_destroy(struct stage_midi_links *self);

/** Nothing is connected any more: the server has gone. */
void stage_midi_links_clear(struct stage_midi_links *self);

/** Takes note of an event of any kind, of any client. Amid a scan less may be
 * known than before it. Errors: STAGE_NO_MEMORY, a connection is not known
 * until a scan tells of it. */
STAGE_NODISCARD enum stage_status stage_midi_links_note(
	struct stage_midi_links *self,
	const struct stage_jack_graph_event *event);

/** Whether the port of that full name has a connection. */
bool stage_midi_links_has(
	const struct stage_midi_links *self, const char *port);

#endif
