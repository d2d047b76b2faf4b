/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700

#include "pipewires.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
pipewire_use_libjack(char **argv)
{
	glob_t found = {0};

	if (getenv("STAGE_TEST_PIPEWIRE") != NULL) {
		return;
	}
	if (!proc_is_there("pipewire") ||
		glob("/usr/lib/*/pipewire-0.3/jack", 0, NULL, &found) != 0) {
		printf("1..0 # SKIP no PipeWire with a libjack here\n");
		exit(0);
	}
	setenv("LD_LIBRARY_PATH", found.gl_pathv[0], 1);
	setenv("STAGE_TEST_PIPEWIRE", "1", 1);
	globfree(&found);
	execv("/proc/self/exe", argv);
	printf("1..0 # SKIP unable to start again\n");
	exit(0);
}

void
pipewire_set_dir(const char *dir)
{
	setenv("XDG_RUNTIME_DIR", dir, 1);
	setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", 1);
}

void
pipewire_start(struct proc *self)
{
	static const char *const argv[] = {"pipewire", NULL};

	proc_start(self, false, argv);
}
