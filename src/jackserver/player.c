/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What the server plays on: does the chooser's steps, and tells it what
// happens.

#include <string.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "base/notify.h"
#include "jackserver/cards.h"
#include "jackserver/daemon_private.h"
#include "rig/note.h"
#include "rpc/proto.h"

#define CHECK_MS 100           // how often it is seen whether cycles run
#define LATE_MS 300            // a check so late says nothing about the device
#define STILL_DEVICE_MS 500    // no cycle for so long, and the device is dead
#define STILL_PERIODS 8        // or for so many periods, if that is more
#define STILL_DUMMY_MS 3000    // of a driver that nothing can replace
#define LOAD_NS STAGE_NS_PER_S // how often the load is told

static void
look_at_cards(struct stage_daemon *self)
{
	struct stage_cards cards;

	stage_cards_list(STAGE_CARDS_DIR, STAGE_SEQ_SYS_DIR, &cards);
	stage_chooser_cards(self->chooser, &cards);
}

static void
publish_device(struct stage_daemon *self, int64_t took_ns)
{
	const struct stage_report *report = &self->report;

	if (self->rpc != NULL) {
		stage_rpc_server_publish(self->rpc, "device",
			json_pack("{s:s, s:s, s:i, s:i, s:o, s:f, s:f, s:I}",
				"driver", report->used.driver, "device",
				report->used.device, "rate_hz",
				(int)report->have.rate_hz, "period_frames",
				(int)report->have.period_frames, "reason",
				stage_rpc_text(report->reason), "took_ms",
				(double)took_ns / STAGE_NS_PER_MS, "silent_ms",
				(double)report->gap.ns / STAGE_NS_PER_MS,
				"silent_frames",
				(json_int_t)report->gap.frames));
	}
	stage_daemon_publish(self);
}

static void
answer(struct stage_daemon *self)
{
	const struct stage_report *report = &self->report;
	struct stage_rpc_reply *reply = self->reply;

	self->reply = NULL;
	stage_rpc_reply_ok(reply,
		json_pack("{s:s, s:s, s:i, s:i, s:o, s:o}", "driver",
			report->used.driver, "device", report->used.device,
			"rate_hz", (int)report->have.rate_hz, "period_frames",
			(int)report->have.period_frames, "reason",
			stage_rpc_text(report->reason), "note",
			stage_rpc_text(report->note)));
}

static void
on_retry(uv_timer_t *timer)
{
	stage_player_advance(timer->data);
}

static void
tell_note(struct stage_daemon *self)
{
	struct stage_report *report = &self->report;
	char note[STAGE_ERR_TEXT_MAX];

	stage_chooser_note(self->chooser, note, sizeof(note));
	stage_chooser_reason(
		self->chooser, report->reason, sizeof(report->reason));
	if (strcmp(note, report->note) == 0) {
		return;
	}
	memcpy(report->note, note, sizeof(note));
	stage_note_set(note);
	if (note[0] != '\0') {
		stage_log_warn("%s", note);
	}
	stage_daemon_publish(self);
}

// There is nothing to be done now: says how it is.
static void
settle(struct stage_daemon *self)
{
	int64_t due_ns = stage_chooser_due_ns(self->chooser);

	tell_note(self);
	if (due_ns >= 0) {
		uv_timer_start(&self->retry_timer, on_retry,
			(uint64_t)stage_clock_until_ms(due_ns), 0);
	} else {
		uv_timer_stop(&self->retry_timer);
	}
	answer(self);
}

static void
give_up(struct stage_daemon *self, const struct stage_err *why)
{
	stage_log_err("%s", why->text);
	stage_daemon_stop(self, why->status == STAGE_BAD_INPUT
					? STAGE_EXIT_PERMANENT
					: STAGE_EXIT_TEMPORARY);
}

// A driver that died did so some time ago.
static void
note_last_cycle(struct stage_daemon *self)
{
	const struct stage_control *control = stage_host_control(self->host);
	int64_t silence_ns =
		control != NULL ? stage_control_silence_ns(control) : -1;

	self->silent_since_ns =
		stage_clock_now_ns() - (silence_ns > 0 ? silence_ns : 0);
	self->xruns_before = control != NULL ? stage_control_xruns(control) : 0;
}

void
stage_player_advance(struct stage_daemon *self)
{
	struct stage_order order;

	if (self->is_stopping || !stage_host_is_idle(self->host)) {
		return;
	}
	switch (stage_chooser_next(
		self->chooser, stage_clock_now_ns(), &order)) {
	case STAGE_STEP_PROBE:
		stage_host_probe(self->host, &order.want);
		break;
	case STAGE_STEP_OPEN:
		self->opening = order.want;
		note_last_cycle(self);
		stage_host_open(self->host, &order.want);
		break;
	case STAGE_STEP_GIVE_UP:
		give_up(self, &order.why);
		break;
	case STAGE_STEP_NONE:
	case STAGE_STEP_COUNT:
		settle(self);
		break;
	}
}

static void
on_probed(void *user, const struct stage_probed *result)
{
	struct stage_daemon *self = user;

	if (result->err.status != STAGE_OK) {
		stage_log_debug("%s", result->err.text);
	}
	stage_chooser_probed(self->chooser, result, stage_clock_now_ns());
	stage_sound_watch_settle(self->watch);
	stage_player_advance(self);
}

static void
verify(struct stage_daemon *self)
{
	const struct stage_report *report = &self->report;
	char memory[STAGE_ERR_TEXT_MAX];

	if (self->plan.chooser.base.is_realtime && !report->is_realtime) {
		stage_log_warn("no real-time thread runs, although it is "
			       "permitted");
	}
	stage_report_memory_words(report, memory, sizeof(memory));
	if (memory[0] != '\0') {
		stage_log_warn("JACK's memory is %s", memory);
	}
}

static void
say_ready(struct stage_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	self->is_ready = true;
	verify(self);
	if (stage_notify_ready(&err) != STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

static void
begin_checks(struct stage_daemon *self)
{
	self->moved_ns = stage_clock_now_ns();
	self->checked_ns = self->moved_ns;
}

// Cycles run again a moment before this is told: it is the most that it was.
static void
note_switch(
	struct stage_daemon *self, int64_t took_ns, char *words, size_t size)
{
	struct stage_report *report = &self->report;
	uint64_t xruns = stage_control_xruns(report->control);

	stage_report_switched(report, &report->used, report->have.rate_hz,
		stage_clock_now_ns() - self->silent_since_ns,
		xruns - self->xruns_before);
	snprintf(words, size,
		", switched within %.1f ms, silent for %.1f ms (%llu frames, "
		"%llu xruns)",
		(double)took_ns / STAGE_NS_PER_MS,
		(double)report->gap.ns / STAGE_NS_PER_MS,
		(unsigned long long)report->gap.frames,
		(unsigned long long)report->gap.xruns);
}

static void
take_opened(struct stage_daemon *self, const struct stage_control_have *have,
	int64_t took_ns)
{
	struct stage_report *report = &self->report;
	char took[128] = "";

	report->control = stage_host_control(self->host);
	report->state = "running";
	if (self->is_ready) {
		note_switch(self, took_ns, took, sizeof(took));
	}
	report->used = self->opening;
	report->have = *have;
	stage_report_look(report);
	tell_note(self); // before it is ready: who waits for that reads it
	stage_log_info("JACK server %s runs with driver %s%s%s at %u Hz, %u "
		       "frames%s%s",
		report->used.server, report->used.driver,
		report->used.device[0] != '\0' ? " on " : "",
		report->used.device, have->rate_hz, have->period_frames,
		report->is_realtime ? ", real-time" : "", took);
	begin_checks(self);
	publish_device(self, took_ns);
	if (!self->is_ready) {
		say_ready(self);
	}
}

static void
on_opened(void *user, const struct stage_err *err,
	const struct stage_control_have *have, int64_t took_ns, bool is_broken)
{
	struct stage_daemon *self = user;

	if (is_broken) {
		stage_log_err("%s", err->text);
		stage_daemon_die(self, STAGE_EXIT_TEMPORARY);
	}
	if (self->is_stopping) {
		return;
	}
	stage_chooser_opened(self->chooser, err, have, stage_clock_now_ns());
	if (err->status == STAGE_OK) {
		take_opened(self, have, took_ns);
	} else if (self->opening.device[0] != '\0') {
		stage_log_warn("%s", err->text);
	}
	stage_sound_watch_settle(self->watch);
	stage_player_advance(self);
}

static void
on_changed(void *user)
{
	struct stage_daemon *self = user;

	look_at_cards(self);
	stage_chooser_touched(self->chooser, stage_clock_now_ns());
	stage_player_advance(self);
}

static void
on_closed(void *user)
{
	struct stage_daemon *self = user;

	stage_chooser_touched(self->chooser, stage_clock_now_ns());
	stage_player_advance(self);
}

static int64_t
still_limit_ns(const struct stage_daemon *self)
{
	const struct stage_control_have *have = &self->report.have;
	int64_t limit_ns =
		STAGE_NS_PER_MS * (stage_chooser_on_device(self->chooser)
						  ? STILL_DEVICE_MS
						  : STILL_DUMMY_MS);
	int64_t periods_ns = STILL_PERIODS * STAGE_NS_PER_S *
			     have->period_frames /
			     (have->rate_hz > 0 ? have->rate_hz : 1);

	return periods_ns > limit_ns ? periods_ns : limit_ns;
}

// Cycles that have stopped give no event.
static void
check_cycles(struct stage_daemon *self, const struct stage_control *control,
	int64_t now_ns)
{
	uint32_t frames = stage_control_frames(control);
	bool is_late = now_ns - self->checked_ns > LATE_MS * STAGE_NS_PER_MS;

	self->checked_ns = now_ns;
	if (frames != self->frames || is_late) {
		self->frames = frames;
		self->moved_ns = now_ns;
		return;
	}
	if (now_ns - self->moved_ns < still_limit_ns(self)) {
		return;
	}
	self->moved_ns = now_ns;
	stage_log_err("the JACK server stands still: driver %s%s%s delivers no "
		      "cycles any more",
		self->report.used.driver,
		self->report.used.device[0] != '\0' ? " on " : "",
		self->report.used.device);
	look_at_cards(self);
	stage_chooser_stands_still(self->chooser, now_ns);
	stage_player_advance(self);
}

static void
tell_sound(struct stage_daemon *self, const struct stage_control *control,
	int64_t now_ns)
{
	uint64_t xruns = stage_control_xruns(control);
	int load = (int)(stage_control_load(control) + 0.5F);

	if (self->rpc == NULL) {
		return;
	}
	if (xruns != self->xruns) {
		stage_rpc_server_publish(self->rpc, "xrun",
			json_pack("{s:I, s:I}", "xruns", (json_int_t)xruns,
				"new", (json_int_t)(xruns - self->xruns)));
		self->xruns = xruns;
	}
	if (load != self->load_percent &&
		now_ns - self->load_told_ns >= LOAD_NS) {
		self->load_percent = load;
		self->load_told_ns = now_ns;
		stage_rpc_server_publish(self->rpc, "load",
			json_pack("{s:i}", "load_percent", load));
	}
}

static void
on_cut_off(void *user, const char *client)
{
	struct stage_daemon *self = user;

	stage_guard_cut(self->guard, client);
	stage_log_err("client %s reads nothing of what the server tells it, "
		      "and was cut off: the server would answer nobody any "
		      "more",
		client);
}

static void
on_check(uv_timer_t *timer)
{
	struct stage_daemon *self = timer->data;
	const struct stage_control *control = stage_host_control(self->host);
	int64_t now_ns = stage_clock_now_ns();

	// Also while JACK does not answer.
	stage_guard_look(self->guard);
	if (now_ns - self->outbox_ns >= STAGE_NS_PER_S) {
		self->outbox_ns = now_ns;
		stage_outbox_look(&self->outbox, self->config.server, now_ns,
			on_cut_off, self);
	}
	if (control == NULL || !stage_host_is_idle(self->host)) {
		begin_checks(self);
		return;
	}
	tell_sound(self, control, now_ns);
	check_cycles(self, control, now_ns);
}

static void
on_client(void *user, const char *what, const char *client, pid_t pid)
{
	struct stage_daemon *self = user;

	if (self->rpc != NULL) {
		stage_rpc_server_publish(self->rpc, "client",
			json_pack("{s:s, s:o, s:i}", "what", what, "client",
				stage_rpc_text(client), "pid", (int)pid));
	}
}

// On a thread of JACK's.
static void
on_client_came(void *user, const char *client, bool is_there)
{
	struct stage_daemon *self = user;

	stage_guard_client(self->guard, client, is_there);
}

static bool
on_find(void *user, const char *client)
{
	struct stage_daemon *self = user;

	if (self->is_stopping || self->host == NULL || !self->is_ready ||
		!stage_host_is_idle(self->host)) {
		return false;
	}
	stage_host_find(self->host, client);
	return true;
}

static void
on_found(void *user, const char *client, pid_t pid)
{
	struct stage_daemon *self = user;

	stage_guard_found(self->guard, client, pid);
	stage_player_advance(self);
}

// JACK complains: a card that was pulled may be seen by that first.
static void
on_complained(void *user)
{
	struct stage_daemon *self = user;

	if (self->host != NULL && !self->is_stopping &&
		stage_chooser_on_device(self->chooser) &&
		stage_host_is_idle(self->host)) {
		stage_sound_watch_settle(self->watch);
	}
}

static void
on_clients(void *user)
{
	struct stage_daemon *self = user;

	if (self->rpc != NULL) {
		stage_rpc_server_publish(
			self->rpc, "clients", stage_daemon_clients(self));
	}
}

static void
start_watch(struct stage_daemon *self)
{
	static const struct stage_sound_watch_ops ops = {on_changed, on_closed};
	struct stage_err err = STAGE_ERR_INIT;

	if (self->plan.chooser.driver[0] == '\0' &&
		stage_sound_watch_create(&self->loop, STAGE_SOUND_DIR, &ops,
			self, &self->watch, &err) != STAGE_OK) {
		stage_log_warn(
			"%s; sound cards that come are not seen", err.text);
	}
}

enum stage_status
stage_player_start(struct stage_daemon *self, struct stage_err *err)
{
	static const struct stage_host_ops host_ops = {on_probed, on_opened,
		on_found, on_client_came, stage_daemon_stopped};
	static const struct stage_guard_ops guard_ops = {
		on_client, on_find, on_complained, on_clients};
	enum stage_status status;

	self->chooser = stage_chooser_create(&self->plan.chooser);
	if (self->chooser == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = stage_guard_create(&self->loop, self->config.ends_frozen,
		&guard_ops, self, &self->guard, err);
	if (status == STAGE_OK) {
		status = stage_host_create(
			&self->loop, &host_ops, self, &self->host, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	start_watch(self); // before the look: nothing is missed
	look_at_cards(self);
	uv_timer_start(&self->check_timer, on_check, CHECK_MS, CHECK_MS);
	stage_player_advance(self);
	return STAGE_OK;
}

void
stage_player_finish(struct stage_daemon *self)
{
	stage_sound_watch_destroy(self->watch);
	stage_guard_destroy(self->guard);
	stage_host_destroy(self->host);
	stage_chooser_destroy(self->chooser);
	self->watch = NULL;
	self->guard = NULL;
	self->chooser = NULL;
}
