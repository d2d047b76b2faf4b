/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the NSM protocol share. Thread: the loop's. */

#ifndef STAGE_SHOW_NSM_PRIVATE_H
#define STAGE_SHOW_NSM_PRIVATE_H

#include "show/nsm.h"

#define STAGE_SHOW_GUIS_MAX 16

struct stage_show_nsm {
	const struct stage_show_nsm_ops *ops;
	void *user;
	const char *root;
	struct stage_show_engine *engine;
	struct stage_osc_peer guis[STAGE_SHOW_GUIS_MAX]; // latest last
	size_t gui_count;
};

/** A message that has come in, from whom, and what it is of. */
struct stage_show_heard {
	struct stage_show_nsm *nsm;
	const struct stage_osc_peer *from;
	const struct stage_osc_message *message;
};

/** A path, the types of its arguments, and what is done with it. */
struct stage_show_row {
	const char *path;
	const char *types; // as stage_osc_message has them
	void (*take)(const struct stage_show_heard *heard);
};

/** Sends one message; types and arguments as stage_osc_write. */
#define STAGE_SHOW_SEND(nsm, to, ...)                                          \
	do {                                                                   \
		struct stage_str bytes = {0};                                  \
                                                                               \
		if (stage_osc_write(&bytes, __VA_ARGS__) == STAGE_OK) {        \
			(nsm)->ops->send(                                      \
				(nsm)->user, to, bytes.data, bytes.len);       \
		}                                                              \
		stage_str_finish(&bytes);                                      \
	} while (0)

/** Answers a message: 0 is "/reply", all else "/error". */
void stage_show_nsm_answer(struct stage_show_nsm *self,
	const struct stage_osc_peer *to, const char *path, int code,
	const char *text);

/** An asker that answers to that message. */
struct stage_show_asker stage_show_nsm_asker(
	const struct stage_show_heard *heard);

// Ended by a row without path.
extern const struct stage_show_row stage_show_nsm_client_rows[];
extern const struct stage_show_row stage_show_nsm_server_rows[];
extern const struct stage_show_row stage_show_nsm_gui_rows[];
extern const struct stage_show_row stage_show_nsm_monitor_rows[];

/** Tells who has just announced of all others, if it wants to know. */
void stage_show_nsm_monitor_begin(const struct stage_show_heard *heard);

/** Tells those that want to know. */
void stage_show_nsm_monitor_news(struct stage_show_nsm *self,
	enum stage_show_news what, const struct stage_show_slot *slot,
	const struct stage_show_slot *before);

/** A program with windows has said something: it is there. */
void stage_show_nsm_gui_lives(const struct stage_show_heard *heard);

/** Tells programs with windows of a song that was made. */
void stage_show_nsm_gui_made(struct stage_show_nsm *self, const char *song);

/** Relays "/nsm/server/broadcast". */
void stage_show_nsm_broadcast(const struct stage_show_heard *heard);

#endif
