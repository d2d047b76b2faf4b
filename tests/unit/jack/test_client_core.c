/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "jack/client_core.h"

#define E(name) STAGE_JACK_EVENT_##name
#define S(name) STAGE_JACK_CORE_##name

struct step {
	enum stage_jack_core_event event;
	enum stage_jack_core_state state; // afterwards
	unsigned actions;                 // all of them
};

#define ASK_ON (STAGE_JACK_ASK_OPEN | STAGE_JACK_WATCHDOG_ON)
#define OPENS (ASK_ON | STAGE_JACK_BURST_NEW | STAGE_JACK_TIMER_OFF)
#define OPENS_ONCE (ASK_ON | STAGE_JACK_BURST_NONE)
#define OPENED                                                                 \
	(STAGE_JACK_TELL_OPENED | STAGE_JACK_TIMER_BEAT |                      \
		STAGE_JACK_WATCHDOG_OFF)
#define BEATS                                                                  \
	(STAGE_JACK_ASK_BEAT | STAGE_JACK_TIMER_BEAT | STAGE_JACK_WATCHDOG_ON)
#define LOSES                                                                  \
	(STAGE_JACK_TELL_LOST | STAGE_JACK_ASK_CLOSE | STAGE_JACK_TIMER_OFF)
#define QUITS                                                                  \
	(STAGE_JACK_ASK_QUIT | STAGE_JACK_TIMER_OFF | STAGE_JACK_WATCHDOG_ON)

static void
run(const struct step *steps, size_t count)
{
	struct stage_jack_core core = {0};

	for (size_t i = 0; i < count; i++) {
		unsigned actions = stage_jack_core_step(&core, steps[i].event);
		if (core.state != steps[i].state ||
			actions != steps[i].actions) {
			fail_msg("step %zu (%s): state %s, actions 0x%x where "
				 "0x%x belong",
				i, stage_jack_core_event_name(steps[i].event),
				stage_jack_core_state_name(core.state), actions,
				steps[i].actions);
		}
	}
}

#define RUN(...)                                                               \
	do {                                                                   \
		static const struct step steps[] = {__VA_ARGS__};              \
		run(steps, STAGE_COUNT_OF(steps));                             \
	} while (0)

static void
a_life_with_one_server(void **state)
{
	(void)state;
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(OPENED), S(OPEN), OPENED},
		{E(TIMER), S(OPEN), BEATS},
		{E(BEAT_OK), S(OPEN), STAGE_JACK_WATCHDOG_OFF},
		{E(END), S(ENDING),
			STAGE_JACK_ASK_CLOSE | STAGE_JACK_TIMER_OFF |
				STAGE_JACK_WATCHDOG_ON},
		{E(CLOSED), S(ENDED), QUITS},
		{E(QUIT), S(GONE),
			STAGE_JACK_TELL_GONE | STAGE_JACK_WATCHDOG_OFF},
		{E(END), S(GONE), 0}, {E(APPEARED), S(GONE), 0});
}

static void
a_server_that_comes_back(void **state)
{
	(void)state;
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(OPENED), S(OPEN), OPENED},
		{E(SHUTDOWN), S(LOST), LOSES | STAGE_JACK_WATCHDOG_ON},
		{E(SHUTDOWN), S(LOST), 0},
		{E(CLOSED), S(WAITING),
			STAGE_JACK_TIMER_RETRY | STAGE_JACK_WATCHDOG_OFF},
		{E(APPEARED), S(OPENING), OPENS}, {E(OPENED), S(OPEN), OPENED});
}

static void
a_server_that_is_back_before_we_closed(void **state)
{
	(void)state;
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(OPENED), S(OPEN), OPENED},
		{E(SHUTDOWN), S(LOST), LOSES | STAGE_JACK_WATCHDOG_ON},
		{E(APPEARED), S(LOST), 0}, {E(CLOSED), S(OPENING), OPENS});
}

static void
a_server_that_dies_while_we_open(void **state)
{
	(void)state;
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(SHUTDOWN), S(DOOMED), 0},
		{E(OPENED), S(LOST),
			STAGE_JACK_ASK_CLOSE | STAGE_JACK_WATCHDOG_ON},
		{E(CLOSED), S(WAITING),
			STAGE_JACK_TIMER_RETRY | STAGE_JACK_WATCHDOG_OFF});
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(SHUTDOWN), S(DOOMED), 0},
		{E(APPEARED), S(DOOMED), STAGE_JACK_BURST_NEW},
		{E(FAILED), S(PAUSING),
			STAGE_JACK_TIMER_PAUSE | STAGE_JACK_WATCHDOG_OFF},
		{E(TIMER), S(OPENING), ASK_ON});
}

static void
a_server_that_stands_still(void **state)
{
	(void)state;
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(OPENED), S(OPEN), OPENED},
		{E(TIMER), S(OPEN), BEATS},
		{E(TIMER), S(STALLED),
			STAGE_JACK_TELL_STALLED | STAGE_JACK_TIMER_BEAT},
		{E(TIMER), S(STALLED), STAGE_JACK_TIMER_BEAT},
		{E(WATCHDOG), S(STALLED), STAGE_JACK_TELL_HUNG},
		{E(BEAT_OK), S(OPEN),
			STAGE_JACK_TELL_ALIVE | STAGE_JACK_WATCHDOG_OFF},
		{E(TIMER), S(OPEN), BEATS},
		{E(BEAT_STUCK), S(STALLED),
			STAGE_JACK_TELL_STALLED | STAGE_JACK_WATCHDOG_OFF},
		{E(TIMER), S(STALLED), BEATS},
		{E(BEAT_STUCK), S(STALLED), STAGE_JACK_WATCHDOG_OFF},
		{E(TIMER), S(STALLED), BEATS},
		{E(BEAT_FAILED), S(LOST), LOSES | STAGE_JACK_WATCHDOG_ON});
}

static void
a_heartbeat_that_comes_too_late(void **state)
{
	(void)state;
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(OPENED), S(OPEN), OPENED},
		{E(TIMER), S(OPEN), BEATS}, {E(SHUTDOWN), S(LOST), LOSES},
		{E(BEAT_FAILED), S(LOST), STAGE_JACK_WATCHDOG_ON},
		{E(CLOSED), S(WAITING),
			STAGE_JACK_TIMER_RETRY | STAGE_JACK_WATCHDOG_OFF});
}

static void
without_a_sign_there_is_one_attempt(void **state)
{
	(void)state;
	RUN({E(TIMER), S(OPENING), OPENS_ONCE},
		{E(FAILED), S(WAITING),
			STAGE_JACK_TELL_FAILED | STAGE_JACK_TIMER_RETRY |
				STAGE_JACK_WATCHDOG_OFF},
		{E(APPEARED), S(OPENING), OPENS},
		{E(FAILED), S(PAUSING),
			STAGE_JACK_TIMER_PAUSE | STAGE_JACK_WATCHDOG_OFF});
}

static void
a_burst_ends(void **state)
{
	struct stage_jack_core core = {0};
	unsigned attempts = 0;
	unsigned last_ms = 0;
	unsigned actions = stage_jack_core_step(&core, E(APPEARED));
	(void)state;

	while (core.state != S(WAITING) && attempts < 100) {
		attempts++;
		actions = stage_jack_core_step(&core, E(FAILED));
		if (core.state == S(PAUSING)) {
			unsigned ms = stage_jack_core_pause_ms(&core);
			assert_true(ms > last_ms);
			last_ms = ms;
			stage_jack_core_step(&core, E(TIMER));
		}
	}
	assert_in_range(attempts, 4, 12);
	assert_int_equal(actions, STAGE_JACK_TELL_FAILED |
					  STAGE_JACK_TIMER_RETRY |
					  STAGE_JACK_WATCHDOG_OFF);
	// the slow retry tries once
	assert_int_equal(stage_jack_core_step(&core, E(TIMER)), OPENS_ONCE);
	actions = stage_jack_core_step(&core, E(FAILED));
	assert_int_equal(core.state, S(WAITING));
	// a sign begins a new burst
	stage_jack_core_step(&core, E(APPEARED));
	stage_jack_core_step(&core, E(FAILED));
	assert_int_equal(core.state, S(PAUSING));
	assert_int_equal(stage_jack_core_pause_ms(&core), 5);
	assert_int_equal(stage_jack_core_step(&core, E(APPEARED)), OPENS);
}

static void
pauses_are_known_for_any_attempt(void **state)
{
	struct stage_jack_core core = {.attempt = 0};
	(void)state;

	assert_int_equal(stage_jack_core_pause_ms(&core), 5);
	core.attempt = 1000;
	assert_int_equal(stage_jack_core_pause_ms(&core), 640);
}

static void
ends_from_everywhere(void **state)
{
	static const enum stage_jack_core_event paths[][4] = {
		{E(END), E(QUIT)},
		{E(APPEARED), E(END), E(FAILED), E(QUIT)},
		{E(APPEARED), E(FAILED), E(END), E(QUIT)},
		{E(APPEARED), E(END), E(WATCHDOG)},
		{E(END), E(WATCHDOG)},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(paths); i++) {
		struct stage_jack_core core = {0};
		unsigned told = 0;
		for (size_t j = 0; j < 4 && core.state != S(GONE); j++) {
			told |= stage_jack_core_step(&core, paths[i][j]);
		}
		assert_int_equal(core.state, S(GONE));
		assert_true((told & STAGE_JACK_TELL_GONE) != 0);
	}
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(END), S(ENDING_OPEN), 0},
		{E(OPENED), S(ENDING),
			STAGE_JACK_ASK_CLOSE | STAGE_JACK_WATCHDOG_ON},
		{E(WATCHDOG), S(GONE),
			STAGE_JACK_TELL_GONE | STAGE_JACK_WATCHDOG_OFF});
	RUN({E(APPEARED), S(OPENING), OPENS}, {E(OPENED), S(OPEN), OPENED},
		{E(SHUTDOWN), S(LOST), LOSES | STAGE_JACK_WATCHDOG_ON},
		{E(END), S(ENDING), 0}, {E(APPEARED), S(ENDING), 0},
		{E(CLOSED), S(ENDED), QUITS});
}

static void
derived_events_are_not_for_callers(void **state)
{
	struct stage_jack_core core = {0};
	(void)state;

	assert_int_equal(
		stage_jack_core_step(&core, STAGE_JACK_EVENT_FAILED_LAST), 0);
	assert_int_equal(
		stage_jack_core_step(&core, STAGE_JACK_EVENT_TABLE_COUNT), 0);
}

// A worker that answers, libjack and a clock that do what they like.
struct world {
	struct stage_jack_core core;
	bool owes[4]; // open, close, beat, quit
	bool is_told_open;
	bool has_watchdog;
};

static void
check_actions(struct world *world, unsigned actions)
{
	static const unsigned tells =
		STAGE_JACK_TELL_OPENED | STAGE_JACK_TELL_FAILED |
		STAGE_JACK_TELL_LOST | STAGE_JACK_TELL_STALLED |
		STAGE_JACK_TELL_ALIVE | STAGE_JACK_TELL_HUNG |
		STAGE_JACK_TELL_GONE;
	unsigned told = actions & tells;
	bool owes = false;

	assert_int_equal(told & (told - 1), 0); // one at most
	if ((actions & STAGE_JACK_TELL_OPENED) != 0) {
		assert_false(world->is_told_open);
		world->is_told_open = true;
	}
	if ((actions & STAGE_JACK_TELL_LOST) != 0) {
		assert_true(world->is_told_open);
		world->is_told_open = false;
	}
	for (unsigned i = 0; i < 4; i++) {
		if ((actions & (1U << i)) != 0) {
			assert_false(world->owes[i]); // one of each kind
			world->owes[i] = true;
		}
		owes = owes || world->owes[i];
	}
	if ((actions & STAGE_JACK_WATCHDOG_ON) != 0) {
		world->has_watchdog = true;
	}
	if ((actions & STAGE_JACK_WATCHDOG_OFF) != 0) {
		world->has_watchdog = false;
	}
	if (world->core.state != S(GONE)) {
		assert_int_equal(world->has_watchdog, owes);
		assert_int_equal(world->core.owed,
			world->owes[0] + world->owes[1] + world->owes[2] +
				world->owes[3]);
	}
}

// An answer that the worker owes, STAGE_JACK_EVENT_COUNT for none.
static enum stage_jack_core_event
next_answer(struct world *world)
{
	static const enum stage_jack_core_event answers[4][3] = {
		{E(OPENED), E(FAILED), E(FAILED)},
		{E(CLOSED), E(CLOSED), E(CLOSED)},
		{E(BEAT_OK), E(BEAT_STUCK), E(BEAT_FAILED)},
		{E(QUIT), E(QUIT), E(QUIT)},
	};
	static const int order[] = {0, 2, 1, 3};

	for (int i = 0; i < 4; i++) {
		if (world->owes[order[i]]) {
			world->owes[order[i]] = false;
			return answers[order[i]][rand() % 3];
		}
	}
	return STAGE_JACK_EVENT_COUNT;
}

static void
whatever_happens(void **state)
{
	static const enum stage_jack_core_event others[] = {
		E(APPEARED), E(TIMER), E(SHUTDOWN), E(WATCHDOG)};
	(void)state;

	srand(7);
	for (int round = 0; round < 20000; round++) {
		struct world world = {.is_told_open = false};
		int steps = 1 + rand() % 60;
		check_actions(
			&world, stage_jack_core_step(&world.core, E(APPEARED)));
		for (int i = 0; i < steps; i++) {
			enum stage_jack_core_event event = others[rand() % 4];
			if (rand() % 2 == 0) {
				event = next_answer(&world);
			}
			if (event == E(WATCHDOG) && !world.has_watchdog) {
				continue;
			}
			check_actions(&world,
				stage_jack_core_step(&world.core, event));
		}
		check_actions(
			&world, stage_jack_core_step(&world.core, E(END)));
		for (int i = 0; i < 6 && world.core.state != S(GONE); i++) {
			check_actions(&world, stage_jack_core_step(&world.core,
						      next_answer(&world)));
		}
		assert_int_equal(world.core.state, S(GONE));
	}
}

static void
everything_has_a_name(void **state)
{
	(void)state;

	for (int i = 0; i < STAGE_JACK_CORE_STATE_COUNT; i++) {
		assert_true(strlen(stage_jack_core_state_name(
				    (enum stage_jack_core_state)i)) > 2);
	}
	for (int i = 0; i < STAGE_JACK_EVENT_TABLE_COUNT; i++) {
		assert_true(strlen(stage_jack_core_event_name(
				    (enum stage_jack_core_event)i)) > 2);
	}
	assert_string_equal(stage_jack_core_state_name(99), "?");
	assert_string_equal(stage_jack_core_event_name(99), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_life_with_one_server),
		cmocka_unit_test(a_server_that_comes_back),
		cmocka_unit_test(a_server_that_is_back_before_we_closed),
		cmocka_unit_test(a_server_that_dies_while_we_open),
		cmocka_unit_test(a_server_that_stands_still),
		cmocka_unit_test(a_heartbeat_that_comes_too_late),
		cmocka_unit_test(without_a_sign_there_is_one_attempt),
		cmocka_unit_test(a_burst_ends),
		cmocka_unit_test(pauses_are_known_for_any_attempt),
		cmocka_unit_test(ends_from_everywhere),
		cmocka_unit_test(derived_events_are_not_for_callers),
		cmocka_unit_test(whatever_happens),
		cmocka_unit_test(everything_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
