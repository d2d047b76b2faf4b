/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Work of verbs that waits for the disk or for other daemons: done beside the
 * loop, one after the other, so that no two change the same file.
 *
 * Thread: the loop's, but for `run`.
 */

#ifndef STAGE_SHOW_WORK_H
#define STAGE_SHOW_WORK_H

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rpc/server.h"
#include "show/names.h"
#include "show/store.h"

struct stage_show_worker;

/** What a piece of work knows. Nothing else is to be touched by `run`. */
struct stage_show_work {
	struct stage_show_store store; // a copy
	char rig_dir[STAGE_PATH_MAX];
	char run_dir[STAGE_PATH_MAX]; // where the sockets are
	char name[STAGE_SHOW_NAME_MAX + 1];
	char fresh[STAGE_SHOW_NAME_MAX + 1]; // another name
	char *text;                          // or NULL; owned
	size_t number, to;
	bool flag;
	json_t *result;                // of run; NULL: null. Goes to the answer
	struct stage_rpc_reply *reply; // of who is answered otherwise
};

/** In a thread of its own. Errors: those that are answered. */
typedef enum stage_status stage_show_run(
	struct stage_show_work *work, struct stage_err *err);

/** In the loop, when it has gone well, before it is answered. May be NULL. */
typedef void stage_show_done(void *user, const struct stage_show_work *work);

/** NULL: out of memory. */
struct stage_show_worker *stage_show_worker_create(uv_loop_t *loop, void *user);

/** Frees it; only when it is idle. NULL is fine. */
void stage_show_worker_destroy(struct stage_show_worker *self);

/** In the loop, however it has gone; err says how. */
typedef void stage_show_ended(void *user, const struct stage_show_work *work,
	enum stage_status status, const struct stage_err *err);

bool stage_show_worker_is_idle(const struct stage_show_worker *self);

/** A piece of work with nothing in it; NULL: out of memory. Ownership: the
 * caller's, until stage_show_worker_add. */
struct stage_show_work *stage_show_work_create(
	const struct stage_show_store *store, const char *rig_dir,
	const char *run_dir);

/** NULL is fine. */
void stage_show_work_destroy(struct stage_show_work *work);

/** Has it done; nobody is answered. Ownership: as below. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_worker_do(
	struct stage_show_worker *self, struct stage_show_work *work,
	stage_show_run *run, stage_show_ended *ended, struct stage_err *err);

/** Has it done, and the call answered. Ownership: takes the work, also when it
 * fails; work may be NULL: out of memory. Errors: as stage_rpc_call_defer. */
STAGE_NODISCARD enum stage_status stage_show_worker_add(
	struct stage_show_worker *self, struct stage_show_work *work,
	stage_show_run *run, stage_show_done *done, struct stage_rpc_call *call,
	struct stage_err *err);

#endif
