/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/settings.h"

#include <string.h>

#include "base/conf.h"
#include "base/io.h"

#define KEEP 2
#define FILE_MAX 4096

// As the table of keys wants it: an enum has no size of its own in C.
struct stored {
	int mode;
	int unlocked;
	char song[STAGE_PATCH_SCENE_NAME_MAX];
	char set[STAGE_PATCH_SCENE_NAME_MAX];
};

static const char *const modes[] = {
	"off", "learn", "enforce", "exclusive", "lock", NULL};

_Static_assert(STAGE_COUNT_OF(modes) == STAGE_PATCH_MODE_COUNT + 1,
	"each mode has its word");

static const struct stage_conf_key keys[] = {
	{.key = "mode",
		.type = STAGE_CONF_ENUM,
		STAGE_CONF_MEMBER(struct stored, mode),
		.choices = modes},
	{.key = "unlocked",
		.type = STAGE_CONF_ENUM,
		STAGE_CONF_MEMBER(struct stored, unlocked),
		.choices = modes},
	{.key = "song",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct stored, song)},
	{.key = "set",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct stored, set)},
};

static const struct stage_conf_table table = {
	.keys = keys, .count = STAGE_COUNT_OF(keys)};

struct stage_patch_settings
stage_patch_settings_default(void)
{
	return (struct stage_patch_settings){
		.mode = STAGE_PATCH_MODE_LEARN,
		.unlocked = STAGE_PATCH_MODE_LEARN,
	};
}

static enum stage_status
parse(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	struct stage_patch_settings *out = user;
	struct stored stored = {.mode = STAGE_PATCH_MODE_LEARN,
		.unlocked = STAGE_PATCH_MODE_LEARN};
	enum stage_status status =
		stage_conf_parse_keys(bytes, len, name, &table, &stored, err);

	if (status != STAGE_OK) {
		return status;
	}
	out->mode = (enum stage_patch_mode)stored.mode;
	if (stored.unlocked != STAGE_PATCH_MODE_LOCK) { // what would end that?
		out->unlocked = (enum stage_patch_mode)stored.unlocked;
	}
	memcpy(out->song, stored.song, sizeof(out->song));
	memcpy(out->set, stored.set, sizeof(out->set));
	return STAGE_OK;
}

enum stage_status
stage_patch_settings_load(const char *dir, struct stage_patch_settings *out,
	struct stage_atomic_found *found, struct stage_err *err)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	*out = stage_patch_settings_default();
	status = stage_io_join(path, sizeof(path), dir, "settings", err);
	if (status == STAGE_OK) {
		status = stage_atomic_load(
			path, FILE_MAX, parse, out, &text, found, err);
	}
	stage_str_finish(&text);
	return status == STAGE_NOT_FOUND ? STAGE_OK : status;
}

static enum stage_status
add(struct stage_str *out, const char *key, const char *word,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	if (word[0] == '\0') {
		return STAGE_OK;
	}
	if (stage_str_addf(out, "%s ", key) != STAGE_OK) {
		status = STAGE_NO_MEMORY;
	}
	if (status == STAGE_OK) {
		status = stage_conf_add_word(out, word);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, "\n");
	}
	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, status,
				 "the name of the %s cannot be written down: "
				 "%s",
				 key, stage_strerror(status));
}

static enum stage_status
format(const struct stage_patch_settings *settings, struct stage_str *out,
	struct stage_err *err)
{
	enum stage_status status = stage_str_addf(out,
		"# Written by the patchbay.\nmode %s\nunlocked %s\n",
		modes[settings->mode], modes[settings->unlocked]);

	if (status != STAGE_OK) {
		return stage_err_set(err, status, "out of memory");
	}
	status = add(out, "song", settings->song, err);
	return status == STAGE_OK ? add(out, "set", settings->set, err)
				  : status;
}

enum stage_status
stage_patch_settings_save(const char *dir,
	const struct stage_patch_settings *settings, struct stage_err *err)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), dir, "settings", err);

	if (status == STAGE_OK) {
		status = format(settings, &text, err);
	}
	if (status == STAGE_OK) {
		status = stage_io_make_dirs(dir, err);
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(
			path, stage_str_text(&text), text.len, KEEP, err);
	}
	stage_str_finish(&text);
	return status;
}
