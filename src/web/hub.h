/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What goes to the pages that listen: events, each for all of them, in a queue
 * for each.
 *
 * A page that does not read as fast as things happen first loses meters, which
 * the next ones replace; then all that waits for it, and it is told to ask for
 * everything again (resync). So nobody waits for a phone on a bad network, and
 * memory stays bounded.
 *
 * A frame is the text of one server-sent event (HTML Standard, 9.2); all queues
 * share it. Pure: who reads is told by a function. Thread: the loop's.
 */

#ifndef STAGE_WEB_HUB_H
#define STAGE_WEB_HUB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"

#define STAGE_WEB_QUEUE_BYTES (4L * 1024 * 1024) // that wait for one page
#define STAGE_WEB_METERS_BYTES (64L * 1024) // above it, meters are left out

struct stage_web_hub;
struct stage_web_listener;
struct stage_web_frame; // one event, with a count of those who hold it

enum stage_web_weight {
	STAGE_WEB_EVENT,
	STAGE_WEB_METER, // another one follows soon
};

/** Makes one without listeners. NULL: out of memory. */
struct stage_web_hub *stage_web_hub_create(void);

/** All listeners must have left. NULL is fine. */
void stage_web_hub_destroy(struct stage_web_hub *self);

size_t stage_web_hub_count(const struct stage_web_hub *self);

/** Somebody listens. wake(user) is called when there is something to read after
 * there was nothing. NULL: out of memory. */
struct stage_web_listener *stage_web_hub_join(
	struct stage_web_hub *self, void (*wake)(void *user), void *user);

/** It listens no longer. NULL is fine. */
void stage_web_hub_leave(struct stage_web_listener *listener);

/** Sends an event to all. data is one line of JSON. */
void stage_web_hub_tell(struct stage_web_hub *self,
	enum stage_web_weight weight, const char *event, const char *data,
	size_t len);

/** Makes an event, held once, that can be given to many. data is one line of
 * JSON. NULL: out of memory. */
struct stage_web_frame *stage_web_frame_create(enum stage_web_weight weight,
	const char *event, const char *data, size_t len);

/** Lets go of it. NULL is fine. */
void stage_web_frame_drop(struct stage_web_frame *frame);

/** Sends it to one, who shares it. NULL: there was no memory for it; the
 * listener has lost something. */
void stage_web_hub_give(
	struct stage_web_listener *listener, struct stage_web_frame *frame);

/** Sends an event to one. */
void stage_web_hub_tell_one(struct stage_web_listener *listener,
	const char *event, const char *data, size_t len);

/** Sends a comment to all, so that a dead one is noticed. */
void stage_web_hub_beat(struct stage_web_hub *self);

/** Takes up to `max` bytes of what waits into out. Returns how many. */
size_t stage_web_hub_read(
	struct stage_web_listener *listener, char *out, size_t max);

/** True once for one that has lost something, when it has read all the same:
 * it is to be sent everything. */
bool stage_web_hub_wants_all(struct stage_web_listener *listener);

/** Calls visit(user, listener) for each. It may not leave meanwhile. */
void stage_web_hub_each(struct stage_web_hub *self,
	void (*visit)(void *user, struct stage_web_listener *listener),
	void *user);

#endif
