/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is in the JACK side of the bridge; for jackside*.c only.
 *
 * Thread: the loop's, unless a function says another. */

#ifndef STAGE_MIDI_JACKSIDE_PRIVATE_H
#define STAGE_MIDI_JACKSIDE_PRIVATE_H

#include <jack/jack.h>
#include <pthread.h>

#include "midi/jackside.h"
#include "midi/links.h"

#define STAGE_MIDI_JACK_ALIAS_MAX 256

/* What JACK is to be told of a port. The mutex guards it: the loop writes, the
 * worker takes a copy. */
struct stage_midi_jack_wish {
	char name[STAGE_MIDI_PORT_NAME_MAX];
	char aliases[2][STAGE_MIDI_JACK_ALIAS_MAX];
	char label[STAGE_MIDI_JACK_ALIAS_MAX];
	char group[STAGE_MIDI_JACK_ALIAS_MAX];
	char order[16];
	char icon[32];
	bool is_hardware;
};

struct stage_midi_jack_own_port {
	struct stage_midi_way *way;
	struct stage_midi_jack_wish wish;
	bool is_wanted;  // written by the loop only
	bool has_failed; // JACK did not register it
	bool is_old;     // what JACK was told
	struct stage_midi_jack_wish
		told;       // [worker] what that was; "": nothing yet
	jack_port_t *going; // taken away, not unregistered yet
	uint32_t going_at;  // the count of cycles then
};

struct stage_midi_jack {
	struct stage_jack_client *client;
	struct stage_midi_links *links; // [main]
	struct stage_midi_wire *wire;
	const struct stage_midi_jack_events *events;
	void *user;
	char name[STAGE_JACK_CLIENT_NAME_MAX];
	pthread_mutex_t mutex; // of the ports; never held in a call of JACK
	struct stage_midi_jack_own_port
		ports[STAGE_MIDI_WAYS_MAX]; // by the ways' index
	unsigned refs;    // ours, and one for each setup without a teardown
	bool stands_back; // no port is registered; written by the loop only
	atomic_bool must_tell_latency;
	bool is_open;          // [main] from opened to lost
	bool has_rival;        // [main] `rival` was told
	bool has_told_no_room; // [main]
};

/** Gives back one of the references; the last one ends and frees it. Thread:
 * any. */
void stage_midi_jack_unref(struct stage_midi_jack *self);

/** The client that JACK knows; NULL without a server. Thread: any. */
jack_client_t *stage_midi_jack_handle_of(const struct stage_midi_jack *self);

/** The mutex of the ports. Thread: any. */
void stage_midi_jack_lock(struct stage_midi_jack *self);
void stage_midi_jack_unlock(struct stage_midi_jack *self);

/** Whether JACK should have this port and has not. The mutex is held. */
bool stage_midi_jack_must_register(const struct stage_midi_jack *self,
	const struct stage_midi_jack_own_port *port);

/** What client.h calls in the worker; user is the JACK side. */
enum stage_status stage_midi_jack_setup(
	void *user, jack_client_t *client, struct stage_err *err);
void stage_midi_jack_tend(void *user);
void stage_midi_jack_teardown(void *user);

#endif
