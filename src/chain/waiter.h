/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Waits for all needs of a program at once, by events.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_CHAIN_WAITER_H
#define STAGE_CHAIN_WAITER_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "chain/jack_eye.h"
#include "rig/needs.h"
#include "rig/paths.h"

struct stage_waiter;

struct stage_waiter_config {
	uv_loop_t *loop;
	const struct stage_rig *rig;     // NULL outside a rig
	const struct stage_needs *needs; // borrowed
	struct stage_jack_eye *jack;     // NULL when no need wants it
	void (*changed)(void *user);     // ask stage_waiter_is_met again
	void *user;
};

/** Starts looking for all needs. Errors: with a sentence; nothing is left. */
STAGE_NODISCARD enum stage_status stage_waiter_create(struct stage_waiter **out,
	const struct stage_waiter_config *config, struct stage_err *err);

/** True while every need is met. */
bool stage_waiter_is_met(const struct stage_waiter *self);

/** Lists the needs that are not met, as "jack, port:Synth:*". text[size] */
void stage_waiter_missing(
	const struct stage_waiter *self, char *text, size_t size);

/** NULL is fine. No callback comes after this. */
void stage_waiter_destroy(struct stage_waiter *self);

#endif
