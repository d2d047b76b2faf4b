/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Requests and their answers.

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "web/http_private.h"

static void
finish_exchange(struct stage_web_exchange *self)
{
	free(self->method);
	free(self->path);
	free(self->kept);
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

static void
drop_response(struct stage_web_exchange *self)
{
	if (self->response != NULL && self->response != self->http->spare) {
		MHD_destroy_response(self->response);
	}
	self->response = NULL;
}

static enum MHD_Result
give(struct stage_web_exchange *self)
{
	enum MHD_Result result;

	self->is_given = true;
	result = MHD_queue_response(
		self->connection, self->code, self->response);
	drop_response(self);
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

void
stage_web_exchange_resume(struct stage_web_exchange *self)
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

enum MHD_Result
stage_web_http_on_access(void *cls, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version,
	const char *upload, size_t *upload_len, void **context)
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

void
stage_web_http_on_completed(void *cls, struct MHD_Connection *connection,
	void **context, enum MHD_RequestTerminationCode code)
{
	struct stage_web_exchange *self = *context;
	bool is_answered; // too late for its client

	(void)cls;
	(void)connection;
	(void)code;
	if (self == NULL) {
		return;
	}
	*context = NULL;
	stage_web_link_waits(self->link);
	self->connection = NULL;
	self->link = NULL;
	is_answered = self->response != NULL;
	drop_response(self);
	if (self->is_given || is_answered || !self->is_asked) {
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
		stage_web_exchange_resume(self);
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
		answer->len, stage_web_unconst(answer->bytes),
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

void
stage_web_exchange_keep(struct stage_web_exchange *self, void *found)
{
	free(self->kept);
	self->kept = found;
}

void *
stage_web_exchange_kept(const struct stage_web_exchange *self)
{
	return self->kept;
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
