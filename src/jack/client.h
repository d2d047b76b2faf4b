/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A JACK client that survives its server.
 *
 * It opens when the server appears, tells its owner, freezes when the server
 * goes, and opens again when the server is back. It never polls for a server of
 * a known kind: the directories where JACK2 and PipeWire put their sockets are
 * watched, an event starts a short burst of attempts (a socket is there before
 * it answers, and stale ones stay behind), and a slow retry covers the rest. A
 * server is never started by it.
 *
 * Every libjack call that can block is made on a worker thread of the object.
 * Each heartbeat makes one round trip to the server and looks whether the audio
 * cycles run; a server that stands still is reported as stalled, a libjack call
 * that does not come back as hung. Nothing can be done about the latter in the
 * process: a daemon says so and ends with STAGE_EXIT_TEMPORARY, by _exit.
 *
 * Rules for the owner: the jack_client_t is valid from `setup` on until `lost`
 * is called on the loop, or destroy; after that it is not touched any more.
 * What the process callback uses is freed in `teardown`, not before: the
 * callback may still run until then.
 *
 * Thread: the loop's, but for setup and teardown.
 */

#ifndef STAGE_JACK_CLIENT_H
#define STAGE_JACK_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "jack/graph.h"
#include "jack/names.h"

struct stage_jack_backend;
struct stage_jack_client;
// As in <jack/types.h>.
// NOLINTNEXTLINE(clang-diagnostic-reserved-identifier): it is JACK's own.
typedef struct _jack_client jack_client_t;

struct stage_jack_info {
	char name[STAGE_JACK_CLIENT_NAME_MAX]; // ours, as the server has it
	uint32_t rate_hz;
	uint32_t period_frames;
	bool is_realtime;
	bool is_pipewire;
};

struct stage_jack_port {
	char name[STAGE_JACK_PORT_NAME_MAX]; // full, "CLIENT:PORT"
	char type[64];                       // "32 bit float mono audio"
	unsigned flags;                      // enum stage_jack_port_flag
	char aliases[STAGE_JACK_ALIASES_MAX][STAGE_JACK_PORT_NAME_MAX]; // or ""
};

enum stage_jack_client_state {
	STAGE_JACK_CLIENT_WAITING, // for a server
	STAGE_JACK_CLIENT_OPEN,
	STAGE_JACK_CLIENT_STALLED, // open, but the server does not move
	STAGE_JACK_CLIENT_ENDING,  // destroyed, not gone yet
	STAGE_JACK_CLIENT_STATE_COUNT,
};

/** What the owner hears of; any of them may be NULL. Texts are borrowed for the
 * call. Destroying the client in a callback is allowed. */
struct stage_jack_client_ops {
	/** [loop] The client is open and active. */
	void (*opened)(void *user, const struct stage_jack_info *info);

	/** [loop] The server has gone. The handle must not be used again. */
	void (*lost)(void *user, const char *reason);

	/** [loop] A whole burst of attempts to open failed. Told again only
	 * when the reason has changed. */
	void (*failed)(void *user, const char *reason);

	/** [loop] The server does not answer, or no cycle runs. */
	void (*stalled)(void *user, const char *reason);

	/** [loop] A stalled server moves again. */
	void (*alive)(void *user);

	/** [loop] libjack has not come back for watchdog_ms, or close_ms; from
	 * what an open client asks a JACK2 server, for patience_ms, and from an
	 * open for a third of it. `what` is a sentence without a full stop.
	 * Told again each watchdog_ms. */
	void (*hung)(void *user, const char *what);

	/** [loop] A port is there / has gone, from any client. After `opened`
	 * come those that are there already. A port may be told twice; one that
	 * is renamed has gone and appears. The port that has gone is the one
	 * that appeared by that name (see jack/graph.h). */
	void (*port_appeared)(void *user, const struct stage_jack_port *port);
	void (*port_gone)(void *user, const char *name);

	/** [loop] What happens in the graph: see jack/graph.h. */
	void (*graph)(void *user, const struct stage_jack_graph_event *event);

	/** [worker] What stage_jack_client_tend asked for: the owner makes its
	 * own calls that ask the server. Never before setup has come back, nor
	 * at once with it or with teardown, nor of a server that is known to
	 * have gone. */
	void (*tend)(void *user);

	/** [worker] Between jack_client_open and jack_activate: the owner
	 * registers its ports and its process callback. An error makes the
	 * attempt fail. */
	enum stage_status (*setup)(
		void *user, jack_client_t *client, struct stage_err *err);

	/** [worker] After jack_client_close, once for each `setup` that was
	 * called, even for one that failed. */
	void (*teardown)(void *user);
};

struct stage_jack_client_config {
	const char *name;      // wanted client name, copied
	const char *server;    // copied; $JACK_DEFAULT_SERVER comes before it
	bool may_rename;       // take "NAME-01" when the name is in use; else
			       // the reason says that another client has it
	unsigned heartbeat_ms; // 0: 2000
	unsigned retry_ms;     // 0: 2000, for servers that give no sign
	unsigned watchdog_ms;  // 0: 10000
	unsigned patience_ms;  // 0: 60000; in steps of watchdog_ms
	unsigned close_ms;     // 0: watchdog_ms; for the close of a client
			       // whose server has gone
	const char *shm_dir;   // NULL: /dev/shm; copied
	const char *const
		*watched_clients; // ended by NULL, borrowed: each scan
				  // tells which of them are there
	const struct stage_jack_backend *backend; // NULL: libjack; borrowed
};

/** Makes a client and starts to look for the server at once.
 *
 * Ownership: *out is the caller's; ops, user and loop are borrowed until the
 * client is gone. Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG (the name),
 * STAGE_NO_MEMORY, STAGE_BUSY (threads), with a sentence.
 */
STAGE_NODISCARD enum stage_status stage_jack_client_create(uv_loop_t *loop,
	const struct stage_jack_client_config *config,
	const struct stage_jack_client_ops *ops, void *user,
	struct stage_jack_client **out, struct stage_err *err);

/** Ends the client. No loop callback is called any more; teardown still may be
 * until the loop has seen it off.
 *
 * The memory goes when the loop has run on until the handle is closed and all
 * is done, two seconds later at most (or watchdog_ms, when that is less). A
 * worker that libjack never gives back is left behind then: jack_client_close
 * may deadlock when other clients come and go at the same moment. self may be
 * NULL.
 */
void stage_jack_client_destroy(struct stage_jack_client *self);

/** Has `tend` called soon, before edits and scans that wait; once for all that
 * ask before it begins. Does nothing when the client is not open. */
void stage_jack_client_tend(struct stage_jack_client *self);

enum stage_jack_client_state stage_jack_client_state(
	const struct stage_jack_client *self);

/** Why it is not open, one sentence; "" when it is. Ownership: borrowed until
 * the loop runs again. */
const char *stage_jack_client_reason(const struct stage_jack_client *self);

/** Whether libjack is JACK2's, and not JACK1's or PipeWire's. Thread: any. */
bool stage_jack_is_jack2(void);

/** Says a state in one lower-case word. Never NULL. */
const char *stage_jack_client_state_name(enum stage_jack_client_state state);

#endif
