/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A server in memory behind the patchbay's backend: ports, connections, and
 * edits that succeed, are refused, or never end. It does what it is asked in a
 * later turn of the loop, as a real one does.
 *
 * What a test does to it is told to the patchbay at once, and then that all has
 * been told. Failures fail the cmocka test.
 *
 * Thread: the loop's; there is one server at a time.
 */

#ifndef STAGE_TESTS_FAKE_BACKEND_H
#define STAGE_TESTS_FAKE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>

#include "patchbay/backend.h"

#define FAKE_NAME_MAX 320
#define FAKE_PORTS_MAX 256
#define FAKE_CONNECTIONS_MAX 512

/** What becomes of edits. */
enum fake_answer {
	FAKE_DONE,
	FAKE_REFUSED,
	FAKE_LOST, // nobody ever hears of it
};

struct fake_port {
	char name[FAKE_NAME_MAX];
	const char *type;
	bool is_output;
	bool is_physical;
};

struct fake_connection {
	char from[FAKE_NAME_MAX];
	char to[FAKE_NAME_MAX];
};

struct fake_edit {
	bool is_disconnect;
	struct fake_connection pair;
};

struct fake_server {
	bool is_up;
	bool is_pipewire;
	enum fake_answer answer;
	unsigned edits_refused; // so many next ones are not even taken
	unsigned flushes_lost;  // likewise, with all that was kept
	struct fake_port ports[FAKE_PORTS_MAX];
	size_t port_count;
	struct fake_connection connections[FAKE_CONNECTIONS_MAX];
	size_t connection_count;
	struct fake_edit kept[FAKE_CONNECTIONS_MAX]; // until flush
	size_t kept_count;
	struct fake_edit flushed[FAKE_CONNECTIONS_MAX]; // until the next turn
	size_t flushed_count;
	unsigned edit_count; // that were done, of all its life
	unsigned scan_count;
	bool is_scan_wanted;
	bool is_behind;                      // words of it wait
	enum stage_status create_status;     // what `create` gives
	struct stage_patch_backend *backend; // NULL: nobody is there
};

/** The class, on this server, which is zeroed first. */
const struct stage_patch_backend_class *fake_backend(
	struct fake_server *server);

/** It comes, with the ports and connections that it has, or goes with all. */
void fake_server_come(struct fake_server *self, bool is_pipewire);
void fake_server_go(struct fake_server *self);

/** A port comes: "X:out..." is an output, and one with "midi" in its name is of
 * that type. Or it goes, with its connections, or is renamed. */
void fake_server_add(struct fake_server *self, const char *name);
void fake_server_remove(struct fake_server *self, const char *name);
void fake_server_rename(
	struct fake_server *self, const char *name, const char *new_name);

/** It tells that a client comes or goes; its ports do so for themselves. */
void fake_server_client(
	struct fake_server *self, const char *name, bool is_there);

/** Somebody else connects or disconnects two ports. */
void fake_server_connect(
	struct fake_server *self, const char *from, const char *to);
void fake_server_disconnect(
	struct fake_server *self, const char *from, const char *to);

/** Likewise, the first `count` connections of an output at once. */
void fake_server_disconnect_all(
	struct fake_server *self, const char *from, size_t count);

bool fake_server_is_connected(
	const struct fake_server *self, const char *from, const char *to);

/** True when nothing of what it was asked for waits. */
bool fake_server_is_idle(const struct fake_server *self);

/** Sends a sentence as a warning, or says that it hangs. */
void fake_server_warn(struct fake_server *self, const char *sentence);
void fake_server_hang(struct fake_server *self);

#endif
