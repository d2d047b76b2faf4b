/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/nsmside.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "osc/udp.h"
#include "rack/daemon.h"
#include "rack/nsm.h"

#define NAME "stagecraft-rack"
#define CAPABILITIES ":switch:dirty:message:"
#define API_REFUSED (-2)

#define ANSWER_MS 30000 // for the server to take us
#define OPEN_MS 20000   // for JACK to play a project
#define WAITS_MS 3000   // the same, when it is known why it does not
#define SAVE_MS 5000    // for plug-ins that are at work
#define HANDLES 2

#define PRIORITY_NOTE 1
#define PRIORITY_FAULT 2

struct stage_rack_nsmside {
	const struct stage_rig *rig;
	uv_loop_t *loop;
	struct stage_osc_udp *socket;
	uv_timer_t open_timer; // before the first project: of the announcement
	uv_timer_t save_timer;
	unsigned handles; // that are not closed yet
	struct stage_osc_peer server;
	bool is_taken;

	struct stage_rack_daemon *daemon; // NULL: none plays
	bool is_leaving;                  // one is ending
	bool is_opening;                  // `open` is not answered yet
	bool is_late;                     // it was, by an error, and may come
	bool is_saving;                   // `save` is not answered yet
	bool is_dirty;                    // as the server knows it
	bool is_ending;
	bool has_left;                    // something that hangs
	char path[STAGE_PATH_MAX];        // of the project that is to be open
	char id[STAGE_JACK_OWN_NAME_MAX]; // its name
	char reason[STAGE_ERR_TEXT_MAX];  // why JACK does not play it
	struct stage_str told;            // the faults that the server knows
};

// Sending.

static void
send_bytes(struct stage_rack_nsmside *self, enum stage_status status,
	struct stage_str *bytes)
{
	if (status == STAGE_OK) {
		stage_osc_udp_send(
			self->socket, &self->server, bytes->data, bytes->len);
	}
	stage_str_finish(bytes);
}

static void
answer(struct stage_rack_nsmside *self, const char *address, const char *text)
{
	struct stage_str bytes = {0};
	enum stage_status status = stage_rack_nsm_reply(&bytes, address, text);

	send_bytes(self, status, &bytes);
}

static void
refuse(struct stage_rack_nsmside *self, const char *address,
	enum stage_rack_nsm_error code, const char *text)
{
	struct stage_str bytes = {0};
	enum stage_status status =
		stage_rack_nsm_error(&bytes, address, code, text);

	stage_log_err("%s", text);
	send_bytes(self, status, &bytes);
}

static void
say(struct stage_rack_nsmside *self, int32_t priority, const char *text)
{
	struct stage_str bytes = {0};
	enum stage_status status = stage_rack_nsm_say(&bytes, priority, text);

	send_bytes(self, status, &bytes);
}

static void
tell_dirty(struct stage_rack_nsmside *self, bool is_dirty)
{
	struct stage_str bytes = {0};

	if (self->is_dirty == is_dirty) {
		return;
	}
	self->is_dirty = is_dirty;
	send_bytes(self,
		stage_rack_nsm_word(&bytes,
			is_dirty ? STAGE_RACK_NSM_DIRTY : STAGE_RACK_NSM_CLEAN),
		&bytes);
}

// What passes the sound through, each once for as long as it does.
static void
tell_faults(struct stage_rack_nsmside *self)
{
	const struct stage_rack *rack = stage_rack_daemon_rack(self->daemon);
	struct stage_str now = {0};

	for (size_t i = 0; i < rack->count; i++) {
		const struct stage_rack_slot *slot = rack->slots[i];
		struct stage_str line = {0};
		if (slot->fault[0] != '\0' &&
			stage_str_addf(&line, "slot %s: %s\n", slot->config.id,
				slot->fault) == STAGE_OK &&
			stage_str_add(&now, line.data) == STAGE_OK &&
			strstr(stage_str_text(&self->told), line.data) ==
				NULL) {
			stage_str_cut(&line, line.len - 1);
			say(self, PRIORITY_FAULT, line.data);
		}
		stage_str_finish(&line);
	}
	stage_str_finish(&self->told);
	self->told = now;
}

// Opening.

static void on_open_late(uv_timer_t *timer);

static enum stage_rack_nsm_error
code_of(enum stage_status status)
{
	switch (status) {
	case STAGE_BUSY:
		return STAGE_RACK_NSM_NOT_NOW;
	case STAGE_DENIED:
	case STAGE_EXISTS:
	case STAGE_FULL:
	case STAGE_IO:
		return STAGE_RACK_NSM_CREATE_FAILED;
	case STAGE_BAD_INPUT:
	case STAGE_NOT_FOUND:
	case STAGE_TOO_LONG:
		return STAGE_RACK_NSM_BAD_PROJECT;
	case STAGE_OK:
	case STAGE_NO_MEMORY:
	case STAGE_TIMEOUT:
	case STAGE_GONE:
	case STAGE_UNSUPPORTED:
	case STAGE_BUG:
	case STAGE_STATUS_COUNT:
		break;
	}
	return STAGE_RACK_NSM_GENERAL;
}

static void
end_opening(struct stage_rack_nsmside *self)
{
	self->is_opening = false;
	uv_timer_stop(&self->open_timer);
}

static void
on_ready(void *user)
{
	struct stage_rack_nsmside *self = user;

	if (self->is_opening) {
		end_opening(self);
		answer(self, STAGE_RACK_NSM_OPEN, "it plays");
	} else if (self->is_late) {
		say(self, PRIORITY_NOTE, "it plays now");
	}
	self->is_late = false;
	tell_faults(self);
}

static void
on_waits(void *user, const char *reason)
{
	struct stage_rack_nsmside *self = user;

	if (self->is_opening && self->reason[0] == '\0') {
		uv_timer_start(&self->open_timer, on_open_late, WAITS_MS, 0);
	}
	(void)!stage_format(
		self->reason, sizeof(self->reason), "%.400s", reason);
}

static void
on_open_late(uv_timer_t *timer)
{
	struct stage_rack_nsmside *self = timer->data;
	struct stage_err err = STAGE_ERR_INIT;

	end_opening(self);
	self->is_late = true;
	stage_err_set(&err, STAGE_TIMEOUT, "JACK does not play it yet: %s",
		self->reason[0] != '\0' ? self->reason : "it does not say why");
	refuse(self, STAGE_RACK_NSM_OPEN, STAGE_RACK_NSM_GENERAL, err.text);
}

static void on_changed(void *user);
static void on_left(void *user);
static void on_ended(void *user);
static void on_stuck(void *user, const char *sentence);

static void
open_project(struct stage_rack_nsmside *self)
{
	static const struct stage_rack_daemon_events events = {
		.ready = on_ready,
		.waits = on_waits,
		.changed = on_changed,
		.left = on_left,
		.ended = on_ended,
		.stuck = on_stuck,
	};
	struct stage_rack_home home;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_rack_home_of_song(
		self->rig, self->path, self->id, &home, &err);

	self->reason[0] = '\0';
	self->is_late = false;
	if (status == STAGE_OK) {
		status = stage_rack_daemon_create(
			self->loop, &home, &events, self, &self->daemon, &err);
	}
	if (status != STAGE_OK) {
		end_opening(self);
		refuse(self, STAGE_RACK_NSM_OPEN, code_of(status), err.text);
		return;
	}
	uv_update_time(self->loop); // plug-ins may have taken a while
	uv_timer_start(&self->open_timer, on_open_late, OPEN_MS, 0);
}

static void
leave(struct stage_rack_nsmside *self)
{
	struct stage_rack_daemon *daemon = self->daemon;

	self->daemon = NULL;
	self->is_leaving = true;
	stage_str_finish(&self->told);
	stage_rack_daemon_destroy(daemon);
}

static void
handle_open(struct stage_rack_nsmside *self,
	const struct stage_rack_nsm_message *message)
{
	if (self->is_opening || self->is_saving) {
		refuse(self, STAGE_RACK_NSM_OPEN, STAGE_RACK_NSM_NOT_NOW,
			"another project is being opened, or saved");
		return;
	}
	memcpy(self->path, message->path, sizeof(self->path));
	memcpy(self->id, message->id, sizeof(self->id));
	self->is_opening = true;
	if (self->daemon != NULL) {
		leave(self);
	} else if (!self->is_leaving) {
		open_project(self);
	}
}

static void free_if_done(struct stage_rack_nsmside *self);

static void
on_ended(void *user)
{
	struct stage_rack_nsmside *self = user;

	self->is_leaving = false;
	self->is_dirty = false;
	if (self->is_ending) {
		free_if_done(self);
	} else if (self->is_opening) {
		open_project(self);
	}
}

static void
on_left(void *user)
{
	struct stage_rack_nsmside *self = user;

	self->has_left = true;
}

static void
on_stuck(void *user, const char *sentence)
{
	struct stage_rack_nsmside *self = user;

	if (self->is_ending) {
		return;
	}
	refuse(self, STAGE_RACK_NSM_OPEN, STAGE_RACK_NSM_GENERAL, sentence);
	_exit(STAGE_EXIT_TEMPORARY);
}

// Saving.

static void
end_saving(struct stage_rack_nsmside *self)
{
	self->is_saving = false;
	uv_timer_stop(&self->save_timer);
}

static void
on_save_late(uv_timer_t *timer)
{
	struct stage_rack_nsmside *self = timer->data;

	end_saving(self);
	refuse(self, STAGE_RACK_NSM_SAVE, STAGE_RACK_NSM_GENERAL,
		"a plug-in is at work; it is saved when that is done");
}

// Whether all is on the disk by now; if not, that is tried again soon.
static void
look_whether_saved(struct stage_rack_nsmside *self)
{
	const struct stage_rack *rack = stage_rack_daemon_rack(self->daemon);

	if (!stage_rack_is_dirty(rack)) {
		end_saving(self);
		answer(self, STAGE_RACK_NSM_SAVE, "it is saved");
	} else if (rack->complaint[0] != '\0') {
		end_saving(self);
		refuse(self, STAGE_RACK_NSM_SAVE, STAGE_RACK_NSM_GENERAL,
			rack->complaint);
	}
}

static void
handle_save(struct stage_rack_nsmside *self)
{
	struct stage_rack *rack;

	if (self->daemon == NULL || self->is_opening) {
		refuse(self, STAGE_RACK_NSM_SAVE,
			self->is_opening ? STAGE_RACK_NSM_NOT_NOW
					 : STAGE_RACK_NSM_NO_SESSION,
			"no project is open");
		return;
	}
	rack = stage_rack_daemon_rack(self->daemon);
	self->is_saving = true;
	uv_timer_start(&self->save_timer, on_save_late, SAVE_MS, 0);
	(void)stage_rack_note_turned(rack);
	(void)stage_rack_save(rack);
	stage_rack_daemon_changed(self->daemon); // and so looks
}

static void
on_changed(void *user)
{
	struct stage_rack_nsmside *self = user;

	if (self->daemon == NULL) {
		return;
	}
	if (self->is_saving) {
		look_whether_saved(self);
	}
	if (!self->is_opening) {
		tell_dirty(self, stage_rack_is_dirty(
					 stage_rack_daemon_rack(self->daemon)));
		tell_faults(self);
	}
}

// The server.

static void
handle_refusal(const struct stage_rack_nsm_message *message)
{
	stage_log_err("the session manager does not take this rack: %s",
		message->text);
	_exit(message->code == API_REFUSED ? STAGE_EXIT_PERMANENT
					   : STAGE_EXIT_TEMPORARY);
}

// A server with several addresses answers by the one it likes: its first answer
// tells. A server that follows it at that address is as good.
static bool
is_server(const struct stage_rack_nsmside *self,
	const struct stage_osc_peer *from)
{
	return self->is_taken ? stage_osc_peer_is_same(from, &self->server)
			      : stage_osc_peer_port(from) ==
					stage_osc_peer_port(&self->server);
}

static void
be_taken(struct stage_rack_nsmside *self, const struct stage_osc_peer *from)
{
	self->server = *from;
	self->is_taken = true;
	uv_timer_stop(&self->open_timer);
}

static void
handle(struct stage_rack_nsmside *self,
	const struct stage_rack_nsm_message *message,
	const struct stage_err *why)
{
	if (message->kind == STAGE_RACK_NSM_MUST_SAVE) {
		handle_save(self);
	} else if (message->kind == STAGE_RACK_NSM_MUST_OPEN &&
		   why->status != STAGE_OK) {
		refuse(self, STAGE_RACK_NSM_OPEN, STAGE_RACK_NSM_BAD_PROJECT,
			why->text);
	} else if (message->kind == STAGE_RACK_NSM_MUST_OPEN) {
		handle_open(self, message);
	}
}

static void
on_message(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	struct stage_rack_nsmside *self = user;
	struct stage_rack_nsm_message said;
	struct stage_err err = STAGE_ERR_INIT;

	if (!is_server(self, from)) {
		return;
	}
	(void)!stage_rack_nsm_understand(message, &said, &err);
	if (self->is_taken) {
		handle(self, &said, &err);
	} else if (said.kind == STAGE_RACK_NSM_IS_TAKEN) {
		be_taken(self, from);
	} else if (said.kind == STAGE_RACK_NSM_IS_REFUSED) {
		handle_refusal(&said);
	}
}

// Its start.

// liblo writes this computer's own name, which it may not know itself.
static const char *
loopback_of(const char *host)
{
	char own[STAGE_RACK_NSM_HOST_MAX] = "";

	(void)gethostname(own, sizeof(own) - 1);
	return strcmp(own, host) == 0 ? "127.0.0.1" : host;
}

// Nothing plays yet: it may wait for the network's answer.
static enum stage_status
find_server(
	struct stage_rack_nsmside *self, const char *url, struct stage_err *err)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV};
	char host[STAGE_RACK_NSM_HOST_MAX];
	char port[STAGE_RACK_NSM_PORT_MAX];
	struct addrinfo *found = NULL;
	enum stage_status status = stage_rack_nsm_url(url, host, port, err);
	int error;

	if (status != STAGE_OK) {
		return status;
	}
	error = getaddrinfo(loopback_of(host), port, &hints, &found);
	if (error != 0) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"unable to find the host %s of the session manager: %s",
			host, gai_strerror(error));
	}
	stage_osc_peer_copy(&self->server, found->ai_addr);
	freeaddrinfo(found);
	return STAGE_OK;
}

// Nobody else is to reach us where the server is on this computer.
static const char *
address_beside(const struct stage_osc_peer *server)
{
	const struct sockaddr_in *v4 = (const void *)&server->address;
	const struct sockaddr_in6 *v6 = (const void *)&server->address;

	if (server->address.ss_family == AF_INET6) {
		return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ? "::1" : "::";
	}
	return ntohl(v4->sin_addr.s_addr) >> 24U == 127 ? "127.0.0.1"
							: "0.0.0.0";
}

static void
on_no_answer(uv_timer_t *timer)
{
	(void)timer;
	stage_log_err("the session manager does not answer; NSM_URL says where "
		      "it is");
	_exit(STAGE_EXIT_TEMPORARY);
}

static void
announce(struct stage_rack_nsmside *self)
{
	struct stage_str bytes = {0};
	enum stage_status status = stage_rack_nsm_announce(
		&bytes, NAME, CAPABILITIES, (int32_t)getpid());

	send_bytes(self, status, &bytes);
	uv_timer_start(&self->open_timer, on_no_answer, ANSWER_MS, 0);
}

enum stage_status
stage_rack_nsmside_create(uv_loop_t *loop, const struct stage_rig *rig,
	const char *url, struct stage_rack_nsmside **out, struct stage_err *err)
{
	struct stage_rack_nsmside *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->rig = rig;
	self->loop = loop;
	status = find_server(self, url, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	status = stage_osc_udp_create(loop, address_beside(&self->server), 0,
		on_message, self, &self->socket, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	uv_timer_init(loop, &self->open_timer);
	uv_timer_init(loop, &self->save_timer);
	self->open_timer.data = self;
	self->save_timer.data = self;
	self->handles = HANDLES;
	announce(self);
	*out = self;
	return STAGE_OK;
}

// Its end.

static void
free_if_done(struct stage_rack_nsmside *self)
{
	if (self->handles == 0 && !self->is_leaving) {
		if (self->has_left) { // nobody is to ask it
			_exit(STAGE_EXIT_OK);
		}
		stage_str_finish(&self->told);
		free(self);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_rack_nsmside *self = handle->data;

	self->handles--;
	free_if_done(self);
}

void
stage_rack_nsmside_destroy(struct stage_rack_nsmside *self)
{
	if (self == NULL || self->is_ending) {
		return;
	}
	self->is_ending = true;
	if (self->daemon != NULL) {
		leave(self);
	}
	stage_osc_udp_destroy(self->socket);
	self->socket = NULL;
	uv_close((uv_handle_t *)&self->open_timer, on_closed);
	uv_close((uv_handle_t *)&self->save_timer, on_closed);
}
