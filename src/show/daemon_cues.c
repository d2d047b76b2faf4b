/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The cues of the daemon. */

#include "show/cues.h"
#include "show/daemon_private.h"

static enum stage_status
send_midi(void *user, const uint8_t *bytes, size_t len, struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	return stage_show_jack_send(self->jack, bytes, len, err);
}

static void
changed(void *user)
{
	struct stage_show_daemon *self = user;

	self->has_news = true;
}

enum stage_status
stage_show_daemon_make_cues(
	struct stage_show_daemon *self, struct stage_err *err)
{
	const struct stage_show_cues_config config = {
		.loop = self->loop,
		.store = &self->store,
		.qlc_host = self->settings.qlc_host,
		.qlc_port = self->settings.qlc_port,
		.send_midi = send_midi,
		.changed = changed,
		.user = self,
	};
	enum stage_status status =
		stage_show_cues_create(&config, &self->cues, err);

	if (status != STAGE_OK) {
		return status;
	}
	status =
		stage_show_daemon_watch(self, stage_show_cues_told, self->cues);
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "out of memory");
}

struct stage_show_cues *
stage_show_daemon_cues(struct stage_show_daemon *self)
{
	return self->cues;
}
