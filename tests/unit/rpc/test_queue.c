/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rpc/queue.h"

static enum stage_status
push_answer(struct stage_rpc_queue *queue, const char *text)
{
	struct stage_rpc_line *line = stage_rpc_line_create(text, strlen(text));
	enum stage_status status = stage_rpc_queue_push_answer(queue, line);

	stage_rpc_line_destroy(line);
	return status;
}

static void
push_event(struct stage_rpc_queue *queue, const char *text)
{
	struct stage_rpc_line *line = stage_rpc_line_create(text, strlen(text));

	stage_rpc_queue_push_event(queue, line);
	stage_rpc_line_destroy(line);
}

// All that is to be sent, as one text.
static const char *
content(const struct stage_rpc_queue *queue)
{
	static char text[4096];
	struct iovec iov[64];
	size_t count = stage_rpc_queue_peek(queue, iov, 64);
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		memcpy(text + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	text[len] = '\0';
	return text;
}

static void
check_empty(const struct stage_rpc_queue *queue)
{
	assert_null(queue->first);
	assert_null(queue->last);
	assert_int_equal(queue->bytes, 0);
	assert_int_equal(queue->answer_bytes, 0);
	assert_int_equal(queue->sent_bytes, 0);
}

static void
test_order(void **state)
{
	struct stage_rpc_queue queue = {.max_bytes = 1000};
	struct iovec iov[2];

	(void)state;
	push_event(&queue, "1\n");
	assert_int_equal(push_answer(&queue, "22\n"), STAGE_OK);
	push_event(&queue, "3\n");
	assert_string_equal(content(&queue), "1\n22\n3\n");
	assert_int_equal(stage_rpc_queue_peek(&queue, iov, 2), 2);
	stage_rpc_queue_consume(&queue, 3);
	assert_string_equal(content(&queue), "2\n3\n");
	stage_rpc_queue_consume(&queue, 0);
	stage_rpc_queue_consume(&queue, 4);
	assert_false(stage_rpc_queue_needs_resync(&queue));
	check_empty(&queue);
	stage_rpc_queue_finish(&queue);
}

static void
test_full_drops_events(void **state)
{
	struct stage_rpc_queue queue = {.max_bytes = 200};

	(void)state;
	assert_int_equal(push_answer(&queue, "answer\n"), STAGE_OK);
	for (int i = 0; i < 100; i++) {
		push_event(&queue, "event\n");
		assert_true(queue.bytes <= 200);
	}
	assert_true(queue.is_lagging);
	assert_false(stage_rpc_queue_needs_resync(&queue));
	assert_string_equal(content(&queue), "answer\n");
	assert_int_equal(queue.bytes, queue.answer_bytes);
	stage_rpc_queue_consume(&queue, 7);
	assert_true(stage_rpc_queue_needs_resync(&queue));
	assert_int_equal(stage_rpc_queue_resume(&queue), 100);
	assert_false(stage_rpc_queue_needs_resync(&queue));
	assert_int_equal(stage_rpc_queue_resume(&queue), 0);
	push_event(&queue, "event\n");
	assert_string_equal(content(&queue), "event\n");
	stage_rpc_queue_finish(&queue);
	check_empty(&queue);
}

// What was begun must be finished, or the client reads nonsense.
static void
test_half_sent_event_stays(void **state)
{
	struct stage_rpc_queue queue = {.max_bytes = 1000};

	(void)state;
	push_event(&queue, "one\n");
	push_event(&queue, "two\n");
	push_event(&queue, "three\n");
	stage_rpc_queue_consume(&queue, 5);
	assert_int_equal(stage_rpc_queue_drop_events(&queue), 1);
	assert_string_equal(content(&queue), "wo\n");
	push_event(&queue, "four\n");
	assert_string_equal(content(&queue), "wo\nfour\n");
	stage_rpc_queue_consume(&queue, 3);
	assert_int_equal(stage_rpc_queue_drop_events(&queue), 1);
	check_empty(&queue);
	assert_int_equal(stage_rpc_queue_drop_events(&queue), 0);
	stage_rpc_queue_finish(&queue);
}

static void
test_answers_push_events_out(void **state)
{
	struct stage_rpc_queue queue = {.max_bytes = 200};
	char big[151];

	(void)state;
	memset(big, 'x', sizeof(big));
	big[150] = '\0';
	push_event(&queue, "event\n");
	push_event(&queue, "event\n");
	assert_int_equal(push_answer(&queue, big), STAGE_OK);
	assert_true(queue.is_lagging);
	assert_int_equal(queue.dropped, 2);
	assert_string_equal(content(&queue), big);
	assert_int_equal(push_answer(&queue, big), STAGE_FULL);
	assert_string_equal(content(&queue), big);
	stage_rpc_queue_consume(&queue, 150);
	assert_true(stage_rpc_queue_needs_resync(&queue));
	stage_rpc_queue_finish(&queue);
}

static void
test_too_big_for_an_empty_queue(void **state)
{
	struct stage_rpc_queue queue = {.max_bytes = 40};

	(void)state;
	push_event(&queue, "a line of more bytes than all of the queue\n");
	assert_true(stage_rpc_queue_needs_resync(&queue));
	assert_int_equal(stage_rpc_queue_resume(&queue), 1);
	assert_int_equal(
		push_answer(&queue, "a line of more bytes than the queue may "
				    "hold\n"),
		STAGE_FULL);
	assert_false(queue.is_lagging);
	stage_rpc_queue_finish(&queue);
}

static void
test_event_that_could_not_be_made(void **state)
{
	struct stage_rpc_queue queue = {.max_bytes = 1000};

	(void)state;
	stage_rpc_queue_push_event(&queue, NULL);
	stage_rpc_queue_push_event(&queue, NULL);
	assert_true(stage_rpc_queue_needs_resync(&queue));
	assert_int_equal(stage_rpc_queue_resume(&queue), 2);
	stage_rpc_queue_finish(&queue);
}

static void
test_shared_line(void **state)
{
	struct stage_rpc_queue queues[3] = {
		{.max_bytes = 1000}, {.max_bytes = 1000}, {.max_bytes = 1000}};
	struct stage_rpc_line *line = stage_rpc_line_create("shared\n", 7);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		stage_rpc_queue_push_event(&queues[i], line);
	}
	stage_rpc_line_destroy(line);
	stage_rpc_queue_finish(&queues[0]);
	stage_rpc_queue_consume(&queues[1], 7);
	assert_string_equal(content(&queues[2]), "shared\n");
	stage_rpc_queue_finish(&queues[1]);
	stage_rpc_queue_finish(&queues[2]);
}

static void
test_finish_null(void **state)
{
	struct stage_rpc_queue queue = {.max_bytes = 5};

	(void)state;
	stage_rpc_line_destroy(NULL);
	stage_rpc_queue_finish(NULL);
	stage_rpc_queue_finish(&queue);
	assert_int_equal(queue.max_bytes, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_full_drops_events),
		cmocka_unit_test(test_half_sent_event_stays),
		cmocka_unit_test(test_answers_push_events_out),
		cmocka_unit_test(test_too_big_for_an_empty_queue),
		cmocka_unit_test(test_event_that_could_not_be_made),
		cmocka_unit_test(test_shared_line),
		cmocka_unit_test(test_finish_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
