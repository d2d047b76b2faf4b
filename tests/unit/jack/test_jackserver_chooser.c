/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"
#include "jackserver/chooser.h"

// A world in which devices open, or do not.
static struct world {
	struct stage_chooser *chooser;
	struct stage_chooser_config config;
	struct stage_cards cards;
	uint64_t lives;
	int64_t now_ns;
	const char *busy;    // device that another program holds
	const char *refuses; // device that probes well and does not open
	bool is_slow;        // it does open, but no cycle runs in time
	uint32_t rate_hz;    // the only one that devices have; 0: any
	char log[1024];      // the steps
	bool has_given_up;
	bool is_broken; // a running server was switched to what did not open
	struct stage_control_have have;
} world;

static int
setup(void **state)
{
	(void)state;
	world = (struct world){.now_ns = STAGE_NS_PER_S, .lives = 100};
	world.config.base.rate_hz = 48000;
	world.config.base.period_frames = 256;
	world.config.base.periods = 2;
	world.config.can_probe = true;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	stage_chooser_destroy(world.chooser);
	return 0;
}

static void
wish(const char *word)
{
	struct stage_err err = STAGE_ERR_INIT;
	size_t wrong;

	assert_int_equal(stage_wish_parse(&word, 1,
				 &world.config.wishes[world.config.wish_count],
				 &wrong, &err),
		STAGE_OK);
	world.config.wish_count++;
}

static void
plug(const char *id)
{
	struct stage_sound_card *card = &world.cards.cards[world.cards.count];

	world.lives++;
	*card = (struct stage_sound_card){
		.is = {.card = (int)world.cards.count, .is_usb = true},
		.is_speaker = true,
		.life = world.lives};
	strcpy(card->is.id, id);
	strcpy(card->is.serial, id);
	world.cards.count++;
	if (world.chooser != NULL) {
		stage_chooser_cards(world.chooser, &world.cards);
	}
}

static void
pull(const char *id)
{
	size_t i = 0;

	while (strcmp(world.cards.cards[i].is.id, id) != 0) {
		i++;
	}
	world.cards.count--;
	for (; i < world.cards.count; i++) {
		world.cards.cards[i] = world.cards.cards[i + 1];
	}
	stage_chooser_cards(world.chooser, &world.cards);
}

static bool
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

static void
note_step(const char *verb, const struct stage_control_want *want)
{
	size_t len = strlen(world.log);

	snprintf(world.log + len, sizeof(world.log) - len, "%s%s %s",
		len > 0 ? ", " : "", verb,
		want->device[0] != '\0' ? want->device : want->driver);
}

static void
do_probe(const struct stage_control_want *want)
{
	struct stage_probed result = {.rate_hz = want->rate_hz,
		.period_frames = want->period_frames,
		.periods = want->periods};

	note_step("probe", want);
	if (world.rate_hz != 0) {
		result.rate_hz = world.rate_hz;
	}
	if (is(world.busy, want->device)) {
		stage_err_set(&result.err, STAGE_BUSY,
			"%s is in use by aplay, process 7", want->device);
	}
	stage_chooser_probed(world.chooser, &result, world.now_ns);
}

static void
do_open(const struct stage_control_want *want)
{
	static bool is_running;
	struct stage_err err = STAGE_ERR_INIT;

	is_running = strstr(world.log, "open") != NULL;
	note_step("open", want);
	if (is(world.refuses, want->device) ||
		is(world.refuses, want->driver)) {
		stage_err_set(&err, world.is_slow ? STAGE_TIMEOUT : STAGE_IO,
			"unable to open %s", want->device);
		world.is_broken = is_running;
	} else {
		world.have =
			(struct stage_control_have){.rate_hz = want->rate_hz,
				.period_frames = want->period_frames,
				.inputs = 4,
				.outputs = 6};
		if (strcmp(want->driver, "dummy") == 0) {
			world.have.inputs = want->inputs;
			world.have.outputs = want->outputs;
		}
	}
	stage_chooser_opened(world.chooser, &err, &world.have, world.now_ns);
}

// Does all steps that there are; they are what `steps` says.
static void
assert_steps(const char *steps)
{
	enum stage_step step = STAGE_STEP_PROBE;
	struct stage_order order;

	if (world.chooser == NULL) {
		world.chooser = stage_chooser_create(&world.config);
		stage_chooser_cards(world.chooser, &world.cards);
	}
	world.log[0] = '\0';
	for (int i = 0; i < 20 && step != STAGE_STEP_NONE; i++) {
		step = stage_chooser_next(world.chooser, world.now_ns, &order);
		if (step == STAGE_STEP_PROBE) {
			do_probe(&order.want);
		} else if (step == STAGE_STEP_OPEN) {
			do_open(&order.want);
		} else if (step == STAGE_STEP_GIVE_UP) {
			world.has_given_up = true;
			break;
		}
	}
	assert_string_equal(world.log, steps);
}

static void
assert_note(const char *wanted)
{
	char note[STAGE_ERR_TEXT_MAX];

	stage_chooser_note(world.chooser, note, sizeof(note));
	assert_string_equal(note, wanted);
	assert_int_equal(
		stage_chooser_is_content(world.chooser), wanted[0] == '\0');
}

static void
no_card_then_one_comes(void **state)
{
	(void)state;

	assert_steps("open dummy");
	assert_note("plays on the dummy driver, silent: no sound card was "
		    "found");
	plug("USB");
	assert_steps("probe hw:USB, open hw:USB");
	assert_note("");
	assert_steps("");
	assert_int_equal(stage_chooser_due_ns(world.chooser), -1);
}

static void
pulled_and_plugged_in_again(void **state)
{
	(void)state;

	plug("USB");
	assert_steps("probe hw:USB, open hw:USB");
	for (int i = 0; i < 5; i++) {
		pull("USB");
		assert_steps("open dummy");
		// the ports are as many as they were
		assert_int_equal(world.have.inputs, 4);
		assert_int_equal(world.have.outputs, 6);
		assert_note("plays on the dummy driver, silent: hw:USB was "
			    "pulled");
		plug("USB");
		assert_steps("probe hw:USB, open hw:USB");
		assert_note("");
	}
}

// Between two looks, under the same number and id.
static void
pulled_and_plugged_in_unseen(void **state)
{
	(void)state;

	plug("USB");
	assert_steps("probe hw:USB, open hw:USB");
	world.cards.count = 0;
	plug("USB");
	assert_steps("open dummy, probe hw:USB, open hw:USB");
}

static void
by_preference(void **state)
{
	(void)state;

	wish("serial:A");
	wish("id:B");
	assert_steps("open dummy");
	assert_note("plays on the dummy driver, silent: serial:A is not there");
	plug("C"); // nobody wishes for it
	assert_steps("");
	plug("B");
	assert_steps("probe hw:B, open hw:B");
	assert_note("plays on hw:B: serial:A is not there");
	plug("A");
	assert_steps("probe hw:A, open hw:A");
	assert_note("");
	pull("A");
	assert_steps("open dummy, probe hw:B, open hw:B");
}

static void
what_plays_is_left_for_a_wish_only(void **state)
{
	(void)state;

	wish("id:A");
	wish("auto");
	plug("C");
	assert_steps("probe hw:C, open hw:C");
	plug("B"); // no better than C
	assert_steps("");
	plug("A");
	assert_steps("probe hw:A, open hw:A");
}

static void
assert_wrong(size_t card, const char *wanted)
{
	enum stage_wish_key key;
	const char *wrong;
	size_t rank;

	assert_true(
		stage_chooser_card(world.chooser, card, &rank, &key, &wrong));
	assert_string_equal(wrong, wanted);
}

static void
a_busy_card_is_tried_again(void **state)
{
	(void)state;

	plug("USB");
	world.busy = "hw:USB";
	assert_steps("probe hw:USB, open dummy");
	assert_note("plays on the dummy driver, silent: hw:USB is in use by "
		    "aplay, process 7");
	assert_wrong(0, "hw:USB is in use by aplay, process 7");
	assert_steps("");
	assert_int_equal(stage_chooser_due_ns(world.chooser),
		world.now_ns + STAGE_NS_PER_S);
	// somebody closed something, but not that
	stage_chooser_touched(world.chooser, world.now_ns);
	assert_steps("probe hw:USB");
	world.busy = NULL;
	stage_chooser_touched(world.chooser, world.now_ns);
	assert_steps("probe hw:USB, open hw:USB");
	assert_wrong(0, "");
	assert_note("");
}

static void
less_and_less_often(void **state)
{
	static const int waits_s[] = {1, 2, 4, 8, 16, 32, 60, 60};
	(void)state;

	plug("USB");
	world.busy = "hw:USB";
	assert_steps("probe hw:USB, open dummy");
	for (size_t i = 0; i < STAGE_COUNT_OF(waits_s); i++) {
		int64_t due_ns = stage_chooser_due_ns(world.chooser);
		assert_int_equal(
			due_ns, world.now_ns + waits_s[i] * STAGE_NS_PER_S);
		world.now_ns = due_ns - 1;
		assert_steps("");
		world.now_ns = due_ns;
		assert_steps("probe hw:USB");
	}
}

// The second of two cards plays meanwhile.
static void
the_next_best(void **state)
{
	(void)state;

	plug("A");
	plug("B");
	world.busy = "hw:A";
	assert_steps("probe hw:A, probe hw:B, open hw:B");
	assert_note("plays on hw:B: hw:A is in use by aplay, process 7");
}

static void
a_failed_open_is_not_tried_again(void **state)
{
	(void)state;

	plug("USB");
	world.refuses = "hw:USB";
	assert_steps("probe hw:USB, open hw:USB, open dummy");
	assert_note("plays on the dummy driver, silent: unable to open hw:USB");
	stage_chooser_touched(world.chooser, world.now_ns);
	world.now_ns += 1000 * STAGE_NS_PER_S;
	assert_steps("");
	assert_int_equal(stage_chooser_due_ns(world.chooser), -1);
	assert_false(world.is_broken);
	// but when it was plugged in anew, or somebody asks
	world.refuses = NULL;
	pull("USB");
	plug("USB");
	assert_steps("probe hw:USB, open hw:USB");
}

// A computer that has much to do when it starts.
static void
a_first_cycle_that_was_late_is_waited_for_again(void **state)
{
	(void)state;

	plug("USB");
	world.refuses = "hw:USB";
	world.is_slow = true;
	assert_steps("probe hw:USB, open hw:USB, open dummy");
	assert_note("plays on the dummy driver, silent: unable to open hw:USB");
	assert_steps("");
	assert_int_equal(stage_chooser_due_ns(world.chooser),
		world.now_ns + STAGE_NS_PER_S);
	world.refuses = NULL;
	world.now_ns += STAGE_NS_PER_S;
	assert_steps("probe hw:USB, open hw:USB");
	assert_note("");
	// and if it never gives any, less and less often
	stage_chooser_stands_still(world.chooser, world.now_ns);
	assert_steps("open dummy");
	assert_int_equal(stage_chooser_due_ns(world.chooser),
		world.now_ns + 2 * STAGE_NS_PER_S);
}

static void
nothing_opens(void **state)
{
	(void)state;

	world.refuses = "dummy";
	assert_steps("open dummy");
	assert_true(world.has_given_up);
}

static void
cycles_that_stop(void **state)
{
	(void)state;

	plug("USB");
	assert_steps("probe hw:USB, open hw:USB");
	stage_chooser_stands_still(world.chooser, world.now_ns);
	assert_steps("open dummy");
	assert_note("plays on the dummy driver, silent: hw:USB gives no cycles "
		    "any more");
	// a card that dies each time is not opened in a loop
	for (int wait_s = 1; wait_s <= 32; wait_s *= 2) {
		assert_int_equal(stage_chooser_due_ns(world.chooser),
			world.now_ns + wait_s * STAGE_NS_PER_S);
		world.now_ns += wait_s * STAGE_NS_PER_S;
		assert_steps("probe hw:USB, open hw:USB");
		world.now_ns += STAGE_NS_PER_S;
		stage_chooser_stands_still(world.chooser, world.now_ns);
		assert_steps("open dummy");
	}
	world.now_ns += 60 * STAGE_NS_PER_S;
	assert_steps("probe hw:USB, open hw:USB");
	// it played well for long: what was is forgotten
	world.now_ns += 3600 * STAGE_NS_PER_S;
	stage_chooser_stands_still(world.chooser, world.now_ns);
	assert_steps("open dummy");
	assert_int_equal(stage_chooser_due_ns(world.chooser),
		world.now_ns + STAGE_NS_PER_S);
}

static void
the_dummy_stands_still(void **state)
{
	(void)state;

	assert_steps("open dummy");
	stage_chooser_stands_still(world.chooser, world.now_ns);
	assert_steps("");
	assert_true(world.has_given_up);
}

static void
another_rate(void **state)
{
	(void)state;

	plug("USB");
	world.rate_hz = 44100;
	assert_steps("probe hw:USB, open hw:USB");
	assert_int_equal(world.have.rate_hz, 44100);
	assert_note("hw:USB runs at 44100 Hz: it does not do 48000 Hz");
	// no client has to follow once more
	pull("USB");
	assert_steps("open dummy");
	assert_int_equal(world.have.rate_hz, 44100);
	plug("USB");
	assert_steps("probe hw:USB, open hw:USB");
	assert_steps("");
}

static void
other_settings(void **state)
{
	(void)state;

	plug("USB");
	assert_steps("probe hw:USB, open hw:USB");
	stage_chooser_configure(world.chooser, &world.config); // the same
	assert_steps("");
	world.config.base.period_frames = 64;
	stage_chooser_configure(world.chooser, &world.config);
	assert_steps("open dummy, probe hw:USB, open hw:USB");
	assert_int_equal(world.have.period_frames, 64);
	plug("B");
	assert_steps("");
	wish("id:B");
	stage_chooser_configure(world.chooser, &world.config);
	assert_steps("probe hw:B, open hw:B");
	// for one that is not there, what plays is not left
	world.config.wish_count = 0;
	wish("id:C");
	stage_chooser_configure(world.chooser, &world.config);
	assert_steps("");
	assert_note("plays on hw:B: hw:C is not there");
}

static void
names_of_alsas_files(void **state)
{
	(void)state;

	wish("fancy");
	world.busy = "fancy";
	assert_steps("probe fancy, open dummy");
	world.busy = NULL;
	world.now_ns = stage_chooser_due_ns(world.chooser);
	assert_steps("probe fancy, open fancy");
	assert_note("");
	plug("USB"); // what comes and goes is none of its business
	assert_steps("");
	pull("USB");
	assert_steps("");
}

static void
a_driver_that_is_named(void **state)
{
	(void)state;

	strcpy(world.config.driver, "dummy");
	plug("USB");
	assert_steps("open dummy");
	assert_note("");
	world.config.base.rate_hz = 44100;
	stage_chooser_configure(world.chooser, &world.config);
	assert_steps("open dummy");
	assert_int_equal(world.have.rate_hz, 44100);
	stage_chooser_stands_still(world.chooser, world.now_ns);
	assert_steps("");
	assert_true(world.has_given_up);
}

static void
a_driver_that_does_not_open(void **state)
{
	(void)state;

	strcpy(world.config.driver, "netone");
	world.refuses = "netone";
	assert_steps("open netone");
	assert_true(world.has_given_up);
}

static void
without_alsa(void **state)
{
	(void)state;

	world.config.can_probe = false;
	plug("A");
	plug("B");
	world.refuses = "hw:A";
	assert_steps("open hw:A, open hw:B");
	assert_false(world.is_broken && world.have.rate_hz == 0);
	plug("C"); // a running server is never switched
	assert_steps("");
	pull("B");
	assert_steps("");
	assert_true(world.has_given_up);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(no_card_then_one_comes),
		TEST(pulled_and_plugged_in_again),
		TEST(pulled_and_plugged_in_unseen),
		TEST(by_preference),
		TEST(what_plays_is_left_for_a_wish_only),
		TEST(a_busy_card_is_tried_again),
		TEST(less_and_less_often),
		TEST(the_next_best),
		TEST(a_failed_open_is_not_tried_again),
		TEST(a_first_cycle_that_was_late_is_waited_for_again),
		TEST(nothing_opens),
		TEST(cycles_that_stop),
		TEST(the_dummy_stands_still),
		TEST(another_rate),
		TEST(other_settings),
		TEST(names_of_alsas_files),
		TEST(a_driver_that_is_named),
		TEST(a_driver_that_does_not_open),
		TEST(without_alsa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
