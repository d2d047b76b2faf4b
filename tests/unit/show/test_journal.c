/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/journal.h"

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
	world_song(&world, "B", "zyn:zyn:nB1\n");
	*state = &world;
	return 0;
}

// The pids that have ended meanwhile, and those that nobody can talk to.
struct fates {
	pid_t gone;
	pid_t stranger;
	pid_t moved; // and goes on in the one that spoke for it
};

static enum stage_show_fate
look(void *user, struct stage_show_program *program)
{
	const struct fates *fates = user;

	if (fates->moved > 0 && program->process.pid == fates->moved) {
		program->process = program->speaker;
	}

	if (program->process.pid == fates->gone) {
		return STAGE_SHOW_GONE;
	}
	return program->process.pid == fates->stranger ? STAGE_SHOW_STRANGER
						       : STAGE_SHOW_THERE;
}

/* The engine crashes, and another one follows, in a new process. */
static enum stage_status
crash(struct world *world, struct fates fates, struct stage_err *err)
{
	const struct stage_show_journal_ops ops = {look, &fates};
	json_t *journal = stage_show_journal_write(world->engine);
	enum stage_status status;

	assert_non_null(journal);
	stage_str_clear(&world->log);
	stage_str_clear(&world->answers);
	world_renew(world);
	stage_str_clear(&world->answers); // of those who asked the one before
	status = stage_show_journal_read(world->engine, journal, &ops, err);
	json_decref(journal);
	return status;
}

static void
go_on(struct world *world, struct fates fates)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(crash(world, fates, &err), STAGE_OK);
}

static const struct fates fine;

static void
who_was_ready_notices_nothing(void **state)
{
	struct world *world = *state;

	world_play(world, "A", ":switch:");
	stage_show_engine_set_edit(world->engine, true);
	for (int i = 0; i < 3; i++) {
		go_on(world, fine);
		world_expect(world, "select A");
		assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
		assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_READY);
	}
	assert_true(stage_show_engine_is_edit(world->engine));
	// They are known by their ports, and can do what they could.
	stage_show_engine_open(
		world->engine, "B", STAGE_SHOW_SAVE_NOT, world_asker(world));
	assert_non_null(strstr(world->log.data, "/songs/B/zyn.nB1 B"));
	world_come_up(world, "");
	world_expect_answers(world, "0 Loaded.;");
}

static void
one_that_saved_is_ready(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_save(world->engine, world_asker(world));
	go_on(world, fine);
	world_expect(world, "select A");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
	world_saved(world, "nA1"); // nobody waits for it any more
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nA1");
	world_saved(world, "nA2");
	world_expect_answers(world, "0 Saved.;");
}

static void
what_has_ended_meanwhile_is_started_again(void **state)
{
	struct world *world = *state;
	struct fates fates = fine;

	world_play(world, "A", "");
	fates.gone = world_program(world, "nA2")->process.pid;
	world_program(world, "nA2")->is_there = false;
	go_on(world, fates);
	world_expect(world, "select A; launch nA2");
	world_come_up(world, "");
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_READY);
}

static void
what_nobody_can_talk_to_is_ended_and_started_again(void **state)
{
	struct world *world = *state;
	struct fates fates = fine;

	world_play(world, "A", "");
	fates.stranger = world_program(world, "nA2")->process.pid;
	go_on(world, fates);
	world_expect(world, "term nA2; select A");
	world_exits(world, "nA2", true);
	world_expect(world, "launch nA2");
}

static void
what_was_stopped_stays_so(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	world_play(world, "A", "");
	assert_int_equal(
		stage_show_engine_stop(world->engine, "nA1", &err), STAGE_OK);
	world_end_ended(world);
	go_on(world, fine);
	world_expect(world, "select A");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_STOPPED);
}

static void
a_song_that_was_loading_is_loaded(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_open(
		world->engine, "B", STAGE_SHOW_SAVE_NOT, world_asker(world));
	go_on(world, fine);
	// The one that was starting cannot have been heard: it starts again.
	world_expect(world, "term nB1; select A");
	world_exits(world, "nB1", true);
	world_expect(world, "launch nB1");
	world_come_up(world, "");
	assert_string_equal(world->selected, "B");
}

static void
what_was_loaded_ahead_still_is(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_preload(world->engine, "B");
	world_come_up(world, "");
	go_on(world, fine);
	world_expect(world, "select A"); // and B waits, not connected
	stage_show_engine_preload(world->engine, "B");
	world_expect(world, "");
	stage_show_engine_open(
		world->engine, "B", STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_expect(world, "select B; loaded nB1; term nA1; term nA2");
	world_expect_answers(world, "0 Loaded.;");
}

static void
what_was_coming_up_ahead_does_so_again(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_preload(world->engine, "B");
	go_on(world, fine);
	world_expect(world, "term nB1; select A");
	world_exits(world, "nB1", true);
	world_expect(world, "launch nB1");
	// Nobody may want it any more.
	world_come_up(world, "");
	go_on(world, fine);
	stage_show_engine_preload(world->engine, NULL);
	world_expect(world, "select A; term nB1");
}

static void
what_was_ready_of_a_song_that_was_loading_is_so_still(void **state)
{
	struct world *world = *state;

	world_song(world, "C", "zyn:zyn:nC1\norg:org:nC2\n");
	world_play(world, "B", ":switch:");
	stage_show_engine_open(
		world->engine, "C", STAGE_SHOW_SAVE_NOT, world_asker(world));
	world_opened(world, "nB1"); // by a switch; the other one has not come
	go_on(world, fine);
	// What was switched does not have to be so once more, nor B be mended.
	world_expect(world, "term nC2; select B");
	world_exits(world, "nC2", true);
	world_expect(world, "launch nC2");
	world_come_up(world, "");
	assert_string_equal(world->selected, "C");
	assert_int_equal(world_state(world, "nC1"), STAGE_SHOW_READY);
	assert_int_equal(world->program_count, 3);
}

static void
run_programs_notice_nothing(void **state)
{
	struct world *world = *state;
	struct fates fates = fine;

	world_conf(world, "B", "run click klick\nrun other thing\n");
	world_play(world, "B", "");
	fates.gone = world_program(world, "other")->process.pid;
	world_program(world, "other")->is_there = false;
	go_on(world, fates);
	world_expect(world, "select B; launch other");
	assert_int_equal(world_state(world, "click"), STAGE_SHOW_READY);
	assert_string_equal(world_text(world, "B"), "zyn:zyn:nB1\n");
	// One whose line is gone meanwhile is ended, and no client.
	world_conf(world, "B", "run other thing\n");
	go_on(world, fine);
	world_expect(world, "term click; select B");
	stage_show_engine_save(world->engine, world_asker(world));
	world_saved(world, "nB1");
	assert_string_equal(world_text(world, "B"), "zyn:zyn:nB1\n");
}

static void
what_rings_does_so_for_the_rest_of_its_tail(void **state)
{
	struct world *world = *state;

	world_conf(world, "A", "tail 1min\nrun click klick\n");
	world_play(world, "A", "");
	world_play(world, "B", "");
	world_pass(world, 20000);
	for (int i = 0; i < 2; i++) {
		go_on(world, fine);
		world_expect(world, "select B");
		assert_string_equal(world->ringing, "A");
	}
	world_pass(world, 39000);
	world_expect(world, "");
	world_pass(world, 2000);
	world_expect(world, "select B; term nA1; term nA2; term click");
	assert_string_equal(world->ringing, "");
	// One that has ended meanwhile is not missed.
	world_end_ended(world);
	world_play(world, "A", "");
	world_play(world, "B", "");
	world_program(world, "nA2")->is_there = false;
	go_on(world,
		(struct fates){world_program(world, "nA2")->process.pid, 0});
	world_expect(world, "select B");
}

static void
what_waits_for_the_next_ones_connections_is_heard(void **state)
{
	struct world *world = *state;

	world->is_patchbay_slow = true;
	world_play(world, "B", "");
	world_open(world, "A");
	world_come_up(world, "");
	go_on(world, fine);
	world_expect(world, "select A");
	world_pass(world, 600);
	world_expect(world, "select A; term nB1");
}

static void
one_that_failed_may_sound_all_the_same(void **state)
{
	struct world *world = *state;

	world_open(world, "B");
	world_announce(world, "nB1", "zyn", "");
	world_answers(world, "nB1", STAGE_SHOW_OPEN, -1, "no such preset");
	go_on(world, fine);
	world_expect(world, "select B");
	assert_int_equal(world_state(world, "nB1"), STAGE_SHOW_FAILED);
	assert_non_null(world_slot(world, "nB1")->program);
}

static void
what_clients_say_may_be_any_bytes(void **state)
{
	char label[2 * STAGE_SHOW_LABEL_MAX];
	struct world *world = *state;
	struct stage_show_program *program;

	world_play(world, "A", "");
	program = stage_show_engine_program_at(
		world->engine, &world_program(world, "nA1")->peer);
	stage_show_engine_said(world->engine, program, STAGE_SHOW_SLOT_LABEL, 0,
		"Verst\xe4rker");
	program = stage_show_engine_program_at(
		world->engine, &world_program(world, "nA2")->peer);
	memset(label, 'x', sizeof(label) - 1);
	label[sizeof(label) - 1] = '\0';
	// The last one that there is room for is cut in two.
	memcpy(label + STAGE_SHOW_LABEL_MAX - 2, "\u00e4", 2);
	stage_show_engine_said(
		world->engine, program, STAGE_SHOW_SLOT_LABEL, 0, label);
	go_on(world, fine);
	world_expect(world, "select A");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_READY);
	assert_memory_equal(world_slot(world, "nA1")->label, "Verst", 5);
}

static void
who_is_unknown_ends_before_anything_starts(void **state)
{
	static const struct stage_proc_id unknown = {.pid = 7, .start = 1};
	struct world *world = *state;

	stage_show_engine_end_unknown(world->engine, &unknown, true);
	world_open(world, "A");
	world_expect(world, "");
	world_pass(world, 2000);
	world_expect(world, "");
	stage_show_engine_exited(world->engine, unknown.pid, true, "");
	world_expect(world, "launch nA1; launch nA2");
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "A");
	// One that nothing ends holds up nothing for ever.
	stage_show_engine_end_unknown(world->engine, &unknown, true);
	world_open(world, "B");
	world_pass(world, 4000);
	world_come_up(world, "");
	assert_string_equal(world_playing(world), "B");
}

static void
clients_that_were_not_saved_yet_are_there(void **state)
{
	struct world *world = *state;

	world_play(world, "A", "");
	stage_show_engine_add(world->engine, "zyn", world_asker(world));
	world_come_up(world, "");
	assert_int_equal(world_state(world, "nNEW0"), STAGE_SHOW_READY);
	go_on(world, fine);
	world_expect(world, "select A");
	assert_int_equal(world_state(world, "nNEW0"), STAGE_SHOW_READY);
	stage_show_engine_save(world->engine, world_asker(world));
	for (int i = 0; i < 3; i++) {
		static const char *const ids[] = {"nA1", "nA2", "nNEW0"};

		world_saved(world, ids[i]);
	}
	assert_string_equal(world_text(world, "A"),
		"zyn:zyn:nA1\nzyn:zyn:nA2\nzyn:zyn:nNEW0\n");
}

static void
a_song_that_is_gone_plays_on(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	world_conf(world, "A", "run click klick -b 120\n");
	world_play(world, "A", "");
	world->songs[0].name[0] = 'X';
	for (int i = 0; i < 2; i++) {
		assert_int_equal(crash(world, fine, &err), STAGE_NOT_FOUND);
		world_expect(world, "select A");
		assert_string_equal(world_playing(world), "A");
		assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
		assert_string_equal(world_slot(world, "click")->argv[2], "120");
	}
	world_open(world, "B");
	world_come_up(world, "");
	world_expect(world, "launch nB1; open nB1 /songs/B/zyn.nB1 B; select B;"
			    " loaded nB1; term nA1; term nA2; term click");
}

static void
a_daemon_goes_on_in_the_process_that_speaks(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	const struct world_program *programs[2];
	pid_t started;

	world_open(world, "A");
	for (int i = 0; i < 2; i++) {
		const char *id = i == 0 ? "nA1" : "nA2";
		struct stage_show_announce announce = {
			"zyn", "", "/opt/zynd", 1, 0};

		programs[i] = world_program(world, id);
		announce.pid = DAEMON + programs[i]->process.pid;
		assert_int_equal(stage_show_engine_announce(world->engine,
					 &programs[i]->peer, &announce, &err),
			STAGE_SHOW_DONE);
		stage_show_engine_welcomed(world->engine, &programs[i]->peer);
		world_opened(world, id);
	}
	world_expect_answers(world, "0 Loaded.;");
	// What was started ends while nobody looks, and after that.
	started = programs[0]->process.pid;
	go_on(world, (struct fates){.moved = started});
	world_expect(world, "select A");
	assert_true(stage_show_engine_exited(
		world->engine, programs[1]->process.pid, false, "unknown"));
	go_on(world, fine);
	world_expect(world, "select A");
	assert_int_equal(world_state(world, "nA1"), STAGE_SHOW_READY);
	assert_int_equal(world_state(world, "nA2"), STAGE_SHOW_READY);
	// The end of the one that goes on is its end.
	assert_false(stage_show_engine_exited(
		world->engine, DAEMON + started, false, "unknown"));
	world_expect(world, "launch nA1");
}

static void
what_is_no_journal_is_nothing(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"current\": 7, \"programs\": {}, \"wanted\": []}",
		"{\"current\": {\"name\": \"A\", \"slots\": [1, {}, "
		"{\"id\": \"../x\"}, {\"id\": \"nA1\", \"state\": 99}]}}",
		"{\"programs\": [1, {}, {\"pid\": -1}, {\"pid\": 0, \"peer\": "
		"\":\"}, {\"pid\": 1, \"peer\": \"[::1\"}]}",
	};
	struct fates fates = fine;
	const struct stage_show_journal_ops ops = {look, &fates};
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		json_t *journal = json_loads(texts[i], 0, NULL);

		assert_non_null(journal);
		(void)!stage_show_journal_read(
			world->engine, journal, &ops, NULL);
		json_decref(journal);
		world_renew(world);
		stage_str_clear(&world->log);
	}
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(who_was_ready_notices_nothing),
		TEST(one_that_saved_is_ready),
		TEST(what_has_ended_meanwhile_is_started_again),
		TEST(what_nobody_can_talk_to_is_ended_and_started_again),
		TEST(what_was_stopped_stays_so),
		TEST(a_song_that_was_loading_is_loaded),
		TEST(what_was_loaded_ahead_still_is),
		TEST(what_was_coming_up_ahead_does_so_again),
		TEST(what_was_ready_of_a_song_that_was_loading_is_so_still),
		TEST(run_programs_notice_nothing),
		TEST(what_rings_does_so_for_the_rest_of_its_tail),
		TEST(what_waits_for_the_next_ones_connections_is_heard),
		TEST(one_that_failed_may_sound_all_the_same),
		TEST(what_clients_say_may_be_any_bytes),
		TEST(who_is_unknown_ends_before_anything_starts),
		TEST(clients_that_were_not_saved_yet_are_there),
		TEST(a_song_that_is_gone_plays_on),
		TEST(a_daemon_goes_on_in_the_process_that_speaks),
		TEST(what_is_no_journal_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
