/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // fallocate

#include "show/logs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

// A client that has printed much will go on to: its file is looked at sooner.
#define LOOK_MS 1000
#define LOOK_AGAIN_MS 100
#define BLOCK 512 // bytes that st_blocks counts

struct stage_show_logs {
	uv_timer_t timer;
	char directory[STAGE_PATH_MAX];
	bool is_needed;
};

static bool
punch(int fd, off_t len)
{
#if defined(FALLOC_FL_PUNCH_HOLE)
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
		       len) == 0;
#else
	(void)fd;
	(void)len;
	return false;
#endif
}

bool
stage_show_log_cut(const char *path)
{
	struct stat stat_buffer;
	bool is_cut = false;
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0) {
		return false;
	}
	if (fstat(fd, &stat_buffer) == 0 && S_ISREG(stat_buffer.st_mode) &&
		(int64_t)stat_buffer.st_blocks * BLOCK >
			STAGE_SHOW_LOG_BYTES_MAX) {
		// Who prints does so at the end of the file, wherever it is.
		is_cut = punch(fd, stat_buffer.st_size -
					   STAGE_SHOW_LOG_BYTES_KEPT) ||
			 ftruncate(fd, 0) == 0;
	}
	close(fd);
	return is_cut;
}

static void
on_timer(uv_timer_t *timer)
{
	struct stage_show_logs *self = timer->data;
	struct stage_strv names = {0};
	char path[STAGE_PATH_MAX];
	bool is_cut = false;

	(void)!stage_io_list_dir(self->directory, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		if (stage_io_join(path, sizeof(path), self->directory,
			    names.items[i], NULL) == STAGE_OK &&
			stage_show_log_cut(path)) {
			is_cut = true;
		}
	}
	stage_strv_finish(&names);
	uv_timer_start(
		&self->timer, on_timer, is_cut ? LOOK_AGAIN_MS : LOOK_MS, 0);
}

void
stage_show_logs_watch(struct stage_show_logs *self, bool is_needed)
{
	if (self->is_needed == is_needed) {
		return;
	}
	self->is_needed = is_needed;
	if (is_needed) {
		uv_timer_start(&self->timer, on_timer, LOOK_MS, 0);
	} else {
		uv_timer_stop(&self->timer);
	}
}

enum stage_status
stage_show_logs_create(uv_loop_t *loop, const char *directory,
	struct stage_show_logs **out, struct stage_err *err)
{
	struct stage_show_logs *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	(void)!stage_format(
		self->directory, sizeof(self->directory), "%s", directory);
	uv_timer_init(loop, &self->timer);
	self->timer.data = self;
	*out = self;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_show_logs_destroy(struct stage_show_logs *self)
{
	if (self != NULL) {
		uv_close((uv_handle_t *)&self->timer, on_closed);
	}
}
