/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "jack/names.h"
#include "jackserver/chatter.h"
#include "jackserver/frozen.h"
#include "jackserver/threads.h"
#include "rig/proc.h"

#define LOOK_NS STAGE_NS_PER_S // between looks at threads, to end a client
// Who does not wait for so long hangs: no period is longer.
#define HUNG_NS (300 * STAGE_NS_PER_MS)
#define CLIENTS_MAX 256 // as many as JACK has
#define QUEUE_MAX 32    // complaints that wait; more say nothing new

struct client {
	char name[STAGE_FROZEN_NAME_MAX]; // "": free
	struct stage_proc_id process;     // pid 0: not found yet
	bool is_asked;                    // it is being found
	bool is_cut;                      // it hears nothing any more
};

struct suspect {
	char name[STAGE_FROZEN_NAME_MAX];
	struct stage_proc_id process; // pid 0: not found yet
	struct stage_threads threads; // when they were looked at
	int64_t looked_ns;
	struct stage_threads moved; // when one of them had waited last
	int64_t moved_ns;
	bool is_named;
	bool is_hung;
	bool is_done; // nothing more is to be said or done
};

struct stage_guard {
	struct stage_guard_ops ops;
	void *user;
	bool ends_frozen;
	uv_async_t async;
	struct stage_frozen frozen;
	struct suspect suspects[STAGE_FROZEN_MAX]; // "": free

	pthread_mutex_t mutex; // guards all below
	char names[QUEUE_MAX][STAGE_FROZEN_NAME_MAX];
	int64_t times_ns[QUEUE_MAX];
	size_t count;
	struct client clients[CLIENTS_MAX];
	bool has_news; // of a client whose process is known
};

// The mutex is held.
static bool
has_cut(const struct stage_guard *self)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (self->clients[i].is_cut) {
			return true;
		}
	}
	return false;
}

static bool
on_message(void *user, const char *message)
{
	struct stage_guard *self = user;
	char name[STAGE_FROZEN_NAME_MAX];
	bool is_known = stage_frozen_parse(message, name, sizeof(name));

	if (stage_frozen_is_echo(message)) {
		return true;
	}
	pthread_mutex_lock(&self->mutex);
	if (stage_frozen_is_refusal(message) && has_cut(self)) {
		pthread_mutex_unlock(&self->mutex);
		return true;
	}
	if (is_known && self->count < QUEUE_MAX) {
		memcpy(self->names[self->count], name, sizeof(name));
		self->times_ns[self->count] = stage_clock_now_ns();
		self->count++;
	}
	pthread_mutex_unlock(&self->mutex);
	uv_async_send(&self->async);
	return is_known;
}

static struct suspect *
find_suspect(struct stage_guard *self, const char *name)
{
	for (size_t i = 0; i < STAGE_FROZEN_MAX; i++) {
		if (strcmp(self->suspects[i].name, name) == 0) {
			return &self->suspects[i];
		}
	}
	return NULL;
}

static struct client *
find_client(struct stage_guard *self, const char *name)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (strcmp(self->clients[i].name, name) == 0) {
			return &self->clients[i];
		}
	}
	return NULL;
}

void
stage_guard_client(struct stage_guard *self, const char *client, bool is_there)
{
	struct client *one;

	pthread_mutex_lock(&self->mutex);
	one = find_client(self, client);
	if (one == NULL && is_there) {
		one = find_client(self, "");
	}
	if (one != NULL) {
		self->has_news = self->has_news || one->process.pid != 0;
		*one = (struct client){.is_asked = false};
	}
	if (one != NULL && is_there) {
		stage_jack_copy_text(one->name, sizeof(one->name), client);
	}
	pthread_mutex_unlock(&self->mutex);
	uv_async_send(&self->async);
}

void
stage_guard_cut(struct stage_guard *self, const char *client)
{
	struct client *one;

	if (self == NULL) {
		return;
	}
	pthread_mutex_lock(&self->mutex);
	one = find_client(self, client);
	if (one != NULL) {
		one->is_cut = true;
	}
	pthread_mutex_unlock(&self->mutex);
}

// Copies the name of a client whose process is to be found.
static bool
next_unknown(struct stage_guard *self, char *name)
{
	bool is_found = false;

	pthread_mutex_lock(&self->mutex);
	for (size_t i = 0; i < CLIENTS_MAX && !is_found; i++) {
		struct client *one = &self->clients[i];
		if (one->name[0] != '\0' && one->process.pid == 0 &&
			!one->is_asked) {
			memcpy(name, one->name, sizeof(one->name));
			is_found = true;
		}
	}
	pthread_mutex_unlock(&self->mutex);
	return is_found;
}

static void
set_asked(struct stage_guard *self, const char *name)
{
	struct client *one;

	pthread_mutex_lock(&self->mutex);
	one = find_client(self, name);
	if (one != NULL) {
		one->is_asked = true;
	}
	pthread_mutex_unlock(&self->mutex);
}

// One at a time: who finds them has more to do.
static void
find_processes(struct stage_guard *self)
{
	char name[STAGE_FROZEN_NAME_MAX];

	if (next_unknown(self, name) && self->ops.find(self->user, name)) {
		set_asked(self, name);
	}
}

static void
tell_clients(struct stage_guard *self)
{
	bool has_news;

	pthread_mutex_lock(&self->mutex);
	has_news = self->has_news;
	self->has_news = false;
	pthread_mutex_unlock(&self->mutex);
	if (has_news) {
		self->ops.clients(self->user);
	}
}

void
stage_guard_found(struct stage_guard *self, const char *client, pid_t pid)
{
	struct stage_proc_id process = {.pid = 0};
	struct client *one;

	if (pid > 0 && pid != getpid() &&
		stage_proc_identify(pid, &process) != STAGE_OK) {
		process.pid = 0;
	}
	pthread_mutex_lock(&self->mutex);
	one = client[0] != '\0' ? find_client(self, client) : NULL;
	if (one != NULL) {
		one->process = process;
		self->has_news = self->has_news || process.pid != 0;
	}
	pthread_mutex_unlock(&self->mutex);
	tell_clients(self);
	find_processes(self);
}

static void
get_process(struct stage_guard *self, const char *name,
	struct stage_proc_id *process)
{
	const struct client *one;

	pthread_mutex_lock(&self->mutex);
	one = find_client(self, name);
	if (one != NULL) {
		*process = one->process;
	}
	pthread_mutex_unlock(&self->mutex);
}

static void
set_hung(struct stage_guard *self, struct suspect *suspect, bool is_hung)
{
	if (suspect->is_hung != is_hung) {
		suspect->is_hung = is_hung;
		self->ops.told(self->user, is_hung ? "hung" : "moves",
			suspect->name, suspect->process.pid);
	}
}

// Those that complaints of others have taken the place of.
static void
drop_forgotten(struct stage_guard *self)
{
	for (size_t i = 0; i < STAGE_FROZEN_MAX; i++) {
		struct suspect *suspect = &self->suspects[i];
		if (suspect->name[0] != '\0' &&
			!stage_frozen_has(&self->frozen, suspect->name)) {
			set_hung(self, suspect, false);
			suspect->name[0] = '\0';
		}
	}
}

static void
look_at_threads(struct stage_guard *self, struct suspect *suspect)
{
	get_process(self, suspect->name, &suspect->process);
	suspect->looked_ns = stage_clock_now_ns();
	if (suspect->process.pid != 0) {
		stage_threads_look(
			"/proc", suspect->process.pid, &suspect->threads);
	}
	suspect->moved = suspect->threads;
	suspect->moved_ns = suspect->looked_ns;
}

// The first complaint, or the first after a pause.
static void
suspect_it(struct stage_guard *self, const char *name)
{
	struct suspect *suspect = find_suspect(self, name);

	if (suspect != NULL) {
		suspect->is_named = false;
		suspect->is_done = false;
		return;
	}
	drop_forgotten(self);
	suspect = find_suspect(self, "");
	if (suspect != NULL) {
		*suspect = (struct suspect){.is_done = false};
		stage_jack_copy_text(
			suspect->name, sizeof(suspect->name), name);
		look_at_threads(self, suspect);
	}
}

static void
name_it(struct stage_guard *self, const char *name)
{
	struct suspect *suspect = find_suspect(self, name);
	pid_t pid;

	if (suspect == NULL) {
		return;
	}
	get_process(self, name, &suspect->process);
	pid = suspect->process.pid;
	suspect->is_named = true;
	suspect->looked_ns = stage_clock_now_ns();
	if (pid != 0) {
		stage_threads_look("/proc", pid, &suspect->threads);
	}
	stage_log_warn("client %s (process %ld) does not finish its cycles, "
		       "and holds up what depends on it",
		name, (long)pid);
	self->ops.told(self->user, "slow", name, pid);
}

// Of a slow one a thread waits sooner or later, of one that hangs never.
static void
see_whether_it_hangs(struct stage_guard *self, struct suspect *suspect)
{
	int64_t now_ns = stage_clock_now_ns();
	struct stage_threads now;

	// Not told yet, or another one has its name by now.
	if (!stage_proc_alive(&suspect->process)) {
		set_hung(self, suspect, false);
		suspect->process.pid = 0;
		suspect->is_done = false;
		look_at_threads(self, suspect);
		return;
	}
	stage_threads_look("/proc", suspect->process.pid, &now);
	if (!stage_threads_stood(&suspect->moved, &now)) {
		suspect->moved = now;
		suspect->moved_ns = now_ns;
		set_hung(self, suspect, false);
	} else if (now_ns - suspect->moved_ns >= HUNG_NS) {
		set_hung(self, suspect, true);
	}
}

static void
end_it(struct stage_guard *self, const struct suspect *suspect)
{
	pid_t pid = suspect->process.pid;

	if (!self->ends_frozen) {
		stage_log_err("client %s (process %ld) is frozen: end it, or "
			      "write jack.end_frozen yes into rig.conf to "
			      "have that done",
			suspect->name, (long)pid);
		self->ops.told(self->user, "frozen", suspect->name, pid);
	} else if (stage_proc_alive(&suspect->process) &&
		   kill(pid, SIGKILL) == 0) {
		stage_log_err("client %s (process %ld) was frozen, and was "
			      "ended",
			suspect->name, (long)pid);
		self->ops.told(self->user, "ended", suspect->name, pid);
	}
}

// One that is only slow is left alone: its threads wait for each cycle.
static void
judge(struct stage_guard *self, const char *name)
{
	struct suspect *suspect = find_suspect(self, name);
	int64_t now_ns = stage_clock_now_ns();
	struct stage_threads now;

	if (suspect == NULL || suspect->process.pid == 0 || suspect->is_done ||
		now_ns - suspect->looked_ns < LOOK_NS) {
		return;
	}
	stage_threads_look("/proc", suspect->process.pid, &now);
	if (stage_threads_stood(&suspect->threads, &now)) {
		suspect->is_done = true;
		end_it(self, suspect);
	}
	suspect->threads = now;
	suspect->looked_ns = now_ns;
}

static void
take(struct stage_guard *self, const char *name, int64_t at_ns)
{
	switch (stage_frozen_report(&self->frozen, name, at_ns)) {
	case STAGE_FROZEN_FIRST:
		suspect_it(self, name);
		break;
	case STAGE_FROZEN_NAME:
		name_it(self, name);
		break;
	case STAGE_FROZEN_JUDGE:
		judge(self, name);
		break;
	case STAGE_FROZEN_NOTHING:
		break;
	}
}

static void
on_async(uv_async_t *async)
{
	struct stage_guard *self = async->data;
	char names[QUEUE_MAX][STAGE_FROZEN_NAME_MAX];
	int64_t times_ns[QUEUE_MAX];
	size_t count;

	pthread_mutex_lock(&self->mutex);
	count = self->count;
	self->count = 0;
	memcpy(names, self->names, sizeof(names));
	memcpy(times_ns, self->times_ns, sizeof(times_ns));
	pthread_mutex_unlock(&self->mutex);
	for (size_t i = 0; i < count; i++) {
		take(self, names[i], times_ns[i]);
	}
	tell_clients(self);
	find_processes(self);
	self->ops.complained(self->user);
}

static void
let_go(struct stage_guard *self, const char *name)
{
	struct suspect *suspect = find_suspect(self, name);
	pid_t pid;

	if (suspect == NULL) {
		return;
	}
	pid = suspect->process.pid;
	set_hung(self, suspect, false);
	if (suspect->is_named && stage_proc_alive(&suspect->process)) {
		stage_log_info("client %s goes on", name);
		self->ops.told(self->user, "well", name, pid);
	}
	suspect->name[0] = '\0';
}

void
stage_guard_look(struct stage_guard *self)
{
	char name[STAGE_FROZEN_NAME_MAX];

	if (self == NULL) {
		return;
	}
	find_processes(self);
	while (stage_frozen_take_well(
		&self->frozen, stage_clock_now_ns(), name)) {
		let_go(self, name);
	}
	for (size_t i = 0; i < STAGE_FROZEN_MAX; i++) {
		if (self->suspects[i].name[0] != '\0') {
			see_whether_it_hangs(self, &self->suspects[i]);
		}
	}
}

void
stage_guard_each_hung(const struct stage_guard *self,
	void (*visit)(void *user, const char *client), void *user)
{
	for (size_t i = 0; self != NULL && i < STAGE_FROZEN_MAX; i++) {
		if (self->suspects[i].name[0] != '\0' &&
			self->suspects[i].is_hung) {
			visit(user, self->suspects[i].name);
		}
	}
}

void
stage_guard_each_client(struct stage_guard *self,
	void (*visit)(void *user, const char *client, pid_t pid), void *user)
{
	if (self == NULL) {
		return;
	}
	pthread_mutex_lock(&self->mutex);
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		const struct client *one = &self->clients[i];

		if (one->name[0] != '\0' && one->process.pid != 0) {
			visit(user, one->name, one->process.pid);
		}
	}
	pthread_mutex_unlock(&self->mutex);
}

enum stage_status
stage_guard_create(uv_loop_t *loop, bool ends_frozen,
	const struct stage_guard_ops *ops, void *user, struct stage_guard **out,
	struct stage_err *err)
{
	struct stage_guard *self = calloc(1, sizeof(*self));
	int result;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	result = uv_async_init(loop, &self->async, on_async);
	if (result != 0) {
		free(self);
		return stage_err_set(err, STAGE_FULL,
			"unable to watch over the clients: %s",
			uv_strerror(result));
	}
	self->async.data = self;
	self->ops = *ops;
	self->user = user;
	self->ends_frozen = ends_frozen;
	pthread_mutex_init(&self->mutex, NULL);
	stage_chatter_listen(on_message, self);
	*out = self;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_guard *self = handle->data;

	pthread_mutex_destroy(&self->mutex);
	free(self);
}

void
stage_guard_destroy(struct stage_guard *self)
{
	if (self != NULL) {
		stage_chatter_listen(NULL, NULL);
		uv_close((uv_handle_t *)&self->async, on_closed);
	}
}
