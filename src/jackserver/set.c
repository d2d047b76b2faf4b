/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What was set while it runs: a file of the form of rig.conf in the rig's
// state.

#include <string.h>

#include "base/atomic_file.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/str.h"
#include "jackserver/config.h"

#define FIRST_LINE                                                             \
	"# what stagecraft audio use and set have set, above rig.conf; "       \
	"\"default\" takes it back\n"

enum stage_status
stage_jackserver_set_load(struct stage_jackserver_set *self, const char *path,
	struct stage_err *err)
{
	struct stage_jackserver_config config = {.wish_count = 0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status =
		stage_jackserver_config_load(&config, path, &why);

	*self = (struct stage_jackserver_set){0};
	if (status == STAGE_NOT_FOUND) {
		return STAGE_OK;
	}
	if (status != STAGE_OK) {
		return stage_err_set(err, status, "%s", why.text);
	}
	memcpy(self->wishes, config.wishes, sizeof(self->wishes));
	self->wish_count = config.wish_count;
	self->rate_hz = config.rate_hz;
	self->period_frames = config.period_frames;
	self->periods = config.periods;
	return STAGE_OK;
}

static enum stage_status
add_number(struct stage_str *out, const char *key, int64_t value)
{
	return value > 0
		       ? stage_str_addf(out, "%s %lld\n", key, (long long)value)
		       : STAGE_OK;
}

static enum stage_status
add_wishes(struct stage_str *out, const struct stage_jackserver_set *self)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < self->wish_count; i++) {
		status = stage_str_add(out, "jack.device ");
		if (status == STAGE_OK) {
			status = stage_wish_write(&self->wishes[i], out);
		}
		if (status == STAGE_OK) {
			status = stage_str_add(out, "\n");
		}
	}
	return status;
}

static enum stage_status
write_all(const struct stage_jackserver_set *self, struct stage_str *out)
{
	enum stage_status status = add_wishes(out, self);

	if (status == STAGE_OK) {
		status = add_number(out, "jack.rate", self->rate_hz);
	}
	if (status == STAGE_OK) {
		status = add_number(out, "jack.period", self->period_frames);
	}
	return status == STAGE_OK
		       ? add_number(out, "jack.periods", self->periods)
		       : status;
}

static enum stage_status
save(const char *path, const struct stage_str *text, struct stage_err *err)
{
	const char *slash = strrchr(path, '/');
	char dir[STAGE_PATH_MAX];
	enum stage_status status = stage_format(dir, sizeof(dir), "%.*s",
		(int)(slash != NULL ? slash - path : 0), path);

	if (status == STAGE_OK && dir[0] != '\0') {
		status = stage_io_make_dirs(dir, err);
	}
	return status == STAGE_OK
		       ? stage_atomic_save(path, text->data, text->len, 0, err)
		       : status;
}

enum stage_status
stage_jackserver_set_save(const struct stage_jackserver_set *self,
	const char *path, struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status status = stage_str_add(&text, FIRST_LINE);
	size_t head = text.len;

	if (status == STAGE_OK) {
		status = write_all(self, &text);
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to write %s: %s", path,
			stage_strerror(status));
	} else if (text.len == head) {
		status = stage_atomic_remove(path, err);
	} else {
		status = save(path, &text, err);
	}
	stage_str_finish(&text);
	return status;
}

static void
push_wish(struct stage_jackserver_config *config, const struct stage_wish *wish)
{
	if (config->wish_count < STAGE_WISHES_MAX) {
		config->wishes[config->wish_count] = *wish;
		config->wish_count++;
	}
}

// In front of what the file wishes for, which is any card if it says nothing.
static void
put_wishes(const struct stage_jackserver_set *self,
	struct stage_jackserver_config *config)
{
	static const struct stage_wish any = {.is_auto = true, .pcm = -1};
	struct stage_wish before[STAGE_WISHES_MAX];
	size_t count = config->wish_count;

	if (self->wish_count == 0) {
		return;
	}
	memcpy(before, config->wishes, sizeof(before));
	config->wish_count = 0;
	for (size_t i = 0; i < self->wish_count; i++) {
		push_wish(config, &self->wishes[i]);
	}
	for (size_t i = 0; i < count; i++) {
		push_wish(config, &before[i]);
	}
	if (count == 0) {
		push_wish(config, &any);
	}
}

void
stage_jackserver_set_put(const struct stage_jackserver_set *self,
	struct stage_jackserver_config *config)
{
	put_wishes(self, config);
	if (self->rate_hz > 0) {
		config->rate_hz = self->rate_hz;
	}
	if (self->period_frames > 0) {
		config->period_frames = self->period_frames;
	}
	if (self->periods > 0) {
		config->periods = self->periods;
	}
}
