/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// import: another program's file becomes a patch file of the rig.

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/utf8.h"
#include "patchbay/daemon_private.h"
#include "patchbay/format.h"
#include "patchbay/utc.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"
#include "rpc/proto.h"

#define MARK "# Imported from " // begins a file that may be replaced
#define NAME_BYTES 200          // saving and .patch make them a few more
#define KEEP 3                  // older ones of a file that was replaced

static const struct stage_verb_arg args_table[] = {
	{"file", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "its absolute path"},
	{"format", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"which program's; else what it looks like"},
	{"name", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"of the patch file; else as the file's"},
	{"replace", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"an import before of this name"},
	{"dry", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL, "only report"},
	{"learn", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"as if connected by command, instead of a file"},
	{"only", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"with learn: and disconnect everything else"},
	{"ignore", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL,
		"clients to leave out, fnmatch(3) patterns"},
	{"system", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"only of jack, or of alsa"},
	STAGE_ARGS_END,
};

struct job {
	const char *file;
	const struct stage_patch_format *format;
	struct stage_patch_import import;
	enum stage_patch_system system; // COUNT: all
	char target[STAGE_PATH_MAX];
};

// Files are read with our rights, so only for those that have them.
static enum stage_status
check_peer(struct stage_rpc_call *call, const char *file, struct stage_err *err)
{
	const struct stage_rpc_peer *peer = stage_rpc_call_peer(call);

	if (peer->uid != 0 && peer->uid != geteuid()) {
		return stage_err_set(err, STAGE_DENIED,
			"files are imported for the user of the rig only");
	}
	if (file[0] != '/') {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "%s is no absolute path", file);
	}
	return STAGE_OK;
}

static enum stage_status
read_file(struct job *job, const char *format, struct stage_err *err)
{
	struct stage_str text = {0};
	struct stage_patch_input input = {.name = job->file};
	enum stage_status status =
		stage_io_read_file(job->file, STAGE_PATCH_FILE_MAX, &text, err);

	input.bytes = stage_str_text(&text);
	input.len = text.len;
	if (status == STAGE_OK) {
		status = format != NULL ? stage_patch_format_find(
						  format, &job->format, err)
					: stage_patch_format_recognise(
						  &input, &job->format, err);
	}
	if (status == STAGE_OK) {
		status = stage_patch_format_import(
			job->format, &input, &job->import, err);
	}
	stage_str_finish(&text);
	return status;
}

// "/home/me/my show.xml" becomes "my show".
static void
name_of(const char *file, char *out, size_t size)
{
	const char *base = strrchr(file, '/') + 1;
	const char *dot = strrchr(base, '.');
	size_t len = dot != NULL && dot != base ? (size_t)(dot - base)
						: strlen(base);

	len = stage_utf8_clip(base, len, size - 1);
	memcpy(out, base, len);
	out[len] = '\0';
}

static enum stage_status
check_name(const char *name, struct stage_err *err)
{
	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL ||
		strcmp(name, "learned") == 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" cannot be the name of a patch file; choose "
			"another with --name",
			name);
	}
	if (strlen(name) > NAME_BYTES) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the name of a patch file has at most %d bytes; choose "
			"another with --name",
			NAME_BYTES);
	}
	return STAGE_OK;
}

// A file that is there is replaced only when it was imported, and if told so.
static enum stage_status
check_target(const struct job *job, bool may_replace, struct stage_err *err)
{
	struct stage_str text = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = stage_io_read_file(
		job->target, STAGE_PATCH_FILE_MAX, &text, &why);
	bool is_import = status == STAGE_OK &&
			 stage_starts_with(stage_str_text(&text), MARK);

	stage_str_finish(&text);
	if (status == STAGE_NOT_FOUND || (is_import && may_replace)) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_EXISTS,
		is_import ? "%s is there already; --replace replaces it, "
			    "--name chooses another name"
			  : "%s is there already, and was not imported; choose "
			    "another name with --name",
		job->target);
}

static enum stage_status
choose_target(struct stage_patchbay *self, struct job *job, const json_t *args,
	struct stage_err *err)
{
	char name[NAME_BYTES + 1];
	const char *wanted = stage_args_text(args, "name", NULL);
	enum stage_status status;

	name_of(job->file, name, sizeof(name));
	if (wanted == NULL) {
		wanted = name;
	}
	status = check_name(wanted, err);
	if (status != STAGE_OK) {
		return status;
	}
	stage_rig_path(self->rig, job->target, "patchbay/%s.patch", wanted);
	return check_target(
		job, stage_args_boolean(args, "replace", false), err);
}

// Reports stay with the file, for the day when somebody wonders.
static enum stage_status
format_file(const struct job *job, struct stage_str *out)
{
	char time[STAGE_UTC_BYTES + 1];
	enum stage_status status;

	(void)stage_utc_write(stage_clock_wall_ns() / STAGE_NS_PER_S, time);
	status = stage_str_addf(out,
		MARK "%s, a file of %s, at %s.\n# Edit it as you like.\n",
		job->file, job->format->name, time);
	for (size_t i = 0; i < job->import.report.count && status == STAGE_OK;
		i++) {
		status = stage_str_addf(
			out, "# - %s\n", job->import.report.items[i]);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, "\n");
	}
	return status == STAGE_OK
		       ? stage_patch_text_format(&job->import.list, out)
		       : status;
}

// A path may hold a line break, and comments are one line each.
static bool
is_one_line(const char *file)
{
	return strpbrk(file, "\n\r") == NULL;
}

static enum stage_status
write_file(struct job *job, struct stage_err *err)
{
	struct stage_str text = {0};
	char dir[STAGE_PATH_MAX];
	enum stage_status status;

	if (!is_one_line(job->file)) {
		job->file = "a file with a line break in its name";
	}
	status = format_file(job, &text);
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to write %s: %s",
			job->target, stage_strerror(status));
	} else if (text.len > STAGE_PATCH_FILE_MAX) {
		status = stage_err_set(err, STAGE_TOO_LONG,
			"what %s holds does not fit into a patch file",
			job->file);
	}
	if (status == STAGE_OK) {
		size_t len = (size_t)(strrchr(job->target, '/') - job->target);
		memcpy(dir, job->target, len);
		dir[len] = '\0';
		status = stage_io_make_dirs(dir, err);
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(job->target, stage_str_text(&text),
			text.len, KEEP, err);
	}
	stage_str_finish(&text);
	return status;
}

static json_t *
view(const struct job *job)
{
	json_t *result =
		json_pack("{s:s, s:I, s:o}", "format", job->format->name,
			"statements", (json_int_t)job->import.list.count,
			"report", stage_patch_view_texts(&job->import.report));

	if (job->target[0] != '\0') {
		json_object_set_new(
			result, "path", stage_rpc_text(job->target));
	}
	return result;
}

static enum stage_status
put_file(struct stage_patchbay *self, struct job *job, const json_t *args,
	struct stage_err *err)
{
	enum stage_status status = choose_target(self, job, args, err);

	if (status == STAGE_OK) {
		status = write_file(job, err);
	}
	if (status == STAGE_OK && stage_patch_store_read(self->store)) {
		stage_patchbay_desire(self, false);
		stage_patchbay_act(self);
	}
	return status;
}

static void
drop_ignored(struct job *job, const json_t *args)
{
	const json_t *ignored = json_object_get(args, "ignore");
	struct stage_patch_list *list = &job->import.list;

	for (size_t i = list->count; i > 0; i--) {
		const struct stage_patch_statement *item = &list->items[i - 1];
		bool is_other = job->system != STAGE_PATCH_SYSTEM_COUNT &&
				job->system != item->system;
		if (is_other ||
			stage_patch_is_ignored(
				ignored, item->system, item->from.text) ||
			stage_patch_is_ignored(
				ignored, item->system, item->to.text)) {
			stage_patch_list_remove(list, i - 1);
		}
	}
}

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	struct job job = {.file = stage_args_text(args, "file", "")};
	bool is_dry = stage_args_boolean(args, "dry", false);
	bool is_learned = stage_args_boolean(args, "learn", false);
	enum stage_status status = check_peer(call, job.file, err);

	if (status == STAGE_OK) {
		status = stage_patch_verb_system(args, &job.system, err);
	}
	if (status == STAGE_OK) {
		status = read_file(
			&job, stage_args_text(args, "format", NULL), err);
	}
	drop_ignored(&job, args);
	if (status == STAGE_OK && !is_dry && !is_learned) {
		status = put_file(self, &job, args, err);
	}
	if (status == STAGE_OK) {
		*result = view(&job);
	}
	if (status == STAGE_OK && !is_dry && is_learned) {
		status = stage_patchbay_learn_list(self, &job.import.list,
			stage_args_boolean(args, "only", false), job.system,
			json_object_get(args, "ignore"), *result, err);
	}
	stage_patch_import_finish(&job.import);
	return status;
}

const struct stage_verb stage_patch_verb_import = {
	.name = "import",
	.args = args_table,
	.help = "Makes a patch file of another program's file",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
