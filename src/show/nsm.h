/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The NSM protocol, API 1.1.2, between the engine and the messages on a
 * socket: clients, those that control the server, and graphical programs.
 *
 * What the API says is done as it says; where it is silent, as nsmd does it,
 * for that is what programs were tried with. All answers go to the address that
 * asked, from the one socket. What has a wrong type or too few arguments is
 * nobody's message and is dropped.
 *
 * Pure: bytes go out through stage_show_nsm_ops. Thread: the loop's.
 */

#ifndef STAGE_SHOW_NSM_H
#define STAGE_SHOW_NSM_H

#include "base/attr.h"
#include "osc/message.h"
#include "osc/peer.h"
#include "show/engine.h"

struct stage_show_nsm_ops {
	void (*send)(void *user, const struct stage_osc_peer *to,
		const void *bytes, size_t len);
	/** Calls each for every song that there is, in order. */
	void (*list)(void *user, void (*each)(void *ctx, const char *name),
		void *ctx);
};

struct stage_show_nsm;

/** Makes it; root is the directory of the songs, as graphical programs are
 * told. Ownership: the caller's; ops and texts are borrowed. NULL: out of
 * memory. */
struct stage_show_nsm *stage_show_nsm_create(
	const struct stage_show_nsm_ops *ops, void *user, const char *root);

/** NULL is fine. The engine must be gone by then. */
void stage_show_nsm_destroy(struct stage_show_nsm *self);

/** Which engine it is that is talked to. */
void stage_show_nsm_set_engine(
	struct stage_show_nsm *self, struct stage_show_engine *engine);

/** A message has come in. */
void stage_show_nsm_heard(struct stage_show_nsm *self,
	const struct stage_osc_peer *from,
	const struct stage_osc_message *message);

// For the engine's ops of these names.

void stage_show_nsm_open(struct stage_show_nsm *self,
	const struct stage_show_program *program, const char *path,
	const char *title, const char *id);
void stage_show_nsm_save(
	struct stage_show_nsm *self, const struct stage_show_program *program);
void stage_show_nsm_loaded(
	struct stage_show_nsm *self, const struct stage_show_program *program);
void stage_show_nsm_show(struct stage_show_nsm *self,
	const struct stage_show_program *program, bool is_shown);
void stage_show_nsm_news(struct stage_show_nsm *self, enum stage_show_news what,
	const struct stage_show_slot *slot,
	const struct stage_show_slot *before);

#endif
