/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the server is told to do, by whoever knows its address. */

#include <string.h>

#include "osc/write.h"
#include "show/nsm_private.h"

static const char *
operand(const struct stage_show_heard *heard)
{
	return stage_osc_text(heard->message, 0);
}

static struct stage_show_engine *
engine(const struct stage_show_heard *heard)
{
	return heard->nsm->engine;
}

static void
take_add(const struct stage_show_heard *heard)
{
	stage_show_engine_add(
		engine(heard), operand(heard), stage_show_nsm_asker(heard));
}

static void
take_save(const struct stage_show_heard *heard)
{
	stage_show_engine_save(engine(heard), stage_show_nsm_asker(heard));
}

static void
take_open(const struct stage_show_heard *heard)
{
	stage_show_engine_open(engine(heard), operand(heard),
		STAGE_SHOW_SAVE_BY_MODE, stage_show_nsm_asker(heard));
}

static void
take_new(const struct stage_show_heard *heard)
{
	stage_show_engine_new(
		engine(heard), operand(heard), stage_show_nsm_asker(heard));
}

static void
take_duplicate(const struct stage_show_heard *heard)
{
	stage_show_engine_duplicate(
		engine(heard), operand(heard), stage_show_nsm_asker(heard));
}

static void
take_close(const struct stage_show_heard *heard)
{
	stage_show_engine_close(engine(heard), STAGE_SHOW_SAVE_BY_MODE,
		stage_show_nsm_asker(heard));
}

static void
take_abort(const struct stage_show_heard *heard)
{
	stage_show_engine_close(engine(heard), STAGE_SHOW_SAVE_NOT,
		stage_show_nsm_asker(heard));
}

static void
take_quit(const struct stage_show_heard *heard)
{
	stage_show_engine_quit(engine(heard), STAGE_SHOW_SAVE_BY_MODE,
		stage_show_nsm_asker(heard));
}

static void
list_song(void *ctx, const char *name)
{
	const struct stage_show_heard *heard = ctx;

	stage_show_nsm_answer(heard->nsm, heard->from, heard->message->address,
		STAGE_SHOW_DONE, name);
}

static void
take_list(const struct stage_show_heard *heard)
{
	struct stage_show_heard copy = *heard;

	heard->nsm->ops->list(heard->nsm->user, list_song, &copy);
	list_song(&copy, ""); // that was all (API 1.1.0)
}

static void
take_ping(const struct stage_show_heard *heard)
{
	stage_show_nsm_gui_lives(heard);
	STAGE_SHOW_SEND(heard->nsm, heard->from, "/reply", "s", "/osc/ping");
}

const struct stage_show_row stage_show_nsm_server_rows[] = {
	{"/nsm/server/add", "s", take_add},
	{"/nsm/server/save", "", take_save},
	{"/nsm/server/open", "s", take_open},
	{"/nsm/server/new", "s", take_new},
	{"/nsm/server/duplicate", "s", take_duplicate},
	{"/nsm/server/close", "", take_close},
	{"/nsm/server/abort", "", take_abort},
	{"/nsm/server/quit", "", take_quit},
	{"/nsm/server/list", "", take_list},
	{"/osc/ping", "", take_ping},
	{NULL, NULL, NULL},
};

// As it came: so that they can give it to other servers.
static void
relay_to_guis(const struct stage_show_heard *heard)
{
	struct stage_show_nsm *self = heard->nsm;
	struct stage_str bytes = {0};

	if (stage_osc_write_rest(&bytes, heard->message->address,
		    heard->message, 0) != STAGE_OK) {
		stage_str_finish(&bytes);
		return;
	}
	for (size_t i = 0; i < self->gui_count; i++) {
		if (!stage_osc_peer_is_same(&self->guis[i], heard->from)) {
			self->ops->send(self->user, &self->guis[i], bytes.data,
				bytes.len);
		}
	}
	stage_str_finish(&bytes);
}

// To all other clients and to graphical programs; ours are not for them.
// What is there before its turn is of no session yet.
static bool
is_of_session(const struct stage_show_program *program)
{
	return program->slot == NULL || program->slot->song->is_shown;
}

void
stage_show_nsm_broadcast(const struct stage_show_heard *heard)
{
	struct stage_show_nsm *self = heard->nsm;
	const char *path = operand(heard);
	struct stage_str bytes = {0};

	if (path == NULL || path[0] != '/' ||
		strncmp(path, "/nsm/", strlen("/nsm/")) == 0 ||
		stage_osc_write_rest(&bytes, path, heard->message, 1) !=
			STAGE_OK) {
		stage_str_finish(&bytes);
		return;
	}
	for (const struct stage_show_program *at =
			stage_show_engine_programs(self->engine);
		at != NULL; at = at->next) {
		if (at->has_announced && is_of_session(at) &&
			!stage_osc_peer_is_same(&at->peer, heard->from)) {
			self->ops->send(
				self->user, &at->peer, bytes.data, bytes.len);
		}
	}
	stage_str_finish(&bytes);
	relay_to_guis(heard);
}
