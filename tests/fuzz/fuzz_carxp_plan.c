/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rack/builtin_plugin.h"
#include "rack/carxp_plan.h"
#include "rack/recall.h"

static struct stage_rack_port ports[] = {
	{.kind = STAGE_RACK_EVENTS_IN, .is_midi = true},
	{.kind = STAGE_RACK_AUDIO_IN},
	{.kind = STAGE_RACK_AUDIO_OUT},
	{.kind = STAGE_RACK_AUDIO_OUT},
	{.kind = STAGE_RACK_CONTROL_IN, .symbol = "level"},
};

static const struct stage_rack_plugin known = {
	.ports = ports, .port_count = STAGE_COUNT_OF(ports)};

// What begins with "http:" is not here, what has another colon is.
static const struct stage_rack_plugin *
on_find(void *user, const char *uri, struct stage_err *why)
{
	struct stage_rack_plugin **builtin = user;

	stage_rack_plugin_destroy(*builtin);
	*builtin = NULL;
	if (stage_rack_builtin_is(uri)) {
		(void)!stage_rack_builtin_create(uri, builtin, why);
		return *builtin;
	}
	stage_err_set(why, STAGE_NOT_FOUND, "there is no plug-in %s", uri);
	return stage_starts_with(uri, "http:") ? NULL : &known;
}

static void
on_port_name(void *user, const struct stage_rack_plugin *plugin, uint32_t index,
	char out[STAGE_CARXP_PORT_NAME_MAX])
{
	(void)user;
	(void)plugin;
	snprintf(out, STAGE_CARXP_PORT_NAME_MAX, "Port %u", index);
}

static bool
on_has_file(void *user, const char *path)
{
	(void)user;
	return path[0] == '/';
}

// Whatever was in the project, a rack can read what it became.
static void
check_file(const struct stage_carxp_file *file)
{
	const char *text = stage_str_text(&file->text);
	const char *name = strchr(file->path, '/');
	struct stage_rack_slot_config slot;
	struct stage_rack_memory memory;
	struct stage_rack_config rack;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	FUZZ_CHECK(name != NULL && name != file->path);
	if (strcmp(name, "/rack") == 0) {
		status = stage_rack_config_parse(
			text, file->text.len, "f", &rack, &err);
	} else if (stage_starts_with(name, "/state/")) {
		status = stage_rack_memory_parse(
			text, file->text.len, "f", &memory, &err);
		if (status == STAGE_OK) {
			stage_rack_memory_finish(&memory);
		}
	} else {
		FUZZ_CHECK(stage_ends_with(name, ".slot"));
		status = stage_rack_slot_config_parse(
			text, file->text.len, "f", &slot, &err);
		stage_rack_slot_config_finish(&slot);
	}
	if (status != STAGE_OK) {
		fprintf(stderr, "%s: %s\n%s\n", file->path, err.text, text);
	}
	FUZZ_CHECK(status == STAGE_OK);
}

static void
check_plan(const struct stage_carxp *project, enum stage_carxp_way way)
{
	struct stage_rack_plugin *builtin = NULL;
	const struct stage_carxp_facts facts = {
		on_find, on_port_name, on_has_file, &builtin, NULL};
	struct stage_carxp_plan plan;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_carxp_plan_make(
		project, "whole", way, &facts, &plan, &err);

	if (status == STAGE_OK) {
		for (size_t i = 0; i < plan.count; i++) {
			check_file(&plan.files[i]);
		}
		stage_carxp_plan_finish(&plan);
	} else {
		FUZZ_CHECK(status == STAGE_NOT_FOUND);
		FUZZ_CHECK(err.text[0] != '\0');
	}
	stage_rack_plugin_destroy(builtin);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_carxp project = {0};
	char *text = fuzz_copy(data, size);

	if (stage_carxp_parse(text, size, "f", &project, NULL) == STAGE_OK) {
		check_plan(&project, STAGE_CARXP_BY_NAMES);
		check_plan(&project, STAGE_CARXP_APART);
		check_plan(&project, STAGE_CARXP_SERIES);
		stage_carxp_finish(&project);
	}
	free(text);
	return 0;
}
