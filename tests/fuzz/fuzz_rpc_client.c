/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sock.h"
#include "check.h"
#include "fuzz.h"
#include "rpc/client.h"
#include "rpc/sock.h"

#define INPUT_MAX 4096                   // bytes that fit into a socket
#define TIMEOUT_NS (60 * STAGE_NS_PER_S) // never reached: the stream ends

// A server that is only bytes, and the client under test.
struct world {
	struct stage_rpc_client *client;
	int fd;
};

// Where the server listens; made once.
static int listener = -1;
static char dir[FUZZ_DIR_MAX];
static char path[FUZZ_DIR_MAX + 2];

static void
close_listener(void)
{
	close(listener);
	fuzz_dir_remove(dir);
}

static void
open_listener(void)
{
	struct sockaddr_un address;

	fuzz_dir_make(dir);
	snprintf(path, sizeof(path), "%s/s", dir);
	FUZZ_CHECK(stage_rpc_sock_address(&address, path, NULL) == STAGE_OK);
	listener = stage_sock_open(AF_UNIX);
	FUZZ_CHECK(bind(listener, (const struct sockaddr *)&address,
			   sizeof(address)) == 0);
	FUZZ_CHECK(listen(listener, 1) == 0);
	atexit(close_listener);
}

static void
open_world(struct world *world)
{
	if (listener < 0) {
		open_listener();
	}
	world->client = stage_rpc_client_create(path, TIMEOUT_NS, NULL);
	FUZZ_CHECK(world->client != NULL);
	world->fd = stage_sock_accept(listener, NULL);
	FUZZ_CHECK(world->fd >= 0);
}

static void
close_world(struct world *world)
{
	stage_rpc_client_destroy(world->client);
	close(world->fd);
}

static void
check_call(struct world *world)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *result = NULL;
	enum stage_status status = stage_rpc_client_call(world->client, "state",
		json_object(), TIMEOUT_NS, &result, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK(status != STAGE_TIMEOUT);
	FUZZ_CHECK((status == STAGE_OK) == (result != NULL));
	json_decref(result);
}

static void
check_subscription(struct world *world)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *snapshot = NULL;
	enum stage_status status = stage_rpc_client_subscribe(
		world->client, NULL, TIMEOUT_NS, &snapshot, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK(status != STAGE_TIMEOUT);
	FUZZ_CHECK((status == STAGE_OK) == (snapshot != NULL));
	json_decref(snapshot);
}

static void
check_event(struct stage_rpc_event *event)
{
	FUZZ_CHECK(event->epoch != NULL);
	FUZZ_CHECK(event->is_resync ||
		   (event->topic != NULL && event->data != NULL));
	stage_rpc_event_finish(event);
	FUZZ_CHECK(event->owned == NULL);
}

// Takes one event; err says why there was none.
static void
take_event(struct world *world, struct stage_err *err)
{
	struct stage_rpc_event event;
	enum stage_status status = stage_rpc_client_next_event(
		world->client, TIMEOUT_NS, &event, err);

	fuzz_check_err(status, err);
	FUZZ_CHECK(status != STAGE_TIMEOUT);
	if (status == STAGE_OK) {
		check_event(&event);
	}
}

// Takes all events of the stream; its end is told, and told again.
static void
check_events(struct world *world)
{
	struct stage_err before = STAGE_ERR_INIT;
	bool is_over = false;

	for (size_t i = 0; !is_over; i++) {
		struct stage_err err = STAGE_ERR_INIT;
		take_event(world, &err);
		is_over = err.status != STAGE_OK &&
			  strcmp(err.text, before.text) == 0;
		before = err;
		FUZZ_CHECK(i < INPUT_MAX); // more than there are messages
	}
}

// The first byte says what is asked for; the rest is what the server says.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world world;

	if (size < 1 || size > INPUT_MAX) {
		return 0;
	}
	open_world(&world);
	FUZZ_CHECK(size == 1 || send(world.fd, data + 1, size - 1,
					MSG_NOSIGNAL) == (ssize_t)(size - 1));
	shutdown(world.fd, SHUT_WR);
	if ((data[0] & 1) != 0) {
		check_call(&world);
	}
	if ((data[0] & 2) != 0) {
		check_subscription(&world);
	}
	check_events(&world);
	close_world(&world);
	return 0;
}
