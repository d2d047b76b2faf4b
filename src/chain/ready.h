/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sees when a started program becomes ready, by one of several signs.
 *
 * One sign, one file: ready_notify.c (sd_notify and the notification
 * descriptor), ready_check.c (./check), ready_file.c; ready_watch.h chooses.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_CHAIN_READY_H
#define STAGE_CHAIN_READY_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/needs.h"

struct stage_ready_config {
	uv_loop_t *loop;
	const char *argument; // the path, borrowed; NULL otherwise
	// Where to bind the notify socket, borrowed during create; NULL: none.
	const char *socket_path;
	void (*seen)(void *user); // called once
	void *user;
};

struct stage_ready_ops {
	/** Gets ready to see the sign; called before the program is started, so
	 * that what is left of an earlier run is not taken for it. */
	enum stage_status (*create)(void **out,
		const struct stage_ready_config *config, struct stage_err *err);
	/** The program runs now. May be NULL. */
	void (*started)(void *self);
	/** A descriptor that the program inherits, or -1. May be NULL. */
	int (*inherit_fd)(const void *self);
	void (*destroy)(void *self);
};

extern const struct stage_ready_ops stage_ready_notify;
extern const struct stage_ready_ops stage_ready_check;
extern const struct stage_ready_ops stage_ready_file;

#endif
