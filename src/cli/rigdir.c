/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/rigdir.h"

#include <sys/stat.h>

#include "base/log.h"
#include "base/suggest.h"
#include "rig/snapshot.h"
#include "rig/stop.h"

enum stage_status
stage_rigdir_services(
	const struct stage_rig *rig, char *out, struct stage_err *err)
{
	struct stat st;

	stage_rig_path(rig, out, "services");
	if (stat(out, &st) != 0 || !S_ISDIR(st.st_mode)) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no rig in %s; stagecraft new rig DIR makes "
			"one, -r DIR names another one",
			rig->rig);
	}
	return STAGE_OK;
}

bool
stage_rigdir_has(const struct stage_rig *rig, const char *name, bool disabled)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	stage_rig_path(
		rig, path, "services/%s%s", name, disabled ? ".DISABLED" : "");
	return lstat(path, &st) == 0;
}

enum stage_status
stage_rigdir_not_there(
	const struct stage_rig *rig, const char *name, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(name);
	struct stage_strv names = {0};

	(void)!stage_snapshot_names(rig, true, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		stage_suggest_offer(&suggest, names.items[i]);
	}
	if (suggest.best != NULL) {
		stage_err_set(err, STAGE_NOT_FOUND,
			"there is no service \"%s\" in %s; did you mean %s?",
			name, rig->rig, suggest.best);
	} else {
		stage_err_set(err, STAGE_NOT_FOUND,
			"there is no service \"%s\" in %s; stagecraft status "
			"lists them",
			name, rig->rig);
	}
	stage_strv_finish(&names);
	return STAGE_NOT_FOUND;
}

void
stage_rigdir_warn_dependents(const struct stage_rig *rig, const char *name)
{
	struct stage_runit_tree *tree = NULL;
	struct stage_strv names = {0};
	struct stage_str list = {0};
	enum stage_status status =
		stage_stop_order(rig, STAGE_STOP_DECLARED, &tree, NULL);

	if (status == STAGE_OK) {
		status = stage_runit_tree_dependents(tree, name, &names);
	}
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		status = stage_str_addf(
			&list, "%s%s", i > 0 ? ", " : "", names.items[i]);
	}
	if (status == STAGE_OK && names.count > 0) {
		stage_log_warn("%s %s %s", list.data,
			names.count == 1 ? "needs" : "need", name);
	}
	stage_str_finish(&list);
	stage_strv_finish(&names);
	stage_runit_tree_destroy(tree);
}
