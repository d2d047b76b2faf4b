/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_lookup.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RUNNING_MAX 2
#define PORT_TEXT 6

struct stage_show_lookup {
	struct stage_show_lookup *next; // that waits
	struct stage_show_book *book;
	uv_getaddrinfo_t request;
	char *host;
	char port[PORT_TEXT];
	struct addrinfo hints;
	stage_show_found *found; // NULL: cancelled
	void *user;
};

struct stage_show_book {
	uv_loop_t *loop;
	struct stage_show_lookup *waiting; // first in first out
	unsigned running;
	bool is_ended;
};

struct stage_show_book *
stage_show_book_create(uv_loop_t *loop)
{
	struct stage_show_book *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->loop = loop;
	}
	return self;
}

static void
free_lookup(struct stage_show_lookup *self)
{
	free(self->host);
	free(self);
}

void
stage_show_book_destroy(struct stage_show_book *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ended = true;
	while (self->waiting != NULL) {
		struct stage_show_lookup *lookup = self->waiting;

		self->waiting = lookup->next;
		free_lookup(lookup);
	}
	if (self->running == 0) {
		free(self);
	}
}

static void
tell(struct stage_show_lookup *self, int status, const struct addrinfo *list)
{
	struct stage_osc_peer peers[STAGE_SHOW_ADDRESSES_MAX];
	stage_show_found *found = self->found;
	void *user = self->user;
	char why[160];
	size_t count = 0;

	for (; list != NULL && count < STAGE_SHOW_ADDRESSES_MAX;
		list = list->ai_next) {
		stage_osc_peer_copy(&peers[count++], list->ai_addr);
	}
	snprintf(why, sizeof(why), "there is no address of %.100s: %s",
		self->host,
		status != 0 ? uv_strerror(status) : "its name has none");
	free_lookup(self);
	if (found != NULL) {
		found(user, peers, count, why);
	}
}

static void run(struct stage_show_book *self);

static void
on_found(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
	struct stage_show_lookup *self = request->data;
	struct stage_show_book *book = self->book;

	book->running--;
	tell(self, status, list);
	uv_freeaddrinfo(list);
	if (!book->is_ended) {
		run(book);
	} else if (book->running == 0) {
		free(book);
	}
}

// Of no host, it is the loopback's addresses: that is what localhost means even
// where nobody has written it into a file (RFC 6761, section 6.3).
static int
begin(struct stage_show_book *self, struct stage_show_lookup *lookup)
{
	const char *host = lookup->host;
	int status = uv_getaddrinfo(self->loop, &lookup->request, on_found,
		strcasecmp(host, "localhost") != 0 ? host : NULL, lookup->port,
		&lookup->hints);

	self->running += status == 0;
	return status;
}

// Begins what waits, as far as there is room.
static void
run(struct stage_show_book *self)
{
	while (self->running < RUNNING_MAX && self->waiting != NULL) {
		struct stage_show_lookup *lookup = self->waiting;
		int status;

		self->waiting = lookup->next;
		status = begin(self, lookup);
		if (status != 0) {
			tell(lookup, status, NULL);
		}
	}
}

static void
push(struct stage_show_book *self, struct stage_show_lookup *lookup)
{
	struct stage_show_lookup **at = &self->waiting;

	while (*at != NULL) {
		at = &(*at)->next;
	}
	*at = lookup;
}

struct stage_show_lookup *
stage_show_lookup_start(struct stage_show_book *book, const char *host,
	uint16_t port, int socktype, stage_show_found *found, void *user)
{
	struct stage_osc_peer peer;
	struct stage_show_lookup *self;
	int status;

	if (stage_osc_peer_init(&peer, host, port, NULL) == STAGE_OK) {
		found(user, &peer, 1, "");
		return NULL;
	}
	self = calloc(1, sizeof(*self));
	if (self != NULL) {
		self->host = strdup(host);
	}
	if (self == NULL || self->host == NULL) {
		free(self);
		found(user, NULL, 0, "out of memory");
		return NULL;
	}
	self->book = book;
	self->request.data = self;
	self->hints.ai_socktype = socktype;
	snprintf(self->port, sizeof(self->port), "%u", port);
	self->found = found;
	self->user = user;
	if (book->running == RUNNING_MAX) {
		push(book, self);
		return self;
	}
	status = begin(book, self);
	if (status != 0) {
		tell(self, status, NULL);
		return NULL;
	}
	return self;
}

void
stage_show_lookup_cancel(struct stage_show_lookup *self)
{
	if (self != NULL) {
		self->found = NULL;
	}
}
