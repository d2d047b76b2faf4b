/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What the facts mean: one function a check.

#include "doctor/doctor.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"

#define MB (1000 * INT64_C(1000))
#define GB (1000 * MB)
#define MEMLOCK_BYTES (64 * MB) // enough for a server and its clients
#define DISK_WARN_BYTES (2 * GB)
#define DISK_BAD_BYTES (200 * MB)
#define SWAPPINESS_MAX 10
#define HOT_MC 80000
#define TOO_HOT_MC 95000
#define DEGREE_MC 1000
#define TOO_EARLY_S INT64_C(1735689600) // 2025: before we were

#define OK STAGE_DOCTOR_OK
#define NOT_KNOWN STAGE_DOCTOR_NOT_KNOWN
#define WARN STAGE_DOCTOR_WARN
#define BAD STAGE_DOCTOR_BAD

static void say(struct stage_doctor_check *check, enum stage_doctor_level level,
	const char *format, ...) STAGE_PRINTF(3, 4);

static void
say(struct stage_doctor_check *check, enum stage_doctor_level level,
	const char *format, ...)
{
	va_list args;

	va_start(args, format);
	check->level = level;
	vsnprintf(check->text, sizeof(check->text), format, args);
	va_end(args);
}

// The services.

static enum stage_doctor_level
level_of(const struct stage_service *service)
{
	switch (service->phase) {
	case STAGE_PHASE_HELD:
	case STAGE_PHASE_FAILED:
		return BAD;
	case STAGE_PHASE_WAITING:
	case STAGE_PHASE_STARTING:
		return WARN;
	case STAGE_PHASE_READY:
		return service->note[0] != '\0' ? WARN : OK;
	case STAGE_PHASE_NEW:
	case STAGE_PHASE_DISABLED:
	case STAGE_PHASE_DOWN:
	case STAGE_PHASE_IDLE:
	case STAGE_PHASE_STOPPING:
	case STAGE_PHASE_COUNT:
	default:
		return OK;
	}
}

static void
judge_services(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	const struct stage_service *worst = NULL;
	enum stage_doctor_level level = OK;
	size_t others = 0;

	for (size_t i = 0; i < facts->services->count; i++) {
		const struct stage_service *it = &facts->services->items[i];

		others += level_of(it) != OK;
		if (level_of(it) > level) {
			level = level_of(it);
			worst = it;
		}
	}
	if (!facts->is_up) {
		say(check, WARN, "no rig is up; stagecraft up starts it");
	} else if (!facts->is_supervised) {
		say(check, BAD,
			"runsvdir does not run, so that nothing new is "
			"started; stagecraft up starts it again");
	} else if (worst == NULL) {
		say(check, OK, "all that is switched on runs");
	} else {
		char more[40] = "";

		if (others > 1) {
			snprintf(more, sizeof(more), " (and %zu more)",
				others - 1);
		}
		say(check, level,
			"%s %s%s%.300s%s; stagecraft logs %s says more",
			worst->name,
			worst->phase == STAGE_PHASE_READY
				? "is not well"
				: stage_phase_word(worst->phase),
			worst->note[0] != '\0' ? ": " : "", worst->note, more,
			worst->name);
	}
}

// The sound.

static void
judge_realtime(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	if (facts->server == NULL) {
		say(check, NOT_KNOWN, "no JACK server of this rig runs");
	} else if (facts->is_slow) {
		say(check, WARN,
			"%s runs without a real-time thread, so that the sound "
			"may crackle when the computer is busy; \"Real-time "
			"rights\" in stagecraft-jack(8) says what to do",
			facts->server->name);
	} else if (facts->server->use.rt_thread_count == 0) {
		say(check, OK,
			"%s plays without a real-time thread, as it was "
			"told to",
			facts->server->name);
	} else {
		say(check, OK, "%s plays in a real-time thread",
			facts->server->name);
	}
}

static void
judge_memlock(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	int64_t may = facts->memlock_bytes;

	if (facts->locked_bytes > 0) {
		say(check, OK, "%lld MB of the JACK server stay in memory",
			(long long)(facts->locked_bytes / MB));
	} else if (may == STAGE_DOCTOR_UNKNOWN) {
		say(check, NOT_KNOWN, "no JACK server of this rig runs");
	} else if (may < MEMLOCK_BYTES) {
		say(check, WARN,
			"programs may keep %lld kB in memory, which is too "
			"little; raise memlock in /etc/security/limits.d",
			(long long)(may / 1000));
	} else {
		say(check, OK, "programs may stay in memory");
	}
}

static void
judge_sound_cards(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	if (facts->other_card == STAGE_DOCTOR_UNKNOWN) {
		say(check, OK, "no other program has a sound card");
		return;
	}
	say(check, WARN,
		"%s (process %ld) has sound card %d, which JACK cannot play on "
		"meanwhile; end it, or keep it from starting",
		facts->other.program[0] != '\0' ? facts->other.program
						: "another program",
		(long)facts->other.pid, facts->other_card);
}

// The computer.

static void
judge_governor(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	if (facts->governor[0] == '\0') {
		say(check, NOT_KNOWN,
			"whether the processor slows down is not known");
	} else if (strcmp(facts->governor, "performance") == 0) {
		say(check, OK, "the processor keeps its speed");
	} else {
		say(check, WARN,
			"the processor may slow down (governor %s); cpupower "
			"frequency-set -g performance keeps its speed",
			facts->governor);
	}
}

static void
judge_disk(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	int64_t left = facts->disk_free_bytes;
	enum stage_doctor_level level = OK;

	if (left == STAGE_DOCTOR_UNKNOWN ||
		facts->disk_bytes == STAGE_DOCTOR_UNKNOWN) {
		say(check, NOT_KNOWN, "how full the disk is is not known");
		return;
	}
	if (facts->is_read_only) {
		say(check, WARN,
			"the rig cannot be written, so that what you change is "
			"forgotten; mount it writable to keep it");
		return;
	}
	// A small stick is no full one: both must be little.
	if (left < DISK_BAD_BYTES && left < facts->disk_bytes / 20) {
		level = BAD;
	} else if (left < DISK_WARN_BYTES && left < facts->disk_bytes / 10) {
		level = WARN;
	}
	say(check, level, "%lld MB are left where the rig is%s",
		(long long)(left / MB),
		level == OK ? ""
			    : "; delete what you do not need, before songs "
			      "cannot be saved");
}

static void
judge_memory(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	int64_t left = facts->memory_free_bytes;
	enum stage_doctor_level level = OK;

	if (left == STAGE_DOCTOR_UNKNOWN || facts->memory_bytes <= 0) {
		say(check, NOT_KNOWN, "how much memory is free is not known");
		return;
	}
	if (left < facts->memory_bytes / 20) {
		level = BAD;
	} else if (left < facts->memory_bytes / 8) {
		level = WARN;
	}
	say(check, level, "%lld MB of memory are free%s",
		(long long)(left / MB),
		level == OK ? "" : "; disable what the show does not need");
}

static void
judge_swap(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	if (facts->swap_bytes == STAGE_DOCTOR_UNKNOWN) {
		say(check, NOT_KNOWN, "whether memory is swapped is not known");
	} else if (facts->swap_bytes == 0) {
		say(check, OK, "no memory is swapped out");
	} else if (facts->swappiness > SWAPPINESS_MAX) {
		say(check, WARN,
			"programs may be swapped out in the show (swappiness "
			"%lld); sysctl vm.swappiness=10, or swapoff -a",
			(long long)facts->swappiness);
	} else {
		say(check, OK, "memory is swapped out late");
	}
}

static void
judge_temperature(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	int64_t now_mc = facts->temperature_mc;
	long long degrees = (long long)(now_mc / DEGREE_MC);

	if (now_mc == STAGE_DOCTOR_UNKNOWN) {
		say(check, NOT_KNOWN, "the temperature is not known");
	} else if (now_mc < HOT_MC) {
		say(check, OK, "%lld degrees C", degrees);
	} else {
		say(check, now_mc < TOO_HOT_MC ? WARN : BAD,
			"%lld degrees C, at which computers slow down; give it "
			"air, and shade",
			degrees);
	}
}

static void
judge_clock(const struct stage_doctor_facts *facts,
	struct stage_doctor_check *check)
{
	if (facts->wall_s < TOO_EARLY_S) {
		say(check, WARN,
			"the clock is years behind, so that the times of logs "
			"mislead; date -s sets it");
	} else {
		say(check, OK, "the clock has a time that can be");
	}
}

static const struct {
	const char *name;
	void (*judge)(const struct stage_doctor_facts *facts,
		struct stage_doctor_check *check);
} checks[] = {
	{"services", judge_services},
	{"realtime", judge_realtime},
	{"memlock", judge_memlock},
	{"cards", judge_sound_cards},
	{"governor", judge_governor},
	{"disk", judge_disk},
	{"memory", judge_memory},
	{"swap", judge_swap},
	{"temperature", judge_temperature},
	{"clock", judge_clock},
};

static_assert(STAGE_COUNT_OF(checks) == STAGE_DOCTOR_CHECKS,
	"there is room for each check, and no more");

void
stage_doctor_judge(
	const struct stage_doctor_facts *facts, struct stage_doctor *out)
{
	for (size_t i = 0; i < STAGE_DOCTOR_CHECKS; i++) {
		out->checks[i].name = checks[i].name;
		checks[i].judge(facts, &out->checks[i]);
	}
}

enum stage_doctor_level
stage_doctor_worst(const struct stage_doctor *self)
{
	enum stage_doctor_level worst = OK;

	for (size_t i = 0; i < STAGE_DOCTOR_CHECKS; i++) {
		enum stage_doctor_level level = self->checks[i].level;

		if (level != NOT_KNOWN && level > worst) {
			worst = level;
		}
	}
	return worst;
}
