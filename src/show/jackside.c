/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/jackside.h"

#include <errno.h>
#include <jack/jack.h>
#include <jack/midiport.h>
#include <jack/transport.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "jack/client.h"
#include "show/jack_private.h"
#include "show/midi.h"

#define IN_BYTES 65536
#define OUT_BYTES 65536
#define ORDERS_BYTES 4096
#define RETRY_MS 2000 // JACK does not say that a timebase master has gone

static void
unref(struct stage_show_jack *self)
{
	if (atomic_fetch_sub(&self->refs, 1) != 1) {
		return;
	}
	stage_show_outbox_finish(&self->outbox);
	stage_ring_destroy(self->wire.in);
	stage_ring_destroy(self->wire.out);
	stage_ring_destroy(self->wire.orders);
	sem_destroy(&self->wire.work);
	pthread_mutex_destroy(&self->mutex);
	free(self);
}

// [notify]
static void
on_connect(jack_port_id_t from, jack_port_id_t to, int is_connect, void *arg)
{
	struct stage_show_wire *wire = arg;
	jack_port_t *port = jack_port_by_id(wire->client, from);

	(void)to;
	(void)is_connect;
	if (port != NULL && port == wire->midi_out) {
		atomic_store(
			&wire->is_connected, jack_port_connected(port) > 0);
	}
}

// The worker's.

static enum stage_status
register_port(jack_client_t *client, const char *name, unsigned long flags,
	void **out, struct stage_err *err)
{
	*out = jack_port_register(
		client, name, JACK_DEFAULT_MIDI_TYPE, flags, 0);
	return *out != NULL ? STAGE_OK
			    : stage_err_set(err, STAGE_FULL,
				      "the JACK server has no room for port %s",
				      name);
}

// What is [rt] is ours until we are active.
static void
make_ready(struct stage_show_jack *self, jack_client_t *client)
{
	struct stage_show_wire *wire = &self->wire;

	while (stage_ring_skip(wire->orders)) {
		continue; // the tempo has them all
	}
	if (stage_clock_now_ns() > atomic_load(&self->stale_ns)) {
		while (stage_ring_skip(wire->out)) {
			atomic_fetch_add(&wire->lost, 1);
		}
	}
	wire->client = client;
	wire->rate_hz = jack_get_sample_rate(client);
	wire->grace_frames = STAGE_SHOW_GRACE_S * wire->rate_hz;
	wire->note_count = 0;
	wire->panic_cycles = 0;
	wire->was_rolling = false;
	atomic_store(&wire->is_connected, false);
	atomic_store(&wire->is_master, false);
	atomic_store(&wire->is_rolling, false);
	atomic_store(&wire->beat, 0);
	pthread_mutex_lock(&self->mutex);
	stage_show_timebase_init(&wire->timebase, wire->rate_hz, &self->tempo);
	self->asked.has_wish = self->is_wanted;
	self->asked.must_locate = false;
	self->asked.roll = STAGE_SHOW_ROLL_AS_IT_IS;
	pthread_mutex_unlock(&self->mutex);
}

// [notify]
static int
on_xrun(void *arg)
{
	struct stage_show_wire *wire = arg;

	atomic_fetch_add(&wire->xruns, 1);
	return 0;
}

static enum stage_status
setup(void *user, jack_client_t *client, struct stage_err *err)
{
	struct stage_show_jack *self = user;
	struct stage_show_wire *wire = &self->wire;
	enum stage_status status;

	atomic_fetch_add(&self->refs, 1);
	make_ready(self, client);
	jack_set_process_callback(client, stage_show_process, wire);
	jack_set_port_connect_callback(client, on_connect, wire);
	jack_set_xrun_callback(client, on_xrun, wire);
	status = register_port(
		client, "midi_in", JackPortIsInput, &wire->midi_in, err);
	if (status == STAGE_OK) {
		status = register_port(client, "midi_out", JackPortIsOutput,
			&wire->midi_out, err);
	}
	if (status == STAGE_OK) {
		status = register_port(
			client, "panic", JackPortIsOutput, &wire->panic, err);
	}
	return status;
}

static void
teardown(void *user)
{
	unref(user);
}

/* A master that is there stays: whoever wants the place of a living one asks
 * for it once, and not each cycle. Asked again by the one who has it, JACK has
 * it say anew where the transport is, also while that stands. */
static void
tend_master(struct stage_show_jack *self, bool is_wanted)
{
	struct stage_show_wire *wire = &self->wire;

	if (is_wanted) {
		int failed = jack_set_timebase_callback(
			wire->client, 1, stage_show_on_timebase, wire);
		atomic_store(&wire->is_master, failed == 0);
	} else if (atomic_exchange(&wire->is_master, false)) {
		jack_release_timebase(wire->client);
	}
}

static void
tend_transport(
	struct stage_show_wire *wire, const struct stage_show_asked *asked)
{
	if (asked->roll == STAGE_SHOW_ROLL_OFF) {
		jack_transport_stop(wire->client);
	}
	if (asked->must_locate) {
		jack_transport_locate(wire->client, 0);
	}
	if (asked->roll == STAGE_SHOW_ROLL_ON) {
		jack_transport_start(wire->client);
	}
}

static void
connect_panic(struct stage_show_wire *wire)
{
	const char *from = jack_port_name(wire->panic);
	const char **names = jack_get_ports(
		wire->client, NULL, JACK_DEFAULT_MIDI_TYPE, JackPortIsInput);

	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		if (strcmp(names[i], jack_port_name(wire->midi_in)) != 0) {
			(void)jack_connect(wire->client, from, names[i]);
		}
	}
	jack_free(names);
}

static void
tend_panic(struct stage_show_wire *wire, const struct stage_show_asked *asked)
{
	if (asked->must_panic) {
		connect_panic(wire);
		atomic_store(&wire->must_panic, true);
	} else if (asked->must_part) {
		jack_port_disconnect(wire->client, wire->panic);
	}
}

static void
tend(void *user)
{
	struct stage_show_jack *self = user;
	struct stage_show_asked asked;
	bool is_wanted;

	pthread_mutex_lock(&self->mutex);
	asked = self->asked;
	is_wanted = self->is_wanted;
	memset(&self->asked, 0, sizeof(self->asked));
	pthread_mutex_unlock(&self->mutex);
	tend_panic(&self->wire, &asked);
	if (asked.has_wish) {
		tend_master(self, is_wanted);
	}
	tend_transport(&self->wire, &asked);
	stage_show_wire_tell(&self->wire);
}

// The loop's.

static void
look_at_master(struct stage_show_jack *self)
{
	bool is_master = atomic_load(&self->wire.is_master);
	bool is_refused = self->is_open && self->is_wanted && !is_master;

	if (is_refused && !self->is_asking && !self->has_told) {
		self->has_told = true;
		self->events->warn(self->user,
			"another program is JACK's timebase master; the tempo "
			"of the song holds when it has gone");
	}
	if (is_master || !self->is_wanted) {
		self->has_told = false;
	}
	self->is_asking = false;
	stage_show_jack_set_timer(self);
}

static void
take_messages(struct stage_show_jack *self)
{
	struct stage_show_in_header at;
	struct stage_ring_header header;

	while (stage_ring_read(self->wire.in, &header, self->scratch,
		       sizeof(self->scratch)) == STAGE_OK) {
		memcpy(&at, self->scratch, sizeof(at));
		self->events->heard(self->user, self->scratch + sizeof(at),
			header.size - sizeof(at), at.at_ns);
	}
}

static void
ask(struct stage_show_jack *self)
{
	stage_jack_client_tend(self->client);
}

static void
part(struct stage_show_jack *self)
{
	pthread_mutex_lock(&self->mutex);
	self->asked.must_part = true;
	pthread_mutex_unlock(&self->mutex);
	ask(self);
}

static void
on_async(uv_async_t *async)
{
	struct stage_show_jack *self = async->data;

	if (self->is_ended) {
		return;
	}
	atomic_store(&self->wire.has_news, false);
	take_messages(self);
	if (atomic_exchange(&self->wire.has_panicked, false)) {
		part(self);
	}
	look_at_master(self);
	stage_show_jack_changed(self);
}

void
stage_show_jack_changed(struct stage_show_jack *self)
{
	struct stage_show_jack_view view;

	stage_show_jack_view(self, &view);
	if (view.is_open != self->told.is_open ||
		view.is_rolling != self->told.is_rolling ||
		view.is_wanted != self->told.is_wanted ||
		view.is_master != self->told.is_master ||
		view.waiting != self->told.waiting) {
		self->told = view;
		self->events->changed(self->user);
	}
	if (view.bar != self->told.bar || view.beat != self->told.beat) {
		self->told.bar = view.bar;
		self->told.beat = view.beat;
		self->events->beat(self->user);
	}
}

static void
on_timer(uv_timer_t *timer)
{
	struct stage_show_jack *self = timer->data;

	stage_show_outbox_expire(self);
	if (self->is_open && self->is_wanted &&
		!atomic_load(&self->wire.is_master)) {
		pthread_mutex_lock(&self->mutex);
		self->asked.has_wish = true;
		pthread_mutex_unlock(&self->mutex);
		ask(self);
	}
	stage_show_jack_set_timer(self);
	stage_show_jack_changed(self);
}

void
stage_show_jack_set_timer(struct stage_show_jack *self)
{
	int64_t wait_ms = stage_show_outbox_wait_ms(&self->outbox);

	if (self->is_open && self->is_wanted &&
		!atomic_load(&self->wire.is_master) &&
		(wait_ms < 0 || wait_ms > RETRY_MS)) {
		wait_ms = RETRY_MS;
	}
	if (wait_ms < 0) {
		uv_timer_stop(&self->timer);
		return;
	}
	uv_update_time(self->loop);
	uv_timer_start(&self->timer, on_timer, (uint64_t)wait_ms, 0);
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_show_jack *self = user;

	const struct stage_show_order order = {
		self->tempo, STAGE_SHOW_TEMPO_SONG};

	self->is_open = true;
	self->rate_hz = info->rate_hz;
	self->is_asking = self->is_wanted;
	// One that was set since the client was made ready.
	(void)!stage_ring_write(self->wire.orders, 0, &order, sizeof(order));
	stage_show_outbox_flush(self);
	ask(self);
	stage_show_jack_changed(self);
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_show_jack *self = user;

	(void)reason;
	self->is_open = false;
	atomic_store(&self->stale_ns,
		stage_clock_now_ns() +
			STAGE_SHOW_MIDI_WAIT_MS * STAGE_NS_PER_MS);
	self->has_told = false;
	atomic_store(&self->wire.is_master, false);
	atomic_store(&self->wire.is_rolling, false);
	stage_show_jack_changed(self);
}

static void
on_failed(void *user, const char *reason)
{
	struct stage_show_jack *self = user;

	self->events->warn(self->user, reason);
}

static void
on_hung(void *user, const char *what)
{
	struct stage_show_jack *self = user;

	self->events->hung(self->user, what);
}

// [ear] Wakes the loop: the audio thread itself may not.
static void *
listen_to_wire(void *arg)
{
	struct stage_show_jack *self = arg;

	for (;;) {
		while (sem_wait(&self->wire.work) != 0 && errno == EINTR) {
			continue;
		}
		if (atomic_load(&self->is_over)) {
			return NULL;
		}
		uv_async_send(&self->async);
	}
}

static enum stage_status
start(struct stage_show_jack *self, const struct stage_jack_backend *backend,
	struct stage_err *err)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened,
		.lost = on_lost,
		.failed = on_failed,
		.hung = on_hung,
		.setup = setup,
		.tend = tend,
		.teardown = teardown,
	};
	const struct stage_jack_client_config config = {
		.name = STAGE_SHOW_JACK_CLIENT,
		.server = "default",
		.backend = backend};

	if (pthread_create(&self->ear, NULL, listen_to_wire, self) != 0) {
		return stage_err_set(
			err, STAGE_BUSY, "unable to start a thread for JACK");
	}
	self->has_ear = true;
	return stage_jack_client_create(
		self->loop, &config, &ops, self, &self->client, err);
}

enum stage_status
stage_show_jack_create(uv_loop_t *loop,
	const struct stage_jack_backend *backend,
	const struct stage_show_jack_events *events, void *user,
	struct stage_show_jack **out, struct stage_err *err)
{
	struct stage_show_jack *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->events = events;
	self->user = user;
	self->tempo = (struct stage_show_tempo){
		STAGE_SHOW_BPM_DEFAULT * 1000000U, 4, 4};
	self->refs = 3; // ours, and one for each handle
	pthread_mutex_init(&self->mutex, NULL);
	sem_init(&self->wire.work, 0, 0);
	uv_async_init(loop, &self->async, on_async);
	uv_timer_init(loop, &self->timer);
	self->async.data = self->timer.data = self;
	self->wire.in = stage_ring_create(IN_BYTES);
	self->wire.out = stage_ring_create(OUT_BYTES);
	self->wire.orders = stage_ring_create(ORDERS_BYTES);
	status = self->wire.in != NULL && self->wire.out != NULL &&
				 self->wire.orders != NULL
			 ? start(self, backend, err)
			 : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	if (status != STAGE_OK) {
		stage_show_jack_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	unref(handle->data);
}

void
stage_show_jack_destroy(struct stage_show_jack *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ended = true;
	self->is_open = false;
	if (self->has_ear) {
		atomic_store(&self->is_over, true);
		sem_post(&self->wire.work);
		pthread_join(self->ear, NULL);
	}
	if (self->client != NULL) {
		stage_jack_client_destroy(self->client);
	}
	uv_close((uv_handle_t *)&self->async, on_closed);
	uv_close((uv_handle_t *)&self->timer, on_closed);
	unref(self);
}

// What is asked of it.

void
stage_show_jack_tempo(struct stage_show_jack *self,
	const struct stage_show_tempo *tempo, enum stage_show_tempo_at at,
	bool is_master)
{
	const struct stage_show_order order = {*tempo, at};

	if (self == NULL) {
		return;
	}
	pthread_mutex_lock(&self->mutex);
	self->tempo = *tempo;
	self->is_wanted = is_master;
	self->asked.has_wish = true;
	pthread_mutex_unlock(&self->mutex);
	self->is_asking = is_master;
	// Where no server reads them, or thousands wait, the tempo alone holds.
	if (self->is_open) {
		(void)!stage_ring_write(
			self->wire.orders, 0, &order, sizeof(order));
	}
	ask(self);
	stage_show_jack_changed(self);
}

void
stage_show_jack_locate(struct stage_show_jack *self)
{
	if (self == NULL || !self->is_open) {
		return;
	}
	pthread_mutex_lock(&self->mutex);
	self->asked.must_locate = true;
	pthread_mutex_unlock(&self->mutex);
	ask(self);
}

void
stage_show_jack_roll(struct stage_show_jack *self, bool is_rolling)
{
	if (self == NULL || !self->is_open) {
		return;
	}
	pthread_mutex_lock(&self->mutex);
	self->asked.roll =
		is_rolling ? STAGE_SHOW_ROLL_ON : STAGE_SHOW_ROLL_OFF;
	pthread_mutex_unlock(&self->mutex);
	ask(self);
}

void
stage_show_jack_panic(struct stage_show_jack *self)
{
	if (self == NULL || !self->is_open) {
		return;
	}
	pthread_mutex_lock(&self->mutex);
	self->asked.must_panic = true;
	pthread_mutex_unlock(&self->mutex);
	ask(self);
}

void
stage_show_jack_view(
	const struct stage_show_jack *self, struct stage_show_jack_view *out)
{
	uint64_t beat;

	memset(out, 0, sizeof(*out));
	if (self == NULL) {
		out->why = "stagecraft was built without JACK";
		return;
	}
	out->is_open = self->is_open;
	out->is_rolling = atomic_load(&self->wire.is_rolling);
	beat = atomic_load(&self->wire.beat);
	out->bar = STAGE_SHOW_BEAT_BAR(beat);
	out->beat = STAGE_SHOW_BEAT_BEAT(beat);
	out->is_wanted = self->is_wanted;
	out->is_master = atomic_load(&self->wire.is_master);
	out->rate_hz = self->is_open ? self->rate_hz : 0;
	out->why = self->is_open ? "" : stage_jack_client_reason(self->client);
	out->sent = atomic_load(&self->wire.sent);
	out->lost = atomic_load(&self->wire.lost);
	out->lost_in = atomic_load(&self->wire.lost_in);
	out->waiting = self->outbox.count;
	out->xruns = atomic_load(&self->wire.xruns);
}
