/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/oscside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "osc/udp.h"
#include "rack/command.h"
#include "rack/map.h"
#include "rack/osc.h"
#include "rack/preset.h"
#include "rack/snapshot.h"
#include "rack/value.h"

#define PEERS_MAX 16
#define LEASE_MS 60000
#define INTERVAL_MS 50
#define INTERVAL_MIN_MS 10
#define INTERVAL_MAX_MS 10000

struct peer {
	struct stage_osc_peer name;
	uint64_t until_ms; // the loop's time
	uint64_t interval_ms;
	uint64_t next_ms;  // not told before
	bool has_news;     // there may be something to tell
	struct told *told; // [STAGE_RACK_SLOTS_MAX + 1], the last is the rack
};

// What a peer knows of a slot.
struct told {
	char id[STAGE_RACK_ID_MAX]; // "": nothing
	uint32_t changes;           // of its page, then
	float *values;              // [count], owned; then bypass and wet
	uint32_t count;
};

struct stage_rack_oscside {
	struct stage_rack *rack;
	const char *name;
	void (*changed)(void *user);
	void *user;
	struct stage_osc_udp *udp;
	uv_timer_t timer;
	struct peer peers[PEERS_MAX];
	size_t peer_count;
	const struct stage_osc_peer *from; // while it handles a message
};

// Sending.

static void
send_number(struct stage_rack_oscside *self, const struct stage_osc_peer *to,
	const char *address, float value)
{
	struct stage_str bytes = {0};

	if (stage_rack_osc_write_number(&bytes, address, value) == STAGE_OK) {
		stage_osc_udp_send(self->udp, to, bytes.data, bytes.len);
	}
	stage_str_finish(&bytes);
}

static void
send_error(struct stage_rack_oscside *self, const char *about,
	const char *sentence)
{
	struct stage_str bytes = {0};
	char own[STAGE_RACK_OSC_ADDRESS_MAX];

	if (stage_format(own, sizeof(own), "/%s/error", self->name) ==
			STAGE_OK &&
		stage_rack_osc_write_texts(&bytes, own, about, sentence) ==
			STAGE_OK) {
		stage_osc_udp_send(
			self->udp, self->from, bytes.data, bytes.len);
	}
	stage_str_finish(&bytes);
}

// Values.

static enum stage_status
range_of(const struct stage_rack_slot *slot, const char *symbol, float *min,
	float *max, float *now, struct stage_err *err)
{
	enum stage_status status = stage_rack_slot_need_plugin(slot, err);
	uint32_t index;

	if (status != STAGE_OK) {
		return status;
	}
	if (stage_rack_slot_find(slot, symbol, &index)) {
		stage_rack_slot_range(slot, index, min, max);
		*now = stage_rack_page_get(&slot->page, index);
		return STAGE_OK;
	}
	*min = 0;
	*max = 1;
	*now = stage_rack_page_wet(&slot->page);
	return strcmp(symbol, "wet") == 0
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NOT_FOUND,
				 "slot %s has no value \"%s\"", slot->config.id,
				 symbol);
}

static enum stage_status
own_range_of(const struct stage_rack *rack, const char *symbol, float *now,
	struct stage_err *err)
{
	enum stage_rack_own_value which;

	if (!stage_rack_own_find(symbol, &which)) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"a rack has no value \"%s\"; it has gain and mute",
			symbol);
	}
	*now = stage_rack_own_get(&rack->own, which);
	return STAGE_OK;
}

static enum stage_status
set(struct stage_rack_oscside *self, struct stage_rack_slot *slot,
	const struct stage_rack_osc_request *request, struct stage_err *err)
{
	double value = request->value;
	float min = 0;
	float max = 0;
	float now;
	enum stage_status status = STAGE_OK;

	if (slot == NULL) {
		return stage_rack_set_own(
			self->rack, request->symbol, value, err);
	}
	if (request->is_part) {
		status = range_of(slot, request->symbol, &min, &max, &now, err);
		if (status == STAGE_OK && !(value >= 0 && value <= 1)) {
			status = stage_err_set(err, STAGE_BAD_INPUT,
				"a part goes from 0 to 1");
		}
		if (status == STAGE_OK) {
			value = (double)stage_rack_map_scale(
				min, max, false, (float)value);
		}
	}
	return status == STAGE_OK
		       ? stage_rack_set(slot, request->symbol, value, err)
		       : status;
}

static enum stage_status
get(struct stage_rack_oscside *self, struct stage_rack_slot *slot,
	const struct stage_rack_osc_request *request, struct stage_err *err)
{
	float min = 0;
	float max = 1;
	float now = 0;
	enum stage_status status =
		slot == NULL
			? own_range_of(self->rack, request->symbol, &now, err)
			: range_of(
				  slot, request->symbol, &min, &max, &now, err);

	if (status == STAGE_OK) {
		send_number(self, self->from, request->address,
			request->is_part
				? stage_rack_map_part(min, max, false, now)
				: now);
	}
	return status;
}

// Who subscribed.

static void
drop_peer(struct stage_rack_oscside *self, size_t at)
{
	struct told *told = self->peers[at].told;

	for (size_t i = 0; i <= STAGE_RACK_SLOTS_MAX; i++) {
		free(told[i].values);
	}
	free(told);
	self->peers[at] = self->peers[--self->peer_count];
	if (self->peer_count == 0) {
		uv_timer_stop(&self->timer);
	}
}

static void
unsubscribe(struct stage_rack_oscside *self)
{
	for (size_t i = self->peer_count; i > 0; i--) {
		if (stage_osc_peer_is_same(
			    &self->peers[i - 1].name, self->from)) {
			drop_peer(self, i - 1);
		}
	}
}

static enum stage_status
subscribe(struct stage_rack_oscside *self, double interval_ms,
	struct stage_err *err)
{
	struct peer *peer;
	uint64_t now_ms = uv_now(self->timer.loop);

	unsubscribe(self); // it hears everything anew
	if (self->peer_count == PEERS_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"%d have subscribed already", PEERS_MAX);
	}
	peer = &self->peers[self->peer_count];
	memset(peer, 0, sizeof(*peer));
	peer->told = calloc(STAGE_RACK_SLOTS_MAX + 1, sizeof(*peer->told));
	if (peer->told == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	peer->name = *self->from;
	if (interval_ms <= 0) {
		interval_ms = INTERVAL_MS;
	}
	interval_ms =
		interval_ms < INTERVAL_MIN_MS ? INTERVAL_MIN_MS : interval_ms;
	peer->interval_ms = interval_ms > INTERVAL_MAX_MS
				    ? INTERVAL_MAX_MS
				    : (uint64_t)interval_ms;
	peer->until_ms = now_ms + LEASE_MS;
	self->peer_count++;
	stage_rack_oscside_look(self);
	return STAGE_OK;
}

// Telling them.

static void
tell(struct stage_rack_oscside *self, const struct peer *peer, const char *slot,
	const char *word, float value)
{
	char address[STAGE_RACK_OSC_ADDRESS_MAX];
	enum stage_status status =
		slot[0] != '\0' ? stage_format(address, sizeof(address),
					  "/%s/%s/%s", self->name, slot, word)
				: stage_format(address, sizeof(address),
					  "/%s/%s", self->name, word);

	if (status == STAGE_OK) {
		send_number(self, &peer->name, address, value);
	}
}

// The place where it is kept what a peer knows; new ones know nothing.
static bool
know(struct told *told, const char *id, uint32_t count, bool *is_new)
{
	*is_new = told->values == NULL || told->count != count ||
		  strcmp(told->id, id) != 0;
	if (!*is_new) {
		return true;
	}
	free(told->values);
	told->count = count;
	told->values = calloc((size_t)count + 2, sizeof(float));
	(void)!stage_format(told->id, sizeof(told->id), "%s", id);
	return told->values != NULL;
}

static const char *
word_of(const struct stage_rack_slot *slot, uint32_t index)
{
	const struct stage_rack_extra_kind *kind;
	uint32_t found;

	if (index < slot->count) {
		return stage_rack_slot_symbol(slot, index);
	}
	kind = &stage_rack_extras[index - slot->count];
	return kind->key != NULL &&
			       stage_rack_slot_find(slot, kind->key, &found) &&
			       found == index
		       ? kind->key
		       : kind->symbol;
}

static void
tell_value(struct stage_rack_oscside *self, const struct peer *peer,
	const char *slot, const char *word, float value, float *known,
	bool is_new)
{
	if (is_new || *known != value) {
		*known = value;
		tell(self, peer, slot, word, value);
	}
}

static void
tell_slot(struct stage_rack_oscside *self, const struct peer *peer,
	const struct stage_rack_slot *slot, struct told *told)
{
	uint32_t count = stage_rack_slot_value_count(slot);
	uint32_t changes = atomic_load(&slot->page.bytes->changes);
	const char *id = slot->config.id;
	bool is_new;

	if (!know(told, id, count, &is_new) ||
		(!is_new && told->changes == changes)) {
		return;
	}
	told->changes = changes;
	for (uint32_t i = 0; i < count; i++) {
		if (!stage_rack_slot_is_switch(slot, i)) {
			tell_value(self, peer, id, word_of(slot, i),
				stage_rack_page_get(&slot->page, i),
				&told->values[i], is_new);
		}
	}
	tell_value(self, peer, id, "bypass",
		stage_rack_page_is_bypassed(&slot->page) ? 1 : 0,
		&told->values[count], is_new);
	tell_value(self, peer, id, "wet", stage_rack_page_wet(&slot->page),
		&told->values[count + 1], is_new);
}

static void
tell_own(struct stage_rack_oscside *self, const struct peer *peer,
	struct told *told)
{
	bool is_new;

	if (!know(told, "", STAGE_RACK_OWN_COUNT, &is_new)) {
		return;
	}
	for (unsigned i = 0; i < STAGE_RACK_OWN_COUNT; i++) {
		enum stage_rack_own_value which = i;
		tell_value(self, peer, "", stage_rack_own_name(which),
			stage_rack_own_get(&self->rack->own, which),
			&told->values[i], is_new);
	}
}

static void
tell_peer(struct stage_rack_oscside *self, const struct peer *peer)
{
	const struct stage_rack *rack = self->rack;

	for (size_t i = 0; i < rack->count; i++) {
		if (rack->slots[i]->plugin != NULL) {
			tell_slot(self, peer, rack->slots[i], &peer->told[i]);
		}
	}
	tell_own(self, peer, &peer->told[STAGE_RACK_SLOTS_MAX]);
}

// Tells those whose time has come, and waits for the next one's.
static void
on_tick(uv_timer_t *timer)
{
	struct stage_rack_oscside *self = timer->data;
	uint64_t now_ms = uv_now(timer->loop);
	uint64_t next_ms = UINT64_MAX;

	for (size_t i = self->peer_count; i > 0; i--) {
		struct peer *peer = &self->peers[i - 1];
		if (now_ms >= peer->until_ms) {
			drop_peer(self, i - 1);
		} else if (peer->has_news && now_ms >= peer->next_ms) {
			peer->has_news = false;
			peer->next_ms = now_ms + peer->interval_ms;
			tell_peer(self, peer);
		} else if (peer->has_news && peer->next_ms < next_ms) {
			next_ms = peer->next_ms;
		}
	}
	if (next_ms != UINT64_MAX) {
		uv_timer_start(timer, on_tick, next_ms - now_ms, 0);
	}
}

void
stage_rack_oscside_look(struct stage_rack_oscside *self)
{
	if (self == NULL || self->peer_count == 0) {
		return;
	}
	for (size_t i = 0; i < self->peer_count; i++) {
		self->peers[i].has_news = true;
	}
	uv_timer_start(&self->timer, on_tick, 0, 0);
}

// Being asked.

static enum stage_status
obey(struct stage_rack_oscside *self, struct stage_rack_slot *slot,
	const struct stage_rack_osc_request *request, struct stage_err *err)
{
	switch (request->kind) {
	case STAGE_RACK_OSC_SET:
		return set(self, slot, request, err);
	case STAGE_RACK_OSC_GET:
		return get(self, slot, request, err);
	case STAGE_RACK_OSC_BYPASS:
		return stage_rack_bypass(slot, request->value != 0, err);
	case STAGE_RACK_OSC_PRESET:
		return stage_rack_preset_load(
			self->rack, slot, request->text, err);
	case STAGE_RACK_OSC_SNAPSHOT:
		return stage_rack_snapshot_load(self->rack, request->text,
			(int64_t)(request->value * (double)STAGE_NS_PER_S),
			err);
	case STAGE_RACK_OSC_PANIC:
		stage_rack_panic(self->rack);
		return STAGE_OK;
	case STAGE_RACK_OSC_SAVE:
		return stage_rack_save_now(self->rack, err);
	case STAGE_RACK_OSC_SUBSCRIBE:
		return subscribe(self, request->value, err);
	case STAGE_RACK_OSC_UNSUBSCRIBE:
		unsubscribe(self);
		return STAGE_OK;
	}
	return STAGE_BUG;
}

// "/fx/rack/gain" is "/fx/gain".
static enum stage_status
find(const struct stage_rack *rack,
	const struct stage_rack_osc_request *request,
	struct stage_rack_slot **out, struct stage_err *err)
{
	bool may_be_own = !request->is_part &&
			  (request->kind == STAGE_RACK_OSC_SET ||
				  request->kind == STAGE_RACK_OSC_GET);

	*out = NULL;
	if (request->slot[0] == '\0') {
		return STAGE_OK;
	}
	return may_be_own ? stage_rack_find_any(rack, request->slot, out, err)
			  : stage_rack_find(rack, request->slot, out, err);
}

static enum stage_status
handle(struct stage_rack_oscside *self,
	const struct stage_rack_osc_request *request, struct stage_err *err)
{
	struct stage_rack_slot *slot;
	enum stage_status status = find(self->rack, request, &slot, err);

	return status == STAGE_OK ? obey(self, slot, request, err) : status;
}

static void
on_request(void *user, const struct stage_rack_osc_request *request,
	const char *address, const struct stage_err *why)
{
	struct stage_rack_oscside *self = user;
	struct stage_err err = STAGE_ERR_INIT;

	if (request == NULL) {
		send_error(self, address, why->text);
		return;
	}
	if (handle(self, request, &err) != STAGE_OK) {
		send_error(self, address, err.text);
	} else if (request->kind < STAGE_RACK_OSC_PANIC &&
		   request->kind != STAGE_RACK_OSC_GET) {
		self->changed(self->user);
	}
}

static void
on_message(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	struct stage_rack_oscside *self = user;

	self->from = from;
	stage_rack_osc_take(message, self->name, on_request, self);
	self->from = NULL;
}

// Its start and end.

static enum stage_status
open_socket(struct stage_rack_oscside *self, struct stage_err *err)
{
	const struct stage_rack_config *config = &self->rack->config;
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = stage_osc_udp_create(self->timer.loop,
		config->osc_address, (int)config->osc_port, on_message, self,
		&self->udp, &why);

	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, status,
				 "%s; the file rack says where, in osc",
				 why.text);
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_rack_oscside_destroy(struct stage_rack_oscside *self)
{
	if (self == NULL) {
		return;
	}
	while (self->peer_count > 0) {
		drop_peer(self, self->peer_count - 1);
	}
	stage_osc_udp_destroy(self->udp);
	uv_close((uv_handle_t *)&self->timer, on_closed);
}

enum stage_status
stage_rack_oscside_create(uv_loop_t *loop, struct stage_rack *rack,
	const char *name, void (*changed)(void *user), void *user,
	struct stage_rack_oscside **out, struct stage_err *err)
{
	struct stage_rack_oscside *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->rack = rack;
	self->name = name;
	self->changed = changed;
	self->user = user;
	uv_timer_init(loop, &self->timer);
	self->timer.data = self;
	status = open_socket(self, err);
	if (status != STAGE_OK) {
		stage_rack_oscside_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}
