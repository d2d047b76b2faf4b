/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Setlists: made, changed and taken away. Their files are the user's: lines
// that nobody asked for stay as they are, byte for byte.

#include <stdlib.h>
#include <string.h>

#include "show/sets.h"
#include "show/verbs_private.h"
#include "show/work.h"

#define SET                                                                    \
	{                                                                      \
		"set", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,                     \
			"a setlist; default: the one in force"                 \
	}
#define THE_SET                                                                \
	{                                                                      \
		"set", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "a setlist"         \
	}
#define NUMBER                                                                 \
	{                                                                      \
		"number", STAGE_ARG_INTEGER, STAGE_ARG_REQUIRED,               \
			"of a song in the list, from 1"                        \
	}

// The arguments, by their names, into a piece of work.
static enum stage_status
take_args(
	struct stage_show_work *work, const json_t *args, struct stage_err *err)
{
	int64_t number = stage_args_integer(args, "number", 0);
	int64_t to = stage_args_integer(args, "to", 0);
	const char *text = stage_args_text(args, "text", "");

	if (number < 0 || to < 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"songs of a setlist have numbers from 1");
	}
	work->number = (size_t)number;
	work->to = (size_t)to;
	work->flag = stage_args_boolean(args, "skip", true);
	work->text = strdup(text);
	return work->text == NULL
		       ? stage_err_set(err, STAGE_NO_MEMORY, "out of memory")
		       : stage_format(work->fresh, sizeof(work->fresh), "%s",
				 stage_args_text(args, "name",
					 stage_args_text(args, "song", "")));
}

static enum stage_status
begin(void *ctx, struct stage_rpc_call *call, const json_t *args,
	stage_show_run *run, stage_show_done *done, struct stage_err *err)
{
	const char *set = stage_show_set_of(ctx, args, true, err);
	struct stage_show_work *work;
	enum stage_status status;

	if (set == NULL) {
		return STAGE_NOT_FOUND;
	}
	status = stage_show_set_name_check(set, err);
	if (status != STAGE_OK) {
		return status;
	}
	work = stage_show_daemon_work(ctx);
	if (work != NULL) {
		(void)!stage_format(work->name, sizeof(work->name), "%s", set);
		status = take_args(work, args, err);
	}
	if (status != STAGE_OK) {
		stage_show_work_destroy(work);
		return status == STAGE_TOO_LONG
			       ? stage_err_set(err, status,
					 "a name is longer than %d bytes",
					 STAGE_SHOW_NAME_MAX)
			       : status;
	}
	return stage_show_worker_add(
		stage_show_daemon_worker(ctx), work, run, done, call, err);
}

// The list in force may be another one now.
static void
look(void *user, const struct stage_show_work *work)
{
	(void)work;
	stage_show_conductor_look(stage_show_daemon_conductor(user));
}

// What is done with a list that is loaded, and then saved.
typedef enum stage_status edit(struct stage_show_setlist *list,
	struct stage_show_work *work, struct stage_err *err);

static enum stage_status
do_edit(struct stage_show_work *work, edit *function, struct stage_err *err)
{
	struct stage_show_setlist list;
	enum stage_status status =
		stage_show_set_load(&work->store, work->name, &list, err);

	if (status == STAGE_OK) {
		status = function(&list, work, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_set_save(
			&work->store, work->name, &list, err);
	}
	stage_show_setlist_finish(&list);
	return status;
}

static enum stage_status
edit_add(struct stage_show_setlist *list, struct stage_show_work *work,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_err why = STAGE_ERR_INIT;

	if (stage_show_store_path(&work->store, work->fresh, path, &why) !=
		STAGE_OK) {
		work->result = json_pack("{s:s}", "warning", why.text);
	}
	return stage_show_setlist_add(list, work->number, work->fresh, err);
}

static enum stage_status
edit_remove(struct stage_show_setlist *list, struct stage_show_work *work,
	struct stage_err *err)
{
	return stage_show_setlist_remove(list, work->number, err);
}

static enum stage_status
edit_move(struct stage_show_setlist *list, struct stage_show_work *work,
	struct stage_err *err)
{
	return stage_show_setlist_move(list, work->number, work->to, err);
}

static enum stage_status
edit_skip(struct stage_show_setlist *list, struct stage_show_work *work,
	struct stage_err *err)
{
	return stage_show_setlist_skip(list, work->number, work->flag, err);
}

static enum stage_status
edit_break(struct stage_show_setlist *list, struct stage_show_work *work,
	struct stage_err *err)
{
	return work->text[0] != '\0' ? stage_show_setlist_add_break(list,
					       work->number, work->text, err)
				     : stage_show_setlist_remove_break(
					       list, work->number, err);
}

#define EDIT(what)                                                             \
	static enum stage_status run_##what(                                   \
		struct stage_show_work *work, struct stage_err *err)           \
	{                                                                      \
		return do_edit(work, edit_##what, err);                        \
	}                                                                      \
	STAGE_SHOW_TAKE(what, begin, look)
EDIT(add)
EDIT(remove)
EDIT(move)
EDIT(skip)
EDIT(break)
#undef EDIT

// Whole lists.

static enum stage_status
run_new(struct stage_show_work *work, struct stage_err *err)
{
	return stage_show_set_make(&work->store, work->name, err);
}

static enum stage_status
run_duplicate(struct stage_show_work *work, struct stage_err *err)
{
	return stage_show_set_duplicate(
		&work->store, work->name, work->fresh, err);
}

static enum stage_status
run_rename(struct stage_show_work *work, struct stage_err *err)
{
	return stage_show_set_rename(
		&work->store, work->name, work->fresh, err);
}

static enum stage_status
run_delete(struct stage_show_work *work, struct stage_err *err)
{
	char where[STAGE_PATH_MAX];
	enum stage_status status =
		stage_show_set_remove(&work->store, work->name, where, err);

	if (status == STAGE_OK) {
		work->result = json_pack("{s:s}", "where", where);
	}
	return status;
}

static void
renamed(void *user, const struct stage_show_work *work)
{
	stage_show_conductor_set_renamed(
		stage_show_daemon_conductor(user), work->name, work->fresh);
}

static void
deleted(void *user, const struct stage_show_work *work)
{
	struct stage_show_conductor *conductor =
		stage_show_daemon_conductor(user);
	const char *set = stage_show_conductor_place(conductor)->set;

	if (set != NULL && strcmp(set, work->name) == 0) {
		(void)!stage_show_conductor_use(conductor, NULL, NULL);
	}
}

STAGE_SHOW_TAKE(new, begin, NULL)
STAGE_SHOW_TAKE(duplicate, begin, NULL)
STAGE_SHOW_TAKE(rename, begin, renamed)
STAGE_SHOW_TAKE(delete, begin, deleted)

static const struct stage_verb_arg add_args[] = {
	{"song", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "its name"},
	{"number", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"that it is to have; default: the end"},
	SET,
	STAGE_ARGS_END,
};
static const struct stage_verb_arg number_args[] = {
	NUMBER, SET, STAGE_ARGS_END};
static const struct stage_verb_arg move_args[] = {
	NUMBER,
	{"to", STAGE_ARG_INTEGER, STAGE_ARG_REQUIRED,
		"the number that it is to have"},
	SET,
	STAGE_ARGS_END,
};
static const struct stage_verb_arg skip_args[] = {
	NUMBER,
	{"skip", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"no: it is played again; default yes"},
	SET,
	STAGE_ARGS_END,
};
static const struct stage_verb_arg break_args[] = {
	{"number", STAGE_ARG_INTEGER, STAGE_ARG_REQUIRED,
		"of the song that comes after it; 0: the end"},
	{"text", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"what it says; default: the one that is there goes"},
	SET,
	STAGE_ARGS_END,
};
static const struct stage_verb_arg set_args[] = {THE_SET, STAGE_ARGS_END};
static const struct stage_verb_arg fresh_args[] = {
	THE_SET,
	{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the new name"},
	STAGE_ARGS_END,
};

const struct stage_verb stage_show_set_edit_verbs[] = {
	{"set-new", set_args, "Makes an empty setlist", take_new,
		STAGE_DEED_CHANGES},
	{"set-add", add_args, "Adds a song to a setlist", take_add,
		STAGE_DEED_CHANGES},
	{"set-remove", number_args, "Takes a song out of a setlist",
		take_remove, STAGE_DEED_CHANGES},
	{"set-move", move_args, "Moves a song in a setlist", take_move,
		STAGE_DEED_CHANGES},
	{"set-skip", skip_args, "Marks a song as one that is skipped",
		take_skip, STAGE_DEED_CHANGES},
	{"set-break", break_args, "Puts a break before a song", take_break,
		STAGE_DEED_CHANGES},
	{"set-rename", fresh_args, "Gives a setlist another name", take_rename,
		STAGE_DEED_CHANGES},
	{"set-duplicate", fresh_args, "Makes a copy of a setlist",
		take_duplicate, STAGE_DEED_CHANGES},
	{"set-delete", set_args, "Takes a setlist away, into the trash",
		take_delete, STAGE_DEED_CHANGES},
	{NULL, NULL, NULL, NULL},
};
