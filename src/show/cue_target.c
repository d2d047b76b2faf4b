/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which targets there are, and what they are not told any more. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/cue_out_private.h"

void
stage_show_cue_target_text(const struct stage_show_cue *cue,
	const char *qlc_host, uint16_t qlc_port,
	char out[STAGE_SHOW_TARGET_TEXT_MAX])
{
	static const char *const kinds[] = {
		[STAGE_SHOW_CUE_OSC] = "osc",
		[STAGE_SHOW_CUE_MIDI] = "midi",
		[STAGE_SHOW_CUE_HTTP] = "http",
		[STAGE_SHOW_CUE_QLC] = "qlc",
	};
	static const char *const transports[] = {
		[STAGE_SHOW_UDP] = " udp",
		[STAGE_SHOW_TCP] = " tcp",
		[STAGE_SHOW_SLIP] = " slip",
	};
	bool is_qlc = cue->kind == STAGE_SHOW_CUE_QLC;
	const char *host = is_qlc ? qlc_host : cue->host;

	if (cue->kind == STAGE_SHOW_CUE_MIDI || host == NULL) {
		snprintf(out, STAGE_SHOW_TARGET_TEXT_MAX, "midi");
		return;
	}
	snprintf(out, STAGE_SHOW_TARGET_TEXT_MAX,
		strchr(host, ':') != NULL ? "%s%s [%s]:%u" : "%s%s %s:%u",
		kinds[cue->kind],
		cue->kind == STAGE_SHOW_CUE_OSC ? transports[cue->transport]
						: "",
		host, is_qlc ? qlc_port : cue->port);
}

struct stage_show_cue_target *
stage_show_cue_find_target(
	const struct stage_show_cue_out *self, const struct stage_show_cue *cue)
{
	struct stage_show_cue_target *at = self->targets;
	char text[STAGE_SHOW_TARGET_TEXT_MAX];

	stage_show_cue_target_text(cue, self->qlc_host, self->qlc_port, text);
	while (at != NULL && strcmp(at->text, text) != 0) {
		at = at->next;
	}
	return at;
}

struct stage_show_cue_target *
stage_show_cue_target_of(
	struct stage_show_cue_out *self, const struct stage_show_cue *cue)
{
	struct stage_show_cue_target *target =
		stage_show_cue_find_target(self, cue);
	bool is_qlc = cue->kind == STAGE_SHOW_CUE_QLC;
	const char *host = is_qlc ? self->qlc_host : cue->host;

	if (target != NULL) {
		return target;
	}
	target = calloc(1, sizeof(*target));
	if (target == NULL) {
		return NULL;
	}
	target->host = strdup(host != NULL ? host : "");
	if (target->host == NULL) {
		free(target);
		return NULL;
	}
	target->kind = cue->kind;
	target->transport = cue->transport;
	target->port = is_qlc ? self->qlc_port : cue->port;
	stage_show_cue_target_text(
		cue, self->qlc_host, self->qlc_port, target->text);
	target->tail = &target->queue;
	target->retry_ns = INT64_MIN;
	target->aside_ns = INT64_MAX;
	target->look_ns = INT64_MAX;
	target->calm_ns = INT64_MAX;
	target->next = self->targets;
	self->targets = target;
	return target;
}

// What is not wanted any more.

static void
filter_aside(struct stage_show_cue_out *self,
	struct stage_show_cue_target *target,
	bool (*is_wanted)(const struct stage_show_cue_out *self,
		const struct stage_show_cue_entry *entry))
{
	struct stage_show_cue_entry **at = &target->aside;

	while (*at != NULL) {
		struct stage_show_cue_entry *entry = *at;

		if (is_wanted(self, entry)) {
			at = &entry->next;
		} else {
			*at = entry->next;
			stage_show_cue_settle(entry, false, "");
		}
	}
}

static void
filter_queue(struct stage_show_cue_out *self,
	struct stage_show_cue_target *target,
	bool (*is_wanted)(const struct stage_show_cue_out *self,
		const struct stage_show_cue_entry *entry))
{
	struct stage_show_cue_entry *list = target->queue;
	bool is_first = target->is_sending;

	target->queue = NULL;
	target->tail = &target->queue;
	for (; list != NULL; is_first = false) {
		struct stage_show_cue_entry *next = list->next;
		bool is_kept = list->batch != NULL || is_wanted(self, list);

		list->is_stale = !is_kept;
		if (is_kept || is_first) {
			stage_show_cue_push(target, list);
		} else {
			stage_show_cue_settle(list, false, "");
		}
		list = next;
	}
}

void
stage_show_cue_filter(struct stage_show_cue_out *self,
	bool (*is_wanted)(const struct stage_show_cue_out *self,
		const struct stage_show_cue_entry *entry))
{
	struct stage_show_cue_target *at = self->targets;

	for (; at != NULL; at = at->next) {
		filter_aside(self, at, is_wanted);
		filter_queue(self, at, is_wanted);
	}
}

static bool
is_used(const struct stage_show_cue_out *self,
	const struct stage_show_cue_target *target)
{
	const struct stage_show_script *script = self->scripts;

	if (target->queue != NULL || target->aside != NULL || target->is_busy) {
		return true;
	}
	for (; script != NULL; script = script->next) {
		for (size_t i = 0; i < script->conf.cue_count; i++) {
			if (stage_show_cue_find_target(
				    self, &script->conf.cues[i]) == target) {
				return true;
			}
		}
	}
	return false;
}

void
stage_show_cue_sweep(struct stage_show_cue_out *self)
{
	struct stage_show_cue_target **at = &self->targets;

	while (*at != NULL) {
		struct stage_show_cue_target *target = *at;

		if (is_used(self, target)) {
			at = &target->next;
		} else {
			*at = target->next;
			stage_show_cue_target_destroy(self, target);
		}
	}
}
