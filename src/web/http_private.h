/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of HTTP share. Thread: the loop's. */

#ifndef STAGE_WEB_HTTP_PRIVATE_H
#define STAGE_WEB_HTTP_PRIVATE_H

#include <microhttpd.h>
#include <netinet/in.h>

#include "web/http.h"

struct stage_web_socket; // that is listened at

/** A connection, which may have one request after another. */
struct stage_web_link {
	struct stage_web_http *http;
	struct MHD_Connection *connection;
	int fd;
	char address[STAGE_WEB_ADDRESS_MAX];
	char own_address[STAGE_WEB_ADDRESS_MAX];
	int64_t waits_since_ns; // for a whole request; 0: it is being answered
	struct stage_web_link *next, *previous;
};

struct stage_web_exchange {
	struct stage_web_http *http;
	struct stage_web_link *link;
	struct MHD_Connection *connection; // NULL: it has ended
	struct stage_web_head head;
	char *method, *path; // owned
	void *kept;          // owned, of who answers
	struct stage_str body;
	bool is_too_long; // the body
	bool is_asked;    // the request was given to who answers
	bool is_suspended;
	bool is_given; // to libmicrohttpd, which has it until it has completed
	struct MHD_Response *response;
	unsigned code;
	struct stage_web_exchange *next,
		*previous; // of those that are suspended
};

struct stage_web_http {
	uv_loop_t *loop;
	struct stage_web_http_config config;
	struct MHD_Daemon *mhd;
	struct MHD_Response *spare; // empty, where memory is out
	uv_poll_t poll;             // of its epoll
	uv_timer_t timer;           // of its next deadline
	uv_timer_t tick;            // looks for slow requests
	uv_prepare_t prepare;       // runs it when something was resumed
	unsigned
		hasty_runs; // in a row, that nothing but its deadline asked for
	bool is_due;
	bool is_ended;
	unsigned open_handles;
	struct stage_web_socket *sockets;
	struct stage_strv addresses;
	struct stage_web_link *links;
	size_t link_count;
	struct stage_web_exchange *suspended;
	struct stage_web_stream *streams;
};

/** For libmicrohttpd, which takes what it only reads as if it wrote it. */
void *stage_web_unconst(const void *bytes);

/** The next request of a connection is waited for, from now on. */
void stage_web_link_waits(struct stage_web_link *link);

void stage_web_http_write_address(const struct sockaddr_storage *address,
	char out[STAGE_WEB_ADDRESS_MAX]);

/** For the end: listens nowhere any more. */
void stage_web_http_close_sockets(struct stage_web_http *self);

/** MHD_AccessHandlerCallback and MHD_RequestCompletedCallback. */
enum MHD_Result stage_web_http_on_access(void *cls,
	struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *upload, size_t *upload_len,
	void **context);
void stage_web_http_on_completed(void *cls, struct MHD_Connection *connection,
	void **context, enum MHD_RequestTerminationCode code);

/** Goes on with a request that waited for its answer. */
void stage_web_exchange_resume(struct stage_web_exchange *self);

/** Has libmicrohttpd look, before the loop waits again. */
void stage_web_http_run_soon(struct stage_web_http *self);

/** Adds the headers of all answers. */
void stage_web_http_add_headers(struct MHD_Response *response, bool is_page);

/** For the end: ends all streams and frees them. */
void stage_web_http_end_streams(struct stage_web_http *self);

/** Gives an answer to libmicrohttpd, now or when it asks again. */
void stage_web_exchange_respond(struct stage_web_exchange *self, unsigned code,
	struct MHD_Response *response);

/** Answers 503 and nothing else; takes no memory. */
void stage_web_exchange_give_up(struct stage_web_exchange *self);

#endif
