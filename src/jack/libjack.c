/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <jack/jack.h>
#include <jack/uuid.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "jack/backend.h"

#pragma weak jack_get_version_string // JACK1's libjack has none

// How long a close waits for the thread that tells of the server's end.
#define NOTIFIER_END_MS 1000

/* JACK2's jack_client_close cancels the thread on which libjack takes the
 * server's notifications, asynchronously, wherever it is; when that is inside
 * one of libjack's own locks, the close waits for that lock for ever (seen at
 * about one in a hundred orderly stops of a server, whose goodbye is followed
 * by a burst of notifications). So when the server is known to have gone, by a
 * shutdown or by a request that failed, which may be seen first, the close
 * waits until that thread has ended by itself, which it does as soon as the
 * server closes the socket. A thread-specific value tells of the end.
 */
struct notifier {
	pthread_mutex_t mutex;
	pthread_cond_t has_ended_now;
	bool is_known; // a shutdown was told, by that thread
	bool has_ended;
	unsigned refs; // the handle's, and the thread's once it is known
};

struct handle {
	jack_client_t *client;
	struct stage_jack_sink *sink; // borrowed
	struct notifier *notifier;    // shared
	bool is_pipewire;
	bool is_refused; // worker only; a request failed: the server has gone
};

// libjack's error hook is one for the process and carries no context, and so is
// a key of thread-specific values.
static struct {
	pthread_once_t once;
	pthread_key_t notifier_key;
	pthread_mutex_t mutex;
	char last_error[128];
} process = {.once = PTHREAD_ONCE_INIT, .mutex = PTHREAD_MUTEX_INITIALIZER};

static void
on_error(const char *message)
{
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	pthread_mutex_lock(&process.mutex);
	stage_jack_copy_text(
		process.last_error, sizeof(process.last_error), message);
	pthread_mutex_unlock(&process.mutex);
	pthread_setcancelstate(cancel_state, NULL);
}

static void
on_info(const char *message)
{
	(void)message;
}

static void
unref_notifier(struct notifier *self)
{
	bool is_last;

	pthread_mutex_lock(&self->mutex);
	self->refs--;
	is_last = self->refs == 0;
	pthread_mutex_unlock(&self->mutex);
	if (is_last) {
		pthread_cond_destroy(&self->has_ended_now);
		pthread_mutex_destroy(&self->mutex);
		free(self);
	}
}

static struct notifier *
create_notifier(void)
{
	struct notifier *self = calloc(1, sizeof(*self));
	pthread_condattr_t attributes;

	if (self == NULL) {
		return NULL;
	}
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&self->has_ended_now, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&self->mutex, NULL);
	self->refs = 1;
	return self;
}

// Called by the system when the thread ends, in whatever way.
static void
on_notifier_end(void *value)
{
	struct notifier *self = value;

	pthread_mutex_lock(&self->mutex);
	self->has_ended = true;
	pthread_cond_signal(&self->has_ended_now);
	pthread_mutex_unlock(&self->mutex);
	unref_notifier(self);
}

// Called in the thread that tells of a shutdown.
static void
mark_notifier(struct notifier *self)
{
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	pthread_mutex_lock(&self->mutex);
	if (!self->is_known &&
		pthread_setspecific(process.notifier_key, self) == 0) {
		self->is_known = true;
		self->refs++;
	}
	pthread_mutex_unlock(&self->mutex);
	pthread_setcancelstate(cancel_state, NULL);
}

// must_come: wait for the shutdown, too, when it has not been told yet.
static void
await_notifier_end(struct notifier *self, bool must_come)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += NOTIFIER_END_MS / 1000;
	pthread_mutex_lock(&self->mutex);
	while ((self->is_known || must_come) && !self->has_ended &&
		pthread_cond_timedwait(
			&self->has_ended_now, &self->mutex, &deadline) == 0) {
		continue;
	}
	pthread_mutex_unlock(&self->mutex);
}

static void
prepare_process(void)
{
	jack_set_error_function(on_error);
	jack_set_info_function(on_info);
	pthread_key_create(&process.notifier_key, on_notifier_end);
}

static void
take_last_error(char *out, size_t size)
{
	pthread_mutex_lock(&process.mutex);
	stage_jack_copy_text(out, size, process.last_error);
	process.last_error[0] = '\0';
	pthread_mutex_unlock(&process.mutex);
}

static void
on_shutdown(void *arg)
{
	struct handle *self = arg;

	mark_notifier(self->notifier);
	stage_jack_sink_shutdown(self->sink, "the JACK server has gone");
}

static void
on_info_shutdown(jack_status_t code, const char *reason, void *arg)
{
	struct handle *self = arg;

	(void)code;
	mark_notifier(self->notifier);
	stage_jack_sink_shutdown(
		self->sink, reason != NULL && reason[0] != '\0'
				    ? reason
				    : "the JACK server has gone");
}

static void
describe_port(jack_port_t *port, struct stage_jack_port *out)
{
	const char *name = jack_port_name(port);
	const char *type = jack_port_type(port);

	stage_jack_copy_text(
		out->name, sizeof(out->name), name != NULL ? name : "");
	stage_jack_copy_text(
		out->type, sizeof(out->type), type != NULL ? type : "");
	out->flags = (unsigned)jack_port_flags(port);
}

static void
on_port(jack_port_id_t id, int has_appeared, void *arg)
{
	struct handle *self = arg;
	jack_port_t *port = jack_port_by_id(self->client, id);
	struct stage_jack_port described;

	if (port == NULL) {
		return;
	}
	describe_port(port, &described);
	stage_jack_sink_port(self->sink, has_appeared != 0, &described);
}

static enum stage_status
explain(jack_status_t jack_status, const char *server, const char *name,
	struct stage_err *err)
{
	static const struct {
		unsigned bit;
		const char *words;
	} rows[] = {
		{JackNameNotUnique, "its name is taken"},
		{JackVersionError, "libjack does not fit the server"},
		{JackShmFailure, "its shared memory cannot be used"},
		{JackInitFailure, "libjack could not set itself up"},
		{JackServerFailed, "the server is not running"},
		{JackServerError, "the server refused it"},
	};
	char last[sizeof(process.last_error)];
	const char *words = "libjack does not say why";

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		if (((unsigned)jack_status & rows[i].bit) != 0) {
			words = rows[i].words;
			break;
		}
	}
	take_last_error(last, sizeof(last));
	if (((unsigned)jack_status & JackServerFailed) != 0) {
		last[0] = '\0'; // it says the same in other words
	}
	return stage_err_set(err, STAGE_GONE,
		"unable to open client %s on JACK server %s: %s%s%s%s", name,
		server, words, last[0] != '\0' ? " (" : "", last,
		last[0] != '\0' ? ")" : "");
}

static enum stage_status
activate(struct handle *self, const struct stage_jack_open *args,
	struct stage_err *err)
{
	enum stage_status status = args->setup(args->user, self->client, err);

	if (status != STAGE_OK) {
		return status;
	}
	// JACK2 calls both, or the second only; PipeWire 0.3 calls the first
	jack_on_shutdown(self->client, on_shutdown, self);
	jack_on_info_shutdown(self->client, on_info_shutdown, self);
	if (args->wants_ports) {
		jack_set_port_registration_callback(
			self->client, on_port, self);
	}
	if (jack_activate(self->client) != 0) {
		return stage_err_set(err, STAGE_GONE,
			"unable to activate client %s on JACK server %s",
			args->name, args->server);
	}
	return STAGE_OK;
}

static bool
is_pipewire(void)
{
	const char *version = NULL;

	if (jack_get_version_string != NULL) {
		version = jack_get_version_string();
	}
	return version != NULL && strstr(version, "PipeWire") != NULL;
}

static void
describe_client(const struct handle *self, struct stage_jack_info *info)
{
	jack_client_t *client = self->client;

	stage_jack_copy_text(
		info->name, sizeof(info->name), jack_get_client_name(client));
	info->rate_hz = jack_get_sample_rate(client);
	info->period_frames = jack_get_buffer_size(client);
	info->is_realtime = jack_is_realtime(client) != 0;
	info->is_pipewire = self->is_pipewire;
}

static jack_client_t *
open_client(const struct stage_jack_open *args, jack_status_t *jack_status)
{
	unsigned options = JackNoStartServer;

	if (!args->may_rename) {
		options |= JackUseExactName;
	}
	if (strcmp(args->server, "default") == 0) { // PipeWire has no such name
		return jack_client_open(
			args->name, (jack_options_t)options, jack_status);
	}
	options |= JackServerName;
	return jack_client_open(
		args->name, (jack_options_t)options, jack_status, args->server);
}

static void
free_handle(struct handle *self)
{
	unref_notifier(self->notifier);
	free(self);
}

static void
libjack_close(void *handle)
{
	struct handle *self = handle;

	if (!self->is_pipewire) { // its thread ends in the close only
		await_notifier_end(self->notifier, self->is_refused);
	}
	jack_client_close(self->client);
	free_handle(self);
}

static struct handle *
create_handle(struct stage_jack_sink *sink)
{
	struct handle *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->sink = sink;
	self->is_pipewire = is_pipewire();
	self->notifier = create_notifier();
	if (self->notifier == NULL) {
		free(self);
		return NULL;
	}
	return self;
}

static enum stage_status
libjack_open(const struct stage_jack_open *args, struct stage_jack_sink *sink,
	void **handle, struct stage_jack_info *info, struct stage_err *err)
{
	struct handle *self = create_handle(sink);
	jack_status_t jack_status = 0;
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	pthread_once(&process.once, prepare_process);
	self->client = open_client(args, &jack_status);
	if (self->client == NULL) {
		free_handle(self);
		return explain(jack_status, args->server, args->name, err);
	}
	status = activate(self, args, err);
	if (status != STAGE_OK) {
		libjack_close(self);
		return status;
	}
	describe_client(self, info);
	*handle = self;
	return STAGE_OK;
}

// In JACK2 this asks the server. In PipeWire it looks at what the client knows;
// there the shutdown callback tells.
static enum stage_status
libjack_beat(void *handle, uint32_t *frames)
{
	struct handle *self = handle;
	char *uuid = jack_get_uuid_for_client_name(
		self->client, jack_get_client_name(self->client));

	if (uuid == NULL) {
		self->is_refused = true;
		return STAGE_GONE;
	}
	jack_free(uuid);
	*frames = jack_last_frame_time(self->client);
	return STAGE_OK;
}

static void
libjack_list_ports(void *handle,
	void (*each)(void *user, const struct stage_jack_port *port),
	void *user)
{
	struct handle *self = handle;
	const char **names = jack_get_ports(self->client, NULL, NULL, 0);

	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		jack_port_t *port = jack_port_by_name(self->client, names[i]);
		struct stage_jack_port described;
		if (port != NULL) {
			describe_port(port, &described);
			each(user, &described);
		}
	}
	jack_free(names);
}

const struct stage_jack_backend *
stage_jack_libjack(void)
{
	static const struct stage_jack_backend backend = {
		.open = libjack_open,
		.beat = libjack_beat,
		.list_ports = libjack_list_ports,
		.close = libjack_close,
	};

	return &backend;
}
