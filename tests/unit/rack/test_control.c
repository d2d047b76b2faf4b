/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/control.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rack/chain.h"
#include "scratch.h"

#define FRAMES 256
#define BYTES 4096

// A link whose one unit puts out its cell; page and cell have one value.
struct world {
	struct scratch scratch;
	struct stage_rack_page page;
	struct stage_rack_plan plan;
	struct stage_rack_link link;
	struct stage_rack_link *links[1];
	struct stage_rack_ramp ramps[1];
	struct stage_rack_unit unit;
	struct stage_rack_decoder decoder;
	struct stage_rack_control control;
	struct stage_rack_hits hits;
	float cells[1];
	float *outs[1];
	float out[STAGE_RACK_FRAMES_MAX];
	float bus[STAGE_RACK_FRAMES_MAX];
	_Alignas(8) unsigned char midi[3][BYTES];
	uint32_t longest; // piece of a period
};

static const uint32_t cells[] = {0};
static const struct stage_rack_urids urids = {1, 2, 3};
static struct world *world;

static void
run(struct stage_rack_unit *unit, uint32_t frames)
{
	world->longest = frames > world->longest ? frames : world->longest;
	for (uint32_t i = 0; i < frames; i++) {
		unit->outs[0][i] = unit->cells[0];
	}
}

static struct stage_rack_events
events(size_t at)
{
	struct stage_rack_events out = {(void *)world->midi[at], BYTES};

	stage_rack_events_clear(&out, &urids);
	return out;
}

static void
make_plan(void)
{
	struct stage_rack_plan *plan = &world->plan;
	struct stage_rack_link *link = &world->link;

	link->units[0] = &world->unit;
	link->unit_count = 1;
	link->page = &world->page;
	link->cells = cells;
	link->cell_count = 1;
	link->ramps = world->ramps;
	link->mix = 1;
	world->links[0] = link;
	world->outs[0] = world->out;
	world->unit.run = run;
	world->unit.cells = world->cells;
	world->unit.outs = world->outs;
	world->unit.out_count = 1;
	plan->links = world->links;
	plan->count = 1;
	plan->width = 1;
	plan->bus[0] = world->bus;
	plan->urids = &urids;
	plan->fade_step = 1;
	plan->midi = events(0);
	plan->heard = events(1);
	plan->made = events(2);
	plan->controls = &world->control;
	plan->control_count = 1;
	plan->hits = &world->hits;
	world->control.link = link;
	world->control.max = 1;
}

static int
set_up(void **state)
{
	struct stage_rack_memory memory = {
		.plugin = "a:b", .wet = 1, .configured_wet = 1};
	const struct stage_rack_value value = {"level", 0, 0, false};
	struct stage_err err = STAGE_ERR_INIT;

	world = calloc(1, sizeof(*world));
	scratch_init(&world->scratch);
	if (stage_rack_memory_add_value(&memory, &value) != STAGE_OK ||
		stage_rack_page_init(&world->page,
			scratch_path(&world->scratch, "p"), &memory,
			&err) != STAGE_OK) {
		return -1;
	}
	stage_rack_memory_finish(&memory);
	world->decoder.told = stage_ring_create(STAGE_RACK_TOLD_BYTES);
	make_plan();
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	stage_ring_destroy(world->decoder.told);
	stage_rack_page_finish(&world->page);
	scratch_finish(&world->scratch);
	free(world);
	return 0;
}

static void
send(uint32_t frame, uint8_t a, uint8_t b, uint8_t c)
{
	const uint8_t bytes[] = {a, b, c};

	assert_true(stage_rack_events_add(&world->plan.midi, &urids, frame,
		bytes, (a & 0xf0U) == 0xc0U ? 2 : 3));
}

static bool
hear(void)
{
	bool has_told = stage_rack_controls_hear(&world->decoder,
		&world->plan.midi, &urids, &world->control, 1, &world->hits);

	stage_rack_events_clear(&world->plan.midi, &urids);
	return has_told;
}

static void
play(void)
{
	(void)hear();
	memset(world->bus, 0, sizeof(world->bus));
	world->longest = 0;
	stage_rack_chain_run(&world->plan, FRAMES);
}

static void
each_kind_is_heard(void **state)
{
	static const struct {
		enum stage_rack_map_kind kind;
		uint8_t channel;
		uint16_t number;
		uint8_t bytes[4][3]; // up to a zero
		float part;          // of the last hit; below 0: none
	} rows[] = {
		{STAGE_RACK_MAP_CC, 1, 7, {{0xb0, 7, 127}}, 1},
		{STAGE_RACK_MAP_CC, 0, 7, {{0xb9, 7, 0}}, 0},
		{STAGE_RACK_MAP_CC, 1, 7, {{0xb1, 7, 127}}, -1},
		{STAGE_RACK_MAP_CC, 1, 7, {{0xb0, 8, 127}}, -1},
		{STAGE_RACK_MAP_CC, 1, 7, {{0x90, 7, 127}}, -1},
		{STAGE_RACK_MAP_CC14, 1, 7, {{0xb0, 7, 127}, {0xb0, 39, 127}},
			1},
		{STAGE_RACK_MAP_CC14, 1, 7, {{0xb0, 7, 64}, {0xb0, 39, 0}},
			8192 / 16383.0F},
		{STAGE_RACK_MAP_NRPN, 1, 260,
			{{0xb0, 99, 2}, {0xb0, 98, 4}, {0xb0, 6, 127},
				{0xb0, 38, 127}},
			1},
		// A registered one in between is none of it.
		{STAGE_RACK_MAP_NRPN, 1, 260,
			{{0xb0, 99, 2}, {0xb0, 98, 4}, {0xb0, 101, 0},
				{0xb0, 6, 127}},
			-1},
		{STAGE_RACK_MAP_CC, 1, 6, {{0xb0, 6, 127}}, 1},
		{STAGE_RACK_MAP_BEND, 2, 0, {{0xe1, 127, 127}}, 1},
		{STAGE_RACK_MAP_BEND, 2, 0, {{0xe1, 0, 64}}, 8192 / 16383.0F},
		{STAGE_RACK_MAP_NOTE, 10, 36, {{0x99, 36, 127}}, 1},
		{STAGE_RACK_MAP_NOTE, 10, 36, {{0x99, 36, 0}}, -1},
		{STAGE_RACK_MAP_NOTE, 10, 36, {{0x89, 36, 9}}, -1},
		{STAGE_RACK_MAP_PROGRAM, 16, 5, {{0xcf, 5, 0}}, 1},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_ring *told = world->decoder.told;
		memset(&world->decoder, 0, sizeof(world->decoder));
		world->decoder.told = told;
		world->control.kind = rows[i].kind;
		world->control.channel = rows[i].channel;
		world->control.number = rows[i].number;
		for (size_t k = 0; k < 4 && rows[i].bytes[k][0] != 0; k++) {
			send((uint32_t)k, rows[i].bytes[k][0],
				rows[i].bytes[k][1], rows[i].bytes[k][2]);
		}
		assert_false(hear());
		if (rows[i].part < 0) {
			assert_int_equal(world->hits.count, 0);
		} else {
			assert_true(world->hits.count > 0);
			assert_true(
				fabsf(world->hits.items[world->hits.count - 1]
						.part -
					rows[i].part) < 1e-6F);
		}
	}
}

static void
what_is_to_be_learned_is_told(void **state)
{
	struct stage_rack_told told;
	struct stage_ring_header header;
	(void)state;

	world->control.number = 1;
	send(0, 0xb3, 74, 127);
	assert_false(hear());
	atomic_store(&world->decoder.is_learning, true);
	send(0, 0xb3, 74, 127);
	assert_true(hear());
	assert_int_equal(stage_ring_read(world->decoder.told, &header, &told,
				 sizeof(told)),
		STAGE_OK);
	assert_int_equal(told.kind, STAGE_RACK_MAP_CC);
	assert_int_equal(told.channel, 4);
	assert_int_equal(told.number, 74);
	assert_true(told.index == UINT32_MAX);
}

static void
a_value_changes_at_its_frame(void **state)
{
	(void)state;
	world->control.kind = STAGE_RACK_MAP_CC;
	world->control.number = 7;
	send(100, 0xb0, 7, 127);
	send(201, 0xb0, 7, 0);
	play();
	assert_true(world->bus[99] == 0);
	assert_true(world->bus[100] == 1);
	assert_true(world->bus[200] == 1);
	assert_true(world->bus[201] == 0);
	assert_true(stage_rack_page_get(&world->page, 0) == 0);
	assert_true(atomic_load(&world->link.has_turned));
}

static void
a_value_moves_in_small_steps(void **state)
{
	float highest = 0;
	(void)state;

	world->ramps[0].may_ramp = true;
	world->link.ramp_frames = 640;
	play();
	stage_rack_page_set(&world->page, 0, 1);
	for (unsigned n = 0; n < 3; n++) {
		float before = n == 0 ? 0 : world->bus[FRAMES - 1];
		play();
		for (uint32_t i = 0; i < FRAMES; i++) {
			float step = world->bus[i] - before;
			assert_true(step >= 0);
			highest = step > highest ? step : highest;
			before = world->bus[i];
		}
		assert_int_equal(
			world->longest, n < 2 ? STAGE_RACK_PIECE_FRAMES : 128);
	}
	assert_true(highest < 1.01F * STAGE_RACK_PIECE_FRAMES / 640);
	assert_true(world->bus[FRAMES - 1] == 1);
	play();
	assert_int_equal(world->longest, FRAMES); // whole again
}

static void
a_value_that_may_not_jumps(void **state)
{
	(void)state;
	world->link.ramp_frames = 640;
	stage_rack_page_set(&world->page, 0, 1);
	play();
	assert_true(world->bus[0] == 1);
	assert_int_equal(world->longest, FRAMES);
}

static void
a_glide_takes_its_time(void **state)
{
	(void)state;
	world->ramps[0].may_ramp = true;
	world->link.ramp_frames = 32;
	play();
	atomic_store(&world->link.glide_frames, 4 * FRAMES);
	stage_rack_page_set(&world->page, 0, 1);
	play();
	assert_true(fabsf(world->bus[FRAMES - 1] - 0.25F) < 0.01F);
	// It is turned round on its way, as fast as any value.
	stage_rack_page_set(&world->page, 0, 0);
	play();
	assert_true(world->bus[FRAMES - 1] == 0);
}

static void
a_switch_is_turned_over(void **state)
{
	(void)state;
	world->control.kind = STAGE_RACK_MAP_NOTE;
	world->control.number = 60;
	world->control.goal = STAGE_RACK_GOAL_BYPASS;
	world->control.is_switch = true;
	for (unsigned i = 1; i < 5; i++) {
		send(i, 0x90, 60, 1);
		play();
		assert_int_equal(
			stage_rack_page_is_bypassed(&world->page), i % 2);
	}
	world->control.kind = STAGE_RACK_MAP_CC;
	send(0, 0xb0, 60, 64);
	play();
	assert_true(stage_rack_page_is_bypassed(&world->page));
	send(0, 0xb0, 60, 63);
	play();
	assert_false(stage_rack_page_is_bypassed(&world->page));
}

static void
a_value_is_picked_up(void **state)
{
	static const struct {
		uint8_t at;
		float value;
	} rows[] = {
		{10, 0.5F}, {50, 0.5F}, {80, 80 / 127.0F}, {20, 20 / 127.0F}};
	(void)state;

	world->control.kind = STAGE_RACK_MAP_CC;
	world->control.number = 1;
	world->control.has_pickup = true;
	stage_rack_page_set(&world->page, 0, 0.5F);
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		send(0, 0xb0, 1, rows[i].at);
		play();
		assert_true(fabsf(stage_rack_page_get(&world->page, 0) -
				    rows[i].value) < 1e-6F);
	}
}

static void
whole_numbers_stay_whole(void **state)
{
	(void)state;
	world->control.kind = STAGE_RACK_MAP_CC;
	world->control.number = 1;
	world->control.max = 5;
	world->control.is_whole = true;
	send(0, 0xb0, 1, 60);
	play();
	assert_true(stage_rack_page_get(&world->page, 0) == 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_kind_is_heard),
		TEST(what_is_to_be_learned_is_told),
		TEST(a_value_changes_at_its_frame),
		TEST(a_value_moves_in_small_steps),
		TEST(a_value_that_may_not_jumps),
		TEST(a_glide_takes_its_time),
		TEST(a_switch_is_turned_over),
		TEST(a_value_is_picked_up),
		TEST(whole_numbers_stay_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
