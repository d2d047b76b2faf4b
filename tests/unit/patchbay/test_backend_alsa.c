/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // symlink

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "failing_alloc.h"
#include "fake_seq.h"
#include "patchbay/backend.h"
#include "patchbay/patch_how.h"
#include "patchbay/seq_table.h"
#include "scratch.h"

#define DEADLINE_NS (20 * STAGE_NS_PER_S)
#define KEYS "K61 [SN1 @ dummy_hcd.0-1]:0 K61 MIDI 1"
#define TWIN "K61 [SN2 @ dummy_hcd.1-1]:0 K61 MIDI 1"

struct fixture {
	struct scratch scratch;
	char path[SCRATCH_PATH_MAX];
	char sys[SCRATCH_PATH_MAX];
	uv_loop_t loop;
	struct fake_seq *seq;
	const struct stage_patch_backend_class *alsa;
	struct stage_patch_backend *backend;
	struct stage_str story;
	struct stage_str warnings;
	bool is_up;
	unsigned settled;
	unsigned lists; // SCAN_END
};

static void say(struct fixture *f, const char *format, ...) STAGE_PRINTF(2, 3);

static void
say(struct fixture *f, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)!stage_str_addf(&f->story, "%s\n", text);
}

static const char *
way(const struct stage_graph_port_info *port)
{
	return port->is_output ? "out" : "in";
}

static void
on_port(struct fixture *f, const struct stage_engine_event *event)
{
	const struct stage_graph_port_info *port = &event->port;

	assert_int_equal(port->system, STAGE_PATCH_ALSA);
	if (event->kind == STAGE_ENGINE_PORT_APPEARED) {
		say(f, "%s %s = %s = %s", way(port), port->name,
			port->aliases[0], port->aliases[1]);
	} else if (event->kind == STAGE_ENGINE_PORT_GONE) {
		say(f, "no %s %s", way(port), port->name);
	} else {
		say(f, "%s %s is %s", way(port), port->name, event->to);
	}
}

static void
on_pair(struct fixture *f, const struct stage_engine_event *event)
{
	static const char *const outcomes[] = {"done", "refused", "lost"};
	struct stage_str how = {0};

	(void)!stage_patch_how_write(&event->how, &how);
	if (event->kind == STAGE_ENGINE_EDIT_DONE) {
		say(f, "%s %c %s > %s", outcomes[event->outcome],
			event->is_disconnect ? '-' : '+', event->from,
			event->to);
	} else {
		say(f, "%c%s %s > %s",
			event->kind == STAGE_ENGINE_CONNECTED ? '+' : '-',
			stage_str_text(&how), event->from, event->to);
	}
	stage_str_finish(&how);
}

static void
on_event(void *user, const struct stage_engine_event *event)
{
	struct fixture *f = user;

	assert_int_equal(event->system, STAGE_PATCH_ALSA);
	switch (event->kind) {
	case STAGE_ENGINE_SERVER_UP:
		f->is_up = true;
		break;
	case STAGE_ENGINE_SERVER_GONE:
		f->is_up = false;
		break;
	case STAGE_ENGINE_SCAN_BEGIN:
		break;
	case STAGE_ENGINE_SCAN_END:
		f->lists++;
		break;
	case STAGE_ENGINE_PORT_APPEARED:
	case STAGE_ENGINE_PORT_GONE:
	case STAGE_ENGINE_PORT_RENAMED:
		on_port(f, event);
		break;
	case STAGE_ENGINE_CONNECTED:
	case STAGE_ENGINE_DISCONNECTED:
	case STAGE_ENGINE_EDIT_DONE:
		on_pair(f, event);
		break;
	case STAGE_ENGINE_KIND_COUNT:
		fail();
	}
}

static void
on_client(void *user, const char *name, bool is_there)
{
	struct fixture *f = user;

	if (strcmp(name, "aj-snapshot") == 0) {
		say(f, "client %s %s", name, is_there ? "came" : "went");
	}
}

static void
on_settled(void *user)
{
	struct fixture *f = user;

	f->settled++;
}

static void
on_warn(void *user, const char *sentence)
{
	struct fixture *f = user;

	(void)!stage_str_addf(&f->warnings, "%s\n", sentence);
}

static void
on_up(void *user, bool is_pipewire)
{
	(void)user;
	(void)is_pipewire;
	fail();
}

static void
on_hung(void *user, const char *what)
{
	(void)user;
	(void)what;
	fail();
}

static const struct stage_patch_backend_events events = {
	.up = on_up,
	.event = on_event,
	.client = on_client,
	.settled = on_settled,
	.warn = on_warn,
	.hung = on_hung,
};

static void
keep_quiet(void *user, const char *sentence)
{
	(void)user;
	(void)sentence;
}

static void
note_nothing(void *user, const struct stage_engine_event *event)
{
	(void)user;
	(void)event;
}

static const struct stage_patch_backend_events quiet_events = {
	.up = on_up,
	.event = note_nothing,
	.client = on_client,
	.settled = on_settled,
	.warn = keep_quiet,
	.hung = on_hung,
};

#define FORMAT(out, ...)                                                       \
	assert_int_equal(stage_format(out, sizeof(out), __VA_ARGS__), STAGE_OK)

// Writes a file below a directory of the fixture, which is made.
static void
put(struct fixture *f, const char *dir, const char *name, const char *text)
{
	char path[SCRATCH_PATH_MAX];

	assert_int_equal(
		stage_io_make_dirs(scratch_path(&f->scratch, dir), NULL),
		STAGE_OK);
	FORMAT(path, "%s/%s", dir, name);
	scratch_write(&f->scratch, path, text);
}

// A USB device's card, as it is in /sys.
static void
add_card(struct fixture *f, int card, int socket, const char *serial)
{
	char usb[128];
	char dir[SCRATCH_PATH_MAX];
	char link[SCRATCH_PATH_MAX];

	FORMAT(usb, "sys/devices/platform/dummy_hcd.%d/usb%d/%d-1", socket,
		socket + 1, socket + 1);
	put(f, usb, "idVendor", "1d6b\n");
	put(f, usb, "idProduct", "0104\n");
	if (serial != NULL) {
		put(f, usb, "serial", serial);
	}
	FORMAT(dir, "%s/%d-1:1.0", usb, socket + 1);
	put(f, dir, "bInterfaceClass", "01\n");
	FORMAT(dir, "%s/%s/%d-1:1.0", f->scratch.dir, usb, socket + 1);
	FORMAT(usb, "sys/class/sound/card%d", card);
	put(f, usb, "id", "K61\n");
	FORMAT(link, "%s/device", usb);
	assert_int_equal(symlink(dir, scratch_path(&f->scratch, link)), 0);
}

static int
setup(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;

	fixture = (struct fixture){.alsa = stage_patch_backend_alsa()};
	scratch_init(&f->scratch);
	strcpy(f->path, scratch_path(&f->scratch, "seq"));
	strcpy(f->sys, scratch_path(&f->scratch, "sys"));
	f->seq = fake_seq_init(f->path, f->sys);
	assert_int_equal(uv_loop_init(&f->loop), 0);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	f->alsa->destroy(f->backend);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	assert_false(f->seq->is_open);
	fake_seq_finish();
	scratch_finish(&f->scratch);
	stage_str_finish(&f->story);
	stage_str_finish(&f->warnings);
	return 0;
}

// Lets the loop run until no more comes of what was done.
static void
run(struct fixture *f)
{
	for (int i = 0; i < 5; i++) {
		uv_run(&f->loop, UV_RUN_NOWAIT);
	}
}

static void
begin(struct fixture *f)
{
	int64_t deadline_ns = stage_clock_now_ns() + DEADLINE_NS;

	assert_int_equal(
		f->alsa->create(&f->loop, &events, f, &f->backend, NULL),
		STAGE_OK);
	assert_string_equal(stage_str_text(&f->story), "");
	while (!f->is_up && f->warnings.len == 0 &&
		stage_clock_now_ns() < deadline_ns) {
		uv_run(&f->loop, UV_RUN_ONCE);
	}
	run(f);
}

static void
heard(struct fixture *f, const char *expected)
{
	run(f);
	assert_string_equal(stage_str_text(&f->story), expected);
	stage_str_clear(&f->story);
}

static void
warned(struct fixture *f, const char *part)
{
	if (strstr(stage_str_text(&f->warnings), part) == NULL) {
		fail_msg("\"%s\" is not in: %s", part,
			stage_str_text(&f->warnings));
	}
	stage_str_clear(&f->warnings);
}

static void
edit(struct fixture *f, enum stage_engine_edit what, const char *from,
	const char *to, const struct stage_patch_how *how)
{
	static const struct stage_patch_how plainly;

	assert_int_equal(f->alsa->edit(f->backend, what, from, to,
				 how != NULL ? how : &plainly),
		STAGE_OK);
}

// A keyboard, and a program that it can play.
static void
furnish(struct fixture *f)
{
	add_card(f, 1, 0, "SN1\n");
	fake_seq_client(14, "Midi Through", -1);
	fake_seq_port(14, 0, "Midi Through Port-0", "rw");
	fake_seq_client(20, "K61", 1);
	fake_seq_port(20, 0, "K61 MIDI 1", "rw");
	fake_seq_client(128, "Zyn", -1);
	fake_seq_port(128, 0, "in", "w");
}

static void
listing_tells_all_there_is(void **state)
{
	struct fixture *f = *state;
	const struct stage_patch_how how = {true, STAGE_PATCH_REAL, 3};

	furnish(f);
	fake_seq_client(129, "aj-snapshot", -1);
	fake_seq_connect(20, 0, 128, 0, &how);
	fake_seq_connect(14, 0, 20, 0, NULL);
	begin(f);
	heard(f, "out Midi Through:0 Midi Through Port-0 = Midi Through:0 = "
		 "Midi Through:Midi Through Port-0\n"
		 "in Midi Through:0 Midi Through Port-0 = Midi Through:0 = "
		 "Midi Through:Midi Through Port-0\n"
		 "out " KEYS " = K61:0 = K61:K61 MIDI 1\n"
		 "in " KEYS " = K61:0 = K61:K61 MIDI 1\n"
		 "in Zyn:0 in = Zyn:0 = Zyn:in\n"
		 "client aj-snapshot came\n"
		 "+ Midi Through:0 Midi Through Port-0 > " KEYS "\n"
		 "+(exclusive, real=3) " KEYS " > Zyn:0 in\n");
	assert_int_equal(f->lists, 1);
	assert_true(f->settled > 0);
	assert_null(f->alsa->absence(f->backend));
	// Nothing new, but for what went unnoticed.
	f->seq->is_deaf = true;
	fake_seq_remove_client(14);
	fake_seq_remove_client(129);
	f->alsa->scan(f->backend);
	heard(f, "out " KEYS " = K61:0 = K61:K61 MIDI 1\n"
		 "in " KEYS " = K61:0 = K61:K61 MIDI 1\n"
		 "in Zyn:0 in = Zyn:0 = Zyn:in\n"
		 "+(exclusive, real=3) " KEYS " > Zyn:0 in\n"
		 "no out Midi Through:0 Midi Through Port-0\n"
		 "no in Midi Through:0 Midi Through Port-0\n"
		 "client aj-snapshot went\n");
	assert_int_equal(f->lists, 2);
}

static void
deaths_are_no_disconnections(void **state)
{
	struct fixture *f = *state;

	furnish(f);
	begin(f);
	stage_str_clear(&f->story);
	fake_seq_connect(20, 0, 128, 0, NULL);
	heard(f, "+ " KEYS " > Zyn:0 in\n");
	fake_seq_disconnect(20, 0, 128, 0);
	heard(f, "- " KEYS " > Zyn:0 in\n");
	fake_seq_connect(20, 0, 128, 0, NULL);
	heard(f, "+ " KEYS " > Zyn:0 in\n");
	fake_seq_remove_port(128, 0);
	heard(f, "no in Zyn:0 in\n");
	fake_seq_port(128, 0, "in", "w");
	heard(f, "in Zyn:0 in = Zyn:0 = Zyn:in\n");
	fake_seq_connect(20, 0, 128, 0, NULL);
	fake_seq_remove_client(20);
	// When it is read, the connection is there no longer.
	heard(f, "no out " KEYS "\nno in " KEYS "\n");
}

static void
a_client_gets_its_name_after_it_has_come(void **state)
{
	struct fixture *f = *state;

	begin(f);
	fake_seq_client(130, "Client-130", -1);
	fake_seq_client(130, "Seq", -1);
	fake_seq_port(130, 0, "out", "r");
	heard(f, "out Seq:0 out = Seq:0 = Seq:out\n");
	// Even with ports, and a port too.
	fake_seq_client(130, "Seq 2", -1);
	heard(f, "out Seq:0 out is Seq 2:0 out\n"
		 "out Seq 2:0 out = Seq 2:0 = Seq 2:out\n");
	fake_seq_port(130, 0, "main", "r");
	heard(f, "out Seq 2:0 out is Seq 2:0 main\n"
		 "out Seq 2:0 main = Seq 2:0 = Seq 2:main\n"
		 "out Seq 2:0 main = Seq 2:0 = Seq 2:main\n");
	fake_seq_client(130, "aj-snapshot", -1);
	heard(f, "client aj-snapshot came\n"
		 "out Seq 2:0 main is aj-snapshot:0 main\n"
		 "out aj-snapshot:0 main = aj-snapshot:0 = "
		 "aj-snapshot:main\n");
	// What was announced about those that are gone by now.
	fake_seq_client(131, "Brief", -1);
	fake_seq_port(131, 0, "out", "r");
	fake_seq_remove_client(131);
	heard(f, "");
	// A port of which the client was never told.
	f->seq->is_deaf = true;
	fake_seq_client(132, "Late", -1);
	f->seq->is_deaf = false;
	fake_seq_port(132, 0, "out", "r");
	heard(f, "out Late:0 out = Late:0 = Late:out\n");
}

static void
ways_come_and_go(void **state)
{
	struct fixture *f = *state;

	furnish(f);
	begin(f);
	stage_str_clear(&f->story);
	fake_seq_port(128, 1, "private", "");
	heard(f, "");
	fake_seq_port(20, 0, "K61 MIDI 1", "r");
	heard(f, "no in " KEYS "\nout " KEYS " = K61:0 = K61:K61 MIDI 1\n");
	fake_seq_port(20, 0, "K61 MIDI 1", "w");
	heard(f, "no out " KEYS "\nin " KEYS " = K61:0 = K61:K61 MIDI 1\n");
	fake_seq_port(20, 0, "K61 MIDI 1", "");
	heard(f, "no in " KEYS "\n");
	fake_seq_port(20, 0, "K61 MIDI 1", "r");
	heard(f, "out " KEYS " = K61:0 = K61:K61 MIDI 1\n");
	for (int i = 1; i < 10; i++) { // more than there was room for
		fake_seq_port(20, i, "more", "r");
	}
	run(f);
	stage_str_clear(&f->story);
	fake_seq_remove_port(20, 3);
	heard(f, "no out K61 [SN1 @ dummy_hcd.0-1]:3 more\n");
}

static void
two_of_one_name_are_numbered(void **state)
{
	struct fixture *f = *state;

	begin(f);
	fake_seq_client(128, "Seq", -1);
	fake_seq_client(129, "Seq", -1);
	fake_seq_client(130, "Seq", -1);
	fake_seq_port(130, 0, "out", "r");
	fake_seq_port(129, 0, "out", "r");
	heard(f, "out Seq:0 out = Seq:0 = Seq:out\n"
		 "out Seq #2:0 out = Seq:0 = Seq:out\n");
	fake_seq_remove_client(130);
	heard(f, "no out Seq:0 out\n");
	fake_seq_port(129, 1, "more", "r"); // keeps its number
	heard(f, "out Seq #2:1 more = Seq:1 = Seq:more\n");
	fake_seq_port(128, 0, "out", "r");
	heard(f, "out Seq:0 out = Seq:0 = Seq:out\n");
	fake_seq_remove_port(129, 0);
	fake_seq_remove_port(129, 1);
	fake_seq_remove_port(128, 0);
	fake_seq_port(129, 0, "out", "r");
	heard(f, "no out Seq #2:0 out\nno out Seq #2:1 more\n"
		 "no out Seq:0 out\nout Seq:0 out = Seq:0 = Seq:out\n");
}

static void
devices_are_told_by_serial_number_and_socket(void **state)
{
	struct fixture *f = *state;

	add_card(f, 1, 0, "SN1\n");
	add_card(f, 2, 1, "SN2\n");
	add_card(f, 3, 2, NULL);
	begin(f);
	fake_seq_client(24, "K61", 2);
	fake_seq_port(24, 0, "K61 MIDI 1", "r");
	fake_seq_client(20, "K61", 1);
	fake_seq_port(20, 0, "K61 MIDI 1", "r");
	fake_seq_client(28, "K61", 3);
	fake_seq_port(28, 0, "K61 MIDI 1", "r");
	fake_seq_client(32, "Gone", 9); // pulled in this moment
	fake_seq_port(32, 0, "x", "r");
	heard(f, "out " TWIN " = K61:0 = K61:K61 MIDI 1\n"
		 "out " KEYS " = K61:0 = K61:K61 MIDI 1\n"
		 "out K61 [@ dummy_hcd.2-1]:0 K61 MIDI 1 = K61:0 = "
		 "K61:K61 MIDI 1\n"
		 "out Gone:0 x = Gone:0 = Gone:x\n");
}

static void
edits_are_done_at_once_and_told_later(void **state)
{
	struct fixture *f = *state;
	const struct stage_patch_how how = {true, STAGE_PATCH_TICK, 1};

	furnish(f);
	fake_seq_connect(14, 0, 20, 0, NULL);
	begin(f);
	stage_str_clear(&f->story);
	assert_true(f->alsa->flush(f->backend)); // nothing
	edit(f, STAGE_ENGINE_CONNECT, KEYS, "Zyn:0 in", &how);
	edit(f, STAGE_ENGINE_FORBID, "Midi Through:0 Midi Through Port-0", KEYS,
		NULL);
	edit(f, STAGE_ENGINE_CONNECT, KEYS, "Nobody:0 in", NULL);
	edit(f, STAGE_ENGINE_CONNECT, "Nobody:0 out", "Zyn:0 in", NULL);
	edit(f, STAGE_ENGINE_DISCONNECT, KEYS, KEYS, NULL); // is so
	assert_null(fake_seq_find(20, 0, 128, 0));
	assert_true(f->alsa->flush(f->backend));
	assert_non_null(fake_seq_find(20, 0, 128, 0));
	assert_true(fake_seq_find(20, 0, 128, 0)->how.is_exclusive);
	assert_int_equal(fake_seq_find(20, 0, 128, 0)->how.queue, 1);
	assert_null(fake_seq_find(14, 0, 20, 0));
	assert_string_equal(stage_str_text(&f->story), "");
	heard(f, "done + " KEYS " > Zyn:0 in\n"
		 "done - Midi Through:0 Midi Through Port-0 > " KEYS "\n"
		 "refused + " KEYS " > Nobody:0 in\n"
		 "refused + Nobody:0 out > Zyn:0 in\n"
		 "done - " KEYS " > " KEYS "\n"
		 "- Midi Through:0 Midi Through Port-0 > " KEYS "\n"
		 "+(exclusive, tick=1) " KEYS " > Zyn:0 in\n");
	// What is there already is done; what an exclusive one keeps out is
	// not.
	edit(f, STAGE_ENGINE_CONNECT, KEYS, "Zyn:0 in", NULL);
	edit(f, STAGE_ENGINE_CONNECT, KEYS, KEYS, NULL);
	assert_true(f->alsa->flush(f->backend));
	heard(f, "done + " KEYS " > Zyn:0 in\nrefused + " KEYS " > " KEYS "\n");
	assert_int_equal(f->seq->connects, 1);
}

static void
many_edits(void **state)
{
	struct fixture *f = *state;

	furnish(f);
	begin(f);
	stage_str_clear(&f->story);
	for (int i = 0; i < 50; i++) {
		edit(f,
			i % 2 == 0 ? STAGE_ENGINE_CONNECT
				   : STAGE_ENGINE_DISCONNECT,
			KEYS, "Zyn:0 in", NULL);
	}
	assert_true(f->alsa->flush(f->backend));
	edit(f, STAGE_ENGINE_CONNECT, KEYS, "Zyn:0 in", NULL);
	assert_true(f->alsa->flush(f->backend));
	assert_int_equal(f->seq->connects, 26);
	run(f);
	assert_non_null(fake_seq_find(20, 0, 128, 0));
	edit(f, STAGE_ENGINE_DISCONNECT, KEYS, "Zyn:0 in", NULL);
	// The teardown frees that one.
}

static void
lost_events_are_made_up_for(void **state)
{
	struct fixture *f = *state;

	furnish(f);
	begin(f);
	stage_str_clear(&f->story);
	fake_seq_connect(20, 0, 128, 0, NULL);
	fake_seq_remove_client(14);
	fake_seq_overflow();
	run(f);
	assert_int_equal(f->lists, 2);
	assert_non_null(
		strstr(stage_str_text(&f->story), "+ " KEYS " > Zyn:0 in\n"));
	assert_non_null(
		strstr(stage_str_text(&f->story), "no out Midi Through:0"));
	stage_str_clear(&f->story);
	fake_seq_disconnect(20, 0, 128, 0); // goes on
	heard(f, "- " KEYS " > Zyn:0 in\n");
}

static void
an_absent_sequencer_is_waited_for(void **state)
{
	struct fixture *f = *state;
	int64_t deadline_ns = stage_clock_now_ns() + DEADLINE_NS;

	f->seq->open_error = ENOENT;
	begin(f);
	warned(f, "the ALSA sequencer is not there: ");
	assert_non_null(
		strstr(f->alsa->absence(f->backend), "snd-seq is not loaded"));
	edit(f, STAGE_ENGINE_CONNECT, KEYS, "Zyn:0 in", NULL);
	assert_false(f->alsa->flush(f->backend));
	f->alsa->scan(f->backend);
	heard(f, "");
	furnish(f);
	f->seq->open_error = 0;
	scratch_write(&f->scratch, "seq", "");
	while (!f->is_up && stage_clock_now_ns() < deadline_ns) {
		uv_run(&f->loop, UV_RUN_ONCE);
	}
	assert_true(f->is_up);
	assert_int_equal(f->lists, 1);
	assert_null(f->alsa->absence(f->backend));
	assert_string_equal(stage_str_text(&f->warnings), "");
	stage_str_clear(&f->story);
	// It goes, and comes again.
	f->seq->read_error = ENODEV;
	fake_seq_announce(&(struct stage_seq_event){
		.kind = STAGE_SEQ_CLIENT_CHANGED, .from = {20, 0}});
	f->seq->open_error = EACCES;
	while (f->is_up && stage_clock_now_ns() < deadline_ns) {
		uv_run(&f->loop, UV_RUN_ONCE);
	}
	while (strstr(stage_str_text(&f->warnings), "Permission") == NULL &&
		stage_clock_now_ns() < deadline_ns) {
		uv_run(&f->loop, UV_RUN_ONCE);
	}
	warned(f, "seq: Permission denied (the group audio may)");
	scratch_write(&f->scratch, "seq", "again");
	run(f);
	assert_string_equal(stage_str_text(&f->warnings), ""); // once
	f->seq->open_error = 0;
	scratch_write(&f->scratch, "seq", "and again");
	while (!f->is_up && stage_clock_now_ns() < deadline_ns) {
		uv_run(&f->loop, UV_RUN_ONCE);
	}
	assert_true(f->is_up);
}

// The device is there, and its module still begins: nothing tells when it can
// be used.
static void
a_sequencer_that_begins_is_tried_again(void **state)
{
	struct fixture *f = *state;
	int64_t deadline_ns = stage_clock_now_ns() + DEADLINE_NS;

	furnish(f);
	scratch_write(&f->scratch, "seq", "");
	f->seq->open_error = EINVAL;
	begin(f);
	while (stage_str_text(&f->warnings)[0] == '\0' &&
		stage_clock_now_ns() < deadline_ns) {
		uv_run(&f->loop, UV_RUN_ONCE);
	}
	warned(f, "seq: Invalid argument");
	f->seq->open_error = 0;
	while (!f->is_up && stage_clock_now_ns() < deadline_ns) {
		uv_run(&f->loop, UV_RUN_ONCE);
	}
	assert_true(f->is_up);
	assert_string_equal(stage_str_text(&f->warnings), ""); // once
}

static enum stage_status
use_backend(void *user)
{
	const struct stage_patch_backend_class *alsa =
		stage_patch_backend_alsa();
	const struct stage_patch_how plainly = {0};
	struct stage_patch_backend *backend = NULL;
	struct fixture *f = user;
	enum stage_status status =
		alsa->create(&f->loop, &events, user, &backend, NULL);

	for (int i = 0; i < 20 && status == STAGE_OK; i++) {
		status = alsa->edit(backend, STAGE_ENGINE_CONNECT, KEYS,
			"Zyn:0 in", &plainly);
	}
	alsa->destroy(backend);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	return status;
}

static void
any_allocation_of_it_may_fail(void **state)
{
	assert_true(failing_alloc_sweep(use_backend, *state) > 5);
}

static void
ignore_event(void *user, const struct stage_engine_event *event)
{
	(void)user;
	(void)event;
}

static void
ignore_client(void *user, const char *name, bool is_there)
{
	(void)user;
	(void)name;
	(void)is_there;
}

static enum stage_status
use_table(void *user)
{
	static const struct stage_seq_table_events quiet = {
		ignore_event, ignore_client};
	const struct stage_seq_client client = {20, "K61", 1};
	const struct stage_seq_client renamed = {20, "K88", 1};
	struct stage_seq_table *table = stage_seq_table_create(&quiet, user);
	struct stage_seq_port port = {{20, 0}, "out", true, true, true};
	enum stage_status status = table != NULL ? STAGE_OK : STAGE_NO_MEMORY;

	if (status == STAGE_OK) {
		status = stage_seq_table_put_client(table, &client, NULL);
	}
	for (int i = 0; i < 6 && status == STAGE_OK; i++) {
		port.addr.port = i;
		status = stage_seq_table_put_port(table, &port);
	}
	if (status == STAGE_OK) {
		status = stage_seq_table_put_client(table, &renamed, NULL);
	}
	stage_seq_table_destroy(table);
	return status;
}

static void
any_allocation_of_the_table_may_fail(void **state)
{
	assert_true(failing_alloc_sweep(use_table, *state) > 10);
}

// All that it hears and does; what there is no memory for comes later, or not.
static enum stage_status
live(void *user)
{
	const struct stage_patch_backend_class *alsa =
		stage_patch_backend_alsa();
	const struct stage_patch_how plainly = {0};
	struct fixture *f = user;
	enum stage_status status =
		alsa->create(&f->loop, &quiet_events, f, &f->backend, NULL);

	if (status == STAGE_OK) {
		run(f);
		fake_seq_client(140, "New", -1);
		fake_seq_port(140, 0, "out", "rw");
		run(f);
		(void)!alsa->edit(f->backend, STAGE_ENGINE_CONNECT, "New:0 out",
			"New:0 out", &plainly);
		(void)!alsa->flush(f->backend);
		run(f);
		fake_seq_remove_client(140);
		f->seq->read_error = ENODEV;
		fake_seq_port(14, 0, "other", "r");
		run(f);
	}
	alsa->destroy(f->backend);
	f->backend = NULL;
	uv_run(&f->loop, UV_RUN_DEFAULT);
	f->seq->read_error = 0;
	return status;
}

static void
any_allocation_of_its_life_may_fail(void **state)
{
	struct fixture *f = *state;

	furnish(f);
	fake_seq_connect(20, 0, 128, 0, NULL);
	assert_true(failing_alloc_sweep_tolerant(live, f) > 30);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(listing_tells_all_there_is),
		TEST(deaths_are_no_disconnections),
		TEST(a_client_gets_its_name_after_it_has_come),
		TEST(ways_come_and_go),
		TEST(two_of_one_name_are_numbered),
		TEST(devices_are_told_by_serial_number_and_socket),
		TEST(edits_are_done_at_once_and_told_later),
		TEST(many_edits),
		TEST(lost_events_are_made_up_for),
		TEST(an_absent_sequencer_is_waited_for),
		TEST(a_sequencer_that_begins_is_tried_again),
		TEST(any_allocation_of_it_may_fail),
		TEST(any_allocation_of_the_table_may_fail),
		TEST(any_allocation_of_its_life_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
