/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/daemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "midi/bridge_private.h"
#include "midi_world.h"
#include "rig/mark.h"
#include "scratch.h"

#define DEADLINE_NS (20 * STAGE_NS_PER_S)

static enum stage_status
no_sequencer(struct stage_midi_seq **out, struct stage_err *err)
{
	(void)out;
	return stage_err_set(
		err, STAGE_NOT_FOUND, "the kernel has no ALSA sequencer");
}

static const struct stage_midi_seq_class none = {.open = no_sequencer};

struct world {
	uv_loop_t loop;
	uv_timer_t pulse; // so that the loop is never without an event
	struct scratch scratch;
	struct stage_rig rig;
	struct stage_midi_daemon *daemon;
};

static void
on_pulse(uv_timer_t *timer)
{
	(void)timer;
}

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	scratch_init(&world->scratch);
	setenv("JACK_DEFAULT_SERVER", "stagecraft-none", 1);
	setenv("STAGECRAFT_SERVICE", "midi", 1);
	uv_loop_init(&world->loop);
	uv_timer_init(&world->loop, &world->pulse);
	uv_timer_start(&world->pulse, on_pulse, 5, 5);
	assert_int_equal(stage_format(world->rig.rig, STAGE_PATH_MAX, "%s",
				 world->scratch.dir),
		STAGE_OK);
	assert_int_equal(stage_format(world->rig.run, STAGE_PATH_MAX, "%s/run",
				 world->scratch.dir),
		STAGE_OK);
	assert_int_equal(mkdir(world->rig.run, 0755), 0);
	setenv("STAGECRAFT_RUN", world->rig.run, 1);
	*state = world;
	return 0;
}

// Until what it has in the loop has gone.
static void
end(struct world *world)
{
	stage_midi_daemon_destroy(world->daemon);
	world->daemon = NULL;
	uv_unref((uv_handle_t *)&world->pulse);
	uv_run(&world->loop, UV_RUN_DEFAULT);
	uv_ref((uv_handle_t *)&world->pulse);
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	end(world);
	uv_close((uv_handle_t *)&world->pulse, NULL);
	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	scratch_finish(&world->scratch);
	free(world);
	return 0;
}

static void
begin(struct world *world)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_midi_daemon_create(&world->loop, &world->rig, &none,
		    &world->daemon, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

static bool
is_ignored(const struct world *world)
{
	struct stage_midi_endpoint endpoint = {
		.identity = midi_keyboard("A", "1"), .ordinal = 1};

	return stage_midi_rules_treat(
		stage_midi_daemon_bridge(world->daemon)->rules, &endpoint)
		.is_ignored;
}

#define AWAIT(world, condition)                                                \
	do {                                                                   \
		int64_t until_ns = stage_clock_now_ns() + DEADLINE_NS;         \
		while (!(condition) && stage_clock_now_ns() < until_ns) {      \
			uv_run(&(world)->loop, UV_RUN_ONCE);                   \
		}                                                              \
		assert_true(condition);                                        \
	} while (0)

static void
what_is_not_well_is_its_note(void **state)
{
	struct world *world = *state;
	char note[STAGE_MARK_WORDS_MAX] = "";

	assert_int_equal(
		stage_mark_prepare(&world->rig, "midi", NULL), STAGE_OK);
	begin(world);
	assert_true(stage_mark_get_text(
		&world->rig, "midi", STAGE_MARK_NOTE, note));
	assert_string_equal(note, "the kernel has no ALSA sequencer");
}

static void
rules_are_read_again(void **state)
{
	struct world *world = *state;

	begin(world);
	assert_false(is_ignored(world));
	scratch_write(&world->scratch, "midi.conf", "ignore Keystation*\n");
	AWAIT(world, is_ignored(world));
	assert_int_equal(unlink(scratch_path(&world->scratch, "midi.conf")), 0);
	AWAIT(world, !is_ignored(world));
}

// There is a show: what held before holds, also after a crash.
static void
a_slip_changes_nothing(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "midi.conf", "ignore Keystation*\n");
	begin(world);
	assert_true(is_ignored(world));
	scratch_write(&world->scratch, "midi.conf", "ignor Keystation*\n");
	end(world);
	begin(world);
	assert_true(is_ignored(world));
	end(world);
	scratch_write(&world->scratch, "midi.conf", "");
	begin(world);
	assert_false(is_ignored(world));
}

static void
one_serves_a_rig(void **state)
{
	struct world *world = *state;
	struct stage_midi_daemon *second = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	begin(world);
	assert_int_equal(stage_midi_daemon_create(&world->loop, &world->rig,
				 &none, &second, &err),
		STAGE_BUSY);
	assert_non_null(strstr(err.text, "a MIDI bridge serves this rig"));
}

static enum stage_status
no_alsa(struct stage_midi_seq **out, struct stage_err *err)
{
	(void)out;
	return stage_err_set(err, STAGE_UNSUPPORTED, "built without ALSA");
}

// What it had begun ends in the loop, after it was told.
static void
one_that_cannot_begin_leaves_nothing(void **state)
{
	static const struct stage_midi_seq_class never = {.open = no_alsa};
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_midi_daemon_create(&world->loop, &world->rig,
				 &never, &world->daemon, &err),
		STAGE_UNSUPPORTED);
	assert_string_equal(err.text, "built without ALSA");
	assert_null(world->daemon);
	end(world);
	begin(world); // the socket is free
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_well_is_its_note),
		TEST(rules_are_read_again),
		TEST(a_slip_changes_nothing),
		TEST(one_serves_a_rig),
		TEST(one_that_cannot_begin_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
