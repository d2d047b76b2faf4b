/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-rack DIR: a service of the rig; without DIR, where a session
 * manager says in NSM_URL how to reach it, the rack of a song. */

#include <locale.h>
#include <stdlib.h>

#include "rack/check.h"
#include "rack/daemon.h"
#include "rack/import.h"
#include "rack/nsmside.h"
#include "rig/daemon.h"

static enum stage_status
create(uv_loop_t *loop, const struct stage_rig *rig, const char *operand,
	void **out, struct stage_err *err)
{
	struct stage_rack_daemon *rack = NULL;
	struct stage_rack_home home;
	enum stage_status status =
		stage_rack_home_of_service(rig, operand, &home, err);

	if (status == STAGE_OK) {
		status = stage_rack_daemon_create(
			loop, &home, NULL, NULL, &rack, err);
	}
	*out = rack;
	return status;
}

static void
destroy(void *rack)
{
	stage_rack_daemon_destroy(rack);
}

static void
reload(void *rack)
{
	stage_rack_daemon_reload(rack);
}

// NSM's servers start programs without arguments.
static const char *
session_url(int argc)
{
	const char *url = getenv("NSM_URL");

	return argc == 1 && url != NULL && url[0] != '\0' ? url : NULL;
}

static enum stage_status
create_song(uv_loop_t *loop, const struct stage_rig *rig, void **out,
	struct stage_err *err)
{
	struct stage_rack_nsmside *song = NULL;
	enum stage_status status = stage_rack_nsmside_create(
		loop, rig, session_url(1), &song, err);

	*out = song;
	return status;
}

static void
destroy_song(void *song)
{
	stage_rack_nsmside_destroy(song);
}

// A plug-in's setlocale does not reach this thread then, which writes all
// numbers: a comma in a checkpoint would make it none.
static void
keep_locale(void)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	if (plain != (locale_t)0) {
		(void)uselocale(plain);
	}
}

int
main(int argc, char **argv)
{
	static const struct stage_daemon daemon = {
		.name = "stagecraft-rack",
		.operand = "DIR",
		.about = "plays the LV2 plug-ins of the rack in DIR, as a "
			 "service of the rig. Without DIR, where NSM_URL is "
			 "set, it is a client of that session manager. See "
			 "stagecraft-rack(8).",
		.create_of = create,
		.destroy = destroy,
		.reload = reload,
	};
	static const struct stage_daemon song = {
		.name = "stagecraft-rack",
		.about = "plays the rack of a song",
		.create = create_song,
		.destroy = destroy_song,
	};

	int code;

	keep_locale();
	code = stage_rack_check_main(argc, argv);
	if (code < 0) {
		code = stage_rack_import_main(argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	return stage_daemon_run(
		session_url(argc) != NULL ? &song : &daemon, argc, argv);
}
