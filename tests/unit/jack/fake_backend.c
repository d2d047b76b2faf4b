/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_backend.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool has_server;
	bool is_running;
	bool beat_fails;
	bool removes_while_listing;
	uint32_t frames;
	bool is_blocked[FAKE_BLOCK_COUNT];
	unsigned inside[FAKE_BLOCK_COUNT];
	unsigned opens;
	unsigned closes;
	struct stage_strv ports;
	struct stage_jack_sink *sink; // of the client that is open
} fake = {.mutex = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER};

static void
lock(void)
{
	pthread_mutex_lock(&fake.mutex);
}

static void
unlock(void)
{
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.mutex);
}

void
fake_backend_reset(void)
{
	lock();
	fake.has_server = fake.is_running = fake.beat_fails = false;
	fake.removes_while_listing = false;
	fake.frames = 0;
	memset(fake.is_blocked, 0, sizeof(fake.is_blocked));
	fake.opens = fake.closes = 0;
	stage_strv_finish(&fake.ports);
	unlock();
}

void
fake_backend_set_server(bool is_there)
{
	lock();
	fake.has_server = is_there;
	unlock();
}

void
fake_backend_set_frames(uint32_t frames)
{
	lock();
	fake.frames = frames;
	unlock();
}

void
fake_backend_set_running(bool is_running)
{
	lock();
	fake.is_running = is_running;
	unlock();
}

void
fake_backend_set_beat_fails(bool fails)
{
	lock();
	fake.beat_fails = fails;
	unlock();
}

void
fake_backend_block(enum fake_block what)
{
	lock();
	fake.is_blocked[what] = true;
	unlock();
}

void
fake_backend_release(enum fake_block what)
{
	lock();
	fake.is_blocked[what] = false;
	unlock();
}

void
fake_backend_await(enum fake_block what)
{
	lock();
	while (fake.inside[what] == 0) {
		pthread_cond_wait(&fake.changed, &fake.mutex);
	}
	unlock();
}

void
fake_backend_await_closes(unsigned count)
{
	lock();
	while (fake.closes < count) {
		pthread_cond_wait(&fake.changed, &fake.mutex);
	}
	unlock();
}

// The mutex is held.
static void
stay_while_blocked(enum fake_block what)
{
	fake.inside[what]++;
	pthread_cond_broadcast(&fake.changed);
	while (fake.is_blocked[what]) {
		pthread_cond_wait(&fake.changed, &fake.mutex);
	}
	fake.inside[what]--;
}

unsigned
fake_backend_opens(void)
{
	unsigned count;

	lock();
	count = fake.opens;
	unlock();
	return count;
}

unsigned
fake_backend_closes(void)
{
	unsigned count;

	lock();
	count = fake.closes;
	unlock();
	return count;
}

void
fake_backend_shutdown(const char *reason)
{
	lock();
	fake.has_server = false;
	if (fake.sink != NULL) {
		stage_jack_sink_shutdown(fake.sink, reason);
	}
	unlock();
}

static struct stage_jack_port
make_port(const char *name)
{
	struct stage_jack_port port = {.type = "audio", .flags = 1};

	stage_jack_copy_text(port.name, sizeof(port.name), name);
	return port;
}

// The mutex is held.
static void
forget_port(const char *name)
{
	for (size_t i = 0; i < fake.ports.count; i++) {
		if (strcmp(fake.ports.items[i], name) == 0) {
			free(fake.ports.items[i]);
			fake.ports.count--;
			fake.ports.items[i] =
				fake.ports.items[fake.ports.count];
			return;
		}
	}
}

// The mutex is held.
static void
change_port(bool has_appeared, const char *name)
{
	struct stage_jack_port port = make_port(name);

	if (!has_appeared) {
		forget_port(name);
	} else if (stage_strv_add(&fake.ports, name) != STAGE_OK) {
		abort();
	}
	if (fake.sink != NULL) {
		stage_jack_sink_port(fake.sink, has_appeared, &port);
	}
}

void
fake_backend_port(bool has_appeared, const char *name)
{
	lock();
	change_port(has_appeared, name);
	unlock();
}

void
fake_backend_remove_while_listing(void)
{
	lock();
	fake.removes_while_listing = true;
	unlock();
}

static enum stage_status
fake_open(const struct stage_jack_open *args, struct stage_jack_sink *sink,
	void **handle, struct stage_jack_info *info, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	lock();
	fake.opens++;
	fake.sink = sink;
	stay_while_blocked(FAKE_OPEN);
	if (!fake.has_server) {
		status = stage_err_set(
			err, STAGE_GONE, "no server %s", args->server);
	}
	unlock();
	if (status == STAGE_OK) {
		status = args->setup(args->user, NULL, err);
	}
	lock();
	if (status != STAGE_OK) {
		fake.sink = NULL;
	}
	unlock();
	*info = (struct stage_jack_info){
		.rate_hz = 48000, .period_frames = 256};
	stage_jack_copy_text(info->name, sizeof(info->name), args->name);
	*handle = &fake;
	return status;
}

static enum stage_status
fake_beat(void *handle, uint32_t *frames)
{
	bool fails;

	(void)handle;
	lock();
	stay_while_blocked(FAKE_BEAT);
	fake.frames += fake.is_running ? 256 : 0;
	*frames = fake.frames;
	fails = fake.beat_fails;
	unlock();
	return fails ? STAGE_GONE : STAGE_OK;
}

static void
fake_list_ports(void *handle,
	void (*each)(void *user, const struct stage_jack_port *port),
	void *user)
{
	(void)handle;
	lock();
	for (size_t i = 0; i < fake.ports.count; i++) {
		struct stage_jack_port port = make_port(fake.ports.items[i]);
		if (i == 0 && fake.removes_while_listing) {
			fake.removes_while_listing = false;
			change_port(false, port.name);
		}
		each(user, &port);
	}
	unlock();
}

static void
fake_close(void *handle)
{
	(void)handle;
	lock();
	stay_while_blocked(FAKE_CLOSE);
	fake.sink = NULL;
	fake.closes++;
	unlock();
}

const struct stage_jack_backend *
fake_backend(void)
{
	static const struct stage_jack_backend backend = {
		.open = fake_open,
		.beat = fake_beat,
		.list_ports = fake_list_ports,
		.close = fake_close,
	};

	return &backend;
}
