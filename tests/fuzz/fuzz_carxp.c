/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "fuzz.h"
#include "rack/carxp.h"

static void
check_plugin(const struct stage_carxp_plugin *plugin)
{
	FUZZ_CHECK(isfinite(plugin->volume) && isfinite(plugin->dry_wet));
	FUZZ_CHECK(plugin->options >= -1);
	for (size_t i = 0; i < plugin->parameter_count; i++) {
		const struct stage_carxp_parameter *parameter =
			&plugin->parameters[i];
		FUZZ_CHECK(!isinf(parameter->value) && !isinf(parameter->max));
		FUZZ_CHECK(isfinite(parameter->min));
		FUZZ_CHECK(parameter->channel >= 0 && parameter->channel <= 16);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_carxp project;
	struct stage_err err = STAGE_ERR_INIT;
	char *text = fuzz_copy(data, size);
	enum stage_status status =
		stage_carxp_parse(text, size, "f", &project, &err);

	fuzz_check_place(status, &err, "f");
	if (status == STAGE_OK) {
		FUZZ_CHECK(project.plugin_count <= STAGE_CARXP_PLUGINS_MAX);
		for (size_t i = 0; i < project.plugin_count; i++) {
			check_plugin(&project.plugins[i]);
		}
		stage_carxp_finish(&project);
	}
	free(text);
	return 0;
}
