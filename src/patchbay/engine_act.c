/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/engine_private.h"

static void
retry_due(struct stage_engine *self, int64_t now_ns)
{
	size_t i = 0;

	while (i < self->waking.count) {
		struct stage_link *link = self->waking.items[i];
		if (link->state == STAGE_LINK_RETRY &&
			stage_link_is_due(self, link, now_ns)) {
			stage_engine_retry(
				self, link); // now another one may be here
		} else {
			i++;
		}
	}
}

static int64_t
next_due(const struct stage_engine *self)
{
	int64_t next_ns = 0;

	for (size_t i = 0; i < self->waking.count; i++) {
		const struct stage_link *link = self->waking.items[i];
		if (stage_link_is_timed(self, link) &&
			(next_ns == 0 || link->at_ns < next_ns)) {
			next_ns = link->at_ns;
		}
	}
	return next_ns;
}

/* Lets those go on that have come, once there are no more. Returns when to look
 * again, 0 when none wait. */
static int64_t
end_arrival(struct stage_engine *self, int64_t now_ns)
{
	int64_t end_ns = self->arrival_last_ns + STAGE_ENGINE_ARRIVAL_NS;
	int64_t most_ns = self->arrival_first_ns + STAGE_ENGINE_ARRIVAL_MOST_NS;

	end_ns = most_ns < end_ns ? most_ns : end_ns;
	if (self->arriving.count > 0 && now_ns < end_ns) {
		return end_ns;
	}
	for (size_t i = 0; i < self->arriving.count; i++) {
		struct stage_graph_port *port = self->arriving.items[i];
		port->is_arriving = false;
		stage_engine_touch(self, port);
	}
	self->arriving.count = 0;
	return 0;
}

static int64_t
earlier(int64_t a_ns, int64_t b_ns)
{
	if (a_ns == 0 || b_ns == 0) {
		return a_ns + b_ns;
	}
	return a_ns < b_ns ? a_ns : b_ns;
}

static bool
is_any_open(const struct stage_engine *self)
{
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		if (stage_engine_is_open(self, (enum stage_patch_system)i)) {
			return true;
		}
	}
	return false;
}

int64_t
stage_engine_act(struct stage_engine *self, int64_t now_ns)
{
	int64_t arrival_ns;
	int64_t due_ns;

	if (!is_any_open(self)) {
		return 0;
	}
	due_ns = next_due(self);
	if (due_ns != 0 && due_ns <= now_ns) {
		stage_engine_learn_due(self, now_ns);
		retry_due(self, now_ns);
	}
	arrival_ns = end_arrival(self, now_ns);
	stage_engine_look_at_ports(self);
	return earlier(next_due(self), arrival_ns);
}

bool
stage_engine_is_connecting(const struct stage_engine *self)
{
	for (size_t i = 0; i < self->waking.count; i++) {
		const struct stage_link *link = self->waking.items[i];

		if (link->state == STAGE_LINK_CONNECTING) {
			return true;
		}
	}
	return false;
}

void
stage_engine_lose_edits(
	struct stage_engine *self, enum stage_patch_system system)
{
	for (size_t i = self->waking.count; i > 0; i--) {
		struct stage_link *link = self->waking.items[i - 1];
		if (link->system == system &&
			(link->state == STAGE_LINK_CONNECTING ||
				link->state == STAGE_LINK_DISCONNECTING)) {
			stage_link_set(self, link, STAGE_LINK_IDLE, 0);
			stage_link_forget(self, link);
		}
	}
	self->is_all_dirty = true;
}
