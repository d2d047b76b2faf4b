/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rig/proc_file.h"
#include "rig/proc_text.h"

// The same process written as the kernel would.
static void
check_round_trip(const struct stage_proc_stat *stat)
{
	struct stage_proc_stat again;
	char text[512];
	int len = snprintf(text, sizeof(text),
		"1 (%s) %c %d 0 %d 0 0 0 0 0 0 0 %llu 0 0 0 0 0 0 0 %llu 0 "
		"%ld\n",
		stat->comm, stat->state, stat->parent, stat->session,
		stat->cpu_ticks, stat->start, stat->rss_pages);

	if (stat->cpu_ticks > INT64_MAX) { // the sum of two
		return;
	}
	FUZZ_CHECK(stage_proc_stat_parse(text, (size_t)len, &again));
	FUZZ_CHECK(strcmp(again.comm, stat->comm) == 0);
	FUZZ_CHECK(again.state == stat->state);
	FUZZ_CHECK(again.parent == stat->parent);
	FUZZ_CHECK(again.session == stat->session);
	FUZZ_CHECK(again.cpu_ticks == stat->cpu_ticks);
	FUZZ_CHECK(again.start == stat->start);
	FUZZ_CHECK(again.rss_pages == stat->rss_pages);
}

static void
check_stat(const char *text, size_t len)
{
	struct stage_proc_stat stat;
	struct stage_proc_stat before;

	memset(&stat, 0x5a, sizeof(stat));
	before = stat;
	if (!stage_proc_stat_parse(text, len, &stat)) {
		FUZZ_CHECK(memcmp(&stat, &before, sizeof(stat)) == 0);
		return;
	}
	FUZZ_CHECK(memchr(stat.comm, '\0', sizeof(stat.comm)) != NULL);
	check_round_trip(&stat);
	// Whatever a process calls itself, the brackets around it are kept.
	FUZZ_CHECK(strncmp((const char *)memchr(text, '(', len) + 1, stat.comm,
			   strlen(stat.comm)) == 0);
}

// Entry by entry; what does not end with a zero byte is none.
static bool
has_entry(const char *environment, size_t len, const char *wanted)
{
	const char *end;

	while ((end = memchr(environment, '\0', len)) != NULL) {
		if (strcmp(environment, wanted) == 0) {
			return true;
		}
		len -= (size_t)(end + 1 - environment);
		environment = end + 1;
	}
	return false;
}

// What stands before the first zero byte is looked for in the rest.
static void
check_environment(const uint8_t *data, size_t size)
{
	const uint8_t *zero = memchr(data, '\0', size);
	const char *rest;
	size_t len;

	if (zero == NULL) {
		return;
	}
	rest = (const char *)zero + 1;
	len = size - (size_t)(zero + 1 - data);
	FUZZ_CHECK(stage_proc_has_entry(rest, len, (const char *)data) ==
		   has_entry(rest, len, (const char *)data));
}

// "PID STARTTIME", as in the files of the run directory.
static void
check_id(const char *text)
{
	struct stage_proc_id id = {.pid = -7, .start = 7};
	char again[STAGE_PROC_TEXT_MAX];
	const char *rest = NULL;

	if (!stage_proc_id_parse(text, &id, &rest)) {
		FUZZ_CHECK(id.pid == -7 && id.start == 7 && rest == NULL);
		return;
	}
	FUZZ_CHECK(id.pid > 0);
	FUZZ_CHECK(rest > text && rest <= text + strlen(text));
	FUZZ_CHECK(*rest == '\0' || *rest == ' ' || *rest == '\n');
	stage_proc_id_format(&id, again);
	FUZZ_CHECK(text[0] == '0' || strstr(text, " 0") != NULL ||
		   strncmp(text, again, strlen(again)) == 0);
}

// The same bytes as /proc/PID/stat, /proc/PID/environ and the name of a
// process.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);

	check_stat((const char *)data, size);
	if (size > 0) {
		check_environment(data, size);
	}
	check_id(text);
	free(text);
	return 0;
}
