/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** MIDI devices that a test plugs in and pulls out. Thread: the test's. */

#ifndef STAGE_TESTS_MIDI_WORLD_H
#define STAGE_TESTS_MIDI_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "midi/endpoints.h"

#define WORLD_FOUND_MAX 400

struct midi_world {
	struct stage_midi_found found[WORLD_FOUND_MAX]; // by address
	size_t count;
	struct stage_midi_endpoints *endpoints;
	unsigned came, new_ones, went, forgotten; // what was told
};

void midi_world_init(struct midi_world *self);
void midi_world_finish(struct midi_world *self);

/** The identity of a "Keystation 61" with that serial number in that socket. */
struct stage_midi_identity midi_keyboard(const char *serial, const char *place);

/** The identity of a program. */
struct stage_midi_identity midi_program(const char *name);

/** Puts a device with ports 0 to count - 1, all of that name, at a client. */
void midi_world_plug(struct midi_world *self, int client,
	const struct stage_midi_identity *identity, const char *port_name,
	int count);

void midi_world_pull(struct midi_world *self, int client);

/** Tells the table what there is. Returns whether it says that its file has
 * changed. */
bool midi_world_update(struct midi_world *self);

/** The JACK name of what captures from port `port` of a client; "" for an
 * address where nothing is. Ownership: borrowed until the next call. */
const char *midi_world_name(
	const struct midi_world *self, int client, int port);

#endif
