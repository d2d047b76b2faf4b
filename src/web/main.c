/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-web: a service of the rig. */

#include "rig/daemon.h"
#include "web/daemon.h"

static enum stage_status
create(uv_loop_t *loop, const struct stage_rig *rig, void **out,
	struct stage_err *err)
{
	struct stage_web_daemon *web = NULL;
	enum stage_status status =
		stage_web_daemon_create(loop, rig, &web, err);

	*out = web;
	return status;
}

static void
destroy(void *web)
{
	stage_web_daemon_destroy(web);
}

int
main(int argc, char **argv)
{
	static const struct stage_daemon daemon = {
		.name = "stagecraft-web",
		.about = "serves the page and the HTTP API of the rig, as a "
			 "service of it. See stagecraft-web(8).",
		.create = create,
		.destroy = destroy,
	};

	return stage_daemon_run(&daemon, argc, argv);
}
