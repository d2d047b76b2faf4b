/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is in a bridge; for bridge*.c only. Thread: the loop's. */

#ifndef STAGE_MIDI_BRIDGE_PRIVATE_H
#define STAGE_MIDI_BRIDGE_PRIVATE_H

#include "midi/bridge.h"
#include "midi/jackside.h"
#include "midi/ledger.h"
#include "midi/threads.h"
#include "rig/path_watch.h"

/** How a way stands with the sequencer. */
enum stage_midi_link_state {
	STAGE_MIDI_LINK_CLOSED,
	STAGE_MIDI_LINK_OPEN,
	STAGE_MIDI_LINK_BUSY, // another program has the device
};

/** What the bridge keeps for an endpoint. */
struct stage_midi_link {
	struct stage_midi_way *ways[STAGE_MIDI_DIRECTIONS]; // NULL: none
	enum stage_midi_link_state states[STAGE_MIDI_DIRECTIONS];
	bool has_leftover[STAGE_MIDI_DIRECTIONS]; // held by who was killed
	bool was_connected[STAGE_MIDI_DIRECTIONS];
	struct stage_midi_treatment treatment;
	char reason[128]; // why a device cannot be opened
};

struct stage_midi_bridge {
	uv_loop_t *loop;
	const struct stage_rig *rig;
	const struct stage_midi_seq_class *seq_class;
	const struct stage_jack_backend *jack_backend; // NULL: libjack
	const struct stage_midi_bridge_events *events;
	void *user;
	struct stage_midi_endpoints *endpoints;
	struct stage_midi_rules *rules;
	struct stage_midi_ledger *ledger;
	struct stage_midi_wire *wire;
	struct stage_midi_jack *jack;
	struct stage_midi_threads *threads; // NULL: no sequencer
	struct stage_midi_seq *seq;         // NULL: none
	struct stage_path_watch *device;    // /dev/snd/seq, while seq is NULL
	uv_poll_t news;
	uv_async_t notified; // by the threads
	uv_timer_t tick;     // a second; while something waits for it
	uv_timer_t look;     // after news
	unsigned open_handles;
	uint64_t losses_seen;
	int64_t latency_seen_ns;
	char seq_reason[512];  // why there is no sequencer; "": there is
	char jack_reason[512]; // the same of JACK
	size_t output_bytes;   // the kernel's buffer for a device
	bool is_polling;       // news was started
	bool is_seq_beginning; // the tick tries it again
	bool has_waiting; // a device cannot be opened, or its clock is read
	bool is_stalled;  // the server
	uint32_t stall_cycles; // when it was looked at last
	bool is_standing_back;
	bool has_rival; // the server bridges devices itself
	bool is_pipewire;
	bool is_ready;
	atomic_bool is_jack_gone; // `ended` was told, by any thread
	bool must_save;
	bool is_ending;
};

/** The link of an endpoint; NULL when it is ignored, or there was no memory. */
struct stage_midi_link *stage_midi_link_of(
	const struct stage_midi_endpoint *endpoint);

/** Opens and closes devices as it should be, and asks for what must end. */
void stage_midi_bridge_settle(struct stage_midi_bridge *self);

/** Has the tick come, once a second as long as something waits for it. */
void stage_midi_bridge_wait(struct stage_midi_bridge *self);

/** Saves the endpoints, with a line in the log when that fails. */
void stage_midi_bridge_save(struct stage_midi_bridge *self);

/** Makes links for endpoints that should have them, takes them from others,
 * and brings treatments up to date. */
void stage_midi_bridge_relink(struct stage_midi_bridge *self);

/** Tells the owner that a topic has news; nothing once it ends. */
void stage_midi_bridge_tell(struct stage_midi_bridge *self, const char *topic);

/** Tells the owner, once, when both sides are there. */
void stage_midi_bridge_check_ready(struct stage_midi_bridge *self);

/** Has the loop look at what the threads left. user: the bridge. Thread: any.
 */
void stage_midi_bridge_notify(void *user);

/** For uv_close of each handle; the last one frees the bridge. */
void stage_midi_bridge_on_closed(uv_handle_t *handle);

/** Lists the ports of the sequencer anew. */
void stage_midi_bridge_look(struct stage_midi_bridge *self);

/** Opens the sequencer unless it is open; what fails is tried again by the
 * tick or when the device appears. Returns false when it is of no use to try
 * again: err says why. */
bool stage_midi_bridge_try_seq(
	struct stage_midi_bridge *self, struct stage_err *err);

/** Tries the sequencer, and has it tried again when its device appears. Errors:
 * what makes that useless. */
enum stage_status stage_midi_bridge_await_seq(
	struct stage_midi_bridge *self, struct stage_err *err);

/** Ends the threads and closes the sequencer, if any. */
void stage_midi_bridge_end_seq(struct stage_midi_bridge *self);

/** Puts the threads a little above JACK's; a warning when that is refused. */
void stage_midi_bridge_set_priority(struct stage_midi_bridge *self);

/** Takes the ports back where PipeWire bridges MIDI itself, unless the rules
 * say otherwise, and gives them again. */
void stage_midi_bridge_stand_back(struct stage_midi_bridge *self);

/** JACK's side has ended. user: the bridge. Thread: any. */
void stage_midi_bridge_on_jack_ended(void *user);

/** What jackside.h tells; user is the bridge. */
extern const struct stage_midi_jack_events stage_midi_bridge_jack_events;

/** What endpoints.h tells; user is the bridge. */
extern const struct stage_midi_endpoints_ops stage_midi_bridge_endpoint_ops;

#endif
