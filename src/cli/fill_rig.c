/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/fill_rig.h"

#include <unistd.h>

#include "base/conf.h"
#include "base/io.h"
#include "cli/template.h"
#include "rig/install.h"

struct fill {
	const struct stage_rig *draft;
	char data[STAGE_PATH_MAX];
};

static enum stage_status
take_template(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct fill *fill = user;
	enum stage_status status = stage_conf_check_count(line, 0, 0, err);

	return status == STAGE_OK ? stage_template_enable(fill->data, line->key,
					    fill->draft, err)
				  : status;
}

enum stage_status
stage_fill_rig(const struct stage_rig *draft, struct stage_err *err)
{
	struct fill fill = {.draft = draft};
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_install_data(fill.data, err);

	stage_rig_path(draft, path, "services");
	if (status == STAGE_OK) {
		status = stage_io_make_dirs(path, err);
	}
	stage_rig_path(draft, path, "templates");
	if (status != STAGE_OK || access(path, F_OK) != 0) {
		return status;
	}
	status = stage_conf_load(path, take_template, &fill, err);
	if (status == STAGE_OK) {
		unlink(path);
	}
	return status;
}
