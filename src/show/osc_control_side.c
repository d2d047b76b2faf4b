/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_side.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "show/osc_control_guests.h"
#include "show/osc_control_listen.h"
#include "show/osc_control_post.h"
#include "show/osc_control_qlab.h"
#include "show/osc_control_values.h"

#define SEARCHES_MAX 16          // patterns in a turn of the loop
#define WAITING_MAX 64           // answers that are not there yet
#define STRANGERS_NS 60000000000 // between two words about them

// An act that has not been answered.
struct waiting {
	struct waiting *next;
	struct stage_show_osc_side *side; // NULL: it has gone
	struct stage_show_osc_whom whom;
	bool is_gone; // whom
	bool is_native;
	char address[STAGE_SHOW_ADDRESS_MAX];
};

struct stage_show_osc_side {
	uv_loop_t *loop;
	struct stage_show_osc_side_ops ops;
	void *user;
	struct stage_show_post post;
	struct stage_show_guests guests;
	uv_timer_t timer; // of hearers that say nothing
	struct stage_show_values told;
	struct stage_show_qlab_marks marks;
	bool has_told; // the two above are of something
	struct waiting *waiting;
	size_t waiting_count;
	int64_t strangers_ns; // when a word was lost about one
	uint64_t searched_ms; // the turn in which patterns were looked at
	size_t searches;      // in it

	// While a message is handled.
	struct stage_show_osc_whom whom;
	struct stage_show_guest *guest;
};

// Acts, whose answers may come later.

static void
unlink_waiting(struct waiting *waiting)
{
	struct waiting **at = &waiting->side->waiting;

	while (*at != waiting) {
		at = &(*at)->next;
	}
	*at = waiting->next;
	waiting->side->waiting_count--;
}

static void
on_answer(void *user, enum stage_show_code code, const char *text)
{
	struct waiting *waiting = user;
	struct stage_show_osc_side *self = waiting->side;
	struct stage_show_osc_request request = {
		.address = waiting->address,
		.is_native = waiting->is_native,
	};

	if (self != NULL) {
		unlink_waiting(waiting);
		if (!waiting->is_gone) {
			self->ops.look(self->user, &self->post.sight);
			if (code != STAGE_SHOW_DONE) {
				stage_show_post_complaint(&self->post,
					&waiting->whom, &request, text);
			} else if (waiting->whom.wants_replies) {
				stage_show_post_reply(&self->post,
					&waiting->whom, &request, "ok", NULL,
					NULL);
			}
		}
	}
	free(waiting);
}

static void
act(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request)
{
	struct stage_show_asker asker = {NULL, NULL};
	struct waiting *waiting = NULL;

	// Who asks faster than is answered is not answered: it is done.
	if (self->waiting_count < WAITING_MAX) {
		waiting = calloc(1, sizeof(*waiting));
	}
	if (waiting != NULL) {
		waiting->side = self;
		waiting->whom = self->whom;
		waiting->is_native = request->is_native;
		(void)!stage_format(waiting->address, sizeof(waiting->address),
			"%s", request->address);
		waiting->next = self->waiting;
		self->waiting = waiting;
		self->waiting_count++;
		asker.answer = on_answer;
		asker.user = waiting;
	}
	self->ops.act(self->user, request->act, request->number, asker);
}

// What is told of the other side.

static void
reply(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request, json_t *data)
{
	stage_show_post_reply(
		&self->post, &self->whom, request, "ok", data, NULL);
}

// To who asks, and to the port of the same computer that rig.conf names: some
// controllers do not hear where they speak.
static void
refresh(struct stage_show_osc_side *self)
{
	stage_show_post_values(&self->post, &self->whom);
	for (size_t i = 0; i < STAGE_SHOW_HEARERS_MAX; i++) {
		const struct stage_show_hearer *hearer =
			&self->guests.hearers[i];
		const struct stage_show_osc_whom whom = {.peer = hearer->peer};
		if (hearer->is_fixed &&
			stage_osc_peer_is_same_host(
				&hearer->peer, &self->whom.peer)) {
			stage_show_post_values(&self->post, &whom);
		}
	}
}

static void set_timer(struct stage_show_osc_side *self);

static void
hear(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request, unsigned bits, bool is_on)
{
	struct stage_show_guest *guest = self->guest;
	bool is_done = true;

	if (guest->link != NULL) {
		guest->hears =
			is_on ? guest->hears | bits : guest->hears & ~bits;
	} else if (is_on) {
		is_done = stage_show_guests_subscribe(&self->guests,
			&self->whom.peer, bits, self->ops.now_ns(self->user));
	} else {
		stage_show_guests_unsubscribe(
			&self->guests, &self->whom.peer, bits);
	}
	set_timer(self);
	if (!is_done) {
		stage_show_post_complaint(&self->post, &self->whom, request,
			"too many listen already");
	}
}

static void
take_updates(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request)
{
	if (request->number >= 0) {
		hear(self, request,
			STAGE_SHOW_HEARS_VALUES | STAGE_SHOW_HEARS_UPDATES,
			request->number > 0);
	}
	reply(self, request,
		request->number >= 0 ? json_integer(request->number) : NULL);
	if (request->number > 0) {
		stage_show_post_values(&self->post, &self->whom);
	}
}

static void
take_always(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request)
{
	if (request->number >= 0) {
		self->guest->wants_replies = request->number > 0;
	}
	reply(self, request, json_boolean(self->guest->wants_replies));
}

static void
take_reply_port(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request)
{
	if (request->number > 0) {
		self->guest->reply_port = (int)request->number;
		self->whom.reply_port = self->guest->reply_port;
	}
	reply(self, request, json_integer(self->guest->reply_port));
}

static void
take_connect(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request)
{
	bool may = stage_show_guest_connect(&self->guests, self->guest,
		request->text, self->ops.now_ns(self->user));

	if (may) {
		reply(self, request, json_string("ok"));
	} else if (request->is_native) {
		stage_show_post_complaint(&self->post, &self->whom, request,
			"that is not the passcode");
	} else {
		// "denied" would have Companion think that the passcode which
		// it is about to say is the wrong one.
		stage_show_post_reply(&self->post, &self->whom, request,
			"error", json_string("badpass"), NULL);
	}
}

static void
take_ask(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *data = NULL;

	if (stage_show_qlab_answer(&self->post.sight, request, &data, &err) ==
		STAGE_OK) {
		reply(self, request, data);
	} else {
		stage_show_post_complaint(
			&self->post, &self->whom, request, err.text);
	}
}

static void
take_value(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request)
{
	struct stage_show_values values;

	stage_show_values_take(&values, &self->post.sight);
	for (size_t i = 0; i < STAGE_SHOW_VALUE_COUNT; i++) {
		if (stage_show_value_address(i) == request->word) {
			stage_show_post_value(
				&self->post, &self->whom, &values, i);
		}
	}
}

static void
take(struct stage_show_osc_side *self,
	const struct stage_show_osc_request *request)
{
	switch (request->kind) {
	case STAGE_SHOW_OSC_ACT:
		act(self, request);
		break;
	case STAGE_SHOW_OSC_ASK:
		take_ask(self, request);
		break;
	case STAGE_SHOW_OSC_VALUE:
		take_value(self, request);
		break;
	case STAGE_SHOW_OSC_CONNECT:
		take_connect(self, request);
		break;
	case STAGE_SHOW_OSC_LEAVE:
		hear(self, request,
			STAGE_SHOW_HEARS_VALUES | STAGE_SHOW_HEARS_UPDATES,
			false);
		break;
	case STAGE_SHOW_OSC_THUMP:
		reply(self, request, json_string("thump"));
		break;
	case STAGE_SHOW_OSC_UPDATES:
		take_updates(self, request);
		break;
	case STAGE_SHOW_OSC_ALWAYS:
		take_always(self, request);
		break;
	case STAGE_SHOW_OSC_REPLY_TO:
		take_reply_port(self, request);
		break;
	case STAGE_SHOW_OSC_HEAR:
		hear(self, request, STAGE_SHOW_HEARS_VALUES,
			request->number > 0);
		if (request->number > 0) {
			stage_show_post_values(&self->post, &self->whom);
		}
		break;
	case STAGE_SHOW_OSC_REFRESH:
		refresh(self);
		break;
	case STAGE_SHOW_OSC_BAD:
		stage_show_post_complaint(
			&self->post, &self->whom, request, request->err->text);
		break;
	case STAGE_SHOW_OSC_RELEASE:
	case STAGE_SHOW_OSC_KIND_COUNT:
		break;
	}
}

// Messages.

static bool
needs_no_passcode(const struct stage_show_osc_request *request)
{
	return request->kind == STAGE_SHOW_OSC_CONNECT ||
	       request->kind == STAGE_SHOW_OSC_THUMP ||
	       (request->kind == STAGE_SHOW_OSC_ASK &&
		       (strcmp(request->word, "version") == 0 ||
			       strcmp(request->word, "workspaces") == 0));
}

static void
on_request(void *user, const struct stage_show_osc_request *request)
{
	struct stage_show_osc_side *self = user;

	if (stage_show_guest_may(&self->guests, self->guest) ||
		needs_no_passcode(request)) {
		take(self, request);
	} else if (request->is_native) {
		stage_show_post_complaint(&self->post, &self->whom, request,
			"say the passcode first, by /connect");
	} else {
		stage_show_post_reply(&self->post, &self->whom, request,
			"denied", NULL, NULL);
	}
}

// One that is not allowed to say anything.
static void
turn_away(struct stage_show_osc_side *self, const struct stage_osc_peer *from,
	struct stage_osc_link *link)
{
	int64_t now_ns = self->ops.now_ns(self->user);
	char text[STAGE_OSC_PEER_TEXT_MAX];

	if (link != NULL) {
		stage_osc_link_close(link);
	}
	if (self->strangers_ns == 0 ||
		now_ns - self->strangers_ns >= STRANGERS_NS) {
		self->strangers_ns = now_ns;
		stage_osc_peer_text(from, text, sizeof(text));
		stage_log_warn("%s may not control the show; show.osc.allow of "
			       "rig.conf says who may",
			text);
	}
}

// To find what a pattern means is work, which is not done for who may not
// control the show, nor so often that others would wait for it.
static bool
may_search(struct stage_show_osc_side *self)
{
	uint64_t turn_ms = uv_now(self->loop); // the same all through a turn

	if (!stage_show_guest_may(&self->guests, self->guest)) {
		return false;
	}
	if (turn_ms != self->searched_ms) {
		self->searched_ms = turn_ms;
		self->searches = 0;
	}
	self->searches++;
	return self->searches <= SEARCHES_MAX;
}

static void
on_message(void *user, const struct stage_osc_peer *from,
	struct stage_osc_link *link, const struct stage_osc_message *message)
{
	struct stage_show_osc_side *self = user;
	struct stage_show_guest *guest;

	if (!stage_show_guests_allow(&self->guests, from)) {
		turn_away(self, from, link);
		return;
	}
	guest = stage_show_guests_heard(
		&self->guests, from, link, self->ops.now_ns(self->user));
	self->guest = guest;
	self->whom = (struct stage_show_osc_whom){
		.peer = *from,
		.link = link,
		.reply_port = guest->reply_port,
		.wants_replies = guest->wants_replies,
	};
	if (strpbrk(message->address, "*?[{") != NULL && !may_search(self)) {
		return;
	}
	self->ops.look(self->user, &self->post.sight);
	stage_show_osc_take(message, &self->post.sight, on_request, self);
}

static void
on_gone(void *user, struct stage_osc_link *link)
{
	struct stage_show_osc_side *self = user;

	stage_show_guests_gone(&self->guests, link);
	for (struct waiting *each = self->waiting; each != NULL;
		each = each->next) {
		each->is_gone = each->is_gone || each->whom.link == link;
	}
}

static void
on_refused(void *user, const struct stage_osc_peer *by)
{
	struct stage_show_osc_side *self = user;
	char text[STAGE_OSC_PEER_TEXT_MAX];

	if (stage_show_guests_refused(&self->guests, by)) {
		stage_osc_peer_text(by, text, sizeof(text));
		stage_log_info("%s does not listen any more", text);
	}
}

static const struct stage_show_listen_ops listen_ops = {
	.message = on_message,
	.gone = on_gone,
	.refused = on_refused,
};

// Telling what has changed.

// Sends to all who hear of that. One that is in the way is ended by the way.
static void
send_all(struct stage_show_osc_side *self, unsigned bit, const void *bytes,
	size_t len)
{
	for (size_t i = 0; i < STAGE_SHOW_HEARERS_MAX; i++) {
		const struct stage_show_hearer *hearer =
			&self->guests.hearers[i];
		if ((hearer->hears & bit) != 0) {
			const struct stage_show_osc_whom whom = {
				.peer = hearer->peer,
				.reply_port = stage_show_guests_reply_port(
					&self->guests, &hearer->peer),
			};
			if (bit == STAGE_SHOW_HEARS_UPDATES) {
				stage_show_post_qlab(
					&self->post, &whom, bytes, len);
			} else {
				stage_show_post_send(
					&self->post, &whom, bytes, len);
			}
		}
	}
	for (size_t i = 0; i < STAGE_SHOW_GUESTS_MAX; i++) {
		const struct stage_show_guest *guest = &self->guests.guests[i];
		if (guest->is_there && guest->link != NULL &&
			(guest->hears & bit) != 0 &&
			stage_show_guest_may(&self->guests, guest)) {
			stage_osc_link_send(guest->link, bytes, len);
		}
	}
}

static void
on_update(void *user, const void *bytes, size_t len)
{
	send_all(user, STAGE_SHOW_HEARS_UPDATES, bytes, len);
}

void
stage_show_osc_side_tell(struct stage_show_osc_side *self)
{
	struct stage_show_values now;
	struct stage_show_qlab_marks marks;

	if (self == NULL) {
		return;
	}
	self->ops.look(self->user, &self->post.sight);
	stage_show_values_take(&now, &self->post.sight);
	for (size_t i = 0; i < STAGE_SHOW_VALUE_COUNT; i++) {
		struct stage_str bytes = {0};
		if (stage_show_value_differs(
			    &now, self->has_told ? &self->told : NULL, i) &&
			stage_show_value_write(&now, i, &bytes) == STAGE_OK) {
			send_all(self, STAGE_SHOW_HEARS_VALUES, bytes.data,
				bytes.len);
		}
		stage_str_finish(&bytes);
	}
	stage_show_qlab_mark(&marks, &self->post.sight);
	if (self->has_told) {
		stage_show_qlab_updates(&self->post.sight, &marks, &self->marks,
			on_update, self);
	}
	self->told = now;
	self->marks = marks;
	self->has_told = true;
}

static void
on_timer(uv_timer_t *timer)
{
	set_timer(timer->data);
}

// Forgets who has said nothing for too long, and sees to who is next.
static void
set_timer(struct stage_show_osc_side *self)
{
	int64_t next_ns = stage_show_guests_expire(
		&self->guests, self->ops.now_ns(self->user));

	if (next_ns == INT64_MAX) {
		uv_timer_stop(&self->timer);
		return;
	}
	uv_update_time(self->loop);
	uv_timer_start(&self->timer, on_timer,
		(uint64_t)stage_clock_until_ms(next_ns) + 1, 0);
}

// Its life.

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_show_osc_side_destroy(struct stage_show_osc_side *self)
{
	struct stage_str bytes = {0};

	if (self == NULL) {
		return;
	}
	self->ops.look(self->user, &self->post.sight);
	if (stage_show_qlab_farewell(&bytes, &self->post.sight) == STAGE_OK) {
		send_all(self, STAGE_SHOW_HEARS_UPDATES, bytes.data, bytes.len);
	}
	stage_str_finish(&bytes);
	for (struct waiting *each = self->waiting; each != NULL;
		each = each->next) {
		each->side = NULL;
	}
	stage_show_listen_destroy(self->post.listen);
	uv_close((uv_handle_t *)&self->timer, on_closed);
}

void
stage_show_osc_side_order(
	struct stage_show_osc_side *self, struct stage_osc_udp *beside)
{
	stage_show_listen_order(self->post.listen, beside);
}

enum stage_status
stage_show_osc_side_create(uv_loop_t *loop,
	const struct stage_show_osc_settings *settings,
	const struct stage_show_osc_side_ops *ops, void *user,
	struct stage_show_osc_side **out, struct stage_err *err)
{
	struct stage_show_osc_side *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->ops = *ops;
	self->user = user;
	stage_show_guests_init(&self->guests, settings);
	uv_timer_init(loop, &self->timer);
	self->timer.data = self;
	status = stage_show_listen_create(loop, &self->guests.settings,
		&listen_ops, self, &self->post.listen, err);
	if (status != STAGE_OK) {
		uv_close((uv_handle_t *)&self->timer, on_closed);
		return status;
	}
	*out = self;
	return STAGE_OK;
}
