/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** JACK client and port names, and patterns over them.
 *
 * A port's full name is "CLIENT:PORT"; the first colon divides it, the port
 * part may hold more of them. In a pattern `*` stands for any characters, `?`
 * for one (one UTF-8 character), a backslash takes the next character
 * literally; everything else is itself, `[` too, since JACK programs write it
 * into their names ("Midi Through [14] (playback)").
 *
 * Pure: nothing here allocates or needs JACK. Thread: any.
 */

#ifndef STAGE_JACK_NAMES_H
#define STAGE_JACK_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

// Bytes with the terminating zero. PipeWire's limits, which are the larger
// ones; JACK2 itself stops at 64 and 320.
#define STAGE_JACK_CLIENT_NAME_MAX 256
#define STAGE_JACK_PORT_NAME_MAX 512
#define STAGE_JACK_SERVER_NAME_MAX 256

// What a name of ours may be at most, zero included, so that JACK2 takes it.
#define STAGE_JACK_OWN_NAME_MAX 64

/** Finds where the client part of a full port name ends and the port begins.
 *
 * *client_len: bytes before the colon; *port: borrowed from `full`. Errors:
 * STAGE_BAD_INPUT when there is no colon or either part is empty.
 */
STAGE_NODISCARD enum stage_status stage_jack_name_split(
	const char *full, size_t *client_len, const char **port);

/** Says whether a name may be given to a client of ours.
 *
 * Errors: STAGE_BAD_INPUT (empty, a colon, a slash, a control character),
 * STAGE_TOO_LONG (STAGE_JACK_OWN_NAME_MAX).
 */
STAGE_NODISCARD enum stage_status stage_jack_name_check(
	const char *name, struct stage_err *err);

/** True when a name contains an id of NSM, with no letter or digit before or
 * behind it, as its clients do: nABCD is in zyn.nABCD and zyn.nABCD/part1-01.
 */
bool stage_jack_name_has_id(const char *name, const char *id);

/** True when the whole text matches the pattern. Time is bounded by the
 * product of both lengths; there is no recursion. */
bool stage_jack_glob(const char *pattern, const char *text);

/** A pattern over full port names, both sides of the colon apart. */
struct stage_jack_pattern {
	char client[STAGE_JACK_CLIENT_NAME_MAX];
	char port[STAGE_JACK_PORT_NAME_MAX];
};

/** Reads "CLIENT:PORT"; "*" alone stands for "*:*".
 *
 * Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG, with a sentence; `out` is then
 * untouched.
 */
STAGE_NODISCARD enum stage_status stage_jack_pattern_parse(const char *text,
	struct stage_jack_pattern *out, struct stage_err *err);

/** True when the full name matches; false for a name without a colon. */
bool stage_jack_pattern_matches(
	const struct stage_jack_pattern *self, const char *full_name);

/** Copies a text into a fixed buffer, cutting what does not fit, between two
 * characters. */
void stage_jack_copy_text(char *out, size_t size, const char *text);

/** The JACK server's name: $JACK_DEFAULT_SERVER when it is set and not empty,
 * else `configured`, else "default". Ownership: borrowed. */
const char *stage_jack_server_name(const char *configured);

#endif
