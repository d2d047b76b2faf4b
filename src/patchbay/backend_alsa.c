/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The ALSA sequencer as a backend. Its calls are short, so it needs no thread;
 * what comes of edits is told in a later turn of the loop.
 *
 * Why something was disconnected can be read from what is announced: when a
 * port or a client dies only that is told, so that a disconnection is
 * somebody's act; the engine sees by the ports whether that one was about to
 * leave. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "patchbay/backend.h"
#include "patchbay/seq_table.h"
#include "rig/path_watch.h"

#define FIRST_EDITS 16
#define EVENTS_AT_ONCE 4096 // then others have their turn

#define FIRST_TRY_MS UINT64_C(20)
#define TRIES_MAX 8 // each after twice as long: 5 s in all

struct edit {
	enum stage_engine_edit what;
	char *from; // owned; both names are in it
	const char *to;
	struct stage_patch_how how;
	enum stage_engine_outcome outcome;
};

struct edits {
	struct edit *items; // owned array
	size_t count;
	size_t cap;
};

struct stage_patch_backend {
	uv_loop_t *loop; // borrowed
	const struct stage_seq_ops *ops;
	const struct stage_patch_backend_events *events;
	void *user;
	struct stage_seq_table *table;
	struct stage_seq *seq;          // NULL: it is not there
	struct stage_path_watch *watch; // while it is not there
	uv_poll_t *poll;                // while it is; frees itself
	uv_timer_t later;               // of 0 ms: the next turn
	struct edits kept;              // until flush
	struct edits done;              // until the next turn
	bool is_scan_wanted;
	int why; // it is not there: an errno; 0: not tried yet
	char absence[160];
	unsigned long losses; // how often events were lost
	unsigned tries;       // to open it, since the path changed
};

static void
forget_edits(struct edits *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		free(edits->items[i].from);
	}
	edits->count = 0;
}

static void
finish_edits(struct edits *edits)
{
	forget_edits(edits);
	free(edits->items);
	*edits = (struct edits){0};
}

static bool
reserve_edits(struct edits *edits, size_t count)
{
	size_t cap = edits->cap == 0 ? FIRST_EDITS : edits->cap;
	struct edit *items;

	while (cap < count) {
		cap *= 2;
	}
	if (cap == edits->cap) {
		return true;
	}
	items = realloc(edits->items, cap * sizeof(*items));
	if (items == NULL) {
		return false;
	}
	edits->items = items;
	edits->cap = cap;
	return true;
}

static void
tell(struct stage_patch_backend *self, enum stage_engine_kind kind)
{
	const struct stage_engine_event event = {
		.kind = kind, .system = STAGE_PATCH_ALSA};

	self->events->event(self->user, &event);
}

static void
on_event(void *user, const struct stage_engine_event *event)
{
	struct stage_patch_backend *self = user;

	self->events->event(self->user, event);
}

static void
on_client(void *user, const char *name, bool is_there)
{
	struct stage_patch_backend *self = user;

	self->events->client(self->user, name, is_there);
}

static void
on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
close_seq(struct stage_patch_backend *self)
{
	if (self->poll != NULL) {
		uv_close((uv_handle_t *)self->poll, on_poll_closed);
		self->poll = NULL;
	}
	if (self->seq != NULL) {
		self->ops->close(self->seq);
		self->seq = NULL;
	}
	stage_seq_table_clear(self->table);
	forget_edits(&self->kept);
	forget_edits(&self->done);
	self->is_scan_wanted = false;
}

// Says once why it is not there, and keeps it for who asks.
static void
note_absence(struct stage_patch_backend *self, int why)
{
	const char *path = self->ops->path;

	if (why == self->why) {
		return;
	}
	self->why = why;
	if (why == ENOENT || why == ENODEV || why == ENXIO) {
		(void)!stage_format(self->absence, sizeof(self->absence),
			"the ALSA sequencer is not there: %s is missing (the "
			"kernel's module snd-seq is not loaded)",
			path);
	} else {
		(void)!stage_format(self->absence, sizeof(self->absence),
			"unable to open %s: %s%s", path, strerror(why),
			why == EACCES || why == EPERM ? " (the group audio may)"
						      : "");
	}
	self->events->warn(self->user, self->absence);
}

// Reading.

static void
read_client(struct stage_patch_backend *self,
	const struct stage_seq_client *client, enum stage_status *status)
{
	struct stage_seq_device device;
	bool is_device = client->card >= 0 &&
			 stage_seq_device_read(self->ops->sys, client->card,
				 &device, NULL) == STAGE_OK;

	if (stage_seq_table_put_client(self->table, client,
		    is_device ? &device : NULL) != STAGE_OK) {
		*status = STAGE_NO_MEMORY;
	}
}

static void
list_connections(struct stage_patch_backend *self, struct stage_seq_addr from)
{
	struct stage_seq_addr to;
	struct stage_patch_how how;

	for (unsigned i = 0;
		self->ops->next_connection(self->seq, from, i, &to, &how) >= 0;
		i++) {
		stage_seq_table_tell_pair(self->table, from, to, &how);
	}
}

static void
list_ports(struct stage_patch_backend *self, int client, bool is_for_pairs,
	enum stage_status *status)
{
	struct stage_seq_port port = {.addr = {client, -1}};

	while (self->ops->next_port(self->seq, &port) >= 0) {
		if (is_for_pairs) {
			list_connections(self, port.addr);
		} else if (stage_seq_table_put_port(self->table, &port) !=
			   STAGE_OK) {
			*status = STAGE_NO_MEMORY;
		}
	}
}

// First all ports, then all connections, which need both of theirs.
static enum stage_status
list_all(struct stage_patch_backend *self)
{
	enum stage_status status = STAGE_OK;

	for (int pass = 0; pass < 2; pass++) {
		struct stage_seq_client client = {.client = -1};
		while (self->ops->next_client(self->seq, &client) >= 0) {
			if (pass == 0) {
				read_client(self, &client, &status);
			}
			if (stage_seq_table_has_client(
				    self->table, client.client)) {
				list_ports(self, client.client, pass == 1,
					&status);
			}
		}
	}
	return status;
}

// What was announced before it comes afterwards, and says nothing new.
static void
scan_now(struct stage_patch_backend *self)
{
	enum stage_status status;

	self->is_scan_wanted = false;
	tell(self, STAGE_ENGINE_SCAN_BEGIN);
	stage_seq_table_scan_begin(self->table);
	status = list_all(self);
	stage_seq_table_scan_end(self->table);
	tell(self, STAGE_ENGINE_SCAN_END);
	if (status != STAGE_OK) {
		self->events->warn(self->user,
			"out of memory; some ports of ALSA are not known");
	}
}

// Returns whether the client is known now.
static bool
look_at_client(
	struct stage_patch_backend *self, int number, enum stage_status *status)
{
	struct stage_seq_client client;

	if (self->ops->client(self->seq, number, &client) >= 0) {
		read_client(self, &client, status);
	}
	return stage_seq_table_has_client(self->table, number);
}

static void
look_at_port(struct stage_patch_backend *self, struct stage_seq_addr addr,
	enum stage_status *status)
{
	struct stage_seq_port port;

	// Kernels before 6.13 do not tell when a client gets its name.
	if (self->ops->port(self->seq, addr, &port) >= 0 &&
		look_at_client(self, addr.client, status) &&
		stage_seq_table_put_port(self->table, &port) != STAGE_OK) {
		*status = STAGE_NO_MEMORY;
	}
}

static void
take_event(struct stage_patch_backend *self,
	const struct stage_seq_event *event, enum stage_status *status)
{
	struct stage_patch_how how;

	switch (event->kind) {
	case STAGE_SEQ_CLIENT_CHANGED:
		(void)look_at_client(self, event->from.client, status);
		break;
	case STAGE_SEQ_CLIENT_GONE:
		stage_seq_table_remove_client(self->table, event->from.client);
		break;
	case STAGE_SEQ_PORT_CHANGED:
		look_at_port(self, event->from, status);
		break;
	case STAGE_SEQ_PORT_GONE:
		stage_seq_table_remove_port(self->table, event->from);
		break;
	case STAGE_SEQ_CONNECTED:
		(void)look_at_client(self, event->from.client, status);
		(void)look_at_client(self, event->to.client, status);
		// Else it is gone again, and that is told next.
		if (self->ops->how(self->seq, event->from, event->to, &how) >=
			0) {
			stage_seq_table_tell_pair(
				self->table, event->from, event->to, &how);
		}
		break;
	case STAGE_SEQ_DISCONNECTED:
		stage_seq_table_tell_pair(
			self->table, event->from, event->to, NULL);
		break;
	case STAGE_SEQ_EVENT_KIND_COUNT:
		break;
	}
}

static void lose_seq(struct stage_patch_backend *self, int why);

// Returns what ended it, an errno.
static int
read_events(struct stage_patch_backend *self)
{
	enum stage_status status = STAGE_OK;
	int result = 0;

	for (int i = 0; i < EVENTS_AT_ONCE; i++) {
		struct stage_seq_event event;
		result = self->ops->read(self->seq, &event);
		if (result < 0 && result != -ENOSPC) {
			break;
		}
		if (result < 0) {
			self->losses++;
			self->is_scan_wanted = true;
		} else {
			take_event(self, &event, &status);
		}
	}
	self->is_scan_wanted = self->is_scan_wanted || status != STAGE_OK;
	return result < 0 ? -result : EAGAIN;
}

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct stage_patch_backend *self = poll->data;
	int why = status < 0 ? -status : EAGAIN;

	(void)events;
	if (status >= 0) {
		why = read_events(self);
	}
	if (why != EAGAIN && why != EINTR && why != ENOSPC) {
		lose_seq(self, why);
		return;
	}
	if (self->is_scan_wanted) {
		scan_now(self);
	}
	self->events->settled(self->user);
}

// Opening.

static bool
start_poll(struct stage_patch_backend *self)
{
	self->poll = calloc(1, sizeof(*self->poll));
	if (self->poll == NULL) {
		return false;
	}
	if (uv_poll_init(self->loop, self->poll, self->ops->fd(self->seq)) !=
		0) {
		free(self->poll);
		self->poll = NULL;
		return false;
	}
	self->poll->data = self;
	return uv_poll_start(self->poll, UV_READABLE, on_readable) == 0;
}

static void on_path(void *user);
static void on_later(uv_timer_t *timer);

static void
watch_path(struct stage_patch_backend *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->watch == NULL &&
		stage_path_watch_create(&self->watch, self->loop,
			self->ops->path, on_path, self, &err) != STAGE_OK) {
		self->events->warn(self->user, err.text);
	}
}

static void
lose_seq(struct stage_patch_backend *self, int why)
{
	close_seq(self);
	tell(self, STAGE_ENGINE_SERVER_GONE);
	note_absence(self, why);
	watch_path(self);
	self->events->settled(self->user);
}

/* The device is there a moment before the kernel's module can be used (EINVAL,
 * ENODEV), and nothing tells when. */
static void
try_again(struct stage_patch_backend *self, int why)
{
	if (why != ENOENT && why != EACCES && self->tries < TRIES_MAX) {
		uv_timer_start(
			&self->later, on_later, FIRST_TRY_MS << self->tries, 0);
		self->tries++;
	}
}

// It listens first, then it lists, so that nothing is missed in between.
static void
open_seq(struct stage_patch_backend *self)
{
	int result = self->ops->open(&self->seq);

	if (result < 0) {
		self->seq = NULL;
		note_absence(self, -result);
		try_again(self, -result);
		return;
	}
	if (!start_poll(self)) {
		close_seq(self);
		note_absence(self, ENOMEM);
		return;
	}
	// Who plays writes to the device, and each time the watch would wake.
	stage_path_watch_destroy(self->watch);
	self->watch = NULL;
	self->why = 0;
	self->tries = 0;
	tell(self, STAGE_ENGINE_SERVER_UP);
	scan_now(self);
	self->events->settled(self->user);
}

static void
on_path(void *user)
{
	struct stage_patch_backend *self = user;

	if (self->seq == NULL) {
		self->tries = 0;
		open_seq(self);
	}
}

// Editing.

static void
tell_done(struct stage_patch_backend *self, const struct edit *edit)
{
	const struct stage_engine_event event = {
		.kind = STAGE_ENGINE_EDIT_DONE,
		.system = STAGE_PATCH_ALSA,
		.from = edit->from,
		.to = edit->to,
		.how = edit->how,
		.is_disconnect = edit->what != STAGE_ENGINE_CONNECT,
		.outcome = edit->outcome,
	};

	self->events->event(self->user, &event);
}

static void
on_later(uv_timer_t *timer)
{
	struct stage_patch_backend *self = timer->data;
	struct edits done = self->done;

	self->done = (struct edits){0};
	for (size_t i = 0; i < done.count; i++) {
		tell_done(self, &done.items[i]);
	}
	finish_edits(&done);
	if (self->seq == NULL && self->tries > 0) {
		open_seq(self);
	}
	if (self->seq != NULL && self->is_scan_wanted) {
		scan_now(self);
	}
	self->events->settled(self->user);
}

static enum stage_status
edit(struct stage_patch_backend *self, enum stage_engine_edit what,
	const char *from, const char *to, const struct stage_patch_how *how)
{
	size_t from_size = strlen(from) + 1;
	size_t to_size = strlen(to) + 1;
	struct edit *item;
	char *both;

	if (!reserve_edits(&self->kept, self->kept.count + 1)) {
		return STAGE_NO_MEMORY;
	}
	both = malloc(from_size + to_size);
	if (both == NULL) {
		return STAGE_NO_MEMORY;
	}
	memcpy(both, from, from_size);
	memcpy(both + from_size, to, to_size);
	item = &self->kept.items[self->kept.count];
	*item = (struct edit){
		.what = what, .from = both, .to = both + from_size};
	item->how = *how;
	self->kept.count++;
	return STAGE_OK;
}

static bool
is_so_already(const struct stage_patch_backend *self, int result,
	bool is_disconnect, struct stage_seq_addr from,
	struct stage_seq_addr to)
{
	struct stage_patch_how how;

	if (is_disconnect) {
		return result == -ENOENT;
	}
	// Or something exclusive is in the way.
	return result == -EBUSY &&
	       self->ops->how(self->seq, from, to, &how) >= 0;
}

static void
do_edit(struct stage_patch_backend *self, struct edit *edit)
{
	bool is_disconnect = edit->what != STAGE_ENGINE_CONNECT;
	struct stage_seq_addr from;
	struct stage_seq_addr to;
	int result;

	edit->outcome = STAGE_ENGINE_OUTCOME_REFUSED;
	if (!stage_seq_table_find(self->table, true, edit->from, &from) ||
		!stage_seq_table_find(self->table, false, edit->to, &to)) {
		return;
	}
	result = is_disconnect
			 ? self->ops->disconnect(self->seq, from, to)
			 : self->ops->connect(self->seq, from, to, &edit->how);
	if (result >= 0 ||
		is_so_already(self, result, is_disconnect, from, to)) {
		edit->outcome = STAGE_ENGINE_OUTCOME_DONE;
	}
}

// Those of a FORBID come first.
static void
do_edits(struct stage_patch_backend *self)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < self->kept.count; i++) {
			struct edit *edit = &self->kept.items[i];
			if ((edit->what == STAGE_ENGINE_FORBID) ==
				(pass == 0)) {
				do_edit(self, edit);
			}
		}
	}
}

static bool
flush(struct stage_patch_backend *self)
{
	size_t count = self->kept.count;

	if (count == 0) {
		return true;
	}
	if (self->seq == NULL ||
		!reserve_edits(&self->done, self->done.count + count)) {
		forget_edits(&self->kept);
		return false;
	}
	do_edits(self);
	memcpy(&self->done.items[self->done.count], self->kept.items,
		count * sizeof(*self->kept.items));
	self->done.count += count;
	self->kept.count = 0;
	uv_timer_start(&self->later, on_later, 0, 0);
	return true;
}

static void
scan(struct stage_patch_backend *self)
{
	if (self->seq != NULL) {
		self->is_scan_wanted = true;
		uv_timer_start(&self->later, on_later, 0, 0);
	}
}

static const char *
absence(const struct stage_patch_backend *self)
{
	return self->seq == NULL && self->why != 0 ? self->absence : NULL;
}

static unsigned long
losses(const struct stage_patch_backend *self)
{
	return self->losses;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
destroy(struct stage_patch_backend *self)
{
	if (self == NULL) {
		return;
	}
	stage_path_watch_destroy(self->watch);
	close_seq(self);
	stage_seq_table_destroy(self->table);
	finish_edits(&self->kept);
	finish_edits(&self->done);
	uv_close((uv_handle_t *)&self->later, on_closed);
}

static enum stage_status
create(uv_loop_t *loop, const struct stage_patch_backend_events *events,
	void *user, struct stage_patch_backend **out, struct stage_err *err)
{
	static const struct stage_seq_table_events table_events = {
		on_event, on_client};
	struct stage_patch_backend *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->ops = stage_seq_ops();
	self->events = events;
	self->user = user;
	uv_timer_init(loop, &self->later);
	self->later.data = self;
	self->table = stage_seq_table_create(&table_events, self);
	if (self->table == NULL) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	} else {
		// It calls in the first turn of the loop, too.
		status = stage_path_watch_create(&self->watch, loop,
			self->ops->path, on_path, self, err);
	}
	if (status != STAGE_OK) {
		destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

const struct stage_patch_backend_class *
stage_patch_backend_alsa(void)
{
	static const struct stage_patch_backend_class alsa = {
		.create = create,
		.edit = edit,
		.flush = flush,
		.scan = scan,
		.absence = absence,
		.losses = losses,
		.destroy = destroy,
	};

	return &alsa;
}
