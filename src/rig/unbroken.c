/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/unbroken.h"

#include <stddef.h>

void
stage_unbroken_begin(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, before);
}

void
stage_unbroken_end(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}
