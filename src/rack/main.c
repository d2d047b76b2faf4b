/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-rack DIR: a service of the rig. */

#include <locale.h>

#include "rack/check.h"
#include "rack/daemon.h"
#include "rack/import.h"
#include "rig/daemon.h"

static enum stage_status
create(uv_loop_t *loop, const struct stage_rig *rig, const char *operand,
	void **out, struct stage_err *err)
{
	struct stage_rack_daemon *rack = NULL;
	enum stage_status status =
		stage_rack_daemon_create(loop, rig, operand, &rack, err);

	*out = rack;
	return status;
}

static void
destroy(void *rack)
{
	stage_rack_daemon_destroy(rack);
}

// A plug-in's setlocale does not reach this thread then, which writes all
// numbers: a comma in a checkpoint would make it none.
static void
keep_locale(void)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	if (plain != (locale_t)0) {
		(void)uselocale(plain);
	}
}

int
main(int argc, char **argv)
{
	static const struct stage_daemon daemon = {
		.name = "stagecraft-rack",
		.operand = "DIR",
		.about = "plays the LV2 plug-ins of the rack in DIR, as a "
			 "service of the rig. See stagecraft-rack(8).",
		.create_of = create,
		.destroy = destroy,
	};

	int code;

	keep_locale();
	code = stage_rack_check_main(argc, argv);
	if (code < 0) {
		code = stage_rack_import_main(argc, argv);
	}
	return code >= 0 ? code : stage_daemon_run(&daemon, argc, argv);
}
