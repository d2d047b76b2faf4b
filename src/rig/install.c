/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/install.h"

#include <string.h>
#include <unistd.h>

#include <uv.h>

enum stage_status
stage_install_bin(char *out, struct stage_err *err)
{
	size_t size = STAGE_PATH_MAX;
	char *slash;

	if (uv_exepath(out, &size) != 0 ||
		(slash = strrchr(out, '/')) == NULL) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"unable to find out where stagecraft is installed");
	}
	*slash = '\0';
	return STAGE_OK;
}

enum stage_status
stage_install_data(char *out, struct stage_err *err)
{
	char bin[STAGE_PATH_MAX];
	enum stage_status status = stage_install_bin(bin, err);

	if (status == STAGE_OK) {
		status = stage_io_join(
			out, STAGE_PATH_MAX, bin, "../share/stagecraft", err);
	}
	if (status == STAGE_OK && access(out, R_OK) != 0) {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"unable to find stagecraft's own files in %s; install "
			"it with make install",
			out);
	}
	return status;
}
