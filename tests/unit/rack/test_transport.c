/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/transport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FRAMES 256

static const struct stage_rack_time_urids urids = {.object = 1,
	.float_type = 2,
	.int_type = 3,
	.long_type = 4,
	.position = 5,
	.frame = 6,
	.speed = 7,
	.bar = 8,
	.bar_beat = 9,
	.beat_unit = 10,
	.beats_per_bar = 11,
	.beats_per_minute = 12};

static void
test_only_what_is_unexpected_is_told(void **state)
{
	static const struct {
		struct stage_rack_moment now;
		bool is_told;
	} cycles[] = {
		{{.frame = 0}, false}, // as it was
		{{.frame = 0, .is_rolling = true}, true},
		{{.frame = 256, .is_rolling = true}, false},
		{{.frame = 512, .is_rolling = true}, false},
		{{.frame = 900, .is_rolling = true}, true}, // a jump
		{{.frame = 1156, .is_rolling = false}, true},
		{{.frame = 1156, .is_rolling = false}, false},
		{{.frame = 1156, .has_bars = true, .beats_per_minute = 120},
			true},
		{{.frame = 1156, .has_bars = true, .beats_per_minute = 120},
			false},
		{{.frame = 1156, .has_bars = true, .beats_per_minute = 121},
			true},
		{{.frame = 1156}, true},
		{{.frame = 1156, .beats_per_minute = 90}, false}, // no bars
	};
	struct stage_rack_transport transport = {.changes = 0};

	(void)state;
	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++) {
		uint32_t before = transport.changes;
		stage_rack_transport_move(&transport, &cycles[i].now, FRAMES);
		if ((transport.changes != before) != cycles[i].is_told) {
			fail_msg("cycle %zu", i);
		}
	}
}

static void
test_a_position_is_an_object_of_lv2(void **state)
{
	const struct stage_rack_moment now = {.frame = 48000,
		.is_rolling = true,
		.has_bars = true,
		.bar = 3,
		.bar_beat = 1.5F,
		.beats_per_bar = 7,
		.beat_unit = 8,
		.beats_per_minute = 99.5};
	struct stage_rack_position position;

	(void)state;
	stage_rack_position_fill(&position, &urids, &now);
	assert_int_equal(position.atom.type, urids.object);
	assert_int_equal(position.atom.size, sizeof(position) - 8);
	assert_int_equal(position.body.otype, urids.position);
	assert_int_equal(position.entries[0].key, urids.frame);
	assert_int_equal(position.entries[0].type, urids.long_type);
	assert_int_equal(position.entries[0].size, 8);
	assert_int_equal(position.entries[0].value.whole, 48000);
	assert_int_equal(position.entries[1].key, urids.speed);
	assert_true(position.entries[1].value.part == 1);
	assert_int_equal(position.entries[2].value.whole, 3);
	assert_true(position.entries[3].value.part == 1.5F);
	assert_int_equal(position.entries[4].type, urids.int_type);
	assert_int_equal(position.entries[4].value.number, 8);
	assert_true(position.entries[5].value.part == 7);
	assert_int_equal(position.entries[6].key, urids.beats_per_minute);
	assert_true(position.entries[6].value.part == 99.5F);
	_Static_assert(sizeof(struct stage_rack_entry) == 24,
		"a property is padded to eight bytes");
}

static void
test_without_bars_it_is_short(void **state)
{
	const struct stage_rack_moment now = {.frame = 7};
	struct stage_rack_position position;

	(void)state;
	stage_rack_position_fill(&position, &urids, &now);
	assert_int_equal(position.atom.size,
		sizeof(position.body) + 2 * sizeof(position.entries[0]));
	assert_true(position.entries[1].value.part == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_is_unexpected_is_told),
		cmocka_unit_test(test_a_position_is_an_object_of_lv2),
		cmocka_unit_test(test_without_bars_it_is_short),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
