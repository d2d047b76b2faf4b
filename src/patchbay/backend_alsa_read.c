/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>

#include "patchbay/backend_alsa_private.h"

#define EVENTS_AT_ONCE 4096 // then others have their turn

static void
read_client(struct stage_patch_backend *self,
	const struct stage_seq_client *client, enum stage_status *status)
{
	struct stage_seq_device device;
	bool is_device = client->card >= 0 &&
			 stage_seq_device_read(self->ops->sys, client->card,
				 &device, NULL) == STAGE_OK;

	if (stage_seq_table_put_client(self->table, client,
		    is_device ? &device : NULL) != STAGE_OK) {
		*status = STAGE_NO_MEMORY;
	}
}

static void
list_connections(struct stage_patch_backend *self, struct stage_seq_addr from)
{
	struct stage_seq_addr to;
	struct stage_patch_how how;

	for (unsigned i = 0;
		self->ops->next_connection(self->seq, from, i, &to, &how) >= 0;
		i++) {
		stage_seq_table_tell_pair(self->table, from, to, &how);
	}
}

static void
list_ports(struct stage_patch_backend *self, int client, bool is_for_pairs,
	enum stage_status *status)
{
	struct stage_seq_port port = {.addr = {client, -1}};

	while (self->ops->next_port(self->seq, &port) >= 0) {
		if (is_for_pairs) {
			list_connections(self, port.addr);
		} else if (stage_seq_table_put_port(self->table, &port) !=
			   STAGE_OK) {
			*status = STAGE_NO_MEMORY;
		}
	}
}

// First all ports, then all connections, which need both of theirs.
static enum stage_status
list_all(struct stage_patch_backend *self)
{
	enum stage_status status = STAGE_OK;

	for (int pass = 0; pass < 2; pass++) {
		struct stage_seq_client client = {.client = -1};
		while (self->ops->next_client(self->seq, &client) >= 0) {
			if (pass == 0) {
				read_client(self, &client, &status);
			}
			if (stage_seq_table_has_client(
				    self->table, client.client)) {
				list_ports(self, client.client, pass == 1,
					&status);
			}
		}
	}
	return status;
}

void
stage_seq_backend_scan(struct stage_patch_backend *self)
{
	enum stage_status status;

	self->is_scan_wanted = false;
	stage_seq_backend_tell(self, STAGE_ENGINE_SCAN_BEGIN);
	stage_seq_table_scan_begin(self->table);
	status = list_all(self);
	stage_seq_table_scan_end(self->table);
	stage_seq_backend_tell(self, STAGE_ENGINE_SCAN_END);
	if (status != STAGE_OK) {
		self->events->warn(self->user,
			"out of memory; some ports of ALSA are not known");
	}
}

// Returns whether the client is known now.
static bool
look_at_client(
	struct stage_patch_backend *self, int number, enum stage_status *status)
{
	struct stage_seq_client client;

	if (self->ops->client(self->seq, number, &client) >= 0) {
		read_client(self, &client, status);
	}
	return stage_seq_table_has_client(self->table, number);
}

static void
look_at_port(struct stage_patch_backend *self, struct stage_seq_addr addr,
	enum stage_status *status)
{
	struct stage_seq_port port;

	// Kernels before 6.13 do not tell when a client gets its name.
	if (self->ops->port(self->seq, addr, &port) >= 0 &&
		look_at_client(self, addr.client, status) &&
		stage_seq_table_put_port(self->table, &port) != STAGE_OK) {
		*status = STAGE_NO_MEMORY;
	}
}

static void
take_event(struct stage_patch_backend *self,
	const struct stage_seq_event *event, enum stage_status *status)
{
	struct stage_patch_how how;

	switch (event->kind) {
	case STAGE_SEQ_CLIENT_CHANGED:
		(void)look_at_client(self, event->from.client, status);
		break;
	case STAGE_SEQ_CLIENT_GONE:
		stage_seq_table_remove_client(self->table, event->from.client);
		break;
	case STAGE_SEQ_PORT_CHANGED:
		look_at_port(self, event->from, status);
		break;
	case STAGE_SEQ_PORT_GONE:
		stage_seq_table_remove_port(self->table, event->from);
		break;
	case STAGE_SEQ_CONNECTED:
		(void)look_at_client(self, event->from.client, status);
		(void)look_at_client(self, event->to.client, status);
		// Else it is gone again, and that is told next.
		if (self->ops->how(self->seq, event->from, event->to, &how) >=
			0) {
			stage_seq_table_tell_pair(
				self->table, event->from, event->to, &how);
		}
		break;
	case STAGE_SEQ_DISCONNECTED:
		stage_seq_table_tell_pair(
			self->table, event->from, event->to, NULL);
		break;
	case STAGE_SEQ_EVENT_KIND_COUNT:
		break;
	}
}

int
stage_seq_backend_read(struct stage_patch_backend *self)
{
	enum stage_status status = STAGE_OK;
	int result = 0;

	for (int i = 0; i < EVENTS_AT_ONCE; i++) {
		struct stage_seq_event event;
		result = self->ops->read(self->seq, &event);
		if (result < 0 && result != -ENOSPC) {
			break;
		}
		if (result < 0) {
			self->losses++;
			self->is_scan_wanted = true;
		} else {
			take_event(self, &event, &status);
		}
	}
	self->is_scan_wanted = self->is_scan_wanted || status != STAGE_OK;
	return result < 0 ? -result : EAGAIN;
}
