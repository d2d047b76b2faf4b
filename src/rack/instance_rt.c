/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/instance.h"

// What the chain does not fill is empty; before it is played that is all.
STAGE_RT static void
prepare(struct stage_rack_instance *self)
{
	for (uint32_t i = 0; i < self->socket_count; i++) {
		struct stage_rack_socket *socket = &self->sockets[i];
		if (socket->is_played && self->is_live) {
			continue;
		}
		if (socket->port->kind == STAGE_RACK_EVENTS_OUT) {
			stage_rack_events_offer(
				&socket->events, &self->host->numbers);
		} else {
			stage_rack_events_clear(
				&socket->events, &self->host->numbers);
		}
	}
}

// Where the show is in time, when that is another place than was expected.
STAGE_RT static void
tell_time(struct stage_rack_instance *self)
{
	const struct stage_rack_transport *transport =
		&self->host->wire->transport;
	struct stage_rack_position position;

	if (!self->is_live ||
		(self->is_told && self->told == transport->changes)) {
		return;
	}
	self->is_told = true;
	self->told = transport->changes;
	stage_rack_position_fill(
		&position, &self->host->numbers.time, &transport->now);
	for (uint32_t i = 0; i < self->socket_count; i++) {
		struct stage_rack_socket *socket = &self->sockets[i];
		uint32_t at = 0;
		if (socket->port->kind == STAGE_RACK_EVENTS_IN &&
			socket->port->takes_time) {
			(void)stage_rack_events_insert(&socket->events,
				&self->host->numbers, &at, &position.atom);
		}
	}
}

// One message a cycle: work follows upon it.
STAGE_RT static void
ask(struct stage_rack_instance *self)
{
	struct stage_ring_header header;

	if (self->asks == NULL ||
		stage_ring_read(self->asks, &header, self->ask,
			STAGE_RACK_ASK_BYTES) != STAGE_OK) {
		return;
	}
	for (uint32_t i = 0; i < self->socket_count; i++) {
		struct stage_rack_socket *socket = &self->sockets[i];
		uint32_t at = 0;
		if (socket->port->kind == STAGE_RACK_EVENTS_IN &&
			socket->port->takes_patch) {
			(void)stage_rack_events_insert(&socket->events,
				&self->host->numbers, &at,
				(const LV2_Atom *)(const void *)self->ask);
			return;
		}
	}
}

// Time is not what it is while a server renders: one that waits for work then
// loses nothing.
STAGE_RT static void
tell_freewheeling(struct stage_rack_instance *self)
{
	if (self->is_live && self->freewheeling != NULL) {
		*self->freewheeling =
			atomic_load(&self->host->wire->rescue.is_freewheeling)
				? 1
				: 0;
	}
}

STAGE_RT static bool
says_change(const struct stage_rack_instance *self,
	const struct stage_rack_events *events)
{
	const struct stage_rack_urids *urids = &self->host->numbers;
	const LV2_Atom_Event *event = NULL;

	while ((event = stage_rack_events_next(events, urids, event)) != NULL) {
		const LV2_Atom_Object *object = (const void *)&event->body;
		if (event->body.type == urids->time.object &&
			event->body.size >= sizeof(object->body) &&
			object->body.otype == urids->state_changed) {
			return true;
		}
	}
	return false;
}

STAGE_RT static void
listen(struct stage_rack_instance *self)
{
	for (uint32_t i = 0; i < self->socket_count; i++) {
		struct stage_rack_socket *socket = &self->sockets[i];
		if (socket->port->kind == STAGE_RACK_EVENTS_OUT &&
			says_change(self, &socket->events)) {
			atomic_store(&self->has_changed, true);
			stage_rack_wire_tell(self->host->wire);
		}
	}
}

// The chain says where it reads and writes: seldom another place than before.
STAGE_RT static __attribute__((noinline)) void
connect(struct stage_rack_instance *self)
{
	self->unit.has_moved = false;
	for (uint32_t i = 0; i < self->plug_count; i++) {
		struct stage_rack_plug *plug = &self->plugs[i];
		if (plug->at != self->unit.ins[i]) { // the outs are behind them
			plug->at = self->unit.ins[i];
			lilv_instance_connect_port(
				self->lilv, plug->port, plug->at);
		}
	}
}

STAGE_RT void
stage_rack_instance_run(struct stage_rack_unit *unit, uint32_t frames)
{
	struct stage_rack_instance *self = (struct stage_rack_instance *)unit;

	if (unit->has_moved) {
		connect(self);
	}
	prepare(self);
	tell_time(self);
	tell_freewheeling(self);
	ask(self);
	self->play(self->handle, frames);
	listen(self);
	stage_rack_work_answer(&self->work);
}

STAGE_RT void
stage_rack_instance_run_plain(struct stage_rack_unit *unit, uint32_t frames)
{
	struct stage_rack_instance *self = (struct stage_rack_instance *)unit;

	if (unit->has_moved) {
		connect(self);
	}
	self->play(self->handle, frames);
}
