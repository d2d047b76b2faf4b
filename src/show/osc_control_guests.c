/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_guests.h"

#include <string.h>

#include "base/attr.h"

#define FAILURES_MAX 5
#define PAUSE_NS 10000000000

void
stage_show_guests_init(struct stage_show_guests *self,
	const struct stage_show_osc_settings *settings)
{
	memset(self, 0, sizeof(*self));
	self->settings = *settings;
	for (size_t i = 0; i < settings->notify_count; i++) {
		self->hearers[i].peer = settings->notify[i];
		self->hearers[i].hears = STAGE_SHOW_HEARS_VALUES;
		self->hearers[i].is_fixed = true;
	}
}

bool
stage_show_guests_allow(
	const struct stage_show_guests *self, const struct stage_osc_peer *peer)
{
	const struct stage_show_osc_settings *settings = &self->settings;

	if (stage_osc_peer_is_loopback(peer) || settings->allows_any) {
		return true;
	}
	for (size_t i = 0; i < settings->allow_count; i++) {
		if (stage_osc_net_has(&settings->allow[i], peer)) {
			return true;
		}
	}
	// Without a list it is the passcode that decides.
	return settings->allow_count == 0 && settings->passcode[0] != '\0';
}

// Guests.

static bool
is_of(const struct stage_show_guest *guest, const struct stage_osc_peer *peer,
	const void *link)
{
	return guest->is_there && guest->link == link &&
	       (link != NULL ||
		       stage_osc_peer_is_same_host(&guest->peer, peer));
}

// A place for a new one: a free one, or that of whom nobody will miss first.
static struct stage_show_guest *
find_place(struct stage_show_guests *self)
{
	struct stage_show_guest *found = &self->guests[0];

	for (size_t i = 0; i < STAGE_COUNT_OF(self->guests); i++) {
		struct stage_show_guest *guest = &self->guests[i];
		if (!guest->is_there) {
			return guest;
		}
		// A connection has its place until it ends.
		if (found->link != NULL ||
			(guest->link == NULL &&
				guest->heard_ns < found->heard_ns)) {
			found = guest;
		}
	}
	return found;
}

struct stage_show_guest *
stage_show_guests_heard(struct stage_show_guests *self,
	const struct stage_osc_peer *peer, void *link, int64_t now_ns)
{
	struct stage_show_guest *found = NULL;

	for (size_t i = 0; i < STAGE_COUNT_OF(self->guests); i++) {
		if (is_of(&self->guests[i], peer, link)) {
			found = &self->guests[i];
		}
	}
	if (found == NULL) {
		found = find_place(self);
		memset(found, 0, sizeof(*found));
		found->peer = *peer;
		found->link = link;
		found->reply_port = STAGE_SHOW_QLAB_REPLY_PORT;
		found->hears = link != NULL ? STAGE_SHOW_HEARS_VALUES : 0;
		found->is_there = true;
	}
	found->heard_ns = now_ns;
	for (size_t i = 0; i < STAGE_COUNT_OF(self->hearers); i++) {
		struct stage_show_hearer *hearer = &self->hearers[i];
		if (link == NULL && hearer->hears != 0 &&
			stage_osc_peer_is_same(&hearer->peer, peer)) {
			hearer->heard_ns = now_ns;
		}
	}
	return found;
}

int
stage_show_guests_reply_port(
	const struct stage_show_guests *self, const struct stage_osc_peer *peer)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(self->guests); i++) {
		if (is_of(&self->guests[i], peer, NULL)) {
			return self->guests[i].reply_port;
		}
	}
	return STAGE_SHOW_QLAB_REPLY_PORT;
}

void
stage_show_guests_gone(struct stage_show_guests *self, void *link)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(self->guests); i++) {
		if (self->guests[i].is_there && self->guests[i].link == link) {
			memset(&self->guests[i], 0, sizeof(self->guests[i]));
		}
	}
}

bool
stage_show_guest_may(const struct stage_show_guests *self,
	const struct stage_show_guest *guest)
{
	return self->settings.passcode[0] == '\0' || guest->is_known ||
	       stage_osc_peer_is_loopback(&guest->peer);
}

// In a time that does not tell how much of it is right.
static bool
is_right(const char *wanted, const char *said)
{
	size_t wanted_len = strlen(wanted);
	size_t said_len = strlen(said);
	unsigned difference = wanted_len != said_len;

	for (size_t i = 0; i < said_len && wanted_len > 0; i++) {
		difference |= (unsigned char)said[i] ^
			      (unsigned char)wanted[i % wanted_len];
	}
	return difference == 0;
}

bool
stage_show_guest_connect(const struct stage_show_guests *self,
	struct stage_show_guest *guest, const char *passcode, int64_t now_ns)
{
	if (stage_show_guest_may(self, guest)) {
		return true;
	}
	// Nothing at all is no try, but a question.
	if (now_ns < guest->until_ns || passcode[0] == '\0') {
		return false;
	}
	if (is_right(self->settings.passcode, passcode)) {
		guest->is_known = true;
		guest->failures = 0;
		return true;
	}
	guest->failures++;
	if (guest->failures % FAILURES_MAX == 0) {
		guest->until_ns = now_ns + PAUSE_NS;
	}
	return false;
}

// Hearers.

static struct stage_show_hearer *
find_hearer(struct stage_show_guests *self, const struct stage_osc_peer *peer)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(self->hearers); i++) {
		struct stage_show_hearer *hearer = &self->hearers[i];
		if (hearer->hears != 0 &&
			stage_osc_peer_is_same(&hearer->peer, peer)) {
			return hearer;
		}
	}
	return NULL;
}

bool
stage_show_guests_subscribe(struct stage_show_guests *self,
	const struct stage_osc_peer *peer, unsigned hears, int64_t now_ns)
{
	struct stage_show_hearer *found = find_hearer(self, peer);

	for (size_t i = 0; i < STAGE_COUNT_OF(self->hearers) && found == NULL;
		i++) {
		if (self->hearers[i].hears == 0) {
			found = &self->hearers[i];
			found->peer = *peer;
			found->is_fixed = false;
		}
	}
	if (found == NULL) {
		return false;
	}
	found->hears |= hears;
	found->heard_ns = now_ns;
	return true;
}

void
stage_show_guests_unsubscribe(struct stage_show_guests *self,
	const struct stage_osc_peer *peer, unsigned hears)
{
	struct stage_show_hearer *found = find_hearer(self, peer);

	if (found != NULL) {
		found->hears &= ~hears;
		if (found->is_fixed) {
			found->hears |= STAGE_SHOW_HEARS_VALUES;
		}
	}
}

bool
stage_show_guests_refused(
	struct stage_show_guests *self, const struct stage_osc_peer *peer)
{
	struct stage_show_hearer *found = find_hearer(self, peer);

	if (found == NULL || found->is_fixed) {
		return false;
	}
	found->hears = 0;
	return true;
}

int64_t
stage_show_guests_expire(struct stage_show_guests *self, int64_t now_ns)
{
	int64_t next_ns = INT64_MAX;

	for (size_t i = 0; i < STAGE_COUNT_OF(self->hearers); i++) {
		struct stage_show_hearer *hearer = &self->hearers[i];
		int64_t end_ns = hearer->heard_ns + STAGE_SHOW_HEARER_NS;
		if (hearer->hears == 0 || hearer->is_fixed) {
			continue;
		}
		if (end_ns <= now_ns) {
			hearer->hears = 0;
		} else if (end_ns < next_ns) {
			next_ns = end_ns;
		}
	}
	return next_ns;
}
