/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// A client that follows and changes the graph, on a fake libjack.

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>

#include <cmocka.h>

#include "base/clock.h"
#include "fake_backend.h"
#include "graph_model.h"
#include "jack/client.h"
#include "jack/rest.h"

#define DEADLINE_MS 10000
#define NEVER_MS 600000
#define MANY 2000

static struct {
	uv_loop_t loop;
	uv_timer_t deadline;
	uv_prepare_t prepare;
	struct stage_jack_client *client;
	struct stage_jack_client_config config;
	struct graph_model model;
	unsigned opened;
	unsigned lost;
	unsigned stalled;
	unsigned hung;
	char reason[256];
	enum stage_jack_graph_kind destroys_at;
	unsigned begets; // a port that appears makes another, that often
	const unsigned *awaited;
	unsigned awaited_count;
	bool is_late;
} owner;

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	(void)user;
	(void)info;
	owner.opened++;
	graph_model_clear(&owner.model);
}

static void
on_lost(void *user, const char *reason)
{
	(void)user;
	(void)reason;
	owner.lost++;
}

static void
on_stalled(void *user, const char *reason)
{
	(void)user;
	(void)reason;
	owner.stalled++;
}

static void
on_hung(void *user, const char *what)
{
	(void)user;
	owner.hung++;
	stage_jack_copy_text(owner.reason, sizeof(owner.reason), what);
}

static void
on_graph(void *user, const struct stage_jack_graph_event *event)
{
	(void)user;
	assert_non_null(owner.client);
	graph_model_take(&owner.model, event);
	if (event->kind == STAGE_JACK_GRAPH_PORT_APPEARED && owner.begets > 0) {
		char name[32];
		snprintf(name, sizeof(name), "row:out_%u", owner.begets);
		owner.begets--;
		fake_backend_port(true, name);
	}
	if (event->kind == owner.destroys_at) {
		stage_jack_client_destroy(owner.client);
		owner.client = NULL;
	}
}

static void
on_deadline(uv_timer_t *timer)
{
	owner.is_late = true;
	uv_stop(timer->loop);
}

static void
on_prepare(uv_prepare_t *prepare)
{
	if (*owner.awaited >= owner.awaited_count) {
		uv_stop(prepare->loop);
	}
}

static void
await(const unsigned *what, unsigned count)
{
	owner.awaited = what;
	owner.awaited_count = count;
	uv_timer_start(&owner.deadline, on_deadline, DEADLINE_MS, 0);
	uv_prepare_start(&owner.prepare, on_prepare);
	uv_run(&owner.loop, UV_RUN_DEFAULT);
	uv_timer_stop(&owner.deadline);
	uv_prepare_stop(&owner.prepare);
	if (owner.is_late) {
		fail_msg("%u of %u came:\n%s", *what, count,
			stage_str_text(&owner.model.protocol));
	}
}

static const unsigned *
count_of(enum stage_jack_graph_kind kind)
{
	return &owner.model.counts[kind];
}

#define AWAIT(kind, count) await(count_of(STAGE_JACK_GRAPH_##kind), count)

// Waits for a scan that begins now, and so for all that was told before.
static void
sync_by_scan(void)
{
	unsigned count = *count_of(STAGE_JACK_GRAPH_SCAN_END);

	stage_jack_client_scan(owner.client);
	AWAIT(SCAN_END, count + 1);
}

static int
setup(void **state)
{
	(void)state;
	unsetenv("JACK_DEFAULT_SERVER");
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("PIPEWIRE_RUNTIME_DIR");
	fake_backend_reset();
	memset(&owner, 0, sizeof(owner));
	owner.destroys_at = STAGE_JACK_GRAPH_KIND_COUNT;
	graph_model_init(&owner.model);
	uv_loop_init(&owner.loop);
	uv_timer_init(&owner.loop, &owner.deadline);
	uv_prepare_init(&owner.loop, &owner.prepare);
	owner.config = (struct stage_jack_client_config){.name = "tester",
		.heartbeat_ms = NEVER_MS,
		.retry_ms = 5,
		.watchdog_ms = NEVER_MS,
		.patience_ms = 1,
		.shm_dir = "/nonexistent",
		.backend = fake_backend()};
	fake_backend_set_server(true);
	fake_backend_set_running(true);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (int i = 0; i < FAKE_BLOCK_COUNT; i++) {
		fake_backend_release((enum fake_block)i);
	}
	stage_jack_client_destroy(owner.client);
	uv_timer_stop(&owner.deadline);
	uv_run(&owner.loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&owner.deadline, NULL);
	uv_close((uv_handle_t *)&owner.prepare, NULL);
	uv_run(&owner.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&owner.loop), 0);
	graph_model_finish(&owner.model);
	fake_backend_reset();
	return 0;
}

static void
create(void)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened,
		.lost = on_lost,
		.stalled = on_stalled,
		.hung = on_hung,
		.graph = on_graph,
	};

	assert_int_equal(stage_jack_client_create(&owner.loop, &owner.config,
				 &ops, NULL, &owner.client, NULL),
		STAGE_OK);
}

static void
add_ports(void)
{
	fake_backend_port(true, "a:out_1");
	fake_backend_port(true, "a:out_2");
	fake_backend_port(true, "b:in_1");
	fake_backend_port(true, "b:in_2");
}

static enum stage_status
edit(bool is_disconnect, const char *from, const char *to, uint64_t tag)
{
	struct stage_jack_edit one = {.is_disconnect = is_disconnect,
		.from = from,
		.to = to,
		.tag = tag};

	return stage_jack_client_edit(owner.client, &one, 1);
}

static void
expect(const char *protocol)
{
	assert_string_equal(stage_str_text(&owner.model.protocol), protocol);
	stage_str_clear(&owner.model.protocol);
}

static void
a_scan_follows_opened(void **state)
{
	(void)state;
	add_ports();
	fake_backend_link(true, "a:out_1", "b:in_2");
	create();
	AWAIT(BATCH_END, 1);
	assert_int_equal(owner.opened, 1);
	expect("[\n+a:out_1\n+a:out_2\n+b:in_1\n+b:in_2\na:out_1 > b:in_2\n"
	       "]\n.\n");
}

static void
changes_are_told_in_batches(void **state)
{
	(void)state;
	create();
	AWAIT(BATCH_END, 1);
	expect("[\n]\n.\n");
	fake_backend_client(true, "a");
	add_ports();
	fake_backend_link(true, "a:out_1", "b:in_1");
	fake_backend_rename("a:out_1", "a:out_9");
	fake_backend_link(false, "a:out_9", "b:in_1");
	fake_backend_port(false, "a:out_9");
	fake_backend_client(false, "b");
	AWAIT(BATCH_END, 2);
	sync_by_scan(); // since b has left ports behind
	assert_true(stage_starts_with(stage_str_text(&owner.model.protocol),
		"*a\n+a:out_1\n+a:out_2\n+b:in_1\n+b:in_2\n"
		"a:out_1 > b:in_1\na:out_1 ~ a:out_9\n"
		"a:out_9 / b:in_1\n-a:out_9\n!b\n.\n"));
	assert_int_equal(stage_map_count(owner.model.ports), 3);
	assert_int_equal(stage_map_count(owner.model.links), 0);
}

static void
what_happens_in_a_scan_comes_after_it(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_link(true, "a:out_1", "b:in_1");
	AWAIT(CONNECTED, 1);
	stage_str_clear(&owner.model.protocol);
	fake_backend_block(FAKE_LIST);
	stage_jack_client_scan(owner.client);
	fake_backend_await(FAKE_LIST); // it has the ports
	fake_backend_port(false, "a:out_2");
	fake_backend_port(true, "c:out");
	fake_backend_link(false, "a:out_1", "b:in_1");
	fake_backend_link(true, "c:out", "b:in_1");
	fake_backend_release(FAKE_LIST);
	AWAIT(SCAN_END, 2);
	expect("[\n+a:out_1\n+a:out_2\n+b:in_1\n+b:in_2\nc:out > b:in_1\n]\n"
	       "-a:out_2\n+c:out\na:out_1 / b:in_1\nc:out > b:in_1\n.\n");
	assert_false(graph_model_has_port(&owner.model, "a:out_2"));
	assert_false(graph_model_has_link(&owner.model, "a:out_1", "b:in_1"));
	assert_true(graph_model_has_link(&owner.model, "c:out", "b:in_1"));
}

static void
scans_that_wait_are_one(void **state)
{
	(void)state;
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_block(FAKE_LIST);
	stage_jack_client_scan(owner.client);
	fake_backend_await(FAKE_LIST);
	for (int i = 0; i < 5; i++) {
		stage_jack_client_scan(owner.client);
	}
	fake_backend_release(FAKE_LIST);
	AWAIT(SCAN_END, 3);
	sync_by_scan();
	assert_int_equal(fake_backend_lists(), 4);
}

static void
what_went_silently_is_found_by_a_scan(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_set_port("a:out_1", NULL);
	fake_backend_client(false, "a");
	AWAIT(SCAN_END, 2);
	assert_int_equal(graph_model_count(&owner.model, "-a:out_1"), 1);
}

static void
a_number_that_is_not_known_leads_to_a_scan(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_tell_link(true, 100, 2);
	AWAIT(SCAN_END, 2);
	assert_int_equal(stage_map_count(owner.model.ports), 4);
}

static void
a_stalled_loop_gets_the_graph_by_a_scan(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	for (int i = 0; i < 20001; i++) {
		fake_backend_link(i % 2 == 0, "a:out_1", "b:in_1");
	}
	fake_backend_port(false, "a:out_2");
	fake_backend_port(true, "c:out");
	fake_backend_link(true, "c:out", "b:in_2");
	AWAIT(SCAN_END, 2);
	assert_int_equal(owner.lost, 0);
	assert_int_equal(stage_map_count(owner.model.ports), 4);
	assert_int_equal(stage_map_count(owner.model.links), 2);
	assert_true(graph_model_has_port(&owner.model, "c:out"));
	assert_true(graph_model_has_link(&owner.model, "a:out_1", "b:in_1"));
	assert_true(graph_model_has_link(&owner.model, "c:out", "b:in_2"));
}

static void
edits_are_done_in_order(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	stage_str_clear(&owner.model.protocol);
	edit(false, "a:out_1", "b:in_1", 1);
	edit(false, "a:out_1", "b:in_1", 2);
	edit(true, "a:out_1", "b:in_1", 3);
	edit(true, "a:out_1", "b:in_1", 4);
	edit(false, "nobody:out", "b:in_1", 5);
	edit(false, "a:out_2", "b:in_2", 6);
	AWAIT(EDIT_DONE, 6);
	assert_int_equal(graph_model_count(&owner.model, "= 1 done"), 1);
	assert_int_equal(graph_model_count(&owner.model, "= 2 exists"), 1);
	assert_int_equal(graph_model_count(&owner.model, "= 3 done"), 1);
	assert_int_equal(graph_model_count(&owner.model, "= 4 refused"), 1);
	assert_int_equal(graph_model_count(&owner.model, "= 5 refused"), 1);
	assert_int_equal(graph_model_count(&owner.model, "= 6 done"), 1);
	assert_int_equal(owner.model.last_tag, 6);
	assert_true(fake_backend_has_link("a:out_2", "b:in_2"));
	assert_int_equal(stage_map_count(owner.model.links), 1);
	assert_int_equal(owner.lost, 0);
}

static void
edits_that_wait_when_the_server_goes_come_back(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_block(FAKE_CHANGE);
	edit(false, "a:out_1", "b:in_1", 1);
	fake_backend_await(FAKE_CHANGE);
	for (unsigned i = 2; i <= 50; i++) {
		edit(false, "a:out_1", "b:in_1", i);
	}
	fake_backend_shutdown("the end");
	await(&owner.lost, 1);
	assert_int_equal(edit(false, "a:out_1", "b:in_1", 51), STAGE_GONE);
	fake_backend_release(FAKE_CHANGE);
	AWAIT(EDIT_DONE, 50);
	assert_int_equal(owner.model.outcomes[STAGE_JACK_OUTCOME_GONE], 50);
	assert_int_equal(fake_backend_changes(), 1);
	fake_backend_set_server(true);
	await(&owner.opened, 2);
	edit(false, "a:out_1", "b:in_1", 52);
	AWAIT(EDIT_DONE, 51);
	assert_int_equal(graph_model_count(&owner.model, "= 52 done"), 1);
}

static void
a_server_that_goes_without_a_word_is_found_by_an_edit(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_set_server(false);
	edit(false, "a:out_1", "b:in_1", 1);
	edit(false, "a:out_1", "b:in_1", 2);
	AWAIT(EDIT_DONE, 2);
	assert_int_equal(owner.model.outcomes[STAGE_JACK_OUTCOME_GONE], 2);
	await(&owner.lost, 1);
	assert_int_equal(fake_backend_changes(), 1);
}

static void
heartbeats_go_between_edits(void **state)
{
	(void)state;
	owner.config.heartbeat_ms = 1;
	owner.config.watchdog_ms = 5000;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	for (unsigned i = 0; i < MANY; i++) {
		edit(i % 2 != 0, "a:out_1", "b:in_1", i);
	}
	AWAIT(EDIT_DONE, MANY);
	assert_int_equal(owner.model.outcomes[STAGE_JACK_OUTCOME_DONE], MANY);
	assert_int_equal(owner.model.last_tag, MANY - 1);
	assert_int_equal(owner.lost + owner.hung, 0);
}

static void
urgent_edits_go_first(void **state)
{
	static const struct stage_jack_edit many[] = {
		{.from = "a:out_1", .to = "b:in_1", .tag = 1},
		{.from = "a:out_2", .to = "b:in_2", .tag = 2},
		{.is_disconnect = true,
			.is_urgent = true,
			.from = "a:out_1",
			.to = "b:in_2",
			.tag = 3},
	};
	const char *removed;
	const char *made;

	(void)state;
	add_ports();
	fake_backend_link(true, "a:out_1", "b:in_2");
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_block(FAKE_CHANGE);
	edit(false, "a:out_2", "b:in_1", 0);
	fake_backend_await(FAKE_CHANGE);
	assert_int_equal(
		stage_jack_client_edit(owner.client, many, 2), STAGE_OK);
	stage_jack_client_scan(owner.client);
	assert_int_equal(
		stage_jack_client_edit(owner.client, many + 2, 1), STAGE_OK);
	stage_str_clear(&owner.model.protocol);
	fake_backend_release(FAKE_CHANGE);
	AWAIT(SCAN_END, 2);
	assert_int_equal(owner.model.outcomes[STAGE_JACK_OUTCOME_DONE], 4);
	assert_int_equal(owner.model.last_tag, 2);
	removed = strstr(
		stage_str_text(&owner.model.protocol), "a:out_1 / b:in_2");
	made = strstr(
		stage_str_text(&owner.model.protocol), "a:out_1 > b:in_1");
	assert_true(removed != NULL && made != NULL && removed < made);
}

static void
what_is_told_during_an_edit_comes_with_its_end(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	for (unsigned i = 0; i < 10; i++) {
		fake_backend_block(FAKE_CHANGE);
		edit(i % 2 != 0, "a:out_1", "b:in_1", i);
		fake_backend_await(FAKE_CHANGE);
		fake_backend_port(i % 2 == 0, "c:out"); // wakes it perhaps
		fake_backend_port(i % 2 == 0, "c:in");
		fake_backend_release(FAKE_CHANGE);
		AWAIT(EDIT_DONE, i + 1);
		assert_int_equal(graph_model_has_port(&owner.model, "c:out"),
			i % 2 == 0);
		assert_int_equal(
			graph_model_has_port(&owner.model, "c:in"), i % 2 == 0);
	}
}

static void
a_change_that_hangs_is_told(void **state)
{
	(void)state;
	owner.config.heartbeat_ms = 10;
	owner.config.watchdog_ms = 50;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_block(FAKE_CHANGE);
	edit(false, "a:out_1", "b:in_1", 1);
	await(&owner.hung, 1);
	assert_non_null(strstr(owner.reason, "connecting two ports"));
	assert_true(owner.stalled > 0);
	fake_backend_release(FAKE_CHANGE);
	AWAIT(EDIT_DONE, 1);
	fake_backend_block(FAKE_LIST);
	stage_jack_client_scan(owner.client);
	owner.hung = 0;
	await(&owner.hung, 1);
	assert_non_null(strstr(owner.reason, "listing the ports"));
}

static void
nothing_is_done_without_a_server(void **state)
{
	(void)state;
	fake_backend_set_server(false);
	create();
	assert_int_equal(edit(false, "a:out_1", "b:in_1", 1), STAGE_GONE);
	stage_jack_client_scan(owner.client);
	fake_backend_set_server(true);
	add_ports();
	AWAIT(BATCH_END, 1);
	assert_int_equal(fake_backend_lists(), 1);
	assert_int_equal(fake_backend_changes(), 0);
}

static void
another_server_is_told_anew(void **state)
{
	(void)state;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	fake_backend_shutdown("the end");
	fake_backend_port(false, "a:out_1"); // what dies with it is not told
	await(&owner.lost, 1);
	stage_str_clear(&owner.model.protocol);
	fake_backend_set_server(true);
	AWAIT(SCAN_END, 2);
	expect("[\n+a:out_2\n+b:in_1\n+b:in_2\n]\n.\n");
}

static bool
is_told_by_a_scan(enum stage_jack_graph_kind kind)
{
	return kind == STAGE_JACK_GRAPH_PORT_APPEARED ||
	       kind == STAGE_JACK_GRAPH_SCAN_BEGIN ||
	       kind == STAGE_JACK_GRAPH_SCAN_END ||
	       kind == STAGE_JACK_GRAPH_BATCH_END;
}

static void
destroying_at_any_event(void **state)
{
	(void)state;
	for (int i = 0; i < STAGE_JACK_GRAPH_KIND_COUNT; i++) {
		enum stage_jack_graph_kind kind = (enum stage_jack_graph_kind)i;
		fake_backend_reset();
		fake_backend_set_server(true);
		owner.destroys_at = kind;
		graph_model_finish(&owner.model);
		graph_model_init(&owner.model);
		add_ports();
		create();
		await(&owner.opened, (unsigned)i + 1);
		await(count_of(is_told_by_a_scan(kind)
				       ? kind
				       : STAGE_JACK_GRAPH_SCAN_END),
			1);
		fake_backend_client(true, "c");
		fake_backend_rename("a:out_1", "a:out_3");
		fake_backend_link(true, "a:out_3", "b:in_1");
		fake_backend_link(false, "a:out_3", "b:in_1");
		fake_backend_port(false, "a:out_3");
		fake_backend_client(false, "c");
		if (owner.client != NULL) {
			edit(false, "a:out_2", "b:in_2", 1);
		}
		await(count_of(kind), 1);
		assert_null(owner.client);
		uv_timer_stop(&owner.deadline);
		uv_run(&owner.loop, UV_RUN_DEFAULT);
	}
}

// The loop is not woken for each: that would slow the client that makes them.
static void
ports_in_a_row_are_looked_for(void **state)
{
	int64_t began_ns;
	unsigned there;
	(void)state;

	add_ports();
	create();
	AWAIT(SCAN_END, 1);
	there = *count_of(STAGE_JACK_GRAPH_PORT_APPEARED);
	began_ns = stage_clock_now_ns();
	owner.begets = 10;
	fake_backend_port(true, "row:out_0");
	AWAIT(PORT_APPEARED, there + 11);
	assert_true(stage_clock_now_ns() - began_ns >= 10 * STAGE_NS_PER_MS);
}

static void *
flap(void *arg)
{
	(void)arg;
	for (int round = 0; round < 20; round++) {
		char name[32];
		for (int i = 0; i < 1000; i++) {
			snprintf(name, sizeof(name), "f:out_%d", i);
			fake_backend_port(round % 2 == 0, name);
		}
	}
	return NULL;
}

static void *
rest_until_told(void *is_over)
{
	while (!atomic_load((atomic_bool *)is_over)) {
		fake_backend_rest();
	}
	return NULL;
}

static void
who_tells_rests_in_a_row_of_edits(void **state)
{
	atomic_bool is_over = false;
	pthread_t thread;
	int64_t began_ns;
	(void)state;

	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	edit(false, "a:out_1", "b:in_1", 0);
	AWAIT(EDIT_DONE, 1);
	fake_backend_block(FAKE_CHANGE);
	edit(true, "a:out_1", "b:in_1", 1);
	fake_backend_await(FAKE_CHANGE);
	began_ns = stage_clock_now_ns();
	fake_backend_rest();
	assert_true(
		stage_clock_now_ns() - began_ns >= STAGE_JACK_REST_EDITS_NS);
	pthread_create(&thread, NULL, rest_until_told, &is_over);
	fake_backend_release(FAKE_CHANGE);
	for (unsigned i = 2; i < 200; i++) {
		edit(i % 2 != 0, "a:out_1", "b:in_1", i);
	}
	AWAIT(EDIT_DONE, 200);
	atomic_store(&is_over, true);
	pthread_join(thread, NULL);
	assert_int_equal(owner.model.outcomes[STAGE_JACK_OUTCOME_DONE], 200);
}

static void
a_thousand_ports_that_come_and_go(void **state)
{
	pthread_t threads[1];
	(void)state;

	owner.config.heartbeat_ms = 5;
	add_ports();
	create();
	AWAIT(BATCH_END, 1);
	pthread_create(&threads[0], NULL, flap, NULL);
	for (unsigned i = 1; i <= 20; i++) {
		edit(i % 2 == 0, "a:out_1", "b:in_1", i);
		stage_jack_client_scan(owner.client);
		AWAIT(EDIT_DONE, i);
	}
	pthread_join(threads[0], NULL);
	sync_by_scan();
	sync_by_scan(); // the first may be one that began before
	assert_int_equal(stage_map_count(owner.model.ports), 4);
	assert_int_equal(stage_map_count(owner.model.links), 0);
	assert_int_equal(owner.lost, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_scan_follows_opened),
		TEST(changes_are_told_in_batches),
		TEST(what_happens_in_a_scan_comes_after_it),
		TEST(scans_that_wait_are_one),
		TEST(what_went_silently_is_found_by_a_scan),
		TEST(a_number_that_is_not_known_leads_to_a_scan),
		TEST(a_stalled_loop_gets_the_graph_by_a_scan),
		TEST(edits_are_done_in_order),
		TEST(edits_that_wait_when_the_server_goes_come_back),
		TEST(a_server_that_goes_without_a_word_is_found_by_an_edit),
		TEST(heartbeats_go_between_edits),
		TEST(urgent_edits_go_first),
		TEST(what_is_told_during_an_edit_comes_with_its_end),
		TEST(a_change_that_hangs_is_told),
		TEST(nothing_is_done_without_a_server),
		TEST(another_server_is_told_anew),
		TEST(destroying_at_any_event),
		TEST(ports_in_a_row_are_looked_for),
		TEST(who_tells_rests_in_a_row_of_edits),
		TEST(a_thousand_ports_that_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
