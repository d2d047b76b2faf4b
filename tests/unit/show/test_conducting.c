/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The conductor before an engine: wishes that come while songs load, save and
 * close, and songs that go meanwhile. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine_world.h"
#include "show/conductor.h"

#define SET "A\nB\nC\nA\nD\n"

struct evening {
	struct world world; // first: `heard` is given it
	struct stage_show_conductor *conductor;
	const char *set;
};

static int64_t
now_ns(void *user)
{
	return ((struct evening *)user)->world.now_ns;
}

static enum stage_status
list_songs(void *user, struct stage_strv *names, struct stage_err *err)
{
	(void)user;
	(void)names;
	(void)err;
	return STAGE_OK;
}

static enum stage_status
load(void *user, const char *set, struct stage_show_setlist *out,
	struct stage_err *err)
{
	const struct evening *self = user;

	(void)set;
	(void)err;
	return stage_show_setlist_parse(out, self->set, strlen(self->set));
}

static void
open_song(void *user, const char *song, struct stage_show_asker asker)
{
	struct evening *self = user;

	stage_show_engine_open(
		self->world.engine, song, STAGE_SHOW_SAVE_BY_MODE, asker);
}

static void
prepare(void *user, const char *song)
{
	(void)user;
	(void)song;
}

static void
moved(void *user)
{
	(void)user;
}

static const struct stage_show_conductor_ops ops = {
	.now_ns = now_ns,
	.songs = list_songs,
	.load = load,
	.open = open_song,
	.prepare = prepare,
	.moved = moved,
};

static void
heard(struct world *world, enum stage_show_news what,
	const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	struct evening *self = (struct evening *)world;
	const struct stage_show_song *song =
		stage_show_engine_current(world->engine);

	(void)slot;
	(void)before;
	if (what == STAGE_SHOW_SONG) {
		stage_show_conductor_plays(
			self->conductor, song != NULL ? song->name : NULL);
	}
}

static int
set_up(void **state)
{
	static struct evening self;

	self = (struct evening){.set = SET};
	world_begin(&self.world);
	world_song(&self.world, "A", "zyn:zyn:nA1\n");
	world_song(&self.world, "B", "zyn:zyn:nB1\n");
	world_song(&self.world, "C", "zyn:zyn:nC1\n");
	self.conductor = stage_show_conductor_create(&ops, &self, 0);
	assert_non_null(self.conductor);
	self.world.heard = heard;
	assert_int_equal(stage_show_conductor_use(self.conductor, "Set", NULL),
		STAGE_OK);
	*state = &self;
	return 0;
}

static int
tear_down(void **state)
{
	struct evening *self = *state;

	self->world.heard = NULL;
	world_finish(&self->world);
	stage_show_conductor_destroy(self->conductor);
	return 0;
}

static void
wish(struct evening *self, enum stage_show_wish what)
{
	stage_show_conductor_do(
		self->conductor, what, world_asker(&self->world));
}

static void
arrive(struct evening *self)
{
	world_come_up(&self->world, "");
	world_end_ended(&self->world);
	world_come_up(&self->world, "");
}

// What plays, what was asked for, and what is next.
static void
check(struct evening *self, size_t playing, size_t coming, size_t next)
{
	const struct stage_show_place *place =
		stage_show_conductor_place(self->conductor);

	assert_int_equal(place->playing.number, playing);
	assert_int_equal(place->coming.number, coming);
	assert_int_equal(place->next.number, next);
}

static void
test_wishes_while_songs_load(void **state)
{
	struct evening *self = *state;

	wish(self, STAGE_SHOW_NEXT);
	wish(self, STAGE_SHOW_NEXT);
	wish(self, STAGE_SHOW_NEXT);
	check(self, 0, 3, 4);
	world_expect_answers(&self->world,
		"-8 given up: B was asked for meanwhile;"
		"-8 given up: C was asked for meanwhile;");
	arrive(self);
	check(self, 3, 0, 4);
	world_expect_answers(&self->world, "0 Loaded.;");

	// Back to the one that plays: it is kept, and nothing is loaded.
	wish(self, STAGE_SHOW_PREVIOUS);
	check(self, 3, 2, 3);
	wish(self, STAGE_SHOW_NEXT);
	check(self, 3, 0, 4);
	world_expect_answers(&self->world,
		"-8 given up: C was asked for meanwhile;0 Loaded.;");
}

static void
test_back_to_what_plays_at_another_place(void **state)
{
	struct evening *self = *state;

	wish(self, STAGE_SHOW_NEXT);
	arrive(self);
	check(self, 1, 0, 2);
	stage_show_conductor_play(
		self->conductor, 3, world_asker(&self->world));
	wish(self, STAGE_SHOW_NEXT); // A again, which is still there
	check(self, 4, 0, 5);
}

static void
test_a_song_that_is_not_there_is_passed(void **state)
{
	struct evening *self = *state;

	stage_show_conductor_play(
		self->conductor, 4, world_asker(&self->world));
	arrive(self);
	check(self, 4, 0, 5);
	wish(self, STAGE_SHOW_NEXT); // D
	check(self, 4, 0, 0);
	wish(self, STAGE_SHOW_NEXT);
	check(self, 4, 0, 0);
	wish(self, STAGE_SHOW_PREVIOUS);
	check(self, 4, 4, 5); // loaded anew
	arrive(self);
	check(self, 4, 0, 5);
}

static void
test_wishes_while_it_saves_and_closes(void **state)
{
	struct evening *self = *state;

	wish(self, STAGE_SHOW_NEXT);
	arrive(self);
	stage_show_engine_set_edit(self->world.engine, true);
	wish(self, STAGE_SHOW_NEXT); // A saves first
	check(self, 1, 2, 3);
	wish(self, STAGE_SHOW_NEXT);
	check(self, 1, 3, 4);
	world_saved(&self->world, "nA1");
	arrive(self);
	check(self, 3, 0, 4);

	// A close takes the wish back; one behind it takes the close back.
	stage_show_engine_set_edit(self->world.engine, false);
	wish(self, STAGE_SHOW_PREVIOUS);
	check(self, 3, 2, 3);
	stage_show_engine_close(self->world.engine, STAGE_SHOW_SAVE_NOT,
		world_asker(&self->world));
	check(self, 0, 0, 4);
	wish(self, STAGE_SHOW_NEXT);
	check(self, 0, 4, 5);
	arrive(self);
	check(self, 4, 0, 5);
}

static void
test_the_engine_ends_while_a_wish_waits(void **state)
{
	struct evening *self = *state;

	wish(self, STAGE_SHOW_NEXT);
	wish(self, STAGE_SHOW_NEXT);
	check(self, 0, 2, 3);
	stage_show_engine_quit(self->world.engine, STAGE_SHOW_SAVE_NOT,
		world_asker(&self->world));
	check(self, 0, 0, 1);
	wish(self, STAGE_SHOW_NEXT);
	check(self, 0, 0, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_wishes_while_songs_load, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_back_to_what_plays_at_another_place, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_song_that_is_not_there_is_passed, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_wishes_while_it_saves_and_closes, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_the_engine_ends_while_a_wish_waits, set_up,
			tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
