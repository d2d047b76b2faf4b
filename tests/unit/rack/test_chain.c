/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/chain.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#if defined(__SSE__)
#	include <xmmintrin.h>
#endif

#include "scratch.h"

#define FRAMES 64
#define FADE_FRAMES 128
#define MIDI_BYTES 1024

// A unit puts out its inputs, or 1 without any, times its first cell.
struct world {
	struct scratch scratch;
	struct stage_rack_page page;
	struct stage_rack_plan plan;
	struct stage_rack_link link;
	struct stage_rack_link *links[1];
	struct stage_rack_unit units[2];
	float cells[2][4];
	float *ins[2][4];
	float *outs[2][4];
	float buffers[16][STAGE_RACK_FRAMES_MAX];
	float bus[4][STAGE_RACK_FRAMES_MAX];
	_Alignas(8) unsigned char midi[5][MIDI_BYTES];
	struct stage_rack_rescue rescue;
	unsigned runs;
};

static const uint32_t cells[] = {0};
static const struct stage_rack_urids urids = {1, 2, 3};
static struct world *world;

static void
run(struct stage_rack_unit *unit, uint32_t frames)
{
	world->runs++;
	for (uint32_t i = 0; i < unit->out_count; i++) {
		const float *in = i < unit->in_count   ? unit->ins[i]
				  : unit->in_count > 0 ? unit->ins[0]
						       : NULL;
		for (uint32_t k = 0; k < frames; k++) {
			unit->outs[i][k] =
				(in != NULL ? in[k] : 1) * unit->cells[0];
		}
	}
}

static int
set_up(void **state)
{
	struct stage_rack_memory memory = {
		.plugin = "a:b", .wet = 1, .configured_wet = 1};
	const struct stage_rack_value value = {"gain", 2, 0, false};
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
	world->link.page = &world->page;
	world->link.cells = cells;
	world->link.cell_count = 1;
	world->links[0] = &world->link;
	world->plan.links = world->links;
	world->plan.count = 1;
	world->plan.urids = &urids;
	world->plan.fade_step = 1.0F / FADE_FRAMES;
	world->plan.midi.atom = (void *)world->midi[0];
	world->plan.midi.capacity = MIDI_BYTES;
	stage_rack_events_clear(&world->plan.midi, &urids);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	stage_rack_page_finish(&world->page);
	scratch_finish(&world->scratch);
	free(world);
	return 0;
}

static void
make(uint32_t width, uint32_t units, uint32_t ins, uint32_t outs)
{
	world->plan.width = width;
	for (uint32_t i = 0; i < width; i++) {
		world->plan.bus[i] = world->bus[i];
	}
	world->link.unit_count = units;
	for (uint32_t i = 0; i < units; i++) {
		struct stage_rack_unit *unit = &world->units[i];
		unit->run = run;
		unit->cells = world->cells[i];
		unit->ins = world->ins[i];
		unit->outs = world->outs[i];
		unit->in_count = ins;
		unit->out_count = outs;
		for (uint32_t k = 0; k < 4; k++) {
			unit->ins[k] = world->buffers[i * 8 + k];
			unit->outs[k] = world->buffers[i * 8 + 4 + k];
		}
		world->link.units[i] = unit;
	}
}

// Plays a block with `levels` in the channels of the bus.
static void
play(const float *levels)
{
	for (uint32_t c = 0; c < world->plan.width; c++) {
		for (uint32_t i = 0; i < FRAMES; i++) {
			world->bus[c][i] = levels[c];
		}
	}
	stage_rack_chain_run(&world->plan, FRAMES);
}

static void
fade(const float *levels)
{
	play(levels);
	play(levels);
	play(levels);
}

static void
check(uint32_t channel, float level)
{
	if (fabsf(world->bus[channel][0] - level) > 1e-6F ||
		fabsf(world->bus[channel][FRAMES - 1] - level) > 1e-6F) {
		fail_msg("channel %u is %g, not %g", channel,
			(double)world->bus[channel][FRAMES - 1], (double)level);
	}
}

static const struct {
	uint32_t width, units, ins, outs;
	float in[4];
	float out[4];
} shapes[] = {
	{2, 1, 2, 2, {0.1F, 0.2F}, {0.2F, 0.4F}}, {1, 1, 1, 1, {0.1F}, {0.2F}},
	{2, 2, 1, 1, {0.1F, 0.2F}, {0.2F, 0.4F}}, // a mono one for each
	{2, 1, 1, 2, {0.1F, 0.3F}, {0.4F, 0.4F}}, // the middle
	{2, 1, 2, 1, {0.1F, 0.3F}, {0.2F, 0.2F}}, // one sound for all
	{2, 1, 4, 2, {0.1F, 0.2F}, {0.2F, 0.4F}}, // two hear silence
	{2, 1, 0, 2, {0.1F, 0.2F}, {2.1F, 2.2F}}, // an instrument is added
	{2, 1, 0, 1, {0.1F, 0.2F}, {2.1F, 2.2F}},
	{4, 1, 2, 2, {0.1F, 0.2F, 0.3F, 0.4F}, {0.2F, 0.4F, 0.3F, 0.4F}},
	{2, 1, 0, 0, {0.1F, 0.2F}, {0.1F, 0.2F}},
	{2, 1, 2, 0, {0.1F, 0.2F}, {0.1F, 0.2F}}, // a meter
};

static void
each_shape_of_plugin_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(shapes); i++) {
		world->link.mix = 0;
		world->link.seen = 0;
		make(shapes[i].width, shapes[i].units, shapes[i].ins,
			shapes[i].outs);
		fade(shapes[i].in);
		for (uint32_t c = 0; c < shapes[i].width; c++) {
			check(c, shapes[i].out[c]);
		}
	}
}

static float
largest_step(float *last)
{
	float step = 0;

	for (uint32_t i = 0; i < FRAMES; i++) {
		float size = fabsf(world->bus[0][i] - *last);
		step = size > step ? size : step;
		*last = world->bus[0][i];
	}
	return step;
}

static void
bypass_fades_and_the_plugin_runs_on(void **state)
{
	const float in[] = {1};
	float last = 2;
	unsigned runs;
	(void)state;

	make(1, 1, 1, 1);
	fade(in);
	check(0, 2);
	stage_rack_page_set_bypassed(&world->page, true);
	for (int i = 0; i < 3; i++) {
		play(in);
		assert_true(largest_step(&last) < 1.5F / FADE_FRAMES);
	}
	check(0, 1);
	runs = world->runs;
	play(in);
	assert_int_equal(world->runs, runs + 1);
	stage_rack_page_set_bypassed(&world->page, false);
	fade(in);
	check(0, 2);
}

static void
wet_is_how_much_is_heard(void **state)
{
	const float in[] = {1};
	(void)state;

	make(1, 1, 1, 1);
	stage_rack_page_set_wet(&world->page, 0.25F);
	fade(in);
	check(0, 1.25F);
}

static void
what_leaves_fades_out(void **state)
{
	const float in[] = {1};
	(void)state;

	make(1, 1, 1, 1);
	fade(in);
	assert_true(stage_rack_chain_has_faded(&world->plan));
	atomic_store(&world->link.is_leaving, true);
	assert_false(stage_rack_chain_has_faded(&world->plan));
	fade(in);
	assert_true(stage_rack_chain_has_faded(&world->plan));
	check(0, 1);
}

static void
what_is_no_sound_is_not_heard(void **state)
{
	const float bad[] = {NAN, INFINITY, 1e28F, -20};
	const float in[] = {1};
	(void)state;

	make(1, 1, 1, 1);
	for (size_t i = 0; i < STAGE_COUNT_OF(bad); i++) {
		stage_rack_page_set(&world->page, 0, bad[i]);
		fade(in);
		check(0, 1);
		stage_rack_page_set(&world->page, 0, 2);
		fade(in);
		check(0, 2);
	}
	assert_int_equal(atomic_load(&world->link.guarded), 12);
	assert_int_equal(atomic_load(&world->link.strikes), 4);
	assert_false(atomic_load(&world->link.wants_reset));
	stage_rack_page_set(&world->page, 0, NAN);
	for (int i = 0; i < STAGE_RACK_BAD_MAX; i++) {
		play(in);
	}
	assert_true(atomic_load(&world->link.wants_reset));
}

#if defined(__SSE__)

#	define SLOWLY 0x1F80U // numbers too small are reckoned with

static float seen_tiny;

static void
see_tiny(struct stage_rack_unit *unit, uint32_t frames)
{
	volatile float tiny = FLT_MIN;

	(void)frames;
	memset(unit->outs[0], 0, frames * sizeof(float));
	seen_tiny = tiny / 4;
	_mm_setcsr(SLOWLY); // as some plug-ins do
}

static void
numbers_too_small_to_be_heard_are_zero(void **state)
{
	const float in[] = {1, 1};
	unsigned before = _mm_getcsr();
	(void)state;

	make(2, 2, 1, 1);
	world->units[0].run = see_tiny;
	world->units[1].run = see_tiny;
	_mm_setcsr(SLOWLY);
	for (int i = 0; i < 3; i++) {
		seen_tiny = 1;
		play(in); // the second unit after the first one
		assert_true(seen_tiny == 0);
	}
	_mm_setcsr(before);
}

#endif

static void
samples_that_are_no_numbers_become_silence(void **state)
{
	float samples[] = {1, NAN, -INFINITY, 2};
	(void)state;

	stage_rack_clean(samples, 4);
	assert_true(samples[0] == 1 && samples[1] == 0);
	assert_true(samples[2] == 0 && samples[3] == 2);
}

static void
latency_is_told_when_it_changes(void **state)
{
	const float in[] = {1};
	(void)state;

	make(1, 1, 1, 1);
	world->link.latency = &world->cells[0][1];
	assert_false(stage_rack_chain_run(&world->plan, FRAMES));
	world->cells[0][1] = 100;
	assert_true(stage_rack_chain_run(&world->plan, FRAMES));
	assert_int_equal(atomic_load(&world->link.latency_frames), 100);
	world->cells[0][1] = NAN;
	play(in);
	assert_int_equal(atomic_load(&world->link.latency_frames), 0);
}

// MIDI.

static uint32_t
count_events(const struct stage_rack_events *events, uint32_t *last_frame)
{
	const LV2_Atom_Event *event = NULL;
	uint32_t count = 0;

	while ((event = stage_rack_events_next(events, &urids, event)) !=
		NULL) {
		*last_frame = (uint32_t)event->time.frames;
		count++;
	}
	return count;
}

static void
echo_an_octave_up(struct stage_rack_unit *unit, uint32_t frames)
{
	const LV2_Atom_Event *event = NULL;

	(void)frames;
	stage_rack_events_clear(&unit->midi_out, &urids);
	while ((event = stage_rack_events_next(
			&unit->midi_in, &urids, event)) != NULL) {
		uint8_t bytes[3];
		memcpy(bytes, event + 1, 3);
		bytes[1] += 12;
		stage_rack_events_add(&unit->midi_out, &urids,
			(uint32_t)event->time.frames, bytes, 3);
	}
}

static void
make_octave(void)
{
	make(1, 1, 0, 0);
	world->units[0].run = echo_an_octave_up;
	world->units[0].midi_in.atom = (void *)world->midi[1];
	world->units[0].midi_in.capacity = MIDI_BYTES;
	world->units[0].midi_out.atom = (void *)world->midi[2];
	world->units[0].midi_out.capacity = MIDI_BYTES;
}

static void
an_effect_for_midi_stands_in_its_place(void **state)
{
	const uint8_t note[] = {0x90, 60, 100};
	const float in[] = {1};
	uint32_t frame = 0;
	const LV2_Atom_Event *event;
	(void)state;

	make_octave();
	fade(in);
	assert_true(
		stage_rack_events_add(&world->plan.midi, &urids, 5, note, 3));
	play(in);
	event = stage_rack_events_next(&world->plan.midi, &urids, NULL);
	assert_int_equal(((const uint8_t *)(event + 1))[1], 72);
	stage_rack_page_set_bypassed(&world->page, true);
	fade(in);
	stage_rack_events_clear(&world->plan.midi, &urids);
	assert_true(
		stage_rack_events_add(&world->plan.midi, &urids, 7, note, 3));
	play(in);
	event = stage_rack_events_next(&world->plan.midi, &urids, NULL);
	assert_int_equal(((const uint8_t *)(event + 1))[1], 60);
	assert_int_equal(count_events(&world->plan.midi, &frame), 1);
	assert_int_equal(frame, 7);
}

// The events that those behind the links hear, one letter each: + and - and
// their notes, c for others.
static void
check_heard(const char *wanted)
{
	const LV2_Atom_Event *event = NULL;
	char text[256] = "";

	while ((event = stage_rack_events_next(
			&world->plan.midi, &urids, event)) != NULL) {
		const uint8_t *bytes = (const void *)(event + 1);
		size_t len = strlen(text);
		if (bytes[0] >= 0xB0) {
			snprintf(text + len, sizeof(text) - len, "c%u ",
				bytes[1]);
		} else {
			snprintf(text + len, sizeof(text) - len, "%c%u ",
				bytes[0] < 0x90 ? '-' : '+', bytes[1]);
		}
	}
	assert_string_equal(text, wanted);
}

static void
play_note(uint8_t status, uint8_t note)
{
	const uint8_t bytes[] = {status, note, 100};
	const float in[] = {1};

	stage_rack_events_clear(&world->plan.midi, &urids);
	if (status != 0) {
		assert_true(stage_rack_events_add(
			&world->plan.midi, &urids, 5, bytes, 3));
	}
	play(in);
}

static void
no_note_stays_when_an_effect_for_midi_is_switched(void **state)
{
	(void)state;

	make_octave();
	play_note(0, 0);
	play_note(0x90, 60);
	check_heard("+72 ");
	stage_rack_page_set_bypassed(&world->page, true);
	play_note(0, 0);
	play_note(0, 0);
	check_heard("-72 ");
	play_note(0x90, 62);
	check_heard("+62 ");
	stage_rack_page_set_bypassed(&world->page, false);
	play_note(0, 0);
	check_heard("-62 ");
	play_note(0x90, 60);
	check_heard("+72 ");
	world->plan.must_panic = true;
	play_note(0, 0);
	check_heard("-72 c64 c123 c120 ");
	world->plan.must_panic = false;
	play_note(0, 0);
	check_heard("");
}

// As one that hangs, and is got out of.
static void
hang(struct stage_rack_unit *unit, uint32_t frames)
{
	(void)unit;
	(void)frames;
	atomic_store(
		&world->rescue.condemned, atomic_load(&world->rescue.turn));
	stage_rack_rescue_jump();
	fail_msg("nobody jumps");
}

static void
no_note_stays_when_an_effect_for_midi_hangs(void **state)
{
	(void)state;

	make_octave();
	world->plan.heard.atom = (void *)world->midi[3];
	world->plan.heard.capacity = MIDI_BYTES;
	world->plan.made.atom = (void *)world->midi[4];
	world->plan.made.capacity = MIDI_BYTES;
	stage_rack_events_clear(&world->plan.made, &urids);
	world->plan.rescue = &world->rescue;
	stage_rack_rescue_introduce(&world->rescue);
	play_note(0, 0);
	play_note(0x90, 60);
	check_heard("+72 ");
	world->units[0].run = hang;
	play_note(0x90, 62); // which its own end will follow
	assert_true(atomic_load(&world->link.is_hung));
	check_heard("-72 +62 ");
	play_note(0x80, 62);
	check_heard("-62 ");
}

static void
events_that_have_no_room_are_refused(void **state)
{
	static const uint8_t bytes[MIDI_BYTES];
	struct stage_rack_events *events = &world->plan.midi;
	uint32_t added = 0;
	uint32_t frame = 0;
	(void)state;

	assert_false(
		stage_rack_events_add(events, &urids, 0, bytes, MIDI_BYTES));
	assert_false(
		stage_rack_events_add(events, &urids, 0, bytes, UINT32_MAX));
	while (stage_rack_events_add(events, &urids, added, bytes, 3)) {
		added++;
	}
	assert_int_equal(added, (MIDI_BYTES - 16) / 24);
	assert_int_equal(count_events(events, &frame), added);
	assert_int_equal(frame, added - 1);
	stage_rack_events_offer(events, &urids); // nobody writes to it
	assert_int_equal(count_events(events, &frame), 0);
}

static void
a_sequence_that_a_plugin_spoiled_ends(void **state)
{
	const uint8_t note[] = {0x90, 60, 100};
	struct stage_rack_events *events = &world->plan.midi;
	uint32_t frame = 0;
	LV2_Atom_Event *event;
	(void)state;

	assert_true(stage_rack_events_add(events, &urids, 0, note, 3));
	assert_true(stage_rack_events_add(events, &urids, 1, note, 3));
	event = (void *)(world->midi[0] + sizeof(LV2_Atom_Sequence));
	event->body.size = 4000000000U;
	assert_int_equal(count_events(events, &frame), 0);
	event->body.size = 3;
	events->atom->atom.size = MIDI_BYTES;
	assert_int_equal(count_events(events, &frame), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_shape_of_plugin_fits),
		TEST(bypass_fades_and_the_plugin_runs_on),
		TEST(wet_is_how_much_is_heard),
		TEST(what_leaves_fades_out),
		TEST(what_is_no_sound_is_not_heard),
#if defined(__SSE__)
		TEST(numbers_too_small_to_be_heard_are_zero),
#endif
		TEST(samples_that_are_no_numbers_become_silence),
		TEST(latency_is_told_when_it_changes),
		TEST(an_effect_for_midi_stands_in_its_place),
		TEST(no_note_stays_when_an_effect_for_midi_is_switched),
		TEST(no_note_stays_when_an_effect_for_midi_hangs),
		TEST(events_that_have_no_room_are_refused),
		TEST(a_sequence_that_a_plugin_spoiled_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
