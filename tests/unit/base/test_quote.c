/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/quote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"

static void
quoting(void **state)
{
	static const struct {
		const char *word, *wanted;
	} rows[] = {
		{"", "''"},
		{"jalv", "jalv"},
		{"/usr/bin/a-b_c.1", "/usr/bin/a-b_c.1"},
		{"a b", "'a b'"},
		{"it's", "\"it's\""},
		{"'", "\"'\""},
		{"$HOME", "\"\\$HOME\""},
		{"`x`", "\"\\`x\\`\""},
		{"$\"\\", "\"\\$\\\"\\\\\""},
		{"a\"b", "'a\"b'"},
		{"a\\b", "\"a\\\\b\""},
		{"~", "'~'"},
		{"a=b", "'a=b'"},
		{"*", "'*'"},
		{"#", "'#'"},
		{"{a,b}", "'{a,b}'"},
		{"!!", "'!!'"},
		{"a\nb", "'a\nb'"},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_str out = {0};
		assert_int_equal(stage_quote_add(&out, rows[i].word), STAGE_OK);
		assert_string_equal(stage_str_text(&out), rows[i].wanted);
		stage_str_finish(&out);
	}
}

// Gives script to sh and reads what it prints.
static void
run_sh(const char *script, char *out, size_t size)
{
	int fds[2];
	size_t len = 0;
	ssize_t got;
	int how;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	while ((got = read(fds[0], out + len, size - 1 - len)) > 0) {
		len += (size_t)got;
	}
	out[len] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &how, 0), pid);
	assert_int_equal(how, 0);
}

// Every byte that a word can hold comes back from sh as it was.
static void
sh_reads_it_back(void **state)
{
	char word[300];
	char got[400];
	struct stage_str script = {0};
	size_t len = 0;

	(void)state;
	for (int c = 1; c < 256; c++) {
		word[len++] = (char)c;
	}
	word[len++] = '\'';
	word[len++] = '\'';
	word[len] = '\0';
	assert_int_equal(stage_str_add(&script, "printf %sEND "), STAGE_OK);
	assert_int_equal(stage_quote_add(&script, word), STAGE_OK);
	run_sh(script.data, got, sizeof(got));
	assert_int_equal(strlen(got), len + 3);
	assert_memory_equal(got, word, len);
	stage_str_finish(&script);
}

static enum stage_status
quote_once(void *user)
{
	struct stage_str out = {0};
	enum stage_status status = stage_quote_add(&out, user);

	stage_str_finish(&out);
	return status;
}

static void
no_memory(void **state)
{
	char word[300];

	(void)state;
	memset(word, '\'', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_true(failing_alloc_sweep(quote_once, word) > 0);
	memset(word, ' ', sizeof(word) - 1);
	assert_true(failing_alloc_sweep(quote_once, word) > 0);
	word[0] = '\0';
	assert_true(failing_alloc_sweep(quote_once, word) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quoting),
		cmocka_unit_test(sh_reads_it_back),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
