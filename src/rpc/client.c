/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sock.h"
#include "rpc/frame.h"
#include "rpc/proto.h"
#include "rpc/sock.h"

#define CHUNK_BYTES 65536
#define DAY_NS (86400 * STAGE_NS_PER_S)

struct stage_rpc_client {
	int fd;
	char *path; // owned
	struct stage_rpc_frame input;
	int64_t last_id;
	json_t *events;          // owned array of whole messages
	struct stage_err broken; // why it is of no more use; STAGE_OK: it is
};

/** One wait: for what, and how long. */
struct wait {
	const char *method; // asked for; NULL: an event
	int64_t timeout_ns;
	int64_t deadline_ns;
	bool is_over; // nothing more is read from the socket
};

static struct wait
start_wait(const char *method, int64_t timeout_ns)
{
	int64_t bounded_ns = timeout_ns > 0 ? timeout_ns : 0;

	if (bounded_ns > 366 * DAY_NS) {
		bounded_ns = 366 * DAY_NS;
	}
	return (struct wait){.method = method,
		.timeout_ns = bounded_ns,
		.deadline_ns = stage_clock_now_ns() + bounded_ns};
}

static enum stage_status
explain_connect(const char *path, int errnum, struct stage_err *err)
{
	enum stage_status status = stage_status_from_errno(errnum);

	if (status == STAGE_NOT_FOUND || errnum == ECONNREFUSED) {
		return stage_err_set_errno(err, errnum,
			"the rig is not running here: unable to connect to %s",
			path);
	}
	if (status == STAGE_DENIED) {
		return stage_err_set(err, status,
			"not permitted to connect to %s: be the user that runs "
			"it, root, or a member of the group of the socket",
			path);
	}
	if (errnum == EAGAIN) {
		return stage_err_set(err, STAGE_TIMEOUT,
			"the server at %s takes no connection, it may hang",
			path);
	}
	return stage_err_set_errno(
		err, errnum, "unable to connect to %s", path);
}

// Blocks in connect, while the server's backlog is full, until the time-out.
static int
connect_within(int fd, const struct sockaddr_un *address, struct wait wait)
{
	int flags = fcntl(fd, F_GETFL);
	int result;

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0) {
		return -1;
	}
	do {
		int left_ms = stage_clock_until_ms(wait.deadline_ns);
		struct timeval left = {left_ms / 1000, left_ms % 1000 * 1000L};
		if (left_ms == 0) {
			left.tv_usec = 1; // 0 would be for ever
		}
		(void)setsockopt(
			fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left));
		result = connect(
			fd, (const struct sockaddr *)address, sizeof(*address));
	} while (result != 0 && errno == EINTR);
	return result;
}

static enum stage_status
open_client(struct stage_rpc_client *self, const char *path, int64_t timeout_ns,
	struct stage_err *err)
{
	struct sockaddr_un address;
	enum stage_status status = stage_rpc_sock_address(&address, path, err);

	if (status != STAGE_OK) {
		return status;
	}
	self->path = strdup(path);
	self->events = json_array();
	if (self->path == NULL || self->events == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to connect to %s: out of memory", path);
	}
	self->input.max_bytes = STAGE_RPC_ANSWER_MAX;
	self->fd = stage_sock_open(AF_UNIX);
	if (self->fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to make a socket");
	}
	if (connect_within(self->fd, &address, start_wait(NULL, timeout_ns)) !=
		0) {
		return explain_connect(path, errno, err);
	}
	return STAGE_OK;
}

struct stage_rpc_client *
stage_rpc_client_create(
	const char *path, int64_t timeout_ns, struct stage_err *err)
{
	struct stage_rpc_client *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		stage_err_set(err, STAGE_NO_MEMORY,
			"unable to connect to %s: out of memory", path);
		return NULL;
	}
	self->fd = -1;
	if (open_client(self, path, timeout_ns, err) != STAGE_OK) {
		stage_rpc_client_destroy(self);
		return NULL;
	}
	return self;
}

struct stage_rpc_client *
stage_rpc_client_reach(const char *path, int64_t timeout_ns, const char *absent,
	struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	struct stage_rpc_client *self =
		stage_rpc_client_create(path, timeout_ns, &why);

	if (self == NULL &&
		(why.status == STAGE_NOT_FOUND || why.status == STAGE_GONE)) {
		stage_err_set(err, STAGE_NOT_FOUND, "%s", absent);
	} else if (self == NULL) {
		stage_err_set(err, why.status, "%s", why.text);
	}
	return self;
}

void
stage_rpc_client_destroy(struct stage_rpc_client *self)
{
	if (self == NULL) {
		return;
	}
	if (self->fd >= 0) {
		close(self->fd);
	}
	stage_rpc_frame_finish(&self->input);
	json_decref(self->events);
	free(self->path);
	free(self);
}

int
stage_rpc_client_fd(const struct stage_rpc_client *self)
{
	return self->fd;
}

// Says why a wait failed. Only a time-out leaves the connection usable.
static enum stage_status
explain(struct stage_rpc_client *self, struct wait wait,
	enum stage_status status, struct stage_err *err)
{
	char words[32];

	if (status == STAGE_TIMEOUT) {
		stage_clock_words(wait.timeout_ns, words, sizeof(words));
		return wait.method != NULL
			       ? stage_err_set(err, status,
					 "the server at %s did not answer "
					 "\"%s\" within %s, it may hang",
					 self->path, wait.method, words)
			       : stage_err_set(err, status,
					 "there was no event within %s", words);
	}
	if (status == STAGE_GONE) {
		stage_err_set(&self->broken, status, "the server at %s ended",
			self->path);
	} else if (status == STAGE_TOO_LONG) {
		stage_err_set(&self->broken, status,
			"the server at %s sent a line of more than %ld bytes",
			self->path, STAGE_RPC_ANSWER_MAX);
	} else {
		stage_err_set(&self->broken, status,
			"unable to talk to the server at %s: %s", self->path,
			stage_strerror(status));
	}
	return stage_err_set(err, status, "%s", self->broken.text);
}

// Takes what has arrived, without waiting.
static enum stage_status
receive(struct stage_rpc_client *self)
{
	char chunk[CHUNK_BYTES];
	ssize_t got = recv(self->fd, chunk, sizeof(chunk), MSG_DONTWAIT);

	if (got > 0) {
		return stage_rpc_frame_feed(&self->input, chunk, (size_t)got);
	}
	if (got == 0) {
		return STAGE_GONE;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
		return STAGE_OK;
	}
	return stage_status_from_errno(errno);
}

// Waits until the socket is ready; *events are what for and then what is.
static enum stage_status
wait_ready(const struct stage_rpc_client *self, struct wait wait, short *events)
{
	struct pollfd ready = {.fd = self->fd, .events = *events};
	int count;

	do {
		count = poll(&ready, 1, stage_clock_until_ms(wait.deadline_ns));
	} while (count < 0 && errno == EINTR);
	if (count < 0) {
		return stage_status_from_errno(errno);
	}
	*events = ready.revents;
	return count > 0 ? STAGE_OK : STAGE_TIMEOUT;
}

// Reads while it writes: a server that is not read from stops reading, too.
static enum stage_status
send_all(
	struct stage_rpc_client *self, struct stage_str *line, struct wait wait)
{
	while (line->len > 0) {
		struct iovec iov = {line->data, line->len};
		ssize_t sent = stage_rpc_sock_send(self->fd, &iov, 1);
		short events = POLLIN | POLLOUT;
		enum stage_status status;
		if (sent > 0) {
			stage_str_consume(line, (size_t)sent);
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET) {
			return STAGE_OK; // it may have said why
		}
		if (errno != EAGAIN && errno != EWOULDBLOCK) {
			return stage_status_from_errno(errno);
		}
		status = wait_ready(self, wait, &events);
		if (status == STAGE_OK && (events & POLLIN) != 0) {
			status = receive(self);
		}
		if (status != STAGE_OK) {
			return status;
		}
	}
	return STAGE_OK;
}

static enum stage_status
next_line(struct stage_rpc_client *self, struct wait wait, const char **line,
	size_t *len)
{
	for (;;) {
		enum stage_status status =
			stage_rpc_frame_next(&self->input, line, len);
		short events = POLLIN;
		if (status != STAGE_NOT_FOUND) {
			return status;
		}
		if (wait.is_over) {
			return STAGE_TIMEOUT;
		}
		status = wait_ready(self, wait, &events);
		if (status == STAGE_OK) {
			status = receive(self);
		}
		if (status != STAGE_OK) {
			return status;
		}
	}
}

static enum stage_status
next_message(struct stage_rpc_client *self, struct wait wait,
	struct stage_rpc_message *message, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status;
	const char *line;
	size_t len;

	if (self->broken.status != STAGE_OK) {
		return stage_err_set(
			err, self->broken.status, "%s", self->broken.text);
	}
	status = next_line(self, wait, &line, &len);
	if (status != STAGE_OK) {
		return explain(self, wait, status, err);
	}
	status = stage_rpc_message_parse(message, line, len, &why);
	if (status != STAGE_OK) {
		stage_rpc_message_finish(message);
		stage_err_set(&self->broken, status,
			"unable to understand the server at %s: %s", self->path,
			why.text);
		return stage_err_set(err, status, "%s", self->broken.text);
	}
	return STAGE_OK;
}

static bool
is_resync(const json_t *message)
{
	const char *method =
		json_string_value(json_object_get(message, "method"));

	return method != NULL && strcmp(method, "resync") == 0;
}

// True when the fields that are handed out are there.
static bool
is_event(const struct stage_rpc_message *message)
{
	json_t *seq = json_object_get(message->params, "seq");
	json_t *epoch = json_object_get(message->params, "epoch");

	if (message->kind != STAGE_RPC_NOTIFICATION || !json_is_integer(seq) ||
		!json_is_string(epoch)) {
		return false;
	}
	return is_resync(message->root) ||
	       (strcmp(message->method, "event") == 0 &&
		       json_is_string(
			       json_object_get(message->params, "topic")) &&
		       json_object_get(message->params, "data") != NULL);
}

// The sum of what was lost before and this one, or what it says was lost: a
// number of the server's, which may be any.
static json_int_t
add_lost(json_int_t before, const json_t *message)
{
	const json_t *params = json_object_get(message, "params");
	json_int_t lost = 1;

	if (is_resync(message)) {
		lost = json_integer_value(json_object_get(params, "dropped"));
		lost = lost > 0 ? lost : 0;
	}
	return lost < INT64_MAX - before ? before + lost : INT64_MAX;
}

// Throws all kept events away for one resync that says so.
static enum stage_status
replace_events(struct stage_rpc_client *self, const json_t *newest)
{
	json_t *params = json_object_get(newest, "params");
	json_int_t lost = add_lost(0, newest);
	json_t *message;

	for (size_t i = 0; i < json_array_size(self->events); i++) {
		lost = add_lost(lost, json_array_get(self->events, i));
	}
	message = json_pack("{s:s, s:{s:O, s:O, s:I}}", "method", "resync",
		"params", "epoch", json_object_get(params, "epoch"), "seq",
		json_object_get(params, "seq"), "dropped", lost);
	json_array_clear(self->events);
	return json_array_append_new(self->events, message) == 0
		       ? STAGE_OK
		       : STAGE_NO_MEMORY;
}

static enum stage_status
keep_event(struct stage_rpc_client *self, struct wait wait,
	const struct stage_rpc_message *message, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	if (!is_event(message)) {
		return STAGE_OK; // a late answer, or news of a later version
	}
	if (json_array_size(self->events) >= STAGE_RPC_EVENTS_KEPT) {
		status = replace_events(self, message->root);
	} else if (json_array_append(self->events, message->root) != 0) {
		status = STAGE_NO_MEMORY;
	}
	return status == STAGE_OK ? STAGE_OK : explain(self, wait, status, err);
}

// An error without an id is about the connection: it answers any call.
static bool
is_answer(const struct stage_rpc_message *message, int64_t id)
{
	if (message->kind == STAGE_RPC_ERROR && json_is_null(message->id)) {
		return true;
	}
	return message->method == NULL && json_is_integer(message->id) &&
	       json_integer_value(message->id) == id;
}

static enum stage_status
take_answer(const struct stage_rpc_message *message, json_t **result,
	struct stage_err *err)
{
	if (message->kind == STAGE_RPC_ERROR) {
		return stage_rpc_message_error(message, err);
	}
	if (result != NULL) {
		*result = json_incref(message->result);
	}
	return STAGE_OK;
}

static enum stage_status
await_answer(struct stage_rpc_client *self, struct wait wait, json_t **result,
	struct stage_err *err)
{
	for (;;) {
		struct stage_rpc_message message = {0};
		enum stage_status status =
			next_message(self, wait, &message, err);
		if (status != STAGE_OK) {
			return status;
		}
		if (is_answer(&message, self->last_id)) {
			status = take_answer(&message, result, err);
			stage_rpc_message_finish(&message);
			return status;
		}
		status = keep_event(self, wait, &message, err);
		stage_rpc_message_finish(&message);
		if (status == STAGE_OK &&
			stage_clock_until_ms(wait.deadline_ns) == 0) {
			// Events without end must not hold up the deadline.
			status = explain(self, wait, STAGE_TIMEOUT, err);
		}
		if (status != STAGE_OK) {
			return status;
		}
	}
}

static enum stage_status
write_call(struct stage_rpc_client *self, const char *method, json_t *params,
	struct stage_str *line, struct stage_err *err)
{
	self->last_id++;
	if (stage_rpc_write_request(line, self->last_id, method, params) !=
		STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to ask for \"%s\": out of memory", method);
	}
	if (line->len > STAGE_RPC_REQUEST_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"the arguments of \"%s\" have more than %ld bytes",
			method, STAGE_RPC_REQUEST_MAX);
	}
	return STAGE_OK;
}

static enum stage_status
send_call(struct stage_rpc_client *self, struct wait wait, json_t *params,
	struct stage_err *err)
{
	struct stage_str line = {0};
	enum stage_status status;
	size_t len;

	if (self->broken.status != STAGE_OK) {
		return stage_err_set(
			err, self->broken.status, "%s", self->broken.text);
	}
	status = write_call(self, wait.method, params, &line, err);
	if (status != STAGE_OK) {
		stage_str_finish(&line);
		return status;
	}
	len = line.len;
	status = send_all(self, &line, wait);
	if (status != STAGE_OK) {
		status = explain(self, wait, status, err);
	}
	if (status == STAGE_TIMEOUT && line.len < len) {
		// Half a line is out: another call would garble it.
		stage_err_set(&self->broken, STAGE_TIMEOUT,
			"the server at %s stopped reading", self->path);
	}
	stage_str_finish(&line);
	return status;
}

enum stage_status
stage_rpc_client_call(struct stage_rpc_client *self, const char *method,
	json_t *params, int64_t timeout_ns, json_t **result,
	struct stage_err *err)
{
	struct wait wait = start_wait(method, timeout_ns);
	enum stage_status status = send_call(self, wait, params, err);

	json_decref(params);
	return status == STAGE_OK ? await_answer(self, wait, result, err)
				  : status;
}

static json_t *
make_topics(const char *const *topics)
{
	json_t *list = json_array();

	for (; topics != NULL && *topics != NULL; topics++) {
		if (json_array_append_new(list, json_string(*topics)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return json_pack("{s:o}", "topics", list);
}

enum stage_status
stage_rpc_client_subscribe(struct stage_rpc_client *self,
	const char *const *topics, int64_t timeout_ns, json_t **snapshot,
	struct stage_err *err)
{
	json_t *params = make_topics(topics);
	enum stage_status status;

	if (params == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to subscribe: out of memory");
	}
	status = stage_rpc_client_call(
		self, "subscribe", params, timeout_ns, snapshot, err);
	if (status == STAGE_OK) {
		json_array_clear(self->events); // older than the snapshot
	}
	return status;
}

static void
take_event(struct stage_rpc_client *self, struct stage_rpc_event *event)
{
	json_t *message = json_incref(json_array_get(self->events, 0));
	json_t *params = json_object_get(message, "params");

	json_array_remove(self->events, 0);
	*event = (struct stage_rpc_event){
		.is_resync = is_resync(message),
		.topic = json_string_value(json_object_get(params, "topic")),
		.epoch = json_string_value(json_object_get(params, "epoch")),
		.seq = json_integer_value(json_object_get(params, "seq")),
		.dropped =
			json_integer_value(json_object_get(params, "dropped")),
		.data = json_object_get(params, "data"),
		.owned = message,
	};
}

enum stage_status
stage_rpc_client_next_event(struct stage_rpc_client *self, int64_t timeout_ns,
	struct stage_rpc_event *event, struct stage_err *err)
{
	struct wait wait = start_wait(NULL, timeout_ns);

	while (json_array_size(self->events) == 0) {
		struct stage_rpc_message message = {0};
		enum stage_status status =
			next_message(self, wait, &message, err);
		if (status != STAGE_OK) {
			return status;
		}
		if (message.kind == STAGE_RPC_ERROR &&
			json_is_null(message.id)) {
			status = stage_rpc_message_error(&message, err);
		} else {
			status = keep_event(self, wait, &message, err);
		}
		stage_rpc_message_finish(&message);
		if (status != STAGE_OK) {
			return status;
		}
		// Other messages without end must not hold up the deadline, but
		// an event that was read with them must not stay behind.
		wait.is_over = stage_clock_until_ms(wait.deadline_ns) == 0;
	}
	take_event(self, event);
	return STAGE_OK;
}

void
stage_rpc_event_finish(struct stage_rpc_event *self)
{
	if (self != NULL) {
		json_decref(self->owned);
		*self = (struct stage_rpc_event){0};
	}
}
