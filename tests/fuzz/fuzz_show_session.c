/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "show/names.h"
#include "show/session.h"

#define FRESH "nFresh"

static void
check_line(const struct stage_show_session *session,
	const struct stage_show_line *line)
{
	FUZZ_CHECK(line->len > 0);
	if (line->id == NULL) {
		FUZZ_CHECK(line->name == NULL && line->program == NULL);
		return;
	}
	FUZZ_CHECK(line->why == NULL);
	FUZZ_CHECK(stage_show_id_ok(line->id));
	FUZZ_CHECK(stage_show_client_name_check(line->name, NULL) == STAGE_OK);
	FUZZ_CHECK(line->program[0] != '\0');
	fuzz_check_text(line->program, strlen(line->program));
	FUZZ_CHECK(stage_show_session_find(session, line->id) == line);
}

static void
check_lines(const struct stage_show_session *session)
{
	size_t clients = 0;
	size_t bad = 0;

	for (size_t i = 0; i < session->count; i++) {
		check_line(session, &session->lines[i]);
		clients += session->lines[i].id != NULL;
		bad += session->lines[i].why != NULL;
	}
	FUZZ_CHECK(clients == session->clients);
	FUZZ_CHECK(clients <= STAGE_SHOW_CLIENTS_MAX);
	FUZZ_CHECK(bad == session->bad);
}

static void
check_same(
	const struct stage_show_session *session, const char *text, size_t len)
{
	struct stage_str out = {0};

	FUZZ_CHECK(stage_show_session_write(session, &out) == STAGE_OK);
	FUZZ_CHECK(out.len == len);
	FUZZ_CHECK(memcmp(stage_str_text(&out), text, len) == 0);
	stage_str_finish(&out);
}

// What was added is read back, and all the others are what they were.
static void
check_add(struct stage_show_session *session)
{
	struct stage_show_session again;
	struct stage_str out = {0};
	size_t clients = session->clients;
	enum stage_status status =
		stage_show_session_add(session, "A b", "c", FRESH, NULL);

	FUZZ_CHECK(status == STAGE_OK || status == STAGE_FULL ||
		   status == STAGE_EXISTS);
	if (status != STAGE_OK) {
		return;
	}
	FUZZ_CHECK(stage_show_session_write(session, &out) == STAGE_OK);
	FUZZ_CHECK(stage_show_session_parse(
			   &again, stage_str_text(&out), out.len) == STAGE_OK);
	FUZZ_CHECK(again.clients == clients + 1);
	FUZZ_CHECK(again.bad == session->bad);
	FUZZ_CHECK(again.count == session->count);
	FUZZ_CHECK(stage_show_session_find(&again, FRESH) ==
		   &again.lines[again.count - 1]);
	stage_show_session_finish(&again);
	stage_str_finish(&out);
}

// A client that is renamed keeps its place; one that is removed is away.
static void
check_edits(struct stage_show_session *session)
{
	const struct stage_show_line *line =
		stage_show_session_find(session, FRESH);
	size_t count = session->count;

	if (line == NULL) {
		return;
	}
	FUZZ_CHECK(stage_show_session_set_name(session, FRESH, "D", NULL) ==
		   STAGE_OK);
	FUZZ_CHECK(strcmp(line->name, "D") == 0);
	FUZZ_CHECK(stage_show_session_remove(session, FRESH, NULL) == STAGE_OK);
	FUZZ_CHECK(session->count == count - 1);
	FUZZ_CHECK(stage_show_session_find(session, FRESH) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_show_session session;
	char *text = fuzz_copy(data, size);

	FUZZ_CHECK(stage_show_session_parse(&session, text, size) == STAGE_OK);
	check_lines(&session);
	check_same(&session, text, size);
	check_add(&session);
	check_lines(&session);
	check_edits(&session);
	check_lines(&session);
	stage_show_session_finish(&session);
	free(text);
	return 0;
}
