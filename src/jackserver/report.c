/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/report.h"

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
		.wanted = plan->want,
		.used = plan->want,
		.since_ns = stage_clock_wall_ns()};
	stage_jack_copy_text(
		self->reason, sizeof(self->reason), plan->why_driver);
	stage_jack_copy_text(self->why_realtime, sizeof(self->why_realtime),
		plan->why_realtime);
}

void
stage_report_set_reason(struct stage_report *self, const char *reason)
{
	stage_jack_copy_text(self->reason, sizeof(self->reason), reason);
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

bool
stage_report_is_memory_locked(const struct stage_report *self)
{
	int64_t needed_kb =
		SEGMENT_KB + (int64_t)self->used.ports * SEGMENT_KB_PER_PORT;

	return self->memory.limit_kb < 0 ||
	       self->memory.limit_kb >= needed_kb ||
	       self->memory.locked_kb >= needed_kb;
}

json_t *
stage_report_json(const struct stage_report *self)
{
	const struct stage_control *control = self->control;
	bool is_up = control != NULL;

	return json_pack(
		"{s:s, s:s, s:i, s:s, s:s, s:o, s:{s:i, s:i}, s:i, s:i, s:i, "
		"s:i, s:{s:b, s:i, s:o}, s:{s:b, s:I, s:I}, s:I, s:f, s:f}",
		"state", self->state, "server", self->used.server, "pid",
		(int)getpid(), "driver", self->used.driver, "device",
		self->used.device, "reason", stage_rpc_text(self->reason),
		"wanted", "rate_hz", (int)self->wanted.rate_hz, "period_frames",
		(int)self->wanted.period_frames, "rate_hz",
		(int)self->have.rate_hz, "period_frames",
		(int)self->have.period_frames, "periods",
		(int)self->used.periods, "ports_max", (int)self->used.ports,
		"realtime", "is_on", (int)self->is_realtime, "priority",
		self->priority, "reason", stage_rpc_text(self->why_realtime),
		"memory", "is_locked", (int)stage_report_is_memory_locked(self),
		"locked_kb", (json_int_t)self->memory.locked_kb, "limit_kb",
		(json_int_t)self->memory.limit_kb, "xruns",
		is_up ? (json_int_t)stage_control_xruns(control) : 0,
		"load_percent",
		is_up ? (double)stage_control_load(control) : 0.0, "since_s",
		(double)self->since_ns / STAGE_NS_PER_S);
}
