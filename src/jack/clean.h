/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Removes what dead JACK2 servers and clients of one user left behind.
 *
 * A server that is killed leaves its slot in the machine-wide registry, its
 * segments (40 to 110 MB each), its socket, the semaphores of its clients and a
 * metadata data base. The rules by which something is stale:
 *
 * - a slot or segment entry: its process is gone, or is another program that
 *   got the same process id (it does not have the registry mapped);
 * - a socket: nobody has it bound (a connect(2) of the wrong type tells, and
 *   disturbs nobody);
 * - a segment file: no registry entry names it;
 * - a semaphore: its name belongs to no live server;
 * - the data base: no server of the user lives;
 * - the registry itself: it is malformed (a server would die of it) and no
 *   server of the user lives.
 *
 * Only files that the user owns are touched, only under JACK's own lock, and
 * nothing that may belong to a live server. Where in doubt, it stays.
 *
 * Thread: any but the real-time one. May block two seconds for the lock.
 */

#ifndef STAGE_JACK_CLEAN_H
#define STAGE_JACK_CLEAN_H

#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_JACK_SHM_DIR "/dev/shm"

struct stage_jack_counts {
	size_t slots;      // server slots in the registry, of the user
	size_t entries;    // segment entries in the registry, of the user
	size_t segments;   // files jack-UID-N
	size_t sockets;    // files jack_NAME_UID_N
	size_t semaphores; // files jack_sem.*
	size_t databases;  // directories jack_db-UID
	size_t registries; // malformed registry files
};

struct stage_jack_survey {
	struct stage_jack_counts present; // before anything was removed
	struct stage_jack_counts stale;   // of these, what nobody lives for
	size_t live_servers;              // of the user
};

/** Counts what of JACK is in `dir`, for one user; changes nothing, waits for
 * nothing. Errors: STAGE_NOT_FOUND (no such directory), STAGE_DENIED, ... */
STAGE_NODISCARD enum stage_status stage_jack_survey(const char *dir, uid_t uid,
	struct stage_jack_survey *out, struct stage_err *err);

/** Removes what is stale; out->stale then counts what was removed.
 *
 * ending: a process whose things are to be removed although it lives, since it
 * is about to end (the caller itself); 0 for none. Calling it again removes
 * nothing more. Errors: as stage_jack_survey; STAGE_TIMEOUT when the lock could
 * not be had (nothing is then removed). A single file that cannot be removed
 * does not stop the rest; the first such error is returned.
 */
STAGE_NODISCARD enum stage_status stage_jack_registry_clean(const char *dir,
	uid_t uid, pid_t ending, struct stage_jack_survey *out,
	struct stage_err *err);

/** The process that holds the slot of a server's name, when it lives.
 *
 * Returns its id, 0 when there is none (or no registry).
 */
pid_t stage_jack_server_pid(const char *dir, uid_t uid, const char *server);

#endif
