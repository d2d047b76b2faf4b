/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // cpu sets, initgroups, RLIMIT_*

#include "chain/limits.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/str.h"

#define RT_PRIORITY_MAX 95 // leaves the kernel's own threads above us
#define OPEN_FILES 65536

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

static void
raise_one(int resource, rlim_t wanted)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) != 0 ||
		limit.rlim_cur >= wanted) { // RLIM_INFINITY is the largest
		return;
	}
	if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= wanted) {
		limit.rlim_cur = wanted;
		setrlimit((__rlimit_resource_t)resource, &limit);
		return;
	}
	struct rlimit both = {wanted, wanted};
	if (setrlimit((__rlimit_resource_t)resource, &both) != 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit((__rlimit_resource_t)resource, &limit);
	}
}

void
stage_limits_raise(void)
{
	raise_one(RLIMIT_RTPRIO, RT_PRIORITY_MAX);
	raise_one(RLIMIT_MEMLOCK, RLIM_INFINITY);
	raise_one(RLIMIT_NOFILE, OPEN_FILES);
}

static enum stage_status
set_limit(int resource, const char *text, rlim_t value, struct stage_err *err)
{
	struct rlimit limit = {value, value};
	struct rlimit now;
	int errnum;

	if (setrlimit((__rlimit_resource_t)resource, &limit) == 0) {
		return STAGE_OK;
	}
	errnum = errno;
	if (getrlimit((__rlimit_resource_t)resource, &now) == 0 &&
		value <= now.rlim_max) {
		limit.rlim_max = now.rlim_max;
		if (setrlimit((__rlimit_resource_t)resource, &limit) == 0) {
			return STAGE_OK;
		}
	}
	return stage_err_set_errno(err, errnum, "unable to set limit %s", text);
}

enum stage_status
stage_limits_set(const char *text, struct stage_err *err)
{
	const char *equals = strchr(text, '=');
	size_t len = equals != NULL ? (size_t)(equals - text) : 0;
	int64_t value = 0;

	for (size_t i = 0; len > 0 && i < STAGE_COUNT_OF(limits); i++) {
		if (strlen(limits[i].name) != len ||
			strncmp(limits[i].name, text, len) != 0) {
			continue;
		}
		if (strcmp(equals + 1, "unlimited") == 0) {
			return set_limit(
				limits[i].resource, text, RLIM_INFINITY, err);
		}
		if (stage_num_parse(equals + 1, 0, INT64_MAX, &value, err) !=
			STAGE_OK) {
			return STAGE_BAD_INPUT;
		}
		return set_limit(limits[i].resource, text, (rlim_t)value, err);
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"\"%s\" is not a limit: write NAME=NUMBER or NAME=unlimited, "
		"NAME one of rtprio memlock nofile core as nproc stack cpu "
		"rttime",
		text);
}

enum stage_status
stage_limits_set_scheduling(const char *text, struct stage_err *err)
{
	struct sched_param param = {0};
	int64_t priority = 0;
	int policy = SCHED_OTHER;

	if (stage_starts_with(text, "fifo:")) {
		policy = SCHED_FIFO;
	} else if (stage_starts_with(text, "rr:")) {
		policy = SCHED_RR;
	} else if (strcmp(text, "other") != 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is not a scheduling: write fifo:1 to fifo:99, "
			"rr:1 to rr:99, or other",
			text);
	}
	if (policy != SCHED_OTHER && stage_num_parse(strchr(text, ':') + 1, 1,
					     99, &priority, err) != STAGE_OK) {
		return STAGE_BAD_INPUT;
	}
	param.sched_priority = (int)priority;
	if (sched_setscheduler(0, policy, &param) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to set scheduling %s", text);
	}
	return STAGE_OK;
}

static enum stage_status
add_cpus(cpu_set_t *set, char *range, struct stage_err *err)
{
	char *dash = strchr(range, '-');
	int64_t first = 0;
	int64_t last = 0;

	if (dash != NULL) {
		*dash = '\0';
	}
	if (stage_num_parse(range, 0, CPU_SETSIZE - 1, &first, err) !=
			STAGE_OK ||
		stage_num_parse(dash != NULL ? dash + 1 : range, first,
			CPU_SETSIZE - 1, &last, err) != STAGE_OK) {
		stage_err_prefix(err, "CPU list: ");
		return STAGE_BAD_INPUT;
	}
	for (int64_t cpu = first; cpu <= last; cpu++) {
		CPU_SET((size_t)cpu, set);
	}
	return STAGE_OK;
}

enum stage_status
stage_limits_set_cpus(const char *text, struct stage_err *err)
{
	char copy[256];
	char *save = NULL;
	cpu_set_t set;

	CPU_ZERO(&set);
	if (stage_format(copy, sizeof(copy), "%s", text) != STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "CPU list is too long: %s", text);
	}
	for (char *range = strtok_r(copy, ",", &save); range != NULL;
		range = strtok_r(NULL, ",", &save)) {
		enum stage_status status = add_cpus(&set, range, err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	if (sched_setaffinity(0, sizeof(set), &set) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to bind to CPUs %s", text);
	}
	return STAGE_OK;
}

enum stage_status
stage_limits_set_user(const char *text, struct stage_err *err)
{
	char name[128];
	const char *colon = strchr(text, ':');
	int name_len = colon != NULL ? (int)(colon - text) : (int)strlen(text);
	const struct passwd *user;
	const struct group *group = NULL;

	snprintf(name, sizeof(name), "%.*s", name_len, text);
	user = getpwnam(name);
	if (user == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no user \"%s\" on this computer", name);
	}
	if (colon != NULL) {
		group = getgrnam(colon + 1);
		if (group == NULL) {
			return stage_err_set(err, STAGE_NOT_FOUND,
				"there is no group \"%s\" on this computer",
				colon + 1);
		}
	}
	gid_t gid = group != NULL ? group->gr_gid : user->pw_gid;
	if (initgroups(user->pw_name, gid) != 0 || setgid(gid) != 0 ||
		setuid(user->pw_uid) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to become user %s", text);
	}
	return STAGE_OK;
}
