/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// A JACK eye that sees a server where $FAKE_JACK is a directory, and as many
// appearances of each port as there are bytes in $FAKE_JACK/births.

#include "chain/jack_eye.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/io.h"
#include "rig/path_watch.h"

struct stage_jack_eye {
	struct stage_jack_eye_config config;
	struct stage_path_watch *watch;
	char births[STAGE_PATH_MAX];
	bool had_server;
};

bool
stage_jack_eye_has_server(const struct stage_jack_eye *self)
{
	struct stat st;

	(void)self;
	return stat(getenv("FAKE_JACK"), &st) == 0;
}

static void
look(void *user)
{
	struct stage_jack_eye *self = user;
	bool had_server = self->had_server;

	self->had_server = stage_jack_eye_has_server(self);
	if (had_server && !self->had_server) {
		self->config.lost(self->config.user);
	}
	self->config.changed(self->config.user);
}

enum stage_status
stage_jack_eye_create(struct stage_jack_eye **out,
	const struct stage_jack_eye_config *config, struct stage_err *err)
{
	struct stage_jack_eye *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self != NULL) {
		self->config = *config;
		self->had_server = stage_jack_eye_has_server(self);
		status = stage_io_join(self->births, sizeof(self->births),
			getenv("FAKE_JACK"), "births", err);
	}
	if (status == STAGE_OK) {
		status = stage_path_watch_create(&self->watch, config->loop,
			self->births, look, self, err);
	}
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

unsigned long
stage_jack_eye_count_births(
	const struct stage_jack_eye *self, const char *pattern)
{
	struct stat st;

	(void)pattern;
	return stat(self->births, &st) == 0 ? (unsigned long)st.st_size : 0;
}

bool
stage_jack_eye_has_port(const struct stage_jack_eye *self, const char *pattern)
{
	return stage_jack_eye_count_births(self, pattern) > 0;
}

void
stage_jack_eye_destroy(struct stage_jack_eye *self)
{
	if (self != NULL) {
		stage_path_watch_destroy(self->watch);
		free(self);
	}
}
