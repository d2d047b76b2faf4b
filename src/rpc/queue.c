/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/queue.h"

#include <stdlib.h>
#include <string.h>

struct stage_rpc_line {
	size_t holders;
	size_t len;
	char bytes[];
};

struct stage_rpc_queue_node {
	struct stage_rpc_queue_node *next;
	struct stage_rpc_line *line; // held
	bool is_event;
};

struct stage_rpc_line *
stage_rpc_line_create(const char *bytes, size_t len)
{
	struct stage_rpc_line *self = malloc(sizeof(*self) + len);

	if (self != NULL) {
		self->holders = 1;
		self->len = len;
		memcpy(self->bytes, bytes, len);
	}
	return self;
}

void
stage_rpc_line_destroy(struct stage_rpc_line *self)
{
	if (self == NULL) {
		return;
	}
	self->holders--;
	if (self->holders == 0) {
		free(self);
	}
}

static size_t
node_bytes(const struct stage_rpc_line *line)
{
	return sizeof(struct stage_rpc_queue_node) + line->len;
}

static enum stage_status
push(struct stage_rpc_queue *self, struct stage_rpc_line *line, bool is_event)
{
	struct stage_rpc_queue_node *node;

	if (node_bytes(line) > self->max_bytes ||
		self->bytes > self->max_bytes - node_bytes(line)) {
		return STAGE_FULL;
	}
	node = malloc(sizeof(*node));
	if (node == NULL) {
		return STAGE_NO_MEMORY;
	}
	line->holders++;
	*node = (struct stage_rpc_queue_node){NULL, line, is_event};
	if (self->last != NULL) {
		self->last->next = node;
	} else {
		self->first = node;
	}
	self->last = node;
	self->bytes += node_bytes(line);
	self->answer_bytes += is_event ? 0 : node_bytes(line);
	return STAGE_OK;
}

// Frees a node that is linked no more.
static void
drop(struct stage_rpc_queue *self, struct stage_rpc_queue_node *node)
{
	size_t bytes = node_bytes(node->line);

	self->bytes -= bytes;
	self->answer_bytes -= node->is_event ? 0 : bytes;
	stage_rpc_line_destroy(node->line);
	free(node);
}

static void
start_lagging(struct stage_rpc_queue *self)
{
	self->dropped += stage_rpc_queue_drop_events(self);
	self->is_lagging = true;
}

enum stage_status
stage_rpc_queue_push_answer(
	struct stage_rpc_queue *self, struct stage_rpc_line *line)
{
	enum stage_status status = push(self, line, false);

	if (status == STAGE_FULL && self->bytes > self->answer_bytes) {
		start_lagging(self);
		status = push(self, line, false);
	}
	return status;
}

void
stage_rpc_queue_push_event(
	struct stage_rpc_queue *self, struct stage_rpc_line *line)
{
	if (!self->is_lagging && line != NULL &&
		push(self, line, true) == STAGE_OK) {
		return;
	}
	if (!self->is_lagging) {
		start_lagging(self);
	}
	self->dropped++;
}

size_t
stage_rpc_queue_drop_events(struct stage_rpc_queue *self)
{
	struct stage_rpc_queue_node *node = self->first;
	struct stage_rpc_queue_node *next;
	struct stage_rpc_queue_node *last = NULL;
	size_t dropped = 0;

	self->first = NULL;
	for (; node != NULL; node = next) {
		next = node->next;
		if (node->is_event && (last != NULL || self->sent_bytes == 0)) {
			drop(self, node);
			dropped++;
			continue;
		}
		node->next = NULL;
		if (last != NULL) {
			last->next = node;
		} else {
			self->first = node;
		}
		last = node;
	}
	self->last = last;
	return dropped;
}

bool
stage_rpc_queue_needs_resync(const struct stage_rpc_queue *self)
{
	return self->is_lagging && self->first == NULL;
}

uint64_t
stage_rpc_queue_resume(struct stage_rpc_queue *self)
{
	uint64_t dropped = self->dropped;

	self->is_lagging = false;
	self->dropped = 0;
	return dropped;
}

size_t
stage_rpc_queue_peek(
	const struct stage_rpc_queue *self, struct iovec *iov, size_t max)
{
	size_t skip = self->sent_bytes;
	size_t count = 0;

	for (struct stage_rpc_queue_node *node = self->first;
		node != NULL && count < max; node = node->next) {
		iov[count].iov_base = node->line->bytes + skip;
		iov[count].iov_len = node->line->len - skip;
		skip = 0;
		count++;
	}
	return count;
}

void
stage_rpc_queue_consume(struct stage_rpc_queue *self, size_t bytes)
{
	self->sent_bytes += bytes;
	while (self->first != NULL &&
		self->sent_bytes >= self->first->line->len) {
		struct stage_rpc_queue_node *node = self->first;
		self->sent_bytes -= node->line->len;
		self->first = node->next;
		if (self->first == NULL) {
			self->last = NULL;
		}
		drop(self, node);
	}
}

void
stage_rpc_queue_finish(struct stage_rpc_queue *self)
{
	if (self == NULL) {
		return;
	}
	while (self->first != NULL) {
		struct stage_rpc_queue_node *node = self->first;
		self->first = node->next;
		drop(self, node);
	}
	*self = (struct stage_rpc_queue){.max_bytes = self->max_bytes};
}
