/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Between a client of JACK, which is played here, and the engine's events.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "failing_alloc.h"
#include "jack/client.h"
#include "patchbay/backend.h"

// The one client that there is.
struct stage_jack_client {
	const struct stage_jack_client_ops *ops;
	void *user;
	enum stage_status create_status;
	enum stage_status edit_status;
	struct stage_str edits; // "+A>B tag\n"
	unsigned scans;
	bool is_behind;
	bool is_open;
};

static struct stage_jack_client client;

enum stage_status
stage_jack_client_create(uv_loop_t *loop,
	const struct stage_jack_client_config *config,
	const struct stage_jack_client_ops *ops, void *user,
	struct stage_jack_client **out, struct stage_err *err)
{
	(void)loop;
	assert_string_equal(config->name, "stagecraft-patchbay");
	assert_false(config->may_rename); // one patchbay on a server
	if (client.create_status != STAGE_OK) {
		return stage_err_set(err, client.create_status, "no client");
	}
	client.ops = ops;
	client.user = user;
	client.is_open = true;
	*out = &client;
	return STAGE_OK;
}

void
stage_jack_client_destroy(struct stage_jack_client *self)
{
	self->is_open = false;
}

enum stage_status
stage_jack_client_edit(struct stage_jack_client *self,
	const struct stage_jack_edit *edits, size_t count)
{
	for (size_t i = 0; i < count && self->edit_status == STAGE_OK; i++) {
		(void)!stage_str_addf(&self->edits, "%c%s>%s\n",
			edits[i].is_disconnect ? '-' : '+', edits[i].from,
			edits[i].to);
		assert_int_equal(edits[i].tag != 0, edits[i].is_disconnect);
	}
	return self->edit_status;
}

void
stage_jack_client_scan(struct stage_jack_client *self)
{
	self->scans++;
}

bool
stage_jack_client_is_behind(const struct stage_jack_client *self)
{
	return self->is_behind;
}

struct fixture {
	struct stage_patch_backend *backend;
	struct stage_str story; // what was told
};

static void
on_up(void *user, bool is_pipewire)
{
	struct fixture *f = user;

	(void)!stage_str_addf(
		&f->story, "up %s\n", is_pipewire ? "pipewire" : "jack");
}

static void
tell_port(struct fixture *f, const char *word,
	const struct stage_engine_event *event)
{
	const struct stage_graph_port_info *port = &event->port;

	(void)!stage_str_addf(&f->story, "%s %s %s %s %s%s%s", word, port->name,
		port->type != NULL ? port->type : "-",
		port->is_output ? "out" : "in",
		port->is_physical ? "physical " : "",
		port->aliases[0] != NULL ? port->aliases[0] : "",
		port->aliases[1] != NULL ? port->aliases[1] : "");
	(void)!stage_str_addf(
		&f->story, "%s\n", event->to != NULL ? event->to : "");
}

static void
on_event(void *user, const struct stage_engine_event *event)
{
	static const char *const words[STAGE_ENGINE_KIND_COUNT] = {"server up",
		"server gone", "scan begin", "scan end", "appeared", "gone",
		"renamed", "connected", "disconnected", "done"};
	static const char *const outcomes[] = {"done", "refused", "gone"};
	struct fixture *f = user;
	const char *word = words[event->kind];

	assert_int_equal(event->system, STAGE_PATCH_JACK);
	if (event->port.name != NULL) {
		tell_port(f, word, event);
	} else if (event->kind == STAGE_ENGINE_EDIT_DONE) {
		(void)!stage_str_addf(&f->story, "%s %c%s>%s %s\n", word,
			event->is_disconnect ? '-' : '+', event->from,
			event->to, outcomes[event->outcome]);
	} else if (event->from != NULL) {
		(void)!stage_str_addf(
			&f->story, "%s %s>%s\n", word, event->from, event->to);
	} else {
		(void)!stage_str_addf(&f->story, "%s\n", word);
	}
}

static void
on_settled(void *user)
{
	struct fixture *f = user;

	(void)!stage_str_add(&f->story, "settled\n");
}

static void
on_warn(void *user, const char *sentence)
{
	struct fixture *f = user;

	(void)!stage_str_addf(&f->story, "warning: %s\n", sentence);
}

static void
on_hung(void *user, const char *what)
{
	struct fixture *f = user;

	(void)!stage_str_addf(&f->story, "hung: %s\n", what);
}

static void
on_client(void *user, const char *name, bool is_there)
{
	struct fixture *f = user;

	(void)!stage_str_addf(&f->story, "client %s %s\n", name,
		is_there ? "is there" : "has gone");
}

static const struct stage_patch_backend_events events = {.up = on_up,
	.event = on_event,
	.client = on_client,
	.settled = on_settled,
	.warn = on_warn,
	.hung = on_hung};

static int
setup(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.backend = NULL};
	client = (struct stage_jack_client){.scans = 0};
	assert_int_equal(stage_patch_backend_jack()->create(NULL, &events,
				 &fixture, &fixture.backend, NULL),
		STAGE_OK);
	*state = &fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stage_patch_backend_jack()->destroy(f->backend);
	assert_false(client.is_open);
	stage_str_finish(&f->story);
	stage_str_finish(&client.edits);
	return 0;
}

static void
heard(struct stage_str *story, const char *expected)
{
	assert_string_equal(stage_str_text(story), expected);
	stage_str_clear(story);
}

static void
servers_are_told(void **state)
{
	struct fixture *f = *state;
	struct stage_jack_info info = {.is_pipewire = false};

	client.ops->opened(client.user, &info);
	heard(&f->story, "up jack\nserver up\n");
	client.ops->lost(client.user, "it was killed");
	heard(&f->story, "server gone\nsettled\n");
	info.is_pipewire = true;
	client.ops->opened(client.user, &info);
	heard(&f->story, "up pipewire\nserver up\n");
	client.ops->failed(client.user, "no server");
	client.ops->hung(client.user, "jack_connect");
	heard(&f->story, "warning: no server\nhung: jack_connect\n");
}

static void
graph(const struct stage_jack_graph_event *event)
{
	client.ops->graph(client.user, event);
}

static void
ports_are_told(void **state)
{
	struct fixture *f = *state;
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_PORT_APPEARED,
		.name = "system:capture_1",
		.type = "32 bit float mono audio",
		.aliases = {"alsa:in1", "first"},
		.flags = STAGE_JACK_PORT_OUTPUT | STAGE_JACK_PORT_PHYSICAL};

	graph(&event);
	heard(&f->story, "appeared system:capture_1 32 bit float mono audio "
			 "out physical alsa:in1first\n");
	event = (struct stage_jack_graph_event){
		.kind = STAGE_JACK_GRAPH_PORT_RENAMED,
		.name = "A:in",
		.new_name = "B:in"};
	graph(&event);
	heard(&f->story, "renamed A:in - in B:in\n");
	event.kind = STAGE_JACK_GRAPH_PORT_GONE;
	event.new_name = NULL;
	graph(&event);
	heard(&f->story, "gone A:in - in \n");
}

static void
connections_and_the_rest_are_told(void **state)
{
	static const struct {
		enum stage_jack_graph_kind kind;
		enum stage_jack_outcome outcome;
		uint64_t tag;
		const char *story;
	} cases[] = {
		{STAGE_JACK_GRAPH_CONNECTED, 0, 0, "connected A>B\n"},
		{STAGE_JACK_GRAPH_DISCONNECTED, 0, 0, "disconnected A>B\n"},
		{STAGE_JACK_GRAPH_EDIT_DONE, STAGE_JACK_OUTCOME_DONE, 0,
			"done +A>B done\n"},
		{STAGE_JACK_GRAPH_EDIT_DONE, STAGE_JACK_OUTCOME_EXISTS, 1,
			"done -A>B done\n"},
		{STAGE_JACK_GRAPH_EDIT_DONE, STAGE_JACK_OUTCOME_REFUSED, 0,
			"done +A>B refused\n"},
		{STAGE_JACK_GRAPH_EDIT_DONE, STAGE_JACK_OUTCOME_GONE, 1,
			"done -A>B gone\n"},
		{STAGE_JACK_GRAPH_SCAN_BEGIN, 0, 0, "scan begin\n"},
		{STAGE_JACK_GRAPH_SCAN_END, 0, 0, "scan end\n"},
		{STAGE_JACK_GRAPH_BATCH_END, 0, 0, "settled\n"},
		{STAGE_JACK_GRAPH_CLIENT_APPEARED, 0, 0, "client N is there\n"},
		{STAGE_JACK_GRAPH_CLIENT_GONE, 0, 0, "client N has gone\n"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const struct stage_jack_graph_event event = {
			.kind = cases[i].kind,
			.name = "N",
			.from = "A",
			.to = "B",
			.tag = cases[i].tag,
			.outcome = cases[i].outcome};
		graph(&event);
		heard(&f->story, cases[i].story);
	}
}

static const struct stage_patch_how plainly;

static void
edits_go_out_at_once(void **state)
{
	const struct stage_patch_backend_class *jack =
		stage_patch_backend_jack();
	struct fixture *f = *state;
	char name[16];

	assert_true(jack->flush(f->backend)); // nothing
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "A%d", i);
		assert_int_equal(jack->edit(f->backend,
					 i % 2 == 0 ? STAGE_ENGINE_DISCONNECT
						    : STAGE_ENGINE_CONNECT,
					 name, "B", &plainly),
			STAGE_OK);
		memset(name, 'x', sizeof(name) - 1); // it was copied
	}
	heard(&client.edits, "");
	assert_true(jack->flush(f->backend));
	assert_non_null(
		strstr(stage_str_text(&client.edits), "-A0>B\n+A1>B\n-A2>B\n"));
	assert_non_null(strstr(stage_str_text(&client.edits), "+A39>B\n"));
	stage_str_clear(&client.edits);
	assert_true(jack->flush(f->backend));
	heard(&client.edits, ""); // once
	jack->scan(f->backend);
	assert_int_equal(client.scans, 1);
	assert_false(jack->is_behind(f->backend));
	client.is_behind = true;
	assert_true(jack->is_behind(f->backend));
}

static void
what_cannot_go_out_is_forgotten(void **state)
{
	const struct stage_patch_backend_class *jack =
		stage_patch_backend_jack();
	struct fixture *f = *state;

	assert_int_equal(jack->edit(f->backend, STAGE_ENGINE_CONNECT, "A", "B",
				 &plainly),
		STAGE_OK);
	client.edit_status = STAGE_GONE;
	assert_false(jack->flush(f->backend));
	client.edit_status = STAGE_OK;
	assert_true(jack->flush(f->backend));
	assert_int_equal(jack->edit(f->backend, STAGE_ENGINE_CONNECT, "A", "B",
				 &plainly),
		STAGE_OK);
	client.ops->lost(client.user, "it was killed");
	assert_true(jack->flush(f->backend));
	heard(&client.edits, "");
	assert_int_equal(jack->edit(f->backend, STAGE_ENGINE_CONNECT, "A", "B",
				 &plainly),
		STAGE_OK);
	// The teardown frees that one.
}

static enum stage_status
use_backend(void *user)
{
	const struct stage_patch_backend_class *jack =
		stage_patch_backend_jack();
	struct stage_patch_backend *backend = NULL;
	enum stage_status status =
		jack->create(NULL, &events, user, &backend, NULL);

	for (int i = 0; i < 20 && status == STAGE_OK; i++) {
		status = jack->edit(backend, STAGE_ENGINE_CONNECT, "A:out",
			"B:in", &plainly);
	}
	jack->destroy(backend);
	return status;
}

static void
any_allocation_may_fail(void **state)
{
	struct fixture *f = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_patch_backend *none = NULL;

	assert_true(failing_alloc_sweep(use_backend, f) > 20);
	client.create_status = STAGE_UNSUPPORTED;
	assert_int_equal(stage_patch_backend_jack()->create(
				 NULL, &events, f, &none, &err),
		STAGE_UNSUPPORTED);
	assert_string_equal(err.text, "no client");
	assert_null(none);
	stage_patch_backend_jack()->destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(servers_are_told),
		TEST(ports_are_told),
		TEST(connections_and_the_rest_are_told),
		TEST(edits_go_out_at_once),
		TEST(what_cannot_go_out_is_forgotten),
		TEST(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
