/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // setresuid, setgroups, syscall, faccessat's flag

#include "web/drop.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "rpc/server.h"

#if defined(__linux__)
#	include <linux/capability.h>
#	include <sys/prctl.h>
#	include <sys/syscall.h>
#endif

#define GROUPS_MAX 64

struct user {
	uid_t uid;
	gid_t gid;
	gid_t groups[GROUPS_MAX];
	int group_count;
};

static bool
find_user(struct user *self)
{
	const struct passwd *entry = getpwnam(STAGE_WEB_USER);

	if (entry == NULL || entry->pw_uid == 0) {
		return false;
	}
	self->uid = entry->pw_uid;
	self->gid = entry->pw_gid;
	self->group_count = GROUPS_MAX;
	return getgrouplist(STAGE_WEB_USER, self->gid, self->groups,
		       &self->group_count) >= 0;
}

// As that user would be asked, which we become for so long.
static bool
can_reach(const struct user *self, const char *path, int mode)
{
	bool can = false;

	if (setgroups((size_t)self->group_count, self->groups) == 0 &&
		setegid(self->gid) == 0 && seteuid(self->uid) == 0) {
		can = faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
	}
	return seteuid(0) == 0 && setegid(0) == 0 && setgroups(0, NULL) == 0 &&
	       can;
}

static bool
is_member(const struct user *self)
{
	const struct group *entry = getgrnam(STAGE_RPC_GROUP);

	for (int i = 0; entry != NULL && i < self->group_count; i++) {
		if (self->groups[i] == entry->gr_gid) {
			return true;
		}
	}
	return false;
}

// Links are left alone: they may lead to what is not ours.
static bool
give(const struct user *self, const char *state)
{
	struct stage_strv names = {0};
	bool is_given = lchown(state, self->uid, self->gid) == 0 &&
			stage_io_list_dir(state, &names, NULL) == STAGE_OK;
	char path[STAGE_PATH_MAX];

	for (size_t i = 0; i < names.count && is_given; i++) {
		is_given = stage_io_join(path, sizeof(path), state,
				   names.items[i], NULL) == STAGE_OK &&
			   lchown(path, self->uid, self->gid) == 0;
	}
	stage_strv_finish(&names);
	return is_given;
}

static bool
take_back(const char *state)
{
	const struct user root = {0};

	return give(&root, state);
}

// Why the user cannot serve the page; NULL: it can.
static const char *
judge(const struct user *self, const char *run, const char *state)
{
	if (!is_member(self)) {
		return "is no member of the group " STAGE_RPC_GROUP
		       ", which may talk to the daemons";
	}
	if (!can_reach(self, run, R_OK | X_OK)) {
		return "cannot reach the run directory";
	}
	if (stage_io_make_dirs(state, NULL) != STAGE_OK || !give(self, state)) {
		return "cannot be given state/web of the rig";
	}
	if (!can_reach(self, state, R_OK | W_OK | X_OK)) {
		(void)take_back(state);
		return "cannot reach state/web of the rig";
	}
	return NULL;
}

#if defined(__linux__)
static bool
keep_capabilities(bool binds_low)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	if (binds_low) {
		data[0].effective = 1U << CAP_NET_BIND_SERVICE;
		data[0].permitted = data[0].effective;
	}
	return syscall(SYS_capset, &header, data) == 0;
}

static bool
become(const struct user *self, bool binds_low)
{
	return prctl(PR_SET_KEEPCAPS, binds_low, 0, 0, 0) == 0 &&
	       setgroups((size_t)self->group_count, self->groups) == 0 &&
	       setresgid(self->gid, self->gid, self->gid) == 0 &&
	       setresuid(self->uid, self->uid, self->uid) == 0;
}
#else
static bool
keep_capabilities(bool binds_low)
{
	(void)binds_low;
	return true;
}

static bool
become(const struct user *self, bool binds_low)
{
	(void)binds_low;
	return setgroups((size_t)self->group_count, self->groups) == 0 &&
	       setgid(self->gid) == 0 && setuid(self->uid) == 0;
}
#endif

enum stage_status
stage_web_drop(const char *run, const char *state, bool binds_low,
	struct stage_err *err)
{
	struct user user = {0};
	const char *why = "does not exist";

	if (geteuid() != 0) {
		return STAGE_OK;
	}
	if (find_user(&user)) {
		why = judge(&user, run, state);
	}
	if (why != NULL) {
		stage_log_warn("root serves the page, without capabilities: "
			       "the user " STAGE_WEB_USER " %s",
			why);
	} else if (!become(&user, binds_low) || geteuid() == 0) {
		return stage_err_set_errno(err, errno,
			"unable to become the user " STAGE_WEB_USER);
	}
	return keep_capabilities(binds_low)
		       ? STAGE_OK
		       : stage_err_set_errno(err, errno,
				 "unable to give capabilities away");
}
