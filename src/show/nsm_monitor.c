/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Clients with the capability :monitor: are told of all the others. It is
 * RaySession's addition to NSM (0.12 on); the words are its own.
 *
 *	/nsm/client/monitor/client_state ssi	each, when it comes; then "" ""
 *N /nsm/client/monitor/client_updated ssi	id, name in JACK, whether it
 *runs /nsm/client/monitor/client_event ss	id, what has happened to it
 */

#include <string.h>

#include "osc/write.h"
#include "show/nsm_private.h"

#define PATH "/nsm/client/monitor/"

static bool
is_running(const struct stage_show_slot *slot)
{
	return slot->program != NULL && !slot->program->is_ending;
}

static void
send_slot(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const char *path, const struct stage_show_slot *slot)
{
	char name[STAGE_SHOW_NAME_MAX + STAGE_SHOW_ID_MAX + 2];

	if (stage_format(name, sizeof(name), "%s.%s", slot->name, slot->id) ==
		STAGE_OK) {
		STAGE_SHOW_SEND(self, to, path, "ssi", slot->id, name,
			(int)is_running(slot));
	}
}

// The song that plays, or, where there is none yet, the one that loads.
static void
send_all(const struct stage_show_heard *heard,
	const struct stage_show_program *program)
{
	const struct stage_show_song *song =
		program->slot != NULL ? program->slot->song : NULL;
	const struct stage_show_slot *slot = song != NULL ? song->slots : NULL;
	int count = 0;

	for (; slot != NULL; slot = slot->next) {
		if (slot != program->slot) {
			send_slot(heard->nsm, heard->from, PATH "client_state",
				slot);
			count++;
		}
	}
	STAGE_SHOW_SEND(heard->nsm, heard->from, PATH "client_state", "ssi", "",
		"", count);
}

void
stage_show_nsm_monitor_begin(const struct stage_show_heard *heard)
{
	const struct stage_show_program *program =
		stage_show_engine_program_at(heard->nsm->engine, heard->from);

	if (program != NULL && (program->caps & STAGE_SHOW_CAP_MONITOR) != 0) {
		send_all(heard, program);
	}
}

const struct stage_show_row stage_show_nsm_monitor_rows[] = {
	{"/nsm/server/monitor_reset", "", stage_show_nsm_monitor_begin},
	{NULL, NULL, NULL},
};

// What a new state says; those that depend on more come first.
static const char *
event_of(const struct stage_show_slot *slot)
{
	static const char *const events[STAGE_SHOW_STATE_COUNT] = {
		[STAGE_SHOW_LAUNCHED] = "started",
		[STAGE_SHOW_READY] = "ready",
		[STAGE_SHOW_SAVING] = "save_request",
		[STAGE_SHOW_QUITTING] = "stop_request",
		[STAGE_SHOW_STOPPED] = "stopped_by_itself",
		[STAGE_SHOW_FAILED] = "stopped_by_itself",
	};

	if (slot->state == STAGE_SHOW_READY &&
		slot->before == STAGE_SHOW_SAVING) {
		return slot->code == 0 ? "saved" : "save_error";
	}
	if (slot->state == STAGE_SHOW_STOPPED &&
		slot->before == STAGE_SHOW_QUITTING) {
		return "stopped_by_server";
	}
	if (slot->state == STAGE_SHOW_FAILED && slot->program != NULL) {
		return "open_error";
	}
	return events[slot->state];
}

static void
send_event(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const struct stage_show_slot *slot, const char *event)
{
	STAGE_SHOW_SEND(self, to, PATH "client_event", "ss", slot->id, event);
}

static void
send_state(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const struct stage_show_slot *slot)
{
	const char *event = event_of(slot);

	if (stage_show_slot_is_overdue(slot)) {
		// No new state: it has not answered, and may yet.
		if (slot->state == STAGE_SHOW_SAVING) {
			send_event(self, to, slot, "save_error");
		}
		return;
	}
	if (slot->state == STAGE_SHOW_LAUNCHED) {
		send_event(self, to, slot, "start_request");
	}
	if (event != NULL) {
		send_event(self, to, slot, event);
	}
}

static void
send_switched(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	char event[sizeof("switched_to:") + STAGE_SHOW_ID_MAX];

	(void)!stage_format(event, sizeof(event), "switched_to:%s", slot->id);
	send_event(self, to, before, event);
}

static void
send_news(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	enum stage_show_news what, const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	if (what == STAGE_SHOW_SLOT_ADDED ||
		what == STAGE_SHOW_SLOT_ANNOUNCED) {
		send_slot(self, to, PATH "client_updated", slot);
	} else if (what == STAGE_SHOW_SLOT_REMOVED) {
		send_event(self, to, slot, "removed");
	} else if (what == STAGE_SHOW_SLOT_TAKEN) {
		send_switched(self, to, slot, before);
	} else if (what == STAGE_SHOW_SLOT_STATE) {
		send_state(self, to, slot);
	}
}

void
stage_show_nsm_monitor_news(struct stage_show_nsm *self,
	enum stage_show_news what, const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	for (const struct stage_show_program *at =
			stage_show_engine_programs(self->engine);
		slot != NULL && at != NULL; at = at->next) {
		if (at->has_announced && at->slot != slot && !at->is_ending &&
			(at->caps & STAGE_SHOW_CAP_MONITOR) != 0) {
			send_news(self, &at->peer, what, slot, before);
		}
	}
}
