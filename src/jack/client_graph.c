/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client_private.h"

#include <stdlib.h>

#include "base/clock.h"

// While ports come one behind another the loop looks that often, and is not
// woken for each: that would take time from the client that makes them.
#define LOOK_MS 2

static bool
is_open(const struct stage_jack_client *self)
{
	return self->core.state == STAGE_JACK_CORE_OPEN ||
	       self->core.state == STAGE_JACK_CORE_STALLED;
}

static void
tell_port_appeared(struct stage_jack_client *self, const char *name,
	const struct stage_jack_graph_event *event)
{
	struct stage_jack_port port = {.flags = event->flags};

	if (self->ops.port_appeared == NULL) {
		return;
	}
	stage_jack_copy_text(port.name, sizeof(port.name), name);
	stage_jack_copy_text(port.type, sizeof(port.type), event->type);
	for (size_t i = 0; i < STAGE_JACK_ALIASES_MAX; i++) {
		if (event->aliases[i] != NULL) {
			stage_jack_copy_text(port.aliases[i],
				sizeof(port.aliases[i]), event->aliases[i]);
		}
	}
	self->ops.port_appeared(self->user, &port);
}

static void
tell_port_gone(struct stage_jack_client *self, const char *name)
{
	if (self->ops.port_gone != NULL) {
		self->ops.port_gone(self->user, name);
	}
}

void
stage_jack_client_tell_graph(
	void *user, const struct stage_jack_graph_event *event)
{
	struct stage_jack_client *self = user;

	if (self->ops.graph != NULL) {
		self->ops.graph(self->user, event);
	}
	if (event->kind == STAGE_JACK_GRAPH_PORT_APPEARED) {
		tell_port_appeared(self, event->name, event);
	} else if (event->kind == STAGE_JACK_GRAPH_PORT_GONE) {
		tell_port_gone(self, event->name);
	} else if (event->kind == STAGE_JACK_GRAPH_PORT_RENAMED) {
		tell_port_gone(self, event->name);
		tell_port_appeared(self, event->new_name, event);
	}
}

// Edits come back in any state, all else only from the server that is there.
static void
handle_note(struct stage_jack_client *self, const struct stage_jack_note *note)
{
	bool is_current = is_open(self) && note->generation == self->generation;
	bool needs_scan = false;

	if (note->kind != STAGE_JACK_NOTE_EDIT && !is_current) {
		return;
	}
	if (stage_jack_feed_take(self->feed, note, &needs_scan) != STAGE_OK) {
		stage_jack_sink_shutdown(self->box, "out of memory");
	} else if (needs_scan) {
		stage_jack_box_ask_scan(self->box);
	}
}

static void
on_look(uv_timer_t *timer)
{
	struct stage_jack_client *self = timer->data;

	if (self->worker != NULL) {
		stage_jack_client_take_notes(self);
	}
}

// Takes them out, and sees to it that those to come are looked at.
static struct stage_jack_chain
take_notes(struct stage_jack_client *self)
{
	struct stage_jack_chain notes =
		stage_jack_box_take_notes(self->box, true);

	if (uv_is_active((uv_handle_t *)&self->look_timer)) {
		return notes;
	}
	if (notes.count == 0) {
		return stage_jack_box_take_notes(self->box, false);
	}
	uv_timer_start(&self->look_timer, on_look, LOOK_MS, 0);
	return notes;
}

void
stage_jack_client_take_notes(struct stage_jack_client *self)
{
	struct stage_jack_chain notes = take_notes(self);
	struct stage_jack_note *note = stage_jack_chain_take(&notes);
	bool has_notes = note != NULL;
	struct stage_jack_graph_event end = {.kind = STAGE_JACK_GRAPH_BATCH_END,
		.at_ns = stage_clock_now_ns()};

	for (; note != NULL; note = stage_jack_chain_take(&notes)) {
		handle_note(self, note);
		free(note);
	}
	if (has_notes && self->ops.graph != NULL) {
		self->ops.graph(self->user, &end);
	}
}

static struct stage_jack_note *
make_edit(const struct stage_jack_edit *edit)
{
	struct stage_jack_note *note = stage_jack_note_create_pair(
		STAGE_JACK_NOTE_EDIT, edit->from, edit->to);

	if (note != NULL) {
		note->is_disconnect = edit->is_disconnect;
		note->is_urgent = edit->is_urgent;
		note->tag = edit->tag;
	}
	return note;
}

enum stage_status
stage_jack_client_edit(struct stage_jack_client *self,
	const struct stage_jack_edit *edits, size_t count)
{
	struct stage_jack_chain chain = {0};

	if (!is_open(self)) {
		return STAGE_GONE;
	}
	for (size_t i = 0; i < count; i++) {
		struct stage_jack_note *note = make_edit(&edits[i]);
		if (note == NULL) {
			stage_jack_chain_finish(&chain);
			return STAGE_NO_MEMORY;
		}
		stage_jack_chain_add(&chain, note);
	}
	stage_jack_box_edit(self->box, &chain);
	return STAGE_OK;
}

void
stage_jack_client_scan(struct stage_jack_client *self)
{
	if (is_open(self)) {
		stage_jack_box_ask_scan(self->box);
	}
}

bool
stage_jack_client_is_behind(const struct stage_jack_client *self)
{
	return is_open(self) && stage_jack_box_is_behind(self->box);
}

void
stage_jack_client_tend(struct stage_jack_client *self)
{
	if (is_open(self)) {
		stage_jack_box_ask_tend(self->box);
	}
}
