/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "web/daemon_private.h"

struct stage_web_viewer {
	struct stage_web_daemon *daemon;
	struct stage_web_stream *stream;
	char device[STAGE_WEB_DEVICE_ID_MAX];
	bool knows[STAGE_WEB_AREAS_MAX]; // a snapshot of that daemon
	struct stage_web_viewer *next, *previous;
};

json_t *
stage_web_device_view(const struct stage_web_device *device)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:s}", "id",
		device->id, "name", device->name, "role",
		stage_web_role_word(device->role), "locked",
		(int)!device->is_unlocked, "paired",
		(json_int_t)device->paired_s, "until",
		(json_int_t)device->until_s, "seen", (json_int_t)device->seen_s,
		"interface", device->interface);
}

// Telling.

// Ownership: data becomes ours.
static void
tell(struct stage_web_viewer *self, const char *event, json_t *data)
{
	char *text = data != NULL ? json_dumps(data, JSON_COMPACT) : NULL;

	json_decref(data);
	if (text != NULL) {
		stage_web_hub_tell_one(stage_web_stream_listener(self->stream),
			event, text, strlen(text));
		free(text);
	}
}

static json_t *
view_down(const struct stage_rpc_follow *of)
{
	return json_pack("{s:s}", "area", stage_rpc_follow_name(of));
}

static json_t *
view_snapshot(const struct stage_rpc_follow *of)
{
	const json_t *snapshot = stage_rpc_follow_snapshot(of);

	return json_pack("{s:s, s:O, s:O, s:O}", "area",
		stage_rpc_follow_name(of), "epoch",
		json_object_get(snapshot, "epoch"), "seq",
		json_object_get(snapshot, "seq"), "state",
		json_object_get(snapshot, "state"));
}

// One text for all that ask before anything else happens.
static void
tell_snapshot(struct stage_web_viewer *self, size_t at)
{
	struct stage_web_frame **kept = &self->daemon->snapshots[at];

	if (*kept == NULL) {
		json_t *data = view_snapshot(self->daemon->upstreams[at]);
		char *text =
			data != NULL ? json_dumps(data, JSON_COMPACT) : NULL;
		if (text != NULL) {
			*kept = stage_web_frame_create(STAGE_WEB_EVENT,
				"snapshot", text, strlen(text));
		}
		json_decref(data);
		free(text);
	}
	stage_web_hub_give(stage_web_stream_listener(self->stream), *kept);
}

static void
forget_snapshot(struct stage_web_daemon *self, size_t at)
{
	stage_web_frame_drop(self->snapshots[at]);
	self->snapshots[at] = NULL;
}

void
stage_web_viewers_finish(struct stage_web_daemon *self)
{
	for (size_t i = 0; i < self->upstream_count; i++) {
		forget_snapshot(self, i);
	}
}

static void
tell_all(struct stage_web_viewer *self)
{
	struct stage_web_daemon *daemon = self->daemon;

	for (size_t i = 0; i < daemon->upstream_count; i++) {
		struct stage_rpc_follow *of = daemon->upstreams[i];

		self->knows[i] = false;
		if (stage_rpc_follow_snapshot(of) == NULL) {
			tell(self, "down", view_down(of));
		} else if (stage_rpc_follow_refresh(of)) {
			self->knows[i] = true;
			tell_snapshot(self, i);
		}
	}
}

static void
greet(struct stage_web_viewer *self, const struct stage_web_device *device)
{
	tell(self, "hello",
		json_pack("{s:s, s:o}", "epoch", self->daemon->epoch, "device",
			stage_web_device_view(device)));
	tell_all(self);
}

static void
on_closed(void *user)
{
	struct stage_web_viewer *self = user;

	if (self->previous != NULL) {
		self->previous->next = self->next;
	} else if (self->daemon->viewers == self) {
		self->daemon->viewers = self->next;
	}
	if (self->next != NULL) {
		self->next->previous = self->previous;
	}
	free(self);
}

void
stage_web_viewers_add(struct stage_web_daemon *daemon,
	struct stage_web_exchange *exchange,
	const struct stage_web_device *device)
{
	struct stage_web_viewer *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		stage_web_exchange_answer(
			exchange, &(struct stage_web_answer){.code = 503});
		return;
	}
	self->daemon = daemon;
	memcpy(self->device, device->id, sizeof(self->device));
	self->stream = stage_web_exchange_stream(
		exchange, daemon->hub, on_closed, self);
	if (self->stream == NULL) {
		return; // on_closed has freed it
	}
	self->next = daemon->viewers;
	if (self->next != NULL) {
		self->next->previous = self;
	}
	daemon->viewers = self;
	greet(self, device);
}

void
stage_web_viewers_device(struct stage_web_daemon *self, const char *id)
{
	const struct stage_web_device *device =
		stage_web_devices_by_id(self, id);

	for (struct stage_web_viewer *it = self->viewers; it != NULL;
		it = it->next) {
		if (strcmp(it->device, id) != 0) {
			continue;
		}
		if (device != NULL) {
			tell(it, "me", stage_web_device_view(device));
		} else {
			stage_web_stream_end(it->stream);
		}
	}
}

void
stage_web_viewers_beat(struct stage_web_daemon *self)
{
	stage_web_hub_beat(self->hub);
	for (struct stage_web_viewer *it = self->viewers; it != NULL;
		it = it->next) {
		if (stage_web_hub_wants_all(
			    stage_web_stream_listener(it->stream))) {
			tell(it, "resync", json_object());
			tell_all(it);
		}
	}
}

// What the daemons say.

static size_t
index_of(const struct stage_web_daemon *self,
	const struct stage_rpc_follow *from)
{
	size_t i = 0;

	while (i < self->upstream_count && self->upstreams[i] != from) {
		i++;
	}
	return i;
}

// Ownership: data becomes ours.
static void
tell_hub(struct stage_web_daemon *self, enum stage_web_weight weight,
	const char *event, json_t *data)
{
	char *text = data != NULL ? json_dumps(data, JSON_COMPACT) : NULL;

	json_decref(data);
	if (text != NULL) {
		stage_web_hub_tell(
			self->hub, weight, event, text, strlen(text));
		free(text);
	}
}

// To those that know none: one that came, or came back, is everybody's.
static void
on_snapshot(void *user, struct stage_rpc_follow *from)
{
	struct stage_web_daemon *self = user;
	size_t at = index_of(self, from);

	if (at == self->upstream_count) {
		return;
	}
	forget_snapshot(self, at);
	for (struct stage_web_viewer *it = self->viewers; it != NULL;
		it = it->next) {
		if (!it->knows[at]) {
			it->knows[at] = true;
			tell_snapshot(it, at);
		}
	}
}

static enum stage_web_weight
weight_of(const char *area, const char *topic)
{
	return strcmp(topic, "meter") == 0 ||
			       (strcmp(area, "jack") == 0 &&
				       strcmp(topic, "load") == 0) ||
			       (strcmp(area, "rig") == 0 &&
				       strcmp(topic, "log") == 0)
		       ? STAGE_WEB_METER
		       : STAGE_WEB_EVENT;
}

static void
on_event(void *user, struct stage_rpc_follow *from, const json_t *event)
{
	static const char *const members[] = {"topic", "epoch", "seq", "data"};
	struct stage_web_daemon *self = user;
	const char *area = stage_rpc_follow_name(from);
	const char *topic = json_string_value(json_object_get(event, "topic"));
	json_t *data;

	forget_snapshot(self, index_of(self, from));
	if (self->viewers == NULL || topic == NULL) {
		return;
	}
	data = json_pack("{s:s}", "area", area);
	if (data != NULL) {
		for (size_t i = 0; i < STAGE_COUNT_OF(members); i++) {
			(void)json_object_set(data, members[i],
				json_object_get(event, members[i]));
		}
		tell_hub(self, weight_of(area, topic), "change", data);
	}
}

static void
on_gone(void *user, struct stage_rpc_follow *from)
{
	struct stage_web_daemon *self = user;
	size_t at = index_of(self, from);

	forget_snapshot(self, at);
	tell_hub(self, STAGE_WEB_EVENT, "down", view_down(from));
	for (struct stage_web_viewer *it = self->viewers; it != NULL;
		it = it->next) {
		it->knows[at] = false;
	}
}

const struct stage_rpc_follow_events stage_web_viewers_events = {
	.snapshot = on_snapshot,
	.event = on_event,
	.gone = on_gone,
};
