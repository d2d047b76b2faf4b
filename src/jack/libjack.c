/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <assert.h>
#include <errno.h>
#include <jack/uuid.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jack/clean.h"
#include "jack/client.h"
#include "jack/libjack_private.h"
#include "jack/metadata_gate.h"
#include "jack/port_id.h"

static_assert(
	(unsigned)STAGE_JACK_PORT_INPUT == JackPortIsInput &&
		(unsigned)STAGE_JACK_PORT_OUTPUT == JackPortIsOutput &&
		(unsigned)STAGE_JACK_PORT_PHYSICAL == JackPortIsPhysical &&
		(unsigned)STAGE_JACK_PORT_CAN_MONITOR == JackPortCanMonitor &&
		(unsigned)STAGE_JACK_PORT_TERMINAL == JackPortIsTerminal,
	"a port's flags are JACK's");

// JACK2 puts "the server refused it" over the status that says that a name is
// taken; only this part of an error remains.
#define NAME_CONFLICT "with another running client"

// libjack's error hook is one for the process and carries no context.
static struct {
	pthread_once_t once;
	pthread_mutex_t mutex;
	char last_error[128];
	bool has_name_conflict; // an error said so since the last reset
} process = {.once = PTHREAD_ONCE_INIT, .mutex = PTHREAD_MUTEX_INITIALIZER};

static void
on_error(const char *message)
{
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	pthread_mutex_lock(&process.mutex);
	stage_jack_copy_text(
		process.last_error, sizeof(process.last_error), message);
	if (strstr(message, NAME_CONFLICT) != NULL) {
		process.has_name_conflict = true;
	}
	pthread_mutex_unlock(&process.mutex);
	pthread_setcancelstate(cancel_state, NULL);
}

static void
on_info(const char *message)
{
	(void)message;
}

static void
prepare_process(void)
{
	jack_set_error_function(on_error);
	jack_set_info_function(on_info);
}

static void
take_last_error(char *out, size_t size)
{
	pthread_mutex_lock(&process.mutex);
	stage_jack_copy_text(out, size, process.last_error);
	process.last_error[0] = '\0';
	pthread_mutex_unlock(&process.mutex);
}

static enum stage_status
explain(jack_status_t jack_status, const char *server, const char *name,
	struct stage_err *err)
{
	static const struct {
		unsigned bit;
		const char *words;
	} rows[] = {
		{JackNameNotUnique, "another client has that name"},
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
	if (((unsigned)jack_status & (JackServerFailed | JackNameNotUnique)) !=
		0) {
		last[0] = '\0'; // it says the same in other words
	}
	return stage_err_set(err, STAGE_GONE,
		"unable to open client %s on JACK server %s: %s%s%s%s", name,
		server, words, last[0] != '\0' ? " (" : "", last,
		last[0] != '\0' ? ")" : "");
}

static enum stage_status
activate(struct stage_jack_handle *self, const struct stage_jack_open *args,
	struct stage_err *err)
{
	enum stage_status status = args->setup(args->user, self->client, err);

	if (status != STAGE_OK) {
		return status;
	}
	stage_jack_libjack_listen(self, args);
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

bool
stage_jack_is_jack2(void)
{
	return jack_get_version_string != NULL && !is_pipewire();
}

static void
describe_client(
	const struct stage_jack_handle *self, struct stage_jack_info *info)
{
	jack_client_t *client = self->client;

	stage_jack_copy_text(
		info->name, sizeof(info->name), jack_get_client_name(client));
	info->rate_hz = jack_get_sample_rate(client);
	info->period_frames = jack_get_buffer_size(client);
	info->is_realtime = jack_is_realtime(client) != 0;
	info->is_pipewire = self->is_pipewire;
}

static void
reset_name_conflict(void)
{
	pthread_mutex_lock(&process.mutex);
	process.has_name_conflict = false;
	pthread_mutex_unlock(&process.mutex);
}

static bool
has_name_conflict(void)
{
	bool result;

	pthread_mutex_lock(&process.mutex);
	result = process.has_name_conflict;
	pthread_mutex_unlock(&process.mutex);
	return result;
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

static jack_client_t *
open_client_alone(const struct stage_jack_handle *self,
	const struct stage_jack_open *args, jack_status_t *jack_status)
{
	int gate = self->is_pipewire ? -1
				     : stage_jack_metadata_gate_enter(
					       STAGE_JACK_SHM_DIR, getuid());
	jack_client_t *client = open_client(args, jack_status);

	stage_jack_metadata_gate_leave(gate);
	return client;
}

static void
free_handle(struct stage_jack_handle *self)
{
	stage_jack_notifier_unref(self->notifier);
	free(self);
}

static void
libjack_close(void *handle)
{
	struct stage_jack_handle *self = handle;

	if (!self->is_pipewire) { // its thread ends in the close only
		stage_jack_notifier_await_end(self->notifier, self->is_refused);
	}
	jack_client_close(self->client);
	free_handle(self);
}

static struct stage_jack_handle *
create_handle(struct stage_jack_sink *sink)
{
	struct stage_jack_handle *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->sink = sink;
	self->is_pipewire = is_pipewire();
	self->notifier = stage_jack_notifier_create();
	if (self->notifier == NULL) {
		free(self);
		return NULL;
	}
	return self;
}

// PipeWire gives another name even to those who want theirs exactly.
static enum stage_status
check_name(const struct stage_jack_handle *self,
	const struct stage_jack_open *args, struct stage_err *err)
{
	const char *name = jack_get_client_name(self->client);

	if (args->may_rename || strcmp(name, args->name) == 0) {
		return STAGE_OK;
	}
	return explain(JackNameNotUnique, args->server, args->name, err);
}

static enum stage_status
libjack_open(const struct stage_jack_open *args, struct stage_jack_sink *sink,
	void **handle, struct stage_jack_info *info, struct stage_err *err)
{
	struct stage_jack_handle *self = create_handle(sink);
	jack_status_t jack_status = 0;
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	pthread_once(&process.once, prepare_process);
	reset_name_conflict();
	self->client = open_client_alone(self, args, &jack_status);
	if (self->client == NULL) {
		if (!args->may_rename && has_name_conflict()) {
			jack_status = JackNameNotUnique;
		}
		free_handle(self);
		return explain(jack_status, args->server, args->name, err);
	}
	self->watched_clients = args->watched_clients;
	status = check_name(self, args, err);
	if (status == STAGE_OK) {
		status = activate(self, args, err);
	}
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
	struct stage_jack_handle *self = handle;
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

// JACK2 sleeps in here while a change of the graph is not effective yet, so
// connections are asked for in one go, when no connecting goes on.
static void
list_links(struct stage_jack_handle *self, const jack_port_t *port,
	const char *name, const struct stage_jack_lister *lister)
{
	const char **others = jack_port_get_all_connections(self->client, port);
	char other[STAGE_JACK_PORT_NAME_MAX];

	for (size_t i = 0; others != NULL && others[i] != NULL; i++) {
		stage_jack_copy_text(other, sizeof(other), others[i]);
		lister->link(lister->user, name, other);
	}
	jack_free(others);
}

// The names that libjack gives are its own memory and change with the ports.
static void
list_port(struct stage_jack_handle *self, const char *name, bool does_links,
	const struct stage_jack_lister *lister)
{
	const jack_port_t *port = jack_port_by_name(self->client, name);
	struct stage_jack_port described;

	if (port == NULL) {
		return;
	}
	if (!does_links) {
		stage_jack_libjack_describe(port, &described);
		lister->port(
			lister->user, stage_jack_id_of_port(port), &described);
	} else {
		stage_jack_libjack_describe_name(
			port, described.name, sizeof(described.name));
		list_links(self, port, described.name, lister);
	}
}

// A client without a port is told of only as it comes and goes.
static void
list_clients(struct stage_jack_handle *self)
{
	const char *const *name = self->watched_clients;

	for (; name != NULL && *name != NULL; name++) {
		char *uuid = jack_get_uuid_for_client_name(self->client, *name);
		if (uuid != NULL) {
			stage_jack_sink_client(self->sink, true, *name);
			jack_free(uuid);
		}
	}
}

// To open anew is what makes libjack ask for the names again.
static void
check_names(struct stage_jack_handle *self)
{
	if (self->is_pipewire &&
		stage_jack_are_names_old(&self->doubt, self->client)) {
		stage_jack_sink_shutdown(self->sink,
			"PipeWire did not tell which ports system:* are now");
	}
}

static void
libjack_list(
	void *handle, bool has_links, const struct stage_jack_lister *lister)
{
	struct stage_jack_handle *self = handle;
	const char **names;

	check_names(self);
	names = jack_get_ports(self->client, NULL, NULL, 0);
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		list_port(self, names[i], false, lister);
	}
	jack_free(names);
	list_clients(self);
	if (!has_links) {
		return;
	}
	names = jack_get_ports(self->client, NULL, NULL, JackPortIsOutput);
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		list_port(self, names[i], true, lister);
	}
	jack_free(names);
}

// JACK2 would cut a name that is longer than any it has, and takes no name for
// that of the first port whose aliases are empty.
static bool
is_fit(const char *name)
{
	return name[0] != '\0' && strlen(name) < (size_t)jack_port_name_size();
}

static enum stage_jack_outcome
libjack_change(void *handle, const struct stage_jack_edit *edit)
{
	struct stage_jack_handle *self = handle;
	int result;

	if (!is_fit(edit->from) || !is_fit(edit->to)) {
		return STAGE_JACK_OUTCOME_REFUSED;
	}
	result = edit->is_disconnect
			 ? jack_disconnect(self->client, edit->from, edit->to)
			 : jack_connect(self->client, edit->from, edit->to);
	if (result == 0) {
		return STAGE_JACK_OUTCOME_DONE;
	}
	if (abs(result) == EEXIST && !edit->is_disconnect) {
		return STAGE_JACK_OUTCOME_EXISTS;
	}
	return STAGE_JACK_OUTCOME_REFUSED;
}

const struct stage_jack_backend *
stage_jack_libjack(void)
{
	static const struct stage_jack_backend backend = {
		.open = libjack_open,
		.beat = libjack_beat,
		.list = libjack_list,
		.change = libjack_change,
		.close = libjack_close,
	};

	return &backend;
}
