/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-show: the engine with its sockets, files and processes.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_DAEMON_H
#define STAGE_SHOW_DAEMON_H

#include <jansson.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"
#include "show/conductor.h"
#include "show/engine.h"
#include "show/news.h"
#include "show/store.h"
#include "show/work.h"

struct stage_show_cues;
struct stage_show_daemon;

/** Serves the songs of a rig, and goes on with what played before a crash.
 * Ownership: *out goes with destroy; rig is borrowed until the loop has ended.
 * Errors: STAGE_BUSY when somebody does already, and as the system says. */
STAGE_NODISCARD enum stage_status stage_show_daemon_create(uv_loop_t *loop,
	const struct stage_rig *rig, struct stage_show_daemon **out,
	struct stage_err *err);

/** Ends the song that plays, and then everything; the loop ends by itself. */
void stage_show_daemon_destroy(struct stage_show_daemon *self);

// For the verbs. Ownership: borrowed.
struct stage_show_engine *stage_show_daemon_engine(
	struct stage_show_daemon *self);
struct stage_show_conductor *stage_show_daemon_conductor(
	struct stage_show_daemon *self);
struct stage_show_cues *stage_show_daemon_cues(struct stage_show_daemon *self);
const struct stage_show_store *stage_show_daemon_store(
	const struct stage_show_daemon *self);

/** Has a listener hear of all that happens. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_daemon_watch(
	struct stage_show_daemon *self, stage_show_listener *listener,
	void *user);

/** Tells all who watch. */
void stage_show_daemon_tell(struct stage_show_daemon *self,
	enum stage_show_event event, const char *text, long number);

/** Tells all who watch that there is panic: of the second kind, when it is the
 * second within a second. */
void stage_show_daemon_panic(struct stage_show_daemon *self);

/** Work beside the loop, and a piece of it about this rig, NULL when out of
 * memory. Ownership: show/work.h. */
struct stage_show_worker *stage_show_daemon_worker(
	struct stage_show_daemon *self);
struct stage_show_work *stage_show_daemon_work(
	const struct stage_show_daemon *self);

/** Puts MIDI, the tempo and panic into the state. */
void stage_show_daemon_view_jack(
	const struct stage_show_daemon *self, json_t *state);

/** The last lines that a client has said, into out. */
void stage_show_daemon_tail(const struct stage_show_daemon *self,
	const char *id, size_t lines, struct stage_str *out);

/** NSM_URL, as its clients get it. */
const char *stage_show_daemon_url(const struct stage_show_daemon *self);

#endif
