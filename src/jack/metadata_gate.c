/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // flock

#include "jack/metadata_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

static bool
is_made(const char *shm_dir, uid_t uid)
{
	char path[STAGE_PATH_MAX];

	return stage_format(path, sizeof(path), "%s/jack_db-%ju/__db.001",
		       shm_dir, (uintmax_t)uid) == STAGE_OK &&
	       access(path, F_OK) == 0;
}

int
stage_jack_metadata_gate_enter(const char *shm_dir, uid_t uid)
{
	int gate = open(shm_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (gate < 0) {
		return -1;
	}
	while (flock(gate, LOCK_EX) != 0) {
		if (errno != EINTR) {
			close(gate);
			return -1;
		}
	}
	if (is_made(shm_dir, uid)) {
		close(gate);
		return -1;
	}
	return gate;
}

void
stage_jack_metadata_gate_leave(int gate)
{
	if (gate >= 0) {
		close(gate);
	}
}
