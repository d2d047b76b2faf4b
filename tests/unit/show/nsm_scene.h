/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** An engine of the world that is told things by messages, and what it sends.
 * Failures fail the cmocka test. Thread: the one that runs the test. */

#ifndef STAGE_TEST_NSM_SCENE_H
#define STAGE_TEST_NSM_SCENE_H

#include "engine_world.h"
#include "osc/write.h"
#include "show/nsm.h"

#define CLIENT 1000 // the port of the first program that the world starts
#define CONTROL 50
#define GUI 60

struct scene {
	struct world world;
	struct stage_show_nsm *nsm;
	struct stage_str sent; // "PORT /address arg arg;" each
};

/** For cmocka; the songs are A and Set/B, with a zyn each. */
int scene_set_up(void **state);
int scene_tear_down(void **state);

/** A datagram comes in from a port of this computer. */
void scene_hear(struct scene *scene, int port, const void *bytes, size_t len);

/** Compares what was sent, and forgets it. */
void scene_expect(struct scene *scene, const char *sent);

/** Song A plays: its zyn can switch, and has a window. */
void scene_come_up(struct scene *scene);

/** A message comes in; types and arguments as stage_osc_write. */
#define SAY(scene, port, ...)                                                  \
	do {                                                                   \
		struct stage_str said = {0};                                   \
                                                                               \
		assert_int_equal(                                              \
			stage_osc_write(&said, __VA_ARGS__), STAGE_OK);        \
		scene_hear(scene, port, said.data, said.len);                  \
		stage_str_finish(&said);                                       \
	} while (0)

#endif
