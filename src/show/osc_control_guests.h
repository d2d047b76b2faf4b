/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Who controls the show by OSC, who may, and who is to be told of it.
 *
 * A guest is another computer, by UDP, or one TCP connection. A program on
 * this computer may do all; others must be allowed (show.osc.allow), and must
 * have said the passcode, where there is one. Five wrong ones, and none is
 * looked at for ten seconds.
 *
 * A hearer is a port, by UDP, that subscribed. It is forgotten when it refuses
 * what it is sent, or when it has said nothing for a minute; those that
 * rig.conf names stay.
 *
 * Memory is bounded: a new guest takes the place of the one that was heard
 * longest ago. Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_OSC_CONTROL_GUESTS_H
#define STAGE_SHOW_OSC_CONTROL_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "osc/peer.h"
#include "show/settings.h"

#define STAGE_SHOW_GUESTS_MAX 64
#define STAGE_SHOW_HEARERS_MAX 64
#define STAGE_SHOW_HEARER_NS 60000000000 // of silence
#define STAGE_SHOW_QLAB_REPLY_PORT 53001

/** What somebody is told of; bits. */
enum stage_show_hears {
	STAGE_SHOW_HEARS_VALUES = 1,  // /stagecraft/...
	STAGE_SHOW_HEARS_UPDATES = 2, // /update/...
};

struct stage_show_guest {
	struct stage_osc_peer peer; // by UDP its port does not matter
	void *link;                 // of TCP; NULL: UDP
	bool is_known;              // has said the passcode
	bool wants_replies;         // to all that it says
	int reply_port;             // UDP, beside the one that asked
	unsigned hears;             // TCP
	unsigned failures;          // of passcodes, in a row
	int64_t until_ns;           // no passcode is looked at
	int64_t heard_ns;
	bool is_there; // the place is taken
};

struct stage_show_hearer {
	struct stage_osc_peer peer;
	unsigned hears; // 0: the place is free
	bool is_fixed;  // of rig.conf
	int64_t heard_ns;
};

struct stage_show_guests {
	struct stage_show_osc_settings settings;
	struct stage_show_guest guests[STAGE_SHOW_GUESTS_MAX];
	struct stage_show_hearer hearers[STAGE_SHOW_HEARERS_MAX];
};

void stage_show_guests_init(struct stage_show_guests *self,
	const struct stage_show_osc_settings *settings);

/** Whether anything that this one says is to be looked at. */
bool stage_show_guests_allow(const struct stage_show_guests *self,
	const struct stage_osc_peer *peer);

/** Who has said something. link: NULL by UDP. Ownership: borrowed until the
 * next call. */
struct stage_show_guest *stage_show_guests_heard(struct stage_show_guests *self,
	const struct stage_osc_peer *peer, void *link, int64_t now_ns);

/** Where a computer wants replies by UDP, beside the port that asked. */
int stage_show_guests_reply_port(const struct stage_show_guests *self,
	const struct stage_osc_peer *peer);

/** The connection has ended. */
void stage_show_guests_gone(struct stage_show_guests *self, void *link);

/** Whether it may control the show. */
bool stage_show_guest_may(const struct stage_show_guests *self,
	const struct stage_show_guest *guest);

/** It has said a passcode, or "". True when it may control the show now. */
bool stage_show_guest_connect(const struct stage_show_guests *self,
	struct stage_show_guest *guest, const char *passcode, int64_t now_ns);

/** A port begins to hear of what the bits say, or also of that. False: there is
 * no place left. */
bool stage_show_guests_subscribe(struct stage_show_guests *self,
	const struct stage_osc_peer *peer, unsigned hears, int64_t now_ns);

/** It does not hear of that any more. */
void stage_show_guests_unsubscribe(struct stage_show_guests *self,
	const struct stage_osc_peer *peer, unsigned hears);

/** What was sent to a port was refused. True when it heard, and does not now.
 */
bool stage_show_guests_refused(
	struct stage_show_guests *self, const struct stage_osc_peer *peer);

/** Forgets hearers that have said nothing for too long. When the next one is to
 * be forgotten, INT64_MAX: none. */
int64_t stage_show_guests_expire(
	struct stage_show_guests *self, int64_t now_ns);

#endif
