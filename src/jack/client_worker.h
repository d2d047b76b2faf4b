/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The thread on which a client's blocking libjack calls are made, and the box
 * in which it and libjack's own threads put what the loop must know.
 *
 * libjack cancels its threads (asynchronously, in JACK2) when a client closes;
 * a thread that is inside a callback of ours is protected from that while it
 * holds the box. The box is never held for longer than a copy takes. Answers
 * and shutdowns cannot be lost: their room is there from the start. What is
 * told of the graph may be, and a scan follows then (jack/graph_queue.h); only
 * when memory is too short for the scan, a shutdown is put in, so that the
 * client opens anew.
 *
 * Commands come before the owner's own calls, these before edits and scans, and
 * the loop's messages before its notes: a server that goes is heard of before
 * what became of its ports.
 */

#ifndef STAGE_JACK_CLIENT_WORKER_H
#define STAGE_JACK_CLIENT_WORKER_H

#include "jack/backend.h"
#include "jack/client_core.h"
#include "jack/graph_note.h"

enum stage_jack_command {
	STAGE_JACK_COMMAND_OPEN,
	STAGE_JACK_COMMAND_CLOSE,
	STAGE_JACK_COMMAND_BEAT,
	STAGE_JACK_COMMAND_QUIT,
	STAGE_JACK_COMMAND_COUNT,
};

struct stage_jack_message {
	enum stage_jack_core_event event;
	unsigned generation;         // how many opens there had been
	uint32_t frames;             // with BEAT_OK
	struct stage_jack_info info; // with OPENED
	char text[256];              // with FAILED, SHUTDOWN: a sentence
};

struct stage_jack_worker;

/** Starts the thread. `wake` is called whenever there is something to take, by
 * any thread. Ownership: args' texts and the backend are borrowed for life. */
STAGE_NODISCARD enum stage_status stage_jack_worker_create(
	const struct stage_jack_backend *backend,
	const struct stage_jack_open *args, void (*wake)(void *arg),
	void *wake_arg, struct stage_jack_worker **out, struct stage_err *err);

/** [loop] Queues a command. The answer comes as an event. One of each kind may
 * be under way. */
void stage_jack_worker_ask(
	struct stage_jack_worker *worker, enum stage_jack_command command);

/** [loop] Takes the oldest message out. Returns false when there is none. */
bool stage_jack_worker_take(
	struct stage_jack_worker *self, struct stage_jack_message *out);

/** [loop] Takes all notes that there are. Ownership: the caller's.
 *
 * will_look: the loop looks again soon by itself, and is not woken for ports
 * until the next call. */
struct stage_jack_chain stage_jack_worker_take_notes(
	struct stage_jack_worker *worker, bool will_look);

/** [loop] Queues edits, notes of that kind. Ownership: taken, the chain is
 * empty then. */
void stage_jack_worker_edit(
	struct stage_jack_worker *worker, struct stage_jack_chain *edits);

/** [loop] Whether notes wait, or were lost (jack/graph_queue.h). */
bool stage_jack_worker_is_behind(struct stage_jack_worker *worker);

/** [loop] Asks for a scan. */
void stage_jack_worker_scan(struct stage_jack_worker *worker);

/** [loop] Asks for the owner's own calls, args' tend. */
void stage_jack_worker_tend(struct stage_jack_worker *worker);

/** [loop] As a server that goes: the client is to open anew. */
void stage_jack_worker_shutdown(
	struct stage_jack_worker *worker, const char *reason);

/** [loop] What the thread is at that is no command, in words that go on "from
 * ..."; NULL when nothing. Ownership: static. */
const char *stage_jack_worker_doing(struct stage_jack_worker *worker);

/** [loop] Waits for the end of a thread that has answered QUIT, and frees. NULL
 * is fine. */
void stage_jack_worker_destroy(struct stage_jack_worker *worker);

/** [loop] Leaves a thread that does not come back to itself: `wake` is not
 * called any more; the thread frees everything should it ever return. args'
 * texts must then stay, so `keep` is freed by it with free(). */
void stage_jack_worker_abandon(struct stage_jack_worker *worker, void *keep);

#endif
