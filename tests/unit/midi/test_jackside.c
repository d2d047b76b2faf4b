/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/jackside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jack/metadata.h>
#include <jack/types.h>

#include "base/clock.h"
#include "fake_backend.h"
#include "fake_libjack.h"

#define DEADLINE_NS (20 * STAGE_NS_PER_S)

static struct {
	uv_loop_t loop;
	uv_timer_t pulse; // so that the loop is never without an event
	struct stage_midi_wire *wire;
	struct stage_midi_jack *jack;
	struct stage_midi_held held;
	bool is_here;
	unsigned opened, lost, connected, rivals, warnings;
	char warning[256];
	atomic_uint tended;
	atomic_bool has_ended;
} world;

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	(void)user;
	assert_int_equal(info->rate_hz, 48000);
	world.opened++;
}

static void
on_lost(void *user, const char *reason)
{
	(void)user;
	assert_string_equal(reason, "it went");
	world.lost++;
}

static void
on_connected(void *user)
{
	(void)user;
	world.connected++;
}

static void
on_rival(void *user)
{
	(void)user;
	world.rivals++;
}

static void
on_stalled(void *user, const char *reason)
{
	(void)user;
	fail_msg("%s", reason);
}

static void
on_alive(void *user)
{
	(void)user;
	fail_msg("it was never stalled");
}

static void
on_tended(void *user)
{
	(void)user;
	atomic_fetch_add(&world.tended, 1);
}

static void
on_warn(void *user, const char *sentence)
{
	(void)user;
	world.warnings++;
	strncpy(world.warning, sentence, sizeof(world.warning) - 1);
}

static void
on_hung(void *user, const char *sentence)
{
	(void)user;
	fail_msg("%s", sentence);
}

static void
on_ended(void *user)
{
	(void)user;
	atomic_store(&world.has_ended, true);
}

static const struct stage_midi_jack_events events = {
	.opened = on_opened,
	.lost = on_lost,
	.connected = on_connected,
	.rival = on_rival,
	.stalled = on_stalled,
	.alive = on_alive,
	.tended = on_tended,
	.warn = on_warn,
	.hung = on_hung,
	.ended = on_ended,
};

static void
on_pulse(uv_timer_t *timer)
{
	(void)timer;
}

static int
set_up(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)state;
	memset(&world, 0, sizeof(world));
	fake_backend_reset();
	fake_libjack_reset();
	uv_loop_init(&world.loop);
	uv_timer_init(&world.loop, &world.pulse);
	uv_timer_start(&world.pulse, on_pulse, 5, 5);
	world.wire = calloc(1, sizeof(*world.wire));
	assert_non_null(world.wire);
	assert_int_equal(stage_midi_wire_init(world.wire), STAGE_OK);
	assert_int_equal(
		stage_midi_jack_create(&world.loop, world.wire, "a2j",
			fake_backend(), &events, NULL, &world.jack, &err),
		STAGE_OK);
	return 0;
}

#define AWAIT(condition)                                                       \
	do {                                                                   \
		int64_t until_ns = stage_clock_now_ns() + DEADLINE_NS;         \
		while (!(condition) && stage_clock_now_ns() < until_ns) {      \
			uv_run(&world.loop, UV_RUN_ONCE);                      \
		}                                                              \
		assert_true(condition);                                        \
	} while (0)

static int
tear_down(void **state)
{
	(void)state;
	fake_backend_release(FAKE_OWN);
	stage_midi_jack_destroy(world.jack);
	AWAIT(atomic_load(&world.has_ended));
	uv_close((uv_handle_t *)&world.pulse, NULL);
	uv_run(&world.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world.loop), 0);
	stage_midi_wire_finish(world.wire);
	free(world.wire);
	fake_backend_reset();
	fake_libjack_reset();
	return 0;
}

static struct stage_midi_way *
add(enum stage_midi_direction direction)
{
	struct stage_midi_way *way = stage_midi_wire_add(world.wire, direction);

	assert_non_null(way);
	atomic_store(&way->held, &world.held); // it is in use
	return way;
}

static void
want(struct stage_midi_way *way, const char *name, const char *label)
{
	const struct stage_midi_jack_port port = {.name = name,
		.identity = "usb-1-SN1/0/out",
		.label = label,
		.group = "Keys",
		.order = 3,
		.is_hardware = true,
		.is_here = world.is_here};

	stage_midi_jack_want(world.jack, way, &port);
}

// As the server does, for the name of a port of ours.
static void
start_server(void)
{
	fake_backend_set_server(true);
	fake_backend_set_running(true);
	AWAIT(world.opened > 0);
}

static void
set_link(bool is_connected, const char *from, const char *to)
{
	fake_backend_port(true, from);
	fake_backend_port(true, to);
	fake_backend_link(is_connected, from, to);
}

static void
each_server_gets_all_ports(void **state)
{
	struct stage_midi_way *way = add(STAGE_MIDI_CAPTURE);

	(void)state;
	want(way, "Keys (capture): 1", "Left hand");
	assert_int_equal(fake_libjack_count(), 0);
	start_server();
	assert_true(fake_libjack_has("Keys (capture): 1"));
	assert_int_equal(fake_libjack_flags("Keys (capture): 1"),
		JackPortIsOutput | JackPortIsPhysical | JackPortIsTerminal);
	assert_string_equal(
		fake_libjack_alias("Keys (capture): 1", 0), "usb-1-SN1/0/out");
	assert_string_equal(fake_libjack_alias("Keys (capture): 1", 1),
		"Left hand (capture)");
	AWAIT(strcmp(fake_libjack_property(
			     "Keys (capture): 1", JACK_METADATA_PRETTY_NAME),
		      "Left hand") == 0);
	fake_libjack_reset(); // and with it the ports of a server
	fake_backend_shutdown("it went");
	AWAIT(world.lost == 1);
	AWAIT(atomic_load(&way->port) == NULL);
	fake_backend_set_server(true);
	AWAIT(world.opened == 2);
	assert_true(fake_libjack_has("Keys (capture): 1"));
	assert_non_null(atomic_load(&way->port));
}

static void
a_label_is_an_alias_that_can_change(void **state)
{
	struct stage_midi_way *way = add(STAGE_MIDI_PLAYBACK);

	(void)state;
	start_server();
	want(way, "Keys (playback): 1", "");
	AWAIT(fake_libjack_has("Keys (playback): 1"));
	assert_string_equal(fake_libjack_alias("Keys (playback): 1", 1), "");
	want(way, "Keys (playback): 1", "Synth");
	AWAIT(strcmp(fake_libjack_alias("Keys (playback): 1", 1),
		      "Synth (playback)") == 0);
	want(way, "Keys (playback): 1", "");
	AWAIT(fake_libjack_alias("Keys (playback): 1", 1)[0] == '\0');
	assert_int_equal(fake_libjack_count(), 1);
}

#define PROPERTY(key) fake_libjack_property("x", JACK_METADATA_##key)

// They are told to all clients: not more often than they change.
static void
properties_say_what_a_port_is(void **state)
{
	struct stage_midi_way *way = add(STAGE_MIDI_CAPTURE);
	unsigned changes;

	(void)state;
	start_server();
	want(way, "x", "");
	AWAIT(PROPERTY(ICON_NAME)[0] != '\0');
	assert_string_equal(PROPERTY(PORT_GROUP), "Keys");
	assert_string_equal(PROPERTY(ORDER), "3");
	assert_string_equal(PROPERTY(ICON_NAME), "network-offline");
	assert_string_equal(PROPERTY(PRETTY_NAME), "");
	AWAIT(atomic_load(&world.tended) > 0);
	changes = fake_libjack_changes();
	world.is_here = true;
	want(way, "x", "");
	AWAIT(strcmp(PROPERTY(ICON_NAME), "audio-card") == 0);
	assert_int_equal(fake_libjack_changes(), changes + 1);
	want(way, "x", "");
	want(way, "x", "Left");
	AWAIT(strcmp(PROPERTY(PRETTY_NAME), "Left") == 0);
	assert_int_equal(fake_libjack_changes(), changes + 4); // two aliases
	want(way, "x", "");
	AWAIT(PROPERTY(PRETTY_NAME)[0] == '\0');
}

// A cycle may be using what was taken away just now.
static void
a_port_goes_two_cycles_later(void **state)
{
	struct stage_midi_way *way = add(STAGE_MIDI_CAPTURE);

	(void)state;
	start_server();
	want(way, "x", "");
	AWAIT(atomic_load(&way->port) != NULL);
	fake_libjack_cycle(256);
	stage_midi_jack_unwant(world.jack, way);
	assert_null(atomic_load(&way->port));
	for (int i = 0; i < 2; i++) {
		assert_true(stage_midi_jack_tidy(world.jack));
		// What the worker did is what it does before this.
		want(add(STAGE_MIDI_CAPTURE), i == 0 ? "y" : "z", "");
		AWAIT(fake_libjack_has(i == 0 ? "y" : "z"));
		assert_true(fake_libjack_has("x"));
		fake_libjack_cycle(256);
	}
	assert_true(stage_midi_jack_tidy(world.jack));
	AWAIT(!fake_libjack_has("x"));
	AWAIT(!stage_midi_jack_tidy(world.jack));
}

// What is wanted in its place waits until it has gone.
static void
a_place_is_taken_again_when_it_is_free(void **state)
{
	struct stage_midi_way *way = add(STAGE_MIDI_CAPTURE);

	(void)state;
	start_server();
	want(way, "x", "");
	AWAIT(atomic_load(&way->port) != NULL);
	stage_midi_jack_unwant(world.jack, way);
	want(way, "y", "");
	want(add(STAGE_MIDI_CAPTURE), "z", ""); // of the next place
	AWAIT(fake_libjack_has("z"));
	assert_false(fake_libjack_has("y"));
	assert_null(atomic_load(&way->port));
	fake_libjack_cycle(256);
	fake_libjack_cycle(256);
	assert_true(stage_midi_jack_tidy(world.jack));
	AWAIT(atomic_load(&way->port) != NULL);
	assert_true(fake_libjack_has("y"));
	assert_false(fake_libjack_has("x"));
}

static void
a_server_that_stands_still_keeps_nobody_waiting(void **state)
{
	struct stage_midi_way *kept = add(STAGE_MIDI_CAPTURE);
	struct stage_midi_way *dropped = add(STAGE_MIDI_CAPTURE);

	(void)state;
	start_server();
	fake_backend_block(FAKE_OWN);
	want(kept, "kept", "A");
	want(dropped, "dropped", "");
	fake_backend_await(FAKE_OWN); // it is within, for as long as it likes
	assert_false(stage_midi_jack_is_settled(world.jack));
	want(kept, "kept", "B");
	stage_midi_jack_unwant(world.jack, dropped);
	stage_midi_jack_tell_latency(world.jack);
	assert_false(stage_midi_jack_tidy(world.jack));
	set_link(true, "a2j:kept", "other:in");
	AWAIT(atomic_load(&kept->is_connected)); // the loop hears as ever
	assert_int_equal(fake_libjack_count(), 0);
	fake_backend_release(FAKE_OWN);
	AWAIT(fake_libjack_recomputes() == 1);
	assert_true(stage_midi_jack_is_settled(world.jack));
	assert_true(fake_libjack_has("kept"));
	assert_false(fake_libjack_has("dropped"));
	assert_string_equal(fake_libjack_alias("kept", 1), "B (capture)");
}

// Registered when it was not wanted any more.
static void
a_port_that_came_too_late_goes_again(void **state)
{
	struct stage_midi_way *way = add(STAGE_MIDI_CAPTURE);

	(void)state;
	start_server();
	fake_backend_block(FAKE_OWN);
	want(way, "late", "");
	fake_backend_await(FAKE_OWN);
	stage_midi_jack_unwant(world.jack, way);
	stage_midi_jack_tell_latency(world.jack);
	fake_backend_release(FAKE_OWN);
	AWAIT(fake_libjack_recomputes() > 0);
	AWAIT(!fake_libjack_has("late")); // no cycle ever saw it
	assert_null(atomic_load(&way->port));
	assert_false(stage_midi_jack_tidy(world.jack));
}

static void
connections_are_known_by_the_ways(void **state)
{
	struct stage_midi_way *in = add(STAGE_MIDI_CAPTURE);
	struct stage_midi_way *out = add(STAGE_MIDI_PLAYBACK);

	(void)state;
	want(in, "in", "");
	want(out, "out", "");
	start_server();
	set_link(true, "a2j:in", "synth:in");
	AWAIT(world.connected == 1);
	assert_true(atomic_load(&in->is_connected));
	assert_false(atomic_load(&out->is_connected));
	set_link(true, "seq:out", "a2j:out");
	AWAIT(world.connected == 2);
	assert_true(atomic_load(&out->is_connected));
	set_link(false, "a2j:in", "synth:in");
	AWAIT(!atomic_load(&in->is_connected));
	stage_midi_jack_unwant(world.jack, out);
	assert_false(atomic_load(&out->is_connected));
	want(in, "in", "L");
	set_link(true, "a2j:in", "synth:in");
	AWAIT(atomic_load(&in->is_connected));
	fake_backend_shutdown("it went");
	AWAIT(world.lost == 1);
	assert_false(atomic_load(&in->is_connected));
}

static void
standing_back_takes_all_away_and_brings_it_back(void **state)
{
	struct stage_midi_way *way = add(STAGE_MIDI_CAPTURE);

	(void)state;
	want(way, "x", "");
	start_server();
	stage_midi_jack_stand_back(world.jack, true);
	assert_null(atomic_load(&way->port));
	fake_libjack_cycle(256);
	fake_libjack_cycle(256);
	assert_true(stage_midi_jack_tidy(world.jack));
	AWAIT(fake_libjack_count() == 0);
	want(way, "x", "named");
	stage_midi_jack_tell_latency(world.jack);
	AWAIT(fake_libjack_recomputes() == 1);
	assert_int_equal(fake_libjack_count(), 0);
	stage_midi_jack_stand_back(world.jack, false);
	AWAIT(fake_libjack_has("x"));
}

static void
where_there_is_no_room_it_is_said_and_tried_again(void **state)
{
	struct stage_midi_way *way = add(STAGE_MIDI_CAPTURE);

	(void)state;
	fake_libjack_set_room(0);
	want(way, "x", "");
	start_server();
	world.warnings = 0; // that there was no server, perhaps
	for (int i = 0; i < 3; i++) {
		assert_true(stage_midi_jack_tidy(world.jack));
	}
	assert_int_equal(world.warnings, 1);
	assert_true(stage_midi_jack_is_settled(world.jack)); // as far as may be
	assert_non_null(strstr(world.warning, "1 of the MIDI ports"));
	fake_libjack_set_room(8);
	assert_true(stage_midi_jack_tidy(world.jack));
	AWAIT(atomic_load(&way->port) != NULL);
	assert_false(stage_midi_jack_tidy(world.jack));
}

static void
latencies_are_told(void **state)
{
	struct stage_midi_way *in = add(STAGE_MIDI_CAPTURE);
	struct stage_midi_way *out = add(STAGE_MIDI_PLAYBACK);

	(void)state;
	want(in, "in", "");
	want(out, "out", "");
	start_server();
	atomic_store(&world.wire->latency_ns, STAGE_NS_PER_S / 100);
	fake_libjack_ask_latency(true);
	assert_int_equal(fake_libjack_latency("in", true), 256);
	assert_int_equal(fake_libjack_latency("in", false), 256);
	assert_int_equal(fake_libjack_latency("out", false), 0);
	fake_libjack_ask_latency(false);
	assert_int_equal(fake_libjack_latency("out", true), 480);
	atomic_store(&in->is_asap, true);
	fake_libjack_ask_latency(true);
	assert_int_equal(fake_libjack_latency("in", true), 0);
	assert_int_equal(fake_libjack_latency("in", false), 256);
}

static void
a_server_that_bridges_is_told_once(void **state)
{
	(void)state;
	start_server();
	fake_backend_port(true, "system:midi_capture_1");
	fake_backend_port(true, "system:midi_playback_1");
	AWAIT(world.rivals > 0);
	fake_backend_port(true, "other:midi_capture_1");
	set_link(true, "a:out", "b:in");
	want(add(STAGE_MIDI_CAPTURE), "x", "");
	AWAIT(fake_libjack_has("x"));
	assert_int_equal(world.rivals, 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_server_gets_all_ports),
		TEST(a_label_is_an_alias_that_can_change),
		TEST(properties_say_what_a_port_is),
		TEST(a_port_goes_two_cycles_later),
		TEST(a_place_is_taken_again_when_it_is_free),
		TEST(a_server_that_stands_still_keeps_nobody_waiting),
		TEST(a_port_that_came_too_late_goes_again),
		TEST(connections_are_known_by_the_ways),
		TEST(standing_back_takes_all_away_and_brings_it_back),
		TEST(where_there_is_no_room_it_is_said_and_tried_again),
		TEST(latencies_are_told),
		TEST(a_server_that_bridges_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
