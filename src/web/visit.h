/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether a request may be answered: how it comes, whence, from which device,
 * and what that may do.
 *
 * Its head is looked at once, when it comes. What the device may is asked again
 * when the request is whole: it may have been locked or taken out meanwhile.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_WEB_VISIT_H
#define STAGE_WEB_VISIT_H

#include "web/daemon_private.h"

/** What was found out about a request. */
struct stage_web_visit {
	struct stage_web_daemon *daemon;
	struct stage_web_exchange *exchange;
	struct stage_web_route route;
	char id[STAGE_WEB_DEVICE_ID_MAX]; // of the device; "": not paired
	struct stage_web_device *device;  // NULL: not paired, or no longer
	bool has_stranger;                // a token came that is no device's
};

/** A head has come: answers one that must not go on. */
void stage_web_visit_begin(
	struct stage_web_daemon *daemon, struct stage_web_exchange *exchange);

/** It is whole. NULL: it must not go on after all, and was answered.
 * Ownership: the exchange's. */
struct stage_web_visit *stage_web_visit_go_on(
	struct stage_web_daemon *daemon, struct stage_web_exchange *exchange);

/** Answers with a value, and has a browser keep a token from now on, or, for
 * "", forget the one that it has. Ownership: body becomes ours. */
void stage_web_visit_set_token(struct stage_web_visit *visit, unsigned code,
	const char *token, json_t *body);

/** Answers who guesses, that it has to wait. */
void stage_web_refuse_guesser(
	struct stage_web_exchange *exchange, int64_t wait_s);

#endif
