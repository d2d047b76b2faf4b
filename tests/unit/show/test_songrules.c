/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What song.conf says is done: by the engine, to clients and to run programs.

#include "show/engine.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine_world.h"

static int
set_up(void **state)
{
	static struct world world;

	world_begin(&world);
	world_song(&world, "A", "zyn:zyn:nA1\nzyn:zyn:nA2\n");
	world_song(&world, "B", "zyn:zyn:nB1\n");
	world_song(&world, "C", "amp:amp:nC1\n");
	*state = &world;
	return 0;
}

static void
one_without_autostart_waits_for_a_hand(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	world_conf(world, "A", "client nA2 autostart no\n");
	world_play(world, "A", ":switch:");
	assert_int_equal(world->program_count, 1);
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_OFF);
	assert_int_equal(
		stage_show_engine_resume(world->engine, "nA2", &err), STAGE_OK);
	world_expect(world, "launch nA2");
	world_come_up(world, ":switch:");
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_READY);
	// Nor does one of another song become it.
	world_play(world, "B", ":switch:");
	world_end_ended(world);
	stage_str_clear(&world->log);
	world_open(world, "A");
	world_expect(world, "open nA2 /songs/A/zyn.nA1 A");
	world_come_up(world, "");
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_OFF);
}

static void
crash(struct world *world, const char *id, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		world_exits(world, id, false);
		world_expect(world, "launch nC1");
		world_come_up(world, "");
		stage_str_clear(&world->log);
	}
}

static void
crashes_are_mended_as_often_as_is_said(void **state)
{
	struct world *world = *state;

	world_conf(world, "C", "client nC1 restart never\n");
	world_play(world, "C", "");
	world_exits(world, "nC1", false);
	world_expect(world, "");
	assert_int_equal(world_state(world, "nC1"), STAGE_SHOW_FAILED);
	world_conf(world, "C", "client nC1 restart 5\n"); // at the next load
	world_play(world, "C", "");
	crash(world, "nC1", 5);
	world_exits(world, "nC1", false);
	world_expect(world, "");
	assert_int_equal(world_state(world, "nC1"), STAGE_SHOW_FAILED);
}

static void
always_is_not_at_once(void **state)
{
	struct world *world = *state;

	world_conf(world, "C", "client nC1 restart always\n");
	world_play(world, "C", "");
	for (int i = 0; i < 3; i++) {
		crash(world, "nC1", 3);
		// A storm would take the time of everybody else.
		for (int k = 0; k < 4; k++) {
			world_exits(world, "nC1", false);
			world_expect(world, "");
			world_pass(world, 4999);
			world_expect(world, "");
			world_pass(world, 1);
			world_expect(world, "launch nC1");
			world_come_up(world, "");
			stage_str_clear(&world->log);
		}
		world_pass(world, 60000);
	}
}

static void
deadlines_are_those_of_the_song(void **state)
{
	struct world *world = *state;

	world_conf(world, "A",
		"client nA1 announce 20s open 500ms save 1s quit 7s\n");
	world_open(world, "A");
	world_announce(world, "nA2", "zyn", "");
	world_opened(world, "nA2");
	world_pass(world, 19999);
	assert_string_equal(world_playing(world), "");
	world_announce(world, "nA1", "zyn", "");
	world_pass(world, 499);
	assert_string_equal(world_playing(world), "");
	world_pass(world, 1);
	assert_string_equal(world_playing(world), "A");
	world_opened(world, "nA1");
	world_expect_answers(world, "0 Loaded.;");
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nA2");
	world_pass(world, 1000);
	world_expect_answers(world, "-1 saved, but for zyn (nA1);");
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	stage_str_clear(&world->log);
	world_pass(world, 3000);
	world_expect(world, "kill nA2");
	world_pass(world, 4000);
	world_expect(world, "kill nA1");
}

static void
what_is_known_of_a_program_counts_where_nothing_is_said(void **state)
{
	struct world *world = *state;
	struct stage_show_habits *habits = stage_show_habits_create();

	stage_show_engine_set_habits(world->engine, habits);
	world_open(world, "C");
	world_pass(world, 20000); // it announces late
	world_expect_answers(world, "0 Loaded.;");
	world_announce(world, "nC1", "amp", "");
	world_opened(world, "nC1");
	for (int i = 0; i < 3; i++) { // and ends within a second
		stage_show_engine_close(
			world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
		world_pass(world, 1000);
		world_end_ended(world);
		world_open(world, "C");
		if (i < 2) {
			world_come_up(world, "");
		}
	}
	stage_str_clear(&world->answers);
	stage_str_clear(&world->log);
	world_pass(world, 39999); // twice of what it took
	world_expect_answers(world, "");
	world_pass(world, 1);
	world_expect_answers(world, "0 Loaded.;");
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_pass(world, 1999);
	world_expect(world, "select C; select none; term nC1");
	world_pass(world, 1);
	world_expect(world, "kill nC1");
	world_end_ended(world);
	// What song.conf says stands above it.
	world_conf(world, "C", "client nC1 announce 7s\n");
	stage_str_clear(&world->answers);
	world_open(world, "C");
	world_pass(world, 7000);
	world_expect_answers(world, "0 Loaded.;");
	world_renew(world);
	stage_show_habits_destroy(habits);
}

// Loads C, and ends it; its program has not said a word.
static void
play_in_silence(struct world *world)
{
	world_open(world, "C");
	world_pass(world, 5000);
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_end_ended(world);
	stage_str_clear(&world->answers);
	stage_str_clear(&world->log);
}

static void
the_silent_are_not_waited_for(void **state)
{
	struct world *world = *state;
	struct stage_show_habits *habits = stage_show_habits_create();

	stage_show_engine_set_habits(world->engine, habits);
	world_open(world, "C");
	world_pass(world, 4999);
	world_expect_answers(world, "");
	play_in_silence(world);
	world_open(world, "C");
	world_pass(world, 4999);
	world_expect_answers(world, "");
	play_in_silence(world);
	world_open(world, "C");
	world_expect(world, "launch nC1; select C");
	world_expect_answers(world, "0 Loaded.;");
	assert_true(world_slot(world, "nC1")->is_late);
	assert_non_null(strstr(world_slot(world, "nC1")->why, "not waited"));
	world_pass(world, 10000); // it has had its time
	assert_true(world_slot(world, "nC1")->is_late);
	// In edit mode, too, there is nothing that it could save.
	stage_show_engine_save(world->engine, world_asker(world));
	world_expect_answers(world, "0 Saved.;");
	// It speaks: it is let in, and waited for again.
	world_announce(world, "nC1", "amp", "");
	assert_string_equal(world_slot(world, "nC1")->why, "");
	stage_str_clear(&world->log);
	world_opened(world, "nC1");
	world_expect(world, "loaded nC1");
	assert_false(world_slot(world, "nC1")->is_late);
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_end_ended(world);
	stage_str_clear(&world->answers);
	world_open(world, "C");
	world_expect_answers(world, "");
	world_come_up(world, "");
	world_expect_answers(world, "0 Loaded.;");
	world_renew(world);
	stage_show_habits_destroy(habits);
}

static void
the_silent_are_waited_for_where_that_is_said(void **state)
{
	struct world *world = *state;
	struct stage_show_habits *habits = stage_show_habits_create();

	stage_show_engine_set_habits(world->engine, habits);
	play_in_silence(world);
	play_in_silence(world);
	world_conf(world, "C", "client nC1 announce 7s\n");
	world_open(world, "C");
	world_pass(world, 6999);
	world_expect_answers(world, "");
	world_pass(world, 1);
	world_expect_answers(world, "0 Loaded.;");
	world_renew(world);
	stage_show_habits_destroy(habits);
}

static void
the_silent_are_not_waited_for_ahead(void **state)
{
	struct world *world = *state;
	struct stage_show_habits *habits = stage_show_habits_create();

	stage_show_engine_set_habits(world->engine, habits);
	play_in_silence(world);
	play_in_silence(world);
	world_play(world, "A", "");
	stage_show_engine_preload(world->engine, "C");
	stage_str_clear(&world->answers);
	stage_str_clear(&world->log);
	world_open(world, "C");
	world_expect(world, "select C; term nA1; term nA2");
	world_expect_answers(world, "0 Loaded.;");
	assert_true(world_slot(world, "nC1")->is_late);
	world_end_ended(world);
	// One that speaks ahead has the time that opening takes.
	world_play(world, "A", "");
	stage_show_engine_preload(world->engine, "C");
	world_announce(world, "nC1", "amp", "");
	stage_str_clear(&world->answers);
	world_open(world, "C");
	world_expect_answers(world, "");
	world_opened(world, "nC1");
	world_expect_answers(world, "0 Loaded.;");
	world_renew(world);
	stage_show_habits_destroy(habits);
}

static void
a_song_rings_for_its_tail(void **state)
{
	struct world *world = *state;

	world_conf(world, "A", "tail 4s\n");
	world_play(world, "A", "");
	world_open(world, "C");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "C");
	assert_null(strstr(world->log.data, "term"));
	assert_string_equal(world->ringing, "A");
	world_pass(world, 3999);
	assert_null(strstr(world->log.data, "term"));
	stage_str_clear(&world->log);
	world_pass(world, 1);
	world_expect(world, "select C; term nA1; term nA2");
	assert_string_equal(world->ringing, "");
	world_expect_answers(world, "0 Loaded.;");
	// One without a tail ends at once.
	world_play(world, "B", "");
	assert_int_equal(
		stage_show_engine_deadline_ns(world->engine), INT64_MAX);
}

static void
one_that_rings_is_taken_back_by_its_own_song(void **state)
{
	struct world *world = *state;

	world_conf(world, "A", "tail 10s\n");
	world_play(world, "A", ":switch:");
	world_play(world, "C", "");
	world_open(world, "B");
	world_come_up(world, ""); // of its own: those of A ring still
	world_end_ended(world);
	assert_string_equal(world_playing(world), "B");
	assert_string_equal(world_program(world, "nB1")->id, "nB1");
	stage_str_clear(&world->log);
	world_open(world, "A");
	world_expect(world, "open nA1 /songs/A/zyn.nA1 A; "
			    "open nA2 /songs/A/zyn.nA2 A");
}

static void
the_song_says_whether_it_is_saved(void **state)
{
	struct world *world = *state;

	world_conf(world, "A", "save edit\n");
	world_conf(world, "C", "save show\n");
	world_play(world, "A", "");
	world_open(world, "C");
	world_expect(world, "save nA1; save nA2");
	world_saved(world, "nA1");
	world_saved(world, "nA2");
	world_come_up(world, "");
	world_end_ended(world);
	assert_string_equal(world_playing(world), "C");
	stage_show_engine_set_edit(world->engine, true);
	stage_str_clear(&world->log);
	world_open(world, "B");
	world_expect(world, "launch nB1");
}

static void
one_that_is_alone_waits_for_the_others_end(void **state)
{
	struct world *world = *state;

	world_conf(world, "B", "client nB1 alone yes\n");
	world_play(world, "A", "");
	world_open(world, "B");
	world_expect(world, "term nA2; term nA1");
	world_exits(world, "nA1", true);
	world_expect(world, "");
	world_exits(world, "nA2", true);
	world_expect(world, "launch nB1");
	world_come_up(world, "");
	world_expect_answers(world, "0 Loaded.;");
	// And the others for its end.
	stage_str_clear(&world->log);
	world_open(world, "A");
	world_expect(world, "term nB1");
	world_exits(world, "nB1", true);
	world_expect(world, "launch nA1; launch nA2");
}

static void
two_alone_in_one_song_do_not_hold_it_up(void **state)
{
	struct world *world = *state;

	world_conf(world, "A", "client nA2 alone yes\n");
	world_open(world, "A");
	world_come_up(world, "");
	world_expect_answers(world, "0 Loaded.;");
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_FAILED);
	assert_non_null(strstr(
		world_slot(world, "nA2")->why, "cannot run beside zyn (nA1)"));
}

static void
run_programs_are_there_at_once(void **state)
{
	struct world *world = *state;
	const struct stage_show_slot *slot;

	world_conf(world, "C",
		"run click klick -j -P 120\nclient click signal USR1\n");
	world_open(world, "C");
	world_expect(world, "launch nC1; launch click");
	slot = world_slot(world, "click");
	assert_string_equal(slot->executable, "klick");
	assert_string_equal(slot->argv[1], "-j");
	assert_string_equal(slot->argv[3], "120");
	assert_null(slot->argv[4]);
	assert_int_equal(slot->state, STAGE_SHOW_READY);
	world_come_up(world, "");
	// It is told nothing that it would not understand.
	world_expect(
		world, "open nC1 /songs/C/zyn.nC1 C; select C; loaded nC1");
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nC1");
	world_expect_answers(world, "0 Loaded.;0 Saved.;");
	assert_non_null(strstr(world->log.data, "save nC1; signal 10 click"));
	assert_string_equal(world_text(world, "C"), "zyn:amp:nC1\n");
	stage_str_clear(&world->log);
	world_exits(world, "click", false);
	world_expect(world, "launch click");
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_expect(world, "select none; term nC1; term click");
}

static void
run_programs_of_two_songs_may_have_one_name(void **state)
{
	struct world *world = *state;

	world_conf(world, "B", "run click klick 1\n");
	world_conf(world, "C", "run click klick 2\n");
	world_play(world, "B", "");
	world_open(world, "C");
	// The one that plays does so until the other one does.
	world_expect(world, "launch nC1; launch click");
	world_come_up(world, "");
	assert_non_null(strstr(world->log.data, "term nB1; term click"));
	world_end_ended(world);
	// But not where one of them is to be alone.
	world_conf(world, "B", "run click klick 1\nclient click alone yes\n");
	stage_str_clear(&world->log);
	world_open(world, "B");
	world_expect(world, "term click; launch nB1");
	world_end_ended(world);
	world_expect(world, "launch click");
}

static void
a_run_line_cannot_have_a_clients_id(void **state)
{
	struct world *world = *state;
	const struct stage_show_song *song;
	struct stage_err err = STAGE_ERR_INIT;

	world_conf(
		world, "C", "run nC1 klick\nrun click klick\nwhat is this\n");
	world_play(world, "C", "");
	song = stage_show_engine_current(world->engine);
	assert_int_equal(song->conf.complaints.count, 2);
	assert_string_equal(song->conf.complaints.items[1],
		"song.conf:1: a client of session.nsm is called nC1 too; give "
		"the run line another name");
	assert_int_equal(world->program_count, 2);
	// What is in song.conf is taken out there.
	assert_int_equal(
		stage_show_engine_stop(world->engine, "click", &err), STAGE_OK);
	world_end_ended(world);
	assert_int_equal(stage_show_engine_remove(world->engine, "click", &err),
		STAGE_UNSUPPORTED);
}

static void
a_run_program_that_announces_is_refused(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_show_announce announce = {"klick", "", "klick", 1, 0};

	world_conf(world, "C", "run click klick\n");
	world_play(world, "C", "");
	announce.pid = world_program(world, "click")->process.pid;
	assert_int_equal(
		stage_show_engine_announce(world->engine,
			&world_program(world, "click")->peer, &announce, &err),
		STAGE_SHOW_NOT_NOW);
	assert_int_equal(world_state(world, "click"), STAGE_SHOW_READY);
	world_expect(world, "");
}

static void
what_becomes_of_songs_is_told(void **state)
{
	struct world *world = *state;

	world_open(world, "A");
	world_expect_told(world, "loading A");
	world_come_up(world, "");
	world_expect_told(world, "ready A, go A");
	world_open(world, "B");
	world_open(world, "C");
	world_come_up(world, "");
	world_expect_told(world, "loading B, failed B, loading C, ready C, "
				 "left A, go C");
	world_open(world, "none");
	world_expect_told(world, "failed none");
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_expect_told(world, "left C");
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(one_without_autostart_waits_for_a_hand),
		TEST(crashes_are_mended_as_often_as_is_said),
		TEST(always_is_not_at_once),
		TEST(deadlines_are_those_of_the_song),
		TEST(what_is_known_of_a_program_counts_where_nothing_is_said),
		TEST(the_silent_are_not_waited_for),
		TEST(the_silent_are_waited_for_where_that_is_said),
		TEST(the_silent_are_not_waited_for_ahead),
		TEST(a_song_rings_for_its_tail),
		TEST(one_that_rings_is_taken_back_by_its_own_song),
		TEST(the_song_says_whether_it_is_saved),
		TEST(one_that_is_alone_waits_for_the_others_end),
		TEST(two_alone_in_one_song_do_not_hold_it_up),
		TEST(run_programs_are_there_at_once),
		TEST(run_programs_of_two_songs_may_have_one_name),
		TEST(a_run_line_cannot_have_a_clients_id),
		TEST(a_run_program_that_announces_is_refused),
		TEST(what_becomes_of_songs_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
