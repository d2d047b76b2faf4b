/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-watch: started by runsv as a service of the rig. */

#include "rig/daemon.h"
#include "watch/watch.h"

static enum stage_status
create(uv_loop_t *loop, const struct stage_rig *rig, void **out,
	struct stage_err *err)
{
	struct stage_watch *watch = NULL;
	enum stage_status status = stage_watch_create(&watch, loop, rig, err);

	*out = watch;
	return status;
}

static void
destroy(void *watch)
{
	stage_watch_destroy(watch);
}

int
main(int argc, char **argv)
{
	static const struct stage_daemon daemon = {
		.name = "stagecraft-watch",
		.about = "the watcher of a rig; stagecraft up starts it. See "
			 "stagecraft-watch(8).",
		.create = create,
		.destroy = destroy,
	};

	return stage_daemon_run(&daemon, argc, argv);
}
