/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What an address means, or a pattern of addresses. For osc_control.c. Pure.
 * Thread: any. */

#ifndef STAGE_SHOW_OSC_CONTROL_FIND_H
#define STAGE_SHOW_OSC_CONTROL_FIND_H

#include "show/osc_control.h"

#define STAGE_SHOW_PARTS_MAX 8 // of an address

/** What may come with a message. */
enum stage_show_osc_rule {
	STAGE_SHOW_RULE_BUTTON, // the first argument is one
	STAGE_SHOW_RULE_NUMBER, // it is the number of a song, or its name
	STAGE_SHOW_RULE_NONE,   // it does not matter
	STAGE_SHOW_RULE_SWITCH, // 0 or 1, or nothing to ask
	STAGE_SHOW_RULE_PORT,
	STAGE_SHOW_RULE_TEXT,
};

/** One meaning. Texts that are not in it are static or finding's. */
struct stage_show_osc_meaning {
	const char *path; // as in the table, without its first slash
	enum stage_show_osc_kind kind;
	enum stage_show_osc_rule rule;
	enum stage_show_act act;
	enum stage_show_osc_target target;
	size_t number;                        // of a song
	char address[STAGE_SHOW_ADDRESS_MAX]; // without what makes a pattern
	const char *word;                     // of an ASK or a VALUE
	bool is_of_selection; // the song is named as the one that is selected
};

struct stage_show_osc_finding {
	struct stage_show_osc_meaning means[STAGE_SHOW_OSC_MEANS_MAX];
	size_t count;
	bool is_pattern;
	bool is_of_workspace;
	const char *trouble; // why there is none; NULL: there is
	// For the finding itself.
	char text[STAGE_SHOW_ADDRESS_MAX]; // the address, cut into parts
	const char *parts[STAGE_SHOW_PARTS_MAX];
	size_t part_count;
	size_t first; // of the parts that are looked at
	const char *whole;
	size_t numbers[STAGE_SHOW_OSC_MEANS_MAX]; // that a pattern means
	size_t number_count;
	size_t numbers_of; // which part that is; 0: not looked for yet
	const struct stage_show_sight *sight;
};

/** Finds what an address means. Ownership: the address and sight are borrowed
 * for as long as the finding is used. */
void stage_show_osc_find(struct stage_show_osc_finding *out,
	const char *address, const struct stage_show_sight *sight);

#endif
