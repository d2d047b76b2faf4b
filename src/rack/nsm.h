/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a session manager (NSM 1.1) and one of its clients say to each other,
 * as messages of OSC: no sockets.
 *
 * The client announces itself; the server takes it, then has it open a project,
 * save it, and open another one, for as long as it likes. Each `open` and
 * `save` is answered, by a reply or an error.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_NSM_H
#define STAGE_RACK_NSM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"
#include "base/str.h"
#include "jack/names.h"
#include "osc/message.h"

#define STAGE_RACK_NSM_ANNOUNCE "/nsm/server/announce"
#define STAGE_RACK_NSM_OPEN "/nsm/client/open"
#define STAGE_RACK_NSM_SAVE "/nsm/client/save"
#define STAGE_RACK_NSM_DIRTY "/nsm/client/is_dirty"
#define STAGE_RACK_NSM_CLEAN "/nsm/client/is_clean"

#define STAGE_RACK_NSM_HOST_MAX 256 // bytes with the zero
#define STAGE_RACK_NSM_PORT_MAX 6

/** The protocol's numbers for what went wrong. */
enum stage_rack_nsm_error {
	STAGE_RACK_NSM_GENERAL = -1,
	STAGE_RACK_NSM_NO_SESSION = -6,
	STAGE_RACK_NSM_NOT_NOW = -8,
	STAGE_RACK_NSM_BAD_PROJECT = -9,
	STAGE_RACK_NSM_CREATE_FAILED = -10,
};

enum stage_rack_nsm_kind {
	STAGE_RACK_NSM_IS_NOTHING, // that a client has to know
	STAGE_RACK_NSM_IS_TAKEN,   // the server has us
	STAGE_RACK_NSM_IS_REFUSED, // it has not; text says why
	STAGE_RACK_NSM_MUST_OPEN,
	STAGE_RACK_NSM_MUST_SAVE,
	STAGE_RACK_NSM_IS_LOADED, // all clients have opened
};

struct stage_rack_nsm_message {
	enum stage_rack_nsm_kind kind;
	char path[STAGE_PATH_MAX];        // MUST_OPEN: of the project
	char id[STAGE_JACK_OWN_NAME_MAX]; // MUST_OPEN: what to be called
	int code;                         // IS_REFUSED
	char text[STAGE_ERR_TEXT_MAX];    // IS_TAKEN, IS_REFUSED
};

/** What a message says. Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG for what
 * cannot be done, for what came with it; out->kind is set. */
STAGE_NODISCARD enum stage_status stage_rack_nsm_understand(
	const struct stage_osc_message *message,
	struct stage_rack_nsm_message *out, struct stage_err *err);

/** Takes "osc.udp://HOST:PORT/" apart. Errors: STAGE_UNSUPPORTED for another
 * way than UDP; STAGE_BAD_INPUT for what is no such address. */
STAGE_NODISCARD enum stage_status stage_rack_nsm_url(const char *url,
	char host[STAGE_RACK_NSM_HOST_MAX], char port[STAGE_RACK_NSM_PORT_MAX],
	struct stage_err *err);

/** Append a message each: that we are there; an answer to an address; a word
 * without arguments; something for a person, of a priority from 0 to 3. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_nsm_announce(struct stage_str *out,
	const char *name, const char *capabilities, int32_t pid);
STAGE_NODISCARD enum stage_status stage_rack_nsm_reply(
	struct stage_str *out, const char *address, const char *text);
STAGE_NODISCARD enum stage_status stage_rack_nsm_error(struct stage_str *out,
	const char *address, enum stage_rack_nsm_error code, const char *text);
STAGE_NODISCARD enum stage_status stage_rack_nsm_word(
	struct stage_str *out, const char *address);
STAGE_NODISCARD enum stage_status stage_rack_nsm_say(
	struct stage_str *out, int32_t priority, const char *text);

#endif
