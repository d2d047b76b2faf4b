/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The box between a client's loop, its worker and libjack's own threads: what
 * the loop asks for, what it must know, and what it is told of the graph.
 * Backends see it as the sink of jack/backend.h.
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

#ifndef STAGE_JACK_CLIENT_BOX_H
#define STAGE_JACK_CLIENT_BOX_H

#include <pthread.h>

#include "jack/backend.h"
#include "jack/client_core.h"
#include "jack/graph_note.h"
#include "jack/graph_queue.h"
#include "jack/rest.h"

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

/** What the worker has to do next. */
struct stage_jack_task {
	bool is_tend;
	enum stage_jack_job job; // NONE: a command
	enum stage_jack_command command;
	struct stage_jack_note *edit; // with JOB_EDIT; owned
};

struct stage_jack_box_item {
	struct stage_jack_box_item *next;
	bool is_queued;
	struct stage_jack_message message;
};

/** To be touched by client_box.c alone. */
struct stage_jack_sink {
	pthread_mutex_t mutex; // guards all below
	unsigned generation;   // how many opens there have been
	bool is_lost;          // a shutdown was told in this one
	pthread_cond_t has_task;
	pthread_cond_t has_words; // to end a rest
	struct stage_jack_rest rest;
	enum stage_jack_command commands[STAGE_JACK_COMMAND_COUNT + 1];
	size_t command_count;
	struct stage_jack_box_item *first; // oldest message
	struct stage_jack_box_item *last;
	struct stage_jack_graph_queue graph;
	bool wants_tend;   // in this generation
	bool is_editing;   // an edit is being done
	bool will_look;    // the loop does, and needs not be woken for ports
	int64_t woken_ns;  // when the graph last woke the loop
	const char *doing; // static; NULL: nothing, or a command
	struct stage_jack_box_item answers[STAGE_JACK_COMMAND_COUNT];
	struct stage_jack_box_item shutdown;
	void (*wake)(void *arg); // NULL once abandoned
	void *wake_arg;
	bool is_abandoned;
	bool has_quit; // the worker touches nothing any more
};

/** Makes an empty box of zeroed memory. `wake` is called whenever there is
 * something for the loop to take, by any thread. */
void stage_jack_box_init(
	struct stage_jack_sink *self, void (*wake)(void *arg), void *wake_arg);

/** Frees what is in it. Nobody may use it any more. */
void stage_jack_box_finish(struct stage_jack_sink *self);

/** [loop] Queues a command. The answer comes as an event. One of each kind may
 * be under way. */
void stage_jack_box_ask(
	struct stage_jack_sink *self, enum stage_jack_command command);

/** [loop] Takes the oldest message out. Returns false when there is none. */
bool stage_jack_box_take(
	struct stage_jack_sink *self, struct stage_jack_message *out);

/** [loop] Takes all notes that there are. Ownership: the caller's.
 *
 * will_look: the loop looks again soon by itself, and is not woken for ports
 * until the next call. */
struct stage_jack_chain stage_jack_box_take_notes(
	struct stage_jack_sink *self, bool will_look);

/** [loop] Queues edits, notes of that kind. Ownership: taken, the chain is
 * empty then. */
void stage_jack_box_edit(
	struct stage_jack_sink *self, struct stage_jack_chain *edits);

/** [loop] Whether notes wait, or were lost (jack/graph_queue.h). */
bool stage_jack_box_is_behind(struct stage_jack_sink *self);

/** [loop] Asks for a scan. */
void stage_jack_box_ask_scan(struct stage_jack_sink *self);

/** [loop] Asks for the owner's own calls, tend of jack/backend.h. */
void stage_jack_box_ask_tend(struct stage_jack_sink *self);

/** [loop] What the worker is at that is no command, in words that go on "from
 * ..."; NULL when nothing. Ownership: static. */
const char *stage_jack_box_doing(struct stage_jack_sink *self);

/** [loop] The loop goes, whatever the worker is at: `wake` is not called any
 * more, and the next task is to quit. Returns false when it had done that. */
bool stage_jack_box_abandon(struct stage_jack_sink *self);

/** [worker] Waits for the next thing to do. */
struct stage_jack_task stage_jack_box_next(struct stage_jack_sink *self);

/** [worker] Answers a command. */
void stage_jack_box_answer(struct stage_jack_sink *self,
	enum stage_jack_command command,
	const struct stage_jack_message *message);

/** [worker] Begins an open: from here on libjack may tell of ports, and the
 * first scan comes before that. Returns the open's number, for the scan. */
unsigned stage_jack_box_begin_open(struct stage_jack_sink *self);

/** [worker] Begins another scan: notes wait from now on. Returns likewise. */
unsigned stage_jack_box_begin_scan(struct stage_jack_sink *self);

/** [worker] Ends either scan. is_whole: memory sufficed; else all of it is
 * dropped. Ownership: taken. */
void stage_jack_box_end_scan(struct stage_jack_sink *self,
	struct stage_jack_chain *scan, bool is_whole);

/** [worker] Throws away what libjack said. */
void stage_jack_box_drop_notes(struct stage_jack_sink *self);

/** [worker] Begins an edit. has_server: one is open. Returns whether it can be
 * tried. */
bool stage_jack_box_begin_edit(struct stage_jack_sink *self,
	const struct stage_jack_note *edit, bool has_server);

/** [worker] Ends it. Ownership: taken. */
void stage_jack_box_end_edit(struct stage_jack_sink *self,
	struct stage_jack_note *edit, enum stage_jack_outcome outcome);

/** [worker] The server has gone: nobody does the queued edits any more. */
void stage_jack_box_end_edits(struct stage_jack_sink *self);

/** [worker] Begins the owner's own calls. has_server: as with an edit. Returns
 * whether they can be made. */
bool stage_jack_box_begin_tend(struct stage_jack_sink *self, bool has_server);

/** [worker] Ends them, also when they could not be made. */
void stage_jack_box_end_tend(struct stage_jack_sink *self);

/** [worker] Whether the loop has gone. */
bool stage_jack_box_is_abandoned(struct stage_jack_sink *self);

/** [worker] The worker touches the box no more. Returns whether the loop has
 * gone: then freeing is the worker's. */
bool stage_jack_box_quit(struct stage_jack_sink *self);

#endif
