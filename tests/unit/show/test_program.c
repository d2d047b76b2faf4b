/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "songs.h"

static void
add(struct songs *songs, const char *name, const char *conf)
{
	char path[64];

	snprintf(path, sizeof(path), "songs/%s/session.nsm", name);
	songs_write(songs, path, "");
	if (conf != NULL) {
		snprintf(path, sizeof(path), "songs/%s/song.conf", name);
		songs_write(songs, path, conf);
	}
}

// "2 Waltz", "0 Other" or "0" for what a program calls in a list.
static void
calls(struct songs *songs, const char *list, uint32_t program,
	const char *expected)
{
	struct stage_show_setlist setlist;
	size_t number = 99;
	char text[64];
	char *song;

	assert_int_equal(stage_show_setlist_parse(&setlist, list, strlen(list)),
		STAGE_OK);
	song = stage_show_program_look(
		&songs->store, &setlist, program, &number);
	snprintf(text, sizeof(text), "%zu%s%s", number, song != NULL ? " " : "",
		song != NULL ? song : "");
	assert_string_equal(text, expected);
	free(song);
	stage_show_setlist_finish(&setlist);
}

static void
songs_are_found_by_their_program(void **state)
{
	static const char list[] = "Ballad\nbreak\n- Waltz\nGone\nTango\n";
	struct songs songs;

	(void)state;
	songs_init(&songs);
	add(&songs, "Ballad", NULL);
	add(&songs, "Waltz", "program 7\n");
	add(&songs, "Tango", "tempo 120\n");
	add(&songs, "Other", "program 7\n");
	add(&songs, "Extra", "program 2\n");
	calls(&songs, list, 7, "2 Waltz");  // of the list before others
	calls(&songs, list, 2, "0 Extra");  // its own goes before a place
	calls(&songs, list, 0, "1 Ballad"); // by its place
	calls(&songs, list, 1, "0");        // Waltz has one of its own
	calls(&songs, list, 3, "4 Tango");
	calls(&songs, list, 4, "0");
	calls(&songs, list, 16383, "0");
	calls(&songs, "", 7, "0 Other");
	calls(&songs, "Gone\n", 0, "1 Gone"); // to be told that it is gone
	songs_finish(&songs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(songs_are_found_by_their_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
