/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "nsm_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
write_down(void *user, const struct stage_osc_message *message)
{
	struct stage_str *out = user;
	int32_t number;
	double real;

	assert_int_equal(stage_str_addf(out, "%s", message->address), STAGE_OK);
	for (size_t i = 0; i < message->count; i++) {
		if (stage_osc_text(message, i) != NULL) {
			assert_int_equal(stage_str_addf(out, " %s",
						 stage_osc_text(message, i)),
				STAGE_OK);
		} else if (stage_osc_int(message, i, &number)) {
			assert_int_equal(
				stage_str_addf(out, " %d", (int)number),
				STAGE_OK);
		} else if (stage_osc_number(message, i, &real)) {
			assert_int_equal(
				stage_str_addf(out, " %.2f", real), STAGE_OK);
		}
	}
	assert_int_equal(stage_str_add(out, ";"), STAGE_OK);
}

static void
send_bytes(void *user, const struct stage_osc_peer *to, const void *bytes,
	size_t len)
{
	struct scene *scene = user;

	assert_int_equal(
		stage_str_addf(&scene->sent, "%d ", stage_osc_peer_port(to)),
		STAGE_OK);
	assert_true(stage_osc_read(bytes, len, write_down, &scene->sent));
}

static void
list(void *user, void (*each)(void *ctx, const char *name), void *ctx)
{
	const struct scene *scene = user;

	for (size_t i = 0; i < scene->world.song_count; i++) {
		each(ctx, scene->world.songs[i].name);
	}
}

static const struct stage_show_nsm_ops ops = {
	.send = send_bytes,
	.list = list,
};

static void
news(struct world *world, enum stage_show_news what,
	const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	struct scene *scene = (struct scene *)world;

	stage_show_nsm_news(scene->nsm, what, slot, before);
}

int
scene_set_up(void **state)
{
	static struct scene scene;

	memset(&scene, 0, sizeof(scene));
	world_begin(&scene.world);
	world_song(&scene.world, "A", "zyn:zyn:nA1\n");
	world_song(&scene.world, "Set/B", "zyn:zyn:nB1\n");
	scene.nsm = stage_show_nsm_create(&ops, &scene, "/songs");
	assert_non_null(scene.nsm);
	stage_show_nsm_set_engine(scene.nsm, scene.world.engine);
	scene.world.heard = news;
	*state = &scene;
	return 0;
}

int
scene_tear_down(void **state)
{
	struct scene *scene = *state;

	world_finish(&scene->world);
	stage_show_nsm_destroy(scene->nsm);
	stage_str_finish(&scene->sent);
	return 0;
}

struct arrival {
	struct scene *scene;
	struct stage_osc_peer from;
};

static void
arrive(void *user, const struct stage_osc_message *message)
{
	const struct arrival *arrival = user;

	stage_show_nsm_heard(arrival->scene->nsm, &arrival->from, message);
}

void
scene_hear(struct scene *scene, int port, const void *bytes, size_t len)
{
	struct arrival arrival = {.scene = scene};

	assert_int_equal(
		stage_osc_peer_init(&arrival.from, "127.0.0.1", port, NULL),
		STAGE_OK);
	(void)stage_osc_read(bytes, len, arrive, &arrival);
}

void
scene_expect(struct scene *scene, const char *sent)
{
	assert_string_equal(stage_str_text(&scene->sent), sent);
	stage_str_clear(&scene->sent);
}

void
scene_come_up(struct scene *scene)
{
	SAY(scene, CONTROL, "/nsm/server/open", "s", "A");
	SAY(scene, CLIENT, "/nsm/server/announce", "sssiii", "zyn",
		":switch:optional-gui:", "zyn", 1, 2, CLIENT);
	SAY(scene, CLIENT, "/reply", "ss", "/nsm/client/open", "ok");
	stage_str_clear(&scene->sent);
	assert_int_equal(world_state(&scene->world, "nA1"), STAGE_SHOW_READY);
}
