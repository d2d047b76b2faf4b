/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/control.h"

#include <jack/control.h>
#include <jack/jack.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"
#include "jack/clean.h"
#include "jack/metadata_gate.h"
#include "jack/names.h"
#include "jack/registry.h"
#include "jackserver/chatter.h"

#define MONITOR_NAME "stagecraft-jack"

#pragma weak jack_get_version_string // JACK1's library has none

struct stage_control {
	jackctl_server_t *server;
	bool is_open;
	bool is_started;
	jack_client_t *monitor; // in this process; counts xruns
	atomic_ullong xruns;
	struct stage_control_listener listener;
};

enum stage_status
stage_control_check_library(struct stage_err *err)
{
	const char *version = "";

	if (jack_get_version_string != NULL) {
		version = jack_get_version_string();
	}
	if (strstr(version, "PipeWire") != NULL) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"libjackserver is PipeWire's (%s), which hosts no "
			"server: run PipeWire itself and disable this service, "
			"or run this program without PipeWire's libraries",
			version);
	}
	return STAGE_OK;
}

static jackctl_driver_t *
find_driver(jackctl_server_t *server, const char *name)
{
	const JSList *node = jackctl_server_get_drivers_list(server);

	for (; node != NULL; node = node->next) {
		if (jackctl_driver_get_type(node->data) == JackMaster &&
			strcmp(jackctl_driver_get_name(node->data), name) ==
				0) {
			return node->data;
		}
	}
	return NULL;
}

static enum stage_status
refuse_driver(jackctl_server_t *server, const char *name, struct stage_err *err)
{
	const JSList *node = jackctl_server_get_drivers_list(server);
	char names[256] = "auto";

	for (; node != NULL; node = node->next) {
		size_t len = strlen(names);
		if (jackctl_driver_get_type(node->data) == JackMaster &&
			stage_format(names + len, sizeof(names) - len, ", %s",
				jackctl_driver_get_name(node->data)) !=
				STAGE_OK) {
			break;
		}
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"JACK has no driver \"%s\": write one of %s", name, names);
}

static jackctl_server_t *
create_server(struct stage_err *err)
{
	jackctl_server_t *server = jackctl_server_create2(NULL, NULL, NULL);

	if (server == NULL) {
		stage_err_set(err, STAGE_IO,
			"libjackserver could not be set up; are its drivers "
			"installed?");
	}
	return server;
}

enum stage_status
stage_control_check_driver(const char *driver, struct stage_err *err)
{
	jackctl_server_t *server = create_server(err);
	enum stage_status status = STAGE_OK;

	if (server == NULL) {
		return STAGE_IO;
	}
	if (find_driver(server, driver) == NULL) {
		status = refuse_driver(server, driver, err);
	}
	jackctl_server_destroy(server);
	return status;
}

static jackctl_parameter_t *
find_parameter(const JSList *node, const char *name)
{
	for (; node != NULL; node = node->next) {
		if (strcmp(jackctl_parameter_get_name(node->data), name) == 0) {
			return node->data;
		}
	}
	return NULL;
}

// A parameter that a driver does not know is left out: not every driver has a
// device or a number of periods.
static bool
set_number(const JSList *parameters, const char *name, uint32_t value)
{
	jackctl_parameter_t *parameter = find_parameter(parameters, name);
	union jackctl_parameter_value box = {.ui = value};

	if (parameter == NULL) {
		return true;
	}
	if (jackctl_parameter_get_type(parameter) == JackParamBool) {
		box.b = value != 0;
	}
	return jackctl_parameter_set_value(parameter, &box);
}

static bool
set_text(const JSList *parameters, const char *name, const char *value)
{
	jackctl_parameter_t *parameter = find_parameter(parameters, name);
	union jackctl_parameter_value box = {.str = ""};

	if (parameter == NULL || value[0] == '\0') {
		return true;
	}
	return stage_format(box.str, sizeof(box.str), "%s", value) ==
		       STAGE_OK &&
	       jackctl_parameter_set_value(parameter, &box);
}

// 0: back to the driver's own number.
static bool
set_channels(const JSList *parameters, const char *name, uint32_t count)
{
	jackctl_parameter_t *parameter = find_parameter(parameters, name);

	if (parameter != NULL && count == 0) {
		return jackctl_parameter_reset(parameter);
	}
	return set_number(parameters, name, count);
}

// The first setting that is not taken; NULL: all are.
static const char *
set_server(jackctl_server_t *server, const struct stage_control_want *want)
{
	const JSList *all = jackctl_server_get_parameters(server);

	if (!set_text(all, "name", want->server)) {
		return "jack.server";
	}
	if (!set_number(all, "realtime", want->is_realtime)) {
		return "jack.realtime";
	}
	if (!set_number(all, "realtime-priority", (uint32_t)want->priority)) {
		return "jack.priority";
	}
	return set_number(all, "port-max", want->ports) ? NULL : "jack.ports";
}

static const char *
set_driver(jackctl_driver_t *driver, const struct stage_control_want *want)
{
	const JSList *all = jackctl_driver_get_parameters(driver);

	if (!set_text(all, "device", want->device)) {
		return "jack.device";
	}
	if (!set_number(all, "rate", want->rate_hz)) {
		return "jack.rate";
	}
	if (!set_number(all, "period", want->period_frames)) {
		return "jack.period";
	}
	if (!set_number(all, "nperiods", want->periods)) {
		return "jack.periods";
	}
	// Of ALSA's driver these names are something else.
	if (strcmp(want->driver, "dummy") == 0 &&
		!set_channels(all, "capture", want->inputs)) {
		return "its inputs";
	}
	if (strcmp(want->driver, "dummy") == 0 &&
		!set_channels(all, "playback", want->outputs)) {
		return "its outputs";
	}
	return NULL;
}

// Says what failed, with the first thing that libjackserver said about it.
static enum stage_status
explain(const struct stage_control_want *want, const char *what,
	struct stage_err *err)
{
	char first[256];

	stage_chatter_first_error(first, sizeof(first));
	return stage_err_set(err, STAGE_IO,
		"unable to %s JACK server %s with driver %s%s%s: %s", what,
		want->server, want->driver,
		want->device[0] != '\0' ? " on " : "", want->device,
		first[0] != '\0' ? first : "JACK does not say why");
}

static enum stage_status
open_server(struct stage_control *self, const struct stage_control_want *want,
	struct stage_err *err)
{
	jackctl_driver_t *driver = find_driver(self->server, want->driver);
	const char *wrong;

	if (driver == NULL) {
		return refuse_driver(self->server, want->driver, err);
	}
	wrong = set_server(self->server, want);
	if (wrong == NULL) {
		wrong = set_driver(driver, want);
	}
	if (wrong != NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"JACK with driver %s does not take %s as it is set",
			want->driver, wrong);
	}
	self->is_open = jackctl_server_open(self->server, driver);
	if (!self->is_open) {
		return explain(want, "open", err);
	}
	self->is_started = jackctl_server_start(self->server);
	if (!self->is_started) {
		return explain(want, "start", err);
	}
	return STAGE_OK;
}

static int
on_xrun(void *arg)
{
	struct stage_control *self = arg;

	atomic_fetch_add(&self->xruns, 1);
	return 0;
}

static void
on_registration(const char *name, int is_there, void *arg)
{
	struct stage_control *self = arg;

	self->listener.client(self->listener.user, name, is_there != 0);
}

// After who makes JACK2's database.
static jack_client_t *
open_client(const char *server)
{
	int gate = stage_jack_metadata_gate_enter(STAGE_JACK_SHM_DIR, getuid());
	jack_client_t *client = jack_client_open(
		MONITOR_NAME, JackNoStartServer | JackServerName, NULL, server);

	stage_jack_metadata_gate_leave(gate);
	return client;
}

/* JACK2 takes a client in a cycle, so that this says whether cycles run.
 * Another client that asked, and closed again, would hurt those that others
 * open at that moment: one that opens does not take note of who goes, and wakes
 * nobody that gets that place later
 * (https://github.com/jackaudio/jack2/issues/721). */
static enum stage_status
open_monitor(struct stage_control *self, const struct stage_control_want *want,
	struct stage_err *err)
{
	stage_chatter_mark();
	self->monitor = open_client(want->server);
	if (self->monitor == NULL) {
		return explain(want, "open a client on", err);
	}
	jack_set_xrun_callback(self->monitor, on_xrun, self);
	jack_set_client_registration_callback(
		self->monitor, on_registration, self);
	if (jack_activate(self->monitor) != 0) {
		return explain(want, "activate a client on", err);
	}
	return STAGE_OK;
}

static bool
connect_to_socket(const char *server)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char name[sizeof(address.sun_path)];
	bool is_there;
	int fd;

	if (stage_jack_socket_name(name, sizeof(name), server, getuid(),
		    getenv("JACK_PROMISCUOUS_SERVER") != NULL) != STAGE_OK ||
		stage_format(address.sun_path, sizeof(address.sun_path),
			"%s/%s", STAGE_JACK_SHM_DIR, name) != STAGE_OK) {
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	is_there = fd >= 0 && connect(fd, (struct sockaddr *)&address,
				      sizeof(address)) == 0;
	if (fd >= 0) {
		close(fd);
	}
	return is_there;
}

static enum stage_status
check_it_answers(const struct stage_control_want *want, struct stage_err *err)
{
	if (!connect_to_socket(want->server)) {
		return stage_err_set(err, STAGE_IO,
			"JACK server %s started, but nobody answers at its "
			"socket in " STAGE_JACK_SHM_DIR,
			want->server);
	}
	return STAGE_OK;
}

static uint32_t
count_ports(const struct stage_control *self, unsigned long direction)
{
	const char **names = jack_get_ports(self->monitor, NULL,
		JACK_DEFAULT_AUDIO_TYPE, JackPortIsPhysical | direction);
	uint32_t count = 0;

	while (names != NULL && names[count] != NULL) {
		count++;
	}
	jack_free(names);
	return count;
}

static void
look(const struct stage_control *self, struct stage_control_have *have)
{
	have->rate_hz = jack_get_sample_rate(self->monitor);
	have->period_frames = jack_get_buffer_size(self->monitor);
	have->is_realtime = jack_is_realtime(self->monitor) != 0;
	// An input of the computer is where JACK reads from.
	have->inputs = count_ports(self, JackPortIsOutput);
	have->outputs = count_ports(self, JackPortIsInput);
}

enum stage_status
stage_control_start(const struct stage_control_want *want,
	const struct stage_control_listener *listener,
	struct stage_control **out, struct stage_control_have *have,
	struct stage_err *err)
{
	struct stage_control *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->listener = *listener;
	stage_chatter_mark();
	self->server = create_server(err);
	status = self->server != NULL ? open_server(self, want, err) : STAGE_IO;
	if (status == STAGE_OK) {
		status = open_monitor(self, want, err);
	}
	if (status == STAGE_OK) {
		status = check_it_answers(want, err);
	}
	if (status != STAGE_OK) {
		stage_control_stop(self);
		return status;
	}
	look(self, have);
	*out = self;
	return STAGE_OK;
}

enum stage_status
stage_control_switch(struct stage_control *self,
	const struct stage_control_want *want, struct stage_control_have *have,
	struct stage_err *err)
{
	jackctl_driver_t *driver = find_driver(self->server, want->driver);
	const char *wrong =
		driver != NULL ? set_driver(driver, want) : "jack.driver";

	if (wrong != NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"JACK with driver %s does not take %s as it is set",
			want->driver, wrong);
	}
	stage_chatter_mark();
	if (!jackctl_server_switch_master(self->server, driver)) {
		return explain(want, "switch", err);
	}
	look(self, have);
	return STAGE_OK;
}

int
stage_control_client_pid(const char *name)
{
	return jack_get_client_pid(name);
}

void
stage_control_stop(struct stage_control *self)
{
	if (self == NULL) {
		return;
	}
	if (self->monitor != NULL) {
		jack_client_close(self->monitor);
	}
	if (self->is_started) {
		jackctl_server_stop(self->server);
	}
	if (self->is_open) {
		jackctl_server_close(self->server);
	}
	if (self->server != NULL) {
		jackctl_server_destroy(self->server);
	}
	free(self);
}

uint64_t
stage_control_xruns(const struct stage_control *self)
{
	return atomic_load(&self->xruns);
}

float
stage_control_load(const struct stage_control *self)
{
	return jack_cpu_load(self->monitor);
}

int64_t
stage_control_silence_ns(const struct stage_control *self)
{
	jack_nframes_t frames;
	jack_time_t began_us;
	jack_time_t next_us;
	float period_us;

	if (jack_get_cycle_times(self->monitor, &frames, &began_us, &next_us,
		    &period_us) != 0) {
		return -1;
	}
	return ((int64_t)jack_get_time() - (int64_t)began_us) * 1000;
}

uint32_t
stage_control_frames(const struct stage_control *self)
{
	return jack_last_frame_time(self->monitor);
}
