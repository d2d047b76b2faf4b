/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/bridge.h"

#include <errno.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "scratch.h"

#define DEADLINE_NS (20 * STAGE_NS_PER_S)

// A sequencer without ports, that opens after some refusals.
struct stage_midi_seq {
	sem_t woken;
	int news_fd;
};

static struct {
	struct stage_midi_seq seq;
	enum stage_status refusal;
	int refusals;
	int opens;
} fake;

static enum stage_status
fake_open(struct stage_midi_seq **out, struct stage_err *err)
{
	fake.opens++;
	if (fake.opens <= fake.refusals) {
		return stage_err_set(err, fake.refusal, "it is not ready");
	}
	sem_init(&fake.seq.woken, 0, 0);
	fake.seq.news_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	*out = &fake.seq;
	return STAGE_OK;
}

static void
fake_close(struct stage_midi_seq *self)
{
	close(self->news_fd);
	sem_destroy(&self->woken);
}

static int
fake_news_fd(const struct stage_midi_seq *self)
{
	return self->news_fd;
}

static enum stage_midi_news
fake_news(struct stage_midi_seq *self, struct stage_midi_address *address)
{
	(void)self;
	(void)address;
	return STAGE_MIDI_NEWS_NONE;
}

static size_t
fake_list(struct stage_midi_seq *self, struct stage_midi_found *out, size_t max)
{
	(void)self;
	(void)out;
	(void)max;
	return 0;
}

static void
fake_keep_time(struct stage_midi_seq *self)
{
	(void)self;
}

static size_t
fake_output_bytes(const struct stage_midi_seq *self)
{
	(void)self;
	return 4096;
}

static void
fake_read(struct stage_midi_seq *self, struct stage_midi_input *out)
{
	out->kind = STAGE_MIDI_INPUT_WOKEN;
	while (sem_wait(&self->woken) != 0 && errno == EINTR) {
		continue;
	}
}

static void
fake_wake(struct stage_midi_seq *self)
{
	sem_post(&self->woken);
}

static const struct stage_midi_seq_class fake_class = {
	.open = fake_open,
	.close = fake_close,
	.news_fd = fake_news_fd,
	.news = fake_news,
	.list = fake_list,
	.keep_time = fake_keep_time,
	.output_bytes = fake_output_bytes,
	.read = fake_read,
	.wake = fake_wake,
};

struct world {
	uv_loop_t loop;
	struct scratch scratch;
	struct stage_rig rig;
	struct stage_midi_bridge *bridge;
	bool has_ended;
};

static void
on_changed(void *user, const char *topic)
{
	(void)user;
	(void)topic;
}

static void
on_ready(void *user)
{
	(void)user;
}

static void
on_ended(void *user)
{
	struct world *world = user;

	world->has_ended = true;
}

static const struct stage_midi_bridge_events events = {
	.changed = on_changed, .ready = on_ready, .ended = on_ended};

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	memset(&fake, 0, sizeof(fake));
	assert_int_equal(uv_loop_init(&world->loop), 0);
	scratch_init(&world->scratch);
	assert_int_equal(stage_format(world->rig.rig, STAGE_PATH_MAX, "%s",
				 world->scratch.dir),
		STAGE_OK);
	assert_int_equal(stage_format(world->rig.run, STAGE_PATH_MAX, "%s",
				 world->scratch.dir),
		STAGE_OK);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	stage_midi_bridge_destroy(world->bridge);
	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_true(world->has_ended);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	scratch_finish(&world->scratch);
	free(world);
	return 0;
}

static void
begin(struct world *world)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_midi_bridge_create(&world->loop, &world->rig,
				 stage_midi_rules_create(), &fake_class, NULL,
				 &events, world, &world->bridge, &err),
		STAGE_OK);
}

static bool
has_sequencer(const struct world *world)
{
	json_t *told = stage_midi_bridge_state(world->bridge);
	const char *sequencer =
		json_string_value(json_object_get(told, "sequencer"));
	bool has = sequencer != NULL && strcmp(sequencer, "open") == 0;

	json_decref(told);
	return has;
}

static void
run_until(struct world *world, int opens)
{
	int64_t deadline_ns = stage_clock_now_ns() + DEADLINE_NS;

	while ((fake.opens < opens || !has_sequencer(world)) &&
		stage_clock_now_ns() < deadline_ns) {
		uv_run(&world->loop, UV_RUN_ONCE);
	}
}

static void
it_opens_at_once(void **state)
{
	struct world *world = *state;

	begin(world);
	assert_true(has_sequencer(world));
	assert_int_equal(fake.opens, 1);
}

// The device is there, and its module still begins.
static void
one_that_begins_is_tried_again(void **state)
{
	struct world *world = *state;

	fake.refusal = STAGE_IO;
	fake.refusals = 3; // one at the start, one of the watch, one of a tick
	begin(world);
	assert_false(has_sequencer(world));
	run_until(world, 4);
	assert_true(has_sequencer(world));
	assert_int_equal(fake.opens, 4);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(it_opens_at_once),
		TEST(one_that_begins_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
