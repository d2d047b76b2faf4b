/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Reads the facts; what cannot be read is not known.

#include "doctor/doctor.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "rig/sound_server.h"
#include "rig/supervisor.h"

#define FILE_MAX_BYTES 65536
#define BYTES_PER_KB 1024
#define CARDS_MAX 32
#define MOST_MC 200000 // what a sensor may say
#define CPUS "sys/devices/system/cpu"
#define ZONES "sys/class/thermal"
#define SENSORS "sys/class/hwmon"

// Reads SYSTEM/path; false when it cannot be.
static bool
read_text(const char *system, const char *path, struct stage_str *out)
{
	char whole[STAGE_PATH_MAX];

	stage_str_clear(out);
	return stage_format(whole, sizeof(whole), "%s/%s", system, path) ==
		       STAGE_OK &&
	       stage_io_read_file(whole, FILE_MAX_BYTES, out, NULL) == STAGE_OK;
}

// The number that a text begins with, behind blanks.
static int64_t
number_in(const char *text)
{
	char digits[24];
	int64_t number = STAGE_DOCTOR_UNKNOWN;

	text += strspn(text, " \t");
	if (stage_format(digits, sizeof(digits), "%.*s",
		    (int)strspn(text, "0123456789"), text) == STAGE_OK) {
		(void)!stage_num_parse(digits, 0, INT64_MAX, &number, NULL);
	}
	return number;
}

static int64_t
read_number(const char *system, const char *path)
{
	struct stage_str text = {0};
	int64_t number = read_text(system, path, &text)
				 ? number_in(stage_str_text(&text))
				 : STAGE_DOCTOR_UNKNOWN;

	stage_str_finish(&text);
	return number;
}

// The number behind a line's name in a text, in bytes of kB.
static int64_t
kb_of(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	int64_t kb = at != NULL ? number_in(at + strlen(name))
				: STAGE_DOCTOR_UNKNOWN;

	return kb != STAGE_DOCTOR_UNKNOWN ? kb * BYTES_PER_KB : kb;
}

static void
look_at_server(const char *system, struct stage_doctor_facts *facts)
{
	static const char limit[] = "Max locked memory";
	struct stage_str text = {0};
	char path[64];
	const char *at;

	if (facts->server == NULL) {
		return;
	}
	snprintf(path, sizeof(path), "proc/%ld/status",
		(long)facts->server->pid);
	if (read_text(system, path, &text)) {
		facts->locked_bytes = kb_of(stage_str_text(&text), "VmLck:");
	}
	snprintf(path, sizeof(path), "proc/%ld/limits",
		(long)facts->server->pid);
	if (read_text(system, path, &text)) {
		at = strstr(stage_str_text(&text), limit);
		if (at != NULL) {
			at += strlen(limit);
			at += strspn(at, " ");
			facts->memlock_bytes =
				stage_starts_with(at, "unlimited")
					? STAGE_DOCTOR_UNLIMITED
					: number_in(at);
		}
	}
	stage_str_finish(&text);
}

static bool
is_of_the_rig(const struct stage_services *services, pid_t pid)
{
	pid_t session = getsid(pid);

	for (size_t i = 0; i < services->count && session > 0; i++) {
		if (services->items[i].pid > 0 &&
			getsid(services->items[i].pid) == session) {
			return true;
		}
	}
	return false;
}

static void
look_at_cards(const char *system, struct stage_doctor_facts *facts)
{
	char proc[STAGE_PATH_MAX];

	if (stage_format(proc, sizeof(proc), "%s/proc", system) != STAGE_OK) {
		return;
	}
	for (int card = 0; card < CARDS_MAX; card++) {
		struct stage_holder holder;

		if (stage_holder_find(proc, card, &holder) &&
			!is_of_the_rig(facts->services, holder.pid)) {
			facts->other = holder;
			facts->other_card = card;
			return;
		}
	}
}

static void
look_at_governor(const char *system, struct stage_doctor_facts *facts)
{
	struct stage_strv cpus = {0};
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];

	(void)!(stage_format(path, sizeof(path), "%s/" CPUS, system) ==
			STAGE_OK &&
		stage_io_list_dir(path, &cpus, NULL) == STAGE_OK);
	for (size_t i = 0; i < cpus.count; i++) {
		if (stage_format(path, sizeof(path),
			    CPUS "/%s/cpufreq/scaling_governor",
			    cpus.items[i]) != STAGE_OK ||
			!read_text(system, path, &text)) {
			continue;
		}
		stage_str_cut(&text, strcspn(stage_str_text(&text), "\n"));
		snprintf(facts->governor, sizeof(facts->governor), "%.31s",
			stage_str_text(&text));
		if (strcmp(facts->governor, "performance") != 0) {
			break;
		}
	}
	stage_strv_finish(&cpus);
	stage_str_finish(&text);
}

// The hottest of the files that `file` is in the directories of.
static int64_t
hottest(const char *system, const char *directory, const char *file)
{
	struct stage_strv names = {0};
	char path[STAGE_PATH_MAX];
	int64_t most_mc = STAGE_DOCTOR_UNKNOWN;

	(void)!(stage_format(path, sizeof(path), "%s/%s", system, directory) ==
			STAGE_OK &&
		stage_io_list_dir(path, &names, NULL) == STAGE_OK);
	for (size_t i = 0; i < names.count; i++) {
		int64_t mc;

		if (stage_format(path, sizeof(path), "%s/%s/%s", directory,
			    names.items[i], file) != STAGE_OK) {
			continue;
		}
		mc = read_number(system, path);
		if (mc > 0 && mc < MOST_MC && mc > most_mc) {
			most_mc = mc;
		}
	}
	stage_strv_finish(&names);
	return most_mc;
}

static void
look_at_disk(const struct stage_rig *rig, struct stage_doctor_facts *facts)
{
	struct statvfs disk;

	if (statvfs(rig->rig, &disk) == 0 && disk.f_blocks > 0) {
		facts->disk_bytes =
			(int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
		facts->disk_free_bytes =
			(int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
		facts->is_read_only = (disk.f_flag & ST_RDONLY) != 0;
	}
}

static void
look_at_memory(const char *system, struct stage_doctor_facts *facts)
{
	struct stage_str text = {0};

	if (read_text(system, "proc/meminfo", &text)) {
		const char *all = stage_str_text(&text);

		facts->memory_bytes = kb_of(all, "MemTotal:");
		facts->memory_free_bytes = kb_of(all, "MemAvailable:");
		facts->swap_bytes = kb_of(all, "SwapTotal:");
	}
	facts->swappiness = read_number(system, "proc/sys/vm/swappiness");
	stage_str_finish(&text);
}

void
stage_doctor_look_at_computer(const struct stage_rig *rig, const char *system,
	const struct stage_services *services, struct stage_doctor_facts *facts)
{
	*facts = (struct stage_doctor_facts){
		.services = services,
		.locked_bytes = STAGE_DOCTOR_UNKNOWN,
		.memlock_bytes = STAGE_DOCTOR_UNKNOWN,
		.other_card = STAGE_DOCTOR_UNKNOWN,
		.disk_bytes = STAGE_DOCTOR_UNKNOWN,
		.disk_free_bytes = STAGE_DOCTOR_UNKNOWN,
		.memory_bytes = STAGE_DOCTOR_UNKNOWN,
		.memory_free_bytes = STAGE_DOCTOR_UNKNOWN,
		.swap_bytes = STAGE_DOCTOR_UNKNOWN,
		.wall_s = stage_clock_wall_ns() / STAGE_NS_PER_S,
	};
	look_at_disk(rig, facts);
	look_at_memory(system, facts);
	facts->temperature_mc = hottest(system, ZONES, "temp");
	if (facts->temperature_mc == STAGE_DOCTOR_UNKNOWN) {
		facts->temperature_mc = hottest(system, SENSORS, "temp1_input");
	}
}

void
stage_doctor_look(const struct stage_rig *rig, const char *system,
	const struct stage_services *services, struct stage_doctor_facts *facts)
{
	struct stage_proc_id runsvdir;

	stage_doctor_look_at_computer(rig, system, services, facts);
	facts->server = stage_sound_server_find(rig, services);
	facts->is_slow = stage_sound_server_is_slow(rig, facts->server);
	facts->is_up = stage_rig_is_up(rig);
	facts->is_supervised = stage_supervisor_find(rig, &runsvdir);
	look_at_server(system, facts);
	look_at_cards(system, facts);
	look_at_governor(system, facts);
}
