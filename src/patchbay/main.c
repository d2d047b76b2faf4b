/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-patchbay: a service of the rig. */

#include "patchbay/daemon.h"
#include "rig/daemon.h"

static enum stage_status
create(uv_loop_t *loop, const struct stage_rig *rig, void **out,
	struct stage_err *err)
{
	const struct stage_patch_backend_class
		*backends[STAGE_PATCH_SYSTEM_COUNT] = {
			[STAGE_PATCH_JACK] = stage_patch_backend_jack(),
			[STAGE_PATCH_ALSA] = stage_patch_backend_alsa(),
		};
	struct stage_patchbay *patchbay = NULL;
	enum stage_status status =
		stage_patchbay_create(loop, rig, backends, &patchbay, err);

	*out = patchbay;
	return status;
}

static void
destroy(void *patchbay)
{
	stage_patchbay_destroy(patchbay);
}

static void
reload(void *patchbay)
{
	stage_patchbay_reload(patchbay);
}

int
main(int argc, char **argv)
{
	static const struct stage_daemon daemon = {
		.name = "stagecraft-patchbay",
		.about = "keeps the connections of a rig as its patch files "
			 "want them, as a service of the rig. See "
			 "stagecraft-patchbay(8).",
		.create = create,
		.destroy = destroy,
		.reload = reload,
	};

	return stage_daemon_run(&daemon, argc, argv);
}
