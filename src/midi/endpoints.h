/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The endpoints: every sequencer port that there is or was, under a name that
 * it keeps, whether its device is here or away.
 *
 * Devices and virtual ports stay until they are forgotten; ports of programs
 * stay while this process runs, STAGE_MIDI_SOFTWARE_MAX of those that have
 * ended. Whatever is new gets the lowest free number behind its name, once.
 *
 * Pure; the file is endpoints_file.h's. Thread: one.
 */

#ifndef STAGE_MIDI_ENDPOINTS_H
#define STAGE_MIDI_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "midi/identity.h"
#include "midi/names.h"

#define STAGE_MIDI_ENDPOINTS_MAX 256
#define STAGE_MIDI_SOFTWARE_MAX 64 // of programs, that are away
#define STAGE_MIDI_LABEL_MAX 128   // bytes with the zero

struct stage_midi_address {
	int client, port; // of the ALSA sequencer
};

struct stage_midi_endpoint {
	unsigned id;     // of this endpoint, from 1; never used again
	unsigned device; // endpoints of one device have the same, from 1
	struct stage_midi_identity identity; // of the device
	unsigned ordinal;                    // of the device's name
	int port;                            // number of the port at its device
	char port_name[STAGE_MIDI_NAME_MAX];
	unsigned twin;                    // of the port's name
	bool has[STAGE_MIDI_DIRECTIONS];  // which it has ever had
	char label[STAGE_MIDI_LABEL_MAX]; // the user's; "": none
	bool is_here;
	struct stage_midi_address address;   // while it is here
	char seen_name[STAGE_MIDI_NAME_MAX]; // of the client there
	uint64_t last_used; // when it was here last, as a count
	void *user;         // whatever the owner keeps for it
};

/** A port that is there now. */
struct stage_midi_found {
	struct stage_midi_address address;
	struct stage_midi_identity identity; // of its client
	char port_name[STAGE_MIDI_NAME_MAX];
	bool has[STAGE_MIDI_DIRECTIONS];
};

/** What an update tells; called from within it. */
struct stage_midi_endpoints_ops {
	/** It has come, or has a direction more than before. is_new: it was not
	 * known. */
	void (*came)(
		void *user, struct stage_midi_endpoint *endpoint, bool is_new);

	/** It has gone; its address is still there. */
	void (*went)(void *user, struct stage_midi_endpoint *endpoint);

	/** It is known no more, and is freed after the call. */
	void (*forgotten)(void *user, struct stage_midi_endpoint *endpoint);
};

struct stage_midi_endpoints;

/** Makes an empty table. ops and user are borrowed for its life. NULL when out
 * of memory. Ownership: stage_midi_endpoints_destroy, which tells nothing. */
struct stage_midi_endpoints *stage_midi_endpoints_create(
	const struct stage_midi_endpoints_ops *ops, void *user);
void stage_midi_endpoints_destroy(struct stage_midi_endpoints *self);

/** Says which ports there are: all of them, in the order of their addresses.
 *
 * What is not among them has gone. Returns true when something that the file
 * keeps has changed. Ports beyond STAGE_MIDI_ENDPOINTS_MAX, and those for which
 * there is no memory, are left out and counted in *lost, which may be NULL.
 */
bool stage_midi_endpoints_update(struct stage_midi_endpoints *self,
	const struct stage_midi_found *found, size_t count, size_t *lost);

/** Says that a port has gone, or with port -1 all of a client. */
void stage_midi_endpoints_gone(
	struct stage_midi_endpoints *self, struct stage_midi_address address);

/** Adds an endpoint as it is in a file, away. Errors: STAGE_EXISTS for an id
 * or a place at a device that is there; STAGE_FULL; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_midi_endpoints_add(
	struct stage_midi_endpoints *self,
	const struct stage_midi_endpoint *endpoint);

/** Adds a virtual one, which is found as a client of that identity like any
 * other, or finds it. NULL when there is no room. */
struct stage_midi_endpoint *stage_midi_endpoints_add_virtual(
	struct stage_midi_endpoints *self, const char *name);

/** Forgets one that is away. Errors: STAGE_BUSY when it is here. */
STAGE_NODISCARD enum stage_status stage_midi_endpoints_forget(
	struct stage_midi_endpoints *self,
	struct stage_midi_endpoint *endpoint);

/** In the order in which they became known. Ownership: borrowed until it is
 * forgotten. */
size_t stage_midi_endpoints_count(const struct stage_midi_endpoints *self);
struct stage_midi_endpoint *stage_midi_endpoints_at(
	const struct stage_midi_endpoints *self, size_t index);

/** The one that is here at that address, or NULL. */
struct stage_midi_endpoint *stage_midi_endpoints_here(
	const struct stage_midi_endpoints *self,
	struct stage_midi_address address);

/** True for what the file keeps. */
bool stage_midi_endpoint_is_kept(const struct stage_midi_endpoint *endpoint);

/** Its name, for the functions of names.h. Texts are the endpoint's. */
struct stage_midi_name stage_midi_endpoint_name(
	const struct stage_midi_endpoint *endpoint);

#endif
