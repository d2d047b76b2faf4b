/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/tails.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "rig/log_source.h"
#include "rig/path_watch.h"
#include "rpc/proto.h"

// Read in one turn of the loop: a service that writes without end keeps nobody
// else waiting.
#define TURN_LINES 20000

struct line {
	char *text;    // owned; NULL: there was no memory for it
	int64_t at_ns; // since 1970
	bool has_time;
};

struct tail {
	struct stage_tails *tails; // NULL: they have gone
	char name[STAGE_SERVICE_NAME_MAX + 1];
	struct stage_log_source *source;
	struct stage_path_watch *watch;
	uv_timer_t tell;
	uv_timer_t lease;
	struct line lines[STAGE_TAILS_LINES]; // number n is at n % LINES
	int64_t next;                         // number of the next line
	int64_t told;                         // number of the last one told
	int open_handles;
};

struct stage_tails {
	struct stage_tails_config config;
	struct tail *items[STAGE_TAILS_MAX];
	size_t count;
};

static void
free_tail(struct tail *self)
{
	stage_log_source_destroy(self->source);
	for (size_t i = 0; i < STAGE_TAILS_LINES; i++) {
		free(self->lines[i].text);
	}
	free(self);
}

static void
on_closed(uv_handle_t *handle)
{
	struct tail *self = handle->data;

	if (--self->open_handles == 0) {
		free_tail(self);
	}
}

static void
end_tail(struct tail *self)
{
	stage_path_watch_destroy(self->watch);
	uv_close((uv_handle_t *)&self->tell, on_closed);
	uv_close((uv_handle_t *)&self->lease, on_closed);
}

static void
on_lease_over(uv_timer_t *timer)
{
	struct tail *self = timer->data;
	struct stage_tails *tails = self->tails;

	for (size_t i = 0; i < tails->count; i++) {
		if (tails->items[i] == self) {
			tails->count--;
			tails->items[i] = tails->items[tails->count];
			break;
		}
	}
	end_tail(self);
}

// Lines.

static void
keep(struct tail *self, const struct stage_log_line *from)
{
	struct line *line = &self->lines[self->next % STAGE_TAILS_LINES];
	size_t len = from->len < STAGE_TAILS_LINE_MAX ? from->len
						      : STAGE_TAILS_LINE_MAX;

	free(line->text);
	*line = (struct line){.text = strndup(from->text, len),
		.at_ns = from->wall_ns,
		.has_time = from->has_time};
	self->next++;
}

// Takes in what was written; false when there may be more.
static bool
take(struct tail *self)
{
	struct stage_log_line line;

	for (int i = 0; i < TURN_LINES; i++) {
		if (!stage_log_source_peek(self->source, false, &line)) {
			return true;
		}
		keep(self, &line);
		stage_log_source_next(self->source);
	}
	return false;
}

static json_t *
view_line(int64_t number, const struct line *line)
{
	json_t *view = json_pack("{s:I, s:o}", "number", (json_int_t)number,
		"text", stage_rpc_text(line->text != NULL ? line->text : ""));

	if (view != NULL && line->has_time) {
		(void)json_object_set_new(view, "at_ms",
			json_integer(line->at_ns / STAGE_NS_PER_MS));
	}
	return view;
}

// The lines from a number on.
static json_t *
view(const struct tail *self, int64_t from)
{
	json_t *lines = json_array();

	for (int64_t number = from; number < self->next; number++) {
		(void)json_array_append_new(lines,
			view_line(number,
				&self->lines[number % STAGE_TAILS_LINES]));
	}
	return json_pack("{s:o, s:I, s:o}", "name", stage_rpc_text(self->name),
		"next", (json_int_t)self->next, "lines", lines);
}

static int64_t
at_least(int64_t number, int64_t least)
{
	return number > least ? number : least;
}

static void
on_tell(uv_timer_t *timer)
{
	struct tail *self = timer->data;
	bool is_all = take(self);

	if (self->told < self->next - 1) {
		int64_t from =
			at_least(self->told + 1, self->next - STAGE_TAILS_TOLD);
		self->told = self->next - 1;
		self->tails->config.told(
			self->tails->config.user, view(self, from));
		// Another look, since what comes until then is not hinted at.
		is_all = false;
	}
	if (!is_all) {
		uv_timer_start(timer, on_tell, STAGE_TAILS_TELL_MS, 0);
	}
}

static void
on_written(void *user)
{
	struct tail *self = user;

	if (!uv_is_active((uv_handle_t *)&self->tell)) {
		uv_timer_start(&self->tell, on_tell, 0, 0);
	}
}

static enum stage_status
open_log(struct tail *self, struct stage_err *err)
{
	const struct stage_tails_config *config = &self->tails->config;
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	stage_rig_run_path(config->rig, path, "log/%s", self->name);
	status = stage_log_source_create(
		path, self->name, STAGE_TAILS_LINES, &self->source, err);
	if (status == STAGE_OK) {
		status = stage_path_watch_create(&self->watch, config->loop,
			path, on_written, self, err);
	}
	return status;
}

static enum stage_status
add(struct stage_tails *self, const char *service, struct tail **out,
	struct stage_err *err)
{
	struct tail *tail;
	enum stage_status status;

	if (self->count == STAGE_TAILS_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"%d logs are looked at already; close one of them",
			STAGE_TAILS_MAX);
	}
	tail = calloc(1, sizeof(*tail));
	if (tail == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	tail->tails = self;
	tail->next = 1;
	status = stage_format(tail->name, sizeof(tail->name), "%s", service);
	if (status == STAGE_OK) {
		status = open_log(tail, err);
	}
	if (status != STAGE_OK) {
		free_tail(tail);
		return status;
	}
	uv_timer_init(self->config.loop, &tail->tell);
	uv_timer_init(self->config.loop, &tail->lease);
	tail->tell.data = tail;
	tail->lease.data = tail;
	tail->open_handles = 2;
	if (!take(tail)) {
		uv_timer_start(&tail->tell, on_tell, 0, 0);
	}
	tail->told = tail->next - 1;
	self->items[self->count] = tail;
	self->count++;
	*out = tail;
	return STAGE_OK;
}

static struct tail *
find(const struct stage_tails *self, const char *service)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i]->name, service) == 0) {
			return self->items[i];
		}
	}
	return NULL;
}

enum stage_status
stage_tails_read(struct stage_tails *self, const char *service, size_t count,
	json_t **out, struct stage_err *err)
{
	struct tail *tail = find(self, service);
	int64_t kept;

	if (tail == NULL) {
		enum stage_status status = add(self, service, &tail, err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	uv_timer_start(&tail->lease, on_lease_over,
		(uint64_t)self->config.lease_ms, 0);
	kept = count < STAGE_TAILS_LINES ? (int64_t)count : STAGE_TAILS_LINES;
	*out = view(tail, at_least(1, tail->next - kept));
	return *out != NULL
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

size_t
stage_tails_count(const struct stage_tails *self)
{
	return self->count;
}

enum stage_status
stage_tails_create(struct stage_tails **out,
	const struct stage_tails_config *config, struct stage_err *err)
{
	struct stage_tails *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	if (self->config.lease_ms == 0) {
		self->config.lease_ms = STAGE_TAILS_LEASE_MS;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_tails_destroy(struct stage_tails *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		end_tail(self->items[i]);
	}
	free(self);
}
