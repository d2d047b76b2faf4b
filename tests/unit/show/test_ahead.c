/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Songs that are loaded before their turn.

#include "show/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine_world.h"

#define MB 1048576

static int
set_up(void **state)
{
	static struct world world;

	world_begin(&world);
	world_song(&world, "A", "zyn:zyn:nA1\n");
	world_song(&world, "B", "zyn:zyn:nB1\namp:amp:nB2\n");
	world_song(&world, "C", "org:org:nC1\n");
	world_song(&world, "D", "org:org:nD1\n");
	*state = &world;
	return 0;
}

static void
preload(struct world *world, const char *name)
{
	stage_show_engine_preload(world->engine, name);
}

// Why a song that is wanted ahead is not so.
static const char *
why(struct world *world)
{
	return stage_show_engine_ahead(world->engine, 0, NULL)->why;
}

static bool
is_ahead(struct world *world, const char *name)
{
	const struct stage_show_ahead *ahead;
	const struct stage_show_song *song;

	for (size_t i = 0; (ahead = stage_show_engine_ahead(
				    world->engine, i, &song)) != NULL;
		i++) {
		if (strcmp(ahead->name, name) == 0) {
			return song != NULL;
		}
	}
	return false;
}

static void
it_comes_up_unheard_and_plays_at_once(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_str_clear(&world->told);
	preload(world, "B");
	world_expect(world, "launch nB1; launch nB2");
	world_announce(world, "nB1", "zyn", ":switch:");
	world_announce(world, "nB2", "amp", "");
	world_opened(world, "nB1");
	world_opened(world, "nB2");
	// Neither connected, nor told that its session is loaded.
	world_expect(world, "open nB1 /songs/B/zyn.nB1 B; "
			    "open nB2 /songs/B/amp.nB2 B");
	world_expect_told(world, "");
	assert_string_equal(world->selected, "A");
	assert_true(is_ahead(world, "B"));
	world_open(world, "B");
	// Connected before what was is ended.
	world_expect(world, "select B; loaded nB1; loaded nB2; term nA1");
	world_expect_answers(world, "0 Loaded.;");
	world_expect_told(world, "loading B, ready B, left A, go B");
	assert_false(is_ahead(world, "B"));
}

static void
the_one_before_rings_for_its_tail(void **state)
{
	struct world *world = *state;

	world_conf(world, "A", "tail 2s\n");
	world_play(world, "A", "");
	preload(world, "C");
	world_come_up(world, "");
	stage_str_clear(&world->log);
	world_open(world, "C");
	world_expect(world, "select C; loaded nC1");
	assert_string_equal(world->ringing, "A");
	world_pass(world, 2000);
	world_expect(world, "select C; term nA1");
}

static void
the_one_before_is_heard_until_the_next_one_is(void **state)
{
	struct world *world = *state;

	world->is_patchbay_slow = true;
	world_play(world, "A", "");
	preload(world, "C");
	world_come_up(world, "");
	stage_str_clear(&world->log);
	world_open(world, "C");
	preload(world, "D");
	// Nor is anything else begun, which would cost that one its time.
	world_expect(world, "select C; loaded nC1");
	assert_string_equal(world->ringing, ""); // not as one with a tail
	stage_show_engine_wired(world->engine);
	world_expect(world, "term nA1; launch nD1");
	stage_show_engine_wired(world->engine);
	world_expect(world, "");
}

static void
who_connects_nothing_does_not_keep_the_one_before(void **state)
{
	struct world *world = *state;

	world->is_patchbay_slow = true;
	world_play(world, "A", "");
	world_play(world, "C", "");
	stage_str_clear(&world->log);
	world_pass(world, world->limits.wire_ns / 1000000 - 1);
	world_expect(world, "");
	world_open(world, "D");
	world_pass(world, 1);
	world_expect(world, "launch nD1; term nA1");
	world_come_up(world, "");
	stage_show_engine_wired(world->engine); // that was of D
	world_expect(world, "open nD1 /songs/D/zyn.nD1 D; select D; "
			    "loaded nD1; term nC1");
	world_pass(world, 1000);
	world_expect(world, "");
	assert_string_equal(world_playing(world), "D");
}

static void
what_is_to_end_does_so_whoever_connects(void **state)
{
	struct world *world = *state;

	world->is_patchbay_slow = true;
	world_play(world, "A", "");
	world_play(world, "C", "");
	stage_str_clear(&world->log);
	stage_show_engine_quit(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_expect(world, "select none; term nC1; term nA1");
	stage_show_engine_wired(world->engine);
	world_end_ended(world);
	assert_true(world->has_ended);
}

static void
what_plays_is_not_taken_before_its_turn(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	preload(world, "B");
	world_expect(world, "launch nB2"); // the other one is there already
	world_come_up(world, "");
	stage_str_clear(&world->log);
	world_open(world, "B");
	world_expect(world, "open nA1 /songs/B/zyn.nB1 B");
	world_opened(world, "nA1");
	world_expect(world, "select B; loaded nB1; loaded nB2");
	assert_int_equal(world->program_count, 2);
}

static void
only_as_many_are_switched_as_there_are(void **state)
{
	struct world *world = *state;

	world_song(world, "E", "zyn:zyn:nE1\nzyn:zyn:nE2\nzyn:zyn:nE3\n");
	world_play(world, "A", ":switch:");
	preload(world, "E");
	world_expect(world, "launch nE2; launch nE3");
	world_come_up(world, ":switch:");
	stage_str_clear(&world->log);
	world_open(world, "E");
	world_expect(world, "open nA1 /songs/E/zyn.nE1 E");
	world_opened(world, "nA1");
	world_expect(world, "select E; loaded nE1; loaded nE2; loaded nE3");
}

static void
what_nobody_wants_any_more_is_ended(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "C");
	world_expect(world, "launch nC1");
	preload(world, "C");
	world_expect(world, ""); // nothing has changed
	preload(world, "D");
	world_expect(world, "term nC1; launch nD1");
	preload(world, NULL);
	world_expect(world, "term nD1");
	world_end_ended(world);
	assert_null(stage_show_engine_songs(world->engine)->next);
	assert_int_equal(
		stage_show_engine_deadline_ns(world->engine), INT64_MAX);
}

static void
one_that_loads_ahead_goes_on_when_it_is_its_turn(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "B");
	world_announce(world, "nB1", "zyn", "");
	stage_str_clear(&world->log);
	world_open(world, "B");
	world_expect(world, "");
	preload(world, "C"); // not before the one that is wanted now
	world_expect(world, "");
	world_opened(world, "nB1");
	world_announce(world, "nB2", "amp", "");
	world_expect(world, "open nB2 /songs/B/amp.nB2 B");
	world_expect_answers(world, "");
	world_opened(world, "nB2");
	world_expect(world, "select B; loaded nB1; loaded nB2; term nA1; "
			    "launch nC1");
	world_expect_answers(world, "0 Loaded.;");
	assert_int_equal(world->program_count, 4);
}

static void
crashes_are_mended_ahead_but_not_without_end(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "C");
	for (int i = 0; i < 3; i++) {
		world_come_up(world, "");
		stage_str_clear(&world->log);
		world_exits(world, "nC1", false);
		world_expect(world, "launch nC1");
	}
	world_exits(world, "nC1", false);
	world_expect(world, "");
	// It holds up nothing, and is tried again when its turn is later.
	world_pass(world, 60001);
	world_open(world, "C");
	world_expect(world, "select C; launch nC1; term nA1");
	world_expect_answers(world, "0 Loaded.;");
}

static void
one_that_is_late_ahead_holds_up_nothing(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "C");
	world_pass(world, 5000);
	stage_str_clear(&world->log);
	world_open(world, "C");
	world_expect(world, "select C; term nA1");
	world_announce(world, "nC1", "org", "");
	stage_str_clear(&world->log);
	world_opened(world, "nC1");
	world_expect(world, "loaded nC1");
}

static void
without_memory_it_is_loaded_at_its_turn(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	world->is_memory_full = true;
	preload(world, "B");
	world_expect(world, "");
	assert_string_equal(why(world), "no room for B");
	assert_false(is_ahead(world, "B"));
	world_open(world, "B");
	world_expect(world, "launch nB1; launch nB2");
	world_come_up(world, "");
	world_expect_answers(world, "0 Loaded.;");
	// When it runs out on the way, what was begun is ended.
	world_end_ended(world);
	world->is_memory_full = false;
	preload(world, "A");
	assert_true(is_ahead(world, "A"));
	world->is_memory_full = true;
	stage_str_clear(&world->log);
	world_exits(world, "nA1", true);
	preload(world, "C");
	world_expect(world, "");
	assert_string_equal(why(world), "no room for C");
}

static void
its_programs_are_known_by_what_they_took(void **state)
{
	struct world *world = *state;
	struct stage_show_habits *habits = stage_show_habits_create();

	assert_non_null(habits);
	stage_show_engine_set_habits(world->engine, habits);
	world_song(world, "E", "zyn:zyn:nA1\norg:org:nE2\n");
	world_conf(world, "A", "tail 5s\n");
	world->program_bytes = 100 * MB;
	world_play(world, "E", "");
	world_play(world, "A", ""); // both of E's have ended
	world_play(world, "C", ""); // A rings, with an id of E's
	preload(world, "E");
	world_expect(world, "launch nE2");
	assert_int_equal(world->wanted_bytes, 200 * MB);
	world_come_up(world, "");
	world_pass(world, 5000);
	world_exits(world, "nA1", true);
	// Who is there has what it wants.
	assert_int_equal(world->wanted_bytes, 100 * MB);
	stage_show_engine_set_habits(world->engine, NULL);
	stage_show_habits_destroy(habits);
}

static void
what_must_be_alone_waits_for_its_turn(void **state)
{
	struct world *world = *state;

	world_conf(world, "D", "client nD1 alone yes\n");
	world_play(world, "A", "");
	preload(world, "D");
	world_expect(world, "");
	assert_true(is_ahead(world, "D"));
	world_open(world, "D");
	world_expect(world, "launch nD1");
	world_come_up(world, "");
	world_expect_answers(world, "0 Loaded.;");
	// Nor is another one started beside it.
	world_end_ended(world);
	stage_str_clear(&world->log);
	preload(world, "C");
	world_expect(world, "");
	world_open(world, "C");
	world_expect(world, "term nD1");
	world_exits(world, "nD1", true);
	world_expect(world, "launch nC1");
}

static void
ids_that_are_in_use_wait_for_their_end(void **state)
{
	struct world *world = *state;

	world_song(world, "E", "zyn:zyn:nA1\norg:org:nE2\n");
	world_conf(world, "A", "tail 5s\n");
	world_play(world, "A", "");
	preload(world, "E");
	world_expect(world, "launch nE2");
	world_come_up(world, "");
	preload(world, "C");
	world_come_up(world, "");
	world_end_ended(world);
	stage_str_clear(&world->log);
	world_open(world, "C"); // A rings, with its id
	preload(world, "E");
	world_expect(world, "select C; loaded nC1; launch nE2");
	world_pass(world, 5000);
	world_expect(world, "select C; term nA1");
	world_exits(world, "nA1", true);
	world_expect(world, "launch nA1"); // that of E, now that it may
}

static void
what_would_be_heard_is_not_started_ahead(void **state)
{
	struct world *world = *state;

	world_conf(world, "B",
		"client nB2 autostart no\n"
		"run click klick\n");
	world_play(world, "A", "");
	preload(world, "B");
	world_expect(world, "launch nB1");
	world_come_up(world, "");
	stage_str_clear(&world->log);
	world_open(world, "B");
	world_expect(world, "launch click; select B; loaded nB1; term nA1");
	world_expect_answers(world, "0 Loaded.;");
	assert_int_equal(world_state(world, "nB2"), STAGE_SHOW_OFF);
}

static void
what_was_changed_meanwhile_is_loaded_anew(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "C");
	world_come_up(world, "");
	stage_str_clear(&world->songs[2].text);
	assert_int_equal(stage_str_add(&world->songs[2].text,
				 "org:org:nC1\norg:org:nC2\n"),
		STAGE_OK);
	stage_str_clear(&world->log);
	world_open(world, "C");
	world_expect(world, "term nC1; launch nC2");
	world_exits(world, "nC1", true);
	world_expect(world, "launch nC1");
	world_come_up(world, "");
	world_expect_answers(world, "0 Loaded.;");
	// A song that was put back in another directory is another one, too.
	world_end_ended(world);
	preload(world, "D");
	world_come_up(world, "");
	world->songs[3].place++;
	stage_str_clear(&world->log);
	world_open(world, "D");
	world_expect(world, "term nD1");
}

static void
its_settings_are_those_of_its_turn(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "C");
	world_come_up(world, "");
	world_conf(world, "C", "tail 7s\nclient nC1 restart never\n");
	stage_str_clear(&world->log);
	world_open(world, "C");
	world_expect(world, "select C; loaded nC1; term nA1");
	world_exits(world, "nC1", false);
	world_expect(world, "");
	world_open(world, "D");
	world_come_up(world, "");
	assert_string_equal(world->ringing, "C");
}

static void
as_many_are_loaded_as_are_allowed(void **state)
{
	static const char *const names[] = {"B", "C", "D"};
	struct world *world = *state;

	world->limits.preload = 2;
	world_renew(world);
	world_play(world, "A", "");
	stage_show_engine_preload_all(world->engine, names, 3);
	world_expect(world, "launch nB1; launch nB2; launch nC1");
	assert_false(is_ahead(world, "D"));
	world_come_up(world, "");
	world_open(world, "C");
	stage_str_clear(&world->log);
	stage_show_engine_preload_all(world->engine, names + 2, 1);
	world_expect(world, "term nB1; term nB2; launch nD1");
	world->limits.preload = 0;
	world_renew(world);
	stage_str_clear(&world->answers);
	world_play(world, "A", "");
	stage_show_engine_preload_all(world->engine, names, 3);
	world_expect(world, "");
}

static void
closing_keeps_it_and_quitting_does_not(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "C");
	world_come_up(world, "");
	stage_str_clear(&world->log);
	stage_show_engine_close(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_expect(world, "select none; term nA1");
	world_exits(world, "nA1", true);
	world_expect_answers(world, "0 Closed.;");
	world_open(world, "C");
	world_expect(world, "select C; loaded nC1");
	preload(world, "D");
	stage_str_clear(&world->log);
	stage_show_engine_quit(
		world->engine, STAGE_SHOW_SAVE_NOT, world_asker(world));
	assert_non_null(strstr(world->log.data, "term nD1"));
	assert_false(world->has_ended);
	world_end_ended(world);
	assert_true(world->has_ended);
}

static void
the_song_that_plays_is_not_loaded_beside_itself(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "A");
	world_expect(world, "");
	world_open(world, "C");
	world_come_up(world, "");
	// Its turn may come again.
	assert_true(is_ahead(world, "A"));
	world_end_ended(world);
	assert_non_null(strstr(world->log.data, "launch nA1"));
}

static void
what_is_not_there_is_told_and_nothing_else(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "none");
	world_expect(world, "");
	assert_string_equal(why(world), "there is no song none");
	preload(world, "C");
	world->songs[2].name[0] = 'X';
	world_open(world, "C");
	world_expect_answers(world, "-5 there is no song C;");
	world_expect(world, "launch nC1; term nC1");
	assert_string_equal(
		stage_show_engine_current(world->engine)->name, "A");
}

static void
another_song_leaves_it_until_nobody_wants_it(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	preload(world, "C");
	world_come_up(world, "");
	stage_str_clear(&world->log);
	world_open(world, "D");
	world_expect(world, "launch nD1");
	world_open(world, "C"); // after all
	world_expect(world, "term nD1; select C; loaded nC1; term nA1");
}

static void
heard_of_only_when_it_is_its_turn(struct world *world,
	enum stage_show_news what, const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	(void)before;
	if (slot != NULL && strcmp(slot->id, "nC1") == 0 &&
		(what == STAGE_SHOW_SLOT_ADDED ||
			what == STAGE_SHOW_SLOT_REMOVED)) {
		world->next_id += what == STAGE_SHOW_SLOT_ADDED ? 1 : 100;
	}
}

static void
it_is_no_part_of_the_session_before(void **state)
{
	struct world *world = *state;

	world->heard = heard_of_only_when_it_is_its_turn;
	world_play(world, "A", "");
	preload(world, "C");
	world_come_up(world, "");
	assert_false(
		stage_show_engine_find(world->engine, "nC1")->song->is_shown);
	preload(world, NULL);
	world_end_ended(world);
	assert_int_equal(world->next_id, 0);
	preload(world, "C");
	world_come_up(world, "");
	world_open(world, "C");
	assert_int_equal(world->next_id, 1);
	assert_true(world_slot(world, "nC1")->song->is_shown);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(it_comes_up_unheard_and_plays_at_once),
		TEST(the_one_before_rings_for_its_tail),
		TEST(the_one_before_is_heard_until_the_next_one_is),
		TEST(who_connects_nothing_does_not_keep_the_one_before),
		TEST(what_is_to_end_does_so_whoever_connects),
		TEST(what_plays_is_not_taken_before_its_turn),
		TEST(only_as_many_are_switched_as_there_are),
		TEST(what_nobody_wants_any_more_is_ended),
		TEST(one_that_loads_ahead_goes_on_when_it_is_its_turn),
		TEST(crashes_are_mended_ahead_but_not_without_end),
		TEST(one_that_is_late_ahead_holds_up_nothing),
		TEST(without_memory_it_is_loaded_at_its_turn),
		TEST(its_programs_are_known_by_what_they_took),
		TEST(what_must_be_alone_waits_for_its_turn),
		TEST(ids_that_are_in_use_wait_for_their_end),
		TEST(what_would_be_heard_is_not_started_ahead),
		TEST(what_was_changed_meanwhile_is_loaded_anew),
		TEST(its_settings_are_those_of_its_turn),
		TEST(as_many_are_loaded_as_are_allowed),
		TEST(closing_keeps_it_and_quitting_does_not),
		TEST(the_song_that_plays_is_not_loaded_beside_itself),
		TEST(what_is_not_there_is_told_and_nothing_else),
		TEST(another_song_leaves_it_until_nobody_wants_it),
		TEST(it_is_no_part_of_the_session_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
