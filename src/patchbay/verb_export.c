/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// export: what is desired, or what is connected, as a file of another program.

#include <string.h>

#include "patchbay/daemon_private.h"
#include "patchbay/format.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"
#include "rpc/bytes.h"

#define OWN_FORMAT "patch"

static const struct stage_verb_arg args_table[] = {
	{"format", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"which program's, or patch"},
	{"now", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"what is connected now, instead of what is desired"},
	{"ignore", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL,
		"with now: clients to leave out, fnmatch(3) patterns"},
	{"system", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"with now: only of jack, or of alsa"},
	STAGE_ARGS_END,
};

struct gathering {
	const json_t *ignored;
	enum stage_patch_system system; // COUNT: all
	struct stage_patch_list list;
	enum stage_status status;
};

// Of the one that was added last.
static void
set_how(struct gathering *gathering, const struct stage_patch_how *how)
{
	if (gathering->status == STAGE_OK) {
		gathering->list.items[gathering->list.count - 1].how = *how;
	}
}

static void
add_wish(void *user, const struct stage_wish *wish)
{
	struct gathering *gathering = user;

	if (gathering->status == STAGE_OK) {
		gathering->status = stage_patch_list_want(
			&gathering->list, wish->system, wish->from, wish->to);
		set_how(gathering, &wish->reason.how);
	}
}

// All but wishes between two names, which have been judged already.
static void
add_rules(void *user, const struct stage_desired_file *file)
{
	struct gathering *gathering = user;

	for (size_t i = 0; i < file->list->count; i++) {
		const struct stage_patch_statement *item =
			&file->list->items[i];
		bool is_pair = stage_patch_statement_is_pair(item) &&
			       item->policy != STAGE_PATCH_FORBID &&
			       item->policy != STAGE_PATCH_ALSO;
		if (!is_pair && gathering->status == STAGE_OK) {
			gathering->status =
				stage_patch_list_add(&gathering->list, item);
		}
	}
}

static void
add_connection(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	struct gathering *gathering = user;

	if (gathering->status == STAGE_OK &&
		(gathering->system == STAGE_PATCH_SYSTEM_COUNT ||
			gathering->system == from->system) &&
		!stage_patch_is_ignored(
			gathering->ignored, from->system, from->name) &&
		!stage_patch_is_ignored(
			gathering->ignored, to->system, to->name)) {
		struct stage_patch_how how = stage_graph_how(from, to);
		gathering->status = stage_patch_list_want(
			&gathering->list, from->system, from->name, to->name);
		set_how(gathering, &how);
	}
}

static enum stage_status
format_list(const struct stage_patch_list *list, const char *name,
	struct stage_str *out, struct stage_strv *report, struct stage_err *err)
{
	const struct stage_patch_format *format;
	enum stage_status status;

	if (strcmp(name, OWN_FORMAT) == 0) {
		status = stage_patch_text_format(list, out);
		return status == STAGE_OK ? STAGE_OK
					  : stage_err_set(err, status,
						    "unable to write it: %s",
						    stage_strerror(status));
	}
	status = stage_patch_format_find(name, &format, err);
	return status == STAGE_OK ? stage_patch_format_export(
					    format, list, out, report, err)
				  : status;
}

static enum stage_status
view(const struct stage_str *text, const struct stage_strv *report,
	json_t **result, struct stage_err *err)
{
	*result = json_pack("{s:o}", "report", stage_patch_view_texts(report));
	return stage_rpc_bytes_put(*result, stage_str_text(text), text->len) ==
			       STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	struct gathering gathering = {
		.ignored = json_object_get(args, "ignore"), .status = STAGE_OK};
	struct stage_str text = {0};
	struct stage_strv report = {0};
	enum stage_status status =
		stage_patch_verb_system(args, &gathering.system, err);

	(void)call;
	if (status != STAGE_OK) {
		return status;
	}
	if (stage_args_boolean(args, "now", false)) {
		stage_graph_each_connection(stage_engine_graph(self->engine),
			add_connection, &gathering);
	} else {
		stage_desired_wishes(stage_engine_desired(self->engine),
			add_wish, &gathering);
		stage_patch_store_each(self->store, add_rules, &gathering);
	}
	status = gathering.status;
	if (status != STAGE_OK) {
		stage_err_set(err, status, "out of memory");
	} else {
		status = format_list(&gathering.list,
			stage_args_text(args, "format", ""), &text, &report,
			err);
	}
	if (status == STAGE_OK) {
		status = view(&text, &report, result, err);
	}
	stage_str_finish(&text);
	stage_strv_finish(&report);
	stage_patch_list_finish(&gathering.list);
	return status;
}

const struct stage_verb stage_patch_verb_export = {
	.name = "export",
	.args = args_table,
	.help = "What is desired as a file of another program",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
