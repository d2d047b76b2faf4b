/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // memmem

#include "play.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "rack/command.h"
#include "rack/fpu.h"
#include "rack/plan.h"
#include "rack/rack.h"
#include "rack/value.h"
#include "rack/worker.h"

#define RATE_HZ 48000
#define KNOBS 4       // that are turned
#define PART 0.75F    // of its range, for a knob
#define TRIES 100000  // cycles until a plug-in has done its work
#define OWN_THREADS 2 // that a plug-in of its own gives a rack
#define SETTLE_NS (500 * STAGE_NS_PER_MS)
#define LENGTH_CYCLES 8
#define NOTE_EVERY 64 // blocks

struct world {
	const struct play *play;
	struct stage_rack_wire wire;
	struct stage_rack_worker *worker;
	struct stage_rack *rack;
	uint32_t noise;
	size_t threads; // of a rack that plays nothing yet
};

const char *
play_step_word(enum play_step step)
{
	static const char *const words[PLAY_STEP_COUNT] = {
		[PLAY_LOAD] = "load",
		[PLAY_RUN] = "run",
		[PLAY_SILENCE] = "run on silence",
		[PLAY_KNOBS] = "run with other values",
		[PLAY_LENGTHS] = "run with odd lengths",
		[PLAY_SAVE] = "save",
		[PLAY_COMPARE] = "compare",
		[PLAY_END] = "end",
		[PLAY_DONE] = "done",
	};

	return step < PLAY_STEP_COUNT ? words[step] : "?";
}

_Noreturn static void
give_up(struct world *world, enum play_exit code, const char *text)
{
	snprintf(world->play->seen->text, PLAY_TEXT_MAX, "%s", text);
	_exit(code);
}

static void
on_news(void *user)
{
	(void)user;
}

static struct stage_rack_slot *
slot_of(struct world *world)
{
	struct stage_rack_slot *slot = NULL;

	if (stage_rack_find(world->rack, "it", &slot, NULL) != STAGE_OK) {
		give_up(world, PLAY_BROKEN, "there is no slot");
	}
	return slot;
}

static void
join(struct world *world, char out[STAGE_PATH_MAX], const char *name)
{
	if (stage_io_join(out, STAGE_PATH_MAX, world->play->place, name,
		    NULL) != STAGE_OK) {
		give_up(world, PLAY_BROKEN, "too long a path");
	}
}

static size_t
count_threads(void)
{
	struct stage_strv tasks = {0};
	size_t count = 0;

	if (stage_io_list_dir("/proc/self/task", &tasks, NULL) == STAGE_OK) {
		count = tasks.count;
	}
	stage_strv_finish(&tasks);
	return count;
}

static void
start(struct world *world, const struct play *play)
{
	char pages[STAGE_PATH_MAX];
	char memories[STAGE_PATH_MAX];
	const struct stage_rack_places places = {play->place, pages, memories};
	struct stage_rack_config config;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rack_slot *slot;

	memset(world, 0, sizeof(*world));
	world->play = play;
	world->noise = 1;
	play->seen->step = PLAY_LOAD;
	join(world, pages, "pages");
	join(world, memories, "memories");
	sem_init(&world->wire.work, 0, 0);
	if (stage_rack_worker_create(&world->wire, on_news, NULL,
		    &world->worker, &err) != STAGE_OK ||
		stage_rack_config_load(play->place, &config, &err) !=
			STAGE_OK ||
		stage_rack_create(&places, &config, &world->wire, &world->rack,
			&err) != STAGE_OK) {
		give_up(world, PLAY_BROKEN, err.text);
	}
	world->threads = count_threads();
	atomic_store(&world->wire.rate_hz, RATE_HZ);
	stage_rack_set_rate(world->rack, RATE_HZ, play->period_frames);
	slot = slot_of(world);
	if (slot->link == NULL) {
		give_up(world, PLAY_REFUSED, slot->fault);
	}
}

// Cycles, as the process callback has them.

static float
next_noise(struct world *world)
{
	world->noise = world->noise * 1664525U + 1013904223U;
	return (float)(world->noise >> 8) / (float)(1U << 24) - 0.5F;
}

static void
feed(struct world *world, struct stage_rack_plan *plan, uint32_t frames,
	bool has_sound, uint32_t number)
{
	const unsigned char note[3] = {
		number % (2 * NOTE_EVERY) == 0 ? 0x90 : 0x80, 60, 100};

	for (uint32_t c = 0; c < plan->width; c++) {
		for (uint32_t i = 0; i < frames; i++) {
			plan->bus[c][i] = has_sound ? next_noise(world) : 0;
		}
	}
	stage_rack_events_clear(&plan->midi, plan->urids);
	if (has_sound && frames > 0 && number % NOTE_EVERY == 0) {
		(void)stage_rack_events_add(
			&plan->midi, plan->urids, 0, note, sizeof(note));
	}
}

static void
cycle(struct world *world, uint32_t frames, bool has_sound, uint32_t number)
{
	struct stage_rack_plan *plan;

	stage_fpu_flush();
	stage_rack_wire_take(&world->wire);
	plan = world->wire.current;
	if (plan == NULL) {
		give_up(world, PLAY_BROKEN, "there is no plan");
	}
	feed(world, plan, frames, has_sound, number);
	(void)stage_rack_chain_run(plan, frames);
	(void)stage_rack_tidy(world->rack);
}

static void
cycles(struct world *world, enum play_step step, uint32_t count, bool has_sound)
{
	world->play->seen->step = step;
	for (uint32_t i = 0; i < count; i++) {
		cycle(world, world->play->period_frames, has_sound, i);
	}
}

// Those that have threads of their own make tables there, and some cannot bear
// to be played, or ended, before these are done.
static void
settle(struct world *world)
{
	int64_t until_ns = stage_clock_now_ns() + SETTLE_NS;
	bool has_threads = count_threads() > world->threads + OWN_THREADS;

	while (has_threads && stage_clock_now_ns() < until_ns) {
		cycle(world, world->play->period_frames, false, 1);
	}
}

// As a period that changes: the plug-in's worker has time to follow.
static void
odd_lengths(struct world *world)
{
	const uint32_t lengths[] = {1, 17, 64, 127, world->play->period_frames};

	world->play->seen->step = PLAY_LENGTHS;
	for (size_t i = 0; i < STAGE_COUNT_OF(lengths); i++) {
		for (uint32_t k = 0; k < LENGTH_CYCLES; k++) {
			cycle(world, lengths[i], true, k);
		}
	}
}

// Values.

static void
turn_knobs(struct world *world)
{
	struct stage_rack_slot *slot = slot_of(world);
	uint32_t turned = 0;

	for (uint32_t i = 0; i < slot->count && turned < KNOBS; i++) {
		float min;
		float max;
		stage_rack_slot_range(slot, i, &min, &max);
		if (max - min < 1e6F && max > min &&
			stage_rack_set(slot,
				stage_rack_slot_port(slot, i)->symbol,
				(double)(min + (max - min) * PART),
				NULL) == STAGE_OK) {
			turned++;
		}
	}
}

static void
note_values(struct world *world)
{
	struct play_seen *seen = world->play->seen;
	struct stage_rack_slot *slot = slot_of(world);

	seen->count = slot->count;
	for (uint32_t i = 0; i < slot->count && i < PLAY_VALUES_MAX; i++) {
		seen->values[i] = stage_rack_page_get(&slot->page, i);
	}
	if (slot->link != NULL) {
		seen->guarded = atomic_load(&slot->link->guarded);
	}
}

static void
compare_values(struct world *world)
{
	struct play_seen *seen = world->play->seen;
	struct stage_rack_slot *slot = slot_of(world);
	char text[PLAY_TEXT_MAX];

	for (uint32_t i = 0; i < slot->count && i < PLAY_VALUES_MAX; i++) {
		float now = stage_rack_page_get(&slot->page, i);
		if (memcmp(&now, &seen->values[i], sizeof(now)) != 0) {
			snprintf(text, sizeof(text), "%s was %g and is %g",
				stage_rack_slot_port(slot, i)->symbol,
				(double)seen->values[i], (double)now);
			give_up(world, PLAY_DIFFERS, text);
		}
	}
}

// What it remembers.

static void
save(struct world *world)
{
	world->play->seen->step = PLAY_SAVE;
	slot_of(world)->is_dirty = true;
	for (uint32_t i = 0; i < TRIES; i++) {
		if (stage_rack_save(world->rack)) {
			return;
		}
		cycle(world, world->play->period_frames, false, 1);
	}
	give_up(world, PLAY_DIFFERS, "it cannot be saved");
}

static void
load(struct world *world, struct stage_rack_memory *out)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];

	join(world, path, PLAY_CHECKPOINT);
	if (stage_io_read_file(path, STAGE_RACK_MEMORY_BYTES_MAX, &text,
		    &err) != STAGE_OK ||
		stage_rack_memory_parse(stage_str_text(&text), text.len, path,
			out, &err) != STAGE_OK) {
		give_up(world, PLAY_DIFFERS, err.text);
	}
	stage_str_finish(&text);
}

static const struct stage_rack_property *
find_property(const struct stage_rack_memory *memory, const char *key)
{
	for (size_t i = 0; i < memory->property_count; i++) {
		if (strcmp(memory->properties[i].key, key) == 0) {
			return &memory->properties[i];
		}
	}
	return NULL;
}

// All lines are there again: some say, after they were restored, also what goes
// without saying. Bytes without lines are one.
static bool
is_kept(const struct stage_rack_property *a,
	const struct stage_rack_property *b)
{
	const char *line = stage_str_text(&a->bytes);
	const char *end = line + a->bytes.len;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop != NULL ? stop : end) - line);
		if (memmem(b->bytes.data, b->bytes.len, line, len) == NULL) {
			return false;
		}
		line += len + 1;
	}
	return true;
}

static void
compare_property(struct world *world, const struct stage_rack_property *a,
	const struct stage_rack_property *b)
{
	const char *before = stage_str_text(&a->bytes);
	const char *now = b != NULL ? stage_str_text(&b->bytes) : "";
	char text[PLAY_TEXT_MAX];
	size_t at = 0;

	if (b == NULL || strcmp(a->type, b->type) != 0) {
		snprintf(text, sizeof(text), "its %s has gone", a->key);
		give_up(world, PLAY_DIFFERS, text);
	}
	while (at < a->bytes.len && at < b->bytes.len &&
		before[at] == now[at]) {
		at++;
	}
	if ((at < a->bytes.len || at < b->bytes.len) && !is_kept(a, b)) {
		snprintf(text, sizeof(text),
			"its %s is another one, from byte %zu on of %zu and "
			"%zu",
			a->key, at, a->bytes.len, b->bytes.len);
		give_up(world, PLAY_DIFFERS, text);
	}
}

static void
compare_states(struct world *world, const struct stage_rack_memory *before,
	const struct stage_rack_memory *now)
{
	for (size_t i = 0; i < before->property_count; i++) {
		compare_property(world, &before->properties[i],
			find_property(now, before->properties[i].key));
	}
}

_Noreturn void
play_first(const struct play *play)
{
	struct world world;

	start(&world, play);
	settle(&world);
	cycles(&world, PLAY_RUN, play->blocks, true);
	cycles(&world, PLAY_SILENCE, play->blocks / 2, false);
	turn_knobs(&world);
	cycles(&world, PLAY_KNOBS, play->blocks / 2, true);
	odd_lengths(&world);
	save(&world);
	note_values(&world);
	play->seen->step = PLAY_DONE;
	kill(getpid(), SIGKILL);
	_exit(PLAY_BROKEN);
}

_Noreturn void
play_again(const struct play *play)
{
	struct stage_rack_memory before = {.plugin = ""};
	struct stage_rack_memory now = {.plugin = ""};
	struct world world;

	start(&world, play);
	load(&world, &before);
	compare_values(&world);
	save(&world);
	play->seen->step = PLAY_COMPARE;
	load(&world, &now);
	compare_states(&world, &before, &now);
	stage_rack_memory_finish(&before);
	stage_rack_memory_finish(&now);
	settle(&world);
	cycles(&world, PLAY_RUN, play->blocks / 4, true);
	play->seen->step = PLAY_END;
	(void)stage_rack_destroy(world.rack);
	stage_rack_worker_destroy(world.worker);
	play->seen->step = PLAY_DONE;
	_exit(PLAY_OK);
}
