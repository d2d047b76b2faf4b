/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // gethostname

#include "web/daemon.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/notify.h"
#include "rig/install.h"
#include "web/daemon_private.h"
#include "web/drop.h"
#include "web/sandbox.h"

#define BEAT_MS 2000
#define LOW_PORTS 1024 // below it, they are root's
#define PEM_MAX 65536
#define HOST_MAX 256
#define SOCK ".sock"
#define RACK "rack-"

// The daemons that are always asked for; racks come beside them.
static const struct {
	const char *area;
	const char *socket; // without its suffix
} areas[] = {
	{"show", "show"},
	{"rig", "rig"},
	{"patchbay", "patchbay"},
	{"midi", "midi"},
	{"jack", "jack"},
	{"web", "web"},
};

struct stage_rpc_follow *
stage_web_daemon_find(const struct stage_web_daemon *self, const char *area)
{
	for (size_t i = 0; i < self->upstream_count; i++) {
		if (strcmp(stage_rpc_follow_name(self->upstreams[i]), area) ==
			0) {
			return self->upstreams[i];
		}
	}
	return NULL;
}

static enum stage_status
add_upstream(struct stage_web_daemon *self, const char *area,
	const char *socket, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	if (self->upstream_count == STAGE_WEB_AREAS_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"there are more than %d daemons to ask",
			STAGE_WEB_AREAS_MAX);
	}
	stage_rig_run_path(self->rig, path, "%s" SOCK, socket);
	status = stage_rpc_follow_create(&self->upstreams[self->upstream_count],
		self->loop, area, path, &stage_web_viewers_events, self, err);
	self->upstream_count += status == STAGE_OK;
	return status;
}

// A rack that goes keeps its place: it may come back.
static void
look_for_racks(void *user)
{
	struct stage_web_daemon *self = user;
	struct stage_strv names = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char area[STAGE_WEB_AREA_MAX];

	(void)!stage_io_list_dir(self->rig->run, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		size_t len = strlen(names.items[i]);

		if (!stage_starts_with(names.items[i], RACK) ||
			!stage_ends_with(names.items[i], SOCK) ||
			stage_format(area, sizeof(area), "%.*s",
				(int)(len - strlen(SOCK)),
				names.items[i]) != STAGE_OK ||
			stage_web_daemon_find(self, area) != NULL) {
			continue;
		}
		if (add_upstream(self, area, area, &err) != STAGE_OK) {
			stage_log_warn("%s", err.text);
			break;
		}
	}
	stage_strv_finish(&names);
}

static enum stage_status
add_upstreams(struct stage_web_daemon *self, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < STAGE_COUNT_OF(areas) && status == STAGE_OK;
		i++) {
		status =
			add_upstream(self, areas[i].area, areas[i].socket, err);
	}
	if (status == STAGE_OK) {
		status = stage_path_watch_create(&self->run_watch, self->loop,
			self->rig->run, look_for_racks, self, err);
	}
	return status;
}

// Where it listens.

static void
add_interface(const char *interface, struct stage_strv *out)
{
	if (interface[0] != '\0' && strcmp(interface, "-") != 0 &&
		stage_web_lan_addresses(interface, out) != STAGE_OK) {
		stage_log_warn("out of memory");
	}
}

static void
wanted_addresses(const struct stage_web_daemon *self, struct stage_strv *out)
{
	(void)!stage_strv_add(out, "127.0.0.1");
	(void)!stage_strv_add(out, "::1");
	for (size_t i = 0; i < self->settings.interfaces.count; i++) {
		add_interface(self->settings.interfaces.items[i], out);
	}
	for (size_t i = 0; i < self->devices.count; i++) {
		add_interface(self->devices.items[i].interface, out);
	}
	if (self->pairing.tries > 0) {
		add_interface(self->pairing_interface, out);
	}
}

// By which names somebody may have found us.
static void
name_ourselves(struct stage_web_daemon *self)
{
	const struct stage_strv *addresses =
		stage_web_http_addresses(self->http);
	char host[HOST_MAX] = "";
	char local[HOST_MAX + sizeof(".local")];

	stage_strv_finish(&self->names);
	(void)!stage_strv_add(&self->names, "localhost");
	for (size_t i = 0; i < addresses->count; i++) {
		(void)!stage_strv_add(&self->names, addresses->items[i]);
	}
	for (size_t i = 0; i < self->settings.names.count; i++) {
		(void)!stage_strv_add(
			&self->names, self->settings.names.items[i]);
	}
	if (gethostname(host, sizeof(host) - 1) == 0 && host[0] != '\0') {
		stage_lower(host);
		snprintf(local, sizeof(local), "%s.local", host);
		(void)!stage_strv_add(&self->names, host);
		(void)!stage_strv_add(&self->names, local);
	}
}

static void
listen_no_more(struct stage_web_daemon *self, const struct stage_strv *wanted)
{
	const struct stage_strv *now = stage_web_http_addresses(self->http);

	for (size_t i = now->count; i-- > 0;) {
		if (!stage_strv_has(wanted, now->items[i])) {
			char address[STAGE_WEB_ADDRESS_MAX];

			stage_log_info("no longer at %s", now->items[i]);
			(void)!stage_format(
				address, sizeof(address), "%s", now->items[i]);
			stage_web_http_unlisten(self->http, address);
		}
	}
}

void
stage_web_daemon_listen(struct stage_web_daemon *self)
{
	struct stage_strv wanted = {0};

	wanted_addresses(self, &wanted);
	listen_no_more(self, &wanted);
	for (size_t i = 0; i < wanted.count; i++) {
		struct stage_err err = STAGE_ERR_INIT;
		const char *address = wanted.items[i];
		bool is_new = !stage_strv_has(
			stage_web_http_addresses(self->http), address);

		if (stage_web_http_listen(self->http, address, &self->port,
			    &err) != STAGE_OK) {
			// No IPv6 is no fault.
			if (strchr(address, ':') == NULL) {
				stage_log_warn("%s", err.text);
			}
		} else if (is_new && self->has_started) {
			stage_log_info("at %s, too", address);
		}
	}
	stage_strv_finish(&wanted);
	name_ourselves(self);
}

enum stage_status
stage_web_daemon_urls(
	const struct stage_web_daemon *self, struct stage_strv *out)
{
	const struct stage_strv *addresses =
		stage_web_http_addresses(self->http);
	const char *scheme =
		self->settings.certificate[0] != '\0' ? "https" : "http";
	char url[HOST_MAX];
	enum stage_status status = STAGE_OK;

	// Those that others can reach come first.
	for (size_t i = addresses->count; i-- > 0 && status == STAGE_OK;) {
		const char *address = addresses->items[i];
		bool is_v6 = strchr(address, ':') != NULL;

		if (strcmp(address, "::1") == 0) {
			continue;
		}
		snprintf(url, sizeof(url), "%s://%s%s%s:%u/", scheme,
			is_v6 ? "[" : "", address, is_v6 ? "]" : "",
			(unsigned)self->port);
		status = stage_strv_add(out, url);
	}
	return status;
}

static void
on_lan(void *user)
{
	stage_web_daemon_listen(user);
}

// Its parts.

static enum stage_status
read_pem(const struct stage_web_daemon *self, const char *name,
	struct stage_str *out, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), self->rig->rig, name, err);

	return status == STAGE_OK ? stage_io_read_file(path, PEM_MAX, out, err)
				  : status;
}

static enum stage_status
start_http(struct stage_web_daemon *self, struct stage_err *err)
{
	struct stage_web_http_config config = {
		.connections = (size_t)self->settings.connections,
		.per_address = (size_t)self->settings.per_address,
		.head_timeout_ns = self->settings.head_timeout_ns,
		.begun = stage_web_serve_begun,
		.asked = stage_web_serve_asked,
		.user = self,
	};
	struct stage_str certificate = {0};
	struct stage_str key = {0};
	enum stage_status status = STAGE_OK;

	if (self->settings.certificate[0] != '\0') {
		status = read_pem(
			self, self->settings.certificate, &certificate, err);
		if (status == STAGE_OK) {
			status = read_pem(self, self->settings.key, &key, err);
		}
		config.certificate = stage_str_text(&certificate);
		config.key = stage_str_text(&key);
	}
	if (status == STAGE_OK) {
		status = stage_web_http_create(
			&self->http, self->loop, &config, err);
	}
	if (key.data != NULL) {
		sodium_memzero(key.data, key.len);
	}
	stage_str_finish(&certificate);
	stage_str_finish(&key);
	return status;
}

// The page cannot be served where nobody on this computer could see it.
static enum stage_status
listen_first(struct stage_web_daemon *self, struct stage_err *err)
{
	enum stage_status status;

	self->port = (uint16_t)self->settings.port;
	status = stage_web_http_listen(
		self->http, "127.0.0.1", &self->port, err);
	if (status == STAGE_OK) {
		stage_web_daemon_listen(self);
	}
	return status;
}

static enum stage_status
start_rpc(struct stage_web_daemon *self, struct stage_err *err)
{
	static const char *const topics[] = {"devices", NULL};
	const struct stage_rpc_config config = {
		.name = "stagecraft-web",
		.verbs = stage_web_verbs,
		.state = stage_web_state,
		.topics = topics,
		.ctx = self,
	};
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->rig, path, "web" SOCK);
	self->rpc_config = config;
	self->rpc = stage_rpc_server_create(
		self->loop, path, &self->rpc_config, err);
	if (self->rpc == NULL && err->status == STAGE_BUSY) {
		stage_err_prefix(err, "a page of this rig is served already: ");
	}
	return self->rpc != NULL ? STAGE_OK : err->status;
}

static void
on_beat(uv_timer_t *timer)
{
	stage_web_viewers_beat(timer->data);
}

static uv_timer_t *
make_timer(struct stage_web_daemon *self)
{
	uv_timer_t *timer = malloc(sizeof(*timer));

	if (timer != NULL) {
		uv_timer_init(self->loop, timer);
		timer->data = self;
	}
	return timer;
}

static enum stage_status
load_site(struct stage_web_daemon *self, struct stage_err *err)
{
	char data[STAGE_PATH_MAX];
	char site[STAGE_PATH_MAX];
	enum stage_status status = stage_install_data(data, err);

	if (status == STAGE_OK) {
		status = stage_io_join(site, sizeof(site), data, "web", err);
	}
	return status == STAGE_OK ? stage_web_site_load(&self->site, site, err)
				  : status;
}

static enum stage_status
make_parts(struct stage_web_daemon *self, struct stage_err *err)
{
	unsigned char chance[8];

	if (sodium_init() < 0) {
		return stage_err_set(err, STAGE_IO, "libsodium does not start");
	}
	randombytes_buf(chance, sizeof(chance));
	sodium_bin2hex(
		self->epoch, sizeof(self->epoch), chance, sizeof(chance));
	self->hub = stage_web_hub_create();
	self->calls = stage_web_calls_create();
	self->beat = make_timer(self);
	self->pairing_end = make_timer(self);
	if (self->hub == NULL || self->calls == NULL || self->beat == NULL ||
		self->pairing_end == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return load_site(self, err);
}

static void
tell_ready(void)
{
	struct stage_err late = STAGE_ERR_INIT;

	if (stage_notify_ready(&late) != STAGE_OK) {
		stage_log_warn("%s", late.text);
	}
}

static enum stage_status
start(struct stage_web_daemon *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = make_parts(self, err);

	if (status == STAGE_OK) {
		stage_rig_path(self->rig, path, "rig.conf");
		status = stage_web_settings_load(&self->settings, path, err);
	}
	if (status == STAGE_OK) {
		status = start_rpc(self, err);
	}
	if (status == STAGE_OK) {
		stage_web_devices_load(self);
		status = start_http(self, err);
	}
	if (status == STAGE_OK) {
		status = listen_first(self, err);
	}
	if (status == STAGE_OK) {
		status = stage_net_watch_create(
			self->loop, on_lan, self, &self->lan, err);
	}
	if (status == STAGE_OK) {
		status = add_upstreams(self, err);
	}
	if (status == STAGE_OK) {
		tell_ready(); // nobody else may tell our starter
		stage_rig_path(self->rig, path, "state/web");
		status = stage_web_drop(
			self->rig->run, path, self->port < LOW_PORTS, err);
	}
	if (status == STAGE_OK) {
		stage_web_sandbox(self->rig->run, path);
	}
	return status;
}

enum stage_status
stage_web_daemon_create(uv_loop_t *loop, const struct stage_rig *rig,
	struct stage_web_daemon **out, struct stage_err *err)
{
	struct stage_web_daemon *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->rig = rig;
	status = start(self, err);
	if (status != STAGE_OK) {
		stage_web_daemon_destroy(self);
		return status;
	}
	self->has_started = true;
	uv_timer_start(self->beat, on_beat, BEAT_MS, BEAT_MS);
	stage_log_info("the page is at http%s://localhost:%u/",
		self->settings.certificate[0] != '\0' ? "s" : "",
		(unsigned)self->port);
	*out = self;
	return STAGE_OK;
}

static void
on_last_closed(uv_handle_t *handle)
{
	struct stage_web_daemon *self = handle->data;

	stage_web_viewers_finish(self);
	stage_web_hub_destroy(self->hub);
	stage_web_site_destroy(self->site);
	stage_web_calls_destroy(self->calls);
	stage_web_settings_finish(&self->settings);
	stage_strv_finish(&self->names);
	sodium_memzero(&self->devices, sizeof(self->devices));
	free(handle);
	free(self);
}

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

// Calls that wait are answered before the connections end.
void
stage_web_daemon_destroy(struct stage_web_daemon *self)
{
	if (self == NULL || self->is_ending) {
		return;
	}
	self->is_ending = true;
	stage_path_watch_destroy(self->run_watch);
	stage_net_watch_destroy(self->lan);
	for (size_t i = 0; i < self->upstream_count; i++) {
		stage_rpc_follow_destroy(self->upstreams[i]);
	}
	stage_web_http_destroy(self->http);
	stage_rpc_server_destroy(self->rpc);
	self->rpc = NULL;
	if (self->beat != NULL) {
		uv_close((uv_handle_t *)self->beat, on_timer_closed);
	}
	if (self->pairing_end != NULL) {
		uv_close((uv_handle_t *)self->pairing_end, on_last_closed);
	}
}
