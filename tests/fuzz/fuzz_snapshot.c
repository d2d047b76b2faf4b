/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // mkfifo

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "cli/status_view.h"
#include "fuzz.h"
#include "rig/run_file.h"
#include "rig/snapshot.h"
#include "rig/supervisor.h"
#include "rig/tree.h"

#define SERVICE "x"
#define SEPARATOR 0x1e

// Files of the run directory, in the order in which the input holds them.
static const char *const files[] = {
	"tree/" SERVICE "/supervise/status",
	"svc/" SERVICE "/process",
	"svc/" SERVICE "/ready",
	"svc/" SERVICE "/wait",
	"svc/" SERVICE "/hold",
	"svc/" SERVICE "/deaths",
	"tree/" SERVICE "/origin",
	"rig",
	"runsvdir",
};

// A rig with one service, which is supervised by us.
struct world {
	struct stage_rig rig;
	int supervisor_fd;
	char dir[FUZZ_DIR_MAX];
};

static struct world *the_world;

static void
close_world(void)
{
	close(the_world->supervisor_fd);
	fuzz_dir_remove(the_world->dir);
	free(the_world);
}

static struct world *
open_world(void)
{
	static const char *const dirs[] = {"rig/services/" SERVICE,
		"run/tree/" SERVICE "/supervise", "run/svc/" SERVICE};
	struct world *world = calloc(1, sizeof(*world));
	char path[STAGE_PATH_MAX];

	FUZZ_CHECK(world != NULL);
	fuzz_dir_make(world->dir);
	snprintf(world->rig.rig, STAGE_PATH_MAX, "%s/rig", world->dir);
	snprintf(world->rig.run, STAGE_PATH_MAX, "%s/run", world->dir);
	for (size_t i = 0; i < STAGE_COUNT_OF(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", world->dir, dirs[i]);
		FUZZ_CHECK(stage_io_make_dirs(path, NULL) == STAGE_OK);
	}
	stage_rig_run_path(&world->rig, path, "tree/" SERVICE "/supervise/ok");
	FUZZ_CHECK(mkfifo(path, 0600) == 0);
	world->supervisor_fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	FUZZ_CHECK(world->supervisor_fd >= 0);
	the_world = world;
	atexit(close_world);
	return world;
}

// What stands between two separators goes into one file.
static void
write_files(const struct world *world, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(files); i++) {
		const uint8_t *end =
			size > 0 ? memchr(data, SEPARATOR, size) : NULL;
		size_t len = end != NULL ? (size_t)(end - data) : size;
		char path[STAGE_PATH_MAX];
		stage_rig_run_path(&world->rig, path, "%s", files[i]);
		FUZZ_CHECK(stage_run_file_replace(path, data, len, 0644) ==
			   STAGE_OK);
		data += len;
		size -= len;
		data += size > 0;
		size -= size > 0;
	}
}

static void
check_text(const struct stage_status_view *view)
{
	struct stage_str out = {0};

	FUZZ_CHECK(stage_status_view_text(view, 80, false, &out) == STAGE_OK);
	for (const char *at = out.data; *at != '\0';) {
		size_t len = strcspn(at, "\n");
		fuzz_check_text(at, len);
		at += len + 1;
	}
	stage_str_finish(&out);
}

// Everything can be shown, as text and as JSON.
static void
check_services(const struct world *world, struct stage_services *services)
{
	double cpu[8] = {0};
	struct stage_status_view view = {.rig = &world->rig,
		.is_up = true,
		.is_supervised = true,
		.services = services,
		.cpu_percent = cpu};
	json_t *json = stage_status_view_json(&view);

	FUZZ_CHECK(json != NULL);
	json_decref(json);
	FUZZ_CHECK(services->count <= STAGE_COUNT_OF(cpu));
	for (size_t i = 0; i < services->count; i++) {
		const struct stage_service *service = &services->items[i];
		cpu[i] = stage_status_view_cpu(service, NULL, 1);
		FUZZ_CHECK((unsigned)service->phase < STAGE_PHASE_COUNT);
		FUZZ_CHECK(service->pid >= 0);
		fuzz_check_text(service->note, strlen(service->note));
		json = stage_snapshot_to_json(service);
		FUZZ_CHECK(json != NULL);
		json_decref(json);
	}
	check_text(&view);
	(void)stage_status_view_exit(&view);
}

static void
check_rig(const struct stage_rig *rig)
{
	struct stage_proc_id id = {.pid = -7};
	char up[STAGE_PATH_MAX];

	if (stage_rig_read_up(rig, up, sizeof(up)) == STAGE_OK) {
		FUZZ_CHECK(up[0] == '/' && strchr(up, '\n') == NULL);
	}
	FUZZ_CHECK(stage_supervisor_find(rig, &id) == (id.pid > 0));
	(void)stage_tree_is_replaced(rig, SERVICE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world *world = the_world != NULL ? the_world : open_world();
	struct stage_services services;

	write_files(world, data, size);
	FUZZ_CHECK(
		stage_snapshot_all(&world->rig, &services, NULL) == STAGE_OK);
	check_services(world, &services);
	stage_snapshot_finish(&services);
	check_rig(&world->rig);
	return 0;
}
