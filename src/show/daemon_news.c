/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What has happened in the engine, told to all who watch: behind each turn of
 * the loop, since nobody who is called by the engine may call it. */

#include "base/clock.h"
#include "show/daemon_private.h"

#define SECOND_PANIC_NS STAGE_NS_PER_S

enum stage_status
stage_show_daemon_watch(struct stage_show_daemon *self,
	stage_show_listener *listener, void *user)
{
	return stage_show_newsroom_watch(self->newsroom, listener, user);
}

void
stage_show_daemon_tell(struct stage_show_daemon *self,
	enum stage_show_event event, const char *text, long number)
{
	stage_show_newsroom_tell(self->newsroom, event, text, number);
}

void
stage_show_daemon_panic(struct stage_show_daemon *self)
{
	int64_t now_ns = stage_clock_now_ns();
	bool is_second = self->panic_ns != 0 &&
			 now_ns - self->panic_ns < SECOND_PANIC_NS;

	self->panic_ns = now_ns;
	stage_show_daemon_tell(
		self, STAGE_SHOW_TOLD_PANIC, "", is_second ? 2 : 1);
}

// Before all others hear of it, who may ask where it is.
static void
on_told(void *user, const struct stage_show_told *told)
{
	struct stage_show_daemon *self = user;

	if (told->event == STAGE_SHOW_TOLD_GO) {
		stage_show_conductor_plays(self->conductor, told->text);
	}
	if (told->event == STAGE_SHOW_TOLD_LEFT &&
		stage_show_engine_current(self->engine) == NULL) {
		stage_show_conductor_plays(self->conductor, NULL);
	}
}

enum stage_status
stage_show_daemon_begin_news(struct stage_show_daemon *self)
{
	return stage_show_newsroom_watch(self->newsroom, on_told, self);
}

void
stage_show_daemon_note_news(struct stage_show_daemon *self)
{
	const struct stage_show_song *song =
		stage_show_engine_current(self->engine);
	bool is_edit = stage_show_engine_is_edit(self->engine);

	if (self->has_resumed) {
		self->has_resumed = false;
		stage_show_daemon_tell(self, STAGE_SHOW_TOLD_GO, song->name, 1);
	}
	stage_show_daemon_pass_on(self);
	if (self->told_edit != is_edit) {
		self->told_edit = is_edit;
		stage_show_daemon_tell(self, STAGE_SHOW_TOLD_MODE,
			is_edit ? "edit" : "show", 0);
	}
}
