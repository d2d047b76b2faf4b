/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/sound_server.h"

#include <string.h>

#include "base/conf.h"
#include "rig/needs.h"

// True when rig.conf says `jack.realtime no`: it is meant to be slow.
static bool
wants_no_realtime(const struct stage_rig *rig)
{
	struct setting {
		char realtime[8];
	} setting = {.realtime = ""};
	static const struct stage_conf_key key = {.key = "jack.realtime",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct setting, realtime)};
	const struct stage_conf_table table = {
		.keys = &key, .count = 1, .prefix = key.key};
	char path[STAGE_PATH_MAX];

	stage_rig_path(rig, path, "rig.conf");
	return stage_conf_load_keys(path, &table, &setting, NULL) == STAGE_OK &&
	       strcmp(setting.realtime, "no") == 0;
}

static bool
provides_jack(const struct stage_rig *rig, const char *service)
{
	struct stage_needs needs = {0};
	char path[STAGE_PATH_MAX];
	bool is_server;

	stage_rig_path(rig, path, "services/%s", service);
	is_server = stage_needs_load(&needs, path, NULL) == STAGE_OK &&
		    stage_strv_has(&needs.provides, "jack");
	stage_needs_finish(&needs);
	return is_server;
}

const struct stage_service *
stage_sound_server_find(
	const struct stage_rig *rig, const struct stage_services *services)
{
	for (size_t i = 0; i < services->count; i++) {
		const struct stage_service *service = &services->items[i];

		if (service->phase == STAGE_PHASE_READY &&
			provides_jack(rig, service->name)) {
			return service;
		}
	}
	return NULL;
}

bool
stage_sound_server_is_slow(
	const struct stage_rig *rig, const struct stage_service *server)
{
	return server != NULL && server->use.process_count > 0 &&
	       server->use.rt_thread_count == 0 && !wants_no_realtime(rig);
}
