/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What QLab would answer: the show as a workspace, as JSON in OSC messages.
 *
 *     /reply/cue/3/name  {"workspace_id": ..., "address": "/cue/3/name",
 *                         "status": "ok", "data": "Waltz"}
 *     /update/workspace/ID/cueList/ID/playbackPosition  ID
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_SHOW_OSC_CONTROL_QLAB_H
#define STAGE_SHOW_OSC_CONTROL_QLAB_H

#include <jansson.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "show/osc_control.h"

// The version of QLab whose dictionary this is like: clients go by its first
// number, and most know the 4 best.
#define STAGE_SHOW_QLAB_VERSION "4.7"

/** What is asked by an ASK. Ownership: *data is the caller's. Errors, with a
 * sentence: STAGE_NOT_FOUND, there is no such thing; STAGE_BAD_INPUT for what
 * cannot be changed from there; STAGE_NO_MEMORY. *data is then NULL. */
STAGE_NODISCARD enum stage_status stage_show_qlab_answer(
	const struct stage_show_sight *sight,
	const struct stage_show_osc_request *request, json_t **data,
	struct stage_err *err);

/** Appends the reply to a request. status: ok, error or denied; data is
 * consumed and may be NULL; why: a sentence, or NULL. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_qlab_reply(struct stage_str *out,
	const struct stage_show_sight *sight,
	const struct stage_show_osc_request *request, const char *status,
	json_t *data, const char *why);

/** What QLab's clients keep a copy of. */
struct stage_show_qlab_marks {
	char list[STAGE_SHOW_CUE_ID_MAX];
	char selected[STAGE_SHOW_CUE_ID_MAX]; // "": none
	char playing[STAGE_SHOW_CUE_ID_MAX];  // "": none
	uint64_t content;                     // of the list
	bool is_edit;
	bool is_paused;
};

void stage_show_qlab_mark(struct stage_show_qlab_marks *out,
	const struct stage_show_sight *sight);

/** Gives the messages that tell what is not as it was, packed. */
void stage_show_qlab_updates(const struct stage_show_sight *sight,
	const struct stage_show_qlab_marks *now,
	const struct stage_show_qlab_marks *before,
	void (*give)(void *user, const void *bytes, size_t len), void *user);

/** Appends the message by which clients learn that the show has ended. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_qlab_farewell(
	struct stage_str *out, const struct stage_show_sight *sight);

#endif
