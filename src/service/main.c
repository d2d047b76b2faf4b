/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-service ROLE NAME [ARGS]: called by runsv through RUN/tree/NAME.
 */

#include <stdlib.h>
#include <string.h>

#include "base/exits.h"
#include "base/log.h"
#include "service/roles.h"

static const struct {
	const char *name;
	stage_role role;
} roles[] = {
	{"run", stage_role_run},
	{"finish", stage_role_finish},
	{"log", stage_role_log},
};

int
main(int argc, char **argv)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rig rig;

	stage_log_init("stagecraft-service", STAGE_LOG_INFO);
	if (argc < 3) {
		stage_log_err("usage: stagecraft-service run|finish|log NAME: "
			      "it is called by runsv, not by hand");
		return STAGE_EXIT_PERMANENT;
	}
	if ((strcmp(argv[2], STAGE_WATCH_SERVICE) != 0 &&
		    stage_service_name_check(argv[2], &err) != STAGE_OK) ||
		stage_rig_find(&rig, NULL, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		return STAGE_EXIT_PERMANENT;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(roles); i++) {
		if (strcmp(argv[1], roles[i].name) == 0) {
			return roles[i].role(&rig, argv[2], argv + 3);
		}
	}
	stage_log_err("there is no role \"%s\"", argv[1]);
	return STAGE_EXIT_PERMANENT;
}
