/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/control.h"

#include <string.h>

#include "base/clock.h"
#include "rig/mark.h"
#include "rig/stop.h"
#include "rig/unbroken.h"
#include "runit/control.h"

#define LEVEL_NS (5 * STAGE_NS_PER_S)

enum stage_status
stage_control_start(
	const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];

	// A level that was stopped already must not come up behind its back.
	if (!stage_rig_is_up(rig)) {
		return stage_err_set(err, STAGE_GONE,
			"unable to start %s: the rig is being taken down",
			service);
	}
	stage_mark_clear(rig, service, STAGE_MARK_HOLD);
	stage_mark_clear(rig, service, STAGE_MARK_ASKED);
	stage_rig_run_path(rig, path, "tree/%s", service);
	if (stage_runit_control(path, "u", NULL) != STAGE_OK) {
		return stage_err_set(err, STAGE_GONE,
			"unable to start %s: nothing supervises it at this "
			"moment; try again in a few seconds",
			service);
	}
	return STAGE_OK;
}

void
stage_control_retry(const struct stage_rig *rig, const char *service)
{
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(rig, path, "tree/%s", service);
	(void)!stage_runit_control(path, "u", NULL);
}

static enum stage_status
add_all(struct stage_strv *to, const struct stage_strv *from)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < from->count && status == STAGE_OK; i++) {
		if (!stage_strv_has(to, from->items[i])) {
			status = stage_strv_add(to, from->items[i]);
		}
	}
	return status;
}

static enum stage_status
find_dependents(const struct stage_runit_tree *tree,
	const struct stage_strv *services, struct stage_strv *dependents)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < services->count && status == STAGE_OK; i++) {
		struct stage_strv found = {0};
		status = stage_runit_tree_dependents(
			tree, services->items[i], &found);
		if (status == STAGE_NOT_FOUND) {
			status = STAGE_OK;
		}
		if (status == STAGE_OK) {
			status = add_all(dependents, &found);
		}
		stage_strv_finish(&found);
	}
	return status;
}

// The part of one level that is to be stopped.
static enum stage_status
stop_part(const struct stage_rig *rig, const struct stage_strv *level,
	const struct stage_strv *wanted, const struct stage_stop_config *config,
	struct stage_err *err)
{
	struct stage_strv part = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < level->count && status == STAGE_OK; i++) {
		if (stage_strv_has(wanted, level->items[i]) &&
			stage_stop_is_running(rig, level->items[i])) {
			status = stage_strv_add(&part, level->items[i]);
		}
	}
	if (status == STAGE_OK && part.count > 0) {
		status = stage_stop_level(rig, &part, config, err);
	}
	stage_strv_finish(&part);
	return status;
}

static void
let_wait(const struct stage_rig *rig, const struct stage_strv *dependents,
	const struct stage_strv *running, const struct stage_strv *services)
{
	for (size_t i = 0; i < dependents->count; i++) {
		const char *name = dependents->items[i];
		if (stage_strv_has(running, name) &&
			!stage_strv_has(services, name)) {
			(void)!stage_control_start(rig, name, NULL);
		}
	}
}

static enum stage_status
list_running(const struct stage_rig *rig, const struct stage_strv *names,
	struct stage_strv *running)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < names->count && status == STAGE_OK; i++) {
		if (stage_stop_is_running(rig, names->items[i])) {
			status = stage_strv_add(running, names->items[i]);
		}
	}
	return status;
}

enum stage_status
stage_control_stop(const struct stage_rig *rig,
	const struct stage_strv *services, const char *asked,
	void (*stopped)(void *user, const char *service, bool was_killed),
	void *user, struct stage_err *err)
{
	struct stage_stop_config config = {.asked = asked,
		.level_ns = LEVEL_NS,
		.stopped = stopped,
		.user = user};
	struct stage_runit_tree *tree = NULL;
	struct stage_strv wanted = {0};
	struct stage_strv dependents = {0};
	struct stage_strv running = {0};
	sigset_t before;
	enum stage_status status =
		stage_stop_order(rig, STAGE_STOP_DECLARED, &tree, err);

	if (status != STAGE_OK) {
		return status;
	}
	stage_unbroken_begin(&before);
	status = find_dependents(tree, services, &dependents);
	status = status == STAGE_OK ? add_all(&wanted, &dependents) : status;
	status = status == STAGE_OK ? add_all(&wanted, services) : status;
	status = status == STAGE_OK ? list_running(rig, &dependents, &running)
				    : status;
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to order the stop: %s",
			stage_strerror(status));
	}
	for (size_t i = 0;
		status == STAGE_OK && i < stage_runit_tree_level_count(tree);
		i++) {
		status = stop_part(rig, stage_runit_tree_level(tree, i),
			&wanted, &config, err);
	}
	let_wait(rig, &dependents, &running, services);
	stage_unbroken_end(&before);
	stage_runit_tree_destroy(tree);
	stage_strv_finish(&wanted);
	stage_strv_finish(&dependents);
	stage_strv_finish(&running);
	return status;
}
