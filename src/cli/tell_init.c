/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/tell_init.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/str.h"
#include "cli/status_view.h"
#include "rig/services_watch.h"
#include "rig/snapshot.h"

struct stage_tell_init {
	const struct stage_rig *rig; // borrowed
	uv_timer_t deadline;
	struct stage_services_watch *watch; // NULL: nobody listens any more
	struct stage_str told;              // the last STATUS
	bool is_ready;                      // and has said so
	bool has_failed;                    // and has said so
};

// An init that does not listen is no reason to stop playing.
static void
judge(struct stage_tell_init *self, enum stage_status status,
	const struct stage_err *err)
{
	if (status != STAGE_OK && !self->has_failed) {
		self->has_failed = true;
		stage_log_warn("%s", err->text);
	}
}

static void
tell_status(struct stage_tell_init *self, const struct stage_str *line)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str text = {0};
	enum stage_status status;

	if (strcmp(stage_str_text(&self->told), stage_str_text(line)) == 0) {
		return;
	}
	stage_str_clear(&self->told);
	status = stage_str_append(&self->told, line->data, line->len);
	if (status == STAGE_OK) {
		status = stage_str_addf(
			&text, "STATUS=%s", stage_str_text(line));
	}
	if (status == STAGE_OK) {
		status = stage_notify_send(stage_str_text(&text), &err);
	} else {
		stage_err_set(&err, status, "out of memory");
	}
	judge(self, status, &err);
	stage_str_finish(&text);
}

static void
become_ready(struct stage_tell_init *self, const struct stage_str *line)
{
	struct stage_err err = STAGE_ERR_INIT;

	self->is_ready = true;
	uv_timer_stop(&self->deadline);
	stage_log_info("the rig is up: %s", stage_str_text(line));
	judge(self, stage_notify_ready(&err), &err);
	if (!stage_notify_has_socket()) {
		stage_services_watch_destroy(self->watch);
		self->watch = NULL;
	}
}

static bool
are_settled(const struct stage_services *services)
{
	for (size_t i = 0; i < services->count; i++) {
		if (!stage_phase_is_settled(services->items[i].phase)) {
			return false;
		}
	}
	return true;
}

static void
log_late(const struct stage_services *services)
{
	for (size_t i = 0; i < services->count; i++) {
		const struct stage_service *service = &services->items[i];
		if (!stage_phase_is_settled(service->phase)) {
			stage_log_warn("%s is not ready: %s%s%s", service->name,
				stage_phase_word(service->phase),
				service->note[0] != '\0' ? ", " : "",
				service->note);
		}
	}
}

// How the rig is, in one line; false when its services cannot be read, and the
// line then says why.
static bool
describe(const struct stage_tell_init *self, struct stage_services *services,
	struct stage_str *line)
{
	struct stage_err err = STAGE_ERR_INIT;
	bool can_see =
		stage_snapshot_all(self->rig, services, &err) == STAGE_OK;

	// Without memory the line is cut, or empty.
	if (can_see) {
		(void)!stage_status_view_line(services, line);
	} else {
		(void)!stage_str_add(line, err.text);
	}
	return can_see;
}

static void
look(struct stage_tell_init *self, bool is_late)
{
	struct stage_services services = {0};
	struct stage_str line = {0};
	bool can_see = describe(self, &services, &line);

	tell_status(self, &line);
	if (!self->is_ready &&
		(is_late || (can_see && are_settled(&services)))) {
		log_late(&services);
		become_ready(self, &line);
	}
	stage_str_finish(&line);
	stage_snapshot_finish(&services);
}

static void
on_change(void *user, const struct stage_err *fault)
{
	struct stage_tell_init *self = user;

	if (fault != NULL) {
		judge(self, fault->status, fault);
	}
	look(self, false);
}

static void
on_deadline(uv_timer_t *timer)
{
	look(timer->data, true);
}

enum stage_status
stage_tell_init_create(struct stage_tell_init **out, uv_loop_t *loop,
	const struct stage_rig *rig, int64_t timeout_ns, struct stage_err *err)
{
	struct stage_tell_init *self = calloc(1, sizeof(*self));
	struct stage_services_watch_config config = {
		.loop = loop, .rig = rig, .changed = on_change, .user = self};
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->rig = rig;
	uv_timer_init(loop, &self->deadline);
	self->deadline.data = self;
	uv_timer_start(&self->deadline, on_deadline,
		(uint64_t)(timeout_ns / STAGE_NS_PER_MS), 0);
	status = stage_services_watch_create(&self->watch, &config, err);
	if (status != STAGE_OK) {
		stage_tell_init_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_tell_init_stopping(void)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_notify_send("STOPPING=1\nSTATUS=stopping, in order", &err) !=
		STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_tell_init_destroy(struct stage_tell_init *self)
{
	if (self == NULL) {
		return;
	}
	stage_services_watch_destroy(self->watch);
	stage_str_finish(&self->told);
	uv_close((uv_handle_t *)&self->deadline, on_closed);
}
