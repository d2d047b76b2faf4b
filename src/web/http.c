/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // accept4

#include "web/http_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define BACKLOG 128
#define ACCEPT_MOST 64 // in one turn of the loop
#define HEAD_BYTES 16384
#define IDLE_S 30
#define TICK_MS 500

struct stage_web_socket {
	struct stage_web_http *http;
	uv_poll_t poll;
	int fd;
	char address[STAGE_WEB_ADDRESS_MAX];
	struct stage_web_socket *next;
};

// Addresses.

static bool
is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)address;
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)address;
		return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	}
	return false;
}

static void
write_address(
	const struct sockaddr_storage *address, char out[STAGE_WEB_ADDRESS_MAX])
{
	const void *bytes =
		address->ss_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)address)
				  ->sin_addr
			: (const void *)&((const struct sockaddr_in6 *)address)
				  ->sin6_addr;

	if (inet_ntop(address->ss_family, bytes, out, STAGE_WEB_ADDRESS_MAX) ==
		NULL) {
		out[0] = '\0';
	}
}

static enum stage_status
read_address(const char *text, uint16_t port, struct sockaddr_storage *out,
	socklen_t *len)
{
	struct sockaddr_in *in = (void *)out;
	struct sockaddr_in6 *in6 = (void *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		*len = sizeof(*in);
		return STAGE_OK;
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		*len = sizeof(*in6);
		return STAGE_OK;
	}
	return STAGE_BAD_INPUT;
}

// For libmicrohttpd, which takes what it only reads as if it wrote it.
static void *
unconst(const void *bytes)
{
	union {
		const void *in;
		void *out;
	} both = {.in = bytes};

	return both.out;
}

// libmicrohttpd in the loop.

static void on_timer(uv_timer_t *timer);

static void
plan(struct stage_web_http *self)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;

	if (MHD_get_timeout(self->mhd, &ms) == MHD_YES) {
		uv_timer_start(&self->timer, on_timer, ms, 0);
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

static void
on_timer(uv_timer_t *timer)
{
	run(timer->data);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	run(poll->data);
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

static size_t
count_of(const struct stage_web_http *self, const char *address)
{
	size_t count = 0;

	for (const struct stage_web_link *it = self->links; it != NULL;
		it = it->next) {
		count += strcmp(it->address, address) == 0;
	}
	return count;
}

static bool
may_come(const struct stage_web_http *self,
	const struct sockaddr_storage *address)
{
	char text[STAGE_WEB_ADDRESS_MAX];

	if (self->link_count >= self->config.connections) {
		return false;
	}
	if (is_loopback((const struct sockaddr *)address)) {
		return true;
	}
	write_address(address, text);
	return count_of(self, text) < self->config.per_address;
}

static void
on_socket(uv_poll_t *poll, int status, int events)
{
	struct stage_web_socket *socket = poll->data;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPT_MOST; i++) {
		struct sockaddr_storage address = {0};
		socklen_t len = sizeof(address);
		int fd = accept4(socket->fd, (struct sockaddr *)&address, &len,
			SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			break;
		}
		if (!may_come(socket->http, &address)) {
			close(fd);
			continue;
		}
		// It closes what it does not take.
		(void)MHD_add_connection(socket->http->mhd, fd,
			(struct sockaddr *)&address, len);
	}
	stage_web_http_run_soon(socket->http);
}

static void wait_for_request(struct stage_web_link *link);

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
		write_address((const void *)info->client_addr, link->address);
	}
	if (getsockname(link->fd, (struct sockaddr *)&own, &len) == 0) {
		write_address(&own, link->own_address);
	}
	link->next = self->links;
	if (self->links != NULL) {
		self->links->previous = link;
	}
	self->links = link;
	self->link_count++;
	wait_for_request(link);
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

static void
wait_for_request(struct stage_web_link *link)
{
	uv_timer_t *timer = &link->http->tick;

	link->waits_since_ns = stage_clock_now_ns();
	if (!link->http->is_ended && !uv_is_active((uv_handle_t *)timer)) {
		uv_timer_start(timer, on_tick, TICK_MS, 0);
	}
}

// Requests.

static void
finish_exchange(struct stage_web_exchange *self)
{
	free(self->method);
	free(self->path);
	stage_str_finish(&self->body);
	free(self);
}

static const char *
look_up(const struct stage_web_exchange *self, const char *name)
{
	return MHD_lookup_connection_value(
		self->connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result
count_host(
	void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
	(void)kind;
	(void)value;
	*(int *)cls += strcasecmp(key, MHD_HTTP_HEADER_HOST) == 0;
	return MHD_YES;
}

// RFC 9112, 3.2: with more than one Host, none counts.
static const char *
find_host(const struct stage_web_exchange *self)
{
	int count = 0;

	(void)MHD_get_connection_values(
		self->connection, MHD_HEADER_KIND, count_host, &count);
	return count == 1 ? look_up(self, MHD_HTTP_HEADER_HOST) : NULL;
}

static void
read_head(struct stage_web_exchange *self)
{
	const char *length = look_up(self, MHD_HTTP_HEADER_CONTENT_LENGTH);

	self->head = (struct stage_web_head){
		.method = self->method,
		.host = find_host(self),
		.origin = look_up(self, MHD_HTTP_HEADER_ORIGIN),
		.fetch_site = look_up(self, "Sec-Fetch-Site"),
		.authorization = look_up(self, MHD_HTTP_HEADER_AUTHORIZATION),
		.cookie = look_up(self, MHD_HTTP_HEADER_COOKIE),
		.content_type = look_up(self, MHD_HTTP_HEADER_CONTENT_TYPE),
		.is_tls = self->http->config.certificate != NULL,
		.has_body = (length != NULL && strcmp(length, "0") != 0) ||
			    look_up(self, MHD_HTTP_HEADER_TRANSFER_ENCODING) !=
				    NULL,
	};
}

static struct stage_web_exchange *
begin_exchange(struct stage_web_http *http, struct MHD_Connection *connection,
	const char *method, const char *path)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct stage_web_exchange *self = calloc(1, sizeof(*self));

	if (self == NULL || info == NULL || info->socket_context == NULL) {
		free(self);
		return NULL;
	}
	self->http = http;
	self->link = info->socket_context;
	self->connection = connection;
	self->method = strdup(method);
	self->path = strdup(path);
	if (self->method == NULL || self->path == NULL) {
		finish_exchange(self);
		return NULL;
	}
	read_head(self);
	return self;
}

static enum MHD_Result
give(struct stage_web_exchange *self)
{
	enum MHD_Result result;

	self->is_given = true;
	result = MHD_queue_response(
		self->connection, self->code, self->response);
	if (self->response != self->http->spare) {
		MHD_destroy_response(self->response);
	}
	self->response = NULL;
	return result;
}

static void
suspend(struct stage_web_exchange *self)
{
	struct stage_web_http *http = self->http;

	self->is_suspended = true;
	self->previous = NULL;
	self->next = http->suspended;
	if (http->suspended != NULL) {
		http->suspended->previous = self;
	}
	http->suspended = self;
	MHD_suspend_connection(self->connection);
}

static void
resume(struct stage_web_exchange *self)
{
	if (self->previous != NULL) {
		self->previous->next = self->next;
	} else {
		self->http->suspended = self->next;
	}
	if (self->next != NULL) {
		self->next->previous = self->previous;
	}
	self->is_suspended = false;
	MHD_resume_connection(self->connection);
	stage_web_http_run_soon(self->http);
}

static void
take_body(struct stage_web_exchange *self, const char *bytes, size_t len)
{
	if (self->body.len + len > STAGE_WEB_BODY_MAX ||
		stage_str_append(&self->body, bytes, len) != STAGE_OK) {
		self->is_too_long = true; // the rest is thrown away
	}
}

static enum MHD_Result
on_access(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload,
	size_t *upload_len, void **context)
{
	struct stage_web_http *http = cls;
	struct stage_web_exchange *self = *context;

	(void)version;
	if (self == NULL) {
		self = begin_exchange(http, connection, method, url);
		*context = self;
		if (self == NULL) {
			return MHD_NO;
		}
		http->config.begun(http->config.user, self);
		return self->response != NULL ? give(self) : MHD_YES;
	}
	if (*upload_len > 0) {
		take_body(self, upload, *upload_len);
		*upload_len = 0;
		return MHD_YES;
	}
	if (!self->is_asked) {
		self->is_asked = true;
		self->link->waits_since_ns = 0;
		http->config.asked(http->config.user, self);
	}
	if (self->response != NULL) {
		return give(self);
	}
	suspend(self);
	return MHD_YES;
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	struct stage_web_exchange *self = *context;

	(void)cls;
	(void)connection;
	(void)code;
	if (self == NULL) {
		return;
	}
	*context = NULL;
	wait_for_request(self->link);
	self->connection = NULL;
	self->link = NULL;
	if (self->is_given || !self->is_asked) {
		finish_exchange(self);
	} // else it is still to be answered, and is freed then
}

void
stage_web_exchange_respond(struct stage_web_exchange *self, unsigned code,
	struct MHD_Response *response)
{
	if (self->connection == NULL) {
		if (response != self->http->spare) {
			MHD_destroy_response(response);
		}
		finish_exchange(self);
		return;
	}
	self->code = code;
	self->response = response;
	if (self->is_suspended) {
		resume(self);
	}
}

void
stage_web_exchange_give_up(struct stage_web_exchange *self)
{
	stage_web_exchange_respond(
		self, MHD_HTTP_SERVICE_UNAVAILABLE, self->http->spare);
}

void
stage_web_http_add_headers(struct MHD_Response *response, bool is_page)
{
	static const char *const rows[][2] = {
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src "
			"'self'; img-src 'self'; connect-src 'self'; "
			"manifest-src 'self'; base-uri 'none'; form-action "
			"'none'; frame-ancestors 'none'"},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		(void)MHD_add_response_header(response, rows[i][0], rows[i][1]);
	}
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
		is_page ? "no-cache" : "no-store");
}

void
stage_web_exchange_answer(
	struct stage_web_exchange *self, const struct stage_web_answer *answer)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		answer->len, unconst(answer->bytes),
		answer->stays ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
	bool has_etag = false;

	if (response == NULL) {
		stage_web_exchange_give_up(self);
		return;
	}
	for (size_t i = 0;
		i < STAGE_WEB_HEADERS_MAX && answer->headers[i].name != NULL;
		i++) {
		has_etag = has_etag || strcmp(answer->headers[i].name,
					       MHD_HTTP_HEADER_ETAG) == 0;
		(void)MHD_add_response_header(response, answer->headers[i].name,
			answer->headers[i].value);
	}
	if (answer->type != NULL) {
		(void)MHD_add_response_header(
			response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
	}
	stage_web_http_add_headers(response, has_etag);
	stage_web_exchange_respond(self, answer->code, response);
}

const struct stage_web_head *
stage_web_exchange_head(const struct stage_web_exchange *self)
{
	return &self->head;
}

const char *
stage_web_exchange_path(const struct stage_web_exchange *self)
{
	return self->path;
}

const char *
stage_web_exchange_header(
	const struct stage_web_exchange *self, const char *name)
{
	return self->connection != NULL ? look_up(self, name) : NULL;
}

const char *
stage_web_exchange_query(
	const struct stage_web_exchange *self, const char *name)
{
	return self->connection != NULL
		       ? MHD_lookup_connection_value(
				 self->connection, MHD_GET_ARGUMENT_KIND, name)
		       : NULL;
}

bool
stage_web_exchange_is_too_long(const struct stage_web_exchange *self)
{
	return self->is_too_long;
}

const struct stage_str *
stage_web_exchange_body(const struct stage_web_exchange *self)
{
	return &self->body;
}

const char *
stage_web_exchange_address(const struct stage_web_exchange *self)
{
	return self->link->address;
}

const char *
stage_web_exchange_own_address(const struct stage_web_exchange *self)
{
	return self->link->own_address;
}

// Listening.

static int
open_socket(const struct sockaddr_storage *address, socklen_t len)
{
	int on = 1;
	int fd = socket(address->ss_family,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ss_family == AF_INET6) {
		(void)setsockopt(
			fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	if (bind(fd, (const struct sockaddr *)address, len) != 0 ||
		listen(fd, BACKLOG) != 0) {
		int errnum = errno;
		close(fd);
		errno = errnum;
		return -1;
	}
	return fd;
}

static uint16_t
port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} own = {.in6 = {0}};
	socklen_t len = sizeof(own);

	if (getsockname(fd, &own.any, &len) != 0) {
		return 0;
	}
	return ntohs(own.any.sa_family == AF_INET ? own.in.sin_port
						  : own.in6.sin6_port);
}

enum stage_status
stage_web_http_listen(struct stage_web_http *self, const char *address,
	uint16_t *port, struct stage_err *err)
{
	struct stage_web_socket *socket;
	struct sockaddr_storage place;
	socklen_t len = 0;

	if (stage_strv_has(&self->addresses, address)) {
		return STAGE_OK;
	}
	if (read_address(address, *port, &place, &len) != STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s is no address to listen at", address);
	}
	socket = calloc(1, sizeof(*socket));
	if (socket == NULL ||
		stage_format(socket->address, sizeof(socket->address), "%s",
			address) != STAGE_OK ||
		stage_strv_add(&self->addresses, address) != STAGE_OK) {
		free(socket);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	socket->fd = open_socket(&place, len);
	if (socket->fd < 0) {
		int errnum = errno;
		free(socket);
		free(self->addresses.items[--self->addresses.count]);
		return stage_err_set_errno(err, errnum,
			"unable to listen at %s port %u", address,
			(unsigned)*port);
	}
	*port = port_of(socket->fd);
	socket->http = self;
	uv_poll_init(self->loop, &socket->poll, socket->fd);
	socket->poll.data = socket;
	uv_poll_start(&socket->poll, UV_READABLE, on_socket);
	socket->next = self->sockets;
	self->sockets = socket;
	return STAGE_OK;
}

static void
on_socket_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
close_socket(struct stage_web_socket *socket)
{
	uv_poll_stop(&socket->poll);
	close(socket->fd);
	uv_close((uv_handle_t *)&socket->poll, on_socket_closed);
}

static void
forget_address(struct stage_strv *list, const char *address)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], address) == 0) {
			free(list->items[i]);
			list->items[i] = list->items[--list->count];
			return;
		}
	}
}

void
stage_web_http_unlisten(struct stage_web_http *self, const char *address)
{
	for (struct stage_web_socket **at = &self->sockets; *at != NULL;
		at = &(*at)->next) {
		struct stage_web_socket *socket = *at;

		if (strcmp(socket->address, address) == 0) {
			*at = socket->next;
			close_socket(socket);
			forget_address(&self->addresses, address);
			return;
		}
	}
}

const struct stage_strv *
stage_web_http_addresses(const struct stage_web_http *self)
{
	return &self->addresses;
}

size_t
stage_web_http_connections(const struct stage_web_http *self)
{
	return self->link_count;
}

// Beginning and end.

static struct MHD_Daemon *
start(struct stage_web_http *self, const struct stage_web_http_config *config)
{
	unsigned flags = MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL |
			 MHD_ALLOW_SUSPEND_RESUME;
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, unconst(config->certificate)},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, unconst(config->key)},
		{MHD_OPTION_END, 0, NULL},
	};

	if (config->certificate == NULL) {
		tls[0].option = MHD_OPTION_END;
	} else {
		flags |= MHD_USE_TLS;
	}
	return MHD_start_daemon(flags, 0, NULL, NULL, on_access, self,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)config->connections,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, self,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, self,
		MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
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
		0, unconst(""), MHD_RESPMEM_PERSISTENT);
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
		resume(self->suspended);
	}
}

void
stage_web_http_destroy(struct stage_web_http *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ended = true;
	while (self->sockets != NULL) {
		struct stage_web_socket *socket = self->sockets;

		self->sockets = socket->next;
		close_socket(socket);
	}
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
