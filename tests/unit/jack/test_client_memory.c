/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "fake_backend.h"
#include "jack/client.h"

static enum stage_status
live_and_die(void *user)
{
	static const struct stage_jack_client_ops ops;
	struct stage_jack_client_config config = {.name = "tester",
		.shm_dir = "/nonexistent",
		.backend = fake_backend()};
	struct stage_jack_client *client = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;
	uv_loop_t loop;
	(void)user;

	uv_loop_init(&loop);
	status = stage_jack_client_create(
		&loop, &config, &ops, NULL, &client, &err);
	assert_int_equal(err.status, status);
	stage_jack_client_destroy(client);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return status;
}

static void
short_of_memory(void **state)
{
	(void)state;

	fake_backend_reset();
	assert_true(failing_alloc_sweep(live_and_die, NULL) >= 3);
}

static bool is_open;
static unsigned done;

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	(void)user;
	(void)info;
	is_open = true;
}

static void
on_graph(void *user, const struct stage_jack_graph_event *event)
{
	(void)user;
	done += event->kind == STAGE_JACK_GRAPH_EDIT_DONE;
}

struct editor {
	uv_loop_t loop;
	struct stage_jack_client *client;
};

// Edits of what is not there: only this thread allocates.
static enum stage_status
edit(void *user)
{
	struct stage_jack_edit edits[] = {{.from = "a:x", .to = "b:y"},
		{.from = "a:z", .to = "b:z", .is_disconnect = true}};
	struct editor *editor = user;
	enum stage_status status = stage_jack_client_edit(
		editor->client, edits, STAGE_COUNT_OF(edits));
	unsigned wanted = done + (status == STAGE_OK ? 2 : 0);

	while (done < wanted) {
		uv_run(&editor->loop, UV_RUN_ONCE);
	}
	return status;
}

static void
short_of_memory_for_edits(void **state)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened, .graph = on_graph};
	struct stage_jack_client_config config = {.name = "tester",
		.heartbeat_ms = 600000,
		.shm_dir = "/nonexistent",
		.backend = fake_backend()};
	struct editor editor;
	(void)state;

	fake_backend_reset();
	fake_backend_set_server(true);
	uv_loop_init(&editor.loop);
	assert_int_equal(stage_jack_client_create(&editor.loop, &config, &ops,
				 NULL, &editor.client, NULL),
		STAGE_OK);
	while (!is_open) {
		uv_run(&editor.loop, UV_RUN_ONCE);
	}
	edit(&editor); // the first listing comes before its answer
	assert_int_equal(failing_alloc_sweep(edit, &editor), 2);
	stage_jack_client_destroy(editor.client);
	uv_run(&editor.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&editor.loop), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_of_memory),
		cmocka_unit_test(short_of_memory_for_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
