/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/chain_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"

// Every row in letters, so that the whole table is seen at once; columns LOOK,
// READY_SEEN, CHILD_END, SERVER_LOST, STOP_SIGNAL, TIMER.
static const char *const rows[] = {
	[STAGE_CHAIN_WAITING] = "n  nwg",
	[STAGE_CHAIN_RUNNING] = "preLs ",
	[STAGE_CHAIN_READY] = "  eLs ",
	[STAGE_CHAIN_GRACE] = "   acc",
	[STAGE_CHAIN_LOSING] = "  a sk",
	[STAGE_CHAIN_STOPPING] = "  c s ",
};

static const char letters[] = {
	[STAGE_CHAIN_IGNORE] = ' ',
	[STAGE_CHAIN_LOOK_AT_NEEDS] = 'n',
	[STAGE_CHAIN_LOOK_AT_JACK] = 'p',
	[STAGE_CHAIN_BECOME_READY] = 'r',
	[STAGE_CHAIN_END_OR_WAIT] = 'e',
	[STAGE_CHAIN_END_LIKE_CHILD] = 'c',
	[STAGE_CHAIN_WAIT_AGAIN] = 'a',
	[STAGE_CHAIN_LOSE] = 'L',
	[STAGE_CHAIN_KILL_CHILD] = 'k',
	[STAGE_CHAIN_GIVE_UP_WAITING] = 'g',
	[STAGE_CHAIN_STOP_WAITING] = 'w',
	[STAGE_CHAIN_PASS_STOP_ON] = 's',
};

static void
the_whole_table(void **state)
{
	(void)state;

	assert_int_equal(STAGE_COUNT_OF(rows), STAGE_CHAIN_STATE_COUNT);
	assert_int_equal(STAGE_COUNT_OF(letters), STAGE_CHAIN_ACTION_COUNT);
	for (int s = 0; s < STAGE_CHAIN_STATE_COUNT; s++) {
		for (int e = 0; e < STAGE_CHAIN_EVENT_COUNT; e++) {
			enum stage_chain_action action = stage_chain_action_for(
				(enum stage_chain_state)s,
				(enum stage_chain_event)e);
			assert_int_equal(letters[action], rows[s][e]);
		}
	}
}

static void
out_of_range_is_ignored(void **state)
{
	(void)state;

	assert_int_equal(stage_chain_action_for(
				 STAGE_CHAIN_STATE_COUNT, STAGE_CHAIN_LOOK),
		STAGE_CHAIN_IGNORE);
	assert_int_equal(stage_chain_action_for(
				 STAGE_CHAIN_READY, STAGE_CHAIN_EVENT_COUNT),
		STAGE_CHAIN_IGNORE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_table),
		cmocka_unit_test(out_of_range_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
