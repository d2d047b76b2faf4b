/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "daemon_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "patchbay/view.h"

#define TIMEOUT_NS (WORLD_DEADLINE_MS * STAGE_NS_PER_MS)

// The clock of all of ours is ahead by this.
static atomic_llong ahead_ns;

int64_t __real_stage_clock_now_ns(void);
int64_t __wrap_stage_clock_now_ns(void);
int __wrap_stage_clock_until_ms(int64_t deadline_ns);

int64_t
__wrap_stage_clock_now_ns(void)
{
	return __real_stage_clock_now_ns() + atomic_load(&ahead_ns);
}

int
__wrap_stage_clock_until_ms(int64_t deadline_ns)
{
	int64_t left_ns = deadline_ns - __wrap_stage_clock_now_ns();

	return left_ns <= 0 ? 0
			    : (int)((left_ns + STAGE_NS_PER_MS - 1) /
				      STAGE_NS_PER_MS);
}

static void
on_async(uv_async_t *async)
{
	struct daemon_world *self = async->data;

	if (self->work != NULL) {
		self->work(self, self->work_user);
		self->work = NULL;
		uv_sem_post(&self->is_done);
	}
}

static void
run_loop(void *user)
{
	struct daemon_world *self = user;

	uv_run(&self->loop, UV_RUN_DEFAULT);
}

void
daemon_world_do(struct daemon_world *self,
	void (*work)(struct daemon_world *self, void *user), void *user)
{
	self->work = work;
	self->work_user = user;
	assert_int_equal(uv_async_send(&self->async), 0);
	uv_sem_wait(&self->is_done);
}

static void
do_start(struct daemon_world *self, void *user)
{
	(void)user;
	assert_int_equal(stage_patchbay_create(&self->loop, &self->world.rig,
				 self->backends, &self->patchbay, NULL),
		STAGE_OK);
	if (self->server.is_up) {
		fake_server_come(&self->server, self->server.is_pipewire);
	}
}

static void
do_stop(struct daemon_world *self, void *user)
{
	(void)user;
	stage_patchbay_destroy(self->patchbay);
	self->patchbay = NULL;
}

static void
do_end(struct daemon_world *self, void *user)
{
	do_stop(self, user);
	uv_close((uv_handle_t *)&self->async, NULL);
}

static void
call_in(struct daemon_world *self)
{
	self->client = stage_rpc_client_create(
		world_path(&self->world, "run/patchbay.sock"), TIMEOUT_NS,
		NULL);
	assert_non_null(self->client);
}

int
daemon_world_setup(void **state)
{
	return daemon_world_setup_with(state, NULL);
}

int
daemon_world_setup_with(
	void **state, const struct stage_patch_backend_class *alsa)
{
	struct daemon_world *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	if (access("/dev/shm", W_OK) == 0) { // saves need not wait for a disk
		setenv("TMPDIR", "/dev/shm", 0);
	}
	world_init(&self->world);
	assert_int_equal(uv_loop_init(&self->loop), 0);
	assert_int_equal(uv_async_init(&self->loop, &self->async, on_async), 0);
	self->async.data = self;
	assert_int_equal(uv_sem_init(&self->is_done, 0), 0);
	assert_int_equal(uv_thread_create(&self->thread, run_loop, self), 0);
	self->backends[STAGE_PATCH_JACK] = fake_backend(&self->server);
	self->backends[STAGE_PATCH_ALSA] = alsa;
	self->server.is_up = true;
	daemon_world_do(self, do_start, NULL);
	call_in(self);
	daemon_world_pass(self, 10 * STAGE_NS_PER_S);
	*state = self;
	return 0;
}

int
daemon_world_teardown(void **state)
{
	struct daemon_world *self = *state;

	stage_rpc_client_destroy(self->client);
	daemon_world_do(self, do_end, NULL);
	assert_int_equal(uv_thread_join(&self->thread), 0);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	uv_sem_destroy(&self->is_done);
	world_finish(&self->world);
	free(self);
	return 0;
}

void
daemon_world_restart(struct daemon_world *self)
{
	stage_rpc_client_destroy(self->client);
	daemon_world_do(self, do_stop, NULL);
	daemon_world_do(self, do_start, NULL);
	call_in(self);
	daemon_world_pass(self, 10 * STAGE_NS_PER_S);
}

// What a test does to the server.

struct deed {
	const char *from; // or the name
	const char *to;
	size_t count;
	bool is_so;
};

static void
do_come(struct daemon_world *self, void *user)
{
	const struct deed *deed = user;

	fake_server_come(&self->server, deed->is_so);
}

static void
do_go(struct daemon_world *self, void *user)
{
	(void)user;
	fake_server_go(&self->server);
}

static void
do_add(struct daemon_world *self, void *user)
{
	const struct deed *deed = user;

	fake_server_add(&self->server, deed->from);
}

static void
do_remove(struct daemon_world *self, void *user)
{
	const struct deed *deed = user;

	fake_server_remove(&self->server, deed->from);
}

static void
do_connect(struct daemon_world *self, void *user)
{
	const struct deed *deed = user;

	fake_server_connect(&self->server, deed->from, deed->to);
}

static void
do_disconnect(struct daemon_world *self, void *user)
{
	const struct deed *deed = user;

	fake_server_disconnect(&self->server, deed->from, deed->to);
}

static void
do_disconnect_all(struct daemon_world *self, void *user)
{
	const struct deed *deed = user;

	fake_server_disconnect_all(&self->server, deed->from, deed->count);
}

static void
do_look(struct daemon_world *self, void *user)
{
	struct deed *deed = user;

	deed->is_so =
		fake_server_is_connected(&self->server, deed->from, deed->to);
}

static void
do_pass(struct daemon_world *self, void *user)
{
	const int64_t *ns = user;

	atomic_fetch_add(&ahead_ns, *ns);
	stage_patchbay_act(self->patchbay);
}

static void
do_ask_idle(struct daemon_world *self, void *user)
{
	bool *is_idle = user;

	*is_idle = fake_server_is_idle(&self->server);
}

static bool
is_idle(void *user)
{
	bool answer;

	daemon_world_do(user, do_ask_idle, &answer);
	return answer;
}

void
daemon_world_settle(struct daemon_world *self)
{
	world_wait(is_idle, self);
}

static void
do_and_settle(struct daemon_world *self,
	void (*work)(struct daemon_world *self, void *user), struct deed *deed)
{
	daemon_world_do(self, work, deed);
	daemon_world_settle(self);
}

void
daemon_world_come(struct daemon_world *self, bool is_pipewire)
{
	do_and_settle(self, do_come, &(struct deed){.is_so = is_pipewire});
}

void
daemon_world_go(struct daemon_world *self)
{
	do_and_settle(self, do_go, NULL);
}

void
daemon_world_add(struct daemon_world *self, const char *name)
{
	do_and_settle(self, do_add, &(struct deed){.from = name});
	daemon_world_pass(self, STAGE_ENGINE_ARRIVAL_NS);
}

void
daemon_world_remove(struct daemon_world *self, const char *name)
{
	do_and_settle(self, do_remove, &(struct deed){.from = name});
}

void
daemon_world_connect(
	struct daemon_world *self, const char *from, const char *to)
{
	do_and_settle(self, do_connect, &(struct deed){from, to, 0, false});
}

void
daemon_world_disconnect(
	struct daemon_world *self, const char *from, const char *to)
{
	do_and_settle(self, do_disconnect, &(struct deed){from, to, 0, false});
}

void
daemon_world_disconnect_all(
	struct daemon_world *self, const char *from, size_t count)
{
	do_and_settle(self, do_disconnect_all,
		&(struct deed){from, NULL, count, false});
}

bool
daemon_world_is_connected(
	struct daemon_world *self, const char *from, const char *to)
{
	struct deed deed = {from, to, 0, false};

	daemon_world_do(self, do_look, &deed);
	return deed.is_so;
}

void
daemon_world_pass(struct daemon_world *self, int64_t ns)
{
	daemon_world_do(self, do_pass, &ns);
	daemon_world_settle(self);
}

void
daemon_world_write(
	struct daemon_world *self, const char *name, const char *text)
{
	const char *path = world_path(&self->world, "rig/%s", name);

	world_write(&self->world, path + strlen(self->world.scratch.dir) + 1,
		0644, text);
}

// Calls.

json_t *
daemon_world_call(struct daemon_world *self, const char *verb, json_t *params)
{
	static json_t *last;
	json_t *result = NULL;
	enum stage_status status;

	self->err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_rpc_client_call(
		self->client, verb, params, TIMEOUT_NS, &result, &self->err);
	assert_int_equal(status, self->err.status);
	assert_int_equal(status != STAGE_OK, self->err.text[0] != '\0');
	json_decref(last);
	last = result;
	daemon_world_settle(self);
	return result;
}

static json_t *
value_of(const char *name, const char *text)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
		return json_boolean(text[0] == 't');
	}
	return strcmp(name, "count") == 0 ? json_integer(atoi(text))
					  : json_string(text);
}

static json_t *
params_of(va_list args)
{
	json_t *params = json_object();
	const char *name = va_arg(args, const char *);

	while (name != NULL) {
		const char *text = va_arg(args, const char *);
		assert_int_equal(
			json_object_set_new(params, name, value_of(name, text)),
			0);
		name = va_arg(args, const char *);
	}
	return params;
}

json_t *
daemon_world_ask(struct daemon_world *self, const char *verb, ...)
{
	va_list args;
	json_t *params;
	json_t *result;

	va_start(args, verb);
	params = params_of(args);
	va_end(args);
	result = daemon_world_call(self, verb, params);
	if (result == NULL || json_is_null(result)) {
		fail_msg("%s: %s", verb, self->err.text);
	}
	return result;
}

void
daemon_world_refuse(struct daemon_world *self, enum stage_status status,
	const char *part, const char *verb, ...)
{
	va_list args;
	json_t *params;

	va_start(args, verb);
	params = params_of(args);
	va_end(args);
	(void)daemon_world_call(self, verb, params);
	if (self->err.status != status ||
		strstr(self->err.text, part) == NULL) {
		fail_msg("%s: %s (%s), not %s (%s)", verb, self->err.text,
			stage_strerror(self->err.status), part,
			stage_strerror(status));
	}
}

const char *
daemon_world_text(
	struct daemon_world *self, const json_t *result, const char *member)
{
	const json_t *value =
		member != NULL ? json_object_get(result, member) : result;
	char *text = json_dumps(
		value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	if (text == NULL) {
		return "absent";
	}
	assert_true(strlen(text) < sizeof(self->text));
	strcpy(self->text, text);
	free(text);
	return self->text;
}

static void
add_learned(void *user, const struct stage_desired_file *file)
{
	json_t **list = user;

	if (strcmp(file->name, STAGE_PATCH_LEARNED) == 0) {
		*list = stage_patch_view_lines(file->list);
	}
}

static void
do_ask_learned(struct daemon_world *self, void *user)
{
	stage_patch_store_each(self->patchbay->store, add_learned, user);
}

const char *
daemon_world_learned(struct daemon_world *self)
{
	json_t *list = NULL;
	json_t *line;
	size_t at;

	daemon_world_do(self, do_ask_learned, &list);
	assert_non_null(list);
	self->text[0] = '\0';
	json_array_foreach (list, at, line) {
		strcat(self->text, json_string_value(line));
		strcat(self->text, ";");
		assert_true(strlen(self->text) < sizeof(self->text) / 2);
	}
	json_decref(list);
	return self->text;
}

const char *
daemon_world_explain(
	struct daemon_world *self, const char *from, const char *to)
{
	const json_t *result =
		daemon_world_ask(self, "explain", "from", from, "to", to, NULL);

	return json_string_value(json_object_get(result, "sentence"));
}

struct awaiting {
	struct daemon_world *self;
	const char *from, *to, *part;
};

static bool
says_so(void *user)
{
	const struct awaiting *awaiting = user;

	return strstr(daemon_world_explain(
			      awaiting->self, awaiting->from, awaiting->to),
		       awaiting->part) != NULL;
}

void
daemon_world_await(struct daemon_world *self, const char *from, const char *to,
	const char *part)
{
	struct awaiting awaiting = {self, from, to, part};

	world_wait(says_so, &awaiting);
}
