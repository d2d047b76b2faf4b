/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Ports that are a slot's own, with a JACK that is the test's: what comes in
 * and goes out there, and which there are when. */

#include "offline.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "rack/jackports.h"
#include "rack/ways.h"

#define SIDES "plugin http://stagecraft.example/sides#"
#define PORTS_MAX 128
#define HERTZ 1000
#define PI 3.14159265358979
#define STEP 1e-3F        // -60 dB
#define POSITION_BYTES 64 // of a jack_position_t, which has more

// JACK, as far as it is asked.

struct _jack_port {
	char name[STAGE_RACK_PORT_MAX];
	unsigned long flags;
	_Atomic bool is_there;
	float buffer[FRAMES];
	jack_latency_range_t latency;
	float last, step; // of what goes out
};

static struct {
	struct _jack_port ports[PORTS_MAX];
	_Atomic size_t count;
	size_t room; // for ports
	size_t there;
} jack;

static float in[2][FRAMES];
static float out[2][FRAMES];
static unsigned long at; // frames

jack_port_t *jack_port_register(jack_client_t *client, const char *name,
	const char *type, unsigned long flags, unsigned long size);
int jack_port_unregister(jack_client_t *client, jack_port_t *port);
void *jack_port_get_buffer(jack_port_t *port, jack_nframes_t frames);
int jack_port_connected(const jack_port_t *port);
void jack_port_set_latency_range(jack_port_t *port,
	jack_latency_callback_mode_t mode, jack_latency_range_t *range);
void jack_port_get_latency_range(jack_port_t *port,
	jack_latency_callback_mode_t mode, jack_latency_range_t *range);
int jack_transport_query(const void *client, void *position);
uint32_t jack_midi_get_event_count(void *buffer);
int jack_midi_event_get(void *event, void *buffer, uint32_t at_event);
void jack_midi_clear_buffer(void *buffer);
size_t jack_midi_max_event_size(void *buffer);
int jack_midi_event_write(
	void *buffer, uint32_t frame, const unsigned char *bytes, size_t size);

static struct _jack_port *
find_port(const char *name)
{
	for (size_t i = 0; i < jack.count; i++) {
		if (jack.ports[i].is_there &&
			strcmp(jack.ports[i].name, name) == 0) {
			return &jack.ports[i];
		}
	}
	return NULL;
}

jack_port_t *
jack_port_register(jack_client_t *client, const char *name, const char *type,
	unsigned long flags, unsigned long size)
{
	struct _jack_port *port = &jack.ports[jack.count];

	(void)client;
	(void)type;
	(void)size;
	if (jack.there >= jack.room || jack.count == PORTS_MAX ||
		find_port(name) != NULL) {
		return NULL;
	}
	jack.there++;
	memset(port, 0, sizeof(*port));
	snprintf(port->name, sizeof(port->name), "%s", name);
	port->flags = flags;
	port->is_there = true;
	jack.count++;
	return port;
}

// Whoever uses the port from now on is heard.
int
jack_port_unregister(jack_client_t *client, jack_port_t *port)
{
	(void)client;
	port->is_there = false;
	jack.there--;
	return 0;
}

static bool
is_own(const void *port)
{
	return port == in[0] || port == in[1] || port == out[0] ||
	       port == out[1];
}

void *
jack_port_get_buffer(jack_port_t *port, jack_nframes_t frames)
{
	assert_int_equal(frames, FRAMES);
	if (is_own(port)) {
		return port;
	}
	assert_true(port->is_there);
	sched_yield(); // another thread may end it, unless it knows better
	return port->buffer;
}

void
jack_port_set_latency_range(jack_port_t *port,
	jack_latency_callback_mode_t mode, jack_latency_range_t *range)
{
	(void)mode;
	port->latency = *range;
}

void
jack_port_get_latency_range(jack_port_t *port,
	jack_latency_callback_mode_t mode, jack_latency_range_t *range)
{
	(void)mode;
	*range = port->latency;
}

int
jack_port_connected(const jack_port_t *port)
{
	(void)port;
	return 1;
}

int
jack_transport_query(const void *client, void *position)
{
	(void)client;
	memset(position, 0, POSITION_BYTES);
	return 0;
}

// There is no MIDI.

uint32_t
jack_midi_get_event_count(void *buffer)
{
	(void)buffer;
	return 0;
}

int
jack_midi_event_get(void *event, void *buffer, uint32_t at_event)
{
	(void)event;
	(void)buffer;
	(void)at_event;
	return -1;
}

void
jack_midi_clear_buffer(void *buffer)
{
	(void)buffer;
}

size_t
jack_midi_max_event_size(void *buffer)
{
	(void)buffer;
	return 0;
}

int
jack_midi_event_write(
	void *buffer, uint32_t frame, const unsigned char *bytes, size_t size)
{
	(void)buffer;
	(void)frame;
	(void)bytes;
	(void)size;
	return -1;
}

// The server, and its cycles.

static struct _jack_port *
port_of(const char *name)
{
	struct _jack_port *port = find_port(name);

	if (port == NULL) {
		fail_msg("there is no port %s", name);
	}
	return port;
}

static void
on_made(void *user, const char *name, jack_port_t *port)
{
	(void)user;
	assert_string_equal(port->name, name);
}

// Another one than before, if there was one.
static void
open_server(struct world *world)
{
	memset(&jack, 0, sizeof(jack));
	jack.room = PORTS_MAX;
	for (uint32_t i = 0; i < 2; i++) {
		world->wire.ins[i] = in[i];
		world->wire.outs[i] = out[i];
	}
	world->wire.in_count = (uint32_t)world->rack->config.ins;
	world->wire.out_count = (uint32_t)world->rack->config.outs;
	stage_rack_wire_mute(&world->wire);
	stage_rack_jackports_open(&world->wire, NULL, on_made, NULL);
	set_rate(world, RATE_HZ);
}

static void
hear(struct _jack_port *port)
{
	for (int i = 0; i < FRAMES; i++) {
		float step = fabsf(port->buffer[i] - port->last);
		port->step = fmaxf(port->step, step);
		port->last = port->buffer[i];
	}
}

// None of the ports that were used in this cycle was ended meanwhile: they
// might be another client's by then.
static void
check_used(struct world *world)
{
	for (uint32_t i = 0; i < atomic_load(&world->wire.sides.count); i++) {
		const float *buffer = world->wire.sides.items[i].buffer;
		for (size_t k = 0; buffer != NULL && k < jack.count; k++) {
			assert_true(jack.ports[k].buffer != buffer ||
				    jack.ports[k].is_there);
		}
	}
}

// A cycle; sine: of what comes in everywhere, else it stays as it was set.
static void
play(struct world *world, bool is_sine)
{
	for (int k = 0; is_sine && k < FRAMES; k++) {
		float sample = (float)sin(
			2 * PI * HERTZ * (double)(at + (unsigned)k) / RATE_HZ);
		in[0][k] = in[1][k] = sample;
		for (size_t i = 0; i < jack.count; i++) {
			if ((jack.ports[i].flags & JackPortIsInput) != 0) {
				jack.ports[i].buffer[k] = sample;
			}
		}
	}
	at += FRAMES;
	assert_int_equal(stage_rack_process(FRAMES, &world->wire), 0);
	check_used(world);
	for (size_t i = 0; i < jack.count; i++) {
		hear(&jack.ports[i]);
	}
}

struct tending {
	struct world *world;
	_Atomic bool is_done;
};

static void *
tend(void *arg)
{
	struct tending *tending = arg;

	stage_rack_jackports_tend(&tending->world->wire, NULL, on_made, NULL);
	atomic_store(&tending->is_done, true);
	return NULL;
}

// What the loop does behind a cycle, with the worker beside the cycles.
static void
look(struct world *world, bool is_sine)
{
	struct tending tending = {.world = world};
	pthread_t thread;

	stage_rack_tidy(world->rack);
	if (!stage_rack_ways_tidy(world->rack)) {
		return;
	}
	assert_int_equal(pthread_create(&thread, NULL, tend, &tending), 0);
	while (!atomic_load(&tending.is_done)) {
		play(world, is_sine);
	}
	pthread_join(thread, NULL);
	(void)stage_rack_ways_tidy(world->rack);
}

static void
play_all(struct world *world, bool is_sine)
{
	for (int i = 0; i < MANY; i++) {
		play(world, is_sine);
		look(world, is_sine);
	}
}

static void
set_input(float *buffer, float level)
{
	for (int i = 0; i < FRAMES; i++) {
		buffer[i] = level;
	}
}

// A rack of two channels with one slot, and half of what may come in.
static void
start_with(struct world *world, const char *file, const char *slot)
{
	scratch_write(&world->scratch, "rack", "midi no\n");
	scratch_write(&world->scratch, file, slot);
	start(world);
	open_server(world);
	set_input(in[0], 0.5F);
	set_input(in[1], 0.25F);
}

static void
change(struct world *world, const char *file, const char *slot)
{
	if (slot != NULL) {
		scratch_write(&world->scratch, file, slot);
	} else {
		unlink(scratch_path(&world->scratch, file));
	}
	stage_rack_reload(world->rack);
}

static void
check_outs(float left, float right)
{
	if (!is_near(out[0][FRAMES - 1], left) ||
		!is_near(out[1][FRAMES - 1], right)) {
		fail_msg("it is %g and %g, not %g and %g",
			(double)out[0][FRAMES - 1], (double)out[1][FRAMES - 1],
			(double)left, (double)right);
	}
}

static void
check_port(const char *name, float level)
{
	float seen = port_of(name)->buffer[FRAMES - 1];

	if (!is_near(seen, level)) {
		fail_msg("%s is %g, not %g", name, (double)seen, (double)level);
	}
}

// All that are there, in the order in which they were made.
static void
check_ports(const char *names)
{
	struct stage_str all = {0};

	for (size_t i = 0; i < jack.count; i++) {
		if (jack.ports[i].is_there) {
			assert_int_equal(stage_str_addf(&all, "%s%s",
						 all.len > 0 ? " " : "",
						 jack.ports[i].name),
				STAGE_OK);
		}
	}
	assert_string_equal(stage_str_text(&all), names);
	stage_str_finish(&all);
}

// What a sidechain hears.

static void
a_sidechain_hears_the_sound_itself_without_a_port(void **state)
{
	struct world *world = *state;

	start_with(world, "10-comp.slot", SIDES "key\n");
	play_all(world, false);
	check_outs(1.5F, 0.75F);
	check_ports("");
	change(world, "20-duck.slot", SIDES "duck\n"); // one for each channel
	play_all(world, false);
	check_outs(4.5F, 2.25F);
}

static void
a_sidechain_hears_its_ports(void **state)
{
	struct world *world = *state;

	start_with(world, "10-comp.slot", SIDES "key\nsidechain\n");
	check_ports("comp-sidechain_1 comp-sidechain_2");
	play_all(world, false);
	check_outs(0.5F, 0.25F); // nobody is connected
	set_input(port_of("comp-sidechain_1")->buffer, 0.125F);
	set_input(port_of("comp-sidechain_2")->buffer, 0.0625F);
	play_all(world, false);
	check_outs(0.75F, 0.375F);
	port_of("comp-sidechain_1")->buffer[FRAMES - 1] = NAN;
	play(world, false);
	check_outs(0.5F, 0.375F);
}

static void
a_mono_one_hears_the_same_for_each_channel(void **state)
{
	struct world *world = *state;

	start_with(world, "10-duck.slot", SIDES "duck\nsidechain kick\n");
	check_ports("kick_1");
	set_input(port_of("kick_1")->buffer, 0.125F);
	play_all(world, false);
	check_outs(0.75F, 0.5F);
}

static void
a_sidechain_is_as_late_as_the_sound(void **state)
{
	struct world *world = *state;

	start_with(world, "10-late.slot", TEST "late\nset frames 100\n");
	change(world, "20-duck.slot", SIDES "duck\nsidechain\n");
	play_all(world, false);
	play_all(world, false);
	set_input(in[0], 0);
	set_input(in[1], 0);
	set_input(port_of("duck-sidechain_1")->buffer, 0);
	play_all(world, false);
	in[0][200] = in[1][200] = 1;
	port_of("duck-sidechain_1")->buffer[200] = 1;
	play(world, false);
	for (int i = 0; i < FRAMES; i++) {
		assert_true(is_near(out[0][i], 0) && is_near(out[1][i], 0));
	}
	in[0][200] = in[1][200] = 0;
	port_of("duck-sidechain_1")->buffer[200] = 0;
	play(world, false);
	assert_true(is_near(out[0][44], 3)); // both at once
	assert_true(is_near(out[1][44], 3));
}

static void
a_control_voltage_is_what_its_plugin_says(void **state)
{
	struct world *world = *state;

	start_with(world, "10-volts.slot", SIDES "volts\n");
	play_all(world, false);
	check_outs(0.25F, 0.125F);
	check_ports("");
	// One of voltages alone lets the sound pass.
	change(world, "20-patch.slot", SIDES "patch\n");
	assert_non_null(world->rack->slots[1]->link);
	play_all(world, false);
	check_outs(0.25F, 0.125F);
}

// Ports out of the ordinary.

static void
no_ports_no_defaults_and_parts_of_the_rate_are_fine(void **state)
{
	struct world *world = *state;

	start_with(world, "10-none.slot", SIDES "none\n");
	play_all(world, false);
	assert_non_null(slot_of(world, "none")->link);
	check_outs(0.5F, 0.25F);
	change(world, "20-rate.slot", SIDES "rate\n");
	play_all(world, false);
	check_outs(0.5F * 0.25F * 0.5F, 0.25F * 0.25F * 0.5F);
	set(world, "rate", "part", RATE_HZ / 2.0);
	set(world, "rate", "plain", 2);
	play_all(world, false);
	check_outs(0.5F, 0.25F);
	change(world, "30-smell.slot", SIDES "smell\n");
	play_all(world, false);
	assert_non_null(strstr(slot_of(world, "smell")->fault,
		"its port smell is of a kind that no rack has"));
	check_outs(0.5F, 0.25F);
}

// Outputs.

static void
outputs_that_the_bus_has_not_go_to_ports(void **state)
{
	struct world *world = *state;

	start_with(world, "10-drums.slot", SIDES "drums\nouts\n");
	play_all(world, false);
	check_outs(0.51F, 0.27F);
	check_ports("drums-out_3 drums-out_4 drums-out_5 drums-out_6 "
		    "drums-out_7 drums-out_8 drums-out_9 drums-out_10 "
		    "drums-out_11 drums-out_12 drums-out_13 drums-out_14 "
		    "drums-out_15 drums-out_16");
	check_port("drums-out_3", 0.03F);
	check_port("drums-out_16", 0.16F);
	set(world, "drums", "wet", 0.5);
	play_all(world, false);
	check_port("drums-out_16", 0.08F);
	set(world, "drums", "wet", 1);
	stage_rack_own_set(&world->rack->own, STAGE_RACK_OWN_MUTE, 1);
	stage_rack_apply_own(world->rack);
	play_all(world, false);
	check_outs(0, 0);
	check_port("drums-out_16", 0);
}

static void
the_main_ones_are_those_that_the_plugin_says(void **state)
{
	struct world *world = *state;

	start_with(world, "10-drums.slot", SIDES "direct\nouts kit\n");
	play_all(world, false);
	check_outs(0.53F, 0.29F);
	check_ports("kit_1 kit_2");
	check_port("kit_1", 0.01F);
	check_port("kit_2", 0.02F);
}

static void
a_rack_without_outputs_has_all_as_ports(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "rack", "in 0\nout 0\n");
	scratch_write(&world->scratch, "10-d.slot", SIDES "direct\nouts\n");
	start(world);
	open_server(world);
	play_all(world, false);
	check_ports("d-out_1 d-out_2 d-out_3 d-out_4");
	check_port("d-out_4", 0.04F);
}

// Sends and returns.

static void
a_send_sends_and_lets_the_sound_pass(void **state)
{
	struct world *world = *state;

	start_with(world, "20-hall.slot",
		"plugin builtin:send\nset level -6.0206\n");
	change(world, "10-gain.slot", TEST "middle\nset gain 0.5\n");
	play_all(world, false);
	check_outs(0.25F, 0.125F);
	check_ports("hall-send_1 hall-send_2");
	check_port("hall-send_1", 0.125F);
	check_port("hall-send_2", 0.0625F);
	set(world, "hall", "level", 0);
	play_all(world, false);
	check_port("hall-send_1", 0.25F);
	set(world, "hall", "level", -120);
	play_all(world, false);
	assert_true(port_of("hall-send_1")->buffer[FRAMES - 1] == 0);
	check_outs(0.25F, 0.125F);
}

static void
a_return_adds_what_comes(void **state)
{
	struct world *world = *state;

	start_with(
		world, "20-wet.slot", "plugin builtin:return\nreturn hall\n");
	change(world, "30-gain.slot", TEST "middle\nset gain 0.5\n");
	check_ports("hall_1 hall_2");
	set_input(port_of("hall_1")->buffer, 0.25F);
	set_input(port_of("hall_2")->buffer, 0.5F);
	play_all(world, false);
	check_outs(0.375F, 0.375F);
	set(world, "wet", "level", 6.0206);
	play_all(world, false);
	check_outs(0.5F, 0.625F);
}

// A client that is sent to, and delays: it plays behind the rack, which hears
// it in the next period.
#define AWAY 300
#define CYCLES 6

static struct {
	float sent[CYCLES * FRAMES];
	float heard[CYCLES * FRAMES];
} round_trip;

static void
send_round(struct world *world, unsigned impulse_at)
{
	struct _jack_port *back = port_of("back-return_1");
	const struct _jack_port *sent = port_of("aux-send_1");
	size_t bytes = FRAMES * sizeof(float);

	for (int now = 0; now < CYCLES * FRAMES; now += FRAMES) {
		for (int i = 0; i < FRAMES; i++) {
			int from = now + i - FRAMES - AWAY;
			back->buffer[i] = from < 0 ? 0 : round_trip.sent[from];
		}
		in[0][impulse_at] = now == 0 ? 1 : 0;
		play(world, false);
		memcpy(round_trip.sent + now, sent->buffer, bytes);
		memcpy(round_trip.heard + now, out[0], bytes);
	}
}

static void
check_heard(size_t first, size_t second)
{
	for (size_t i = 0; i < CYCLES * FRAMES; i++) {
		float wanted = (float)(i == first) + (float)(i == second);
		if (!is_near(round_trip.heard[i], wanted)) {
			fail_msg("frame %zu is %g", i,
				(double)round_trip.heard[i]);
		}
	}
}

// What the server says of the ports of a return; what is not sent is silence.
static void
have_returns_at(struct world *world, uint32_t frames)
{
	const jack_latency_range_t all = {30, 40};
	const jack_latency_range_t range = {frames, frames};

	set_input(in[0], 0);
	set_input(in[1], 0);
	set_input(port_of("back-return_1")->buffer, 0);
	port_of("back-return_1")->latency = range;
	port_of("back-return_2")->latency = range;
	assert_true(
		stage_rack_jackports_see_returns(&world->wire, &all, FRAMES));
	play_all(world, false);
	play_all(world, false);
}

static void
the_sound_waits_for_what_was_sent(void **state)
{
	struct world *world = *state;

	start_with(world, "10-late.slot", TEST "late\nset frames 100\n");
	change(world, "20-aux.slot", "plugin builtin:send\n");
	change(world, "30-back.slot", "plugin builtin:return\n");
	play_all(world, false);
	have_returns_at(world, 40 + 100 + AWAY);
	send_round(world, 200);
	check_heard(300, 300 + AWAY + FRAMES);
	assert_int_equal(stage_rack_latency(world->rack), 100);
	set(world, "back", "wait", 1);
	play_all(world, false);
	assert_int_equal(stage_rack_latency(world->rack), 100 + AWAY + FRAMES);
	send_round(world, 17);
	check_heard(117 + AWAY + FRAMES, 117 + AWAY + FRAMES);
	// As long as it takes, and no longer.
	have_returns_at(world, 0);
	assert_int_equal(stage_rack_latency(world->rack), 100 + FRAMES - 140);
	have_returns_at(world, 40);
	assert_int_equal(stage_rack_latency(world->rack), FRAMES);
}

// Coming and going.

static void
ports_come_and_go_and_the_plugin_stays(void **state)
{
	struct world *world = *state;
	struct stage_rack_link *link;
	struct _jack_port *kept;

	start_with(world, "10-comp.slot", SIDES "key\n");
	change(world, "20-hall.slot", "plugin builtin:send\n");
	play_all(world, false);
	link = slot_of(world, "comp")->link;
	kept = port_of("hall-send_1");
	for (int i = 0; i < 3; i++) {
		change(world, "10-comp.slot", SIDES "key\nsidechain\n");
		play_all(world, false);
		check_ports("hall-send_1 hall-send_2 comp-sidechain_1 "
			    "comp-sidechain_2");
		check_outs(0.5F, 0.25F);
		change(world, "10-comp.slot", SIDES "key\n");
		play_all(world, false);
		check_ports("hall-send_1 hall-send_2");
		check_outs(1.5F, 0.75F);
	}
	assert_ptr_equal(slot_of(world, "comp")->link, link);
	assert_ptr_equal(port_of("hall-send_1"), kept);
	change(world, "20-hall.slot", NULL);
	play_all(world, false);
	check_ports("");
}

static void
each_server_gets_the_same_ports_in_the_same_order(void **state)
{
	static const char *const all =
		"comp-sidechain_1 comp-sidechain_2 a-send_1 a-send_2 kit_1 "
		"kit_2";
	struct world *world = *state;

	start_with(world, "30-kit.slot", SIDES "direct\nouts kit\n");
	change(world, "20-a.slot", "plugin builtin:send\n");
	change(world, "10-comp.slot", SIDES "key\nsidechain\n");
	play_all(world, false);
	check_ports("kit_1 kit_2 comp-sidechain_1 comp-sidechain_2 a-send_1 "
		    "a-send_2"); // nothing moves while it plays
	open_server(world);
	check_ports(all);
	play_all(world, false);
	check_port("kit_2", 0.02F);
	stage_rack_jackports_close(&world->wire);
	change(world, "20-a.slot", NULL); // while there is none
	open_server(world);
	check_ports("comp-sidechain_1 comp-sidechain_2 kit_1 kit_2");
	change(world, "20-a.slot", "plugin builtin:send\n");
	stop(world);
	start(world); // as after a kill
	open_server(world);
	check_ports(all);
	play_all(world, false);
	check_port("kit_2", 0.02F);
}

static void
a_port_that_is_wanted_again_in_time_stays(void **state)
{
	struct world *world = *state;
	struct stage_rack_side *side = &world->wire.sides.items[0];
	struct _jack_port *kept;

	start_with(world, "10-comp.slot", SIDES "key\nsidechain\n");
	play_all(world, false);
	kept = port_of("comp-sidechain_1");
	change(world, "10-comp.slot", SIDES "key\n");
	for (int i = 0; i < MANY; i++) { // nobody tends the client
		play(world, false);
		stage_rack_tidy(world->rack);
		(void)stage_rack_ways_tidy(world->rack);
	}
	assert_string_equal(side->name, "comp-sidechain_1");
	assert_int_equal(atomic_load(&side->state), STAGE_RACK_SIDE_DROPPED);
	change(world, "10-comp.slot", SIDES "key\nsidechain\n");
	set_input(kept->buffer, 0.125F);
	play_all(world, false);
	assert_ptr_equal(port_of("comp-sidechain_1"), kept);
	assert_int_equal(atomic_load(&side->state), STAGE_RACK_SIDE_WANTED);
	check_outs(0.75F, 0.25F);
	check_ports("comp-sidechain_1 comp-sidechain_2");
}

static void
a_name_may_go_to_another_line(void **state)
{
	struct world *world = *state;

	start_with(world, "10-comp.slot", SIDES "key\nsidechain x\n");
	change(world, "20-back.slot", "plugin builtin:return\n");
	play_all(world, false);
	change(world, "10-comp.slot", SIDES "key\n");
	change(world, "20-back.slot", "plugin builtin:return\nreturn x\n");
	for (int i = 0; i < MANY; i++) {
		play(world, false);
		look(world, false);
		assert_int_equal(atomic_load(&world->wire.sides.refused), 0);
	}
	check_ports("x_1 x_2");
	set_input(port_of("x_1")->buffer, 0.125F);
	play_all(world, false);
	check_outs(1.625F, 0.75F);
}

static void
a_slip_takes_no_port_away(void **state)
{
	struct world *world = *state;
	struct _jack_port *kept;

	start_with(world, "10-comp.slot", SIDES "key\nsidechain\n");
	change(world, "20-kit.slot", SIDES "direct\nouts\n");
	play_all(world, false);
	kept = port_of("kit-out_1");
	change(world, "20-kit.slot", SIDES "direct\noust\n");
	change(world, "10-comp.slot", "sidechain\n");
	play_all(world, false);
	check_ports("comp-sidechain_1 comp-sidechain_2 kit-out_1 kit-out_2");
	check_port("kit-out_1", 0);
	check_outs(0.5F, 0.25F);
	change(world, "20-kit.slot", SIDES "direct\nouts\n");
	change(world, "10-comp.slot", SIDES "key\n");
	play_all(world, false);
	check_ports("kit-out_1 kit-out_2");
	check_port("kit-out_1", 0.01F);
	assert_ptr_equal(port_of("kit-out_1"), kept);
}

static void
check_steps(const char *name)
{
	float allowed = 2 * (float)PI * HERTZ / RATE_HZ + STEP;

	if (port_of(name)->step > allowed) {
		fail_msg("%s: a step of %g, not %g", name,
			(double)port_of(name)->step, (double)allowed);
	}
}

static float
step_of_out(struct world *world, float *last)
{
	float step = 0;

	for (int i = 0; i < MANY; i++) {
		play(world, true);
		for (int k = 0; k < FRAMES; k++) {
			step = fmaxf(step, fabsf(out[0][k] - *last));
			*last = out[0][k];
		}
		stage_rack_tidy(world->rack);
	}
	return step;
}

static void
nothing_clicks_at_a_port(void **state)
{
	struct world *world = *state;

	start_with(world, "10-hall.slot", "plugin builtin:send\n");
	play_all(world, true);
	set(world, "hall", "level", -60);
	play_all(world, true);
	set(world, "hall", "level", 0);
	play_all(world, true);
	change(world, "05-bad.slot", SIDES "spoilt\nouts\n");
	play_all(world, true);
	for (int i = 0; i < 2; i++) { // at two places of the sine
		set(world, "bad", "spoilt", 1);
		play_all(world, true);
		check_steps("bad-out_2");
		check_port("bad-out_2", 0);
		set(world, "bad", "spoilt", 0);
		play_all(world, true);
		check_steps("bad-out_2");
	}
	change(world, "05-bad.slot", NULL);
	play(world, true);
	check_steps("bad-out_2"); // it still fades
	play_all(world, true);
	check_steps("hall-send_1");
	stage_rack_own_set(&world->rack->own, STAGE_RACK_OWN_MUTE, 1);
	stage_rack_apply_own(world->rack);
	play_all(world, true);
	check_steps("hall-send_1");
	check_port("hall-send_1", 0);
}

static void
a_sidechain_that_comes_or_goes_does_not_click(void **state)
{
	// Three sines at once, one on its way to the other.
	float allowed = 3 * 2 * (float)PI * HERTZ / RATE_HZ + 3 * STEP;
	struct world *world = *state;
	float last = 0;
	float step;

	start_with(world, "10-comp.slot", SIDES "key\nsidechain\n");
	play_all(world, true);
	(void)step_of_out(world, &last);
	change(world, "10-comp.slot", SIDES "key\nsidechain other\n");
	step = step_of_out(world, &last);
	if (step > allowed) {
		fail_msg("a step of %g, not %g", (double)step, (double)allowed);
	}
}

// What cannot be.

static void
ports_without_room_are_told_and_come_later(void **state)
{
	struct world *world = *state;
	char note[STAGE_ERR_TEXT_MAX];

	start_with(world, "10-gain.slot", TEST "middle\nset gain 0.5\n");
	play_all(world, false);
	jack.room = 3;
	change(world, "20-kit.slot", SIDES "drums\nouts\n");
	play_all(world, false);
	check_ports("kit-out_3 kit-out_4 kit-out_5");
	check_outs(0.26F, 0.145F);
	assert_int_equal(world->rack->refused_sides, 11);
	assert_true(stage_rack_jackports_are_refused(&world->wire));
	assert_non_null(strstr(
		stage_rack_ways_note(slot_of(world, "kit"), note, sizeof(note)),
		"has no room for its port kit-out_6"));
	jack.room = PORTS_MAX;
	stage_rack_jackports_tend(&world->wire, NULL, on_made, NULL);
	play_all(world, false);
	assert_int_equal(world->rack->refused_sides, 0);
	check_port("kit-out_16", 0.16F);
}

static void
more_ports_than_a_rack_has_are_told(void **state)
{
	struct world *world = *state;
	char file[32];
	char note[STAGE_ERR_TEXT_MAX];

	for (int i = 0; i < 37; i++) { // with 14 each
		snprintf(file, sizeof(file), "%02d-kit%02d.slot", i, i);
		scratch_write(&world->scratch, file, SIDES "drums\nouts\n");
	}
	scratch_write(&world->scratch, "rack", "midi no\n");
	start(world);
	stage_rack_ways_note(slot_of(world, "kit35"), note, sizeof(note));
	assert_string_equal(note, "");
	stage_rack_ways_note(slot_of(world, "kit36"), note, sizeof(note));
	assert_string_equal(note,
		"there is no port kit36-out_11: all slots have 512 at most");
	assert_int_equal(slot_of(world, "kit36")->sides.count, 8);
}

static void
lines_for_what_is_not_there_are_told(void **state)
{
	static const struct {
		const char *slot, *note;
	} cases[] = {
		{TEST "middle\nsidechain\n", "has no sidechain"},
		{TEST "middle\nouts\n", "no outputs but"},
		{TEST "middle\nsend\n", "only builtin:send"},
		{TEST "middle\nreturn\n", "only builtin:return"},
		{"plugin builtin:send\nouts\n", "no outputs but"},
		{SIDES "duck\nsidechain kick\n", "kick_1 is there already"},
	};
	struct world *world = *state;
	char note[STAGE_ERR_TEXT_MAX];

	start_with(world, "10-comp.slot", SIDES "key\nsidechain kick\n");
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		change(world, "20-it.slot", cases[i].slot);
		stage_rack_ways_note(slot_of(world, "it"), note, sizeof(note));
		if (strstr(note, cases[i].note) == NULL) {
			fail_msg("it says \"%s\"", note);
		}
		play_all(world, false);
		assert_non_null(slot_of(world, "it")->link);
		assert_non_null(find_port("kick_1"));
	}
	change(world, "20-it.slot", TEST "middle\n");
	stage_rack_ways_note(slot_of(world, "it"), note, sizeof(note));
	assert_string_equal(note, "");
}

static void
how_late_ports_are_is_told(void **state)
{
	const jack_latency_range_t range = {1000, 2000};
	jack_latency_range_t all = {5, 5};
	struct world *world = *state;

	start_with(world, "10-late.slot", TEST "late\nset frames 100\n");
	change(world, "05-first.slot", "plugin builtin:send\n");
	change(world, "20-second.slot", "plugin builtin:send\n");
	change(world, "30-comp.slot", SIDES "key\nsidechain\n");
	change(world, "40-back.slot", "plugin builtin:return\n");
	change(world, "50-later.slot", TEST "late\nset frames 30\n");
	change(world, "60-kit.slot", SIDES "direct\nouts\n");
	play_all(world, false);
	play_all(world, false);
	stage_rack_jackports_set_latency(
		&world->wire, JackCaptureLatency, &range);
	stage_rack_jackports_set_latency(
		&world->wire, JackPlaybackLatency, &range);
	assert_int_equal(port_of("first-send_1")->latency.min, 1000);
	assert_int_equal(port_of("second-send_1")->latency.min, 1100);
	assert_int_equal(port_of("second-send_2")->latency.max, 2100);
	assert_int_equal(port_of("comp-sidechain_1")->latency.min, 1130);
	assert_int_equal(port_of("back-return_1")->latency.max, 2030);
	assert_int_equal(port_of("kit-out_1")->latency.max, 0); // no way in
	stage_rack_jackports_add_returns(&world->wire, &all);
	assert_int_equal(all.min, 1030 + 30); // nothing else comes in
	assert_int_equal(all.max, 2030 + 30);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sidechain_hears_the_sound_itself_without_a_port),
		TEST(a_sidechain_hears_its_ports),
		TEST(a_mono_one_hears_the_same_for_each_channel),
		TEST(a_sidechain_is_as_late_as_the_sound),
		TEST(a_control_voltage_is_what_its_plugin_says),
		TEST(no_ports_no_defaults_and_parts_of_the_rate_are_fine),
		TEST(outputs_that_the_bus_has_not_go_to_ports),
		TEST(the_main_ones_are_those_that_the_plugin_says),
		TEST(a_rack_without_outputs_has_all_as_ports),
		TEST(a_send_sends_and_lets_the_sound_pass),
		TEST(a_return_adds_what_comes),
		TEST(the_sound_waits_for_what_was_sent),
		TEST(ports_come_and_go_and_the_plugin_stays),
		TEST(each_server_gets_the_same_ports_in_the_same_order),
		TEST(a_port_that_is_wanted_again_in_time_stays),
		TEST(a_name_may_go_to_another_line),
		TEST(a_slip_takes_no_port_away),
		TEST(nothing_clicks_at_a_port),
		TEST(a_sidechain_that_comes_or_goes_does_not_click),
		TEST(ports_without_room_are_told_and_come_later),
		TEST(more_ports_than_a_rack_has_are_told),
		TEST(lines_for_what_is_not_there_are_told),
		TEST(how_late_ports_are_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
