/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/logout.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

static bool
is_there(const char *root, const char *directory, const char *name)
{
	char path[STAGE_PATH_MAX];

	return stage_format(path, sizeof(path), "%s%s/%s", root, directory,
		       name) == STAGE_OK &&
	       access(path, F_OK) == 0;
}

bool
stage_logout_ends_rig(const struct stage_rig *rig, uid_t uid, const char *root)
{
	const struct passwd *user = getpwuid(uid);
	char number[24];
	char runtime[64];

	if (user == NULL ||
		stage_format(number, sizeof(number), "%lu",
			(unsigned long)uid) != STAGE_OK ||
		stage_format(runtime, sizeof(runtime), "/run/user/%s/",
			number) != STAGE_OK) {
		return false;
	}
	return strncmp(rig->run, runtime, strlen(runtime)) == 0 &&
	       is_there(root, "/run/systemd/users", number) &&
	       !is_there(root, "/var/lib/systemd/linger", user->pw_name);
}
