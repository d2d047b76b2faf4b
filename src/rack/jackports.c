/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // sem_clockwait

#include "rack/jackports.h"

#include <errno.h>
#include <jack/jack.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define PASS_NS STAGE_NS_PER_S // for a cycle of a server that stands still

static bool
is_wanted(const struct stage_rack_side *side)
{
	return atomic_load(&side->state) == STAGE_RACK_SIDE_WANTED &&
	       !atomic_load(&side->is_leaving);
}

// The next one by rank that has no port; NULL: all have, or were tried.
static struct stage_rack_side *
find_next(struct stage_rack_sides *sides, const bool *tried)
{
	struct stage_rack_side *next = NULL;

	for (uint32_t i = 0; i < atomic_load(&sides->count); i++) {
		struct stage_rack_side *side = &sides->items[i];
		if (!tried[i] && is_wanted(side) &&
			atomic_load(&side->port) == NULL &&
			(next == NULL || atomic_load(&side->rank) <
						 atomic_load(&next->rank))) {
			next = side;
		}
	}
	return next;
}

static void
make(struct stage_rack_side *side, jack_client_t *client,
	stage_rack_jackport_made *made, void *user)
{
	jack_port_t *port =
		jack_port_register(client, side->name, JACK_DEFAULT_AUDIO_TYPE,
			side->is_input ? JackPortIsInput : JackPortIsOutput, 0);

	atomic_store(&side->is_refused, port == NULL);
	if (port != NULL) {
		made(user, side->name, port);
		atomic_store(&side->port, port);
	}
}

// Another line may have had that name before, whose port has not gone yet.
static bool
is_name_free(const struct stage_rack_sides *sides,
	const struct stage_rack_side *for_one)
{
	for (uint32_t i = 0; i < atomic_load(&sides->count); i++) {
		const struct stage_rack_side *side = &sides->items[i];
		if (side != for_one && atomic_load(&side->port) != NULL &&
			strcmp(side->name, for_one->name) == 0) {
			return false;
		}
	}
	return true;
}

static uint32_t
count_refused(const struct stage_rack_sides *sides)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < atomic_load(&sides->count); i++) {
		count += is_wanted(&sides->items[i]) &&
			 atomic_load(&sides->items[i].is_refused);
	}
	return count;
}

// True when there was something to make.
static bool
make_all(struct stage_rack_wire *wire, jack_client_t *client,
	stage_rack_jackport_made *made, void *user)
{
	bool tried[STAGE_RACK_SIDES_MAX] = {false};
	struct stage_rack_side *side;
	bool is_any = false;

	while ((side = find_next(&wire->sides, tried)) != NULL) {
		tried[side - wire->sides.items] = true;
		if (is_name_free(&wire->sides, side)) {
			make(side, client, made, user);
			is_any = true;
		}
	}
	atomic_store(&wire->sides.refused, count_refused(&wire->sides));
	return is_any;
}

// The loop may want it again by now.
static void
release(struct stage_rack_side *side)
{
	unsigned dropped = STAGE_RACK_SIDE_DROPPED;

	atomic_compare_exchange_strong(
		&side->state, &dropped, STAGE_RACK_SIDE_RELEASED);
}

void
stage_rack_jackports_open(struct stage_rack_wire *wire, jack_client_t *client,
	stage_rack_jackport_made *made, void *user)
{
	for (uint32_t i = 0; i < atomic_load(&wire->sides.count); i++) {
		struct stage_rack_side *side = &wire->sides.items[i];
		atomic_store(&side->port, NULL);
		atomic_store(&side->is_refused, false);
		release(side);
	}
	(void)make_all(wire, client, made, user);
	stage_rack_wire_tell(wire);
}

// Until a cycle has gone by that began behind this: what [rt] had of a port it
// has no more. A server that stands still calls nobody; one that goes ends the
// wait.
static void
await_cycle(struct stage_rack_wire *wire)
{
	int64_t until_ns = stage_clock_now_ns() + PASS_NS;
	const struct timespec until = {
		.tv_sec = (time_t)(until_ns / STAGE_NS_PER_S),
		.tv_nsec = (long)(until_ns % STAGE_NS_PER_S),
	};

	while (sem_trywait(&wire->sides.passed) == 0) {
		continue;
	}
	atomic_store(&wire->sides.must_pass, true);
	while (sem_clockwait(&wire->sides.passed, CLOCK_MONOTONIC, &until) !=
			0 &&
		errno == EINTR) {
		continue;
	}
}

// True when there was something to end.
static bool
end_all(struct stage_rack_wire *wire, jack_client_t *client)
{
	jack_port_t *ports[STAGE_RACK_SIDES_MAX] = {NULL};
	bool ends[STAGE_RACK_SIDES_MAX] = {false};
	bool is_any = false;
	bool has_ports = false;

	for (uint32_t i = 0; i < atomic_load(&wire->sides.count); i++) {
		struct stage_rack_side *side = &wire->sides.items[i];
		if (atomic_load(&side->state) == STAGE_RACK_SIDE_DROPPED) {
			ports[i] = atomic_exchange(&side->port, NULL);
			has_ports |= ports[i] != NULL;
			ends[i] = is_any = true;
		}
	}
	if (has_ports) {
		await_cycle(wire);
	}
	for (uint32_t i = 0; i < STAGE_RACK_SIDES_MAX; i++) {
		if (ports[i] != NULL) {
			(void)jack_port_unregister(client, ports[i]);
		}
		if (ends[i]) {
			release(&wire->sides.items[i]);
		}
	}
	return is_any;
}

void
stage_rack_jackports_tend(struct stage_rack_wire *wire, jack_client_t *client,
	stage_rack_jackport_made *made, void *user)
{
	bool has_changed = end_all(wire, client);

	has_changed |= make_all(wire, client, made, user);
	if (has_changed) {
		stage_rack_wire_tell(wire);
	}
}

void
stage_rack_jackports_close(struct stage_rack_wire *wire)
{
	for (uint32_t i = 0; i < atomic_load(&wire->sides.count); i++) {
		atomic_store(&wire->sides.items[i].port, NULL);
	}
}

void
stage_rack_jackports_lose(struct stage_rack_wire *wire)
{
	sem_post(&wire->sides.passed);
}

bool
stage_rack_jackports_are_refused(const struct stage_rack_wire *wire)
{
	return atomic_load(&wire->sides.refused) > 0;
}

void
stage_rack_jackports_add_returns(
	struct stage_rack_wire *wire, jack_latency_range_t *all)
{
	bool is_first = true;

	for (uint32_t i = 0; i < atomic_load(&wire->sides.count); i++) {
		struct stage_rack_side *side = &wire->sides.items[i];
		jack_port_t *port = atomic_load(&side->port);
		uint32_t frames = atomic_load(&side->frames);
		jack_latency_range_t range;
		if (port == NULL || !atomic_load(&side->is_return)) {
			continue;
		}
		jack_port_get_latency_range(port, JackCaptureLatency, &range);
		if (is_first || range.min + frames < all->min) {
			all->min = range.min + frames;
		}
		if (is_first || range.max + frames > all->max) {
			all->max = range.max + frames;
		}
		is_first = false;
	}
}

static int32_t
way_to(jack_port_t *port, const jack_latency_range_t *all,
	uint32_t period_frames)
{
	jack_latency_range_t range;

	if (jack_port_connected(port) == 0) {
		return 0;
	}
	jack_port_get_latency_range(port, JackCaptureLatency, &range);
	return (int32_t)(range.max - all->max + period_frames);
}

bool
stage_rack_jackports_see_returns(struct stage_rack_wire *wire,
	const jack_latency_range_t *all, uint32_t period_frames)
{
	bool has_changed = false;
	bool comes_any = false;

	for (uint32_t i = 0; i < atomic_load(&wire->sides.count); i++) {
		struct stage_rack_side *side = &wire->sides.items[i];
		jack_port_t *port = atomic_load(&side->port);
		int32_t came;
		if (port == NULL || !atomic_load(&side->is_return)) {
			continue;
		}
		came = way_to(port, all, period_frames);
		comes_any |= came != 0;
		has_changed |= atomic_exchange(&side->came, came) != came;
	}
	if (has_changed) {
		stage_rack_wire_tell(wire);
	}
	return comes_any;
}

void
stage_rack_jackports_set_latency(struct stage_rack_wire *wire,
	jack_latency_callback_mode_t mode, const jack_latency_range_t *all)
{
	for (uint32_t i = 0; i < atomic_load(&wire->sides.count); i++) {
		struct stage_rack_side *side = &wire->sides.items[i];
		jack_port_t *port = atomic_load(&side->port);
		uint32_t frames = atomic_load(&side->frames);
		jack_latency_range_t range = *all;
		if (port == NULL ||
			side->is_input != (mode == JackPlaybackLatency)) {
			continue;
		}
		if (atomic_load(&side->is_source)) {
			range.min = range.max = 0;
		}
		range.min += frames;
		range.max += frames;
		jack_port_set_latency_range(port, mode, &range);
	}
}
