/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/conductor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

#define GUARD_MS 500
#define MS 1000000

#define FRIDAY                                                                 \
	"# Friday\n"                                                           \
	"Opener\n"                                                             \
	"- Ballad\n"                                                           \
	"Waltz\n"                                                              \
	"break 20 minutes\n"                                                   \
	"Encore\n"

// A rig with one setlist, an engine that loads when it is told to, and a clock.
struct evening {
	struct stage_show_conductor *conductor;
	const char *set; // text of the setlist "Friday"; NULL: there is none
	const char *songs[5];
	int64_t now_ns;
	struct stage_str log; // "open X;", "prepare X;", "0 text;"
	char loading[64];
	struct stage_show_asker asker; // of what loads
	unsigned moves;
};

static int64_t
now_ns(void *user)
{
	return ((struct evening *)user)->now_ns;
}

static enum stage_status
list_songs(void *user, struct stage_strv *names, struct stage_err *err)
{
	struct evening *self = user;

	(void)err;
	for (size_t i = 0; self->songs[i] != NULL; i++) {
		assert_int_equal(
			stage_strv_add(names, self->songs[i]), STAGE_OK);
	}
	return STAGE_OK;
}

static enum stage_status
load(void *user, const char *set, struct stage_show_setlist *out,
	struct stage_err *err)
{
	struct evening *self = user;

	*out = (struct stage_show_setlist){0};
	if (self->set == NULL || strcmp(set, "Friday") != 0) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no setlist \"%s\"", set);
	}
	return stage_show_setlist_parse(out, self->set, strlen(self->set));
}

static void
write_down(struct evening *self, const char *what, const char *text)
{
	assert_int_equal(
		stage_str_addf(&self->log, "%s%s;", what, text), STAGE_OK);
}

static void
answer_loading(
	struct evening *self, enum stage_show_code code, const char *text)
{
	struct stage_show_asker asker = self->asker;

	self->loading[0] = '\0';
	self->asker = (struct stage_show_asker){NULL, NULL};
	if (asker.answer != NULL) {
		asker.answer(asker.user, code, text);
	}
}

static void
open_song(void *user, const char *song, struct stage_show_asker asker)
{
	struct evening *self = user;

	write_down(self, "open ", song);
	answer_loading(self, STAGE_SHOW_NOT_NOW, "given up");
	snprintf(self->loading, sizeof(self->loading), "%s", song);
	self->asker = asker;
	if (strncmp(song, "Gone", 4) == 0) {
		answer_loading(self, STAGE_SHOW_NO_SUCH_FILE, "no such song");
	}
}

static void
prepare(void *user, const char *song)
{
	write_down(user, "prepare ", song != NULL ? song : "nothing");
}

static void
moved(void *user)
{
	((struct evening *)user)->moves++;
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
begin(struct evening *self)
{
	*self = (struct evening){
		.set = FRIDAY, .songs = {"A", "B", "C"}, .now_ns = 100000};
	self->conductor =
		stage_show_conductor_create(&ops, self, GUARD_MS * (int64_t)MS);
	assert_non_null(self->conductor);
}

static void
begin_friday(struct evening *self)
{
	begin(self);
	assert_int_equal(
		stage_show_conductor_use(self->conductor, "Friday", NULL),
		STAGE_OK);
	stage_str_clear(&self->log);
}

static void
finish(struct evening *self)
{
	answer_loading(self, STAGE_SHOW_GENERAL, "it has ended");
	stage_show_conductor_destroy(self->conductor);
	stage_str_finish(&self->log);
}

static void
on_answer(void *user, enum stage_show_code code, const char *text)
{
	char number[16];

	snprintf(number, sizeof(number), "%d ", (int)code);
	write_down(user, number, text);
}

static struct stage_show_asker
asker(struct evening *self)
{
	return (struct stage_show_asker){on_answer, self};
}

static void
expect(struct evening *self, const char *log)
{
	assert_string_equal(stage_str_text(&self->log), log);
	stage_str_clear(&self->log);
}

// What loads plays.
static void
arrive(struct evening *self)
{
	char song[sizeof(self->loading)];

	assert_true(self->loading[0] != '\0');
	memcpy(song, self->loading, sizeof(song));
	answer_loading(self, STAGE_SHOW_DONE, "Loaded.");
	stage_show_conductor_plays(self->conductor, song);
	stage_str_clear(&self->log);
}

static void
wish(struct evening *self, enum stage_show_wish wish)
{
	self->now_ns += (int64_t)GUARD_MS * MS;
	stage_show_conductor_do(self->conductor, wish, asker(self));
}

static void
play(struct evening *self, enum stage_show_wish what)
{
	wish(self, what);
	arrive(self);
}

static void
check(struct evening *self, size_t playing, size_t selected)
{
	const struct stage_show_place *place =
		stage_show_conductor_place(self->conductor);

	assert_int_equal(place->playing.number, playing);
	assert_int_equal(place->selected.number, selected);
}

static void
test_an_evening(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	check(&self, 0, 1);
	wish(&self, STAGE_SHOW_GO);
	expect(&self, "prepare Waltz;open Opener;");
	assert_int_equal(
		stage_show_conductor_place(self.conductor)->coming.number, 1);
	arrive(&self);
	check(&self, 1, 3); // 2 is skipped
	play(&self, STAGE_SHOW_NEXT);
	check(&self, 3, 4);
	assert_false(stage_show_conductor_place(self.conductor)->is_over);
	play(&self, STAGE_SHOW_GO);
	check(&self, 4, 0);
	assert_true(stage_show_conductor_place(self.conductor)->is_over);

	// The end, as often as somebody wants it.
	for (int i = 0; i < 3; i++) {
		wish(&self, i == 1 ? STAGE_SHOW_GO : STAGE_SHOW_NEXT);
		expect(&self, "-5 the setlist \"Friday\" is over: \"Encore\" "
			      "was its last song;");
		check(&self, 4, 0);
	}
	play(&self, STAGE_SHOW_PREVIOUS);
	check(&self, 3, 4);
	play(&self, STAGE_SHOW_PREVIOUS);
	check(&self, 1, 3);
	wish(&self, STAGE_SHOW_PREVIOUS);
	expect(&self, "-5 there is no song before \"Opener\", the first one of "
		      "the setlist \"Friday\";");
	check(&self, 1, 3);
	finish(&self);
}

static void
press(struct evening *self, enum stage_show_wish wish, int after_ms)
{
	self->now_ns += (int64_t)after_ms * MS;
	stage_show_conductor_do(self->conductor, wish, asker(self));
}

#define DOUBLE                                                                 \
	"-8 the same was asked for less than 500 ms before (show.guard of "    \
	"rig.conf);"

static void
test_a_double_go_is_one(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	press(&self, STAGE_SHOW_GO, 0);
	expect(&self, "prepare Waltz;open Opener;");
	press(&self, STAGE_SHOW_GO, 100);
	expect(&self, DOUBLE);
	press(&self, STAGE_SHOW_NEXT, 100); // two pedals, one foot
	expect(&self, DOUBLE);
	arrive(&self);
	check(&self, 1, 3);

	// Each press begins anew: a key that repeats is one press.
	for (int i = 0; i < 20; i++) {
		press(&self, STAGE_SHOW_NEXT, 50);
	}
	check(&self, 1, 3);
	stage_str_clear(&self.log);
	// The other way is another wish, and the latest one wins.
	press(&self, STAGE_SHOW_NEXT, 500);
	expect(&self, "prepare Encore;open Waltz;");
	press(&self, STAGE_SHOW_PREVIOUS, 1);
	expect(&self, "prepare Waltz;open Opener;-8 given up;");
	finish(&self);
}

static void
test_next_20_times_in_a_second_is_one_song(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	for (int i = 0; i < 20; i++) {
		press(&self, STAGE_SHOW_NEXT, 50);
	}
	arrive(&self);
	check(&self, 1, 3);
	finish(&self);
}

static void
test_without_a_guard_each_press_counts(void **state)
{
	struct evening self;

	(void)state;
	begin(&self);
	stage_show_conductor_destroy(self.conductor);
	self.conductor = stage_show_conductor_create(&ops, &self, 0);
	assert_int_equal(
		stage_show_conductor_use(self.conductor, "Friday", NULL),
		STAGE_OK);
	press(&self, STAGE_SHOW_NEXT, 0);
	press(&self, STAGE_SHOW_NEXT, 0);
	arrive(&self);
	check(&self, 3, 4);
	finish(&self);
}

static void
test_a_number_is_played_and_twice_is_once(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	stage_show_conductor_play(self.conductor, 4, asker(&self));
	stage_show_conductor_play(self.conductor, 4, asker(&self));
	expect(&self, "prepare nothing;open Encore;" DOUBLE);
	stage_show_conductor_play(self.conductor, 2, asker(&self));
	expect(&self, "prepare Waltz;open Ballad;-8 given up;");
	arrive(&self);
	check(&self, 2, 3); // also one that is skipped

	stage_show_conductor_play(self.conductor, 5, asker(&self));
	expect(&self, "-5 there is no song 5 in the setlist \"Friday\": it has "
		      "4;");
	stage_show_conductor_play(self.conductor, 0, asker(&self));
	expect(&self, "-5 there is no song 0 in the setlist \"Friday\": it has "
		      "4;");
	self.set = "Opener\na:b\n";
	stage_show_conductor_play(self.conductor, 2, asker(&self));
	assert_non_null(strstr(stage_str_text(&self.log),
		"song 2 of the setlist \"Friday\" has a name that no song can "
		"have"));
	finish(&self);
}

static void
test_the_latest_wish_wins_and_next_counts_from_it(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	wish(&self, STAGE_SHOW_NEXT);
	wish(&self, STAGE_SHOW_NEXT); // while it loads
	expect(&self, "prepare Waltz;open Opener;prepare Encore;open Waltz;"
		      "-8 given up;");
	arrive(&self);
	check(&self, 3, 4);
	finish(&self);
}

static void
test_a_song_that_is_gone_is_passed(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	self.set = "Opener\nGone\nWaltz\n";
	play(&self, STAGE_SHOW_NEXT);
	wish(&self, STAGE_SHOW_NEXT);
	expect(&self, "prepare Waltz;open Gone;-5 no such song;");
	check(&self, 1, 3); // it plays on
	play(&self, STAGE_SHOW_NEXT);
	check(&self, 3, 0);
	finish(&self);
}

static void
test_what_was_given_up_has_not_been(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	play(&self, STAGE_SHOW_NEXT);
	wish(&self, STAGE_SHOW_NEXT);
	// Somebody opens a song that is in no list.
	answer_loading(&self, STAGE_SHOW_NOT_NOW, "given up");
	stage_show_conductor_plays(self.conductor, "Request");
	check(&self, 0, 3);
	assert_string_equal(
		stage_show_conductor_place(self.conductor)->playing.name,
		"Request");
	// It was a way aside: back to where the list was left.
	assert_int_equal(
		stage_show_conductor_place(self.conductor)->previous.number, 1);
	play(&self, STAGE_SHOW_NEXT);
	check(&self, 3, 4);
	// One that is in the list moves the place there.
	stage_show_conductor_plays(self.conductor, "Ballad");
	check(&self, 2, 3);
	stage_show_conductor_plays(self.conductor, NULL);
	check(&self, 0, 3);
	finish(&self);
}

static void
test_what_is_selected_is_played_by_go(void **state)
{
	struct evening self;
	struct stage_err err = STAGE_ERR_INIT;

	(void)state;
	begin_friday(&self);
	assert_int_equal(
		stage_show_conductor_select(self.conductor, 4, NULL), STAGE_OK);
	expect(&self, "prepare Encore;");
	check(&self, 0, 4);
	assert_int_equal(
		stage_show_conductor_step(self.conductor, -1, NULL), STAGE_OK);
	check(&self, 0, 3);
	assert_int_equal(stage_show_conductor_step(self.conductor, -2, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "no song before \"Opener\""));
	check(&self, 0, 3);
	assert_int_equal(stage_show_conductor_step(self.conductor, 2, &err),
		STAGE_NOT_FOUND);
	check(&self, 0, 3);
	assert_int_equal(stage_show_conductor_select(self.conductor, 9, &err),
		STAGE_NOT_FOUND);
	// NEXT does not care, GO does.
	play(&self, STAGE_SHOW_NEXT);
	check(&self, 1, 3);
	assert_int_equal(
		stage_show_conductor_select(self.conductor, 2, NULL), STAGE_OK);
	play(&self, STAGE_SHOW_GO);
	check(&self, 2, 3);

	play(&self, STAGE_SHOW_GO);
	play(&self, STAGE_SHOW_GO);
	check(&self, 4, 0);
	assert_int_equal(
		stage_show_conductor_step(self.conductor, -1, NULL), STAGE_OK);
	check(&self, 4, 4); // from the end it is the last one
	assert_int_equal(
		stage_show_conductor_reset(self.conductor, NULL), STAGE_OK);
	check(&self, 4, 1);
	play(&self, STAGE_SHOW_NEXT);
	check(&self, 1, 3);
	finish(&self);
}

static void
test_the_list_may_change_at_any_time(void **state)
{
	static const struct {
		const char *set;
		size_t playing, selected, previous;
	} rows[] = {
		// What plays in the beginning is 3, Waltz.
		{FRIDAY, 3, 4, 1},
		{"New\n" FRIDAY, 4, 5, 2},
		{"Opener\nWaltz\nNew\nEncore\n", 2, 3, 1},
		{"Waltz\nEncore\nOpener\n", 1, 2, 0},
		{"Encore\nOpener\nWaltz\n", 3, 0, 2},
		// It is gone: between its neighbours.
		{"Opener\n- Ballad\nEncore\n", 0, 3, 1},
		{"Opener\nBallad\nEncore\n", 0, 3, 2},
		{"Opener\nOther\nEncore\n", 0, 2, 1},
		{"Encore\n", 0, 1, 0},
		{"", 0, 0, 0},
		{"Opener\nBallad\n", 0, 0, 2},
		// Twice, and once more.
		{"Opener\nWaltz\nBallad\nWaltz\nEncore\n", 4, 5, 3},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct evening self;

		begin_friday(&self);
		play(&self, STAGE_SHOW_GO);
		play(&self, STAGE_SHOW_GO);
		check(&self, 3, 4);
		self.set = rows[i].set;
		stage_show_conductor_look(self.conductor);
		check(&self, rows[i].playing, rows[i].selected);
		assert_int_equal(stage_show_conductor_place(self.conductor)
					 ->previous.number,
			rows[i].previous);
		finish(&self);
	}
}

static void
test_a_song_that_stands_twice_is_two_places(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	self.set = "Waltz\nOpener\nWaltz\nEncore\n";
	play(&self, STAGE_SHOW_NEXT);
	play(&self, STAGE_SHOW_NEXT);
	play(&self, STAGE_SHOW_NEXT);
	check(&self, 3, 4);
	self.set = "Encore\nOpener\nNew\nWaltz\nWaltz\n";
	stage_show_conductor_look(self.conductor);
	check(&self, 5, 0);
	finish(&self);
}

static void
test_a_list_that_cannot_be_read_is_the_one_that_was(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	play(&self, STAGE_SHOW_GO);
	self.set = NULL;
	play(&self, STAGE_SHOW_GO);
	check(&self, 3, 4);
	assert_string_equal(stage_show_conductor_place(self.conductor)->trouble,
		"there is no setlist \"Friday\"");
	self.set = FRIDAY "More\n";
	stage_show_conductor_look(self.conductor);
	assert_string_equal(
		stage_show_conductor_place(self.conductor)->trouble, "");
	assert_int_equal(stage_show_conductor_place(self.conductor)->songs, 5);
	// And one that is not there is not taken.
	assert_int_equal(
		stage_show_conductor_use(self.conductor, "Sunday", NULL),
		STAGE_NOT_FOUND);
	assert_string_equal(
		stage_show_conductor_place(self.conductor)->set, "Friday");
	finish(&self);
}

static void
test_without_a_setlist_all_songs_are_it(void **state)
{
	struct evening self;

	(void)state;
	begin(&self);
	play(&self, STAGE_SHOW_NEXT);
	check(&self, 1, 2);
	assert_null(stage_show_conductor_place(self.conductor)->set);
	stage_show_conductor_plays(self.conductor, "C");
	check(&self, 3, 0);
	stage_str_clear(&self.log);
	wish(&self, STAGE_SHOW_NEXT);
	expect(&self, "-5 the list of songs is over: \"C\" was its last song;");
	self.songs[0] = NULL;
	wish(&self, STAGE_SHOW_PREVIOUS);
	expect(&self, "-5 there are no songs;");
	finish(&self);
}

static void
test_a_set_goes_on_with_what_plays(void **state)
{
	struct evening self;

	(void)state;
	begin(&self);
	stage_show_conductor_plays(self.conductor, "Waltz");
	assert_int_equal(
		stage_show_conductor_use(self.conductor, "Friday", NULL),
		STAGE_OK);
	check(&self, 3, 4);
	assert_int_equal(
		stage_show_conductor_use(self.conductor, NULL, NULL), STAGE_OK);
	check(&self, 0, 1);
	finish(&self);
}

static void
test_renames_are_followed(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	play(&self, STAGE_SHOW_GO);
	play(&self, STAGE_SHOW_GO);
	self.set = "Opener\n- Ballad\nValse\nEncore\n";
	stage_show_conductor_renamed(self.conductor, "Waltz", "Valse");
	check(&self, 3, 4);
	assert_string_equal(
		stage_show_conductor_place(self.conductor)->playing.name,
		"Valse");
	stage_show_conductor_set_renamed(self.conductor, "Friday", "Sunday");
	assert_string_equal(
		stage_show_conductor_place(self.conductor)->set, "Sunday");
	stage_show_conductor_set_renamed(self.conductor, "Other", "Friday");
	assert_string_equal(
		stage_show_conductor_place(self.conductor)->set, "Sunday");
	finish(&self);
}

// Another one that goes on where this one was, after a change on disk.
static void
restart(struct evening *self, const char *set)
{
	json_t *memory = stage_show_conductor_write(self->conductor);

	assert_non_null(memory);
	stage_show_conductor_destroy(self->conductor);
	self->set = set;
	self->conductor = stage_show_conductor_create(&ops, self, 0);
	stage_show_conductor_read(self->conductor, memory);
	json_decref(memory);
}

static void
test_the_next_one_goes_on_at_the_place(void **state)
{
	struct evening self;

	(void)state;
	begin_friday(&self);
	play(&self, STAGE_SHOW_GO);
	play(&self, STAGE_SHOW_GO);
	assert_int_equal(
		stage_show_conductor_select(self.conductor, 2, NULL), STAGE_OK);
	restart(&self, FRIDAY);
	check(&self, 0, 2);
	stage_show_conductor_plays(self.conductor, "Waltz");
	check(&self, 3, 2);

	restart(&self, "New\n" FRIDAY);
	stage_show_conductor_plays(self.conductor, "Waltz");
	check(&self, 4, 3);
	restart(&self, NULL); // the list that was read last is still known
	stage_show_conductor_plays(self.conductor, "Waltz");
	check(&self, 4, 3);
	restart(&self, "Opener\n\xff\nWaltz\n");
	stage_show_conductor_plays(self.conductor, "Waltz");
	check(&self, 3, 0);
	restart(&self, "Opener\n\xff\nWaltz\nLast\n");
	stage_show_conductor_plays(self.conductor, "Waltz");
	check(&self, 3, 4);
	finish(&self);
}

static void
test_a_memory_may_be_anything(void **state)
{
	static const char *const texts[] = {"[]", "{}", "{\"set\":3}",
		"{\"set\":\"../x\",\"list\":7,\"number\":-1}",
		"{\"set\":\"Friday\",\"number\":99,\"chosen\":99}",
		"{\"set\":\"\",\"number\":1e300,\"is_on\":true}"};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		struct evening self;
		json_t *memory = json_loads(texts[i], 0, NULL);

		begin(&self);
		assert_non_null(memory);
		stage_show_conductor_read(self.conductor, memory);
		check(&self, 0, 1);
		json_decref(memory);
		finish(&self);
	}
}

static void
test_it_ends_with_nobody(void **state)
{
	(void)state;
	stage_show_conductor_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_evening),
		cmocka_unit_test(test_a_double_go_is_one),
		cmocka_unit_test(test_next_20_times_in_a_second_is_one_song),
		cmocka_unit_test(test_without_a_guard_each_press_counts),
		cmocka_unit_test(test_a_number_is_played_and_twice_is_once),
		cmocka_unit_test(
			test_the_latest_wish_wins_and_next_counts_from_it),
		cmocka_unit_test(test_a_song_that_is_gone_is_passed),
		cmocka_unit_test(test_what_was_given_up_has_not_been),
		cmocka_unit_test(test_what_is_selected_is_played_by_go),
		cmocka_unit_test(test_the_list_may_change_at_any_time),
		cmocka_unit_test(test_a_song_that_stands_twice_is_two_places),
		cmocka_unit_test(
			test_a_list_that_cannot_be_read_is_the_one_that_was),
		cmocka_unit_test(test_without_a_setlist_all_songs_are_it),
		cmocka_unit_test(test_a_set_goes_on_with_what_plays),
		cmocka_unit_test(test_renames_are_followed),
		cmocka_unit_test(test_the_next_one_goes_on_at_the_place),
		cmocka_unit_test(test_a_memory_may_be_anything),
		cmocka_unit_test(test_it_ends_with_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
