/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/work.h"

#include <stdlib.h>

struct job {
	struct job *next;
	uv_work_t work;
	struct stage_show_worker *worker;
	struct stage_show_work *what;
	stage_show_run *run;
	stage_show_done *done;
	stage_show_ended *ended;       // NULL where somebody is answered
	struct stage_rpc_reply *reply; // and NULL where nobody is
	enum stage_status status;
	struct stage_err err;
};

struct stage_show_worker {
	uv_loop_t *loop;
	void *user;
	struct job *first; // runs; those behind it wait
};

struct stage_show_worker *
stage_show_worker_create(uv_loop_t *loop, void *user)
{
	struct stage_show_worker *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->loop = loop;
		self->user = user;
	}
	return self;
}

void
stage_show_worker_destroy(struct stage_show_worker *self)
{
	free(self);
}

bool
stage_show_worker_is_idle(const struct stage_show_worker *self)
{
	return self->first == NULL;
}

struct stage_show_work *
stage_show_work_create(const struct stage_show_store *store,
	const char *rig_dir, const char *run_dir)
{
	struct stage_show_work *work = calloc(1, sizeof(*work));

	if (work != NULL) {
		work->store = *store;
		(void)!stage_format(
			work->rig_dir, sizeof(work->rig_dir), "%s", rig_dir);
		(void)!stage_format(
			work->run_dir, sizeof(work->run_dir), "%s", run_dir);
	}
	return work;
}

void
stage_show_work_destroy(struct stage_show_work *work)
{
	if (work != NULL) {
		free(work->text);
		json_decref(work->result);
		free(work);
	}
}

static void
do_run(uv_work_t *work)
{
	struct job *job = work->data;

	job->status = job->run(job->what, &job->err);
}

static void begin_first(struct stage_show_worker *self);

static void
answer(struct stage_show_worker *self, struct job *job)
{
	if (job->status == STAGE_OK && job->done != NULL) {
		job->done(self->user, job->what);
	}
	if (job->status == STAGE_OK) {
		stage_rpc_reply_ok(job->reply, job->what->result);
		job->what->result = NULL;
	} else {
		stage_rpc_reply_fail(job->reply, &job->err);
	}
}

static void
on_run(uv_work_t *work, int status)
{
	struct job *job = work->data;
	struct stage_show_worker *self = job->worker;

	if (status < 0) {
		job->status = stage_err_set(
			&job->err, STAGE_BUSY, "the show is ending");
	}
	self->first = job->next;
	if (job->ended != NULL) {
		job->ended(self->user, job->what, job->status, &job->err);
	} else {
		answer(self, job);
	}
	stage_show_work_destroy(job->what);
	free(job);
	begin_first(self);
}

static void
begin_first(struct stage_show_worker *self)
{
	struct job *job = self->first;

	if (job == NULL) {
		return;
	}
	job->work.data = job;
	// It fails for want of a function only.
	(void)uv_queue_work(self->loop, &job->work, do_run, on_run);
}

// NULL, with a sentence: out of memory; work is freed then.
static struct job *
make_job(struct stage_show_worker *self, struct stage_show_work *work,
	stage_show_run *run, struct stage_err *err)
{
	struct job *job = work != NULL ? calloc(1, sizeof(*job)) : NULL;

	if (job == NULL) {
		stage_show_work_destroy(work);
		(void)stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
		return NULL;
	}
	job->worker = self;
	job->what = work;
	job->run = run;
	return job;
}

static void
append(struct stage_show_worker *self, struct job *job)
{
	struct job **end = &self->first;

	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = job;
	if (self->first == job) {
		begin_first(self);
	}
}

enum stage_status
stage_show_worker_add(struct stage_show_worker *self,
	struct stage_show_work *work, stage_show_run *run,
	stage_show_done *done, struct stage_rpc_call *call,
	struct stage_err *err)
{
	struct job *job = make_job(self, work, run, err);
	enum stage_status status;

	if (job == NULL) {
		return STAGE_NO_MEMORY;
	}
	status = stage_rpc_call_defer(call, &job->reply, err);
	if (status != STAGE_OK) {
		stage_show_work_destroy(work);
		free(job);
		return status;
	}
	job->done = done;
	append(self, job);
	return STAGE_OK;
}

enum stage_status
stage_show_worker_do(struct stage_show_worker *self,
	struct stage_show_work *work, stage_show_run *run,
	stage_show_ended *ended, struct stage_err *err)
{
	struct job *job = make_job(self, work, run, err);

	if (job == NULL) {
		return STAGE_NO_MEMORY;
	}
	job->ended = ended;
	append(self, job);
	return STAGE_OK;
}
