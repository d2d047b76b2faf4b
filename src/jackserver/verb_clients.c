/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/daemon_private.h"
#include "rpc/proto.h"

static void
add(void *user, const char *client, pid_t pid)
{
	(void)json_array_append_new(
		user, json_pack("{s:o, s:i}", "name", stage_rpc_text(client),
			      "pid", (int)pid));
}

json_t *
stage_daemon_clients(struct stage_daemon *self)
{
	json_t *clients = json_array();

	stage_guard_each_client(self->guard, add, clients);
	return json_pack("{s:o}", "clients", clients);
}

static enum stage_status
clients(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)args;
	(void)err;
	*result = stage_daemon_clients(ctx);
	return *result != NULL ? STAGE_OK : STAGE_NO_MEMORY;
}

const struct stage_verb stage_jackserver_verb_clients = {
	.name = "clients",
	.help = "Lists the clients of JACK, and of which process each is",
	.deed = STAGE_DEED_LOOKS,
	.handler = clients,
};
