/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Reads JACK2's registry of servers and shared memory segments.
 *
 * JACK2 keeps one file for the whole machine, /dev/shm/jack-shm-registry, with
 * 8 server slots and 256 segment entries. Nothing frees what a process that was
 * killed held there: after eight dead servers of different names no other can
 * start. This file knows the format and what a name in the directory means; it
 * looks at bytes and names only. jack/clean.h acts on it.
 *
 * The layout (JACK2 1.9.8 and later, POSIX shared memory, native byte order):
 *
 *   0 magic u32   4 protocol u16   8 type i32 (1)   12 size u32
 *   16 header length u32           20 entry length u32
 *   24 + 264 i    pid i32, name[257]     i < 8, name "jack-UID:SERVER:"
 *   2136 + 268 i  index i16, allocator pid i32 at 4, size u32 at 8, id[255] at
 *                 12     i < 256, id "/jack-UID-i"
 *
 * Pure: no JACK, no file. Thread: any.
 */

#ifndef STAGE_JACK_REGISTRY_H
#define STAGE_JACK_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_JACK_REGISTRY_FILE "jack-shm-registry"
#define STAGE_JACK_REGISTRY_BYTES 70744
#define STAGE_JACK_SERVER_SLOTS 8
#define STAGE_JACK_SEGMENT_SLOTS 256
#define STAGE_JACK_SLOT_NAME_MAX 257 // bytes, "jack-UID:SERVER:" and a zero
#define STAGE_JACK_SEGMENT_NAME_MAX 256

struct stage_jack_slot {
	size_t index;                        // which of the 8
	pid_t pid;                           // of the server; never 0
	bool is_named;                       // uid and name are good
	uid_t uid;                           // whose server it is
	char name[STAGE_JACK_SLOT_NAME_MAX]; // the server's, "default"
};

struct stage_jack_segment {
	size_t index;    // which of the 256
	pid_t allocator; // process that made it; 0 is possible
	uint32_t size;   // bytes
	bool is_named;   // uid and number are good
	uid_t uid;       // as its id says
	char id[STAGE_JACK_SEGMENT_NAME_MAX]; // "/jack-UID-N", or garbage
};

struct stage_jack_registry {
	struct stage_jack_slot slots[STAGE_JACK_SERVER_SLOTS]; // used ones
	size_t slot_count;
	struct stage_jack_segment segments[STAGE_JACK_SEGMENT_SLOTS]; // used
	size_t segment_count;
};

/** Reads a registry's bytes; lists the slots and entries in use.
 *
 * A slot or entry whose name makes no sense is listed with is_named false.
 * Errors: STAGE_BAD_INPUT (magic, lengths, size), with a sentence; `out` is
 * then empty. Ownership: nothing is kept of `bytes`.
 */
STAGE_NODISCARD enum stage_status stage_jack_registry_parse(const void *bytes,
	size_t len, struct stage_jack_registry *out, struct stage_err *err);

/** Where in the file the bytes are that must be zero for a server slot / a
 * segment entry to be free. The index must be below the table's size. */
struct stage_jack_range {
	size_t offset; // bytes
	size_t len;    // bytes, STAGE_JACK_RANGE_MAX at most
};
#define STAGE_JACK_RANGE_MAX 264
struct stage_jack_range stage_jack_registry_slot(size_t index);
struct stage_jack_range stage_jack_registry_segment(size_t index);

enum stage_jack_file {
	STAGE_JACK_FILE_OTHER,     // not JACK's, or not that user's
	STAGE_JACK_FILE_REGISTRY,  // jack-shm-registry
	STAGE_JACK_FILE_SEGMENT,   // jack-UID-N
	STAGE_JACK_FILE_SOCKET,    // jack_NAME_UID_N, promiscuous jack_NAME_N
	STAGE_JACK_FILE_SEMAPHORE, // jack_sem.UID_SERVER_CLIENT, sem.jack_sem.*
	STAGE_JACK_FILE_DATABASE,  // jack_db-UID
	STAGE_JACK_FILE_COUNT,
};

/** Says what a name in /dev/shm is for the servers of one user.
 *
 * Promiscuous names carry no uid: whether such a file is that user's can only
 * be told by its owner.
 */
enum stage_jack_file stage_jack_file_kind(const char *name, uid_t uid);

/** True when the semaphore file belongs to the server of that name. One server
 * name may be the start of another ("foo", "foo_bar"); the answer is then true
 * for both. */
bool stage_jack_semaphore_is_of(
	const char *file_name, uid_t uid, const char *server);

/** Writes which server may listen on the socket of that name, with the uid
 * taken off when it is there. Errors: STAGE_BAD_INPUT (not a socket's name),
 * STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_jack_socket_server(
	const char *file_name, uid_t uid, char *out, size_t size);

/** Writes the name of the socket on which a server listens: jack_SERVER_UID_0,
 * or jack_SERVER_0 for a promiscuous one. Errors: STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_jack_socket_name(char *out, size_t size,
	const char *server, uid_t uid, bool is_promiscuous);

#endif
