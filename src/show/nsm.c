/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/nsm.h"

#include <stdlib.h>
#include <string.h>

#include "osc/write.h"
#include "show/nsm_private.h"

struct stage_show_nsm *
stage_show_nsm_create(
	const struct stage_show_nsm_ops *ops, void *user, const char *root)
{
	struct stage_show_nsm *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->ops = ops;
		self->user = user;
		self->root = root;
	}
	return self;
}

void
stage_show_nsm_destroy(struct stage_show_nsm *self)
{
	free(self);
}

void
stage_show_nsm_set_engine(
	struct stage_show_nsm *self, struct stage_show_engine *engine)
{
	self->engine = engine;
}

// Answers.

void
stage_show_nsm_answer(struct stage_show_nsm *self,
	const struct stage_osc_peer *to, const char *path, int code,
	const char *text)
{
	if (code == STAGE_SHOW_DONE) {
		STAGE_SHOW_SEND(self, to, "/reply", "ss", path, text);
	} else {
		STAGE_SHOW_SEND(self, to, "/error", "sis", path, code, text);
	}
}

struct waiting {
	struct stage_show_nsm *nsm;
	struct stage_osc_peer from;
	char *path; // owned
	char *song; // that is made by it, owned; NULL: none
};

static void
answer(void *user, enum stage_show_code code, const char *text)
{
	struct waiting *waiting = user;

	if (code == STAGE_SHOW_DONE && waiting->song != NULL) {
		stage_show_nsm_gui_made(waiting->nsm, waiting->song);
	}
	stage_show_nsm_answer(
		waiting->nsm, &waiting->from, waiting->path, (int)code, text);
	free(waiting->path);
	free(waiting->song);
	free(waiting);
}

static bool
makes_song(const struct stage_osc_message *message)
{
	return strcmp(message->address, "/nsm/server/new") == 0 ||
	       strcmp(message->address, "/nsm/server/duplicate") == 0;
}

struct stage_show_asker
stage_show_nsm_asker(const struct stage_show_heard *heard)
{
	struct waiting *waiting = calloc(1, sizeof(*waiting));
	struct stage_show_asker asker = {NULL, NULL};

	if (waiting == NULL) {
		return asker;
	}
	waiting->nsm = heard->nsm;
	waiting->from = *heard->from;
	waiting->path = strdup(heard->message->address);
	if (makes_song(heard->message)) {
		waiting->song = strdup(stage_osc_text(heard->message, 0));
	}
	if (waiting->path == NULL) {
		free(waiting->song);
		free(waiting);
		return asker;
	}
	asker.answer = answer;
	asker.user = waiting;
	return asker;
}

// Taking messages.

// As liblo has it, by which nsmd listens: any number is taken for a number.
static bool
is_like(const char *types, const char *wanted)
{
	size_t len = strlen(wanted);

	if (strlen(types) != len) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		const char *alike = wanted[i] == 's' ? "sS" : "ifhd";

		if (strchr(alike, types[i]) == NULL) {
			return false;
		}
	}
	return true;
}

static const struct stage_show_row *
find(const struct stage_show_row *rows, const struct stage_osc_message *message)
{
	while (rows->path != NULL &&
		(strcmp(rows->path, message->address) != 0 ||
			!is_like(message->types, rows->types))) {
		rows++;
	}
	return rows->path != NULL ? rows : NULL;
}

void
stage_show_nsm_heard(struct stage_show_nsm *self,
	const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	static const struct stage_show_row *const tables[] = {
		stage_show_nsm_client_rows,
		stage_show_nsm_server_rows,
		stage_show_nsm_gui_rows,
		stage_show_nsm_monitor_rows,
	};
	const struct stage_show_heard heard = {self, from, message};

	if (strcmp(message->address, "/nsm/server/broadcast") == 0) {
		stage_show_nsm_broadcast(&heard);
		return;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(tables); i++) {
		const struct stage_show_row *row = find(tables[i], message);

		if (row != NULL) {
			row->take(&heard);
			return;
		}
	}
}

// To clients.

void
stage_show_nsm_open(struct stage_show_nsm *self,
	const struct stage_show_program *program, const char *path,
	const char *title, const char *id)
{
	char client_id[STAGE_SHOW_NAME_MAX + STAGE_SHOW_ID_MAX + 2];

	if (stage_format(client_id, sizeof(client_id), "%s.%s",
		    program->slot->name, id) == STAGE_OK) {
		STAGE_SHOW_SEND(self, &program->peer, "/nsm/client/open", "sss",
			path, title, client_id);
	}
}

void
stage_show_nsm_save(
	struct stage_show_nsm *self, const struct stage_show_program *program)
{
	STAGE_SHOW_SEND(self, &program->peer, "/nsm/client/save", "");
}

void
stage_show_nsm_loaded(
	struct stage_show_nsm *self, const struct stage_show_program *program)
{
	STAGE_SHOW_SEND(
		self, &program->peer, "/nsm/client/session_is_loaded", "");
}

void
stage_show_nsm_show(struct stage_show_nsm *self,
	const struct stage_show_program *program, bool is_shown)
{
	STAGE_SHOW_SEND(self, &program->peer,
		is_shown ? "/nsm/client/show_optional_gui"
			 : "/nsm/client/hide_optional_gui",
		"");
}
