/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Verbs that are called for devices: each at most once, and only while what
 * the device saw still holds.
 *
 * A call may carry an id that the device made up: when it comes again, because
 * an answer was lost on the air, it is not made again, but answered as before.
 * A call may name the song that its device sees: it is only made when that one
 * plays. Such calls are made one after the other, so that of two phones that
 * press NEXT at one time the second is told that it was too late.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_WEB_CALLS_H
#define STAGE_WEB_CALLS_H

#include <jansson.h>

#include "rpc/follow.h"
#include "web/http.h"

#define STAGE_WEB_CALL_ID_MAX 64 // bytes of an id, without the zero
#define STAGE_WEB_CALLS_KEPT 256 // answers that are remembered
#define STAGE_WEB_GUARDED_MAX 64 // that wait for those before

struct stage_web_calls;

struct stage_web_call_of {
	const char *device;  // id of the device
	const char *id;      // that it made up; NULL: none
	const char *current; // the song that it sees, "": none; NULL: whatever
	const char *verb;
	json_t *params; // becomes the callee's
};

/** Calls a verb of a daemon, which has half a minute: as stage_rpc_link_call,
 * but one that is not there is STAGE_GONE, with a sentence for a person. */
void stage_web_ask(struct stage_rpc_follow *of, const char *verb,
	json_t *params, stage_rpc_answered *answered, void *user);

/** NULL: out of memory. */
struct stage_web_calls *stage_web_calls_create(void);

/** To be called when nothing is called any more: when all daemons are followed
 * no more. NULL is fine. */
void stage_web_calls_destroy(struct stage_web_calls *self);

/** Makes a call, and answers the exchange, now or later. show: the daemon that
 * knows which song plays; NULL where there is none. */
void stage_web_calls_make(struct stage_web_calls *self,
	struct stage_rpc_follow *to, struct stage_rpc_follow *show,
	const struct stage_web_call_of *what,
	struct stage_web_exchange *exchange);

#endif
