/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "fake_backend.h"
#include "fake_libjack.h"
#include "midi/bridge_private.h"
#include "midi_world.h"
#include "scratch.h"

#define DEADLINE_NS (20 * STAGE_NS_PER_S)
#define CLIENT 20 // of the sequencer
#define IN "Keystation 61 (capture): MIDI 1"
#define OUT "Keystation 61 (playback): MIDI 1"

// A sequencer with the ports of a midi_world.
struct stage_midi_seq {
	sem_t woken;
	int news_fd;
};

static struct {
	struct stage_midi_seq seq;
	enum stage_status refusal;
	int refusals;
	int opens;
	struct midi_world devices;
	struct stage_midi_address gone; // to be told; client 0: nothing
	bool is_busy;                   // another program has the devices
	int subscribed[2];
	unsigned subscriptions, times_kept;
	bool is_lost;          // the input overflowed
	pthread_mutex_t mutex; // of what the sender writes
	char sent[1024];       // in hexadecimal
	int to;                // the client that it was sent to last
} fake = {.mutex = PTHREAD_MUTEX_INITIALIZER};

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
	uint64_t count;

	if (fake.gone.client != 0) {
		*address = fake.gone;
		fake.gone.client = 0;
		return STAGE_MIDI_NEWS_GONE;
	}
	return read(self->news_fd, &count, sizeof(count)) == sizeof(count)
		       ? STAGE_MIDI_NEWS_LOOK
		       : STAGE_MIDI_NEWS_NONE;
}

static size_t
fake_list(struct stage_midi_seq *self, struct stage_midi_found *out, size_t max)
{
	(void)self;
	assert_true(fake.devices.count <= max);
	memcpy(out, fake.devices.found, fake.devices.count * sizeof(out[0]));
	return fake.devices.count;
}

static enum stage_status
fake_subscribe(struct stage_midi_seq *self, struct stage_midi_address address,
	enum stage_midi_direction direction, struct stage_err *err)
{
	(void)self;
	(void)address;
	if (fake.is_busy) {
		return stage_err_set(
			err, STAGE_BUSY, "another program has this device");
	}
	fake.subscribed[direction]++;
	fake.subscriptions++;
	return STAGE_OK;
}

static void
fake_unsubscribe(struct stage_midi_seq *self, struct stage_midi_address address,
	enum stage_midi_direction direction)
{
	(void)self;
	(void)address;
	fake.subscribed[direction]--;
}

static enum stage_status
fake_make_port(struct stage_midi_seq *self, const char *name,
	struct stage_midi_address *out, struct stage_err *err)
{
	struct stage_midi_identity identity = {.kind = STAGE_MIDI_VIRTUAL};
	const uint64_t one = 1;

	(void)err;
	snprintf(identity.name, sizeof(identity.name), "%s", name);
	midi_world_plug(&fake.devices, 128, &identity, name, 1);
	assert_int_equal(write(self->news_fd, &one, sizeof(one)), sizeof(one));
	out->client = 128;
	out->port = 0;
	return STAGE_OK;
}

static void
fake_keep_time(struct stage_midi_seq *self)
{
	(void)self;
	fake.times_kept++;
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
	while (sem_wait(&self->woken) != 0 && errno == EINTR) {
		continue;
	}
	out->kind =
		fake.is_lost ? STAGE_MIDI_INPUT_LOST : STAGE_MIDI_INPUT_WOKEN;
	fake.is_lost = false;
}

static void
fake_wake(struct stage_midi_seq *self)
{
	sem_post(&self->woken);
}

static enum stage_status
fake_send(struct stage_midi_seq *self, struct stage_midi_address to,
	const uint8_t *bytes, size_t len)
{
	size_t at;

	(void)self;
	pthread_mutex_lock(&fake.mutex);
	fake.to = to.client;
	at = strlen(fake.sent);
	for (size_t i = 0; i < len && at + 4 < sizeof(fake.sent); i++) {
		at += (size_t)snprintf(fake.sent + at, 4, "%s%02x",
			i == 0 ? " " : "", bytes[i]);
	}
	pthread_mutex_unlock(&fake.mutex);
	return STAGE_OK;
}

static const struct stage_midi_seq_class fake_class = {
	.open = fake_open,
	.close = fake_close,
	.news_fd = fake_news_fd,
	.news = fake_news,
	.list = fake_list,
	.subscribe = fake_subscribe,
	.unsubscribe = fake_unsubscribe,
	.make_port = fake_make_port,
	.keep_time = fake_keep_time,
	.output_bytes = fake_output_bytes,
	.read = fake_read,
	.wake = fake_wake,
	.send = fake_send,
};

struct world {
	uv_loop_t loop;
	uv_timer_t pulse; // so that the loop is never without an event
	struct scratch scratch;
	struct stage_rig rig;
	struct stage_midi_bridge *bridge;
	unsigned ready;
	bool has_ended;
};

static void
on_changed(void *user, const char *topic)
{
	(void)user;
	assert_true(
		strcmp(topic, "endpoint") == 0 || strcmp(topic, "status") == 0);
}

static void
on_ready(void *user)
{
	struct world *world = user;

	world->ready++;
}

static void
on_ended(void *user)
{
	struct world *world = user;

	world->has_ended = true;
}

static const struct stage_midi_bridge_events events = {
	.changed = on_changed, .ready = on_ready, .ended = on_ended};

static void
on_pulse(uv_timer_t *timer)
{
	(void)timer;
}

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	memset(&fake, 0, sizeof(fake));
	pthread_mutex_init(&fake.mutex, NULL);
	fake_backend_reset();
	fake_libjack_reset();
	midi_world_init(&fake.devices);
	assert_int_equal(uv_loop_init(&world->loop), 0);
	uv_timer_init(&world->loop, &world->pulse);
	uv_timer_start(&world->pulse, on_pulse, 5, 5);
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

static void
end(struct world *world)
{
	fake_backend_release(FAKE_OWN);
	fake_backend_release(FAKE_BEAT);
	world->has_ended = false;
	stage_midi_bridge_destroy(world->bridge);
	world->bridge = NULL;
	while (!world->has_ended) {
		uv_run(&world->loop, UV_RUN_ONCE);
	}
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	if (world->bridge != NULL) {
		end(world);
	}
	uv_close((uv_handle_t *)&world->pulse, NULL);
	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_true(world->has_ended);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	scratch_finish(&world->scratch);
	midi_world_finish(&fake.devices);
	fake_backend_reset();
	fake_libjack_reset();
	free(world);
	return 0;
}

static void
begin(struct world *world)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_midi_bridge_create(&world->loop, &world->rig,
			stage_midi_rules_create(), &fake_class, fake_backend(),
			&events, world, &world->bridge, &err),
		STAGE_OK);
}

#define AWAIT(world, condition)                                                \
	do {                                                                   \
		int64_t until_ns = stage_clock_now_ns() + DEADLINE_NS;         \
		while (!(condition) && stage_clock_now_ns() < until_ns) {      \
			uv_run(&(world)->loop, UV_RUN_ONCE);                   \
		}                                                              \
		assert_true(condition);                                        \
	} while (0)

// What the bridge tells of itself; "" for what is no text.
static const char *
told(struct world *world, const char *key)
{
	static char text[256];
	json_t *state = stage_midi_bridge_state(world->bridge);
	const char *value = json_string_value(json_object_get(state, key));

	snprintf(text, sizeof(text), "%s", value != NULL ? value : "");
	json_decref(state);
	return text;
}

static bool
has_sequencer(struct world *world)
{
	return strcmp(told(world, "sequencer"), "open") == 0;
}

// What it tells of the first endpoint, or with a direction of one way of it.
static json_t *
told_of(struct world *world, int direction, const char *key)
{
	json_t *list = stage_midi_bridge_list(world->bridge);
	json_t *at = json_array_get(list, 0);
	json_t *value;

	if (direction >= 0) {
		at = json_array_get(
			json_object_get(at, "ways"), (size_t)direction);
	}
	value = json_incref(json_object_get(at, key));
	json_decref(list);
	return value;
}

static bool
way_is(struct world *world, enum stage_midi_direction direction,
	const char *key, const char *expected)
{
	json_t *value = told_of(world, (int)direction, key);
	char *text = json_dumps(value, JSON_ENCODE_ANY);
	bool is = text != NULL && strcmp(text, expected) == 0;

	free(text);
	json_decref(value);
	return is;
}

static void
tell_news(void)
{
	const uint64_t one = 1;

	assert_int_equal(
		write(fake.seq.news_fd, &one, sizeof(one)), sizeof(one));
}

static void
plug(void)
{
	const struct stage_midi_identity identity = midi_keyboard("SN1", "1-1");

	midi_world_plug(&fake.devices, CLIENT, &identity, "MIDI 1", 1);
	if (fake.opens > 0) {
		tell_news();
	}
}

static void
pull(void)
{
	const uint64_t one = 1;

	midi_world_pull(&fake.devices, CLIENT);
	fake.gone.client = CLIENT;
	fake.gone.port = -1;
	assert_int_equal(
		write(fake.seq.news_fd, &one, sizeof(one)), sizeof(one));
}

static void
set_link(bool is_connected, const char *from, const char *to)
{
	fake_backend_port(true, from);
	fake_backend_port(true, to);
	fake_backend_link(is_connected, from, to);
}

// A server, a keyboard, and both ways of it in use.
static void
play_on(struct world *world)
{
	fake_backend_set_server(true);
	fake_backend_set_running(true);
	plug();
	begin(world);
	AWAIT(world, world->ready > 0);
	set_link(true, "a2j:" IN, "synth:in");
	set_link(true, "seq:out", "a2j:" OUT);
	AWAIT(world, fake.subscribed[0] == 1 && fake.subscribed[1] == 1);
}

static bool
was_sent(const char *expected)
{
	bool was;

	pthread_mutex_lock(&fake.mutex);
	was = strcmp(fake.sent, expected) == 0;
	pthread_mutex_unlock(&fake.mutex);
	return was;
}

// How long what was sent is, in hexadecimal.
static size_t
sent_length(void)
{
	size_t len;

	pthread_mutex_lock(&fake.mutex);
	len = strlen(fake.sent);
	pthread_mutex_unlock(&fake.mutex);
	return len;
}

// A client plays a note to the keyboard.
static void
hold_a_note(struct world *world)
{
	fake_libjack_put(OUT, 0, (const uint8_t *)"\x90\x3c\x64", 3);
	fake_libjack_cycle(256);
	fake_libjack_empty(OUT);
	AWAIT(world, was_sent(" 903c64"));
	assert_true(way_is(world, STAGE_MIDI_PLAYBACK, "held", "1"));
}

static void
set_rules(struct world *world, const char *text)
{
	struct stage_midi_rules *rules = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_midi_rules_parse(text, strlen(text), "midi.conf", &rules,
		    &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	stage_midi_bridge_set_rules(world->bridge, rules);
}

static void
it_opens_at_once(void **state)
{
	struct world *world = *state;

	begin(world);
	assert_true(has_sequencer(world));
	assert_int_equal(fake.opens, 1);
	assert_int_equal(world->ready, 0); // there is no JACK
	assert_string_equal(stage_midi_bridge_trouble(world->bridge), "");
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
	assert_string_equal(
		stage_midi_bridge_trouble(world->bridge), "it is not ready");
	AWAIT(world, has_sequencer(world));
	assert_int_equal(fake.opens, 4);
}

static void
a_build_without_alsa_says_so(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	fake.refusal = STAGE_UNSUPPORTED;
	fake.refusals = 1;
	assert_int_equal(
		stage_midi_bridge_create(&world->loop, &world->rig,
			stage_midi_rules_create(), &fake_class, fake_backend(),
			&events, world, &world->bridge, &err),
		STAGE_UNSUPPORTED);
	assert_string_equal(err.text, "it is not ready");
	AWAIT(world, world->has_ended);
}

static void
a_device_is_open_while_its_port_is_connected(void **state)
{
	struct world *world = *state;

	fake_backend_set_server(true);
	plug();
	begin(world);
	AWAIT(world, world->ready > 0);
	AWAIT(world, fake_libjack_has(IN) && fake_libjack_has(OUT));
	assert_int_equal(fake.subscriptions, 0);
	set_link(true, "a2j:" IN, "synth:in");
	AWAIT(world, fake.subscribed[STAGE_MIDI_CAPTURE] == 1);
	assert_int_equal(fake.subscribed[STAGE_MIDI_PLAYBACK], 0);
	assert_true(way_is(world, STAGE_MIDI_CAPTURE, "device", "\"open\""));
	set_link(false, "a2j:" IN, "synth:in");
	AWAIT(world, fake.subscribed[STAGE_MIDI_CAPTURE] == 0);
	set_rules(world, "pin Keystation*");
	AWAIT(world, fake.subscribed[0] == 1 && fake.subscribed[1] == 1);
	set_rules(world, "");
	AWAIT(world, fake.subscribed[0] == 0 && fake.subscribed[1] == 0);
}

static bool
icon_is(const char *icon)
{
	return strcmp(fake_libjack_property(
			      IN, "http://jackaudio.org/metadata/icon-name"),
		       icon) == 0;
}

static void
a_port_outlives_its_device(void **state)
{
	struct world *world = *state;

	play_on(world);
	AWAIT(world, icon_is("audio-card"));
	pull();
	AWAIT(world, way_is(world, STAGE_MIDI_CAPTURE, "device", "\"closed\""));
	assert_true(fake_libjack_has(IN));
	AWAIT(world, icon_is("network-offline"));
	fake.subscribed[0] = fake.subscribed[1] = 0; // they went with it
	plug();
	AWAIT(world, fake.subscribed[0] == 1 && fake.subscribed[1] == 1);
	end(world); // and its bridge
	midi_world_pull(&fake.devices, CLIENT);
	fake_libjack_reset();
	world->ready = 0;
	begin(world);
	AWAIT(world, world->ready > 0);
	assert_true(fake_libjack_has(IN) && fake_libjack_has(OUT));
}

static void
a_device_that_another_has_is_tried_again(void **state)
{
	struct world *world = *state;
	json_t *reason;

	fake.is_busy = true;
	fake_backend_set_server(true);
	plug();
	begin(world);
	AWAIT(world, world->ready > 0);
	set_link(true, "a2j:" IN, "synth:in");
	AWAIT(world, way_is(world, STAGE_MIDI_CAPTURE, "device", "\"busy\""));
	reason = told_of(world, -1, "reason");
	assert_string_equal(
		json_string_value(reason), "another program has this device");
	json_decref(reason);
	fake.is_busy = false; // nothing tells of it
	AWAIT(world, fake.subscribed[STAGE_MIDI_CAPTURE] == 1);
	reason = told_of(world, -1, "reason");
	assert_string_equal(json_string_value(reason), "");
	json_decref(reason);
}

static void
what_a_device_holds_ends_with_the_last_connection(void **state)
{
	struct world *world = *state;

	play_on(world);
	hold_a_note(world);
	set_link(false, "seq:out", "a2j:" OUT);
	AWAIT(world, was_sent(" 903c64 803c40"));
	AWAIT(world, fake.subscribed[STAGE_MIDI_PLAYBACK] == 0);
}

static void
what_a_device_holds_ends_with_the_server(void **state)
{
	struct world *world = *state;

	play_on(world);
	hold_a_note(world);
	fake_backend_shutdown("it went");
	AWAIT(world, was_sent(" 903c64 803c40"));
	AWAIT(world, strcmp(told(world, "jack"), "open") != 0);
	AWAIT(world, fake.subscribed[0] == 0 && fake.subscribed[1] == 0);
}

static void
what_a_device_holds_ends_with_its_port(void **state)
{
	struct world *world = *state;

	play_on(world);
	hold_a_note(world);
	set_rules(world, "ignore Keystation*");
	assert_true(was_sent(" 903c64 803c40"));
	assert_int_equal(fake.to, CLIENT);
	assert_int_equal(fake.subscribed[0] + fake.subscribed[1], 0);
	fake_libjack_cycle(256);
	fake_libjack_cycle(256);
	AWAIT(world, fake_libjack_count() == 0);
	set_rules(world, "");
	AWAIT(world, fake_libjack_count() == 2);
}

static void
what_a_device_holds_ends_with_the_bridge(void **state)
{
	struct world *world = *state;

	play_on(world);
	hold_a_note(world);
	end(world);
	assert_true(was_sent(" 903c64 803c40"));
}

// By kill -9, so that nothing was ended. The next one opens it for that only.
static void
what_a_killed_bridge_left_is_ended(void **state)
{
	struct world *world = *state;
	struct stage_midi_ledger *ledger = stage_midi_ledger_create(
		scratch_path(&world->scratch, "midi.held"), NULL);
	const uint8_t note[] = {0x91, 0x3d, 0x40};

	assert_non_null(ledger);
	stage_midi_held_note(
		stage_midi_ledger_take(ledger, OUT), note, sizeof(note));
	stage_midi_ledger_destroy(ledger);
	plug();
	begin(world);
	AWAIT(world, was_sent(" 813d40"));
	AWAIT(world, fake.subscribed[STAGE_MIDI_PLAYBACK] == 0);
	assert_int_equal(fake.subscriptions, 1);
}

static void
what_a_client_holds_ends_when_events_were_lost(void **state)
{
	struct world *world = *state;
	struct fake_event event = {0};
	const uint8_t note[] = {0x90, 0x3c, 0x64};

	play_on(world);
	stage_midi_held_note(atomic_load(&world->bridge->wire->ways[0]->held),
		note, sizeof(note));
	fake.is_lost = true;
	sem_post(&fake.seq.woken);
	AWAIT(world, atomic_load(&world->bridge->wire->ways[0]->must_release));
	fake_libjack_cycle(256);
	assert_int_equal(fake_libjack_events(IN, &event, 1), 1);
	assert_memory_equal(event.bytes, "\x80\x3c\x40", 3);
}

// The end of the note is kept away with the rest of its channel.
static void
what_a_client_holds_ends_when_its_channel_is_filtered(void **state)
{
	struct world *world = *state;
	struct fake_event event = {0};
	struct stage_midi_way *way;
	const uint8_t note[] = {0x92, 0x3c, 0x64};

	play_on(world);
	way = atomic_load(&world->bridge->wire->ways[0]);
	stage_midi_held_note(atomic_load(&way->held), note, sizeof(note));
	set_rules(world, "filter * clock all");
	assert_false(atomic_load(&way->must_release)); // notes pass
	set_rules(world, "filter * ch3");
	fake_libjack_cycle(256);
	assert_int_equal(fake_libjack_events(IN, &event, 1), 1);
	assert_memory_equal(event.bytes, "\x82\x3c\x40", 3);
	stage_midi_held_note(atomic_load(&way->held), note, sizeof(note));
	set_rules(world, "filter * ch3\nlabel * x");
	assert_false(atomic_load(&way->must_release)); // it was so before
}

// The server waits for one of its clients, and we wait for the server.
static void
devices_are_heard_while_the_server_stands_still(void **state)
{
	struct world *world = *state;

	play_on(world);
	hold_a_note(world);
	fake_backend_block(FAKE_OWN);
	set_rules(world, "label Keystation* Left");
	fake_backend_await(FAKE_OWN);
	set_link(false, "seq:out", "a2j:" OUT);
	AWAIT(world, was_sent(" 903c64 803c40"));
	pull();
	AWAIT(world, way_is(world, STAGE_MIDI_CAPTURE, "device", "\"closed\""));
	fake.subscribed[STAGE_MIDI_CAPTURE] = 0;
	plug();
	AWAIT(world, fake.subscribed[STAGE_MIDI_CAPTURE] == 1);
}

// Its process lives, its audio stands still: nobody will end the note.
static void
what_a_device_holds_ends_when_audio_stands_still(void **state)
{
	struct world *world = *state;

	play_on(world);
	hold_a_note(world);
	fake_backend_set_running(false);
	AWAIT(world, was_sent(" 903c64 803c40"));
	assert_non_null(strstr(told(world, "jack"), "stands still"));
	assert_string_equal(
		stage_midi_bridge_trouble(world->bridge), told(world, "jack"));
	fake_backend_set_running(true);
	AWAIT(world, strcmp(told(world, "jack"), "open") == 0);
	assert_string_equal(stage_midi_bridge_trouble(world->bridge), "");
	assert_int_equal(fake.subscribed[STAGE_MIDI_PLAYBACK], 1);
}

static void
one_that_only_does_not_answer_plays_on(void **state)
{
	struct world *world = *state;
	unsigned times;

	play_on(world);
	hold_a_note(world);
	fake_backend_block(FAKE_BEAT);
	AWAIT(world, strstr(told(world, "jack"), "not answer") != NULL);
	times = fake.times_kept;
	while (fake.times_kept < times + 2) { // ticks that look at it
		fake_libjack_cycle(256);
		uv_run(&world->loop, UV_RUN_ONCE);
	}
	assert_true(was_sent(" 903c64"));
	fake_backend_release(FAKE_BEAT);
	AWAIT(world, strcmp(told(world, "jack"), "open") == 0);
}

// R11: an idle bridge does not wake up.
static void
nothing_ticks_when_nothing_waits(void **state)
{
	struct world *world = *state;
	const uv_handle_t *tick;
	unsigned times;

	fake_backend_set_server(true);
	fake_backend_set_running(true);
	plug();
	begin(world);
	tick = (const uv_handle_t *)&world->bridge->tick;
	assert_false(uv_is_active(tick));
	AWAIT(world, world->ready > 0);
	assert_false(uv_is_active(tick));
	set_link(true, "seq:out", "a2j:" OUT);
	AWAIT(world, fake.subscribed[STAGE_MIDI_PLAYBACK] == 1);
	assert_false(uv_is_active(tick));
	times = fake.times_kept;
	set_link(true, "a2j:" IN, "synth:in");
	AWAIT(world, fake.subscribed[STAGE_MIDI_CAPTURE] == 1);
	assert_true(fake.times_kept > times); // before anything comes
	assert_true(uv_is_active(tick));
	times = fake.times_kept;
	AWAIT(world, fake.times_kept > times);
	set_link(false, "a2j:" IN, "synth:in");
	AWAIT(world, !uv_is_active(tick));
	set_rules(world, "ignore *");
	AWAIT(world, uv_is_active(tick)); // until the ports have gone
	fake_libjack_cycle(256);
	fake_libjack_cycle(256);
	AWAIT(world, !uv_is_active(tick));
	assert_int_equal(fake_libjack_count(), 0);
}

static void
what_could_not_be_saved_is_saved_later(void **state)
{
	struct world *world = *state;
	const char *state_dir = scratch_path(&world->scratch, "state");
	char dir[STAGE_PATH_MAX];

	assert_int_equal(
		stage_format(dir, sizeof(dir), "%s", state_dir), STAGE_OK);
	scratch_write(&world->scratch, "state", "no directory");
	plug();
	begin(world);
	assert_true(uv_is_active((uv_handle_t *)&world->bridge->tick));
	assert_int_equal(unlink(dir), 0);
	AWAIT(world, !uv_is_active((uv_handle_t *)&world->bridge->tick));
	assert_int_equal(
		access(scratch_path(&world->scratch, "state/midi/endpoints"),
			F_OK),
		0);
}

static void
a_server_that_bridges_has_the_devices(void **state)
{
	struct world *world = *state;

	play_on(world);
	hold_a_note(world);
	fake_backend_port(true, "system:midi_capture_1");
	AWAIT(world, was_sent(" 903c64 803c40"));
	AWAIT(world, fake.subscribed[0] + fake.subscribed[1] == 0);
	fake_backend_shutdown("it went");
	AWAIT(world, strcmp(told(world, "jack"), "open") != 0);
	fake_backend_set_port("system:midi_capture_1", NULL);
	fake_libjack_reset();
	fake_backend_set_server(true);
	AWAIT(world, strcmp(told(world, "jack"), "open") == 0);
	AWAIT(world, fake_libjack_has(IN));
}

static void
pipewire_bridges_itself_unless_it_is_told_not_to(void **state)
{
	struct world *world = *state;

	fake_backend_set_pipewire(true);
	fake_backend_set_server(true);
	plug();
	begin(world);
	AWAIT(world, world->ready > 0);
	fake_libjack_cycle(256);
	fake_libjack_cycle(256);
	AWAIT(world, fake_libjack_count() == 0);
	assert_true(world->bridge->is_standing_back);
	set_rules(world, "pipewire yes");
	AWAIT(world, fake_libjack_count() == 2);
}

static struct stage_midi_endpoint *
find(struct world *world, const char *name, enum stage_status expected)
{
	struct stage_midi_endpoint *endpoint = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_midi_bridge_find(world->bridge, name, &endpoint, &err),
		expected);
	assert_true((err.text[0] != '\0') == (expected != STAGE_OK));
	return expected == STAGE_OK ? endpoint : NULL;
}

static void
endpoints_are_found_by_any_of_their_names(void **state)
{
	struct world *world = *state;
	const struct stage_midi_identity twin = midi_keyboard("SN2", "1-2");
	struct stage_midi_endpoint *first;

	plug();
	midi_world_plug(&fake.devices, 24, &twin, "MIDI 1", 2);
	begin(world);
	first = find(world, "1", STAGE_OK);
	assert_ptr_equal(find(world, "Keystation 61", STAGE_OK), first);
	assert_ptr_equal(find(world, "" IN, STAGE_OK), first);
	assert_ptr_equal(find(world, "a2j:" OUT, STAGE_OK), first);
	find(world, "Keystation 61 #2", STAGE_BAD_INPUT); // two ports
	find(world, "Keystation", STAGE_NOT_FOUND);
	find(world, "", STAGE_NOT_FOUND);
	find(world, "4", STAGE_NOT_FOUND);
	assert_int_equal(
		stage_midi_bridge_label(world->bridge, first, "Left", NULL),
		STAGE_OK);
	assert_ptr_equal(find(world, "Left", STAGE_OK), first);
}

static void
labels_have_an_end(void **state)
{
	struct world *world = *state;
	char label[STAGE_MIDI_LABEL_MAX + 1];
	struct stage_midi_endpoint *endpoint;

	plug();
	begin(world);
	endpoint = find(world, "1", STAGE_OK);
	memset(label, 'x', STAGE_MIDI_LABEL_MAX);
	label[STAGE_MIDI_LABEL_MAX] = '\0';
	assert_int_equal(
		stage_midi_bridge_label(world->bridge, endpoint, label, NULL),
		STAGE_TOO_LONG);
	label[STAGE_MIDI_LABEL_MAX - 1] = '\0';
	assert_int_equal(
		stage_midi_bridge_label(world->bridge, endpoint, label, NULL),
		STAGE_OK);
}

static void
only_what_is_away_is_forgotten(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	play_on(world);
	assert_int_equal(stage_midi_bridge_forget(world->bridge,
				 find(world, "1", STAGE_OK), &err),
		STAGE_BUSY);
	assert_non_null(strstr(err.text, "is here"));
	pull();
	AWAIT(world, way_is(world, STAGE_MIDI_CAPTURE, "device", "\"closed\""));
	assert_int_equal(stage_midi_bridge_forget(world->bridge,
				 find(world, "1", STAGE_OK), NULL),
		STAGE_OK);
	find(world, "1", STAGE_NOT_FOUND);
	fake_libjack_cycle(256);
	fake_libjack_cycle(256);
	AWAIT(world, fake_libjack_count() == 0);
}

static void
a_test_plays_a_note(void **state)
{
	struct world *world = *state;
	struct stage_midi_endpoint *endpoint;
	struct stage_err err = STAGE_ERR_INIT;

	plug();
	begin(world);
	endpoint = find(world, "1", STAGE_OK);
	assert_int_equal(stage_midi_bridge_test(world->bridge, endpoint, &err),
		STAGE_BUSY);
	assert_non_null(strstr(err.text, "connect something"));
	set_rules(world, "pin *");
	assert_int_equal(stage_midi_bridge_test(world->bridge, endpoint, NULL),
		STAGE_OK);
	assert_true(was_sent(" 903c64 803c40"));
	pull();
	AWAIT(world, way_is(world, STAGE_MIDI_CAPTURE, "device", "\"closed\""));
	assert_int_equal(stage_midi_bridge_test(world->bridge, endpoint, &err),
		STAGE_GONE);
}

static void
what_only_plays_is_played_no_test(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	plug();
	fake.devices.found[0].has[STAGE_MIDI_PLAYBACK] = false;
	begin(world);
	set_rules(world, "pin *");
	assert_int_equal(stage_midi_bridge_test(world->bridge,
				 find(world, "1", STAGE_OK), &err),
		STAGE_BAD_INPUT);
	assert_string_equal(
		err.text, "MIDI 1 takes no notes, it only plays them");
	assert_true(was_sent(""));
}

static void
a_panic_goes_everywhere(void **state)
{
	struct world *world = *state;
	struct fake_event played[64];

	play_on(world);
	stage_midi_bridge_panic(world->bridge);
	fake_libjack_cycle(256);
	assert_int_equal(fake_libjack_events(IN, played, 64), 32);
	AWAIT(world, sent_length() == 32 * 7);
}

static void
virtual_ports_are_kept(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	begin(world);
	assert_int_equal(stage_midi_bridge_add_virtual(world->bridge, "", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(
		stage_midi_bridge_add_virtual(world->bridge, "Lights", NULL),
		STAGE_OK);
	AWAIT(world, find(world, "Lights", STAGE_OK)->is_here);
	assert_int_equal(
		stage_midi_bridge_add_virtual(world->bridge, "Lights", &err),
		STAGE_EXISTS);
	end(world);
	midi_world_pull(&fake.devices, 128);
	begin(world);
	AWAIT(world, find(world, "Lights", STAGE_OK)->is_here);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(it_opens_at_once),
		TEST(one_that_begins_is_tried_again),
		TEST(a_build_without_alsa_says_so),
		TEST(a_device_is_open_while_its_port_is_connected),
		TEST(a_port_outlives_its_device),
		TEST(a_device_that_another_has_is_tried_again),
		TEST(what_a_device_holds_ends_with_the_last_connection),
		TEST(what_a_device_holds_ends_with_the_server),
		TEST(what_a_device_holds_ends_with_its_port),
		TEST(what_a_device_holds_ends_with_the_bridge),
		TEST(what_a_killed_bridge_left_is_ended),
		TEST(what_a_client_holds_ends_when_events_were_lost),
		TEST(what_a_client_holds_ends_when_its_channel_is_filtered),
		TEST(devices_are_heard_while_the_server_stands_still),
		TEST(what_a_device_holds_ends_when_audio_stands_still),
		TEST(one_that_only_does_not_answer_plays_on),
		TEST(nothing_ticks_when_nothing_waits),
		TEST(what_could_not_be_saved_is_saved_later),
		TEST(a_server_that_bridges_has_the_devices),
		TEST(pipewire_bridges_itself_unless_it_is_told_not_to),
		TEST(endpoints_are_found_by_any_of_their_names),
		TEST(labels_have_an_end),
		TEST(only_what_is_away_is_forgotten),
		TEST(a_test_plays_a_note),
		TEST(what_only_plays_is_played_no_test),
		TEST(a_panic_goes_everywhere),
		TEST(virtual_ports_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
