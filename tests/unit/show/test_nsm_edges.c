/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What clients and strangers should not send, and do. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nsm_scene.h"
#include "show/journal.h"

#define STRANGER 99
#define TOO_LONG 10000 // bytes of a name

// All that there is, as text. Ownership: the caller frees it.
static char *
look(struct scene *scene)
{
	json_t *journal = stage_show_journal_write(scene->world.engine);
	char *text = json_dumps(journal, JSON_SORT_KEYS);

	json_decref(journal);
	assert_non_null(text);
	return text;
}

static size_t
count_clients(struct scene *scene)
{
	const struct stage_show_slot *slot =
		stage_show_engine_current(scene->world.engine)->slots;
	size_t count = 0;

	for (; slot != NULL; slot = slot->next) {
		count++;
	}
	return count;
}

static void
forget_sent(struct scene *scene)
{
	stage_str_clear(&scene->sent);
}

// Announces.

static void
names_that_cannot_be_are_refused(void **state)
{
	static char too_long[TOO_LONG + 1];
	static const char *const names[] = {"", "a:b", "a/b", "a\nb", "a\rb",
		"\x01", "\xff\xfe", "\xc3", "../x", too_long};
	struct scene *scene = *state;
	char *before;
	char *after;

	memset(too_long, 'x', TOO_LONG);
	scene_come_up(scene);
	before = look(scene);
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		SAY(scene, STRANGER, "/nsm/server/announce", "sssiii", names[i],
			"", "x", 1, 2, 0);
		assert_true(stage_starts_with(scene->sent.data,
			"99 /error /nsm/server/announce -1 "));
		forget_sent(scene);
		// Its own client does not come by such a name either.
		SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", names[i],
			"", "zyn", 1, 2, CLIENT);
		assert_true(stage_starts_with(scene->sent.data,
			"1000 /error /nsm/server/announce -1 "));
		forget_sent(scene);
	}
	after = look(scene);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

static void
programs_that_cannot_be_are_no_clients(void **state)
{
	static char too_long[TOO_LONG + 1];
	static const char *const programs[] = {
		"", "a:b", "a\nb", "\xff", "/usr/bin/", "-rf", "..", too_long};
	struct scene *scene = *state;

	memset(too_long, 'x', TOO_LONG);
	scene_come_up(scene);
	for (size_t i = 0; i < STAGE_COUNT_OF(programs); i++) {
		SAY(scene, STRANGER, "/nsm/server/announce", "sssiii", "x", "",
			programs[i], 1, 2, 0);
		assert_true(stage_starts_with(scene->sent.data,
			"99 /error /nsm/server/announce -1 "));
		forget_sent(scene);
	}
	assert_int_equal(count_clients(scene), 1);
}

static void
minor_versions_of_any_kind_are_welcome(void **state)
{
	static const struct {
		int major;
		int minor;
		bool is_welcome;
	} versions[] = {{0, 8, true}, {1, 0, true}, {1, 2, true}, {1, 99, true},
		{-1, -1, true}, {2, 0, false}, {INT32_MAX, 0, false}};
	struct scene *scene = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(versions); i++) {
		SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
		forget_sent(scene);
		SAY(scene, CLIENT + (int)i, "/nsm/server/announce", "sssiii",
			"zyn", "", "zyn", versions[i].major, versions[i].minor,
			CLIENT + (int)i);
		assert_int_equal(strstr(scene->sent.data, "/reply") != NULL,
			versions[i].is_welcome);
		assert_int_equal(strstr(scene->sent.data, "/error") == NULL,
			versions[i].is_welcome);
		SAY(scene, CONTROL, "/nsm/server/abort", "");
		world_end_ended(&scene->world);
	}
}

// A pid says nothing that must be believed.
static void
any_pid_is_taken_for_what_it_is_worth(void **state)
{
	static const int pids[] = {
		0, -1, 1, 2, INT32_MIN, INT32_MAX, 999, 1000000};
	struct scene *scene = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(pids); i++) {
		SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
		SAY(scene, CLIENT + (int)i, "/nsm/server/announce", "sssiii",
			"zyn", "", "/opt/bin/zyn", 1, 2, pids[i]);
		SAY(scene, CLIENT + (int)i, "/reply", "ss", "/nsm/client/open",
			"ok");
		assert_int_equal(
			world_state(&scene->world, "nA1"), STAGE_SHOW_READY);
		assert_int_equal(count_clients(scene), 1);
		forget_sent(scene);
		stage_str_clear(&scene->world.log);
		// Who ends is who was started.
		SAY(scene, CONTROL, "/nsm/server/abort", "");
		world_expect(&scene->world, "select none; term nA1");
		world_end_ended(&scene->world);
	}
}

static void
one_that_announces_again_opens_again_and_is_one(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	for (int i = 0; i < 3; i++) {
		stage_str_clear(&scene->world.log);
		SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "zyn",
			":switch:", "zyn", 1, 2, CLIENT);
		world_expect(&scene->world, "open nA1 /songs/A/zyn.nA1 A");
		SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
		assert_int_equal(
			world_state(&scene->world, "nA1"), STAGE_SHOW_READY);
	}
	assert_int_equal(count_clients(scene), 1);
	assert_string_equal(world_text(&scene->world, "A"), "zyn:zyn:nA1\n");
}

static void
one_that_comes_late_is_let_in(void **state)
{
	struct scene *scene = *state;

	SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
	world_pass(&scene->world, 6000);
	scene_expect(scene, "50 /reply /nsm/server/open Loaded.;");
	assert_true(world_slot(&scene->world, "nA1")->is_late);
	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "zyn", "", "zyn",
		1, 2, CLIENT);
	stage_str_clear(&scene->world.log);
	world_pass(&scene->world, 20000);
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	world_expect(&scene->world, "loaded nA1");
	assert_false(world_slot(&scene->world, "nA1")->is_late);
	assert_int_equal(world_state(&scene->world, "nA1"), STAGE_SHOW_READY);
}

static void
one_that_was_told_to_end_is_not_welcome(void **state)
{
	struct scene *scene = *state;

	SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
	SAY(scene, CONTROL, "/nsm/server/open", "s", "Set/B");
	SAY(scene, CLIENT + 1, "/nsm/server/announce", "sssiii", "zyn", "",
		"zyn", 1, 2, CLIENT + 1);
	SAY(scene, CLIENT + 1, "/reply", "ss", "/nsm/client/open", "ok");
	forget_sent(scene);
	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "zyn", "", "zyn",
		1, 2, CLIENT);
	scene_expect(scene, "1000 /error /nsm/server/announce -6 this program "
			    "was told to end;");
	assert_int_equal(count_clients(scene), 1);
}

static void
capabilities_are_words_however_they_are_parted(void **state)
{
	static const struct {
		const char *text;
		unsigned caps;
	} caps[] = {
		{"", 0},
		{":", 0},
		{"switch", STAGE_SHOW_CAP_SWITCH},
		{":switch:", STAGE_SHOW_CAP_SWITCH},
		{"dirty:switch", STAGE_SHOW_CAP_SWITCH | STAGE_SHOW_CAP_DIRTY},
		{"::::switch::monitor:::",
			STAGE_SHOW_CAP_SWITCH | STAGE_SHOW_CAP_MONITOR},
		{":switchable:noswitch:SWITCH:", 0},
		{":\xff:optional-gui:\n:", STAGE_SHOW_CAP_GUI},
	};
	char written[128];

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(caps); i++) {
		assert_int_equal(
			stage_show_caps_read(caps[i].text), caps[i].caps);
		stage_show_caps_write(caps[i].caps, written, sizeof(written));
		assert_int_equal(stage_show_caps_read(written), caps[i].caps);
	}
}

// Answers.

static void
answers_count_once_and_only_where_they_belong(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	SAY(scene, CONTROL, "/nsm/server/save", "");
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/show_optional_gui",
		"ok");
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	SAY(scene, STRANGER, "/reply", "ss", "/nsm/client/save", "ok");
	scene_expect(scene, "");
	SAY(scene, CLIENT, "/error", "sis", "/nsm/client/save", -1, "full");
	scene_expect(scene,
		"50 /error /nsm/server/save -1 saved, but for zyn (nA1);");
	// A second word on the same thing is none.
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/save", "ok");
	scene_expect(scene, "");
	assert_int_equal(world_slot(&scene->world, "nA1")->code, -1);
	// The next time all is well.
	SAY(scene, CONTROL, "/nsm/server/save", "");
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/save", "ok");
	SAY(scene, CLIENT, "/error", "sis", "/nsm/client/save", -1, "full");
	scene_expect(scene, "50 /reply /nsm/server/save Saved.;");
	assert_int_equal(world_slot(&scene->world, "nA1")->code, 0);
}

static void
an_answer_after_its_time_is_a_late_one(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	SAY(scene, CONTROL, "/nsm/server/save", "");
	world_pass(&scene->world, 6000);
	scene_expect(scene,
		"50 /error /nsm/server/save -1 saved, but for zyn (nA1);");
	assert_true(world_slot(&scene->world, "nA1")->is_late);
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/save", "ok");
	scene_expect(scene, "");
	assert_false(world_slot(&scene->world, "nA1")->is_late);
	assert_string_equal(world_slot(&scene->world, "nA1")->why, "");
	assert_int_equal(world_state(&scene->world, "nA1"), STAGE_SHOW_READY);
}

static void
an_error_without_a_number_of_one_is_an_error(void **state)
{
	static const int codes[] = {0, 1, 7, INT32_MAX, INT32_MIN};
	struct scene *scene = *state;

	scene_come_up(scene);
	for (size_t i = 0; i < STAGE_COUNT_OF(codes); i++) {
		SAY(scene, CONTROL, "/nsm/server/save", "");
		SAY(scene, CLIENT, "/error", "sis", "/nsm/client/save",
			codes[i], "no");
		scene_expect(scene, "50 /error /nsm/server/save -1 saved, but "
				    "for zyn (nA1);");
		assert_true(world_slot(&scene->world, "nA1")->code < 0);
	}
}

// liblo takes any number for a number, and so does nsmd.
static void
numbers_may_have_another_type(void **state)
{
	struct scene *scene = *state;

	SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
	forget_sent(scene);
	SAY(scene, CLIENT, "/nsm/server/announce", "ssshfd", "zyn", "", "zyn",
		(int64_t)1, 2.0, (double)CLIENT);
	assert_non_null(strstr(scene->sent.data, "Welcome"));
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	SAY(scene, CLIENT, "/nsm/client/progress", "d", 0.25);
	assert_true(world_slot(&scene->world, "nA1")->progress == 0.25F);
	SAY(scene, CLIENT, "/nsm/client/message", "fs", 3.0, "hello");
	assert_int_equal(world_slot(&scene->world, "nA1")->message_priority, 3);
	// But no text is one, and one too many is too much.
	SAY(scene, CLIENT, "/nsm/client/progress", "s", "1");
	SAY(scene, CLIENT, "/nsm/client/progress", "ff", 1.0, 1.0);
	SAY(scene, CLIENT, "/nsm/client/progress", "T");
	assert_true(world_slot(&scene->world, "nA1")->progress == 0.25F);
}

// Bytes.

struct packet {
	const char *bytes;
	size_t len;
};

#define PACKET(text)                                                           \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

// What would end or change the song, were it whole.
static const struct packet dangerous[] = {
	PACKET("/nsm/server/quit\0\0\0\0,\0\0\0"),
	PACKET("/nsm/server/close\0\0\0,\0\0\0"),
	PACKET("/nsm/server/abort\0\0\0,\0\0\0"),
	PACKET("/nsm/server/open\0\0\0\0,s\0\0Set/B\0\0\0"),
	PACKET("/nsm/server/new\0,s\0\0Z\0\0\0"),
	PACKET("/nsm/server/add\0,s\0\0z\0\0\0"),
	PACKET("/nsm/gui/client/stop\0\0\0\0,s\0\0nA1\0"),
	PACKET("/error\0\0,sis\0\0\0\0/nsm/client/save\0\0\0\0\xff\xff\xff\xff"
	       "no\0\0"),
	PACKET("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x18"
	       "/nsm/server/quit\0\0\0\0,\0\0\0"),
};

// What is sent is a copy of its own size: a sanitizer sees who reads on.
static void
hear_copy(struct scene *scene, int port, const char *bytes, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	scene_hear(scene, port, copy, len);
	free(copy);
}

static const int senders[] = {CLIENT, CONTROL, GUI, STRANGER};

static void
what_is_cut_off_is_nothing(void **state)
{
	struct scene *scene = *state;
	char *before;
	char *after;

	scene_come_up(scene);
	before = look(scene);
	for (size_t i = 0; i < STAGE_COUNT_OF(dangerous); i++) {
		for (size_t len = 0; len < dangerous[i].len; len++) {
			for (size_t k = 0; k < STAGE_COUNT_OF(senders); k++) {
				hear_copy(scene, senders[k], dangerous[i].bytes,
					len);
			}
		}
	}
	scene_expect(scene, "");
	after = look(scene);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

static void
add_padded(struct stage_str *out, const char *text)
{
	assert_int_equal(stage_str_append(out, text, strlen(text)), STAGE_OK);
	do {
		assert_int_equal(stage_str_append(out, "", 1), STAGE_OK);
	} while (out->len % 4 != 0);
}

// A message with any types: each text is "nA1", each number 1.
static void
hear_types(struct scene *scene, const char *path, const char *types)
{
	struct stage_str bytes = {0};
	char with_comma[16];

	(void)!stage_format(with_comma, sizeof(with_comma), ",%s", types);
	add_padded(&bytes, path);
	add_padded(&bytes, with_comma);
	for (const char *at = types; *at != '\0'; at++) {
		if (*at == 's') {
			add_padded(&bytes, "nA1");
		} else if (*at == 'i') {
			assert_int_equal(
				stage_str_append(&bytes, "\0\0\0\1", 4),
				STAGE_OK);
		}
	}
	hear_copy(scene, CLIENT, bytes.data, bytes.len);
	stage_str_finish(&bytes);
}

static void
types_that_do_not_belong_are_nothing(void **state)
{
	static const char *const types[] = {"sssTFN", "TTTTTT", "NNNNNN",
		"sssii", "sssiiii", "iiiiii", "ssssss", "III", "sN", "FT"};
	static const char *const paths[] = {"/nsm/server/announce", "/reply",
		"/error", "/nsm/server/open", "/nsm/client/message",
		"/nsm/client/progress", "/nsm/gui/client/stop",
		"/nsm/server/quit", "/nsm/server/close"};
	struct scene *scene = *state;
	char *before;
	char *after;

	scene_come_up(scene);
	before = look(scene);
	for (size_t i = 0; i < STAGE_COUNT_OF(paths); i++) {
		for (size_t k = 0; k < STAGE_COUNT_OF(types); k++) {
			hear_types(scene, paths[i], types[k]);
		}
	}
	// A blob, and a MIDI message.
	hear_copy(scene, CLIENT, "/nsm/server/open\0\0\0\0,b\0\0\0\0\0\4Set/",
		32);
	hear_copy(scene, CLIENT, "/nsm/server/open\0\0\0\0,m\0\0Set/", 28);
	scene_expect(scene, "");
	after = look(scene);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

#define DEPTH 3000

static void
bundles_within_bundles_have_an_end(void **state)
{
	static const char message[] = "/nsm/server/list\0\0\0\0,\0\0";
	struct scene *scene = *state;
	size_t len = sizeof(message);
	char *bytes = malloc((size_t)DEPTH * 20 + len);

	assert_non_null(bytes);
	for (size_t i = 0; i < DEPTH; i++) {
		size_t rest = ((size_t)DEPTH - i - 1) * 20 + len;
		char *at = bytes + i * 20;

		memcpy(at, "#bundle\0\0\0\0\0\0\0\0\1", 16);
		at[16] = (char)(rest >> 24);
		at[17] = (char)(rest >> 16);
		at[18] = (char)(rest >> 8);
		at[19] = (char)rest;
	}
	memcpy(bytes + (size_t)DEPTH * 20, message, len);
	scene_hear(scene, CONTROL, bytes, (size_t)DEPTH * 20 + len);
	// Those that people make are taken.
	forget_sent(scene);
	scene_hear(scene, CONTROL, bytes + (size_t)(DEPTH - 1) * 20, 20 + len);
	assert_non_null(strstr(scene->sent.data, "/nsm/server/list A;"));
	free(bytes);
}

static void
the_largest_datagram_is_taken(void **state)
{
	static char text[65400];
	struct scene *scene = *state;

	memset(text, 'x', sizeof(text) - 1);
	scene_come_up(scene);
	SAY(scene, CLIENT, "/nsm/client/label", "s", text);
	assert_int_equal(strlen(world_slot(&scene->world, "nA1")->label),
		STAGE_SHOW_LABEL_MAX - 1);
	SAY(scene, CONTROL, "/nsm/server/open", "s", text);
	assert_non_null(strstr(scene->sent.data, "50 /error /nsm/server/open"));
	forget_sent(scene);
	SAY(scene, CONTROL, "/nsm/server/new", "s", text);
	assert_true(stage_starts_with(scene->sent.data,
		"50 /error /nsm/server/new -10 the name of a song has more"));
	SAY(scene, CONTROL, "/nsm/server/add", "s", text);
	assert_int_equal(count_clients(scene), 1);
}

static uint32_t
draw(unsigned *seed)
{
	// Not rand_r alone: its lower bits are few.
	return (uint32_t)rand_r(seed) ^ ((uint32_t)rand_r(seed) << 16U);
}

// One that says nothing, or nothing whole.
static size_t
make_garbage(unsigned *seed, char out[1024])
{
	const struct packet *packet =
		&dangerous[draw(seed) % STAGE_COUNT_OF(dangerous)];
	size_t len = draw(seed) % 600;

	switch (draw(seed) % 3) {
	case 0: // any bytes
		for (size_t i = 0; i < len; i++) {
			out[i] = (char)draw(seed);
		}
		return len;
	case 1: // a part
		len = draw(seed) % packet->len;
		memcpy(out, packet->bytes, len);
		return len;
	default: // its beginning, and any bytes behind it
		len = draw(seed) % 12;
		memcpy(out, packet->bytes, len);
		for (size_t i = 0; i < 100; i++) {
			out[len++] = (char)draw(seed);
		}
		return len;
	}
}

static void
garbage_changes_nothing(void **state)
{
	const char *full = getenv("STAGE_FULL");
	long rounds = full != NULL && full[0] != '\0' ? 1000000 : 20000;
	struct scene *scene = *state;
	unsigned seed = 7;
	char bytes[1024];
	char *before;
	char *after;

	scene_come_up(scene);
	before = look(scene);
	for (long i = 0; i < rounds; i++) {
		size_t len = make_garbage(&seed, bytes);

		hear_copy(scene, senders[draw(&seed) % 4], bytes, len);
	}
	scene_expect(scene, "");
	after = look(scene);
	assert_string_equal(after, before);
	free(before);
	free(after);
	// And it is still there.
	SAY(scene, CONTROL, "/osc/ping", "");
	scene_expect(scene, "50 /reply /osc/ping;");
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(names_that_cannot_be_are_refused),
		TEST(programs_that_cannot_be_are_no_clients),
		TEST(minor_versions_of_any_kind_are_welcome),
		TEST(any_pid_is_taken_for_what_it_is_worth),
		TEST(one_that_announces_again_opens_again_and_is_one),
		TEST(one_that_comes_late_is_let_in),
		TEST(one_that_was_told_to_end_is_not_welcome),
		TEST(capabilities_are_words_however_they_are_parted),
		TEST(answers_count_once_and_only_where_they_belong),
		TEST(an_answer_after_its_time_is_a_late_one),
		TEST(an_error_without_a_number_of_one_is_an_error),
		TEST(numbers_may_have_another_type),
		TEST(what_is_cut_off_is_nothing),
		TEST(types_that_do_not_belong_are_nothing),
		TEST(bundles_within_bundles_have_an_end),
		TEST(the_largest_datagram_is_taken),
		TEST(garbage_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
