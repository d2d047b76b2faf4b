/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/rigdir.h"

#include <sys/stat.h>

enum stage_status
stage_rigdir_services(
	const struct stage_rig *rig, char *out, struct stage_err *err)
{
	struct stat st;

	stage_rig_path(rig, out, "services");
	if (stat(out, &st) != 0 || !S_ISDIR(st.st_mode)) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no rig in %s; stagecraft new rig DIR makes "
			"one, -r DIR names another one",
			rig->rig);
	}
	return STAGE_OK;
}

bool
stage_rigdir_has(const struct stage_rig *rig, const char *name, bool disabled)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	stage_rig_path(
		rig, path, "services/%s%s", name, disabled ? ".DISABLED" : "");
	return lstat(path, &st) == 0;
}
