/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the daemon and its verbs share.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_PATCHBAY_DAEMON_PRIVATE_H
#define STAGE_PATCHBAY_DAEMON_PRIVATE_H

#include <stdbool.h>

#include <jansson.h>

#include "patchbay/daemon.h"
#include "patchbay/hung.h"
#include "patchbay/rivals.h"
#include "patchbay/store.h"
#include "rig/path_watch.h"
#include "rpc/server.h"

/** What speaks to one server. */
struct stage_patchbay_server {
	const struct stage_patch_backend_class *class; // NULL: not built in
	struct stage_patch_backend *backend;           // NULL: not made
	bool is_up;
	bool has_scanned;
};

#define STAGE_PATCHBAY_MADE_MAX 8

/** Who is answered once all connections are made that are asked for now. */
struct stage_patchbay_made {
	struct stage_rpc_reply *reply;
	json_t *result;
};

struct stage_patchbay {
	uv_loop_t *loop;             // borrowed
	const struct stage_rig *rig; // borrowed
	struct stage_patchbay_server servers[STAGE_PATCH_SYSTEM_COUNT];
	struct stage_engine *engine;
	struct stage_patch_store *store;
	struct stage_rpc_config rpc_config;
	struct stage_rpc_server *rpc;
	struct stage_patch_hung *hung;
	struct stage_path_watch *watch; // of the patch files
	struct stage_path_watch *song;  // of the song's patch; NULL: none
	struct stage_path_watch *set;   // of the set's patch; NULL: none
	uv_timer_t act_timer;
	uv_timer_t audit_timer;
	uv_timer_t save_timer; // runs after a save that failed
	uv_timer_t look_timer; // runs after a hint that files have changed
	int64_t hinted_ns;     // the first hint since they were looked at; or 0
	unsigned open_timers;
	int64_t notes[STAGE_NOTE_COUNT]; // how many of each
	int64_t withheld_told;           // of those, how many in the log
	size_t ports_told, edges_told;   // how many there were
	bool have_ports_moved;           // since that was told
	struct stage_patch_rivals_seen rivals;
	bool is_pipewire;
	bool is_ready;
	bool is_lacking_memory;
	bool is_desire_late; // what is desired could not be made anew
	struct stage_patchbay_made made[STAGE_PATCHBAY_MADE_MAX];
	size_t made_count;
};

extern const struct stage_engine_ops stage_patchbay_engine_ops;

/** Makes what is desired anew and gives it to the engine; acts on nothing yet.
 * is_switch: another scene. */
void stage_patchbay_desire(struct stage_patchbay *self, bool is_switch);

/** Does what is to be done now, and sets the time of the next act. */
void stage_patchbay_act_now(struct stage_patchbay *self);

/** Likewise, and then saves what was learned. */
void stage_patchbay_act(struct stage_patchbay *self);

/** After a verb has changed what was learned: puts it in force, acts, saves.
 *
 * reason: for the history. What could not be saved is put into `result` as
 * "warning"; it is in force all the same.
 */
void stage_patchbay_commit(
	struct stage_patchbay *self, const char *reason, json_t *result);

/** Disconnects two ports that nobody wants connected, nor forbids: the engine
 * leaves them alone. Does nothing when it is at that already. */
void stage_patchbay_cut(struct stage_patchbay *self,
	enum stage_patch_system system, const char *from, const char *to);

/** Connects two ports that nobody says anything about, as a program would that
 * does so itself. Does nothing when they are not there, or should not be so. */
void stage_patchbay_join(
	struct stage_patchbay *self, const char *from, const char *to);

/** Answers a call with `result`, which becomes ours, when no connection is
 * under way any more; at once where none is, or too many wait for that. */
void stage_patchbay_answer_made(struct stage_patchbay *self,
	struct stage_rpc_reply *reply, json_t *result);

/** Saves what was learned, and tries again later what failed. */
void stage_patchbay_save(struct stage_patchbay *self);

/** Watches all patch files; that of the directory tells in the loop's first
 * turn. Errors: those of stage_path_watch_create. */
STAGE_NODISCARD enum stage_status stage_patchbay_watch_files(
	struct stage_patchbay *self, struct stage_err *err);

/** Watches the files of the scene that is chosen now. */
void stage_patchbay_watch_scene(struct stage_patchbay *self);

/** Why a server is not there, a clause; NULL: nothing is to be said. */
const char *stage_patchbay_absence(const struct stage_patchbay_server *server);

/** {is_up, why, losses} of the ALSA sequencer; the last two may be missing. */
json_t *stage_patchbay_view_alsa(const struct stage_patchbay *self);

/** As stage_patch_view_connections; those of a world that was not built in have
 * the state "not built in". */
json_t *stage_patchbay_view_connections(const struct stage_patchbay *self);

/** For the socket: the whole state. */
json_t *stage_patchbay_state(void *ctx);

#endif
