/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // realpath

#include "rack/home.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "base/str.h"

#define ROOM_BYTES 1024 // for what is below the directory of a song

static const char first_file[] =
	"# This rack belongs to one song; see stagecraft-rack(8). A file\n"
	"# 10-NAME.slot beside this one is a plug-in. Each line below is what "
	"holds\n"
	"# without it. Its name in JACK is the one that the session manager "
	"gives.\n"
	"#\n"
	"# in      2        audio inputs; 0 for instruments alone\n"
	"# out     2\n"
	"# midi    yes      midi_in and midi_out\n"
	"# gain    0        of the outputs, dB\n"
	"# fade    20ms     of all that comes and goes\n";

static enum stage_status
take_directory(struct stage_rack_home *out, const char *directory,
	struct stage_err *err)
{
	char *whole = realpath(directory, NULL);
	enum stage_status status;

	if (whole == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no directory %s", directory);
	}
	status = stage_format(out->directory, STAGE_PATH_MAX, "%s", whole);
	if (status != STAGE_OK) {
		stage_err_set(err, status, "%s is too long", whole);
	}
	free(whole);
	return status;
}

static enum stage_status
take_name(struct stage_rack_home *out, const struct stage_rig *rig,
	const char *name, struct stage_err *err)
{
	enum stage_status status = stage_service_name_check(name, err);

	if (status == STAGE_OK && stage_format(out->name, sizeof(out->name),
					  "%s", name) != STAGE_OK) {
		status = stage_err_set(
			err, STAGE_TOO_LONG, "%s is too long", name);
	}
	if (status == STAGE_OK) {
		stage_rig_run_path(rig, out->socket, "rack-%s.sock", name);
	}
	return status;
}

// The name of a service is that of its directory.
enum stage_status
stage_rack_home_of_service(const struct stage_rig *rig, const char *directory,
	struct stage_rack_home *out, struct stage_err *err)
{
	enum stage_status status;

	memset(out, 0, sizeof(*out));
	status = take_directory(out, directory, err);
	if (status == STAGE_OK) {
		status = take_name(
			out, rig, strrchr(out->directory, '/') + 1, err);
	}
	if (status == STAGE_OK) {
		stage_rig_run_path(rig, out->pages, "rack/%s", out->name);
		stage_rig_path(rig, out->memories, "state/rack/%s", out->name);
	}
	return status;
}

static enum stage_status
make_directory(const char *directory, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_io_make_dirs(directory, err);

	if (status == STAGE_OK) {
		status = stage_io_join(
			path, sizeof(path), directory, "rack", err);
	}
	if (status != STAGE_OK || access(path, F_OK) == 0) {
		return status;
	}
	return errno == ENOENT ? stage_atomic_save(path, first_file,
					 sizeof(first_file) - 1, 0, err)
			       : stage_err_set_errno(err, errno,
					 "unable to look for %s", path);
}

// Two songs may have racks of the same name, but not at the same path. No
// service's name begins with a dot.
static void
name_pages(struct stage_rack_home *out, const struct stage_rig *rig)
{
	const struct stage_hash_key plain = {0};
	uint64_t hash =
		stage_hash(&plain, out->directory, strlen(out->directory));

	stage_rig_run_path(rig, out->pages, "rack/.song-%016" PRIx64, hash);
}

enum stage_status
stage_rack_home_of_song(const struct stage_rig *rig, const char *directory,
	const char *id, struct stage_rack_home *out, struct stage_err *err)
{
	enum stage_status status = stage_jack_name_check(id, err);

	memset(out, 0, sizeof(*out));
	out->is_of_song = true;
	if (status == STAGE_OK) {
		status = take_name(out, rig, id, err);
	}
	if (status == STAGE_OK &&
		strlen(directory) >= STAGE_PATH_MAX - ROOM_BYTES) {
		status = stage_err_set(err, STAGE_TOO_LONG,
			"the path of the project is too long for a rack");
	}
	if (status == STAGE_OK) {
		status = make_directory(directory, err);
	}
	if (status == STAGE_OK) {
		status = take_directory(out, directory, err);
	}
	if (status == STAGE_OK) {
		status = stage_io_join(out->memories, sizeof(out->memories),
			out->directory, "state", err);
	}
	if (status == STAGE_OK) {
		(void)!stage_format(out->client, sizeof(out->client), "%s", id);
		name_pages(out, rig);
		status = stage_rig_make_run(rig, err);
	}
	return status;
}
