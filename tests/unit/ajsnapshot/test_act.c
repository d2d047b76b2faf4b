/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // realpath

#include "ajsnapshot/act.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "script.h"

#define ANSWER "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"
#define ANSWER_2 "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":"
#define FAILURE                                                                \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,"            \
	"\"message\":\"in lock\"}}\n"
#define FAILURE_2                                                              \
	"{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32000,"            \
	"\"message\":\"not read\"}}\n"
#define TEXT_ROOM 4096

// The patchbay is a script; what a person says and sees are files.
struct stage {
	struct script script;
	struct stage_aj_options options;
	struct stage_err err;
	char file[SCRATCH_PATH_MAX]; // in a directory that is empty else
	int kept[3];                 // the test's own standard files
};

static void
redirect(struct stage *self, int fd, const char *text)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fflush(NULL);
	lseek(fileno(file), 0, SEEK_SET);
	if (self->kept[fd] < 0) {
		self->kept[fd] = dup(fd);
	}
	assert_int_equal(dup2(fileno(file), fd), fd);
	fclose(file);
}

static void
restore_standard_files(struct stage *self)
{
	fflush(NULL);
	for (int fd = 0; fd < 3; fd++) {
		if (self->kept[fd] >= 0) {
			dup2(self->kept[fd], fd);
			close(self->kept[fd]);
			self->kept[fd] = -1;
		}
	}
}

// What was written to a redirected file.
static void
read_back(int fd, char text[TEXT_ROOM])
{
	ssize_t got;

	fflush(NULL);
	got = pread(fd, text, TEXT_ROOM - 1, 0);
	assert_true(got >= 0);
	text[got] = '\0';
}

static int
setup(void **state)
{
	struct stage *self = calloc(1, sizeof(*self));

	script_init(&self->script);
	self->options = (struct stage_aj_options){
		.has_jack = true, .has_alsa = true, .file = self->file};
	snprintf(self->file, sizeof(self->file), "%s",
		scratch_path(&self->script.scratch, "kept.xml"));
	for (int fd = 0; fd < 3; fd++) {
		self->kept[fd] = -1;
	}
	*state = self;
	return 0;
}

static int
teardown(void **state)
{
	struct stage *self = *state;

	restore_standard_files(self);
	stage_aj_options_finish(&self->options);
	script_finish(&self->script);
	free(self);
	return 0;
}

static void
act(struct stage *self, enum stage_status status, const char *says)
{
	self->err = (struct stage_err)STAGE_ERR_INIT;
	assert_int_equal(
		stage_aj_act(self->script.client, &self->options, &self->err),
		status);
	if (strstr(self->err.text, says) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", says, self->err.text);
	}
}

// The verb that was called, and what with; NULL: nothing was asked.
static json_t *
asked(struct stage *self, const char *method)
{
	char text[TEXT_ROOM];
	ssize_t got =
		recv(self->script.fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	json_t *request;
	json_t *params;

	if (got <= 0) {
		return NULL;
	}
	request = json_loadb(text, (size_t)got, 0, NULL);
	assert_non_null(request);
	assert_string_equal(
		json_string_value(json_object_get(request, "method")), method);
	params = json_incref(json_object_get(request, "params"));
	json_decref(request);
	return params;
}

static void
expect_asked(struct stage *self, const char *method, const char *expected)
{
	json_t *params = asked(self, method);
	char *text;

	assert_non_null(params);
	text = json_dumps(params, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, expected);
	free(text);
	json_decref(params);
}

static void
what_is_there_is_stored(void **state)
{
	struct stage *self = *state;

	script_say(&self->script, ANSWER "{\"text\":\"<jack/>\\n\"}}\n");
	act(self, STAGE_OK, "");
	assert_true(
		scratch_holds(&self->script.scratch, "kept.xml", "<jack/>\n"));
	expect_asked(self, "export",
		"{\"format\":\"aj-snapshot\",\"ignore\":[],\"now\":true}");
}

static void
one_system_and_some_clients_only(void **state)
{
	struct stage *self = *state;

	self->options.has_alsa = false;
	assert_int_equal(
		stage_strv_add(&self->options.ignored, "a*"), STAGE_OK);
	script_say(&self->script, ANSWER "{\"text\":\"\"}}\n");
	act(self, STAGE_OK, "");
	expect_asked(self, "export",
		"{\"format\":\"aj-snapshot\",\"ignore\":[\"a*\"],"
		"\"now\":true,\"system\":\"jack\"}");
}

static void
names_that_are_no_text_are_stored(void **state)
{
	struct stage *self = *state;

	script_say(&self->script, ANSWER "{\"base64\":\"R3L8bg==\"}}\n");
	act(self, STAGE_OK, "");
	assert_true(
		scratch_holds(&self->script.scratch, "kept.xml", "Gr\xfcn"));
}

static void
an_answer_without_a_file_leaves_the_old_one(void **state)
{
	struct stage *self = *state;

	self->options.forces = true;
	scratch_write(&self->script.scratch, "kept.xml", "old");
	script_say(&self->script, ANSWER "{}}\n");
	act(self, STAGE_BAD_INPUT, "no file");
	assert_true(scratch_holds(&self->script.scratch, "kept.xml", "old"));
}

static void
a_file_is_overwritten_when_somebody_says_so(void **state)
{
	static const struct {
		const char *answer;
		bool is_yes;
	} cases[] = {{"n\n", false}, {"", false}, {"\n", false},
		{"no, y\n", false}, {"y\n", true}, {"Yes\n", true}};
	struct stage *self = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char said[TEXT_ROOM];
		script_again(&self->script);
		scratch_write(&self->script.scratch, "kept.xml", "old");
		script_say(&self->script, ANSWER "{\"text\":\"new\"}}\n");
		redirect(self, STDIN_FILENO, cases[i].answer);
		clearerr(stdin);
		redirect(self, STDOUT_FILENO, "");
		act(self, cases[i].is_yes ? STAGE_OK : STAGE_EXISTS,
			cases[i].is_yes ? "" : "is left as it is");
		read_back(STDOUT_FILENO, said);
		restore_standard_files(self);
		assert_non_null(strstr(said, self->file));
		assert_non_null(strstr(said, "overwrite? y/n"));
		assert_true(scratch_holds(&self->script.scratch, "kept.xml",
			cases[i].is_yes ? "new" : "old"));
	}
}

static void
nobody_is_asked_with_f(void **state)
{
	struct stage *self = *state;
	char said[TEXT_ROOM];

	self->options.forces = true;
	scratch_write(&self->script.scratch, "kept.xml", "old");
	script_say(&self->script, ANSWER "{\"text\":\"new\"}}\n");
	redirect(self, STDOUT_FILENO, "");
	act(self, STAGE_OK, "");
	read_back(STDOUT_FILENO, said);
	restore_standard_files(self);
	assert_string_equal(said, "");
	assert_true(scratch_holds(&self->script.scratch, "kept.xml", "new"));
}

static void
a_file_is_restored_by_its_whole_name(void **state)
{
	struct stage *self = *state;
	char expected[TEXT_ROOM];
	char *real;

	self->options.action = STAGE_AJ_RESTORE;
	self->options.has_jack = false;
	self->options.removes_first = true;
	real = realpath(
		scratch_write(&self->script.scratch, "kept.xml", ""), NULL);
	assert_non_null(real);
	script_say(&self->script, ANSWER "{}}\n");
	act(self, STAGE_OK, "");
	snprintf(expected, sizeof(expected),
		"{\"file\":\"%s\",\"format\":\"aj-snapshot\",\"ignore\":[],"
		"\"learn\":true,\"only\":true,\"system\":\"alsa\"}",
		real);
	free(real);
	expect_asked(self, "import", expected);
}

static void
a_file_that_is_missing_is_told(void **state)
{
	struct stage *self = *state;

	self->options.action = STAGE_AJ_RESTORE;
	act(self, STAGE_NOT_FOUND, "unable to find");
	assert_null(asked(self, "import"));
}

static void
all_is_removed(void **state)
{
	struct stage *self = *state;

	self->options.action = STAGE_AJ_REMOVE;
	script_say(&self->script, ANSWER "{}}\n");
	act(self, STAGE_OK, "");
	expect_asked(self, "clear", "{\"ignore\":[]}");
}

static void
what_the_patchbay_refuses_is_passed_on(void **state)
{
	struct stage *self = *state;
	static const enum stage_aj_action actions[] = {STAGE_AJ_STORE,
		STAGE_AJ_RESTORE, STAGE_AJ_REMOVE, STAGE_AJ_DAEMON};

	self->options.forces = true;
	for (size_t i = 0; i < STAGE_COUNT_OF(actions); i++) {
		script_again(&self->script);
		scratch_write(&self->script.scratch, "kept.xml", "old");
		self->options.action = actions[i];
		script_say(&self->script, FAILURE);
		self->err = (struct stage_err)STAGE_ERR_INIT;
		assert_int_not_equal(stage_aj_act(self->script.client,
					     &self->options, &self->err),
			STAGE_OK);
		assert_string_equal(self->err.text, "in lock");
		assert_true(scratch_holds(
			&self->script.scratch, "kept.xml", "old"));
	}
}

static void
the_report_is_told_and_with_q_the_warning_only(void **state)
{
	struct stage *self = *state;

	self->options.action = STAGE_AJ_RESTORE;
	scratch_write(&self->script.scratch, "kept.xml", "");
	for (int is_quiet = 0; is_quiet < 2; is_quiet++) {
		char said[TEXT_ROOM];
		script_again(&self->script);
		self->options.is_quiet = is_quiet != 0;
		script_say(&self->script,
			ANSWER "{\"report\":[\"one is away\",\"two merged\"],"
			       "\"warning\":\"the disk is full\"}}\n");
		redirect(self, STDERR_FILENO, "");
		act(self, STAGE_OK, "");
		read_back(STDERR_FILENO, said);
		restore_standard_files(self);
		assert_non_null(strstr(said, "the disk is full\n"));
		assert_int_equal(
			strstr(said, "one is away\n") == NULL, is_quiet);
		assert_int_equal(
			strstr(said, "two merged\n") == NULL, is_quiet);
	}
}

static void
play_until_term(int fd)
{
	actor_read_lines(fd, 1);
	kill(getppid(), SIGHUP);
	actor_write(fd, ANSWER "{}}\n", strlen(ANSWER "{}}\n"));
	actor_read_lines(fd, 1);
	kill(getppid(), SIGTERM);
	actor_write(fd, ANSWER_2 "{}}\n", strlen(ANSWER_2 "{}}\n"));
}

static void
play_a_file_that_got_bad(int fd)
{
	actor_read_lines(fd, 1);
	kill(getppid(), SIGHUP);
	actor_write(fd, ANSWER "{}}\n", strlen(ANSWER "{}}\n"));
	actor_read_lines(fd, 1);
	actor_write(fd, FAILURE_2, strlen(FAILURE_2));
}

static void
stay(struct stage *self, void (*play)(int fd), enum stage_status status,
	const char *says)
{
	sigset_t before;

	sigprocmask(SIG_SETMASK, NULL, &before);
	self->options.action = STAGE_AJ_DAEMON;
	scratch_write(&self->script.scratch, "kept.xml", "");
	script_act(&self->script, play);
	act(self, status, says);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void
a_daemon_reads_again_at_hup_and_ends_at_term(void **state)
{
	stay(*state, play_until_term, STAGE_OK, "");
}

static void
a_daemon_whose_file_got_bad_ends(void **state)
{
	stay(*state, play_a_file_that_got_bad, STAGE_IO, "not read");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_there_is_stored),
		TEST(one_system_and_some_clients_only),
		TEST(names_that_are_no_text_are_stored),
		TEST(an_answer_without_a_file_leaves_the_old_one),
		TEST(a_file_is_overwritten_when_somebody_says_so),
		TEST(nobody_is_asked_with_f),
		TEST(a_file_is_restored_by_its_whole_name),
		TEST(a_file_that_is_missing_is_told),
		TEST(all_is_removed),
		TEST(what_the_patchbay_refuses_is_passed_on),
		TEST(the_report_is_told_and_with_q_the_warning_only),
		TEST(a_daemon_reads_again_at_hup_and_ends_at_term),
		TEST(a_daemon_whose_file_got_bad_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
