/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The ALSA sequencer as a backend. Its calls are short, so it needs no thread;
 * what comes of edits is told in a later turn of the loop.
 *
 * Why something was disconnected can be read from what is announced: when a
 * port or a client dies only that is told, so that a disconnection is
 * somebody's act; the engine sees by the ports whether that one was about to
 * leave. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "patchbay/backend_alsa_private.h"

#define FIRST_TRY_MS UINT64_C(20)
#define TRIES_MAX 8 // each after twice as long: 5 s in all

void
stage_seq_backend_tell(
	struct stage_patch_backend *self, enum stage_engine_kind kind)
{
	const struct stage_engine_event event = {
		.kind = kind, .system = STAGE_PATCH_ALSA};

	self->events->event(self->user, &event);
}

static void
on_event(void *user, const struct stage_engine_event *event)
{
	struct stage_patch_backend *self = user;

	self->events->event(self->user, event);
}

static void
on_client(void *user, const char *name, bool is_there)
{
	struct stage_patch_backend *self = user;

	self->events->client(self->user, name, is_there);
}

static void
on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
close_seq(struct stage_patch_backend *self)
{
	if (self->poll != NULL) {
		uv_close((uv_handle_t *)self->poll, on_poll_closed);
		self->poll = NULL;
	}
	if (self->seq != NULL) {
		self->ops->close(self->seq);
		self->seq = NULL;
	}
	stage_seq_table_clear(self->table);
	stage_seq_edits_forget(&self->kept);
	stage_seq_edits_forget(&self->done);
	self->is_scan_wanted = false;
}

// Says once why it is not there, and keeps it for who asks.
static void
note_absence(struct stage_patch_backend *self, int why)
{
	const char *path = self->ops->path;

	if (why == self->why) {
		return;
	}
	self->why = why;
	if (why == ENOENT || why == ENODEV || why == ENXIO) {
		(void)!stage_format(self->absence, sizeof(self->absence),
			"the ALSA sequencer is not there: %s is missing (the "
			"kernel's module snd-seq is not loaded)",
			path);
	} else {
		(void)!stage_format(self->absence, sizeof(self->absence),
			"unable to open %s: %s%s", path, strerror(why),
			why == EACCES || why == EPERM ? " (the group audio may)"
						      : "");
	}
	self->events->warn(self->user, self->absence);
}

static void lose_seq(struct stage_patch_backend *self, int why);

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct stage_patch_backend *self = poll->data;
	int why = status < 0 ? -status : EAGAIN;

	(void)events;
	if (status >= 0) {
		why = stage_seq_backend_read(self);
	}
	if (why != EAGAIN && why != EINTR && why != ENOSPC) {
		lose_seq(self, why);
		return;
	}
	if (self->is_scan_wanted) {
		stage_seq_backend_scan(self);
	}
	self->events->settled(self->user);
}

static bool
start_poll(struct stage_patch_backend *self)
{
	self->poll = calloc(1, sizeof(*self->poll));
	if (self->poll == NULL) {
		return false;
	}
	if (uv_poll_init(self->loop, self->poll, self->ops->fd(self->seq)) !=
		0) {
		free(self->poll);
		self->poll = NULL;
		return false;
	}
	self->poll->data = self;
	return uv_poll_start(self->poll, UV_READABLE, on_readable) == 0;
}

static void on_path(void *user);
static void on_later(uv_timer_t *timer);

static void
watch_path(struct stage_patch_backend *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->watch == NULL &&
		stage_path_watch_create(&self->watch, self->loop,
			self->ops->path, on_path, self, &err) != STAGE_OK) {
		self->events->warn(self->user, err.text);
	}
}

static void
lose_seq(struct stage_patch_backend *self, int why)
{
	close_seq(self);
	stage_seq_backend_tell(self, STAGE_ENGINE_SERVER_GONE);
	note_absence(self, why);
	watch_path(self);
	self->events->settled(self->user);
}

/* The device is there a moment before the kernel's module can be used (EINVAL,
 * ENODEV), and nothing tells when. */
static void
try_again(struct stage_patch_backend *self, int why)
{
	if (why != ENOENT && why != EACCES && self->tries < TRIES_MAX) {
		uv_timer_start(
			&self->later, on_later, FIRST_TRY_MS << self->tries, 0);
		self->tries++;
	}
}

// It listens first, then it lists, so that nothing is missed in between.
static void
open_seq(struct stage_patch_backend *self)
{
	int result = self->ops->open(&self->seq);

	if (result < 0) {
		self->seq = NULL;
		note_absence(self, -result);
		try_again(self, -result);
		return;
	}
	if (!start_poll(self)) {
		close_seq(self);
		note_absence(self, ENOMEM);
		return;
	}
	// Who plays writes to the device, and each time the watch would wake.
	stage_path_watch_destroy(self->watch);
	self->watch = NULL;
	self->why = 0;
	self->tries = 0;
	stage_seq_backend_tell(self, STAGE_ENGINE_SERVER_UP);
	stage_seq_backend_scan(self);
	self->events->settled(self->user);
}

static void
on_path(void *user)
{
	struct stage_patch_backend *self = user;

	if (self->seq == NULL) {
		self->tries = 0;
		open_seq(self);
	}
}

static void
on_later(uv_timer_t *timer)
{
	struct stage_patch_backend *self = timer->data;

	stage_seq_backend_tell_done(self);
	if (self->seq == NULL && self->tries > 0) {
		open_seq(self);
	}
	if (self->seq != NULL && self->is_scan_wanted) {
		stage_seq_backend_scan(self);
	}
	self->events->settled(self->user);
}

static bool
flush(struct stage_patch_backend *self)
{
	if (self->kept.count == 0) {
		return true;
	}
	if (!stage_seq_backend_do_edits(self)) {
		return false;
	}
	uv_timer_start(&self->later, on_later, 0, 0);
	return true;
}

static void
scan(struct stage_patch_backend *self)
{
	if (self->seq != NULL) {
		self->is_scan_wanted = true;
		uv_timer_start(&self->later, on_later, 0, 0);
	}
}

static const char *
absence(const struct stage_patch_backend *self)
{
	return self->seq == NULL && self->why != 0 ? self->absence : NULL;
}

static unsigned long
losses(const struct stage_patch_backend *self)
{
	return self->losses;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
destroy(struct stage_patch_backend *self)
{
	if (self == NULL) {
		return;
	}
	stage_path_watch_destroy(self->watch);
	close_seq(self);
	stage_seq_table_destroy(self->table);
	stage_seq_edits_finish(&self->kept);
	stage_seq_edits_finish(&self->done);
	uv_close((uv_handle_t *)&self->later, on_closed);
}

static enum stage_status
create(uv_loop_t *loop, const struct stage_patch_backend_events *events,
	void *user, struct stage_patch_backend **out, struct stage_err *err)
{
	static const struct stage_seq_table_events table_events = {
		on_event, on_client};
	struct stage_patch_backend *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->ops = stage_seq_ops();
	self->events = events;
	self->user = user;
	uv_timer_init(loop, &self->later);
	self->later.data = self;
	self->table = stage_seq_table_create(&table_events, self);
	if (self->table == NULL) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	} else {
		// It calls in the first turn of the loop, too.
		status = stage_path_watch_create(&self->watch, loop,
			self->ops->path, on_path, self, err);
	}
	if (status != STAGE_OK) {
		destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

const struct stage_patch_backend_class *
stage_patch_backend_alsa(void)
{
	static const struct stage_patch_backend_class alsa = {
		.create = create,
		.edit = stage_seq_backend_edit,
		.flush = flush,
		.scan = scan,
		.absence = absence,
		.losses = losses,
		.destroy = destroy,
	};

	return &alsa;
}
