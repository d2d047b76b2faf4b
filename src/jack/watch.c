/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/watch.h"

#include <stdlib.h>

#include "base/str.h"
#include "jack/registry.h"

static const char *
first_set(const char *const *variables, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = getenv(variables[i]);
		if (value != NULL && value[0] != '\0') {
			return value;
		}
	}
	return NULL;
}

size_t
stage_jack_watch_list(const char *shm_dir, const char *server, uid_t uid,
	struct stage_jack_watch out[STAGE_JACK_WATCH_MAX])
{
	static const char *const dirs[] = {
		"PIPEWIRE_RUNTIME_DIR", "XDG_RUNTIME_DIR"};
	static const char *const remotes[] = {"PIPEWIRE_REMOTE"};
	const char *remote = first_set(remotes, STAGE_COUNT_OF(remotes));
	const char *dir = first_set(dirs, STAGE_COUNT_OF(dirs));
	size_t count = 0;

	if (stage_format(out[count].dir, sizeof(out[count].dir), "%s",
		    shm_dir) == STAGE_OK &&
		stage_jack_socket_name(out[count].name, sizeof(out[count].name),
			server, uid,
			getenv("JACK_PROMISCUOUS_SERVER") != NULL) ==
			STAGE_OK) {
		count++;
	}
	if (dir != NULL &&
		stage_format(out[count].dir, sizeof(out[count].dir), "%s",
			dir) == STAGE_OK &&
		stage_format(out[count].name, sizeof(out[count].name), "%s",
			remote != NULL ? remote : "pipewire-0") == STAGE_OK) {
		count++;
	}
	return count;
}
