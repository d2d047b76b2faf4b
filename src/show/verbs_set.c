/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Setlists: which there are, what is in them, and which is in force.

#include "rpc/proto.h"
#include "show/sets.h"
#include "show/verbs_private.h"
#include "show/verify_rig.h"
#include "show/work.h"

#define SET_ARG                                                                \
	{                                                                      \
		"set", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,                     \
			"a setlist; default: the one in force"                 \
	}

const char *
stage_show_set_of(struct stage_show_daemon *daemon, const json_t *args,
	bool is_needed, struct stage_err *err)
{
	const char *set = stage_args_text(args, "set",
		stage_show_conductor_place(stage_show_daemon_conductor(daemon))
			->set);

	if (set == NULL && is_needed) {
		(void)stage_err_set(err, STAGE_NOT_FOUND,
			"no setlist is in force: say which one is meant");
	}
	return set;
}

// Which there are.

static enum stage_status
take_sets(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const struct stage_show_place *place =
		stage_show_conductor_place(stage_show_daemon_conductor(ctx));
	struct stage_strv names = {0};
	json_t *sets = json_array();
	enum stage_status status =
		stage_show_set_list(stage_show_daemon_store(ctx), &names, err);

	(void)call;
	(void)args;
	for (size_t i = 0; i < names.count; i++) {
		(void)json_array_append_new(
			sets, stage_rpc_text(names.items[i]));
	}
	stage_strv_finish(&names);
	*result = json_pack("{s:o, s:s?}", "sets", sets, "set", place->set);
	return status;
}

// What is in one of them.

static const struct stage_verb_arg set_args[] = {
	SET_ARG,
	STAGE_ARGS_END,
};

static enum stage_status
take_set(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_show_conductor *conductor =
		stage_show_daemon_conductor(ctx);
	const char *set = stage_show_set_of(ctx, args, false, err);
	struct stage_show_setlist list = {0};
	enum stage_status status = STAGE_OK;

	(void)call;
	if (set == NULL) {
		stage_show_conductor_look(conductor);
		*result = json_pack("{s:n, s:o}", "set", "list",
			stage_show_view_list(
				stage_show_conductor_list(conductor)));
		return STAGE_OK;
	}
	status = stage_show_set_load(
		stage_show_daemon_store(ctx), set, &list, err);
	if (status == STAGE_OK) {
		*result = json_pack("{s:s, s:o}", "set", set, "list",
			stage_show_view_list(&list));
	}
	stage_show_setlist_finish(&list);
	return status;
}

static const struct stage_verb_arg use_args[] = {
	{"set", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"a setlist; default: none, all songs by name"},
	STAGE_ARGS_END,
};

static enum stage_status
take_use(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const char *set = stage_args_text(args, "set", "");

	(void)call;
	(void)result;
	return stage_show_conductor_use(stage_show_daemon_conductor(ctx),
		set[0] != '\0' ? set : NULL, err);
}

// Whether it can all be played.

static enum stage_status
run_verify(struct stage_show_work *work, struct stage_err *err)
{
	char services[STAGE_PATH_MAX];
	const struct stage_show_verify_rig what = {&work->store, services,
		work->run_dir, work->name[0] != '\0' ? work->name : NULL};

	(void)!stage_format(
		services, sizeof(services), "%s/services", work->rig_dir);
	return stage_show_verify_rig(&what, &work->result, err);
}

static void
end_verify(void *user, const struct stage_show_work *work,
	enum stage_status status, const struct stage_err *err)
{
	if (status != STAGE_OK) {
		stage_rpc_reply_fail(work->reply, err);
	} else {
		stage_show_verify_cues(user, work->reply, work->result);
	}
}

static enum stage_status
take_verify(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	const char *set = stage_show_set_of(ctx, args, false, err);
	struct stage_show_work *work;
	struct stage_rpc_reply *reply = NULL;
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status;

	(void)result;
	if (set != NULL && stage_show_set_name_check(set, err) != STAGE_OK) {
		return err->status;
	}
	status = stage_rpc_call_defer(call, &reply, err);
	if (status != STAGE_OK) {
		return status;
	}
	work = stage_show_daemon_work(ctx);
	if (work != NULL) {
		work->reply = reply;
		(void)!stage_format(work->name, sizeof(work->name), "%s",
			set != NULL ? set : "");
	}
	if (stage_show_worker_do(stage_show_daemon_worker(ctx), work,
		    run_verify, end_verify, &why) != STAGE_OK) {
		stage_rpc_reply_fail(reply, &why);
	}
	return STAGE_OK;
}

const struct stage_verb stage_show_set_verbs[] = {
	{"sets", NULL, "Lists the setlists there are", take_sets,
		STAGE_DEED_LOOKS},
	{"set", set_args, "What is in a setlist", take_set, STAGE_DEED_LOOKS},
	{"set-use", use_args, "Puts a setlist in force", take_use,
		STAGE_DEED_CHANGES},
	{"verify", set_args, "Looks whether all songs of a setlist will play",
		take_verify, STAGE_DEED_LOOKS},
	{NULL, NULL, NULL, NULL},
};
