/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LIVE_MAX 65536 // blocks alive at once during one run

// The state of one run; all zero outside of one.
static struct {
	bool is_running;
	size_t count;   // allocations so far
	size_t fail_at; // the one that fails, from 1; 0: none
	size_t live_count;
	void *live[LIVE_MAX];
} run;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
void __wrap_free(void *block);

static bool
must_fail(void)
{
	if (!run.is_running) {
		return false;
	}
	run.count++;
	return run.count == run.fail_at;
}

static void *
note_alloc(void *block)
{
	if (run.is_running && block != NULL && run.live_count < LIVE_MAX) {
		run.live[run.live_count++] = block;
	}
	return block;
}

// Newest first: most blocks do not live long. A block from before the run, or
// from inside a library, is not there.
static void
note_free(const void *block)
{
	for (size_t i = run.live_count; run.is_running && i-- > 0;) {
		if (run.live[i] == block) {
			run.live_count--;
			run.live[i] = run.live[run.live_count];
			return;
		}
	}
}

void *
__wrap_malloc(size_t size)
{
	return must_fail() ? NULL : note_alloc(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : note_alloc(__real_calloc(count, size));
}

void *
__wrap_realloc(void *old, size_t size)
{
	void *block;

	if (must_fail()) {
		return NULL;
	}
	note_free(old);
	block = __real_realloc(old, size);
	return note_alloc(block != NULL ? block : old);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return must_fail() ? NULL
			   : note_alloc(__real_aligned_alloc(alignment, size));
}

char *
__wrap_strndup(const char *text, size_t len)
{
	size_t kept = strnlen(text, len);
	char *copy = __wrap_malloc(kept + 1);

	if (copy != NULL) {
		memcpy(copy, text, kept);
		copy[kept] = '\0';
	}
	return copy;
}

char *
__wrap_strdup(const char *text)
{
	return __wrap_strndup(text, SIZE_MAX);
}

void
__wrap_free(void *block)
{
	note_free(block);
	__real_free(block);
}

static enum stage_status
run_once(failing_alloc_scenario scenario, void *user, size_t fail_at)
{
	enum stage_status status;

	run.count = 0;
	run.live_count = 0;
	run.fail_at = fail_at;
	run.is_running = true;
	status = scenario(user);
	run.is_running = false;
	return status;
}

static void
check_run(enum stage_status status, bool is_tolerant, size_t fail_at)
{
	if (status != STAGE_NO_MEMORY && !(is_tolerant && status == STAGE_OK)) {
		fail_msg("allocation %zu failed and the result was: %s",
			fail_at, stage_strerror(status));
	}
	if (run.live_count != 0) {
		fail_msg("allocation %zu failed and left %zu blocks behind",
			fail_at, run.live_count);
	}
}

static size_t
sweep(failing_alloc_scenario scenario, void *user, bool is_tolerant)
{
	enum stage_status status = run_once(scenario, user, 0);
	size_t count = run.count;

	if (status != STAGE_OK) {
		fail_msg("without a failure the result was: %s",
			stage_strerror(status));
	}
	if (run.live_count != 0) {
		fail_msg("without a failure it left %zu blocks behind",
			run.live_count);
	}
	for (size_t i = 1; i <= count; i++) {
		status = run_once(scenario, user, i);
		check_run(status, is_tolerant, i);
	}
	return count;
}

size_t
failing_alloc_sweep(failing_alloc_scenario scenario, void *user)
{
	return sweep(scenario, user, false);
}

size_t
failing_alloc_sweep_tolerant(failing_alloc_scenario scenario, void *user)
{
	return sweep(scenario, user, true);
}
