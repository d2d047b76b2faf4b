/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/chain_table.h"

#include <stddef.h>

// What is not named is ignored.
static const enum stage_chain_action
	table[STAGE_CHAIN_STATE_COUNT][STAGE_CHAIN_EVENT_COUNT] = {
		[STAGE_CHAIN_WAITING] =
			{
				[STAGE_CHAIN_LOOK] = STAGE_CHAIN_LOOK_AT_NEEDS,
				[STAGE_CHAIN_SERVER_LOST] =
					STAGE_CHAIN_LOOK_AT_NEEDS,
				[STAGE_CHAIN_STOP_SIGNAL] =
					STAGE_CHAIN_STOP_WAITING,
				[STAGE_CHAIN_TIMER] =
					STAGE_CHAIN_GIVE_UP_WAITING,
			},
		[STAGE_CHAIN_RUNNING] =
			{
				[STAGE_CHAIN_LOOK] = STAGE_CHAIN_LOOK_AT_JACK,
				[STAGE_CHAIN_READY_SEEN] =
					STAGE_CHAIN_BECOME_READY,
				[STAGE_CHAIN_CHILD_END] =
					STAGE_CHAIN_END_OR_WAIT,
				[STAGE_CHAIN_SERVER_LOST] = STAGE_CHAIN_LOSE,
				[STAGE_CHAIN_STOP_SIGNAL] =
					STAGE_CHAIN_PASS_STOP_ON,
			},
		[STAGE_CHAIN_READY] =
			{
				[STAGE_CHAIN_CHILD_END] =
					STAGE_CHAIN_END_OR_WAIT,
				[STAGE_CHAIN_SERVER_LOST] = STAGE_CHAIN_LOSE,
				[STAGE_CHAIN_STOP_SIGNAL] =
					STAGE_CHAIN_PASS_STOP_ON,
			},
		[STAGE_CHAIN_GRACE] =
			{
				[STAGE_CHAIN_SERVER_LOST] =
					STAGE_CHAIN_WAIT_AGAIN,
				[STAGE_CHAIN_STOP_SIGNAL] =
					STAGE_CHAIN_END_LIKE_CHILD,
				[STAGE_CHAIN_TIMER] =
					STAGE_CHAIN_END_LIKE_CHILD,
			},
		[STAGE_CHAIN_LOSING] =
			{
				[STAGE_CHAIN_CHILD_END] =
					STAGE_CHAIN_WAIT_AGAIN,
				[STAGE_CHAIN_STOP_SIGNAL] =
					STAGE_CHAIN_PASS_STOP_ON,
				[STAGE_CHAIN_TIMER] = STAGE_CHAIN_KILL_CHILD,
			},
		[STAGE_CHAIN_STOPPING] =
			{
				[STAGE_CHAIN_CHILD_END] =
					STAGE_CHAIN_END_LIKE_CHILD,
				[STAGE_CHAIN_STOP_SIGNAL] =
					STAGE_CHAIN_PASS_STOP_ON,
			},
};

enum stage_chain_action
stage_chain_action_for(
	enum stage_chain_state state, enum stage_chain_event event)
{
	if ((size_t)state >= STAGE_CHAIN_STATE_COUNT ||
		(size_t)event >= STAGE_CHAIN_EVENT_COUNT) {
		return STAGE_CHAIN_IGNORE;
	}
	return table[state][event];
}
