/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/nsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine_world.h"
#include "osc/write.h"

// An engine of the world that is told things by messages.
struct scene {
	struct world world;
	struct stage_show_nsm *nsm;
	struct stage_str sent; // "PORT /address types arg arg;" each
};

static void
write_down(void *user, const struct stage_osc_message *message)
{
	struct stage_str *out = user;
	int32_t number;
	double real;

	assert_int_equal(stage_str_addf(out, "%s", message->address), STAGE_OK);
	for (size_t i = 0; i < message->count; i++) {
		if (stage_osc_text(message, i) != NULL) {
			assert_int_equal(stage_str_addf(out, " %s",
						 stage_osc_text(message, i)),
				STAGE_OK);
		} else if (stage_osc_int(message, i, &number)) {
			assert_int_equal(
				stage_str_addf(out, " %d", (int)number),
				STAGE_OK);
		} else if (stage_osc_number(message, i, &real)) {
			assert_int_equal(
				stage_str_addf(out, " %.2f", real), STAGE_OK);
		}
	}
	assert_int_equal(stage_str_add(out, ";"), STAGE_OK);
}

static void
send_bytes(void *user, const struct stage_osc_peer *to, const void *bytes,
	size_t len)
{
	struct scene *scene = user;

	assert_int_equal(
		stage_str_addf(&scene->sent, "%d ", stage_osc_peer_port(to)),
		STAGE_OK);
	assert_true(stage_osc_read(bytes, len, write_down, &scene->sent));
}

static void
list(void *user, void (*each)(void *ctx, const char *name), void *ctx)
{
	const struct scene *scene = user;

	for (size_t i = 0; i < scene->world.song_count; i++) {
		each(ctx, scene->world.songs[i].name);
	}
}

static const struct stage_show_nsm_ops ops = {
	.send = send_bytes,
	.list = list,
};

static void
news(struct world *world, enum stage_show_news what,
	const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	struct scene *scene = (struct scene *)world;

	stage_show_nsm_news(scene->nsm, what, slot, before);
}

static int
set_up(void **state)
{
	static struct scene scene;

	memset(&scene, 0, sizeof(scene));
	world_begin(&scene.world);
	world_song(&scene.world, "A", "zyn:zyn:nA1\n");
	world_song(&scene.world, "Set/B", "zyn:zyn:nB1\n");
	scene.nsm = stage_show_nsm_create(&ops, &scene, "/songs");
	assert_non_null(scene.nsm);
	stage_show_nsm_set_engine(scene.nsm, scene.world.engine);
	scene.world.heard = news;
	*state = &scene;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *scene = *state;

	world_finish(&scene->world);
	stage_show_nsm_destroy(scene->nsm);
	stage_str_finish(&scene->sent);
	return 0;
}

struct arrival {
	struct scene *scene;
	struct stage_osc_peer from;
};

static void
arrive(void *user, const struct stage_osc_message *message)
{
	const struct arrival *arrival = user;

	stage_show_nsm_heard(arrival->scene->nsm, &arrival->from, message);
}

static void
say_bytes(struct scene *scene, int port, const struct stage_str *bytes)
{
	struct arrival arrival = {.scene = scene};

	assert_int_equal(
		stage_osc_peer_init(&arrival.from, "127.0.0.1", port, NULL),
		STAGE_OK);
	(void)stage_osc_read(bytes->data, bytes->len, arrive, &arrival);
}

#define SAY(scene, port, ...)                                                  \
	do {                                                                   \
		struct stage_str bytes = {0};                                  \
                                                                               \
		assert_int_equal(                                              \
			stage_osc_write(&bytes, __VA_ARGS__), STAGE_OK);       \
		say_bytes(scene, port, &bytes);                                \
		stage_str_finish(&bytes);                                      \
	} while (0)

static void
expect(struct scene *scene, const char *sent)
{
	assert_string_equal(stage_str_text(&scene->sent), sent);
	stage_str_clear(&scene->sent);
}

#define CLIENT 1000 // the port of the first program that the world starts
#define CONTROL 50
#define GUI 60

static void
come_up(struct scene *scene)
{
	SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "zyn",
		":switch:optional-gui:", "zyn", 1, 2, CLIENT);
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	stage_str_clear(&scene->sent);
	assert_int_equal(world_state(&scene->world, "nA1"), STAGE_SHOW_READY);
}

static void
a_client_is_welcomed_and_told_to_open(void **state)
{
	struct scene *scene = *state;

	SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "zyn",
		":switch:", "zyn", 1, 2, CLIENT);
	expect(scene, "1000 /reply /nsm/server/announce Welcome to the show. "
		      "Stagecraft :server-control:broadcast:optional-gui:;");
	// The engine has it sent, through its ops.
	assert_non_null(strstr(stage_str_text(&scene->world.log),
		"open nA1 /songs/A/zyn.nA1"));
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	expect(scene, "50 /reply /nsm/server/open Loaded.;");
}

static void
messages_to_clients_are_those_of_the_api(void **state)
{
	struct scene *scene = *state;
	const struct stage_show_program *program;

	come_up(scene);
	program = stage_show_engine_programs(scene->world.engine);
	stage_show_nsm_open(
		scene->nsm, program, "/songs/A/zyn.nA1", "A", "nA1");
	stage_show_nsm_save(scene->nsm, program);
	stage_show_nsm_loaded(scene->nsm, program);
	stage_show_nsm_show(scene->nsm, program, true);
	stage_show_nsm_show(scene->nsm, program, false);
	expect(scene, "1000 /nsm/client/open /songs/A/zyn.nA1 A zyn.nA1;"
		      "1000 /nsm/client/save;"
		      "1000 /nsm/client/session_is_loaded;"
		      "1000 /nsm/client/show_optional_gui;"
		      "1000 /nsm/client/hide_optional_gui;");
}

static void
errors_have_the_numbers_of_the_api(void **state)
{
	struct scene *scene = *state;

	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "x", "", "x", 1, 2,
		99);
	expect(scene, "1000 /error /nsm/server/announce -6 no song plays; open "
		      "one, then start this program;");
	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "x", "", "x", 2, 0,
		99);
	expect(scene, "1000 /error /nsm/server/announce -2 this is a server of "
		      "NSM API 1; the program wants a newer one;");
	SAY(scene, CONTROL, "/nsm/server/save", "");
	expect(scene, "50 /error /nsm/server/save -6 no song plays that could "
		      "be saved;");
	SAY(scene, CONTROL, "/nsm/server/open", "s", "none");
	expect(scene, "50 /error /nsm/server/open -5 there is no song none;");
	SAY(scene, CONTROL, "/nsm/server/new", "s", "A");
	expect(scene, "50 /error /nsm/server/new -10 there is a song A;");
	SAY(scene, CONTROL, "/nsm/server/close", "");
	expect(scene, "50 /error /nsm/server/close -6 no song plays;");
}

static void
songs_are_listed_with_an_end(void **state)
{
	struct scene *scene = *state;

	SAY(scene, CONTROL, "/nsm/server/list", "");
	expect(scene, "50 /reply /nsm/server/list A;"
		      "50 /reply /nsm/server/list Set/B;"
		      "50 /reply /nsm/server/list ;");
	SAY(scene, CONTROL, "/osc/ping", "");
	expect(scene, "50 /reply /osc/ping;");
}

static void
only_who_is_one_speaks_for_a_client(void **state)
{
	struct scene *scene = *state;

	come_up(scene);
	SAY(scene, CONTROL, "/nsm/server/save", "");
	SAY(scene, CONTROL, "/reply", "ss", "/nsm/client/save", "not I");
	SAY(scene, CLIENT + 1, "/reply", "ss", "/nsm/client/save", "nor I");
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "what?");
	SAY(scene, CLIENT, "/reply", "ss", "/nonsense", "what?");
	SAY(scene, CONTROL, "/nsm/client/is_dirty", "");
	SAY(scene, CONTROL, "/nsm/client/label", "s", "not mine");
	assert_int_equal(world_state(&scene->world, "nA1"), STAGE_SHOW_SAVING);
	assert_false(world_slot(&scene->world, "nA1")->is_dirty);
	expect(scene, "");
	// An error is one whatever its number.
	SAY(scene, CLIENT, "/error", "sis", "/nsm/client/save", 7, "no room");
	expect(scene,
		"50 /error /nsm/server/save -1 saved, but for zyn (nA1);");
	assert_int_equal(
		world_slot(&scene->world, "nA1")->code, STAGE_SHOW_GENERAL);
}

static void
what_clients_say_is_kept_and_shown(void **state)
{
	struct scene *scene = *state;

	come_up(scene);
	SAY(scene, GUI, "/nsm/gui/gui_announce", "");
	stage_str_clear(&scene->sent);
	SAY(scene, CLIENT, "/nsm/client/progress", "f", 0.5);
	SAY(scene, CLIENT, "/nsm/client/progress", "f", 2.0);
	SAY(scene, CLIENT, "/nsm/client/is_dirty", "");
	SAY(scene, CLIENT, "/nsm/client/is_clean", "");
	SAY(scene, CLIENT, "/nsm/client/gui_is_shown", "");
	SAY(scene, CLIENT, "/nsm/client/gui_is_hidden", "");
	SAY(scene, CLIENT, "/nsm/client/message", "is", 2, "hello");
	SAY(scene, CLIENT, "/nsm/client/label", "s", "bass");
	expect(scene, "60 /nsm/gui/client/progress nA1 0.50;"
		      "60 /nsm/gui/client/dirty nA1 1;"
		      "60 /nsm/gui/client/dirty nA1 0;"
		      "60 /nsm/gui/client/gui_visible nA1 1;"
		      "60 /nsm/gui/client/gui_visible nA1 0;"
		      "60 /nsm/gui/client/message nA1 2 hello;"
		      "60 /nsm/gui/client/label nA1 bass;");
}

static void
broadcasts_go_to_all_others_but_not_in_our_name(void **state)
{
	struct scene *scene = *state;

	come_up(scene);
	SAY(scene, GUI, "/nsm/gui/gui_announce", "");
	stage_str_clear(&scene->sent);
	SAY(scene, CONTROL, "/nsm/server/broadcast", "ssif", "/tempo", "a", 7,
		0.5);
	expect(scene, "1000 /tempo a 7 0.50;60 /tempo a 7 0.50;");
	SAY(scene, CLIENT, "/nsm/server/broadcast", "s", "/bang");
	expect(scene, "60 /bang;");
	SAY(scene, CLIENT, "/nsm/server/broadcast", "s", "/nsm/server/quit");
	SAY(scene, CLIENT, "/nsm/server/broadcast", "s", "none");
	SAY(scene, CLIENT, "/nsm/server/broadcast", "i", 1);
	SAY(scene, CLIENT, "/nsm/server/broadcast", "");
	expect(scene, "");
}

static void
each_gui_is_told_everything(void **state)
{
	struct scene *scene = *state;

	come_up(scene);
	for (int i = 0; i < 3; i++) {
		SAY(scene, GUI + i % 2, "/nsm/gui/gui_announce", "");
	}
	stage_str_clear(&scene->sent);
	SAY(scene, GUI, "/nsm/gui/gui_announce", "");
	expect(scene, "60 /nsm/gui/gui_announce hi;"
		      "60 /nsm/gui/session/root /songs;"
		      "60 /nsm/gui/client/new nA1 zyn;"
		      "60 /nsm/gui/client/status nA1 ready;"
		      "60 /nsm/gui/client/has_optional_gui nA1;"
		      "60 /nsm/gui/client/gui_visible nA1 0;"
		      "60 /nsm/gui/session/name A /A;");
	SAY(scene, CONTROL, "/nsm/server/open", "s", "Set/B");
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	expect(scene, "61 /nsm/gui/client/new nB1 zyn;"
		      "60 /nsm/gui/client/new nB1 zyn;"
		      "61 /nsm/gui/client/switch nA1 nB1;"
		      "60 /nsm/gui/client/switch nA1 nB1;"
		      "61 /nsm/gui/client/status nB1 switch;"
		      "60 /nsm/gui/client/status nB1 switch;"
		      "61 /nsm/gui/client/status nB1 ready;"
		      "60 /nsm/gui/client/status nB1 ready;"
		      "61 /nsm/gui/session/name B /Set/B;"
		      "60 /nsm/gui/session/name B /Set/B;"
		      "50 /reply /nsm/server/open Loaded.;");
	SAY(scene, GUI, "/nsm/gui/client/stop", "s", "nB1");
	expect(scene, "61 /nsm/gui/client/status nB1 quit;"
		      "60 /nsm/gui/client/status nB1 quit;"
		      "60 /reply Client stopped.;");
	SAY(scene, GUI, "/nsm/gui/client/stop", "s", "none");
	expect(scene, "60 /error -1 no client none is in the song that plays;");
}

static void
more_guis_than_there_is_room_for_cost_the_oldest(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 40; i++) {
		SAY(scene, GUI + i, "/nsm/gui/gui_announce", "");
	}
	stage_str_clear(&scene->sent);
	SAY(scene, CONTROL, "/nsm/server/broadcast", "s", "/bang");
	assert_null(strstr(scene->sent.data, "60 /bang"));
	assert_non_null(strstr(scene->sent.data, "99 /bang"));
}

// Any bytes at all, from anybody.
static void
garbage_changes_nothing(void **state)
{
	static const char *const paths[] = {"/nsm/server/announce", "/reply",
		"/error", "/nsm/server/open", "/nsm/server/broadcast",
		"/nsm/gui/client/stop", "/nsm/client/message", "/nsm/x"};
	static const char *const types[] = {
		"", "s", "ss", "sss", "sssi", "sssii", "sssiii", "TFNI"};
	struct scene *scene = *state;
	unsigned seed = 7;

	come_up(scene);
	for (int i = 0; i < 20000; i++) {
		struct stage_str bytes = {0};

		assert_int_equal(
			stage_osc_write(&bytes, paths[rand_r(&seed) % 8],
				types[rand_r(&seed) % 8], "/", "/", "/", 1, 1,
				1),
			STAGE_OK);
		for (int k = 0; k < 3; k++) {
			bytes.data[(size_t)rand_r(&seed) % bytes.len] =
				(char)rand_r(&seed);
		}
		bytes.len -= (size_t)rand_r(&seed) % bytes.len;
		say_bytes(scene, CONTROL, &bytes);
		stage_str_finish(&bytes);
	}
	assert_int_equal(world_state(&scene->world, "nA1"), STAGE_SHOW_READY);
	assert_string_equal(
		stage_show_engine_current(scene->world.engine)->name, "A");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_client_is_welcomed_and_told_to_open),
		TEST(messages_to_clients_are_those_of_the_api),
		TEST(errors_have_the_numbers_of_the_api),
		TEST(songs_are_listed_with_an_end),
		TEST(only_who_is_one_speaks_for_a_client),
		TEST(what_clients_say_is_kept_and_shown),
		TEST(broadcasts_go_to_all_others_but_not_in_our_name),
		TEST(each_gui_is_told_everything),
		TEST(more_guis_than_there_is_room_for_cost_the_oldest),
		TEST(garbage_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
