/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_listen.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "rig/net_watch.h"

#define LOOPBACK "127.0.0.1"
#define PLACES_MAX 9 // the loopback, and addresses of an interface
#define HOST_MAX 64  // bytes with the zero
#define RETRY_MS 2000
#define PACKET_MAX_BYTES 65536
#define QUEUE_MAX_BYTES 524288

// An address that is listened at, or to be.
struct place {
	char host[HOST_MAX]; // "": none
	struct stage_osc_peer name;
	struct stage_osc_udp *udp;
	struct stage_osc_tcp *tcp;
	bool is_wanted;
	bool is_told; // that it cannot be
};

struct stage_show_listen {
	uv_loop_t *loop;
	const struct stage_show_osc_settings *settings;
	struct stage_show_listen_ops ops;
	void *user;
	uv_timer_t timer;              // while something is taken
	struct stage_net_watch *watch; // of the interface's addresses
	struct place places[PLACES_MAX];
	struct stage_osc_udp *beside; // NULL: no order is kept with others
	struct stage_osc_udp *out4;   // to where no place is: sends only
	struct stage_osc_udp *out6;
	bool has_no_address; // the interface, and it was told
};

// What comes in.

static void
on_datagram(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	struct stage_show_listen *self = user;

	self->ops.message(self->user, from, NULL, message);
}

static void
on_refused(void *user, const struct stage_osc_peer *by)
{
	struct stage_show_listen *self = user;

	self->ops.refused(self->user, by);
}

static void
on_link_message(void *user, struct stage_osc_link *from,
	const struct stage_osc_message *message)
{
	struct stage_show_listen *self = user;

	self->ops.message(self->user, stage_osc_link_peer(from), from, message);
}

static void
on_gone(void *user, struct stage_osc_link *link)
{
	struct stage_show_listen *self = user;

	self->ops.gone(self->user, link);
}

static const struct stage_osc_tcp_ops tcp_ops = {
	.message = on_link_message,
	.gone = on_gone,
};

// Places.

static void
keep_order(const struct stage_show_listen *self, struct place *place)
{
	if (place->udp != NULL && self->beside != NULL) {
		stage_osc_udp_order(place->udp, self->beside);
	}
}

void
stage_show_listen_order(
	struct stage_show_listen *self, struct stage_osc_udp *beside)
{
	self->beside = beside;
	for (size_t i = 0; i < PLACES_MAX; i++) {
		keep_order(self, &self->places[i]);
	}
}

static void
close_place(struct place *place)
{
	stage_osc_udp_destroy(place->udp);
	stage_osc_tcp_destroy(place->tcp);
	memset(place, 0, sizeof(*place));
}

static void
tell_trouble(struct place *place, const struct stage_err *err)
{
	if (!place->is_told) {
		stage_log_warn("%s; it is tried again, and show.osc.port of "
			       "rig.conf can name another port",
			err->text);
	}
	place->is_told = true;
}

static void
open_place(struct stage_show_listen *self, struct place *place)
{
	const struct stage_osc_tcp_config config = {
		.host = place->host,
		.port = (int)self->settings->port,
		.packet_max_bytes = PACKET_MAX_BYTES,
		.queue_max_bytes = QUEUE_MAX_BYTES,
	};
	struct stage_err err = STAGE_ERR_INIT;
	bool was_open = place->udp != NULL && place->tcp != NULL;

	if (place->udp == NULL &&
		stage_osc_udp_create(self->loop, place->host, config.port,
			on_datagram, self, &place->udp, &err) == STAGE_OK) {
		stage_osc_udp_watch_refusals(place->udp, on_refused);
		keep_order(self, place);
	}
	if (place->tcp == NULL) {
		(void)!stage_osc_tcp_create(
			self->loop, &config, &tcp_ops, self, &place->tcp, &err);
	}
	if (place->udp == NULL || place->tcp == NULL) {
		tell_trouble(place, &err);
	} else if (!was_open) {
		stage_log_info("show control by OSC at %s port %d", place->host,
			config.port);
		place->is_told = false;
	}
}

static void
want(struct stage_show_listen *self, const char *host)
{
	struct place *free_one = NULL;

	for (size_t i = 0; i < PLACES_MAX; i++) {
		struct place *place = &self->places[i];
		if (strcmp(place->host, host) == 0) {
			place->is_wanted = true;
			return;
		}
		if (free_one == NULL && place->host[0] == '\0') {
			free_one = place;
		}
	}
	if (free_one != NULL &&
		stage_osc_peer_init(&free_one->name, host, 0, NULL) ==
			STAGE_OK &&
		stage_format(free_one->host, sizeof(free_one->host), "%s",
			host) == STAGE_OK) {
		free_one->is_wanted = true;
	}
}

// The addresses of the interface that others know. False: it has none.
static bool
want_interface(struct stage_show_listen *self, const char *name)
{
	uv_interface_address_t *all = NULL;
	int count = 0;
	bool has_any = false;

	if (uv_interface_addresses(&all, &count) != 0) {
		return false;
	}
	for (int i = 0; i < count; i++) {
		struct stage_osc_peer peer;
		char host[HOST_MAX];
		bool is_four = all[i].address.address4.sin_family == AF_INET;
		bool is_of_link =
			!is_four && IN6_IS_ADDR_LINKLOCAL(
					    &all[i].address.address6.sin6_addr);
		stage_osc_peer_copy(
			&peer, (const struct sockaddr *)&all[i].address);
		if (strcmp(all[i].name, name) != 0 || is_of_link ||
			stage_osc_peer_is_loopback(&peer)) {
			continue;
		}
		if ((is_four ? uv_ip4_name(&all[i].address.address4, host,
				       sizeof(host))
			     : uv_ip6_name(&all[i].address.address6, host,
				       sizeof(host))) == 0) {
			want(self, host);
			has_any = true;
		}
	}
	uv_free_interface_addresses(all, count);
	return has_any;
}

static bool
has_guard(const struct stage_show_osc_settings *settings)
{
	return settings->passcode[0] != '\0' || settings->allows_any ||
	       settings->allow_count > 0;
}

static void
want_others(struct stage_show_listen *self)
{
	const char *name = self->settings->interface;
	struct stage_osc_peer peer;
	bool has_address = true;

	if (name[0] == '\0' || !has_guard(self->settings)) {
		return;
	}
	if (stage_osc_peer_init(&peer, name, 0, NULL) == STAGE_OK) {
		want(self, name);
	} else {
		has_address = want_interface(self, name);
	}
	if (!has_address && !self->has_no_address) {
		stage_log_warn("the interface %s, which show.osc.interface "
			       "names, has no address yet",
			name);
	}
	self->has_no_address = !has_address;
}

static void on_timer(uv_timer_t *timer);

// Makes it as it is to be.
static void
settle(struct stage_show_listen *self)
{
	bool is_all = true;

	for (size_t i = 0; i < PLACES_MAX; i++) {
		self->places[i].is_wanted = false;
	}
	want(self, LOOPBACK);
	want_others(self);
	for (size_t i = 0; i < PLACES_MAX; i++) {
		struct place *place = &self->places[i];
		if (place->host[0] == '\0') {
			continue;
		}
		if (!place->is_wanted) {
			stage_log_info(
				"%s is no address any more", place->host);
			close_place(place);
			continue;
		}
		if (place->udp == NULL || place->tcp == NULL) {
			open_place(self, place);
		}
		is_all = is_all && place->udp != NULL && place->tcp != NULL;
	}
	if (is_all) {
		uv_timer_stop(&self->timer);
	} else if (!uv_is_active((uv_handle_t *)&self->timer)) {
		uv_timer_start(&self->timer, on_timer, RETRY_MS, RETRY_MS);
	}
}

static void
on_timer(uv_timer_t *timer)
{
	settle(timer->data);
}

static void
on_net(void *user)
{
	settle(user);
}

// Sending.

static void
ignore(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	(void)user;
	(void)from;
	(void)message;
}

static struct stage_osc_udp *
outside(struct stage_show_listen *self, const struct stage_osc_peer *to)
{
	bool is_four = to->address.ss_family == AF_INET;
	struct stage_osc_udp **out = is_four ? &self->out4 : &self->out6;

	if (*out == NULL) {
		(void)!stage_osc_udp_create(self->loop,
			is_four ? "0.0.0.0" : "::", 0, ignore, self, out, NULL);
	}
	return *out;
}

void
stage_show_listen_send(struct stage_show_listen *self,
	const struct stage_osc_peer *to, const void *bytes, size_t len)
{
	bool is_near = stage_osc_peer_is_loopback(to);
	struct stage_osc_udp *from = NULL;

	for (size_t i = 0; i < PLACES_MAX && from == NULL; i++) {
		struct place *place = &self->places[i];
		if (place->udp != NULL &&
			place->name.address.ss_family ==
				to->address.ss_family &&
			stage_osc_peer_is_loopback(&place->name) == is_near) {
			from = place->udp;
		}
	}
	if (from == NULL) {
		from = outside(self, to);
	}
	if (from != NULL) {
		stage_osc_udp_send(from, to, bytes, len);
	}
}

// Its life.

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_show_listen_destroy(struct stage_show_listen *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < PLACES_MAX; i++) {
		close_place(&self->places[i]);
	}
	stage_osc_udp_destroy(self->out4);
	stage_osc_udp_destroy(self->out6);
	stage_net_watch_destroy(self->watch);
	uv_close((uv_handle_t *)&self->timer, on_closed);
}

static void
watch_interface(struct stage_show_listen *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->settings->interface[0] == '\0') {
		return;
	}
	if (!has_guard(self->settings)) {
		stage_log_warn("show control stays on this computer: "
			       "show.osc.interface needs show.osc.passcode or "
			       "show.osc.allow beside it");
	} else if (stage_net_watch_create(self->loop, on_net, self,
			   &self->watch, &err) != STAGE_OK) {
		stage_log_warn("%s; an address that comes later is not seen",
			err.text);
	}
}

enum stage_status
stage_show_listen_create(uv_loop_t *loop,
	const struct stage_show_osc_settings *settings,
	const struct stage_show_listen_ops *ops, void *user,
	struct stage_show_listen **out, struct stage_err *err)
{
	struct stage_show_listen *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->settings = settings;
	self->ops = *ops;
	self->user = user;
	uv_timer_init(loop, &self->timer);
	self->timer.data = self;
	if (settings->port > 0) {
		watch_interface(self);
		settle(self);
	}
	*out = self;
	return STAGE_OK;
}
