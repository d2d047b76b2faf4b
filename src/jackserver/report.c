/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/report.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "jack/names.h"
#include "rpc/proto.h"

// JACK2's one big segment: 104 826 kB with 2048 ports, 70 010 kB with 1024.
#define SEGMENT_KB 35000
#define SEGMENT_KB_PER_PORT 34

void
stage_report_init(struct stage_report *self, const struct stage_plan *plan)
{
	*self = (struct stage_report){.state = "starting",
		.wanted = plan->chooser.base,
		.used = plan->chooser.base,
		.since_ns = stage_clock_wall_ns()};
	stage_jack_copy_text(self->why_realtime, sizeof(self->why_realtime),
		plan->why_realtime);
}

void
stage_report_look(struct stage_report *self)
{
	self->is_realtime = stage_realtime_count_threads(&self->priority) > 0;
	stage_realtime_read_memory(&self->memory);
	if (!self->is_realtime && self->why_realtime[0] == '\0') {
		stage_jack_copy_text(self->why_realtime,
			sizeof(self->why_realtime),
			"it is permitted, but no thread has it");
	}
}

static int64_t
needed_kb(const struct stage_report *self)
{
	return SEGMENT_KB + (int64_t)self->used.ports * SEGMENT_KB_PER_PORT;
}

bool
stage_report_is_memory_locked(const struct stage_report *self)
{
	return self->memory.limit_kb < 0 ||
	       self->memory.limit_kb >= needed_kb(self) ||
	       self->memory.locked_kb >= needed_kb(self);
}

void
stage_report_switched(struct stage_report *self,
	const struct stage_control_want *before, uint32_t rate_before_hz,
	int64_t gap_ns, uint64_t xruns)
{
	struct stage_report_gap *gap = &self->gap;

	stage_jack_copy_text(gap->from, sizeof(gap->from),
		before->device[0] != '\0' ? before->device : before->driver);
	gap->ns = gap_ns > 0 ? gap_ns : 0;
	gap->frames = (uint64_t)gap->ns * rate_before_hz / STAGE_NS_PER_S;
	gap->xruns = xruns;
	self->switches++;
}

void
stage_report_memory_words(
	const struct stage_report *self, char *out, size_t size)
{
	char allowed[64] = "no process of this user may lock any";

	out[0] = '\0';
	if (stage_report_is_memory_locked(self)) {
		return;
	}
	if (self->memory.limit_kb > 0) {
		snprintf(allowed, sizeof(allowed),
			"%lld kB may be, and %lld "
			"kB are needed",
			(long long)self->memory.limit_kb,
			(long long)needed_kb(self));
	}
	snprintf(out, size,
		"not locked, so that sound may break when the computer is "
		"short of it: %s; raise RLIMIT_MEMLOCK (memlock in "
		"/etc/security/limits.d), or lower jack.ports",
		allowed);
}

static json_t *
gap_json(const struct stage_report_gap *gap)
{
	return json_pack("{s:s, s:f, s:I, s:I}", "from", gap->from, "ms",
		(double)gap->ns / STAGE_NS_PER_MS, "frames",
		(json_int_t)gap->frames, "xruns", (json_int_t)gap->xruns);
}

json_t *
stage_report_json(const struct stage_report *self)
{
	const struct stage_control *control = self->control;
	bool is_up = control != NULL;
	char memory[STAGE_ERR_TEXT_MAX];

	stage_report_memory_words(self, memory, sizeof(memory));
	return json_pack(
		"{s:s, s:s, s:i, s:s, s:s, s:o, s:o, s:{s:i, s:i}, s:i, s:i, "
		"s:i, s:i, s:i, s:i, s:{s:b, s:i, s:o}, "
		"s:{s:b, s:I, s:I, s:s}, s:I, s:f, s:i, s:o, s:f}",
		"state", self->state, "server", self->used.server, "pid",
		(int)getpid(), "driver", self->used.driver, "device",
		self->used.device, "reason", stage_rpc_text(self->reason),
		"note", stage_rpc_text(self->note), "wanted", "rate_hz",
		(int)self->wanted.rate_hz, "period_frames",
		(int)self->wanted.period_frames, "rate_hz",
		(int)self->have.rate_hz, "period_frames",
		(int)self->have.period_frames, "inputs", (int)self->have.inputs,
		"outputs", (int)self->have.outputs, "periods",
		(int)self->used.periods, "ports_max", (int)self->used.ports,
		"realtime", "is_on", (int)self->is_realtime, "priority",
		self->priority, "reason", stage_rpc_text(self->why_realtime),
		"memory", "is_locked", (int)stage_report_is_memory_locked(self),
		"locked_kb", (json_int_t)self->memory.locked_kb, "limit_kb",
		(json_int_t)self->memory.limit_kb, "reason", memory, "xruns",
		is_up ? (json_int_t)stage_control_xruns(control) : 0,
		"load_percent",
		is_up ? (double)stage_control_load(control) : 0.0, "switches",
		(int)self->switches, "gap", gap_json(&self->gap), "since_s",
		(double)self->since_ns / STAGE_NS_PER_S);
}

static json_t *
card_json(const struct stage_chooser *chooser, size_t index)
{
	const struct stage_sound_card *card =
		&stage_chooser_get_cards(chooser)->cards[index];
	enum stage_wish_key key = STAGE_WISH_KEY_COUNT;
	const char *wrong = "";
	size_t rank = 0;
	bool is_wished =
		stage_chooser_card(chooser, index, &rank, &key, &wrong);
	char usb[16] = "";
	char device[STAGE_WISH_NAME_MAX];

	stage_card_name(device, sizeof(device), card->is.id, card->pcm);
	if (card->is.is_usb) {
		snprintf(usb, sizeof(usb), "%04x:%04x", card->is.vid,
			card->is.pid);
	}
	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:s, s:b, s:b, s:b, s:b, "
			 "s:i, s:s, s:o}",
		"id", card->is.id, "title", stage_rpc_text(card->title),
		"device", device, "serial", stage_rpc_text(card->is.serial),
		"path", stage_rpc_text(card->is.place), "usb", usb, "plays",
		(int)(card->pcm >= 0), "records", (int)card->is_recorder,
		"is_speaker", (int)card->is_speaker, "is_used",
		(int)(stage_chooser_running_card(chooser) == (int)index),
		"rank", is_wished ? (int)rank + 1 : 0, "found_by",
		is_wished ? stage_wish_key_word(key) : "", "wrong",
		stage_rpc_text(wrong));
}

json_t *
stage_report_cards(const struct stage_chooser *chooser)
{
	const struct stage_cards *cards = stage_chooser_get_cards(chooser);
	json_t *list = json_array();

	for (size_t i = 0; i < cards->count; i++) {
		if (json_array_append_new(list, card_json(chooser, i)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *
stage_report_wishes(const struct stage_jackserver_config *config)
{
	json_t *list = json_array();

	for (size_t i = 0; i < config->wish_count; i++) {
		struct stage_str text = {0};
		int result = -1;
		if (stage_wish_write(&config->wishes[i], &text) == STAGE_OK) {
			result = json_array_append_new(
				list, stage_rpc_text(stage_str_text(&text)));
		}
		stage_str_finish(&text);
		if (result != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
