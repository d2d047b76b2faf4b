/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct look {
	const struct stage_show_verify_song *song;
	const struct stage_show_verify_ops *ops;
	void *user;
	struct stage_strv *faults;
	enum stage_status status;
};

static void STAGE_PRINTF(2, 3)
	find_fault(struct look *look, const char *format, ...)
{
	char text[STAGE_ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (look->status == STAGE_OK) {
		look->status = stage_strv_add(look->faults, text);
	}
}

static void
check_program(struct look *look, const char *program, const char *whose)
{
	if (!look->ops->has_program(
		    look->user, look->song->directory, program)) {
		find_fault(look, "the program %s%s%s is not installed", program,
			whose[0] != '\0' ? " of " : "", whose);
	}
}

static void
check_session(struct look *look)
{
	const struct stage_show_session *session = look->song->session;

	for (size_t i = 0; i < session->count; i++) {
		const struct stage_show_line *line = &session->lines[i];

		if (line->why != NULL) {
			find_fault(look, STAGE_SHOW_SESSION_FILE ":%zu: %s",
				i + 1, line->why);
		} else if (line->program != NULL) {
			check_program(look, line->program, line->id);
		}
	}
}

static void
check_file(struct look *look, const char *file, const char *what)
{
	if (file[0] != '\0' &&
		!look->ops->has_file(look->user, look->song->directory, file)) {
		find_fault(look, "the file of the %s, %s, cannot be read", what,
			file);
	}
}

static void
check_conf(struct look *look)
{
	const struct stage_show_song_conf *conf = look->song->conf;

	for (size_t i = 0; i < conf->complaints.count; i++) {
		find_fault(look, "%s", conf->complaints.items[i]);
	}
	for (size_t i = 0; i < conf->run_count; i++) {
		check_program(look, conf->runs[i].argv[0], conf->runs[i].name);
	}
	check_file(look, conf->notes_file, "notes");
	check_file(look, conf->lyrics_file, "lyrics");
}

// Whether a port begins with a client's name, in any case of letters, and a
// sign that ends it.
static bool
begins_with(const char *port, const char *name)
{
	size_t len = name != NULL ? strlen(name) : 0;

	port += strspn(port, "\"");
	return len > 0 && strncasecmp(port, name, len) == 0 &&
	       strchr(":./- ", port[len]) != NULL;
}

/* A client is called in JACK by its name, by its id or by both, as it likes; a
 * program of a run line by the name of the program, mostly. */
static bool
is_own(const struct stage_show_verify_song *song, const char *port)
{
	const struct stage_show_session *session = song->session;
	const struct stage_show_song_conf *conf = song->conf;

	for (size_t i = 0; i < session->count; i++) {
		const struct stage_show_line *line = &session->lines[i];

		if (line->id != NULL &&
			(strstr(port, line->id) != NULL ||
				begins_with(port, line->name) ||
				begins_with(port, line->program))) {
			return true;
		}
	}
	for (size_t i = 0; i < conf->run_count; i++) {
		const char *program = conf->runs[i].argv[0];
		const char *slash = strrchr(program, '/');

		if (begins_with(port, conf->runs[i].name) ||
			begins_with(
				port, slash != NULL ? slash + 1 : program)) {
			return true;
		}
	}
	return false;
}

static void
check_patch(struct look *look)
{
	struct stage_strv ports = {0};
	struct stage_err err = STAGE_ERR_INIT;

	if (look->song->patch == NULL) {
		return;
	}
	if (look->ops->lacks(look->user, look->song->patch, &ports, &err) !=
		STAGE_OK) {
		find_fault(look, "song.patch: %s", err.text);
	}
	for (size_t i = 0; i < ports.count; i++) {
		if (!is_own(look->song, ports.items[i])) {
			find_fault(look, "song.patch: there is no port %s now",
				ports.items[i]);
		}
	}
	stage_strv_finish(&ports);
}

enum stage_status
stage_show_verify(const struct stage_show_verify_song *song,
	const struct stage_show_verify_ops *ops, void *user,
	struct stage_strv *faults)
{
	struct look look = {song, ops, user, faults, STAGE_OK};

	check_session(&look);
	check_conf(&look);
	check_patch(&look);
	return look.status;
}
