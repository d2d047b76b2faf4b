/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/news.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct watcher {
	struct watcher *next;
	stage_show_listener *listener; // NULL: gone, and to be freed
	void *user;
};

struct item {
	struct item *next;
	enum stage_show_event event;
	long number;
	char text[];
};

struct stage_show_newsroom {
	struct watcher *watchers; // in the order in which they came
	struct item *first;
	struct item **end;
	bool is_telling;
};

struct stage_show_newsroom *
stage_show_newsroom_create(void)
{
	struct stage_show_newsroom *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->end = &self->first;
	}
	return self;
}

static struct item *
take_first(struct stage_show_newsroom *self)
{
	struct item *item = self->first;

	if (item != NULL) {
		self->first = item->next;
		if (self->first == NULL) {
			self->end = &self->first;
		}
	}
	return item;
}

void
stage_show_newsroom_destroy(struct stage_show_newsroom *self)
{
	struct item *item;

	if (self == NULL) {
		return;
	}
	while (self->watchers != NULL) {
		struct watcher *gone = self->watchers;

		self->watchers = gone->next;
		free(gone);
	}
	while ((item = take_first(self)) != NULL) {
		free(item);
	}
	free(self);
}

enum stage_status
stage_show_newsroom_watch(struct stage_show_newsroom *self,
	stage_show_listener *listener, void *user)
{
	struct watcher **at = &self->watchers;
	struct watcher *fresh = calloc(1, sizeof(*fresh));

	if (fresh == NULL) {
		return STAGE_NO_MEMORY;
	}
	fresh->listener = listener;
	fresh->user = user;
	while (*at != NULL) {
		at = &(*at)->next;
	}
	*at = fresh;
	return STAGE_OK;
}

static void
sweep(struct stage_show_newsroom *self)
{
	struct watcher **at = &self->watchers;

	while (*at != NULL) {
		struct watcher *watcher = *at;

		if (watcher->listener == NULL) {
			*at = watcher->next;
			free(watcher);
		} else {
			at = &watcher->next;
		}
	}
}

void
stage_show_newsroom_unwatch(struct stage_show_newsroom *self,
	stage_show_listener *listener, void *user)
{
	for (struct watcher *at = self->watchers; at != NULL; at = at->next) {
		if (at->listener == listener && at->user == user) {
			at->listener = NULL;
		}
	}
	if (!self->is_telling) {
		sweep(self);
	}
}

static void
tell(struct stage_show_newsroom *self, const struct item *item)
{
	const struct stage_show_told told = {
		item->event, item->text, item->number};

	for (struct watcher *at = self->watchers; at != NULL; at = at->next) {
		if (at->listener != NULL) {
			at->listener(at->user, &told);
		}
	}
}

void
stage_show_newsroom_tell(struct stage_show_newsroom *self,
	enum stage_show_event event, const char *text, long number)
{
	size_t size = strlen(text) + 1;
	struct item *item = calloc(1, sizeof(*item) + size);

	if (item == NULL) {
		return;
	}
	item->event = event;
	item->number = number;
	memcpy(item->text, text, size);
	*self->end = item;
	self->end = &item->next;
	if (self->is_telling) {
		return;
	}
	self->is_telling = true;
	while ((item = take_first(self)) != NULL) {
		tell(self, item);
		free(item);
	}
	self->is_telling = false;
	sweep(self);
}
