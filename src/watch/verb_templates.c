/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/install.h"
#include "rig/snapshot.h"
#include "rig/templates.h"
#include "rpc/proto.h"
#include "rpc/server.h"
#include "watch/verbs.h"

#define WHAT_MAX 200

static json_t *
view(const char *data, const char *name, const struct stage_strv *on,
	const struct stage_strv *off)
{
	char path[STAGE_PATH_MAX];
	char what[WHAT_MAX] = "";
	const char *is = stage_strv_has(on, name)    ? "on"
			 : stage_strv_has(off, name) ? "disabled"
						     : "";

	if (stage_format(path, sizeof(path), "%s/services/%s", data, name) ==
		STAGE_OK) {
		stage_template_describe(path, what, sizeof(what));
	}
	return json_pack("{s:o, s:o, s:s}", "name", stage_rpc_text(name),
		"what", stage_rpc_text(what), "is", is);
}

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	const struct stage_rig *rig = stage_watch_rig(ctx);
	struct stage_strv names = {0};
	struct stage_strv on = {0};
	struct stage_strv off = {0};
	json_t *list = json_array();
	char data[STAGE_PATH_MAX];
	enum stage_status status = stage_install_data(data, err);

	(void)call;
	(void)given;
	if (status == STAGE_OK) {
		status = stage_template_names(data, &names, err);
	}
	(void)!stage_snapshot_names(rig, true, &on, NULL);
	(void)!stage_snapshot_names(rig, false, &off, NULL);
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		(void)json_array_append_new(
			list, view(data, names.items[i], &on, &off));
	}
	stage_strv_finish(&names);
	stage_strv_finish(&on);
	stage_strv_finish(&off);
	*result = json_pack("{s:o}", "templates", list);
	return status;
}

const struct stage_verb stage_watch_verb_templates = {
	.name = "templates",
	.help = "What services can be made of, and what each is",
	.deed = STAGE_DEED_LOOKS,
	.handler = handle,
};
