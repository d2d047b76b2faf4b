/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** An eye looks out for one need and says when that may have changed.
 *
 * One kind, one file: eye_file.c (file, alsa), eye_service.c and eye_net.c each
 * give a `struct stage_eye_ops`; jack and port are seen by jack_eye.h.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_CHAIN_EYE_H
#define STAGE_CHAIN_EYE_H

#include <stdbool.h>

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/needs.h"
#include "rig/paths.h"

/** What an eye is made from. */
struct stage_eye_config {
	uv_loop_t *loop;
	const struct stage_rig *rig;   // NULL outside a rig
	const struct stage_need *need; // borrowed for the eye's life
	void (*changed)(void *user);   // something may have changed; look again
	void *user;
};

struct stage_eye_ops {
	/** Starts looking. Errors: with a sentence. *out is opaque. */
	enum stage_status (*create)(void **out,
		const struct stage_eye_config *config, struct stage_err *err);
	/** True while the needed thing is there. */
	bool (*is_there)(const void *eye);
	/** Ends it; no callback comes after this. */
	void (*destroy)(void *eye);
};

extern const struct stage_eye_ops stage_eye_file;
extern const struct stage_eye_ops stage_eye_alsa;
extern const struct stage_eye_ops stage_eye_service;
extern const struct stage_eye_ops stage_eye_net;

#endif
