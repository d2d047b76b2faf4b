/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The parts of the daemon without memory, one by one: each says so or does it
// later, and all goes on.

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/notify.h"
#include "daemon_world.h"

#define S STAGE_NS_PER_S

enum part {
	PART_DESIRE,
	PART_SET_DESIRED,
	PART_TAKE,
	PART_PLAN,
	PART_LEARN,
	PART_WATCH,
	PART_READY,
	PART_ENGINE,
	PART_COUNT,
};

// How many of the next calls fail.
static atomic_uint failing[PART_COUNT];

static bool
must_fail(enum part part)
{
	if (atomic_load(&failing[part]) == 0) {
		return false;
	}
	atomic_fetch_sub(&failing[part], 1);
	return true;
}

static void
fail_next(enum part part, unsigned count)
{
	atomic_store(&failing[part], count);
}

enum stage_status __real_stage_patch_store_desire(
	const struct stage_patch_store *self, bool is_pipewire,
	const struct stage_desired_file *more, struct stage_desired **out,
	struct stage_err *err);
enum stage_status __wrap_stage_patch_store_desire(
	const struct stage_patch_store *self, bool is_pipewire,
	const struct stage_desired_file *more, struct stage_desired **out,
	struct stage_err *err);
enum stage_status __real_stage_engine_set_desired(struct stage_engine *self,
	struct stage_desired *desired, bool is_switch, int64_t now_ns);
enum stage_status __wrap_stage_engine_set_desired(struct stage_engine *self,
	struct stage_desired *desired, bool is_switch, int64_t now_ns);
enum stage_status __real_stage_engine_take(struct stage_engine *self,
	const struct stage_engine_event *event, int64_t now_ns);
enum stage_status __wrap_stage_engine_take(struct stage_engine *self,
	const struct stage_engine_event *event, int64_t now_ns);
enum stage_status __real_stage_engine_plan(struct stage_engine *self,
	struct stage_desired *desired, enum stage_patch_mode mode,
	void (*visit)(void *user, bool is_disconnect,
		const struct stage_graph_port *from,
		const struct stage_graph_port *to),
	void *user);
enum stage_status __wrap_stage_engine_plan(struct stage_engine *self,
	struct stage_desired *desired, enum stage_patch_mode mode,
	void (*visit)(void *user, bool is_disconnect,
		const struct stage_graph_port *from,
		const struct stage_graph_port *to),
	void *user);
enum stage_status __real_stage_patch_store_learn(struct stage_patch_store *self,
	const struct stage_patch_statement *statement, bool *has_changed);
enum stage_status __wrap_stage_patch_store_learn(struct stage_patch_store *self,
	const struct stage_patch_statement *statement, bool *has_changed);
enum stage_status __real_stage_path_watch_create(struct stage_path_watch **out,
	uv_loop_t *loop, const char *path, void (*changed)(void *user),
	void *user, struct stage_err *err);
enum stage_status __wrap_stage_path_watch_create(struct stage_path_watch **out,
	uv_loop_t *loop, const char *path, void (*changed)(void *user),
	void *user, struct stage_err *err);
enum stage_status __real_stage_notify_ready(struct stage_err *err);
enum stage_status __wrap_stage_notify_ready(struct stage_err *err);
struct stage_engine *__real_stage_engine_create(
	const struct stage_engine_ops *ops, void *user);
struct stage_engine *__wrap_stage_engine_create(
	const struct stage_engine_ops *ops, void *user);

enum stage_status
__wrap_stage_patch_store_desire(const struct stage_patch_store *self,
	bool is_pipewire, const struct stage_desired_file *more,
	struct stage_desired **out, struct stage_err *err)
{
	if (must_fail(PART_DESIRE)) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return __real_stage_patch_store_desire(
		self, is_pipewire, more, out, err);
}

enum stage_status
__wrap_stage_engine_set_desired(struct stage_engine *self,
	struct stage_desired *desired, bool is_switch, int64_t now_ns)
{
	return must_fail(PART_SET_DESIRED)
		       ? STAGE_NO_MEMORY
		       : __real_stage_engine_set_desired(
				 self, desired, is_switch, now_ns);
}

enum stage_status
__wrap_stage_engine_take(struct stage_engine *self,
	const struct stage_engine_event *event, int64_t now_ns)
{
	return must_fail(PART_TAKE)
		       ? STAGE_NO_MEMORY
		       : __real_stage_engine_take(self, event, now_ns);
}

enum stage_status
__wrap_stage_engine_plan(struct stage_engine *self,
	struct stage_desired *desired, enum stage_patch_mode mode,
	void (*visit)(void *user, bool is_disconnect,
		const struct stage_graph_port *from,
		const struct stage_graph_port *to),
	void *user)
{
	return must_fail(PART_PLAN) ? STAGE_NO_MEMORY
				    : __real_stage_engine_plan(
					      self, desired, mode, visit, user);
}

enum stage_status
__wrap_stage_patch_store_learn(struct stage_patch_store *self,
	const struct stage_patch_statement *statement, bool *has_changed)
{
	return must_fail(PART_LEARN) ? STAGE_NO_MEMORY
				     : __real_stage_patch_store_learn(
					       self, statement, has_changed);
}

enum stage_status
__wrap_stage_path_watch_create(struct stage_path_watch **out, uv_loop_t *loop,
	const char *path, void (*changed)(void *user), void *user,
	struct stage_err *err)
{
	if (must_fail(PART_WATCH)) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return __real_stage_path_watch_create(
		out, loop, path, changed, user, err);
}

enum stage_status
__wrap_stage_notify_ready(struct stage_err *err)
{
	if (must_fail(PART_READY)) {
		return stage_err_set(err, STAGE_IO, "nobody listens");
	}
	return __real_stage_notify_ready(err);
}

struct stage_engine *
__wrap_stage_engine_create(const struct stage_engine_ops *ops, void *user)
{
	return must_fail(PART_ENGINE) ? NULL
				      : __real_stage_engine_create(ops, user);
}

static void
add_both(struct daemon_world *w)
{
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	daemon_world_pass(w, 10 * S);
}

static void
want(struct daemon_world *w)
{
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
}

// In memory and on the disk, and in force with the next change.
static void
what_was_desired_before_stays(void **state)
{
	static const enum part parts[] = {PART_DESIRE, PART_SET_DESIRED};
	struct daemon_world *w = *state;

	add_both(w);
	want(w);
	for (size_t i = 0; i < STAGE_COUNT_OF(parts); i++) {
		fail_next(parts[i], 2); // before the save, and after it
		daemon_world_ask(
			w, "disconnect", "from", "A:out", "to", "B:in", NULL);
		fail_next(parts[i], 0);
		daemon_world_ask(w, "connect", "from", "X", "to", "Y", NULL);
		assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
		daemon_world_ask(w, "undo", "count", "2", NULL);
		assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	}
}

static void
do_audit(struct daemon_world *w, void *user)
{
	(void)user;
	w->patchbay->audit_timer.timer_cb(&w->patchbay->audit_timer);
}

static void
what_is_desired_comes_with_the_next_audit(void **state)
{
	struct daemon_world *w = *state;

	add_both(w);
	fail_next(PART_DESIRE, 2);
	want(w);
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	fail_next(PART_DESIRE, 0);
	daemon_world_do(w, do_audit, NULL);
	daemon_world_settle(w);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
an_event_that_was_not_taken_comes_by_a_scan(void **state)
{
	struct daemon_world *w = *state;

	want(w);
	daemon_world_add(w, "A:out");
	fail_next(PART_TAKE, 1);
	daemon_world_add(w, "B:in");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_int_equal(w->server.scan_count, 1);
}

static void
commands_say_so(void **state)
{
	struct daemon_world *w = *state;

	add_both(w);
	fail_next(PART_PLAN, 1);
	daemon_world_refuse(w, STAGE_NO_MEMORY, "out of memory", "plan",
		"patch", "A:out -> B:in\n", NULL);
	assert_int_equal(w->server.scan_count, 1);
	fail_next(PART_DESIRE, 1);
	daemon_world_refuse(w, STAGE_NO_MEMORY, "out of memory", "plan",
		"patch", "A:out -> B:in\n", NULL);
	fail_next(PART_LEARN, 1);
	daemon_world_refuse(w, STAGE_NO_MEMORY, "out of memory", "connect",
		"from", "A:out", "to", "B:in", NULL);
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_string_equal(daemon_world_learned(w), "");
}

static void
a_file_that_is_not_watched_is_read_all_the_same(void **state)
{
	struct daemon_world *w = *state;

	add_both(w);
	daemon_world_write(w, "songs/one/song.patch", "A:out -> B:in\n");
	daemon_world_write(w, "setlists/gig.patch", "");
	fail_next(PART_WATCH, 2);
	daemon_world_ask(w, "scene", "song", "one", "set", "gig", NULL);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
nobody_who_hears_that_it_is_ready(void **state)
{
	struct daemon_world *w = *state;

	fail_next(PART_READY, 1);
	daemon_world_restart(w);
	add_both(w);
	want(w);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
do_start_another(struct daemon_world *w, void *user)
{
	struct stage_err *err = user;

	stage_patchbay_destroy(w->patchbay);
	w->patchbay = NULL;
	(void)!stage_patchbay_create(
		&w->loop, &w->world.rig, w->backends, &w->patchbay, err);
	assert_null(w->patchbay);
}

static void
one_that_cannot_start_says_so(void **state)
{
	static const enum part parts[] = {PART_ENGINE, PART_WATCH};
	struct daemon_world *w = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(parts); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		fail_next(parts[i], 1);
		daemon_world_do(w, do_start_another, &err);
		assert_int_equal(err.status, STAGE_NO_MEMORY);
	}
	daemon_world_restart(w);
	want(w);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
		name, daemon_world_setup, daemon_world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_desired_before_stays),
		TEST(what_is_desired_comes_with_the_next_audit),
		TEST(an_event_that_was_not_taken_comes_by_a_scan),
		TEST(commands_say_so),
		TEST(a_file_that_is_not_watched_is_read_all_the_same),
		TEST(nobody_who_hears_that_it_is_ready),
		TEST(one_that_cannot_start_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
