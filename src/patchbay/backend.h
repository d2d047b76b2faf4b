/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a server is to the engine: something that tells events and does edits.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_PATCHBAY_BACKEND_H
#define STAGE_PATCHBAY_BACKEND_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/engine.h"

struct stage_patch_backend;

/** What a backend tells. None of it is called from within its functions. */
struct stage_patch_backend_events {
	/** JACK's server is there, of that kind. SERVER_UP and a scan follow,
	 * as from all backends. */
	void (*up)(void *user, bool is_pipewire);

	/** Of SERVER_UP, SERVER_GONE, SCAN_*, ports and connections. */
	void (*event)(void *user, const struct stage_engine_event *event);

	/** A client of stage_patch_rivals is there, told again and again, or
	 * has gone. Other clients may be told of, too. */
	void (*client)(void *user, const char *name, bool is_there);

	/** All that there was has been told: time to act. */
	void (*settled)(void *user);

	/** Something that a person should know, as a sentence. */
	void (*warn)(void *user, const char *sentence);

	/** It cannot go on in this process. */
	void (*hung)(void *user, const char *what);
};

struct stage_patch_backend_class {
	/** Looks for the server, for ever. Ownership: *out goes with destroy;
	 * events and user are borrowed until the loop has seen it off. */
	enum stage_status (*create)(uv_loop_t *loop,
		const struct stage_patch_backend_events *events, void *user,
		struct stage_patch_backend **out, struct stage_err *err);

	/** Keeps an edit until flush. Names are copied. how: of a CONNECT;
	 * JACK knows one way only. Errors:
	 * STAGE_NO_MEMORY; no EDIT_DONE comes of it then. */
	enum stage_status (*edit)(struct stage_patch_backend *self,
		enum stage_engine_edit edit, const char *from, const char *to,
		const struct stage_patch_how *how);

	/** Has all kept edits done, in their order, but for those of a FORBID:
	 * they come before whatever is not done yet. An EDIT_DONE comes of
	 * each. Returns false when none of them will come: the server has gone,
	 * and SERVER_GONE is on its way, or there was no memory for them. */
	bool (*flush)(struct stage_patch_backend *self);

	/** Asks for a full listing; also now and then, since events may be
	 * missed, and old kernels do not tell of all names. */
	void (*scan)(struct stage_patch_backend *self);

	/** Whether something of the server has not been told yet, or was lost
	 * and is being listed: `settled` comes when it has been. May be NULL:
	 * all that is known has been told. */
	bool (*is_behind)(const struct stage_patch_backend *self);

	/** Why there is no server, a clause without a full stop; NULL when
	 * there is one, or nothing to say. May be NULL. Borrowed until the next
	 * event. */
	const char *(*absence)(const struct stage_patch_backend *self);

	/** How often it had to list anew because events were lost. May be NULL:
	 * that is not known. */
	unsigned long (*losses)(const struct stage_patch_backend *self);

	/** NULL is fine. No event is told any more. */
	void (*destroy)(struct stage_patch_backend *self);
};

const struct stage_patch_backend_class *stage_patch_backend_jack(void);

/** NULL when it was not built in. */
const struct stage_patch_backend_class *stage_patch_backend_alsa(void);

#endif
