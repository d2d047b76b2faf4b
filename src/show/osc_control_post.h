/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sends what show control has to say, to one listener, by the way that it has.
 * For osc_control_side.c. Thread: the loop's. */

#ifndef STAGE_SHOW_OSC_CONTROL_POST_H
#define STAGE_SHOW_OSC_CONTROL_POST_H

#include <jansson.h>

#include "show/osc_control.h"
#include "show/osc_control_listen.h"
#include "show/osc_control_values.h"

struct stage_show_post {
	struct stage_show_listen *listen;
	struct stage_show_sight sight; // what is told of
};

/** Where something goes. */
struct stage_show_osc_whom {
	struct stage_osc_peer peer;
	struct stage_osc_link *link; // NULL: UDP
	int reply_port;              // UDP: QLab's replies go there, too
	bool wants_replies;          // to all that it says
};

/** Sends a packet. */
void stage_show_post_send(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom, const void *bytes, size_t len);

/** The same as QLab does it: by UDP to the port of its own choice, too. */
void stage_show_post_qlab(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom, const void *bytes, size_t len);

/** Sends the reply to a request; as stage_show_qlab_reply. */
void stage_show_post_reply(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom,
	const struct stage_show_osc_request *request, const char *status,
	json_t *data, const char *why);

/** Says why a request is not done. */
void stage_show_post_complaint(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom,
	const struct stage_show_osc_request *request, const char *why);

/** Sends one value, or all as they are now. */
void stage_show_post_value(struct stage_show_post *self,
	const struct stage_show_osc_whom *whom,
	const struct stage_show_values *values, size_t at);
void stage_show_post_values(
	struct stage_show_post *self, const struct stage_show_osc_whom *whom);

#endif
