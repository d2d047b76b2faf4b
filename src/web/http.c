/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// libmicrohttpd in a libuv loop, and its connections.

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "web/http_private.h"

#define HEAD_BYTES 16384
#define IDLE_S 30
#define TICK_MS 500
// Runs in which no descriptor said anything: that many at once, that many soon.
#define RUNS_AT_ONCE 64
#define RUNS_SOON 256
#define SOON_MS 1
#define LATER_MS 50

// For libmicrohttpd, which takes what it only reads as if it wrote it.
void *
stage_web_unconst(const void *bytes)
{
	union {
		const void *in;
		void *out;
	} both = {.in = bytes};

	return both.out;
}

static void on_timer(uv_timer_t *timer);

/* libmicrohttpd says "at once" while it has something to do, and as long as a
 * TLS handshake waits for its other half: that must not keep us busy. */
static uint64_t
delay_ms(struct stage_web_http *self, MHD_UNSIGNED_LONG_LONG ms)
{
	if (ms > 0) {
		self->hasty_runs = 0;
		return ms;
	}
	self->hasty_runs++;
	if (self->hasty_runs <= RUNS_AT_ONCE) {
		return 0;
	}
	return self->hasty_runs <= RUNS_SOON ? SOON_MS : LATER_MS;
}

static void
plan(struct stage_web_http *self)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;

	if (MHD_get_timeout(self->mhd, &ms) == MHD_YES) {
		uv_timer_start(&self->timer, on_timer, delay_ms(self, ms), 0);
	} else {
		uv_timer_stop(&self->timer);
	}
}

static void
run(struct stage_web_http *self)
{
	self->is_due = false;
	if (!self->is_ended) {
		(void)MHD_run(self->mhd);
		plan(self);
	}
}

// libuv stays with its timers while one of them starts itself with no delay.
static void
on_timer(uv_timer_t *timer)
{
	stage_web_http_run_soon(timer->data);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct stage_web_http *self = poll->data;

	(void)status;
	(void)events;
	self->hasty_runs = 0;
	run(self);
}

static void
on_prepare(uv_prepare_t *prepare)
{
	struct stage_web_http *self = prepare->data;

	uv_prepare_stop(prepare);
	if (self->is_due) {
		run(self);
	}
}

void
stage_web_http_run_soon(struct stage_web_http *self)
{
	self->is_due = true;
	if (!self->is_ended) {
		uv_prepare_start(&self->prepare, on_prepare);
	}
}

// Connections.

static void
begin_link(struct stage_web_http *self, struct MHD_Connection *connection,
	void **context)
{
	const union MHD_ConnectionInfo *info;
	struct stage_web_link *link = calloc(1, sizeof(*link));
	struct sockaddr_storage own = {0};
	socklen_t len = sizeof(own);

	*context = link;
	if (link == NULL) {
		return;
	}
	link->http = self;
	link->connection = connection;
	info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	link->fd = info != NULL ? info->connect_fd : -1;
	info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info != NULL) {
		stage_web_http_write_address(
			(const void *)info->client_addr, link->address);
	}
	if (getsockname(link->fd, (struct sockaddr *)&own, &len) == 0) {
		stage_web_http_write_address(&own, link->own_address);
	}
	link->next = self->links;
	if (self->links != NULL) {
		self->links->previous = link;
	}
	self->links = link;
	self->link_count++;
	stage_web_link_waits(link);
}

static void
end_link(struct stage_web_http *self, struct stage_web_link *link)
{
	if (link == NULL) {
		return;
	}
	if (link->previous != NULL) {
		link->previous->next = link->next;
	} else {
		self->links = link->next;
	}
	if (link->next != NULL) {
		link->next->previous = link->previous;
	}
	self->link_count--;
	free(link);
}

static void
on_connection(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		begin_link(cls, connection, context);
	} else {
		end_link(cls, *context);
		*context = NULL;
	}
}

// Who sends a request a byte at a time holds a connection that others want.
static void
on_tick(uv_timer_t *timer)
{
	struct stage_web_http *self = timer->data;
	int64_t now_ns = stage_clock_now_ns();
	bool is_waiting = false;

	for (struct stage_web_link *it = self->links; it != NULL;
		it = it->next) {
		if (it->waits_since_ns == 0) {
			continue;
		}
		if (now_ns - it->waits_since_ns <
			self->config.head_timeout_ns) {
			is_waiting = true;
			continue;
		}
		(void)shutdown(it->fd, SHUT_RDWR); // it ends when that is seen
		it->waits_since_ns = 0;
	}
	if (is_waiting) {
		uv_timer_start(timer, on_tick, TICK_MS, 0);
	}
}

void
stage_web_link_waits(struct stage_web_link *link)
{
	uv_timer_t *timer = &link->http->tick;

	link->waits_since_ns = stage_clock_now_ns();
	if (!link->http->is_ended && !uv_is_active((uv_handle_t *)timer)) {
		uv_timer_start(timer, on_tick, TICK_MS, 0);
	}
}

// Beginning and end.

// A zero in a path or query would end it for us: then nothing is unescaped.
static size_t
unescape(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strstr(text, "%00") == NULL ? MHD_http_unescape(text)
					   : strlen(text);
}

static struct MHD_Daemon *
start(struct stage_web_http *self, const struct stage_web_http_config *config)
{
	unsigned flags = MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL |
			 MHD_ALLOW_SUSPEND_RESUME;
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0,
			stage_web_unconst(config->certificate)},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, stage_web_unconst(config->key)},
		{MHD_OPTION_END, 0, NULL},
	};

	if (config->certificate == NULL) {
		tls[0].option = MHD_OPTION_END;
	} else {
		flags |= MHD_USE_TLS;
	}
	return MHD_start_daemon(flags, 0, NULL, NULL, stage_web_http_on_access,
		self, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)config->connections, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)HEAD_BYTES, MHD_OPTION_NOTIFY_COMPLETED,
		stage_web_http_on_completed, self, MHD_OPTION_NOTIFY_CONNECTION,
		on_connection, self, MHD_OPTION_UNESCAPE_CALLBACK, unescape,
		NULL, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct stage_web_http *self = handle->data;

	if (--self->open_handles == 0) {
		stage_strv_finish(&self->addresses);
		free(self);
	}
}

static void
open_handles(struct stage_web_http *self, int fd)
{
	uv_poll_init(self->loop, &self->poll, fd);
	uv_timer_init(self->loop, &self->timer);
	uv_timer_init(self->loop, &self->tick);
	uv_prepare_init(self->loop, &self->prepare);
	self->poll.data = self;
	self->timer.data = self;
	self->tick.data = self;
	self->prepare.data = self;
	self->open_handles = 4;
	uv_poll_start(&self->poll, UV_READABLE, on_poll);
}

enum stage_status
stage_web_http_create(struct stage_web_http **out, uv_loop_t *loop,
	const struct stage_web_http_config *config, struct stage_err *err)
{
	const union MHD_DaemonInfo *info;
	struct stage_web_http *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->config = *config;
	self->spare = MHD_create_response_from_buffer(
		0, stage_web_unconst(""), MHD_RESPMEM_PERSISTENT);
	self->mhd = self->spare != NULL ? start(self, config) : NULL;
	if (self->mhd == NULL) {
		MHD_destroy_response(self->spare);
		free(self);
		return config->certificate != NULL
			       ? stage_err_set(err, STAGE_BAD_INPUT,
					 "unable to serve HTTPS: check that "
					 "web.certificate and web.key are PEM "
					 "files that belong together")
			       : stage_err_set(err, STAGE_IO,
					 "libmicrohttpd does not start");
	}
	info = MHD_get_daemon_info(self->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	open_handles(self, info->epoll_fd);
	*out = self;
	return STAGE_OK;
}

// Nothing may be suspended when libmicrohttpd stops.
static void
resume_all(struct stage_web_http *self)
{
	while (self->suspended != NULL) {
		stage_web_exchange_resume(self->suspended);
	}
}

void
stage_web_http_destroy(struct stage_web_http *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ended = true;
	stage_web_http_close_sockets(self);
	stage_web_http_end_streams(self);
	resume_all(self);
	uv_poll_stop(&self->poll);
	MHD_stop_daemon(self->mhd);
	MHD_destroy_response(self->spare);
	uv_close((uv_handle_t *)&self->poll, on_handle_closed);
	uv_close((uv_handle_t *)&self->timer, on_handle_closed);
	uv_close((uv_handle_t *)&self->tick, on_handle_closed);
	uv_close((uv_handle_t *)&self->prepare, on_handle_closed);
}
