/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What stagecraft-jack tells on its socket of clients that hang, from a thread
 * of its own.
 *
 * Failures fail the cmocka test. Thread: the one that runs the test.
 */

#ifndef STAGE_TESTS_FAKE_HUNG_H
#define STAGE_TESTS_FAKE_HUNG_H

#include <pthread.h>
#include <stdatomic.h>

/** The answer to who subscribes: names in quotes, with commas. */
#define FAKE_HUNG(names)                                                       \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"state\":{\"hung\":"       \
	"[" names "]}}}\n"
#define FAKE_HUNG_EVENT(what, client)                                          \
	"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"epoch\":"     \
	"\"e\",\"seq\":1,\"topic\":\"client\",\"data\":{\"what\":\"" what      \
	"\",\"client\":\"" client "\"}}}\n"
#define FAKE_HUNG_RESYNC                                                       \
	"{\"jsonrpc\":\"2.0\",\"method\":\"resync\",\"params\":{\"epoch\":"    \
	"\"e\",\"seq\":7,\"dropped\":2}}\n"

struct fake_hung {
	int listens;
	pthread_t thread;
	_Atomic(const char *) answer; // to all who ask
	atomic_int asked;             // who did last; -1: nobody
};

/** Listens at a path and answers; answer is borrowed. */
void fake_hung_start(
	struct fake_hung *self, const char *path, const char *answer);

/** Sends a text to who asked last; who has not waited is gone. */
void fake_hung_say(struct fake_hung *self, const char *text);

void fake_hung_stop(struct fake_hung *self);

#endif
