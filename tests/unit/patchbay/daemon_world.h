/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A patchbay in a thread of ours with a fake server, and a client of its
 * socket. Its clock is ahead by what daemon_world_pass has added.
 *
 * Failures fail the cmocka test. Thread: the one that runs the test.
 */

#ifndef STAGE_TESTS_DAEMON_WORLD_H
#define STAGE_TESTS_DAEMON_WORLD_H

#include <jansson.h>
#include <uv.h>

#include "base/attr.h"
#include "fake_backend.h"
#include "patchbay/daemon_private.h"
#include "rpc/client.h"
#include "world.h"

struct daemon_world {
	struct world world;
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t async;
	uv_sem_t is_done;
	void (*work)(struct daemon_world *self, void *user); // for the loop
	void *work_user;
	struct fake_server server;
	// Of that server, and perhaps of the ALSA sequencer.
	const struct stage_patch_backend_class
		*backends[STAGE_PATCH_SYSTEM_COUNT];
	struct stage_patchbay *patchbay;
	struct stage_rpc_client *client;
	struct stage_err err; // of the last call
	char text[65536];     // of the last answer
};

/** For cmocka. The rig is empty and the server there, without ports; the
 * patchbay is in mode learn and has settled. */
int daemon_world_setup(void **state);
int daemon_world_teardown(void **state);

/** Likewise with a backend for the ALSA sequencer. */
int daemon_world_setup_with(
	void **state, const struct stage_patch_backend_class *alsa);

/** Ends the patchbay and starts another one on the same rig and server. */
void daemon_world_restart(struct daemon_world *self);

/** Runs `work` in the loop's thread and waits for it. */
void daemon_world_do(struct daemon_world *self,
	void (*work)(struct daemon_world *self, void *user), void *user);

/** Does to the server what fake_backend.h says, and waits until what comes of
 * it has been done. */
void daemon_world_come(struct daemon_world *self, bool is_pipewire);
void daemon_world_go(struct daemon_world *self);
void daemon_world_add(struct daemon_world *self, const char *name);
void daemon_world_remove(struct daemon_world *self, const char *name);
void daemon_world_connect(
	struct daemon_world *self, const char *from, const char *to);
void daemon_world_disconnect(
	struct daemon_world *self, const char *from, const char *to);
void daemon_world_disconnect_all(
	struct daemon_world *self, const char *from, size_t count);
bool daemon_world_is_connected(
	struct daemon_world *self, const char *from, const char *to);

/** Time passes, and the patchbay does what is due. */
void daemon_world_pass(struct daemon_world *self, int64_t ns);

/** Waits until the server has done all that it was asked for. */
void daemon_world_settle(struct daemon_world *self);

/** Writes rig/NAME; the patchbay sees that some time later. */
void daemon_world_write(
	struct daemon_world *self, const char *name, const char *text);

/** Waits until `explain` of two ports says a part of a sentence. */
void daemon_world_await(struct daemon_world *self, const char *from,
	const char *to, const char *part);

/** Calls a verb. Ownership: params becomes ours; the result is borrowed until
 * the next call. NULL after an error, which is in err. */
json_t *daemon_world_call(
	struct daemon_world *self, const char *verb, json_t *params);

/** Likewise with names and texts by turns, up to NULL; "true" and "false" are
 * booleans, and `count` is a number. Fails unless the answer is good. */
json_t *daemon_world_ask(struct daemon_world *self, const char *verb, ...)
	__attribute__((sentinel));

/** Likewise, and fails unless it is refused with that status and a sentence
 * with that part. */
void daemon_world_refuse(struct daemon_world *self, enum stage_status status,
	const char *part, const char *verb, ...) __attribute__((sentinel));

/** A result's member as JSON in one line, keys sorted. Borrowed until the
 * next call. */
const char *daemon_world_text(
	struct daemon_world *self, const json_t *result, const char *member);

/** What learned.patch in force says: "LINE;LINE;". Borrowed likewise. */
const char *daemon_world_learned(struct daemon_world *self);

/** The sentence that explain has about two ports. Borrowed likewise. */
const char *daemon_world_explain(
	struct daemon_world *self, const char *from, const char *to);

#endif
