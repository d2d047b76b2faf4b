/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the client needs of libjack, so that a test can put a fake there.
 *
 * Thread: all functions of a backend are called on the worker, may block, and
 * are never called at once. The sink functions may be called by any thread that
 * libjack makes, from open's start until close returns.
 */

#ifndef STAGE_JACK_BACKEND_H
#define STAGE_JACK_BACKEND_H

#include "jack/client.h"

/** Where a backend's callbacks go. */
struct stage_jack_sink;

/** Tells that the server has gone. More than once is fine. */
void stage_jack_sink_shutdown(struct stage_jack_sink *self, const char *reason);

/** Tells that a port was registered / unregistered. The number is libjack's,
 * and `port` what it says of that number now, which may be another port's by
 * then.
 */
void stage_jack_sink_port(struct stage_jack_sink *self, uint32_t id,
	bool has_appeared, const struct stage_jack_port *port);

/** Tells that a port has another name. */
void stage_jack_sink_renamed(struct stage_jack_sink *self, uint32_t id,
	const char *before, const char *now);

/** Tells that two ports were connected / disconnected. The names are hints, as
 * above. */
void stage_jack_sink_link(struct stage_jack_sink *self, bool is_connected,
	uint32_t from_id, const char *from, uint32_t to_id, const char *to);

/** Tells that a client, not ours, is there / has gone. */
void stage_jack_sink_client(
	struct stage_jack_sink *self, bool has_appeared, const char *name);

/** Rests when words come one by one (jack/rest.h), milliseconds at most. To be
 * called at the end of the callbacks that tell of ports and connections, where
 * the server does not wait for them to return. */
void stage_jack_sink_rest(struct stage_jack_sink *self);

/** Where a listing goes. */
struct stage_jack_lister {
	void (*port)(
		void *user, uint32_t id, const struct stage_jack_port *port);
	void (*link)(void *user, const char *from, const char *to);
	void *user;
};

struct stage_jack_open {
	const char *name;
	const char *server;
	bool may_rename;
	bool wants_ports; // call stage_jack_sink_port and _renamed
	bool wants_graph; // and the other two
	const char *const *watched_clients; // to be told by list; or NULL
	enum stage_status (*setup)(
		void *user, jack_client_t *client, struct stage_err *err);
	void (*tend)(void *user);     // called by the worker, not the backend
	void (*teardown)(void *user); // likewise
	void *user;
};

struct stage_jack_backend {
	/** Opens a client, calls args->setup, activates it.
	 *
	 * Ownership: *handle is closed with close. Nothing stays open after an
	 * error. */
	enum stage_status (*open)(const struct stage_jack_open *args,
		struct stage_jack_sink *sink, void **handle,
		struct stage_jack_info *info, struct stage_err *err);

	/** A round trip to the server; *frames: a count that only stands still
	 * when no cycle runs. Errors: STAGE_GONE. */
	enum stage_status (*beat)(void *handle, uint32_t *frames);

	/** Lists every port and then, with `has_links`, every connection, in
	 * one pass; which of the watched clients are there goes to the sink. */
	void (*list)(void *handle, bool has_links,
		const struct stage_jack_lister *lister);

	/** Connects or disconnects two ports. Never GONE: the caller finds out
	 * by a beat. */
	enum stage_jack_outcome (*change)(
		void *handle, const struct stage_jack_edit *edit);

	/** No callback comes after it has returned. */
	void (*close)(void *handle);
};

/** The real thing. Takes over libjack's process-wide error and info functions
 * when it is first used: libjack's chatter goes nowhere, its last error becomes
 * part of the reasons. */
const struct stage_jack_backend *stage_jack_libjack(void);

#endif
