/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/hub.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct stage_web_frame {
	size_t refs;
	size_t len;
	bool is_meter;
	char bytes[];
};

struct entry {
	struct stage_web_frame *frame;
	struct entry *next;
};

struct stage_web_listener {
	struct stage_web_hub *hub;
	struct stage_web_listener *next, *previous;
	void (*wake)(void *user);
	void *user;
	struct entry *first, *last;
	size_t waiting; // bytes
	size_t at;      // of the first one that have been read
	bool has_lost;
};

struct stage_web_hub {
	struct stage_web_listener *listeners;
	size_t count;
};

void
stage_web_frame_drop(struct stage_web_frame *frame)
{
	if (frame != NULL && --frame->refs == 0) {
		free(frame);
	}
}

// "event: NAME\ndata: DATA\n\n"
struct stage_web_frame *
stage_web_frame_create(enum stage_web_weight weight, const char *event,
	const char *data, size_t len)
{
	struct stage_str text = {0};
	struct stage_web_frame *frame = NULL;

	if (stage_str_addf(&text, "event: %s\ndata: ", event) == STAGE_OK &&
		stage_str_append(&text, data, len) == STAGE_OK &&
		stage_str_add(&text, "\n\n") == STAGE_OK) {
		frame = malloc(sizeof(*frame) + text.len);
	}
	if (frame != NULL) {
		frame->refs = 1;
		frame->len = text.len;
		frame->is_meter = weight == STAGE_WEB_METER;
		memcpy(frame->bytes, text.data, text.len);
	}
	stage_str_finish(&text);
	return frame;
}

struct stage_web_hub *
stage_web_hub_create(void)
{
	return calloc(1, sizeof(struct stage_web_hub));
}

void
stage_web_hub_destroy(struct stage_web_hub *self)
{
	free(self);
}

size_t
stage_web_hub_count(const struct stage_web_hub *self)
{
	return self->count;
}

struct stage_web_listener *
stage_web_hub_join(
	struct stage_web_hub *self, void (*wake)(void *user), void *user)
{
	struct stage_web_listener *listener = calloc(1, sizeof(*listener));

	if (listener == NULL) {
		return NULL;
	}
	listener->hub = self;
	listener->wake = wake;
	listener->user = user;
	listener->next = self->listeners;
	if (self->listeners != NULL) {
		self->listeners->previous = listener;
	}
	self->listeners = listener;
	self->count++;
	return listener;
}

// Takes the first one out, which has been read.
static void
pop(struct stage_web_listener *self)
{
	struct entry *entry = self->first;

	self->at = 0;
	self->first = entry->next;
	if (self->first == NULL) {
		self->last = NULL;
	}
	stage_web_frame_drop(entry->frame);
	free(entry);
}

// All but one that has been begun to be read.
static void
drop_unread(struct stage_web_listener *self)
{
	struct entry *begun = self->at > 0 ? self->first : NULL;
	struct entry *entry = begun != NULL ? begun->next : self->first;

	while (entry != NULL) {
		struct entry *next = entry->next;

		stage_web_frame_drop(entry->frame);
		free(entry);
		entry = next;
	}
	self->first = begun;
	self->last = begun;
	self->waiting = 0;
	if (begun != NULL) {
		begun->next = NULL;
		self->waiting = begun->frame->len - self->at;
	}
}

void
stage_web_hub_leave(struct stage_web_listener *listener)
{
	struct stage_web_hub *hub;

	if (listener == NULL) {
		return;
	}
	hub = listener->hub;
	listener->at = 0;
	drop_unread(listener);
	if (listener->previous != NULL) {
		listener->previous->next = listener->next;
	} else {
		hub->listeners = listener->next;
	}
	if (listener->next != NULL) {
		listener->next->previous = listener->previous;
	}
	hub->count--;
	free(listener);
}

static void
lose(struct stage_web_listener *self)
{
	drop_unread(self);
	self->has_lost = true;
}

static void
queue(struct stage_web_listener *self, struct stage_web_frame *frame)
{
	bool was_empty = self->first == NULL;
	struct entry *entry;

	if (self->has_lost) {
		return; // it will get everything
	}
	if (frame->is_meter && self->waiting > STAGE_WEB_METERS_BYTES) {
		return;
	}
	entry = self->waiting + frame->len > STAGE_WEB_QUEUE_BYTES
			? NULL
			: malloc(sizeof(*entry));
	if (entry == NULL) {
		lose(self);
		self->wake(self->user);
		return;
	}
	entry->frame = frame;
	entry->next = NULL;
	frame->refs++;
	if (was_empty) {
		self->first = entry;
	} else {
		self->last->next = entry;
	}
	self->last = entry;
	self->waiting += frame->len;
	if (was_empty) {
		self->wake(self->user);
	}
}

static void
queue_all(struct stage_web_hub *self, struct stage_web_frame *frame)
{
	struct stage_web_listener *next;

	for (struct stage_web_listener *it = self->listeners; it != NULL;
		it = next) {
		next = it->next;
		if (frame != NULL) {
			queue(it, frame);
		} else {
			lose(it);
			it->wake(it->user);
		}
	}
	if (frame != NULL) {
		stage_web_frame_drop(frame);
	}
}

void
stage_web_hub_tell(struct stage_web_hub *self, enum stage_web_weight weight,
	const char *event, const char *data, size_t len)
{
	if (self->listeners != NULL) {
		queue_all(
			self, stage_web_frame_create(weight, event, data, len));
	}
}

void
stage_web_hub_give(
	struct stage_web_listener *listener, struct stage_web_frame *frame)
{
	if (frame == NULL) {
		lose(listener);
		return;
	}
	queue(listener, frame);
}

void
stage_web_hub_tell_one(struct stage_web_listener *listener, const char *event,
	const char *data, size_t len)
{
	struct stage_web_frame *frame =
		stage_web_frame_create(STAGE_WEB_EVENT, event, data, len);

	stage_web_hub_give(listener, frame);
	stage_web_frame_drop(frame);
}

void
stage_web_hub_beat(struct stage_web_hub *self)
{
	static const char comment[3] = {':', '\n', '\n'};
	struct stage_web_frame *frame =
		malloc(sizeof(*frame) + sizeof(comment));

	if (frame == NULL) {
		return; // the next one will do
	}
	frame->refs = 1;
	frame->len = sizeof(comment);
	frame->is_meter = true;
	memcpy(frame->bytes, comment, sizeof(comment));
	queue_all(self, frame);
}

size_t
stage_web_hub_read(struct stage_web_listener *listener, char *out, size_t max)
{
	size_t got = 0;

	while (got < max && listener->first != NULL) {
		struct stage_web_frame *frame = listener->first->frame;
		size_t part = frame->len - listener->at;

		if (part > max - got) {
			part = max - got;
		}
		memcpy(out + got, frame->bytes + listener->at, part);
		got += part;
		listener->at += part;
		listener->waiting -= part;
		if (listener->at == frame->len) {
			pop(listener);
		}
	}
	return got;
}

bool
stage_web_hub_wants_all(struct stage_web_listener *listener)
{
	bool wants = listener->has_lost && listener->first == NULL;

	if (wants) {
		listener->has_lost = false;
	}
	return wants;
}

void
stage_web_hub_each(struct stage_web_hub *self,
	void (*visit)(void *user, struct stage_web_listener *listener),
	void *user)
{
	for (struct stage_web_listener *it = self->listeners; it != NULL;
		it = it->next) {
		visit(user, it);
	}
}
