/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Clients that end at the wrong time, wishes that come too fast, songs that
 * are not what they were. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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
	world_song(&world, "empty", "");
	*state = &world;
	return 0;
}

static size_t
count_programs(struct world *world)
{
	const struct stage_show_program *at =
		stage_show_engine_programs(world->engine);
	size_t count = 0;

	for (; at != NULL; at = at->next) {
		count++;
	}
	return count;
}

static size_t
count_songs(struct world *world)
{
	const struct stage_show_song *at =
		stage_show_engine_songs(world->engine);
	size_t count = 0;

	for (; at != NULL; at = at->next) {
		count++;
	}
	return count;
}

// All that can happen has happened.
static void
settle(struct world *world, const char *caps)
{
	for (int i = 0; i < 4; i++) {
		world_come_up(world, caps);
		world_end_ended(world);
	}
	world_pass(world, 60000);
	world_end_ended(world);
}

// A client ends at each step of its life, in each way.

enum step {
	LAUNCH,
	ANNOUNCE,
	OPEN,
	SAVE,
	SWITCH,
	QUIT,
	STEPS
};

static void
bring_to(struct world *world, enum step step)
{
	world_open(world, "A");
	if (step == LAUNCH) {
		return;
	}
	world_announce(world, "nA1", "zyn", ":switch:");
	if (step == ANNOUNCE) {
		return;
	}
	world_opened(world, "nA1");
	world_come_up(world, ":switch:");
	if (step == SAVE) {
		stage_show_engine_save(world->engine, world_asker(world));
	} else if (step == SWITCH) {
		world_open(world, "B");
	} else if (step == QUIT) {
		stage_show_engine_close(
			world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	}
}

static void
an_end_at_any_step_holds_up_nothing(void **state)
{
	struct world *world = *state;

	for (int step = LAUNCH; step < STEPS; step++) {
		for (int is_clean = 0; is_clean < 2; is_clean++) {
			size_t answers = step >= SAVE ? 2 : 1;

			bring_to(world, (enum step)step);
			world_exits(world, "nA1", is_clean != 0);
			world_come_up(world, ":switch:");
			if (step == SAVE) {
				world_saved(world, "nA2");
			}
			settle(world, ":switch:");
			assert_string_equal(
				world_playing(world), step == SWITCH ? "B"
						      : step == QUIT ? ""
								     : "A");
			assert_int_equal(count_songs(world), step != QUIT);
			// Each who asked was told once.
			for (const char *at = stage_str_text(&world->answers);
				(at = strchr(at, ';')) != NULL; at++) {
				answers--;
			}
			assert_int_equal(answers, 0);
			stage_show_engine_close(world->engine,
				STAGE_SHOW_SAVE_NOT, world_asker(world));
			settle(world, "");
			assert_int_equal(count_programs(world), 0);
			assert_int_equal(count_songs(world), 0);
			stage_str_clear(&world->answers);
			stage_str_clear(&world->log);
		}
	}
}

// Any number of the same program, in both songs.

static void
fill(struct world *world, const char *name, char letter, int count)
{
	char lines[256] = "";
	size_t len = 0;

	for (int i = 0; i < count; i++) {
		len += (size_t)snprintf(lines + len, sizeof(lines) - len,
			"zyn:zyn:n%c%d\n", letter, i);
	}
	world_song(world, name, lines);
}

static void
the_same_program_any_number_of_times(void **state)
{
	static const int counts[] = {0, 1, 2, 3, 5};
	static const char *const caps[] = {"", ":switch:"};
	struct world *world = *state;
	char name[8];

	for (size_t i = 0; i < STAGE_COUNT_OF(counts); i++) {
		(void)!stage_format(name, sizeof(name), "n%d", counts[i]);
		fill(world, name, (char)('P' + i), counts[i]);
	}
	for (size_t k = 0; k < STAGE_COUNT_OF(caps) * 25; k++) {
		bool can_switch = k >= 25;
		int from = counts[k % 25 / 5];
		int to = counts[k % 5];
		int kept = can_switch ? (from < to ? from : to) : 0;
		size_t launched;

		(void)!stage_format(name, sizeof(name), "n%d", from);
		world_play(world, name, caps[can_switch]);
		launched = world->program_count;
		(void)!stage_format(name, sizeof(name), "n%d", to);
		if (from == to) {
			continue; // the same song: it is loaded anew
		}
		world_play(world, name, caps[can_switch]);
		// Each that can goes over, and none is one too many.
		assert_int_equal(world->program_count - launched, to - kept);
		assert_int_equal(count_programs(world), to);
		assert_int_equal(count_songs(world), 1);
	}
	// What is in the file is what it was.
	assert_string_equal(
		world_text(world, "n2"), "zyn:zyn:nR0\nzyn:zyn:nR1\n");
}

static void
a_mixed_set_switches_whom_it_can(void **state)
{
	struct world *world = *state;

	world_song(world, "M", "zyn:zyn:nM1\namp:amp:nM2\n");
	world_song(world, "N", "amp:amp:nN1\nzyn:zyn:nN2\n");
	world_open(world, "M");
	world_announce(world, "nM1", "zyn", ":switch:");
	world_opened(world, "nM1");
	world_announce(world, "nM2", "amp", "");
	world_opened(world, "nM2");
	stage_str_clear(&world->log);
	world_open(world, "N");
	world_expect(world, "open nM1 /songs/N/zyn.nN2 N; launch nN1");
	world_announce(world, "nN1", "amp", "");
	world_opened(world, "nN1");
	assert_string_equal(world_playing(world), "M"); // until all are there
	world_opened(world, "nM1");
	assert_string_equal(world_playing(world), "N");
}

// The same id in two songs, as sessions that nsmd has duplicated have.
static void
one_id_in_two_songs_is_one_at_a_time(void **state)
{
	struct world *world = *state;

	world_song(world, "copy", "zyn:zyn:nA1\nzyn:zyn:nA2\n");
	world_play(world, "A", "");
	world_open(world, "copy");
	world_expect(world, "term nA2; term nA1");
	world_exits(world, "nA1", true);
	world_expect(world, "launch nA1");
	world_exits(world, "nA2", true);
	world_expect(world, "launch nA2");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "copy");
	// And back, by those that can.
	world_end_ended(world);
	stage_str_clear(&world->answers);
	world_play(world, "A", ":switch:");
	world_open(world, "copy");
	world_expect(world, "open nA1 /songs/copy/zyn.nA1 copy; "
			    "open nA2 /songs/copy/zyn.nA2 copy");
}

static void
a_song_without_clients_plays_at_once(void **state)
{
	struct world *world = *state;

	world_open(world, "empty");
	world_expect_answers(world, "0 Loaded.;");
	world_expect(world, "select empty");
	world_open(world, "empty"); // anew
	world_expect_answers(world, "0 Loaded.;");
	world_play(world, "A", "");
	world_open(world, "empty");
	world_expect(world, "select empty; term nA1; term nA2");
}

// Wishes faster than songs.

static void
twenty_wishes_in_a_second_are_one(void **state)
{
	static const char *const caps[] = {"", ":switch:"};
	static const char *const names[] = {"A", "B", "empty"};
	struct world *world = *state;

	for (size_t k = 0; k < STAGE_COUNT_OF(caps); k++) {
		for (int stride = 1; stride < 4; stride++) {
			world_play(world, "A", caps[k]);
			for (int i = 0; i < 20; i++) {
				world_open(world, names[i * stride % 3]);
				world_pass(world, 50);
				if (i % 5 == stride) {
					world_come_up(world, caps[k]);
				}
			}
			world_open(world, "B");
			settle(world, caps[k]);
			assert_string_equal(world_playing(world), "B");
			assert_string_equal(world->selected, "B");
			assert_int_equal(count_programs(world), 2);
			assert_int_equal(count_songs(world), 1);
			assert_int_equal(
				world_state(world, "nB1"), STAGE_SHOW_READY);
			stage_str_clear(&world->answers);
			stage_str_clear(&world->log);
		}
	}
}

static void
wishes_while_it_loads_saves_and_closes(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_set_edit(world->engine, true);
	world_open(world, "B"); // saves A first
	stage_show_engine_save(world->engine, world_asker(world));
	world_open(world, "empty");
	world_saved(world, "nA1");
	world_saved(world, "nA2");
	assert_string_equal(world_playing(world), "empty");
	world_expect_answers(world,
		"-8 given up: empty was asked for meanwhile;0 Saved.;"
		"0 Loaded.;");
	stage_show_engine_set_edit(world->engine, false);
	world_end_ended(world);
	world_play(world, "A", "");
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_open(world, "A"); // while its clients end
	world_expect_answers(world, "-8 given up: A was asked for meanwhile;");
	settle(world, "");
	world_expect_answers(world, "0 Loaded.;");
	assert_string_equal(world_playing(world), "A");
	assert_int_equal(count_programs(world), 2);
}

static void
a_song_that_is_away_from_the_disk_plays_on(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	world->songs[0].name[0] = 'x'; // renamed there
	world_open(world, "A");
	world_expect_answers(world, "-5 there is no song A;");
	assert_string_equal(world_playing(world), "A");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
	// Nothing is written where nothing is.
	stage_show_engine_save(world->engine, world_asker(world));
	world_expect_answers(world, "-1 nothing was saved, for what there is "
				    "could not be kept: there is no song A;");
	world->songs[1].name[0] = 'y';
	world_open(world, "B");
	world_expect_answers(world, "-5 there is no song B;");
	assert_string_equal(world_playing(world), "A");
	world->songs[1].name[0] = 'B';
	world_play(world, "B", "");
}

static void
two_hundred_songs_leave_nothing_behind(void **state)
{
	struct world *world = *state;
	char name[16];
	char lines[64];

	for (int i = 0; i < 200; i++) {
		(void)!stage_format(name, sizeof(name), "song %d", i);
		(void)!stage_format(lines, sizeof(lines),
			"zyn:zyn:nL%d\namp:amp:nM%d\n", i, i);
		world_song(world, name, lines);
	}
	for (int i = 0; i < 400; i++) {
		(void)!stage_format(name, sizeof(name), "song %d", i * 7 % 200);
		world_play(world, name, i % 3 == 0 ? "" : ":switch:");
		assert_int_equal(count_songs(world), 1);
		assert_int_equal(count_programs(world), 2);
	}
}

// One that says that it can switch, and cannot.

static void
one_that_hangs_at_a_switch_is_started_anew(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	world_open(world, "B");
	world_opened(world, "nA1");
	stage_str_clear(&world->log);
	world_pass(world, 11000);
	world_expect(world, "term nA2; select B; loaded nB2");
	world_expect_answers(world, "0 Loaded.;");
	world_pass(world, 4000);
	world_expect(world, "kill nA2");
	world_exits(world, "nA2", false);
	world_expect(world, "launch nB1");
	world_come_up(world, ":switch:");
	assert_int_equal(world_state(world, "nB1"), STAGE_SHOW_READY);
	assert_string_equal(world_slot(world, "nB1")->why, "");
	// Nobody has it switch again, though it still says that it can.
	stage_str_clear(&world->log);
	world_open(world, "A");
	world_expect(world, "launch nA1; launch nA2");
	assert_int_equal(count_programs(world), 4);
}

static void
one_that_crashes_at_a_switch_is_not_switched_again(void **state)
{
	struct world *world = *state;

	world_song(world, "C", "zyn:zyn:nC1\namp:amp:nC2\n");
	world_song(world, "D", "zyn:zyn:nD1\namp:amp:nD2\n");
	world_play(world, "C", ":switch:");
	world_open(world, "D");
	world_expect(world,
		"open nC1 /songs/D/zyn.nD1 D; open nC2 /songs/D/amp.nD2 D");
	world_exits(world, "nC1", false);
	world_opened(world, "nC2");
	world_come_up(world, ":switch:");
	stage_str_clear(&world->log);
	world_open(world, "C");
	world_expect(world, "open nC2 /songs/C/amp.nC2 C; launch nC1");
}

// Time.

static void
a_leap_of_the_clock_is_a_deadline_and_no_more(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	world_open(world, "B");
	world->now_ns += (int64_t)36000 * 1000000000; // asleep for ten hours
	stage_show_engine_step(world->engine);
	world_expect_answers(world, "0 Loaded.;");
	assert_string_equal(world_playing(world), "B");
	assert_true(world_slot(world, "nB1")->is_late);
	world_end_ended(world);
	world_come_up(world, "");
	assert_int_equal(world_state(world, "nB1"), STAGE_SHOW_READY);
	assert_false(world_slot(world, "nB1")->is_late);
	assert_true(stage_show_engine_deadline_ns(world->engine) == INT64_MAX);
}

static void
a_full_disk_costs_the_save_and_nothing_else(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_set_edit(world->engine, true);
	world->is_disk_full = true;
	stage_show_engine_save(world->engine, world_asker(world));
	world_expect_answers(world, "-1 nothing was saved, for what there is "
				    "could not be kept: the disk is full;");
	// A song that cannot be saved is left all the same.
	world_open(world, "B");
	settle(world, "");
	assert_string_equal(world_playing(world), "B");
	assert_string_equal(
		world_text(world, "A"), "zyn:zyn:nA1\nzyn:zyn:nA2\n");
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(an_end_at_any_step_holds_up_nothing),
		TEST(the_same_program_any_number_of_times),
		TEST(a_mixed_set_switches_whom_it_can),
		TEST(one_id_in_two_songs_is_one_at_a_time),
		TEST(a_song_without_clients_plays_at_once),
		TEST(twenty_wishes_in_a_second_are_one),
		TEST(wishes_while_it_loads_saves_and_closes),
		TEST(a_song_that_is_away_from_the_disk_plays_on),
		TEST(two_hundred_songs_leave_nothing_behind),
		TEST(one_that_hangs_at_a_switch_is_started_anew),
		TEST(one_that_crashes_at_a_switch_is_not_switched_again),
		TEST(a_leap_of_the_clock_is_a_deadline_and_no_more),
		TEST(a_full_disk_costs_the_save_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
