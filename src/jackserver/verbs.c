/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stddef.h>

#include "base/log.h"
#include "jackserver/alsa_probe.h"
#include "jackserver/daemon_private.h"

const struct stage_verb *const stage_jackserver_verbs[] = {
	&stage_jackserver_verb_clients,
	&stage_jackserver_verb_list,
	&stage_jackserver_verb_use,
	&stage_jackserver_verb_set,
	NULL,
};

// That it cannot be kept does not stop it from being done.
static void
save(struct stage_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->options->state[0] != '\0' &&
		stage_jackserver_set_save(
			&self->set, self->options->state, &err) != STAGE_OK) {
		stage_log_warn(
			"it holds until the next start only: %s", err.text);
	}
}

enum stage_status
stage_daemon_apply(struct stage_daemon *self, struct stage_rpc_call *call,
	const struct stage_jackserver_set *set, struct stage_err *err)
{
	enum stage_status status;

	if (self->reply != NULL) {
		return stage_err_set(err, STAGE_BUSY,
			"the sound card is being changed just now");
	}
	if (self->is_stopping) {
		return stage_err_set(err, STAGE_GONE, "the JACK server stops");
	}
	if (!stage_alsa_can_probe() && stage_plan_is_free(&self->config)) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"this stagecraft was built without ALSA, and changes "
			"nothing while it plays: write it into rig.conf, and "
			"stagecraft restart jack");
	}
	status = stage_rpc_call_defer(call, &self->reply, err);
	if (status != STAGE_OK) {
		return status;
	}
	self->set = *set;
	save(self);
	stage_daemon_plan(self);
	stage_chooser_configure(self->chooser, &self->plan.chooser);
	stage_player_advance(self);
	return STAGE_OK;
}
