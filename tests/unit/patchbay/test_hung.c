/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/hung.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "rpc/sock.h"
#include "scratch.h"

#define DEADLINE_MS 20000
#define HUNG(names)                                                            \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"state\":{\"hung\":"       \
	"[" names "]}}}\n"
#define EVENT(what, client)                                                    \
	"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"epoch\":"     \
	"\"e\",\"seq\":1,\"topic\":\"client\",\"data\":{\"what\":\"" what      \
	"\",\"client\":\"" client "\"}}}\n"
#define RESYNC                                                                 \
	"{\"jsonrpc\":\"2.0\",\"method\":\"resync\",\"params\":{\"epoch\":"    \
	"\"e\",\"seq\":7,\"dropped\":2}}\n"

static struct {
	struct scratch scratch;
	uv_loop_t loop;
	uv_timer_t deadline;
	int listens;
	pthread_t thread;             // plays the server
	_Atomic(const char *) answer; // to all who ask
	atomic_int asked;             // who did last; -1: nobody
	struct stage_patch_hung *hung;
	char told[256];
} world;

static void
on_told(void *user, const char *client, bool is_hung)
{
	size_t len = strlen(world.told);

	(void)user;
	assert_int_equal(
		stage_format(world.told + len, sizeof(world.told) - len,
			"%c%s ", is_hung ? '+' : '-', client),
		STAGE_OK);
}

static void
say(int fd, const char *text)
{
	size_t len = strlen(text);

	// Who has not waited is gone, and asks again.
	(void)!(send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len);
}

static void *
serve(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(world.listens, NULL, NULL)) >= 0) {
		int before = atomic_exchange(&world.asked, fd);
		say(fd, atomic_load(&world.answer));
		if (before >= 0) {
			close(before);
		}
	}
	return NULL;
}

static void
on_deadline(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("it was told \"%s\" only", world.told);
}

// On a busy computer an answer may come too late; it is asked for again then.
static void
await(const char *told)
{
	uv_timer_start(&world.deadline, on_deadline, DEADLINE_MS, 0);
	while (strcmp(world.told, told) != 0) {
		stage_patch_hung_listen(world.hung);
		if (strcmp(world.told, told) != 0) {
			uv_run(&world.loop, UV_RUN_ONCE);
		}
	}
	uv_timer_stop(&world.deadline);
}

static int
setup(void **state)
{
	struct sockaddr_un address;
	const char *path;
	(void)state;

	memset(&world, 0, sizeof(world));
	world.asked = -1;
	scratch_init(&world.scratch);
	uv_loop_init(&world.loop);
	uv_timer_init(&world.loop, &world.deadline);
	path = scratch_path(&world.scratch, "jack.sock");
	world.listens = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	world.hung = stage_patch_hung_create(&world.loop, path, on_told, NULL);
	return stage_rpc_sock_address(&address, path, NULL) != STAGE_OK ||
	       bind(world.listens, (struct sockaddr *)&address,
		       sizeof(address)) != 0 ||
	       listen(world.listens, 8) != 0 || world.hung == NULL ||
	       pthread_create(&world.thread, NULL, serve, NULL) != 0;
}

static int
teardown(void **state)
{
	(void)state;
	stage_patch_hung_destroy(world.hung);
	uv_close((uv_handle_t *)&world.deadline, NULL);
	uv_run(&world.loop, UV_RUN_DEFAULT);
	shutdown(world.listens, SHUT_RDWR);
	pthread_join(world.thread, NULL);
	close(world.asked);
	close(world.listens);
	scratch_finish(&world.scratch);
	return uv_loop_close(&world.loop);
}

static void
what_the_server_tells_is_told(void **state)
{
	(void)state;
	world.answer = HUNG("\"a\"");
	await("+a ");
	say(world.asked, EVENT("slow", "x") EVENT("hung", "b"));
	await("+a +b ");
	say(world.asked, EVENT("moves", "a"));
	await("+a +b -a ");
}

// What was lost may have been that one goes on.
static void
after_a_loss_the_snapshot_decides(void **state)
{
	(void)state;
	world.answer = HUNG("\"a\"");
	await("+a ");
	say(world.asked, EVENT("hung", "b"));
	await("+a +b ");
	world.answer = HUNG("\"b\"");
	say(world.asked, RESYNC);
	await("+a +b +b -a ");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_the_server_tells_is_told),
		TEST(after_a_loss_the_snapshot_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
