/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The bridge's side of the ALSA sequencer: its coming, its news, its end.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "midi/bridge_private.h"

#define LOOK_MS 10 // after news: a device's ports come one after the other
#define FOUND_MAX 512
#define PRIORITY_MORE 5 // than JACK's
#define SEQ_DEVICE "/dev/snd/seq"

void
stage_midi_bridge_look(struct stage_midi_bridge *self)
{
	struct stage_midi_found *found = calloc(FOUND_MAX, sizeof(*found));
	size_t lost = 0;
	size_t count;

	if (found == NULL || self->seq == NULL) {
		free(found);
		return;
	}
	count = self->seq_class->list(self->seq, found, FOUND_MAX);
	if (stage_midi_endpoints_update(self->endpoints, found, count, &lost)) {
		stage_midi_bridge_save(self);
	}
	if (lost > 0) {
		stage_log_warn("%zu ports more than can be bridged", lost);
	}
	free(found);
	stage_midi_bridge_settle(self);
	stage_midi_bridge_tell(self, "endpoint");
}

static void
on_look(uv_timer_t *timer)
{
	stage_midi_bridge_look(timer->data);
}

static void
on_news(uv_poll_t *poll, int status, int events)
{
	struct stage_midi_bridge *self = poll->data;
	struct stage_midi_address address = {0, 0};
	enum stage_midi_news news;
	bool has_gone = false;

	(void)status;
	(void)events;
	do {
		news = self->seq_class->news(self->seq, &address);
		if (news == STAGE_MIDI_NEWS_GONE) {
			stage_midi_endpoints_gone(self->endpoints, address);
			has_gone = true;
		} else if (news == STAGE_MIDI_NEWS_LOOK) {
			uv_timer_start(&self->look, on_look, LOOK_MS, 0);
		}
	} while (news != STAGE_MIDI_NEWS_NONE);
	if (has_gone) {
		stage_midi_bridge_settle(self);
		stage_midi_bridge_tell(self, "endpoint");
	}
}

static void
make_virtuals(struct stage_midi_bridge *self)
{
	size_t count = stage_midi_endpoints_count(self->endpoints);

	for (size_t i = 0; i < count; i++) {
		struct stage_midi_endpoint *endpoint =
			stage_midi_endpoints_at(self->endpoints, i);
		struct stage_midi_address address;
		struct stage_err err = STAGE_ERR_INIT;
		if (endpoint->identity.kind == STAGE_MIDI_VIRTUAL &&
			self->seq_class->make_port(self->seq,
				endpoint->identity.name, &address,
				&err) != STAGE_OK) {
			stage_log_warn("%s", err.text);
		}
	}
}

void
stage_midi_bridge_set_priority(struct stage_midi_bridge *self)
{
	int priority = stage_midi_jack_priority(self->jack);
	struct stage_err err = STAGE_ERR_INIT;

	if (priority > 0 && self->threads != NULL &&
		stage_midi_threads_set_priority(self->threads,
			priority + PRIORITY_MORE, &err) != STAGE_OK) {
		stage_log_warn("%s; MIDI may be late under load", err.text);
	}
}

static enum stage_status
start_seq(struct stage_midi_bridge *self, struct stage_err *err)
{
	struct stage_midi_threads_config config = {
		.wire = self->wire,
		.seq_class = self->seq_class,
		.notify = stage_midi_bridge_notify,
		.user = self,
	};
	struct stage_midi_seq *seq = NULL;
	enum stage_status status = self->seq_class->open(&seq, err);

	if (status != STAGE_OK) {
		return status;
	}
	config.seq = seq;
	status = stage_midi_threads_create(&config, &self->threads, err);
	if (status != STAGE_OK) {
		self->seq_class->close(seq);
		return status;
	}
	self->seq = seq;
	self->output_bytes = self->seq_class->output_bytes(seq);
	uv_poll_init(self->loop, &self->news, self->seq_class->news_fd(seq));
	self->news.data = self;
	self->is_polling = true;
	self->open_handles++;
	uv_poll_start(&self->news, UV_READABLE, on_news);
	make_virtuals(self);
	stage_midi_bridge_set_priority(self);
	return STAGE_OK;
}

// Returns false when it is of no use to try again.
bool
stage_midi_bridge_try_seq(struct stage_midi_bridge *self, struct stage_err *err)
{
	enum stage_status status;

	if (self->seq != NULL) {
		return true;
	}
	status = start_seq(self, err);
	// It is there a moment before the kernel's module can be used, and
	// nothing tells when.
	self->is_seq_beginning =
		status != STAGE_OK && status != STAGE_NOT_FOUND &&
		status != STAGE_DENIED && status != STAGE_UNSUPPORTED;
	if (self->is_seq_beginning) {
		stage_midi_bridge_wait(self);
	}
	if (status == STAGE_OK) {
		if (self->seq_reason[0] != '\0') {
			stage_log_info("the ALSA sequencer is there now");
		}
		self->seq_reason[0] = '\0';
		stage_path_watch_destroy(self->device);
		self->device = NULL;
		stage_midi_bridge_relink(self);
		stage_midi_bridge_look(self);
		stage_midi_bridge_check_ready(self);
		stage_midi_bridge_tell(self, "status");
		return true;
	}
	if (strcmp(self->seq_reason, err->text) != 0) {
		snprintf(self->seq_reason, sizeof(self->seq_reason), "%s",
			err->text);
		if (status != STAGE_UNSUPPORTED) {
			stage_log_err("%s; waiting for it", err->text);
		}
		stage_midi_bridge_tell(self, "status");
	}
	return status != STAGE_UNSUPPORTED;
}

static void
on_seq_device(void *user)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)stage_midi_bridge_try_seq(user, &err);
}

enum stage_status
stage_midi_bridge_await_seq(
	struct stage_midi_bridge *self, struct stage_err *err)
{
	if (!stage_midi_bridge_try_seq(self, err)) {
		return err->status;
	}
	return self->seq != NULL
		       ? STAGE_OK
		       : stage_path_watch_create(&self->device, self->loop,
				 SEQ_DEVICE, on_seq_device, self, err);
}

void
stage_midi_bridge_end_seq(struct stage_midi_bridge *self)
{
	if (self->is_polling) {
		uv_close((uv_handle_t *)&self->news,
			stage_midi_bridge_on_closed);
	}
	stage_midi_threads_destroy(self->threads);
	self->threads = NULL;
	if (self->seq != NULL) {
		self->seq_class->close(self->seq);
		self->seq = NULL;
	}
}
