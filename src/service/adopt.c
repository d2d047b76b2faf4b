/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Stands in for a process that outlived its runsv.

#define _GNU_SOURCE // ppoll

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "service/roles.h"

#define LOOK_MS 1000 // where the kernel gives no descriptor of a process

static volatile sig_atomic_t pending_signal;

static void
on_signal(int signum)
{
	pending_signal = signum;
}

static void
catch_signals(sigset_t *unblocked)
{
	static const int caught[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1,
		SIGUSR2, SIGALRM, SIGWINCH, SIGCONT};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < STAGE_COUNT_OF(caught); i++) {
		sigaddset(&blocked, caught[i]);
		sigaction(caught[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, unblocked);
}

int
stage_adopt(const struct stage_proc_id *orphan)
{
	sigset_t unblocked;
	struct pollfd poll_fd = {.events = POLLIN};
	struct timespec look = {
		.tv_nsec = LOOK_MS % 1000 * 1000000L, .tv_sec = LOOK_MS / 1000};

	catch_signals(&unblocked);
	poll_fd.fd = stage_proc_open(orphan);
	while (stage_proc_alive(orphan)) {
		int ready = ppoll(&poll_fd, 1, poll_fd.fd >= 0 ? NULL : &look,
			&unblocked);
		if (pending_signal != 0) {
			kill(orphan->pid, pending_signal);
			pending_signal = 0;
		} else if (ready < 0 && errno != EINTR) {
			break;
		}
	}
	if (poll_fd.fd >= 0) {
		close(poll_fd.fd);
	}
	// How it ended is known only to its parent, which was not us.
	return STAGE_EXIT_OK;
}
