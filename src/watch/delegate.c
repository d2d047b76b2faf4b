/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "base/str.h"
#include "rpc/server.h"
#include "watch/command_error.h"
#include "watch/verbs.h"

#define OUTPUT_MAX_BYTES 4096 // of the command's error text
#define VERB_MAX 32           // bytes of a verb with its zero

struct job {
	uv_process_t process;
	uv_pipe_t errors;
	struct stage_rpc_reply *reply;
	struct stage_str text; // what it said on standard error
	char chunk[512];
	int64_t exit_code;
	int open_parts; // the process, the pipe
};

static void
free_job(uv_handle_t *handle)
{
	struct job *job = handle->data;

	job->open_parts--;
	if (job->open_parts == 0) {
		stage_str_finish(&job->text);
		free(job);
	}
}

static void
answer(struct job *job)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (job->exit_code == 0) {
		stage_rpc_reply_ok(job->reply, json_object());
		return;
	}
	stage_command_error_read(
		stage_str_text(&job->text), job->exit_code, &err);
	stage_rpc_reply_fail(job->reply, &err);
}

static void
close_part(struct job *job, uv_handle_t *handle)
{
	// Both the end of the process and of its words are waited for.
	if (uv_is_closing((uv_handle_t *)&job->process) ||
		uv_is_closing((uv_handle_t *)&job->errors)) {
		answer(job);
	}
	uv_close(handle, free_job);
}

static void
on_exit(uv_process_t *process, int64_t exit_code, int signum)
{
	struct job *job = process->data;

	job->exit_code = signum != 0 ? 128 + signum : exit_code;
	close_part(job, (uv_handle_t *)process);
}

static void
give_chunk(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct job *job = handle->data;

	(void)suggested;
	*out = uv_buf_init(job->chunk, sizeof(job->chunk));
}

static void
on_errors(uv_stream_t *stream, ssize_t got, const uv_buf_t *bytes)
{
	struct job *job = stream->data;

	if (got < 0) {
		close_part(job, (uv_handle_t *)stream);
	} else if (job->text.len < OUTPUT_MAX_BYTES) {
		(void)!stage_str_append(&job->text, bytes->base, (size_t)got);
	}
}

static int
spawn(struct job *job, uv_loop_t *loop, const char *verb, const char *service,
	const char *option)
{
	char program[] = "stagecraft";
	char end[] = "--";
	char option_copy[STAGE_WATCH_OPTION_MAX];
	char verb_copy[VERB_MAX];
	char service_copy[STAGE_SERVICE_NAME_MAX + 1];
	char *argv[] = {program, verb_copy, end, service_copy, NULL, NULL};
	uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE},
		{.flags = UV_IGNORE},
		{.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
			.data.stream = (uv_stream_t *)&job->errors}};
	uv_process_options_t options = {.exit_cb = on_exit,
		.file = program,
		.args = argv,
		.stdio = stdio,
		.stdio_count = 3};

	snprintf(verb_copy, sizeof(verb_copy), "%s", verb);
	snprintf(service_copy, sizeof(service_copy), "%s", service);
	if (option != NULL) {
		snprintf(option_copy, sizeof(option_copy), "%s", option);
		argv[2] = option_copy;
		argv[3] = end;
		argv[4] = service_copy;
	}
	return uv_spawn(loop, &job->process, &options);
}

enum stage_status
stage_watch_delegate(struct stage_watch *watch, struct stage_rpc_call *call,
	const char *verb, const char *service, const char *option,
	struct stage_err *err)
{
	struct job *job = calloc(1, sizeof(*job));
	enum stage_status status;
	int result;

	if (job == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	// One that is cut, or a newline in it, would be another service.
	status = stage_service_name_check(service, err);
	if (status == STAGE_OK) {
		status = stage_rpc_call_defer(call, &job->reply, err);
	}
	if (status != STAGE_OK) {
		free(job);
		return status;
	}
	uv_pipe_init(stage_watch_loop(watch), &job->errors, 0);
	job->errors.data = job;
	job->process.data = job;
	job->open_parts = 2;
	result = spawn(job, stage_watch_loop(watch), verb, service, option);
	if (result != 0) {
		struct stage_err fault = STAGE_ERR_INIT;
		stage_err_set(&fault, STAGE_NOT_FOUND,
			"unable to run stagecraft %s: %s", verb,
			uv_strerror(result));
		stage_rpc_reply_fail(job->reply, &fault);
		uv_close((uv_handle_t *)&job->process, free_job);
		uv_close((uv_handle_t *)&job->errors, free_job);
		return STAGE_OK;
	}
	uv_read_start((uv_stream_t *)&job->errors, give_chunk, on_errors);
	return STAGE_OK;
}
