/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What people see of the cues. */

#include "show/cue_out_private.h"

bool
stage_show_cue_owes(const struct stage_show_cue_target *target,
	const struct stage_show_script *script, size_t at)
{
	const struct stage_show_cue_entry *lists[] = {
		target->queue, target->aside};

	for (size_t i = 0; i < STAGE_COUNT_OF(lists); i++) {
		for (const struct stage_show_cue_entry *entry = lists[i];
			entry != NULL; entry = entry->next) {
			if (entry->script == script && entry->at == at &&
				entry->batch == NULL) {
				return true;
			}
		}
	}
	return false;
}

static const char *
target_state(const struct stage_show_cue_target *target)
{
	if (target->fails > 0 || target->looks > 0 || target->losses > 0) {
		return "away";
	}
	if (target->aside != NULL) {
		return "refuses";
	}
	if (target->queue != NULL) {
		return "sending";
	}
	return target->sent > 0 ? "reached" : "unused";
}

static size_t
count_owed(const struct stage_show_cue_target *target)
{
	size_t count = 0;

	for (const struct stage_show_cue_entry *at = target->queue; at != NULL;
		at = at->next) {
		count++;
	}
	for (const struct stage_show_cue_entry *at = target->aside; at != NULL;
		at = at->next) {
		count++;
	}
	return count;
}

static json_t *
view_cue(const struct stage_show_cue_out *self, size_t at)
{
	const struct stage_show_script *script = self->current;
	const struct stage_show_cue *cue = &script->conf.cues[at];
	const struct stage_show_cue_mark *mark = &script->marks[at];
	const struct stage_show_cue_target *target =
		stage_show_cue_find_target(self, cue);
	char text[STAGE_SHOW_TARGET_TEXT_MAX];
	const char *state = "not yet";

	stage_show_cue_target_text(cue, self->qlc_host, self->qlc_port, text);
	if (target != NULL && stage_show_cue_owes(target, script, at)) {
		state = "owed";
	} else if (mark->why != NULL) {
		state = "failed";
	} else if (mark->sent_ns != 0) {
		state = "sent";
	}
	return json_pack("{s:i, s:s, s:s, s:s, s:s}", "line", (int)cue->line,
		"when", stage_show_when_name(cue->when), "target", text,
		"state", state, "why", mark->why != NULL ? mark->why : "");
}

json_t *
stage_show_cue_out_view(const struct stage_show_cue_out *self)
{
	json_t *cues = json_array();
	json_t *targets = json_array();
	const struct stage_show_script *script = self->current;

	for (size_t i = 0; script != NULL && i < script->conf.cue_count; i++) {
		(void)json_array_append_new(cues, view_cue(self, i));
	}
	for (const struct stage_show_cue_target *at = self->targets; at != NULL;
		at = at->next) {
		(void)json_array_append_new(targets,
			json_pack("{s:s, s:s, s:I, s:I, s:s}", "target",
				at->text, "state", target_state(at), "sent",
				(json_int_t)at->sent, "owed",
				(json_int_t)count_owed(at), "why", at->why));
	}
	return json_pack("{s:o, s:o, s:o}", "song",
		script != NULL ? json_string(script->song) : json_null(),
		"cues", cues, "targets", targets);
}
