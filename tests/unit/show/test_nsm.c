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

#include "nsm_scene.h"

#define MONITOR 70

static void
a_client_is_welcomed_and_told_to_open(void **state)
{
	struct scene *scene = *state;

	SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "zyn",
		":switch:", "zyn", 1, 2, CLIENT);
	scene_expect(scene,
		"1000 /reply /nsm/server/announce Welcome to the show. "
		"Stagecraft :server-control:broadcast:optional-gui:"
		"monitor:;");
	// The engine has it sent, through its ops.
	assert_non_null(strstr(stage_str_text(&scene->world.log),
		"open nA1 /songs/A/zyn.nA1"));
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	scene_expect(scene, "50 /reply /nsm/server/open Loaded.;");
}

static void
messages_to_clients_are_those_of_the_api(void **state)
{
	struct scene *scene = *state;
	const struct stage_show_program *program;

	scene_come_up(scene);
	program = stage_show_engine_programs(scene->world.engine);
	stage_show_nsm_open(
		scene->nsm, program, "/songs/A/zyn.nA1", "A", "nA1");
	stage_show_nsm_save(scene->nsm, program);
	stage_show_nsm_loaded(scene->nsm, program);
	stage_show_nsm_show(scene->nsm, program, true);
	stage_show_nsm_show(scene->nsm, program, false);
	scene_expect(scene, "1000 /nsm/client/open /songs/A/zyn.nA1 A zyn.nA1;"
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
	scene_expect(scene,
		"1000 /error /nsm/server/announce -6 no song plays; open "
		"one, then start this program;");
	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "x", "", "x", 2, 0,
		99);
	scene_expect(scene,
		"1000 /error /nsm/server/announce -2 this is a server of "
		"NSM API 1; the program wants a newer one;");
	SAY(scene, CONTROL, "/nsm/server/save", "");
	scene_expect(scene,
		"50 /error /nsm/server/save -6 no song plays that could "
		"be saved;");
	SAY(scene, CONTROL, "/nsm/server/open", "s", "none");
	scene_expect(
		scene, "50 /error /nsm/server/open -5 there is no song none;");
	SAY(scene, CONTROL, "/nsm/server/new", "s", "A");
	scene_expect(scene, "50 /error /nsm/server/new -10 there is a song A;");
	SAY(scene, CONTROL, "/nsm/server/close", "");
	scene_expect(scene, "50 /error /nsm/server/close -6 no song plays;");
}

static void
songs_are_listed_with_an_end(void **state)
{
	struct scene *scene = *state;

	SAY(scene, CONTROL, "/nsm/server/list", "");
	scene_expect(scene, "50 /reply /nsm/server/list A;"
			    "50 /reply /nsm/server/list Set/B;"
			    "50 /reply /nsm/server/list ;");
	SAY(scene, CONTROL, "/osc/ping", "");
	scene_expect(scene, "50 /reply /osc/ping;");
}

static void
only_who_is_one_speaks_for_a_client(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	SAY(scene, CONTROL, "/nsm/server/save", "");
	SAY(scene, CONTROL, "/reply", "ss", "/nsm/client/save", "not I");
	SAY(scene, CLIENT + 1, "/reply", "ss", "/nsm/client/save", "nor I");
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "what?");
	SAY(scene, CLIENT, "/reply", "ss", "/nonsense", "what?");
	SAY(scene, CONTROL, "/nsm/client/is_dirty", "");
	SAY(scene, CONTROL, "/nsm/client/label", "s", "not mine");
	assert_int_equal(world_state(&scene->world, "nA1"), STAGE_SHOW_SAVING);
	assert_false(world_slot(&scene->world, "nA1")->is_dirty);
	scene_expect(scene, "");
	// An error is one whatever its number.
	SAY(scene, CLIENT, "/error", "sis", "/nsm/client/save", 7, "no room");
	scene_expect(scene,
		"50 /error /nsm/server/save -1 saved, but for zyn (nA1);");
	assert_int_equal(
		world_slot(&scene->world, "nA1")->code, STAGE_SHOW_GENERAL);
}

static void
what_clients_say_is_kept_and_shown(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
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
	scene_expect(scene, "60 /nsm/gui/client/progress nA1 0.50;"
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

	scene_come_up(scene);
	SAY(scene, GUI, "/nsm/gui/gui_announce", "");
	stage_str_clear(&scene->sent);
	SAY(scene, CONTROL, "/nsm/server/broadcast", "ssif", "/tempo", "a", 7,
		0.5);
	scene_expect(scene, "1000 /tempo a 7 0.50;"
			    "60 /nsm/server/broadcast /tempo a 7 0.50;");
	SAY(scene, CLIENT, "/nsm/server/broadcast", "s", "/bang");
	scene_expect(scene, "60 /nsm/server/broadcast /bang;");
	SAY(scene, CLIENT, "/nsm/server/broadcast", "s", "/nsm/server/quit");
	SAY(scene, CLIENT, "/nsm/server/broadcast", "s", "none");
	SAY(scene, CLIENT, "/nsm/server/broadcast", "i", 1);
	SAY(scene, CLIENT, "/nsm/server/broadcast", "");
	scene_expect(scene, "");
}

static void
what_waits_for_its_turn_is_of_no_session(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	world_song(&scene->world, "Z", "amp:amp:nZ1\n");
	stage_show_engine_preload(scene->world.engine, "Z");
	SAY(scene, CLIENT + 1, "/nsm/server/announce", "sssiii", "amp", "",
		"amp", 1, 2, CLIENT + 1);
	SAY(scene, CLIENT + 1, "/reply", "ss", "/nsm/client/open", "ok");
	stage_str_clear(&scene->sent);
	SAY(scene, CONTROL, "/nsm/server/broadcast", "s", "/bang");
	scene_expect(scene, "1000 /bang;");
	SAY(scene, CONTROL, "/nsm/server/open", "s", "Z");
	stage_str_clear(&scene->sent);
	SAY(scene, CONTROL, "/nsm/server/broadcast", "s", "/bang");
	assert_non_null(strstr(stage_str_text(&scene->sent), "1001 /bang;"));
}

static void
each_gui_is_told_everything(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	for (int i = 0; i < 3; i++) {
		SAY(scene, GUI + i % 2, "/nsm/gui/gui_announce", "");
	}
	stage_str_clear(&scene->sent);
	SAY(scene, GUI, "/nsm/gui/gui_announce", "");
	scene_expect(scene, "60 /nsm/gui/gui_announce hi;"
			    "60 /nsm/gui/session/root /songs;"
			    "60 /nsm/gui/client/new nA1 zyn;"
			    "60 /nsm/gui/client/status nA1 ready;"
			    "60 /nsm/gui/client/has_optional_gui nA1;"
			    "60 /nsm/gui/client/gui_visible nA1 0;"
			    "60 /nsm/gui/client/new nA1 zyn;"
			    "60 /nsm/gui/session/name A /A;");
	SAY(scene, CONTROL, "/nsm/server/open", "s", "Set/B");
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	scene_expect(scene, "61 /nsm/gui/client/new nB1 zyn;"
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
	scene_expect(scene, "61 /nsm/gui/client/status nB1 quit;"
			    "60 /nsm/gui/client/status nB1 quit;"
			    "60 /reply Client stopped.;");
	SAY(scene, GUI, "/nsm/gui/client/stop", "s", "none");
	scene_expect(scene,
		"60 /error -1 no client none is in the song that plays;");
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
	assert_null(strstr(scene->sent.data, "60 /nsm/server/broadcast"));
	assert_non_null(strstr(scene->sent.data, "99 /nsm/server/broadcast"));
	// 84 is the oldest one that is left. Who pings is there, and stays.
	SAY(scene, GUI + 24, "/osc/ping", "");
	SAY(scene, GUI + 40, "/nsm/gui/gui_announce", "");
	stage_str_clear(&scene->sent);
	SAY(scene, CONTROL, "/nsm/server/broadcast", "s", "/bang");
	assert_non_null(strstr(scene->sent.data, "84 /nsm/server/broadcast"));
	assert_null(strstr(scene->sent.data, "85 /nsm/server/broadcast"));
}

// RaySession's monitor.

static void
one_that_monitors_is_told_of_the_others(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	// It came from outside, and is a client of the song too.
	SAY(scene, MONITOR, "/nsm/server/announce", "sssiii", "eye",
		":monitor:", "eye", 1, 2, 0);
	scene_expect(scene,
		"70 /reply /nsm/server/announce Welcome to the show. "
		"Stagecraft :server-control:broadcast:optional-gui:monitor:;"
		"70 /nsm/client/monitor/client_state nA1 zyn.nA1 1;"
		"70 /nsm/client/monitor/client_state   1;");
	SAY(scene, MONITOR, "/reply", "ss", "/nsm/client/open", "ok");
	SAY(scene, MONITOR, "/nsm/server/monitor_reset", "");
	scene_expect(scene, "70 /nsm/client/monitor/client_state nA1 zyn.nA1 1;"
			    "70 /nsm/client/monitor/client_state   1;");
	// Only who can hears of it.
	SAY(scene, CLIENT, "/nsm/server/monitor_reset", "");
	SAY(scene, CONTROL, "/nsm/server/monitor_reset", "");
	scene_expect(scene, "");
}

static void
one_that_monitors_hears_what_happens(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	SAY(scene, MONITOR, "/nsm/server/announce", "sssiii", "eye",
		":monitor:", "eye", 1, 2, 0);
	SAY(scene, MONITOR, "/reply", "ss", "/nsm/client/open", "ok");
	stage_str_clear(&scene->sent);
	SAY(scene, CONTROL, "/nsm/gui/client/save", "s", "nA1");
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/save", "ok");
	SAY(scene, CONTROL, "/nsm/gui/client/save", "s", "nA1");
	SAY(scene, CLIENT, "/error", "sis", "/nsm/client/save", -1, "full");
	SAY(scene, CONTROL, "/nsm/gui/client/save", "s", "nA1");
	world_pass(&scene->world, 6000);
	scene_expect(scene,
		"70 /nsm/client/monitor/client_event nA1 save_request;"
		"50 /reply Client saves.;"
		"70 /nsm/client/monitor/client_event nA1 saved;"
		"70 /nsm/client/monitor/client_event nA1 save_request;"
		"50 /reply Client saves.;"
		"70 /nsm/client/monitor/client_event nA1 save_error;"
		"70 /nsm/client/monitor/client_event nA1 save_request;"
		"50 /reply Client saves.;"
		"70 /nsm/client/monitor/client_event nA1 save_error;");
	SAY(scene, CONTROL, "/nsm/gui/client/stop", "s", "nA1");
	world_exits(&scene->world, "nA1", true);
	SAY(scene, CONTROL, "/nsm/gui/client/resume", "s", "nA1");
	SAY(scene, CLIENT + 1, "/nsm/server/announce", "sssiii", "zyn", "",
		"zyn", 1, 2, CLIENT + 1);
	SAY(scene, CLIENT + 1, "/error", "sis", "/nsm/client/open", -1, "no");
	world_exits(&scene->world, "nA1", false);
	scene_expect(scene,
		"70 /nsm/client/monitor/client_event nA1 stop_request;"
		"50 /reply Client stopped.;"
		"70 /nsm/client/monitor/client_event nA1 stopped_by_server;"
		"70 /nsm/client/monitor/client_event nA1 start_request;"
		"70 /nsm/client/monitor/client_event nA1 started;"
		"50 /reply Client resumed.;"
		"70 /nsm/client/monitor/client_updated nA1 zyn.nA1 1;"
		"1001 /reply /nsm/server/announce Welcome to the show. "
		"Stagecraft :server-control:broadcast:optional-gui:monitor:;"
		"70 /nsm/client/monitor/client_event nA1 open_error;"
		"70 /nsm/client/monitor/client_event nA1 start_request;"
		"70 /nsm/client/monitor/client_event nA1 started;");
}

// What programs with windows need beside.

static void
a_song_that_is_made_is_told_to_guis(void **state)
{
	struct scene *scene = *state;

	SAY(scene, GUI, "/nsm/gui/gui_announce", "");
	stage_str_clear(&scene->sent);
	SAY(scene, CONTROL, "/nsm/server/new", "s", "C");
	SAY(scene, CONTROL, "/nsm/server/duplicate", "s", "D");
	SAY(scene, CONTROL, "/nsm/server/new", "s", "D");
	scene_expect(scene, "60 /nsm/gui/session/name C /C;"
			    "60 /nsm/gui/session/session C;"
			    "50 /reply /nsm/server/new Loaded.;"
			    "60 /nsm/gui/session/name D /D;"
			    "60 /nsm/gui/session/session D;"
			    "50 /reply /nsm/server/duplicate Loaded.;"
			    "50 /error /nsm/server/new -10 there is a song "
			    "D;");
}

// A client that nobody can start again from there would be lost to a show.
static void
one_that_ended_by_itself_is_stopped_to_guis(void **state)
{
	struct scene *scene = *state;

	scene_come_up(scene);
	SAY(scene, GUI, "/nsm/gui/gui_announce", "");
	for (int i = 0; i < 4; i++) {
		stage_str_clear(&scene->sent);
		world_exits(&scene->world, "nA1", false);
	}
	scene_expect(scene,
		"60 /nsm/gui/client/label nA1 it crashed;"
		"60 /nsm/gui/client/status nA1 stopped;"
		"60 /nsm/gui/server/message zyn killed by signal 11;");
	scene->world.not_installed = "zyn";
	SAY(scene, CONTROL, "/nsm/gui/client/resume", "s", "nA1");
	scene_expect(scene, "60 /nsm/gui/client/status nA1 launch;"
			    "60 /nsm/gui/client/label nA1 launch error!;"
			    "60 /nsm/gui/client/status nA1 stopped;"
			    "60 /nsm/gui/server/message zyn is not installed;"
			    "50 /reply Client resumed.;");
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_client_is_welcomed_and_told_to_open),
		TEST(messages_to_clients_are_those_of_the_api),
		TEST(errors_have_the_numbers_of_the_api),
		TEST(songs_are_listed_with_an_end),
		TEST(only_who_is_one_speaks_for_a_client),
		TEST(what_clients_say_is_kept_and_shown),
		TEST(broadcasts_go_to_all_others_but_not_in_our_name),
		TEST(what_waits_for_its_turn_is_of_no_session),
		TEST(each_gui_is_told_everything),
		TEST(one_that_monitors_is_told_of_the_others),
		TEST(one_that_monitors_hears_what_happens),
		TEST(a_song_that_is_made_is_told_to_guis),
		TEST(one_that_ended_by_itself_is_stopped_to_guis),
		TEST(more_guis_than_there_is_room_for_cost_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
