/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define S 1000000000LL
#define MS 1000000LL
#define TARGETS 4

// A world in which targets are named by their ports, and take what is sent as
// they are told to. What was sent is noted as "PORT:LINE ".
struct place {
	uint16_t port;
	uint64_t identity;
	enum stage_show_cue_result result;
	const char *why;
	bool is_slow; // it answers when the test says so
	struct stage_show_cue_target *target;
};

struct world {
	struct stage_show_cue_out *out;
	int64_t now_ns;
	struct place places[TARGETS];
	struct stage_str sent;
	struct stage_str told;
	unsigned drops;
	const char *songs[4][2]; // name, song.conf
};

static struct place *
place_of(struct world *world, const struct stage_show_cue_target *target)
{
	for (size_t i = 0; i < TARGETS; i++) {
		if (world->places[i].port == 0) {
			world->places[i].port = target->port;
			world->places[i].identity = STAGE_SHOW_CUE_ANYBODY;
		}
		if (world->places[i].port == target->port) {
			return &world->places[i];
		}
	}
	fail_msg("there are too many targets");
	return NULL;
}

static int64_t
now_ns(void *user)
{
	return ((struct world *)user)->now_ns;
}

static enum stage_status
read_song(void *user, const char *song, struct stage_show_song_conf *out,
	struct stage_err *err)
{
	struct world *world = user;

	for (size_t i = 0; i < 4; i++) {
		if (world->songs[i][0] != NULL &&
			strcmp(world->songs[i][0], song) == 0) {
			const char *text = world->songs[i][1];

			return stage_show_song_conf_parse(
				out, text, strlen(text), "song.conf");
		}
	}
	stage_show_song_conf_init(out);
	return stage_err_set(
		err, STAGE_NOT_FOUND, "there is no song \"%s\"", song);
}

static uint64_t
identify(void *user, const struct stage_show_cue_target *target)
{
	return place_of(user, target)->identity;
}

static void
send_cue(void *user, struct stage_show_cue_target *target,
	const struct stage_show_cue *cue)
{
	struct world *world = user;
	struct place *place = place_of(world, target);

	place->target = target;
	if (place->result == STAGE_SHOW_CUE_SAID) {
		assert_int_equal(stage_str_addf(&world->sent, "%u:%u ",
					 target->port, cue->line),
			STAGE_OK);
	}
	if (!place->is_slow) {
		stage_show_cue_out_sent(world->out, target, place->result,
			place->result == STAGE_SHOW_CUE_SAID ? "" : place->why);
	}
}

static void
drop(void *user, struct stage_show_cue_target *target)
{
	(void)target;
	((struct world *)user)->drops++;
}

static void
tell(void *user, bool is_trouble, const char *sentence)
{
	assert_int_equal(stage_str_addf(&((struct world *)user)->told, "%s%s\n",
				 is_trouble ? "! " : "", sentence),
		STAGE_OK);
}

static void
changed(void *user)
{
	(void)user;
}

static const struct stage_show_cue_ops ops = {
	now_ns, read_song, identify, send_cue, drop, tell, changed};

static void
begin(struct world *world)
{
	*world = (struct world){.now_ns = 100 * S};
	world->out = stage_show_cue_out_create(&ops, world, "127.0.0.1", 9999);
	assert_non_null(world->out);
}

static void
end(struct world *world)
{
	stage_show_cue_out_destroy(world->out);
	stage_str_finish(&world->sent);
	stage_str_finish(&world->told);
}

static void
song(struct world *world, const char *name, const char *conf)
{
	size_t i = 0;

	while (world->songs[i][0] != NULL) {
		i++;
	}
	world->songs[i][0] = name;
	world->songs[i][1] = conf;
}

static struct place *
place(struct world *world, uint16_t port)
{
	const struct stage_show_cue_target target = {.port = port};

	return place_of(world, &target);
}

static void
play(struct world *world, const char *name)
{
	stage_show_cue_out_moment(world->out, name, STAGE_SHOW_ON_LOAD);
	stage_show_cue_out_moment(world->out, name, STAGE_SHOW_ON_READY);
	stage_show_cue_out_moment(world->out, name, STAGE_SHOW_ON_GO);
}

static void
pass(struct world *world, int64_t time_ns)
{
	int64_t until_ns = world->now_ns + time_ns;

	while (stage_show_cue_out_deadline_ns(world->out) <= until_ns) {
		int64_t at_ns = stage_show_cue_out_deadline_ns(world->out);

		world->now_ns = at_ns > world->now_ns ? at_ns : world->now_ns;
		stage_show_cue_out_step(world->out);
	}
	world->now_ns = until_ns;
}

// What was sent since the last time.
static void
check_sent(struct world *world, const char *wanted)
{
	assert_string_equal(stage_str_text(&world->sent), wanted);
	stage_str_clear(&world->sent);
}

static void
each_moment_sends_its_cues_in_their_order(void **state)
{
	struct world world;
	(void)state;

	begin(&world);
	song(&world, "A",
		"cue go osc udp h:1 /a\n"
		"cue load osc udp h:1 /b\n"
		"cue go osc udp h:2 /c\n"
		"cue ready qlc x\n"
		"cue leave osc udp h:1 /d\n"
		"cue go osc udp h:1 /e\n");
	song(&world, "B", "cue go osc udp h:1 /f\n");
	stage_show_cue_out_moment(world.out, "A", STAGE_SHOW_ON_LOAD);
	check_sent(&world, "1:2 ");
	stage_show_cue_out_moment(world.out, "A", STAGE_SHOW_ON_READY);
	check_sent(&world, "9999:4 ");
	stage_show_cue_out_moment(world.out, "A", STAGE_SHOW_ON_GO);
	check_sent(&world, "2:3 1:1 1:6 ");
	stage_show_cue_out_moment(world.out, "B", STAGE_SHOW_ON_LEAVE);
	check_sent(&world, "");
	play(&world, "B");
	check_sent(&world, "1:5 1:1 ");
	assert_int_equal(world.drops, 2); // nobody has anything for them
	stage_show_cue_out_moment(world.out, "B", STAGE_SHOW_ON_LEAVE);
	assert_int_equal(stage_show_cue_out_deadline_ns(world.out), INT64_MAX);
	assert_string_equal(stage_str_text(&world.told), "");
	end(&world);
}

static void
a_target_is_told_one_at_a_time(void **state)
{
	struct world world;
	(void)state;

	begin(&world);
	song(&world, "A",
		"cue go osc tcp h:1 /a\ncue go osc tcp h:1 /b\n"
		"cue go osc tcp h:2 /c\ncue go osc tcp h:2 /d\n");
	place(&world, 1)->is_slow = true;
	play(&world, "A");
	check_sent(&world, "2:3 2:4 1:1 ");
	stage_show_cue_out_sent(
		world.out, place(&world, 1)->target, STAGE_SHOW_CUE_SAID, "");
	check_sent(&world, "1:2 ");
	// An answer that nobody waits for is nothing.
	stage_show_cue_out_sent(
		world.out, place(&world, 1)->target, STAGE_SHOW_CUE_SAID, "");
	stage_show_cue_out_sent(
		world.out, place(&world, 1)->target, STAGE_SHOW_CUE_SAID, "");
	check_sent(&world, "");
	end(&world);
}

static void
who_is_away_is_told_later_and_complained_of_once(void **state)
{
	struct world world;
	struct place *one;
	(void)state;

	begin(&world);
	song(&world, "A",
		"cue go osc tcp h:1 /a\ncue go once osc tcp h:1 /b\n"
		"cue go osc tcp h:1 /c\n");
	one = place(&world, 1);
	one->result = STAGE_SHOW_CUE_AWAY;
	one->why = "refused";
	play(&world, "A");
	assert_string_equal(stage_str_text(&world.told),
		"! song \"A\": song.conf:1: unable to send the cue to osc tcp "
		"h:1: refused; it is tried again while the song plays\n"
		"! song \"A\": song.conf:2: unable to send the cue to osc tcp "
		"h:1: refused; it is not sent any more\n");
	stage_str_clear(&world.told);
	// More and more rarely, but every two seconds.
	assert_int_equal(stage_show_cue_out_deadline_ns(world.out),
		world.now_ns + 250 * MS);
	pass(&world, 60 * S);
	assert_in_range(stage_show_cue_out_deadline_ns(world.out), world.now_ns,
		world.now_ns + 2 * S);
	assert_string_equal(stage_str_text(&world.told), "");
	one->result = STAGE_SHOW_CUE_SAID;
	pass(&world, 2 * S);
	check_sent(&world, "1:1 1:3 ");
	assert_string_equal(stage_str_text(&world.told),
		"cues: osc tcp h:1 is reached again\n");
	end(&world);
}

static void
what_is_owed_is_forgotten_with_its_song(void **state)
{
	struct world world;
	struct place *one;
	(void)state;

	begin(&world);
	song(&world, "A", "cue go osc tcp h:1 /a\ncue leave osc tcp h:1 /b\n");
	song(&world, "B", "cue go osc tcp h:1 /c\n");
	song(&world, "C", "cue load osc tcp h:1 /d\n");
	one = place(&world, 1);
	one->result = STAGE_SHOW_CUE_AWAY;
	one->why = "refused";
	play(&world, "A");
	play(&world, "B"); // A's leave, and B's go
	one->result = STAGE_SHOW_CUE_SAID;
	pass(&world, 2 * S);
	check_sent(&world, "1:2 1:1 ");

	// One that will not play after all.
	one->result = STAGE_SHOW_CUE_AWAY;
	stage_show_cue_out_moment(world.out, "C", STAGE_SHOW_ON_LOAD);
	stage_show_cue_out_forget(world.out, "C");
	one->result = STAGE_SHOW_CUE_SAID;
	pass(&world, 10 * S);
	check_sent(&world, "");
	end(&world);
}

static void
what_is_being_sent_as_its_song_goes_is_sent_once(void **state)
{
	struct world world;
	struct place *one;
	(void)state;

	begin(&world);
	song(&world, "A", "cue go osc tcp h:1 /a\n");
	song(&world, "B", "cue go osc tcp h:1 /b\n");
	one = place(&world, 1);
	one->is_slow = true;
	play(&world, "A");
	check_sent(&world, "1:1 ");
	play(&world, "B");
	one->is_slow = false;
	stage_show_cue_out_sent(
		world.out, one->target, STAGE_SHOW_CUE_AWAY, "gone");
	pass(&world, 5 * S);
	check_sent(&world, "1:1 "); // B's line 1
	end(&world);
}

static const char in_force[] = "cue go osc udp h:1 /a\n"
			       "cue ready state osc udp h:1 /b\n"
			       "cue go once osc udp h:1 /c\n"
			       "cue load osc udp h:1 /d\n"
			       "cue leave osc udp h:1 /e\n";

static void
who_was_started_anew_is_told_all_that_is_in_force(void **state)
{
	struct world world;
	struct place *one;
	(void)state;

	begin(&world);
	song(&world, "A", in_force);
	song(&world, "B", "cue go qlc x\n");
	one = place(&world, 1);
	one->identity = 7;
	play(&world, "A");
	check_sent(&world, "1:4 1:2 1:1 1:3 ");
	pass(&world, 60 * S);
	check_sent(&world, "");

	one->identity = 0; // it is away
	pass(&world, 60 * S);
	check_sent(&world, "");
	one->identity = 8;
	pass(&world, 3 * S);
	check_sent(&world, "1:2 1:1 ");
	assert_non_null(strstr(stage_str_text(&world.told),
		"cues: osc udp h:1 was started anew"));

	// So fast that nobody saw it away.
	one->identity = 9;
	pass(&world, 3 * S);
	check_sent(&world, "1:2 1:1 ");
	play(&world, "B");
	stage_str_clear(&world.sent);
	one->identity = 10;
	pass(&world, 60 * S);
	check_sent(&world, "");
	end(&world);
}

static void
who_was_away_when_its_cues_came_is_told_each_once(void **state)
{
	struct world world;
	(void)state;

	begin(&world);
	song(&world, "A", in_force);
	place(&world, 1)->identity = 0;
	play(&world, "A");
	pass(&world, 5 * S);
	place(&world, 1)->identity = 3;
	pass(&world, 3 * S);
	// Also what was for before it played.
	check_sent(&world, "1:4 1:2 1:1 ");
	pass(&world, 60 * S);
	check_sent(&world, "");
	end(&world);
}

static void
a_connection_that_came_back_repeats_states_only(void **state)
{
	struct world world;
	struct place *one;
	(void)state;

	begin(&world);
	song(&world, "A", in_force);
	one = place(&world, 1); // on another computer: nobody knows who it is
	play(&world, "A");
	stage_str_clear(&world.sent);
	pass(&world, 5 * S);
	stage_show_cue_out_lost(world.out, one->target, false, "it has ended");
	check_sent(&world, "");
	pass(&world, 1 * S);
	check_sent(&world, "1:2 ");
	pass(&world, 2 * S);
	assert_string_equal(stage_str_text(&world.told),
		"cues: osc udp h:1 is away; what is in force is sent again\n"
		"cues: osc udp h:1 is reached again\n");
	end(&world);
}

static void
who_hangs_up_behind_each_cue_is_told_once(void **state)
{
	struct world world;
	struct place *one;
	(void)state;

	begin(&world);
	song(&world, "A",
		"cue go state osc tcp h:1 /a\ncue go osc tcp h:1 /b\n");
	one = place(&world, 1);
	one->identity = 5;
	play(&world, "A");
	check_sent(&world, "1:1 1:2 ");
	pass(&world, 10 * MS);
	stage_show_cue_out_lost(world.out, one->target, false, "it has ended");
	pass(&world, 60 * S);
	check_sent(&world, "");
	assert_string_equal(stage_str_text(&world.told), "");

	// Unless it was its end, which shows a little later.
	play(&world, "A");
	stage_str_clear(&world.sent);
	stage_show_cue_out_lost(world.out, one->target, false, "it has ended");
	one->identity = 0;
	pass(&world, 1 * S);
	one->identity = 6;
	pass(&world, 3 * S);
	check_sent(&world, "1:1 1:2 ");
	end(&world);
}

static void
what_comes_back_at_once_was_not_heard(void **state)
{
	struct world world;
	struct place *one;
	(void)state;

	begin(&world);
	song(&world, "A", "cue go osc udp h:1 /a\n");
	one = place(&world, 1);
	play(&world, "A");
	check_sent(&world, "1:1 ");
	// Each datagram comes back: it is tried again, but not as fast as it
	// can be, and told of once.
	for (int i = 0; i < 20; i++) {
		pass(&world, 1 * MS);
		stage_show_cue_out_lost(
			world.out, one->target, true, "refused");
		pass(&world, stage_show_cue_out_deadline_ns(world.out) -
				     world.now_ns);
		check_sent(&world, "1:1 ");
	}
	assert_in_range(world.now_ns, 130 * S, 142 * S);
	pass(&world, 60 * S);
	check_sent(&world, "");
	assert_string_equal(stage_str_text(&world.told),
		"cues: osc udp h:1 is away; what is in force is sent again\n"
		"cues: osc udp h:1 is reached again\n");
	end(&world);
}

static void
what_is_not_understood_holds_up_nothing(void **state)
{
	struct world world;
	struct place *qlc;
	(void)state;

	begin(&world);
	song(&world, "A", "cue go qlc x\ncue go osc udp h:1 /a\n");
	qlc = place(&world, 9999);
	qlc->result = STAGE_SHOW_CUE_WRONG;
	qlc->why = "QLC+ has no function \"x\"";
	play(&world, "A");
	check_sent(&world, "1:2 ");
	pass(&world, 30 * S);
	assert_string_equal(stage_str_text(&world.told),
		"! song \"A\": song.conf:1: unable to send the cue to qlc "
		"127.0.0.1:9999: QLC+ has no function \"x\"; it is tried again "
		"while the song plays\n");
	qlc->result = STAGE_SHOW_CUE_SAID; // somebody has made it
	pass(&world, 3 * S);
	check_sent(&world, "9999:1 ");

	qlc->result = STAGE_SHOW_CUE_LOST;
	qlc->why = "no answer";
	play(&world, "A");
	qlc->result = STAGE_SHOW_CUE_SAID;
	pass(&world, 30 * S);
	check_sent(&world, "1:2 ");
	end(&world);
}

static void
a_look_that_two_songs_share_stays(void **state)
{
	struct world world;
	static const char look[] = "cue ready qlc x\ncue leave qlc x off\n";
	(void)state;

	begin(&world);
	song(&world, "A", look);
	song(&world, "B", look);
	play(&world, "A");
	check_sent(&world, "9999:1 ");
	play(&world, "B");
	check_sent(&world, "9999:1 9999:2 9999:1 ");
	end(&world);
}

static void
the_next_process_goes_on(void **state)
{
	static const char conf[] = "cue go osc udp h:1 /sent\n"
				   "cue go qlc x\n"
				   "cue go osc tcp h:2 /owed\n"
				   "cue go once osc tcp h:2 /bang\n"
				   "cue go midi note 1 2 3\n"
				   "cue go midi pc 1 2\n"
				   "cue ready midi msc 1 lighting go 4.5\n"
				   "cue go midi msc 1 lighting go\n";
	struct world world;
	json_t *journal;
	(void)state;

	begin(&world);
	song(&world, "A", conf);
	place(&world, 2)->is_slow = true;
	play(&world, "A");
	journal = stage_show_cue_out_journal(world.out);
	assert_int_equal(json_array_size(json_object_get(journal, "owed")), 2);
	end(&world);

	begin(&world);
	song(&world, "A", conf);
	stage_show_cue_out_resume(world.out, "A", journal);
	pass(&world, S);
	// MIDI has the port 0.
	check_sent(&world, "2:3 9999:2 0:7 0:6 ");
	json_decref(journal);
	// It is in force as if it had begun here.
	place(&world, 9999)->result = STAGE_SHOW_CUE_SAID;
	pass(&world, 2 * S);
	stage_show_cue_out_lost(
		world.out, place(&world, 9999)->target, false, "it has ended");
	pass(&world, S);
	check_sent(&world, "9999:2 ");
	stage_show_cue_out_resume(world.out, "gone", NULL);
	assert_non_null(strstr(stage_str_text(&world.told),
		"! song \"gone\" has no cues: there is no song"));
	end(&world);
}

struct fired {
	unsigned calls, sent, failed;
	char why[100];
};

static void
on_fired(void *user, unsigned sent, unsigned failed, const char *why)
{
	struct fired *fired = user;

	fired->calls++;
	fired->sent = sent;
	fired->failed = failed;
	snprintf(fired->why, sizeof(fired->why), "%s", why);
}

static void
cues_are_fired_by_hand(void **state)
{
	struct world world;
	struct fired fired = {0};
	const struct stage_show_cue_fired call = {on_fired, &fired};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	begin(&world);
	song(&world, "A",
		"cue go osc udp h:1 /a\ncue go osc udp h:2 /b\n"
		"cue go osc udp h:2 /c\n");
	assert_int_equal(stage_show_cue_out_fire(
				 world.out, "A", STAGE_SHOW_ON_GO, &call, &err),
		STAGE_OK);
	assert_int_equal(fired.calls, 1);
	assert_int_equal(fired.sent, 3);
	check_sent(&world, "2:2 2:3 1:1 ");

	// At once or never.
	place(&world, 2)->result = STAGE_SHOW_CUE_AWAY;
	place(&world, 2)->why = "refused";
	play(&world, "A");
	stage_str_clear(&world.sent);
	assert_int_equal(stage_show_cue_out_fire(
				 world.out, "A", STAGE_SHOW_ON_GO, &call, &err),
		STAGE_OK);
	assert_int_equal(fired.calls, 2);
	assert_int_equal(fired.sent, 1);
	assert_int_equal(fired.failed, 2);
	assert_string_equal(fired.why, "refused");
	place(&world, 2)->result = STAGE_SHOW_CUE_SAID;
	pass(&world, 5 * S);
	check_sent(&world, "1:1 2:2 2:3 ");

	assert_int_equal(stage_show_cue_out_fire(world.out, "A",
				 STAGE_SHOW_ON_LOAD, &call, &err),
		STAGE_NOT_FOUND);
	assert_string_equal(err.text, "song \"A\" has no cues for \"load\"");
	assert_int_equal(stage_show_cue_out_fire(
				 world.out, "B", STAGE_SHOW_ON_GO, &call, &err),
		STAGE_NOT_FOUND);
	// Who waits is told when it ends.
	place(&world, 1)->is_slow = true;
	assert_int_equal(stage_show_cue_out_fire(
				 world.out, "A", STAGE_SHOW_ON_GO, &call, &err),
		STAGE_OK);
	assert_int_equal(fired.calls, 2);
	end(&world);
	assert_int_equal(fired.calls, 3);
	assert_int_equal(fired.failed, 1);
}

static void
people_see_what_became_of_each(void **state)
{
	struct world world;
	json_t *view;
	json_t *wanted;
	(void)state;

	begin(&world);
	song(&world, "A",
		"cue go osc tcp [::1]:1 /a\ncue leave midi pc 1 2\n"
		"cue ready http http://x/y\n");
	place(&world, 1)->result = STAGE_SHOW_CUE_AWAY;
	place(&world, 1)->why = "refused";
	play(&world, "A");
	view = stage_show_cue_out_view(world.out);
	wanted = json_pack("{s:s, s:[{s:i, s:s, s:s, s:s, s:s},"
			   "{s:i, s:s, s:s, s:s, s:s},"
			   "{s:i, s:s, s:s, s:s, s:s}],"
			   "s:[{s:s, s:s, s:i, s:i, s:s},"
			   "{s:s, s:s, s:i, s:i, s:s}]}",
		"song", "A", "cues", "line", 1, "when", "go", "target",
		"osc tcp [::1]:1", "state", "owed", "why", "refused", "line", 2,
		"when", "leave", "target", "midi", "state", "not yet", "why",
		"", "line", 3, "when", "ready", "target", "http x:80", "state",
		"sent", "why", "", "targets", "target", "osc tcp [::1]:1",
		"state", "away", "sent", 0, "owed", 1, "why", "refused",
		"target", "http x:80", "state", "reached", "sent", 1, "owed", 0,
		"why", "");
	assert_non_null(wanted);
	if (!json_equal(view, wanted)) {
		fail_msg("%s", json_dumps(view, 0));
	}
	json_decref(view);
	json_decref(wanted);
	end(&world);
}

static void
null_is_destroyed(void **state)
{
	(void)state;
	stage_show_cue_out_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_moment_sends_its_cues_in_their_order),
		cmocka_unit_test(a_target_is_told_one_at_a_time),
		cmocka_unit_test(
			who_is_away_is_told_later_and_complained_of_once),
		cmocka_unit_test(what_is_owed_is_forgotten_with_its_song),
		cmocka_unit_test(
			what_is_being_sent_as_its_song_goes_is_sent_once),
		cmocka_unit_test(
			who_was_started_anew_is_told_all_that_is_in_force),
		cmocka_unit_test(
			who_was_away_when_its_cues_came_is_told_each_once),
		cmocka_unit_test(
			a_connection_that_came_back_repeats_states_only),
		cmocka_unit_test(who_hangs_up_behind_each_cue_is_told_once),
		cmocka_unit_test(what_comes_back_at_once_was_not_heard),
		cmocka_unit_test(what_is_not_understood_holds_up_nothing),
		cmocka_unit_test(a_look_that_two_songs_share_stays),
		cmocka_unit_test(the_next_process_goes_on),
		cmocka_unit_test(cues_are_fired_by_hand),
		cmocka_unit_test(people_see_what_became_of_each),
		cmocka_unit_test(null_is_destroyed),
	};

	return cmocka_run_group_tests_name("show/cue_out", tests, NULL, NULL);
}
