/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/engine.h"

#include <setjmp.h>
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
	world_song(&world, "B", "zyn:zyn:nB1\nzyn:zyn:nB2\n");
	world_song(&world, "C", "amp:amp:nC1\n");
	*state = &world;
	return 0;
}

static void
a_song_plays_when_all_its_clients_have_opened(void **state)
{
	struct world *world = *state;

	world_open(world, "A");
	world_expect(world, "launch nA1; launch nA2");
	world_announce(world, "nA1", "zyn", ":switch:");
	world_expect(world, "open nA1 /songs/A/zyn.nA1 A");
	world_opened(world, "nA1");
	world_announce(world, "nA2", "zyn", "");
	assert_string_equal(world_playing(world), "");
	world_expect(world, "open nA2 /songs/A/zyn.nA2 A");
	world_expect_answers(world, "");
	world_opened(world, "nA2");
	world_expect(world, "select A; loaded nA1; loaded nA2");
	world_expect_answers(world, "0 Loaded.;");
	assert_string_equal(world_playing(world), "A");
}

static void
programs_that_can_switch_change_songs_each_once(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	world_open(world, "B");
	// Both, at once, and nothing is started or ended.
	world_expect(world, "open nA2 /songs/B/zyn.nB1 B; "
			    "open nA1 /songs/B/zyn.nB2 B");
	assert_string_equal(world_playing(world), "A");
	world_opened(world, "nA2");
	world_opened(world, "nA1");
	world_expect(world, "select B; loaded nB1; loaded nB2");
	world_open(world, "A");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "A");
	assert_int_equal(world->program_count, 2);
}

static void
others_start_beside_those_that_play_and_end_behind_them(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	world_open(world, "B");
	world_expect(world, "launch nB1; launch nB2");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "B");
	assert_non_null(strstr(stage_str_text(&world->log),
		"select B; loaded nB1; loaded nB2; term nA1; term nA2"));
	world_expect_answers(world, "0 Loaded.;");
	world_end_ended(world);
	assert_null(stage_show_engine_songs(world->engine)->next);
}

static void
the_latest_wish_wins(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	for (int i = 0; i < 20; i++) {
		world_open(world, i % 2 == 0 ? "B" : "C");
	}
	world_open(world, "B");
	world_come_up(world, ":switch:");
	world_end_ended(world);
	world_come_up(world, ":switch:");
	assert_string_equal(world_playing(world), "B");
	// Each wish was answered, and only the last one was fulfilled.
	assert_string_equal(world->answers.data + world->answers.len -
				    strlen(";0 Loaded.;"),
		";0 Loaded.;");
	assert_int_equal(world_state(world, "nB1"), STAGE_SHOW_READY);
	assert_int_equal(world_state(world, "nB2"), STAGE_SHOW_READY);
	world_end_ended(world);
	assert_null(stage_show_engine_songs(world->engine)->next);
}

static void
going_back_keeps_what_plays(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	world_open(world, "C");
	world_expect(world, "launch nC1");
	world_open(world, "A");
	// The song was never left: nothing of it is touched.
	world_expect(world, "term nC1");
	world_expect_answers(
		world, "-8 given up: A was asked for meanwhile;0 Loaded.;");
	assert_string_equal(world_playing(world), "A");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
}

static void
going_back_takes_back_what_has_switched(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	world_open(world, "B");
	world_expect(world, "open nA2 /songs/B/zyn.nB1 B; "
			    "open nA1 /songs/B/zyn.nB2 B");
	world_open(world, "A");
	world_expect(world, ""); // they still owe an answer
	world_opened(world, "nA1");
	world_opened(world, "nA2");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "A");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_READY);
	assert_int_equal(world->program_count, 2);
	assert_null(stage_show_engine_songs(world->engine)->next);
}

static void
who_says_nothing_is_left_behind(void **state)
{
	struct world *world = *state;

	world_open(world, "A");
	world_announce(world, "nA1", "zyn", "");
	world_opened(world, "nA1");
	world_pass(world, 4999);
	assert_string_equal(world_playing(world), "");
	world_pass(world, 1);
	assert_string_equal(world_playing(world), "A");
	assert_string_equal(world_slot(world, "nA2")->why,
		"zyn has not said that it is there in 5 s");
	world_expect_answers(world, "0 Loaded.;");
	// It comes, and then it is part of the song.
	world_announce(world, "nA2", "zyn", "");
	stage_str_clear(&world->log);
	world_opened(world, "nA2");
	world_expect(world, "loaded nA2");
	assert_string_equal(world_slot(world, "nA2")->why, "");
}

static void
who_does_not_open_is_left_behind_unless_it_works_on_it(void **state)
{
	struct world *world = *state;

	world_open(world, "C");
	world_announce(world, "nC1", "amp", ":progress:");
	for (int i = 0; i < 5; i++) {
		world_pass(world, 8000);
		stage_show_engine_said(world->engine,
			stage_show_engine_program_at(world->engine,
				&world_program(world, "nC1")->peer),
			STAGE_SHOW_SLOT_PROGRESS, i * 0.2, "");
	}
	assert_string_equal(world_playing(world), "");
	world_pass(world, 10000);
	assert_string_equal(world_playing(world), "C");
	assert_true(world_slot(world, "nC1")->is_late);
}

static void
what_cannot_be_started_is_told_and_left_behind(void **state)
{
	struct world *world = *state;

	world_song(world, "D", "amp:amp:nD1\nzyn:zyn:nD2\n");
	world->not_installed = "amp";
	world_open(world, "D");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "D");
	assert_int_equal(world_state(world, "nD1"), STAGE_SHOW_FAILED);
	assert_string_equal(
		world_slot(world, "nD1")->why, "amp is not installed");
}

static void
a_song_that_is_not_there_leaves_the_one_that_plays(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	world_open(world, "none");
	world_expect(world, "");
	world_expect_answers(world, "-5 there is no song none;");
	assert_string_equal(world_playing(world), "A");
	// Also when another one was about to come, which is given up then.
	world_open(world, "B");
	world_open(world, "none");
	world_come_up(world, "");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "A");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
}

static void
the_same_song_anew_waits_for_the_ends_of_its_ids(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	world_open(world, "A");
	world_expect(world, "term nA2; term nA1");
	world_exits(world, "nA1", true);
	world_expect(world, "launch nA1");
	world_exits(world, "nA2", true);
	world_expect(world, "launch nA2");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "A");
	world_expect_answers(world, "0 Loaded.;");
	world_end_ended(world);
	assert_null(stage_show_engine_songs(world->engine)->next);
}

static void
what_ignores_its_end_is_killed(void **state)
{
	struct world *world = *state;

	world_play(world, "C", "");
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_BY_MODE, world_asker(world));
	world_expect(world, "select none; term nC1");
	world_pass(world, 2999);
	world_expect(world, "");
	world_pass(world, 1);
	world_expect(world, "kill nC1");
	// Nobody waits for one that even that does not end.
	world_expect_answers(world, "0 Closed.;");
	assert_int_equal(
		stage_show_engine_deadline_ns(world->engine), INT64_MAX);
}

static void
show_mode_saves_nothing_by_itself(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	world_open(world, "B");
	world_come_up(world, "");
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_BY_MODE, world_asker(world));
	world_end_ended(world);
	assert_null(strstr(stage_str_text(&world->log), "sav"));
	assert_null(strstr(stage_str_text(&world->log), "store"));
	assert_int_equal(world->songs[0].kept, 0);
}

static void
edit_mode_saves_before_it_leaves(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	stage_show_engine_set_edit(world->engine, true);
	world_open(world, "B");
	world_expect(world, "save nA1; save nA2");
	assert_int_equal(world->songs[0].kept, 1);
	world_saved(world, "nA1");
	world_expect(world, "");
	world_saved(world, "nA2");
	world_expect(world, "store A; open nA2 /songs/B/zyn.nB1 B; "
			    "open nA1 /songs/B/zyn.nB2 B");
	// To give up saves nothing.
	world_come_up(world, "");
	stage_str_clear(&world->log);
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_end_ended(world);
	assert_null(strstr(stage_str_text(&world->log), "save"));
}

static void
who_does_not_save_holds_up_nothing(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_set_edit(world->engine, true);
	world_open(world, "C");
	world_saved(world, "nA1");
	world_pass(world, 4999);
	world_expect(world, "save nA1; save nA2");
	world_pass(world, 1);
	world_expect(world, "store A; launch nC1");
	assert_string_equal(
		world_slot(world, "nA2")->why, "zyn has not saved in 5 s");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "C");
	world_expect_answers(world, "0 Loaded.;");
}

static void
a_save_names_those_that_did_not(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_save(world->engine, world_asker(world));
	stage_show_engine_save(world->engine, world_asker(world));
	world_expect(world, "save nA1; save nA2");
	world_saved(world, "nA1");
	world_answers(world, "nA2", STAGE_SHOW_SAVE, -1, "disk full");
	world_expect_answers(world, "-1 saved, but for zyn (nA2);"
				    "-1 saved, but for zyn (nA2);");
	assert_string_equal(
		world_slot(world, "nA2")->why, "zyn has not saved: disk full");
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_READY);
	world->is_disk_full = true;
	stage_str_clear(&world->log);
	stage_show_engine_save(world->engine, world_asker(world));
	// What there is could not be kept: nobody writes over it.
	world_expect(world, "");
	world_expect_answers(world, "-1 nothing was saved, for what there is "
				    "could not be kept: the disk is full;");
}

static void
what_is_kept_first_may_take_a_while(void **state)
{
	struct world *world = *state;
	const struct stage_err none = STAGE_ERR_INIT;
	struct stage_err full = STAGE_ERR_INIT;

	world_play(world, "A", "");
	world->is_disk_slow = true;
	stage_show_engine_set_edit(world->engine, true);
	world_open(world, "C");
	world_expect(world, ""); // neither saved nor left yet
	stage_show_engine_kept(world->engine, STAGE_OK, &none);
	world_expect(world, "save nA1; save nA2");
	stage_show_engine_kept(world->engine, STAGE_OK, &none); // not asked
	world_expect(world, "");
	world_saved(world, "nA1");
	world_saved(world, "nA2");
	world_expect(world, "store A; launch nC1");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "C");
	// When it cannot be kept, nothing is saved, and all goes on.
	stage_str_clear(&world->answers);
	stage_str_clear(&world->log);
	(void)stage_err_set(&full, STAGE_FULL, "the disk is full");
	stage_show_engine_save(world->engine, world_asker(world));
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_BY_MODE, world_asker(world));
	stage_show_engine_kept(world->engine, STAGE_FULL, &full);
	world_end_ended(world);
	world_expect_answers(world,
		"-1 nothing was saved, for what there is could not be kept: "
		"the disk is full;0 Closed.;");
	assert_null(strstr(world->log.data, "save"));
}

static void
what_is_kept_holds_up_no_song(void **state)
{
	struct world *world = *state;
	const struct stage_err none = STAGE_ERR_INIT;

	world_play(world, "A", "");
	world->is_disk_slow = true;
	stage_show_engine_set_edit(world->engine, true);
	stage_show_engine_save(world->engine, world_asker(world));
	world_open(world, "C");
	world_pass(world, 4999);
	world_expect(world, "");
	world_pass(world, 1);
	world_expect(world, "launch nC1");
	world_expect_answers(world, "-1 nothing was saved, for what there is "
				    "could not be kept: the disk has not "
				    "answered in 5 s;");
	world_come_up(world, "");
	// Its end is nobody's, not that of the next one.
	stage_str_clear(&world->log);
	stage_show_engine_save(world->engine, world_asker(world));
	stage_show_engine_kept(world->engine, STAGE_OK, &none);
	world_expect(world, "");
	stage_show_engine_kept(world->engine, STAGE_OK, &none);
	world_expect(world, "save nC1");
}

static void
the_file_of_a_song_holds_up_nobody_else(void **state)
{
	struct world *world = *state;
	const struct stage_err none = STAGE_ERR_INIT;
	struct stage_err full = STAGE_ERR_INIT;

	world_play(world, "A", "");
	world->is_write_slow = true;
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nA1");
	world_answers(world, "nA2", STAGE_SHOW_SAVE, -1, "no");
	world_expect_answers(world, "");
	// Another save is another one, and the song may be left.
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nA1");
	world_saved(world, "nA2");
	world_open(world, "C");
	world_come_up(world, "");
	world_end_ended(world);
	world_expect_answers(world, "0 Loaded.;");
	stage_show_engine_stored(world->engine, STAGE_OK, &none);
	world_expect_answers(world, "-1 saved, but for zyn (nA2);");
	(void)stage_err_set(&full, STAGE_FULL, "the disk is full");
	stage_show_engine_stored(world->engine, STAGE_FULL, &full);
	world_expect_answers(world, "-1 the disk is full;");
	stage_show_engine_stored(world->engine, STAGE_OK, &none); // not asked
	world_expect_answers(world, "");
	// Those who wait when it ends are answered.
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nC1");
	world_expect_answers(world, "");
	world_renew(world);
	world_expect_answers(
		world, "-1 it has ended before the disk has answered;");
}

static void
a_song_that_is_being_made_plays_when_it_is(void **state)
{
	struct world *world = *state;
	const struct stage_err none = STAGE_ERR_INIT;
	struct stage_err busy = STAGE_ERR_INIT;

	world_play(world, "A", "");
	world->is_write_slow = true;
	stage_show_engine_new(world->engine, "D", world_asker(world));
	stage_show_engine_duplicate(world->engine, "E", world_asker(world));
	world_expect_answers(world, "-8 song \"D\" is being made;");
	assert_string_equal(world_playing(world), "A");
	stage_show_engine_made(world->engine, STAGE_OK, &none);
	stage_show_engine_made(world->engine, STAGE_OK, &none); // not asked
	world_end_ended(world);
	world_expect_answers(world, "0 Loaded.;");
	assert_string_equal(world_playing(world), "D");
	stage_show_engine_duplicate(world->engine, "E", world_asker(world));
	(void)stage_err_set(&busy, STAGE_BUSY, "somebody else changes songs");
	stage_show_engine_made(world->engine, STAGE_BUSY, &busy);
	world_expect_answers(world, "-10 somebody else changes songs;");
	stage_show_engine_new(world->engine, "F", world_asker(world));
	world_renew(world);
	world_expect_answers(world, "-1 it has ended;");
}

static void
one_that_dies_while_it_saves_is_not_waited_for(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nA1");
	world_exits(world, "nA2", false);
	world_expect_answers(world, "-1 saved, but for zyn (nA2);");
	world_expect(world, "save nA1; save nA2; launch nA2; store A");
}

static void
a_crash_is_mended_but_not_without_end(void **state)
{
	struct world *world = *state;

	world_play(world, "C", "");
	for (int i = 0; i < 3; i++) {
		world_exits(world, "nC1", false);
		world_expect(world, "launch nC1");
		world_come_up(world, "");
		stage_str_clear(&world->log);
	}
	world_exits(world, "nC1", false);
	world_expect(world, "");
	assert_int_equal(world_state(world, "nC1"), STAGE_SHOW_FAILED);
	assert_string_equal(
		world_slot(world, "nC1")->why, "zyn killed by signal 11");
}

static void
one_that_ends_by_itself_stays_ended(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	world_play(world, "C", "");
	world_exits(world, "nC1", true);
	world_expect(world, "");
	assert_int_equal(world_state(world, "nC1"), STAGE_SHOW_STOPPED);
	assert_int_equal(
		stage_show_engine_resume(world->engine, "nC1", &err), STAGE_OK);
	world_expect(world, "launch nC1");
	assert_int_equal(stage_show_engine_resume(world->engine, "nC1", &err),
		STAGE_BUSY);
	world_come_up(world, "");
	assert_int_equal(world_state(world, "nC1"), STAGE_SHOW_READY);
}

static void
one_that_dies_while_it_starts_holds_up_nothing(void **state)
{
	struct world *world = *state;

	world_open(world, "A");
	world_exits(world, "nA1", false);
	world_announce(world, "nA2", "zyn", "");
	world_exits(world, "nA2", false);
	assert_string_equal(world_playing(world), "A");
	// When the song plays, it is tried again, but not without end.
	for (int i = 0; i < 10; i++) {
		for (int k = 0; k < 2; k++) {
			const char *id = k == 0 ? "nA1" : "nA2";

			if (world_program(world, id)->is_there) {
				world_exits(world, id, false);
			}
		}
	}
	assert_int_equal(world->program_count, 8);
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_FAILED);
	world_expect(world,
		"launch nA1; launch nA2; open nA2 /songs/A/zyn.nA2 A; select A;"
		" launch nA1; launch nA2; launch nA1; launch nA2; launch nA1;"
		" launch nA2");
}

static void
an_announce_is_known_by_its_process_group(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_osc_peer peer;
	struct stage_show_announce announce = {
		"Hydrogen", "::", "/usr/bin/hydrogen.real", 1, 0};

	world_open(world, "A");
	// A child of the second one, under a name that nobody has started.
	announce.pid = 10000 + world_program(world, "nA2")->process.pid;
	assert_int_equal(
		stage_osc_peer_init(&peer, "127.0.0.1", 9, NULL), STAGE_OK);
	assert_int_equal(stage_show_engine_announce(
				 world->engine, &peer, &announce, &err),
		STAGE_SHOW_DONE);
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_OPENING);
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_LAUNCHED);
	assert_string_equal(world_slot(world, "nA2")->name, "Hydrogen");
	assert_string_equal(world_slot(world, "nA2")->executable, "zyn");
}

// A daemon: the process that was started ends before its child speaks, or
// after.
static void
a_daemon_is_the_client_that_was_started(void **state)
{
	static const bool ends_first[] = {true, false};
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	world_open(world, "A");
	for (size_t i = 0; i < STAGE_COUNT_OF(ends_first); i++) {
		const char *id = i == 0 ? "nA1" : "nA2";
		const struct world_program *program = world_program(world, id);
		const struct stage_show_announce announce = {"zynd", "",
			"/opt/zynd", 1, DAEMON + program->process.pid};

		world->has_daemons = ends_first[i];
		if (ends_first[i]) {
			world_exits(world, id, true);
			assert_int_equal(
				world_state(world, id), STAGE_SHOW_LAUNCHED);
		}
		assert_int_equal(stage_show_engine_announce(world->engine,
					 &program->peer, &announce, &err),
			STAGE_SHOW_DONE);
		stage_show_engine_welcomed(world->engine, &program->peer);
		if (!ends_first[i]) {
			world_exits(world, id, true);
		}
		assert_int_equal(world_state(world, id), STAGE_SHOW_OPENING);
		world_opened(world, id);
		assert_int_equal(world_state(world, id), STAGE_SHOW_READY);
	}
	assert_string_equal(
		world_text(world, "A"), "zyn:zyn:nA1\nzyn:zyn:nA2\n");
	// Its end is that of the client.
	world->has_daemons = false;
	stage_show_engine_exited(world->engine,
		DAEMON + world_program(world, "nA2")->process.pid, true, "");
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_STOPPED);
	assert_string_equal(world_playing(world), "A");
}

// The client of C in a process that its own starter has made, in a group of
// its own.
static pid_t
play_daemon(struct world *world)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_show_announce announce = {"zynd", "", "/opt/zynd", 1, 0};
	const struct world_program *program;

	world_open(world, "C");
	program = world_program(world, "nC1");
	announce.pid = DAEMON + program->process.pid;
	assert_int_equal(stage_show_engine_announce(world->engine,
				 &program->peer, &announce, &err),
		STAGE_SHOW_DONE);
	stage_show_engine_welcomed(world->engine, &program->peer);
	world_opened(world, "nC1");
	world_expect_answers(world, "0 Loaded.;");
	stage_str_clear(&world->log);
	return program->process.pid;
}

static void
a_daemon_ends_with_what_started_it(void **state)
{
	struct world *world = *state;
	pid_t started = play_daemon(world);

	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_expect(world, "select none; term nC1");
	world->has_children = true;
	assert_true(stage_show_engine_exited(
		world->engine, started, false, "TERM"));
	world_expect(world, "");
	world->has_children = false;
	stage_show_engine_step(world->engine);
	world_expect(world, "term nC1");
	// Nothing of that id runs beside it.
	world_open(world, "C");
	world_expect(world, "");
	assert_false(stage_show_engine_exited(
		world->engine, DAEMON + started, false, "TERM"));
	world_expect(world, "launch nC1");
	world_come_up(world, "");
	stage_str_clear(&world->answers);
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_end_ended(world);
	world_expect_answers(world, "0 Closed.;");

	// What started it is killed, and it has had its time as well.
	started = play_daemon(world);
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_pass(world, 3000);
	world_expect(world, "select none; term nC1; kill nC1");
	assert_true(stage_show_engine_exited(
		world->engine, started, false, "KILL"));
	world_expect(world, "kill nC1");
	assert_false(stage_show_engine_exited(
		world->engine, DAEMON + started, false, "KILL"));
	assert_null(stage_show_engine_programs(world->engine));
}

static void
a_daemon_that_has_not_announced_ends_too(void **state)
{
	struct world *world = *state;
	pid_t started;

	world_open(world, "C");
	started = world_program(world, "nC1")->process.pid;
	world->has_daemons = true;
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_expect(world, "launch nC1; term nC1");
	assert_true(stage_show_engine_exited(world->engine, started, true, ""));
	world_expect(world, "term nC1");
	assert_false(stage_show_engine_exited(
		world->engine, DAEMON + started, true, ""));
	assert_null(stage_show_engine_programs(world->engine));
}

// The rest of what has crashed is killed; the client is in another group.
static void
a_daemon_plays_on_when_what_started_it_crashes(void **state)
{
	struct world *world = *state;
	pid_t started = play_daemon(world);

	assert_false(stage_show_engine_exited(
		world->engine, started, false, "SEGV"));
	world_expect(world, "");
	assert_int_equal(world_state(world, "nC1"), STAGE_SHOW_READY);
	assert_false(stage_show_engine_exited(
		world->engine, DAEMON + started, false, "SEGV"));
	world_expect(world, "launch nC1");
	// One that has not announced may be anything.
	world->has_daemons = true;
	world_exits(world, "nC1", false);
	world_expect(world, "launch nC1");
}

// A shell that ends at once, and what it has started, which closes yet.
static void
what_is_told_to_end_has_time_for_all_of_its_group(void **state)
{
	struct world *world = *state;

	world_play(world, "C", "");
	stage_str_clear(&world->log);
	world->has_children = true;
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_expect(world, "select none; term nC1");
	stage_str_clear(&world->answers);
	assert_true(stage_show_engine_exited(world->engine,
		world_program(world, "nC1")->process.pid, false, "TERM"));
	world_expect_answers(world, "");
	// Nothing of that id runs beside it.
	world_open(world, "C");
	world_expect(world, "");
	world_pass(world, 2000);
	world_expect(world, "");
	world->has_children = false;
	assert_false(stage_show_engine_exited(world->engine, 77, true, ""));
	world_expect(world, "launch nC1");
	world_come_up(world, "");
	// Who does not go at all is killed.
	stage_str_clear(&world->log);
	world->has_children = true;
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	assert_true(stage_show_engine_exited(world->engine,
		world_program(world, "nC1")->process.pid, false, "TERM"));
	world_expect(world, "select none; term nC1");
	world_pass(world, 3000);
	world_expect(world, "kill nC1");
	assert_null(stage_show_engine_programs(world->engine));
	// One that crashes takes them along.
	world->has_children = false;
	stage_str_clear(&world->answers);
	world_play(world, "C", "");
	world->has_children = true;
	assert_false(stage_show_engine_exited(world->engine,
		world_program(world, "nC1")->process.pid, false, "SEGV"));
	world->has_children = false;
}

static void
an_announce_without_a_pid_is_known_by_its_name(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_osc_peer peer;
	static const pid_t useless[] = {0, -1, 1, 99};

	world_open(world, "A");
	for (size_t i = 0; i < 2; i++) {
		const struct stage_show_announce announce = {
			"zyn", "", "/opt/bin/zyn", 1, useless[i]};

		assert_int_equal(stage_osc_peer_init(&peer, "127.0.0.1",
					 (int)(9 + i), NULL),
			STAGE_OK);
		assert_int_equal(stage_show_engine_announce(
					 world->engine, &peer, &announce, &err),
			STAGE_SHOW_DONE);
	}
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_OPENING);
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_OPENING);
}

static void
strangers_join_the_song_that_plays(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_osc_peer peer;
	struct stage_show_announce announce = {"out", "", "out", 1, 7};

	assert_int_equal(
		stage_osc_peer_init(&peer, "127.0.0.1", 9, NULL), STAGE_OK);
	assert_int_equal(stage_show_engine_announce(
				 world->engine, &peer, &announce, &err),
		STAGE_SHOW_NO_SESSION);
	world_play(world, "A", "");
	announce.api_major = 2;
	assert_int_equal(stage_show_engine_announce(
				 world->engine, &peer, &announce, &err),
		STAGE_SHOW_BAD_API);
	announce.api_major = 1;
	announce.name = "a:b";
	assert_int_equal(stage_show_engine_announce(
				 world->engine, &peer, &announce, &err),
		STAGE_SHOW_GENERAL);
	announce.name = "out";
	assert_int_equal(stage_show_engine_announce(
				 world->engine, &peer, &announce, &err),
		STAGE_SHOW_DONE);
	assert_int_equal(world_state(world, "nNEW0"), STAGE_SHOW_OPENING);
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nA1");
	world_saved(world, "nA2");
	assert_string_equal(world_text(world, "A"),
		"zyn:zyn:nA1\nzyn:zyn:nA2\nout:out:nNEW0\n");
}

static void
programs_are_added_and_removed(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	stage_show_engine_add(world->engine, "amp", world_asker(world));
	world_expect_answers(
		world, "-6 no song plays to which it could be added;");
	world_play(world, "A", "");
	world->not_installed = "none";
	stage_show_engine_add(world->engine, "none", world_asker(world));
	world_expect_answers(world, "-4 none is not installed;");
	stage_show_engine_add(world->engine, "../amp", world_asker(world));
	assert_true(stage_str_text(&world->answers)[0] == '-');
	stage_str_clear(&world->answers);
	stage_str_clear(&world->log);
	stage_show_engine_add(world->engine, "amp", world_asker(world));
	world_expect_answers(world, "0 Launched.;");
	world_expect(world, "launch nNEW1");
	world_come_up(world, "");
	assert_int_equal(stage_show_engine_remove(world->engine, "nNEW1", &err),
		STAGE_BUSY);
	assert_int_equal(
		stage_show_engine_stop(world->engine, "nNEW1", &err), STAGE_OK);
	world_end_ended(world);
	assert_int_equal(world_state(world, "nNEW1"), STAGE_SHOW_STOPPED);
	assert_int_equal(stage_show_engine_remove(world->engine, "nNEW1", &err),
		STAGE_OK);
	assert_int_equal(stage_show_engine_remove(world->engine, "nNEW1", &err),
		STAGE_NOT_FOUND);
}

static void
quitting_ends_all(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	world_open(world, "B");
	stage_show_engine_quit(
		world->engine, STAGE_SHOW_SAVE_BY_MODE, world_asker(world));
	assert_false(world->has_ended);
	world_open(world, "C");
	world_end_ended(world);
	assert_true(world->has_ended);
	world_expect_answers(world, "-8 given up: the end was asked for "
				    "meanwhile;-8 the show is ending;0 Quit.;");
	assert_null(stage_show_engine_programs(world->engine));
}

static void
a_new_song_is_made_and_plays(void **state)
{
	struct world *world = *state;

	stage_show_engine_new(world->engine, "D", world_asker(world));
	assert_string_equal(world_playing(world), "D");
	stage_show_engine_new(world->engine, "D", world_asker(world));
	stage_show_engine_new(world->engine, "../D", world_asker(world));
	assert_non_null(strstr(stage_str_text(&world->answers),
		"0 Loaded.;-10 there is a song D;-10 "));
}

static void
answers_that_nobody_waits_for_are_nothing(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	world_saved(world, "nA1");
	world_opened(world, "nA1");
	world_answers(world, "nA1", STAGE_SHOW_OPEN, -1, "no");
	world_answers(world, "nA1", STAGE_SHOW_NOTHING, -1, "no");
	world_expect(world, "");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
	stage_show_engine_exited(world->engine, 4, false, "");
	assert_string_equal(world_playing(world), "A");
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_song_plays_when_all_its_clients_have_opened),
		TEST(programs_that_can_switch_change_songs_each_once),
		TEST(others_start_beside_those_that_play_and_end_behind_them),
		TEST(the_latest_wish_wins),
		TEST(going_back_keeps_what_plays),
		TEST(going_back_takes_back_what_has_switched),
		TEST(who_says_nothing_is_left_behind),
		TEST(who_does_not_open_is_left_behind_unless_it_works_on_it),
		TEST(what_cannot_be_started_is_told_and_left_behind),
		TEST(a_song_that_is_not_there_leaves_the_one_that_plays),
		TEST(the_same_song_anew_waits_for_the_ends_of_its_ids),
		TEST(what_ignores_its_end_is_killed),
		TEST(show_mode_saves_nothing_by_itself),
		TEST(edit_mode_saves_before_it_leaves),
		TEST(who_does_not_save_holds_up_nothing),
		TEST(a_save_names_those_that_did_not),
		TEST(what_is_kept_first_may_take_a_while),
		TEST(what_is_kept_holds_up_no_song),
		TEST(the_file_of_a_song_holds_up_nobody_else),
		TEST(a_song_that_is_being_made_plays_when_it_is),
		TEST(one_that_dies_while_it_saves_is_not_waited_for),
		TEST(a_crash_is_mended_but_not_without_end),
		TEST(one_that_ends_by_itself_stays_ended),
		TEST(one_that_dies_while_it_starts_holds_up_nothing),
		TEST(an_announce_is_known_by_its_process_group),
		TEST(a_daemon_is_the_client_that_was_started),
		TEST(a_daemon_ends_with_what_started_it),
		TEST(a_daemon_that_has_not_announced_ends_too),
		TEST(a_daemon_plays_on_when_what_started_it_crashes),
		TEST(what_is_told_to_end_has_time_for_all_of_its_group),
		TEST(an_announce_without_a_pid_is_known_by_its_name),
		TEST(strangers_join_the_song_that_plays),
		TEST(programs_are_added_and_removed),
		TEST(quitting_ends_all),
		TEST(a_new_song_is_made_and_plays),
		TEST(answers_that_nobody_waits_for_are_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
