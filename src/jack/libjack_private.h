/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What libjack.c, the calls to libjack, and libjack_tell.c, what libjack
 * tells, share. */

#ifndef STAGE_JACK_LIBJACK_PRIVATE_H
#define STAGE_JACK_LIBJACK_PRIVATE_H

#include <jack/jack.h>

#include "jack/backend.h"
#include "jack/notifier.h"
#include "jack/pipewire_names.h"

#pragma weak jack_get_version_string // JACK1's libjack has none

/** An open client. */
struct stage_jack_handle {
	jack_client_t *client;
	struct stage_jack_sink *sink;         // borrowed
	struct stage_jack_notifier *notifier; // shared
	const char *const *watched_clients;   // borrowed; may be NULL
	bool is_pipewire;
	bool stands_back;              // notifier's thread only; see stand_back
	struct stage_jack_doubt doubt; // of the names that PipeWire gives
	bool is_refused; // worker only; a request failed: the server has gone
};

/** Has libjack tell the handle's sink what the arguments want to be told.
 * Thread: the worker, before the client is activated. */
void stage_jack_libjack_listen(
	struct stage_jack_handle *self, const struct stage_jack_open *args);

/** What a port is. port: NULL when it has gone: all empty. Thread: any. */
void stage_jack_libjack_describe(
	const jack_port_t *port, struct stage_jack_port *out);

/** Its name alone. size: of out, in bytes. */
void stage_jack_libjack_describe_name(
	const jack_port_t *port, char *out, size_t size);

#endif
