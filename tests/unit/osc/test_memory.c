/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Each of our own allocations fails once. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "osc/udp.h"
#include "osc/write.h"
#include "world.h"

struct relay {
	struct stage_str out;
	enum stage_status status;
};

static void
relay(void *user, const struct stage_osc_message *message)
{
	struct relay *self = user;

	self->status =
		stage_osc_write_rest(&self->out, "/elsewhere", message, 0);
	if (self->status != STAGE_OK) {
		assert_int_equal(self->out.len, 0);
	}
}

static enum stage_status
write_and_read(void *user)
{
	struct stage_str written = {0};
	struct relay self = {.status = STAGE_NO_MEMORY};
	(void)user;

	if (stage_osc_write(&written, "/a", "si", "a text", (int32_t)7) !=
		STAGE_OK) {
		assert_int_equal(written.len, 0);
		return STAGE_NO_MEMORY;
	}
	(void)stage_osc_read(written.data, written.len, relay, &self);
	stage_str_finish(&written);
	stage_str_finish(&self.out);
	return self.status;
}

static void
without_memory_no_message_is_half_there(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(write_and_read, NULL) >= 4);
}

static void
on_message(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	(void)user;
	(void)from;
	(void)message;
}

static enum stage_status
listen_by_udp(void *user)
{
	struct world world;
	struct stage_osc_udp *udp;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;
	(void)user;

	world_init(&world);
	status = stage_osc_udp_create(
		&world.loop, "127.0.0.1", 0, on_message, NULL, &udp, &err);
	assert_int_equal(err.status, status);
	stage_osc_udp_destroy(udp);
	world_finish(&world);
	return status;
}

static void
without_memory_nobody_listens(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(listen_by_udp, NULL) >= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_no_message_is_half_there),
		cmocka_unit_test(without_memory_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
