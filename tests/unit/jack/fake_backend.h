/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A libjack that does what a test tells it to.
 *
 * Thread: any; one for the process, since a backend has no context.
 */

#ifndef STAGE_TESTS_FAKE_BACKEND_H
#define STAGE_TESTS_FAKE_BACKEND_H

#include "jack/backend.h"

/** Forgets everything: no server, nothing blocks, no ports. */
void fake_backend_reset(void);

const struct stage_jack_backend *fake_backend(void);

void fake_backend_set_server(bool is_there);
void fake_backend_set_frames(uint32_t frames);  // what beat answers
void fake_backend_set_running(bool is_running); // frames grow by themselves
void fake_backend_set_beat_fails(bool fails);
void fake_backend_set_pipewire(bool is_pipewire);

/** What the next calls wait for until it is released. */
enum fake_block {
	FAKE_OPEN,
	FAKE_BEAT,
	FAKE_CLOSE,
	FAKE_LIST, // after the ports, before the connections
	FAKE_CHANGE,
	FAKE_OWN, // fake_backend_own_call
	FAKE_BLOCK_COUNT
};
void fake_backend_block(enum fake_block what);
void fake_backend_release(enum fake_block what);

/** Waits until a call is in there. */
void fake_backend_await(enum fake_block what);

/** What an owner does in `tend`: a call of its own that asks the server. */
void fake_backend_own_call(void);

/** As libjack's own threads: to the client that is open (or being opened). */
void fake_backend_shutdown(const char *reason);
void fake_backend_port(bool has_appeared, const char *name);
void fake_backend_rename(const char *before, const char *now);
void fake_backend_link(bool is_connected, const char *from, const char *to);
void fake_backend_client(bool has_appeared, const char *name);

/** What libjack's thread does when it has told. */
void fake_backend_rest(void);

/** Tells of a number as it is now, changing nothing. Numbers count from 0, the
 * lowest that is free is taken; a port that has gone keeps its name. A port
 * with "in" in its name is an input. */
void fake_backend_tell_port(unsigned id, bool has_appeared);
void fake_backend_tell_link(
	bool is_connected, unsigned from_id, unsigned to_id);

/** Renames a port or (now NULL) takes it away, telling nothing. */
void fake_backend_set_port(const char *before, const char *now);

bool fake_backend_has_link(const char *from, const char *to);
unsigned fake_backend_lists(void);
unsigned fake_backend_changes(void);

/** In the middle of listing, tells that the first port has gone. */
void fake_backend_remove_while_listing(void);

unsigned fake_backend_opens(void); // attempts
unsigned fake_backend_closes(void);

/** Waits until so many closes were made. */
void fake_backend_await_closes(unsigned count);

#endif
