/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The verbs of RUN/rig.sock; each is one file verb_NAME.c. Thread: the loop's.
 */

#ifndef STAGE_WATCH_VERBS_H
#define STAGE_WATCH_VERBS_H

#include "rpc/verb.h"
#include "watch/watch.h"

struct stage_rpc_call;

extern const struct stage_verb stage_watch_verb_start;
extern const struct stage_verb stage_watch_verb_stop;
extern const struct stage_verb stage_watch_verb_restart;
extern const struct stage_verb stage_watch_verb_enable;
extern const struct stage_verb stage_watch_verb_disable;
extern const struct stage_verb stage_watch_verb_remove;
extern const struct stage_verb stage_watch_verb_crashes;
extern const struct stage_verb stage_watch_verb_log;
extern const struct stage_verb stage_watch_verb_doctor;
extern const struct stage_verb stage_watch_verb_templates;

/** {name: the service}, what most of them take. */
extern const struct stage_verb_arg stage_watch_service_args[];

/** All of them, ended by NULL. */
extern const struct stage_verb *const stage_watch_verbs[];

#define STAGE_WATCH_OPTION_MAX (STAGE_SERVICE_NAME_MAX + 8) // bytes with zero

/** Has `stagecraft VERB [OPTION] -- SERVICE` do the work, since it waits for
 * the end of processes, and answers the call when that is done: {} or its error
 * line. option: one word, less than STAGE_WATCH_OPTION_MAX bytes; NULL: none.
 *
 * Errors: as stage_rpc_call_defer; what uv_spawn says.
 */
enum stage_status stage_watch_delegate(struct stage_watch *watch,
	struct stage_rpc_call *call, const char *verb, const char *service,
	const char *option, struct stage_err *err);

#endif
