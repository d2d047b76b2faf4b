/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the daemon share. Thread: the loop's. */

#ifndef STAGE_WEB_DAEMON_PRIVATE_H
#define STAGE_WEB_DAEMON_PRIVATE_H

#include <jansson.h>

#include "rig/net_watch.h"
#include "rig/path_watch.h"
#include "rpc/follow.h"
#include "rpc/server.h"
#include "web/backoff.h"
#include "web/calls.h"
#include "web/daemon.h"
#include "web/device.h"
#include "web/http.h"
#include "web/hub.h"
#include "web/lan.h"
#include "web/pairing.h"
#include "web/route.h"
#include "web/settings.h"
#include "web/site.h"

#define STAGE_WEB_AREAS_MAX 256

/** A page that listens. */
struct stage_web_viewer;

struct stage_web_daemon {
	uv_loop_t *loop;
	const struct stage_rig *rig;
	struct stage_web_settings settings;
	struct stage_web_site *site;
	struct stage_web_http *http;
	struct stage_web_hub *hub;
	struct stage_net_watch *lan;
	struct stage_rpc_server *rpc;
	struct stage_rpc_config rpc_config;
	struct stage_path_watch *run_watch; // racks come and go
	uv_timer_t *beat;                   // owned by the loop
	uv_timer_t *pairing_end;            // likewise
	struct stage_rpc_follow *upstreams[STAGE_WEB_AREAS_MAX];
	size_t upstream_count;
	// What pages are told of each's snapshot; NULL: nobody asked since.
	struct stage_web_frame *snapshots[STAGE_WEB_AREAS_MAX];
	struct stage_web_calls *calls;
	struct stage_web_devices devices;
	struct stage_web_pairing pairing;
	char pairing_interface[STAGE_WEB_INTERFACE_MAX]; // "": as settings say
	struct stage_web_backoff backoff;
	struct stage_strv names; // by which we may be asked for
	struct stage_web_viewer *viewers;
	uint16_t port;
	char epoch[17]; // of this life
	bool has_started;
	bool is_ending;
};

// Upstreams (daemon.c).

/** The daemon of an area; NULL: there is no such area. */
struct stage_rpc_follow *stage_web_daemon_find(
	const struct stage_web_daemon *self, const char *area);

/** Listens where the settings, the devices and the pairing say. */
void stage_web_daemon_listen(struct stage_web_daemon *self);

// Requests (serve.c).

void stage_web_serve_begun(void *user, struct stage_web_exchange *exchange);
void stage_web_serve_asked(void *user, struct stage_web_exchange *exchange);

// Who listens (viewers.c).

/** Answers with the events. */
void stage_web_viewers_add(struct stage_web_daemon *daemon,
	struct stage_web_exchange *exchange,
	const struct stage_web_device *device);

/** What the daemons say; user is the daemon. */
extern const struct stage_rpc_follow_events stage_web_viewers_events;

/** Forgets what was kept to be told. */
void stage_web_viewers_finish(struct stage_web_daemon *self);

/** Looks after all that listen, every two seconds. */
void stage_web_viewers_beat(struct stage_web_daemon *self);

/** A device has changed: its pages are told, or end where it is gone. */
void stage_web_viewers_device(struct stage_web_daemon *self, const char *id);

/** A device as pages see it. Ownership: the caller's. */
json_t *stage_web_device_view(const struct stage_web_device *device);

// Devices (devices.c).

/** Reads the file. What is wrong with it is told of, and it is kept aside. */
void stage_web_devices_load(struct stage_web_daemon *self);

/** Writes it, and listens where that says. */
void stage_web_devices_changed(struct stage_web_daemon *self);

struct stage_web_device *stage_web_devices_by_id(
	struct stage_web_daemon *self, const char *id);

/** Begins to pair. interface: "" is the only one there is. Errors:
 * STAGE_BAD_INPUT with a sentence. */
STAGE_NODISCARD enum stage_status stage_web_daemon_pair(
	struct stage_web_daemon *self, enum stage_web_role role,
	const char *interface, struct stage_err *err);

/** Pairs the device that has the code: token gets its token. NULL: it is the
 * wrong one, or too late. */
const struct stage_web_device *stage_web_daemon_take_code(
	struct stage_web_daemon *self, const char *code, const char *name,
	const char *own_address, char token[STAGE_WEB_TOKEN_HEX + 1]);

/** Where the page is, for a person: adds "http://HOST:PORT/", one a line. */
STAGE_NODISCARD enum stage_status stage_web_daemon_urls(
	const struct stage_web_daemon *self, struct stage_strv *out);

// Its own verbs (verbs.c).

extern const struct stage_verb *const stage_web_verbs[];
json_t *stage_web_state(void *ctx);

#endif
