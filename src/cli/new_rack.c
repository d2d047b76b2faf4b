/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/new_rack.h"

#include <stdio.h>

#include "cli/rigdir.h"
#include "cli/template.h"
#include "rig/install.h"

enum stage_status
stage_cli_check_free(
	const struct stage_rig *rig, const char *name, struct stage_err *err)
{
	if (stage_rigdir_has(rig, name, false)) {
		return stage_err_set(err, STAGE_EXISTS,
			"there is a service \"%s\" in %s already; nothing was "
			"changed",
			name, rig->rig);
	}
	if (stage_rigdir_has(rig, name, true)) {
		return stage_err_set(err, STAGE_EXISTS,
			"there is a disabled service \"%s\" in %s; stagecraft "
			"enable %s switches it on",
			name, rig->rig, name);
	}
	return STAGE_OK;
}

enum stage_status
stage_cli_new_rack(
	struct stage_cli *cli, const char *name, struct stage_err *err)
{
	char data[STAGE_PATH_MAX];
	enum stage_status status = stage_service_name_check(name, err);

	if (status == STAGE_OK) {
		status = stage_cli_check_free(&cli->rig, name, err);
	}
	if (status == STAGE_OK) {
		status = stage_install_data(data, err);
	}
	if (status == STAGE_OK) {
		status = stage_template_enable_as(
			data, "rack", name, &cli->rig, err);
	}
	if (status == STAGE_OK) {
		printf("made %s/services/%s; each file NN-NAME.slot in it is a "
		       "plug-in, see stagecraft-rack(8)\n",
			cli->rig.rig, name);
	}
	return status;
}
