/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which clients of JACK are whose, by the processes that they are of.
 *
 * NSM wants a client to be called by its id in JACK. Some call themselves as
 * they like, "ams", and when two of them run, one of the song that plays and
 * one of the next, JACK calls the second "ams-01". By this the patchbay is told
 * which of them waits for its turn, and which one a song's patch means.
 *
 * What it knows comes from stagecraft-jack; other servers do not tell, and then
 * such clients are known by nothing. Thread: the loop's.
 */

#ifndef STAGE_SHOW_JACK_NAMES_H
#define STAGE_SHOW_JACK_NAMES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/str.h"
#include "show/engine.h"

struct stage_show_jack_client {
	char *name; // owned
	pid_t pid;
	pid_t group;
	pid_t launched; // the program that it descends from; 0: none of ours
};

/** Zeroed knows of none and is valid. */
struct stage_show_jack_names {
	struct stage_show_jack_client *items; // owned array
	size_t count;
	bool is_known; // some server has told
};

/** Takes a list, [{name, pid}], in place of the one before. Of new ones
 * ops->identify and ops->launch_of are asked. Out of memory, some are left
 * out. */
void stage_show_jack_names_take(struct stage_show_jack_names *self,
	const json_t *clients, const struct stage_show_ops *ops, void *user);

void stage_show_jack_names_finish(struct stage_show_jack_names *self);

/** Adds the names of clients of songs for which `is_wanted`, NULL: of all, that
 * do not have the id that NSM gave them: "ams-01:", with a colon. */
void stage_show_jack_names_foreign(const struct stage_show_jack_names *self,
	const struct stage_show_engine *engine,
	bool (*is_wanted)(const struct stage_show_song *song),
	struct stage_strv *out);

/** How clients of songs are called that would be called otherwise if no other
 * song were loaded: {"SONG": {"ams": "ams-01"}}. NULL: not known, or out of
 * memory. Ownership: the caller's. */
json_t *stage_show_jack_names_called(const struct stage_show_jack_names *self,
	const struct stage_show_engine *engine);

#endif
