/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Two racks of the same units: in one of them each unit has inputs and outputs
 * of its own, and is looked at each cycle; in the other one they read in the
 * bus and write beside it, and nobody looks while nothing changes. Both sound
 * the same, whatever is done to them. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rack/chain.h"
#include "scratch.h"

#define FRAMES 64
#define FADE_FRAMES 96
#define WIDTH 2
#define LINKS 5
#define PORTS 4
#define CYCLES 4000

// It puts out the sum of what it hears, and of what it heard last, times its
// cell.
struct unit {
	struct stage_rack_unit unit;
	float *pointers[4][PORTS]; // ins, outs, and the rooms of both
	float rooms[2 * PORTS][STAGE_RACK_FRAMES_MAX];
	float cells[1];
	float last;
	unsigned moves;
	bool is_bad;    // it puts out what is no number
	bool scribbles; // and writes it to what it hears, too
	bool has_heard_bad;
};

struct rack {
	struct stage_rack_plan plan;
	struct stage_rack_link links[LINKS];
	struct stage_rack_link *places[LINKS];
	struct unit units[LINKS][WIDTH];
	float latencies[LINKS];
	float buffers[2][WIDTH][STAGE_RACK_FRAMES_MAX];
};

struct world {
	struct scratch scratch;
	struct stage_rack_page pages[LINKS];
	_Atomic uint32_t changes; // of all of them
	struct rack direct;
	struct rack apart;
	uint32_t seed;
};

static const uint32_t cells[] = {0};
static const struct stage_rack_urids urids = {1, 2, 3};
static struct world *world;

static uint32_t
chance(uint32_t count)
{
	world->seed = world->seed * 1664525U + 1013904223U;
	return (world->seed >> 8) % count;
}

static void
check_places(const struct stage_rack_unit *unit)
{
	for (uint32_t i = 0; i < unit->out_count; i++) {
		for (uint32_t k = 0; k < unit->in_count + unit->side_in_count;
			k++) {
			assert_ptr_not_equal(unit->outs[i], unit->ins[k]);
		}
		for (uint32_t k = 0; k < i; k++) {
			assert_ptr_not_equal(unit->outs[i], unit->outs[k]);
		}
	}
}

static void
run(struct stage_rack_unit *unit, uint32_t frames)
{
	struct unit *self = (struct unit *)unit;
	uint32_t ins = unit->in_count + unit->side_in_count;

	check_places(unit);
	self->moves += unit->has_moved;
	unit->has_moved = false;
	for (uint32_t i = 0; i < frames; i++) {
		float sum = ins > 0 ? 0 : 0.125F;
		for (uint32_t k = 0; k < ins; k++) {
			sum += unit->ins[k][i] / (float)(k + 1);
			self->has_heard_bad |= !isfinite(unit->ins[k][i]);
			if (self->scribbles) {
				unit->ins[k][i] = NAN;
			}
		}
		for (uint32_t k = 0; k < unit->out_count; k++) {
			unit->outs[k][i] = self->is_bad
						   ? NAN
						   : (sum + self->last) *
							     self->cells[0] /
							     (float)(k + 1);
		}
		self->last = sum / 2;
	}
}

static void
make_unit(struct unit *self, uint32_t ins, uint32_t sides, uint32_t outs,
	bool is_direct)
{
	struct stage_rack_unit *unit = &self->unit;

	memset(self, 0, sizeof(*self));
	for (int i = 0; i < PORTS; i++) {
		self->pointers[0][i] = self->pointers[2][i] = self->rooms[i];
		self->pointers[1][i] = self->pointers[3][i] =
			self->rooms[PORTS + i];
	}
	unit->run = run;
	unit->cells = self->cells;
	unit->ins = self->pointers[0];
	unit->outs = self->pointers[1];
	unit->in_rooms = is_direct ? self->pointers[2] : NULL;
	unit->out_rooms = is_direct ? self->pointers[3] : NULL;
	unit->in_count = ins;
	unit->side_in_count = sides;
	unit->out_count = outs;
}

// A link of a shape, and what its maker would say of it.
static const struct shape {
	uint32_t units, ins, sides, outs;
	bool is_whole, is_direct;
} shapes[] = {
	{1, 2, 0, 2, true, true},
	{2, 1, 0, 1, true, true},  // a mono one for each
	{1, 2, 1, 2, true, true},  // with a sidechain
	{1, 1, 0, 2, true, false}, // hears the middle
	{1, 2, 0, 1, true, true},  // one sound for all
	{1, 4, 0, 2, true, false}, // two hear silence
	{1, 2, 0, 4, true, true}, {1, 0, 0, 2, false, false}, // an instrument
	{1, 2, 0, 0, false, true},                            // a meter
};

static void
make_rack(struct rack *self, const size_t *kinds, uint32_t way, bool is_direct)
{
	for (size_t i = 0; i < LINKS; i++) {
		stage_rack_dry_finish(&self->links[i].dry);
	}
	memset(self, 0, sizeof(*self));
	self->plan.links = self->places;
	self->plan.page_changes = is_direct ? &world->changes : NULL;
	self->plan.count = LINKS;
	self->plan.urids = &urids;
	self->plan.fade_step = 1.0F / FADE_FRAMES;
	self->plan.width = WIDTH;
	self->plan.way = way;
	for (uint32_t c = 0; c < WIDTH; c++) {
		self->plan.own[0][c] = self->buffers[0][c];
		self->plan.own[1][c] = self->buffers[1][c];
		self->plan.bus[c] = self->buffers[0][c];
	}
	for (size_t i = 0; i < LINKS; i++) {
		const struct shape *shape = &shapes[kinds[i]];
		struct stage_rack_link *link = &self->links[i];
		self->places[i] = link;
		link->page = &world->pages[i];
		link->cells = cells;
		link->cell_count = 1;
		link->unit_count = shape->units;
		link->is_whole = is_direct && shape->is_whole;
		link->is_direct = is_direct && shape->is_direct;
		link->latency = &self->latencies[i];
		if (shape->ins > 0) {
			assert_true(stage_rack_dry_init(&link->dry, WIDTH));
		}
		for (uint32_t k = 0; k < shape->units; k++) {
			make_unit(&self->units[i][k], shape->ins, shape->sides,
				shape->outs, is_direct);
			link->units[k] = &self->units[i][k].unit;
		}
	}
}

static void
make(const size_t *kinds, uint32_t way)
{
	make_rack(&world->direct, kinds, way, true);
	make_rack(&world->apart, kinds, way, false);
	for (size_t i = 0; i < LINKS; i++) {
		stage_rack_page_set_bypassed(&world->pages[i], false);
		stage_rack_page_set_wet(&world->pages[i], 1);
		stage_rack_page_set(&world->pages[i], 0, 0.75F);
	}
}

static int
set_up(void **state)
{
	const struct stage_rack_value value = {"gain", 0.75F, 0, false};
	struct stage_err err = STAGE_ERR_INIT;

	world = calloc(1, sizeof(*world));
	scratch_init(&world->scratch);
	for (size_t i = 0; i < LINKS; i++) {
		struct stage_rack_memory memory = {
			.plugin = "a:b", .wet = 1, .configured_wet = 1};
		char name[8];
		snprintf(name, sizeof(name), "p%zu", i);
		if (stage_rack_memory_add_value(&memory, &value) != STAGE_OK ||
			stage_rack_page_init(&world->pages[i],
				scratch_path(&world->scratch, name), &memory,
				&err) != STAGE_OK) {
			return -1;
		}
		stage_rack_memory_finish(&memory);
		world->pages[i].all_changes = &world->changes;
	}
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINKS; i++) {
		stage_rack_page_finish(&world->pages[i]);
		stage_rack_dry_finish(&world->direct.links[i].dry);
		stage_rack_dry_finish(&world->apart.links[i].dry);
	}
	scratch_finish(&world->scratch);
	free(world);
	return 0;
}

// A block of noise through both. With `begins` the bus is where it was.
static void
play(bool begins)
{
	if (begins) {
		stage_rack_chain_begin(&world->direct.plan);
	}
	for (uint32_t c = 0; c < WIDTH; c++) {
		for (uint32_t i = 0; i < FRAMES; i++) {
			float sample = (float)chance(2001) / 1000 - 1;
			world->direct.plan.bus[c][i] = sample;
			world->apart.plan.bus[c][i] = sample;
		}
	}
	stage_rack_chain_run(&world->direct.plan, FRAMES);
	stage_rack_chain_run(&world->apart.plan, FRAMES);
}

static void
check_same(void)
{
	for (uint32_t c = 0; c < WIDTH; c++) {
		assert_memory_equal(world->direct.plan.bus[c],
			world->apart.plan.bus[c], FRAMES * sizeof(float));
	}
}

static void
settle(void)
{
	for (int i = 0; i < 4; i++) {
		play(true);
	}
}

static unsigned
count_moves(void)
{
	unsigned moves = 0;

	for (size_t i = 0; i < LINKS; i++) {
		moves += world->direct.units[i][0].moves;
		moves += world->direct.units[i][1].moves;
	}
	return moves;
}

static void
sound_is_handed_on(void **state)
{
	const size_t kinds[LINKS] = {0, 1, 4, 6, 2};
	unsigned moves;
	(void)state;

	make(kinds, 2);
	settle();
	moves = count_moves();
	for (int i = 0; i < 10; i++) {
		play(true);
		check_same();
	}
	assert_int_equal(count_moves(), moves); // told where to once
	for (size_t i = 0; i + 1 < LINKS; i++) {
		assert_ptr_equal(world->direct.units[i][0].unit.outs[0],
			world->direct.units[i + 1][0].unit.ins[0]);
	}
	assert_ptr_equal(world->direct.plan.bus[0], world->direct.buffers[1]);
	// In another plan they are told again.
	stage_rack_chain_begin(&world->direct.plan);
	world->direct.plan.way = 4;
	play(true);
	check_same();
	assert_true(count_moves() > moves);
}

// Something happens to some slot.
static void
disturb(void)
{
	struct stage_rack_page *page = &world->pages[chance(LINKS)];
	size_t at = chance(LINKS);
	float latency = (float)chance(4) * FRAMES / 2;
	bool is_leaving = chance(4) == 0;

	switch (chance(8)) {
	case 0:
		stage_rack_page_set_bypassed(page, chance(2) == 0);
		break;
	case 1:
		stage_rack_page_set_wet(page, (float)chance(3) / 2);
		break;
	case 2:
		stage_rack_page_set(page, 0, (float)chance(9) / 8);
		break;
	case 3:
		for (uint32_t k = 0; k < WIDTH; k++) {
			world->direct.units[at][k].is_bad ^= true;
			world->apart.units[at][k].is_bad ^= true;
		}
		break;
	case 4:
		world->direct.latencies[at] = latency;
		world->apart.latencies[at] = latency;
		break;
	case 5:
		atomic_store(&world->direct.links[at].is_leaving, is_leaving);
		atomic_store(&world->apart.links[at].is_leaving, is_leaving);
		break;
	default:
		break;
	}
}

// What nobody looks at plays on.
static size_t
count_steady(void)
{
	size_t count = 0;

	for (size_t i = 0; i < LINKS; i++) {
		count += world->direct.links[i].is_steady;
	}
	return count;
}

static void
it_sounds_as_with_copies(void **state)
{
	size_t steady = 0;
	(void)state;

	world->seed = 1;
	for (uint32_t i = 0; i < CYCLES; i++) {
		if (i % 100 == 0) {
			size_t kinds[LINKS];
			for (size_t k = 0; k < LINKS; k++) {
				kinds[k] = chance(STAGE_COUNT_OF(shapes));
			}
			make(kinds, 2 + i / 50);
		}
		if (chance(4) == 0) {
			disturb();
		}
		play(chance(5) > 0);
		check_same();
		steady += world->direct.plan.is_quiet ? count_steady() : 0;
	}
	assert_true(steady > CYCLES); // of LINKS times as many
	for (size_t i = 0; i < LINKS; i++) {
		assert_int_equal(atomic_load(&world->direct.links[i].guarded),
			atomic_load(&world->apart.links[i].guarded));
	}
}

// What passes by is on its way from one latency to another one when a third one
// is said; then nobody looks, until it is heard.
static void
what_passes_by_gets_to_the_last_latency(void **state)
{
	const size_t kinds[LINKS] = {0, 1, 2, 4, 6};
	(void)state;

	make(kinds, 2);
	settle();
	for (int i = 1; i < 3; i++) {
		world->direct.latencies[1] = (float)(i * FRAMES);
		world->apart.latencies[1] = (float)(i * FRAMES);
		play(true);
	}
	settle();
	assert_true(world->direct.links[1].is_steady);
	stage_rack_page_set_bypassed(&world->pages[1], true);
	for (int i = 0; i < 6; i++) {
		play(true);
		check_same();
	}
}

static void
spoil(size_t at, bool is_bad, bool scribbles)
{
	for (uint32_t k = 0; k < WIDTH; k++) {
		world->direct.units[at][k].is_bad = is_bad;
		world->direct.units[at][k].scribbles = scribbles;
		world->direct.units[at][k].has_heard_bad = false;
	}
}

// Nobody behind a slot has heard what is no number, and neither do we.
static void
play_well(size_t at)
{
	play(true);
	for (uint32_t c = 0; c < WIDTH; c++) {
		for (int i = 0; i < FRAMES; i++) {
			assert_true(isfinite(world->direct.plan.bus[c][i]));
		}
	}
	for (size_t i = at + 1; i < LINKS; i++) {
		assert_false(world->direct.units[i][0].has_heard_bad);
		assert_false(world->direct.units[i][1].has_heard_bad);
	}
}

static void
what_is_no_number_goes_no_further(void **state)
{
	const size_t kinds[LINKS] = {0, 1, 0, 2, 4};
	(void)state;

	make(kinds, 2);
	for (size_t at = 0; at < LINKS; at++) {
		settle();
		spoil(at, true, true);
		for (int i = 0; i < 4; i++) {
			play_well(at);
		}
		spoil(at, false, false);
	}
}

// Where what a plug-in hears is heard beside what it makes, it hears a copy.
static void
what_passes_by_is_what_came_in(void **state)
{
	const size_t kinds[LINKS] = {0, 1, 0, 2, 4};
	(void)state;

	make(kinds, 2);
	for (size_t at = 0; at + 1 < LINKS; at++) {
		stage_rack_page_set_wet(&world->pages[at], 0.5F);
		settle();
		spoil(at, false, true);
		for (int i = 0; i < 4; i++) {
			play_well(at);
		}
		spoil(at, false, false);
		stage_rack_page_set_wet(&world->pages[at], 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sound_is_handed_on),
		TEST(it_sounds_as_with_copies),
		TEST(what_passes_by_gets_to_the_last_latency),
		TEST(what_is_no_number_goes_no_further),
		TEST(what_passes_by_is_what_came_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
