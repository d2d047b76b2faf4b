/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Finds the client that holds the audio graph up, by what JACK complains of.
 *
 * With a client that does not finish, JACK says so in the first cycle that it
 * gives up waiting in: every third one with real-time scheduling, every half
 * second without. A client that is complained of without a pause for a while
 * is named, a while later judged: whether it is frozen or only slow is seen by
 * its threads, not here.
 *
 * Thread: one. Pure.
 */

#ifndef STAGE_JACKSERVER_FROZEN_H
#define STAGE_JACKSERVER_FROZEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGE_FROZEN_NAME_MAX 256
#define STAGE_FROZEN_MAX 16 // clients looked at side by side

#define STAGE_FROZEN_PAUSE_NS 800000000LL  // longer: it has gone on meanwhile
#define STAGE_FROZEN_NAME_NS 400000000LL   // complained of that long: named
#define STAGE_FROZEN_JUDGE_NS 1600000000LL // and that long: judged

struct stage_frozen_client {
	char name[STAGE_FROZEN_NAME_MAX];
	int64_t first_ns, last_ns; // complaints
	bool is_named;
};

/** Zeroed is empty and valid. */
struct stage_frozen {
	struct stage_frozen_client clients[STAGE_FROZEN_MAX];
	size_t count;
};

enum stage_frozen_verdict {
	STAGE_FROZEN_NOTHING,
	STAGE_FROZEN_FIRST, // nothing yet: look at its threads
	STAGE_FROZEN_NAME,  // once: say who it is
	STAGE_FROZEN_JUDGE, // each time: look at them again
};

/** Takes the client's name out of a message of JACK's that says it was not
 * finished. False for any other message. */
bool stage_frozen_parse(const char *message, char *name, size_t size);

/** True for what JACK says beside that in each of these cycles, and which tells
 * nothing. */
bool stage_frozen_is_echo(const char *message);

/** True for what JACK says, several times a port, of a client that was cut off
 * (outbox.h). */
bool stage_frozen_is_refusal(const char *message);

/** Takes a complaint. */
enum stage_frozen_verdict stage_frozen_report(
	struct stage_frozen *self, const char *name, int64_t now_ns);

/** True while a client is looked at. */
bool stage_frozen_has(const struct stage_frozen *self, const char *name);

/** Takes out one that has gone on since, named or not; false when there is
 * none. name: size STAGE_FROZEN_NAME_MAX. */
bool stage_frozen_take_well(
	struct stage_frozen *self, int64_t now_ns, char *name);

#endif
