/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // SCHED_BATCH

#include <pthread.h>
#include <sched.h>

#include "jack/libjack_private.h"

#define ALIAS_ROOM 1024 // at least jack_port_name_size()

static void
on_shutdown(void *arg)
{
	struct stage_jack_handle *self = arg;

	stage_jack_notifier_mark(self->notifier);
	stage_jack_sink_shutdown(self->sink, "the JACK server has gone");
}

static void
on_info_shutdown(jack_status_t code, const char *reason, void *arg)
{
	struct stage_jack_handle *self = arg;

	(void)code;
	stage_jack_notifier_mark(self->notifier);
	stage_jack_sink_shutdown(
		self->sink, reason != NULL && reason[0] != '\0'
				    ? reason
				    : "the JACK server has gone");
}

static void
describe_aliases(const jack_port_t *port, struct stage_jack_port *out)
{
	char texts[STAGE_JACK_ALIASES_MAX][ALIAS_ROOM];
	char *const aliases[STAGE_JACK_ALIASES_MAX] = {texts[0], texts[1]};
	int count = -1;

	if (jack_port_name_size() <= ALIAS_ROOM) {
		count = jack_port_get_aliases(port, aliases);
	}
	for (int i = 0; i < STAGE_JACK_ALIASES_MAX; i++) {
		stage_jack_copy_text(out->aliases[i], sizeof(out->aliases[i]),
			i < count ? texts[i] : "");
	}
}

void
stage_jack_libjack_describe_name(
	const jack_port_t *port, char *out, size_t size)
{
	const char *name = port != NULL ? jack_port_name(port) : NULL;

	stage_jack_copy_text(out, size, name != NULL ? name : "");
}

void
stage_jack_libjack_describe(
	const jack_port_t *port, struct stage_jack_port *out)
{
	const char *type = port != NULL ? jack_port_type(port) : NULL;

	stage_jack_libjack_describe_name(port, out->name, sizeof(out->name));
	stage_jack_copy_text(
		out->type, sizeof(out->type), type != NULL ? type : "");
	out->flags = 0;
	if (port != NULL) {
		out->flags = (unsigned)jack_port_flags(port);
		describe_aliases(port, out);
	}
}

/* Called in the thread that tells. JACK2's server writes to each listener for
 * each port and connection. Woken at once, as Linux does with who has slept,
 * the listener takes the processor from the server or from who waits for it:
 * with two processors a thousand connections took 1.4 times as long. */
static void
stand_back(struct stage_jack_handle *self)
{
#ifdef SCHED_BATCH
	struct sched_param param = {0};
	int policy;

	if (self->is_pipewire || self->stands_back) {
		return; // PipeWire's thread is the one that asks, too
	}
	self->stands_back = true;
	if (pthread_getschedparam(pthread_self(), &policy, &param) == 0 &&
		policy == SCHED_OTHER) {
		pthread_setschedparam(pthread_self(), SCHED_BATCH, &param);
	}
#else
	(void)self;
#endif
}

// JACK1's server waits for each callback; PipeWire's thread is the one that
// asks, too.
static void
rest(struct stage_jack_handle *self)
{
	if (!self->is_pipewire && jack_get_version_string != NULL) {
		stage_jack_sink_rest(self->sink);
	}
}

static void
on_port(jack_port_id_t id, int has_appeared, void *arg)
{
	struct stage_jack_handle *self = arg;
	struct stage_jack_port described = {.flags = 0};

	stand_back(self);
	stage_jack_doubt_names(&self->doubt);
	if (has_appeared != 0) {
		stage_jack_libjack_describe(
			jack_port_by_id(self->client, id), &described);
	}
	stage_jack_sink_port(self->sink, id, has_appeared != 0, &described);
	rest(self);
}

static void
on_rename(jack_port_id_t id, const char *before, const char *now, void *arg)
{
	struct stage_jack_handle *self = arg;
	char name[STAGE_JACK_PORT_NAME_MAX];

	stage_jack_copy_text(name, sizeof(name), now != NULL ? now : "");
	stage_jack_sink_renamed(self->sink, id, before, name);
}

static void
on_connect(jack_port_id_t a, jack_port_id_t b, int is_connected, void *arg)
{
	struct stage_jack_handle *self = arg;
	char from[STAGE_JACK_PORT_NAME_MAX];
	char to[STAGE_JACK_PORT_NAME_MAX];

	stand_back(self);
	stage_jack_libjack_describe_name(
		jack_port_by_id(self->client, a), from, sizeof(from));
	stage_jack_libjack_describe_name(
		jack_port_by_id(self->client, b), to, sizeof(to));
	stage_jack_sink_link(self->sink, is_connected != 0, a, from, b, to);
	rest(self);
}

static void
on_client(const char *name, int has_appeared, void *arg)
{
	struct stage_jack_handle *self = arg;

	stage_jack_sink_client(self->sink, has_appeared != 0, name);
}

void
stage_jack_libjack_listen(
	struct stage_jack_handle *self, const struct stage_jack_open *args)
{
	// JACK2 calls both, or the second only; PipeWire 0.3 calls the first
	jack_on_shutdown(self->client, on_shutdown, self);
	jack_on_info_shutdown(self->client, on_info_shutdown, self);
	if (args->wants_ports) {
		jack_set_port_registration_callback(
			self->client, on_port, self);
		jack_set_port_rename_callback(self->client, on_rename, self);
	}
	if (args->wants_graph) {
		jack_set_port_connect_callback(self->client, on_connect, self);
		jack_set_client_registration_callback(
			self->client, on_client, self);
	}
}
