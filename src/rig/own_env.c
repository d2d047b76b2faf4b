/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/own_env.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "rig/install.h"

#define DEFAULT_PATH                                                           \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// True when a search path begins with that directory.
static bool
begins_with_directory(const char *search_path, const char *directory)
{
	size_t len = strlen(directory);

	return strncmp(search_path, directory, len) == 0 &&
	       (search_path[len] == ':' || search_path[len] == '\0');
}

static enum stage_status
set_path(struct stage_err *err)
{
	char bin[STAGE_PATH_MAX];
	char path[2 * STAGE_PATH_MAX];
	const char *old = getenv("PATH");
	enum stage_status status = stage_install_bin(bin, err);

	if (status != STAGE_OK) {
		return status;
	}
	old = old != NULL && old[0] != '\0' ? old : DEFAULT_PATH;
	if (begins_with_directory(old, bin)) {
		return STAGE_OK;
	}
	status = stage_format(path, sizeof(path), "%s:%s", bin, old);
	if (status != STAGE_OK) {
		return stage_err_set(err, status, "PATH is too long");
	}
	setenv("PATH", path, 1);
	return STAGE_OK;
}

enum stage_status
stage_own_env_set(const struct stage_rig *rig, struct stage_err *err)
{
	enum stage_status status = set_path(err);

	if (status != STAGE_OK) {
		return status;
	}
	setenv("STAGECRAFT_RIG", rig->rig, 1);
	setenv("STAGECRAFT_RUN", rig->run, 1);
	setenv("STAGECRAFT_TREE", rig->run, 1);
	// Started by an init there is none, and PipeWire wants one.
	setenv("XDG_RUNTIME_DIR", rig->run, 0);
	// A client must never start a server of its own in a restart's gap.
	setenv("JACK_NO_START_SERVER", "1", 1);
	return STAGE_OK;
}
