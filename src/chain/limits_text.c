/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // RLIMIT_*

#include "chain/limits_text.h"

#include <sched.h>
#include <stdint.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "base/utf8.h"

#define PRIORITY_MAX 99
#define RANGE_MAX 32 // bytes of "1000-1023" and more

static const struct {
	const char *name;
	int resource;
} limits[] = {
	{"rtprio", RLIMIT_RTPRIO},
	{"memlock", RLIMIT_MEMLOCK},
	{"nofile", RLIMIT_NOFILE},
	{"core", RLIMIT_CORE},
	{"as", RLIMIT_AS},
	{"nproc", RLIMIT_NPROC},
	{"stack", RLIMIT_STACK},
	{"cpu", RLIMIT_CPU},
	{"rttime", RLIMIT_RTTIME},
};

enum stage_status
stage_limit_parse(
	const char *text, struct stage_limit *out, struct stage_err *err)
{
	size_t len = strcspn(text, "=");
	int64_t value = 0;
	size_t i = 0;

	while (i < STAGE_COUNT_OF(limits) &&
		(strlen(limits[i].name) != len ||
			strncmp(limits[i].name, text, len) != 0)) {
		i++;
	}
	if (i == STAGE_COUNT_OF(limits) || text[len] == '\0') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is not a limit: write NAME=NUMBER or "
			"NAME=unlimited, NAME one of rtprio memlock nofile "
			"core as nproc stack cpu rttime",
			text);
	}
	if (strcmp(text + len + 1, "unlimited") == 0) {
		*out = (struct stage_limit){limits[i].resource, RLIM_INFINITY};
		return STAGE_OK;
	}
	if (stage_num_parse(text + len + 1, 0, INT64_MAX, &value, err) !=
		STAGE_OK) {
		stage_err_prefix(err, "limit %s: ", limits[i].name);
		return STAGE_BAD_INPUT;
	}
	*out = (struct stage_limit){limits[i].resource, (rlim_t)value};
	return STAGE_OK;
}

enum stage_status
stage_scheduling_parse(
	const char *text, struct stage_scheduling *out, struct stage_err *err)
{
	int64_t priority = 0;
	int policy;

	if (strcmp(text, "other") == 0) {
		*out = (struct stage_scheduling){SCHED_OTHER, 0};
		return STAGE_OK;
	}
	if (stage_starts_with(text, "fifo:")) {
		policy = SCHED_FIFO;
	} else if (stage_starts_with(text, "rr:")) {
		policy = SCHED_RR;
	} else {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is not a scheduling: write fifo:1 to fifo:99, "
			"rr:1 to rr:99, or other",
			text);
	}
	if (stage_num_parse(strchr(text, ':') + 1, 1, PRIORITY_MAX, &priority,
		    err) != STAGE_OK) {
		stage_err_prefix(err, "scheduling: ");
		return STAGE_BAD_INPUT;
	}
	*out = (struct stage_scheduling){policy, (int)priority};
	return STAGE_OK;
}

// Adds "2" or "2-3", which is range[len].
static enum stage_status
add_cpus(struct stage_cpus *cpus, const char *range, size_t len,
	struct stage_err *err)
{
	char copy[RANGE_MAX];
	const char *end;
	char *dash;
	int64_t first = 0;
	int64_t last = 0;

	if (stage_format(copy, sizeof(copy), "%.*s", (int)len, range) !=
		STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%.*s\" is neither a CPU nor a range of them",
			(int)stage_utf8_clip(range, len, RANGE_MAX), range);
	}
	dash = strchr(copy, '-');
	end = copy;
	if (dash != NULL) {
		*dash = '\0';
		end = dash + 1;
	}
	if (stage_num_parse(copy, 0, STAGE_CPUS_MAX - 1, &first, err) !=
			STAGE_OK ||
		stage_num_parse(end, first, STAGE_CPUS_MAX - 1, &last, err) !=
			STAGE_OK) {
		return STAGE_BAD_INPUT;
	}
	for (int64_t cpu = first; cpu <= last; cpu++) {
		cpus->has[cpu] = true;
	}
	return STAGE_OK;
}

enum stage_status
stage_cpus_parse(
	const char *text, struct stage_cpus *out, struct stage_err *err)
{
	struct stage_cpus cpus = {.has = {false}};

	while (text != NULL) {
		size_t len = strcspn(text, ",");
		if (add_cpus(&cpus, text, len, err) != STAGE_OK) {
			stage_err_prefix(err, "CPU list: ");
			return STAGE_BAD_INPUT;
		}
		text = text[len] == ',' ? text + len + 1 : NULL;
	}
	*out = cpus;
	return STAGE_OK;
}
