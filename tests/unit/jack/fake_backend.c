/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_backend.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "jack/names.h"

#define FAKE_PORTS_MAX 2048
#define FAKE_LINKS_MAX 2048
#define FAKE_NAME_MAX 64

struct fake_port {
	char name[FAKE_NAME_MAX]; // stays when the port goes, as in JACK2
	unsigned flags;
	bool is_used;
};

struct fake_link {
	char from[FAKE_NAME_MAX];
	char to[FAKE_NAME_MAX];
};

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool has_server;
	bool is_running;
	bool beat_fails;
	bool is_pipewire;
	bool removes_while_listing;
	uint32_t frames;
	bool is_blocked[FAKE_BLOCK_COUNT];
	unsigned inside[FAKE_BLOCK_COUNT];
	unsigned opens;
	unsigned closes;
	struct fake_port ports[FAKE_PORTS_MAX]; // by number
	struct fake_link links[FAKE_LINKS_MAX];
	size_t link_count;
	unsigned lists;
	unsigned changes;
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
	fake.removes_while_listing = fake.is_pipewire = false;
	fake.frames = 0;
	memset(fake.is_blocked, 0, sizeof(fake.is_blocked));
	fake.opens = fake.closes = 0;
	memset(fake.ports, 0, sizeof(fake.ports));
	fake.link_count = 0;
	fake.lists = fake.changes = 0;
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
fake_backend_set_pipewire(bool is_pipewire)
{
	lock();
	fake.is_pipewire = is_pipewire;
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
describe(const struct fake_port *port)
{
	struct stage_jack_port out = {.type = "audio", .flags = port->flags};

	stage_jack_copy_text(out.name, sizeof(out.name), port->name);
	return out;
}

// The mutex is held. The lowest number that is free, as in JACK2; NULL: none.
static struct fake_port *
find_port(const char *name)
{
	for (size_t i = 0; i < FAKE_PORTS_MAX; i++) {
		if (name == NULL ? !fake.ports[i].is_used
				 : fake.ports[i].is_used &&
					   strcmp(fake.ports[i].name, name) ==
						   0) {
			return &fake.ports[i];
		}
	}
	return NULL;
}

// The mutex is held.
static void
tell_port(const struct fake_port *port, bool has_appeared)
{
	struct stage_jack_port described = describe(port);

	if (fake.sink != NULL) {
		stage_jack_sink_port(fake.sink, (uint32_t)(port - fake.ports),
			has_appeared, &described);
	}
}

// The mutex is held.
static void
change_port(bool has_appeared, const char *name)
{
	struct fake_port *port = find_port(has_appeared ? NULL : name);

	if (port == NULL) {
		abort();
	}
	port->is_used = has_appeared;
	if (has_appeared) {
		stage_jack_copy_text(port->name, sizeof(port->name), name);
		port->flags = strstr(name, "in") != NULL
				      ? STAGE_JACK_PORT_INPUT
				      : STAGE_JACK_PORT_OUTPUT;
	}
	tell_port(port, has_appeared);
}

void
fake_backend_port(bool has_appeared, const char *name)
{
	lock();
	change_port(has_appeared, name);
	unlock();
}

void
fake_backend_tell_port(unsigned id, bool has_appeared)
{
	lock();
	tell_port(&fake.ports[id], has_appeared);
	unlock();
}

void
fake_backend_set_port(const char *before, const char *now)
{
	struct fake_port *port;

	lock();
	port = find_port(before);
	if (port == NULL) {
		abort();
	}
	stage_jack_copy_text(
		port->name, sizeof(port->name), now != NULL ? now : port->name);
	port->is_used = now != NULL;
	unlock();
}

void
fake_backend_rename(const char *before, const char *now)
{
	struct fake_port *port;

	lock();
	port = find_port(before);
	if (port == NULL) {
		abort();
	}
	stage_jack_copy_text(port->name, sizeof(port->name), now);
	for (size_t i = 0; i < fake.link_count; i++) {
		struct fake_link *link = &fake.links[i];
		if (strcmp(link->from, before) == 0) {
			stage_jack_copy_text(
				link->from, sizeof(link->from), now);
		}
		if (strcmp(link->to, before) == 0) {
			stage_jack_copy_text(link->to, sizeof(link->to), now);
		}
	}
	if (fake.sink != NULL) {
		stage_jack_sink_renamed(
			fake.sink, (uint32_t)(port - fake.ports), before, now);
	}
	unlock();
}

void
fake_backend_client(bool has_appeared, const char *name)
{
	lock();
	if (fake.sink != NULL) {
		stage_jack_sink_client(fake.sink, has_appeared, name);
	}
	unlock();
}

// The mutex is held.
static struct fake_link *
find_link(const char *from, const char *to)
{
	for (size_t i = 0; i < fake.link_count; i++) {
		if (strcmp(fake.links[i].from, from) == 0 &&
			strcmp(fake.links[i].to, to) == 0) {
			return &fake.links[i];
		}
	}
	return NULL;
}

// The mutex is held.
static void
tell_link(bool is_connected, const char *from, const char *to)
{
	const struct fake_port *a = find_port(from);
	const struct fake_port *b = find_port(to);

	if (fake.sink != NULL && a != NULL && b != NULL) {
		stage_jack_sink_link(fake.sink, is_connected,
			(uint32_t)(a - fake.ports), from,
			(uint32_t)(b - fake.ports), to);
	}
}

// The mutex is held.
static enum stage_jack_outcome
change_link(bool is_connected, const char *from, const char *to)
{
	struct fake_link *link = find_link(from, to);

	if (find_port(from) == NULL || find_port(to) == NULL ||
		(!is_connected && link == NULL)) {
		return STAGE_JACK_OUTCOME_REFUSED;
	}
	if (is_connected && link != NULL) {
		return STAGE_JACK_OUTCOME_EXISTS;
	}
	if (is_connected) {
		link = &fake.links[fake.link_count];
		fake.link_count++;
		stage_jack_copy_text(link->from, sizeof(link->from), from);
		stage_jack_copy_text(link->to, sizeof(link->to), to);
	} else {
		fake.link_count--;
		*link = fake.links[fake.link_count];
	}
	tell_link(is_connected, from, to);
	return STAGE_JACK_OUTCOME_DONE;
}

void
fake_backend_link(bool is_connected, const char *from, const char *to)
{
	lock();
	change_link(is_connected, from, to);
	unlock();
}

// Without the mutex: edits go on meanwhile.
void
fake_backend_rest(void)
{
	struct stage_jack_sink *sink;

	lock();
	sink = fake.sink;
	unlock();
	stage_jack_sink_rest(sink);
}

void
fake_backend_tell_link(bool is_connected, unsigned from_id, unsigned to_id)
{
	lock();
	stage_jack_sink_link(fake.sink, is_connected, from_id,
		fake.ports[from_id].name, to_id, fake.ports[to_id].name);
	unlock();
}

bool
fake_backend_has_link(const char *from, const char *to)
{
	bool result;

	lock();
	result = find_link(from, to) != NULL;
	unlock();
	return result;
}

unsigned
fake_backend_lists(void)
{
	unsigned count;

	lock();
	count = fake.lists;
	unlock();
	return count;
}

unsigned
fake_backend_changes(void)
{
	unsigned count;

	lock();
	count = fake.changes;
	unlock();
	return count;
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
		status = args->setup(
			args->user, (jack_client_t *)(void *)&fake, err);
	}
	lock();
	if (status != STAGE_OK) {
		fake.sink = NULL;
	}
	unlock();
	*info = (struct stage_jack_info){.rate_hz = 48000,
		.period_frames = 256,
		.is_pipewire = fake.is_pipewire};
	stage_jack_copy_text(info->name, sizeof(info->name), args->name);
	*handle = &fake;
	return status;
}

void
fake_backend_own_call(void)
{
	lock();
	stay_while_blocked(FAKE_OWN);
	unlock();
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
	fails = fake.beat_fails || !fake.has_server;
	unlock();
	return fails ? STAGE_GONE : STAGE_OK;
}

// The mutex is held.
static void
list_ports(const struct stage_jack_lister *lister)
{
	for (size_t i = 0; i < FAKE_PORTS_MAX; i++) {
		struct stage_jack_port port = describe(&fake.ports[i]);
		if (!fake.ports[i].is_used) {
			continue;
		}
		if (fake.removes_while_listing) {
			fake.removes_while_listing = false;
			change_port(false, port.name);
		}
		lister->port(lister->user, (uint32_t)i, &port);
	}
}

static void
fake_list(void *handle, bool has_links, const struct stage_jack_lister *lister)
{
	(void)handle;
	lock();
	fake.lists++;
	list_ports(lister);
	stay_while_blocked(FAKE_LIST);
	for (size_t i = 0; has_links && i < fake.link_count; i++) {
		lister->link(
			lister->user, fake.links[i].from, fake.links[i].to);
	}
	unlock();
}

static enum stage_jack_outcome
fake_change(void *handle, const struct stage_jack_edit *edit)
{
	enum stage_jack_outcome outcome;
	(void)handle;

	lock();
	stay_while_blocked(FAKE_CHANGE);
	fake.changes++;
	outcome = fake.has_server ? change_link(!edit->is_disconnect,
					    edit->from, edit->to)
				  : STAGE_JACK_OUTCOME_REFUSED;
	unlock();
	return outcome;
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
		.list = fake_list,
		.change = fake_change,
		.close = fake_close,
	};

	return &backend;
}
