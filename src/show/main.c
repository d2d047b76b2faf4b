/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-show: a service of the rig. */

#include "rig/daemon.h"
#include "show/daemon.h"

static enum stage_status
create(uv_loop_t *loop, const struct stage_rig *rig, void **out,
	struct stage_err *err)
{
	struct stage_show_daemon *show = NULL;
	enum stage_status status =
		stage_show_daemon_create(loop, rig, &show, err);

	*out = show;
	return status;
}

static void
destroy(void *show)
{
	stage_show_daemon_destroy(show);
}

int
main(int argc, char **argv)
{
	static const struct stage_daemon daemon = {
		.name = "stagecraft-show",
		.about = "plays the songs of the rig and serves NSM sessions, "
			 "as a service of the rig. See stagecraft-show(8).",
		.create = create,
		.destroy = destroy,
	};

	return stage_daemon_run(&daemon, argc, argv);
}
