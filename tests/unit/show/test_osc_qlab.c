/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_qlab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sight.h"

static struct seen seen;
static char list_id[STAGE_SHOW_CUE_ID_MAX];
static char song_ids[5][STAGE_SHOW_CUE_ID_MAX];
static char workspace_id[STAGE_SHOW_CUE_ID_MAX];

static int
setup(void **state)
{
	(void)state;
	seen_init(&seen);
	stage_show_osc_list_id(&seen.sight, list_id);
	stage_show_osc_workspace_id(&seen.sight, workspace_id);
	for (size_t i = 1; i < 5; i++) {
		stage_show_osc_song_id(&seen.sight, i, song_ids[i]);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	seen_finish(&seen);
	return 0;
}

// Questions and answers.

struct question {
	json_t *data; // owned
	struct stage_err err;
	struct stage_str reply;
};

static void
on_request(void *user, const struct stage_show_osc_request *request)
{
	struct question *self = user;

	assert_int_equal(request->kind, STAGE_SHOW_OSC_ASK);
	if (stage_show_qlab_answer(&seen.sight, request, &self->data,
		    &self->err) == STAGE_OK) {
		assert_int_equal(
			stage_show_qlab_reply(&self->reply, &seen.sight,
				request, "ok", json_incref(self->data), NULL),
			STAGE_OK);
	}
}

static void
on_message(void *user, const struct stage_osc_message *message)
{
	stage_show_osc_take(message, &seen.sight, on_request, user);
}

static void
ask(struct question *self, const char *address, const char *argument)
{
	struct stage_str bytes = {0};

	memset(self, 0, sizeof(*self));
	seen_pack(&bytes, address, argument, NULL);
	assert_true(stage_osc_read(bytes.data, bytes.len, on_message, self));
	stage_str_finish(&bytes);
}

static void
forget(struct question *self)
{
	json_decref(self->data);
	stage_str_finish(&self->reply);
}

static const struct {
	const char *address;
	const char *argument;
	const char *wanted; // JSON; NULL: an error
} rows[] = {
	{"/version", NULL, "\"4.7\""},
	{"/cue/1/name", NULL, "\"Opener\""},
	{"/cue/1/number", NULL, "\"1\""},
	{"/cue/1/type", NULL, "\"Group\""},
	{"/cue/1/isRunning", NULL, "false"},
	{"/cue/2/isRunning", NULL, "true"},
	{"/cue/active/isRunning", NULL, "true"},
	{"/cue/2/isPaused", NULL, "false"},
	{"/cue/2/colorName", NULL, "\"green\""},
	{"/cue/3/armed", NULL, "false"}, // skipped
	{"/cue/4/armed", NULL, "true"},
	{"/cue/3/isLoaded", NULL, "true"},
	{"/cue/3/cartPosition", NULL, "[0, 0]"},
	{"/cue/3/children", NULL, "[]"},
	{"/cue/5/name", NULL, NULL},
	{"/cue/3/audioLevel", NULL, NULL},
	{"/cue/3/name", "s:Hymn", NULL}, // cannot be changed
	{"/cue/3/children/deep", NULL, NULL},
	{"/cue/3/valuesForKeys", "s:[\"number\",\"name\",\"nothing\"]",
		"{\"number\": \"3\", \"name\": \"Ballad\"}"},
	{"/cue/3/valuesForKeys", "s:[1, null, {}]", "{}"},
	{"/cue/3/valuesForKeys", "s:{\"number\":1}", NULL},
	{"/cue/3/valuesForKeys", "s:[\"number\"", NULL},
	{"/cue/3/valuesForKeys", NULL, NULL},
	{"/showMode", NULL, "true"},
	{"/showMode", "i:0", NULL},
	{"/auditionWindow", NULL, "0"},
	{"/overrides/midiInputEnabled", NULL, "0"},
	{"/settings/general/minGoTime", NULL, "0.5"},
	{"/doubleGoWindowRemaining", NULL, "0.0"},
	{"/playhead", NULL, "\"3\""},
};

static void
what_is_asked_is_answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct question question;
		json_t *wanted = rows[i].wanted != NULL
					 ? json_loads(rows[i].wanted,
						   JSON_DECODE_ANY, NULL)
					 : NULL;
		ask(&question, rows[i].address, rows[i].argument);
		if (rows[i].wanted == NULL) {
			assert_null(question.data);
			assert_string_not_equal(question.err.text, "");
		} else if (!json_equal(question.data, wanted)) {
			fail_msg("%s: not %s but %s", rows[i].address,
				rows[i].wanted,
				json_dumps(question.data, JSON_ENCODE_ANY));
		}
		json_decref(wanted);
		forget(&question);
	}
}

static void
expect_text(const json_t *object, const char *key, const char *wanted)
{
	assert_string_equal(
		json_string_value(json_object_get(object, key)), wanted);
}

static void
the_setlist_is_a_cue_list(void **state)
{
	static const char *const names[] = {
		"Opener", "Set 1/Waltz", "Ballad", "Encore"};
	struct question question;
	const json_t *list;
	const json_t *cues;
	(void)state;

	ask(&question, "/workspace/rig/cueLists", NULL);
	assert_int_equal(json_array_size(question.data), 1);
	list = json_array_get(question.data, 0);
	expect_text(list, "uniqueID", list_id);
	expect_text(list, "listName", "Friday");
	expect_text(list, "type", "Cue List");
	cues = json_object_get(list, "cues");
	assert_int_equal(json_array_size(cues), 4); // a break is none
	for (size_t i = 0; i < 4; i++) {
		const json_t *cue = json_array_get(cues, i);
		expect_text(cue, "uniqueID", song_ids[i + 1]);
		expect_text(cue, "listName", names[i]);
	}
	forget(&question);

	ask(&question, "/cueLists/uniqueIDs/shallow", NULL);
	list = json_array_get(question.data, 0);
	assert_int_equal(json_object_size(list), 1);
	expect_text(list, "uniqueID", list_id);
	forget(&question);
	ask(&question, "/cueLists/shallow", NULL);
	assert_null(json_object_get(json_array_get(question.data, 0), "cues"));
	forget(&question);

	ask(&question, "/runningOrPausedCues", NULL);
	assert_int_equal(json_array_size(question.data), 1);
	expect_text(json_array_get(question.data, 0), "uniqueID", song_ids[2]);
	forget(&question);
	ask(&question, "/selectedCues/uniqueIDs", NULL);
	expect_text(json_array_get(question.data, 0), "uniqueID", song_ids[3]);
	forget(&question);
	seen.place.playing.number = 0;
	ask(&question, "/runningCues", NULL);
	assert_int_equal(json_array_size(question.data), 0);
	forget(&question);
}

// Replies.

struct told {
	char address[STAGE_SHOW_ADDRESS_MAX];
	char types[8];
	char text[256];
};

static void
take_told(void *user, const struct stage_osc_message *message)
{
	struct told *told = user;
	const char *text = stage_osc_text(message, 0);

	(void)!stage_format(
		told->address, sizeof(told->address), "%s", message->address);
	(void)!stage_format(
		told->types, sizeof(told->types), "%s", message->types);
	(void)!stage_format(
		told->text, sizeof(told->text), "%s", text != NULL ? text : "");
}

static void
expect_reply(const char *address, const char *reply_address, bool has_id)
{
	struct question question;
	struct told told;
	json_t *reply;

	ask(&question, address, NULL);
	assert_true(stage_osc_read(
		question.reply.data, question.reply.len, take_told, &told));
	assert_string_equal(told.address, reply_address);
	assert_string_equal(told.types, "s");
	reply = json_loads(told.text, 0, NULL);
	assert_non_null(reply);
	expect_text(reply, "status", "ok");
	expect_text(reply, "address", address);
	assert_int_equal(
		json_object_get(reply, "workspace_id") != NULL, has_id);
	if (has_id) {
		expect_text(reply, "workspace_id", workspace_id);
	}
	assert_true(json_equal(json_object_get(reply, "data"), question.data));
	json_decref(reply);
	forget(&question);
}

static void
a_reply_has_the_address_of_what_was_asked(void **state)
{
	char parent[STAGE_SHOW_ADDRESS_MAX];
	(void)state;

	expect_reply("/version", "/reply/version", false);
	expect_reply("/cue/3/name", "/reply/cue/3/name", true);
	expect_reply(
		"/cue/selected/number", "/reply/cue/selected/number", true);
	expect_reply(
		"/workspace/rig/version", "/reply/workspace/rig/version", true);
	// But for this one, in whose answer the cue is not named.
	(void)!stage_format(
		parent, sizeof(parent), "/reply/cue_id/%s/parent", song_ids[3]);
	expect_reply("/cue/playhead/parent", parent, true);
}

// Updates.

static struct told updates[8];
static size_t update_count;

static void
on_update(void *user, const void *bytes, size_t len)
{
	(void)user;
	assert_true(update_count < STAGE_COUNT_OF(updates));
	assert_true(stage_osc_read(
		bytes, len, take_told, &updates[update_count++]));
}

static void
expect_updates(const struct stage_show_qlab_marks *before, size_t count)
{
	struct stage_show_qlab_marks now;

	update_count = 0;
	stage_show_qlab_mark(&now, &seen.sight);
	stage_show_qlab_updates(&seen.sight, &now, before, on_update, NULL);
	assert_int_equal(update_count, count);
}

static void
expect_update(size_t at, const char *rest, const char *id, const char *tail,
	const char *text)
{
	char address[STAGE_SHOW_ADDRESS_MAX];

	(void)!stage_format(address, sizeof(address),
		"/update/workspace/%s%s%s%s", workspace_id, rest, id, tail);
	assert_string_equal(updates[at].address, address);
	assert_string_equal(updates[at].text, text);
}

static void
clients_are_told_what_to_ask_for_anew(void **state)
{
	struct stage_show_qlab_marks before;
	struct stage_str bytes = {0};
	struct told told;
	(void)state;

	stage_show_qlab_mark(&before, &seen.sight);
	expect_updates(&before, 0);

	seen.place.selected.number = 4;
	expect_updates(&before, 1);
	expect_update(
		0, "/cueList/", list_id, "/playbackPosition", song_ids[4]);
	seen.place.selected.number = 0;
	expect_updates(&before, 1);
	expect_update(0, "/cueList/", list_id, "/playbackPosition", "");
	assert_string_equal(updates[0].types, "");
	seen.place.selected.number = 3;

	seen.place.playing.number = 1;
	expect_updates(&before, 2);
	expect_update(0, "/cue_id/", song_ids[2], "", "");
	expect_update(1, "/cue_id/", song_ids[1], "", "");
	seen.place.playing.number = 2;

	seen.sight.is_paused = true;
	expect_updates(&before, 1);
	expect_update(0, "/cue_id/", song_ids[2], "", "");
	seen.sight.is_paused = false;

	seen.sight.is_edit = true;
	expect_updates(&before, 1);
	expect_update(0, "", "", "", "");
	seen.sight.is_edit = false;

	assert_int_equal(
		stage_show_setlist_add(&seen.list, 0, "More", NULL), STAGE_OK);
	expect_updates(&before, 3);
	expect_update(0, "", "", "", "");
	expect_update(1, "/cue_id/", list_id, "", "");
	expect_update(
		2, "/cueList/", list_id, "/playbackPosition", song_ids[3]);

	assert_int_equal(
		stage_show_qlab_farewell(&bytes, &seen.sight), STAGE_OK);
	assert_true(stage_osc_read(bytes.data, bytes.len, take_told, &told));
	assert_memory_equal(told.address, "/update/workspace/", 18);
	assert_string_equal(told.address + 18 + 36, "/disconnect");
	stage_str_finish(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_asked_is_answered, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_setlist_is_a_cue_list, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_reply_has_the_address_of_what_was_asked, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			clients_are_told_what_to_ask_for_anew, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
