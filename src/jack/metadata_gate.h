/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Keeps programs of ours from making JACK2's database at the same moment.
 *
 * JACK2 keeps metadata in a Berkeley database, one for all programs of a user,
 * which the first that opens a client makes. Another one that opens it half
 * made sleeps for three seconds in there.
 *
 * Thread: any.
 */

#ifndef STAGE_JACK_METADATA_GATE_H
#define STAGE_JACK_METADATA_GATE_H

#include <sys/types.h>

/** Waits until no other of our programs makes the database of that user, and
 * goes first when there is none yet.
 *
 * shm_dir: where JACK2 has its files. Returns what belongs into leave. Nothing
 * is an error: then nobody is waited for. */
int stage_jack_metadata_gate_enter(const char *shm_dir, uid_t uid);

/** Lets the next one in. */
void stage_jack_metadata_gate_leave(int gate);

#endif
