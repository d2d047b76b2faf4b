/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The one JACK client of a chain: it sees the server and the ports come and
 * go.
 *
 * Has no ports and no process callback, so that the graph does not notice it.
 * In a build without JACK, create says so.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_CHAIN_JACK_EYE_H
#define STAGE_CHAIN_JACK_EYE_H

#include <stdbool.h>

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_jack_eye;

struct stage_jack_eye_config {
	uv_loop_t *loop;
	const char *name;            // of the client; borrowed
	void (*changed)(void *user); // the server or a port came or went
	void (*lost)(void *user);    // the server went; changed follows
	void *user;
};

/** Starts looking for the server. Errors: STAGE_UNSUPPORTED, STAGE_NO_MEMORY,
 * STAGE_FULL. */
STAGE_NODISCARD enum stage_status stage_jack_eye_create(
	struct stage_jack_eye **out, const struct stage_jack_eye_config *config,
	struct stage_err *err);

/** True while the server answers. */
bool stage_jack_eye_has_server(const struct stage_jack_eye *self);

/** True while a port that matches "CLIENT:PORT" exists (jack/names.h). */
bool stage_jack_eye_has_port(
	const struct stage_jack_eye *self, const char *pattern);

/** Counts the appearances of ports that match, since the eye was made: more
 * than before a start means that one appeared after it. */
unsigned long stage_jack_eye_count_births(
	const struct stage_jack_eye *self, const char *pattern);

/** Ends the client; it is closed when the loop has run on until nothing of it
 * is left. NULL is fine. No callback comes after this. */
void stage_jack_eye_destroy(struct stage_jack_eye *self);

#endif
