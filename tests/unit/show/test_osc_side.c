/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_side.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../osc/world.h"
#include "base/clock.h"
#include "osc/frames.h"
#include "osc/tcp.h"
#include "osc/udp.h"
#include "sight.h"

struct stage {
	struct world world;
	struct seen seen;
	struct stage_show_settings settings;
	struct stage_show_osc_side *side;
	enum stage_show_act act;
	long number;
	size_t acts;
	struct stage_show_asker asker; // that was not answered
	bool keeps_asker;
	enum stage_show_code code;
};

static int64_t
now_ns(void *user)
{
	(void)user;
	return stage_clock_now_ns();
}

static void
look(void *user, struct stage_show_sight *out)
{
	struct stage *stage = user;

	*out = stage->seen.sight;
}

static void
act(void *user, enum stage_show_act what, long number,
	struct stage_show_asker asker)
{
	struct stage *stage = user;

	stage->act = what;
	stage->number = number;
	stage->acts++;
	if (stage->keeps_asker) {
		stage->asker = asker;
	} else if (asker.answer != NULL) {
		asker.answer(asker.user, stage->code,
			stage->code == STAGE_SHOW_DONE ? "Done." : "not now");
	}
}

static const struct stage_show_osc_side_ops ops = {
	.now_ns = now_ns,
	.look = look,
	.act = act,
};

static void
nobody(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	(void)user;
	(void)from;
	(void)message;
}

// A port that is free by UDP; by TCP it is, then, most likely, too.
static int
free_port(struct stage *stage)
{
	struct stage_osc_udp *udp = NULL;
	int port;

	assert_int_equal(stage_osc_udp_create(&stage->world.loop, "127.0.0.1",
				 0, nobody, NULL, &udp, NULL),
		STAGE_OK);
	port = stage_osc_udp_port(udp);
	stage_osc_udp_destroy(udp);
	world_turn(&stage->world);
	return port;
}

static void
begin(struct stage *stage, const char *conf)
{
	memset(stage, 0, sizeof(*stage));
	world_init(&stage->world);
	seen_init(&stage->seen);
	stage_show_settings_init(&stage->settings);
	assert_int_equal(stage_show_settings_parse(&stage->settings, conf,
				 strlen(conf), "rig.conf", NULL),
		STAGE_OK);
	stage->settings.osc.port = free_port(stage);
	assert_int_equal(
		stage_show_osc_side_create(&stage->world.loop,
			&stage->settings.osc, &ops, stage, &stage->side, NULL),
		STAGE_OK);
	stage_show_osc_side_tell(stage->side);
}

static void
end(struct stage *stage)
{
	stage_show_osc_side_destroy(stage->side);
	world_finish(&stage->world);
	seen_finish(&stage->seen);
}

static int
come(struct stage *stage, int type)
{
	return world_connect(AF_INET, type, (int)stage->settings.osc.port);
}

static void
say(int fd, const char *address, const char *argument)
{
	struct stage_str bytes = {0};

	seen_pack(&bytes, address, argument, NULL);
	world_send(fd, bytes.data, bytes.len);
	stage_str_finish(&bytes);
}

// What comes in by UDP, in words.

static void
note(void *user, const struct stage_osc_message *message)
{
	struct stage_str *out = user;
	const char *text = stage_osc_text(message, 0);
	double number;

	assert_int_equal(stage_str_add(out, message->address), STAGE_OK);
	if (text != NULL) {
		assert_int_equal(stage_str_addf(out, " %s", text), STAGE_OK);
	} else if (stage_osc_number(message, 0, &number)) {
		assert_int_equal(stage_str_addf(out, " %g", number), STAGE_OK);
	}
	assert_int_equal(stage_str_add(out, "\n"), STAGE_OK);
}

// Turns the loop until something has come; all of it.
static const char *
hear(struct stage *stage, int fd)
{
	static char said[65536];
	struct stage_str words = {0};
	char bytes[4096];
	ssize_t got = -1;

	while (got < 0) {
		world_turn(&stage->world);
		got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	}
	while (got > 0) {
		assert_true(stage_osc_read(bytes, (size_t)got, note, &words));
		world_turn(&stage->world);
		got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	}
	(void)!stage_format(said, sizeof(said), "%s", stage_str_text(&words));
	stage_str_finish(&words);
	return said;
}

static bool
hears_nothing(struct stage *stage, int fd)
{
	char bytes[64];

	for (int i = 0; i < 10; i++) {
		world_turn(&stage->world);
		if (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) >= 0) {
			return false;
		}
	}
	return errno == EAGAIN;
}

static const char all_values[] = "/stagecraft/song/name Set 1/Waltz\n"
				 "/stagecraft/song/number 2\n"
				 "/stagecraft/selected/name Ballad\n"
				 "/stagecraft/selected/number 3\n"
				 "/stagecraft/next/name Encore\n"
				 "/stagecraft/next/number 4\n"
				 "/stagecraft/set/name Friday\n"
				 "/stagecraft/set/songs 4\n"
				 "/stagecraft/loading/name \n"
				 "/stagecraft/progress 1\n"
				 "/stagecraft/mode show\n"
				 "/stagecraft/tempo 0\n"
				 "/stagecraft/playing 0\n"
				 "/stagecraft/bar 0\n"
				 "/stagecraft/beat 0\n"
				 "/stagecraft/state ready\n";

static void
verbs_are_done_and_failures_are_answered(void **state)
{
	struct stage stage;
	int fd;
	(void)state;

	begin(&stage, "");
	fd = come(&stage, SOCK_DGRAM);
	say(fd, "/go", "f:0");
	say(fd, "/go", NULL);
	world_await(&stage.world, &stage.acts, 1);
	assert_int_equal(stage.act, STAGE_SHOW_ACT_GO);
	say(fd, "/cue/3/start", "f:1");
	world_await(&stage.world, &stage.acts, 2);
	assert_int_equal(stage.act, STAGE_SHOW_ACT_PLAY);
	assert_int_equal(stage.number, 3);
	assert_true(hears_nothing(&stage, fd));

	stage.code = STAGE_SHOW_NOT_NOW;
	say(fd, "/stagecraft/next", NULL);
	assert_string_equal(
		hear(&stage, fd), "/stagecraft/error /stagecraft/next\n");
	say(fd, "/go", NULL);
	assert_non_null(strstr(hear(&stage, fd), "\"error\":\"not now\""));
	stage.code = STAGE_SHOW_DONE;
	say(fd, "/alwaysReply", "i:1");
	(void)hear(&stage, fd);
	say(fd, "/go", NULL);
	assert_non_null(strstr(hear(&stage, fd), "\"status\":\"ok\""));
	close(fd);
	end(&stage);
}

static void
an_answer_may_come_when_nobody_waits_for_it(void **state)
{
	struct stage stage;
	struct stage_show_asker asker;
	int fd;
	(void)state;

	begin(&stage, "");
	stage.keeps_asker = true;
	fd = come(&stage, SOCK_STREAM);
	world_send(fd, "\0\0\0\x08/go\0,\0\0\0", 12);
	world_await(&stage.world, &stage.acts, 1);
	asker = stage.asker;
	close(fd);
	for (int i = 0; i < 10; i++) {
		world_turn(&stage.world);
	}
	asker.answer(asker.user, STAGE_SHOW_NOT_NOW, "too late");

	fd = come(&stage, SOCK_DGRAM);
	say(fd, "/go", NULL);
	world_await(&stage.world, &stage.acts, 2);
	asker = stage.asker;
	end(&stage);
	asker.answer(asker.user, STAGE_SHOW_NOT_NOW, "later still");
	close(fd);
}

static void
who_subscribes_hears_all_and_then_what_changes(void **state)
{
	struct stage stage;
	int fd;
	int other;
	(void)state;

	begin(&stage, "");
	fd = come(&stage, SOCK_DGRAM);
	other = come(&stage, SOCK_DGRAM);
	say(fd, "/stagecraft/subscribe", NULL);
	assert_string_equal(hear(&stage, fd), all_values);
	stage.seen.place.selected = (struct stage_show_spot){4, "Encore"};
	stage.seen.sight.state = "loading";
	stage_show_osc_side_tell(stage.side);
	stage_show_osc_side_tell(stage.side);
	assert_string_equal(hear(&stage, fd),
		"/stagecraft/selected/name Encore\n"
		"/stagecraft/selected/number 4\n"
		"/stagecraft/state loading\n");
	assert_true(hears_nothing(&stage, other));

	say(other, "/stagecraft/song/number", NULL);
	assert_string_equal(hear(&stage, other), "/stagecraft/song/number 2\n");
	say(other, "/stagecraft/refresh", NULL);
	assert_non_null(strstr(hear(&stage, other), "state loading\n"));
	assert_true(hears_nothing(&stage, fd));

	say(fd, "/stagecraft/unsubscribe", NULL);
	world_turn(&stage.world);
	stage.seen.sight.state = "ready";
	stage_show_osc_side_tell(stage.side);
	assert_true(hears_nothing(&stage, fd));

	// QLab's clients get both.
	say(fd, "/updates", "i:1");
	assert_non_null(strstr(hear(&stage, fd), all_values + 200));
	stage.seen.place.selected = (struct stage_show_spot){3, "Ballad"};
	stage_show_osc_side_tell(stage.side);
	assert_non_null(strstr(hear(&stage, fd), "/playbackPosition "));
	close(fd);
	close(other);
	end(&stage);
}

static void
a_port_that_refuses_is_told_nothing_more(void **state)
{
	struct stage stage;
	struct stage_osc_peer name;
	struct stage_osc_udp *udp = NULL;
	int fd;
	int other;
	int again;
	(void)state;

	begin(&stage, "");
	fd = come(&stage, SOCK_DGRAM);
	other = come(&stage, SOCK_DGRAM);
	say(other, "/stagecraft/subscribe", NULL);
	(void)hear(&stage, other);
	say(fd, "/stagecraft/subscribe", NULL);
	(void)hear(&stage, fd);
	name = world_name(fd);
	close(fd);
	for (int i = 0; i < 3; i++) {
		stage.seen.place.songs++;
		stage_show_osc_side_tell(stage.side);
		world_turn(&stage.world);
	}
	// The others miss nothing of it.
	assert_string_equal(hear(&stage, other), "/stagecraft/set/songs 5\n"
						 "/stagecraft/set/songs 6\n"
						 "/stagecraft/set/songs 7\n");
	// Who has that port next is none of ours.
	again = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(again, (const struct sockaddr *)&name.address,
				 sizeof(struct sockaddr_in)),
		0);
	stage.seen.place.songs = 8;
	stage_show_osc_side_tell(stage.side);
	assert_string_equal(hear(&stage, other), "/stagecraft/set/songs 8\n");
	assert_true(hears_nothing(&stage, again));
	close(again);
	close(other);
	stage_osc_udp_destroy(udp);
	end(&stage);
}

static void
a_port_of_rig_conf_is_told_without_asking(void **state)
{
	struct stage stage;
	char conf[64];
	struct stage_osc_peer name;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int talker;
	(void)state;

	assert_int_equal(
		stage_osc_peer_init(&name, "127.0.0.1", 0, NULL), STAGE_OK);
	assert_int_equal(bind(fd, (const struct sockaddr *)&name.address,
				 sizeof(struct sockaddr_in)),
		0);
	name = world_name(fd);
	(void)!stage_format(conf, sizeof(conf),
		"show.osc.notify 127.0.0.1:%d\n", stage_osc_peer_port(&name));
	begin(&stage, conf);
	assert_string_equal(hear(&stage, fd), all_values);
	// A controller that hears elsewhere than it speaks asks again.
	talker = come(&stage, SOCK_DGRAM);
	say(talker, "/stagecraft/refresh", NULL);
	assert_string_equal(hear(&stage, fd), all_values);
	close(fd);
	close(talker);
	end(&stage);
}

static void
say_framed(struct stage *stage, int fd, enum stage_osc_framing framing)
{
	struct stage_str packet = {0};
	struct stage_str frame = {0};

	seen_pack(&packet, "/stagecraft/song/number", NULL);
	assert_int_equal(stage_osc_frames_write(
				 &frame, framing, packet.data, packet.len),
		STAGE_OK);
	world_send(fd, frame.data, frame.len);
	for (int turns = 0; turns < 10; turns++) {
		world_turn(&stage->world);
	}
	stage_str_finish(&packet);
	stage_str_finish(&frame);
}

static void
expect_number(int fd, enum stage_osc_framing framing, const char *number)
{
	struct stage_str packet = {0};
	struct stage_str frame = {0};

	seen_pack(&packet, "/stagecraft/song/number", number, NULL);
	assert_int_equal(stage_osc_frames_write(
				 &frame, framing, packet.data, packet.len),
		STAGE_OK);
	world_expect(fd, frame.data, frame.len);
	stage_str_finish(&packet);
	stage_str_finish(&frame);
}

static void
by_tcp_each_is_answered_as_it_asks(void **state)
{
	static const enum stage_osc_framing framings[] = {
		STAGE_OSC_SIZED, STAGE_OSC_SLIP};
	struct stage stage;
	(void)state;

	begin(&stage, "");
	for (size_t i = 0; i < STAGE_COUNT_OF(framings); i++) {
		int fd = come(&stage, SOCK_STREAM);
		say_framed(&stage, fd, framings[i]);
		expect_number(fd, framings[i], "i:2");
		// From now on it hears without asking.
		stage.seen.place.playing.number = 192; // 0xc0, SLIP's own
		stage_show_osc_side_tell(stage.side);
		expect_number(fd, framings[i], "i:192");
		stage.seen.place.playing.number = 2;
		stage_show_osc_side_tell(stage.side);
		expect_number(fd, framings[i], "i:2");
		close(fd);
		world_turn(&stage.world);
	}
	end(&stage);
}

static void
who_does_not_read_holds_up_nobody(void **state)
{
	struct stage stage;
	char name[200];
	int slow;
	int fd;
	(void)state;

	begin(&stage, "");
	slow = come(&stage, SOCK_STREAM);
	say_framed(&stage, slow, STAGE_OSC_SIZED);
	fd = come(&stage, SOCK_DGRAM);
	say(fd, "/stagecraft/subscribe", NULL);
	assert_string_equal(hear(&stage, fd), all_values);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	stage.seen.sight.song = name;
	for (int i = 0; i < 50000; i++) {
		name[0] = (char)('a' + i % 26);
		stage_show_osc_side_tell(stage.side);
		if (i % 100 == 0) {
			(void)hear(&stage, fd);
		}
	}
	say(fd, "/stagecraft/set/name", NULL);
	assert_non_null(strstr(hear(&stage, fd), "set/name Friday\n"));
	// It has been ended: what waited for it would have been 13 MB.
	for (ssize_t got = 1; got > 0;) {
		got = recv(slow, name, sizeof(name), 0);
		assert_true(got >= 0 || errno == ECONNRESET);
	}
	close(slow);
	close(fd);
	end(&stage);
}

static void
many_patterns_keep_nobody_waiting(void **state)
{
	struct stage stage;
	struct stage_str message = {0};
	struct stage_str bundle = {0};
	int fd;
	(void)state;

	begin(&stage, "");
	fd = come(&stage, SOCK_DGRAM);
	seen_pack(&message, "/g?", NULL);
	assert_int_equal(message.len, 8);
	assert_int_equal(
		stage_str_append(&bundle, "#bundle\0\0\0\0\0\0\0\0\1", 16),
		STAGE_OK);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(
			stage_str_append(&bundle, "\0\0\0\x08", 4), STAGE_OK);
		assert_int_equal(
			stage_str_append(&bundle, message.data, message.len),
			STAGE_OK);
	}
	world_send(fd, bundle.data, bundle.len);
	world_await(&stage.world, &stage.acts, 16);
	// The next turn looks at them again.
	stage.acts = 0;
	while (stage.acts == 0) {
		world_send(fd, message.data, message.len);
		world_turn(&stage.world);
	}
	stage_str_finish(&message);
	stage_str_finish(&bundle);
	close(fd);
	end(&stage);
}

static void
a_port_that_is_taken_is_tried_again(void **state)
{
	struct stage stage;
	struct stage_osc_udp *taken = NULL;
	struct stage_show_osc_side *second = NULL;
	int fd;
	(void)state;

	begin(&stage, "");
	stage_show_osc_side_destroy(stage.side);
	world_turn(&stage.world);
	assert_int_equal(stage_osc_udp_create(&stage.world.loop, "127.0.0.1",
				 (int)stage.settings.osc.port, nobody, NULL,
				 &taken, NULL),
		STAGE_OK);
	assert_int_equal(
		stage_show_osc_side_create(&stage.world.loop,
			&stage.settings.osc, &ops, &stage, &second, NULL),
		STAGE_OK);
	fd = come(&stage, SOCK_DGRAM);
	say(fd, "/go", NULL);
	world_turn(&stage.world);
	assert_int_equal(stage.acts, 0);
	stage_osc_udp_destroy(taken);
	while (stage.acts == 0) {
		(void)!send(fd, "/go\0,\0\0\0", 8, MSG_NOSIGNAL);
		uv_run(&stage.world.loop, UV_RUN_ONCE);
	}
	stage.side = second;
	close(fd);
	end(&stage);
}

static void
with_port_0_nobody_listens(void **state)
{
	struct stage stage;
	struct stage_show_osc_side *none = NULL;
	(void)state;

	begin(&stage, "");
	stage_show_osc_side_destroy(stage.side);
	stage.settings.osc.port = 0;
	assert_int_equal(
		stage_show_osc_side_create(&stage.world.loop,
			&stage.settings.osc, &ops, &stage, &none, NULL),
		STAGE_OK);
	stage_show_osc_side_tell(none);
	assert_int_equal(uv_run(&stage.world.loop, UV_RUN_NOWAIT), 0);
	stage.side = none;
	end(&stage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verbs_are_done_and_failures_are_answered),
		cmocka_unit_test(an_answer_may_come_when_nobody_waits_for_it),
		cmocka_unit_test(
			who_subscribes_hears_all_and_then_what_changes),
		cmocka_unit_test(a_port_that_refuses_is_told_nothing_more),
		cmocka_unit_test(a_port_of_rig_conf_is_told_without_asking),
		cmocka_unit_test(by_tcp_each_is_answered_as_it_asks),
		cmocka_unit_test(who_does_not_read_holds_up_nobody),
		cmocka_unit_test(many_patterns_keep_nobody_waiting),
		cmocka_unit_test(a_port_that_is_taken_is_tried_again),
		cmocka_unit_test(with_port_0_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
