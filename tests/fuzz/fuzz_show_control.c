/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "osc/message.h"
#include "show/osc_control_qlab.h"

static const char set[] = "Opener\nSet 1/Waltz\nbreak\n- Ballad\n: bad\n";

struct show {
	struct stage_show_setlist list;
	struct stage_show_place place;
	struct stage_show_sight sight;
};

static void
check_reply(void *user, const struct stage_osc_message *message)
{
	bool *is_seen = user;

	*is_seen = true;
	FUZZ_CHECK(strncmp(message->address, "/reply/", 7) == 0);
	FUZZ_CHECK(strcmp(message->types, "s") == 0);
}

// What is asked has an answer or a reason, and the answer is OSC.
static void
check_ask(const struct show *show, const struct stage_show_osc_request *request)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str bytes = {0};
	json_t *data = NULL;
	bool is_seen = false;

	if (stage_show_qlab_answer(&show->sight, request, &data, &err) !=
		STAGE_OK) {
		FUZZ_CHECK(data == NULL && err.text[0] != '\0');
		return;
	}
	FUZZ_CHECK(stage_show_qlab_reply(&bytes, &show->sight, request, "ok",
			   data, NULL) == STAGE_OK);
	FUZZ_CHECK(
		stage_osc_read(bytes.data, bytes.len, check_reply, &is_seen));
	FUZZ_CHECK(is_seen);
	stage_str_finish(&bytes);
}

static void
check_act(const struct stage_show_osc_request *request)
{
	FUZZ_CHECK(request->act < STAGE_SHOW_ACT_COUNT);
	FUZZ_CHECK(request->number >= 0);
	FUZZ_CHECK(request->act != STAGE_SHOW_ACT_PLAY || request->number > 0);
}

static void
check_request(void *user, const struct stage_show_osc_request *request)
{
	FUZZ_CHECK(request->kind < STAGE_SHOW_OSC_KIND_COUNT &&
		   request->address[0] == '/');
	if (request->kind == STAGE_SHOW_OSC_ACT) {
		check_act(request);
	} else if (request->kind == STAGE_SHOW_OSC_ASK) {
		check_ask(user, request);
	} else if (request->kind == STAGE_SHOW_OSC_REPLY_TO) {
		FUZZ_CHECK(request->number >= -1 && request->number <= 65535);
	} else if (request->kind == STAGE_SHOW_OSC_BAD) {
		FUZZ_CHECK(request->err->text[0] != '\0');
	}
}

static void
take(void *user, const struct stage_osc_message *message)
{
	const struct show *show = user;

	stage_show_osc_take(message, &show->sight, check_request, user);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct show show = {
		.place = {.trouble = "",
			.songs = 4,
			.playing = {1, "Opener"},
			.coming = {0, ""},
			.selected = {2, "Set 1/Waltz"},
			.next = {2, "Set 1/Waltz"},
			.previous = {0, ""}},
		.sight = {.name = "rig",
			.song = "Opener",
			.loading = "",
			.state = "ready"},
	};

	FUZZ_CHECK(stage_show_setlist_parse(&show.list, set, sizeof(set) - 1) ==
		   STAGE_OK);
	show.sight.place = &show.place;
	show.sight.list = &show.list;
	(void)stage_osc_read(data, size, take, &show);
	stage_show_setlist_finish(&show.list);
	return 0;
}
