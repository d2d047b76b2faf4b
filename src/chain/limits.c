/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // cpu sets, initgroups, RLIMIT_*

#include "chain/limits.h"

#include <assert.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/str.h"
#include "chain/limits_text.h"

#define RT_PRIORITY_MAX 95 // leaves the kernel's own threads above us
#define OPEN_FILES 65536

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
	struct stage_limit limit;
	enum stage_status status = stage_limit_parse(text, &limit, err);

	return status == STAGE_OK
		       ? set_limit(limit.resource, text, limit.value, err)
		       : status;
}

enum stage_status
stage_limits_set_scheduling(const char *text, struct stage_err *err)
{
	struct stage_scheduling wanted;
	struct sched_param param = {0};
	enum stage_status status = stage_scheduling_parse(text, &wanted, err);

	if (status != STAGE_OK) {
		return status;
	}
	param.sched_priority = wanted.priority;
	if (sched_setscheduler(0, wanted.policy, &param) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to set scheduling %s", text);
	}
	return STAGE_OK;
}

enum stage_status
stage_limits_set_cpus(const char *text, struct stage_err *err)
{
	struct stage_cpus cpus;
	cpu_set_t set;
	enum stage_status status = stage_cpus_parse(text, &cpus, err);

	static_assert(STAGE_CPUS_MAX == CPU_SETSIZE, "a set holds every CPU");
	if (status != STAGE_OK) {
		return status;
	}
	CPU_ZERO(&set);
	for (size_t cpu = 0; cpu < STAGE_CPUS_MAX; cpu++) {
		if (cpus.has[cpu]) {
			CPU_SET(cpu, &set);
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
	int name_len = (int)strcspn(text, ":");
	const struct passwd *user;
	const struct group *group = NULL;

	user = stage_format(name, sizeof(name), "%.*s", name_len, text) ==
			       STAGE_OK
		       ? getpwnam(name)
		       : NULL;
	if (user == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no user \"%.*s\" on this computer", name_len,
			text);
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
