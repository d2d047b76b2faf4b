/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// import, export, clear over the socket.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon_world.h"

#define S STAGE_NS_PER_S
#define NAME_BYTES 200 // of a patch file, without .patch

static void
add_some(struct daemon_world *w)
{
	static const char *const names[] = {
		"A:out", "C:out", "N.nNOWW:out", "B:in", "D:in", "E:in"};

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		daemon_world_add(w, names[i]);
	}
	daemon_world_pass(w, 10 * S);
}

// A file of jackpatch outside of the patchbay's directory.
static const char *
put(struct daemon_world *w, const char *name, const char *text)
{
	static char path[SCRATCH_PATH_MAX];

	daemon_world_write(w, name, text);
	snprintf(path, sizeof(path), "%s",
		world_path(&w->world, "rig/%s", name));
	return path;
}

static void
an_import_is_a_file_with_its_report(void **state)
{
	struct daemon_world *w = *state;
	const char *path = put(w, "my show.jackpatch",
		"A:out |> B:in\nno port |> B:in\nA:out |> B:in\n");
	struct stage_str text = {0};
	const json_t *result;

	add_some(w);
	result = daemon_world_ask(w, "import", "file", path, NULL);
	assert_string_equal(
		daemon_world_text(w, result, "format"), "\"jackpatch\"");
	assert_string_equal(daemon_world_text(w, result, "statements"), "1");
	assert_non_null(strstr(daemon_world_text(w, result, "path"),
		"/rig/patchbay/my show.patch"));
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_int_equal(
		stage_io_read_file(
			world_path(&w->world, "rig/patchbay/my show.patch"),
			10000, &text, NULL),
		STAGE_OK);
	assert_non_null(strstr(stage_str_text(&text), "# Imported from /"));
	assert_non_null(strstr(stage_str_text(&text),
		"2:1: left out, as \"no port\" is no full name"));
	assert_non_null(strstr(stage_str_text(&text), "came twice"));
	assert_non_null(strstr(stage_str_text(&text), "\nA:out -> B:in\n"));
	stage_str_finish(&text);
}

static void
only_an_import_is_replaced_and_when_told_so(void **state)
{
	struct daemon_world *w = *state;
	const char *path = put(w, "a.jackpatch", "A:out |> B:in\n");

	add_some(w);
	daemon_world_ask(w, "import", "file", path, "name", "mine", NULL);
	put(w, "a.jackpatch", "A:out |> D:in\n");
	daemon_world_refuse(w, STAGE_EXISTS, "--replace replaces it", "import",
		"file", path, "name", "mine", NULL);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	daemon_world_ask(w, "import", "file", path, "name", "mine", "replace",
		"true", NULL);
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_true(daemon_world_is_connected(w, "A:out", "D:in"));
	daemon_world_write(w, "patchbay/hand.patch", "# by hand\n");
	daemon_world_refuse(w, STAGE_EXISTS, "was not imported", "import",
		"file", path, "name", "hand", "replace", "true", NULL);
}

static void
a_dry_import_only_tells(void **state)
{
	struct daemon_world *w = *state;
	const char *path = put(w, "a.jackpatch", "A:out |> B:in\n");
	const json_t *result;

	add_some(w);
	result = daemon_world_ask(
		w, "import", "file", path, "dry", "true", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"format\":\"jackpatch\",\"report\":[],\"statements\":1}");
	daemon_world_ask(w, "import", "file", path, "dry", "true", "learn",
		"true", NULL);
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_string_equal(daemon_world_learned(w), "");
}

static void
what_cannot_be_imported_is_refused(void **state)
{
	struct daemon_world *w = *state;
	const char *path = put(w, "a.jackpatch", "A:out |> B:in\n");
	static const struct {
		const char *name;
		const char *part;
	} names[] = {
		{"", "cannot be the name"},
		{".a", "cannot be the name"},
		{"a/b", "cannot be the name"},
		{"learned", "cannot be the name"},
	};
	char longest[NAME_BYTES + 2];

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		daemon_world_refuse(w, STAGE_BAD_INPUT, names[i].part, "import",
			"file", path, "name", names[i].name, NULL);
	}
	memset(longest, 'n', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	daemon_world_refuse(w, STAGE_BAD_INPUT, "at most 200 bytes", "import",
		"file", path, "name", longest, NULL);
	longest[NAME_BYTES] = '\0';
	daemon_world_ask(w, "import", "file", path, "name", longest, NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "is no absolute path", "import",
		"file", "a.jackpatch", NULL);
	daemon_world_refuse(w, STAGE_NOT_FOUND, "unable to open", "import",
		"file", "/no/such", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "there are jack and alsa",
		"import", "file", path, "system", "oss", NULL);
	daemon_world_refuse(w, STAGE_NOT_FOUND, "there is no format \"x\"",
		"import", "file", path, "format", "x", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "the file is empty", "import",
		"file", put(w, "empty", ""), NULL);
}

// A long name loses its end, but no half of a character; a line break stays out
// of the comment.
static void
odd_names_of_files_are_taken(void **state)
{
	struct daemon_world *w = *state;
	char name[NAME_BYTES + 5];
	struct stage_str text = {0};
	const json_t *result;

	add_some(w);
	memset(name, 'n', sizeof(name));
	memcpy(name + NAME_BYTES - 1, "\xc3\xbc", 2);
	name[sizeof(name) - 1] = '\0';
	result = daemon_world_ask(
		w, "import", "file", put(w, name, "A:out |> B:in\n"), NULL);
	assert_non_null(
		strstr(daemon_world_text(w, result, "path"), "nnnn.patch\""));
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	daemon_world_ask(w, "import", "file",
		put(w, "two\nlines.jackpatch", "A:out |> D:in\n"), "name",
		"two", NULL);
	assert_true(daemon_world_is_connected(w, "A:out", "D:in"));
	assert_int_equal(stage_io_read_file(world_path(&w->world,
						    "rig/patchbay/two.patch"),
				 10000, &text, NULL),
		STAGE_OK);
	assert_non_null(strstr(stage_str_text(&text),
		"# Imported from a file with a line break in its name,"));
	stage_str_finish(&text);
}

static const char *
connections(struct daemon_world *w)
{
	static char text[64];

	text[0] = '\0';
	for (const char *from = "ACN"; *from != '\0'; from++) {
		for (const char *to = "BDE"; *to != '\0'; to++) {
			char names[2][16] = {"?:out", "?:in"};
			names[0][0] = *from;
			names[1][0] = *to;
			if (*from == 'N') {
				strcpy(names[0], "N.nNOWW:out");
			}
			if (daemon_world_is_connected(w, names[0], names[1])) {
				snprintf(text + strlen(text), 8, "%c%c ", *from,
					*to);
			}
		}
	}
	return text;
}

static void
want_of_files(struct daemon_world *w)
{
	add_some(w);
	daemon_world_write(w, "patchbay/user.patch",
		"A:out -> B:in\nN.nFILE:out -> B:in\n");
	daemon_world_await(w, "A:out", "B:in", "connected: user.patch");
	daemon_world_ask(w, "mode", "mode", "enforce", NULL);
}

// As aj-snapshot restores, with -x and without.
static void
an_import_may_be_learned_instead(void **state)
{
	struct daemon_world *w = *state;
	const char *path =
		put(w, "a.jackpatch", "C:out |> D:in\nN.nNOWW:out |> D:in\n");

	want_of_files(w);
	daemon_world_connect(w, "C:out", "E:in");
	assert_string_equal(connections(w), "AB CE NB ");
	daemon_world_ask(w, "import", "file", path, "learn", "true", NULL);
	assert_string_equal(connections(w), "AB CD CE NB ND ");
	assert_string_equal(
		daemon_world_learned(w), "C:out -> D:in;N.nFILE:out -> D:in;");
	put(w, "a.jackpatch", "C:out |> B:in\n");
	daemon_world_ask(w, "import", "file", path, "learn", "true", "only",
		"true", NULL);
	assert_string_equal(connections(w), "CB ");
	assert_string_equal(daemon_world_learned(w),
		"C:out -> B:in;not N.nFILE:out -> B:in;not A:out -> B:in;");
	daemon_world_ask(w, "undo", NULL);
	assert_string_equal(connections(w), "AB CD NB ND ");
}

static void
some_clients_may_be_left_out(void **state)
{
	struct daemon_world *w = *state;
	const char *path =
		put(w, "a.jackpatch", "A:out |> D:in\nC:out |> D:in\n");
	json_t *params = json_pack("{s:s, s:b, s:b, s:[s]}", "file", path,
		"learn", 1, "only", 1, "ignore", "[AN]*");

	want_of_files(w);
	daemon_world_connect(w, "C:out", "E:in");
	assert_non_null(daemon_world_call(w, "import", params));
	assert_string_equal(connections(w), "AB CD NB ");
	assert_string_equal(daemon_world_learned(w), "C:out -> D:in;");
	daemon_world_ask(w, "import", "file", path, "system", "alsa", "learn",
		"true", "only", "true", NULL);
	assert_string_equal(connections(w), "AB CD NB "); // of JACK's nothing
	params = json_pack("{s:[s]}", "ignore", "N*");
	assert_non_null(daemon_world_call(w, "clear", params));
	assert_string_equal(connections(w), "NB ");
	assert_string_equal(daemon_world_learned(w), "not A:out -> B:in;");
}

static const char *
exported(struct daemon_world *w, json_t *params)
{
	const json_t *result = daemon_world_call(w, "export", params);

	assert_non_null(result);
	return json_string_value(json_object_get(result, "text"));
}

static void
what_is_desired_is_exported(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	want_of_files(w);
	daemon_world_write(w, "patchbay/never.patch", "forbid C:* -> E:in\n");
	daemon_world_await(w, "C:out", "E:in", "forbids");
	daemon_world_ask(w, "mode", "mode", "lock", "clients", "A", NULL);
	daemon_world_connect(w, "C:out", "D:in");
	assert_string_equal(exported(w, json_pack("{s:s}", "format", "patch")),
		"A:out -> B:in\nN.nFILE:out -> B:in\n"
		"forbid C:* -> E:in\n");
	assert_string_equal(
		exported(w,
			json_pack("{s:s, s:b, s:[s], s:s}", "format", "patch",
				"now", 1, "ignore", "N*", "system", "jack")),
		"C:out -> D:in\nA:out -> B:in\n");
	result = daemon_world_ask(w, "export", "format", "jackpatch", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "text"),
		"A:out                                    |> B:in"));
	assert_non_null(strstr(
		daemon_world_text(w, result, "report"), "forbid C:* -> E:in"));
	daemon_world_refuse(w, STAGE_NOT_FOUND, "there is no format \"x\"",
		"export", "format", "x", NULL);
	daemon_world_refuse(w, STAGE_UNSUPPORTED, "are only read", "export",
		"format", "qpwgraph", NULL);
	daemon_world_refuse(
		w, STAGE_BAD_INPUT, "needs the argument", "export", NULL);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
		name, daemon_world_setup, daemon_world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_import_is_a_file_with_its_report),
		TEST(only_an_import_is_replaced_and_when_told_so),
		TEST(a_dry_import_only_tells),
		TEST(what_cannot_be_imported_is_refused),
		TEST(odd_names_of_files_are_taken),
		TEST(an_import_may_be_learned_instead),
		TEST(some_clients_may_be_left_out),
		TEST(what_is_desired_is_exported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
