/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_post.h"

#include "osc/write.h"
#include "show/osc_control_qlab.h"

void
stage_show_post_send(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom, const void *bytes, size_t len)
{
	if (whom->link != NULL) {
		stage_osc_link_send(whom->link, bytes, len);
	} else {
		stage_show_listen_send(self->listen, &whom->peer, bytes, len);
	}
}

// As QLab does it: by UDP to a port of its own choice, too.
void
stage_show_post_qlab(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom, const void *bytes, size_t len)
{
	struct stage_osc_peer other = whom->peer;

	stage_show_post_send(self, whom, bytes, len);
	if (whom->link == NULL &&
		stage_osc_peer_port(&whom->peer) != whom->reply_port) {
		stage_osc_peer_set_port(&other, whom->reply_port);
		stage_show_listen_send(self->listen, &other, bytes, len);
	}
}

void
stage_show_post_reply(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom,
	const struct stage_show_osc_request *request, const char *status,
	json_t *data, const char *why)
{
	struct stage_str bytes = {0};

	if (stage_show_qlab_reply(&bytes, &self->sight, request, status, data,
		    why) == STAGE_OK) {
		if (whom->link == NULL && bytes.len > STAGE_OSC_DATAGRAM_MAX) {
			stage_str_clear(&bytes);
			(void)!stage_show_qlab_reply(&bytes, &self->sight,
				request, "error", NULL,
				"the answer is too long for UDP; ask by TCP");
		}
		stage_show_post_qlab(self, whom, bytes.data, bytes.len);
	}
	stage_str_finish(&bytes);
}

void
stage_show_post_complaint(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom,
	const struct stage_show_osc_request *request, const char *why)
{
	struct stage_str bytes = {0};

	if (!request->is_native) {
		stage_show_post_reply(self, whom, request, "error", NULL, why);
		return;
	}
	if (stage_osc_write(&bytes, "/stagecraft/error", "ss", request->address,
		    why) == STAGE_OK) {
		stage_show_post_send(self, whom, bytes.data, bytes.len);
	}
	stage_str_finish(&bytes);
}

void
stage_show_post_value(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom,
	const struct stage_show_values *values, size_t at)
{
	struct stage_str bytes = {0};

	if (stage_show_value_write(values, at, &bytes) == STAGE_OK) {
		stage_show_post_send(self, whom, bytes.data, bytes.len);
	}
	stage_str_finish(&bytes);
}

void
stage_show_post_values(
	struct stage_show_post *self, const struct stage_show_osc_whom *whom)
{
	struct stage_show_values values;

	stage_show_values_take(&values, &self->sight);
	for (size_t i = 0; i < STAGE_SHOW_VALUE_COUNT; i++) {
		stage_show_post_value(self, whom, &values, i);
	}
}
